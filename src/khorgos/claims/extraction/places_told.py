"""Places in a ranking told without a number: "Turkmenistan fourth", "Croatia and Greece ranked second and third"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.numerals import ORDINALS
from khorgos.claims.extraction.wordings import Wording

_HELD = re.compile(
    r"(?:held|taken|occupied|left|claimed|secured|kept|belongs?|belonged|went|goes|headed|topped|led)(?: by| to)?$"
)
_FAR = 12  # chunks; chosen because "The second place in foreign trade turnover was left to" fits
_BE_OR_TAKE = word_set("places_told", "be_or_take")
_NOUNS = frozenset(("places", "positions", "spots", "ranks", "place", "respectively"))
_JOINED = frozenset((",", "and", "&", "the"))
_RANKING = re.compile(
    r"rank(?:ed|s|ing)?$|came$|come$|plac(?:e|ed|ing)$|stood$|were$|are$|took$|hold$|held$|finished$|in$"
)


def is_place(chunks: Sequence[Chunk], i: int) -> bool:
    """Whether "first" tells a place in a ranking, not what was done first."""
    before = " ".join(c.low for c in chunks[max(0, i - 3) : i])
    after = chunks[i + 1].low if i + 1 < len(chunks) else ""
    return bool(
        re.search(r"\b(came|comes|ranked|ranks|ranking|in|took|takes|placed|stands|hold|holds|held|was|is)\b", before)
    ) and (
        after in ("place", "position", "in", "among", "with", "at", "(", ",", ".", "by", "on", "")
        or any(c.kind == "when" for c in chunks[i + 1 : i + 3])
    )


def ranked_together(chunks: Sequence[Chunk], i: int) -> str | None:
    """The area of an ordinal in a list of ordinals that goes with a list of areas.

    Args:
        chunks: of a sentence.
        i: the ordinal's chunk.

    Returns:
        An id; None if the ordinal stands in no such list.
    """
    if chunks[i].low.split()[0] not in ORDINALS:
        return None
    if (listed := _listed_behind(chunks, i)) is not None:
        return listed
    places = _run(chunks, i, lambda c: c.low in ORDINALS)
    k = places[0] - 1
    while k >= 0 and (_RANKING.match(chunks[k].low) or chunks[k].low in ("the", "which", "who", ",")):
        k -= 1
    if len(places) < 2 or k < 0 or k == places[0] - 1 or chunks[k].kind != "area":
        return None
    areas = [j for j in _run(chunks, k, lambda c: c.kind == "area") if j <= k]
    if len(areas) < len(places):
        return None
    area = chunks[areas[len(areas) - len(places) + places.index(i)]].area
    return area.area if area is not None else None


def _listed_behind(chunks: Sequence[Chunk], i: int) -> str | None:
    """ "In the second and third places are Poland and Cyprus": the areas stand behind, in the same order."""
    ordinals = [k for k in range(max(0, i - 2), min(len(chunks), i + 3)) if _is_ordinal(chunks[k])]
    if len(ordinals) < 2 or any(c.kind == "area" for c in chunks[: ordinals[0]]):
        return None
    k = ordinals[-1] + 1
    while k < len(chunks) and (chunks[k].low in _JOINED or _RANKING.match(chunks[k].low) or chunks[k].low in _NOUNS):
        k += 1
    areas = [j for j in _run(chunks, k, lambda c: c.kind == "area") if j >= k] if k < len(chunks) else []
    if len(areas) < len(ordinals) or k == ordinals[-1] + 1 or chunks[k].kind != "area":
        return None
    area = chunks[areas[ordinals.index(i)]].area
    return area.area if area is not None else None


def _is_ordinal(chunk: Chunk) -> bool:
    return chunk.low.split()[0] in ORDINALS


def holder_of_place(chunks: Sequence[Chunk], i: int) -> str | None:
    """ "The second place in trade was left to Russia", "and the third by Turkmenistan": who holds it."""
    verb = next((k for k in range(i, min(len(chunks), i + 9)) if _HELD.match(chunks[k].low)), None)
    k = verb + 1 if verb is not None else i + 1
    while k < len(chunks) and k - i < _FAR and not (chunks[k].low in ("by", "to") or _HELD.match(chunks[k].low)):
        if verb is None or chunks[k].kind == "quantity":
            return None
        k += 1
    after = [c.area.area for c in chunks[k + 1 : k + 3] if c.kind == "area" and c.area is not None]
    return after[0] if after else None


_TOP_OF_LIST = re.compile(r"topped|tops|headed|heads|led|leads?$")


def good_in_place(chunks: Sequence[Chunk], i: int) -> str | None:
    """The good that holds a place: "Copper ores topped the list", "On the third place are ferroalloys".

    Args:
        chunks: of a sentence.
        i: chunk of the place.

    Returns:
        Its words; None if an area holds the place, or no good.
    """
    k = i - 1
    while k >= 0 and chunks[k].low not in (",", ";", ":", "(", ")") and chunks[k].kind not in ("area", "quantity"):
        k -= 1
    before = [c.low for c in chunks[k + 1 : i] if c.product]
    bounded = k < 0 or chunks[k].kind not in ("area", "quantity")
    if before and bounded and any(c.low in _BE_OR_TAKE for c in chunks[max(0, i - 4) : i + 1]):
        return ", ".join(before)
    if before and bounded and _TOP_OF_LIST.match(chunks[i].low):
        return ", ".join(before)
    ahead = chunks[i + 1 : i + 6]
    verb = next((j for j, c in enumerate(ahead) if c.low in ("is", "are", "was", "were", "by", "came", "comes")), None)
    if verb is None or verb + 1 >= len(ahead) or not ahead[verb + 1].product:
        return None
    return ahead[verb + 1].low


def _run(chunks: Sequence[Chunk], i: int, wanted: Callable[[Chunk], bool]) -> list[int]:
    """The list, joined by commas and "and", that a chunk is a member of."""
    found = [i]
    for step in (-1, 1):
        k = i + step
        while 0 <= k < len(chunks) and (chunks[k].low in _JOINED or wanted(chunks[k]) or _is_short(chunks, k, wanted)):
            if wanted(chunks[k]):
                found.append(k)
            k += step
    return sorted(found)


def _is_short(chunks: Sequence[Chunk], k: int, wanted: Callable[[Chunk], bool]) -> bool:
    """ "the European Union (EU)": brackets with another name of the member."""
    return chunks[k].low in ("(", ")") and not wanted(chunks[k])


def places_after_names(line: Line) -> list[tuple[int, Wording]]:
    """ "Turkmenistan fourth with $10.65 billion and Tajikistan fifth": ordinals right behind an area.

    Args:
        line: the sentence.

    Returns:
        Chunk and wording of each.
    """
    found = []
    for i in range(1, len(line.chunks)):
        chunk = line.chunks[i]
        held = chunk.low in ORDINALS and chunk.kind == "word" and line.chunks[i - 1].low == "the"
        if ranked_together(line.chunks, i) is not None or (held and holder_of_place(line.chunks, i) is not None):
            found.append((i, Wording(line.start(i), line.end(i), "order", float(ORDINALS[chunk.low]), "rank")))
            continue
        following = line.chunks[i + 1].low if i + 1 < len(line.chunks) else "."
        if chunk.low == "next" and line.chunks[i - 1].kind == "area" and following in ("with", "at", "("):
            found.append((i, Wording(line.start(i), line.end(i), "next", None, "rank")))
        if chunk.kind == "word" and chunk.low in ORDINALS and line.chunks[i - 1].kind == "area" and following in (
            "with", "at", ",", "(", "\u2013", ".", "and", ";", "place"):  # fmt: skip
            found.append((i, Wording(line.start(i), line.end(i), "order", float(ORDINALS[chunk.low]), "rank")))
    return found
