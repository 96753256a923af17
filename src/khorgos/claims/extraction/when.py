"""Expressions of time in a sentence: which words, and what they say before the calendar is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from khorgos.claims.extraction.numerals import CARDINALS, ordinal

_MONTH_NAMES = (
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
)
_MONTHS = {name.lower(): i % 12 + 1 for i, name in enumerate(_MONTH_NAMES[0] + _MONTH_NAMES[1])} | {"sept": 9}

M = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
    r"|JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER)\b\.?"
)
Y = r"(?:19|20)[0-9]{2}(?![0-9]|[.,][0-9]|%)"
N = r"(?:[0-9]{1,2}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_REL = (
    r"this year|the current year|current year|the year|last year|the last year|the previous year|previous year"
    r"|the past year|the year before|a year (?:earlier|ago|before)|the year earlier|the preceding year|next year"
    r"|the prior year|the same year|the new year"
)
#: A year, or words for one, after another expression: "May of 2025", "January-August last year".
_OF = rf"(?:(?:'s)?,?\s+(?:(?:of|in)\s+)?(?:the\s+year\s+)?(?:(?P<year>{Y})|(?P<rel>{_REL})\b))?"
_TO = r"\s*(?:-|\u2013|to|-to-|through|thru|until|till|and|/)\s*"


class When(NamedTuple):
    """A point or stretch of time as the words give it.

    Args:
        start: where the words start in the reading.
        end: where they end.
        sort: "date", "month", "months", "year", "years", "first" (the first so many months), "span" (so many months
            named before), "trailing" (so many months up to one), "fiscal", "relyear", "relmonth", "earlier" (the like
            period before), "same" (the like period of a year), "running" (the period in question), "ytd", "horizon".
        year: the year, where given.
        first: first month, or day's month.
        last: last month, number of months, or day.
        offset: years or months from now, or from the period in question.
        end_year: the year of the last month, where it is another.
    """

    start: int
    end: int
    sort: str
    year: int | None = None
    first: int | None = None
    last: int | None = None
    offset: int | None = None
    end_year: int | None = None


_YEAR = 12
_OFFSETS = {"this": 0, "current": 0, "new": 0, "last": -1, "past": -1, "next": 1}


def _offset(words: str | None) -> int | None:
    """Years from now; None for "the year" and for years before the period in question."""
    if words is None:
        return None
    for word, offset in _OFFSETS.items():
        if word in words.lower().split():
            return offset
    return None


def _is_before(words: str | None) -> bool:
    return bool(words and re.search(r"before|earlier|ago|previous|preceding|prior", words.lower()))


def _month(text: str) -> int:
    return _MONTHS[
        text.lower().rstrip(".")[:3] if text.lower().rstrip(".") not in _MONTHS else text.lower().rstrip(".")
    ]


def _count(text: str) -> int:
    return int(text) if text.isdigit() else int(CARDINALS[text.lower()])


def _year(match: re.Match[str]) -> int | None:
    return int(match["year"]) if match["year"] else None


def _months(match: re.Match[str], first: int, last: int, end_year: int | None = None) -> When:
    sort = "same_months" if _is_before(match["rel"]) else "months"
    return When(*match.span(), sort, _year(match), first, last, _offset(match["rel"]), end_year)


def _date(match: re.Match[str]) -> When:
    year = int(match["y"]) if match["y"] else None
    return When(*match.span(), "date", year, _month(match["m"]), int(match["d"]))


def _iso(match: re.Match[str]) -> When:
    return When(*match.span(), "date", int(match["y"]), int(match["m"]), int(match["d"]))


def _range(match: re.Match[str]) -> When:
    first, last = _month(match["m1"]), _month(match["m2"])
    if match["y1"] and match["year"] and match["y1"] != match["year"]:
        return When(*match.span(), "months", int(match["y1"]), first, last, None, int(match["year"]))
    year = _year(match) or (int(match["y1"]) if match["y1"] else None)
    if last < first:  # November to March: the second lies in the next year
        end_year = year
        return When(*match.span(), "months", None if year is None else year - 1, first, last, None, end_year)
    found = _months(match, first, last)
    return found._replace(year=year)


def _range_of_years(match: re.Match[str]) -> When:
    """ "July-June 2024-25": a year of the office's own."""
    end = int(match["y1"][:2] + match["y2"][-2:])
    return When(*match.span(), "months", int(match["y1"]), _month(match["m1"]), _month(match["m2"]), None, end)


