"""Who trades with whom: a mention's sides made definite by its sentence and by what was said before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.mentions import COUNTRY, OWN, PAIR, PARTNER, REGION, WHICH, WHOSE, Mention
from khorgos.claims.extraction.sides import WORLD, is_group, members_of
from khorgos.nomenclature.periods import Period

_PREPOSITIONS = word_set("frames", "prepositions")


@dataclass(frozen=True, slots=True)
class Frame:
    """A flow with both its sides.

    Args:
        a: whose flow it is, as an id.
        b: the other side.
        flow: "export", "import", "total" or "balance".
        sign: of a balance.
        product: goods, as worded.
        average: whether it is an average over months.
        sure: how many of the two sides the sentence itself names.
        listed: whether it is one partner of several, after which a bare flow means the whole again.
    """

    a: str | None = None
    b: str | None = None
    flow: str | None = None
    sign: int = 0
    product: str = ""
    average: bool = False
    sure: int = 0
    listed: bool = False

    def other(self, area: str) -> str | None:
        """The side that is not this one, a member standing for its group; None if this is neither."""
        if area == self.a or (self.a is not None and area in members_of(self.a)):
            return self.b
        if area == self.b or (self.b is not None and area in members_of(self.b)):
            return self.a
        return None


@dataclass(slots=True)
class Discourse:
    """What a reader has in mind: the pair, the subject, the region, the period in question.

    Args:
        running: the last flow spoken of.
        base: the last that was no item of a list.
        main: the pair that the text mostly speaks of.
        bilateral: whether the text speaks of hardly any other.
        subject: the last country that a sentence was about.
        region: the last group of countries.
        period: the last period.
        source: whose figures the text goes by.
        source_area: that publisher's country.
        hub: the area that most pairs of the text share.
        product: the goods in question.
        centre: the side that stays while partners are listed.
        place: the last place in a ranking.
        item: the partner last placed or listed.
    """

    running: Frame = field(default_factory=Frame)
    base: Frame = field(default_factory=Frame)
    main: tuple[str, str] | None = None
    bilateral: bool = True
    subject: str | None = None
    region: str | None = None
    period: Period | None = None
    source: str | None = None
    source_area: str | None = None
    hub: str | None = None
    product: str = ""
    centre: str | None = None
    place: int = 0
    item: str | None = None

    def anchor(self, frame: Frame) -> str | None:
        """The side of a flow that the text turns around, None if neither is."""
        return next((area for area in (self.centre, self.hub) if area is not None and area in (frame.a, frame.b)), None)


def hub_of(mentions: Iterable[Mention], lines: Sequence[Line]) -> str | None:
    """The area that most of a text's flows have as a side.

    Args:
        mentions: of the whole text.
        lines: its sentences, for areas that stand outside mentions.

    Returns:
        An id; None if no area is named.
    """
    count: Counter[str] = Counter()
    for mention in mentions:
        for sides, weight in ((mention.a, 3), (mention.b, 2)):  # owners are spoken of more than partners
            for side in sides:
                if not side.startswith("@") and side != WORLD:
                    count[side] += weight
    for line in lines:
        for chunk in line.chunks:
            if chunk.kind == "area" and chunk.area is not None and chunk.area.area != WORLD:
                count[chunk.area.area] += 1
        for chunk in line.chunks:
            if chunk.source is not None and chunk.source.area:
                count[chunk.source.area] += 2
    countries = [(n, area) for area, n in count.items() if not is_group(area)] or [(n, a) for a, n in count.items()]
    if not countries:
        return None
    first = {area: i for i, area in enumerate(count)}
    return max(countries, key=lambda each: (each[0], -first[each[1]]))[1]


def subjects(line: Line, mentions: Sequence[Mention]) -> list[tuple[int, str]]:
    """Areas of a sentence that it speaks about, with their chunks, in order: subjects and owners.

    Args:
        line: the sentence.
        mentions: its mentions.

    Returns:
        Chunk and id of each; areas behind a preposition, and offices named in passing, are left out.
    """
    found: list[tuple[int, str]] = []
    for i, chunk in enumerate(line.chunks):
        if chunk.kind != "area" or chunk.weak or chunk.area is None:
            continue
        if behind(line.chunks, i) or (_is_attribute(line.chunks, i) and not _owns(i, mentions)):
            continue
        found.append((i, chunk.area.area))
    return found


def behind(chunks: Sequence[Chunk], i: int) -> str:
    """The preposition that governs an area, through determiners and the members of a list; "" if none does."""
    k = i - 1
    while k >= 0:
        low = chunks[k].low
        if low in _PREPOSITIONS:
            return low
        if low in ("the", "its", "other", "five", "neighbouring", "neighboring", "all", "most", "fellow"):
            k -= 1
        elif low in (",", "and", "&") and k and chunks[k - 1].kind == "area":
            k -= 2
        else:
            return ""
    return ""


def _is_attribute(chunks: Sequence[Chunk], i: int) -> bool:
    """ "Georgian wine", "U.S. soybeans": a word about goods, not a subject."""
    area = chunks[i].area
    after = chunks[i + 1] if i + 1 < len(chunks) else None
    if area is not None and area.sort == "adjective":
        return True
    return after is not None and (bool(after.product) or after.has("all")) and not after.has("verb")


def _owns(i: int, mentions: Sequence[Mention]) -> bool:
    return any(m.first <= i < m.head for m in mentions)


def region_of(lines: Iterable[Line]) -> str | None:
    """The region that "the region" means from the start, told by the countries that a text names."""
    named = {c.area.area for line in lines for c in line.chunks if c.area is not None and c.kind == "area"}
    for group, enough in (("CA5", 4), ("SC3", 3)):
        if len(named & members_of(group)) >= enough and group not in named:
            return group
    return None


def is_bilateral(mentions: Iterable[Mention], hub: str | None) -> bool:
    """Whether nearly all partners that a text's flows name are one and the same.

    Args:
        mentions: of the whole text.
        hub: the area that most of them share.
    """
    partners = Counter(
        side
        for mention in mentions
        for side in (*mention.a, *mention.b)
        if side not in (hub, WORLD) and not side.startswith("@")
    )
    # three quarters chosen because a bilateral piece names a third country now and then, a survey names many
    return not partners or max(partners.values()) >= 0.75 * sum(partners.values())


def main_pair(mentions: Iterable[Mention]) -> tuple[str, str] | None:
    """The pair that most of a text's flows name in full.

    Args:
        mentions: of the whole text.

    Returns:
        Two ids in the order they are first named; None if no flow names two sides.
    """
    count: Counter[frozenset[str]] = Counter()
    first: dict[frozenset[str], tuple[str, str]] = {}
    for mention in mentions:
        if len(mention.a) == 1 and len(mention.b) == 1:
            a, b = mention.a[0], mention.b[0]
            if not a.startswith("@") and not b.startswith("@") and WORLD not in (a, b):
                count[frozenset((a, b))] += 1
                first.setdefault(frozenset((a, b)), (a, b))
    return first[count.most_common(1)[0][0]] if count else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its sentence a mention stands.

    Args:
        about: subjects of the sentence before it.
        prior: head and frame of the flow before it in the sentence.
        is_whole: whether a share is taken of it: "accounted for 45 percent of the exports".
        office: whose ministry or minister speaks in the sentence.
        last: the area named last before it.
    """

    about: tuple[tuple[int, str], ...] = ()
    prior: tuple[int, Frame] | None = None
    is_whole: bool = False
    office: str | None = None
    last: str | None = None


