"""Costinot and Rodriguez-Clare (2014), Handbook of International Economics 4, chapter 4: gains from trade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from khorgos.models.arrays import Array
from khorgos.models.gains import gains_many_sectors, gains_one_sector
from khorgos.models.papers.cell import Cell

#: The file, relative to the folder of model data.
FILES = {"data": "crc_2014/crc2014_wiod2008.npz"}
#: The one-sector trade elasticity of Table 4.1.
EPSILON = 5.0
#: Table 4.1, column 1, per cent. Quoted without the book at hand; all 34 agree with the data.
COLUMN_1 = {
    "AUS": 2.3, "AUT": 5.7, "BEL": 7.5, "BRA": 1.5, "CAN": 3.8, "CHN": 2.6, "CZE": 6.0, "DEU": 4.5, "DNK": 5.8,
    "ESP": 3.1, "FIN": 4.4, "FRA": 3.0, "GBR": 3.2, "GRC": 4.2, "HUN": 8.1, "IDN": 2.9, "IND": 2.4, "IRL": 8.0,
    "ITA": 2.9, "JPN": 1.7, "KOR": 4.3, "MEX": 3.3, "NLD": 6.2, "POL": 4.4, "PRT": 4.4, "ROM": 4.5, "RUS": 2.4,
    "SVK": 7.6, "SVN": 6.8, "SWE": 5.1, "TUR": 2.9, "TWN": 6.1, "USA": 1.8, "RoW": 5.2,
}  # fmt: skip
#: Averages of columns 1 and 2.
AVERAGES = (4.4, 15.3)

_PAPER = "Costinot & Rodriguez-Clare 2014"


@dataclass(frozen=True, eq=False)
class Data:
    """WIOD 2008 as used by the chapter.

    Args:
        countries: 34 names.
        flows: [exporter, importer, sector], million USD.
        theta: [31] trade elasticities.
        alpha: [34, 31] expenditure shares as used in the chapter.
    """

    countries: tuple[str, ...]
    flows: Array
    theta: Array
    alpha: Array


def read(contents: Mapping[str, Any]) -> Data:
    """The chapter's data from its FILES: the arrays of the archive by name."""
    data = contents["data"]
    return Data(tuple(str(c) for c in data["countries"]), data["X_exporter_importer_sector"], data["eps"], data["beta"])


def reproduce(data: Data) -> tuple[Cell, ...]:
    """Table 4.1: column 1 for 34 countries, and the averages of columns 1 and 2 (per cent, one decimal).

    Source:
        Costinot, A. and Rodriguez-Clare, A. (2014), Trade Theory with Numbers, Table 4.1.
    """
    first = 100 * gains_one_sector(data.flows, EPSILON)
    second = 100 * gains_many_sectors(data.flows, data.theta, data.alpha)
    cells = [
        Cell(_PAPER, "Table 4.1", f"{c}, column 1", COLUMN_1[c], float(first[i]), 1)
        for i, c in enumerate(data.countries)
    ]
    means = (float(first.mean()), float(second.mean()))
    for k, (printed, mean) in enumerate(zip(AVERAGES, means, strict=True), start=1):
        cells.append(Cell(_PAPER, "Table 4.1", f"average, column {k}", printed, mean, 1))
    return tuple(cells)
