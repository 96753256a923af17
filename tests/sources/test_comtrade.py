"""UN Comtrade in its layouts: totals against breakdowns, valuations, flows, quantities; against the notes' figures."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khorgos.core.errors import BadFile, KhorgosError, UnmappedCode
from khorgos.sources.connector import Parsed
from khorgos.sources.files import parse

IN_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def rows(parsed: Parsed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parsed.tables["flow"].to_pylist()
    return found


def test_an_answer_of_the_interface(specimens: Path) -> None:
    parsed = parse(specimens / "comtrade" / "api.json")
    assert parsed.dropped == {"part of another flow": 1}
    first, export, world, taiwan, re_export, month = rows(parsed)
    assert first == {
        "reporter": "KAZ",
        "partner": "CHN",
        "flow": "import",
        "period": "2023",
        "product": "TOTAL",
        "nomenclature": "TOTAL",
        "value": 16_500_000_000.5,
        "currency": "USD",
        "valuation": "CIF",
        "partner_basis": "origin",
        "quantity": None,
        "quantity_unit": None,
        "status": "reported",
        "rounding": None,
        "release": parsed.releases[0].id,
        "locator": "data[0]",
    }
    assert (export["flow"], export["valuation"], export["partner_basis"]) == ("export", "FOB", "destination")
    assert world["partner"] == "WLD"
    assert (taiwan["partner"], taiwan["valuation"]) == ("TWN", "FOB")  # imports valued FOB: the column says so
    assert (re_export["flow"], re_export["partner_basis"]) == ("re-export", None)
    assert (month["period"], month["nomenclature"], month["product"]) == ("2023-03", "HS22", "740311")
    assert (month["quantity"], month["quantity_unit"]) == (12.5, "item")  # a weight of 0 is an unknown weight
    assert parsed.source.redistribute == "no"


def test_no_records_is_no_rows(specimens: Path) -> None:
    parsed = parse(specimens / "comtrade" / "api_nothing.json")
    assert parsed.tables["flow"].num_rows == 0


def test_answers_that_are_no_data(specimens: Path, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="list of bulk files"):
        parse(specimens / "comtrade" / "api_bulk_list.json")
    answer = json.loads((specimens / "comtrade" / "api.json").read_text())
    cut = answer | {"data": answer["data"][:2]}
    (tmp_path / "cut.json").write_text(json.dumps(cut))
    with pytest.raises(BadFile, match="2 of 7 records"):
        parse(tmp_path / "cut.json")
    (tmp_path / "error.json").write_text('{"elapsedTime": "0", "count": 0, "data": null, "error": "quota exceeded"}')
    with pytest.raises(BadFile, match="quota exceeded"):
        parse(tmp_path / "error.json")
    services = answer | {"count": 1, "data": [answer["data"][0] | {"typeCode": "S"}]}
    (tmp_path / "services.json").write_text(json.dumps(services))
    with pytest.raises(BadFile, match="Records of type 'S' are no goods"):
        parse(tmp_path / "services.json")


def test_five_hundred_records_without_a_key_may_be_cut(specimens: Path, tmp_path: Path) -> None:
    answer = json.loads((specimens / "comtrade" / "api.json").read_text())
    many = [answer["data"][0] | {"period": "2023", "cmdCode": f"{code:06d}"} for code in range(10100, 10600)]
    (tmp_path / "preview.json").write_text(json.dumps(answer | {"count": 500, "data": many}))
    assert [finding.code for finding in parse(tmp_path / "preview.json").findings] == ["partial-coverage"]


def test_a_table_in_latin_1_with_trailing_commas_and_breakdowns(specimens: Path) -> None:
    parsed = parse(specimens / "comtrade" / "table.csv")
    assert [finding.code for finding in parsed.findings] == ["encoding", "trailing-delimiter", "summed-breakdown"]
    assert parsed.dropped == {"aggregate reporter": 1, "breakdown beside its total": 3, "repeated row": 1}
    found = {(r["reporter"], r["partner"], r["product"]): (r["value"], r["locator"]) for r in rows(parsed)}
    assert found == {
        ("USA", "CHN", "1201"): (15_163_713_089.0, "row 2"),  # isAggregate is true of it, and it is kept
        ("USA", "CIV", "1801"): (500.25, "row 3"),
        ("KAZ", "CHN", "8517"): (100.0, "row 4"),
        ("KAZ", "CHN", "8703"): (10.0, "row 8, row 9"),  # its total is missing: the modes are summed
        ("KAZ", "CHN", "27"): (5.0, "row 10"),
        ("KAZ", "CHN", "02"): (1.0, "row 12"),  # the zero that a spreadsheet ate
    }
    summed = next(r for r in rows(parsed) if r["product"] == "8703")
    assert (summed["quantity"], summed["quantity_unit"]) == (4.0, "kg")


def test_bulk_files_tell_their_day(specimens: Path, tmp_path: Path) -> None:
    head, *body = (specimens / "comtrade" / "table.csv").read_bytes().decode("latin-1").splitlines()
    name = "COMTRADE-FINAL-CA398202301H6[2024-05-20].txt.gz"
    table = "\n".join([head, body[2]]).replace(",", "\t")  # the service separates by tabs
    (tmp_path / name).write_bytes(gzip.compress(table.encode()))
    (release,) = parse(tmp_path / name).releases
    assert (release.published, release.precision) == (dt.date(2024, 5, 20), "day")


def test_the_legacy_export(specimens: Path) -> None:
    parsed = parse(specimens / "comtrade" / "legacy.csv")
    export, bought, again = rows(parsed)
    assert (export["partner"], export["product"], export["nomenclature"]) == ("WLD", "010392", "HS17")
    assert (export["value"], export["quantity"], export["quantity_unit"]) == (55_930_137.0, 27_862_630.0, "kg")
    assert (bought["flow"], bought["valuation"], bought["quantity"], bought["quantity_unit"]) == (
        "import",
        "CIF",
        3740.0,
        "item",
    )
    assert (again["flow"], again["product"], again["quantity"]) == ("re-export", "TOTAL", None)


def test_cut_columns_leave_the_total(specimens: Path) -> None:
    parsed = parse(specimens / "comtrade" / "comtrade_2024.csv")
    found = {(r["reporter"], r["partner"], r["product"]): r["value"] for r in rows(parsed)}
    assert found == {
        ("AUS", "DEU", "250490"): 10_421.973,  # 4,205.026 + 6,216.947
        ("BOL", "PER", "250490"): 541.0,
        ("KAZ", "CHN", "740311"): 90.0,
        ("KAZ", "WLD", "740311"): 95.5,
    }
    assert {r["period"] for r in rows(parsed)} == {"2024"}
    assert "3 cells" in parsed.findings[1].text
    assert "In 1 of them the other rows do not bear this out" in parsed.findings[1].text


def csv_of(folder: Path, specimens: Path, **changes: str) -> Path:
    """The specimen's third record with some cells changed, under a plain name."""
    text = (specimens / "comtrade" / "table.csv").read_bytes().decode("latin-1")
    head, *body = text.splitlines()
    names, cells = head.split(","), [cell.strip('"') for cell in body[2].split(",")]
    for name, cell in changes.items():
        cells[names.index(name)] = cell
    path = folder / "table.csv"
    path.write_text(head + "\n" + ",".join(cells) + "\n")
    return path


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"flowCode": "Q"}, BadFile, "Unknown flow 'Q', row 2"),
        ({"period": "8517"}, BadFile, "Not a year or a month: '8517'"),
        ({"period": "202313"}, BadFile, "Not a year or a month"),
        ({"cmdCode": "CHN"}, BadFile, "'CHN' is no code of HS22"),
        ({"classificationCode": "H9"}, BadFile, "Unknown classification 'H9'"),
        ({"reporterCode": "2023"}, UnmappedCode, "does not know: '2023'; they carry 100 per cent"),
        ({"partnerCode": ""}, UnmappedCode, "does not know: ''"),
        ({"primaryValue": "1.234,5"}, BadFile, "4[89] columns, the header 47|Not a number"),
        ({"primaryValue": "abc"}, BadFile, r"Not a number: 'abc' \(table\.csv, row 2, column primaryValue\)"),
        ({"typeCode": "S"}, BadFile, "Records of type 'S' are no goods"),
    ],
)
def test_bad_tables(specimens: Path, tmp_path: Path, changes: dict[str, str], error: type[BadFile], said: str) -> None:
    with pytest.raises(error, match=said):
        parse(csv_of(tmp_path, specimens, **changes))


