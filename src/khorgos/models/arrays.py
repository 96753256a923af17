"""Checks at the door of the models: shapes, finite and non-negative numbers, shares, tariff factors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from khorgos.core.errors import BadInput

Array = npt.NDArray[np.float64]

#: Shares may miss one by this much; published shares are printed with seven digits or more.
SHARE_TOLERANCE = 1e-6


def finite(name: str, values: npt.ArrayLike, shape: tuple[int, ...], *, where: str = "") -> Array:
    """Return `values` as float64 of `shape`, or say which shape was expected.

    Args:
        name: what the array is, for the message.
        values: array-like; broadcast over trailing axes that are absent (a scalar, or [N, N] for [N, N, M]).
        shape: the shape asked for.
        where: the axes in words, e.g. "[exporter, importer, sector]".

    Raises:
        BadInput: wrong shape, NaN or infinity.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim < len(shape) and array.shape == shape[: array.ndim]:
        array = array.reshape(array.shape + (1,) * (len(shape) - array.ndim))
    try:
        array = np.broadcast_to(array, shape) if array.shape != shape else array
    except ValueError:
        raise BadInput(f"{name} has shape {array.shape}, not {shape}", where=where or None) from None
    if not np.isfinite(array.sum()) and not np.isfinite(array).all():
        place = tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0])
        raise BadInput(
            f"{name} holds a value that is not finite at {place}", hint="Fill or drop missing cells before modelling"
        )
    return array


def non_negative(name: str, values: npt.ArrayLike, shape: tuple[int, ...], *, where: str = "") -> Array:
    """As `finite`, and refuse negative numbers."""
    array = finite(name, values, shape, where=where)
    if array.size and array.min() < 0:
        place = tuple(int(k) for k in np.unravel_index(int(array.argmin()), shape))
        raise BadInput(f"{name} is negative at {place}: {array.min():.6g}")
    return array


def positive(name: str, values: npt.ArrayLike, shape: tuple[int, ...], *, where: str = "", hint: str = "") -> Array:
    """As `finite`, and refuse zero and negative numbers."""
    array = finite(name, values, shape, where=where)
    if array.size and array.min() <= 0:
        place = tuple(int(k) for k in np.unravel_index(int(array.argmin()), shape))
        raise BadInput(f"{name} must be above zero; at {place} it is {array.min():.6g}", hint=hint or None)
    return array


def shares(name: str, values: npt.ArrayLike, shape: tuple[int, ...], *, axis: int, where: str = "") -> Array:
    """As `non_negative`, and the sum over `axis` must be one."""
    array = non_negative(name, values, shape, where=where)
    gap = np.abs(array.sum(axis) - 1.0)
    if gap.max() > SHARE_TOLERANCE:
        place = tuple(int(k) for k in np.unravel_index(int(gap.argmax()), gap.shape))
        worst = float(array.sum(axis)[place])
        raise BadInput(f"{name} must sum to one over axis {axis}; at {place} the sum is {worst:.6g}", hint=_why(worst))
    return array


def trade_shares(values: npt.ArrayLike, shape: tuple[int, int, int]) -> Array:
    """Spending shares pi[exporter, importer, market]: each importer's column sums to one.

    Raises:
        BadInput: the columns do not sum to one; a transposed matrix is named as such.
    """
    where = "[exporter, importer, sector]"
    array = non_negative("pi", values, shape, where=where)
    if np.abs(array.sum(0) - 1.0).max() <= SHARE_TOLERANCE:
        return array
    if np.abs(array.sum(1) - 1.0).max() <= SHARE_TOLERANCE:
        raise BadInput(
            "pi is transposed: it sums to one over importers", hint="Arrays are [exporter, importer, sector]"
        )
    return shares("pi", array, shape, axis=0, where=where)


def tariff_factor(name: str, values: npt.ArrayLike, shape: tuple[int, int, int], *, ceiling: float) -> Array:
    """Tariff factors tau[exporter, importer, market] = 1 + t, one at home.

    Args:
        name: for the message.
        values: array-like, broadcast from [N, N].
        shape: (N, N, M).
        ceiling: the highest rate t that is believed.

    Raises:
        BadInput: rates given for factors, per cent given for fractions, a tariff on domestic sales.
    """
    where = "[exporter, importer, sector]"
    array = finite(name, values, shape, where=where)
    low, high = float(array.min()), float(array.max())
    if low <= 0 or high == 0:
        raise BadInput(
            f"{name} holds {low:.6g}", where=where, hint="tau is the factor 1 + t: was the rate t given instead?"
        )
    if high - 1.0 > ceiling:
        raise BadInput(
            f"{name} holds a tariff of {100 * (high - 1):.6g} per cent",
            where=where,
            hint="Rates are fractions: 25 per cent is t = 0.25, tau = 1.25. Raise the ceiling if it is meant",
        )
    home = array[np.arange(shape[0]), np.arange(shape[0])]
    if np.abs(home - 1.0).max() > 0:
        place = int(np.abs(home - 1.0).max(axis=1).argmax())
        raise BadInput(f"{name} puts a tariff on domestic sales of country {place}", hint="tau[i, i] is 1")
    return array


def _why(worst: float) -> str:
    if 99.0 < worst < 101.0:
        return "Shares are fractions, not per cent"
    return "Divide by the sum, or look for a missing or double row"
