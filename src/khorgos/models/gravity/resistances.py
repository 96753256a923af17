"""Multilateral resistances: the two sides of trade costs that structural gravity adds up to given totals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from khorgos.core.errors import BadInput, NotConverged
from khorgos.models.partial import inputs
from khorgos.models.partial.inputs import Floats

#: Sweeps of balancing before Newton's method; chosen because they bring it near, and each costs two mat-vecs.
FIRST_SWEEPS = 10
#: Output and expenditure of the world may differ by this share; chosen because trade data are balanced to rounding.
BALANCE = 1e-9
#: Longest Newton step in logs; chosen because beyond an e-fold change the quadratic model is not to be trusted.
LONGEST_STEP = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Resistances:
    """Multilateral resistances to the power 1 - sigma, and the trade that they imply.

    Args:
        outward: Pi_i^(1 - sigma) [N], what exporters face.
        inward: P_j^(1 - sigma) [N], what importers face; 1 for the reference country.
        trade: X_ij = Y_i E_j / Y phi_ij / (outward_i inward_j) [N, N].
        residual: largest relative gap of the sums of trade to output and expenditure.
        iterations: balancing sweeps and Newton steps.
        method: "balancing" or "balancing, Newton".
    """

    outward: Floats
    inward: Floats
    trade: Floats
    residual: float
    iterations: int
    method: str

    def __post_init__(self) -> None:
        if not (np.isfinite(self.trade).all() and (self.trade >= 0).all()):
            raise NotConverged("Trade came out negative or not finite", where="multilateral resistances")


def multilateral_resistances(
    freeness: ArrayLike,
    output: ArrayLike,
    expenditure: ArrayLike,
    *,
    reference: int | None = None,
    tolerance: float = 1e-12,
    most_steps: int = 100,
) -> Resistances:
    """Solve outward_i = sum_j phi_ij E_j / (Y inward_j), inward_j = sum_i phi_ij Y_i / (Y outward_i).

    Balancing (the two equations in turn) first, then Newton's method on the convex function of the logs of the
    exporters' terms, sum_j E_j ln sum_i phi_ij a_i - sum_i Y_i ln a_i, whose slope is what is sold less output.

    Args:
        freeness: phi_ij = t_ij^(1 - sigma) of trade [N, N], exporter first; 0 where trade is impossible.
        output: Y_i [N], above 0, any currency.
        expenditure: E_j [N], above 0, with the sum of output.
        reference: number of the country whose inward resistance is 1; None shares the one free scale evenly, so that
            output-weighted log outward equals expenditure-weighted log inward resistance.
        tolerance: largest relative gap of a sum of trade that counts as solved.
        most_steps: Newton steps before giving up.

    Returns:
        Both resistances, and the trade matrix with the given sums.

    Raises:
        BadInput: inputs that cannot be right.
        NotConverged: sums not reached; zero freeness may forbid any solution.

    Source:
        Anderson, J. E. and van Wincoop, E. (2003), eqs 9-11, doi:10.1257/000282803321455214; Yotov, Y. V., Piermartini,
        R., Monteiro, J.-A. and Larch, M. (2016), An Advanced Guide to Trade Policy Analysis, chapter 1, WTO and UNCTAD.
    """
    phi, y, e = _checked(freeness, output, expenditure)
    world = y.sum()
    a, b, sweeps, gap = _balanced(phi, y / world, e / world, tolerance)
    method, steps = "balancing", 0
    while gap > tolerance and steps < most_steps:
        method, steps = "balancing, Newton", steps + 1
        try:
            a, b, gap = _newton_step(phi, y / world, e / world, a)
        except np.linalg.LinAlgError:  # the countries fall apart into groups that do not trade: no solution to step to
            break
    if not gap <= tolerance:
        raise NotConverged(
            f"Sums of trade miss output by {gap:.1e} after {steps} Newton steps",
            where="multilateral resistances",
            hint="Where freeness is zero, check that every country can sell its output and spend its expenditure",
        )
    # X_ij = a_i phi_ij b_j in units of world output, so outward_i = Y_i / (Y a_i) and inward_j = E_j / (Y b_j).
    outward, inward = y / world / a, e / world / b
    scale = _scale(outward, inward, (y / world, e / world), reference)
    return Resistances(
        outward=outward * scale,
        inward=inward / scale,
        trade=world * a[:, None] * phi * b,
        residual=gap,
        iterations=sweeps + steps,
        method=method,
    )


def _checked(freeness: ArrayLike, output: ArrayLike, expenditure: ArrayLike) -> tuple[Floats, Floats, Floats]:
    n = np.size(output)
    phi = inputs.trade_matrix("freeness", freeness, (n, n))
    y, e = inputs.trade_matrix("output", output, (n,)), inputs.trade_matrix("expenditure", expenditure, (n,))
    for name, totals, sums in (("output", y, phi.sum(axis=1)), ("expenditure", e, phi.sum(axis=0))):
        if (totals <= 0).any() or (sums <= 0).any():
            raise BadInput(
                "A country sells or buys nothing",
                where=f"{name}[{int(np.argmin(np.minimum(totals, sums)))}]",
                hint="Drop countries without output, expenditure or any open trade (home trade included)",
            )
    if abs(y.sum() / e.sum() - 1) > BALANCE:
        raise BadInput(
            f"World output is {y.sum():.6g}, world expenditure {e.sum():.6g}",
            hint="They are the same trade summed two ways: rescale one of them, and say so",
        )
    return phi, y, e * (y.sum() / e.sum())


def _balanced(phi: Floats, y: Floats, e: Floats, tolerance: float) -> tuple[Floats, Floats, int, float]:
    a, gap, sweep = y / phi.mean(axis=1), np.inf, 0
    b = e / (a @ phi)
    while sweep < FIRST_SWEEPS and gap > tolerance:
        a = y / (phi @ b)
        b = e / (a @ phi)
        gap, sweep = _gap(phi, y, a, b), sweep + 1
    return a, b, sweep, gap


def _gap(phi: Floats, y: Floats, a: Floats, b: Floats) -> float:
    """Largest relative gap of sales to output; expenditure holds exactly by the last half sweep."""
    return float(np.abs(a * (phi @ b) / y - 1).max())


def _newton_step(phi: Floats, y: Floats, e: Floats, a: Floats) -> tuple[Floats, Floats, float]:
    """One step in ln a, damped until the convex function falls; ends with a sweep of balancing, which never hurts."""
    b = e / (a @ phi)
    trade = a[:, None] * phi * b
    slope = trade.sum(axis=1) - y
    # The Hessian is singular along a common scale, which nothing fixes: the added rank-one term fixes it at no change.
    hessian = np.diag(trade.sum(axis=1)) - (trade / e) @ trade.T + np.outer(y, y)
    move = -np.linalg.solve(hessian, slope)
    move *= min(1.0, LONGEST_STEP / max(float(np.abs(move).max()), LONGEST_STEP))
    now, length = _potential(phi, y, e, a), 1.0
    # 1e-4: the usual fraction of the promised fall (Armijo); 1e-15: the rounding of the function itself.
    while _potential(phi, y, e, a * np.exp(length * move)) > now + 1e-4 * length * float(slope @ move) + 1e-15 * abs(
        now
    ):
        length /= 2
        if length < 1e-10:
            break
    a = a * np.exp(length * move)
    a = y / (phi @ (e / (a @ phi)))
    b = e / (a @ phi)
    return a, b, _gap(phi, y, a, b)


def _potential(phi: Floats, y: Floats, e: Floats, a: Floats) -> float:
    return float(e @ np.log(a @ phi) - y @ np.log(a))


def _scale(outward: Floats, inward: Floats, weights: tuple[Floats, Floats], reference: int | None) -> float:
    if reference is None:
        return float(np.exp((weights[1] @ np.log(inward) - weights[0] @ np.log(outward)) / 2))
    if not 0 <= reference < inward.size:
        raise BadInput(f"There is no country number {reference} among {inward.size}", where="reference")
    return float(inward[reference])
