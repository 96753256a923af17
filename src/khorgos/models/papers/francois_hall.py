"""Francois & Hall (2003): the 4x4 example of GSIM, tariffs between the United States and the EU removed."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from khorgos.core.errors import BadFile
from khorgos.models.papers.cell import Cell
from khorgos.models.partial.gsim import gsim
from khorgos.models.partial.inputs import Floats

#: The files of the example by what they hold, relative to the folder of model data.
FILES = {
    "trade": "gsim/trade_world_prices.csv",
    "tau": "gsim/tariff_initial_gross.csv",
    "tau_new": "gsim/tariff_final_us_eu_fta.csv",
    "elasticities": "gsim/elasticities.csv",
    "prices": "gsim/published_reported_prices.csv",
    "results": "gsim/computed_reference_results.csv",
}

_PAPER = "Francois & Hall 2003"


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """The example's inputs and what is published of its results.

    Args:
        regions: names, in the order of all arrays.
        trade: value at world prices [R, R], exporter first.
        tau: tariff factors before [R, R].
        tau_new: and after.
        import_demand: [R], below 0.
        export_supply: [R].
        substitution: [R].
        prices: published changes of world prices [R], four decimals.
        reference: reference results by name [R], four decimals (price_change six).
    """

    regions: tuple[str, ...]
    trade: Floats
    tau: Floats
    tau_new: Floats
    import_demand: Floats
    export_supply: Floats
    substitution: Floats
    prices: Floats
    reference: dict[str, Floats]


def read(contents: Mapping[str, bytes]) -> Example:
    """The example from the bytes of its FILES.

    Args:
        contents: bytes by the keys of FILES.

    Raises:
        BadFile: a file whose regions are not those of the trade matrix.
    """
    rows = {name: list(csv.DictReader(contents[name].decode("utf-8").splitlines())) for name in FILES}
    regions = tuple(row["exporter"] for row in rows["trade"])

    def matrix(name: str) -> Floats:
        return np.array([[float(row[region]) for region in regions] for row in _ordered(rows[name], "exporter")])

    def column(name: str, key: str) -> Floats:
        return np.array([float(row[key]) for row in _ordered(rows[name], "region")])

    def _ordered(table: list[dict[str, str]], key: str) -> list[dict[str, str]]:
        by_region = {row[key]: row for row in table}
        if set(by_region) != set(regions):
            raise BadFile("The regions are not those of the trade matrix", path="gsim", column=key)
        return [by_region[region] for region in regions]

    names = ("price_change", "producer_surplus", "consumer_surplus", "tariff_revenue", "net_welfare")
    return Example(
        regions=regions,
        trade=matrix("trade"),
        tau=matrix("tau"),
        tau_new=matrix("tau_new"),
        import_demand=column("elasticities", "import_demand"),
        export_supply=column("elasticities", "export_supply"),
        substitution=column("elasticities", "substitution"),
        prices=column("prices", "price_change_reported"),
        reference={name: column("results", name) for name in names},
    )


def reproduce(example: Example) -> tuple[Cell, ...]:
    """The four published prices, and the reference results of the spreadsheet's formulas.

    Source:
        Francois, J. and Hall, H. K. (2003), Global Simulation Analysis of Industry-Level Trade Policy, version 3.0,
        4x4 example, as recoded from the WITS spreadsheet.
    """
    r = gsim(
        example.trade,
        example.tau,
        example.tau_new,
        import_demand=example.import_demand,
        export_supply=example.export_supply,
        substitution=example.substitution,
        method="linear",
    )
    spending = (example.trade * example.tau).sum(axis=0)
    consumer = spending * published_consumer_gain(r.composite_price, example.import_demand)
    revenue = r.revenue_new - r.revenue_old
    computed = {
        "price_change": r.price,
        "producer_surplus": r.producer_surplus,
        "consumer_surplus": consumer,
        "tariff_revenue": revenue,
        "net_welfare": r.producer_surplus + consumer + revenue,
    }
    prices = [
        Cell(_PAPER, "4x4, world prices", f"{region}, price", printed, value, 4)
        for region, printed, value in zip(example.regions, example.prices.tolist(), r.price.tolist(), strict=True)
    ]
    others = [
        Cell(_PAPER, "4x4, reference results", f"{region}, {name}", printed, value, 6 if name == "price_change" else 4)
        for name, values in example.reference.items()
        for region, printed, value in zip(example.regions, values.tolist(), computed[name].tolist(), strict=True)
    ]
    return (*prices, *others)


def published_consumer_gain(composite: Floats, demand: Floats) -> Floats:
    """Consumer surplus per unit of spending as the spreadsheet has it: E_m P^2 sign(P) / 2 - P.

    For a price that falls this is the area left of the demand curve. For a price that rises it charges the triangle
    twice over (-P + E_m P^2 / 2 with E_m below 0, where the area is -P - E_m P^2 / 2), so `gsim` does not use it.
    """
    gain: Floats = 0.5 * demand * composite**2 * np.sign(composite) - composite
    return gain
