"""Revealed comparative advantage, trade within industries, and the balance of each product."""

from __future__ import annotations

from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.measures.measured import Definition
from khorgos.measures.statements.relation import KEY, Relation, build

ADVANTAGE = Definition(
    name="revealed comparative advantage",
    formula="RCA = (x_ik / X_i) / (x_wk / X_w); symmetric (RCA - 1)/(RCA + 1)",
    unit="ratio",
    source="Balassa (1965), doi:10.1111/j.1467-9957.1965.tb00050.x; Dalum, Laursen & Villumsen (1998) for RSCA",
    keys=KEY,
    units={"symmetric": "index -1 to 1", **dict.fromkeys(("share", "world_share"), "fraction")},
)

_PAIR_UNITS = {
    "trade_balance_index": "index -1 to 1",
    "coverage_ratio": "ratio",
    **dict.fromkeys(("exports", "imports"), "currency"),
}

INTRA_INDUSTRY = Definition(
    name="grubel-lloyd",
    formula="GL_k = 1 - |X_k - M_k| / (X_k + M_k); TBI = (X - M)/(X + M); coverage X/M",
    unit="index 0-1",
    source="Grubel & Lloyd (1975), Intra-industry Trade; UN ESCAP Trade Analytics (TBI); ST/ESCAP/2559 (coverage)",
    keys=("reporter", "partner", "period", "product", "nomenclature"),
    units=_PAIR_UNITS,
)

INTRA_INDUSTRY_AGGREGATE = Definition(
    name="grubel-lloyd aggregate",
    formula="GL = 1 - sum |X_k - M_k| / sum (X_k + M_k)",
    unit="index 0-1",
    source="Grubel & Lloyd (1975), Intra-industry Trade, ch. 2; falls with finer products, so the level is stated",
    keys=("reporter", "partner", "period", "nomenclature", "digits"),
    units=_PAIR_UNITS,
)

_ADVANTAGE = """
WITH world_products AS (
  SELECT flow, period, nomenclature, product, SUM(value) AS product_total, MERGED(trace) AS trace
  FROM world WHERE value > 0 GROUP BY flow, period, nomenclature, product
), world_shares AS (
  SELECT *, product_total / SUM(product_total) OVER (PARTITION BY flow, period, nomenclature) AS world_share
  FROM world_products
), own_shares AS (
  SELECT *, value / SUM(value) OVER (PARTITION BY reporter, partner, flow, period, nomenclature) AS share
  FROM r WHERE value > 0
)
SELECT o.reporter, o.partner, o.flow, o.period, o.product, o.nomenclature, o.share / w.world_share AS value,
  (o.share / w.world_share - 1) / (o.share / w.world_share + 1) AS symmetric, o.share, w.world_share, o.source,
  BOTH(o.trace, w.trace) AS trace
FROM own_shares AS o JOIN world_shares AS w ON w.flow = o.flow AND w.period = o.period
  AND w.nomenclature = o.nomenclature AND w.product = o.product
"""

# A product that one flow's table does not list had no such trade; a table that is not there says nothing.
_SIDES = """
SELECT reporter, partner, period, nomenclature, product, digits,
  COALESCE(exports, CASE WHEN has_exports = 1 THEN 0 END) AS exports,
  COALESCE(imports, CASE WHEN has_imports = 1 THEN 0 END) AS imports, source, trace
FROM (
  SELECT *, MAX(CASE WHEN exports IS NULL THEN 0 ELSE 1 END) OVER w AS has_exports,
    MAX(CASE WHEN imports IS NULL THEN 0 ELSE 1 END) OVER w AS has_imports
  FROM (
    SELECT reporter, partner, period, nomenclature, product, CAST(MAX(LENGTH(product)) AS INT) AS digits,
      SUM(CASE WHEN flow = 'export' THEN value END) AS exports,
      SUM(CASE WHEN flow = 'import' THEN value END) AS imports, NAMES(source) AS source, MERGED(trace) AS trace
    FROM (SELECT reporter, partner, flow, period, $product AS product, nomenclature, value, source, trace FROM r) AS cut
    WHERE flow IN ('export', 'import') AND value IS NOT NULL
    GROUP BY reporter, partner, period, nomenclature, product
  ) AS sides
  WINDOW w AS (PARTITION BY reporter, partner, period, nomenclature)
) AS filled
"""

