"""Where the search of Ossa's programme stops: the medians of Table 3, by sequential quadratic programming.

    python benchmarks/ossa_search.py DIR [--orders 4] [--way powell|exact|slsqp] [--start elasticities]

DIR holds the papers' data, as for `khorgos papers`. The paper's optima are what MATLAB's fmincon (active-set) stopped
at; this is that search written again after its documentation, with the programme's variables, scale, start, bounds and
tolerance. An order above the first shuffles the industries: the same search, rounded otherwise.

Source: Powell (1978), doi:10.1007/BFb0067703; MathWorks, Constrained Nonlinear Optimization Algorithms.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy loads

import numpy as np
import numpy.typing as npt
from scipy.io import loadmat
from scipy.optimize import fsolve, minimize

from khorgos.models.equilibrium import solve
from khorgos.models.papers import ossa as paper
from khorgos.models.papers.ossa import REGIONS, Data, objectives, table_3, unilateral
from khorgos.models.policy import Objective, Optimum
from khorgos.models.scenario import Scenario

Floats = npt.NDArray[np.float64]
Update = Literal["documented", "powell"]
Slopes = Literal["forward", "exact"]

#: TolX, TolFun and TolCon of the programme, its most rounds, and the factor before its tariffs.
TOLERANCE, ROUNDS, SCALE = 1e-13, 5000, 0.1
#: Bounds of the programme: changes of welfare, spending and wages; tariffs.
HATS, RATES = (0.1, 10.0), (0.0, 10.0)
#: Relative step of a forward difference, as documented.
STEP = float(np.sqrt(np.finfo(float).eps))
_EPS = float(np.finfo(float).eps)
_MEDIAN = paper.COLUMNS[-1]


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
        self.trade, self.rates, self.sigma = base.trade, base.tau - 1.0, base.theta + 1.0
        self.others = [k for k in range(self.n) if k != region]
        own = self.rates[self.others, region]
        self.unit = 1.0 + SCALE * (own.mean(0) if uniform else own.T.ravel())
        bounds = [(1.0 + SCALE * rate) / self.unit for rate in RATES]
        self.low, self.high = (np.r_[np.full(3 * self.n, h), b] for h, b in zip(HATS, bounds, strict=True))
        self.pi, self.mu, self.spending = base.pi, base.alpha, base.spending.sum(1)
        sales = self.trade.sum(1)
        wages = (1.0 - 1.0 / self.sigma) * sales
        self.profit, self.bill = sales / self.sigma, wages.sum(1)
        self.shipped, self.share = self.trade / sales[:, None], wages / self.bill[:, None]
        self.weights = weights
        self.before = self._weighed(self.trade[None], self.rates[None])[0]

    def tariffs(self, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return (x[..., 3 * self.n :] * self.unit - 1.0) / SCALE

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
        return (self.weights * (flows.sum(2) + share * (rate * flows).sum((1, 3))[:, :, None])).sum(2)

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
            return self.residual(np.r_[np.ones(n), hats, scaled][None])[0, : 2 * n]

        guess = np.r_[np.ones(n), fsolve(equilibrium, np.ones(2 * n)), scaled]
        return np.r_[1.0 - self.residual(guess[None])[0, 2 * n :], guess[n:]]


def jacobian(search: Search, x: Floats, at: Floats, slopes: Slopes) -> Floats:
    """[constraint, variable], by forward differences that stay within the bounds, or by complex steps (exact)."""
    if slopes == "exact":
        return (search.residual(x + 1e-30j * np.eye(x.size)).imag / 1e-30).T
    step = STEP * np.maximum(np.abs(x), 1.0)
    moved = x + np.diag(np.where(x + step > search.high, -step, step))
    return ((search.residual(moved) - at) / (moved.diagonal() - x)[:, None]).T


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
        """By guessing who is on a bound, `held` first; one variable at a time where all at once go in circles."""
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
        raise ArithmeticError("A quadratic programme goes in circles")

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


def curvature(H: Floats, turn: Turn, update: Update) -> Floats:
    """BFGS of the Lagrangian's Hessian, kept positive definite.

    Args:
        H: so far.
        turn: the step since.
        update: Powell's damping, or what the documentation of fmincon says: the most negative q_i s_i are halved, then
            part of `spread` is added; where q's stays nought, H stays as it is.
    """
    s, q, Hs = turn.s, turn.q, H @ turn.s
    if update == "powell":
        if s @ q < 0.2 * (s @ Hs):
            theta = 0.8 * (s @ Hs) / (s @ Hs - s @ q)
            q = theta * q + (1.0 - theta) * Hs
    else:
        if s @ q < 1e-3 * turn.length**2:
            q = _bent(turn, _EPS * float(np.linalg.norm(H)))
        if s @ q <= _EPS:
            return H
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


def climb(search: Search, x: Floats, *, update: Update = "documented", slopes: Slopes = "forward") -> Floats:
    """The highest x[region], from a start: quadratic programmes, a merit function, steps halved until it falls."""
    x = np.clip(x, search.low, search.high)
    slope, goal = -np.eye(x.size)[search.region], search.region
    c = search.residual(x[None])[0]
    A, H = jacobian(search, x, c, slopes), np.eye(x.size)
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
        turned = jacobian(search, new, there, slopes)
        moved = (turned - A).T @ step.multipliers
        H = curvature(H, Turn(new - x, moved, turned.T @ there - A.T @ c, length), update)
        x, c, A = new, there, turned
    return x


def slsqp(search: Search, x: Floats) -> Floats:
    """The same from SciPy's sequential quadratic programming (Kraft 1988)."""
    slope = -np.eye(x.size)[search.region]

    def residual(x: Floats) -> Floats:
        return search.residual(x[None])[0]

    slopes = {"type": "eq", "fun": residual, "jac": lambda x: jacobian(search, x, residual(x), "forward")}
    bounds, options = np.c_[search.low, search.high], {"ftol": TOLERANCE, "maxiter": ROUNDS}
    found = minimize(
        lambda x: (slope @ x, slope), x, jac=True, method="SLSQP", bounds=bounds, constraints=slopes, options=options
    )
    end: Floats = found.x
    return end


