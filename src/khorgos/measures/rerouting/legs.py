"""The legs of a route by hub and product: both years of each flow that the indices need."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from khorgos.measures.draft import Draft
from khorgos.measures.rerouting.flows import Flows
from khorgos.measures.rerouting.route import Route
from khorgos.measures.statements.relation import build, condition
from khorgos.nomenclature.area_register import all_areas

#: Bunkers, free zones, areas not specified: no country through which goods could be followed.
_NOWHERE = tuple(sorted(one.id for one in all_areas() if one.kind == "special"))

# The figure for the whole world as declared, where it covers both years and is no less than the partners' sum: a total
# of part of the partners is no total. Else the sum over partners.
_TOTALS = """
SELECT base, later, area, flow, product,
  CASE WHEN w0 >= COALESCE(s0, 0) AND w1 >= COALESCE(s1, 0) THEN w0 ELSE s0 END AS v0,
  CASE WHEN w0 >= COALESCE(s0, 0) AND w1 >= COALESCE(s1, 0) THEN w1 ELSE s1 END AS v1
FROM (
  SELECT base, later, area, flow, product,
    SUM(CASE WHEN whole = 1 THEN v0 END) AS s0, SUM(CASE WHEN whole = 1 THEN v1 END) AS s1,
    SUM(CASE WHEN whole = 2 THEN COALESCE(v0, 0) END) AS w0, SUM(CASE WHEN whole = 2 THEN COALESCE(v1, 0) END) AS w1
  FROM (
    SELECT base, later, COALESCE(importer, exporter) AS area,
      CASE WHEN importer IS NULL THEN 'export' ELSE 'import' END AS flow, product, v0, v1, 1 AS whole
    FROM sums
    UNION ALL
    SELECT w.base, w.later, w.area, w.flow, w.product, SUM(CASE WHEN w.year = w.base THEN w.value END) AS v0,
      SUM(CASE WHEN w.year = w.later THEN w.value END) AS v1, MAX(w.whole) AS whole
    FROM (
      SELECT p.base, p.later, d.declarer AS area, d.flow, d.product, d.year, d.value,
        CASE WHEN MIN(d.year) OVER t < MAX(d.year) OVER t THEN 2 ELSE 0 END AS whole
      FROM world AS d JOIN spans AS p ON d.year IN (p.base, p.later)
      WINDOW t AS (PARTITION BY p.base, p.later, d.declarer, d.flow)) AS w
    GROUP BY w.base, w.later, w.area, w.flow, w.product) AS either
  GROUP BY base, later, area, flow, product) AS side_by_side
"""

# A flow of the origin's to each importer: as chosen, and from either side where both are known.
_OUT = """
SELECT s.base, s.later, d.importer AS hub, d.product,
  SUM(CASE WHEN d.flow = s.flow AND d.year = s.base THEN d.value END) AS oh0,
  SUM(CASE WHEN d.flow = s.flow AND d.year = s.later THEN d.value END) AS oh1,
  SUM(CASE WHEN s.twice THEN CASE WHEN d.flow = 'export' AND d.year = s.base THEN d.value ELSE 0 END END) AS x0,
  SUM(CASE WHEN s.twice THEN CASE WHEN d.flow = 'export' AND d.year = s.later THEN d.value ELSE 0 END END) AS x1,
  SUM(CASE WHEN s.twice THEN CASE WHEN d.flow = 'import' AND d.year = s.base THEN d.value ELSE 0 END END) AS m0,
  SUM(CASE WHEN s.twice THEN CASE WHEN d.flow = 'import' AND d.year = s.later THEN d.value ELSE 0 END END) AS m1,
  MAX(s.flow) AS side, MERGED(d.trace) AS trace
FROM outward AS d JOIN sides AS s ON s.exporter = d.exporter AND s.importer = d.importer AND d.year IN (s.base, s.later)
WHERE s.flow IS NOT NULL
GROUP BY s.base, s.later, d.importer, d.product
"""

_IN = """
SELECT s.base, s.later, d.exporter AS hub, d.product,
  SUM(CASE WHEN d.year = s.base THEN d.value END) AS hd0, SUM(CASE WHEN d.year = s.later THEN d.value END) AS hd1,
  MAX(s.flow) AS side, MERGED(d.trace) AS trace
FROM inward AS d JOIN sides AS s ON s.exporter = d.exporter AND s.importer = d.importer AND s.flow = d.flow
  AND d.year IN (s.base, s.later)
GROUP BY s.base, s.later, d.exporter, d.product
"""

# Goods that anybody states in both years: of those that a file of one year leaves out altogether nothing is known.
_GOODS = """
SELECT base, later, product FROM sums GROUP BY base, later, product HAVING SUM(v0) > 0 AND SUM(v1) > 0
"""

# Hubs both of whose legs somebody reports in both years, with every product of either leg.
_KEYS = """
SELECT DISTINCT base, later, hub, product FROM (
  SELECT base, later, hub, product FROM gone_out UNION ALL SELECT base, later, hub, product FROM come_in) AS every
