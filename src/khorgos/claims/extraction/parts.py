"""Which part of the goods a figure is of, where no good is named: a sector's, a kind of firm's, all but gold."""

from __future__ import annotations

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.lexicon import word_set

_SELLERS = word_set("parts", "sellers")
_BUT = word_set("parts", "but")
_MAKE_UP = word_set("parts", "make_up")


def part_of_goods(line: Line, i: int) -> str:
    """The part of all goods that the quantity at a chunk is of.

    Args:
        line: the sentence.
        i: the quantity's chunk.

    Returns:
        Its words, "all goods but gold" or "foreign-invested sector"; "" where all goods are meant.
    """
    chunks = line.chunks
    clause = _clause(chunks, i)
    for k in clause:
        if chunks[k].low in ("settlements", "payments"):
            return "settlements"
        if chunks[k].low in _BUT:
            return "all goods but " + _goods_after(chunks, k)
        if chunks[k].low in _SELLERS and k < i and chunks[max(0, k - 1)].low not in ("some", "many", "several"):
            return " ".join(c.low for c in chunks[max(clause.start, k - 2) : k + 1] if c.low not in ("the", "a", "by"))
    return _goods_that_make_up(chunks, i) or _goods_that_follow(chunks, i)


def _clause(chunks: tuple[Chunk, ...], i: int) -> range:
    first = i
    while first > 0 and chunks[first - 1].low not in (";", "while", "whereas", "but"):
        first -= 1
    last = i + 1
    while last < len(chunks) and chunks[last].low not in (";", "while", "whereas", "but", ",") and last - i < 8:
        last += 1
    return range(first, last)


def _goods_after(chunks: tuple[Chunk, ...], k: int) -> str:
    words = [c.low for c in chunks[k + 1 : k + 5] if c.product or c.has("all")]
    return " and ".join(words) or "some"


def _goods_that_follow(chunks: tuple[Chunk, ...], i: int) -> str:
    """ "Copper ores followed with $240 million": the goods are the subject, and no flow or country is named."""
    first = i
    while first > 0 and chunks[first - 1].low not in (";", ",", "while", "whereas", "but", ":"):
        first -= 1
    before = chunks[first:i]
    if any(c.kind in ("area", "quantity") or c.has("flow") or c.has("verb") for c in before):
        return ""
    return ", ".join(c.low for c in before if c.product)


def _goods_that_make_up(chunks: tuple[Chunk, ...], i: int) -> str:
    """ "Oil, gas and coal account for three quarters of its deliveries"."""
    quantity = chunks[i].quantity
    if quantity is None or quantity.sort != "percent":
        return ""
    verbs = [k for k in range(max(0, i - 4), i) if chunks[k].low in _MAKE_UP]
    if not verbs:
        return ""
    before = chunks[max(0, verbs[0] - 8) : verbs[0]]
    if any(c.kind == "area" or c.has("flow") for c in before):
        return ""
    return ", ".join(c.low for c in before if c.product)
