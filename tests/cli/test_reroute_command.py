"""`khorgos reroute` as a user meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

VIETNAM = ("reroute", "--origin", "CHN", "--destination", "USA", "--since", "2017", "--to", "2020")


def test_one_hub_on_the_embedded_release(khorgos: Callable[..., Any]) -> None:
    said = khorgos(*VIETNAM, "--hub", "Vietnam")

    assert (said.status, said.err) == (0, "")
    for words in (
        "Minimum flow",
        "Freund's criteria",
        "Excess flow",
        "Missing trade",
        "no verdict of fraud",
        "16.5%",
        "1.7%",
    ):
        assert words in said.out
    assert "khorgos fetch comtrade reporters=VNM,CHN" in said.out.replace("\n", " ")


def test_figures_are_those_of_the_two_legs(khorgos: Callable[..., Any]) -> None:
    rows = {row["what"]: row for row in json.loads(khorgos(*VIETNAM, "--hub", "VNM", "--format", "json").out)["rows"]}
    first, second = rows["CHN to VNM"]["value"], rows["VNM to USA"]["value"]

    # IMF DOTS 2020, as Vietnam and the USA report them
    assert (round(first / 1e9, 1), round(second / 1e9, 1)) == (84.4, 79.6)
    assert rows["Minimum flow"]["value"] == min(first, second)
    assert all(0 < rows[index]["hubs"] < 100 for index in ("Minimum flow", "Excess flow"))
    assert all(0 < rows[index]["years"] < 100 for index in ("Minimum flow", "Excess flow"))


def test_a_scan_puts_the_largest_excess_first(khorgos: Callable[..., Any]) -> None:
    rows = json.loads(khorgos(*VIETNAM, "--format", "json", "--top", "0").out)["rows"]
    excess = [row["excess_flow"] or 0.0 for row in rows]

    assert rows[0]["hub"] == "VNM"
    assert excess == sorted(excess, reverse=True)
    assert len(rows) > 50
    assert {"CHN", "USA"}.isdisjoint(row["hub"] for row in rows)


def test_explanations_are_ranked_by_what_they_could_carry(khorgos: Callable[..., Any]) -> None:
    rows = json.loads(khorgos(*VIETNAM, "--hub", "VNM", "--show", "explanations", "--format", "json").out)["rows"]
    amounts = [row["amount"] for row in rows if row["amount"] is not None]

    assert amounts == sorted(amounts, reverse=True)
    assert {row["explanation"] for row in rows} >= {"transit", "re-export", "lag", "valuation", "confidentiality"}


@pytest.mark.parametrize("format_", ["csv", "md", "json"])
def test_other_formats(khorgos: Callable[..., Any], format_: str) -> None:
    assert khorgos(*VIETNAM, "--format", format_).status == 0


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (("--hub", "USA"), "cannot be the hub"),
        (("--hub", "Vietnman"), "Vietnam"),
        (("--show", "explanations"), "--hub"),
        (("--raised", "8504.40"), "HS code"),
        (("--top", "-1"), "--top 0"),
        (("--hub", "VNM", "--level", "6"), "khorgos fetch comtrade"),
    ],
)
def test_bad_input_is_refused_in_one_line(khorgos: Callable[..., Any], more: tuple[str, ...], word: str) -> None:
    said = khorgos(*VIETNAM, *more)

    assert said.status == 1
    assert said.err.count("\n") == 1
    assert word in said.err


def test_a_later_year_before_the_base_is_refused(khorgos: Callable[..., Any]) -> None:
    said = khorgos("reroute", "--origin", "CHN", "--destination", "USA", "--since", "2020", "--to", "2017")

    assert said.status == 1
    assert "2020" in said.err
