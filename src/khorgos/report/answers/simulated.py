"""The two tables of `khorgos simulate`: economies, and trade by partner."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from khorgos.core.findings import Finding
from khorgos.core.provenance import Lineage
from khorgos.core.version import __version__
from khorgos.ledger.store import Ledger
from khorgos.ledger.worlds import Floats
from khorgos.measures.measured import Measured
from khorgos.models.beside import DEMAND, SUPPLY
from khorgos.models.inverse import Needed
from khorgos.models.named_causes import Named
from khorgos.models.simulation import Simulated
from khorgos.models.uncertainty import Draws
from khorgos.nomenclature.areas import get
from khorgos.report.answer import Answer
from khorgos.report.scenario_text import Measure, ScenarioText
from khorgos.report.view import Column, SourceLine, View

#: The interval that is printed.
LEVEL = 0.9
#: Goods deficits above this share of GDP are told; chosen because a fifth of GDP is what a large war or boom brings.
LARGE = 0.2
#: Third countries shown for each shocked economy; chosen because the rest moves by less than a reader can see.
THIRD = 5
#: Shocked pairs shown at most: the largest.
PAIRS = 12
#: Shocked pairs shown of each chosen economy, as exporter and as importer, whatever their size.
EACH = 2
#: Of the shocked pairs, the ones whose third countries are shown.
OWN = 4


@dataclass(frozen=True)
class Run:
    """A scenario and what came of it.

    Args:
        scenario: as written.
        found: both equilibria.
        chosen: ISO3 on top of the tables.
        remarks: sentences about what was left out or changed.
        drawn: the draws, where there were any.
        theta: the elasticity that was asked for, if one was.
        needed: what a target takes, if the scenario has one.
        named: what the draws vary.
        ledger: that the mirror reports stand in, where they were drawn.
    """

    scenario: ScenarioText
    found: Simulated
    chosen: tuple[str, ...]
    remarks: tuple[str, ...]
    drawn: Draws | None
    theta: float | None
    needed: Needed | None = None
    named: Named | None = None
    ledger: Ledger | None = None

    @property
    def world(self) -> str:
        """What a trace calls the world."""
        world = self.found.prepared.world
        return f"{world.id}@{world.sha256[:12]}"

    @property
    def against(self) -> str:
        """What the outcome is compared with."""
        if self.scenario.in_force:
            return "against the world with the tariffs in force named below"
        return f"against the world of {self.found.prepared.world.year}"

    @property
    def sources(self) -> tuple[SourceLine, ...]:
        """Who published what the world was made from."""
        lines = enumerate(self.found.prepared.world.sources, start=1)
        return tuple(
            SourceLine(k, f"{s['title']} ({s['licence']})", f"sha256:{s['sha256'][:12]}", s["url"]) for k, s in lines
        )


class Told(Protocol):
    """All that a simulation has to say, as its page reads it."""

    @property
    def run(self) -> Run:
        """The scenario and its equilibria."""

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Positions of the exporters and importers of `flows` and `diversion`."""

    @property
    def economies(self) -> Answer:
        """Who gains and loses."""

    @property
    def flows(self) -> Answer:
        """Trade by partner."""

    @property
    def sectors(self) -> Answer:
        """Trade by partner and sector."""

    @property
    def partial(self) -> Answer:
        """Gains in partial and general equilibrium."""

    @property
    def diversion(self) -> Answer:
        """Trade in partial and general equilibrium."""

    @property
    def drivers(self) -> Answer:
        """The result with each assumption moved alone."""

    @property
    def uncertainty(self) -> Answer:
        """Intervals by economy, and whose variance it is."""


