"""`khorgos exposure`: what the loss of each partner would cost a country, by product and in all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from khorgos.core.errors import BadInput, NoData, UnknownName
from khorgos.ledger.elasticities import card
from khorgos.ledger.store import Ledger
from khorgos.ledger.worlds import WORLDS, World, world
from khorgos.models.exposure import PartnerLost, equilibrium_loss, partner_lost
from khorgos.models.replacement import LEVEL, Band, band
from khorgos.models.substitution import DEMAND, DEMAND_RANGE, SUPPLY, SUPPLY_RANGE
from khorgos.models.worlds import prepared
from khorgos.nomenclature.areas import get
from khorgos.report.answer import Answer, Printed, remarks
from khorgos.report.answers.exposure_goods import Goods, products, sections
from khorgos.report.answers.product_market import Market
from khorgos.report.credits import Credits
from khorgos.report.formats import render_views
from khorgos.report.naming import name as in_prose
from khorgos.report.view import Column, SourceLine, View

#: The views in the order in which they are printed.
VIEWS = ("partners", "surplus", "exports", "imports")
#: Next best markets and suppliers that are named.
_NEXT = 3


@dataclass(frozen=True)
class Exposure(Printed):
    """What khorgos answers: each partner's loss in all, and by product on either side.

    Args:
        views: by name.
        lost: what the model says, by partner and good.
        equilibrium: change of real expenditure in per cent, by partner and world: the country's, the partner's.
    """

    views: Mapping[str, Answer]
    lost: Mapping[tuple[str, str], PartnerLost]
    equilibrium: Mapping[tuple[str, str], tuple[float, float]]

    def render(self, format_: str = "table", view: str | None = None) -> str | bytes:
        """All views in a format for people, the sources once, or JSON; one of them in a format of rows.

        Args:
            format_: as in `report.formats`.
            view: a name of VIEWS; all where left out (csv and parquet: partners).

        Raises:
            UnknownName: there is no such view.
        """
        views = {name: answer.view for name, answer in self.views.items()}
        if view is None and format_ in ("table", "md"):
            first, *rest = views.items()
            views = dict(
                [first, *((n, replace(v, sources=()) if v.sources == first[1].sources else v) for n, v in rest)]
            )
        return render_views(views, format_, view, names=VIEWS)


@dataclass(frozen=True, slots=True)
class _Found:
    """One partner and one good."""

    partner: str
    market: Market
    lost: PartnerLost


def exposure(
    ledger: Ledger,
    country: str,
    partners: Sequence[str],
    *,
    level: int | None = None,
    year: int | None = None,
    top: int = 6,
    draws: int = 100,
    seed: int = 1,
    as_of: dt.date | None = None,
) -> Exposure:
    """Take partners from a country, one at a time.

    Args:
        ledger: asked for product rows, where `level` is given.
        country: ISO3.
        partners: ISO3, none a group.
        level: digits of the HS codes of the ledger; SITC sections of the embedded world where None.
        year: of the ledger's rows; the latest where None.
        top: products shown of each partner; 0 for all.
        draws: of elasticities, at least one.
        seed: of the draws.
        as_of: what was known on that day.

    Raises:
        BadInput: the country itself or a group among the partners.
        UnknownName: an economy that the embedded world has not.
        NoData: the ledger has no product rows of that level.
    """
    _checked(country, partners, top, draws)
    if level is None and year is not None:
        raise BadInput(
            "The embedded world is of one year", hint="Give --level as well, for the product rows of a ledger"
        )
    goods = sections() if level is None else products(ledger, country, partners, level, year=year, as_of=as_of)
    found, alone = [], []
    for partner in partners:
        for market in goods.markets:
            at, to = market.place(country), market.place(partner)
            if at is None or to is None or market.trade[at, to] + market.trade[to, at] <= 0:
                continue
            try:
                found.append(_Found(partner, market, _lost(market, at, to, draws, seed)))
            except BadInput:
                alone.append(f"{market.name} with {get(partner).name}")
    if not found:
        raise NoData(f"{get(country).name} trades nothing with {', '.join(in_prose(one) for one in partners)} there")
    whole = {(p, name): equilibrium_loss(prepared(world(name)), country, p) for p in partners for name in WORLDS}
    asked = _Asked(country, tuple(partners), top, (draws, seed), tuple(alone))
    views = {
        "partners": _partners(ledger, asked, goods, found, whole),
        "surplus": _surplus(ledger, asked, goods, found),
        "exports": _side(ledger, asked, goods, found, out=True),
        "imports": _side(ledger, asked, goods, found, out=False),
    }
    return Exposure(views, {(one.partner, one.market.name): one.lost for one in found}, whole)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question, and the goods that one of the two gets from or sends to nobody else."""

    country: str
    partners: tuple[str, ...]
    top: int
    draws: tuple[int, int]
    alone: tuple[str, ...]


