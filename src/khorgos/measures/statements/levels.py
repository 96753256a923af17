"""Exports, imports, total trade and balance, with the publisher's own total kept beside the computed one."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.core.schema import Flow
from khorgos.measures.intervals import Reading
from khorgos.measures.measured import Definition
from khorgos.measures.remarks import Row, told
from khorgos.measures.statements.relation import KEY, Relation, build, columns, condition, stack, where

#: Columns of a relation of figures: what every measure of this layer can start from.
FIGURE = (
    *KEY,
    *("value", "value_low", "value_high"),
    *("valuation", "status", "source", "published", "converted", "trace"),
)

#: Columns of a relation of levels: figures with the second-best road to the same figure beside them.
LEVEL = (
    *FIGURE,
    *("method", "alternative", "alternative_low", "alternative_high"),
    *("alternative_method", "alternative_source", "alternative_trace"),
)

FLOWS: tuple[str, ...] = ("export", "import", "total", "balance")

LEVELS = Definition(
    name="levels",
    formula="total = X + M; balance = X - M",
    unit="currency",
    source="WITS Trade Indicators help, 'Trade balance'; Mikić & Gilbert (2009), ST/ESCAP/2559, ch. III",
    keys=KEY,
    units={
        "coverage": "fraction",
        **dict.fromkeys(("value_low", "value_high", "alternative", "alternative_low", "alternative_high"), "currency"),
    },
)

# Inward and outward half-steps of a printed figure: intervals.printed says the same of a single number.
_INWARD = {"rounded": 0.5, "truncated": 0.0, "either": 0.5}
_OUTWARD = {"rounded": 0.5, "truncated": 1.0, "either": 1.0}

# Relative difference that is no news. Chosen because dollar tables made at monthly rates differ by some 0.3 per
# cent from yuan tables converted at the year's mean rate.
_RATES_DIFFER = 0.01

_FIGURES = """
SELECT reporter, partner, flow, period, product, nomenclature, value,
  value - COALESCE(rounding, 0) * CASE WHEN value < 0 THEN $outward ELSE $inward END AS value_low,
  value + COALESCE(rounding, 0) * CASE WHEN value < 0 THEN $inward ELSE $outward END AS value_high,
  valuation, status, source, published, converted, trace
FROM r
"""

_REPORTED = """
SELECT $columns, 'printed' AS method, CAST(NULL AS DOUBLE) AS alternative,
  CAST(NULL AS DOUBLE) AS alternative_low, CAST(NULL AS DOUBLE) AS alternative_high,
  CAST(NULL AS TEXT) AS alternative_method, CAST(NULL AS TEXT) AS alternative_source,
  CAST(NULL AS TEXT[]) AS alternative_trace
FROM r WHERE flow = $flow
"""

# X and M of one cell; a difference takes the other end of the second interval. `mixed`: the preferred rows
# of both sides, whatever their sources; `every`: any two rows of one source.
_BOTH_SIDES = """
SELECT x.reporter, x.partner, x.period, x.product, x.nomenclature, x.value + $sign * m.value AS value,
  x.value_low + LEAST($sign * m.value_low, $sign * m.value_high) AS value_low,
  x.value_high + GREATEST($sign * m.value_low, $sign * m.value_high) AS value_high,
  CASE WHEN x.valuation = m.valuation THEN x.valuation
       WHEN x.valuation IS NOT NULL AND m.valuation IS NOT NULL THEN 'FOB+CIF' END AS valuation,
  PAIR(x.status, m.status) AS status, PAIR(x.source, m.source) AS source,
  GREATEST(x.published, m.published) AS published, (x.converted OR m.converted) AS converted,
  BOTH(x.trace, m.trace) AS trace, x.source AS x_source, m.source AS m_source,
  CASE WHEN x.trace = m.trace THEN 0 ELSE 1 END AS apart
FROM {rows} AS x JOIN {rows} AS m
  ON x.reporter = m.reporter AND x.partner = m.partner AND x.period = m.period
  AND x.product = m.product AND x.nomenclature = m.nomenclature
