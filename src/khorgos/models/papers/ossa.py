"""Ossa (2014), AER 104(12), doi:10.1257/aer.104.12.4104: optimal and Nash tariffs, 7 regions and 33 industries."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from khorgos.models.arrays import Array
from khorgos.models.baseline import Baseline
from khorgos.models.equilibrium import Equilibrium, solve
from khorgos.models.ossa import fixed_firms, government_welfare
from khorgos.models.papers.cell import Cell
from khorgos.models.papers.ossa_medians import price_of_median
from khorgos.models.policy import Objective, Optimum, nash_tariffs, optimal_tariffs
from khorgos.models.scenario import Scenario
from khorgos.models.welfare import real_expenditure

#: The files by what they hold, relative to the folder of model data.
FILES = {
    "data": "ossa_2014/DATA.mat",
    "trade": "ossa_2014/csv/trade_ijs.csv",
    "table_3": "ossa_2014/published_table_3.csv",
}
REGIONS = ("Brazil", "China", "EU", "India", "Japan", "RoW", "US")
COLUMNS = (
    "gov_welfare_own",
    "gov_welfare_other",
    "welfare_own",
    "welfare_other",
    "wage_own",
    "wage_other",
    "profit_own",
    "profit_other",
    "median_optimal_tariff",
)

_PAPER = "Ossa 2014"
_CLOSED = Scenario(deficits="balanced")


@dataclass(frozen=True, eq=False)
class Data:
    """The paper's data after its removal of aggregate imbalances.

    Args:
        baseline: 7 regions, 33 industries.
        lobbying: [7, 33] political weights.
        targets: [33, 7] noncooperative tariffs that the weights were estimated from.
        printed: (table, region, column, value).
        rescaled: row of Table 3c -> the world with its elasticities (means 3.5, 5.0 and 6.5).
    """

    baseline: Baseline
    lobbying: Array
    targets: Array
    printed: tuple[tuple[str, str, str, float], ...]
    rescaled: Mapping[str, Baseline]

    def weights(self, table: str) -> Array:
        """Political weights of a panel: one without lobbying (a), the paper's with (b)."""
        return self.lobbying if table.endswith("b") else np.ones_like(self.lobbying)


def read(contents: Mapping[str, Any]) -> Data:
    """The paper's data from its FILES: the arrays of DATA.mat by name (7 x 7 by industry), the bytes of the tables."""
    data = contents["data"]
    flows, rates = (_cube(data[k]) for k in ("TRADE", "TARIFF"))
    sectors = tuple(str(label[0][0]) for label in data["LABELS"])
    raw = _cube(np.loadtxt(contents["trade"].decode("utf-8").splitlines(), delimiter=","))
    table = csv.DictReader(contents["table_3"].decode("utf-8").splitlines())
    sigma = data["SIGMAALT"]  # the estimate, then its scalings
    # Imbalances are removed in the world of each elasticity, not once for all.
    worlds = [balanced(fixed_firms(REGIONS, sectors, raw, 1.0 + rates, sigma[:, k])) for k in (1, 2, 3)]
    return Data(
        fixed_firms(REGIONS, sectors, flows, 1.0 + rates, sigma[:, 0]),
        data["LAMBDAPOL"],
        data["TARGETTARIFF"],
        # The panel of Table 3c with lobbying is told apart by a b.
        tuple((row["table"] + "b" * _political(row), row["row"], row["column"], float(row["value"])) for row in table),
        {f"sigma case {k}": world for k, world in enumerate(worlds, 1)},
    )


def _cube(blocks: Array) -> Array:
    """33 blocks of 7 x 7, one below the other, as [exporter, importer, industry]."""
    return blocks.reshape(33, 7, 7).transpose(1, 2, 0)


def balanced(world: Baseline) -> Baseline:
    """The same world after aggregate imbalances are removed, in units of its labour income.

    Source: Ossa (2014), section II.B, and the author's programme results.m.
    """
    found = solve(world, replace(_CLOSED, numeraire="world-wages"), tolerance=1e-13)
    return fixed_firms(world.countries, world.sectors, found.trade, world.tau, world.theta + 1.0)


def _political(row: Mapping[str, str]) -> bool:
    return row["table"] == "Table 3c" and "with lobbying" in row["panel"]


def objectives(weights: Array) -> tuple[Objective, ...]:
    """One government a region."""

    def one(j: int) -> Objective:
        return lambda found: government_welfare(found, j, weights[j])

    return tuple(one(j) for j in range(len(REGIONS)))


def unilateral(data: Data, table: str, region: int) -> Optimum:
    """The optimal tariffs of one region against factual tariffs."""
    return optimal_tariffs(data.baseline, _CLOSED, region, objectives(data.weights(table))[region])


