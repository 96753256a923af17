"""National Statistical Committee of the Kyrgyz Republic: geographic distribution of exports and imports, trilingual."""

from __future__ import annotations

import re

from khorgos.core.errors import BadFile
from khorgos.core.findings import Finding
from khorgos.core.provenance import Source
from khorgos.core.schema import Flow
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.flows import FOB_CIF, ORIGIN_DESTINATION, FlowRows, Terms, printed_step
from khorgos.sources.partner_names import Names
from khorgos.sources.reading import Cell, cell_name, number, workbook

SOURCE = Source(
    id="kgz-nsc",
    publisher="National Statistical Committee of the Kyrgyz Republic",
    title="Geographic distribution of exports (4.03.00.18) and imports (4.03.00.20) of goods",
    url="https://stat.gov.kg/en/statistics/vneshneekonomicheskaya-deyatelnost/",
    licence="Free use with reference to the source",
    redistribute="figures",
    citation="National Statistical Committee of the Kyrgyz Republic, dynamic tables 4.03.00.18 and 4.03.00.20.",
    attribution="National Statistical Committee of the Kyrgyz Republic",
    cadence="annual",
    units="thousand USD",
    valuation="exports FOB, imports CIF",
    rank=10,
    notes="'-' means that there was no such trade or no figure; it is kept as null. The last year may be preliminary. "
    "Continents follow the committee (Seychelles and the British Virgin Islands stand under Europe); imports from "
    "China are a fraction of what China's customs report as exports.",
)

_TITLES = (
    re.compile(r"Географическое\s+распределение\s+(экспорт|импорт)а\s+товаров", re.IGNORECASE),
    re.compile(r"(Экспорт|Импорт)\s+товаров\s+по\s+странам", re.IGNORECASE),
)
_FLOWS = {"экспорт": Flow.EXPORT, "импорт": Flow.IMPORT}
_UNITS = (
    (re.compile(r"тыс\.?\s*долл"), "USD", 1e3),
    (re.compile(r"млн\.?\s*долл"), "USD", 1e6),
    (re.compile(r"тыс\.?\s*сом"), "KGS", 1e3),
    (re.compile(r"млн\.?\s*сом"), "KGS", 1e6),
)

#: Chosen because title, unit and years stand in the first four rows.
_HEADING_ROWS = 8

_Rows = list[list[Cell]]


def _flow_of(cells: list[str]) -> str | None:
    found = (pattern.search(cell) for cell in cells for pattern in _TITLES)
    return next((_FLOWS[match[1].lower()] for match in found if match), None)


def _recognise(seen: Peek) -> bool:
    return any(_flow_of([cell for row in sheet[:3] for cell in row]) is not None for sheet in seen.cells)


def _parse(snapshot: Snapshot) -> Parsed:
    name = snapshot.filename
    for sheet, rows in workbook(snapshot.path).items():
        head = [str(cell) for row in rows[:3] for cell in row if cell is not None]
        flow = _flow_of(head)
        if flow is not None:
            return _read(snapshot, sheet, rows, flow, " ".join(head))
    raise BadFile("No sheet has the title of the table by country", path=name)


def _read(snapshot: Snapshot, sheet: str, rows: _Rows, flow: str, head: str) -> Parsed:
    name = snapshot.filename
    currency, unit = _unit(head, name)
    heading, years = _years(rows, name)
    release = snapshot.release(SOURCE, f"Geographic distribution of {flow}s")
    out = FlowRows(release, Names("kgz-nsc", "ru", "name_en"))
    terms = Terms("KGZ", currency, unit, FOB_CIF, ORIGIN_DESTINATION)
    grid = {i: {r: _figure(rows[r], r, i, name) for r in range(heading + 1, len(rows))} for i in years}
    steps = {i: printed_step(column.values()) for i, column in grid.items()}
    first = min(years)
    for r in range(heading + 1, len(rows)):
        labels = [" ".join(str(cell).split()) for cell in rows[r][:first] if cell is not None]
        label = _label(labels)
        if all(_empty(rows[r], i) for i in years):
            _remark(out, labels, name)
            continue
        if not label:
            raise BadFile("Figures without a country", path=name, row=r + 1)
        for i, year in years.items():
            where = f"{sheet}!{cell_name(r, i)}"
            out.add(terms, label, flow, year, grid[i][r], at=where, rounding=steps[i], row=r + 1)
    table, findings, dropped = out.finish()
    return Parsed(SOURCE, (release,), {"flow": table}, findings, dropped)


def _unit(head: str, name: str) -> tuple[str, float]:
    for pattern, currency, unit in _UNITS:
        if pattern.search(head.lower()):
            return currency, unit
    raise BadFile("The table does not state its unit", path=name, hint="Expected '(тыс. долларов США)'")


def _years(rows: _Rows, name: str) -> tuple[int, dict[int, str]]:
    for r, row in enumerate(rows[:_HEADING_ROWS]):
        found = {i: year for i, cell in enumerate(row) if (year := _year(cell)) is not None}
        if len(found) >= 2:
            if len(set(found.values())) < len(found):
                raise BadFile("A year heads two columns", path=name, row=r + 1)
            return r, found
    raise BadFile("The row of years was not found", path=name, hint="The file may be cut off: download it again")


def _year(cell: Cell) -> str | None:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return str(int(cell)) if 1990 <= cell <= 2199 and cell == int(cell) else None
    # A footnote's mark after the year ("2023 1)") is no digit of it.
    found = re.fullmatch(r"((?:19|20|21)\d{2})(?:\s*[\d*]\)?)?", str(cell).strip()) if isinstance(cell, str) else None
    return found[1] if found else None


def _figure(row: list[Cell], r: int, i: int, name: str) -> float | None:
    cell = row[i] if i < len(row) else None
    return number(cell, decimal=",", path=name, row=r + 1, column=cell_name(r, i))


def _empty(row: list[Cell], i: int) -> bool:
    return i >= len(row) or row[i] is None or not str(row[i]).strip()


def _label(labels: list[str]) -> str:
    """The Russian name stands second of three; a table with fewer columns has it first."""
    label = labels[1] if len(labels) > 1 else labels[0] if labels else ""
    return re.sub(r"(?<=\D)\s*\d\)?$", "", label).strip()


def _remark(out: FlowRows, labels: list[str], name: str) -> None:
    words = " ".join(labels)
    if "предварительн" in words.lower():
        out.note(Finding("preliminary", f"The committee marks figures as preliminary: {words[:80]}", where=name))
    out.drop("line without figures (a note or a blank)")


CONNECTOR = Connector(
    source=SOURCE,
    name="Kyrgyz NSC by country",
    files="*.xlsx: 4.03.00.18 and 4.03.00.20, Географическое распределение экспорта/импорта товаров",
    recognise=_recognise,
    parse=_parse,
)