def resolve(mention: Mention, line: Line, place: Place, mind: Discourse) -> Frame:
    """Give a mention both its sides.

    Args:
        mention: the mention.
        line: its sentence.
        place: what stands before it there.
        mind: what was said before.

    Returns:
        The frame; a side is None where nothing tells it.
    """
    a = _first(mention.a, mention, place, mind)
    b = _first(mention.b, mention, place, mind, other=a)
    if OWN in mention.a and b is None and mention.flow == "total" and (joined := _joined(line, place, mention)) is not None:
        a, b = joined
    if PAIR in mention.a or PAIR in mention.b:
        a, b = _pair(mind, mention)
    if mention.flow is None and mention.world:
        return _whole(place, mind)
    sure = sum(bool(side) and not side[0].startswith("@") for side in (mention.a, mention.b))
    if mention.a and mention.a[0] in (OWN, WHOSE) and any(area == a and i < mention.head for i, area in place.about):
        sure += 1
    if mention.world and b is None:
        b, sure = WORLD, sure + 1
    if a is not None and a == b:
        b = None
    frame = Frame(a, b, mention.flow, mention.sign, mention.product, mention.average, sure)
    frame = _filled(frame, mention, line, place, mind)
    frame = _having(_signed_gap(_not_home(frame, mention, mind), mind), mention, line, place)
    if mention.supply and not mention.a and not mention.b:
        told = place.prior[1] if place.prior is not None else mind.running
        frame = replace(frame, flow=told.flow if told.flow in ("export", "import") else frame.flow)
    return _seen_from_hub(frame, mention, mind) if mention.supply else frame


