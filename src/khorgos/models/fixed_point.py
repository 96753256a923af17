"""Fixed points u = G(u): safeguarded Anderson mixing, plain iteration, Newton-Krylov; the fastest first."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.linalg.lapack import dgesv

from khorgos.models.arrays import Array
from khorgos.models.krylov import gmres

Map = Callable[[Array], tuple[Array, float]]
#: A step of the map to a better one.
Lift = Callable[[Array], Array]

#: Anderson's memory: chosen because 10 needs the fewest sweeps on NAFTA and ILMS; 5 and 20 differ by under a tenth.
MEMORY = 10
#: Ridge on Gram matrices of unit diagonal: about the rounding error, so that they always have an inverse.
RANK = 1e-14
#: A residual above the best by this factor starts the memory afresh.
BLOW_UP = 1e3
#: The sweep at whose point a lift is made: chosen because two bring a world that is out of equilibrium near enough.
LIFT_AT = 3
#: It is made anew after so many sweeps, and dropped after three times as many: chosen above what published cases need,
#: and because a world war of 1,000 per cent, which takes 1,300 sweeps without a lift, then takes 60 to 75.
LIFT_AGAIN = 30
LIFT_UNTIL = 3 * LIFT_AGAIN


@dataclass(frozen=True, slots=True)
class Solution:
    """Where an iteration ended.

    Args:
        u: the state.
        method: which method reached the tolerance.
        sweeps: how often the map was evaluated, all methods together.
        residual: the residual of the map at u.
    """

    u: Array
    method: str
    sweeps: int
    residual: float


def solve_fixed_point(
    step: Map,
    start: Array,
    *,
    tolerance: float,
    max_sweeps: int,
    methods: tuple[str, ...],
    memory: int = MEMORY,
    lift: Callable[[], Lift | None] | None = None,
) -> Solution:
    """Try the methods in turn; each starts where the best of those before it ended.

    Args:
        step: u -> (G(u), residual).
        start: the first state.
        tolerance: on the residual.
        max_sweeps: for each method.
        methods: of "anderson", "sweep", "newton".
        memory: secants that Anderson keeps.
        lift: makes what improves Anderson's steps, at the point that was swept last.

    Returns:
        Where the first method ended that reached the tolerance, or the best end of all: compare its residual.

    Source: Walker, Ni (2011), SIAM J. Numer. Anal. 49(4), algorithm AA, doi:10.1137/10078356X.
    """
    runners: dict[str, Callable[[Map, Array, float, int], tuple[Array, int, float]]] = {
        "anderson": partial(_anderson, size=memory, make=lift),
        "sweep": _plain,
        "newton": _newton,
    }
    sweeps, best, u = 0, np.inf, start
    for name in methods:
        end, used, residual = runners[name](step, u, tolerance, max_sweeps)
        sweeps += used
        if residual <= tolerance:
            return Solution(end, name, sweeps, residual)
        if residual < best:
            u, best = end, residual
    return Solution(u, methods[-1], sweeps, best)


def _anderson(
    step: Map, start: Array, tolerance: float, max_sweeps: int, *, size: int, make: Callable[[], Lift | None] | None
) -> tuple[Array, int, float]:
    """With the lift where there is one; should that go astray, from the start without it."""
    lost = 0
    if make is not None:
        u, lost, residual = _mix(step, start, tolerance, min(LIFT_UNTIL, max_sweeps), size=size, make=make)
        if residual <= tolerance:
            return u, lost, residual
    u, sweeps, residual = _mix(step, start, tolerance, max_sweeps, size=size, make=None)
    return u, lost + sweeps, residual


def _mix(
    step: Map, start: Array, tolerance: float, max_sweeps: int, *, size: int, make: Callable[[], Lift | None] | None
) -> tuple[Array, int, float]:
    memory, lift = _Memory(start.size, size), None
    u, best_u, best, mixing = start, start, np.inf, 1.0
    for sweep in range(1, max_sweeps + 1):
        g, residual = step(u)
        if residual <= tolerance:
            return u, sweep, residual
        if not np.isfinite(residual) or residual > BLOW_UP * best:
            mixing *= 0.5
            memory.forget()
            if mixing < 1e-3 or lift is not None:
                break
            u = best_u + mixing * (memory.at_best - best_u)
            continue
        if residual < best:
            best, best_u, memory.at_best = residual, u, g
        if make is not None and (sweep == LIFT_AT or sweep % LIFT_AGAIN == 0):
            lift = make()
        f = g - u
        u = memory.next(u, f if lift is None else lift(f), mixing)
    return best_u, sweep, best


class _Memory:
    """The last secants of u and of f = G(u) - u, the latter of length one, and their Gram matrix."""

    def __init__(self, size: int, slots: int) -> None:
        self.slots = slots
        self.steps, self.secants = np.empty((slots, size)), np.empty((slots, size))
        self.gram = np.zeros((slots, slots))
        self.at_best = np.empty(0)
        self.forget()

    def forget(self) -> None:
        self.kept, self.last = 0, None

    last: tuple[Array, Array] | None

    def next(self, u: Array, f: Array, mixing: float) -> Array:
        mixed = u + f if mixing == 1.0 else u + mixing * f
        if self.last is None:
            self.last = (mixed, f)
            return mixed
        row = self.kept % self.slots
        secant, step = self.secants[row], self.steps[row]
        np.subtract(f, self.last[1], out=secant)
        np.subtract(mixed, self.last[0], out=step)
        self.last = (mixed, f)
        if (length := math.sqrt(secant @ secant)) > 0.0:
            secant /= length
            step /= length
        self.kept += 1
        h = min(self.kept, self.slots)
        known = self.secants[:h]
        self.gram[row, :h] = self.gram[:h, row] = known @ secant
        self.gram[row, row] += RANK
        weights = dgesv(self.gram[:h, :h], known @ f)[2]
        result: Array = mixed - weights @ self.steps[:h]
        return result


def _plain(step: Map, start: Array, tolerance: float, max_sweeps: int) -> tuple[Array, int, float]:
    u, best_u, best, damping = start, start, np.inf, 1.0
    for sweep in range(1, max_sweeps + 1):
        g, residual = step(u)
        if residual <= tolerance:
            return u, sweep, residual
        if not np.isfinite(residual) or residual > 10 * best:
            damping, u = damping / 2, best_u
            if damping < 1e-3:
                break
            g = step(u)[0]
        elif residual < best:
            best, best_u = residual, u
        u = u + damping * (g - u)
    return best_u, sweep, best


def _newton(step: Map, start: Array, tolerance: float, max_sweeps: int) -> tuple[Array, int, float]:
    """Inexact Newton with GMRES on differences of the map, and halving."""
    counter = [0]

    def gap(v: Array) -> tuple[Array, float]:
        counter[0] += 1
        g, residual = step(v)
        return v - g, residual

    u = start
    f, residual = gap(u)
    while residual > tolerance and counter[0] < max_sweeps:
        direction = _krylov(gap, u, f)
        length = 1.0
        while length > 1e-4:
            trial, trial_residual = gap(u + length * direction)
            if np.isfinite(trial_residual) and np.linalg.norm(trial) < np.linalg.norm(f):
                break
            length /= 2
        else:
            break
        u, f, residual = u + length * direction, trial, trial_residual
    return u, counter[0], residual


def _krylov(gap: Callable[[Array], tuple[Array, float]], u: Array, f: Array) -> Array:
    def along(v: Array) -> Array:
        size = 1e-7 * (1.0 + float(np.abs(u).max())) / max(float(np.abs(v).max()), 1e-300)
        return (gap(u + size * v)[0] - f) / size

    return gmres(along, -f, tolerance=1e-3, steps=min(60, u.size))[0]