def _single(match: re.Match[str]) -> When:
    month = _month(match["m"])
    return _months(match, month, month)


def _through(match: re.Match[str]) -> When:
    """ "Through July": the year up to that month."""
    return _months(match, 1, _month(match["m"]))


def _first_months(match: re.Match[str]) -> When:
    return _months(match, 1, _count(match["n"]))


def _first_quarters(match: re.Match[str]) -> When:
    return _months(match, 1, 3 * _count(match["n"]))


def _first_month(match: re.Match[str]) -> When:
    """ "The first month of the new year"."""
    return _months(match, 1, 1)


def _named_months(match: re.Match[str]) -> When:
    """ "in the seven months", "11 months of 2024": from January on where a year is meant."""
    return When(*match.span(), "span", _year(match), 1, _count(match["n"]), _offset(match["rel"]))


def _half(match: re.Match[str]) -> When:
    second = match["h"].lower() in ("second", "2", "latter")
    return _months(match, 7 if second else 1, 12 if second else 6)


def _short_half(match: re.Match[str]) -> When:
    half = int(match["h"] or match["h2"])
    return When(*match.span(), "months", _short_year(match), 6 * half - 5, 6 * half)


def _quarter(match: re.Match[str]) -> When:
    number = (
        {"final": 4, "last": 4, "opening": 1, "i": 1, "ii": 2, "iii": 3, "iv": 4}.get(match["q"].lower())
        or ordinal(match["q"].lower())
        or 1
    )
    return _months(match, 3 * number - 2, 3 * number)


def _short_quarter(match: re.Match[str]) -> When:
    number = int(match["q"] or match["q2"])
    return When(*match.span(), "months", _short_year(match), 3 * number - 2, 3 * number)


def _short_months(match: re.Match[str]) -> When:
    return When(*match.span(), "months", _short_year(match), 1, int(match["n"]))


def _short_year(match: re.Match[str]) -> int | None:
    written = match["y"]
    if not written:
        return None
    return int(written) if len(written) == 4 else 2000 + int(written)


def _trailing(match: re.Match[str]) -> When:
    month = _month(match["m"])
    return When(*match.span(), "trailing", _year(match), month, _count(match["n"]), _offset(match["rel"]))


def _year_ended(match: re.Match[str]) -> When:
    """ "the fiscal year that ended in March 2025": twelve months up to that one."""
    return When(*match.span(), "trailing", _year(match), _month(match["m"]), _YEAR, _offset(match["rel"]))


def _fiscal(match: re.Match[str]) -> When:
    first = int(match["y1"]) if match["y1"] else None
    end = int(match["y2"][-2:]) if match["y2"] else None
    if first is not None and end is not None and (first + 1) % 100 != end:
        return When(
            *match.span(), "years", first, None, None, None, int(match["y2"]) if len(match["y2"]) == 4 else None
        )
    if first is None:  # FY24 and FY2024 end in that year
        written = match["fy"]
        first = (int(written) if len(written) == 4 else 2000 + int(written)) - 1
    return When(*match.span(), "fiscal", first, 7 if "marketing" in match.group().lower() else None)


def _persian(match: re.Match[str]) -> When:
    """The Iranian year 1403 ran from 20 March 2024 to 20 March 2025, nearest to April to March."""
    return When(*match.span(), "fiscal", int(match["y"]) + 621, 4)


def _rolling(match: re.Match[str]) -> When:
    return When(*match.span(), "rolling")


def _years(match: re.Match[str]) -> When:
    return When(*match.span(), "years", int(match["y1"]), None, None, None, int(match["y2"]))


def _plain_year(match: re.Match[str]) -> When:
    return When(*match.span(), "year", int(match["y"]))


def _horizon(match: re.Match[str]) -> When:
    return When(*match.span(), "horizon", int(match["y"]))


def _relative_year(match: re.Match[str]) -> When:
    words = match.group().lower()
    return When(
        *match.span(), "relyear", offset=-1 if re.search(r"last|past", words) else (1 if "next" in words else 0)
    )


def _relative_month(match: re.Match[str]) -> When:
    return When(*match.span(), "relmonth", offset=-1 if "last" in match.group().lower() else 0)


def _earlier(match: re.Match[str]) -> When:
    words = match.group().lower()
    if "month" in words:
        return When(*match.span(), "earlier", offset=-1)
    if "quarter" in words:
        return When(*match.span(), "earlier", offset=-3)
    return When(*match.span(), "earlier", offset=-12)


