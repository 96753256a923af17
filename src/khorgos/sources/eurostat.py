"""Eurostat COMEXT: the csv that Easy Comext's "Relational View" downloads, monthly or annual."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from itertools import islice

from khorgos.core.errors import BadFile
from khorgos.core.provenance import Source
from khorgos.core.schema import Flow
from khorgos.nomenclature.areas import is_aggregate
from khorgos.nomenclature.periods import Period, year
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.flows import FOB_CIF, ORIGIN_DESTINATION, FlowRows, Terms
from khorgos.sources.month_names import stretch
from khorgos.sources.partner_names import GROUP, Names
from khorgos.sources.reading import csv_rows, lines, number

_COLUMNS = ("REPORTER", "PARTNER", "PRODUCT", "FLOW", "STAT_PROCEDURE", "PERIOD", "VALUE_IN_EUR")
_HEADER = ",".join(_COLUMNS)

SOURCE = Source(
    id="eurostat-comext",
    publisher="Eurostat",
    title="COMEXT: EU trade since 1988, by member state and partner",
    url="https://ec.europa.eu/eurostat/comext/newxtweb/",
    licence="Eurostat reuse policy (CC BY 4.0)",
    redistribute="yes",
    citation="Eurostat, COMEXT, EU trade since 1988 by HS2-4-6 and CN8, extracted with Easy Comext.",
    attribution="Eurostat, COMEXT",
    cadence="monthly",
    units="EUR",
    valuation="exports FOB, imports CIF",
    rank=10,
    notes="Statistical value at the border of the reporting member state; imports from outside the Union by country "
    "of origin. Rows of the Union as reporter are kept as EU27, with the membership of 2020 for all years; the euro "
    "area and 'European Union' of changing membership are left out. The day of extraction in the file's name counts "
    "as the day on which the figures were known.",
)

_FLOWS = {"EXPORT": Flow.EXPORT, "EXPORTATION": Flow.EXPORT, "IMPORT": Flow.IMPORT, "IMPORTATION": Flow.IMPORT}
_CODED = re.compile(r"^(?:[A-Z0-9]+|\d{6})-(?=\S)")
_HISTORY = re.compile(r"^([^(]*?)\s*\((?:not )?incl\..*$", re.IGNORECASE)
_EXTRACTED = re.compile(r"Relational_View_(\d{4})-(\d{2})-(\d{2})T")
_PERIOD = re.compile(r"(?:(\d{4})(\d{2})-)?\s*([A-Za-z.\-]+)\s+(\d{4})")
_ALL = {"total", "t"}
_UNION_NOW = re.compile(r"^(?:European Union - 27 countries|Union européenne - 27 pays)")


def _recognise(seen: Peek) -> bool:
    first = seen.head.lstrip("\ufeff").split("\n", 1)[0]
    return first.replace('"', "").replace(";", ",").strip().rstrip(",") == _HEADER


def _parse(snapshot: Snapshot) -> Parsed:
    name = snapshot.filename
    rows = csv_rows(snapshot.path, required=_COLUMNS)
    extracted = _extracted(name)
    release = snapshot.release(
        SOURCE,
        "COMEXT, total trade by member state and partner",
        published=extracted,
        precision="day" if extracted else "unknown",
    )
    # French extractions have one label that means another country in English ("Guinea" for Guinea-Bissau).
    french = _is_french(snapshot)
    areas = Names(f"{SOURCE.id}-fr" if french else SOURCE.id, "eurostat", "name_en")
    out = FlowRows(release, lambda label: areas(_label(label)), complete=False)
    base = Terms("EU27", "EUR", 1.0, FOB_CIF, ORIGIN_DESTINATION)
    for n, cells in rows:
        reporter = _reporter(cells["REPORTER"], areas, name, n)
        if reporter is None:
            out.drop("reporter is a group of changing membership")
            continue
        _refuse_detail(cells, name, n)
        terms = replace(base, reporter=reporter)
        value = number(cells["VALUE_IN_EUR"], path=name, row=n, column="VALUE_IN_EUR")
        flow, period = _flow(cells["FLOW"], name, n), _period(cells["PERIOD"], name, n)
        out.add(terms, cells["PARTNER"], flow, str(period), value, at=f"line {n}", rounding=1.0, row=n)
    for finding in rows.findings():
        out.note(finding)
    table, findings, dropped = out.finish()
    return Parsed(SOURCE, (release,), {"flow": table}, findings, dropped)


def _is_french(snapshot: Snapshot) -> bool:
    first = next((line for line in islice(lines(snapshot.path), 1, None) if line.strip()), "")
    return "EXPORTATION" in first or "IMPORTATION" in first


def _label(written: str) -> str:
    """A label without its history: "Spain (incl. Canary Islands 'XB' from 1997)" -> "Spain"."""
    return _HISTORY.sub(r"\1", written).strip()


def _reporter(written: str, areas: Names, name: str, row: int) -> str | None:
    if _UNION_NOW.match(written):
        return "EU27"
    if written.startswith(("Euro area", "European Union", "Zone euro", "Union européenne")):
        return None
    area = areas(_label(written))
    if area is None or area == GROUP or is_aggregate(area):
        raise BadFile(f"Unknown reporter {written[:40]!r}", path=name, row=row, column="REPORTER")
    if area not in _EVER_REPORTED:
        raise BadFile(
            f"{written[:40]!r} does not report to Eurostat: the file only borrows its columns",
            path=name,
            row=row,
            column="REPORTER",
            hint="Import the national office's own file",
        )
    return area


#: Who has reported to COMEXT as a member state: the EU27 and, to January 2020, the United Kingdom; and the EFTA
#: and candidate countries that Eurostat also collects (COMEXT user guide, annex of reporters).
_EVER_REPORTED = frozenset(
    {
        *(
            "AUT",
            "BEL",
            "BGR",
            "CYP",
            "CZE",
            "DEU",
            "DNK",
            "ESP",
            "EST",
            "FIN",
            "FRA",
            "GRC",
            "HRV",
            "HUN",
            "IRL",
            "ITA",
        ),
        *("LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "SWE", "GBR"),
        *("ISL", "NOR", "CHE", "LIE", "ALB", "BIH", "MKD", "MNE", "SRB", "TUR", "XKX"),
    }
)


def _refuse_detail(cells: dict[str, str], name: str, row: int) -> None:
    for column in ("PRODUCT", "STAT_PROCEDURE"):
        if cells[column].split("-")[0].strip().lower() not in _ALL:
            raise BadFile(
                f"{column} is {cells[column][:30]!r}; only totals are read",
                path=name,
                row=row,
                column=column,
                hint="Choose TOTAL for product and statistical procedure in the extraction",
            )


def _flow(written: str, name: str, row: int) -> str:
    flow = _FLOWS.get(_CODED.sub("", written).strip().upper())
    if flow is None:
        raise BadFile(f"Unknown flow {written!r}", path=name, row=row, column="FLOW", hint="EXPORT or IMPORT")
    return flow


def _period(written: str, name: str, row: int) -> Period:
    found = _PERIOD.fullmatch(written.strip())
    when: Period | None = None
    if found:
        number_ = int(found[4])
        in_range = 1900 <= number_ <= 2199
        when = stretch(found[3], number_) if in_range else None
        if when is not None and found[1] and not _code_agrees(found[1], found[2], when):
            when = None
    elif re.fullmatch(r"(?:19|20|21)\d{2}", written.strip()):
        when = year(int(written))
    if when is None:
        raise BadFile(f"Unknown period {written[:30]!r}", path=name, row=row, column="PERIOD", hint="Aug. 2024")
    return when


def _code_agrees(year_code: str, month_code: str, when: Period) -> bool:
    """COMEXT codes a year as month 52 (201952) and a month as itself (202408)."""
    expected = 52 if when.kind == "year" else when.start % 12 + 1
    return int(year_code) == when.year and (int(month_code) == expected or when.kind == "part")


def _extracted(filename: str) -> dt.date | None:
    found = _EXTRACTED.search(filename)
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


CONNECTOR = Connector(
    source=SOURCE,
    name="Eurostat COMEXT Relational View",
    files=f"*.csv: {_HEADER}",
    recognise=_recognise,
    parse=_parse,
)
