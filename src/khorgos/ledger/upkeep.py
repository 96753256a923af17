"""Keeping the folder small: leftovers swept, old states forgotten, many small parts made one."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from khorgos.core.errors import LedgerError
from khorgos.ledger.disk import TEMPORARY
from khorgos.ledger.manifest import Manifest, Part, from_json
from khorgos.ledger.parts import FOLDER, STAGING, quoted, write_part
from khorgos.ledger.store import manifest_path

# States kept beside the current one, with their parts, so that a view opened before some imports still answers.
# Chosen because nobody holds a view over more imports than that; no row is lost with an older state.
_STATES = 10
# A part below so many rows is small; chosen because opening a file costs as much as reading that many rows.
_SMALL = 100_000
# Small parts of a table that are left apart; chosen because opening so many files takes some 30 ms.
_MANY = 64


def sweep(root: Path, current: Manifest) -> None:
    """Remove what interrupted imports left behind, and states nobody can be looking at. Call with the lock held.

    Args:
        root: the ledger's folder.
        current: the state that its pointer names.
    """
    shutil.rmtree(root / STAGING, ignore_errors=True)
    older = _forget_states(root, current)
    leftovers = [*root.glob(f"{TEMPORARY}*"), *root.glob(f"*/{TEMPORARY}*")]
    if stray := _files(root) - {root / part.path for part in current.parts}:
        leftovers += stray - {root / part.path for path in older for part in _read(path).parts}
    for path in leftovers:
        path.unlink(missing_ok=True)


def gathered(con: duckdb.DuckDBPyConnection, root: Path, manifest: Manifest) -> Manifest:
    """The same rows in fewer parts: many small parts of a table become one.

    Args:
        con: an engine that may write below `root`.
        root: the ledger's folder.
        manifest: the state about to be published.

    Returns:
        That state, with one part in the place of many where there were many.
    """
    parts = list(manifest.parts)
    for table in sorted({part.table for part in parts}):
        small = [part for part in parts if part.table == table and part.kind == "rows" and part.rows < _SMALL]
        if len(small) < _MANY:
            continue
        merged = write_part(con, root, table, _together(root, small))
        parts = [part for part in parts if part not in small] + ([merged] if merged else [])
    return replace(manifest, parts=tuple(parts))


def _together(root: Path, parts: Sequence[Part]) -> str:
    listed = ", ".join(quoted(root / part.path) for part in parts)
    return f"read_parquet([{listed}])"


def _forget_states(root: Path, current: Manifest) -> list[Path]:
    """Remove manifests that are too old or were never published; the paths of those kept beside the current one."""
    newest = manifest_path(root, current.number)
    states = sorted(newest.parent.glob("*.json"))
    older = [path for path in states if path.name < newest.name]
    for path in [*older[:-_STATES], *(path for path in states if path.name > newest.name)]:
        path.unlink(missing_ok=True)
    return older[-_STATES:]


def _files(root: Path) -> set[Path]:
    return set((root / FOLDER).rglob("*.parquet"))


def _read(path: Path) -> Manifest:
    """An older state; a damaged one keeps nothing."""
    try:
        return from_json(path.read_bytes(), where=str(path))
    except (OSError, LedgerError):
        return Manifest()
