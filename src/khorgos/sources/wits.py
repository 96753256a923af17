"""World Bank WITS: UNCTAD TRAINS tariffs and trade by its interface (SDMX-JSON), and its bulk csv of trade."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from khorgos.core.errors import BadFile, BadInput, UnmappedCode
from khorgos.core.findings import Finding
from khorgos.core.provenance import Release, Source
from khorgos.core.schema import Flow, Status, Valuation
from khorgos.nomenclature.areas import from_code, is_aggregate, to_code
from khorgos.sources.cells import without_repeats
from khorgos.sources.columns import area_column, constant, csv_columns, numeric, relabel, row_locators
from khorgos.sources.connector import Connector, Parsed, Peek, Request, Snapshot
from khorgos.sources.reading import json_document
from khorgos.sources.sdmx_json import Observation, observations
from khorgos.sources.tables import to_table

_URL = "https://wits.worldbank.org"

WITS_TARIFF = Source(
    id="wits-tariff",
    publisher="UNCTAD, through World Bank WITS",
    title="TRAINS tariffs",
    url=f"{_URL}/witsapiintro.aspx",
    licence="UNCTAD and World Bank terms: free use with attribution; no open licence for the data base as a whole",
    redistribute="figures",
    citation="UNCTAD. Trade Analysis Information System (TRAINS), through World Bank, World Integrated Trade Solution.",
    attribution="UNCTAD TRAINS, through WITS",
    cadence="annual",
    units="per cent ad valorem",
    valuation="none",
    rank=60,
    notes=(
        "Simple averages of the ad valorem tariff lines within an HS6 code. Lines with specific duties are left out "
        "unless the estimated rates were asked for; where all lines are specific, TRAINS prints 0 and khorgos keeps "
        "no rate. The interface has cut the rates of single lines to whole per cents (cars of the USA at 2.5 came as "
        "2 in 2019); a finding tells where. MFN duties stand under partner 000, the world."
    ),
)

WITS_TRADE = Source(
    id="wits-trade",
    publisher="World Bank",
    title="World Integrated Trade Solution (WITS), trade from UN Comtrade",
    url=_URL,
    licence="UN Comtrade policy on use and re-dissemination: free use with attribution; raw data may not be passed on",
    redistribute="no",
    citation="World Bank. World Integrated Trade Solution (WITS), from UN Comtrade. https://wits.worldbank.org",
    attribution="WITS, from UN Comtrade",
    cadence="annual",
    units="thousand USD",
    valuation="exports FOB, imports CIF (FOB for a few reporters)",
    rank=60,
    notes="WITS keeps old codes: ROM Romania, ZAR Democratic Republic of the Congo, SER Serbia, TMP Timor-Leste.",
)

_YEAR, _HS_CODE = r"(19|20)\d\d", r"(\d\d){1,3}"
_THOUSAND, _PER_CENT = 1000.0, 100.0
_POSITIVE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,12})?")

#: Chosen because a schedule has thousands of codes, and a third or more of their rates are not whole in each that was
#: looked at (USA 2017: 2.5, 6.8, 16.5, 26.4 per cent ...).
_MANY, _FEW = 200, 0.05

_HS = {"H0": "HS92", "H1": "HS96", "H2": "HS02", "H3": "HS07", "H4": "HS12", "H5": "HS17", "H6": "HS22"}
_KINDS = {"MFN": "MFN", "PREF": "PRF", "PRF": "PRF", "AHS": "AHS", "BND": "BND"}
_AVERAGES = {"SimpleAverage": "simple", "WeightedAverage": "weighted"}
_TRADE = {"MPRT-TRD-VL": Flow.IMPORT, "XPRT-TRD-VL": Flow.EXPORT}
_VALUATION = {
    Flow.EXPORT: Valuation.FOB,
    Flow.IMPORT: Valuation.CIF,
    Flow.RE_EXPORT: Valuation.FOB,
    Flow.RE_IMPORT: Valuation.CIF,
}
_BULK = (
    "nomenclature",
    "reporteriso3",
    "productcode",
    "partneriso3",
    "year",
    "tradeflowname",
    "tradevaluein1000usd",
)
_BULK_FLOWS = {
    "export": Flow.EXPORT,
    "import": Flow.IMPORT,
    "reexport": Flow.RE_EXPORT,
    "re-export": Flow.RE_EXPORT,
    "reimport": Flow.RE_IMPORT,
    "re-import": Flow.RE_IMPORT,
}


def _recognise(flow_id: str) -> Callable[[Peek], bool]:
    return lambda seen: seen.head.lstrip("\ufeff \r\n\t").startswith("{") and f'"{flow_id}' in seen.head[:2000]


def _recognise_bulk(seen: Peek) -> bool:
    line = seen.head.lstrip("\ufeff").split("\n", 1)[0].lower()
    return set(_BULK) <= {cell.strip('" \r') for cell in line.split(",")}


def _prepared(document: Any) -> dt.date | None:
    """Day on which WITS put the answer together."""
    header = document.get("header") if isinstance(document, dict) else None
    written = str(header.get("prepared") or "")[:10] if isinstance(header, dict) else ""
    try:
        return dt.date.fromisoformat(written)
    except ValueError:
        return None


def _released(snapshot: Snapshot, source: Source, title: str, day: dt.date | None) -> Release:
    return snapshot.release(source, title, published=day, precision="day" if day else "unknown")


class _Areas:
    """Area ids of codes, unknown codes kept for one error."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot, self._unknown, self._seen = snapshot, Counter[str](), 0

    def __call__(self, code: str) -> str | None:
        """The area; numeric codes may have leading zeros (000 is the world)."""
        self._seen += 1
        area = from_code(str(int(code)) if code.isdecimal() else code, "wits")
        if area is None:
            self._unknown[code] += 1
        return area

    def check(self) -> None:
        """Refuse the file if a code was unknown."""
        if self._unknown:
            share = sum(self._unknown.values()) / self._seen
            codes = ", ".join(map(repr, sorted(self._unknown)[:8]))
            what = (
                f"Codes that the scheme 'wits' does not know: {codes}; they are {100 * share:.3g} per cent of the codes"
            )
            raise UnmappedCode(what, path=self._snapshot.filename)


