"""What a ledger consists of at one moment: parts, releases, source cards and corrections, as one JSON file."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Literal

from khorgos.core.errors import LedgerError
from khorgos.core.provenance import Release, Source

#: Layout of the ledger's folder; raised when an older khorgos could not read it.
FORMAT = 1

#: rows: as published. sums: totals over products or partners, made at import. by-product: rows in another order.
PartKind = Literal["rows", "sums", "by-product"]


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file of a ledger, with what a query needs to leave it alone.

    Args:
        table: name in `core.schema.TABLES`, or "correction".
        path: below the ledger's folder, with forward slashes.
        sha256: of its bytes.
        rows: their number.
        kind: see PartKind.
        releases: ids of the releases whose rows it holds, sorted.
        first: first year of any period in it; None where the table has no periods.
        last: last year.
        lengths: kinds of periods in it ("year", "month", "part"), sorted.
        reporters: all reporters in it, sorted (flow only).
        partners: all partners in it, sorted (flow only; empty where not recorded).
        nomenclatures: all nomenclatures in it, sorted.
        currencies: all currencies in it, sorted (flow only).
        variants: number of different (currency, valuation, partner basis) in it (flow only).
        copies: path of the part that a "by-product" part holds in another order.
    """

    table: str
    path: str
    sha256: str
    rows: int
    kind: PartKind
    releases: tuple[str, ...]
    first: int | None = None
    last: int | None = None
    lengths: tuple[str, ...] = ()
    reporters: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    nomenclatures: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    variants: int = 0
    copies: str | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """A declared correction that changed rows of a release.

    Args:
        correction: its id in the list of corrections.
        release: whose rows it changed.
        rows: how many.
        change: what it did, in words.
        reason: why.
        reported: day it was declared.
        reference: where the mistake can be seen.
    """

    correction: str
    release: str
    rows: int
    change: str
    reason: str
    reported: dt.date
    reference: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One state of a ledger. A newer state has the next number; no row of an older one is changed or lost.

    Args:
        number: counts up from 1; 0 is the empty ledger.
        created: moment of the import, UTC, ISO 8601.
        writer: version of khorgos that wrote it.
        parts: the Parquet files.
        releases: the publications behind the rows.
        sources: the cards of their publishers.
        corrections: declared corrections that were applied.
    """

    number: int = 0
    created: str = ""
    writer: str = ""
    parts: tuple[Part, ...] = ()
    releases: tuple[Release, ...] = ()
    sources: tuple[Source, ...] = ()
    corrections: tuple[Applied, ...] = ()


def to_json(manifest: Manifest) -> bytes:
    """A manifest as UTF-8 JSON, one part or release a line."""
    written = dataclasses.asdict(manifest)
    lists = {name: value for name, value in written.items() if isinstance(value, tuple)}
    head = {"format": FORMAT} | {name: value for name, value in written.items() if name not in lists}
    text = json.dumps(head, ensure_ascii=False)[:-1]
    for name, value in lists.items():
        lines = ",\n ".join(json.dumps(_slim(one), ensure_ascii=False, default=_iso) for one in value)
        text += f",\n{json.dumps(name)}: [\n {lines}]"
    return (text + "}\n").encode()


def from_json(data: bytes, *, where: str) -> Manifest:
    """Read a manifest.

    Raises:
        LedgerError: it is damaged, or a newer khorgos wrote it.
    """
    try:
        read: dict[str, Any] = json.loads(data)
        if read.pop("format") > FORMAT:
            raise LedgerError(
                f"A newer khorgos ({read['writer']}) wrote this ledger", where=where, hint="Update khorgos"
            )
        return Manifest(
            number=read["number"],
            created=read["created"],
            writer=read["writer"],
            parts=tuple(_part(one) for one in read["parts"]),
            releases=tuple(_release(one) for one in read["releases"]),
            sources=tuple(Source(**one) for one in read["sources"]),
            corrections=tuple(_applied(one) for one in read["corrections"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(where, str(error)) from error


def damaged(where: str, why: str) -> LedgerError:
    """The error for a ledger whose own files are not as they were written."""
    return LedgerError(
        f"The ledger is damaged: {why}",
        where=where,
        hint="Put the folder back from a backup, or move it away and import the files again",
    )


def _slim(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if value is not None and value != ()}


def _iso(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not belong in a manifest")


def _part(one: dict[str, Any]) -> Part:
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in one.items()}
    return Part(**fields)


def _release(one: dict[str, Any]) -> Release:
    published = one.get("published")
    return Release(
        **one
        | {
            "published": dt.date.fromisoformat(published) if published else None,
            "retrieved": dt.date.fromisoformat(one["retrieved"]),
        }
    )


def _applied(one: dict[str, Any]) -> Applied:
    return Applied(**one | {"reported": dt.date.fromisoformat(one["reported"])})