def _checked(country: str, partners: Sequence[str], top: int, draws: int) -> None:
    if country in partners:
        raise BadInput(f"{get(country).name} cannot lose itself", hint="Name others with --to")
    if top < 0 or draws < 1:
        raise BadInput("Ask for at least one draw, and not for fewer than no products", hint="--draws 100 --top 10")
    known = world("sectors").countries
    for area in (country, *partners):
        if get(area).kind == "group":
            raise BadInput(f"{get(area).name} is a group", hint="Name its members, such as DEU,FRA")
        if area not in known:
            raise UnknownName(get(area).name, "economy of the embedded worlds")


def _lost(market: Market, at: int, to: int, draws: int, seed: int) -> PartnerLost:
    own = market.elasticity
    return partner_lost(market.trade, at, to, sigma=own.sigma, spread=own.spread, draws=draws, seed=seed)


# --- the views ----------------------------------------------------------------------------------------------------
def _partners(
    ledger: Ledger,
    asked: _Asked,
    goods: Goods,
    found: Sequence[_Found],
    whole: Mapping[tuple[str, str], tuple[float, float]],
) -> Answer:
    """One row a partner: trade, and real expenditure in equilibrium."""
    sums = _sums(asked.country, goods)
    rows = []
    for partner in asked.partners:
        own = [one.lost for one in found if one.partner == partner]
        sold, bought = sum(one.sold for one in own), sum(one.bought for one in own)
        row: dict[str, Any] = {
            "partner": get(partner).name,
            "id": partner,
            "sold": sold,
            "sold_share": 100 * sold / sums[0] if sums[0] > 0 else None,
            "bought": bought,
            "bought_share": 100 * bought / sums[1] if sums[1] > 0 else None,
        }
        for name in WORLDS:
            row[_COLUMN[name]], row[f"{_COLUMN[name]}_theirs"] = whole[partner, name]
        rows.append(row)
    view = View(
        title=f"What {in_prose(asked.country)} would lose with each partner",
        subtitle=f"USD {{scale}}, {goods.markets[0].year}; shares of its exports and imports; real: change of its real "
        "expenditure in general equilibrium, with one sector and with ten; theirs: the partner's",
        columns=(
            Column("partner", "Partner"),
            Column("sold", "Exports", "money", "USD"),
            Column("sold_share", "Share", "percent", "percent"),
            Column("bought", "Imports", "money", "USD"),
            Column("bought_share", "Share", "percent", "percent"),
            Column("real", "Real", "percent", "percent change", 2),
            Column("real_sectors", "Real (10)", "percent", "percent change", 2),
            Column("real_theirs", "Theirs", "percent", "percent change", 2),
            Column("real_sectors_theirs", "Theirs (10)", "percent", "percent change", 2),
        ),
        rows=tuple(rows),
        notes=_notes(asked, goods),
        sources=_sources(ledger, goods, found),
    )
    return Answer(view, goods.measured)


_COLUMN = {"one-sector": "real", "sectors": "real_sectors"}


def _surplus(ledger: Ledger, asked: _Asked, goods: Goods, found: Sequence[_Found]) -> Answer:
    """What producers and consumers lose in partial equilibrium, summed over goods."""
    rows = []
    for partner in asked.partners:
        own = [one.lost for one in found if one.partner == partner]
        for who in ("producers", "consumers"):
            one = _summed([getattr(part, who) for part in own])
            change = {"change": one.middle, "low": one.low, "high": one.high}
            rows.append({"partner": get(partner).name, "id": partner, "who": who} | change)
    view = View(
        title=f"What its producers and consumers would lose, all goods: {in_prose(asked.country)}",
        subtitle=f"USD {{scale}}, {goods.markets[0].year}; change of surplus in partial equilibrium, low to high: "
        f"{LEVEL:.0%} of draws",
        columns=(
            Column("partner", "Partner"),
            Column("who", "Who"),
            Column("change", "Change", "money", "USD"),
            Column("low", "Low", "money", "USD"),
            Column("high", "High", "money", "USD"),
        ),
        rows=tuple(rows),
        notes=_model(asked, found),
        sources=_sources(ledger, goods, found),
    )
    return Answer(view, goods.measured)


def _side(ledger: Ledger, asked: _Asked, goods: Goods, found: Sequence[_Found], *, out: bool) -> Answer:
    """Exports or imports by partner and good."""
    whole = _sums(asked.country, goods)[0 if out else 1]
    rows = []
    for partner in asked.partners:
        own = [one for one in found if one.partner == partner and _value(one, out) > 0]
        own.sort(key=lambda one: (-_value(one, out), one.market.name))
        rows += [_good_row(one, out, whole) for one in (own[: asked.top] if asked.top else own)]
    who, verb = in_prose(asked.country), "sells" if out else "buys"
    view = View(
        title=f"What {who} {verb} by partner and good, and what the loss would do",
        subtitle=f"USD {{scale}}, {goods.markets[0].year}; good: the partner's share in its {_NOUN[out]} of the good; "
        f"all: in all its {_NOUN[out]}; made up: by others, by value; price: that it {'gets' if out else 'pays'}, low "
        f"to high: {LEVEL:.0%} of draws; next: who would {'buy' if out else 'sell'} more",
        columns=(
            Column("partner", "With"),
            Column("product", "Product"),
            Column("value", "Value", "money", "USD"),
            Column("of_good", "Good", "percent", "percent"),
            Column("of_all", "All", "percent", "percent"),
            Column("made_up", "Made up", "percent", "percent", 0),
            Column("price", "Price", "percent", "percent change"),
            Column("price_low", "Low", "percent", "percent change"),
            Column("price_high", "High", "percent", "percent change"),
            Column("next", "Next", "list"),
        ),
        rows=tuple(rows),
        notes=tuple(remarks(goods.measured, leave=("mirror-imports", "few-reporters"))),
        sources=_sources(ledger, goods, found),
    )
    return Answer(view, goods.measured)


