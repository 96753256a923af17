"""Solve a scenario: baseline and shock in, a frozen equilibrium out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from khorgos.core.errors import BadInput, NotConverged, Refused
from khorgos.models.aggregate import Aggregate, worthwhile
from khorgos.models.arrays import Array
from khorgos.models.baseline import Baseline
from khorgos.models.fixed_point import Lift, Solution, solve_fixed_point
from khorgos.models.scenario import Scenario
from khorgos.models.sweep import Kernel, Point, ready

#: Residuals are largest log gaps: 1e-10 is a hundredth of a millionth of a per cent.
TOLERANCE = 1e-10
#: Each method may use this many sweeps: chosen as ten times what the published cases need.
MAX_SWEEPS = 600
METHODS = ("anderson", "sweep", "newton")


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A counterfactual world, in the scenario's numeraire. Hats are new over old.

    Args:
        kernel: the baseline and the scenario, made ready.
        at: all values at the solution.
        method: which method reached the tolerance.
        sweeps: evaluations of the map.
        residual: largest log gap of any market, price, budget or labour supply.
        unit: price of the numeraire where world output keeps its value.
    """

    kernel: Kernel
    at: Point
    method: str
    sweeps: int
    residual: float
    unit: float
    state: Array

    def __post_init__(self) -> None:
        if not self.walras < 1e-6:  # the residual bounds it; far above rounding, so only a broken model trips it
            raise NotConverged(f"Walras's law fails by {self.walras:.2e} of world output")

    @property
    def baseline(self) -> Baseline:
        """The base year."""
        return self.kernel.baseline

    @property
    def scenario(self) -> Scenario:
        """The shock."""
        return self.kernel.scenario

    @cached_property
    def w_hat(self) -> Array:
        """[N] wages."""
        return np.exp(self.at.lw) / self.unit

    @cached_property
    def L_hat(self) -> Array:  # noqa: N802
        """[N] employment."""
        return np.exp(self.at.ll)

    @cached_property
    def P_hat(self) -> Array:  # noqa: N802
        """[N, M] prices of the markets."""
        return np.exp(self.at.lP) / self.unit

    @cached_property
    def c_hat(self) -> Array:
        """[N, S] cost of the input bundles."""
        return np.exp(self.at.lc) / self.unit

    @cached_property
    def price_index(self) -> Array:
        """[N] price of final consumption, P_i = prod_m P_im^alpha_im."""
        index: Array = np.exp((self.baseline.alpha * self.at.lP).sum(1)) / self.unit
        return index

    @cached_property
    def X(self) -> Array:  # noqa: N802
        """[N, M] spending including tariffs, in the base year's currency."""
        return self.at.X / self.unit

    @cached_property
    def income(self) -> Array:
        """[N] final expenditure: factor income, profit, tariff revenue and transfer."""
        return self.at.I / self.unit

    @cached_property
    def value_added(self) -> Array:
        """[N] factor income w L Y0."""
        return self.at.Y / self.unit

    @cached_property
    def revenue(self) -> Array:
        """[N] tariff revenue."""
        return self.at.R / self.unit

    @cached_property
    def sales(self) -> Array:
        """[N, S] gross output at producers' prices (after margins of distribution abroad)."""
        return self.at.V / self.kernel.keep / self.unit

    @cached_property
    def pi(self) -> Array:
        """[N, N, M] spending shares."""
        by_market = self.kernel.A * (self.at.a[:, None, :] / self.at.Phi[:, :, None])
        return by_market.transpose(2, 1, 0)

    @cached_property
    def trade(self) -> Array:
        """[N, N, M] flows net of tariffs."""
        by_market = self.kernel.B * (self.at.a[:, None, :] * (self.at.g / self.unit)[:, :, None])
        return by_market.transpose(2, 1, 0)

    @cached_property
    def tau(self) -> Array:
        """[N, N, M] tariff factors in force."""
        return self.baseline.tau if self.scenario.tau is None else self.scenario.tau

    @property
    def walras(self) -> float:
        """Sum of excess demands for factors over world output; zero by Walras's law."""
        return float(abs((self.at.F - self.at.Y).sum()) / self.kernel.world)


