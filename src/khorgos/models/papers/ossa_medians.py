"""What a printed median of optimal tariffs costs: how flat government welfare is where Ossa's programme stops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from khorgos.models.arrays import Array
from khorgos.models.equilibrium import solve
from khorgos.models.papers.cell import RESOLVED
from khorgos.models.policy import Objective, Optimum
from khorgos.models.scenario import Scenario


def price_of_median(best: Optimum, region: int, objective: Objective, goal: float) -> float:
    """Welfare given up, as a fraction, where as few tariffs as it takes are moved until their median is at `goal`.

    Curvature of ln G in one tariff is about w = pi_j X_j theta / sum X_j, so moving it to the goal costs
    w (ln(1 + t) - ln(1 + goal))^2 / 2; the cheapest go first, and the sum is solved for, not approximated.

    Args:
        best: the region's optimum.
        region: whose tariffs.
        objective: what it maximises.
        goal: the median asked for, as a fraction.

    Returns:
        G at the optimum over G at the moved tariffs, less one.
    """
    world = best.found.baseline
    others = np.arange(len(world.countries)) != region
    factor = best.tau[others, region]
    weight = (world.pi[others, region] * world.spending[region] * world.theta / world.spending[region].sum()).ravel()
    moved = factor.ravel().copy()
    far = np.log(moved) - np.log1p(goal)
    above = np.median(moved) > 1.0 + goal
    cost = np.where(far > 0 if above else far < 0, weight * far**2, np.inf)
    for cell in np.argsort(cost):
        moved[cell] = 1.0 + goal
        # 1e-12: the median of an even number of tariffs is a mean of two, rounded.
        if (np.median(moved) - 1.0 - goal) * (1 if above else -1) <= 1e-12:
            break
    tau = best.tau.copy()
    tau[others, region] = moved.reshape(factor.shape)
    return float(np.expm1(_level(best, objective, best.tau) - _level(best, objective, tau)))


def _level(best: Optimum, objective: Objective, tau: Array) -> float:
    # The prices sought are far below the 1e-10 that results are solved to.
    shock: Scenario = replace(best.found.scenario, tau=tau)
    return objective(solve(best.found.baseline, shock, tolerance=RESOLVED, start=best.found.state)).value
