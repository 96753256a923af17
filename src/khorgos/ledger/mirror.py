"""Mirror view: what the exporter declared beside what the importer declared about the same trade."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from khorgos.ledger.query import FlowQuery, Trace, cells
from khorgos.ledger.store import Ledger

# Reconciled and mirrored figures mix the two declarations that a mirror sets against each other.
_DECLARED = ("reported", "estimated")
_KEY = ("exporter", "importer", "period", "product", "nomenclature")
_SIDE = ("value", "rounding", "valuation", "partner_basis", "source", "published", "converted", "trace")


def mirror(
    ledger: Ledger,
    exporters: tuple[str, ...],
    importers: tuple[str, ...],
    query: FlowQuery,
    *,
    trace: Trace = "release",
) -> exp.Select:
    """Both declarations of each flow of goods.

    Args:
        ledger: the view that will be asked.
        exporters: area ids; () for all single areas.
        importers: area ids; () for all single areas.
        query: periods, products, currency and the rest; its reporters, partners and flows are not used.
        trace: as in `cells`.

    Returns:
        An expression with exporter, importer, period, product, nomenclature, and for each side `value_x`
        (exporter's, usually FOB) and `value_m` (importer's, usually CIF), likewise rounding, valuation,
        partner_basis, source, published, converted and trace. Null where a side declared nothing.
    """
    common = replace(query, statuses=query.statuses or _DECLARED)
    out = cells(ledger, replace(common, reporters=exporters, partners=importers, flows=("export",)), trace=trace)
    into = cells(ledger, replace(common, reporters=importers, partners=exporters, flows=("import",)), trace=trace)
    same = exp.and_(*(exp.column(name, table="x").eq(exp.column(name, table="m")) for name in _KEY))
    either = [exp.alias_(exp.func("COALESCE", exp.column(n, table="x"), exp.column(n, table="m")), n) for n in _KEY]
    sides = [exp.alias_(exp.column(name, table=side), f"{name}_{side}") for name in _SIDE for side in ("x", "m")]
    return (
        exp.select(*either, *sides)
        .from_(_named(out, exporter="reporter", importer="partner").subquery("x"))
        .join(_named(into, exporter="partner", importer="reporter").subquery("m"), on=same, join_type="full")
    )


def _named(select: exp.Select, *, exporter: str, importer: str) -> exp.Select:
    names = [exp.alias_(exp.column(exporter), "exporter"), exp.alias_(exp.column(importer), "importer")]
    return exp.select(*names, *_KEY[2:], *_SIDE).from_(select.subquery("declared"))
