"""Items of a list that open with their number: "92% of that falls to Russia, 4.9% to Kyrgyzstan"."""

from __future__ import annotations

from collections.abc import Container, Sequence

from khorgos.claims.extraction.chunks import Chunk
from khorgos.claims.extraction.lexicon import word_set

_OPENS = frozenset((",", ":", ";", "and", "while"))
_FALLS = word_set("items", "falls")
_TOWARDS = frozenset(("to", "from", "with", "by", "on", "the"))
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
    if not i or chunks[i - 1].low not in _OPENS:
        return None
    k = i + 1
    while k < len(chunks) and k - i <= _REACH and chunks[k].low in _FALLS:
        k += 1
    if k == i + 1 or k >= len(chunks) or chunks[k - 1].low not in _TOWARDS:
        return None
    return k if k in free else None


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
