"""Who reroutes: goods of an origin that may reach a destination by way of a hub."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from khorgos.api.asking import Areas, known_on, split
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.nomenclature.areas import area
from khorgos.nomenclature.periods import year

if TYPE_CHECKING:
    from khorgos.report.answer import Answer
    from khorgos.report.answers.reroute import Show


def reroute(
    origin: str,
    destination: str,
    *,
    hub: str | None = None,
    since: int,
    until: int | None = None,
    level: str = "auto",
    raised: Areas = (),
    show: Show = "indices",
    top: int = 20,
    as_of: str | dt.date | None = None,
    ledger: Ledger | None = None,
) -> Answer:
    """Four indices of rerouting, each as a percentile among placebos; never a verdict of fraud.

    Args:
        origin: whose goods: a name, ISO code or group.
        destination: where they end, one country.
        hub: by way of whom; a scan over all hubs where left out.
        since: the base year.
        until: the year compared with it; the latest with both legs where left out.
        level: "6", "4", "2", "section", "total", or "auto" for the finest that covers half of both legs.
        raised: HS codes on which the destination raised a barrier against the origin; where left out, those whose
            added duties rose by the tariff registry, at six digits.
        show: "indices", "products", or (with a hub) "explanations".
        top: rows of a scan or of a list of products; 0 for all.
        as_of, ledger: as in `trade`.

    Returns:
        The two legs, minimum flow, Freund's criteria, excess flow and missing trade.

    Raises:
        UnknownName, BadInput: a name, year, level or view that does not exist.
        NoData: no two legs in two years.
    """
    from khorgos.report.answers.reroute import reroute as answer

    return answer(
        ledger or open_ledger(),
        area(origin).id,
        area(destination).id,
        hub=area(hub).id if hub else None,
        since=year(since).year,
        until=None if until is None else year(until).year,
        level=level,
        raised=tuple(split(raised)),
        show=show,
        top=top,
        as_of=known_on(as_of),
    )
