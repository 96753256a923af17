"""From the readings tried to a ruling: what fits decides; nothing is contradicted where a reading may be missing."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from khorgos.claims.claim import Claim
from khorgos.claims.readings import Reading
from khorgos.claims.relations import say
from khorgos.claims.stated import Stated, stated
from khorgos.claims.verdict import Evidence, Fit, Ruling
from khorgos.measures.intervals import Interval

# Evidence rows printed a claim; chosen because a reader compares no more.
_SHOWN = 6
# Width of a figure's bounds, as a share of it, up to which it can bear out a number. Chosen because a wider one leaves
# open whether trade grew by a tenth or fell by as much.
_COARSE = 0.25
# Chosen because a text that is wrong about a figure is wrong by less than this factor, unless by whole decimals
# ("million" for "billion"); what is further off was read of the wrong thing. And: how well a slip must fit.
_FAR, _SLIP = 4.0, 0.02
_FAR_POINTS = 40.0  # percentage points, of growth and shares
# The same for a number whose sentence leaves its sides or its period to the sentences before. Chosen because there it
# is mostly the reader who errs: of the alarms that such numbers raised in sixty sound articles all were further off.
_NEARER, _NEARER_POINTS = 1.6, 20.0
# By how much figures of an office as an international database prints them may be off what the office itself prints.
# Chosen because Tajikistan's trade with China in 2012 is 793 million dollars in the IMF's tables and 670 in its
# agency's, that with Uzbekistan in 2014 9.7 and 13 million.
_COMPILED, _COMPILED_OFF = frozenset({"imf-dots", "comtrade"}), 0.35


@dataclass(frozen=True, slots=True)
class Tried:
    """One reading of a claim, held against it.

    Args:
        name: in words.
        value: what it gives, in the claim's unit.
        bounds: what its rounding allows.
        fit: "exact", "rounding" or "none".
        plain: it is what the sentence says at face value.
        neighbour: it is of another flow or period than the sentence says; shown, never vouching.
        official: rests on declarations alone.
        current: not revised since.
        visible: was out on the article's date.
        side: whose declaration.
        arithmetic: how it was made.
        trace, address, known: where it comes from.
        source: ids of its sources.
    """

    name: str
    value: float
    bounds: Interval
    fit: Fit
    plain: bool
    official: bool
    current: bool
    visible: bool
    side: str | None = None
    neighbour: bool = False
    arithmetic: str = ""
    trace: tuple[str, ...] = ()
    address: str | None = None
    known: dt.date | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What the ledger says of one claim.

    Args:
        ruling: its ruling.
        why: one sentence.
        evidence: the readings tried.
        reading: the reading that fits, where it is not the plain one.
        missing, command: of no_data.
        sides: whose declarations fit.
    """

    ruling: Ruling
    why: str
    evidence: tuple[Evidence, ...] = ()
    reading: str | None = None
    missing: str | None = None
    command: str | None = None
    sides: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing for a ruling against a claim.

    Args:
        what: in words; empty where coverage is complete.
        command: that would get it.
    """

    what: str
    command: str


def fit_of(number: Stated, value: float, bounds: Interval, *, percent: bool = False) -> Fit:
    """How a figure meets a printed number: it rounds to it, it may through either's rounding, or it does not.

    A figure so coarse that it would meet almost anything is a note.
    """
    pad = 1e-9 * max(abs(number.nearest.low), abs(number.nearest.high))  # float sums miss the ends of intervals
    if number.nearest.low - pad <= value <= number.nearest.high + pad:
        return "exact"
    if not Interval(number.loose.low - pad, number.loose.high + pad).overlaps(bounds):
        return "none"
    return "rounding" if bounds.width <= _COARSE * abs(value + 100 * percent) else "note"


def tried_reading(
    number: Stated, one: Reading, day: dt.date | None, *, plain: bool, neighbour: bool = False, name: str | None = None
) -> Tried:
    """A reading of an amount, held against the printed number."""
    return Tried(
        name=name or one.name,
        value=one.value,
        bounds=one.bounds,
        fit=fit_of(number, one.value, one.bounds),
        plain=plain,
        official=one.official,
        current=one.current,
        visible=one.visible(day),
        side=one.side,
        neighbour=neighbour,
        arithmetic=one.arithmetic,
        trace=one.trace,
        address=one.address,
        known=one.known,
        source=", ".join(dict.fromkeys(row.source for row in one.figures)),
    )


def decide(
    claim: Claim, tried: Sequence[Tried], lack: Lack, *, slack: float, unit: str, attributed: bool = False
) -> Finding:
    """The ruling that the readings give.

    Args:
        claim: the claim.
        tried: its readings.
        lack: what would have to be known before it may be contradicted.
        slack: by how much beyond all rounding every reading must fail, as a share of the reading (of 100 plus it, for
            percentages).
        unit: of the readings' values.
        attributed: the text names whose figure it is, so that another's near miss excuses nothing.
    """
    tried = [replace(one, fit="note") if _surpassed(one, tried) else one for one in tried]
    own = [one for one in tried if not one.neighbour]
    shown = _evidence(tried, unit)
    fits = sorted((one for one in own if one.fit in ("exact", "rounding")), key=_preference)
    if fits:
        return _supported(claim, fits[0], own, shown, unit)
    near = [one for one in tried if one.neighbour and one.fit == "exact"]
    if near:
        best = near[0]
        why = f"{_said(claim)} is not what the sentence says it is: it fits {_given(best, unit)}."
        return Finding("supported_under_another_reading", why, shown, reading=best.name)
    official = [one for one in own if one.official]
    answerable = [one for one in own if one.plain] if attributed else own
    far = [one for one in official if _of_another_thing(claim, one, unit)]
    if far and len(far) == len(official):
        what = "what it may be of: it is far from every figure of what the sentence names"
        why = f"{_said(claim)} is of another size than {_given(official[0], unit)}, and may be of something else."
        return Finding("no_data", why, shown, missing=what, command=lack.command)
    if not lack.what and official and all(_misses(one, claim, slack, unit) for one in answerable):
        best = min(official, key=lambda one: (not one.plain, not one.current, abs(one.value - (claim.value or 0.0))))
        why = f"{_said(claim)} fits no reading tried; {_given(best, unit)}."
        return Finding("contradicted", why, shown)
    what = lack.what or "the vintage that the text rests on (the difference is of the size of revisions)"
    if own:
        best = min(own, key=lambda one: (not one.plain, not one.official))
        why = f"{_said(claim)} does not fit {_given(best, unit)}, but the ledger lacks {what}."
    else:
        why = f"The ledger has nothing to hold {_said(claim)} against: it lacks {what}."
    return Finding("no_data", why, shown, missing=what, command=lack.command)


def _supported(claim: Claim, best: Tried, own: Sequence[Tried], shown: tuple[Evidence, ...], unit: str) -> Finding:
    sides = frozenset(one.side for one in own if one.side and one.fit in ("exact", "rounding"))
    given = _given(best, unit) + _leeway(claim, best, unit)
    if not best.plain:
        why = f"{_said(claim)} fits under another reading: {given}."
        return Finding("supported_under_another_reading", why, shown, reading=best.name, sides=sides)
    if not best.current:
        why = f"{_said(claim)} was true when written: {given}; the figure has been revised since."
        return Finding("superseded", why, shown, reading="as published before the revision", sides=sides)
    outdated = [one for one in own if one.plain and one.visible and one.official and one.fit == "none"]
    if not best.visible and outdated:
        why = f"{_said(claim)} fits a figure published only after the article: {given}."
        return Finding("supported_under_another_reading", why, shown, reading="as revised since", sides=sides)
    if best.fit == "exact":
        return Finding("supported", f"{_said(claim)} is borne out: {given}.", shown, sides=sides)
    why = f"{_said(claim)} holds through rounding or truncation only: {given}."
    return Finding("supported_only_by_rounding", why, shown, sides=sides)


def _leeway(claim: Claim, best: Tried, unit: str) -> str:
    """How far the ledger's own rounding reaches, where nothing else makes a figure fit: "9%" beside 7.9%."""
    number = stated(claim)
    if best.fit != "rounding" or number is None or number.loose.low <= best.value <= number.loose.high:
        return ""
    return f" (its figures are rounded: anything from {say(best.bounds.low, unit)} to {say(best.bounds.high, unit)})"


