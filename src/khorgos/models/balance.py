"""Biproportional balancing (RAS), and by how much it moved every margin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from khorgos.core.errors import BadInput, NotConverged
from khorgos.models.arrays import Array, non_negative

#: Margins are met to this, relative to the total.
TOLERANCE = 1e-12
ROUNDS = 5_000
#: Factors beyond this run away: the margins contradict the zeros.
LARGEST = 1e100


@dataclass(frozen=True, eq=False)
class Balanced:
    """A matrix with given margins.

    Args:
        matrix: r_i A_ij s_j.
        row_moved: [N] new over old row sum.
        column_moved: [M] new over old column sum.
        rounds: iterations.
        gap: largest miss of a margin over the total.
    """

    matrix: Array
    row_moved: Array
    column_moved: Array
    rounds: int
    gap: float

    @property
    def largest_move(self) -> float:
        """Largest relative change of a margin that had a value."""
        moves = np.concatenate((self.row_moved, self.column_moved))
        return float(np.nanmax(np.abs(moves - 1.0)))


def ras(
    matrix: npt.ArrayLike, rows: npt.ArrayLike, columns: npt.ArrayLike, *, tolerance: float = TOLERANCE
) -> Balanced:
    """Scale rows and columns in turn until both margins hold: X = diag(r) A diag(s).

    Args:
        matrix: [N, M] at least zero; zeros stay zero.
        rows: [N] sums wanted.
        columns: [M] sums wanted; the same total.
        tolerance: on margins, relative to the total.

    Returns:
        The matrix, and by how much each margin was moved.

    Raises:
        BadInput: the totals differ, or a wanted margin has no cell to carry it.
        NotConverged: zeros stand in the way.

    Source: Bacharach (1965), Int. Econ. Rev. 6(3), doi:10.2307/2525582; Stone (1961).
    """
    A = np.asarray(matrix, dtype=np.float64)
    if A.ndim != 2:
        raise BadInput(f"matrix has shape {A.shape}", hint="RAS balances two margins")
    A = non_negative("matrix", A, A.shape)
    R, C = non_negative("rows", rows, A.shape[:1]), non_negative("columns", columns, A.shape[1:])
    total = float(R.sum())
    if abs(total - C.sum()) > 1e-9 * max(total, 1e-300):
        raise BadInput(f"Row totals make {total:.6g}, column totals {C.sum():.6g}", hint="Scale one of them first")
    for name, wanted, has in (("row", R, A.sum(1)), ("column", C, A.sum(0))):
        if ((wanted > 0) & (has == 0)).any():
            place = int(np.argmax((wanted > 0) & (has == 0)))
            raise BadInput(f"The {name} {place} is empty but should sum to {wanted[place]:.6g}")
    s = np.ones(A.shape[1])
    gap = np.inf
    for rounds in range(1, ROUNDS + 1):
        r = _ratio(R, A @ s)
        s = _ratio(C, r @ A)
        if max(r.max(), s.max()) > LARGEST:
            break
        gap = float(np.abs(r * (A @ s) - R).max()) / max(total, 1e-300)
        if gap <= tolerance:
            X = r[:, None] * A * s
            return Balanced(X, _moved(X.sum(1), A.sum(1)), _moved(X.sum(0), A.sum(0)), rounds, gap)
    raise NotConverged(f"RAS misses a margin by {gap:.1e} of the total", hint="Zeros forbid these margins together")


def _ratio(wanted: Array, has: Array) -> Array:
    ratio: Array = np.divide(wanted, has, out=np.zeros_like(wanted), where=has > 0)
    return ratio


def _moved(new: Array, old: Array) -> Array:
    moved: Array = np.divide(new, old, out=np.full_like(new, np.nan), where=old > 0)
    return moved
