"""One sweep of the equilibrium map in changes, in logarithms, for the whole family.

Numbers in brackets at the lines are equations of Caliendo and Parro (2015), REStud 82(1), doi:10.1093/restud/rdu035
(CP), and of Ignatenko, Lashkaripour, Macedoni, Simonovska (2025), JIE 157:104138, in the order of docs/models (ILMS).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from khorgos.core.errors import BadInput
from khorgos.models.arrays import Array
from khorgos.models.baseline import Baseline
from khorgos.models.scenario import Scenario

#: Positions of cells: market, importer, exporter.
Places = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]]
#: Income may not fall below this share of factor income in a sweep: chosen to keep logarithms finite on the way.
INCOME_FLOOR = 1e-6
#: Expenditure of a market that nobody uses, per unit of world output: keeps its logarithm finite.
EMPTY = 1e-60
#: Matrices above this many bytes are passed one market at a time, so that the second pass finds them in cache.
CACHE_BYTES = 150_000


@dataclass(slots=True)
class Point:
    """All intermediate values of one sweep at one state; markets first in `a`, `phi`, `g`, `r`, `net`."""

    lw: Array
    ll: Array
    lP: Array  # noqa: N815
    lX: Array  # noqa: N815
    lc: Array
    lp: Array
    a: Array
    Phi: Array
    g: Array
    r: Array
    net: Array
    X: Array
    V: Array
    F: Array
    Y: Array
    R: Array
    lP2: Array  # noqa: N815
    lw2: Array
    Y2: Array
    I: Array  # noqa: E741  (the papers' letter for income)
    X2: Array
    ex: Array
    relief: Array
    scale: float
    clipped: bool
    revenue_hat: Array | None = None


class Kernel:
    """A baseline and a scenario made ready for sweeping: all N*N*M powers are taken here, once.

    Args:
        baseline: the base year.
        scenario: the shock and the closure.
    """

    def __init__(self, baseline: Baseline, scenario: Scenario) -> None:
        self.baseline, self.scenario = baseline, scenario
        self.N, self.S, self.M = len(baseline.countries), len(baseline.sectors), len(baseline.theta)
        self.small = self.N * self.N * 8 < CACHE_BYTES
        self.theta = np.ascontiguousarray(baseline.theta)[:, None]
        self.minus_theta = -self.theta
        self.markets_one = np.ones(self.M)
        self.gamma = baseline.gamma
        self.keep = 1.0 if baseline.profit is None else 1.0 - baseline.profit
        factors = np.tile(baseline.beta * self.keep, baseline.uses).T
        self.factors = np.ascontiguousarray(factors)  # [M, N] share of sales that pays factors
        self.Y0, self.world = baseline.value_added, float(baseline.value_added.sum())
        self.lX0 = np.log(np.maximum(baseline.spending, EMPTY * self.world))
        self.T = baseline.deficit if scenario.deficit is None else scenario.deficit
        self.nu = 0.0 if baseline.nu is None else baseline.nu
        self._powers()
        self._weights()
        self.delta: Array | None = None
        self.poorest: int | None = None  # who had no income left in some sweep
        self.none, self.one = np.zeros(self.N), np.ones(self.N)
        self.layout = self._layout()

    # --- set-up -----------------------------------------------------------------------------------------------
    def _powers(self) -> None:
        """A = pi (d_hat)^-theta (tau'/tau)^(-theta phi); B = A / tau'. Only cells that change pay for a power."""
        base, tau1, d_hat = self.baseline, self.scenario.tau, self.scenario.d_hat
        self.A, self.B = base.shares_by_market, base.net_shares_by_market if base.has_tariffs else base.shares_by_market
        self.taxed = base.has_tariffs
        self.changed: tuple[Places, Array] | None = None
        if d_hat is not None and (d_hat != 1.0).any():
            step = d_hat.transpose(2, 1, 0) ** -self.theta[:, :, None]
            self.A, self.B = self.A * step, self.B * step
        if tau1 is None:
            return
        i, j, m = _unequal(tau1, base.tau)
        if i.size == 0:
            return
        self.taxed = True
        if self.A is base.shares_by_market:
            self.A, self.B = self.A.copy(), self.B.copy()
        elif self.B is self.A:
            self.B = self.A.copy()
        power = self.theta[m, 0] if base.phi is None else self.theta[m, 0] * base.phi[j, m]
        new = tau1[i, j, m]
        step = np.log(new / base.tau[i, j, m])
        shares = self.A[m, j, i] * np.exp(-power * step)
        self.A[m, j, i] = shares
        self.B[m, j, i] = shares / new
        self.changed = ((m, j, i), step)

    def _weights(self) -> None:
        base = self.baseline
        self.final0 = base.value_added + base.revenue + base.deficit
        self.revenue0: Array | None = None
        if base.profit is None and (base.psi is None or self.S == 1):
            return
        kept = (base.spending.T * (1.0 - self.nu))[:, None, :]
        sales = self._fold(np.matmul(kept, base.net_shares_by_market)[:, 0, :].T)
        if base.profit is not None:
            self.final0 = self.final0 + (base.profit * sales).sum(1)
        if base.psi is not None and self.S > 1:
            self.revenue0 = np.maximum(sales, EMPTY * self.world)

    def _layout(self) -> tuple[slice, slice, slice, slice, slice]:
        n, m, s = self.N, self.M, self.S
        ends = [n, n * m, n * m, n if self.baseline.kappa > 0 else 0, n * s if self.revenue0 is not None else 0]
        stops = np.cumsum([0, *ends])
        first, second, third, fourth, fifth = (slice(int(stops[k]), int(stops[k + 1])) for k in range(5))
        return first, second, third, fourth, fifth

    def start(self) -> Array:
        """The state of no change."""
        zeros = np.zeros(self.layout[-1].stop)
        zeros[self.layout[2]] = self.lX0.ravel()
        return zeros

    # --- the map ----------------------------------------------------------------------------------------------
    def point(self, u: Array) -> Point:
        """Every intermediate value of the map at state u = (ln w, ln P/w, ln X, ln L, ln sales hat)."""
        n, m, base = self.N, self.M, self.baseline
        lw = u[self.layout[0]]
        lP = u[self.layout[1]].reshape(n, m) + lw[:, None]
        lX = u[self.layout[2]].reshape(n, m)
        ll = u[self.layout[3]] if base.kappa > 0 else self.none
        lc, lp = self._costs(u, lw, ll, lP)
        a = np.empty((m, n))
        np.multiply((lp if m == self.S else np.tile(lp, base.uses)).T, self.minus_theta, out=a)  # exponent of CP (10)
        shift = np.maximum.reduce(a, axis=1, keepdims=True)
        a -= shift
        np.exp(a, out=a)
        X = np.exp(lX)
        spent = np.ascontiguousarray(X.T)
        Phi, g, r, net = self.markets(a, spent)
        cheap = np.log(Phi)
        cheap += shift
        cheap /= self.minus_theta
        lP2 = cheap.T  # CP (10); ILMS (P)
        if base.phi is not None:
            lP2 += (1.0 - base.phi) * (lX - self.lX0 - lw[:, None])
        return self._incomes(lw=lw, ll=ll, lP=lP, lX=lX, lc=lc, lp=lp, a=a, Phi=Phi, g=g, r=r, net=net, X=X, lP2=lP2)

    def _costs(self, u: Array, lw: Array, ll: Array, lP: Array) -> tuple[Array, Array]:
        base = self.baseline
        lc = base.beta * lw[:, None]
        if self.gamma is not None:
            lc += np.matmul(lP[:, None, :], self.gamma)[:, 0, :]  # CP (9)
        if base.psi is None:
            return lc, lc
        entrants = (lw + ll)[:, None] if self.revenue0 is None else u[self.layout[4]].reshape(self.N, self.S)
        return lc, lc - base.psi * (entrants - lc)  # ILMS (A): cost over entry to the power psi

    def markets(self, a: Array, X: Array) -> tuple[Array, Array, Array, Array]:
        """The three mat-vecs: Phi = A a; sales r = a * B'g with g = X/Phi (less margins); net purchases g * B a."""
        if self.small:
            a_column = a[:, :, None]
            Phi = np.matmul(self.A, a_column)[:, :, 0]
            np.maximum(Phi, 1e-300, out=Phi)
            g, net = X / Phi, X
            if self.taxed:
                net = np.matmul(self.B, a_column)[:, :, 0]
                net *= g
            r = np.matmul(self._kept(g, axis=1)[:, None, :], self.B)[:, 0, :]
            r *= a
            return Phi, g, r, net
        Phi, g, r, net = np.empty_like(a), np.empty_like(a), np.empty_like(a), X
        if self.taxed:
            net = np.empty_like(a)
        for k in range(self.M):
            Phi[k] = np.maximum(self.A[k] @ a[k], 1e-300)
            g[k] = X[k] / Phi[k]
            r[k] = self._kept(g[k]) @ self.B[k]
            if self.taxed:
                net[k] = self.B[k] @ a[k]
        r *= a
        if self.taxed:
            net *= g
        return Phi, g, r, net

    def _incomes(
        self,
        *,
        lw: Array,
        ll: Array,
        lP: Array,
        lX: Array,
        lc: Array,
        lp: Array,
        a: Array,
        Phi: Array,
        g: Array,
        r: Array,
        net: Array,
        X: Array,
        lP2: Array,
    ) -> Point:
        base = self.baseline
        sales = self._fold(r.T)
        V = sales if base.profit is None else sales * self.keep
        R = self.markets_one @ (X.T - net) if self.taxed else self.none  # CP below (12): tariff revenue
        F = self.markets_one @ (self.factors * r)
        if base.nu is not None:
            F = F + base.nu * net.sum(0)  # ILMS (1): margins of distribution are factor income of the importer
        Y = (np.exp(lw) if ll is self.none else np.exp(lw + ll)) * self.Y0
        ex = np.log(np.maximum(F, 1e-300) / Y)
        if self.delta is None:
            self.delta = self._step_length(X, r, a, g)
        lw2 = lw + self.delta * ex
        Y2 = (np.exp(lw2) if ll is self.none else np.exp(lw2 + ll)) * self.Y0
        swollen = float(Y2.sum()) / self.world
        lw2 -= np.log(swollen)
        Y2 /= swollen
        scale = self.transfers(lw2, lP2)
        income = Y2 + R + self.T * scale  # CP (12), ILMS (2)
        if base.profit is not None:
            income = income + (base.profit * sales).sum(1)
        clipped = bool((income < INCOME_FLOOR * Y2).any())
        if clipped:
            self.poorest = int((income / Y2).argmin())
            income = np.maximum(income, INCOME_FLOOR * Y2)
        X2 = base.alpha * income[:, None]
        if self.gamma is not None:
            X2 += np.matmul(self.gamma, V[:, :, None])[:, :, 0]  # CP (11)
        np.maximum(X2, EMPTY * self.world, out=X2)
        relief, more = self._relief(R, Y)
        hat = None if self.revenue0 is None else np.log(np.maximum(sales, EMPTY * self.world) / self.revenue0)
        return Point(
            lw, ll, lP, lX, lc, lp, a, Phi, g, r, net, X, V, F, Y, R, lP2, lw2, Y2, income, X2, ex, relief, scale,
            clipped or more, hat,
        )  # fmt: skip

    def transfers(self, lw2: Array, lP2: Array) -> float:
        """Units of numeraire in the solver's own unit (world output fixed), for transfers fixed in the numeraire."""
        if self.scenario.deficits == "balanced":
            return 0.0
        if self.scenario.deficits == "share":
            return 1.0
        return self.numeraire(lw2, lP2)

    def numeraire(self, lw: Array, lP: Array) -> float:
        """Price of the numeraire where world output is fixed in value."""
        name = self.scenario.numeraire
        if name == "world-gdp":
            return 1.0
        if name == "world-wages":
            return float((np.exp(lw) * self.Y0).sum() / self.world)
        if name == "world-prices":
            prices = np.exp((self.baseline.alpha * lP).sum(1))
            return float((prices * self.final0).sum() / self.final0.sum())
        return float(np.exp(lw[self.baseline.index(name)]))

    def advance(self, u: Array, at: Point) -> tuple[Array, float]:
        """G(u) from the point at u, and the residual: largest log gap of a market, price, budget or labour supply."""
        new = np.empty_like(u)
        new[self.layout[0]] = at.lw2
        shape = (self.N, self.M)
        np.subtract(at.lP2, at.lw[:, None], out=new[self.layout[1]].reshape(shape))
        np.log(at.X2, out=new[self.layout[2]].reshape(shape))
        if self.baseline.kappa > 0:
            real = at.lw - (self.baseline.alpha * at.lP2).sum(1)
            new[self.layout[3]] = self.baseline.kappa * (real - np.log(at.relief))  # ILMS (3)
        if at.revenue_hat is not None:
            new[self.layout[4]] = at.revenue_hat.ravel()
        gap = new - u
        np.abs(gap, out=gap)
        return new, max(float(gap.max()), float(np.abs(at.ex).max()))

    # --- small parts ------------------------------------------------------------------------------------------
    def _fold(self, by_market: Array) -> Array:
        """[N, M] to [N, S]: sales of a sector in its final and its input market."""
        if self.M == self.S:
            return by_market
        folded: Array = by_market.reshape(self.N, -1, self.S).sum(1)
        return folded

    def _kept(self, values: Array, axis: int = -1) -> Array:
        """What is left to the producers after the importer's margins of distribution."""
        if self.baseline.nu is None:
            return values
        keep = 1.0 - self.baseline.nu
        kept: Array = values * (keep[:, None] if values.ndim == 2 and axis != 1 else keep)
        return kept

    def _relief(self, R: Array, Y: Array) -> tuple[Array, bool]:
        """1 - tau: the share of labour income that tax relief leaves to be taxed (ILMS: tau = R / Y')."""
        if self.scenario.revenue == "lump-sum":
            return self.one, False
        left = 1.0 - R / Y
        return np.maximum(left, INCOME_FLOOR), bool((left < INCOME_FLOOR).any())

    def _step_length(self, X: Array, r: Array, a: Array, g: Array) -> Array:
        """1 / (1 + e): e the own elasticity of demand for a country's factors, with home sales less elastic."""
        n = np.arange(self.N)
        home = self.A[:, n, n] * a * g  # spending at home, [M, N]
        share = home / np.maximum(X.T, EMPTY * self.world)
        pull = self.theta * (r - self._kept(home, axis=1) * share)
        total = np.maximum((self.factors * r).sum(0), EMPTY * self.world)
        elasticity: Array = np.maximum((self.factors * pull).sum(0) / total, 0.0)
        return 1.0 / (1.0 + elasticity)


def _unequal(one: Array, other: Array) -> Places:
    """Where two arrays differ, searched in the order of memory."""
    order = np.argsort(one.strides)[::-1]
    cells = np.flatnonzero((one != other).transpose(order))
    places = np.unravel_index(cells, np.array(one.shape)[order])
    first, second, third = (places[k] for k in np.argsort(order))
    return first, second, third


def ready(baseline: Baseline, scenario: Scenario) -> Kernel:
    """A kernel, after the shapes of baseline and scenario were compared.

    Raises:
        BadInput: the scenario was made for another baseline.
    """
    for name, value in (("tau", scenario.tau), ("d_hat", scenario.d_hat)):
        if value is not None and value.shape != baseline.tau.shape:
            raise BadInput(f"{name} has shape {value.shape}, the baseline {baseline.tau.shape}")
    return Kernel(baseline, scenario)