def _parse_tariff(snapshot: Snapshot) -> Parsed:
    document = json_document(snapshot.path)
    release = _released(snapshot, WITS_TARIFF, "TRAINS tariffs, answer of the interface", _prepared(document))
    areas, dropped = _Areas(snapshot), Counter[str]()
    rows: list[dict[str, Any]] = []
    whole = Counter[bool]()
    # The key of a TRAINS series has product before partner, though the structure lists partner first.
    for one in observations(document, snapshot.filename, swapped=("PARTNER", "PRODUCTCODE")):
        importer, exporter = areas(_id(one, "REPORTER", snapshot)), areas(_id(one, "PARTNER", snapshot))
        if one.value is None or importer is None or exporter is None:
            dropped["no figure"] += importer is not None and exporter is not None
            continue
        whole.update(float(rate).is_integer() for rate in _line_rates(one))
        rows.append(
            {
                "importer": importer,
                "exporter": exporter,
                "period": _id(one, "TIME_PERIOD", snapshot, _YEAR),
                "product": _id(one, "PRODUCTCODE", snapshot, _HS_CODE),
                "nomenclature": _named(_HS, one, "NOMENCODE", snapshot),
                "rate": None if _all_specific(one) else one.value / _PER_CENT,
                "kind": _named(_KINDS, one, "TARIFFTYPE", snapshot),
                "average": _named(_AVERAGES, one, "OBS_VALUE_MEASURE", snapshot),
                "release": release.id,
                "locator": one.locator,
            }
        )
    areas.check()
    table = to_table("tariff", rows)
    key = ("importer", "exporter", "period", "product", "nomenclature", "kind", "average")
    table, repeats = without_repeats(table, path=snapshot.path, key=key, payload=("rate",))
    dropped["repeated row"] += repeats
    kept = {reason: count for reason, count in dropped.items() if count}
    return Parsed(WITS_TARIFF, (release,), {"tariff": table}, (*_odd_rates(table), *_whole_rates(whole)), kept)


def _all_specific(one: Observation) -> bool:
    """No line of the code has an ad valorem rate; TRAINS then prints an average of 0 over no lines."""
    return one.value == 0 and one.ids.get("NBR_NA_LINES") == one.ids.get("TOTALNOOFLINES")


def _line_rates(one: Observation) -> list[str]:
    """The least and the largest rate among the lines of a code, where they are not 0."""
    rates = (one.ids.get(name, "") for name in ("MIN_RATE", "MAX_RATE"))
    return [rate for rate in rates if _POSITIVE.fullmatch(rate) and float(rate) > 0]


def _whole_rates(whole: Mapping[bool, int]) -> Sequence[Finding]:
    """Schedules have many rates such as 2.5 per cent; where next to none is left, they were cut to whole ones."""
    if whole[True] < _MANY or whole[False] > _FEW * whole[True]:
        return []
    said = f"{whole[True]} of {whole[True] + whole[False]} rates of lines are whole per cents: they were cut, 2.5 to 2."
    return [Finding("whole-rates", said, "warning")]


