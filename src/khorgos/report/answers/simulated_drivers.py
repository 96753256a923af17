"""What drives a simulation's result: each assumption moved alone, for the economies on top."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from khorgos.models.drivers import SPREAD, Driver
from khorgos.nomenclature.areas import get
from khorgos.report.answer import Answer
from khorgos.report.answers.simulated import Run
from khorgos.report.view import Column, View

#: Causes shown of each economy, the largest swings; chosen because the rest moves a result by less than a reader sees.
LARGEST = 8

_WORDS = {
    "elasticity": "elasticity, {name}",
    "transfers": "transfers: {name}",
    "measure": "without {name}",
    "range": "range of {name}",
    "world": "world: {name}",
}


def driven(run: Run, found: Sequence[Driver]) -> Answer:
    """The result of each chosen economy with each assumption moved, the largest swing first.

    Args:
        run: the scenario and its equilibria.
        found: from `models.drivers`.
    """
    base = run.found.prepared.baseline
    rows: list[dict[str, Any]] = []
    for name in run.chosen:
        k = base.index(name)
        for one in sorted(found, key=lambda d: (-float(d.swing[k]), d.kind, d.name))[:LARGEST]:
            low, high = sorted((float(one.low[k]), float(one.high[k])))
            rows.append(
                {
                    "economy": get(name).name,
                    "id": name,
                    "cause": _WORDS[one.kind].format(name=one.name),
                    "kind": one.kind,
                    "central": float(run.found.welfare["real_expenditure"][k]),
                    "values": " … ".join(one.values),
                    "low": low,
                    "high": high,
                    "swing": high - low,
                }
            )
    rate = partial(Column, kind="percent", unit="percent change", decimals=2)
    view = View(
        title=f"What drives the result: {run.scenario.title}",
        subtitle=f"change of real expenditure in per cent; {run.against}",
        columns=(
            Column("economy", "Economy"),
            Column("cause", "Moved alone"),
            Column("values", "From … to"),
            rate("low", "Low"),
            rate("central", "Central"),
            rate("high", "High"),
            Column("swing", "Swing", "points", "percentage points", 2),
        ),
        rows=tuple(rows),
        notes=(
            f"Each assumption is moved alone and the scenario solved again: elasticities by {SPREAD} standard errors"
            " either way, the other two closures of transfers, each measure left out or at the ends of its range, and"
            " the other world.",
            f"The {LARGEST} largest swings of each economy. They do not add up: the model is not linear.",
        ),
        sources=run.sources,
    )
    return Answer(view)
