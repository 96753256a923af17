"""`khorgos targets`: announced targets, the rate they require, and whether trade is on track."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from khorgos.core.errors import NoData
from khorgos.ledger.engine import run
from khorgos.ledger.statements import targets as statement
from khorgos.ledger.store import Ledger
from khorgos.measures.measured import Measured
from khorgos.measures.outlook import Target
from khorgos.measures.outlook import targets as measure
from khorgos.nomenclature.areas import get
from khorgos.nomenclature.groups import expand
from khorgos.report.addresses import Address
from khorgos.report.answer import Answer, remarks
from khorgos.report.credits import Credits
from khorgos.report.view import Column, View


def targets(ledger: Ledger, of: Sequence[str] = (), *, as_of: dt.date | None = None) -> Answer:
    """Every announced target with the latest figure, the required rate and the recent one.

    Args:
        ledger: the ledger to ask.
        of: only targets of these areas.
        as_of: what was known on that day.

    Returns:
        One row a target, the latest statement last within a pair.

    Raises:
        NoData: the ledger holds no such target.
    """
    wanted = set(expand(of))
    said = [
        row
        for row in run(ledger, statement(ledger)).to_pylist()
        if not wanted or wanted & {row["reporter"], row["partner"]}
    ]
    if not said:
        raise NoData("The ledger holds no such target", hint="All targets: khorgos targets")
    made = _measure(ledger, said, as_of)
    judged = (
        {(r["reporter"], r["partner"], r["flow"], r["target_year"], r["target"]): r for r in made.table.to_pylist()}
        if made
        else {}
    )
    credits = Credits(ledger)
    rows = tuple(_row(row, judged, credits) for row in sorted(said, key=_order))
    return Answer(
        View(
            title="Announced trade targets",
            subtitle="USD {scale}; the required rate takes the latest figure to the target by its year",
            columns=(
                Column("pair", "Trade"),
                Column("target", "Target", "money", "USD"),
                Column("deadline", "By", "year"),
                Column("announced", "Announced"),
                Column("level", "Latest", "money", "USD"),
                Column("period", "In", "year"),
                Column("required", "Required a year", "percent", "percent change"),
                Column("recent", "Last 3 years", "percent", "percent change"),
                Column("state", "State"),
            ),
            rows=rows,
            notes=(
                "On track: average growth of the last three years is at least the required rate.",
                *(
                    f"{row['pair']}, {row['announced'] or 'day unknown'}: {row['statement']}. {row['url']}"
                    for row in rows
                ),
                *(remarks([made]) if made else ()),
            ),
            sources=credits.lines(),
            trace=next((f"khorgos explain {row['address']}" for row in rows if row["address"]), None),
        ),
        (made,) if made else (),
    )


def _measure(ledger: Ledger, said: Sequence[dict[str, Any]], as_of: dt.date | None) -> Measured | None:
    dated = [row for row in said if row["deadline"]]
    wanted = [
        Target(
            row["reporter"],
            row["partner"],
            row["value"],
            int(row["deadline"]),
            row["flow"],
            row["currency"],
            dt.date.fromisoformat(row["announced"]) if row["announced"] else None,
            row["url"],
        )
        for row in dated
    ]
    return measure(ledger, wanted, as_of=as_of) if wanted else None


def _row(row: dict[str, Any], judged: dict[tuple[Any, ...], dict[str, Any]], credits: Credits) -> dict[str, Any]:
    year = int(row["deadline"]) if row["deadline"] else None
    known = judged.get((row["reporter"], row["partner"], row["flow"], year, row["value"]))
    credits.cite(row["trace"])
    if known:
        credits.cite(known["trace"])
    flow = "" if row["flow"] == "total" else f", {row['flow']}s"
    return {
        "pair": f"{get(row['reporter']).name} and {get(row['partner']).name}{flow}",
        "reporter": row["reporter"],
        "partner": row["partner"],
        "target": row["value"],
        "deadline": row["deadline"],
        "announced": row["announced"],
        "announced_by": row["announced_by"],
        "level": known["level"] if known else None,
        "period": known["period"] if known else None,
        "required": known["value"] if known else None,
        "recent": known["recent_rate"] if known else None,
        "state": _state(known, year),
        "statement": row["statement"],
        "url": row["url"],
        "trace": row["trace"],
        "address": _address(row) if known and known["value"] is not None else None,
    }


def _address(row: dict[str, Any]) -> str:
    return str(
        Address("required", row["reporter"], row["partner"], row["deadline"], row["flow"], target=float(row["value"]))
    )


def _state(known: dict[str, Any] | None, year: int | None) -> str:
    if year is None:
        return "no year named"
    if known is None:
        return "no figure"
    if known["reached"]:
        return "reached"
    if known["due"]:
        return "missed"
    if known["on_track"] is None:
        return "open"
    return "on track" if known["on_track"] else "behind"


def _order(row: dict[str, Any]) -> tuple[str, str, str, str]:
    return row["reporter"], row["partner"], row["flow"], row["announced"] or ""
