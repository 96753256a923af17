"""`khorgos mirror`: what the two sides of one flow report, and the gap between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from khorgos.core.errors import NoData
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.store import Ledger
from khorgos.measures.bilateral import mirror as measure
from khorgos.nomenclature.areas import get
from khorgos.report.answer import Answer, remarks
from khorgos.report.credits import Credits
from khorgos.report.view import Column, View


def mirror(ledger: Ledger, first: str, second: str, years: Sequence[int], as_of: dt.date | None) -> Answer:
    """Both reports of the trade between two areas, both ways.

    Args:
        ledger: the ledger to ask.
        first, second: the two sides.
        years: calendar years; () for all.
        as_of: what was known on that day.

    Returns:
        One row a year and direction: the exporter's report, the importer's, their gap, ratio and asymmetry.

    Raises:
        NoData: if neither side reports anything.
    """
    made = measure(ledger, FlowQuery((first,), (second,), years=tuple(years), as_of=as_of))
    found = made.table.to_pylist()
    if not found:
        raise NoData(
            f"Neither {get(first).name} nor {get(second).name} reports trade with the other in these years",
            hint=f"Get both sides: khorgos fetch comtrade reporters={first},{second} partners={first},{second}",
        )
    credits = Credits(ledger)
    rows = []
    for row in sorted(found, key=lambda r: (r["exporter"] != first, r["period"])):
        x, m = row["exporter_report"], row["importer_report"]
        rows.append(
            {
                "direction": f"{row['exporter']} to {row['importer']}",
                "year": row["period"],
                "exporter_report": x,
                "importer_report": m,
                "gap": row["value"],
                "ratio": x / m if x is not None and m else None,
                "asymmetry": row["asymmetry"],
                "exporter": row["exporter"],
                "importer": row["importer"],
                "sources": list(credits.cite(row["trace"])),
            }
        )
    both = [row for row in rows if row["ratio"] is not None]
    last = (both or rows)[-1]
    columns = (
        Column("direction", "Flow"),
        Column("year", "Year", "year"),
        Column("exporter_report", "Exporter", "money", "USD"),
        Column("importer_report", "Importer", "money", "USD"),
        Column("gap", "Gap", "money", "USD"),
        Column("ratio", "Ratio", "number", "ratio", decimals=2),
        Column("asymmetry", "D", "index", "index 0-1"),
        Column("sources", "Source", "list"),
    )
    notes = (
        "What each says, usually FOB and CIF. Gap: importer less exporter. Ratio: exporter over importer.",
        "D = |x − m| / (x + m): 0 where both agree, 0.333 where one figure is twice the other.",
        "Freight and insurance alone make an importer's figure about 6 per cent larger (IMF, CIF/FOB 1.06).",
        *remarks([made]),
    )
    return Answer(
        View(
            title=f"Two reports of one trade: {get(first).name} and {get(second).name}",
            subtitle="USD {scale}",
            columns=columns,
            rows=tuple(rows),
            notes=notes,
            sources=credits.lines(),
            trace=f"khorgos explain gap/{last['exporter']}/{last['importer']}/{last['year']}",
        ),
        (made,),
    )
