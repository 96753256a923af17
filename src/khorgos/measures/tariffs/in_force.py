"""The duties in force on a day, line by line, stacked by the rules of their programmes."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from khorgos.core.errors import BadInput
from khorgos.core.tariffs import TariffMeasure, TariffRegistry
from khorgos.measures.tariffs.coverage import Coverage, Levied


@dataclass(frozen=True, slots=True)
class Levy:
    """One measure on one line.

    Args:
        measure: the measure, with its act, source and dates.
        low, high: points ad valorem, where no and where every condition that statistics do not show is met.
        presumed: whether the day is later than the last for which the source shows it in force.
    """

    measure: TariffMeasure
    low: float
    high: float
    presumed: bool


@dataclass(frozen=True, slots=True)
class Stack:
    """What one tariff line bears on a day, in points ad valorem.

    Args:
        code: HS code of the line.
        low, high: added duties in sum; they differ where a condition that statistics do not show decides.
        ordinary: most favoured nation duty; None where the registry has none.
        levies: the measures that make the sum, and the ordinary one.
    """

    code: str
    low: float
    high: float
    ordinary: float | None
    levies: tuple[Levy, ...]


def in_force(
    registry: TariffRegistry, imposer: str, target: str, on: dt.date, products: Iterable[str] = ()
) -> tuple[Stack, ...]:
    """Every added duty of one economy on another's goods on a day: one row a tariff line.

    added = sum over groups of the rate of the one measure of the group that holds for the line, without groups that
    yield to another group levied on it.

    Args:
        registry: the measures (khorgos.ledger.tariffs.tariff_registry()).
        imposer: area id of who levies the duty.
        target: area id of the economy whose goods bear it.
        on: the day; its duty is the one in force at its end.
        products: HS codes of two digits or more; () for every line of the schedule. A heading
            becomes the lines under it.

    Returns:
        Lines in order of their codes; without any measure in force, low = high = 0 and no levies.

    Raises:
        BadInput: a day before or after the record, or a product that is no HS code.
    """
    check_day(registry, on)
    codes = lines_of(registry, imposer, products)
    cover = Coverage(registry, codes)
    low = cover.levied(imposer, target, on, most=False)
    high = cover.levied(imposer, target, on, most=True)
    return tuple(_stack(code, at, low, high, on) for at, code in enumerate(codes))


def lines_of(registry: TariffRegistry, imposer: str, products: Iterable[str] = ()) -> tuple[str, ...]:
    """Tariff lines under some HS codes: the finest that the record tells apart, or the code itself where it has none.

    Args:
        registry: the measures.
        imposer: whose tariff.
        products: HS codes; () for all lines of its schedule.

    Raises:
        BadInput: a product that is no HS code.
    """
    lines = registry.lines.get(imposer, ())
    asked = tuple(products)
    if not asked:
        return registry.schedule.get(imposer, lines)
    found: set[str] = set()
    for code in asked:
        if not (code.isdigit() and 2 <= len(code) <= 10):
            raise BadInput(f"{code!r} is no HS code of two to ten digits")
        under = lines[bisect_left(lines, code) : bisect_left(lines, code + "~")]
        found |= set(under) or {code}
    return tuple(sorted(found))


def check_day(registry: TariffRegistry, on: dt.date) -> None:
    """Refuse a day that the record does not reach back to.

    Raises:
        BadInput: the day is before the record's first.
    """
    if on < registry.begins:
        raise BadInput(
            f"The record of tariffs begins on {registry.begins}; {on} is before it",
            hint=f"Ask for a day from {registry.begins}",
        )


def _stack(code: str, at: int, low: Sequence[Levied], high: Sequence[Levied], on: dt.date) -> Stack:
    least = {one.measure.id: float(one.points[at]) for one in low if one.on[at]}
    most = {one.measure.id: float(one.points[at]) for one in high if one.on[at]}
    measures = {one.measure.id: one.measure for one in (*low, *high) if one.on[at]}
    levies = tuple(
        Levy(
            one,
            low=min(least.get(name, 0.0), most.get(name, 0.0)),
            high=max(least.get(name, 0.0), most.get(name, 0.0)),
            presumed=one.verified is not None and on > one.verified,
        )
        for name, one in sorted(measures.items(), key=lambda pair: (pair[1].begins, pair[0]))
    )
    ordinary = [levy.high for levy in levies if levy.measure.kind == "ordinary"]
    sums = [sum(points for name, points in some.items() if measures[name].kind == "added") for some in (least, most)]
    return Stack(code, min(sums), max(sums), ordinary[0] if ordinary else None, levies)


def added(levied: Iterable[Levied], n: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """[codes] sum of the added duties."""
    total = np.zeros(n)
    for one in levied:
        if one.measure.kind == "added":
            total += one.points
    return total
