"""The Growth Lab's reliability of reporters: the asymmetry of pairs, split between the two countries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.linalg import pinvh

from khorgos.core.errors import BadInput
from khorgos.models.partial.inputs import Floats
from khorgos.models.reconciliation.reports import Index, Reports

#: Countries below this share of all, by accuracy, are disregarded where the partner is not (Bustos et al. 2026,
#: "Compute country reliability scores": the tenth percentile).
WORST = 0.10
#: Share of a country's trade under areas not specified above which its partner's report stands (Bustos et al. 2026,
#: step 1: 25 per cent).
UNALLOCATED = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Accuracy:
    """How well countries' reports agree with those of their partners, over both roles.

    Args:
        countries: their ids.
        score: accuracy 1 - alpha [n]; alpha is what the country adds to the asymmetry of its flows.
        trusted: whether the score is above the tenth percentile [n].
    """

    countries: tuple[str, ...]
    score: Floats
    trusted: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def harvard_accuracy(found: Reports) -> Accuracy:
    """Accuracy 1 - alpha of each country, from D = |V^E - V^I| / (V^E + V^I) = alpha_j + alpha_k + e.

    D is of the total of a pair and period over all products, one direction; alpha = (B'B)^-1 B'D, B the incidence
    of flows and countries.

    Args:
        found: the reports; only flows with both count (the paper gives D = 1 to flows with one report; in a ledger
            one report may be missing because nobody imported its file).

    Raises:
        BadInput: no flow has both reports.

    Source: Bustos et al. (2026), Scientific Data 13, 170, doi:10.1038/s41597-025-06488-2 (Growth Lab WP 251).
    """
    both = np.flatnonzero(found.both)
    if not both.size:
        raise BadInput("No flow has both reports", hint="Import both sides: khorgos import FILE")
    pair = (found.period * len(found.exporters) + found.exporter) * len(found.importers) + found.importer
    _, first, flow = np.unique(pair[both], return_index=True, return_inverse=True)
    out, into = np.bincount(flow, found.out[both]), np.bincount(flow, found.into[both])
    asymmetry = np.abs(out - into) / (out + into)
    countries = tuple(sorted({*found.exporters, *found.importers}))
    own = _places(found.exporters, countries)[found.exporter[both][first]]
    other = _places(found.importers, countries)[found.importer[both][first]]
    seen = np.unique(np.concatenate([own, other]))
    score = 1.0 - _effects(np.searchsorted(seen, own), np.searchsorted(seen, other), asymmetry, len(seen))
    return Accuracy(tuple(countries[n] for n in seen), score, score >= np.quantile(score, WORST))


def harvard_weights(found: Reports, known: Accuracy, unallocated: Collection[str] = ()) -> Floats:
    """Weight of the exporter's figure: softmax of the two accuracies; the one not trusted counts nothing.

    w = e^a_i / (e^a_i + e^a_j), a the accuracy; where one side alone is below the tenth percentile, or books too much
    of its trade under no country, the other's report stands.

    Args:
        found: the reports.
        known: accuracy of the countries.
        unallocated: countries with more than `UNALLOCATED` of their trade under areas not specified.

    Returns:
        Weights from 0 to 1 [n]; NaN where a side is not known.

    Source: Bustos et al. (2026), Scientific Data 13, 170, doi:10.1038/s41597-025-06488-2.
    """
    score = dict(zip(known.countries, known.score, strict=True))
    trusted = dict(zip(known.countries, known.trusted, strict=True)) | dict.fromkeys(unallocated, False)

    def of(ids: tuple[str, ...], codes: Index) -> tuple[Floats, Floats]:
        scores = np.array([score.get(one, np.nan) for one in ids])[codes]
        return scores, np.array([float(trusted.get(one, False)) for one in ids])[codes]

    own, own_trusted = of(found.exporters, found.exporter)
    other, other_trusted = of(found.importers, found.importer)
    soft = 1.0 / (1.0 + np.exp(other - own))
    one_only = np.where(own_trusted > other_trusted, 1.0, 0.0)
    return np.where(np.isnan(soft) | (own_trusted == other_trusted), soft, one_only)


def _places(ids: tuple[str, ...], countries: tuple[str, ...]) -> Index:
    return np.array([countries.index(one) for one in ids], dtype=np.intp)


def _effects(own: Index, other: Index, asymmetry: Floats, n: int) -> Floats:
    rows = np.tile(np.arange(len(asymmetry)), 2)
    ones = np.ones(2 * len(asymmetry))
    incidence = sparse.csr_array((ones, (rows, np.concatenate([own, other]))), shape=(len(asymmetry), n))
    return np.asarray(pinvh((incidence.T @ incidence).toarray()) @ (incidence.T @ asymmetry))
