"""Part-years: January to a month that all have, and what a part-year says of the whole."""

from __future__ import annotations

import pyarrow as pa
from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.measures.measured import Definition
from khorgos.measures.statements.growth import judge_growth
from khorgos.measures.statements.relation import KEY, SERIES, Relation, build, columns

YEAR_TO_DATE = Definition(
    name="year to date",
    formula="sum of months 1..m of t against the same months of t-1; m the latest month that all have",
    unit="currency",
    source="arithmetic; China's customs publish January and February together",
    keys=KEY,
    units={
        **dict.fromkeys(("value_low", "value_high", "base_level", "change"), "currency"),
        **dict.fromkeys(("growth", "growth_low", "growth_high"), "percent"),
    },
)

ANNUALISED = Definition(
    name="annualised part-year",
    formula="V 12 / m, and V (full year t-1) / (same months t-1)",
    unit="currency",
    source="arithmetic; two answers, for seasons differ",
    keys=(*KEY, "method"),
    units=dict.fromkeys(("level",), "currency"),
)

# Single months and January-February together; where both are there, the single months.
_PIECES = """
SELECT * FROM (
  SELECT *, SUM(CASE WHEN n_months = 1 AND first_month % 12 < 2 THEN 1 ELSE 0 END)
    OVER (PARTITION BY $series, y) AS early
  FROM (
    SELECT *, START(period) AS first_month, MONTHS(period) AS n_months, TRY_CAST(SUBSTRING(period, 1, 4) AS INT) AS y
    FROM r WHERE value IS NOT NULL
  ) AS dated_figures
) AS counted
WHERE (n_months = 1 AND (early = 2 OR first_month % 12 > 1)) OR (n_months = 2 AND first_month % 12 = 0 AND early < 2)
"""

# Two roads to January..m: what the publisher prints for it, and the sum of the months; the publisher's
# own comes first, for it holds his revisions of the earlier months.
_CUMULATED = """
SELECT $series, y, m, value, value_low, value_high, source, converted, trace, method FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY $series, y, m ORDER BY converted, method) AS nth FROM (
    SELECT $series, y, n_months AS m, value, value_low, value_high, source, converted, trace, 'printed' AS method
    FROM (
      SELECT *, START(period) AS first_month, MONTHS(period) AS n_months,
        TRY_CAST(SUBSTRING(period, 1, 4) AS INT) AS y
      FROM r WHERE value IS NOT NULL
    ) AS spans WHERE first_month % 12 = 0 AND n_months <= 12
    UNION ALL
    SELECT $series, y, m, value, value_low, value_high, source, converted, trace, 'sum of months' AS method
    FROM (
      SELECT $series, y, first_month % 12 + n_months AS m, SUM(n_months) OVER w AS covered,
        SUM(value) OVER w AS value, SUM(value_low) OVER w AS value_low, SUM(value_high) OVER w AS value_high,
        ARRAY_TO_STRING(LIST_SORT(LIST_DISTINCT(LIST(source) OVER w)), '+') AS source,
        MAX(CASE WHEN converted THEN 1 ELSE 0 END) OVER w = 1 AS converted,
        LIST_SORT(LIST_DISTINCT(FLATTEN(LIST(trace) OVER w))) AS trace
      FROM pieces
      WINDOW w AS (PARTITION BY $series, y ORDER BY first_month ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ) AS running WHERE covered = m
  ) AS roads
) AS preferred WHERE nth = 1
"""

_TO_DATE = """
WITH cumulated_rows AS (
  SELECT * FROM cumulated WHERE y IN ($year, $year - 1)
), common_month AS (
  SELECT MAX(m) AS m FROM (
    SELECT m FROM cumulated_rows GROUP BY m
    HAVING COUNT(*) = (SELECT 2 * COUNT(*) FROM (SELECT DISTINCT $series FROM cumulated_rows) AS all_series)
  ) AS complete WHERE m <= $month
)
SELECT v.reporter, v.partner, v.flow, SPAN(v.y, v.m) AS period, v.product, v.nomenclature,
  SPAN(b.y, b.m) AS base_period,
  v.value, v.value_low, v.value_high, b.value AS base_level, v.value - b.value AS change,
  CASE WHEN b.value > 0 THEN 100 * (v.value / b.value - 1) END AS growth,
  CASE WHEN b.value_low > 0 THEN 100 * (v.value_low / b.value_high - 1) END AS growth_low,
  CASE WHEN b.value_low > 0 THEN 100 * (v.value_high / b.value_low - 1) END AS growth_high,
  CAST(v.m AS INT) AS months, v.method, v.source, b.source AS base_source, (v.converted OR b.converted) AS converted,
  BOTH(v.trace, b.trace) AS trace
FROM cumulated_rows AS v JOIN cumulated_rows AS b ON v.reporter = b.reporter AND v.partner = b.partner
  AND v.flow = b.flow AND v.product = b.product AND v.nomenclature = b.nomenclature AND v.m = b.m AND b.y = v.y - 1
  JOIN common_month AS c ON c.m = v.m
WHERE v.y = $year
"""

