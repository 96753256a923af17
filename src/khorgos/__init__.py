"""khorgos: an open observatory for trade under stress.

The functions are the commands: `trade`, `partners`, `influence`, `mirror`, `invest`, `targets`, `sources`, `explain`,
`import_files`, `fetch`, `export`, `brief`, `check`, `forecasts`, `simulate`, `papers`. Most return an `Answer`, which
prints as a table and has its rows in `.table`.
"""

from typing import Any

from khorgos.core.version import __version__

__all__ = [
    "__version__",
    "brief",
    "check",
    "check_article",
    "explain",
    "export",
    "fetch",
    "fetchable",
    "forecasts",
    "import_files",
    "influence",
    "invest",
    "mirror",
    "open_ledger",
    "papers",
    "partners",
    "simulate",
    "sources",
    "targets",
    "trade",
]


def __getattr__(name: str) -> Any:
    """The API's functions, imported when first used, so that `import khorgos` is fast (PEP 562)."""
    if name in ("check", "check_article", "forecasts"):
        from khorgos import api_claims

        return getattr(api_claims, name)
    if name in __all__:
        from khorgos import api

        return getattr(api, name)
    raise AttributeError(f"module 'khorgos' has no attribute {name!r}")
