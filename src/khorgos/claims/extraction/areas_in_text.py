"""Countries, groups and their offices in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from khorgos.claims.extraction.lexicon import Phrases, rows, word_set
from khorgos.claims.extraction.tokens import Token
from khorgos.nomenclature.area_names import masks, names


class AreaWords(NamedTuple):
    """Words that name an area.

    Args:
        area: id in the register.
        sort: "name", "adjective", "demonym", "capital" or "government".
    """

    area: str
    sort: str


class Source(NamedTuple):
    """Words that name a publisher of figures.

    Args:
        label: the name a claim bears.
        area: whose office it is; empty where not said, "KGZ|BLR" where several have one of that name.
    """

    label: str
    area: str


# Of several areas with one name, the one that trade news means.
_MEANT = {"KOR", "COD", "DOM", "GIN", "IRL", "GBR", "USA", "COG"}
# Words that are names only now and then, and too often something else.
_NOT_HERE = word_set("areas_in_text", "not_here")
# Places that mostly are where somebody speaks, not a side of trade, unless a flow goes to or from them.
_SEATS = frozenset({"capital", "government"})


@cache
def _names() -> Phrases[AreaWords]:
    listed: dict[str, AreaWords] = {}
    rank = {"name": 0, "adjective": 1, "demonym": 2, "government": 3, "capital": 4}
    for surface in sorted((s for s in names() if s.language == "en"), key=lambda s: rank[s.sort]):
        if surface.text in _NOT_HERE:
            continue
        known = listed.get(surface.text)
        if known is None or (surface.area in _MEANT and known.area not in _MEANT):
            listed[surface.text] = AreaWords(surface.area, surface.sort)
    extra = {
        "Sakartvelo": "GEO", "Mainland": "CHN", "PRC": "CHN", "P.R. China": "CHN", "ROK": "KOR", "KSA": "SAU",
        "European bloc": "EU", "EU-27": "EU", "EU27": "EU", "Kyrgyz Republic": "KGZ", "RK": "KAZ", "Eurozone": "EA",
        "eurozone": "EA", "euro zone": "EA", "Caucasus nations": "SC3", "Caucasus countries": "SC3",
        "South Caucasus countries": "SC3", "South Caucasian": "SC3", "Central Asian nations": "CA5",
        "central Asian countries": "CA5",
        "central Asia": "CA5",
        "five Central Asian nations": "CA5", "five Central Asian republics": "CA5", "Central Asian region": "CA5",
        "\u0410\u0421\u0415\u0410\u041d": "ASEAN", "Asean": "ASEAN", "Asean nations": "ASEAN", "RF": "RUS",
        "Celestial Empire": "CHN",
        "Southeast Asia": "ASEAN", "South-East Asia": "ASEAN", "Southeast Asian nations": "ASEAN",
        "world's second-largest economy": "CHN", "world's second largest economy": "CHN",
        "world's largest economy": "USA", "world's biggest economy": "USA", "Asia's largest economy": "CHN",
        "Central Asia's largest economy": "KAZ", "Europe's largest economy": "DEU",
        "Latin America's largest economy": "BRA", "Southeast Asia's largest economy": "IDN",
        "BRI countries": "BRI", "Belt and Road countries": "BRI", "Belt and Road partner countries": "BRI",
    }  # fmt: skip
    for text, area in extra.items():
        listed.setdefault(text, AreaWords(area, "name"))
    return Phrases(listed.items(), cased=True)


@cache
def _masks() -> Phrases[str]:
    plain = [(mask.text, mask.meaning) for mask in masks() if mask.text.isascii()]
    titled = [(text.replace(" d", " D"), meaning) for text, meaning in plain if meaning == "currency"]  # "U.S. Dollars"
    return Phrases(dict([*titled, *plain]).items(), cased=True)


@cache
def _sources() -> Phrases[Source]:
    entries = [(row["phrase"], Source(row["label"], row["area"])) for row in rows("sources")]
    return Phrases(entries, cased=True)


@cache
def _persons() -> Phrases[str]:
    return Phrases(((row["name"], row["area"]) for row in rows("persons")), cased=True)


def area_words(tokens: Sequence[Token], position: int) -> tuple[int, AreaWords] | None:
    """The longest name of an area that starts at a token: its length in tokens, and what it names."""
    found = _names().at(tokens, position)
    if found is None:
        return None
    length, listed = found
    last = tokens[position + length - 1]
    if last.sort == "number" and length > 1 and not last.glued and position + length < len(tokens):
        return None  # "EU 27 per cent" is no group of 27
    return length, listed[0]


def mask(tokens: Sequence[Token], position: int) -> tuple[int, str] | None:
    """The longest phrase that starts at a token and only looks like an area: its length, and what it is."""
    found = _masks().at(tokens, position)
    return None if found is None else (found[0], found[1][0])


def source_words(tokens: Sequence[Token], position: int) -> tuple[int, Source] | None:
    """The longest name of a publisher that starts at a token: its length, and who it is."""
    found = _sources().at(tokens, position)
    return None if found is None else (found[0], found[1][0])


def person(tokens: Sequence[Token], position: int) -> tuple[int, str] | None:
    """A person or house that stands for a government: length in tokens, and the country."""
    found = _persons().at(tokens, position)
    return None if found is None else (found[0], found[1][0])


def is_seat(words: AreaWords) -> bool:
    """Whether the words name a capital or house rather than a country."""
    return words.sort in _SEATS
