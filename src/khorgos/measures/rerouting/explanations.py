"""Ordinary explanations of goods that seem to be rerouted: what in the data speaks for each, and how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from khorgos.ledger.engine import run
from khorgos.ledger.query import cells
from khorgos.ledger.store import Ledger
from khorgos.measures.rerouting.flows import query
from khorgos.measures.rerouting.route import Route
from khorgos.measures.statements.mirror import CIF_FOB
from khorgos.measures.statements.relation import build
from khorgos.nomenclature.area_register import all_areas

#: Months that goods take from one customs to the next at the most. Chosen because CAREC corridors take days to weeks
#: (Corridor Performance Measurement and Monitoring), and a month leaves room for storage.
LAG_MONTHS = 1.0

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Explanation:
    """An ordinary reason why two legs rise together.

    Args:
        name: in a word or two.
        amount: dollars or other units of the currency that it can carry at the most; None where the ledger cannot tell.
        because: what in the data speaks for it, or is missing.
    """

    name: str
    amount: float | None
    because: str


_SUM = "SELECT SUM(value) AS value FROM cells"


def explanations(ledger: Ledger, route: Route, row: Row) -> tuple[Explanation, ...]:
    """Ordinary explanations of a hub's figure, those that can carry most first, those that cannot be judged last.

    Args:
        ledger: the ledger to ask for the hub's own words on re-exports and on trade not specified.
        route: whose goods, where to.
        row: the hub's row of `detours`.

    Returns:
        Demand, transit, re-export, lag, valuation, confidentiality.
    """
    shipped, before, sold, sold_before = (row[n] for n in ("shipped", "shipped_base", "sold", "sold_base"))
    smaller = min(shipped, sold)
    made = (
        Explanation(
            "own demand and supply",
            None if row["excess_flow"] is None else max(smaller - row["excess_flow"], 0.0),
            "all imports of hub or destination are not known in both years"
            if row["excess_flow"] is None
            else "what of the smaller leg grew no faster than all imports of hub and destination",
        ),
        _transit(row),
        _declared(ledger, route, row, "re-export"),
        _declared(ledger, route, row, "confidentiality"),
        Explanation(
            "lag",
            max(abs(shipped - before), abs(sold - sold_before)) * LAG_MONTHS / 12,
            f"goods on the way at the turn of a year: {LAG_MONTHS:g} month of the change of the leg that changed more",
        ),
        Explanation(
            "valuation",
            smaller * (CIF_FOB - 1),
            f"freight and insurance: one leg CIF and the other FOB differ by {CIF_FOB - 1:.0%}",
        ),
    )
    return tuple(sorted(made, key=lambda one: (one.amount is None, -(one.amount or 0.0))))


def _declared(ledger: Ledger, route: Route, row: Row, name: str) -> Explanation:
    """What the hub itself declares as re-exported to the destination, or as traded with areas not specified."""
    hub, years = (row["hub"],), (row["later"],)
    if name == "re-export":
        asked = query(route, years, hub, (route.destination,), ("re-export",))
        there, absent = "declared by the hub itself as re-exports to the destination", "the ledger has no re-exports"
    else:
        nowhere = tuple(one.id for one in all_areas() if one.kind == "special")
        asked = query(route, years, hub, nowhere)
        there, absent = "traded by the hub with areas not specified", "the hub names a partner for all it declares"
    value = run(ledger, build(_SUM, {"cells": cells(ledger, asked)})).to_pylist()[0]["value"]
    return Explanation(name, value, there if value is not None else absent)


def _transit(row: Row) -> Explanation:
    if row["declared"] is None or row["received"] is None:
        return Explanation("transit", None, "only one side of the first leg is known in both years")
    gap = row["declared"] - row["received"] / CIF_FOB
    said = "the origin declares more to the hub than the hub receives from it"
    if gap <= 0:
        said = "the hub receives all that the origin declares to it"
    return Explanation("transit", max(gap, 0.0), said)
