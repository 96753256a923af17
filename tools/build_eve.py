"""Build the embedded worlds of 2017, the eve of the tariffs of 2018: arrays and a card each, as `build_worlds`.

Usage: python tools/build_eve.py SHARED [OUT]

The same files give the same bytes. Trade is BACI's (FOB, reconciled); Taiwan, which BACI has not, is what its partners
report to the IMF; GDP is the World Bank's. The world of sectors takes each pair's sections from that of 2023 (UNCTAD's
of 2015) and the input-output tables of 2020, balanced to trade and GDP of 2017.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

import build_worlds
from khorgos.ledger.worlds import mixes_of
from world_tables import SECTIONS, VALUE_ADDED_OF, country, donor, tables

Array = npt.NDArray[np.float64]

YEAR = 2017
NAME, MANY = "one-sector-2017", "sectors-2017"
#: Input shares are kept in parts of this, which halves the file; the solver's tolerance of 1e-10 allows it.
GRAIN = 2.0**34
#: Distance of an economy that GeoDist has not, km: half round the earth, so that income decides.
FAR = 20_000.0
#: A GDP is taken from these years before; an economy without one is left out.
OLDEST = 2010
DOTS = "data/trade/imf_dots/imf_dots_1960_2020.parquet"
TAIWAN = "TWN"
#: Importers' CIF figures over FOB: Marini, Dippelsman, Stanger (2018), IMF working paper 18/16 (IMF DOTS's own factor).
CIF = 1.06
REASONS = {2: "Taiwan: what its partners report to the IMF; their imports, CIF, over 1.06"}


def read(shared: Path) -> tuple[tuple[str, ...], Array, dict[str, dict[int, float]], dict[tuple[str, int], float]]:
    """Economies with a GDP, trade of the year in thousand USD, GDP by year, and each one's trade by year."""
    gdp: dict[str, dict[int, float]] = {}
    for row in build_worlds._csv(shared / build_worlds.FILES["gdp"]):
        if OLDEST <= int(row["Year"]) <= YEAR:
            gdp.setdefault(row["Country Code"], {})[int(row["Year"])] = float(row["Value"])
    rows = pq.read_table(shared / build_worlds.FILES["earlier"]).to_pylist()
    traders = {row[side] for row in rows if row["year"] == YEAR for side in ("exporter_iso3", "importer_iso3")}
    countries = tuple(sorted([name for name in traders if name in gdp] + [TAIWAN]))
    place = {name: k for k, name in enumerate(countries)}
    trade = np.zeros((len(countries), len(countries)))
    sums: dict[tuple[str, int], float] = {}
    for row in rows:
        pair = (row["exporter_iso3"], row["importer_iso3"])
        for who in pair:
            sums[who, row["year"]] = sums.get((who, row["year"]), 0.0) + row["value_kusd"]
        if row["year"] == YEAR and pair[0] in place and pair[1] in place:
            trade[place[pair[0]], place[pair[1]]] = row["value_kusd"]
    return countries, trade, gdp, sums


def with_taiwan(shared: Path, countries: tuple[str, ...], trade: Array) -> npt.NDArray[np.uint8]:
    """Fill Taiwan's row and column in place; return why each cell is what it is."""
    k = countries.index(TAIWAN)
    place = {name: i for i, name in enumerate(countries)}
    wanted = [("year", "=", YEAR), ("partner_iso3", "=", TAIWAN)]
    for row in pq.read_table(shared / DOTS, filters=wanted).to_pylist():
        i = place.get(row["reporter_iso3"])
        if i is None or row["value_musd"] is None:
            continue
        if row["flow"] == "M":
            trade[k, i] = row["value_musd"] * 1e3 / CIF
        else:
            trade[i, k] = row["value_musd"] * 1e3
    why = np.zeros(trade.shape, dtype=np.uint8)
    why[k][trade[k] > 0] = 2
    why[:, k][trade[:, k] > 0] = 2
    return why


def outputs(
    countries: tuple[str, ...], trade: Array, gdp: dict[str, dict[int, float]], sums: dict[tuple[str, int], float]
) -> tuple[Array, dict[str, str]]:
    """GDP in USD and how it was found where the World Bank has none of the year."""
    found, notes = np.zeros(len(countries)), {}
    now = trade.sum(1) + trade.sum(0)
    for k, name in enumerate(countries):
        if name == TAIWAN:
            then = build_worlds.TAIWAN
            found[k] = then["gdp"] * now[k] * 1e3 / (then["export"] + then["import"])
            notes[name] = "GDP of 2023 over its trade of 2023, times its trade of 2017"
            continue
        last = max(gdp[name])
        found[k] = gdp[name][last]
        if last < YEAR and (name, last) in sums:
            found[k] *= now[k] / sums[name, last]
            notes[name] = f"WDI's last year {last}, scaled by own trade of {YEAR} over {last}"
    return found, notes


