"""The periods that changes are measured from."""

from __future__ import annotations

import re

from khorgos.claims.extraction.chunks import Line
from khorgos.claims.extraction.moves import is_base
from khorgos.claims.extraction.numerals import CARDINALS
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.times import attached_time
from khorgos.nomenclature.periods import Period, year

YEAR = 12  # months
_NEAR = 9  # chunks; chosen because "rose at an average annual rate of about" fits
_YEARLY = re.compile(
    r"\b(?:(?:per|a|each|every) year on average|on average (?:per|a|each|every) year|annually on average"
    r"|on average annually|average (?:annual|yearly)|(?:annual|yearly) average|compound annual|an average of per year"
    r"|average (?:of )?.{1,20}? (?:per|a|each) year)\b"
)
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
    if (ends := years_ends(setting, i)) is not None:
        return ends[0]
    stretch = years_of_change(setting.scene.line, i)
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


def years_ends(setting: Setting, i: int) -> tuple[Period, Period] | None:
    """ "From 2016 to 2020 trade doubled, from $1.9 bn to $3.6 bn": both years, of the change and of its amounts."""
    line = setting.scene.line
    stretch, alone = _stretch_of(setting)
    quantity = line.chunks[i].quantity
    if stretch is None or quantity is None:
        return None
    if quantity.sort in ("percent", "times"):
        return _both(stretch) if alone else None
    if not alone and attached_time(line, i) is not None:
        return None
    return _both(stretch) if is_base(line, i) or _is_goal_of_base(line, i) else None


def years_told(setting: Setting) -> tuple[int, int] | None:
    """The stretch of years whose ends the next sentence may go on to compare."""
    line = setting.scene.line
    whens = [chunk.when for chunk in line.chunks if chunk.when is not None and chunk.when.sort != "running"]
    if not whens:
        return setting.mind.years
    return _named_stretch(line) or _ends_of_base(line)


def yearly_average(setting: Setting, i: int) -> str | None:
    """ "by 16.5 percent a year on average": the years from the first to the last, as claims write them.

    Args:
        setting: the sentence.
        i: chunk of a percentage.

    Returns:
        "1991..2020"; None if the percentage is no average of years, or nothing tells of which.
    """
    line = setting.scene.line
    if not is_yearly(line, i):
        return None
    stretch = _named_stretch(line) or _ends_of_base(line) or setting.mind.years
    return f"{stretch[0]}..{stretch[1]}" if stretch is not None else None


def is_yearly(line: Line, i: int) -> bool:
    """Whether a percentage is a yearly average: "an average annual growth of 7%"."""
    chunks = line.chunks
    if not chunks[i].is_percent:
        return False
    first = next((k + 1 for k in range(i - 1, max(-1, i - _NEAR), -1) if chunks[k].quantity is not None), i - _NEAR)
    last = next((k for k in range(i + 1, min(len(chunks), i + _NEAR)) if chunks[k].quantity is not None), i + _NEAR)
    return _YEARLY.search(" ".join(c.low for c in chunks[max(0, first) : last])) is not None


def _both(stretch: tuple[int, int]) -> tuple[Period, Period]:
    return year(stretch[0]), year(stretch[1])


def _stretch_of(setting: Setting) -> tuple[tuple[int, int] | None, bool]:
    """The years that a sentence compares, and whether it names no other time."""
    line, mind = setting.scene.line, setting.mind
    whens = [chunk.when for chunk in line.chunks if chunk.when is not None and chunk.when.sort != "running"]
    if not whens:
        going_on = mind.years is not None and mind.period == year(mind.years[1])
        return (mind.years if going_on else None), True
    return _named_stretch(line), len(whens) == 1


def _named_stretch(line: Line) -> tuple[int, int] | None:
    """ "From 2017 to 2024", where it is the only one of the sentence."""
    found = [
        (c.when.year, c.when.end_year)
        for c in line.chunks
        if c.when is not None and c.when.sort == "years" and c.when.year is not None and c.when.end_year is not None
    ]
    return found[0] if len(found) == 1 else None


def _ends_of_base(line: Line) -> tuple[int, int] | None:
    """ "From $8.36 billion in 1991 trade went up to $685 billion in 2020": the two years told, some way apart."""
    years = [c.when.year for c in line.chunks if c.when is not None and c.when.sort == "year"]
    told = sorted({told for told in years if told is not None})
    return (told[0], told[1]) if len(told) == 2 and told[1] - told[0] > 1 else None


def _is_goal_of_base(line: Line, i: int) -> bool:
    """ "from $2 billion to $4 billion", "to $4 billion from $2 billion": the second of the two amounts."""
    chunks = line.chunks
    if i < 2 or chunks[i - 1].low != "to":
        return False
    return any(c.low == "from" for c in (*chunks[max(0, i - 4) : i - 1], *chunks[i + 1 : i + 2]))


def years_of_change(line: Line, i: int) -> int | None:
    """ "have nearly doubled in six years", "over the past decade": how many years a change took; 1 is left out."""
    words = " ".join(c.low for c in line.chunks[max(0, i - 8) : i + 10])
    found = _STRETCH.search(words)
    if found is None:
        return None
    if "decade" in found[0]:
        return 10
    count = int(found["n"]) if found["n"].isdigit() else int(CARDINALS[found["n"]])
    return count if count > 1 else None
