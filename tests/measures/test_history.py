"""Records, streaks and overtakes, against published series and brute force."""

from __future__ import annotations

import itertools

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure_makers import FIGURE, Row, ask, by, cell, few, one

from khorgos.core.errors import BadInput
from khorgos.measures.statements.history import judge_overtake, judge_record, overtakes, record, streaks

RECORD, STREAKS, OVERTAKES = record(FIGURE), streaks(FIGURE), overtakes(FIGURE, "CHN", "RUS")

#: US Census Bureau, c5700, Census basis: balance with China, bn USD.
US_BALANCE = {
    **{2013: -318.6839, 2014: -344.8177, 2015: -367.3283, 2016: -346.8252},
    **{2017: -375.1678, 2018: -418.2330, 2019: -342.6294},
}

#: Statistics Agency of Uzbekistan, SDMX tables 1176: imports, bn USD.
_UZBEK_YEARS = range(2015, 2023)
UZBEK_IMPORTS = {
    partner: dict(zip(_UZBEK_YEARS, values, strict=True))
    for partner, values in {
        "CHN": (2.25814, 2.2543, 2.72874, 3.55814, 5.10863, 4.50122, 4.92342, 6.42771),
        "RUS": (2.6347, 2.39783, 2.7095, 3.5386, 4.13769, 4.17378, 5.46224, 6.23069),
    }.items()
}

series = st.dictionaries(st.integers(2000, 2015), st.integers(1, 6).map(float), min_size=1, max_size=12)


def _rows(values: dict[int, float], partner: str = "CHN", **more: object) -> list[Row]:
    return [cell("UZB", partner, "import", year, value, **more) for year, value in values.items()]


def test_the_us_deficit_of_2018_was_an_all_time_high() -> None:
    """CNSNews, citing the Census Bureau: -418.2 bn in 2018, "all-time high"; 2021 was the tenth year above 300."""
    rows = [cell("USA", "CHN", "balance", year, value) for year, value in US_BALANCE.items()]
    found = one(ask(RECORD, rows), period="2018")

    assert found["lowest"]
    assert found["lowest_since"] is None
    assert (found["stretch_start"], found["n_periods"], found["n_missing"]) == ("2013", 6, 0)


def test_a_figure_may_be_the_highest_since() -> None:
    found = one(ask(RECORD, _rows({2015: 9.0, 2016: 12.0, 2017: 8.0, 2018: 11.0})), period="2018")

    assert not found["highest"]
    assert (found["highest_since"], found["previous_high"]) == ("2016", 12.0)


def test_rounding_may_hide_a_record_and_a_gap_is_told() -> None:
    found = ask(RECORD, _rows({2015: 9.0, 2016: 9.4, 2018: 11.0}, rounding=1.0))

    assert by(found, "period", value="surely_highest") == {"2016": False, "2018": True}
    assert one(found, period="2018")["n_missing"] == 1
    assert [finding.code for finding in judge_record(pa.Table.from_pylist(found))] == ["gap"]


@few
@given(series)
def test_records_by_brute_force(values: dict[int, float]) -> None:
    found = {int(row["period"]): row for row in ask(RECORD, _rows(values))}

    assert sorted(found) == sorted(values)[1:]
    for year, row in found.items():
        before = {y: v for y, v in values.items() if y < year}
        not_lower = [y for y, v in before.items() if v >= values[year]]
        assert row["highest"] == (values[year] > max(before.values()))
        assert row["lowest"] == (values[year] < min(before.values()))
        assert row["highest_since"] == (str(max(not_lower)) if not_lower else None)
        assert row["n_missing"] == year - min(values) - len(before)


def test_months_and_years_have_records_of_their_own() -> None:
    rows = [cell("UZB", "CHN", "import", p, v) for p, v in (("2023", 100.0), ("2024-01", 9.0), ("2024-02", 10.0))]

    assert by(ask(RECORD, rows), "period", value="highest") == {"2024-02": True}


@few
@given(series)
def test_streaks_by_brute_force(values: dict[int, float]) -> None:
    found = {(int(row["start"]), int(row["period"])): row for row in ask(STREAKS, _rows(values))}
    signs = {y: (v > values[y - 1]) - (v < values[y - 1]) for y, v in sorted(values.items()) if y - 1 in values}
    runs: list[list[int]] = []
    for year, sign in signs.items():
        if runs and runs[-1][-1] == year - 1 and signs[year - 1] == sign:
            runs[-1].append(year)
        else:
            runs.append([year])

    assert set(found) == {(run[0], run[-1]) for run in runs}
    for run in runs:
        row = found[run[0], run[-1]]
        assert row["value"] == len(run)
        assert row["direction"] == {1: "up", 0: "level", -1: "down"}[signs[run[0]]]
        assert row["at_least"] == (run is runs[0])
        assert row["ongoing"] == (run is runs[-1])
        assert (row["base_level"], row["level"]) == (values[run[0] - 1], values[run[-1]])


