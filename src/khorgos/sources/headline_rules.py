"""Rules for published headline figures: which rows count, how far their digits go, when their page came out."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from khorgos.core.provenance import Precision

_FILE = Path(__file__).parent / "data" / "headline_rules.toml"
_TRILLIONS = re.compile(r"(\d+(?:\.(\d+))?)\s*trillion", re.IGNORECASE)

# Dates as addresses of news pages hold them: /2025/07/14/, /2025/0616/, /2014-02/13/, /202506/15/, /20260114/,
# /28072023-, and months alone: /2025/01/.
_DAYS = (
    (re.compile(r"(?<!\d)(20\d\d)[/-](\d{1,2})[/-](\d{1,2})(?!\d)"), (1, 2, 3)),
    (re.compile(r"(?<!\d)(20\d\d)/(\d\d)(\d\d)(?!\d)"), (1, 2, 3)),
    (re.compile(r"(?<!\d)(20\d\d)(\d\d)/(\d\d)(?!\d)"), (1, 2, 3)),
    (re.compile(r"(?<!\d)(20\d\d)(\d\d)(\d\d)(?!\d)"), (1, 2, 3)),
    (re.compile(r"(?<!\d)(\d\d)(\d\d)(20\d\d)(?!\d)"), (3, 2, 1)),
)
_MONTHS = re.compile(r"(?<!\d)(20\d\d)/(\d\d)(?=/(?!\d))")


@cache
def _rules() -> dict[str, list[dict[str, Any]]]:
    with _FILE.open("rb") as stream:
        return tomllib.load(stream)


def rule(kind: str, row: Mapping[str, str]) -> dict[str, Any] | None:
    """The first rule of a kind that matches a row.

    Args:
        kind: "drop", "withhold", "estimate", "remark", "digits" or "valuation".
        row: the row's publisher, note and flow.

    Returns:
        The rule as in `data/headline_rules.toml`; None if none matches.
    """
    for one in _rules().get(kind, []):
        patterns = [(column, one[column]) for column in ("publisher", "note", "flow") if column in one]
        if patterns and all(re.search(pattern, row[column], re.IGNORECASE) for column, pattern in patterns):
            return one
    return None


def step(written: str, row: Mapping[str, str], widen: float | str = 1) -> float:
    """Step of the last digit that the page printed, in billions.

    A whole number is taken to have no decimals: the csv's writer puts ".0" behind it. "6.16 trillion" in the
    note says that 6160.0 has three digits.

    Args:
        written: the value as in the csv.
        row: the row's publisher, note and flow.
        widen: times which the step grows where the figure is less exact than it looks; "all" gives the next
            power of ten above the value.

    Returns:
        The step, at least 1e-6.
    """
    plain = written.strip().lstrip("+-")
    if widen == "all":
        size = abs(float(plain))
        return float(10.0 ** math.ceil(math.log10(size))) if size > 0 else 1.0
    if trillions := _TRILLIONS.search(row["note"]):
        return float(10.0 ** (3 - len(trillions[2] or "")))
    digits = rule("digits", row)
    decimals = 0 if plain.endswith(".0") else len(plain.partition(".")[2])
    if digits is not None:
        decimals = int(digits["decimals"])
    return float(10.0**-decimals) * float(widen)


def published(words: str, last_day: dt.date, today: dt.date) -> tuple[dt.date | None, Precision]:
    """The day or month in a page's address, or in its name ("Kommersant 2022-08-07").

    Args:
        words: the name and the address.
        last_day: last day of the latest period that the page quotes; an earlier date cannot be the page's.
        today: day on which the file was got; a later date cannot either.

    Returns:
        The date (the month's last day where only the month is known) and its precision.
    """
    path = re.sub(r"[a-z]+://[^/]*", "", words)
    for pattern, (y, m, d) in _DAYS:
        for found in pattern.finditer(path):
            day = _date(int(found[y]), int(found[m]), int(found[d]))
            if day is not None and last_day < day <= today:
                return day, "day"
    for found in _MONTHS.finditer(path):
        year, month = int(found[1]), int(found[2])
        if 1 <= month <= 12:
            day = dt.date(year, month, calendar.monthrange(year, month)[1])
            if last_day < day and dt.date(year, month, 1) <= today:
                return day, "month"
    return None, "unknown"


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
