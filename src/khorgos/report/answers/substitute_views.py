"""The tables of `khorgos substitute`: who steps in, and what was bought so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from khorgos.ledger.elasticities import card
from khorgos.ledger.engine import run
from khorgos.ledger.statements import pairs
from khorgos.ledger.store import Ledger
from khorgos.measures.measured import Measured
from khorgos.measures.statements.shares import LEAST_PARTNERS
from khorgos.measures.supply import unit_values
from khorgos.measures.trade import levels
from khorgos.models.replacement import LEVEL, Band, Replacement, Supplier
from khorgos.models.substitution import DEMAND, DEMAND_RANGE, SUPPLY, SUPPLY_RANGE
from khorgos.nomenclature.areas import get
from khorgos.nomenclature.goods import Good
from khorgos.nomenclature.groups import members
from khorgos.report.addresses import Address
from khorgos.report.answer import Answer, or_none, remarks
from khorgos.report.answers.product_market import Market
from khorgos.report.credits import Credits
from khorgos.report.naming import name as in_prose
from khorgos.report.view import Column, SourceLine, View, scale_of

#: Large exporters shown that do not sell to the importer yet; chosen because three names show where to look.
_STRANGERS = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """The question.

    Args:
        importer: area id.
        lost: as named, areas or groups.
        gone: the single areas among them.
        good: what.
        top: suppliers shown; 0 for all.
        recorded: does the ledger hold any row of it.
    """

    importer: str
    lost: tuple[str, ...]
    gone: tuple[str, ...]
    good: Good
    top: int
    recorded: bool

    @property
    def lost_names(self) -> str:
        """Who is lost, in words."""
        return " and ".join(in_prose(area).partition(" (")[0] for area in self.lost)


def _shortly(areas: Sequence[str]) -> str:
    """Names without the years in brackets that tell one European Union from another."""
    return " and ".join(get(area).name.partition(" (")[0] for area in areas)


def stepping_in(ledger: Ledger, asked: Asked, market: Market, found: Replacement, as_of: dt.date | None) -> Answer:
    """Suppliers before and after, with what they sell to all, at which price, from how far.

    Args:
        ledger: for credits, prices and distances.
        asked: the question.
        market: the trade.
        found: what the model says.
        as_of: what was known on that day.
    """
    credits = Credits(ledger)
    km = _distances(ledger, asked.importer, as_of)
    per_kg = _prices(ledger, asked, market, as_of)
    shown, others = _chosen(asked, market, found)
    rows = [_lost_row(asked, market, found, credits)]
    for one in shown:
        area = market.areas[one.place]
        sources = () if market.made_from else credits.cite(market.traces.get(area))
        rows.append(
            _row(get(area).name, area, [one], found)
            | {
                "low": one.after.low if one.before > 0 else None,
                "high": one.after.high if one.before > 0 else None,
                "price": per_kg.get(area),
                "distance": km.get(area),
                "own": one.own_elasticity,
                "sources": list(sources),
            }
        )
    if others:
        rows.append(_row(f"{_count(market, found, others)} others", "", others, found))
    rows.append(_row("All", "WLD", list(found.suppliers), found) | {"all": None} | _imports(found))
    marks = {tuple(row["sources"]) for row in rows if row["sources"]}
    cited = f" {', '.join(next(iter(marks)))}" if len(marks) == 1 else ""
    view = View(
        title=f"{market.name[0].upper()}{market.name[1:]} to {in_prose(asked.importer)} without {asked.lost_names}",
        subtitle=f"USD {{scale}}, {market.year}; {_side(asked, market)}{cited}; low to high: {LEVEL:.0%} of draws; "
        "all: sales to every importer; own: elasticity of demand by own price",
        columns=_columns(rows, cited=len(marks) < 2),
        rows=tuple(rows),
        notes=tuple(_notes(asked, market, found)),
        sources=_sources(market, credits),
        trace=_trace(ledger, asked, market, as_of),
    )
    return Answer(view, market.measured)


def bought(ledger: Ledger, asked: Asked, known: Measured) -> Answer:
    """What the ledger holds of the importer's purchases, a row a year.

    Args:
        ledger: for credits.
        asked: the question.
        known: from `product_market.history`.
    """
    credits = Credits(ledger)
    by_year: dict[str, list[dict[str, Any]]] = {}
    for row in known.table.to_pylist():
        by_year.setdefault(row["period"], []).append(row)
    least = LEAST_PARTNERS if asked.good.is_total else 2
    rows = []
    for year, cells in sorted(by_year.items()):
        theirs = [cell for cell in cells if cell["exporter"] in asked.gone]
        whole = sum(cell["value"] for cell in cells)
        lost = sum(cell["value"] for cell in theirs)
        alone = cells[0]["n_suppliers"] < least
        silent = not theirs and (alone or cells[0]["side"] != "importer")  # no report of it is no report of none
        top = max(cells, key=lambda cell: (cell["value"], cell["exporter"]))
        rows.append(
            {
                "year": year,
                "lost": None if silent else lost,
                "whole": None if alone else whole,
                "share": None if alone or silent else 100 * lost / whole,
                "top": "" if alone else get(top["exporter"]).name,
                "suppliers": cells[0]["n_suppliers"],
                "said": _WHO[cells[0]["side"]],
                "sources": list(credits.cite(trace for cell in cells for trace in cell["trace"])),
            }
        )
    columns = (
        Column("year", "Year", "year"),
        Column("lost", "From lost", "money", "USD"),
        Column("whole", "From all", "money", "USD"),
        Column("share", "Share", "percent", "percent"),
        Column("top", "Largest"),
        Column("suppliers", "Suppliers", "integer"),
        Column("said", "Report"),
        Column("sources", "Source", "list"),
    )
    view = View(
        title=f"What {in_prose(asked.importer)} bought of {asked.good.name}: all that the ledger holds",
        subtitle=f"USD {{scale}}; lost: {asked.lost_names}; report: the importer's, or what was reported as sold to it",
        columns=columns,
        rows=tuple(rows),
        notes=_alone(asked, rows),
        sources=credits.lines(),
    )
    return Answer(view, (known,))


def _alone(asked: Asked, rows: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Which years hold one supplier only, and in which the lost one's report is missing."""
    notes = []
    if years := [row["year"] for row in rows if row["whole"] is None]:
        line = fetch_line(asked.importer, asked.good, ",".join(years))
        notes.append(f"Figures of too few suppliers in {', '.join(years)}: no shares. Get the others: {line}")
    if years := [row["year"] for row in rows if row["lost"] is None]:
        notes.append(
            f"No report of {asked.lost_names} in {', '.join(years)}: shares there would be too large, or none."
        )
    return tuple(notes)


