"""Kyrgyzstan's trilingual tables: names in three languages, dashes, years as columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from khorgos.core.errors import BadFile
from khorgos.sources.files import parse

TITLE = [
    "4.03.00.20: Товарлардын импорту",
    "4.03.00.20: Географическое распределение импорта товаров",
    "4.03.00.20: Geographic",
]
TABLE: list[list[Any]] = [
    TITLE,
    ["(миң АКШ доллары)", "(тыс. долларов США)", "(thousand US dollars)"],
    [None, None, None, 1994, 2022, 2023],
    ["Бардыгы", "Всего", "Total", 30.5, 200, 300],
    ["КМШ", "СНГ", "CIS", 10.5, "-", "-"],
    [None],
    ["Азия", "Азия", "Asia", 30.5, 200, 300],
    ["Кытай", "Китай", "China", 20.0, "199,5", 299],
    ["Бутан", "Бутан", "Butane", "-", 0.5, "-"],
    ["Сальвадор", "Сальвадор", "Salvador", "-", "-", 0.25],
    ["Эль-Сальвадор", "Эль-Сальвадор", "El Salvador", "-", "-", 0.75],
    ["Заир", "Заир", "Zaire", 10.5, "-", "-"],
    ["1 Алдын ала", "1 Предварительные данные", "1 Preliminary data"],
]


def workbook(path: Path, table: list[list[Any]] | None = None) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "import"
    for row in table or TABLE:
        book.active.append(row)
    book.create_sheet("Лист1")
    book.save(path)
    return path


def test_dashes_are_null_and_names_are_the_russian_ones(tmp_path: Path) -> None:
    parsed = parse(workbook(tmp_path / "kgz.xlsx"))
    rows = {(row["partner"], row["period"]): row for row in parsed.tables["flow"].to_pylist()}
    assert rows["CHN", "1994"]["value"] == 20e3
    assert rows["CHN", "2022"]["value"] == 199.5e3  # a decimal comma in a text cell
    assert rows["BTN", "1994"]["value"] is None  # its English name is Butane
    assert rows["COD", "1994"]["value"] == 10.5e3
    assert rows["CHN", "2023"]["locator"] == "import!F8"
    assert {row["flow"] for row in rows.values()} == {"import"}
    assert "CIS" not in {partner for partner, _ in rows}


def test_two_names_of_one_country_are_added(tmp_path: Path) -> None:
    parsed = parse(workbook(tmp_path / "kgz.xlsx"))
    (row,) = (row for row in parsed.tables["flow"].to_pylist() if (row["partner"], row["period"]) == ("SLV", "2023"))
    assert (row["value"], row["locator"]) == (1000.0, "import!F10+import!F11")
    assert [finding.code for finding in parsed.findings] == ["preliminary", "names-merged"] or [
        finding.code for finding in parsed.findings
    ] == ["names-merged", "preliminary"]


@pytest.mark.parametrize(
    ("row", "column", "value", "words"),
    [
        (1, 1, "(тонн)", "does not state its unit"),
        (2, 4, 2023, "A year heads two columns"),
        (7, 5, "x", r"Not a number: 'x' .*row 8, column F8"),
        (0, 1, "4.03.00.10 Экспорт основных видов товаров", "No connector knows this format"),
    ],
)
def test_damage_is_named(row: int, column: int, value: object, words: str, tmp_path: Path) -> None:
    table = [list(cells) for cells in TABLE]
    table[row][column] = value
    with pytest.raises(BadFile, match=words):
        parse(workbook(tmp_path / "kgz.xlsx", table))


def test_imports_from_china_2023(shared: Path) -> None:
    folder = shared / "data/trade/national_statistics_eurasia/data/kyrgyzstan_data"
    (imports,) = folder.glob("4.03.00.20*")
    cells = {(row["partner"], row["period"]): row["value"] for row in parse(imports).tables["flow"].to_pylist()}
    assert cells["CHN", "2023"] == 5353257336.0  # 5.353 bn (the folder's NOTE)
    (exports,) = folder.glob("4.03.00.18*")
    parsed = parse(exports)
    exported = {(row["partner"], row["period"]): row["value"] for row in parsed.tables["flow"].to_pylist()}
    assert exported["CHN", "2023"] == 80446343.0
    # The committee's own parts of 2021 miss its total by 1.1 bn (gold): said, not mended.
    assert [finding.code for finding in parsed.findings] == ["broken-sum"]


def test_totals_in_som_are_kept_in_som(shared: Path) -> None:
    folder = shared / "data/trade/national_statistics_eurasia/data/kyrgyzstan_data"
    (path,) = folder.glob("4.03.00.17*")
    rows = parse(path).tables["flow"].to_pylist()
    assert {(row["partner"], row["currency"], row["flow"]) for row in rows} == {("WLD", "KGS", "export")}
