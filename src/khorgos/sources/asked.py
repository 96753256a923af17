"""The words of `khorgos fetch` as ids, periods and codes, cut to what an interface takes at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

from khorgos.core.errors import BadInput, UnknownName
from khorgos.core.schema import Flow
from khorgos.nomenclature.areas import area, get, is_aggregate, to_code
from khorgos.nomenclature.groups import expand
from khorgos.nomenclature.periods import Period, month, parse_period, parse_years
from khorgos.nomenclature.products import Product, product

#: One word, several with commas, or a sequence of them.
Words = str | int | Iterable[str | int]

#: All codes of so many digits.
LEVELS = ("TOTAL", "HS2", "HS4", "HS6", "HS10")

_FLOWS = (Flow.EXPORT, Flow.IMPORT, Flow.RE_EXPORT, Flow.RE_IMPORT)
_CODE = re.compile(r"\d{2}(?:\d{2}){0,4}")
_YEARS = re.compile(r"\d{4}\.\.\d{4}")
_SPAN = re.compile(r"(\d{4}-\d{2})\.\.(\d{4}-\d{2})")
_Item = TypeVar("_Item")


def words(given: Words) -> tuple[str, ...]:
    """The words of an option: "KAZ, KGZ" is two, a sequence is taken as it is."""
    parts = str(given).split(",") if isinstance(given, str | int) else [str(one) for one in given]
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def areas(given: Words) -> tuple[str, ...]:
    """Ids of areas and groups, each once.

    Raises:
        UnknownName: with the nearest names.
    """
    return tuple(dict.fromkeys(area(word).id for word in words(given)))


def years(given: Words) -> tuple[int, ...]:
    """Calendar years of "2013..2025", "2018,2020" or a sequence, in order.

    Raises:
        BadInput: if a word is no year.
    """
    return tuple(sorted({year for word in words(given) for year in parse_years(word)}))


def months(given: Words) -> tuple[str, ...]:
    """Months of "2024", "2022..2024", "2024-03" or "2024-01..2024-05", in order, as in the ledger.

    Raises:
        BadInput: if a word is no month, year or run of months.
    """
    found = {each for word in words(given) for part in _stretches(word) for each in part.each_month()}
    return tuple(str(each) for each in sorted(found))


def _stretches(word: str) -> list[Period]:
    if _YEARS.fullmatch(word):
        return [parse_period(year) for year in parse_years(word)]
    match = _SPAN.fullmatch(word)
    return [parse_period(match[1] if match and match[1] == match[2] else word)]


def flows(given: Words) -> tuple[str, ...]:
    """Flows by name, singular or plural.

    Raises:
        UnknownName: with all flows.
    """
    known = {form: str(flow) for flow in _FLOWS for form in (str(flow), f"{flow}s")}
    asked = [(word, known.get(word.lower())) for word in words(given)]
    for word, flow in asked:
        if flow is None:
            raise UnknownName(word, "flow", [str(flow) for flow in _FLOWS])
    return tuple(dict.fromkeys(flow for _, flow in asked if flow))


def products(given: Words) -> tuple[str, ...]:
    """One of LEVELS, or HS codes of codes and people's words ("cotton").

    Raises:
        UnknownName: with the nearest words.
        BadInput: if a level stands beside something else.
    """
    asked = words(given)
    level = [word.upper() for word in asked if word.upper() in LEVELS]
    if level and len(asked) > 1:
        raise BadInput(f"{level[0]} means all codes and stands alone", hint=f"Leave out {', '.join(asked[1:])}")
    if level:
        return tuple(level)
    return tuple(dict.fromkeys(code for word in asked for code in _codes_of(word)))


def _codes_of(word: str) -> tuple[str, ...]:
    if _CODE.fullmatch(word):  # any edition's code, or a national one: only the interface knows them all
        return (word,)
    found = product(word)
    return (found.code,) if isinstance(found, Product) else found.codes


def coded(ids: Iterable[str], scheme: str, publisher: str, whole: Collection[str] = ("WLD",)) -> dict[str, str]:
    """Codes by area id.

    Args:
        ids: areas and groups.
        scheme: of `nomenclature.areas.to_code`.
        publisher: for the error.
        whole: groups that the interface knows as such; all others are asked member by member.

    Returns:
        The codes, in order.

    Raises:
        BadInput: if an area has no code there.
        NoData: if a group has no recorded members.
    """
    single = [each for one in ids for each in ((one,) if one in whole or not is_aggregate(one) else expand([one]))]
    out = {}
    for one in dict.fromkeys(single):
        code = to_code(one, scheme)
        if code is None:
            raise BadInput(f"{publisher} has no code for {get(one).name} ({one})", hint="Leave it out")
        out[one] = code
    return out


def packs(items: Sequence[_Item], most: int) -> list[tuple[_Item, ...]]:
    """The items in packs of at most so many; one empty pack where there are none."""
    step = max(1, most)
    return [tuple(items[start : start + step]) for start in range(0, len(items), step)] or [()]


def runs(numbers: Iterable[int], longest: int) -> list[tuple[int, int]]:
    """First and last of each run of consecutive numbers, cut to at most `longest` of them."""
    out: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if out and number == out[-1][1] + 1 and number - out[-1][0] < longest:
            out[-1] = (out[-1][0], number)
        else:
            out.append((number, number))
    return out


def month_runs(asked: Iterable[str], longest: int = 12_000) -> list[tuple[Period, Period]]:
    """First and last month of each run of consecutive months, cut to at most `longest` of them."""
    starts = (parse_period(each).start for each in asked)
    return [(_month(first), _month(last)) for first, last in runs(starts, longest)]


def _month(index: int) -> Period:
    return month(index // 12, index % 12 + 1)
