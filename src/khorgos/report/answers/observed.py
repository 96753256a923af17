"""What trade did: the changes of an episode from the ledger, and from figures that the episode brings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from khorgos.ledger.engine import run
from khorgos.ledger.query import FlowQuery, cells
from khorgos.ledger.store import Ledger
from khorgos.ledger.worlds import Floats
from khorgos.nomenclature.areas import is_aggregate
from khorgos.nomenclature.groups import members
from khorgos.report.episode_text import Episode, Outcome

#: First year of the spans that serve as placebo: the embedded ledger's first.
FIRST = 2000

Key = tuple[str, str, str]  # reporter, partner, flow


@dataclass(frozen=True, slots=True)
class Change:
    """One flow that is scored.

    Args:
        reporter: ISO3.
        partner: area or group.
        flow: export, import or total.
        before: USD in the year before.
        log: ln of the year after over the year before.
        total: the same of the reporter's flow with all; None where unknown.
        past: ln of the year before over that of the trend's first; None where unknown.
        past_total: the same of the reporter's flow with all.
        trace: the ledger's tokens.
        outcome: the figure that the episode brought, where it is one.
        product: HS code; "" for all goods.
    """

    reporter: str
    partner: str
    flow: str
    before: float
    log: float
    total: float | None
    past: float | None
    past_total: float | None
    trace: tuple[str, ...] = ()
    outcome: Outcome | None = None
    product: str = ""

    @property
    def group(self) -> bool:
        """Whether the partner is a group of areas."""
        return is_aggregate(self.partner)


@dataclass(frozen=True, eq=False)
class History:
    """What was observed.

    Args:
        changes: the flows that are scored.
        series: (reporter, partner, flow) -> year -> USD, for the placebo spans; empty where there are none.
        sums: (reporter, flow, year) -> USD with all partners.
        least: flows below this were left out.
    """

    changes: tuple[Change, ...]
    series: dict[Key, dict[int, float]]
    sums: dict[tuple[str, str, int], float]
    least: float

    def only(self, kept: Sequence[int]) -> History:
        """The same with some of the changes."""
        return replace(self, changes=tuple(self.changes[k] for k in kept))

    def actual(self, basis: str) -> Floats:
        """Log changes, less those of the reporter's trade with all where the basis is relative; nan where unknown."""
        return np.array([_less(one.log, one.total, basis) for one in self.changes])

    def trend(self, episode: Episode, basis: str) -> Floats:
        """The trend of the years before, as long as the span; nan where unknown."""
        scale = episode.span / episode.trend
        return np.array([scale * _less(one.past, one.past_total, basis) for one in self.changes])

    def placebo(self, start: int, span: int, basis: str) -> Floats:
        """Changes of the same flows over another span; nan where one end is missing or below the least."""
        found = []
        for one in self.changes:
            own = self.series.get((one.reporter, one.partner, one.flow), {})
            old, new = own.get(start, 0.0), own.get(start + span, 0.0)
            change = math.log(new / old) if old >= self.least and new > 0 else None
            found.append(_less(change, self._all(one.reporter, one.flow, start, span), basis))
        return np.array(found)

    def _all(self, reporter: str, flow: str, start: int, span: int) -> float | None:
        ends = (self.sums.get((reporter, flow, year), 0.0) for year in (start, start + span))
        old, new = ends
        return math.log(new / old) if old > 0 and new > 0 else None


def _less(change: float | None, total: float | None, basis: str) -> float:
    if change is None or (basis == "relative" and total is None):
        return math.nan
    return change - (total or 0.0) if basis == "relative" else change


def observed(ledger: Ledger, episode: Episode, countries: Sequence[str], least: float) -> History:
    """The changes of an episode.

    Exports and imports where both years have both; a partner's total where they have only that. A missing direction
    is the total less the other. Figures that the episode brings hold before the ledger's.

    Args:
        ledger: to ask.
        episode: which years, whose statistics.
        countries: partners of the world that is run.
        least: flows of the year before below this, in USD, are left out.
    """
    spans = () if episode.outcomes else range(FIRST, episode.before)
    years = {episode.before, episode.after, episode.before - episode.trend, *spans}
    extra = {one.reporter for one in episode.outcomes}
    reporters = tuple(dict.fromkeys((*episode.reporters, *sorted(extra))))
    query = FlowQuery(
        reporters=reporters,
        flows=("export", "import", "total"),
        years=tuple(sorted(years)),
        sources=episode.sources,
    )
    book = _Book(run(ledger, cells(ledger, query)).to_pylist(), episode)
    told = {(one.reporter, one.partner, one.flow): one for one in episode.outcomes}
    found: list[Change] = []
    for reporter in episode.reporters:
        for partner in sorted(set(countries) - {reporter}):
            flows = book.flows(reporter, partner)
            own = [book.change((reporter, partner, flow)) for flow in flows if (reporter, partner, flow) not in told]
            found += [one for one in own if one is not None]
    found += [one for outcome in episode.outcomes if (one := book.told(outcome)) is not None]
    kept = tuple(one for one in found if one.before >= least)
    return History(kept, book.values if spans else {}, book.sums, least)


