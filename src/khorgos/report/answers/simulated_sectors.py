"""The shocked pairs of a simulation, sector by sector."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from khorgos.nomenclature.areas import get
from khorgos.report.answer import Answer
from khorgos.report.answers.simulated import Run, change
from khorgos.report.view import Column, View


def by_sector(run: Run, pairs: Sequence[tuple[int, int]]) -> Answer:
    """Tariffs and trade by partner and sector, before and after.

    Args:
        run: the scenario and its equilibria.
        pairs: positions of exporter and importer.
    """
    found, base = run.found, run.found.prepared.baseline
    before, after = found.flows
    beside = None if found.partial is None else found.partial.trade
    rows = []
    for i, j in pairs:
        for s, sector in enumerate(base.sectors):
            if before[i, j, s] <= 0:
                continue
            d_hat = 1.0 if found.shock.d_hat is None else float(found.shock.d_hat[i, j, s])
            rows.append(
                {
                    "exporter": get(base.countries[i]).name,
                    "importer": get(base.countries[j]).name,
                    "sector": sector,
                    "tariff_before": 100 * float(found.shock.in_force[i, j, s]),
                    "tariff_after": 100 * float(found.shock.tariffs[i, j, s]),
                    "cost": 100 * (d_hat - 1.0),
                    "before": float(before[i, j, s]),
                    "after": float(after[i, j, s]),
                    "change": change(before[i, j, s], after[i, j, s]),
                    "partial": None if beside is None else change(before[i, j, s], beside[i, j, s]),
                }
            )
    money = partial(Column, kind="money", unit="USD")
    level = partial(Column, kind="percent", unit="percent")
    rate = partial(Column, kind="percent", unit="percent change")
    view = View(
        title=f"Trade by partner and sector: {run.scenario.title}",
        subtitle=f"USD {{scale}} a year; new tariffs and changes of trade costs in per cent; {run.against}",
        columns=(
            Column("exporter", "Exporter"),
            Column("importer", "Importer"),
            Column("sector", "Sector"),
            *((level("tariff_before", "Tariff"),) if found.shock.in_force.any() else ()),
            level("tariff_after", "New tariff"),
            *((rate("cost", "Cost"),) if found.shock.d_hat is not None else ()),
            money("before", "Before"),
            money("after", "After"),
            rate("change", "Change"),
            *((rate("partial", "GSIM"),) if beside is not None else ()),
        ),
        rows=tuple(rows),
        notes=("Tariffs are those of the scenario, on top of what the base year had.",),
        sources=run.sources,
    )
    return Answer(view)
