"""`khorgos simulate` and `khorgos papers` as a user meets them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., object]


def test_a_tariff_answers_out_of_the_box(khorgos: Run) -> None:
    said = khorgos("simulate", "--tariff", "USA:CHN:all=+20%")

    assert said.status == 0
    assert "Who gains and loses: USA:CHN:all=+20%" in said.out
    assert "Trade by partner: USA:CHN:all=+20%" in said.out
    assert "Kazakhstan" in said.out


def test_rows_of_every_economy(khorgos: Run) -> None:
    said = khorgos("simulate", "--tariff", "USA:CHN:all=+20%", "--top", "0", "--format", "csv")
    found = list(csv.DictReader(io.StringIO(said.out)))

    assert len(found) == 195
    assert float(found[0]["revenue"]) > 1e10


def test_a_scenario_that_ships_with_a_measure_on_top(khorgos: Run) -> None:
    said = khorgos("simulate", "us-china-2025-05", "--cost", "KGZ:CHN:all=-5%", "--focus", "KGZ", "--format", "json")
    views = json.loads(said.out)

    assert views["economies"]["title"].endswith("KGZ:CHN:all=-5%")
    assert {row["economy"] for row in views["economies"]["rows"]} >= {"Kyrgyzstan", "China", "United States"}
    assert any("Executive Order 14298" in note for note in views["economies"]["notes"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tariff", "USA:CHN:all=25"], "Write 25%"),
        (["--tariff", "USA:Kazkhstan:all=+25%"], "Kazakhstan (KAZ)"),
        (["--tariff", "USA:CHN:cars=+25%", "--model", "sectors"], "Sections: food"),
        ([], "changes nothing"),
        (["nowhere.toml"], "us-china-2025-04"),
        (["--tariff", "USA:CHN:all=+25%", "--theta", "-1"], "above zero"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(khorgos: Run, arguments: list[str], words: str) -> None:
    said = khorgos("simulate", *arguments)

    assert said.status == 1
    assert words in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_papers_print_and_tell_by_their_status(khorgos: Run, shared: Path, tmp_path: Path) -> None:
    data = str(shared / "data" / "models")
    met = khorgos("papers", "--data", data, "--paper", "francois-hall", "--format", "csv")
    lines = list(csv.DictReader(io.StringIO(met.out)))

    assert met.status == 0
    assert len(lines) == 26
    assert lines[-1]["cell"] == "24 of 24 cells met"
    assert khorgos("papers", "--data", str(tmp_path)).status == 1
    assert "Did you mean" in khorgos("papers", "--data", data, "--paper", "ilms-2025").err
