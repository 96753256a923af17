"""What the statistics say: trade, partners, influence, mirrors, investment, targets, and the brief."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from khorgos.api.asking import (
    FLOWS,
    Areas,
    Years,
    area_ids,
    known_flow,
    known_on,
    product_codes,
    source_ids,
    split,
    year_numbers,
)
from khorgos.core.errors import BadInput
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.question import By
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.nomenclature.areas import area
from khorgos.nomenclature.currencies import currency as currency_code
from khorgos.nomenclature.periods import parse_period

if TYPE_CHECKING:
    from khorgos.report.answer import Answer


def trade(
    reporter: str,
    partner: Areas,
    *,
    years: Years | None = None,
    periods: Sequence[str] = (),
    flow: str | None = None,
    by: By = "year",
    currency: str = "USD",
    product: str = "TOTAL",
    as_of: str | dt.date | None = None,
    source: Areas = (),
    every_source: bool = False,
    ledger: Ledger | None = None,
) -> Answer:
    """Exports, imports, total, balance and growth of one reporter with its partners.

    Args:
        reporter: whose statistics: a name, ISO code or group.
        partner: with whom; several with commas or as a list.
        years: "2013..2025", 2024, or a sequence; all that the ledger has where left out.
        periods: periods as in the ledger ("2024-01..2024-05") instead of years.
        flow: export, import, total or balance; all four where left out.
        by: "year", "month", or "native" for periods as published.
        currency: of the answer.
        product: "TOTAL", a code, or people's word for goods ("cotton").
        as_of: what was known on that day.
        source: ids of the sources allowed; where left out, all but reconciled ones, which are nobody's report.
        every_source: all publishers' figures side by side instead of the preferred one.
        ledger: the ledger to ask; the user's own on top of the embedded release where left out.

    Returns:
        The answer; `.table` has the rows in units of the currency.

    Raises:
        UnknownName: a name that khorgos does not know, with the nearest.
        NoData: the ledger has nothing of it.
    """
    from khorgos.report.addresses import DECLARED
    from khorgos.report.answers.trade import everybody
    from khorgos.report.answers.trade import trade as answer

    own = ledger or open_ledger()
    codes, nomenclature = product_codes(product)
    query = FlowQuery(
        reporters=(area(reporter).id,),
        partners=area_ids(partner),
        flows=(known_flow(flow),) if flow else FLOWS,
        products=codes,
        nomenclature=nomenclature,
        periods=tuple(str(parse_period(p)) for p in periods),
        years=() if periods else year_numbers(years),
        by="native" if periods else by,
        as_of=known_on(as_of),
        currency=currency_code(currency),
        sources=source_ids(source, own.sources),
        statuses=None if source or every_source else DECLARED,
    )
    return (everybody if every_source else answer)(own, query)


def partners(
    reporter: str,
    *,
    year: str | int,
    flow: str = "total",
    top: int = 10,
    currency: str = "USD",
    as_of: str | dt.date | None = None,
    ledger: Ledger | None = None,
) -> Answer:
    """A reporter's partners by rank, with shares of all that its source lists.

    Args:
        reporter: whose statistics.
        year: a year or any period.
        flow: export, import, total or balance.
        top: how many partners; 0 for all.
        currency, as_of, ledger: as in `trade`.

    Returns:
        One row a partner, the largest first; the universe is named in the notes.

    Raises:
        UnknownName, NoData: as in `trade`.
    """
    from khorgos.report.addresses import DECLARED
    from khorgos.report.answers.partners import partners as answer

    period = parse_period(year)
    query = FlowQuery(
        reporters=(area(reporter).id,),
        flows=(known_flow(flow),),
        periods=(str(period),),
        by="native" if period.kind == "part" else "month" if period.kind == "month" else "year",
        currency=currency_code(currency),
        as_of=known_on(as_of),
        statuses=DECLARED,
    )
    if top < 0:
        raise BadInput("The number of partners cannot be negative", hint="Use --top 0 for all")
    return answer(ledger or open_ledger(), query, top)


def influence(
    country: str,
    *,
    of: Areas = "CHN,RUS,USA,EU27",
    years: Years | None = None,
    as_of: str | dt.date | None = None,
    ledger: Ledger | None = None,
) -> Answer:
    """What trade with several partners weighs in one country's trade and GDP, side by side (Hirschman 1945).

    Args:
        country: on whom; its own reports are used.
        of: whose influence.
        years: as in `trade`; all that the ledger has where left out.
        as_of, ledger: as in `trade`.

    Returns:
        One row a year, two columns a partner: share of the country's trade, and trade over its GDP.

    Raises:
        UnknownName, NoData: as in `trade`.
    """
    from khorgos.report.answers.influence import influence as answer

    return answer(ledger or open_ledger(), area(country).id, area_ids(of), year_numbers(years), known_on(as_of))


def mirror(
    first: str,
    second: str,
    *,
    years: Years | None = None,
    view: str = "reports",
    product: str = "TOTAL",
    currency: str = "USD",
    as_of: str | dt.date | None = None,
    ledger: Ledger | None = None,
) -> Answer:
    """What both sides report of the same flows, one figure from both, and the gap, cause by cause.

    Args:
        first, second: the two sides.
        view: "reports": both reports, their gap and one figure by each of two methods; "causes": how much of the gap
            each cause could make (without years, of the latest gap).
        product: "TOTAL", one code, or a word that means one.
        years, currency, as_of, ledger: as in `trade`.

    Returns:
        One row a year and direction; or one a gap and cause.

    Raises:
        UnknownName, NoData: as in `trade`.
        BadInput: no such view, not two countries, or a word that means several codes.
    """
    from khorgos.report.answers.mirror import mirror as answer

    codes, nomenclature = product_codes(product)
    if len(codes) != 1:
        raise BadInput(f"{product!r} means {len(codes)} codes, and a gap is of one", hint=f"Name one: {codes[0]}")
    query = FlowQuery(
        products=codes,
        nomenclature=nomenclature,
        years=year_numbers(years),
        currency=currency_code(currency),
        as_of=known_on(as_of),
    )
    return answer(ledger or open_ledger(), area(first).id, area(second).id, query, view)


def invest(
    destination: Areas = "central-asia",
    *,
    by: Areas = "country,year",
    of: str = "CHN",
    years: Years | None = None,
    ledger: Ledger | None = None,
) -> Answer:
    """Investment and construction contracts, summed, from the tracker's file that the user imported.

    Args:
        destination: areas and groups.
        by: country, sector, year.
        of: whose investment.
        years, ledger: as in `trade`.

    Returns:
        One row a sum; investment and construction apart.

    Raises:
        NoData: no tracker file was imported; the hint says how.
    """
    from khorgos.report.answers.invest import invest as answer

    return answer(ledger or open_ledger(), area(of).id, area_ids(destination), tuple(split(by)), year_numbers(years))


def targets(of: Areas = "", *, ledger: Ledger | None = None) -> Answer:
    """Announced trade targets: the rate they require from the last figure on, and whether trade is on track.

    Args:
        of: only targets of these areas.
        ledger: as in `trade`.

    Returns:
        One row a target.
    """
    from khorgos.report.answers.targets import targets as answer

    return answer(ledger or open_ledger(), tuple(area(name).id for name in split(of)))


def brief(
    reporter: str = "CHN",
    *,
    with_: Areas = "central-asia,caucasus",
    year: int = 2024,
    as_of: str | dt.date | None = None,
    ledger: Ledger | None = None,
) -> dict[str, str]:
    """One page on a reporter's trade with groups of partners, and a JSON sidecar with every number on it.

    Args:
        reporter: whose trade.
        with_: groups and single partners.
        year: the year that the page is about.
        as_of, ledger: as in `trade`.

    Returns:
        "brief.html" and "brief.json", as text.

    Raises:
        UnknownName, NoData: as in `trade`.
    """
    from khorgos.report.brief import brief as page
    from khorgos.report.page import to_html, to_sidecar

    report = page(ledger or open_ledger(), area(reporter).id, area_ids(with_), year, known_on(as_of))
    return {"brief.html": to_html(report), "brief.json": to_sidecar(report)}
