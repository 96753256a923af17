"""`khorgos tariff` as a user meets it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., object]


def test_a_day_names_every_measure_with_its_act(khorgos: Run) -> None:
    said = khorgos("tariff", "CHN", "USA", "--product", "5201", "--on", "2025-03-15")

    assert said.status == 0
    assert "HS 5201, on 2025-03-15" in said.out
    assert "cn-2025-2-annex-1" in said.out
    assert "P020250304305423071174.pdf" in said.out
    assert "last seen in force on 2019-06-12; its continuing is presumed" in said.out


def test_the_lines_of_a_day(khorgos: Run) -> None:
    said = khorgos(
        *("tariff", "China", "US", "--product", "cotton", "--on", "2018-07-06", "--view", "lines", "--format", "csv")
    )
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(said.out))}

    assert rows["5201000090"]["high"] == "25.0"
    assert rows["5201000090"]["ordinary"] == "40.0"


def test_a_timeline_and_its_page(khorgos: Run, tmp_path: Path) -> None:
    span = ("--from", "2018-01-01", "--to", "2026-11-01")
    said = khorgos("tariff", "USA", "KAZ", *span, "--format", "json")
    views = json.loads(said.out)
    page = tmp_path / "kaz.html"

    assert views["steps"]["rows"][0]["high"] == 0
    assert {row["measure"] for row in views["changes"]["rows"]} >= {"us-reciprocal-annex-I", "us-301-labour-12.5"}
    assert khorgos("tariff", "USA", "KAZ", *span, "--output", str(page)).status == 0
    html = page.read_text(encoding="utf-8")
    assert html.count("<svg") == 2
    assert "EO 14257 annex I" in html
    assert "The sources were read up to 2026-08-31" in html


def test_an_average_names_its_weights(khorgos: Run) -> None:
    said = khorgos("tariff", "USA", "CHN", "--average", "imports-2024", "--on", "2025-05-14")

    assert said.status == 0
    assert "weighted by imports for consumption of the United States in 2024 (U.S. Census Bureau)" in said.out
    assert "doi:10.1093/qje/qjz036" in said.out


def test_an_average_by_section(khorgos: Run) -> None:
    said = khorgos(
        *("tariff", "CHN", "USA", "--average", "lines", "--by", "section", "--on", "2018-07-06", "--format", "csv")
    )
    rows = list(csv.DictReader(io.StringIO(said.out)))

    assert len(rows) == 21
    assert rows[0]["product"].startswith("I ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("CHN USA --product 529999", "Unknown HS22 code: '529999'"),
        ("CHN USA --product unobtainium", "Unknown product: 'unobtainium'"),
        ("CHN USA --on 2017-12-31", "begins on 2018-01-01; 2017-12-31 is before it"),
        ("CHN USA --on yesterday", "Not a day: 'yesterday'"),
        ("CHN USA --from 2026-01-01 --to 2025-01-01", "A timeline ends after it begins"),
        ("CHN USA --on 2025-01-01 --from 2024-01-01", "not both"),
        ("KAZ CHN", "The registry has no measure of Kazakhstan"),
        ("USA KAZ --average imports-2024", "no imports by tariff line from Kazakhstan"),
        ("CHN USA --average imports-2024", "imports of the United States, not of China"),
        ("USA CHN --average imports-2019", "Unknown set of weights: 'imports-2019'"),
        ("USA CHN --by section", "Give --average and --on"),
        ("USA CHN --average imports-2024 --sigma -1", "lies above 0"),
        ("CHN China", "goods of another economy"),
        ("USA central-asia", "no customs territory. Ask for its members: KAZ, KGZ"),
        ("CHN USA --format html", "A page shows a timeline"),
        ("CHN USA --view nothing", "Unknown view: 'nothing'"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(khorgos: Run, arguments: str, words: str) -> None:
    said = khorgos("tariff", *arguments.split())

    assert said.status == 1
    assert words in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
