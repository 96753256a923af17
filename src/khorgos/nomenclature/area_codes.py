"""Codes and labels of areas in each publisher's scheme, and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from khorgos.core.errors import UnknownName
from khorgos.nomenclature.area_names import areas_named, fold, main_name
from khorgos.nomenclature.area_register import get, register
from khorgos.nomenclature.area_tables import area_table


@dataclass(frozen=True, slots=True)
class _Scheme:
    """Where a scheme looks: tables of codes in order, tables of labels in order, then names of a language.

    `reads` are further tables of codes that its files use beside its own, but that are not written.
    """

    codes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    language: str | None = None
    reads: tuple[str, ...] = ()


_SCHEMES: dict[str, _Scheme] = {
    "iso3": _Scheme(("iso3",)),
    "iso2": _Scheme(("iso2",)),
    "m49": _Scheme(("m49",)),
    "comtrade": _Scheme(("comtrade", "m49"), reads=("iso3",)),
    "baci": _Scheme(("comtrade", "m49"), reads=("iso3",)),
    "census": _Scheme(("census",)),
    "wits": _Scheme(("wits", "iso3"), reads=("comtrade", "m49")),
    "wdi": _Scheme(("wdi", "iso3"), ("wdi_en",), "en"),
    "geodist": _Scheme(("geodist", "iso3")),
    "wto": _Scheme(("wto", "comtrade", "m49"), reads=("iso3",)),
    "eurostat": _Scheme(("eurostat", "iso2"), ("eurostat", "name_fr"), "en"),
    "imf": _Scheme((), ("imf",), "en"),
    "unctad": _Scheme((), ("unctad",), "en"),
    "cgit": _Scheme((), ("cgit",), "en"),
    "gacc_en": _Scheme((), ("gacc_en",), "en"),
    "gacc_zh": _Scheme((), ("gacc_zh",), "zh"),
    "armstat": _Scheme((), ("armstat",), "en"),
    "nsc_en": _Scheme((), ("nsc_en",), "en"),
    "ru": _Scheme((), ("ru",), "ru"),
    "ky": _Scheme((), ("ky", "ru"), "ru"),
    "uz": _Scheme((), ("uz",), "en"),
    "name_en": _Scheme((), (), "en"),
    "name_zh": _Scheme((), ("gacc_zh",), "zh"),
    "name_fr": _Scheme((), ("name_fr",), "en"),
}
_PADDED = {"census": 4}  # digits, chosen because Schedule C writes its codes with four
_BARE = ("m49", "comtrade", "baci", "wto")  # numbers that files write with and without leading zeros


def schemes() -> tuple[str, ...]:
    """The names of all schemes that from_code and to_code know."""
    return tuple(_SCHEMES)


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
    return _from_code(str(code).strip(), _scheme(scheme))


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
    area, looks = get(area_id).id, _scheme(scheme)
    if looks.codes:
        candidates = [_codes(link)[1].get(area) for link in looks.codes]
    else:
        candidates = [_labels(link)[1].get(area) for link in looks.labels] + [main_name(area, looks.language or "en")]
    # A code that means another area in this scheme (492 is Monaco in M49 only) is not this area's.
    return next((code for code in candidates if code and _from_code(code, looks) == area), None)


def _scheme(name: str) -> _Scheme:
    try:
        return _SCHEMES[name]
    except KeyError:
        raise UnknownName(name, "code scheme", schemes()) from None


@lru_cache(maxsize=65_536)  # chosen because a large file repeats at most a few thousand codes
def _from_code(code: str, looks: _Scheme) -> str | None:
    for link in (*looks.codes, *looks.reads):
        found = _codes(link)[0].get(_key(link, code))
        if found:
            return found
    if looks.language is None:
        return None
    # Eurostat puts the history of an area in parentheses behind its name.
    return _labelled(code, looks) or (_labelled(code.partition(" (")[0], looks) if " (" in code else None)


def _labelled(label: str, looks: _Scheme) -> str | None:
    key = fold(label)
    for link in (*looks.labels, "any"):
        if key in _labels(link)[0]:
            return _labels(link)[0][key]
    named = areas_named(label)
    return named[0] if len(named) == 1 else None


def _key(link: str, code: str) -> str:
    code = code.upper()
    number = code.removesuffix(".0")
    if not number.isdecimal():
        return code
    if link in _BARE:
        return number.lstrip("0") or "0"
    return number.zfill(_PADDED.get(link, 0))


@cache
def _codes(link: str) -> tuple[dict[str, str], dict[str, str]]:
    """One table of codes: code -> area, and area -> code."""
    forth: dict[str, str] = {}
    back: dict[str, str] = {}
    for area_id in register():
        code = _register_code(link, area_id)
        if code:
            forth[code], back[area_id] = area_id, code
    for row in area_table("areas_codes"):
        if row["scheme"] == link:
            forth[_key(link, row["code"])] = row["area"]
            if row["main"]:
                back[row["area"]] = row["code"]
    return forth, back


def _register_code(link: str, area_id: str) -> str | None:
    area = register()[area_id]
    if link == "iso3":
        return area.id if area.kind in ("country", "dissolved") else None
    if link == "iso2":
        return area.iso2
    return str(area.m49) if link == "m49" and area.m49 is not None else None


@cache
def _labels(link: str) -> tuple[dict[str, str], dict[str, str]]:
    """One table of labels: folded label -> area, and area -> its first label."""
    forth: dict[str, str] = {}
    back: dict[str, str] = {}
    for row in area_table("areas_labels"):
        if row["scheme"] == link:
            forth.setdefault(fold(row["label"]), row["area"])
            back.setdefault(row["area"], row["label"])
    return forth, back
