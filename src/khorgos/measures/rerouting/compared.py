"""One hub's indices among their placebos: other hubs, earlier years, other products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from khorgos.core.errors import NoData
from khorgos.ledger.store import Ledger
from khorgos.measures.measured import Measured
from khorgos.measures.rerouting.indices import INDICES, detours
from khorgos.measures.rerouting.placebo import LEAST_HUB, percentile, product_placebos
from khorgos.measures.rerouting.route import Route

#: Earlier spans of years that are compared at the most. Chosen because trade of a generation ago went by other rules.
_SPANS = 20

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hub's index stands among one kind of placebos.

    Args:
        percentile: between 0 and 1; None without placebos.
        placebos: their number.
    """

    percentile: float | None
    placebos: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One hub's figures and where they stand.

    Args:
        row: the hub's row of `detours`.
        hubs: by index, among other hubs in the same years.
        years: by index, among the same hub's earlier spans of as many years.
        products: by index, among sets of as many other products; empty where it is not known which goods are under
            the barrier, or all are.
        measured: the figures behind it.
    """

    row: Row
    hubs: Mapping[str, Place]
    years: Mapping[str, Place]
    products: Mapping[str, Place]
    measured: tuple[Measured, ...]


def compared(ledger: Ledger, route: Route, hub: str, *, earliest: int | None = None) -> Compared:
    """A hub's indices, and where their shares stand among placebos.

    Args:
        ledger: the ledger to ask.
        route: whose goods, where to; its latest year is judged.
        hub: an area id.
        earliest: first year of placebo spans; twenty years before the base where left out.

    Returns:
        The figures with their places.

    Raises:
        NoData: the ledger does not have both legs of this hub in both years.
    """
    last = replace(route, later=(max(route.later),))
    scan = detours(ledger, last)
    rows = scan.table.to_pylist()
    row = next((one for one in rows if one["hub"] == hub), None)
    if row is None:
        raise NoData(f"The ledger has no two legs by way of {hub} in {last.base} and {last.later[0]}")
    before = _earlier(ledger, last, hub, earliest)
    goods = detours(ledger, last, hubs=(hub,), by="product", alone=True) if last.tested else None
    return Compared(
        row=row,
        hubs=among_hubs(rows)[hub],
        years=_places(before.table.to_pylist(), last) if before else {},
        products=_among_products(goods.table.to_pylist(), last) if goods else {},
        measured=tuple(one for one in (scan, before, goods) if one),
    )


def among_hubs(rows: Sequence[Row]) -> dict[str, dict[str, Place]]:
    """Where each hub's shares stand among those of all other hubs large enough to have one.

    Args:
        rows: of `detours` by hub, one pair of years.

    Returns:
        By hub and index; no percentile for a hub too small to have one.
    """
    least = LEAST_HUB * sum(row["sold"] or 0.0 for row in rows)
    large = [row for row in rows if (row["sold"] or 0.0) >= least and row["sold"]]
    return {
        row["hub"]: {
            index: _place(
                row[f"{index}_share"] if row in large else None,
                [one[f"{index}_share"] for one in large if one is not row],
            )
            for index in INDICES
        }
        for row in rows
    }


def _earlier(ledger: Ledger, route: Route, hub: str, earliest: int | None) -> Measured | None:
    """The hub's figures of the route's own years and of all spans as long that end before them."""
    length = route.later[0] - route.base
    first = max(earliest if earliest is not None else route.base - _SPANS, route.base - length - _SPANS)
    spans = [(year, year + length) for year in range(first, route.base - length + 1)]
    if not spans:
        return None
    return detours(ledger, route, hubs=(hub,), spans=(*spans, *route.pairs), alone=True)


def _places(rows: Sequence[Row], route: Route) -> dict[str, Place]:
    own = next((row for row in rows if row["base"] == route.base), None)
    if own is None:
        return {}
    others = [row for row in rows if row is not own]
    return {i: _place(own[f"{i}_share"], [row[f"{i}_share"] for row in others]) for i in INDICES}


def _among_products(rows: Sequence[Row], route: Route) -> dict[str, Place]:
    """Freund's criteria name the goods under the barrier themselves: they have no placebo products."""
    under = np.array([row["product"].startswith(route.tested) for row in rows])
    if not under.any() or under.all():
        return {}
    places = {}
    for index, whole in (("min_flow", "sold"), ("excess_flow", "sold"), ("missing_trade", "declared")):
        part, sold = (np.array([row[name] or 0.0 for row in rows]) for name in (index, whole))
        if not sold[under].sum():
            continue
        share = float(part[under].sum() / sold[under].sum())
        places[index] = _place(share, product_placebos(part, sold, int(under.sum())))
    return places


def _place(value: float | None, others: Sequence[float | None]) -> Place:
    known = [one for one in others if one is not None]
    return Place(None if value is None else percentile(value, known), len(known))
