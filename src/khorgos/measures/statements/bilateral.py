"""What two countries are to each other: intensity, complementarity, similarity, import dependence."""

from __future__ import annotations

from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.measures.measured import Definition
from khorgos.measures.statements.relation import KEY, Relation, all_but, build, columns, same

INTENSITY = Definition(
    name="trade intensity",
    formula="T_ij = (x_ij / X_i) / (x_wj / X_w)",
    unit="ratio",
    source="Brown (1949); Kojima (1964); WITS Trade Indicators help, 'Trade intensity index'; ST/ESCAP/2559, ch. V",
    keys=KEY,
    units=dict.fromkeys(("share", "world_share"), "fraction"),
)

COMPLEMENTARITY = Definition(
    name="complementarity",
    formula="C_ij = 100 (1 - sum_k |m_ik - x_jk| / 2)",
    unit="index 0-100",
    source="Michaely (1996), World Bank Policy Research Working Paper 1583; WITS Trade Indicators help",
    keys=("exporter", "importer", "period", "nomenclature"),
)

SIMILARITY = Definition(
    name="export similarity",
    formula="S_ab = sum_k min(s_ak, s_bk)",
    unit="index 0-1",
    source="Finger & Kreinin (1979), Economic Journal 89, doi:10.2307/2231506",
    keys=("one", "other", "flow", "period", "nomenclature"),
)

DEPENDENCE = Definition(
    name="import dependence",
    formula="M_ij / M_i; H_i = sum_j (M_ij / M_i)^2",
    unit="fraction",
    source="Mikić & Gilbert (2009), ST/ESCAP/2559; European Commission (2021), SWD(2021) 352, supplier concentration",
    keys=KEY,
    units={
        "supplier_hhi": "index 0-1",
        "top_share": "fraction",
        **dict.fromkeys(("level", "whole"), "currency"),
    },
)

_INTENSITY = """
SELECT reporter, partner, flow, period, product, nomenclature, (value / own) / (to_partner / world) AS value,
  value / own AS share, to_partner / world AS world_share, CAST(n_reporters AS INT) AS n_reporters, source,
  LIST_SORT(LIST_DISTINCT(FLATTEN(LIST(trace) OVER all_rows))) AS trace
FROM (
  SELECT *, SUM(value) OVER (PARTITION BY $cell, reporter) AS own,
    SUM(value) OVER (PARTITION BY $cell, partner) AS to_partner, SUM(value) OVER (PARTITION BY $cell) AS world,
    DENSE_RANK() OVER (PARTITION BY $cell ORDER BY reporter)
      + DENSE_RANK() OVER (PARTITION BY $cell ORDER BY reporter DESC) - 1 AS n_reporters
  FROM r WHERE value > 0
) AS with_sums
WINDOW all_rows AS (PARTITION BY $cell)
"""

_STRUCTURE = """
SELECT *, value / SUM(value) OVER (PARTITION BY $unit) AS share
FROM (
  SELECT $unit, $item AS item, SUM(value) AS value, NAMES(source) AS source, MERGED(trace) AS trace
  FROM r WHERE value > 0 GROUP BY $unit, $item
) AS items
"""

# sum_k |a_k - b_k| / 2 = 1 - sum_k min(a_k, b_k) where both sum to one.
_OVERLAP = """
WITH ones AS (
  SELECT $unit, NAMES(source) AS source, MERGED(trace) AS trace FROM a GROUP BY $unit
), others AS (
  SELECT $unit, NAMES(source) AS source, MERGED(trace) AS trace FROM b GROUP BY $unit
), shared_items AS (
  SELECT $unit_a, b.reporter AS second, SUM(LEAST(a.share, b.share)) AS shared, COUNT(*) AS n_shared
  FROM a JOIN b ON a.item = b.item AND $same_ab GROUP BY $unit_a, b.reporter
)
SELECT u.reporter AS first_area, v.reporter AS second_area, $context, COALESCE(s.shared, 0) AS overlap,
  CAST(COALESCE(s.n_shared, 0) AS INT) AS n_shared, PAIR(u.source, v.source) AS source, BOTH(u.trace, v.trace) AS trace
FROM ones AS u JOIN others AS v ON u.reporter <> v.reporter AND $same_uv
  LEFT JOIN shared_items AS s ON s.reporter = u.reporter AND s.second = v.reporter AND $same_us
"""

_COMPLEMENTARITY = """
SELECT first_area AS exporter, second_area AS importer, period, nomenclature, 100 * overlap AS value, n_shared,
  source, trace
FROM overlaps
"""

_SIMILARITY = """
SELECT first_area AS one, second_area AS other, flow, period, nomenclature, overlap AS value, n_shared, source, trace
FROM overlaps WHERE first_area < second_area
"""

