"""Targets and forecasts, kept with who said them and until when, and scored when their time has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from khorgos.ledger.query import cells
from khorgos.ledger.question import FlowQuery
from khorgos.ledger.store import Ledger
from khorgos.nomenclature.area_register import get
from khorgos.nomenclature.periods import year

Expected = Literal["reach", "rise", "fall"]
State = Literal["reached", "missed", "open", "no_data"]

# Years in which a direction without a year is judged; chosen because a forecaster who names none means the near future.
_HORIZON = 2
#: Years before a goal was set whose mean growth is its naive rival; chosen as in the hindcasts of the models.
TREND = 5
#: Years before a forecast of a direction in which that direction is counted; chosen because a decade has both.
PAST = 10


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
        product: an HS code; "" for all goods.
        article: where it was quoted; "" for announced targets.
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
    product: str = ""
    article: str = ""

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
        base: the figure of the last year before it was made, for directions.
        why: one sentence.
        trace: the ledger's tokens.
        naive: what a forecaster without knowledge would have said: of a goal, the value in `period` had trade grown on
            as in the five years before it was set; of a direction, the share of the ten years before in which trade
            moved that way. None where the ledger does not reach back.
        true: whether the direction, or the goal, holds in `period`.
    """

    forecast: Forecast
    state: State
    why: str
    period: str | None = None
    value: float | None = None
    base: float | None = None
    trace: tuple[str, ...] = ()
    naive: float | None = None
    true: bool | None = None

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


@dataclass(frozen=True, slots=True)
class _Point:
    """One year's figure: its value, the most that its rounding allows, whose it is, and its tokens."""

    value: float
    high: float
    name: str
    trace: tuple[str, ...]


def score(forecast: Forecast, figures: Figures, today: dt.date) -> Score:
    """Hold a forecast of all goods against what happened.

    A goal is judged by the side whose figures are the larger, as goals are set in them; a direction by every side
    that has both years.

    Args:
        forecast: the forecast.
        figures: of the ledger.
        today: the day of asking.

    Returns:
        Its score: by the year of the horizon where that has passed, else by the latest year there is.
    """
    first, _, ended = _years(forecast, today)
    wanted = range(first - PAST, ended + 1)
    return _judged(forecast, {one: made for one in wanted if (made := _year(forecast, figures, one, today))}, today)


def score_all(ledger: Ledger, forecasts: Sequence[Forecast], today: dt.date) -> tuple[Score, ...]:
    """Scores of several forecasts, the ledger asked once for all goods, and once a product."""
    figures = fetch(ledger, [_as_claim(one, today) for one in forecasts])
    return tuple(
        _judged(one, _of_product(ledger, one, today), today) if one.product else score(one, figures, today)
        for one in forecasts
    )


def _years(forecast: Forecast, today: dt.date) -> tuple[int, int, int]:
    """The last full year before it was made, the year of its horizon, and the last that can be known."""
    last = forecast.horizon.year if forecast.horizon else (forecast.made or today).year + _HORIZON
    first = forecast.made.year if forecast.made else last - 10
    return first - (forecast.expected != "reach"), last, min(last, today.year - 1)


def _judged(forecast: Forecast, known: dict[int, _Point], today: dt.date) -> Score:
    first, last, _ = _years(forecast, today)
    series = {year_: one for year_, one in known.items() if year_ >= first}
    if forecast.expected == "reach":
        found = _goal(forecast, series, last, today)
        return replace(found, naive=_trend(known, forecast, found))
    return replace(_direction(forecast, series, (first, last), today), naive=_habit(known, forecast, first))


def _trend(known: dict[int, _Point], forecast: Forecast, found: Score) -> float | None:
    """The value of the deciding year had trade grown on as in the five years before the goal was set."""
    if forecast.made is None or found.period is None:
        return None
    base = forecast.made.year - 1
    old, new = known.get(base - TREND), known.get(base)
    if old is None or new is None or old.value <= 0 or new.value <= 0:
        return None
    return float(new.value * (new.value / old.value) ** ((int(found.period) - base) / TREND))