def build(shared: Path) -> dict[str, bytes]:
    """Both worlds: file name -> bytes."""
    countries, trade, gdp, sums = read(shared)
    why = with_taiwan(shared, countries, trade)
    output, imputed = outputs(countries, trade, gdp, sums)
    dollars = np.round(trade) * 1e3
    arrays: dict[str, npt.NDArray[Any]] = {
        "countries": np.array(countries),
        "trade": dollars,
        "trade_why": why,
        "gdp": np.round(output),
        "gdp_imputed": np.array([name in imputed for name in countries]),
        "theta": np.array([build_worlds.ONE_THETA]),
        "theta_spread": np.array([build_worlds.ONE_SPREAD]),
    }
    notes = {
        "gdp_imputed": imputed,
        "trade_imputed": {str(k): v for k, v in REASONS.items()},
        "imputed_pairs": {"2": int((why == 2).sum())},
        "imputed_trade_usd": {"2": float(dollars[why == 2].sum())},
        "other_sources": [
            "IMF, Direction of Trade Statistics: trade of 2017 with Taiwan as its partners report it. "
            "Source: International Monetary Fund",
            *build_worlds.TAIWAN_SOURCES,
        ],
        "elasticity": "4, as ILMS (2025) and Simonovska and Waugh (2014); spread 0.6 covers their range of 2.8 to 5.2",
        "assumptions": [
            "goods trade of 2017 (BACI, FOB); domestic sales are GDP less goods exports",
            "tariffs of the base year are taken as zero: new tariffs come on top of what was in force in 2017",
        ],
    }
    build_worlds.YEAR = YEAR
    title = (NAME, f"All goods as one sector, {YEAR}")
    one = build_worlds._world(title, arrays, notes, shared, ("earlier", "gdp"))
    return one | sectors(shared, countries, dollars, np.round(output))


def sectors(shared: Path, countries: tuple[str, ...], dollars: Array, gdp: Array) -> dict[str, bytes]:
    """The world of ten sections and services: home sales and input mixes, as `build_worlds` makes them of 2023."""
    mixes, _ = mixes_of(countries)
    flows = dollars[:, :, None] * mixes
    exports, imports = flows.sum(1), flows.sum(0)
    own = {name: exports[k] / gdp[k] for k, name in enumerate(countries)}
    known = tables(np.load(shared / build_worlds.FILES["inputs"]), own)
    rows = build_worlds._csv(shared / build_worlds.FILES["population"])
    people = {row["Country Code"]: float(row["Value"]) for row in rows if int(row["Year"]) <= YEAR}
    income = {name: float(gdp[k] / people[name]) for k, name in enumerate(countries) if name in people}
    rows = build_worlds._csv(shared / build_worlds.FILES["distance"])
    distance = {(row["iso_o"], row["iso_d"]): float(row["dist"]) for row in rows}

    def far(one: str, other: str) -> float:
        return distance.get((build_worlds.GEODIST.get(one, one), build_worlds.GEODIST.get(other, other)), FAR)

    donors = [donor(name, income, far, sorted(known)) for name in countries]
    made = [country(known[d], exports[k], imports[k], gdp[k]) for k, d in enumerate(donors)]
    arrays = {
        "home": np.array([one.home for one in made]),
        "inputs": np.round(np.array([one.inputs for one in made]) * GRAIN) / GRAIN,
    }
    notes = {
        "sectors": [*build_worlds.SECTIONS, "services"],
        "donors": {c: d for c, d in zip(countries, donors, strict=True) if c != d},
        "value_added": {k: f"mean share of {', '.join(v)}, own input mix" for k, v in VALUE_ADDED_OF.items()},
        "elasticity": "means of Caliendo and Parro (2015), Table 1, 99% sample, by section; 8.22 where they use it",
        "assumptions": [
            "goods trade of 2017 by pair, split into SITC sections as UNCTAD has the pair in 2015",
            "services are not traded; input mixes are of 2020, balanced to 2017",
            "tariffs of the base year are taken as zero: new tariffs come on top of what was in force in 2017",
        ],
    }
    assert arrays["inputs"].shape[1:] == (SECTIONS + 1, SECTIONS + 1)
    title = (MANY, f"Ten SITC sections and services, {YEAR}")
    used = ("earlier", "sections", "gdp", "population", "distance", "inputs", "theta")
    return build_worlds._world(title, arrays, notes, shared, used)


def main(shared: str, out: str = str(build_worlds.OUT)) -> None:
    """Write both worlds."""
    files = build(Path(shared))
    for name, content in files.items():
        (Path(out) / name).write_bytes(content)
    print(", ".join(f"{name} {len(content):,} bytes" for name, content in files.items()), json.dumps({"year": YEAR}))


if __name__ == "__main__":
    main(*sys.argv[1:])
