"""Part-years: the latest common month, spans and months, and two answers for the whole year."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure_makers import FIGURE, Row, ask, by, cell, few, one

from khorgos.core.errors import BadInput
from khorgos.measures.statements.part_year import annualised, judge_to_date, year_to_date

TO_DATE, ANNUALISED = year_to_date(FIGURE, 2024), annualised(FIGURE, 2024)

months = st.lists(st.integers(1, 1000).map(float), min_size=12, max_size=12)


def _months(values: list[float], year: int, partner: str = "KAZ", **more: object) -> list[Row]:
    return [cell("CHN", partner, "export", f"{year}-{n:02d}", value, **more) for n, value in enumerate(values, start=1)]


@few
@given(months, months, st.integers(1, 12), st.integers(1, 12))
def test_to_the_latest_month_that_all_have_by_brute_force(
    before: list[float], now: list[float], last: int, other_last: int
) -> None:
    rows = [
        *_months(before, 2023),
        *_months(now[:last], 2024),
        *_months(before[::-1], 2023, "KGZ"),
        *_months(now[::-1][:other_last], 2024, "KGZ"),
    ]
    found = {row["partner"]: row for row in ask(TO_DATE, rows)}
    m = min(last, other_last)

    assert {row["months"] for row in found.values()} == {m}
    assert found["KAZ"]["value"] == sum(now[:m])  # whole numbers: exact
    assert found["KGZ"]["base_level"] == sum(before[::-1][:m])  # whole numbers: exact
    assert found["KAZ"]["growth"] == pytest.approx(100 * (sum(now[:m]) / sum(before[:m]) - 1), abs=1e-9)  # a difference


def test_kazakhstan_to_may_is_written_as_a_span() -> None:
    rows = [*_months([2.0] * 12, 2023), *_months([3.0] * 5, 2024)]
    found = ask(TO_DATE, rows)[0]

    assert (found["period"], found["base_period"]) == ("2024-01..2024-05", "2023-01..2023-05")
    assert (found["method"], found["value"]) == ("sum of months", 15.0)


def test_january_and_february_published_together() -> None:
    together = cell("CHN", "KAZ", "export", "2024-01..2024-02", 7.0)
    rows = [*_months([2.0] * 12, 2023), together, cell("CHN", "KAZ", "export", "2024-03", 3.0)]
    found = ask(TO_DATE, rows)[0]

    assert (found["months"], found["value"]) == (3, 10.0)


def test_january_february_beside_both_months_is_not_counted_twice() -> None:
    rows = [
        *_months([2.0] * 12, 2023),
        *_months([3.0] * 3, 2024),
        cell("CHN", "KAZ", "export", "2024-01..2024-02", 6.5),
    ]
    found = ask(TO_DATE, rows)[0]

    assert (found["months"], found["value"]) == (3, 9.0)


def test_a_printed_span_comes_before_the_sum_of_its_months() -> None:
    """GACC revises earlier months in its cumulative columns; March 2024 is missing in some copies of its table."""
    rows = [
        *_months([2.0] * 12, 2023),
        *[row for row in _months([3.0] * 4, 2024) if row["period"] != "2024-03"],
        cell("CHN", "KAZ", "export", "2024-01..2024-04", 12.5),
    ]
    found = ask(TO_DATE, rows)[0]

    assert (found["months"], found["value"], found["method"]) == (4, 12.5, "printed")


def test_a_gap_ends_the_sum() -> None:
    rows = [*_months([2.0] * 12, 2023), *[row for row in _months([3.0] * 4, 2024) if row["period"] != "2024-03"]]

    assert ask(TO_DATE, rows)[0]["months"] == 2


def test_no_month_in_common_is_no_row() -> None:
    assert ask(TO_DATE, _months([3.0] * 4, 2024)) == []


def test_no_later_month_than_asked() -> None:
    rows = [*_months([2.0] * 12, 2023), *_months([3.0] * 12, 2024)]

    assert ask(year_to_date(FIGURE, 2024, 6), rows)[0]["months"] == 6
    with pytest.raises(BadInput, match="no month 13"):
        year_to_date(FIGURE, 2024, 13)


def test_a_whole_year_is_january_to_december() -> None:
    rows = [cell("CHN", "KAZ", "export", year, value) for year, value in ((2023, 8.0), (2024, 10.0))]
    found = ask(TO_DATE, rows)[0]

    assert (found["period"], found["months"], found["growth"]) == ("2024", 12, pytest.approx(25.0))  # one division


def test_breaks_of_source_are_told() -> None:
    rows = [*_months([2.0] * 12, 2023, source="a"), *_months([3.0] * 2, 2024, source="b")]

    assert [f.code for f in judge_to_date(pa.Table.from_pylist(ask(TO_DATE, rows)))] == ["source-break"]


def test_two_answers_for_the_whole_year() -> None:
    seasonal = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]
    found = ask(ANNUALISED, [*_months(seasonal, 2023), *_months([2.0] * 6, 2024)])

    assert by(found, "method") == {"proportional": 24.0, "seasonal": 36.0}
    assert {row["from_period"] for row in found} == {"2024-01..2024-06"}


@few
@given(months, st.integers(1, 12))
def test_the_two_answers_agree_where_no_month_differs_from_another(values: list[float], last: int) -> None:
    found = by(ask(ANNUALISED, [*_months([5.0] * 12, 2023), *_months(values[:last], 2024)]), "method")

    assert found["proportional"] == pytest.approx(found["seasonal"])  # the same quotients in another order


def test_without_the_year_before_there_is_one_answer() -> None:
    assert by(ask(ANNUALISED, _months([2.0] * 6, 2024)), "method") == {"proportional": 24.0}
    assert one(ask(ANNUALISED, _months([2.0] * 6, 2024)), method="proportional")["level"] == 12.0