_ANNUALISED = """
WITH to_date_rows AS (
  SELECT * FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY $series ORDER BY m DESC) AS nth
    FROM cumulated WHERE y = $year AND m <= $month
  ) AS latest WHERE nth = 1
), year_before AS (
  SELECT * FROM cumulated WHERE y = $year - 1
)
SELECT * FROM (SELECT $series, $year_text AS period, 'proportional' AS method, value * 12 / m AS value, value AS level,
  SPAN(y, m) AS from_period, source, trace
FROM to_date_rows
UNION ALL
SELECT v.reporter, v.partner, v.flow, v.product, v.nomenclature, $year_text AS period, 'seasonal' AS method,
  CASE WHEN s.value > 0 THEN v.value * w.value / s.value END AS value, v.value AS level, SPAN(v.y, v.m) AS from_period,
  v.source, BOTH(v.trace, BOTH(w.trace, s.trace)) AS trace
FROM to_date_rows AS v
  JOIN year_before AS w ON w.m = 12 AND v.reporter = w.reporter AND v.partner = w.partner AND v.flow = w.flow
    AND v.product = w.product AND v.nomenclature = w.nomenclature
  JOIN year_before AS s ON s.m = v.m AND v.reporter = s.reporter AND v.partner = s.partner AND v.flow = s.flow
    AND v.product = s.product AND v.nomenclature = s.nomenclature
) AS answers
"""


def _cumulated(figure: Relation) -> exp.Select:
    pieces = build(_PIECES, {"r": figure}, series=columns(SERIES))
    return build(_CUMULATED, {"r": figure, "pieces": pieces}, series=columns(SERIES))


def year_to_date(figure: Relation, year: int, month: int = 12) -> exp.Select:
    """January to a month against the same months of the year before, the month being common to all series.

    Args:
        figure: figures (FIGURE) as published ("native"): months, January-February together, and
            January-to-month spans. A span as printed is used before the sum of its months.
        year: the later of the two years.
        month: no later month than this, 1..12.

    Returns:
        KEY (period such as 2024-01..2024-05), base_period, value with its interval, base_level, change
        (currency), growth with its interval (per cent), months (m), method ("printed" or "sum of
        months"), source, base_source, converted, trace. No rows where no month is common to all.
    """
    _check_month(month)
    return build(_TO_DATE, {"cumulated": _cumulated(figure)}, year=year, month=month, series=columns(SERIES))


def annualised(figure: Relation, year: int, month: int = 12) -> exp.Select:
    """What a part-year would make of the whole year, twice: V 12 / m, and V (full year t-1) / (same months t-1).

    Args:
        figure: figures (FIGURE) as published ("native"), with the year before for the second answer.
        year: the unfinished year.
        month: no later month than this, 1..12.

    Returns:
        KEY, method ("proportional" or "seasonal"), value and level (currency), from_period, source, trace.
    """
    _check_month(month)
    return build(
        _ANNUALISED,
        {"cumulated": _cumulated(figure)},
        year=year,
        year_text=str(year),
        month=month,
        series=columns(SERIES),
    )


def _check_month(month: int) -> None:
    if not 1 <= month <= 12:
        raise BadInput(f"There is no month {month}")


def judge_to_date(table: pa.Table) -> list[Finding]:
    """Remarks on a year to date: breaks of source and conversions."""
    growth = table.append_column("level", table["value"]).set_column(
        table.column_names.index("value"), "value", table["growth"]
    )
    return judge_growth(growth)