WHERE x.flow = 'export' AND m.flow = 'import' AND x.value IS NOT NULL AND m.value IS NOT NULL
"""

# Where the preferred rows of the two sides come from different sources, one of these, or a third, may have both.
# place: 1 the preferred rows themselves, 2 the export's source, 3 the import's source, 4 a third.
# The order of roads, as of the ledger's cells: native currency before converted, the finest rounding, and then X
# and M of one source before the publisher's own total; two sources mixed come last.
_LEVEL = f"""
WITH level_mixed AS ({_BOTH_SIDES.format(rows="r")}
), level_every AS ({_BOTH_SIDES.format(rows="others")}
), level_placed AS (
  SELECT *, 1 AS place FROM level_mixed WHERE x_source = m_source
  UNION ALL
  SELECT c.*, CASE WHEN c.source = p.x_source THEN 2 WHEN c.source = p.m_source THEN 3 ELSE 4 END AS place
  FROM level_every AS c LEFT JOIN level_mixed AS p
    ON p.reporter = c.reporter AND p.partner = c.partner AND p.period = c.period
    AND p.product = c.product AND p.nomenclature = c.nomenclature
  WHERE c.x_source = c.m_source
), level_best AS (
  SELECT *, ROW_NUMBER() OVER (
    PARTITION BY reporter, partner, period, product, nomenclature
    ORDER BY place, converted, apart, value_high - value_low, published DESC NULLS LAST, source, value) AS nth
  FROM level_placed
), level_roads AS (
  SELECT $cell, $figure, 'computed' AS method, 1 AS tier FROM level_best WHERE nth = 1
  UNION ALL
  SELECT $cell, $figure, 'printed' AS method, 2 AS tier FROM r WHERE flow = $flow AND value IS NOT NULL
  UNION ALL
  SELECT $cell, $figure, 'computed from two sources' AS method, 3 AS tier FROM level_mixed WHERE x_source <> m_source
), level_order AS (
  SELECT *,
    ROW_NUMBER() OVER w AS nth, LEAD(value) OVER w AS alternative, LEAD(value_low) OVER w AS alternative_low,
    LEAD(value_high) OVER w AS alternative_high, LEAD(method) OVER w AS alternative_method,
    LEAD(source) OVER w AS alternative_source, LEAD(trace) OVER w AS alternative_trace
  FROM level_roads
  WINDOW w AS (PARTITION BY reporter, partner, period, product, nomenclature
    ORDER BY CASE WHEN tier = 3 THEN 1 ELSE 0 END, converted, value_high - value_low, tier)
), level_cells AS (
  SELECT DISTINCT reporter, partner, period, product, nomenclature FROM r WHERE flow IN ('export', 'import', $flow)
)
SELECT k.reporter, k.partner, $flow AS flow, k.period, k.product, k.nomenclature, $rest
FROM level_cells AS k LEFT JOIN (SELECT * FROM level_order WHERE nth = 1) AS o
  ON o.reporter = k.reporter AND o.partner = k.partner AND o.period = k.period
  AND o.product = k.product AND o.nomenclature = k.nomenclature
"""


def figures(cells: Relation, reading: Reading = "rounded") -> exp.Select:
    """The ledger's cells with the interval that each printed figure stands for.

    Args:
        cells: the columns of `ledger.cells`.
        reading: how the last printed digit was made.

    Returns:
        The columns FIGURE.
    """
    return build(_FIGURES, {"r": cells}, inward=_INWARD[reading], outward=_OUTWARD[reading])


def level(figure: Relation, flow: str, others: Relation | None = None) -> exp.Select:
    """One of exports, imports, total trade (X + M) and balance (X - M).

    A total or balance is computed from the two sides of one source where both are there, else it is the
    publisher's own, else it mixes two sources and says so. A publisher's own figure stands before one
    computed from sides that are converted or rounded more coarsely; the other road is kept as `alternative`.
    A side that is missing makes the figure missing, never zero.

    Args:
        figure: the columns FIGURE, one row a cell.
        flow: see `core.schema.Flow`.
        others: the same columns with every source's rows; where to look for a source with both sides.

    Returns:
        The columns LEVEL.

    Source: WITS Trade Indicators help, "Trade balance". X is FOB and M is CIF in most countries' own data.
    """
    if flow not in set(Flow):
        raise BadInput(f"Not a level: {flow!r}", hint=f"Choose one of {', '.join(Flow)}")
    if flow not in (Flow.TOTAL, Flow.BALANCE):
        return build(_REPORTED, {"r": figure}, columns=columns(FIGURE), flow=flow)
    return build(
        _LEVEL,
        {"r": figure, "others": figure if others is None else others},
        flow=flow,
        sign=1 if flow == Flow.TOTAL else -1,
        cell=columns([name for name in KEY if name != "flow"]),
        figure=columns(FIGURE[len(KEY) :]),
        rest=columns(LEVEL[len(KEY) :], table="o"),
    )


def levels(figure: Relation, flows: Sequence[str] = FLOWS, others: Relation | None = None) -> exp.Select:
    """Several levels under each other; see `level`."""
    return stack([level(figure, flow, others) for flow in flows], LEVEL)


def sides_of(flows: Sequence[str]) -> tuple[str, ...]:
    """The flows that the ledger must be asked for, for these levels to be made."""
    both = [Flow.EXPORT.value, Flow.IMPORT.value] if {Flow.TOTAL, Flow.BALANCE} & set(flows) else []
    return tuple(dict.fromkeys([*flows, *both]))


def known(relation: Relation) -> exp.Select:
    """The rows that have a value."""
    return where(relation, condition("value IS NOT NULL"))


def judge_levels(table: pa.Table) -> list[Finding]:
    """Remarks on levels: mixed valuations and sources, missing sides, conversions, disagreements."""
    rows = table.to_pylist()
    balances = [row for row in rows if row["flow"] == "balance"]
    return [
        *told(balances, "mixed-valuation", _mixed, "A balance of exports FOB and imports CIF", "warning"),
        *told(
            rows,
            "mixed-sources",
            lambda row: row["method"] == "computed from two sources",
            "Exports and imports come from different sources",
            "warning",
        ),
        *told(rows, "partial-coverage", _empty, "Exports or imports are missing, and so is the figure", "warning"),
        *told(rows, "converted", lambda row: bool(row["converted"]), "Converted from another currency"),
        *told(rows, "disagreement", _disagrees, "Two roads to one figure disagree beyond their rounding"),
    ]


def _mixed(row: Row) -> bool:
    return bool(row["valuation"] == "FOB+CIF")


def _empty(row: Row) -> bool:
    return row["value"] is None and row["method"] is None  # a group says by its method what is missing


def _disagrees(row: Row) -> bool:
    if row["alternative"] is None:
        return False
    apart = row["alternative_low"] > row["value_high"] or row["alternative_high"] < row["value_low"]
    return bool(apart and abs(row["alternative"] - row["value"]) > _RATES_DIFFER * abs(row["value"]))