def economies(run: Run, top: int) -> Answer:
    """Welfare by named measure, prices, revenue and trade by economy.

    Args:
        run: the scenario and its equilibria.
        top: how many economies besides the chosen; 0 for all.
    """
    found, world = run.found, run.found.prepared.world
    interval = None if run.drawn is None else run.drawn.interval(LEVEL)
    rows = []
    for k, name in enumerate(world.countries):
        row: dict[str, Any] = {
            "economy": get(name).name,
            "id": name,
            "real_expenditure": float(found.welfare["real_expenditure"][k]),
            "first_order": float(found.welfare["first_order"][k]),
            "acr": float(found.welfare["acr"][k]),
            "prices": float(found.prices[k]),
            "revenue": float(found.revenue[k]),
            "exports": float(found.exports[k]),
            "imports": float(found.imports[k]),
            "imputed_trade": 100 * float(found.imputed.trade[k]),
            "imputed_expenditure": 100 * min(float(found.imputed.expenditure[k]), 1.0),
        }
        if interval is not None:
            row |= {"low": float(interval[0][k]), "high": float(interval[1][k])}
            row["interval"] = f"{row['low']:+.2f} … {row['high']:+.2f}".replace("-", "−")
        rows.append(row)
    kept, left = shown(rows, run.chosen, top)
    more = (f"{left} more economies: --top 0.",) if left else ()
    view = View(
        title=f"Who gains and loses: {run.scenario.title}",
        subtitle=f"changes in per cent, tariff revenue in USD {{scale}}, imputed: of spending; {run.against}",
        columns=_economy_columns(run.drawn is not None),
        rows=tuple(kept),
        notes=(*more, *_notes(run)),
        sources=run.sources,
    )
    return Answer(view, (_measured(run, rows),))


def _economy_columns(drawn: bool) -> tuple[Column, ...]:
    """Short labels, because the table should fit a terminal of a hundred columns."""
    rate = partial(Column, kind="percent", unit="percent change", decimals=2)
    trade = partial(Column, kind="percent", unit="percent change")
    spread = (Column("interval", f"{LEVEL:.0%} of draws"),) if drawn else ()
    flows = () if drawn else (trade("exports", "Exports"), trade("imports", "Imports"))
    return (
        Column("economy", "Economy"),
        rate("real_expenditure", "Real exp."),
        *spread,
        rate("first_order", "1st order"),
        rate("acr", "ACR"),
        rate("prices", "Prices"),
        Column("revenue", "Revenue", "money", "USD"),
        *flows,
        Column("imputed_expenditure", "Imputed", "percent", "percent", 0),
    )


def shown(rows: list[dict[str, Any]], chosen: Sequence[str], top: int) -> tuple[list[dict[str, Any]], int]:
    """The chosen first, then the others by real expenditure: all, or the largest gains and losses.

    Args:
        rows: one an economy.
        chosen: ISO3.
        top: how many others; 0 for all.

    Returns:
        The rows, and how many were left out.
    """
    by_id = {row["id"]: row for row in rows}
    first = [by_id[name] for name in chosen]
    rest = sorted((r for r in rows if r["id"] not in chosen), key=lambda r: (-r["real_expenditure"], r["id"]))
    if top and len(rest) > top:
        gains = (top + 1) // 2
        kept = [*rest[:gains], *rest[len(rest) - (top - gains) :]]
        return [*first, *kept], len(rest) - top
    return [*first, *rest], 0


def flow_pairs(found: Simulated, chosen: Sequence[str], top: int) -> tuple[tuple[int, int], ...]:
    """Pairs for the table of trade: the shocked ones, and third countries on either side of them.

    Args:
        found: both equilibria.
        chosen: ISO3; always among the third countries.
        top: 0 for all shocked pairs, and every third country of the largest.
    """
    base, hit = found.prepared.baseline, found.shock.hit
    before, after = (flows.sum(2) for flows in found.flows)
    shocked = [(int(i), int(j)) for i, j in np.argwhere(hit) if before[i, j] > 0 or after[i, j] > 0]
    shocked.sort(key=lambda pair: (-before[pair], pair))
    own = {base.index(name) for name in chosen}
    pairs = dict.fromkeys(shocked[: PAIRS if top else None])
    for k in sorted(own):
        for axis in (0, 1):
            pairs |= dict.fromkeys([pair for pair in shocked if pair[axis] == k][:EACH])
    moved = np.abs(after - before)
    n = range(len(base.countries))
    for i, j in tuple(pairs)[:OWN]:
        for side in ({k: (k, j) for k in n if k != j}, {k: (i, k) for k in n if k != i}):
            third = {k: p for k, p in side.items() if not hit[p] and (before[p] > 0 or after[p] > 0)}
            order = sorted(third, key=lambda k: (-moved[third[k]], k))
            kept = [k for place, k in enumerate(order) if not top or place < THIRD or k in own]
            pairs |= dict.fromkeys(third[k] for k in kept)
    return tuple(pairs)


