"""Build the embedded worlds: arrays of trade, output and input mixes, with a card of sources and imputations each.

Usage: python tools/build_worlds.py SHARED [OUT]

SHARED is the folder with the publishers' files (named in FILES); OUT defaults to src/khorgos/data/worlds. The same
files give the same bytes. What is published is taken as it is; what is not is imputed by the rules below and marked
cell by cell, so that results can say what share of them rests on imputation.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from khorgos.nomenclature.groups import members
from world_tables import VALUE_ADDED_OF, country, donor, tables

Array = npt.NDArray[np.float64]
Rows = list[dict[str, str]]

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src" / "khorgos" / "data" / "worlds"
YEAR, LARGEST = 2023, 2_000_000

FILES = {
    "trade": "data/trade/baci_totals_2023/baci_totals_2023_long.csv.gz",
    "countries": "data/trade/baci_totals_2023/country_labels.csv",
    "earlier": "data/trade/baci_totals_2000_2020/baci_totals_2000_2021.parquet",
    "sections": "data/trade/unctad_matrix/unctad_trade_matrix_sitc_sections_1995_2005_2015.parquet",
    "gdp": "data/macro/gdp_wdi_1960_2023.csv",
    "population": "data/macro/population_wdi.csv",
    "distance": "data/gravity/dist_cepii.csv",
    "places": "data/gravity/geo_cepii.csv",
    "inputs": "data/models/icio_2020/icio2020_coeffs.npz",
    "theta": "data/models/caliendo_parro_2015/published_table_1_thetas.csv",
}
#: Title, licence, citation and address of each.
SOURCES = json.loads((ROOT / "tools" / "data" / "world_sources.json").read_text(encoding="utf-8"))

#: Taiwan is in none of the totals: UNCTAD's flows of 2015, grown with the partner and scaled to these totals of 2023.
TAIWAN = {"export": 432.432e9, "import": 351.441e9, "gdp": 757.3e9}
TAIWAN_SOURCES = (
    "CIA, The World Factbook, Taiwan, Economy: exports 432.432 and imports 351.441 billion USD in 2023",
    "IMF, World Economic Outlook: GDP of 2024 of 797.004 billion USD, 5.24% above 2023, as quoted by pps-net.org",
)
#: A pair traded in each of these years and blank in 2023 was not reported by either side in HS22: it is imputed.
EARLIER = (2018, 2019, 2020)
#: ... if its mean was above a million dollars (thousand USD here); smaller ones are left blank.
LEAST = 1_000.0
#: A flow that fell below this part of its earlier mean counts as blank; chosen because the fall under sanctions that
#: both sides report is by two orders of magnitude, and China to Georgia shows 20 thousand dollars for a billion.
VANISHED = 1e-4
#: Pairs at war: their fall is real.
WAR = ("RUS", "BLR", "UKR")
#: Russia's and Belarus's trade with those that applied sanctions from 2022 on is grown with their trade with all of
#: these (Council of the European Union, and the United States' list of partners in 15 CFR 746, supplement 3).
SANCTIONED = ("RUS", "BLR")
SANCTIONING = (
    *members("EU27"), "ALB", "AUS", "CAN", "CHE", "GBR", "ISL", "JPN", "KOR", "MKD", "MNE", "NOR", "NZL", "SGP", "TWN",
    "UKR", "USA",
)  # fmt: skip
#: A growth factor built from a few flows is held within these; chosen because totals of continents moved by less.
GROWTH = (0.1, 4.0)

SECTIONS = (
    "food", "beverages", "crude-materials", "fuels", "oils", "chemicals", "manufactures", "machinery",
    "miscellaneous", "other-goods",
)  # fmt: skip
UNCTAD = (
    "SITC0_Food", "SITC1_BevTobacco", "SITC2_Crude", "SITC3_MineralFuels", "SITC4_AnimalVegOils", "SITC5_Chemicals",
    "SITC6_Manuf", "SITC7_Machinery", "SITC8_Misc", "SITC9_Commodities",
)  # fmt: skip
#: Sectors of Caliendo and Parro in a section; its elasticity is their mean. Fuels follow mining: petroleum's estimate
#: has a standard error of 16 and most of the section is crude oil, gas and coal.
ELASTICITIES: dict[int, tuple[str, ...]] = {
    0: ("Agriculture", "Food"), 1: ("Food",), 2: ("Agriculture", "Mining", "Wood"), 3: ("Mining",), 4: ("Food",),
    5: ("Chemicals",),
    6: ("Textile", "Wood", "Paper", "Plastic", "Minerals", "Basic metals", "Metal products"),
    7: ("Machinery n.e.c.", "Office", "Electrical", "Communication", "Auto", "Other Transport"),
    8: ("Textile", "Medical", "Other"), 9: ("Other",),
}  # fmt: skip
#: As the paper does for these two and for non-tradables: the mean elasticity instead of an estimate below one.
MEAN_THETA, MEAN_FOR = 8.22, ("Auto", "Other Transport")
#: One sector: the value of ILMS (2025) and of Simonovska and Waugh (2014); the spread covers 2.8 to 5.2, theirs.
ONE_THETA, ONE_SPREAD = 4.0, 0.6

#: A GDP more than this many years old is scaled by the country's own trade, because prices have moved since.
OLD = 3
#: GeoDist's codes of its time.
GEODIST = {
    "ROU": "ROM", "COD": "ZAR", "SRB": "YUG", "MNE": "YUG", "TLS": "TMP", "CUW": "ANT", "SXM": "ANT", "SSD": "SDN",
}  # fmt: skip
REASONS = {
    0: "published",
    1: "not reported by either side in HS22: mean of BACI 2018-2020, grown with other flows of both",
    2: "Taiwan: UNCTAD 2015, grown with the partner's trade, scaled to Taiwan's totals of 2023",
}


@dataclass(frozen=True)
class Data:
    """The publishers' figures as arrays, thousand USD, [exporter, importer]."""

    countries: tuple[str, ...]
    trade: Array
    earlier: Array
    sums: dict[tuple[str, int], float]
    sections: Array
    gdp: dict[str, dict[int, float]]
    people: dict[str, float]
    distance: dict[tuple[str, str], float]
    continent: dict[str, str]


