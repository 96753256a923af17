"""Targets and forecasts, kept with who said them and until when, and scored when their time has come."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from khorgos.claims.claim import Claim
from khorgos.claims.lookup import Figures, fetch
from khorgos.claims.places import place
from khorgos.claims.readings import Reading, readings
from khorgos.claims.relations import say
from khorgos.claims.slots import Movement, movement_of, product_of, when
from khorgos.core.errors import BadInput
from khorgos.ledger.binding import table_of
from khorgos.ledger.engine import run
from khorgos.ledger.store import Ledger
from khorgos.nomenclature.area_register import get
from khorgos.nomenclature.periods import year

Expected = Literal["reach", "rise", "fall"]
State = Literal["reached", "missed", "open", "no_data"]

# Years in which a direction without a year is judged; chosen because a forecaster who names none means the near future.
_HORIZON = 2


@dataclass(frozen=True, slots=True)
class Forecast:
    """What somebody expects, or has set as a goal.

    Args:
        said: the words, verbatim or as kept in the ledger.
        author: who said it; None where the text does not say.
        made: day on which it was said; None where unknown.
        movement: of what; see claims.slots.
        expected: "reach" a value, "rise" or "fall".
        value: to be reached, in units of `unit`; None for a direction.
        unit: currency.
        horizon: last day that it is about; None where none was named.
        trace: the ledger's tokens, for announced targets.
    """

    said: str
    author: str | None
    made: dt.date | None
    movement: Movement
    expected: Expected
    value: float | None = None
    unit: str = "USD"
    horizon: dt.date | None = None
    trace: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.expected == "reach") != (self.value is not None):
            raise BadInput("A goal has a value, and a direction has none", where=self.said)
        if self.value is not None and self.value <= 0:
            raise BadInput("A goal is above zero", where=self.said)
        if self.made and self.horizon and self.horizon < self.made:
            raise BadInput("A forecast is about what comes after it", where=self.said)


@dataclass(frozen=True, slots=True)
class Score:
    """A forecast against what happened.

    Args:
        forecast: the forecast.
        state: "reached" (also before its time), "missed", "open" (its time has not come, and it is not reached) or
            "no_data".
        period: the year that decides, or the latest there is.
        value: what happened then, in the forecast's unit.
        base: the figure of the year in which it was made, for directions.
        why: one sentence.
        trace: the ledger's tokens.
    """

    forecast: Forecast
    state: State
    why: str
    period: str | None = None
    value: float | None = None
    base: float | None = None
    trace: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.state in ("reached", "missed") and (self.value is None or self.period is None):
            raise BadInput("A scored forecast has the figure that decides", where=self.forecast.said)


def forecast_of(claim: Claim, made: dt.date | None = None) -> Forecast | None:
    """A claim of kind target as a forecast; None where it cannot be scored by trade figures.

    Args:
        claim: the claim.
        made: the day on which it was said, or of the article.
    """
    movement = movement_of(claim)
    if claim.kind != "target" or not claim.value or claim.value <= 0 or movement is None or product_of(claim):
        return None
    period = when(claim.period)
    horizon = period.last_day if period else None
    if horizon and made and horizon < made:
        made = None
    return Forecast(
        said=claim.sentence,
        author=claim.attribution,
        made=made,
        movement=movement,
        expected="reach",
        value=claim.value,
        unit=claim.unit or "USD",
        horizon=horizon,
    )


def announced(ledger: Ledger) -> tuple[Forecast, ...]:
    """The targets that the ledger keeps, the earliest first."""
    parts = [part for _, part in ledger.parts("target")]
    if not parts:
        return ()
    rows = run(ledger, exp.select("*").from_(table_of("target", parts))).to_pylist()
    return tuple(_announced(row) for row in sorted(rows, key=lambda row: (row["announced"] or "", row["locator"])))


def _announced(row: dict[str, str]) -> Forecast:
    one, other = row["reporter"], row["partner"]
    first, second = sorted((one, other))
    movements: dict[str, Movement] = {
        "total": ("total", first, second),
        "export": ("goods", one, other),
        "import": ("goods", other, one),
    }
    period = when(row["deadline"])
    return Forecast(
        said=row["statement"],
        author=row["announced_by"],
        made=dt.date.fromisoformat(row["announced"]) if row["announced"] else None,
        movement=movements[row["flow"]],
        expected="reach",
        value=float(row["value"]),
        unit=row["currency"],
        horizon=period.last_day if period else None,
        trace=(f"{row['release']}#{row['locator']}",),
    )


def score(forecast: Forecast, figures: Figures, today: dt.date) -> Score:
    """Hold a forecast against what happened.

    A goal is judged by the side whose figures are the larger, as goals are set in them; a direction by every side
    that has both years.

    Args:
        forecast: the forecast.
        figures: of the ledger.
        today: the day of asking.

    Returns:
        Its score: by the year of the horizon where that has passed, else by the latest year there is.
    """
    last = forecast.horizon.year if forecast.horizon else (forecast.made or today).year + _HORIZON
    first = forecast.made.year if forecast.made else last - 10
    ended = min(last, today.year - 1)
    series = {one: made for one in range(first, ended + 1) if (made := _year(forecast, figures, one, today))}
    if forecast.expected == "reach":
        return _goal(forecast, series, last, today)
    return _direction(forecast, series, (first, last), today)


def score_all(ledger: Ledger, forecasts: Sequence[Forecast], today: dt.date) -> tuple[Score, ...]:
    """Scores of several forecasts, the ledger asked once."""
    figures = fetch(ledger, [_as_claim(one, today) for one in forecasts])
    return tuple(score(one, figures, today) for one in forecasts)


def _as_claim(forecast: Forecast, today: dt.date) -> Claim:
    """A claim that makes `fetch` ask for what a forecast needs."""
    kind, one, other = forecast.movement
    year_ = (forecast.horizon or forecast.made or today).year
    text = str(year_)
    return Claim(
        article="",
        sentence=text,
        sentence_span=(0, len(text)),
        span=(0, len(text)),
        value_span=(0, len(text)),
        surface=text,
        kind="level",
        reporter=place(one),
        partner=place(other),
        flow="total" if kind == "total" else "export",
        period=str(year(year_)),
        unit="USD",
    )


def _year(forecast: Forecast, figures: Figures, number: int, today: dt.date) -> Reading | None:
    every = readings(figures, forecast.movement, str(number), forecast.unit)
    made = [one for one in every if one.official and one.visible(today)]
    return max(made, key=lambda one: one.value, default=None)


def _goal(forecast: Forecast, series: dict[int, Reading], last: int, today: dt.date) -> Score:
    value = forecast.value or 0.0
    what = f"{say(value, forecast.unit)} between {get(forecast.movement[1]).name} and {get(forecast.movement[2]).name}"
    met = next((number for number, one in sorted(series.items()) if one.bounds.high >= value), None)
    if met is not None:
        one = series[met]
        why = f"{what} was reached in {met}: {say(one.value, forecast.unit)} {one.name}."
        return Score(forecast, "reached", why, str(met), one.value, trace=one.trace)
    passed = forecast.horizon is not None and forecast.horizon < today
    if passed and last in series:
        one = series[last]
        why = f"{what} was missed: {say(one.value, forecast.unit)} in {last} {one.name}."
        return Score(forecast, "missed", why, str(last), one.value, trace=one.trace)
    if not series or passed:
        return Score(forecast, "no_data", f"{what}: the ledger lacks the figure of {last}.")
    number, one = max(series.items())
    why = f"{what} is open: {say(one.value, forecast.unit)} in {number} {one.name}."
    return Score(forecast, "open", why, str(number), one.value, trace=one.trace)


def _direction(forecast: Forecast, series: dict[int, Reading], span: tuple[int, int], today: dt.date) -> Score:
    first, last = span
    if first not in series or len(series) < 2:
        return Score(forecast, "no_data", f"{forecast.said[:60]}: the ledger lacks the figures of {first} and {last}.")
    number, one = max(series.items())
    base = series[first]
    moved = one.value > base.value if forecast.expected == "rise" else one.value < base.value
    figures = f"{say(base.value, forecast.unit)} in {first}, {say(one.value, forecast.unit)} in {number} {one.name}"
    state: State = "open" if number < last or dt.date(last, 12, 31) >= today else "reached" if moved else "missed"
    word = {"open": "so far" if moved else "not so far", "reached": "came true", "missed": "did not come true"}[state]
    trace = (*base.trace, *one.trace)
    return Score(forecast, state, f"It {word}: {figures}.", str(number), one.value, base.value, trace)


_CUES = re.compile(
    r"\b(?:expects?|expected|forecasts?|projects?|projected|predicts?|predicted|is likely to|are likely to|"
    r"will (?:also )?(?:increasingly|likely|soon)|(?:is|are) set to|is poised to|plans? to|aims? to|hopes? to)\b",
    re.I,
)


def is_forecast(sentence: str) -> bool:
    """Whether a sentence speaks of what is expected rather than of what happened."""
    return bool(_CUES.search(sentence))
