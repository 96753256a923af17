"""UN Comtrade: card and formats."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from khorgos.core.provenance import Source
from khorgos.sources.comtrade_layouts import API, CUT, LEGACY, from_cut, from_json, from_legacy, from_table
from khorgos.sources.comtrade_plan import plan
from khorgos.sources.comtrade_rows import Records, flow_rows
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot

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
