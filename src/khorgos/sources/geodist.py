"""CEPII GeoDist: distances between countries, and where countries lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from khorgos.core.errors import BadFile
from khorgos.core.provenance import Source
from khorgos.nomenclature.areas import from_code
from khorgos.sources.cells import without_repeats
from khorgos.sources.columns import area_column, constant, csv_columns, numeric, row_locators
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.reading import csv_rows, number
from khorgos.sources.tables import to_table

GEODIST = Source(
    id="geodist",
    publisher="CEPII",
    title="GeoDist",
    url="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=6",
    licence="Etalab Open Licence 2.0: free reuse, also commercial, with attribution",
    redistribute="yes",
    citation=(
        "Mayer, T. and Zignago, S. (2011). Notes on CEPII's distances measures: The GeoDist database. "
        "CEPII Working Paper 2011-25."
    ),
    attribution="CEPII, GeoDist",
    cadence="once, 2011",
    units="km, square km, degrees; 0 or 1",
    valuation="none",
    rank=50,
    notes=(
        "dist: between main cities; distcap: between capitals; distw and distwces: between the largest cities, "
        "weighted by population, with elasticity 1 and -1. Countries of 2004: Serbia and Montenegro is one, South "
        "Sudan is missing. Weighted distances are missing for small territories."
    ),
)

_PERIOD = "2011"  # year of the data set; its facts do not change by year
_UNITS = {
    "contig": "boolean",
    "comlang_off": "boolean",
    "comlang_ethno": "boolean",
    "colony": "boolean",
    "comcol": "boolean",
    "curcol": "boolean",
    "col45": "boolean",
    "smctry": "boolean",
    "dist": "km",
    "distcap": "km",
    "distw": "km",
    "distwces": "km",
}
_PAIR_KEY = ("iso_o", "iso_d")
_GEO_KEY = ("iso2", "iso3", "cnum", "country")
_GEO_UNITS = {"area": "square km", "dis_int": "km", "landlocked": "boolean"}


def _header(seen: Peek) -> set[str]:
    line = seen.head.lstrip("\ufeff").split("\n", 1)[0]
    return {cell.strip('" \r') for cell in line.replace(";", ",").split(",")}


def _recognise_pairs(seen: Peek) -> bool:
    return set(_PAIR_KEY) | {"dist", "contig"} <= _header(seen)


def _recognise_places(seen: Peek) -> bool:
    return set(_GEO_KEY) | {"landlocked", "dis_int", "maincity"} <= _header(seen)


def _parse_pairs(snapshot: Snapshot) -> Parsed:
    path = snapshot.path
    release = snapshot.release(GEODIST, "GeoDist, pairs of countries")
    read = csv_columns(path, wanted={*_PAIR_KEY, *_UNITS})
    rows = read.table
    if missing := [name for name in _UNITS if name not in rows.column_names]:
        raise BadFile(f"The file has no column {missing[0]!r}", path=snapshot.filename, row=1)
    exporters, importers = (area_column(rows[name], "geodist", path=path, name=name) for name in _PAIR_KEY)
    place = row_locators(rows)
    tables = [
        to_table(
            "pair",
            {
                "exporter": exporters,
                "importer": importers,
                "indicator": constant(name, rows),
                "value": _checked(numeric(rows[name], path=path, name=name), name, snapshot),
                "unit": constant(unit, rows),
                "release": constant(release.id, rows),
                "locator": _joined(place, name),
            },
        )
        for name, unit in _UNITS.items()
    ]
    key = ("exporter", "importer", "indicator")
    table, repeats = without_repeats(pa.concat_tables(tables), path=path, key=key, payload=("value",))
    return Parsed(GEODIST, (release,), {"pair": table}, read.findings, {"repeated row": repeats} if repeats else {})


def _joined(place: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(place, name, ":")


def _checked(values: pa.ChunkedArray, name: str, snapshot: Snapshot) -> pa.ChunkedArray:
    """Distances are positive, the rest is 0 or 1: anything else means that columns were swapped."""
    good = pc.greater(values, 0.0) if _UNITS[name] == "km" else pc.is_in(values, value_set=pa.array([0.0, 1.0]))
    bad = pc.and_(pc.is_valid(values), pc.invert(pc.fill_null(good, True)))
    if pc.any(bad).as_py():
        row = pc.index(bad, True).as_py()
        what = f"{values[row].as_py():g} is no {'distance' if _UNITS[name] == 'km' else 'yes or no (1 or 0)'}"
        raise BadFile(what, path=snapshot.filename, row=row + 2, column=name, hint="Are the columns swapped?")
    return values


def _parse_places(snapshot: Snapshot) -> Parsed:
    release = snapshot.release(GEODIST, "GeoDist, countries")
    rows = csv_rows(snapshot.path, required=("iso3", *_GEO_UNITS, "lat", "lon", "cap", "maincity"))
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for line, cells in rows:
        area = from_code(cells["iso3"], "geodist")
        if area is None:
            raise BadFile(f"Unknown country {cells['iso3']!r}", path=snapshot.filename, row=line, column="iso3")
        for indicator, column, unit in _facts(cells):
            value = number(cells[column], path=snapshot.filename, row=line, column=column)
            row = {
                "area": area,
                "period": _PERIOD,
                "indicator": indicator,
                "value": value,
                "unit": unit,
                "release": release.id,
                "locator": f"line {line}:{indicator}",
            }
            # Countries whose main city is not their capital have a row for each, with the same area.
            earlier = found.setdefault((area, indicator), row)
            if earlier["value"] != value:
                what = f"Two rows of {area} disagree: {earlier['value']} and {value}"
                raise BadFile(what, path=snapshot.filename, row=line, column=column)
    table = to_table("indicator", list(found.values()))
    return Parsed(GEODIST, (release,), {"indicator": table}, rows.findings())


def _facts(cells: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """What a row tells: indicator, column, unit."""
    for name, unit in _GEO_UNITS.items():
        yield name, name, unit
    for flag, city in (("cap", "capital"), ("maincity", "maincity")):
        if cells[flag].strip() == "1":
            yield f"lat_{city}", "lat", "degree"
            yield f"lon_{city}", "lon", "degree"


CONNECTORS = (
    Connector(
        GEODIST,
        "CEPII GeoDist pairs",
        "dist_cepii.csv, with ; or ,: iso_o, iso_d, contig, ..., dist, distcap, distw, distwces",
        _recognise_pairs,
        _parse_pairs,
    ),
    Connector(
        GEODIST,
        "CEPII GeoDist countries",
        "geo_cepii.csv, with ; or ,: iso2, iso3, cnum, country, ..., area, dis_int, landlocked, ...",
        _recognise_places,
        _parse_places,
    ),
)
