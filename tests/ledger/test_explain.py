"""Any printed number back to row, release, source, correction and the bytes of the publisher's file."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from ledger_makers import asked, filled, flow, parsed, release, rows_of, source

from khorgos.core.errors import NoData
from khorgos.ledger.explain import explain
from khorgos.ledger.ingest import ingest
from khorgos.ledger.query import FlowQuery, cells
from khorgos.ledger.store import Ledger

ROW = flow("CHN", "KAZ", "export", "2023", 24.7e9, locator="sheet!D14")


@pytest.fixture
def kept(empty: Ledger, tmp_path: Path) -> tuple[Ledger, str]:
    """A ledger with the file's own bytes, and the token of its row."""
    path = tmp_path / "file.csv"
    path.write_bytes(b"the publisher's bytes")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    made = replace(release(source()), sha256=digest)
    rows = rows_of("flow", [{"release": made.id, **ROW}])
    one = replace(parsed([], of=made), tables={"flow": rows})
    return ingest(empty, [one], files={digest: path}).ledger, f"{made.id}#sheet!D14"


def test_a_number_is_walked_back_to_its_bytes(kept: tuple[Ledger, str]) -> None:
    ledger, token = kept
    (row,) = asked(ledger, cells(ledger, FlowQuery(), trace="row"))
    assert row["trace"] == [token]

    (walk,) = explain(ledger, row["trace"])

    assert walk.row == {**ROW, "release": token.partition("#")[0]}
    assert (walk.table, walk.release.filename, walk.source.id) == ("flow", "a.csv", "customs")
    assert walk.path is not None
    assert walk.path.read_bytes() == b"the publisher's bytes"
    assert (walk.file, walk.originals, walk.parts) == ("verified", (), ())


def test_a_changed_copy_is_told(kept: tuple[Ledger, str]) -> None:
    ledger, token = kept
    (path,) = (ledger.path / "raw").iterdir()
    path.write_bytes(b"other bytes")

    assert explain(ledger, [token])[0].file == "changed"
    path.unlink()
    assert explain(ledger, [token])[0].file == "missing"


def test_a_release_alone_is_explained_without_a_row(kept: tuple[Ledger, str]) -> None:
    ledger, token = kept

    (walk,) = explain(ledger, [token.partition("#")[0]])

    assert (walk.table, walk.row, walk.file) == (None, None, "verified")


@pytest.mark.parametrize("token", ["nowhere:123456789abc", "nowhere:123456789abc#line 1", ""])
def test_an_unknown_release_is_named(kept: tuple[Ledger, str], token: str) -> None:
    with pytest.raises(NoData, match="no release"):
        explain(kept[0], [token])


def test_an_unknown_place_is_named(kept: tuple[Ledger, str]) -> None:
    ledger, token = kept

    with pytest.raises(NoData, match="no row 'sheet!D15'"):
        explain(ledger, [token.replace("D14", "D15")])


def test_rows_of_every_table_are_found(empty: Ledger) -> None:
    gdp = {"area": "CHN", "period": "1990", "indicator": "GDP", "value": 1.0, "unit": "USD", "locator": "line 1"}
    ledger = filled(empty, parsed([gdp], card=source("bank"), table="indicator"))
    (only,) = ledger.releases

    (walk,) = explain(ledger, [f"{only}#line 1"])

    assert (walk.table, walk.row) == ("indicator", gdp | {"release": only})


def test_walks_come_in_the_order_asked(empty: Ledger) -> None:
    rows = [flow("CHN", "KAZ", "export", str(year), float(year)) for year in (2021, 2022, 2023)]
    ledger = filled(empty, parsed(rows))
    (only,) = ledger.releases
    tokens = [f"{only}#CHN:KAZ:export:{year}:TOTAL" for year in (2023, 2021, 2022)]

    assert [walk.row["period"] for walk in explain(ledger, tokens) if walk.row] == ["2023", "2021", "2022"]
