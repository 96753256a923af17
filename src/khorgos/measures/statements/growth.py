"""Growth, contributions to it, and multiples: what became of a figure."""

from __future__ import annotations

from typing import Literal

import pyarrow as pa
from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.measures.measured import Definition, Sum
from khorgos.measures.remarks import Row, told
from khorgos.measures.statements.relation import KEY, SERIES, Relation, all_but, build, columns

GROWTH = Definition(
    name="growth",
    formula="100 (V_t / V_t-1 - 1)",
    unit="percent",
    source="OECD Glossary of Statistical Terms, 'Growth rate'; WITS Indicator Metadata, 'Country Growth (%)'",
    keys=KEY,
    units={
        **dict.fromkeys(("value_low", "value_high"), "percent"),
        **dict.fromkeys(("level", "base_level", "change"), "currency"),
    },
)

CONTRIBUTION = Definition(
    name="contribution to growth",
    formula="100 (V_kt - V_k,t-1) / V_t-1",
    unit="percentage points",
    source="Eurostat (2013), Handbook on quarterly national accounts, KS-GQ-13-004, contributions to growth",
    keys=KEY,
    units={
        "growth": "percent",
        "total_growth": "percent",
        **dict.fromkeys(("level", "base_level", "total_level", "total_base"), "currency"),
    },
    identity=Sum(within=("period",), to="total_growth"),
)

MULTIPLE = Definition(
    name="multiple",
    formula="V_1 / V_0",
    unit="times",
    source="arithmetic; 'up n times' is read both as V_1/V_0 = n and as V_1/V_0 = n + 1",
    keys=SERIES,
    units={
        "times_more": "times",
        **dict.fromkeys(("value_low", "value_high"), "times"),
        **dict.fromkeys(("level", "base_level"), "currency"),
    },
)

#: What a figure that is absent in one of two periods means: not known, or no trade at all.
Absent = Literal["missing", "nil"]

_GROWTH = """
SELECT reporter, partner, flow, period, base_period, product, nomenclature,
  CASE WHEN base_level > 0 THEN 100 * (level / base_level - 1) END AS value,
  CASE WHEN base_low > 0 THEN 100 * (LEAST(level_low / base_low, level_low / base_high) - 1) END AS value_low,
  CASE WHEN base_low > 0 THEN 100 * (GREATEST(level_high / base_low, level_high / base_high) - 1) END AS value_high,
  level, base_level, level - base_level AS change, source, base_source, (converted OR base_converted) AS converted,
  BOTH(trace, base_trace) AS trace
FROM (
  SELECT reporter, partner, flow, period, product, nomenclature, value AS level, value_low AS level_low,
    value_high AS level_high, source, converted, trace,
    FIRST_VALUE(period) OVER w AS base_period, FIRST_VALUE(value) OVER w AS base_level,
    FIRST_VALUE(value_low) OVER w AS base_low, FIRST_VALUE(value_high) OVER w AS base_high,
    FIRST_VALUE(source) OVER w AS base_source, FIRST_VALUE(converted) OVER w AS base_converted,
    FIRST_VALUE(trace) OVER w AS base_trace
  FROM (SELECT *, START(period) AS first_month, MONTHS(period) AS n_months FROM r) AS dated
  WINDOW w AS (PARTITION BY reporter, partner, flow, product, nomenclature, n_months
    ORDER BY first_month RANGE BETWEEN $months PRECEDING AND $months PRECEDING)
) AS paired
WHERE base_period IS NOT NULL
"""

# Items that are there in one of the two periods only are left out of both totals, or count as nil.
_CONTRIBUTION = """
SELECT reporter, partner, flow, period, base_period, product, nomenclature,
  RATIO(100 * (level - base_level), total_base) AS value,
  CASE WHEN base_level > 0 THEN 100 * (level / base_level - 1) END AS growth,
  100 * (RATIO(total_level, total_base) - 1) AS total_growth,
  level, base_level, total_level, total_base, source, base_source, trace
FROM (
  SELECT *, SUM(level) OVER w AS total_level, SUM(base_level) OVER w AS total_base
  FROM (
    SELECT n.reporter, n.partner, n.flow, n.product, n.nomenclature, $period AS period, $base AS base_period,
      CASE WHEN $nil THEN COALESCE(n.level, 0) ELSE n.level END AS level,
      CASE WHEN $nil THEN COALESCE(n.base_level, 0) ELSE n.base_level END AS base_level,
      n.source, n.base_source, n.trace
    FROM (
      SELECT reporter, partner, flow, product, nomenclature,
        MAX(CASE WHEN period = $period THEN value END) AS level,
        MAX(CASE WHEN period = $base THEN value END) AS base_level,
        MAX(CASE WHEN period = $period THEN source END) AS source,
        MAX(CASE WHEN period = $base THEN source END) AS base_source, MERGED(trace) AS trace
      FROM r WHERE period IN ($period, $base)
      GROUP BY reporter, partner, flow, product, nomenclature
    ) AS n
  ) AS filled
  WHERE level IS NOT NULL AND base_level IS NOT NULL
  WINDOW w AS (PARTITION BY $rest)
) AS summed
"""

