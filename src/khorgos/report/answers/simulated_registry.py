"""Tariffs as in force on a day, from the registry, as rates over an embedded world."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from khorgos.core.errors import BadInput
from khorgos.core.tariffs import TariffMeasure
from khorgos.ledger.tariffs import IMPORTS_OF, import_weights, tariff_registry
from khorgos.ledger.worlds import Floats, World, world
from khorgos.measures.tariffs.sections import SECTIONS, SectionRates, section_rates
from khorgos.report.naming import name as in_prose
from khorgos.report.scenario_text import AsInForce

#: The day whose tariffs the base year holds already: its middle; chosen because a year's trade has no day.
_MIDDLE = (7, 1)
#: The imports that weigh the lines of whose imports they are; lines of others count once each.
_WEIGHTS = "imports-2024"


def registry_rates(base: World, asked: AsInForce, day: dt.date) -> Floats:
    """[N, N, S] what the tariffs of a day add to those of the base year, as fractions.

    rate = (1 + t) / (1 + t0) - 1, with t the day's added duty by section and t0 that of the middle of the base year;
    in a world of one sector the mean over sections by the pair's own trade.

    Args:
        base: the world.
        asked: whose tariffs on whose goods, and which end of their range.
        day: the day.

    Raises:
        BadInput: the record has none of the importers, or does not reach back to the day.
    """
    rates = np.zeros(base.trade.shape)
    for imposer in imposers(base, asked):
        targets = tuple(c for c in base.countries if c != imposer and (not asked.exporters or c in asked.exporters))
        if not targets:
            raise BadInput("No economy of the world bears these tariffs", where=asked.text)
        days = tuple(one for one in (asked.on, asked.against, _base_day(base.year)) if one is not None)
        found = _sections(imposer, targets, days)
        now, then = (_points(found.get(one), asked.end) for one in (day, _base_day(base.year)))
        added = (1 + now) / (1 + then) - 1
        rows, column = [base.countries.index(c) for c in targets], base.countries.index(imposer)
        rates[rows, column, : base.trade.shape[2]] = _fitted(base, rows, column, added)
    return rates


def imposers(base: World, asked: AsInForce) -> tuple[str, ...]:
    """The importers whose tariffs the record has.

    Args:
        base: the world.
        asked: the importers, () for all.

    Raises:
        BadInput: the record has none of them.
    """
    known = tariff_registry().imposers
    found = tuple(c for c in known if c in base.countries and (not asked.importers or c in asked.importers))
    if not found:
        raise BadInput(f"The record of tariffs has those of {', '.join(known)} only", where=asked.text)
    return found


def measures_in_force(base: World, asked: AsInForce) -> tuple[TariffMeasure, ...]:
    """The measures behind the rates: those in force on either day.

    Args:
        base: the world.
        asked: the days and the importers.
    """
    return _measures(imposers(base, asked), [day for day in (asked.on, asked.against) if day is not None])


def _measures(some: Sequence[str], days: Sequence[dt.date]) -> tuple[TariffMeasure, ...]:
    return tuple(
        one
        for one in tariff_registry().measures
        if one.imposer in some and one.kind == "added" and any(one.in_force(day) for day in days)
    )


def remarks(base: World, asked: AsInForce) -> tuple[str, ...]:
    """What the rates rest on, a sentence each.

    Args:
        base: the world.
        asked: the days and the importers.
    """
    registry, some = tariff_registry(), imposers(base, asked)
    who = " and ".join(in_prose(name) for name in some)
    days = f"{asked.on}" + (f" against those of {asked.against}" if asked.against else "")
    other = asked.against or _base_day(base.year)
    late = [day for day in (asked.on, asked.against) if day is not None and day > registry.ends]
    out = [
        f"Tariffs of {who} as in force on {days}, on top of those of {base.year}: (1 + t) / (1 + t on"
        f" {_base_day(base.year)}) - 1. {len(measures_in_force(base, asked))} measures; each with its act:"
        f" khorgos tariff {some[0]} ECONOMY --on {asked.on}.",
        "Lines of the tariff go to SITC sections by the UN's correlation. Within a section the United States' lines are"
        " weighed by its imports of 2024 (Census) from the partner where the record has it (members of the EU: from the"
        " EU), else from all; China's lines count once each."
        + (" Sections are weighed by the pair's trade, split as UNCTAD has it in 2015."
           if base.home is None else ""),
        *_changed(_measures(some, (asked.on, other)), asked, other),
        _spread(base, asked, some),
    ]  # fmt: skip
    if late:
        out.append(f"The record was read up to {registry.ends}; that nothing changed until {max(late)} is presumed.")
    return tuple(out)


#: Acts named; chosen because a reader of a table reads no more, and the page has all.
_ACTS = 8


def _changed(measures: tuple[TariffMeasure, ...], asked: AsInForce, other: dt.date) -> tuple[str, ...]:
    """The acts that are in force on one of the two days only."""
    hit = [one for one in measures if not asked.exporters or any(one.hits(c) for c in asked.exporters)]
    came = dict.fromkeys(one.legal for one in hit if one.in_force(asked.on) and not one.in_force(other))
    went = dict.fromkeys(one.legal for one in hit if one.in_force(other) and not one.in_force(asked.on))

    def named(acts: dict[str, None]) -> str:
        more = f", and {len(acts) - _ACTS} more" if len(acts) > _ACTS else ""
        return "; ".join(act.replace("; ", ", ") for act in list(acts)[:_ACTS]) + more

    said = ((came, f"In force on {asked.on} and not on {other}"), (went, f"In force on {other} and not on {asked.on}"))
    return tuple(f"{days}: {named(acts)}." for acts, days in said if acts)


def _spread(base: World, asked: AsInForce, some: tuple[str, ...]) -> str:
    """Between which ends the rates lie, among the economies that the record is about."""
    parts = []
    for imposer in some:
        others = [
            c for c in tariff_registry().imposers if c != imposer and (not asked.exporters or c in asked.exporters)
        ]
        for target in others:
            pair = base.countries.index(target), base.countries.index(imposer)
            trade = base.trade[pair]
            ends = sorted(
                100 * float((registry_rates(base, replace(asked, end=end), asked.on)[pair] * trade).sum() / trade.sum())
                for end in (0.0, 1.0)
            )
            parts.append(f"{in_prose(imposer)} on {in_prose(target)} {ends[0]:+.1f} to {ends[1]:+.1f} points")
    told = f": {'; '.join(parts)}" if parts else ""
    return (
        "Where a condition decides that statistics do not show (origin, exclusions on application), the middle between"
        f" the lowest and the highest duty is taken{told}.".replace("-", "−")
    )


def _base_day(year: int) -> dt.date:
    return dt.date(year, *_MIDDLE)


@lru_cache(maxsize=16)  # two importers, for a few questions
def _sections(imposer: str, targets: tuple[str, ...], days: tuple[dt.date, ...]) -> dict[dt.date, SectionRates]:
    """By day; without the base year's where the record begins later, which then are taken as zero."""
    registry = tariff_registry()
    *asked, base_day = days
    known = (*asked, base_day) if base_day >= registry.begins else tuple(asked)
    weights = import_weights(_WEIGHTS) if imposer == IMPORTS_OF[_WEIGHTS] else None
    return dict(zip(known, section_rates(registry, imposer, targets, known, weights=weights), strict=True))


def _points(found: SectionRates | None, end: float) -> Floats:
    """[target, section] as fractions, between the low and the high end."""
    if found is None:
        return np.zeros((1, len(SECTIONS)))
    points: Floats = (found.low + end * (found.high - found.low)) / 100.0
    return points


def _fitted(base: World, rows: list[int], column: int, added: Floats) -> Floats:
    """[target, sector] of the world: its ten sections, or all goods by the pair's own trade."""
    if base.home is not None:
        services = np.zeros((len(rows), base.trade.shape[2] - len(SECTIONS)))
        return np.hstack((added, services))
    many = world("sectors")
    places = [many.countries.index(base.countries[k]) for k in rows]
    trade = many.trade[places, many.countries.index(base.countries[column]), : len(SECTIONS)]
    total = trade.sum(1)
    mean: Floats = np.divide((trade * added).sum(1), total, out=np.zeros(len(rows)), where=total > 0)
    return mean[:, None]
