"""`khorgos partners`: a reporter's partners by rank, with shares."""

from __future__ import annotations

from khorgos.core.errors import NoData
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.store import Ledger
from khorgos.measures.standing import rank, share
from khorgos.nomenclature.areas import get
from khorgos.report.addresses import Address
from khorgos.report.answer import Answer, remarks
from khorgos.report.credits import Credits
from khorgos.report.naming import name as in_prose
from khorgos.report.view import Column, View

_FLOWS = {"export": "Exports to", "import": "Imports from", "total": "Trade with", "balance": "Balance with"}


def partners(ledger: Ledger, query: FlowQuery, top: int) -> Answer:
    """Partners by rank among all that one source lists.

    Args:
        ledger: the ledger to ask.
        query: one reporter, one flow, one period.
        top: how many; 0 for all.

    Returns:
        One row a partner.

    Raises:
        NoData: if the ledger has no partners in that period.
    """
    ranks = rank(ledger, query)
    (flow,), (reporter,), (period,) = query.flows, query.reporters, query.periods
    shares = None if flow == "balance" else share(ledger, query)
    if shares and any(finding.code == "thin-universe" for finding in shares.findings):
        shares = None  # a share of a few partners is none of the country's trade
    part = {row["partner"]: row["value"] for row in shares.table.to_pylist()} if shares else {}
    found = sorted(
        (r for r in ranks.table.to_pylist() if r["value"] is not None), key=lambda r: (r["value"], r["partner"])
    )
    if not found:
        raise NoData(
            f"The ledger has no partners of {in_prose(reporter)} in {period}",
            hint="Years on hand: khorgos sources; or get them: khorgos fetch comtrade",
        )
    credits = Credits(ledger)
    rows = tuple(
        {
            "rank": int(row["value"]),
            "partner": get(row["partner"]).name,
            "id": row["partner"],
            "value": row["level"],
            "share": 100 * part[row["partner"]] if part.get(row["partner"]) is not None else None,
            "sources": list(credits.cite(row["trace"])) if place == 0 else [],
        }
        for place, row in enumerate(found[: top or None])
    )
    universe = found[0]["universe"]
    measured = (ranks, shares) if shares else (ranks,)
    columns = [
        Column("rank", "Rank", "integer"),
        Column("partner", "Partner"),
        Column("value", _FLOWS[flow].split()[0], "money", query.currency),
    ]
    if shares:
        columns.append(Column("share", "Share", "percent", "percent"))
    address = Address("rank", reporter, rows[0]["id"], period, flow, query.currency, as_of=query.as_of)
    return Answer(
        View(
            title=f"Partners of {in_prose(reporter)} by {'total trade' if flow == 'total' else flow}, {period}",
            subtitle=f"{query.currency} {{scale}}, as reported by {in_prose(reporter)}",
            columns=tuple(columns),
            rows=rows,
            notes=(f"Ranked among the {universe} partners with a figure in this source.", *remarks(measured)),
            sources=credits.lines(),
            trace=f"khorgos explain {address}",
        ),
        measured,
    )
