"""The one factory of connections, and `run`: a sqlglot expression over a ledger to an Arrow table."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp

from khorgos.core.errors import LedgerError
from khorgos.ledger.binding import bind
from khorgos.ledger.disk import TEMPORARY, full
from khorgos.ledger.manifest import damaged
from khorgos.ledger.store import Ledger

# Chosen because the largest questions (a series out of 100 million rows) must stay under 2 GB with Arrow's share.
_MEMORY = "1200MB"
_BATCH = 100_000  # rows; chosen because 16 columns of them take some 20 MB
_SMALL = 5_000  # rows up to which a table is handed over as text; chosen because it takes milliseconds
_PLAIN = {"string": "VARCHAR", "double": "DOUBLE", "int32": "INTEGER", "int64": "BIGINT", "date32[day]": "DATE"}
_THREADS = 4  # at most; chosen because more threads hold more buffers and gain little on these files

#: Rewrites that lose a partition filter and give wrong window shares without an error (seen with DuckDB 2.0.0).
_DISTRUSTED = "window_self_join"


@contextmanager
def connection(folders: Sequence[Path], *, spill: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private, bounded engine that reads and writes below the given folders only, and never the network.

    Args:
        folders: the only folders whose files it may touch.
        spill: where to put what does not fit into memory; a folder of the system's where None.
    """
    overflow = (spill or _system_spill()) / f"{TEMPORARY}engine-{secrets.token_hex(8)}"
    con = duckdb.connect(
        ":memory:",
        config={
            "threads": min(_THREADS, os.cpu_count() or 1),
            "memory_limit": _MEMORY,
            "temp_directory": str(overflow),  # made by the engine when it is needed, which on a full disk it is not
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "disabled_optimizers": _DISTRUSTED,
        },
    )
    try:
        allowed = [f"{folder}{os.sep}" for folder in [*folders, overflow]]
        con.execute("SET allowed_directories = $allowed", {"allowed": allowed})
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        yield con
    finally:
        con.close()
        shutil.rmtree(overflow, ignore_errors=True)


def _system_spill() -> Path:
    """The system's folder for temporary files, without the trial file that `tempfile` writes."""
    return Path(os.environ.get("TMPDIR") or os.environ.get("TEMP") or "/tmp")


def run(ledger: Ledger, select: exp.Expression, *, relations: Mapping[str, pa.Table] | None = None) -> pa.Table:
    """Answer a question.

    The expression may name the ledger's tables (`flow`, `indicator`, `pair`, `tariff`, `investment`,
    `correction`), `release` (every release with its source's rank) and `rates` (currency units per US dollar).

    Args:
        ledger: the frozen view to ask.
        select: the question, in sqlglot's expressions.
        relations: further tables by the name under which the expression calls them.

    Returns:
        The answer, as an Arrow table.

    Raises:
        LedgerError: a part of the ledger is missing or damaged, or there is no room to sort.
    """
    with batches(ledger, select, relations=relations) as reader:
        return reader.read_all()


@contextmanager
def batches(
    ledger: Ledger, select: exp.Expression, *, relations: Mapping[str, pa.Table] | None = None
) -> Iterator[pa.RecordBatchReader]:
    """Answer a question batch by batch, for answers that need not fit into memory.

    Args:
        ledger: the frozen view to ask.
        select: as in `run`.
        relations: as in `run`.

    Yields:
        A reader of record batches, open as long as the context.

    Raises:
        LedgerError: as in `run`.
    """
    bound, tables = bind(ledger, select, dict(relations or {}))
    with connection([layer.root for layer in ledger.layers]) as con, engine_errors(ledger.path):
        for name, table in tables.items():
            _load(con, name, table)
        yield con.execute(bound.sql(dialect="duckdb")).to_arrow_reader(_BATCH)


def _load(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Give the engine a table; a small one as text, which spares it the slow import of pyarrow.dataset."""
    if table.num_rows > _SMALL or not set(map(str, table.schema.types)) <= _PLAIN.keys():
        con.register(name, table)
        return
    columns = ", ".join(f"{_named(one.name)} {_PLAIN[str(one.type)]}" for one in table.schema)
    con.execute(f"CREATE TEMP TABLE {_named(name)} ({columns})")
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    if listed := ", ".join("(" + ", ".join(map(_literal, row)) + ")" for row in rows):
        con.execute(f"INSERT INTO {_named(name)} VALUES {listed}")


def _named(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _literal(value: object) -> str:
    return "NULL" if value is None else "'" + str(value).replace("'", "''") + "'"


@contextmanager
def engine_errors(root: Path) -> Iterator[None]:
    """Turn the engine's own errors about files and room into the ledger's.

    Raises:
        LedgerError: no room on the disk, or a damaged part.
    """
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise LedgerError(
            "The question is too large for the memory set aside", where=str(root), hint="Ask for fewer years or areas"
        ) from error
    except duckdb.Error as error:
        text = str(error)
        if "No space left" in text:
            raise full(root) from error
        if isinstance(error, duckdb.IOException | duckdb.InvalidInputException | duckdb.SerializationException):
            raise damaged(str(root), text.splitlines()[0]) from error
        raise
