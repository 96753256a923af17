"""Which way a quantity moves, whether it is a base, a change or a level: the words around it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from khorgos.claims.extraction.changes_told import held_against, is_told_as_change
from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.quantity import Quantity

_BEFORE_BASE = word_set("moves", "before_base")
_SKIP = word_set("moves", "skip")
_BREAKS = word_set("moves", "breaks")
_MOVES = frozenset(("growth", "increase", "decrease", "decline", "drop", "fall", "rise", "gain", "contraction"))
_HARD = frozenset((";", "|", "while", "whereas"))
_UP_TO_LEVEL = word_set("moves", "up_to_level")


def is_base(line: Line, i: int) -> bool:  # noqa: PLR0911  one rule a return
    """Whether the quantity at a chunk is what another is compared with: "from $89.4 billion", "against 8 tons".

    Args:
        line: the sentence.
        i: the quantity's chunk.
    """
    k = i - 1
    while k >= 0 and (
        line.chunks[k].low in _BEFORE_BASE
        or line.chunks[k].low.startswith("the previous")
        or (line.chunks[k].low in _MOVES and line.chunks[k + 1].low == "of")
    ):
        k -= 1
    if k < 0:
        return False
    chunk = line.chunks[k]
    if chunk.low == "and" and k > 2 and line.chunks[k - 1].kind == "when":
        before = next((j for j in range(k - 2, max(-1, k - 5), -1) if line.chunks[j].kind == "quantity"), None)
        dated = any(c.kind == "when" for c in line.chunks[i + 1 : i + 4])
        return before is not None and dated and is_base(line, before)
    if chunk.low == "from":
        return not _starts_range(line.chunks, k, i) and not _is_origin(line.chunks, k)
    if chunk.low.endswith(("below", "above", "under", "short of")) and any(
        c.low in ("record", "peak", "high", "low", "all-time high") for c in line.chunks[k + 1 : i]
    ):
        return True
    if (chunk.low in ("below", "above", "over") and i - k > 1) or chunk.low in ("below the", "above the"):
        return _percent_before(line.chunks, k)
    if chunk.low in (
        "than",
        "more than",
        "less than",
        "higher than",
        "lower than",
        "smaller than",
        "larger than",
        "fewer than",
    ):
        return chunk.kind != "quantity" and (chunk.low == "than" or i - k > 1)
    return chunk.has("base") and chunk.low not in (
        "on",
        "over",
        "after",
        "following",
        "as",
        "from",
        "compared",
        "instead of",
    )


def _starts_range(chunks: Sequence[Chunk], k: int, i: int) -> bool:
    return k > 0 and chunks[k - 1].low in ("ranging", "range", "ranged", "ranges") and i > k


def _is_origin(chunks: Sequence[Chunk], k: int) -> bool:
    return k > 0 and chunks[k - 1].low in ("earned", "revenue", "revenues", "income")


def _percent_before(chunks: Sequence[Chunk], k: int) -> bool:
    return k > 0 and chunks[k - 1].kind == "quantity"


def sign_of_change(line: Line, i: int) -> tuple[int, int | None]:
    """The direction of change that belongs to a quantity.

    Args:
        line: the sentence.
        i: the quantity's chunk.

    Returns:
        1, -1 or 0, and the chunk of the word that says so (None for a printed sign, or none found).
    """
    quantity = line.chunks[i].quantity
    if quantity is not None and quantity.sign:
        return quantity.sign, None
    if (against := held_against(line.chunks, i)) != 0:
        return against, i + 1
    if line.chunks[i].is_percent and i + 1 < len(line.chunks) and line.chunks[i + 1].low == "off":
        return -1, i + 1  # "22.2% off at $11.5 billion"
    right = _right_word(line.chunks, i)
    if right is not None:
        return _sign(line.chunks[right]), right
    left = _left_word(line.chunks, i)
    if left is not None:
        return _sign(line.chunks[left]), left
    listed = _sign_of_list(line, i)
    return listed if listed[0] else _sign_of_two_measures(line, i)


def _sign_of_two_measures(line: Line, i: int) -> tuple[int, int | None]:
    """ "Exports were $258 billion or 17.5 percent lower, imports $251 billion or 13.8 percent": told once for both."""
    chunks = line.chunks
    beside = [c.low for c in (*chunks[max(0, i - 1) : i], *chunks[i + 1 : i + 2])]
    if "or" not in beside:
        return 0, None
    for k in range(i - 2, -1, -1):
        if chunks[k].low in _HARD:
            return 0, None
        if chunks[k].is_percent and chunks[k - 1].low == "or" and k < i - 2:
            right = _right_word(chunks, k)
            return (0, None) if right is None else (_sign(chunks[right]), right)
    return 0, None


def _lists(chunk: Chunk) -> bool:
    """ "crude oil - by 36.1%, cement - 28.8%": what parts an item from its number."""
    return chunk.low in ("by", "-", "\u2013", "\u2014")


def _sign_of_list(line: Line, i: int) -> tuple[int, int | None]:
    """ "fell to Kazakhstan by 39%, to Turkey by 7%, and to Tajikistan by 20%": the verb stands once."""
    chunks = line.chunks
    if not i or not _lists(chunks[i - 1]):
        return 0, None
    for k in range(i - 1, max(-1, i - 14), -1):
        if chunks[k].low in _HARD:
            return 0, None
        before = chunks[k].quantity
        if before is not None:
            return (
                sign_of_change(line, k)
                if before.sort in ("percent", "times") and k and _lists(chunks[k - 1])
                else (0, None)
            )
    return 0, None


def _sign(chunk: Chunk) -> int:
    if re.match(r"slow|decelerat|moderat|cool", chunk.low):  # "growth slowed to 6 percent"
        return 1
    value = chunk.marks.get("change") or chunk.marks.get("compare") or "+"
    return 1 if value == "+" else -1


def _right_word(chunks: Sequence[Chunk], i: int) -> int | None:
    """A word of change close behind: "5% increase", "$4.6 billion less than", "a 12 percent year-on-year drop"."""
    k = _after_other_measure(chunks, i)
    if i > 1 and chunks[i - 1].low == "or" and chunks[i - 2].low == "," and k < len(chunks) and chunks[k].low == ",":
        k += 1
    start = k
    while k < len(chunks) and k - start <= 4:
        chunk = chunks[k]
        if _is_of_time(chunks, k) or is_allotted(chunks, k):
            k, start = k + 1, start + 2
            continue
        if chunk.has("compare") or (chunk.has("change") and chunk.low not in ("up", "down")):
            return k if _belongs_left(chunks, i, k) else None
        if not (
            chunk.low in _SKIP or chunk.kind == "when" or chunk.has("flow") or chunk.product or chunk.has("average")
        ):
            return None
        k += 1
    return None


def _is_of_time(chunks: Sequence[Chunk], k: int) -> bool:
    """The "over" of "year-over-year", which says nothing of a direction."""
    return chunks[k].low == "over" and chunks[k - 1].low == "-" and k + 1 < len(chunks) and chunks[k + 1].low == "-"


def _after_other_measure(chunks: Sequence[Chunk], i: int) -> int:
    """Where to look on: "$558 million, or 6.7%, more than" tells one change in two measures."""
    window = [c.low for c in chunks[i + 1 : i + 3]]
    if window[:1] == [")"] and i > 1 and chunks[i - 1].low == "(" and chunks[i - 2].quantity is not None:
        return i + 2  # "12.8 million tons (457%) more"
    if window == [",", "or"] and i + 4 < len(chunks) and chunks[i + 3].kind == "quantity":
        return i + 5 if chunks[i + 4].low == "," else i + 1
    if window[:1] == ["or"] and i + 3 < len(chunks) and chunks[i + 2].kind == "quantity":
        return i + 3
    if window[:1] == ["("] and i + 4 < len(chunks) and chunks[i + 2].kind == "quantity" and chunks[i + 3].low == ")":
        return i + 4
    return i + 1


def _belongs_left(chunks: Sequence[Chunk], i: int, k: int) -> bool:  # noqa: PLR0911  one rule a return
    """Whether a word of change after a quantity speaks of it, not of the next: "at $5bn, down 3%" or "$5bn less 3%"."""
    chunk = chunks[k]
    if chunk.low in ("up", "down", "over", "under", "above", "below", "lower", "higher") and k + 1 < len(chunks):
        after = chunks[k + 1]
        if after.kind == "quantity" and chunk.low in ("up", "down"):
            return False
    quantity = chunks[i].quantity
    is_money = quantity is not None and quantity.sort in ("money", "goods")
    next_to = k == i + 1 or (chunks[i + 1].low == "(" and chunks[k - 1].low == ")")
    if is_money and next_to and chunk.low in ("above", "below") and _is_of_before(chunks, k):
        return True
    if is_money and k > i + 1 and chunk.low in ("above the", "below the") and chunks[k + 1].quantity is not None:
        return False  # "$760 million, or 54% above the $492 million of"
    if is_money and chunk.low in ("over", "under", "above", "below", "up", "down", "ahead of", "behind"):
        return False
    told = chunks[i + 1].low == "," and k + 1 < len(chunks) and chunks[k + 1].low in ("from", "compared with", "on")
    if is_money and told and chunk.has("change") and chunks[i + 2].low in ("a", "an"):
        return False  # "added up to $340.6 billion, a substantial drop from"
    if is_money and chunk.has("change") and not chunk.has("compare"):
        verb = chunk.low.endswith(("ed", "ing")) or chunk.low in ("rose", "fell", "grew", "sank", "slid", "shrank")
        return not verb
    return True


def _is_of_before(chunks: Sequence[Chunk], k: int) -> bool:
    """ "$3.5 billion above January exports", "$6.6bn below those of April": held against a time before."""
    ahead = chunks[k + 1 : k + 5]
    held = any(c.kind == "when" or c.low in ("before", "earlier") for c in ahead) or any(
        c.low in ("those", "that", "exports", "imports") for c in ahead
    )
    return held and not any(c.kind == "quantity" for c in ahead[:3])


def _left_word(chunks: Sequence[Chunk], i: int) -> int | None:
    """The nearest word of change before, in the clause, else in the clauses before it."""
    k = i - 1
    crossed = 0
    while k >= 0 and crossed <= 4:
        chunk = chunks[k]
        if chunk.low in _HARD and chunk.low != "|":
            crossed += 2
        elif chunk.low in (",", "and", "or", "(", ")", "\u2013"):
            crossed += 1
        if chunk.has("change") and not _is_spent(chunks, k, i) and not is_allotted(chunks, k):
            return k
        if chunk.has("flow") and crossed > 2:
            return None
        k -= 1
    return None


def is_allotted(chunks: Sequence[Chunk], k: int) -> bool:
    """ "92 percent of exports fell to China": whose part it is, no decrease."""
    return chunks[k].low in ("fell", "fall", "falls") and (
        k + 2 < len(chunks)
        and chunks[k + 1].low in ("to", "on")
        and (chunks[k + 2].kind == "area" or (chunks[k + 1].low == "on" and chunks[k + 2].has("flow")))
    )


def _is_spent(chunks: Sequence[Chunk], k: int, i: int) -> bool:
    """Whether a word of change is the noun of a number before it ("an $0.8 billion fall of"), so not of a later one."""
    before = chunks[k - 1] if k else None
    if before is not None and before.kind == "quantity" and i - k > 3:
        return True
    return chunks[k].has("compare") and before is not None and before.kind == "quantity"


def is_change(line: Line, i: int) -> bool:
    """Whether an amount is a change and no level: "fell by $4.4 billion", "$0.2 billion smaller", "+$2.8 billion".

    Args:
        line: the sentence.
        i: the chunk of an amount of money or goods.
    """
    quantity = line.chunks[i].quantity
    if quantity is None:
        return False
    if quantity.sign or is_told_as_change(line, i):
        return True
    right = _right_word(line.chunks, i)
    if right is not None and not _is_level_before(line.chunks, i, right):
        return True
    return _follows_change(line.chunks, i, quantity, line)


def _is_level_before(chunks: Sequence[Chunk], i: int, right: int) -> bool:
    """ "to $2.4 billion more than": a level though a comparison follows."""
    k = i - 1
    while k >= 0 and chunks[k].low in ("the", "a", "an"):
        k -= 1
    return k >= 0 and chunks[k].low in ("to", "at", "reached", "totaled", "worth") and not chunks[right].has("compare")


def _follows_change(chunks: Sequence[Chunk], i: int, quantity: Quantity, line: Line) -> bool:
    lead = line.tokens[quantity.first].low
    k = i - 1
    by = False
    while k >= 0 and (
        chunks[k].low in _SKIP
        or chunks[k].low in ("of",)
        or (by and (chunks[k].kind == "when" or chunks[k].low == "'s"))
    ):
        by = by or chunks[k].low in ("by", "of")
        k -= 1
    if k < 0:
        return False
    chunk = chunks[k]
    if by and any(re.match(r"exceed|surpass|outstrip|outpac", c.low) for c in chunks[max(0, k - 8) : k + 1]):
        return True
    if not chunk.has("change"):
        return chunks[i - 1].low in ("of", "by") and _change_of_flow(chunks, k) is not None
    if not by and lead in _UP_TO_LEVEL:  # "climbed above $31 billion"
        return lead in ("nearly", "almost", "around", "over") and chunk.low in ("up", "down")
    noun = chunk.low in (
        "growth",
        "increase",
        "rise",
        "fall",
        "decline",
        "drop",
        "decrease",
        "reduction",
        "loss",
        "gain",
        "surge",
    )
    return by or not noun or chunk.low in ("increase", "fall", "rise", "drop") or "of" in chunks[i - 1].low


def _change_of_flow(chunks: Sequence[Chunk], k: int) -> int | None:
    """ "an increase in the goods deficit of $3.0 billion": the chunk of the change before a flow."""
    flow = False
    for j in range(k, max(-1, k - 9), -1):
        flow = flow or chunks[j].has("flow")
        if chunks[j].has("change"):
            return j if flow and chunks[j + 1].low in ("in", "of", "the", "its", "their") else None
        if chunks[j].kind == "quantity" or chunks[j].low in (",", ";", "and", "to"):
            return None
    return None


def is_share(line: Line, i: int) -> bool:
    """Whether a percentage is a part of a whole: "14.8 per cent of all trade", "accounted for 12%", "a 15% share".

    Args:
        line: the sentence.
        i: the percentage's chunk.
    """
    chunks = line.chunks
    if [c.low for c in chunks[i + 1 : i + 4]] in (["of", "its", "value"], ["in", "value", "terms"]):
        return False  # "lost 8.3 percent of its value"
    right = _right_word(chunks, i)
    if right is not None and not any(c.has("share") for c in chunks[i + 1 : right]):
        return False
    after = chunks[i + 1] if i + 1 < len(chunks) else None
    of_share = after is not None and after.has("share") and after.low.startswith(("of", "share"))
    if of_share or (after is not None and after.low in ("of", "of the total", "share", "market")):
        return not _is_growth_of(chunks, i)
    if (
        after is not None
        and after.low == "in"
        and i + 2 < len(chunks)
        and any(word in c.low for c in chunks[i + 2 : i + 4] for word in ("total", "overall", "entire"))
    ):
        return True
    return _share_before(chunks, i)


def _is_growth_of(chunks: Sequence[Chunk], i: int) -> bool:
    return False if i + 2 >= len(chunks) else chunks[i + 2].kind == "quantity"


def _share_before(chunks: Sequence[Chunk], i: int) -> bool:  # noqa: PLR0911  one rule a return
    """Whether a word of share governs a percentage from before: "the share of exports rose to 66%", "made up 12%"."""
    if i >= 2 and chunks[i - 1].low == "which" and chunks[i - 2].low == "of":
        return True
    if i >= 5 and [c.low for c in chunks[i - 2 : i]] == [",", "or"] and chunks[i - 4].low == "which":
        return chunks[i - 3].kind == "quantity" and chunks[i - 5].low == "of"
    moved = flow = False
    for k in range(i - 1, max(-1, i - 40), -1):
        chunk = chunks[k]
        if chunk.low in (";", "whereas") or chunk.has("tariff"):
            return False
        if chunk.quantity is not None and chunk.quantity.sort != "percent":
            if chunks[i - 1].low == "or" and k >= i - 3:
                continue
            return False
        if chunk.has("share"):
            if _is_noun_of_share(chunk):
                return not (moved and chunks[i - 1].low == "by")
            near = i - k <= 3 or (i - k <= 5 and not flow)
            if near and not moved and chunk.low not in ("part of", "weight", "held", "holds"):
                return True
        moved = moved or chunk.has("change")
        flow = flow or chunk.has("flow")
    return False


def _is_noun_of_share(chunk: Chunk) -> bool:
    return bool(
        re.search(r"\b(?:shares?|proportion|percentage of|specific weight|part in|fraction of|portion of)\b", chunk.low)
    )
