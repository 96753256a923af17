"""Which product levels and years a ledger has of both legs of a route."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from khorgos.ledger.engine import run
from khorgos.ledger.query import FlowQuery, cells
from khorgos.ledger.store import Ledger
from khorgos.measures.statements.relation import Relation, among, build, stack
from khorgos.nomenclature.nomenclatures import HS_EDITIONS
from khorgos.nomenclature.products import sections

#: Part of all goods on both legs that a product level covers at least to be chosen by itself. Chosen because less than
#: half speaks of some goods, and not of the route.
LEAST_COVERED = 0.5
#: Part of the hubs of the best year that a later year has at least to be preferred to it. Chosen because reporters come
#: in over two years, and half of them are enough to stand among.
_ENOUGH = 0.5

_SUMMED = """
SELECT leg, hub, year, level, MAX(value) AS value FROM (
  SELECT $leg AS leg, $hub AS hub, CAST(SUBSTRING(c.period, 1, 4) AS INT) AS year, c.flow,
    CASE WHEN c.product = 'TOTAL' THEN 0 WHEN $section THEN 1 WHEN $known THEN LENGTH(c.product) END AS level,
    SUM(c.value) AS value
  FROM cells AS c WHERE c.value IS NOT NULL GROUP BY 2, 3, 4, 5) AS sides
WHERE level IN (0, 1, 2, 4, 6) GROUP BY leg, hub, year, level
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """One product level in one year.

    Args:
        level: one of the values of `route.LEVELS`.
        year: calendar year.
        hubs: those whose two legs have figures.
        covered: part of all goods on the leg where it is smaller, of the hubs whose totals are known; None where no
            total is.
    """

    level: int
    year: int
    hubs: frozenset[str]
    covered: float | None


def reach(
    ledger: Ledger,
    sellers: Sequence[str],
    destination: str,
    *,
    hub: str | None = None,
    since: int,
    until: int | None = None,
    as_of: dt.date | None = None,
) -> tuple[Reach, ...]:
    """Which levels and years a ledger has of both legs, with what part of all goods each covers.

    Args:
        ledger: the ledger to ask.
        sellers: whose goods.
        destination: where they end.
        hub: by way of whom; None for all.
        since: first year.
        until: last year; the ledger's last where left out.
        as_of: what was known on that day.

    Returns:
        One entry a level and year of which both legs of a hub have figures, the finest level first.
    """
    last = until or max((part.last for _, part in ledger.parts("flow") if part.last), default=since)
    years = tuple(range(since, max(last, since) + 1))
    hubs = (hub,) if hub else ()
    parts = []
    for products in ((), ("TOTAL",)):
        for leg, one, other in (("out", tuple(sellers), hubs), ("in", hubs, (destination,))):
            for flow, reporters, partners in (("export", one, other), ("import", other, one)):
                asked = FlowQuery(reporters, partners, (flow,), products, years=years, as_of=as_of)
                side = "partner" if (leg == "out") == (flow == "export") else "reporter"
                parts.append(_summed(cells(ledger, asked), leg, side))
    found: dict[tuple[int, int], dict[str, dict[str, float]]] = {}
    for row in run(ledger, stack(parts, ("leg", "hub", "year", "level", "value"))).to_pylist():
        legs = found.setdefault((row["level"], row["year"]), {}).setdefault(row["hub"], {})
        legs[row["leg"]] = max(legs.get(row["leg"], 0.0), row["value"])
    made = []
    for (level, year), cells_ in sorted(found.items(), key=lambda item: (-item[0][0], item[0][1])):
        both = {name for name, legs in cells_.items() if len(legs) > 1 and name not in (*sellers, destination)}
        if both:
            made.append(Reach(level, year, frozenset(both), _covered(cells_, found.get((0, year), {}), both)))
    return tuple(made)


def chosen(known: Sequence[Reach], since: int, until: int | None) -> Reach | None:
    """The finest product level that covers enough of both legs, in the last year with enough of the hubs.

    Args:
        known: what `reach` found.
        since: the base year.
        until: the later year; None to choose it.

    Returns:
        The level in the later year; None if no level has both legs of a hub in the base year and a later one.
    """
    usable: dict[int, Reach] = {}
    for base in (one for one in known if one.year == since):
        later = [
            Reach(one.level, one.year, one.hubs & base.hubs, one.covered)
            for one in known
            if one.level == base.level and (one.year == until if until else one.year > since) and one.hubs & base.hubs
        ]
        most = max((len(one.hubs) for one in later), default=0)
        if enough := [one for one in later if len(one.hubs) >= _ENOUGH * most]:
            usable[base.level] = max(enough, key=lambda one: one.year)
    wide = [level for level in usable if _wide(known, level)]
    return usable[max(wide or usable)] if usable else None


def _wide(known: Sequence[Reach], level: int) -> bool:
    """Does the level cover enough in any year of which it is known, or is that known of no year?"""
    told = [one.covered for one in known if one.level == level and one.covered is not None]
    return not told or max(told) >= LEAST_COVERED


def _covered(
    legs: Mapping[str, Mapping[str, float]], wholes: Mapping[str, Mapping[str, float]], hubs: set[str]
) -> float | None:
    told = [name for name in hubs if len(wholes.get(name, {})) > 1]
    if not told:
        return None
    parts = []
    for leg in ("out", "in"):
        whole = sum(wholes[name][leg] for name in told)
        parts.append(sum(legs[name][leg] for name in told) / whole if whole else 1.0)
    return min(*parts, 1.0)


def _summed(found: Relation, leg: str, side: str) -> exp.Select:
    ids = [one.id for one in sections() if one.id.isalpha()]
    return build(
        _SUMMED,
        {"cells": found},
        leg=leg,
        hub=exp.column(side, "c"),
        section=among("product", ids),
        known=among("nomenclature", HS_EDITIONS),
    )
