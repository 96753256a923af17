"""A process that imports a file into a ledger and dies, or finds the disk full, at a chosen step.

Usage: ledger_child.py ROOT FILE_NAME FAULT STEP, where FAULT is none, kill, full or hang, and STEP the number of the
call that changes the disk (write, flush, rename, remove) at which it strikes. Says how many steps
it took.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from ledger_makers import flow, parsed, release, source

from khorgos.core.errors import KhorgosError
from khorgos.ledger.ingest import ingest
from khorgos.ledger.store import open_ledger

ROWS = 40


def a_file(name: str) -> Any:
    """Rows that differ by file, so that each import adds its own cells."""
    year = 1900 + int(name)
    rows = [flow("CHN", "KAZ", "export", f"{year + n}", float(n), locator=f"line {n}") for n in range(ROWS)]
    return parsed(rows, of=release(source(), name))


class Faults:
    """Counts the calls that change the disk, and strikes at one of them."""

    def __init__(self, fault: str, step: int) -> None:
        self.fault, self.step, self.taken = fault, step, 0

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **options: Any) -> Any:
            self.taken += 1
            if self.taken == self.step:
                self.strike()
            return call(*args, **options)

        return counted

    def strike(self) -> None:
        if self.fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault == "full":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self.fault == "hang":
            Path(sys.argv[1], "hanging").touch()
            time.sleep(600)


def main() -> None:
    root, name, fault, step = sys.argv[1:]
    faults = Faults(fault, int(step))
    os.replace = faults.around(os.replace)
    os.fsync = faults.around(os.fsync)
    os.mkdir = faults.around(os.mkdir)
    shutil.rmtree = faults.around(shutil.rmtree)
    Path.unlink = faults.around(Path.unlink)  # type: ignore[method-assign]
    Path.write_bytes = faults.around(Path.write_bytes)  # type: ignore[method-assign]
    try:
        ingest(open_ledger(Path(root), embedded=False), [a_file(name)], wait=0.5)
    except KhorgosError as error:
        sys.stdout.write(f"{error}\n")
        sys.exit(1)
    sys.stdout.write(f"{faults.taken}\n")


if __name__ == "__main__":
    main()
