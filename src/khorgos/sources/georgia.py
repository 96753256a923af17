"""Geostat: Georgia's exports and imports in total, by month, since 1995 (FTrade workbook)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from khorgos.core.errors import BadFile
from khorgos.core.findings import Finding
from khorgos.core.provenance import Source
from khorgos.core.schema import Flow
from khorgos.nomenclature.periods import month, year_to_date
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.flows import FOB_CIF, FlowRows, Terms
from khorgos.sources.month_names import month_number
from khorgos.sources.reading import Cell, cell_name, number, workbook

SOURCE = Source(
    id="geo-geostat",
    publisher="National Statistics Office of Georgia (Geostat)",
    title="Georgian exports and imports, by month, since 1995",
    url="https://www.geostat.ge/en/modules/categories/35/external-trade",
    licence="Free use with reference to the source",
    redistribute="figures",
    citation="National Statistics Office of Georgia, Georgian Exports and Imports (FTrade workbook).",
    attribution="Geostat",
    cadence="monthly",
    units="million USD",
    valuation="exports FOB, imports CIF",
    rank=10,
    notes="Totals over all partners only. The last year, marked with *, is preliminary and often unfinished: its "
    "'total' then covers the months to date and is kept as such. Trade of Abkhazia and South Ossetia is not covered.",
)

_TITLE = re.compile(r"Georgian\s+Exports\s+and\s+Imports", re.IGNORECASE)
_TOTALS = {"total exports": Flow.EXPORT, "total import": Flow.IMPORT, "total imports": Flow.IMPORT}
_YEAR = re.compile(r"((?:19|20|21)\d{2})(?:\.0)?\s*(\*?)")

#: Chosen because totals are sums of the months in the same unrounded numbers: only binary dust may lie between.
_SUM_TOLERANCE = 1e-6

_TERMS = Terms("GEO", "USD", 1e6, FOB_CIF)
_Rows = list[list[Cell]]


@dataclass(frozen=True, slots=True)
class _Block:
    """The rows of one flow: its total on top, its months below."""

    rows: _Rows
    sheet: str
    name: str
    flow: str
    top: int
    months: dict[int, int]


def _recognise(seen: Peek) -> bool:
    return any(_TITLE.search(cell) for sheet in seen.cells for row in sheet[:3] for cell in row)


def _parse(snapshot: Snapshot) -> Parsed:
    name = snapshot.filename
    release = snapshot.release(SOURCE, "Georgian exports and imports by month")
    out = FlowRows(release, {"World": "WLD"}.get)
    read = 0
    for sheet, rows in workbook(snapshot.path).items():
        if any(_TITLE.search(str(cell)) for row in rows[:3] for cell in row if cell is not None):
            _read(out, sheet, rows, name)
            read += 1
    if not read:
        raise BadFile("No sheet has Georgian Exports and Imports", path=name)
    table, findings, dropped = out.finish()
    return Parsed(SOURCE, (release,), {"flow": table}, findings, dropped)


def _read(out: FlowRows, sheet: str, rows: _Rows, name: str) -> None:
    if not any("mill" in str(cell).lower() and "usd" in str(cell).lower() for row in rows[:4] for cell in row):
        raise BadFile("The table does not state million USD", path=name, hint="Expected '(Mill. USD)'")
    heading, years = _years(rows, name)
    blocks = [(r, flow) for r in range(heading + 1, len(rows)) if (flow := _TOTALS.get(_label(rows[r])))]
    if {flow for _, flow in blocks} != {Flow.EXPORT, Flow.IMPORT} or len(blocks) != 2:
        raise BadFile("The rows 'Total Exports' and 'Total Import' were not found", path=name)
    ends = [r for r, _ in blocks[1:]] + [len(rows)]
    for (start, flow), end in zip(blocks, ends, strict=True):
        months = {m: r for r in range(start + 1, end) if (m := month_number(_label(rows[r])))}
        block = _Block(rows, sheet, name, flow, start, months)
        for column, (year_, preliminary) in years.items():
            _take(out, block, column, year_)
            if preliminary and flow == Flow.EXPORT:
                out.note(Finding("preliminary", f"{year_} is marked as preliminary.", where=name))


def _take(out: FlowRows, block: _Block, column: int, year_: int) -> None:
    rows, sheet, flow, name = block.rows, block.sheet, block.flow, block.name
    given: dict[int, float] = {}
    for m, r in sorted(block.months.items()):
        value = _figure(rows, r, column, name)
        if value is not None:
            given[m] = value
            place = f"{sheet}!{cell_name(r, column)}"
            out.add(_TERMS, "World", flow, str(month(year_, m)), value, at=place, row=r + 1)
    total = _figure(rows, block.top, column, name)
    if total is None or not given:
        return
    last = max(given)
    if len(given) < last or abs(sum(given.values()) - total) > _SUM_TOLERANCE * abs(total):
        where = f"{sheet}!{cell_name(block.top, column)}"
        text = f"The total of {flow}s in {year_} is not the sum of the months printed; it was left out."
        out.note(Finding("broken-sum", text, "warning", where=where))
        out.drop("total that is not the sum of its months")
        return
    period = str(year_to_date(year_, last))
    if last == 1:
        out.drop("January to January, the same as January")
        return
    at = f"{sheet}!{cell_name(block.top, column)}"
    out.add(_TERMS, "World", flow, period, total, at=at, row=block.top + 1)


def _years(rows: _Rows, name: str) -> tuple[int, dict[int, tuple[int, bool]]]:
    for r, row in enumerate(rows[:8]):
        found = {i: match for i, cell in enumerate(row) if cell is not None and (match := _YEAR.fullmatch(str(cell)))}
        if len(found) >= 2:
            years = {i: (int(match[1]), bool(match[2])) for i, match in found.items()}
            if len({year_ for year_, _ in years.values()}) < len(years):
                raise BadFile("A year heads two columns", path=name, row=r + 1)
            return r, years
    raise BadFile("The row of years was not found", path=name, hint="The file may be cut off: download it again")


def _label(row: list[Cell]) -> str:
    return " ".join(str(row[0]).split()).lower() if row and row[0] is not None else ""


def _figure(rows: _Rows, r: int, column: int, name: str) -> float | None:
    cell = rows[r][column] if column < len(rows[r]) else None
    return number(cell, path=name, row=r + 1, column=cell_name(r, column))


CONNECTOR = Connector(
    source=SOURCE,
    name="Geostat totals by month (FTrade)",
    files="FTrade_*.xlsx: Georgian Exports and Imports",
    recognise=_recognise,
    parse=_parse,
)
