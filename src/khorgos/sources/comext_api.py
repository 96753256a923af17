"""Eurostat COMEXT, live: what to ask the dissemination interface, and its SDMX-CSV answers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from khorgos.core.errors import BadFile, BadInput
from khorgos.core.schema import Flow
from khorgos.nomenclature.areas import from_code, is_aggregate
from khorgos.nomenclature.nomenclatures import hs_edition
from khorgos.nomenclature.periods import Period, month, year
from khorgos.nomenclature.products import sections
from khorgos.sources.asked import coded, month_runs, packs, runs
from khorgos.sources.connector import Connector, Parsed, Peek, Request, Snapshot
from khorgos.sources.eurostat import SOURCE
from khorgos.sources.flows import FOB_CIF, ORIGIN_DESTINATION, FlowRows, Terms
from khorgos.sources.partner_names import GROUP
from khorgos.sources.reading import csv_rows, number

_DATASET = "DS-045409"
_URL = f"https://ec.europa.eu/eurostat/api/comext/dissemination/sdmx/2.1/data/{_DATASET}"
_COLUMNS = ("freq", "reporter", "partner", "product", "flow", "indicators", "TIME_PERIOD", "OBS_VALUE")
_VALUE = "VALUE_IN_EUROS"
_ASKED = {"import": "1", "export": "2", "re-export": "3"}
_FLOWS = {"1": Flow.IMPORT, "2": Flow.EXPORT, "3": Flow.RE_EXPORT}
_SCHEME = "eurostat"
_UNION = "EU27"
_WHOLE = ("WLD", _UNION)
#: COMEXT writes these as its geonomenclature does, not as Eurostat's other tables (Regulation (EU) 2020/1470).
_OWN_CODES = {"GRC": "GR", "GBR": "GB", "SRB": "XS"}

#: The interface answers at once up to 500,000 cells and refuses more with HTTP 413 (Eurostat, "API - Getting started",
#: asynchronous interface).
_CELLS = 500_000
#: Chosen above the number of COMEXT's partners (about 250 countries, with the Union's and the world's totals).
_ALL_PARTNERS = 300
#: Codes in one address; chosen so that 200 of seven signs stay below the 2,000 that any server takes.
_CODES = 200

_PRODUCT = re.compile(r"\d{2}(?:\d{2}){0,2}")
_PERIOD = re.compile(r"(\d{4})(?:-(\d\d))?")
_UPDATED = re.compile(r"(\d\d)/(\d\d)/(\d\d)(?: .*)?")


def plan(
    *,
    reporters: Sequence[str] = (_UNION,),
    years: Sequence[int] = (),
    months: Sequence[str] = (),
    partners: Sequence[str] = (),
    flows: Sequence[str] = ("export", "import"),
    products: Sequence[str] = ("TOTAL",),
) -> tuple[Request, ...]:
    """What to ask for: one request a reporter, pack of products and run of periods.

    Args:
        reporters: member states; EU27 is the Union as one. Other groups are asked member by member.
        years: calendar years.
        months: months, as in the ledger.
        partners: area ids, WLD for the world; all partners where left out.
        flows: "export", "import", "re-export".
        products: "TOTAL", "HS2", or HS codes of 2, 4 or 6 digits.

    Returns:
        The requests.

    Raises:
        BadInput: if nothing is asked for, or the interface does not have it.

    Source:
        Eurostat, "API - Getting started with SDMX 2.1", data set DS-045409 (EU trade since 1988 by HS2-4-6 and CN8),
        dimensions freq.reporter.partner.product.flow.indicators.
    """
    if not (years or months) or not reporters or not flows or not products:
        raise BadInput("Eurostat is asked by reporter and period", hint="Name years or months")
    if strange := [flow for flow in flows if flow not in _ASKED]:
        raise BadInput(f"COMEXT has no flow {strange[0]!r}", hint="It knows export, import and re-export")
    who, whom = _codes(reporters), _codes(partners)
    requests = []
    for goods in packs(_goods(products), _CODES):
        for each in packs(list(whom.values()), _CODES):
            longest = max(1, _CELLS // (len(goods) * len(flows) * (len(each) or _ALL_PARTNERS)))
            requests += [
                _request(area, code, partners=each, goods=goods, flows=flows, spell=spell)
                for area, code in who.items()
                for spell in _spells(years, months, longest)
            ]
    return tuple(requests)


def _codes(ids: Sequence[str]) -> dict[str, str]:
    return {area: _OWN_CODES.get(area, code) for area, code in coded(ids, _SCHEME, "Eurostat", _WHOLE).items()}


def _goods(products: Sequence[str]) -> tuple[str, ...]:
    if products[0] == "TOTAL":
        return ("TOTAL",)
    if products[0] == "HS2":
        return tuple(chapter for section in sections() for chapter in section.chapters)
    if strange := [code for code in products if not _PRODUCT.fullmatch(code)]:
        raise BadInput(f"COMEXT is not read by {strange[0]!r}", hint="Name TOTAL, HS2, or codes of 2, 4 or 6 digits")
    return tuple(products)


def _spells(years: Sequence[int], months: Sequence[str], longest: int) -> list[tuple[str, str, str]]:
    """Frequency, first and last period."""
    yearly = [("A", str(first), str(last)) for first, last in runs(years, longest)]
    return yearly + [("M", str(first), str(last)) for first, last in month_runs(months, longest)]


def _request(
    area: str, code: str, *, partners: Sequence[str], goods: Sequence[str], flows: Sequence[str], spell: Sequence[str]
) -> Request:
    frequency, first, last = spell
    ways = "+".join(_ASKED[flow] for flow in flows)
    key = f"{frequency}.{code}.{'+'.join(partners)}.{'+'.join(goods)}.{ways}.{_VALUE}"
    params = {"format": "SDMX-CSV", "compressed": "false", "startPeriod": first, "endPeriod": last}
    what = goods[0] if len(goods) == 1 else f"{goods[0]}+{len(goods) - 1}"
    return Request(f"{_URL}/{key}", f"comext_{area}_{first}-{last}_{what}.csv", params)


def _recognise(seen: Peek) -> bool:
    first = seen.head.lstrip("\ufeff").split("\n", 1)[0].replace('"', "").rstrip("\r")
    return first.startswith("DATAFLOW,LAST UPDATE,") and set(_COLUMNS) <= set(first.split(","))


def _parse(snapshot: Snapshot) -> Parsed:
    name = snapshot.filename
    rows = csv_rows(snapshot.path, required=("DATAFLOW", "LAST UPDATE", *_COLUMNS))
    cells = list(rows)
    day = _updated(cells[0][1]["LAST UPDATE"]) if cells else None
    title = "COMEXT, answer of the interface"
    release = snapshot.release(SOURCE, title, published=day, precision="day" if day else "unknown")
    out = FlowRows(release, _partner, complete=False)
    for line, row in cells:
        _take(out, row, line, name)
    for finding in rows.findings():
        out.note(finding)
    table, findings, dropped = out.finish()
    return Parsed(SOURCE, (release,), {"flow": table}, findings, dropped)


def _partner(code: str) -> str | None:
    area = from_code(code, _SCHEME)
    return GROUP if area is not None and is_aggregate(area) and area != "WLD" else area


def _take(out: FlowRows, row: dict[str, str], line: int, name: str) -> None:
    if row["indicators"] != _VALUE:
        out.drop("quantity, not value")
        return
    reporter = from_code(row["reporter"], _SCHEME)
    if reporter is None:
        raise BadFile(f"Unknown reporter {row['reporter']!r}", path=name, row=line, column="reporter")
    if is_aggregate(reporter) and reporter != _UNION:
        out.drop("reporter is a group of changing membership")
        return
    if row["product"] != "TOTAL" and not _PRODUCT.fullmatch(row["product"]):
        out.drop("product of the Combined Nomenclature, or a secret one")
        return
    if row["flow"] not in _FLOWS:
        raise BadFile(f"Unknown flow {row['flow']!r}", path=name, row=line, column="flow", hint="1, 2 or 3")
    period = _period(row["TIME_PERIOD"], name, line)
    edition = "TOTAL" if row["product"] == "TOTAL" else hs_edition(period.year)
    terms = Terms(reporter, "EUR", 1.0, FOB_CIF, ORIGIN_DESTINATION, row["product"], edition)
    value = number(row["OBS_VALUE"], path=name, row=line, column="OBS_VALUE")
    out.add(terms, row["partner"], _FLOWS[row["flow"]], str(period), value, at=f"line {line}", rounding=1.0, row=line)


def _period(written: str, name: str, line: int) -> Period:
    match = _PERIOD.fullmatch(written)
    try:
        if match and int(match[1]) >= 1988:  # the first year of the data set
            return month(int(match[1]), int(match[2])) if match[2] else year(int(match[1]))
    except BadInput:
        pass
    raise BadFile(f"Not a year or month: {written!r}", path=name, row=line, column="TIME_PERIOD")


def _updated(written: str) -> dt.date | None:
    """15/09/26 11:00:00, day first."""
    match = _UPDATED.fullmatch(written.strip())
    try:
        return dt.date(2000 + int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:
        return None


CONNECTOR = Connector(
    source=SOURCE,
    name="Eurostat COMEXT interface",
    files=f"*.csv: DATAFLOW,LAST UPDATE,{','.join(_COLUMNS)}",
    recognise=_recognise,
    parse=_parse,
    plan=plan,
)
