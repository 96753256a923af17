"""Ranked suppliers from UN Comtrade: soybeans to China as the workbook prints them; what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from khorgos.core.errors import BadFile, UnmappedCode
from khorgos.ledger.ingest import ingest
from khorgos.ledger.store import open_ledger
from khorgos.measures.supply import constant_market_share
from khorgos.nomenclature.goods import good
from khorgos.sources.files import parse

FOLDER = "data/trade/comtrade_partner_reports"
TO_CHINA = "China_3.3_imports_products_partners_HS-AG6-2014-2025.xlsx"
HEAD = ["refYear", "flowCode", "cmdCode", "reporterDesc", "cmd_partner_rank", "cmd_partner_sum"]

Write = Callable[..., Path]


@pytest.fixture
def book(tmp_path: Path) -> Write:
    """Write a workbook of one sheet."""
    openpyxl = pytest.importorskip("openpyxl")

    def write(*rows: list[object], head: list[str] = HEAD, name: str = "China_3.3_made.xlsx") -> Path:
        made = openpyxl.Workbook()
        for row in (head, *rows):
            made.active.append(row)
        made.save(tmp_path / name)
        return tmp_path / name

    return write


def test_soybeans_to_china_as_printed(shared: Path) -> None:
    """Sheet1, rows of 120190 in 2017 and 2018: Brazil 20.310 and 27.233 bn, the United States 12.224 and 3.119 bn."""
    parsed = parse(shared / FOLDER / TO_CHINA)
    rows = parsed.tables["flow"].to_pylist()
    soya = {(r["reporter"], r["period"]): r for r in rows if r["product"] == "120190"}

    assert soya["BRA", "2017"]["value"] == pytest.approx(20.31021e9, rel=1e-6)
    assert soya["BRA", "2018"]["value"] == pytest.approx(27.23307e9, rel=1e-6)
    assert soya["USA", "2017"]["value"] == pytest.approx(12.22442e9, rel=1e-6)
    assert soya["USA", "2018"]["value"] == pytest.approx(3.119229e9, rel=1e-6)
    assert {r["partner"] for r in rows} == {"CHN"}
    assert {(r["flow"], r["valuation"]) for r in rows} == {("export", "FOB")}
    assert {r["nomenclature"] for r in rows if r["period"] == "2016"} == {"HS12"}
    assert {r["nomenclature"] for r in rows if r["product"] == "851770"} == {"HS12", "HS17"}  # none in 2022's
    assert parsed.dropped["commodity not specified"] == 56
    assert {finding.code for finding in parsed.findings} == {"partial-coverage", "assumed-nomenclature"}


def test_brazil_took_the_place_of_the_united_states(shared: Path, tmp_path: Path) -> None:
    """The episode of 2018, by hand from the printed figures: a market of 36.21 bn that shrank to 33.23 bn."""
    empty = open_ledger(tmp_path / "ledger", embedded=False)
    ledger = ingest(empty, [parse(shared / FOLDER / TO_CHINA)], corrections=()).ledger
    rows = constant_market_share(ledger, good("120190").codes, "CHN", 2017, 2018).table.to_pylist()
    found = {row["exporter"]: row for row in rows}
    grown = sum(row["after"] for row in rows) / sum(row["before"] for row in rows)

    assert found["BRA"]["competitiveness"] == pytest.approx(27.23307e9 - grown * 20.31021e9, rel=1e-6)
    assert found["USA"]["competitiveness"] == pytest.approx(3.119229e9 - grown * 12.22442e9, rel=1e-6)
    assert found["BRA"]["taken"] > 0.9
    assert {row["side"] for row in rows} == {"exporter"}


def test_the_partner_stands_in_a_column_or_in_the_name(book: Write) -> None:
    row = [2022, "M", "854231", "Kazakhstan", 1, 5.0]
    (by_name,) = parse(book(row)).tables["flow"].to_pylist()
    (by_column,) = parse(book([*row, "USA"], head=[*HEAD, "partnerDesc"], name="any.xlsx")).tables["flow"].to_pylist()

    assert (by_name["reporter"], by_name["partner"], by_name["flow"]) == ("KAZ", "CHN", "import")
    assert (by_name["valuation"], by_name["nomenclature"], by_name["value"]) == ("CIF", "HS22", 5.0)
    assert by_column["partner"] == "USA"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ([2022, "Y", "854231", "Kazakhstan", 1, 5.0], "Not a flow"),
        (["last", "M", "854231", "Kazakhstan", 1, 5.0], "row 2, column refYear"),
        ([2022, "M", "8542", "Kazakhstan", 1, 5.0], "Not six digits of the HS by 2022: '8542'"),
        ([2022, "M", "854231", "Kazakhstan", 1, "much"], "column cmd_partner_sum"),
    ],
)
def test_what_is_no_row_is_refused(book: Write, row: list[object], words: str) -> None:
    with pytest.raises(BadFile, match=words):
        parse(book(row))


def test_an_unknown_area_a_repeat_and_a_nameless_partner_are_refused(book: Write) -> None:
    row = [2022, "M", "854231", "Kazakhstan", 1, 5.0]
    with pytest.raises(UnmappedCode, match="Atlantis"):
        parse(book([2022, "M", "854231", "Atlantis", 1, 5.0]))
    with pytest.raises(BadFile, match="row 2 stands twice"):
        parse(book(row, row))
    with pytest.raises(BadFile, match="tells the partner"):
        parse(book(row, name="ranking.xlsx"))
    with pytest.raises(BadFile, match="no rows"):
        parse(book())
