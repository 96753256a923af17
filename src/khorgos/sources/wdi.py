"""World Bank World Development Indicators: DataBank csv, download csv and xls, long csv, interface JSON."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from khorgos.core.errors import BadFile, UnmappedCode
from khorgos.core.findings import Finding
from khorgos.core.provenance import Source
from khorgos.nomenclature.areas import from_code
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.reading import Cell, cell_name, csv_rows, json_document, lines, number, workbook
from khorgos.sources.tables import to_table
from khorgos.sources.wdi_plan import plan

WDI = Source(
    id="wdi",
    publisher="World Bank",
    title="World Development Indicators",
    url="https://databank.worldbank.org/source/world-development-indicators",
    licence="CC BY 4.0",
    redistribute="yes",
    citation="World Bank. World Development Indicators. Washington, DC. CC BY 4.0.",
    attribution="World Bank, World Development Indicators",
    cadence="several times a year",
    units="as the indicator says",
    valuation="none",
    rank=30,
    notes="Regions and income groups stand among the countries. '..' and empty cells mean that there is no figure.",
)

_YEAR = re.compile(r"(\d{4})(?: \[YR\d{4}\])?")
_UPDATED = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d\d)/(\d\d)/(\d{4})")
_LAST_UNIT = re.compile(r"\(([^()]+)\)\s*$")
_KEYS = ("Country Name", "Country Code")
_LONG = ("Country Name", "Country Code", "Year", "Value")
_LONG_NAMES = {"gdp": ("NY.GDP.MKTP.CD", "GDP (current US$)"), "population": ("SP.POP.TOTL", "Population, total")}
_UNITS = {"current US$": "USD", "Population, total": "person"}


@dataclass
class _Figures:
    """Figures on their way to rows."""

    snapshot: Snapshot
    rows: list[dict[str, Any]] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)

    def add(self, code: str, period: str, indicator: str, unit: str, *, value: float | None, place: str) -> None:
        """Keep a figure; an empty cell is counted, never a zero."""
        area = from_code(code, "wdi")
        if area is None:
            self.unknown[code] += 1
        elif value is None:
            self.dropped["no figure"] += 1
        else:
            row = {"area": area, "period": period, "indicator": indicator, "value": value, "unit": unit}
            self.rows.append({**row, "locator": place})

    def parsed(self, title: str, day: dt.date | None, findings: Sequence[Finding] = ()) -> Parsed:
        """The rows as a table, once all codes are known."""
        if self.unknown:
            share = sum(self.unknown.values()) / (
                len(self.rows) + self.dropped["no figure"] + sum(self.unknown.values())
            )
            codes = ", ".join(map(repr, sorted(self.unknown)[:8]))
            what = (
                f"Codes that the scheme 'wdi' does not know: {codes}; they are {100 * share:.3g} per cent of the cells"
            )
            raise UnmappedCode(what, path=self.snapshot.filename, column="Country Code")
        release = self.snapshot.release(WDI, title, published=day, precision="day" if day else "unknown")
        table = to_table("indicator", [{**row, "release": release.id} for row in _once(self.rows, self.snapshot)])
        return Parsed(WDI, (release,), {"indicator": table}, tuple(findings), dict(self.dropped))


def _once(rows: Iterable[dict[str, Any]], snapshot: Snapshot) -> list[dict[str, Any]]:
    kept: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows:
        key = (row["area"], row["indicator"], row["period"])
        earlier = kept.setdefault(key, row)
        if earlier["value"] != row["value"]:
            what = f"Two figures for {' '.join(key)}: {earlier['locator']} and {row['locator']}"
            raise BadFile(what, path=snapshot.filename, hint="Keep the right one")
    return list(kept.values())


def _unit(name: str) -> str:
    """Unit of an indicator, from its name: what stands in its last brackets."""
    if name in _UNITS:
        return _UNITS[name]
    match = _LAST_UNIT.search(name)
    return _UNITS.get(match[1], match[1]) if match else "as named"


def _updated(written: str) -> dt.date | None:
    """2025-03-24 in downloads, 01/28/2025 (month first) in DataBank's footer."""
    match = _UPDATED.search(written)
    if match is None:
        return None
    year, month, day = (match[1], match[2], match[3]) if match[1] else (match[6], match[4], match[5])
    return dt.date(int(year), int(month), int(day))