def _signed_gap(frame: Frame, mind: Discourse) -> Frame:
    """A gap is a deficit, unless a surplus of the same two was spoken of."""
    if frame.flow != "balance" or frame.sign != -2:
        return frame
    running = mind.running
    same = running.flow == "balance" and {running.a, running.b} == {frame.a, frame.b}
    return replace(frame, sign=running.sign if same and running.sign else -1, a=running.a if same else frame.a,
                   b=running.b if same else frame.b)  # fmt: skip


def _not_home(frame: Frame, mention: Mention, mind: Discourse) -> Frame:
    """ "Chinese imports" in a text about Uzbekistan are its imports from China."""
    told = mind.running
    if mention.flow != "import" or mention.b or len(mention.a) != 1 or mention.a[0].startswith("@"):
        return frame
    home = mind.centre or mind.hub
    if home is not None and home != frame.a and {told.a, told.b} == {home, frame.a} and told.a == home:
        return replace(frame, a=home, b=mention.a[0])
    return frame


def _having(frame: Frame, mention: Mention, line: Line, place: Place) -> Frame:
    """ "Vietnam posted the largest US trade surplus": who has it stands before the verb, with whom before the noun."""
    if frame.flow != "balance" or mention.b or len(mention.a) != 1 or mention.a[0].startswith("@"):
        return frame
    before = [(i, area) for i, area in place.about if i < mention.first]
    if not before or before[-1][1] == mention.a[0] or line.chunks[mention.first + 1].low in ("'s", "'"):
        return frame
    between = [c.low for c in line.chunks[before[-1][0] + 1 : mention.first]]
    if any(re.match(r"post|ran$|run|had$|has$|have$|record|regist|report|widen|expand|narrow|show|saw$|enjoy", w) for w in between):
        return replace(frame, a=before[-1][1], b=mention.a[0], sure=2)
    return frame


def _whole(place: Place, mind: Discourse) -> Frame:
    """ "that total": the flow in question with all partners, as its hub sees it."""
    told = place.prior[1] if place.prior is not None else mind.running
    hub = mind.anchor(told) or told.a
    if hub == told.b and told.flow in ("export", "import"):
        told = replace(told, a=told.b, b=told.a, flow="import" if told.flow == "export" else "export")
    return replace(told, b=WORLD, sure=1, listed=False)


def _joined(line: Line, place: Place, mention: Mention) -> tuple[str, str] | None:
    """ "Kazakhstan and China are able to bring their trade": two subjects that own it together."""
    before = [(i, area) for i, area in place.about if i < mention.head]
    if len(before) < 2:
        return None
    (i, first), (j, second) = before[-2:]
    between = [c.low for c in line.chunks[i + 1 : j]]
    return (first, second) if between in (["and"], ["and", "the"], ["&"]) else None


def _pair(mind: Discourse, mention: Mention) -> tuple[str | None, str | None]:
    """ "the two sides": those of the flow in question, else those the text mostly speaks of."""
    running = mind.running if mind.running.b not in (None, WORLD) else mind.base
    if running.a is not None and running.b not in (None, WORLD):
        return running.a, running.b
    return mind.main if mind.main is not None else (None, None)


