"""Russia's customs by partner: main countries by month (96stran), CIS countries by year (94itog)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from khorgos.core.errors import BadFile
from khorgos.nomenclature.periods import month, year
from khorgos.sources.connector import Parsed, Peek, Snapshot
from khorgos.sources.flows import FOB_CIF, ORIGIN_DESTINATION, FlowRows, Terms, printed_step
from khorgos.sources.month_names import month_number
from khorgos.sources.partner_names import Names
from khorgos.sources.reading import cell_name, workbook
from khorgos.sources.russia_tables import FLOWS, SOURCE, Rows, cyrillic, figure, release_of, unit_of

_MAIN = re.compile(r"(Экспорт|Импорт) Российской Федерации (?:в основные страны|из основных стран)")
_CIS = re.compile(r"Основные показатели (?:экспорта и импорта )?Российской Федерации")
_GROUPS = ("со странами", "в том числе", "страны")


@dataclass(frozen=True, slots=True)
class _Figure:
    """One cell of a partner."""

    partner: str
    flow: str
    period: str
    value: float | None
    place: str
    column: tuple[str, int]
    row: int


def _words(rows: tuple[tuple[str, ...], ...]) -> str:
    return " ".join(cyrillic(cell) for row in rows[:5] for cell in row)


def recognise_main(seen: Peek) -> bool:
    """Is it the workbook of main partners by month?"""
    return any(_MAIN.search(_words(sheet)) for sheet in seen.cells)


def recognise_cis(seen: Peek) -> bool:
    """Is it the workbook of CIS countries with a sheet a year?"""
    return any("по данным ФТС" in _words(sheet) and _CIS.search(_words(sheet)) for sheet in seen.cells)


def parse_main(snapshot: Snapshot) -> Parsed:
    """Read main partners by month.

    Args:
        snapshot: the file.

    Returns:
        Flows by partner and month.

    Raises:
        BadFile: with row and column.
    """
    cells: list[_Figure] = []
    unit = 0.0
    for sheet, rows in workbook(snapshot.path).items():
        head = " ".join(cyrillic(cell) for row in rows[:5] for cell in row if cell is not None)
        if title := _MAIN.search(head):
            unit = unit_of(head, snapshot.filename)
            cells += _main_cells(sheet, rows, FLOWS[title[1].lower()], snapshot.filename)
    return _collect(snapshot, "Foreign trade with main countries, by month", cells, unit)


def _main_cells(sheet: str, rows: Rows, flow: str, name: str) -> Iterator[_Figure]:
    heading = next((r for r, row in enumerate(rows[:10]) if sum(c is not None for c in row[1:]) >= 2), None)
    if heading is None:
        raise BadFile("The row of countries was not found", path=name, hint="The file may be cut off")
    partners = {i: cyrillic(cell) for i, cell in enumerate(rows[heading]) if i and cell is not None}
    current: int | None = None
    for r in range(heading + 1, len(rows)):
        label = rows[r][0]
        if isinstance(label, (int, float)) and 1990 <= label <= 2199:
            current = int(label)
            continue
        number_ = month_number(cyrillic(label).lower()) if label is not None else None
        if number_ is None or current is None:
            if any(rows[r][i] is not None for i in partners if i < len(rows[r])):
                raise BadFile("Figures in a row that names no month", path=name, row=r + 1)
            continue
        for i, partner in partners.items():
            value = figure(rows, r, i, name)
            period = str(month(current, number_))
            yield _Figure(partner, flow, period, value, f"{sheet}!{cell_name(r, i)}", (sheet, i), r + 1)


def parse_cis(snapshot: Snapshot) -> Parsed:
    """Read CIS countries by year.

    Args:
        snapshot: the file.

    Returns:
        Flows by partner and year, and totals.

    Raises:
        BadFile: with row and column.
    """
    cells: list[_Figure] = []
    unit = 0.0
    for sheet, rows in workbook(snapshot.path).items():
        head = " ".join(cyrillic(cell) for row in rows[:4] for cell in row if cell is not None)
        if _CIS.search(head) and re.fullmatch(r"(?:19|20|21)\d{2}", sheet.strip()):
            unit = unit_of(head, snapshot.filename)
            cells += _cis_cells(sheet, rows, snapshot.filename)
    return _collect(snapshot, "Foreign trade with CIS countries, by year", cells, unit)


def _cis_cells(sheet: str, rows: Rows, name: str) -> Iterator[_Figure]:
    stated = {int(cell) for row in rows[:5] for cell in row if isinstance(cell, (int, float)) and 1990 <= cell <= 2199}
    if stated and stated != {int(sheet)}:
        raise BadFile(f"Sheet {sheet!r} is headed {sorted(stated)}", path=name, row=4)
    flow: str | None = None
    for r, row in enumerate(rows):
        label = cyrillic(row[0]) if row else ""
        value = figure(rows, r, 1, name) if flow or label.lower() in FLOWS else None
        if label.lower() in (FLOWS.keys() - {"оборот"}):
            flow = FLOWS[label.lower()]
            label = "World"
        if flow is None or not label:
            continue
        yield _Figure(label, flow, str(year(int(sheet))), value, f"{sheet}!{cell_name(r, 1)}", (sheet, 1), r + 1)


def _collect(snapshot: Snapshot, title: str, cells: list[_Figure], unit: float) -> Parsed:
    if not cells:
        raise BadFile("No sheet has trade by country", path=snapshot.filename, hint="It may be cut off")
    release = release_of(snapshot, title, [cell.period for cell in cells])
    out = FlowRows(release, Names(SOURCE.id, "ru", "name_en"), complete=False)
    steps: dict[tuple[str, int], float | None] = {}
    for column in {cell.column for cell in cells}:
        steps[column] = printed_step(cell.value for cell in cells if cell.column == column)
    terms = Terms("RUS", "USD", unit, FOB_CIF, ORIGIN_DESTINATION)
    for cell in cells:
        if cell.partner.lower().startswith(_GROUPS):
            out.drop("group row, its members are kept")
            continue
        step = steps[cell.column]
        out.add(terms, cell.partner, cell.flow, cell.period, cell.value, at=cell.place, rounding=step, row=cell.row)
    table, findings, dropped = out.finish()
    return Parsed(SOURCE, (release,), {"flow": table}, findings, dropped)
