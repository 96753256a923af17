"""Exports, imports, totals and balances: which road is taken, and what is said about it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure_makers import FIGURE, PARTNERS, Row, amounts, ask, by, cell, cells, execute, few, one

from khorgos.core.errors import BadInput
from khorgos.measures.statements.levels import figures, judge_levels, known, level, levels, sides_of
from khorgos.measures.statements.relation import table

LEVELS, TOTAL, BALANCE = levels(FIGURE), level(FIGURE, "total"), level(FIGURE, "balance")

HEADLINES = [
    cell("CHN", "CA5", "export", 2024, 64.2e9, rounding=1e8),
    cell("CHN", "CA5", "import", 2024, 30.6e9, rounding=1e8),
]


def _codes(rows: list[Row]) -> set[str]:
    return {finding.code for finding in judge_levels(pa.Table.from_pylist(rows))}


def test_china_and_the_five_in_2024() -> None:
    """GACC, January 2025 (Astana Times, 24.kg): exports 64.2 and imports 30.6 bn make 94.8; surplus 33.6."""
    found = ask(LEVELS, HEADLINES)

    assert one(found, flow="total")["value"] == pytest.approx(94.8e9)  # one addition of doubles
    assert one(found, flow="balance")["value"] == pytest.approx(33.6e9)  # one subtraction of doubles
    assert one(found, flow="balance")["value_low"] == pytest.approx(33.5e9)  # 64.15 - 30.65
    assert one(found, flow="balance")["value_high"] == pytest.approx(33.7e9)  # 64.25 - 30.55


def test_a_balance_of_fob_and_cif_says_so() -> None:
    found = ask(BALANCE, HEADLINES)

    assert found[0]["valuation"] == "FOB+CIF"
    assert "mixed-valuation" in _codes(found)
    both_fob = ask(BALANCE, [HEADLINES[0], HEADLINES[1] | {"valuation": "FOB"}])
    assert "mixed-valuation" not in _codes(both_fob)


def test_china_and_the_world_in_2023_and_2024() -> None:
    """GACC, Review of China's Foreign Trade, 12 January 2024; press conference, 13 January 2025 (Xinhua, Yicai)."""
    trillion = {"rounding": 1e10, "source": "gacc"}
    rows = [
        cell("CHN", "WLD", "export", 2023, 23.77e12, **trillion),
        cell("CHN", "WLD", "import", 2023, 17.99e12, **trillion),
        cell("CHN", "WLD", "total", 2023, 41.76e12, **trillion),
        cell("CHN", "WLD", "export", 2024, 25.45e12, **trillion),
        cell("CHN", "WLD", "import", 2024, 18.39e12, **trillion),
        cell("CHN", "WLD", "total", 2024, 43.85e12, **trillion),
    ]
    found = ask(LEVELS, rows)

    # The printed total has the finer rounding; 25.45 + 18.39 = 43.84 agrees with 43.85 through rounding only.
    total = one(found, flow="total", period="2024")
    assert (total["value"], total["method"]) == (43.85e12, "printed")
    assert total["alternative"] == pytest.approx(43.84e12)  # one addition of doubles
    assert "disagreement" not in _codes(found)
    assert one(found, flow="balance", period="2024")["value"] == pytest.approx(7.06e12)  # Yicai: surplus of CNY 7.06 tn


def test_a_wrong_surplus_lies_outside_the_interval() -> None:
    # MENAFN printed a surplus of 7.27 trillion yuan beside exports of 25.45 and imports of 18.39.
    rows = [
        cell("CHN", "WLD", "export", 2024, 25.45e12, rounding=1e10),
        cell("CHN", "WLD", "import", 2024, 18.39e12, rounding=1e10),
    ]
    found = ask(BALANCE, rows)[0]

    assert not found["value_low"] <= 7.27e12 <= found["value_high"]


def test_a_printed_total_in_the_currency_asked_for_comes_before_converted_sides() -> None:
    """Kazakhstan 2024: GACC's yuan table gives 43.78 bn at the mean rate; Kazinform prints 43.82 citing GACC."""
    rows = [
        cell("CHN", "KAZ", "export", 2024, 27.939e9, converted=True, source="gacc"),
        cell("CHN", "KAZ", "import", 2024, 15.843e9, converted=True, source="gacc"),
        cell("CHN", "KAZ", "total", 2024, 43.82e9, rounding=1e7, source="headlines"),
    ]
    found = ask(TOTAL, rows)[0]

    assert (found["value"], found["method"], found["source"]) == (43.82e9, "printed", "headlines")
    assert found["alternative"] == pytest.approx(43.782e9)  # one addition of doubles
    assert (found["alternative_method"], found["alternative_source"]) == ("computed", "gacc")
    assert "disagreement" not in _codes([found])  # 0.1 per cent is what mean and monthly rates differ by


def test_both_sides_of_one_source_come_before_its_printed_total() -> None:
    rows = [
        cell("CHN", "KAZ", "export", 2024, 2.0),
        cell("CHN", "KAZ", "import", 2024, 3.0),
        cell("CHN", "KAZ", "total", 2024, 7.0),
    ]
    found = ask(TOTAL, rows)[0]

    assert (found["value"], found["method"], found["alternative"]) == (5.0, "computed", 7.0)
    assert "disagreement" in _codes([found])