Way = Callable[[Search, Floats], Floats]
WAYS: dict[str, Way] = {
    "documented": climb,
    "powell": partial(climb, update="powell"),
    "exact": partial(climb, slopes="exact"),
    "slsqp": slsqp,
}


def replay(
    data: Data, table: str, region: int, targets: Floats, *, start: str = "two stages", way: Way = climb
) -> Floats:
    """[33, 6] tariffs at which the programme's search stops.

    Args:
        data: of the paper.
        table: 3a or 3b.
        region: who chooses.
        targets: [33] noncooperative tariffs that its weights were estimated from.
        start: the programme's two stages, or "elasticities", 1 / (sigma - 1) without the first.
        way: of climbing.
    """
    weights, rule = data.weights(table), 1.0 / data.baseline.theta
    own = rule
    if start == "two stages":
        first = Search(data, weights, region, uniform=True)
        # From 0.1 Japan with lobbying ends 1.8e-3 of welfare below the paper's optimum; the programme that estimates
        # its weights starts Japan from the target tariffs.
        guess = rule if table == "Table 3a" else targets if REGIONS[region] == "Japan" else np.full(rule.size, 0.1)
        own = first.tariffs(way(first, first.start(guess)))
    second = Search(data, weights, region, uniform=False)
    end = way(second, second.start(np.repeat(own, len(REGIONS) - 1)))
    tariffs: Floats = second.tariffs(end).reshape(-1, len(REGIONS) - 1)
    return tariffs


def shuffled(data: Data, order: int) -> tuple[Data, npt.NDArray[np.int64]]:
    """The same world with its industries in another order; the first is the data's own."""
    base = data.baseline
    place = np.arange(base.theta.size) if order == 0 else np.random.default_rng(order).permutation(base.theta.size)
    parts = {name: getattr(base, name)[..., place] for name in ("pi", "tau", "theta", "spending", "alpha", "beta")}
    assert base.profit is not None  # a world of fixed_firms has profits
    sectors = tuple(base.sectors[k] for k in place)
    world = replace(base, sectors=sectors, profit=base.profit[:, place], **parts)
    return replace(data, baseline=world, lobbying=data.lobbying[:, place]), place


def placed(data: Data, region: int, tariffs: Floats) -> Optimum:
    """khorgos's equilibrium at the tariffs where a search stops."""
    tau = data.baseline.tau.copy()
    tau[[k for k in range(len(REGIONS)) if k != region], region] = 1.0 + tariffs.T
    return Optimum(tau, solve(data.baseline, Scenario(tau=tau, deficits="balanced"), tolerance=1e-13), np.nan, 1)


def given_up(data: Data, table: str, region: int, best: Optimum, end: Optimum) -> float:
    """Government welfare at khorgos's optimum over that at a search's end, less one."""
    objective: Objective = objectives(data.weights(table))[region]
    return float(np.expm1(objective(best.found).value - objective(end.found).value))


def panel(data: Data, targets: Floats, table: str, orders: int, run: Callable[..., Floats]) -> None:
    """Prints a line a region, and of each order how many of the panel's cells print as published."""
    printed = [row[1:] for row in data.printed if row[0] == table]
    ends: list[dict[int, Optimum]] = [{} for _ in range(orders)]
    for region, name in enumerate(REGIONS):
        best, line = unilateral(data, table, region), ""
        for order, found in enumerate(ends):
            world, place = shuffled(data, order)
            tariffs = run(world, table, region, targets[place, region])
            found[region] = placed(data, region, tariffs[np.argsort(place)])
            line += f"  {100 * np.median(tariffs):.3f} {given_up(data, table, region, best, found[region]):.0e}"
        exact = 100 * (np.median(np.delete(best.tau[:, region], region, axis=0)) - 1)
        paper_says = next(value for row, column, value in printed if (row, column) == (name, _MEDIAN))
        print(f"{table} {name:7} {paper_says:5.1f} {exact:7.3f}{line}", flush=True)
    for order, found in enumerate(ends):
        rows = table_3(data, table, found)
        off = [
            f"{row} {column}" for row, column, value in printed if abs(rows[row][column] - value) > 0.05 + 1e-12 * value
        ]
        mean = rows["Mean"][_MEDIAN]
        print(f"{table} order {order}: mean {mean:.3f}, {len(printed) - len(off)} of {len(printed)} cells; off: {off}")


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("--orders", type=int, default=1)
    asked.add_argument("--way", choices=WAYS, default="documented")
    asked.add_argument("--start", choices=("two stages", "elasticities"), default="two stages")
    args = asked.parse_args()
    files = {k: args.folder / v for k, v in paper.FILES.items()}
    contents = {k: loadmat(v) if v.suffix == ".mat" else v.read_bytes() for k, v in files.items()}
    data, targets = paper.read(contents), contents["data"]["TARGETTARIFF"]
    print("table, region, printed, khorgos's optimum, then of each order: where the search stops, welfare given up")
    for table in ("Table 3a", "Table 3b"):
        panel(data, targets, table, args.orders, partial(replay, start=args.start, way=WAYS[args.way]))


if __name__ == "__main__":
    main()
