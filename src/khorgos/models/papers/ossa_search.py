"""Where the search of Ossa's programme stops: the optimal tariffs of Table 3 by sequential quadratic programming.

The paper's optima are what MATLAB's fmincon (active-set) stopped at; this is that search written again after its
documentation, with the programme's variables, scale, start, bounds and tolerance.

Source: Powell (1978), doi:10.1007/BFb0067703; MathWorks, Constrained Nonlinear Optimization Algorithms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import fsolve

from khorgos.core.errors import NotConverged
from khorgos.models.equilibrium import solve
from khorgos.models.papers.ossa import REGIONS, Data
from khorgos.models.policy import Optimum
from khorgos.models.scenario import Scenario

Floats = npt.NDArray[np.float64]

#: TolX, TolFun and TolCon of the programme, its most rounds, and the factor before its tariffs.
TOLERANCE, ROUNDS, SCALE = 1e-13, 5000, 0.1
#: Bounds of the programme: changes of welfare, spending and wages; tariffs.
HATS, RATES = (0.1, 10.0), (0.0, 10.0)
#: Relative step of a forward difference, as documented.
STEP = float(np.sqrt(np.finfo(float).eps))
_EPS = float(np.finfo(float).eps)


class Search:
    """What one government chooses from, and the equilibrium as equality constraints.

    x = [changes of government welfare; of spending; of wages; (1 + 0.1 t) / (1 + 0.1 factual t)].

    Args:
        data: of the paper.
        weights: [7, 33] political weights.
        region: who chooses.
        uniform: one tariff an industry, as in the first stage, or one an exporter and industry.
    """

    def __init__(self, data: Data, weights: Floats, region: int, uniform: bool) -> None:
        base = data.baseline
        self.n, self.region, self.uniform = len(REGIONS), region, uniform
        # One layout in memory, whatever the data's: sums are rounded by it. Column by column, as MATLAB has arrays.
        self.trade, self.pi, self.rates = (np.asfortranarray(v) for v in (base.trade, base.pi, base.tau - 1.0))
        self.mu, spending, self.weights = (np.asfortranarray(v) for v in (base.alpha, base.spending, weights))
        self.sigma, self.spending = base.theta + 1.0, spending.sum(1)
        self.others = [k for k in range(self.n) if k != region]
        own = self.rates[self.others, region]
        self.unit = 1.0 + SCALE * (own.mean(0) if uniform else own.T.ravel())
        bounds = [(1.0 + SCALE * rate) / self.unit for rate in RATES]
        self.low, self.high = (np.r_[np.full(3 * self.n, h), b] for h, b in zip(HATS, bounds, strict=True))
        sales = self.trade.sum(1)
        wages = (1.0 - 1.0 / self.sigma) * sales
        self.profit, self.bill = sales / self.sigma, wages.sum(1)
        self.shipped, self.share = self.trade / sales[:, None], wages / self.bill[:, None]
        self.before = self._weighed(self.trade[None], self.rates[None])[0]

    def tariffs(self, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The tariffs of x, as fractions."""
        own: npt.NDArray[Any] = (x[..., 3 * self.n :] * self.unit - 1.0) / SCALE
        return own

    def residual(self, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """[batch, 3 n]: zero in equilibrium; the first region's wage is left to the numeraire."""
        n = self.n
        goal, spend, wage = x[:, :n], x[:, n : 2 * n], x[:, 2 * n : 3 * n]
        rate = self._cube(self.tariffs(x))
        dear = (1.0 + rate) / (1.0 + self.rates)
        paid = wage[:, :, None, None]
        index = 1.0 / (self.pi * (paid * dear) ** (1.0 - self.sigma)).sum(1)  # price index to the power of theta
        part = paid ** (1.0 - self.sigma) * dear**-self.sigma * index[:, None]
        flow = part * spend[:, None, :, None]
        earned = (self.shipped * flow).sum(2)
        revenue = (self.trade * rate * part).sum((1, 3)) / self.spending
        income = (self.bill * wage + (self.profit * earned).sum(2)) / self.spending / (1.0 - revenue)
        price = np.prod(index ** (self.mu / (self.sigma - 1.0)), axis=2)
        labour = wage - (self.share * earned).sum(2)
        unit = wage @ self.bill / self.bill.sum() - 1.0
        welfare = self._weighed(self.trade * flow, rate) / self.before / price
        return np.concatenate([labour[:, 1:], spend - income, unit[:, None], goal - welfare], axis=1)

    def _weighed(self, flows: npt.NDArray[Any], rate: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """What industries earn, tariff revenue by their share of labour, weighed: [batch, n]."""
        wages = (1.0 - 1.0 / self.sigma) * flows.sum(2)
        share = wages / wages.sum(2, keepdims=True)
        earned = flows.sum(2) + share * (rate * flows).sum((1, 3))[:, :, None]
        weighed: npt.NDArray[Any] = (self.weights * earned).sum(2)
        return weighed

    def _cube(self, own: npt.NDArray[Any]) -> npt.NDArray[Any]:
        rate = np.repeat(self.rates[None].astype(own.dtype), len(own), axis=0)
        if self.uniform:
            rate[:, self.others, self.region] = own[:, None, :]
        else:
            rate[:, self.others, self.region] = own.reshape(len(own), -1, self.n - 1).transpose(0, 2, 1)
        return rate

    def start(self, own: Floats) -> Floats:
        """The equilibrium of these tariffs, solved as loosely as `fsolve` does unasked."""
        n, scaled = self.n, (1.0 + SCALE * own) / self.unit

        def equilibrium(hats: Floats) -> Floats:
            left: Floats = self.residual(np.r_[np.ones(n), hats, scaled][None])[0, : 2 * n]
            return left

        guess = np.r_[np.ones(n), fsolve(equilibrium, np.ones(2 * n)), scaled]
        x: Floats = np.r_[1.0 - self.residual(guess[None])[0, 2 * n :], guess[n:]]
        return x


def forward(search: Search, x: Floats, at: Floats) -> Floats:
    """Slopes of the constraints, [constraint, variable], by forward differences that stay within the bounds.

    Args:
        search: whose constraints.
        x: where.
        at: the constraints there.
    """
    step = STEP * np.maximum(np.abs(x), 1.0)
    moved = x + np.diag(np.where(x + step > search.high, -step, step))
    slopes: Floats = ((search.residual(moved) - at) / (moved.diagonal() - x)[:, None]).T
    return slopes


@dataclass(frozen=True, eq=False)
class Step:
    """Of a quadratic programme: the move, the multipliers of its equalities, and who is on a bound (-1, 0, 1)."""

    move: Floats
    multipliers: Floats
    held: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Programme:
    """Least d'Hd/2 + slope'd where A d = -c and low <= d <= high: one answer, since H is positive definite."""

    H: Floats
    slope: Floats
    A: Floats
    c: Floats
    low: Floats
    high: Floats

    def solve(self, held: npt.NDArray[np.int64]) -> Step:
        """By guessing who is on a bound, `held` first; one variable at a time where all at once go in circles.

        Raises:
            NotConverged: no guess is consistent.
        """
        for attempt in range(400):
            move, multipliers, pull = self._given(held)
            below, above = (held == 0) & (move < self.low - 1e-14), (held == 0) & (move > self.high + 1e-14)
            new = np.where(below, -1, np.where(above, 1, np.where(held * pull > 1e-15, 0, held)))
            if (new == held).all():
                return Step(np.clip(move, self.low, self.high), multipliers, held)
            if attempt >= 20:  # chosen because two or three are enough where there is no circle
                beyond = np.where(below, self.low - move, np.where(above, move - self.high, 0.0))
                worst = (beyond if beyond.any() else np.where(new != held, np.abs(pull), 0.0)).argmax()
                new = np.where(np.arange(new.size) == worst, new, held)
            held = new
        raise NotConverged("A quadratic programme of the search goes in circles")

    def _given(self, held: npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
        """Move, multipliers and what pulls at each variable, were those held on their bounds."""
        H, A, free = self.H, self.A, held == 0
        move = np.where(held < 0, self.low, np.where(held > 0, self.high, 0.0))
        f, m = int(free.sum()), len(self.c)
        K = np.zeros((f + m, f + m))
        K[:f, :f], K[:f, f:], K[f:, :f] = H[np.ix_(free, free)], A[:, free].T, A[:, free]
        found = np.linalg.solve(K, -np.r_[self.slope[free] + H[free] @ move, self.c + A @ move])
        move[free] = found[:f]
        return move, found[f:], H @ move + self.slope + A.T @ found[f:]


@dataclass(frozen=True, eq=False)
class Turn:
    """Of a step s taken: by how much the Lagrangian's slope moved (q) and J'c (spread); its part of the whole."""

    s: Floats
    q: Floats
    spread: Floats
    length: float


def curvature(H: Floats, turn: Turn) -> Floats:
    """BFGS of the Lagrangian's Hessian, kept positive definite as the documentation of fmincon says.

    The most negative q_i s_i are halved, then part of `spread` is added; where q's stays nought, H stays as it is.

    Args:
        H: so far.
        turn: the step since.
    """
    q = turn.q
    if turn.s @ q < 1e-3 * turn.length**2:
        q = _bent(turn, _EPS * float(np.linalg.norm(H)))
    return bfgs(H, turn.s, q) if turn.s @ q > _EPS else H


def bfgs(H: Floats, s: Floats, q: Floats) -> Floats:
    """H after a step s along which the slope moved by q."""
    Hs = H @ s
    return H + np.outer(q, q) / (s @ q) - np.outer(Hs, Hs) / (s @ Hs)


def _bent(turn: Turn, least: float) -> Floats:
    # The documentation says small and systematically; these sizes, and 1e-3 above, are remembered from the toolbox that
    # fmincon grew out of, not looked up and not fitted.
    s, q, spread = turn.s, turn.q.copy(), turn.spread
    while s @ q < -1e-5:
        q[(q * s).argmin()] /= 2.0
    along = np.where((s * spread > 0) & (q * s <= _EPS), spread, 0.0)
    if not along.any():
        along = 1e-5 * np.sign(s)
    weight = 0.01
    while s @ q < least and weight < 1.0 / _EPS:
        q, weight = q + weight * along, 2.0 * weight
    return q


#: How the Hessian is kept, and how slopes are taken: the benchmark tries others.
Update = Callable[[Floats, Turn], Floats]
Slopes = Callable[[Search, Floats, Floats], Floats]
Way = Callable[[Search, Floats], Floats]


def climb(search: Search, x: Floats, *, update: Update = curvature, slopes: Slopes = forward) -> Floats:
    """The highest x[region], from a start: quadratic programmes, a merit function, steps halved until it falls.

    Args:
        search: what is chosen, and the constraints.
        x: the start.
        update: of the curvature.
        slopes: of the constraints.

    Raises:
        NotConverged: a quadratic programme has no answer.
    """
    x = np.clip(x, search.low, search.high)
    slope, goal = -np.eye(x.size)[search.region], search.region
    c = search.residual(x[None])[0]
    A, H = slopes(search, x, c), np.eye(x.size)
    held, penalty = np.zeros(x.size, dtype=np.int64), 1.0 / np.linalg.norm(A, axis=1)
    for _ in range(ROUNDS):
        step = Programme(H, slope, A, c, search.low - x, search.high - x).solve(held)
        held, size = step.held, np.abs(step.multipliers)
        # As documented: the step, or what it would gain, below twice the tolerance; below, the step that is left of it.
        if np.abs(c).max() < TOLERANCE and min(np.abs(step.move).max(), abs(step.move[goal])) < 2 * TOLERANCE:
            break
        penalty = np.maximum(size, (penalty + size) / 2.0)
        merit, length = penalty @ np.abs(c) - x[goal], 1.0
        while True:
            new = np.clip(x + length * step.move, search.low, search.high)
            there = search.residual(new[None])[0]
            if penalty @ np.abs(there) - new[goal] <= merit:
                break
            length /= 2.0
            if length * np.abs(step.move).max() < 2 * TOLERANCE:
                return x
        turned = slopes(search, new, there)
        moved = (turned - A).T @ step.multipliers
        H = update(H, Turn(new - x, moved, turned.T @ there - A.T @ c, length))
        x, c, A = new, there, turned
    return x


def replay(data: Data, table: str, region: int, *, first_stage: bool = True, way: Way = climb) -> Floats:
    """[33, 6] tariffs at which the programme's search stops.

    Args:
        data: of the paper.
        table: "Table 3a" or "Table 3b".
        region: who chooses.
        first_stage: the second stage starts where a search for one tariff an industry stops, as in the programme;
            without, at 1 / (sigma - 1).
        way: of climbing.

    Raises:
        NotConverged: a quadratic programme has no answer.
    """
    weights, own = data.weights(table), 1.0 / data.baseline.theta
    if first_stage:
        first = Search(data, weights, region, uniform=True)
        own = first.tariffs(way(first, first.start(_guess(data, table, region))))
    second = Search(data, weights, region, uniform=False)
    end = way(second, second.start(np.repeat(own, len(REGIONS) - 1)))
    tariffs: Floats = second.tariffs(end).reshape(-1, len(REGIONS) - 1)
    return tariffs


def _guess(data: Data, table: str, region: int) -> Floats:
    if table == "Table 3a":
        return 1.0 / data.baseline.theta
    # From 0.1 Japan with lobbying ends 1.8e-3 of welfare below the paper's optimum; the programme that estimates
    # its weights starts Japan from the target tariffs.
    return data.targets[:, region] if REGIONS[region] == "Japan" else np.full(data.baseline.theta.size, 0.1)


def placed(data: Data, region: int, tariffs: Floats) -> Optimum:
    """khorgos's equilibrium at the tariffs where a search stops."""
    tau = data.baseline.tau.copy()
    tau[[k for k in range(len(REGIONS)) if k != region], region] = 1.0 + tariffs.T
    return Optimum(tau, solve(data.baseline, Scenario(tau=tau, deficits="balanced"), tolerance=1e-13), np.nan, 1)
