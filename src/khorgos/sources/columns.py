"""Large csv files as Arrow columns: read, turned into numbers and mapped to areas without loops over rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khorgos.core.errors import BadFile, UnmappedCode
from khorgos.core.findings import Finding
from khorgos.nomenclature.areas import from_code, is_aggregate
from khorgos.sources.numbers import MISSING, number
from khorgos.sources.reading import CsvRows, csv_rows, kind, open_bytes

#: Chosen because fewer, larger chunks let constant columns share their memory, and 32 MiB still overlap well.
_BLOCK_BYTES = 32 * 2**20

_HEADER_ROWS = 1


@dataclass(frozen=True, slots=True)
class Columns:
    """A csv file's columns.

    Args:
        table: the columns asked for, as text unless types were given.
        header: names of all columns of the file.
        findings: what was put up with.
    """

    table: pa.Table
    header: tuple[str, ...]
    findings: tuple[Finding, ...]


def csv_columns(
    path: Path,
    *,
    wanted: Collection[str] | None = None,
    types: Mapping[str, pa.DataType] | None = None,
    null_values: Sequence[str] = (),
) -> Columns:
    """Columns of a csv file, read at the speed of the disk; the same answers as `reading.csv_rows`.

    Args:
        path: the file, packed or not.
        wanted: columns to read where the file has them; all where left out.
        types: types of columns that hold nothing but plain numbers; text for the others.
        null_values: texts that mean a missing number in the typed columns.

    Returns:
        The columns, in the file's order.

    Raises:
        BadFile: as `reading.csv_rows`, or if a typed column holds something else.
    """
    slow = csv_rows(path)
    names = [name for name in slow.header if wanted is None or name in wanted]
    try:
        table, extra = _arrow_csv(path, slow, names, types or {}, null_values)
    except pa.ArrowInvalid as error:
        return _slowly(path, names, types or {}, error)
    findings = _spared(slow, table.num_rows if extra else 0)
    return Columns(table, slow.header, findings)


def numeric(column: pa.ChunkedArray, *, path: Path, name: str, first: int = 1 + _HEADER_ROWS) -> pa.ChunkedArray:
    """A column of text as numbers; missing signs become null; the same rules as `reading.number`.

    Args:
        column: the text.
        path: the file, for the error.
        name: the column's name, for the error.
        first: number of the first row, for the error (1 in Parquet, which has no header row).

    Returns:
        float64, null where no figure is printed.

    Raises:
        BadFile: with the row of the first cell that is no number.
    """
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return _finite(pc.cast(column, pa.float64()), path, name, first)
    bare = pc.utf8_trim_whitespace(column)
    missing = pc.is_in(pc.utf8_lower(bare), value_set=pa.array(sorted(MISSING), column.type))
    bare = pc.if_else(missing, pa.scalar(None, column.type), bare)
    try:
        return _finite(pc.cast(bare, pa.float64()), path, name, first)
    except pa.ArrowInvalid:
        return _numbers_by_hand(bare, path, name, first)


def area_column(
    codes: pa.ChunkedArray,
    scheme: str,
    *,
    path: Path,
    name: str,
    value: pa.ChunkedArray | None = None,
    ignore: Collection[str] = (),
    first: int = 1 + _HEADER_ROWS,
) -> pa.ChunkedArray:
    """A column of a publisher's area codes as khorgos's area ids.

    Args:
        codes: text or whole numbers.
        scheme: the code scheme of the nomenclature.
        path: the file, for the error.
        name: the column's name, for the error.
        value: what the rows carry, to weigh unknown codes.
        ignore: codes that are known to be no area; they become null.
        first: number of the first row, for the error (1 in Parquet, which has no header row).

    Returns:
        Area ids.

    Raises:
        UnmappedCode: naming the unknown codes and the share of value they carry.
    """
    distinct = pc.unique(codes).to_pylist()
    found = {
        code: None if str(code) in ignore else from_code("" if code is None else code, scheme) for code in distinct
    }
    unknown = [code for code, area in found.items() if area is None and str(code) not in ignore]
    if unknown:
        raise unmapped(unknown, codes, scheme, path=path, name=name, value=value, first=first)
    return relabel(codes, found)


def unmapped(
    unknown: Sequence[Any],
    codes: pa.ChunkedArray,
    scheme: str,
    *,
    path: Path,
    name: str,
    value: pa.ChunkedArray | None = None,
    first: int = 1 + _HEADER_ROWS,
) -> UnmappedCode:
    """The error that names unknown codes and what hangs on them.

    Args:
        unknown: the codes.
        codes: the column they stand in.
        scheme: the scheme they are unknown to.
        path: the file.
        name: the column's name.
        value: what the rows carry; rows are counted where left out.
        first: number of the first row.

    Returns:
        The error, to be raised.
    """
    mask = pc.is_in(codes, value_set=pa.array(unknown, codes.type))
    row = pc.index(mask, True).as_py() + first
    if value is None:
        share, unit = (pc.sum(mask).as_py() or 0) / max(1, len(codes)), "rows"
    else:
        whole = pc.sum(pc.abs(value)).as_py() or 0.0
        part = pc.sum(pc.if_else(mask, pc.abs(value), 0.0)).as_py() or 0.0
        share, unit = (part / whole if whole else 0.0), "value"
    shown = ", ".join(repr(str(code)) for code in unknown[:8]) + (", ..." if len(unknown) > 8 else "")
    return UnmappedCode(
        f"Codes that the scheme {scheme!r} does not know: {shown}; they carry {100 * share:.3g} per cent of the {unit}",
        path=path.name,
        row=row,
        column=name,
        hint="Check that the columns are not swapped; if the code is new, it belongs into the nomenclature",
    )


def relabel(codes: pa.ChunkedArray, labels: Mapping[Any, str | None]) -> pa.ChunkedArray:
    """A column with each value replaced by its label.

    Args:
        codes: any column.
        labels: the label of each value; absent or None becomes null.

    Returns:
        Text, chunked as the codes are.
    """
    chunks = []
    for chunk in codes.chunks:
        packed = pc.dictionary_encode(chunk, null_encoding="encode")
        names = pa.array([labels.get(code) for code in packed.dictionary.to_pylist()], pa.string())
        chunks.append(names.take(packed.indices) if len(packed) else pa.array([], pa.string()))
    return pa.chunked_array(chunks, pa.string())


def aggregates(areas: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which area ids are groups of others (WLD among them)?"""
    groups = [area for area in pc.unique(areas).to_pylist() if area is not None and is_aggregate(area)]
    return pc.is_in(areas, value_set=pa.array(groups, pa.string()))


