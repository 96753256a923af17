"""US imports for consumption by product: Parquet files of HS10 lines by partner, and their csv sums by chapter."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from khorgos.core.errors import BadFile, UnmappedCode
from khorgos.core.provenance import Release
from khorgos.core.schema import Flow, PartnerBasis, Status, Valuation
from khorgos.nomenclature.areas import from_code
from khorgos.sources.census_cards import CENSUS_CONSUMPTION, harmonised, nomenclature_of, period_of, terms
from khorgos.sources.connector import Parsed, Peek, Snapshot
from khorgos.sources.flows import FlowRows
from khorgos.sources.partner_names import Names
from khorgos.sources.reading import csv_rows, number, to_table

_COLUMNS = ("CTY_CODE", "CON_VAL_YR", "I_COMMODITY", "COMM_LVL", "time")
_HS2 = re.compile(r"(\d{4})_imports")


def recognise_lines(seen: Peek) -> bool:
    """Is it Parquet with the API's columns?"""
    return set(_COLUMNS) <= set(seen.columns)


def recognise_chapters(seen: Peek) -> bool:
    """Is it a csv of chapters with a column such as 2024_imports?"""
    first = seen.head.lstrip("\ufeff").split("\n", 1)[0]
    return first.startswith("HS2,") and bool(_HS2.search(first)) and "CTY_CODE" in first


def parse_lines(snapshot: Snapshot) -> Parsed:
    """Read HS10 lines: as they are, added up to HS6, and in total.

    Args:
        snapshot: a Parquet file.

    Returns:
        Flows by HTS line, HS6 and TOTAL.

    Raises:
        BadFile: if the levels are mixed, a line is stated twice, or a value is no number.
    """
    name = snapshot.filename
    lines = _read(snapshot)
    year, month = _time(lines["time"], name)
    _refuse_repeats(lines, name)
    release = snapshot.release(CENSUS_CONSUMPTION, f"Imports for consumption by HS10, {year}")
    period = str(period_of(year, month, cumulative=True))
    base = {"partner": _partners(lines, name), "product": lines["I_COMMODITY"], "value": lines["CON_VAL_YR"]}
    places = [f"row {i + 1}" for i in range(len(lines["time"]))]
    parts = [
        _rows(base, nomenclature_of(year, 10), period, release, places),
        _sums(base, 6, nomenclature_of(year, 6), period, release),
        _sums(base, 0, "TOTAL", period, release),
    ]
    return Parsed(CENSUS_CONSUMPTION, (release,), {"flow": pa.concat_tables(parts)})


def _read(snapshot: Snapshot) -> dict[str, Any]:
    import pyarrow.parquet as pq

    name = snapshot.filename
    try:
        table = pq.read_table(snapshot.path, columns=list(_COLUMNS))
    except (pa.ArrowException, OSError, KeyError) as error:
        raise BadFile(f"The Parquet file is damaged: {str(error)[:80]}", path=name, hint="Download it again") from None
    lines = {column: table[column].combine_chunks() for column in _COLUMNS}
    if not table.num_rows:
        raise BadFile("The file has no row of trade", path=name)
    for column in ("CTY_CODE", "I_COMMODITY", "COMM_LVL"):
        if lines[column].null_count or not pa.types.is_string(lines[column].type):
            raise BadFile("The column must be text without gaps", path=name, column=column)
    if set(pc.unique(lines["COMM_LVL"]).to_pylist()) != {"HS10"}:
        raise BadFile("Only lines of level HS10 are read: other levels repeat them", path=name, column="COMM_LVL")
    if not pc.all(pc.match_substring_regex(lines["I_COMMODITY"], r"^[0-9]{10}$")).as_py():
        raise BadFile("A code does not have ten digits", path=name, column="I_COMMODITY")
    lines["CON_VAL_YR"] = _values(lines["CON_VAL_YR"], name)
    return lines


def _values(column: Any, name: str) -> Any:
    try:
        values = pc.cast(column, pa.float64())
    except pa.ArrowInvalid as error:
        raise BadFile(f"Not a number: {str(error)[:60]}", path=name, column="CON_VAL_YR") from None
    if pc.any(pc.less(values, 0)).as_py():
        raise BadFile("Imports cannot be negative", path=name, column="CON_VAL_YR")
    return values


def _time(column: Any, name: str) -> tuple[int, int]:
    found = pc.unique(column).to_pylist()
    if len(found) != 1 or not isinstance(found[0], (str, dt.date)):
        raise BadFile("The file must hold one month's year to date", path=name, column="time")
    written = found[0].isoformat() if isinstance(found[0], dt.date) else found[0]
    match = re.match(r"(\d{4})-(\d{2})", written)
    if not match or not 1 <= int(match[2]) <= 12:
        raise BadFile(f"Not a month: {written!r}", path=name, column="time")
    return int(match[1]), int(match[2])


