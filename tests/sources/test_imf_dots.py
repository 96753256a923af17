"""IMF Direction of Trade: estimates flagged, groups left out, sums that must close; against the notes' figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khorgos.core.errors import BadFile, KhorgosError, UnmappedCode
from khorgos.sources.connector import Parsed
from khorgos.sources.files import parse

Grid = Sequence[Sequence[object]]

#: A country's sheet as the IMF writes it: an odd first row, groups between, a heading without figures at the end.
EXPORTS: Grid = (
    ("Australia", "0.14 e", 0.2),
    ("World", 110.5, 210.0),
    ("Advanced Economies", 0.14, 0.2),
    ("Australia", "0.14 e", 0.2),
    ("China, P.R.: Mainland", "100.36 e", 200.3),
    ("Taiwan Province of China", None, 9.0),
    ("Countries & Areas not specified", 10.0, 0.5),
    ("Memorandum Items", None, None),
    ("European Union", 3.0, 4.0),
)
IMPORTS: Grid = (("World", 5.0, None), ("Russian Federation", 5.0, "…"))


def sheet(title: str, rows: Grid, reporter: str = "Kazakhstan, Rep. of", unit: str = "US Dollars, Millions") -> Grid:
    head: Grid = ((), (title,), (), (reporter,), (unit,), (), ("", "1993", "2013"))
    return tuple((None, *row) for row in (*head, *rows))


def save(path: Path, sheets: Mapping[str, Grid]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append([None if cell == "" else cell for cell in row])
    book.save(path)
    return path


def country(folder: Path, **sheets: Grid) -> Path:
    return save(
        folder / "KAZ_DOTS_103.xlsx",
        {
            "Exports, FOB": sheets.get("exports", sheet("Exports, FOB to Partner Countries", EXPORTS)),
            "Imports, CIF": sheets.get("imports", sheet("Imports, CIF from Partner Countries", IMPORTS)),
        },
    )


def rows(parsed: Parsed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parsed.tables["flow"].to_pylist()
    return found


def test_a_country_workbook(tmp_path: Path) -> None:
    parsed = parse(country(tmp_path))
    found = {(r["partner"], r["flow"], r["period"]): (r["value"], r["status"], r["locator"]) for r in rows(parsed)}
    assert found == {
        ("AUS", "export", "1993"): (140_000.0, "estimated", "Exports, FOB!C8"),
        ("AUS", "export", "2013"): (200_000.0, "reported", "Exports, FOB!D8"),
        ("WLD", "export", "1993"): (110_500_000.0, "reported", "Exports, FOB!C9"),
        ("WLD", "export", "2013"): (210_000_000.0, "reported", "Exports, FOB!D9"),
        ("CHN", "export", "1993"): (100_360_000.0, "estimated", "Exports, FOB!C12"),
        ("CHN", "export", "2013"): (pytest.approx(200_300_000.0), "reported", "Exports, FOB!D12"),
        ("TWN", "export", "2013"): (9_000_000.0, "reported", "Exports, FOB!D13"),
        ("XNS", "export", "1993"): (10_000_000.0, "reported", "Exports, FOB!C14"),
        ("XNS", "export", "2013"): (500_000.0, "reported", "Exports, FOB!D14"),
        ("WLD", "import", "1993"): (5_000_000.0, "reported", "Imports, CIF!C8"),
        ("RUS", "import", "1993"): (5_000_000.0, "reported", "Imports, CIF!C9"),
    }
    assert parsed.dropped == {"aggregate partner": 4, "repeated row": 2}
    assert parsed.findings == ()  # partners without the groups add up to the world
    first = rows(parsed)[0]
    assert (first["reporter"], first["currency"], first["valuation"]) == ("KAZ", "USD", "FOB")
    assert (first["product"], first["nomenclature"], first["partner_basis"]) == ("TOTAL", "TOTAL", "destination")
    assert parsed.releases[0].precision == "day"


def test_a_sum_that_does_not_close_is_told(tmp_path: Path) -> None:
    broken = sheet(
        "Exports, FOB to Partner Countries", (("World", 100.0, 100.0), ("China, P.R.: Mainland", 100.0, 60.0))
    )
    (finding,) = parse(country(tmp_path, exports=broken)).findings
    assert finding.code == "broken-sum"
    assert (finding.text, finding.where) == ("Partners add up to 60.00 of 100.00 million USD.", "KAZ export 2013")


def test_a_reporter_that_never_reported_is_estimated(tmp_path: Path) -> None:
    title = "Exports, FOB to Partner Countries"
    grid = sheet(title, (("China, P.R.: Mainland", 1.0, 2.0),), reporter="Turkmenistan")
    assert {r["status"] for r in rows(parse(save(tmp_path / "x.xlsx", {"Exports, FOB": grid})))} == {"estimated"}


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"unit": "Euros, Millions"}, BadFile, "Unit 'Euros, Millions' is not known"),
        ({"reporter": "Ruritania"}, UnmappedCode, "The reporter 'Ruritania' is not known"),
        ({"rows": (("Ruritania", 1.0, 3.0), ("Australia", 4.0, 8.0))}, UnmappedCode, "'Ruritania'; they carry 25 per"),
        ({"rows": (("Australia", "many", 8.0),)}, BadFile, r"Not a number: 'many' \(.*Exports, FOB!C8\)"),
        ({"rows": (("Australia", "1,5 e", 8.0),)}, BadFile, r"Not a number: '1,5'.*decimal sign ','"),
        ({"rows": (("Australia", 1.0, 1.0), ("Australia", 2.0, 1.0))}, BadFile, "disagree, Exports, FOB!C8 and"),
        ({"rows": ()}, BadFile, "no figures"),
    ],
)
def test_bad_workbooks(tmp_path: Path, change: dict[str, Any], error: type[BadFile], said: str) -> None:
    grid = sheet("Exports, FOB to Partner Countries", change.pop("rows", EXPORTS), **change)
    with pytest.raises(error, match=said):
        parse(save(tmp_path / "x.xlsx", {"Exports, FOB": grid}))


def test_a_header_without_years(tmp_path: Path) -> None:
    grid = [list(row) for row in sheet("Exports, FOB to Partner Countries", EXPORTS)]
    grid[6] = [None, None, "Kazakhstan", "China"]
    with pytest.raises(
        BadFile, match=r"Not a year, quarter or month: 'Kazakhstan' \(x\.xlsx, column Exports, FOB!row 7"
    ):
        parse(save(tmp_path / "x.xlsx", {"Exports, FOB": grid}))


def report(folder: Path, periods: tuple[str, ...], reporter: str = "China, P.R.: Mainland") -> Path:
    partners = ("Kazakhstan, Rep. of", "Kyrgyz Rep.", "Asia not specified")
    figures = [(name, *(1e9 + i for i in range(len(periods)))) for name in partners]
    tips = [(name, *(f"Country: {reporter}\nTime: {period}" for period in periods)) for name in partners]
    return save(
        folder / "ChinaPR_Mainland_Imports_of_Goods_f.xlsx",
        {
            "Imports by Country": (("Scale: Millions",),),
            "Goods, Value of Imports, Cost,": (("", *periods), *figures, ("",), ("Scale: Millions",)),
            "Tooltip": (("", *periods), *tips),
        },
    )


def test_a_report_holds_whole_dollars_whatever_its_scale_says(tmp_path: Path) -> None:
    parsed = parse(report(tmp_path, ("2021", "2022")))
    found = {(r["partner"], r["period"]): r["value"] for r in rows(parsed)}
    assert found["KAZ", "2021"] == 1e9
    assert found["KGZ", "2022"] == 1e9 + 1
    assert {(r["reporter"], r["flow"], r["valuation"]) for r in rows(parsed)} == {("CHN", "import", "CIF")}
    assert {r["partner"] for r in rows(parsed)} == {"KAZ", "KGZ", "XAS"}


def test_a_report_by_month_and_quarter(tmp_path: Path) -> None:
    parsed = parse(report(tmp_path, ("2022M01", "2022Q2", "2022")))
    assert {r["period"] for r in rows(parsed)} == {"2022-01", "2022-04..2022-06", "2022"}


def tidy(path: Path, **columns: Sequence[object]) -> Path:
    whole = {
        "reporter": ["China, P.R.: Mainland", "China, P.R.: Mainland", "Africa", "Turkmenistan", "World"],
        "reporter_iso3": ["CHN", "CHN", "", "TKM", "WLD"],
        "partner": ["Kazakhstan, Rep. of", "Euro Area", "Kazakhstan, Rep. of", "China, P.R.: Mainland", "World"],
        "partner_iso3": ["KAZ", "", "KAZ", "CHN", "WLD"],
        "flow": ["X", "X", "X", "X", "M"],
        "year": [2013, 2013, 2013, 2014, 2013],
        "value_musd": [12_540.0, 1.0, 1.0, 8_977.5, 18e6],
    }
    pq.write_table(pa.table({**whole, **columns}), path)
    return path


def test_the_tidy_table(tmp_path: Path) -> None:
    parsed = parse(tidy(tmp_path / "x.parquet"))
    found = [(r["reporter"], r["partner"], r["flow"], r["value"], r["status"], r["locator"]) for r in rows(parsed)]
    assert found == [
        ("CHN", "KAZ", "export", 12_540e6, "reported", "row 1"),
        ("TKM", "CHN", "export", 8_977.5e6, "estimated", "row 4"),
        ("WLD", "WLD", "import", 18e12, "estimated", "row 5"),
    ]
    assert parsed.dropped == {"aggregate reporter": 1, "aggregate partner": 1}


def test_bad_tidy_tables(tmp_path: Path) -> None:
    unknown = ["Ruritania", *["China, P.R.: Mainland"] * 4]
    with pytest.raises(UnmappedCode, match="reporter 'Ruritania' is not known; it has 20 per cent of the rows"):
        parse(tidy(tmp_path / "x.parquet", reporter=unknown, reporter_iso3=["", *["CHN"] * 4]))
    with pytest.raises(BadFile, match=r"Unknown flow 'Q' \(x\.parquet, row 1"):
        parse(tidy(tmp_path / "x.parquet", flow=["Q", "X", "X", "X", "M"]))


CELLS = st.one_of(st.none(), st.floats(-10, 10), st.text(max_size=5), st.sampled_from(["1.5 e", "e", " e", "…", "2 e"]))


@given(grid=st.lists(st.tuples(st.sampled_from(["World", "Australia", "Turkey", "Advanced Economies"]), CELLS, CELLS)))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cells_are_rows_or_an_error(tmp_path: Path, grid: list[tuple[str, object, object]]) -> None:
    clean = [[c if not isinstance(c, str) or c.isprintable() else "?" for c in row] for row in grid]
    path = save(tmp_path / "x.xlsx", {"Exports, FOB": sheet("Exports, FOB to Partner Countries", clean)})
    try:
        found = rows(parse(path))
    except KhorgosError:
        found = []
    printed = sum(cell is not None for row in clean for cell in row[1:])
    assert len(found) <= printed  # an empty cell never becomes a row


# --- published figures; tolerances are half a step of the last digit printed -----------------------------------------


def test_published_workbooks_of_china_and_kazakhstan(shared: Path) -> None:
    folder = shared / "data/trade/imf_dots/raw_samples"
    china = {(r["partner"], r["flow"], r["period"]): r for r in rows(parse(folder / "CHN_DOTS_40.xlsx"))}
    assert china["KAZ", "export", "2013"]["value"] == pytest.approx(12.54e9, abs=0.005e9)  # printed in hundredths
    assert china["KAZ", "import", "2013"]["value"] == pytest.approx(16.02e9, abs=0.005e9)  # printed in hundredths
    assert china["KGZ", "export", "2019"]["value"] == pytest.approx(6.31e9, abs=0.005e9)  # printed in hundredths
    russia = china["RUS", "export", "2013"]["value"] + china["RUS", "import", "2013"]["value"]
    assert russia == pytest.approx(89.2e9, abs=0.05e9)  # printed in tenths
    kazakhstan = parse(folder / "KAZ_DOTS_103.xlsx")
    assert kazakhstan.releases[0].published == dt.date(2022, 2, 19)
    years = {r["period"] for r in rows(kazakhstan) if r["status"] == "estimated" and r["partner"] != "WLD"}
    assert years == {"1992", "1993"}


@pytest.mark.parametrize(
    "name", ["ARM_DOTS_9", "AZE_DOTS_13", "GEO_DOTS_76", "RUS_DOTS_162", "USA_DOTS_208", "UZB_DOTS_210"]
)
def test_published_workbooks_add_up(shared: Path, name: str) -> None:
    parsed = parse(shared / f"data/trade/imf_dots/raw_samples/{name}.xlsx")
    assert [finding for finding in parsed.findings if finding.code == "broken-sum"] == []
    assert len({r["locator"] for r in rows(parsed)}) == parsed.tables["flow"].num_rows


def test_report_and_workbook_agree(shared: Path) -> None:
    """Two layouts of one collection, three years apart: China's imports of 2010 hardly changed."""
    (file,) = (shared / "data/formats/imf_dots_china_imports_2010_2022").glob("*.xlsx")
    late = {(r["partner"], r["period"]): r["value"] for r in rows(parse(file))}
    early = parse(shared / "data/trade/imf_dots/raw_samples/CHN_DOTS_40.xlsx")
    assert late["KAZ", "2013"] == pytest.approx(16.02e9, abs=0.005e9)  # printed in hundredths
    same = [
        (r["value"], late[r["partner"], "2010"])
        for r in rows(early)
        if r["flow"] == "import" and r["period"] == "2010" and (r["partner"], "2010") in late
    ]
    assert len(same) > 150
    old, new = (sum(pair[i] for pair in same) for i in (0, 1))
    assert old == pytest.approx(new, rel=0.002)  # revisions between 2022 and 2025


def test_tidy_table_and_workbooks_agree(shared: Path) -> None:
    tidy_rows = parse(shared / "data/trade/imf_dots/imf_dots_1960_2020.parquet")
    table = tidy_rows.tables["flow"]
    kept = table.num_rows + sum(tidy_rows.dropped.values())
    assert kept == 2_431_085
    workbook = rows(parse(shared / "data/trade/imf_dots/raw_samples/KAZ_DOTS_103.xlsx"))
    kazakhstan = {
        (r["partner"], r["flow"], r["period"]): r["value"]
        for r in table.filter(pc.field("reporter") == "KAZ").to_pylist()
    }
    reported = [r for r in workbook if r["status"] == "reported"]
    assert len(kazakhstan) == len(reported)  # the tidy table lost the flagged cells
    for r in reported:
        assert kazakhstan[r["partner"], r["flow"], r["period"]] == pytest.approx(r["value"], rel=1e-9)  # same doubles
