"""What the ledger holds on both sides of a pair: all that a decomposition of their gaps needs, asked once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from khorgos.ledger.engine import run
from khorgos.ledger.mirror import mirror
from khorgos.ledger.query import FlowQuery, Trace, alternatives, cells
from khorgos.ledger.statements import pairs
from khorgos.ledger.store import Ledger
from khorgos.measures.evaluate import releases_of
from khorgos.measures.mirroring.causes import Year
from khorgos.nomenclature.area_register import get
from khorgos.nomenclature.groups import members

Row = dict[str, Any]

#: Reconciled and mirrored figures mix the two declarations that a mirror sets against each other.
_DECLARED = ("reported", "estimated")
#: Goods that go to no country at all.
_NOBODY = ("XBI", "XBK", "XBX", "XHS")
#: Partners in a list of all goods that is whole; chosen because the extracts in the embedded release list 37, and the
#: IMF's whole lists of small traders seldom fewer than 50.
_MANY = 50
#: Publishers' "other countries of ...": only goods of that part of the world are in them.
_PARTS_OF_THE_WORLD = {
    "XAF": "AFRICA",
    "XAS": "ASIA",
    "XEE": "EEUROPE",
    "XEU": "EUROPE",
    "XLA": "LATAM",
    "XNA": "NAMERICA",
    "XNF": "NAFRICA",
    "XOC": "OCEANIA",
    "XWA": "WASIA",
}


@dataclass(frozen=True)
class Gathered:
    """The reports of two areas, of their neighbours, and what they book nowhere.

    Args:
        statement: the question that the gaps rest on.
        reports: both reports by exporter, importer and year.
        months: monthly figures by reporter, partner, flow and month.
        consigned: imports by consignment by importer, exporter and year.
        re_exported: re-exports by exporter, importer and year.
        nowhere: by reporter, partner, flow and year: booked under no country, so perhaps the partner's.
        bordering: neighbours of each of the two.
        totals: trade of both flows together, by reporter and year.
        releases: all releases that were asked.
    """

    statement: exp.Select
    reports: dict[tuple[str, str, int], Row]
    months: dict[tuple[str, str, str, str], float]
    consigned: dict[tuple[str, str, int], float]
    re_exported: dict[tuple[str, str, int], float]
    nowhere: dict[tuple[str, str, str, int], float]
    bordering: dict[str, tuple[str, ...]]
    totals: dict[tuple[str, int], Row]
    releases: tuple[str, ...]

    def year(self, reporter: str, partner: str, flow: str, year: int) -> Year:
        """One side's figure of a year, with its months; of its own total less the other flow where that is all."""
        months = (self.months.get((reporter, partner, flow, f"{year:04d}-{n:02d}")) for n in range(1, 13))
        value = self._value(reporter, partner, flow, year)
        if value is None and (reporter, year) in self.totals:
            other = self._value(reporter, partner, "import" if flow == "export" else "export", year)
            value = None if other is None else self.totals[reporter, year]["value"] - other
        return Year(value, tuple(months))

    def _value(self, reporter: str, partner: str, flow: str, year: int) -> float | None:
        sides = (reporter, partner) if flow == "export" else (partner, reporter)
        found: float | None = self.reports.get((*sides, year), {}).get("value_x" if flow == "export" else "value_m")
        return found


