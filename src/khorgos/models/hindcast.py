"""Was a forecast right? Scores of predicted against actual changes, their uncertainty, and a naive forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from khorgos.core.errors import BadInput
from khorgos.models.arrays import Array, finite, non_negative, positive
from khorgos.models.balance import ras

#: Fewer observations than this have no rank correlation worth a figure: chosen as the least with an order to get wrong.
FEWEST = 3
#: A spread below this is rounding of a solver, not a forecast: its residuals are 1e-10.
CONSTANT = 1e-9


@dataclass(frozen=True, slots=True)
class Scores:
    """How near a forecast of log changes came; None where a figure has no meaning.

    Args:
        n: observations.
        rank: Spearman's rank correlation of predicted and actual.
        sign: share of the predictions other than zero whose direction is right.
        mae: mean absolute error.
        weighted: mean absolute error weighted by the flows before.
        rmse: root mean squared error.
        bias: mean of predicted less actual.
        slope: least squares of actual on predicted; 1 where effects have the predicted size.
        skill: 1 - MSE / MSE of "no change"; 1 perfect, 0 as good as it, below 0 worse.
    """

    n: int
    rank: float | None
    sign: float | None
    mae: float
    weighted: float
    rmse: float
    bias: float
    slope: float | None
    skill: float | None


def scores(predicted: npt.ArrayLike, actual: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Scores:
    """Score predicted against actual log changes.

    rank = corr(R(p), R(a)); slope = cov(p, a) / var(p); skill = 1 - sum (p - a)^2 / sum a^2.

    Args:
        predicted: [N] log changes.
        actual: [N] likewise.
        weights: [N] for the weighted error; all alike where left out.

    Raises:
        BadInput: fewer than three observations, another shape, or a value that is not finite.

    Source: Spearman (1904), doi:10.2307/1412159; Mincer, Zarnowitz (1969), NBER, "The evaluation of economic
    forecasts" (slope); Murphy (1988), doi:10.1175/1520-0493(1988)116<2417:SSBOTM>2.0.CO;2 (skill).
    """
    p, a = _pair(predicted, actual)
    w = np.ones(len(p)) if weights is None else positive("weights", weights, (len(p),))
    error = p - a
    return Scores(
        n=len(p),
        rank=_rank(p, a),
        sign=_sign(p, a),
        mae=float(np.abs(error).mean()),
        weighted=float((w * np.abs(error)).sum() / w.sum()),
        rmse=float(np.sqrt((error**2).mean())),
        bias=float(error.mean()),
        slope=None if _flat(p) else float(np.cov(p, a, bias=True)[0, 1] / p.var()),
        skill=skill(p, np.zeros(len(p)), a),
    )


def skill(predicted: npt.ArrayLike, naive: npt.ArrayLike, actual: npt.ArrayLike) -> float | None:
    """How much of a naive forecast's squared error is gone: 1 - sum (p - a)^2 / sum (q - a)^2.

    Args:
        predicted: [N] log changes.
        naive: [N] of the naive forecast.
        actual: [N] what happened.

    Returns:
        1 for a perfect forecast, 0 for the naive one itself; None where the naive one is perfect.
    """
    p, a = _pair(predicted, actual)
    q, _ = _pair(naive, actual)
    missed = float(((q - a) ** 2).sum())
    return 1.0 - float(((p - a) ** 2).sum()) / missed if missed > 0 else None


def resampled(
    predicted: npt.ArrayLike,
    actual: npt.ArrayLike,
    clusters: Sequence[str],
    *,
    draws: int,
    seed: int,
    level: float = 0.9,
) -> dict[str, tuple[float, float] | None]:
    """Bootstrap intervals of rank, mae and skill; observations of one cluster are drawn together.

    Args:
        predicted: [N] log changes.
        actual: [N] likewise.
        clusters: [N] names; what is bought from and what is sold to one partner hang together.
        draws: number of resamples.
        seed: of the draws.
        level: probability of the central interval.

    Returns:
        Name of the score -> its interval; None where most draws have no such score.

    Raises:
        BadInput: as in `scores`; no draws.

    Source: Efron, Tibshirani (1993), An Introduction to the Bootstrap, ch. 13 (percentile intervals).
    """
    p, a = _pair(predicted, actual)
    if draws < 1:
        raise BadInput("Give at least one draw")
    names, member = np.unique(np.asarray(clusters), return_inverse=True)
    if len(member) != len(p):
        raise BadInput(f"{len(member)} clusters for {len(p)} observations")
    counts = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), draws)
    times = counts[:, member].astype(float)  # how often each observation is in each resample
    size = times.sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):  # a resample of one value has no correlation, no skill
        found = {
            "rank": np.full(draws, np.nan) if _flat(p) or _flat(a) else _ranks(times, p, a),
            "mae": times @ np.abs(p - a) / size,
            "skill": 1.0 - times @ (p - a) ** 2 / (times @ a**2),
        }
    tail = (1.0 - level) / 2
    return {name: _central(values[np.isfinite(values)], tail, draws) for name, values in found.items()}


def _central(values: Array, tail: float, draws: int) -> tuple[float, float] | None:
    if 2 * len(values) <= draws:
        return None
    low, high = np.quantile(values, (tail, 1.0 - tail))
    return float(low), float(high)


def _ranks(times: Array, p: Array, a: Array) -> Array:
    """Spearman's correlation of each resample, its observations given by how often they are in it."""
    one, other = _repeated_ranks(times, p), _repeated_ranks(times, a)
    size = times.sum(1)
    one, other = (r - ((times * r).sum(1) / size)[:, None] for r in (one, other))
    shared = (times * one * other).sum(1)
    result: Array = shared / np.sqrt((times * one**2).sum(1) * (times * other**2).sum(1))
    return result


