"""The customs' own monthly pages: both languages, both currencies, HTML and workbook."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from khorgos.core.errors import BadFile
from khorgos.sources.files import parse


def cells(path: Path, partner: str) -> dict[tuple[str, str], tuple[float | None, str, float | None]]:
    rows: list[dict[str, Any]] = parse(path).tables["flow"].to_pylist()
    return {
        (row["flow"], row["period"]): (row["value"], row["currency"], row["rounding"])
        for row in rows
        if row["partner"] == partner
    }


def test_chinese_page_in_dollars(specimens: Path) -> None:
    page = specimens / "gacc" / "bulletin_zh_usd.html"
    assert cells(page, "KAZ") == {
        ("total", "2024-09"): (425_713e3, "USD", 1e3),
        ("total", "2024-01..2024-09"): (3_545_818e3, "USD", 1e3),
        ("export", "2024-09"): (253_712e3, "USD", 1e3),
        ("export", "2024-01..2024-09"): (2_117_660e3, "USD", 1e3),
        ("import", "2024-09"): (172_001e3, "USD", 1e3),
        ("import", "2024-01..2024-09"): (1_428_158e3, "USD", 1e3),
    }
    assert cells(page, "NFK")["import", "2024-09"][0] is None  # "-" is no figure
    assert cells(page, "NFK")["export", "2024-01..2024-09"][0] == 0.0  # a printed 0 is one
    (release,) = parse(page).releases
    assert (release.published, release.precision) == (dt.date(2024, 10, 18), "day")
    assert release.title == "（2）2024年9月进出口商品国别（地区）总值表（美元值）"


def test_english_page_in_dollars(specimens: Path) -> None:
    page = specimens / "gacc" / "bulletin_en_usd.html"
    assert cells(page, "KGZ")["export", "2019"] == (500_000e3, "USD", 1e3)  # January to December is the year
    assert cells(page, "KGZ")["export", "2019-12"] == (50_000e3, "USD", 1e3)
    assert cells(page, "NFK")["total", "2019-12"][0] is None
    partners = {row["partner"] for row in parse(page).tables["flow"].to_pylist()}
    assert partners == {"WLD", "KAZ", "KGZ", "NFK"}
    assert parse(page).releases[0].precision == "unknown"


def test_english_january_in_yuan_has_one_column_a_flow(specimens: Path) -> None:
    page = specimens / "gacc" / "bulletin_en_cny.html"
    assert cells(page, "KAZ") == {
        ("total", "2026-01"): (300e4, "CNY", 1e4),
        ("export", "2026-01"): (200e4, "CNY", 1e4),
        ("import", "2026-01"): (100e4, "CNY", 1e4),
    }
    assert cells(page, "TUV")["import", "2026-01"][0] is None
    assert parse(page).releases[0].published == dt.date(2026, 2, 18)


def test_the_preliminary_release_is_a_source_of_its_own(specimens: Path) -> None:
    parsed = parse(specimens / "gacc" / "express_zh_cny.html")
    assert (parsed.source.id, parsed.source.rank) == ("gacc-express", 12)
    russia = cells(specimens / "gacc" / "express_zh_cny.html", "RUS")
    assert russia["total", "2025"] == (16_364.1e8, "CNY", 1e8)


def workbook(path: Path, unit: str = "单位：万元人民币") -> Path:
    """The customs' xls: a blank first column, merged headings, blanks that indent countries."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([None, "（2）2024年5月进出口商品国别（地区）总值表（人民币值）"])
    sheet.append([None, unit])
    sheet.append(
        [
            None,
            "进口原产国（地区）\n出口最终目的国（地区）",
            "进出口",
            None,
            "出口",
            None,
            "进口",
            None,
            "累计比去年同期±％",
        ]
    )
    sheet.append([None, None, "5月", "1至5月", "5月", "1至5月", "5月", "1至5月", "进出口", "出口", "进口"])
    sheet.append([None, "总值", 370, 1750, 214, 995, 156, 755, 6.3, 6.1, 6.4])
    sheet.append([None, "  哈萨克斯坦", 293, 1252, 189, 800, 104, 452, 21.9, 35.9, 3.2])
    sheet.append([None, "  乌兹别克斯坦", 77, 498, 25, 195, 52, 303, 1.0, 2.0, 3.0])
    sheet.append([None, "  汤加", "-", 0, "-", 0, "-", "-", "-", "-", "-"])
    sheet.append([None, "注：此表仅供试验"])
    book.save(path)
    return path


def test_workbook_in_yuan(tmp_path: Path) -> None:
    path = workbook(tmp_path / "bulletin.xlsx")
    assert cells(path, "KAZ")["export", "2024-01..2024-05"] == (800e4, "CNY", 1e4)
    assert cells(path, "TON")["export", "2024-05"][0] is None
    rows = parse(path).tables["flow"].to_pylist()
    assert "Sheet!F6" in {row["locator"] for row in rows if row["partner"] == "KAZ"}


def test_a_table_without_its_unit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="does not state its unit"):
        parse(workbook(tmp_path / "bulletin.xlsx", unit="单位：吨"))


def test_figures_beside_no_country_are_refused(tmp_path: Path, specimens: Path) -> None:
    page = (specimens / "gacc" / "bulletin_en_usd.html").read_text(encoding="utf-8").replace("<td>Kyrgyzstan<", "<td><")
    bad = tmp_path / "page.html"
    bad.write_text(page, encoding="utf-8")
    with pytest.raises(BadFile, match="Figures without a country"):
        parse(bad)
