"""The world market of one good as khorgos has it: from the ledger's rows, else its section in the embedded world."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from khorgos.core.errors import NoData
from khorgos.ledger.elasticities import Line, card, elasticities
from khorgos.ledger.store import Ledger
from khorgos.ledger.worlds import Floats, World, world
from khorgos.measures.measured import Measured
from khorgos.measures.statements.shares import LEAST_PARTNERS
from khorgos.measures.supply import suppliers
from khorgos.nomenclature.goods import Good
from khorgos.nomenclature.nomenclatures import HS_EDITIONS, labels
from khorgos.nomenclature.products import label
from khorgos.report.answer import or_none
from khorgos.report.naming import name as in_prose

#: Exporters' reports below which they are no market; chosen because a share between two says nothing of a third.
_LEAST_REPORTERS = 3
#: Earlier years tried where few importers' figures of a year are in; chosen because offices report within two years.
_YEARS_BACK = 2


@dataclass(frozen=True, slots=True)
class Elasticity:
    """What a good's elasticity of substitution between origins rests on.

    Args:
        sigma: of each of its lines.
        spread: their standard errors; None where the publisher gives none.
        text: a sentence about it.
    """

    sigma: tuple[float, ...]
    spread: tuple[float, ...] | None
    text: str


@dataclass(frozen=True, eq=False)
class Market:
    """A good's trade in one year, all exporters by all importers.

    Args:
        name: what the figures are of.
        year: the year.
        areas: ids of rows and columns.
        trade: [R, R], USD, exporter first.
        elasticity: of substitution.
        traces: exporter -> what its sales to the importer asked for rest on.
        side: whose report those are: importer, exporter, reconciled, or world (the embedded one).
        markets: importers in it.
        made_from: the embedded world it was taken from; None where it is the ledger's.
        measured: the measures behind it.
        notes: what a reader should know.
    """

    name: str
    year: str
    areas: tuple[str, ...]
    trade: Floats
    elasticity: Elasticity
    traces: Mapping[str, Sequence[str]]
    side: str
    markets: int
    made_from: World | None = None
    measured: tuple[Measured, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def partial(self) -> bool:
        """Are most other importers missing from it?"""
        return self.markets < LEAST_PARTNERS and self.side != "reconciled"

    def place(self, area: str) -> int | None:
        """The row of an area, None where it trades nothing of it."""
        return self.areas.index(area) if area in self.areas else None


def history(ledger: Ledger, good: Good, importer: str, as_of: dt.date | None) -> Measured | None:
    """All that the ledger holds of an importer's purchases of a good, by year and supplier; None where nothing."""
    return or_none(lambda: suppliers(ledger, good.codes, importers=(importer,), as_of=as_of))


def market_of(
    ledger: Ledger,
    good: Good,
    importer: str,
    known: Measured | None,
    *,
    year: int | None = None,
    as_of: dt.date | None = None,
) -> Market:
    """The market of a good, as fine as the data at hand.

    Args:
        ledger: the ledger to ask.
        good: what.
        importer: whose market must be in it.
        known: what `history` found.
        year: the year; the latest with suppliers of that importer where None.
        as_of: what was known on that day.

    Raises:
        NoData: neither the ledger nor an embedded world has it.
    """
    years = _usable(known, good)
    if year is not None and years and f"{year:04d}" not in years:
        raise NoData(
            f"The ledger has no full set of suppliers of {good.name} to {in_prose(importer)} in {year}",
            hint=f"Years at hand: {', '.join(years)}",
        )
    if years:
        wanted = [f"{year:04d}"] if year is not None else years[::-1][: _YEARS_BACK + 1]
        return _from_ledger(ledger, good, importer, wanted, as_of)
    return _from_world(good, importer, _finer(ledger, good, importer, as_of))


def _finer(ledger: Ledger, good: Good, importer: str, as_of: dt.date | None) -> str:
    """Finer codes that the ledger has of this importer: too few to make up the good, but something to ask for."""
    below = {
        name: tuple(one for one in labels(name) if len(one) == _FINEST and one not in own and one.startswith(own))
        for name, own in good.numbers.items()
        if name in HS_EDITIONS
    }
    if not any(below.values()):
        return ""
    made = or_none(lambda: suppliers(ledger, {k: v for k, v in below.items() if v}, importers=(importer,), as_of=as_of))
    if made is None:
        return ""
    codes = sorted({row["product"] for row in made.table.to_pylist()})
    more = f" and {len(codes) - _TOLD} more" if len(codes) > _TOLD else ""
    return f" The ledger has finer codes of it, to ask for one by one: {', '.join(codes[:_TOLD])}{more}."


#: Digits of the finest HS codes, and how many of them are told; chosen because a note should fit a line.
_FINEST, _TOLD = 6, 5


def _usable(known: Measured | None, good: Good) -> list[str]:
    """Years whose suppliers make a market, oldest first."""
    if known is None:
        return []
    rows = known.table.to_pylist()
    least = LEAST_PARTNERS if good.is_total else 2  # every country buys something from thirty others
    return sorted({row["period"] for row in rows if len(row["period"]) == 4 and _is_market(row, least)})


def _is_market(row: Mapping[str, Any], least: int) -> bool:
    return bool(row["n_suppliers"] >= least and (row["side"] != "exporter" or row["n_reporters"] >= _LEAST_REPORTERS))


