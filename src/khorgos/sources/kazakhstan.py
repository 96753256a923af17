"""Bureau of National Statistics of Kazakhstan: foreign trade by country, an xls workbook with a sheet a year."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from khorgos.core.errors import BadFile
from khorgos.core.provenance import Precision, Source
from khorgos.core.schema import Flow
from khorgos.nomenclature.periods import Period, year
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.flows import FOB_CIF, ORIGIN_DESTINATION, FlowRows, Terms, printed_step
from khorgos.sources.month_names import stretch
from khorgos.sources.partner_names import Names
from khorgos.sources.publication import year_known
from khorgos.sources.reading import Cell, cell_name, number, workbook

SOURCE = Source(
    id="kaz-bns",
    publisher="Bureau of National Statistics of the Agency for Strategic Planning and Reforms of Kazakhstan",
    title="Main indicators of foreign trade of the Republic of Kazakhstan by country",
    url="https://stat.gov.kz/en/industries/economy/foreign-market/",
    licence="Free use with reference to the source",
    redistribute="figures",
    citation="Bureau of National Statistics of Kazakhstan, Main indicators of foreign trade by country, series 5.",
    attribution="Bureau of National Statistics of Kazakhstan",
    cadence="annual (monthly tables have the same layout)",
    units="thousand USD",
    valuation="exports FOB, imports CIF",
    rank=10,
    notes="Trade with members of the EAEU comes from statistical returns, all other from customs declarations. "
    "A year is revised in the next year's workbook, which repeats it. Country groups follow the bureau: members of "
    "the CIS stand outside Europe and Asia. Where a workbook states no day of publication, the year after its last "
    "period is taken (precision: year).",
)

_TITLE = re.compile(r"Основные показатели внешней торговли", re.IGNORECASE)
_FLOWS = {"товарооборот": Flow.TOTAL, "экспорт": Flow.EXPORT, "импорт": Flow.IMPORT}
_PUBLISHED = re.compile(r"Дата опубликования\s*:?\s*(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SPAN = re.compile(r"(?:за\s+)?(?:([а-я]+(?:\s*[-–—]\s*[а-я]+)?)\s+)?(\d{4})\s*(?:год|г)", re.IGNORECASE)

#: Chosen because title, period, unit and headings stand in the first seven rows of every sheet since 2018.
_HEADING_ROWS = 10

_Rows = list[list[Cell]]


@dataclass(frozen=True, slots=True)
class _Table:
    """A sheet with trade by country."""

    sheet: str
    rows: _Rows
    heading: int
    columns: dict[str, int]
    period: Period
    unit: float


def _recognise(seen: Peek) -> bool:
    if "Казахстан" not in " ".join(cell for sheet in seen.cells for row in sheet for cell in row):
        return False
    return any(_TITLE.search(cell) for sheet in seen.cells for row in sheet for cell in row)


def _parse(snapshot: Snapshot) -> Parsed:
    book = workbook(snapshot.path)
    tables = [_table(sheet, rows, snapshot.filename) for sheet, rows in book.items() if _is_table(rows)]
    if not tables:
        raise BadFile("No sheet has columns of turnover, exports and imports", path=snapshot.filename)
    day = _published(book)
    known = day or year_known(str(table.period) for table in tables)
    precision: Precision = "day" if day else "year"
    release = snapshot.release(SOURCE, "Foreign trade by country", published=known, precision=precision)
    out = FlowRows(release, Names("kaz-bns", "ru"))
    for table in tables:
        _read(out, table, snapshot.filename)
    table, findings, dropped = out.finish()
    return Parsed(SOURCE, (release,), {"flow": table}, findings, dropped)


def _published(book: dict[str, _Rows]) -> dt.date | None:
    for rows in book.values():
        for cell in (cell for row in rows[:_HEADING_ROWS] for cell in row if isinstance(cell, str)):
            if found := _PUBLISHED.search(cell):
                try:
                    return dt.date(int(found[3]), int(found[2]), int(found[1]))
                except ValueError:
                    return None
    return None


def _is_table(rows: _Rows) -> bool:
    return any(len(_flow_columns(row)) == len(_FLOWS) for row in rows[:_HEADING_ROWS])


def _flow_columns(row: list[Cell]) -> dict[str, int]:
    found = ((_FLOWS.get(str(cell).strip().lower()), i) for i, cell in enumerate(row) if cell is not None)
    return {flow: i for flow, i in found if flow is not None}


def _table(sheet: str, rows: _Rows, name: str) -> _Table:
    heading = next(r for r, row in enumerate(rows) if len(_flow_columns(row)) == len(_FLOWS))
    period, unit = _period(rows[:heading], name, sheet), _unit(rows[:heading], name, sheet)
    return _Table(sheet, rows, heading, _flow_columns(rows[heading]), period, unit)


def _read(out: FlowRows, table: _Table, name: str) -> None:
    rows, heading, columns = table.rows, table.heading, table.columns
    terms = Terms("KAZ", "USD", table.unit, FOB_CIF, ORIGIN_DESTINATION)
    values: dict[str, dict[int, float | None]] = {
        flow: {
            r: number(_at(rows[r], i), decimal=",", path=name, row=r + 1, column=cell_name(r, i))
            for r in range(heading + 2, len(rows))
        }
        for flow, i in columns.items()
    }
    steps = {flow: printed_step(column.values()) for flow, column in values.items()}
    for r in range(heading + 2, len(rows)):
        partner = str(rows[r][0] or "").strip()
        given = {flow: column[r] for flow, column in values.items()}
        if not partner or all(_at(rows[r], i) is None for i in columns.values()):
            _note_or_refuse(out, partner, given, name, r)
            continue
        for flow, value in given.items():
            where = f"{table.sheet}!{cell_name(r, columns[flow])}"
            out.add(terms, partner, flow, str(table.period), value, at=where, rounding=steps[flow], row=r + 1)


def _note_or_refuse(out: FlowRows, partner: str, given: dict[str, float | None], name: str, r: int) -> None:
    if not partner and any(value is not None for value in given.values()):
        raise BadFile("Figures without a country", path=name, row=r + 1)
    out.drop("line without figures (a note or a blank)")


def _at(row: list[Cell], i: int) -> Cell:
    return row[i] if i < len(row) else None


def _period(heading: _Rows, name: str, sheet: str) -> Period:
    for cell in (cell for row in heading for cell in row if isinstance(cell, str)):
        found = _SPAN.search(cell)
        if found and 1990 <= int(found[2]) <= 2199:
            words = (found[1] or "").lower()
            when = stretch(words, int(found[2])) if words not in {"", "за"} else year(int(found[2]))
            if when is not None:
                return when
    raise BadFile(f"Sheet {sheet!r} does not name its year", path=name, hint="Expected 'за январь-декабрь 2019 года'")


def _unit(heading: _Rows, name: str, sheet: str) -> float:
    words = " ".join(str(cell).lower() for row in heading for cell in row if cell is not None)
    for pattern, unit in ((r"тыс\.?\s*долл", 1e3), (r"млн\.?\s*долл", 1e6)):
        if re.search(pattern, words):
            return unit
    raise BadFile(f"Sheet {sheet!r} does not state its unit", path=name, hint="Expected 'тыс. долларов США'")


CONNECTOR = Connector(
    source=SOURCE,
    name="Kazakhstan BNS, foreign trade by country",
    files="*.xls: Основные показатели внешней торговли Республики Казахстан (по странам)",
    recognise=_recognise,
    parse=_parse,
)
