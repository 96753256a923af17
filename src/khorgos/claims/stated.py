"""What the printed number of a claim stands for, as intervals."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from khorgos.claims.claim import Claim
from khorgos.measures.intervals import Interval, printed

_NUMBER = re.compile(r"\d+(?:[.,'\u00a0\u202f ]\d+)*")
_UNICODE_SPACES = re.compile(r"['\u00a0\u202f ]")

# A round number may have fewer significant digits than it prints ("80 million" of 83); taken so where half a unit of
# the coarser digit is at most this share of it. Chosen because two significant digits are the fewest that news keeps.
_ROUND = 0.10
# "About": five per cent either way of an amount; two points or a tenth of a percentage. Chosen because news calls 14.6
# "about 15" and 1.9 "about 2", but hardly 40 "about 45".
_ABOUT_AMOUNT, _ABOUT_POINTS, _ABOUT_PERCENT = 0.05, 2.0, 0.10
_STEADY_WORDS = re.compile(r"\bsteady\b|\bstable\b|\bflat\b|\bunchanged\b|\bthe same\b", re.I)
_STEADY = 3.0  # points; chosen because "steady" and "stable" are said of growth up to this size
_NEARLY = 0.10  # "nearly" falls short by a tenth at the most
# "Over" has no upper end; in arithmetic it needs one. Chosen because no text calls ten times as much "over".
_OVER = 10.0
_WORD = 0.10  # numbers in words ("doubled", "two-thirds") are within a tenth, chosen as for round numbers


@dataclass(frozen=True, slots=True)
class Stated:
    """A printed number.

    Args:
        value: as printed.
        nearest: what it stands for if its last printed digit was rounded.
        strict: rounded or cut off at its last printed digit, widened by words such as "about".
        loose: the same, where trailing zeros may not be significant.
    """

    value: float
    nearest: Interval
    strict: Interval
    loose: Interval


def step_of(claim: Claim) -> float | None:
    """Step of the last printed digit of a claim's value, in its unit; None where it is written in words."""
    if claim.rounding is not None:
        return claim.rounding
    if claim.value in (None, 0):
        return _decimals(claim.surface)
    return _step_from_surface(claim.surface, abs(claim.value or 0.0))


def _decimals(surface: str) -> float | None:
    found = _NUMBER.search(surface)
    if found is None:
        return None
    tail = found[0].rpartition(".")[2] if "." in found[0] else ""
    return float(10.0 ** -len(tail))


def _step_from_surface(surface: str, value: float) -> float | None:
    for found in _NUMBER.finditer(surface):
        text = _UNICODE_SPACES.sub("", found[0])
        for plain in {text.replace(",", ""), text.replace(".", "").replace(",", "."), text}:
            try:
                number = Decimal(plain)
            except ArithmeticError:
                continue
            if number <= 0:
                continue
            scale = value / float(number)
            power = round(math.log10(scale))
            if abs(scale / 10.0**power - 1) < 1e-9:  # the value is the number times a power of ten, to float error
                exponent = number.as_tuple().exponent
                return 10.0 ** (power + (exponent if isinstance(exponent, int) else 0))
    return None


def stated(claim: Claim) -> Stated | None:
    """The intervals that a claim's number stands for; None where it states none."""
    value = claim.value
    if value is None and claim.kind == "growth" and _STEADY_WORDS.search(claim.surface):
        return amount(0.0, None, "approx", percent=True)
    if value is None:
        if claim.low is None or claim.high is None:
            return None
        half = (step_of(claim) or 0.0) / 2
        span = Interval(claim.low - half, claim.high + half)
        return Stated((claim.low + claim.high) / 2, span, span, span)
    return amount(value, step_of(claim), claim.qualifier, percent=claim.unit in ("percent", "percentage points"))


def amount(value: float, step: float | None, qualifier: str | None = "exact", *, percent: bool = False) -> Stated:
    """The intervals of a number.

    Args:
        value: as printed.
        step: of its last printed digit; None for words.
        qualifier: of a claim.
        percent: whether it is a percentage.
    """
    if step is None:
        half = _STEADY if percent and value == 0 else _WORD * abs(value)
        nearest = strict = loose = Interval(value - half, value + half)
    else:
        nearest = printed(value, step)
        strict = printed(value, step, "either")
        coarse = _coarser(value, step)
        loose = strict if coarse is None else printed(value, coarse, "rounded")
        loose = _hull(strict, loose)
    if qualifier == "more_than":
        open_ended = _outward(value, nearest)
        return Stated(value, open_ended, open_ended, open_ended)
    widen = _WIDER.get(qualifier or "exact")
    if widen is None:
        return Stated(value, nearest, strict, loose)
    wide = _hull(nearest, widen(value, step or 0.0, percent))
    return Stated(value, wide, wide, _hull(wide, loose) if qualifier == "approx" else wide)


def _coarser(value: float, step: float) -> float | None:
    """The step of the last digit that is not zero, if the number may have been rounded there."""
    units = round(abs(value) / step)
    if units == 0 or units % 10 or abs(units * step - abs(value)) > 1e-6 * abs(value):
        return None
    coarse = step
    while units and units % 10 == 0 and 10 * coarse / 2 <= _ROUND * abs(value):
        units //= 10
        coarse *= 10
    return coarse if coarse > step else None


def _hull(one: Interval, other: Interval) -> Interval:
    return Interval(min(one.low, other.low), max(one.high, other.high))


def _outward(value: float, floor: Interval) -> Interval:
    return Interval(_OVER * value, floor.high) if value < 0 else Interval(floor.low, max(_OVER * value, floor.high))


def _about(value: float, step: float, percent: bool) -> Interval:
    if percent and value == 0:
        return Interval(-_STEADY, _STEADY)
    share = _ABOUT_PERCENT if percent else _ABOUT_AMOUNT
    half = max(step, share * abs(value), _ABOUT_POINTS if percent else 0.0)
    return Interval(value - half, value + half)


def _nearly(value: float, step: float, _: bool) -> Interval:
    inward = value - math.copysign(max(step, _NEARLY * abs(value)), value)
    return Interval(min(inward, value), max(inward, value))


def _under(value: float, _: float, __: bool) -> Interval:
    return Interval(min(0.0, value), max(0.0, value))


_WIDER: Mapping[str, Callable[[float, float, bool], Interval]] = MappingProxyType(
    {"approx": _about, "nearly": _nearly, "less_than": _under}
)
