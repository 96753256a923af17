"""Sums over groups of countries behind a coverage gate, beside the publisher's own group figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pyarrow as pa
from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.ledger.coverage import LARGEST_GAP
from khorgos.measures.measured import Definition
from khorgos.measures.remarks import Row, told
from khorgos.measures.statements.levels import LEVEL, known
from khorgos.measures.statements.relation import KEY, Relation, build, columns, rows_of, stack
from khorgos.nomenclature.groups import memberships

#: Columns of a group's figures: levels, and how much of the group stands behind them.
GROUP = (*LEVEL, "coverage", "n_members", "missing", "silent")

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

# Share of a group's trade that must be known for bounds to be given: the ledger's own gate.
LEAST_COVERAGE = 1 - LARGEST_GAP

# Coverage from which the sum of the members that are there is the figure, with its interval: chosen because a
# missing thousandth does not change the third digit.
_NEGLIGIBLE = 0.999

#: (group, member, first month, month after the last), months as 12 * year + month - 1.
Member = tuple[str, str, int, int]

_NEVER = 12 * 9999  # the month after the last of a membership that has not ended

# Each member in each period, asked of each combination of the other keys; `reference` is the largest figure
# that the member shows in the stretch, which weighs a member where its figure is missing.
_SUMS = """
WITH known_rows AS (
  SELECT $side AS member, $other AS other, flow, period, product, nomenclature,
    value, value_low, value_high, valuation, status, source, published, converted, trace
  FROM r WHERE value IS NOT NULL
), member_cells AS (
  SELECT c.other, c.flow, c.product, c.nomenclature, t.period, m.grp, m.member,
    f.value, f.value_low, f.value_high, f.valuation, f.status, f.source, f.published, f.converted, f.trace,
    MAX(f.value) OVER w AS reference, MAX(f.value_high) OVER w AS reference_high
  FROM (SELECT DISTINCT other, flow, product, nomenclature FROM known_rows) AS c
    CROSS JOIN (SELECT DISTINCT period, START(period) + MONTHS(period) - 1 AS last_month FROM known_rows) AS t
    JOIN members AS m ON t.last_month >= m.first_month AND t.last_month < m.end_month
    LEFT JOIN known_rows AS f ON f.member = m.member AND f.period = t.period AND f.other = c.other
      AND f.flow = c.flow AND f.product = c.product AND f.nomenclature = c.nomenclature
  WINDOW w AS (PARTITION BY c.other, c.flow, c.product, c.nomenclature, m.member)
), group_sums AS (
  SELECT other, grp, flow, product, nomenclature, period, SUM(value) AS total,
    SUM(value_low) AS total_low, SUM(value_high) AS total_high,
    SUM(CASE WHEN value IS NULL THEN reference_high END) AS missing_high,
    SUM(CASE WHEN $strict AND reference IS NULL THEN 1 ELSE 0 END) AS unknown,
    SUM(CASE WHEN value IS NULL AND ($strict OR reference IS NOT NULL) THEN 1 ELSE 0 END) AS n_missing,
    COUNT(value) AS n_there, COUNT(*) AS n_members,
    SUM(CASE WHEN value IS NOT NULL THEN reference END) / NULLIF(SUM(reference), 0) AS coverage,
    COALESCE(LIST_SORT(LIST(member) FILTER (WHERE value IS NULL AND reference IS NOT NULL)),
      CAST([] AS TEXT[])) AS missing,
    COALESCE(LIST_SORT(LIST(member) FILTER (WHERE reference IS NULL)), CAST([] AS TEXT[])) AS silent,
    CASE WHEN COUNT(DISTINCT valuation) = 1 THEN MAX(valuation)
         WHEN COUNT(DISTINCT valuation) > 1 THEN 'FOB+CIF' END AS valuation,
    NAMES(status) AS status, NAMES(source) AS source, MAX(published) AS published,
    MAX(CASE WHEN converted THEN 1 ELSE 0 END) = 1 AS converted, MERGED(trace) AS trace
  FROM member_cells GROUP BY other, grp, flow, product, nomenclature, period
)
SELECT $reporter AS reporter, $partner AS partner, flow, period, product, nomenclature,
  CASE WHEN n_missing = 0 OR (unknown = 0 AND coverage >= $negligible) THEN total END AS value,
  CASE WHEN n_missing = 0 OR (unknown = 0 AND coverage >= $least) THEN total_low END AS value_low,
  CASE WHEN n_missing = 0 THEN total_high
       WHEN unknown = 0 AND coverage >= $least THEN total_high + missing_high END AS value_high,
  valuation, status, source, published, converted, trace,
  CASE WHEN n_missing = 0 OR (unknown = 0 AND coverage >= $negligible) THEN 'sum of members'
       WHEN unknown = 0 AND coverage >= $least THEN 'bounded'
       ELSE 'refused' END AS method,
  CAST(NULL AS DOUBLE) AS alternative, CAST(NULL AS DOUBLE) AS alternative_low,
  CAST(NULL AS DOUBLE) AS alternative_high, CAST(NULL AS TEXT) AS alternative_method,
  CAST(NULL AS TEXT) AS alternative_source, CAST(NULL AS TEXT[]) AS alternative_trace,
  CASE WHEN unknown = 0 THEN coverage END AS coverage, CAST(n_members AS INT) AS n_members, missing,
  silent