def _csv(path: Path) -> Rows:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read(shared: Path) -> Data:
    """Everything but the input-output coefficients."""
    paths = {name: shared / path for name, path in FILES.items()}
    countries = tuple(sorted([row["iso3"] for row in _csv(paths["countries"])] + ["TWN"]))
    place = {c: i for i, c in enumerate(countries)}
    n = len(countries)
    trade, earlier, sections = np.zeros((n, n)), np.zeros((n, n, len(EARLIER))), np.zeros((n, n, len(SECTIONS)))
    for row in _csv(paths["trade"]):
        trade[place[row["exporter_iso3"]], place[row["importer_iso3"]]] = float(row["value_kusd"])
    sums: dict[tuple[str, int], float] = {}
    for one in pq.read_table(paths["earlier"]).to_pylist():
        pair, year, value = (one["exporter_iso3"], one["importer_iso3"]), one["year"], one["value_kusd"]
        for who in pair:
            sums[who, year] = sums.get((who, year), 0.0) + value
        if year in EARLIER and pair[0] in place and pair[1] in place:
            earlier[place[pair[0]], place[pair[1]], EARLIER.index(year)] = value
    for one in pq.read_table(paths["sections"], filters=[("year", "=", 2015), ("sector", "!=", "All")]).to_pylist():
        i, j = place.get(one["exporter_iso3"]), place.get(one["importer_iso3"])
        if i is not None and j is not None and i != j:
            sections[i, j, UNCTAD.index(one["sector"])] += one["value_kusd"]
    gdp: dict[str, dict[int, float]] = {}
    for row in _csv(paths["gdp"]):
        gdp.setdefault(row["Country Code"], {})[int(row["Year"])] = float(row["Value"])
    people = {row["Country Code"]: float(row["Value"]) for row in _csv(paths["population"]) if int(row["Year"]) <= YEAR}
    distance = {(row["iso_o"], row["iso_d"]): float(row["dist"]) for row in _csv(paths["distance"])}
    continent = {row["iso3"]: row["continent"] for row in _csv(paths["places"])}
    return Data(countries, trade, earlier, sums, sections, gdp, people, distance, continent)


# --- totals -------------------------------------------------------------------------------------------------------
def totals(data: Data) -> tuple[Array, npt.NDArray[np.uint8]]:
    """Trade of 2023 with blanks filled, thousand USD, and why each cell is what it is (REASONS)."""
    why = np.zeros(data.trade.shape, dtype=np.uint8)
    mean = data.earlier.mean(2)
    war = np.isin(data.countries, WAR)
    ukraine = np.array(data.countries) == "UKR"
    at_war = (war[:, None] & ukraine) | (ukraine[:, None] & war)
    traded = (data.earlier.min(2) > 0) & (mean >= LEAST)
    blank = traded & (data.trade < VANISHED * mean) & ~at_war
    trade = np.where(blank, mean * _growth(data, mean, ~blank & traded), data.trade)
    why[blank] = 1
    return _with_taiwan(data, trade, why)


