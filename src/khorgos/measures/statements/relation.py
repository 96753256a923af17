"""Relations: how a measure's statement is built from other statements, and rendered for an engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import cast

from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.ledger.parsing import parsed
from khorgos.measures.statements.lifting import lifted

#: Anything that can stand after FROM.
Relation = exp.Select | exp.Table

#: The key of a series: everything that names a flow but its period.
SERIES = ("reporter", "partner", "flow", "product", "nomenclature")

#: The key of one figure of a series.
KEY = ("reporter", "partner", "flow", "period", "product", "nomenclature")

#: The columns of a key whose items can be compared or added up.
ITEMS = ("reporter", "partner", "flow", "product")

_DIALECT = "duckdb"

# What a statement's author may write instead of spelling it out; `_MACROS[name](arguments)` is its meaning.
_MACRO_TEXT = {
    # the ratio of two numbers; none where the denominator is zero
    "RATIO": "$a / NULLIF($b, 0)",
    # first month of a period, as 12 * year + month - 1 (nomenclature.periods.Period.start)
    "START": (
        "TRY_CAST(SUBSTRING($a, 1, 4) AS INT) * 12"
        " + CASE WHEN LENGTH($a) = 4 THEN 0 ELSE TRY_CAST(SUBSTRING($a, 6, 2) AS INT) - 1 END"
    ),
    # length of a period in months
    "MONTHS": (
        "CASE LENGTH($a) WHEN 4 THEN 12 WHEN 7 THEN 1 ELSE"
        " (TRY_CAST(SUBSTRING($a, 10, 4) AS INT) - TRY_CAST(SUBSTRING($a, 1, 4) AS INT)) * 12"
        " + TRY_CAST(SUBSTRING($a, 15, 2) AS INT) - TRY_CAST(SUBSTRING($a, 6, 2) AS INT) + 1 END"
    ),
    # January to a month ($b) of a year ($a), as periods are written
    "SPAN": (
        "CASE WHEN $b = 12 THEN CAST($a AS TEXT) WHEN $b = 1 THEN CAST($a AS TEXT) || '-01'"
        " ELSE CAST($a AS TEXT) || '-01..' || CAST($a AS TEXT) || '-' || LPAD(CAST($b AS TEXT), 2, '0') END"
    ),
    # the union of the trace lists of a group of rows
    "MERGED": (
        "COALESCE(LIST_SORT(LIST_DISTINCT(FLATTEN(LIST($a) FILTER (WHERE $a IS NOT NULL)))), CAST([] AS TEXT[]))"
    ),
    # the union of two trace lists of one row
    "BOTH": (
        "LIST_SORT(LIST_DISTINCT(LIST_CONCAT(COALESCE($a, CAST([] AS TEXT[])), COALESCE($b, CAST([] AS TEXT[])))))"
    ),
    # the names (sources, statuses) behind a group of rows, joined with "+"
    "NAMES": (
        "NULLIF(ARRAY_TO_STRING(LIST_SORT(LIST_DISTINCT(FLATTEN("
        "LIST(STR_SPLIT($a, '+')) FILTER (WHERE $a IS NOT NULL)))), '+'), '')"
    ),
    # the names behind two figures of one row
    "PAIR": (
        "CASE WHEN $b IS NULL OR $a = $b THEN $a WHEN $a IS NULL THEN $b ELSE ARRAY_TO_STRING(LIST_SORT("
        "LIST_DISTINCT(LIST_CONCAT(STR_SPLIT($a, '+'), STR_SPLIT($b, '+')))), '+') END"
    ),
}

Value = str | int | float | bool | None | exp.Expression | Sequence[exp.Expression]


@cache
def _spelt_out(text: str) -> exp.Expression:
    return _expanded(parsed(text).copy(), known=True)


def _substitute(tree: exp.Expression, values: Mapping[str, Value]) -> exp.Expression:
    root = exp.Paren(this=tree)  # so that a placeholder at the very top has a parent too
    for hole in list(root.find_all(exp.Placeholder)):
        value = values[hole.name]
        if isinstance(value, exp.Expression):
            hole.replace(value.copy())
        elif isinstance(value, Sequence) and not isinstance(value, str):
            hole.replace([item.copy() for item in value])
        else:
            hole.replace(_literal(value))
    return cast(exp.Expression, root.this)


def _literal(value: str | int | float | bool | None) -> exp.Expression:
    literal = exp.convert(value)
    # a bare 1.06 is a decimal number of two digits to most engines
    return cast(exp.Expression, exp.cast(literal, "double") if isinstance(value, float) else literal)


def _expanded(tree: exp.Expression, *, known: bool = False) -> exp.Expression:
    """The tree with each macro spelt out, innermost first; with `known`, only those whose arguments hold no `$name`."""
    root = exp.Paren(this=tree)
    for call in sorted(root.find_all(exp.Anonymous), key=lambda node: -node.depth):
        text = _MACRO_TEXT.get(call.name.upper())
        if text is not None and not (known and call.find(exp.Placeholder)):
            arguments = (exp.paren(part) if isinstance(part, exp.Binary) else part for part in call.expressions)
            meaning = _substitute(parsed(text).copy(), dict(zip("ab", arguments, strict=False)))
            call.replace(exp.Paren(this=meaning))
    return cast(exp.Expression, root.this)


def _mounted(relation: Relation, name: str) -> exp.Expression:
    if isinstance(relation, exp.Table):
        mounted = relation.copy()
        mounted.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
        return mounted
    # one that is mounted already stays where it is; a fresh one needs no copy
    return relation.subquery(name, copy=relation.parent is not None)


def _select(names: Sequence[exp.Expression], source: exp.Expression) -> exp.Select:
    """SELECT names FROM source, without the copies that sqlglot's builders make."""
    return exp.Select(expressions=list(names), from_=exp.From(this=source))


