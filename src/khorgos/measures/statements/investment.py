"""Sums of a tracker of investment and construction contracts, the two kinds always apart."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.measures.measured import Definition
from khorgos.measures.remarks import told
from khorgos.measures.statements.relation import Relation, build, columns, condition

#: What investment can be summed by.
BY = ("country", "sector", "year")

INVESTMENT = Definition(
    name="investment",
    formula="sum of contracts by country, sector and year; investment and construction apart",
    unit="currency",
    source="AEI China Global Investment Tracker: contracts of about USD 95-100 million and more",
    keys=("origin", "kind", "currency", *BY),
    units={"largest": "currency"},
)

_SUMS = """
SELECT origin, kind, currency, $by, SUM(value) AS value, CAST(COUNT(value) AS INT) AS n_contracts,
  CAST(COUNT(*) - COUNT(value) AS INT) AS n_without_value, MAX(value) AS largest,
  CAST(SUM(CASE WHEN nth > 1 THEN 1 ELSE 0 END) AS INT) AS n_alike,
  MERGED($mark) AS trace
FROM (
  SELECT *, destination AS country, SUBSTRING(period, 1, 4) AS year,
    ROW_NUMBER() OVER (PARTITION BY investor, origin, destination, period, value, kind, sector
      ORDER BY ARRAY_TO_STRING(trace, '')) AS nth
  FROM r
) AS contracts
GROUP BY origin, kind, currency, $by
"""


def investment_sums(contracts: Relation, by: Sequence[str] = BY, *, rows: bool = False) -> exp.Select:
    """Sums and numbers of contracts; investment and construction are never added together.

    Args:
        contracts: the columns of `ledger.investments`, each contract once.
        by: some of "country", "sector" and "year", in the order wanted.
        rows: trace to rows ("release#locator") instead of releases.

    Returns:
        origin, kind, currency, the columns asked for, value (sum, in units of the currency; null where no
        contract has a value), n_contracts (with a value), n_without_value, largest, n_alike (rows that
        repeat another in investor, country, month, value, kind and sector), trace.
    """
    if not by or any(name not in BY for name in by) or len(set(by)) < len(by):
        raise BadInput(f"Investment cannot be summed by {', '.join(by)!r}", hint=f"Choose from {', '.join(BY)}")
    mark = "trace" if rows else "[SPLIT_PART(ARRAY_TO_STRING(trace, ''), '#', 1)]"
    return build(_SUMS, {"r": contracts}, by=columns(by), mark=condition(mark))


def judge_investment(table: pa.Table) -> list[Finding]:
    """Remarks on investment: the tracker's threshold, rows that look alike, contracts without a value."""
    rows = table.to_pylist()
    threshold = "The tracker holds contracts of about USD 100 million and more: small ones are not in the sums."
    return [
        *([Finding("threshold", threshold)] if rows else []),
        *told(
            rows, "alike", lambda row: row["n_alike"] > 0, "Some contracts repeat another one and may be counted twice"
        ),
        *told(rows, "no-value", lambda row: row["n_without_value"] > 0, "Some contracts have no value"),
    ]
