"""China's customs table (2) by country as the customs print it: an HTML page or xls sheet of one month."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from khorgos.core.errors import BadFile, BadInput
from khorgos.core.provenance import Source
from khorgos.nomenclature.periods import Period
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.flows import FlowRows
from khorgos.sources.gacc import FLOW_WORDS, GACC, GACC_EXPRESS, month_of, period_of, terms, unit_of
from khorgos.sources.partner_names import Names
from khorgos.sources.reading import cell_name, html_tables, kind, number, text, workbook

_TITLE = re.compile(
    r"国别\s*[（(]\s*地区\s*[)）]\s*总值表|Imports\s+and\s+Exports\s+by\s+Country|Values?\s+by\s+(?:Major\s+)?Country",
    re.IGNORECASE,
)
_EXPRESS = re.compile(r"主要国别|by\s+Major\s+Country|Values?\s+by\s+Country", re.IGNORECASE)

# The page's own date: its meta tag, the line under its title, or its address (/customs/2026-07/14/article_...).
_DATES = (
    re.compile(r"""name=["']PubDate["']\s+content=["'](\d{4})-(\d{2})-(\d{2})""", re.IGNORECASE),
    re.compile(
        r"(?:发布时间|发布日期|Published|Release date)\s*[:：]?\s*(\d{4})[-./](\d{1,2})[-./](\d{1,2})", re.IGNORECASE
    ),
    re.compile(r"/(\d{4})-(\d{2})/(\d{2})/article_"),
)

#: Chosen because the customs' titles, units and headings stand in the first dozen rows.
_HEADING_ROWS = 15

_Grid = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of figures."""

    index: int
    flow: str
    period: Period


@dataclass(frozen=True, slots=True)
class _Page:
    """The table with what stands around it."""

    rows: _Grid
    where: str
    around: str


def _words(seen: Peek) -> str:
    if seen.cells:
        return " ".join(cell for row in seen.cells[0][:_HEADING_ROWS] for cell in row)
    return seen.head if "<t" in seen.head.lower() else ""


def _recognise_bulletin(seen: Peek) -> bool:
    words = _words(seen)
    return bool(_TITLE.search(words)) and not _EXPRESS.search(words)


def _recognise_express(seen: Peek) -> bool:
    words = _words(seen)
    return bool(_TITLE.search(words)) and bool(_EXPRESS.search(words))


def _parse_bulletin(snapshot: Snapshot) -> Parsed:
    return _parse(snapshot, GACC, complete=True)


def _parse_express(snapshot: Snapshot) -> Parsed:
    return _parse(snapshot, GACC_EXPRESS, complete=False)


def _parse(snapshot: Snapshot, source: Source, *, complete: bool) -> Parsed:
    name = snapshot.filename
    page = _page(snapshot)
    title, named, (currency, unit) = _heading(page, name)
    columns, first = _columns(page.rows, named, name)
    day = _published(page.around, snapshot.url)
    release = snapshot.release(source, title, published=day, precision="day" if day else "unknown")
    out = FlowRows(release, Names("gacc", "gacc_zh", "gacc_en", "name_en"), complete=complete)
    common = terms(currency, unit)
    for r in range(first, len(page.rows)):
        partner = _name(page.rows[r][: columns[0].index])
        cells = [page.rows[r][c.index] if c.index < len(page.rows[r]) else None for c in columns]
        if all(_blank(cell) for cell in cells) or len({*map(_plain, cells), partner}) == 1:
            out.drop("line without figures (a note or a blank)")
            continue
        if not partner:
            raise BadFile("Figures without a country", path=name, row=r + 1)
        for column, cell in zip(columns, cells, strict=True):
            where = f"{page.where}!{cell_name(r, column.index)}"
            value = number(cell, path=name, row=r + 1, column=cell_name(r, column.index))
            out.add(common, partner, column.flow, str(column.period), value, at=where, rounding=1.0, row=r + 1)
    table, findings, dropped = out.finish()
    return Parsed(source, (release,), {"flow": table}, findings, dropped)


def _page(snapshot: Snapshot) -> _Page:
    if kind(snapshot.path) in {"xls", "xlsx"}:
        for sheet, rows in workbook(snapshot.path).items():
            if any(_TITLE.search(str(cell)) for row in rows[:_HEADING_ROWS] for cell in row if cell is not None):
                return _Page(rows, sheet, "")
        raise BadFile("No sheet has the title of the table by country", path=snapshot.filename)
    page = text(snapshot.path)
    lower = page.lower()
    if lower.count("<table") > lower.count("</table"):  # a reader of HTML would close it, and keep half a number
        raise BadFile("The page ends inside a table", path=snapshot.filename, hint="Download it again")
    try:
        tables = html_tables(page)
    except BadInput as error:
        raise BadFile(error.what, path=snapshot.filename) from None
    if not tables:
        raise BadFile("The page has no table", path=snapshot.filename, hint="It may be cut off: download it again")
    best = max(range(len(tables)), key=lambda i: len(tables[i]))
    return _Page(tables[best], f"table {best + 1}", page)


