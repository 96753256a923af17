"""Opening files: encodings, packing, csv, JSON, workbooks, HTML, numbers; and what can be wrong with them."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import math
import struct
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import openpyxl
import openpyxl.utils.cell as spreadsheet
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khorgos.core.errors import BadFile, BadInput, KhorgosError
from khorgos.sources import reading, unpacking
from khorgos.sources.cells import cell_numbers, without_repeats
from khorgos.sources.columns import area_column, constant, csv_columns, numeric, row_locators
from khorgos.sources.tables import written_on

#: A property that writes a file gets pytest's folder once for all its examples, which overwrite one another.
IN_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def error_of(call: Callable[[], object]) -> KhorgosError | None:
    """What khorgos says against a call; any other exception is a failure of the test."""
    try:
        call()
    except KhorgosError as error:
        return error
    return None


def zipped(folder: Path, name: str, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return folder / name


# --- encodings -------------------------------------------------------------------------------------------------------

RUSSIAN = "Страна,Экспорт\nКазахстан,1\nКыргызстан,2\n"
FRENCH = "Pays,Exportations\nCôte d'Ivoire,1\nPérou,2\n"


@pytest.mark.parametrize(
    ("text", "codec", "told"),
    [
        (RUSSIAN, "utf-8", "utf-8"),
        (RUSSIAN, "utf-8-sig", "utf-8-sig"),
        (RUSSIAN, "utf-16", "utf-16"),
        (RUSSIAN, "utf-32", "utf-32"),
        (FRENCH, "utf-16-le", "utf-16-le"),
        (FRENCH, "utf-16-be", "utf-16-be"),
        (RUSSIAN, "cp1251", "cp1251"),
        (FRENCH, "cp1252", "cp1252"),
        (FRENCH, "latin-1", "cp1252"),  # the same letters
        ("a,b\n\x81 é x,1\n", "latin-1", "latin-1"),  # a byte that cp1252 does not define
        ("plain,ascii\n1,2\n", "ascii", "utf-8"),
    ],
)
def test_encodings(tmp_path: Path, text: str, codec: str, told: str) -> None:
    path = write(tmp_path, "x.csv", text.encode(codec))
    assert reading.encoding(path) == told
    assert reading.text(path) == text
    assert list(reading.lines(path)) == text.splitlines()
    assert reading.peek(path).head == text.removeprefix("\ufeff") or reading.peek(path).head == f"\ufeff{text}"


def test_a_late_foreign_byte_changes_the_codec_of_the_whole_file(tmp_path: Path) -> None:
    plain = "name,value\n" + "Peru,1\n" * 200_000  # longer than what is peeked at
    path = write(tmp_path, "x.csv", plain.encode() + "Côte d'Ivoire,2\n".encode("latin-1"))
    assert reading.encoding(path) == "cp1252"
    assert reading.text(path).endswith("Côte d'Ivoire,2\n")


@given(text=st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\ufeff"), min_size=1))
@IN_FOLDER
def test_utf8_and_utf16_round_trip(tmp_path: Path, text: str) -> None:
    for codec in ("utf-8", "utf-8-sig", "utf-16"):
        path = write(tmp_path, "x.txt", text.encode(codec))
        assert reading.text(path) == text


def test_cut_inside_a_letter(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", RUSSIAN.encode()[:-9])
    path.write_bytes(path.read_bytes() + "К".encode()[:1])
    with pytest.raises(BadFile, match=r"unexpected end of data \(x\.csv\)\. The file may be cut off"):
        reading.text(path)


def test_utf16_cut_in_half_a_letter(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", RUSSIAN.encode("utf-16")[:-1])
    with pytest.raises(BadFile, match="truncated data"):
        reading.text(path)
    with pytest.raises(BadFile, match="truncated data"):
        list(reading.csv_rows(path))


def test_no_text(tmp_path: Path) -> None:
    path = write(tmp_path, "x.bin", bytes(range(256)) * 8)
    with pytest.raises(BadFile, match="Not a text file"):
        reading.text(path)
    assert reading.peek(path).head == ""


@pytest.mark.parametrize("reader", [reading.text, reading.peek, reading.encoding, reading.csv_rows])
def test_empty_file(tmp_path: Path, reader: Callable[[Path], object]) -> None:
    path = write(tmp_path, "x.csv", b"")
    with pytest.raises(BadFile, match=r"The file is empty \(x\.csv\)"):
        reader(path)
    with pytest.raises(BadFile, match="empty"):
        reader(write(tmp_path, "x.csv.gz", gzip.compress(b"")))


def test_absent_file(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="Cannot open the file: No such file"):
        reading.peek(tmp_path / "none.csv")


# --- packing ---------------------------------------------------------------------------------------------------------


def test_gzip_and_zip_are_unpacked_whatever_their_name(tmp_path: Path) -> None:
    packed = write(tmp_path, "x.csv.gz", gzip.compress(FRENCH.encode()))
    nameless = write(tmp_path, "0123abcd", gzip.compress(FRENCH.encode()))
    archive = zipped(tmp_path, "x.zip", {"inside/x.csv": FRENCH.encode(), "__MACOSX/._x.csv": b"noise"})
    assert reading.text(packed) == reading.text(nameless) == reading.text(archive) == FRENCH
    assert reading.peek(packed).suffix == reading.peek(archive).suffix == ".csv"
    assert reading.peek(nameless, "a.csv.gz").suffix == ".csv"
    assert reading.members(archive) == ("inside/x.csv",)


def test_an_archive_of_several_files_names_them(tmp_path: Path) -> None:
    archive = zipped(tmp_path, "x.zip", {"a.csv": b"a,b\n1,2\n", "b.csv": b"a,b\n3,4\n"})
    with pytest.raises(BadFile, match=r"holds 2 files, not one \(x\.zip\)\. It has a\.csv, b\.csv: unpack it"):
        reading.text(archive)
    with reading.open_bytes(archive, "b.csv") as stream:
        assert stream.read() == b"a,b\n3,4\n"
    with pytest.raises(BadFile, match=r"no file 'c\.csv'"), reading.open_bytes(archive, "c.csv"):
        pass
    assert reading.peek(archive).suffix == ".zip"


@pytest.mark.parametrize("name", ["../x.csv", "/etc/passwd", "a/../../x.csv", "..\\x.csv", "C:/x.csv"])
def test_a_path_that_climbs_out(tmp_path: Path, name: str) -> None:
    archive = zipped(tmp_path, "x.zip", {name: b"a,b\n1,2\n"})
    with pytest.raises(BadFile, match="climbs out of its folder"):
        reading.peek(archive)


def test_gzip_bomb(tmp_path: Path) -> None:
    bomb = write(tmp_path, "x.csv.gz", gzip.compress(b"a,b\n" + b"0" * (unpacking.FREE_BYTES + 1)))
    with pytest.raises(BadFile, match="unpacks to more than"):
        reading.text(bomb)
    with pytest.raises(BadFile, match="unpacks to more than"):
        list(reading.csv_rows(bomb))


def test_zip_bomb(tmp_path: Path) -> None:
    bomb = zipped(tmp_path, "x.zip", {"x.csv": b"a,b\n" + b"1,2\n" * (unpacking.FREE_BYTES // 4)})
    with pytest.raises(BadFile, match="which no statistics file does"):
        reading.text(bomb)


def test_workbook_bomb_in_one_far_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["XFD1048576"] = 1
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(BadFile, match="spans 1,048,576 rows and 16,384 columns"):
        reading.workbook(tmp_path / "x.xlsx")


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_cut_archives(tmp_path: Path, keep: float) -> None:
    rows = "".join(f"{i},{i * i}\n" for i in range(5000)).encode()
    whole = gzip.compress(b"a,b\n" + rows)
    cut = write(tmp_path, "x.csv.gz", whole[: int(len(whole) * keep)])
    with pytest.raises(BadFile, match="cut off"):
        reading.text(cut)
    archive = zipped(tmp_path, "y.zip", {"x.csv": rows})
    archive.write_bytes(archive.read_bytes()[: int(archive.stat().st_size * keep)])
    with pytest.raises(BadFile, match="cut off"):
        reading.text(archive)


def test_encrypted_archive(tmp_path: Path) -> None:
    archive = zipped(tmp_path, "x.zip", {"x.csv": b"a,b\n"})
    raw = bytearray(archive.read_bytes())
    central = raw.index(b"PK\x01\x02")
    raw[central + 8] |= 1  # the flag "encrypted" of the central directory
    archive.write_bytes(bytes(raw))
    with pytest.raises(BadFile, match="encrypted"):
        reading.peek(archive)


# --- csv -------------------------------------------------------------------------------------------------------------


def test_csv_rows_have_line_numbers_and_told_trailing_commas(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", 'a,b,c\n1,2,3,\n\n4,"5\n5",6\n7,8,9\n')
    rows = reading.csv_rows(path)
    assert rows.header == ("a", "b", "c")
    assert list(rows) == [
        (2, {"a": "1", "b": "2", "c": "3"}),
        (5, {"a": "4", "b": "5\n5", "c": "6"}),
        (6, {"a": "7", "b": "8", "c": "9"}),
    ]
    assert rows.skipped == 1
    assert [finding.code for finding in rows.findings()] == ["trailing-delimiter"]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_from_the_header(tmp_path: Path, sign: str) -> None:
    path = write(tmp_path, "x.csv", f'"a, b; c"{sign}d\n1{sign}2\n')
    assert list(reading.csv_rows(path)) == [(2, {"a, b; c": "1", "d": "2"})]


def test_preamble_and_footer(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", 'Data Source,World\n\na,b\n1,2\n"Last Updated: x",\n')
    rows = reading.csv_rows(path, skip=2, stop=lambda cells: cells[0].startswith("Last"))
    assert list(rows) == [(4, {"a": "1", "b": "2"})]
    assert rows.footer == [["Last Updated: x", ""]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b,c\n1,2\n", r"2 of 3 columns \(x\.csv, row 2\)\. The file may be cut off"),
        ("a,b,c\n1,2,3\n4,5,6,7\n", r"4 columns, the header 3 \(x\.csv, row 3\)\. Is there an unquoted ','"),
        ("a,b,a\n1,2,3\n", r"Two columns have the name 'a' \(x\.csv, row 1, column a\)"),
        ('a,b\n"1,2\n', r"Not valid csv: unexpected end of data \(x\.csv, row 2\)"),
        ("\n\n \n", "no header line"),
        ("just one column\n1\n", "one column only"),
    ],
)
def test_bad_csv(tmp_path: Path, content: str, said: str) -> None:
    path = write(tmp_path, "x.csv", content)
    with pytest.raises(BadFile, match=said):
        list(reading.csv_rows(path))
    with pytest.raises(BadFile, match=said):
        csv_columns(path)


def test_required_columns(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "a,b\n1,2\n")
    with pytest.raises(BadFile, match="no column 'value'"):
        reading.csv_rows(path, required=("a", "value"))


CELL = st.text(st.sampled_from('ab1 "é\n;'), max_size=4).filter(lambda cell: cell.strip() == cell)


@given(rows=st.lists(st.tuples(CELL, CELL, CELL).filter(any), max_size=6), tail=st.booleans())
@IN_FOLDER
def test_columns_and_rows_tell_the_same(tmp_path: Path, rows: list[tuple[str, str, str]], tail: bool) -> None:
    """Two roads through one file: Arrow's columns and Python's rows."""
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "," * tail for row in rows]
    path = write(tmp_path, "x.csv", "\n".join(["one,two,three", *quoted]) + "\n")
    by_row = [tuple(cells.values()) for _, cells in reading.csv_rows(path)]
    by_column = csv_columns(path).table
    assert by_row == rows
    assert list(zip(*(column.to_pylist() for column in by_column.columns), strict=True)) == rows


def test_columns_find_the_row_of_a_bad_cell(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "i,v\n1,2.5\n2,x\n")
    with pytest.raises(BadFile, match=r"Not a number: 'x' \(x\.csv, row 3, column v\)"):
        csv_columns(path, types={"i": pa.int32(), "v": pa.float64()})
    path = write(tmp_path, "x.csv", "i,v\n1,2.5\n1.5,3\n")
    with pytest.raises(BadFile, match=r"Not a whole number: '1\.5' \(x\.csv, row 3, column i\)"):
        csv_columns(path, types={"i": pa.int32(), "v": pa.float64()})


def test_columns_put_up_with_rows_of_uneven_tails(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "a,b\n1,2\n3,4,,\n")
    read = csv_columns(path)
    assert read.table.to_pylist() == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    assert [finding.code for finding in read.findings] == ["trailing-delimiter"]


@given(raw=st.binary(max_size=200))
@IN_FOLDER
def test_random_bytes_are_an_error_in_one_line_or_rows(tmp_path: Path, raw: bytes) -> None:
    path = write(tmp_path, "x.csv", raw)
    for reader in (reading.peek, reading.text, lambda p: list(reading.csv_rows(p)), csv_columns, reading.json_document):
        error = error_of(partial(reader, path))
        assert error is None or ("\n" not in str(error) and str(error))


# --- JSON and HTML ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a": [1, 2', "cut off"),
        ("{'a': 1}", r"Not valid JSON: .* \(x\.json, row 1\)"),
        ('{"a": NaN}', "NaN is no number"),
        ("[" * 200_000, "Not valid JSON|cut off"),
        ("1" * 10_000, "Not valid JSON"),
    ],
)
def test_bad_json(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        reading.json_document(write(tmp_path, "x.json", content))


def test_json_with_a_mark_and_packed(tmp_path: Path) -> None:
    document = {"a": [1, None, "é"]}
    raw = codecs.BOM_UTF8 + json.dumps(document, ensure_ascii=False).encode()
    assert reading.json_document(write(tmp_path, "x.json", raw)) == document
    assert reading.json_document(write(tmp_path, "x.json.gz", gzip.compress(raw))) == document


def test_html_tables_fill_spans() -> None:
    page = """<html><body><table><tr><th rowspan=2>Country</th><th colspan="2">Exports</th></tr>
    <tr><th>May</th><th>Jan to May</th></tr><tr><td>Kazakh<br>stan</td><td>1,234</td><td>-</td></tr></table>
    <table><tr><td><table><tr><td>inner</td></tr></table></td></tr></table></body></html>"""
    first, second = reading.html_tables(page)
    assert first == [
        ["Country", "Exports", "Exports"],
        ["Country", "May", "Jan to May"],
        ["Kazakhstan", "1,234", "-"],
    ]
    assert second == [["inner"]]


def test_html_spans_cannot_explode() -> None:
    page = "<table><tr><td rowspan=65534 colspan=1000>x</td></tr></table>"
    (table,) = reading.html_tables(page)
    assert len(table[0]) <= 200


@given(page=st.text(max_size=80))
def test_any_text_is_a_page_without_tables_or_an_error(page: str) -> None:
    error = error_of(lambda: reading.html_tables(page))
    assert "Not an HTML page" in str(error) if error else reading.html_tables(page) == [] or "<table" in page.lower()


# --- workbooks -------------------------------------------------------------------------------------------------------


def test_workbook_cells_keep_their_places(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Data"
    sheet["B3"], sheet["D4"] = "x", 1.5
    book.create_sheet("Empty")
    book.save(tmp_path / "x.xlsx")
    cells = reading.workbook(tmp_path / "x.xlsx")
    assert cells["Data"][2][1] == "x"
    assert cells["Data"][3][3] == 1.5
    assert cells["Data"][0][0] is None
    assert cells["Empty"] == []
    assert reading.sheet_names(tmp_path / "x.xlsx") == ("Data", "Empty")
    assert reading.peek(tmp_path / "x.xlsx").cells[0][2][1] == "x"
    with pytest.raises(BadFile, match="no sheet 'Imports'"):
        reading.workbook(tmp_path / "x.xlsx", ["Imports"])


def test_day_of_a_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            archive.writestr(zipfile.ZipInfo(name, (2022, 2, 19, 20, 58, 0)), b"")
    day = written_on(tmp_path / "x.xlsx")
    assert day is not None
    assert day.isoformat() == "2022-02-19"


def test_damaged_workbooks(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for i in range(50):
        book.worksheets[0].append([i, "x"])
    stream = io.BytesIO()
    book.save(stream)
    whole = stream.getvalue()
    with pytest.raises(BadFile, match="cut off"):
        reading.workbook(write(tmp_path, "x.xlsx", whole[: len(whole) // 2]))
    with pytest.raises(BadFile, match="Not an xls or xlsx workbook"):
        reading.workbook(write(tmp_path, "x.xlsx", "<html></html>"))
    with pytest.raises(BadFile, match="damaged"):
        reading.workbook(write(tmp_path, "x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)))


def compound_file(records: bytes) -> bytes:
    """The least xls file: a header, one allocation sector, a directory and the stream "Workbook"."""
    stream = records.ljust(4096, b"\0")
    sectors = len(stream) // 512
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 44, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    for i in range(1, 109):
        struct.pack_into("<I", header, 76 + 4 * i, 0xFFFFFFFF)
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    allocation = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    entries = b""
    for name, kind, start, size in (("Root Entry", 5, 0xFFFFFFFE, 0), ("Workbook", 2, 2, len(stream))):
        entry = bytearray(128)
        label = name.encode("utf-16-le")
        entry[: len(label)] = label
        struct.pack_into("<HBB", entry, 64, len(label) + 2, kind, 1)
        struct.pack_into("<III", entry, 68, 0xFFFFFFFF, 1 if kind == 5 else 0xFFFFFFFF, 0xFFFFFFFF)
        struct.pack_into("<II", entry, 116, start, size)
        entries += bytes(entry)
    return bytes(header) + allocation + entries.ljust(512, b"\0") + stream


def test_xls_with_a_cell_beyond_the_edge(tmp_path: Path) -> None:
    far = struct.pack("<HHHHHd", 0x0203, 14, 7, 60_000, 0, 1.0)  # a NUMBER record in column 60,000 of row 8
    with pytest.raises(BadFile, match=r"damaged \(x\.xls, row 8\)"):
        reading.workbook(write(tmp_path, "x.xls", compound_file(far)))


def test_xls_with_a_password(tmp_path: Path) -> None:
    locked = struct.pack("<HHH", 0x002F, 2, 0)
    with pytest.raises(BadFile, match="protected by a password"):
        reading.workbook(write(tmp_path, "x.xls", compound_file(locked)))


@given(tail=st.binary(max_size=900))
@IN_FOLDER
def test_random_workbooks_are_errors_in_one_line(tmp_path: Path, tail: bytes) -> None:
    for start in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"):
        path = write(tmp_path, "x.xls", start + tail)
        with pytest.raises(BadFile):
            reading.peek(path)


@given(row=st.integers(0, 2_000_000), column=st.integers(0, 18_000))
def test_cell_names_are_those_of_a_spreadsheet(row: int, column: int) -> None:
    letters, number = spreadsheet.coordinate_from_string(reading.cell_name(row, column))
    assert (number - 1, spreadsheet.column_index_from_string(letters) - 1) == (row, column)


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.5", 1234.5),
        ("1,234.5", 1234.5),
        ("1 234.5", 1234.5),
        ("1\u00a0234\u202f567", 1234567.0),
        ("-5", -5.0),
        ("−5", -5.0),
        ("- 5", -5.0),
        ("+5", 5.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1.2E+08", 1.2e8),
        ("3e-05", 3e-5),
        ("  7 ", 7.0),
        ("0", 0.0),
        (7, 7.0),
        (7.5, 7.5),
    ],
)
def test_numbers_with_points(text: object, value: float) -> None:
    assert reading.number(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("1234,5", 1234.5), ("1.234,5", 1234.5), ("1 234,5", 1234.5), ("1.234", 1234.0), ("-0,5", -0.5)]
)
def test_numbers_with_commas(text: str, value: float) -> None:
    assert reading.number(text, decimal=",") == value


@pytest.mark.parametrize("text", [*sorted(reading.MISSING), "  ", "NaN", "N/A", "NA", None, math.nan])
def test_missing_is_none_and_never_zero(text: object) -> None:
    assert reading.number(text) is None


@pytest.mark.parametrize(
    "text", ["12,5", "1,23,456", "1 23", "1_000", "0x1f", "inf", "1e999", "12%", "(5)", "5*", "٣", True, "1.2.3", "--5"]
)
def test_what_is_no_number_is_an_error(text: object) -> None:
    with pytest.raises(BadFile, match=r"Not a (finite )?number"):
        reading.number(text)


def test_a_decimal_comma_is_guessed_in_the_hint_only() -> None:
    with pytest.raises(BadFile, match=r"Not a number: '12,5' \(x\.csv, row 3, column v\)\. Is its decimal sign ','\?"):
        reading.number("12,5", path="x.csv", row=3, column="v")


@given(text=st.text(max_size=12))
def test_any_text_is_a_number_none_or_an_error(text: str) -> None:
    try:
        value = reading.number(text)
    except BadFile:
        return
    assert value is None or math.isfinite(value)
    if not any(c.isdigit() for c in text):
        assert value is None


@given(value=st.floats(-1e12, 1e12).map(lambda v: round(v, 3)))
def test_printed_numbers_come_back(value: float) -> None:
    printed = f"{value:,.3f}"
    assert reading.number(printed) == value
    swapped = printed.translate(str.maketrans(",.", ".,"))
    assert reading.number(swapped, decimal=",") == value
    assert reading.number(printed.replace(",", "\u00a0")) == value


NUMERIC = st.one_of(
    st.floats(-1e9, 1e9).map(repr),
    st.integers(-(10**6), 10**9).map(lambda n: f"{n:,}"),
    st.sampled_from(["", "-", "..", " 5 ", "NA", "+3", "nan", "1e5", "x", "12,5"]),
)


@given(cells=st.lists(NUMERIC, max_size=6))
def test_a_column_of_numbers_is_read_like_each_of_them(cells: list[str]) -> None:
    """Two roads: Arrow's casts for whole columns, `number` cell by cell."""
    column = pa.chunked_array([pa.array(cells, pa.string())])
    whole = partial(numeric, column, path=Path("x.csv"), name="v")
    expected = error_of(lambda: [reading.number(cell) for cell in cells])
    if expected:
        found = error_of(whole)
        assert found is not None
        assert found.what == expected.what
    else:
        assert whole().to_pylist() == [reading.number(cell) for cell in cells]


