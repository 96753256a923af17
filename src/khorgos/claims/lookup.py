"""The ledger's figures that a text's claims may be about, asked for once and found by slot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import pyarrow as pa

from khorgos.claims.claim import Claim
from khorgos.claims.slots import members_of, when
from khorgos.claims.universe import universes_of
from khorgos.core.schema import FLOW, Status
from khorgos.ledger.engine import run
from khorgos.ledger.query import rows
from khorgos.ledger.question import FlowQuery
from khorgos.ledger.relations import known_by
from khorgos.ledger.store import Ledger

_FLOWS = ("export", "import", "total", "balance")
_WORLD = "WLD"
_WORLDWIDE = frozenset({"rank", "share", "count"})

#: Groups that news calls by one word and publishers print under several ids.
ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"EU": ("EU", "EU27", "EU28"), "EU27": ("EU27", "EU", "EU28"), "EU28": ("EU28", "EU", "EU27")}
)
# Compilations and reconciliations are evidence, but nobody's declaration.
_OFFICIAL_RANK = 30
# Areas up to which all periods are asked. Chosen because beyond it the pairs' whole history takes longer to read than
# the text; the periods that the text speaks of and those a year before are asked then.
_FEW_AREAS = 70


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the ledger with its publication.

    Args:
        reporter, partner, flow, period: of the row.
        value: in units of `currency`.
        currency: ISO 4217.
        rounding: step of its last digit; None if exact.
        valuation: FOB, CIF or both; None where not said.
        status: reported, estimated, mirrored or reconciled.
        source: id of the source card.
        voice: the source and whose figure it prints.
        known: day from which it was out; None where unknown.
        token: "release#place".
        official: a declaration of the reporter, as published or collected.
        current: no later vintage of the same voice states the cell.
    """

    reporter: str
    partner: str
    flow: str
    period: str
    value: float
    currency: str
    rounding: float | None
    valuation: str | None
    status: str
    source: str
    voice: str
    known: dt.date | None
    token: str
    official: bool
    current: bool = True

    def visible(self, day: dt.date | None) -> bool:
        """Whether it was out on a day; a figure of unknown day was where its period had ended."""
        if day is None:
            return True
        if self.known is not None:
            return self.known <= day
        period = when(self.period)
        return period is None or period.last_day <= day


class Figures:
    """Figures by reporter, partner, flow and period; rows become figures when they are asked for.

    `memo` is for readings made of them, which many claims of a text share.

    Args:
        table: rows with the columns of `core.schema.FLOW`.
        ledger: the ledger that they are of.
    """

    def __init__(self, table: pa.Table, ledger: Ledger) -> None:
        self._columns = {name: table[name].to_pylist() for name in _COLUMNS}
        self._cards = {one.id: (one, ledger.sources[one.source], known_by(one)) for one in ledger.releases.values()}
        self._rows: dict[tuple[str, str, str, str], list[int]] = {}
        self._made: dict[tuple[str, str, str, str], tuple[Figure, ...]] = {}
        self._partners: dict[tuple[str, str, str], set[str]] = {}
        self.memo: dict[object, object] = {}
        for number, key in enumerate(zip(*(self._columns[name] for name in _KEY), strict=True)):
            self._rows.setdefault(key, []).append(number)

    def at(self, reporter: str, partner: str, flow: str, period: str) -> Sequence[Figure]:
        """All figures of a cell, declarations and the finest first."""
        key = (reporter, partner, flow, period)
        if key not in self._rows:
            return ()
        if key not in self._made:
            self._made[key] = _dated(self._figure(number) for number in self._rows[key])
        return self._made[key]

    def partners(self, reporter: str, flow: str, period: str) -> frozenset[str]:
        """Partners for which a reporter has figures."""
        if not self._partners:
            for rep, partner, way, when_ in self._rows:
                self._partners.setdefault((rep, way, when_), set()).add(partner)
        return frozenset(self._partners.get((reporter, flow, period), ()))

    def _figure(self, number: int) -> Figure | None:
        row = {name: values[number] for name, values in self._columns.items()}
        if row["value"] is None or row["status"] == Status.DOUBTED:
            return None
        release, card, known = self._cards[row["release"]]
        return Figure(
            **{name: row[name] for name in (*_KEY, "value", "currency", "rounding", "valuation", "status")},
            source=card.id,
            voice=f"{card.id}|{release.attribution or ''}|{row['currency']}|{row['valuation']}|{row['partner_basis']}",
            known=known,
            token=f"{release.id}#{row['locator']}",
            official=card.rank <= _OFFICIAL_RANK and row["status"] == "reported",
        )