def nash(data: Data, table: str, first: Mapping[int, Optimum] | None = None) -> Optimum:
    """Nash tariffs of all regions, found from 60 per cent on everything or from the unilateral optima of each.

    With lobbying the latter is needed: Japan's optimum has prohibitive tariffs on rice, wheat and oil seeds.
    """
    if first is None:
        return nash_tariffs(data.baseline, _CLOSED, objectives(data.weights(table)))
    tau = data.baseline.tau.copy()
    for region, best in first.items():
        tau[:, region] = best.tau[:, region]
    return nash_tariffs(data.baseline, replace(_CLOSED, tau=tau), objectives(data.weights(table)))


def effects(data: Data, weights: Array, found: Equilibrium) -> tuple[Array, Array, Array, Array]:
    """Per cent changes by region: government welfare, welfare, wages (mean zero), profits (less wages)."""
    base = data.baseline
    before = solve(base, _CLOSED, tolerance=1e-12)
    assert base.profit is not None  # a world of fixed_firms has profits
    political = [
        100 * np.expm1(government_welfare(found, j, weights[j]).value - government_welfare(before, j, weights[j]).value)
        for j in range(len(REGIONS))
    ]
    profits = (base.profit * found.sales).sum(1) / (base.profit * before.sales).sum(1) / found.w_hat
    return (
        np.array(political),
        100 * (real_expenditure(found, before) - 1),
        100 * (found.w_hat - found.w_hat.mean()),
        100 * (profits - 1),
    )


def table_3(data: Data, table: str, optima: Mapping[int, Optimum] | None = None) -> dict[str, dict[str, float]]:
    """A panel of Table 3, computed: region -> column -> value, and their mean."""
    rows: dict[str, dict[str, float]] = {}
    weights = data.weights(table)
    for k, region in enumerate(REGIONS):
        best = unilateral(data, table, k) if optima is None else optima[k]
        others = [j for j in range(len(REGIONS)) if j != k]
        pairs = [(column[k], column[others].mean()) for column in effects(data, weights, best.found)]
        median = 100 * _median(best, k)
        rows[region] = dict(zip(COLUMNS, [float(v) for pair in pairs for v in pair] + [median], strict=True))
    rows["Mean"] = {c: float(np.mean([rows[r][c] for r in REGIONS])) for c in COLUMNS}
    return rows


def table_3c(data: Data) -> dict[str, dict[str, float]]:
    """Table 3c without lobbying, computed: row -> column -> mean over regions."""
    return {row: _means(world, table_3(one, "Table 3a")) for row, one, world in _cases(data)}


def _cases(data: Data) -> list[tuple[str, Data, Baseline]]:
    return [(row, replace(data, baseline=world), world) for row, world in data.rescaled.items()]


def _means(world: Baseline, rows: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    return {**rows["Mean"], "mean_sigma": float((world.theta + 1).mean())}


def reproduce(data: Data) -> tuple[Cell, ...]:
    """Table 3, panels a (no lobbying), b (lobbying) and c (other elasticities, no lobbying): per cent, one decimal.

    A median that prints otherwise has a price: what the printed one would cost the government.

    Source:
        Ossa, R. (2014), Trade Wars and Trade Talks with Data, Table 3.
    """
    cells: list[Cell] = []
    for table in ("Table 3a", "Table 3b"):
        optima = {k: unilateral(data, table, k) for k in range(len(REGIONS))}
        rows = table_3(data, table, optima)
        goals = objectives(data.weights(table))
        for region, column, value in _printed(data, table):
            cell = Cell(_PAPER, table, f"{region}, {column}", value, rows[region][column], 1)
            asked = [REGIONS.index(region)] if region in REGIONS else list(optima)
            cells.append(_priced(cell, column, {k: optima[k] for k in asked}, goals))
    for row, one, world in _cases(data):
        optima = {k: unilateral(one, "Table 3a", k) for k in range(len(REGIONS))}
        means = _means(world, table_3(one, "Table 3a", optima))
        for region, column, value in _printed(data, "Table 3c"):
            if region == row:
                cell = Cell(_PAPER, "Table 3c", f"{row}, {column}", value, means[column], 1)
                cells.append(_priced(cell, column, optima, objectives(one.weights("Table 3a"))))
    return tuple(cells)


def _printed(data: Data, table: str) -> list[tuple[str, str, float]]:
    return [(region, column, value) for t, region, column, value in data.printed if t == table]


def _priced(cell: Cell, column: str, optima: Mapping[int, Optimum], goals: tuple[Objective, ...]) -> Cell:
    """A median that prints otherwise, with the most that any of its regions would give up for the printed one."""
    if cell.matches or column != COLUMNS[-1]:
        return cell
    gap = cell.difference / 100
    # To the edge of what rounds to the printed number; a mean of medians moves by as much in every region.
    step = gap - np.sign(gap) * 0.5e-3
    prices = [price_of_median(best, k, goals[k], _median(best, k) - step) for k, best in optima.items()]
    return replace(cell, price=max(prices, key=abs))


def _median(best: Optimum, region: int) -> float:
    return float(np.median(np.delete(best.tau[:, region], region, axis=0)) - 1)
