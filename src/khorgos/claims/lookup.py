"""The ledger's figures that a text's claims may be about, asked for once and found by slot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from khorgos.claims.claim import Claim
from khorgos.claims.slots import members_of, when
from khorgos.claims.universe import universe_of
from khorgos.core.provenance import Release, Source
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
# Areas up to which all years are asked. Chosen because beyond it the pairs' whole history takes longer to read than
# the text; the years that the text speaks of and ten before are asked then.
_FEW_AREAS, _HISTORY = 40, 10


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
    """Figures by reporter, partner, flow and period.

    `memo` is for readings made of them, which many claims of a text share.

    Args:
        figures: as fetched.
    """

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._cells: dict[tuple[str, str, str], dict[str, list[Figure]]] = {}
        self._partners: dict[tuple[str, str, str], set[str]] = {}
        self.memo: dict[object, object] = {}
        for one in figures:
            self._cells.setdefault((one.reporter, one.partner, one.flow), {}).setdefault(one.period, []).append(one)
            self._partners.setdefault((one.reporter, one.flow, one.period), set()).add(one.partner)

    def at(self, reporter: str, partner: str, flow: str, period: str) -> Sequence[Figure]:
        """All figures of a cell, declarations and the finest first."""
        return self._cells.get((reporter, partner, flow), {}).get(period, ())

    def partners(self, reporter: str, flow: str, period: str) -> frozenset[str]:
        """Partners for which a reporter has figures."""
        return frozenset(self._partners.get((reporter, flow, period), ()))


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
        return Figures(())
    deep = len(areas) <= _FEW_AREAS
    span = () if deep else tuple(range(min(years) - _HISTORY, max(years) + 2))
    asked = [FlowQuery(areas, areas, _FLOWS, years=span, by="native")]
    if owners := _owners(claims):
        near = tuple(sorted({year + shift for year in years for shift in (-1, 0)}))
        asked.append(FlowQuery(owners, (), _FLOWS, years=near, by="native"))
    found: dict[str, Figure] = {}
    for query in asked:
        table = run(ledger, rows(ledger, query))
        found |= {one.token: one for one in _figures(table.to_pylist(), ledger.releases, ledger.sources)}
    return Figures(_dated(found.values()))


def _figures(
    table: Sequence[Mapping[str, object]], releases: Mapping[str, Release], sources: Mapping[str, Source]
) -> Iterator[Figure]:
    cards = {one.id: (one, sources[one.source], known_by(one)) for one in releases.values()}
    for row in table:
        value = row["value"]
        if value is None:
            continue
        release, card, known = cards[str(row["release"])]
        yield Figure(
            reporter=str(row["reporter"]),
            partner=str(row["partner"]),
            flow=str(row["flow"]),
            period=str(row["period"]),
            value=float(value),  # type: ignore[arg-type]  # a float64 column
            currency=str(row["currency"]),
            rounding=row["rounding"],  # type: ignore[arg-type]  # a float64 column
            valuation=row["valuation"],  # type: ignore[arg-type]  # a string column
            status=str(row["status"]),
            source=card.id,
            voice=f"{card.id}|{release.attribution or ''}|{row['currency']}|{row['valuation']}|{row['partner_basis']}",
            known=known,
            token=f"{release.id}#{row['locator']}",
            official=card.rank <= _OFFICIAL_RANK and row["status"] == "reported",
        )


def _dated(figures: Iterable[Figure]) -> Iterator[Figure]:
    """The figures in order of preference; of one voice's vintages only the latest is current."""
    seen: set[tuple[str, ...]] = set()
    latest = sorted(figures, key=lambda one: (one.known or dt.date.min, one.token), reverse=True)
    marked = []
    for one in latest:
        key = (one.voice, one.reporter, one.partner, one.flow, one.period)
        marked.append(one if key not in seen else replace(one, current=False))
        seen.add(key)
    yield from sorted(marked, key=lambda one: (not one.official, not one.current, one.rounding or 0.0))


def _areas(claims: Sequence[Claim]) -> tuple[str, ...]:
    found: set[str] = set()
    for claim in claims:
        for area_id in (claim.reporter_id, claim.partner_id):
            if area_id is not None:
                found.update(ALIASES.get(area_id, (area_id,)))
                found.update(members_of(area_id, claim.period))
        if claim.kind in ("rank", "balance") and (universe := universe_of(claim)) is not None:
            found.update({universe.group} | universe.others)
    if any(claim.kind == "share" for claim in claims):
        found.add(_WORLD)
    return tuple(sorted(found))


def _owners(claims: Sequence[Claim]) -> tuple[str, ...]:
    """Areas whose trade with everybody is needed, for ranks among all partners."""
    found: set[str] = set()
    for claim in claims:
        if claim.kind in _WORLDWIDE and (universe := universe_of(claim)) is not None and universe.group == _WORLD:
            found.update(members_of(universe.owner, claim.period) or (universe.owner,))
    return tuple(sorted(found))


def _years(claims: Sequence[Claim]) -> frozenset[int]:
    found: set[int] = set()
    for claim in claims:
        for text in (claim.period, claim.base_period):
            if text:
                found.add(int(text[:4]))
    return frozenset(found)
