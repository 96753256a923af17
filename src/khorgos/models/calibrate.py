"""Baselines from data: a trade matrix with output, or a multi-country input-output table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from khorgos.core.errors import BadInput
from khorgos.models.arrays import Array, finite, non_negative, positive
from khorgos.models.baseline import Baseline, armington


@dataclass(frozen=True, eq=False)
class Calibrated:
    """A baseline and what had to be changed to make it one.

    Args:
        baseline: in equilibrium without a shock.
        changed: share of the total value that was moved.
        notes: one sentence a change.
    """

    baseline: Baseline
    changed: float
    notes: tuple[str, ...]


def from_trade(
    countries: tuple[str, ...],
    trade: npt.ArrayLike,
    output: npt.ArrayLike,
    theta: float,
    *,
    least_home: float = 0.01,
) -> Calibrated:
    """A one-sector world from bilateral trade and output (or GDP): home sales are what is not exported.

    X_ii = max(Y_i - exports_i, least_home * Y_i).

    Args:
        countries: N names.
        trade: [exporter, importer], diagonal ignored.
        output: [N], same currency.
        theta: trade elasticity.
        least_home: smallest share of output sold at home; chosen because re-export hubs export more than they make.

    Raises:
        BadInput: output looks to be in another unit than trade.
    """
    n = len(countries)
    X = np.array(non_negative("trade", trade, (n, n), where="[exporter, importer]"))
    Y = positive("output", output, (n,))
    np.fill_diagonal(X, 0.0)
    exports = X.sum(1)
    ratio = float(np.median(exports / Y))
    if not 1e-3 < ratio < 30.0:
        raise BadInput(
            f"Half of the countries export {ratio:.2g} times their output",
            hint="Are both in the same unit (thousands)?",
        )
    home = np.maximum(Y - exports, least_home * Y)
    raised = np.flatnonzero(home > Y - exports)
    moved = float((home - (Y - exports))[raised].sum() / (X.sum() + home.sum()))
    notes = tuple(f"{countries[k]}: exports exceed output; home sales set to {least_home:.0%} of it" for k in raised)
    X[np.arange(n), np.arange(n)] = home
    return Calibrated(armington(countries, X, theta), moved, notes)


def from_table(
    countries: tuple[str, ...],
    sectors: tuple[str, ...],
    intermediate: npt.ArrayLike,
    final: npt.ArrayLike,
    theta: npt.ArrayLike,
    *,
    separate_uses: bool = False,
    least_value_added: float = 0.02,
) -> Calibrated:
    """A Caliendo-Parro world from a multi-country input-output table, tariffs zero.

    Negative cells (inventories, subsidies) become zero; where materials would exceed sales, they are scaled so that
    value added keeps `least_value_added` of sales, and the table's own identities are then computed from the result.

    Args:
        countries: N names.
        sectors: S names.
        intermediate: [N, S, N, S] seller, product, buyer, using industry.
        final: [N, S, N] seller, product, buyer.
        theta: [S] trade elasticities.
        separate_uses: keep different shares for final demand and for producers (two markets a sector).
        least_value_added: smallest share of value added in sales.

    Returns:
        The baseline and the share of value moved.

    Source: Caliendo, Parro (2015), section 4.1, doi:10.1093/restud/rdu035; Timmer et al. (2015), Rev. Int. Econ. 23(3).
    """
    n, s = len(countries), len(sectors)
    Z0 = finite("intermediate", intermediate, (n, s, n, s), where="[seller, product, buyer, industry]")
    F0 = finite("final", final, (n, s, n), where="[seller, product, buyer]")
    Z, F = np.maximum(Z0, 0.0), np.maximum(F0, 0.0)
    total = float(np.abs(Z0).sum() + np.abs(F0).sum())
    notes = []
    if (cut := float((Z - Z0).sum() + (F - F0).sum())) > 0:
        notes.append(f"negative cells of {cut / total:.2e} of the table set to zero")
    sales, materials = Z.sum((2, 3)) + F.sum(2), Z.sum((0, 1))
    allowed = (1.0 - least_value_added) * sales
    over = materials > allowed
    if over.any():
        # Fewer inputs bought lower others' sales: one pass with room to spare, then final demand takes up the rest.
        scale = np.where(over, np.divide(allowed, materials, out=np.ones_like(sales), where=materials > 0), 1.0)
        freed = (Z * (1.0 - scale)).sum((2, 3))
        Z = Z * scale
        home = np.arange(n)
        F[home, :, home] += freed
        cut += float(freed.sum())
        notes.append(f"materials above sales in {int(over.sum())} industries scaled down, final use at home scaled up")
    Z, F = _someone_sells(Z, F)
    return Calibrated(
        _from_flows(countries, sectors, Z, F, theta=np.asarray(theta, dtype=np.float64), separate=separate_uses),
        cut / total,
        tuple(notes),
    )


def _someone_sells(Z: Array, F: Array) -> tuple[Array, Array]:
    """An industry that sells nothing gets no inputs: its cost shares would have no denominator."""
    idle = Z.sum((2, 3)) + F.sum(2) <= 0
    return np.where(idle[None, None], 0.0, Z), F


def _from_flows(
    countries: tuple[str, ...], sectors: tuple[str, ...], Z: Array, F: Array, *, theta: Array, separate: bool
) -> Baseline:
    n, s = len(countries), len(sectors)
    sales = Z.sum((2, 3)) + F.sum(2)
    made = sales > 0
    inputs = Z.sum(0).transpose(1, 0, 2)  # [buyer, product, industry]
    gamma = np.divide(inputs, sales[:, None, :], out=np.zeros_like(inputs), where=made[:, None, :])
    beta = np.where(made, 1.0 - gamma.sum(1), 1.0)
    by_final, by_input = F.transpose(0, 2, 1), Z.sum(3).transpose(0, 2, 1)  # [seller, buyer, product]
    flows = np.concatenate((by_final, by_input), axis=2) if separate else by_final + by_input
    spending = flows.sum(0)
    demand = by_final.sum(0)
    income = demand.sum(1)
    alpha = demand / income[:, None]
    if separate:
        alpha = np.concatenate((alpha, np.zeros((n, s))), axis=1)
        gamma = np.concatenate((np.zeros((n, s, s)), gamma), axis=1)
    value_added = (beta * sales).sum(1)
    return Baseline(
        countries=countries,
        sectors=sectors,
        pi=np.where(spending > 0, flows / np.where(spending > 0, spending, 1.0), np.eye(n)[:, :, None]),
        tau=np.ones_like(flows),
        theta=np.tile(theta, 2) if separate else theta,
        spending=spending,
        alpha=alpha,
        beta=beta,
        deficit=income - value_added,
        value_added=value_added,
        gamma=gamma,
    )
