"""What the draws of a simulation say: intervals by economy, whose variance it is, and what failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from khorgos.core.errors import NoData
from khorgos.core.findings import Finding
from khorgos.core.provenance import Lineage
from khorgos.measures.measured import Measured
from khorgos.models.uncertainty import Draws
from khorgos.nomenclature.areas import get
from khorgos.report.answer import Answer
from khorgos.report.answers.simulated import LEVEL, Run, parameters, shown
from khorgos.report.credits import release_rows
from khorgos.report.pages.outside import outside_rows
from khorgos.report.view import Column, SourceLine, View


def drawn_economies(run: Run, top: int) -> Answer:
    """Real expenditure by economy: the result, the interval of the draws, and the share of variance by cause.

    Args:
        run: the scenario, its equilibria and its draws.
        top: how many economies besides the chosen; 0 for all.

    Raises:
        NoData: nothing was drawn.
    """
    drawn = run.drawn
    if drawn is None or run.named is None:
        raise NoData("Nothing was drawn", hint="Add --draws 200")
    names = {cause: f"share_{cause.replace(' ', '_')}" for cause in drawn.shares}
    world = run.found.prepared.world
    low, high = drawn.interval(LEVEL)
    middle = np.median(drawn.values, axis=0)
    varies = np.sum(list(drawn.shares.values()), axis=0) > 0
    rows: list[dict[str, Any]] = [
        {
            "economy": get(name).name,
            "id": name,
            "real_expenditure": float(run.found.welfare["real_expenditure"][k]),
            "low": float(low[k]),
            "median": float(middle[k]),
            "high": float(high[k]),
        }
        | {names[cause]: 100 * float(share[k]) if varies[k] else None for cause, share in drawn.shares.items()}
        for k, name in enumerate(world.countries)
    ]
    kept, left = shown(rows, run.chosen, top)
    more = (f"{left} more economies: --top 0.",) if left else ()
    columns = (
        Column("economy", "Economy"),
        *(
            Column(name, label, "percent", "percent change", 2)
            for name, label in (
                ("real_expenditure", "Real exp."),
                ("low", "Low"),
                ("median", "Median"),
                ("high", "High"),
            )
        ),
        *(Column(name, cause.capitalize(), "percent", "percent of variance", 0) for cause, name in names.items()),
    )
    ends = f"{(1 - LEVEL) / 2:.0%} and {(1 + LEVEL) / 2:.0%}"
    view = View(
        title=f"How sure it is: {run.scenario.title}",
        subtitle=f"change of real expenditure in per cent; low, high: {ends} of the draws; then whose variance it is",
        columns=columns,
        rows=tuple(kept),
        notes=(*more, *failures(drawn), *run.named.notes, _SHARES),
        sources=(*run.sources, *_sources(run)),
    )
    return Answer(view, (_measured(run, rows, drawn, tuple(names.values())),))


_SHARES = (
    "Shares: the variance of the draws of one cause alone, over the sum of these; what causes do together is left out."
)


def failures(drawn: Draws) -> tuple[str, ...]:
    """How many draws there were, their seed, and how many did not solve, each reason with its count."""
    failed = Counter(reason for _, reason in drawn.failures)
    n = len(drawn.values) + len(drawn.failures)
    out = [f"{n} draws, seed {drawn.seed}, {len(drawn.failures)} failed to solve."]
    out += [f"Failed ({count}): {reason}" for reason, count in failed.most_common()]
    out += [f"Of the draws of {cause} alone {count} failed to solve." for cause, count in drawn.alone.items() if count]
    return tuple(out)


def drawn_rows(run: Run) -> tuple[Mapping[str, Any], ...]:
    """The releases that the draws rest on besides the world, as a page lists them."""
    known = () if run.ledger is None else tuple(run.ledger.releases)
    releases = () if run.named is None else run.named.releases
    of_ledger = () if run.ledger is None else release_rows(run.ledger, [one for one in releases if one in known])
    return (*of_ledger, *outside_rows([one for one in releases if one not in known]))


def _sources(run: Run) -> tuple[SourceLine, ...]:
    """After the world's own; releases of one publisher and title share a line."""
    texts: dict[str, Mapping[str, Any]] = {}
    for row in drawn_rows(run):
        texts.setdefault(f"{row['publisher']}, {row['title']} ({row['licence']})", row)
    start = len(run.sources) + 1
    return tuple(SourceLine(start + k, text, row["id"], row["url"]) for k, (text, row) in enumerate(texts.items()))


def _measured(run: Run, rows: list[dict[str, Any]], drawn: Draws, shares: tuple[str, ...]) -> Measured:
    assert run.named is not None  # drawn_economies has seen to it
    names = ("real_expenditure", "low", "high", *shares)
    trace = [run.world, *run.named.releases]
    table = pa.Table.from_pylist(
        [
            {"economy": row["id"], "value": row["median"]} | {name: row[name] for name in names} | {"trace": trace}
            for row in rows
        ]
    )
    lineage = Lineage(
        measure="simulate",
        formula="median and quantiles over draws of (I'/P')/(I/P); Var_c / sum_c Var_c with cause c drawn alone",
        releases=tuple(trace),
        query=run.scenario.text,
        parameters=parameters(run),
        notes=run.named.notes,
    )
    failed = len(drawn.failures)
    findings = (Finding("not solved", f"{failed} draws did not solve", where=run.world),) if failed else ()
    return Measured(table, "percent", lineage, findings, ("economy",), dict.fromkeys(names, "percent"))