def gather(ledger: Ledger, first: str, second: str, query: FlowQuery, *, trace: Trace = "release") -> Gathered:
    """Ask the ledger for everything about a pair.

    Args:
        ledger: the ledger to ask.
        first, second: ids of the two areas.
        query: years (() for all), one product, currency, as of; its reporters, partners and flows are not used.
        trace: name releases or rows.
    """
    both = (first, second)
    declared = replace(query, statuses=query.statuses or _DECLARED)
    asked = _Asked(ledger)
    bordering = _bordering(asked, both, query)
    wide = replace(declared, years=tuple(sorted({year + n for year in query.years for n in (-1, 0, 1)})))
    sides = tuple(dict.fromkeys([*both, *bordering[first], *bordering[second]]))
    statement = mirror(ledger, both, sides, wide, trace=trace)
    reports = {(r["exporter"], r["importer"], int(r["period"])): r for r in asked.rows(statement)}

    def own(**more: Any) -> list[Row]:
        return asked.known(cells(ledger, replace(wide, reporters=both, partners=both, **more), trace=trace))

    return Gathered(
        statement,
        reports,
        {(r["reporter"], r["partner"], r["flow"], r["period"]): r["value"] for r in own(by="month")},
        _by_year(own(flows=("import",), basis="consignment")),
        _by_year(own(flows=("re-export",))),
        _nowhere(asked, both, declared),
        bordering,
        {(r["reporter"], int(r["period"])): r for r in own(flows=("total",))},
        tuple(sorted(asked.releases)),
    )


class _Asked:
    """Questions to one ledger, and the releases that answered."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.releases: set[str] = set()

    def rows(self, select: exp.Select) -> list[Row]:
        """The answer, row by row."""
        table = run(self.ledger, select)
        self.releases |= set(releases_of(table))
        found: list[Row] = table.to_pylist()
        return found

    def known(self, select: exp.Select) -> list[Row]:
        """The rows with a value."""
        return [row for row in self.rows(select) if row["value"] is not None]


def _by_year(rows: Iterable[Row]) -> dict[tuple[str, str, int], float]:
    return {(r["reporter"], r["partner"], int(r["period"])): r["value"] for r in rows}


def _bordering(asked: _Asked, both: Sequence[str], query: FlowQuery) -> dict[str, tuple[str, ...]]:
    rows = asked.rows(pairs(asked.ledger, ("contig",), exporters=both, as_of=query.as_of))
    found = {
        one: sorted({r["importer"] for r in rows if r["exporter"] == one and r["value"] == 1 and r["importer"] != one})
        for one in both
    }
    return {one: tuple(found[one]) for one in both}


def _nowhere(asked: _Asked, both: Sequence[str], declared: FlowQuery) -> dict[tuple[str, str, str, int], float]:
    """Trade under no country: areas not specified, and the world's total less all partners listed.

    Of the sources that state a reporter's world total, the one that lists most partners is taken; a short list of the
    trade in all goods leaves out countries, not only areas not specified.
    """
    everyone = replace(declared, reporters=tuple(both), flows=("export", "import"), partners=())
    listed: dict[tuple[str, str, str, int], dict[str, float]] = defaultdict(dict)
    for row in asked.known(alternatives(asked.ledger, everyone)):
        # Imports by consignment stand beside those by origin: to count both would count goods twice.
        if row["partner_basis"] != "consignment":
            listed[row["reporter"], row["flow"], row["source"], int(row["period"])][row["partner"]] = row["value"]
    enough = _MANY if declared.products == ("TOTAL",) else 1
    widest: dict[tuple[str, str, int], tuple[int, float, dict[str, float]]] = {}
    for row in asked.known(alternatives(asked.ledger, replace(everyone, partners=("WLD",)))):
        own = listed[row["reporter"], row["flow"], row["source"], int(row["period"])]
        key = (row["reporter"], row["flow"], int(row["period"]))
        if len(own) >= enough and len(own) > widest.get(key, (0,))[0]:
            widest[key] = (len(own), row["value"] - sum(own.values()), own)
    return {
        (reporter, partner, flow, year): max(left, 0.0) + sum(_perhaps(partner, own))
        for (reporter, flow, year), (_, left, own) in widest.items()
        for partner in both
        if partner != reporter
    }


def _perhaps(partner: str, own: dict[str, float]) -> Iterable[float]:
    """What a reporter books under areas not specified that may hold the partner."""
    for area, value in own.items():
        if get(area).kind == "special" and area not in _NOBODY:
            part = _PARTS_OF_THE_WORLD.get(area)
            if part is None or partner in members(part):
                yield value
