"""Small relations for the tests of measures, and an engine to ask them with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import sqlglot
from hypothesis import settings
from hypothesis import strategies as st
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

Row = dict[str, Any]

#: The table `cells` with its intervals: what measures start from.
FIGURE = figures(table("cells"))

#: Amounts of trade in whole dollars: sums of them are exact in double precision.
amounts = st.integers(min_value=1, max_value=10**9).map(float)

#: For properties: each example asks an engine twice, so a third of the usual number.
few = settings(max_examples=30)

PARTNERS = ("KAZ", "KGZ", "TJK", "TKM", "UZB", "RUS", "USA")
PRODUCTS = ("1001", "1006", "2709", "8501", "8517", "9403")


def cell(reporter: str, partner: str, flow: str, period: str | int, value: float | None, **more: Any) -> Row:
    """One row of `ledger.cells`, with what a test does not care about filled in."""
    row = {
        "reporter": reporter,
        "partner": partner,
        "flow": flow,
        "period": str(period),
        "product": "TOTAL",
        "nomenclature": "TOTAL" if more.get("product", "TOTAL") == "TOTAL" else "HS22",
        "value": value,
        "rounding": None,
        "valuation": {"export": "FOB", "re-export": "FOB", "import": "CIF", "re-import": "CIF"}.get(flow),
        "partner_basis": None,
        "status": "reported",
        "source": "office",
        "published": None,
        "converted": False,
    } | more
    row.setdefault("trace", [f"{row['source']}:{row['reporter']}"])
    return row


def cells(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as the ledger's cells."""
    return pa.Table.from_pylist([dict(row) for row in rows], schema=CELLS)


def ask(select: exp.Select, rows: Sequence[Mapping[str, Any]] = (), **tables: pa.Table) -> list[Row]:
    """Run a statement over rows of cells, in DuckDB's words and, on the way through Spark's, once more."""
    return execute(select, cells=cells(rows), **tables).to_pylist()


def execute(select: exp.Select, **tables: pa.Table) -> pa.Table:
    """The answer; Spark's rendering, read back, must mean the same."""
    plain, back = _texts(select)
    with duckdb.connect(":memory:", config={"threads": 1}) as con:
        for name, rows in tables.items():
            con.register(name, rows)
        answer = con.execute(plain).to_arrow_table()
        again = con.execute(back).to_arrow_table()
    assert _sorted(answer) == _sorted(again), "Spark's rendering means something else"
    return answer


_RENDERED: dict[int, tuple[exp.Select, str, str]] = {}


def _texts(select: exp.Select) -> tuple[str, str]:
    """The statement in DuckDB's words, and in Spark's read back; properties ask one statement many times."""
    if id(select) not in _RENDERED:
        back = sqlglot.parse_one(render(select, "spark"), read="spark").sql(dialect="duckdb")
        _RENDERED[id(select)] = (select, render(select), back)
    return _RENDERED[id(select)][1:]


def _sorted(answer: pa.Table) -> list[str]:
    return sorted(str([_plain(row[name]) for name in answer.column_names]) for row in answer.to_pylist())


def _plain(value: Any) -> Any:
    # nine digits: sums over threads come in any order, and differences lose digits of their terms
    return float(f"{value:.9g}") if isinstance(value, float) else value


def one(rows: Sequence[Row], **wanted: Any) -> Row:
    """The only row with these values."""
    found = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    assert len(found) == 1, f"{len(found)} rows with {wanted}"
    return found[0]


def by(rows: Sequence[Row], *names: str, value: str = "value") -> dict[Any, Any]:
    """A column by some others."""
    return {row[names[0]] if len(names) == 1 else tuple(row[n] for n in names): row[value] for row in rows}
