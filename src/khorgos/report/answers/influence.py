"""`khorgos influence`: what several powers weigh in one country's trade and GDP."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from khorgos.core.errors import NoData
from khorgos.ledger.store import Ledger
from khorgos.measures.measured import Measured
from khorgos.measures.powers import influence as measure
from khorgos.nomenclature.areas import get
from khorgos.report.answer import Answer, remarks
from khorgos.report.credits import Credits
from khorgos.report.naming import name as in_prose
from khorgos.report.view import Column, View


def influence(ledger: Ledger, country: str, of: Sequence[str], years: Sequence[int], as_of: dt.date | None) -> Answer:
    """Shares of trade and trade over GDP by power, a row a year.

    Args:
        ledger: the ledger to ask.
        country: whose dependence.
        of: the powers.
        years: calendar years; () for all.
        as_of: what was known on that day.

    Returns:
        One row a year.

    Raises:
        NoData: if the ledger has nothing of it.
    """
    made = measure(ledger, (country,), of, years=years, as_of=as_of)
    found = made.table.to_pylist()
    if not found:
        raise NoData(
            f"The ledger has no trade of {in_prose(country)} with {', '.join(in_prose(a) for a in of)} in these years",
            hint="Years on hand: khorgos sources",
        )
    credits = Credits(ledger)
    rows = _rows(found, of, years, credits)
    columns = [Column("year", "Year", "year")]
    columns += [Column(f"share_{power}", f"{power} trade", "percent", "percent") for power in of]
    columns += [Column(f"gdp_{power}", f"{power} /GDP", "percent", "percent") for power in of]
    return Answer(
        View(
            title=f"What {', '.join(in_prose(a) for a in of)} weigh in {in_prose(country)}",
            subtitle=(
                f"Trade with each as a share of all trade of {in_prose(country)}, and over its GDP; "
                f"as reported by {in_prose(country)}"
            ),
            columns=(*columns, Column("sources", "Source", "list")),
            rows=tuple(rows),
            notes=(_legend(of), *_gaps(made), *remarks([made])),
            sources=credits.lines(),
            trace=f"khorgos explain {_example(found, country)}",
        ),
        (made,),
    )


def _example(found: Sequence[dict[str, Any]], country: str) -> str:
    last = max((row for row in found), key=lambda row: row["period"])
    return f"weight/{country}/{last['partner']}/{last['period']}"


def _rows(
    found: list[dict[str, Any]], of: Sequence[str], years: Sequence[int], credits: Credits
) -> list[dict[str, Any]]:
    cells = {(row["period"], row["partner"]): row for row in found}
    periods = [f"{y:04d}" for y in years] or sorted({row["period"] for row in found})
    rows = []
    for period in periods:
        here = {power: cells.get((period, power)) for power in of}
        trace = [t for cell in here.values() if cell for t in cell["trace"]]
        row: dict[str, Any] = {"year": period, "sources": list(credits.cite(trace))}
        for power, cell in here.items():
            row[f"share_{power}"] = _percent(cell, "share_of_trade")
            row[f"gdp_{power}"] = _percent(cell, "value")
        rows.append(row)
    return rows


def _percent(cell: dict[str, Any] | None, name: str) -> float | None:
    return None if cell is None or cell[name] is None else 100 * float(cell[name])


def _legend(of: Sequence[str]) -> str:
    named = ", ".join(f"{power} {get(power).name}" for power in of)
    return f"Trade: share of the country's exports plus imports. /GDP: the same trade over its GDP. {named}."


def _gaps(made: Measured) -> tuple[str, ...]:
    missing = sorted({row["period"] for row in made.table.to_pylist() if row["gdp"] is None})
    return (f"No GDP in the ledger for {', '.join(missing)}.",) if missing else ()
