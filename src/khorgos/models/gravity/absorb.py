"""Weighted least squares with several sets of fixed effects, by sparse normal equations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve, lapack

from khorgos.core.errors import BadInput, NotConverged
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
        free: columns of the others that no other columns span, whatever the weights.
    """

    names: tuple[str, ...]
    regressors: Floats
    largest: str
    levels: dict[str, NDArray[np.generic]]
    dummies: sparse.csr_array
    others: sparse.csr_array
    free: NDArray[np.intp]


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
    side = [matrix for name, matrix in matrices.items() if name != largest]
    others = sparse.csr_array(sparse.hstack(side)) if side else sparse.csr_array((n, 0))
    return Design(
        names=tuple(regressors),
        regressors=np.column_stack([*regressors.values()]) if regressors else np.zeros((n, 0)),
        largest=largest,
        levels={name: levels for name, (levels, _) in coded.items()},
        dummies=matrices[largest],
        others=others,
        free=_free_columns(_reduced(matrices[largest], others, np.ones(n))[0]),
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
        NotConverged: weights so unequal that effects cannot be told apart.

    Source:
        Frisch-Waugh-Lovell, with the block inverse of the normal equations; Guimaraes, P. and Portugal, P. (2010),
        doi:10.1177/1536867X1101000406, on the same system.
    """
    x, big, rest = d.regressors, d.dummies, d.others
    matrix, cross, mass = _reduced(big, rest, weights)
    inverse = _Inverse(matrix, d.free)
    weighted, weighted_target = weights[:, None] * x, weights * target
    big_x, big_z = big.T @ weighted, big.T @ weighted_target
    rest_x = rest.T @ weighted - cross.T @ (big_x / mass[:, None])
    rest_z = rest.T @ weighted_target - cross.T @ (big_z / mass)

    coefficients = inverse(rest_x)
    big_coefficients = (big_x - cross @ coefficients) / mass[:, None]
    own = x - rest @ coefficients - big @ big_coefficients
    hessian = own.T @ (weights[:, None] * own)
    _own_variation(d.names, np.diag(hessian), np.einsum("ij,i,ij->j", x, weights, x))
    beta = np.linalg.solve(hessian, own.T @ weighted_target) if x.shape[1] else np.zeros(0)
    other = inverse(rest_z - rest_x @ beta)
    first = (big_z - big_x @ beta - cross @ other) / mass
    return Fit(beta, _by_name(d, first, other), x @ beta + rest @ other + big @ first, hessian, own)


def _reduced(big: sparse.csr_array, rest: sparse.csr_array, weights: Floats) -> tuple[Floats, sparse.csr_array, Floats]:
    """Normal matrix of the other effects less what the largest set explains; its cross products; its diagonal."""
    big_w = sparse.csr_array(big.T.multiply(weights))
    mass = np.asarray(big_w.sum(axis=1)).ravel()
    # Kept sparse: a pair of countries meets few of the other effects, so this is where the time would go.
    cross = sparse.csr_array(big_w @ rest)
    scaled = sparse.csr_array(cross.multiply(1 / mass[:, None]))
    matrix: Floats = (rest.T.multiply(weights) @ rest - cross.T @ scaled).toarray()
    return matrix, cross, mass


def _own_variation(names: tuple[str, ...], left: Floats, total: Floats) -> None:
    flat = left <= RANK * np.maximum(total, 1e-300)
    if flat.any():
        raise BadInput(
            f"{names[int(np.argmax(flat))]!r} does not vary within the fixed effects",
            where="regressors",
            hint="Leave it out, or leave out the effects that absorb it",
        )


def _free_columns(matrix: Floats) -> NDArray[np.intp]:
    """Columns of a positive semi-definite matrix that span it, by pivoted Cholesky."""
    if not matrix.size:
        return np.zeros(0, dtype=np.intp)
    scale = np.sqrt(np.maximum(np.diag(matrix), np.finfo(float).tiny))
    _, pivots, rank, _ = lapack.dpstrf(matrix / scale[:, None] / scale, tol=RANK, lower=0)
    return np.sort(pivots[:rank] - 1)


class _Inverse:
    """Solves S c = r on the free columns of S, with zeros for the others."""

    def __init__(self, matrix: Floats, free: NDArray[np.intp]) -> None:
        part = matrix[np.ix_(free, free)]
        self._free, self._scale = free, np.sqrt(np.diag(part))
        try:
            self._factor = cho_factor(part / self._scale[:, None] / self._scale) if free.size else None
        except np.linalg.LinAlgError as error:
            raise NotConverged(
                "The fixed effects cannot be told apart at these weights",
                where="PPML",
                hint="Some fitted trade has become all but zero: drop the effects that carry it",
            ) from error

    def __call__(self, right: Floats) -> Floats:
        answer = np.zeros_like(right)
        if self._factor is not None:
            scale = self._scale if right.ndim == 1 else self._scale[:, None]
            answer[self._free] = cho_solve(self._factor, right[self._free] / scale) / scale
        return answer


def _by_name(d: Design, first: Floats, other: Floats) -> dict[str, Floats]:
    found, start = {d.largest: first}, 0
    for name, levels in d.levels.items():
        if name != d.largest:
            found[name] = other[start : start + len(levels)]
            start += len(levels)
    return found
