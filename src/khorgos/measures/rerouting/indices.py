"""Four indices of rerouting by hub or product: minimum flow, Freund's criteria, excess flow, missing trade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlglot import exp

from khorgos.ledger.store import Ledger
from khorgos.measures.draft import Draft
from khorgos.measures.evaluate import evaluate
from khorgos.measures.measured import Definition, Measured
from khorgos.measures.rerouting.editions import editions
from khorgos.measures.rerouting.flows import EDITIONS, flows
from khorgos.measures.rerouting.legs import legs
from khorgos.measures.rerouting.route import Route
from khorgos.measures.statements.mirror import CIF_FOB
from khorgos.measures.statements.relation import build, condition

By = Literal["hub", "product"]

#: The indices, by the names of their columns.
INDICES = ("min_flow", "freund", "excess_flow", "missing_trade")

#: Freund (2025), fourth criterion: the hub buys from the origin at least this part of what it sells to the destination.
_COVERED = 0.75

_MONEY = (
    "shipped",
    "shipped_base",
    "sold",
    "sold_base",
    "direct",
    "direct_base",
    "declared",
    "received",
    "min_flow_base",
    *INDICES,
)

DEFINITION = Definition(
    name="rerouting",
    formula=(
        "min flow = sum_k min(V_oh, V_hd); Freund: the same over flagged k; excess flow = sum_k min(max(V_oh1 - "
        "s_oh0 V_wh1, 0), max(V_hd1 - s_hd0 V_wd1, 0)); missing trade = sum_k min(max(gap_1 - gap_0, 0), X_oh1), "
        "gap = X_oh - M_oh / 1.06"
    ),
    unit="currency",
    source=(
        "Freund (2025) for the criteria; Iyoha, Malesky, Wen & Wu (2025), HBS Working Paper 24-072, for the minimum of "
        "both legs as an upper bound; Chupilkin, Javorcik & Plekhanov (2025), CEPR Discussion Paper 20097, for missing "
        "trade"
    ),
    keys=("base", "later", "hub", "product"),
    units={**dict.fromkeys(_MONEY, "currency"), **{f"{name}_share": "fraction" for name in INDICES}},
)

# Shares of markets rise and fall as flows grow faster or slower than the market: V_1 / V_0 against W_1 / W_0, written
# without division. The rest of the world is everyone but the hub and the destination.
_BY_PRODUCT = """
SELECT base, later, hub, product, oh0, oh1, hd0, hd1, od0, od1, x1, m1, out_side, in_side, trace,
  LEAST(oh1, hd1) AS min_flow, LEAST(oh0, hd0) AS min_flow_base,
  CASE WHEN wh0 IS NOT NULL AND wh1 IS NOT NULL AND wd0 IS NOT NULL AND wd1 IS NOT NULL THEN
    LEAST(GREATEST(oh1 - COALESCE(RATIO(oh0, wh0), 0) * wh1, 0), GREATEST(hd1 - COALESCE(RATIO(hd0, wd0), 0) * wd1, 0))
  END AS excess_flow,
  CASE WHEN x1 IS NOT NULL AND m1 IS NOT NULL THEN
    LEAST(GREATEST((x1 - m1 / $cif) - (x0 - m0 / $cif), 0), x1)
  END AS missing_trade,
  ($raised) AND od1 * wd0 < od0 * wd1 AND oh1 * wh0 > oh0 * wh1 AND hd1 * wd0 > hd0 * wd1
    AND CASE WHEN ow0 IS NULL OR ow1 IS NULL OR hw0 IS NULL OR hw1 IS NULL OR od0 IS NULL THEN NULL ELSE
      GREATEST(hw1 - hd1, 0) * GREATEST(ow0 - od0 - oh0, 0) < GREATEST(ow1 - od1 - oh1, 0) * GREATEST(hw0 - hd0, 0)
      OR hw1 <= hd1 END
    AND oh1 >= $covered * hd1 AS flagged
