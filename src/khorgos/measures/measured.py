"""What a measure returns: a table with its unit, its lineage and its findings, which checks itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.core.provenance import Lineage
from khorgos.measures.faults import faults
from khorgos.measures.sums import Sum

__all__ = ["Definition", "Measured", "Sum"]


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
        decimal = [field.name for field in self.table.schema if pa.types.is_floating(field.type)]
        if fault := next(faults(self.table, self.keys, decimal, self.identity), None):
            raise BadInput(fault, where=where)


def _check_columns(measured: Measured, where: str) -> None:
    names = set(measured.table.column_names)
    if missing := {"value", "trace", *measured.keys} - names:
        raise BadInput(f"A measure lacks the columns {sorted(missing)}", where=where)
    decimal = {f.name for f in measured.table.schema if pa.types.is_floating(f.type)}
    if bare := decimal - {"value"} - set(measured.units):
        raise BadInput(f"Columns without a unit: {sorted(bare)}", where=where)
