"""IMF International Trade in Goods by partner country (IMTS, until 2025 DOTS), live: what to ask, and SDMX answers."""

from __future__ import annotations

import codecs
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from khorgos.core.errors import BadFile, BadInput, UnmappedCode
from khorgos.core.findings import Finding
from khorgos.core.provenance import Release
from khorgos.core.schema import Flow, PartnerBasis, Status, Valuation
from khorgos.nomenclature.areas import from_code
from khorgos.nomenclature.periods import Period, month, year
from khorgos.sources.asked import coded, month_runs, runs
from khorgos.sources.cells import without_repeats
from khorgos.sources.connector import Connector, Parsed, Peek, Request, Snapshot
from khorgos.sources.imf_dots import IMF_DOTS, NEVER_REPORTED
from khorgos.sources.numbers import number
from khorgos.sources.reading import MAX_TEXT, open_bytes
from khorgos.sources.tables import to_table

#: In the order of the structure's dimensions (IMF.STA:DSD_IMTS): country, indicator, counterpart, frequency.
_DIMENSIONS = ("COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY", "FREQUENCY")
_SERVICE, _DATAFLOW = "IMF_DATA", "IMF.STA,IMTS"

_EXPORTS, _IMPORTS = "XG_FOB_USD", "MG_CIF_USD"
_ASKED = {Flow.EXPORT: _EXPORTS, Flow.IMPORT: _IMPORTS}
_INDICATORS = {
    _EXPORTS: (Flow.EXPORT, Valuation.FOB),
    _IMPORTS: (Flow.IMPORT, Valuation.CIF),
    "MG_FOB_USD": (Flow.IMPORT, Valuation.FOB),
}
_BALANCE = "TBG_USD"
_BASIS = {Flow.EXPORT: PartnerBasis.DESTINATION, Flow.IMPORT: PartnerBasis.ORIGIN}

#: Where the IMF's list of countries (IMF:CL_COUNTRY 1.6.0) is not ISO 3166-1. TX898 is "not specified": with it the
#: partners of Laos in 2019 add up to the world to the dollar.
_OWN_CODES = {"KOS": "XKX", "WBG": "PSE", "G001": "WLD", "TX898": "XNS"}
_OURS = {area: code for code, area in _OWN_CODES.items()}

#: Groups of that list: of the World Economic Outlook and the UN (a letter and digits), of treaties, of departments.
_GROUP = re.compile(r"(?:G|GX|TX|U)\d+|GASEAN|GSAC|CWX|AFR|APD|EUR|MCD|WHD|SDS")

#: IMF:CL_DERIVATION_TYPE 1.2.1: reported official data, and two kinds of reported. All others (M, SE, SP, ...) are
#: someone's work on them, so they count as estimates.
_REPORTED = frozenset({"O", "OU", "R"})

#: The IMF asks for at most ten requests in five seconds (datahelp.imf.org, "Using JSON RESTful Web Service").
_PAUSE = 1.0

_PERIOD = re.compile(r"(\d{4})(?:-?(M|Q)(\d{1,2})|-(\d\d))?")
_PUBLISHED = re.compile(r'PUBLICATION_DATE="(\d{4})-(\d\d)-(\d\d)')


