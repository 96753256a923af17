"""Small parsed files for the tests of the ledger, written by hand in two lines each."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from sqlglot import exp

from khorgos.core.provenance import Precision, Release, Source
from khorgos.core.schema import TABLES
from khorgos.ledger.engine import run
from khorgos.ledger.ingest import ingest
from khorgos.ledger.store import Ledger
from khorgos.sources.connector import Parsed

RETRIEVED = dt.date(2025, 6, 1)


def source(name: str = "customs", *, rank: int = 10, redistribute: Any = "yes") -> Source:
    return Source(
        id=name,
        publisher=f"Office {name}",
        title=f"Trade of {name}",
        url="https://example.org",
        licence="open",
        redistribute=redistribute,
        citation=f"{name}, trade",
        attribution=name,
        cadence="monthly",
        units="USD",
        valuation="exports FOB, imports CIF",
        rank=rank,
    )


def release(
    card: Source,
    name: str = "a",
    *,
    published: dt.date | None = None,
    precision: Precision = "day",
    title: str = "table",
    attribution: str | None = None,
) -> Release:
    digest = hashlib.sha256(f"{card.id}/{name}".encode()).hexdigest()
    return Release(
        source=card.id,
        title=title,
        published=published,
        precision=precision if published else "unknown",
        retrieved=RETRIEVED,
        filename=f"{name}.csv",
        sha256=digest,
        n_bytes=100,
        redistribute=card.redistribute,
        attribution=attribution,
    )


def flow(
    reporter: str, partner: str, direction: str, period: str, value: float | None, *, locator: str = "", **more: Any
) -> dict[str, Any]:
    row = {
        "reporter": reporter,
        "partner": partner,
        "flow": direction,
        "period": period,
        "product": "TOTAL",
        "nomenclature": "TOTAL",
        "value": value,
        "currency": "USD",
        "valuation": "FOB" if direction == "export" else "CIF",
        "partner_basis": None,
        "quantity": None,
        "quantity_unit": None,
        "status": "reported",
        "rounding": None,
        "locator": locator or f"{reporter}:{partner}:{direction}:{period}:{more.get('product', 'TOTAL')}",
    }
    return row | more


def parsed(
    rows: Sequence[dict[str, Any]],
    *,
    card: Source | None = None,
    of: Release | None = None,
    table: str = "flow",
    **more: Any,
) -> Parsed:
    card = card or source()
    made = of or release(card, "a")
    return Parsed(
        source=card,
        releases=(made,),
        tables={table: rows_of(table, [{"release": made.id, **row} for row in rows])},
        **more,
    )


def rows_of(table: str, rows: Sequence[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=TABLES[table])


def filled(ledger: Ledger, *files: Parsed, **options: Any) -> Ledger:
    """The view after importing files."""
    return ingest(ledger, files, **{"corrections": (), **options}).ledger


def asked(ledger: Ledger, question: exp.Expression) -> list[dict[str, Any]]:
    """Rows of an answer, in the order of their own text."""
    return sorted(run(ledger, question).to_pylist(), key=str)


def values(ledger: Ledger, question: exp.Expression, *columns: str) -> dict[Any, float]:
    """An answer's values by some of its columns."""
    rows = run(ledger, question).to_pylist()
    return {row[columns[0]] if len(columns) == 1 else tuple(row[c] for c in columns): row["value"] for row in rows}
