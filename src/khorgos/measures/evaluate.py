"""From a statement to a Measured: the one place where measures meet the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp

from khorgos.core.errors import NoData
from khorgos.core.findings import Finding
from khorgos.core.provenance import Lineage
from khorgos.ledger.engine import run, run_over
from khorgos.measures.draft import Draft
from khorgos.measures.measured import Definition, Measured
from khorgos.measures.statements.lifting import lifted
from khorgos.measures.statements.relation import Relation, columns, where

#: Remarks that a table deserves, whoever asked for it.
Judge = Callable[[pa.Table], Sequence[Finding]]


def evaluate(
    draft: Draft,
    select: Relation,
    definition: Definition,
    *,
    currency: str | None = None,
    parameters: Mapping[str, object] | None = None,
    judges: Sequence[Judge] = (),
    notes: Sequence[str] = (),
    may_be_empty: bool = False,
    relations: Mapping[str, pa.Table] | None = None,
) -> Measured:
    """Ask the ledger, and hand the answer over with its unit, lineage and findings.

    Args:
        draft: the steps on which the statement stands, and the ledger to ask.
        select: the measure's statement.
        definition: what it measures.
        currency: stands for "currency" in the definition's units.
        parameters: what was asked, by argument name.
        judges: who looks for remarks in the table.
        notes: conversions and assumptions, for the lineage.
        may_be_empty: no rows are an answer too (there was no crossing).
        relations: further tables that the statement names.

    Returns:
        The figures in the order of their keys.

    Raises:
        NoData: the ledger has no rows for what was asked.
    """
    ordered = draft.finish(_ordered(select, definition))
    table = run(draft.ledger, ordered, relations=relations)
    question = Question(select, definition, parameters or {}, judges, notes, may_be_empty)
    return _measured(question, table, ordered.sql(dialect="duckdb"), currency)


@dataclass(frozen=True, slots=True)
class Question:
    """One of several questions about the same relation; the fields are the arguments of `evaluate`."""

    select: Relation
    definition: Definition
    parameters: Mapping[str, object]
    judges: Sequence[Judge] = ()
    notes: Sequence[str] = ()
    may_be_empty: bool = False


def evaluate_over(
    draft: Draft, name: str, shared: Relation, questions: Sequence[Question], *, currency: str | None = None
) -> tuple[Measured | NoData, ...]:
    """Ask the ledger several questions about one relation, which is computed once.

    Args:
        draft: the steps on which the relation stands, and the ledger to ask.
        name: under which the questions call the relation.
        shared: the relation.
        questions: what is asked of it.
        currency: as in `evaluate`.

    Returns:
        The figures of each question, or what to raise where there are none.
    """
    whole = draft.finish(where(shared))
    asked = [lifted(_ordered(one.select, one.definition), copy=False) for one in questions]
    tables = run_over(draft.ledger, name, whole, asked)
    before = f"WITH {name} AS ({whole.sql(dialect='duckdb')})"
    answers: list[Measured | NoData] = []
    for question, select, table in zip(questions, asked, tables, strict=True):
        after = select.sql(dialect="duckdb")
        joined = f"{before}, {after.removeprefix('WITH ')}" if after.startswith("WITH ") else f"{before} {after}"
        try:
            answers.append(_measured(question, table, joined, currency))
        except NoData as nothing:
            answers.append(nothing)
    return tuple(answers)


def _ordered(select: Relation, definition: Definition) -> exp.Select:
    return where(select).order_by(*columns(definition.keys), copy=False)


def _measured(question: Question, table: pa.Table, statement: str, currency: str | None) -> Measured:
    definition = question.definition
    if not (question.may_be_empty or table.num_rows):
        asked = ", ".join(f"{name} {question.parameters[name]}" for name in _SUBJECT if name in question.parameters)
        raise NoData(
            f"The ledger has no figures for this {definition.name}",
            where=asked or None,
            hint="`khorgos sources` lists what it holds; `khorgos import FILE` adds a publisher's file",
        )
    unit, units = _units(definition, currency)
    lineage = Lineage(
        measure=definition.name,
        formula=definition.formula,
        releases=releases_of(table),
        query=statement,
        parameters={name: str(value) for name, value in question.parameters.items()},
        notes=(definition.source, *question.notes),
    )
    findings = tuple(finding for judge in question.judges for finding in judge(table))
    return Measured(table, unit, lineage, findings, definition.keys, units, definition.identity)


#: What a question is about, said to who gets no answer; the other parameters stand in the lineage.
_SUBJECT = (
    "reporters",
    "partners",
    "exporters",
    "importers",
    "flows",
    "products",
    "periods",
    "years",
    "currency",
    "as_of",
)


def releases_of(table: pa.Table) -> tuple[str, ...]:
    """Ids of all releases in the columns whose name ends in `trace`."""
    traced = [name for name in table.column_names if name.endswith("trace")]
    marks = {mark for name in traced for row in table[name].to_pylist() for mark in row or ()}
    return tuple(sorted({mark.split("#")[0] for mark in marks}))


def _units(definition: Definition, currency: str | None) -> tuple[str, dict[str, str]]:
    def named(unit: str) -> str:
        return (currency or unit) if unit == "currency" else unit

    return named(definition.unit), {name: named(unit) for name, unit in definition.units.items()}