_MULTIPLE = """
SELECT v.reporter, v.partner, v.flow, v.product, v.nomenclature, v.period, b.period AS base_period,
  CASE WHEN b.value > 0 THEN v.value / b.value END AS value,
  CASE WHEN b.value_low > 0 THEN LEAST(v.value_low / b.value_low, v.value_low / b.value_high) END AS value_low,
  CASE WHEN b.value_low > 0 THEN GREATEST(v.value_high / b.value_low, v.value_high / b.value_high) END AS value_high,
  CASE WHEN b.value > 0 THEN v.value / b.value - 1 END AS times_more, v.value AS level, b.value AS base_level,
  v.source, b.source AS base_source, BOTH(v.trace, b.trace) AS trace
FROM r AS v JOIN r AS b ON v.reporter = b.reporter AND v.partner = b.partner AND v.flow = b.flow
  AND v.product = b.product AND v.nomenclature = b.nomenclature
WHERE v.period = $period AND b.period = $base
"""


def growth(level: Relation, months: int = 12) -> exp.Select:
    """Growth of each figure on the one so many months earlier, of the same length: 100 (V_t / V_t-1 - 1).

    A gap gives no row. A base of zero or below gives no value: growth of a balance has no meaning.

    Args:
        level: figures (FIGURE); `value` in one currency. The currency matters: yuan and dollar growth differ.
        months: 12 for the year before, 1 for the month before, 60 for five years before.

    Returns:
        KEY, base_period, value (per cent) with value_low and value_high through the figures' rounding,
        level, base_level, change (currency), source, base_source, converted, trace.
    """
    if months < 1:
        raise BadInput(f"Growth looks back by one month at least, not by {months}")
    return build(_GROWTH, {"r": level}, months=months)


def contribution(
    level: Relation, period: str, base: str, over: str = "partner", absent: Absent = "missing"
) -> exp.Select:
    """Percentage points that each item adds to the growth of all: 100 (V_kt - V_k,t-1) / V_t-1.

    Args:
        level: figures (FIGURE), one row a cell, items that together make the total, and nothing twice.
        period: the later period.
        base: the earlier period.
        over: the column whose items are added up: "partner", "product", "reporter" or "flow".
        absent: an item absent in one of the periods is left out of both totals ("missing"), or had no
            trade in it ("nil": right where the source lists every item that traded).

    Returns:
        KEY, base_period, value (percentage points, adding up to total_growth), growth of the item (per
        cent), total_growth (per cent), the four levels, source, base_source, trace.
    """
    return build(
        _CONTRIBUTION,
        {"r": level},
        period=period,
        base=base,
        nil=exp.true() if absent == "nil" else exp.false(),
        rest=columns(all_but(over, SERIES)),
    )


def multiple(level: Relation, period: str, base: str) -> exp.Select:
    """How many times the earlier figure the later one is: V_1 / V_0, and V_1 / V_0 - 1 as `times_more`.

    Args:
        level: figures (FIGURE).
        period: the later period.
        base: the earlier period.
    """
    return build(_MULTIPLE, {"r": level}, period=period, base=base)


def judge_growth(table: pa.Table) -> list[Finding]:
    """Remarks on growth: breaks of source, conversions, bases that bear no rate."""
    rows = table.to_pylist()
    return [
        *told(rows, "source-break", _broken, "The two periods come from different sources", "warning"),
        *told(
            rows,
            "converted",
            lambda row: bool(row.get("converted")),
            "Growth of converted figures holds the exchange rate's own change",
        ),
        *told(
            rows, "no-base", lambda row: row["value"] is None, "No growth on a base that is missing, zero or negative"
        ),
    ]


def _broken(row: Row) -> bool:
    return row["source"] is not None and row["base_source"] is not None and row["source"] != row["base_source"]
