"""Headline figures: one release a page, whose figure it is, and no wrong figure before a right one."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest

from khorgos.core.errors import BadFile, UnmappedCode
from khorgos.sources.files import parse
from khorgos.sources.headline_rules import published, step

NOTHING = {"publisher": "A", "note": "", "flow": "total"}


def by_publisher(path: Path) -> dict[str, list[dict[str, Any]]]:
    parsed = parse(path)
    whose = {release.id: release.attribution or "" for release in parsed.releases}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in parsed.tables["flow"].to_pylist():
        found.setdefault(whose[row["release"]], []).append(row)
    return found


def test_figures_in_dollars_with_their_step(specimens: Path) -> None:
    whose = by_publisher(specimens / "headlines" / "facts.csv")
    first, world = whose["A citing GACC"]
    assert (first["partner"], first["period"], first["value"], first["rounding"]) == ("CA5", "2024", 94.82e9, 0.01e9)
    assert (world["partner"], world["value"], world["rounding"]) == ("WLD", 6160e9, 10e9)  # "6.16 trillion"
    assert (first["valuation"], first["status"], first["locator"]) == ("FOB+CIF", "reported", "line 2")
    (truncated,) = whose["B citing GACC"]
    assert (truncated["status"], truncated["rounding"]) == ("reported", 0.2e9)  # cut, not rounded: twice the step
    (half,) = whose["F citing GACC"]
    assert (half["period"], half["flow"], half["valuation"]) == ("2023-01..2023-06", "export", "FOB")


def test_a_wrong_figure_has_no_digit_to_be_trusted(specimens: Path) -> None:
    whose = by_publisher(specimens / "headlines" / "facts.csv")
    (wrong,) = whose["D"]
    assert (wrong["value"], wrong["status"], wrong["rounding"]) == (6882.8e9, "doubted", 10000e9)
    (converted,) = whose["C citing GACC"]
    assert (converted["status"], converted["rounding"]) == ("estimated", 1e9)
    parsed = parse(specimens / "headlines" / "facts.csv")
    warnings = [finding for finding in parsed.findings if finding.severity == "warning"]
    assert [finding.code for finding in warnings] == ["source-error"]
    assert "ERROR IN SOURCE by a factor 10" in warnings[0].text


def test_notes_are_never_lost(specimens: Path) -> None:
    path = specimens / "headlines" / "facts.csv"
    said = " ".join(finding.text for finding in parse(path).findings)
    kept = {row["locator"] for rows in by_publisher(path).values() for row in rows}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        note = line.split(",")[8]
        if note and f"line {number}" in kept:
            assert note in said


def test_one_release_for_each_publisher_and_page(specimens: Path) -> None:
    parsed = parse(specimens / "headlines" / "facts.csv")
    assert len({release.id for release in parsed.releases}) == len(parsed.releases) == 8
    lines = (specimens / "headlines" / "facts.csv").read_text(encoding="utf-8").splitlines()
    first = next(release for release in parsed.releases if release.attribution == "A citing GACC")
    assert first.sha256 == hashlib.sha256("\n".join([lines[1], lines[6]]).encode()).hexdigest()
    assert (first.url, first.published, first.precision) == (
        "https://example.org/2025/01/first/",
        dt.date(2025, 1, 31),
        "month",
    )


def test_what_may_be_passed_on(specimens: Path) -> None:
    parsed = parse(specimens / "headlines" / "facts.csv")
    withheld = {release.attribution for release in parsed.releases if release.redistribute == "no"}
    assert withheld == {"UN Comtrade (partner report)", "GTAIC (Comtrade/US statistics)"}
    assert {release.redistribute for release in parsed.releases} == {"no", "figures"}


def test_what_is_left_out_and_why(specimens: Path) -> None:
    assert parse(specimens / "headlines" / "facts.csv").dropped == {
        "held already: the IMF's own workbooks": 1,
        "a difference of two reports, not a report": 1,
        "goods and services together, not goods": 1,
    }


@pytest.mark.parametrize(
    ("words", "day", "precision"),
    [
        ("https://x.org/2025/01/page", dt.date(2025, 1, 31), "month"),
        ("https://x.org/2025/07/14/page-2025-a89798", dt.date(2025, 7, 14), "day"),
        ("https://x.org/n3/2025/0616/c90000", dt.date(2025, 6, 16), "day"),
        ("https://x.org/a/202506/15/WS1", dt.date(2025, 6, 15), "day"),
        ("https://x.org/20260114/page-1123460554.html", dt.date(2026, 1, 14), "day"),
        ("https://x.org/28072025-page", dt.date(2025, 7, 28), "day"),
        ("Kommersant 2025-08-07 citing GACC https://x.org/", dt.date(2025, 8, 7), "day"),
        ("https://x.org/news/20260114446", None, "unknown"),
        ("https://x.org/2023/01/20/too-early", None, "unknown"),  # before the period it quotes had ended
        ("https://x.org/2031/01/20/not-yet", None, "unknown"),
        ("https://x.org/2025/13/45/no-such-day", None, "unknown"),
    ],
)
def test_dates_in_addresses(words: str, day: dt.date | None, precision: str) -> None:
    assert published(words, dt.date(2024, 12, 31), dt.date(2026, 11, 22)) == (day, precision)


@pytest.mark.parametrize(
    ("written", "widen", "expected"),
    [("94.82", 1, 0.01), ("94.8", 1, 0.1), ("28.0", 1, 1.0), ("0.0688", 1, 1e-4), ("-418.2", 1, 0.1), ("13.7", 2, 0.2)],
)
def test_steps(written: str, widen: int, expected: float) -> None:
    assert step(written, NOTHING, widen) == pytest.approx(expected, rel=1e-12)  # binary dust of 10**-n
    assert step("595.84", NOTHING, "all") == 1000.0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (",10.63,", ",-10.63,", "Only a balance can be negative"),
        (",10.63,", ",about ten,", r"Not a number: 'about ten' .*column value_usd_bn"),
        ("2023-01..06", "2022-01..06", "it is not in the year"),
        ("2023-01..06", "first half", "Unknown period"),
        ("CHN,KAZ,export", "CHN,QQQ,export", "Unknown partner 'QQQ'"),
        ("CHN,KAZ,export", "CHN,KAZ,sideways", "Unknown flow"),
    ],
)
def test_damage_is_named_with_its_row(old: str, new: str, words: str, specimens: Path, tmp_path: Path) -> None:
    text = (specimens / "headlines" / "facts.csv").read_text(encoding="utf-8")
    path = tmp_path / "x.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises((BadFile, UnmappedCode), match=rf"{words}.*"):
        parse(path)


def test_the_published_figures_of_2024_and_2025(shared: Path) -> None:
    parsed = parse(shared / "data/trade/china_central_asia_facts.csv")
    rows = parsed.tables["flow"].to_pylist()
    assert len(rows) + sum(parsed.dropped.values()) == 1179

    def best(partner: str, period: str, flow: str = "total", reporter: str = "CHN") -> float:
        """As the ledger prefers: reported before estimated, then the finest rounding."""
        cells = [
            row
            for row in rows
            if (row["reporter"], row["partner"], row["flow"], row["period"]) == (reporter, partner, flow, period)
        ]
        chosen: float = min(cells, key=lambda row: (row["status"] != "reported", row["rounding"]))["value"]
        return chosen

    # The Astana Times, January 2025, citing GACC
    assert [best(p, "2024") for p in ("CA5", "KAZ", "KGZ", "UZB", "TKM", "TJK")] == [
        94.82e9,
        43.82e9,
        22.71e9,
        13.78e9,
        10.65e9,
        3.86e9,
    ]
    assert best("USA", "2024") == 688.28e9  # not the 6,882.8 of a page that lost its decimal point
    assert best("RUS", "2025") == 228.105e9  # not the 234.0 converted at the end of the year
    assert [best(p, "2025") for p in ("CA5", "KAZ", "KGZ")] == [106.3e9, 48.7e9, 27.2e9]
    assert best("CA5", "2023") == 89.4e9
