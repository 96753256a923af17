"""Which countries of a sentence lay a duty, and whose goods bear it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from khorgos.claims.extraction.chunks import Chunk
from khorgos.claims.extraction.duty_words import BEARS, is_passive
from khorgos.claims.extraction.lexicon import word_set

_GOODS = word_set("tariffs", "goods")
_ANSWERS = word_set("tariffs", "answers")
_BETWEEN = word_set("tariffs", "between")
_MODIFIERS = word_set("tariffs", "modifiers")
_PREPOSITIONS = word_set("frames", "prepositions")
_OFFICES = word_set("tariffs", "offices")
_INTO = re.compile(
    r"(?:exports?|exporters?|exporting|exported|imports?|imported|shipments?|shipped|ship|sales|sold|sell|goods)$"
)
_MADE = re.compile(r"(?:made|produced|grown|assembled|built)$")
_LINE = 4  # chunks of an entry of a list: bullet, country, rate, stop
_CONJUNCTIONS = ("after", "before", "as", "behind")
_PRONOUNS = frozenset(("its", "their", "his", "it", "they"))
_LISTED = frozenset((",", "and", "&", "or", "/"))


class Side(NamedTuple):
    """A country in a sentence about duties.

    Args:
        chunk: where it is named.
        area: its id.
        lays: whether it lays the duty; else its goods bear it.
        strength: 3 told by "by" or the head of a line, 2 by its own noun or preposition, 1 by its place alone.
    """

    chunk: int
    area: str
    lays: bool
    strength: int


_Role = tuple[Literal["by", "on"], int] | None


def sides_told(chunks: Sequence[Chunk]) -> list[Side]:
    """The countries of a sentence that lay or bear duties, the first of each list only.

    Args:
        chunks: of the sentence.

    Returns:
        In order of appearance.
    """
    found = []
    aside = _aside(chunks)
    for k, chunk in enumerate(chunks):
        if (
            chunk.kind not in ("area", "person")
            or chunk.area is None
            or _is_listed(chunks, k)
            or _is_condition(chunks, k)
        ):
            continue
        told = _role(chunks, k)
        if told is not None:
            found.append(Side(k, chunk.area.area, told[0] == "by", 0 if k < aside else told[1]))
    return found


def _aside(chunks: Sequence[Chunk]) -> int:
    """ "When the tariffs of Trump on China had come into force, Beijing announced": where the main clause begins."""
    if not chunks or chunks[0].low not in ("when", "after", "as", "although", "while", "since", "once"):
        return 0
    end = next((k for k, chunk in enumerate(chunks) if chunk.low == ","), 0)
    named = any(c.kind in ("area", "person", "mask") for c in chunks[end:])
    return end if named and not any(c.is_percent for c in chunks[:end]) else 0


def _is_listed(chunks: Sequence[Chunk], k: int) -> bool:
    """ "from Indonesia, Malaysia and Thailand": a member behind the first."""
    j = k - 1
    while j > 0 and chunks[j].low in _LISTED | {"the", "(", "including"}:
        j -= 1
    if j == k - 1 or chunks[j].kind != "area" or chunks[j + 1].low not in _LISTED | {"("}:
        return False
    following = chunks[k + 1] if k + 1 < len(chunks) else None
    return following is None or not (following.quantity is not None or following.has("tariffact"))


def _is_condition(chunks: Sequence[Chunk], k: int) -> bool:
    """ "if China has not made concessions": who is only supposed to act."""
    for j in range(k - 1, max(-1, k - 4), -1):
        if chunks[j].low in (",", ";"):
            return False
        if chunks[j].low in ("if", "unless", "should", "because", "though"):
            return True
    return False


def _role(chunks: Sequence[Chunk], k: int) -> _Role:
    prep, at = governor(chunks, k)
    if chunks[k].kind == "person":
        told_by = prep == "by" or (prep == "of" and at > 0 and chunks[at - 1].has("tariff"))
        return None if prep in ("on", "against") else ("by", 3 if told_by else 2)
    noun = _noun_of(chunks, k)
    bought = {c.low for c in chunks[max(0, k - 2) : k]} & {"buying", "purchases", "purchase", "buys", "bought"}
    if bought:  # "because of its purchases of Russian oil": why, not on what
        return None
    if chunks[k].low in _PRONOUNS and noun != "goods":
        return None
    if noun:
        return _by_noun(chunks, k, noun, prep)
    return _governed(chunks, prep, at) if prep and prep not in _CONJUNCTIONS else _bare(chunks, k)


def _by_noun(chunks: Sequence[Chunk], k: int, noun: str, prep: str) -> _Role:
    """ "U.S. tariffs", "China's answer", "Indian goods", "the US border"."""
    if noun == "goods":
        return ("by", 1) if _buys(chunks, k) else ("on", 2)
    others = noun == "tariff" and prep in ("to", "against", "after", "despite", "for")
    return ("by", 1 if others else 2)


def governor(chunks: Sequence[Chunk], k: int) -> tuple[str, int]:
    """The preposition that governs a country, through amounts, determiners and the members of a list.

    Returns:
        The preposition and its chunk; "" and -1 if none does.
    """
    j = k - 1
    while j >= 0:
        chunk = chunks[j]
        low = chunk.low
        if low == "of" and j and (_is_amount(chunks[j - 1]) or chunks[j - 1].low in ("worth", "all", "range", "most")):
            j -= 1
        elif low in _PREPOSITIONS:
            return low, j
        elif chunk.marks.get("verb") == "arrive":
            return low.rsplit(" ", 1)[-1], j
        elif _is_amount(chunk) or low in _MODIFIERS:
            j -= 1
        elif low in _LISTED and j and chunks[j - 1].kind == "area":
            j -= 2
        else:
            break
    return "", -1


def _is_amount(chunk: Chunk) -> bool:
    return chunk.quantity is not None and chunk.quantity.sort != "percent"


def is_goods(chunk: Chunk) -> bool:
    """Whether it names goods."""
    return bool(chunk.product) or chunk.has("all") or chunk.low in _GOODS


def _noun_of(chunks: Sequence[Chunk], k: int) -> str:
    """What stands behind a country as its own: a duty, an answer, goods, a border; "" if nothing."""
    strange = 0
    owned = k + 1 < len(chunks) and chunks[k + 1].low in ("'s", "'", "\u2019s")
    area = chunks[k].area
    adjective = area is not None and area.sort == "adjective"
    for j in range(k + 1, min(len(chunks), k + 8)):
        chunk = chunks[j]
        if noun := _noun_at(chunks, j):
            return noun
        if chunk.low in _BETWEEN or (chunk.is_percent and (owned or adjective)) or (chunk.kind == "area" and adjective):
            continue
        strange += 1
        if strange > 2 * (adjective or owned) or chunk.kind != "word" or chunk.low in _PREPOSITIONS:
            break
    return ""


def _noun_at(chunks: Sequence[Chunk], j: int) -> str:
    chunk = chunks[j]
    taxed = is_goods(chunk) and j + 1 < len(chunks) and chunks[j + 1].has("tariff")  # "steel tariffs"
    if chunk.has("tariff") or taxed:
        return "tariff"
    if chunk.low in _ANSWERS:
        return "answer"
    if chunk.low in ("buyers", "importers", "purchasers", "buyer", "importer"):
        return "buyers"
    if is_goods(chunk) or chunk.low in ("origin", "originating", "-made", "made"):
        return "goods"
    return "border" if chunk.low in ("border", "ports", "customs") else ""


def _buys(chunks: Sequence[Chunk], k: int) -> bool:
    """ "U.S. imports from China": it stands for the buyer."""
    for j in range(k + 1, min(len(chunks), k + 6)):
        if chunks[j].low == "imports":
            return any(
                chunks[n].low == "from" and n + 1 < len(chunks) and governor(chunks, n + 1)[0] == "from"
                for n in range(j + 1, min(len(chunks) - 1, j + 5))
                if any(c.kind == "area" for c in chunks[n + 1 : n + 3])
            )
    return False


def _governed(chunks: Sequence[Chunk], prep: str, at: int) -> _Role:
    """What a preposition makes of a country."""
    before = chunks[max(0, at - 5) : at]
    last = before[-1] if before else None
    if prep in ("on", "against", "for", "toward", "towards"):
        return ("on", 2)
    if prep == "by":
        acted = any(c.has("tariff") or c.has("tariffact") or c.quantity is not None for c in before)
        if last is not None and last.low.endswith("ed") and not acted and not _MADE.match(last.low):
            return None  # "companies are pressed by Beijing"
        return ("on", 2) if last is not None and _MADE.match(last.low) else ("by", 3)
    if prep == "of":
        return _owner(chunks, at)
    if prep == "from":
        given = last is not None and (last.has("tariff") or last.quantity is not None)
        return ("by", 2) if given and not any(is_goods(c) for c in before) else ("on", 2)
    return _placed(chunks, prep, at) if prep in ("to", "into", "in") else None


def _placed(chunks: Sequence[Chunk], prep: str, at: int) -> _Role:
    """ "exports to the US", "on entry into the US", "made in China", "a tariff of 50 percent in the United States"."""
    before = chunks[max(0, at - 5) : at]
    last = before[-1].low if before else ""
    if prep == "in" and (last.startswith("originat") or _MADE.match(last)):
        return ("on", 2)
    if (prep == "in" and last in _OFFICES) or any(
        _INTO.match(c.low) or c.low in ("entry", "entering", "enter") for c in before
    ):
        return ("by", 2)
    borne = prep == "in" and any(BEARS.match(c.low) or c.has("tariff") for c in chunks[max(0, at - 8) : at])
    return ("by", 1) if borne else None


def _owner(chunks: Sequence[Chunk], at: int) -> _Role:
    """ "the retaliatory tariffs of China", "goods of China", "the head of the United States"."""
    for chunk in reversed(chunks[max(0, at - 3) : at]):
        if chunk.has("tariff") and chunk is chunks[at - 1]:
            return ("by", 3)
        if chunk.has("tariff") or chunk.low in _ANSWERS or chunk.low in _OFFICES:
            return ("by", 2)
        if is_goods(chunk) or chunk.low in ("origin", "everything"):
            return ("on", 2)
    return None


def _is_entry(chunks: Sequence[Chunk], k: int) -> bool:
    """ "Vietnam 46%" on a line of its own, ", Cambodia with 49%": whose goods bear it, not who lays it."""
    rest = chunks[k + 1 : k + 4]
    if rest and rest[0].low in ("with", "at"):
        return any(c.is_percent for c in rest[1:])
    return len(chunks) <= _LINE and bool(rest) and rest[0].is_percent


def _is_further(chunks: Sequence[Chunk], k: int) -> bool:
    """ "The European Union faces 20% and Japan 24%": one more that bears a duty."""
    if k + 1 >= len(chunks) or not chunks[k + 1].is_percent:
        return False
    if k + 2 < len(chunks) and chunks[k + 2].low in ("on", "against"):
        return False
    for j in range(k - 1, -1, -1):
        if BEARS.match(chunks[j].low) or is_passive(chunks, j):
            return True
        if chunks[j].has("tariffact"):
            break
    return False


def _bare(chunks: Sequence[Chunk], k: int) -> _Role:
    """A country without a preposition: subject of a sentence, or head of a line."""
    chunk = chunks[k]
    prior = chunks[k - 1].low if k else ""
    if prior in ("entering", "enter", "entered"):
        return ("by", 2)
    if prior == "origin" or _is_entry(chunks, k) or _is_further(chunks, k):
        return ("on", 2)
    if k + 1 < len(chunks) and chunks[k + 1].low in (":", "-", "\u2013", "\u2014") and k <= 1:
        bare = len(chunks) - k <= 5 and any(c.is_percent for c in chunks[k:])
        return ("on", 2) if bare else ("by", 3)
    for j in range(k + 1, min(len(chunks), k + 5)):
        if BEARS.match(chunks[j].low) or is_passive(chunks, j):
            return ("on", 2)
        if chunks[j].has("tariffact") or chunks[j].low in _OFFICES:
            return ("by", 2)
        if chunks[j].low in _PREPOSITIONS or chunks[j].low in (",", ";"):
            break
    adjective = chunk.area is not None and chunk.area.sort == "adjective"
    return None if adjective else ("by", 1)
