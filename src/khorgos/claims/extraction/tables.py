"""Tables in text: cells parted by bars or tabs, one row a line or one cell a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from khorgos.claims.extraction.chunks import Line

_NUMBER = re.compile(
    r"(?:(?:up|down)\s+(?:by\s+)?)?[-+\u2013]?\s*(?:US\$|[$\u20ac\u00a3\u00a5])?\s*[-+]?[0-9][0-9.,' ]*\s*"
    r"(?:%|percent|bn|bln|billion|mln|million|mn|m|tn|b|t|k)?\)?",
    re.I,
)

_MARKS = " *_\u00b0\u2020\u2021\u00b9\u00b2\u00b3"  # of footnotes
_LONGEST_ROW, _LONGEST_CELL = 400, 60  # characters; chosen because rows of ten numbers and names of goods fit
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


class Cell(NamedTuple):
    """One cell of a table.

    Args:
        start: where its text starts in the reading.
        end: where it ends.
        text: its text.
        line: index of the line it stands on.
    """

    start: int
    end: int
    text: str
    line: int

    @property
    def is_number(self) -> bool:
        """Whether it holds one number and no more."""
        return _NUMBER.fullmatch(self.text) is not None


class Row(NamedTuple):
    """A row of a table.

    Args:
        label: its first cell.
        cells: its numbers, with the index of their column.
    """

    label: Cell
    cells: tuple[tuple[int, Cell], ...]


class Table(NamedTuple):
    """A table within a text.

    Args:
        first: index of its first line.
        last: index after its last line.
        heads: text of the head of each column of numbers; empty where it has none.
        head: all cells of the head.
        rows: its rows.
    """

    first: int
    last: int
    heads: tuple[str, ...]
    head: str
    rows: tuple[Row, ...]


def find_tables(text: str, lines: Sequence[Line]) -> list[Table]:
    """The tables of a text.

    Args:
        text: the reading's text.
        lines: its sentences; a line of a table is one.

    Returns:
        The tables in order; blocks without a row of label and number are none.
    """
    found = []
    i = 0
    while i < len(lines):
        if not _is_row(text, lines, i):
            i += 1
            continue
        j = i
        while j < len(lines) and _is_row(text, lines, j):
            j += 1
        table = _table(text, lines, i, j)
        if table is not None:
            found.append(table)
        i = j
    return found


def _words(text: str, line: Line) -> str:
    return text[line.sentence.start : line.sentence.end]


def _is_row(text: str, lines: Sequence[Line], i: int) -> bool:
    """A line with a bar, or a short one behind a line that is nothing else: a cell a line, as scraped pages have."""
    words = _words(text, lines[i])
    if "|" in words:
        return len(words) < _LONGEST_ROW
    return i > 0 and _words(text, lines[i - 1]).strip() == "|" and len(words) < _LONGEST_CELL


def _cells(text: str, line: Line, index: int) -> list[Cell]:
    cells = []
    start = line.sentence.start
    for part in _words(text, line).split("|"):
        stripped = part.strip(_MARKS)
        at = start + (part.find(stripped) if stripped else 0)
        cells.append(Cell(at, at + len(stripped), stripped, index))
        start += len(part) + 1
    while cells and not cells[-1].text:
        cells.pop()
    while cells and not cells[0].text and len(cells) > 1:
        cells.pop(0)
    return cells


def _table(text: str, lines: Sequence[Line], first: int, last: int) -> Table | None:
    by_line = [_cells(text, lines[i], i) for i in range(first, last)]
    by_line = [row for row in by_line if not all(re.fullmatch(r":?-{2,}:?", c.text) for c in row) or not row]
    if sum(len(row) > 1 for row in by_line) * 2 > len([row for row in by_line if row]):
        grid = [row for row in by_line if row]
    else:
        grid = list(_regrouped([row[0] for row in by_line if row]))
    return _read(grid, first, last)


def _regrouped(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Rows of a table that came with one cell a line: a label begins a row, numbers fill it."""
    row: list[Cell] = []
    heads: list[Cell] = []
    for cell in cells:
        if cell.is_number:
            row.append(cell)
            continue
        if len(row) > 1:
            yield row
        else:
            heads += row
        row = [cell]
    if len(row) > 1:
        yield row
    if heads:
        yield heads


def _read(grid: Sequence[list[Cell]], first: int, last: int) -> Table | None:
    rows = [row for row in grid if len(row) > 1 and not row[0].is_number and any(c.is_number for c in row[1:])]
    rows = [row for row in rows if not all(_YEAR.fullmatch(c.text) for c in row[1:] if c.is_number)]
    if not rows:
        return None
    width = max(len(row) for row in rows) - 1
    heads_row = next((row for row in grid if row not in rows and any(c.text for c in row)), None)
    heads = [cell.text for cell in heads_row][-width:] if heads_row else []
    heads = [""] * (width - len(heads)) + heads if len(heads) < width else heads
    made = tuple(Row(row[0], tuple((k, cell) for k, cell in enumerate(row[1:]) if cell.is_number)) for row in rows)
    head = " ".join(cell.text for cell in heads_row) if heads_row else ""
    return Table(first, last, tuple(heads), head, made)
