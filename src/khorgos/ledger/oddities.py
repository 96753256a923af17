"""What looks odd in rows that could be right: negative values, jumps, sums that do not add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from khorgos.core.findings import Finding

# A value ten times that of the year before, or a tenth of it, is more often a unit mistaken than a fact.
_JUMP = 10.0
# In units of the currency. Chosen because series of small amounts jump by nature.
_JUMP_FLOOR = 1e7
# Share by which months may differ from their year before it is told; chosen because revisions stay below it mostly.
_MONTHS = 0.01
# Float sums of a dozen terms differ from a publisher's in the last digits only.
_FLOAT = 1e-9
# Findings listed one by one; chosen because nobody reads more. The rest is counted.
_LISTED = 20

_SERIES = "release, reporter, partner, product, nomenclature, currency, partner_basis"

_NEGATIVE = """
SELECT release || '#' || locator AS place, reporter || ' ' || flow || ' ' || partner || ' ' || period AS cell, value
FROM {rows} WHERE value < 0 AND flow IN ('export', 'import', 're-export', 're-import', 'total') ORDER BY value, place
"""

# Series are told apart by the hash of their long keys: one of two alike would cost a wrong warning, no more.
_JUMPS = f"""
SELECT release || '#' || locator AS place, reporter || ' ' || flow || ' ' || partner || ' ' || period AS cell,
  value, before FROM (
  SELECT *, lag(value) OVER series AS before, lag(period) OVER series AS last_period FROM {{rows}}
  WHERE product = 'TOTAL' AND length(period) = 4 AND value > 0
  WINDOW series AS (PARTITION BY hash({_SERIES}, flow, valuation) ORDER BY period))
WHERE period::INTEGER = last_period::INTEGER + 1 AND greatest(value, before) >= {_JUMP_FLOOR}
  AND greatest(value, before) >= {_JUMP} * least(value, before)
ORDER BY greatest(value / before, before / value) DESC, place
"""

# Each of three printed cells is off by up to half a step.
_SUMS = f"""
SELECT reporter || ' ' || partner || ' ' || period AS cell, printed, made FROM (
  SELECT reporter, partner, period, {{sum}} AS made, max(value) FILTER (WHERE flow = '{{flow}}') AS printed,
    coalesce(max(rounding), 0) AS step,
    sum(abs(value)) AS size
  FROM {{rows}} WHERE flow IN ('export', 'import', '{{flow}}') AND value IS NOT NULL AND status = 'reported'
  GROUP BY {_SERIES}, period HAVING count(DISTINCT flow) = 3 AND count(*) = 3)
WHERE abs(printed - made) > 1.5 * step + {_FLOAT} * size
ORDER BY abs(printed - made) DESC, cell
"""

_YEARS = f"""
SELECT reporter || ' ' || flow || ' ' || partner || ' ' || left(period, 4) AS cell,
  max(value) FILTER (WHERE length(period) = 4) AS printed,
  sum(value) FILTER (WHERE length(period) = 7) AS made
FROM {{rows}} WHERE length(period) IN (4, 7) AND value IS NOT NULL
GROUP BY {_SERIES}, flow, valuation, left(period, 4)
HAVING count(*) FILTER (WHERE length(period) = 7) = 12 AND count(*) FILTER (WHERE length(period) = 4) = 1
  AND abs(printed - made) > greatest({_MONTHS} * abs(printed), 6.5 * coalesce(max(rounding), 0) + {_FLOAT} * abs(made))
ORDER BY abs(printed - made) DESC, cell
"""


def oddities(con: duckdb.DuckDBPyConnection, table: str, relation: str) -> list[Finding]:
    """What looks odd in a relation of an engine. Only flows are looked at.

    Args:
        con: the engine.
        table: name in `core.schema.TABLES`.
        relation: name of a view with that table's columns.

    Returns:
        Warnings, the largest of each kind first, at most twenty of a kind and one that counts the rest.
    """
    if table != "flow":
        return []
    flows, lengths = _kinds(con, relation)
    found = _listed(con, _NEGATIVE.format(rows=relation), "negative-value", "{cell} is negative: {value:,.0f}")
    found += _listed(con, _JUMPS.format(rows=relation), "jump", "{cell} is {value:,.0f}, the year before {before:,.0f}")
    for flow, made in (("total", _signed("+")), ("balance", _signed("-"))):
        if flow not in flows:
            continue
        text = f"{{cell}}: exports and imports give a {flow} of {{made:,.0f}}, printed is {{printed:,.0f}}"
        found += _listed(con, _SUMS.format(rows=relation, flow=flow, sum=made), "broken-sum", text)
    if not {4, 7} <= lengths:
        return found
    text = "{cell}: twelve months make {made:,.0f}, the year as printed is {printed:,.0f}"
    return found + _listed(con, _YEARS.format(rows=relation), "months-year", text)


def _kinds(con: duckdb.DuckDBPyConnection, relation: str) -> tuple[set[str], set[int]]:
    """Flows and lengths of periods in the rows: some checks need several of them."""
    sql = f"SELECT list(DISTINCT flow), list(DISTINCT length(period)) FROM {relation}"
    flows, lengths = con.execute(sql).fetchone() or ([], [])
    return set(flows or ()), set(lengths or ())


def _signed(sign: str) -> str:
    return f"sum(CASE flow WHEN 'export' THEN value WHEN 'import' THEN {sign}value ELSE 0 END)"


def _listed(con: duckdb.DuckDBPyConnection, sql: str, code: str, text: str) -> list[Finding]:
    answer = con.execute(sql)
    names = [column[0] for column in answer.description or ()]
    first = [dict(zip(names, row, strict=True)) for row in answer.fetchmany(_LISTED)]
    more = 0
    while rows := answer.fetchmany(10_000):
        more += len(rows)
    return [*_told(first, code, text), *_counted(more, code)]


def _told(rows: Sequence[dict[str, Any]], code: str, text: str) -> list[Finding]:
    return [Finding(code, text.format(**row), "warning", row.get("place", row["cell"])) for row in rows]


def _counted(more: int, code: str) -> list[Finding]:
    return [Finding(code, f"{more:,} smaller ones of this kind are not listed", "warning")] if more else []
