"""A ledger of one office's figures, for both sides of a pair."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from khorgos.core.provenance import Release, Source
from khorgos.core.schema import TABLES
from khorgos.ledger.ingest import ingest
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.sources.connector import Parsed

Row = dict[str, Any]

OFFICE = Source(
    id="office",
    publisher="Office",
    title="Trade",
    url="https://example.org",
    licence="open",
    redistribute="yes",
    citation="Office",
    attribution="Office",
    cadence="annual",
    units="USD",
    valuation="exports FOB, imports CIF",
    rank=10,
)
_RELEASE = Release(
    source="office",
    title="Trade",
    published=dt.date(2025, 1, 15),
    precision="day",
    retrieved=dt.date(2025, 2, 1),
    filename="trade.csv",
    sha256="0" * 64,
    n_bytes=1,
    redistribute="yes",
)


def flow(reporter: str, partner: str, kind: str, period: str, value: float, **more: Any) -> Row:
    """One row of a reporter; exports FOB and imports CIF where `more` does not say otherwise."""
    product = more.get("product", "TOTAL")
    return {
        "reporter": reporter,
        "partner": partner,
        "flow": kind,
        "period": period,
        "product": product,
        "nomenclature": "TOTAL" if product == "TOTAL" else "HS22",
        "value": value,
        "currency": "USD",
        "valuation": {"export": "FOB", "re-export": "FOB", "import": "CIF"}.get(kind),
        "status": "reported",
    } | more


def ledger_of(folder: Path, rows: Iterable[Row], borders: Iterable[tuple[str, str]] = ()) -> Ledger:
    """A ledger without the embedded release: these rows, and which areas have a common border."""
    pairs = [
        {"exporter": a, "importer": b, "indicator": "contig", "value": 1.0, "unit": "boolean"}
        for one in borders
        for a, b in (one, one[::-1])
    ]
    tables = {
        name: pa.Table.from_pylist(
            [{"release": _RELEASE.id, "locator": f"{name} {n}", **row} for n, row in enumerate(found)],
            schema=TABLES[name],
        )
        for name, found in (("flow", list(rows)), ("pair", pairs))
    }
    made = Parsed(source=OFFICE, releases=(_RELEASE,), tables=tables)
    return ingest(open_ledger(folder / "ledger", embedded=False), (made,), corrections=()).ledger