def _heading(page: _Page, name: str) -> tuple[str, Period, tuple[str, float]]:
    cells = [str(cell) for row in page.rows[:_HEADING_ROWS] for cell in row if cell is not None]
    around = re.sub(r"<[^>]*>", "\n", page.around)
    candidates = [*cells, *around.split("\n")]
    title = next((" ".join(c.split()) for c in candidates if _TITLE.search(c) and month_of(c)), None)
    if title is None:
        raise BadFile(
            "The table's title does not name its month", path=name, hint="Expected '2024年9月...' or '..., 9.2024'"
        )
    lines = [c for c in candidates if re.search(r"单位|unit", c, re.IGNORECASE)]
    unit = next((found for c in (*lines, title) if (found := unit_of(c))), None)
    if unit is None:
        raise BadFile("The table does not state its unit", path=name, hint="Expected '单位:千美元' or 'Unit: US$1,000'")
    named = month_of(title)
    assert named is not None  # the title was chosen by it
    return title, named, unit


def _columns(rows: _Grid, named: Period, name: str) -> tuple[list[_Column], int]:
    groups_at = next((r for r in range(min(_HEADING_ROWS, len(rows))) if len(_groups(rows[r])) >= 3), None)
    if groups_at is None:
        raise BadFile("The columns of total, exports and imports were not found", path=name)
    flows = _spread(rows[groups_at])
    below = rows[groups_at + 1] if groups_at + 1 < len(rows) else []
    stretches = {i: period_of(_plain(cell), named) for i, cell in enumerate(below)}
    found = [_Column(i, flow, period) for i, flow in flows.items() if (period := stretches.get(i)) is not None]
    if not found and named.start % 12 == 0:  # January's table has one column a flow, without a row of months
        found = [_Column(i, flow, named) for i, flow in _groups(rows[groups_at]).items()]
        return found, groups_at + (1 if _name(below) and not _growth_heading(below) else 2)
    if not found or len({(c.flow, c.period) for c in found}) < len(found):
        raise BadFile("The headings of the months were not understood", path=name, row=groups_at + 2)
    return found, groups_at + 2


def _growth_heading(row: Sequence[object]) -> bool:
    return any(_plain(cell).lower() in FLOW_WORDS for cell in row)


def _groups(row: Sequence[object]) -> dict[int, str]:
    """First column of each flow's heading; growth columns repeat the words one row lower, so they do not count."""
    found: dict[int, str] = {}
    for i, cell in enumerate(row):
        flow = FLOW_WORDS.get(_plain(cell).lower())
        if flow is not None and flow not in found.values():
            found[i] = flow
    return found


def _spread(row: Sequence[object]) -> dict[int, str]:
    """Flow of every column: a heading reigns until the next one (merged cells are empty in a workbook)."""
    found: dict[int, str] = {}
    reigning: str | None = None
    for i, cell in enumerate(row):
        plain = _plain(cell)
        if plain:
            reigning = FLOW_WORDS.get(plain.lower())
        if reigning is not None:
            found[i] = reigning
    return found


def _plain(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return re.sub(r"\s+", " ", str(cell)).strip()


def _name(row: Sequence[object]) -> str:
    last = next((_plain(cell) for cell in reversed(row) if _plain(cell)), "")
    return re.sub(r"^其中\s*[:：]\s*", "", last).rstrip(":： ").strip()


def _blank(cell: object) -> bool:
    return _plain(cell) == ""


def _published(page: str, url: str | None) -> dt.date | None:
    for pattern in _DATES:
        if found := pattern.search(page) or pattern.search(url or ""):
            try:
                return dt.date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                continue
    return None


CONNECTORS = (
    Connector(
        source=GACC,
        name="GACC monthly bulletin, table (2)",
        files="*.html, *.xls: 进出口商品国别（地区）总值表, Imports and Exports by Country (Region)",
        recognise=_recognise_bulletin,
        parse=_parse_bulletin,
    ),
    Connector(
        source=GACC_EXPRESS,
        name="GACC preliminary release by main country",
        files="*.html, *.xls: 进出口商品主要国别（地区）总值表",
        recognise=_recognise_express,
        parse=_parse_express,
    ),
)
