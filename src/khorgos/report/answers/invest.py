"""`khorgos invest`: investment and construction contracts, from the tracker file that the user imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from khorgos.core.errors import BadInput, NoData
from khorgos.ledger.store import Ledger
from khorgos.measures.deals import investment
from khorgos.nomenclature.areas import get
from khorgos.report.answer import Answer, remarks
from khorgos.report.credits import Credits
from khorgos.report.naming import name as in_prose
from khorgos.report.view import Column, View

_BY = {"country": "Country", "sector": "Sector", "year": "Year"}


def invest(ledger: Ledger, origin: str, destinations: Sequence[str], by: Sequence[str], years: Sequence[int]) -> Answer:
    """Sums of contracts.

    Args:
        ledger: the ledger to ask.
        origin: whose investment.
        destinations: areas and groups.
        by: country, sector, year.
        years: calendar years; () for all.

    Returns:
        One row a sum, the largest first unless by year; investment and construction apart.

    Raises:
        BadInput: an unknown column in `by`.
        NoData: no tracker file was imported, or it has nothing of it.
    """
    if unknown := [name for name in by if name not in _BY]:
        raise BadInput(f"Contracts cannot be summed by {', '.join(unknown)}", hint=f"Choose from {', '.join(_BY)}")
    where = ", ".join(in_prose(area) for area in destinations)
    if not ledger.parts("investment"):
        raise NoData(
            "The ledger holds no investment contracts",
            hint="Download the China Global Investment Tracker from aei.org, then: khorgos import FILE.csv",
        )
    made = investment(ledger, destinations, by=by, years=years, origins=(origin,))
    found = made.table.to_pylist()
    if not found:
        raise NoData(f"The tracker has no contract of {in_prose(origin)} in {where} in these years")
    credits = Credits(ledger)
    rows = [_row(row, by, credits) for row in found]
    rows.sort(key=lambda row: (row["kind"] != "investment", *_order(row, by)))
    columns = [Column(name, _BY[name], "year" if name == "year" else "text") for name in by]
    return Answer(
        View(
            title=f"Contracts of {in_prose(origin)} in {where}",
            subtitle="USD {scale}; investment and construction are never added together",
            columns=(
                Column("kind", "Kind"),
                *columns,
                Column("value", "Sum", "money", "USD"),
                Column("contracts", "Contracts", "integer"),
                Column("largest", "Largest", "money", "USD"),
            ),
            rows=tuple(rows),
            notes=("The tracker lists contracts of about 100 million dollars and more.", *remarks([made])),
            sources=credits.lines(),
        ),
        (made,),
    )


def _row(row: dict[str, Any], by: Sequence[str], credits: Credits) -> dict[str, Any]:
    out = {name: get(row[name]).name if name == "country" else row[name] for name in by}
    credits.cite(row["trace"])
    return {
        "kind": row["kind"],
        **out,
        "value": row["value"],
        "contracts": row["n_contracts"],
        "largest": row["largest"],
    }


def _order(row: dict[str, Any], by: Sequence[str]) -> tuple[Any, ...]:
    if "year" in by:
        return (*(str(row[name]) for name in by if name != "year"), row["year"])
    return (-(row["value"] or 0.0), *(str(row[name]) for name in by))