WHERE $hub
  AND ($whole OR EXISTS (SELECT 1 FROM goods_known AS g
    WHERE g.base = every.base AND g.later = every.later AND g.product = every.product))
  AND EXISTS (SELECT 1 FROM gone_out AS o WHERE o.base = every.base AND o.later = every.later AND o.hub = every.hub)
  AND EXISTS (SELECT 1 FROM come_in AS i WHERE i.base = every.base AND i.later = every.later AND i.hub = every.hub)
"""

_OWN = """
SELECT base, later, product, SUM(v0) AS v0, SUM(v1) AS v1 FROM totals WHERE $seller GROUP BY base, later, product
"""

_LEGS = """
SELECT k.base, k.later, k.hub, k.product,
  COALESCE(o.oh0, 0) AS oh0, COALESCE(o.oh1, 0) AS oh1, COALESCE(i.hd0, 0) AS hd0, COALESCE(i.hd1, 0) AS hd1,
  o.x0, o.x1, o.m0, o.m1,
  COALESCE(h.v0, $none) AS wh0, COALESCE(h.v1, $none) AS wh1,
  COALESCE(d.v0, $none) AS wd0, COALESCE(d.v1, $none) AS wd1,
  CASE WHEN open.base IS NOT NULL THEN COALESCE(direct.oh0, 0) END AS od0,
  CASE WHEN open.base IS NOT NULL THEN COALESCE(direct.oh1, 0) END AS od1,
  COALESCE(own.v0, $none) AS ow0, COALESCE(own.v1, $none) AS ow1,
  COALESCE(x.v0, $none) AS hw0, COALESCE(x.v1, $none) AS hw1,
  o.side AS out_side, i.side AS in_side, BOTH(o.trace, i.trace) AS trace
FROM keys AS k
LEFT JOIN gone_out AS o ON o.base = k.base AND o.later = k.later AND o.hub = k.hub AND o.product = k.product
LEFT JOIN come_in AS i ON i.base = k.base AND i.later = k.later AND i.hub = k.hub AND i.product = k.product
LEFT JOIN totals AS h ON h.flow = 'import' AND h.base = k.base AND h.later = k.later AND h.area = k.hub
  AND h.product = k.product
LEFT JOIN totals AS d ON d.flow = 'import' AND d.base = k.base AND d.later = k.later AND d.area = $destination
  AND d.product = k.product
LEFT JOIN gone_out AS direct ON direct.base = k.base AND direct.later = k.later AND direct.hub = $destination
  AND direct.product = k.product
LEFT JOIN (SELECT DISTINCT base, later FROM gone_out WHERE hub = $destination) AS open
  ON open.base = k.base AND open.later = k.later
LEFT JOIN own ON own.base = k.base AND own.later = k.later AND own.product = k.product
LEFT JOIN totals AS x ON x.flow = 'export' AND x.base = k.base AND x.later = k.later AND x.area = k.hub
  AND x.product = k.product
"""


def legs(draft: Draft, route: Route, seen: Flows, hubs: Sequence[str] = ()) -> exp.Table:
    """Both years of every flow that the indices need, by hub and product.

    Args:
        draft: the statement in the making.
        route: whose goods, where to.
        seen: what was declared along it.
        hubs: keep these; () for all.

    Returns:
        base, later, hub, product, and in each year (0 the base, 1 the later; units of the currency): oh origin to hub,
        hd hub to destination, od origin to destination (null where nobody states it in both years); wh and wd all
        imports of hub and destination, ow and hw all exports of origin and hub (null where unknown); x and m the
        origin's and the hub's own reports of oh, where both are known in both years; out_side and in_side, whose
        reports the legs are; trace.
    """
    sellers, whole = route.sellers, route.level == 0
    apart = f"hub NOT IN ({_listed((*sellers, route.destination, *_NOWHERE))})"
    kept = condition(f"{apart} AND hub IN ({_listed(hubs)})" if hubs else apart)
    out = draft.step("gone_out", build(_OUT, {"outward": seen.outward, "sides": seen.sides}))
    into = draft.step("come_in", build(_IN, {"inward": seen.inward, "sides": seen.sides}))
    totals = draft.step("totals", build(_TOTALS, {"sums": seen.sums, "world": seen.world, "spans": seen.spans}))
    seller = condition(f"flow = 'export' AND area IN ({_listed(sellers)})")
    own = draft.step("own", build(_OWN, {"totals": totals}, seller=seller))
    goods = draft.step("goods_known", build(_GOODS, {"sums": seen.sums}))
    every = build(_KEYS, {"gone_out": out, "come_in": into, "goods_known": goods}, hub=kept, whole=whole)
    keys = draft.step("keys", every)
    return draft.step(
        "legs",
        build(
            _LEGS,
            {"keys": keys, "gone_out": out, "come_in": into, "totals": totals, "own": own},
            destination=route.destination,
            # at the level of goods a flow that nobody states was nil; a total that nobody states is unknown
            none=None if whole else 0.0,
        ),
    )


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(f"'{one}'" for one in ids)
