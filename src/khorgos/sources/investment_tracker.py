"""AEI's China Global Investment Tracker: a csv of contracts, one a row."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from khorgos.core.errors import BadFile, UnmappedCode
from khorgos.core.findings import Finding
from khorgos.core.provenance import Source
from khorgos.nomenclature.areas import is_aggregate
from khorgos.nomenclature.periods import month
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.flows import scaled
from khorgos.sources.month_names import month_number
from khorgos.sources.partner_names import GROUP, Names
from khorgos.sources.reading import CsvRows, csv_rows, number, to_table

SOURCE = Source(
    id="aei-cgit",
    publisher="American Enterprise Institute (AEI)",
    title="China Global Investment Tracker",
    url="https://www.aei.org/china-global-investment-tracker/",
    licence="Copyright AEI; for reference with attribution, no redistribution of the data set",
    redistribute="no",
    citation="American Enterprise Institute, China Global Investment Tracker (Derek Scissors).",
    attribution="AEI, China Global Investment Tracker",
    cadence="twice a year",
    units="million USD",
    valuation="value of the transaction as announced or completed",
    rank=10,
    notes="Transactions of USD 95 million and more, rounded to ten millions; smaller ones are missing. The workbook "
    "has investments and construction contracts on separate sheets; a csv holds one of them, told by its column "
    "Investor or Contractor.",
)

# The tracker's two sheets: who acts, which column holds the value, what the row is.
_KINDS = {"Investor": "investment", "Contractor": "construction"}
_VALUES = ("Millions", "Quantity in Millions")
_TARGETS = ("Partner/Target", "Transaction Party")


def _recognise(seen: Peek) -> bool:
    names = set(seen.head.lstrip("\ufeff").split("\n", 1)[0].replace('"', "").strip().split(","))
    return (
        {"Year", "Month", "Sector", "Country"} <= names
        and not names.isdisjoint(_KINDS)
        and not names.isdisjoint(_VALUES)
    )


def _parse(snapshot: Snapshot) -> Parsed:
    name = snapshot.filename
    rows = csv_rows(snapshot.path, required=("Year", "Month", "Sector", "Country"))
    columns = _columns(rows, name)
    release = snapshot.release(SOURCE, f"China Global Investment Tracker, {_KINDS[columns['who']]}s")
    countries = Names(SOURCE.id, "name_en")
    found: list[dict[str, Any]] = []
    unknown: dict[str, float] = defaultdict(float)
    findings: list[Finding] = []
    for n, cells in rows:
        row = _row(n, cells, columns, name, findings)
        area = countries(cells["Country"])
        if area is None or area == GROUP or is_aggregate(area):
            unknown[cells["Country"]] += row["value"] or 0.0
        found.append({**row, "destination": area or "", "release": release.id})
    _refuse_unknown(unknown, sum(row["value"] or 0.0 for row in found), name)
    if not found:
        raise BadFile("The file has no contract", path=name, hint="It may be cut off: download it again")
    findings += [*_repeats(found), *rows.findings()]
    return Parsed(SOURCE, (release,), {"investment": to_table("investment", found)}, tuple(findings))


def _columns(rows: CsvRows, name: str) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for role, names in (("who", tuple(_KINDS)), ("value", _VALUES), ("target", _TARGETS)):
        given = [column for column in names if column in rows.header]
        if len(given) > 1 or (not given and role != "target"):
            raise BadFile(f"The header needs one of {', '.join(names)}", path=name, row=1)
        chosen[role] = given[0] if given else ""
    return chosen


def _row(n: int, cells: dict[str, str], columns: dict[str, str], name: str, findings: list[Finding]) -> dict[str, Any]:
    year = number(cells["Year"], path=name, row=n, column="Year")
    number_ = month_number(cells["Month"])
    if year is None or year != int(year) or not 2000 <= year <= 2199:
        raise BadFile(f"Not a year: {cells['Year']!r}", path=name, row=n, column="Year")
    if number_ is None:
        raise BadFile(f"Not a month: {cells['Month']!r}", path=name, row=n, column="Month", hint="January, ...")
    written = re.sub(r"^\$\s*", "", cells[columns["value"]].strip())
    value = number(written, path=name, row=n, column=columns["value"])
    if value is not None and value < 0:
        raise BadFile("A contract cannot be negative", path=name, row=n, column=columns["value"])
    who = cells[columns["who"]].strip()
    if not who or not cells["Sector"].strip():
        raise BadFile("A contract needs a company and a sector", path=name, row=n)
    return {
        "investor": who,
        "origin": "CHN",
        "period": str(month(int(year), number_)),
        "value": scaled(value, 1e6),
        "currency": "USD",
        "kind": _KINDS[columns["who"]],
        "sector": cells["Sector"].strip(),
        "subsector": cells.get("Subsector", "").strip() or None,
        "partner": cells.get(columns["target"], "").strip() or None,
        "share": _share(cells.get("Share Size", ""), n, name, findings),
        "locator": f"line {n}",
    }


def _share(written: str, n: int, name: str, findings: list[Finding]) -> float | None:
    """One share acquired; several ("45%, 35%, 20%": of several investors or targets) are no single fraction."""
    plain = written.strip()
    if plain.count("%") > 1:
        text = f"Several shares in one cell ({plain}); the share was left empty."
        findings.append(Finding("several-shares", text, where=f"line {n}"))
        return None
    value = number(plain.removesuffix("%"), path=name, row=n, column="Share Size")
    if value is None:
        return None
    if not plain.endswith("%") or not 0 <= value <= 100:
        raise BadFile(f"Not a share: {plain!r}", path=name, row=n, column="Share Size", hint="Expected 85%")
    return value / 100


def _refuse_unknown(unknown: dict[str, float], total: float, name: str) -> None:
    if unknown:
        share = sum(unknown.values()) / total if total else 0.0
        shown = ", ".join(repr(country) for country in sorted(unknown, key=lambda one: -unknown[one])[:8])
        raise UnmappedCode(
            f"{len(unknown)} names of countries are unknown: {shown}; they carry {share:.2%} of the value",
            path=name,
            column="Country",
        )


def _repeats(found: list[dict[str, Any]]) -> list[Finding]:
    seen: dict[tuple[Any, ...], str] = {}
    remarks = []
    for row in found:
        key = tuple(value for column, value in row.items() if column not in {"locator", "release"})
        first = seen.setdefault(key, row["locator"])
        if first != row["locator"]:
            text = f"The contract repeats that of {first} in every column; both were kept."
            remarks.append(Finding("repeated-row", text, "warning", where=row["locator"]))
    return remarks


CONNECTOR = Connector(
    source=SOURCE,
    name="AEI China Global Investment Tracker",
    files="*.csv: Year,Month,Investor,Millions,Share Size,Partner/Target,Sector,Subsector,Country,Region,BRI",
    recognise=_recognise,
    parse=_parse,
)
