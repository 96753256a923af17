"""The drawings of a simulation's page, each with the table that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from khorgos.nomenclature.areas import get, to_code
from khorgos.report import charts, charts_compare, worldmap
from khorgos.report.answers.simulated import LEVEL, Run, Told, economies, shown
from khorgos.report.answers.simulated_registry import measures_in_force
from khorgos.report.page import Figure
from khorgos.report.pages.figures import drawn
from khorgos.report.scenario_text import Measure
from khorgos.report.view import Column, View, printed

#: Economies in the bars besides the chosen, and pairs in the chart of trade; chosen because a screen holds about
#: twenty lines.
OTHERS = 10
PAIRS = 16

_RATE = Column("rate", "", "percent", "percent change", 2)


def gains(made: Told) -> tuple[Figure, ...]:
    """The map, the bars, and the table of economies."""
    run = made.run
    every = economies(run, 0).view
    rows = [dict(row) for row in every.rows]
    return (
        _map(run, every, rows),
        _bars(run, rows),
        table("economies", "All figures by economy", made.economies.view, run),
    )


def _map(run: Run, every: View, rows: Sequence[dict[str, Any]]) -> Figure:
    shades = [
        worldmap.Shade(code.zfill(3), row["economy"], row["real_expenditure"], printed(row["real_expenditure"], _RATE))
        for row in rows
        if (code := to_code(row["id"], "m49"))
    ]
    ordered = sorted(shades, key=lambda one: one.value)
    ends = "; ".join(f"{one.name} {one.label}" for one in (*ordered[:3], *ordered[-3:]))
    wide, narrow = (
        worldmap.draw(shades, description=f"World map; largest losses and gains: {ends}.", width=width)
        for width in (charts.WIDE, charts.NARROW)
    )
    view = View("Real expenditure", every.columns[:2], tuple(rows), "change of real expenditure; grey: no data")
    source = f"{credit(run)} Shapes: Natural Earth 1:50m, through world-atlas; Equal Earth projection."
    return Figure("world", "Gains in blue, losses in red", view, source, wide, narrow)


def _bars(run: Run, rows: list[dict[str, Any]]) -> Figure:
    kept, _ = shown(rows, run.chosen, OTHERS)
    points = [{**row, "label": printed(row["real_expenditure"], _RATE)} for row in kept]
    spread = run.drawn is not None
    title = "The economies that the scenario names or that were asked for, then the largest gains and losses"
    columns = [Column("economy", "Economy"), Column("real_expenditure", "Real expenditure", "percent", _RATE.unit, 2)]
    if spread:
        columns += [Column(side, side.title(), "percent", _RATE.unit, 2) for side in ("low", "high")]
    return Figure(
        "bars",
        title,
        View(title, tuple(columns), tuple(kept), f"change of real expenditure in per cent, {run.against}"),
        credit(run),
        note=f"Lines: the central {LEVEL:.0%} of the draws."
        if spread
        else "Without intervals: they come with --draws 200.",
        **drawn(
            lambda width: charts.bars(
                points,
                category="economy",
                value="real_expenditure",
                label="label",
                title="per cent",
                width=width,
                interval=("low", "high") if spread else None,
            ),
            "Bars: " + "; ".join(f"{row['economy']} {row['label']}" for row in points) + ".",
        ),
    )


def trade(made: Told) -> Figure:
    """Trade of the pairs that move most, before and after."""
    view = made.flows.view
    moved = sorted(view.rows, key=lambda row: -abs(row["after"] - row["before"]))[:PAIRS]
    money = Column("v", "", "money", "USD")
    points = [
        {
            "pair": f"{row['exporter']} → {row['importer']}",
            "ids": f"{row['exporter_id']} → {row['importer_id']}",
            "before": row["before"] / 1e9,
            "after": row["after"] / 1e9,
            "label": f"{printed(row['before'], money, 1e9)} → {printed(row['after'], money, 1e9)}",
        }
        for row in moved
    ]
    return Figure(
        "flows",
        "A ring for trade before, a dot for trade after",
        view,
        credit(made.run),
        note=f"The {len(points)} pairs that move most; the table has more.",
        **drawn(
            lambda width: charts_compare.before_after(
                points,
                category="pair" if width >= charts.WIDE else "ids",
                before="before",
                after="after",
                label="label",
                title="USD bn a year",
                width=width,
            ),
            "Trade before and after, USD bn: " + "; ".join(f"{row['pair']} {row['label']}" for row in points) + ".",
        ),
    )


def beside(made: Told) -> tuple[Figure, ...]:
    """Third countries' trade in three models, and gains in two."""
    hit = made.run.found.shock.hit
    rows = [row for row, pair in zip(made.diversion.view.rows, made.pairs, strict=True) if not hit[pair]]
    rows = sorted(rows or made.diversion.view.rows, key=lambda row: -(row["before"] or 0.0))[:PAIRS]
    points = [
        {**row, "pair": f"{row['exporter']} → {row['importer']}", "ids": f"{row['exporter_id']} → {row['importer_id']}"}
        for row in rows
    ]
    names = {"general": "General equilibrium", "gsim": "GSIM", "smart": "SMART"}
    described = "; ".join(
        f"{row['pair']} {row['general'] or 0.0:+.1f}% general, {row['gsim'] or 0.0:+.1f}% GSIM" for row in points
    )
    diverted = Figure(
        "diversion",
        "Where trade goes instead: third countries, as each model has it",
        made.diversion.view,
        credit(made.run),
        **drawn(
            lambda width: charts_compare.models(
                points,
                category="pair" if width >= charts.WIDE else "ids",
                names=names,
                title="change in per cent",
                width=width,
            ),
            f"Changes of third countries' trade by model: {described}.",
        ),
    )
    return diverted, table("partial", "Gains in partial and general equilibrium", made.partial.view, made.run)


