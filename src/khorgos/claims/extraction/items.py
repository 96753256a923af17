"""Items of a list that open with their number: "92% of that falls to Russia, 4.9% to Kyrgyzstan"."""

from __future__ import annotations

from collections.abc import Container, Sequence

from khorgos.claims.extraction.chunks import Chunk
from khorgos.claims.extraction.lexicon import word_set

_OPENS = frozenset((",", ":", ";", "and", "while", "including", "thereof"))
_UNITS = frozenset(("mln", "million", "t", "mt", "tons", "tonnes"))
_STRONG = frozenset(("fell on", "falls on", "fall on", "fell to", "fall to", "falls to", "went to"))
_FALLS = word_set("items", "falls")
_TOWARDS = frozenset(("to", "from", "with", "by", "on", "the", "for"))
_REACH = 5  # chunks; "of that falls to" and one more


def item_right_behind(chunks: Sequence[Chunk], i: int, free: Container[int]) -> int | None:
    """The area of an item that opens with its number.

    Args:
        chunks: of the sentence.
        i: the number's chunk.
        free: areas of the sentence that belong to no flow.

    Returns:
        The area's chunk; None if none stands right behind.
    """
    lead = i - 2 if i > 1 and chunks[i - 1].low == "(" and chunks[i - 2].quantity is not None else i
    start = _past_second_measure(chunks, i, lead)
    k = start
    if k < len(chunks) and lead and chunks[lead - 1].low == "by" and chunks[k].low in ("with", "to", "from"):
        lead -= 1  # "by 2.5 times with Armenia, and by 30% with Moldova"
    falls = k < len(chunks) and chunks[k].low in _STRONG
    if not lead or not (falls or chunks[lead - 1].low in _OPENS):
        return item_in(chunks, i, free)
    while k < len(chunks) and k - start < _REACH and chunks[k].low in _FALLS:
        k += 1
    if k == start or k >= len(chunks) or chunks[k - 1].low.rsplit(" ", 1)[-1] not in _TOWARDS:
        return item_in(chunks, i, free)
    return k if k in free else None


def _past_second_measure(chunks: Sequence[Chunk], i: int, lead: int) -> int:
    """ "$30.1 billion (49.5%) fell on Kazakhstan": where to look on from either of the two."""
    window = chunks[i + 1 : i + 4]
    bracketed = len(window) > 2 and window[0].low == "(" and window[1].quantity is not None and window[2].low == ")"
    k = i + 4 if bracketed and lead == i else i + 1 + (lead != i and bool(window) and window[0].low == ")")
    while k > i + 1 and k < len(chunks) and chunks[k].low in _UNITS:  # "1.6 (1.5) mln t from Malaysia"
        k += 1
    return k


def item_in(chunks: Sequence[Chunk], i: int, free: Container[int]) -> int | None:
    """ "made up 21.3% in Kazakhstan, 34.8% in Kyrgyzstan": one of several, each behind its number.

    Args:
        chunks: of the sentence.
        i: the number's chunk.
        free: areas of the sentence that belong to no flow.

    Returns:
        The area's chunk; None if no list of such items stands there.
    """
    found = [
        k
        for k, chunk in enumerate(chunks[:-2])
        if chunk.quantity is not None and chunks[k + 1].low == "in" and k + 2 in free and chunks[k + 2].kind == "area"
    ]
    if i in found and len(found) > 1:
        return i + 2
    than = i > 1 and chunks[i - 1].low == "the" and chunks[i - 2].low.endswith("than")
    if than and i + 2 in free and chunks[i + 1].low == "of":
        return i + 2  # "a little more than the 23.2 percent of Russia"
    near = [k for k in range(i + 1, min(len(chunks) - 1, i + 6)) if chunks[k].kind == "area"]
    if near and chunks[near[0] - 1].low == "of" and chunks[near[0] + 1].low in ("origin", "provenance"):
        return near[0]  # "8.97 million tons of U.S. origin"
    return None


def item_at_the_end(chunks: Sequence[Chunk], i: int, free: Container[int]) -> int | None:
    """The area that ends an item: "from $36.5 billion to $39.8 billion for Kazakhstan; from $11.1 billion to".

    Args:
        chunks: of the sentence.
        i: the number's chunk.
        free: areas of the sentence that belong to no flow.

    Returns:
        The area's chunk; None if the number opens or closes no such item.
    """
    k = i + 1
    if i and chunks[i - 1].low == "from" and k + 1 < len(chunks) and chunks[k].low == "to":
        k += 2 if chunks[k + 1].quantity is not None else 0
    elif not (
        i > 2 and chunks[i - 1].low == "to" and chunks[i - 2].quantity is not None and chunks[i - 3].low == "from"
    ):
        return None
    if k + 1 >= len(chunks) or chunks[k].low not in ("for", "with") or k + 1 not in free:
        return None
    following = chunks[k + 2].low if k + 2 < len(chunks) else "."
    return k + 1 if following in (";", ",", ".", "and") else None
