"""One writer at a time: an advisory lock that the operating system frees when its holder dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from khorgos.core.errors import LedgerError

_NAME = "lock"
_PAUSE = 0.05  # seconds; chosen because a person does not notice it and the processor does not either


@contextmanager
def locked(root: Path, *, wait: float) -> Iterator[None]:
    """Hold the ledger's write lock.

    Args:
        root: the ledger's folder; made if absent.
        wait: seconds to wait for another process.

    Raises:
        LedgerError: another process holds it still; the line names that process.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / _NAME).open("a+", encoding="ascii") as handle:
        until = time.monotonic() + wait
        while not _take(handle):
            if time.monotonic() >= until:
                raise LedgerError(
                    f"Another process is writing the ledger: {_holder(root)}",
                    where=str(root),
                    hint="Wait until it has ended, then try again",
                )
            time.sleep(_PAUSE)
        try:
            _sign(handle)
            yield
        finally:
            _release(handle)


def _sign(handle: IO[str]) -> None:
    handle.seek(1)  # byte 0 is the lock itself; Windows lets nobody else read a locked byte
    handle.truncate()
    handle.write(f"process {os.getpid()} since {time.strftime('%Y-%m-%d %H:%M:%S')}")
    handle.flush()


def _holder(root: Path) -> str:
    try:
        with (root / _NAME).open("rb") as handle:
            handle.seek(1)
            return handle.read(200).decode("ascii", "replace").strip("\0 ") or "unknown"
    except OSError:
        return "unknown"


if sys.platform == "win32":
    import msvcrt

    def _take(handle: IO[str]) -> bool:
        handle.seek(0)
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(handle: IO[str]) -> None:
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(handle: IO[str]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(handle: IO[str]) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
