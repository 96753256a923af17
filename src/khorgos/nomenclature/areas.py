"""Areas: one door for every way of writing a country, territory or group."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from khorgos.core.errors import UnknownName
from khorgos.nomenclature.area_codes import from_code, schemes, to_code
from khorgos.nomenclature.area_names import Mask, Sort, Surface, areas_named, masks, names, nearest_areas
from khorgos.nomenclature.area_register import Area, AreaKind, all_areas, get, is_aggregate, register

__all__ = [
    "Area",
    "AreaKind",
    "Mask",
    "Sort",
    "Surface",
    "all_areas",
    "area",
    "from_code",
    "get",
    "is_aggregate",
    "masks",
    "names",
    "schemes",
    "to_code",
]


@lru_cache(maxsize=4096)  # chosen because it holds every form of the register
def area(text: str | int, *, on: dt.date | None = None) -> Area:
    """The area that a person means.

    Args:
        text: an id or ISO3 ("KAZ"), ISO2 ("KZ"), M49 or Comtrade number (398, 842), a name in English,
            Russian or Chinese, or a group ("central-asia", "EU27"). Adjectives, demonyms and capitals
            are not names here.
        on: the day it is meant for; chooses between areas that bore the name at different times, and
            refuses one that did not exist.

    Returns:
        The area.

    Raises:
        UnknownName: if nothing, or more than one area, bears the name; with the nearest matches.
    """
    written = str(text).strip()
    found = _candidates(written)
    if not found:
        hint = "Write an English name, an ISO code such as KAZ, or a group such as central-asia"
        raise UnknownName(written, "area", [_called(near) for near in nearest_areas(written)], hint)
    standing = [one for one in found if one.exists(on or dt.date.max)]
    if on is not None and not standing:
        raise UnknownName(written, f"area on {on}", hint=_lifetime(found[0]))
    chosen = standing or found
    if len(chosen) > 1:
        raise UnknownName(written, "area, or more than one", [_called(one.id) for one in chosen])
    return chosen[0]


def _candidates(written: str) -> list[Area]:
    known = register().get(written.upper())
    if known:
        return [known]
    number = written.isascii() and written.isdigit()
    codes = ("m49", "comtrade") if number else ("iso2", "iso3") if len(written) in (2, 3) else ()
    for scheme in codes:
        coded = from_code(written, scheme)
        if coded:
            return [get(coded)]
    return [get(one) for one in areas_named(written)]


def _called(area_id: str) -> str:
    return f"{get(area_id).name} ({area_id})"


def _lifetime(one: Area) -> str:
    since = f" since {one.valid_from}" if one.valid_from else ""
    until = f" until {one.valid_to}" if one.valid_to else ""
    return f"{one.name} stands{since}{until}"
