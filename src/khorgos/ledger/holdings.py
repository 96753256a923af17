"""What a ledger holds: its sources and releases, counted in its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from khorgos.core.provenance import Release, Source
from khorgos.core.schema import TABLES
from khorgos.ledger.binding import table_of
from khorgos.ledger.engine import run
from khorgos.ledger.store import Ledger
from khorgos.ledger.sums import MADE


@dataclass(frozen=True, slots=True)
class Holding:
    """What a ledger has of one source.

    Args:
        source: its card.
        releases: number of releases.
        rows: rows by table.
        first: first year of any period; None where its tables have no periods.
        last: last year.
        reporters: ids of the areas that reported trade.
        latest: the release published last; None where no day of publication is known.
    """

    source: Source
    releases: int
    rows: dict[str, int]
    first: int | None
    last: int | None
    reporters: tuple[str, ...]
    latest: Release | None


def sources(ledger: Ledger) -> tuple[Holding, ...]:
    """Every source of a ledger and what is there of it, by id.

    Args:
        ledger: the view to describe.

    Returns:
        One holding a source.
    """
    counts = {table: _counts(ledger, table) for table in TABLES}
    return tuple(_holding(ledger, card, counts) for _, card in sorted(ledger.sources.items()))


def releases(ledger: Ledger, source: str | None = None) -> tuple[Release, ...]:
    """Every release of a ledger, the latest publication first, those of unknown day last.

    Args:
        ledger: the view to describe.
        source: id of one source; None for all.

    Returns:
        The releases.
    """
    wanted = [one for one in ledger.releases.values() if source is None or one.source == source]
    dated = sorted((one for one in wanted if one.published), key=lambda one: (str(one.published), one.id), reverse=True)
    return (*dated, *sorted((one for one in wanted if not one.published), key=lambda one: one.id))


def _counts(ledger: Ledger, table: str) -> list[dict[str, Any]]:
    """Rows, years and reporters of each release in one table; totals that khorgos made at import are not counted."""
    parts = [part for _, part in ledger.parts(table) if part.kind == "rows"]
    if not parts:
        return []
    names = TABLES[table].names
    when = "SUBSTRING(period, 1, 4)" if "period" in names else "CAST(NULL AS TEXT)"
    who = "LIST_DISTINCT(LIST(reporter))" if table == "flow" else "CAST([] AS TEXT[])"
    asked = exp.select(
        "release",
        "COUNT(*) AS n",
        f"MIN({when}) AS first",
        f"MAX({when}) AS last",
        f"{who} AS reporters",
        dialect="duckdb",
    )
    made = exp.column("locator").like(f"{MADE}%")
    rows: list[dict[str, Any]] = run(
        ledger, asked.from_(table_of(table, parts)).where(exp.not_(made)).group_by("release")
    ).to_pylist()
    return rows


def _holding(ledger: Ledger, card: Source, counts: dict[str, list[dict[str, Any]]]) -> Holding:
    own = releases(ledger, card.id)
    ids = {one.id for one in own}
    found = [(table, row) for table, rows in counts.items() for row in rows if row["release"] in ids]
    rows: dict[str, int] = {}
    for table, row in found:
        rows[table] = rows.get(table, 0) + row["n"]
    years = [int(row[end]) for _, row in found for end in ("first", "last") if row[end]]
    return Holding(
        source=card,
        releases=len(own),
        rows=rows,
        first=min(years, default=None),
        last=max(years, default=None),
        reporters=tuple(sorted({area for _, row in found for area in row["reporters"]})),
        latest=own[0] if own and own[0].published else None,
    )
