"""IMF Direction of Trade Statistics: a country's workbook, a report of one flow, and a tidy Parquet of all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from khorgos.core.errors import BadFile, UnmappedCode
from khorgos.core.findings import Finding
from khorgos.core.provenance import Release, Source
from khorgos.core.schema import Flow, PartnerBasis, Status, Valuation
from khorgos.nomenclature.areas import from_code, is_aggregate
from khorgos.nomenclature.periods import Period, month, parse_period
from khorgos.sources.cells import without_repeats
from khorgos.sources.columns import constant, relabel, row_locators
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.reading import Cell, cell_name, number, workbook
from khorgos.sources.tables import to_table, written_on

IMF_DOTS = Source(
    id="imf-dots",
    publisher="International Monetary Fund",
    title="Direction of Trade Statistics (DOTS; since 2025 International Trade in Goods by partner country, IMTS)",
    url="https://data.imf.org/en/datasets/IMF.STA:IMTS",
    licence="IMF data terms: free to download, copy and publish, also commercially, with attribution",
    redistribute="yes",
    citation="International Monetary Fund. Direction of Trade Statistics (DOTS). Washington, DC.",
    attribution="Source: International Monetary Fund",
    cadence="monthly and annual",
    units="million USD",
    valuation="exports FOB, imports CIF (FOB for a few reporters)",
    rank=30,
    notes=(
        "The IMF fills missing reports from partners' data; workbooks flag such cells with 'e', the tidy Parquet "
        "leaves those cells out. Turkmenistan, and Uzbekistan before 2017, never reported: all their figures are "
        "estimates, also where no flag stands (from 2004 Turkmenistan's exports are its partners' imports over 1.06). "
        "Taiwan is 'Taiwan Province of China'. Belgium-Luxembourg are one until 1996, the Southern African customs "
        "area until 1997."
    ),
)

_MILLION = 1e6
_SHEETS = {"Exports, FOB": Flow.EXPORT, "Imports, CIF": Flow.IMPORT}
_REPORTS = {"Goods, Value of Exports, Free": Flow.EXPORT, "Goods, Value of Imports, Cost,": Flow.IMPORT}
_VALUATION = {Flow.EXPORT: Valuation.FOB, Flow.IMPORT: Valuation.CIF}
_BASIS = {Flow.EXPORT: PartnerBasis.DESTINATION, Flow.IMPORT: PartnerBasis.ORIGIN}
_ESTIMATE = re.compile(r"(-?[0-9][0-9.,]*(?:[eE][+-]?\d+)?) e")
_MONTH = re.compile(r"(\d{4})M(\d{1,2})")
_QUARTER = re.compile(r"(\d{4})Q([1-4])")
_COUNTRY = re.compile(r"Country: (.+)")
_TIDY = ("reporter", "reporter_iso3", "partner", "partner_iso3", "flow", "year", "value_musd")

#: Groups that DOTS prints among the partners; their members stand beside them (DOTS country composition).
_GROUPS = frozenset(
    {
        "Advanced Economies",
        "Africa",
        "Emerging Market and Developing Economies by Source of Export Earnings: Fuel",
        "Emerging Market and Developing Economies by Source of Export Earnings: Nonfuel",
        "Emerging and Developing Asia",
        "Emerging and Developing Economies",
        "Emerging and Developing Europe",
        "Euro Area",
        "European Union",
        "Malaysia, West",  # 1960 to 1963, beside Malaysia, which begins in the same years
        "Middle East",
        "Middle East and Central Asia",
        "Other Countries not included elsewhere",
        "Sub-Saharan Africa",
        "Western Hemisphere",
    }
)
_HEADINGS = frozenset({"Memorandum Items"})

#: Half a step of the two decimals of a million that estimates are printed with, for each partner; and a thousandth,
#: chosen because real breaks (a partner left out) are far larger.
_HALF_STEP, _SUM_TOLERANCE = 0.005 * _MILLION, 1e-3

#: Reporters all of whose figures up to this year are the IMF's estimates, whether flagged or not: they did not
#: report, and Turkmenistan's unflagged exports since 2004 are its partners' imports divided by 1.06.
NEVER_REPORTED = {"TKM": 9999, "UZB": 2016}


def _recognise_workbook(seen: Peek) -> bool:
    first = seen.cells[0] if seen.cells else ()
    return bool(set(seen.sheets) & set(_SHEETS)) and any("Partner Countries" in cell for row in first for cell in row)


def _recognise_report(seen: Peek) -> bool:
    return "Tooltip" in seen.sheets and any(_report_flow(name) for name in seen.sheets)


def _report_flow(sheet: str) -> Flow | None:
    return next((flow for start, flow in _REPORTS.items() if sheet.startswith(start)), None)


def _recognise_tidy(seen: Peek) -> bool:
    return seen.columns == _TIDY


@dataclass
class _Rows:
    """Cells of one workbook on their way to rows, with what is left out and what is unknown."""

    release: Release
    filename: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, float] = field(default_factory=dict)

    def partner(self, name: str) -> str | None:
        """The partner's area, None if it is left out; the reason is counted by the caller."""
        if name in _GROUPS:
            return None
        area = from_code(name, "imf")
        if area is None:
            self.unknown.setdefault(name, 0.0)
            return None
        return None if is_aggregate(area) and area != "WLD" else area

    def add(
        self, reporter: str, name: str, flow: Flow, period: Period, *, value: float, cell: str, status: str
    ) -> None:
        """Keep one figure."""
        partner = self.partner(name)
        if period.year <= NEVER_REPORTED.get(reporter, 0):
            status = Status.ESTIMATED
        if name in self.unknown:
            self.unknown[name] += abs(value)
        if partner is None:
            self.dropped["aggregate partner"] += name not in self.unknown
            return
        self.rows.append(
            {
                "reporter": reporter,
                "partner": partner,
                "flow": flow,
                "period": str(period),
                "product": "TOTAL",
                "nomenclature": "TOTAL",
                "value": value,
                "currency": "USD",
                "valuation": _VALUATION[flow],
                "partner_basis": _BASIS[flow],
                "status": status,
                "release": self.release.id,
                "locator": cell,
            }
        )

    def parsed(self, snapshot: Snapshot) -> Parsed:
        """The rows as a table, once all names are known."""
        if self.unknown:
            raise self._unmapped()
        if not self.rows:
            raise BadFile("The workbook holds no figures", path=self.filename, hint="Download it again")
        table, repeats = without_repeats(to_table("flow", self.rows), path=snapshot.path)
        self.dropped.update({"repeated row": repeats} if repeats else {})
        return Parsed(IMF_DOTS, (self.release,), {"flow": table}, tuple(_odd(table)), dict(self.dropped))

    def _unmapped(self) -> UnmappedCode:
        known = sum(abs(row["value"]) for row in self.rows if row["partner"] != "WLD")
        lost = sum(self.unknown.values())
        share = 100 * lost / (known + lost) if known + lost else 0.0
        names = ", ".join(repr(name) for name in sorted(self.unknown)[:8])
        what = f"Partners that the scheme 'imf' does not know: {names}; they carry {share:.3g} per cent of the value"
        return UnmappedCode(what, path=self.filename, hint="If the names are right, they belong into the nomenclature")


