"""Rows into files for others, with their sources beside them; what may not be passed on is refused."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from khorgos.core.errors import BadInput, Refused
from khorgos.ledger.disk import TEMPORARY, settle, write_whole, writing
from khorgos.ledger.engine import batches
from khorgos.ledger.store import Ledger

Form = Literal["csv", "parquet", "json"]

#: Characters with which a spreadsheet starts a formula (OWASP, CSV Injection).
_FORMULA = r"^[=+\-@\t\r]"
_CREDITS = ("publisher", "licence", "attribution")

_Writer = Callable[[Path, pa.Schema, Iterator[pa.RecordBatch]], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Args:
        path: the file of rows.
        sidecar: the JSON file of their sources and releases.
        rows: number of rows.
        sources: ids of the sources behind them.
    """

    path: Path
    sidecar: Path
    rows: int
    sources: tuple[str, ...]


def export(ledger: Ledger, rows: exp.Expression | pa.Table, path: Path, *, form: Form | None = None) -> Exported:
    """Write rows with publisher, licence and attribution to a file, and their sources to a file beside it.

    Text that a spreadsheet would run as a formula is prefixed with an apostrophe in csv.

    Args:
        ledger: the view the rows come from.
        rows: a question or its answer, with a column `release` or `trace`.
        path: the file to write; replaced if it exists.
        form: csv, parquet or json; from the file's name where None.

    Returns:
        What was written.

    Raises:
        BadInput: unknown form, or rows without a trace.
        Refused: rows of sources that may not be passed on; names them with their number of rows.
    """
    write = _writer(path, form)
    counted, total = _releases(ledger, rows)
    _refuse(ledger, counted)
    draft = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    with writing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with _open(ledger, rows) as reader:
                schema = _credited_schema(reader.schema)
                write(draft, schema, (_credited(ledger, batch, schema) for batch in reader))
            settle(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        sidecar = path.with_name(f"{path.name}.sources.json")
        write_whole(sidecar, _sidecar(ledger, counted))
    return Exported(path, sidecar, total, tuple(sorted({ledger.releases[one].source for one in counted})))


def _writer(path: Path, form: Form | None) -> _Writer:
    chosen = form or path.suffix.lower().lstrip(".")
    writers: dict[str, _Writer] = {"csv": _write_csv, "parquet": _write_parquet, "json": _write_json}
    if chosen not in writers:
        raise BadInput(f"Rows cannot be written as {chosen!r}", hint=f"Write {', '.join(get_args(Form))}")
    return writers[chosen]


def _open(ledger: Ledger, rows: exp.Expression | pa.Table) -> AbstractContextManager[pa.RecordBatchReader]:
    return nullcontext(rows.to_reader()) if isinstance(rows, pa.Table) else batches(ledger, rows)


def _releases(ledger: Ledger, rows: exp.Expression | pa.Table) -> tuple[Counter[str], int]:
    """Number of rows by release, and in all; a row of several releases counts for each."""
    counted: Counter[str] = Counter()
    total = 0
    with _open(ledger, rows) as reader:
        if not {"release", "trace"} & set(reader.schema.names):
            raise BadInput("Rows without a release or trace cannot be passed on")
        for batch in reader:
            total += batch.num_rows
            for value in pc.value_counts(_tokens(batch)).to_pylist():
                for release in _ids(value["values"]):
                    counted[release] += value["counts"]
    if unknown := counted.keys() - ledger.releases.keys():
        raise BadInput(f"The ledger has no release {min(unknown)!r}")
    return counted, total


def _tokens(batch: pa.RecordBatch) -> pa.Array:
    """The trace of each row as one text, tokens parted by blanks of their own."""
    if "release" in batch.schema.names:
        return batch["release"]
    return pc.binary_join(batch["trace"], "\n")


def _ids(tokens: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(token.partition("#")[0] for token in (tokens or "").split("\n") if token))


def _refuse(ledger: Ledger, counted: Counter[str]) -> None:
    closed: Counter[str] = Counter()
    for release, number in counted.items():
        if ledger.releases[release].redistribute == "no":
            closed[ledger.releases[release].source] += number
    if closed:
        named = ", ".join(f"{ledger.sources[one].title} [{one}] {n:,} rows" for one, n in sorted(closed.items()))
        raise Refused(
            f"Rows of these sources may not be passed on: {named}", hint="Ask again for the other sources only"
        )


def _credited_schema(schema: pa.Schema) -> pa.Schema:
    for name in _CREDITS:
        if name not in schema.names:
            schema = schema.append(pa.field(name, pa.string()))
    return schema


def _credited(ledger: Ledger, batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with whose figures they are."""
    coded = _tokens(batch).dictionary_encode()
    credits = [_credit(ledger, tokens) for tokens in coded.dictionary.to_pylist()]
    columns = []
    for one in schema:
        if one.name in batch.schema.names:
            columns.append(batch[one.name])
        else:
            words = pa.array([credit[one.name] for credit in credits], pa.string())
            columns.append(words.take(coded.indices))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _credit(ledger: Ledger, tokens: str) -> dict[str, str]:
    releases = [ledger.releases[one] for one in _ids(tokens)]
    cards = [ledger.sources[one.source] for one in releases]
    named = {
        "publisher": [card.publisher for card in cards],
        "licence": [card.licence for card in cards],
        "attribution": [one.attribution or card.attribution for one, card in zip(releases, cards, strict=True)],
    }
    return {name: "; ".join(dict.fromkeys(words)) for name, words in named.items()}


def _sidecar(ledger: Ledger, counted: Counter[str]) -> bytes:
    releases = [ledger.releases[one] for one in sorted(counted)]
    cards = {one.source: ledger.sources[one.source] for one in releases}
    written = {
        "sources": [asdict(card) for _, card in sorted(cards.items())],
        "releases": [asdict(one) | {"id": one.id, "rows": counted[one.id]} for one in releases],
    }
    return (json.dumps(written, ensure_ascii=False, indent=1, default=_plain) + "\n").encode()


def _plain(value: object) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def _write_parquet(path: Path, schema: pa.Schema, rows: Iterator[pa.RecordBatch]) -> None:
    from pyarrow import parquet

    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in rows:
            writer.write_batch(batch)


def _write_json(path: Path, schema: pa.Schema, rows: Iterator[pa.RecordBatch]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write("[")
        between = "\n"
        for batch in rows:
            for row in batch.to_pylist():
                ordered = {name: row[name] for name in schema.names}
                stream.write(between + json.dumps(ordered, ensure_ascii=False, default=_plain))
                between = ",\n"
        stream.write("\n]\n")


def _write_csv(path: Path, schema: pa.Schema, rows: Iterator[pa.RecordBatch]) -> None:
    from pyarrow import csv

    flat = pa.schema([pa.field(one.name, _flat(one.type)) for one in schema])
    with csv.CSVWriter(path, flat) as writer:
        for batch in rows:
            columns = [_safe(batch[one.name]) for one in schema]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=flat))


def _flat(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_list(kind) else kind


def _safe(column: pa.Array) -> pa.Array:
    """Text that no spreadsheet runs; lists as text parted by blanks."""
    if pa.types.is_list(column.type):
        column = pc.binary_join(column, " ")
    if not pa.types.is_string(column.type):
        return column
    quoted = pc.binary_join_element_wise("'", column, "")
    return pc.if_else(pc.match_substring_regex(column, _FORMULA), quoted, column)
