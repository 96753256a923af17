"""Where a ledger lies on the disk, and the frozen view of it that every query is asked of."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from khorgos.core.errors import LedgerError
from khorgos.core.provenance import Release, Source
from khorgos.ledger.disk import sha256_of, write_whole
from khorgos.ledger.manifest import Manifest, Part, damaged, from_json, to_json

_CURRENT = "CURRENT"
_MANIFESTS = "manifests"
_EMBEDDED = Path(__file__).parent.parent / "data" / "embedded"


@dataclass(frozen=True, eq=False)
class Layer:
    """One folder with one state of it.

    Args:
        root: the folder.
        manifest: its state.
    """

    root: Path
    manifest: Manifest


@dataclass(frozen=True, eq=False)
class Ledger:
    """A frozen view: later imports do not change what it answers.

    Args:
        layers: the embedded release (where asked for) and the user's ledger, in this order.
        path: the user's folder, whether it exists yet or not.
    """

    layers: tuple[Layer, ...]
    path: Path

    @cached_property
    def releases(self) -> dict[str, Release]:
        """Every release by its id; the user's own import stands before the embedded extract of the same file."""
        return {one.id: one for layer in self.layers for one in layer.manifest.releases}

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Every source card by its id."""
        return {one.id: one for layer in self.layers for one in layer.manifest.sources}

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Releases of lower layers that a higher layer holds too: their rows count once, from the higher."""
        seen: set[str] = set()
        twice: set[str] = set()
        for layer in self.layers:
            own = {one.id for one in layer.manifest.releases}
            twice |= seen & own
            seen |= own
        return frozenset(twice)

    def parts(self, table: str) -> tuple[tuple[Layer, Part], ...]:
        """The parts of a table, each with its layer, in the order of the layers."""
        return tuple((layer, part) for layer in self.layers for part in layer.manifest.parts if part.table == table)


def default_path() -> Path:
    """The user's ledger: $KHORGOS_LEDGER, else "khorgos/ledger" in the platform's folder for data."""
    if named := os.environ.get("KHORGOS_LEDGER"):
        return Path(named).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "khorgos" / "ledger"


def open_ledger(path: Path | None = None, *, embedded: bool = True) -> Ledger:
    """Open the user's ledger on top of the embedded release.

    Args:
        path: the user's folder; None for `default_path()`. It need not exist.
        embedded: lay it over the release inside the package.

    Returns:
        A frozen view.

    Raises:
        LedgerError: a ledger is damaged, or the path is no folder.
    """
    own = (path or default_path()).absolute()
    roots = ([_EMBEDDED] if embedded and own != _EMBEDDED else []) + [own]
    layers = tuple(Layer(root, current(root)) for root in roots)
    return Ledger(tuple(layer for layer in layers if layer.manifest.number), own)


def current(root: Path) -> Manifest:
    """The state that a ledger's pointer names; the empty manifest where there is no ledger.

    Raises:
        LedgerError: the pointer or its manifest is damaged.
    """
    if root.exists() and not root.is_dir():
        raise LedgerError("The ledger must be a folder", where=str(root), hint="Set KHORGOS_LEDGER to a folder")
    pointer = root / _CURRENT
    try:
        written = pointer.read_text(encoding="ascii").split()
    except FileNotFoundError:
        return Manifest()
    except (OSError, UnicodeDecodeError) as error:
        raise damaged(str(pointer), str(error)) from error
    if len(written) != 2 or not written[0].isdigit():
        raise damaged(str(pointer), "its pointer is unreadable")
    path = manifest_path(root, int(written[0]))
    if not path.is_file():
        raise damaged(str(path), "the manifest is missing")
    if sha256_of(path) != written[1]:
        raise damaged(str(path), "the manifest has changed since it was written")
    return from_json(path.read_bytes(), where=str(path))


def manifest_path(root: Path, number: int) -> Path:
    """Where the manifest of a number is kept."""
    return root / _MANIFESTS / f"{number:06d}.json"


def publish(root: Path, manifest: Manifest) -> None:
    """Make a manifest the current one: write it, then turn the pointer. Call with the lock held."""
    path = manifest_path(root, manifest.number)
    write_whole(path, to_json(manifest))
    write_whole(root / _CURRENT, f"{manifest.number} {sha256_of(path)}\n".encode("ascii"))
