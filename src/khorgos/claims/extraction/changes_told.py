"""Amounts that are changes though no verb of change stands right before them: "by $7.4 billion", "the increase was"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.lexicon import word_set

_NOUN = re.compile(r"(?:increase|decrease|growth|rise|drop|decline|fall|gain|loss|reduction|expansion|contraction)$")
_TOLD_AS = word_set("changes_told", "told_as")
_FAR = 6  # chunks; chosen because "The increase is an impressive, if late" fits
_OVER = frozenset(("over", "above", "below", "under", "above the", "below the"))
_BEFORE_GAP = frozenset((",", "is", "was", "(", "\u2013", "being"))


def is_told_as_change(line: Line, i: int) -> bool:
    """Whether an amount is a change by its place in the sentence.

    Args:
        line: the sentence.
        i: the amount's chunk.
    """
    chunks = line.chunks
    return _is_behind_by(chunks, i) or _is_of_noun(chunks, i) or held_against(chunks, i) != 0 or _is_added(chunks, i)


def held_against(chunks: Sequence[Chunk], i: int) -> int:
    """The direction of "$68.9 billion, $1.3 billion over the revised $67.6 billion": 1, -1, or 0 for no such thing."""
    if i == 0 or i + 2 >= len(chunks) or chunks[i + 1].low not in _OVER or chunks[i - 1].low not in _BEFORE_GAP:
        return 0
    own = chunks[i].quantity
    ahead = [c.quantity for c in chunks[i + 2 : i + 5] if c.quantity is not None]
    if own is None or not ahead or ahead[0].sort != own.sort or (ahead[0].value or 0.0) <= (own.value or 0.0):
        return 0
    return -1 if chunks[i + 1].low.startswith(("below", "under")) else 1


def _is_behind_by(chunks: Sequence[Chunk], i: int) -> bool:
    """ "in money by more than $12 billion", "5.1-fold, or by $7.4 billion", "iron ore (by $320 million)"."""
    if i == 0 or chunks[i - 1].low != "by":
        return False
    before = any(c.has("change") or re.match(r"exceed|surpass", c.low) for c in chunks[: i - 1])
    k = i + 1
    while k < min(len(chunks), i + _FAR) and chunks[k].low not in (",", ";") and not chunks[k].has("compare"):
        k += 1
    return before or (k < min(len(chunks), i + _FAR) and chunks[k].has("compare"))


def _is_of_noun(chunks: Sequence[Chunk], i: int) -> bool:
    """ "the increase is an impressive $123.8 million"."""
    k = i - 1
    while k > 0 and i - k <= _FAR and (chunks[k].low in _TOLD_AS or (chunks[k].kind == "word" and k >= i - 2)):
        k -= 1
    told = any(c.low in _TOLD_AS and c.low not in ("a", "an", "the", "of") for c in chunks[k + 1 : i])
    return (
        k > 0
        and told
        and chunks[k].has("change")
        and bool(_NOUN.match(chunks[k].low))
        and (chunks[k - 1].low in ("the", "this", "an", "a", "that", "total", "annual"))
    )


def _is_added(chunks: Sequence[Chunk], i: int) -> bool:
    """ "only 1,420 tons were added compared with July"."""
    return i + 1 < len(chunks) and chunks[i + 1].low in ("were added", "was added", "have been added")
