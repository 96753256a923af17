"""GSIM with constant elasticities, solved exactly: Newton's method in logs, all products at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
    open_, part = np.arange(n_products), market
    state = _excess(x, part)
    for step in range(most_steps + 1):
        gap[open_] = np.abs(state[0]).max(axis=1)
        going = gap[open_] > tolerance
        if not going.any():
            return x, float(gap.max()), step
        if not going.all():  # what has cleared rests
            open_, part, state = open_[going], select(part, going), _picked(state, going)
        x[open_], state = _stepped(x[open_], state, part)
    raise NotConverged(
        f"{open_.size} of {n_products} products did not clear to {tolerance:.1e} in {most_steps} steps",
        where=f"GSIM, nonlinear form; worst gap {gap.max():.1e}, first product {int(open_[0])}",
        hint="Look for a product with extreme elasticities or shares",
    )


def composite_prices(market: Market, x: Floats) -> Floats:
    """Log change of each importer's CES index [K, R], given log changes of world prices [K, R].

    ln P_v = ln (sum_r theta_rv (exp(x_r) tau_new / tau)^(1 - sigma_v)) / (1 - sigma_v); 0 where nothing is bought.
    """
    powers = (1 - market.sigma)[:, None, :] * (x[:, :, None] + market.log_change)
    index: Floats = _log_mean(market.theta, powers, 1)[1] / (1 - market.sigma)
    return index


#: Scaled excess supply [K, R], new sales shares and new spending shares [K, R, R].
_State = tuple[Floats, Floats, Floats]


def _picked(state: _State, products: NDArray[np.bool_]) -> _State:
    return state[0][products], state[1][products], state[2][products]


def _excess(x: Floats, m: Market) -> _State:
    """Scaled excess supply, and the new sales and spending shares that its derivative needs."""
    log_price = x[:, :, None] + m.log_change
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


def _stepped(x: Floats, state: _State, m: Market) -> tuple[Floats, _State]:
    """One damped Newton step: halved, product by product, until the gap falls."""
    excess, weights, shares = state
    try:
        move = -np.linalg.solve(_slope(weights, shares, m), excess[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError as error:
        raise NotConverged(
            "Some product's prices are undetermined at the elasticities given", where="GSIM, nonlinear form"
        ) from error
    move *= np.minimum(1.0, LONGEST_STEP / np.maximum(np.abs(move).max(axis=1, keepdims=True), LONGEST_STEP))
    # 1e-14: a gap at the rounding of float64 need not fall further.
    allowed = np.maximum(np.abs(excess).max(axis=1), 1e-14)
    new = x + move
    after = _excess(new, m)
    for _ in range(MOST_HALVINGS):
        todo = np.flatnonzero(~(np.abs(after[0]).max(axis=1) <= allowed))
        if not todo.size:
            break
        move[todo] /= 2
        new[todo] = x[todo] + move[todo]
        for whole, part in zip(after, _excess(new[todo], select(m, todo)), strict=True):
            whole[todo] = part
    return new, after