def _parse_workbook(snapshot: Snapshot) -> Parsed:
    sheets = workbook(snapshot.path)
    found: _Rows | None = None
    for name, flow in _SHEETS.items():
        if name not in sheets or not _filled(sheets[name]):
            continue
        grid = sheets[name]
        reporter = _reporter(_text(grid, 3, 1), snapshot, f"{name}!B4")
        found = found or _Rows(_released(snapshot, f"DOTS, {_text(grid, 3, 1)}"), snapshot.filename)
        if _text(grid, 4, 1) != "US Dollars, Millions":
            raise BadFile(f"Unit {_text(grid, 4, 1)!r} is not known", path=snapshot.filename, column=f"{name}!B5")
        _read_sheet(found, grid, name, flow, reporter)
    if found is None:
        raise BadFile(
            "The workbook has no figures on its sheets", path=snapshot.filename, hint=f"It has {list(sheets)}"
        )
    return found.parsed(snapshot)


def _filled(grid: Sequence[Sequence[Cell]]) -> bool:
    return any(cell is not None for row in grid[7:] for cell in row[2:])


def _read_sheet(found: _Rows, grid: Sequence[Sequence[Cell]], sheet: str, flow: Flow, reporter: str) -> None:
    periods = _periods(grid[6], 2, found.filename, f"{sheet}!row 7")
    for y, row in enumerate(grid[7:], 7):
        name = _name(row[1])
        if not name or name in _HEADINGS:
            continue
        for x, period in periods:
            cell = cell_name(y, x)
            value, status = _figure(row[x], found.filename, f"{sheet}!{cell}")
            if value is not None:
                place = f"{sheet}!{cell}"
                found.add(reporter, name, flow, period, value=value * _MILLION, cell=place, status=status)


