"""Sensitivities: the derivative of one outcome with respect to every tariff, trade cost and elasticity at once.

At an equilibrium u = G(u, p). For an outcome f(u, p): solve (I - G_u)' v = f_u once, then df/dp = f_p + v' G_p.
`Reverse` is the sweep of `sweep.py` read backwards, line by line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from khorgos.core.errors import BadInput, NotConverged
from khorgos.models.aggregate import Aggregate, worthwhile
from khorgos.models.arrays import Array
from khorgos.models.equilibrium import Equilibrium
from khorgos.models.krylov import gmres

#: Relative tolerance of the linear solve: chosen two digits under the accuracy that finite differences can check.
TOLERANCE = 1e-9
MAX_SWEEPS = 150


@dataclass(frozen=True, eq=False)
class Outcome:
    """A scalar outcome by its value and its derivatives with respect to the parts of an equilibrium.

    Args:
        name: for reports.
        value: the outcome.
        income: [N] derivative with respect to ln income.
        prices: [N] with respect to the ln consumption price.
        wages: [N] with respect to ln w.
        labour: [N] with respect to ln L.
        relief: [N] with respect to the share of labour income left to be taxed.
        revenue: [N] with respect to tariff revenue, in the solver's unit (world output keeps its value).
        flows: ((exporter, importer, market), derivative with respect to the ln flow).
        sales: [N, S] with respect to ln sales; None for none.
    """

    name: str
    value: float
    income: Array
    prices: Array
    wages: Array
    labour: Array
    relief: Array
    revenue: Array
    flows: tuple[tuple[tuple[int, int, int], float], ...] = ()
    sales: Array | None = None


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """Derivatives of an outcome.

    Args:
        outcome: name.
        value: the outcome at the equilibrium.
        tau: [N, N, M] with respect to every tariff factor (one point of tariff is 0.01).
        d: [N, N, M] with respect to the log of every iceberg cost.
        theta: [M] with respect to every elasticity.
        sweeps: reverse sweeps of the linear solve.
        residual: of the linear solve, relative.
    """

    outcome: str
    value: float
    tau: Array
    d: Array
    theta: Array
    sweeps: int
    residual: float


@dataclass(slots=True)
class _Bars:
    """Derivatives at the end of a reverse sweep: of the state, and what the parameters need."""

    u: Array
    Phi: Array
    h: Array
    b: Array
    z: Array
    lP2: Array  # noqa: N815
    extra: list[tuple[tuple[int, int, int], float]] = field(default_factory=list)


def blank(found: Equilibrium, name: str, value: float, **parts: Array) -> Outcome:
    """An outcome whose derivatives are zero but for `parts`."""
    zeros = np.zeros(len(found.baseline.countries))
    income, prices, wages, labour, relief, revenue = (
        parts.get(k, zeros) for k in ("income", "prices", "wages", "labour", "relief", "revenue")
    )
    return Outcome(name, value, income, prices, wages, labour, relief, revenue)


def real_expenditure_of(found: Equilibrium, country: str) -> Outcome:
    """ln(I/P) of one country, against the base year."""
    k = found.baseline.index(country)
    one = np.eye(len(found.baseline.countries))[k]
    value = float(np.log(found.income[k] / found.kernel.final0[k] / found.price_index[k]))
    return blank(found, f"ln real expenditure, {country}", value, income=one, prices=-one)


def welfare_of(found: Equilibrium, weights: Array) -> Outcome:
    """sum_i weights_i W_i of leisure-adjusted welfare (ILMS 2025); real expenditure where labour is fixed.

    Args:
        found: the equilibrium.
        weights: [N].
    """
    base, at = found.baseline, found.at
    first = found.kernel.final0
    lever = base.kappa / (1 + base.kappa) * base.value_added / first
    delta = 1 / (1 - lever * at.relief)
    spending = found.income / first / found.price_index
    labour = found.w_hat * found.L_hat / found.price_index
    own = delta * spending + (1 - delta) * labour
    slope = delta**2 * lever * (spending - labour)
    return blank(
        found,
        "weighted welfare",
        float(weights @ own),
        income=weights * delta * spending,
        prices=-weights * own,
        wages=weights * (1 - delta) * labour,
        labour=weights * (1 - delta) * labour,
        relief=weights * slope,
    )


def employment_of(found: Equilibrium, country: str) -> Outcome:
    """ln L of one country."""
    k = found.baseline.index(country)
    return blank(found, f"ln employment, {country}", float(found.at.ll[k]), labour=np.eye(found.kernel.N)[k])


def flow_of(found: Equilibrium, exporter: str, importer: str, sector: int = 0) -> Outcome:
    """ln of one flow net of tariffs, over world output (so that no numeraire enters).

    Raises:
        BadInput: the flow is zero.
    """
    i, j = found.baseline.index(exporter), found.baseline.index(importer)
    value = float(found.trade[i, j, sector] * found.unit)
    if value <= 0:
        raise BadInput(f"{exporter} sells nothing of this to {importer}", hint="A flow of zero stays zero")
    plain = blank(found, f"ln flow {exporter} to {importer}", float(np.log(value / found.kernel.world)))
    return replace(plain, flows=(((i, j, sector), 1.0),))


class Reverse:
    """The sweep at an equilibrium, read backwards."""

    def __init__(self, found: Equilibrium) -> None:
        self.kernel, self.at, self.found = found.kernel, found.at, found
        k = self.kernel
        self.keep = 1.0 - np.asarray(k.nu) + np.zeros(k.N)
        self.h = np.matmul((self.keep * self.at.g)[:, None, :], k.B)[:, 0, :]
        self.b = np.matmul(k.B, self.at.a[:, :, None])[:, :, 0]
        self.phi = 1.0 if k.baseline.phi is None else k.baseline.phi
        self.weights = self.at.Y2 / self.at.Y2.sum()

    def pull(self, v: Array, seed: Outcome | None = None) -> _Bars:
        """Derivatives of v'G(u) + f(u) with respect to u and to what the parameters touch."""
        k, at, base = self.kernel, self.at, self.kernel.baseline
        n, m = k.N, k.M
        w2 = v[k.layout[0]]
        q2 = v[k.layout[1]].reshape(n, m)
        x2 = v[k.layout[2]].reshape(n, m)
        lP2, lw, ll = q2.copy(), -q2.sum(1), np.zeros(n)
        R, Y, relief = np.zeros(n), np.zeros(n), np.zeros(n)
        if base.kappa > 0:
            l2 = base.kappa * v[k.layout[3]]
            lP2 -= l2[:, None] * base.alpha
            lw += l2
            relief = -l2 / at.relief
        X2 = x2 / at.X2
        income = (base.alpha * X2).sum(1)
        if seed is not None:
            income = income + seed.income / at.I
            lP2 += seed.prices[:, None] * base.alpha
            lw += seed.wages
            ll += seed.labour
            relief = relief + seed.relief
            R += seed.revenue
        if k.scenario.revenue == "income-tax":
            R -= relief / at.Y
            Y += relief * at.R / at.Y
        return self._behind(v, seed, X2, income, w2, lP2, lw, ll, R, Y)

    def _behind(  # noqa: PLR0917
        self, v: Array, seed: Outcome | None, X2: Array, income: Array, w2: Array, lP2: Array, lw: Array, ll: Array,
        R: Array, Y: Array,
    ) -> _Bars:  # fmt: skip
        k, at, base = self.kernel, self.at, self.kernel.baseline
        V = np.zeros((k.N, k.S)) if k.gamma is None else np.matmul(X2[:, None, :], k.gamma)[:, 0, :]
        sales = np.zeros((k.N, k.S)) if base.profit is None else base.profit * income[:, None]
        if at.revenue_hat is not None:
            sales = sales + v[k.layout[4]].reshape(k.N, k.S) / np.maximum(at.V / k.keep, 1e-300)
        if seed is not None and seed.sales is not None:
            sales = sales + seed.sales / np.maximum(at.V / k.keep, 1e-300)
        R = R + income
        w2 = w2 + income * at.Y2
        ll = ll + income * at.Y2
        if k.scenario.deficits == "nominal":
            w2, lP2 = self._numeraire(float(k.T @ income), w2, lP2)
        total = w2.sum()
        mix = w2 - self.weights * total
        ll = ll - self.weights * total
        delta = np.zeros(k.N) if k.delta is None else k.delta
        ex = delta * mix
        lw = lw + mix - ex + Y
        ll = ll - ex + Y
        F = ex / at.F
        V = V + base.beta * F[:, None]
        net = (np.asarray(k.nu) * F - R)[None, :]
        r = np.tile(sales + k.keep * V, base.uses).T
        return self._markets(seed, r, net, R, lP2, lw, ll)

    def _markets(  # noqa: PLR0917
        self, seed: Outcome | None, r: Array, net: Array, R: Array, lP2: Array, lw: Array, ll: Array
    ) -> _Bars:
        k, at = self.kernel, self.at
        h = r * at.a
        b = net * at.g
        g = net * self.b
        z = np.zeros_like(at.a)
        a = r * self.h
        flows = () if seed is None else seed.flows
        for (i, j, m), weight in flows:
            z[m, i] += weight
            g[m, j] += weight / at.g[m, j]
        from_prices = lP2.T / k.theta
        if k.small:
            g = g + self.keep * np.matmul(k.B, h[:, :, None])[:, :, 0]
            Phi = -(g * at.g + from_prices) / at.Phi
            a = a + np.matmul(b[:, None, :], k.B)[:, 0, :] + np.matmul(Phi[:, None, :], k.A)[:, 0, :]
        else:
            a, g, Phi = self._in_turn(h, b, g, a, from_prices)
        X = R[:, None] + (g / at.Phi).T
        z += a * at.a
        return self._state(Phi, h, b, z, X * at.X, lP2, lw, ll, list(flows))

    def _in_turn(self, h: Array, b: Array, g: Array, a: Array, from_prices: Array) -> tuple[Array, Array, Array]:
        """One market at a time: the second pass over B finds it in cache."""
        k, at = self.kernel, self.at
        Phi = np.empty_like(g)
        for m in range(k.M):
            B = k.B[m]
            g[m] += self.keep * (B @ h[m])
            a[m] += b[m] @ B
            Phi[m] = -(g[m] * at.g[m] + from_prices[m]) / at.Phi[m]
            a[m] += Phi[m] @ k.A[m]
        return a, g, Phi

    def _state(  # noqa: PLR0917
        self, Phi: Array, h: Array, b: Array, z: Array, lX: Array, lP2: Array, lw: Array, ll: Array,
        extra: list[tuple[tuple[int, int, int], float]],
    ) -> _Bars:  # fmt: skip
        k, base = self.kernel, self.kernel.baseline
        if base.phi is not None:
            part = (1.0 - base.phi) * lP2
            lX = lX + part
            lw = lw - part.sum(1)
        lp = (-k.theta * z).T.reshape(k.N, base.uses, k.S).sum(1)
        u = np.zeros(k.layout[-1].stop)
        lc = lp
        if base.psi is not None:
            lc = lp * (1 + base.psi)
            entrants = -base.psi * lp
            if k.revenue0 is None:
                lw, ll = lw + entrants.sum(1), ll + entrants.sum(1)
            else:
                u[k.layout[4]] = entrants.ravel()
        lw = lw + (base.beta * lc).sum(1)
        lP = np.zeros((k.N, k.M)) if k.gamma is None else np.matmul(k.gamma, lc[:, :, None])[:, :, 0]
        u[k.layout[0]] = lw + lP.sum(1)
        u[k.layout[1]] = lP.ravel()
        u[k.layout[2]] = lX.ravel()
        if base.kappa > 0:
            u[k.layout[3]] = ll
        return _Bars(u, Phi, h, b, z, lP2, extra)

    def _numeraire(self, weight: float, w2: Array, lP2: Array) -> tuple[Array, Array]:
        """Transfers fixed in the numeraire move with its price."""
        k, at, base = self.kernel, self.at, self.kernel.baseline
        name = k.scenario.numeraire
        if name == "world-wages":
            return w2 + weight * np.exp(at.lw2) * k.Y0 / k.world, lP2
        if name == "world-prices":
            prices = np.exp((base.alpha * at.lP2).sum(1)) * k.final0 / k.final0.sum()
            return w2, lP2 + weight * prices[:, None] * base.alpha
        if name in base.countries:
            one = np.eye(k.N)[base.index(name)]
            return w2 + weight * at.scale * one, lP2
        return w2, lP2


