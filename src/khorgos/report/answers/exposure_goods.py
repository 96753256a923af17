"""The goods of `khorgos exposure`: SITC sections of the embedded world, or the product rows of a ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from khorgos.core.errors import NoData
from khorgos.ledger.store import Ledger
from khorgos.ledger.worlds import SERVICES, world
from khorgos.measures.measured import Measured
from khorgos.measures.supply import suppliers
from khorgos.nomenclature.goods import good
from khorgos.nomenclature.nomenclatures import HS_EDITIONS, labels
from khorgos.report.answer import or_none
from khorgos.report.answers.product_market import Market, market_from, section_market
from khorgos.report.naming import name as in_prose


@dataclass(frozen=True, slots=True)
class Goods:
    """Markets of the goods that a country trades with its partners.

    Args:
        markets: one a good.
        measured: the measures behind them; none for the embedded world.
        notes: what a reader should know.
    """

    markets: tuple[Market, ...]
    measured: tuple[Measured, ...]
    notes: tuple[str, ...]


def sections() -> Goods:
    """The ten SITC sections of the embedded world."""
    base = world("sectors")
    made = tuple(
        replace(section_market(str(place)), name=f"{place} {name.replace('-', ' ')}")
        for place, name in enumerate(base.sectors)
        if name != SERVICES
    )
    return Goods(made, (), made[0].notes)


def products(
    ledger: Ledger,
    country: str,
    partners: Sequence[str],
    level: int,
    *,
    year: int | None = None,
    top: int = 12,
    as_of: dt.date | None = None,
) -> Goods:
    """The products of so many digits that a country trades most with its partners, of one year.

    Args:
        ledger: the ledger to ask.
        country: area id.
        partners: area ids.
        level: digits of the codes.
        year: the year; the latest with such rows where None.
        top: how many products.
        as_of: what was known on that day.

    Raises:
        NoData: the ledger has no such product rows of this country.
    """
    find = partial(suppliers, ledger, None, level=level, years=() if year is None else (year,), as_of=as_of)
    sides = (or_none(lambda: find(importers=(country,))), or_none(lambda: find(exporters=(country,))))
    rows = [row for made in sides if made is not None for row in _traded(made, partners)]
    if not rows:
        raise NoData(
            f"The ledger has no HS codes of {level} digits in trade of {in_prose(country)} with "
            f"{', '.join(in_prose(one) for one in partners)}",
            hint=f"Get them: khorgos fetch comtrade reporters={country} products=HS{level} years={year or 2023}",
        )
    latest = max(row["period"] for row in rows)
    size: dict[str, float] = {}
    for row in rows:
        if row["period"] == latest:
            size[row["product"]] = size.get(row["product"], 0.0) + row["value"]
    codes = sorted(size, key=lambda code: (-size[code], code))[:top]
    by_edition = {name: own for name in HS_EDITIONS if (own := tuple(code for code in codes if code in labels(name)))}
    made = suppliers(ledger, by_edition, years=(int(latest),), as_of=as_of)
    flows: dict[str, list[dict[str, Any]]] = {}
    for row in made.table.to_pylist():
        if row["period"] == latest:
            flows.setdefault(row["product"], []).append(row)
    markets = tuple(
        _named(code, market_from(flows[code], good(_newest(code)), latest, country, made))
        for code in codes
        if code in flows
    )
    notes = (
        f"The {len(markets)} products of most trade with them, of {len(size)} that the ledger has of {latest}; shares "
        "are in these.",
    )
    return Goods(markets, (made,), notes)


def _traded(made: Measured, partners: Sequence[str]) -> list[dict[str, Any]]:
    """Flows with the partners by HS product and year."""
    return [
        row
        for row in made.table.to_pylist()
        if {row["exporter"], row["importer"]} & set(partners)
        and row["nomenclature"] in HS_EDITIONS
        and len(row["period"]) == 4
    ]


def _named(code: str, market: Market) -> Market:
    """With the code in front, so that rows can be told apart where labels are cut."""
    short = market.name.rpartition(" (")[0]
    short = short if len(short) <= _LONGEST else f"{short[: _LONGEST - 1].rstrip(' ,;')}…"
    return replace(market, name=f"{code} {short}")


#: Longest label beside a code; chosen because a row of the table should fit a line.
_LONGEST = 24


def _newest(code: str) -> str:
    """A code with the newest edition that has it."""
    edition = next(name for name in reversed(HS_EDITIONS) if code in labels(name))
    return f"{edition}:{code}"