def plan(
    *,
    reporters: Sequence[str],
    years: Sequence[int] = (),
    months: Sequence[str] = (),
    partners: Sequence[str] = (),
    flows: Sequence[str] = ("export", "import"),
) -> tuple[Request, ...]:
    """What to ask the IMF's SDMX 2.1 service for: one request a reporter and run of years or months.

    Args:
        reporters: area ids; groups are asked member by member.
        years: calendar years.
        months: months, as in the ledger; the service answers whole years of them.
        partners: area ids, WLD for the world; all partners and groups where left out.
        flows: "export", "import" (CIF).

    Returns:
        The requests, their addresses built by sdmx1.

    Raises:
        BadInput: if nothing is asked for, an area or flow has no code there, or sdmx1 is not installed.

    Source:
        IMF data portal, data flow IMF.STA:IMTS; sdmx1 documentation, "Data sources", IMF_DATA.
    """
    from khorgos.sources.fetch import sdmx_address

    if not reporters or not (years or months) or not flows:
        raise BadInput("The IMF is asked by reporter and period", hint="Name reporters, and years or months")
    if strange := [flow for flow in flows if flow not in _ASKED]:
        raise BadInput(f"The IMF's table has no flow {strange[0]!r}", hint="It knows export and import")
    indicators = "+".join(_ASKED[Flow(flow)] for flow in flows)
    whom = "+".join(_codes(partners).values())
    requests = []
    for frequency, first, last in _spells(years, months):
        for area, code in _codes(reporters).items():
            key = f"{code}.{indicators}.{whom}.{frequency}"
            spell = {"startPeriod": str(first), "endPeriod": str(last)}
            url, params = sdmx_address(_SERVICE, _DATAFLOW, key, spell)
            name = f"imf_imts_{area}_{frequency}_{first}-{last}.xml"
            requests.append(Request(url, name, params, pause=_PAUSE))
    return tuple(requests)


def _spells(years: Sequence[int], months: Sequence[str]) -> list[tuple[str, int, int]]:
    yearly = [("A", first, last) for first, last in runs(years, len(years))]
    monthly = runs((period.year for pair in month_runs(months) for period in pair), len(months))
    return yearly + [("M", first, last) for first, last in monthly]


def _codes(ids: Sequence[str]) -> dict[str, str]:
    out: dict[str, str] = {}
    for one in ids:
        out |= {one: _OURS[one]} if one in _OURS else coded([one], "iso3", "The IMF")
    return out


def _recognise(seen: Peek) -> bool:
    return "StructureSpecificData" in seen.head and "IMF.STA:IMTS(" in seen.head


@dataclass
class _Rows:
    """Observations on their way to rows."""

    release: Release
    filename: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, float] = field(default_factory=dict)

    def add(self, ids: Mapping[str, str], value: float | None, derivation: str | None) -> None:
        """Keep one observation; what is left out is counted."""
        place = f"{'.'.join(ids[name] for name in _DIMENSIONS)}:{ids['TIME_PERIOD']}"
        if ids["INDICATOR"] == _BALANCE:
            self.dropped["balance, which follows from the flows"] += 1
            return
        reporter, partner = (self._area(ids[name], value) for name in ("COUNTRY", "COUNTERPART_COUNTRY"))
        if reporter is None or partner is None:
            return
        if value is None:
            self.dropped["no figure"] += 1
            return
        flow, valuation = self._indicator(ids["INDICATOR"], place)
        period = _period(ids["TIME_PERIOD"], self.filename, place)
        reported = derivation in _REPORTED if derivation else reporter != "WLD"
        reported = reported and period.year > NEVER_REPORTED.get(reporter, 0)
        self.rows.append(
            {
                "reporter": reporter,
                "partner": partner,
                "flow": flow,
                "period": str(period),
                "product": "TOTAL",
                "nomenclature": "TOTAL",
                # SCALE says in what unit the IMF shows the series; the value itself is in dollars.
                "value": value,
                "currency": "USD",
                "valuation": valuation,
                "partner_basis": _BASIS[flow],
                "status": Status.REPORTED if reported else Status.ESTIMATED,
                "release": self.release.id,
                "locator": place,
            }
        )

    def _area(self, code: str, value: float | None) -> str | None:
        area = _OWN_CODES.get(code) or from_code(code, "iso3")
        if area is None and _GROUP.fullmatch(code):
            self.dropped["aggregate partner or reporter"] += 1
        elif area is None:
            self.unknown[code] = self.unknown.get(code, 0.0) + abs(value or 0.0)
        return area

    def _indicator(self, code: str, place: str) -> tuple[Flow, Valuation]:
        if code not in _INDICATORS:
            hint = f"Ask for {', '.join(_INDICATORS)}"
            raise BadFile(f"Unknown indicator {code!r}", path=self.filename, column=place, hint=hint)
        return _INDICATORS[code]

    def parsed(self) -> Parsed:
        """The rows as a table, once all codes are known."""
        if self.unknown:
            known = sum(abs(row["value"]) for row in self.rows if row["partner"] != "WLD")
            lost = sum(self.unknown.values())
            share = lost / (known + lost) if known + lost else 0.0
            codes = ", ".join(map(repr, sorted(self.unknown)[:8]))
            what = f"Codes that the IMF's list of countries does not have: {codes}; they carry {share:.2%} of the value"
            raise UnmappedCode(what, path=self.filename, column="COUNTRY or COUNTERPART_COUNTRY")
        if not self.rows:
            hint = "The IMF answers so where it has nothing, and where it does not know a code"
            raise BadFile("The answer holds no figures", path=self.filename, hint=hint)
        table, repeats = without_repeats(to_table("flow", self.rows), path=Path(self.filename))
        self.dropped.update({"repeated row": repeats} if repeats else {})
        negative = pc.sum(pc.less(table["value"], 0.0)).as_py() or 0
        found = [Finding("negative-value", f"{negative} figures are negative.", "warning")] if negative else []
        return Parsed(IMF_DOTS, (self.release,), {"flow": table}, tuple(found), dict(self.dropped))


