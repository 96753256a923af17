"""`khorgos reroute`: what of an origin's goods may reach a destination by way of a hub, and how unusual that is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from khorgos.core.errors import BadInput, NoData, UnknownName
from khorgos.ledger.store import Ledger
from khorgos.ledger.tariffs import tariff_measures, tariff_registry
from khorgos.measures.measured import Measured
from khorgos.measures.rerouting.barriers import raised as raised_duties
from khorgos.measures.rerouting.compared import Compared, Place, among_hubs, compared
from khorgos.measures.rerouting.explanations import explanations
from khorgos.measures.rerouting.indices import INDICES, detours
from khorgos.measures.rerouting.reach import Reach, chosen, reach
from khorgos.measures.rerouting.route import LEVELS, Route
from khorgos.nomenclature.areas import get
from khorgos.nomenclature.products import label, sections
from khorgos.report.answer import Answer, remarks
from khorgos.report.credits import Credits
from khorgos.report.naming import name as in_prose
from khorgos.report.view import Column, View, scale_of

Show = Literal["indices", "products", "explanations"]
SHOWN: tuple[Show, ...] = ("indices", "products", "explanations")

_NAMES = {
    "min_flow": "Minimum flow",
    "freund": "Freund's criteria",
    "excess_flow": "Excess flow",
    "missing_trade": "Missing trade",
}
_SHORT = {"min_flow": "Minimum", "freund": "Freund", "excess_flow": "Excess", "missing_trade": "Missing"}
_LEVEL_NAMES = {0: "all goods in one sum", 1: "sections of the HS", 2: "HS chapters", 4: "HS headings", 6: "HS6"}

_VERDICT = (
    "A percentile says how unusual a share is among placebos; it is no verdict of fraud. Ordinary reasons of one hub: "
    "--hub HUB --show explanations."
)
_FIRMS = (
    "Figures by product are upper bounds and run about ten times those by firm: of Vietnam's exports to the USA 16.5% "
    "were rerouted by product, 1.7% by firm (Iyoha, Malesky, Wen, Wu & Feng, VoxChina, 22 January 2025; 16.1% and 1.8% "
    "in HBS Working Paper 24-072 of May 2024)."
)
_TOTAL = (
    "At the level of all goods the two legs need not be the same goods: minimum flow and Freund's criteria then say "
    "little; growth beyond the market's (excess flow) and the gap of two reports (missing trade) say more."
)


def reroute(
    ledger: Ledger,
    origin: str,
    destination: str,
    *,
    since: int,
    hub: str | None = None,
    until: int | None = None,
    level: str = "auto",
    raised: Sequence[str] = (),
    show: Show = "indices",
    top: int = 20,
    as_of: dt.date | None = None,
) -> Answer:
    """Four indices of rerouting with their percentiles, of one hub or of all.

    Args:
        ledger: the ledger to ask.
        origin: an area id or a group.
        destination: an area id.
        hub: an area id; None for a scan over all.
        since: the base year.
        until: the year compared with it; the latest with both legs where None.
        level: "auto" or one of LEVELS.
        raised: HS codes under the destination's barrier against the origin; () for those whose duties rose by the
            tariff registry, where it has the destination and goods are told apart by six digits.
        show: "indices"; "products" for the goods behind them; "explanations" for ordinary reasons (one hub only).
        top: rows of a scan or of a list of products; 0 for all.
        as_of: what was known on that day.

    Returns:
        The answer.

    Raises:
        BadInput: explanations without a hub, a level or view that does not exist, years in the wrong order.
        NoData: the ledger has no two legs in two years.
    """
    if show not in SHOWN:
        raise BadInput(f"There is no view {show!r}", hint=f"Choose {', '.join(SHOWN)}")
    if show == "explanations" and hub is None:
        raise BadInput("Explanations are those of one hub", hint="Name it, e.g. --hub KGZ")
    if top < 0:
        raise BadInput("The number of rows cannot be negative", hint="Use --top 0 for all")
    asked = Route(origin, destination, since, (until or since + 1,), 0, tuple(raised), as_of=as_of)
    if hub is not None and (hub in asked.sellers or hub == destination or get(hub).kind == "group"):
        raise BadInput(f"{hub} cannot be the hub of this route", hint="A hub is one country, neither origin nor end")
    known = reach(ledger, asked.sellers, destination, hub=hub, since=since, until=until, as_of=as_of)
    best = _best(known, asked, hub, until, level)
    route = replace(asked, later=(best.year,), level=best.level)
    recorded = not raised and route.level == LEVELS["6"] and origin in route.sellers
    if recorded:
        route = replace(route, raised=_recorded(route))
    notes = (*_notes(route, known, best, hub), _barrier(route, recorded))
    if show == "products":
        return _products(ledger, route, hub, top, notes)
    if hub is None:
        return _scan(ledger, route, top, notes)
    found = compared(ledger, route, hub)
    return _explained(ledger, route, found, notes) if show == "explanations" else _one(ledger, route, found, notes)


def _best(known: Sequence[Reach], route: Route, hub: str | None, until: int | None, level: str) -> Reach:
    if level not in ("auto", *LEVELS):
        raise BadInput(f"There is no product level {level!r}", hint=f"Choose auto, {', '.join(LEVELS)}")
    best = chosen([one for one in known if level in ("auto", _level(one.level))], route.base, until)
    if best is None:
        at = "" if level == "auto" else f" at the level {level}"
        what = f"both legs from {route.origin} by way of {hub or 'any hub'} to {route.destination}"
        raise NoData(
            f"The ledger lacks {what}{at} in {route.base} and {until or 'a later year'}", hint=_fetch(route, hub)
        )
    return best


def _fetch(route: Route, hub: str | None) -> str:
    """The command that gets both legs by product: the hub's own reports, or those of both ends for all hubs."""
    sides = (
        f"reporters={hub},{route.origin} partners={route.origin},{hub},{route.destination},WLD"
        if hub
        else f"reporters={route.origin},{route.destination}"
    )
    return f"Get rows by product: khorgos fetch comtrade {sides} products=HS6 years={route.base}..{max(route.later)}"


