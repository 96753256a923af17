"""The trade-war pages of a brief: duties over time, a simulation, substitution, rerouting, forecasts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from khorgos.core.errors import BadInput, NoData
from khorgos.ledger.tariffs import tariff_registry
from khorgos.ledger.worlds import world
from khorgos.models.named_causes import named_causes
from khorgos.models.simulation import intervals
from khorgos.models.simulation import simulate as solve
from khorgos.models.worlds import prepared
from khorgos.nomenclature.areas import get
from khorgos.nomenclature.goods import good
from khorgos.report import charts
from khorgos.report.answer import Answer
from khorgos.report.answers.forecasts import forecasts
from khorgos.report.answers.reroute import reroute
from khorgos.report.answers.simulated import LEVEL, Run, economies, flows, transfers
from khorgos.report.answers.simulated_registry import remarks
from khorgos.report.answers.simulated_shock import shock_of
from khorgos.report.answers.substitute import substitute
from khorgos.report.answers.tariff import Question, tariff
from khorgos.report.naming import name
from khorgos.report.page import Figure, Section
from khorgos.report.pages.figures import drawn
from khorgos.report.pages.material import Material
from khorgos.report.pages.simulation_figures import credit
from khorgos.report.pages.tariff import duties
from khorgos.report.scenario_text import AsInForce, ScenarioText
from khorgos.report.view import Column, View, printed

#: Who fights, and who therefore stands in every simulation.
SIDES = ("CHN", "USA")
#: First day of the charts; chosen because the American duties on China began in 2018.
FIRST_DAY = dt.date(2018, 1, 1)
#: Draws of elasticities and imputed flows; chosen because the ends of the interval then move by a twentieth of it.
DRAWS = 100
#: Base year of the rerouting indices; chosen because it is the last before the pandemic and the war.
BEFORE_THE_WAR = 2019
#: The destination whose imports came under sanctions in 2022.
SANCTIONED = "RUS"
#: Raw cotton, HS 5201.
COTTON = "5201"
_ABOUT = (
    "A model's answer, not an observation: the world of 2023 as it was traded, with the duties that came since, all "
    "else as it was."
)
_HUBS = (
    "How unusual is what each country buys here and sells there? A percentile among all hubs, and no verdict: transit, "
    "own demand and the way of counting explain much of it."
)
_RATE = Column("rate", "", "percent", "percent change", 2)


def trade_war(made: Material, today: dt.date) -> Iterator[Section]:
    """The sections for which there are figures.

    Args:
        made: the figures of the brief.
        today: the day for which duties are taken, and from which forecasts are judged.
    """
    for one in (_tariffs, _simulated, _cotton, _hubs, _forecasts):
        try:
            section = one(made, today)
        except NoData:
            continue
        if section is not None:
            yield section


def _tariffs(made: Material, today: dt.date) -> Section | None:
    """Duties of the two sides on each other, or the American ones on the reporter."""
    between = (SIDES, SIDES[::-1]) if made.reporter in SIDES else (("USA", made.reporter),)
    last = min(today, tariff_registry().ends)
    if last <= FIRST_DAY:
        return None
    drawings, notes = [], dict[str, None]()
    for imposer, target in between:
        found = tariff(Question(imposer, target, last, span=(FIRST_DAY, last))).timeline
        if found is not None and any(step.high for step in found.steps):
            title = f"{get(imposer).name} on goods of {name(target)}: mean added duty, each line counting once"
            drawings.append(replace(duties(found, f"duty-{imposer.lower()}-{target.lower()}"), title=title))
            notes |= dict.fromkeys(found.table.view.notes)
    return Section("tariffs", "Duties over time", (), tuple(drawings), tuple(notes)) if drawings else None


def _simulated(made: Material, today: dt.date) -> Section | None:
    """What the duties of the day do to the economies of the brief."""
    who = tuple(dict.fromkeys([made.reporter, *made.partners, *SIDES]))
    base, asked = world("one-sector"), AsInForce(today)
    if today.year <= base.year or not set(who) <= set(base.countries):
        return None
    try:
        scenario = ScenarioText(f"Duties in force on {today}", (), registry=asked)
        shock, left_out = shock_of(base, scenario)
    except BadInput:  # a day outside the record
        return None
    found = solve(prepared(base), shock, partial=False)
    first, *others = (base.countries.index(one) for one in who)
    pairs = tuple(pair for other in others for pair in ((first, other), (other, first)))
    named = named_causes((), found.prepared, base.trade.sum(2), None)
    drawn = intervals(found, pairs, named.causes, n=DRAWS, seed=1, workers=2)
    run = Run(scenario, found, who, left_out, drawn, None, named=named)
    return Section(
        "simulation",
        f"What the duties of {today} do",
        ((_ABOUT,),),
        (_gains(run, economies(run, 1), who), _changes(made, run, flows(run, pairs))),
        tuple(dict.fromkeys((*remarks(base, asked), *left_out, *transfers(run)))),
    )


def _gains(run: Run, gains: Answer, who: Sequence[str]) -> Figure:
    rows = [
        dict(row) | {"label": printed(row["real_expenditure"], _RATE)} for row in gains.view.rows if row["id"] in who
    ]
    columns = [Column("economy", "Economy"), Column("real_expenditure", "Real expenditure", "percent", _RATE.unit, 2)]
    columns += [Column(side, side.title(), "percent", _RATE.unit, 2) for side in ("low", "high")]
    title = "Who gains and loses: change of real expenditure"
    return Figure(
        "simulated-gains",
        title,
        View(title, tuple(columns), tuple(rows), f"per cent, {run.against}", sources=run.sources),
        credit(run),
        note=f"Lines: the central {LEVEL:.0%} of {DRAWS} draws of elasticities and imputed flows. World {run.world}.",
        **drawn(
            lambda width: charts.bars(
                rows,
                category="economy",
                value="real_expenditure",
                label="label",
                title="per cent",
                width=width,
                interval=("low", "high"),
            ),
            "Bars: " + "; ".join(f"{row['economy']} {row['label']}" for row in rows) + ".",
        ),
    )


def _changes(made: Material, run: Run, trade: Answer) -> Figure:
    names = ("exporter", "importer", "before", "after", "low", "high", "change")
    columns = tuple(column for column in trade.view.columns if column.name in names)
    title = f"{get(made.reporter).name}'s trade with each, before and after"
    return Figure(
        "simulated-trade",
        title,
        View(title, columns, trade.view.rows, "USD {scale} a year", sources=run.sources),
        credit(run),
        note=f"Low and high: {LEVEL:.0%} of the draws, for the trade after.",
    )


def _cotton(made: Material, today: dt.date) -> Section | None:
    """Who supplies China's cotton if the United States do not; not before the world of the answer was known."""
    if made.reporter != "CHN" or today.year <= world("sectors").year:
        return None
    answer = substitute(made.ledger, "CHN", good(COTTON), ("USA",), top=8, draws=DRAWS, as_of=made.as_of)
    view = answer.views["suppliers"].view
    first, *rest = view.notes
    figure = Figure("cotton-suppliers", view.title, view, "Source: releases below.", note=" ".join(rest))
    return Section("cotton", "Who would replace American cotton", ((first,),), (figure,))


