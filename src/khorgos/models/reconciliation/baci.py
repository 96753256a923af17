"""BACI's reliability of reporters: reporting distances, split between exporters and importers by least squares."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import LinAlgError, cho_factor, cho_solve, pinvh

from khorgos.core.errors import BadInput
from khorgos.models.partial.inputs import Floats
from khorgos.models.reconciliation.reports import Reports

#: Levels of all effects together; chosen because the dense normal matrix is then inverted in about a second.
MOST_LEVELS = 2_000
#: Least over largest pivot of a matrix of full rank; chosen as the root of the rounding of a double, since a pivot that
#: should be zero comes out near it.
RANK = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """How far one side's reporters are from those of the other side.

    Args:
        reporters: their ids.
        mean: least-square mean of the reporting distance, log points [n].
        error: its standard error, log points [n].
        sigma: standard deviation of the log error of a report, log points [n]; above zero.
        flows: double reports behind it [n].
    """

    reporters: tuple[str, ...]
    mean: Floats
    error: Floats
    sigma: Floats
    flows: NDArray[np.intp]


def baci_reliability(found: Reports) -> tuple[Reliability, Reliability]:
    """Standard deviation of each exporter's and each importer's log error.

    RD = |ln(V_i / V_j)| = alpha_i + beta_j + lambda_t + gamma_k + e, weighted by ln(V_i + V_j), each set of effects
    summing to zero; sigma_i = (pi/2) (LS_RD_i - min LS_RD + 2 se_i).

    Printed is "- 2 se_i" (K_i = min LS_RD + 2 se_i): that makes the best reporters' sigma negative, and since only
    its square enters the weights, their order is turned round. With the sign mended every sigma is above zero.

    Args:
        found: the reports; only flows with both count. Values in units of the currency, not in thousands.

    Returns:
        The exporters, and the importers.

    Raises:
        BadInput: fewer than two exporters or importers with double reports, or more levels than can be inverted.

    Source: Gaulier & Zignago (2010), CEPII working paper 2010-23, section 2.4.
    """
    both = np.flatnonzero(found.both)
    out, into = found.out[both], found.into[both]
    exporters, i = np.unique(found.exporter[both], return_inverse=True)
    importers, j = np.unique(found.importer[both], return_inverse=True)
    if len(exporters) < 2 or len(importers) < 2:
        raise BadInput(
            "Reliability needs two exporters and two importers whose trade both sides report",
            hint="Import both sides of more pairs: khorgos import FILE",
        )
    sets = [i, j, *(_codes(codes[both]) for codes in (found.period, found.product))]
    levels = [int(codes.max()) + 1 for codes in sets]
    if sum(levels) > MOST_LEVELS:
        raise BadInput(f"There are {sum(levels)} reporters, periods and products, more than {MOST_LEVELS}")
    # A weight below zero has no meaning: below one unit of the currency a report says nothing.
    weight = np.maximum(np.log(out + into), 0.0)
    means, errors = _least_square_means(np.abs(np.log(out / into)), weight, sets, levels)
    names = tuple(found.exporters[n] for n in exporters), tuple(found.importers[n] for n in importers)
    counts = np.bincount(i), np.bincount(j)
    first, second = (_side(*one) for one in zip(names, means, errors, counts, strict=True))
    return first, second


def baci_weights(found: Reports, exporters: Reliability, importers: Reliability) -> Floats:
    """Weight of the exporter's figure in the mean of least variance: w = Var_j / (Var_i + Var_j).

    Var = e^(sigma^2) (e^(sigma^2) - 1), the variance of a log-normal error. (Equation 3 as extracted has i for j.)

    Args:
        found: the reports.
        exporters, importers: their reliability.

    Returns:
        Weights from 0 to 1 [n]; NaN where a side is not known.

    Source: Gaulier & Zignago (2010), section 2.4, equation 3.
    """
    own = _of(found.exporters, exporters)[found.exporter]
    other = _of(found.importers, importers)[found.importer]
    with np.errstate(over="ignore"):  # a difference of logs beyond 700 is a weight of 0 or 1
        return np.asarray(1.0 / (1.0 + np.exp(_log_variance(own) - _log_variance(other))))


def _log_variance(sigma: Floats) -> Floats:
    """ln(e^s (e^s - 1)) with s = sigma^2, without overflow: 2s + ln(1 - e^-s)."""
    square = sigma**2
    return np.asarray(2 * square + np.log(-np.expm1(-square)))


def _of(ids: tuple[str, ...], known: Reliability) -> Floats:
    sigma = dict(zip(known.reporters, known.sigma, strict=True))
    return np.array([sigma.get(one, np.nan) for one in ids], dtype=np.float64)


def _side(names: tuple[str, ...], mean: Floats, error: Floats, flows: NDArray[np.intp]) -> Reliability:
    sigma = np.pi / 2 * (mean - mean.min() + 2 * error)
    # Reports that agree to the last digit have no distance and no error; the smallest double stands for none.
    return Reliability(names, mean, error, np.maximum(sigma, np.sqrt(np.finfo(np.float64).tiny)), flows)


def _codes(codes: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.asarray(np.unique(codes, return_inverse=True)[1], dtype=np.intp)


def _least_square_means(
    distance: Floats, weight: Floats, sets: list[NDArray[np.intp]], levels: list[int]
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Means of exporters and importers over balanced levels of all else, and their standard errors."""
    n = len(distance)
    starts = np.concatenate([[0], np.cumsum(levels)])
    columns = np.stack([codes + start for codes, start in zip(sets, starts, strict=False)], axis=1)
    rows = np.repeat(np.arange(n), len(sets))
    design = sparse.csr_array((np.ones(rows.size), (rows, columns.ravel())), shape=(n, int(starts[-1])))
    inverse, rank = _inverse((design.T @ (design * weight[:, None])).toarray(), starts)
    effects = inverse @ (design.T @ (weight * distance))
    left = distance - design @ effects
    spread = float(weight @ left**2) / max(n - rank, 1)
    averages = [_average(starts, side) for side in range(len(sets))]

    def of(side: int) -> tuple[Floats, Floats]:
        wanted = np.tile(sum(a for s, a in enumerate(averages) if s != side), (levels[side], 1))
        wanted[np.arange(levels[side]), starts[side] + np.arange(levels[side])] += 1.0
        variance = ((wanted @ inverse) * wanted).sum(axis=1)
        return wanted @ effects, np.sqrt(np.maximum(spread * variance, 0.0))

    exporters, importers = of(0), of(1)
    return (exporters[0], importers[0]), (exporters[1], importers[1])


def _inverse(normal: Floats, starts: NDArray[np.intp]) -> tuple[Floats, int]:
    """A generalised inverse, and the rank: by making all sets but one sum to zero, which no mean depends on."""
    bound = np.zeros((len(starts) - 2, len(normal)))
    for row, (start, stop) in enumerate(pairwise(starts[1:])):
        bound[row, start:stop] = np.sqrt(normal.max())
    try:
        factor, lower = cho_factor(normal + bound.T @ bound)
    except LinAlgError:
        factor, lower = np.zeros((1, 1)), False
    # Reporters in groups without trade between them leave more than one set free.
    if np.diag(factor).min() <= RANK * np.diag(factor).max():
        inverse, rank = pinvh(normal, return_rank=True)
        return np.asarray(inverse), int(rank)
    return np.asarray(cho_solve((factor, lower), np.eye(len(normal)))), len(normal) - len(bound)


def _average(starts: NDArray[np.intp], side: int) -> Floats:
    """Picks the plain mean of one set's effects."""
    found = np.zeros(int(starts[-1]))
    found[starts[side] : starts[side + 1]] = 1.0 / float(starts[side + 1] - starts[side])
    return found
