"""Put a ledger's files in the place of the tables that an expression names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pyarrow as pa
from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.ledger.manifest import Part
from khorgos.ledger.rates import RateScope, all_rates, rates_table
from khorgos.ledger.relations import Listed, listed, release_table
from khorgos.ledger.store import Layer, Ledger
from khorgos.ledger.tables import LEDGER_TABLES

#: What can be handed to the engine under a name.
Relation: TypeAlias = "pa.Table | Listed"

_HINT = "parts"  # keys of an expression's notes
_SCOPE = "scope"
# Years of rates where a question does not say which. Chosen because the nomenclature's series start after the first.
_ALL_YEARS = (1990, 2035)


def table_of(name: str, parts: Iterable[Part] | None = None) -> exp.Table:
    """A table of the ledger in an expression, with the parts that matter noted on it.

    The note saves reading other parts; a renderer that loses it gets the same answer, later.

    Args:
        name: see `run`.
        parts: the parts that can hold rows of interest; None for all.
    """
    node = exp.to_table(name)
    if parts is not None:
        node.meta[_HINT] = tuple(part.path for part in parts)
    return node


def rates_of(alias: str, scope: RateScope) -> exp.Table:
    """The table `rates` in an expression, with the currencies and periods that matter noted on it.

    Args:
        alias: its name in the expression.
        scope: the rates that matter; a renderer that loses the note needs all.
    """
    node = exp.to_table("rates", alias=alias)
    node.meta[_SCOPE] = scope
    return node


@dataclass(frozen=True, slots=True)
class Bound:
    """A question over files.

    Args:
        select: the expression.
        tables: the in-memory tables that it names.
        rows: of the parts that it reads, at most.
    """

    select: exp.Expression
    tables: Mapping[str, Relation]
    rows: int


def bind(ledger: Ledger, select: exp.Expression, relations: Mapping[str, Relation]) -> Bound:
    """Put files in the place of the ledger's tables.

    Args:
        ledger: the view that is asked.
        select: the question.
        relations: tables handed in, by name.

    Returns:
        The expression over files, and what it reads.

    Raises:
        BadInput: the question was planned for another view.
    """
    bound = select.copy()
    named: dict[str, Relation] = dict(relations)
    scopes: list[RateScope] = []
    rows = 0
    own = {cte.alias for cte in bound.find_all(exp.CTE)} | set(named)
    for node in list(bound.find_all(exp.Table)):
        if node.name in own or node.args.get("db"):
            continue
        if node.name == "release":
            named["release"] = release_table(ledger)
        elif node.name == "rates":
            scopes.append(node.meta.get(_SCOPE) or all_rates(*_ALL_YEARS))
        elif node.name in LEDGER_TABLES:
            rows += _replace(ledger, node, named)
    if scopes:
        named["rates"] = rates_table(_together(scopes))
    return Bound(bound, named, rows)


def _together(scopes: Sequence[RateScope]) -> RateScope:
    return RateScope(
        currencies=tuple(sorted({code for one in scopes for code in one.currencies})),
        years=tuple(sorted({number for one in scopes for number in one.years})),
        lengths=frozenset(length for one in scopes for length in one.lengths),
        periods=tuple(sorted({period for one in scopes for period in one.periods})),
    )


def _replace(ledger: Ledger, node: exp.Table, named: dict[str, Relation]) -> int:
    """Put files in a table's place; the number of rows in them."""
    only = node.meta.get(_HINT)
    if only is not None and not {part.path for _, part in ledger.parts(node.name)}.issuperset(only):
        raise BadInput("This question was made for another view of the ledger", hint="Make it for the view you ask")
    chosen = [
        (layer, part)
        for layer, part in ledger.parts(node.name)
        if (part.path in only if only is not None else part.kind != "by-product")
    ]
    files = _files(ledger, chosen)
    if files is None:
        empty = f"no_{node.name}"
        named[empty] = listed(LEDGER_TABLES[node.name], ())
        files = exp.to_table(empty)
    alias = exp.TableAlias(this=exp.to_identifier(node.alias_or_name))
    files.set("alias", alias)
    for join in node.args.get("joins") or ():
        files.append("joins", join)
    node.replace(files)
    return sum(part.rows for _, part in chosen)


def _files(ledger: Ledger, chosen: Sequence[tuple[Layer, Part]]) -> exp.Table | exp.Subquery | None:
    """One relation over the chosen parts in which no release counts twice."""
    top = ledger.layers[-1] if ledger.layers else None
    whole: list[str] = []
    mixed: list[str] = []
    for layer, part in chosen:
        covered = ledger.hidden.intersection(part.releases) if layer is not top else frozenset()
        if len(covered) == len(part.releases):
            continue
        (mixed if covered else whole).append(str(layer.root / part.path))
    if not mixed:
        return _reading(whole) if whole else None
    hidden = [exp.Literal.string(release) for release in sorted(ledger.hidden)]
    kept = exp.select("*").from_(_reading(mixed)).where(exp.column("release").isin(*hidden).not_())
    union = exp.union(kept, exp.select("*").from_(_reading(whole)), distinct=False) if whole else kept
    return exp.Subquery(this=union)


def _reading(paths: Sequence[str]) -> exp.Table:
    listed = exp.Array(expressions=[exp.Literal.string(path) for path in paths])
    return exp.Table(this=exp.Anonymous(this="read_parquet", expressions=[listed]))
