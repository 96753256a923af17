"""Imports: whole or not at all, once, in any order, from memory or from a stream."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_makers import asked, filled, flow, parsed, release, rows_of, source
from sqlglot import exp

from khorgos.core.errors import BadInput, LedgerError
from khorgos.core.findings import Finding
from khorgos.core.schema import FLOW
from khorgos.ledger import ingest as module
from khorgos.ledger.engine import run
from khorgos.ledger.ingest import ingest
from khorgos.ledger.query import FlowQuery, alternatives, cells
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.sources.connector import Parsed

EVERYTHING = exp.select("*").from_("flow")


def _file(name: str, *rows: dict[str, object]) -> Parsed:
    return parsed(rows, of=release(source(), name))


def test_a_report_says_what_was_done(empty: Ledger) -> None:
    found = Finding("odd", "Something looked odd")
    one = replace(_file("a", flow("CHN", "KAZ", "export", "2022", 1.0)), findings=(found,), dropped={"World": 3})

    report = ingest(empty, [one, one])

    assert report.rows == {"flow": 1}
    assert report.new == one.releases
    assert report.known == one.releases
    assert report.findings == (found,)
    assert report.dropped == {"World": 3}
    assert report.text == "Imported 1 release: 1 rows of flow; 1 release known already"


def test_the_same_bytes_again_change_nothing_and_say_so(empty: Ledger) -> None:
    one = _file("a", flow("CHN", "KAZ", "export", "2022", 1.0))
    ledger = filled(empty, one)
    before = sorted(path.name for path in empty.path.rglob("*"))

    again = ingest(ledger, [one])

    assert again.new == ()
    assert "Nothing new" in again.text
    assert again.ledger.layers[0].manifest == ledger.layers[0].manifest
    assert sorted(path.name for path in empty.path.rglob("*")) == before


def test_nothing_to_import_is_nothing_new(empty: Ledger) -> None:
    assert ingest(empty, []).new == ()
    assert not (empty.path / "CURRENT").exists()


def test_a_file_that_quotes_known_and_new_releases_adds_the_new_ones(empty: Ledger) -> None:
    card, a, b = source(), release(source(), "a"), release(source(), "b")
    ledger = filled(empty, parsed([flow("CHN", "KAZ", "export", "2022", 1.0)], of=a))
    rows = [
        {"release": a.id, **flow("CHN", "KAZ", "export", "2022", 99.0)},
        {"release": b.id, **flow("CHN", "KGZ", "export", "2022", 2.0)},
    ]

    report = ingest(ledger, [Parsed(card, (a, b), {"flow": rows_of("flow", rows)})])

    assert report.new == (b,)
    assert [row["value"] for row in asked(report.ledger, exp.select("value").from_("flow"))] == [1.0, 2.0]


def test_a_release_without_rows_is_known_all_the_same(empty: Ledger) -> None:
    ledger = filled(empty, _file("a"))

    assert list(ledger.releases) == [release(source(), "a").id]
    assert ingest(ledger, [_file("a")]).new == ()


def test_rows_keep_every_column(empty: Ledger) -> None:
    row = flow(
        "ARM", "RUS", "import", "2023-01..2023-05", -0.1, product="270900", nomenclature="HS17", currency="AMD",
        partner_basis="consignment", quantity=1.5, quantity_unit="tonne", status="estimated", rounding=1000.0,
        locator="Лист 1!D14",
    )  # fmt: skip
    one = _file("a", row)

    kept = run(filled(empty, one), EVERYTHING)

    assert kept.select(FLOW.names).to_pylist() == one.tables["flow"].to_pylist()


@pytest.mark.parametrize("batch_rows", [1, 7, 1000])
def test_a_stream_gives_the_same_ledger_as_a_table(empty: Ledger, tmp_path: Path, batch_rows: int) -> None:
    whole = _file("a", *(flow("CHN", "KAZ", "export", str(year), float(year)) for year in range(1990, 2010)))
    batches = whole.tables["flow"].to_batches(max_chunksize=batch_rows)
    reader = pa.RecordBatchReader.from_batches(FLOW, batches)
    streamed = replace(whole, tables={"flow": reader})

    a = filled(empty, whole)
    b = filled(open_ledger(tmp_path / "other", embedded=False), streamed)

    assert a.layers[0].manifest.parts == b.layers[0].manifest.parts


def test_parts_are_sorted_and_named_by_their_bytes(empty: Ledger) -> None:
    pairs = [flow(a, b, "export", "2022", 1.0) for a in ("UZB", "CHN", "KAZ") for b in ("RUS", "DEU")]
    ledger = filled(empty, _file("a", *pairs))
    ((layer, part),) = ledger.parts("flow")
    path = layer.root / part.path

    kept = run(ledger, EVERYTHING)

    assert list(zip(kept["reporter"].to_pylist(), kept["partner"].to_pylist(), strict=True)) == sorted(
        itertools.product(("CHN", "KAZ", "UZB"), ("DEU", "RUS"))
    )
    assert hashlib.sha256(path.read_bytes()).hexdigest() == part.sha256
    assert path.stem == part.sha256[:32]
    assert (part.rows, part.first, part.last, part.lengths) == (6, 2022, 2022, ("year",))
    assert part.reporters == ("CHN", "KAZ", "UZB")


def test_several_files_at_once_are_one_state(empty: Ledger) -> None:
    report = ingest(empty, [_file(name, flow("CHN", "KAZ", "export", "2022", 1.0)) for name in "abc"])

    assert report.ledger.layers[0].manifest.number == 1
    assert len(report.new) == 3


def test_one_bad_file_of_several_leaves_the_ledger_as_it_was(empty: Ledger) -> None:
    good = _file("a", flow("CHN", "KAZ", "export", "2022", 1.0))
    bad = _file("b", flow("XXX", "KAZ", "export", "2022", 1.0))

    with pytest.raises(BadInput, match=r"Unknown area ids as reporter: 'XXX' in b\.csv"):
        ingest(empty, [good, bad])

    assert open_ledger(empty.path, embedded=False).layers == ()
    assert list(empty.path.rglob("*.parquet")) == []


def test_rows_of_an_undeclared_release_are_refused(empty: Ledger) -> None:
    one = _file("a", flow("CHN", "KAZ", "export", "2022", 1.0))
    other = replace(one, releases=(release(source(), "b"),))

    with pytest.raises(BadInput, match="does not declare"):
        ingest(empty, [other])


def test_the_publishers_bytes_are_kept_unchanged(empty: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n1,2\n")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    one = _file("a", flow("CHN", "KAZ", "export", "2022", 1.0))
    made = replace(one.releases[0], sha256=digest)
    rows = rows_of("flow", [{**one.tables["flow"].to_pylist()[0], "release": made.id}])

    ingest(empty, [replace(one, releases=(made,), tables={"flow": rows})], files={digest: path})

    assert (empty.path / "raw" / digest).read_bytes() == path.read_bytes()


def test_a_file_that_changed_meanwhile_is_refused(empty: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"other bytes")
    one = _file("a", flow("CHN", "KAZ", "export", "2022", 1.0))

    with pytest.raises(BadInput, match="changed while it was imported"):
        ingest(empty, [one], files={one.releases[0].sha256: path})

    assert open_ledger(empty.path, embedded=False).layers == ()


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    inside_a_file = Ledger((), tmp_path / "file" / "ledger")

    with pytest.raises(LedgerError, match="cannot be written"):
        ingest(inside_a_file, [_file("a", flow("CHN", "KAZ", "export", "2022", 1.0))])


def test_large_files_have_parts_of_their_own_and_a_second_order(empty: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGE", 4)
    rows = [
        flow(a, b, "export", "2022", float(i), product=f"0101{i}0", nomenclature="HS17")
        for i in range(3)
        for a, b in (("CHN", "KAZ"), ("KAZ", "CHN"))
    ]
    ledger = filled(empty, _file("a", *rows))
    kinds = {part.kind: part for _, part in ledger.parts("flow")}

    assert set(kinds) == {"rows", "by-product"}
    assert kinds["by-product"].copies == kinds["rows"].path
    assert run(ledger, EVERYTHING).num_rows == 6
    one_product = FlowQuery(products=("010110",))
    statement = cells(ledger, one_product)
    assert [row["value"] for row in asked(ledger, statement)] == [1.0, 1.0]


_AREAS = ("CHN", "KAZ", "KGZ")
_DAY = dt.date(2024, 1, 1)


@st.composite
def _files(draw: st.DrawFn) -> list[Parsed]:
    """A few releases of two sources that state overlapping cells."""
    made = []
    for number in range(draw(st.integers(1, 4))):
        card = source(draw(st.sampled_from(["customs", "office"])), rank=draw(st.sampled_from([10, 30])))
        keys = draw(
            st.lists(
                st.tuples(
                    st.sampled_from(_AREAS), st.sampled_from(_AREAS), st.sampled_from(["2022", "2023", "2023-01"])
                ),
                unique=True,
                max_size=6,
            )
        )
        rows = [flow(a, b, "export", p, draw(st.none() | st.integers(0, 9).map(float))) for a, b, p in keys]
        day = draw(st.none() | st.dates(min_value=_DAY, max_value=_DAY.replace(year=2026)))
        made.append(parsed(rows, card=card, of=release(card, f"file {number}", published=day)))
    return made


def _everything_asked(ledger: Ledger) -> list[object]:
    questions = (EVERYTHING, cells(ledger, FlowQuery(), trace="row"), alternatives(ledger, FlowQuery(by="native")))
    return [asked(ledger, question) for question in questions]


@settings(max_examples=12)  # each example writes ledgers to the disk
@given(files=_files(), data=st.data())
def test_the_order_of_imports_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, files: list[Parsed], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(files))
    at_once = filled(open_ledger(tmp_path_factory.mktemp("a"), embedded=False), *files)
    one_by_one = open_ledger(tmp_path_factory.mktemp("b"), embedded=False)
    for one in shuffled:
        one_by_one = filled(one_by_one, one)

    # Cards of one source may differ between files; the last imported stands, so both get the same.
    if len({one.source for one in files}) == len({one.source.id for one in files}):
        assert _everything_asked(at_once) == _everything_asked(one_by_one)
    assert set(at_once.releases) == set(one_by_one.releases)


@settings(max_examples=12)  # each example writes ledgers to the disk
@given(files=_files())
def test_importing_twice_is_importing_once(tmp_path_factory: pytest.TempPathFactory, files: list[Parsed]) -> None:
    once = filled(open_ledger(tmp_path_factory.mktemp("a"), embedded=False), *files)
    twice = filled(once, *files)

    assert twice.layers[0].manifest == once.layers[0].manifest


@settings(max_examples=12)  # each example writes ledgers to the disk
@given(files=_files())
def test_the_sum_of_parts_is_preserved(tmp_path_factory: pytest.TempPathFactory, files: list[Parsed]) -> None:
    ledger = filled(open_ledger(tmp_path_factory.mktemp("a"), embedded=False), *files)
    rows = [row for one in files for row in one.tables["flow"].to_pylist()]

    kept = asked(ledger, EVERYTHING)

    assert sorted(rows, key=str) == kept
    assert sum(part.rows for _, part in ledger.parts("flow")) == len(rows)