# --- rows and cells --------------------------------------------------------------------------------------------------


def test_to_table_refuses_what_does_not_fit() -> None:
    row = {"area": "KAZ", "period": "2024", "indicator": "X", "unit": "USD", "release": "a:b", "locator": "row 1"}
    assert reading.to_table("indicator", [row])["value"].to_pylist() == [None]
    assert reading.to_table("indicator", []).num_rows == 0
    with pytest.raises(BadInput, match="no column colour"):
        reading.to_table("indicator", [row | {"colour": "red"}])
    with pytest.raises(BadInput, match="must not be null"):
        reading.to_table("indicator", [{k: v for k, v in row.items() if k != "unit"}])
    with pytest.raises(BadInput, match="is not double"):
        reading.to_table("indicator", [row | {"value": "many"}])
    with pytest.raises(BadInput, match="has 1 of 2 rows"):
        reading.to_table("indicator", {**{k: [v, v] for k, v in row.items()}, "unit": ["USD"]})


KEYS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["x", None, "y"])), max_size=12)


@given(keys=KEYS)
def test_cell_numbers_are_equal_where_the_keys_are(keys: list[tuple[str, str | None]]) -> None:
    columns = [pa.chunked_array([pa.array([key[i] for key in keys], pa.string())]) for i in (0, 1)]
    numbers = cell_numbers(columns).tolist()
    assert [[a == b for b in numbers] for a in numbers] == [[a == b for b in keys] for a in keys]