FROM group_sums WHERE n_there > 0
"""

_PRINTED = """
SELECT $columns, CAST(NULL AS DOUBLE) AS coverage, CAST(NULL AS INT) AS n_members, CAST(NULL AS TEXT[]) AS missing,
  CAST(NULL AS TEXT[]) AS silent
FROM r
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
  COALESCE(missing, second_missing) AS missing, COALESCE(silent, second_silent) AS silent
FROM (
  SELECT *, ROW_NUMBER() OVER w AS nth, LEAD(value) OVER w AS second_value, LEAD(value_low) OVER w AS second_low,
    LEAD(value_high) OVER w AS second_high, LEAD(method) OVER w AS second_method, LEAD(source) OVER w AS second_source,
    LEAD(trace) OVER w AS second_trace, LEAD(coverage) OVER w AS second_coverage,
    LEAD(n_members) OVER w AS second_members, LEAD(missing) OVER w AS second_missing,
    LEAD(silent) OVER w AS second_silent
  FROM r
  WINDOW w AS (PARTITION BY $key ORDER BY
    CASE WHEN value IS NOT NULL THEN 0 WHEN value_low IS NOT NULL THEN 1 ELSE 2 END, converted,
    CASE WHEN n_members IS NULL THEN 0 ELSE 1 END)
) AS roads WHERE nth = 1
"""


def memberships_of(groups: Iterable[str]) -> tuple[Member, ...]:
    """Who belonged to which groups, and when; none for groups whose members are not recorded.

    Args:
        groups: ids of groups.

    Returns:
        (group, member, first month, month after the last), months as 12 * year + month - 1. A member
        counts in a period if it was one on the period's last day.
    """
    return tuple(
        (group, stretch.area, _month(stretch.valid_from, 0), _month(stretch.valid_to, _NEVER))
        for group in dict.fromkeys(groups)
        for stretch in memberships(group)
    )


def _month(day: dt.date | None, otherwise: int) -> int:
    return otherwise if day is None else 12 * day.year + day.month - 1


def group_sums(
    level: Relation,
    members: Iterable[Member],
    side: str = "partner",
    least: float = LEAST_COVERAGE,
) -> exp.Select:
    """Sums over the members of groups, behind a coverage gate.

    With all members there, or all but a thousandth, the sum is the figure. With some missing there is none: the sum of
    the others is the lower bound, and the upper adds each missing member at the largest figure it shows in
    any period; both only if the members there carry `least` of the group's trade, weighed by these largest
    figures. A member without a figure in any period is silent: as a partner it had no trade with a country that
    reports on the others; as a reporter it did not report, so nothing is said of the group.

    Args:
        level: levels (LEVEL or FIGURE) of the members, in all periods that there are.
        members: who belonged to which group, and when; see `memberships_of`.
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
        {"r": level, "members": rows_of(("grp", "member", "first_month", "end_month"), members)},
        side=exp.column(side),
        other=exp.column("reporter" if side == "partner" else "partner"),
        reporter=exp.column("grp" if side == "reporter" else "other"),
        partner=exp.column("grp" if side == "partner" else "other"),
        strict=exp.true() if side == "reporter" else exp.false(),
        least=float(least),
        negligible=_NEGLIGIBLE,
    )


def group_levels(sums: Relation, printed: Relation) -> exp.Select:
    """A group's figures from two roads: the publisher's own, and the sum over its members.

    Args:
        sums: what `group_sums` returns.
        printed: levels (LEVEL) that publishers print for the group itself.

    Returns:
        The columns GROUP, one row a cell, the second road as its alternative.
    """
    return build(_PREFERRED, {"r": stack([as_group(known(printed)), sums], GROUP)}, key=columns(KEY))


def as_group(level: Relation) -> exp.Select:
    """Levels (LEVEL) of single countries in the columns GROUP."""
    return build(_PRINTED, {"r": level}, columns=columns(LEVEL))


def judge_groups(table: pa.Table) -> list[Finding]:
    """Remarks on groups: members missing, bounds instead of a figure, refusals."""
    rows = table.to_pylist()
    return [
        *told(rows, "partial-coverage", _bounded, "Members are missing: bounds instead of a figure", "warning"),
        *told(rows, "mixed-sources", _mixed, "The members' figures come from several sources"),
        *told(rows, "refused", _refused, "Too many members are missing for a figure or bounds", "error"),
        *told(rows, "silent-members", _silent, "Members without any figure count as without trade"),
        *told(rows, "incomplete-alternative", _lame, "The publisher's own figure stands alone: members are missing"),
    ]


def _mixed(row: Row) -> bool:
    return row["method"] == "sum of members" and "+" in (row["source"] or "")


def _bounded(row: Row) -> bool:
    return bool(row["method"] == "bounded")


def _refused(row: Row) -> bool:
    return bool(row["method"] == "refused")


def _silent(row: Row) -> bool:
    return bool(row["silent"]) and row["method"] in ("sum of members", "bounded")


def _lame(row: Row) -> bool:
    return row["value"] is not None and bool(row["missing"])
