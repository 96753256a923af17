"""A simulation as one HTML page: who gains and loses, trade before and after, what drives it, what was assumed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from khorgos.core.version import __version__
from khorgos.nomenclature.areas import get
from khorgos.report.answers.simulated import LEVEL, Run, Told
from khorgos.report.answers.simulated_draws import drawn_rows
from khorgos.report.naming import name as in_prose
from khorgos.report.page import Headline, Number, Prose, Report, Section, to_html
from khorgos.report.pages import simulation_figures as figures
from khorgos.report.pages.outside import world_rows
from khorgos.report.view import Column, printed, scale_of

#: Economies among the headlines; chosen because a row of a desktop holds four numbers.
HEADLINES = 4
#: Economies with a tornado of their own.
TORNADOES = 3

_RATE = Column("rate", "", "percent", "percent change", 2)


def page(made: Told, *, today: dt.date | None = None) -> str:
    """The page.

    Args:
        made: the simulation.
        today: the day printed on it; the clock's where left out.

    Returns:
        HTML that needs no network and no script.
    """
    run = made.run
    sections = (_gains(made), _trade(made), *_sectors(made), *_beside(made), _drivers(made), _assumed(made))
    report = Report(
        title=run.scenario.title,
        deck=_deck(made),
        made=today or dt.datetime.now(tz=dt.UTC).date(),
        headlines=_headlines(run),
        sections=sections,
        releases=(*world_rows(run.found.prepared.world), *drawn_rows(run)),
        version=__version__,
        template="simulate.html.j2",
    )
    return to_html(report)


def _number(run: Run, value: float, unit: str, text: str) -> Number:
    """A number of this run: its trace names the world and the scenario by their hashes."""
    scenario = hashlib.sha256(run.scenario.text.encode()).hexdigest()[:12]
    return Number(
        text,
        value,
        unit,
        f"world {run.world}, scenario sha256:{scenario}",
        tuple(dict.fromkeys(s["title"].partition(",")[0] for s in run.found.prepared.world.sources)),
        tuple(str(one["id"]) for one in world_rows(run.found.prepared.world)),
    )


def _rate(run: Run, value: float) -> Number:
    return _number(run, value, "percent change", printed(value, _RATE))


def _money(run: Run, value: float) -> Number:
    factor, word = scale_of(value)
    return _number(run, value, "USD", f"{printed(value, Column('v', '', 'money', 'USD'), factor)} {word} USD".strip())


def _headlines(run: Run) -> tuple[Headline, ...]:
    base, found = run.found.prepared.baseline, run.found
    interval = None if run.drawn is None else run.drawn.interval(LEVEL)
    out = []
    for name in run.chosen[:HEADLINES]:
        k = base.index(name)
        value = float(found.welfare["real_expenditure"][k])
        beside: Prose = ("real expenditure",)
        if interval is not None:
            low, high = (float(bound[k]) for bound in interval)
            # Draws of other elasticities need not have the result among them.
            apart = "" if low <= value <= high else ", of other elasticities"
            ends = _rate(run, low), " to ", _rate(run, high)
            beside = ("real expenditure; ", *ends, f" in {LEVEL:.0%} of draws{apart}")
        out.append(Headline(get(name).name, _rate(run, value), beside))
    return tuple(out)


def _deck(made: Told) -> Prose:
    """The largest shocked pair: what becomes of its trade."""
    run, found = made.run, made.run.found
    before, after = (trade.sum(2) for trade in found.flows)
    shocked = [pair for pair in made.pairs if found.shock.hit[pair]]
    if not shocked:
        return (f"Compared {run.against.removeprefix('against ')}: no pair trades what the scenario touches.",)
    own = {found.prepared.baseline.index(name) for name in run.chosen}
    # A pair of which the scenario or the reader names both sides says more than a larger one.
    i, j = max(shocked, key=lambda pair: (own.issuperset(pair), float(max(before[pair], after[pair]))))
    names = [in_prose(found.prepared.baseline.countries[k]) for k in (i, j)]
    if (needed := run.needed) is not None:
        return (
            f"Trade of {names[0]} with {names[1]} grows from ",
            _money(run, needed.before),
            " to ",
            _money(run, needed.reached),
            " a year if trade costs between them change by ",
            _rate(run, 100 * (needed.d_hat - 1.0)),
            ", all else as in the world of " + str(found.prepared.world.year) + ".",
        )
    verb = "fall" if after[i, j] < before[i, j] else "rise"
    return (
        f"Compared with {run.against.removeprefix('against ')}, exports from {names[0]} to {names[1]} {verb} from ",
        _money(run, float(before[i, j])),
        " to ",
        _money(run, float(after[i, j])),
        " a year in general equilibrium.",
    )


def _gains(made: Told) -> Section:
    return Section("gains", "Who gains and loses", (), figures.gains(made))


def _trade(made: Told) -> Section:
    return Section("trade", "Trade before and after", (), (figures.trade(made),))


def _sectors(made: Told) -> Sequence[Section]:
    if len(made.run.found.prepared.baseline.sectors) == 1 or not made.sectors.view.rows:
        return ()
    table = figures.table("by-sector", "The shocked trade, sector by sector", made.sectors.view, made.run)
    return (Section("sectors", "By sector", (), (table,)),)


def _beside(made: Told) -> Sequence[Section]:
    if made.run.found.partial is None:
        return ()
    prose: Prose = (
        "Partial equilibrium looks at one market at a time and holds incomes; general equilibrium lets wages, incomes"
        " and revenue move in every economy. The distance between them is what a choice of model is worth here.",
    )
    return (Section("models", "Two models of the same shock", (prose,), figures.beside(made)),)


def _drivers(made: Told) -> Section:
    rows = made.drivers.view.rows
    names = [name for name in made.run.chosen if any(row["id"] == name for row in rows)][:TORNADOES]
    prose: Prose = (
        "Each bar is the result with one assumption moved alone and the scenario solved again. The line is the result"
        " above.",
    )
    if made.run.drawn is None:
        return Section("drivers", "What drives the result", (prose,), figures.drivers(made, names))
    drawn = figures.table(
        "uncertainty", "How sure it is: the draws, and whose variance it is", made.uncertainty.view, made.run
    )
    return Section(
        "drivers", "What drives the result", (prose, _shares(made.run)), (*figures.drivers(made, names), drawn)
    )


def _shares(run: Run) -> Prose:
    """Of the draws: whose variance it is."""
    pieces: list[str | Number] = ["Of the variance over the draws, "]
    shares = {} if run.drawn is None else run.drawn.shares
    base = run.found.prepared.baseline
    for place, name in enumerate(run.chosen[:TORNADOES]):
        if place:
            pieces.append("; ")
        pieces.append(f"{get(name).name}: ")
        for turn, (cause, share) in enumerate(shares.items()):
            value = 100 * float(share[base.index(name)])
            pieces += [", " if turn else "", _number(run, value, "percent", f"{value:.0f}%"), f" {cause}"]
    return (*pieces, ".")


def _assumed(made: Told) -> Section:
    return Section(
        "assumed", "What this run assumed", (), (figures.measures(made.run),), tuple(made.economies.view.notes)
    )