def _surpassed(coarse: Tried, tried: Sequence[Tried]) -> bool:
    """Whether a coarse figure fits through its rounding alone, where a finer print of the same figure does not."""
    return coarse.fit == "rounding" and any(
        one.fit == "none"
        and (one.side, one.plain, one.neighbour, one.current) == (coarse.side, coarse.plain, False, coarse.current)
        and one.official
        and coarse.bounds.low <= one.bounds.low
        and one.bounds.high <= coarse.bounds.high
        for one in tried
    )


def _preference(one: Tried) -> tuple[bool, ...]:
    return (not one.plain, not one.visible, not one.current, one.fit != "exact", not one.official)


def _misses(one: Tried, claim: Claim, slack: float, unit: str) -> bool:
    number = stated(claim)
    if number is None:
        return False
    gap = max(number.loose.low - one.bounds.high, one.bounds.low - number.loose.high)
    size = 100 + abs(one.value) if unit in ("percent", "percentage points") else abs(one.value)
    sources = set((one.source or "").split(", "))
    return gap > (max(slack, _COMPILED_OFF) if sources & _COMPILED else slack) * size


def _of_another_thing(claim: Claim, one: Tried, unit: str) -> bool:
    """Whether an amount is so far off that it is hardly a wrong figure of this; a slip of whole decimals is one."""
    if claim.value is None or not one.value:
        return False
    far, points = (_FAR, _FAR_POINTS) if claim.explicit else (_NEARER, _NEARER_POINTS)
    if unit in ("percent", "percentage points"):
        of_part = claim.kind != "share" or claim.explicit or 1 / _FAR <= abs(claim.value / one.value) <= _FAR
        return abs(claim.value - one.value) > points or not of_part
    if unit == "times":
        return not 1 / far <= abs(claim.value / one.value) <= far
    if claim.kind == "difference" and claim.value * one.value < 0:
        return True
    ratio = abs(claim.value / one.value)
    if 1 / far <= ratio <= far or ratio == 0:
        return False
    power = round(math.log10(ratio))
    return abs(ratio / 10.0**power - 1) > _SLIP


def _said(claim: Claim) -> str:
    words = " ".join(claim.surface.split())
    return f'"{words}"'


def _given(one: Tried, unit: str) -> str:
    return f"{say(one.value, unit)} {one.name}"


def _evidence(tried: Sequence[Tried], unit: str) -> tuple[Evidence, ...]:
    order = {"exact": 0, "rounding": 1, "none": 2, "note": 3}
    ranked = sorted(tried, key=lambda one: (one.neighbour, order[one.fit], not one.plain, not one.official))
    seen: dict[tuple[str, float], Tried] = {}
    for one in ranked:
        if not one.neighbour or one.fit == "exact":
            seen.setdefault((one.name, round(one.value, 4)), one)
    return tuple(
        Evidence(
            reading=one.name,
            value=one.value,
            low=one.bounds.low,
            high=one.bounds.high,
            unit=unit,
            arithmetic=one.arithmetic,
            trace=one.trace,
            address=one.address,
            source=one.source,
            as_of=one.known,
            fit=one.fit,
        )
        for one in list(seen.values())[:_SHOWN]
    )
