"""Damage of every kind to a file of every connector: an error in one line that names the file, or right rows."""

from __future__ import annotations

import gzip
import io
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khorgos.core.errors import BadFile, BadInput, KhorgosError
from khorgos.sources.connector import Parsed
from khorgos.sources.files import parse
from khorgos.sources.reading import peek
from khorgos.sources.reading import text as text_of
from khorgos.sources.registry import connectors, recognise

SPECIMENS = Path(__file__).parent.parent / "specimens"
#: Specimens that stand for what must be refused have tests of their own.
GOOD = sorted(
    path
    for path in SPECIMENS.rglob("*")
    if path.is_file() and not re.search("error|destroyed|bulk_list|borrowed", path.name)
)
#: One of each kind of text, for what the readers alone decide.
KINDS = [next(path for path in GOOD if path.suffix == suffix) for suffix in (".csv", ".json", ".html")]
TABLES = [path for path in GOOD if path.suffix == ".csv"]

#: Formats that no text specimen can stand for: real files, by the path of their publishers' folders.
SHARED = {
    "IMF DOTS workbook": "trade/imf_dots/raw_samples/TKM_DOTS_201.xlsx",
    "IMF DOTS report": "formats/imf_dots_china_imports_2010_2022/ChinaPR_Mainland_Imports_of_Goods_f.xlsx",
    "UN Comtrade, ranked suppliers": "trade/comtrade_partner_reports/"
    "China_3.3_imports_products_partners_HS-AG6-2014-2025.xlsx",
    "US Census imports for consumption, HS10 lines": "trade/us_census_2024/2024-hs10-imports7620.parquet",
    "Kazakhstan BNS, foreign trade by country": "trade/national_statistics_eurasia/data/kazakhstan_data/"
    "Основные показатели внешней торговли_2019.xls",
    "Kyrgyz NSC by country": "trade/national_statistics_eurasia/data/kyrgyzstan_data/"
    "4.03.00.17 Экспорт товаров по странам..xlsx",
    "Geostat totals by month (FTrade)": "trade/national_statistics_eurasia/data/georgia_export_eurostat/"
    "FTrade_1995-2024.xlsx",
    "Russian FCS, main countries by month": "trade/national_statistics_eurasia/data/russian_data/96stran.xlsx",
    "Russian FCS, CIS countries by year": "trade/national_statistics_eurasia/data/russian_data/94itog.xlsx",
    "Russian FCS, totals by month": "trade/national_statistics_eurasia/data/russian_data/WEB_UTSA_04[1](56).xls",
    "Russian FCS, totals of part-years": "trade/national_statistics_eurasia/data/russian_data/страны092024.xlsx",
}
#: Too large to damage again and again; their tables are read by the same readers as those above.
LARGE = {"BACI critical minerals", "IMF DOTS tidy Parquet", "UNCTAD trade matrix", "WDI download workbook"}

Cells = dict[tuple[object, ...], object]
#: What does not tell one cell from another.
_NOT_KEY = {"value", "rate", "quantity", "quantity_unit", "release", "locator", "rounding", "status"}


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _cells(parsed: Parsed) -> Cells:
    """Values by cell, whatever the table."""
    found: Cells = {}
    for name, table in parsed.tables.items():
        for row in table.to_pylist():
            key = (name, *(str(value) for column, value in row.items() if column not in _NOT_KEY))
            found[key] = row.get("value", row.get("rate"))
    return found


@cache
def _whole(path: Path) -> Cells | None:
    """The cells of an undamaged specimen; None where the optional library that reads it is absent."""
    try:
        return _cells(parse(path, companions=_beside(path)))
    except BadInput:
        return None


def _beside(path: Path) -> dict[str, Path]:
    return {other.name: other for other in path.parent.iterdir() if other.is_file()}


def read(raw: bytes, path: Path, folder: Path, name: str | None = None) -> Cells | None:
    """The cells read from damaged bytes; None where they are refused as they should be, by name and in one line."""
    place = folder / (name or path.name)
    place.write_bytes(raw)
    parsed, error = _tried(place, path)
    if parsed is None:
        assert "\n" not in str(error)
        assert not isinstance(error, BadFile) or error.path == place.name
        return None
    for table in parsed.tables.values():
        places = list(zip(table["release"].to_pylist(), table["locator"].to_pylist(), strict=True))
        assert len(set(places)) == len(places)
    cells = _cells(parsed)
    assert all(value is None or not isinstance(value, float) or math.isfinite(value) for value in cells.values())
    return cells


