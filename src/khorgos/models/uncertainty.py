"""Draws over elasticities and data: intervals, seeds, failures counted, variance by cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np

from khorgos.core.errors import BadInput, NotConverged, Refused
from khorgos.models.arrays import Array
from khorgos.models.baseline import Baseline
from khorgos.models.equilibrium import Equilibrium, solve
from khorgos.models.scenario import Scenario

#: A cause: how one draw of it changes the baseline; `models.causes` has some.
Cause = Callable[[Baseline, np.random.Generator], Baseline]
Progress = Callable[[int, int], None]

#: Drawn elasticities stay above this: sigma must exceed one.
LEAST_THETA = 0.1
#: Batches a process: enough that none waits long for the last, few enough that sending worlds costs little.
BATCHES = 4


@dataclass(frozen=True, eq=False)
class Draws:
    """Outcomes of many draws.

    Args:
        values: [draws that solved, outcomes].
        seed: of the whole.
        failures: (draw number, reason) of those that did not solve; never dropped in silence.
        shares: cause -> [outcomes] share of the variance, each cause drawn alone; empty where not asked for.
        alone: cause -> how many of its own draws did not solve; those are not in its variance.
    """

    values: Array
    seed: int
    failures: tuple[tuple[int, str], ...]
    shares: Mapping[str, Array]
    alone: Mapping[str, int] = field(default_factory=dict)

    def interval(self, level: float = 0.9) -> tuple[Array, Array]:
        """The central interval of each outcome.

        Args:
            level: its probability.
        """
        tail = (1.0 - level) / 2
        low, high = np.quantile(self.values, (tail, 1.0 - tail), axis=0)
        return low, high


def draws(
    baseline: Baseline,
    scenario: Scenario,
    causes: Mapping[str, Cause],
    outcome: Callable[[Equilibrium, Equilibrium], Array],
    *,
    n: int,
    seed: int,
    workers: int = 1,
    by_cause: bool = False,
    progress: Progress | None = None,
) -> Draws:
    """Solve the scenario in `n` worlds.

    Every draw compares the scenario with its own world without it, because a drawn baseline need not be at rest.

    Args:
        baseline: the base year.
        scenario: the shock.
        causes: what is uncertain, by name; applied in this order.
        outcome: (without, with) -> [outcomes].
        n: number of draws.
        seed: draw k of cause c uses the generator seeded by (seed, k, its name), whatever the other causes.
        workers: processes; threads would wait for each other between the many small steps of a sweep.
        by_cause: draw each cause alone too, for the shares of variance.
        progress: called with (done, of).

    Raises:
        BadInput: no draws or no causes.
        NotConverged: no draw solved.
    """
    if n < 1 or not causes:
        raise BadInput("Give at least one draw and one cause")
    names = tuple(causes)
    plans = [names, *[(name,) for name in names if by_cause]]

    def one(job: tuple[tuple[str, ...], int]) -> Array | str:
        plan, k = job
        world = baseline
        try:
            for name in plan:
                world = causes[name](world, np.random.default_rng([seed, k, crc32(name.encode())]))
            rest = Scenario(None, None, scenario.deficits, scenario.deficit, scenario.revenue, scenario.numeraire)
            return np.atleast_1d(outcome(solve(world, rest), solve(world, scenario)))
        except (NotConverged, Refused) as reason:
            return str(reason)

    found: list[Array | str] = []
    for result in _each(one, [(plan, k) for plan in plans for k in range(n)], workers):
        found.append(result)
        if progress is not None:
            progress(len(found), n * len(plans))
    main = found[:n]
    values = [v for v in main if not isinstance(v, str)]
    if not values:
        raise NotConverged(f"None of {n} draws solved; the first says: {main[0]}")
    failures = tuple((k, v) for k, v in enumerate(main) if isinstance(v, str))
    each = {
        name: [v for v in found[(k + 1) * n : (k + 2) * n] if not isinstance(v, str)] for k, name in enumerate(names)
    }
    if not by_cause:
        return Draws(np.array(values), seed, failures, {})
    return Draws(np.array(values), seed, failures, _shares(each), {name: n - len(some) for name, some in each.items()})


_Job = tuple[tuple[str, ...], int]


def _each(one: Callable[[_Job], Array | str], jobs: Sequence[_Job], workers: int) -> Iterator[Array | str]:
    """What each job gives, in their order; in so many processes, each of which is sent the world once a batch."""
    if workers == 1:
        yield from map(one, jobs)
        return
    from joblib import Parallel, delayed  # here, because it takes a tenth of a second that one worker need not wait

    size = -(-len(jobs) // (BATCHES * workers))
    batches = [jobs[start : start + size] for start in range(0, len(jobs), size)]
    for some in Parallel(workers, return_as="generator")(delayed(_all)(one, batch) for batch in batches):
        yield from some


def _all(one: Callable[[_Job], Array | str], jobs: Sequence[_Job]) -> list[Array | str]:
    return [one(job) for job in jobs]


def _shares(each: Mapping[str, Sequence[Array]]) -> dict[str, Array]:
    variances = {}
    for name, values in each.items():
        if not values:
            raise NotConverged(f"No draw of {name} alone solved")
        variances[name] = np.array(values).var(axis=0)
    total = sum(variances.values(), np.zeros(1))
    return {name: np.divide(v, total, out=np.zeros_like(v), where=total > 0) for name, v in variances.items()}