def _hubs(made: Material, _: dt.date) -> Section | None:
    """How unusual the trade of each partner between the reporter and Russia is."""
    if made.reporter == SANCTIONED:
        return None
    answer = reroute(made.ledger, made.reporter, SANCTIONED, since=BEFORE_THE_WAR, top=0, as_of=made.as_of)
    rows = tuple(dict(row) for row in answer.view.rows if row["hub"] in made.partners)
    if not rows:
        return None
    columns = (Column("name", "Hub"), *(c for c in answer.view.columns if c.name not in ("hub", "freund", "sources")))
    figure = Figure(
        "rerouting",
        f"From {get(made.reporter).name} to {get(SANCTIONED).name} by way of each",
        View(answer.view.title, columns, rows, answer.view.subtitle, sources=answer.view.sources),
        "Source: both legs as reported; releases below.",
        note=" ".join(note for note in answer.view.notes if "--" not in note),  # options mean nothing on a page
    )
    return Section("rerouting-hubs", "Goods that may travel on", ((_HUBS,),), (figure,))


def _forecasts(made: Material, today: dt.date) -> Section | None:
    """Forecasts about the trade on this page against what happened; scores are of today, not of a day gone by."""
    if made.as_of is not None:
        return None
    view = forecasts(made.ledger, today).view
    who = {made.reporter, *made.areas, *made.partners}
    rows = tuple(row for row in view.rows if set(row["areas"]) <= who)
    if not rows:
        return None
    figure = Figure(
        "forecasts-scored",
        f"Announced and expected, as of {today}",
        View(view.title, view.columns, rows, view.subtitle, sources=view.sources),
        "Source: each statement as cited; trade as above.",
    )
    return Section("forecasts", "Forecasts and their score", (), (figure,), view.notes)