_KEY = ("reporter", "partner", "flow", "period")
_COLUMNS = (
    *_KEY,
    *("value", "currency", "rounding", "valuation", "partner_basis", "status", "release", "locator"),
)


def fetch(ledger: Ledger, claims: Sequence[Claim]) -> Figures:
    """Ask the ledger for everything that the claims of one text may need, in two questions at the most.

    Args:
        ledger: the ledger.
        claims: of one text.

    Returns:
        Every vintage of every source, in its own currency.
    """
    areas, years = _areas(claims), _years(claims)
    if not areas or not years:
        return Figures(FLOW.empty_table(), ledger)
    every = FlowQuery(areas, areas, _FLOWS, periods=() if len(areas) <= _FEW_AREAS else _periods(claims), by="native")
    tables = [run(ledger, rows(ledger, every))]
    owners, periods = _owners(claims)
    if owners:
        tables.append(run(ledger, rows(ledger, FlowQuery(owners, (), _FLOWS, periods=periods, by="native"))))
    return Figures(pa.concat_tables(tables), ledger)


def _dated(figures: Iterable[Figure | None]) -> tuple[Figure, ...]:
    """The figures of a cell in order of preference; of one voice's vintages only the latest is current."""
    distinct = {one.token: one for one in figures if one is not None}
    latest = sorted(distinct.values(), key=lambda one: (one.known or dt.date.min, one.token), reverse=True)
    seen: set[str] = set()
    marked = []
    for one in latest:
        marked.append(one if one.voice not in seen else replace(one, current=False))
        seen.add(one.voice)
    return tuple(sorted(marked, key=lambda one: (not one.official, not one.current, one.rounding or 0.0)))


def _areas(claims: Sequence[Claim]) -> tuple[str, ...]:
    found: set[str] = set()
    for claim in claims:
        for area_id in (claim.reporter_id, claim.partner_id):
            if area_id is not None:
                found.update(ALIASES.get(area_id, (area_id,)))
                found.update(members_of(area_id, claim.period))
        for universe in universes_of(claim) if claim.kind in ("rank", "balance") and claim.period else ():
            found.update({universe.group} | universe.others)
    return tuple(sorted(found | {_WORLD})) if found else ()


def _owners(claims: Sequence[Claim]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Areas whose trade with everybody is needed, for ranks among all partners, and the periods of it."""
    found: set[str] = set()
    periods: set[str] = set()
    for claim in claims:
        period = when(claim.period)
        if claim.kind not in _WORLDWIDE or period is None:
            continue
        for universe in universes_of(claim):
            if universe.group != _WORLD:
                continue
            found.update(members_of(universe.owner, claim.period) or (universe.owner,))
            periods.add(str(period))
    return tuple(sorted(found)), tuple(sorted(periods))


def _periods(claims: Sequence[Claim]) -> tuple[str, ...]:
    """The periods that claims speak of, and the same a year before."""
    named = {period for claim in claims for text in (claim.period, claim.base_period) if (period := when(text))}
    return tuple(sorted({str(period.shift(-12)) for period in named} | {str(period) for period in named}))


def _years(claims: Sequence[Claim]) -> frozenset[int]:
    found: set[int] = set()
    for claim in claims:
        for text in (claim.period, claim.base_period):
            if text:
                found.add(int(text[:4]))
    return frozenset(found)
