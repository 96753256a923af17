"""What a quantity is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sort = Literal["money", "percent", "points", "times", "goods", "bare"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a text with its unit, or a fraction or multiple in words.

    Args:
        first: its first token, the qualifier's included.
        last: the token after its last.
        number: the token where the number itself starts.
        sort: "money", "percent", "points", "times", "goods", or "bare" (a number of a table).
        value: in base units; None for a range.
        unit: currency, "percent", "percentage points", "times" or unit of quantity; None where not said.
        step: step of the last printed digit, in base units.
        qualifier: "exact", "approx", "nearly", "more_than" or "less_than".
        low: lower end of a range.
        high: upper end of a range.
        sign: of a printed sign: -1, 1, or 0 for none.
        note: how it was read, where that was not plain.
        per: for a price the unit of goods, for a rate "day".
        scaled: whether a scale word stood with it.
        spoken: whether it was written in words ("two-thirds", "doubled").
        other: value and currency of the same amount in brackets.
    """

    first: int
    last: int
    number: int
    sort: Sort
    value: float | None
    unit: str | None
    step: float | None
    qualifier: str = "exact"
    low: float | None = None
    high: float | None = None
    sign: int = 0
    note: str = ""
    per: str | None = None
    scaled: bool = True
    spoken: bool = False
    other: tuple[float, str] | None = None