def _repeated_ranks(times: Array, values: Array) -> Array:
    """Mean ranks where every value is repeated: those below it, and half of its equals."""
    _, level, equals = np.unique(values, return_inverse=True, return_counts=True)
    starts = np.concatenate(([0], np.cumsum(equals)[:-1]))
    equal = np.add.reduceat(times[:, np.argsort(level, kind="stable")], starts, axis=1)
    ranks: Array = (np.cumsum(equal, axis=1) - (equal - 1.0) / 2)[:, level]
    return ranks


def shuffled(predicted: npt.ArrayLike, actual: npt.ArrayLike, *, draws: int, seed: int) -> float | None:
    """Permutation test of the rank correlation: how often chance alone orders the changes at least as well.

    Args:
        predicted: [N] log changes.
        actual: [N] likewise.
        draws: number of shuffles.
        seed: of the shuffles.

    Returns:
        (1 + shuffles at least as good) / (1 + draws); None where the forecast is constant.
    """
    p, a = _pair(predicted, actual)
    own = _rank(p, a)
    if own is None:
        return None
    ranks = rankdata(p) - (len(p) + 1) / 2
    others = rankdata(a) - (len(a) + 1) / 2
    rng = np.random.default_rng(seed)
    many = rng.permuted(np.tile(others, (draws, 1)), axis=1) @ ranks
    # As good as: to the rounding of a sum of halves.
    return float((1 + (many >= ranks @ others - 1e-9).sum()) / (1 + draws))


def diversion(flows: npt.ArrayLike, factor: npt.ArrayLike, theta: float) -> Array:
    """Proportional diversion: what is hit falls by its tariff alone, and all others fill the gap in proportion.

    X'_ij = r_i X_ij f_ij^-theta s_j, with r and s such that every exporter and importer keeps its total.

    Args:
        flows: [exporter, importer] trade, the diagonal empty.
        factor: [exporter, importer] tariff factor after over before.
        theta: trade elasticity.

    Returns:
        [exporter, importer] trade after.

    Raises:
        BadInput: wrong shapes, or a factor that is not above zero.
        NotConverged: the totals cannot be kept.
    """
    n = np.shape(flows)[0]
    X = non_negative("flows", flows, (n, n), where="[exporter, importer]")
    f = positive("factor", factor, (n, n), where="[exporter, importer]")
    return ras(X * f ** (-theta), X.sum(1), X.sum(0), tolerance=1e-9).matrix


def _pair(predicted: npt.ArrayLike, actual: npt.ArrayLike) -> tuple[Array, Array]:
    a = np.asarray(actual, dtype=float)
    if a.ndim != 1 or len(a) < FEWEST:
        raise BadInput(f"{a.size} observations cannot be scored", hint=f"It takes at least {FEWEST}")
    return finite("predicted", predicted, a.shape), finite("actual", a, a.shape)


def _flat(values: Array) -> bool:
    return float(np.ptp(values)) < CONSTANT


def _rank(p: Array, a: Array) -> float | None:
    if _flat(p) or _flat(a):
        return None
    return float(np.corrcoef(rankdata(p), rankdata(a))[0, 1])


def _sign(p: Array, a: Array) -> float | None:
    said = np.abs(p) > CONSTANT
    return float((np.sign(p[said]) == np.sign(a[said])).mean()) if said.any() else None
