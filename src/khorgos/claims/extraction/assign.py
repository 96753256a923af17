"""Which mention of a flow a quantity measures, and which areas stand by it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from khorgos.claims.extraction.allotted import allotted_to, sharing_flow
from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.discourse import Discourse, Frame, behind, spelt_out
from khorgos.claims.extraction.flow_context import (
    before_whose,
    is_part_of_base,
    is_shared_in,
    last_area,
    office_before,
    whole_of,
)
from khorgos.claims.extraction.frames import resolve
from khorgos.claims.extraction.items import item_at_the_end, item_right_behind
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.mention import Mention
from khorgos.claims.extraction.referents import Place
from khorgos.claims.extraction.relations import Relation, find_relations
from khorgos.claims.extraction.respective import Share, shares_of
from khorgos.claims.extraction.sides import WORLD, is_group, members_of

_LINK = word_set("assign", "link")
_CLAUSE = frozenset((";", "while", "whereas", "although", "though"))


@dataclass(frozen=True, slots=True)
class Scene:
    """A sentence with all that is needed to place a quantity.

    Args:
        line: the sentence.
        mentions: its mentions.
        frames: their frames, in the same order.
        about: its subjects.
        relations: its partnerships.
        mind: what is in mind at its end, its flows and partnerships included.
        shares: what each quantity of a "respectively" list goes with.
    """

    line: Line
    mentions: tuple[Mention, ...]
    frames: tuple[Frame, ...]
    about: tuple[tuple[int, str], ...]
    relations: tuple[Relation, ...]
    mind: Discourse
    shares: dict[int, Share]


def scene_of(line: Line, mentions: Sequence[Mention], about: Sequence[tuple[int, str]], mind: Discourse) -> Scene:
    """Resolve all mentions of a sentence, each in the light of those before it."""
    frames: list[Frame] = []
    inner = replace(mind)
    relations = find_relations(line, mentions, about, mind)
    _start_from_partnership(line, relations, inner)
    mentions = _everywhere(line, mentions)
    for m, mention in enumerate(mentions):
        prior = (mentions[m - 1].head, frames[-1]) if frames else None
        whole = whole_of(line, mention) is not None or is_shared_in(line, mention)
        place = Place(
            about=tuple(about),
            prior=prior,
            is_whole=whole,
            office=office_before(line, mention.first),
            last=last_area(line, mention.first),
            partnership=_partnership_before(relations, mention),
            owner=before_whose(line, mention.first),
        )
        frame = resolve(mention, line, place, inner)
        if frame.sure and frame.b != WORLD and is_part_of_base(frame, mention, mind):
            frame = replace(frame, listed=True)
        if not frame.sure and any({frame.a, frame.b} == {r.hub, *r.ranked[:1]} for r in relations):
            frame = replace(frame, listed=True)
        frames.append(frame)
        if frame.sure:
            inner.running = frame
    return Scene(line, tuple(mentions), tuple(frames), tuple(about), tuple(relations), inner, shares_of(line, mentions))


def _start_from_partnership(line: Line, relations: Sequence[Relation], inner: Discourse) -> None:
    """A partnership told in the sentence is what its bare flows are of."""
    counted = [i for i, chunk in enumerate(line.chunks) if chunk.quantity is not None]
    for relation in relations:
        if relation.flow != "total" and counted and relation.head > counted[0]:
            continue
        if relation.frame.sure == 2 and relation.flow != "invest":
            inner.running, inner.centre = replace(relation.frame, sure=0, listed=True), relation.hub
            inner.base = inner.running
            return


def _partnership_before(relations: Sequence[Relation], mention: Mention) -> Frame | None:
    """The partnership that a flow goes on about: "the U.S. was the top destination, with exports of"."""
    told = [r for r in relations if r.head < mention.head and r.frame.sure == 2 and r.flow != "invest"]
    return told[-1].frame if told and len(told[-1].ranked) == 1 else None


def _everywhere(line: Line, mentions: Sequence[Mention]) -> Sequence[Mention]:
    """ "Globally, China reported trade of": flows with the world."""
    first = " ".join(c.low for c in line.chunks[:3])
    first = "all in all" if first.startswith(("in total ", "in all ", "total , ")) else first
    if first == "all in all" and mentions and not mentions[0].b:
        return [replace(mentions[0], world=True), *mentions[1:]]
    if not line.chunks or line.chunks[0].low not in ("globally", "worldwide", "overall", "altogether", "all in all"):
        return mentions
    wide = line.chunks[0].low in ("globally", "worldwide")
    return [
        replace(mention, world=True) if not mention.b and (wide or m == 0 or not mentions[0].b) else mention
        for m, mention in enumerate(mentions)
    ]


def mention_for(scene: Scene, i: int) -> int | None:  # noqa: PLR0911  one rule a return
    """The mention that a quantity measures.

    Args:
        scene: the sentence.
        i: the quantity's chunk.

    Returns:
        Index of the mention; None if the sentence has none for it.
    """
    over = _exceeds(scene, i)
    if over is not None:
        return over
    around = [m for m, mention in enumerate(scene.mentions) if mention.first <= i < mention.last]
    if around:
        return around[0]
    if (sharing := sharing_flow(scene.line, scene.mentions, i)) is not None:
        return sharing
    if _is_own_share(scene):
        return None
    allotted = allotted_to(scene.line.chunks, scene.mentions, i)
    linked = allotted if allotted is not None else _linked(scene, i)
    if linked is not None:
        return linked
    coming = _coming_from(scene, i)
    if coming is not None:
        return coming
    before = [m for m, mention in enumerate(scene.mentions) if mention.head < i and not _is_frame_of(scene, m)]
    if before:
        return before[-1]
    after = [m for m, mention in enumerate(scene.mentions) if mention.first > i]
    if after and _stands_for_before(scene.line.chunks, i):
        return None
    if after and not _parted(scene.line.chunks, i, scene.mentions[after[0]].first):
        if _is_whole_in_brackets(scene, i, after[0]) or _is_item_of_list(scene, i, after[0]):
            return None
        return after[0]
    return None


def _is_own_share(scene: Scene) -> bool:
    """ "Their share in the turnover made up 24.84 percent": that of the imports of which the sentence before told."""
    chunks = scene.line.chunks
    own = len(chunks) > 3 and chunks[0].has("own") and chunks[1].low.startswith("share")
    return own and scene.mind.running.flow in ("export", "import") and scene.mentions[0].flow == "total" if (
        scene.mentions) else False


def _stands_for_before(chunks: Sequence[Chunk], i: int) -> bool:
    """ "This is 116 percent more, and above the growth of all trade": of what the sentence before told."""
    opens = i > 1 and chunks[0].low in ("this", "that", "it") and chunks[1].low in ("is", "was", "makes", "means")
    compared = any(c.has("compare") for c in chunks[i + 1 : i + 3])
    return opens and compared and not any(c.kind == "area" or c.has("flow") for c in chunks[:i])


def _exceeds(scene: Scene, i: int) -> int | None:
    """ "Exports to Russia exceed the whole trade with China by $900 million": the first flow is spoken of."""
    chunks = scene.line.chunks
    if i < 1 or "by" not in (chunks[i - 1].low, chunks[max(0, i - 2)].low):
        return None
    over = [k for k in range(max(0, i - 10), i) if re.match(r"exceed|surpass|outstrip|outpac", chunks[k].low)]
    first = [m for m, mention in enumerate(scene.mentions) if over and mention.last <= over[-1]]
    return first[-1] if first else None


def _is_whole_in_brackets(scene: Scene, i: int, m: int) -> bool:
    """ "China – $4.13 billion (18.3% of turnover)": the flow is what the share in brackets is of."""
    between = [c.low for c in scene.line.chunks[i + 1 : scene.mentions[m].first]]
    return "(" in between and whole_of(scene.line, scene.mentions[m]) not in (None, i)


def _coming_from(scene: Scene, i: int) -> int | None:
    """ "of which 10.49 million tons, or 85.4%, came from Brazil": the verb behind its two measures."""
    chunks = scene.line.chunks
    for m, mention in enumerate(scene.mentions):
        if mention.head <= i or chunks[mention.head].marks.get("verb") != "arrive":
            continue
        between = [c.low for c in chunks[i + 1 : mention.head] if c.kind != "quantity"]
        return m if len(between) <= 4 and all(word in (",", "or", "(", ")") for word in between) else None
    return None


def _is_item_of_list(scene: Scene, i: int, m: int) -> bool:
    """ "Russia is in second place - $230 million, exports to Kazakhstan came to": the next flow is behind a comma."""
    chunks = scene.line.chunks
    between = [c.low for c in chunks[i + 1 : scene.mentions[m].first]]
    first = max((k for k in range(i) if chunks[k].low in (",", ";")), default=0)
    named = any(chunks[k].kind == "area" and not chunks[k].weak for k in range(first, i))
    return "," in between and named and scene.mind.running.flow is not None


def _is_frame_of(scene: Scene, m: int) -> bool:
    """Whether a flow is only the whole of another: "the share of exports in turnover", "in the structure of trade"."""
    mention = scene.mentions[m]
    chunks = scene.line.chunks
    before = [c.low for c in chunks[max(0, mention.first - 3) : mention.first]]
    if "structure" in before:
        return True
    if m == 0 or not any(c.has("share") for c in chunks[max(0, scene.mentions[m - 1].first - 3) : mention.first]):
        return False
    between = chunks[scene.mentions[m - 1].last : mention.first]
    return "in" in [c.low for c in between] + before[-2:] and all(
        c.low in ("in", "the", "share in", "'", "'s", "total", "of", "its", "a") or c.has("share") or c.kind == "area"
        for c in between
    )


def _linked(scene: Scene, i: int) -> int | None:
    """A mention right behind a quantity: "$5.4 billion of Chinese goods entering", "a 12% rise in exports"."""
    chunks = scene.line.chunks
    quantity = chunks[i].quantity
    if quantity is not None and quantity.sign and i and chunks[i - 1].kind == "quantity":
        return None  # "Deficit: 68.9 billion dollars +1.9% Exports: 263.0 billion dollars"
    for m, mention in enumerate(scene.mentions):
        if mention.first <= i:
            continue
        between = chunks[i + 1 : mention.first]
        if len(between) > 5:
            return None
        if all(_links(c) for c in between) and (len(between) or mention.first == i + 1):
            return None if m and _is_part_of(scene, i, m) else _fallen_on(scene, m)
        return None
    return None


def _is_part_of(scene: Scene, i: int, m: int) -> bool:
    """ "exports to China accounted for $250 million of the turnover": the first flow is measured, not the whole."""
    chunks = scene.line.chunks
    quantity = chunks[i].quantity
    prior = scene.mentions[m - 1]
    if quantity is None or quantity.sort == "percent" or not prior.last <= i:
        return False
    return (
        chunks[i + 1].low == "of" and chunks[i - 1].has("reach") and chunks[i - 1].low not in ("to", "at", "of", "with")
    )


def _links(chunk: Chunk) -> bool:
    if chunk.has("change"):
        return not chunk.low.endswith("ed") or chunk.low in ("increased",)
    if chunk.kind == "area" and chunk.area is not None and chunk.area.sort == "adjective":
        return True  # "$132.8 million of Kyrgyz goods exported"
    return chunk.low in _LINK or chunk.has("all") or bool(chunk.product) or chunk.has("share")


def _fallen_on(scene: Scene, m: int) -> int:
    """ "$36.3 billion of the turnover accounted for exports": the second mention is meant."""
    if m + 1 < len(scene.mentions):
        between = scene.line.chunks[scene.mentions[m].last : scene.mentions[m + 1].first]
        if between and all(
            c.low in ("accounted for", "fell on", "fell to", "came from", "went to", "was", "were") for c in between
        ):
            return m + 1
    return m


def _parted(chunks: Sequence[Chunk], i: int, k: int) -> bool:
    return any(c.low in _CLAUSE for c in chunks[i:k])


def free_areas(scene: Scene) -> list[int]:
    """Chunks of areas that belong to no mention, no office and no publisher."""
    chunks = scene.line.chunks
    covered = spelt_out(chunks)
    for mention in scene.mentions:
        within = range(mention.first, mention.last)
        covered |= {k for k in within if not mention.verb or _side(chunks[k], mention)}
    return [k for k, chunk in enumerate(chunks) if chunk.kind == "area" and not chunk.weak and k not in covered]


def _side(chunk: Chunk, mention: Mention) -> bool:
    return chunk.area is not None and chunk.area.area in (*mention.a, *mention.b)


def frame_for(scene: Scene, i: int, m: int | None, mind: Discourse) -> Frame:  # noqa: PLR0911  one rule a return
    """The flow that a quantity measures, list items and ellipses resolved.

    Args:
        scene: the sentence.
        i: the quantity's chunk.
        m: index of its mention, None if the sentence has none.
        mind: what was said before.

    Returns:
        The frame.
    """
    share = scene.shares.get(i)
    if share is not None:
        return _shared(scene, share, m, mind)
    item = _item(scene, i, m)
    if m is not None and _arrives_from(scene, i, m):
        return scene.frames[m]
    relation = _partnership(scene, i, m)
    if relation is not None and (item is None or item < relation.last or _is_of(scene.line.chunks[item], relation)):
        return replace(relation.frame, listed=True)
    if m is None:
        return _listed(scene, item, mind)
    frame, mention = scene.frames[m], scene.mentions[m]
    if item is None:
        return _of_member(scene, i, frame) if mention.head > i else frame
    area = scene.line.chunks[item].area
    assert area is not None
    if mention.head > i and whole_of(scene.line, mention) == i:
        return frame
    if mention.head > i:  # "Kyrgyzstan came next with $22.7 billion in trade with China"
        return frame if mention.a and mention.b else _with_subject(frame, mention, area.area)
    governed = behind(scene.line.chunks, item)
    if mention.verb and mention.a and mention.b and not governed and area.area not in (frame.a, frame.b):
        return _put(frame, "a", area.area)  # "Kazakhstan sold China goods worth $11 billion and Uzbekistan $2 billion"
    return replaced(frame, area.area, governed, mind)


def _arrives_from(scene: Scene, i: int, m: int) -> bool:
    """ "Canada delivered 991,922 tons, and 602,848 came from the U.S.": the verb right behind tells the side."""
    mention = scene.mentions[m]
    return mention.head == i + 1 and mention.verb and scene.line.chunks[i + 1].marks.get("verb") == "arrive"


def _is_of(chunk: Chunk, relation: Relation) -> bool:
    """ "The largest supplier to China was Russia, with $11.56 billion"."""
    return chunk.area is not None and len(relation.ranked) == 1 and chunk.area.area == relation.ranked[0]


def _of_member(scene: Scene, i: int, frame: Frame) -> Frame:
    """ "Kazakhstan is in the lead: with $43.8 billion it provided 46% of the region's trade": the subject's part."""
    chunks = scene.line.chunks
    told = [area for k, area in scene.about if k < i]
    stands_in = any(c.low == "it" for c in chunks[i + 1 : i + 4])
    if not told or not stands_in or chunks[i - 1].low != "with":
        return frame
    if told[-1] in members_of(frame.a):
        return replace(frame, a=told[-1], listed=True)
    return replace(frame, b=told[-1], listed=True) if told[-1] in members_of(frame.b) else frame


