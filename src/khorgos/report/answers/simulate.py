"""`khorgos simulate`: what tariffs and trade costs do, on the embedded worlds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from functools import partial as partial_
from pathlib import Path

import numpy as np

from khorgos.core.errors import BadInput, UnknownName
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.ledger.worlds import WORLDS, World, world
from khorgos.models.drivers import Driver, drivers
from khorgos.models.named_causes import named_causes
from khorgos.models.simulation import Shock, Simulated, intervals
from khorgos.models.simulation import simulate as solve
from khorgos.models.uncertainty import Draws
from khorgos.models.worlds import Prepared, prepared
from khorgos.nomenclature.areas import get
from khorgos.nomenclature.groups import members
from khorgos.report.answer import Answer, Printed
from khorgos.report.answers.simulated import Run, economies, flow_pairs, flows
from khorgos.report.answers.simulated_draws import drawn_economies
from khorgos.report.answers.simulated_drivers import driven
from khorgos.report.answers.simulated_partial import partial_trade, partial_welfare
from khorgos.report.answers.simulated_registry import imposers
from khorgos.report.answers.simulated_registry import remarks as dated
from khorgos.report.answers.simulated_sectors import by_sector
from khorgos.report.answers.simulated_shock import aimed, shock_of
from khorgos.report.formats import render_views
from khorgos.report.pages.simulation import page
from khorgos.report.scenario_file import DEFICITS, parse
from khorgos.report.scenario_text import AsInForce, Measure, ScenarioText, cost, tariff
from khorgos.report.shipped import text_of

#: The views of a simulation.
VIEWS = ("economies", "flows", "sectors", "partial", "diversion", "drivers", "uncertainty")
#: Of these the ones that are printed where none is named.
PRINTED = ("economies", "flows")
#: Pairs shown sector by sector; chosen because ten sectors of each fill a screen.
_BY_SECTOR = 4
#: What `--format` takes here.
FORMATS = ("table", "html", "csv", "json", "parquet", "md")


@dataclass(frozen=True)
class Simulation(Printed):
    """What khorgos answers to a scenario: views of economies, of trade, and of what drives the result.

    Args:
        economies: welfare by named measure, prices, revenue and trade of every economy.
        flows: trade by partner, before and after.
        run: the scenario and both equilibria.
        pairs: positions of the exporters and importers in `flows`.
        top: how many economies besides the chosen.
        alternatives: solves the scenario again with each assumption moved.
    """

    economies: Answer
    flows: Answer
    run: Run
    pairs: tuple[tuple[int, int], ...]
    top: int
    alternatives: Callable[[], tuple[Driver, ...]]

    @property
    def simulated(self) -> Simulated:
        """Both equilibria, for what the views leave out."""
        return self.run.found

    @property
    def draws(self) -> Draws | None:
        """The draws, where there were any."""
        return self.run.drawn

    @cached_property
    def sectors(self) -> Answer:
        """Trade of the shocked pairs by sector: those between economies on top, else the largest."""
        base = self.run.found.prepared.baseline
        own = {base.index(name) for name in self.run.chosen}
        shocked = [pair for pair in self.pairs if self.run.found.shock.hit[pair]]
        between = [pair for pair in shocked if own.issuperset(pair)]
        return by_sector(self.run, shocked if not self.top else (between or shocked)[:_BY_SECTOR])

    @cached_property
    def partial(self) -> Answer:
        """Gains in partial and general equilibrium; NoData where partial equilibrium was not solved."""
        return partial_welfare(self.run, self.top)

    @cached_property
    def diversion(self) -> Answer:
        """Trade in partial and general equilibrium; NoData likewise."""
        return partial_trade(self.run, self.pairs)

    @cached_property
    def drivers(self) -> Answer:
        """The result with each assumption moved alone."""
        return driven(self.run, self.alternatives())

    @cached_property
    def uncertainty(self) -> Answer:
        """Intervals by economy and whose variance it is; NoData where nothing was drawn."""
        return drawn_economies(self.run, self.top)

    def render(self, format_: str = "table", view: str | None = None) -> str | bytes:
        """The views in a format for people or JSON; one of them in a format of rows.

        Args:
            format_: one of `FORMATS`.
            view: one of `VIEWS`. Where left out, the first two (csv and parquet: economies; JSON: all that were made).

        Raises:
            UnknownName: there is no such view.
            BadInput: there is no such format.
            NoData: partial equilibrium was asked for and not solved, or draws and none were made.
        """
        if format_ not in FORMATS:
            raise BadInput(f"There is no format {format_!r}", hint=f"Choose one of {', '.join(FORMATS)}")
        if format_ == "html" and view in (None, *VIEWS):
            return page(self)
        if view is not None:
            wanted = [name for name in VIEWS if name == view]
        elif format_ == "json":
            beside = () if self.run.found.partial is not None else ("partial", "diversion")
            drawn = () if self.draws is not None else ("uncertainty",)
            wanted = [name for name in VIEWS if name not in ("drivers", *beside, *drawn)]
        else:
            wanted = list(PRINTED)
        return render_views({name: getattr(self, name).view for name in wanted}, format_, view, names=VIEWS)


def simulate(
    scenario: ScenarioText,
    *,
    model: str | None = None,
    theta: float | None = None,
    deficits: str | None = None,
    focus: Sequence[str] = (),
    top: int = 20,
    draws: int = 0,
    uncertainty: Sequence[str] = (),
    seed: int = 1,
    partial: bool = True,
    workers: int = 1,
    ledger: Ledger | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Solve a scenario on an embedded world.

    Args:
        scenario: from `scenario_text`, or `measures_of`.
        model: "one-sector" or "sectors"; the scenario's own, else one sector.
        theta: trade elasticity of every sector instead of the world's.
        deficits: "share", "nominal" or "balanced" instead of the scenario's own.
        focus: ISO3 on top of the tables; Central Asia where left out. Shocked economies stand there anyway.
        top: how many others: the largest gains and losses of real expenditure; 0 for all.
        draws: how many; 0 for none.
        uncertainty: what they vary, as in `named_causes`: "standard-errors", "hs6" or "theta=2..8"; "imputed",
            "mirror". Standard errors and imputed flows where left out.
        seed: of the draws.
        partial: put partial equilibrium (GSIM and SMART) beside it.
        workers: processes of the draws.
        ledger: that has the mirror reports; the user's own on top of the embedded release where left out.
        progress: called with (done, of) draws.

    Returns:
        All views; the same arguments give the same numbers.

    Raises:
        UnknownName: a model, sector or economy that the world has not, or no such cause of uncertainty.
        BadInput: measures that contradict each other, or causes.
        NoData: the ledger has no mirror reports.
        NotConverged, Refused: no equilibrium was found.
    """
    if top < 0 or draws < 0:
        raise BadInput("The numbers of economies and of draws cannot be negative", hint="0 shows all economies")
    if uncertainty and not draws:
        raise BadInput("What is uncertain shows in draws, and none were asked for", hint="Add --draws 200")
    if deficits is not None and deficits not in DEFICITS:
        raise BadInput(f"deficits is one of {', '.join(DEFICITS)}, not {deficits!r}")
    scenario = scenario if deficits is None else replace(scenario, deficits=deficits)
    base = world(model or scenario.model or "one-sector")
    made = prepared(base, theta if theta is not None else scenario.theta)
    scenario, needed = aimed(made, scenario)
    shock, remarks = shock_of(base, scenario)
    if scenario.registry is not None:
        remarks = (*remarks, *dated(base, scenario.registry))
    found = solve(made, shock, partial=partial)
    chosen = _chosen(base, scenario, focus)
    pairs = flow_pairs(found, chosen, top)
    named = drawn = None
    if draws:
        hit = np.where(found.shock.hit, base.trade.sum(2), 0.0)
        ledger = (ledger or open_ledger()) if "mirror" in uncertainty else None
        named = named_causes(uncertainty, made, hit, ledger)
        drawn = intervals(found, pairs, named.causes, n=draws, seed=seed, workers=workers, progress=progress)
    own = theta if theta is not None else scenario.theta
    run = Run(scenario, found, chosen, (*remarks, *_changes(made)), drawn, own, needed, named, ledger)
    return Simulation(economies(run, top), flows(run, pairs), run, pairs, top, partial_(_alternatives, run))


