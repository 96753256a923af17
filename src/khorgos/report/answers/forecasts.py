"""`khorgos forecasts`: what was announced or expected, against what happened since."""

from __future__ import annotations

import datetime as dt

from khorgos.claims.forecasts import announced, score_all
from khorgos.ledger.store import Ledger
from khorgos.nomenclature.areas import get
from khorgos.report.answer import Answer
from khorgos.report.credits import Credits
from khorgos.report.view import Column, View

_ORDER = ("missed", "reached", "open", "no_data")


def forecasts(ledger: Ledger, today: dt.date) -> Answer:
    """Score every forecast that the ledger holds.

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
                "expected": forecast.value,
                "by": forecast.horizon.year if forecast.horizon else None,
                "state": one.state.replace("_", " "),
                "value": one.value,
                "period": one.period,
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
    )
    title = f"Forecasts and targets, as of {today.isoformat()}"
    return Answer(View(title, columns, tuple(rows), "USD {scale}", sources=credits.lines()))


def _trade(movement: tuple[str, str, str]) -> str:
    kind, one, other = movement
    return f"{get(one).name} {'to' if kind == 'goods' else 'and'} {get(other).name}"
