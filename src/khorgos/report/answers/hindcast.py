"""`khorgos hindcast`: the engine run on the eve of an episode, held against what trade did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from khorgos.core.errors import BadInput, NoData
from khorgos.ledger.store import Ledger
from khorgos.ledger.worlds import SERVICES, Floats, World, world
from khorgos.models.hindcast import diversion
from khorgos.models.simulation import Shock
from khorgos.models.simulation import simulate as solve
from khorgos.models.worlds import prepared
from khorgos.nomenclature.groups import members
from khorgos.report.answer import Answer, Printed
from khorgos.report.answers.hindcast_tables import VIEWS, Forecast, Run, flows_view, placebo_view, scores_view
from khorgos.report.answers.observed import Change, observed
from khorgos.report.episode_text import Episode, parse
from khorgos.report.formats import render_views
from khorgos.report.shipped import text_of

#: Elasticities of the sets: Fajgelbaum et al. (2020, doi:10.1093/qje/qjz036: 2.5 between varieties), Simonovska and
#: Waugh (2014: 4), Head and Mayer (2014: 5, the median of gravity estimates), Eaton and Kortum (2002: 8).
THETAS = (2.5, 4.0, 5.0, 8.0)
#: What the placebo spans and the table of flows show; chosen because it is the worlds' own elasticity.
MIDDLE = 4.0
BASES = ("absolute", "relative")
#: The world of sectors of the same year and the same economies.
_MANY = {"one-sector": "sectors", "one-sector-2017": "sectors-2017"}
#: Resamples and shuffles: an interval's end moves by a hundredth from seed to seed, which is what is printed.
DRAWS = 1_000


@dataclass(frozen=True)
class Hindcast(Printed):
    """What khorgos answers to an episode.

    Args:
        scores: every forecast's scores.
        flows: every flow's actual and predicted change.
        placebo: the same forecast against spans without the tariffs; None where there are none.
    """

    scores: Answer
    flows: Answer
    placebo: Answer | None = None

    def render(self, format_: str = "table", view: str | None = None) -> str | bytes:
        """One view; in JSON all of them, where none is named.

        Args:
            format_: as in `report.formats`.
            view: "scores", "flows" or "placebo"; scores where left out.

        Raises:
            UnknownName: there is no such view.
            NoData: the episode has no placebo spans.
            BadInput: there is no such format.
        """
        made = {name: one.view for name in VIEWS if (one := getattr(self, name)) is not None}
        if view in VIEWS and view not in made:
            raise NoData("This episode has no spans to try as a placebo", hint="It takes one source with many years")
        return render_views(made, format_, view, names=VIEWS, printed=("scores",))


def episode_from(path: str | Path) -> Episode:
    """An episode from a TOML file, or one that comes with khorgos by its name.

    Args:
        path: the file, or a name of `shipped("hindcasts")`.

    Raises:
        UnknownName: neither a file nor such a name.
        BadInput, BadFile: it cannot be read; the place in it is named.
    """
    return parse(*text_of(path, "hindcasts", "episode"))


def hindcast(
    ledger: Ledger,
    episode: Episode,
    *,
    thetas: Sequence[float] = THETAS,
    basis: str = "relative",
    least: float | None = None,
    split: bool = False,
    draws: int = DRAWS,
    seed: int = 1,
) -> Hindcast:
    """Run the engine with the tariffs that came and score it against what trade did.

    Args:
        ledger: what trade did.
        episode: from `episode_from`.
        thetas: trade elasticities, a forecast each.
        basis: "relative" to the reporter's trade with all, or "absolute".
        least: flows of the year before below this, in USD, are not scored; the episode's own where left out.
        split: score each reporter's imports and exports apart too.
        draws: resamples and shuffles.
        seed: of the draws.

    Returns:
        The views; the same arguments give the same numbers.

    Raises:
        BadInput: a setting that cannot be right.
        NoData: the ledger has fewer than three of the flows.
        NotConverged, Refused: no equilibrium was found.
    """
    if basis not in BASES:
        raise BadInput(f"basis is one of {', '.join(BASES)}, not {basis!r}")
    if not thetas or not all(0 < one < 100 for one in thetas):
        raise BadInput("Elasticities are numbers above zero", hint="For example 2.5, 4, 5 and 8")
    if draws < 1 or (least is not None and least < 0):
        raise BadInput("Give at least one draw, and a least flow of zero or more")
    base = world(episode.world)
    factor = factors(episode, base)
    history = observed(ledger, episode, base.countries, episode.least if least is None else least)
    cells = [_cells(base, one) for one in history.changes]
    kept = [k for k, one in enumerate(cells) if one is not None]
    if len(kept) < 3:
        raise NoData(
            f"The ledger has {len(kept)} flows of {episode.before} and {episode.after} to score",
            hint="khorgos import or khorgos fetch them",
        )
    history = history.only(kept)
    places = [one for one in cells if one is not None]
    made = _Made(base, history.changes, places, basis)
    forecasts = [
        Forecast("no change", "naive", None, np.zeros(len(kept))),
        Forecast("trend", "naive", None, history.trend(episode, basis)),
        *(Forecast(f"divert {t:g}", "diversion", t, made.diverted(factor, t)) for t in thetas),
        *(Forecast(f"GE {t:g}", "GE", t, made.solved(factor, t)) for t in thetas),
    ]
    if episode.world in _MANY:
        forecasts.append(Forecast("GE sectors", "GE", None, made.by_sector(factor, _MANY[episode.world])))
    middle = made.solved(factor, MIDDLE)
    run = Run(episode, base, history, basis, tuple(forecasts), middle, made.levied(factor), draws, seed, split)
    return Hindcast(scores_view(ledger, run), flows_view(ledger, run), placebo_view(ledger, run))


def factors(episode: Episode, base: World) -> Floats:
    """[N, N] tariff factor of the year after over that of the year before; of two levies the later one holds.

    Args:
        episode: with its levies.
        base: whose countries are meant; others are left out.
    """
    place = {name: k for k, name in enumerate(base.countries)}
    n = len(place)
    found = np.ones((n, n))
    for one in episode.levies:
        rows, columns = (
            [place[name] for name in side if name in place] if side else list(range(n))
            for side in (one.exporters, one.importers)
        )
        found[np.ix_(rows, columns)] = (1.0 + one.mean(episode.after)) / (1.0 + one.before)
    np.fill_diagonal(found, 1.0)
    return found


Place = tuple[list[int], list[int]]  # exporters, importers


def _cells(base: World, one: Change) -> list[Place] | None:
    """The world's cells of a change; None where the world lacks the reporter or all of the partner."""
    place = {name: k for k, name in enumerate(base.countries)}
    names = members(one.partner) if one.group else (one.partner,)
    partner = [place[name] for name in names if name in place and name != one.reporter]
    if one.reporter not in place or not partner:
        return None
    return _both([place[one.reporter]], partner, one.flow)


