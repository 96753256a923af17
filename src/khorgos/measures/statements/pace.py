"""Average growth over years, and the growth that a target still asks for."""

from __future__ import annotations

import pyarrow as pa
from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.measures.measured import Definition
from khorgos.measures.remarks import told
from khorgos.measures.statements.relation import SERIES, Relation, build, columns

CAGR = Definition(
    name="cagr",
    formula="100 ((V_T / V_0)^(1/T) - 1)",
    unit="percent per year",
    source="Mikić & Gilbert (2009), ST/ESCAP/2559; UNCTAD Handbook of Statistics, calculation methods",
    keys=SERIES,
    units={
        **dict.fromkeys(("value_low", "value_high"), "percent per year"),
        **dict.fromkeys(("level", "base_level"), "currency"),
    },
)

TREND = Definition(
    name="trend growth",
    formula="100 (e^b - 1), ln V_t = a + b t by least squares",
    unit="percent per year",
    source="UNCTAD Handbook of Statistics, calculation methods, 'Annual average growth rate'",
    keys=SERIES,
    units={"slope": "log points per year"},
)

REQUIRED = Definition(
    name="required rate",
    formula="100 ((T / V_t)^(1/(Y-t)) - 1); on track if the CAGR of the last n years is at least that",
    unit="percent per year",
    source="arithmetic",
    keys=("reporter", "partner", "flow", "product", "nomenclature", "target_year", "target"),
    units={
        **dict.fromkeys(("target", "level", "base_level", "path_next"), "currency"),
        **dict.fromkeys(("recent_rate",), "percent per year"),
        "progress": "fraction",
    },
)

_YEARLY = (
    "SELECT *, TRY_CAST(SUBSTRING(period, 1, 4) AS INT) AS y FROM r WHERE LENGTH(period) = 4 AND value IS NOT NULL"
)

_CAGR = """
SELECT v.reporter, v.partner, v.flow, v.product, v.nomenclature, v.period, b.period AS base_period,
  CASE WHEN b.value > 0 AND v.value > 0 THEN 100 * (POWER(v.value / b.value, 1.0 / (v.y - b.y)) - 1) END AS value,
  CASE WHEN b.value_low > 0 AND v.value_low > 0
    THEN 100 * (POWER(v.value_low / b.value_high, 1.0 / (v.y - b.y)) - 1) END AS value_low,
  CASE WHEN b.value_low > 0 AND v.value_low > 0
    THEN 100 * (POWER(v.value_high / b.value_low, 1.0 / (v.y - b.y)) - 1) END AS value_high,
  v.y - b.y AS years, v.value AS level, b.value AS base_level, v.source, b.source AS base_source,
  (v.converted OR b.converted) AS converted, BOTH(v.trace, b.trace) AS trace
FROM yearly AS v JOIN yearly AS b ON v.reporter = b.reporter AND v.partner = b.partner AND v.flow = b.flow
  AND v.product = b.product AND v.nomenclature = b.nomenclature
WHERE v.y = $last AND b.y = $first
"""

_TREND = """
SELECT $series, MIN(period) AS base_period, MAX(period) AS period,
  CASE WHEN MIN(value) > 0 AND COUNT(*) > 1 THEN 100 * (EXP(COVAR_POP(log_value, y) / NULLIF(VAR_POP(y), 0)) - 1)
    END AS value,
  CASE WHEN MIN(value) > 0 AND COUNT(*) > 1 THEN COVAR_POP(log_value, y) / NULLIF(VAR_POP(y), 0) END AS slope,
  CAST(COUNT(*) AS INT) AS n_years, CAST(MAX(y) - MIN(y) + 1 - COUNT(*) AS INT) AS n_missing,
  NAMES(source) AS source, MERGED(trace) AS trace
FROM (
  SELECT *, CASE WHEN value > 0 THEN LN(value) END AS log_value FROM yearly WHERE y BETWEEN $first AND $last
) AS logs
GROUP BY $series
"""