def _first(sides: tuple[str, ...], mention: Mention, place: Place, mind: Discourse, other: str | None = None) -> str | None:
    if not sides:
        return None
    word = sides[0]
    if not word.startswith("@"):
        return word
    before = [area for i, area in place.about if i < mention.head]
    named = {side for side in (*mention.a, *mention.b) if not side.startswith("@")}
    if word in (OWN, WHOSE):
        own = [area for area in before if area not in named] or [s for s in (mind.subject,) if s is not None and s not in named]
        return own[-1] if own else None
    if word == WHICH:
        return place.last
    if word == COUNTRY:
        owner = place.prior[1].a if place.prior is not None else None
        told = [s for s in (mind.subject,) if s in (mind.running.a, mind.running.b) or mind.running.a is None]
        own = [s for s in (owner, *told, mind.anchor(mind.running), mind.subject, mind.source_area, mind.hub) if s is not None]
        return next((s for s in own if s not in named and not is_group(s)), None)
    if word == REGION:
        groups = [area for area in before if is_group(area)]
        return groups[-1] if groups else mind.region
    if word == PARTNER:
        return _neighbour(other, before, mind)
    return mind.running.a


def _neighbour(other: str | None, before: Sequence[str], mind: Discourse) -> str | None:
    own = other or (before[-1] if before else None)
    if own is None:
        return mind.running.b
    return mind.running.other(own) or (mind.main[1 - mind.main.index(own)] if mind.main and own in mind.main else None)


def _filled(frame: Frame, mention: Mention, line: Line, place: Place, mind: Discourse) -> Frame:
    """Fill a missing side from the sentence, else from what was said before."""
    if frame.b is None:
        frame = replace(frame, b=_loose(line, mention, frame))
    if frame.a is None and frame.b is None:
        frame = _bare(frame, mention, line, place, mind)
    elif frame.a is None:
        frame = replace(frame, a=_missing_a(frame, mention, place, mind))
    if frame.b is None and frame.a is not None:
        frame = replace(frame, b=_missing_b(frame.a, mention, place, mind))
    if frame.b is None:
        frame = replace(frame, b=WORLD)
    return frame


def _bare(frame: Frame, mention: Mention, line: Line, place: Place, mind: Discourse) -> Frame:
    """ "exports", "imports", "turnover" and no more: sides from the flow before, the subject, or the text so far."""
    before = [(i, area) for i, area in place.about if i < mention.head]
    if place.prior is not None and (not before or before[-1][0] <= place.prior[0] or place.is_whole):
        return replace(frame, a=place.prior[1].a, b=place.prior[1].b)
    if before and not place.is_whole:
        joined = _joined(line, place, mention)
        if joined is not None and mention.flow == "total" and {*joined} & {mind.hub, mind.centre, mind.running.a, mind.running.b}:
            return replace(frame, a=joined[0], b=joined[1])
        subject = before[-1][1]
        hub = mind.anchor(mind.base)
        if hub is not None and hub != subject and _is_ranked(line):
            return replace(frame, a=hub, b=subject, listed=True)
        return replace(frame, a=subject)
    context = mind.base if mind.running.listed and not mention.mutual else mind.running
    if context.a is not None:
        return replace(frame, a=context.a, b=context.b)
    if mention.mutual and mind.main is not None:
        return replace(frame, a=mind.main[0], b=mind.main[1])
    home = mind.source_area or mind.hub
    region = mind.region if mind.region is not None and home is not None and home not in members_of(mind.region) else None
    return replace(frame, a=home, b=region if region != home else None)


def _is_ranked(line: Line) -> bool:
    """Whether the sentence places its subject in a ranking of partners."""
    return any(c.wording is not None and c.wording.sort in ("order", "lead", "next") for c in line.chunks)


def _loose(line: Line, mention: Mention, frame: Frame) -> str | None:
    """A side that stands apart, after the verb: "increased its turnover by 5% with China"."""
    wanted = {"total": ("with",), "balance": ("with",), "export": ("to",), "import": ("from",)}.get(mention.flow or "", ())
    for i in range(mention.last, min(len(line.chunks), mention.last + 14)):
        chunk = line.chunks[i]
        if chunk.low in (";", "while", "whereas", "but", "(") or chunk.has("flow") or chunk.has("verb"):
            return None
        if chunk.kind == "area" and chunk.area is not None and behind(line.chunks, i) in wanted and chunk.area.sort != "adjective":
            prior = line.chunks[i - 1].low if i else ""
            follows = any(c.kind == "quantity" for c in line.chunks[i + 1 : i + 3])
            if not follows and chunk.area.area != frame.a and prior != ",":
                return chunk.area.area
    return None


