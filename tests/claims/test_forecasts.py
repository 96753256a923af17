"""Targets and forecasts, scored when their time has come."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from khorgos.claims.forecasts import Forecast, announced, score, score_all
from khorgos.claims.lookup import fetch
from khorgos.claims.quoted import quoted as quoted_in_articles
from khorgos.claims.slots import is_forecast
from khorgos.core.errors import BadInput
from khorgos.ledger.files import import_files
from khorgos.ledger.store import Ledger, open_ledger

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


def test_a_direction_is_judged_against_the_last_full_year_before_it_was_made(quoted: Ledger) -> None:
    rise = Forecast("more", "somebody", dt.date(2024, 1, 1), PAIR, "rise", horizon=dt.date(2024, 12, 31))
    fall = Forecast("less", "somebody", dt.date(2024, 1, 1), PAIR, "fall", horizon=dt.date(2024, 12, 31))

    up, down = score_all(quoted, [rise, fall], dt.date(2025, 6, 1))

    assert (up.state, down.state) == ("reached", "missed")
    assert up.base == 41.0e9


def test_beside_a_goal_stands_what_the_trend_said(embedded: Ledger) -> None:
    (made,) = score_all(embedded, [goal(100e9, None, made="2024-05-16")], dt.date(2026, 6, 1))

    # IMF DOTS has 19.9 bn of 2018 as China reports it, the customs as quoted 41.0 of 2023 and 48.7 of 2025
    assert made.period == "2025"
    assert made.naive == pytest.approx(41.0 * (41.0 / 19.9) ** (2 / 5) * 1e9, rel=0.01)  # printed digits


def test_beside_a_direction_stands_how_often_it_came_anyway(embedded: Ledger) -> None:
    rise = Forecast("more", None, dt.date(2019, 3, 1), PAIR, "rise", horizon=dt.date(2019, 12, 31))
    fall = replace(rise, said="less", expected="fall")

    up, down = score_all(embedded, [rise, fall], dt.date(2026, 6, 1))

    assert (up.state, down.state, up.true, down.true) == ("reached", "missed", True, False)
    # 2009 to 2018, IMF DOTS: down in 2009, 2014, 2015 and 2016 in the larger of the two sides' figures, up otherwise
    assert up.naive == pytest.approx(0.6)
    assert up.naive + down.naive == pytest.approx(1)


def test_the_quoted_forecasts_are_scored_and_those_of_products_need_rows(embedded: Ledger) -> None:
    made = score_all(embedded, quoted_in_articles(), dt.date(2026, 11, 22))

    assert [one.state for one in made] == ["open", "open", "no_data", "no_data", "no_data"]
    assert made[0].true
    assert (made[0].base, made[0].value) == (pytest.approx(94.8e9, rel=1e-3), pytest.approx(106.4e9, rel=2e-3))
    assert "imports of 5201" in made[4].why


def test_a_forecast_of_a_product_is_scored_from_the_importers_rows(tmp_path: Path, specimens: Path) -> None:
    with (specimens / "comtrade" / "table.csv").open(encoding="latin-1") as open_file:
        row = {name: cell for name, cell in next(csv.DictReader(open_file)).items() if name}
    row |= {"reporterCode": "156", "reporterISO": "CHN", "reporterDesc": "China", "flowCode": "M", "flowDesc": "Import"}
    row |= {"partnerCode": "842", "partnerISO": "USA", "partnerDesc": "USA", "cmdCode": "5201"}
    file = tmp_path / "cotton.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(row))
        writer.writeheader()
        for year, value in ((2022, 3e9), (2023, 2e9), (2024, 1.9e9), (2025, 4e8)):
            days = {"refPeriodId": f"{year}0101", "refYear": str(year), "period": str(year)}
            writer.writerow(row | days | {"cifvalue": str(value), "fobvalue": "", "primaryValue": str(value)})
    ledger = open_ledger(tmp_path / "ledger", embedded=False)
    import_files(ledger, [file])
    ledger = open_ledger(tmp_path / "ledger", embedded=False)  # a ledger is what it was when it was opened
    fall = next(one for one in quoted_in_articles() if one.movement == ("goods", "USA", "CHN"))

    (made,) = score_all(ledger, [fall], dt.date(2026, 11, 22))

    assert (made.state, made.true, made.base, made.value) == ("open", True, 1.9e9, 4e8)
    assert made.naive == 1.0  # it fell in both years before
    assert made.trace


def test_nothing_known_is_said(quoted: Ledger) -> None:
    other = Forecast("a goal", None, None, ("total", "CHL", "PER"), "reach", 1e9, horizon=dt.date(2024, 12, 31))

    (made,) = score_all(quoted, [other], dt.date(2025, 6, 1))

    assert made.state == "no_data"
    assert score(other, fetch(quoted, ()), dt.date(2025, 6, 1)).state == "no_data"


def test_the_ledgers_targets_are_forecasts(quoted: Ledger) -> None:
    found = announced(quoted)

    assert [(one.value, one.horizon and one.horizon.year) for one in found] == [
        (40e9, 2030),
        (20e9, 2028),
        (30e9, None),  # announced with no year
        (45e9, 2030),
    ]
    assert all(one.author and one.trace for one in found)


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
