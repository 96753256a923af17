"""The numbers of the shipped corridors are those of CAREC's tables."""

from __future__ import annotations

import csv
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest


def corridor(name: str) -> dict[str, Any]:
    text = files("khorgos").joinpath(f"data/scenarios/{name}.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)["corridor"][0]
    return found


def crossing(shared: Path, year: str) -> float:
    with (shared / "data/corridors/carec_cpmm_bcp_2023.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if (row["bcp"], row["year"]) == ("Torugart", year)]
    assert len(rows) == 1
    return float(rows[0]["value"])


def indicator(shared: Path, country: str, mode: str, name: str, year: str) -> float:
    with (shared / "data/corridors/carec_cpmm_tfi.csv").open(encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["country"], row["mode"], row["indicator"], row["direction"]) == (country, mode, name, "all")
        ]
    assert len(rows) == 1
    return float(rows[0][year])


def test_hours_at_torugart(shared: Path) -> None:
    hours = corridor("torugart-border-time")["hours"]

    # CAREC CPMM 2022, border-crossing points, TFI1 outbound by road
    assert hours == [crossing(shared, "2022"), crossing(shared, "2020")]


def test_the_railway_against_the_road(shared: Path) -> None:
    way = corridor("china-kyrgyzstan-uzbekistan-railway")
    road, rail = (("KGZ", "road"), ("CAREC", "rail"))

    # CAREC CPMM 2022: SWOD, TFI3 and TFI1 of Kyrgyz roads, of Torugart, and of all CAREC rail
    for key, name in (("speed", "SWOD_speed_without_delay"), ("freight", "TFI3_transport_cost")):
        assert way[key] == [indicator(shared, *side, name, "2022") for side in (road, rail)]
    assert way["hours"] == [crossing(shared, "2022"), indicator(shared, *rail, "TFI1_border_time", "2022")]


@pytest.mark.parametrize("name", ["torugart-border-time", "china-kyrgyzstan-uzbekistan-railway"])
def test_the_value_of_a_day_is_the_papers_range(name: str) -> None:
    # Hummels and Schaur (2013), abstract
    assert corridor(name)["value_of_day"] == ["0.6%", "2.1%"]
