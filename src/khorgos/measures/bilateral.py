"""Two countries: intensity, complementarity, similarity, import dependence, and the two reports of one flow."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from khorgos.ledger.query import FlowQuery, Trace
from khorgos.ledger.store import Ledger
from khorgos.measures.asking import asked_figures, only_asked, product_figures, told, universe_levels
from khorgos.measures.draft import Draft
from khorgos.measures.evaluate import evaluate
from khorgos.measures.measured import Measured
from khorgos.measures.statements import bilateral as statements
from khorgos.measures.statements import mirror as reports
from khorgos.measures.statements.levels import known
from khorgos.measures.statements.relation import among, where

# Reconciled and mirrored figures mix the two declarations that a mirror sets against each other.
_DECLARED = ("reported", "estimated")


def intensity(ledger: Ledger, query: FlowQuery, *, trace: Trace = "release") -> Measured:
    """Trade intensity T_ij = (x_ij / X_i) / (x_wj / X_w) among all reporters and partners of the ledger.

    Args:
        ledger: the ledger to ask.
        query: whose exports, to whom; the world is the sum over all.
        trace: name releases or rows.

    Source: WITS Trade Indicators help, "Trade intensity index"; ST/ESCAP/2559, ch. V.
    """
    draft = Draft(ledger, trace)
    world = replace(query, reporters=(), partners=(), flows=("export",))
    made = statements.intensity(known(asked_figures(draft, world)))
    return evaluate(
        draft,
        only_asked(only_asked(made, query, "reporter"), query, "partner"),
        statements.INTENSITY,
        currency=query.currency,
        parameters=told(query),
    )


def complementarity(
    ledger: Ledger,
    query: FlowQuery,
    exporters: tuple[str, ...],
    importers: tuple[str, ...],
    *,
    trace: Trace = "release",
) -> Measured:
    """How well exports fit what others import: C_ij = 100 (1 - sum_k |m_ik - x_jk| / 2).

    Args:
        ledger: the ledger to ask.
        query: products () at one `level`, periods; partners () or WLD.
        exporters: area ids.
        importers: area ids.
        trace: name releases or rows.

    Source: Michaely (1996), World Bank Policy Research Working Paper 1583.
    """
    draft = Draft(ledger, trace)
    out = replace(query, reporters=exporters, flows=("export",))
    into = replace(query, reporters=importers, flows=("import",))
    return evaluate(
        draft,
        statements.complementarity(product_figures(draft, out), product_figures(draft, into)),
        statements.COMPLEMENTARITY,
        currency=query.currency,
        parameters=told(query, exporters=exporters, importers=importers),
    )


def similarity(ledger: Ledger, query: FlowQuery, *, over: str = "product", trace: Trace = "release") -> Measured:
    """How alike countries' exports are: S_ab = sum_k min(s_ak, s_bk), over products or over markets.

    Args:
        ledger: the ledger to ask.
        query: reporters (two or more); products () at one `level` for products, partners () for markets.
        over: "product" or "partner".
        trace: name releases or rows.

    Source: Finger & Kreinin (1979), doi:10.2307/2231506.
    """
    draft = Draft(ledger, trace)
    out = replace(query, flows=("export",))
    by_market = over == "partner"
    level = universe_levels(draft, out, "partner") if by_market else product_figures(draft, out)
    return evaluate(
        draft,
        statements.similarity(level, over),
        statements.SIMILARITY,
        currency=query.currency,
        parameters=told(out, over=over),
    )


def import_dependence(
    ledger: Ledger, query: FlowQuery, partner: str | None = None, *, trace: Trace = "release"
) -> Measured:
    """A supplier's share in imports of each product, beside the concentration of all suppliers.

    Args:
        ledger: the ledger to ask.
        query: whose imports of what; its partners are not used: all suppliers count.
        partner: keep this supplier's rows; None keeps all.
        trace: name releases or rows.

    Returns:
        value (M_ij / M_i, fraction), supplier_hhi (0-1), top, top_share, n_suppliers.

    Source: ST/ESCAP/2559; European Commission (2021), SWD(2021) 352.
    """
    draft = Draft(ledger, trace)
    into = replace(query, flows=("import",))
    return evaluate(
        draft,
        statements.import_dependence(universe_levels(draft, into, "partner"), partner),
        statements.DEPENDENCE,
        currency=query.currency,
        parameters=told(into, partner=partner),
    )


def mirror(ledger: Ledger, query: FlowQuery, *, factor: float = reports.CIF_FOB, trace: Trace = "release") -> Measured:
    """Both reports of each flow between reporters and partners, both ways, with the gap and the range.

    Args:
        ledger: the ledger to ask.
        query: who and with whom, periods, products; its flows are not used.
        factor: CIF over FOB, an assumption (IMF: 1.06), used for the columns FOB only.
        trace: name releases or rows.

    Returns:
        value (V_m - V_x, currency), relative_gap, asymmetry (D), log_ratio, both reports, gap_fob,
        range_low and range_high: the error bar.

    Source: Bustos et al. (2025), Growth Lab WP 251 (D); IMF DOTS Yearbook 2017 (1.06).
    """
    draft = Draft(ledger, trace)
    sides = tuple(dict.fromkeys([*query.reporters, *query.partners]))
    both = replace(
        query,
        reporters=sides,
        partners=sides,
        flows=("export", "import"),
        statuses=query.statuses or _DECLARED,
    )
    made = reports.mirror(asked_figures(draft, both), factor)
    across = exp.Or(
        this=_between(query.reporters, query.partners), expression=_between(query.partners, query.reporters)
    )
    return evaluate(
        draft,
        where(made, across),
        reports.MIRROR,
        currency=query.currency,
        parameters=told(query, factor=factor),
        judges=(reports.judge_mirror,),
        notes=(f"assumes CIF = {factor:g} FOB in the columns FOB",),
    )


def _between(exporters: tuple[str, ...], importers: tuple[str, ...]) -> exp.Expression:
    sides = [among(name, areas) for name, areas in (("exporter", exporters), ("importer", importers)) if areas]
    return exp.Paren(this=exp.and_(*sides)) if sides else exp.true()
