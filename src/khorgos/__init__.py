"""khorgos: an open observatory for trade under stress.

The functions are the commands: `trade`, `partners`, `influence`, `mirror`, `invest`, `targets`, `sources`, `explain`,
`import_files`, `fetch`, `export`, `brief`, `check`, `forecasts`, `simulate`, `hindcast`, `papers`,
`substitute`, `exposure`, `reroute`, `tariff`. Most return an `Answer`, which prints as a table and has its rows in
`.table`.
"""

from importlib import import_module
from typing import Any

from khorgos.core.version import __version__

#: Which module of `khorgos.api` each function lives in.
_ROOMS = {
    "brief": "statistics",
    "check": "claims",
    "check_article": "claims",
    "explain": "holdings",
    "export": "holdings",
    "exposure": "substitution",
    "fetch": "holdings",
    "fetchable": "holdings",
    "forecasts": "claims",
    "hindcast": "hindcast",
    "import_files": "holdings",
    "influence": "statistics",
    "invest": "statistics",
    "mirror": "statistics",
    "open_ledger": "holdings",
    "papers": "models",
    "partners": "statistics",
    "reroute": "rerouting",
    "simulate": "models",
    "sources": "holdings",
    "substitute": "substitution",
    "targets": "statistics",
    "tariff": "tariffs",
    "trade": "statistics",
}

__all__ = ["__version__", *_ROOMS]  # noqa: PLE0604 - the names are the keys, which are strings


def __getattr__(name: str) -> Any:
    """The API's functions, imported when first used, so that `import khorgos` is fast (PEP 562)."""
    if name in _ROOMS:
        return getattr(import_module(f"khorgos.api.{_ROOMS[name]}"), name)
    raise AttributeError(f"module 'khorgos' has no attribute {name!r}")
