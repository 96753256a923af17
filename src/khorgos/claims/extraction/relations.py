"""Who is whose partner: "China's third-largest partner", "the top supplier to Georgia"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.discourse import Discourse, Frame, behind
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.mention import Mention
from khorgos.claims.extraction.sides import WORLD, is_group, members_of

_INTRODUCING = word_set("relations", "introducing")
_COPULA = word_set("relations", "copula")
_ADJECTIVES = word_set("relations", "adjectives")
_INTO = word_set("relations", "into")
_STATES = re.compile(r"(?:nations|countries|states|republics)$")
_BRACKET = 9  # chunks; chosen because "(pipeline as well as liquefied)" fits
_OPENS = 4  # chunks; chosen because "As by far the" fits
_ASIDE, _ASIDE_WORDS = (
    6,
    frozenset(
        (",", "as", "in", "for", "during", "of", "like", "however", "again", "still", "once", "meanwhile", "therefore")
    ),
)
_OVERTAKING = re.compile(
    r"overt[ao]ok|overtak|surpass|replac|displac|pass(?:ed|ing)|outstrip|eclips|oust|unseat|dethron|leapfrog|outpac|ahead"
)


@dataclass(frozen=True, slots=True)
class Relation:
    """A noun of partnership with its two sides.

    Args:
        head: chunk of the noun.
        first: where its noun phrase begins.
        last: the chunk after it, "of China" included.
        flow: "total", "export", "import" or "invest".
        hub: whose partner it is.
        ranked: who the partner is; several where listed.
        scope: the group within which it is ranked.
    """

    head: int
    first: int
    last: int
    flow: str
    hub: str | None
    ranked: tuple[str, ...]
    scope: str | None = None

    @property
    def frame(self) -> Frame:
        """The relation as a flow, seen from the hub."""
        flow = self.flow if self.flow != "invest" else None
        return Frame(self.hub, self.ranked[0] if self.ranked else None, flow, sure=2 if self.hub and self.ranked else 1)


def find_relations(
    line: Line, mentions: Sequence[Mention], about: Sequence[tuple[int, str]], mind: Discourse
) -> list[Relation]:
    """The partnerships that a sentence tells.

    Args:
        line: the sentence.
        mentions: its flows.
        about: its subjects.
        mind: what was said before.

    Returns:
        The relations in order.
    """
    found: list[Relation] = []
    for i, chunk in enumerate(line.chunks):
        if any((m.head if m.verb else m.first) <= i < m.last for m in mentions):
            continue
        if (
            chunk.has("partner")
            and not chunk.has("flow")
            and not _is_verb(line.chunks, i)
            and _is_placed(line.chunks, i)
        ):
            found.append(_of_same(found, _relation(line, i, about, mind, mentions), line))
    return found


def _of_same(before: Sequence[Relation], relation: Relation, line: Line) -> Relation:
    """ "The top partner of Uzbekistan is China, which is also its largest supplier": both are Uzbekistan's."""
    told = before[-1] if before else None
    own = any(c.has("own") for c in line.chunks[relation.first : relation.head])
    if told is None or told.frame.sure < 2 or not own or relation.hub not in told.ranked:
        return relation
    return replace(relation, hub=told.hub, ranked=told.ranked)


def _is_placed(chunks: Sequence[Chunk], i: int) -> bool:
    """Buyers, suppliers and markets are partners where a place in a ranking is told of them."""
    if chunks[i].low.endswith(("partner", "partners", "fellow", "counterpart")):
        return True
    return any(
        c.wording is not None and c.wording.sort in ("rank", "among", "order") for c in chunks[max(0, i - 7) : i]
    )


def _is_verb(chunks: Sequence[Chunk], i: int) -> bool:
    return chunks[i].has("verb") and i + 1 < len(chunks) and chunks[i + 1].kind in ("quantity", "area")


