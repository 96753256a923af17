"""Statements from their text, parsed once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

import sqlglot
from sqlglot import exp


@lru_cache(maxsize=512)  # chosen because there are fewer texts than that, but for days and names written into them
def parsed(text: str) -> exp.Expression:
    """The tree of a text in DuckDB's SQL, the same at each call: copy it before changing it."""
    return cast(exp.Expression, _without_places(sqlglot.parse_one(text, read="duckdb")))


def _without_places(part: Any) -> Any:
    """The same tree without the lines and columns that the parser noted: they double the cost of each copy."""
    if isinstance(part, list):
        return [_without_places(one) for one in part]
    if not isinstance(part, exp.Expr):
        return part
    return type(part)(**{name: _without_places(value) for name, value in part.args.items()})
