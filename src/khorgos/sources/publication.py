"""When a file came out that states no day: no earlier than its last period ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from khorgos.nomenclature.periods import parse_period


def year_known(periods: Iterable[str]) -> dt.date:
    """The last day of the year in which the figures of the last period came out, for precision "year".

    Offices publish a month within a few months, a year in the next one; the year's last day is the cautious end.

    Args:
        periods: the periods that the file covers, as in the ledger; at least one.

    Returns:
        31 December of the year of the day after the last period: of 2020 for a file to December 2019.
    """
    last = max(parse_period(period).last_day for period in periods)
    return dt.date((last + dt.timedelta(days=1)).year, 12, 31)