def _odd_rates(table: pa.Table) -> Sequence[Finding]:
    """Codes without a rate; and rates out of bounds: only a few agricultural quotas exceed ten times the value."""
    found = []
    if empty := table["rate"].null_count:
        said = f"{empty} codes have specific duties only: no ad valorem rate, though the file prints 0."
        found.append(Finding("specific-duty", said, "warning"))
    low, high = pc.sum(pc.less(table["rate"], 0.0)).as_py() or 0, pc.sum(pc.greater(table["rate"], 10.0)).as_py() or 0
    if low + high:
        found.append(Finding("odd-rate", f"{low} rates are negative, {high} above 1000 per cent.", "warning"))
    return found


def _id(one: Observation, name: str, snapshot: Snapshot, shape: str = ".+") -> str:
    """The id of a dimension or attribute, in the shape that it must have."""
    code = one.ids.get(name, "")
    if not re.fullmatch(shape, code):
        raise BadFile(f"{name} cannot be {code!r}", path=snapshot.filename, column=one.locator)
    return code


def _named(known: Mapping[str, str], one: Observation, name: str, snapshot: Snapshot) -> str:
    code = _id(one, name, snapshot)
    if code not in known:
        raise BadFile(f"Unknown {name} {code!r}", path=snapshot.filename, column=one.locator)
    return known[code]


def _parse_trade(snapshot: Snapshot) -> Parsed:
    document = json_document(snapshot.path)
    release = _released(snapshot, WITS_TRADE, "WITS trade statistics, answer of the interface", _prepared(document))
    areas, dropped = _Areas(snapshot), Counter[str]()
    rows: list[dict[str, Any]] = []
    for one in observations(document, snapshot.filename):
        flow = _TRADE.get(_id(one, "INDICATOR", snapshot))
        if flow is None or _id(one, "PRODUCTCODE", snapshot) != "Total":
            dropped["indicator without a flow" if flow is None else "product group of WITS"] += 1
            continue
        reporter, partner = areas(_id(one, "REPORTER", snapshot)), areas(_id(one, "PARTNER", snapshot))
        if one.value is None or reporter is None or partner is None:
            dropped["no figure"] += reporter is not None and partner is not None
            continue
        rows.append(
            {
                "reporter": reporter,
                "partner": partner,
                "flow": flow,
                "period": _id(one, "TIME_PERIOD", snapshot, _YEAR),
                "product": "TOTAL",
                "nomenclature": "TOTAL",
                "value": one.value * _THOUSAND,
                "currency": "USD",
                "valuation": _VALUATION[flow],
                "status": Status.REPORTED,
                "release": release.id,
                "locator": one.locator,
            }
        )
    areas.check()
    table, repeats = without_repeats(to_table("flow", rows), path=snapshot.path)
    dropped["repeated row"] += repeats
    return Parsed(WITS_TRADE, (release,), {"flow": table}, (), {k: n for k, n in dropped.items() if n})


def _parse_bulk(snapshot: Snapshot) -> Parsed:
    path = snapshot.path
    release = snapshot.release(WITS_TRADE, "WITS bulk csv")
    read = csv_columns(path)
    rows = read.table.rename_columns([name.lower() for name in read.table.column_names])
    value = pc.multiply(numeric(rows["tradevaluein1000usd"], path=path, name="tradevaluein1000usd"), _THOUSAND)
    flows = _labelled(pc.utf8_lower(pc.utf8_trim_whitespace(rows["tradeflowname"])), _BULK_FLOWS, "tradeflowname", path)
    nomenclature = _labelled(pc.utf8_trim_whitespace(rows["nomenclature"]), _HS, "nomenclature", path)
    product = _codes(rows["productcode"], snapshot)
    total = pc.equal(product, "TOTAL")
    table = to_table(
        "flow",
        {
            "reporter": area_column(rows["reporteriso3"], "wits", path=path, name="reporteriso3", value=value),
            "partner": area_column(rows["partneriso3"], "wits", path=path, name="partneriso3", value=value),
            "flow": flows,
            "period": _years(rows["year"], snapshot),
            "product": product,
            "nomenclature": pc.if_else(total, "TOTAL", nomenclature),
            "value": value,
            "currency": constant("USD", rows),
            "valuation": relabel(flows, {str(flow): str(valuation) for flow, valuation in _VALUATION.items()}),
            "status": constant(Status.REPORTED, rows),
            "release": constant(release.id, rows),
            "locator": row_locators(rows),
        },
    )
    table, repeats = without_repeats(table, path=path)
    return Parsed(WITS_TRADE, (release,), {"flow": table}, read.findings, {"repeated row": repeats} if repeats else {})