def _partnership(scene: Scene, i: int, m: int | None) -> Relation | None:
    """The partnership a quantity goes with: "the largest exporter to China (€89.9 billion)"."""
    if m is not None and scene.mentions[m].first > i:
        return None
    floor = scene.mentions[m].head if m is not None else -1
    near = [r for r in scene.relations if floor < r.head < i and r.frame.sure == 2 and r.flow != "invest"]
    near = [r for r in near if m is None or not _is_epithet_of_partner(scene.line.chunks, r)]
    if near and m is not None and {near[-1].hub, *near[-1].ranked[:1]} == {scene.frames[m].a, scene.frames[m].b}:
        return None  # "the deficit with China, Japan's biggest partner, came to": the flow is told
    return near[-1] if near else None


def _is_epithet_of_partner(chunks: Sequence[Chunk], relation: Relation) -> bool:
    """ "to China, the strategic partner, by 22%": no place is told."""
    enclosed = (
        relation.first
        and chunks[relation.first - 1].low == ","
        and chunks[min(relation.last, len(chunks) - 1)].low == ","
    )
    return bool(enclosed) and not any(c.kind == "wording" for c in chunks[relation.first : relation.last])


def _shared(scene: Scene, share: Share, m: int | None, mind: Discourse) -> Frame:  # noqa: PLR0911  one rule a return
    """The frame of one member of a "respectively" list."""
    frame = scene.frames[m] if m is not None else replace(mind.running, sure=0)
    if share.mention is not None:
        return scene.frames[share.mention]
    if share.flow is not None:
        return replace(frame, flow=share.flow)
    if share.product is not None:
        return replace(frame, product=share.product)
    if share.area is None:
        return frame
    area = scene.line.chunks[share.area].area
    assert area is not None
    mention = scene.mentions[m] if m is not None else None
    lead = scene.line.chunks[share.lead].area if share.lead is not None else None
    if mention is not None and lead is not None and lead.area in mention.b:
        return replace(frame, b=area.area, sure=2)
    if mention is not None and mention.b and area.area not in mention.b and not mention.b[0].startswith("@"):
        return replace(frame, a=area.area, sure=2)
    if mention is not None and area.area in mention.a[1:]:
        return replace(frame, a=area.area)
    if mention is not None and area.area in mention.b:
        return replace(frame, b=area.area)
    return replaced(frame, area.area, behind(scene.line.chunks, share.area), mind)


