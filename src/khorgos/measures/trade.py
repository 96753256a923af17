"""Levels of trade and what became of them: exports, imports, totals, balances, growth, contributions."""

from __future__ import annotations

from dataclasses import replace

from khorgos.core.errors import NoData
from khorgos.ledger.query import FlowQuery, Trace
from khorgos.ledger.store import Ledger
from khorgos.measures.asking import asked_levels, at, in_time, told, with_bases
from khorgos.measures.draft import Draft
from khorgos.measures.evaluate import Question, evaluate, evaluate_over
from khorgos.measures.measured import Definition, Measured, Sum
from khorgos.measures.statements import growth as statements
from khorgos.measures.statements.groups import GROUP_LEVELS, judge_groups
from khorgos.measures.statements.levels import LEVELS, judge_levels, known
from khorgos.measures.statements.relation import SERIES, all_but, among, table, where
from khorgos.nomenclature.area_register import is_aggregate
from khorgos.nomenclature.groups import expand

_LEVEL_JUDGES = (judge_levels, judge_groups)


def _levels_of(query: FlowQuery) -> Definition:
    grouped = any(is_aggregate(area) for area in (*query.reporters, *query.partners))
    return GROUP_LEVELS if grouped else LEVELS


def levels(ledger: Ledger, query: FlowQuery, *, trace: Trace = "release") -> Measured:
    """Exports, imports, total trade (X + M) and balance (X - M), as `query.flows` names them.

    Args:
        ledger: the ledger to ask.
        query: which figures; areas may be groups, flows may hold "total" and "balance".
        trace: name releases or rows behind each figure.

    Returns:
        One row a cell in `query.currency`: value with its interval, method, the alternative road to the
        figure where there is one, and for groups coverage and the members that are missing.

    Raises:
        NoData: the ledger has nothing of it.

    Source: WITS Trade Indicators help, "Trade balance"; ST/ESCAP/2559, ch. III.
    """
    draft = Draft(ledger, trace)
    return evaluate(
        draft,
        asked_levels(draft, query),
        _levels_of(query),
        currency=query.currency,
        parameters=told(query),
        judges=_LEVEL_JUDGES,
    )


def exports(ledger: Ledger, query: FlowQuery, *, trace: Trace = "release") -> Measured:
    """Exports as the reporter declared them, usually FOB; see `levels`."""
    return levels(ledger, replace(query, flows=("export",)), trace=trace)


def imports(ledger: Ledger, query: FlowQuery, *, trace: Trace = "release") -> Measured:
    """Imports as the reporter declared them, usually CIF; see `levels`."""
    return levels(ledger, replace(query, flows=("import",)), trace=trace)


def total(ledger: Ledger, query: FlowQuery, *, trace: Trace = "release") -> Measured:
    """Total trade X + M; see `levels`."""
    return levels(ledger, replace(query, flows=("total",)), trace=trace)


def balance(ledger: Ledger, query: FlowQuery, *, trace: Trace = "release") -> Measured:
    """Balance X - M; says where it mixes exports FOB and imports CIF; see `levels`."""
    return levels(ledger, replace(query, flows=("balance",)), trace=trace)


def growth(ledger: Ledger, query: FlowQuery, *, months: int = 12, trace: Trace = "release") -> Measured:
    """Growth in per cent on the period so many months earlier: 100 (V_t / V_t-1 - 1).

    With `by="month"` or "native" the same months are compared. Growth is that of `query.currency`: yuan
    and dollar growth differ.

    Args:
        ledger: the ledger to ask.
        query: which figures; the earlier periods are looked up beside them.
        months: 12 for the year before, 1 for the month before.
        trace: name releases or rows.

    Returns:
        value (per cent) with its interval, level, base_level, change, base_period; findings name breaks of
        source and conversions.

    Source: WITS Indicator Metadata, "Country Growth (%)".
    """
    draft = Draft(ledger, trace)
    made = statements.growth(asked_levels(draft, with_bases(query, months)), months)
    return evaluate(
        draft,
        in_time(made, query),
        statements.GROWTH,
        currency=query.currency,
        parameters=told(query, months=months),
        judges=(statements.judge_growth,),
    )


def levels_and_growth(
    ledger: Ledger, query: FlowQuery, flow: str, *, months: int = 12, trace: Trace = "release"
) -> tuple[Measured, Measured | None]:
    """The levels asked for, and the growth of one of them: what `levels` and `growth` answer, in half the time.

    Args:
        ledger: the ledger to ask.
        query: which figures; the earlier periods are looked up beside them.
        flow: whose growth; one of the query's flows.
        months: as in `growth`.
        trace: name releases or rows.

    Returns:
        The levels, and the growth where there is any.

    Raises:
        NoData: the ledger has none of the levels.
    """
    draft = Draft(ledger, trace)
    wide = with_bases(query, months)
    shared, one = table("shared_levels"), replace(query, flows=(flow,))
    levels_asked = shared if wide == query else in_time(shared, query)
    made = in_time(statements.growth(where(shared, among("flow", [flow])), months), one)
    figures, grown = evaluate_over(
        draft,
        shared.name,
        asked_levels(draft, wide),
        (
            Question(levels_asked, _levels_of(query), told(query), _LEVEL_JUDGES),
            Question(made, statements.GROWTH, told(one, months=months), (statements.judge_growth,)),
        ),
        currency=query.currency,
    )
    if isinstance(figures, NoData):
        raise figures
    return figures, grown if isinstance(grown, Measured) else None


def contribution(
    ledger: Ledger,
    query: FlowQuery,
    period: str,
    base: str,
    *,
    over: str = "partner",
    absent: statements.Absent = "missing",
    trace: Trace = "release",
) -> Measured:
    """Percentage points that each item adds to the growth of all: 100 (V_kt - V_k,t-1) / V_t-1.

    Args:
        ledger: the ledger to ask.
        query: the items; groups stand for their members. Its periods are not used.
        period: the later period.
        base: the earlier period.
        over: the column whose items are added up.
        absent: what an item means that is absent in one of the periods: "missing" leaves it out of both
            totals, "nil" counts it as no trade.
        trace: name releases or rows.

    Returns:
        value (percentage points; they add up to total_growth, which is checked), growth of each item.
    """
    draft = Draft(ledger, trace)
    items = replace(query, reporters=expand(query.reporters, period), partners=expand(query.partners, period))
    level = known(asked_levels(draft, at(items, period, base)))
    adds_up = Sum(within=tuple(all_but(over, SERIES)), to="total_growth")
    return evaluate(
        draft,
        statements.contribution(level, period, base, over, absent),
        replace(statements.CONTRIBUTION, identity=adds_up),
        currency=query.currency,
        parameters=told(items, period=period, base=base, over=over, absent=absent),
        judges=(statements.judge_growth,),
    )


def multiple(ledger: Ledger, query: FlowQuery, period: str, base: str, *, trace: Trace = "release") -> Measured:
    """How many times the earlier figure the later one is: V_1 / V_0, and V_1 / V_0 - 1 as `times_more`.

    "Up n times" is read both ways; the two columns are the two readings.

    Args:
        ledger: the ledger to ask.
        query: which figures; its periods are not used.
        period: the later period.
        base: the earlier period.
        trace: name releases or rows.
    """
    draft = Draft(ledger, trace)
    return evaluate(
        draft,
        statements.multiple(asked_levels(draft, at(query, period, base)), period, base),
        statements.MULTIPLE,
        currency=query.currency,
        parameters=told(query, period=period, base=base),
        judges=(statements.judge_growth,),
    )
