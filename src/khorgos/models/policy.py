"""Optimal tariffs of one country, and Nash tariffs of all, by the adjoint's slopes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from khorgos.core.errors import BadInput, NotConverged, Refused
from khorgos.models.adjoint import Outcome, sensitivity
from khorgos.models.arrays import Array
from khorgos.models.baseline import Baseline
from khorgos.models.equilibrium import Equilibrium, solve
from khorgos.models.fixed_point import solve_fixed_point
from khorgos.models.scenario import Scenario

Objective = Callable[[Equilibrium], Outcome]

#: Search bounds on t: chosen wide of Ossa's optima (0.2 to 2.5); an optimum on a bound is searched again from within.
BOUNDS = (-0.5, 10.0)
#: First guess of every tariff: chosen near the mean of Ossa's optima (62 per cent).
GUESS = 0.6
#: Logs beyond the bounds at which a step of the mixing is held to be lost, and is taken back: chosen as far outside.
ASTRAY = 10.0
#: Longest step of ln(1 + t) in a polish: keeps tariffs on tiny flows from running away.
LEASH = 0.1
#: Steps in ln(1 + t) above this show a tariff that a climb has lost: chosen a fifth of the leash.
LOOSE = 0.02
#: Largest step in ln(1 + t) that may be left at an optimum: 0.01 of a point of tariff.
LEFT = 1e-4
#: Equilibria and adjoints inside a search: slopes of tiny flows are differences of large numbers.
EQUILIBRIUM, ADJOINT = 1e-12, 1e-11
POLISH = 240
#: Secants kept in a polish: chosen because 10 stall on Nash tariffs of 1,386 unknowns and 40 do not.
MEMORY = 40
#: What a line search sees where there is no equilibrium: worse than any log outcome.
WALL = 1e3
#: Rounds of trying prohibitive tariffs: chosen because one is enough in Ossa's data.
LEAPS = 3


@dataclass(frozen=True, eq=False)
class Optimum:
    """Tariffs from which no small move pays.

    Args:
        tau: [N, N, M] tariff factors of all.
        found: the equilibrium there.
        left: largest step in ln(1 + t) that the slopes still ask for.
        solves: equilibria computed.
    """

    tau: Array
    found: Equilibrium
    left: float
    solves: int


def optimal_tariffs(
    baseline: Baseline, start: Scenario, country: int, objective: Objective, *, guess: float = GUESS
) -> Optimum:
    """Tariffs of one country, one by exporter and sector, that maximise an outcome; others' stay as in `start`.

    L-BFGS on ln(1 + t), each tariff scaled by the root of its flow, with slopes by the adjoint; then the first-order
    conditions themselves, by Anderson mixing, so that tariffs on tiny flows are right too.

    Args:
        baseline: the base year.
        start: the others' tariffs, and the closure.
        country: who chooses.
        objective: equilibrium -> outcome.
        guess: rate that every tariff starts from.

    Raises:
        NotConverged: slopes remain.

    Source: Byrd, Lu, Nocedal, Zhu (1995), SIAM J. Sci. Comput. 16(5), doi:10.1137/0916069 (the first optimiser).
    """
    search = _Search(baseline, start, (country,), (objective,))
    # Outcomes have several local optima, some with prohibitive tariffs on a sector: climb, leap, climb again.
    best, x = _climb(search, np.full(search.size, np.log1p(guess)))
    for _ in range(LEAPS):
        further = _leap(search, best, x)
        if further is None:
            break
        best, x = _climb(search, further)
    return _finish(search, x, baseline.countries[country])


def nash_tariffs(baseline: Baseline, start: Scenario, objectives: tuple[Objective, ...]) -> Optimum:
    """Tariffs from which no country gains by moving alone: all first-order conditions at once.

    Args:
        baseline: the base year.
        start: the closure, and tariffs to start from (60 per cent where it has none).
        objectives: one a country.

    Raises:
        NotConverged: slopes remain.

    Source: Ossa (2014), section III, doi:10.1257/aer.104.12.4104.
    """
    n = len(baseline.countries)
    if len(objectives) != n:
        raise BadInput(f"{len(objectives)} objectives for {n} countries")
    search = _Search(baseline, start, tuple(range(n)), objectives)
    first = np.full(search.size, np.log1p(GUESS)) if start.tau is None else search.pick(start.tau)
    return _finish(search, first, "all countries")


def _climb(search: _Search, x: Array) -> tuple[float, Array]:
    """L-BFGS; a tariff that ends on a bound is put back inside once, and the better end is kept."""
    low, high = np.log1p(BOUNDS[0]), np.log1p(BOUNDS[1])
    scale = np.sqrt(search.weight)
    best, end = np.inf, x
    for _ in range(3):
        result = minimize(
            lambda y: search.value(y / scale, scale),
            end * scale,
            jac=True,
            method="L-BFGS-B",
            bounds=[(low * s, high * s) for s in scale],
            options={"maxcor": 30, "ftol": 1e-15, "gtol": 1e-7, "maxiter": 300, "maxfun": 600, "maxls": 30},
        )
        if result.fun >= best:
            break
        best, x = float(result.fun), result.x / scale
        held = (x <= low + 1e-9) | (x >= high - 1e-9)
        if not held.any():
            break
        end = np.where(held, np.median(x), x)
    return best, x


def _leap(search: _Search, best: float, x: Array) -> Array | None:
    """The same tariffs but prohibitive ones on each sector where that alone raises the outcome; None where none."""
    sector = search.where[0][1]
    high = np.log1p(BOUNDS[1]) - 0.01
    gains = []
    for s in np.unique(sector):
        trial = np.where(sector == s, high, x)
        if np.abs(trial - x).max() > 1.0 and search.level(trial) < best - 1e-9:
            gains.append(s)
    return np.where(np.isin(sector, gains), high, x) if gains else None


def _gather(search: _Search, x: Array) -> Array:
    """Tariffs that are far from where their slopes point, at the median of their sector's others.

    A first climb overshoots on tiny flows, and the slope of a flow that a tariff has killed no longer shows it the way.
    """
    loose = np.abs(search.goal(x) - x) > LOOSE
    gathered = x.copy()
    for label in np.unique(search.label[loose]):
        own = search.label == label
        if (firm := own & ~loose).any():
            gathered[own & loose] = np.median(x[firm])
    return gathered


def _finish(search: _Search, x: Array, who: str) -> Optimum:
    steps: list[tuple[float, Array]] = []
    low, high = np.log1p(BOUNDS[0]), np.log1p(BOUNDS[1])
    x = _gather(search, x)

    def polish(u: Array) -> tuple[Array, float]:
        inside = np.clip(u, low, high)
        goal = search.goal(inside)
        left = float(np.abs(goal - inside).max())
        steps.append((left, inside))
        astray = float(np.abs(u - inside).max()) > ASTRAY
        return goal, np.inf if astray else left

    solve_fixed_point(polish, x, tolerance=LEFT / 100, max_sweeps=POLISH, methods=("anderson",), memory=MEMORY)
    left, x = min(steps, key=lambda pair: pair[0])
    if left > LEFT:
        raise NotConverged(f"Optimal tariffs of {who}: a step of {left:.1e} is left", hint="Start nearer by")
    return Optimum(search.tau(x), search.at(x), left, search.solves)


class _Search:
    """Outcomes and slopes in the logs of the tariffs that some countries choose."""

    def __init__(
        self, baseline: Baseline, start: Scenario, players: tuple[int, ...], objectives: tuple[Objective, ...]
    ) -> None:
        self.baseline, self.players, self.objectives = baseline, players, objectives
        self.first = baseline.tau if start.tau is None else start.tau
        self.start = replace(start, tau=self.first)
        foreign = baseline.pi.copy()
        n = np.arange(len(baseline.countries))
        foreign[n, n] = 0.0
        self.where = [np.nonzero(foreign[:, k, :] > 0) for k in players]
        self.weight = self._weights(baseline.pi, baseline.spending)
        # Sector and player of each tariff.
        self.label = np.concatenate([p * len(baseline.theta) + place[1] for p, place in enumerate(self.where)])
        self.size, self.solves = len(self.weight), 0
        self.warm: Array | None = None

    def _weights(self, pi: Array, spending: Array) -> Array:
        """Curvature grows with the flow and its elasticity, as a share of what the importer spends."""
        total = spending.sum(1)
        parts = [
            (pi[:, k, :] * spending[k] * self.baseline.theta / total[k])[place]
            for k, place in zip(self.players, self.where, strict=True)
        ]
        return np.concatenate(parts)

    def tau(self, x: Array) -> Array:
        tau, at = self.first.copy(), 0
        for k, place in zip(self.players, self.where, strict=True):
            column = tau[:, k, :]
            column[place] = np.exp(x[at : at + len(place[0])])
            at += len(place[0])
        return tau

    def pick(self, tau: Array) -> Array:
        """The players' tariffs in logs."""
        columns = [tau[:, k, :][place] for k, place in zip(self.players, self.where, strict=True)]
        return np.log(np.concatenate(columns))

    def at(self, x: Array) -> Equilibrium:
        self.solves += 1
        shock = replace(self.start, tau=self.tau(x))
        found = solve(self.baseline, shock, tolerance=EQUILIBRIUM, start=self.warm)
        self.warm = found.state
        return found

    def slopes(self, found: Equilibrium, outcomes: list[Outcome]) -> Array:
        parts = []
        for k, place, outcome in zip(self.players, self.where, outcomes, strict=True):
            slope = sensitivity(found, outcome, tolerance=ADJOINT).tau * found.tau
            parts.append(slope[:, k, :][place])
        return np.concatenate(parts)

    def goal(self, x: Array) -> Array:
        """Where each tariff's slope points, a leash away at the most and within the bounds."""
        aim: Array = np.clip(x + np.clip(self.wish(x), -LEASH, LEASH), *np.log1p(BOUNDS))
        return aim

    def wish(self, x: Array) -> Array:
        """The step in ln(1 + t) that each slope asks for, were each tariff alone."""
        found = self.at(x)
        slopes = self.slopes(found, [objective(found) for objective in self.objectives])
        # By the flows at x, not at the start: a prohibitive tariff leaves a slope as small as its flow.
        step: Array = slopes / self._weights(found.pi, found.X)
        return step

    def level(self, x: Array) -> float:
        """Minus the outcome, without slopes; a wall where there is no equilibrium."""
        try:
            return -self.objectives[0](self.at(x)).value
        except (NotConverged, Refused):
            return np.inf

    def value(self, x: Array, scale: Array) -> tuple[float, Array]:
        try:
            found = self.at(x)
        except (NotConverged, Refused):  # a step of the line search too far: turn back
            return WALL, np.zeros(self.size)
        outcome = self.objectives[0](found)
        return -outcome.value, -self.slopes(found, [outcome]) / scale