def _missing_a(frame: Frame, mention: Mention, place: Place, mind: Discourse) -> str | None:
    """The owner of a flow whose other side is known."""
    before = [(i, area) for i, area in place.about if i < mention.head and area != frame.b]
    prior = place.prior
    if prior is not None and (not before or before[-1][0] < prior[0]):
        found = prior[1].a if frame.b == WORLD or frame.b not in (prior[1].a, None) else prior[1].other(frame.b or "")
        if found not in (None, WORLD, frame.b):
            return found
    if before and not place.is_whole and not (frame.b not in (None, WORLD) and _is_rival(before[-1][1], frame.b or "", mind)):
        return before[-1][1]
    if place.office not in (None, frame.b):
        return place.office
    if frame.b == WORLD:
        return _at_home(mind)
    found = mind.running.other(frame.b or "")
    if found not in (None, WORLD):
        return found
    candidates = (mind.source_area, mind.centre, mind.base.a, mind.hub, mind.running.a, mind.subject, mind.running.b)
    return next((area for area in candidates if area not in (None, frame.b, WORLD)), None)


def _at_home(mind: Discourse) -> str | None:
    """Whose trade with the world is meant where nobody is named."""
    if mind.base.a is not None:
        return mind.base.b if mind.anchor(mind.base) == mind.base.b != WORLD else mind.base.a
    return mind.source_area or mind.running.a or mind.hub


def _is_rival(area: str, other: str, mind: Discourse) -> bool:
    """Whether two areas are list items under one hub, so that they are no pair of their own."""
    hub = mind.centre or mind.hub
    if hub is None or hub in (area, other):
        return False
    return mind.running.other(area) == hub or mind.running.other(other) == hub


def _missing_b(a: str, mention: Mention, place: Place, mind: Discourse) -> str | None:
    """The partner of a flow whose owner is known."""
    if mind.running.listed and a == mind.base.a and not mention.mutual:
        return mind.base.b
    directed = mention.flow in ("export", "import") and mind.running.flow in ("export", "import")
    if directed and a == mind.hub == mind.running.a and not mind.bilateral and place.prior is None:
        return WORLD
    found = mind.running.other(a)
    if found is not None and found != a:
        return found
    same_end = _same_end(a, mention, mind)
    if same_end is not None:
        return same_end
    if mind.running.b not in (None, WORLD):
        sides = (mind.running.a, mind.running.b)
        for hub in (mind.centre, mind.hub):
            if hub is not None and hub != a and hub in sides:
                return hub
    others = [area for i, area in place.about if i < mention.first and area != a]
    if others and mention.mutual:
        return others[-1]
    if mention.mutual:
        return next((s for s in (mind.hub, mind.running.a, mind.running.b) if s not in (None, a, WORLD)), None)
    if mention.verb or mention.supply:
        return mind.hub if mind.hub not in (None, a) and mind.main is not None and mind.hub in mind.main else None
    return None


def _same_end(a: str, mention: Mention, mind: Discourse) -> str | None:
    """Another seller sells to the same buyer, another buyer buys from the same seller."""
    running = mind.running
    if mention.flow not in ("export", "import") or running.flow not in ("export", "import"):
        return None
    buyer, seller = (running.b, running.a) if running.flow == "export" else (running.a, running.b)
    end = buyer if mention.flow == "export" else seller
    return end if end not in (a, None, WORLD) and (mention.verb or mention.supply) else None


def _seen_from_hub(frame: Frame, mention: Mention, mind: Discourse) -> Frame:
    """Shipments, deliveries and cargoes to the country that the text is about are its imports."""
    hub = mind.anchor(frame)
    if frame.flow == "export" and hub is not None and frame.b == hub and frame.a is not None:
        return replace(frame, a=frame.b, b=frame.a, flow="import")
    return frame