def _tried(place: Path, beside: Path) -> tuple[Parsed | None, KhorgosError | None]:
    try:
        return parse(place, companions=_beside(beside)), None
    except KhorgosError as error:
        return None, error


def zeros(cells: Cells) -> int:
    return sum(1 for value in cells.values() if value == 0)


def test_every_connector_is_damaged_here() -> None:
    covered = {recognise(path).name for path in GOOD} | set(SHARED) | LARGE

    assert {connector.name for connector in connectors()} - covered == {"Announced targets csv"}  # see its own test


@pytest.fixture(params=GOOD, ids=_name)
def specimen(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    if _whole(path) is None:
        pytest.skip("reading this format needs the extra `sdmx`: pip install 'khorgos[sdmx]'")
    return path


# --- cut off and emptied ---------------------------------------------------------------------------------------------


def test_cut_files_lose_whole_rows_or_are_refused(specimen: Path, tmp_path: Path) -> None:
    raw, whole = specimen.read_bytes(), _whole(specimen) or {}
    last_line = len(raw.rstrip().rpartition(b"\n")[0])
    for step in range(24):
        cut = len(raw) * step // 24
        cells = read(raw[:cut], specimen, tmp_path)
        if cells is None:
            continue
        # A number at the very end may have lost digits, and a sum of lines may have lost lines: all else is as it was.
        wrong = [key for key, value in cells.items() if key in whole and whole[key] != value]
        assert len(wrong) <= 3 or cut > last_line, f"cut at {cut}: {wrong[:3]}"
        assert zeros(cells) <= zeros(whole) + 1


@pytest.mark.parametrize("raw", [b"", b" ", b"\n\n\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b", b"PK\x03\x04"])
def test_files_of_nothing(raw: bytes, specimen: Path, tmp_path: Path) -> None:
    assert read(raw, specimen, tmp_path) is None


@pytest.mark.parametrize("path", TABLES, ids=_name)
def test_a_header_alone_is_refused_or_has_no_rows(path: Path, tmp_path: Path) -> None:
    head = path.read_bytes().split(b"\n", 1)[0]

    assert not read(head + b"\n", path, tmp_path)


# --- written another way: the same cells or an error -----------------------------------------------------------------


def _written_otherwise(text: str) -> Iterator[tuple[str, bytes]]:
    yield "BOM", text.encode("utf-8-sig")
    yield "utf-16", text.encode("utf-16")
    yield "utf-16 without BOM", text.encode("utf-16-le")
    yield "CRLF", text.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    yield "blank lines", text.replace("\n", "\n\n").encode()
    for codec in ("latin-1", "cp1251", "gb18030"):
        yield codec, text.encode(codec, "replace")


def test_another_encoding_gives_the_same_cells_or_an_error(specimen: Path, tmp_path: Path) -> None:
    whole = _whole(specimen) or {}
    for how, raw in _written_otherwise(text_of(specimen)):
        cells = read(raw, specimen, tmp_path)
        assert cells is None or cells == whole, how
        if how in {"BOM", "CRLF"}:
            assert cells is not None, f"{how} is how spreadsheets write"


def test_packed_files_give_the_same_cells(specimen: Path, tmp_path: Path) -> None:
    raw, whole = specimen.read_bytes(), _whole(specimen)

    assert read(gzip.compress(raw), specimen, tmp_path, f"{specimen.name}.gz") == whole
    # A name tells the year or the country of some files, so the one inside the archive is the same.
    assert read(_zipped({specimen.name: raw}), specimen, tmp_path) == whole


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
    return out.getvalue()


# --- tables with their cells in disorder -----------------------------------------------------------------------------


@pytest.fixture(params=TABLES, ids=_name)
def table(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def _sign(text: str) -> str:
    return max(",;\t", key=text[:2_000].count)


def _per_line(text: str, change: Callable[[str], str], first: int = 0) -> str:
    lines = text.splitlines()
    return "\n".join([*lines[:first], *(change(line) if line.strip() else line for line in lines[first:])]) + "\n"


def test_trailing_commas_are_empty_cells(table: Path, tmp_path: Path) -> None:
    text = text_of(table)
    cells = read(_per_line(text, lambda line: line + _sign(text) * 2).encode(), table, tmp_path)

    assert cells is None or cells == _whole(table)


def test_rows_given_twice_are_not_counted_twice(table: Path, tmp_path: Path) -> None:
    text = text_of(table)
    cells = read(_per_line(text, lambda line: f"{line}\n{line}", first=1).encode(), table, tmp_path)

    assert cells is None or cells == _whole(table)


def test_decimal_commas_are_refused_or_read_as_such(table: Path, tmp_path: Path) -> None:
    text = text_of(table)
    changed = re.sub(r"(?<=\d)\.(?=\d)", ",", text)
    cells = read(changed.encode(), table, tmp_path)

    assert changed == text or cells is None or cells == _whole(table)


def test_quoted_decimal_commas_are_refused_or_read_as_such(table: Path, tmp_path: Path) -> None:
    text = text_of(table)
    changed = re.sub(r"(?<=[,;])(\d+)\.(\d+)(?=[,;\n])", r'"\1,\2"', text)
    cells = read(changed.encode(), table, tmp_path)

    assert changed == text or cells is None or cells == _whole(table)


def test_negative_values_are_refused_or_kept_as_they_are(table: Path, tmp_path: Path) -> None:
    text = text_of(table)
    sign = _sign(text)
    changed = _per_line(text, lambda line: re.sub(rf"(?<={sign})(?=\d[\d.]*$)", "-", line), first=1)
    cells = read(changed.encode(), table, tmp_path)
    whole = _whole(table) or {}

    if cells is not None and changed != text:
        # What is kept is the figure as printed: its size is that of the original.
        kept = [key for key in cells if key in whole and isinstance(cells[key], float)]
        assert all(abs(cells[key]) == abs(whole[key] or 0) or cells[key] < 0 for key in kept)  # type: ignore[arg-type, operator]


@pytest.mark.parametrize("turn", [1, 2, -1])
def test_columns_under_other_names_are_not_read_as_if_nothing_had_happened(
    table: Path, turn: int, tmp_path: Path
) -> None:
    text = text_of(table)
    lines = text.splitlines()
    place = max(range(min(6, len(lines))), key=lambda i: lines[i].count(_sign(text)))  # titles may stand above
    names = lines[place].split(_sign(text))
    lines[place] = _sign(text).join([*names[turn:], *names[:turn]])
    cells = read("\n".join(lines).encode(), table, tmp_path)

    assert not cells or cells != _whole(table)


def test_columns_in_another_order_give_the_same_cells_or_an_error(table: Path, tmp_path: Path) -> None:
    import csv

    text = text_of(table)
    rows = list(csv.reader(io.StringIO(text), delimiter=_sign(text)))
    if len({len(row) for row in rows}) > 1:
        pytest.skip("this format has rows of several lengths, which no one can reorder")
    out = io.StringIO()
    csv.writer(out, delimiter=_sign(text), lineterminator="\n").writerows(row[::-1] for row in rows)
    cells = read(out.getvalue().encode(), table, tmp_path)

    assert cells is None or cells == _whole(table)


def test_unknown_codes_and_names_are_refused(table: Path, tmp_path: Path) -> None:
    text = text_of(table)
    changed = re.sub(r"\b(?:KAZ|398|4634|Kazakhstan|Казахстан|哈萨克斯坦|Qozog‘iston)\b", "Zzyzx", text)
    cells = read(changed.encode(), table, tmp_path)

    # Where the name is part of a label or of a companion's, the cells may still be read; they are never fewer unsaid.
    assert changed == text or cells is None or len(cells) >= len(_whole(table) or {})


def test_emptied_cells_are_null_or_refused_but_never_zero(table: Path, tmp_path: Path) -> None:
    text = text_of(table)
    sign, whole = _sign(text), _whole(table) or {}
    lines = text.splitlines()
    for number in range(1, min(len(lines), 12)):
        if '"' in lines[number]:
            continue
        cells = lines[number].split(sign)
        for column, before in enumerate(cells):
            if not re.fullmatch(r"-?\d+(?:\.\d+)?", before) or float(before) == 0:
                continue
            emptied = sign.join([*cells[:column], "", *cells[column + 1 :]])
            found = read("\n".join([*lines[:number], emptied, *lines[number + 1 :]]).encode(), table, tmp_path)
            assert found is None or zeros(found) <= zeros(whole), f"line {number + 1}, column {column + 1}"


# --- archives that mean harm -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("specimen", KINDS, ids=_name)
def test_a_zip_bomb_is_refused(specimen: Path, tmp_path: Path) -> None:
    bomb = _zipped({specimen.name: specimen.read_bytes() + b" " * (80 << 20)})

    assert len(bomb) < 1 << 20
    with pytest.raises(BadFile, match="unpacks to more than"):
        _parse_bytes(bomb, tmp_path / specimen.name, specimen)


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    specimen = SPECIMENS / "comtrade" / "table.csv"
    bomb = gzip.compress(specimen.read_bytes() + b" " * (80 << 20))

    with pytest.raises(BadFile, match="unpacks to more than"):
        _parse_bytes(bomb, tmp_path / "table.csv.gz", specimen)


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x.csv", "..\\x.csv", "a/../../x.csv", "C:/x.csv"])
@pytest.mark.parametrize("specimen", KINDS, ids=_name)
def test_a_path_that_climbs_is_refused(name: str, specimen: Path, tmp_path: Path) -> None:
    archive = _zipped({name: specimen.read_bytes()})

    with pytest.raises(BadFile, match="climbs out of its folder"):
        _parse_bytes(archive, tmp_path / "x.zip", specimen)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.zip"]


def test_an_archive_that_lies_about_its_sizes(tmp_path: Path) -> None:
    specimen = SPECIMENS / "comtrade" / "table.csv"
    raw = bytearray(_zipped({"table.csv": specimen.read_bytes() + b" " * (80 << 20)}))
    central = raw.rfind(b"PK\x01\x02")
    raw[central + 24 : central + 28] = struct.pack("<I", 100)  # APPNOTE 4.3.12: the uncompressed size

    assert read(bytes(raw), specimen, tmp_path, "x.zip") is None


def _parse_bytes(raw: bytes, place: Path, beside: Path) -> Parsed:
    place.write_bytes(raw)
    return parse(place, companions=_beside(beside))


# --- anything at all -------------------------------------------------------------------------------------------------


@given(raw=st.binary(max_size=600), path=st.sampled_from(GOOD))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_random_bytes_are_refused(raw: bytes, path: Path, tmp_path: Path) -> None:
    assert not read(raw, path, tmp_path)


@given(path=st.sampled_from(GOOD), at=st.floats(0, 1, exclude_max=True), bad=st.binary(min_size=1, max_size=8))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_overwritten_bytes_are_refused_or_read(path: Path, at: float, bad: bytes, tmp_path: Path) -> None:
    if _whole(path) is None:
        return  # reading it needs the extra
    raw = bytearray(path.read_bytes())
    place = int(at * len(raw))
    raw[place : place + len(bad)] = bad

    cells = read(bytes(raw), path, tmp_path)

    assert cells is None or len(cells) <= 2 * len(_whole(path) or {}) + 2


@given(path=st.sampled_from(GOOD), tail=st.text(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_foreign_tail_is_refused_or_ignored(path: Path, tail: str, tmp_path: Path) -> None:
    if _whole(path) is None:
        return  # reading it needs the extra
    cells = read(path.read_bytes() + f"\n{tail}\n".encode("utf-8", "replace"), path, tmp_path)

    assert cells is None or len(cells) >= len(_whole(path) or {})


# --- workbooks and Parquet -------------------------------------------------------------------------------------------


@pytest.fixture(params=sorted(SHARED))
def real(request: pytest.FixtureRequest, shared: Path) -> Path:
    path = shared / "data" / SHARED[request.param]
    if not path.is_file():
        pytest.skip(f"the shared data folder has no {path.name}")
    assert recognise(path, peek(path)).name == request.param
    return path


def test_damaged_workbooks_and_parquet(real: Path, tmp_path: Path) -> None:
    raw = real.read_bytes()
    for step in range(8):
        place = len(raw) * step // 8
        read(raw[:place], real, tmp_path)
        read(raw[:place] + b"\xff\x00\x17\xfe" + raw[place + 4 :], real, tmp_path)
        seed = zlib.crc32(bytes([step])) % max(1, len(raw) - 64)
        read(raw[:seed] + bytes(64) + raw[seed + 64 :], real, tmp_path)


def test_workbooks_under_another_name_and_with_a_tail(real: Path, tmp_path: Path) -> None:
    read(real.read_bytes() + b"tail", real, tmp_path)
    read(gzip.compress(real.read_bytes()), real, tmp_path, f"{real.name}.gz")
    read(_zipped({real.name: real.read_bytes()}), real, tmp_path, "x.zip")
    read(real.read_bytes()[::-1], real, tmp_path)

    assert sorted(path.suffix for path in tmp_path.iterdir()) == sorted({real.suffix, ".gz", ".zip"})
