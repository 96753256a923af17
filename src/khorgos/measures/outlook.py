"""Pace and outlook: average growth, part-years, and the targets that governments set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from khorgos.core.errors import BadInput
from khorgos.core.schema import Flow
from khorgos.ledger.query import FlowQuery, Trace
from khorgos.ledger.store import Ledger
from khorgos.measures.asking import asked_levels, told
from khorgos.measures.draft import Draft
from khorgos.measures.evaluate import evaluate
from khorgos.measures.measured import Measured
from khorgos.measures.statements import pace, part_year
from khorgos.measures.statements.relation import rows_of


@dataclass(frozen=True, slots=True)
class Target:
    """A trade target as somebody set it.

    Args:
        reporter: whose trade: area id.
        partner: with whom: area id.
        value: in units of the currency.
        year: by the end of which year.
        flow: "total", "export" or "import".
        currency: ISO 4217.
        announced: the day it was set; None where not known.
        source: who said so, and where.
    """

    reporter: str
    partner: str
    value: float
    year: int
    flow: str = "total"
    currency: str = "USD"
    announced: dt.date | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if not self.value > 0:
            raise BadInput(f"A trade target is above zero, not {self.value}")
        if self.flow not in (Flow.TOTAL, Flow.EXPORT, Flow.IMPORT):
            raise BadInput(f"A target is set for total, export or import, not for {self.flow!r}")


def cagr(ledger: Ledger, query: FlowQuery, first: int, last: int, *, trace: Trace = "release") -> Measured:
    """Compound annual growth between two years: 100 ((V_T / V_0)^(1/T) - 1).

    Args:
        ledger: the ledger to ask.
        query: which figures; its periods are not used.
        first: the year to start from.
        last: the year to end with.
        trace: name releases or rows.

    Source: ST/ESCAP/2559; UNCTAD Handbook of Statistics, calculation methods.
    """
    draft = Draft(ledger, trace)
    yearly = replace(query, by="year", periods=(), years=(first, last))
    return evaluate(
        draft,
        pace.cagr(asked_levels(draft, yearly), first, last),
        pace.CAGR,
        currency=query.currency,
        parameters=told(yearly),
    )


def trend_growth(ledger: Ledger, query: FlowQuery, first: int, last: int, *, trace: Trace = "release") -> Measured:
    """Growth of the least-squares line through the logarithms of all years: 100 (e^b - 1). Not the CAGR.

    Args:
        ledger: the ledger to ask.
        query: which figures; its periods are not used.
        first: the first year.
        last: the last year.
        trace: name releases or rows.

    Source: UNCTAD Handbook of Statistics, calculation methods, "Annual average growth rate".
    """
    draft = Draft(ledger, trace)
    yearly = replace(query, by="year", periods=(), years=tuple(range(first, last + 1)))
    return evaluate(
        draft,
        pace.trend_growth(asked_levels(draft, yearly), first, last),
        pace.TREND,
        currency=query.currency,
        parameters=told(yearly),
        judges=(pace.judge_trend,),
    )


def targets(
    ledger: Ledger,
    wanted: Sequence[Target],
    *,
    years: int = 3,
    as_of: dt.date | None = None,
    trace: Trace = "release",
) -> Measured:
    """Required yearly growth to each target from the latest figure, and whether recent growth is up to it.

    r = 100 ((T / V_t)^(1/(Y-t)) - 1); on track if the CAGR of the last `years` years is at least r.

    Args:
        ledger: the ledger to ask.
        wanted: the targets, all in one currency.
        years: length of the recent past in years.
        as_of: day up to which publications are known.
        trace: name releases or rows.

    Returns:
        One row a target whose trade the ledger knows: value (required rate, per cent per year), recent_rate,
        on_track, reached, due, progress, path_next, level, period (of the latest figure).
    """
    draft = Draft(ledger, trace)
    if not wanted or len({target.currency for target in wanted}) > 1:
        raise BadInput("Targets are judged one currency at a time, and one target at least")
    query = FlowQuery(
        reporters=tuple(dict.fromkeys(target.reporter for target in wanted)),
        partners=tuple(dict.fromkeys(target.partner for target in wanted)),
        flows=tuple(dict.fromkeys(target.flow for target in wanted)),
        as_of=as_of,
        currency=wanted[0].currency,
    )
    rows = rows_of(
        ("reporter", "partner", "flow", "product", "nomenclature", "target", "target_year"),
        [(t.reporter, t.partner, t.flow, "TOTAL", "TOTAL", float(t.value), t.year) for t in wanted],
    )
    return evaluate(
        draft,
        pace.required_rate(asked_levels(draft, query), rows, years),
        pace.REQUIRED,
        currency=query.currency,
        parameters=told(query, recent_years=years),
        judges=(pace.judge_required,),
        notes=tuple(f"{t.reporter}-{t.partner} {t.year}: {t.source}" for t in wanted if t.source),
    )


def year_to_date(
    ledger: Ledger,
    query: FlowQuery,
    year: int,
    month: int = 12,
    *,
    trace: Trace = "release",
) -> Measured:
    """January to the latest month that all series have, against the same months of the year before.

    Args:
        ledger: the ledger to ask.
        query: which series; its periods are not used.
        year: the later of the two years.
        month: no later month than this.
        trace: name releases or rows.

    Returns:
        value (currency) for a period such as 2024-01..2024-05, base_level, growth (per cent), method ("printed"
        by the publisher, or "sum of months").

    Raises:
        NoData: no month is common to all series in both years.
    """
    draft = Draft(ledger, trace)
    native = replace(query, by="native", periods=(), years=(year - 1, year))
    return evaluate(
        draft,
        part_year.year_to_date(asked_levels(draft, native), year, month),
        part_year.YEAR_TO_DATE,
        currency=query.currency,
        parameters=told(native, month=month),
        judges=(part_year.judge_to_date,),
    )


def annualised(
    ledger: Ledger,
    query: FlowQuery,
    year: int,
    month: int = 12,
    *,
    trace: Trace = "release",
) -> Measured:
    """What a part-year would make of the whole year: V 12 / m, and V (full year t-1) / (same months t-1).

    Args:
        ledger: the ledger to ask.
        query: which series; its periods are not used.
        year: the unfinished year.
        month: no later month than this.
        trace: name releases or rows.

    Returns:
        Two rows a series, method "proportional" and "seasonal": value (currency), level, from_period.
    """
    draft = Draft(ledger, trace)
    native = replace(query, by="native", periods=(), years=(year - 1, year))
    return evaluate(
        draft,
        part_year.annualised(asked_levels(draft, native), year, month),
        part_year.ANNUALISED,
        currency=query.currency,
        parameters=told(native, month=month),
    )
