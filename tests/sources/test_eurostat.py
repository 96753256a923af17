"""Eurostat's Relational View: labels with histories, periods in two spellings, groups, a French extraction."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from khorgos.core.errors import BadFile
from khorgos.sources.files import parse

NAME = "Relational_View_2024-11-16T06_38_12.719Z.csv"


def flows(path: Path) -> list[dict[str, Any]]:
    return parse(path).tables["flow"].to_pylist()


def test_labels_periods_and_flows(specimens: Path) -> None:
    parsed = parse(specimens / "eurostat" / NAME)
    cells = {
        (row["reporter"], row["partner"], row["flow"], row["period"]): row["value"]
        for row in parsed.tables["flow"].to_pylist()
    }
    assert cells == {
        ("ESP", "KAZ", "export", "2024-08"): 11421.0,
        ("DEU", "KAZ", "export", "2024-08"): 66962.0,
        ("MLT", "KAZ", "export", "2024-08"): None,
        ("EU27", "KAZ", "export", "2019"): 780000.0,
        ("EU27", "USA", "export", "2018"): 900000.0,
        ("IRL", "KGZ", "import", "2024-02"): 5.0,
    }
    assert parsed.dropped == {"reporter is a group of changing membership": 1, "group row, its members are kept": 1}
    assert {(row["currency"], row["rounding"]) for row in parsed.tables["flow"].to_pylist()} == {("EUR", 1.0)}


def test_the_day_of_extraction_is_when_it_was_known(specimens: Path) -> None:
    (release,) = parse(specimens / "eurostat" / NAME).releases
    assert (release.published, release.precision) == (dt.date(2024, 11, 16), "day")


def test_french_labels(specimens: Path) -> None:
    rows = flows(specimens / "eurostat" / "french.csv")
    # Eurostat's French list calls Guinea-Bissau "Guinea".
    assert {row["partner"]: row["value"] for row in rows} == {"GNB": 125725547.0, "GIN": 901357072.0, "USA": 300.0}


def test_a_file_that_borrows_the_columns_is_refused(specimens: Path) -> None:
    with pytest.raises(BadFile, match=r"'Kazakhstan' does not report to Eurostat.*row 2, column REPORTER"):
        parse(specimens / "eurostat" / "borrowed.csv")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Aug. 2024", "Agosto 2024", "Unknown period"),
        ("202408-Aug. 2024", "202407-Aug. 2024", "Unknown period"),
        ("T-Total", "4-Normal", "only totals are read"),
        (",EXPORT,", ",SMUGGLING,", "Unknown flow"),
        (",11421", ",11 4 21", "Not a number"),
        ("Malta,", "Atlantis,", "Unknown reporter"),
    ],
)
def test_what_is_not_understood_is_named_with_its_row(
    old: str, new: str, words: str, specimens: Path, tmp_path: Path
) -> None:
    text = (specimens / "eurostat" / NAME).read_text(encoding="utf-8")
    path = tmp_path / "x.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadFile, match=rf"{words}.*row \d"):
        parse(path)


def test_every_extraction_is_read(shared: Path) -> None:
    folder = shared / "data/trade/national_statistics_eurasia/data"
    files = [*folder.glob("kazakhstan_export_eurostat/*.csv"), *folder.glob("eu_year_export/*.csv")]
    assert len(files) == 82
    total: dict[str, float] = {}
    for path in files:
        for row in flows(path):
            if (row["reporter"], row["partner"], row["flow"]) == ("EU27", "KAZ", "export"):
                total[row["period"]] = row["value"]
    months = [total[f"2023-{month:02d}"] for month in range(1, 13)]
    # The two folders were extracted on different days: revisions of a month stay below a per cent.
    assert sum(months) == pytest.approx(total["2023"], rel=0.01)
    assert {"2010", "2016", "2023", "2019-01", "2024-08"} <= total.keys()


def test_members_add_up_to_the_union(shared: Path) -> None:
    folder = shared / "data/trade/national_statistics_eurasia/data/armenia_export_eurostat"
    for path in sorted(folder.glob("*.csv"))[:5]:
        values = {row["reporter"]: row["value"] for row in flows(path) if row["reporter"] != "GBR"}
        union = values.pop("EU27")
        assert sum(values.values()) == pytest.approx(union, abs=27 / 2)  # 27 members rounded to a euro
