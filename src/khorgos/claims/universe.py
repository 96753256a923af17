"""Whom a rank is among: the owner of the list, the one ranked, the others, and what they are ranked by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from khorgos.claims.claim import Claim
from khorgos.claims.slots import Movement, members_of
from khorgos.nomenclature.area_names import names
from khorgos.nomenclature.area_register import get

_GROWTH = re.compile(r"increase|growth|grew|fastest|percentage|rise\b|gain|surge|jump|decline|drop", re.I)
_EVERYBODY = re.compile(r"\bworld|\bglobal|\ball (?:its |trade |trading )*partners|\boverall\b", re.I)
_WORD = re.compile(r"[^\W\d_]+")
_WORLD = "WLD"
# Regions by which news ranks partners when it does not say among whom.
_REGIONS = ("CA5", "SC3", "ASEAN", "EU27")


@dataclass(frozen=True, slots=True)
class Universe:
    """Whom a rank is among.

    Args:
        owner: whose partners are ranked.
        ranked: the partner in question.
        group: the group whose members are compared, WLD for all partners.
        others: the members of the group; empty for all partners.
        by: "level" or "growth".
        sure: whether the text names the universe; guessed from the context where not.
    """

    owner: str
    ranked: str
    group: str
    others: frozenset[str]
    by: str
    sure: bool


def universe_of(claim: Claim) -> Universe | None:
    """The likeliest universe of a rank; None where a side is missing or no universe can be made out.

    Args:
        claim: a rank, or an "only".
    """
    return next(iter(universes_of(claim)), None)


def universes_of(claim: Claim) -> tuple[Universe, ...]:
    """The universes that a rank may be among: the one that its words name, else the partner's regions and the world.

    Args:
        claim: a rank, or an "only".
    """
    owner, ranked = claim.reporter_id, claim.partner_id
    if owner is None or ranked is None or _WORLD in (owner, ranked):
        return ()
    clause = _clause(claim)
    by = "growth" if _GROWTH.search(f"{clause} {claim.scope or ''}") else "level"
    named = _named(claim, clause, (owner, ranked))
    groups = [named] if named else [*_regions((owner, ranked), claim.period), _WORLD]
    made = [_universe(group, (owner, ranked), by, claim.period, sure=named is not None) for group in groups]
    return tuple(one for one in made if one is not None)


def _universe(group: str, sides: tuple[str, str], by: str, period: str | None, *, sure: bool) -> Universe | None:
    owner, ranked = sides
    others = frozenset(members_of(group, period))
    if owner in others and ranked not in others:
        owner, ranked = ranked, owner
    others -= {owner}
    if group != _WORLD and ranked not in others:
        return None
    return Universe(owner, ranked, group, others, by, sure)


def _regions(sides: tuple[str, str], period: str | None) -> list[str]:
    """Regions that the one ranked is in and the owner of the list is not."""
    inside = ((one, members_of(one, period)) for one in _REGIONS if one not in sides)
    return [one for one, each in inside if sides[1] in each and sides[0] not in each]


def _clause(claim: Claim) -> str:
    start = claim.sentence_span[0]
    return claim.sentence[claim.span[0] - start : claim.span[1] - start]


def movement_with(owner: str, partner: str, flow: str | None) -> Movement:
    """The owner's trade with a partner, as a movement."""
    if flow == "export":
        return ("goods", owner, partner)
    if flow == "import":
        return ("goods", partner, owner)
    first, second = sorted((owner, partner))
    return ("total", first, second)


def _named(claim: Claim, clause: str, sides: tuple[str, str]) -> str | None:
    """The group that the scope, the clause or the sentence names and that holds one of the two, or the world."""
    for text in (claim.scope or "", clause, claim.sentence):
        groups = [one for one in groups_in(text) if one not in sides]
        inside = [one for one in groups if len(set(sides) & set(members_of(one, claim.period))) == 1]
        if len(inside) == 1:
            return inside[0]
        if inside or (text != claim.sentence and _EVERYBODY.search(text)):
            return _WORLD if not inside else None
    return None


@lru_cache(maxsize=1024)  # chosen because a text has fewer sentences
def groups_in(text: str) -> tuple[str, ...]:
    """Ids of the groups with recorded members that a text names, in its order."""
    words = [word.casefold() for word in _WORD.findall(text)]
    found: dict[str, None] = {}
    start = 0
    while start < len(words):
        for size in (3, 2, 1):
            area_id = _names().get(" ".join(words[start : start + size]))
            if area_id is not None:
                found[area_id] = None
                start += size - 1
                break
        start += 1
    return tuple(found)


@cache
def _names() -> dict[str, str]:
    out = {}
    for one in names():
        if one.language == "en" and one.area != _WORLD and get(one.area).kind == "group" and members_of(one.area, None):
            out[" ".join(word.casefold() for word in _WORD.findall(one.text))] = one.area
    out = {text: area_id for text, area_id in out.items() if len(text) > 2}
    out["caucasus"] = "SC3"
    return out
