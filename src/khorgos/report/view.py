"""A view is a table made ready to read: columns with units, rows, sources, notes. It computes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from khorgos.core.errors import BadInput

Kind = Literal["text", "money", "percent", "points", "number", "integer", "index", "year", "date", "list"]
Value = Any  # a cell: text, number, date, list of texts, or None where nothing was published

#: A figure this many times the scale is too long; chosen because 99,999.9 is the widest that reads at a glance.
_LONGEST = 1e5
_SCALES = ((1e12, "trn"), (1e9, "bn"), (1e6, "mn"), (1e3, "thousand"), (1.0, ""))


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a view.

    Args:
        name: machine name, as in CSV and JSON.
        label: what the reader sees above it.
        kind: what its values are; decides how they are printed and aligned.
        unit: unit of the values as stored ("USD", "percent", "percentage points", ...).
        decimals: digits after the point as printed; None lets the kind decide.
    """

    name: str
    label: str
    kind: Kind = "text"
    unit: str | None = None
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class SourceLine:
    """The credit under a table or chart: a number, a text, and the release behind it."""

    number: int
    text: str
    release: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A table ready to be printed in any format.

    Args:
        title: one line, what it is about.
        columns: the columns, in order.
        rows: one mapping a row, by column name; values in base units.
        subtitle: unit, side, valuation, in one line.
        notes: sentences that a careful reader needs.
        sources: who published the numbers.
        trace: a command that walks one of the numbers back to its bytes.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Value], ...]
    subtitle: str = ""
    notes: tuple[str, ...] = ()
    sources: tuple[SourceLine, ...] = ()
    trace: str | None = None

    def __post_init__(self) -> None:
        names = {column.name for column in self.columns}
        if len(names) < len(self.columns):
            raise BadInput("Two columns of a view have one name", where=self.title)
        for row in self.rows:
            if missing := names - set(row):
                raise BadInput(f"A row of the view lacks {', '.join(sorted(missing))}", where=self.title)

    def scale(self) -> tuple[float, str]:
        """The one scale for all money in the view: by the median, or above where the largest is too long to read."""
        sizes = sorted(
            abs(float(row[c.name])) for c in self.columns if c.kind == "money" for row in self.rows if row[c.name]
        )
        if not sizes:
            return 1.0, ""
        usual = scale_of(sizes[len(sizes) // 2])
        short = [one for one in reversed(_SCALES) if one[0] >= usual[0] and sizes[-1] < _LONGEST * one[0]]
        return short[0] if short else usual


def scale_of(size: float) -> tuple[float, str]:
    """The factor and word in which a size reads well: (1e9, "bn") for 22.7e9."""
    return next(((f, word) for f, word in _SCALES if abs(size) >= f), (1.0, ""))


def printed(value: Value, column: Column, factor: float = 1.0) -> str:
    """One cell as a reader sees it; an empty text where nothing was published.

    Args:
        value: the cell, in base units.
        column: its column.
        factor: divisor of money cells.
    """
    if value is None:
        return ""
    if column.kind == "money":
        return _money(float(value) / factor, column.decimals)
    if column.kind in _NUMERIC:
        return _number(value, column)
    if column.kind == "list":
        return ", ".join(str(item) for item in value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def cell(row: Mapping[str, Value], column: Column, factor: float = 1.0) -> str:
    """One cell of a row as a reader sees it; a row may bring its own text under "<column>_text".

    Args:
        row: the row.
        column: which cell of it.
        factor: divisor of money cells.
    """
    own = row.get(f"{column.name}_text")
    return str(own) if own is not None else printed(row[column.name], column, factor)


#: Digits after the point where the column does not say, by kind.
_NUMERIC = {"percent": 1, "points": 1, "number": 1, "index": 3, "integer": 0}


def _number(value: float, column: Column) -> str:
    digits = _NUMERIC[column.kind] if column.decimals is None else column.decimals
    signed = column.kind == "points" or column.unit == "percent change"
    suffix = {"percent": "%", "points": " pp"}.get(column.kind, "")
    return f"{value:{'+' if signed else ''},.{digits}f}{suffix}".replace("-", "−")


def _money(value: float, decimals: int | None) -> str:
    """Three significant digits at least: 43.8, 3.86, 0.080, 688.3."""
    if decimals is None:
        size = abs(value)
        decimals = 1 if size >= 10 else 2 if size >= 1 or size == 0 else 3
    return f"{value:,.{decimals}f}".replace("-", "−")
