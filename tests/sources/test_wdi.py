"""World Development Indicators in five layouts: missing figures left out; against the notes' figures."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khorgos.core.errors import BadFile, KhorgosError, UnmappedCode
from khorgos.sources.connector import Parsed
from khorgos.sources.files import parse

GDP = "NY.GDP.MKTP.CD"


def figures(parsed: Parsed) -> dict[tuple[str, str, str], tuple[float, str]]:
    rows: list[dict[str, Any]] = parsed.tables["indicator"].to_pylist()
    return {(r["area"], r["indicator"], r["period"]): (r["value"], r["unit"]) for r in rows}


def test_databank_csv_with_its_footer(specimens: Path) -> None:
    parsed = parse(specimens / "wdi" / "databank.csv")
    found = figures(parsed)
    assert found["KAZ", GDP, "2022"] == (225_496_176_700.5, "USD")
    assert ("KAZ", GDP, "2023") not in found  # ".." is missing
    assert found["KAZ", "SP.POP.TOTL", "2023"] == (20_330_104.0, "person")
    assert found["WLD", GDP, "2023"] == (105.4e12, "USD")
    assert found["WB-ECS", "NE.EXP.GNFS.ZS", "2023"] == (0.0, "% of GDP")  # a printed 0 is a figure
    assert parsed.dropped == {"no figure": 1}
    assert parsed.releases[0].published == dt.date(2025, 1, 28)  # "01/28/2025": month first


def test_download_csv_with_its_preamble(specimens: Path) -> None:
    parsed = parse(specimens / "wdi" / "API_NY.GDP.MKTP.CD_DS2_en_csv_v2.csv")
    assert figures(parsed)["KAZ", GDP, "2022"] == (225_496_176_700.5, "USD")
    assert ("KAZ", GDP, "2023") not in figures(parsed)
    assert parsed.releases[0].published == dt.date(2025, 3, 24)
    assert parsed.tables["indicator"]["locator"].to_pylist()[0] == "line 6:2022"


def workbook(path: Path, *rows: tuple[object, ...]) -> Path:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "Data"
    for row in (
        ("Data Source", "World Development Indicators"),
        ("Last Updated Date", dt.date(2025, 3, 24)),
        (),
        ("Country Name", "Country Code", "Indicator Name", "Indicator Code", "2022", "2023"),
        *rows,
    ):
        page.append(list(row))
    book.save(path)
    return path


def test_download_workbook(tmp_path: Path) -> None:
    parsed = parse(workbook(tmp_path / "x.xlsx", ("Kazakhstan", "KAZ", "GDP (current US$)", GDP, 225e9, None)))
    assert figures(parsed) == {("KAZ", GDP, "2022"): (225e9, "USD")}
    assert parsed.tables["indicator"]["locator"].to_pylist() == ["Data!E5"]
    assert parsed.releases[0].published == dt.date(2025, 3, 24)


def test_long_csv_named_by_its_indicator(specimens: Path, tmp_path: Path) -> None:
    parsed = parse(specimens / "wdi" / "gdp_long.csv")
    assert figures(parsed) == {("KAZ", GDP, "2022"): (225_496_176_700.5, "USD")}
    assert [finding.code for finding in parsed.findings] == ["assumed-indicator"]
    (tmp_path / "figures.csv").write_bytes((specimens / "wdi" / "gdp_long.csv").read_bytes())
    with pytest.raises(BadFile, match="No connector knows this format"):
        parse(tmp_path / "figures.csv")


def test_interface(specimens: Path) -> None:
    parsed = parse(specimens / "wdi" / "api.json")
    assert figures(parsed) == {("KAZ", GDP, "2023"): (262_000_000_000.5, "USD")}
    assert parsed.dropped == {"no figure": 1, "aggregate without a code": 1}
    assert [finding.code for finding in parsed.findings] == ["partial-coverage"]  # page 1 of 2
    assert parsed.releases[0].published == dt.date(2025, 3, 24)
    with pytest.raises(BadFile, match="answered with an error: The provided parameter value is not valid"):
        parse(specimens / "wdi" / "api_error.json")


@pytest.mark.parametrize(
    ("body", "error", "said"),
    [
        ("Kazakhstan,QQQ,2022,5\nPeru,PER,2022,6\n", UnmappedCode, "'QQQ'; they are 50 per cent of the cells"),
        ("Kazakhstan,KAZ,5e9,2022\n", BadFile, r"Not a year: '5e9' \(gdp\.csv, row 2, column Year\)\. Are the columns"),
        ('Kazakhstan,KAZ,2022,"5,5"\n', BadFile, "Is its decimal sign ','"),
        (
            "Kazakhstan,KAZ,2022,5\nKazakhstan,KAZ,2022,6\n",
            BadFile,
            "Two figures for KAZ NY.GDP.MKTP.CD 2022: line 2 and",
        ),
        ("Kazakhstan,KAZ\n", BadFile, "2 of 4 columns"),
    ],
)
def test_bad_files(tmp_path: Path, body: str, error: type[BadFile], said: str) -> None:
    (tmp_path / "gdp.csv").write_text("Country Name,Country Code,Year,Value\n" + body)
    with pytest.raises(error, match=said):
        parse(tmp_path / "gdp.csv")


def test_repeated_rows_and_negative_values(tmp_path: Path) -> None:
    (tmp_path / "gdp.csv").write_text("Country Name,Country Code,Year,Value\n" + "Kazakhstan,KAZ,2022,-5\n" * 2)
    assert figures(parse(tmp_path / "gdp.csv")) == {("KAZ", GDP, "2022"): (-5.0, "USD")}


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.lists(st.none(), max_size=1)


@given(field=st.sampled_from(["indicator", "countryiso3code", "date", "value", None]), value=VALUES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_answers_are_errors_in_one_line(
    specimens: Path, tmp_path: Path, field: str | None, value: object
) -> None:
    document = json.loads((specimens / "wdi" / "api.json").read_text())
    if field is None:
        document[1][0] = value
    else:
        document[1][0][field] = value
    (tmp_path / "api.json").write_text(json.dumps(document))
    try:
        said = parse(tmp_path / "api.json").source.id
    except KhorgosError as error:
        said = str(error)
    assert said
    assert "\n" not in said


def test_published_gdp_by_two_roads(shared: Path) -> None:
    """The Bank's own workbook of March 2025 and a long csv of another day: the world of 2023."""
    own = figures(parse(shared / "data/formats/wdi_xls/GDP_wdi_raw.xls"))
    long = figures(parse(shared / "data/macro/gdp_wdi_1960_2023.csv"))
    assert long["WLD", GDP, "2023"][0] == pytest.approx(105.4e12, abs=0.05e12)  # printed in tenths of a trillion
    both = [key for key in own if key in long and key[2] == "2015"]
    assert len(both) > 240
    apart = [key for key in both if abs(own[key][0] - long[key][0]) > 0.1 * own[key][0]]
    assert len(apart) <= 10  # revisions of national accounts beyond a tenth are rare


def test_published_databank_csv(shared: Path) -> None:
    parsed = parse(shared / "data/formats/wdi_csv/WDI.csv")
    assert parsed.releases[0].published == dt.date(2025, 1, 28)
    found = figures(parsed)
    assert found["ARG", "NE.EXP.GNFS.ZS", "2011"] == (18.4492091453155, "% of GDP")
    assert len(found) + parsed.dropped["no figure"] == 3038 * 12  # 3,038 rows of 12 years
