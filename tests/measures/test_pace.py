"""Average growth, and what a target still asks for."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure_makers import FIGURE, Row, amounts, ask, cell, few

from khorgos.core.errors import BadInput
from khorgos.measures.statements.pace import cagr, judge_required, judge_trend, required_rate, trend_growth
from khorgos.measures.statements.relation import rows_of, table

CAGR, TREND = cagr(FIGURE, 2010, 2020), trend_growth(FIGURE, 2010, 2020)

TARGET_COLUMNS = ("reporter", "partner", "flow", "product", "nomenclature", "target", "target_year")


def _rows(values: dict[int, float], **more: object) -> list[Row]:
    return [cell("CHN", "KGZ", "total", year, value, **more) for year, value in values.items()]


def _target(value: float, year: int):  # type: ignore[no-untyped-def]
    return rows_of(TARGET_COLUMNS, [("CHN", "KGZ", "total", "TOTAL", "TOTAL", float(value), year)])


@few
@given(amounts, st.floats(-0.3, 0.5))
def test_both_averages_of_steady_growth_are_its_rate(base: float, rate: float) -> None:
    rows = _rows({year: base * (1 + rate) ** (year - 2010) for year in range(2010, 2021)})

    assert ask(CAGR, rows)[0]["value"] == pytest.approx(100 * rate, abs=1e-9)  # a root of a ratio near one
    assert ask(TREND, rows)[0]["value"] == pytest.approx(100 * rate, abs=1e-9)  # logarithms of ratios near one


@few
@given(st.dictionaries(st.integers(2010, 2020), amounts, min_size=2, max_size=11))
def test_trend_growth_by_numpy(values: dict[int, float]) -> None:
    years = np.array(sorted(values))
    slope = np.polyfit(years - years.mean(), np.log([values[year] for year in years]), 1)[0]
    found = ask(TREND, _rows(values))[0]

    assert found["slope"] == pytest.approx(slope, abs=1e-9)  # two ways to a least-squares slope of logarithms
    assert found["value"] == pytest.approx(100 * np.expm1(slope), rel=1e-7, abs=1e-7)  # the same, as a rate
    assert found["n_missing"] == years[-1] - years[0] + 1 - len(years)


def test_the_two_averages_differ_where_growth_is_uneven() -> None:
    rows = _rows({2010: 100.0, 2011: 300.0, 2012: 110.0, 2020: 120.0})

    assert ask(CAGR, rows)[0]["value"] == pytest.approx(100 * (1.2**0.1 - 1))  # the same root
    assert ask(TREND, rows)[0]["value"] < 0


def test_the_interval_of_an_average_holds_its_corners() -> None:
    found = ask(CAGR, _rows({2010: 10.0, 2020: 20.0}, rounding=1.0))[0]

    assert found["value_low"] == pytest.approx(100 * ((19.5 / 10.5) ** 0.1 - 1))  # the same root
    assert found["value_high"] == pytest.approx(100 * ((20.5 / 9.5) ** 0.1 - 1))


def test_no_average_of_figures_that_are_not_above_zero() -> None:
    rows = _rows({2010: -1.0, 2020: 2.0})

    assert ask(CAGR, rows)[0]["value"] is None
    assert ask(TREND, rows)[0]["value"] is None


@few
@given(amounts, amounts, st.integers(2021, 2035))
def test_growing_at_the_required_rate_reaches_the_target(level: float, target: float, year: int) -> None:
    found = ask(required_rate(FIGURE, _target(target, year)), _rows({2020: level}))[0]
    reached = level * (1 + found["value"] / 100) ** (year - 2020)

    assert reached == pytest.approx(target, rel=1e-9)  # a root and its power
    assert found["path_next"] == pytest.approx(level * (1 + found["value"] / 100))  # the same
    assert found["reached"] == (level >= target)


def test_kyrgyzstans_45_billion_by_2030() -> None:
    """Target of 45 bn by 2030 (Vecherniy Bishkek, 2026); GACC: 27.2 bn in 2025, 15.5 in 2022."""
    found = ask(required_rate(FIGURE, _target(45e9, 2030)), _rows({2022: 15.5e9, 2025: 27.2e9}))[0]

    assert found["value"] == pytest.approx(100 * ((45 / 27.2) ** (1 / 5) - 1))  # the same root: 10.6 per cent a year
    assert found["recent_rate"] == pytest.approx(100 * ((27.2 / 15.5) ** (1 / 3) - 1))  # 20.6
    assert (found["on_track"], found["reached"], found["due"]) == (True, False, False)


@pytest.mark.parametrize(
    ("values", "target", "year", "expected"),
    [
        ({2022: 10.0, 2025: 11.0}, 40.0, 2030, (False, False, False)),  # too slow
        ({2022: 30.0, 2025: 45.0}, 40.0, 2030, (True, True, False)),  # there already
        ({2022: 30.0, 2025: 35.0}, 40.0, 2025, (False, False, True)),  # missed
        ({2025: 35.0}, 40.0, 2030, (None, False, False)),  # no past to judge by
    ],
)
def test_on_track(values: dict[int, float], target: float, year: int, expected: tuple[bool | None, bool, bool]) -> None:
    found = ask(required_rate(FIGURE, _target(target, year)), _rows(values))

    assert (found[0]["on_track"], found[0]["reached"], found[0]["due"]) == expected
    codes = {finding.code for finding in judge_required(pa.Table.from_pylist(found))}
    assert codes == ({"no-base"} if expected[0] is None else set())


def test_a_past_from_another_source_is_told() -> None:
    rows = [*_rows({2022: 10.0}, source="imf"), *_rows({2025: 12.0}, source="gacc")]
    found = ask(required_rate(FIGURE, _target(40, 2030)), rows)

    assert [finding.code for finding in judge_required(pa.Table.from_pylist(found))] == ["source-break"]


def test_gaps_and_mixed_sources_of_a_trend_are_told() -> None:
    rows = [*_rows({2010: 10.0}, source="imf"), *_rows({2012: 12.0}, source="gacc")]
    codes = {finding.code for finding in judge_trend(pa.Table.from_pylist(ask(TREND, rows)))}

    assert codes == {"gap", "mixed-sources"}


def test_part_years_are_no_years() -> None:
    rows = [*_rows({2010: 10.0}), cell("CHN", "KGZ", "total", "2020-01..2020-06", 20.0)]

    assert ask(CAGR, rows) == []


def test_years_that_run_backwards_are_refused() -> None:
    with pytest.raises(BadInput, match="needs a later year"):
        cagr(table("cells"), 2020, 2020)
    with pytest.raises(BadInput, match="one year at least"):
        required_rate(table("cells"), _target(1, 2030), 0)
