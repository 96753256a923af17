"""CEPII BACI and the tables derived from it: units, vintages, code files, empty years; against the notes' figures."""

from __future__ import annotations

import datetime as dt
import gzip
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khorgos.core.errors import BadFile, KhorgosError, UnmappedCode
from khorgos.sources.connector import Parsed
from khorgos.sources.files import parse

YEAR = "BACI_HS22_Y2023_V202501.csv"


def value(table: pa.Table, reporter: str, partner: str, period: str, product: str = "TOTAL") -> float | None:
    wanted = {"reporter": reporter, "partner": partner, "period": period, "product": product}
    rows = [row for row in table.filter(pc.field("reporter") == reporter).to_pylist() if row.items() >= wanted.items()]
    assert len(rows) == 1, f"{len(rows)} rows for {wanted}"
    found: float | None = rows[0]["value"]
    return found


def test_a_year_file(specimens: Path) -> None:
    parsed = parse(specimens / "baci" / YEAR)
    (release,) = parsed.releases
    assert (release.published, release.precision) == (dt.date(2025, 1, 1), "month")
    rows = parsed.tables["flow"].to_pylist()
    assert rows[2] == {
        "reporter": "KAZ",
        "partner": "CHN",
        "flow": "export",
        "period": "2023",
        "product": "740311",
        "nomenclature": "HS22",
        "value": 186_400_001.0,  # thousand USD in the file
        "currency": "USD",
        "valuation": "FOB",
        "partner_basis": None,
        "quantity": None,  # "NA" padded to 13 places is missing, not zero
        "quantity_unit": "tonne",
        "status": "reconciled",
        "rounding": None,
        "release": release.id,
        "locator": "row 4",
    }
    assert [row["reporter"] for row in rows] == ["CHN", "CHN", "KAZ", "TWN", "XEF"]
    assert [row["partner"] for row in rows] == ["KAZ", "KAZ", "CHN", "USA", "IND"]
    assert rows[0]["quantity"] == 0.25
    assert parsed.findings == ()
    assert parsed.source.redistribute == "yes"


def test_gzipped_and_padded_year_files_read_the_same(specimens: Path, tmp_path: Path) -> None:
    plain = parse(specimens / "baci" / YEAR).tables["flow"].drop_columns("release")
    (tmp_path / f"{YEAR}.gz").write_bytes(gzip.compress((specimens / "baci" / YEAR).read_bytes()))
    packed = parse(tmp_path / f"{YEAR}.gz").tables["flow"].drop_columns("release")
    assert plain.equals(packed)


def test_code_files_are_known_and_checked(specimens: Path) -> None:
    folder = specimens / "baci"
    codes = parse(folder / "country_codes_V202501.csv")
    assert codes.tables == {}
    assert [finding.code for finding in codes.findings] == ["area-code"]
    assert "BLX here; CEPII prints BEL" in codes.findings[0].text
    assert "5 products" in parse(folder / "product_codes_HS22_V202501.csv").findings[0].text
    companions = {path.name: path for path in folder.glob("*codes*")}
    with_codes = parse(folder / YEAR, companions=companions)
    assert [finding.code for finding in with_codes.findings] == ["unknown-product", "area-code"]
    assert "1 products are not in product_codes_HS22_V202501.csv, such as 271012" in with_codes.findings[0].text


