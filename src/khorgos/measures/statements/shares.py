"""Shares, their change in points, and ranks: a figure among its like."""

from __future__ import annotations

import pyarrow as pa
from sqlglot import exp

from khorgos.core.findings import Finding
from khorgos.measures.measured import Definition
from khorgos.measures.remarks import Row, told
from khorgos.measures.statements.levels import FIGURE
from khorgos.measures.statements.relation import KEY, SERIES, Relation, all_but, build, columns, condition, same

SHARE = Definition(
    name="share",
    formula="s_k = V_k / V",
    unit="fraction",
    source="Mikić & Gilbert (2009), ST/ESCAP/2559, ch. V, 'Export/import/trade shares'; WITS Trade Indicators help",
    keys=KEY,
    units={
        **dict.fromkeys(("value_low", "value_high"), "fraction"),
        **dict.fromkeys(("level", "whole"), "currency"),
    },
)

SHARE_CHANGE = Definition(
    name="change of share",
    formula="100 (s_t - s_0)",
    unit="percentage points",
    source="arithmetic; points, never per cent",
    keys=SERIES,
    units=dict.fromkeys(("share", "base_share"), "fraction"),
)

RANK = Definition(
    name="rank",
    formula="1 + number of items strictly greater",
    unit="rank",
    source="standard competition ranking: ISO/IEC 9075-2, RANK()",
    keys=KEY,
    units={"level": "currency"},
)

# One row a cell and source: where a source quotes several voices, the finest and latest of them.
_VOICE = """
SELECT * FROM (
  SELECT *, ROW_NUMBER() OVER (
    PARTITION BY reporter, partner, flow, period, product, nomenclature, source
    ORDER BY converted, value_high - value_low, published DESC NULLS LAST, value) AS voice
  FROM r WHERE value IS NOT NULL
) AS voices WHERE voice = 1
"""

# Chosen because the smallest economies of the region trade with more than 50 partners: fewer than 30 in a
# source means that the source is a selection, and its sum no country's trade.
LEAST_PARTNERS = 30

_WIDEST = """
SELECT $columns FROM r AS v JOIN (
  SELECT $rest, source, ROW_NUMBER() OVER (
    PARTITION BY $rest ORDER BY n_items DESC, size DESC, source) AS nth
  FROM (
    SELECT $rest, source, COUNT(DISTINCT $item) AS n_items,
      SUM(ABS(value)) AS size
    FROM r GROUP BY $rest, source
  ) AS counted
) AS best ON best.source = v.source AND $same
WHERE best.nth = 1
"""

# s = p / (p + rest) rises in p and falls in the rest: intervals.share says the same of one pair.
_SHARE = """
SELECT reporter, partner, flow, period, product, nomenclature, RATIO(value, whole) AS value,
  CASE WHEN value >= 0 AND value_low < 0 THEN 0 WHEN value_low >= 0
    THEN RATIO(value_low, value_low + (whole_high - value_high)) END AS value_low,
  CASE WHEN value_low >= 0 THEN RATIO(value_high, value_high + (whole_low - value_low)) END AS value_high,
  value AS level, whole, universe, source, whole_source, converted, whole_trace AS trace
FROM (
  SELECT *, SUM(value) OVER w AS whole, SUM(value_low) OVER w AS whole_low, SUM(value_high) OVER w AS whole_high,
    CAST(COUNT(value) OVER w AS INT) AS universe,
    ARRAY_TO_STRING(LIST_SORT(LIST_DISTINCT(LIST(source) OVER w)), '+') AS whole_source,
    LIST_SORT(LIST_DISTINCT(FLATTEN(LIST(trace) OVER w))) AS whole_trace
  FROM (SELECT * FROM r WHERE value IS NOT NULL) AS known_figures
  WINDOW w AS (PARTITION BY $rest)
) AS with_whole
"""

_SUMMED = """
SELECT $keys, SUM(value) AS value, SUM(value_low) AS value_low, SUM(value_high) AS value_high,
  CASE WHEN COUNT(DISTINCT valuation) = 1 THEN MAX(valuation)
       WHEN COUNT(DISTINCT valuation) > 1 THEN 'FOB+CIF' END AS valuation,
  NAMES(status) AS status, NAMES(source) AS source, MAX(published) AS published,
  MAX(CASE WHEN converted THEN 1 ELSE 0 END) = 1 AS converted, MERGED(trace) AS trace
FROM r WHERE value IS NOT NULL
GROUP BY $rest
HAVING COUNT(DISTINCT $item) >= $least
"""

_SHARE_OF = """
SELECT p.reporter, p.partner, p.flow, p.period, p.product, p.nomenclature, RATIO(p.value, w.value) AS value,
  CASE WHEN p.value_low >= 0 AND w.value_low > 0 THEN p.value_low / w.value_high END AS value_low,
  CASE WHEN p.value_low >= 0 AND w.value_low > 0 THEN p.value_high / w.value_low END AS value_high,
  p.value AS level, w.value AS whole, CAST(NULL AS INT) AS universe, p.source,
  w.source AS whole_source, (p.converted OR w.converted) AS converted,
  BOTH(p.trace, w.trace) AS trace
FROM part AS p JOIN whole AS w ON $same
WHERE p.value IS NOT NULL AND w.value IS NOT NULL
"""

_CHANGE = """
SELECT v.reporter, v.partner, v.flow, v.product, v.nomenclature, v.period, b.period AS base_period,
  100 * (v.value - b.value) AS value, v.value AS share, b.value AS base_share, v.source, b.source AS base_source,
  BOTH(v.trace, b.trace) AS trace
FROM r AS v JOIN r AS b ON v.reporter = b.reporter AND v.partner = b.partner AND v.flow = b.flow
  AND v.product = b.product AND v.nomenclature = b.nomenclature
WHERE v.period = $period AND b.period = $base
"""