def _notes(route: Route, known: Sequence[Reach], here: Reach, hub: str | None) -> tuple[str, ...]:
    said = f"Product level: {_LEVEL_NAMES[route.level]}"
    if here.covered is not None and route.level:
        said += f", {_percent(here.covered)} of all goods on the leg where it covers less"
    finer = [o for o in known if o.level > route.level and o.year == route.later[0] and o.covered is not None]
    notes = [f"{said}."]
    if finer:
        listed = ", ".join(f"{_level(o.level)} {_percent(o.covered or 0.0)}" for o in finer)
        notes.append(f"Finer rows in the ledger cover too little of the route ({listed}): --level to see them.")
    if route.level < LEVELS["6"]:
        notes.append(f"{_fetch(route, hub)}.")
    if route.level == 0:
        notes.append(_TOTAL)
    return tuple(notes)


def _recorded(route: Route) -> tuple[str, ...]:
    """Goods on which the destination's added duties rose by the tariff registry; () where it is not in it."""
    if route.destination not in {one.imposer for one in tariff_measures()}:
        return ()
    return raised_duties(tariff_registry(), route.destination, route.origin, route.base, max(route.later))


def _barrier(route: Route, recorded: bool) -> str:
    if route.tested and recorded:
        return (
            f"Freund's first criterion: {len(route.tested):,} subheadings on which added duties of {route.destination} "
            f"on goods of {route.origin} rose from the start of {route.base} to the end of {route.later[0]} (khorgos "
            "tariff)."
        )
    if route.tested:
        return f"Freund's first criterion: goods under {len(route.tested)} codes of --raised."
    if route.raised:
        return "Freund's first criterion is not tested: the goods of --raised are finer than this product level."
    return "Freund's first criterion (a barrier on the product) is not tested: name the goods by --raised."


