"""Fixtures of the whole suite: the shared data folder, and seeded properties."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Seeded, so that a failure is the same failure tomorrow; no deadline, because tests are never timed.
settings.register_profile(
    "khorgos", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("khorgos")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data folder, beside the checkout or named by KHORGOS_SHARED; skips where absent."""
    place = Path(os.environ.get("KHORGOS_SHARED", ROOT.parent / "shared"))
    if not (place / "data").is_dir():
        pytest.skip("the shared data folder is absent: set KHORGOS_SHARED to it")
    return place


@pytest.fixture(scope="session")
def specimens() -> Path:
    """Small files in the publishers' formats, written by the project."""
    return ROOT / "tests" / "specimens"
