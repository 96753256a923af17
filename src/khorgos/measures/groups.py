"""Sums over groups of countries behind a coverage gate, beside the publisher's own group figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa
from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.measures.levels import LEVEL
from khorgos.measures.measured import Definition
from khorgos.measures.relation import KEY, Relation, build, columns, rows_of, stack
from khorgos.measures.remarks import Row, told

#: Columns of a group's figures: levels, and how much of the group stands behind them.
GROUP = (*LEVEL, "coverage", "n_members", "missing")

GROUP_LEVELS = Definition(
    name="group levels",
    formula="sum of V_i over the members i; bounded or refused where members are missing",
    unit="currency",
    source="UNCTAD Handbook of Statistics, notes: group values are sums of the economies in the group",
    keys=KEY,
    units={
        **dict.fromkeys(("value_low", "value_high", "alternative", "alternative_low", "alternative_high"), "currency"),
        "coverage": "fraction",
    },
)

# Share of a group's trade that must be known, for bounds to be given. Chosen because a missing tenth moves a
# growth rate by ten points at most, and more than that changes what a reader concludes.
LEAST_COVERAGE = 0.9

# Each member in each period, asked of each combination of the other keys; `reference` is the largest figure
# that the member shows in the stretch, which weighs a member where its figure is missing.
_SUMS = """
WITH known_rows AS (
  SELECT $side AS member, $other AS other, flow, period, product, nomenclature,
    value, value_low, value_high, valuation, status, source, published, converted, trace
  FROM r WHERE value IS NOT NULL
), member_cells AS (
  SELECT c.other, c.flow, c.product, c.nomenclature, m.period, m.grp, m.member,
    f.value, f.value_low, f.value_high, f.valuation, f.status, f.source, f.published, f.converted, f.trace,
    MAX(f.value) OVER w AS reference, MAX(f.value_high) OVER w AS reference_high
  FROM (SELECT DISTINCT other, flow, product, nomenclature FROM known_rows) AS c
    CROSS JOIN members AS m
    LEFT JOIN known_rows AS f ON f.member = m.member AND f.period = m.period AND f.other = c.other
      AND f.flow = c.flow AND f.product = c.product AND f.nomenclature = c.nomenclature
  WINDOW w AS (PARTITION BY c.other, c.flow, c.product, c.nomenclature, m.member)
), group_sums AS (
  SELECT other, grp, flow, product, nomenclature, period, SUM(value) AS total,
    SUM(value_low) AS total_low, SUM(value_high) AS total_high,
    SUM(CASE WHEN value IS NULL THEN reference_high END) AS missing_high,
    SUM(CASE WHEN value IS NULL AND reference IS NULL THEN 1 ELSE 0 END) AS unknown,
    SUM(CASE WHEN value IS NULL THEN 1 ELSE 0 END) AS n_missing, COUNT(*) AS n_members,
    SUM(CASE WHEN value IS NOT NULL THEN reference END) / NULLIF(SUM(reference), 0) AS coverage,
    COALESCE(LIST_SORT(LIST(member) FILTER (WHERE value IS NULL)), CAST([] AS TEXT[])) AS missing,
    CASE WHEN COUNT(DISTINCT valuation) = 1 THEN MAX(valuation)
         WHEN COUNT(DISTINCT valuation) > 1 THEN 'FOB+CIF' END AS valuation,
    NAMES(status) AS status, NAMES(source) AS source, MAX(published) AS published,
    MAX(CASE WHEN converted THEN 1 ELSE 0 END) = 1 AS converted, MERGED(trace) AS trace
  FROM member_cells GROUP BY other, grp, flow, product, nomenclature, period
)
SELECT $reporter AS reporter, $partner AS partner, flow, period, product, nomenclature,
  CASE WHEN n_missing = 0 THEN total END AS value,
  CASE WHEN n_missing = 0 OR (unknown = 0 AND coverage >= $least) THEN total_low END AS value_low,
  CASE WHEN n_missing = 0 THEN total_high
       WHEN unknown = 0 AND coverage >= $least THEN total_high + missing_high END AS value_high,
  valuation, status, source, published, converted, trace,
  CASE WHEN n_missing = 0 THEN 'sum of members' WHEN unknown = 0 AND coverage >= $least THEN 'bounded'
       ELSE 'refused' END AS method,
  CAST(NULL AS DOUBLE) AS alternative, CAST(NULL AS DOUBLE) AS alternative_low,
  CAST(NULL AS DOUBLE) AS alternative_high, CAST(NULL AS TEXT) AS alternative_method,
  CAST(NULL AS TEXT) AS alternative_source, CAST(NULL AS TEXT[]) AS alternative_trace,
  CASE WHEN unknown = 0 THEN coverage END AS coverage, CAST(n_members AS INT) AS n_members, missing
