"""A look into an xls workbook before another library opens it: no cell may lie beyond the format's own edge."""

from __future__ import annotations

import struct
from pathlib import Path

from khorgos.core.errors import BadFile

#: Columns and the record types of cells in BIFF8 ([MS-XLS] 2.1.4 and 2.3): a damaged record that names column 60,000
#: would make a reader lay out four thousand million cells.
_COLUMNS = 256
_CELLS = frozenset({0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E})
_FILEPASS = 0x002F

_HEADER, _FREE, _ENTRY = 512, 0xFFFFFFFA, 128  # [MS-CFB] 2.1 and 2.6: sector numbers from 0xFFFFFFFA are marks
_MINI_LIMIT = 4096


def check_xls(path: Path) -> None:
    """Refuse an xls workbook with cells where no cell can be, or with a password.

    Args:
        path: the file.

    Raises:
        BadFile: if its container or its records are damaged.

    Source:
        Microsoft, [MS-CFB] Compound File Binary File Format and [MS-XLS] Excel Binary File Format.
    """
    raw = path.read_bytes()
    try:
        records = _workbook_stream(raw)
    except (struct.error, IndexError, ValueError):
        raise _damaged(path) from None
    place = 0
    while place + 4 <= len(records):
        kind, length = struct.unpack_from("<HH", records, place)
        place += 4
        if kind == _FILEPASS:
            raise BadFile("The workbook is protected by a password", path=path.name, hint="Save it without one")
        if kind in _CELLS and length >= 4 and place + 4 <= len(records):
            row, column = struct.unpack_from("<HH", records, place)
            if column >= _COLUMNS:
                raise _damaged(path, row + 1)
        place += length


def _damaged(path: Path, row: int | None = None) -> BadFile:
    return BadFile("The xls workbook is damaged", path=path.name, row=row, hint="Download it again")


def _workbook_stream(raw: bytes) -> bytes:
    """The stream "Workbook" (BIFF8) or "Book" (BIFF5) of a compound file."""
    shift, mini_shift = struct.unpack_from("<HH", raw, 30)
    if shift not in (9, 12) or mini_shift != 6:
        raise ValueError("sector size")
    first_directory, _, _, first_mini = struct.unpack_from("<IIII", raw, 48)
    table = _allocation(raw, shift)
    directory = _chain(raw, table, first_directory, shift, _HEADER if shift == 9 else 1 << shift)
    entries = [directory[i : i + _ENTRY] for i in range(0, len(directory) - _ENTRY + 1, _ENTRY)]
    named = {_name(entry): entry for entry in entries}
    entry = named.get("Workbook") or named.get("Book")
    if entry is None:
        raise ValueError("no workbook inside")
    start, size = struct.unpack_from("<II", entry, 116)
    offset = _HEADER if shift == 9 else 1 << shift
    if size >= _MINI_LIMIT:
        return _chain(raw, table, start, shift, offset)[:size]
    mini = _chain(raw, table, first_mini, shift, offset)
    mini_table = struct.unpack(f"<{len(mini) // 4}I", mini[: len(mini) // 4 * 4])
    root = _chain(raw, table, struct.unpack_from("<I", entries[0], 116)[0], shift, offset)
    return _chain(root, mini_table, start, mini_shift, 0)[:size]


def _name(entry: bytes) -> str:
    length = min(64, struct.unpack_from("<H", entry, 64)[0])
    return entry[: max(0, length - 2)].decode("utf-16-le", "replace")


def _allocation(raw: bytes, shift: int) -> tuple[int, ...]:
    """The file allocation table: for each sector the next one of its stream."""
    sectors = list(struct.unpack_from("<109I", raw, 76))
    extra, count = struct.unpack_from("<II", raw, 68)
    offset, size = (_HEADER if shift == 9 else 1 << shift), 1 << shift
    for _ in range(min(count, len(raw) >> shift)):
        if extra >= _FREE:
            break
        block = struct.unpack_from(f"<{size // 4}I", raw, offset + (extra << shift))
        sectors += block[:-1]
        extra = block[-1]
    table: list[int] = []
    for sector in sectors:
        if sector < _FREE:
            table += struct.unpack_from(f"<{size // 4}I", raw, offset + (sector << shift))
    return tuple(table)


def _chain(raw: bytes, table: tuple[int, ...], start: int, shift: int, offset: int) -> bytes:
    parts: list[bytes] = []
    sector = start
    for _ in range(len(table) + 1):
        if sector >= _FREE:
            return b"".join(parts)
        parts.append(raw[offset + (sector << shift) : offset + ((sector + 1) << shift)])
        sector = table[sector]
    raise ValueError("sectors in a circle")