def _head_cells(seen: Peek) -> list[set[str]]:
    return [{cell.strip('" \r') for cell in line.split(",")} for line in seen.head.lstrip("\ufeff").splitlines()[:6]]


def _recognise_databank(seen: Peek) -> bool:
    first = _head_cells(seen)[0] if seen.head else set()
    return {*_KEYS, "Series Name", "Series Code"} <= first


def _recognise_download(seen: Peek) -> bool:
    return any({*_KEYS, "Indicator Name", "Indicator Code"} <= cells for cells in _head_cells(seen))


def _recognise_workbook(seen: Peek) -> bool:
    wanted = {*_KEYS, "Indicator Name", "Indicator Code"}
    return bool(seen.cells) and any(wanted <= set(row) for row in seen.cells[0][:6])


def _recognise_long(seen: Peek) -> bool:
    return bool(seen.head) and set(_LONG) == _head_cells(seen)[0] and _long_indicator(seen.filename) is not None


def _recognise_json(seen: Peek) -> bool:
    head = seen.head.lstrip("\ufeff \r\n\t")
    return head.startswith("[") and ('"lastupdated"' in head or ('"message"' in head and '"key"' in head))


def _parse_databank(snapshot: Snapshot) -> Parsed:
    rows = csv_rows(snapshot.path, required=(*_KEYS, "Series Name", "Series Code"), stop=_is_footer)
    return _parse_wide(snapshot, rows, ("Series Code", "Series Name"), None)


def _is_footer(cells: Sequence[str]) -> bool:
    return cells[0].startswith(("Data from database", "Last Updated")) and not any(cells[1:])


def _parse_download(snapshot: Snapshot) -> Parsed:
    skip, day = 0, None
    for count, line in enumerate(lines(snapshot.path)):
        if "Last Updated Date" in line:
            day = _updated(line)
        if "Country Code" in line or count > 10:
            skip = count
            break
    rows = csv_rows(snapshot.path, required=(*_KEYS, "Indicator Name", "Indicator Code"), skip=skip)
    return _parse_wide(snapshot, rows, ("Indicator Code", "Indicator Name"), day)


def _parse_wide(snapshot: Snapshot, rows: Any, names: tuple[str, str], day: dt.date | None) -> Parsed:
    years = _year_columns(rows.header, snapshot)
    found = _Figures(snapshot)
    for line, cells in rows:
        code, label = cells[names[0]].strip(), cells[names[1]].strip()
        for column, year in years.items():
            value = number(cells[column], path=snapshot.filename, row=line, column=column)
            place = f"line {line}:{year}"
            found.add(cells["Country Code"].strip(), year, code, _unit(label), value=value, place=place)
    footer = next((cells[0] for cells in rows.footer if cells[0].startswith("Last Updated")), "")
    return found.parsed("World Development Indicators", day or _updated(footer), rows.findings())


def _year_columns(header: Sequence[str], snapshot: Snapshot) -> dict[str, str]:
    years = {name: match[1] for name in header if (match := _YEAR.fullmatch(name))}
    if not years:
        raise BadFile("The header names no years", path=snapshot.filename, row=1)
    return years


def _parse_workbook(snapshot: Snapshot) -> Parsed:
    name, grid = next(iter(workbook(snapshot.path).items()))
    start = next((y for y, row in enumerate(grid[:10]) if "Country Code" in row), None)
    if start is None:
        raise BadFile("No row names 'Country Code'", path=snapshot.filename, column=name)
    header = [str(cell or "").removesuffix(".0") for cell in grid[start]]
    columns = {label: x for x, label in enumerate(header)}
    years = _year_columns(header, snapshot)
    found = _Figures(snapshot)
    for y, row in enumerate(grid[start + 1 :], start + 1):
        code, indicator, label = (_text(row[columns[k]]) for k in ("Country Code", "Indicator Code", "Indicator Name"))
        for column, year in years.items() if code else ():
            place = f"{name}!{cell_name(y, columns[column])}"
            value = number(row[columns[column]], path=snapshot.filename, column=place)
            found.add(code, year, indicator, _unit(label), value=value, place=place)
    updated = next((_day(row[1]) for row in grid[:start] if row and row[0] == "Last Updated Date"), None)
    return found.parsed("World Development Indicators", updated)