def constant(value: str | None, like: pa.Table | pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of one text, its memory shared between chunks.

    Args:
        value: the text.
        like: a column, or a table with at least one, whose chunks it follows.

    Returns:
        The column.
    """
    column = like.column(0) if isinstance(like, pa.Table) else like
    sizes = [len(chunk) for chunk in column.chunks]
    whole = pa.array([value], pa.string()).take(pa.repeat(pa.scalar(0, pa.int8()), max(sizes, default=0)))
    return pa.chunked_array([whole.slice(0, size) for size in sizes], pa.string())


def row_locators(like: pa.Table | pa.ChunkedArray, first: int = 1 + _HEADER_ROWS) -> pa.ChunkedArray:
    """ "row 2", "row 3", ...: the place of each row in a file whose header is row 1.

    Args:
        like: the rows, in the file's order.
        first: number of the first row.

    Returns:
        The locators, chunked as the rows are.
    """
    column = like.column(0) if isinstance(like, pa.Table) else like
    chunks = []
    for chunk in column.chunks:
        numbers = pc.cast(pa.array(np.arange(first, first + len(chunk))), pa.string())
        chunks.append(pc.binary_join_element_wise("row", numbers, " "))
        first += len(chunk)
    return pa.chunked_array(chunks, pa.string())


def _arrow_csv(
    path: Path, slow: CsvRows, names: Sequence[str], types: Mapping[str, pa.DataType], nulls: Sequence[str]
) -> tuple[pa.Table, int]:
    from pyarrow import csv as arrow_csv

    columns = [*slow.header, *(f"\0{i}" for i in range(slow.extra))]
    read = arrow_csv.ReadOptions(
        column_names=columns, skip_rows=slow.header_line, block_size=_BLOCK_BYTES, encoding=_codec(slow.encoding)
    )
    convert = arrow_csv.ConvertOptions(
        include_columns=list(names) + columns[len(slow.header) :],
        column_types={name: types.get(name, pa.string()) for name in columns},
        null_values=list(nulls),
        strings_can_be_null=False,
    )
    parse = arrow_csv.ParseOptions(delimiter=slow.delimiter, newlines_in_values=True)
    if kind(path) in {"gzip", "zip"}:
        with open_bytes(path) as stream:
            table = arrow_csv.read_csv(stream, read, parse, convert)
    else:
        table = arrow_csv.read_csv(path, read, parse, convert)
    for name in columns[len(slow.header) :]:
        if pc.any(pc.not_equal(pc.utf8_trim_whitespace(table[name]), "")).as_py():
            raise pa.ArrowInvalid("cells beyond the header")
    return table.select(list(names)), slow.extra


def _codec(name: str) -> str:
    return "utf-8" if name == "utf-8-sig" else name  # Arrow leaves the mark of UTF-8 out by itself


def _slowly(path: Path, names: Sequence[str], types: Mapping[str, pa.DataType], error: Exception) -> Columns:
    """Read row by row: either this names the row that is wrong, or it puts up with what Arrow does not."""
    rows = csv_rows(path)
    found: dict[str, list[str]] = {name: [] for name in names}
    for line, cells in rows:
        for name in names:
            found[name].append(cells[name])
            if name in types and pa.types.is_floating(types[name]):
                number(cells[name], path=path.name, row=line, column=name)
            elif name in types and not cells[name].strip().isdecimal():
                raise BadFile(f"Not a whole number: {cells[name]!r}", path=path.name, row=line, column=name)
    if any(types.get(name) for name in names):
        raise BadFile(f"The file cannot be read as csv: {error}", path=path.name) from None
    table = pa.table({name: pa.chunked_array([pa.array(found[name], pa.string())]) for name in names})
    return Columns(table, rows.header, rows.findings())


def _spared(slow: CsvRows, trailing: int) -> tuple[Finding, ...]:
    slow.trailing = trailing
    return slow.findings()


def _finite(column: pa.ChunkedArray, path: Path, name: str, first: int) -> pa.ChunkedArray:
    column = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)
    endless = pc.is_inf(column)
    if pc.any(endless).as_py():
        row = pc.index(endless, True).as_py() + first
        raise BadFile("Not a finite number", path=path.name, row=row, column=name)
    return column


def _numbers_by_hand(column: pa.ChunkedArray, path: Path, name: str, first: int) -> pa.ChunkedArray:
    found = [number(cell, path=path.name, row=row, column=name) for row, cell in enumerate(_cells(column), first)]
    return pa.chunked_array([pa.array(found, pa.float64())])


def _cells(column: pa.ChunkedArray) -> Iterable[Any]:
    for chunk in column.chunks:
        yield from chunk.to_pylist()
