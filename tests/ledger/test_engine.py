"""The engine: right shares over partitions, no way out of the ledger's folders, errors in one line."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from ledger_makers import asked, filled, flow, parsed
from sqlglot import exp

from khorgos.core.errors import BadInput, LedgerError
from khorgos.ledger import engine
from khorgos.ledger.engine import batches, connection, run
from khorgos.ledger.query import FlowQuery, cells
from khorgos.ledger.store import Ledger


def test_shares_over_a_filtered_hive_partition_sum_to_one(tmp_path: Path) -> None:
    """The canary: DuckDB 2.0.0 lost the partition's filter here, without an error."""
    with connection([tmp_path]) as con:
        con.execute(
            "COPY (SELECT 2000 + (i % 3) AS year, 'area' || (i % 7) AS area, (i % 11 + 1)::DOUBLE AS value "
            f"FROM range(600) AS t(i)) TO '{tmp_path}/hive' (FORMAT parquet, PARTITION_BY (year))"
        )
        shares = con.execute(
            "SELECT area, sum(value) / sum(sum(value)) OVER () AS share "
            f"FROM read_parquet('{tmp_path}/hive/*/*.parquet', hive_partitioning = true) "
            "WHERE year = 2001 GROUP BY area"
        ).fetchall()

    assert len(shares) == 7
    assert sum(share for _, share in shares) == pytest.approx(1.0, abs=1e-12)  # seven doubles


def test_the_rewrite_that_lost_the_filter_is_switched_off(tmp_path: Path) -> None:
    with connection([tmp_path]) as con:
        (switched_off,) = con.execute("SELECT current_setting('disabled_optimizers')").fetchone() or ("",)

    assert "window_self_join" in switched_off


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_parquet('https://example.org/x.parquet')",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "COPY (SELECT 1) TO '/tmp/khorgos-must-not-exist.csv'",
        "ATTACH '/tmp/khorgos-must-not-exist.db'",
    ],
)
def test_the_engine_stays_inside_its_folders(tmp_path: Path, statement: str) -> None:
    with connection([tmp_path]) as con, pytest.raises(duckdb.Error):
        con.execute(statement)


def test_memory_and_threads_are_bounded(tmp_path: Path) -> None:
    with connection([tmp_path]) as con:
        asked_for = "SELECT current_setting('memory_limit'), current_setting('threads')"
        memory, threads = con.execute(asked_for).fetchone() or ("", 99)

    size, unit = memory.split()
    assert float(size) < {"MiB": 2048, "GiB": 2}[unit]
    assert threads <= 4


def test_python_variables_are_not_tables(empty: Ledger) -> None:
    hidden = pa.table({"a": [1]})  # noqa: F841  the engine must not find it by its name

    with pytest.raises(duckdb.CatalogException):
        run(empty, exp.select("*").from_("hidden"))


def test_relations_can_be_handed_in(empty: Ledger) -> None:
    answer = run(empty, exp.select("a").from_("mine"), relations={"mine": pa.table({"a": [1, 2]})})

    assert answer["a"].to_pylist() == [1, 2]


def test_an_empty_ledger_answers_every_table_with_no_rows(empty: Ledger) -> None:
    for table in ("flow", "indicator", "pair", "tariff", "investment", "correction", "release"):
        assert run(empty, exp.select("*").from_(table)).num_rows == 0
    assert run(empty, cells(empty, FlowQuery())).num_rows == 0


def test_one_statement_may_name_a_table_twice(empty: Ledger) -> None:
    ledger = filled(
        empty, parsed([flow("CHN", "KAZ", "export", "2023", 5.0), flow("KAZ", "CHN", "export", "2023", 7.0)])
    )
    question = sqlglot.parse_one(
        "SELECT a.value + b.value AS value FROM flow AS a JOIN flow AS b ON a.reporter = b.partner "
        "WHERE a.reporter = 'CHN'",
        dialect="duckdb",
    )

    assert asked(ledger, question) == [{"value": 12.0}]


def test_a_named_subquery_hides_the_ledgers_table(empty: Ledger) -> None:
    ledger = filled(empty, parsed([flow("CHN", "KAZ", "export", "2023", 5.0)]))
    question = sqlglot.parse_one("WITH flow AS (SELECT 1 AS one) SELECT one FROM flow", dialect="duckdb")

    assert asked(ledger, question) == [{"one": 1}]


def test_batches_hold_the_same_rows(empty: Ledger) -> None:
    ledger = filled(empty, parsed([flow("CHN", "KAZ", "export", str(year), 5.0) for year in range(1990, 2020)]))
    question = exp.select("period").from_("flow")

    with batches(ledger, question) as reader:
        streamed = reader.read_all()

    assert streamed.sort_by("period") == run(ledger, question).sort_by("period")


@pytest.mark.parametrize("harm", ["delete", "cut", "scribble"])
def test_a_harmed_part_is_named_in_one_line(empty: Ledger, harm: str) -> None:
    ledger = filled(empty, parsed([flow("CHN", "KAZ", "export", "2023", 5.0)]))
    ((layer, part),) = ledger.parts("flow")
    path = layer.root / part.path
    if harm == "delete":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:200] if harm == "cut" else b"not parquet at all")

    with pytest.raises(LedgerError, match="damaged") as caught:
        run(ledger, exp.select("*").from_("flow"))

    assert "\n" not in str(caught.value)
    assert path.name in str(caught.value)


def test_a_question_made_for_another_ledger_is_refused(empty: Ledger) -> None:
    ledger = filled(empty, parsed([flow("CHN", "KAZ", "export", "2023", 5.0)]))
    question = cells(ledger, FlowQuery())

    with pytest.raises(BadInput, match="another view"):
        run(empty, question)


def test_no_room_for_temporary_files_is_no_reason_not_to_answer(
    empty: Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ledger = filled(empty, parsed([flow("CHN", "KAZ", "export", "2023", 5.0)]))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))

    assert len(asked(ledger, cells(ledger, FlowQuery()))) == 1
    assert not (tmp_path / "nowhere").exists()


def test_what_does_not_fit_into_memory_is_sorted_on_the_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(engine, "_MEMORY", "120MB")
    with connection([tmp_path], spill=tmp_path) as con:
        con.execute(
            "COPY (SELECT hash(i) AS a, hash(i + 1) AS b, hash(i + 2)::VARCHAR AS c FROM range(4_000_000) AS t(i) "
            f"ORDER BY a) TO '{tmp_path}/sorted.parquet'"
        )
        (ordered,) = con.execute(
            f"SELECT bool_and(a >= before) FROM (SELECT a, lag(a, 1, 0) OVER (ORDER BY file_row_number) AS before "
            f"FROM read_parquet('{tmp_path}/sorted.parquet', file_row_number = true) LIMIT 100000)"
        ).fetchone() or (False,)

    assert ordered
    assert [path.name for path in tmp_path.iterdir()] == ["sorted.parquet"]
