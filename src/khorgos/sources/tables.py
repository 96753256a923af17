"""Tables inside workbooks and HTML pages, and rows of the ledger's schemas."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from khorgos.core.errors import BadFile, BadInput
from khorgos.core.schema import TABLES
from khorgos.sources.biff import check_xls
from khorgos.sources.unpacking import check_archive, kind

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

#: Chosen because the largest workbook read here has under a million cells, and 30 million take about 2 GB.
MAX_CELLS = 30_000_000

#: The largest spans that HTML allows (colspan 1000, rowspan 65534) would let one cell become a bomb.
_MAX_SPAN = 200

_REFERENCE = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"')


def workbook(path: Path, sheets: Sequence[str] | None = None) -> dict[str, list[list[Cell]]]:
    """Cells of an xlsx or xls workbook; row and column 0 of each sheet are its A1.

    Args:
        path: the file.
        sheets: which sheets; all where left out.

    Returns:
        Sheet name -> rows of cells; an empty cell is None. Rows of one sheet have one length.

    Raises:
        BadFile: if it is no workbook, is damaged, cut off, a bomb, or lacks a sheet.
    """
    book = _open(path)
    wanted = list(sheets) if sheets is not None else list(book.sheet_names)
    missing = [name for name in wanted if name not in book.sheet_names]
    if missing:
        raise BadFile(f"The workbook has no sheet {missing[0]!r}", path=path.name, hint=f"It has {book.sheet_names}")
    return {name: _cells(book, name, path) for name in wanted}


def sheet_names(path: Path) -> tuple[str, ...]:
    """Names of a workbook's sheets, in order, charts and macros left out."""
    return tuple(_open(path).sheet_names)


def written_on(path: Path) -> dt.date | None:
    """Day on which a server wrote an xlsx workbook, from its archive's own time stamps.

    Args:
        path: the file.

    Returns:
        The latest day of its parts; None for xls, and where a spreadsheet program left the stamps empty.
    """
    import zipfile

    if kind(path) != "xlsx":
        return None
    with zipfile.ZipFile(path) as archive:
        stamps = [info.date_time[:3] for info in archive.infolist()]
    days = [dt.date(*stamp) for stamp in stamps if stamp[0] > 1980 and stamp[1] and stamp[2]]
    return max(days, default=None)


def cell_name(row: int, column: int) -> str:
    """Name of a cell as a spreadsheet shows it: (13, 3) -> "D14".

    Args:
        row: 0-based.
        column: 0-based.

    Returns:
        Letters and 1-based row.
    """
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row + 1}"


def html_tables(text: str) -> list[list[list[str]]]:
    """Tables of an HTML page, spans filled in, each cell's text on one line.

    Args:
        text: the page.

    Returns:
        One list of rows for each table without tables inside it, in the page's order.

    Raises:
        BadInput: if the text is no HTML.
    """
    from lxml import etree, html

    try:
        page = html.document_fromstring(text.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, UnicodeEncodeError, ValueError) as error:
        raise BadInput(f"Not an HTML page: {error}") from None
    return [_html_rows(table) for table in page.iter("table") if table.find(".//table") is None]


def to_table(name: str, rows: Sequence[Mapping[str, Any]] | Mapping[str, Any]) -> pa.Table:
    """Rows as a table of the ledger.

    Args:
        name: which table of `core.schema.TABLES`.
        rows: a list of rows, or columns by name (lists or Arrow arrays of one length). Columns that may be
            null can be left out.

    Returns:
        The table in its schema.

    Raises:
        BadInput: if a column is unknown, missing, of another type, or null where it must not be.
    """
    schema = TABLES[name]
    columns = dict(rows) if isinstance(rows, Mapping) else {f.name: [r.get(f.name) for r in rows] for f in schema}
    given = set(columns) if isinstance(rows, Mapping) else {key for row in rows for key in row}
    if unknown := given - set(schema.names):
        raise BadInput(f"The table {name!r} has no column {', '.join(sorted(unknown))}")
    length = max((len(column) for column in columns.values()), default=0)
    arrays = [_array(name, columns.get(field.name), field, length) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(name: str, column: Any, field: pa.Field, length: int) -> pa.Array | pa.ChunkedArray:
    if column is None and field.nullable:
        return pa.nulls(length, field.type)
    try:
        ready = isinstance(column, (pa.Array, pa.ChunkedArray))
        array = column.cast(field.type) if ready else pa.array(column if column is not None else [], field.type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise BadInput(f"Column {field.name} of table {name!r} is not {field.type}: {error}") from None
    if array.null_count and not field.nullable:
        raise BadInput(f"Column {field.name} of table {name!r} must not be null")
    if len(array) != length:
        raise BadInput(f"Column {field.name} of table {name!r} has {len(array)} of {length} rows")
    return array


def _open(path: Path) -> Any:
    import python_calamine

    what = kind(path)
    if what not in {"xlsx", "xls"}:
        raise BadFile("Not an xls or xlsx workbook", path=path.name)
    if what == "xlsx":
        _refuse_sparse(path)
    else:
        check_xls(path)
    with _readable(path):
        return python_calamine.CalamineWorkbook.from_path(str(path))


def _cells(book: Any, name: str, path: Path) -> list[list[Cell]]:
    with _readable(path):
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [[None if cell == "" else cell for cell in row] for row in rows]


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    import python_calamine

    try:
        yield
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise BadFile(f"The workbook cannot be read: {error}", path=path.name, hint="Download it again") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a panic of the Rust library arrives
            raise
        raise BadFile("The workbook cannot be read: it is damaged", path=path.name, hint="Download it again") from None


def _refuse_sparse(path: Path) -> None:
    """One cell far out makes a reader lay out all cells before it; stop that before it happens."""
    for name in check_archive(path):
        if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
            continue
        width, height = _extent(path, name)
        if width * height > MAX_CELLS:
            raise BadFile(
                f"Sheet {Path(name).stem} spans {height:,} rows and {width:,} columns, too many to hold",
                path=path.name,
                hint="Save the filled part as csv and import that",
            )


def _extent(path: Path, member: str) -> tuple[int, int]:
    import zipfile

    letters: set[bytes] = set()
    height, rest = 1, b""
    with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
        while chunk := stream.read(2**20):
            block = rest + chunk
            for found, row in _REFERENCE.findall(block):
                letters.add(found)
                height = max(height, int(row))
            rest = block[-200:]
    return max((_column_index(name) for name in letters), default=1), height


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - ord("A") + 1
    return index


def _html_rows(table: Any) -> list[list[str]]:
    grid: dict[tuple[int, int], str] = {}
    height = 0
    for y, row in enumerate(table.iter("tr")):
        x = 0
        for cell in row.iterchildren("td", "th"):
            while (y, x) in grid:
                x += 1
            text = " ".join(cell.text_content().split())
            across, down = _span(cell.get("colspan")), _span(cell.get("rowspan"))
            grid.update({(y + j, x + i): text for j in range(down) for i in range(across)})
            x += across
        height = y + 1
    width = max((x for _, x in grid), default=-1) + 1
    return [[grid.get((y, x), "") for x in range(width)] for y in range(height)]


def _span(written: str | None) -> int:
    return min(_MAX_SPAN, max(1, int(written))) if written and written.strip().isdecimal() else 1