def _level(digits: int) -> str:
    return next(name for name, value in LEVELS.items() if value == digits)


def _percent(part: float) -> str:
    return f"{part:.0%}" if part >= 0.1 else f"{part:.2g}" if part == 0 else f"{100 * part:.2g}%"


def _one(ledger: Ledger, route: Route, found: Compared, notes: Sequence[str]) -> Answer:
    row, credits = found.row, Credits(ledger)
    marks = list(credits.cite(row["trace"]))
    hub, year = row["hub"], route.later[0]
    legs = (
        (f"{route.origin} to {hub}", row["shipped_base"], row["shipped"]),
        (f"{hub} to {route.destination}", row["sold_base"], row["sold"]),
        (f"{route.origin} to {route.destination}", row["direct_base"], row["direct"]),
    )
    rows = [_line(name, base, value, sources=marks) for name, base, value in legs]
    for index in INDICES:
        places = {kind: getattr(found, kind).get(index, Place(None, 0)) for kind in ("hubs", "years", "products")}
        rows.append(
            _line(
                _NAMES[index],
                row["min_flow_base"] if index == "min_flow" else None,
                row[index],
                share=_hundred(row[f"{index}_share"]),
                **{kind: _hundred(place.percentile) for kind, place in places.items()},
                sources=marks,
            )
        )
    columns = (
        Column("what", "Flow or index"),
        Column("base", str(route.base), "money", "USD"),
        Column("value", str(year), "money", "USD"),
        Column("share", "Share", "percent", "percent"),
        Column("hubs", "P(hubs)", "number", "percentile 0-100", decimals=0),
        Column("years", "P(years)", "number", "percentile 0-100", decimals=0),
        Column("products", "P(products)", "number", "percentile 0-100", decimals=0),
        Column("sources", "Source", "list"),
    )
    return _answer(
        route,
        credits,
        title=f"From {in_prose(route.origin)} by way of {in_prose(hub)} to {in_prose(route.destination)}",
        columns=columns,
        rows=rows,
        notes=(
            "Share: of what the hub sold to the destination; missing trade, of what the origin declared to the hub.",
            _sides(row, route),
            _counts(found),
            _unknown(row, route),
            *_ranked(ledger, route, row),
            *notes,
        ),
        measured=found.measured,
        first=row,
    )


def _line(what: str, base: float | None, value: float | None, **more: Any) -> dict[str, Any]:
    blank = dict.fromkeys(("share", "hubs", "years", "products"))
    return {"what": what, "base": base, "value": value, **blank, **more}


def _hundred(part: float | None) -> float | None:
    return None if part is None else 100 * part


def _sides(row: Mapping[str, Any], route: Route) -> str:
    first = row["hub"] if row["out_side"] == "import" else route.origin
    second = route.destination if row["in_side"] == "import" else row["hub"]
    return f"The first leg is what {first} reports, the second what {second} reports, each in both years."


def _trace(row: Mapping[str, Any], route: Route) -> str:
    """The second leg, or its first product, walked back."""
    sides = (route.destination, row["hub"]) if row["in_side"] == "import" else (row["hub"], route.destination)
    product = "" if route.level == 0 or row["product"] == "all" else f",product={row['product']}"
    return f"khorgos explain {row['in_side']}/{'/'.join(sides)}/{row['later']}{product}"


def _counts(found: Compared) -> str:
    def many(places: Mapping[str, Place]) -> str:
        counts = sorted({place.placebos for place in places.values()})
        return " to ".join(str(count) for count in dict.fromkeys((counts[0], counts[-1]))) if counts else "none"

    return (
        f"Placebos: other hubs in the same years {many(found.hubs)}; this hub in earlier spans as long "
        f"{many(found.years)}; random sets of other products {many(found.products)}."
    )


