"""Gains from trade by formula: what a country would lose in autarky."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from khorgos.core.errors import BadInput
from khorgos.models.arrays import Array, positive


def gains_one_sector(flows: npt.ArrayLike, theta: float) -> Array:
    """[N] G = 1 - lambda_jj^(1/theta), lambda_jj the share of total spending on home goods.

    Args:
        flows: [exporter, importer] or [exporter, importer, sector], domestic sales on the diagonal.
        theta: trade elasticity.

    Returns:
        Share of real income lost by moving to autarky.

    Source: Costinot, Rodriguez-Clare (2014), Handbook of International Economics 4, eq. (7) and Table 4.1, column 1,
    doi:10.1016/B978-0-444-54314-1.00004-5.
    """
    X = np.asarray(flows, dtype=np.float64)
    total = X.sum(2) if X.ndim == 3 else X
    if not theta > 0:
        raise BadInput(f"theta must be above zero, not {theta}", hint="theta is sigma - 1")
    return _gain(np.log(_home(total)) / theta)


def gains_many_sectors(flows: npt.ArrayLike, theta: npt.ArrayLike, alpha: npt.ArrayLike | None = None) -> Array:
    """[N] G = 1 - prod_s lambda_jj,s^(alpha_js / theta_s), without materials.

    Args:
        flows: [exporter, importer, sector], domestic sales on the diagonal.
        theta: [S] trade elasticities.
        alpha: [N, S] expenditure shares; None takes them from the flows.

    Raises:
        BadInput: a sector without home sales and with spending: the formula's loss is total.

    Source: Costinot, Rodriguez-Clare (2014), eq. (23) and Table 4.1, column 2.
    """
    X = np.asarray(flows, dtype=np.float64)
    if X.ndim != 3:
        raise BadInput(f"flows has shape {X.shape}", hint="[exporter, importer, sector]; else use gains_one_sector")
    elasticity = positive("theta", theta, (X.shape[2],))
    spending = X.sum(0)
    weights = spending / spending.sum(1, keepdims=True) if alpha is None else np.asarray(alpha, dtype=np.float64)
    home = np.where(spending > 0, _home(np.where(spending > 0, X, 1.0)), 1.0)
    if ((home == 0) & (weights > 0)).any():
        j, s = (int(k) for k in np.argwhere((home == 0) & (weights > 0))[0])
        raise BadInput(f"Country {j} buys nothing at home in sector {s}", hint="Autarky would cost it everything")
    logs = np.log(np.where(home > 0, home, 1.0))
    return _gain((weights * logs / elasticity).sum(1))


def _home(X: Array) -> Array:
    n = np.arange(len(X))
    share: Array = X[n, n] / X.sum(0)
    return share


def _gain(log_welfare: Array) -> Array:
    lost: Array = -np.expm1(log_welfare)
    return lost
