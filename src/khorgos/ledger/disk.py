"""Files that are whole or absent: write beside, flush to the disk, then put in place with one rename."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from khorgos.core.errors import LedgerError

#: Names of files that no reader looks at; what a crash leaves behind carries it.
TEMPORARY = ".tmp-"

_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_BLOCK = 1 << 20  # chosen because reads of 1 MiB keep both the disk and the hash busy


def sync_folder(folder: Path) -> None:
    """Make renames in a folder outlast a power cut."""
    if os.name == "nt":  # Windows cannot open folders; its renames are journalled
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def settle(temporary: Path, final: Path) -> None:
    """Give a finished temporary file its name: flush, rename over, flush the folder."""
    handle = os.open(temporary, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    final.parent.mkdir(parents=True, exist_ok=True)
    os.replace(temporary, final)  # noqa: PTH105  one call for one fault point of the crash tests
    sync_folder(final.parent)


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file's bytes so that a reader, or a crash, sees the old ones or the new ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    temporary.write_bytes(data)
    settle(temporary, path)


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes, 64 hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Turn what the operating system refuses into one clear line.

    Raises:
        LedgerError: the disk is full, or the folder cannot be written.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise full(root) from error
        raise LedgerError(
            f"The ledger cannot be written: {error.strerror or error}",
            where=str(root),
            hint="It is as it was before; check the folder's permissions",
        ) from error


def full(root: Path) -> LedgerError:
    """The error for a disk without room."""
    return LedgerError(
        "No space is left on the disk; nothing was imported",
        where=str(root),
        hint="The ledger is as it was before: free some space and import again",
    )
