"""`cells` and `alternatives` of a `FlowQuery`: from rows of many releases to one figure a cell, as one expression."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Literal, cast

from sqlglot import exp

from khorgos.core.schema import FLOW, Status
from khorgos.ledger.binding import rates_of, table_of
from khorgos.ledger.parsing import parsed
from khorgos.ledger.planning import LENGTHS, USABLE, Plan, plan
from khorgos.ledger.question import FlowQuery
from khorgos.ledger.rates import RateScope
from khorgos.ledger.store import Ledger

__all__ = ["FlowQuery", "Trace", "alternatives", "cells", "rows", "vintages"]

Trace = Literal["release", "row"]

_KEY = "reporter, partner, flow, period, product, nomenclature"
_VARIANT = "currency, valuation, partner_basis"

# Each step names the one before it `before`.
_KNOWN = f"""
SELECT {", ".join("f." + name for name in f"{_KEY}, {_VARIANT}".split(", "))},
  f.value, f.rounding, f.status, f.release, f.locator,
  r.source, r.voice, r.rank, r.published, r.known, r.retrieved, FALSE AS summed
FROM flow AS f JOIN release AS r ON f.release = r.release
"""

# A revision supersedes what the same voice said of the same cell before.
_CURRENT = f"""
SELECT * FROM (
  SELECT *, ROW_NUMBER() OVER (
    PARTITION BY voice, {_KEY}, {_VARIANT}
    ORDER BY known DESC NULLS LAST, retrieved DESC, release DESC, locator) AS vintage
  FROM before) AS dated
WHERE vintage = 1
"""

_ORIGIN = "status, release, locator, source, voice, rank, published, known, retrieved"
_PASSED_ON = ", ".join(f"b.{name}" for name in f"{_KEY}, {_VARIANT}, {_ORIGIN}, summed".split(", "))
_NATIVE = f"SELECT {_PASSED_ON}, b.value, b.rounding, FALSE AS converted, [{{mark}}] AS trace FROM before AS b"

# Every vintage in its own currency, numbered from the current one.
_VINTAGES = f"""
SELECT {_KEY}, {_VARIANT}, value, rounding, status, source, published,
  CONCAT(release, '#', locator) AS trace, ROW_NUMBER() OVER (
    PARTITION BY voice, {_KEY}, {_VARIANT}
    ORDER BY known DESC NULLS LAST, retrieved DESC, release DESC, locator) AS vintage
FROM before
"""

# At the mean rate of the figure's own period; a period without a rate gives no figure.
_CONVERTED = f"""
SELECT {_PASSED_ON},
  CASE WHEN b.currency = '{{currency}}' THEN b.value ELSE b.value / theirs.per_usd * own.per_usd END AS value,
  CASE WHEN b.currency = '{{currency}}' THEN b.rounding ELSE b.rounding / theirs.per_usd * own.per_usd END AS rounding,
  b.currency <> '{{currency}}' AS converted, [{{mark}}] AS trace
FROM before AS b
LEFT JOIN rates AS theirs ON theirs.currency = b.currency AND theirs.period = b.period
LEFT JOIN rates AS own ON own.currency = '{{currency}}' AND own.period = b.period
"""

# Annual figures as published; where a voice has none, the sum of its twelve months.
_YEARS = f"""
SELECT * FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY voice, {_KEY}, {_VARIANT} ORDER BY summed) AS made
  FROM (
    SELECT {_KEY}, {_VARIANT}, {_ORIGIN}, value, rounding, converted, summed, trace
    FROM before WHERE LENGTH(period) = 4
    UNION ALL
    SELECT reporter, partner, flow, SUBSTRING(period, 1, 4) AS period, product, nomenclature, {_VARIANT},
      MIN(status) AS status, MAX(release) AS release, MIN(locator) AS locator, MAX(source) AS source, voice,
      MIN(rank) AS rank, MAX(published) AS published, MAX(known) AS known, MAX(retrieved) AS retrieved,
      SUM(value) AS value, SUM(rounding) AS rounding, converted, TRUE AS summed, {{trace}} AS trace
    FROM before WHERE LENGTH(period) = 7
    GROUP BY reporter, partner, flow, SUBSTRING(period, 1, 4), product, nomenclature, {_VARIANT}, voice, converted
    HAVING COUNT(value) = 12) AS both_ways) AS ranked
