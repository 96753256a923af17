"""What a country's trade is made of: concentration, advantage, trade within industries."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from khorgos.ledger.query import FlowQuery, Trace
from khorgos.ledger.store import Ledger
from khorgos.measures.asking import product_figures, told, universe_levels
from khorgos.measures.draft import Draft
from khorgos.measures.evaluate import evaluate
from khorgos.measures.measured import Measured
from khorgos.measures.statements import advantage as products
from khorgos.measures.statements import concentration as shares_squared
from khorgos.measures.statements.relation import all_but


def concentration(
    ledger: Ledger,
    query: FlowQuery,
    *,
    over: str = "partner",
    universe: int | None = None,
    trace: Trace = "release",
) -> Measured:
    """Herfindahl-Hirschman index over all partners (products) that one source lists, in its published forms.

    Args:
        ledger: the ledger to ask.
        query: whose trade; its partners (products) are not used.
        over: "partner", "product" or "reporter".
        universe: n of the normalised forms where it is not the number of items with trade.
        trace: name releases or rows.

    Returns:
        value (H, 0-1), points (0-10,000), normalised, unctad, equivalents (1/H), n_items, top, top_share.

    Source: OTRI User's Manual (World Bank 2013); UNCTAD Handbook of Statistics, calculation methods.
    """
    draft = Draft(ledger, trace)
    return evaluate(
        draft,
        shares_squared.concentration(universe_levels(draft, query, over), over, universe),
        replace(shares_squared.CONCENTRATION, keys=tuple(all_but(over))),
        currency=query.currency,
        parameters=told(query, over=over, universe=universe),
    )


def diversification(ledger: Ledger, query: FlowQuery, *, trace: Trace = "release") -> Measured:
    """How far a country's product structure is from the world's: D_i = sum_k |h_ik - h_wk| / 2.

    Args:
        ledger: the ledger to ask.
        query: reporters, one flow, products () at one `level`; the world is the sum over all reporters.
        trace: name releases or rows.

    Source: UNCTAD Handbook of Statistics, calculation methods, "Diversification index".
    """
    draft = Draft(ledger, trace)
    own, world = _own_and_world(draft, query)
    return evaluate(
        draft,
        shares_squared.diversification(own, world),
        shares_squared.DIVERSIFICATION,
        currency=query.currency,
        parameters=told(query),
    )


def advantage(ledger: Ledger, query: FlowQuery, *, trace: Trace = "release") -> Measured:
    """Revealed comparative advantage (x_ik / X_i) / (x_wk / X_w), and its symmetric form.

    Args:
        ledger: the ledger to ask.
        query: reporters, products () at one `level`; the world is the sum over all reporters.
        trace: name releases or rows.

    Returns:
        value (RCA), symmetric, share, world_share.

    Source: Balassa (1965), doi:10.1111/j.1467-9957.1965.tb00050.x; Dalum, Laursen & Villumsen (1998).
    """
    draft = Draft(ledger, trace)
    own, world = _own_and_world(draft, replace(query, flows=("export",)))
    return evaluate(
        draft, products.advantage(own, world), products.ADVANTAGE, currency=query.currency, parameters=told(query)
    )


def intra_industry(
    ledger: Ledger, query: FlowQuery, *, digits: int | None = None, trace: Trace = "release"
) -> Measured:
    """Grubel-Lloyd index, trade balance index and coverage ratio of each product.

    Args:
        ledger: the ledger to ask.
        query: reporters, partners, products () at one `level`; without partners, trade with all of them.
        digits: add products up to so many digits first.
        trace: name releases or rows.

    Source: Grubel & Lloyd (1975), Intra-industry Trade.
    """
    draft = Draft(ledger, trace)
    both = replace(query, flows=("export", "import"))
    return evaluate(
        draft,
        products.intra_industry(product_figures(draft, both), digits),
        products.INTRA_INDUSTRY,
        currency=query.currency,
        parameters=told(both, digits=digits),
    )


def intra_industry_aggregate(
    ledger: Ledger, query: FlowQuery, *, digits: int | None = None, trace: Trace = "release"
) -> Measured:
    """Grubel-Lloyd index of all trade, at a level that is stated: it falls with finer products.

    Args:
        ledger: the ledger to ask.
        query: as in `intra_industry`.
        digits: add products up to so many digits first.
        trace: name releases or rows.
    """
    draft = Draft(ledger, trace)
    both = replace(query, flows=("export", "import"))
    return evaluate(
        draft,
        products.intra_industry_aggregate(product_figures(draft, both), digits),
        products.INTRA_INDUSTRY_AGGREGATE,
        currency=query.currency,
        parameters=told(both, digits=digits),
    )


def _own_and_world(draft: Draft, query: FlowQuery) -> tuple[exp.Select, exp.Select]:
    return product_figures(draft, query), product_figures(draft, replace(query, reporters=()))