def test_a_missing_side_makes_the_figure_missing() -> None:
    found = ask(levels(FIGURE, ("total", "balance")), [cell("CHN", "TKM", "export", 2024, 2.0)])

    assert [row["value"] for row in found] == [None, None]
    assert "partial-coverage" in _codes(found)


def test_an_empty_figure_is_a_missing_side_too() -> None:
    rows = [cell("CHN", "TKM", "export", 2024, 2.0), cell("CHN", "TKM", "import", 2024, None)]

    assert ask(TOTAL, rows)[0]["value"] is None
    assert ask(known(level(FIGURE, "import")), rows) == []


def test_another_source_with_both_sides_is_found() -> None:
    preferred = [
        cell("UZB", "CHN", "export", 2020, 1.9, source="office"),
        cell("UZB", "CHN", "import", 2020, 4.4, source="imf"),
    ]
    everyone = [*preferred, cell("UZB", "CHN", "export", 2020, 1.3, source="imf")]
    statement = level(FIGURE, "total", figures(table("everyone")))
    found = execute(statement, cells=cells(preferred), everyone=cells(everyone)).to_pylist()[0]

    assert (found["value"], found["source"], found["method"]) == (pytest.approx(5.7), "imf", "computed")
    assert found["alternative_method"] == "computed from two sources"
    assert found["alternative"] == pytest.approx(6.3)  # 1.9 + 4.4


def test_two_sources_are_mixed_only_where_nothing_better_is_there_and_say_so() -> None:
    rows = [cell("UZB", "CHN", "export", 2020, 1.9, source="a"), cell("UZB", "CHN", "import", 2020, 4.4, source="b")]
    mixed = ask(TOTAL, rows)
    printed = ask(TOTAL, [*rows, cell("UZB", "CHN", "total", 2020, 6.4, converted=True)])

    assert (mixed[0]["source"], mixed[0]["method"]) == ("a+b", "computed from two sources")
    assert "mixed-sources" in _codes(mixed)
    assert (printed[0]["value"], printed[0]["method"]) == (6.4, "printed")


def test_converted_figures_say_so() -> None:
    rows = [row | {"converted": True} for row in HEADLINES]

    assert "converted" in _codes(ask(TOTAL, rows))


def test_traces_of_both_sides_are_carried() -> None:
    rows = [HEADLINES[0] | {"trace": ["a:1"]}, HEADLINES[1] | {"trace": ["b:2", "a:1"]}]

    assert ask(TOTAL, rows)[0]["trace"] == ["a:1", "b:2"]


@pytest.mark.parametrize(
    ("reading", "low", "high"), [("rounded", 9.5, 10.5), ("truncated", 10.0, 11.0), ("either", 9.5, 11.0)]
)
def test_the_reading_of_the_last_digit_widens_the_interval(reading: Any, low: float, high: float) -> None:
    found = ask(figures(table("cells"), reading), [cell("CHN", "KAZ", "export", 2024, 10.0, rounding=1.0)])[0]

    assert (found["value_low"], found["value_high"]) == (low, high)


def test_re_exports_are_a_level_and_nonsense_is_not() -> None:
    assert ask(level(FIGURE, "re-export"), [cell("HKG", "CHN", "re-export", 2024, 3.0)])[0]["value"] == 3.0
    with pytest.raises(BadInput, match="Not a level: 'surplus'"):
        level(FIGURE, "surplus")


def test_which_flows_a_level_needs() -> None:
    assert sides_of(("balance",)) == ("balance", "export", "import")
    assert sides_of(("import",)) == ("import",)


worlds = st.dictionaries(
    st.tuples(st.sampled_from(PARTNERS), st.sampled_from(("export", "import")), st.sampled_from(("2023", "2024"))),
    amounts,
    max_size=20,
)


@few
@given(worlds)
def test_levels_by_brute_force(world: dict[tuple[str, str, str], float]) -> None:
    rows = [cell("CHN", partner, flow, year, value) for (partner, flow, year), value in world.items()]
    found = by(ask(LEVELS, rows), "partner", "flow", "period")
    pairs = {(partner, year) for partner, _, year in world}

    for partner, year in pairs:
        x, m = world.get((partner, "export", year)), world.get((partner, "import", year))
        both = x is not None and m is not None
        assert found[partner, "total", year] == (x + m if both else None)  # type: ignore[operator]
        assert found[partner, "balance", year] == (x - m if both else None)  # type: ignore[operator]
    assert len(found) == len(world) + 2 * len(pairs)


@few
@given(worlds, st.integers(1, 10**9))
def test_splitting_a_partner_in_two_leaves_the_sum_unchanged(
    world: dict[tuple[str, str, str], float], part: int
) -> None:
    rows = [cell("CHN", partner, flow, year, value) for (partner, flow, year), value in world.items()]
    split = [
        piece
        for row in rows
        for piece in (
            [row | {"partner": "KAZ", "value": row["value"] + part}, row | {"partner": "XNS", "value": -float(part)}]
            if row["partner"] == "KAZ"
            else [row]
        )
    ]

    def total(given_rows: list[Row]) -> float:
        return float(sum(row["value"] or 0 for row in ask(TOTAL, given_rows)))

    assert total(rows) == total(split)  # whole dollars: exact