def test_an_empty_value_stays_empty(specimens: Path, tmp_path: Path) -> None:
    (row,) = rows(parse(csv_of(tmp_path, specimens, primaryValue="", cifvalue="")))
    assert row["value"] is None


def test_two_totals_that_disagree(specimens: Path, tmp_path: Path) -> None:
    path = csv_of(tmp_path, specimens)
    head, record = path.read_text().splitlines()
    path.write_text("\n".join([head, record, record.replace("100.0", "101.0")]) + "\n")
    with pytest.raises(BadFile, match="Two rows of one cell disagree, row 2 and row 3: value 100 and 101"):
        parse(path)


def test_lost_columns_are_named(tmp_path: Path, specimens: Path) -> None:
    path = csv_of(tmp_path, specimens)
    (tmp_path / "x.csv").write_text(path.read_text().replace("primaryValue", "value"))
    with pytest.raises(BadFile, match="No connector knows this format"):
        parse(tmp_path / "x.csv")


PARTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=4)


@given(parts=PARTS, total=st.booleans(), crossed=st.booleans())
@IN_FOLDER
def test_whatever_the_breakdown_a_cell_counts_once(
    specimens: Path, tmp_path: Path, parts: list[int], total: bool, crossed: bool
) -> None:
    """Folding a breakdown by mode, and by mode and second partner, gives the sum that it was made from."""
    base = json.loads((specimens / "comtrade" / "api.json").read_text())["data"][0]
    records = [base | {"motCode": 1000 + i, "primaryValue": part, "cifvalue": part} for i, part in enumerate(parts)]
    if crossed:
        records += [record | {"partner2Code": 643} for record in records]
    if total:
        records.append(base | {"primaryValue": sum(parts), "cifvalue": sum(parts)})
    (tmp_path / "x.json").write_text(json.dumps({"elapsedTime": "0", "count": len(records), "data": records}))
    (row,) = rows(parse(tmp_path / "x.json"))
    assert row["value"] == sum(parts)


