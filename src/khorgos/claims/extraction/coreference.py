"""Words that stand for areas named in a sentence before: "the former", "the latter", "the bloc"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from khorgos.claims.extraction.areas_in_text import AreaWords
from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.sides import is_group

_BLOC = word_set("coreference", "bloc")


def with_referents(lines: Sequence[Line]) -> list[Line]:
    """Put the areas meant in the place of words that stand for them.

    Args:
        lines: the sentences of a text.

    Returns:
        The same sentences; a word whose area is not named before stays a word.
    """
    found: list[Line] = []
    bloc: str | None = None
    before: list[str] = []
    for line in lines:
        chunks = list(line.chunks)
        named = list(before)
        held = False  # what the sentence calls "the bloc" stays it, though it is compared with another
        for k, chunk in enumerate(chunks):
            if chunk.kind == "area" and chunk.area is not None and not chunk.weak:
                named.append(chunk.area.area)
                if is_group(chunk.area.area) and not held:
                    bloc = chunk.area.area
            elif chunk.low in _BLOC and chunk.has("anaphor") and bloc is not None:
                chunks[k], held = _area(chunk, bloc), True
            elif (one := _one_of_two(chunks, k, named)) is not None:
                chunks[k] = _area(chunk, one)
        before = list(dict.fromkeys(named[len(before) :])) or before
        found.append(replace(line, chunks=tuple(chunks)))
    return found


def _area(chunk: Chunk, area: str) -> Chunk:
    return Chunk("area", chunk.first, chunk.last, chunk.low, area=AreaWords(area, "name"))


def _one_of_two(chunks: Sequence[Chunk], k: int, named: Sequence[str]) -> str | None:
    """ "Trade with the former rose, with the latter it fell": the two areas named last, in their order."""
    if chunks[k].low not in ("former", "latter") or not k or chunks[k - 1].low != "the":
        return None
    following = chunks[k + 1] if k + 1 < len(chunks) else None
    if following is not None and following.kind in ("area", "person"):
        return None  # "the former Soviet Union"
    two = _last_two(named)
    if two is None:
        return None
    return two[0] if chunks[k].low == "former" else two[1]


def _last_two(named: Sequence[str]) -> tuple[str, str] | None:
    last = next(reversed(named), None)
    prior = next((area for area in reversed(named) if area != last), None)
    return None if last is None or prior is None else (prior, last)