def _text(cell: Cell) -> str:
    return str(cell or "").strip()


def _day(cell: Cell) -> dt.date | None:
    if isinstance(cell, dt.datetime):
        return cell.date()
    return cell if isinstance(cell, dt.date) else _updated(str(cell))


def _long_indicator(filename: str) -> tuple[str, str] | None:
    return next((known for word, known in _LONG_NAMES.items() if filename.lower().startswith(word)), None)


def _parse_long(snapshot: Snapshot) -> Parsed:
    indicator, label = _long_indicator(snapshot.filename) or ("", "")
    found = _Figures(snapshot)
    rows = csv_rows(snapshot.path, required=_LONG)
    for line, cells in rows:
        year = cells["Year"].strip()
        if not _YEAR.fullmatch(year):
            hint = "Are the columns swapped?"
            raise BadFile(f"Not a year: {year!r}", path=snapshot.filename, row=line, column="Year", hint=hint)
        value = number(cells["Value"], path=snapshot.filename, row=line, column="Value")
        found.add(cells["Country Code"].strip(), year, indicator, _unit(label), value=value, place=f"line {line}")
    said = f"The file does not name its indicator; by its own name it is {indicator}."
    findings = (Finding("assumed-indicator", said, where=snapshot.filename), *rows.findings())
    return found.parsed("World Development Indicators (long csv)", None, findings)


def _parse_json(snapshot: Snapshot) -> Parsed:
    document = json_document(snapshot.path)
    if not isinstance(document, list) or not document or not isinstance(document[0], dict):
        raise BadFile("No answer of the World Bank's interface", path=snapshot.filename)
    about = document[0]
    if "message" in about:
        said = "; ".join(str(one.get("value", "")) for one in about["message"] if isinstance(one, dict))
        raise BadFile(f"The interface answered with an error: {said}", path=snapshot.filename)
    found = _Figures(snapshot)
    for i, row in enumerate((document[1] if len(document) > 1 else None) or ()):
        _add_json(found, row, i, snapshot)
    pages = about.get("pages")
    findings = []
    if isinstance(pages, int) and pages > 1:
        said = f"Page {about.get('page')} of {pages}: the other pages are other files."
        findings.append(Finding("partial-coverage", said, "warning", where=snapshot.filename))
    day = _updated(str(about.get("lastupdated") or ""))
    return found.parsed("World Development Indicators, answer of the interface", day, findings)


def _add_json(found: _Figures, row: Any, i: int, snapshot: Snapshot) -> None:
    try:
        code = str(row["countryiso3code"] or "").strip()
        indicator, label = str(row["indicator"]["id"]), str(row["indicator"]["value"])
        year, value = str(row["date"]), row["value"]
    except (KeyError, TypeError):
        raise BadFile(f"Record {i} lacks a field", path=snapshot.filename, row=i) from None
    if not _YEAR.fullmatch(year):
        raise BadFile(f"Not a year: {year!r}", path=snapshot.filename, row=i, column="date")
    if not code:
        found.dropped["aggregate without a code"] += 1
        return
    figure = number(value, path=snapshot.filename, row=i, column="value")
    found.add(code, year, indicator, _unit(label), value=figure, place=f"[1][{i}]")


CONNECTORS = (
    Connector(
        WDI,
        "WDI DataBank csv",
        "*.csv: Country Name, Country Code, Series Name, Series Code, 2011 [YR2011], ...",
        _recognise_databank,
        _parse_databank,
    ),
    Connector(
        WDI,
        "WDI download csv",
        "API_*.csv: Country Name, Country Code, Indicator Name, Indicator Code, 1960, ...",
        _recognise_download,
        _parse_download,
    ),
    Connector(
        WDI,
        "WDI download workbook",
        "API_*.xls, *.xlsx: sheet 'Data' with Country Name, Country Code, Indicator Name, Indicator Code, 1960, ...",
        _recognise_workbook,
        _parse_workbook,
    ),
    Connector(
        WDI,
        "WDI long csv",
        "gdp*.csv, population*.csv: Country Name, Country Code, Year, Value",
        _recognise_long,
        _parse_long,
    ),
    Connector(
        WDI,
        "World Bank API",
        '*.json: [{"page": 1, "pages": 1, ..., "lastupdated": ...}, [...]]',
        _recognise_json,
        _parse_json,
        plan,
    ),
)
