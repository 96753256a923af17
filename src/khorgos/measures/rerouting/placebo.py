"""How unusual a figure is among placebos: hubs, years or products where nothing is known to have happened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from khorgos.core.errors import BadInput

#: Draws of product sets. Chosen because a percentile then has steps of a tenth of a point.
DRAWS = 999

#: Part of what all hubs sell to the destination that a placebo hub sells at least. Chosen because below a
#: ten-thousandth a single consignment makes a share nothing or everything.
LEAST_HUB = 1e-4


def percentile(value: float, placebos: Sequence[float]) -> float | None:
    """Where a figure stands among placebos, itself among them: (number below + half of those equal) / number.

    Equation: p = (b + (e + 1) / 2) / (n + 1), b placebos below, e equal, n in all. If the figure is one of n + 1
    exchangeable ones without ties, p takes each of (i + 1/2) / (n + 1) with the same chance.

    Args:
        value: the figure.
        placebos: the same figure where nothing is known to have happened.

    Returns:
        Between 0 and 1; None without placebos.

    Source: Besag & Clifford (1991), doi:10.1093/biomet/78.2.301, for the rank among exchangeable draws; ties by half.
    """
    if not len(placebos):
        return None
    others = np.asarray(placebos, float)
    below, equal = int(np.sum(others < value)), int(np.sum(others == value))
    return (below + (equal + 1) / 2) / (len(others) + 1)


def product_placebos(
    part: npt.NDArray[np.float64],
    whole: npt.NDArray[np.float64],
    size: int,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[float, ...]:
    """The share sum(part) / sum(whole) over sets of products drawn without regard to what they are.

    Args:
        part: an index by product, currency, [K].
        whole: what the hub sold of it, [K].
        size: products in a set.
        draws: number of sets.
        seed: of the draws.

    Returns:
        The share of each set that was sold at all.

    Raises:
        BadInput: a set as large as all products, or empty.
    """
    if not 0 < size < len(part):
        raise BadInput(f"Of {len(part)} products, {size} cannot be drawn and leave others")
    random = np.random.default_rng(seed)
    picked = np.argpartition(random.random((draws, len(part))), size, axis=1)[:, :size]
    sold = whole[picked].sum(axis=1)
    return tuple(float(a / b) for a, b in zip(part[picked].sum(axis=1), sold, strict=True) if b > 0)
