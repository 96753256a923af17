"""Partial and general equilibrium of one shock, side by side: who gains, and whose trade goes where."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from khorgos.core.errors import NoData
from khorgos.models.beside import DEMAND, SUPPLY, Beside
from khorgos.nomenclature.areas import get
from khorgos.report.answer import Answer
from khorgos.report.answers.simulated import Run, change, shown
from khorgos.report.view import Column, View

_METHOD = (
    "General equilibrium: exact hat algebra; wages, incomes and prices clear all markets, and revenue is spent.",
    f"GSIM (Francois and Hall 2003): each sector's world market alone; demand {DEMAND}, supply {SUPPLY} as in the"
    " paper's example, substitution theta + 1; incomes do not move.",
    f"SMART (Laird and Yeats 1986; here with constant elasticities): one importer at given world prices, home goods"
    f" left out; demand {DEMAND}, substitution theta + 1.",
)


def partial_welfare(run: Run, top: int) -> Answer:
    """Gains in dollars by economy, as three models have them.

    Args:
        run: the scenario and its equilibria.
        top: how many economies besides the chosen; 0 for all.

    Raises:
        NoData: partial equilibrium was not solved.
    """
    found = run.found
    beside = _beside(run)
    rows: list[dict[str, Any]] = []
    for k, name in enumerate(found.prepared.world.countries):
        income, gain = float(found.before.income[k]), float(found.welfare["real_expenditure"][k])
        rows.append(
            {
                "economy": get(name).name,
                "id": name,
                "real_expenditure": gain,
                "general": income * gain / 100.0,
                "gsim": float(beside.welfare[k]),
                "producer": float(beside.producer[k]),
                "consumer": float(beside.consumer[k]),
                "gsim_share": 100.0 * float(beside.welfare[k]) / income,
                "smart": float(beside.smart_welfare[k]) if found.shock.levied[k] else None,
            }
        )
    kept, left = shown(rows, run.chosen, top)
    money = partial(Column, kind="money", unit="USD")
    rate = partial(Column, kind="percent", unit="percent change", decimals=2)
    view = View(
        title=f"Partial and general equilibrium side by side: {run.scenario.title}",
        subtitle=f"gains in per cent of spending, then in USD {{scale}} a year; {run.against}",
        columns=(
            Column("economy", "Economy"),
            rate("real_expenditure", "General"),
            rate("gsim_share", "GSIM"),
            money("general", "General"),
            money("gsim", "GSIM"),
            money("producer", "Producers"),
            money("consumer", "Buyers"),
            money("smart", "SMART"),
        ),
        rows=tuple(kept),
        notes=(
            *((f"{left} more economies: --top 0.",) if left else ()),
            *_METHOD,
            "General in dollars: the change of real expenditure times the income compared with (equivalent variation)."
            " GSIM is the sum of producers, buyers and revenue, which makes the rest."
            " They answer different questions and need not agree.",
        ),
        sources=run.sources,
    )
    return Answer(view)


def partial_trade(run: Run, pairs: Sequence[tuple[int, int]]) -> Answer:
    """Changes of trade by pair, as three models have them.

    Args:
        run: the scenario and its equilibria.
        pairs: positions of exporter and importer.

    Raises:
        NoData: partial equilibrium was not solved.
    """
    found, base = run.found, run.found.prepared.baseline
    beside = _beside(run)
    before, after, world, alone = (t.sum(2) for t in (*found.flows, beside.trade, beside.smart_trade))
    created, diverted = beside.creation.sum(2), beside.diversion.sum(2)
    rows = []
    for i, j in pairs:
        levies = bool(found.shock.levied[j])
        rows.append(
            {
                "exporter": get(base.countries[i]).name,
                "importer": get(base.countries[j]).name,
                "exporter_id": base.countries[i],
                "importer_id": base.countries[j],
                "before": float(before[i, j]),
                "general": change(before[i, j], after[i, j]),
                "gsim": change(before[i, j], world[i, j]),
                "smart": change(before[i, j], alone[i, j]) if levies else None,
                "creation": float(created[i, j]) if levies else None,
                "diversion": float(diverted[i, j]) if levies else None,
            }
        )
    money = partial(Column, kind="money", unit="USD")
    rate = partial(Column, kind="percent", unit="percent change")
    view = View(
        title=f"Trade in partial and general equilibrium: {run.scenario.title}",
        subtitle=f"USD {{scale}} a year and changes in per cent; {run.against}",
        columns=(
            Column("exporter", "Exporter"),
            Column("importer", "Importer"),
            money("before", "Before"),
            rate("general", "General"),
            rate("gsim", "GSIM"),
            rate("smart", "SMART"),
            money("creation", "Created"),
            money("diversion", "Diverted"),
        ),
        rows=tuple(rows),
        notes=(
            *_METHOD,
            "Created and diverted: SMART's two parts; diversion sums to zero over an importer's partners.",
        ),
        sources=run.sources,
    )
    return Answer(view)


def _beside(run: Run) -> Beside:
    if run.found.partial is None:
        raise NoData(
            "Partial equilibrium was not solved",
            hint="GSIM and SMART know tariffs only: ask for a scenario without changes of trade costs",
        )
    return run.found.partial
