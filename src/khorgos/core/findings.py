"""A finding says that data look odd; it never stops the work and never changes a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["note", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about data: a jump, a mirror gap, a broken sum, mixed valuations.

    Args:
        code: short stable name, e.g. "mixed-valuation", "source-break", "partial-coverage".
        text: one sentence for a reader.
        severity: note, warning or error.
        where: the row, cell or series it is about.
    """

    code: str
    text: str
    severity: Severity = "note"
    where: str | None = None