def _relation(
    line: Line, i: int, about: Sequence[tuple[int, str]], mind: Discourse, mentions: Sequence[Mention]
) -> Relation:
    chunks = line.chunks
    owned = [(m.head, m.a[0]) for m in mentions if m.a and not m.a[0].startswith("@")]
    first, hub, scope = _owner(chunks, i, sorted({*about, *owned}), mind)
    last, after, within = _after(chunks, i, mind)
    scope = scope or within
    if hub is None:
        hub = after
    elif after is not None and is_group(hub) and not is_group(after):
        scope, hub = hub, after
    elif after is not None and is_group(after):
        scope = scope or after
    if (
        hub is None
        and scope is not None
        and not any(chunks[k].low == "with" for m in mentions for k in range(m.first, m.last))
    ):
        hub, scope = scope, None
    ranked = _ranked(line, first, last, hub, about=about, mind=mind)
    if hub is not None and scope is None and ranked and ranked[0] in members_of(hub) and mind.hub not in (hub, *ranked):
        hub, scope = None, hub  # "Vietnam has become the most important partner within ASEAN": of whom is told before
    if hub is None:
        hub = _hub_from_rest(ranked, mentions, mind)
    elif len(ranked) == 1 and ranked[0] == hub:
        ranked = ()
    return Relation(i, first, last, _flow_of(chunks, i, last), hub, ranked, scope)


def _flow_of(chunks: Sequence[Chunk], i: int, last: int) -> str:
    """ "partners by exports" rank exports."""
    flow = chunks[i].marks["partner"]
    for k in range(i + 1, last):
        named = chunks[k].marks.get("flow")
        if flow == "total" and named in ("export", "import"):
            return named
    for k in range(max(1, i - 9), i):
        named = chunks[k].marks.get("flow")
        lead = chunks[k - 2].low if chunks[k - 1].kind == "area" and k > 1 else chunks[k - 1].low
        if flow == "total" and named in ("export", "import") and lead in ("for", "in", "by"):
            return named  # "for exports Russia was the biggest partner"
    return flow


def _owner(  # noqa: PLR0911  one rule a return
    chunks: Sequence[Chunk], i: int, about: Sequence[tuple[int, str]], mind: Discourse
) -> tuple[int, str | None, str | None]:
    """Begin of the noun phrase, whose partner, and an adjective that bounds the ranking."""
    k = i - 1
    scope = None
    while k >= 0:
        chunk = chunks[k]
        if chunk.kind == "area" and chunk.area is not None:
            if (
                is_group(chunk.area.area)
                and (chunk.area.sort == "adjective" or k == i - 1)
                and chunks[k + 1].low not in ("'s", "'")
            ):
                scope = chunk.area.area
                k -= 1
                continue
            possessive = k + 1 < len(chunks) and chunks[k + 1].low in ("'s", "'")
            if (
                possessive
                or chunk.area.sort == "adjective"
                or k == i - 1
                or chunks[k + 1].kind == "wording"
                or chunks[k + 1].has("scope")
            ):
                return k, chunk.area.area, scope
            return k + 1, None, scope
        if chunk.has("own") or (chunk.has("anaphor") and chunk.marks["anaphor"] in ("country", "region")):
            word = chunk.marks.get("anaphor", "country" if chunk.low.startswith("the ") else "")
            if word == "region":
                return k, mind.region, scope
            return k, _whose(chunks, k, [area for at, area in about if at < k], mind, word=word), scope
        if chunk.low == "world" or chunk.low.startswith("world") or chunk.low == "the world":
            return k, WORLD, scope
        if k == i - 1 and chunk.kind == "word" and chunk.low.isalpha() and chunk.low not in _INTO:
            k -= 1
            continue
        if not (chunk.kind in ("wording", "sign") and chunk.low not in (",", ";", ":", "(", ")", "\u2013", ".")) and (
            chunk.low not in _ADJECTIVES and not chunk.product and not chunk.has("scope") and not chunk.has("flow")
        ):
            return k + 1, None, scope
        k -= 1
    return 0, None, scope


def _whose(chunks: Sequence[Chunk], k: int, before: Sequence[str], mind: Discourse, *, word: str) -> str | None:
    """Whom "its" or "the country's" means before a noun of partnership."""
    turning = mind.anchor(mind.running) if mind.told_around else None
    country = turning or mind.subject or mind.source_area or mind.hub
    if word != "country" and before and chunks[k - 1].low in _COPULA:  # "Turkmenistan stays its second supplier"
        others = (*reversed(before[:-1]), mind.subject, mind.running.other(before[-1]), mind.hub)
        return next((area for area in others if area not in (None, before[-1], WORLD)), None)
    return country if word == "country" or not before else before[-1]


