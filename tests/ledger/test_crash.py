"""Kill an import, fill the disk, start two at once: the ledger is the old or the new one, whole."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ledger_child import ROWS, a_file
from ledger_makers import filled
from sqlglot import exp

from khorgos.core.errors import LedgerError
from khorgos.ledger.engine import run
from khorgos.ledger.explain import verify
from khorgos.ledger.ingest import ingest
from khorgos.ledger.lock import locked
from khorgos.ledger.store import Ledger, open_ledger

CHILD = Path(__file__).with_name("ledger_child.py")
SEED = 20240915  # chosen once; another seed tries other moments


def _start(root: Path, name: str, fault: str = "none", step: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, str(CHILD), str(root), name, fault, str(step)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _whole(root: Path, *, states: set[int]) -> int:
    """Open the ledger, read all of it, and say how many files it has."""
    ledger = open_ledger(root, embedded=False)
    assert verify(ledger) == ()
    rows = run(ledger, exp.select("*").from_("flow")).num_rows
    assert rows == ROWS * len(ledger.releases)
    assert len(ledger.releases) in states
    return len(ledger.releases)


MANY = 60  # more steps than an import takes; ends a loop that would not


def test_killed_at_every_step_the_ledger_is_old_or_new(empty: Ledger) -> None:
    filled(empty, a_file("0"))
    files, seen = 1, set()

    for step in range(1, MANY):
        child = _start(empty.path, str(step), "kill", step)
        child.communicate(timeout=60)
        if child.returncode == 0:
            break
        assert child.returncode == -signal.SIGKILL
        now = _whole(empty.path, states={files, files + 1})
        seen.add(now - files)
        files = now

    assert step > 10  # parts, manifest and pointer: written, flushed, renamed, swept
    assert step < MANY - 1
    assert seen == {0, 1}  # the steps before the pointer turns, and those after it
    _nothing_is_left_over(empty.path)


def _nothing_is_left_over(root: Path) -> None:
    kept = {root / part.path for _, part in open_ledger(root, embedded=False).parts("flow")}
    assert set(root.rglob("*.parquet")) == kept
    assert [path for path in root.rglob("*") if ".tmp-" in path.name] == []
    assert not (root / "staging").exists()


def test_killed_at_random_moments_the_ledger_is_old_or_new(empty: Ledger) -> None:
    filled(empty, a_file("0"))
    moments = random.Random(SEED)

    for number in range(1, 7):
        before = _whole(empty.path, states=set(range(1, number + 1)))
        child = _start(empty.path, str(number))
        time.sleep(moments.uniform(0.0, 1.0))
        child.kill()
        child.communicate(timeout=60)
        _whole(empty.path, states={before, before + 1})

    filled(open_ledger(empty.path, embedded=False), a_file("99"))
    _nothing_is_left_over(empty.path)


def test_a_full_disk_at_any_step_is_one_clear_line_and_changes_nothing(empty: Ledger) -> None:
    filled(empty, a_file("0"))
    files, said, failed = 1, set(), 0

    for step in range(1, MANY):
        child = _start(empty.path, str(step), "full", step)
        out, err = child.communicate(timeout=60)
        assert err == ""
        now = _whole(empty.path, states={files, files + 1})
        assert now - files == (child.returncode == 0)  # it says that nothing was imported exactly when nothing was
        if child.returncode:
            assert out.count("\n") == 1
            said.add(out.split("(")[0].strip())
            failed = step
        elif int(out) < step:
            break
        files = now

    assert failed > 10  # parts, manifest and pointer: written, flushed, renamed
    assert said == {"No space is left on the disk; nothing was imported"}


def test_two_processes_at_once_both_get_in(empty: Ledger) -> None:
    with locked_elsewhere(empty) as child:
        with pytest.raises(LedgerError, match=f"Another process is writing the ledger: process {child.pid} since"):
            ingest(empty, [a_file("2")], wait=0.2)
        child.kill()
        child.communicate(timeout=60)

    assert len(filled(empty, a_file("2")).releases) == 1  # a dead holder holds nothing


class locked_elsewhere:  # noqa: N801  reads as a function in `with`
    """Another process that has the lock and hangs."""

    def __init__(self, ledger: Ledger) -> None:
        self.root = ledger.path

    def __enter__(self) -> subprocess.Popen[str]:
        self.child = _start(self.root, "1", "hang", 4)
        until = time.monotonic() + 60
        while not (self.root / "hanging").exists():
            assert time.monotonic() < until
            time.sleep(0.02)
        return self.child

    def __exit__(self, *_: object) -> None:
        self.child.kill()
        self.child.communicate(timeout=60)


def test_four_importers_at_once_lose_nothing(empty: Ledger) -> None:
    waiting = [_start(empty.path, str(number)) for number in range(4)]
    done = [child.communicate(timeout=120) for child in waiting]
    refused = [out for child, (out, _) in zip(waiting, done, strict=True) if child.returncode]

    assert all("Another process is writing" in out for out in refused)
    assert _whole(empty.path, states={4 - len(refused)}) >= 1
    _nothing_is_left_over(empty.path)


def test_the_lock_is_free_after_an_error(empty: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), locked(empty.path, wait=1):
        raise ZeroDivisionError
    with locked(empty.path, wait=0):
        assert (empty.path / "lock").exists()


def test_a_reader_needs_no_lock(empty: Ledger) -> None:
    ledger = filled(empty, a_file("0"))

    with locked(empty.path, wait=1):
        assert run(open_ledger(empty.path, embedded=False), exp.select("*").from_("flow")).num_rows == ROWS
        assert len(ledger.releases) == 1
