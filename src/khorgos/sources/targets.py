"""Announced trade targets: a csv of statements, each with the page that was read."""

from __future__ import annotations

import datetime as dt

from khorgos.core.errors import BadFile, UnknownName
from khorgos.core.provenance import Source
from khorgos.core.schema import Flow
from khorgos.nomenclature.areas import area
from khorgos.nomenclature.periods import parse_period
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.numbers import number
from khorgos.sources.reading import csv_rows
from khorgos.sources.tables import to_table

SOURCE = Source(
    id="announced-targets",
    publisher="The khorgos authors",
    title="Announced trade targets",
    url="tools/data/announced_targets.csv",
    licence="CC0 1.0; each statement cites its page",
    redistribute="yes",
    citation="The khorgos authors, Announced trade targets; each row cites the page it was read from.",
    attribution="Announced targets, each as cited",
    cadence="irregular",
    units="units of the currency",
    valuation="as the speaker's own statistics; not said",
    rank=90,
    notes="A target is what somebody said, on a day; two targets for one pair are both kept.",
)

_COLUMNS = ("reporter", "partner", "flow", "value_usd", "deadline", "qualifier", "announced", "announced_by")


def _recognise(peek: Peek) -> bool:
    header = peek.head.partition("\n")[0]
    return header.startswith(",".join(_COLUMNS))


def _parse(snapshot: Snapshot) -> Parsed:
    release = snapshot.release(SOURCE, SOURCE.title)
    rows = [_row(line, row, snapshot.filename, release.id) for line, row in csv_rows(snapshot.path)]
    if not rows:
        raise BadFile("The file names no target", path=snapshot.filename)
    return Parsed(SOURCE, (release,), {"target": to_table("target", rows)})


def _row(line: int, row: dict[str, str], path: str, release: str) -> dict[str, object]:
    value = number(row["value_usd"], path=path, row=line, column="value_usd")
    if value is None or value <= 0:
        raise BadFile("A target needs a value above zero", path=path, row=line, column="value_usd")
    return {
        "reporter": _area(row["reporter"], path, line, "reporter"),
        "partner": _area(row["partner"], path, line, "partner"),
        "flow": _flow(row["flow"], path, line),
        "value": value,
        "currency": "USD",
        "deadline": str(parse_period(row["deadline"])) if row["deadline"] else None,
        "qualifier": row["qualifier"],
        "announced": _day(row["announced"], path, line),
        "announced_by": row["announced_by"],
        "statement": row["statement"],
        "url": row["url"],
        "release": release,
        "locator": f"line {line}",
    }


def _area(text: str, path: str, line: int, column: str) -> str:
    try:
        return area(text).id
    except UnknownName as error:
        raise BadFile(error.what, path=path, row=line, column=column, hint=error.hint) from error


def _flow(text: str, path: str, line: int) -> str:
    if text not in set(Flow):
        raise BadFile(f"There is no flow {text!r}", path=path, row=line, column="flow", hint=f"Use {', '.join(Flow)}")
    return text


def _day(text: str, path: str, line: int) -> str | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise BadFile(
            f"Not a day: {text!r}", path=path, row=line, column="announced", hint="Write 2023-05-17"
        ) from error


CONNECTOR = Connector(
    source=SOURCE,
    name="Announced targets csv",
    files="a csv that starts with the columns reporter,partner,flow,value_usd,deadline",
    recognise=_recognise,
    parse=_parse,
)
