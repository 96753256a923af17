"""GSIM with constant elasticities, solved exactly: Newton's method in logs, all products at once."""

from __future__ import annotations

import numpy as np

from khorgos.core.errors import NotConverged
from khorgos.models.partial.inputs import Floats
from khorgos.models.partial.market import Market, select

#: Longest step in log price; chosen because a price that moves more than e-fold in a step is out of Newton's reach.
LONGEST_STEP = 1.0
#: Halvings of a step before it is taken as it is; chosen because 2^-40 of LONGEST_STEP moves a price by below 1e-12.
MOST_HALVINGS = 40


def nonlinear_prices(market: Market, *, tolerance: float, most_steps: int) -> tuple[Floats, float, int]:
    """Log changes x of world prices that solve E_x x_r = ln sum_v phi_rv m_rv.

    Quantities change by m_rv = p_rv^-sigma_v P_v^(sigma_v + E_m,v), where p_rv = exp(x_r) tau_new / tau and
    P_v^(1 - sigma_v) = sum_r theta_rv p_rv^(1 - sigma_v).

    Args:
        market: shares, tariff changes and elasticities of K products in R regions.
        tolerance: largest gap of log supply and log demand, over 1 + E_x, that counts as cleared.
        most_steps: Newton steps before giving up.

    Returns:
        Log price changes [K, R], the largest gap, and the steps the slowest product took.

    Raises:
        NotConverged: some product's markets did not clear.

    Source:
        The exact form of Francois & Hall (2003), section 2: Armington demand with constant elasticities
        (Armington 1969, doi:10.2307/3866403); its derivative at no change is their eqs 2 and 3.
    """
    n_products, n_regions = market.phi.shape[:2]
    x, gap = np.zeros((n_products, n_regions)), np.full(n_products, np.inf)
    open_ = np.arange(n_products)
    for step in range(most_steps + 1):
        part = select(market, open_)
        excess, weights, shares = _excess(x[open_], part)
        gap[open_] = np.abs(excess).max(axis=1)
        going = gap[open_] > tolerance
        if not going.any():
            return x, float(gap.max()), step
        open_, part = open_[going], select(part, going)
        x[open_] = _stepped(x[open_], excess[going], _slope(weights[going], shares[going], part), part)
    raise NotConverged(
        f"{open_.size} of {n_products} products did not clear to {tolerance:.1e} in {most_steps} steps",
        where=f"GSIM, nonlinear form; worst gap {gap.max():.1e}, first product {int(open_[0])}",
        hint="Look for a product with extreme elasticities or shares",
    )


def composite_prices(market: Market, x: Floats) -> Floats:
    """Log change of each importer's CES index [K, R], given log changes of world prices [K, R].

    ln P_v = ln (sum_r theta_rv (exp(x_r) tau_new / tau)^(1 - sigma_v)) / (1 - sigma_v); 0 where nothing is bought.
    """
    powers = (1 - market.sigma)[:, None, :] * (x[:, :, None] + np.log(market.change))
    index: Floats = _log_mean(market.theta, powers, 1)[1] / (1 - market.sigma)
    return index


def _excess(x: Floats, m: Market) -> tuple[Floats, Floats, Floats]:
    """Scaled excess supply, and the new sales and spending shares that its derivative needs."""
    log_price = x[:, :, None] + np.log(m.change)
    shares, log_spend = _log_mean(m.theta, (1 - m.sigma)[:, None, :] * log_price, 1)
    index = log_spend / (1 - m.sigma)
    quantity = (m.spill * index)[:, None, :] - m.sigma[:, None, :] * log_price
    weights, log_sales = _log_mean(m.phi, quantity, 2)
    return (1 - m.react) * x - m.react * log_sales, weights, shares


def _log_mean(weight: Floats, log_value: Floats, axis: int) -> tuple[Floats, Floats]:
    """Weights times values, as new weights, and the log of their sum; 0 where nothing is weighed.

    Shifted by the largest, so that sigma of 50 and tariffs of 1000% neither overflow nor vanish.
    """
    masked = np.where(weight > 0, log_value, -np.inf)
    top = np.max(masked, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    value = weight * np.exp(masked - top)
    total = np.sum(value, axis=axis, keepdims=True)
    safe = np.where(total > 0, total, 1.0)
    return value / safe, np.squeeze(np.log(safe) + top, axis=axis)


def _slope(weights: Floats, shares: Floats, m: Market) -> Floats:
    matrix = -(weights * m.spill[:, None, :]) @ shares.transpose(0, 2, 1)
    diagonal, react = np.arange(weights.shape[1]), m.react
    matrix[:, diagonal, diagonal] += np.sum(weights * m.sigma[:, None, :], axis=2)
    matrix *= react[:, :, None]
    matrix[:, diagonal, diagonal] += 1 - react
    return matrix


def _stepped(x: Floats, excess: Floats, slope: Floats, m: Market) -> Floats:
    """One damped Newton step: halved, product by product, until the gap falls."""
    move = -np.linalg.solve(slope, excess[:, :, None])[:, :, 0]
    move *= np.minimum(1.0, LONGEST_STEP / np.maximum(np.abs(move).max(axis=1, keepdims=True), LONGEST_STEP))
    before = np.abs(excess).max(axis=1)
    new, todo = x + move, np.arange(len(x))
    for _ in range(MOST_HALVINGS):
        after = np.abs(_excess(new[todo], select(m, todo))[0]).max(axis=1)
        # 1e-14: a gap at the rounding of float64 need not fall further.
        todo = todo[~(after <= np.maximum(before[todo], 1e-14))]
        if not todo.size:
            break
        move[todo] /= 2
        new[todo] = x[todo] + move[todo]
    return new
