"""What is wrong with a measure's table: the promises it makes, held against its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from khorgos.measures.sums import Sum

# Rows up to which plain Python checks a table: chosen because importing what checks many takes longer than that.
_FEW = 10_000


def faults(table: pa.Table, keys: Sequence[str], decimal: Sequence[str], identity: Sum | None) -> Iterator[str]:
    """What breaks a table's promises, in words.

    Args:
        table: with value and trace.
        keys: the columns that name one figure.
        decimal: the columns of decimal numbers.
        identity: what must add up.

    Yields:
        Figures that stand twice, values that are no numbers, values outside their intervals, values without a
        trace, sums that do not add up.
    """
    if table.num_rows > _FEW:
        from khorgos.measures import many_rows as rows
    else:
        from khorgos.measures import few_rows as rows  # type: ignore[no-redef]
    if keys:
        yield from rows.twice(table, keys)
    yield from rows.no_numbers(table, decimal)
    if {"value_low", "value_high"} <= set(table.column_names):
        yield from rows.outside(table)
    yield from rows.untraced(table)
    if identity is not None:
        yield from rows.sums(table, identity)
