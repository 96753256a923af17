"""Machine-paraphrased text: tortured phrases found, read as what they stand for, and told."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from khorgos.claims.extraction.lexicon import Phrases, rows
from khorgos.claims.extraction.reading import Reading, replaced
from khorgos.claims.extraction.tokens import Token, tokenize

_ENOUGH = 2  # different sure phrases that mark a text; chosen because one alone may be a slip of a translator
_TRADE = re.compile(r"\b(?:trade|exports?|imports?|turnover|customs|commerce|tariffs?|bilateral)\b", re.I)


class Tortured(NamedTuple):
    """A tortured phrase in a reading.

    Args:
        start: where it starts in the reading before replacement.
        end: where it ends.
        written: as written.
        meant: what it stands for.
    """

    start: int
    end: int
    written: str
    meant: str


class _Entry(NamedTuple):
    meant: str
    cue: str


@cache
def _phrases() -> Phrases[_Entry]:
    return Phrases((row["phrase"], _Entry(row["meant"], row["cue"])) for row in rows("paraphrases"))


def unparaphrased(reading: Reading) -> tuple[Reading, tuple[Tortured, ...]]:
    """Read tortured phrases as what they stand for.

    A phrase that no writer means as written is always replaced; a phrase that has a sense of its own only in a text
    that holds at least two different ones of the first sort.

    Args:
        reading: the text made plain.

    Returns:
        The reading with the phrases replaced, and what was replaced.
    """
    tokens = tokenize(reading.text)
    found = _found(tokens, reading.text)
    sure = {each.written.lower() for each, cue in found if cue == "sure"}
    marked = len(sure) >= _ENOUGH
    is_trade = _TRADE.search(reading.text) is not None
    kept = [
        each
        for each, cue in found
        if cue == "sure" or (marked and (cue == "marked" or is_trade)) or _alone(each, cue, is_trade)
    ]
    if not kept:
        return reading, ()
    changes = [(each.start, each.end, _cased(each)) for each in kept]
    return replaced(reading, changes), tuple(kept)


def _alone(each: Tortured, cue: str, is_trade: bool) -> bool:
    """Old words for duties are replaced in any news of trade."""
    return cue == "trade" and is_trade and each.written.lower() in ("imposts", "impost")


def _found(tokens: list[Token], text: str) -> list[tuple[Tortured, str]]:
    found: list[tuple[Tortured, str]] = []
    position = 0
    while position < len(tokens):
        hit = _phrases().at(tokens, position)
        if hit is None:
            position += 1
            continue
        start, end = tokens[position].start, tokens[position + hit[0] - 1].end
        entry = hit[1][0]
        if entry.meant.lower() != text[start:end].lower():
            found.append((Tortured(start, end, text[start:end], entry.meant), entry.cue))
        position += hit[0]
    return found


def _cased(each: Tortured) -> str:
    return each.meant[0].upper() + each.meant[1:] if each.written[0].isupper() else each.meant
