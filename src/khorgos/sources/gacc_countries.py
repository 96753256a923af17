"""China's customs table (2) by country as a csv of a whole year: a row a country and month."""

from __future__ import annotations

from dataclasses import dataclass

from khorgos.core.errors import BadFile
from khorgos.core.findings import Finding
from khorgos.core.schema import Flow, Status
from khorgos.nomenclature.periods import month, year_to_date
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.flows import FlowRows
from khorgos.sources.gacc import GACC, terms, unit_of
from khorgos.sources.partner_names import Names
from khorgos.sources.reading import csv_rows, number

_MONTHLY = {"trade_total_month": Flow.TOTAL, "exports_month": Flow.EXPORT, "imports_month": Flow.IMPORT}
_CUMULATIVE = {"trade_total_cum": Flow.TOTAL, "exports_cum": Flow.EXPORT, "imports_cum": Flow.IMPORT}
# A table of totals and a list of names that go with such files; both are refused with the reason.
_NO_TRADE = ("year_month,total_month,", "chinese_raw,english_name")
_NAME_COLUMNS = ("region_zh", "region_en", "region_raw")

#: Yuan tables are the bulletin's default; a month printed in dollars is a declared correction of the ledger.
_DEFAULT_UNIT = ("CNY", 1e4)

# Steps of three rounded cells add up: the difference is off by up to 1.5 steps either way.
_ESTIMATE_STEPS = 3.0

#: Value and place of a cell by "cum 9" or "month 9", for each country, year, flow, currency and unit.
_History = dict[tuple[str, int, str, str, float], dict[str, tuple[float | None, str]]]


@dataclass(frozen=True, slots=True)
class _Line:
    """One country in one month, with its place."""

    number: int
    cells: dict[str, str]
    name: str
    year: int
    month: int
    currency: str
    unit: float


def _recognise(seen: Peek) -> bool:
    first = seen.head.lstrip("\ufeff").split("\n", 1)[0]
    return ("trade_total_month" in first and "exports_cum" in first) or first.startswith(_NO_TRADE)


def _parse(snapshot: Snapshot) -> Parsed:
    rows = csv_rows(snapshot.path)
    _refuse_other_tables(rows.header, snapshot.filename)
    release = snapshot.release(GACC, "Imports and exports by country (region), months of a year")
    out = FlowRows(release, Names("gacc", "gacc_zh", "gacc_en", "name_en"))
    history: _History = {}
    for line in (_line(n, cells, rows.header, snapshot.filename) for n, cells in rows):
        _take(out, line, snapshot.filename, history)
    _fill_gaps(out, history)
    for finding in rows.findings():
        out.note(finding)
    table, findings, dropped = out.finish()
    return Parsed(GACC, (release,), {"flow": table}, findings, dropped)


def _refuse_other_tables(header: tuple[str, ...], filename: str) -> None:
    if "chinese_raw" in header:
        raise BadFile(
            "The file lists names of countries, no trade", path=filename, hint="Nothing in it is to be imported"
        )
    if "total_month" in header and "trade_total_month" not in header:
        raise BadFile(
            "The thousands commas of this table were read as decimal points (798.0 stands for 798, 6.413 for 6,413), "
            "so 13.0 may be 13 or 13,000",
            path=filename,
            hint="Import the customs' own table instead",
        )
    needed = {"year", "month", *_MONTHLY, *_CUMULATIVE}
    if lacking := sorted(needed - set(header)):
        raise BadFile(f"The header has no column {lacking[0]!r}", path=filename, row=1)
    if not any(name in header for name in _NAME_COLUMNS):
        raise BadFile("The header has no column of country names", path=filename, row=1, hint="region_zh or region_en")


def _line(n: int, cells: dict[str, str], header: tuple[str, ...], filename: str) -> _Line:
    name = next((cells[c].strip() for c in _NAME_COLUMNS if c in header and cells[c].strip()), "")
    if not name or "?" in name or "\ufffd" in name:
        raise BadFile(
            f"The name of the country is destroyed ({name[:20]!r}): its characters were lost when the file was saved",
            path=filename,
            row=n,
            column=next(c for c in _NAME_COLUMNS if c in header),
            hint="Import a file that kept the Chinese names, or the customs' own table",
        )
    year, number_ = (_whole(cells[c], filename, n, c) for c in ("year", "month"))
    if not (1949 <= year <= 2199 and 1 <= number_ <= 12):
        raise BadFile(f"There is no month {number_} of {year}", path=filename, row=n, column="month")
    written = cells.get("unit", "").strip()
    unit = unit_of(written) if written else _DEFAULT_UNIT
    if unit is None:
        raise BadFile(f"Unknown unit {written!r}", path=filename, row=n, column="unit")
    return _Line(n, cells, name, year, number_, *unit)


def _whole(text: str, filename: str, row: int, column: str) -> int:
    value = number(text, path=filename, row=row, column=column)
    if value is None or value != int(value):
        raise BadFile(f"Not a whole number: {text!r}", path=filename, row=row, column=column)
    return int(value)


def _take(out: FlowRows, line: _Line, filename: str, history: _History) -> None:
    common = terms(line.currency, line.unit)
    single, sofar = str(month(line.year, line.month)), str(year_to_date(line.year, line.month))
    for kind, columns, period in (("month", _MONTHLY, single), ("cum", _CUMULATIVE, sofar)):
        for column, flow in columns.items():
            value = number(line.cells[column], path=filename, row=line.number, column=column)
            place = f"line {line.number}:{column}"
            past = history.setdefault((line.name, line.year, flow, line.currency, line.unit), {})
            past[f"{kind} {line.month}"] = (value, place)
            if kind == "cum" and line.month == 1:
                out.drop("January to January, the same as January")
                continue
            out.add(common, line.name, flow, period, value, at=place, rounding=1.0, row=line.number)


def _fill_gaps(out: FlowRows, history: _History) -> None:
    """A month that the file has not in a currency: the next cumulative less the next month and the last cumulative."""
    held = {(year, currency, key) for (_, year, _, currency, _), past in history.items() for key in past}
    filled: set[str] = set()
    for (name, year, flow, currency, unit), past in history.items():
        for gap in range(2, 12):
            if (year, currency, f"month {gap}") in held:
                continue
            parts = [past.get(key, (None, "")) for key in (f"cum {gap + 1}", f"month {gap + 1}", f"cum {gap - 1}")]
            numbers = [value for value, _ in parts if value is not None]
            if len(numbers) < 3:
                continue
            value = numbers[0] - numbers[1] - numbers[2]
            if value < 0:
                out.drop("computed month below zero, after a revision downwards")
                continue
            period, place = str(month(year, gap)), " - ".join(where for _, where in parts)
            filled.add(f"{period} in {currency}")
            common = terms(currency, unit)
            out.add(common, name, flow, period, value, at=place, rounding=_ESTIMATE_STEPS, status=Status.ESTIMATED)
    for period in sorted(filled):
        text = (
            f"{period} is missing; it was computed as the next cumulative less the next month and the last cumulative."
        )
        out.note(Finding("month-from-cumulative", text))


CONNECTOR = Connector(
    source=GACC,
    name="GACC by country, csv of months",
    files="*.csv with region_zh/region_en, trade_total_month, exports_cum, ..., year, month, unit",
    recognise=_recognise,
    parse=_parse,
)
