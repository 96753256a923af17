"""What a reader has in mind: the flow in question, the pair, the hub, the period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.mention import Mention
from khorgos.claims.extraction.sides import WORLD, is_group, members_of
from khorgos.claims.extraction.when import When
from khorgos.nomenclature.periods import Period

# Votes for the country that a text is about. Chosen because with them it is found in 142 of the 149 marked articles:
# owners of flows count most, a partner however often named once, and names outside flows a few times at most.
_OWNED, _PARTNERED, _IN_PASSING, _OFFICE = 3, 1, 4, 3
_MOSTLY = 0.85  # chosen because a piece about one country tells a flow of two others once in a while
_SELLERS = word_set("discourse", "sellers")
_FRONTING = (
    "in the case of", "as for", "as regards", "as to", "seen from", "viewed from", "from the perspective of",
    "from the point of view of", "from the viewpoint of", "in the view of",
)  # fmt: skip
_IN_LISTS = frozenset(
    (
        "that",
        "is",
        "among",
        "them",
        "including",
        "such",
        "as",
        "like",
        ",",
        "and",
        "-",
        "\u2013",
        "\u2014",
        ":",
        "(",
        "namely",
        "the",
    )
)
_RELATIONS = frozenset(("relations", "ties", "cooperation", "partnership", "relationship", "economic relations"))
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
        unnamed: whether the other side is nobody in particular: "third countries".
        turned: whether shipments of one side were made imports of the other, which the text is about.
    """

    a: str | None = None
    b: str | None = None
    flow: str | None = None
    sign: int = 0
    product: str = ""
    average: bool = False
    sure: int = 0
    listed: bool = False
    unnamed: bool = False
    turned: bool = False

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
        pairs: all pairs that a flow of the text names in full; others are items of a list.
        bilateral: whether the text speaks of hardly any other.
        subject: the last country that a sentence was about.
        region: the last group of countries.
        only_group: the one group that the text names.
        around: the country that nearly all flows told in full have as a side.
        told_around: whether several flows say so, not only the hub.
        period: the last period.
        main_period: the one that the text is about, as far as it has told.
        source: whose figures the text goes by.
        source_area: that publisher's country.
        office: the publisher's country where this sentence or the last names the publisher.
        office_is_new: whether this sentence does.
        hub: the area that most pairs of the text share.
        product: the goods in question.
        centre: the side that stays while partners are listed.
        place: the last place in a ranking.
        item: the partner last placed or listed.
        aside: whether the period is a part that the paragraph looks at: "in April alone".
        share: whether the last figure was a share.
        off_hub: whether the flow in question is told to be of two others than the hub.
        turnover: the last turnover that was no item of a list.
        topic: the turnover that the sentence before broke down into exports and imports, which "the figure" means.
        whole: what a bare flow means after a paragraph about several partners: trade with all.
        bracket: the time of the amounts that the last sentence gave in brackets behind others.
        years: the first and last year of a stretch whose ends are told: "from 2017 to 2024".
    """

    running: Frame = field(default_factory=Frame)
    base: Frame = field(default_factory=Frame)
    main: tuple[str, str] | None = None
    pairs: frozenset[frozenset[str | None]] = frozenset()
    bilateral: bool = True
    subject: str | None = None
    region: str | None = None
    only_group: str | None = None
    around: str | None = None
    told_around: bool = False
    period: Period | None = None
    main_period: Period | None = None
    source: str | None = None
    source_area: str | None = None
    office: str | None = None
    office_is_new: bool = False
    hub: str | None = None
    product: str = ""
    centre: str | None = None
    place: int = 0
    item: str | None = None
    aside: bool = False
    share: bool = False
    off_hub: bool = False
    turnover: Frame | None = None
    topic: Frame | None = None
    whole: Frame | None = None
    bracket: When | None = None
    years: tuple[int, int] | None = None

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
    told = tuple(mentions)
    offices = {c.source.area for line in lines for c in line.chunks if c.source is not None and c.source.area}
    around = turns_around(told)
    pairs = any(m.a and m.b for m in told)
    if around is not None and (pairs or len(offices) != 1 or around in offices or "|" in next(iter(offices))):
        return around
    count: Counter[str] = Counter()
    for mention in told:
        for side in mention.a if not mention.supply else ():
            count[side] += _OWNED
    partners = Counter(side for mention in told for side in (*mention.b, *(mention.a if mention.supply else ())))
    count.update({side: min(_PARTNERED, n) for side, n in partners.items()})
    count.update(_named_in_passing(lines))
    opening = next((c.area.area for line in lines for c in line.chunks if c.area is not None), None)
    if opening is not None:
        count[opening] += 2  # who is named first is who a text is about, unless others are named far more often
    count = Counter({area: n for area, n in count.items() if area and not area.startswith("@") and area != WORLD})
    countries = [(n, area) for area, n in count.items() if not is_group(area)] or [(n, a) for a, n in count.items()]
    if not countries:
        return None
    first = {area: i for i, area in enumerate(count)}
    return max(countries, key=lambda each: (each[0], -first[each[1]]))[1]


def _named_in_passing(lines: Sequence[Line]) -> Counter[str]:
    """How often areas stand outside flows, owners of anything twice, and publishers of figures."""
    count: Counter[str] = Counter()
    plain: Counter[str] = Counter()
    for line in lines:
        for k, chunk in enumerate(line.chunks):
            if chunk.source is not None and "|" not in chunk.source.area:
                count[chunk.source.area] += _OFFICE
            if chunk.kind != "area" or chunk.area is None:
                continue
            plain[chunk.area.area] += 1
            owns = k + 1 < len(line.chunks) and line.chunks[k + 1].low in ("'s", "'")
            count[chunk.area.area] += owns
    count.update({area: min(_IN_PASSING, n) for area, n in plain.items()})
    return count


def region_of(lines: Iterable[Line]) -> str | None:
    """The region that "the region" means from the start, told by the countries that a text names."""
    named = {c.area.area for line in lines for c in line.chunks if c.area is not None and c.kind == "area"}
    for group, enough in (("CA5", 4), ("SC3", 3)):
        if len(named & members_of(group)) >= enough and group not in named:
            return group
    return None


def only_group(lines: Iterable[Line]) -> str | None:
    """The one group that a text names anywhere, which "the region" means before it is named."""
    named = {c.area.area for line in lines for c in line.chunks if c.area is not None and c.kind == "area"}
    groups = {area for area in named if is_group(area)}
    return groups.pop() if len(groups) == 1 else None


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


def turns_around(mentions: Iterable[Mention], hub: str | None = None) -> str | None:
    """The country that nearly all flows told in full have as a side, with several others; None if there is none.

    Args:
        mentions: of the whole text.
        hub: counts as such where every pair has it, however few they are.
    """
    sides = [{s for s in (*m.a, *m.b) if not s.startswith("@") and s not in (WORLD, "WLD")} for m in mentions]
    pairs = [each for each in sides if len(each) > 1]
    count = Counter(side for each in pairs for side in each).most_common(2)
    if hub is not None and not is_group(hub) and all(hub in each for each in pairs):
        return hub
    if len(count) < 2:
        return _only_owner(sides)
    if count[0][1] < 2 or count[0][1] < _MOSTLY * len(pairs) or count[0][1] == count[1][1]:
        return None
    return None if is_group(count[0][0]) else count[0][0]


def _only_owner(sides: Sequence[set[str]]) -> str | None:
    """The one country whose flows a text speaks of, where it names no flow of two."""
    owners = Counter(side for each in sides for side in each).most_common(1)
    total = sum(bool(each) for each in sides)
    if not owners or owners[0][1] < 2 or owners[0][1] < _MOSTLY * total:
        return None
    return None if is_group(owners[0][0]) else owners[0][0]


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


def related_pair(lines: Iterable[Line]) -> tuple[str, str] | None:
    """The pair whose relations a text speaks of, where no flow of it names two sides.

    Args:
        lines: its sentences.

    Returns:
        Two ids, of "relations between Russia and Armenia"; None if it speaks of none.
    """
    for line in lines:
        chunks = line.chunks
        for k in range(1, len(chunks) - 3):
            ends = chunks[k + 1].area, chunks[k + 3].area
            if chunks[k].low != "between" or chunks[k + 2].low != "and" or None in ends:
                continue
            if any(c.low in _RELATIONS for c in chunks[max(0, k - 3) : k]):
                return ends[0].area, ends[1].area  # type: ignore[union-attr]
    return None


def subjects(line: Line, mentions: Sequence[Mention]) -> list[tuple[int, str]]:
    """Areas of a sentence that it speaks about, with their chunks, in order: subjects and owners.

    Args:
        line: the sentence.
        mentions: its mentions.

    Returns:
        Chunk and id of each; areas behind a preposition, and offices named in passing, are left out.
    """
    found: list[tuple[int, str]] = []
    members = spelt_out(line.chunks)
    for i, chunk in enumerate(line.chunks):
        if chunk.kind != "area" or chunk.weak or chunk.area is None or i in members:
            continue
        if i and line.chunks[i - 1].marks.get("verb") == "sell":
            continue  # "sold China goods worth": the buyer
        owns = _owns(i, mentions)
        if _is_home_of(line.chunks, i):
            found.append((i, chunk.area.area))
            continue
        if _is_fronted(line.chunks, i):
            found.append((i, chunk.area.area))
            continue
        if (behind(line.chunks, i) and not (owns and _of_part(line.chunks, i))) or (
            _is_attribute(line.chunks, i) and not owns
        ):
            continue
        found.append((i, chunk.area.area))
    return found


def behind(chunks: Sequence[Chunk], i: int) -> str:
    """The preposition that governs an area, through determiners and the members of a list; "" if none does."""
    k = i - 1
    while k >= 0:
        low = chunks[k].low
        if low == "of" and k and chunks[k - 1].low == "first" and chunks[k + 1].low == "all":
            return ""  # "first of all Turkey"
        if low in _PREPOSITIONS:
            return low
        if chunks[k].marks.get("verb") == "arrive":  # "go to the US"
            return low.rsplit(" ", 1)[-1]
        if low in ("the", "its", "other", "five", "neighbouring", "neighboring", "all", "most", "fellow"):
            k -= 1
        elif low in (",", "and", "&") and k and chunks[k - 1].kind == "area":
            if low == "," and k == i - 1 and _starts_statement(chunks, i):
                return ""  # "In Uzbekistan, China had"
            k -= 2
        else:
            return ""
    return ""


def _starts_statement(chunks: Sequence[Chunk], i: int) -> bool:
    """Whether a verb follows the area, which so is the subject and no member of a list."""
    after = chunks[i + 1] if i + 1 < len(chunks) else None
    return after is not None and (after.low in ("had", "has", "is", "was", "held", "holds") or after.has("share"))


def _is_home_of(chunks: Sequence[Chunk], i: int) -> bool:
    """ "The Mexican automotive industry closed the year with": an adjective that says whose sellers or buyers speak."""
    area = chunks[i].area
    if area is None or area.sort != "adjective" or i > 2 or behind(chunks, i):
        return False
    return any(chunk.low in _SELLERS for chunk in chunks[i + 1 : i + 4])


def _is_fronted(chunks: Sequence[Chunk], i: int) -> bool:
    """ "In the case of Uzbekistan, turnover with China": who is spoken of, though a preposition governs it."""
    before = " ".join(c.low for c in chunks[max(0, i - 5) : i]).removesuffix(" the")
    return before.endswith(_FRONTING)


def _of_part(chunks: Sequence[Chunk], i: int) -> bool:
    """ "More than 80 per cent of Mexican exports": Mexico is spoken of."""
    quantity = chunks[i - 2].quantity if i > 1 else None
    return i <= 3 and chunks[i - 1].low == "of" and quantity is not None and quantity.sort == "percent"


def spelt_out(chunks: Sequence[Chunk]) -> set[int]:
    """Members listed behind their group: "five Central Asian countries - Kazakhstan, ..., and Uzbekistan".

    Args:
        chunks: of a sentence.

    Returns:
        The members' chunks, which name nothing new.
    """
    found: set[int] = set()
    for k, chunk in enumerate(chunks):
        is_named = chunk.kind == "area" and chunk.area is not None and is_group(chunk.area.area)
        if not is_named and chunk.marks.get("anaphor") != "region":
            continue
        members: list[int] = []
        last = k
        for j in (j for j in range(k + 1, len(chunks)) if chunks[j].kind == "area"):
            if not all(c.low in _IN_LISTS for c in chunks[last + 1 : j]):
                break
            members.append(j)
            last = j
        if len(members) > 2:
            found.update(members)
    return found


def _is_attribute(chunks: Sequence[Chunk], i: int) -> bool:
    """ "Georgian wine", "U.S. soybeans": a word about goods, not a subject."""
    area = chunks[i].area
    after = chunks[i + 1] if i + 1 < len(chunks) else None
    if area is not None and area.sort == "adjective":
        return True
    return after is not None and (bool(after.product) or after.has("all")) and not after.has("verb")


def _owns(i: int, mentions: Sequence[Mention]) -> bool:
    return any(m.first <= i < m.head for m in mentions)