def _growth(data: Data, mean: Array, known: npt.NDArray[np.bool_]) -> Array:
    """sqrt of (exporter's sales to the importer's continent) x (importer's purchases from the exporter's continent).

    Between a sanctioned and a sanctioning economy: the sanctioned one's trade with all that sanction it.
    """
    names = [data.continent.get(GEODIST.get(c, c), "") for c in data.countries]
    side = np.isin(data.countries, SANCTIONING)
    hit = np.isin(data.countries, SANCTIONED)
    now, then = np.where(known, data.trade, 0.0), np.where(known, mean, 0.0)

    def factors(group: Array) -> tuple[Array, Array]:
        out = _ratio(now @ group, then @ group, (now.sum(1) / then.sum(1).clip(1.0))[:, None])
        into = _ratio(group @ now, group @ then, now.sum(0) / then.sum(0).clip(1.0))
        return np.clip(out, *GROWTH), np.clip(into, *GROWTH)

    out, into = factors(np.array([[name == other for other in names] for name in names], dtype=float))
    of_hit, into_hit = factors((side[:, None] == side).astype(float))
    growth = np.where(hit[:, None] & side, of_hit, np.sqrt(out * into))
    result: Array = np.where(hit & side[:, None], into_hit, growth)
    return result


def tried(data: Data) -> dict[str, float]:
    """The rule for blank pairs tried on pairs that were reported: imputed over published."""
    mean = data.earlier.mean(2)
    known = (data.earlier.min(2) > 0) & (mean >= LEAST) & (data.trade >= VANISHED * mean)
    ratio = (mean * _growth(data, mean, known))[known] / data.trade[known]
    near = np.abs(np.log(ratio)) < np.log(2.0)
    return {
        "pairs": int(known.sum()),
        "median": round(float(np.median(ratio)), 3),
        "share_of_trade_within_a_factor_of_two": round(
            float(data.trade[known][near].sum() / data.trade[known].sum()), 3
        ),
    }


def _ratio(now: Array, then: Array, otherwise: Array) -> Array:
    return np.where(then > 0, now / np.where(then > 0, then, 1.0), otherwise + np.zeros_like(now))


def _with_taiwan(data: Data, trade: Array, why: npt.NDArray[np.uint8]) -> tuple[Array, npt.NDArray[np.uint8]]:
    k = data.countries.index("TWN")
    others = np.arange(len(trade)) != k
    then = data.sections.sum(2)
    into = _ratio(trade.sum(0), then[others].sum(0), np.ones(len(trade)))
    out = _ratio(trade.sum(1), then[:, others].sum(1), np.ones(len(trade)))
    sold, bought = then[k] * into, then[:, k] * out
    trade, why = trade.copy(), why.copy()
    trade[k], trade[:, k] = sold * TAIWAN["export"] / 1e3 / sold.sum(), bought * TAIWAN["import"] / 1e3 / bought.sum()
    why[k][trade[k] > 0] = 2
    why[:, k][trade[:, k] > 0] = 2
    return trade, why


def outputs(data: Data, trade: Array) -> tuple[Array, dict[str, str]]:
    """GDP of 2023 in USD, and how it was found where WDI has none."""
    found, notes = np.zeros(len(data.countries)), {}
    now = trade.sum(1) + trade.sum(0)
    for k, name in enumerate(data.countries):
        known = data.gdp.get(name, {})
        if name == "TWN":
            found[k], notes[name] = TAIWAN["gdp"], TAIWAN_SOURCES[1]
            continue
        last = max(y for y in known if y <= YEAR)
        found[k] = known[last]
        if last < YEAR - OLD and (name, last) in data.sums:
            found[k] *= now[k] / data.sums[name, last]
            notes[name] = f"WDI's last year {last}, scaled by own trade of 2023 over {last}"
        elif last < YEAR:
            notes[name] = f"WDI's last year {last}"
    return found, notes


