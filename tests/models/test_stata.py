"""The bytes of a small Stata file, written here by its specification, read back."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from khorgos.core.errors import BadFile
from khorgos.models.papers.stata import columns


def _file(release: int, order: str, rows: list[tuple[bytes, int, float]]) -> bytes:
    """Columns: country (text of 3), year (two bytes), trade (double); one expansion field."""
    head = struct.pack(f"{order}BBBBHI", release, 2 if order == "<" else 1, 1, 0, 3, len(rows)) + bytes(81 + 18)
    names = b"".join(name.ljust(33, b"\0") for name in (b"country", b"year", b"trade"))
    rest = bytes(2 * 4) + bytes((49 if release >= 114 else 12) * 3) + bytes(33 * 3) + bytes(81 * 3)
    expansion = struct.pack(f"{order}bi", 1, 4) + b"note" + struct.pack(f"{order}bi", 0, 0)
    data = b"".join(struct.pack(f"{order}3shd", *row) for row in rows)
    return head + bytes([3, 252, 255]) + names + rest + expansion + data


ROWS = [(b"KAZ", 2006, 1.5), (b"UZ\0", 32741, 2.0**1023)]


@pytest.mark.parametrize("release", [113, 114, 115])
@pytest.mark.parametrize("order", ["<", ">"])
def test_text_numbers_and_missing_values(release: int, order: str) -> None:
    table = columns(_file(release, order, ROWS))

    assert table["country"].tolist() == ["KAZ", "UZ"]
    assert table["year"][0] == 2006.0
    assert np.isnan(table["year"].astype(float)[1])
    assert table["trade"].astype(float)[0] == 1.5
    assert np.isnan(table["trade"].astype(float)[1])


@pytest.mark.parametrize("cut", [110, 150, 400, -1])
def test_a_file_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(BadFile, match="cut short or damaged"):
        columns(_file(115, "<", ROWS)[:cut])


@pytest.mark.parametrize("raw", [b"", b"<stata_dta><header>", bytes(200)])
def test_other_files_are_refused(raw: bytes) -> None:
    with pytest.raises(BadFile, match="format 113 to 115"):
        columns(raw, "x.dta")


def test_an_unknown_storage_type_is_refused() -> None:
    raw = bytearray(_file(115, "<", ROWS))
    raw[110] = 250
    with pytest.raises(BadFile, match="unknown storage type"):
        columns(bytes(raw))