def _figure(cell: Cell, filename: str, place: str) -> tuple[float | None, Status]:
    """A figure and how it came about: the IMF writes "3.81 e" for its own estimates."""
    if isinstance(cell, str) and (match := _ESTIMATE.fullmatch(cell.strip())):
        return number(match[1], path=filename, column=place), Status.ESTIMATED
    return number(cell, path=filename, column=place), Status.REPORTED


def _parse_report(snapshot: Snapshot) -> Parsed:
    sheets = workbook(snapshot.path)
    name = next(name for name in sheets if _report_flow(name))
    flow = _report_flow(name) or Flow.IMPORT
    grid = sheets[name]
    reporter, label = _report_reporter(sheets["Tooltip"], snapshot)
    found = _Rows(_released(snapshot, f"DOTS report, {label}, {flow}s by partner"), snapshot.filename)
    periods = _periods(grid[0] if grid else [], 1, snapshot.filename, f"{name}!row 1")
    for y, row in enumerate(grid[1:], 1):
        partner = _name(row[0])
        if not partner or partner.startswith("Scale:"):
            continue
        for x, period in periods:
            place = f"{name}!{cell_name(y, x)}"
            # Such a report says "Scale: Millions" of what it shows, while its cells hold whole dollars.
            value, status = _figure(row[x], snapshot.filename, place)
            if value is not None:
                found.add(reporter, partner, flow, period, value=value, cell=place, status=status)
    return found.parsed(snapshot)


def _report_reporter(tooltips: Sequence[Sequence[Cell]], snapshot: Snapshot) -> tuple[str, str]:
    """The reporter stands in the tooltips only: "Country: China, P.R.: Mainland"."""
    labels = {match[1] for row in tooltips for cell in row if isinstance(cell, str) and (match := _COUNTRY.match(cell))}
    if len(labels) != 1:
        what = f"The sheet 'Tooltip' names {len(labels)} reporters, not one"
        raise BadFile(what, path=snapshot.filename, hint="Export one reporter a file")
    label = labels.pop()
    return _reporter(label, snapshot, "Tooltip"), label


def _reporter(label: str, snapshot: Snapshot, place: str) -> str:
    area = "WLD" if label == "World" else from_code(label, "imf")
    if area is None:
        raise UnmappedCode(f"The reporter {label!r} is not known", path=snapshot.filename, column=place)
    return area


def _released(snapshot: Snapshot, title: str) -> Release:
    day = written_on(snapshot.path)
    return snapshot.release(IMF_DOTS, title, published=day, precision="day" if day else "unknown")


def _text(grid: Sequence[Sequence[Cell]], y: int, x: int) -> str:
    return _name(grid[y][x]) if y < len(grid) and x < len(grid[y]) else ""


def _name(cell: Cell) -> str:
    return " ".join(str(cell).split()) if cell is not None else ""


def _periods(row: Sequence[Cell], first: int, filename: str, place: str) -> list[tuple[int, Period]]:
    found = [
        (x, _period(_name(cell), filename, place)) for x, cell in enumerate(row) if x >= first and cell is not None
    ]
    if not found:
        raise BadFile("No years where the header should be", path=filename, column=place)
    return found


def _period(written: str, filename: str, place: str) -> Period:
    plain = written.removesuffix(".0")
    if match := _MONTH.fullmatch(plain):
        return month(int(match[1]), int(match[2]))
    if match := _QUARTER.fullmatch(plain):
        return Period(int(match[1]) * 12 + 3 * (int(match[2]) - 1), 3)
    if plain.isdecimal() and len(plain) == 4:
        return parse_period(plain)
    raise BadFile(f"Not a year, quarter or month: {written!r}", path=filename, column=place)


def _odd(table: pa.Table) -> Iterator[Finding]:
    """Years whose partners do not add up to the World that is printed beside them; negative figures."""
    sums: dict[tuple[str, str, str], list[float]] = {}
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in table.select(["reporter", "partner", "flow", "period", "value"]).to_pylist():
        key = row["reporter"], row["flow"], row["period"]
        counts[key] += 1
        pair = sums.setdefault(key, [0.0, 0.0])
        pair[row["partner"] == "WLD"] += row["value"]
    for key, (parts, world) in sorted(sums.items()):
        if world and abs(parts - world) > _SUM_TOLERANCE * abs(world) + _HALF_STEP * counts[key]:
            said = f"Partners add up to {parts / _MILLION:,.2f} of {world / _MILLION:,.2f} million USD."
            yield Finding("broken-sum", said, "warning", where=" ".join(key))
    yield from _negative(table)


def _negative(table: pa.Table) -> Iterator[Finding]:
    count = pc.sum(pc.less(table["value"], 0.0)).as_py() or 0
    if count:
        yield Finding("negative-value", f"{count} figures are negative.", "warning")


