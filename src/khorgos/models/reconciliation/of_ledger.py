"""Flows of a ledger reconciled: weights from all its double reports, for the flows asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khorgos.core.errors import BadInput, NoData
from khorgos.core.provenance import Lineage
from khorgos.ledger.engine import run
from khorgos.ledger.mirror import mirror
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.store import Ledger
from khorgos.measures.asking import told
from khorgos.measures.evaluate import releases_of
from khorgos.measures.measured import Measured
from khorgos.measures.statements.mirror import CIF_FOB
from khorgos.models.partial.inputs import Floats
from khorgos.models.reconciliation.baci import baci_reliability, baci_weights
from khorgos.models.reconciliation.combine import combine
from khorgos.models.reconciliation.harvard import UNALLOCATED, harvard_accuracy, harvard_weights
from khorgos.models.reconciliation.reports import Reports, reports
from khorgos.nomenclature.area_register import get

#: Years whose double reports weigh; chosen because what reporters did long before says little of how they report today,
#: and so that a ledger with all of the IMF's matrix answers in seconds.
_YEARS = tuple(range(2014, 2100))
_KEYS = ("exporter", "importer", "period", "product", "nomenclature")
_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in _KEYS),
        *((name, pa.float64()) for name in ("value", "growth_lab", "weight", "growth_lab_weight")),
        ("trace", pa.list_(pa.string())),
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Weight of the exporter's figure by both methods [n]; NaN where reliability is not known.

    Args:
        baci: by BACI's method.
        growth_lab: by the Growth Lab's.
        n: double reports behind them.
    """

    baci: Floats
    growth_lab: Floats
    n: int


def weigh(asked: Reports, everyone: Reports) -> Weights:
    """Both methods' weights for some flows from the reports of all; none where too few are reported twice."""
    n = int(everyone.both.sum())
    try:
        baci = baci_weights(asked, *baci_reliability(everyone))
        return Weights(baci, harvard_weights(asked, harvard_accuracy(everyone), unallocated(everyone)), n)
    except BadInput:
        return Weights(np.full(len(asked), np.nan), np.full(len(asked), np.nan), n)


def unallocated(everyone: Reports) -> frozenset[str]:
    """Countries with more than a quarter of their trade under areas not specified."""
    shares = []
    for own, other, ids, partners, values in (
        (everyone.exporter, everyone.importer, everyone.exporters, everyone.importers, everyone.out),
        (everyone.importer, everyone.exporter, everyone.importers, everyone.exporters, everyone.into),
    ):
        special = np.array([get(one).kind == "special" for one in partners])[other]
        known = np.nan_to_num(values)
        whole, hidden = (np.bincount(own, known * kept, len(ids)) for kept in (np.ones(len(known)), special))
        shares.append({one: (whole[n], hidden[n]) for n, one in enumerate(ids)})
    sums = {
        one: [sum(side.get(one, (0.0, 0.0))[n] for side in shares) for n in (0, 1)] for one in {*shares[0], *shares[1]}
    }
    return frozenset(one for one, (whole, hidden) in sums.items() if hidden > UNALLOCATED * whole)


def reconciled(ledger: Ledger, first: str, second: str, query: FlowQuery) -> Measured:
    """The flows between two areas, each as one figure FOB, by BACI's method (`value`) and the Growth Lab's.

    w V_i + (1 - w) V_j / c, with c = CIF/FOB 1.06 where the importer reports CIF; weights from every flow of the same
    product that both sides report since 2014, so that a figure does not depend on the years asked.
    Publishers' estimates do not count: the IMF's for a country that is silent are its partners' figures times 1.06.

    Args:
        ledger: the ledger to ask.
        first, second: ids of the two areas; both directions are answered.
        query: years (() for all), one product, currency, as of; its reporters, partners and flows are not used.

    Returns:
        One row a flow: value and growth_lab (currency; null where both report and a weight is not known), the weights
        of the exporter's figure.

    Raises:
        NoData: neither side reports.

    Source: Gaulier & Zignago (2010), CEPII WP 2010-23; Bustos et al. (2026), doi:10.1038/s41597-025-06488-2.
    """
    said = replace(query, reporters=(), partners=(), statuses=("reported",))
    both, everything = (first, second), replace(said, years=_YEARS, periods=())
    statement = mirror(ledger, both, both, said).order_by(*_KEYS)
    universe = mirror(ledger, (), (), everything).order_by(*_KEYS)
    table, wide = run(ledger, statement), run(ledger, universe)
    table = table.filter(pc.not_equal(table["exporter"], table["importer"]))
    if not table.num_rows:
        raise NoData("The ledger has no figures for this reconciliation", where=f"{first}, {second}")
    found = _reports(table)
    weights = weigh(found, _reports(wide))
    figures = {
        "value": combine(found, weights.baci),
        "growth_lab": combine(found, weights.growth_lab),
        "weight": weights.baci,
        "growth_lab_weight": weights.growth_lab,
    }
    asked_for = told(replace(query, reporters=(first,), partners=(second,)), factor=CIF_FOB)
    rows = table.select([*_KEYS, "trace_x", "trace_m"]).to_pylist()
    made = pa.Table.from_pylist(
        [
            {name: row[name] for name in _KEYS}
            | {name: None if np.isnan(values[n]) else float(values[n]) for name, values in figures.items()}
            | {"trace": sorted({*(row["trace_x"] or ()), *(row["trace_m"] or ())})}
            for n, row in enumerate(rows)
        ],
        schema=_SCHEMA,
    )
    return Measured(
        made,
        query.currency,
        Lineage(
            measure="reconciled flow",
            formula="w V_i + (1 - w) V_j / c; BACI: w = Var_j / (Var_i + Var_j); Growth Lab: w = softmax of accuracies",
            releases=tuple(sorted({*releases_of(table), *releases_of(wide)})),
            query=f"{statement.sql(dialect='duckdb')};\n{universe.sql(dialect='duckdb')}",
            parameters={name: str(value) for name, value in asked_for.items()},
            notes=(f"weights from {weights.n:,} flows that both sides report",),
        ),
        keys=_KEYS,
        units={"growth_lab": query.currency, "weight": "fraction", "growth_lab_weight": "fraction"},
    )


def _reports(table: pa.Table) -> Reports:
    at = {name: np.asarray(table[name].to_pylist(), dtype=str) for name in _KEYS}
    fob = np.array([1.0 if one == "FOB" else CIF_FOB for one in table["valuation_m"].to_pylist()])
    out, into = (np.array(table[f"value_{side}"].to_pylist(), dtype=np.float64) for side in "xm")
    # What is not above zero is no report of trade: a null in the table, a NaN here.
    out, into = (np.where(values > 0, values, np.nan) for values in (out, into))
    product = np.char.add(at["nomenclature"], at["product"])
    return reports(at["exporter"], at["importer"], out, into / fob, period=at["period"], product=product)