def drivers(made: Told, chosen: Sequence[str]) -> tuple[Figure, ...]:
    """A tornado for each of some economies."""
    out = []
    for name in chosen:
        rows = [dict(row) for row in made.drivers.view.rows if row["id"] == name]
        centre = float(rows[0]["central"])
        described = "; ".join(f"{row['cause']} {row['low']:+.2f} to {row['high']:+.2f}" for row in rows)
        out.append(
            Figure(
                f"drivers-{name.lower()}",
                f"{get(name).name}: {printed(centre, _RATE)}, and with one assumption moved",
                View(name, made.drivers.view.columns[1:], tuple(rows), made.drivers.view.subtitle),
                credit(made.run),
                **drawn(
                    lambda width, rows=rows, centre=centre: charts_compare.tornado(  # type: ignore[misc]
                        rows, category="cause", low="low", high="high", centre=centre, title="per cent", width=width
                    ),
                    f"Tornado around {centre:+.2f}%: {described}.",
                ),
            )
        )
    return tuple(out)


def table(slug: str, title: str, view: View, run: Run) -> Figure:
    """A view as it is."""
    return Figure(f"{slug}-table", title, view, credit(run))


def measures(run: Run) -> Figure:
    """Every measure with its legal basis."""
    rows = tuple(
        [_measure(one, "scenario") for one in run.scenario.measures]
        + [_measure(one, "compared with") for one in run.scenario.in_force]
        + _dated(run)
    )
    columns = (
        Column("text", "Measure"),
        Column("role", "When"),
        Column("start", "From", "date"),
        Column("end", "To", "date"),
        Column("legal", "Legal basis or data"),
    )
    view = View("Measures", columns, rows, "importer : exporter : product = change")
    return Figure("measures", "The measures of the scenario", view, "Source: as named in each row.")


def _dated(run: Run) -> list[dict[str, Any]]:
    """The measures of the registry behind tariffs as in force on a day."""
    asked = run.scenario.registry
    if asked is None:
        return []
    return [
        {
            "text": f"{one.imposer}: {one.id}",
            "role": " and ".join(str(day) for day in (asked.on, asked.against) if day and one.in_force(day)),
            "start": one.begins,
            "end": one.ends,
            "legal": f"{one.legal}, {one.source}",
        }
        for one in measures_in_force(run.found.prepared.world, asked)
    ]


def _measure(one: Measure, role: str) -> dict[str, Any]:
    legal = ", ".join(part for part in (one.legal, one.source) if part)
    return {"text": one.text, "role": role, "start": one.start, "end": one.end, "legal": legal}


def credit(run: Run) -> str:
    """The source line of every figure here."""
    who = "; ".join(dict.fromkeys(s["title"].partition(",")[0] for s in run.found.prepared.world.sources))
    return f"Source: model run of khorgos on data of {who}."
