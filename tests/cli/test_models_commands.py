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
        (["--on", "2017-01-01"], "begins on 2018-01-01"),
        (["--on", "last week"], "Not a day"),
        (["--against", "2025-01-01"], "needs the day itself"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(khorgos: Run, arguments: list[str], words: str) -> None:
    said = khorgos("simulate", *arguments)

    assert said.status == 1
    assert words in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_a_page_by_its_name_or_by_the_format(khorgos: Run, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    named = khorgos("simulate", "--tariff", "USA:CHN:all=+20%", "--top", "2", "--output", str(page))
    asked = khorgos("simulate", "--tariff", "USA:CHN:all=+20%", "--top", "2", "--format", "html")

    assert named.status == asked.status == 0
    assert named.out == ""
    assert page.read_text(encoding="utf-8") == asked.out
    assert asked.out.startswith("<!doctype html>")


def test_views_one_at_a_time(khorgos: Run) -> None:
    said = khorgos("simulate", "--tariff", "USA:CHN:all=+20%", "--view", "diversion", "--format", "csv")

    assert next(iter(csv.DictReader(io.StringIO(said.out))))["exporter"] == "China"
    assert "Moved alone" in khorgos("simulate", "--tariff", "USA:CHN:all=+20%", "--view", "drivers").out
    assert "did you mean" in khorgos("simulate", "--tariff", "USA:CHN:all=+20%", "--view", "driver").err.lower()
    assert "tariffs only" in khorgos("simulate", "torugart-border-time", "--view", "partial").err


def test_tariffs_as_in_force_on_a_day(khorgos: Run) -> None:
    said = khorgos("simulate", "--on", "2025-04-12", "--against", "2025-01-19", "--top", "2")

    assert said.status == 0
    assert "Tariffs as in force on 2025-04-12 against 2025-01-19" in said.out
    assert "khorgos tariff CHN ECONOMY --on 2025-04-12" in " ".join(said.out.split())


def test_a_target_says_what_it_takes(khorgos: Run) -> None:
    said = khorgos("simulate", "kyrgyz-china-2030", "--top", "2")

    assert "Solved for trade of 45 bn USD a year by 2030" in " ".join(said.out.split())


def test_files_that_include_each_other_are_refused_in_one_line(khorgos: Run, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('title = "A"\ninclude = "b"\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text('title = "B"\ninclude = "a"\n', encoding="utf-8")
    said = khorgos("simulate", str(tmp_path / "a.toml"))

    assert said.status == 1
    assert "a.toml -> b -> a" in said.err
    assert said.err.count("\n") == 1


def test_papers_print_and_tell_by_their_status(khorgos: Run, shared: Path, tmp_path: Path) -> None:
    data = str(shared / "data" / "models")
    met = khorgos("papers", "--data", data, "--paper", "francois-hall", "--format", "csv")
    lines = list(csv.DictReader(io.StringIO(met.out)))

    assert met.status == 0
    assert len(lines) == 26
    assert lines[-1]["cell"] == "24 of 24 cells matched, 0 flat, 0 missed"
    assert khorgos("papers", "--data", str(tmp_path)).status == 1
    assert "Did you mean" in khorgos("papers", "--data", data, "--paper", "ilms-2025").err


def test_papers_replay_what_has_a_search(khorgos: Run, shared: Path) -> None:
    asked = ("papers", "--data", str(shared / "data" / "models"), "--replay")
    refused = khorgos(*asked, "--paper", "francois-hall")
    nobody = khorgos(*asked, "--workers", "0")

    assert (refused.status, nobody.status) == (1, 1)
    assert "None of these papers has a search to replay. Papers that have: ossa" in refused.err
    assert "Give --workers 1 or more" in nobody.err
    assert refused.err.count("\n") == nobody.err.count("\n") == 1


def test_what_is_uncertain_is_named(khorgos: Run) -> None:
    asked = ("simulate", "--tariff", "USA:CHN:all=+20%", "--draws", "5", "--view", "uncertainty")
    said = khorgos(*asked, "--uncertainty", "theta=2..8,mirror", "--workers", "2")
    again = khorgos(*asked, "--uncertainty", "theta=2..8,mirror")

    assert said.status == 0
    assert "5 draws, seed 1, 0 failed to solve." in said.out
    assert "Mirror reports" in said.out
    assert said.out == again.out


def test_a_wrong_cause_is_one_sentence(khorgos: Run) -> None:
    for wrong, says in (("mirorr", "mirror"), ("hs6,theta=2..8", "one way"), ("theta=2-8", "theta=2..8")):
        said = khorgos("simulate", "--tariff", "USA:CHN:all=+20%", "--draws", "5", "--uncertainty", wrong)
        assert said.status == 1
        assert says in said.err
        assert said.err.count("\n") == 1
