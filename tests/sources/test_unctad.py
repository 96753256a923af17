"""UNCTAD's trade matrix: sections and totals, units; against the notes' figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from khorgos.core.errors import BadFile, UnmappedCode
from khorgos.sources.files import parse


def matrix(path: Path, **columns: Sequence[object]) -> Path:
    whole = {
        "year": [2015, 2015, 2015],
        "sector": ["All", "SITC0_Food", "SITC7_Machinery"],
        "exporter_iso3": ["CHN", "CHN", "CHN"],
        "importer_iso3": ["KGZ", "KGZ", "KGZ"],
        "exporter_name_raw": ["China"] * 3,
        "importer_name_raw": ["Kyrgyzstan"] * 3,
        "value_kusd": [4_285_000.0, 285_000.0, 4_000_000.0],
    }
    pq.write_table(pa.table({**whole, **columns}), path)
    return path


def test_sections_and_total(tmp_path: Path) -> None:
    parsed = parse(matrix(tmp_path / "x.parquet"))
    rows = parsed.tables["flow"].to_pylist()
    assert [(r["product"], r["nomenclature"], r["value"], r["locator"]) for r in rows] == [
        ("TOTAL", "TOTAL", 4_285e6, "row 1"),
        ("0", "SITC3", 285e6, "row 2"),
        ("7", "SITC3", 4_000e6, "row 3"),
    ]
    assert {(r["flow"], r["valuation"], r["status"]) for r in rows} == {("export", "FOB", "reconciled")}
    assert parsed.findings == ()


def test_an_empty_cell_stays_empty_and_a_broken_sum_is_told(tmp_path: Path) -> None:
    parsed = parse(matrix(tmp_path / "x.parquet", value_kusd=[4_285_000.0, None, 4_000_000.0]))
    assert parsed.tables["flow"]["value"].to_pylist() == [4_285e6, None, 4_000e6]
    assert [finding.code for finding in parsed.findings] == ["broken-sum"]


@pytest.mark.parametrize(
    ("columns", "error", "said"),
    [
        ({"sector": ["All", "Food", "SITC7_Machinery"]}, BadFile, "Unknown sector 'Food'"),
        ({"year": [2015, 15, 2015]}, BadFile, r"Not a year: 15 \(x\.parquet, row 2, column year\)"),
        (
            {"importer_iso3": ["KGZ", "QQQ", "KGZ"]},
            UnmappedCode,
            r"'QQQ'; they carry 3.33 per cent of the value .*row 2, column importer_iso3",
        ),
        ({"sector": ["All", "All", "SITC7_Machinery"]}, BadFile, "Two rows of one cell disagree, row 1 and row 2"),
    ],
)
def test_bad_matrices(tmp_path: Path, columns: dict[str, list[object]], error: type[BadFile], said: str) -> None:
    with pytest.raises(error, match=said):
        parse(matrix(tmp_path / "x.parquet", **columns))


def test_damaged_parquet(tmp_path: Path) -> None:
    path = matrix(tmp_path / "x.parquet")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadFile, match="The Parquet file is damaged"):
        parse(path)


def test_published_matrix(shared: Path) -> None:
    file = shared / "data/trade/unctad_matrix/unctad_trade_matrix_sitc_sections_1995_2005_2015.parquet"
    parsed = parse(file)
    table = parsed.tables["flow"]
    assert table.num_rows == 488_964
    totals = table.filter((pc.field("product") == "TOTAL") & (pc.field("period") == "2015"))
    found = {(r["reporter"], r["partner"]): r["value"] for r in totals.to_pylist()}
    # Printed in millions for the first three, in tenths of a billion for the last.
    assert found["CHN", "KGZ"] == pytest.approx(4.285e9, abs=0.0005e9)
    assert found["CHN", "KAZ"] == pytest.approx(8.427e9, abs=0.0005e9)
    assert found["TKM", "CHN"] == pytest.approx(7.395e9, abs=0.0005e9)
    assert found["CHN", "USA"] == pytest.approx(410.8e9, abs=0.05e9)
    world = sum(found.values())
    sections = table.filter((pc.field("product") != "TOTAL") & (pc.field("period") == "2015"))
    assert pc.sum(sections["value"]).as_py() == pytest.approx(world, abs=0.001e12)  # "difference 0.001 of 16.36 tn"
    assert world == pytest.approx(16.36e12, abs=0.005e12)  # printed in hundredths of a trillion
