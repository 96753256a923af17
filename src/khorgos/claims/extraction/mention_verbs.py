"""Verbs of trade with who sells, who buys, what, whence and whither."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from khorgos.claims.extraction.area_lists import DETERMINERS, area_list, is_anaphor
from khorgos.claims.extraction.chunks import Chunk
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.mention import OWN, PARTNER, Mention

_BE = word_set("mentions", "be")
_SUBJECT = 9  # chunks; chosen because "Chinese consumer goods worth more than $439 billion were" fits
_STATES = word_set("mentions", "states")
_STOP = word_set("mentions", "stop")


def verb_mention(chunks: Sequence[Chunk], i: int, floor: int) -> Mention | None:
    """Read a verb of trade with its agent and objects; None if it tells of no trade."""
    way = chunks[i].marks["verb"]
    if chunks[i].low == "brought in" and any(c.has("flow") for c in chunks[max(0, i - 3) : i]):
        return None  # "its exports to China brought in $116.79 billion"
    passive = _is_passive(chunks, i)
    if passive and i + 1 < len(chunks) and chunks[i].low == "supplied" and chunks[i + 1].low == "with":
        way, passive = "buy", False  # "Afghanistan was supplied with 322,000 tons"
    if way == "arrive":
        return _arrival(chunks, i, floor)
    agent, first = ((), i) if passive else _agent(chunks, i, floor)
    flow = {"sell": "export", "buy": "import", "both": "total"}[way]
    mention = Mention(i, first, i + 1, flow, verb=True, a=agent)
    if chunks[i].low == "brought in" and not agent and i and chunks[i - 1].product:
        mention = replace(mention, flow="export", product=chunks[i - 1].low)  # goods earn, buyers bring in
    other = way == "sell" or chunks[i].low in ("paid", "pays", "pay")
    buyer = _buyer(chunks, i) if other and not passive else None
    if buyer is not None:
        mention = replace(mention, b=(buyer,), last=i + 2)
    if way == "both" and len(agent) == 2:
        mention = replace(mention, a=agent[:1], b=agent[1:], both=True)
    mention = _objects(chunks, mention, passive=passive)
    origin = _origin_before(chunks, i, floor) if passive else None
    if origin is None or origin in (*mention.a, *mention.b):
        return mention
    if mention.flow == "import" and not mention.b:
        return replace(mention, b=(origin,))
    return replace(mention, a=(origin,)) if mention.flow == "export" and not mention.a else mention


def _origin_before(chunks: Sequence[Chunk], i: int, floor: int) -> str | None:
    """ "Chinese goods for $439bn were bought by": whence the goods come that are the subject of a passive."""
    for k in range(i - 1, max(floor, i - _SUBJECT) - 1, -1):
        chunk = chunks[k]
        if chunk.low in (";", ",", "while", "whereas", "but") or chunk.has("verb"):
            return None
        goods = k + 1 < len(chunks) and (bool(chunks[k + 1].product) or chunks[k + 1].has("all"))
        if chunk.kind == "area" and chunk.area is not None and goods and _is_adjective(chunk):
            return chunk.area.area
    return None


def _buyer(chunks: Sequence[Chunk], i: int) -> str | None:
    """ "sold China goods worth", "paid Turkmenistan": the other side right behind the verb."""
    area = chunks[i + 1].area if i + 2 < len(chunks) and chunks[i + 1].kind == "area" else None
    if area is None or area.sort != "name":
        return None
    after = chunks[i + 2]
    alone = after.low not in ("'s", "'", "-") and not after.product and not after.has("flow")
    return area.area if alone and (after.kind == "quantity" or after.has("all") or after.has("qualifier")) else None


def _has_side(chunks: Sequence[Chunk], i: int) -> bool:
    return any(c.low in ("with", "between") for c in chunks[i + 1 : i + 8])


def _is_passive(chunks: Sequence[Chunk], i: int) -> bool:
    k = i - 1
    while k >= 0 and i - k <= 3 and (chunks[k].low.endswith("ly") or chunks[k].low in ("also", "then", "not")):
        k -= 1
    return (k >= 0 and chunks[k].low in _BE) or (k >= 0 and chunks[k].has("all"))


def _agent(chunks: Sequence[Chunk], i: int, floor: int) -> tuple[tuple[str, ...], int]:
    """Who sells or buys: the nearest area before the verb that no preposition governs."""
    k = i - 1
    seen = 0
    while k >= floor and seen < 14:
        chunk = chunks[k]
        if chunk.low in (";", ":", "while", "whereas", "but") or chunk.has("verb") or chunk.kind == "quantity":
            break
        if is_anaphor(chunks, k) and chunk.marks["anaphor"] in ("country", "region", "pair", "partner"):
            return ("@" + chunk.marks["anaphor"],), k
        if chunk.low in ("it", "they", "he", "she"):
            return (OWN,), k
        if chunk.kind == "area" and not chunk.weak and chunk.area is not None and chunk.area.sort != "adjective":
            if k + 1 < len(chunks) and chunks[k + 1].low in ("'s", "'"):
                k, seen = k - 1, seen + 1
                continue
            prior = chunks[_back(chunks, k)].low if k else ""
            if re.match(r"overt[ao]ok|surpass|replac|displac|outstrip|oust", chunks[k - 1].low if k else ""):
                k, seen = k - 1, seen + 1
                continue  # "Russia overtook Saudi Arabia, shipping"
            of_states = prior == "of" and k > 1 and chunks[k - 2].low.removeprefix("the ") in _STATES
            if prior not in ("to", "from", "with", "in", "of", "by", "for", "than", "on") or seen > 6 or of_states:
                return _joined(chunks, k, floor)
        seen += 1
        k -= 1
    return (), i


def _back(chunks: Sequence[Chunk], k: int) -> int:
    k -= 1
    while k > 0 and chunks[k].low in DETERMINERS:
        k -= 1
    return k


def _joined(chunks: Sequence[Chunk], k: int, floor: int) -> tuple[tuple[str, ...], int]:
    area = chunks[k].area
    assert area is not None
    if (
        k - 2 >= floor
        and chunks[k - 1].low in ("and", "&")
        and chunks[k - 2].kind == "area"
        and chunks[k - 2].area is not None
    ):
        return (chunks[k - 2].area.area, area.area), k - 2  # type: ignore[union-attr]
    return (area.area,), k


def _objects(chunks: Sequence[Chunk], mention: Mention, *, passive: bool) -> Mention:
    """What was sold or bought, whence and whither, up to the end of the clause."""
    k = mention.last
    reach = min(len(chunks), k + 24)
    quantities = 0
    while k < reach:
        chunk = chunks[k]
        if (chunk.low in _STOP and not _goes_on(chunks, k)) or (chunk.has("verb") and not chunk.has("flow")):
            break
        if chunk.kind == "quantity":
            quantities += 1
            if quantities > 2:
                break
            counted = chunk.quantity is not None and chunk.quantity.unit == "item"
            if counted and not mention.product:  # "imported 184,789 cars"
                mention = replace(mention, product=chunk.low.rsplit(" ", 1)[-1])
        mention, k = _object(chunks, mention, k, passive=passive)
    return replace(mention, product=mention.product.strip())


def _goes_on(chunks: Sequence[Chunk], k: int) -> bool:
    """ "goods and services", "coal and gas from": the list of goods goes on."""
    return (
        chunks[k].low in ("and", ",", "or")
        and k + 1 < len(chunks)
        and bool(chunks[k + 1].product)
        and k > 0
        and bool(chunks[k - 1].product)
    )


def _object(chunks: Sequence[Chunk], mention: Mention, k: int, *, passive: bool) -> tuple[Mention, int]:
    chunk = chunks[k]
    if chunk.kind == "when" and chunk.when is not None and chunk.when.sort not in ("earlier", "same", "horizon"):
        return replace(mention, whens=(*mention.whens, k)), k + 1
    if chunk.product or chunk.has("all"):
        return replace(mention, product=mention.product or chunk.low, last=max(mention.last, k + 1)), k + 1
    if (wide := _everywhere(chunks, mention, k)) is not None:
        return wide, k + 1
    if chunk.low in ("to", "into", "from", "with", "by"):
        areas, last = area_list(chunks, k + 1)
        if areas:
            return _sent(replace(mention, last=last), chunk.low, areas, passive=passive), last
    return _with_origin(chunks, mention, k), k + 1


def _everywhere(chunks: Sequence[Chunk], mention: Mention, k: int) -> Mention | None:
    """ "to the whole world", "abroad", "in total", "there": where a word alone tells it; None if none does."""
    chunk = chunks[k]
    if chunk.marks.get("scope") == "world" and chunk.low.startswith(("from", "to", "with", "around")):
        return replace(mention, world=True, b=mention.b or ("WLD",), last=k + 1)
    if chunk.low == "total" and chunks[k - 1].low == "in" and not mention.b:
        return replace(mention, world=True)  # "bought 88.51 million tonnes in total"
    if mention.flow not in ("import", "export") or chunk.low not in ("there", "abroad", "overseas", "worldwide"):
        return None
    there = mention.b or (() if chunk.low != "there" else (PARTNER,))
    return replace(mention, world=mention.world or not there, b=there, last=k + 1)


def _with_origin(chunks: Sequence[Chunk], mention: Mention, k: int) -> Mention:
    """ "Chinese goods", "U.S. soybeans": an area that says where the goods come from."""
    chunk = chunks[k]
    if chunk.kind == "area" and chunk.area is not None and _is_adjective(chunk) and k + 1 < len(chunks):
        after = chunks[k + 1]
        if (
            after.product
            or after.has("all")
            or after.low in ("gas", "crude", "cargoes", "industrial", "agricultural", "oil")
        ):
            if mention.flow == "import" and not mention.b:
                return replace(mention, b=(chunk.area.area,))
            if mention.flow == "export" and not mention.a:
                return replace(mention, a=(chunk.area.area,))
    return mention


def _is_adjective(chunk: Chunk) -> bool:
    return chunk.area is not None and (
        chunk.area.sort == "adjective" or chunk.low in ("us", "u.s.", "eu", "uk", "u.k.", "uae")
    )


def _sent(mention: Mention, prep: str, areas: tuple[str, ...], *, passive: bool) -> Mention:  # noqa: PLR0911  one rule a return
    if prep == "with":
        return replace(mention, b=mention.b or areas)
    if prep == "by":
        return replace(mention, a=mention.a or areas) if passive else mention
    toward = prep in ("to", "into")
    if mention.flow == "import":
        if toward:
            return replace(mention, a=mention.a or areas)
        return replace(mention, b=mention.b or areas)
    if mention.flow == "export":
        if toward:
            return replace(mention, b=mention.b or areas)
        return replace(mention, a=mention.a or areas)
    return mention


def _arrival(chunks: Sequence[Chunk], i: int, floor: int) -> Mention | None:
    """ "Chinese goods entering Kyrgyzstan", "came from China": goods, whence, whither."""
    areas, last = area_list(chunks, i + 1)
    if not areas:
        return None
    low = chunks[i].low
    if low.endswith(("from", "in")) and not low.startswith(("arriv", "entering")):
        return Mention(i, i, last, "import", b=areas, verb=True)
    origin: tuple[str, ...] = ()
    k = i - 1
    while k >= floor and i - k < 6:
        area = chunks[k].area
        if chunks[k].kind == "area" and area is not None:
            origin = (area.area,)
            break
        if not (chunks[k].product or chunks[k].has("all") or chunks[k].kind == "word"):
            break
        k -= 1
    return Mention(i, k if origin else i, last, "import", a=areas, b=origin, verb=True)
