"""`khorgos mirror`: what the two sides of one flow report, one figure from the two, and the gap between them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from khorgos.core.errors import BadInput, NoData
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.store import Ledger
from khorgos.measures.bilateral import mirror as measure
from khorgos.models.reconciliation.of_ledger import reconciled
from khorgos.nomenclature.areas import get
from khorgos.report.answer import Answer, or_none, remarks
from khorgos.report.answers.mirror_causes import gap_address, goods, mirror_causes
from khorgos.report.credits import Credits
from khorgos.report.naming import name as in_prose
from khorgos.report.view import Column, View

#: What `--view` takes.
VIEWS = ("reports", "causes")

_FIGURES = (
    Column("exporter_report", "Exporter", "money", "{currency}"),
    Column("importer_report", "Importer", "money", "{currency}"),
    Column("gap", "Gap", "money", "{currency}"),
    Column("ratio", "Ratio", "number", "ratio", decimals=2),
    Column("asymmetry", "D", "index", "index 0-1"),
    Column("baci", "BACI", "money", "{currency}"),
    Column("growth_lab", "Growth Lab", "money", "{currency}"),
)


def mirror(ledger: Ledger, first: str, second: str, query: FlowQuery, view: str = "reports") -> Answer:
    """Both reports of the trade between two areas, both ways.

    Args:
        ledger: the ledger to ask.
        first, second: the two sides.
        query: years (() for all), one product, currency, as of; its reporters, partners and flows are not used.
        view: "reports", or "causes" for the gap cause by cause.

    Returns:
        One row a year and direction: the exporter's report, the importer's, their gap, ratio, asymmetry, and one
        figure from both by two methods. Or one row a gap and cause.

    Raises:
        NoData: if neither side reports anything.
        BadInput: there is no such view, or the two sides are not two countries.
    """
    if view not in VIEWS:
        raise BadInput(f"There is no view {view!r}", hint=f"Choose one of {', '.join(VIEWS)}")
    if first == second:
        raise BadInput(f"A mirror has two sides, and {get(first).name} is one")
    for side in (first, second):
        if get(side).kind == "group":
            raise BadInput(f"{get(side).name} is a group, and only countries report", hint="Name one of its members")
    if view == "causes":
        return mirror_causes(ledger, first, second, query)
    return _reports(ledger, first, second, query)


def _reports(ledger: Ledger, first: str, second: str, query: FlowQuery) -> Answer:
    made = or_none(lambda: measure(ledger, replace(query, reporters=(first,), partners=(second,))))
    if made is None:
        raise NoData(
            f"Neither {in_prose(first)} nor {in_prose(second)} reports trade with the other in these years",
            hint=f"Get both sides: khorgos fetch comtrade reporters={first},{second} partners={first},{second}",
        )
    found = made.table.to_pylist()
    one = or_none(lambda: reconciled(ledger, first, second, query))
    known = {_key(row): row for row in one.table.to_pylist()} if one else {}
    credits = Credits(ledger)
    rows = [
        _row(row, known.get(_key(row), {}), credits)
        for row in sorted(found, key=lambda r: (r["exporter"] != first, r["period"]))
    ]
    last = ([row for row in rows if row["ratio"] is not None] or rows)[-1]
    notes = (
        "What each says, usually FOB and CIF. Gap: importer less exporter. Ratio: exporter over importer.",
        "D = |x − m| / (x + m): 0 where both agree, 0.333 where one figure is twice the other.",
        "Freight and insurance alone make an importer's figure about 6 per cent larger (IMF, CIF/FOB 1.06).",
        *([_how(one.lineage.notes)] if one else ()),
        *remarks([made]),
    )
    return Answer(
        View(
            title=f"Two reports of one trade: {in_prose(first)} and {in_prose(second)}{goods(query)}",
            subtitle=f"{query.currency} {{scale}}",
            columns=(
                Column("direction", "Flow"),
                Column("year", "Year", "year"),
                *(_in_currency(column, query.currency) for column in _FIGURES),
                Column("sources", "Source", "list"),
            ),
            rows=tuple(rows),
            notes=notes,
            sources=credits.lines(),
            trace=f"khorgos explain {gap_address(last['exporter'], last['importer'], last['year'], query)}",
        ),
        (made, one) if one else (made,),
    )


def _in_currency(column: Column, currency: str) -> Column:
    """The column with the answer's currency as its unit, where it is one of money."""
    unit = currency if column.unit == "{currency}" else column.unit
    return Column(column.name, column.label, column.kind, unit, column.decimals)


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(row[name] for name in ("exporter", "importer", "period", "product", "nomenclature"))


def _how(notes: tuple[str, ...]) -> str:
    return (
        "BACI, Growth Lab: one figure FOB from both reports, weighted by how far each reporter is from its partners "
        f"({notes[-1]}); one report stands alone, imports less freight. Method and limits: docs/mirror.md."
    )


def _row(row: dict[str, Any], one: dict[str, Any], credits: Credits) -> dict[str, Any]:
    x, m = row["exporter_report"], row["importer_report"]
    return {
        "direction": f"{row['exporter']} to {row['importer']}",
        "year": row["period"],
        "exporter_report": x,
        "importer_report": m,
        "gap": row["value"],
        "ratio": x / m if x is not None and m else None,
        "asymmetry": row["asymmetry"],
        "baci": one.get("value"),
        "growth_lab": one.get("growth_lab"),
        "exporter": row["exporter"],
        "importer": row["importer"],
        "sources": list(credits.cite(row["trace"])),
    }
