"""Rates of duty that are told without the word: "another 10% on goods from China", "China's answer was 84%"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.tariff_mind import TariffMind

BEARS = re.compile(r"fac(?:e|ed|es|ing)$|subject to|taxed|pays?$|paying|carr(?:y|ies)$|bears?$|attracts?$|gets?$|got$")
_GOODS = word_set("tariffs", "goods")
_REPLIES = frozenset(("answer", "answers", "response", "reply", "retaliation", "countermeasure"))
_ITSELF = frozenset(("it", "they", "the rate", "rate", "this", "that", "levy", "its own", "own"))
_TAXES = frozenset(("tax", "rate", "charge", "penalty", "more", "extra"))
_CURRENCIES = frozenset(("dollar", "dollars", "yuan", "euro", "yen", "ruble", "rouble", "tenge", "pound", "rupee"))
_STOPS = frozenset((";", ".", "while", "whereas"))
_NEAR = 2  # sentences since duties were spoken of; chosen because a pronoun does not reach further


def is_told_otherwise(line: Line, i: int, running: TariffMind) -> bool:
    """Whether a percentage is a rate of duty by what it lies on, who bears it, or what it answers.

    Args:
        line: the sentence.
        i: the percentage's chunk.
        running: the tariff in question.
    """
    chunks = line.chunks
    following = [k for k in range(i + 1, min(len(chunks), i + 3)) if chunks[k].low not in _TAXES]
    nxt = following[0] if following else len(chunks)
    after = chunks[nxt].low if nxt < len(chunks) else ""
    if _is_no_rate(chunks, i, after):
        return False
    then = chunks[nxt + 1] if nxt + 1 < len(chunks) else None
    if after == "in" and then is not None and (then.when is not None or then.low in ("value", "volume", "the")):
        return False
    spoken = running.lines <= _NEAR or running.last is line or any(c.has("tariff") for c in chunks)
    acted = any(c.has("tariffact") and not c.has("change") for c in chunks[max(0, i - 10) : i])
    replied = any(c.low in _REPLIES for c in chunks[max(0, i - 6) : i])
    if after in ("on", "against") and is_laid(chunks, nxt + 1):
        return spoken or acted or replied or any(c.kind == "person" for c in chunks)
    if after == "for" and then is not None and then.kind == "area" and not (i and chunks[i - 1].has("change")):
        return spoken or any(c.kind == "person" for c in chunks)
    return _is_borne(chunks, i) or _is_reply_or_more(line, i, running, replied=replied, spoken=spoken)


def _is_reply_or_more(line: Line, i: int, running: TariffMind, *, replied: bool, spoken: bool) -> bool:
    chunks = line.chunks
    if replied:
        return spoken or any(c.kind in ("person", "area") for c in chunks[max(0, i - 8) : i])
    return spoken and _goes_on(line, i, running)


def _is_no_rate(chunks: Sequence[Chunk], i: int, after: str) -> bool:
    """ "5% of output", "by 5%", "5% more"."""
    by = i > 0 and chunks[i - 1].low == "by"
    return after in ("of", "from", "more", "less", "higher", "lower") or by or _is_share(chunks, i)


def is_passive(chunks: Sequence[Chunk], j: int) -> bool:
    """Whether a verb says who bears a duty: "are hit with", "will be charged".

    Args:
        chunks: of a sentence.
        j: the verb's.
    """
    if chunks[j].low not in ("hit", "charged", "slapped", "taxed", "burdened", "struck"):
        return False
    return j > 0 and chunks[j - 1].low.rsplit(" ", 1)[-1] in (
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "get",
        "got",
    )


def is_laid(chunks: Sequence[Chunk], start: int) -> bool:
    """Whether what follows "on" is goods or a country: "on $30 billion of American goods"."""
    for chunk in chunks[start : start + 6]:
        if chunk.has("currency") or chunk.low in _CURRENCIES:
            return False
        if chunk.kind in ("area", "mask") or chunk.product or chunk.has("all") or chunk.low in _GOODS:
            return True
        if chunk.kind == "when" or chunk.low in ("year", "month", "average", "week", "basis", ",", "."):
            return False
    return False


def _is_share(chunks: Sequence[Chunk], i: int) -> bool:
    return any(c.has("share") or c.low in ("growth", "inflation", "gdp") for c in chunks[max(0, i - 5) : i + 3])


def _is_borne(chunks: Sequence[Chunk], i: int) -> bool:
    """ "must pay 39 percent on their exports", "India faces 25 per cent", "now pay 145 percent at the border"."""
    k = next((k for k in range(i - 1, max(-1, i - 4), -1) if BEARS.match(chunks[k].low) or is_passive(chunks, k)), None)
    if k is None or any(c.has("flow") for c in chunks[k:i]):
        return False
    following = chunks[i + 1] if i + 1 < len(chunks) else None
    if following is not None and (
        following.has("change") or following.has("flow") or following.low in ("fall", "drop")
    ):
        return False
    return any(c.kind == "area" or c.product or c.low in _GOODS for c in chunks[:k])


def _goes_on(line: Line, i: int, running: TariffMind) -> bool:
    """ "They amount to 10 percent", "it will go up to 25 percent", "China raised its own to 84%"."""
    chunks = line.chunks
    start = max((k + 1 for k in range(i) if chunks[k].low in _STOPS or chunks[k].is_percent), default=0)
    part = chunks[start:i]
    if any(c.has("flow") or c.has("balance") for c in part):
        return False
    if any(c.is_percent for c in chunks[:i]) and running.last is not line:
        return False  # "of the crude 1.7 per cent came from the US; in 2023 it was 2.5 per cent"
    if any(c.low in _ITSELF for c in part) and (part[-1].low in ("to", "at", "is", "was") or running.last is line):
        return True
    sided = any(c.kind in ("area", "person") for c in part) and running.last is line
    acted = any(c.has("tariffact") for c in (*part, *chunks[i + 1 : i + 4]))
    added = bool(part) and part[-1].low.endswith(("another", "further", "additional", "extra", "total"))
    return sided or (added and (acted or running.last is line))