def _with_subject(frame: Frame, mention: Mention, area: str) -> Frame:
    if area in (frame.a, frame.b) or (frame.a is not None and area in members_of(frame.b)):
        return frame
    if area in members_of(frame.a):
        return replace(frame, a=area, listed=True)  # "with $43.8 billion it provided 46% of the region's trade with"
    if not mention.a:
        return replace(frame, a=area)
    return replace(frame, b=area)


def _item(scene: Scene, i: int, m: int | None) -> int | None:
    """The free area that a quantity belongs to: the nearest before it, after the mention and after other numbers."""
    chunks = scene.line.chunks
    floor = 0
    if m is not None and scene.mentions[m].head < i:
        floor = max(scene.mentions[m].last, scene.mentions[m].head)
    if (behind_it := item_right_behind(chunks, i, free_areas(scene))) is not None:
        return behind_it
    if (ends := item_at_the_end(chunks, i, free_areas(scene))) is not None:
        return ends
    found = None
    for k in free_areas(scene):
        if floor <= k < i and not _is_set_aside(chunks, k) and not _is_epithet(chunks, k):
            found = k
    if found is None:
        return _item_after(scene, i) if m is None else None
    area = chunks[found].area
    if area is not None and area.sort == "adjective" and not _heads_part(chunks, found):
        return None
    return found


