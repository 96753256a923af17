"""US Census: general imports and imports for consumption kept apart, levels of products, interface and files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from khorgos.core.errors import BadFile, UnmappedCode
from khorgos.sources.files import parse


def flows(path: Path) -> list[dict[str, Any]]:
    return parse(path).tables["flow"].to_pylist()


def test_general_imports_by_month_and_year_to_date(specimens: Path) -> None:
    parsed = parse(specimens / "census" / "general.json")
    rows = {(r["partner"], r["product"], r["nomenclature"], r["period"]): r for r in parsed.tables["flow"].to_pylist()}
    assert parsed.source.id == "census"
    assert rows["CHN", "TOTAL", "TOTAL", "2024"]["value"] == 438.9e9
    assert rows["CHN", "TOTAL", "TOTAL", "2024-12"]["value"] == 38e9
    assert rows["CHN", "85", "HS22", "2024"]["value"] == 120e6
    assert rows["CHN", "99", "HS22", "2024"]["value"] == 12000  # chapter 98 is national: not specified
    assert rows["CHN", "8517130000", "HTS2024", "2024"]["value"] == 4200
    assert rows["CHN", "8517130000", "HTS2024", "2024-12"]["value"] is None
    assert rows["WLD", "TOTAL", "TOTAL", "2024"]["value"] == 3.2e12
    assert {row["valuation"] for row in rows.values()} == {"FOB"}
    assert parsed.dropped == {"group row, its members are kept": 4}


def test_consumption_is_a_source_of_its_own(specimens: Path) -> None:
    parsed = parse(specimens / "census" / "consumption.json")
    (row,) = parsed.tables["flow"].to_pylist()
    assert (parsed.source.id, parsed.source.rank) == ("census-consumption", 11)
    assert (row["partner"], row["period"], row["value"]) == ("KAZ", "2024-01..2024-06", 2.35e9)


def test_exports_without_the_parts_of_the_total(specimens: Path) -> None:
    parsed = parse(specimens / "census" / "exports.json")
    assert [(r["flow"], r["value"]) for r in parsed.tables["flow"].to_pylist()] == [("export", 1.1e9)]
    assert parsed.dropped == {"part of the row that has '-' in its place": 2}


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ([["CTY_CODE", "GEN_VAL_YR", "time"], ["5700", "1"]], "as many cells as the header"),
        ([["CTY_CODE", "GEN_VAL_YR", "time"], ["5700", "1", "2024-13"]], "Not a month"),
        ([["CTY_CODE", "GEN_VAL_YR", "time"], ["5700", "many", "2024-12"]], "Not a number"),
        ([["CTY_CODE", "GEN_VAL_YR", "time", "CTY_CODE"], ["5700", "1", "2024-12", "4634"]], "given twice"),
        ([["CTY_CODE", "GEN_VAL_YR"], ["5700", "1"]], "needs CTY_CODE and time"),
        ([["CTY_CODE", "GEN_VAL_YR", "time"]], "no row of trade"),
    ],
)
def test_damaged_answers(damage: list[list[str]], words: str, tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(damage), encoding="utf-8")
    with pytest.raises(BadFile, match=words):
        parse(path)


def test_an_unknown_code_is_named_with_its_share(tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    rows = [["CTY_CODE", "GEN_VAL_YR", "time"], ["5700", "300", "2024-12"], ["9998", "100", "2024-12"]]
    path.write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(UnmappedCode, match=r"'9998'; they carry 25\.00% of the value"):
        parse(path)


def test_table_of_one_country_in_million_dollars(specimens: Path) -> None:
    rows = flows(specimens / "census" / "usa-china.csv")
    cells = {(row["flow"], row["period"]): row["value"] for row in rows}
    assert cells["export", "2018-11"] == 8606.2e6
    assert cells["balance", "2018-12"] == -36827.2e6
    assert cells["export", "2019-01"] is None  # empty, not zero
    assert cells["balance", "2019-01"] is None
    assert {(row["partner"], row["rounding"]) for row in rows} == {("CHN", 1e5)}


def test_the_table_must_name_its_country(specimens: Path, tmp_path: Path) -> None:
    text = (specimens / "census" / "usa-china.csv").read_bytes()
    (tmp_path / "trade.csv").write_bytes(text)
    with pytest.raises(BadFile, match="does not name its country"):
        parse(tmp_path / "trade.csv")
    (tmp_path / "c4634.csv").write_bytes(text)
    assert {row["partner"] for row in flows(tmp_path / "c4634.csv")} == {"KAZ"}


def test_swapped_columns_are_told(specimens: Path, tmp_path: Path) -> None:
    text = (specimens / "census" / "usa-china.csv").read_text(encoding="utf-8-sig").splitlines()
    swapped = [";".join(line.split(";")[i] for i in (0, 3, 2, 1)) for line in text[1:]]
    path = tmp_path / "usa-china.csv"
    path.write_text("\n".join([text[0], *swapped]), encoding="utf-8")
    with pytest.raises(BadFile, match=r"Trade cannot be negative: are columns swapped\?"):
        parse(path)


def test_chapters_add_up_and_98_and_99_are_one(specimens: Path) -> None:
    rows = {(r["product"], r["nomenclature"]): r for r in flows(specimens / "census" / "hs2-tariff-4634.csv")}
    assert {key: row["value"] for key, row in rows.items()} == {
        ("28", "HS22"): 1000.0,
        ("72", "HS22"): 500.0,
        ("99", "HS22"): 37.0,
        ("TOTAL", "TOTAL"): 1537.0,
    }
    assert rows["99", "HS22"]["locator"] == "line 4:2024_imports+line 5:2024_imports"


def lines_file(path: Path, codes: list[str], values: list[str], level: str = "HS10") -> Path:
    count = len(codes)
    table = pa.table(
        {
            "CTY_CODE": ["5700"] * count,
            "CON_VAL_YR": values,
            "I_COMMODITY": codes,
            "COMM_LVL": [level] * count,
            "time": ["2024-12"] * count,
        }
    )
    pq.write_table(table, path)
    return path


def test_lines_are_kept_and_added_up_to_hs6_and_total(tmp_path: Path) -> None:
    codes = ["8517130000", "8517130090", "9801001012", "9903880300"]
    rows = flows(lines_file(tmp_path / "x.parquet", codes, ["10", "5", "2", "1"]))
    cells = {(row["nomenclature"], row["product"]): row["value"] for row in rows}
    assert cells == {
        **{("HTS2024", code): float(value) for code, value in zip(codes, (10, 5, 2, 1), strict=True)},
        ("HS22", "851713"): 15.0,
        ("HS22", "999999"): 3.0,
        ("TOTAL", "TOTAL"): 18.0,
    }
    assert len({row["locator"] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("codes", "values", "level", "words"),
    [
        (["8517130000"] * 2, ["1", "2"], "HS10", "stated twice"),
        (["851713"], ["1"], "HS10", "ten digits"),
        (["8517130000"], ["1"], "HS6", "Only lines of level HS10"),
        (["8517130000"], ["-1"], "HS10", "cannot be negative"),
        (["8517130000"], ["1,5"], "HS10", "Not a number"),
    ],
)
def test_damaged_lines(codes: list[str], values: list[str], level: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=words):
        parse(lines_file(tmp_path / "x.parquet", codes, values, level))


def test_imports_from_china_2024(shared: Path) -> None:
    rows = flows(shared / "data/trade/us_census_2024/2024-hs10-imports5700.parquet")
    (total,) = (row["value"] for row in rows if row["product"] == "TOTAL")
    # 429.43 bn, imports for consumption (the folder's NOTE): to its last digit
    assert total == pytest.approx(429.43e9, abs=0.005e9)
    by_level = {"HS22": 0.0, "HTS2024": 0.0}
    for row in rows:
        if row["product"] != "TOTAL":
            by_level[row["nomenclature"]] += row["value"]
    assert by_level == {"HS22": total, "HTS2024": total}  # whole dollars: the sums are exact


def test_the_european_union_is_one_partner(shared: Path) -> None:
    rows = flows(shared / "data/trade/us_census_2024/hs2_by_country/hs2-tariff-0003.csv")
    lines = flows(shared / "data/trade/us_census_2024/2024-hs10-imports0003.parquet")
    (chapters,) = (row["value"] for row in rows if row["product"] == "TOTAL")
    (total,) = (row["value"] for row in lines if row["product"] == "TOTAL")
    assert {row["partner"] for row in (*rows, *lines)} == {"EU"}
    assert chapters == total  # whole dollars


def test_deficit_with_china_2018(shared: Path) -> None:
    rows = flows(shared / "data/trade/monthly_usa_china/usa-china-trade-data.csv")
    deficit = sum(row["value"] for row in rows if row["flow"] == "balance" and row["period"].startswith("2018"))
    # 418.2 bn (the folder's NOTE); twelve months rounded to 0.1 m
    assert deficit == pytest.approx(-418.2e9, abs=0.05e9)
