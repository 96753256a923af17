"""Whose flow a quantity is of: its mention's frame, list items and ellipses resolved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from khorgos.claims.extraction.chunks import Chunk
from khorgos.claims.extraction.discourse import Discourse, Frame, behind, spelt_out
from khorgos.claims.extraction.flow_context import whole_of
from khorgos.claims.extraction.items import item_at_the_end, item_right_behind
from khorgos.claims.extraction.mention import Mention
from khorgos.claims.extraction.relations import Relation
from khorgos.claims.extraction.respective import Share
from khorgos.claims.extraction.scene import Scene
from khorgos.claims.extraction.sides import WORLD, is_group, members_of


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
        return _listed(scene, i, item, mind)
    frame, mention = scene.frames[m], scene.mentions[m]
    if item is None:
        return _of_member(scene, i, frame) if mention.head > i else frame
    area = scene.line.chunks[item].area
    assert area is not None
    if mention.head > i and whole_of(scene.line, mention) == i:
        return frame
    if mention.head > i:  # "Kyrgyzstan came next with $22.7 billion in trade with China"
        both = bool(mention.a and mention.b)
        return _of_member(scene, i, frame) if both else _with_subject(frame, mention, area.area)
    owned = item == i - 2 and scene.line.chunks[i - 1].low in ("'s", "'")
    if owned and mention.a and not mention.verb and frame.flow in ("export", "import"):
        return _put(frame, "a", area.area)  # "Turkmenistan's exports earned $9.6 billion, more than Russia's $6.4"
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


def _listed(scene: Scene, i: int, item: int | None, mind: Discourse) -> Frame:
    """A quantity without a mention: the flow in question, with the area it is said of."""
    if item is None and scene.mentions and all(mention.first > i for mention in scene.mentions):
        return replace(scene.before if scene.before.flow is not None else mind.running, sure=0)
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
    if frame.a is None:
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
    near = [side for side in (mind.centre, mind.source_area) if side is not None and side in (frame.a, frame.b)]
    centre = near[0] if near else (mind.hub if frame.sure < 2 else None)
    if centre == frame.b:
        return _put(frame, "a", area)
    return _put(frame, "b", area)


def _put(frame: Frame, side: str, area: str) -> Frame:
    return replace(frame, a=area, sure=1, listed=True) if side == "a" else replace(frame, b=area, sure=1, listed=True)
