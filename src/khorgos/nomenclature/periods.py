"""Periods of trade statistics: years, months and part-years."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from khorgos.core.errors import BadInput

_YEAR = re.compile(r"(\d{4})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_SPAN = re.compile(r"(\d{4})-(\d{2})\.\.(\d{4})-(\d{2})")
_YEARS = re.compile(r"(\d{4})\.\.(\d{4})")

_FIRST_YEAR, _LAST_YEAR = (
    1800,
    2200,
)  # chosen because trade statistics start after 1800; catches swapped columns


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A run of whole months.

    Args:
        start: index of the first month, 12 * year + month - 1.
        months: number of months, at least one.
    """

    start: int
    months: int

    def __post_init__(self) -> None:
        if self.months < 1:
            raise BadInput("A period has at least one month")
        if not _FIRST_YEAR <= self.start // 12 <= _LAST_YEAR:
            raise BadInput(f"The year {self.start // 12} is not a year of trade statistics")

    def __str__(self) -> str:
        first, last = self.start, self.start + self.months - 1
        if self.months == 12 and first % 12 == 0:
            return f"{first // 12:04d}"
        if self.months == 1:
            return _month_text(first)
        return f"{_month_text(first)}..{_month_text(last)}"

    @property
    def year(self) -> int:
        """Year of the first month."""
        return self.start // 12

    @property
    def kind(self) -> str:
        """'year', 'month' or 'part'."""
        if self.months == 12 and self.start % 12 == 0:
            return "year"
        return "month" if self.months == 1 else "part"

    @property
    def first_day(self) -> dt.date:
        """First day of the period."""
        return dt.date(self.start // 12, self.start % 12 + 1, 1)

    @property
    def last_day(self) -> dt.date:
        """Last day of the period."""
        after = self.start + self.months
        return dt.date(after // 12, after % 12 + 1, 1) - dt.timedelta(days=1)

    def shift(self, months: int) -> Period:
        """The period so many months later (12 = the same period of the next year)."""
        return Period(self.start + months, self.months)

    def each_month(self) -> tuple[Period, ...]:
        """The months it consists of, in order."""
        return tuple(Period(self.start + i, 1) for i in range(self.months))


def _month_text(index: int) -> str:
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def _month_index(year: str, month: str, text: str) -> int:
    if not 1 <= int(month) <= 12:
        raise BadInput(f"There is no month {month}", where=text)
    return int(year) * 12 + int(month) - 1


def year(value: int) -> Period:
    """The calendar year `value`."""
    return Period(value * 12, 12)


def month(year_: int, month_: int) -> Period:
    """One month (1..12) of a year."""
    return Period(_month_index(str(year_), str(month_), f"{year_}-{month_}"), 1)


def year_to_date(year_: int, month_: int) -> Period:
    """January to `month_` of a year; the year itself for December."""
    return Period(year_ * 12, month(year_, month_).start - year_ * 12 + 1)


def parse_period(text: str | int) -> Period:
    """Read `2024`, `2024-03` or `2024-01..2024-05`.

    Args:
        text: the period as written in the ledger.

    Returns:
        The period.

    Raises:
        BadInput: if the text is in none of these forms, or runs backwards.
    """
    written = str(text).strip()
    if match := _YEAR.fullmatch(written):
        return year(int(match[1]))
    if match := _MONTH.fullmatch(written):
        return Period(_month_index(match[1], match[2], written), 1)
    if match := _SPAN.fullmatch(written):
        first = _month_index(match[1], match[2], written)
        last = _month_index(match[3], match[4], written)
        if last < first:
            raise BadInput("A period cannot end before it starts", where=written)
        return Period(first, last - first + 1)
    raise BadInput(
        f"Not a period: {written!r}", hint="Write 2024, 2024-03 or 2024-01..2024-05, or 2013..2025 for years"
    )


def parse_years(text: str | int) -> tuple[int, ...]:
    """Read `2013..2025` or `2020` or `2018,2020` as calendar years.

    Args:
        text: a year, a range with two dots, or a comma list of these.

    Returns:
        The years, in order, each once.

    Raises:
        BadInput: if a part is no year or range of years, or a range runs backwards.
    """
    years: set[int] = set()
    for part in str(text).split(","):
        piece = part.strip()
        match = _YEARS.fullmatch(piece)
        first, last = (int(match[1]), int(match[2])) if match else (parse_period(piece).year, parse_period(piece).year)
        if not match and parse_period(piece).kind != "year":
            raise BadInput(f"Not a year: {piece!r}", hint="Write 2024 or 2013..2025")
        if last < first:
            raise BadInput("A range of years cannot run backwards", where=piece)
        years.update(y for y in range(first, last + 1) if year(y))
    return tuple(sorted(years))
