"""Who trades with whom: a mention's sides made definite by its sentence and by what was said before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.mentions import COUNTRY, OWN, PAIR, PARTNER, REGION, WHOSE, Mention
from khorgos.nomenclature.area_register import get
from khorgos.nomenclature.groups import memberships
from khorgos.nomenclature.periods import Period

WORLD = "WLD"
_PREPOSITIONS = frozenset(
    [
        "to",
        "from",
        "with",
        "in",
        "of",
        "between",
        "among",
        "by",
        "for",
        "against",
        "than",
        "on",
        "like",
        "including",
        "into",
        "over",
        "within",
        "across",
        "toward",
        "towards",
        "via",
        "through",
        "at",
    ]
)


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
    """

    a: str | None = None
    b: str | None = None
    flow: str | None = None
    sign: int = 0
    product: str = ""
    average: bool = False
    sure: int = 0

    def other(self, area: str) -> str | None:
        """The side that is not this one, a member standing for its group; None if this is neither."""
        if area == self.a or (self.a is not None and area in members_of(self.a)):
            return self.b
        if area == self.b or (self.b is not None and area in members_of(self.b)):
            return self.a
        return None


@cache
def members_of(group: str) -> frozenset[str]:
    """Everybody who has ever been a member of a group; none for a country or the world."""
    if group == WORLD or get(group).kind != "group":
        return frozenset()
    found = {stretch.area for stretch in memberships(group)}
    return frozenset(found | ({"EU"} if group == "EU27" else set()))


def is_group(area: str | None) -> bool:
    """Whether an area is a group other than the world."""
    return area is not None and area != WORLD and get(area).kind == "group"


@dataclass(slots=True)
class Discourse:
    """What a reader has in mind: the pair, the subject, the region, the period in question.

    Args:
        running: the last flow spoken of.
        subject: the last country that a sentence was about.
        region: the last group of countries.
        period: the last period.
        source: whose figures the text goes by.
        source_area: that publisher's country.
        hub: the area that most pairs of the text share.
        product: the goods in question.
        centre: the side that stays while partners are listed.
        place: the last place in a ranking.
    """

    running: Frame = field(default_factory=Frame)
    subject: str | None = None
    region: str | None = None
    period: Period | None = None
    source: str | None = None
    source_area: str | None = None
    hub: str | None = None
    product: str = ""
    centre: str | None = None
    place: int = 0


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
        for side in {*mention.a, *mention.b}:
            if not side.startswith("@") and side != WORLD:
                count[side] += 2
    for line in lines:
        for chunk in line.chunks:
            if chunk.kind == "area" and chunk.area is not None and chunk.area.area != WORLD:
                count[chunk.area.area] += 1
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
        if behind(line.chunks, i) or (chunk.area.sort == "adjective" and not _owns(i, mentions)):
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


def _owns(i: int, mentions: Sequence[Mention]) -> bool:
    return any(m.first <= i < m.head for m in mentions)


def resolve(mention: Mention, line: Line, about: Sequence[tuple[int, str]], mind: Discourse) -> Frame:
    """Give a mention both its sides.

    Args:
        mention: the mention.
        line: its sentence.
        about: the subjects of the sentence.
        mind: what was said before.

    Returns:
        The frame; a side is None where nothing tells it.
    """
    a = _first(mention.a, mention, about, mind)
    b = _first(mention.b, mention, about, mind, other=a)
    if PAIR in mention.a or PAIR in mention.b:
        a, b = a or mind.running.a, mind.running.b if a != mind.running.b else mind.running.a
    sure = sum(bool(side) and not side[0].startswith("@") for side in (mention.a, mention.b))
    if mention.world and b is None:
        b, sure = WORLD, sure + 1
    if a is not None and a == b:
        b = None
    frame = Frame(a, b, mention.flow, mention.sign, mention.product, mention.average, sure)
    return _filled(frame, mention, line, about, mind)


