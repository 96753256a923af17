"""`khorgos mirror` on the embedded release: reports, one figure from both, and the gap cause by cause."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., object]

PAGE = (Path(__file__).parents[2] / "docs" / "mirror.md").read_text(encoding="utf-8")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_both_methods_stand_beside_the_reports(khorgos: Run) -> None:
    said = rows(khorgos("mirror", "CHN", "KGZ", "--years", "2022..2024", "--format", "csv").out)
    both, sent = (
        next(r for r in said if (r["direction"], r["year"]) == ("CHN to KGZ", year)) for year in ("2022", "2024")
    )

    assert float(both["importer_report"]) / 1.06 < float(both["growth_lab"]) < float(both["baci"])
    assert float(both["baci"]) < float(both["exporter_report"])
    assert f"({float(both['baci']) / 1e9:.1f} and {float(both['growth_lab']) / 1e9:.1f} bn in 2022)" in PAGE
    assert sent["baci"] == sent["growth_lab"] == sent["exporter_report"]  # one report, FOB already


def test_what_stays_of_22_7_against_5_5_billions(khorgos: Run) -> None:
    """China's customs: 22.71 bn of trade in 2024 (The Astana Times); Kyrgyzstan's office: 5.5 bn (Trend)."""
    said = rows(khorgos("mirror", "CHN", "KGZ", "--years", "2024", "--view", "causes", "--format", "csv").out)
    cause = {row["cause"]: row for row in said}

    assert next(iter(cause)) == "gap"
    assert list(cause)[-1] == "rest"
    assert float(cause["gap"]["low"]) == pytest.approx(5.5e9 - 22.71e9, abs=1e7)  # 22.71 as printed
    known = [row for name, row in cause.items() if name != "gap" and row["low"]]
    assert sum(float(row["low"]) for row in known) <= 5.5e9 - 22.71e9 <= sum(float(row["high"]) for row in known)
    assert all(row["method"].startswith("unknown: ") for row in said if not row["low"])


def test_without_years_the_latest_gaps_are_taken_apart(khorgos: Run) -> None:
    said = rows(khorgos("mirror", "CHN", "KGZ", "--view", "causes", "--format", "csv").out)

    assert len(said) == 8 * len({(row["direction"], row["year"]) for row in said})
    assert len({row["direction"] for row in said}) == 3


def test_the_page_shows_what_the_command_prints(khorgos: Run) -> None:
    said = khorgos("mirror", "CHN", "KGZ", "--years", "2019,2024", "--view", "causes", "--format", "md").out
    stays = [line.removeprefix("- ") for line in said.splitlines() if "bn" in line and "stays however far" in line]

    assert len(stays) == 2
    assert all(line in " ".join(PAGE.split()) for line in stays)
    armenia = khorgos("mirror", "CHN", "ARM", "--years", "2024", "--view", "causes", "--format", "csv").out
    cause = {row["cause"]: row for row in rows(armenia) if row["direction"] == "CHN to ARM"}
    gap, through = (float(cause[name]["low"]) for name in ("gap", "partner attribution"))
    assert f"It counted {gap / 1e6:.0f} mn more" in PAGE
    assert f"{through / 1e6:.0f} mn ({100 * through / gap:.0f}%)" in PAGE
    assert float(cause["freight"]["high"]) > gap - through


def test_notes_say_how_the_figures_were_made(khorgos: Run) -> None:
    told = json.loads(khorgos("mirror", "CHN", "KGZ", "--years", "2022", "--format", "json").out)

    assert any(re.search(r"weights from [\d,]{6,} flows that both sides report", note) for note in told["notes"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["CHN", "KGZ", "--view", "excuses"], "Choose one of reports, causes"),
        (["CHN", "China"], "two sides"),
        (["CHN", "central-asia"], "Central Asia is a group"),
        (["CHN", "KGZ", "--product", "metals"], "11 codes"),
        (["CHN", "KGZ", "--years", "1900", "--view", "causes"], "has both reports"),
        (["CHN", "KGZ", "--years", "1900"], "khorgos fetch comtrade"),
    ],
)
def test_an_error_is_one_clear_line(khorgos: Run, arguments: list[str], words: str) -> None:
    said = khorgos("mirror", *arguments)

    assert said.status == 1
    assert words in said.err
    assert len(said.err.strip().splitlines()) == 1
