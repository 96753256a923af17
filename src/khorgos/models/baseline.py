"""The base year of a general-equilibrium model: one parametric family."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from khorgos.core.errors import BadInput
from khorgos.models.arrays import SHARE_TOLERANCE, Array, finite, non_negative, positive, shares, tariff_factor
from khorgos.models.arrays import trade_shares as checked_trade_shares

#: Baseline tariffs above this are taken for an error of units (the largest in GTAP 8 as used by Ossa 2014 is 6.9).
BASE_CEILING = 10.0

#: Input shares may be this much below zero: chosen because Caliendo and Parro's own table holds one of -0.00057.
NEGATIVE_INPUT = -1e-3


@dataclass(frozen=True, eq=False)
class Baseline:
    """A world in its base year, in shares and values.

    N countries, S sectors, M markets. M = S, or M = 2 S where final and intermediate shares differ: then markets
    0..S-1 serve final demand and S..2S-1 serve producers. Arrays are [exporter, importer, market].

    Args:
        countries: N names.
        sectors: S names.
        pi: [N, N, M] share of an importer's spending in a market that goes to an exporter; sums to one over exporters.
        tau: [N, N, M] tariff factor 1 + t of the base year, one at home.
        theta: [M] trade elasticity (Armington: sigma - 1).
        spending: [N, M] expenditure including tariffs, in one currency.
        alpha: [N, M] share of final expenditure; sums to one over markets.
        beta: [N, S] share of value added in variable cost.
        deficit: [N] transfer received (spending above income), in the currency; sums to zero.
        value_added: [N] factor income (wages, and the margins of distribution), in the currency.
        gamma: [N, M, S] share of input market m in the variable cost of sector s; None without materials.
        nu: [N] share of import-side distribution in the value of purchases (ILMS 2025); None for none.
        phi: [N, M] exponent of pass-through of tariffs (ILMS 2025); None for one.
        psi: [S] elasticity of unit cost to entry (scale); None for none.
        kappa: elasticity of labour supply to the real wage after tax; 0 for fixed labour.
        profit: [N, S] share of pure profit in sales (fixed number of firms, Ossa 2014); None for none.

    Raises:
        BadInput: an array cannot be right; the message names the likely mistake.
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    pi: Array
    tau: Array
    theta: Array
    spending: Array
    alpha: Array
    beta: Array
    deficit: Array
    value_added: Array
    gamma: Array | None = None
    nu: Array | None = None
    phi: Array | None = None
    psi: Array | None = None
    kappa: float = 0.0
    profit: Array | None = None

    def __post_init__(self) -> None:
        n, s = len(self.countries), len(self.sectors)
        m = np.shape(self.alpha)[-1] if np.ndim(self.alpha) else s
        if s == 0 or n == 0 or m not in (s, 2 * s):
            raise BadInput(f"alpha has {m} markets for {s} sectors", hint="One market a sector, or two (final, input)")
        set_ = object.__setattr__
        set_(self, "pi", checked_trade_shares(self.pi, (n, n, m)))
        set_(self, "tau", tariff_factor("tau", self.tau, (n, n, m), ceiling=BASE_CEILING))
        set_(self, "theta", positive("theta", self.theta, (m,), hint="theta is sigma - 1 and above zero"))
        set_(self, "spending", non_negative("spending", self.spending, (n, m), where="[country, sector]"))
        set_(self, "alpha", shares("alpha", self.alpha, (n, m), axis=1, where="[country, sector]"))
        set_(self, "beta", non_negative("beta", self.beta, (n, s), where="[country, sector]"))
        set_(self, "deficit", finite("deficit", self.deficit, (n,)))
        set_(self, "value_added", positive("value_added", self.value_added, (n,)))
        self._check_costs(n, m, s)
        self._check_frictions(n, m, s)
        self._check_deficit()

    def _check_costs(self, n: int, m: int, s: int) -> None:
        if self.gamma is None:
            total = self.beta
        else:
            gamma = finite("gamma", self.gamma, (n, m, s), where="[country, input, user]")
            if gamma.min() < NEGATIVE_INPUT:
                raise BadInput(f"gamma holds {gamma.min():.6g}", where="[country, input, user]")
            object.__setattr__(self, "gamma", np.ascontiguousarray(gamma))
            total = self.beta + gamma.sum(1)
        gap = np.abs(total - 1.0)
        if gap.max() > SHARE_TOLERANCE:
            i, k = np.unravel_index(int(gap.argmax()), gap.shape)
            raise BadInput(
                f"Value added and materials make {total[i, k]:.6g} of cost, not 1",
                where=f"{self.countries[i]}, {self.sectors[k]}",
                hint="beta + gamma.sum(1) is one; gamma is [country, input, user], already times (1 - beta)",
            )

    def _check_frictions(self, n: int, m: int, s: int) -> None:
        set_ = object.__setattr__
        for name, shape in (("nu", (n,)), ("phi", (n, m)), ("psi", (s,)), ("profit", (n, s))):
            value = getattr(self, name)
            if value is not None:
                set_(self, name, non_negative(name, value, shape))
        for name in ("nu", "profit"):
            value = getattr(self, name)
            if value is not None and value.max() >= 1.0:
                raise BadInput(f"{name} is a share below one, not {value.max():.6g}")
        if not 0.0 <= self.kappa < np.inf:
            raise BadInput(f"kappa must be zero or more, not {self.kappa}")

    def _check_deficit(self) -> None:
        gap, size = float(self.deficit.sum()), float(self.value_added.sum())
        if abs(gap) > SHARE_TOLERANCE * size:
            raise BadInput(f"Deficits sum to {gap:.6g}, not zero", hint="A transfer that one receives another pays")

    @property
    def uses(self) -> int:
        """1, or 2 where final and intermediate shares differ."""
        return len(self.theta) // len(self.sectors)

    @cached_property
    def shares_by_market(self) -> Array:
        """pi as [market, importer, exporter], contiguous: the layout of the solver."""
        return np.ascontiguousarray(self.pi.transpose(2, 1, 0))

    @cached_property
    def net_shares_by_market(self) -> Array:
        """pi / tau as [market, importer, exporter], contiguous."""
        return self.shares_by_market / self.tau_by_market

    @cached_property
    def revenue(self) -> Array:
        """[N] tariff revenue of the base year, in the currency."""
        if not self.has_tariffs:
            return np.zeros(len(self.countries))
        kept: Array = (self.spending * (1.0 - self.net_shares_by_market.sum(2).T)).sum(1)
        return kept

    @cached_property
    def tau_by_market(self) -> Array:
        """tau as [market, importer, exporter], contiguous."""
        return np.ascontiguousarray(self.tau.transpose(2, 1, 0))

    @cached_property
    def has_tariffs(self) -> bool:
        """Does any base tariff differ from zero?"""
        return bool((self.tau != 1.0).any())

    @property
    def trade(self) -> Array:
        """[N, N, M] base flows net of tariffs, in the currency."""
        return self.pi * self.spending[None] / self.tau

    def index(self, country: str) -> int:
        """Position of a country by its name."""
        try:
            return self.countries.index(country)
        except ValueError:
            raise BadInput(f"The baseline has no country {country!r}") from None

    def with_(self, **changes: Any) -> Baseline:
        """The same baseline with some arrays replaced (and checked again)."""
        return replace(self, **changes)


