"""Damage to a publisher's file gives an error of khorgos or right rows, never a traceback, a zero or a wrong sum."""

from __future__ import annotations

import math
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.core.errors import KhorgosError
from khorgos.sources.files import parse

SPECIMENS = Path(__file__).parent.parent / "specimens"
TEXTS = sorted(
    path
    for folder in ("gacc", "census", "eurostat", "uzbekistan", "armenia", "headlines", "investment_tracker")
    for path in (SPECIMENS / folder).iterdir()
)
GOOD = [path for path in TEXTS if path.name not in {"names_destroyed.csv", "commas_destroyed.csv", "borrowed.csv"}]


@cache
def rows_of(path: Path) -> list[dict[str, Any]]:
    return _rows(path)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [row for table in parse(path).tables.values() for row in table.to_pylist()]


def attempt(raw: bytes, name: str) -> list[dict[str, Any]] | None:
    """The rows read from damaged bytes; None where they were refused as they should be."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(raw)
        try:
            return _rows(path)
        except KhorgosError:
            return None


def sane(rows: list[dict[str, Any]]) -> None:
    places = [(row["release"], row["locator"]) for row in rows]
    assert len(set(places)) == len(places)
    for row in rows:
        assert row["value"] is None or math.isfinite(row["value"])


@given(path=st.sampled_from(GOOD), cut=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_gives_an_error_or_its_first_rows(path: Path, cut: float) -> None:
    raw = path.read_bytes()
    raw = raw[: int(cut * len(raw))]
    rows = attempt(raw, path.name)
    if rows is None:
        return
    sane(rows)
    whole = {(r["locator"], r.get("flow"), r.get("partner"), r["period"]): r["value"] for r in rows_of(path)}
    # A number at the very end may have lost digits; every other row must be as in the whole file. Sums over
    # several lines shrink with the file: their locator names no single line.
    single = [row for row in rows if row["locator"].startswith("line ") and "+" not in row["locator"]]
    for row in single[:-3]:
        key = (row["locator"], row.get("flow"), row.get("partner"), row["period"])
        if key in whole:
            assert row["value"] == whole[key]


@given(path=st.sampled_from(GOOD), at=st.floats(0, 1, exclude_max=True), bad=st.binary(min_size=1, max_size=4))
def test_overwritten_bytes_give_an_error_or_sane_rows(path: Path, at: float, bad: bytes) -> None:
    raw = bytearray(path.read_bytes())
    place = int(at * len(raw))
    raw[place : place + len(bad)] = bad
    rows = attempt(bytes(raw), path.name)
    if rows is not None:
        sane(rows)


@given(path=st.sampled_from([p for p in GOOD if p.suffix == ".csv"]), data=st.data())
def test_an_emptied_cell_is_null_or_refused_but_never_zero(path: Path, data: st.DataObject) -> None:
    text = path.read_text(encoding="utf-8-sig")
    lines = text.splitlines()
    number = data.draw(st.integers(1, len(lines) - 1))
    sign = ";" if ";" in lines[0] else ","
    if '"' in lines[number] or not lines[number].strip():
        return
    cells = lines[number].split(sign)
    column = data.draw(st.integers(0, len(cells) - 1))
    before, cells[column] = cells[column], ""
    lines[number] = sign.join(cells)
    rows = attempt("\n".join(lines).encode(), path.name)
    if rows is None or before in {"0", "0.0", ""}:
        return
    zeros = [row for row in rows if row["value"] == 0.0]
    assert len(zeros) <= len([row for row in rows_of(path) if row["value"] == 0.0])


@given(path=st.sampled_from([p for p in GOOD if p.suffix == ".csv"]), data=st.data())
def test_the_order_of_lines_does_not_matter(path: Path, data: st.DataObject) -> None:
    header, *lines = path.read_text(encoding="utf-8-sig").splitlines()
    if path.name == "french.csv":
        return  # all its lines are French: nothing to shuffle that could change the language
    shuffled = data.draw(st.permutations(lines))
    rows = attempt("\n".join([header, *shuffled]).encode(), path.name)
    assert rows is not None

    def cells(found: list[dict[str, Any]]) -> list[tuple[object, ...]]:
        skip = {"release", "locator"}
        return sorted((tuple(str(v) for k, v in row.items() if k not in skip) for row in found), key=str)

    assert cells(rows) == cells(rows_of(path))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_another_name_and_packing_change_nothing(path: Path, tmp_path: Path) -> None:
    import gzip

    packed = tmp_path / f"{path.name}.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    strip = ("release", "locator")
    plain = [{k: v for k, v in row.items() if k not in strip} for row in rows_of(path)]
    assert [{k: v for k, v in row.items() if k not in strip} for row in _rows(packed)] == plain


@cache
def workbook_bytes() -> bytes:
    """A small Kyrgyz table, as an xlsx file."""
    book = openpyxl.Workbook()
    for row in (
        ["4.03.00.18", "4.03.00.18 Географическое распределение экспорта товаров", "Exports"],
        ["(миң АКШ доллары)", "(тыс. долларов США)", "(thousand US dollars)"],
        [None, None, None, 2022, 2023],
        ["Бардыгы", "Всего", "Total", 3.5, 4.5],
        ["Кытай", "Китай", "China", 3.5, "-"],
        ["Орусия", "Россия", "Russia", "-", 4.5],
    ):
        book.active.append(row)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        book.save(path)
        return path.read_bytes()


@given(at=st.floats(0, 1, exclude_max=True), bad=st.binary(min_size=1, max_size=8), cut=st.booleans())
def test_a_damaged_workbook_gives_an_error_or_sane_rows(at: float, bad: bytes, cut: bool) -> None:
    raw = bytearray(workbook_bytes())
    place = int(at * len(raw))
    if cut:
        raw = raw[:place]
    else:
        raw[place : place + len(bad)] = bad
    rows = attempt(bytes(raw), "x.xlsx")
    if rows is not None:
        sane(rows)
        assert all(row["value"] is None or row["value"] > 0 for row in rows)
