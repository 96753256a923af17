"""US Census Bureau's table of trade with one country by month, in million dollars (the page c5700.html for China)."""

from __future__ import annotations

import re

from khorgos.core.errors import BadFile
from khorgos.core.findings import Finding
from khorgos.core.schema import Flow
from khorgos.nomenclature.areas import from_code
from khorgos.nomenclature.periods import month
from khorgos.sources.census_cards import CENSUS, terms
from khorgos.sources.connector import Parsed, Peek, Snapshot
from khorgos.sources.flows import FlowRows
from khorgos.sources.month_names import month_number
from khorgos.sources.reading import csv_rows, number

_COLUMNS = ("Month", "Exports", "Imports", "Balance")
_FLOWS = {"Exports": Flow.EXPORT, "Imports": Flow.IMPORT, "Balance": Flow.BALANCE}
_MONTH = re.compile(r"([A-Za-z]+)\s+(\d{4})")
_TOTAL = re.compile(r"total\s+\d{4}", re.IGNORECASE)

#: The page's own address names the country (c5700); a saved csv names it in words.
_COUNTRY = re.compile(r"(?<![a-z0-9])c(\d{4})(?!\d)", re.IGNORECASE)

#: Chosen because exports, imports and balance are each rounded to 0.1: the difference is off by 0.15 at the most.
_ROUNDING = 0.151


def recognise(seen: Peek) -> bool:
    """Is it a csv of Month, Exports, Imports, Balance with English months?"""
    rows = seen.head.lstrip("\ufeff").splitlines()[:2]
    if len(rows) < 2 or re.split(r"[;,\t]", rows[0].replace('"', "").strip()) != list(_COLUMNS):
        return False
    return bool(_MONTH.match(rows[1].replace('"', "").strip()))


def parse(snapshot: Snapshot) -> Parsed:
    """Read exports, general imports and balance by month.

    Args:
        snapshot: the csv.

    Returns:
        Flows with the country that the file's name names.

    Raises:
        BadFile: if the name names no country, or a row is damaged.
    """
    name = snapshot.filename
    partner = _partner(name)
    release = snapshot.release(CENSUS, f"Trade in goods with {partner}, by month")
    out = FlowRows(release, {partner: partner}.get, complete=False)
    rows = csv_rows(snapshot.path, required=_COLUMNS)
    common = terms(1e6)
    for n, cells in rows:
        written = cells["Month"].strip()
        if _TOTAL.fullmatch(written):
            out.drop("total of a year, the sum of its months")
            continue
        period = _period(written, name, n)
        given = {column: number(cells[column], path=name, row=n, column=column) for column in _FLOWS}
        _check(given, written, n, out, name)
        for column, flow in _FLOWS.items():
            out.add(common, partner, flow, period, given[column], at=f"line {n}:{column}", rounding=0.1, row=n)
    for finding in rows.findings():
        out.note(finding)
    table, findings, dropped = out.finish()
    return Parsed(CENSUS, (release,), {"flow": table}, findings, dropped)


def _partner(name: str) -> str:
    found = _COUNTRY.search(name)
    area = from_code(found[1], "census") if found else None
    if area is None:
        words = [word for word in re.split(r"[^A-Za-z]+", name) if len(word) > 2 and word.lower() not in _NOISE]
        areas = {known for word in words if (known := from_code(word, "name_en")) and known != "USA"}
        area = areas.pop() if len(areas) == 1 else None
    if area is None:
        raise BadFile(
            "The table does not name its country",
            path=name,
            hint="Name it in the file's name: c5700.csv or usa-china.csv",
        )
    return area


_NOISE = frozenset({"usa", "trade", "data", "csv", "census", "goods", "with", "the"})


def _period(written: str, name: str, n: int) -> str:
    found = _MONTH.fullmatch(written)
    number_ = month_number(found[1]) if found else None
    if not found or number_ is None or not 1900 <= int(found[2]) <= 2199:
        raise BadFile(f"Not a month: {written!r}", path=name, row=n, column="Month", hint="January 2001")
    return str(month(int(found[2]), number_))


def _check(given: dict[str, float | None], written: str, n: int, out: FlowRows, name: str) -> None:
    exports, imports, balance = (given[column] for column in _FLOWS)
    for column in ("Exports", "Imports"):
        if (value := given[column]) is not None and value < 0:
            raise BadFile("Trade cannot be negative: are columns swapped?", path=name, row=n, column=column)
    if exports is None or imports is None or balance is None:
        return
    if abs(exports - imports - balance) > _ROUNDING:
        text = f"{written}: exports less imports are {exports - imports:.1f}, the balance printed is {balance:.1f}."
        out.note(Finding("broken-balance", text, "warning", where=f"line {n}"))
