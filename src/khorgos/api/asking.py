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


def product_codes(text: str) -> tuple[tuple[str, ...], str | None]:
    """Codes and nomenclature behind a code, a word for goods, or TOTAL."""
    if text.upper() == "TOTAL":
        return ("TOTAL",), None
    found = find_product(text)
    if isinstance(found, Product):
        return (found.code,), found.nomenclature
    return tuple(found.codes), found.nomenclature
