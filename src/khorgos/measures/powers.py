"""What several powers weigh in one country: trade over GDP and over all trade, side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.ledger.query import FlowQuery, Trace
from khorgos.ledger.statements import indicators
from khorgos.ledger.store import Ledger
from khorgos.measures.asking import asked_figures, asked_levels, grouped_levels, in_time, told, universe_levels
from khorgos.measures.draft import Draft
from khorgos.measures.evaluate import evaluate
from khorgos.measures.measured import Measured
from khorgos.measures.statements import influence as statements
from khorgos.measures.statements.levels import FIGURE, known, level
from khorgos.measures.statements.mirror import CIF_FOB, mirrored
from khorgos.measures.statements.relation import among, build, columns, where
from khorgos.measures.statements.shares import LEAST_PARTNERS, summed
from khorgos.nomenclature.groups import expand

#: World Bank, World Development Indicators: GDP in current US dollars.
GDP = "NY.GDP.MKTP.CD"

# A country's own reports; what others reconciled is not its own.
_DECLARED = ("reported", "estimated")

#: Whose figures: the country's own, or its partners' reports mirrored.
Basis = Literal["own", "mirror"]

# The publisher's own world total, else the sum over partners of the source that lists most of them.
_WHOLE = """
SELECT $columns FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY reporter, flow, period, product, nomenclature ORDER BY road) AS nth
  FROM (SELECT $columns, 1 AS road FROM printed UNION ALL SELECT $columns, 2 AS road FROM summed) AS roads
  WHERE value IS NOT NULL
) AS ordered WHERE nth = 1
"""


def influence(
    ledger: Ledger,
    countries: Sequence[str],
    of: Sequence[str],
    *,
    years: Sequence[int] = (),
    basis: Basis = "own",
    as_of: dt.date | None = None,
    trace: Trace = "release",
) -> Measured:
    """Trade with each power over the country's GDP, and over all its trade, side by side.

    (x_iA + m_iA) / GDP_i and (x_iA + m_iA) / (X_i + M_i), in US dollars.

    Args:
        ledger: the ledger to ask.
        countries: area ids of single countries.
        of: the powers: area ids, groups such as EU27 among them.
        years: calendar years; () for all.
        basis: "own" data of the countries, or the "mirror" of their partners' reports (CIF and FOB turned
            into each other by the IMF's factor 1.06), for countries that do not report.
        as_of: day up to which publications are known.
        trace: name releases or rows.

    Returns:
        value (fraction of GDP), share_of_trade (fraction), level, whole, gdp (US dollars).

    Source: Hirschman (1945), National Power and the Structure of Foreign Trade, ch. II.
    """
    draft = Draft(ledger, trace)
    query = _query(countries, of, years, as_of)
    return evaluate(
        draft,
        in_time(_influence(draft, query, basis), query),
        statements.INFLUENCE,
        currency=query.currency,
        parameters=told(query, basis=basis),
        judges=(statements.judge_influence,),
        notes=(f"mirrored at CIF = {CIF_FOB:g} FOB",) if basis == "mirror" else (),
    )


def asymmetric_dependence(
    ledger: Ledger,
    countries: Sequence[str],
    of: Sequence[str],
    *,
    years: Sequence[int] = (),
    as_of: dt.date | None = None,
    trace: Trace = "release",
) -> Measured:
    """Who depends more on whom, D_iA - D_Ai, with D over GDP and over all trade, each by its own data.

    Args:
        ledger: the ledger to ask.
        countries: area ids of single countries.
        of: area ids of single countries.
        years: calendar years; () for all.
        as_of: day up to which publications are known.
        trace: name releases or rows.

    Source: Hirschman (1945), National Power and the Structure of Foreign Trade, ch. II.
    """
    draft = Draft(ledger, trace)
    everyone = tuple(dict.fromkeys([*countries, *of]))
    query = _query(everyone, everyone, years, as_of)
    made = statements.asymmetric_dependence(in_time(_influence(draft, query, "own"), query))
    return evaluate(
        draft,
        where(made, among("reporter", countries), among("partner", of)),
        statements.ASYMMETRY,
        currency=query.currency,
        parameters=told(query),
    )


def _query(countries: Sequence[str], of: Sequence[str], years: Sequence[int], as_of: dt.date | None) -> FlowQuery:
    if not countries or not of:
        raise BadInput("Influence needs a country and at least one power")
    if groups := [area for area in countries if (area,) != expand((area,))]:
        raise BadInput(f"Influence is measured on single countries, not on {', '.join(groups)}")
    return FlowQuery(tuple(countries), tuple(of), ("total",), years=tuple(years), as_of=as_of, statuses=_DECLARED)


def _influence(draft: Draft, query: FlowQuery, basis: Basis) -> exp.Table:
    part, whole = _own(draft, query) if basis == "own" else _mirror(draft, query)
    gdp = indicators(draft.ledger, query.reporters, (GDP,), years=query.years, as_of=query.as_of)
    return draft.step("influence", statements.influence(part, whole, draft.step("gdp", gdp)))


def _own(draft: Draft, query: FlowQuery) -> tuple[exp.Table, exp.Table]:
    printed = asked_levels(draft, replace(query, partners=("WLD",)))
    everyone = universe_levels(draft, query, "partner")
    sums = summed(everyone, "partner", LEAST_PARTNERS)
    whole = build(_WHOLE, {"printed": printed, "summed": sums}, columns=columns(FIGURE))
    return asked_levels(draft, query), draft.step("whole", whole)


def _mirror(draft: Draft, query: FlowQuery) -> tuple[exp.Table, exp.Table]:
    asked = replace(query, reporters=(), partners=query.reporters, flows=("export", "import"), statuses=_DECLARED)
    own = draft.step("mirrored", known(level(mirrored(asked_figures(draft, asked)), "total")))
    return grouped_levels(draft, own, query), draft.step("whole", summed(own, "partner", LEAST_PARTNERS))
