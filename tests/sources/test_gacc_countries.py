"""China's customs table of a whole year: units, the missing month, cumulative columns, broken files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from khorgos.core.errors import BadFile, UnmappedCode
from khorgos.sources.files import parse


def pick(rows: list[dict[str, Any]], **want: str) -> list[dict[str, Any]]:
    return [row for row in rows if all(row[key] == value for key, value in want.items())]


def flows(path: Path) -> list[dict[str, Any]]:
    return parse(path).tables["flow"].to_pylist()


def test_units_follow_the_unit_column(specimens: Path) -> None:
    rows = flows(specimens / "gacc" / "months_with_unit.csv")
    january = pick(rows, partner="KAZ", period="2024-01", flow="export")
    september = pick(rows, partner="KAZ", period="2024-09", flow="export")
    assert [(row["value"], row["currency"], row["rounding"]) for row in january] == [(400e4, "CNY", 1e4)]
    assert [(row["value"], row["currency"], row["rounding"]) for row in september] == [(2567e3, "USD", 1e3)]
    assert {(row["flow"], row["valuation"], row["partner_basis"]) for row in rows} == {
        ("export", "FOB", "destination"),
        ("import", "CIF", "origin"),
        ("total", "FOB+CIF", None),
    }


def test_without_a_unit_column_all_months_are_yuan(specimens: Path) -> None:
    rows = flows(specimens / "gacc" / "months_without_unit.csv")
    september = pick(rows, partner="KAZ", period="2024-09", flow="export")
    assert [(row["value"], row["currency"]) for row in september] == [(2567e4, "CNY")]


def test_an_empty_cell_is_null_and_a_printed_zero_is_zero(specimens: Path) -> None:
    rows = pick(flows(specimens / "gacc" / "months_with_unit.csv"), partner="NFK", period="2024-01")
    assert {row["flow"]: row["value"] for row in rows} == {"total": 0.0, "export": 0.0, "import": None}


def test_the_missing_march_is_computed_and_says_so(specimens: Path) -> None:
    parsed = parse(specimens / "gacc" / "months_with_unit.csv")
    march = pick(parsed.tables["flow"].to_pylist(), partner="KAZ", period="2024-03", flow="export")
    # 1400 (January to April) - 300 (April) - 700 (January and February) = 400 times 10,000 yuan
    assert [(row["value"], row["status"]) for row in march] == [(400e4, "estimated")]
    assert march[0]["locator"] == "line 11:exports_cum - line 11:exports_month - line 8:exports_cum"
    assert march[0]["rounding"] == 3e4  # three rounded cells: off by 1.5 steps either way
    assert [finding.code for finding in parsed.findings] == ["month-from-cumulative"]


def test_cumulative_columns_become_part_years_and_december_the_year(specimens: Path) -> None:
    rows = pick(flows(specimens / "gacc" / "months_with_unit.csv"), partner="KAZ", flow="total")
    assert {row["period"] for row in rows} == {
        *("2024-01", "2024-02", "2024-03", "2024-04", "2024-09", "2024-12"),
        *("2024-01..2024-02", "2024-01..2024-04", "2024-01..2024-09", "2024"),
    }


def test_continents_are_left_out_and_counted_but_the_total_stays(specimens: Path) -> None:
    parsed = parse(specimens / "gacc" / "months_with_unit.csv")
    assert set(parsed.tables["flow"]["partner"].to_pylist()) == {"WLD", "KAZ", "KGZ", "NFK"}
    assert parsed.dropped["group row, its members are kept"] == 3


def test_destroyed_names_and_commas_are_refused_with_the_reason(specimens: Path) -> None:
    with pytest.raises(BadFile, match=r"name of the country is destroyed.*row 2, column region_raw"):
        parse(specimens / "gacc" / "names_destroyed.csv")
    with pytest.raises(BadFile, match=r"thousands commas .* were read as decimal points"):
        parse(specimens / "gacc" / "commas_destroyed.csv")


def test_an_unknown_country_is_named_with_its_share(specimens: Path, tmp_path: Path) -> None:
    text = (specimens / "gacc" / "months_with_unit.csv").read_text(encoding="utf-8")
    bad = tmp_path / "x.csv"
    bad.write_text(text.replace("哈萨克斯坦", "没有国").replace("Kazakhstan", "Nowhereland"), encoding="utf-8")
    with pytest.raises(UnmappedCode, match=r"'没有国'; they carry [1-9]\d\.\d\d% of the value"):
        parse(bad)


def test_a_row_stated_twice_with_other_figures_is_refused(specimens: Path, tmp_path: Path) -> None:
    text = (specimens / "gacc" / "months_with_unit.csv").read_text(encoding="utf-8").splitlines()
    bad = tmp_path / "x.csv"
    bad.write_text("\n".join([*text, text[3].replace("700", "701")]), encoding="utf-8")
    with pytest.raises(BadFile, match=r"stated twice, with different figures .*row 17"):
        parse(bad)
    bad.write_text("\n".join([*text, text[3]]), encoding="utf-8")
    assert parse(bad).dropped["row stated twice with the same figure"] == 3


def test_five_central_asian_states_2024(shared: Path) -> None:
    rows = flows(shared / "data/trade/gacc_2024/gacc_2024_by_country_restored.csv")
    five = [
        row["value"]
        for partner in ("KAZ", "KGZ", "TJK", "TKM", "UZB")
        for row in pick(rows, partner=partner, flow="total", period="2024", currency="CNY")
    ]
    # 674.75 bn yuan by this table (its NOTE); to the table's own 10,000 yuan times five rounded cells
    assert sum(five) == pytest.approx(674.7467e9, abs=5e4 * 5 / 2 + 5e4)
    kyrgyz = {row["flow"]: row["value"] for row in pick(rows, partner="KGZ", period="2024", currency="CNY")}
    assert kyrgyz == {"total": 161641380000.0, "export": 141660640000.0, "import": 19980750000.0}


def test_partners_add_up_to_the_printed_total(shared: Path) -> None:
    parsed = parse(shared / "data/trade/gacc_2024/gacc_2024_by_country_restored.csv")
    assert [finding.code for finding in parsed.findings] == ["month-from-cumulative"] * 2  # and no broken-sum
    rows = parsed.tables["flow"].to_pylist()
    for period in ("2024", "2024-02", "2024-03"):
        cells = pick(rows, flow="export", period=period, currency="CNY")
        parts = sum(row["value"] or 0.0 for row in cells if row["partner"] != "WLD")
        (total,) = (row["value"] for row in cells if row["partner"] == "WLD")
        # 250 partners rounded to 10,000 yuan, and a few islands that the restored file has in some months only
        assert parts == pytest.approx(total, rel=1e-6)


def test_the_months_of_the_year_add_up_to_it(shared: Path) -> None:
    rows = flows(shared / "data/trade/gacc_2024/gacc_2024_by_country_restored.csv")
    for partner in ("KAZ", "UZB", "AZE"):
        cells = pick(rows, partner=partner, flow="export", currency="CNY")
        months = [row["value"] for row in cells if len(row["period"]) == 7]
        (year,) = (row["value"] for row in cells if row["period"] == "2024")
        assert len(months) == 12
        # The customs revise the cumulative column, not the months: by less than half a per cent here.
        assert sum(months) == pytest.approx(year, rel=5e-3)


def test_the_raw_file_of_2024_says_what_is_wrong_with_it(shared: Path) -> None:
    with pytest.raises(BadFile, match="characters were lost when the file was saved"):
        parse(shared / "data/trade/gacc_2024/gac_regions_2024.csv")
    with pytest.raises(BadFile, match="thousands commas"):
        parse(shared / "data/trade/gacc_2024/gac_monthly_clean.csv")
    with pytest.raises(BadFile, match="lists names of countries, no trade"):
        parse(shared / "data/trade/gacc_2024/regions_translated.csv")
