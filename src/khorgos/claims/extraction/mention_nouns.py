"""Nouns of trade with their owners, partners, goods and times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from khorgos.claims.extraction.area_lists import area_list, skip_determiners
from khorgos.claims.extraction.chunks import Chunk
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.mention import COUNTRY, FLOWS, OTHERS, OUR, OWN, PAIR, REGION, WHOSE, Mention
from khorgos.claims.extraction.sides import is_group

_KINDS_OF_GOODS = word_set("mention_nouns", "kinds_of_goods")
_MODIFIERS = word_set("mentions", "modifiers")
_TAILS = word_set("mentions", "tails")


def noun_mention(chunks: Sequence[Chunk], i: int, floor: int) -> Mention:
    """Read a noun of trade with what stands before and after it, no further back than `floor`."""
    flow, sign = FLOWS[chunks[i].marks.get("flow", "total")]
    mention = Mention(i, i, i + 1, flow, sign, supply=flow == "supply")
    scope = chunks[i].marks.get("scope")
    mention = replace(mention, world=scope == "world", mutual=scope == "group")
    mention = _left(chunks, mention, floor)
    mention = _right(chunks, mention)
    everything = mention.first > 0 and chunks[mention.first - 1].low == "all" and mention.flow in ("export", "import")
    if not mention.mutual and (everything or _is_sum(chunks, mention.first)):
        mention = replace(mention, world=True)
    if mention.a == (OUR,) and mention.mutual:
        mention = replace(mention, a=(PAIR,))  # "our mutual trade", said by one of the two to the other
    return _settled(mention)


def _is_sum(chunks: Sequence[Chunk], first: int) -> bool:
    """ "the total volume of soybean imports"."""
    words = [c.low for c in chunks[max(0, first - 3) : first]]
    return len(words) == 3 and words[0] in ("total", "overall") and words[2] == "of"


def _left(chunks: Sequence[Chunk], mention: Mention, floor: int) -> Mention:
    """Owners and modifiers before the noun: "China's soybean", "the Kazakh", "US-China", "its"."""
    k = mention.first - 1
    taken = mention
    while k >= floor:
        chunk = chunks[k]
        if chunk.kind == "area" and chunk.area is not None:
            return _owner(chunks, replace(taken, first=k), k, floor)
        if chunk.has("own") and chunk.low.startswith("the "):
            return replace(taken, first=k, a=(COUNTRY,))
        if chunk.has("own") or chunk.low == "whose":
            own = OUR if chunk.low == "our" else OWN
            return replace(taken, first=k, a=(own if chunk.has("own") else WHOSE,))
        if chunk.has("anaphor") and chunk.marks["anaphor"] != "partner":
            return replace(taken, first=k, a=("@" + chunk.marks["anaphor"],))
        step = _modifier(chunks, taken, k)
        if step is None:
            return taken
        taken = replace(step, first=k)
        k -= 1
    return taken


def _modifier(chunks: Sequence[Chunk], taken: Mention, k: int) -> Mention | None:  # noqa: PLR0911  one rule a return
    """The mention with one more modifier, None if the chunk is none."""
    chunk = chunks[k]
    if chunk.kind == "when":
        return replace(taken, whens=(k, *taken.whens))
    if chunk.product and k >= 2 and chunks[k - 1].low == "-" and chunks[k - 2].low == "non":
        return replace(taken, product="non-" + chunk.low)
    if chunk.product and not (chunk.has("verb") and not chunk.has("flow")):
        return replace(taken, product=chunk.low if not taken.product else taken.product)
    if chunk.has("all"):
        return replace(
            taken, product=taken.product or (chunk.low if chunk.marks["all"] != "goods" or chunk.low == "goods" else "")
        )
    if chunk.has("average"):
        return replace(taken, average=True)
    if chunk.has("scope"):
        return replace(taken, world=taken.world or chunk.marks["scope"] == "world")
    if chunk.low in _MODIFIERS or chunk.low == "'s":
        mutual = taken.mutual or chunk.low in ("bilateral", "mutual")
        wide = chunk.low == "overall" or (
            chunk.low in ("foreign", "external", "total", "global") and taken.flow not in ("balance", "supply")
        )
        world = taken.world or wide
        return replace(taken, mutual=mutual, world=world and not mutual)
    if (
        chunk.has("change")
        and k
        and chunk.low in ("growing", "rising", "increasing", "declining", "falling", "widening", "expanding")
    ):
        return taken
    return None


def _owner(chunks: Sequence[Chunk], taken: Mention, k: int, floor: int) -> Mention:
    """The area before the noun, alone or one of two: "Kazakhstan-China", "Sino-Russian"."""
    chunk = chunks[k]
    assert chunk.area is not None
    outer = _outer_owner(chunks, k, floor)
    if outer is not None:
        return replace(taken, first=outer[0], a=(outer[1],), b=(chunk.area.area,))
    if (
        k - 2 >= floor
        and chunks[k - 1].low in ("-", "\u2013", "/")
        and chunks[k - 2].kind == "area"
        and not chunks[k - 2].weak
        and chunk.first == chunks[k - 1].last
    ):
        other = chunks[k - 2].area
        assert other is not None
        return replace(taken, first=k - 2, a=(other.area,), b=(chunk.area.area,), both=True)
    prior = chunks[k - 1].low if k else ""
    if k - 2 >= floor and prior == "and" and chunks[k - 2].kind == "area" and chunk.area.sort != "adjective":
        other = chunks[k - 2].area
        assert other is not None
        if taken.flow == "total" and other.area != chunk.area.area and not _is_governed(chunks, k, floor):
            return replace(taken, first=k - 2, a=(other.area,), b=(chunk.area.area,), both=True)
    plain = (
        k + 1 < len(chunks)
        and chunk.area.sort in ("name", "capital", "government")
        and chunks[k + 1].low not in ("'s", "'")
    )
    if (
        plain
        and prior in ("with", "to", "from", "in", "between", "of", "by", "and", "for")
        and chunk.low not in ("us", "eu", "uk")
    ):
        return replace(taken, first=k + 1)  # "with China, trade" or "in Kazakhstan trade": no owner
    if prior in ("with", "to", "from") and chunk.area.sort == "adjective" and taken.product:
        return replace(taken, a=(chunk.area.area,))
    return replace(taken, a=(chunk.area.area,))


def _is_governed(chunks: Sequence[Chunk], k: int, floor: int) -> bool:
    """ "With Kyrgyzstan and Tajikistan turnover has doubled": two partners, no owners."""
    return k - 3 >= floor and chunks[k - 3].low in ("with", "to", "from") and chunks[k + 1].low not in ("'s", "'")


def _outer_owner(chunks: Sequence[Chunk], k: int, floor: int) -> tuple[int, str] | None:
    """ "Malaysia's US trade surplus", "their Chinese imports": an owner before the partner."""
    if k - 1 < floor or k + 1 >= len(chunks) or chunks[k + 1].low in ("'s", "'"):
        return None
    before = chunks[k - 1]
    if before.has("own") and not before.low.startswith("the "):
        return k - 1, OWN
    owner = chunks[k - 2] if k - 2 >= floor else None
    if before.low in ("'s", "'") and owner is not None and owner.kind == "area" and owner.area is not None:
        return k - 2, owner.area.area
    return None


def _right(chunks: Sequence[Chunk], mention: Mention) -> Mention:
    """What follows the noun: "of soybeans", "to the region", "from Brazil", "with China", "in May"."""
    k = mention.last
    while k < len(chunks):
        step = _tail(chunks, mention, k)
        if step is None or step.last <= k:
            return mention
        mention = step
        k = mention.last
    return mention


def _tail(chunks: Sequence[Chunk], mention: Mention, k: int) -> Mention | None:  # noqa: PLR0911  one rule a return
    chunk = chunks[k]
    if chunk.kind == "when" and chunk.when is not None and chunk.when.sort not in ("horizon", "earlier"):
        return replace(mention, whens=(*mention.whens, k), last=k + 1)
    if chunk.low in _TAILS:
        return replace(mention, last=k + 1)
    if (
        chunk.has("flow")
        and mention.flow in ("total", "export", "import")
        and chunk.marks["flow"] in ("balance", "deficit", "surplus")
    ):
        sign = FLOWS[chunk.marks["flow"]][1]
        return replace(mention, flow="balance", sign=sign, last=k + 1, supply=False)
    if chunk.marks.get("scope") == "world" and chunk.low.startswith(("with", "from", "to", "around")):
        return replace(mention, world=True, b=("WLD",), last=k + 1)
    if chunk.low in ("abroad", "worldwide", "globally", "overseas"):
        return replace(mention, world=True, last=k + 1)
    if chunk.low in ("alone", "also", "both", "only", "mainly", "mostly", "again"):
        return _tail(chunks, mention, k + 1) if k + 1 < len(chunks) else None
    if k + 1 < len(chunks):
        return _phrase(chunks, mention, chunk.low, k)
    return None


def _phrase(chunks: Sequence[Chunk], mention: Mention, prep: str, k: int) -> Mention | None:  # noqa: PLR0911  one rule a return
    """One prepositional phrase after a noun of trade."""
    after = skip_determiners(chunks, k + 1)
    if after >= len(chunks):
        return None
    head = chunks[after]
    if prep in ("in", "for", "during", "over", "of", "as of", "by", "from") and head.kind == "when":
        if prep in ("by", "from") or (head.when is not None and head.when.sort in ("horizon",)):
            return None
        if head.when is not None and head.when.sort == "earlier" and prep != "in":
            return None
        return replace(mention, whens=(*mention.whens, after), last=after + 1)
    if prep in ("of", "in", "for") and (goods := _goods(chunks, mention, after)) is not None:
        return goods
    if prep in ("in", "of", "from") and mention.flow == "balance":
        inner = next((j for j in range(after, min(len(chunks), after + 3)) if chunks[j].has("flow")), None)
        if inner is not None and all(
            c.kind == "area" or c.low in ("'s", "this", "the", "that") for c in chunks[after:inner]
        ):
            return absorbed(mention, noun_mention(chunks, inner, k + 1))
    if prep in ("to", "into", "from", "with", "between", "of", "by", "among", "for", "in", "toward", "towards"):
        return _sided(chunks, mention, prep, k)
    return None


def absorbed(mention: Mention, inner: Mention) -> Mention:
    """ "deficit in trade with China": the balance takes the sides of the trade."""
    return replace(
        mention,
        a=mention.a or inner.a,
        b=mention.b or inner.b,
        both=inner.both,
        world=inner.world,
        product=mention.product or inner.product,
        whens=(*mention.whens, *inner.whens),
        last=inner.last,
    )


def _goods(chunks: Sequence[Chunk], mention: Mention, k: int) -> Mention | None:
    """ "of soybeans", "of Chinese goods", "in U.S. goods and services trade", "in agricultural goods"."""
    origin: str | None = None
    start = k
    named = chunks[k].area
    if chunks[k].kind == "area" and k + 1 < len(chunks) and named is not None:
        origin, k = named.area, k + 1
    is_adjective = origin is not None and named is not None and named.sort == "adjective"
    words: list[str] = _unknown_goods(chunks, k) if is_adjective else []
    k += len(words)
    while k < len(chunks) and (chunks[k].product or chunks[k].has("all") or chunks[k].low in _KINDS_OF_GOODS):
        words.append(chunks[k].low)
        k += 1
    if not words or (origin is None and chunks[start].has("flow")):
        return None
    if k < len(chunks) and chunks[k].has("flow") and mention.flow == "balance":
        k += 1
    found = replace(mention, product=mention.product or " ".join(words), last=k)
    if origin is None:
        return found
    if mention.flow == "balance":
        return replace(found, a=found.a or (origin,))
    return _from(found, (origin,))


def _unknown_goods(chunks: Sequence[Chunk], k: int) -> list[str]:
    """ "Imports of African farm produce rose": goods that no dictionary has, between their origin and a verb."""
    words: list[str] = []
    while k < len(chunks) and chunks[k].kind == "word" and chunks[k].low.isalpha() and len(words) <= 3:
        words.append(chunks[k].low)
        k += 1
    told = k < len(chunks) and (chunks[k].has("change") or chunks[k].has("reach") or chunks[k].kind == "when")
    return words if told and 0 < len(words) <= 3 else []


def _from(mention: Mention, areas: tuple[str, ...]) -> Mention:
    """Goods come from these areas."""
    if mention.flow == "import":
        return replace(mention, b=mention.b or areas)
    return replace(mention, a=mention.a or areas)


def _sided(chunks: Sequence[Chunk], mention: Mention, prep: str, k: int) -> Mention | None:
    of_two = prep == "of" and mention.flow == "total" and not mention.a
    areas, last = area_list(chunks, k + 1, both=prep in ("between", "among") or of_two)
    if not areas:
        return None
    found = replace(mention, last=last)
    if PAIR in areas:
        return replace(found, a=mention.a or (PAIR,), mutual=True)
    if prep in ("between", "among") or (of_two and len(areas) == 2):
        return _between(found, areas)
    if areas == ("WLD",):
        return replace(found, b=areas, world=True)
    return _by_preposition(found, prep, areas)


def _between(found: Mention, areas: tuple[str, ...]) -> Mention:
    """ "trade between A and B"; "between the EAEU states" is nobody's in particular."""
    if len(areas) > 1:
        return replace(found, a=areas[:1], b=areas[1:], both=True)
    if not areas[0].startswith("@") and is_group(areas[0]) and not found.a:
        return replace(found, a=areas, b=(OTHERS,))
    return replace(found, b=areas, mutual=True)


