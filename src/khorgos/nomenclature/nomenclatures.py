"""The product nomenclatures that khorgos knows, and their lists of codes and labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from khorgos.core.errors import BadInput, UnknownName

#: Editions of the Harmonized System, oldest first.
HS_EDITIONS = ("HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22")
#: Revisions of the Standard International Trade Classification, oldest first.
SITC_REVISIONS = ("SITC1", "SITC2", "SITC3", "SITC4")
#: All nomenclatures; the order is that of the bits in data/products.parquet (tools/build_products.py).
NOMENCLATURES = (*HS_EDITIONS, *SITC_REVISIONS, "BEC4", "ISIC3")

# Source: UN Comtrade, reference table of classifications (H0 is HS 1988/92, ..., H6 is HS 2022; B4 is BEC Rev. 4).
_COMTRADE = {
    **{f"H{i}": name for i, name in enumerate(HS_EDITIONS)},
    **{f"S{i}": name for i, name in enumerate(SITC_REVISIONS, start=1)},
    "B4": "BEC4",
    "BE": "BEC4",
    "BEC": "BEC4",
}
_AS_REPORTED = {"HS", "SS", "ST", "B"}

_EDITION_BY_YEAR = {
    "1988": "HS92",
    "1992": "HS92",
    "1996": "HS96",
    "2002": "HS02",
    "2007": "HS07",
    "2012": "HS12",
    "2017": "HS17",
    "2022": "HS22",
}
_HS = re.compile(r"(?:HS|H)(\d{2}|\d{4})")
_SITC = re.compile(r"SITC(?:REVISION|REV)?([1-4])")


def nomenclature(text: str) -> str:
    """The id of a product nomenclature, from any usual way to write it.

    Args:
        text: "HS22", "HS 2022", "hs2017", "SITC Rev. 3", "SITC4", "BEC", "ISIC3".

    Returns:
        One of NOMENCLATURES.

    Raises:
        UnknownName: if there is no such nomenclature here.
    """
    bare = re.sub(r"[\s.\-_]", "", str(text)).upper()
    if bare in NOMENCLATURES:
        return bare
    if match := _HS.fullmatch(bare):
        years = [y for y in _EDITION_BY_YEAR if y == match[1] or y[2:] == match[1]]
        if years:
            return _EDITION_BY_YEAR[years[0]]
    if match := _SITC.fullmatch(bare):
        return f"SITC{match[1]}"
    if bare in {"BEC", "BECREV4"} or bare in {"ISIC", "ISICREV3"}:
        return "BEC4" if bare.startswith("BEC") else "ISIC3"
    raise UnknownName(str(text), "nomenclature", NOMENCLATURES)


def from_comtrade(code: str) -> str:
    """The nomenclature behind UN Comtrade's classification code.

    Args:
        code: "H0" to "H6", "S1" to "S4", "B4".

    Returns:
        One of NOMENCLATURES.

    Raises:
        BadInput: for "HS" and "SS", which say "as reported" and name no edition.
        UnknownName: for any other code.
    """
    wanted = code.strip().upper()
    if wanted in _COMTRADE:
        return _COMTRADE[wanted]
    if wanted in _AS_REPORTED:
        raise BadInput(
            f"Comtrade's classification {code!r} means as reported, not one edition",
            hint="Read the row's own classification code (classificationCode, H0 to H6)",
        )
    raise UnknownName(code, "Comtrade classification", _COMTRADE)


def to_comtrade(name: str) -> str:
    """UN Comtrade's classification code of a nomenclature ("HS22" is "H6").

    Args:
        name: one of NOMENCLATURES, or any way to write it.

    Returns:
        Comtrade's code.

    Raises:
        UnknownName: if Comtrade does not publish trade in it.
    """
    wanted = nomenclature(name)
    for code, ours in _COMTRADE.items():
        if ours == wanted:
            return code
    raise UnknownName(name, "Comtrade classification", _COMTRADE)


def hs_edition(year: int) -> str:
    """The newest edition of the HS in force on 1 January of a year; countries may adopt it later.

    Args:
        year: calendar year, 1988 or later.

    Returns:
        One of HS_EDITIONS.

    Raises:
        BadInput: before 1988, when there was no HS.

    Source: World Customs Organization, HS editions (in force 1988, 1996, 2002, 2007, 2012, 2017, 2022; the 1992
        edition changed the text of 1988 only a little, and statistics keep them as one).
    """
    if year < 1988:
        raise BadInput(f"There was no Harmonized System in {year}", hint="Use SITC for years before 1988")
    starts = [y for y in map(int, _EDITION_BY_YEAR) if y <= year]
    return _EDITION_BY_YEAR[str(max(starts))]


@cache
def _lists() -> dict[str, Mapping[str, str]]:
    import pyarrow.parquet as pq

    place = files("khorgos.nomenclature").joinpath("data/products.parquet")
    with place.open("rb") as file:
        table = pq.read_table(file)
    out: dict[str, dict[str, str]] = {name: {} for name in NOMENCLATURES}
    columns = (table[name].to_pylist() for name in ("code", "label", "lists"))
    for code, label, bits in zip(*columns, strict=True):
        for bit, name in enumerate(NOMENCLATURES):
            if bits >> bit & 1:
                out[name][code] = label
    return {name: MappingProxyType(codes) for name, codes in out.items()}


def labels(name: str) -> Mapping[str, str]:
    """All codes of a nomenclature with their English labels, in order of the codes.

    Args:
        name: one of NOMENCLATURES, or any way to write it.

    Returns:
        Label by code. HS codes have 2, 4 or 6 digits, SITC 1 to 5, BEC 1 to 3, ISIC 2 to 4.

    Raises:
        UnknownName: if there is no such nomenclature here.

    Source: UN Comtrade's lists of classifications (HS text by the World Customs Organization); UN Statistics Division,
        ISIC Rev. 3.
    """
    return _lists()[nomenclature(name)]