def _parse_tidy(snapshot: Snapshot) -> Parsed:
    release = snapshot.release(IMF_DOTS, "DOTS 1960-2020, all reporters (tidy)")
    rows = pq.read_table(snapshot.path)
    reporters, partners = (_tidy_areas(rows, side, snapshot) for side in ("reporter", "partner"))
    dropped = Counter({"aggregate reporter": reporters.null_count})
    flows = relabel(rows["flow"], {"X": Flow.EXPORT, "M": Flow.IMPORT})
    if flows.null_count:
        row = pc.index(pc.is_null(flows), True).as_py()
        raise BadFile(f"Unknown flow {rows['flow'][row].as_py()!r}", path=snapshot.filename, row=row + 1, column="flow")
    columns: Mapping[str, pa.ChunkedArray] = {
        "reporter": reporters,
        "partner": partners,
        "flow": flows,
        "period": pc.cast(rows["year"], pa.string()),
        "product": constant("TOTAL", rows),
        "nomenclature": constant("TOTAL", rows),
        "value": pc.multiply(rows["value_musd"], _MILLION),
        "currency": constant("USD", rows),
        "valuation": relabel(flows, {str(k): str(v) for k, v in _VALUATION.items()}),
        "partner_basis": relabel(flows, {str(k): str(v) for k, v in _BASIS.items()}),
        "status": _tidy_status(reporters, rows["year"]),
        "release": constant(release.id, rows),
        "locator": row_locators(rows, first=1),
    }
    keep = pc.and_(pc.is_valid(reporters), pc.is_valid(partners))
    dropped["aggregate partner"] = len(keep) - (pc.sum(keep).as_py() or 0) - dropped["aggregate reporter"]
    kept = pa.table(dict(columns)).filter(keep)
    table, repeats = without_repeats(
        to_table("flow", {name: kept[name] for name in kept.column_names}), path=snapshot.path
    )
    dropped["repeated row"] = repeats
    note = (
        "The cells that the IMF flags as its estimates are missing; those of reporters that never reported are marked."
    )
    findings = (Finding("lost-flags", note, "note"), *_negative(table))
    return Parsed(IMF_DOTS, (release,), {"flow": table}, findings, {k: n for k, n in dropped.items() if n})


def _tidy_areas(rows: pa.Table, side: str, snapshot: Snapshot) -> pa.ChunkedArray:
    """Areas by the IMF's name, else by the ISO3 that the table's makers added; null for groups."""
    pairs = rows.group_by([side, f"{side}_iso3"]).aggregate([])
    labels: dict[Any, str | None] = {}
    for name, iso3 in zip(pairs[side].to_pylist(), pairs[f"{side}_iso3"].to_pylist(), strict=True):
        area = None if name in _GROUPS else from_code(name, "imf") or from_code(iso3 or "", "iso3")
        if area is None and name not in _GROUPS:
            share = pc.mean(pc.equal(rows[side], name)).as_py()
            what = f"The {side} {name!r} is not known; it has {100 * share:.3g} per cent of the rows"
            raise UnmappedCode(what, path=snapshot.filename, column=side)
        labels[name] = None if area is not None and is_aggregate(area) and area != "WLD" else area
    return relabel(rows[side], labels)


def _tidy_status(reporters: pa.ChunkedArray, years: pa.ChunkedArray) -> pa.ChunkedArray:
    estimated = pc.equal(reporters, "WLD")
    for area, last in NEVER_REPORTED.items():
        estimated = pc.or_(estimated, pc.and_(pc.equal(reporters, area), pc.less_equal(years, last)))
    status = pc.if_else(pc.fill_null(estimated, False), str(Status.ESTIMATED), str(Status.REPORTED))
    return pa.chunked_array([status] if isinstance(status, pa.Array) else status.chunks, pa.string())


CONNECTORS = (
    Connector(
        IMF_DOTS,
        "IMF DOTS workbook",
        "*.xlsx, one a reporter: sheets 'Exports, FOB' and 'Imports, CIF'",
        _recognise_workbook,
        _parse_workbook,
    ),
    Connector(
        IMF_DOTS,
        "IMF DOTS report",
        "*.xlsx: a sheet 'Goods, Value of Imports, Cost, ...' and a sheet 'Tooltip'",
        _recognise_report,
        _parse_report,
    ),
    Connector(
        IMF_DOTS,
        "IMF DOTS tidy Parquet",
        "Parquet: reporter, reporter_iso3, partner, partner_iso3, flow, year, value_musd",
        _recognise_tidy,
        _parse_tidy,
    ),
)
