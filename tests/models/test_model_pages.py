"""The worked examples on the pages of the partial-equilibrium and gravity models say what the code says."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest


@pytest.mark.parametrize("page", ["gsim", "smart", "gravity"])
def test_the_worked_example_holds(root: Path, page: str) -> None:
    result = doctest.testfile(str(root / "docs" / "models" / f"{page}.md"), module_relative=False)

    assert result.attempted > 3
    assert result.failed == 0
