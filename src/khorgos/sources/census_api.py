"""US Census Bureau's International Trade API: a JSON list of lists, header first."""

from __future__ import annotations

import re
from dataclasses import dataclass

from khorgos.core.errors import BadFile
from khorgos.core.provenance import Source
from khorgos.core.schema import Flow
from khorgos.nomenclature.periods import Period
from khorgos.sources.census_cards import CENSUS, CENSUS_CONSUMPTION, harmonised, nomenclature_of, period_of, terms
from khorgos.sources.connector import Parsed, Peek, Snapshot
from khorgos.sources.flows import FlowRows, Terms
from khorgos.sources.partner_names import GROUP, Names
from khorgos.sources.reading import json_document, number

_PRODUCTS = {"I_COMMODITY": Flow.IMPORT, "E_COMMODITY": Flow.EXPORT}
_LEVELS = {"-": 0, "HS2": 2, "HS4": 4, "HS6": 6, "HS10": 10}
# Dimensions whose rows are parts of the row with "-": domestic or foreign exports, rate provision, district, port.
_DETAIL = ("DF", "RP", "DISTRICT", "PORT", "STATE")


@dataclass(frozen=True, slots=True)
class _Measure:
    """One variable of the interface that is a value of trade."""

    flow: str
    cumulative: bool
    cif: bool
    consumption: bool


_MEASURES = {
    f"{kind}_{value}_{stretch}": _Measure(flow, stretch == "YR", value == "CIF", kind == "CON")
    for kind, value, flow in (
        ("ALL", "VAL", Flow.EXPORT),
        ("GEN", "VAL", Flow.IMPORT),
        ("GEN", "CIF", Flow.IMPORT),
        ("CON", "VAL", Flow.IMPORT),
        ("CON", "CIF", Flow.IMPORT),
    )
    for stretch in ("MO", "YR")
}
_GENERAL = {name for name, measure in _MEASURES.items() if not measure.consumption}
_CONSUMPTION = _MEASURES.keys() - _GENERAL


def _first_row(seen: Peek) -> set[str]:
    head = seen.head.lstrip("\ufeff \n\r\t")
    if not re.match(r"\[\s*\[", head):
        return set()
    return set(re.findall(r'"([A-Za-z0-9_]+)"', head.split("]", 1)[0]))


def recognise_general(seen: Peek) -> bool:
    """Is it an answer with exports or general imports?"""
    names = _first_row(seen)
    return "CTY_CODE" in names and not names.isdisjoint(_GENERAL)


def recognise_consumption(seen: Peek) -> bool:
    """Is it an answer with imports for consumption alone?"""
    names = _first_row(seen)
    return "CTY_CODE" in names and names.isdisjoint(_GENERAL) and not names.isdisjoint(_CONSUMPTION)


def parse_general(snapshot: Snapshot) -> Parsed:
    """Read exports and general imports.

    Args:
        snapshot: the JSON file.

    Returns:
        Flows by partner, product and period; imports for consumption in the same answer are counted as dropped.

    Raises:
        BadFile: with row and column.
    """
    return _parse(snapshot, CENSUS, _GENERAL)


def parse_consumption(snapshot: Snapshot) -> Parsed:
    """Read imports for consumption.

    Args:
        snapshot: the JSON file.

    Returns:
        Flows by partner, product and period.

    Raises:
        BadFile: with row and column.
    """
    return _parse(snapshot, CENSUS_CONSUMPTION, _CONSUMPTION)


def _parse(snapshot: Snapshot, source: Source, measures: set[str]) -> Parsed:
    name = snapshot.filename
    header, records = _records(json_document(snapshot.path), name)
    wanted = [column for column in header if column in measures]
    product = next((column for column in _PRODUCTS if column in header), None)
    release = snapshot.release(source, "International Trade API, " + ", ".join(wanted))
    areas = Names(source.id, "census")
    out = FlowRows(release, lambda code: areas(code) or _group(code), expected=("EU", "EU27"), complete=False)
    other = [column for column in header if column in _MEASURES and column not in measures]
    for n, cells in records:
        if any(cells.get(column, "-") not in {"-", ""} for column in _DETAIL):
            out.drop("part of the row that has '-' in its place")
            continue
        if other:
            out.drop("imports for consumption beside general imports: fetch them in a file of their own")
        for column in wanted:
            measure = _MEASURES[column]
            common, period = _place(cells, product, measure, name, n)
            value = number(cells[column], path=name, row=n, column=column)
            place = f"row {n}:{column}"
            out.add(common, cells["CTY_CODE"], measure.flow, str(period), value, at=place, rounding=1.0, row=n)
    table, findings, dropped = out.finish()
    return Parsed(source, (release,), {"flow": table}, findings, dropped)


def _records(document: object, name: str) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    if not isinstance(document, list) or not document or not isinstance(document[0], list):
        raise BadFile("Not a list of rows with the header first", path=name)
    header = [str(cell) for cell in document[0]]
    if "CTY_CODE" not in header or not ({"time"} <= set(header) or {"YEAR", "MONTH"} <= set(header)):
        raise BadFile("The answer needs CTY_CODE and time", path=name, row=1, hint="get=CTY_CODE,...&time=2024-12")
    records = []
    for n, row in enumerate(document[1:], 2):
        if not isinstance(row, list) or len(row) != len(header):
            raise BadFile("The row has not as many cells as the header", path=name, row=n)
        cells: dict[str, str] = {}
        for column, cell in zip(header, row, strict=True):
            text = "" if cell is None else str(cell)
            if cells.setdefault(column, text) != text:  # a predicate repeats its column at the end
                raise BadFile(f"Column {column} is given twice with different values", path=name, row=n, column=column)
        records.append((n, cells))
    return header, records


def _place(cells: dict[str, str], product: str | None, measure: _Measure, name: str, n: int) -> tuple[Terms, Period]:
    written = cells.get("time") or f"{cells.get('YEAR', '')}-{cells.get('MONTH', '').zfill(2)}"
    found = re.fullmatch(r"(\d{4})-(\d{2})", written)
    if not found or not 1 <= int(found[2]) <= 12 or not 1900 <= int(found[1]) <= 2199:
        raise BadFile(f"Not a month: {written!r}", path=name, row=n, column="time")
    year = int(found[1])
    period = period_of(year, int(found[2]), cumulative=measure.cumulative)
    code = cells[product].strip() if product else "-"
    if code == "-":
        return terms(cif=measure.cif), period
    level = cells.get("COMM_LVL", "").strip()
    digits = _LEVELS.get(level, len(code))
    if not re.fullmatch(r"\d+", code) or len(code) != digits or digits not in _LEVELS.values():
        raise BadFile(f"Not a code of level {level or '?'}: {code!r}", path=name, row=n, column=product)
    plain = code if digits == 10 else harmonised(code)
    return terms(cif=measure.cif, product=plain, nomenclature=nomenclature_of(year, digits)), period


def _group(code: str) -> str | None:
    """Codes that begin with 00 or end in XXX are groups of countries and continents (Census, Schedule C)."""
    return GROUP if re.fullmatch(r"00\d\d|\dXXX", code) else None
