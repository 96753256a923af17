"""The one door into the ledger: parsed files are validated, corrected, written as parts and published at once."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from khorgos import __version__
from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.core.provenance import Release, Source
from khorgos.ledger.disk import settle, sha256_of, writing
from khorgos.ledger.engine import connection, engine_errors
from khorgos.ledger.lock import locked
from khorgos.ledger.manifest import Applied, Manifest, Part
from khorgos.ledger.parts import staged, sweep, temporary, write_part
from khorgos.ledger.store import Layer, Ledger, current, publish
from khorgos.sources.connector import Parsed


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an import did.

    Args:
        ledger: the view after it.
        rows: rows written, by table.
        new: releases that the ledger did not have.
        known: releases that it had already; their rows were not read again.
        findings: what looked odd, the connector's findings first.
        dropped: rows left out on purpose, by reason.
        corrections: declared corrections that were applied.
    """

    ledger: Ledger
    rows: Mapping[str, int]
    new: tuple[Release, ...]
    known: tuple[Release, ...]
    findings: tuple[Finding, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    corrections: tuple[Applied, ...] = ()

    @property
    def text(self) -> str:
        """One line for the user."""
        if not self.new:
            return f"Nothing new: the ledger has {_count(len(self.known), 'release')} of these bytes already"
        written = ", ".join(f"{n:,} rows of {table}" for table, n in self.rows.items()) or "no rows"
        also = f"; {_count(len(self.known), 'release')} known already" if self.known else ""
        return f"Imported {_count(len(self.new), 'release')}: {written}{also}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@dataclass(slots=True)
class _Batch:
    """What one import has gathered so far."""

    before: Manifest
    parts: list[Part] = field(default_factory=list)
    new: dict[str, Release] = field(default_factory=dict)
    known: dict[str, Release] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)
    applied: list[Applied] = field(default_factory=list)

    def after(self) -> Manifest:
        cards = {one.id: one for one in self.before.sources} | self.sources
        return Manifest(
            number=self.before.number + 1,
            created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            writer=__version__,
            parts=(*self.before.parts, *self.parts),
            releases=(*self.before.releases, *self.new.values()),
            sources=tuple(cards[name] for name in sorted(cards)),
            corrections=(*self.before.corrections, *self.applied),
        )


def ingest(
    ledger: Ledger, parsed: Sequence[Parsed], *, files: Mapping[str, Path] | None = None, wait: float = 30.0
) -> IngestReport:
    """Add what connectors read to the user's ledger, all of it or nothing.

    Args:
        ledger: any view of the ledger; the newest state on the disk is extended, never the view.
        parsed: what the connectors read, one a file.
        files: the publishers' files by sha256, to keep a copy of their bytes for `explain`.
        wait: seconds to wait for another process that is importing.

    Returns:
        What was done; its `ledger` is the view after it. Bytes that the ledger has already change nothing.

    Raises:
        BadInput: rows that cannot be right (a duplicated cell, an unknown area, a missing key).
        BadFile: a declared correction has become obsolete.
        LedgerError: another process holds the lock, the disk is full, or the ledger is damaged.
    """
    root = ledger.path
    with writing(root), locked(root, wait=wait):
        before = current(root)
        sweep(root, before)
        batch = _Batch(before)
        try:
            with connection([root]) as con, engine_errors(root):
                for one in parsed:
                    _take(con, root, one, batch)
            manifest = before
            if batch.new:
                _keep(root, batch.new, files or {})
                manifest = batch.after()
                publish(root, manifest)
        except BaseException:
            sweep(root, current(root))
            raise
    return IngestReport(
        ledger=_over(ledger, root, manifest),
        rows=_rows(batch.parts),
        new=tuple(batch.new.values()),
        known=tuple(batch.known.values()),
        findings=tuple(batch.findings),
        dropped=batch.dropped,
        corrections=tuple(batch.applied),
    )


def _over(ledger: Ledger, root: Path, manifest: Manifest) -> Ledger:
    below = tuple(layer for layer in ledger.layers if layer.root != root)
    return Ledger((*below, Layer(root, manifest)) if manifest.number else below, root)


def _rows(parts: Iterable[Part]) -> dict[str, int]:
    rows: dict[str, int] = {}
    for part in parts:
        if part.kind == "rows":
            rows[part.table] = rows.get(part.table, 0) + part.rows
    return rows


def _take(con: duckdb.DuckDBPyConnection, root: Path, one: Parsed, batch: _Batch) -> None:
    """Bring one parsed file into the batch."""
    had = {release.id for release in batch.before.releases} | batch.new.keys()
    fresh = {release.id: release for release in one.releases if release.id not in had}
    batch.known |= {release.id: release for release in one.releases if release.id in had}
    if not fresh:
        return
    for name, rows in one.tables.items():
        with staged(con, root, rows) as view:
            stray = set(_releases_in(con, view)) - {release.id for release in one.releases}
            if stray:
                raise BadInput(
                    f"Rows of {one.source.id} name a release that the file does not declare", where=min(stray)
                )
            part = write_part(con, root, name, f"(SELECT * FROM {view} WHERE release IN ({_listed(fresh)}))")
            if part is not None:
                batch.parts.append(part)
    batch.new |= fresh
    batch.sources[one.source.id] = one.source
    batch.findings += one.findings
    for reason, number in one.dropped.items():
        batch.dropped[reason] = batch.dropped.get(reason, 0) + number


def _listed(ids: Iterable[str]) -> str:
    return ", ".join("'" + one.replace("'", "''") + "'" for one in ids)


def _releases_in(con: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    return [row[0] for row in con.execute(f"SELECT DISTINCT release FROM {relation}").fetchall()]


def _keep(root: Path, releases: Mapping[str, Release], files: Mapping[str, Path]) -> None:
    """Copy the publishers' own bytes under their hash."""
    for release in releases.values():
        path, kept = files.get(release.sha256), root / "raw" / release.sha256
        if path is None or kept.exists():
            continue
        draft = temporary(root)
        shutil.copyfile(path, draft)
        if sha256_of(draft) != release.sha256:
            raise BadInput("The file changed while it was imported", where=release.filename, hint="Import it again")
        settle(draft, kept)
