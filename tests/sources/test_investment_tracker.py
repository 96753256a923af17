"""AEI's tracker: dollars with signs and blanks, shares, months by name, investment or construction."""

from __future__ import annotations

from pathlib import Path

import pytest

from khorgos.core.errors import BadFile, UnmappedCode
from khorgos.sources.files import parse


def test_investments(specimens: Path) -> None:
    parsed = parse(specimens / "investment_tracker" / "investments.csv")
    first, second, third, _ = parsed.tables["investment"].to_pylist()
    assert first == {
        "investor": "China National Off-shore Oil (CNOOC)",
        "origin": "CHN",
        "destination": "KAZ",
        "period": "2005-04",
        "value": 1.74e9,
        "currency": "USD",
        "kind": "investment",
        "sector": "Energy",
        "subsector": "Oil",
        "partner": "MEG Energy",
        "share": 0.85,
        "release": parsed.releases[0].id,
        "locator": "line 2",
    }
    assert (second["destination"], second["share"], second["partner"]) == ("BIH", None, None)
    assert (third["destination"], third["subsector"], third["share"]) == ("CIV", None, None)
    assert [finding.code for finding in parsed.findings] == ["several-shares", "repeated-row"]
    assert parsed.releases[0].redistribute == "no"


def test_construction_is_told_by_the_column(specimens: Path) -> None:
    (row,) = parse(specimens / "investment_tracker" / "construction.csv").tables["investment"].to_pylist()
    assert (row["kind"], row["investor"], row["partner"]) == (
        "construction",
        "China Railway Engineering",
        "Kyrgyz Ministry",
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("April", "Avril", r"Not a month: 'Avril' .*row 2, column Month"),
        ("2005", "20005", r"Not a year"),
        ('"$1,740 "', '"$1,740 m"', r"Not a number: '1,740 m' .*row 2, column Millions"),
        ('"$1,740 "', '"-$1,740 "', r"Not a number"),
        ("85%", "85", r"Not a share: '85'"),
        ("85%", "185%", r"Not a share: '185%'"),
        ("China National Off-shore Oil (CNOOC)", "", "needs a company"),
    ],
)
def test_damage_is_named(old: str, new: str, words: str, specimens: Path, tmp_path: Path) -> None:
    text = (specimens / "investment_tracker" / "investments.csv").read_text(encoding="utf-8")
    path = tmp_path / "x.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadFile, match=words):
        parse(path)


def test_an_unknown_country_is_named_with_its_share(specimens: Path, tmp_path: Path) -> None:
    text = (specimens / "investment_tracker" / "investments.csv").read_text(encoding="utf-8")
    path = tmp_path / "x.csv"
    path.write_text(text.replace("Bosnia", "Ruritania"), encoding="utf-8")
    with pytest.raises(UnmappedCode, match=r"'Ruritania'; they carry 4\.53% of the value"):
        parse(path)


def test_the_tracker_to_june_2025(shared: Path) -> None:
    rows = parse(shared / "data/investment/china_investment_tracker.csv").tables["investment"].to_pylist()
    assert len(rows) == 2396
    assert sum(row["destination"] == "KAZ" for row in rows) == 29
    assert max(row["period"] for row in rows) == "2025-06"
    assert all(row["value"] is not None for row in rows)
