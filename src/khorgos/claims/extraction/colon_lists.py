"""Lists of label and number under a line that says what they list: "Mongolia: 1, 21.1%" under "(tonnes, change)"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from khorgos.claims.extraction.chunks import Line
from khorgos.claims.extraction.tables import Cell, Row, Table

_BULLET = r"\s*(?:[-*\u2022\u25cf\u25aa\u2013]\s+|[0-9]{1,2}[.)]\s+)?"
_LABEL = rf"{_BULLET}(?P<label>[A-Z][^0-9:;|()]{{1,40}}?)\s*(?::|\s[\u2013-]|\s=)\s+"
_VALUE = r"[-+\u2013]?[0-9][0-9.,' ]*%?|N/?A|n/?a|\u2013|-"
_ITEM = re.compile(rf"{_LABEL}(?P<values>(?:{_VALUE})(?:\s*[,;(]\s*(?:{_VALUE})\)?)*)\s*[.;,]?\s*")
_SPLIT = re.compile(r"\s*[;(]\s*|,\s+")
_FEWEST = 2  # lines; chosen because a single one may be anything
_UNIT = re.compile(
    r"\b(?:thousands?|millions?|mln|mn|billions?|bln|bn|tonnes?|tons?|barrels|units|pieces|heads?|kg|dollars|usd|euros?|yuan)\b|\$",
    re.I,
)
_MEASURE = re.compile(
    r"\b(?:shares?|growth|grew|change[ds]?|rose|rise|fell|declined?|increased?|decreased?|dropped|jumped|percentages|"
    r"per cent|percent|year-on-year|y/y|yoy|month-on-month|m/m)\b|%",
    re.I,
)


def find_colon_lists(text: str, lines: Sequence[Line]) -> list[Table]:
    """The lists of label and bare number, or label and percentage, that a line above explains.

    Args:
        text: the reading's text.
        lines: its sentences; an item is one.

    Returns:
        Each list as a table; lists whose caption names no unit or measure are none, nor those with units of their own.
    """
    found = []
    i = 0
    while i < len(lines):
        j = i
        while j < len(lines) and _ITEM.fullmatch(_words(text, lines[j])):
            j += 1
        table = _table(text, lines, i, j) if j - i >= _FEWEST else None
        if table is not None:
            found.append(table)
        i = max(j, i + 1)
    return found


def _words(text: str, line: Line) -> str:
    return text[line.sentence.start : line.sentence.end]


def _table(text: str, lines: Sequence[Line], first: int, last: int) -> Table | None:
    rows = [_cells(text, lines[k], k) for k in range(first, last)]
    width = max(len(row) for row in rows) - 1
    heads = _heads(text, lines, first, width)
    if heads is None or not _explained(rows, heads):
        return None
    made = tuple(Row(row[0], tuple((k, cell) for k, cell in enumerate(row[1:]) if cell.is_number)) for row in rows)
    return Table(first, last, tuple(heads), "", tuple(row for row in made if row.cells))


def _cells(text: str, line: Line, index: int) -> list[Cell]:
    start = line.sentence.start
    match = _ITEM.fullmatch(_words(text, line))
    assert match is not None
    cells = [Cell(start + match.start("label"), start + match.end("label"), match["label"], index)]
    at = match.start("values")
    for part in _SPLIT.split(match["values"]):
        at = match.string.index(part, at)
        written = part.strip(" )")
        cells.append(Cell(start + at, start + at + len(written), written, index))
        at += len(part)
    return cells


def _heads(text: str, lines: Sequence[Line], first: int, width: int) -> list[str] | None:
    """What the line above says of each column; None if no line above says anything of numbers."""
    for k in range(first - 1, max(-1, first - 3), -1):
        words = _words(text, lines[k]).strip()
        if any(c.quantity is not None for c in lines[k].chunks) or not (_UNIT.search(words) or _MEASURE.search(words)):
            continue
        if not words.endswith((":", ")")) and len(words.split()) > 12:
            return None
        parts = [part.strip() for part in words.strip("():").split(",")]
        return parts if len(parts) == width and width > 1 else [words] * width
    return None


def _explained(rows: Sequence[Sequence[Cell]], heads: Sequence[str]) -> bool:
    """Whether each column's head says what its numbers are: bare ones of a unit, percentages of a measure."""
    for row in rows:
        for cell, head in zip(row[1:], heads, strict=False):
            is_share = cell.text.endswith("%")
            if cell.is_number and not (_MEASURE if is_share else _UNIT).search(head):
                return False
    return True
