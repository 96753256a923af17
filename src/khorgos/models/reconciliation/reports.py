"""Two reports of each flow, as arrays: what reconciliation starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from khorgos.core.errors import BadInput
from khorgos.models.partial.inputs import Floats

Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """What both sides say of n flows, at one valuation.

    Args:
        exporters: their ids, each once.
        importers: their ids, each once.
        exporter: of each flow, an index into `exporters` [n].
        importer: of each flow, an index into `importers` [n].
        out: the exporters' figures, FOB [n]; NaN where there is none.
        into: the importers' figures, brought to FOB [n]; NaN where there is none.
        period: of each flow, an index of any kind [n].
        product: of each flow, an index of any kind [n].

    Raises:
        BadInput: arrays of different lengths, or a figure that is not positive.
    """

    exporters: tuple[str, ...]
    importers: tuple[str, ...]
    exporter: Index
    importer: Index
    out: Floats
    into: Floats
    period: Index
    product: Index

    def __post_init__(self) -> None:
        arrays = (self.exporter, self.importer, self.out, self.into, self.period, self.product)
        if len({len(one) for one in arrays}) != 1:
            raise BadInput("Reports of flows differ in length", where="reconciliation")
        if not all(bool(np.all((one > 0) & np.isfinite(one) | np.isnan(one))) for one in (self.out, self.into)):
            raise BadInput("A report of trade is above zero or missing", where="reconciliation")

    def __len__(self) -> int:
        return len(self.out)

    @property
    def both(self) -> NDArray[np.bool_]:
        """Where both sides report [n]."""
        found: NDArray[np.bool_] = ~np.isnan(self.out) & ~np.isnan(self.into)
        return found


def reports(
    exporter: ArrayLike,
    importer: ArrayLike,
    out: ArrayLike,
    into: ArrayLike,
    *,
    period: ArrayLike | None = None,
    product: ArrayLike | None = None,
) -> Reports:
    """Line up labelled flows.

    Args:
        exporter, importer: ids of the two sides [n].
        out: exporters' figures, FOB, any one currency [n]; NaN or zero where there is none.
        into: importers' figures, brought to FOB, the same currency [n]; NaN or zero where there is none.
        period, product: labels [n]; left out where all flows share one.

    Raises:
        BadInput: arrays of different lengths, or a negative figure.
    """
    exporters, i = np.unique(np.asarray(exporter, dtype=str), return_inverse=True)
    importers, j = np.unique(np.asarray(importer, dtype=str), return_inverse=True)
    return Reports(
        tuple(map(str, exporters)),
        tuple(map(str, importers)),
        i,
        j,
        _known(out),
        _known(into),
        _coded(period, len(i)),
        _coded(product, len(i)),
    )


def _known(values: ArrayLike) -> Floats:
    """A zero says that nothing was reported: both editions of Comtrade print it so."""
    found = np.asarray(values, dtype=np.float64)
    return np.where(found == 0, np.nan, found)


def _coded(labels: ArrayLike | None, n: int) -> Index:
    if labels is None:
        return np.zeros(n, dtype=np.intp)
    return np.asarray(np.unique(np.asarray(labels), return_inverse=True)[1], dtype=np.intp)