def _after(chunks: Sequence[Chunk], i: int, mind: Discourse) -> tuple[int, str | None, str | None]:
    """ "of China", "to the landlocked region", "in Central Asia": end of the phrase, whose partner, within what."""
    k = i + 1
    hub = scope = None
    while k < len(chunks):
        if hub is not None and chunks[k].has("flow") and chunks[k - 1].kind == "area":
            k += 1
            continue
        if (ahead := _past_remark(chunks, k)) is not None:
            k = ahead
            continue
        if chunks[k].low not in _INTO:
            break
        at = k + 1
        while at < len(chunks) and chunks[at].low in (
            "the",
            "all",
            "landlocked",
            "whole",
            "entire",
            "terms",
            "five",
            "other",
        ):
            at += 1
        if at + 1 < len(chunks) and chunks[at + 1].low == "of" and _STATES.search(chunks[at].low):
            at += 2  # "of the five nations of Central Asia"
        area = _named(chunks, at, mind)
        if area is None:
            break
        if is_group(area) and chunks[k].low in ("in", "within", "among"):
            scope = scope or area
        else:
            hub = hub or area
        k = at + 1
    return k, hub, scope


def _past_remark(chunks: Sequence[Chunk], k: int) -> int | None:
    """What follows goods, a time or a bracket behind a noun of partnership; None if none stands there."""
    if chunks[k].low == "(":
        return _closed(chunks, k)
    timed = chunks[k].low in ("in", "for", "during") and k + 1 < len(chunks) and chunks[k + 1].kind == "when"
    return k + 1 if timed or chunks[k].kind == "when" or _is_of_goods(chunks, k) else None


def _is_of_goods(chunks: Sequence[Chunk], k: int) -> bool:
    """ "of pipeline gas", "by exports": what the ranking is of."""
    ahead = chunks[k + 1] if k + 1 < len(chunks) else None
    opens = chunks[k].low in ("of", "for", "by", "in") and ahead is not None
    if opens and ahead is not None and (ahead.product or ahead.has("flow")):
        return True
    return bool(chunks[k].product) or (chunks[k].has("flow") and k > 0 and chunks[k - 1].low in ("by", "in", "of"))


def _closed(chunks: Sequence[Chunk], k: int) -> int | None:
    """ "exporter of gas (pipeline and liquefied) to China": the chunk behind a bracket that tells no figure."""
    last = next((j for j in range(k + 1, min(len(chunks), k + _BRACKET)) if chunks[j].low == ")"), None)
    plain = last is not None and all(c.kind in ("word", "cue", "sign") for c in chunks[k + 1 : last])
    return last + 1 if last is not None and plain else None


def _named(chunks: Sequence[Chunk], at: int, mind: Discourse) -> str | None:
    if at >= len(chunks):
        return None
    chunk = chunks[at]
    if chunk.has("anaphor"):
        return {"region": mind.region, "country": mind.subject}.get(chunk.marks["anaphor"])
    if chunk.kind == "area" and chunk.area is not None:
        return chunk.area.area
    return None


def _ranked(  # noqa: PLR0911  one rule a return
    line: Line, first: int, last: int, hub: str | None, *, about: Sequence[tuple[int, str]], mind: Discourse
) -> tuple[str, ...]:
    """Who is the partner: before in apposition or as subject, or after the verb."""
    chunks = line.chunks
    lead = chunks[first - 1].low if first else ""
    verb = _past_aside(chunks, last)
    if verb < len(chunks) and chunks[verb].low in _INTRODUCING:
        after = _list_after(chunks, _past_aside(chunks, verb + 1), hub)
        if after and (lead in ("", ",", "the", "and", "(") or not _subject_before(about, first, hub)):
            return after
    if (beside := _beside_noun(chunks, first, last, hub)) is not None:
        return (beside,)
    if lead in (",", "\u2013", "("):
        near = [k for k in range(first - 1) if _is_side(chunks[k], hub)]
        if near:
            return _listed_before(chunks, near[-1], hub)
    overtaken = [k for k in range(first) if _OVERTAKING.match(chunks[k].low)]
    subject = _subject_before(about, overtaken[-1] if overtaken else first, hub)
    if subject is None and lead in _COPULA and any(c.low == "it" for c in chunks[max(0, first - 4) : first]):
        return (mind.subject,) if mind.subject is not None and mind.subject != hub else ()
    if subject is not None:
        return _listed_before(chunks, subject, hub)
    near = [k for k in range(max(0, first)) if _is_side(chunks[k], hub)]
    if near and (lead in _COPULA or behind(chunks, near[-1]) in ("", "with", "from", "to")):
        return _listed_before(chunks, near[-1], hub)
    return _list_after(chunks, last, hub)[:1]