@given(parts=st.lists(st.integers(1, 10**6), min_size=2, max_size=4), times=st.integers(1, 3), data=st.data())
@IN_FOLDER
def test_cut_breakdowns_leave_the_total_in_any_order(
    tmp_path: Path, parts: list[int], times: int, data: st.DataObject
) -> None:
    values = data.draw(st.permutations([*parts, sum(parts)] * times))
    lines = [f"398,156,740311,X,{value},1" for value in values]
    (tmp_path / "comtrade_2024.csv").write_text("\n".join(["reporter,partner,cmd,flow,value,netwgt", *lines]) + "\n")
    parsed = parse(tmp_path / "comtrade_2024.csv")
    assert [r["value"] for r in rows(parsed)] == [sum(parts)]


@given(place=st.integers(0, 2000), noise=st.integers(0, 255))
@IN_FOLDER
def test_damaged_tables_are_errors_in_one_line(specimens: Path, tmp_path: Path, place: int, noise: int) -> None:
    for name in ("table.csv", "api.json", "legacy.csv"):
        raw = bytearray((specimens / "comtrade" / name).read_bytes())
        raw[place % len(raw)] = noise
        (tmp_path / name).write_bytes(bytes(raw))
        try:
            said = str(parse(tmp_path / name).source.id)
        except KhorgosError as error:
            said = str(error)
        assert said
        assert "\n" not in said


# --- published figures; tolerances are half a step of the last digit printed -----------------------------------------


@pytest.mark.parametrize(
    ("name", "count", "billion", "soybeans"),
    [("US_exportsto_China_2022.csv", 1127, 153.84, 17.87), ("US_exportsto_China.csv", 1119, 147.81, 15.16)],
)
def test_published_exports_of_the_usa_to_china(
    shared: Path, name: str, count: int, billion: float, soybeans: float
) -> None:
    table = parse(shared / "data/trade/us_exports_to_china_hs4/global_trade" / name).tables["flow"]
    assert table.num_rows == count
    assert pc.sum(table["value"]).as_py() == pytest.approx(billion * 1e9, abs=0.005e9)  # printed in hundredths
    beans = table.filter(pc.field("product") == "1201")["value"].to_pylist()
    assert beans == [pytest.approx(soybeans * 1e9, abs=0.005e9)]  # printed in hundredths
    assert set(table["partner"].to_pylist()) == {"CHN"}


