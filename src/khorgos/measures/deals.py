"""China's investment and construction contracts, from the tracker that the user imported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from khorgos.ledger.query import Trace
from khorgos.ledger.statements import investments
from khorgos.ledger.store import Ledger
from khorgos.measures.draft import Draft
from khorgos.measures.evaluate import evaluate
from khorgos.measures.measured import Measured
from khorgos.measures.statements.investment import BY, INVESTMENT, investment_sums, judge_investment
from khorgos.nomenclature.groups import expand


def investment(
    ledger: Ledger,
    within: Sequence[str] = (),
    *,
    by: Sequence[str] = BY,
    years: Sequence[int] = (),
    origins: Sequence[str] = ("CHN",),
    kinds: Sequence[str] = (),
    as_of: dt.date | None = None,
    trace: Trace = "release",
) -> Measured:
    """Sums and numbers of contracts by country, sector and year; investment and construction apart.

    Args:
        ledger: the ledger to ask.
        within: destinations: area ids, groups stand for their members; () for all.
        by: some of "country", "sector", "year".
        years: calendar years of the contracts; () for all.
        origins: where the investors come from.
        kinds: "investment", "construction"; () for both, never added together.
        as_of: day up to which publications are known.
        trace: name releases or rows.

    Returns:
        value (sum in units of the currency), n_contracts, n_without_value, largest, n_alike.

    Raises:
        NoData: no tracker has been imported, or it has nothing of it.

    Source: AEI China Global Investment Tracker: contracts of about USD 100 million and more.
    """
    draft = Draft(ledger, trace)
    contracts = investments(ledger, tuple(origins), expand(within), kinds=tuple(kinds), years=tuple(years), as_of=as_of)
    return evaluate(
        draft,
        investment_sums(contracts, by, rows=trace == "row"),
        replace(INVESTMENT, keys=("origin", "kind", "currency", *by)),
        currency="USD",
        parameters={"in": ",".join(within), "by": ",".join(by), "years": ",".join(map(str, years))},
        judges=(judge_investment,),
    )
