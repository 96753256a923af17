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
from khorgos.ledger.binding import Relation, bind
from khorgos.ledger.disk import TEMPORARY, full
from khorgos.ledger.manifest import damaged
from khorgos.ledger.relations import Listed
from khorgos.ledger.store import Ledger

# Chosen because the largest questions (a series out of 100 million rows) must stay under 2 GB with Arrow's share.
_MEMORY = "1200MB"
_BATCH = 100_000  # rows; chosen because 16 columns of them take some 20 MB
_SMALL = 5_000  # rows up to which a table is handed over as text; chosen because it takes milliseconds
_PLAIN = {"string": "VARCHAR", "double": "DOUBLE", "int32": "INTEGER", "int64": "BIGINT", "date32[day]": "DATE"}
_APART, _NONE = "\x1f", "\x1e"  # the unit and record separators of ASCII, which no name or number holds
_THREADS = 4  # at most; chosen because more threads hold more buffers and gain little on these files
# Rows up to which one thread answers. Chosen because sharing out so few takes two threads more than it saves them.
_FEW_ROWS = 250_000

#: Rewrites that lose a partition filter and give wrong window shares without an error (seen with DuckDB 2.0.0).
_DISTRUSTED = "window_self_join"


@contextmanager
def connection(
    folders: Sequence[Path], *, spill: Path | None = None, threads: int = _THREADS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private, bounded engine that reads and writes below the given folders only, and never the network.

    Args:
        folders: the only folders whose files it may touch.
        spill: where to put what does not fit into memory; a folder of the system's where None.
        threads: at most; one thread gives sums of doubles and rows without an order the same way each time.
    """
    overflow = (spill or _system_spill()) / f"{TEMPORARY}engine-{secrets.token_hex(8)}"
    con = duckdb.connect(
        ":memory:",
        config={
            "threads": min(threads, os.cpu_count() or 1),
            "memory_limit": _MEMORY,
            "temp_directory": str(overflow),  # made by the engine when it is needed, which on a full disk it is not
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "disabled_optimizers": _DISTRUSTED,
        },
    )
    try:
        # spelt out, as are all statements here: handing over Python's values makes the engine import pandas
        allowed = ", ".join(_quoted(f"{folder}{os.sep}") for folder in [*folders, overflow])
        con.execute(f"SET allowed_directories = [{allowed}]")
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


def run_over(
    ledger: Ledger, name: str, shared: exp.Expression, questions: Sequence[exp.Expression]
) -> tuple[pa.Table, ...]:
    """Answer several questions about one relation that is computed once.

    Args:
        ledger: the frozen view to ask.
        name: under which the questions call the relation.
        shared: the relation, an expression as in `run`.
        questions: expressions that name nothing else.

    Returns:
        The answers, in the order of the questions.

    Raises:
        LedgerError: as in `run`.
    """
    with _bound(ledger, shared, {}) as (con, statement):
        con.execute(f"CREATE TEMP TABLE {_named(name)} AS {statement}")
        return tuple(con.execute(one.sql(dialect="duckdb")).to_arrow_reader(_BATCH).read_all() for one in questions)


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
    with _bound(ledger, select, relations or {}) as (con, statement):
        yield con.execute(statement).to_arrow_reader(_BATCH)


@contextmanager
def _bound(
    ledger: Ledger, select: exp.Expression, relations: Mapping[str, Relation]
) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """An engine with the tables that a statement names, and the statement in its words."""
    bound = bind(ledger, select, relations)
    threads = 1 if bound.rows <= _FEW_ROWS else _THREADS
    roots = [layer.root for layer in ledger.layers]
    with connection(roots, threads=threads) as con, engine_errors(ledger.path):
        for name, table in bound.tables.items():
            _load(con, name, table)
        yield con, bound.select.sql(dialect="duckdb")


def _load(con: duckdb.DuckDBPyConnection, name: str, table: Relation) -> None:
    """Give the engine a table; a small one as text, which spares it the slow import of pyarrow.dataset."""
    kinds = [_PLAIN.get(str(one.type)) for one in table.schema]
    if isinstance(table, pa.Table):
        if table.num_rows > _SMALL or None in kinds:
            con.register(name, table)
            return
        table = Listed(table.schema, tuple(column.to_pylist() for column in table.columns))
    fields = [_named(one.name) for one in table.schema]
    lists = ", ".join(f"{_split(values)} AS {field}" for field, values in zip(fields, table.columns, strict=True))
    typed = ", ".join(f"CAST({field} AS {kind}) AS {field}" for field, kind in zip(fields, kinds, strict=True))
    rows = f"SELECT {typed} FROM (SELECT {lists})" + ("" if any(table.columns) else " WHERE FALSE")
    con.execute(f"CREATE TEMP TABLE {_named(name)} AS {rows}")


def _split(values: Sequence[object]) -> str:
    """A column as rows of text. The engine reads one long text faster than many short ones."""
    texts = [_NONE if value is None else str(value) for value in values]
    if sum(text.count(_APART) + text.count(_NONE) for text in texts) > sum(value is None for value in values):
        return f"unnest([{', '.join('NULL' if value is None else _quoted(str(value)) for value in values)}])"
    return f"nullif(unnest(string_split({_quoted(_APART.join(texts))}, {_quoted(_APART)})), {_quoted(_NONE)})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _named(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


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
