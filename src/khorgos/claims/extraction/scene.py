"""A sentence with all that is needed to place its quantities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from khorgos.claims.extraction.chunks import Line
from khorgos.claims.extraction.discourse import Discourse, Frame
from khorgos.claims.extraction.flow_context import (
    before_whose,
    is_part_of_base,
    is_shared_in,
    last_area,
    office_before,
    whole_of,
)
from khorgos.claims.extraction.frames import goods_in_question, resolve
from khorgos.claims.extraction.mention import Mention
from khorgos.claims.extraction.referents import Place
from khorgos.claims.extraction.relations import Relation, find_relations
from khorgos.claims.extraction.respective import Share, shares_of
from khorgos.claims.extraction.sides import WORLD


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
        before: the flow in question when it began.
    """

    line: Line
    mentions: tuple[Mention, ...]
    frames: tuple[Frame, ...]
    about: tuple[tuple[int, str], ...]
    relations: tuple[Relation, ...]
    mind: Discourse
    shares: dict[int, Share]
    before: Frame


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
            hub=next((r.hub for r in reversed(relations) if r.head < mention.head and r.ranked), None),
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
    shares = shares_of(line, mentions)
    return Scene(line, tuple(mentions), tuple(frames), tuple(about), tuple(relations), inner, shares, mind.running)


def _start_from_partnership(line: Line, relations: Sequence[Relation], inner: Discourse) -> None:
    """A partnership told in the sentence is what its bare flows are of."""
    counted = [i for i, chunk in enumerate(line.chunks) if chunk.quantity is not None]
    for relation in relations:
        if relation.flow != "total" and counted and relation.head > counted[0]:
            continue
        if relation.frame.sure == 2 and relation.flow != "invest":
            goods = goods_in_question(inner) if relation.flow != "total" else ""
            inner.running = replace(relation.frame, sure=0, listed=True, product=goods)
            inner.centre = relation.hub
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
