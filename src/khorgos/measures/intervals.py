"""Intervals: what a rounded figure stands for, and what that means for sums, shares and growth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from khorgos.core.errors import BadInput

#: How the last printed digit was made: rounded to the nearest, cut off, or either of the two.
Reading = Literal["rounded", "truncated", "either"]


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from `low` to `high`, both ends included.

    Args:
        low: the lower end.
        high: the upper end, not below the lower.

    Source: Moore, Kearfott & Cloud (2009), Introduction to Interval Analysis, ch. 2, doi:10.1137/1.9780898717716.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise BadInput(f"An interval cannot run from {self.low} to {self.high}")

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Interval) -> Interval:
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: Interval) -> Interval:
        if other.low <= 0 <= other.high:
            raise BadInput("A quotient has no bounds where the divisor may be zero")
        return self * Interval(1 / other.high, 1 / other.low)

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    @property
    def width(self) -> float:
        """Length of the interval."""
        return self.high - self.low

    def overlaps(self, other: Interval) -> bool:
        """Have the two any value in common?"""
        return self.low <= other.high and other.low <= self.high


def exact(value: float) -> Interval:
    """The interval of one value."""
    return Interval(value, value)


def printed(value: float, step: float | None, reading: Reading = "rounded") -> Interval:
    """What a printed figure stands for.

    A figure v printed in steps of u stands for [v - u/2, v + u/2] if rounded, and for
    [v, v + u] away from zero if the further digits were cut off.

    Args:
        value: the figure as printed.
        step: the step of its last digit, in the figure's unit; None if it is exact.
        reading: which of the two is meant; "either" covers both.

    Returns:
        The interval, in the figure's unit.
    """
    if step is None:
        return exact(value)
    if step < 0:
        raise BadInput(f"The step of a last digit cannot be negative: {step}")
    inward = 0.0 if reading == "truncated" else step / 2
    outward = step / 2 if reading == "rounded" else step
    return Interval(value - outward, value + inward) if value < 0 else Interval(value - inward, value + outward)


def share(part: Interval, rest: Interval) -> Interval:
    """Share of a part in part + rest, as a fraction; both not negative.

    s = p / (p + r) rises in p and falls in r, so its ends are at opposite corners. Dividing by the
    interval of the whole would count the part's own doubt twice.

    Args:
        part: the part.
        rest: the whole without the part.
    """
    if part.low < 0 or rest.low < 0 or part.low + rest.low <= 0:
        raise BadInput("A share needs a part and a rest that are not negative and not both zero")
    return Interval(part.low / (part.low + rest.high), part.high / (part.high + rest.low))


def growth(value: Interval, base: Interval) -> Interval:
    """Growth in per cent: 100 (v / b - 1); the base is above zero.

    Args:
        value: the later figure.
        base: the earlier figure, same unit.
    """
    if base.low <= 0:
        raise BadInput("Growth has no meaning on a base that may be zero or negative")
    ratio = value / base
    return Interval(100 * (ratio.low - 1), 100 * (ratio.high - 1))