def flows(run: Run, pairs: Sequence[tuple[int, int]]) -> Answer:
    """Trade by partner before and after: the shocked pairs, then third countries.

    Args:
        run: the scenario and its equilibria.
        pairs: from `flow_pairs`.
    """
    found, base = run.found, run.found.prepared.baseline
    before, after = (trade.sum(2) for trade in found.flows)
    beside = None if found.partial is None else found.partial.trade.sum(2)
    shares = [_of_imports(trade) for trade in (before, after)]
    interval = None if run.drawn is None else run.drawn.interval(LEVEL)
    rows = []
    for place, (i, j) in enumerate(pairs):
        row: dict[str, Any] = {
            "exporter": get(base.countries[i]).name,
            "importer": get(base.countries[j]).name,
            "exporter_id": base.countries[i],
            "importer_id": base.countries[j],
            "shocked": "yes" if found.shock.hit[i, j] else "",
            "before": float(before[i, j]),
            "after": float(after[i, j]),
            "change": change(before[i, j], after[i, j]),
            "partial": None if beside is None else change(before[i, j], beside[i, j]),
            "share_before": 100 * float(shares[0][i, j]),
            "share_after": 100 * float(shares[1][i, j]),
            "imputed": "imputed" if found.prepared.world.trade_imputed[i, j] else "",
        }
        if interval is not None:
            low, high = (float(bound[len(base.countries) + place]) for bound in interval)
            row |= {"low": low, "high": high}
        row["remark"] = ", ".join(word for word in (row["shocked"] and "shocked", row["imputed"]) if word)
        rows.append(row)
    view = View(
        title=f"Trade by partner: {run.scenario.title}",
        subtitle="USD {scale} a year; share is of the importer's imports; " + run.against,
        columns=_flow_columns(drawn=interval is not None, beside=beside is not None),
        rows=tuple(rows),
        notes=_flow_notes(run),
        sources=run.sources,
    )
    return Answer(view)


def _flow_columns(*, drawn: bool, beside: bool) -> tuple[Column, ...]:
    draws = (Column("low", "Low", "money", "USD"), Column("high", "High", "money", "USD")) if drawn else ()
    other = (Column("partial", "Partial", "percent", "percent change"),) if beside and not drawn else ()
    return (
        Column("exporter", "Exporter"),
        Column("importer", "Importer"),
        Column("before", "Before", "money", "USD"),
        Column("after", "After", "money", "USD"),
        *draws,
        Column("change", "Change", "percent", "percent change"),
        *other,
        Column("share_before", "Share", "percent", "percent", 2),
        Column("share_after", "New share", "percent", "percent", 2),
        Column("remark", "Remark"),
    )


def change(before: float, after: float) -> float | None:
    """In per cent; None where there was nothing before."""
    return 100 * (float(after) / float(before) - 1.0) if before > 0 else None


def _of_imports(trade: Floats) -> Floats:
    abroad = trade - np.diag(np.diag(trade))
    share: Floats = abroad / abroad.sum(0)
    return share


def _flow_notes(run: Run) -> tuple[str, ...]:
    if run.found.partial is None:
        return ()
    return (
        f"Partial: partial equilibrium, GSIM (Francois and Hall 2003), elasticities of demand {DEMAND} and supply"
        f" {SUPPLY} as in its example, substitution theta + 1; incomes do not move. More: --view partial.",
    )


def _notes(run: Run) -> tuple[str, ...]:
    found, world = run.found, run.found.prepared.world
    share = found.imputed
    elasticity = world.elasticity if run.theta is None else f"{run.theta:g} in every sector, as asked"
    sections = f", the split into sections of {share.sections:.1%}" if world.home is not None else ""
    return (
        "Real expenditure: exact change of income over prices. First order: Caliendo and Parro's terms and volume of"
        " trade. ACR: from the share of home goods, blind to revenue. They need not agree.",
        "Prices are consumer prices in units of world output.",
        *_legal(run.scenario),
        *((run.scenario.note,) if run.scenario.note else ()),
        *run.remarks,
        *transfers(run),
        f"Elasticity of trade: {elasticity}.",
        f"Assumed: {'; '.join(world.assumptions)}; transfers: {_CLOSURES[found.shock.deficits]}; tariff revenue goes to"
        " consumers.",
        f"Imputed: {share.world_trade:.1%} of world trade, {share.world_expenditure:.1%} of world spending{sections}.",
        *_drawn(run),
        f"Solved by {found.after.method} in {found.after.sweeps} sweeps, residual {found.after.residual:.0e},"
        f" Walras gap {found.after.walras:.0e}.",
        f"World {world.id}, sha256 {world.sha256[:12]}; khorgos {__version__}.",
    )


_CLOSURES = {
    "share": "fixed shares of world output",
    "nominal": "fixed in units of world output",
    "balanced": "none, trade is balanced",
}


