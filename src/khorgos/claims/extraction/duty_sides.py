"""The two sides of a rate of duty, and the goods: what its part of the sentence tells, completed by the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from khorgos.claims.extraction.chunks import Chunk
from khorgos.claims.extraction.duty_roles import Side, is_goods, sides_told
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.sides import WORLD
from khorgos.claims.extraction.tariff_mind import TariffMind

_AFTER_GOODS = word_set("tariffs", "after_goods")
_JOINS = frozenset((",", "and", "to", "or", "-", "\u2013", "/", "from", "up", "not", "but", "as", "now", "the"))
_PARTS = frozenset(
    (",", ";", ".", "and", "while", "whereas", "but", "then", "whereupon", "(", ")", "|", "\u2013", "after")
)
_SURE = 3  # strength of a side that "by" tells
HARD = frozenset((";", "while", "whereas"))
_WORLDWIDE = word_set("tariffs", "worldwide")


class Told(NamedTuple):
    """What a part of a sentence says of a rate.

    Args:
        by: who lays the duty.
        on: whose goods bear it.
        goods: which, as printed.
    """

    by: str | None
    on: str | None
    goods: str


def groups_of(chunks: Sequence[Chunk]) -> list[list[int]]:
    """Percentages that share what is said of them: "10, 20 and 25 percent", "from 10 percent to 25 percent".

    Args:
        chunks: of a sentence.

    Returns:
        Their chunks, group by group.
    """
    found: list[list[int]] = []
    for i, chunk in enumerate(chunks):
        rate = chunk.is_percent or (chunk.quantity is not None and chunk.quantity.sort == "points")
        if not rate:
            continue
        if found and all(c.low in _JOINS for c in chunks[found[-1][-1] + 1 : i]):
            found[-1].append(i)
        else:
            found.append([i])
    return found


def owner_of(chunks: Sequence[Chunk], groups: Sequence[Sequence[int]], k: int) -> int:
    """Which group of rates a chunk belongs to: the next, or the one before it unless a comma or "and" parts them.

    Args:
        chunks: of a sentence.
        groups: its rates.
        k: the chunk.
    """
    before = [n for n, group in enumerate(groups) if group[-1] < k]
    if not before:
        return 0
    last = before[-1]
    if last == len(groups) - 1:
        return last
    return last + 1 if is_parted(chunks, groups[last][-1] + 1, k) else last


def is_parted(chunks: Sequence[Chunk], start: int, end: int) -> bool:
    """Whether a comma or a joining word lies between, other than in a list of goods: "on coal and LNG from the US".

    Args:
        chunks: of a sentence.
        start: the first chunk.
        end: the one after the last.
    """
    for k in range(start, end):
        listed = k + 1 < len(chunks) and is_goods(chunks[k + 1]) and k > start and is_goods(chunks[k - 1])
        if chunks[k].low in _PARTS and not (listed and chunks[k].low in (",", "and")):
            return True
    return False


def sides_of(setting: Setting, i: int, mind: TariffMind) -> Told:
    """Who lays a duty on whom, and on what.

    Args:
        setting: the sentence.
        i: the rate's chunk.
        mind: the tariff in question.

    Returns:
        The sides as the sentence tells them, completed by what was said before.
    """
    chunks = setting.scene.line.chunks
    groups = groups_of(chunks)
    mine = next(n for n, group in enumerate(groups) if i in group)
    told = sides_told(chunks)
    by, on = _first_pass(chunks, groups, mine, told)
    goods = goods_of(chunks, groups, mine)
    if by is None and mine:
        by, on = _as_before(by, on, mind)
    if by is None:
        rest = [s for s in told if s.lays and s.area not in (on, WORLD)]
        by = max(rest, key=lambda s: (s.strength, -abs(s.chunk - i))).area if rest else None
    if on is None and by is not None and not mine:
        others = {s.area for s in told if s.area not in (by, WORLD) and s.strength > 1}
        on = others.pop() if len(others) == 1 else None
    by, on = completed(by, on, mind, setting)
    return Told(by, on, goods)


def _first_pass(
    chunks: Sequence[Chunk], groups: Sequence[Sequence[int]], mine: int, told: Sequence[Side]
) -> tuple[str | None, str | None]:
    first, last = groups[mine][0], groups[mine][-1]
    own = [s for s in told if owner_of(chunks, groups, s.chunk) == mine]
    own = [s for s in own if not any(c.low in HARD for c in chunks[last : s.chunk])]
    agent = next((s.area for s in own if s.lays and s.strength == _SURE and s.chunk > last), None)
    bearing = [s for s in own if not s.lays and s.area != agent]  # "10% tariffs imposed by the United States"
    after = [s for s in bearing if s.chunk > last and _is_laid_after(chunks, last, s.chunk)]
    before = [s for s in bearing if s.chunk < first]
    firm = [s for s in before if s.strength]
    on = after[0].area if after else ((firm or before)[-1].area if before else None)
    span = [k for k in range(len(chunks)) if owner_of(chunks, groups, k) == mine]
    if is_worldwide(chunks, span, [s.chunk for s in bearing]):
        on = WORLD
    laying = [s for s in own if s.lays and s.area not in (on, WORLD)]
    if not laying:
        return None, on
    return max(laying, key=lambda s: (s.strength, s.chunk < first, -abs(s.chunk - first))).area, on


def _is_laid_after(chunks: Sequence[Chunk], last: int, k: int) -> bool:
    """Whether goods behind a rate are those that bear it, not those of another duty spoken of."""
    cues = [j for j in range(last + 1, k) if chunks[j].has("tariff") or chunks[j].low in ("rate", "rates")]
    if cues and any(c.low in ("and", ";", "while", "whereas") for c in chunks[last + 1 : cues[0]]):
        return False
    return not cues or (len(cues) == 1 and cues[0] - last <= 5)


def is_worldwide(chunks: Sequence[Chunk], span: Sequence[int], areas: Sequence[int] = ()) -> bool:
    """ "on all imports of steel", "on imported solar panels", "All nations", "a universal tariff".

    Args:
        chunks: of a sentence.
        span: those that speak of the duty.
        areas: those of them that name whose goods bear it: "all imports from China".
    """
    for k in span:
        text = " ".join(c.low for c in chunks[k : k + 4]) + " "
        if not any(text.startswith(f"{phrase} ") for phrase in _WORLDWIDE):
            continue
        if all(j > k and is_parted(chunks, k, j) for j in areas):
            return True
    return False


def goods_of(chunks: Sequence[Chunk], groups: Sequence[Sequence[int]], mine: int) -> str:
    """What a rate lies on, as printed."""
    first, last = groups[mine][0], groups[mine][-1]
    for start in [k for k in range(last + 1, len(chunks)) if owner_of(chunks, groups, k) == mine]:
        if chunks[start].low in ("on", "against", "for", "to"):
            found = _goods_list(chunks, start + 1)
            if found:
                return found
    own = [k for k in range(first) if owner_of(chunks, groups, k) == mine]
    return _goods_list(chunks, own[0], first) if own else ""


def _goods_list(chunks: Sequence[Chunk], start: int, end: int | None = None) -> str:
    """ "American coal and liquefied natural gas", "everything imported from China"."""
    goods: list[str] = []
    for k in range(start, min(len(chunks) if end is None else end, start + 26)):
        chunk = chunks[k]
        if chunk.product:
            goods.append(chunk.low)
        elif chunk.low in ("everything", "all", "various"):
            goods.append("various" if chunk.low == "various" else "all goods")
        elif chunk.quantity is not None and chunk.quantity.sort == "money":
            continue
        elif end is None and (chunk.kind in ("quantity", "when", "person") or chunk.low in _AFTER_GOODS):
            break
    return ", ".join(dict.fromkeys(goods))


def _as_before(by: str | None, on: str | None, mind: TariffMind) -> tuple[str | None, str | None]:
    """A further rate of a sentence goes on with the government before, or its counterpart."""
    if mind.by is None:
        return by, on
    if on is not None and on == mind.by:
        return (mind.on if mind.on != WORLD else None), on
    return mind.by, on if on is not None else mind.on


def completed(by: str | None, on: str | None, mind: TariffMind, setting: Setting) -> tuple[str | None, str | None]:
    """Complete the two sides from the tariff in question.

    Args:
        by: who lays the duty, if told.
        on: whose goods bear it, if told.
        mind: the tariff in question.
        setting: the sentence.
    """
    if by is None and mind.by is not None:
        by = mind.by if on != mind.by else mind.on
    by = None if by == WORLD else by
    if by is None and on is not None:
        by = _counterpart(on, mind, setting)
    if by is None and mind.houses and (on is None or on not in mind.houses):
        by = mind.houses[0]
    if on is None:
        on = _other_side(by, mind, setting)
    return by, on


def _counterpart(on: str, mind: TariffMind, setting: Setting) -> str | None:
    """Who lays a duty on goods of a country: the other of the two that the text is about."""
    hub = setting.mind.hub
    if on in mind.parties and (hub is None or hub in mind.parties):
        return next(area for area in mind.parties if area != on)
    other = setting.mind.running.other(on)
    if other not in (None, WORLD):
        return other
    return hub if hub != on and on in mind.parties else None


def _other_side(by: str | None, mind: TariffMind, setting: Setting) -> str | None:
    if by is None:
        return mind.on or WORLD
    if by in (mind.by, mind.on):
        return mind.on if by == mind.by else mind.by
    other = setting.mind.running.other(by)
    if other not in (None, WORLD):
        return other
    named = [area for _, area in setting.scene.about if area != by]
    parties = [area for area in mind.parties if by in mind.parties and area != by]
    hub = setting.mind.hub if setting.mind.hub != by else None
    return next((area for area in (*reversed(named), hub, *parties) if area is not None), WORLD)