def _beside_noun(chunks: Sequence[Chunk], first: int, last: int, hub: str | None) -> str | None:
    """ "second-largest supplier Ukraine shipped", "By far the largest importer, China is": named right behind."""
    if last < len(chunks) and _is_side(chunks[last], hub) and last + 1 < len(chunks) and chunks[last + 1].has("verb"):
        return _id(chunks[last])
    opens = first <= _OPENS and all(c.kind == "word" for c in chunks[:first])
    if opens and last + 1 < len(chunks) and chunks[last].low == "," and _is_side(chunks[last + 1], hub):
        return _id(chunks[last + 1])
    return None


def _past_aside(chunks: Sequence[Chunk], k: int) -> int:
    """The chunk behind a time: "in January-February 2025", ", as in 2024,"."""
    start = k
    while k < len(chunks) and k - start < _ASIDE and (chunks[k].kind == "when" or chunks[k].low in _ASIDE_WORDS):
        k += 1
    told = any(c.kind == "when" or c.low in ("however", "again", "still", "meanwhile") for c in chunks[start:k])
    return k if told else start


def _is_side(chunk: Chunk, hub: str | None) -> bool:
    return (
        chunk.kind == "area"
        and chunk.area is not None
        and not chunk.weak
        and chunk.area.area != hub
        and chunk.area.sort != "adjective"
    )


def _subject_before(about: Sequence[tuple[int, str]], first: int, hub: str | None) -> int | None:
    before = [k for k, area in about if k < first and area != hub]
    return before[-1] if before else None


def _listed_before(chunks: Sequence[Chunk], k: int, hub: str | None) -> tuple[str, ...]:
    found = [_id(chunks[k])]
    while k >= 2 and chunks[k - 1].low in (",", "and", "&") and _is_side(chunks[k - 2], hub):
        if found[0] in members_of(_id(chunks[k - 2])):
            break  # "Among Central Asian states, Kazakhstan was"
        k -= 2
        found.append(_id(chunks[k]))
    return tuple(reversed(found))


def _list_after(chunks: Sequence[Chunk], k: int, hub: str | None) -> tuple[str, ...]:
    found: list[str] = []
    start = k
    while k < len(chunks) and k - start < 40:
        chunk = chunks[k]
        if _is_side(chunk, hub):
            found.append(_id(chunk))
        elif (found and not (chunk.low in (",", "and", "(", ")", "the", "with") or chunk.kind == "quantity")) or (
            not found and (k - start > 4 or chunk.low in (",", ";", "."))
        ):
            break
        k += 1
    return tuple(found)


def _id(chunk: Chunk) -> str:
    assert chunk.area is not None
    return chunk.area.area


def _hub_from_rest(ranked: Sequence[str], mentions: Sequence[Mention], mind: Discourse) -> str | None:
    """Whose partner, told by the sentence's flow ("whose turnover with China") or by what was said before."""
    with_whom = [
        side
        for m in mentions
        if not m.verb and m.flow in ("total", "balance")
        for side in m.b
        if not side.startswith("@") and side not in ranked
    ]
    if with_whom:
        return with_whom[0]
    for one in ranked:
        other = mind.running.other(one)
        if other is not None:
            return other
    owners = [side for m in mentions if not m.verb for side in m.a if not side.startswith("@") and side not in ranked]
    if owners:
        return owners[0]
    candidates = (mind.centre, mind.running.a, mind.hub)
    return next(
        (c for c in candidates if c is not None and c not in ranked and not any(c in members_of(r) for r in ranked)),
        None,
    )
