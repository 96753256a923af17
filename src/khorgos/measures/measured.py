"""What a measure returns: a table with its unit, its lineage and its findings, which checks itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.core.provenance import Lineage

#: Relative error that sums of doubles may show: chosen because 1e6 terms lose about 1e6 * 1.1e-16.
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Sum:
    """An identity of a table: a column adds up, within groups, to one or to another column.

    Args:
        within: the columns that make a group.
        column: what is summed.
        to: the column that holds the sum in each row of the group; None where the sum is one.
    """

    within: tuple[str, ...]
    column: str = "value"
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """A measure as published.

    Args:
        name: as in docs/measures.md.
        formula: the equation.
        unit: of the column `value`; "currency" for the currency asked for.
        source: who defined it: paper or manual, equation or page.
        keys: the columns that name one figure.
        units: the unit of every other column of decimal numbers.
        identity: what must add up.
    """

    name: str
    formula: str
    unit: str
    source: str
    keys: tuple[str, ...]
    units: Mapping[str, str] = field(default_factory=dict)
    identity: Sum | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure's figures.

    Args:
        table: one row a figure: the keys, `value`, what helps to read it, and `trace` (ids of the
            releases, or "release#locator", on which the row rests).
        unit: of the column `value`.
        lineage: how it was made.
        findings: what a reader should know.
        keys: the columns that name one figure.
        units: the unit of every other column of decimal numbers.
        identity: what must add up.

    Raises:
        BadInput: the table breaks its own promises; always a fault of the measure, never of the user.
    """

    table: pa.Table
    unit: str
    lineage: Lineage
    findings: tuple[Finding, ...] = ()
    keys: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    identity: Sum | None = None

    def __post_init__(self) -> None:
        where = self.lineage.measure
        _check_columns(self, where)
        _check_keys(self, where)
        _check_numbers(self, where)
        _check_trace(self, where)
        if self.identity is not None:
            _check_sum(self.table, self.identity, where)


def _check_columns(measured: Measured, where: str) -> None:
    names = set(measured.table.column_names)
    if missing := {"value", "trace", *measured.keys} - names:
        raise BadInput(f"A measure lacks the columns {sorted(missing)}", where=where)
    decimal = {f.name for f in measured.table.schema if pa.types.is_floating(f.type)}
    if bare := decimal - {"value"} - set(measured.units):
        raise BadInput(f"Columns without a unit: {sorted(bare)}", where=where)


def _check_keys(measured: Measured, where: str) -> None:
    if not measured.keys:
        return
    counts = measured.table.select(list(measured.keys)).group_by(list(measured.keys)).aggregate([([], "count_all")])
    if counts.num_rows != measured.table.num_rows:
        twice = counts.filter(pc.greater(counts["count_all"], 1)).slice(0, 1).to_pylist()
        raise BadInput(f"One figure stands twice: {twice}", where=where)


def _check_numbers(measured: Measured, where: str) -> None:
    for column in measured.table.schema:
        if pa.types.is_floating(column.type):
            finite = pc.all(pc.is_finite(measured.table[column.name])).as_py()
            if finite is False:
                raise BadInput(f"Column {column.name} holds a value that is no number; missing is null", where=where)
    if {"value_low", "value_high"} <= set(measured.table.column_names):
        _check_interval(measured.table, where)


def _check_interval(table: pa.Table, where: str) -> None:
    value, low, high = table["value"], table["value_low"], table["value_high"]
    slack = pc.add(pc.multiply(pc.abs(value), _SLACK), _SLACK)
    outside = pc.or_(pc.less(pc.add(value, slack), low), pc.greater(pc.subtract(value, slack), high))
    if pc.any(outside).as_py():
        raise BadInput("A value lies outside its own interval", where=where)


def _check_trace(measured: Measured, where: str) -> None:
    length = pc.fill_null(pc.list_value_length(measured.table["trace"]), 0)
    bare = pc.and_(pc.is_valid(measured.table["value"]), pc.equal(length, 0))
    if pc.any(bare).as_py():
        raise BadInput("A value has no trace to a release", where=where)


def _check_sum(table: pa.Table, identity: Sum, where: str) -> None:
    wanted = [(identity.column, "sum"), *([(identity.to, "max")] if identity.to else [])]
    sums = table.group_by(list(identity.within)).aggregate(wanted)
    total = sums[f"{identity.column}_sum"]
    target = sums[f"{identity.to}_max"] if identity.to else pa.scalar(1.0)
    size = table.append_column("_size", pc.abs(table[identity.column])).group_by(list(identity.within))
    slack = pc.add(pc.multiply(size.aggregate([("_size", "sum")])["_size_sum"], _SLACK), _SLACK)
    if pc.any(pc.greater(pc.abs(pc.subtract(total, target)), slack)).as_py():
        raise BadInput(f"{identity.column} does not add up to {identity.to or 'one'}", where=where)
