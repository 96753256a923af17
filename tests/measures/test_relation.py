"""Statements: what is spelt out, bound and lifted means what it says."""

from __future__ import annotations

import duckdb
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from measure_makers import execute, few
from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.measures.statements.lifting import lifted
from khorgos.measures.statements.relation import all_but, among, build, columns, render, rows_of, stack, table, where
from khorgos.nomenclature.periods import Period

periods = st.builds(Period, st.integers(12 * 1990, 12 * 2030), st.integers(1, 36))


def _ask(text: str) -> list[tuple[object, ...]]:
    return duckdb.sql(text).fetchall()


@few
@given(st.lists(periods, min_size=1, max_size=20))
def test_start_and_length_of_periods_are_those_of_the_nomenclature(given_periods: list[Period]) -> None:
    rows = rows_of(("p",), [(str(period),) for period in given_periods])
    found = execute(build("SELECT p, START(p) AS first, MONTHS(p) AS n FROM r", {"r": rows})).to_pylist()

    assert {(row["p"], row["first"], row["n"]) for row in found} == {(str(p), p.start, p.months) for p in given_periods}


@few
@given(st.integers(1990, 2030), st.integers(1, 12))
def test_january_to_a_month_is_written_as_the_nomenclature_writes_it(year: int, month: int) -> None:
    rows = rows_of(("y", "m"), [(year, month)])
    found = execute(build("SELECT SPAN(y, m) AS p FROM r", {"r": rows})).to_pylist()

    assert found == [{"p": str(Period(12 * year, month))}]


def test_a_macro_keeps_its_arguments_together() -> None:
    rows = rows_of(("a", "b"), [(7.0, 2.0)])

    assert execute(build("SELECT RATIO(a - b, a + b) AS x FROM r", {"r": rows})).to_pylist() == [{"x": 5 / 9}]


def test_a_ratio_to_zero_is_missing() -> None:
    rows = rows_of(("a", "b"), [(7.0, 0.0)])

    assert execute(build("SELECT RATIO(a, b) AS x FROM r", {"r": rows})).to_pylist() == [{"x": None}]


def test_traces_and_names_are_joined_once_each() -> None:
    text = "SELECT BOTH(['b', 'a'], ['a']) AS t, PAIR('y+x', 'x') AS s, PAIR(NULL, 'x') AS n, BOTH(NULL, ['a']) AS u"

    assert _ask(render(build(text, {}))) == [(["a", "b"], "x+y", "x", ["a"])]


def test_bound_numbers_are_doubles_and_text_is_quoted() -> None:
    built = build("SELECT $x AS x, $t AS t, $n AS n", {}, x=1.06, t="it's; DROP TABLE r", n=None)

    assert _ask(f"SELECT typeof(x), t, n FROM ({render(built)})") == [("DOUBLE", "it's; DROP TABLE r", None)]


def test_lists_of_columns_are_spliced() -> None:
    built = build("SELECT $keys, MAX(v) AS v FROM r GROUP BY $keys", {"r": table("t")}, keys=columns(("a", "b")))

    assert built.sql("duckdb") == "SELECT a, b, MAX(v) AS v FROM t AS r GROUP BY a, b"


def test_building_leaves_its_arguments_alone() -> None:
    rows = where(table("t"), among("a", ["x"]))
    before = rows.sql()
    build("SELECT * FROM r AS v JOIN r AS u ON v.a = u.a", {"r": rows})

    assert rows.sql() == before


def test_a_nearer_name_hides_a_farther_one() -> None:
    text = """
        WITH a AS (SELECT 1 AS x)
        SELECT (SELECT MAX(x) FROM (WITH a AS (SELECT x + 10 AS x FROM a) SELECT x FROM a) AS inner_a) AS near,
          (SELECT MAX(x) FROM a) AS far
    """
    statement = sqlglot.parse_one(text, read="duckdb")
    assert isinstance(statement, exp.Select)

    assert _ask(text) == _ask(lifted(statement).sql("duckdb")) == [(11, 1)]


def test_equal_expressions_are_computed_once_and_unread_ones_dropped() -> None:
    inner = "(WITH b AS (SELECT 1 AS x) SELECT x FROM b)"
    text = f"WITH unread AS (SELECT 2 AS x) SELECT v.x + u.x AS x FROM {inner} AS v, {inner} AS u"
    statement = sqlglot.parse_one(text, read="duckdb")
    assert isinstance(statement, exp.Select)
    clause = lifted(statement).args["with_"]

    assert [cte.alias for cte in clause.expressions] == ["b"]


def test_each_lifted_expression_stands_after_those_it_reads() -> None:
    text = "WITH a AS (SELECT 1 AS x), b AS (WITH c AS (SELECT x FROM a) SELECT x + 1 AS x FROM c) SELECT x FROM b"
    statement = sqlglot.parse_one(text, read="duckdb")
    assert isinstance(statement, exp.Select)
    names = [cte.alias for cte in lifted(statement).args["with_"].expressions]

    assert names.index("a") < names.index("c") < names.index("b")
    assert _ask(lifted(statement).sql("duckdb")) == [(2,)]


def test_stacked_relations_keep_every_row() -> None:
    rows = rows_of(("a",), [("x",), ("x",)])

    assert len(execute(stack([rows, rows], ("a",)))) == 4


def test_no_literal_rows_and_ragged_rows_are_refused() -> None:
    with pytest.raises(BadInput, match="one row at least"):
        rows_of(("a",), [])
    with pytest.raises(BadInput, match="1 columns each"):
        rows_of(("a",), [("x", "y")])


def test_trade_is_not_split_by_period() -> None:
    with pytest.raises(BadInput, match="not split by 'period'"):
        all_but("period")


def test_a_measure_is_one_select() -> None:
    with pytest.raises(BadInput, match="one SELECT"):
        build("SELECT 1 UNION ALL SELECT 2", {})


def test_among_nothing_is_never_true() -> None:
    assert _ask(f"SELECT 1 WHERE {among('a', []).sql()}") == []