def test_uzbek_imports_from_china_rose_three_years_in_a_row() -> None:
    found = {row["start"]: row for row in ask(STREAKS, _rows(UZBEK_IMPORTS["CHN"]))}

    assert [(start, row["value"], row["direction"]) for start, row in sorted(found.items())] == [
        ("2016", 1, "down"),
        ("2017", 3, "up"),
        ("2020", 1, "down"),
        ("2021", 2, "up"),
    ]
    assert found["2016"]["at_least"]
    assert found["2021"]["ongoing"]


def test_monthly_streaks_compare_with_the_year_before_or_the_month_before() -> None:
    values = {"2023-01": 5.0, "2023-02": 4.0, "2024-01": 6.0, "2024-02": 5.0}
    rows = [cell("UZB", "CHN", "import", period, value) for period, value in values.items()]

    assert by(ask(STREAKS, rows), "start") == {"2024-01": 2}
    assert by(ask(streaks(FIGURE, 1), rows), "start", value="direction") == {"2023-02": "down", "2024-02": "down"}
    with pytest.raises(BadInput, match="one month at least"):
        streaks(FIGURE, 0)


def test_china_passed_russia_in_uzbek_imports_and_was_passed_again() -> None:
    rows = [row for partner, values in UZBEK_IMPORTS.items() for row in _rows(values, partner)]
    found = sorted(ask(OVERTAKES, rows), key=lambda row: str(row["period"]))

    assert [(row["period"], row["before"], row["leader"]) for row in found] == [
        ("2017", "2016", "CHN"),
        ("2021", "2020", "RUS"),
        ("2022", "2021", "CHN"),
    ]
    assert found[0]["value"] == pytest.approx(2.72874 - 2.7095)  # one subtraction of doubles
    assert all(row["certain"] for row in found)


@few
@given(series, series)
def test_overtakes_by_brute_force(china: dict[int, float], russia: dict[int, float]) -> None:
    rows = [*_rows(china, "CHN"), *_rows(russia, "RUS")]
    found = {int(row["period"]): row for row in ask(OVERTAKES, rows)}
    common = sorted(set(china) & set(russia))
    apart = [year for year in common if china[year] != russia[year]]
    crossings = {
        year: before
        for before, year in itertools.pairwise(apart)
        if (china[year] > russia[year]) != (china[before] > russia[before])
    }

    assert set(found) == set(crossings)
    for year, before in crossings.items():
        assert found[year]["before"] == str(before)
        assert found[year]["leader"] == ("CHN" if china[year] > russia[year] else "RUS")
        between = [y for y in common if before < y < year]
        assert found[year]["n_missing"] == year - before - 1 - len(between)


def test_overtakes_do_not_depend_on_the_order_of_the_two() -> None:
    rows = [row for partner, values in UZBEK_IMPORTS.items() for row in _rows(values, partner)]

    assert by(ask(overtakes(FIGURE, "RUS", "CHN"), rows), "period", value="leader") == by(
        ask(OVERTAKES, rows), "period", value="leader"
    )


def test_what_a_crossing_rests_on_is_told() -> None:
    rows = [
        *_rows({2016: 5.0, 2019: 6.1}, "CHN", rounding=1.0, source="a"),
        *_rows({2016: 5.5, 2019: 6.0}, "RUS", source="b"),
    ]
    codes = {finding.code for finding in judge_overtake(pa.Table.from_pylist(ask(OVERTAKES, rows)))}

    assert codes == {"gap", "mixed-sources", "rounding"}


def test_reporters_pass_each_other_too() -> None:
    rows = [
        cell(reporter, "KGZ", "import", year, value)
        for reporter, pair in (("CHN", (1.0, 5.0)), ("RUS", (2.0, 3.0)))
        for year, value in zip((2023, 2024), pair, strict=True)
    ]
    found = ask(overtakes(FIGURE, "CHN", "RUS", "reporter"), rows)

    assert [(row["partner"], row["leader"], row["passed"]) for row in found] == [("KGZ", "CHN", "RUS")]
