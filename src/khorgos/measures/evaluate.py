"""From a statement to a Measured: the one place where measures meet the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa
from sqlglot import exp

from khorgos.core.findings import Finding
from khorgos.core.provenance import Lineage
from khorgos.ledger.engine import run
from khorgos.ledger.store import Ledger
from khorgos.measures.measured import Definition, Measured
from khorgos.measures.relation import columns, render

#: Remarks that a table deserves, whoever asked for it.
Judge = Callable[[pa.Table], Sequence[Finding]]


def evaluate(
    ledger: Ledger,
    select: exp.Select,
    definition: Definition,
    *,
    currency: str | None = None,
    parameters: Mapping[str, object] | None = None,
    judges: Sequence[Judge] = (),
    notes: Sequence[str] = (),
) -> Measured:
    """Ask the ledger, and hand the answer over with its unit, lineage and findings.

    Args:
        ledger: the ledger to ask.
        select: the measure's statement.
        definition: what it measures.
        currency: stands for "currency" in the definition's units.
        parameters: what was asked, by argument name.
        judges: who looks for remarks in the table.
        notes: conversions and assumptions, for the lineage.

    Returns:
        The figures in the order of their keys.
    """
    ordered = exp.select("*").from_(select.subquery("measure")).order_by(*columns(definition.keys))
    table = run(ledger, ordered)
    unit, units = _units(definition, currency)
    lineage = Lineage(
        measure=definition.name,
        formula=definition.formula,
        releases=releases_of(table),
        query=render(select),
        parameters={name: str(value) for name, value in (parameters or {}).items()},
        notes=(definition.source, *notes),
    )
    findings = tuple(finding for judge in judges for finding in judge(table))
    return Measured(table, unit, lineage, findings, definition.keys, units, definition.identity)


def releases_of(table: pa.Table) -> tuple[str, ...]:
    """Ids of all releases in the columns whose name ends in `trace`."""
    traced = [name for name in table.column_names if name.endswith("trace")]
    marks = {mark for name in traced for row in table[name].to_pylist() for mark in row or ()}
    return tuple(sorted({mark.split("#")[0] for mark in marks}))


def _units(definition: Definition, currency: str | None) -> tuple[str, dict[str, str]]:
    def named(unit: str) -> str:
        return (currency or unit) if unit == "currency" else unit

    return named(definition.unit), {name: named(unit) for name, unit in definition.units.items()}
