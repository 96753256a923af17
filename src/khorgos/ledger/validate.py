"""Look rows over: what cannot be right is an error, what looks odd is a warning; nothing is changed here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import duckdb
import pyarrow as pa

from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.core.schema import Flow, PartnerBasis, Status, Valuation
from khorgos.ledger.engine import connection
from khorgos.ledger.oddities import oddities
from khorgos.ledger.tables import CELL_KEY, LEDGER_TABLES
from khorgos.nomenclature.area_register import register
from khorgos.nomenclature.periods import parse_period

_AREAS = {
    "flow": ("reporter", "partner"),
    "indicator": ("area",),
    "pair": ("exporter", "importer"),
    "tariff": ("importer", "exporter"),
    "investment": ("origin", "destination"),
    "target": ("reporter", "partner"),
}
_WORDS = {"flow": Flow, "valuation": Valuation, "status": Status, "partner_basis": PartnerBasis}

# Rows looked over at once for duplicates. Chosen because their hashes then fit into a few hundred MB.
_BUCKET = 5_000_000


def validate(table: str, rows: pa.Table) -> list[Finding]:
    """Look over rows of one file.

    Args:
        table: name in `core.schema.TABLES`.
        rows: in that table's schema.

    Returns:
        Findings, errors first: rows with an error cannot enter the ledger.

    Raises:
        BadInput: the rows are not in the schema.
    """
    if rows.schema != LEDGER_TABLES[table]:
        raise BadInput(f"The rows are not in the schema of table {table!r}")
    with connection([]) as con:
        con.register("looked_over", rows)
        found = list(errors_in(con, table, "looked_over"))
        return found if found else oddities(con, table, "looked_over")


def errors_in(con: duckdb.DuckDBPyConnection, table: str, relation: str) -> Iterator[Finding]:
    """What cannot be right in a relation of an engine, one finding a kind of mistake.

    Args:
        con: the engine.
        table: name in `core.schema.TABLES`.
        relation: name of a view with that table's columns.

    Yields:
        Findings of severity "error", with the locators of examples.
    """
    yield from _empty_keys(con, table, relation)
    yield from _not_finite(con, table, relation)
    if "period" in LEDGER_TABLES[table].names:
        yield from _bad_periods(con, relation)
    yield from _unknown_areas(con, table, relation)
    if table == "flow":
        for column, words in _WORDS.items():
            yield from _unknown_words(con, relation, column, {str(word) for word in words})
    yield from _twice(con, relation, ("release", "locator"), "duplicate-locator", "Two rows have the same place")
    if table in CELL_KEY:
        yield from _twice(
            con, relation, ("release", *CELL_KEY[table]), "duplicate-cell", "Two rows state the same cell"
        )


def _error(code: str, text: str, where: Iterable[str]) -> Finding:
    return Finding(code, text, "error", ", ".join(sorted(where)))


def _places(con: duckdb.DuckDBPyConnection, relation: str, condition: str) -> list[str]:
    """Up to three locators of rows that meet a condition."""
    sql = f"SELECT release, locator FROM {relation} WHERE {condition} LIMIT 3"
    return [f"{release}#{locator}" for release, locator in con.execute(sql).fetchall()]


def _empty_keys(con: duckdb.DuckDBPyConnection, table: str, relation: str) -> Iterator[Finding]:
    conditions = {}
    for one in LEDGER_TABLES[table]:
        blank = f"{one.name} = ''" if pa.types.is_string(one.type) else "FALSE"
        conditions[one.name] = blank if one.nullable else f"({one.name} IS NULL OR {blank})"
    for name in _hit(con, relation, conditions):
        yield _error("empty-key", f"Rows have no {name}", _places(con, relation, conditions[name]))


def _not_finite(con: duckdb.DuckDBPyConnection, table: str, relation: str) -> Iterator[Finding]:
    numbers = [one.name for one in LEDGER_TABLES[table] if pa.types.is_floating(one.type)]
    conditions = {name: f"NOT isfinite({name})" + (f" OR {name} <= 0" * (name == "rounding")) for name in numbers}
    for name in _hit(con, relation, conditions):
        text = f"Rows have a {name} that is no number (missing is null)"
        yield _error("not-a-number", text, _places(con, relation, conditions[name]))


def _hit(con: duckdb.DuckDBPyConnection, relation: str, conditions: dict[str, str]) -> list[str]:
    """Names of the conditions that any row meets, in one pass."""
    sql = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in conditions.values())
    counts = con.execute(f"SELECT {sql} FROM {relation}").fetchone() or ()
    return [name for name, number in zip(conditions, counts, strict=True) if number]


def _distinct(con: duckdb.DuckDBPyConnection, relation: str, column: str) -> set[str]:
    sql = f"SELECT DISTINCT {column} FROM {relation} WHERE {column} IS NOT NULL"
    return {row[0] for row in con.execute(sql).fetchall()}


def _bad_periods(con: duckdb.DuckDBPyConnection, relation: str) -> Iterator[Finding]:
    wrong = []
    for text in _distinct(con, relation, "period"):
        try:
            canonical = str(parse_period(text)) == text
        except BadInput:
            canonical = False
        if not canonical:
            wrong.append(text)
    if wrong:
        yield _error(
            "bad-period", f"Not written as a period: {_some(wrong)}", _places(con, relation, _is("period", wrong))
        )


def _unknown_areas(con: duckdb.DuckDBPyConnection, table: str, relation: str) -> Iterator[Finding]:
    for column in _AREAS.get(table, ()):
        if wrong := sorted(_distinct(con, relation, column) - register().keys()):
            text = f"Unknown area ids as {column}: {_some(wrong)}"
            yield _error("unknown-area", text, _places(con, relation, _is(column, wrong)))


def _unknown_words(con: duckdb.DuckDBPyConnection, relation: str, column: str, words: set[str]) -> Iterator[Finding]:
    if wrong := sorted(_distinct(con, relation, column) - words):
        yield _error("unknown-word", f"Not a {column}: {_some(wrong)}", _places(con, relation, _is(column, wrong)))


def _some(values: Iterable[str]) -> str:
    """The first few of many values."""
    listed = sorted(values)
    return ", ".join(repr(one) for one in listed[:5]) + (f" and {len(listed) - 5} more" if len(listed) > 5 else "")


def _is(column: str, values: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(_text(one) for one in sorted(values)[:5])})"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _twice(
    con: duckdb.DuckDBPyConnection, relation: str, columns: tuple[str, ...], code: str, text: str
) -> Iterator[Finding]:
    """Rows that share a key. Hashes tell quickly that none do; only then are the keys themselves compared."""
    listed = ", ".join(columns)
    (rows,) = con.execute(f"SELECT count(*) FROM {relation}").fetchone() or (0,)
    buckets = max(1, math.ceil(rows / _BUCKET))
    for bucket in range(buckets):
        inside = f"hash({listed}) % {buckets} = {bucket}" if buckets > 1 else "TRUE"
        sql = f"SELECT count(*) - count(DISTINCT hash({listed})) FROM {relation} WHERE {inside}"
        (extra,) = con.execute(sql).fetchone() or (0,)
        if not extra:
            continue
        example = con.execute(
            f"SELECT any_value(release), list_sort(list(locator))[:3] FROM {relation} WHERE {inside} "
            f"GROUP BY {listed} HAVING count(*) > 1 ORDER BY min(locator) LIMIT 1"
        ).fetchone()
        if example:
            yield _error(code, f"{text}; {extra:,} rows too many", [f"{example[0]}#{' and '.join(example[1])}"])
            return
