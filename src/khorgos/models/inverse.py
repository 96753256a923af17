"""The inverse question: which change of trade costs brings a flow to a target?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from khorgos.core.errors import BadInput, NotConverged, Refused
from khorgos.ledger.worlds import Marks
from khorgos.models.arrays import Array
from khorgos.models.equilibrium import solve
from khorgos.models.scenario import scenario
from khorgos.models.simulation import CEILING, Shock
from khorgos.models.worlds import Prepared

#: Costs are looked for between a tenth and ten times those of today; chosen because no change of a road does more.
LIMITS = (0.1, 10.0)
#: The target is met to this fraction; chosen two digits under what is printed.
MET = 1e-6
_STEPS = 8  # of the bracket on either side: a factor of 10 ** (1/8), 1.33, a step


@dataclass(frozen=True, slots=True)
class Needed:
    """The change of costs that meets a target.

    Args:
        d_hat: iceberg cost, new over old, of the cells asked about.
        before: the flow without any change of them.
        reached: the flow with it.
        solves: equilibria solved.
    """

    d_hat: float
    before: float
    reached: float
    solves: int


def needed_cost(prepared: Prepared, shock: Shock, cells: Marks, target: float) -> Needed:
    """The uniform change of trade costs in some cells that brings their trade to a target.

    Finds x in sum over cells of X(tau', d_hat x) = target, by Brent's method in ln x between `LIMITS`.

    Args:
        prepared: the world.
        shock: everything else that changes.
        cells: [N, N, S] whose trade is counted, and whose costs move.
        target: trade after, net of tariffs, in the baseline's currency.

    Raises:
        BadInput: the target is not above zero, or the cells trade nothing.
        Refused: no change of costs within the limits reaches it.
    """
    base = prepared.baseline
    if not 0.0 < target < np.inf:
        raise BadInput(f"A target of trade is above zero, not {target:g}")
    if not (base.trade[cells] > 0).any():
        raise BadInput("The pair of the target trades nothing in the base year", hint="A flow of zero stays zero")
    first = np.ones(base.pi.shape) if shock.d_hat is None else shock.d_hat
    state: list[Array | None] = [None]
    solves = [0]

    def trade(log: float) -> float:
        d_hat = np.where(cells, first * np.exp(log), first)
        asked = scenario(base, tariffs=shock.tariffs, d_hat=d_hat, deficits=shock.deficits, ceiling=CEILING)
        found = solve(base, asked, start=state[0])
        state[0] = found.state
        solves[0] += 1
        return float(found.trade[cells].sum())

    before = trade(0.0)
    gap = before / target - 1.0
    if abs(gap) < MET / 100:  # met already; a smaller gap is the solver's
        return Needed(1.0, before, before, solves[0])
    end, last = 0.0, gap
    edge = np.log(LIMITS[0] if gap < 0 else LIMITS[1])
    for step in range(1, _STEPS + 1):
        if last * gap <= 0:
            break
        start, end = end, edge * step / _STEPS
        try:
            last = trade(end) / target - 1.0
        except (NotConverged, Refused):
            end = start
            break
    if last * gap > 0:
        raise Refused(
            f"No change of trade costs reaches {target:.4g}: at {np.exp(end):.2f} times today's the trade is"
            f" {target * (1 + last):.4g}, today {before:.4g}",
            hint="Look at the target, or at the economy's size",
        )
    log = float(brentq(lambda x: trade(x) / target - 1.0, 0.0, end, xtol=1e-12, rtol=1e-10))
    reached = trade(log)
    if abs(reached / target - 1.0) > MET:
        raise NotConverged(f"The target was met to {abs(reached / target - 1.0):.1e} only")
    return Needed(float(np.exp(log)), before, reached, solves[0])
