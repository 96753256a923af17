"""Walk a printed number back: trace token to row, release, source card, correction and the file's own bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlglot import exp

from khorgos.core.errors import NoData
from khorgos.core.provenance import Release, Source
from khorgos.ledger.binding import table_of
from khorgos.ledger.disk import sha256_of
from khorgos.ledger.engine import run
from khorgos.ledger.manifest import Applied
from khorgos.ledger.store import Ledger
from khorgos.ledger.sums import MADE
from khorgos.ledger.tables import LEDGER_TABLES

FileState = Literal["verified", "missing", "changed"]

# Rows listed behind a total made at import; chosen because a screen shows no more. They are counted in full.
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Original:
    """What the publisher's file said where a declared correction changed it.

    Args:
        correction: what was applied, with its reason and reference.
        value: the value as read from the file.
        currency: the currency as read from the file.
    """

    correction: Applied
    value: float | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Walk:
    """The way of one number back to the publisher's bytes.

    Args:
        token: "release#locator", or "release" alone.
        table: the table its row is in; None for a release alone.
        row: all columns of that row.
        parts: the largest rows behind a total that khorgos made at import.
        n_parts: their number.
        release: the publication.
        source: its publisher's card.
        originals: what declared corrections changed in the row.
        path: the kept copy of the file, if there is one.
        file: whether that copy still has the release's sha256.
    """

    token: str
    table: str | None
    row: dict[str, Any] | None
    parts: tuple[dict[str, Any], ...]
    n_parts: int
    release: Release
    source: Source
    originals: tuple[Original, ...]
    path: Path | None
    file: FileState


def explain(ledger: Ledger, tokens: Sequence[str]) -> tuple[Walk, ...]:
    """Explain where figures come from.

    Args:
        ledger: the view that printed them.
        tokens: "release#locator" as in the column `trace`, or a release's id.

    Returns:
        One walk a token, in the order given.

    Raises:
        NoData: the ledger has no such release, or the release no such row.
    """
    return tuple(_walk(ledger, token) for token in tokens)


def verify(ledger: Ledger) -> tuple[str, ...]:
    """Read every part of a ledger again and compare its sha256 with the manifest.

    Args:
        ledger: the view to verify.

    Returns:
        Paths of the parts that are missing or changed; empty for a whole ledger.
    """
    parts = [(layer.root / part.path, part.sha256) for layer in ledger.layers for part in layer.manifest.parts]
    return tuple(str(path) for path, sha256 in parts if not path.is_file() or sha256_of(path) != sha256)


def _walk(ledger: Ledger, token: str) -> Walk:
    name, _, locator = token.partition("#")
    release = ledger.releases.get(name)
    if release is None:
        raise NoData(f"The ledger has no release {name!r}", hint="List them with: khorgos sources")
    table, row = _row(ledger, name, locator) if locator else (None, None)
    if locator and row is None:
        raise NoData(f"Release {name} has no row {locator!r}", hint="A trace token is written release#place")
    made = locator.startswith(MADE) and row is not None
    n_parts, parts = _behind(ledger, row) if made and row else (0, ())
    path, state = _file(ledger, release)
    return Walk(
        token=token,
        table=table,
        row=row,
        parts=parts,
        n_parts=n_parts,
        release=release,
        source=ledger.sources[release.source],
        originals=_originals(ledger, name, locator),
        path=path,
        file=state,
    )


def _row(ledger: Ledger, release: str, locator: str) -> tuple[str | None, dict[str, Any] | None]:
    for table in LEDGER_TABLES:
        if table == "correction":
            continue
        rows = _rows(ledger, table, {"release": release, "locator": locator})
        if rows:
            return table, rows[0]
    return None, None


def _rows(ledger: Ledger, table: str, wanted: dict[str, str]) -> list[dict[str, Any]]:
    parts = [
        part for _, part in ledger.parts(table) if wanted["release"] in part.releases and part.kind != "by-product"
    ]
    if not parts:
        return []
    same = [exp.column(name).eq(exp.Literal.string(value)) for name, value in wanted.items()]
    answer = run(ledger, exp.select("*").from_(table_of(table, parts)).where(*same))
    return [dict(row) for row in answer.to_pylist()]


def _behind(ledger: Ledger, row: dict[str, Any]) -> tuple[int, tuple[dict[str, Any], ...]]:
    """The published rows that a made total sums up: their number and the largest of them."""
    wanted = {name: row[name] for name in ("release", "flow", "period")}
    wanted |= {name: row[name] for name in ("reporter", "partner") if row[name] != "WLD"}
    if row["product"] != "TOTAL":
        wanted["product"] = row["product"]
    parts = [part for _, part in ledger.parts("flow") if row["release"] in part.releases and part.kind == "rows"]
    same = [exp.column(name).eq(exp.Literal.string(value)) for name, value in wanted.items()]
    rows = exp.select("*").from_(table_of("flow", parts)).where(*same, exp.Length(this=exp.column("product")).eq(6))
    counted = run(ledger, exp.select(exp.alias_(exp.Count(this=exp.Star()), "n")).from_(rows.subquery("behind")))
    largest = run(ledger, rows.order_by("value DESC", "locator").limit(_LISTED))
    return counted["n"][0].as_py(), tuple(dict(one) for one in largest.to_pylist())


def _originals(ledger: Ledger, release: str, locator: str) -> tuple[Original, ...]:
    applied = {(one.correction, one.release): one for layer in ledger.layers for one in layer.manifest.corrections}
    if not locator or not any(name == release for _, name in applied):
        return ()
    rows = _rows(ledger, "correction", {"release": release, "locator": locator})
    return tuple(Original(applied[row["correction"], release], row["value"], row["currency"]) for row in rows)


def _file(ledger: Ledger, release: Release) -> tuple[Path | None, FileState]:
    for layer in reversed(ledger.layers):
        path = layer.root / "raw" / release.sha256
        if path.is_file():
            return path, "verified" if sha256_of(path) == release.sha256 else "changed"
    return None, "missing"
