"""The ledger's releases as a relation that queries join with rows."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyarrow as pa

from khorgos.core.provenance import Release
from khorgos.ledger.store import Ledger

_S, _D = pa.string(), pa.date32()
_SCHEMA = pa.schema(
    [
        pa.field("release", _S, nullable=False),
        pa.field("source", _S, nullable=False),
        pa.field("voice", _S, nullable=False),
        pa.field("rank", pa.int32(), nullable=False),
        pa.field("published", _D),
        pa.field("known", _D),
        pa.field("retrieved", _D, nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A small relation in plain lists, for the engine alone.

    Making Arrow arrays of Python's values imports pandas wherever that is installed, which takes longer than most
    questions.

    Args:
        schema: its columns.
        columns: their values, one list a column.
    """

    schema: pa.Schema
    columns: tuple[Sequence[Any], ...]

    def to_pylist(self) -> list[dict[str, Any]]:
        """The rows, by column name."""
        return [dict(zip(self.schema.names, row, strict=True)) for row in zip(*self.columns, strict=True)]


def listed(schema: pa.Schema, rows: Sequence[Sequence[Any]]) -> Listed:
    """A small relation from its rows."""
    return Listed(schema, tuple(zip(*rows, strict=True)) if rows else tuple(() for _ in schema))


@lru_cache(maxsize=8)  # chosen because a session holds few views
def release_table(ledger: Ledger) -> Listed:
    """Every release with its source, that source's rank, and the day from which its figures were known.

    Returns:
        release, source, voice (source and attribution: whose figure it is), rank, published,
        known (see `known_by`), retrieved.
    """
    rows = [
        (
            one.id,
            one.source,
            f"{one.source}|{one.attribution or ''}",
            ledger.sources[one.source].rank,
            one.published,
            known_by(one),
            one.retrieved,
        )
        for one in ledger.releases.values()
    ]
    return listed(_SCHEMA, rows)


def known_by(release: Release) -> dt.date | None:
    """The day on which a release was surely out: the last of its month or year where no day is known."""
    day = release.published
    if day is None or release.precision == "day":
        return day
    if release.precision == "year":
        return day.replace(month=12, day=31)
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
