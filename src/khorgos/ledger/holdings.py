"""What a ledger holds: its sources and releases, in numbers from the manifest alone."""

from __future__ import annotations

from dataclasses import dataclass

from khorgos.core.provenance import Release, Source
from khorgos.ledger.manifest import Part
from khorgos.ledger.store import Ledger


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
    return tuple(_holding(ledger, card) for _, card in sorted(ledger.sources.items()))


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


def _holding(ledger: Ledger, card: Source) -> Holding:
    own = releases(ledger, card.id)
    ids = {one.id for one in own}
    parts = [part for part in _counted(ledger) if not ids.isdisjoint(part.releases)]
    rows: dict[str, int] = {}
    for part in parts:
        rows[part.table] = rows.get(part.table, 0) + part.rows
    return Holding(
        source=card,
        releases=len(own),
        rows=rows,
        first=min((part.first for part in parts if part.first is not None), default=None),
        last=max((part.last for part in parts if part.last is not None), default=None),
        reporters=tuple(sorted({area for part in parts for area in part.reporters})),
        latest=own[0] if own and own[0].published else None,
    )


def _counted(ledger: Ledger) -> list[Part]:
    """Parts of published rows; those of a lower layer only where a higher one has none of their releases."""
    top = ledger.layers[-1] if ledger.layers else None
    return [
        part
        for layer in ledger.layers
        for part in layer.manifest.parts
        if part.kind == "rows"
        and part.table != "correction"
        and (layer is top or not ledger.hidden.issuperset(part.releases))
    ]
