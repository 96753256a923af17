"""The Python API: generous at the door, strict inside. Every command is one of these functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

from khorgos.core.errors import BadInput
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.question import By
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.nomenclature.areas import area
from khorgos.nomenclature.currencies import currency as currency_code
from khorgos.nomenclature.periods import Period, parse_period, parse_years
from khorgos.nomenclature.products import Product
from khorgos.nomenclature.products import product as find_product
from khorgos.report.answer import Answer

Areas = str | Sequence[str]
Years = str | int | Iterable[int]

_FLOWS = ("export", "import", "total", "balance")


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
        source: ids of the sources allowed; all where left out.
        ledger: the ledger to ask; the user's own on top of the embedded release where left out.

    Returns:
        The answer; `.table` has the rows in units of the currency.

    Raises:
        UnknownName: a name that khorgos does not know, with the nearest.
        NoData: the ledger has nothing of it.
    """
    from khorgos.report.answers.trade import trade as answer

    if flow is not None and flow not in _FLOWS:
        raise BadInput(f"There is no flow {flow!r}", hint=f"Choose one of {', '.join(_FLOWS)}")
    codes, nomenclature = _products(product)
    query = FlowQuery(
        reporters=(area(reporter).id,),
        partners=_areas(partner),
        flows=(flow,) if flow else _FLOWS,
        products=codes,
        nomenclature=nomenclature,
        periods=tuple(str(parse_period(p)) for p in periods),
        years=() if periods else _years(years),
        by="native" if periods else by,
        as_of=_day(as_of),
        currency=currency_code(currency),
        sources=tuple(_split(source)) or None,
    )
    return answer(ledger or open_ledger(), query)


def _split(names: Areas) -> list[str]:
    parts = names.split(",") if isinstance(names, str) else list(names)
    return [part.strip() for part in parts if part.strip()]


def _areas(names: Areas) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(area(name).id for name in _split(names)))
    if not found:
        raise BadInput("Name at least one partner", hint="For example KAZ, Kazakhstan or central-asia")
    return found


def _years(years: Years | None) -> tuple[int, ...]:
    if years is None:
        return ()
    return parse_years(years) if isinstance(years, str | int) else tuple(sorted({int(y) for y in years}))


def _day(day: str | dt.date | None) -> dt.date | None:
    if day is None or isinstance(day, dt.date):
        return day
    try:
        return dt.date.fromisoformat(day)
    except ValueError as error:
        raise BadInput(f"Not a day: {day!r}", hint="Write it like 2025-03-20") from error


def _products(text: str) -> tuple[tuple[str, ...], str | None]:
    if text.upper() == "TOTAL":
        return ("TOTAL",), None
    found = find_product(text)
    if isinstance(found, Product):
        return (found.code,), found.nomenclature
    return tuple(found.codes), found.nomenclature


def one_period(text: str | int) -> Period:
    """A period of trade statistics; see `nomenclature.periods.parse_period`."""
    return parse_period(text)


def file_paths(paths: Iterable[str | Path]) -> tuple[Path, ...]:
    """Files and folders as named by a user, with the home folder spelt out."""
    return tuple(Path(path).expanduser() for path in paths)
