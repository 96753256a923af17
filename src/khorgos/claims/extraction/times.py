"""Which period a quantity belongs to, and with which it is compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.mention import Mention
from khorgos.claims.extraction.moves import is_base

Role = Literal["time", "base", "horizon", "date", "none"]

_BETWEEN = word_set("times", "between")
_MARKS_BETWEEN = ("all", "flow", "anaphor", "compare", "change")
_PARTS = word_set("times", "parts")
_BASE_WORDS = word_set("times", "base_words")
_FILL = word_set("times", "fill")
_DATES = word_set("times", "dates")
_SAID = frozenset(("reported", "said", "announced", "showed", "published", "released", "stated"))
_AMOUNTS = frozenset(("amount", "value", "figure", "level", "volume"))
_LEVELS = frozenset(("level", "levels"))
_OPENING = frozenset((";", "while", "whereas", "when"))
_CLAUSE = 4  # chunks; chosen because "that had arrived in" fits
_ASIDE = frozenset(("following", "after", "reversing"))


def role(line: Line, i: int) -> Role:  # noqa: PLR0911  one rule a return
    """What an expression of time does in its sentence.

    Args:
        line: the sentence.
        i: its chunk.

    Returns:
        "time" where it says when, "base" where it says compared with when, "horizon" for a year to come, "date" for a
        day, "none" for "since 2015" and the like.
    """
    when = line.chunks[i].when
    assert when is not None
    if when.sort == "date":
        return "date"
    if when.sort == "horizon":
        return "horizon"
    prior = line.chunks[i - 1].low if i else ""
    if any(c.low in ("since", "until", "till") for c in line.chunks[max(0, i - 3) : i]) or prior == "before":
        clause = [c.low for c in line.chunks[i + 1 : i + 3]] == [",", "when"]
        return "time" if clause else "none"  # "since 2016, when turnover was"
    if _is_of_duties(line.chunks, i) or (when.sort == "relmonth" and prior in _SAID):
        return "none"
    if when.sort == "running":
        ahead = line.chunks[i + 1 : i + 3]
        return "none" if any(c.kind == "when" for c in ahead) else "time"
    of_level = i + 1 < len(line.chunks) and line.chunks[i + 1].low in _LEVELS  # "90.8 percent of the 2015 level"
    based = of_level or _is_based(line.chunks, i)
    if when.sort in ("earlier", "same_months"):
        return "time" if i == 0 or prior in _OPENING or (i == 1 and prior in ("in", "for", "over")) else "base"
    if when.sort == "same" and not based:
        return "time" if prior in ("in", "during", "for", "over") or i == 0 else "base"
    return "base" if based else "time"


def _is_of_duties(chunks: Sequence[Chunk], i: int) -> bool:
    """ "after the new tariffs that Washington imposed in April": when duties came, not when goods went."""
    near = chunks[max(0, i - 3) : i]
    acted = any(c.has("tariffact") and not c.has("change") for c in near)
    return acted and any(c.has("tariff") for c in chunks[max(0, i - 9) : i])


def _is_based(chunks: Sequence[Chunk], i: int) -> bool:  # noqa: PLR0911  one rule a return
    """Whether a word of comparison governs the expression."""
    k = _governing(chunks, i)
    if k < 0:
        return False
    chunk = chunks[k]
    word = chunk.low.removesuffix(" the")
    if chunk.quantity is not None and chunk.quantity.sort == "times":
        return any(c.low in _AMOUNTS for c in chunks[k:i])
    if chunk.low in _AMOUNTS and k > 1 and chunks[k - 1].low == "the":
        told = chunks[k - 2].quantity or chunks[k - 2].wording
        return told is not None and told.sort in ("times", "multiple")
    if chunk.low == "on":
        return k > 0 and (chunks[k - 1].kind == "quantity" or chunks[k - 1].has("change")) and i - k <= 3
    if chunk.low == "from":
        return not _is_start(chunks, k, i)
    if chunk.low == "over" and k > 0 and _is_stretch(chunks, k - 1, i):
        return False
    if word in ("over", "after", "above", "below"):
        return k > 0 and _is_measured(chunks, k - 1)
    if chunk.low.startswith("as"):
        return _is_as(chunks, k)
    if (chunk.has("base") and chunk.low not in ("following", "instead of")) or chunk.low.endswith("short of"):
        return True
    return chunk.low.endswith("than") and (chunk.has("compare") or chunk.has("qualifier"))


def _is_measured(chunks: Sequence[Chunk], k: int) -> bool:
    """ "by $3.54 billion (44.58 percent) above", "a rise over": a change in front of a word of comparison."""
    if chunks[k].low == ")" and k > 1:
        return chunks[k - 1].kind == "quantity" and chunks[k - 2].low == "("
    return chunks[k].kind == "quantity" or chunks[k].has("change") or chunks[k].has("compare")


def _governing(chunks: Sequence[Chunk], i: int) -> int:
    """The word before an expression of time, past articles and the flow between: "than [the exports of] 2023"."""
    k = i - 1
    while (
        k >= 0
        and (chunks[k].low in _FILL or (chunks[k].has("flow") and i - k <= 4) or chunks[k].low == "'s")
        and i - k <= 5
    ):
        k -= 1
    return k


def _is_as(chunks: Sequence[Chunk], k: int) -> bool:
    """ "as much as in 2023", "twice as many as in the first half"."""
    if chunks[k].low in ("as many as", "as much as", "as high as", "as large as"):
        return k > 0 and (chunks[k - 1].kind == "quantity" or chunks[k - 1].wording is not None)
    if chunks[k].low != "as":
        return chunks[k].has("base")
    if k and chunks[k - 1].low in (",", "("):
        return True  # "remained, as in 2024, Kyrgyzstan"
    return k > 0 and any(
        c.low == "as" or c.low.startswith("as ") or c.wording is not None for c in chunks[max(0, k - 5) : k]
    )


def _is_stretch(chunks: Sequence[Chunk], k: int, i: int) -> bool:
    """ "came to $5.9 billion over the first eight months": while, not compared with."""
    when, quantity = chunks[i].when, chunks[k].quantity
    long = when is not None and (when.sort in ("span", "running", "ytd") or when.first != when.last)
    now = when is not None and (when.offset == 0 or when.sort in ("running", "ytd"))
    return long and quantity is not None and (quantity.sort != "percent" or now)


def _is_start(chunks: Sequence[Chunk], k: int, i: int) -> bool:
    """ "from January to August" and "from 2013 on" say when; "down from May" says with what it is compared."""
    when = chunks[i].when
    assert when is not None
    if when.sort in ("months", "years") and any(
        f" {word} " in chunks[i].low for word in ("to", "through", "until", "till", "and")
    ):
        return True
    if when.sort in ("months", "years") and when.first != when.last:
        return not (k > 0 and (chunks[k - 1].has("change") or chunks[k - 1].kind == "quantity"))
    return not any(
        c.kind == "quantity"
        or c.has("change")
        or c.has("compare")
        or (c.wording is not None and c.wording.sort == "multiple")
        for c in chunks[max(0, k - 8) : k]
    )


def time_of(
    line: Line, i: int, mention: Mention | None, roles: dict[int, Role], others: Sequence[Mention] = ()
) -> int | None:
    """The expression of time that says when for a quantity.

    Args:
        line: the sentence.
        i: the quantity's chunk.
        mention: the flow that it measures.
        roles: role of each expression of the sentence.
        others: all flows of the sentence, whose own times are theirs.

    Returns:
        Its chunk; None if the sentence has none for it.
    """
    attached = attached_time(line, i)
    if attached is not None and roles.get(attached) == "time":
        return attached
    times = [k for k, r in roles.items() if r == "time"]
    clause = max((k for k in range(i) if line.chunks[k].low == ";"), default=-1)
    if mention is not None and mention.head < clause:
        here = [k for k in times if clause < k < i and not _attached_elsewhere(line, k, i)]
        if here:
            return here[-1]
    if mention is not None:
        own = [k for k in times if k in mention.whens and not _is_taken(line, k, i, mention)]
        if own:
            return _nearer(line, own[-1], i, times) or own[-1]
    before = [k for k in times if k < i and not _attached_elsewhere(line, k, i)]
    if before:
        return before[-1]
    theirs = {k for other in others if other is not mention and other.head > i for k in other.whens}
    after = [k for k in times if k > i and k not in theirs and not _attached_elsewhere(line, k, i)]
    after = [k for k in after if all(c.low != ";" for c in line.chunks[i:k])]
    return after[0] if after else None


def _nearer(line: Line, own: int, i: int, times: Sequence[int]) -> int | None:
    """ "January exports rose by 10%, those of February were 7% lower": a time told after another figure."""
    after = [k for k in times if own < k < i and not _attached_elsewhere(line, k, i)]
    parted = [k for k in after if any(c.quantity is not None for c in line.chunks[own:k])]
    return parted[-1] if parted else None


def attached_time(line: Line, i: int) -> int | None:
    """An expression of time right behind a quantity: "$80 million in 2023", "8.81 million tons a year ago"."""
    k = i + 1
    chunks = line.chunks
    if i >= 2 and chunks[i - 1].low == "'s" and chunks[i - 2].kind == "when":
        return i - 2  # "April's 6.08 million tons"
    while k < len(chunks) and k - i <= 6:
        chunk = chunks[k]
        if chunk.kind == "when":
            if k + 2 < len(chunks) and chunks[k + 1].low == "'s" and chunks[k + 2].kind == "quantity":
                return None
            return k if _reaches(chunks, i, k) else None
        if chunk.kind == "quantity" or chunk.low in _PARTS or chunk.low == "|":
            return None
        if chunk.has("base") and chunk.low not in ("on", "over", "as"):
            return None
        k += 1
    return None


def _reaches(chunks: Sequence[Chunk], i: int, k: int) -> bool:
    """Whether nothing but a preposition, goods or a side stands between a quantity and an expression of time."""
    between = chunks[i + 1 : k]
    if between and between[0].low in ("that", "which") and len(between) <= _CLAUSE:
        return True  # "the 9.5 million tons that arrived in December"
    return all(
        c.low in _BETWEEN or c.kind == "area" or bool(c.product) or any(c.has(mark) for mark in _MARKS_BETWEEN)
        for c in between
    )


def _attached_elsewhere(line: Line, k: int, i: int) -> bool:  # noqa: PLR0911  one rule a return
    """Whether an expression is the time of another quantity, which leaves none to this one.

    The time of a level serves its growth as well, in either order; the time of a base serves nobody else.
    """
    if (
        k + 2 < len(line.chunks)
        and line.chunks[k + 1].low == "'s"
        and line.chunks[k + 2].kind == "quantity"
        and k + 2 != i
    ):
        return True
    bracket = _enclosing(line.chunks, k)
    if (bracket is not None and bracket != _enclosing(line.chunks, i)) or (i < k and _opens_clause(line.chunks, k)):
        return True
    if _opens_bracket(line.chunks, k) and i < k and any(c.kind == "quantity" for c in line.chunks[k + 1 : k + 3]):
        return True
    if i < k and (j := aside_before(line, k)) is not None:
        return j > i
    for j in range(k - 1, max(-1, k - 8), -1):
        if j == i:
            return False
        wording = line.chunks[j].wording
        if wording is not None and wording.sort == "none" and j > i:
            return True
        if line.chunks[j].kind == "quantity":
            if attached_time(line, j) != k:
                return False
            return is_base(line, j) or (j > i and (line.chunks[j - 1].low == "(" or _parts(line.chunks, i, j)))
    return False


def _enclosing(chunks: Sequence[Chunk], k: int) -> int | None:
    """The bracket that a chunk stands in with a statement of its own: "(growth in January-April 2023 was 15%)"."""
    left = next((j for j in range(k - 1, max(-1, k - 12), -1) if chunks[j].low in ("(", ")")), None)
    if left is None or chunks[left].low == ")":
        return None
    right = next((j for j in range(k + 1, min(len(chunks), k + 12)) if chunks[j].low == ")"), None)
    if left > 1 and chunks[left - 1].kind == "quantity" and chunks[left - 2].low == "from":
        return left  # "from $1.6 billion (as recorded in January 2021) to $1.9 billion"
    if right is None:
        return None
    said = any(
        c.has("change") or c.has("flow") or c.has("verb") or c.kind == "quantity" for c in chunks[left + 1 : right]
    )
    return left if said else None


def _opens_clause(chunks: Sequence[Chunk], k: int) -> bool:
    """ "a deficit of $866 billion, in 2018 it was $887 billion": a time that begins a statement of its own."""
    before = k - 2 if chunks[k - 1].low in ("in", "for", "over", "during") else k - 1
    if before < 0 or chunks[before].low not in (",", ";") or k + 1 >= len(chunks):
        return False
    if chunks[k + 1].kind == "quantity":
        return before == k - 2
    return chunks[k + 1].low in ("it", "they", "this", "these", "that") and any(
        c.kind == "quantity" for c in chunks[k + 2 : k + 6]
    )


def aside_before(line: Line, k: int) -> int | None:
    """The quantity that a time goes with and that is told by the way: "following a 5.8% increase in June".

    Args:
        line: the sentence.
        k: chunk of the expression of time.

    Returns:
        Its chunk; None if the time is not one of such an aside.
    """
    chunks = line.chunks
    near = [j for j in range(max(0, k - 5), k) if chunks[j].kind == "quantity"]
    if not near or near[-1] < 2:
        return None
    lead = [c.low for c in chunks[max(0, near[-1] - 3) : near[-1]]]
    opens = lead[-1] in _ASIDE or (lead[-1] in ("a", "an", "the", "revised") and lead[-2] in _ASIDE)
    parted = any(c.low in (",", ";", "and") for c in chunks[near[-1] : k])
    return near[-1] if opens and not parted else None


def _opens_bracket(chunks: Sequence[Chunk], k: int) -> bool:
    """ "(in last year 114 dollars)": the time of what stands in brackets."""
    return k > 0 and (
        chunks[k - 1].low == "(" or (k > 1 and chunks[k - 1].low in ("in", "for") and chunks[k - 2].low == "(")
    )


def _parts(chunks: Sequence[Chunk], i: int, j: int) -> bool:
    """Whether another statement begins between two quantities."""
    part = any(
        c.low in (",", "and") and chunks[k + 1].low in ("with", "including") for k, c in enumerate(chunks[:j]) if k > i
    )
    return part or any(
        c.has("flow") or c.has("verb") or c.low in (";", "while", "whereas", "but") for c in chunks[i + 1 : j]
    )


def _is_taken(line: Line, k: int, i: int, mention: Mention) -> bool:
    """Whether a time within a verb's reach belongs to another quantity there."""
    return mention.verb and _attached_elsewhere(line, k, i)
