"""What several partners weigh in one country's economy, side by side, and who depends more on whom."""

from __future__ import annotations

import pyarrow as pa
from sqlglot import exp

from khorgos.core.findings import Finding
from khorgos.measures.measured import Definition
from khorgos.measures.remarks import told
from khorgos.measures.statements.relation import KEY, Relation, build

INFLUENCE = Definition(
    name="influence",
    formula="(x_iA + m_iA) / GDP_i; (x_iA + m_iA) / (X_i + M_i)",
    unit="fraction of GDP",
    source="Hirschman (1945), National Power and the Structure of Foreign Trade, ch. II ('influence effect')",
    keys=KEY,
    units={
        **dict.fromkeys(("value_low", "value_high"), "fraction of GDP"),
        **dict.fromkeys(("share_of_trade", "share_low", "share_high"), "fraction"),
        **dict.fromkeys(("level", "whole", "gdp"), "currency"),
    },
)

ASYMMETRY = Definition(
    name="asymmetric dependence",
    formula="D_iA - D_Ai",
    unit="fraction",
    source="Hirschman (1945), National Power and the Structure of Foreign Trade, ch. II",
    keys=("reporter", "partner", "period", "product", "nomenclature", "basis"),
    units=dict.fromkeys(("dependence", "reverse"), "fraction"),
)

_INFLUENCE = """
SELECT p.reporter, p.partner, p.flow, p.period, p.product, p.nomenclature, RATIO(p.value, g.value) AS value,
  RATIO(p.value_low, g.value) AS value_low, RATIO(p.value_high, g.value) AS value_high,
  RATIO(p.value, w.value) AS share_of_trade, RATIO(p.value_low, w.value) AS share_low,
  RATIO(p.value_high, w.value) AS share_high, p.value AS level, w.value AS whole, g.value AS gdp, p.status, p.source,
  w.source AS whole_source, BOTH(p.trace, BOTH(w.trace, g.trace)) AS trace
FROM part AS p
  LEFT JOIN whole AS w ON w.reporter = p.reporter AND w.flow = p.flow AND w.period = p.period
    AND w.product = p.product AND w.nomenclature = p.nomenclature
  LEFT JOIN gdp AS g ON g.area = p.reporter AND g.period = p.period
WHERE p.value_low IS NOT NULL
"""

_ASYMMETRY = """
SELECT a.reporter, a.partner, a.period, a.product, a.nomenclature, k.basis,
  CASE k.basis WHEN 'GDP' THEN a.value - b.value ELSE a.share_of_trade - b.share_of_trade END AS value,
  CASE k.basis WHEN 'GDP' THEN a.value ELSE a.share_of_trade END AS dependence,
  CASE k.basis WHEN 'GDP' THEN b.value ELSE b.share_of_trade END AS reverse,
  a.source, b.source AS reverse_source, BOTH(a.trace, b.trace) AS trace
FROM r AS a JOIN r AS b ON a.reporter = b.partner AND a.partner = b.reporter AND a.flow = b.flow
  AND a.period = b.period AND a.product = b.product AND a.nomenclature = b.nomenclature
  CROSS JOIN (SELECT 'GDP' AS basis UNION ALL SELECT 'trade' AS basis) AS k
"""


def influence(part: Relation, whole: Relation, gdp: Relation) -> exp.Select:
    """Trade with each partner over the country's GDP, and over all its trade.

    (x_iA + m_iA) / GDP_i and (x_iA + m_iA) / (X_i + M_i).

    Args:
        part: total trade (FIGURE, flow "total") of the country with each partner.
        whole: its total trade with the world (FIGURE, partner WLD).
        gdp: area, period, value (in the currency of the trade), trace.

    Returns:
        KEY, value (fraction of GDP; null where GDP is not known) and share_of_trade (fraction), both with
        their intervals, which stand alone where a group lacks members, level, whole,
        gdp (currency), status, source, whole_source, trace.

    Source: Hirschman (1945), National Power and the Structure of Foreign Trade.
    """
    return build(_INFLUENCE, {"part": part, "whole": whole, "gdp": gdp})


def asymmetric_dependence(influences: Relation) -> exp.Select:
    """Who depends more on whom: D_iA - D_Ai, with D over GDP and over all trade.

    Args:
        influences: what `influence` returns, with both countries as reporters, each by its own data.

    Returns:
        reporter, partner, period, product, nomenclature, basis ("GDP" or "trade"), value (above zero:
        the reporter depends more), dependence, reverse (fractions), source, reverse_source, trace.
    """
    return build(_ASYMMETRY, {"r": influences})


def judge_influence(table: pa.Table) -> list[Finding]:
    """Remarks on influence: GDP or the whole missing, mirrored figures, several sources in one comparison."""
    rows = table.to_pylist()
    return [
        *told(rows, "no-gdp", lambda row: row["gdp"] is None, "GDP is not known, so trade over GDP is missing"),
        *told(rows, "no-whole", lambda row: row["whole"] is None, "All trade is not known, so the share is missing"),
        *told(
            rows, "partial-coverage", lambda row: row["level"] is None, "Members are missing: bounds only", "warning"
        ),
        *told(rows, "mirrored", lambda row: "mirrored" in (row["status"] or ""), "From partners' reports", "warning"),
        *told(
            [row for row in rows if row["whole"] is not None],
            "mixed-sources",
            lambda row: row["source"] != row["whole_source"],
            "Trade with the partner and all trade come from different sources",
        ),
    ]
