"""Ignatenko, Lashkaripour, Macedoni, Simonovska (2025), JIE 157:104138: Liberation Day tariffs, one-sector family."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from khorgos.models import ilms
from khorgos.models.arrays import Array
from khorgos.models.baseline import Baseline
from khorgos.models.equilibrium import Equilibrium, solve
from khorgos.models.outcomes import outcomes
from khorgos.models.papers.cell import Cell
from khorgos.models.scenario import scenario

#: The files by what they hold, relative to the folder of model data.
FILES = {
    "trade": "ilms_2025/base_data/trade_cepii.csv",
    "gdp": "ilms_2025/base_data/gdp.csv",
    "tariffs": "ilms_2025/base_data/tariffs.csv",
    "countries": "ilms_2025/base_data/country_labels.csv",
    "tables": "ilms_2025/published_tables.csv",
    "map": "ilms_2025/published_map_ustr.csv",
}
#: The EU of the authors' programme: 25 members, without Czechia and Slovakia.
EU25 = (
    "AUT", "BEL", "BGR", "CYP", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV", "HUN",
    "IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVN", "SWE",
)  # fmt: skip
#: The lowest rate on the United States' imports.
FLOOR = 0.10
#: Tariff revenue in Table 3 is divided by this for the share of the federal budget.
BUDGET = 0.23
COLUMNS = ("welfare", "deficit", "exports_gdp", "imports_gdp", "employment", "prices")

_PAPER = "ILMS 2025"
_DIGITS = {"welfare": 2, "deficit": 1, "exports_gdp": 1, "imports_gdp": 1, "employment": 2, "prices": 1}
_PANELS = {
    "Table 1": {"Case 1": "ustr", "Case 2": "lump-sum", "Case 3": "optimal"},
    "Table 9": {"Baseline": "ustr", "Alternative 2": "incomplete", "Alternative 3": "elastic", "Alternative 4": "ek"},
    "Table 3": {
        "USTR tariff": "ustr",
        "optimal tariff": "optimal",
        "optimal retaliation": "retaliation",
        "reciprocal retaliation": "reciprocal",
    },
}


@dataclass(frozen=True, eq=False)
class Data:
    """The paper's data: 194 countries, BACI 2023 in thousand USD, [exporter, importer].

    Args:
        countries: ISO3.
        trade: flows, no diagonal.
        gdp: thousand USD.
        rates: rate on the United States' imports by exporter, before the floor.
        printed: (table, panel, row, column, value) of the published tables.
        map: (ISO3, seven columns) of the published map at full precision.
    """

    countries: tuple[str, ...]
    trade: Array
    gdp: Array
    rates: Array
    printed: tuple[tuple[str, str, str, str, float], ...]
    map: Mapping[str, Array]

    @property
    def us(self) -> int:
        """Position of the United States."""
        return self.countries.index("USA")


def read(contents: Mapping[str, bytes]) -> Data:
    """The paper's data from the bytes of its FILES."""
    rows = {k: list(csv.reader(contents[k].decode("utf-8").splitlines()))[1:] for k in FILES}
    trade = np.array([[float(v) if v else 0.0 for v in row] for row in rows["trade"]])
    return Data(
        countries=tuple(row[0] for row in rows["countries"]),
        trade=trade,
        gdp=np.array([float(row[0]) for row in rows["gdp"]]) / 1000.0,  # the trade file is in thousand USD
        rates=np.array([float(row[0]) for row in rows["tariffs"]]),
        printed=tuple((r[0], r[1], r[2], r[3], float(r[4])) for r in rows["tables"]),
        map={row[0]: np.array([float(v) for v in row[1:8]]) for row in rows["map"]},
    )


def fitted(data: Data, **changes: float) -> ilms.Parameters:
    """The paper's parameters: nu by two groups, phi and psi from it; `changes` as in `ilms.parameters`."""
    others, us = ilms.distribution_shares(data.trade, data.gdp, data.us)
    nu = np.full(len(data.countries), others)
    nu[data.us] = us
    return ilms.parameters(nu, **changes)


def world(data: Data, case: str = "ustr") -> tuple[Baseline, ilms.Parameters]:
    """The baseline of a case: "ek" without margins, "incomplete" and "elastic" with other parameters."""
    if case in ("ek", "ek-retaliation"):
        zero = np.zeros(len(data.countries))
        chosen = ilms.Parameters(ilms.EPSILON, zero, zero + 1.0, ilms.SCALE / ilms.EPSILON, ilms.KAPPA)
        # As in the programme: home sales are those of the baseline with margins.
        flows = ilms.fill_home(data.trade, data.gdp, fitted(data).nu)[0]
        return ilms.one_sector(data.countries, flows, data.gdp, chosen, home_sales=True), chosen
    chosen = fitted(data, completeness=0.25) if case == "incomplete" else fitted(data)
    base = ilms.one_sector(data.countries, data.trade, data.gdp, chosen)
    if case == "elastic":
        # Only the equilibrium's elasticity changes; psi and phi keep their values (the programme's case 9).
        base = base.with_(theta=np.array([8.0]))
    return base, chosen


