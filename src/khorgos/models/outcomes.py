"""What readers ask of an equilibrium, country by country: balances, openness, employment, prices, revenue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from khorgos.models.arrays import Array
from khorgos.models.equilibrium import Equilibrium
from khorgos.models.welfare import leisure_adjusted


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Changes in per cent, each [N]; revenue as a share of base expenditure.

    Args:
        welfare: leisure-adjusted welfare (real expenditure where labour is fixed).
        deficit: change of imports less exports, over its absolute value.
        exports: exports over factor income.
        imports: imports over factor income.
        employment: labour.
        prices: consumer prices in the numeraire.
        revenue: tariff revenue over base expenditure, a fraction.
    """

    welfare: Array
    deficit: Array
    exports: Array
    imports: Array
    employment: Array
    prices: Array
    revenue: Array

    @property
    def table(self) -> Array:
        """[N, 7] in the order above."""
        return np.column_stack(
            (self.welfare, self.deficit, self.exports, self.imports, self.employment, self.prices, self.revenue)
        )


def outcomes(after: Equilibrium) -> Outcomes:
    """The seven columns of ILMS's tables and maps, from the base year.

    Args:
        after: the counterfactual.

    Source: Ignatenko, Lashkaripour, Macedoni, Simonovska (2025), Table 1 and its programme,
    doi:10.1016/j.jinteco.2025.104138.
    """
    base = after.baseline
    exports0, imports0 = _totals(base.trade)
    exports1, imports1 = _totals(after.trade)
    with np.errstate(divide="ignore", invalid="ignore"):  # a country without trade has no rate of change: NaN
        gap = 100 * ((imports1 - exports1) - (imports0 - exports0)) / np.abs(imports0 - exports0)
        openness = [
            100 * (new / after.value_added / (old / base.value_added) - 1.0)
            for new, old in ((exports1, exports0), (imports1, imports0))
        ]
    return Outcomes(
        welfare=100 * (leisure_adjusted(after) - 1.0),
        deficit=gap,
        exports=openness[0],
        imports=openness[1],
        employment=100 * (after.L_hat - 1.0),
        prices=100 * (after.price_index - 1.0),
        revenue=after.revenue / base.spending.sum(1),
    )


def _totals(flows: Array) -> tuple[Array, Array]:
    n = np.arange(len(flows))
    aggregate = flows.sum(2)
    home = aggregate[n, n]
    return aggregate.sum(1) - home, aggregate.sum(0) - home
