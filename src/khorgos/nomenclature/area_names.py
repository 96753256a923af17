"""Names of areas as people write them: short and official names, adjectives, demonyms, capitals."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Literal, NamedTuple, cast

from khorgos.nomenclature.area_register import register
from khorgos.nomenclature.area_tables import area_table

Sort = Literal["name", "adjective", "demonym", "capital", "government"]

# Abbreviations of statistical tables that stand for one word only.
_WORDS = {
    "st": "saint",
    "rep": "republic",
    "dem": "democratic",
    "isds": "islands",
    "is": "islands",
    "terr": "territory",
    "fmr": "former",
    "респ": "республика",
    "о": "острова",
}
_CYRILLIC = re.compile("[а-яёөүң]")
# Latin letters that tables in Cyrillic hide within words, as in the customs service's "Китaй".
_LOOKALIKES = str.maketrans("aceopxykmthbi", "асеорхукмтнві")
_SMALL = frozenset({"the", "of", "and"})  # words that come and go between two spellings of one name
_BREAK = re.compile(r"[^\w]+|_+")


class Surface(NamedTuple):
    """One way of writing an area in a text.

    Args:
        text: as written, with its capitals; English articles are left out.
        area: id of the area.
        sort: "name", "adjective" (Kazakh exports), "demonym" (Kazakhs), "capital" (Astana), or
            "government" (Washington, the Kremlin: a place or house that stands for a state).
        language: "en", "ru" or "zh".
        doubt: what else the words may mean; empty where they mean the area alone.
    """

    text: str
    area: str
    sort: Sort
    language: str
    doubt: str = ""


class Mask(NamedTuple):
    """A phrase that holds the name of an area and does not mean it as a trading partner.

    Args:
        text: as written: "South China Sea", "US dollars", "New Mexico".
        meaning: what it is: "currency", "company or bank", "part of another country", ...
    """

    text: str
    meaning: str


def fold(text: str) -> str:
    """One key for all spellings that differ in case, space, accents, points or the usual abbreviations.

    Args:
        text: a name in any script.

    Returns:
        Its words without accents, case and marks, run together; a leading "the" is dropped.
    """
    words = _words(text)
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return "".join(words)


def _words(text: str) -> list[str]:
    text = text.casefold().replace("&", " and ")
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Lm"))
    # An apostrophe may be set in several ways, or left out: it never parts two words.
    text = text.replace("'", "").replace("’", "").replace("‘", "").replace("`", "")
    return [_WORDS.get(word, word) for word in map(_one_script, _BREAK.split(text)) if word]


def _one_script(word: str) -> str:
    return word if word.isascii() or not _CYRILLIC.search(word) else word.translate(_LOOKALIKES)


def _bag(text: str) -> str:
    """A key for inverted names: "Kazakhstan, Rep. of" is "Republic of Kazakhstan"."""
    return " ".join(sorted(word for word in _words(text) if word not in _SMALL))


@cache
def names() -> tuple[Surface, ...]:
    """Every surface form of the register, for reading texts.

    Returns:
        Names, adjectives, demonyms, capitals and governments of all areas. A form that may mean several
        areas stands once for each, with its doubt said.
    """
    return tuple(
        Surface(row["text"], row["area"], cast(Sort, row["sort"]), row["language"], row["doubt"])
        for row in area_table("names")
    )


@cache
def masks() -> tuple[Mask, ...]:
    """Phrases that a reader of texts must set aside before it looks for areas.

    Returns:
        The phrases; a name of an area that stands inside one of them is not that area.
    """
    return tuple(Mask(row["text"], row["meaning"]) for row in area_table("names_masks"))


@cache
def _index() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    labels = [(row["label"], row["area"]) for row in area_table("areas_labels") if row["scheme"] == "any"]
    registered = [(area.name, area.id) for area in register().values()]
    for text, area in [*registered, *((s.text, s.area) for s in names() if s.sort == "name"), *labels]:
        found.setdefault(fold(text), {})[area] = None
        found.setdefault("bag " + _bag(text), {})[area] = None
    return {key: tuple(areas) for key, areas in found.items()}


@lru_cache(maxsize=65_536)  # chosen because a large file repeats at most a few thousand names
def areas_named(text: str) -> tuple[str, ...]:
    """Ids of the areas that bear this name in any language of the register.

    Args:
        text: a name; adjectives, demonyms and capitals do not count.

    Returns:
        The ids: none, one, or several where the name is shared.
    """
    index = _index()
    return index.get(fold(text)) or index.get("bag " + _bag(text)) or ()


def main_name(area: str, language: str) -> str | None:
    """The first name of an area in a language of the register, if it has one there."""
    return _main_names().get((area, language))


@cache
def _main_names() -> dict[tuple[str, str], str]:
    first: dict[tuple[str, str], str] = {}
    for surface in names():
        if surface.sort == "name":
            first.setdefault((surface.area, surface.language), surface.text)
    return first


def nearest_areas(text: str, count: int = 3) -> tuple[str, ...]:
    """Ids of the areas whose surface forms come nearest to a text, best first.

    Args:
        text: what was written.
        count: how many areas at most.

    Returns:
        Ids, each once; none if nothing comes near.
    """
    from rapidfuzz import fuzz, process  # only an error needs it

    forms = [(fold(surface.text), surface.area) for surface in names()]
    # 60 of 100 chosen because one wrong letter in five still finds the name and noise does not.
    near = process.extract(fold(text), [form for form, _ in forms], scorer=fuzz.ratio, limit=8 * count, score_cutoff=60)
    return tuple(dict.fromkeys(forms[position][1] for _, _, position in near))[:count]
