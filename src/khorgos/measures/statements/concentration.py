"""How concentrated a country's trade is over partners or products, and how it differs from the world's."""

from __future__ import annotations

from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.measures.measured import Definition
from khorgos.measures.statements.relation import KEY, Relation, all_but, build, columns

CONCENTRATION = Definition(
    name="concentration",
    formula="H = sum s_k^2; 10,000 H; (H - 1/n)/(1 - 1/n); (sqrt H - sqrt(1/n))/(1 - sqrt(1/n)); 1/H",
    unit="index 0-1",
    source=(
        "Hirschman (1945), National Power and the Structure of Foreign Trade; Herfindahl (1950); normalised: OTRI"
        " User's Manual (World Bank 2013); UNCTAD Handbook of Statistics, calculation methods, 'concentration index'"
    ),
    keys=tuple(name for name in KEY if name != "partner"),
    units={
        "points": "index 0-10,000",
        **dict.fromkeys(("normalised", "unctad", "top_share"), "index 0-1"),
        "equivalents": "items",
    },
)

DIVERSIFICATION = Definition(
    name="diversification",
    formula="D_i = sum_k |h_ik - h_wk| / 2",
    unit="index 0-1",
    source="UNCTAD Handbook of Statistics, calculation methods, 'Diversification index'; Finger & Kreinin (1979)",
    keys=("reporter", "partner", "flow", "period", "nomenclature"),
)

# Items without trade are no items: n counts those above zero, unless the caller knows the universe.
_CONCENTRATION = """
SELECT $rest, SUM(s * s) AS value, 10000 * SUM(s * s) AS points,
  (SUM(s * s) - 1.0 / MAX(n)) / NULLIF(1 - 1.0 / MAX(n), 0) AS normalised,
  (SQRT(SUM(s * s)) - SQRT(1.0 / MAX(n))) / NULLIF(1 - SQRT(1.0 / MAX(n)), 0) AS unctad,
  1 / SUM(s * s) AS equivalents, CAST(COUNT(*) AS INT) AS n_items, CAST(MAX(n) AS INT) AS universe,
  MAX_BY($item, s) AS top, MAX(s) AS top_share, NAMES(source) AS source, MERGED(trace) AS trace
FROM (
  SELECT *, value / SUM(value) OVER w AS s, COALESCE($universe, COUNT(*) OVER w) AS n
  FROM (SELECT * FROM r WHERE value > 0) AS positive
  WINDOW w AS (PARTITION BY $rest)
) AS with_shares
GROUP BY $rest
"""

_DIVERSIFICATION = """
WITH own_structure AS (
  SELECT *, value / SUM(value) OVER (PARTITION BY reporter, partner, flow, period, nomenclature) AS share
  FROM r WHERE value > 0
), world_structure AS (
  SELECT flow, period, nomenclature, product, SUM(value) / MAX(whole) AS share, MERGED(trace) AS trace
  FROM (SELECT *, SUM(value) OVER (PARTITION BY flow, period, nomenclature) AS whole FROM world WHERE value > 0) AS w
  GROUP BY flow, period, nomenclature, product
), own_units AS (
  SELECT reporter, partner, flow, period, nomenclature, NAMES(source) AS source, MERGED(trace) AS trace
  FROM own_structure GROUP BY reporter, partner, flow, period, nomenclature
), world_trace AS (
  SELECT flow, period, nomenclature, MERGED(trace) AS trace FROM world_structure GROUP BY flow, period, nomenclature
), apart AS (
  SELECT u.reporter, u.partner, u.flow, u.period, u.nomenclature,
    SUM(ABS(COALESCE(o.share, 0) - w.share)) AS shared, COUNT(o.product) AS n_items, COUNT(*) AS universe,
    SUM(o.share) AS covered
  FROM own_units AS u JOIN world_structure AS w
      ON w.flow = u.flow AND w.period = u.period AND w.nomenclature = u.nomenclature
    LEFT JOIN own_structure AS o ON o.reporter = u.reporter AND o.partner = u.partner AND o.flow = u.flow
      AND o.period = u.period AND o.nomenclature = u.nomenclature AND o.product = w.product
  GROUP BY u.reporter, u.partner, u.flow, u.period, u.nomenclature
)
SELECT a.reporter, a.partner, a.flow, a.period, a.nomenclature,
  (a.shared + 1 - COALESCE(a.covered, 0)) / 2 AS value, CAST(a.n_items AS INT) AS n_items,
  CAST(a.universe AS INT) AS universe, u.source, BOTH(u.trace, t.trace) AS trace
FROM apart AS a
  JOIN own_units AS u ON u.reporter = a.reporter AND u.partner = a.partner AND u.flow = a.flow
    AND u.period = a.period AND u.nomenclature = a.nomenclature
  JOIN world_trace AS t ON t.flow = a.flow AND t.period = a.period AND t.nomenclature = a.nomenclature
"""


def concentration(level: Relation, over: str = "partner", universe: int | None = None) -> exp.Select:
    """Herfindahl-Hirschman index over partners or products, in its published forms.

    H = sum s_k^2 (0-1); 10,000 H; normalised (H - 1/n)/(1 - 1/n); UNCTAD's concentration index
    (sqrt H - sqrt(1/n))/(1 - sqrt(1/n)); number of equivalents 1/H.

    Args:
        level: figures (FIGURE), nothing twice; items at or below zero are left out.
        over: "partner", "product" or "reporter".
        universe: n where it is not the number of items with trade. UNCTAD's n is the number of product
            groups of SITC Rev. 3 at three digits.

    Returns:
        The other key columns, value (H), points, normalised and unctad (null where n = 1), equivalents,
        n_items, universe (n), top (the largest item), top_share, source, trace.

    Source: OTRI User's Manual (World Bank 2013); UNCTAD Handbook of Statistics, calculation methods.
    """
    if universe is not None and universe < 1:
        raise BadInput(f"A universe has one item at least, not {universe}")
    return build(
        _CONCENTRATION,
        {"r": level},
        rest=columns(all_but(over)),
        item=exp.column(over),
        universe=universe,
    )


def diversification(level: Relation, world: Relation) -> exp.Select:
    """How far a country's product structure is from the world's: D_i = sum_k |h_ik - h_wk| / 2.

    Args:
        level: figures (FIGURE) by product.
        world: figures (FIGURE) by product whose sum over reporters and partners is the world.

    Returns:
        reporter, partner, flow, period, nomenclature, value (0 like the world, 1 nothing in common),
        n_items (products traded), universe (products in world trade), source, trace.

    Source: UNCTAD Handbook of Statistics, calculation methods, "Diversification index".
    """
    return build(_DIVERSIFICATION, {"r": level, "world": world})
