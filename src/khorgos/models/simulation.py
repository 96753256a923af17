"""A shock to an embedded world: before, after, what partial equilibrium says of it, and draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from khorgos.ledger.worlds import Marks
from khorgos.models.arrays import Array
from khorgos.models.beside import Beside, beside
from khorgos.models.equilibrium import Equilibrium, rebase, solve
from khorgos.models.scenario import Closure, scenario
from khorgos.models.uncertainty import Cause, Draws, Progress, draws
from khorgos.models.welfare import acr, first_order, real_expenditure
from khorgos.models.worlds import Imputed, Prepared, imputed

#: The explicit per cent sign of a scenario has ruled out a slip of units.
CEILING = 10.0


@dataclass(frozen=True, eq=False)
class Shock:
    """Tariffs and costs, [exporter, importer, sector].

    Args:
        tariffs: rates after the change.
        in_force: rates in the world that the outcome is compared with.
        d_hat: iceberg costs, new over old; None for no change.
        deficits: how transfers close the world.
    """

    tariffs: Array
    in_force: Array
    d_hat: Array | None = None
    deficits: Closure = "share"

    @property
    def hit(self) -> Marks:
        """[N, N] which pairs the shock touches directly."""
        moved = self.tariffs != self.in_force
        hit: Marks = (moved if self.d_hat is None else moved | (self.d_hat != 1.0)).any(2)
        return hit

    @property
    def levied(self) -> Marks:
        """[N] which importers change a tariff."""
        levied: Marks = (self.tariffs != self.in_force).any((0, 2))
        return levied


@dataclass(frozen=True, eq=False)
class Simulated:
    """Two equilibria of a world and their difference. Changes are in per cent, money in USD.

    Args:
        prepared: the world.
        shock: what changed.
        before: the equilibrium compared with.
        after: the counterfactual.
        partial: GSIM and SMART; None where costs change, which they do not know, or where they were not asked for.
    """

    prepared: Prepared
    shock: Shock
    before: Equilibrium
    after: Equilibrium
    partial: Beside | None

    @cached_property
    def welfare(self) -> dict[str, Array]:
        """[N] by named measure: real expenditure (exact), first order, ACR."""
        return {
            "real_expenditure": 100 * (real_expenditure(self.after, self.before) - 1.0),
            "first_order": 100 * first_order(self.after, self.before).total,
            "acr": 100 * (acr(self.after, self.before) - 1.0),
        }

    @cached_property
    def prices(self) -> Array:
        """[N] consumer prices, in units of world output."""
        change: Array = 100 * (self.after.price_index / self.before.price_index - 1.0)
        return change

    @cached_property
    def revenue(self) -> Array:
        """[N] change of tariff revenue."""
        levies = (self.shock.tariffs != 0).any((0, 2)) | (self.shock.in_force != 0).any((0, 2))
        change: Array = np.where(levies, self.after.revenue - self.before.revenue, 0.0)  # the rest is rounding
        return change

    @cached_property
    def flows(self) -> tuple[Array, Array]:
        """[N, N, S] trade before and after, net of tariffs."""
        return self.before.trade, self.after.trade

    @cached_property
    def imputed(self) -> Imputed:
        """How much rests on imputation."""
        return imputed(self.prepared)

    @cached_property
    def exports(self) -> Array:
        """[N] change of exports."""
        return _abroad(*self.flows, axis=1)

    @cached_property
    def imports(self) -> Array:
        """[N] change of imports."""
        return _abroad(*self.flows, axis=0)


def _abroad(before: Array, after: Array, *, axis: int) -> Array:
    home = np.arange(len(before))
    totals = [flows.sum(2) for flows in (before, after)]
    old, new = (total.sum(axis) - total[home, home] for total in totals)
    change: Array = 100 * (np.divide(new, old, out=np.ones_like(new), where=old > 0) - 1.0)
    return change


def simulate(prepared: Prepared, shock: Shock, *, partial: bool = True) -> Simulated:
    """Solve a world with the tariffs in force and with those of the scenario.

    Args:
        prepared: the world.
        shock: what changes.
        partial: solve GSIM and SMART for the same tariffs too.

    Raises:
        BadInput: tariffs that cannot be right.
        NotConverged, Refused: no equilibrium was found.
    """
    base = prepared.baseline
    before = solve(base, scenario(base, tariffs=shock.in_force, deficits=shock.deficits, ceiling=CEILING))
    after = solve(
        base,
        scenario(base, tariffs=shock.tariffs, d_hat=shock.d_hat, deficits=shock.deficits, ceiling=CEILING),
    )
    told = beside(before, shock.tariffs, shock.in_force) if partial and shock.d_hat is None else None
    return Simulated(prepared, shock, before, after, told)


def intervals(
    simulated: Simulated,
    pairs: Sequence[tuple[int, int]],
    causes: Mapping[str, Cause],
    *,
    n: int,
    seed: int,
    workers: int = 1,
    progress: Progress | None = None,
) -> Draws:
    """Solve in many worlds: real expenditure of all countries, then trade after of `pairs`.

    Args:
        simulated: the central case.
        pairs: (exporter, importer) positions.
        causes: what is uncertain, as from `named_causes`.
        n: draws.
        seed: of the whole.
        workers: processes.
        progress: called with (done, of).

    Returns:
        Outcomes: [N] real expenditure in per cent, then one flow a pair in USD; shares of variance by cause.

    Raises:
        NotConverged: no draw solved.
    """
    base = simulated.prepared.baseline
    out, into = [i for i, _ in pairs], [j for _, j in pairs]

    def outcome(rest: Equilibrium, shocked: Equilibrium) -> Array:
        gain = 100 * (real_expenditure(shocked, rest) - 1.0)
        return np.concatenate((gain, shocked.trade[out, into].sum(1)))

    start = rebase(simulated.before) if simulated.shock.in_force.any() else base
    shocked = simulated.after.scenario
    return draws(start, shocked, causes, outcome, n=n, seed=seed, workers=workers, by_cause=True, progress=progress)
