"""GMRES in one cycle for maps that are cheap and vectors that fit: Arnoldi by two block projections a step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.linalg import lstsq

from khorgos.models.arrays import Array


def gmres(apply: Callable[[Array], Array], right: Array, *, tolerance: float, steps: int) -> tuple[Array, int, float]:
    """Solve A x = right in the Krylov space of `right`.

    Args:
        apply: x -> A x.
        right: [n].
        tolerance: relative residual.
        steps: largest dimension of the space.

    Returns:
        x, how often A was applied, the relative residual.

    Source: Saad, Schultz (1986), SIAM J. Sci. Stat. Comput. 7(3), doi:10.1137/0907058; classical Gram-Schmidt twice.
    """
    size = float(np.linalg.norm(right))
    if size == 0.0:
        return np.zeros_like(right), 0, 0.0
    basis = np.empty((steps + 1, right.size))
    hessenberg = np.zeros((steps + 1, steps))
    basis[0] = right / size
    goal = np.zeros(steps + 1)
    goal[0] = size
    for k in range(steps):
        w = apply(basis[k])
        known = basis[: k + 1]
        for _ in range(2):
            part = known @ w
            w = w - part @ known
            hessenberg[: k + 1, k] += part
        hessenberg[k + 1, k] = np.linalg.norm(w)
        y = lstsq(hessenberg[: k + 2, : k + 1], goal[: k + 2])[0]
        residual = float(np.linalg.norm(hessenberg[: k + 2, : k + 1] @ y - goal[: k + 2])) / size
        if residual <= tolerance or hessenberg[k + 1, k] <= 1e-14 * size or k + 1 == steps:
            return y @ basis[: k + 1], k + 1, residual
        basis[k + 1] = w / hessenberg[k + 1, k]
    raise AssertionError("unreachable: the last step returns")