def _years_ago(match: re.Match[str]) -> When:
    years = _count(match["n"])
    if match.group().lower().endswith("ago"):
        return When(*match.span(), "relyear", offset=-years)  # of the article's day
    return When(*match.span(), "earlier", offset=-_YEAR * years)


def _same(match: re.Match[str]) -> When:
    year, rel = _year(match), match["rel"]
    if year is None and (rel is None or not (_is_before(rel) or _offset(rel) is not None)):
        if match["m2"]:
            return When(*match.span(), "earlier", offset=-12)
        return When(*match.span(), "running")
    if year is None and _is_before(rel):
        return When(*match.span(), "earlier", offset=-12)
    return When(*match.span(), "same", year, offset=_offset(rel))


def _running(match: re.Match[str]) -> When:
    return When(*match.span(), "running")


def _ytd(match: re.Match[str]) -> When:
    return When(*match.span(), "ytd")


def _full_year(match: re.Match[str]) -> When:
    return When(*match.span(), "running_year")


_PATTERNS: tuple[tuple[str, int, Callable[[re.Match[str]], When]], ...] = (
    (r"(?P<y>(?:19|20)[0-9]{2})-(?P<m>0[1-9]|1[0-2])-(?P<d>[0-3][0-9])\b", 0, _iso),
    (r"\b(?P<d>[0-3]?[0-9])\.(?P<m>0[1-9]|1[0-2])\.(?P<y>(?:19|20)[0-9]{2})\b", 0, _iso),
    (rf"\b(?P<m>{M})\s*(?P<d>[0-3]?[0-9])(?:st|nd|rd|th)?(?![0-9]|[.,][0-9]|\s*(?:%|per ?cent|million|billion))"
     rf"(?:\s*,?\s*(?P<y>{Y}))?", 0, _date),
    (rf"\b(?P<d>[0-3]?[0-9])(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m>{M})(?:,?\s+(?P<y>{Y}))?", 0, _date),
    (rf"\b(?P<m1>{M})\s*(?:(?:of\s+)?(?P<y1>{Y}))?{_TO}(?P<m2>{M})(?!\s+[0-3]?[0-9]\b)(?:\s+period\b|-?period\b)?{_OF}",
     0, _range),
    (rf"\b(?P<m1>{M}){_TO}(?P<m2>{M})\s+(?:of\s+)?(?P<y1>{Y})\s*[-\u2013/]\s*(?P<y2>(?:20)?[0-9]{{2}})(?![0-9])", 0,
     _range_of_years),
    (rf"\b[Uu]p\s+to,?\s+and\s+including,?\s+(?P<m>{M}){_OF}", 0, _through),
    (rf"(?<!from )\b[Tt]hrough\s+(?P<m>{M})(?!\s*[0-3]?[0-9]\b){_OF}", 0, _through),
    (rf"\b(?P<m>{M}){_OF}", 0, _single),
    (rf"(?:\bthe\s+)?\b(?P<n>{N})\s+first\s+months{_OF}", re.I, _first_months),
    (rf"(?:\bthe\s+)?\bfirst\s+(?P<n>2|3|two|three)\s+quarters{_OF}", re.I, _first_quarters),
    (rf"(?:\bthe\s+)?\b(?:first|initial|opening)\s+(?P<n>{N})(?:\s+|-)months?(?:\s+period)?"
     rf"(?:\s*\([A-Z][a-z]{{2,8}}\.?\s*[-\u2013]\s*[A-Z][a-z]{{2,8}}\.?\))?{_OF}", re.I, _first_months),
    (rf"(?:\bthe\s+)?\bfirst\s+month(?=\s+of\s){_OF}", re.I, _first_month),
    (rf"\b(?P<n>(?i:{N}))\s+months?\s+(?:through|to|ended|ending|ending in|ended in|till|up to|until|ended on)\s+"
     rf"(?P<m>{M})(?:\s*[0-3]?[0-9]\b(?![,.]?[0-9]))?{_OF}", 0, _trailing),
    (rf"(?:\bthe\s+|\bthese\s+|\bthose\s+|\bin\s+|\bfor\s+|\bover\s+|\bduring\s+)(?P<n>{N})\s+months?\b"
     rf"(?!\s+(?:ago|earlier|in a row|running))(?:\s+period)?{_OF}", re.I, _named_months),
    (rf"\b(?P<rel>this year|last year)'s\s+(?:first\s+)?(?P<n>{N})\s+months\b(?P<year>)", re.I, _named_months),
    (rf"\b(?P<n>{N})\s+months?\s+of\s+(?:(?P<year>{Y})|(?P<rel>{_REL}))", re.I, _named_months),
    (rf"(?:\bthe\s+)?\b(?P<h>first|second|latter)(?:\s+|-)(?:half(?:-year)?(?:\s+year)?|semester){_OF}", re.I, _half),
    (r"\b(?:H(?P<h>[12])|(?P<h2>[12])H)\b(?:\s*(?:of\s+)?'?(?P<y>(?:19|20)?[0-9]{2})\b)?", 0, _short_half),
    (r"\b(?P<h2>[12])(?P<h>)H(?P<y>[0-9]{2,4})\b", 0, _short_half),
    (rf"(?:\bthe\s+)?\b(?P<q>first|second|third|fourth|final|last|1st|2nd|3rd|4th|opening)(?:\s+|-)"
     rf"(?:quarter|trimester){_OF}", re.I, _quarter),
    (rf"(?:\bthe\s+)?\b(?P<q>I{{1,3}}|IV)(?:\s+|-)quarter{_OF}", 0, _quarter),
    (r"\b(?:Q(?P<q>[1-4])|(?P<q2>[1-4])Q)\b(?:\s*(?:of\s+|FY)?'?(?P<y>(?:19|20)?[0-9]{2})\b)?", 0, _short_quarter),
    (r"\b[Qq]uarter\s+(?P<q>[1-4])(?P<q2>)\b(?:\s*(?:\(.{1,20}?\)\s*)?(?:of\s+)?(?P<y>(?:19|20)[0-9]{2})\b)?", 0,
     _short_quarter),
    (r"\b(?P<q2>[1-4])(?P<q>)Q(?P<y>[0-9]{2,4})\b", 0, _short_quarter),
    (r"\b(?P<n>[0-9]{1,2})M\s*'(?P<y>(?:19|20)[0-9]{2})\b", 0, _short_months),
    (r"\b(?P<n>[0-9]{1,2})M\s*(?P<y>(?:19|20)[0-9]{2}|(?<=M)[0-9]{2})\b", 0, _short_months),
    (rf"\b(?:fiscal(?:\s+year)?|FY|financial year"
         rf"|marketing year)\s*(?:(?P<y1>{Y})\s*[-\u2013/]\s*(?P<y2>[0-9]{{2,4}})\b"
     r"|(?P<fy>(?:20)?[0-9]{2})\b)", re.I, _fiscal),
    (rf"\b(?:fiscal|financial|marketing)\s+year\s+(?:that\s+|which\s+)?(?:ended|ending|ends|to|through)\s+"
     rf"(?:in\s+|on\s+)?(?P<m>{M})(?:\s*[0-3]?[0-9]\b(?![,.]?[0-9]))?{_OF}", re.I, _year_ended),
    (r"\b(?:calendar\s+|fiscal\s+)?year\s+(?P<y>1[34][0-9]{2})\b(?:\s*\((?:which\s+)?"
     r"(?:ended|started|began|ending)[^()]{0,30}\))?", re.I, _persian),
    (r"\b(?:annuali[sz]ed|(?:last|past|latest|previous|rolling)\s+(?:12|twelve)\s+months|12-month(?:\s+rolling)?"
     r"(?!\s+(?:average|basis|mean)))\b",
     re.I, _rolling),
    (rf"\b(?P<y1>{Y})\s*[-\u2013/]\s*(?P<y2>[0-9]{{2}})(?![0-9]|[.,][0-9]|\s?(?:%|per))"
     r"(?:\s+marketing\s+year)?(?P<fy>)", 0, _fiscal),
    (rf"\b(?:between|from)\s+(?P<y1>{Y})\s+(?:and|to)\s+(?P<y2>{Y})", re.I, _years),
    (rf"\b(?P<y1>{Y})\s*[-\u2013]\s*(?P<y2>{Y})", 0, _years),
    (rf"\b(?:by|until|through|before)\s+(?:the\s+)?(?:end\s+of\s+)?(?:the\s+year\s+)?(?P<y>{Y})", re.I, _horizon),
    (rf"\b(?P<y>{Y})", 0, _plain_year),
    (r"\bby\s+(?:the\s+)?(?:end\s+of\s+(?:the|this)\s+year|year-?end)\b", re.I, _relative_year),
    (r"\b(?:this|last|next|(?:the\s+)?(?:past|current))\s+year\b", re.I, _relative_year),
    (r"\b(?:this|last)\s+month\b", re.I, _relative_month),
    (r"\b(?:so far this year|year[- ]to[- ]date|this year so far|since the (?:start|beginning) of the year"
     r"|from the beginning of the year|since the year began|since January|ytd)\b", re.I, _ytd),
    (rf"\b(?P<n>{N})\s+years\s+(?:earlier|ago|before|previously|prior)\b", re.I, _years_ago),
    (r"\b(?:a\s+year|one\s+year|12\s+months|twelve\s+months)\s+(?:earlier|ago|before|previously"
         r"|prior)\b", re.I, _earlier),
    (r"\b(?:this|the same)\s+time\s+(?:last\s+year|a\s+year\s+(?:ago|earlier))\b", re.I, _earlier),
    (r"\b(?:the\s+|a\s+)?year[- ](?:earlier|ago)(?:\s+(?:period|month|level|quarter))?\b", re.I, _earlier),
    (r"\b(?:the\s+)?(?:previous|preceding|prior|past)\s+(?:year|month|quarter)\b(?:'s)?", re.I, _earlier),
    (r"\b(?:the|a)\s+(?:year|month|quarter)\s+(?:before|earlier|prior|previously|ago)\b", re.I, _earlier),
    (rf"\b(?:the\s+)?(?:same|corresponding|similar|identical|like|analogous|comparable|respective)\s+"
     rf"(?:(?:(?:first\s+)?{N}|[a-z]+-month|reporting)\s+)?"
     rf"(?:periods?|months?|quarters?|stretch|timeframe|time|interval|half)\b"
     rf"(?:\s+(?P<m2>a\s+year\s+(?:earlier|ago|before)|one\s+year\s+(?:earlier|ago|before)|the\s+year\s+before))?{_OF}",
     re.I, _same),
    (rf"\b(?:the\s+)?(?:same|corresponding|similar|analogous|comparable|respective)\s+(?:figures?|indicators?|numbers?"
     rf"|values?|volumes?|amounts?|results?|levels?)\s+(?:for|of|in)\s+(?P<year>{Y})(?P<rel>)(?P<m2>)", re.I, _same),
    (r"\b(?:(?P<rel>last year|the previous year|the year before)'s)\s+(?:same|corresponding|similar|comparable|like)"
     r"\s+(?:periods?|months?|quarter|interval)\b(?P<year>)(?P<m2>)", re.I, _same),
    (rf"\bthe\s+(?:reporting|reported|reviewed|accounting)\s+period\s+(?:of|in)\s+(?P<year>{Y})"
     r"(?P<rel>)(?P<m2>)", re.I, _same),
    (r"\b(?:(?:the|this|that)\s+(?:(?:reporting|reported|reviewed|review|accounting|mentioned|above-mentioned|specified"
     r"|indicated|said|reference)\s+)?(?:period|half-year|month|quarter|timeframe)|these\s+months"
     r"|the\s+period\s+under\s+review|the\s+reviewed\s+period|these\s+[0-9]{1,2}\s+months"
     r"|the\s+months\s+in\s+question|the\s+half)\b", re.I, _running),
    (r"\b(?:the\s+(?:full|whole|entire)\s+year|the\s+year\s+as\s+a\s+whole|full[- ]year)\b", re.I, _full_year),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern, flags), make) for pattern, flags, make in _PATTERNS)


def expressions(text: str, start: int, end: int) -> list[When]:
    """The expressions of time in a stretch of a reading.

    Args:
        text: the reading's text.
        start: where to begin.
        end: where to stop.

    Returns:
        The expressions in order, the longest where several start together, none overlapping.
    """
    found = sorted(_all(text, start, end), key=lambda w: (w.start, -w.end))
    kept: list[When] = []
    for when in found:
        if not kept or when.start >= kept[-1].end:
            kept.append(when)
        elif when.end - when.start > kept[-1].end - kept[-1].start:
            kept[-1] = when
    return kept


def _all(text: str, start: int, end: int) -> Iterator[When]:
    for pattern, make in _COMPILED:
        for match in pattern.finditer(text, start, end):
            if match.end() > match.start():
                yield make(match)
