"""GSIM's linear form: world prices from one dense solve a product."""

from __future__ import annotations

import numpy as np

from khorgos.core.errors import BadInput
from khorgos.models.partial.inputs import Floats


def linear_prices(
    theta: Floats, phi: Floats, tariff_change: Floats, demand: Floats, supply: Floats, sigma: Floats
) -> tuple[Floats, float]:
    """Changes of world prices that clear the linear markets, E_x p = A p + b.

    Args:
        theta: share of exporter r in importer v's spending [K, R, R], columns sum to 1 (or 0).
        phi: share of importer v in exporter r's sales [K, R, R], rows sum to 1 (or 0).
        tariff_change: tau_new / tau - 1 [K, R, R].
        demand: E_m by importer [K, R].
        supply: E_x by exporter [K, R], may be infinite.
        sigma: E_s by importer [K, R].

    Returns:
        Price changes, fractions [K, R], and the largest gap between supply and demand changes.

    Raises:
        BadInput: elasticities that leave a price undetermined.

    Source:
        Francois & Hall (2003), section 2, eqs 2 and 3 put into the market-clearing condition.
    """
    spill = demand + sigma
    own = np.sum(phi * sigma[:, None, :], axis=2)
    across = (phi * spill[:, None, :]) @ theta.transpose(0, 2, 1)
    across[:, np.arange(phi.shape[1]), np.arange(phi.shape[1])] -= own
    mean = np.sum(theta * tariff_change, axis=1)
    push = np.sum(phi * (spill * mean)[:, None, :], axis=2) - np.sum(phi * sigma[:, None, :] * tariff_change, axis=2)

    # Rows are scaled by 1 + E_x, so that an infinite elasticity is simply "the price stays".
    sells = phi.sum(axis=2) > 0
    react = np.where(sells & np.isfinite(supply), 1 / (1 + supply), 0.0)
    matrix = -react[:, :, None] * across
    matrix[:, np.arange(phi.shape[1]), np.arange(phi.shape[1])] += 1 - react
    try:
        price: Floats = np.linalg.solve(matrix, (react * push)[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError as error:
        raise BadInput(
            "The elasticities leave a world price undetermined",
            where="GSIM, linear form",
            hint="Give the exporters an elasticity of supply above 0",
        ) from error
    gap = (1 - react) * price - react * (np.matmul(across, price[:, :, None])[:, :, 0] + push)
    return price, float(np.abs(gap).max())
