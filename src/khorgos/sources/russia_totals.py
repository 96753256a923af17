"""Russia's customs over all partners: by month to 2022 (WEB_UTSA_04), later by part-year and chapter."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from khorgos.core.errors import BadFile
from khorgos.core.schema import Flow
from khorgos.nomenclature.periods import Period
from khorgos.sources.connector import Parsed, Peek, Snapshot
from khorgos.sources.flows import FOB_CIF, FlowRows, Terms, printed_step
from khorgos.sources.month_names import stretch
from khorgos.sources.reading import cell_name, workbook
from khorgos.sources.russia_tables import FLOWS, SOURCE, Rows, cyrillic, figure, release_of, span, unit_of

_MONTHS = re.compile(r"ВНЕШНЯЯ ТОРГОВЛЯ РОССИИ В \d{4}|ОБЩИЕ ИТОГИ ВНЕШНЕЙ ТОРГОВЛИ РОССИЙСКОЙ", re.IGNORECASE)
_FAR_ABROAD = re.compile(r"ДАЛЬНЕГО ЗАРУБЕЖЬЯ|СТРАНЫ СНГ", re.IGNORECASE)
_PARTS = re.compile(r"(?:Экспорт и импорт товаров|Внешняя торговля) Российской Федерации", re.IGNORECASE)
_GOODS = re.compile(r"(?:Импорт|Экспорт) России важнейших товаров", re.IGNORECASE)
_WORLD = {"весь мир", "всего"}
_CHAPTER = re.compile(r"(\d{2})\s*[-–]\s*(?!\d)\S")
_TERMS = Terms("RUS", "USD", 1.0, FOB_CIF)


@dataclass(frozen=True, slots=True)
class _Figure:
    """One cell."""

    flow: str
    period: Period
    value: float | None
    place: str
    row: int
    product: str = "TOTAL"


def _words(seen: Peek) -> str:
    return " ".join(cyrillic(cell) for sheet in seen.cells for row in sheet for cell in row if cell)


def recognise_months(seen: Peek) -> bool:
    """Is it a table of totals by month, or by goods, of the customs service?"""
    words = _words(seen)
    return bool(_MONTHS.search(words) or _GOODS.search(words))


def recognise_parts(seen: Peek) -> bool:
    """Is it a table of totals of a part of a year against the year before?"""
    words = " ".join(cyrillic(cell) for sheet in seen.cells for row in sheet[:3] for cell in row if cell)
    return bool(_PARTS.search(words)) and bool(re.search(r"мл(?:рд|н)|миллион", words))


def parse_months(snapshot: Snapshot) -> Parsed:
    """Read totals by month and January to a month.

    Args:
        snapshot: the file.

    Returns:
        Flows with the world.

    Raises:
        BadFile: if it holds only a group of countries, or goods, or is damaged.
    """
    name = snapshot.filename
    sheet, rows = next(iter(workbook(snapshot.path).items()))
    words = " ".join(cyrillic(cell) for row in rows for cell in row if isinstance(cell, str))
    if _GOODS.search(words):
        raise BadFile("The table lists goods, not partners or totals", path=name, hint="Import WEB_UTSA_04 or 96stran")
    if _FAR_ABROAD.search(words.split("В С Е Г О")[0][:400]):
        raise BadFile(
            "The table is of trade with a group of countries that has no members of its own here (far abroad or CIS)",
            path=name,
            hint="Import WEB_UTSA_04 (all countries), 94itog (CIS countries) or 96stran (main countries)",
        )
    unit = unit_of(words, name)
    cells = _blocks(sheet, rows, name)
    kept, dropped = _published_only(cells)
    return _collect(snapshot, "Foreign trade by month, all countries", kept, unit, dropped)


def _blocks(sheet: str, rows: Rows, name: str) -> list[_Figure]:
    """Cells of the cumulative and the monthly block, for both years; quarters are sums and stay out."""
    found: list[_Figure] = []
    columns: dict[int, tuple[str, int]] = {}
    for r, row in enumerate(rows):
        heading = {i: FLOWS[w] for i, cell in enumerate(row) if (w := cyrillic(cell).lower()) in FLOWS and i}
        if len(heading) >= 6:
            columns = _years_over(rows[r - 1] if r else [], heading)
            continue
        label = cyrillic(row[0]) if row else ""
        if not columns or not label:
            continue
        for i, (flow, year_) in columns.items():
            period = stretch(label.lower(), year_)
            if period is not None:
                found.append(_Figure(flow, period, figure(rows, r, i, name), f"{sheet}!{cell_name(r, i)}", r + 1))
    if not found:
        raise BadFile("The blocks of months were not found", path=name, hint="The file may be cut off")
    return found


def _years_over(above: Sequence[object], heading: Mapping[int, str]) -> dict[int, tuple[str, int]]:
    """A year stands over its turnover column and reigns over exports and imports beside it, not over growth rates."""
    found: dict[int, tuple[str, int]] = {}
    for i, flow in heading.items():
        start = i - {Flow.TOTAL: 0, Flow.EXPORT: 1, Flow.IMPORT: 2}[Flow(flow)]
        cell = above[start] if 0 <= start < len(above) else None
        period = span(cell)
        if period is not None and period.kind == "year":
            found[i] = (flow, period.year)
    return found


def _published_only(cells: list[_Figure]) -> tuple[list[_Figure], dict[str, int]]:
    """Months not yet published are printed as 0 and repeat the last cumulative: neither is a figure."""
    months: dict[int, set[int]] = defaultdict(set)
    for cell in cells:
        if cell.period.kind == "month" and cell.value:
            months[cell.period.year].add(cell.period.start % 12 + 1)
    kept, dropped, seen = [], {"month not yet published": 0, "January to January, the same as January": 0}, set()
    for cell in cells:
        last = cell.period.start % 12 + cell.period.months
        if last > max(months[cell.period.year], default=0):
            dropped["month not yet published"] += 1
        elif (cell.flow, cell.period) in seen:  # January stands in both blocks
            dropped["January to January, the same as January"] += 1
        else:
            seen.add((cell.flow, cell.period))
            kept.append(cell)
    return kept, {reason: count for reason, count in dropped.items() if count}


def parse_parts(snapshot: Snapshot) -> Parsed:
    """Read totals, and chapters where it has them, of a part of a year and the same part of the year before.

    Args:
        snapshot: the file.

    Returns:
        Flows with the world.

    Raises:
        BadFile: if the headings are not understood.
    """
    name = snapshot.filename
    sheet, rows = next(iter(workbook(snapshot.path).items()))
    unit = unit_of(" ".join(str(cell) for row in rows[:4] for cell in row if cell is not None), name)
    heading, columns = _two_headings(rows, name)
    cells: list[_Figure] = []
    skipped = 0
    for r in range(heading + 1, len(rows)):
        label = cyrillic(rows[r][0]) if rows[r] else ""
        chapter = _CHAPTER.match(label)
        if not chapter and label.lower() not in _WORLD:
            skipped += 1
            continue
        product = chapter[1] if chapter else "TOTAL"
        for i, (flow, period) in columns.items():
            place = f"{sheet}!{cell_name(r, i)}"
            cells.append(_Figure(flow, period, figure(rows, r, i, name), place, r + 1, product))
    return _collect(
        snapshot, "Foreign trade, part-years", cells, unit, {"continent, group of chapters or note": skipped}
    )


def _two_headings(rows: Rows, name: str) -> tuple[int, dict[int, tuple[str, Period]]]:
    """Two rows of headings, flows over periods or periods over flows; growth rates have no period."""
    for r in range(min(10, len(rows) - 1)):
        upper, lower = _reign(rows[r]), [cyrillic(cell) for cell in rows[r + 1]]
        columns: dict[int, tuple[str, Period]] = {}
        for i, below in enumerate(lower):
            over = upper.get(i, "")
            for flow_word, period_word in ((over, below), (below, over)):
                flow, period = FLOWS.get(flow_word.lower()), span(period_word)
                if flow is not None and period is not None:
                    columns[i] = (flow, period)
        if len(columns) >= 2:
            return r + 1, columns
    raise BadFile("The headings of flows and periods were not understood", path=name)


def _reign(row: Sequence[object]) -> dict[int, str]:
    found: dict[int, str] = {}
    reigning = ""
    for i, cell in enumerate(row):
        reigning = cyrillic(cell) or reigning
        found[i] = reigning
    return found


def _collect(snapshot: Snapshot, title: str, cells: list[_Figure], unit: float, dropped: dict[str, int]) -> Parsed:
    if not cells:
        raise BadFile("The file has no row of trade", path=snapshot.filename, hint="It may be cut off")
    release = release_of(snapshot, title, [str(cell.period) for cell in cells])
    out = FlowRows(release, {"World": "WLD"}.get, complete=False)
    step = printed_step(cell.value for cell in cells)
    for cell in cells:
        # The EAEU's nomenclature follows HS 2022 since January 2022, HS 2017 before (EEC Council decision 80, 2021).
        goods = "TOTAL" if cell.product == "TOTAL" else ("HS22" if cell.period.year >= 2022 else "HS17")
        terms = replace(_TERMS, unit=unit, product=cell.product, nomenclature=goods)
        out.add(terms, "World", cell.flow, str(cell.period), cell.value, at=cell.place, rounding=step, row=cell.row)
    for reason, count in dropped.items():
        out.drop(reason, count)
    table, findings, left_out = out.finish()
    return Parsed(SOURCE, (release,), {"flow": table}, findings, left_out)