def rates(data: Data, base: Baseline, chosen: ilms.Parameters, case: str) -> Array:
    """[exporter, importer] tariff rates of a case."""
    us, n = data.us, len(data.countries)
    t = np.zeros((n, n))
    t[:, us] = np.maximum(FLOOR, data.rates)
    if case.startswith("regional"):
        return _regional(data, t[:, us], case)
    flows, spending = base.trade[:, :, 0], base.spending[:, 0]
    if case == "optimal":
        t[:, us] = ilms.optimal_tariff(flows, spending, chosen, us)
    elif case == "retaliation":
        t[us] = ilms.retaliation_tariff(flows, base.value_added, chosen, us)
    elif case == "reciprocal":
        t[us] = t[:, us]
    elif case == "war":
        # The programme takes Y, not E, for the United States here; kept, because it is what was published.
        t[:, us] = ilms.optimal_tariff(flows, base.value_added, chosen, us)
        t[us] = ilms.retaliation_tariff(flows, base.value_added, chosen, us)
    elif case == "ek-retaliation":
        t[us] = 1.0 / ((1.0 + chosen.epsilon) - 1.0)
    t[us, us] = 0.0
    return t


def _regional(data: Data, ustr: Array, case: str) -> Array:
    """10 per cent both ways for all; China, or China and the EU, at the USTR rate (or China at 108 per cent)."""
    us, n = data.us, len(data.countries)
    rate = np.full(n, FLOOR)
    china = data.countries.index("CHN")
    rate[china] = 1.08 if case == "regional-108" else ustr[china]
    if case == "regional-eu":
        eu = [data.countries.index(c) for c in EU25]
        rate[eu] = ustr[eu]
    t = np.zeros((n, n))
    t[:, us] = t[us] = rate
    t[us, us] = 0.0
    return t


def run(data: Data, case: str, *, tolerance: float = 1e-12) -> Equilibrium:
    """The equilibrium of a one-sector case.

    Args:
        data: the paper's data.
        case: ustr, incomplete, ek, optimal, retaliation, reciprocal, war, lump-sum, elastic, regional-eu,
            regional-china, regional-108, ek-retaliation.
        tolerance: of the solver.
    """
    base, chosen = world(data, case)
    shock = scenario(
        base,
        tariffs=rates(data, base, chosen, case),
        revenue="lump-sum" if case == "lump-sum" else "income-tax",
        numeraire="world-prices",
    )
    return solve(base, shock, tolerance=tolerance)


def run_roundabout(data: Data, tariff: float, *, tolerance: float = 1e-12) -> Equilibrium:
    """The roundabout world under one tariff of the United States on all."""
    base = ilms.roundabout(data.countries, data.trade, data.gdp, fitted(data))
    t = np.zeros((len(data.countries),) * 2)
    t[:, data.us] = tariff
    t[data.us, data.us] = 0.0
    return solve(base, scenario(base, tariffs=t, revenue="income-tax", numeraire="world-wages"), tolerance=tolerance)


def averages(data: Data, found: Equilibrium, weights: Array | None = None) -> tuple[Array, Array]:
    """The seven columns for the United States, and for all others weighted by base expenditure."""
    table = outcomes(found).table
    weight = (found.baseline.spending[:, 0] if weights is None else weights).copy()
    weight[data.us] = 0.0
    return table[data.us], weight @ table / weight.sum()


def reproduce(data: Data) -> tuple[Cell, ...]:
    """Tables 1 and 3, the one-sector rows of Table 9, and the map of 194 countries (six decimals of a point).

    Source:
        Ignatenko, A., Lashkaripour, A., Macedoni, L. and Simonovska, I. (2025), Making America Great Again? The
        Economic Impacts of Liberation Day Tariffs, Tables 1, 3, 9 and Figure 2's data.
    """
    cases = sorted({case for panels in _PANELS.values() for case in panels.values()})
    solved = {case: run(data, case) for case in cases}
    summary = {case: averages(data, found) for case, found in solved.items()}
    cells = []
    for table, panel, row, column, value in data.printed:
        if table not in _PANELS:
            continue
        key = row if table == "Table 3" else panel
        case = next((c for start, c in _PANELS[table].items() if key.startswith(start)), None)
        if case is None:
            continue
        us, others = summary[case]
        if table == "Table 3":
            computed, digits = 100 * float(us[6]) / (BUDGET if "Budget" in panel else 1.0), 2
        else:
            line = us if row == "USA" else others
            computed, digits = float(line[COLUMNS.index(column)]), _DIGITS[column]
        cells.append(Cell(_PAPER, table, f"{panel[:40]} | {row} | {column}", value, computed, digits))
    return (*cells, *_map_cells(data, solved["ustr"]))


def _map_cells(data: Data, found: Equilibrium) -> list[Cell]:
    table = outcomes(found).table
    names = (*COLUMNS, "revenue_share")
    return [
        Cell(_PAPER, "map", f"{country}, {names[k]}", float(data.map[country][k]), float(table[i, k]), 6)
        for i, country in enumerate(data.countries)
        for k in range(7)
    ]