_RANK = """
WITH ranked_figures AS (
  SELECT *, RANK() OVER (PARTITION BY $rest ORDER BY $order DESC) AS place,
    COUNT(*) OVER (PARTITION BY $rest, value) > 1 AS tied, COUNT(*) OVER (PARTITION BY $rest) AS universe
  FROM r WHERE value IS NOT NULL
), doubtful_places AS (
  SELECT $key, 1 + SUM(CASE WHEN $surely_before THEN 1 ELSE 0 END) AS best,
    SUM(CASE WHEN $surely_after THEN 0 ELSE 1 END) AS worst
  FROM ranked_figures AS v JOIN ranked_figures AS u ON $same
  GROUP BY $key
)
SELECT v.reporter, v.partner, v.flow, v.period, v.product, v.nomenclature, CAST(v.place AS INT) AS value,
  CAST(d.best AS INT) AS best, CAST(d.worst AS INT) AS worst, v.tied, CAST(v.universe AS INT) AS universe,
  v.value AS level, v.source, v.converted, v.trace
FROM ranked_figures AS v JOIN doubtful_places AS d ON $here
"""


def widest(figure: Relation, over: str = "partner") -> exp.Select:
    """The rows of the one source, for each group, that covers most items: shares and ranks need one yardstick.

    Args:
        figure: every source's rows (FIGURE).
        over: the column whose items are compared.

    Returns:
        The columns FIGURE; ties go to the larger sum, then to the first name.
    """
    rest = [name for name in all_but(over) if name != "flow"]
    return build(
        _WIDEST,
        {"r": build(_VOICE, {"r": figure})},
        columns=columns(FIGURE, "v"),
        rest=columns(rest),
        item=exp.column(over),
        same=same("best", "v", rest),
    )


def share(level: Relation, over: str = "partner") -> exp.Select:
    """Share of each item in the sum of all items given: s_k = V_k / V. The shares of a group sum to one.

    Args:
        level: figures (FIGURE) that together make the whole, and nothing twice.
        over: the column whose items make the whole: "partner", "product", "reporter" or "flow".

    Returns:
        KEY, value (fraction) with its interval, level and whole (currency), universe (items with a
        figure), source, whole_source, converted, trace (of the whole).
    """
    return build(_SHARE, {"r": level}, rest=columns(all_but(over)))


def summed(level: Relation, over: str = "partner", least: int = 1) -> exp.Select:
    """The sum over all items given; none where a source lists fewer than `least` of them.

    Args:
        level: figures (FIGURE), nothing twice.
        over: the column to sum over; it becomes WLD, or TOTAL for products.
        least: number of items below which a source counts as a selection.

    Returns:
        The columns FIGURE.
    """
    rest = all_but(over)
    total = exp.Alias(this=exp.Literal.string("TOTAL" if over == "product" else "WLD"), alias=exp.to_identifier(over))
    return build(
        _SUMMED,
        {"r": level},
        keys=[total if name == over else exp.column(name) for name in KEY],
        rest=columns(rest),
        item=exp.column(over),
        least=least,
    )


def share_of(part: Relation, whole: Relation, over: str = "partner") -> exp.Select:
    """Share of figures in a whole that is a figure of its own, such as a publisher's world total.

    Args:
        part: figures (FIGURE).
        whole: figures (FIGURE) with one row for each combination of the other key columns.
        over: the column in which part and whole differ.
    """
    return build(_SHARE_OF, {"part": part, "whole": whole}, same=same("p", "w", all_but(over)))


def share_change(shares: Relation, period: str, base: str) -> exp.Select:
    """Change of shares between two periods in percentage points: 100 (s_t - s_0).

    Args:
        shares: what `share` or `share_of` returns.
        period: the later period.
        base: the earlier period.
    """
    return build(_CHANGE, {"r": shares}, period=period, base=base)


def rank(level: Relation, over: str = "partner", *, largest_first: bool = True) -> exp.Select:
    """Rank of each item among those given: 1 + number strictly greater; ties are marked.

    Args:
        level: figures (FIGURE): the universe.
        over: the column whose items are ranked.
        largest_first: False ranks the smallest first (the largest deficit among balances).

    Returns:
        KEY, value (the rank), best and worst (the ranks that the figures' rounding leaves open), tied,
        universe (items with a figure), level, source, converted, trace.
    """
    rest = all_but(over)
    above = "u.value_low > v.value_high" if largest_first else "u.value_high < v.value_low"
    below = "u.value_high < v.value_low" if largest_first else "u.value_low > v.value_high"
    return build(
        _RANK,
        {"r": level},
        rest=columns(rest),
        key=columns(KEY, "v"),
        order=exp.column("value") if largest_first else exp.Neg(this=exp.column("value")),
        surely_before=condition(above),
        surely_after=condition(below),
        same=same("u", "v", rest),
        here=same("d", "v", KEY),
    )


def judge_universe(table: pa.Table) -> list[Finding]:
    """Remarks on shares and ranks: more than one source behind one comparison."""
    rows = table.to_pylist()
    key = "whole_source" if "whole_source" in table.column_names else "source"
    return [
        *told(rows, "mixed-sources", lambda row: "+" in (row[key] or ""), "One comparison, several sources", "warning"),
        *told(rows, "thin-universe", _thin, "The source lists few partners: the comparison is among these", "warning"),
    ]


def _thin(row: Row) -> bool:
    return row.get("universe") is not None and row["product"] == "TOTAL" and row["universe"] < LEAST_PARTNERS
