"""Welfare, never unnamed: real expenditure, Caliendo and Parro's first-order measure, ACR, and their parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from khorgos.core.errors import BadInput
from khorgos.models.arrays import Array
from khorgos.models.equilibrium import Equilibrium


@dataclass(frozen=True, eq=False)
class FirstOrder:
    """Caliendo and Parro's first-order welfare change, split by partner and sector; all fractions of income.

    Args:
        terms_of_trade: [N, N, S] country, partner, sector.
        volume_of_trade: [N, N, S] country, partner, sector.
    """

    terms_of_trade: Array
    volume_of_trade: Array

    @property
    def total(self) -> Array:
        """[N] terms of trade and volume of trade together."""
        total: Array = (self.terms_of_trade + self.volume_of_trade).sum((1, 2))
        return total


@dataclass(frozen=True, eq=False)
class RealWage:
    """Log change of the real wage and its exact parts, each [N]: the sum of the parts is the whole.

    Args:
        log_change: ln(w_hat / P_hat).
        final: - sum_m alpha_m / theta_m ln pi_nn,m: the gains through final goods.
        materials: - sum_m alpha_m (1 - beta_m) / beta_m / theta_m ln pi_nn,m: through materials.
        linkages: - sum_m alpha_m / beta_m ln prod_k (P_k / P_m)^gamma_km: through sectoral linkages.
    """

    log_change: Array
    final: Array
    materials: Array
    linkages: Array

    def __post_init__(self) -> None:
        gap = np.abs(self.final + self.materials + self.linkages - self.log_change).max()
        if not gap < 1e-7:  # residual of the solver (1e-10) over the smallest beta of a table (about 0.005)
            raise BadInput(f"The parts of the real wage miss the whole by {gap:.2e}")


def real_expenditure(after: Equilibrium, before: Equilibrium | None = None) -> Array:
    """[N] (I'/P') / (I/P), new over old: income with revenue and transfer at consumption prices.

    Args:
        after: the counterfactual.
        before: the equilibrium compared with; None for the base year itself.

    Source: Caliendo, Parro (2015), section 4, doi:10.1093/restud/rdu035 (W = I / P).
    """
    if before is None:
        first: Array = after.income / after.kernel.final0 / after.price_index
        return first
    change: Array = after.income / before.income * before.price_index / after.price_index
    return change


def real_wage(after: Equilibrium, before: Equilibrium | None = None) -> Array:
    """[N] (w'/P') / (w/P), new over old."""
    ratio = after.w_hat / after.price_index
    return ratio if before is None else ratio * before.price_index / before.w_hat


def acr(after: Equilibrium, before: Equilibrium | None = None) -> Array:
    """[N] prod_m (pi'_nn,m / pi_nn,m)^(-alpha_m / theta_m): the real wage where there are no materials.

    Source: Arkolakis, Costinot, Rodriguez-Clare (2012), AER 102(1), eq. (1) and section VI, doi:10.1257/aer.102.1.94.
    """
    gain: Array = np.exp(-(after.baseline.alpha * _log_home(after, before) / after.baseline.theta).sum(1))
    return gain


def real_wage_parts(after: Equilibrium, before: Equilibrium | None = None) -> RealWage:
    """The exact log change of the real wage and its three parts.

    ln(w/P) = - sum alpha/theta ln pi - sum alpha (1-beta)/(beta theta) ln pi - sum alpha/beta ln prod (P_k/P_m)^gamma.

    Args:
        after: the counterfactual.
        before: the equilibrium compared with; None for the base year.

    Raises:
        BadInput: the family's extensions (scale, pass-through, two markets a sector) break the formula.

    Source: Caliendo, Parro (2015), eq. (15), doi:10.1093/restud/rdu035.
    """
    base = after.baseline
    if base.psi is not None or base.phi is not None or base.uses != 1:
        raise BadInput("The formula holds without scale, with full pass-through and one market a sector")
    lp = after.at.lP if before is None else after.at.lP - before.at.lP
    lw = after.at.lw if before is None else after.at.lw - before.at.lw
    lc = after.at.lc if before is None else after.at.lc - before.at.lc
    own = lc - lp  # = - ln pi_nn / theta where there is home production; defined without it too
    gamma = np.zeros((len(base.countries), len(base.theta), len(base.sectors))) if base.gamma is None else base.gamma
    relative = np.einsum("nks,nk->ns", gamma, lp) - gamma.sum(1) * lp
    beta = np.where(base.beta > 0, base.beta, 1.0)
    return RealWage(
        lw - (base.alpha * lp).sum(1),
        (base.alpha * own).sum(1),
        (base.alpha * (1.0 - base.beta) / beta * own).sum(1),
        -(base.alpha / beta * relative).sum(1),
    )


def first_order(after: Equilibrium, before: Equilibrium) -> FirstOrder:
    """Caliendo and Parro's welfare: terms of trade and volume of trade, to first order.

    I_n dW_n = sum_ij (E_nij (c_nj - 1) - M_nij (c_ij - 1)) + sum_ij t_nij M_nij ((M'_nij/M_nij - 1) - (c_ij - 1)).

    Args:
        after: the counterfactual.
        before: the equilibrium compared with.

    Returns:
        Both parts by country, partner and sector (markets of a sector together).

    Raises:
        BadInput: the equilibria belong to different worlds.

    Source: Caliendo, Parro (2015), eqs. (16) to (18), doi:10.1093/restud/rdu035, in the differences
    of the authors' programme (not logarithms).
    """
    if after.baseline.countries != before.baseline.countries:
        raise BadInput("The two equilibria are of different worlds")
    cost = np.tile(after.c_hat / before.c_hat, after.baseline.uses) - 1.0
    flows, flows1 = before.trade, after.trade
    abroad = 1.0 - np.eye(flows.shape[0])[:, :, None]
    income = before.income[:, None, None]
    exports = flows * abroad * cost[:, None, :]
    imports = exports.transpose(1, 0, 2)
    tariff = (before.tau - 1.0).transpose(1, 0, 2)
    volume = tariff * ((flows1 - flows) * abroad - exports).transpose(1, 0, 2)
    return FirstOrder(_by_sector(exports - imports, after) / income, _by_sector(volume, after) / income)


def _by_sector(values: Array, after: Equilibrium) -> Array:
    if after.baseline.uses == 1:
        return values
    n, s = len(after.baseline.countries), len(after.baseline.sectors)
    folded: Array = values.reshape(n, n, -1, s).sum(2)
    return folded


def _log_home(after: Equilibrium, before: Equilibrium | None) -> Array:
    n = np.arange(len(after.baseline.countries))
    old = after.baseline.pi[n, n] if before is None else before.pi[n, n]
    new = after.pi[n, n]
    ratio: Array = np.log(np.where(old > 0, new, 1.0) / np.where(old > 0, old, 1.0))
    return ratio


def leisure_adjusted(after: Equilibrium) -> Array:
    """[N] welfare where people choose how much to work, new over old.

    W = delta I_hat/P + (1 - delta) w L/P, delta = I0 / (I0 - kappa/(1+kappa) (1-tau) Y0), tau = R'/Y' under tax relief.

    Source: Ignatenko, Lashkaripour, Macedoni, Simonovska (2025), section 2, doi:10.1016/j.jinteco.2025.104138.
    """
    base = after.baseline
    first = after.kernel.final0
    delta = first / (first - base.kappa / (1 + base.kappa) * after.at.relief * base.value_added)
    real_labour = after.w_hat * after.L_hat / after.price_index
    welfare: Array = delta * real_expenditure(after) + (1 - delta) * real_labour
    return welfare
