"""Amounts said to be exports or imports behind their numbers: "$5.9 billion, or 41.89%, accounted for imports"."""

from __future__ import annotations

from collections.abc import Sequence

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.mention import Mention

_VERBS = (
    "accounted for",
    "accounts for",
    "fell on",
    "falls on",
    "fell to",
    "went to",
    "was made up of",
    "were made up of",
    "was the share of",
    "the share of",
)
_FILLING = frozenset(
    (",", "or", "of", "the", "turnover", "total", "trade", "was", "were", "which", "is", "share of", "for")
)
_MADE = frozenset(("made up", "makes up", "constituted", "formed"))
_WITHIN = frozenset(("of", "in", "the", "all", "total", "its", "overall", "country", "'s"))
_FAR = 12  # chunks; chosen because "of the turnover, or 41.89%, was the share of imports" fits


def allotted_to(chunks: Sequence[Chunk], mentions: Sequence[Mention], i: int) -> int | None:
    """The flow behind a number that the number is said to be.

    Args:
        chunks: of a sentence.
        mentions: its flows.
        i: the number's chunk.

    Returns:
        Index of the mention; None if the sentence allots nothing behind the number.
    """
    for m, mention in enumerate(mentions):
        if not i < mention.first <= i + _FAR or mention.flow not in ("export", "import") or mention.a:
            continue
        between = chunks[i + 1 : mention.first]
        if not all(
            c.low in _FILLING or c.low in _VERBS or c.is_percent or c.marks.get("flow") == "total" for c in between
        ):
            return None
        return m if _is_told(chunks, mentions, m, between) else None
    return None


def sharing_flow(line: Line, mentions: Sequence[Mention], i: int) -> int | None:
    """The flow that is a part of another: "exports had a share of 75 percent in the turnover".

    Args:
        line: the sentence.
        mentions: its flows.
        i: a number's chunk.

    Returns:
        Index of the mention that is the part; None if the sentence tells no such thing of the number.
    """
    for m, mention in enumerate(mentions[:-1]):
        whole = mentions[m + 1]
        of_pair = mention.flow == "total" and (mention.mutual or bool(mention.b))
        if not (of_pair or mention.flow in ("export", "import")) or whole.flow != "total":
            continue
        if i > whole.last and line.chunks[i - 1].has("base"):  # "versus 63.36 percent"
            shares = [k for k in range(mention.last, whole.first) if line.chunks[k].is_percent]
            return sharing_flow(line, mentions, shares[-1]) if shares else None
        if not mention.last <= i < whole.first:
            continue
        before, behind = line.chunks[mention.last : i], line.chunks[i + 1 : whole.first]
        told = any(c.has("share") or c.low in _MADE for c in before) and not any(
            c.kind in ("area", "quantity") for c in before
        )
        return m if told and behind and all(c.low in _WITHIN for c in behind) else None
    return None


def _is_told(chunks: Sequence[Chunk], mentions: Sequence[Mention], m: int, between: Sequence[Chunk]) -> bool:
    """Whether a verb allots it, or the like of one before: "and $8.2 billion, or 58%, of exports"."""
    if any(c.low in _VERBS or c.low == "share of" for c in between):
        return not (len(between) and between[-1].is_percent)
    last = between[-1].low if between else ""
    goes_on = any(c.low in _VERBS for c in chunks[: mentions[m].first])
    return goes_on and last in ("for", "of") and (last == "for" or [c.low for c in between[-2:-1]] == [","])