def test_published_parquets(shared: Path) -> None:
    minerals = parse(
        shared / "data/trade/comtrade_hs6_battery_minerals/comtrade_hs6_battery_minerals_2018_2024.parquet"
    )
    table = minerals.tables["flow"]
    # 230,141 records less those of the European Union, which stand beside its members'.
    assert table.num_rows + minerals.dropped["aggregate reporter"] == 230_141
    assert set(table["flow"].to_pylist()) == {"import"}
    assert pc.sum(pc.is_valid(table["quantity"])).as_py() > 200_000  # both spellings of the weight are read
    pairs = parse(shared / "data/trade/comtrade_pairs/comtrade_raw_hs10_26_27_2020_2024.parquet").tables["flow"]
    assert pairs.num_rows == 181_358
    assert "WLD" in pairs["partner"].to_pylist()


def test_one_sample_by_two_roads(shared: Path) -> None:
    """An untouched csv and the Parquet into which the project joined all of them."""
    folder = shared / "data/trade/comtrade_pairs"
    columns = ["reporter", "partner", "flow", "period", "product", "value", "quantity", "valuation"]
    sample = parse(folder / "raw_samples/ores_HS26_2023_M.csv").tables["flow"].select(columns)
    whole = parse(folder / "comtrade_raw_hs10_26_27_2020_2024.parquet").tables["flow"].select(columns)
    part = whole.filter((pc.field("product") == "26") & (pc.field("period") == "2023") & (pc.field("flow") == "import"))
    order = [("reporter", "ascending"), ("partner", "ascending")]
    assert sample.sort_by(order).combine_chunks().equals(part.sort_by(order).combine_chunks())


def test_legacy_file_of_indonesia(shared: Path) -> None:
    (file,) = (shared / "data/formats/comtrade_legacy_csv").glob("*.csv")
    table = parse(file).tables["flow"]
    sums = {p: pc.sum(table.filter(pc.field("period") == p)["value"]).as_py() for p in ("2018", "2019")}
    assert sums == {"2018": 180_215_032_024.0, "2019": 167_682_993_018.0}  # the file's own sums, computed apart
    assert set(table["nomenclature"].to_pylist()) == {"HS17"}


def test_totals_of_cut_files_agree_with_baci(shared: Path) -> None:
    """The whole raw file adds up to 1.8 times BACI; its totals to within a few per cent, and most exactly."""
    folder = shared / "data/trade/critical_minerals/fixtures"
    raw = parse(folder / "raw/comtrade/comtrade_2024.csv.gz").tables["flow"]
    baci = parse(folder / "reconcile/baci_2024.csv").tables["flow"]
    theirs = {(r["reporter"], r["partner"], r["product"]): r["value"] for r in baci.to_pylist()}
    exports = raw.filter((pc.field("flow") == "export") & (pc.field("partner") != "WLD")).to_pylist()
    pairs = [
        (r["value"], theirs[key]) for r in exports if (key := (r["reporter"], r["partner"], r["product"])) in theirs
    ]
    assert len(pairs) > 14_000
    ratio = sum(ours for ours, _ in pairs) / sum(other for _, other in pairs)
    assert ratio == pytest.approx(1.0, abs=0.05)  # BACI moves exporters' figures towards importers' by a few per cent
    ratios = pa.array(sorted(ours / other for ours, other in pairs))
    assert ratios[len(ratios) // 2].as_py() == pytest.approx(1.0, abs=0.001)  # half of them are hardly touched


def test_machinery_by_pair_is_section_xvi_as_each_side_reports_it(specimens: Path) -> None:
    parsed = parse(specimens / "comtrade" / "machinery_HS84_85_country_pairs.csv")
    found = {(row["reporter"], row["partner"], row["flow"], row["period"]): row["value"] for row in rows(parsed)}

    assert found["ARM", "RUS", "export", "2023"] == 1238.125
    assert ("RUS", "ARM", "import", "2023") not in found  # a zero says nothing
    assert found["ARM", "CHN", "import", "2021"] == 394.5
    assert found["ARM", "WLD", "import", "2023"] == 1800.0
    assert found["RUS", "TWN", "import", "2021"] == 5.5
    assert found["CHN", "WLD", "export", "2021"] == 1000.0
    assert {(row["product"], row["nomenclature"]) for row in rows(parsed)} == {("XVI", "HS17")}
    assert parsed.dropped == {"zero, which stands for no report as well": 12, "the world as reporter": 1}
    assert [one.code for one in parsed.findings] == ["derived"]
