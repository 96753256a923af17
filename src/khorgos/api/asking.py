"""What every function of the API takes: names, years, days and products, generous at the door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from khorgos.core.errors import BadInput
from khorgos.nomenclature.areas import area
from khorgos.nomenclature.periods import parse_years
from khorgos.nomenclature.products import Product
from khorgos.nomenclature.products import product as find_product

Areas = str | Sequence[str]
Years = str | int | Iterable[int]
Progress = Callable[[int, int, str], object]

#: How far the day may be ahead of UTC's: in the Line Islands, at UTC+14, it is tomorrow.
_AHEAD = dt.timedelta(days=1)

FLOWS = ("export", "import", "total", "balance")


def known_flow(text: str) -> str:
    """A flow by its name."""
    if text not in FLOWS:
        raise BadInput(f"There is no flow {text!r}", hint=f"Choose one of {', '.join(FLOWS)}")
    return text


def split(names: Areas) -> list[str]:
    """Names with commas, or a list of them, as a list without blanks."""
    parts = names.split(",") if isinstance(names, str) else list(names)
    return [part.strip() for part in parts if part.strip()]


def area_ids(names: Areas) -> tuple[str, ...]:
    """The ids of the areas named, each once; at least one."""
    found = tuple(dict.fromkeys(area(name).id for name in split(names)))
    if not found:
        raise BadInput("Name at least one partner", hint="For example KAZ, Kazakhstan or central-asia")
    return found


def year_numbers(years: Years | None) -> tuple[int, ...]:
    """The years asked for; empty for all."""
    if years is None:
        return ()
    return parse_years(years) if isinstance(years, str | int) else tuple(sorted({int(y) for y in years}))


def parsed_day(day: str | dt.date | None) -> dt.date | None:
    """A day from a date or its ISO form."""
    if day is None or isinstance(day, dt.date):
        return day
    try:
        return dt.date.fromisoformat(day)
    except ValueError as error:
        raise BadInput(f"Not a day: {day!r}", hint="Write it like 2025-03-20") from error


def past_day(day: str | dt.date | None, what: str, hint: str) -> dt.date | None:
    """A day that has come.

    Args:
        day: as in `parsed_day`.
        what: which day it is, as in "The article's day".
        hint: what to do where it is yet to come.

    Raises:
        BadInput: no day, or one to come, of which nothing is known.
    """
    found = parsed_day(day)
    if found is not None and found > dt.datetime.now(tz=dt.UTC).date() + _AHEAD:
        raise BadInput(f"{what} is yet to come: {found}", hint=hint)
    return found


def known_on(day: str | dt.date | None) -> dt.date | None:
    """The day whose knowledge is asked for; not one to come."""
    return past_day(day, "The day of what is known", "Leave it out for what is known today")


def source_ids(names: Areas, known: Iterable[str]) -> tuple[str, ...] | None:
    """Ids of sources, each of them known; None where none is named.

    Args:
        names: ids with commas, or a list of them.
        known: ids of the ledger's sources; those that khorgos could read are known too.

    Raises:
        UnknownName: with the nearest ids.
    """
    from khorgos.sources.registry import source

    asked = tuple(split(names))
    for name in set(asked) - set(known):
        source(name)
    return asked or None


def product_codes(text: str) -> tuple[tuple[str, ...], str | None]:
    """Codes and nomenclature behind a code, a word for goods, or TOTAL."""
    if text.upper() == "TOTAL":
        return ("TOTAL",), None
    found = find_product(text)
    if isinstance(found, Product):
        return (found.code,), found.nomenclature
    return tuple(found.codes), found.nomenclature