_WHO = {"importer": "importer", "exporter": "exporters", "reconciled": "reconciled"}


def _columns(rows: Sequence[dict[str, Any]], *, cited: bool) -> tuple[Column, ...]:
    """Without a column that would be empty, or would say the same in each row."""
    every = (
        Column("supplier", "Supplier"),
        Column("before", "Before", "money", "USD"),
        Column("after", "After", "money", "USD"),
        Column("low", "Low", "money", "USD"),
        Column("high", "High", "money", "USD"),
        Column("share", "Share", "percent", "percent"),
        Column("new_share", "New", "percent", "percent"),
        Column("all", "All", "money", "USD"),
        Column("own", "Own", "number", "elasticity"),
        Column("price", "USD/kg", "number", "USD per kg", 2),
        Column("distance", "km", "integer", "km"),
        Column("sources", "Source", "list"),
    )
    priced = any(row["price"] is not None for row in rows)
    left = {*(() if priced else ("price",)), *(("sources",) if cited else ())}
    return tuple(column for column in every if column.name not in left)


def _row(name: str, area: str, parts: Sequence[Supplier], found: Replacement) -> dict[str, Any]:
    """One row; those of several suppliers have no interval of their own."""
    bought_before = sum(one.before for one in found.suppliers)
    before, after = sum(one.before for one in parts), sum(one.after.middle for one in parts)
    return {
        "supplier": name,
        "id": area,
        "before": before,
        "after": after,
        "low": None,
        "high": None,
        "share": 100 * before / bought_before,
        "new_share": 100 * after / found.imports.middle,
        "all": sum(one.everywhere for one in parts),
        "own": None,
        "price": None,
        "distance": None,
        "sources": [],
    }