def _by_preposition(found: Mention, prep: str, areas: tuple[str, ...]) -> Mention | None:  # noqa: PLR0911  one rule a return
    flow = found.flow
    if prep == "with":
        return replace(found, b=found.b or areas)
    if prep == "by" and found.a and flow == "import" and not found.b:  # "Brazilian soybean imports by China"
        return replace(found, a=areas, b=found.a)
    if prep in ("of", "by"):
        return replace(found, a=areas) if not found.a else None
    if prep in ("to", "into", "for", "toward", "towards"):
        if flow == "import":
            return replace(found, a=areas) if not found.a else None
        two_way = flow == "total" and bool(found.a)  # "China's imports and exports to ASEAN"
        return replace(found, b=areas) if (flow in ("export", "supply") or two_way) and not found.b else None
    if prep == "from":
        if flow == "import":
            return replace(found, b=areas) if not found.b else None
        if flow == "supply" and found.a and found.a != areas and not found.b:
            return replace(found, flow="import", b=areas)
        return replace(found, a=areas) if flow in ("export", "supply") and not found.a else None
    if prep == "in" and flow == "total" and not found.a and not found.b and areas[0] == REGION:
        return replace(found, b=areas)
    return None


def _settled(mention: Mention) -> Mention:
    """Neutral words become exports of the seller."""
    if mention.flow == "supply":
        return replace(mention, flow="total" if mention.both else "export", supply=not mention.both)
    if mention.flow == "total" and mention.a and mention.b and mention.world and mention.b != ("WLD",):
        return replace(mention, world=False)
    return mention