_NOUN = {True: "exports", False: "imports"}


def _value(one: _Found, out: bool) -> float:
    return one.lost.sold if out else one.lost.bought


def _good_row(one: _Found, out: bool, whole: float) -> dict[str, Any]:
    lost, areas = one.lost, one.market.areas
    price = lost.sale_price if out else lost.purchase_price
    made_up = lost.redirected if out else lost.replaced
    gains = (lost.markets if out else lost.suppliers)[:_NEXT]
    return {
        "partner": one.partner,
        "product": one.market.name,
        "value": _value(one, out),
        "of_good": 100 * _value(one, out) / (lost.exports if out else lost.imports),
        "of_all": 100 * _value(one, out) / whole,
        "made_up": 100 * made_up.middle,
        "price": 100 * price.middle,
        "price_low": 100 * price.low,
        "price_high": 100 * price.high,
        "next": [areas[place] for place, _ in gains],
    }


def _summed(parts: Sequence[np.ndarray[Any, np.dtype[np.float64]]]) -> Band:
    whole = np.sum(parts, axis=0)
    return band(float(whole[0]), whole[1:])


def _sums(country: str, goods: Goods) -> tuple[float, float]:
    """All that the country sells and buys of these goods."""
    places = [(one.trade, one.place(country)) for one in goods.markets]
    sold = sum(float(trade[at].sum()) for trade, at in places if at is not None)
    bought = sum(float(trade[:, at].sum()) for trade, at in places if at is not None)
    return sold, bought


def _notes(asked: _Asked, goods: Goods) -> tuple[str, ...]:
    return (
        *goods.notes,
        *_imputed(asked, _world_of(goods)),
        "Real: all trade between the two ended in the embedded worlds of 195 economies; everybody has turned to others "
        "and nobody pays for the turn. It is what is left in the long run: the first years cost more.",
        "Goods that only pass through the partner (oil by pipeline, trucks in transit) are not trade with it here, and "
        "their loss is not in it.",
        *((f"Nobody else trades it, so no model answers: {'; '.join(asked.alone)}.",) if asked.alone else ()),
    )


def _model(asked: _Asked, found: Sequence[_Found]) -> tuple[str, ...]:
    texts = list(dict.fromkeys(one.market.elasticity.text for one in found))
    listed = texts[0] if len(texts) == 1 else f"{len(texts)} of them, the first {texts[0]}"
    return (
        "Partial equilibrium: both directions of each good's trade closed, GSIM with constant elasticities (Francois "
        f"and Hall 2003); sigma by good: {listed}; demand {DEMAND}, supply {SUPPLY}. {asked.draws[0]} draws, seed "
        f"{asked.draws[1]}, the same for all goods: demand {DEMAND_RANGE[0]} to {DEMAND_RANGE[1]}, supply "
        f"{SUPPLY_RANGE[0]} to {SUPPLY_RANGE[1]}. Home sales are not in it.",
    )


def _world_of(goods: Goods) -> World | None:
    return goods.markets[0].made_from


def _imputed(asked: _Asked, base: World | None) -> tuple[str, ...]:
    if base is None:
        return ()
    at = base.countries.index(asked.country)
    marked = [p for p in asked.partners if base.sections_imputed[[at], [base.countries.index(p)]].any()]
    if not marked:
        return ()
    return (f"The split into sections is imputed for exports to {', '.join(get(one).name for one in marked)}.",)


def _sources(ledger: Ledger, goods: Goods, found: Sequence[_Found]) -> tuple[SourceLine, ...]:
    credits = Credits(ledger)
    for one in goods.measured:
        credits.cite(one.lineage.releases)
    lines = list(credits.lines())
    for source in world("sectors").sources:
        text = f"{source['title']} ({source['licence']})"
        lines.append(SourceLine(len(lines) + 1, text, f"sha256:{source['sha256'][:12]}", source["url"]))
    if any(card().title in one.market.elasticity.text for one in found):
        text = f"{card().title} ({card().licence}): {card().citation}"
        lines.append(SourceLine(len(lines) + 1, text, f"sha256:{card().file_sha256[:12]}", card().url))
    return tuple(lines)
