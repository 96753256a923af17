"""Targets and forecasts, scored when their time has come."""

from __future__ import annotations

import datetime as dt

import pytest

from khorgos.claims.forecasts import Forecast, announced, is_forecast, score, score_all
from khorgos.claims.lookup import fetch
from khorgos.core.errors import BadInput
from khorgos.ledger.store import Ledger

PAIR = ("total", "CHN", "KAZ")


def goal(value: float, horizon: str | None, made: str | None = "2023-05-17") -> Forecast:
    return Forecast(
        said="a goal",
        author="somebody",
        made=dt.date.fromisoformat(made) if made else None,
        movement=PAIR,
        expected="reach",
        value=value,
        horizon=dt.date.fromisoformat(horizon) if horizon else None,
    )


@pytest.mark.parametrize(
    ("value", "horizon", "state", "period"),
    [
        (40e9, "2030-12-31", "reached", "2023"),
        (43.8e9, "2024-12-31", "reached", "2024"),
        (60e9, "2024-12-31", "missed", "2024"),
        (60e9, "2030-12-31", "open", "2024"),
        (60e9, None, "open", "2024"),
    ],
)
def test_a_goal_is_reached_missed_or_open(
    quoted: Ledger, value: float, horizon: str | None, state: str, period: str
) -> None:
    (made,) = score_all(quoted, [goal(value, horizon)], dt.date(2025, 6, 1))

    assert (made.state, made.period) == (state, period)
    assert made.trace


def test_figures_published_later_do_not_count_yet(quoted: Ledger) -> None:
    (made,) = score_all(quoted, [goal(40e9, "2030-12-31", made=None)], dt.date(2024, 1, 2))

    assert made.state == "open"  # the 41.0 billion of 2023 came out on 20 January


def test_a_direction_is_judged_against_the_year_it_was_made(quoted: Ledger) -> None:
    rise = Forecast("more", "somebody", dt.date(2023, 1, 1), PAIR, "rise", horizon=dt.date(2024, 12, 31))
    fall = Forecast("less", "somebody", dt.date(2023, 1, 1), PAIR, "fall", horizon=dt.date(2024, 12, 31))

    up, down = score_all(quoted, [rise, fall], dt.date(2025, 6, 1))

    assert (up.state, down.state) == ("reached", "missed")
    assert up.base == 41.0e9


def test_nothing_known_is_said(quoted: Ledger) -> None:
    other = Forecast("a goal", None, None, ("total", "CHL", "PER"), "reach", 1e9, horizon=dt.date(2024, 12, 31))

    (made,) = score_all(quoted, [other], dt.date(2025, 6, 1))

    assert made.state == "no_data"
    assert score(other, fetch(quoted, ()), dt.date(2025, 6, 1)).state == "no_data"


def test_the_ledgers_targets_are_forecasts(quoted: Ledger) -> None:
    found = announced(quoted)

    assert [one.value for one in found] == [40e9, 20e9, 45e9]
    assert all(one.author and one.horizon and one.trace for one in found)


def test_a_forecast_checks_itself() -> None:
    with pytest.raises(BadInput):
        Forecast("a goal", None, None, PAIR, "reach")
    with pytest.raises(BadInput):
        Forecast("a goal", None, dt.date(2025, 1, 1), PAIR, "reach", 1e9, horizon=dt.date(2024, 1, 1))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Nomura's economists expect Beijing to soon switch to other substitute sources.", True),
        ("Central Asian countries will also increasingly look toward China.", True),
        ("Trade rose by 5% in 2024.", False),
    ],
)
def test_a_sentence_that_looks_ahead(sentence: str, expected: bool) -> None:
    assert is_forecast(sentence) is expected
