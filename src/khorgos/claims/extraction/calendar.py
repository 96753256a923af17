"""What expressions of time mean on the article's day and after what was said before."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from khorgos.claims.extraction.when import When
from khorgos.core.errors import BadInput
from khorgos.nomenclature.periods import Period, month, year

YEAR = 12  # months
_FAR = 1  # years; chosen because news that goes further back names the year


@dataclass(frozen=True, slots=True)
class Today:
    """When an article was written, as far as is known.

    Args:
        year: the year; None where not known.
        month: the month; None where not known.
        day: the day; None where not known.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.month is not None and not 1 <= self.month <= 12:
            raise BadInput(f"There is no month {self.month}")

    @property
    def last_month(self) -> int | None:
        """Index of the latest month that the article can speak of as past."""
        if self.year is None:
            return None
        return self.year * 12 + (self.month if self.month is not None else 12) - 1


def read_date(text: str | dt.date | None) -> Today:
    """Read the day of an article: a date, "2025-03-20", "2025-03" or "2025".

    Raises:
        BadInput: if it is none of these.
    """
    if text is None or text == "":
        return Today()
    if isinstance(text, dt.date):
        return Today(text.year, text.month, text.day)
    match = re.fullmatch(r"((?:19|20)\d\d)(?:-(\d\d)(?:-(\d\d))?)?", text.strip())
    if not match:
        raise BadInput(f"Not a date: {text!r}", hint="Write 2025-03-20, 2025-03 or 2025")
    return Today(int(match[1]), int(match[2]) if match[2] else None, int(match[3]) if match[3] else None)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Turns expressions of time into periods.

    Args:
        today: the article's day.
        fallback_year: the year that a text without a date most likely speaks of.
        fiscal_first: first month of the fiscal year of the country that the text is about.
    """

    today: Today
    fallback_year: int | None = None
    fiscal_first: int = 4

    def period(self, when: When, running: Period | None) -> Period | None:
        """The period that an expression means.

        Args:
            when: the expression.
            running: the period in question so far.

        Returns:
            The period; None where it cannot be known.
        """
        make = getattr(self, f"_{when.sort}", None)
        found: Period | None = make(when, running) if make is not None else None
        return found

    def month_after(self, when: When, running: Period | None) -> Period | None:
        """The last month of a longer stretch, where it is held against the month before.

        Args:
            when: what a change is held against.
            running: the period in question.

        Returns:
            The month; None if it is not the next after the one told.
        """
        if running is None or running.months == 1 or when.sort != "months" or when.first != when.last:
            return None
        before, last = self.period(when, running), Period(running.start + running.months - 1, 1)
        return last if before is not None and before.start + before.months == last.start else None

    def year_of(self, offset: int) -> int | None:
        """The year so many years from now."""
        now = self.today.year if self.today.year is not None else self.fallback_year
        if now is None:
            return None
        known = self.today.year is not None
        return now + offset if known else now + min(0, offset + 1)

    def _months(self, when: When, running: Period | None) -> Period | None:
        assert when.first is not None
        assert when.last is not None
        first_year = when.year
        if first_year is None and when.offset is not None:
            first_year = self.year_of(when.offset)
        if when.end_year is not None and first_year is None:
            first_year = when.end_year - 1
        if first_year is None:
            first_year = self._latest_year(when.last if when.last >= when.first else 12, running)
        if first_year is None:
            return None
        last_year = when.end_year if when.end_year is not None else first_year + (when.last < when.first)
        count = 12 * (last_year - first_year) + when.last - when.first + 1
        return Period(12 * first_year + when.first - 1, count) if count > 0 else None

    def _same_months(self, when: When, running: Period | None) -> Period | None:
        found = self._months(when._replace(offset=None), running)
        return found.shift(-12) if found else None

    def _latest_year(self, last: int, running: Period | None) -> int | None:
        """The year of the latest such months that were over; the year in question where that lies further back."""
        latest = self.today.last_month
        if latest is None:
            return running.year if running else self.fallback_year
        found = latest // 12 if last - 1 <= latest % 12 else latest // 12 - 1
        if running is not None and found - running.year > _FAR:
            return running.year
        return found

    def _span(self, when: When, running: Period | None) -> Period | None:
        """So many months: those in question if they are as many, else from January on."""
        assert when.last is not None
        if when.year is None and when.offset is None and running is not None and running.months == when.last:
            return running
        if when.last > 12:
            return None
        return self._months(when._replace(sort="months"), running)

    def _trailing(self, when: When, running: Period | None) -> Period | None:
        assert when.first is not None
        assert when.last is not None
        end = self._months(when._replace(sort="months", last=when.first), running)
        return Period(end.start - when.last + 1, when.last) if end else None

    def _fiscal(self, when: When, _running: Period | None) -> Period | None:
        """A fiscal year from April to March, as in India and Japan; a marketing year from July to June, as of grain."""
        first = when.first or self.fiscal_first
        return Period(12 * when.year + first - 1, 12) if when.year is not None else None

    def _rolling(self, _when: When, running: Period | None) -> Period | None:
        """Twelve months up to the end of the period in question."""
        return Period(running.start + running.months - 12, 12) if running is not None else None

    def _year(self, when: When, _running: Period | None) -> Period | None:
        return year(when.year) if when.year is not None else None

    def _horizon(self, when: When, _running: Period | None) -> Period | None:
        return year(when.year) if when.year is not None else None

    def _relyear(self, when: When, running: Period | None) -> Period | None:
        found = self.year_of(when.offset or 0)
        if found is None:
            return None
        if not when.offset and running is not None and running.start == YEAR * found and 1 < running.months < YEAR:
            return running  # "of this year's trade", after figures of its first seven months
        return year(found)

    def _years(self, when: When, _running: Period | None) -> Period | None:
        return year(when.end_year) if when.end_year is not None else None

    def _relmonth(self, when: When, running: Period | None) -> Period | None:
        if when.offset == 0 and running is not None and running.months == 1:
            return running  # "in this month", after figures of one
        if self.today.year is None or self.today.month is None:
            return running if running is not None and running.months == 1 else None
        return month(self.today.year, self.today.month).shift(when.offset or 0)

    def _earlier(self, when: When, running: Period | None) -> Period | None:
        if running is None:
            found = self.year_of(-1)
            return year(found - 1) if found is not None and when.offset == -12 else None
        return running.shift(when.offset or -12)

    def _same(self, when: When, running: Period | None) -> Period | None:
        wanted = when.year
        if wanted is None and when.offset is not None:
            wanted = self.year_of(when.offset)
        if running is None:
            return year(wanted) if wanted is not None else None
        if wanted is None:
            return running.shift(-12)
        found = running.shift(12 * (wanted - running.year))
        # "the same period last year", said of last year's months, can only mean the year before them
        return found if when.year is not None or found != running else running.shift(-12)

    def _running(self, _when: When, running: Period | None) -> Period | None:
        return running

    def _running_year(self, _when: When, running: Period | None) -> Period | None:
        if running is not None:
            return year(running.year)
        found = self.year_of(-1)
        return year(found) if found is not None else None

    def _ytd(self, _when: When, running: Period | None) -> Period | None:
        if running is not None and running.months < 12:
            last = running.start + running.months - 1
        elif self.today.last_month is not None and self.today.month is not None:
            last = self.today.last_month - 1
        else:
            return running
        return Period(last - last % 12, last % 12 + 1)
