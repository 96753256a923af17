"""What can go wrong, said in one line: what was wrong, where, what to do next."""

from __future__ import annotations

from collections.abc import Iterable


class KhorgosError(Exception):
    """Base of all errors that khorgos raises on purpose.

    Args:
        what: what was wrong, a sentence without its full stop.
        where: the file, row, column, name or period where it was found.
        hint: what to do next.
    """

    exit_status = 1

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        self.what, self.where, self.hint = what, where, hint
        super().__init__(self._line())

    def _line(self) -> str:
        place = f" ({self.where})" if self.where else ""
        advice = f". {self.hint}" if self.hint else ""
        return " ".join(f"{self.what}{place}{advice}".split())


class UnknownName(KhorgosError, LookupError):
    """A name of an area, product, period, source or measure that khorgos does not know.

    Args:
        name: the name as given.
        kind: what it was taken for ("area", "product", ...).
        nearest: the nearest known names, best first.
    """

    def __init__(self, name: str, kind: str, nearest: Iterable[str] = (), hint: str | None = None) -> None:
        self.name, self.kind, self.nearest = name, kind, tuple(nearest)
        meant = f"Did you mean {', '.join(self.nearest)}?" if self.nearest else hint
        super().__init__(f"Unknown {kind}: {name!r}", hint=meant)


class BadInput(KhorgosError, ValueError):
    """An argument that cannot be right."""


class BadFile(KhorgosError, ValueError):
    """A file that cannot be read as what it claims to be: names file, row and column.

    Args:
        what: what was wrong.
        path: the file's name.
        row: 1-based row (line) in the file, where known.
        column: the column's name or letter, where known.
        hint: what to do next.
    """

    def __init__(
        self,
        what: str,
        *,
        path: str,
        row: int | None = None,
        column: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.path, self.row, self.column = path, row, column
        parts = [str(path)]
        if row is not None:
            parts.append(f"row {row}")
        if column is not None:
            parts.append(f"column {column}")
        super().__init__(what, where=", ".join(parts), hint=hint)


class UnmappedCode(BadFile):
    """Codes in a file that the nomenclature does not know, with the share of value they carry."""


class NoData(KhorgosError, LookupError):
    """The ledger has no rows for what was asked; the hint names the command that would get them."""


class Refused(KhorgosError):
    """khorgos could answer but should not: incomplete coverage, or rows that may not be passed on."""


class LedgerError(KhorgosError):
    """The ledger is locked by another process, damaged, or cannot be written."""


class Offline(KhorgosError):
    """A command needs the network, and there is none."""

    exit_status = 3


class NotConverged(KhorgosError, ArithmeticError):
    """A solver did not reach its tolerance; no half-solved world is returned."""
