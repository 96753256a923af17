"""What drives a result: each assumption moved alone, and the scenario solved again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from khorgos.models.arrays import Array
from khorgos.models.equilibrium import rebase, solve
from khorgos.models.scenario import Scenario
from khorgos.models.simulation import Shock, Simulated, simulate
from khorgos.models.uncertainty import LEAST_THETA
from khorgos.models.welfare import real_expenditure

#: Standard errors to either side: the central 90 per cent of a normal draw, as the intervals of draws.
SPREAD = 1.645

Kind = Literal["elasticity", "transfers", "measure", "range", "world"]


@dataclass(frozen=True, eq=False)
class Driver:
    """One assumption moved, and the real expenditure of every economy then, in per cent.

    Args:
        kind: what it is.
        name: of the sector, the closure, the measure or the world.
        low: [N] with the assumption's low value, or with the alternative.
        high: [N] with its high value; the central result where there is only one alternative.
        values: the low and the high value in words.
    """

    kind: Kind
    name: str
    low: Array
    high: Array
    values: tuple[str, str]

    @property
    def swing(self) -> Array:
        """[N] distance between the two."""
        distance: Array = np.abs(self.high - self.low)
        return distance


def drivers(
    simulated: Simulated,
    *,
    without: Mapping[str, Shock] | None = None,
    ranges: Mapping[str, tuple[Shock, Shock]] | None = None,
    worlds: Sequence[Simulated] = (),
) -> tuple[Driver, ...]:
    """Solve a scenario again with each assumption moved.

    Elasticities by 1.645 standard errors, sector by sector; the other two closures of transfers; the scenario without
    each of its measures; measures that rest on a range at its ends; and the other world.

    Args:
        simulated: the central case.
        without: the shock that remains without each measure, by the measure's text.
        ranges: the shock at the low and at the high end of a measure's range, by the measure's text.
        worlds: the same scenario on other worlds of the same economies.

    Raises:
        NotConverged, Refused: an alternative has no equilibrium.
    """
    central = simulated.welfare["real_expenditure"]
    out = [*_elasticities(simulated)]
    for closure in ("share", "nominal", "balanced"):
        if closure != simulated.shock.deficits:
            other = _again(simulated, replace(simulated.shock, deficits=closure))
            out.append(Driver("transfers", closure, other, central, (closure, simulated.shock.deficits)))
    for text, shock in (without or {}).items():
        out.append(Driver("measure", text, _again(simulated, shock), central, ("without", "with")))
    for text, (low, high) in (ranges or {}).items():
        out.append(Driver("range", text, _again(simulated, low), _again(simulated, high), ("low end", "high end")))
    own = simulated.prepared.world.id
    for world in worlds:
        found = world.welfare["real_expenditure"]
        out.append(Driver("world", world.prepared.world.id, found, central, (world.prepared.world.id, own)))
    return tuple(out)


def _again(simulated: Simulated, shock: Shock) -> Array:
    found: Array = simulate(simulated.prepared, shock, partial=False).welfare["real_expenditure"]
    return found


def _elasticities(simulated: Simulated) -> list[Driver]:
    """Every traded sector's elasticity, low and high; the base year is kept as it is, as the draws keep it."""
    world, base = simulated.prepared.world, simulated.prepared.baseline
    start = rebase(simulated.before) if simulated.shock.in_force.any() else base
    shocked = simulated.after.scenario
    rest = Scenario(None, None, shocked.deficits, shocked.deficit, shocked.revenue, shocked.numeraire)
    errors = world.theta_spread * base.theta / world.theta
    out = []
    for s in np.flatnonzero(errors > 0):
        ends = []
        for sign in (-1.0, 1.0):
            theta = base.theta.copy()
            theta[s] = max(theta[s] + sign * SPREAD * errors[s], LEAST_THETA)
            moved = start.with_(theta=theta)
            after = solve(moved, shocked, start=simulated.after.state if start is base else None)
            gain = 100 * (real_expenditure(after, solve(moved, rest)) - 1.0)
            ends.append((gain, f"{theta[s]:.2f}"))
        out.append(Driver("elasticity", world.sectors[s], ends[0][0], ends[1][0], (ends[0][1], ends[1][1])))
    return out
