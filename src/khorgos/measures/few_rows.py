"""What is wrong with a measure's table, found row by row; `many_rows` says the same of a long one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

import pyarrow as pa

from khorgos.measures.sums import SLACK, Sum


def twice(table: pa.Table, keys: Sequence[str]) -> Iterator[str]:
    """Figures that stand twice."""
    seen: set[tuple[object, ...]] = set()
    for key in zip(*(table[name].to_pylist() for name in keys), strict=True):
        if key in seen:
            yield f"One figure stands twice: {dict(zip(keys, key, strict=True))}"
        seen.add(key)


def no_numbers(table: pa.Table, decimal: Sequence[str]) -> Iterator[str]:
    """Values that are no numbers."""
    for name in decimal:
        if not all(isfinite(value) for value in table[name].to_pylist() if value is not None):
            yield f"Column {name} holds a value that is no number; missing is null"


def outside(table: pa.Table) -> Iterator[str]:
    """Values outside their own intervals."""
    columns = (table[name].to_pylist() for name in ("value", "value_low", "value_high"))
    for value, low, high in zip(*columns, strict=True):
        slack = SLACK * abs(value or 0.0) + SLACK
        below = value is not None and low is not None and value + slack < low
        if below or (value is not None and high is not None and value - slack > high):
            yield "A value lies outside its own interval"


def untraced(table: pa.Table) -> Iterator[str]:
    """Values without a trace to a release."""
    for value, trace in zip(table["value"].to_pylist(), table["trace"].to_pylist(), strict=True):
        if value is not None and not trace:
            yield "A value has no trace to a release"


def sums(table: pa.Table, identity: Sum) -> Iterator[str]:
    """Parts that do not add up."""
    parts: dict[tuple[object, ...], list[float]] = {}
    targets: dict[tuple[object, ...], float] = {}
    for row in table.to_pylist():
        group = tuple(row[name] for name in identity.within)
        target = row[identity.to] if identity.to else 1.0
        if row[identity.column] is not None:
            parts.setdefault(group, []).append(row[identity.column])
        if target is not None:
            targets[group] = max(target, targets.get(group, target))
    for group, values in parts.items():
        slack = SLACK * sum(map(abs, values)) + SLACK
        if group in targets and abs(sum(values) - targets[group]) > slack:
            yield f"{identity.column} does not add up to {identity.to or 'one'}"
