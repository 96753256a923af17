"""Printing a figure that was itself printed: never round twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def settled(row: Mapping[str, Any], say: Callable[[float], str]) -> str:
    """A level as text, without rounding twice.

    A figure printed as 10.65 stands for 10.645 to 10.655: in one decimal that is 10.6 or 10.7. Where the other road to
    the same figure lies inside that interval, it decides.

    Args:
        row: of the measure `levels`, with its value, interval and alternative.
        say: how a value is printed.

    Returns:
        The text.
    """
    value, other = float(row["value"]), row.get("alternative")
    low, high = row.get("value_low"), row.get("value_high")
    if other is None or low is None or high is None or not low <= other <= high:
        return say(value)
    return say(float(other)) if say(low) != say(high) else say(value)
