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


def _steps(tmp_path: Path) -> int:
    child = _start(tmp_path / "count", "1")
    out, _ = child.communicate(timeout=60)
    return int(out)


def test_killed_at_every_step_the_ledger_is_old_or_new(empty: Ledger, tmp_path: Path) -> None:
    filled(empty, a_file("0"))
    seen = set()
    steps = _steps(tmp_path)
    assert steps > 10  # parts, manifest and pointer: written, flushed, renamed, swept

    for step in range(1, steps + 1):
        before = _whole(empty.path, states=set(range(1, steps + 2)))
        child = _start(empty.path, str(step), "kill", step)
        child.communicate(timeout=60)
        assert child.returncode == -signal.SIGKILL
        seen.add(_whole(empty.path, states={before, before + 1}) - before)

    assert seen == {0, 1}  # the steps before the pointer turns, and those after it
    files = len(open_ledger(empty.path, embedded=False).releases)
    filled(open_ledger(empty.path, embedded=False), a_file("99"))
    assert _whole(empty.path, states={files + 1}) == files + 1
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


def test_a_full_disk_at_any_step_is_one_clear_line_and_changes_nothing(empty: Ledger, tmp_path: Path) -> None:
    filled(empty, a_file("0"))
    said = set()

    for step in range(1, _steps(tmp_path) + 1):
        before = _whole(empty.path, states=set(range(1, step + 2)))
        child = _start(empty.path, str(step), "full", step)
        out, err = child.communicate(timeout=60)
        assert err == ""
        after = _whole(empty.path, states={before, before + 1})
        if child.returncode:
            assert out.count("\n") == 1
            said.add(out.split("(")[0].strip())
        else:
            assert after == before + 1

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


def test_eight_importers_at_once_lose_nothing(empty: Ledger) -> None:
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
