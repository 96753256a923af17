"""Input-output tables of the world of sectors: ICIO's industries as SITC sections, donors, and balancing by country."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from khorgos.models.balance import ras

Array = npt.NDArray[np.float64]

#: SITC sections 0 to 9; services come after them.
SECTIONS = 10
#: Output of an ICIO industry by SITC section, by the content of the divisions; parts are chosen, and matter little,
#: because each country's table is balanced to its own trade by section afterwards. All else is services (section 10).
INDUSTRIES: dict[str, dict[int, float]] = {
    "A01_02": {0: 0.75, 2: 0.25}, "A03": {0: 1.0}, "B05_06": {3: 1.0}, "B07_08": {2: 1.0},
    "C10T12": {0: 0.8, 1: 0.12, 4: 0.08}, "C13T15": {6: 0.45, 8: 0.55}, "C16": {6: 0.6, 2: 0.4},
    "C17_18": {6: 0.85, 8: 0.15}, "C19": {3: 1.0}, "C20": {5: 1.0}, "C21": {5: 1.0}, "C22": {6: 0.4, 8: 0.4, 5: 0.2},
    "C23": {6: 1.0}, "C24": {6: 0.9, 9: 0.1}, "C25": {6: 1.0}, "C26": {7: 0.8, 8: 0.2}, "C27": {7: 1.0},
    "C28": {7: 1.0}, "C29": {7: 1.0}, "C30": {7: 1.0}, "C31T33": {8: 1.0},
}  # fmt: skip

#: Kazakhstan's value-added shares in the coefficients are far below its national accounts; its own input mix is kept.
VALUE_ADDED_OF = {"KAZ": ("BLR", "RUS", "UKR")}
#: Economies of the former Soviet Union take a donor among these; chosen because their industries grew as one.
SOVIET = ("ARM", "AZE", "GEO", "KGZ", "MDA", "TJK", "TKM", "UZB")
SOVIET_DONORS = ("BLR", "KAZ", "RUS", "UKR")
#: Elsewhere the donor has the least |ln GDP per head| + distance / 5000 km; chosen because 5,000 km is a continent's
#: width and counts as an income e times as high.
REACH = 5_000.0
#: Home sales are at least this part of imports and of exports of a section; chosen as in `calibrate.from_trade`.
LEAST_HOME = 0.01
#: Goods make at most this part of GDP; chosen because services are above a quarter of every WDI economy of weight.
MOST_GOODS = 0.75


@dataclass(frozen=True)
class Table:
    """A country's input-output table by section and services: inputs per unit of output, and final demand."""

    inputs: Array
    final: Array


def tables(raw: Mapping[str, npt.NDArray[Any]], exports: dict[str, Array]) -> dict[str, Table]:
    """ICIO's countries by section; industries weigh by output for home demand and exports.

    Args:
        raw: the arrays countries, sectors, G [input, country, user] and alpha [input, country].
        exports: by section, over GDP, of the countries that are wanted.
    """
    names, industries = [str(c) for c in raw["countries"]], [str(s) for s in raw["sectors"]]
    into = np.zeros((len(industries), SECTIONS + 1))
    for k, name in enumerate(industries):
        for section, part in INDUSTRIES.get(name, {SECTIONS: 1.0}).items():
            into[k, section] = part
    found = {}
    for c, name in enumerate(names):
        if name not in exports:
            continue
        G, final = raw["G"][:, c, :], raw["alpha"][:, c]
        sold = (into[:, :-1] / into[:, :-1].sum(0)) @ exports[name]
        x = np.maximum(np.linalg.solve(np.eye(len(G)) - G, final + sold), 1e-9)
        used, made = into.T @ (G * x) @ into, into.T @ x
        found[name] = Table(used / made, into.T @ final)
    for name, donors in VALUE_ADDED_OF.items():
        share = np.mean([1.0 - found[d].inputs.sum(0) for d in donors], axis=0)
        own = found[name].inputs
        found[name] = Table(own / own.sum(0) * (1.0 - share), found[name].final)
    return found


def donor(name: str, income: dict[str, float], far: Callable[[str, str], float], having: list[str]) -> str:
    """Whose table a country borrows.

    Args:
        name: the country.
        income: GDP per head in USD.
        far: distance of two countries in km.
        having: countries with a table.
    """
    if name in having:
        return name

    def apart(c: str) -> float:
        gap = abs(float(np.log(income[name] / income[c])))
        return gap if name in SOVIET else gap + far(name, c) / REACH

    allowed = [c for c in having if c in income and (name not in SOVIET or c in SOVIET_DONORS)]
    return min(allowed, key=apart)


@dataclass(frozen=True)
class Made:
    """One country's sectors: sales at home in USD, inputs per unit of output, and how far each margin moved."""

    home: Array
    inputs: Array
    moved: Array
    lowered: float


def country(table: Table, exports: Array, imports: Array, gdp: float) -> Made:
    """Home sales from the table's own final demand, then inputs and final demand balanced to trade and GDP (RAS).

    GO = (I - A)^-1 (alpha F - M + E), F = GDP + M - E; home sales GO - E at least LEAST_HOME; services close GDP.
    """
    E, M = np.append(exports, 0.0), np.append(imports, 0.0)
    F = gdp + M.sum() - E.sum()
    A = table.inputs
    beta = 1.0 - A.sum(0)
    first = np.linalg.solve(np.eye(len(A)) - A, table.final * F - M + E)
    least = np.maximum(LEAST_HOME * np.maximum(E, M), 1e-6 * gdp)
    home = np.maximum(first - E, least)[:-1]
    fixed = float((beta * (least + E))[:-1].sum())
    lowered = 1.0
    if fixed > MOST_GOODS * gdp:  # an entrepot: its goods carry little value added
        lowered = MOST_GOODS * gdp / fixed
        beta = np.append(beta[:-1] * lowered, beta[-1])
        home = least[:-1]
    elif (whole := float((beta[:-1] * (home + E[:-1])).sum())) > MOST_GOODS * gdp:
        home = least[:-1] + (home - least[:-1]) * (MOST_GOODS * gdp - fixed) / (whole - fixed)
    services = (gdp - float((beta[:-1] * (home + E[:-1])).sum())) / beta[-1]
    home = np.append(home, services)
    output = home + E
    used = A / A.sum(0) * (1.0 - beta) * output
    start = np.column_stack((used, table.final * F))
    balanced = ras(start, home + M, start.sum(0))
    return Made(np.round(home), np.round(balanced.matrix[:, :-1] / output, 12), balanced.row_moved, lowered)
