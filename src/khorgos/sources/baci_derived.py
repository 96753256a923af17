"""Tables that others derived from BACI: totals by pair, a matrix, slices of products."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from khorgos.core.errors import BadFile
from khorgos.core.findings import Finding
from khorgos.core.provenance import Release
from khorgos.core.schema import Flow, Status, Valuation
from khorgos.nomenclature.areas import from_code
from khorgos.sources.baci import BACI
from khorgos.sources.cells import without_repeats
from khorgos.sources.columns import area_column, constant, csv_columns, numeric, relabel, row_locators
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.reading import csv_rows, number
from khorgos.sources.tables import to_table

_THOUSAND = 1000.0
_TOTALS = ("year", "exporter_iso3", "importer_iso3", "value_kusd")
_MINERALS = ("year", "material", "hs6", "exporter_iso2", "importer_iso2", "value_usd", "source")
_SLICE = ("i", "j", "cmd", "value")
_SLICE_NAME = re.compile(r"baci_(\d{4})\.csv", re.IGNORECASE)
_LABELS_NAME = "country_labels.csv"

#: Year of the matrix, which its file does not tell: Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), "Making
#: America Great Again? The Economic Impacts of Liberation Day Tariffs", summed BACI_HS22_Y2023_V202501.csv into it.
_MATRIX_YEAR = "2023"

_EMPTY_YEAR = "zero in a year without a single flow"
_DERIVED = Finding("derived", "Not CEPII's own file: a table that others derived from BACI.", "note")
_CUT = Finding(
    "partial-coverage", "The largest partners of each country and mineral only; tails may be cut.", "warning"
)


def _recognise_totals(seen: Peek) -> bool:
    return seen.columns == _TOTALS or (seen.suffix == ".csv" and _header(seen) == _TOTALS)


def _recognise_matrix(seen: Peek) -> bool:
    return seen.suffix == ".csv" and seen.head.startswith(("export_ij1,export_ij2,", '"export_ij1","export_ij2",'))


def _recognise_labels(seen: Peek) -> bool:
    return _header(seen) == ("iso3", "iso_code", "CountryName")


def _recognise_slice(seen: Peek) -> bool:
    return bool(_SLICE_NAME.search(seen.filename)) and _header(seen) == _SLICE


def _recognise_minerals(seen: Peek) -> bool:
    return seen.columns == _MINERALS


def _header(seen: Peek) -> tuple[str, ...]:
    return tuple(cell.strip('" \r') for cell in seen.head.split("\n", 1)[0].split(","))


def _flows(release: Release, table: pa.Table, columns: Mapping[str, pa.ChunkedArray]) -> pa.Table:
    return to_table(
        "flow",
        {
            "flow": constant(Flow.EXPORT, table),
            "currency": constant("USD", table),
            "valuation": constant(Valuation.FOB, table),
            "status": constant(Status.RECONCILED, table),
            "release": constant(release.id, table),
            "locator": row_locators(table, first=_first(release.filename)),
            **columns,
        },
    )


def _first(filename: str) -> int:
    """Number of the first row: Parquet has no header row."""
    return 1 if filename.endswith(".parquet") else 2


def _parse_totals(snapshot: Snapshot) -> Parsed:
    path, first = snapshot.path, _first(snapshot.filename)
    release = snapshot.release(BACI, "BACI, totals of all goods by pair (derived)")
    found: tuple[Finding, ...] = ()
    if snapshot.filename.endswith(".parquet"):
        rows = pq.read_table(path, columns=list(_TOTALS))
    else:
        read = csv_columns(path, wanted=_TOTALS)
        rows, found = read.table, read.findings
    value = pc.multiply(numeric(rows["value_kusd"], path=path, name="value_kusd", first=first), _THOUSAND)
    table = _flows(
        release,
        rows,
        {
            "reporter": area_column(
                rows["exporter_iso3"], "baci", path=path, name="exporter_iso3", value=value, first=first
            ),
            "partner": area_column(
                rows["importer_iso3"], "baci", path=path, name="importer_iso3", value=value, first=first
            ),
            "period": _years(rows["year"], snapshot),
            "product": constant("TOTAL", rows),
            "nomenclature": constant("TOTAL", rows),
            "value": value,
        },
    )
    table, empty = _without_empty_years(table)
    table, repeats = without_repeats(table, path=path)
    dropped = {reason: count for reason, count in ((_EMPTY_YEAR, empty), ("repeated row", repeats)) if count}
    return Parsed(BACI, (release,), {"flow": table}, (_DERIVED, *found), dropped)


def _years(column: pa.ChunkedArray, snapshot: Snapshot) -> pa.ChunkedArray:
    texts = pc.cast(column, pa.string())
    bad = pc.invert(pc.match_substring_regex(texts, r"^(19|20)\d\d$"))
    if pc.any(bad).as_py():
        row = pc.index(bad, True).as_py()
        raise BadFile(
            f"Not a year: {texts[row]}", path=snapshot.filename, row=row + _first(snapshot.filename), column="year"
        )
    return texts


def _without_empty_years(table: pa.Table) -> tuple[pa.Table, int]:
    """A year in which every flow is zero was never filled; its zeros say nothing."""
    sums = table.group_by("period").aggregate([("value", "max")])
    empty = sums.filter(pc.equal(sums["value_max"], 0.0))["period"].combine_chunks()
    keep = pc.invert(pc.is_in(table["period"], value_set=empty))
    kept = table.filter(keep)
    return kept, table.num_rows - kept.num_rows


def _parse_matrix(snapshot: Snapshot) -> Parsed:
    areas = _labels(snapshot)
    release = snapshot.release(BACI, f"BACI HS22 {_MATRIX_YEAR}, version 202501, totals, matrix (derived)")
    found: list[dict[str, object]] = []
    rows = csv_rows(snapshot.path)
    if len(rows.header) != len(areas):
        what = f"The matrix has {len(rows.header)} columns for {len(areas)} labels"
        raise BadFile(what, path=snapshot.filename, hint=f"Is it the {_LABELS_NAME} of this matrix?")
    count = 0
    for count, (line, cells) in enumerate(rows, 1):
        if count > len(areas):
            raise BadFile("The matrix has more rows than columns", path=snapshot.filename, row=line)
        for partner, (name, cell) in zip(areas, cells.items(), strict=True):
            value = number(cell, path=snapshot.filename, row=line, column=name)
            if value is not None:
                found.append(_matrix_row(areas[count - 1], partner, value, release, f"line {line}:{name}"))
    if count != len(areas):
        hint = "The file may be cut off"
        raise BadFile(f"The matrix has {count} of {len(areas)} rows", path=snapshot.filename, hint=hint)
    return Parsed(BACI, (release,), {"flow": to_table("flow", found)}, (_DERIVED, *rows.findings()))


def _matrix_row(reporter: str, partner: str, value: float, release: Release, locator: str) -> dict[str, object]:
    return {
        "reporter": reporter,
        "partner": partner,
        "flow": Flow.EXPORT,
        "period": _MATRIX_YEAR,
        "product": "TOTAL",
        "nomenclature": "TOTAL",
        "value": value * _THOUSAND,
        "currency": "USD",
        "valuation": Valuation.FOB,
        "status": Status.RECONCILED,
        "release": release.id,
        "locator": locator,
    }


def _labels(snapshot: Snapshot) -> list[str]:
    path = snapshot.companions.get(_LABELS_NAME)
    if path is None:
        hint = f"Import it together with its {_LABELS_NAME}"
        raise BadFile("The matrix does not name its rows and columns", path=snapshot.filename, hint=hint)
    return _read_labels(path)


def _parse_labels(snapshot: Snapshot) -> Parsed:
    areas = _read_labels(snapshot.path)
    release = snapshot.release(BACI, "Labels of a BACI totals matrix (derived)")
    return Parsed(BACI, (release,), {}, (Finding("code-table", f"{len(areas)} areas in the order of the matrix."),))


def _read_labels(path: Path) -> list[str]:
    areas: list[str] = []
    for line, row in csv_rows(path, required=("iso3", "iso_code")):
        area = from_code(row["iso3"], "baci")
        if area is None or row["iso_code"].strip() != str(len(areas) + 1):
            raise BadFile(f"Not the next label: {row['iso_code']} {row['iso3']}", path=_LABELS_NAME, row=line)
        areas.append(area)
    return areas


def _parse_slice(snapshot: Snapshot) -> Parsed:
    path = snapshot.path
    match = _SLICE_NAME.search(snapshot.filename)
    year = match[1] if match else ""
    release = snapshot.release(BACI, f"BACI {year}, slice of products (derived)")
    read = csv_columns(path, wanted=_SLICE)
    rows = read.table
    value = numeric(rows["value"], path=path, name="value")
    table = _flows(
        release,
        rows,
        {
            "reporter": area_column(rows["i"], "baci", path=path, name="i", value=value),
            "partner": area_column(rows["j"], "baci", path=path, name="j", value=value),
            "period": constant(year, rows),
            "product": _hs6(rows["cmd"], snapshot, "cmd"),
            "nomenclature": constant(_vintage(int(year)), rows),
            "value": value,
        },
    )
    table, repeats = without_repeats(table, path=path)
    dropped = {"repeated row": repeats} if repeats else {}
    return Parsed(BACI, (release,), {"flow": table}, (_DERIVED, _said(_vintage(int(year))), *read.findings), dropped)


def _vintage(year: int) -> str:
    """The vintage from which this collection of minerals took a year (its own source column says so)."""
    return "HS17" if year >= 2017 else "HS02"


def _said(vintage: str) -> Finding:
    said = f"The file does not name its HS vintage; it is read as {vintage}, as in the collection it belongs to."
    return Finding("assumed-nomenclature", said, "note")


def _hs6(codes: pa.ChunkedArray, snapshot: Snapshot, name: str) -> pa.ChunkedArray:
    bad = pc.invert(pc.match_substring_regex(codes, r"^\d{6}$"))
    if pc.any(bad).as_py():
        row = pc.index(bad, True).as_py()
        raise BadFile(
            f"{codes[row].as_py()!r} is no HS6 code",
            path=snapshot.filename,
            row=row + _first(snapshot.filename),
            column=name,
        )
    return codes


_SOURCE_TEXT = re.compile(r"BACI (HS\d\d) V\d{6}")


def _parse_minerals(snapshot: Snapshot) -> Parsed:
    path = snapshot.path
    release = snapshot.release(BACI, "BACI, critical minerals by pair (derived)")
    rows = pq.read_table(path)
    value = numeric(rows["value_usd"], path=path, name="value_usd", first=1)
    vintages = {text: _SOURCE_TEXT.search(text or "") for text in pc.unique(rows["source"]).to_pylist()}
    if lost := [text for text, match in vintages.items() if match is None]:
        raise BadFile(f"No HS vintage in {lost[0]!r}", path=snapshot.filename, column="source")
    table = _flows(
        release,
        rows,
        {
            "reporter": area_column(
                rows["exporter_iso2"], "iso2", path=path, name="exporter_iso2", value=value, first=1
            ),
            "partner": area_column(
                rows["importer_iso2"], "iso2", path=path, name="importer_iso2", value=value, first=1
            ),
            "period": _years(rows["year"], snapshot),
            "product": _hs6(rows["hs6"], snapshot, "hs6"),
            "nomenclature": relabel(rows["source"], {text: match[1] for text, match in vintages.items() if match}),
            "value": value,
        },
    )
    table, repeats = without_repeats(table, path=path)
    return Parsed(BACI, (release,), {"flow": table}, (_DERIVED, _CUT), {"repeated row": repeats} if repeats else {})


CONNECTORS = (
    Connector(
        BACI,
        "BACI totals by pair",
        "Parquet or csv: year, exporter_iso3, importer_iso3, value_kusd",
        _recognise_totals,
        _parse_totals,
    ),
    Connector(
        BACI,
        "BACI totals matrix",
        "trade_cepii.csv (export_ij1, export_ij2, ...) with country_labels.csv",
        _recognise_matrix,
        _parse_matrix,
    ),
    Connector(
        BACI, "BACI matrix labels", "country_labels.csv: iso3,iso_code,CountryName", _recognise_labels, _parse_labels
    ),
    Connector(BACI, "BACI slice by ISO3", "baci_2024.csv: i,j,cmd,value", _recognise_slice, _parse_slice),
    Connector(
        BACI,
        "BACI critical minerals",
        "Parquet: year, material, hs6, exporter_iso2, importer_iso2, value_usd, source",
        _recognise_minerals,
        _parse_minerals,
    ),
)