def _unknown(row: Mapping[str, Any], route: Route) -> str:
    lacks = [
        text
        for text, value in (
            (
                f"{route.origin} to {route.destination} itself or all exports of {route.origin} or {row['hub']}, which "
                "Freund's criteria need",
                row["freund"],
            ),
            ("all imports of hub or destination, which the excess flow needs", row["excess_flow"]),
            ("one of the two reports of the first leg, which missing trade needs", row["declared"]),
        )
        if value is None
    ]
    return f"Not in the ledger in both years: {'; '.join(lacks)}." if lacks else ""


def _ranked(ledger: Ledger, route: Route, row: Mapping[str, Any]) -> tuple[str, ...]:
    found = explanations(ledger, route, row)
    factor, word = scale_of(max((one.amount or 0.0 for one in found), default=1.0))
    told = [f"{one.name} {one.amount / factor:,.3g} {word}" for one in found if one.amount is not None]
    blind = [one.name for one in found if one.amount is None]
    said = f"Ordinary explanations, by what each could carry: {'; '.join(told)}"
    return (f"{said}; not told by the ledger: {', '.join(blind)}." if blind else f"{said}.",)


def _explained(ledger: Ledger, route: Route, found: Compared, notes: Sequence[str]) -> Answer:
    credits, row = Credits(ledger), found.row
    marks = list(credits.cite(row["trace"]))
    smaller = min(row["shipped"], row["sold"])
    rows = [
        {
            "rank": rank,
            "explanation": one.name,
            "amount": one.amount,
            "of_leg": None if one.amount is None or not smaller else 100 * one.amount / smaller,
            "because": one.because,
            "sources": marks,
        }
        for rank, one in enumerate(explanations(ledger, route, row), start=1)
    ]
    columns = (
        Column("rank", "", "integer"),
        Column("explanation", "Ordinary explanation"),
        Column("amount", "Could carry", "money", "USD"),
        Column("of_leg", "Of smaller leg", "percent", "percent"),
        Column("because", "What in the data speaks for it"),
        Column("sources", "Source", "list"),
    )
    title = f"Why goods of {in_prose(route.origin)} may pass {in_prose(row['hub'])} for {in_prose(route.destination)}"
    said = "Each could carry so much at the most; they overlap and are not to be added up."
    notes = (said, *notes)
    return _answer(
        route, credits, title=title, columns=columns, rows=rows, notes=notes, measured=found.measured, first=row
    )


def _scan(ledger: Ledger, route: Route, top: int, notes: Sequence[str]) -> Answer:
    made = detours(ledger, route)
    found = made.table.to_pylist()
    places = among_hubs(found)
    ordered = sorted(found, key=_order)
    credits = Credits(ledger)
    rows = [
        {
            "hub": row["hub"],
            "name": get(row["hub"]).name,
            **{name: row[name] for name in ("shipped", "sold", *INDICES, "n_products", "n_flagged")},
            "share": _hundred(row["excess_flow_share"]),
            "percentile": _hundred(places[row["hub"]]["excess_flow"].percentile),
            "percentile_missing": _hundred(places[row["hub"]]["missing_trade"].percentile),
            "sources": list(credits.cite(row["trace"])),
        }
        for row in (ordered[:top] if top else ordered)
    ]
    columns = (
        Column("hub", "Hub"),
        Column("shipped", f"From {route.origin}", "money", "USD"),
        Column("sold", f"To {route.destination}", "money", "USD"),
        *(Column(index, _SHORT[index], "money", "USD") for index in INDICES),
        Column("share", "Share", "percent", "percent"),
        Column("percentile", "P(excess)", "number", "percentile 0-100", decimals=0),
        Column("percentile_missing", "P(missing)", "number", "percentile 0-100", decimals=0),
        Column("sources", "Source", "list"),
    )
    said = (
        f"{len(found)} hubs have both legs in both years. Share: the excess in what the hub "
        "sold. P: percentile of that share, and of missing trade's, among hubs large enough to have one."
    )
    title = f"From {in_prose(route.origin)} to {in_prose(route.destination)} by way of others"
    notes = (said, _blanks(found), *notes)
    return _answer(
        route, credits, title=title, columns=columns, rows=rows, notes=notes, measured=(made,), first=ordered[0]
    )


