"""A table that others made of UN Comtrade: both reports of machinery and electronics by pair of countries."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from khorgos.core.findings import Finding
from khorgos.core.schema import Flow, PartnerBasis, Status, Valuation
from khorgos.sources.cells import without_repeats
from khorgos.sources.columns import area_column, constant, csv_columns, numeric, row_locators
from khorgos.sources.comtrade import COMTRADE
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.tables import to_table

_NAMES = ("exporterISO", "exporterName", "importerISO", "importerName")
_NAME = re.compile(r"HS84_85_country_pairs", re.IGNORECASE)
_COLUMN = re.compile(r"(exp|imp)_((?:19|20)\d\d)")

#: Chapters 84 and 85 together are section XVI in every edition of the HS; of the editions in which the countries sent
#: these years the table keeps no trace, and this one was in force when they began.
_PRODUCT, _EDITION = "XVI", "HS17"

_MADE = Finding(
    "derived", "Not Comtrade's own file: a table that others summed from it, chapters 84 and 85 in one figure.", "note"
)
_ZERO = "zero, which stands for no report as well"
_WORLD = "the world as reporter"


def _header(seen: Peek) -> tuple[str, ...]:
    return tuple(cell.strip('" \r') for cell in seen.head.lstrip("\ufeff").split("\n", 1)[0].split(","))


def _recognise(seen: Peek) -> bool:
    header = _header(seen)
    return bool(_NAME.search(seen.filename)) and header[:4] == _NAMES and any(map(_COLUMN.fullmatch, header))


def _parse(snapshot: Snapshot) -> Parsed:
    path = snapshot.path
    release = snapshot.release(COMTRADE, "UN Comtrade, machinery and electronics by pair (derived)")
    read = csv_columns(path)
    sides = {
        name: area_column(read.table[name], "comtrade", path=path, name=name) for name in ("exporterISO", "importerISO")
    }
    parts = [
        _flows(read.table, match, sides, snapshot, release.id)
        for name in read.table.column_names
        if (match := _COLUMN.fullmatch(name))
    ]
    table = pa.concat_tables(parts)
    stated = table.filter(pc.greater(table["value"], 0.0))
    declared = stated.filter(pc.not_equal(stated["reporter"], "WLD"))
    kept, repeats = without_repeats(declared, path=path)
    dropped = {
        _ZERO: table.num_rows - stated.num_rows,
        _WORLD: stated.num_rows - declared.num_rows,
        "repeated row": repeats,
    }
    return Parsed(
        COMTRADE,
        (release,),
        {"flow": kept},
        (_MADE, *read.findings),
        {reason: count for reason, count in dropped.items() if count},
    )


def _flows(
    rows: pa.Table, match: re.Match[str], sides: dict[str, pa.ChunkedArray], snapshot: Snapshot, release: str
) -> pa.Table:
    """One column of the table, a year as one side reports it, as rows."""
    name, outward = match[0], match[1] == "exp"
    exporter, importer = sides["exporterISO"], sides["importerISO"]
    places = pc.binary_join_element_wise(row_locators(rows), name, ":")
    return to_table(
        "flow",
        {
            "reporter": exporter if outward else importer,
            "partner": importer if outward else exporter,
            "flow": constant(Flow.EXPORT if outward else Flow.IMPORT, rows),
            "period": constant(match[2], rows),
            "product": constant(_PRODUCT, rows),
            "nomenclature": constant(_EDITION, rows),
            "value": numeric(rows[name], path=snapshot.path, name=name),
            "currency": constant("USD", rows),
            "valuation": constant(Valuation.FOB if outward else Valuation.CIF, rows),
            "partner_basis": constant(PartnerBasis.DESTINATION if outward else PartnerBasis.ORIGIN, rows),
            "status": constant(Status.REPORTED, rows),
            "release": constant(release, rows),
            "locator": places,
        },
    )


CONNECTOR = Connector(
    COMTRADE,
    "UN Comtrade, machinery by pair",
    "*HS84_85_country_pairs*.csv: exporterISO, exporterName, importerISO, importerName, exp_2020, imp_2020, ...",
    _recognise,
    _parse,
)
