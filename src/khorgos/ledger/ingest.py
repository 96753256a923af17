"""The one door into the ledger: parsed files are validated, corrected, written as parts and published at once."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.core.provenance import Release, Source
from khorgos.core.version import __version__
from khorgos.ledger.corrections import Correction, correct, declared_corrections
from khorgos.ledger.disk import settle, sha256_of, writing
from khorgos.ledger.engine import connection, engine_errors
from khorgos.ledger.lock import locked
from khorgos.ledger.manifest import Applied, Manifest, Part, PartKind
from khorgos.ledger.oddities import oddities
from khorgos.ledger.parts import staged, staging, temporary, write_part
from khorgos.ledger.store import Layer, Ledger, current, publish
from khorgos.ledger.sums import sums
from khorgos.ledger.upkeep import gathered, sweep
from khorgos.ledger.validate import errors_in
from khorgos.sources.connector import Parsed

# Rows from which a file has parts of its own, and rows a second time, sorted by product. Chosen because a scan of
# fewer takes some 50 ms.
_LARGE = 1_000_000


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
    """One import: where it works, and what it has gathered so far."""

    root: Path
    con: duckdb.DuckDBPyConnection
    before: Manifest
    corrections: Sequence[Correction]
    parts: list[Part] = field(default_factory=list)
    new: dict[str, Release] = field(default_factory=dict)
    known: dict[str, Release] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)
    applied: list[Applied] = field(default_factory=list)
    held: set[str] = field(default_factory=set)

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
    ledger: Ledger,
    parsed: Iterable[Parsed],
    *,
    files: Mapping[str, Path] | None = None,
    corrections: Sequence[Correction] | None = None,
    wait: float = 30.0,
) -> IngestReport:
    """Add what connectors read to the user's ledger, all of it or nothing.

    Args:
        ledger: any view of the ledger; the newest state on the disk is extended, never the view.
        parsed: what the connectors read, one a file.
        files: the publishers' files by sha256, to keep a copy of their bytes for `explain`.
        corrections: to apply; those that khorgos declares where None.
        wait: seconds to wait for another process that is importing.

    Returns:
        What was done; its `ledger` is the view after it. Bytes that the ledger has already change nothing.

    Raises:
        BadInput: rows that cannot be right (a duplicated cell, an unknown area, a missing key).
        BadFile: a declared correction has become obsolete.
        LedgerError: another process holds the lock, the disk is full, or the ledger is damaged.
    """
    root = ledger.path
    declared = declared_corrections() if corrections is None else corrections
    with writing(root), locked(root, wait=wait):
        before = current(root)
        sweep(root, before)
        try:
            with connection([root], spill=staging(root)) as con, engine_errors(root):
                batch = _Batch(root, con, before, declared)
                for one in parsed:
                    _take(batch, one)
                for table in sorted(batch.held):
                    _let_go(batch, table)
                after = gathered(con, root, batch.after()) if batch.new else before
            if batch.new:
                _keep(root, batch.new, files or {})
                _publish(root, after)
        finally:
            with suppress(OSError):  # what is left over is swept before the next import
                sweep(root, current(root))
    return IngestReport(
        ledger=_over(ledger, root, after),
        rows=_rows(batch.parts),
        new=tuple(batch.new.values()),
        known=tuple(batch.known.values()),
        findings=tuple(batch.findings),
        dropped=batch.dropped,
        corrections=tuple(batch.applied),
    )


def _publish(root: Path, after: Manifest) -> None:
    """Publish; a fault after the pointer has turned is none, for the new state is there."""
    try:
        publish(root, after)
    except OSError:
        if current(root).number != after.number:
            raise


def _over(ledger: Ledger, root: Path, manifest: Manifest) -> Ledger:
    below = tuple(layer for layer in ledger.layers if layer.root != root)
    return Ledger((*below, Layer(root, manifest)) if manifest.number else below, root)


def _rows(parts: Iterable[Part]) -> dict[str, int]:
    rows: dict[str, int] = {}
    for part in parts:
        if part.kind == "rows":
            rows[part.table] = rows.get(part.table, 0) + part.rows
    return rows


def _take(batch: _Batch, one: Parsed) -> None:
    """Bring one parsed file into the batch."""
    had = {release.id for release in batch.before.releases} | batch.new.keys()
    fresh = {release.id: release for release in one.releases if release.id not in had}
    batch.known |= {release.id: release for release in one.releases if release.id in had}
    if not fresh:
        return
    batch.findings += one.findings
    for name, rows in one.tables.items():
        with staged(batch.con, batch.root, rows) as view:
            _refuse(batch.con, one, name, view)
            _write(batch, name, _only(batch.con, view, fresh), list(fresh.values()))
    batch.new |= fresh
    batch.sources[one.source.id] = one.source
    for reason, number in one.dropped.items():
        batch.dropped[reason] = batch.dropped.get(reason, 0) + number


def _refuse(con: duckdb.DuckDBPyConnection, one: Parsed, table: str, view: str) -> None:
    """Stop at rows that cannot be right."""
    stray = {row[0] for row in con.execute(f"SELECT DISTINCT release FROM {view}").fetchall()}
    if unknown := stray - {release.id for release in one.releases}:
        raise BadInput(f"Rows of {one.source.id} name a release that their file does not declare", where=min(unknown))
    wrong = next(errors_in(con, table, view), None)
    if wrong is not None:
        files = ", ".join(sorted({release.filename for release in one.releases})[:3])
        raise BadInput(f"{wrong.text} in {files}", where=wrong.where, hint="Nothing of it was imported")


def _only(con: duckdb.DuckDBPyConnection, view: str, fresh: Iterable[str]) -> str:
    listed = ", ".join("'" + one.replace("'", "''") + "'" for one in fresh)
    con.execute(f"CREATE VIEW fresh_{view} AS SELECT * FROM {view} WHERE release IN ({listed})")
    return f"fresh_{view}"


def _write(batch: _Batch, table: str, view: str, fresh: Sequence[Release]) -> None:
    """Correct the rows of one table; large ones are written with their totals and their second order."""
    if table == "flow":
        corrected = correct(batch.con, view, fresh, batch.corrections)
        batch.findings += corrected.findings
        batch.applied += corrected.applied
        for original in corrected.originals:
            _hold(batch, "correction", original)
        view = corrected.relation
    batch.findings += oddities(batch.con, table, view)
    number, products = _size(batch.con, table, view)
    made = sums(batch.con, view) if table == "flow" else ()
    if number < _LARGE and not made:
        _hold(batch, table, view)
        return
    rows = _part(batch, table, view)
    if products > 1 and number >= _LARGE:
        _part(batch, table, view, kind="by-product", copies=rows)
    for one in made:
        _part(batch, table, one, kind="sums")


def _size(con: duckdb.DuckDBPyConnection, table: str, view: str) -> tuple[int, int]:
    """Number of rows, and of different products of trade rows."""
    products = "count(DISTINCT product)" if table == "flow" else "0"
    found = con.execute(f"SELECT count(*), {products} FROM {view}").fetchone() or (0, 0)
    return found[0], found[1]


def _hold(batch: _Batch, table: str, view: str) -> None:
    """Gather small tables, so that many small files become one part."""
    held = f"held_{table}"
    batch.con.execute(f"CREATE TEMP TABLE IF NOT EXISTS {held} AS SELECT * FROM {view} LIMIT 0")
    batch.con.execute(f"INSERT INTO {held} SELECT * FROM {view}")
    (number,) = batch.con.execute(f"SELECT count(*) FROM {held}").fetchone() or (0,)
    batch.held.add(table)
    if number >= _LARGE:
        _let_go(batch, table)


def _let_go(batch: _Batch, table: str) -> None:
    _part(batch, table, f"held_{table}")
    batch.con.execute(f"DROP TABLE held_{table}")
    batch.held.discard(table)


def _part(batch: _Batch, table: str, view: str, *, kind: PartKind = "rows", copies: Part | None = None) -> Part | None:
    part = write_part(batch.con, batch.root, table, view, kind=kind, copies=copies)
    if part is not None:
        batch.parts.append(part)
    return part


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
