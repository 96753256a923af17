"""`khorgos mirror --view causes`: how much of a gap each cause could make, and what stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from khorgos.ledger.query import FlowQuery
from khorgos.ledger.store import Ledger
from khorgos.measures.measured import Measured
from khorgos.measures.mirroring.decompose import mirror_causes as measure
from khorgos.report.addresses import Address
from khorgos.report.answer import Answer
from khorgos.report.credits import Credits
from khorgos.report.naming import name as in_prose
from khorgos.report.view import Column, View, printed, scale_of

_NOTES = (
    "Each part is what the cause could add to the importer's figure less the exporter's, from least to most; the parts "
    "and the rest hold the gap. What the ledger cannot tell is empty, and stays in the rest.",
    "At most: how much of the gap the cause could make by itself, alone and at its end.",
    "Neighbours: goods that only crossed the importer, or came under a neighbour's name, as far as the neighbours' own "
    "figures show it. Methods, sources and limits: docs/mirror.md.",
)


def mirror_causes(ledger: Ledger, first: str, second: str, query: FlowQuery) -> Answer:
    """The gaps between two areas, cause by cause; without years the latest gap of each direction.

    Args:
        ledger: the ledger to ask.
        first, second: the two sides.
        query: years (() for the latest), one product, currency, as of.

    Raises:
        NoData: no year has a gap.
    """
    made = measure(ledger, first, second, query)
    found = sorted(made.table.to_pylist(), key=lambda r: (r["flow"] == "total", r["exporter"] != first, r["period"]))
    if not query.years:
        made, found = _latest(made, found)
    credits = Credits(ledger)
    rows, stays = [], []
    for flow, gap in groupby(found, key=lambda r: (_flow(r), r["period"])):
        block = list(gap)
        marks = list(credits.cite(block[0]["trace"]))
        what = "each side's total of both flows" if block[0]["flow"] == "total" else "both reports"
        rows.append(_line(flow, "gap", what, ends=(block[0]["gap"], block[0]["gap"]), sources=marks))
        rows += [_part(flow, row) for row in block]
        stays.append(_stays(flow, block[0], query.currency))
    return Answer(
        View(
            title=f"Why two reports differ: {in_prose(first)} and {in_prose(second)}{goods(query)}",
            subtitle=f"{query.currency} {{scale}}",
            columns=(
                Column("direction", "Flow"),
                Column("year", "Year", "year"),
                Column("cause", "Cause"),
                Column("low", "From", "money", query.currency),
                Column("high", "To", "money", query.currency),
                Column("at_most", "At most", "percent", "percent", decimals=0),
                Column("method", "How"),
                Column("sources", "Source", "list"),
            ),
            rows=tuple(rows),
            notes=(*stays, *_NOTES),
            sources=credits.lines(),
            trace=_trace(found, query),
        ),
        (made,),
    )


def gap_address(exporter: str, importer: str, year: str, query: FlowQuery) -> Address:
    """Under which `khorgos explain` walks a gap back."""
    (product,) = query.products
    return Address("gap", exporter, importer, year, currency=query.currency, product=product, as_of=query.as_of)


def goods(query: FlowQuery) -> str:
    """What the trade is in, for a title; nothing for all goods."""
    (product,) = query.products
    return "" if product == "TOTAL" else f", {query.nomenclature or ''} {product}".replace(",  ", ", ")


def _latest(made: Measured, found: list[dict[str, Any]]) -> tuple[Measured, list[dict[str, Any]]]:
    last = {_flow(row): row["period"] for row in sorted(found, key=lambda r: r["period"])}
    kept = [n for n, row in enumerate(made.table.to_pylist()) if last[_flow(row)] == row["period"]]
    return replace(made, table=made.table.take(kept)), [row for row in found if last[_flow(row)] == row["period"]]


def _flow(row: dict[str, Any]) -> str:
    return f"{row['exporter']} {'and' if row['flow'] == 'total' else 'to'} {row['importer']}"


def _part(flow: tuple[str, str], row: dict[str, Any]) -> dict[str, Any]:
    low, high, gap = row["value_low"], row["value_high"], row["gap"]
    alone = None
    if low is not None and gap and row["cause"] != "rest":
        alone = 100 * max(0.0, min((low if gap < 0 else high) / gap, 1.0))
    return _line(flow, row["cause"], row["method"], ends=(low, high), at_most=alone)


def _line(
    flow: tuple[str, str],
    cause: str,
    method: str,
    *,
    ends: tuple[float | None, float | None],
    at_most: float | None = None,
    sources: Sequence[str] = (),
) -> dict[str, Any]:
    return {
        "direction": flow[0],
        "year": flow[1],
        "cause": cause,
        "low": ends[0],
        "high": ends[1],
        "at_most": at_most,
        "method": method,
        "sources": list(sources),
    }


def _stays(flow: tuple[str, str], row: dict[str, Any], currency: str) -> str:
    gap, left = row["gap"], row["unexplained"]
    factor, word = scale_of(gap)
    column = Column("gap", "", "money", currency)
    size, rest = (f"{printed(abs(one), column, factor)} {word}".strip() for one in (gap, left))
    said = f"{flow[0]} {flow[1]}: of a gap of {currency} {size}, "
    if not left:
        return f"{said}the causes that could be bounded can make all."
    return f"{said}at least {rest} ({100 * left / abs(gap):.0f}%) stays however far the bounded causes go."


def _trace(found: list[dict[str, Any]], query: FlowQuery) -> str:
    one_way = [row for row in found if row["flow"] != "total"]
    row = (one_way or found)[-1]
    address = gap_address(row["exporter"], row["importer"], row["period"], query)
    return f"khorgos explain {address if one_way else replace(address, what='total')}"
