"""Statistics Agency of Uzbekistan: exports (1105) and imports (1176) by country, csv of its SDMX portal."""

from __future__ import annotations

import re

from khorgos.core.errors import BadFile
from khorgos.core.provenance import Source
from khorgos.core.schema import Flow
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.flows import FOB_CIF, ORIGIN_DESTINATION, FlowRows, Terms, printed_step
from khorgos.sources.partner_names import Names
from khorgos.sources.reading import csv_rows, number

SOURCE = Source(
    id="uzb-stat",
    publisher="Statistics Agency under the President of the Republic of Uzbekistan",
    title="Exports and imports by country (indicators 1105 and 1176)",
    url="https://stat.uz/en/official-statistics/merchandise-trade",
    licence="Free use with reference to the source",
    redistribute="figures",
    citation="Statistics Agency of Uzbekistan, open data: exports by country (1105), imports by country (1176).",
    attribution="Statistics Agency of Uzbekistan",
    cadence="annual",
    units="thousand USD",
    valuation="exports FOB, imports CIF",
    rank=10,
    notes="The file names neither flow nor unit: the number of the indicator in its name tells the flow. There is no "
    "row of the total. 'Other countries' (code 0) holds gold, a third of exports; it is kept as not specified.",
)

_FLOWS = {"1105": Flow.EXPORT, "1176": Flow.IMPORT}
_INDICATOR = re.compile(r"(?<!\d)(1105|1176)(?!\d)")
_NAMES = ("Klassifikator", "Klassifikator_ru", "Klassifikator_en")


def _recognise(seen: Peek) -> bool:
    first = seen.head.lstrip("\ufeff").split("\n", 1)[0].replace('"', "")
    return first.startswith(f"Code,{','.join(_NAMES)},") and bool(
        re.search(r"Xitoy|Rossiya|Китай|China|Россия", seen.head)
    )


def _parse(snapshot: Snapshot) -> Parsed:
    name = snapshot.filename
    found = _INDICATOR.search(name)
    if not found:
        raise BadFile(
            "The file does not say whether it holds exports or imports",
            path=name,
            hint="Keep the indicator's number in its name: sdmx_data_1105.csv (exports), ..._1176.csv (imports)",
        )
    flow = _FLOWS[found[1]]
    release = snapshot.release(SOURCE, f"{flow.capitalize()}s by country ({found[1]})")
    rows = csv_rows(snapshot.path, required=("Code", *_NAMES))
    years = _years(rows.header, name)
    lines = [(n, cells, _values(cells, years, name, n)) for n, cells in rows]
    steps = {y: printed_step(values[y] for _, _, values in lines) for y in years}
    by_code, by_name = Names("uzb-stat", "m49", "comtrade"), Names("uzb-stat", "name_en", "ru")
    labels = {cells["Code"]: (cells["Klassifikator_en"], cells["Klassifikator_ru"]) for _, cells, _ in lines}

    def lookup(code: str) -> str | None:
        english, russian = labels[code]
        return by_code(code) or by_name(english) or by_name(russian)

    out = FlowRows(release, lookup)
    terms = Terms("UZB", "USD", 1e3, FOB_CIF, ORIGIN_DESTINATION)
    for n, cells, values in lines:
        for y in years:
            out.add(terms, cells["Code"], flow, y, values[y], at=f"line {n}:{y}", rounding=steps[y], row=n)
    for finding in rows.findings():
        out.note(finding)
    table, findings, dropped = out.finish()
    return Parsed(SOURCE, (release,), {"flow": table}, findings, dropped)


def _years(header: tuple[str, ...], name: str) -> tuple[str, ...]:
    rest = [column for column in header if column not in {"Code", *_NAMES}]
    wrong = [column for column in rest if not re.fullmatch(r"(?:19|20|21)\d{2}", column)]
    if wrong or not rest:
        shown = wrong[0] if wrong else "none"
        raise BadFile(f"A column that is no year: {shown!r}", path=name, row=1, column=shown)
    return tuple(rest)


def _values(cells: dict[str, str], years: tuple[str, ...], name: str, row: int) -> dict[str, float | None]:
    return {y: number(cells[y], path=name, row=row, column=y) for y in years}


CONNECTOR = Connector(
    source=SOURCE,
    name="Uzbekistan SDMX csv by country",
    files="sdmx_data_1105.csv, sdmx_data_1176.csv: Code,Klassifikator,Klassifikator_ru,Klassifikator_en, years",
    recognise=_recognise,
    parse=_parse,
)
