"""Armstat's csv: two bases of imports, a year that is only January, rows without a country."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from khorgos.core.errors import BadFile
from khorgos.sources.files import parse


def flows(path: Path) -> list[dict[str, Any]]:
    return parse(path).tables["flow"].to_pylist()


def test_origin_and_consignment_are_two_cells(specimens: Path) -> None:
    rows = flows(specimens / "armenia" / "arm_trade_country.csv")
    russia = {(row["flow"], row["partner_basis"]): row["value"] for row in rows if row["partner"] == "RUS"}
    assert russia == {("export", "destination"): 0.3, ("import", "origin"): 260.0, ("import", "consignment"): 0.0}
    assert {row["partner"] for row in rows} == {"RUS", "ARE", "XNS"}


def test_dashes_are_null_and_nameless_rows_are_kept(specimens: Path) -> None:
    parsed = parse(specimens / "armenia" / "armenia_data.csv")
    nameless = {
        row["partner_basis"]: row["value"] for row in parsed.tables["flow"].to_pylist() if row["partner"] == "XNS"
    }
    assert nameless == {"destination": None, "consignment": None, "origin": 100.0}
    assert [finding.code for finding in parsed.findings] == ["no-partner-name"]


def test_the_year_of_an_unfinished_year_is_its_months_to_date(specimens: Path) -> None:
    parsed = parse(specimens / "armenia" / "armenia_data.csv")
    exports = {
        row["period"]: row["value"]
        for row in parsed.tables["flow"].to_pylist()
        if (row["partner"], row["flow"]) == ("RUS", "export")
    }
    assert exports == {"2023-01": 100.5e3, "2022": 840.6e3, "2022-12": 70e3, "2022-01": 60e3}
    assert parsed.dropped == {"January to January, the same as January": 1}  # "Year 2023" repeats January


def test_a_month_that_is_none_is_named(specimens: Path, tmp_path: Path) -> None:
    text = (specimens / "armenia" / "armenia_data.csv").read_text(encoding="utf-8")
    path = tmp_path / "x.csv"
    path.write_text(text.replace(",12,2022", ",13,2022"), encoding="utf-8")
    with pytest.raises(BadFile, match=r"Not a month: '13' .*column timeperiod"):
        parse(path)


@pytest.fixture(scope="module")
def months(shared: Path) -> list[dict[str, Any]]:
    return flows(shared / "data/trade/armenia/arm_trade_country.csv")


def test_exports_to_russia(months: list[dict[str, Any]]) -> None:
    exports: dict[str, float] = {}
    for row in months:
        if (row["partner"], row["flow"]) == ("RUS", "export"):
            exports[row["period"][:4]] = exports.get(row["period"][:4], 0.0) + row["value"]
    # 0.84 bn in 2021, 3.5 bn in 2023 (the folder's NOTE): to their last digits
    assert exports["2021"] == pytest.approx(0.84e9, abs=0.005e9)
    assert exports["2023"] == pytest.approx(3.5e9, abs=0.05e9)


def test_gold_from_russia_and_to_the_emirates_2024(months: list[dict[str, Any]]) -> None:
    def total(partner: str, basis: str) -> float:
        return sum(
            row["value"]
            for row in months
            if row["partner"] == partner and row["partner_basis"] == basis and row["period"].startswith("2024")
        )

    assert total("ARE", "destination") == pytest.approx(5.3e9, abs=0.05e9)  # 5.3 bn (the folder's NOTE)
    assert total("RUS", "origin") == pytest.approx(9.2e9, abs=0.05e9)  # 9.2 bn (the folder's NOTE)


def test_a_country_that_a_month_leaves_out_had_no_trade_in_it(months: list[dict[str, Any]]) -> None:
    listed = {(r["partner"], r["period"]) for r in months if (r["flow"], r["partner_basis"]) == ("import", "origin")}
    of_year = {partner for partner, period in listed if period.startswith("2023")}

    assert len(of_year) > 150
    assert {(partner, f"2023-{n:02d}") for partner in of_year for n in range(1, 13)} <= listed
    whole = sum(r["value"] for r in months if r["period"].startswith("2023") and r["partner_basis"] != "consignment")
    assert whole == pytest.approx(21.3e9, abs=0.1e9)  # 8.6 bn of exports and 12.8 of imports: adding nil adds nothing


def test_the_two_files_agree_where_both_have_a_year(shared: Path, months: list[dict[str, Any]]) -> None:
    database = flows(shared / "data/trade/national_statistics_eurasia/data/armenia_data/armenia_data.csv")
    (year,) = (
        row["value"] for row in database if (row["partner"], row["flow"], row["period"]) == ("RUS", "export", "2021")
    )
    summed = sum(
        row["value"]
        for row in months
        if (row["partner"], row["flow"]) == ("RUS", "export") and row["period"].startswith("2021")
    )
    assert summed == pytest.approx(year, abs=100)  # the database prints tenths of a thousand dollars