@given(rows=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([1.0, 2.0, None])), min_size=1, max_size=10))
def test_repeats_are_dropped_and_clashes_refused(rows: list[tuple[str, float | None]]) -> None:
    table = pa.table(
        {
            "key": pa.chunked_array([[key for key, _ in rows]]),
            "value": pa.chunked_array([pa.array([value for _, value in rows], pa.float64())]),
            "locator": pa.chunked_array([[f"row {i}" for i in range(len(rows))]]),
        }
    )
    brute: dict[str, float | None] = {}
    clash = any(brute.setdefault(key, value) != value for key, value in rows)
    if clash:
        with pytest.raises(BadFile, match=r"Two rows of one cell disagree, row \d and row \d"):
            without_repeats(table, path=Path("x.csv"), key=("key",), payload=("value",))
        return
    kept, dropped = without_repeats(table, path=Path("x.csv"), key=("key",), payload=("value",))
    assert dict(zip(kept["key"].to_pylist(), kept["value"].to_pylist(), strict=True)) == brute
    assert dropped == len(rows) - len(brute)


def test_unknown_codes_are_named_with_their_share_of_value() -> None:
    codes = pa.chunked_array([["398", "156", "12345"], ["398"]])
    value = pa.chunked_array([[50.0, 30.0, 10.0], [10.0]])
    said = r"'12345'; they carry 10 per cent of the value \(x\.csv, row 4, column i\)"
    with pytest.raises(BadFile, match=said):
        area_column(codes, "comtrade", path=Path("x.csv"), name="i", value=value)
    assert area_column(codes, "comtrade", path=Path("x.csv"), name="i", ignore={"12345"}).to_pylist() == [
        "KAZ",
        "CHN",
        None,
        "KAZ",
    ]


def test_constant_columns_share_their_memory() -> None:
    like = pa.chunked_array([list("abc"), list("de"), []], pa.string())
    column = constant("USD", like)
    assert column.to_pylist() == ["USD"] * 5
    assert [len(chunk) for chunk in column.chunks] == [3, 2, 0]
    assert column.chunk(0).buffers()[2].address == column.chunk(1).buffers()[2].address
    assert row_locators(like).to_pylist() == [f"row {n}" for n in range(2, 7)]