_DEPENDENCE = """
SELECT reporter, partner, flow, period, product, nomenclature, value, supplier_hhi, top, top_share, level, whole,
  CAST(n_suppliers AS INT) AS n_suppliers, source, trace
FROM (
  SELECT reporter, partner, flow, period, product, nomenclature, value / SUM(value) OVER w AS value,
    SUM(value * value) OVER w / POWER(SUM(value) OVER w, 2) AS supplier_hhi,
    FIRST_VALUE(partner) OVER largest AS top, MAX(value) OVER w / SUM(value) OVER w AS top_share,
    value AS level, SUM(value) OVER w AS whole, COUNT(*) OVER w AS n_suppliers, source,
    LIST_SORT(LIST_DISTINCT(FLATTEN(LIST(trace) OVER w))) AS trace
  FROM r WHERE value > 0 AND flow = 'import'
  WINDOW w AS (PARTITION BY $rest), largest AS (PARTITION BY $rest ORDER BY value DESC, partner
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
) AS suppliers
WHERE $wanted
"""

_UNIT = ("reporter", "flow", "period", "nomenclature")


def intensity(level: Relation) -> exp.Select:
    """Trade intensity: the partner's share in a country's exports over its share in the world's.

    T_ij = (x_ij / X_i) / (x_wj / X_w).

    Args:
        level: exports (FIGURE) of all reporters to all partners: their sum is the world. Nothing twice.

    Returns:
        KEY, value (above one: more than the partner's weight in world trade), share, world_share
        (fractions), n_reporters (that make the world), source, trace.

    Source: WITS Trade Indicators help, "Trade intensity index".
    """
    return build(_INTENSITY, {"r": level}, cell=columns(("flow", "period", "product", "nomenclature")))


def complementarity(exports: Relation, imports: Relation) -> exp.Select:
    """How well one country's exports fit what another imports: C_ij = 100 (1 - sum_k |m_ik - x_jk| / 2).

    Args:
        exports: exports (FIGURE) by product of the exporters.
        imports: imports (FIGURE) by product of the importers.

    Returns:
        exporter, importer, period, nomenclature, value (0 nothing fits, 100 perfect), n_shared (products
        that both trade), source, trace.

    Source: Michaely (1996), World Bank Policy Research Working Paper 1583.
    """
    unit = ("reporter", "period", "nomenclature")
    overlaps = _overlaps(exports, imports, unit, "product")
    return build(_COMPLEMENTARITY, {"overlaps": overlaps})


def similarity(level: Relation, over: str = "product") -> exp.Select:
    """How alike two countries' exports are: S_ab = sum_k min(s_ak, s_bk).

    Args:
        level: exports (FIGURE) of both; by product or by market, nothing twice.
        over: "product" or "partner" (markets): two different questions.

    Returns:
        one and other (in the order of their ids), flow, period, nomenclature, value (0-1), n_shared
        (items that both have), source, trace.

    Source: Finger & Kreinin (1979), Economic Journal 89, doi:10.2307/2231506.
    """
    if over not in ("product", "partner"):
        raise BadInput(f"Exports are alike by product or by partner, not by {over!r}")
    return build(_SIMILARITY, {"overlaps": _overlaps(level, level, _UNIT, over)})


def import_dependence(level: Relation, partner: str | None = None) -> exp.Select:
    """A supplier's share in a country's imports of each product, beside the concentration of all suppliers.

    M_ij / M_i, and H_i = sum_j (M_ij / M_i)^2.

    Args:
        level: imports (FIGURE) from all suppliers, nothing twice.
        partner: keep this supplier's rows only; None keeps all.

    Returns:
        KEY, value (fraction), supplier_hhi (0-1), top (largest supplier), top_share, level and whole
        (currency), n_suppliers, source, trace.

    Source: ST/ESCAP/2559; European Commission (2021), SWD(2021) 352, on the concentration of suppliers.
    """
    wanted: exp.Expression = exp.true()
    if partner is not None:
        wanted = exp.EQ(this=exp.column("partner"), expression=exp.Literal.string(partner))
    return build(_DEPENDENCE, {"r": level}, rest=columns(all_but("partner")), wanted=wanted)


def _overlaps(a: Relation, b: Relation, unit: tuple[str, ...], item: str) -> exp.Select:
    context = unit[1:]
    structures = {
        name: build(_STRUCTURE, {"r": one}, unit=columns(unit), item=exp.column(item))
        for name, one in zip("ab", (a, b), strict=True)
    }
    return build(
        _OVERLAP,
        structures,
        unit=columns(unit),
        unit_a=columns(unit, "a"),
        context=columns(context, "u"),
        same_ab=same("a", "b", context),
        same_uv=same("u", "v", context),
        same_us=same("u", "s", context),
    )