FROM group_sums WHERE n_missing < n_members
"""

_PRINTED = """
SELECT $columns, CAST(NULL AS DOUBLE) AS coverage, CAST(NULL AS INT) AS n_members, CAST(NULL AS TEXT[]) AS missing
FROM r WHERE value IS NOT NULL
"""

# A figure before bounds, bounds before nothing, the currency asked for before a converted one, the
# publisher's own before the sum. The second road becomes the alternative; where the first has one, it keeps it.
_PREFERRED = """
SELECT $key, value, value_low, value_high, valuation, status, source, published, converted, trace, method,
  COALESCE(second_value, alternative) AS alternative,
  CASE WHEN second_value IS NULL THEN alternative_low ELSE second_low END AS alternative_low,
  CASE WHEN second_value IS NULL THEN alternative_high ELSE second_high END AS alternative_high,
  CASE WHEN second_value IS NULL THEN alternative_method ELSE second_method END AS alternative_method,
  CASE WHEN second_value IS NULL THEN alternative_source ELSE second_source END AS alternative_source,
  CASE WHEN second_value IS NULL THEN alternative_trace ELSE second_trace END AS alternative_trace,
  COALESCE(coverage, second_coverage) AS coverage, COALESCE(n_members, second_members) AS n_members,
  COALESCE(missing, second_missing) AS missing
FROM (
  SELECT *, ROW_NUMBER() OVER w AS nth, LEAD(value) OVER w AS second_value, LEAD(value_low) OVER w AS second_low,
    LEAD(value_high) OVER w AS second_high, LEAD(method) OVER w AS second_method, LEAD(source) OVER w AS second_source,
    LEAD(trace) OVER w AS second_trace, LEAD(coverage) OVER w AS second_coverage,
    LEAD(n_members) OVER w AS second_members, LEAD(missing) OVER w AS second_missing
  FROM r
  WINDOW w AS (PARTITION BY $key ORDER BY
    CASE WHEN value IS NOT NULL THEN 0 WHEN value_low IS NOT NULL THEN 1 ELSE 2 END, converted,
    CASE WHEN n_members IS NULL THEN 0 ELSE 1 END)
) AS roads WHERE nth = 1
"""


def group_sums(
    level: Relation,
    members: Iterable[tuple[str, str, str]],
    side: str = "partner",
    least: float = LEAST_COVERAGE,
) -> exp.Select:
    """Sums over the members of groups, behind a coverage gate.

    With all members there, the sum is the figure. With some missing there is no figure: the sum of
    the others is the lower bound, and the upper adds each missing member at the largest figure it shows in
    the periods asked for; both only if the members there carry `least` of the group's trade, weighed
    by these largest figures. A group of which nothing is known has no row.

    Args:
        level: levels (LEVEL or FIGURE) of the members, in all periods asked for.
        members: (group, period, member), one for each member of each group in each period.
        side: "partner" or "reporter": where the members stand.
        least: share of the group's trade that must be known for bounds to be given, 0..1.

    Returns:
        The columns GROUP; method is "sum of members", "bounded" or "refused".
    """
    if side not in ("partner", "reporter"):
        raise BadInput(f"Countries stand as reporter or partner, not as {side!r}")
    if not 0 <= least <= 1:
        raise BadInput(f"Coverage is a share between 0 and 1, not {least}")
    return build(
        _SUMS,
        {"r": level, "members": rows_of(("grp", "period", "member"), members)},
        side=exp.column(side),
        other=exp.column("reporter" if side == "partner" else "partner"),
        reporter=exp.column("grp" if side == "reporter" else "other"),
        partner=exp.column("grp" if side == "partner" else "other"),
        least=float(least),
    )


def group_levels(sums: Relation, printed: Relation) -> exp.Select:
    """A group's figures from two roads: the publisher's own, and the sum over its members.

    Args:
        sums: what `group_sums` returns.
        printed: levels (LEVEL) that publishers print for the group itself.

    Returns:
        The columns GROUP, one row a cell, the second road as its alternative.
    """
    own = build(_PRINTED, {"r": printed}, columns=columns(LEVEL))
    return build(_PREFERRED, {"r": stack([own, sums], GROUP)}, key=columns(KEY))


def judge_groups(table: pa.Table) -> list[Finding]:
    """Remarks on groups: members missing, bounds instead of a figure, refusals."""
    rows = table.to_pylist()
    return [
        *told(rows, "partial-coverage", _bounded, "Members are missing: bounds instead of a figure", "warning"),
        *told(rows, "refused", _refused, "Too many members are missing for a figure or bounds", "error"),
        *told(rows, "incomplete-alternative", _lame, "The publisher's own figure stands alone: members are missing"),
    ]


def missing_members(rows: Sequence[Row]) -> tuple[str, ...]:
    """All members that are missing in any row of a table of groups."""
    return tuple(sorted({member for row in rows for member in row["missing"] or ()}))


def _bounded(row: Row) -> bool:
    return bool(row["method"] == "bounded")


def _refused(row: Row) -> bool:
    return bool(row["method"] == "refused")


def _lame(row: Row) -> bool:
    return row["value"] is not None and bool(row["missing"])
