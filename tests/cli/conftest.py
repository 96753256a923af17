"""The command line as a user meets it: arguments in; output, errors and exit status out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from khorgos.cli import door


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    status: int
    out: str
    err: str


@pytest.fixture
def khorgos(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Said]:
    """Run a command on the embedded release, with an empty ledger of one's own and a wide terminal."""
    monkeypatch.setenv("KHORGOS_LEDGER", str(tmp_path / "ledger"))
    monkeypatch.setenv("KHORGOS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments: str) -> Said:
        status = door.run(arguments)
        out, err = capsys.readouterr()
        return Said(status, out, err)

    return run
