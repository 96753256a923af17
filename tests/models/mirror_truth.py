"""Trade whose truth is known: two reports of it, each with its reporter's own error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from khorgos.models.reconciliation.reports import Reports, reports

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Truth:
    """60 x 60 countries x 40 products; errors log-normal, sigma log-uniform from 0.05 to 0.8, no CIF."""

    value: Floats
    reports: Reports
    exporter_sigma: Floats
    importer_sigma: Floats

    def error(self, figure: Floats) -> float:
        """Root mean squared log error of reconciled figures."""
        return float(np.sqrt(np.mean(np.log(figure / self.value) ** 2)))


def truth(seed: int, countries: int = 60, products: int = 40) -> Truth:
    """One draw of the benchmark of the notes on measures, section 4.4b."""
    rng = np.random.default_rng(seed)
    sides = [np.exp(rng.uniform(np.log(0.05), np.log(0.8), countries)) for _ in range(2)]
    i, j, k = (one.ravel() for one in np.indices((countries, countries, products)))
    value = np.exp(rng.normal(14, 2, i.size))  # dollars; their spread has no part in log errors
    out = value * np.exp(sides[0][i] * rng.normal(size=i.size))
    into = value * np.exp(sides[1][j] * rng.normal(size=i.size))
    names = np.array([f"C{n:02d}" for n in range(countries)])
    return Truth(value, reports(names[i], names[j], out, into, product=k), sides[0], sides[1])
