"""Codes of the years compared, put into one edition of the HS."""

from __future__ import annotations

import pyarrow as pa

from khorgos.ledger.engine import run
from khorgos.ledger.query import cells
from khorgos.ledger.store import Ledger
from khorgos.measures.rerouting.flows import query
from khorgos.measures.rerouting.route import Route
from khorgos.measures.statements.relation import build
from khorgos.nomenclature.concordance import convert
from khorgos.nomenclature.nomenclatures import HS_EDITIONS

_SUBHEADINGS = 6  # digits at which editions differ in most of what they differ in, and which concordances link

_COUNTED = """
SELECT nomenclature, COUNT(*) AS n FROM cells GROUP BY nomenclature
"""


def editions(ledger: Ledger, route: Route) -> pa.Table | None:
    """How codes of other editions of the HS read in the one that most of a route's rows are in.

    Args:
        ledger: the ledger to ask.
        route: whose goods, where to, in which years.

    Returns:
        nomenclature, product, code_to, weight: every code that does not simply keep its number; None where there is
        one edition only, or codes are not of six digits (chapters and headings keep their numbers, but for a few).

    Source: the tables behind `nomenclature.concordance`.
    """
    if route.level != _SUBHEADINGS:
        return None
    years = (route.base, *route.later)
    asked = [
        query(route, years, route.sellers, (), ("export",)),
        query(route, years, (), route.sellers, ("import",)),
        query(route, years, (), (route.destination,), ("export",)),
    ]
    counted: dict[str, int] = {}
    for one in asked:
        for row in run(ledger, build(_COUNTED, {"cells": cells(ledger, one)})).to_pylist():
            counted[row["nomenclature"]] = counted.get(row["nomenclature"], 0) + row["n"]
    known = {name: n for name, n in counted.items() if name in HS_EDITIONS}
    if len(known) < 2:
        return None
    target = max(known, key=lambda name: (known[name], name))
    links = [(name, *link) for name in sorted(known) if name != target for link in _links(name, target)]
    columns = list(zip(*links, strict=True)) or [(), (), (), ()]
    names = ("nomenclature", "product", "code_to", "weight")
    kinds = (pa.string(), pa.string(), pa.string(), pa.float64())
    return pa.table({n: pa.array(c, k) for n, c, k in zip(names, columns, kinds, strict=True)})


def _links(name: str, target: str) -> list[tuple[str, str, float]]:
    found = convert(name, target)
    rows = zip(*(found[column].to_pylist() for column in ("code_from", "code_to", "weight")), strict=True)
    return [(old, new, weight) for old, new, weight in rows if (old, weight) != (new, 1.0)]