def sensitivity(found: Equilibrium, outcome: Outcome, *, tolerance: float = TOLERANCE) -> Sensitivity:
    """All derivatives of one outcome, by one linear solve with reverse sweeps.

    (I - G_u)' v = f_u; df/dtau = f_tau + v' G_tau, and likewise for d and theta.

    Args:
        found: an equilibrium.
        outcome: from `real_expenditure_of`, `welfare_of`, `employment_of`, `flow_of`.
        tolerance: relative, of the linear solve.

    Raises:
        NotConverged: the linear solve stopped short.

    Source: the adjoint of an implicit function; Giles, Pierce (2000), Flow, Turbulence and
    Combustion 65, doi:10.1023/A:1011430410075.
    """
    reverse = Reverse(found)
    size = found.kernel.layout[-1].stop
    right = reverse.pull(np.zeros(size), outcome).u
    lift = _lift_back(found)
    y, sweeps, residual = gmres(
        lambda x: (lifted := lift(x)) - reverse.pull(lifted).u, right, tolerance=tolerance, steps=min(MAX_SWEEPS, size)
    )
    v = lift(y)
    if residual > tolerance:
        raise NotConverged(f"The adjoint stopped at {residual:.2e}", hint="The equilibrium may be near a fold")
    tau, d, theta = _parameters(reverse, reverse.pull(v, outcome))
    return Sensitivity(outcome.name, outcome.value, tau, d, theta, sweeps + 2, residual)


