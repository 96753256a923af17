"""Rows for others: credited, safe in a spreadsheet, lossless in Parquet, and refused where not allowed."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_makers import asked, filled, flow, parsed, release, rows_of, source
from sqlglot import exp

from khorgos.core.errors import BadInput, LedgerError, Refused
from khorgos.core.schema import FLOW, TABLES
from khorgos.ledger.export import export
from khorgos.ledger.query import FlowQuery, cells, rows
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.sources.connector import Parsed


@pytest.fixture
def ledger(empty: Ledger) -> Ledger:
    """One source of each sort of licence."""
    files = []
    for name, may, partner in (("free", "yes", "KAZ"), ("quoted", "figures", "KGZ"), ("closed", "no", "UZB")):
        card = source(name, redistribute=may)
        made = release(card, attribution="Times citing quoted" if name == "quoted" else None)
        files.append(parsed([flow("CHN", partner, "export", y, 1.0) for y in ("2022", "2023")], card=card, of=made))
    return filled(empty, *files)


def _open(ledger: Ledger) -> FlowQuery:
    return FlowQuery(sources=("free", "quoted"))


def test_closed_rows_are_refused_and_named(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"Trade of closed \[closed\] 2 rows"):
        export(ledger, rows(ledger, FlowQuery()), tmp_path / "x.csv")

    assert list(tmp_path.glob("x*")) == []


def test_closed_figures_are_refused_behind_a_sum_too(ledger: Ledger, tmp_path: Path) -> None:
    mixed = pa.table({"value": [3.0], "trace": [[f"{one}#a" for one in ledger.releases]]})

    with pytest.raises(Refused, match="closed"):
        export(ledger, mixed, tmp_path / "x.json")


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_rows_carry_whose_they_are(ledger: Ledger, tmp_path: Path, form: Any) -> None:
    done = export(ledger, cells(ledger, _open(ledger)), tmp_path / f"x.{form}")

    found = {row["partner"]: row for row in _read(done.path)}
    assert (done.rows, done.sources) == (4, ("free", "quoted"))
    assert found["KAZ"]["publisher"] == "Office free"
    assert found["KAZ"]["attribution"] == "free"
    assert found["KGZ"]["attribution"] == "Times citing quoted"
    assert found["KGZ"]["licence"] == "open"


def _read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    if path.suffix == ".json":
        return list(json.loads(path.read_text(encoding="utf-8")))
    return list(pq.read_table(path).to_pylist())


def test_a_sidecar_holds_cards_and_releases(ledger: Ledger, tmp_path: Path) -> None:
    done = export(ledger, rows(ledger, _open(ledger)), tmp_path / "x.csv")
    told = json.loads(done.sidecar.read_text(encoding="utf-8"))

    assert done.sidecar.name == "x.csv.sources.json"
    assert [card["id"] for card in told["sources"]] == ["free", "quoted"]
    assert [one["rows"] for one in told["releases"]] == [2, 2]
    assert {one["id"] for one in told["releases"]} <= ledger.releases.keys()


def test_figures_of_several_releases_credit_each_once(ledger: Ledger, tmp_path: Path) -> None:
    free, quoted, _ = sorted(ledger.releases, key=lambda one: ["free", "quoted", "closed"].index(one.split(":")[0]))
    table = pa.table({"value": [1.0], "trace": [[f"{free}#a", f"{free}#b", quoted]]})

    (row,) = _read(export(ledger, table, tmp_path / "x.json").path)

    assert row["publisher"] == "Office free; Office quoted"
    assert row["trace"] == [f"{free}#a", f"{free}#b", quoted]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_spreadsheet_runs_a_cell(empty: Ledger, tmp_path: Path, start: str) -> None:
    place = f'{start}HYPERLINK("http://example.org","x")'
    ledger = filled(empty, parsed([flow("CHN", "KAZ", "export", "2023", -5.0, locator=place)]))

    (row,) = _read(export(ledger, rows(ledger, FlowQuery()), tmp_path / "x.csv").path)
    (plain,) = _read(export(ledger, rows(ledger, FlowQuery()), tmp_path / "x.json").path)

    assert row["locator"] == f"'{place}"
    assert float(row["value"]) == -5.0  # a number is no formula
    assert plain["locator"] == place


def test_csv_leaves_missing_empty_and_joins_traces(empty: Ledger, tmp_path: Path) -> None:
    months = [flow("CHN", "KAZ", "export", f"2023-{n:02d}", 0.1) for n in range(1, 13)]
    ledger = filled(empty, parsed(months))

    (row,) = _read(export(ledger, cells(ledger, FlowQuery(), trace="row"), tmp_path / "x.csv").path)

    assert (row["rounding"], row["partner_basis"], row["published"]) == ("", "", "")
    assert len(row["trace"].split(" ")) == 12


def test_days_are_written_as_such(empty: Ledger, tmp_path: Path) -> None:
    made = release(source(), published=dt.date(2024, 1, 12))
    ledger = filled(empty, parsed([flow("CHN", "KAZ", "export", "2023", 1.0)], of=made))
    answer = cells(ledger, FlowQuery())

    assert _read(export(ledger, answer, tmp_path / "x.csv").path)[0]["published"] == "2024-01-12"
    assert _read(export(ledger, answer, tmp_path / "x.json").path)[0]["published"] == "2024-01-12"


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_no_rows_are_an_empty_file(ledger: Ledger, tmp_path: Path, form: str) -> None:
    done = export(ledger, cells(ledger, FlowQuery(years=(1999,))), tmp_path / f"x.{form}")

    assert (done.rows, done.sources, _read(done.path)) == (0, (), [])


def test_the_form_can_be_named(ledger: Ledger, tmp_path: Path) -> None:
    done = export(ledger, cells(ledger, _open(ledger)), tmp_path / "x.txt", form="json")

    assert len(json.loads(done.path.read_text(encoding="utf-8"))) == 4
    with pytest.raises(BadInput, match="cannot be written as 'txt'"):
        export(ledger, cells(ledger, _open(ledger)), tmp_path / "x.txt")


def test_rows_without_a_trace_are_not_passed_on(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="without a release or trace"):
        export(ledger, pa.table({"value": [1.0]}), tmp_path / "x.csv")
    with pytest.raises(BadInput, match="no release 'made-up:1'"):
        export(ledger, pa.table({"release": ["made-up:1"]}), tmp_path / "x.csv")


def test_a_path_that_cannot_be_written_is_one_clear_line(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")

    with pytest.raises(LedgerError, match="cannot be written"):
        export(ledger, cells(ledger, _open(ledger)), tmp_path / "file" / "x.csv")


def test_a_failed_export_leaves_the_old_file(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    export(ledger, rows(ledger, _open(ledger)), path)
    before = path.read_bytes()

    with pytest.raises(Refused):
        export(ledger, rows(ledger, FlowQuery()), path)

    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == ["x.csv", "x.csv.sources.json"]


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)
_NUMBER = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=15)  # each example writes ledgers to the disk
@given(stated=st.lists(st.tuples(_TEXT, _TEXT, _NUMBER, _NUMBER, st.none() | st.floats(1e-300, 1e300)), max_size=5))
def test_out_through_parquet_and_in_again_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, stated: list[tuple[Any, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("there")
    made = [
        flow("CHN", "KAZ", "export", str(1900 + n), value, locator=f"{n}{place}", quantity=quantity,
             quantity_unit=unit, rounding=step)
        for n, (place, unit, value, quantity, step) in enumerate(stated)
    ]  # fmt: skip
    one = parsed(made)
    there = filled(open_ledger(folder / "a", embedded=False), one)

    path = export(there, rows(there, FlowQuery(by="native")), folder / "rows.parquet").path

    back = pq.read_table(path).select(FLOW.names).cast(FLOW)
    again = Parsed(one.source, one.releases, {"flow": back})
    here = filled(open_ledger(folder / "b", embedded=False), again)
    question = exp.select(*FLOW.names).from_("flow")
    assert asked(here, question) == asked(there, question)
    assert asked(there, question) == sorted(one.tables["flow"].to_pylist(), key=str)


def test_every_table_can_be_exported(empty: Ledger, tmp_path: Path) -> None:
    gdp = {"area": "CHN", "period": "1990", "indicator": "GDP", "value": 1.0, "unit": "USD", "locator": "a"}
    ledger = filled(empty, parsed([gdp], table="indicator"))
    question = exp.select(*TABLES["indicator"].names).from_("indicator")

    path = export(ledger, question, tmp_path / "x.parquet").path

    kept = pq.read_table(path).select(TABLES["indicator"].names).to_pylist()
    assert kept == rows_of("indicator", [gdp | {"release": next(iter(ledger.releases))}]).to_pylist()
