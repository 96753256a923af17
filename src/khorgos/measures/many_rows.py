"""What is wrong with a measure's table, found column by column; `few_rows` says the same of a short one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from khorgos.measures.sums import SLACK, Sum


def twice(table: pa.Table, keys: Sequence[str]) -> Iterator[str]:
    """Figures that stand twice."""
    counts = table.select(list(keys)).group_by(list(keys)).aggregate([([], "count_all")])
    if counts.num_rows != table.num_rows:
        twice = counts.filter(pc.greater(counts["count_all"], 1)).slice(0, 1).select(list(keys)).to_pylist()
        yield f"One figure stands twice: {twice[0]}"


def no_numbers(table: pa.Table, decimal: Sequence[str]) -> Iterator[str]:
    """Values that are no numbers."""
    for name in decimal:
        if pc.all(pc.is_finite(table[name])).as_py() is False:
            yield f"Column {name} holds a value that is no number; missing is null"


def outside(table: pa.Table) -> Iterator[str]:
    """Values outside their own intervals."""
    value, low, high = table["value"], table["value_low"], table["value_high"]
    slack = pc.add(pc.multiply(pc.abs(value), SLACK), SLACK)
    outside = pc.or_(pc.less(pc.add(value, slack), low), pc.greater(pc.subtract(value, slack), high))
    if pc.any(outside).as_py():
        yield "A value lies outside its own interval"


def untraced(table: pa.Table) -> Iterator[str]:
    """Values without a trace to a release."""
    length = pc.fill_null(pc.list_value_length(table["trace"]), 0)
    if pc.any(pc.and_(pc.is_valid(table["value"]), pc.equal(length, 0))).as_py():
        yield "A value has no trace to a release"


def sums(table: pa.Table, identity: Sum) -> Iterator[str]:
    """Parts that do not add up."""
    wanted = [(identity.column, "sum"), *([(identity.to, "max")] if identity.to else [])]
    sums = table.group_by(list(identity.within)).aggregate(wanted)
    total = sums[f"{identity.column}_sum"]
    target = sums[f"{identity.to}_max"] if identity.to else pa.scalar(1.0)
    size = table.append_column("_size", pc.abs(table[identity.column])).group_by(list(identity.within))
    slack = pc.add(pc.multiply(size.aggregate([("_size", "sum")])["_size_sum"], SLACK), SLACK)
    if pc.any(pc.greater(pc.abs(pc.subtract(total, target)), slack)).as_py():
        yield f"{identity.column} does not add up to {identity.to or 'one'}"