def _parse(snapshot: Snapshot) -> Parsed:
    with open_bytes(snapshot.path) as stream:
        raw = stream.read(MAX_TEXT + 1)
    if len(raw) > MAX_TEXT:
        raise BadFile(f"The message is longer than {MAX_TEXT:,} bytes", path=snapshot.filename, hint="Ask for less")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    head = raw[:65_536].decode("utf-8", "replace")
    if "<!DOCTYPE" in head or "<!ENTITY" in head:
        raise BadFile("An SDMX message declares no document type", path=snapshot.filename, hint="Fetch it again")
    day = _published(head)
    found = _Rows(
        snapshot.release(
            IMF_DOTS,
            "International Trade in Goods by partner country (IMTS), answer of the interface",
            published=day,
            precision="day" if day else "unknown",
        ),
        snapshot.filename,
    )
    for ids, value, derivation in _observations(raw, snapshot.filename):
        found.add(ids, value, derivation)
    return found.parsed()


def _published(head: str) -> dt.date | None:
    match = _PUBLISHED.search(head)
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _observations(raw: bytes, filename: str) -> Iterator[tuple[dict[str, str], float | None, str | None]]:
    """Codes by dimension, value, and how the value came about."""
    from khorgos.sources.fetch import sdmx_message

    message = sdmx_message(io.BytesIO(raw), filename)
    wanted = {*_DIMENSIONS, "TIME_PERIOD"}
    for data in getattr(message, "data", ()):
        for seen in data.obs:
            ids = {name: str(part.value) for name, part in seen.key.values.items()}
            if lacking := wanted - ids.keys():
                raise BadFile(f"An observation has no {sorted(lacking)[0]}", path=filename, hint="Fetch it again")
            derivation = seen.attached_attribute.get("DERIVATION_TYPE")
            place = f"{'.'.join(ids[name] for name in _DIMENSIONS)}:{ids['TIME_PERIOD']}"
            value = number(seen.value, path=filename, column=place)
            yield ids, value, str(derivation.value) if derivation is not None else None


def _period(written: str, filename: str, place: str) -> Period:
    match = _PERIOD.fullmatch(written)
    try:
        if match and match[4]:
            return month(int(match[1]), int(match[4]))
        if match and match[2] == "M":
            return month(int(match[1]), int(match[3]))
        if match and match[2] == "Q" and 1 <= int(match[3]) <= 4:
            return Period(int(match[1]) * 12 + 3 * (int(match[3]) - 1), 3)
        if match and not match[2]:
            return year(int(match[1]))
    except BadInput:
        pass
    raise BadFile(f"Not a year, quarter or month: {written!r}", path=filename, column=place)


CONNECTOR = Connector(
    IMF_DOTS,
    "IMF IMTS, SDMX",
    "*.xml: StructureSpecificData of IMF.STA:IMTS, SDMX-ML 2.1; needs the extra `sdmx`",
    _recognise,
    _parse,
    plan,
)