def _alternatives(run: Run) -> tuple[Driver, ...]:
    """The scenario without each of its measures and on the other world, besides what the model moves itself."""
    scenario, found = run.scenario, run.found
    base = found.prepared.world
    without: dict[str, Shock] = {}
    if 1 < len(scenario.measures) <= _MEASURES:
        for one in scenario.measures:
            rest = replace(scenario, measures=tuple(m for m in scenario.measures if m is not one))
            without[one.text] = shock_of(base, rest)[0]
    ranges: dict[str, tuple[Shock, Shock]] = {}
    if (asked := scenario.registry) is not None:
        low, high = (shock_of(base, replace(scenario, registry=replace(asked, end=end)))[0] for end in (0.0, 1.0))
        ranges["the conditions"] = (low, high)
        some = imposers(base, asked)
        for name in some if len(some) > 1 else ():
            others = replace(asked, importers=tuple(one for one in some if one != name))
            without[f"tariffs of {name}"] = shock_of(base, replace(scenario, registry=others))[0]
    ranged = {one.how: one for one in scenario.measures if one.between is not None}
    for how, one in ranged.items():
        ranges[one.text.removesuffix(", and back")] = _at_both_ends(base, scenario, how)
    other = next(name for name in WORLDS if name != base.id)
    try:
        shock, _ = shock_of(world(other), scenario)
    except UnknownName:  # the world of one sector knows no sections
        return drivers(found, without=without, ranges=ranges)
    there = solve(prepared(world(other), run.theta), shock, partial=False)
    return drivers(found, without=without, ranges=ranges, worlds=(there,))


