"""The world summed over its markets: where the slow part of a sweep's error leads, solved directly.

The errors that sweeps remove slowly are those all markets of a country share: of its wage, of its prices relative to
the wage, of its spending. Summed over markets they follow a world of one sector with the same flows, 3 N equations.
It only chooses the path: residuals, and so the equilibrium, are those of the map.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg.lapack import dgetrf, dgetrs, sgetrf, sgetrs

from khorgos.models.arrays import Array
from khorgos.models.sweep import EMPTY, Kernel, Point

#: Countries per market up to which factors of 3 N equations cost less than the sweeps they save: chosen between 76 by
#: 26, which gain, and 100 by 10, which break even.
CROWD = 8

#: Weight of spending beside purchases at home: chosen small enough to matter only where there are none.
NEXT_TO_NOTHING = 1e-6

Blocks = tuple[Array, Array, Array]


def worthwhile(kernel: Kernel) -> bool:
    """Whether the summed world is built for this one: no frictions that it leaves out, and enough markets."""
    base = kernel.baseline
    plain = base.nu is None and base.phi is None and base.psi is None and base.kappa == 0
    return plain and kernel.N <= CROWD * kernel.M


class Aggregate:
    """The summed world at a point of the map, factorised.

    M f = f + Z ((I - J)^-1 - 1) W'f, with J the sums' own Jacobian, Z a country's value in each of its markets and
    W'f the average over its markets: of prices by spending, of spending by what is bought at home, as that comes back.

    Args:
        kernel: the world.
        at: a point near the solution; flows, shares and elasticities are read there.
        single: factors of half the length, a third of the time; what they round, the next sweep sees.

    Source: iterative aggregation, Vakhutinsky, Dudkin, Ryvkin (1979), Econometrica 47(4), 821-841.
    """

    def __init__(self, kernel: Kernel, at: Point, *, single: bool = False) -> None:
        self.N, self.M = kernel.N, kernel.M
        self.weights = np.stack((at.X / at.X.sum(1, keepdims=True), _home(kernel, at)))
        flows = _flows(kernel, at)
        shares = flows / np.maximum(flows.sum(1), EMPTY * kernel.world)[:, None]
        system = -summed_jacobian(kernel, at, flows, shares, self.weights[1])
        np.einsum("ii->i", system)[:] += 1.0
        self.sound = bool(np.isfinite(system).all())
        if self.sound:
            factorise, self.solve = (sgetrf, sgetrs) if single else (dgetrf, dgetrs)
            transpose = system.astype(np.float32 if single else np.float64, copy=False).T  # in Fortran's order
            self.factors, self.pivots, info = factorise(transpose, overwrite_a=1)
            self.sound = info == 0

    def lift(self, f: Array) -> Array:
        """M f: the step f with its shared part led to its end."""
        n, m = self.N, self.M
        by_market = f[n:].reshape(2, n, m)
        shared = np.concatenate((f[:n], np.vecdot(by_market, self.weights).ravel()))
        more = self.solve(self.factors, self.pivots, shared, trans=1)[0] - shared
        lifted = f.copy()
        lifted[:n] += more[:n]
        lifted[n:].reshape(2 * n, m)[:] += more[n:, None]
        return lifted

    def lift_back(self, v: Array) -> Array:
        """M'v, for the adjoint."""
        n, m = self.N, self.M
        shared = np.concatenate((v[:n], v[n:].reshape(2 * n, m).sum(1)))
        more = self.solve(self.factors, self.pivots, shared)[0] - shared
        lifted = v.copy()
        lifted[:n] += more[:n]
        lifted[n:].reshape(2, n, m)[:] += self.weights * more[n:].reshape(2, n, 1)
        return lifted


def summed_jacobian(kernel: Kernel, at: Point, flows: Array, shares: Array, weights: Array) -> Array:
    """J [3N, 3N] of (ln w, ln P/w, ln X) summed over markets; exact where there is one market.

    Args:
        kernel: the world.
        at: the point; elasticities and shares of materials are averages by exporter, weighted by its sales.
        flows: [importer, exporter] net of tariffs.
        shares: [importer, exporter] of spending; those of flows net of tariffs do as well on the published worlds.
        weights: [N, M] of markets in a country's ln X.
    """
    base, n = kernel.baseline, kernel.N
    tiny = EMPTY * kernel.world
    other = 1.0 - np.tile(base.beta, base.uses).T
    sales = np.maximum(at.r.sum(0), tiny)

    def mean(values: Array) -> Array:
        total: Array = (values * at.r).sum(0) / sales
        return total

    material = mean(other)
    sold_to = flows.T / sales[:, None]
    price = sold_to @ shares  # of what a country's customers buy, by origin

    def sold(weight: Array) -> Blocks:
        """d sum_m weight r, over sales, in (w, q, x): customers spend more, their prices rise, own costs rise."""
        pull, pull_material = mean(weight * kernel.theta), mean(weight * kernel.theta * other)
        w = pull[:, None] * price
        q = w * material
        _diagonal(w, -pull)
        _diagonal(q, -pull_material)
        return w, q, mean(weight)[:, None] * sold_to

    share = np.maximum(mean(kernel.factors), tiny)[:, None]
    step, world = np.asarray(kernel.delta)[:, None], at.Y / at.Y.sum()
    wage = [block / share for block in sold(kernel.factors)]
    _diagonal(wage[0], -1.0)
    wage = [step * block for block in wage]
    _diagonal(wage[0], 1.0)
    wage = [block - world @ block for block in wage]
    income = [at.Y[:, None] * block for block in wage]
    if kernel.taxed:
        theta, theta_material = mean(kernel.theta), mean(kernel.theta * other)
        pull = (flows @ theta)[:, None] * shares
        income[0] += flows * theta - pull
        income[1] += flows * theta_material - pull * material
        _diagonal(income[2], at.X.sum(1) - flows.sum(1))
    per_unit = weights / at.X
    spent = (per_unit * base.alpha).sum(1, keepdims=True)
    back = sold(_back(kernel, per_unit, spent))
    relative = shares.copy()
    _diagonal(relative, -1.0)
    spending = [spent * own + sales[:, None] * more for own, more in zip(income, back, strict=True)]
    return np.block([wage, [relative, shares * material, np.zeros((n, n))], spending])


def _back(kernel: Kernel, per_unit: Array, spent: Array) -> Array:
    """[M, N] what a unit of sales adds to its seller's weighted ln X: as materials, and as profit."""
    base = kernel.baseline
    back = np.zeros_like(kernel.factors.T[:, : kernel.S])
    if base.gamma is not None:
        back += np.matmul(per_unit[:, None, :], base.gamma)[:, 0, :] * kernel.keep
    if base.profit is not None:
        back += spent * base.profit
    return np.tile(back, base.uses).T


def _home(kernel: Kernel, at: Point) -> Array:
    """[N, M] each market's share of what a country buys from itself, or spends where that is next to nothing."""
    own = np.arange(kernel.N)
    home = (kernel.B[:, own, own] * at.a * at.g).T + NEXT_TO_NOTHING * at.X
    shares: Array = home / home.sum(1, keepdims=True)
    return shares


def _flows(kernel: Kernel, at: Point) -> Array:
    """[importer, exporter] flows net of tariffs, summed over markets."""
    summed: Array = np.einsum("mnj,mj,mn->nj", kernel.B, at.a, at.g)
    return summed


def _diagonal(matrix: Array, values: Array | float) -> None:
    np.einsum("ii->i", matrix)[:] += values
