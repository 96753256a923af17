"""Flows of a ledger reconciled: weights from all its double reports, for the flows asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

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
from khorgos.models.reconciliation.harvard import harvard_accuracy, harvard_weights
from khorgos.models.reconciliation.reports import Reports, reports

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


def weigh(found: Reports) -> Weights:
    """Both methods' weights; none where too few flows are reported twice."""
    n = int(found.both.sum())
    try:
        baci = baci_weights(found, *baci_reliability(found))
        return Weights(baci, harvard_weights(found, harvard_accuracy(found)), n)
    except BadInput:
        return Weights(np.full(len(found), np.nan), np.full(len(found), np.nan), n)


def reconciled(ledger: Ledger, first: str, second: str, query: FlowQuery) -> Measured:
    """The flows between two areas, each as one figure FOB, by BACI's method (`value`) and the Growth Lab's.

    w V_i + (1 - w) V_j / c, with c = CIF/FOB 1.06 where the importer reports CIF; weights from every flow of the same
    product that both sides report, in all years of the ledger, so that a figure does not depend on the years asked.
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
    everything = replace(query, reporters=(), partners=(), years=(), periods=(), statuses=("reported",))
    statement = mirror(ledger, (), (), everything).order_by(*_KEYS)
    table = run(ledger, statement)
    at = {name: np.asarray(table[name].to_pylist()) for name in _KEYS}
    there = (at["exporter"] == first) & (at["importer"] == second)
    back = (at["exporter"] == second) & (at["importer"] == first)
    pair = there | back
    years = {f"{year:04d}" for year in query.years}
    asked = np.flatnonzero(pair & (np.isin(at["period"], list(years)) if years else True))
    if not asked.size:
        raise NoData("The ledger has no figures for this reconciliation", where=f"{first}, {second}")
    found = _reports(table, at)
    weights = weigh(found)
    figures = {
        "value": combine(found, weights.baci),
        "growth_lab": combine(found, weights.growth_lab),
        "weight": weights.baci,
        "growth_lab_weight": weights.growth_lab,
    }
    asked_for = told(replace(query, reporters=(first,), partners=(second,)), factor=CIF_FOB)
    traces = [[mark for side in "xm" for mark in table[f"trace_{side}"][int(n)].as_py() or ()] for n in asked]
    made = pa.Table.from_pylist(
        [
            {name: str(at[name][n]) for name in _KEYS}
            | {name: None if np.isnan(values[n]) else float(values[n]) for name, values in figures.items()}
            | {"trace": sorted(set(trace))}
            for n, trace in zip(asked, traces, strict=True)
        ],
        schema=_SCHEMA,
    )
    return Measured(
        made,
        query.currency,
        Lineage(
            measure="reconciled flow",
            formula="w V_i + (1 - w) V_j / c; BACI: w = Var_j / (Var_i + Var_j); Growth Lab: w = softmax of accuracies",
            releases=releases_of(table),
            query=statement.sql(dialect="duckdb"),
            parameters={name: str(value) for name, value in asked_for.items()},
            notes=(f"weights from {weights.n:,} flows that both sides report",),
        ),
        keys=_KEYS,
        units={"growth_lab": query.currency, "weight": "fraction", "growth_lab_weight": "fraction"},
    )


def _reports(table: pa.Table, at: dict[str, np.ndarray]) -> Reports:
    fob = np.array([1.0 if one == "FOB" else CIF_FOB for one in table["valuation_m"].to_pylist()])
    out, into = (np.array(table[f"value_{side}"].to_pylist(), dtype=np.float64) for side in "xm")
    # What is not above zero is no report of trade: a null in the table, a NaN here.
    out, into = (np.where(values > 0, values, np.nan) for values in (out, into))
    product = np.char.add(at["nomenclature"].astype(str), at["product"].astype(str))
    return reports(at["exporter"], at["importer"], out, into / fob, period=at["period"], product=product)
