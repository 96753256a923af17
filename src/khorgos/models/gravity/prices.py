"""Factory-gate prices that clear the markets of given endowments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from khorgos.core.errors import BadInput, NotConverged
from khorgos.models.partial.inputs import Floats

Rule = Literal["multiplicative", "additive"]

#: Longest Newton step in log price; chosen because beyond an e-fold change the slope is not to be trusted.
LONGEST_STEP = 1.0
#: Shortest damped step before the fallback; chosen because 1e-6 of a step no longer gains on plain iteration.
SHORTEST_STEP = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Cleared:
    """Prices at which every country sells its endowment.

    Args:
        price: factory-gate prices over the old [N], at constant world output.
        expenditure: E_j [N], in units of world output.
        index: sum_i phi_ij a_i p_i^(1 - sigma) by importer [N].
        trade: X_ij [N, N], in units of world output.
        residual: largest relative gap of sales to output.
        iterations: steps taken.
        method: "Newton", or "Newton, price adjustment" where the fallback was needed.
    """

    price: Floats
    expenditure: Floats
    index: Floats
    trade: Floats
    residual: float
    iterations: int
    method: str


@dataclass(frozen=True, slots=True, eq=False)
class Endowments:
    """What countries own and want, once trade costs have changed.

    Args:
        pull: phi_ij a_i [N, N]: freeness after the change times the exporter's taste and technology.
        output: Y_i before, shares of world output [N].
        expenditure: E_j before, shares of world output [N].
        sigma: elasticity of substitution.
        deficits: how expenditure follows output.
    """

    pull: Floats
    output: Floats
    expenditure: Floats
    sigma: float
    deficits: Rule


def clear(world: Endowments, *, tolerance: float, most_steps: int) -> Cleared:
    """Solve ln(p_i Y_i) = ln(sum_j pi_ij E_j) for ln p by damped Newton, at constant world output.

    Args:
        world: endowments, tastes and trade costs.
        tolerance: largest relative gap of sales to output.
        most_steps: Newton steps; the fallback has a thousand times as many.

    Returns:
        The prices and what follows from them.

    Raises:
        NotConverged: neither way reaches the tolerance.

    Source:
        Anderson, Larch & Yotov (2018), doi:10.1111/twec.12664; the fallback is the price adjustment of Alvarez, F. and
        Lucas, R. E. (2007), doi:10.1016/j.jmoneco.2006.07.006.
    """
    if world.deficits not in ("multiplicative", "additive"):
        raise BadInput(f"There is no rule {world.deficits!r} for deficits", hint="Use 'multiplicative' or 'additive'")
    x, steps, method = np.zeros_like(world.output), 0, "Newton"
    gap = _gap(world, x)
    while np.abs(gap).max() > tolerance and steps < most_steps:
        moved = _newton_step(world, x, gap)
        if moved is None:
            method = "Newton, price adjustment"
            x, extra = _adjusted(world, x, tolerance, 1000 * most_steps)
            gap, steps = _gap(world, x), steps + extra
            break
        x, gap = moved
        steps += 1
    residual = float(np.abs(gap).max())
    if not residual <= tolerance:
        raise NotConverged(
            f"Sales miss output by {residual:.1e} after {steps} steps",
            where="gravity, full endowment",
            hint="Check that every country keeps open trade to pay for its deficit, or use the other rule for deficits",
        )
    price = np.exp(x)
    trade, index, spent = _trade(world, price)
    return Cleared(price, spent, index, trade, residual, steps, method)


def _spending(w: Endowments, price: Floats) -> tuple[Floats, Floats]:
    """Expenditure [N], and its slope in log prices [N, N]."""
    value = price * w.output
    if w.deficits == "additive":
        deficit = w.expenditure - w.output
        total = value.sum()
        # A deficit is a constant share of world output, which itself moves with prices.
        return value + deficit * total, np.diag(value) + np.outer(deficit, value)
    ratio = w.expenditure / w.output
    plain = ratio * value
    factor = value.sum() / plain.sum()
    spent = factor * plain
    return spent, np.diag(spent) + np.outer(spent, value / value.sum() - plain / plain.sum())


def _trade(w: Endowments, price: Floats) -> tuple[Floats, Floats, Floats]:
    pulled = w.pull * (price ** (1 - w.sigma))[:, None]
    index = pulled.sum(axis=0)
    spent = _spending(w, price)[0]
    return pulled / index * spent, index, spent


def _gap(w: Endowments, x: Floats) -> Floats:
    """Log of output less log of sales; infinite where a country spends or sells nothing at these prices."""
    with np.errstate(all="ignore"):  # what is out of range becomes an infinite gap, which no step accepts
        price = np.exp(x)
        spent = _spending(w, price)[0]
        gap: Floats = np.log(price * w.output) - np.log(_trade(w, price)[0].sum(axis=1))
    return gap if (spent > 0).all() and np.isfinite(gap).all() else np.full_like(x, np.inf)


def _newton_step(w: Endowments, x: Floats, gap: Floats) -> tuple[Floats, Floats] | None:
    price = np.exp(x)
    trade, _, spent = _trade(w, price)
    sales = trade.sum(axis=1)
    share = trade / spent
    # d sales_i / d ln p_k = (1 - sigma)(sales_i [i = k] - sum_j X_ij pi_kj) + sum_j pi_ij dE_j / d ln p_k
    slope = (1 - w.sigma) * (np.diag(sales) - trade @ share.T) + share @ _spending(w, price)[1]
    value = price * w.output
    matrix = np.eye(x.size) - slope / sales[:, None] + np.outer(np.ones_like(x), value / value.sum())
    try:
        move = -np.linalg.solve(matrix, gap)
    except np.linalg.LinAlgError:
        return None
    move *= min(1.0, LONGEST_STEP / max(float(np.abs(move).max()), LONGEST_STEP))
    before, length = float(np.abs(gap).max()), 1.0
    while length >= SHORTEST_STEP:
        new = _normalised(w, x + length * move)
        after = _gap(w, new)
        # 1e-14: a gap at the rounding of float64 need not fall further.
        if float(np.abs(after).max()) <= max(before * (1 - 1e-4 * length), 1e-14):
            return new, after
        length /= 2
    return None


def _adjusted(w: Endowments, x: Floats, tolerance: float, most: int) -> tuple[Floats, int]:
    """Raise the price of what is over-demanded, p_i (sales_i / output_i)^(1 / sigma), until nothing is."""
    for step in range(most):
        gap = _gap(w, x)
        worst = float(np.abs(gap).max())
        if worst <= tolerance or not np.isfinite(worst):
            return x, step
        x = _normalised(w, x - gap / w.sigma)
    return x, most


def _normalised(w: Endowments, x: Floats) -> Floats:
    """Hold world output: sum of p_i Y_i is one."""
    return x - float(np.log(np.exp(x) @ w.output))