def _first(
    sides: tuple[str, ...],
    mention: Mention,
    about: Sequence[tuple[int, str]],
    mind: Discourse,
    other: str | None = None,
) -> str | None:
    if not sides:
        return None
    word = sides[0]
    if not word.startswith("@"):
        return word
    before = [area for i, area in about if i < mention.head]
    named = {side for side in (*mention.a, *mention.b) if not side.startswith("@")}
    if word in (OWN, WHOSE):
        own = [area for area in before if area not in named] or [
            s for s in (mind.subject,) if s is not None and s not in named
        ]
        return own[-1] if own else None
    if word == COUNTRY:
        own = [area for area in before if area not in named and not is_group(area)]
        return own[-1] if own else mind.subject
    if word == REGION:
        groups = [area for area in before if is_group(area)]
        return groups[-1] if groups else mind.region
    if word == PARTNER:
        return mind.running.other(other) if other else mind.running.b
    return mind.running.a


def _filled(frame: Frame, mention: Mention, line: Line, about: Sequence[tuple[int, str]], mind: Discourse) -> Frame:
    """Fill a missing side from the sentence, else from what was said before."""
    if frame.b is None:
        frame = replace(frame, b=_loose(line, mention, frame))
    if frame.a is None:
        frame = replace(frame, a=_missing_a(frame, mention, about, mind))
    if frame.b is None and frame.a is not None:
        frame = replace(frame, b=_missing_b(frame.a, mention, about, mind))
    if frame.a is None and frame.b is None:
        frame = replace(frame, a=mind.running.a or mind.hub, b=mind.running.b)
    if frame.b is None:
        frame = replace(frame, b=WORLD)
    return replace(frame, product=frame.product or "")


def _loose(line: Line, mention: Mention, frame: Frame) -> str | None:
    """A side that stands apart, after the verb: "increased its turnover by 5% with China"."""
    wanted = {"total": ("with",), "balance": ("with",), "export": ("to",), "import": ("from",)}.get(
        mention.flow or "", ()
    )
    for i in range(mention.last, min(len(line.chunks), mention.last + 14)):
        chunk = line.chunks[i]
        if chunk.low in (";", "while", "whereas", "but", "(") or chunk.has("flow") or chunk.has("verb"):
            return None
        if (
            chunk.kind == "area"
            and chunk.area is not None
            and behind(line.chunks, i) in wanted
            and chunk.area.sort != "adjective"
        ):
            prior = line.chunks[i - 1].low if i else ""
            follows = any(c.kind == "quantity" for c in line.chunks[i + 1 : i + 3])
            if not follows and chunk.area.area != frame.a and prior != ",":
                return chunk.area.area
    return None


def _missing_a(frame: Frame, mention: Mention, about: Sequence[tuple[int, str]], mind: Discourse) -> str | None:
    before = [area for i, area in about if i < mention.head and area != frame.b]
    if frame.b is not None and frame.b != WORLD:
        if before and not _is_rival(before[-1], frame.b, mind):
            return before[-1]
        found = mind.running.other(frame.b)
        if found is not None and found != WORLD:
            return found
        if mind.source_area not in (None, frame.b):
            return mind.source_area
        for area in (mind.hub, mind.running.a, mind.subject, mind.running.b):
            if area not in (None, frame.b, WORLD):
                return area
        return None
    if mention.world:
        return (before[-1] if before else None) or mind.running.a or mind.subject or mind.hub
    if before:
        return before[-1]
    return None


def _is_rival(area: str, other: str, mind: Discourse) -> bool:
    """Whether two areas are list items under one hub, so that they are no pair of their own."""
    return (
        mind.hub is not None
        and mind.hub not in (area, other)
        and mind.running.other(area) == mind.hub == mind.running.other(other)
    )


def _missing_b(a: str, mention: Mention, about: Sequence[tuple[int, str]], mind: Discourse) -> str | None:
    found = mind.running.other(a)
    if found is not None and found != a:
        return found
    others = [area for i, area in about if i < mention.first and area != a]
    if others and (mention.mutual or mention.a):
        return others[-1]
    if mention.mutual:
        return next((s for s in (mind.hub, mind.running.a, mind.running.b) if s not in (None, a, WORLD)), None)
    return None
