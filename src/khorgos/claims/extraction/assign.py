"""Which mention of a flow a quantity measures, and which areas stand by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.frames import WORLD, Discourse, Frame, Place, behind, is_group, members_of, resolve
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.mentions import Mention
from khorgos.claims.extraction.relations import Relation, find_relations
from khorgos.claims.extraction.respective import Share, shares_of

_LINK = word_set("assign", "link")
_CLAUSE = frozenset((";", "while", "whereas"))


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
    for relation in relations:
        if relation.frame.sure == 2 and relation.flow != "invest":
            inner.running, inner.centre = replace(relation.frame, sure=0, listed=True), relation.hub
            inner.base = inner.running
            break
    for m, mention in enumerate(mentions):
        prior = (mentions[m - 1].head, frames[-1]) if frames else None
        place = Place(tuple(about), prior, whole_of(line, mention) is not None)
        frame = resolve(mention, line, place, inner)
        if frame.sure and frame.b != WORLD and _is_part(frame, mention, mind):
            frame = replace(frame, listed=True)
        if not frame.sure and any({frame.a, frame.b} == {r.hub, *r.ranked[:1]} for r in relations):
            frame = replace(frame, listed=True)
        frames.append(frame)
        if frame.sure:
            inner.running = frame
    return Scene(line, tuple(mentions), tuple(frames), tuple(about), tuple(relations), inner, shares_of(line, mentions))


def whole_of(line: Line, mention: Mention) -> int | None:
    """The chunk of the share that is taken of a flow: "45 percent of the exports", "a fifth of all imports"."""
    k = mention.first - 1
    while k >= 0 and line.chunks[k].low in ("the", "all", "its", "total", "overall", "a", "their"):
        k -= 1
    if k < 1 or line.chunks[k].low not in ("of", "in"):
        return None
    quantity = line.chunks[k - 1].quantity
    return k - 1 if quantity is not None and quantity.sort == "percent" else None


def _is_part(frame: Frame, mention: Mention, mind: Discourse) -> bool:
    """Whether a flow with one partner breaks down the same country's flow with all."""
    base = mind.base
    return frame.flow in ("export", "import") and base.b == WORLD and base.a == frame.a and not mention.verb


def mention_for(scene: Scene, i: int) -> int | None:
    """The mention that a quantity measures.

    Args:
        scene: the sentence.
        i: the quantity's chunk.

    Returns:
        Index of the mention; None if the sentence has none for it.
    """
    around = [m for m, mention in enumerate(scene.mentions) if mention.first <= i < mention.last]
    if around:
        return around[0]
    linked = _linked(scene, i)
    if linked is not None:
        return linked
    before = [m for m, mention in enumerate(scene.mentions) if mention.head < i]
    if before:
        return before[-1]
    after = [m for m, mention in enumerate(scene.mentions) if mention.first > i]
    if after and not _parted(scene.line.chunks, i, scene.mentions[after[0]].first):
        return after[0]
    return None


def _linked(scene: Scene, i: int) -> int | None:
    """A mention right behind a quantity: "$5.4 billion of Chinese goods entering", "a 12% rise in exports"."""
    chunks = scene.line.chunks
    for m, mention in enumerate(scene.mentions):
        if mention.first <= i:
            continue
        between = chunks[i + 1 : mention.first]
        if len(between) > 5:
            return None
        if all(_links(c) for c in between) and (len(between) or mention.first == i + 1):
            return _fallen_on(scene, m)
        return None
    return None


def _links(chunk: Chunk) -> bool:
    if chunk.has("change"):
        return not chunk.low.endswith("ed") or chunk.low in ("increased",)
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
    covered = {k for mention in scene.mentions if not mention.verb for k in range(mention.first, mention.last)}
    for mention in scene.mentions:
        if mention.verb:
            covered |= {k for k in range(mention.first, mention.last) if _side(scene.line.chunks[k], mention)}
    return [
        k for k, chunk in enumerate(scene.line.chunks) if chunk.kind == "area" and not chunk.weak and k not in covered
    ]


def _side(chunk: Chunk, mention: Mention) -> bool:
    return chunk.area is not None and chunk.area.area in (*mention.a, *mention.b)


def frame_for(scene: Scene, i: int, m: int | None, mind: Discourse) -> Frame:
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
    relation = _partnership(scene, i, m)
    if relation is not None and (item is None or item < relation.last):
        return replace(relation.frame, listed=True)
    if m is None:
        return _listed(scene, item, mind)
    frame, mention = scene.frames[m], scene.mentions[m]
    if item is None:
        return frame
    area = scene.line.chunks[item].area
    assert area is not None
    if mention.head > i and whole_of(scene.line, mention) == i:
        return frame
    if mention.head > i:  # "Kyrgyzstan came next with $22.7 billion in trade with China"
        return frame if mention.a and mention.b else _with_subject(frame, mention, area.area)
    return replaced(frame, area.area, behind(scene.line.chunks, item), mind)


def _partnership(scene: Scene, i: int, m: int | None) -> Relation | None:
    """The partnership a quantity goes with: "the largest exporter to China (€89.9 billion)"."""
    if m is not None and scene.mentions[m].first > i:
        return None
    floor = scene.mentions[m].head if m is not None else -1
    near = [r for r in scene.relations if floor < r.head < i and r.frame.sure == 2 and r.flow != "invest"]
    return near[-1] if near else None


def _shared(scene: Scene, share: Share, m: int | None, mind: Discourse) -> Frame:
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
    if area in (frame.a, frame.b):
        return frame
    if not mention.a:
        return replace(frame, a=area)
    return replace(frame, b=area)


def _item(scene: Scene, i: int, m: int | None) -> int | None:
    """The free area that a quantity belongs to: the nearest before it, after the mention and after other numbers."""
    chunks = scene.line.chunks
    floor = 0
    if m is not None and scene.mentions[m].head < i:
        floor = max(scene.mentions[m].last, scene.mentions[m].head)
    found = None
    for k in free_areas(scene):
        if floor <= k < i:
            found = k
    if found is None:
        return _item_after(scene, i) if m is None else None
    area = chunks[found].area
    if area is not None and area.sort == "adjective" and not _heads_part(chunks, found):
        return None
    return found


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
    frame = replace(mind.running, sure=0)
    if item is None:
        return frame
    area = scene.line.chunks[item].area
    assert area is not None
    return replaced(frame, area.area, behind(scene.line.chunks, item), mind)


def replaced(frame: Frame, area: str, preposition: str, mind: Discourse) -> Frame:
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