def _both(reporter: list[int], partner: list[int], flow: str) -> list[Place]:
    ways = {"export": [(reporter, partner)], "import": [(partner, reporter)]}
    return ways[flow] if flow in ways else [*ways["export"], *ways["import"]]


@dataclass(frozen=True, eq=False)
class _Made:
    """Predicted changes of the flows that were observed."""

    base: World
    changes: tuple[Change, ...]
    places: list[list[Place]]
    basis: str

    def diverted(self, factor: Floats, theta: float) -> Floats:
        before = self.base.trade.sum(2)
        return self._changes(before, diversion(before, factor, theta))

    def solved(self, factor: Floats, theta: float) -> Floats:
        return self._solved(self.base, factor, theta)

    def by_sector(self, factor: Floats, many: str) -> Floats:
        return self._solved(world(many), factor, None)

    def _solved(self, base: World, factor: Floats, theta: float | None) -> Floats:
        rates = np.repeat((factor - 1.0)[:, :, None], len(base.sectors), axis=2)
        rates[:, :, [k for k, name in enumerate(base.sectors) if name == SERVICES]] = 0.0
        found = solve(prepared(base, theta), Shock(rates, np.zeros_like(rates)), partial=False)
        before, after = (flows.sum(2) for flows in found.flows)
        for flows in (before, after):
            np.fill_diagonal(flows, 0.0)
        return self._changes(before, after)

    def _changes(self, before: Floats, after: Floats) -> Floats:
        moved = np.array([_log(before, after, one) for one in self.places])
        if self.basis == "absolute":
            return moved
        everybody = list(range(len(before)))
        totals = {
            (who, flow): _log(before, after, _both([self.base.countries.index(who)], everybody, flow))
            for who, flow in {(one.reporter, one.flow) for one in self.changes}
        }
        return moved - [totals[one.reporter, one.flow] for one in self.changes]

    def levied(self, factor: Floats) -> Floats:
        """ln of the tariff factor of each flow, weighted by the flows before; 0 where nothing was levied."""
        trade = self.base.trade.sum(2)
        return np.array([_log(trade, trade * factor, one) for one in self.places])


def _log(before: Floats, after: Floats, places: list[Place]) -> float:
    old, new = (sum(float(flows[np.ix_(*one)].sum()) for one in places) for flows in (before, after))
    return float(np.log(new / old)) if old > 0 else float("nan")
