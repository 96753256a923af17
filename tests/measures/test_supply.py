"""Suppliers, the constant-market-share split and unit values: by hand, by brute force, and their identities."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure_makers import FIGURE, PARTNERS, Row, amounts, ask, by, cell, few, one

from khorgos.measures.statements.supply import market_share, suppliers, unit_values

ASKED = [
    ("HS22", "52", "52", 2, 1),
    ("HS22", "52", "52", 4, 2),
    ("HS17", "52", "52", 2, 1),
]
OTHERS = [area for area in PARTNERS if area != "KAZ"]


def good(reporter: str, partner: str, flow: str, value: float, product: str = "52", **more: Any) -> Row:
    return cell(reporter, partner, flow, more.pop("period", 2022), value, product=product, **more)


def found(rows: list[Row], **how: Any) -> list[Row]:
    return ask(suppliers(FIGURE, ASKED, **how), rows)


def test_the_importers_own_report_counts_first() -> None:
    rows = [
        good("KAZ", "RUS", "import", 30.0),
        good("KAZ", "CHN", "import", 10.0),
        good("RUS", "KAZ", "export", 99.0),
        good("USA", "KAZ", "export", 99.0, status="reconciled"),
    ]
    answer = found(rows)

    assert by(answer, "exporter", value="share") == {"RUS": 0.75, "CHN": 0.25}
    assert {row["side"] for row in answer} == {"importer"}


def test_reconciled_figures_come_before_a_handful_of_exporters() -> None:
    rows = [good("RUS", "KAZ", "export", 99.0), good("RUS", "KAZ", "export", 60.0, status="reconciled", source="baci")]

    assert [(row["value"], row["side"]) for row in found(rows)] == [(60.0, "reconciled")]
    assert [(row["value"], row["side"], row["n_reporters"]) for row in found(rows[:1])] == [(99.0, "exporter", 1)]


def test_a_handful_of_quoted_figures_is_not_the_importers_report() -> None:
    quoted = [good("KAZ", "RUS", "import", 30.0, source="headlines")]
    others = [good(area, "KAZ", "export", 9.0, status="reconciled", source="baci") for area in OTHERS[:4]]

    assert {row["side"] for row in found(quoted + others)} == {"reconciled"}
    assert {row["side"] for row in found(quoted + others[:2])} == {"importer"}


def test_finer_lines_make_a_chapter_only_where_nearly_all_are_there() -> None:
    whole = [good("KAZ", "RUS", "import", 30.0, "5201"), good("KAZ", "CHN", "import", 10.0, "5205")]

    assert by(found(whole), "exporter") == {"RUS": 30.0, "CHN": 10.0}
    assert found(whole[:1]) == []


def test_a_chapter_and_its_lines_are_not_added() -> None:
    rows = [good("KAZ", "RUS", "import", 30.0), good("KAZ", "RUS", "import", 30.0, "5201")]

    assert by(found(rows), "exporter") == {"RUS": 30.0}


def test_of_two_editions_the_one_with_more_partners() -> None:
    rows = [
        good("KAZ", "RUS", "import", 30.0),
        good("KAZ", "RUS", "import", 31.0, nomenclature="HS17", source="other"),
        good("KAZ", "CHN", "import", 10.0, nomenclature="HS17", source="other"),
    ]

    assert by(found(rows), "exporter") == {"RUS": 31.0, "CHN": 10.0}


def test_an_importer_that_reports_one_year_only_is_left_out_of_a_comparison() -> None:
    rows = [
        good("KAZ", "RUS", "import", 30.0, period=2020),
        good("RUS", "KAZ", "export", 28.0, period=2020),
        good("RUS", "KAZ", "export", 20.0, period=2022),
    ]

    assert by(found(rows), "period") == {"2020": 30.0, "2022": 20.0}
    assert by(found(rows, periods=2), "period") == {"2020": 28.0, "2022": 20.0}


@few
@given(values=st.lists(amounts, min_size=6, max_size=6))
def test_shares_sum_to_one(values: list[float]) -> None:
    rows = [good("KAZ", area, "import", value) for area, value in zip(OTHERS, values, strict=True)]
    answer = found(rows)

    assert sum(row["share"] for row in answer) == pytest.approx(1.0, rel=1e-12)
    assert sum(row["value"] for row in answer) == sum(values)


# --- the split ------------------------------------------------------------------------------------------------------
def supplied(exporter: str, period: int, value: float, product: str = "52") -> Row:
    return good("KAZ", exporter, "import", value, product, period=period)


def split(rows: list[Row], asked: list[tuple[str, str, str, int, int]]) -> list[Row]:
    return ask(market_share(suppliers(FIGURE, asked), "2022", "2020"), rows)


TWO = [("HS22", "5201", "5201", 4, 1), ("HS22", "5205", "5205", 4, 1)]


def test_one_product_by_hand() -> None:
    """The example of the page: a market grows from 100 to 120, a supplier from 40 to 60."""
    rows = [supplied("RUS", 2020, 40.0), supplied("CHN", 2020, 60.0), supplied("RUS", 2022, 60.0)]
    rows += [supplied("CHN", 2022, 60.0)]
    russia = one(split(rows, ASKED), exporter="RUS")

    assert (russia["market"], russia["mix"], russia["competitiveness"]) == pytest.approx((8.0, 0.0, 12.0))
    assert (russia["base_share"], russia["share"], russia["taken"]) == pytest.approx((0.4, 0.5, 1.0))


def test_a_supplier_of_what_grew_gains_by_its_mix() -> None:
    """Product 5201 doubles, 5205 stands still; shares within both stay: all beyond the market's growth is mix."""
    rows = [supplied("RUS", 2020, 50.0, "5201"), supplied("CHN", 2020, 50.0, "5205")]
    rows += [supplied("RUS", 2022, 100.0, "5201"), supplied("CHN", 2022, 50.0, "5205")]
    russia = one(split(rows, TWO), exporter="RUS")

    assert (russia["market"], russia["mix"], russia["competitiveness"]) == pytest.approx((25.0, 25.0, 0.0), abs=1e-9)


