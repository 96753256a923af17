"""The layouts in which UN Comtrade's records come: interface JSON, today's and yesterday's csv, Parquet, cut csv."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from khorgos.core.errors import BadFile
from khorgos.core.findings import Finding
from khorgos.sources.columns import constant, csv_columns, numeric, relabel, row_locators
from khorgos.sources.comtrade_rows import DETAILS, FIGURES, TEXTS, Records
from khorgos.sources.connector import Snapshot
from khorgos.sources.reading import json_document, number

#: Today's names of the interface and the bulk files, by the name used here.
API = {
    "type": "typeCode",
    "period": "period",
    "reporter": "reporterCode",
    "flow": "flowCode",
    "partner": "partnerCode",
    "partner2": "partner2Code",
    "classification": "classificationCode",
    "commodity": "cmdCode",
    "customs": "customsCode",
    "mos": "mosCode",
    "mot": "motCode",
    "qty_unit": "qtyUnitCode",
    "qty": "qty",
    "weight": "netWgt",
    "cif": "cifvalue",
    "fob": "fobvalue",
    "primary": "primaryValue",
}
_OLD_WEIGHT = "netWeight"  # the interface's first spelling of netWgt

#: Names of the export of the old web page (until 2023), 35 columns.
LEGACY = {
    "period": "Period",
    "reporter": "Reporter Code",
    "flow": "Trade Flow Code",
    "partner": "Partner Code",
    "partner2": "2nd Partner Code",
    "classification": "Classification",
    "commodity": "Commodity Code",
    "customs": "Customs Proc. Code",
    "mot": "Mode of Transport Code",
    "qty_unit": "Qty Unit Code",
    "qty": "Qty",
    "weight": "Netweight (kg)",
    "cif": "CIF Trade Value (US$)",
    "fob": "FOB Trade Value (US$)",
    "primary": "Trade Value (US$)",
}
_LEGACY_FLOWS = {"1": "M", "2": "X", "3": "RX", "4": "RM"}  # UN Comtrade reference tables, trade flow codes

#: Names of csv files from which only these columns were kept.
CUT = {
    "reporter": "reporter",
    "partner": "partner",
    "commodity": "cmd",
    "flow": "flow",
    "primary": "value",
    "weight": "netwgt",
}
_YEAR_NAME = re.compile(r"(?<!\d)(20\d\d)(?!\d)")

#: Records at which an answer stops, whatever was asked: without a key (UN Comtrade help, "What is data preview?"), with
#: a free one (comtradr, "Querying large amounts of data") and with a paid one (comtradeapicall, read me).
_STOPS = {500: "without a key", 100_000: "with a free key", 250_000: "with a key"}


def from_json(snapshot: Snapshot) -> Records:
    """Records of an answer of the interface (data/v1/get, public/v1/preview).

    Args:
        snapshot: the file.

    Returns:
        Its records; none if nothing was found.

    Raises:
        BadFile: if it is an error, a list of bulk files, or cut off.
    """
    document = json_document(snapshot.path)
    rows = document.get("data") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        message = str(document.get("message") or document.get("error") or "") if isinstance(document, dict) else ""
        what = f"The interface answered with an error: {message}" if message else "No records in this JSON"
        raise BadFile(what, path=snapshot.filename, hint="Fetch it again")
    count = document.get("count")
    if isinstance(count, int) and count > len(rows):
        raise BadFile(f"The answer holds {len(rows)} of {count} records", path=snapshot.filename, hint="Fetch it again")
    if rows and "fileUrl" in rows[0]:
        raise BadFile("This is a list of bulk files, not data", path=snapshot.filename, hint="Fetch the files it names")
    columns = {name: [_plain(row.get(theirs), row, name) for row in rows] for name, theirs in API.items()}
    table = pa.table({name: pa.chunked_array([pa.array(cells, pa.string())]) for name, cells in columns.items()})
    locators = pa.chunked_array([pa.array([f"data[{i}]" for i in range(len(rows))], pa.string())])
    return _api_records(table, locators, snapshot, _cut_off(len(rows), snapshot))


def _plain(cell: Any, row: Mapping[str, Any], name: str) -> str:
    if cell is None and name == "weight":
        cell = row.get(_OLD_WEIGHT)
    return "" if cell is None else str(cell)


def _cut_off(count: int, snapshot: Snapshot) -> tuple[Finding, ...]:
    if count not in _STOPS:
        return ()
    said = f"Exactly {count} records: an answer {_STOPS[count]} stops there, so some may be missing."
    return (Finding("partial-coverage", said, "warning", where=snapshot.filename),)


def from_table(snapshot: Snapshot) -> Records:
    """Records of a csv, bulk or Parquet file under the interface's names.

    Args:
        snapshot: the file.

    Returns:
        Its records.

    Raises:
        BadFile: if a column is missing or a cell is no number.
    """
    wanted = {*API.values(), _OLD_WEIGHT}
    if snapshot.filename.endswith(".parquet"):
        names = pq.read_schema(snapshot.path).names
        raw = pq.read_table(snapshot.path, columns=[name for name in names if name in wanted])
        found: tuple[Finding, ...] = ()
        locators = row_locators(raw, first=1)
    else:
        read = csv_columns(snapshot.path, wanted=wanted)
        raw, found = read.table, read.findings
        locators = row_locators(raw)
    return _api_records(_renamed(raw, API, snapshot), locators, snapshot, found)


def _renamed(raw: pa.Table, names: Mapping[str, str], snapshot: Snapshot) -> pa.Table:
    table = raw.select([])
    for ours, theirs in names.items():
        if theirs in raw.column_names:
            table = table.append_column(ours, raw[theirs])
        elif ours in (*TEXTS, "primary") and ours not in ("qty_unit", "locator"):
            raise BadFile(f"The file has no column {theirs!r}", path=snapshot.filename, hint="Export all columns")
    if _OLD_WEIGHT in raw.column_names:
        table = _with_old_weight(table, raw[_OLD_WEIGHT], snapshot)
    return table


def _with_old_weight(table: pa.Table, old: pa.ChunkedArray, snapshot: Snapshot) -> pa.Table:
    old = numeric(old, path=snapshot.path, name=_OLD_WEIGHT)
    if "weight" not in table.column_names:
        return table.append_column("weight", old)
    new = numeric(table["weight"], path=snapshot.path, name=API["weight"])
    return table.set_column(table.schema.get_field_index("weight"), "weight", pc.coalesce(new, old))


def _api_records(table: pa.Table, locators: pa.ChunkedArray, snapshot: Snapshot, found: tuple[Finding, ...]) -> Records:
    table = table.append_column("locator", locators)
    if "type" in table.column_names:
        kinds = pc.utf8_trim_whitespace(_text(table["type"]))
        strange = [kind for kind in pc.unique(kinds).to_pylist() if kind not in ("C", "")]
        if strange:
            hint = "Ask Comtrade for type C (goods)"
            raise BadFile(
                f"Records of type {strange[0]!r} are no goods", path=snapshot.filename, column="typeCode", hint=hint
            )
    return Records(_typed(table, API, snapshot), findings=found)


def _typed(table: pa.Table, names: Mapping[str, str], snapshot: Snapshot) -> pa.Table:
    """All columns of TEXTS and FIGURES and the DETAILS there are, in their types."""
    columns: dict[str, pa.ChunkedArray] = {}
    for name in (*TEXTS, *DETAILS):
        if name in table.column_names:
            columns[name] = _text(table[name])
        elif name not in DETAILS:
            columns[name] = constant("", table)
    for name in FIGURES:
        if name in table.column_names:
            columns[name] = numeric(table[name], path=snapshot.path, name=names.get(name, name))
        else:
            columns[name] = pa.chunked_array([pa.nulls(table.num_rows, pa.float64())])
    return pa.table(columns)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    texts = pc.fill_null(pc.cast(column, pa.string()), "")
    return pa.chunked_array([texts]) if isinstance(texts, pa.Array) else texts


def from_legacy(snapshot: Snapshot) -> Records:
    """Records of a csv that the old web page exported.

    Args:
        snapshot: the file.

    Returns:
        Its records.

    Raises:
        BadFile: if a column is missing or a cell is no number.
    """
    read = csv_columns(snapshot.path, wanted=set(LEGACY.values()))
    table = _renamed(read.table, LEGACY, snapshot)
    flows = relabel(pc.utf8_trim_whitespace(table["flow"]), _LEGACY_FLOWS)
    flows = pc.coalesce(flows, table["flow"])
    table = table.set_column(table.schema.get_field_index("flow"), "flow", flows)
    table = table.append_column("locator", row_locators(read.table))
    return Records(_typed(table, LEGACY, snapshot), findings=read.findings)


def from_cut(snapshot: Snapshot) -> Records:
    """Records of a csv from which the columns of breakdown and classification were cut off.

    Args:
        snapshot: the file.

    Returns:
        Its records, marked blind.

    Raises:
        BadFile: if neither a column nor the name tells the year, or a cell is no number.
    """
    read = csv_columns(snapshot.path, wanted={*CUT.values(), "year", "qty", "qtyunit"})
    raw = read.table
    table = _renamed(raw, CUT | {"qty": "qty", "qty_unit": "qtyunit"}, snapshot)
    years = raw["year"] if "year" in raw.column_names else constant(_named_year(snapshot), raw)
    table = table.append_column("period", years)
    editions = {year: _edition(year, snapshot) for year in pc.unique(years).to_pylist()}
    table = table.append_column("classification", relabel(years, editions))
    table = table.append_column("locator", row_locators(raw))
    said = "The file does not name the HS edition; each year is read in the edition in force."
    found = (Finding("assumed-nomenclature", said, "warning", where=snapshot.filename), *read.findings)
    return Records(_typed(table, CUT, snapshot), blind=True, findings=found)


def _named_year(snapshot: Snapshot) -> str:
    match = _YEAR_NAME.search(snapshot.filename)
    if match is None:
        hint = "Put the year into the name, as in comtrade_2024.csv"
        raise BadFile("Neither a column nor the name tells the year", path=snapshot.filename, hint=hint)
    return match[1]


def _edition(year: str, snapshot: Snapshot) -> str:
    """The HS edition in force (WCO: 1988/92, 1996, 2002, 2007, 2012, 2017, 2022)."""
    value = number(year, path=snapshot.filename, column="year") or 0
    starts = ((2022, "H6"), (2017, "H5"), (2012, "H4"), (2007, "H3"), (2002, "H2"), (1996, "H1"))
    return next((code for start, code in starts if value >= start), "H0")