def _lift_back(found: Equilibrium) -> Callable[[Array], Array]:
    """What the linear solve is preconditioned by, from the right, so that its residual stays that of the adjoint."""
    if worthwhile(found.kernel):
        summed = Aggregate(found.kernel, found.at)
        if summed.sound:
            return summed.lift_back
    return lambda x: x


def _parameters(reverse: Reverse, bars: _Bars) -> tuple[Array, Array, Array]:
    """Derivatives with respect to tau', ln d and theta from the last reverse sweep."""
    k, at, base = reverse.kernel, reverse.at, reverse.kernel.baseline
    shock = k.scenario
    tau1 = base.tau_by_market
    if k.changed is not None:
        tau1 = tau1.copy()
        tau1[k.changed[0]] *= np.exp(k.changed[1])
    tau, d = np.empty_like(k.A), np.empty_like(k.A)
    theta = np.zeros(k.M)
    for m in range(k.M):
        in_a = k.A[m] * (bars.Phi[m][:, None] * at.a[m])
        in_b = k.B[m] * ((reverse.keep * at.g[m])[:, None] * bars.h[m] + bars.b[m][:, None] * at.a[m])
        for (i, j, market), weight in bars.extra:
            if market == m:
                in_b[j, i] += weight
        in_a += in_b
        power = k.theta[m, 0] if base.phi is None else (k.theta[m, 0] * base.phi[:, m])[:, None]
        np.divide(-(power * in_a + in_b), tau1[m], out=tau[m])
        np.multiply(in_a, -k.theta[m, 0], out=d[m])
        if shock.d_hat is not None:
            theta[m] -= (in_a * np.log(shock.d_hat[:, :, m].T)).sum()
    if k.changed is not None:
        cells, step = k.changed
        pass_on = 1.0 if base.phi is None else base.phi[cells[1], cells[0]]
        np.add.at(theta, cells[0], d[cells] / k.theta[cells[0], 0] * step * pass_on)
    lp = np.tile(at.lp, base.uses)
    theta -= (lp.T * bars.z).sum(1)
    # ln P = - ln Phi / theta + ...: the first part of ln P is what is divided by theta.
    own = at.lP2 if base.phi is None else at.lP2 - (1.0 - base.phi) * (at.lX - k.lX0 - at.lw[:, None])
    theta -= (bars.lP2 * own).sum(0) / k.theta[:, 0]
    return tau.transpose(2, 1, 0), d.transpose(2, 1, 0), theta
