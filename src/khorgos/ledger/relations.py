"""The ledger's releases as a relation that queries join with rows."""

from __future__ import annotations

import calendar
import datetime as dt

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


def release_table(ledger: Ledger) -> pa.Table:
    """Every release with its source, that source's rank, and the day from which its figures were known.

    Returns:
        release, source, voice (source and attribution: whose figure it is), rank, published,
        known (see `known_by`), retrieved.
    """
    rows = [
        {
            "release": one.id,
            "source": one.source,
            "voice": f"{one.source}|{one.attribution or ''}",
            "rank": ledger.sources[one.source].rank,
            "published": one.published,
            "known": known_by(one),
            "retrieved": one.retrieved,
        }
        for one in ledger.releases.values()
    ]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def known_by(release: Release) -> dt.date | None:
    """The day on which a release was surely out: the last of its month or year where no day is known."""
    day = release.published
    if day is None or release.precision == "day":
        return day
    if release.precision == "year":
        return day.replace(month=12, day=31)
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
