"""UN Comtrade: card, formats, and what to ask its interface."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Sequence

from khorgos.core.errors import BadInput
from khorgos.core.provenance import Source
from khorgos.nomenclature.areas import to_code
from khorgos.sources.comtrade_layouts import API, CUT, LEGACY, from_cut, from_json, from_legacy, from_table
from khorgos.sources.comtrade_rows import Records, flow_rows
from khorgos.sources.connector import Connector, Parsed, Peek, Request, Snapshot

COMTRADE = Source(
    id="comtrade",
    publisher="United Nations Statistics Division",
    title="UN Comtrade Database",
    url="https://comtradeplus.un.org",
    licence="UN Comtrade policy on use and re-dissemination: free use with attribution; raw data may not be passed on",
    redistribute="no",
    citation="United Nations Statistics Division. UN Comtrade Database. https://comtradeplus.un.org",
    attribution="UN Comtrade",
    cadence="monthly and annual, as reporters send them",
    units="USD; kg and supplementary units",
    valuation="exports FOB, imports CIF (FOB for a few reporters); each record says which",
    rank=30,
    notes=(
        "Totals stand beside breakdowns by second partner, mode of transport and customs procedure: only totals are "
        "kept, or the sum of a breakdown whose total is missing. The flag isAggregate marks totals that the UN summed "
        "from finer codes; such records are kept. Partner 0 (W00) is the world. 'Other Asia, nes' (490) is Taiwan. "
        "Russia has not reported since 2021; Turkmenistan hardly ever."
    ),
)

_PUBLISHED = re.compile(r"\[(20\d\d)-(\d\d)-(\d\d)\]")  # as the bulk service names its files
_URL = "https://comtradeapi.un.org"
_KEY = "COMTRADE_KEY"
_LEVELS = {"TOTAL": "TOTAL", "HS2": "AG2", "HS4": "AG4", "HS6": "AG6"}
_FLOW_CODES = {"export": "X", "import": "M", "re-export": "RX", "re-import": "RM"}
_FEW = (
    "typeCode",
    "period",
    "reporterCode",
    "flowCode",
    "partnerCode",
    "classificationCode",
    "cmdCode",
    "primaryValue",
)

#: Chosen from the terms of the free key, 500 calls a day and one at a time; without a key the limit is about the same.
_PAUSE = 1.5


def _recognise_json(seen: Peek) -> bool:
    head = seen.head.lstrip("\ufeff \r\n\t")
    return head.startswith("{") and '"elapsedTime"' in head and '"data"' in head and '"count"' in head


def _recognise_table(seen: Peek) -> bool:
    return set(_FEW) <= set(seen.columns or _header(seen))


def _recognise_legacy(seen: Peek) -> bool:
    return set(LEGACY.values()) - {"2nd Partner Code"} <= set(_header(seen))


def _recognise_cut(seen: Peek) -> bool:
    return set(CUT.values()) <= set(_header(seen))


def _header(seen: Peek) -> tuple[str, ...]:
    line = seen.head.lstrip("\ufeff").split("\n", 1)[0]
    return tuple(cell.strip('" \r') for cell in re.split(r"[,;\t]", line))


def _parser(read: Callable[[Snapshot], Records], title: str) -> Callable[[Snapshot], Parsed]:
    def parse(snapshot: Snapshot) -> Parsed:
        match = _PUBLISHED.search(snapshot.filename)
        day = dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None
        release = snapshot.release(COMTRADE, title, published=day, precision="day" if day else "unknown")
        table, findings, dropped = flow_rows(read(snapshot), release, snapshot)
        return Parsed(COMTRADE, (release,), {"flow": table}, tuple(findings), dropped)

    return parse


def plan(
    *,
    reporters: Sequence[str],
    years: Sequence[int],
    partners: Sequence[str] = (),
    flow: str = "",
    level: str = "TOTAL",
    products: Sequence[str] = (),
    monthly: bool = False,
    key: bool | None = None,
) -> tuple[Request, ...]:
    """What to ask the interface for: one request a reporter and year.

    Args:
        reporters: area ids.
        years: calendar years.
        partners: area ids; all partners where left out.
        flow: "export", "import", "re-export" or "re-import"; exports and imports where left out.
        level: "TOTAL", "HS2", "HS4" or "HS6".
        products: HS codes, instead of a level.
        monthly: the twelve months of each year, one request each, instead of the year.
        key: ask with the key in $COMTRADE_KEY; where left out, if it is set. Without one the preview answers,
            500 records at the most.

    Returns:
        The requests: totals of second partner, mode of transport and customs procedure only.

    Raises:
        BadInput: if nothing is asked for, or an area or level has no code there.
    """
    if not reporters or not years:
        raise BadInput("Comtrade is asked by reporter and year", hint="Name at least one of each")
    if level not in _LEVELS or flow not in ("", *_FLOW_CODES):
        raise BadInput(f"Comtrade has no level {level!r} or flow {flow!r}", hint=f"Levels: {', '.join(_LEVELS)}")
    keyed = _KEY in os.environ if key is None else key
    place = "data/v1/get" if keyed else "public/v1/preview"
    common = {
        "flowCode": _FLOW_CODES[flow] if flow else "M,X",
        "cmdCode": ",".join(products) if products else _LEVELS[level],
        "partner2Code": "0",
        "motCode": "0",
        "customsCode": "C00",
        "includeDesc": "false",
    }
    if partners:
        common["partnerCode"] = ",".join(_code(area) for area in partners)
    periods = [f"{year}{month:02d}" for year in years for month in range(1, 13)] if monthly else [str(y) for y in years]
    return tuple(
        Request(
            url=f"{_URL}/{place}/C/{'M' if monthly else 'A'}/HS",
            filename=f"comtrade_{reporter}_{period}_{flow or 'both'}_{level if not products else 'products'}.json",
            params={"reporterCode": _code(reporter), "period": period, **common},
            secret=(_KEY, "header:Ocp-Apim-Subscription-Key") if keyed else None,
            pause=_PAUSE,
        )
        for reporter in reporters
        for period in periods
    )


def _code(area: str) -> str:
    code = to_code(area, "comtrade")
    if code is None:
        raise BadInput(f"Comtrade has no code for {area}", hint="Name single countries")
    return code


CONNECTORS = (
    Connector(
        COMTRADE,
        "UN Comtrade API",
        '*.json: {"elapsedTime": ..., "count": ..., "data": [...]}',
        _recognise_json,
        _parser(from_json, "UN Comtrade, answer of the interface"),
        plan,
    ),
    Connector(
        COMTRADE,
        "UN Comtrade table",
        f"*.csv, *.txt, *.gz, *.parquet: {API['type']}, {API['period']}, {API['reporter']}, ..., {API['primary']}",
        _recognise_table,
        _parser(from_table, "UN Comtrade, table or bulk file"),
    ),
    Connector(
        COMTRADE,
        "UN Comtrade legacy csv",
        "*.csv of the old web page: Classification, Year, Period, ..., Trade Value (US$), ..., Flag",
        _recognise_legacy,
        _parser(from_legacy, "UN Comtrade, export of the old web page"),
    ),
    Connector(
        COMTRADE,
        "UN Comtrade, columns cut off",
        "*.csv: [year,] reporter, partner, cmd, flow, value, netwgt",
        _recognise_cut,
        _parser(from_cut, "UN Comtrade, table with columns cut off"),
    ),
)
