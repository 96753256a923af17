"""Partial equilibrium of a shock to an embedded world: GSIM and SMART with the same flows and elasticities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from khorgos.models.arrays import Array
from khorgos.models.equilibrium import Equilibrium
from khorgos.models.partial.gsim import gsim
from khorgos.models.partial.smart import smart

#: Elasticities of composite demand and of supply in the published example of GSIM (Francois, Hall 2003, 4x4).
DEMAND, SUPPLY = -1.25, 1.5


@dataclass(frozen=True, eq=False)
class Beside:
    """What two partial models say; money in the baseline's currency, trade at world prices.

    Args:
        trade: [N, N, S] after, by GSIM.
        producer: [N] producer surplus, GSIM.
        consumer: [N] consumer surplus, GSIM.
        revenue: [N] change of tariff revenue, GSIM.
        smart_trade: [N, N, S] after, by SMART, which looks at one importer at a time.
        creation: [N, N, S] of it, the change because a partner's price changes.
        diversion: [N, N, S] of it, the change because partners' prices change against each other.
        smart_consumer: [N] consumer surplus, SMART.
        smart_revenue: [N] change of tariff revenue, SMART.
    """

    trade: Array
    producer: Array
    consumer: Array
    revenue: Array
    smart_trade: Array
    creation: Array
    diversion: Array
    smart_consumer: Array
    smart_revenue: Array

    @property
    def welfare(self) -> Array:
        """[N] GSIM: producer and consumer surplus and revenue."""
        return self.producer + self.consumer + self.revenue

    @property
    def smart_welfare(self) -> Array:
        """[N] SMART: consumer surplus and revenue of importers; at given world prices nobody else gains or loses."""
        return self.smart_consumer + self.smart_revenue


def beside(before: Equilibrium, tariffs: Array, in_force: Array) -> Beside:
    """Solve GSIM and SMART for every sector whose tariffs change.

    Substitution is theta + 1 in both, demand `DEMAND`; supply `SUPPLY` in GSIM and infinite in SMART, as published.

    Args:
        before: the equilibrium compared with.
        tariffs: [N, N, S] rates after.
        in_force: [N, N, S] rates before.

    Raises:
        NotConverged: a market does not clear.
    """
    flows, theta = before.trade, before.baseline.theta
    n = len(flows)
    after, seen = flows.copy(), flows.copy()
    created, diverted = np.zeros_like(flows), np.zeros_like(flows)
    sums = np.zeros((5, n))
    for s in np.flatnonzero((tariffs != in_force).any((0, 1))):
        old, new = _lifted(1.0 + in_force[:, :, s], 1.0 + tariffs[:, :, s])
        world = gsim(flows[:, :, s], old, new, import_demand=DEMAND, export_supply=SUPPLY, substitution=theta[s] + 1.0)
        after[:, :, s] = world.trade
        sums[:3] += world.producer_surplus, world.consumer_surplus, world.revenue_new - world.revenue_old
        abroad = flows[:, :, s].T.copy()  # SMART's rows are importers, its columns partners; it knows no home sales
        abroad[np.arange(n), np.arange(n)] = 0.0
        one = smart(abroad, old.T, new.T, import_demand=DEMAND, substitution=theta[s] + 1.0, form="isoelastic")
        seen[:, :, s] = one.imports.T + np.diag(np.diag(flows[:, :, s]))
        created[:, :, s], diverted[:, :, s] = one.creation.T, one.diversion.T
        sums[3:] += one.consumer_surplus, one.revenue_new - one.revenue_old
    return Beside(after, sums[0], sums[1], sums[2], seen, created, diverted, sums[3], sums[4])


def _lifted(old: Array, new: Array) -> tuple[Array, Array]:
    """Both factors over the lower one where that is below one: a tariff of the base year that is gone was there before.

    Only their ratio moves trade; the lower one becomes no tariff, the higher one the level that it stood for.
    """
    least = np.minimum(np.minimum(old, new), 1.0)
    return old / least, new / least