def solve(
    baseline: Baseline,
    scenario: Scenario,
    *,
    tolerance: float = TOLERANCE,
    max_sweeps: int = MAX_SWEEPS,
    methods: tuple[str, ...] = METHODS,
    start: Array | None = None,
) -> Equilibrium:
    """The equilibrium of `scenario` from `baseline`, by exact hat algebra.

    Anderson mixing first; then plain sweeps; then Newton-Krylov; then the shock in steps of a quarter.

    Args:
        baseline: the base year.
        scenario: the shock.
        tolerance: on the largest log gap.
        max_sweeps: for each method.
        methods: which to try, in order.
        start: the `state` of a nearby equilibrium of the same baseline.

    Raises:
        NotConverged: the tolerance was not reached.
        Refused: no equilibrium with positive incomes (a transfer exceeds income).

    Source: Dekle, Eaton, Kortum (2008), doi:10.1057/imfsp.2008.17; Caliendo, Parro (2015), doi:10.1093/restud/rdu035.
    """
    kernel = ready(baseline, scenario)
    first = kernel.start() if start is None else start
    if first.shape != (kernel.layout[-1].stop,):
        raise BadInput("The starting state belongs to another baseline")
    with np.errstate(all="ignore"):  # a wild trial step is caught by its residual, not by a warning
        found, at = _run(kernel, first, tolerance, max_sweeps, methods)
        if found.residual > tolerance:
            found = _in_steps(kernel, first, tolerance, max_sweeps, methods)
            at = kernel.point(found.u)
    poorest = kernel.poorest
    if at.clipped or (found.residual > tolerance and poorest is not None):
        raise Refused(
            "No equilibrium with positive incomes was found",
            where=None if poorest is None else baseline.countries[poorest],
            hint="Its transfer abroad exceeds its income: try deficits='balanced'",
        )
    if found.residual > tolerance:
        raise NotConverged(
            f"No equilibrium within {tolerance:.0e}: the best residual was {found.residual:.2e}"
            f" after {found.sweeps} sweeps",
            where=", ".join(methods),
            hint="Approach the shock in steps, or look for countries without domestic sales",
        )
    unit = kernel.numeraire(at.lw, at.lP)
    return Equilibrium(kernel, at, found.method, found.sweeps, found.residual, unit, found.u)


def _run(
    kernel: Kernel, start: Array, tolerance: float, max_sweeps: int, methods: tuple[str, ...]
) -> tuple[Solution, Point]:
    latest = (start, kernel.point(start))

    def step(u: Array) -> tuple[Array, float]:
        nonlocal latest
        if u is not latest[0]:
            latest = (u, kernel.point(u))
        return kernel.advance(*latest)

    def lift() -> Lift | None:
        summed = Aggregate(kernel, latest[1], single=True)
        return summed.lift if summed.sound else None

    found = solve_fixed_point(
        step,
        start,
        tolerance=tolerance,
        max_sweeps=max_sweeps,
        methods=methods,
        lift=lift if worthwhile(kernel) else None,
    )
    return found, latest[1] if found.u is latest[0] else kernel.point(found.u)


def _in_steps(kernel: Kernel, start: Array, tolerance: float, max_sweeps: int, methods: tuple[str, ...]) -> Solution:
    """Continuation: a quarter of the (log) shock at a time, each solved from the one before."""
    base, shock = kernel.baseline, kernel.scenario
    u, sweeps = start, 0
    for part in (0.25, 0.5, 0.75, 1.0):
        tau = None if shock.tau is None else base.tau * (shock.tau / base.tau) ** part
        d_hat = None if shock.d_hat is None else shock.d_hat**part
        target = base.deficit if shock.deficit is None else shock.deficit
        transfer = base.deficit + part * (target - base.deficit)
        step = Scenario(tau, d_hat, shock.deficits, transfer, shock.revenue, shock.numeraire)
        found = _run(Kernel(base, step), u, tolerance, max_sweeps, methods)[0]
        u, sweeps = found.u, sweeps + found.sweeps
        if found.residual > tolerance:
            break
    return Solution(u, f"{found.method} in steps", sweeps, found.residual)


def rebase(found: Equilibrium) -> Baseline:
    """The equilibrium as the base year of a next step, in its numeraire.

    Args:
        found: an equilibrium whose tariff revenue is rebated lump-sum (tax relief has no memory of the base year's).

    Raises:
        BadInput: the equilibrium rests on tax relief.
    """
    if found.scenario.revenue != "lump-sum":
        raise BadInput("Tax relief is measured from the base year", hint="Rebase a lump-sum equilibrium")
    at, unit = found.at, found.unit
    return found.baseline.with_(
        pi=found.pi,
        tau=found.tau,
        spending=found.X,
        value_added=found.value_added,
        deficit=found.kernel.T * at.scale / unit,
    )
