"""Geostat's totals: an unfinished last year, totals that are sums of months."""

from __future__ import annotations

import calendar
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from khorgos.core.errors import BadFile
from khorgos.sources.files import parse

TABLE: list[list[Any]] = [
    ["Georgian Exports and Imports in 2023-2024"],
    [None],
    ["(Mill. USD)"],
    [None, 2023, "2024*"],
    ["Total Exports", 78.0, 3.5],
    ["of which:"],
    *[[name, i + 1.0, (1.0, 2.5)[i] if i < 2 else None] for i, name in enumerate(calendar.month_name[1:])],
    [None],
    ["Total Import", 156.0, 7.0],
    *[[name, 2 * (i + 1.0), (2.0, 5.0)[i] if i < 2 else None] for i, name in enumerate(calendar.month_name[1:])],
    ["* Preliminary data"],
]


def workbook(path: Path, table: list[list[Any]] | None = None) -> Path:
    book = openpyxl.Workbook()
    for row in table or TABLE:
        book.active.append(row)
    book.save(path)
    return path


def test_the_total_of_an_unfinished_year_is_no_year(tmp_path: Path) -> None:
    parsed = parse(workbook(tmp_path / "FTrade.xlsx"))
    cells = {(row["flow"], row["period"]): row["value"] for row in parsed.tables["flow"].to_pylist()}
    assert cells["export", "2023"] == 78e6
    assert cells["import", "2024-01..2024-02"] == 7e6
    assert cells["export", "2024-02"] == 2.5e6
    assert ("export", "2024") not in cells
    assert ("export", "2024-03") not in cells
    assert [finding.code for finding in parsed.findings] == ["preliminary"]


def test_a_total_that_is_no_sum_is_left_out_and_told(tmp_path: Path) -> None:
    table = [list(row) for row in TABLE]
    table[4][1] = 79.0
    parsed = parse(workbook(tmp_path / "FTrade.xlsx", table))
    assert "broken-sum" in {finding.code for finding in parsed.findings}
    periods = {row["period"] for row in parsed.tables["flow"].to_pylist() if row["flow"] == "export"}
    assert "2023" not in periods
    assert "2023-12" in periods


def test_a_number_that_is_none(tmp_path: Path) -> None:
    table = [list(row) for row in TABLE]
    table[7][1] = "n.c."
    with pytest.raises(BadFile, match=r"Not a number: 'n.c.' .*row 8, column B8"):
        parse(workbook(tmp_path / "FTrade.xlsx", table))


def test_all_years(shared: Path) -> None:
    folder = shared / "data/trade/national_statistics_eurasia/data/georgia_export_eurostat"
    parsed = parse(folder / "FTrade_1995-2024.xlsx")
    cells = {(row["flow"], row["period"]): row["value"] for row in parsed.tables["flow"].to_pylist()}
    assert cells["export", "2023"] == pytest.approx(6086.4166982e6, abs=100)  # as printed in cell AD5
    assert cells["import", "2024-01..2024-10"] == pytest.approx(13553.988727e6, abs=1e3)  # cell AE20
    assert ("import", "2024") not in cells
    assert len(cells) == 2 * (30 + 29 * 12 + 10)