def armington(
    countries: tuple[str, ...], flows: npt.ArrayLike, theta: npt.ArrayLike, *, sectors: tuple[str, ...] = ("all",)
) -> Baseline:
    """A baseline without materials and without tariffs from flows that include domestic sales.

    Y_i = sum_j X_ij; E_j = sum_i X_ij; D_j = E_j - Y_j.

    Args:
        countries: N names.
        flows: [exporter, importer] or [exporter, importer, sector], domestic sales on the diagonal.
        theta: trade elasticity, a number or [S].
        sectors: S names.

    Returns:
        The baseline; its equilibrium without a shock is the data.

    Raises:
        BadInput: a country neither buys nor sells, negative flows.

    Source: Dekle, Eaton, Kortum (2008), IMF Staff Papers 55(3), section II, doi:10.1057/imfsp.2008.17.
    """
    n, s = len(countries), len(sectors)
    x = non_negative("flows", flows, (n, n, s), where="[exporter, importer, sector]")
    spending = x.sum(0)
    total, income = spending.sum(1), x.sum((1, 2))
    if total.min() <= 0 or income.min() <= 0:
        poor = countries[int(np.minimum(total, income).argmin())]
        raise BadInput(f"{poor} buys or sells nothing", hint="Drop it, or give its domestic sales on the diagonal")
    pi = np.where(spending > 0, x / np.where(spending > 0, spending, 1.0), np.eye(n)[:, :, None])
    return Baseline(
        countries=countries,
        sectors=sectors,
        pi=pi,
        tau=np.ones((n, n, s)),
        theta=np.broadcast_to(np.asarray(theta, dtype=np.float64), (s,)),
        spending=spending,
        alpha=spending / total[:, None],
        beta=np.ones((n, s)),
        deficit=total - income,
        value_added=income,
    )
