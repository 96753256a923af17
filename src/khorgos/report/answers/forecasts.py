"""`khorgos forecasts`: what was announced or expected, against what happened and what was to be expected anyway."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from khorgos.claims.forecasts import PAST, TREND, Score, announced, score_all
from khorgos.claims.quoted import quoted
from khorgos.ledger.store import Ledger
from khorgos.nomenclature.areas import get
from khorgos.report.answer import Answer
from khorgos.report.credits import Credits
from khorgos.report.view import Column, View

_ORDER = ("missed", "reached", "open", "no_data")


def forecasts(ledger: Ledger, today: dt.date) -> Answer:
    """Score every target that the ledger holds.

    Args:
        ledger: the ledger to ask.
        today: the day from which it is judged.

    Returns:
        One row a forecast, those whose time has come first.
    """
    credits = Credits(ledger)
    scores = sorted(
        score_all(ledger, announced(ledger), today),
        key=lambda one: (_ORDER.index(one.state), one.forecast.horizon or dt.date.max),
    )
    rows = []
    for one in scores:
        forecast = one.forecast
        credits.cite((*forecast.trace, *one.trace))
        rows.append(
            {
                "who": forecast.author,
                "made": forecast.made,
                "trade": _trade(forecast.movement),
                "areas": forecast.movement[1:],
                "expected": forecast.value,
                "by": forecast.horizon.year if forecast.horizon else None,
                "state": one.state.replace("_", " "),
                "value": one.value,
                "period": one.period,
                "naive": one.naive,
                "why": one.why,
            }
        )
    columns = (
        Column("trade", "Trade"),
        Column("who", "Who"),
        Column("made", "Said", "date"),
        Column("expected", "Expected", "money", "USD"),
        Column("by", "By", "year"),
        Column("state", "State"),
        Column("value", "Happened", "money", "USD"),
        Column("period", "In", "year"),
        Column("naive", "Trend", "money", "USD"),
    )
    title = f"Targets, as of {today.isoformat()}"
    notes = (
        f"Trend: where trade would have been in that year, had it grown on as in the {TREND} years before the target "
        "was set; blank where the ledger does not reach back so far. A target below it is less than was on its way.",
        *_naive_score(scores),
    )
    return Answer(View(title, columns, tuple(rows), "USD {scale}", notes, credits.lines()))


def _naive_score(scores: Sequence[Score]) -> tuple[str, ...]:
    """How far trend was off where there is both a trend and an outcome, and how many targets lay below it."""
    both = [(one.naive, one.value, one.forecast.value) for one in scores if one.naive and one.value]
    if not both:
        return ()
    errors = sorted(abs(math.log(naive / value)) for naive, value, _ in both)
    middle = 100 * errors[len(errors) // 2]
    below = sum(goal < naive for naive, _, goal in both if goal)
    return (
        f"Trend was off by {middle:.0f} log points in the middle of {len(both)}; {below} of the targets lay below it.",
    )


def directions(ledger: Ledger, today: dt.date) -> Answer:
    """Score the forecasts of a direction that articles quote.

    Args:
        ledger: the ledger to ask.
        today: the day from which it is judged.

    Returns:
        One row a forecast, with how often trade moved that way before: the score of always saying so.
    """
    credits = Credits(ledger)
    scores = score_all(ledger, quoted(), today)
    rows = []
    for one in scores:
        forecast = one.forecast
        credits.cite(one.trace)
        rows.append(
            {
                "who": forecast.author,
                "made": forecast.made,
                "trade": _trade(forecast.movement),
                "product": forecast.product or "TOTAL",
                "expected": forecast.expected,
                "so_far": "no data" if one.true is None else "true" if one.true else "false",
                "state": one.state.replace("_", " "),
                "base": one.base,
                "value": one.value,
                "period": one.period,
                "habit": None if one.naive is None else 100 * one.naive,
                "said": forecast.said,
                "why": one.why,
            }
        )
    columns = (
        Column("who", "Who"),
        Column("trade", "Trade"),
        Column("product", "Product"),
        Column("expected", "Expects"),
        Column("so_far", "So far"),
        Column("state", "State"),
        Column("base", "Before", "money", "USD"),
        Column("value", "Since", "money", "USD"),
        Column("period", "In", "year"),
        Column("habit", "Anyway", "percent", "percent", 0),
    )
    title = f"Forecasts quoted in articles, as of {today.isoformat()}"
    notes = (
        f"Anyway: in which share of the {PAST} years before, as far as the ledger has them, trade moved that way: so "
        "often is right who knows nothing and always says so. Before: the last full year before the forecast.",
        "Read by hand from the articles and kept in quoted_forecasts.csv; without a year, two years count.",
        *_missing(scores),
    )
    return Answer(View(title, columns, tuple(rows), "USD {scale}", notes, credits.lines()))


def _missing(scores: Sequence[Score]) -> tuple[str, ...]:
    """What would fill the gaps of products."""
    lacking = [one.forecast for one in scores if one.state == "no_data" and one.forecast.product]
    partners: dict[tuple[str, str], list[str]] = {}
    for forecast in lacking:
        _, exporter, importer = forecast.movement
        partners.setdefault((importer, forecast.product), []).append(exporter)
    return tuple(
        f"Without data: khorgos fetch comtrade reporters={importer} partners={','.join(names)} products={product} "
        "years=2014..2025 gets what the ledger lacks."
        for (importer, product), names in partners.items()
    )


def _trade(movement: tuple[str, str, str]) -> str:
    kind, one, other = movement
    return f"{get(one).name} {'to' if kind == 'goods' else 'and'} {get(other).name}"
