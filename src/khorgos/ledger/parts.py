"""Parts: sorted Parquet files, named by the hash of their bytes, described for the manifest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from khorgos.ledger.disk import TEMPORARY, settle, sha256_of
from khorgos.ledger.manifest import Part, PartKind
from khorgos.ledger.tables import SORTED_BY

FOLDER = "parts"
STAGING = "staging"

# Rows of a row group. Chosen because one bilateral series then touches one group of 16 columns, a few MB.
_ROW_GROUP = 500_000

_serial = count()


def staging(root: Path) -> Path:
    """The folder for what is not yet part of the ledger; made if absent."""
    folder = root / STAGING
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def temporary(root: Path) -> Path:
    """A fresh name for a file that is not yet part of the ledger."""
    return staging(root) / f"{TEMPORARY}{os.getpid()}-{next(_serial)}.parquet"


@contextmanager
def staged(con: duckdb.DuckDBPyConnection, root: Path, rows: pa.Table | pa.RecordBatchReader) -> Iterator[str]:
    """Name rows in an engine: a table as it lies in memory, a stream of batches by way of a file.

    Args:
        con: an engine that may write below `root`.
        root: the ledger's folder.
        rows: a table, or anything with a schema whose batches are read once and never held together.

    Yields:
        The name of a view over them.
    """
    name = f"incoming_{next(_serial)}"
    if isinstance(rows, pa.Table):
        con.register(name, rows)
        try:
            yield name
        finally:
            con.unregister(name)
        return
    from pyarrow import parquet

    draft = temporary(root)
    with parquet.ParquetWriter(draft, rows.schema, compression="zstd") as writer:
        for batch in rows.to_batches() if hasattr(rows, "to_batches") else rows:
            writer.write_batch(batch)
    con.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({quoted(draft)})")
    try:
        yield name
    finally:
        con.execute(f"DROP VIEW {name}")
        draft.unlink(missing_ok=True)


def write_part(
    con: duckdb.DuckDBPyConnection,
    root: Path,
    table: str,
    relation: str,
    *,
    kind: PartKind = "rows",
    copies: Part | None = None,
) -> Part | None:
    """Write a relation of the engine as a part.

    Args:
        con: an engine that may write below `root`.
        root: the ledger's folder.
        table: the part's table.
        relation: name of a view or table in the engine, or a call that reads one, with the table's columns.
        kind: see PartKind.
        copies: the part whose rows these are, in the order of products.

    Returns:
        The part; None where the relation has no rows.
    """
    draft = temporary(root)
    order = sorted(SORTED_BY[table], key=lambda name: name != "product") if copies else SORTED_BY[table]
    columns = ", ".join(order)
    con.execute(
        f"COPY (SELECT * FROM {relation} ORDER BY {columns}) TO {quoted(draft)} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
    )
    described = _describe(con, table, draft)
    if not described["rows"]:
        draft.unlink()
        return None
    sha256 = sha256_of(draft)
    path = f"{FOLDER}/{table}/{sha256[:2]}/{sha256[:32]}.parquet"
    settle(draft, root / path)
    return Part(table=table, path=path, sha256=sha256, kind=kind, copies=copies.path if copies else None, **described)


def quoted(path: Path) -> str:
    """A path as a text in the engine's language."""
    return "'" + str(path).replace("'", "''") + "'"


def _describe(con: duckdb.DuckDBPyConnection, table: str, path: Path) -> dict[str, Any]:
    """Rows, releases, years, reporters and kinds of key in a part."""
    columns = set(SORTED_BY[table])
    wanted = {"rows": "count(*)", "releases": _set_of("release")}
    if "period" in columns:
        wanted |= {
            "first": "min(left(period, 4))::INTEGER",
            "last": "max(CASE WHEN length(period) > 9 THEN period[10:13] ELSE left(period, 4) END)::INTEGER",
            "lengths": _set_of("CASE length(period) WHEN 4 THEN 'year' WHEN 7 THEN 'month' ELSE 'part' END"),
        }
    if table == "flow":
        wanted |= {
            "reporters": _set_of("reporter"),
            "partners": _set_of("partner"),
            "nomenclatures": _set_of("nomenclature"),
            "currencies": _set_of("currency"),
            "variants": "count(DISTINCT [currency, valuation, partner_basis])",
        }
    select = ", ".join(f"{sql} AS {name}" for name, sql in wanted.items())
    found = con.execute(f"SELECT {select} FROM read_parquet({quoted(path)})").fetchone()
    values = dict(zip(wanted, found or (), strict=True))
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _set_of(column: str) -> str:
    return f"list_sort(list(DISTINCT {column}))"
