"""Numbers as statistics print them: a missing one is None, never zero."""

from __future__ import annotations

import math
import re
from typing import Literal

from khorgos.core.errors import BadFile

#: What publishers print where there is no figure (UNSD, Eurostat, World Bank, CIS offices, R and pandas exports).
MISSING = frozenset({"", "-", "–", "—", "…", "...", "..", ".", ":", "n.a.", "n/a", "na", "nan", "null", "none", "н/д"})

_EXPONENT = r"(?:[eE][+-]?[0-9]{1,3})?"
_SHAPES = {
    ".": re.compile(rf"[+-]?(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)?(?:\.[0-9]*)?{_EXPONENT}"),
    ",": re.compile(rf"[+-]?(?:[0-9]{{1,3}}(?:\.[0-9]{{3}})+|[0-9]+)?(?:,[0-9]*)?{_EXPONENT}"),
}


def number(
    text: object,
    *,
    decimal: Literal[".", ","] = ".",
    path: str = "-",
    row: int | None = None,
    column: str | None = None,
) -> float | None:
    """Read a printed number, or a workbook's cell.

    Args:
        text: what stands in the cell.
        decimal: the decimal sign; the other of "." and "," may then group thousands, as may spaces.
        path: the file's name, for the error.
        row: its row, for the error.
        column: its column, for the error.

    Returns:
        The number; None where the cell is empty or prints one of the signs for a missing figure.

    Raises:
        BadFile: if the cell holds anything else.
    """
    if text is None:
        return None
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        if isinstance(text, float) and math.isnan(text):
            return None
        return _finite(float(text) if abs(text) < 1e300 else math.inf, text, path, row, column)
    written = str(text).strip()
    if isinstance(text, str) and written.lower() in MISSING:
        return None
    bare = _ungrouped(written).replace("−", "-")
    if isinstance(text, str) and _SHAPES[decimal].fullmatch(bare) and any(c.isdigit() for c in bare):
        plain = bare.replace("," if decimal == "." else ".", "").replace(",", ".")
        try:
            return _finite(float(plain), text, path, row, column)
        except ValueError:
            pass
    other = "," if decimal == "." else "."
    hint = f"Is its decimal sign {other!r}?" if _SHAPES[other].fullmatch(bare) and bare else None
    raise BadFile(f"Not a number: {written[:40]!r}", path=path, row=row, column=column, hint=hint)


def _ungrouped(written: str) -> str:
    # Spaces and apostrophes group digits ("1 234"); anywhere else they are a mistake and stay.
    joined = re.sub(r"(?<=[0-9])[ \u00a0\u2007\u2009\u202f'’](?=[0-9]{3}(?![0-9]))", "", written)
    return re.sub(r"^([+\-−])\s+", r"\1", joined)


def _finite(value: float, text: object, path: str, row: int | None, column: str | None) -> float:
    if math.isfinite(value):
        return value
    raise BadFile(f"Not a finite number: {str(text)[:40]!r}", path=path, row=row, column=column)
