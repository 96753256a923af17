"""Growth, contributions and multiples, against published figures, brute force and their properties."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure_makers import FIGURE, PARTNERS, Row, amounts, ask, by, cell, few, one

from khorgos.core.errors import BadInput
from khorgos.measures.measured import Sum
from khorgos.measures.statements.growth import contribution, growth, judge_growth, multiple
from khorgos.measures.statements.levels import level

GROWTH, CONTRIBUTION = growth(FIGURE), contribution(FIGURE, "2024", "2023")

series = st.dictionaries(st.integers(2000, 2024), amounts, min_size=1, max_size=12)
panels = st.dictionaries(st.sampled_from(PARTNERS), st.tuples(amounts, amounts), min_size=1, max_size=len(PARTNERS))


def _codes(rows: list[Row]) -> set[str]:
    return {finding.code for finding in judge_growth(pa.Table.from_pylist(rows))}


def _totals(values: dict[int, float], **more: object) -> list[Row]:
    return [cell("CHN", "CA5", "total", year, value, **more) for year, value in values.items()]


@pytest.mark.parametrize(
    ("base", "value", "published"),
    [
        (89.4e9, 94.8e9, 6.0),  # China and the five, 2024: GACC (Astana Times, 15 January 2025)
        (94.8e9, 106.3e9, 12.1),  # 2025: GACC (Kommersant, January 2026, citing MOFCOM)
        (70.2e9, 89.4e9, 27.4),  # 2023: GACC (Eurasianet, February 2024): "more than 27%"
    ],
)
def test_china_and_the_five(base: float, value: float, published: float) -> None:
    found = ask(GROWTH, _totals({2023: base, 2024: value}, rounding=1e8))[0]

    assert round(found["value"], 1) == published
    assert found["value_low"] < published < found["value_high"]
    assert (found["base_period"], found["change"]) == ("2023", pytest.approx(value - base))  # one subtraction


@pytest.mark.parametrize(
    ("base", "value", "step", "published"),
    [
        (41.76e12, 43.85e12, 1e10, 5.0),  # yuan: GACC press conference, 13 January 2025
        (23.77e12, 25.45e12, 1e10, 7.1),
        (17.99e12, 18.39e12, 1e10, 2.3),
        (3.38e12, 3.58e12, 1e10, 5.9),  # dollars, exports: the same day; 2023: GACC, 12 January 2024
        (2.56e12, 2.59e12, 1e10, 1.1),
        (823e9, 992.1e9, 1e9, 20.7),  # surplus: "nearly 21%" (Yicai Global, 13 January 2025)
        (0.08e9, 2.8e9, 1e7, 3400.0),  # Kyrgyz exports to China, 2024: "about 80 million" to 2.8 bn (Caspian Post)
    ],
)
def test_growth_of_chinas_trade_lies_in_the_interval_of_its_rounded_levels(
    base: float, value: float, step: float, published: float
) -> None:
    found = ask(GROWTH, _totals({2023: base, 2024: value}, rounding=step))[0]

    assert found["value_low"] - 0.05 <= published <= found["value_high"] + 0.05  # published to one digit


def test_yuan_and_dollar_growth_differ() -> None:
    """GACC, 13 January 2025: exports of 2024 +7.1% in yuan, +5.9% in dollars."""
    yuan = ask(GROWTH, _totals({2023: 23.77e12, 2024: 25.45e12}))[0]["value"]
    dollars = ask(GROWTH, _totals({2023: 23.77e12 / 7.0467, 2024: 25.45e12 / 7.1217}))[0]["value"]

    assert yuan - dollars == pytest.approx(1.1, abs=0.15)  # points; mean rates of the years, both figures rounded


@few
@given(series, st.floats(0.01, 100))
def test_growth_does_not_change_with_the_currency_at_a_constant_rate(values: dict[int, float], rate: float) -> None:
    one_currency = by(ask(GROWTH, _totals(values)), "period")
    other = by(ask(GROWTH, _totals({year: value * rate for year, value in values.items()})), "period")

    assert one_currency.keys() == other.keys()
    for year, value in one_currency.items():
        # a rate of growth near zero is a difference of near equals: 1e-13 of the ratio, times 100
        assert other[year] == pytest.approx(value, rel=1e-9, abs=1e-9)


@few
@given(st.tuples(amounts, amounts), st.floats(1.01, 2))
def test_growth_changes_with_the_currency_where_the_rate_changes(values: tuple[float, float], change: float) -> None:
    base, value = values
    steady = ask(GROWTH, _totals({2023: base, 2024: value}))[0]["value"]
    moved = ask(GROWTH, _totals({2023: base, 2024: value / change}))[0]["value"]

    assert (1 + moved / 100) * change == pytest.approx(1 + steady / 100)  # two divisions of doubles
    assert moved < steady


@few
@given(series)
def test_growth_by_brute_force(values: dict[int, float]) -> None:
    found = by(ask(GROWTH, _totals(values)), "period")
    years = np.array(sorted(values))
    levels = np.array([values[year] for year in years])
    follows = np.flatnonzero(np.diff(years) == 1)
    expected = 100 * (levels[follows + 1] / levels[follows] - 1)

    assert [found[str(year)] for year in years[follows + 1]] == pytest.approx(list(expected))  # the same divisions
    assert len(found) == len(follows)


def test_months_and_spans_are_compared_with_the_same_of_the_year_before() -> None:
    values = {"2023-03": 8.0, "2024-03": 10.0, "2023-01..2023-03": 25.0, "2024-01..2024-03": 30.0, "2024-02": 9.0}
    found = by(ask(GROWTH, [cell("CHN", "KAZ", "export", p, v) for p, v in values.items()]), "period")

    assert found == {"2024-03": pytest.approx(25.0), "2024-01..2024-03": pytest.approx(20.0)}  # one division


def test_growth_on_the_month_before_crosses_the_year() -> None:
    rows = [cell("CHN", "KAZ", "export", "2023-12", 8.0), cell("CHN", "KAZ", "export", "2024-01", 10.0)]

    assert one(ask(growth(FIGURE, 1), rows), period="2024-01")["value"] == pytest.approx(25.0)  # one division


def test_a_base_of_zero_or_below_bears_no_growth_and_says_so() -> None:
    found = ask(GROWTH, _totals({2023: -5.0, 2024: 10.0}))
    found += ask(GROWTH, [cell("CHN", "KAZ", "total", 2023, 0.0), cell("CHN", "KAZ", "total", 2024, 1.0)])

    assert [row["value"] for row in found] == [None, None]
    assert "no-base" in _codes(found)


def test_a_break_of_source_and_a_conversion_are_findings() -> None:
    rows = [
        cell("CHN", "KAZ", "export", 2023, 8.0, source="imf"),
        cell("CHN", "KAZ", "export", 2024, 9.0, source="gacc", converted=True),
    ]
    found = ask(GROWTH, rows)

    assert (found[0]["base_source"], found[0]["source"]) == ("imf", "gacc")
    assert _codes(found) == {"source-break", "converted"}
    assert found[0]["trace"] == ["gacc:CHN", "imf:CHN"]


def test_growth_looks_back_at_least_a_month() -> None:
    with pytest.raises(BadInput, match="by one month at least"):
        growth(FIGURE, 0)


def test_exports_and_imports_of_china_and_russia_add_up() -> None:
    """GACC, January-February 2026 (Lenta.ru, 10 March 2026): 18.294 (+22.7%) and 20.75 (+4.1%) make 39.044 (+12%)."""
    values = {
        ("export", 2026): 18.294e9,
        ("export", 2025): 18.294e9 / 1.227,
        ("import", 2026): 20.75e9,
        ("import", 2025): 20.75e9 / 1.041,
    }
    rows = [cell("CHN", "RUS", flow, f"{year}-01..{year}-02", value) for (flow, year), value in values.items()]
    found = ask(contribution(FIGURE, "2026-01..2026-02", "2025-01..2025-02", "flow"), rows)

    assert round(found[0]["total_growth"]) == 12
    assert round(one(found, flow="export")["growth"], 1) == 22.7
    assert sum(row["value"] for row in found) == pytest.approx(found[0]["total_growth"])  # two additions


def _panel(panel: dict[str, tuple[float, float]], names: dict[str, str]) -> list[Row]:
    pairs = [(names[p], year, v) for p, pair in panel.items() for year, v in zip((2023, 2024), pair, strict=True)]
    return [cell("CHN", partner, "export", year, value) for partner, year, value in pairs]


@few
@given(panels)
def test_contributions_add_up_and_equal_share_times_growth(panel: dict[str, tuple[float, float]]) -> None:
    rows = [
        cell("CHN", p, "export", year, v)
        for p, pair in panel.items()
        for year, v in zip((2023, 2024), pair, strict=True)
    ]
    found = by(ask(CONTRIBUTION, rows), "partner")
    base, now = (np.array(column) for column in zip(*panel.values(), strict=True))

    assert sum(found.values()) == pytest.approx(100 * (now.sum() / base.sum() - 1), rel=1e-9, abs=1e-6)  # differences
    expected = 100 * (base / base.sum()) * (now / base - 1)
    assert [found[p] for p in panel] == pytest.approx(list(expected), rel=1e-9, abs=1e-6)  # differences of near equals


def test_an_item_in_one_period_only_is_left_out_or_counts_as_nil() -> None:
    rows = [
        cell("CHN", "KAZ", "export", 2023, 10.0),
        cell("CHN", "KAZ", "export", 2024, 12.0),
        cell("CHN", "TKM", "export", 2024, 5.0),
    ]
    left_out = ask(CONTRIBUTION, rows)
    nil = ask(contribution(FIGURE, "2024", "2023", absent="nil"), rows)

    assert by(left_out, "partner") == {"KAZ": pytest.approx(20.0)}  # one division
    assert by(nil, "partner") == {"KAZ": pytest.approx(20.0), "TKM": pytest.approx(50.0)}  # one division
    assert one(nil, partner="TKM")["growth"] is None


@few
@given(panels)
def test_relabelling_partners_relabels_contributions(panel: dict[str, tuple[float, float]]) -> None:
    renamed = dict(zip(PARTNERS, PARTNERS[::-1], strict=True))

    def contributions(names: dict[str, str]) -> dict[str, float]:
        return by(ask(CONTRIBUTION, _panel(panel, names)), "partner")

    plain, other = contributions({p: p for p in PARTNERS}), contributions(renamed)
    assert {renamed[p]: pytest.approx(v, rel=1e-9, abs=1e-9) for p, v in plain.items()} == other  # order of sums


def test_contributions_of_a_period_use_no_unknown_column() -> None:
    with pytest.raises(BadInput, match="not split by 'valuation'"):
        contribution(FIGURE, "2024", "2023", "valuation")


def test_how_many_times() -> None:
    """Kyrgyz exports to China: about 80 million in 2023, 2.8 bn in 2024 (Caspian Post, citing GACC)."""
    rows = [
        cell("CHN", "KGZ", "import", 2023, 0.08e9, rounding=1e7),
        cell("CHN", "KGZ", "import", 2024, 2.8e9, rounding=1e8),
    ]
    found = ask(multiple(level(FIGURE, "import"), "2024", "2023"), rows)[0]

    assert (found["value"], found["times_more"]) == (pytest.approx(35.0), pytest.approx(34.0))  # one division
    assert found["value_low"] == pytest.approx(2.75 / 0.085)  # the corners of the two intervals
    assert found["value_high"] == pytest.approx(2.85 / 0.075)


def test_the_identity_of_contributions_names_its_groups() -> None:
    assert Sum(within=("period",), to="total_growth").column == "value"
