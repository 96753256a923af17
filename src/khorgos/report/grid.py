"""A table laid out for a terminal: nothing is cut off, and what does not fit side by side goes on below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from khorgos.report.view import Column

#: Kinds of column that stand to the right, and those that are never broken over lines.
RIGHT = frozenset({"money", "percent", "points", "number", "integer", "index"})
_WHOLE = RIGHT | {"year", "date"}

#: Spaces between columns where all fits, and where there is little room; fewer would run figures together.
_WIDE, _NARROW = 3, 2

#: Letters of a word that stay on one line, and where room is short; chosen because the longest names of countries,
#: sources and goods are no longer than the first, and most no longer than the second.
_WORDS = (18, 10)


@dataclass(frozen=True)
class _Part:
    """One column: its label and texts, and how wide they are."""

    column: Column
    texts: tuple[str, ...]

    @cached_property
    def natural(self) -> int:
        """The width at which nothing is broken."""
        return max(map(_length, (self.column.label, *self.texts)))

    @cached_property
    def figures(self) -> bool:
        """Whether its cells are never broken."""
        return self.column.kind in _WHOLE

    def least(self, word: int) -> int:
        """The width at which no figure is broken, and no word of up to so many letters."""
        words = max((_length(one) for text in (self.column.label, *self.texts) for one in text.split()), default=1)
        return max(min(word, words), max(map(_length, self.texts), default=0) if self.figures else 1)


def grid(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """The lines of a table.

    Args:
        columns: the columns, in order.
        rows: texts of each row, a column each.
        width: columns of the terminal.

    Returns:
        Lines no longer than the width. A table that does not fit is set in several, one below the other; each begins
        with the columns that tell its rows apart.
    """
    parts = [_Part(column, tuple(row[place] for row in rows)) for place, column in enumerate(columns)]
    for gap in (_WIDE, _NARROW):
        if sum(part.natural for part in parts) + gap * (len(parts) - 1) <= width:
            return _drawn(parts, [part.natural for part in parts], gap)
    for word in _WORDS:
        if _fits(parts, word, width):
            return _drawn(parts, _widths(parts, word, width), _NARROW)
    lines: list[str] = []
    for block in _blocks(parts, width):
        lines += ["", *_drawn(block, _widths(block, _WORDS[-1], width), _NARROW)]
    return lines[1:]


def _fits(parts: Sequence[_Part], word: int, width: int) -> bool:
    return sum(part.least(word) for part in parts) + _NARROW * (len(parts) - 1) <= width


def _blocks(parts: Sequence[_Part], width: int) -> Iterator[list[_Part]]:
    """As many columns as fit, after those that tell the rows apart."""
    stub = _stub(parts)
    block: list[_Part] = []
    for part in parts[len(stub) :]:
        if block and not _fits([*stub, *block, part], _WORDS[-1], width):
            yield [*stub, *block]
            block = []
        block.append(part)
    yield [*stub, *block]


def _stub(parts: Sequence[_Part]) -> Sequence[_Part]:
    """The shortest run of first columns with a text, and no amounts, in which no two rows are alike; else all of it."""
    run = list(takewhile(lambda part: part.column.kind not in RIGHT - {"integer"}, parts[:-1]))
    for names in range(1, len(run)):
        rows = list(zip(*(part.texts for part in run[:names]), strict=True))
        if len(set(rows)) == len(rows) and not all(part.figures for part in run[:names]):
            return run[:names]
    return run


def _widths(parts: Sequence[_Part], word: int, width: int) -> list[int]:
    """Widths that fill the room: short texts are made whole, then the columns broken most are widened, labels last."""
    widths = [part.least(word) for part in parts]
    room = width - _NARROW * (len(parts) - 1)
    while sum(widths) > max(room, len(parts)):
        widths[widths.index(max(widths))] -= 1
    texts = [place for place, part in enumerate(parts) if not part.figures]
    for place in sorted(texts, key=lambda place: parts[place].natural):
        need = parts[place].natural - widths[place]
        widths[place] += need if need <= (room - sum(widths)) / 2 else 0  # the other half is left to the longer ones
    for places in (texts, [place for place, part in enumerate(parts) if part.figures]):
        while sum(widths) < room and (tight := [one for one in places if parts[one].natural > widths[one]]):
            widths[max(tight, key=lambda one: parts[one].natural / widths[one])] += 1
    return widths


def _drawn(parts: Sequence[_Part], widths: Sequence[int], gap: int) -> list[str]:
    """The label's lines, a rule, and the lines of each row."""
    labels = [_broken(part.column.label, width) for part, width in zip(parts, widths, strict=True)]
    high = max(map(len, labels))
    lines = list(_lines(parts, [[""] * (high - len(label)) + label for label in labels], widths, gap))
    lines.append("─" * (sum(widths) + gap * (len(widths) - 1)))
    for row in zip(*(part.texts for part in parts), strict=True):
        lines += _lines(parts, [_broken(text, width) for text, width in zip(row, widths, strict=True)], widths, gap)
    return lines


def _lines(parts: Sequence[_Part], cells: Sequence[Sequence[str]], widths: Sequence[int], gap: int) -> Iterator[str]:
    for depth in range(max(map(len, cells))):
        texts = (cell[depth] if depth < len(cell) else "" for cell in cells)
        set_ = (_set(part, text, width) for part, text, width in zip(parts, texts, widths, strict=True))
        yield (" " * gap).join(set_).rstrip()


def _set(part: _Part, text: str, width: int) -> str:
    space = " " * (width - _length(text))
    return space + text if part.column.kind in RIGHT else text + space


def _broken(text: str, width: int) -> list[str]:
    """A text in lines of a width, between words where that is possible."""
    if _length(text) <= width and text.isprintable():
        return [text]
    from rich.console import Console
    from rich.text import Text

    return [line.plain.rstrip() for line in Text(text).wrap(Console(width=width), width, overflow="fold")] or [""]


def _length(text: str) -> int:
    """Places that a text takes on a terminal: two for a Chinese character."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    measure: Callable[[str], int] = cell_len
    return measure(text)
