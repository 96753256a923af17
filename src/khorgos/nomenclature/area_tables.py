"""The hand-kept tables of areas, their codes, names and groups, as they lie in the package."""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache


@cache
def area_table(name: str) -> tuple[dict[str, str], ...]:
    """Read one table of the package's nomenclature data.

    Lines that begin with "#" hold the sources and conventions of the table.

    Args:
        name: "areas", "areas_codes", "areas_labels", "groups", "groups_members", "names" or
            "names_masks".

    Returns:
        Its rows by column name; an empty cell is an empty string.
    """
    from importlib.resources import files  # slow to import, and a version number needs no table

    text = (files("khorgos.nomenclature") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(csv.DictReader(lines))


def table_date(text: str) -> dt.date | None:
    """Read a date cell of these tables; empty is unknown or unlimited."""
    return dt.date.fromisoformat(text) if text else None