WHERE made = 1
"""

# A figure before none; a declaration before an estimate or a reconciliation; then not so coarse a print that a
# conversion is nearer (a step above half a per cent of the figure: yearly mean rates turn the customs' yuan into their
# dollars within 0.1%); the currency asked for before a converted one; a fine print (a step below half a per mille,
# which three printed digits hide) before a rougher one; the source nearest to the declarant; the finest rounding
# (none: exact); published years before summed months; the latest; goods by origin or destination before consignment
# (IMTS 2010, 6.2).
_CHOSEN = f"""
SELECT * FROM (
  SELECT *, ROW_NUMBER() OVER (
    PARTITION BY {_KEY}
    ORDER BY CASE WHEN value IS NULL THEN 1 ELSE 0 END,
      CASE status WHEN 'reported' THEN 0 WHEN 'estimated' THEN 1 WHEN 'mirrored' THEN 2 ELSE 3 END,
      CASE WHEN rounding > 0.005 * ABS(value) THEN 1 ELSE 0 END, converted,
      CASE WHEN rounding > 0.0005 * ABS(value) THEN 1 ELSE 0 END, rank,
      rounding NULLS FIRST, summed, known DESC NULLS LAST, retrieved DESC,
      CASE WHEN partner_basis IN ('origin', 'destination') THEN 0 WHEN partner_basis IS NULL THEN 2 ELSE 1 END,
      valuation NULLS LAST, release DESC, locator) AS preference
  FROM before) AS preferred
