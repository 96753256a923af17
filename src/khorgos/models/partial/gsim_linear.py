"""GSIM's linear form: world prices from one dense solve a product."""

from __future__ import annotations

import numpy as np

from khorgos.core.errors import BadInput
from khorgos.models.partial.inputs import Floats
from khorgos.models.partial.market import Market


def linear_prices(market: Market) -> tuple[Floats, float]:
    """Changes of world prices that clear the linear markets, E_x p = A p + b.

    A_rs = sum_v phi_rv (theta_sv (E_m + E_s)_v - [r = s] E_s,v), b_r = the same weights on tau_new / tau - 1.

    Args:
        market: shares, tariff changes and elasticities of K products in R regions.

    Returns:
        Price changes, fractions [K, R], and the largest gap between supply and demand changes.

    Raises:
        BadInput: elasticities that leave a price undetermined.

    Source:
        Francois & Hall (2003), section 2, eqs 2 and 3 put into the market-clearing condition.
    """
    m, tariff = market, market.change - 1
    diagonal = np.arange(m.phi.shape[1])
    across = (m.phi * m.spill[:, None, :]) @ m.theta.transpose(0, 2, 1)
    across[:, diagonal, diagonal] -= np.sum(m.phi * m.sigma[:, None, :], axis=2)
    mean = np.sum(m.theta * tariff, axis=1)
    push = np.sum(m.phi * ((m.spill * mean)[:, None, :] - m.sigma[:, None, :] * tariff), axis=2)

    # Rows are scaled by 1 + E_x, so that an infinite elasticity is simply "the price stays".
    react = m.react
    matrix = -react[:, :, None] * across
    matrix[:, diagonal, diagonal] += 1 - react
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