def _at_both_ends(base: World, scenario: ScenarioText, how: str) -> tuple[Shock, Shock]:
    """The scenario with what was computed in one way, there and back, at the low and at the high end of its range."""

    def at(end: int) -> Shock:
        moved = [replace(m, change=m.between[end]) if m.between and m.how == how else m for m in scenario.measures]
        return shock_of(base, replace(scenario, measures=tuple(moved)))[0]

    return at(0), at(1)


#: Measures of longer scenarios are not left out one by one; chosen because each takes a solve.
_MEASURES = 8


def measures_of(
    tariffs: Sequence[Measure] = (), costs: Sequence[Measure] = (), *, title: str | None = None
) -> ScenarioText:
    """A scenario from measures in short.

    Args:
        tariffs: from `scenario_text.tariff`.
        costs: from `scenario_text.cost`.
        title: of the tables; the measures themselves where left out.

    Raises:
        BadInput: nothing changes.
    """
    measures = (*tariffs, *costs)
    if not measures:
        raise BadInput("The scenario changes nothing", hint='Give --tariff "USA:CHN:all=+20%" or a scenario file')
    text = "\n".join(f"{one.kind} {one.text}" for one in measures)
    return ScenarioText(title or "; ".join(one.text for one in measures), measures, text=text)


def written(
    path: str | Path | None,
    tariffs: Sequence[str] = (),
    costs: Sequence[str] = (),
    registry: AsInForce | None = None,
) -> ScenarioText:
    """A scenario from a file, or a name of `shipped`, and measures in short on top of it.

    Args:
        path: the file or name; None for none.
        tariffs: such as "USA:CHN:all=+20%".
        costs: such as "KGZ:CHN:all=-5%".
        registry: tariffs as in force on a day, instead of the file's.

    Raises:
        BadInput: nothing changes, or a measure cannot be read.
        UnknownName, BadFile: as in `scenario_from`.
    """
    measures = (*(tariff(text) for text in tariffs), *(cost(text) for text in costs))
    if path is None and registry is None:
        return measures_of(measures)
    found = ScenarioText("", ()) if path is None else scenario_from(path)
    said = [*([f"Tariffs {registry.text}"] if registry else []), *(one.text for one in measures)]
    if not said:
        return found
    return replace(
        found,
        title="; ".join(part for part in (found.title, *said) if part),
        measures=(*found.measures, *measures),
        text="\n".join(part for part in (found.text, *said) if part),
        registry=registry or found.registry,
    )


def scenario_from(path: str | Path) -> ScenarioText:
    """A scenario from a TOML file, or one that comes with khorgos by its name.

    Args:
        path: the file, or a name of `shipped("scenarios")`.

    Raises:
        UnknownName: neither a file nor such a name.
        BadInput, BadFile: it cannot be read; the line is named.
    """
    return parse(*text_of(path, "scenarios", "scenario"))


def _chosen(base: World, scenario: ScenarioText, focus: Sequence[str]) -> tuple[str, ...]:
    """Shocked economies that a measure names, then the focus."""
    for name in focus:
        if name not in base.countries:
            raise UnknownName(get(name).name, f"economy of the world {base.id!r}")
    named: list[str] = [] if scenario.registry is None else list(imposers(base, scenario.registry))
    for one in (*scenario.measures, *scenario.in_force):
        named += [name for side in (one.importers, one.exporters) if len(side) <= _FEW for name in side]
    wanted = (*named, *(focus or members("CA5")))
    return tuple(dict.fromkeys(name for name in wanted if name in base.countries))


#: Members of a larger group are not put on top; chosen because a table's head should fit a screen.
_FEW = 6


def _changes(made: Prepared) -> tuple[str, ...]:
    return tuple(f"{get(note[:3]).name}{note[3:]}." for note in made.notes)