def _habit(known: dict[int, _Point], forecast: Forecast, first: int) -> float | None:
    """In which share of the years up to the base trade moved as expected."""
    pairs = [
        (known[one - 1].value, known[one].value) for one in range(first - PAST + 1, first + 1) if _both(known, one)
    ]
    if not pairs:
        return None
    return sum((new > old) == (forecast.expected == "rise") for old, new in pairs) / len(pairs)


def _both(known: dict[int, _Point], number: int) -> bool:
    return number in known and number - 1 in known


def _of_product(ledger: Ledger, forecast: Forecast, today: dt.date) -> dict[int, _Point]:
    """The importer's own figures of a product by year; none where the ledger has no such rows."""
    _, exporter, importer = forecast.movement
    first, _, ended = _years(forecast, today)
    years = tuple(range(first - PAST, ended + 1))
    query = FlowQuery((importer,), (exporter,), ("import",), (forecast.product,), years=years)
    rows = run(ledger, cells(ledger, query, trace="row")).to_pylist()
    name = f"as {get(importer).name} reports"
    return {
        int(row["period"]): _Point(row["value"], row["value"], name, tuple(row["trace"]))
        for row in rows
        if row["value"] is not None
    }


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


def _year(forecast: Forecast, figures: Figures, number: int, today: dt.date) -> _Point | None:
    every = readings(figures, forecast.movement, str(number), forecast.unit)
    made = [one for one in every if one.official and one.visible(today)]
    if not made:
        return None
    sides: dict[str | None, Reading] = {}
    # A total as printed comes before the sum of rounded parts.
    for one in sorted(made, key=lambda one: one.bounds.high - one.bounds.low):
        sides.setdefault(one.side, one)
    best = max(sides.values(), key=lambda one: one.value)
    return _Point(best.value, best.bounds.high, best.name, best.trace)


def _goal(forecast: Forecast, series: dict[int, _Point], last: int, today: dt.date) -> Score:
    value = forecast.value or 0.0
    what = f"{say(value, forecast.unit)} between {get(forecast.movement[1]).name} and {get(forecast.movement[2]).name}"
    met = next((number for number, one in sorted(series.items()) if one.high >= value), None)
    if met is not None:
        one = series[met]
        why = f"{what} was reached in {met}: {say(one.value, forecast.unit)} {one.name}."
        return Score(forecast, "reached", why, str(met), one.value, trace=one.trace, true=True)
    passed = forecast.horizon is not None and forecast.horizon < today
    if passed and last in series:
        one = series[last]
        why = f"{what} was missed: {say(one.value, forecast.unit)} in {last} {one.name}."
        return Score(forecast, "missed", why, str(last), one.value, trace=one.trace, true=False)
    if not series or passed:
        return Score(forecast, "no_data", f"{what}: the ledger lacks the figure of {last}.")
    number, one = max(series.items())
    why = f"{what} is open: {say(one.value, forecast.unit)} in {number} {one.name}."
    return Score(forecast, "open", why, str(number), one.value, trace=one.trace)


def _direction(forecast: Forecast, series: dict[int, _Point], span: tuple[int, int], today: dt.date) -> Score:
    first, last = span
    if first not in series or len(series) < 2:
        return Score(forecast, "no_data", f"The ledger lacks {_what(forecast)} of {first} or of a year since.")
    number, one = max(series.items())
    base = series[first]
    moved = one.value > base.value if forecast.expected == "rise" else one.value < base.value
    figures = f"{say(base.value, forecast.unit)} in {first}, {say(one.value, forecast.unit)} in {number} {one.name}"
    state: State = "open" if number < last or dt.date(last, 12, 31) >= today else "reached" if moved else "missed"
    word = {"open": "so far" if moved else "not so far", "reached": "came true", "missed": "did not come true"}[state]
    trace = (*base.trace, *one.trace)
    return Score(forecast, state, f"It {word}: {figures}.", str(number), one.value, base.value, trace, true=moved)


def _what(forecast: Forecast) -> str:
    kind, one, other = forecast.movement
    if forecast.product:
        return f"{get(other).name}'s imports of {forecast.product} from {get(one).name}"
    if kind == "goods":
        return f"the trade from {get(one).name} to {get(other).name}"
    return f"the trade of {get(one).name} and {get(other).name}"
