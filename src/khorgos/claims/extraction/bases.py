"""The periods that changes are measured from."""

from __future__ import annotations

import re

from khorgos.claims.extraction.chunks import Line
from khorgos.claims.extraction.numerals import CARDINALS
from khorgos.claims.extraction.setting import Setting
from khorgos.nomenclature.periods import Period, year

YEAR = 12  # months
_STRETCH = re.compile(
    r"\b(?:in|over|within|during) (?:the )?(?:past |last |previous |space of )?"
    r"(?:(?P<n>[0-9]{1,2}|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty) years|a decade|decade)\b"
)


def before_period(main: Period | None, *, monthly: bool) -> Period | None:
    """The month or quarter before, where growth is told from month to month, else the same months a year before."""
    if main is None:
        return None
    return main.shift(-1) if monthly and main.months in (1, 3) else main.shift(-YEAR)


def compared_with(setting: Setting, i: int, main: Period | None) -> Period | None:
    """The period that a change is measured from.

    Args:
        setting: the sentence.
        i: chunk of the change.
        main: the period of the change.
    """
    if (ends := years_ends(setting.scene.line, i)) is not None:
        return ends[0]
    stretch = _years_of_change(setting.scene.line, i)
    if stretch is not None and main is not None:
        return main.shift(-YEAR * stretch)
    bases = [k for k, r in setting.roles.items() if r == "base"]
    near = [k for k in bases if k > i] or bases
    if near:
        when = setting.scene.line.chunks[near[0]].when
        assert when is not None
        found = setting.calendar.period(when, main)
        if found is not None and found != main:
            return found
    return before_period(main, monthly=setting.monthly)


def years_ends(line: Line, i: int) -> tuple[Period, Period] | None:
    """ "From 2016 to 2020 trade doubled, from $1.9 bn to $3.6 bn": both years, of the change and of its amounts."""
    whens = [chunk.when for chunk in line.chunks if chunk.when is not None]
    when = whens[0] if len(whens) == 1 else None
    if when is None or when.sort != "years" or when.year is None or when.end_year is None:
        return None
    chunks, quantity = line.chunks, line.chunks[i].quantity
    spans = quantity is not None and quantity.sort in ("percent", "times")
    first = chunks[i - 1].low == "from" and any(c.low == "to" for c in chunks[i + 1 : i + 3])
    second = i > 2 and chunks[i - 1].low == "to" and any(c.low == "from" for c in chunks[max(0, i - 4) : i - 1])
    return (year(when.year), year(when.end_year)) if spans or first or second else None


def _years_of_change(line: Line, i: int) -> int | None:
    """ "have nearly doubled in six years", "over the past decade": how many years a change took; 1 is left out."""
    words = " ".join(c.low for c in line.chunks[max(0, i - 8) : i + 10])
    found = _STRETCH.search(words)
    if found is None:
        return None
    if "decade" in found[0]:
        return 10
    count = int(found["n"]) if found["n"].isdigit() else int(CARDINALS[found["n"]])
    return count if count > 1 else None
