"""Findings from tables: one remark for all rows that deserve it, with the first places named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from khorgos.core.findings import Finding, Severity

Row = Mapping[str, Any]

_NAMED = 3  # places named in one remark; chosen because a fourth is no longer read

_PLACE = ("reporter", "partner", "exporter", "importer", "country", "of", "flow", "product", "period")


def place_of(row: Row) -> str:
    """Where a row is, in a few words: 'CHN KAZ export 2024'."""
    parts = [str(row[name]) for name in _PLACE if row.get(name) is not None and row[name] != "TOTAL"]
    return " ".join(parts)


def told(
    rows: Sequence[Row],
    code: str,
    deserves: Callable[[Row], bool],
    text: str,
    severity: Severity = "note",
) -> list[Finding]:
    """One finding for all rows that deserve it; none where no row does.

    Args:
        rows: the table.
        code: the finding's short name.
        deserves: does the remark apply to the row?
        text: a sentence without its full stop.
        severity: how grave it is.
    """
    places = [place_of(row) for row in rows if deserves(row)]
    if not places:
        return []
    named = "; ".join(dict.fromkeys(places[:_NAMED]))
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    return [Finding(code, f"{text}: {named}{more}.", severity, where=places[0])]
