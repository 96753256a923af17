"""The tests' own helper module, whichever way pytest is started; and a ledger of a few hundred rows."""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from khorgos.core.provenance import Release, Source
from khorgos.core.schema import TABLES
from khorgos.ledger.ingest import ingest
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.nomenclature.area_register import all_areas
from khorgos.sources.connector import Parsed

sys.path.insert(0, str(Path(__file__).parent))

YEARS = range(2018, 2025)

#: 40 countries, so that a world is no selection.
_FIVE = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
_OTHERS = [area.id for area in all_areas() if area.kind == "country" and area.id not in ("CHN", *_FIVE)]
WORLD = (*_FIVE[2:], *_OTHERS[:37])


def _release(card: Source, name: str) -> Release:
    return Release(
        source=card.id,
        title=name,
        published=dt.date(2025, 1, 15),
        precision="day",
        retrieved=dt.date(2025, 2, 1),
        filename=f"{name}.csv",
        sha256=hashlib.sha256(f"{card.id}/{name}".encode()).hexdigest(),
        n_bytes=1,
        redistribute="yes",
    )


def _parsed(name: str, rank: int, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> Parsed:
    card = Source(
        id=name,
        publisher=f"Office {name}",
        title=f"Trade of {name}",
        url="https://example.org",
        licence="open",
        redistribute="yes",
        citation=name,
        attribution=name,
        cadence="annual",
        units="USD",
        valuation="exports FOB, imports CIF",
        rank=rank,
    )
    made = _release(card, "a")
    filled = {
        table: pa.Table.from_pylist(
            [{"release": made.id, "locator": f"{table} {i}", **row} for i, row in enumerate(rows)], schema=TABLES[table]
        )
        for table, rows in tables.items()
    }
    return Parsed(source=card, releases=(made,), tables=filled)


def _flow(reporter: str, partner: str, flow: str, period: str, value: float, **more: Any) -> dict[str, Any]:
    product = more.get("product", "TOTAL")
    return {
        "reporter": reporter,
        "partner": partner,
        "flow": flow,
        "period": period,
        "product": product,
        "nomenclature": "TOTAL" if product == "TOTAL" else "HS22",
        "value": value,
        "currency": "USD",
        "valuation": {"export": "FOB", "import": "CIF"}.get(flow),
        "partner_basis": None,
        "quantity": None,
        "quantity_unit": None,
        "status": "reported",
        "rounding": None,
    } | more


def _dots() -> list[dict[str, Any]]:
    """Exports and imports of three countries with all others, growing by a tenth a year; nobody else reports."""
    base = {"CHN": 1000.0, "KAZ": 40.0, "KGZ": 4.0}
    others = (*base, *WORLD)
    return [
        _flow(a, b, flow, str(year), 1e6 * base[a] * (i + 1) * side * 1.1 ** (year - 2018))
        for a in base
        for i, b in enumerate(others)
        if a != b
        for flow, side in (("export", 1.0), ("import", 0.9))
        for year in YEARS
    ]


def _customs() -> list[dict[str, Any]]:
    """Yuan by month for 2023 and half of 2024, and the five as printed in dollars."""
    months = [f"2023-{n:02d}" for n in range(1, 13)] + [f"2024-{n:02d}" for n in range(1, 7)]
    return [
        *(
            _flow("CHN", partner, flow, month, 7.0e9 + 1e8 * n, currency="CNY", rounding=1e4)
            for partner in ("KAZ", "KGZ")
            for flow in ("export", "import")
            for n, month in enumerate(months)
        ),
        _flow("CHN", "CA5", "export", "2024", 64.2e9, rounding=1e8),
        _flow("CHN", "CA5", "import", "2024", 30.6e9, rounding=1e8),
        _flow("CHN", "CA5", "total", "2024", 94.82e9, rounding=1e7),
        _flow("CHN", "CA5", "total", "2023", 89.4e9, rounding=1e8),
    ]


def _products() -> list[dict[str, Any]]:
    codes = ("100110", "100199", "270900", "850440", "851712")
    return [
        _flow(reporter, "WLD", flow, "2024", 1e6 * (i + 1) * (j + 2) ** (1 if flow == "export" else 2), product=code)
        for i, reporter in enumerate(("CHN", "KAZ", "KGZ"))
        for flow in ("export", "import")
        for j, code in enumerate(codes)
        if (i + j) % 4
    ]


def _weights() -> list[dict[str, Any]]:
    """Oil into Kazakhstan with its weight: half a dollar a kilogram."""
    stated = {"product": "270900", "quantity": 4e6, "quantity_unit": "kg"}
    return [_flow("KAZ", "KGZ", "import", "2022", 2e6, **stated)]


def _gdp() -> list[dict[str, Any]]:
    return [
        {"area": area, "period": str(year), "indicator": "NY.GDP.MKTP.CD", "value": value, "unit": "USD"}
        for area, value in (("CHN", 1.8e13), ("KAZ", 2.6e11), ("KGZ", 1.4e10))
        for year in YEARS
    ]


def _contracts() -> list[dict[str, Any]]:
    return [
        {
            "investor": "CNPC",
            "origin": "CHN",
            "destination": country,
            "period": f"{year}-03",
            "value": 1e8 * year,
            "currency": "USD",
            "kind": kind,
            "sector": "Energy",
            "subsector": None,
            "partner": None,
            "share": None,
        }
        for country in ("KAZ", "UZB")
        for kind in ("investment", "construction")
        for year in (2023, 2024)
    ]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """A ledger without the embedded release: three reporters, 42 partners, five products, GDP, contracts."""
    empty = open_ledger(tmp_path_factory.mktemp("measures") / "ledger", embedded=False)
    files = (
        _parsed("dots", 30, {"flow": _dots()}),
        _parsed("customs", 10, {"flow": _customs()}),
        _parsed("products", 10, {"flow": _products()}),
        _parsed("weights", 10, {"flow": _weights()}),
        _parsed("wdi", 30, {"indicator": _gdp()}),
        _parsed("tracker", 60, {"investment": _contracts()}),
    )
    return ingest(empty, files, corrections=()).ledger


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """A ledger without any row."""
    return open_ledger(tmp_path_factory.mktemp("measures") / "bare", embedded=False)
