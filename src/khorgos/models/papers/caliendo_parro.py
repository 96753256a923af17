"""Caliendo and Parro (2015), REStud 82(1), doi:10.1093/restud/rdu035: NAFTA, 31 countries and 40 sectors."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from khorgos.models.arrays import Array
from khorgos.models.baseline import Baseline
from khorgos.models.equilibrium import Equilibrium, solve
from khorgos.models.papers.cell import Cell
from khorgos.models.scenario import scenario
from khorgos.models.welfare import first_order, real_wage

#: The files by what they hold, relative to the folder of model data.
FILES = {
    "data": "caliendo_parro_2015/nafta.npz",
    "tariffs_2005": "caliendo_parro_2015/base_year/tariffs2005.txt",
    "table_2": "caliendo_parro_2015/published_table_2.csv",
}
#: Members of NAFTA.
MEMBERS = ("Mexico", "Canada", "USA")
#: Growth of a member's imports from the other two in per cent, as the abstract prints it.
ABSTRACT = {"Mexico": 118, "Canada": 11, "USA": 41}

_PAPER = "Caliendo & Parro 2015"
_STORED = {"w": "w_n_hat", "P": "P_nj_hat", "c": "c_nj_hat", "X": "X_nj1", "I": "I_n1"}


@dataclass(frozen=True, eq=False)
class Nafta:
    """The paper's data, arrays [exporter, importer, sector].

    Args:
        baseline: 1993, with the deficits of the data.
        rates: tariffs of the experiment: members of NAFTA at 2005 rates among themselves, all others at 1993.
        rates_2005: tariffs of all in 2005.
        printed: Table 2 as (country, column, per cent).
        stored: an independent solver's solution, "bln_" without deficits and "cfl_" with NAFTA's tariffs.
    """

    baseline: Baseline
    rates: Array
    rates_2005: Array
    printed: tuple[tuple[str, str, float], ...]
    stored: Mapping[str, Array]


def read(contents: Mapping[str, Any]) -> Nafta:
    """The paper's data from its FILES: the arrays of an archive by name, the bytes of a table."""
    data = contents["data"]
    by_exporter = {k: data[f"zad_{k}"].transpose(1, 0, 2) for k in ("pi_nij0", "tau_nij0", "tau_nij1_cfl")}
    baseline = Baseline(
        countries=tuple(str(r) for r in data["regions"]),
        sectors=tuple(str(s) for s in data["sectors"]),
        pi=by_exporter["pi_nij0"],
        tau=1.0 + by_exporter["tau_nij0"],
        theta=data["zad_theta_j"],
        spending=data["zad_X_nj1"],
        alpha=data["zad_alpha_nj"],
        beta=data["zad_gamma_nj"],
        deficit=data["def_D_n_cfl"],
        value_added=data["zad_wL_n"],
        gamma=data["zad_gamma_nkj"],
    )
    table = csv.DictReader(contents["table_2"].decode("utf-8").splitlines())
    return Nafta(
        baseline,
        by_exporter["tau_nij1_cfl"],
        _tariffs(contents["tariffs_2005"], baseline.tau.shape),
        tuple((row["row"], row["column"], float(row["value"])) for row in table),
        {f"{p}_{k}": data[f"zad_{p}_{v}"] for p in ("bln", "cfl") for k, v in _STORED.items()},
    )


def _tariffs(text: bytes, shape: tuple[int, ...]) -> Array:
    """A block of importers by exporters a traded sector, in per cent; nothing is levied on the other sectors."""
    n, _, s = shape
    blocks = np.loadtxt(text.decode("ascii").splitlines()).reshape(-1, n, n) / 100
    rates = np.concatenate([blocks, np.zeros((s - len(blocks), n, n))]).transpose(2, 1, 0)
    rates[np.arange(n), np.arange(n)] = 0.0
    return rates


def nafta(data: Nafta) -> tuple[Equilibrium, Equilibrium]:
    """The world of 1993 without deficits, and the same with NAFTA's tariff changes from 1993 to 2005."""
    base = data.baseline
    before = solve(base, scenario(base, deficits="balanced"), tolerance=1e-12)
    after = solve(base, scenario(base, tariffs=data.rates, deficits="balanced"), tolerance=1e-12)
    return before, after


def reproduce(data: Nafta) -> tuple[Cell, ...]:
    """Table 2 (per cent, two decimals), trade growth in the abstract, largest relative gaps to the stored solution.

    Source:
        Caliendo, L. and Parro, F. (2015), Estimates of the Trade and Welfare Effects of NAFTA, abstract and Table 2.
    """
    before, after = nafta(data)
    parts = first_order(after, before)
    columns = {
        "welfare_total": 100 * parts.total,
        "terms_of_trade": 100 * parts.terms_of_trade.sum((1, 2)),
        "volume_of_trade": 100 * parts.volume_of_trade.sum((1, 2)),
        "real_wages": 100 * (real_wage(after, before) - 1.0),
    }
    names = {"U.S.": "USA"}
    printed = [
        Cell(
            _PAPER, "Table 2", f"{country}, {column}", value, _at(data, columns[column], names.get(country, country)), 2
        )
        for country, column, value in data.printed
    ]
    growth = partners_growth(before, after)
    printed += [
        Cell(_PAPER, "abstract", f"{member}, imports from the other members", value, growth[member], 0)
        for member, value in ABSTRACT.items()
    ]
    return (*printed, *_stored(data, "bln", before), *_stored(data, "cfl", after))


def partners_growth(before: Equilibrium, after: Equilibrium) -> dict[str, float]:
    """Growth of each member's imports from the other two, net of tariffs, in per cent."""
    place = {member: before.baseline.index(member) for member in MEMBERS}

    def imports(world: Equilibrium, member: str) -> float:
        return float(world.trade[[place[k] for k in MEMBERS if k != member], place[member]].sum())

    return {member: 100 * (imports(after, member) / imports(before, member) - 1) for member in MEMBERS}


def _at(data: Nafta, values: Array, country: str) -> float:
    return float(values[data.baseline.index(country)])


def _stored(data: Nafta, prefix: str, world: Equilibrium) -> list[Cell]:
    found = {"w": world.w_hat, "P": world.P_hat, "c": world.c_hat, "X": world.X, "I": world.income}
    gaps = {name: float(np.abs(value / data.stored[f"{prefix}_{name}"] - 1.0).max()) for name, value in found.items()}
    return [Cell(_PAPER, "stored solution", f"{prefix} {name}, largest gap", 0.0, gap, 8) for name, gap in gaps.items()]
