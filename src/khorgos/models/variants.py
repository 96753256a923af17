"""The same world with less in it: one sector, no materials, materials from one's own sector only."""

from __future__ import annotations

import numpy as np

from khorgos.core.errors import BadInput
from khorgos.models.arrays import Array
from khorgos.models.baseline import Baseline


def without_materials(base: Baseline) -> Baseline:
    """The flows of `base` in a world where value added is all of cost.

    Sales are value added and spending is final: beta = 1, alpha = X / sum X, transfers from the flows.

    Args:
        base: a world at rest.

    Source: Caliendo, Parro (2015), section 5.4 (model without materials), doi:10.1093/restud/rdu035.
    """
    _plain(base)
    n, s = base.beta.shape
    sales = base.trade.sum(1)
    return base.with_(
        gamma=None,
        beta=np.ones((n, s)),
        alpha=base.spending / base.spending.sum(1, keepdims=True),
        value_added=sales.sum(1),
        deficit=_balance(base.trade),
    )


def own_materials(base: Baseline) -> Baseline:
    """Every sector buys its materials from itself only, with no linkages: gamma_ss = g_ss, beta_s = 1 - g_ss.

    g_ss is the sector's own share among its materials. Final spending is what is left of each market, and none where a
    sector would use more of itself than the country buys; such worlds are not at rest, so compare with their own.

    Args:
        base: a world with materials.

    Source: the authors' programme script_no_io; Caliendo, Parro (2015), section 5.4, doi:10.1093/restud/rdu035.
    """
    _plain(base)
    if base.gamma is None:
        raise BadInput("The world has no materials to take linkages from")
    n, s = base.beta.shape
    sales = base.trade.sum(1)
    own = base.gamma[:, np.arange(s), np.arange(s)]
    share = np.divide(own, 1.0 - base.beta, out=np.zeros_like(own), where=base.beta < 1.0)
    gamma = np.zeros((n, s, s))
    gamma[:, np.arange(s), np.arange(s)] = share
    final = np.maximum(base.spending - share * sales, 0.0)
    return base.with_(
        gamma=gamma,
        beta=1.0 - share,
        alpha=final / final.sum(1, keepdims=True),
        value_added=((1.0 - share) * sales).sum(1),
        deficit=_balance(base.trade),
    )


def one_sector(base: Baseline, theta: float, *, materials: bool = True) -> Baseline:
    """All sectors as one: flows added up, tariffs weighted by flows net of tariffs.

    Caliendo and Parro's own model of one sector keeps what is not traded apart: `papers.caliendo_parro_tables`.

    Args:
        base: a world at rest.
        theta: elasticity of the one sector.
        materials: keep the share of materials in sales.
    """
    _plain(base)
    n = len(base.countries)
    net = base.trade.sum(2)
    gross = (base.trade * base.tau).sum(2)
    spending, sales = gross.sum(0), net.sum(1)
    used = sales - (base.beta * base.trade.sum(1)).sum(1) if materials else np.zeros(n)
    share = used / sales
    return base.with_(
        sectors=("all",),
        pi=(gross / spending)[:, :, None],
        tau=np.where(net > 0, gross / np.where(net > 0, net, 1.0), 1.0)[:, :, None],
        theta=np.array([theta]),
        spending=spending[:, None],
        alpha=np.ones((n, 1)),
        beta=(1.0 - share)[:, None],
        gamma=share[:, None, None] if materials else None,
        value_added=sales - used,
        deficit=_balance(base.trade),
    )


def weighted_rates(base: Baseline, tau: Array) -> Array:
    """[N, N] tariff rates of a scenario for `one_sector`: new factors weighted by base flows net of tariffs.

    Args:
        base: the world of many sectors.
        tau: [N, N, S] tariff factors after the change.
    """
    net = base.trade.sum(2)
    factor = (base.trade * tau).sum(2)
    rates: Array = np.where(net > 0, factor / np.where(net > 0, net, 1.0), 1.0) - 1.0
    return rates


def _balance(flows: Array) -> Array:
    total = flows.sum(2)
    gap: Array = total.sum(0) - total.sum(1)
    return gap


def _plain(base: Baseline) -> None:
    extras = (base.nu, base.phi, base.psi, base.profit)
    if base.uses != 1 or any(extra is not None for extra in extras) or base.kappa:
        raise BadInput("Variants are of worlds with one market a sector, no margins, scale, profits or labour supply")
