"""Periods: what is written is read, what is read is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.core.errors import BadInput
from khorgos.nomenclature.periods import Period, parse_period, parse_years, year, year_to_date

PERIODS = st.builds(Period, st.integers(1900 * 12, 2100 * 12), st.integers(1, 60))


@given(PERIODS)
def test_writing_and_reading_are_inverse(period: Period) -> None:
    assert parse_period(str(period)) == period


@given(PERIODS)
def test_a_period_is_its_months(period: Period) -> None:
    months = period.each_month()

    assert len(months) == period.months
    assert months[0].first_day == period.first_day
    assert months[-1].last_day == period.last_day


@given(PERIODS, st.integers(-24, 24))
def test_shifting_there_and_back_changes_nothing(period: Period, months: int) -> None:
    assert period.shift(months).shift(-months) == period


@pytest.mark.parametrize(
    ("text", "kind", "months"),
    [("2024", "year", 12), ("2024-03", "month", 1), ("2024-01..2024-05", "part", 5), ("2023-07..2024-06", "part", 12)],
)
def test_the_three_forms(text: str, kind: str, months: int) -> None:
    period = parse_period(text)

    assert (period.kind, period.months, str(period)) == (kind, months, text)


def test_january_to_december_is_the_year() -> None:
    assert parse_period("2024-01..2024-12") == year(2024) == year_to_date(2024, 12)
    assert str(year_to_date(2024, 5)) == "2024-01..2024-05"


@pytest.mark.parametrize("text", ["", "24", "2024-13", "2024-00", "2024-05..2024-01", "last year", "0001", "9999-01"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_period(text)


def test_years_are_ranges_lists_and_single_years() -> None:
    assert parse_years("2013..2016") == (2013, 2014, 2015, 2016)
    assert parse_years("2020,2018") == (2018, 2020)
    assert parse_years(2024) == (2024,)


@pytest.mark.parametrize("text", ["2016..2013", "2013-2016", "2024-03", "soon", "2013..2500"])
def test_what_is_no_range_of_years_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_years(text)