def _labelled(column: pa.ChunkedArray, known: Mapping[str, str], name: str, path: Any) -> pa.ChunkedArray:
    labels = relabel(column, {code: str(label) for code, label in known.items()})
    if labels.null_count:
        row = pc.index(pc.is_null(labels), True).as_py()
        raise BadFile(f"Unknown {name} {column[row].as_py()!r}", path=path.name, row=row + 2, column=name)
    return labels


def _codes(column: pa.ChunkedArray, snapshot: Snapshot) -> pa.ChunkedArray:
    """HS6 codes; WITS writes them as numbers, so that 010110 comes as 10110."""
    plain = pc.utf8_trim_whitespace(column)
    labels: dict[str, str | None] = {}
    for code in pc.unique(plain).to_pylist():
        full = code.zfill(6) if code.isdecimal() and len(code) in (5, 6) else code
        if full.lower() == "total":
            full = "TOTAL"
        elif not (full.isalnum() and full.isascii() and len(full) == 6):
            row = pc.index(plain, code).as_py()
            raise BadFile(f"{code!r} is no HS6 code", path=snapshot.filename, row=row + 2, column="productcode")
        labels[code] = full
    return relabel(plain, labels)


def _years(column: pa.ChunkedArray, snapshot: Snapshot) -> pa.ChunkedArray:
    plain = pc.utf8_trim_whitespace(column)
    bad = pc.invert(pc.match_substring_regex(plain, r"^(19|20)\d\d$"))
    if pc.any(bad).as_py():
        row = pc.index(bad, True).as_py()
        what, hint = f"Not a year: {plain[row].as_py()!r}", "Are the columns swapped?"
        raise BadFile(what, path=snapshot.filename, row=row + 2, column="year", hint=hint)
    return plain


def plan(
    *,
    reporters: Sequence[str],
    years: Sequence[int],
    partners: Sequence[str] = ("WLD",),
    products: Sequence[str] = ("all",),
    estimated: bool = False,
) -> tuple[Request, ...]:
    """What to ask the interface for: TRAINS tariffs, one request an importer, partner and year.

    Args:
        reporters: the importers, area ids.
        years: calendar years.
        partners: the exporters, area ids; WLD for most favoured nations.
        products: HS6 codes, or "all".
        estimated: with ad valorem equivalents of specific duties.

    Returns:
        The requests.

    Raises:
        BadInput: if nothing is asked for or an area has no code there.

    Source:
        World Bank, WITS API user guide, version 1.4.1 (2024): only two dimensions may be "all".
    """
    if not reporters or not years:
        raise BadInput("WITS is asked by importer and year", hint="Name at least one of each")
    kind = "aveestimated" if estimated else "reported"
    asked = "all" if tuple(products) == ("HS6",) else ";".join(products)
    return tuple(
        Request(
            url=(
                f"{_URL}/API/V1/SDMX/V21/datasource/TRN/reporter/{_trains(reporter)}/partner/{_trains(partner)}"
                f"/product/{asked}/year/{year}/datatype/{kind}"
            ),
            filename=f"wits_tariff_{reporter}_{partner}_{year}_{kind}.json",
            params={"format": "JSON"},
            pause=2.0,  # chosen because WITS answers slowly and asks not to be overloaded
        )
        for reporter in reporters
        for partner in partners
        for year in years
    )


#: TRAINS knows the European Union as an importer of its own (WITS country metadata).
_TRAINS_GROUPS = {"WLD": "000", "EU": "918", "EU27": "918"}


def _trains(area: str) -> str:
    code = _TRAINS_GROUPS.get(area) or (None if is_aggregate(area) else to_code(area, "m49"))
    if code is None:
        raise BadInput(f"WITS has no code for {area}", hint="Name single countries, EU27 or WLD")
    return code.zfill(3)


CONNECTORS = (
    Connector(
        WITS_TARIFF,
        "WITS tariffs",
        '*.json (SDMX-JSON): {"header": {"id": "DF_WITS_Tariff_TRAINS", ...}, ...}',
        _recognise("DF_WITS_Tariff"),
        _parse_tariff,
        plan,
    ),
    Connector(
        WITS_TRADE,
        "WITS trade statistics",
        '*.json (SDMX-JSON): {"header": {"id": "DF_WITS_TradeStats_Trade", ...}, ...}',
        _recognise("DF_WITS_TradeStats_Trade"),
        _parse_trade,
    ),
    Connector(
        WITS_TRADE,
        "WITS bulk csv",
        "*.csv: nomenclature, reporteriso3, productcode, ..., tradeflowname, tradevaluein1000usd",
        _recognise_bulk,
        _parse_bulk,
    ),
)
