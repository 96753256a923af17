"""Targets in a text against the announced targets that the ledger keeps, and "target met" against what is reached."""

from __future__ import annotations

from collections.abc import Sequence

from khorgos.claims.against_ledger import Context
from khorgos.claims.claim import Claim
from khorgos.claims.deciding import Finding
from khorgos.claims.forecasts import Forecast, forecast_of, score
from khorgos.claims.readings import readings
from khorgos.claims.relations import say
from khorgos.claims.slots import movement_of, slot_of, when
from khorgos.claims.stated import stated
from khorgos.claims.verdict import Evidence


def judge_target(claim: Claim, context: Context, known: Sequence[Forecast]) -> Finding:
    """A target against the announcements that the ledger keeps.

    A target that the ledger does not keep is no error: others may have been announced.

    Args:
        claim: of kind target.
        context: figures and the article's date.
        known: the ledger's announced targets.
    """
    quote, number, movement = _quote(claim), stated(claim), movement_of(claim)
    same = [one for one in known if one.movement == movement and one.value is not None and one.unit == claim.unit]
    rows = tuple(_row(one) for one in same)
    state = _state(claim, context)
    period = when(claim.period)
    if number is not None:
        fits = [one for one in same if one.value is not None and number.loose.low <= one.value <= number.loose.high]
        year = period.year if period else None
        exact = [one for one in fits if year is None or (one.horizon is not None and one.horizon.year == year)]
        if exact:
            why = f"{quote} was announced by {exact[0].author}: {exact[0].said}.{state}"
            return Finding("supported", _sentence(why), rows)
        if fits:
            one = fits[0]
            until = f"for {one.horizon.year}" if one.horizon else "with no year"
            why = f"{quote} was announced {until}, not for {year}: {one.said}.{state}"
            return Finding("supported_under_another_reading", _sentence(why), rows, reading=f"announced {until}")
    why = f"{quote} is a target; the ledger keeps no announcement of it.{state}"
    return Finding("not_checkable", _sentence(why), rows)


def judge_status(claim: Claim, context: Context, known: Sequence[Forecast]) -> Finding | None:
    """A target said to be met ("ahead of its target") against the announced ones; None where there is none."""
    slot = slot_of(claim)
    if claim.value is not None or slot is None or "target" not in claim.sentence.casefold():
        return None
    goals = [one for one in known if one.movement == slot.movement and one.value is not None and one.horizon]
    every = readings(context.figures, slot.movement, slot.period, "USD")
    made = [one for one in every if one.official and one.visible(context.day)]
    if not goals or not made:
        return None
    level = max(made, key=lambda one: one.value)
    quote = _quote(claim)
    met = [one for one in goals if one.value is not None and level.bounds.high >= one.value]
    rows = (
        Evidence(level.name, level.value, level.bounds.low, level.bounds.high, "USD", trace=level.trace, fit="exact"),
        *(_row(one) for one in goals),
    )
    if not met:
        return None
    best = max(met, key=lambda one: one.value or 0.0)
    why = f"{quote} is borne out: {say(level.value, 'USD')} {level.name}, the target was {say(best.value or 0, 'USD')}."
    return Finding("supported", why, rows, sides=frozenset({level.side} if level.side else ()))


def _state(claim: Claim, context: Context) -> str:
    """Where trade stands on the article's date: a target may have been met already."""
    forecast = forecast_of(claim)
    if forecast is None or context.day is None:
        return ""
    found = score(forecast, context.figures, context.day)
    return f" {found.why}" if found.state in ("reached", "missed") else ""


def _sentence(text: str) -> str:
    return " ".join(text.split())


def _row(one: Forecast) -> Evidence:
    return Evidence(
        reading=f"announced by {one.author}",
        value=one.value,
        low=one.value,
        high=one.value,
        unit=one.unit,
        arithmetic=one.said,
        trace=one.trace,
        as_of=one.made,
    )


def _quote(claim: Claim) -> str:
    return f'"{" ".join(claim.surface.split())}"'
