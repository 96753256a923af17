"""What claims call the two sides: ISO3 of a country, or the plain name of a region, as in the gold set."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from khorgos.core.errors import UnknownName
from khorgos.nomenclature.area_register import get, register

#: Regions whose name in a claim is not their id. The EU of the news is the union of today.
_NAMES = MappingProxyType(
    {
        "CA5": "Central Asia",
        "SC3": "South Caucasus",
        "WLD": "World",
        "EU": "EU27",
        "AFRICA": "Africa",
        "ASIA": "Asia",
        "EUROPE": "Europe",
        "AMERICAS": "Americas",
        "OCEANIA": "Oceania",
        "MIDEAST": "Middle East",
        "LATAM": "Latin America",
        "SSA": "Sub-Saharan Africa",
        "NAFRICA": "North Africa",
        "SEASIA": "Southeast Asia",
        "SASIA": "South Asia",
        "EASIA": "East Asia",
        "NAMERICA": "North America",
        "SAMERICA": "South America",
        "EA": "Euro area",
    }
)


@cache
def _ids() -> dict[str, str]:
    named = {word: area_id for area_id, word in _NAMES.items()}
    return {**{area_id: area_id for area_id in register()}, **named}


def place(area_id: str) -> str:
    """The word by which a claim names an area of the register.

    Args:
        area_id: id of the nomenclature ("KAZ", "CA5", "EU").

    Returns:
        ISO3, an acronym that is the id itself ("ASEAN"), or the region's name ("Central Asia").

    Raises:
        UnknownName: if the register has no such id.
    """
    return _NAMES.get(area_id, get(area_id).id)


def area_id(word: str) -> str:
    """The nomenclature's id of a side of a claim; the inverse of place() but for EU and EU27, which are one here.

    Raises:
        UnknownName: if no claim could name a side so.
    """
    try:
        return _ids()[word]
    except KeyError:
        raise UnknownName(word, "side of a claim", hint="Write an id of the area register or a region's name") from None


def is_place(word: str) -> bool:
    """Whether a claim may name a side so."""
    return word in _ids()