_INTRA = """
SELECT reporter, partner, period, product, nomenclature, 1 - RATIO(ABS(exports - imports), exports + imports) AS value,
  RATIO(exports - imports, exports + imports) AS trade_balance_index, RATIO(exports, imports) AS coverage_ratio,
  exports, imports, digits, source, trace
FROM sides
"""

_INTRA_AGGREGATE = """
SELECT reporter, partner, period, nomenclature, MIN(digits) AS digits,
  1 - RATIO(SUM(ABS(exports - imports)), SUM(exports + imports)) AS value,
  RATIO(SUM(exports - imports), SUM(exports + imports)) AS trade_balance_index,
  RATIO(SUM(exports), SUM(imports)) AS coverage_ratio, SUM(exports) AS exports, SUM(imports) AS imports,
  CAST(COUNT(*) AS INT) AS n_products, NAMES(source) AS source, MERGED(trace) AS trace
FROM sides GROUP BY reporter, partner, period, nomenclature
"""


def advantage(level: Relation, world: Relation) -> exp.Select:
    """Revealed comparative advantage: RCA = (x_ik / X_i) / (x_wk / X_w), and its symmetric form.

    Args:
        level: exports (FIGURE) by product, nothing twice; products without trade have no row.
        world: exports (FIGURE) by product whose sum over reporters and partners is the world.

    Returns:
        KEY, value (RCA; above one is an advantage), symmetric ((RCA - 1)/(RCA + 1)), share and
        world_share (fractions), source, trace. World shares weigh the RCA of all products to one.

    Source: Balassa (1965), The Manchester School 33(2); Dalum, Laursen & Villumsen (1998).
    """
    return build(_ADVANTAGE, {"r": level, "world": world})


def intra_industry(level: Relation, digits: int | None = None) -> exp.Select:
    """Grubel-Lloyd index, trade balance index and coverage ratio of each product.

    GL_k = 1 - |X_k - M_k| / (X_k + M_k); TBI = (X - M)/(X + M); coverage X/M.

    Args:
        level: exports and imports (FIGURE) by product, nothing twice.
        digits: add products up to so many leading digits first; None takes them as they are.

    Returns:
        reporter, partner, period, product, nomenclature, value (GL), trade_balance_index,
        coverage_ratio, exports and imports (currency), digits, source, trace. A product that one of the
        two tables does not list counts as nil there; without the table there is no value.

    Source: Grubel & Lloyd (1975), Intra-industry Trade.
    """
    return build(_INTRA, {"sides": _sides(level, digits)})


def intra_industry_aggregate(level: Relation, digits: int | None = None) -> exp.Select:
    """Grubel-Lloyd index of all trade: the mean of GL_k weighted by X_k + M_k. Falls with finer products.

    Args:
        level: exports and imports (FIGURE) by product, all at one level of digits.
        digits: add products up to so many leading digits first; None takes them as they are.

    Returns:
        reporter, partner, period, nomenclature, digits, value (GL), trade_balance_index, coverage_ratio,
        exports and imports (currency), n_products, source, trace.
    """
    return build(_INTRA_AGGREGATE, {"sides": _sides(level, digits)})


def _sides(level: Relation, digits: int | None) -> exp.Select:
    if digits is not None and digits < 1:
        raise BadInput(f"Product codes have one digit at least, not {digits}")
    product: exp.Expression = exp.column("product")
    if digits is not None:
        product = exp.Substring(this=product, start=exp.convert(1), length=exp.convert(digits))
    return build(_SIDES, {"r": level}, product=product)
