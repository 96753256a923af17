"""`khorgos substitute` as a user meets it, on the embedded release."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest

Run = Callable[..., object]


def test_all_goods_answer_out_of_the_box(khorgos: Run) -> None:
    said = khorgos("substitute", "RUS", "--product", "TOTAL", "--lose", "EU27", "--format", "json")
    views = json.loads(said.out)
    rows = {row["supplier"]: row for row in views["suppliers"]["rows"]}
    every = rows.pop("All")

    assert said.status == 0
    assert every["share"] == pytest.approx(100.0, abs=1e-9)
    assert sum(row["share"] for row in rows.values()) == pytest.approx(100.0, abs=1e-9)
    assert sum(row["after"] for row in rows.values()) == pytest.approx(every["after"], rel=1e-9)
    assert rows["European Union (lost)"]["after"] == 0.0
    assert rows["China"]["low"] < rows["China"]["after"] < rows["China"]["high"]
    assert set(rows) >= {"Kazakhstan", "Kyrgyzstan", "Uzbekistan"}
    assert "seed 1" in " ".join(views["suppliers"]["notes"])


def test_what_happened_to_russia(khorgos: Run) -> None:
    """Exporters' reports of 2020 (IMF DOTS) and BACI of 2023, both in the embedded release: China's sales doubled."""
    said = khorgos("substitute", "RUS", "--product", "TOTAL", "--lose", "EU27", "--view", "episodes", "--format", "csv")
    rows = {row["exporter"]: row for row in csv.DictReader(io.StringIO(said.out))}
    parts = [float(rows["China"][name]) for name in ("market", "mix", "competitiveness")]

    assert float(rows["China"]["before"]) == pytest.approx(50.6e9, rel=0.001)  # DOTS, China's exports to Russia, 2020
    assert float(rows["China"]["after"]) == pytest.approx(110.0e9, rel=0.001)  # BACI 2023
    assert sum(parts) == pytest.approx(float(rows["China"]["after"]) - float(rows["China"]["before"]), rel=1e-9)
    assert sum(float(row["won"]) for row in rows.values() if row["won"]) == pytest.approx(100.0)


def test_a_name_printed_once_stands_on_each_row_of_the_data(khorgos: Run) -> None:
    asked = ("substitute", "RUS", "--product", "TOTAL", "--lose", "EU27", "--view", "episodes")
    rows = list(csv.DictReader(io.StringIO(khorgos(*asked, "--format", "csv").out)))
    printed = khorgos(*asked).out

    assert len(rows) > 5
    assert {row["episode"] for row in rows} == {"All goods to Russia, 2020 to 2023"}
    assert printed.split("\n• ")[0].count("All goods to Russia") == 1


def test_a_good_without_figures_is_answered_by_its_section_and_says_so(khorgos: Run) -> None:
    said = khorgos("substitute", "CHN", "--product", "raw cotton", "--lose", "USA")

    assert said.status == 0
    assert said.out.startswith("Crude materials, inedible, except fuels (SITC 2) to China without the United States")
    assert "NOT about raw cotton (HS 5201) itself" in said.out
    assert "khorgos fetch comtrade reporters=CHN flows=import products=5201" in said.out
    assert "Central Asia at most" in said.out
    assert "Soya beans to China, 2017 and 2018; get them: khorgos fetch comtrade reporters=CHN" in said.out


def test_a_year_in_which_few_importers_are_in_is_passed_over(khorgos: Run) -> None:
    """China's customs have 2024 in the embedded release, hardly anybody else has: the market is that of 2023."""
    said = khorgos("substitute", "CHN", "--product", "TOTAL", "--lose", "USA", "--view", "suppliers", "--draws", "20")
    same = khorgos(
        *("substitute", "CHN", "--product", "TOTAL", "--lose", "USA", "--view", "suppliers", "--draws", "20"),
        *("--year", "2024"),
    )

    assert "USD bn, 2023; reconciled figures" in said.out
    assert "USD bn, 2024; as reported by China" in same.out
    assert "other importers, so that sales cannot be turned to China" in same.out
    assert "there is no bound" in same.out


def test_the_seed_and_the_elasticity_are_the_users(khorgos: Run) -> None:
    def answer(*more: str) -> list[float]:
        own = ("substitute", "CHN", "--product", "TOTAL", "--lose", "USA", "--draws", "20", "--format", "csv", *more)
        rows = csv.DictReader(io.StringIO(str(khorgos(*own).out)))
        return [float(row[name]) for row in rows for name in ("after", "low", "high") if row[name]]

    assert answer("--seed", "3") == pytest.approx(answer("--seed", "3"), rel=1e-9)  # the engine sums in any order
    assert answer("--seed", "3") != pytest.approx(answer("--seed", "4"), rel=1e-6)
    assert answer("--sigma", "3") != pytest.approx(answer("--sigma", "9"), rel=1e-3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["CHN", "--product", "cotten", "--lose", "USA"], "Did you mean cotton"),
        (["CHN", "--product", "5201", "--lose", "CHN"], "China cannot lose itself"),
        (["CHN", "--product", "5201", "--lose", "Amerika"], "Unknown area"),
        (["CHN", "--product", "5201", "--lose", ","], "at least one"),
        (["CHN", "--product", "5201", "--lose", "USA", "--draws", "0"], "at least one draw"),
        (["CHN", "--product", "TOTAL", "--lose", "USA", "--year", "1950"], "Years at hand"),
        (["CHN", "--product", "TOTAL", "--lose", "USA", "--between", "2019"], "--between 2017..2019"),
        (["CHN", "--product", "TOTAL", "--lose", "USA", "--view", "prices"], "Did you mean suppliers"),
        (["CHN", "--product", "5201", "--lose", "USA", "--sigma", "0.5"], "not above 1.1"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(khorgos: Run, arguments: list[str], words: str) -> None:
    said = khorgos("substitute", *arguments)

    assert said.status == 1
    assert words in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
