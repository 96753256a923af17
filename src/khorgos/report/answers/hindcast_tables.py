"""The tables of `khorgos hindcast`: scores, flows, and the placebo spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from khorgos.core.provenance import Lineage
from khorgos.core.version import __version__
from khorgos.ledger.store import Ledger
from khorgos.ledger.worlds import Floats, Marks, World
from khorgos.measures.measured import Measured
from khorgos.models.hindcast import FEWEST, resampled, scores, shuffled
from khorgos.report.answer import Answer
from khorgos.report.answers.observed import FIRST, Change, History
from khorgos.report.credits import Credits
from khorgos.report.episode_text import Episode
from khorgos.report.view import Column, SourceLine, View

VIEWS = ("scores", "flows", "placebo")
#: The interval that is printed.
LEVEL = 0.9
#: Observations that an order or a slope takes; chosen because of fewer than ten any order comes about by chance.
ORDERED = 10


@dataclass(frozen=True, eq=False)
class Forecast:
    """What was predicted of every flow.

    Args:
        name: as printed.
        kind: "naive", "diversion" or "GE".
        theta: trade elasticity; None where there is none, or one a sector.
        logs: [n] log changes; nan where the forecast says nothing.
    """

    name: str
    kind: str
    theta: float | None
    logs: Floats


@dataclass(frozen=True, eq=False)
class Run:
    """An episode, what was predicted and what happened.

    Args:
        episode: as written.
        world: of the eve; None where products are run in partial equilibrium.
        history: what trade did.
        basis: "relative" or "absolute".
        forecasts: by all methods.
        middle: [n] of the equilibrium at the worlds' own elasticity.
        levied: [n] ln of the tariff factor on each flow.
        draws, seed: of the intervals.
        split: score each reporter's imports and exports apart too.
        clusters: "partner" or "product": what is resampled together.
    """

    episode: Episode
    world: World | None
    history: History
    basis: str
    forecasts: tuple[Forecast, ...]
    middle: Floats
    levied: Floats
    draws: int
    seed: int
    split: bool = False
    clusters: str = "partner"

    @property
    def actual(self) -> Floats:
        """[n] log changes on the chosen basis."""
        return self.history.actual(self.basis)

    @property
    def direct(self) -> Marks:
        """[n] flows between the rivals."""
        sides = self.episode.rivals
        return np.array([one.reporter in sides and one.partner in sides for one in self.history.changes])

    @property
    def scopes(self) -> tuple[tuple[str, Marks], ...]:
        """Which flows are scored together, by name."""
        every = np.ones_like(self.direct)
        found = [("all", every), ("rivals", self.direct), ("third", ~self.direct)]
        if self.split:
            keys = dict.fromkeys((one.reporter, one.flow) for one in self.history.changes)
            for reporter, flow in keys:
                inside = np.array([(one.reporter, one.flow) == (reporter, flow) for one in self.history.changes])
                found.append((f"{reporter} {flow}s", inside & ~self.direct))
        return tuple(found)


def scores_view(ledger: Ledger, run: Run) -> Answer:
    """Every forecast's scores, of all flows and of third partners'.

    Args:
        ledger: for the credits.
        run: what was predicted and what happened.
    """
    rows = [
        row
        for scope, inside in run.scopes
        for one in run.forecasts
        if (row := _scored(run, one, scope, inside)) is not None
    ]
    points = partial(Column, kind="number", unit="log points")
    ratio = partial(Column, kind="number", decimals=2)
    columns = (
        Column("scope", "Flows"),
        Column("forecast", "Forecast"),
        Column("n", "N", "integer"),
        ratio("rank", "Rank"),
        Column("rank_interval", f"{LEVEL:.0%}"),
        ratio("p", "p"),
        Column("sign", "Sign", "percent", "percent", 0),
        points("mae", "MAE"),
        points("weighted", "MAE·w"),
        points("rmse", "RMSE"),
        ratio("slope", "Slope"),
        ratio("skill", "Skill"),
    )
    view = View(
        title=f"Was it right? {run.episode.title}: {run.episode.before} to {run.episode.after}",
        subtitle=f"{_basis(run)}; errors in log points (100 × ln); {_engine(run)}",
        columns=columns,
        rows=tuple(rows),
        notes=(*(one.replace("{rivals}", " and ".join(run.episode.rivals)) for one in _LEGEND), *_notes(run)),
        sources=_Cited(ledger, run).lines,
    )
    return Answer(view, (_measured(run, rows),))


_LEGEND = (
    "Flows: all; rivals: between {rivals}; third: all others. Numbers beside a forecast: its trade elasticity θ.",
    "Rank: Spearman's correlation of predicted and actual changes, with its bootstrap interval (partners, or products, "
    "resampled) and the probability p that chance alone orders them as well. Sign: directions that are right. MAE·w: "
    "weighted by trade.",
    "Slope: 1 where trade moved by as much as predicted, 0.3 where by a third of it. Skill: share of the squared error "
    "of no change that is gone; below zero is worse than saying nothing.",
    "Divert: proportional diversion, what is hit falls by (1 + t)^−θ, and exporters' and importers' totals are kept. "
    "GE: general equilibrium, wages, prices and incomes adjust.",
)


def _engine(run: Run) -> str:
    return f"world of {run.world.year}" if run.world else "partial equilibrium, product by product"


def _scored(run: Run, one: Forecast, scope: str, inside: Marks) -> dict[str, Any] | None:
    actual = run.actual
    use = inside & np.isfinite(actual) & np.isfinite(one.logs)
    if use.sum() < FEWEST:
        return None
    changes = [run.history.changes[k] for k in np.flatnonzero(use)]
    p, a = one.logs[use], actual[use]
    found = scores(p, a, [c.before for c in changes])
    few = len(changes) < ORDERED
    spread = resampled(p, a, [getattr(c, run.clusters) for c in changes], draws=run.draws, seed=run.seed, level=LEVEL)
    return {
        "scope": scope,
        "forecast": one.name,
        "theta": one.theta,
        "n": found.n,
        "rank": None if few else found.rank,
        "rank_interval": "" if few else _interval(spread["rank"]),
        "p": None if few else shuffled(p, a, draws=run.draws, seed=run.seed),
        "sign": None if found.sign is None else 100 * found.sign,
        "mae": 100 * found.mae,
        "weighted": 100 * found.weighted,
        "rmse": 100 * found.rmse,
        "bias": 100 * found.bias,
        "slope": None if few else found.slope,
        "skill": found.skill,
    }


def _interval(bounds: tuple[float, float] | None) -> str:
    return "" if bounds is None else f"{bounds[0]:.2f}…{bounds[1]:.2f}".replace("-", "−")


def flows_view(ledger: Ledger, run: Run) -> Answer:
    """Every flow's actual and predicted change, the largest flows first.

    Args:
        ledger: for the credits.
        run: what was predicted and what happened.
    """
    cited = _Cited(ledger, run)
    order = sorted(range(len(run.history.changes)), key=lambda k: -run.history.changes[k].before)
    trend = run.forecasts[1].logs
    rows = []
    for k in order:
        one = run.history.changes[k]
        rows.append(
            {
                "flow": _name(one),
                "reporter": one.reporter,
                "partner": one.partner,
                "direction": one.flow,
                "product": one.product,
                "before": one.before,
                "levied": 100 * float(np.expm1(run.levied[k])),
                "actual": _percent(run.actual[k]),
                "trend": _percent(trend[k]),
                **{f.name: _percent(f.logs[k]) for f in run.forecasts[2:]},
                "sources": list(cited.marks(one)),
            }
        )
    change = partial(Column, kind="percent", unit="percent change")
    columns = (
        Column("flow", "Flow"),
        Column("before", str(run.episode.before), "money", "USD"),
        change("levied", "Tariff"),
        change("actual", "Actual"),
        change("trend", "Trend"),
        *(change(f.name, f.name) for f in _shown(run)),
        Column("sources", "Source", "list"),
    )
    view = View(
        title=f"Actual and predicted: {run.episode.title}, {run.episode.before} to {run.episode.after}",
        subtitle=f"USD {{scale}}; changes in per cent, {_basis(run)}; tariff: the average's rise",
        columns=columns,
        rows=tuple(rows),
        notes=_notes(run),
        sources=cited.lines,
    )
    return Answer(view)


def _shown(run: Run) -> list[Forecast]:
    """Diversion at the middle elasticity, GE at the two lowest, and by sector: what a screen has room for."""
    made = run.forecasts[2:]
    return [
        *[one for one in made if one.kind == "diversion"][1:2],
        *[one for one in made if one.kind == "GE" and one.theta is not None][:2],
        *[one for one in made if one.kind == "GE" and one.theta is None],
    ]


def _percent(log: float) -> float | None:
    return 100 * float(np.expm1(log)) if np.isfinite(log) else None


def _name(one: Change) -> str:
    ways = {"export": "to", "import": "from"}
    return f"{one.reporter} {ways.get(one.flow, 'and')} {one.partner}{f', {one.product}' if one.product else ''}"


def placebo_view(ledger: Ledger, run: Run) -> Answer | None:
    """The same forecast against spans in which the tariffs did not come: what a rank correlation is worth.

    Args:
        ledger: for the credits.
        run: what was predicted and what happened.

    Returns:
        None where the history has no such spans.
    """
    if not run.history.series:
        return None
    span = run.episode.span
    rows = []
    for start in (*range(FIRST, run.episode.before - span + 1), run.episode.before):
        moved = run.history.placebo(start, span, run.basis)
        use = ~run.direct & np.isfinite(moved)
        if use.sum() < FEWEST:
            continue
        found = scores(run.middle[use], moved[use])
        rows.append(
            {
                "span": f"{start}–{start + span}",
                "n": found.n,
                "rank": found.rank,
                "slope": found.slope,
                "real": "with the tariffs" if start == run.episode.before else "",
            }
        )
    ratio = partial(Column, kind="number", decimals=2)
    view = View(
        title=f"Placebo spans: {run.episode.title}",
        subtitle="third partners; the general equilibrium's forecast, θ = 4, against other years",
        columns=(
            Column("span", "Span"),
            Column("n", "N", "integer"),
            ratio("rank", "Rank"),
            ratio("slope", "Slope"),
            Column("real", ""),
        ),
        rows=tuple(rows),
        notes=(_placebo_note(rows),),
        sources=_Cited(ledger, run).lines,
    )
    return Answer(view)


def _placebo_note(rows: Sequence[dict[str, Any]]) -> str:
    others = [row["rank"] for row in rows if not row["real"] and row["rank"] is not None]
    own = next((row["rank"] for row in rows if row["real"]), None)
    if own is None or not others:
        return "There is nothing to compare with."
    above = sum(other >= own for other in others)
    return (
        f"Of {len(others)} spans without these tariffs the same forecast orders {above} at least as well as the span "
        "that had them: what ranks high there is not the tariffs' doing."
    )


# --- what both say ------------------------------------------------------------------------------------------------
def _basis(run: Run) -> str:
    if run.basis == "relative":
        return (
            f"relative to the reporter's {'imports of the product' if run.world is None else 'trade'} with all partners"
        )
    return "in current dollars, so that growth of all trade counts as error"


def _notes(run: Run) -> tuple[str, ...]:
    changes, episode = run.history.changes, run.episode
    unknown = sum(not np.isfinite(one) for one in run.actual)
    scored = (
        f"Scored: {len(changes) - unknown} flows of at least {run.history.least / 1e9:g} bn USD in {episode.before}"
    )
    if run.world is None:
        products = len({one.product for one in changes})
        return (
            f"{scored}, of {products} products; tariffs of khorgos's registry (docs/tariff.md), added duties only, in "
            f"the middle of their range, averaged over the days of {episode.after} and the lines of a product.",
            "GSIM: partial equilibrium, each exporter's world market of a product clears; home sales are not known.",
        )
    told = [
        _implied(run),
        f"{scored}; the tariffs of {episode.after} are averages of statutory rates over its days.",
    ]
    if unknown:
        told.append(f"{unknown} flows are left out: the growth of the reporter's trade with all is not known.")
    if episode.note:
        told.append(episode.note)
    return tuple(told)


def _implied(run: Run) -> str:
    implied = [
        f"{_name(one)} {-run.actual[k] / run.levied[k]:.1f}"
        for k, one in enumerate(run.history.changes)
        if run.direct[k] and one.flow == "import" and run.levied[k] > 0 and np.isfinite(run.actual[k])
    ]
    if not implied:
        return "No flow between the rivals was levied on."
    return f"As if θ were, change over tariff and nothing else: {', '.join(implied)}."


class _Cited:
    """Numbered credits: the ledger's releases, the world's files, and the pages that the episode names."""

    def __init__(self, ledger: Ledger, run: Run) -> None:
        self._credits = Credits(ledger)
        for one in run.history.changes:
            self._credits.cite(one.trace)
        found = list(self._credits.lines())
        for source in run.world.sources if run.world else ():
            text = f"{source['title']} ({source['licence']})"
            found.append(SourceLine(len(found) + 1, text, f"sha256:{source['sha256'][:12]}", source["url"]))
        self._pages: dict[tuple[str, str], int] = {}
        told = [(one.publisher, one.source) for one in run.episode.levies]
        told += [(one.publisher, one.source) for one in (*run.episode.outcomes, *run.episode.totals)]
        for page in dict.fromkeys(one for one in told if one[0] and run.world):
            self._pages[page] = len(found) + 1
            found.append(SourceLine(len(found) + 1, f"{page[0]}, {_host(page[1])}", page[1], page[1]))
        self.lines = tuple(found)

    def marks(self, one: Change) -> tuple[str, ...]:
        """Marks such as "[1]" for a change."""
        if one.outcome is not None:
            return (f"[{self._pages[one.outcome.publisher, one.outcome.source]}]",)
        return self._credits.cite(one.trace)


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].removeprefix("www.")


def _measured(run: Run, rows: Sequence[dict[str, Any]]) -> Measured:
    """The scores with their lineage: the world's bytes and the episode's text."""
    world = run.world
    named = f"{world.id}@{world.sha256[:12]}" if world else "the ledger's products"
    units = {"sign": "percent", "weighted": "log points", "rmse": "log points", "bias": "log points"}
    units |= dict.fromkeys(("rank", "slope", "skill"), "ratio")
    table = pa.Table.from_pylist(
        [
            {"scope": row["scope"], "forecast": row["forecast"], "n": row["n"], "value": row["mae"]}
            | {name: row[name] for name in units}
            | {"trace": [named]}
            for row in rows
        ]
    )
    lineage = Lineage(
        measure="hindcast",
        formula="mean |predicted - actual| of log changes, times 100",
        releases=(named,),
        query=run.episode.text,
        parameters={
            "world": world.sha256 if world else "",
            "basis": run.basis,
            "least": str(run.history.least),
            "draws": str(run.draws),
            "seed": str(run.seed),
            "version": __version__,
        },
    )
    return Measured(table, "log points", lineage, (), ("scope", "forecast"), units)