# --- sections -----------------------------------------------------------------------------------------------------
def mixes(data: Data, trade: Array) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.bool_]]:
    """Sections of each traded pair in 65,535ths (pairs in row-major order), and which are imputed.

    The pair's own mix of 2015; where it has none, exporter's mix times importer's mix over the world's.
    """
    flows = data.sections
    rows, columns, world = flows.sum(1), flows.sum(0), flows.sum((0, 1))
    exporter = _shares(np.where(rows.sum(1, keepdims=True) > 0, rows, world))
    importer = _shares(np.where(columns.sum(1, keepdims=True) > 0, columns, world))
    own = flows.sum(2) > 0
    guess = exporter[:, None, :] * importer[None, :, :] / _shares(world)
    guess = np.where(guess.sum(2, keepdims=True) > 0, guess, exporter[:, None, :])
    mix = _shares(np.where(own[:, :, None], flows, guess))
    traded = trade > 0
    return parts(mix[traded]), ~own[traded]


def _shares(values: Array) -> Array:
    total: Array = values / values.sum(-1, keepdims=True)
    return total


def parts(mix: Array) -> npt.NDArray[np.uint16]:
    """Largest remainders: whole 65,535ths that sum to one."""
    scaled = mix * 65_535
    whole = np.floor(scaled)
    missing = (65_535 - whole.sum(1)).astype(int)
    order = np.argsort(whole - scaled, axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    whole_parts: npt.NDArray[np.uint16] = (whole + (rank < missing[:, None])).astype(np.uint16)
    return whole_parts


def elasticities(shared: Path) -> tuple[Array, Array]:
    """[S + 1] means of Caliendo and Parro's sectors, and the standard errors of the means; services last."""
    rows = {row["sector"]: row for row in _csv(shared / FILES["theta"])}
    theta = {k: MEAN_THETA if k in MEAN_FOR else float(row["theta_99"]) for k, row in rows.items()}
    means = [float(np.mean([theta[name] for name in ELASTICITIES[s]])) for s in range(len(SECTIONS))]
    errors = [
        float(np.sqrt(sum(float(rows[name]["se_99"]) ** 2 for name in names)) / len(names))
        for names in (ELASTICITIES[s] for s in range(len(SECTIONS)))
    ]
    return np.array([*means, MEAN_THETA]).round(6), np.array([*errors, 0.0]).round(6)


# --- files --------------------------------------------------------------------------------------------------------
def build(shared: Path) -> dict[str, bytes]:
    """Both worlds: file name -> bytes."""
    data = read(shared)
    trade, why = totals(data)
    dollars = np.round(trade * 1e3)
    gdp, gdp_notes = outputs(data, trade)
    gdp_imputed = np.array([c in gdp_notes for c in data.countries])
    one = {
        "countries": np.array(data.countries),
        "trade": dollars,
        "trade_why": why,
        "gdp": np.round(gdp),
        "gdp_imputed": gdp_imputed,
        "theta": np.array([ONE_THETA]),
        "theta_spread": np.array([ONE_SPREAD]),
    }
    notes = {
        "gdp_imputed": gdp_notes,
        "trade_imputed": {str(k): v for k, v in REASONS.items() if k},
        "rule_tried_on_reported_pairs": tried(data),
        "imputed_pairs": {str(k): int((why == k).sum()) for k in (1, 2)},
        "imputed_trade_usd": {str(k): float(dollars[why == k].sum()) for k in (1, 2)},
        "other_sources": list(TAIWAN_SOURCES),
        "elasticity": "4, as ILMS (2025) and Simonovska and Waugh (2014); spread 0.6 covers their range of 2.8 to 5.2",
        "assumptions": [
            "goods trade of 2023 (BACI, FOB); domestic sales are GDP less goods exports",
            "tariffs of the base year are taken as zero: new tariffs come on top of what was in force in 2023",
        ],
    }
    files = _world(("one-sector", "All goods as one sector, 2023"), one, notes, shared, ("trade", "earlier", "gdp"))
    files |= _sectors(data, shared, dollars, gdp)
    if (size := sum(map(len, files.values()))) > LARGEST:
        raise SystemExit(f"The worlds have {size:,} bytes; at most {LARGEST:,} are allowed")
    return files


def _sectors(data: Data, shared: Path, dollars: Array, gdp: Array) -> dict[str, bytes]:
    pieces, imputed = mixes(data, dollars)
    flows = np.zeros((*dollars.shape, len(SECTIONS)))
    flows[dollars > 0] = dollars[dollars > 0][:, None] * pieces / 65_535
    E, M = flows.sum(1), flows.sum(0)
    own = {c: E[i] / gdp[i] for i, c in enumerate(data.countries)}
    known = tables(np.load(shared / FILES["inputs"]), own)
    income = {c: float(gdp[i] / data.people[c]) for i, c in enumerate(data.countries) if c in data.people}

    def far(one: str, other: str) -> float:
        return data.distance[GEODIST.get(one, one), GEODIST.get(other, other)]

    donors = [donor(c, income, far, sorted(known)) for c in data.countries]
    made = [country(known[d], E[i], M[i], gdp[i]) for i, d in enumerate(donors)]
    theta, spread = elasticities(shared)
    moved = np.array([m.moved for m in made])
    arrays = {
        "sections": pieces,
        "section_imputed": imputed,
        "home": np.array([m.home for m in made]),
        "inputs": np.array([m.inputs for m in made]),
        "theta": theta,
        "theta_spread": spread,
        "moved": np.round(moved, 6),
        "lowered": np.round([m.lowered for m in made], 6),
    }
    log = np.abs(np.log(moved))
    then = _shares(data.sections.sum(1).clip(1e-9))
    shift = np.abs(_shares(E.clip(1e-9)) - then).sum(1) / 2
    notes = {
        "sectors": [*SECTIONS, "services"],
        "donors": {c: d for c, d in zip(data.countries, donors, strict=True) if c != d},
        "donor_rule": "same former Soviet economies by income; else least |ln GDP per head| + distance / 5000 km",
        "imputed_mixes_usd": float(dollars[dollars > 0][imputed].sum()),
        "elasticity": "means of Caliendo and Parro (2015), Table 1, 99% sample, by section; 8.22 where they use it",
        "balance": {
            "rule": "RAS of inputs and final demand to trade by section and GDP; factor by which a row was moved",
            "median_row_factor": float(np.round(np.exp(np.median(log)), 4)),
            "row_factor_90th_percentile": float(np.round(np.exp(np.quantile(log, 0.9)), 4)),
            "largest_row_factor": float(np.round(np.exp(log.max()), 2)),
            "entrepots": {c: round(m.lowered, 4) for c, m in zip(data.countries, made, strict=True) if m.lowered < 1},
            "exports_moved_between_sections": float(np.round(np.average(shift, weights=E.sum(1)), 4)),
        },
        "value_added": {k: f"mean share of {', '.join(v)}, own input mix" for k, v in VALUE_ADDED_OF.items()},
        "assumptions": [
            "goods trade of 2023 by pair, split into SITC sections as UNCTAD has the pair in 2015",
            "services are not traded; input mixes are of 2020, balanced to 2023",
            "tariffs of the base year are taken as zero: new tariffs come on top of what was in force in 2023",
        ],
    }
    used = ("trade", "earlier", "sections", "gdp", "population", "distance", "inputs", "theta")
    return _world(("sectors", "Ten SITC sections and services, 2023"), arrays, notes, shared, used)


def _world(
    about: tuple[str, str],
    arrays: dict[str, npt.NDArray[Any]],
    notes: dict[str, Any],
    shared: Path,
    used: tuple[str, ...],
) -> dict[str, bytes]:
    name, title = about
    content = _npz(arrays)
    card = {
        "id": name,
        "title": title,
        "year": YEAR,
        "sha256": hashlib.sha256(content).hexdigest(),
        "sources": [
            SOURCES[k]
            | {"file": Path(FILES[k]).name, "sha256": hashlib.sha256((shared / FILES[k]).read_bytes()).hexdigest()}
            for k in used
        ],
        **notes,
    }
    text = json.dumps(card, ensure_ascii=False, indent=1) + "\n"
    return {f"{name}.npz": content, f"{name}.json": text.encode()}


def _npz(arrays: dict[str, npt.NDArray[Any]]) -> bytes:
    """As numpy's savez_compressed, without a clock in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, values in arrays.items():
            part = io.BytesIO()
            np.lib.format.write_array(part, np.ascontiguousarray(values), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, part.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def main(shared: str, out: str = str(OUT)) -> None:
    """Write both worlds."""
    target = Path(out)
    target.mkdir(parents=True, exist_ok=True)
    files = build(Path(shared))
    for name, content in files.items():
        (target / name).write_bytes(content)
    print(f"{target.name}: {', '.join(f'{name} {len(content):,}' for name, content in files.items())} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
