"""Ossa (2014): many sectors, a fixed number of firms, profits, and governments that weigh sectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from khorgos.models.adjoint import Outcome, blank
from khorgos.models.arrays import Array, non_negative, positive
from khorgos.models.baseline import Baseline
from khorgos.models.equilibrium import Equilibrium


def fixed_firms(
    countries: tuple[str, ...], sectors: tuple[str, ...], flows: npt.ArrayLike, tau: npt.ArrayLike, sigma: npt.ArrayLike
) -> Baseline:
    """The world of Ossa (2014): monopolistic competition with a given number of firms in every industry.

    Sales of an industry pay wages (1 - 1/sigma) and profits 1/sigma; labour moves between industries; spending shares
    are Cobb-Douglas over industries and CES within.

    Args:
        countries: N names.
        sectors: S names.
        flows: [exporter, importer, sector] net of tariffs, home sales on the diagonal; trade should balance.
        tau: [exporter, importer, sector] tariff factors.
        sigma: [S] elasticities of substitution.

    Source: Ossa (2014), AER 104(12), section I, eqs. (1) to (12), doi:10.1257/aer.104.12.4104.
    """
    n, s = len(countries), len(sectors)
    X = non_negative("flows", flows, (n, n, s), where="[exporter, importer, sector]")
    factor = np.asarray(tau, dtype=np.float64)
    elasticity = positive("sigma - 1", np.asarray(sigma, dtype=np.float64) - 1.0, (s,)) + 1.0
    gross = X * factor
    spending = gross.sum(0)
    sales = X.sum(1)
    return Baseline(
        countries=countries,
        sectors=sectors,
        pi=gross / spending,
        tau=factor,
        theta=elasticity - 1.0,
        spending=spending,
        alpha=spending / spending.sum(1, keepdims=True),
        beta=np.ones((n, s)),
        deficit=X.sum((0, 2)) - sales.sum(1),
        value_added=(sales * (1 - 1 / elasticity)).sum(1),
        profit=np.broadcast_to(1 / elasticity, (n, s)),
    )


def government_welfare(found: Equilibrium, country: int, weights: Array) -> Outcome:
    """ln G_j, G_j = sum_s lambda_js W_js: what industries earn at consumer prices, weighted.

    An industry earns its wages, its profits, and tariff revenue by its share of labour.

    Args:
        found: an equilibrium of `fixed_firms`.
        country: j.
        weights: [S] lambda_js, one without lobbying.

    Source: Ossa (2014), eqs. (7) and (8), doi:10.1257/aer.104.12.4104.
    """
    base, at = found.baseline, found.at
    assert base.profit is not None  # a world of fixed_firms has profits
    share = base.profit[country]
    sales = (at.V / found.kernel.keep)[country]
    wages, revenue = (1 - share) * sales, at.R[country]
    bill = at.Y[country]
    top = float(weights @ (wages * (1 + revenue / bill) + share * sales))
    one = np.eye(found.kernel.N)[country]
    slope = weights * ((1 - share) * (1 + revenue / bill) + share) * sales / top
    by_bill = -float(weights @ wages) * revenue / bill / top
    by_revenue = float(weights @ wages) / bill / top
    value = float(np.log(top / found.unit / found.price_index[country]))
    plain = blank(
        found,
        "ln government welfare",
        value,
        prices=-one,
        wages=by_bill * one,
        labour=by_bill * one,
        revenue=by_revenue * one,
    )
    return replace(plain, sales=np.outer(one, slope))