def columns(names: Iterable[str], table: str | None = None) -> list[exp.Expression]:
    """Column expressions of these names, of one table where given."""
    return [exp.column(name, table=table) for name in names]


def build(text: str, relations: Mapping[str, Relation], **values: Value) -> exp.Select:
    """Build a statement from its text, with relations mounted and values bound in its syntax tree.

    Args:
        text: a SELECT in DuckDB's SQL. `$name` stands for a value, an expression, or a list of
            expressions; RATIO, START, MONTHS, SPAN, MERGED, BOTH, NAMES and PAIR are spelt out.
        relations: what stands behind the table names in the text.
        values: what stands behind `$name`.

    Returns:
        A statement of its own; the arguments mean what they did, though they may have become its parts.
    """
    tree = _spelt_out(text).copy()
    tables = [node for node in tree.find_all(exp.Table) if node.name in relations and not node.db]
    tree = _expanded(_substitute(tree, values))
    for table in tables:
        table.replace(_mounted(relations[table.name], table.alias or table.name))
    if not isinstance(tree, exp.Select):
        raise BadInput("A measure's text is one SELECT", where=text[:40])
    return tree


def condition(text: str) -> exp.Expression:
    """A condition or other expression from its text in DuckDB's SQL."""
    return _spelt_out(text).copy()


def same(left: str, right: str, names: Iterable[str]) -> exp.Expression:
    """The condition that two tables agree in these columns."""
    pairs = [exp.EQ(this=exp.column(name, left), expression=exp.column(name, right)) for name in names]
    return cast(exp.Expression, exp.and_(*pairs))


def among(column: str, values: Iterable[str]) -> exp.Expression:
    """The condition that a column has one of these values; never true where there are none."""
    listed = [exp.Literal.string(value) for value in values]
    if not listed:
        return exp.false()
    return cast(exp.Expression, exp.column(column).isin(*listed))


def all_but(over: str, names: Sequence[str] = KEY) -> list[str]:
    """The other columns of a key than the one whose items are compared.

    Args:
        over: "reporter", "partner", "flow" or "product".
        names: the key.

    Raises:
        BadInput: trade is not split by that column.
    """
    if over not in ITEMS:
        raise BadInput(f"Trade is not split by {over!r}", hint=f"Choose one of {', '.join(ITEMS)}")
    return [name for name in names if name != over]


def stack(relations: Sequence[Relation], names: Sequence[str]) -> exp.Select:
    """The rows of several relations under each other, in the named columns.

    Args:
        relations: at least one; each has the named columns.
        names: the columns to keep, in order.
    """
    parts: list[exp.Query] = [
        _select(columns(names), _mounted(relation, f"part_{i}")) for i, relation in enumerate(relations)
    ]
    whole = parts[0]
    for part in parts[1:]:
        whole = exp.union(whole, part, distinct=False, copy=False)
    return _select(columns(names), whole.subquery("parts", copy=False))


def where(relation: Relation, *conditions: exp.Expression) -> exp.Select:
    """The rows of a relation that fulfil all conditions; all rows where there are none."""
    kept = _select([exp.Star()], _mounted(relation, "all_rows"))
    return kept.where(*conditions, copy=False) if conditions else kept


def rows_of(names: Sequence[str], rows: Iterable[Sequence[str | int | float | None]]) -> exp.Select:
    """A relation of literal rows.

    Args:
        names: its columns.
        rows: at least one, each as long as `names`.
    """
    given = [tuple(row) for row in rows]
    if not given or any(len(row) != len(names) for row in given):
        raise BadInput(f"Literal rows need {len(names)} columns each, and one row at least")
    values = exp.values([tuple(_literal(value) for value in row) for row in given], alias="given", columns=names)
    return _select(columns(names), values)


def table(name: str) -> exp.Table:
    """A table of the engine by its name."""
    return exp.Table(this=exp.to_identifier(name))


def render(relation: Relation, dialect: str = _DIALECT) -> str:
    """The statement as text for an engine.

    Args:
        relation: the statement.
        dialect: a dialect of sqlglot: "duckdb", "spark", ...
    """
    whole = lifted(relation) if isinstance(relation, exp.Select) else relation
    return whole.sql(dialect=dialect)