# The latest year with a figure is the base; the recent rate is the CAGR of the years before it.
_REQUIRED = """
SELECT t.reporter, t.partner, t.flow, t.product, t.nomenclature, CAST(t.target_year AS INT) AS target_year,
  CAST(t.target AS DOUBLE) AS target, v.period,
  CASE WHEN v.value > 0 AND t.target_year > v.y
    THEN 100 * (POWER(t.target / v.value, 1.0 / (t.target_year - v.y)) - 1) END AS value,
  CASE WHEN v.value > 0 AND b.value > 0 THEN 100 * (POWER(v.value / b.value, 1.0 / (v.y - b.y)) - 1) END AS recent_rate,
  b.period AS base_period,
  CASE WHEN t.target_year <= v.y OR v.value >= t.target THEN v.value >= t.target
    WHEN v.value > 0 AND b.value > 0
    THEN POWER(v.value / b.value, 1.0 / (v.y - b.y)) >= POWER(t.target / v.value, 1.0 / (t.target_year - v.y))
    END AS on_track,
  v.value >= t.target AS reached, t.target_year <= v.y AS due, v.value / t.target AS progress,
  CASE WHEN v.value > 0 AND t.target_year > v.y
    THEN v.value * POWER(t.target / v.value, 1.0 / (t.target_year - v.y)) END AS path_next,
  v.value AS level, b.value AS base_level, v.source, b.source AS base_source, BOTH(v.trace, b.trace) AS trace
FROM targets AS t
  JOIN (SELECT *, ROW_NUMBER() OVER (PARTITION BY $series ORDER BY y DESC) AS nth FROM yearly) AS v
    ON v.nth = 1 AND v.reporter = t.reporter AND v.partner = t.partner AND v.flow = t.flow
    AND v.product = t.product AND v.nomenclature = t.nomenclature
  LEFT JOIN yearly AS b ON b.y = v.y - $years AND b.reporter = v.reporter AND b.partner = v.partner
    AND b.flow = v.flow AND b.product = v.product AND b.nomenclature = v.nomenclature
"""


def _yearly(level: Relation) -> exp.Select:
    return build(_YEARLY, {"r": level})


def cagr(level: Relation, first: int, last: int) -> exp.Select:
    """Compound annual growth from one year to another: 100 ((V_T / V_0)^(1/T) - 1).

    Args:
        level: figures (FIGURE); whole years are used.
        first: the year to start from.
        last: the year to end with, later.

    Returns:
        SERIES, period, base_period, value (per cent per year) with its interval, years, level,
        base_level (currency), source, base_source, converted, trace.
    """
    _check_years(first, last)
    return build(_CAGR, {"yearly": _yearly(level)}, first=first, last=last)


def trend_growth(level: Relation, first: int, last: int) -> exp.Select:
    """Growth of the least-squares line through the logarithms: 100 (e^b - 1), ln V_t = a + b t.

    Not the CAGR: it uses every year of the stretch, not the two ends.

    Args:
        level: figures (FIGURE), all above zero; whole years are used.
        first: the first year.
        last: the last year, later.

    Returns:
        SERIES, base_period, period, value (per cent per year), slope (b), n_years, n_missing, source, trace.
    """
    _check_years(first, last)
    return build(_TREND, {"yearly": _yearly(level)}, first=first, last=last, series=columns(SERIES))


def required_rate(level: Relation, targets: Relation, years: int = 3) -> exp.Select:
    """Yearly growth that a target still asks for, and whether recent growth is up to it.

    r = 100 ((T / V_t)^(1/(Y-t)) - 1), t the latest year with a figure; on track if the CAGR of the last
    `years` years is at least r.

    Args:
        level: figures (FIGURE); whole years are used.
        targets: reporter, partner, flow, product, nomenclature, target (currency), target_year.
        years: length of the recent past in years. Chosen because targets run for five to seven years, and
            three years outlast one odd one.

    Returns:
        The targets with period (t), value (per cent per year; null once due), recent_rate, base_period,
        on_track (null where the past is missing), reached, due, progress (V_t / T), path_next (the
        required path one year on), level, base_level (currency), source, base_source, trace.
    """
    if years < 1:
        raise BadInput(f"A recent past has one year at least, not {years}")
    return build(_REQUIRED, {"yearly": _yearly(level), "targets": targets}, years=years, series=columns(SERIES))


def _check_years(first: int, last: int) -> None:
    if not first < last:
        raise BadInput(f"Average growth needs a later year than {first}, not {last}")


def judge_trend(table: pa.Table) -> list[Finding]:
    """Remarks on trends: years without a figure, several sources."""
    rows = table.to_pylist()
    return [
        *told(rows, "gap", lambda row: row["n_missing"] > 0, "The stretch has years without a figure", "warning"),
        *told(rows, "mixed-sources", lambda row: "+" in row["source"], "The stretch has several sources", "warning"),
    ]


def judge_required(table: pa.Table) -> list[Finding]:
    """Remarks on targets: no figure to judge the recent past by, a break of source in it."""
    rows = table.to_pylist()
    return [
        *told(rows, "no-base", lambda row: row["on_track"] is None, "The recent past is missing"),
        *told(
            rows,
            "source-break",
            lambda row: row["base_source"] not in (None, row["source"]),
            "The recent past comes from another source",
            "warning",
        ),
    ]
