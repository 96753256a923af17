"""UN Comtrade's records as ranked tables: the first suppliers or customers of the first products, year by year."""

from __future__ import annotations

import re
from typing import Any

from khorgos.core.errors import BadFile, UnknownName, UnmappedCode
from khorgos.core.findings import Finding
from khorgos.core.schema import Flow, Status, Valuation
from khorgos.nomenclature.areas import area, from_code
from khorgos.nomenclature.nomenclatures import HS_EDITIONS, hs_edition, labels
from khorgos.sources.comtrade import COMTRADE
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.reading import Cell, number, workbook
from khorgos.sources.tables import to_table

#: Columns that make the layout; a column for the partner may be missing, and then the file's name begins with it.
_NEEDED = ("refYear", "flowCode", "cmdCode", "reporterDesc", "cmd_partner_rank", "cmd_partner_sum")
_PARTNER = "partnerDesc"
_FLOWS = {"X": (Flow.EXPORT, Valuation.FOB), "M": (Flow.IMPORT, Valuation.CIF)}
_UNPLACED = "999999"  # UN Comtrade's own code for commodities not specified according to kind


def _recognise(seen: Peek) -> bool:
    return any(set(_NEEDED) <= set(sheet[0]) for sheet in seen.cells if sheet)


def _parse(snapshot: Snapshot) -> Parsed:
    name = snapshot.filename
    release = snapshot.release(COMTRADE, "UN Comtrade, ranked suppliers by product")
    sheet, cells = _sheet(snapshot)
    columns = {str(cell): place for place, cell in enumerate(cells[0]) if cell is not None}
    whole = None if _PARTNER in columns else _named_partner(name)
    rows: list[dict[str, Any]] = []
    unplaced = 0
    seen: dict[tuple[Any, ...], int] = {}
    for line, row in enumerate(cells[1:], start=2):
        if all(cell is None for cell in row):
            continue
        given = {column: row[place] if place < len(row) else None for column, place in columns.items()}
        if (code := _text(given["cmdCode"])) == _UNPLACED:
            unplaced += 1
            continue
        one = _row(given, code, whole, (name, line))
        key = tuple(one[part] for part in ("reporter", "partner", "flow", "period", "product"))
        if key in seen:
            raise BadFile(f"The cell of row {seen[key]} stands twice", path=name, row=line)
        seen[key] = line
        rows.append(one | {"release": release.id, "locator": f"{sheet}!row {line}"})
    if not rows:
        raise BadFile("The table holds no rows", path=name, hint="The file may be cut off: get it again")
    findings = (
        Finding("partial-coverage", "Only the first few of each ranking are listed.", "warning", where=name),
        Finding(
            "assumed-nomenclature",
            "The file does not name the HS edition; each row is read in the newest by its year that has the code.",
            "warning",
            where=name,
        ),
    )
    dropped = {"commodity not specified": unplaced} if unplaced else {}
    return Parsed(COMTRADE, (release,), {"flow": to_table("flow", rows)}, findings, dropped)


def _sheet(snapshot: Snapshot) -> tuple[str, list[list[Cell]]]:
    for sheet, cells in workbook(snapshot.path).items():
        if cells and set(_NEEDED) <= {str(cell) for cell in cells[0]}:
            return sheet, cells
    raise BadFile(
        "No sheet has the columns of the ranking", path=snapshot.filename, hint=f"Needed: {', '.join(_NEEDED)}"
    )


def _named_partner(name: str) -> str:
    """The partner of all rows, with which the file's name begins."""
    word = re.split(r"[_\W]", name, maxsplit=1)[0]
    try:
        return area(word).id
    except UnknownName as error:
        raise BadFile("Neither a column nor the name tells the partner", path=name, hint=_RENAME) from error


_RENAME = "Let the name begin with it, as in China_3.3_imports.xlsx"


def _row(given: dict[str, Cell], code: str, whole: str | None, at: tuple[str, int]) -> dict[str, Any]:
    name, line = at
    year = number(given["refYear"], path=name, row=line, column="refYear")
    value = number(given["cmd_partner_sum"], path=name, row=line, column="cmd_partner_sum")
    if year is None or year != int(year) or not 1988 <= year <= 2199:
        raise BadFile(f"Not a year: {given['refYear']!r}", path=name, row=line, column="refYear")
    flow = _text(given["flowCode"])
    if flow not in _FLOWS:
        raise BadFile(f"Not a flow: {flow!r}", path=name, row=line, column="flowCode", hint="X or M")
    edition = _edition(code, int(year))
    if edition is None:
        raise BadFile(f"Not six digits of the HS by {int(year)}: {code!r}", path=name, row=line, column="cmdCode")
    direction, valuation = _FLOWS[flow]
    return {
        "reporter": _area(given["reporterDesc"], name, line, "reporterDesc"),
        "partner": whole or _area(given[_PARTNER], name, line, _PARTNER),
        "flow": direction,
        "period": f"{int(year):04d}",
        "product": code,
        "nomenclature": edition,
        "value": value,
        "currency": "USD",
        "valuation": valuation,
        "status": Status.REPORTED,
    }


_DIGITS = 6


def _edition(code: str, year: int) -> str | None:
    """The newest edition by that year that has the code: reporters may be behind by one."""
    by_then = HS_EDITIONS[: HS_EDITIONS.index(hs_edition(year)) + 1]
    return next((name for name in reversed(by_then) if len(code) == _DIGITS and code in labels(name)), None)


def _area(cell: Cell, name: str, line: int, column: str) -> str:
    found = from_code(_text(cell), "name_en")
    if found is None:
        raise UnmappedCode(f"Unknown area {_text(cell)!r}", path=name, row=line, column=column)
    return found


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()


CONNECTOR = Connector(
    source=COMTRADE,
    name="UN Comtrade, ranked suppliers",
    files=f"*.xlsx of comtradetools: {', '.join(_NEEDED)}; the partner in {_PARTNER} or at the head of the name",
    recognise=_recognise,
    parse=_parse,
)
