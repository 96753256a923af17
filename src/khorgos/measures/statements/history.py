"""Records, streaks and overtakes: what a series says about its past, with the stretch always stated."""

from __future__ import annotations

import pyarrow as pa
from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.measures.measured import Definition
from khorgos.measures.remarks import told
from khorgos.measures.statements.relation import KEY, SERIES, Relation, all_but, build, columns, same

RECORD = Definition(
    name="record",
    formula="V_t > max V_s for start <= s < t",
    unit="currency",
    source="arithmetic; a record is a statement about a stretch, so the stretch is stated",
    keys=KEY,
    units=dict.fromkeys(("previous_high", "previous_low"), "currency"),
)

STREAK = Definition(
    name="streak",
    formula="number of periods in a row with V_t above (below) V_t-1",
    unit="periods",
    source="arithmetic; a streak that reaches back to the first known figure is 'at least' so long",
    keys=(*SERIES, "start"),
    units=dict.fromkeys(("base_level", "level"), "currency"),
)

OVERTAKE = Definition(
    name="overtake",
    formula="sign(A_t - B_t) <> sign(A_s - B_s), s the figure before t",
    unit="currency",
    source="arithmetic; crossings are given both ways, and the gap in the data between the two periods is stated",
    keys=("period", "leader", "passed", "flow", "product", "nomenclature"),
    units=dict.fromkeys(("leader_level", "passed_level"), "currency"),
)

_DATED = """
SELECT *, START(period) AS first_month, MONTHS(period) AS n_months,
  CASE WHEN LENGTH(period) = 7 THEN 1 ELSE 12 END AS step
FROM r WHERE value IS NOT NULL
"""

_RECORD = """
SELECT v.reporter, v.partner, v.flow, v.period, v.product, v.nomenclature, v.value,
  v.value > p.previous_high AS highest, v.value < p.previous_low AS lowest,
  v.value_low > p.highest_high AS surely_highest, v.value_high < p.lowest_low AS surely_lowest,
  p.not_lower AS highest_since, p.not_higher AS lowest_since, p.previous_high, p.previous_low,
  p.stretch_start, CAST(p.n_before + 1 AS INT) AS n_periods,
  CAST((v.first_month - p.first_known) / v.step - p.n_before AS INT) AS n_missing,
  v.source, v.converted, BOTH(v.trace, p.past_trace) AS trace
FROM dated AS v JOIN (
  SELECT $key, v.n_months, MAX(u.value) AS previous_high, MIN(u.value) AS previous_low,
    MAX(u.value_high) AS highest_high, MIN(u.value_low) AS lowest_low,
    MAX(CASE WHEN u.value >= v.value THEN u.period END) AS not_lower,
    MAX(CASE WHEN u.value <= v.value THEN u.period END) AS not_higher,
    MIN(u.period) AS stretch_start, MIN(u.first_month) AS first_known, COUNT(*) AS n_before,
    MERGED(u.trace) AS past_trace
  FROM dated AS v JOIN dated AS u ON $same AND u.n_months = v.n_months AND u.first_month < v.first_month
  GROUP BY $key, v.n_months
) AS p ON $here AND p.n_months = v.n_months
"""

_STREAK = """
WITH moves AS (
  SELECT *, CASE WHEN value > base_level THEN 1 WHEN value < base_level THEN -1 ELSE 0 END AS direction,
    MIN(first_month) OVER (PARTITION BY $series, n_months) AS first_known,
    MAX(first_month) OVER (PARTITION BY $series, n_months) AS last_known
  FROM (
    SELECT *, FIRST_VALUE(value) OVER w AS base_level, FIRST_VALUE(trace) OVER w AS base_trace
    FROM dated
    WINDOW w AS (PARTITION BY $series, n_months
      ORDER BY first_month RANGE BETWEEN $months PRECEDING AND $months PRECEDING)
  ) AS with_base
  WHERE base_level IS NOT NULL
), runs AS (
  SELECT *, SUM(begins) OVER (PARTITION BY $series, n_months ORDER BY first_month
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run
  FROM (
    SELECT *, CASE WHEN LAG(direction) OVER w = direction AND LAG(first_month) OVER w = first_month - step
      THEN 0 ELSE 1 END AS begins
    FROM moves
    WINDOW w AS (PARTITION BY $series, n_months ORDER BY first_month)
  ) AS marked
)
SELECT $series, MIN(period) AS start, MAX(period) AS period, CAST(COUNT(*) AS INT) AS value,
  CASE MAX(direction) WHEN 1 THEN 'up' WHEN -1 THEN 'down' ELSE 'level' END AS direction,
  MIN(first_month) = MIN(first_known) AS at_least, MAX(first_month) = MAX(last_known) AS ongoing,
  MAX_BY(value, first_month) AS level, MIN_BY(base_level, first_month) AS base_level,
  NAMES(source) AS source, BOTH(MERGED(trace), MERGED(base_trace)) AS trace
FROM runs GROUP BY $series, n_months, run
"""