def _lost_row(asked: Asked, market: Market, found: Replacement, credits: Credits) -> dict[str, Any]:
    gone = [one for one in found.suppliers if one.lost]
    traces = [trace for one in gone for trace in market.traces.get(market.areas[one.place], ())]
    sources = () if market.made_from else credits.cite(traces)
    return _row(f"{_shortly(asked.lost)} (lost)", "+".join(asked.lost), gone, found) | {"sources": list(sources)}


def _imports(found: Replacement) -> dict[str, Any]:
    return {
        "after": found.imports.middle,
        "low": found.imports.low,
        "high": found.imports.high,
    }


def _chosen(asked: Asked, market: Market, found: Replacement) -> tuple[list[Supplier], list[Supplier]]:
    """Those who gain most, the largest exporters that sell elsewhere only, and Central Asia; and the others."""
    rest = [one for one in found.suppliers if not one.lost and one.place != market.place(asked.importer)]
    named = [one for one in rest if one.place >= 0]
    gain = sorted(named, key=lambda one: (-(one.after.middle - one.before), one.place))
    top = [one for one in gain if one.before > 0]
    top = top[: asked.top] if asked.top else top
    strangers = [one for one in named if one.before == 0 and one.everywhere > 0]
    strangers = sorted(strangers, key=lambda one: (-one.everywhere, one.place))[:_STRANGERS]
    near = [one for one in gain if market.areas[one.place] in members("CA5") and one.everywhere > 0]
    shown = list(dict.fromkeys([*top, *strangers, *near]))
    return shown, [one for one in rest if one not in shown and one.before > 0]


def _count(market: Market, found: Replacement, others: Sequence[Supplier]) -> int:
    """How many suppliers stand behind the row of others, the merged ones counted."""
    apart = {market.areas[one.place] for one in found.suppliers if one.place >= 0}
    merged = sum(1 for area in market.traces if area not in apart) if any(one.place < 0 for one in others) else 0
    return sum(1 for one in others if one.place >= 0) + merged


def _distances(ledger: Ledger, importer: str, as_of: dt.date | None) -> dict[str, float]:
    table = run(ledger, pairs(ledger, ("dist",), importers=(importer,), as_of=as_of))
    return {row["exporter"]: row["value"] for row in table.to_pylist() if row["value"] is not None}


def _prices(ledger: Ledger, asked: Asked, market: Market, as_of: dt.date | None) -> dict[str, float]:
    if market.made_from or asked.good.is_total:
        return {}
    made = or_none(lambda: unit_values(ledger, asked.good.codes, asked.importer, int(market.year), as_of=as_of))
    return {} if made is None else {row["exporter"]: row["value"] for row in made.table.to_pylist()}


def _side(asked: Asked, market: Market) -> str:
    return {
        "importer": f"as reported by {in_prose(asked.importer)}",
        "exporter": "as its suppliers report",
        "reconciled": "reconciled figures",
        "world": "the embedded world",
    }.get(market.side, market.side)


def _notes(asked: Asked, market: Market, found: Replacement) -> list[str]:
    notes = [*market.notes]
    if market.made_from is not None:
        notes.append(f"Get {asked.good.name}: {fetch_line(asked.importer, asked.good, market.year)}")
    if found.lost <= 0:
        return [*notes, f"None of it came from {asked.lost_names}: nothing changes."]
    notes.append(
        f"Others make up {_percent(found.replaced)} of what is lost; {in_prose(asked.importer)} pays "
        f"{_percent(found.price, 1)} more for it and its imports change by {_percent(_change(found), 1)} in value."
    )
    notes.append(_bound(asked, market, found))
    if asked.good.note and market.made_from is None:
        notes.append(asked.good.note)
    notes += _model(market, found)
    if market.partial:
        many = f"only {market.markets - 1} other importers" if market.markets > 1 else "no other importer"
        notes.append(
            f"The figures hold {many}, so that sales cannot be turned to {in_prose(asked.importer)} from elsewhere: "
            "prices rise too much and others make up too little. Get the others: "
            f"{fetch_line('ALL', asked.good, market.year)}"
        )
    return [*notes, *remarks(market.measured, leave=("mirror-imports", "few-reporters")), *_few(asked, market)]