FROM legs
"""

_SUMMED = """
SELECT base, later, hub, $product AS product, SUM(oh1) AS shipped, SUM(oh0) AS shipped_base, SUM(hd1) AS sold,
  SUM(hd0) AS sold_base, SUM(od1) AS direct, SUM(od0) AS direct_base, SUM(x1) AS declared, SUM(m1) AS received,
  SUM(min_flow) AS min_flow, SUM(min_flow_base) AS min_flow_base,
  SUM(CASE WHEN flagged THEN min_flow WHEN NOT flagged THEN 0 END) AS freund,
  SUM(excess_flow) AS excess_flow, SUM(missing_trade) AS missing_trade,
  COUNT(*) AS n_products, COUNT(CASE WHEN flagged THEN 1 END) AS n_flagged,
  MAX(out_side) AS out_side, MAX(in_side) AS in_side, MERGED(trace) AS trace
FROM goods GROUP BY base, later, hub, 4
"""

_SHARED = """
SELECT *, min_flow AS value, RATIO(min_flow, sold) AS min_flow_share, RATIO(freund, sold) AS freund_share,
  RATIO(excess_flow, sold) AS excess_flow_share, RATIO(missing_trade, declared) AS missing_trade_share
FROM summed
"""


def detours(
    ledger: Ledger,
    route: Route,
    *,
    hubs: Sequence[str] = (),
    by: By = "hub",
    spans: Sequence[tuple[int, int]] = (),
    alone: bool = False,
) -> Measured:
    """Four indices of an origin's goods that may reach a destination by way of a hub.

    Args:
        ledger: the ledger to ask.
        route: whose goods, where to, between which years.
        hubs: area ids; () for all whose two legs are known.
        by: sums over products ("hub"), or each product ("product").
        spans: pairs of years (base, later) to compare instead of the route's own.
        alone: read only what origin, hubs and destination declared and what was declared about them, which is quicker
            and all that one hub's figures need.

    Returns:
        value (the minimum flow, currency), min_flow, freund, excess_flow, missing_trade, each also as a share (of what
        the hub sold to the destination; missing trade of what the origin declared to the hub), shipped and sold (the
        two legs; "_base" in the base year), direct, declared and received (both reports of the first leg), n_products,
        n_flagged, out_side and in_side ("export" or "import": whose reports the legs are).

    Raises:
        NoData: no hub has both legs in both years.

    Source: Freund (2025); Iyoha et al. (2025); Chupilkin, Javorcik & Plekhanov (2025).
    """
    draft = Draft(ledger)
    convert = editions(ledger, route)
    areas = (*route.sellers, *hubs, route.destination) if alone else ()
    seen = flows(draft, route, spans or route.pairs, areas=areas, convert=convert is not None)
    goods = draft.step("goods", _goods(legs(draft, route, seen, hubs), route))
    product = exp.column("product") if by == "product" else exp.Literal.string("all")
    summed = draft.step("summed", build(_SUMMED, {"goods": goods}, product=product))
    return evaluate(
        draft,
        build(_SHARED, {"summed": summed}),
        DEFINITION,
        currency=route.currency,
        relations=None if convert is None else {EDITIONS: convert},
        parameters={
            "origin": route.origin,
            "destination": route.destination,
            "hubs": ",".join(hubs),
            "base": route.base,
            "later": ",".join(map(str, route.later)),
            "level": route.level,
            "raised": ",".join(route.raised),
        },
        notes=(f"assumes CIF = {CIF_FOB:g} FOB in missing trade",),
    )


def _goods(leg: exp.Table, route: Route) -> exp.Select:
    tests = [
        f"SUBSTRING(product, 1, {n}) IN ({', '.join(repr(code) for code in route.tested if len(code) == n)})"
        for n in sorted({len(code) for code in route.tested})
    ]
    raised = condition(" OR ".join(tests) or "TRUE")
    return build(_BY_PRODUCT, {"legs": leg}, cif=CIF_FOB, covered=_COVERED, raised=raised)