def _is_whole(row: Mapping[str, Any]) -> bool:
    """Are these all suppliers of the importer, as far as anybody reports?"""
    return bool(row["side"] != "exporter" or row["n_reporters"] >= LEAST_PARTNERS)


def _from_ledger(ledger: Ledger, good: Good, importer: str, years: Sequence[str], as_of: dt.date | None) -> Market:
    """The latest year in which as many importers' figures are in as make a world; else simply the latest."""
    found = [_in_year(ledger, good, importer, years[0], as_of)]
    for year in years[1:]:
        if found[-1].markets >= LEAST_PARTNERS:
            break
        found.append(_in_year(ledger, good, importer, year, as_of))
    return found[-1] if found[-1].markets >= LEAST_PARTNERS else found[0]


def _in_year(ledger: Ledger, good: Good, importer: str, year: str, as_of: dt.date | None) -> Market:
    made = suppliers(ledger, good.codes, years=(int(year),), as_of=as_of)
    return market_from(made.table.to_pylist(), good, year, importer, made)


def market_from(rows: Sequence[Mapping[str, Any]], good: Good, year: str, importer: str, made: Measured) -> Market:
    """A good's market from rows of `measures.supply.suppliers`.

    Args:
        rows: the rows; those of other years are left out, and other importers of which a few exporters report only.
        good: what.
        year: the year.
        importer: whose suppliers' traces are kept.
        made: the measure behind the rows.
    """
    rows = [row for row in rows if row["period"] == year and (row["importer"] == importer or _is_whole(row))]
    areas = tuple(sorted({row[side] for row in rows for side in ("exporter", "importer")}))
    at = {area: place for place, area in enumerate(areas)}
    trade = np.zeros((len(areas), len(areas)))
    for row in rows:
        trade[at[row["exporter"]], at[row["importer"]]] += row["value"]
    own = [row for row in rows if row["importer"] == importer]
    traces: dict[str, list[str]] = {}
    for row in own:
        traces.setdefault(row["exporter"], []).extend(row["trace"])
    return Market(
        name=good.name,
        year=year,
        areas=areas,
        trade=trade,
        elasticity=_elasticity(good),
        traces=traces,
        side="+".join(sorted({row["side"] for row in own})),
        markets=int((trade.sum(0) > 0).sum()),
        measured=(made,),
    )


def _from_world(good: Good, importer: str, finer: str) -> Market:
    """The good's section in the embedded world: a coarser answer, and it says so."""
    if not good.sections:
        raise NoData(f"The ledger has no figures of {good.name}", hint="`khorgos sources` lists what it holds")
    base = world("sectors")
    if importer not in base.countries:
        raise NoData(
            f"The embedded world has no economy {in_prose(importer)}, and the ledger no figures of {good.name}"
        )
    made = section_market(good.sections[0])
    others = ", ".join(label(one, "SITC3") for one in good.sections[1:])
    mixed = f" Some of its codes lie in others: {others}." if others else ""
    notes = (
        f"NOT about {good.name} itself: no suppliers of it to {in_prose(importer)} are at hand, so this is the whole "
        f"section it lies in, in the embedded world of {base.year}.{mixed}{finer}",
        *made.notes,
    )
    return replace(made, notes=notes)


def section_market(section: str) -> Market:
    """The market of one SITC section in the embedded world.

    Args:
        section: its digit.
    """
    base = world("sectors")
    place = int(section)
    theta, spread = float(base.theta[place]), float(base.theta_spread[place])
    text = f"sigma = {theta + 1:.2f}, from {base.elasticity}"
    trade = base.trade[:, :, place]
    trace = [f"{base.id}@{base.sha256[:12]}"]
    return Market(
        name=f"{label(section, 'SITC3')} (SITC {section})",
        year=str(base.year),
        areas=base.countries,
        trade=trade,
        elasticity=Elasticity((theta + 1,), (spread,), text),
        traces=dict.fromkeys(base.countries, trace),
        side="world",
        markets=int((trade.sum(0) > 0).sum()),
        made_from=base,
        notes=(
            f"World {base.id}, sha256 {base.sha256[:12]}: {base.assumptions[0]}; base-year tariffs stay as they are.",
        ),
    )


def _elasticity(good: Good) -> Elasticity:
    if good.is_total:
        base = world("one-sector")
        theta, spread = float(base.theta[0]), float(base.theta_spread[0])
        return Elasticity((theta + 1,), (spread,), f"sigma = {theta + 1:.2f}, from {base.elasticity}")
    if not any(name in HS_EDITIONS for name in good.codes):
        return section_market(good.sections[0]).elasticity
    lines = elasticities(good.numbers)
    return Elasticity(tuple(line.sigma for line in lines), None, _told(lines))


def _told(lines: Sequence[Line]) -> str:
    """What the lines are: one, or how many and how far apart."""
    credit = f"{card().title}, by tariffs"
    if len(lines) == 1:
        (line,) = lines
        how = {
            "own": "its own estimate",
            "heading": "the publisher's mean of its heading",
            "chapter": "no estimate of its heading is published: the median of its chapter",
        }[line.basis]
        return f"sigma = {line.sigma:.2f} (HS07 {line.code}: {how}), from {credit}"
    values = sorted(line.sigma for line in lines)
    own = sum(line.basis == "own" for line in lines)
    middle = float(np.median(values))
    return (
        f"sigma = {middle:.2f}, median of {len(lines)} HS6 lines from {values[0]:.2f} to {values[-1]:.2f} "
        f"({own} with their own estimate), from {credit}"
    )
