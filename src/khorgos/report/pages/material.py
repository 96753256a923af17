"""What the brief is made of: the measures, asked once, and numbers taken from them with their trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from khorgos.ledger.query import FlowQuery
from khorgos.ledger.store import Ledger
from khorgos.measures.measured import Measured
from khorgos.measures.standing import rank, share
from khorgos.measures.trade import levels_and_growth
from khorgos.nomenclature.areas import is_aggregate
from khorgos.nomenclature.groups import expand
from khorgos.report.addresses import DECLARED, LEVELS, Address
from khorgos.report.answer import or_none
from khorgos.report.credits import credit, short_credit
from khorgos.report.page import Number
from khorgos.report.rounding import settled
from khorgos.report.view import Column, printed, scale_of

Row = Mapping[str, Any]

#: First year of the charts: chosen because the Belt and Road was announced in 2013 and both sides report from then on.
FIRST_YEAR = 2013


@dataclass(frozen=True)
class Material:
    """The figures of one brief.

    Args:
        ledger: where they come from.
        reporter: whose trade.
        areas: groups and single partners, as asked.
        partners: the single countries among and inside them.
        year: what the brief is about.
        as_of: what was known on that day.
        levels, growth, share, rank: measures over `areas` and `partners`; None where the ledger has nothing of it.
    """

    ledger: Ledger
    reporter: str
    areas: tuple[str, ...]
    partners: tuple[str, ...]
    year: int
    as_of: dt.date | None
    levels: Measured
    growth: Measured | None
    share: Measured | None
    rank: Measured | None

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups asked for."""
        return tuple(area for area in self.areas if is_aggregate(area))

    def row(self, what: str, partner: str, year: int) -> Row | None:
        """The row of one figure; None where there is none."""
        flow = what if what in LEVELS else "total"
        return self._index.get((what if what not in LEVELS else "level", flow, partner, f"{year:04d}"))

    @cached_property
    def _index(self) -> dict[tuple[str, str, str, str], Row]:
        tables = {"level": self.levels, "growth": self.growth, "share": self.share, "rank": self.rank}
        return {
            (what, row["flow"], row["partner"], row["period"]): row
            for what, measured in tables.items()
            for row in (measured.table.to_pylist() if measured else [])
            if row["value"] is not None
        }

    def value(self, what: str, partner: str, year: int) -> float | None:
        """One figure in base units; None where there is none."""
        found = self.row(what, partner, year)
        return None if found is None else float(found["value"])

    def number(self, what: str, partner: str, year: int) -> Number | None:
        """One figure ready for a page; None where there is none."""
        found = self.row(what, partner, year)
        if found is None:
            return None
        address = Address(what, self.reporter, partner, f"{year:04d}", as_of=self.as_of)
        shown = number(self.ledger, found["value"], _UNITS[what], str(address), found["trace"])
        return replace(shown, text=settled(found, dollars)) if what in LEVELS else shown


_UNITS = {**dict.fromkeys(LEVELS, "USD"), "growth": "percent change", "share": "fraction", "rank": "rank"}


def number(ledger: Ledger, value: float, unit: str, trace: str, tokens: Iterable[str]) -> Number:
    """A number for a page.

    Args:
        ledger: that holds its releases.
        value: in base units; shares as fractions.
        unit: "USD", "percent change", "percent", "percentage points", "fraction", "rank" or "ratio".
        trace: its address.
        tokens: the releases or rows behind it.
    """
    releases = tuple(dict.fromkeys(token.partition("#")[0] for token in tokens))
    sources = tuple(dict.fromkeys(credit(ledger, release) for release in releases))
    return Number(said(value, unit), float(value), unit, trace, sources, releases)


def said(value: float, unit: str) -> str:
    """A number as prose prints it: "94.8 bn", "+6.1%", "1.5%", "22nd"."""
    if unit == "rank":
        return ordinal(int(value))
    if unit == "USD":
        factor, word = scale_of(value)
        return f"{printed(value, Column('v', 'v', 'money'), factor)} {word}".strip()
    if unit == "fraction":
        return f"{100 * value:.1f}%"
    if unit == "ratio":
        return f"{value:.1f}"
    return printed(value, Column("v", "v", "percent", unit))


def dollars(value: float) -> str:
    """A number of dollars as prose prints it."""
    return said(value, "USD")


def ordinal(place: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th") if place % 100 not in (11, 12, 13) else "th"
    return f"{place}{ending}"


def gather(ledger: Ledger, reporter: str, areas: tuple[str, ...], year: int, as_of: dt.date | None) -> Material:
    """Ask the measures for everything on the page.

    Raises:
        NoData: if the ledger has nothing of it.
    """
    partners = expand(areas)
    everyone = tuple(dict.fromkeys([*areas, *partners]))
    years = tuple(range(FIRST_YEAR, year + 2))
    query = FlowQuery((reporter,), everyone, LEVELS, years=years, as_of=as_of, statuses=DECLARED)
    this_year = FlowQuery((reporter,), everyone, ("total",), years=(year,), as_of=as_of, statuses=DECLARED)
    ranked = FlowQuery((reporter,), partners, ("total",), years=(year,), as_of=as_of, statuses=DECLARED)
    figures, grown = levels_and_growth(ledger, query, "total")
    return Material(
        ledger,
        reporter,
        areas,
        partners,
        year,
        as_of,
        figures,
        grown,
        or_none(lambda: share(ledger, this_year)),
        or_none(lambda: rank(ledger, ranked)),
    )


def whose(ledger: Ledger, tokens: Iterable[str]) -> str:
    """The publishers behind a figure, in a few words."""
    return "; ".join(dict.fromkeys(short_credit(ledger, token.partition("#")[0]) for token in tokens))
