"""Codes and labels of areas in each publisher's scheme, and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

from khorgos.core.errors import UnknownName
from khorgos.nomenclature.area_names import areas_named, fold, main_name
from khorgos.nomenclature.area_register import get, register
from khorgos.nomenclature.area_tables import area_table

#: Schemes of codes, each with the schemes it falls back on.
_CODES: dict[str, tuple[str, ...]] = {
    "iso3": (),
    "iso2": (),
    "m49": (),
    "comtrade": ("m49",),
    "baci": ("comtrade", "m49"),
    "census": (),
    "eurostat": ("iso2",),
    "wits": ("iso3", "comtrade"),
    "wdi": ("iso3",),
    "geodist": ("iso3",),
}
#: Schemes of labels, each with the language of its names.
_LABELS: dict[str, str] = {
    "name_en": "en",
    "imf": "en",
    "gacc_en": "en",
    "gacc_zh": "zh",
    "unctad": "en",
    "cgit": "en",
    "ru": "ru",
    "name_zh": "zh",
}


def schemes() -> tuple[str, ...]:
    """The names of all schemes that from_code and to_code know."""
    return (*_CODES, *_LABELS)


def from_code(code: str | int, scheme: str) -> str | None:
    """The area that a publisher's code or label stands for.

    Args:
        code: as in the file; leading zeros, case, accents and points do not matter.
        scheme: one of schemes().

    Returns:
        The area's id; a group's id for the scheme's aggregates (0 or W00 in Comtrade is WLD); None if
        the code is unknown to the scheme.

    Raises:
        UnknownName: if there is no such scheme.
    """
    return _from_code(str(code), scheme)


@lru_cache(maxsize=65_536)  # chosen because a large file repeats at most a few thousand codes
def _from_code(code: str, scheme: str) -> str | None:
    if scheme in _CODES:
        key = _key(scheme)(code)
        return next((table[key] for table in _tables(scheme) if key in table), None)
    if scheme in _LABELS:
        own = _labels(scheme).get(fold(code))
        if own:
            return own
        named = areas_named(code)
        return named[0] if len(named) == 1 else None
    raise UnknownName(scheme, "code scheme", schemes())


def to_code(area_id: str, scheme: str) -> str | None:
    """The code or label of an area in a publisher's scheme, as it writes it today.

    Args:
        area_id: id of the register.
        scheme: one of schemes().

    Returns:
        The code, or None if the scheme has none for the area.

    Raises:
        UnknownName: if there is no such scheme or no such area.
    """
    area = get(area_id)
    if scheme in _CODES:
        return next((back[area.id] for back in _backs(scheme) if area.id in back), None)
    if scheme in _LABELS:
        return _label_backs(scheme).get(area.id) or main_name(area.id, _LABELS[scheme])
    raise UnknownName(scheme, "code scheme", schemes())


def _key(scheme: str) -> Callable[[str], str]:
    if scheme == "census":
        return lambda code: _number(code).zfill(4) if _number(code).isdigit() else code.strip().upper()
    if scheme in ("m49", "comtrade", "baci"):
        return lambda code: _number(code).lstrip("0") or "0"
    return lambda code: code.strip().upper()


def _number(code: str) -> str:
    return code.strip().upper().removesuffix(".0")


@cache
def _own(scheme: str) -> tuple[dict[str, str], dict[str, str]]:
    """The scheme's own codes -> ids, and ids -> codes."""
    forth: dict[str, str] = {}
    back: dict[str, str] = {}
    for area in register().values():
        code = _register_code(scheme, area.id)
        if code:
            forth[code] = area.id
            back[area.id] = code
    for row in area_table("areas_codes"):
        if row["scheme"] == scheme:
            forth[_key(scheme)(row["code"])] = row["area"]
            if row["main"]:
                back[row["area"]] = row["code"]
    return forth, back


def _register_code(scheme: str, area_id: str) -> str | None:
    area = get(area_id)
    if scheme == "iso3":
        return area.id if area.kind in ("country", "dissolved") and len(area.id) == 3 else None
    if scheme == "iso2":
        return area.iso2
    return str(area.m49) if scheme == "m49" and area.m49 is not None else None


def _chain(scheme: str) -> tuple[str, ...]:
    return (scheme, *_CODES[scheme])


@cache
def _tables(scheme: str) -> tuple[dict[str, str], ...]:
    return tuple(_own(link)[0] for link in _chain(scheme))


@cache
def _backs(scheme: str) -> tuple[dict[str, str], ...]:
    return tuple(_own(link)[1] for link in _chain(scheme))


@cache
def _labels(scheme: str) -> dict[str, str]:
    return {fold(row["label"]): row["area"] for row in area_table("areas_labels") if row["scheme"] == scheme}


@cache
def _label_backs(scheme: str) -> dict[str, str]:
    back: dict[str, str] = {}
    for row in area_table("areas_labels"):
        if row["scheme"] == scheme:
            back.setdefault(row["area"], row["label"])
    return back
