"""A small engine for statements over small tables: what the ledger will be in earnest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from sqlglot import exp

from khorgos.measures.statements.levels import figures
from khorgos.measures.statements.relation import render, table

CELLS = pa.schema(
    [
        *((name, pa.string()) for name in ("reporter", "partner", "flow", "period", "product", "nomenclature")),
        ("value", pa.float64()),
        ("rounding", pa.float64()),
        *((name, pa.string()) for name in ("valuation", "partner_basis", "status", "source")),
        ("published", pa.date32()),
        ("converted", pa.bool_()),
        ("trace", pa.list_(pa.string())),
    ]
)

Ask = Callable[..., pa.Table]


def cell(reporter: str, partner: str, flow: str, period: str | int, value: float | None, **more: Any) -> dict[str, Any]:
    """One row of `ledger.cells`, with what a test does not care about filled in."""
    row = {
        "reporter": reporter,
        "partner": partner,
        "flow": flow,
        "period": str(period),
        "product": "TOTAL",
        "nomenclature": "TOTAL",
        "value": value,
        "rounding": None,
        "valuation": "FOB" if flow in ("export", "re-export") else "CIF",
        "partner_basis": None,
        "status": "reported",
        "source": "office",
        "published": None,
        "converted": False,
    } | more
    row.setdefault("trace", [f"{row['source']}:{row['reporter']}"])
    if row["product"] != "TOTAL" and "nomenclature" not in more:
        row["nomenclature"] = "HS22"
    return row


def cells(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as the ledger's cells."""
    return pa.Table.from_pylist([dict(row) for row in rows], schema=CELLS)


def execute(select: exp.Expression, **tables: pa.Table) -> pa.Table:
    """Run a statement over Arrow tables, as DuckDB's and, on the way through Spark's words, once more."""
    with duckdb.connect(":memory:") as con:
        for name, rows in tables.items():
            con.register(name, rows)
        answer = con.execute(render(select)).to_arrow_table()
        spark = render(select, "spark")
        back = sqlglot.parse_one(spark, read="spark").sql(dialect="duckdb")
        again = con.execute(back).to_arrow_table()
    assert _sorted(answer) == _sorted(again), "Spark's rendering means something else"
    return answer


def _sorted(answer: pa.Table) -> list[str]:
    return sorted(str([_plain(row[name]) for name in answer.column_names]) for row in answer.to_pylist())


def _plain(value: Any) -> Any:
    # twelve digits: sums over threads come in any order, and lose some of their sixteen digits
    return float(f"{value:.12g}") if isinstance(value, float) else value


@pytest.fixture(scope="session")
def ask() -> Ask:
    """Run a measure's statement over rows of cells: ask(statement, rows)."""

    def asked(select: exp.Expression, rows: Sequence[Mapping[str, Any]], **more: pa.Table) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = execute(select, cells=cells(rows), **more).to_pylist()
        return found

    return asked  # type: ignore[return-value]


@pytest.fixture(scope="session")
def figure() -> exp.Select:
    """The table `cells` with its intervals: what measures start from."""
    return figures(table("cells"))