def _refuse_repeats(lines: dict[str, Any], name: str) -> None:
    keys = pc.binary_join_element_wise(lines["CTY_CODE"], lines["I_COMMODITY"], "/")
    counts = pc.value_counts(keys)
    twice = counts.filter(pc.greater(counts.field("counts"), 1))
    if len(twice):
        raise BadFile(f"Line {twice[0]['values'].as_py()} is stated twice", path=name, column="I_COMMODITY")


def _partners(lines: dict[str, Any], name: str) -> Any:
    codes = pc.unique(lines["CTY_CODE"]).to_pylist()
    areas = {code: from_code(code, "census") for code in codes}
    lost = [code for code in codes if areas[code] is None]
    if lost:
        mask = pc.is_in(lines["CTY_CODE"], value_set=pa.array(lost))
        total = pc.sum(lines["CON_VAL_YR"]).as_py() or 1.0
        share = (pc.sum(lines["CON_VAL_YR"].filter(mask)).as_py() or 0.0) / total
        raise UnmappedCode(
            f"Unknown codes of countries: {', '.join(lost[:8])}; they carry {share:.2%} of the value",
            path=name,
            column="CTY_CODE",
        )
    order = pc.index_in(lines["CTY_CODE"], value_set=pa.array(codes))
    return pa.array([areas[code] for code in codes]).take(order)


def _sums(base: dict[str, Any], digits: int, nomenclature: str, period: str, release: Release) -> pa.Table:
    codes = (
        pc.utf8_slice_codeunits(base["product"], 0, digits).to_pylist() if digits else ["TOTAL"] * len(base["value"])
    )
    product = pa.array([harmonised(code) for code in codes] if digits else codes)
    grouped = pa.table({**base, "product": product})
    summed = grouped.group_by(["partner", "product"], use_threads=False).aggregate([("value", "sum")])
    columns = {"partner": summed["partner"], "product": summed["product"], "value": summed["value_sum"]}
    where = pc.binary_join_element_wise(summed["partner"], summed["product"], " ").to_pylist()
    return _rows(columns, nomenclature, period, release, [f"sum of lines {place}" for place in where])


def _rows(base: dict[str, Any], nomenclature: str, period: str, release: Release, places: list[str]) -> pa.Table:
    count = len(places)
    constant = {
        "reporter": "USA",
        "flow": str(Flow.IMPORT),
        "period": period,
        "nomenclature": nomenclature,
        "currency": "USD",
        "valuation": str(Valuation.FOB),
        "partner_basis": str(PartnerBasis.ORIGIN),
        "status": str(Status.REPORTED),
        "release": release.id,
    }
    columns: dict[str, Any] = {name: pa.array([value] * count) for name, value in constant.items()}
    columns["rounding"] = pa.array([1.0] * count)
    columns["locator"] = pa.array(places)
    return to_table("flow", {**columns, **base})


def parse_chapters(snapshot: Snapshot) -> Parsed:
    """Read sums by chapter of imports for consumption.

    Args:
        snapshot: a csv with HS2, <year>_imports, CTY_CODE.

    Returns:
        Flows by HS2 and TOTAL.

    Raises:
        BadFile: if a chapter is stated twice or a value is no number.
    """
    name = snapshot.filename
    rows = csv_rows(snapshot.path, required=("HS2", "CTY_CODE"))
    column, year = _year_column(rows.header, name)
    release = snapshot.release(CENSUS_CONSUMPTION, f"Imports for consumption by chapter, {year}")
    out = FlowRows(release, Names(CENSUS_CONSUMPTION.id, "census"), expected=("EU", "EU27"), complete=False)
    totals: dict[str, list[float]] = {}
    chapters: dict[tuple[str, str], tuple[list[float], list[str]]] = {}
    seen: set[tuple[str, str]] = set()
    for n, cells in rows:
        code, partner = cells["HS2"].strip(), cells["CTY_CODE"].strip()
        value = number(cells[column], path=name, row=n, column=column)
        if not re.fullmatch(r"\d{2}", code) or (partner, code) in seen or value is None or value < 0:
            raise BadFile(
                f"Chapter {code!r}: no such chapter, stated twice, or no value", path=name, row=n, column="HS2"
            )
        seen.add((partner, code))
        totals.setdefault(partner, []).append(value)
        values, places = chapters.setdefault((partner, harmonised(code)), ([], []))
        values.append(value)
        places.append(f"line {n}:{column}")
    for (partner, code), (values, places) in chapters.items():
        common = terms(product=code, nomenclature=nomenclature_of(year, 2))
        out.add(common, partner, Flow.IMPORT, str(year), sum(values), at="+".join(places), rounding=1.0)
    for partner, values in totals.items():
        out.add(terms(), partner, Flow.IMPORT, str(year), sum(values), at=f"sum of chapters {partner}", rounding=1.0)
    table, findings, dropped = out.finish()
    return Parsed(CENSUS_CONSUMPTION, (release,), {"flow": table}, findings, dropped)


def _year_column(header: tuple[str, ...], name: str) -> tuple[str, int]:
    found = [match for column in header if (match := _HS2.fullmatch(column))]
    if len(found) != 1:
        raise BadFile("The header needs one column such as 2024_imports", path=name, row=1)
    return found[0][0], int(found[0][1])
