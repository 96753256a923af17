"""How every connector opens a file: what it is, its text, its csv rows, its JSON, its workbook, its numbers."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import IO, Any

from khorgos.core.errors import BadFile
from khorgos.core.findings import Finding
from khorgos.sources.connector import Peek
from khorgos.sources.numbers import MISSING, number
from khorgos.sources.tables import Cell, cell_name, html_tables, sheet_names, to_table, workbook
from khorgos.sources.unpacking import inner_name, kind, members, open_bytes

__all__ = [
    "MISSING",
    "Cell",
    "CsvRows",
    "cell_name",
    "csv_rows",
    "encoding",
    "html_tables",
    "inner_name",
    "json_document",
    "kind",
    "lines",
    "members",
    "number",
    "open_bytes",
    "peek",
    "sheet_names",
    "text",
    "to_table",
    "workbook",
]

#: Chosen because a csv header or an HTML title stands within the first screenful, and 64 KiB read in no time.
HEAD_BYTES = 64 * 2**10

#: Chosen because pages and JSON answers of the publishers stay below 100 MB; larger files are streamed as csv.
MAX_TEXT = 512 * 2**20

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before utf-16, whose mark it starts with
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = ",;\t|"
_PEEK_SHEETS, _PEEK_ROWS, _PEEK_COLUMNS = 3, 30, 30  # as connector.Peek promises


def peek(path: Path, filename: str | None = None) -> Peek:
    """The little of a file that recognition may look at.

    Args:
        path: where its bytes are.
        filename: its own name, where the path is a hash.

    Returns:
        See `connector.Peek`. A zip archive with several files has an empty head.

    Raises:
        BadFile: if it is empty, damaged or cannot be opened.
    """
    name = filename or path.name
    what = kind(path)
    if what == "empty":
        raise BadFile("The file is empty", path=name, hint="Download it again")
    if what == "parquet":
        return Peek(name, ".parquet", columns=_parquet_columns(path, name))
    if what in {"xlsx", "xls"}:
        sheets = sheet_names(path)
        cells = workbook(path, sheets[:_PEEK_SHEETS])
        return Peek(name, f".{what}", sheets=sheets, cells=tuple(_corner(rows) for rows in cells.values()))
    if what == "zip" and len(members(path)) != 1:
        return Peek(name, ".zip")
    return Peek(name, PurePath(inner_name(path, name)).suffix.lower(), head=_head(path))


def encoding(path: Path) -> str:
    """How a text file is encoded, by its mark or by reading it all through.

    Valid UTF-8 is UTF-8. Otherwise letters beyond ASCII that mostly stand next to each other are Cyrillic
    (cp1251), and scattered ones are western European (cp1252, the superset of latin-1's letters).

    Args:
        path: the file, packed or not.

    Returns:
        A codec name: "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251", "cp1252", "latin-1".

    Raises:
        BadFile: if it is empty, no text, or cut off inside a letter.
    """
    with open_bytes(path) as stream:
        head = stream.read(HEAD_BYTES)
        if not head:
            raise BadFile("The file is empty", path=path.name, hint="Download it again")
        if marked := next((name for mark, name in _BOMS if head.startswith(mark)), None):
            return marked
        if b"\0" in head:
            return _wide(head, path)
        return _scan(head, stream, path)


def text(path: Path) -> str:
    """The whole text of a file, unpacked and decoded; for pages and JSON, not for large csv.

    Args:
        path: the file.

    Returns:
        Its text, without a byte order mark.

    Raises:
        BadFile: if it is empty, no text, damaged, or longer than MAX_TEXT.
    """
    codec = encoding(path)
    with open_bytes(path) as stream:
        raw = stream.read(MAX_TEXT + 1)
    if len(raw) > MAX_TEXT:
        raise BadFile(f"The text is longer than {MAX_TEXT:,} bytes", path=path.name)
    return _decode(raw, codec, path)


def lines(path: Path) -> Iterator[str]:
    """The lines of a text file, unpacked and decoded, without their ends.

    Args:
        path: the file.

    Yields:
        One line after the other.

    Raises:
        BadFile: as `text`.
    """
    with _reader(path, encoding(path)) as stream:
        for line in stream:
            yield line.rstrip("\r\n")


def json_document(path: Path) -> Any:
    """A JSON file as Python values.

    Args:
        path: the file.

    Returns:
        The document.

    Raises:
        BadFile: if it is no JSON, is cut off, nests too deep, or prints NaN or Infinity as numbers.
    """
    written = text(path)
    try:
        return json.loads(written, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        what = "The JSON is cut off" if error.pos >= len(written.rstrip()) else f"Not valid JSON: {error.msg}"
        raise BadFile(what, path=path.name, row=error.lineno, hint="Download it again") from None
    except (ValueError, RecursionError) as error:
        raise BadFile(f"Not valid JSON: {error}", path=path.name) from None


class CsvRows(Iterator[tuple[int, dict[str, str]]]):
    """Rows of a csv file, each with its line number; made by `csv_rows`.

    Attributes:
        header: names of the columns, in order.
        header_line: the line they stand in.
        extra: empty cells beyond the header in the first row.
        delimiter: the sign between them.
        encoding: the codec.
        footer: the rows from the one on which `stop` held.
        skipped: blank lines left out.
        trailing: rows that ended in empty cells beyond the header.
    """

    def __init__(self, path: Path, delimiter: str | None, skip: int, stop: Callable[[Sequence[str]], bool]) -> None:
        self.path, self.encoding = path, encoding(path)
        self.footer: list[list[str]] = []
        self.skipped = self.trailing = 0
        self._stop, self._skip, self._begun = stop, skip, False
        self.header: tuple[str, ...] = ()
        self.header_line = self.extra = 0
        self.delimiter = delimiter or ""
        self._rows = self._read()
        first = next(self._rows, None)  # reads the header, so that it can be looked at before the rows
        self._first = first

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        return self

    def __next__(self) -> tuple[int, dict[str, str]]:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return next(self._rows)

    def findings(self) -> tuple[Finding, ...]:
        """What was put up with, once the rows are read: a guessed encoding, trailing commas."""
        name, found = self.path.name, []
        if self.encoding in {"cp1251", "cp1252", "latin-1"}:
            found.append(Finding("encoding", f"The file is not UTF-8; it was read as {self.encoding}.", where=name))
        if self.trailing:
            said = f"{self.trailing} rows end in empty cells beyond the header; these were ignored."
            found.append(Finding("trailing-delimiter", said, where=name))
        return tuple(found)

    def _read(self) -> Iterator[tuple[int, dict[str, str]]]:
        with _reader(self.path, self.encoding) as stream:
            for _ in range(self._skip):
                stream.readline()
            start = self.header_line = self._skip + self._find_header(stream)
            reader = csv.reader(stream, delimiter=self.delimiter, strict=True)
            try:
                yield from self._checked(reader, start)
            except csv.Error as error:
                raise BadFile(f"Not valid csv: {error}", path=self.path.name, row=start + reader.line_num) from None

    def _find_header(self, stream: IO[str]) -> int:
        """Read the header line; the number of lines up to and with it."""
        count, line = next(((n, line) for n, line in enumerate(stream, 1) if line.strip()), (0, ""))
        if not count:
            raise BadFile("The file has no header line", path=self.path.name)
        if not self.delimiter:
            self.delimiter = _sniff(line, self.path)
        try:
            names = [name.strip() for name in next(csv.reader([line], delimiter=self.delimiter, strict=True))]
        except csv.Error as error:
            raise BadFile(f"Not a csv header: {error}", path=self.path.name, row=self._skip + count) from None
        while names and not names[-1]:
            names.pop()
        twice = [name for name, times in Counter(names).items() if times > 1]
        if twice:
            where = self.path.name
            raise BadFile(
                f"Two columns have the name {twice[0]!r}", path=where, row=self._skip + count, column=twice[0]
            )
        self.header = tuple(names)
        return count

    def _checked(self, reader: Any, start: int) -> Iterator[tuple[int, dict[str, str]]]:
        width = len(self.header)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                self.skipped += 1
            elif self.footer or self._stop(cells):
                self.footer.append(cells)
            else:
                if len(cells) != width:
                    self._judge_width(cells, start + reader.line_num)
                self._begun = True
                yield start + reader.line_num, dict(zip(self.header, cells, strict=False))

    def _judge_width(self, cells: Sequence[str], line: int) -> None:
        width = len(self.header)
        if len(cells) < width:
            raise BadFile(
                f"The row has {len(cells)} of {width} columns",
                path=self.path.name,
                row=line,
                hint="The file may be cut off: download it again",
            )
        if any(cell.strip() for cell in cells[width:]):
            raise BadFile(
                f"The row has {len(cells)} columns, the header {width}",
                path=self.path.name,
                row=line,
                hint=f"Is there an unquoted {self.delimiter!r} in a cell?",
            )
        self.extra = self.extra if self._begun else len(cells) - width
        self.trailing += 1


def csv_rows(
    path: Path,
    *,
    delimiter: str | None = None,
    required: Collection[str] = (),
    skip: int = 0,
    stop: Callable[[Sequence[str]], bool] = lambda _: False,
) -> CsvRows:
    """Rows of a csv file, streamed, strict about their number of columns.

    Args:
        path: the file, packed or not, in any encoding that `encoding` knows.
        delimiter: the sign between cells; told from the header line where left out.
        required: names that the header must have.
        skip: lines before the header.
        stop: is this row (its cells) the first of the footer?

    Returns:
        An iterator of (line number, cells by column name). Read `findings()` when it has ended.

    Raises:
        BadFile: if the header is absent, repeats a name or lacks one; later, if a row is too short or too long.
    """
    rows = CsvRows(path, delimiter, skip, stop)
    if lacking := [name for name in required if name not in rows.header]:
        shown = ", ".join(rows.header[:12])
        raise BadFile(f"The header has no column {lacking[0]!r}", path=path.name, row=skip + 1, hint=f"It has {shown}")
    return rows


def _sniff(line: str, path: Path) -> str:
    bare = re.sub(r'"[^"]*"', "", line)
    best = max(_DELIMITERS, key=bare.count)
    if not bare.count(best):
        raise BadFile(
            "No csv: the header line has one column only", path=path.name, hint=f"It reads {line.strip()[:60]!r}"
        )
    return best


def _head(path: Path) -> str:
    with open_bytes(path) as stream:
        raw = stream.read(HEAD_BYTES)
    if not raw:
        raise BadFile("The file is empty", path=path.name, hint="Download it again")
    codec = next((name for mark, name in _BOMS if raw.startswith(mark)), None)
    if codec is None and b"\0" in raw:
        try:
            codec = _wide(raw, path)
        except BadFile:
            return ""
    if codec is not None:
        return raw.decode(codec, "replace")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(raw)
    except UnicodeDecodeError:
        return raw.decode(_legacy(raw), "replace")


def _corner(rows: list[list[Cell]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple("" if cell is None else str(cell) for cell in row[:_PEEK_COLUMNS]) for row in rows[:_PEEK_ROWS])


def _parquet_columns(path: Path, name: str) -> tuple[str, ...]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return tuple(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise BadFile(f"The Parquet file is damaged: {error}", path=name, hint="Download it again") from None


@contextmanager
def _reader(path: Path, codec: str) -> Iterator[IO[str]]:
    with open_bytes(path) as stream:
        try:
            yield io.TextIOWrapper(stream, encoding=codec, newline="")
        except UnicodeDecodeError as error:
            raise _undecodable(error, path) from None


def _decode(raw: bytes, codec: str, path: Path) -> str:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError as error:
        raise _undecodable(error, path) from None


def _undecodable(error: UnicodeDecodeError, path: Path) -> BadFile:
    what = f"The text is not valid {error.encoding}: {error.reason}"
    return BadFile(what, path=path.name, hint="The file may be cut off: download it again")


def _wide(head: bytes, path: Path) -> str:
    """UTF-16 without a mark has a zero in every second byte of plain letters."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 8 and min(even, odd) <= max(even, odd) // 20:
        return "utf-16-le" if odd > even else "utf-16-be"
    raise BadFile("Not a text file", path=path.name, hint="`khorgos sources` lists the formats that are read")


def _scan(head: bytes, stream: IO[bytes], path: Path) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk, seen = head, bytearray()
    try:
        while chunk:
            decoder.decode(chunk)
            chunk = stream.read(2**20)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        if not chunk and error.reason == "unexpected end of data":
            raise _undecodable(error, path) from None
        while chunk and len(seen) < 64 * 2**20:  # chosen because 64 MiB of text tell its alphabet
            seen += chunk
            chunk = stream.read(2**20)
        return _legacy(bytes(head + seen))
    return "utf-8"


def _legacy(raw: bytes) -> str:
    runs = re.findall(rb"[\x80-\xff]+", raw)
    together = sum(len(run) for run in runs if len(run) > 1)
    if 2 * together > sum(len(run) for run in runs):
        return "cp1251"
    undefined = re.search(rb"[\x81\x8d\x8f\x90\x9d]", raw)  # the five bytes that cp1252 leaves undefined
    return "latin-1" if undefined else "cp1252"


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")