def _legal(scenario: ScenarioText) -> tuple[str, ...]:
    known = [one for one in scenario.measures if one.legal or one.start or one.how]
    before = [f"In force before: {text}" for text in _said(scenario.in_force)]
    return tuple(f"{text}." for text in (*_said(known), *before))


def _said(measures: Sequence[Measure]) -> list[str]:
    """One sentence for all measures that rest on the same text and days, such as there and back."""
    grouped: dict[tuple[Any, ...], list[str]] = {}
    for one in measures:
        grouped.setdefault((one.start, one.end, one.legal, one.source, one.how), []).append(one.text)
    out = []
    for (start, end, legal, source, how), texts in grouped.items():
        days = "" if start is None else f", from {start}" + (f" to {end}" if end else "")
        law = (f": {legal}" if legal else "") + (f" ({source})" if source else "")
        out.append(f"{'; '.join(texts)}{days}{law}" + (f". {how}" if how else ""))
    return out


def transfers(run: Run) -> tuple[str, ...]:
    """Chosen economies that buy far more than they earn: what they gain or lose depends on who goes on paying.

    Args:
        run: with the economies chosen.

    Returns:
        One sentence, or none.
    """
    base = run.found.prepared.baseline
    shares = {name: float((base.deficit / base.value_added)[base.index(name)]) for name in run.chosen}
    large = {name: share for name, share in shares.items() if abs(share) > LARGE}
    if not large or run.found.shock.deficits == "balanced":
        return ()
    named = ", ".join(f"{get(name).name} {share:+.0%}" for name, share in large.items()).replace("-", "−")
    return (
        f"Transfers that pay for goods deficits, of GDP: {named}. They are held fixed, and results of these economies"
        " rest on that; compare --deficits balanced.",
    )


def _drawn(run: Run) -> tuple[str, ...]:
    if run.drawn is None:
        return ()
    failed = len(run.drawn.failures)
    n = len(run.drawn.values) + failed
    place = [run.found.prepared.baseline.index(name) for name in run.chosen]
    parts = ", ".join(f"{cause} {share[place].mean():.0%}" for cause, share in run.drawn.shares.items())
    lost = f"; the first that failed says: {run.drawn.failures[0][1]}" if failed else ""
    how = () if run.named is None else run.named.notes
    return (
        f"{n} draws, seed {run.drawn.seed}, {failed} failed to solve{lost}. Variance of the economies on top by"
        f" cause: {parts}. More: --view uncertainty.",
        *how,
    )


def parameters(run: Run) -> dict[str, str]:
    """What the lineage of a simulation's figures records of the run."""
    found, world = run.found, run.found.prepared.world
    drawn = {}
    if run.drawn is not None:
        drawn = {
            "draws": str(len(run.drawn.values) + len(run.drawn.failures)),
            "seed": str(run.drawn.seed),
            "failed": str(len(run.drawn.failures)),
        }
    if run.named is not None:
        drawn["uncertainty"] = ",".join(run.named.asked)
    return {
        "model": world.id,
        "world": world.sha256,
        "theta": json.dumps(found.prepared.baseline.theta.tolist()),
        "deficits": found.shock.deficits,
        "method": found.after.method,
        "sweeps": str(found.after.sweeps),
        "residual": f"{found.after.residual:.3e}",
        "walras": f"{found.after.walras:.3e}",
        "version": __version__,
        **drawn,
    }


def _measured(run: Run, rows: Sequence[dict[str, Any]]) -> Measured:
    """Every economy's figures with their lineage: the world's bytes and the scenario's text."""
    found = run.found
    world = found.prepared.world
    names = ("first_order", "acr", "prices", "revenue", "exports", "imports", "imputed_trade", "imputed_expenditure")
    table = pa.Table.from_pylist(
        [
            {"economy": row["id"], "value": row["real_expenditure"]}
            | {name: row[name] for name in names}
            | {"trace": [run.world]}
            for row in rows
        ]
    )
    lineage = Lineage(
        measure="simulate",
        formula="real expenditure (I'/P')/(I/P) in exact hat algebra",
        releases=(run.world,),
        query=run.scenario.text,
        parameters=parameters(run),
        notes=run.remarks,
    )
    imputed = Finding(
        "imputed", f"{found.imputed.world_trade:.1%} of world trade in the base year is imputed", where=world.id
    )
    units = dict.fromkeys(names, "percent") | {"revenue": "USD"}
    return Measured(table, "percent", lineage, (imputed,), ("economy",), units)