class _Book:
    """The ledger's figures by flow and year."""

    def __init__(self, rows: Iterable[dict[str, Any]], episode: Episode) -> None:
        self.episode = episode
        self.values: dict[Key, dict[int, float]] = {}
        self.traces: dict[Key, dict[int, tuple[str, ...]]] = {}
        for row in rows:
            if row["value"] is None:
                continue
            key = (row["reporter"], row["partner"], row["flow"])
            year = int(row["period"])
            self.values.setdefault(key, {})[year] = float(row["value"])
            self.traces.setdefault(key, {})[year] = tuple(row["trace"])
        self._complete()
        self.sums = self._sums()

    def _complete(self) -> None:
        """Totals from both directions, and a direction from the total and the other."""
        for reporter, partner in {key[:2] for key in self.values}:
            both = [(reporter, partner, flow) for flow in ("export", "import", "total")]
            for year in {year for key in both for year in self.values.get(key, {})}:
                values = [self.values.get(key, {}).get(year) for key in both]
                traces = tuple(t for key in both for t in self.traces.get(key, {}).get(year, ()))
                for key, value in zip(both, _filled(*values), strict=True):
                    if value is not None and year not in self.values.setdefault(key, {}):
                        self.values[key][year] = value
                        self.traces.setdefault(key, {})[year] = traces

    def _sums(self) -> dict[tuple[str, str, int], float]:
        found: dict[tuple[str, str, int], float] = {}
        for (reporter, partner, flow), series in self.values.items():
            if not is_aggregate(partner):
                for year, value in series.items():
                    found[reporter, flow, year] = found.get((reporter, flow, year), 0.0) + value
        return found

    def flows(self, reporter: str, partner: str) -> tuple[str, ...]:
        ends = (self.episode.before, self.episode.after)
        both = ("export", "import")
        if all(year in self.values.get((reporter, partner, flow), {}) for flow in both for year in ends):
            return both
        return ("total",)

    def change(self, key: Key) -> Change | None:
        own = self.values.get(key, {})
        old, new = own.get(self.episode.before, 0.0), own.get(self.episode.after, 0.0)
        if old <= 0 or new <= 0:
            return None
        traces = self.traces[key]
        trace = (*traces[self.episode.before], *traces[self.episode.after])
        return self._made(key, old, math.log(new / old), self.past([key]), trace)

    def told(self, one: Outcome) -> Change | None:
        names = members(str(one.partner)) if is_aggregate(str(one.partner)) else (str(one.partner),)
        keys = [(one.reporter, name, one.flow) for name in names]
        before = self._sum(keys, self.episode.before) if one.value is None else one.value / (1.0 + one.growth)
        if before <= 0:
            return None
        change = self._made(
            (one.reporter, str(one.partner), one.flow), before, math.log1p(one.growth), self.past(keys, before), ()
        )
        return replace(change, outcome=one)

    def _made(self, key: Key, before: float, log: float, past: float | None, trace: tuple[str, ...]) -> Change:
        reporter, partner, flow = key
        return Change(
            reporter=reporter,
            partner=partner,
            flow=flow,
            before=before,
            log=log,
            total=self.total(reporter, flow),
            past=past,
            past_total=self.past_total(reporter, flow),
            trace=trace,
        )

    def past(self, keys: Sequence[Key], before: float | None = None) -> float | None:
        old = self._sum(keys, self.episode.before - self.episode.trend)
        new = self._sum(keys, self.episode.before) if before is None else before
        return math.log(new / old) if old > 0 and new > 0 else None

    def total(self, reporter: str, flow: str) -> float | None:
        for one in self.episode.totals:
            if (one.reporter, one.flow) == (reporter, flow):
                return math.log1p(one.growth)
        if self.episode.outcomes:  # a few partners only: their sum is not the whole
            return None
        old, new = (self.sums.get((reporter, flow, year), 0.0) for year in (self.episode.before, self.episode.after))
        return math.log(new / old) if old > 0 and new > 0 else None

    def past_total(self, reporter: str, flow: str) -> float | None:
        old, new = (
            self.sums.get((reporter, flow, year), 0.0)
            for year in (self.episode.before - self.episode.trend, self.episode.before)
        )
        for one in self.episode.totals:
            if (one.reporter, one.flow) == (reporter, flow) and one.value is not None:
                new = one.value / (1.0 + one.growth)
        return math.log(new / old) if old > 0 and new > 0 else None

    def _sum(self, keys: Sequence[Key], year: int) -> float:
        return sum(self.values.get(key, {}).get(year, 0.0) for key in keys)


def _filled(export: float | None, import_: float | None, total: float | None) -> tuple[float | None, ...]:
    if export is not None and import_ is not None:
        return export, import_, export + import_ if total is None else total
    if total is not None and export is not None and total > export:
        return export, total - export, total
    if total is not None and import_ is not None and total > import_:
        return total - import_, import_, total
    return export, import_, total