_OVERTAKE = """
WITH apart AS (
  SELECT $rest, $a AS one, $b AS other, a.first_month, a.step, a.value AS one_level, b.value AS other_level,
    a.value - b.value AS gap, a.value_low - b.value_high AS gap_low, a.value_high - b.value_low AS gap_high,
    a.n_months, PAIR(a.source, b.source) AS source, BOTH(a.trace, b.trace) AS trace,
    ROW_NUMBER() OVER (PARTITION BY $series_a, a.n_months ORDER BY a.first_month) AS nth
  FROM dated AS a JOIN dated AS b ON $same AND $item_a = $a AND $item_b = $b
), steps AS (
  SELECT *, LAG(gap) OVER w AS gap_before, LAG(gap_low) OVER w AS low_before, LAG(gap_high) OVER w AS high_before,
    LAG(period) OVER w AS before, LAG(first_month) OVER w AS month_before, LAG(source) OVER w AS source_before,
    LAG(trace) OVER w AS trace_before, LAG(nth) OVER w AS nth_before
  FROM apart WHERE gap <> 0
  WINDOW w AS (PARTITION BY $series, n_months ORDER BY first_month)
)
SELECT $names, before, CASE WHEN gap > 0 THEN one ELSE other END AS leader,
  CASE WHEN gap > 0 THEN other ELSE one END AS passed, ABS(gap) AS value,
  GREATEST(one_level, other_level) AS leader_level, LEAST(one_level, other_level) AS passed_level,
  (gap_low > 0 AND high_before < 0) OR (gap_high < 0 AND low_before > 0) AS certain,
  CAST((first_month - month_before) / step - (nth - nth_before) AS INT) AS n_missing,
  PAIR(source, source_before) AS source, BOTH(trace, trace_before) AS trace
FROM steps WHERE (gap > 0 AND gap_before < 0) OR (gap < 0 AND gap_before > 0)
"""


def _dated(level: Relation) -> exp.Select:
    return build(_DATED, {"r": level})


def record(level: Relation) -> exp.Select:
    """Is a figure the highest (lowest) of its series so far, and since when?

    Args:
        level: figures (FIGURE); the stretch that is there is the stretch that is meant.

    Returns:
        KEY, value (currency), highest and lowest (of the stretch), surely_highest and surely_lowest
        (whatever the rounding hides), highest_since and lowest_since (the last earlier period with a
        figure not lower, not higher; null where none), previous_high, previous_low, stretch_start,
        n_periods (with a figure), n_missing (without), source, converted, trace. The first figure of
        a series has no row: it has no past.
    """
    return build(
        _RECORD,
        {"dated": _dated(level)},
        key=columns(KEY, "v"),
        same=same("u", "v", SERIES),
        here=same("p", "v", KEY),
    )


def streaks(level: Relation, months: int = 12) -> exp.Select:
    """Runs of periods, one after the other, in which a figure rose (fell) on the one `months` earlier.

    Args:
        level: figures (FIGURE).
        months: what each figure is compared with: 12 the year before, 1 the month before.

    Returns:
        SERIES, start and period (first and last of the run), value (its length in periods), direction
        ("up", "down", "level"), at_least (it reaches back to the first known comparison), ongoing (it
        reaches the last), level, base_level (before the run), source, trace. A gap ends a run.
    """
    if months < 1:
        raise BadInput(f"A streak looks back by one month at least, not by {months}")
    return build(_STREAK, {"dated": _dated(level)}, series=columns(SERIES), months=months)


def overtakes(level: Relation, a: str, b: str, over: str = "partner") -> exp.Select:
    """When one item passed another, both ways.

    Args:
        level: figures (FIGURE) of both items.
        a: one item's id, e.g. "CHN".
        b: the other's, e.g. "RUS".
        over: the column in which they stand.

    Returns:
        The other key columns, period (the first with the new order), before (the last with the old),
        leader, passed, value (lead in currency), leader_level, passed_level, certain (whatever the
        rounding hides), n_missing (periods between the two without figures), source, trace.
    """
    rest = all_but(over)
    series = [name for name in rest if name != "period"]
    return build(
        _OVERTAKE,
        {"dated": _dated(level)},
        rest=columns(rest, "a"),
        names=columns(rest),
        series=columns(series),
        series_a=columns(series, "a"),
        a=a,
        b=b,
        item_a=exp.column(over, "a"),
        item_b=exp.column(over, "b"),
        same=same("a", "b", rest),
    )


def judge_record(table: pa.Table) -> list[Finding]:
    """Remarks on records: gaps in the stretch."""
    rows = table.to_pylist()
    return told(rows, "gap", lambda row: row["n_missing"] > 0, "The stretch has periods without a figure", "warning")


def judge_overtake(table: pa.Table) -> list[Finding]:
    """Remarks on overtakes: gaps, several sources, and crossings that rounding may have made."""
    rows = table.to_pylist()
    return [
        *told(rows, "gap", lambda row: row["n_missing"] > 0, "Periods without a figure lie between", "warning"),
        *told(
            rows, "mixed-sources", lambda row: "+" in row["source"], "The figures come from several sources", "warning"
        ),
        *told(rows, "rounding", lambda row: not row["certain"], "Rounding alone could have made the crossing"),
    ]
