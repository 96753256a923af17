"""Fixtures of the claims' tests: a ledger of two sides with known figures, and the tests' own helper modules."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from khorgos.ledger.store import Ledger, open_ledger

sys.path.insert(0, str(Path(__file__).parent))  # the tests' own helper modules, whichever way pytest is started


@pytest.fixture(scope="session")
def two_sided(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """A made-up ledger: China, Russia and the five of Central Asia, both sides' reports of 2008 to 2024."""
    from claims_generated import made_up

    return made_up(open_ledger(tmp_path_factory.mktemp("claims") / "ledger", embedded=False))


@pytest.fixture(scope="session")
def quoted(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The ledger that the rulings in plain TOML are held against: tests/claims/rulings/figures.csv."""
    from claims_rulings import ledger_of_figures

    return ledger_of_figures(open_ledger(tmp_path_factory.mktemp("rulings") / "ledger", embedded=False))


@pytest.fixture(scope="session")
def embedded() -> Ledger:
    """The release inside the package."""
    ledger = open_ledger(Path("no such ledger"))
    if not ledger.parts("flow"):
        pytest.skip("the embedded release is not built: run tools/build_embedded.py")
    return ledger