def _is_epithet(chunks: Sequence[Chunk], k: int) -> bool:
    """ "Uzbekistan, Central Asia's second largest economy": only says what the one before is."""
    if k + 2 >= len(chunks) or chunks[k + 1].low not in ("'s", "'"):
        return False
    wording = chunks[k + 2].wording
    return wording is not None and wording.sort == "rank"


def _is_set_aside(chunks: Sequence[Chunk], k: int) -> bool:
    """Whether an area only says among whom, or than whom: "the lowest among Central Asian states"."""
    preposition = behind(chunks, k)
    if preposition in ("of", "with", "to", "from") and _is_stand_in(chunks, k):
        return False
    if preposition in ("among", "of", "within", "between", "than", "against", "like"):
        return True
    area = chunks[k].area
    return preposition in ("in", "for") and area is not None and is_group(area.area)


def _is_stand_in(chunks: Sequence[Chunk], k: int) -> bool:
    """ "those of Canada slipped": the flow before, of another side."""
    return any(c.low in ("that", "those") for c in chunks[max(0, k - 3) : k])


def _heads_part(chunks: Sequence[Chunk], k: int) -> bool:
    after = chunks[k + 1].low if k + 1 < len(chunks) else ""
    return (
        after in ("part", "figure", "share", "total", "side", "market", "volume", "portion", "trade", "number", "one")
        or after == ""
    )


