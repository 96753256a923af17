"""One row a cell: repeated rows are left out, rows of one cell that disagree are an error."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from khorgos.core.errors import BadFile

_KEY = ("reporter", "partner", "flow", "period", "product", "nomenclature", "valuation", "partner_basis")
_PAYLOAD = ("value", "quantity")


def cell_numbers(columns: Sequence[pa.ChunkedArray]) -> NDArray[np.int64]:
    """The number of the cell that each row belongs to.

    Args:
        columns: the columns that name a cell.

    Returns:
        One number a row, 0 to cells - 1, equal exactly where all columns are.
    """
    return np.unique(_packed(columns), return_inverse=True)[1].astype(np.int64)


def _packed(columns: Sequence[pa.ChunkedArray]) -> NDArray[np.int64]:
    """One number a row that names its cell, with gaps between the numbers."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    room = 1
    for column in columns:
        packed = pc.dictionary_encode(column, null_encoding="encode").combine_chunks()
        size = max(1, len(packed.dictionary))
        if room * size >= 2**62:  # the mixed radix must stay within 63 bits: number afresh
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            room = int(key.max(initial=0)) + 1
        key = key * size + packed.indices.to_numpy(zero_copy_only=False)
        room *= size
    return key


def without_repeats(
    table: pa.Table,
    *,
    path: Path,
    key: Sequence[str] = _KEY,
    payload: Sequence[str] = _PAYLOAD,
) -> tuple[pa.Table, int]:
    """A table with one row a cell.

    Args:
        table: rows with a column "locator".
        path: the file, for the error.
        key: columns that name a cell.
        payload: columns that must agree where a cell is repeated.

    Returns:
        The first row of each cell, in order, and the number of repeats left out.

    Raises:
        BadFile: if two rows of one cell disagree, naming both.
    """
    packed = _packed([table[name] for name in key])
    ordered = np.sort(packed)
    if not (ordered[1:] == ordered[:-1]).any():
        return table, 0
    cell = np.unique(packed, return_inverse=True)[1]
    n_cells = int(cell.max()) + 1
    first = np.full(n_cells, len(cell), dtype=np.int64)
    np.minimum.at(first, cell, np.arange(len(cell)))
    for name in payload:
        _agree(table, name, first[cell], path=path, key=key)
    keep = np.zeros(len(cell), dtype=bool)
    keep[first] = True
    return table.filter(pa.array(keep)), len(cell) - n_cells


def _agree(
    table: pa.Table,
    name: str,
    first: NDArray[np.int64],
    *,
    path: Path,
    key: Sequence[str],
) -> None:
    values = table[name].to_numpy()
    model = values[first]
    clash = np.flatnonzero((values != model) & ~(np.isnan(values) & np.isnan(model)))
    if not len(clash):
        return
    row, earlier = int(clash[0]), int(first[clash[0]])
    what = " ".join(str(table[part][row].as_py()) for part in key if table[part][row].as_py() is not None)
    places = f"{table['locator'][earlier].as_py()} and {table['locator'][row].as_py()}"
    said = f"{values[earlier]:,.15g} and {values[row]:,.15g}"
    raise BadFile(
        f"Two rows of one cell disagree, {places}: {name} {said} of {what}",
        path=path.name,
        column=name,
        hint="Keep the right row, or the one you trust",
    )
