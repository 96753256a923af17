"""Weighted least squares with several sets of fixed effects, by sparse normal equations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.linalg import lapack, solve_triangular

from khorgos.core.errors import BadInput
from khorgos.models.partial.inputs import Floats

#: Levels of all sets of effects but the largest; chosen because their dense normal matrix then stays below 200 MB.
MOST_LEVELS = 5_000
#: Rank of the scaled normal matrix; chosen as the square of the share (1e-5) below which a regressor's own variation
#: is lost in the rounding of a normal equation in float64.
RANK = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Regressors and fixed effects of n observations.

    Args:
        names: of the regressors [k].
        regressors: [n, k].
        largest: name of the set of effects with the most levels.
        levels: the levels of each set, by name.
        dummies: of the largest set, sparse [n, levels].
        others: of all other sets side by side, sparse [n, levels of all].
    """

    names: tuple[str, ...]
    regressors: Floats
    largest: str
    levels: dict[str, NDArray[np.generic]]
    dummies: sparse.csr_array
    others: sparse.csr_array


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Coefficients of one weighted least-squares fit.

    Args:
        beta: of the regressors [k].
        effects: of each set of fixed effects, by name [levels]; only their sum over the sets is identified.
        fitted: predicted values [n].
        hessian: X~'W X~ [k, k], X~ the regressors less their projection on the effects.
        residual_regressors: X~ [n, k].
    """

    beta: Floats
    effects: dict[str, Floats]
    fitted: Floats
    hessian: Floats
    residual_regressors: Floats


def design(regressors: Mapping[str, Floats], effects: Mapping[str, ArrayLike], n: int) -> Design:
    """Line up regressors and dummies.

    Raises:
        BadInput: no effects, or more levels than normal equations can hold.
    """
    if not effects:
        raise BadInput("There are no fixed effects", hint="For a constant alone give one effect with one level")
    coded = {name: np.unique(np.asarray(codes), return_inverse=True) for name, codes in effects.items()}
    largest = max(coded, key=lambda name: len(coded[name][0]))
    rest = sum(len(levels) for name, (levels, _) in coded.items() if name != largest)
    if rest > MOST_LEVELS:
        raise BadInput(
            f"Besides {largest!r} there are {rest} fixed effects, more than {MOST_LEVELS}",
            hint="Use ppml_pyfixest, which demeans instead of solving normal equations",
        )
    matrices = {
        name: sparse.csr_array((np.ones(n), (np.arange(n), codes)), shape=(n, len(levels)))
        for name, (levels, codes) in coded.items()
    }
    others = [matrix for name, matrix in matrices.items() if name != largest]
    return Design(
        names=tuple(regressors),
        regressors=np.column_stack([*regressors.values()]) if regressors else np.zeros((n, 0)),
        largest=largest,
        levels={name: levels for name, (levels, _) in coded.items()},
        dummies=matrices[largest],
        others=sparse.csr_array(sparse.hstack(others)) if others else sparse.csr_array((n, 0)),
    )


def weighted_fit(d: Design, weights: Floats, target: Floats) -> Fit:
    """Least squares of the target on regressors and effects: the largest set by its diagonal, the rest by Cholesky.

    Args:
        d: regressors and effects.
        weights: [n], above 0.
        target: [n].

    Returns:
        The fit.

    Raises:
        BadInput: a regressor without variation of its own.

    Source:
        Frisch-Waugh-Lovell, with the block inverse of the normal equations; Guimaraes, P. and Portugal, P. (2010),
        doi:10.1177/1536867X1101000406, on the same system.
    """
    x, big, rest = d.regressors, d.dummies, d.others
    big_w = sparse.csr_array(big.T.multiply(weights))
    rest_w = sparse.csr_array(rest.T.multiply(weights))
    mass = np.asarray(big_w.sum(axis=1)).ravel()
    # Kept sparse: a pair of countries meets few of the other effects, so this is where the time would go.
    cross = sparse.csr_array(big_w @ rest)
    scaled = sparse.csr_array(cross.multiply(1 / mass[:, None]))
    cross_x, big_z = big_w @ x, big_w @ target
    inverse = _pseudo_inverse((rest_w @ rest - cross.T @ scaled).toarray())
    rest_x = rest_w @ x - scaled.T @ cross_x
    rest_z = rest_w @ target - scaled.T @ big_z

    coefficients = inverse(rest_x)
    big_coefficients = (cross_x - cross @ coefficients) / mass[:, None]
    own = x - rest @ coefficients - big @ big_coefficients
    hessian = own.T @ (weights[:, None] * own)
    _own_variation(d.names, np.diag(hessian), np.einsum("ij,i,ij->j", x, weights, x))
    beta = np.linalg.solve(hessian, own.T @ (weights * target)) if x.shape[1] else np.zeros(0)
    other = inverse(rest_z - rest_x @ beta)
    first = (big_z - cross_x @ beta - cross @ other) / mass
    return Fit(beta, _by_name(d, first, other), x @ beta + rest @ other + big @ first, hessian, own)


def _own_variation(names: tuple[str, ...], left: Floats, total: Floats) -> None:
    flat = left <= RANK * np.maximum(total, 1e-300)
    if flat.any():
        raise BadInput(
            f"{names[int(np.argmax(flat))]!r} does not vary within the fixed effects",
            where="regressors",
            hint="Leave it out, or leave out the effects that absorb it",
        )


class _PseudoInverse:
    """Solves S c = r for a positive semi-definite S, with zeros for the columns that others span."""

    def __init__(self, matrix: Floats) -> None:
        scale = np.sqrt(np.maximum(np.diag(matrix), np.finfo(float).tiny))
        factor, pivots, rank, _ = lapack.dpstrf(matrix / scale[:, None] / scale, tol=RANK, lower=0)
        self._scale, self._kept = scale, pivots[:rank] - 1
        self._upper = np.triu(factor[:rank, :rank])

    def __call__(self, right: Floats) -> Floats:
        scale = self._scale if right.ndim == 1 else self._scale[:, None]
        half = solve_triangular(self._upper, (right / scale)[self._kept], trans="T")
        answer = np.zeros_like(right)
        answer[self._kept] = solve_triangular(self._upper, half)
        scaled: Floats = answer / scale
        return scaled


def _pseudo_inverse(matrix: Floats) -> _PseudoInverse | _Nothing:
    return _PseudoInverse(matrix) if matrix.size else _Nothing()


class _Nothing:
    """The inverse of the empty matrix, where there is one set of effects."""

    def __call__(self, right: Floats) -> Floats:
        return right


def _by_name(d: Design, first: Floats, other: Floats) -> dict[str, Floats]:
    found, start = {d.largest: first}, 0
    for name, levels in d.levels.items():
        if name != d.largest:
            found[name] = other[start : start + len(levels)]
            start += len(levels)
    return found
