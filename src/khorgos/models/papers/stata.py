"""The columns of a Stata file (formats 113 to 115, Stata 8 to 12), from its bytes."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from khorgos.core.errors import BadFile

#: Storage types of numbers (StataCorp, `help dta_115`); codes below 245 are strings of that length.
_NUMBERS = {251: "i1", 252: "i2", 253: "i4", 254: "f4", 255: "f8"}
#: The smallest missing value of each type (the same page); floats are compared as floats.
_MISSING = {"i1": 101.0, "i2": 32741.0, "i4": 2147483621.0, "f4": 2.0**127, "f8": 2.0**1023}
_LONGEST_STRING = 244


def columns(raw: bytes, name: str = "Stata file") -> dict[str, NDArray[np.generic]]:
    """Read all columns of a .dta file.

    Args:
        raw: the file's bytes.
        name: the file's name, for errors.

    Returns:
        Arrays by column name: text as str, numbers as float64 with NaN where missing.

    Raises:
        BadFile: not such a file, or cut short.

    Source:
        StataCorp, .dta file formats 113 and 115 (`help dta_113`, `help dta_115`).
    """
    if len(raw) < 109 or raw[0] not in (113, 114, 115) or raw[1] not in (1, 2):
        raise BadFile("This is not a Stata file of format 113 to 115", path=name, hint="Save it with saveold")
    order = ">" if raw[1] == 1 else "<"
    try:
        width, rows = struct.unpack_from(f"{order}HI", raw, 4)
        types, names, start = _header(raw, order, width)
        kinds = [_kind(t) for t in types]
        record = np.dtype([(n, kind if kind[0] == "S" else order + kind) for n, kind in zip(names, kinds, strict=True)])
        table = np.frombuffer(raw, record, rows, start)
    except (struct.error, ValueError, IndexError) as error:
        raise BadFile(f"The Stata file is cut short or damaged: {error}", path=name) from error
    return {n: _column(table[n], kind) for n, kind in zip(names, kinds, strict=True)}


def _kind(code: int) -> str:
    if code > _LONGEST_STRING and code not in _NUMBERS:
        raise ValueError(f"unknown storage type {code}")
    return _NUMBERS.get(code, f"S{code}")


def _header(raw: bytes, order: str, width: int) -> tuple[list[int], list[str], int]:
    place = 109
    types = list(raw[place : place + width])
    place += width
    names = [raw[place + 33 * i : place + 33 * (i + 1)].split(b"\0")[0].decode("latin-1") for i in range(width)]
    formats = 49 if raw[0] >= 114 else 12
    place += 33 * width + 2 * (width + 1) + (formats + 33 + 81) * width
    while True:  # expansion fields, ended by an empty one
        kind, length = struct.unpack_from(f"{order}bi", raw, place)
        place += 5 + length
        if kind == 0:
            return types, names, place


def _column(values: NDArray[np.generic], kind: str) -> NDArray[np.generic]:
    if kind[0] == "S":
        return np.array([text.split(b"\0")[0].decode("latin-1") for text in values.tolist()])
    numbers = values.astype(np.float64)
    return np.where(numbers >= _MISSING[kind], np.nan, numbers)
