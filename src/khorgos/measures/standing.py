"""A figure among its like and in its history: shares, ranks, records, streaks, overtakes."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from khorgos.ledger.query import FlowQuery, Trace
from khorgos.ledger.store import Ledger
from khorgos.measures.asking import (
    asked_levels,
    at,
    grouped_levels,
    only_asked,
    told,
    universe_levels,
    with_bases,
)
from khorgos.measures.draft import Draft
from khorgos.measures.evaluate import evaluate
from khorgos.measures.measured import Measured, Sum
from khorgos.measures.statements import history, shares
from khorgos.measures.statements.relation import KEY, all_but, among, stack, where
from khorgos.nomenclature.area_register import is_aggregate


def share(ledger: Ledger, query: FlowQuery, *, over: str = "partner", trace: Trace = "release") -> Measured:
    """Share of partners (products, reporters) in the sum of all that one source lists: s_k = V_k / V.

    Args:
        ledger: the ledger to ask.
        query: which figures; without partners (products, reporters) all are given, and sum to one.
        over: "partner", "product" or "reporter".
        trace: name releases or rows.

    Returns:
        value (fraction) with its interval, level, whole (currency), universe (items with a figure).

    Source: ST/ESCAP/2559, ch. V.
    """
    draft = Draft(ledger, trace)
    made, whole = _shares(draft, query, over)
    definition = replace(shares.SHARE, identity=Sum(within=tuple(all_but(over)))) if whole else shares.SHARE
    return evaluate(
        draft,
        made,
        definition,
        currency=query.currency,
        parameters=told(query, over=over),
        judges=(shares.judge_universe,),
    )


def share_change(
    ledger: Ledger,
    query: FlowQuery,
    period: str,
    base: str,
    *,
    over: str = "partner",
    trace: Trace = "release",
) -> Measured:
    """Change of shares between two periods in percentage points: 100 (s_t - s_0).

    Args:
        ledger: the ledger to ask.
        query: which figures; its periods are not used.
        period: the later period.
        base: the earlier period.
        over: "partner", "product" or "reporter".
        trace: name releases or rows.
    """
    draft = Draft(ledger, trace)
    made, _ = _shares(draft, at(query, period, base), over)
    return evaluate(
        draft,
        shares.share_change(made, period, base),
        shares.SHARE_CHANGE,
        parameters=told(query, period=period, base=base, over=over),
        judges=(shares.judge_universe,),
    )


def rank(
    ledger: Ledger,
    query: FlowQuery,
    *,
    over: str = "partner",
    largest_first: bool = True,
    trace: Trace = "release",
) -> Measured:
    """Rank among all partners (reporters, products) that one source lists: 1 + number strictly greater.

    Args:
        ledger: the ledger to ask.
        query: whose ranks; without partners (reporters, products) all are given. Groups are not ranked.
        over: "partner", "product" or "reporter".
        largest_first: False ranks the smallest first (the largest deficit among balances).
        trace: name releases or rows.

    Returns:
        value (the rank), best and worst (what rounding leaves open), tied, universe (number of items), level.
    """
    draft = Draft(ledger, trace)
    everyone = universe_levels(draft, query, over)
    return evaluate(
        draft,
        only_asked(shares.rank(everyone, over, largest_first=largest_first), query, over),
        shares.RANK,
        currency=query.currency,
        parameters=told(query, over=over, largest_first=largest_first),
        judges=(shares.judge_universe,),
    )


def record(ledger: Ledger, query: FlowQuery, *, trace: Trace = "release") -> Measured:
    """Is a figure the highest (lowest) of the stretch asked for, and since when?

    Args:
        ledger: the ledger to ask.
        query: the stretch; without periods all that the ledger has.
        trace: name releases or rows.

    Returns:
        value (currency), highest, lowest, highest_since, lowest_since, stretch_start, n_periods, n_missing;
        a row for each figure but the first.
    """
    draft = Draft(ledger, trace)
    return evaluate(
        draft,
        history.record(asked_levels(draft, query)),
        history.RECORD,
        currency=query.currency,
        parameters=told(query),
        judges=(history.judge_record,),
    )


def streaks(ledger: Ledger, query: FlowQuery, *, months: int = 12, trace: Trace = "release") -> Measured:
    """Runs of periods in which a figure rose (fell) on the one `months` earlier.

    Args:
        ledger: the ledger to ask.
        query: the stretch; without periods all that the ledger has.
        months: 12 compares with the year before, 1 with the month before.
        trace: name releases or rows.

    Returns:
        value (length in periods), direction, start, period (the last), at_least, ongoing.
    """
    draft = Draft(ledger, trace)
    return evaluate(
        draft,
        history.streaks(asked_levels(draft, with_bases(query, months)), months),
        history.STREAK,
        currency=query.currency,
        parameters=told(query, months=months),
        may_be_empty=True,
    )


def overtakes(
    ledger: Ledger,
    query: FlowQuery,
    a: str,
    b: str,
    *,
    over: str = "partner",
    trace: Trace = "release",
) -> Measured:
    """When one partner (reporter) passed another, both ways: "China passed Russia in ...".

    Args:
        ledger: the ledger to ask.
        query: whose trade, over which stretch; its partners (reporters) are not used.
        a: one item's id.
        b: the other's.
        over: "partner" or "reporter".
        trace: name releases or rows.

    Returns:
        period (the first with the new order), before (the last with the old), leader, passed, value (lead in
        currency), certain, n_missing. No rows where neither ever passed the other.
    """
    draft = Draft(ledger, trace)
    both = replace(query, partners=(a, b)) if over == "partner" else replace(query, reporters=(a, b))
    other = "reporter" if over == "partner" else "partner"
    keys = (other, *(name for name in history.OVERTAKE.keys))
    return evaluate(
        draft,
        history.overtakes(asked_levels(draft, both), a, b, over),
        replace(history.OVERTAKE, keys=keys),
        currency=query.currency,
        parameters=told(both, over=over),
        judges=(history.judge_overtake,),
        may_be_empty=True,
    )


def _shares(draft: Draft, query: FlowQuery, over: str) -> tuple[exp.Select, bool]:
    """Shares of the items asked for, groups as sums of their members; and whether these are all."""
    everyone = universe_levels(draft, query, over)
    asked = {"partner": query.partners, "reporter": query.reporters, "product": query.products}[over]
    made = only_asked(shares.share(everyone, over), query, over)
    groups = tuple(area for area in asked if over != "product" and is_aggregate(area))
    if groups:
        part = where(grouped_levels(draft, everyone, query), among(over, groups))
        names = (*KEY, *_SHARE_COLUMNS)
        made = stack([made, shares.share_of(part, shares.summed(everyone, over), over)], names)
    return made, not asked or (over == "product" and asked == ("TOTAL",))


_SHARE_COLUMNS = (
    *("value", "value_low", "value_high", "level", "whole", "universe"),
    *("source", "whole_source", "converted", "trace"),
)
