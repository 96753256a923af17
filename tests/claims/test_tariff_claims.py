"""Tariff claims against the tariff registry."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from khorgos.claims.claim import Claim
from khorgos.claims.tariff_claims import judge_tariff, tariff_actions


def rate(value: float | None, product: str | None, day: str, *, by: str = "CHN", on: str = "USA", **more: Any) -> Claim:
    surface = f"{value}%"
    span = (0, len(surface))
    spans = {"sentence_span": span, "span": span, "value_span": span}
    slots = {"reporter": by, "partner": on, "flow": "import", "product": product, "period": day, "unit": "percent"}
    return Claim("a", surface, surface=surface, kind="tariff_rate", value=value, **(spans | slots | more))


def test_the_measures_that_articles_name_are_sourced() -> None:
    actions = [*tariff_actions("CHN", "USA"), *tariff_actions("USA", "CHN"), *tariff_actions("USA", "KAZ")]

    assert len(actions) >= 40
    assert all(one.measure.legal and one.measure.source for one in actions)
    assert {one.own for one in actions} == {True, False}


@pytest.mark.parametrize(
    ("value", "product", "day", "ruling"),
    [
        (15, "coal, LNG", "2025-02-10", "supported"),
        (10, "crude oil, agricultural machinery", "2025-02-10", "supported"),
        (10, "coal", "2025-02-10", "contradicted"),
        (10, "energy", "2025-02-10", "contradicted"),
        (15, "cotton", "2025-03-10", "supported"),
        (15, "soybeans", "2025-03-10", "contradicted"),
        (10, "soybeans", "2025-03-04", "supported"),
        (84, "all goods", "2025-04-10", "supported"),
        (125, "all goods", "2025-04-12", "supported"),
        (10, "all goods", "2025-06-01", "supported"),
        (99, "all goods", "2025-06-01", "contradicted"),
        (15, "walnuts", "2025-02-10", "supported_under_another_reading"),
    ],
)
def test_chinas_duties(value: float, product: str, day: str, ruling: str) -> None:
    assert judge_tariff(rate(value, product, day)).ruling == ruling


@pytest.mark.parametrize(
    ("value", "day", "ruling"),
    [
        (10, "2025-02-04", "supported"),
        (20, "2025-03-04", "supported"),
        (10, "2025-03-03", "supported"),
        (145, "2025-04-10", "supported"),
        (30, "2025-05-14", "supported"),
        (60, "2025-03-04", "contradicted"),
    ],
)
def test_americas_duties_on_all_of_chinas_goods(value: float, day: str, ruling: str) -> None:
    assert judge_tariff(rate(value, "all goods", day, by="USA", on="CHN")).ruling == ruling


def test_a_range_is_that_of_one_days_actions() -> None:
    claim = rate(None, "various", "2025-03-04", low=10.0, high=15.0)

    assert judge_tariff(claim).ruling == "supported"


def test_without_a_date_or_a_known_pair_nothing_is_said() -> None:
    assert judge_tariff(rate(15, "coal", "2025-02-10", by="KAZ")).ruling == "no_data"
    assert judge_tariff(rate(15, "coal", "2025"), None).ruling == "no_data"


def test_the_articles_date_stands_in_for_a_missing_one() -> None:
    claim = rate(15, "coal", "2025")

    assert judge_tariff(claim, dt.date(2025, 2, 12)).ruling == "supported"
