"""The files of a paper, decoded: archives to arrays by name, tables to bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import loadmat


@pytest.fixture(scope="session")
def contents(shared: Path) -> Callable[[Mapping[str, str]], dict[str, Any]]:
    """FILES of a paper's module to what its `read` takes."""
    folder = shared / "data" / "models"

    def decoded(path: Path) -> Any:
        if path.suffix == ".npz":
            return dict(np.load(path))
        return loadmat(path) if path.suffix == ".mat" else path.read_bytes()

    return lambda files: {name: decoded(folder / path) for name, path in files.items()}
