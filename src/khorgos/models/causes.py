"""What may be uncertain in a world, and how one draw of it changes the baseline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from khorgos.core.errors import BadInput
from khorgos.models.arrays import Array, non_negative, positive
from khorgos.models.baseline import Baseline
from khorgos.models.uncertainty import LEAST_THETA, Cause


def elasticities(standard_errors: Array) -> Cause:
    """Normal draws of theta around the baseline's, kept above 0.1.

    Args:
        standard_errors: [S], e.g. those of Caliendo and Parro (2015), Table 1.
    """

    def draw(base: Baseline, rng: np.random.Generator) -> Baseline:
        s = len(base.sectors)
        return _with_theta(base, base.theta[:s] + standard_errors * rng.standard_normal(s))

    return draw


def elasticities_between(low: npt.ArrayLike, high: npt.ArrayLike) -> Cause:
    """Uniform draws of theta in a range.

    Args:
        low: [S] or one number, above zero.
        high: likewise.

    Raises:
        BadInput: an end at or below zero, or the ends in the wrong order.
    """
    below, above = (np.asarray(end, dtype=np.float64) for end in (low, high))
    positive("the range of theta", below, below.shape)
    if (below > above).any():
        raise BadInput("A range of theta ends below its start")

    def draw(base: Baseline, rng: np.random.Generator) -> Baseline:
        return _with_theta(base, rng.uniform(below, above, len(base.sectors)))

    return draw


def elasticities_of_products(estimates: Sequence[Array], weights: Sequence[Array] | None = None) -> Cause:
    """theta of a sector as the mean of its products', weighed by trade, the products drawn with replacement.

    The spread is what the choice of products makes: wide where few products are most of the trade.

    Args:
        estimates: one array a sector, theta = sigma - 1 by product, e.g. of HS6 products; empty keeps the baseline's.
        weights: trade of each product, in the same order; equal where left out. Products without trade are not drawn.

    Raises:
        BadInput: an estimate at or below zero, or weights of another length.

    Source: Fontagne, Guimbard, Orefice (2022), J. Int. Econ. 137:103593, doi:10.1016/j.jinteco.2022.103593 (estimates);
    Efron (1979), Ann. Statist. 7(1), doi:10.1214/aos/1176344552 (the bootstrap).
    """
    known = [
        positive("theta by product", values, (len(values),), where=f"sector {k}") for k, values in enumerate(estimates)
    ]
    if weights is None:
        weights = [np.ones(len(values)) for values in known]
    if [len(w) for w in weights] != [len(values) for values in known]:
        raise BadInput("Weights and estimates by product differ in length")
    trade = [non_negative("weights of products", w, (len(w),)) for w in weights]
    if any(len(w) and w.sum() == 0 for w in trade):
        raise BadInput("No product of a sector has weight")
    pairs = [(values[w > 0], w[w > 0]) for values, w in zip(known, trade, strict=True)]

    def draw(base: Baseline, rng: np.random.Generator) -> Baseline:
        if len(known) != len(base.sectors):
            raise BadInput(f"Estimates for {len(known)} sectors, the baseline has {len(base.sectors)}")
        theta = base.theta[: len(base.sectors)].copy()
        for k, (values, w) in enumerate(pairs):
            if len(values):
                some = rng.integers(len(values), size=len(values))
                theta[k] = (w[some] * values[some]).sum() / w[some].sum()
        return _with_theta(base, theta)

    return draw


def shares_within(low: Array, high: Array) -> Cause:
    """Draws of the flows between two bounds, such as the two reports of a mirror, even in logs; spending stays.

    In logs, because a flow half its size is as far off as one of twice its size.

    Args:
        low: [N, N, M] lower bound of a flow over the baseline's.
        high: [N, N, M] upper bound, likewise.

    Raises:
        BadInput: a bound at or below zero, or the bounds in the wrong order.
    """
    if (low > high).any() or (low <= 0).any():
        raise BadInput("The lower bound must be above zero and below the upper")
    start, end = np.log(low), np.log(high)

    def draw(base: Baseline, rng: np.random.Generator) -> Baseline:
        pi = base.pi * np.exp(rng.uniform(start, end))
        return base.with_(pi=pi / pi.sum(0))

    return draw


def mirror_bounds(base: Baseline, *reports: npt.ArrayLike) -> tuple[Array, Array]:
    """Bounds for `shares_within`: the least and the greatest of a flow and its reports, over the baseline's flow.

    Args:
        base: the world, whose flows are net of tariffs.
        reports: [N, N, M] the same flows as exporters and as importers declare them, in the baseline's currency; NaN
            or zero where nobody does, which leaves the flow as it is.

    Raises:
        BadInput: a report of another shape, or below zero.
    """
    flows = base.trade
    low, high = np.ones_like(flows), np.ones_like(flows)
    for report in reports:
        told = np.nan_to_num(np.asarray(report, dtype=np.float64), nan=0.0)
        told = non_negative("a report", told, flows.shape, where="[exporter, importer, sector]")
        ratio = np.divide(told, flows, out=np.ones_like(flows), where=(told > 0) & (flows > 0))
        low, high = np.minimum(low, ratio), np.maximum(high, ratio)
    return low, high


def _with_theta(base: Baseline, theta: Array) -> Baseline:
    return base.with_(theta=np.tile(np.maximum(theta, LEAST_THETA), base.uses))
