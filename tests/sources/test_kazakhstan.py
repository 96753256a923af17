"""Kazakhstan's workbook: cover sheets, Russian names, groups between countries."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from khorgos.core.errors import BadFile, UnmappedCode
from khorgos.sources.files import parse

TABLE: list[list[Any]] = [
    [" Основные показатели внешней торговли Республики Казахстан"],
    ["за январь-декабрь 2021 года"],
    [None, None, None, None, "тыс. долларов США"],
    ["Наименование области", "Товарооборот", None, "экспорт", None, "импорт"],
    [None, "Всего", "удельный вес", "Всего", "удельный вес", "Всего", "удельный вес"],
    ["Всего\nв том числе", 1000.5, 100, 600.5, 100, 400, 100],
    ["Страны СНГ", 300.5, 30, 200.5, 33, 100, 25],
    [" Страны ЕАЭС", 300.5, 30, 200.5, 33, 100, 25],
    ["Кыргызстан", 300.5, 30, 200.5, 33, 100, 25],
    ["Остальные страны мира", 700, 70, 400, 66, 300, 75],
    ["Азия", 700, 70, 400, 66, 300, 75],
    ["Китай", 699, 70, 400, 66, 299, 75],
    ["Макао", 1, 0.1, None, None, 1, 0.25],
    [None],
    ["* Предварительные данные"],
]


def workbook(path: Path, table: list[list[Any]] | None = None, cover: bool = True) -> Path:
    book = openpyxl.Workbook()
    first = book.active
    first.title = "Обложка"
    if cover:
        first["A7"] = "Дата опубликования: 25.07.2022"
        first["A11"] = "Основные показатели внешней торговли Республики Казахстан по странам"
    sheet = book.create_sheet("2021")
    for row in table or TABLE:
        sheet.append(row)
    book.save(path)
    return path


def test_thousand_dollars_and_russian_names(tmp_path: Path) -> None:
    parsed = parse(workbook(tmp_path / "kaz.xlsx"))
    rows = {(row["partner"], row["flow"]): row for row in parsed.tables["flow"].to_pylist()}
    assert {partner for partner, _ in rows} == {"WLD", "KGZ", "CHN", "MAC"}
    assert {row["period"] for row in rows.values()} == {"2021"}
    assert rows["CHN", "import"]["value"] == 299e3
    assert rows["CHN", "import"]["locator"] == "2021!F12"
    assert rows["MAC", "export"]["value"] is None  # empty, not zero
    assert rows["KGZ", "total"]["valuation"] == "FOB+CIF"
    assert rows["KGZ", "total"]["rounding"] == 100.0  # one decimal of a thousand
    assert parsed.dropped["group row, its members are kept"] == 12
    assert not parsed.findings


def test_the_day_on_the_cover(tmp_path: Path) -> None:
    (release,) = parse(workbook(tmp_path / "kaz.xlsx")).releases
    assert (release.published, release.precision) == (dt.date(2022, 7, 25), "day")
    (release,) = parse(workbook(tmp_path / "bare.xlsx", cover=False)).releases
    assert (release.published, release.precision) == (dt.date(2022, 12, 31), "year")


@pytest.mark.parametrize(
    ("row", "column", "value", "words"),
    [
        (2, 4, "тонн", "does not state its unit"),
        (1, 0, "за год", "does not name its year"),
        (11, 5, "много", r"Not a number: 'много' .*row 12, column F12"),
        (11, 0, None, "Figures without a country"),
    ],
)
def test_damage_is_named(row: int, column: int, value: object, words: str, tmp_path: Path) -> None:
    table = [list(cells) for cells in TABLE]
    table[row][column] = value
    with pytest.raises(BadFile, match=words):
        parse(workbook(tmp_path / "kaz.xlsx", table))


def test_an_unknown_name_carries_its_share(tmp_path: Path) -> None:
    table = [list(cells) for cells in TABLE]
    table[11][0] = "Страна Оз"
    with pytest.raises(UnmappedCode, match=r"'Страна Оз'; they carry 69\.87% of the value"):
        parse(workbook(tmp_path / "kaz.xlsx", table))


def test_a_broken_sum_is_a_finding(tmp_path: Path) -> None:
    table = [list(cells) for cells in TABLE]
    table[11][5] = 99
    findings = parse(workbook(tmp_path / "kaz.xlsx", table)).findings
    assert [finding.code for finding in findings] == ["broken-sum", "broken-total"]


def test_trade_with_china(shared: Path) -> None:
    folder = shared / "data/trade/national_statistics_eurasia/data/kazakhstan_data"
    values: dict[tuple[str, str], list[float]] = {}
    for path in sorted(folder.glob("*.xls")):
        parsed = parse(path)
        assert not [finding for finding in parsed.findings if finding.code == "broken-sum"]
        for row in parsed.tables["flow"].to_pylist():
            if row["partner"] == "CHN":
                values.setdefault((row["flow"], row["period"]), []).append(row["value"])
    # 30.06 bn (BNS, the folder's NOTE): to its last digit
    assert values["total", "2023"] == [pytest.approx(30.06e9, abs=0.005e9)]
    assert values["export", "2023"][0] + values["import", "2023"][0] == pytest.approx(values["total", "2023"][0], abs=1)
    assert len(values["total", "2020"]) == 2  # its own workbook and the next one
