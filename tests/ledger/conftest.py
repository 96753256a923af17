"""Fixtures of the ledger's tests: an empty ledger in a folder of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from khorgos.ledger.store import Ledger, open_ledger

sys.path.insert(0, str(Path(__file__).parent))  # the tests' own helper module, whichever way pytest is started


@pytest.fixture
def empty(tmp_path: Path) -> Ledger:
    """A ledger without rows and without the embedded release."""
    return open_ledger(tmp_path / "ledger", embedded=False)