def _item_after(scene: Scene, i: int) -> int | None:
    """ "$43.8 billion with Kazakhstan", "5.2% to China"."""
    chunks = scene.line.chunks
    for k in free_areas(scene):
        if (
            i < k <= i + 4
            and all(c.low in ("with", "to", "from", "the", "for", "in", "by") for c in chunks[i + 1 : k])
            and k > i + 1
        ):
            return k
    return None


def _listed(scene: Scene, item: int | None, mind: Discourse) -> Frame:
    """A quantity without a mention: the flow in question, with the area it is said of."""
    if item is None:
        return replace(mind.running if mind.topic is None or scene.mentions else mind.topic, sure=0)
    frame = replace(mind.running, sure=0)
    area = scene.line.chunks[item].area
    assert area is not None
    return replaced(frame, area.area, behind(scene.line.chunks, item), mind)


def replaced(frame: Frame, area: str, preposition: str, mind: Discourse) -> Frame:  # noqa: PLR0911  one rule a return
    """The frame with one side replaced by a list item.

    A member replaces its group, a partner the partner before it; the hub stays.
    """
    if area in (frame.a, frame.b):
        return frame
    if frame.a is None and frame.b is None:
        return replace(frame, a=area, sure=1)
    for side, value in (("a", frame.a), ("b", frame.b)):
        if value is not None and area in members_of(value):
            return _put(frame, side, area)
    if mind.item is not None and mind.item in (frame.a, frame.b) and frame.sure < 2:
        return _put(frame, "a" if frame.a == mind.item else "b", area)
    if frame.b == WORLD and frame.a is not None and is_group(area) and frame.a in members_of(area):
        return frame
    if preposition in ("with", "to", "from") or frame.b in (None, WORLD):
        return _put(frame, "b", area)
    centre = mind.centre if mind.centre in (frame.a, frame.b) else (mind.hub if frame.sure < 2 else None)
    if centre == frame.b:
        return _put(frame, "a", area)
    return _put(frame, "b", area)


def _put(frame: Frame, side: str, area: str) -> Frame:
    return replace(frame, a=area, sure=1, listed=True) if side == "a" else replace(frame, b=area, sure=1, listed=True)