@pytest.mark.parametrize(
    ("name", "content", "error", "said"),
    [
        ("baci.csv", "t,i,j,k,v,q\n", BadFile, "name does not tell the HS vintage"),
        (YEAR, "t,i,j,k,v,q\n2022,156,398,010121,1.5,2\n", BadFile, "year 2022 is not the 2023 of the file's name"),
        (YEAR, "t,i,j,k,v,q\n2023,156,398,10121,1.5,2\n", BadFile, r"'10121' is no HS6 code \(.*row 2, column k\)"),
        (YEAR, "t,i,j,k,v,q\n2023,156,398,010121,abc,2\n", BadFile, r"Not a number: 'abc' \(.*row 2, column v\)"),
        (YEAR, "t,i,j,k,v,q\n2023,156,398,010121\n", BadFile, "4 of 6 columns"),
        (YEAR, "t,i,j,k,v,q\n2023,9999,398,010121,1,2\n2023,156,398,010121,3,2\n", UnmappedCode, "'9999'; .* 25 per"),
        (
            YEAR,
            "t,i,j,k,v,q\n2023,156,398,010121,1,2\n2023,156,398,010121,3,2\n",
            BadFile,
            "disagree, row 2 and row 3: value 1,000 and 3,000 of CHN KAZ 010121",
        ),
    ],
)
def test_bad_year_files(tmp_path: Path, name: str, content: str, error: type[BadFile], said: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(error, match=said):
        parse(tmp_path / name)


def test_repeated_and_negative_rows(tmp_path: Path) -> None:
    (tmp_path / YEAR).write_text("t,i,j,k,v,q\n" + "2023,156,398,010121,-1.5,2\n" * 2)
    parsed = parse(tmp_path / YEAR)
    assert parsed.tables["flow"]["value"].to_pylist() == [-1500.0]
    assert parsed.dropped == {"repeated row": 1}
    assert [finding.code for finding in parsed.findings] == ["negative-value"]


@given(cut=st.integers(0, 220), noise=st.integers(0, 255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_year_file_is_an_error_or_keeps_whole_rows(
    specimens: Path, tmp_path: Path, cut: int, noise: int
) -> None:
    raw = bytearray((specimens / "baci" / YEAR).read_bytes())
    raw[cut] = noise
    (tmp_path / YEAR).write_bytes(bytes(raw))
    try:
        parsed: Parsed | None = parse(tmp_path / YEAR)
    except KhorgosError:
        parsed = None
    assert parsed is None or parsed.tables["flow"].num_rows in (4, 5)


def test_totals_leave_a_year_of_zeros_out(specimens: Path) -> None:
    parsed = parse(specimens / "baci" / "baci_totals_long.csv")
    assert parsed.dropped == {"zero in a year without a single flow": 2}
    assert value(parsed.tables["flow"], "TKM", "CHN", "2019") == 7_690e3
    assert value(parsed.tables["flow"], "CHN", "KGZ", "2020") == 0.0  # a zero in a filled year is one
    assert set(parsed.tables["flow"]["period"].to_pylist()) == {"2019", "2020"}


def test_matrix_with_its_labels(specimens: Path, tmp_path: Path) -> None:
    folder = specimens / "baci"
    labels = {"country_labels.csv": folder / "country_labels.csv"}
    rows = parse(folder / "trade_cepii.csv", companions=labels).tables["flow"].to_pylist()
    assert {(row["reporter"], row["partner"]): row["value"] for row in rows} == {
        ("CHN", "KAZ"): 23_901_250.0,
        ("CHN", "USA"): 440_500_000.0,
        ("KAZ", "CHN"): 14_900_500.0,
        ("KAZ", "USA"): 1_200_000.0,
        ("USA", "CHN"): 145_300_000.0,
        ("USA", "KAZ"): 900_000.0,
    }
    assert rows[0]["locator"] == "line 2:export_ij2"
    with pytest.raises(BadFile, match="together with its country_labels"):
        parse(folder / "trade_cepii.csv")
    shutil.copy(folder / "trade_cepii.csv", tmp_path)
    short = tmp_path / "trade_cepii.csv"
    short.write_text("\n".join(short.read_text().splitlines()[:3]) + "\n")
    with pytest.raises(BadFile, match="2 of 3 rows"):
        parse(short, companions=labels)


def test_slice_and_minerals(specimens: Path, tmp_path: Path) -> None:
    parsed = parse(specimens / "baci" / "baci_2024.csv")
    assert parsed.dropped == {"repeated row": 1}
    assert value(parsed.tables["flow"], "KAZ", "CHN", "2024", "740311") == 1_864_000.0
    assert "TWN" in parsed.tables["flow"]["reporter"].to_pylist()
    assert set(parsed.tables["flow"]["nomenclature"].to_pylist()) == {"HS17"}
    columns = {
        "year": [2002, 2023],
        "material": ["copper", "copper"],
        "hs6": ["740311", "740311"],
        "exporter_iso2": ["KZ", "KZ"],
        "importer_iso2": ["CN", "CN"],
        "value_usd": [5, 1_864_000_000],
        "source": ["CEPII BACI HS02 V202601", "CEPII BACI HS17 V202601"],
    }
    pq.write_table(pa.table(columns), tmp_path / "minerals.parquet")
    rows = parse(tmp_path / "minerals.parquet").tables["flow"].to_pylist()
    assert [(row["period"], row["nomenclature"], row["value"]) for row in rows] == [
        ("2002", "HS02", 5.0),
        ("2023", "HS17", 1.864e9),
    ]


# The tolerances below are half a step of the last digit that the data notes print.


def test_published_totals_2000_to_2020(shared: Path) -> None:
    file = shared / "data/trade/baci_totals_2000_2020/baci_totals_2000_2021.parquet"
    table = parse(file).tables["flow"]
    assert table.num_rows == 581_494
    years = pc.unique(table["period"]).to_pylist()
    assert (min(years), max(years)) == ("2000", "2020")  # 2021 is empty
    world = pc.sum(table.filter(pc.field("period") == "2018")["value"]).as_py()
    assert world == pytest.approx(18.03e12, abs=0.005e12)  # printed in hundredths of a trillion
    assert value(table, "CHN", "USA", "2018") == pytest.approx(500.9e9, abs=0.05e9)  # printed in tenths of a billion
    assert value(table, "CHN", "KGZ", "2019") == pytest.approx(5.93e9, abs=0.005e9)  # printed in hundredths
    assert value(table, "TKM", "CHN", "2019") == pytest.approx(7.69e9, abs=0.005e9)  # printed in hundredths


def test_published_totals_2023_by_two_roads(shared: Path) -> None:
    folder = shared / "data/trade/baci_totals_2023"
    matrix = parse(folder / "trade_cepii.csv", companions={"country_labels.csv": folder / "country_labels.csv"})
    long = parse(folder / "baci_totals_2023_long.csv.gz").tables["flow"]
    table = matrix.tables["flow"]
    assert table.num_rows == long.num_rows == 25_398
    pairs = {(r["reporter"], r["partner"]): r["value"] for r in table.to_pylist()}
    for row in long.to_pylist():
        # The matrix is printed from single precision (2^-24), the long table rounded to a dollar.
        assert pairs[row["reporter"], row["partner"]] == pytest.approx(row["value"], rel=1e-7, abs=1.0)
    figures = {("CHN", "USA"): 440.5, ("USA", "CHN"): 145.3, ("CHN", "KAZ"): 23.9, ("KAZ", "CHN"): 14.9}
    for (reporter, partner), billion in figures.items():
        assert pairs[reporter, partner] == pytest.approx(billion * 1e9, abs=0.05e9)  # printed in tenths
    assert pairs["TKM", "CHN"] == pytest.approx(9.63e9, abs=0.005e9)  # printed in hundredths
    # China's flow into Georgia is all but missing from this release: 20.6 thousand USD, not about a billion.
    assert pairs["CHN", "GEO"] == pytest.approx(20_625.0, abs=0.5)  # printed to a dollar
    assert ("KAZ", "TWN") not in pairs  # Taiwan is not in this extract
    assert pc.sum(table["value"]).as_py() == pytest.approx(21.75e12, abs=0.005e12)  # printed in hundredths


def test_published_minerals(shared: Path) -> None:
    table = parse(shared / "data/trade/critical_minerals/baci_critical_minerals_2002_2024.parquet").tables["flow"]
    assert value(table, "KAZ", "CHN", "2023", "740311") == pytest.approx(1.864e9, abs=0.0005e9)  # printed in millions
    assert value(table, "RUS", "CHN", "2023", "740311") == pytest.approx(3.05e9, abs=0.005e9)  # printed in hundredths
    assert value(table, "MNG", "CHN", "2023", "270112") == pytest.approx(8.63e9, abs=0.005e9)  # printed in hundredths
    slice_ = parse(shared / "data/trade/critical_minerals/fixtures/reconcile/baci_2024.csv").tables["flow"]
    same = {(r["reporter"], r["partner"], r["product"]): r["value"] for r in slice_.to_pylist()}
    both = [
        r for r in table.to_pylist() if r["period"] == "2024" and (r["reporter"], r["partner"], r["product"]) in same
    ]
    assert len(both) > 10_000
    apart = [r for r in both if abs(r["value"] - same[r["reporter"], r["partner"], r["product"]]) > 0.51]
    assert apart == []  # two extracts of one release: equal to half a dollar, since one is rounded to dollars


def test_published_code_files(shared: Path) -> None:
    folder = shared / "data/formats/baci_v202501_codes"
    codes = parse(folder / "country_codes_V202501.csv")
    assert not [finding for finding in codes.findings if finding.severity != "note"]
    assert "5022 products" in parse(folder / "product_codes_HS92_V202501.csv").findings[0].text