@few
@given(
    values=st.lists(
        st.tuples(amounts, amounts, st.sampled_from(["5201", "5205"])), min_size=len(OTHERS), max_size=len(OTHERS)
    )
)
def test_the_parts_sum_to_the_change_and_the_gains_to_one(values: list[tuple[float, float, str]]) -> None:
    rows = [
        supplied(area, year, value, product)
        for area, (before, after, product) in zip(OTHERS, values, strict=True)
        for year, value in ((2020, before), (2022, after))
    ]
    answer = split(rows, TWO)
    size = sum(row["before"] + row["after"] for row in answer)
    growth = sum(row["after"] for row in answer) - sum(row["before"] for row in answer)

    for row in answer:
        # a share of 1e-12 of the market: sums of doubles of up to 1e9
        assert row["market"] + row["mix"] + row["competitiveness"] == pytest.approx(row["value"], abs=1e-12 * size)
        assert row["value"] == row["after"] - row["before"]
    assert sum(row["market"] for row in answer) == pytest.approx(growth, abs=1e-9 * size)
    assert sum(row["mix"] for row in answer) == pytest.approx(0.0, abs=1e-9 * size)
    gains = sum(row["taken"] for row in answer)
    assert gains == pytest.approx(1.0, rel=1e-9) or all(row["taken"] == 0 for row in answer)


def test_the_same_twice_is_no_change() -> None:
    rows = [supplied(area, year, 10.0 + n) for n, area in enumerate(OTHERS) for year in (2020, 2022)]

    assert all(row["value"] == 0.0 and row["competitiveness"] == pytest.approx(0.0) for row in split(rows, ASKED))


# --- unit values ----------------------------------------------------------------------------------------------------
def test_unit_values_by_hand() -> None:
    import pyarrow as pa

    from khorgos.measures.statements.relation import table

    def row(flow: str, value: float, weight: float | None, unit: str | None) -> dict[str, Any]:
        ends = ("KAZ", "RUS") if flow == "import" else ("RUS", "KAZ")
        return {
            **dict(zip(("reporter", "partner"), ends, strict=True)),
            **{"flow": flow, "period": "2022", "value": value, "currency": "USD", "quantity": weight},
            **{"quantity_unit": unit, "release": "a:1", "locator": "row 1"},
        }

    rows = [row("import", 2e6, 4e6, "kg"), row("import", 1e6, 2e3, "tonne"), row("import", 9e9, None, None)]
    rows += [row("export", 8.0, 1.0, "kg"), row("import", 5.0, 5.0, "item")]
    answer = ask(unit_values(table("kept")), kept=pa.Table.from_pylist(rows))

    assert [(r["exporter"], r["importer"], r["value"], r["weight"], r["side"]) for r in answer] == [
        ("RUS", "KAZ", 0.5, 6e6, "importer")
    ]
