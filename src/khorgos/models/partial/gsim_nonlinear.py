"""GSIM with constant elasticities, solved exactly: Newton's method in logs, all products at once."""

from __future__ import annotations

import numpy as np

from khorgos.core.errors import NotConverged
from khorgos.models.partial.inputs import Floats

#: The longest step in log price; chosen because a price that moves more than e-fold in one step is out of Newton's reach.
LONGEST_STEP = 1.0
#: Halvings of a step before it is taken to be hopeless; chosen because 2^-40 of LONGEST_STEP is below rounding of a price.
MOST_HALVINGS = 40


def nonlinear_prices(
    theta: Floats,
    phi: Floats,
    log_tariff: Floats,
    demand: Floats,
    supply: Floats,
    sigma: Floats,
    *,
    tolerance: float,
    most_steps: int,
) -> tuple[Floats, float, int]:
    """Log changes x of world prices that solve E_x x_r = ln sum_v phi_rv m_rv.

    Quantities change by m_rv = p_rv^-sigma_v P_v^(sigma_v + E_m,v), where p_rv = exp(x_r) tau_new / tau and
    P_v^(1 - sigma_v) = sum_r theta_rv p_rv^(1 - sigma_v).

    Args:
        theta: share of exporter r in importer v's spending [K, R, R].
        phi: share of importer v in exporter r's sales [K, R, R].
        log_tariff: ln(tau_new / tau) [K, R, R].
        demand: E_m by importer [K, R], below 0.
        supply: E_x by exporter [K, R], 0 to infinity.
        sigma: E_s by importer [K, R], above 1.
        tolerance: largest scaled gap of log supply and log demand.
        most_steps: Newton steps before giving up.

    Returns:
        Log price changes [K, R], the largest gap, and the steps the slowest product took.

    Raises:
        NotConverged: some product's markets did not clear.

    Source:
        The exact form of Francois & Hall (2003), section 2: Armington demand with constant elasticities
        (Armington 1969, doi:10.2307/3866403); its derivative at no change is their eqs 2 and 3.
    """
    n_products, n_regions = phi.shape[:2]
    react = np.where((phi.sum(axis=2) > 0) & np.isfinite(supply), 1 / (1 + supply), 0.0)
    data = (theta, phi, log_tariff, demand, sigma, react)
    x, gap = np.zeros((n_products, n_regions)), np.full(n_products, np.inf)
    open_ = np.arange(n_products)
    for step in range(most_steps + 1):
        part = tuple(array[open_] for array in data)
        excess, weights, shares = _excess(x[open_], *part)
        gap[open_] = np.abs(excess).max(axis=1)
        going = gap[open_] > tolerance
        if not going.any():
            return x, float(gap.max()), step
        open_ = open_[going]
        part = tuple(array[open_] for array in data)
        slope = _slope(weights[going], shares[going], part[3], part[4], part[5])
        x[open_] = _step(x[open_], excess[going], slope, part)
    raise NotConverged(
        f"{open_.size} of {n_products} products did not clear to {tolerance:.1e} in {most_steps} steps",
        where=f"GSIM, nonlinear form; worst gap {gap.max():.1e}, first product {int(open_[0])}",
        hint="Look for a product with extreme elasticities or shares",
    )


def _excess(
    x: Floats, theta: Floats, phi: Floats, log_tariff: Floats, demand: Floats, sigma: Floats, react: Floats
) -> tuple[Floats, Floats, Floats]:
    """Scaled excess supply, and the new sales and spending shares that its derivative needs."""
    log_price = x[:, :, None] + log_tariff
    shares, log_spend = _log_mean(theta, (1 - sigma)[:, None, :] * log_price, 1)
    index = log_spend / (1 - sigma)
    quantity = ((sigma + demand) * index)[:, None, :] - sigma[:, None, :] * log_price
    weights, log_sales = _log_mean(phi, quantity, 2)
    return (1 - react) * x - react * log_sales, weights, shares


def _log_mean(weight: Floats, log_value: Floats, axis: int) -> tuple[Floats, Floats]:
    """Weights times values, as new weights, and the log of their sum; 0 where nothing is weighed."""
    masked = np.where(weight > 0, log_value, -np.inf)
    top = np.max(masked, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    value = weight * np.exp(masked - top)
    total = np.sum(value, axis=axis, keepdims=True)
    safe = np.where(total > 0, total, 1.0)
    return value / safe, np.squeeze(np.log(safe) + top, axis=axis)


def _slope(weights: Floats, shares: Floats, demand: Floats, sigma: Floats, react: Floats) -> Floats:
    matrix = -(weights * (demand + sigma)[:, None, :]) @ shares.transpose(0, 2, 1)
    diagonal = np.arange(weights.shape[1])
    matrix[:, diagonal, diagonal] += np.sum(weights * sigma[:, None, :], axis=2)
    matrix *= react[:, :, None]
    matrix[:, diagonal, diagonal] += 1 - react
    return matrix


def _step(x: Floats, excess: Floats, slope: Floats, data: tuple[Floats, ...]) -> Floats:
    """One damped Newton step: halved, product by product, until the gap falls."""
    move = -np.linalg.solve(slope, excess[:, :, None])[:, :, 0]
    move *= np.minimum(1.0, LONGEST_STEP / np.maximum(np.abs(move).max(axis=1, keepdims=True), 1e-300))
    before = np.abs(excess).max(axis=1)
    todo = np.arange(len(x))
    new = x + move
    for _ in range(MOST_HALVINGS):
        after = np.abs(_excess(new[todo], *(array[todo] for array in data))[0]).max(axis=1)
        # Equal counts as falling, so that a gap already at the rounding of float64 does not halve for ever.
        todo = todo[~(after <= np.maximum(before[todo], 1e-14))]
        if not todo.size:
            break
        move[todo] /= 2
        new[todo] = x[todo] + move[todo]
    return new
