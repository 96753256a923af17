"""Which parts a question needs, and which steps it can leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from khorgos.ledger.manifest import Part
from khorgos.ledger.question import FlowQuery
from khorgos.ledger.store import Ledger
from khorgos.nomenclature.area_register import all_areas

# Product codes up to which the copy sorted by product is read. Chosen because beyond it most row groups match.
_FEW_PRODUCTS = 100
_WORLD = "WLD"

#: Characters of a period by its kind: 2024, 2024-03, 2024-01..2024-05.
LENGTHS = {"year": 4, "month": 7, "part": 16}

#: Kinds of periods from which an answer by year, by month or as published is made.
USABLE = {
    "year": frozenset({"year", "month"}),
    "month": frozenset({"month"}),
    "native": frozenset({"year", "month", "part"}),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How to answer a question.

    Args:
        parts: the parts that can hold rows of interest.
        lengths: kinds of periods in them.
        everywhere: kinds of periods in any part of the ledger.
        groups: ids of groups that report or are partners in any part of the ledger.
        currencies: all currencies in them.
        foreign: years of the parts that have another currency than the one asked for.
        distinct: no two rows in them can be of one cell, so that nothing must be chosen.
    """

    parts: tuple[Part, ...]
    lengths: frozenset[str]
    everywhere: frozenset[str]
    groups: tuple[str, ...]
    currencies: tuple[str, ...]
    foreign: tuple[int, ...]
    distinct: bool

    @property
    def months(self) -> bool:
        """Whether some of the parts hold months."""
        return "month" in self.lengths


def plan(ledger: Ledger, query: FlowQuery) -> Plan:
    """Choose the parts for a question from the manifest alone.

    Args:
        ledger: the view that will be asked.
        query: the question.

    Returns:
        The plan.
    """
    allowed = _releases(ledger, query)
    wanted = _years(query)
    usable = USABLE[query.by]
    found = [
        part
        for _, part in ledger.parts("flow")
        if part.kind != "by-product"
        and not allowed.isdisjoint(part.releases)
        and (not query.reporters or not set(query.reporters).isdisjoint(part.reporters))
        and (query.nomenclature is None or query.nomenclature in part.nomenclatures)
        and (not wanted or _overlaps(part, wanted))
        and not usable.isdisjoint(part.lengths)
        and (not query.partners or not part.partners or not set(query.partners).isdisjoint(part.partners))
        and _may_hold_products(part, query)
    ]
    lengths = frozenset(one for part in found for one in part.lengths)
    distinct = _distinct(ledger, found) and not (query.by == "year" and "month" in lengths)
    return Plan(
        parts=tuple(_by_product(ledger, query, found)),
        lengths=lengths,
        everywhere=_lengths(ledger),
        groups=_groups(ledger),
        currencies=tuple(sorted({one for part in found for one in part.currencies})),
        foreign=_foreign(query, found),
        distinct=distinct,
    )


# What a question leaves out is decided by the whole ledger, not by the parts it will read: the expression must give
# the same answer to an engine that reads them all.
@lru_cache(maxsize=8)  # chosen because a session holds few views
def _lengths(ledger: Ledger) -> frozenset[str]:
    return frozenset(one for _, part in ledger.parts("flow") for one in part.lengths)


@lru_cache(maxsize=8)  # chosen because a session holds few views
def _groups(ledger: Ledger) -> tuple[str, ...]:
    groups = {one.id for one in all_areas() if one.kind == "group"}
    parts = [part for _, part in ledger.parts("flow")]
    if all(part.partners for part in parts):
        groups &= {area for part in parts for area in (*part.reporters, *part.partners)}
    return tuple(sorted(groups))


def _releases(ledger: Ledger, query: FlowQuery) -> set[str]:
    return {one.id for one in ledger.releases.values() if query.sources is None or one.source in query.sources}


def _years(query: FlowQuery) -> set[int]:
    """Years that the periods asked for touch; a part-year is found by its first year."""
    return set(query.years) | {int(text[:4]) for text in query.periods}


def _foreign(query: FlowQuery, parts: Sequence[Part]) -> tuple[int, ...]:
    others = [part for part in parts if set(part.currencies) != {query.currency}]
    held = {year for part in others for year in range(part.first or 0, (part.last or 0) + 1)}
    return tuple(sorted(held & _years(query) if _years(query) else held))


def _overlaps(part: Part, years: set[int]) -> bool:
    if part.first is None or part.last is None:
        return True
    return any(part.first <= one <= part.last for one in years)


def _may_hold_products(part: Part, query: FlowQuery) -> bool:
    """A part of totals answers no question about products, and the other way round."""
    if query.products == ("TOTAL",):
        return "TOTAL" in part.nomenclatures
    if part.kind == "sums" and "TOTAL" not in part.nomenclatures and _WORLD not in (*query.reporters, *query.partners):
        return False
    return bool(set(part.nomenclatures) - {"TOTAL"}) or "TOTAL" in query.products


def _distinct(ledger: Ledger, parts: Sequence[Part]) -> bool:
    """One voice, one variant of the key a part, and no two releases about the same years."""
    releases = sorted({release for part in parts for release in part.releases})
    voices = {(ledger.releases[one].source, ledger.releases[one].attribution) for one in releases}
    if len(voices) > 1 or any(part.variants > 1 or len(part.releases) > 1 for part in parts):
        return False
    variants = {part.currencies for part in parts}
    spans: dict[str, tuple[int, int]] = {}
    for part in parts:
        first, last = spans.get(part.releases[0], (9999, 0))
        spans[part.releases[0]] = (min(first, part.first or 0), max(last, part.last or 9999))
    ordered = sorted(spans.values())
    return len(variants) <= 1 and all(a[1] < b[0] for a, b in pairwise(ordered))


def _by_product(ledger: Ledger, query: FlowQuery, parts: Sequence[Part]) -> list[Part]:
    """Read the copies sorted by product where few products of all reporters are asked for."""
    if query.reporters or not query.products or len(query.products) > _FEW_PRODUCTS:
        return list(parts)
    copies = {part.copies: part for _, part in ledger.parts("flow") if part.kind == "by-product"}
    return [copies.get(part.path, part) for part in parts]