WHERE preference = 1
"""

_ANSWER = f"""
SELECT {_KEY}, value, rounding, valuation, partner_basis, status, source, published, converted, trace FROM before
"""


def cells(ledger: Ledger, query: FlowQuery, *, trace: Trace = "release") -> exp.Select:
    """One row a cell: the latest vintage of each source, of these the preferred one.

    Args:
        ledger: the view that will be asked.
        query: which cells, in which currency, known when.
        trace: name the releases behind each figure, or the rows ("release#locator").

    Returns:
        An expression with the columns reporter, partner, flow, period, product, nomenclature, value (units of
        `query.currency`), rounding (the same), valuation, partner_basis, status, source, published, converted,
        trace (list of text). Ask it with `run`, or build a measure on it.
    """
    steps = _steps(ledger, query, trace, everyone=False)
    return _chain(steps)


def alternatives(ledger: Ledger, query: FlowQuery, *, trace: Trace = "release") -> exp.Select:
    """All figures for the cells asked for, each source's latest vintage: the disagreements, side by side.

    Args:
        ledger: the view that will be asked.
        query: which cells, in which currency, known when.
        trace: as in `cells`.

    Returns:
        An expression with the columns of `cells`, several rows a cell where several voices state it.
    """
    return _chain(_steps(ledger, query, trace, everyone=True))


def vintages(ledger: Ledger, query: FlowQuery) -> exp.Select:
    """What each voice said of each cell, and when: 1 is what stands, higher numbers were superseded.

    Args:
        ledger: the view that will be asked.
        query: which cells; its currency is not used, and nothing is summed.

    Returns:
        An expression with reporter, partner, flow, period, product, nomenclature, currency, valuation,
        partner_basis, value and rounding (units of the currency), status, source, published, trace
        ("release#locator"), vintage.
    """
    return _chain([_known(ledger, query, plan(ledger, query)), _template(_VINTAGES)])


def rows(ledger: Ledger, query: FlowQuery) -> exp.Select:
    """Rows as they are kept: every source and vintage, in their own currency and period.

    Args:
        ledger: the view that will be asked.
        query: which rows; its currency is not used, and nothing is summed.

    Returns:
        An expression with the columns of `core.schema.FLOW`.
    """
    found = plan(ledger, query)
    kept = _known(ledger, query, found)
    return kept.select(*(f"f.{name}" for name in FLOW.names), append=False, copy=False)


def _steps(ledger: Ledger, query: FlowQuery, trace: Trace, *, everyone: bool) -> list[exp.Select]:
    found = plan(ledger, query)
    steps = [_known(ledger, query, found)]
    if query.statuses is None:
        steps[0] = steps[0].where(_among("status", (Status.DOUBTED,)).not_(), copy=False)
    if not found.distinct:
        steps.append(_template(_CURRENT))
    steps.append(_priced(query, found, trace))
    if query.by == "year" and found.months:
        steps.append(_template(_YEARS.format(trace="LIST_SORT(LIST_DISTINCT(FLATTEN(ARRAY_AGG(trace))))")))
    if not (everyone or found.distinct):
        steps.append(_template(_CHOSEN))
    steps.append(_template(_ANSWER))
    return steps


def _chain(steps: list[exp.Select]) -> exp.Select:
    """Each step reads the step before it: nested, so that the engine reads only the columns asked for in the end."""
    made = steps[0]
    for number, step in enumerate(steps[1:]):
        readers = [node for node in step.find_all(exp.Table) if node.name == "before"]
        if len(readers) == 1:
            readers[0].replace(made.subquery(readers[0].alias_or_name, copy=False))
        else:
            for node in readers:
                node.set("this", exp.to_identifier(f"step_{number}"))
            step = step.with_(f"step_{number}", as_=made, copy=False)  # noqa: PLW2901  the step with what it reads
        made = step
    return made


def _template(sql: str) -> exp.Select:
    return cast(exp.Select, parsed(sql).copy())


def _known(ledger: Ledger, query: FlowQuery, found: Plan) -> exp.Select:
    select = _template(_KNOWN)
    flow = next(node for node in select.find_all(exp.Table) if node.name == "flow")
    pruned = table_of("flow", found.parts)
    pruned.set("alias", exp.TableAlias(this=exp.to_identifier("f")))
    flow.replace(pruned)
    return select.where(*_conditions(ledger, query, found), copy=False)


def _conditions(ledger: Ledger, query: FlowQuery, found: Plan) -> list[exp.Expression]:
    wanted: list[exp.Expression] = [
        *_area("reporter", query.reporters, found),
        *_area("partner", query.partners, found),
        _among("flow", query.flows),
    ]
    if query.products:
        wanted.append(_among("product", query.products))
    else:
        wanted.append(exp.column("product", table="f").neq("TOTAL"))
    if query.nomenclature is not None:
        wanted.append(_among("nomenclature", (query.nomenclature,)))
    if query.level is not None:
        wanted.append(exp.Length(this=exp.column("product", table="f")).eq(query.level))
    if query.basis is not None:
        wanted.append(_among("partner_basis", (query.basis,)))
    if query.statuses is not None:
        wanted.append(_among("status", query.statuses))
    if query.sources is not None:
        wanted.append(_among("release", sorted(r.id for r in ledger.releases.values() if r.source in query.sources)))
    wanted += _time(query, found)
    if query.as_of is not None:
        wanted.append(_as_of(query.as_of))
    return wanted


def _among(column: str, values: Iterable[str]) -> exp.Expression:
    listed = [exp.Literal.string(value) for value in values]
    node = exp.column(column, table="f")
    if not listed:
        return exp.false()
    return node.eq(listed[0]) if len(listed) == 1 else node.isin(*listed)


def _area(column: str, ids: tuple[str, ...], found: Plan) -> list[exp.Expression]:
    """The areas asked for; all but groups where none is named."""
    if ids:
        return [_among(column, ids)]
    return [_among(column, found.groups).not_()] if found.groups else []


def _time(query: FlowQuery, found: Plan) -> list[exp.Expression]:
    """The periods from which the answer is made."""
    period = exp.column("period", table="f")
    if query.by != "year" and query.periods:
        return [_among("period", query.periods)]
    years = [text[:4] for text in query.periods] or [f"{one:04d}" for one in query.years]
    if query.by == "native":
        start = exp.func("SUBSTRING", period, exp.convert(1), exp.convert(4))
        return [start.isin(*years)] if years else []
    if years:
        months = [f"{one}-{number:02d}" for one in years for number in range(1, 13)]
        by_year = [*years, *months] if found.months else years
        return [_among("period", by_year if query.by == "year" else months)]
    if found.everywhere <= USABLE[query.by]:
        return []
    return [exp.Length(this=period).isin(*(exp.convert(LENGTHS[kind]) for kind in sorted(USABLE[query.by])))]


def _as_of(day: dt.date) -> exp.Expression:
    """Published by that day; where the day of publication is unknown, a period that had ended by then."""
    tomorrow = day + dt.timedelta(days=1)
    ended = day if tomorrow.day == 1 else day.replace(day=1) - dt.timedelta(days=1)
    condition = parsed(
        "r.known <= CAST('{day}' AS DATE) OR (r.known IS NULL AND CASE WHEN LENGTH(f.period) = 4 "
        "THEN CONCAT(f.period, '-12') ELSE SUBSTRING(f.period, LENGTH(f.period) - 6, 7) END <= '{ended}')".format(
            day=day.isoformat(), ended=ended.strftime("%Y-%m")
        )
    )
    return exp.paren(condition)


def _priced(query: FlowQuery, found: Plan, trace: Trace) -> exp.Select:
    """Values and roundings in the currency asked for, and the trace of each row."""
    mark = "b.release" if trace == "release" else "CONCAT(b.release, '#', b.locator)"
    if set(found.currencies) <= {query.currency}:
        return _template(_NATIVE.format(mark=mark))
    select = _template(_CONVERTED.format(mark=mark, currency=query.currency))
    scope = RateScope((*found.currencies, query.currency), found.foreign, USABLE[query.by], query.periods)
    for node in list(select.find_all(exp.Table)):
        if node.name == "rates":
            node.replace(rates_of(node.alias, scope))
    return select