def _blanks(rows: Sequence[Mapping[str, Any]]) -> str:
    """What is not known of how many hubs, and why."""
    reasons = {
        "excess_flow": "excess flow of {n}, for want of all imports of hub or destination",
        "missing_trade": "missing trade of {n}, for want of one of the two reports of the first leg",
        "freund": "Freund's criteria of {n}, for want of the direct flow or of all exports",
    }
    counts = {index: sum(row[index] is None for row in rows) for index in reasons}
    told = [text.format(n=counts[index]) for index, text in reasons.items() if counts[index]]
    return f"Not known in both years: {'; '.join(told)}." if told else ""


def _products(ledger: Ledger, route: Route, hub: str | None, top: int, notes: Sequence[str]) -> Answer:
    made = detours(ledger, route, hubs=(hub,) if hub else (), by="product")
    found = [row for row in made.table.to_pylist() if row["min_flow"] > 0]
    if not found:
        raise NoData("No product moves on both legs in the later year", hint="Try --level 2 or --level total")
    ordered = sorted(
        found, key=lambda row: (-(row["excess_flow"] or 0.0), -row["min_flow"], row["hub"], row["product"])
    )
    credits = Credits(ledger)
    rows = [
        {
            **{name: row[name] for name in ("hub", "product", "shipped_base", "shipped", "sold_base", "sold")},
            "label": _label(row["product"]),
            "flagged": "" if row["freund"] is None else "yes" if row["n_flagged"] else "no",
            **{name: row[name] for name in ("min_flow", "excess_flow", "missing_trade")},
            "sources": list(credits.cite(row["trace"])),
        }
        for row in (ordered[:top] if top else ordered)
    ]
    columns = (
        Column("hub", "Hub"),
        Column("product", "Product"),
        Column("label", "Goods"),
        Column("shipped_base", f"From {route.origin}, {route.base}", "money", "USD"),
        Column("shipped", str(route.later[0]), "money", "USD"),
        Column("sold_base", f"To {route.destination}, {route.base}", "money", "USD"),
        Column("sold", str(route.later[0]), "money", "USD"),
        Column("min_flow", "Minimum", "money", "USD"),
        Column("excess_flow", "Excess", "money", "USD"),
        Column("missing_trade", "Missing", "money", "USD"),
        Column("flagged", "Freund"),
        Column("sources", "Source", "list"),
    )
    way = f"by way of {in_prose(hub)}" if hub else "by way of others"
    title = f"Goods from {in_prose(route.origin)} to {in_prose(route.destination)} {way}"
    said = f"{len(found)} of {made.table.num_rows} lines move on both legs."
    notes = (said, *notes)
    return _answer(
        route, credits, title=title, columns=columns, rows=rows, notes=notes, measured=(made,), first=ordered[0]
    )


def _order(row: Mapping[str, Any]) -> tuple[float, float, str, str]:
    return -(row["excess_flow"] or 0.0), -row["min_flow"], row["hub"], row["product"]


def _label(code: str) -> str:
    if code == "TOTAL":
        return "All goods"
    named = {one.id: one.name for one in sections()}
    if code in named:
        return named[code]
    for edition in ("HS22", "HS17", "HS12", "HS07", "HS02"):
        try:
            return label(code, edition)
        except UnknownName:
            continue
    return code


def _answer(
    route: Route,
    credits: Credits,
    *,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    notes: Sequence[str],
    measured: tuple[Measured, ...],
    first: Mapping[str, Any],
) -> Answer:
    told = (*notes, _VERDICT, _FIRMS, *remarks(measured))
    return Answer(
        View(
            title=title,
            subtitle=f"USD {{scale}}, {route.later[0]} against {route.base}",
            columns=tuple(columns),
            rows=tuple(rows),
            notes=tuple(dict.fromkeys(note for note in told if note)),
            sources=credits.lines(),
            trace=_trace(first, route) if route.level == 0 or first["product"] != "all" else None,
        ),
        measured,
    )
