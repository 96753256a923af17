"""The goods on which a destination raised its duties against an origin: the first of Freund's criteria."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from khorgos.core.tariffs import TariffRegistry
from khorgos.measures.tariffs.in_force import in_force

_SUBHEADING = 6  # digits of the goods that statistics of all countries tell apart


def raised(registry: TariffRegistry, destination: str, origin: str, base: int, later: int) -> tuple[str, ...]:
    """Subheadings on which added duties were higher at the end of the later year than at the start of the base year.

    The added duties of a subheading are the plain mean over its tariff lines, where every condition that statistics
    do not show is met against the duty. Years outside the record count as its first and last day.

    Args:
        registry: the tariff measures.
        destination: area id of who levies the duty.
        origin: area id of whose goods bear it.
        base: calendar year.
        later: calendar year.

    Returns:
        HS codes of six digits, ascending; () where the registry does not have the destination's tariff.
    """
    if destination not in registry.lines:
        return ()
    days = dt.date(base, 1, 1), dt.date(later, 12, 31)
    before, after = (_added(registry, destination, origin, day) for day in days)
    return tuple(sorted(code for code, points in after.items() if points > before.get(code, 0.0)))


def _added(registry: TariffRegistry, destination: str, origin: str, day: dt.date) -> dict[str, float]:
    on = min(max(day, registry.begins), registry.ends)
    lines: dict[str, list[float]] = defaultdict(list)
    for stack in in_force(registry, destination, origin, on):
        lines[stack.code[:_SUBHEADING]].append(stack.low)
    return {code: sum(points) / len(points) for code, points in lines.items()}