def _few(asked: Asked, market: Market) -> list[str]:
    if market.side != "exporter":
        return []
    return [
        f"{get(asked.importer).name} reports none of it in {market.year}: these are the reports of "
        f"{len(market.traces)} suppliers, and shares are among them."
    ]


def fetch_line(importer: str, good: Good, year: str) -> str:
    """The command that gets an importer's purchases of a good by supplier; "ALL" for every importer's."""
    who = "reporters=ALL" if importer == "ALL" else f"reporters={importer}"
    return f"khorgos fetch comtrade {who} flows=import products={good.asked} years={year}"


def _change(found: Replacement) -> Band:
    before = sum(one.before for one in found.suppliers)
    return Band(*(value / before - 1 for value in (found.imports.middle, found.imports.low, found.imports.high)))


def _percent(band: Band, digits: int = 0) -> str:
    middle, low, high = (f"{100 * value:.{digits}f}" for value in (band.middle, band.low, band.high))
    return f"{middle}% ({low} to {high})".replace("-", "−")


def _bound(asked: Asked, market: Market, found: Replacement) -> str:
    """What Central Asia could supply at most: all that it exports, wherever it goes now."""
    near = [area for area in members("CA5") if area != asked.importer]
    apart = [one for one in found.suppliers if one.place >= 0 and market.areas[one.place] in near]
    every = sum(one.everywhere for one in apart)
    now = sum(one.before for one in apart)
    bought_now = sum(one.before for one in found.suppliers)
    factor, word = scale_of(every)
    if market.partial:
        return "What Central Asia exports of it elsewhere is not in these figures, so there is no bound."
    if every <= 0:
        return "Central Asia exports none of it in these figures."
    spare = (every - now) / found.lost
    return (
        f"Central Asia at most: it exports {every / factor:,.3g} {word} of it to all, {100 * every / bought_now:.1f}% "
        f"of what {in_prose(asked.importer)} buys; if all of it were turned there, it would cover "
        f"{100 * min(spare, 1):.1f}% of the loss."
    )


def _model(market: Market, found: Replacement) -> list[str]:
    spread = "their standard errors" if market.elasticity.spread else "the largest standard error its test at 1% allows"
    return [
        f"Partial equilibrium, GSIM with constant elasticities (Francois and Hall 2003), the lost flow closed: "
        f"{market.elasticity.text}; demand {DEMAND}, supply {SUPPLY} as in its example. Home sales are not in it.",
        f"{found.draws[0]} draws, seed {found.draws[1]}: sigma normal with {spread}, demand {DEMAND_RANGE[0]} to "
        f"{DEMAND_RANGE[1]}, supply {SUPPLY_RANGE[0]} to {SUPPLY_RANGE[1]}. Who sells nothing to the importer today "
        "gains nothing in this model.",
    ]


def _sources(market: Market, credits: Credits) -> tuple[SourceLine, ...]:
    lines = list(credits.lines())
    if market.made_from is not None:
        lines = [
            SourceLine(k, f"{s['title']} ({s['licence']})", f"sha256:{s['sha256'][:12]}", s["url"])
            for k, s in enumerate(market.made_from.sources, start=1)
        ]
    if card().title in market.elasticity.text:
        one = card()
        text = f"{one.title} ({one.licence}): {one.citation}"
        lines.append(SourceLine(len(lines) + 1, text, f"sha256:{one.file_sha256[:12]}", one.url))
    return tuple(lines)


def _trace(ledger: Ledger, asked: Asked, market: Market, as_of: dt.date | None) -> str | None:
    """The largest supplier's figure, where it stands in the ledger as such and is not summed from finer lines."""
    codes = {code for own in asked.good.codes.values() for code in own}
    if market.side not in ("importer", "exporter") or len(codes) != 1:
        return None
    column = market.trade[:, market.areas.index(asked.importer)]
    top = market.areas[int(column.argmax())]
    who = (asked.importer, top) if market.side == "importer" else (top, asked.importer)
    flow = "import" if market.side == "importer" else "export"
    address = Address(flow, *who, market.year, product=codes.pop(), as_of=as_of)
    made = or_none(lambda: levels(ledger, address.query()))
    return f"khorgos explain {address}" if made is not None else None
