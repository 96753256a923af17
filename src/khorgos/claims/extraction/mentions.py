"""Mentions of a flow: "China's exports to the region", "trade between A and B", "imported goods worth 3 bn"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from khorgos.claims.extraction.area_lists import area_list, skip_determiners
from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.mention import PAIR, Mention
from khorgos.claims.extraction.mention_nouns import absorbed, noun_mention
from khorgos.claims.extraction.mention_verbs import verb_mention

_COMING = re.compile(r"came|arrived|come|imported|bought|purchased|were imported|was imported")
_PLAIN = frozenset(("total", "one", "sum", "from", "went", "goes", "go", "came", "moved"))
_NAMES_OF_FIELDS = word_set("mentions", "names_of_fields")
_VERBS_WITH_OBJECTS = word_set("mentions", "verbs_with_objects")


def find_mentions(line: Line) -> list[Mention]:
    """The mentions of flows in a sentence, in order, none overlapping."""
    found: list[Mention] = []
    chunks = line.chunks
    position = 0
    while position < len(chunks):
        mention = _at(chunks, position, found[-1].last if found else 0)
        if mention is None:
            position += 1
            continue
        if found and found[-1].last > mention.first:
            mention = replace(mention, first=found[-1].last)
        found.append(mention)
        position = max(position + 1, mention.last)
    found = _balances_of_trade(found, chunks)
    return [_completed(found, n, chunks) for n in range(len(found))]


def _balances_of_trade(found: Sequence[Mention], chunks: Sequence[Chunk]) -> list[Mention]:
    """ "had a deficit of $866 billion in trade with China": one flow, told around its number."""
    told: list[Mention] = []
    for mention in found:
        k = mention.first - 1
        while k > 0 and chunks[k].low in ("the", "this", "its", "their"):
            k -= 1
        around = bool(told) and told[-1].flow == "balance" and mention.flow == "total" and chunks[k].low == "in"
        if around and _counts_once(chunks[told[-1].last : k]):
            told[-1] = absorbed(told[-1], mention)
        else:
            told.append(mention)
    return told


def _counts_once(between: Sequence[Chunk]) -> bool:
    return bool(between) and between[-1].quantity is not None and sum(c.quantity is not None for c in between) == 1


def _completed(found: Sequence[Mention], n: int, chunks: Sequence[Chunk]) -> Mention:
    """ "exports to and imports from Vietnam": the side that stands once."""
    mention = found[n]
    if n + 1 == len(found) or mention.b or mention.verb:
        return mention
    between = [c.low for c in chunks[mention.last : found[n + 1].first]]
    if between in (["to", "and"], ["from", "and"], ["with", "and"]):
        return replace(mention, b=found[n + 1].b)
    return mention


def _at(chunks: Sequence[Chunk], i: int, floor: int) -> Mention | None:  # noqa: PLR0911  one rule a return
    chunk = chunks[i]
    if chunk.low in _PLAIN and (plain := _of_plain_word(chunks, i)) is not None:
        return plain
    if chunk.low == "total" or (chunk.kind not in ("cue", "wording") and chunk.low != "gap"):
        return None
    if chunk.has("verb") and _is_verb(chunks, i):
        return verb_mention(chunks, i, floor)
    if (goods := _list_of_goods(chunks, i) or _market_of_goods(chunks, i)) is not None:
        return goods
    if chunk.low == "gap" and (last := _end_of_gap(chunks, i)) is not None:
        return Mention(i, i - 1 if i and chunks[i - 1].low == "the" else i, last, "balance", -2, world=last > i + 1)
    if (freight := _freight(chunks, i, floor)) is not None:
        return freight
    if chunk.has("flow") and not _is_no_flow(chunks, i):
        if i + 1 < len(chunks) and chunks[i + 1].low in ("price", "prices"):
            return replace(noun_mention(chunks, i, floor), average=False)
        return noun_mention(chunks, i, floor)
    return None


def _of_plain_word(chunks: Sequence[Chunk], i: int) -> Mention | None:
    """Flows named by words that mostly mean something else: "the total", "ran one of", "the sum", "from X came"."""
    low = chunks[i].low
    if low == "total":
        return _total(chunks, i)
    if low == "one":
        return Mention(i, i, i + 1, "balance", -2) if _is_stand_in(chunks, i) else None
    if low == "from":
        return _came_from(chunks, i)
    if low != "sum":
        return _went_from(chunks, i)
    is_sum = i > 0 and chunks[i - 1].low == "the" and _ends_or_moves(chunks, i + 1)
    return Mention(i, i - 1, i + 1, "total", a=(PAIR,), mutual=True) if is_sum else None


def _list_of_goods(chunks: Sequence[Chunk], i: int) -> Mention | None:
    """ "Of the export commodities", "The imports list is headed by cars with": trade with all, by goods."""
    flow = chunks[i].marks.get("flow")
    after = chunks[i + 1].low if i + 1 < len(chunks) else ""
    if flow not in ("export", "import") or after not in ("commodities", "commodity", "items", "list", "products"):
        return None
    owner = any(c.kind == "area" for c in chunks[max(0, i - 3) : i])
    measured = any(c.quantity is not None for c in chunks[i + 2 :])
    return None if owner or not measured else Mention(i, i, i + 2, flow, world=True)


def _market_of_goods(chunks: Sequence[Chunk], i: int) -> Mention | None:
    """ "held 15% of China's soybean market": a part of what China buys abroad."""
    if chunks[i].low != "market" or i < 2 or not chunks[i - 1].product:
        return None
    k = i - 2
    k -= chunks[k].low in ("'s", "'") and k > 0
    of_share = k > 1 and chunks[k - 1].low in ("of", "in") and any(c.is_percent or c.has("share") for c in chunks[:k])
    area = chunks[k].area
    if not of_share or area is None:
        return None
    return Mention(i, k, i + 1, "import", a=(area.area,), product=chunks[i - 1].low)


def _came_from(chunks: Sequence[Chunk], i: int) -> Mention | None:
    """ "From Indonesia came 15.6 million tons", "From Mongolia, 1.3 million tons were imported"."""
    if i and chunks[i - 1].low not in (".", ",", ";", "and", "while"):
        return None
    areas, last = area_list(chunks, i + 1)
    if len(areas) != 1 or areas[0].startswith("@"):
        return None
    window = chunks[last : last + 9]
    verb = next((k for k, c in enumerate(window) if _COMING.fullmatch(c.low)), None)
    if verb is None or any(c.kind == "area" or c.low in (";", ".") for c in window[:verb]):
        return None
    measured = any(c.quantity is not None for c in chunks[last : last + verb + 4])
    return Mention(i, i, last, "import", b=areas, verb=True) if measured else None


def _went_from(chunks: Sequence[Chunk], i: int) -> Mention | None:
    """ "Goods for $51.2 million went from Tajikistan to Afghanistan"."""
    ends = chunks[i + 1 : i + 5]
    if [c.low for c in ends[::2]] != ["from", "to"] or len(ends) < 4 or any(c.area is None for c in ends[1::2]):
        return None
    goods = any(c.has("all") or c.product or c.quantity is not None for c in chunks[max(0, i - 6) : i])
    a, b = (c.area.area for c in ends[1::2] if c.area is not None)
    return Mention(i, i, i + 5, "export", a=(a,), b=(b,), verb=True) if goods else None


def _is_stand_in(chunks: Sequence[Chunk], i: int) -> bool:
    """ "Deficits are rare. With Brazil China ran one of $44 billion"."""
    return (
        0 < i < len(chunks) - 2
        and chunks[i - 1].low in ("ran", "runs", "posted", "recorded", "had", "showed")
        and chunks[i + 1].low == "of"
        and chunks[i + 2].kind == "quantity"
    )


def _freight(chunks: Sequence[Chunk], i: int, floor: int) -> Mention | None:
    hauled = chunks[i].has("haul") and _carries(chunks, i)
    if (hauled or chunks[i].marks.get("flow") == "supply") and (both := _freight_between(chunks, i)) is not None:
        return both
    if not hauled:
        return None
    return replace(noun_mention(chunks, i, floor), world=not any(c.kind == "area" for c in chunks))


def _freight_between(chunks: Sequence[Chunk], i: int) -> Mention | None:
    """ "Through the crossings between Russia and China", "carried by rail between Kazakhstan and China": both ways."""
    k = next((k for k, chunk in enumerate(chunks) if chunk.low == "between"), None)
    ends = chunks[k + 1 : k + 4 : 2] if k is not None and k + 4 < len(chunks) and chunks[k + 2].low == "and" else ()
    areas = [chunk.area.area for chunk in ends if chunk.area is not None]
    return Mention(i, i, i + 1, "total", a=(areas[0],), b=(areas[1],)) if len(areas) == 2 else None


def _carries(chunks: Sequence[Chunk], i: int) -> bool:
    """ "The railway carried 33,200 TEU": goods under way, counted."""
    for k in range(i + 1, min(len(chunks), i + 8)):
        quantity = chunks[k].quantity
        if quantity is not None:
            of_flow = k + 2 < len(chunks) and chunks[k + 1].low == "of" and chunks[k + 2].has("flow")
            return quantity.sort == "goods" and not of_flow
        if (
            chunks[k].has("flow")
            or chunks[k].low in (",", ";", ".")
            or (chunks[k].has("verb") and not chunks[k].has("haul"))
        ):
            return False
    return False


def _end_of_gap(chunks: Sequence[Chunk], i: int) -> int | None:
    """ "a gap of $2 billion", "the gap between what America sells abroad and what it buys": the chunk behind it."""
    if i + 2 < len(chunks) and chunks[i + 1].low in ("for", "in") and chunks[i + 2].has("all"):
        return next(
            (k for k in range(i + 2, len(chunks)) if not (chunks[k].has("all") or chunks[k].low == "and")), None
        )
    if i + 2 < len(chunks) and chunks[i + 1].low == "of" and chunks[i + 2].kind == "quantity":
        return i + 1
    if i + 1 >= len(chunks) or chunks[i + 1].low != "between":
        return None
    ways = [k for k in range(i + 2, min(len(chunks), i + 20)) if chunks[k].marks.get("verb") in ("sell", "buy")]
    if len(ways) < 2 or {chunks[k].marks["verb"] for k in ways[:2]} != {"sell", "buy"}:
        return None
    after = ways[1] + 1
    while after < len(chunks) and chunks[after].low in ("abroad", "overseas", "from", "other", "countries", "others"):
        after += 1
    return after


def _ends_or_moves(chunks: Sequence[Chunk], k: int) -> bool:
    return k < len(chunks) and (chunks[k].low in (",", "(") or (chunks[k].has("reach") and chunks[k].low != "of"))


def _total(chunks: Sequence[Chunk], i: int) -> Mention | None:
    """ "That total, 13.92 million tons, was a record": the whole of what was spoken of."""
    if chunks[i].low != "total" or i == 0 or chunks[i - 1].low not in ("that", "the", "this", "'s", "overall"):
        return None
    after = chunks[i + 1] if i + 1 < len(chunks) else None
    if after is not None and not (
        after.low in (",", ".", "of", ";", ")") or after.has("reach") or after.has("change") or after.kind == "quantity"
    ):
        return None
    if after is not None and after.low == "of" and i + 2 < len(chunks) and chunks[i + 2].kind != "quantity":
        return None
    first = i - 1
    if chunks[first].low == "'s" and first > 0:
        first -= 1
    if first and chunks[first - 1].low not in (",", ";", ":", "and", "but", "\u2013"):
        return None
    return Mention(i, first, i + 1, None, world=True)


def _is_verb(chunks: Sequence[Chunk], i: int) -> bool:
    """Whether a word that may be a noun of trade is the verb here: "China exports about 5 million tons"."""
    chunk = chunks[i]
    if chunk.marks["verb"] == "arrive":
        return i + 1 < len(chunks) and bool(skip_determiners(chunks, i + 1) < len(chunks)) and not chunk.has("flow")
    if chunk.has("share") and i + 1 < len(chunks) and chunks[i + 1].is_percent:
        return False
    if not chunk.has("flow"):
        return chunk.low not in _VERBS_WITH_OBJECTS or _has_object(chunks, i)
    before = chunks[i - 1] if i else None
    if before is None:
        return False
    subject = before.low in ("it", "they", "which", "also", "to", "mainly", "mostly", "that", "and") or (
        before.kind == "area" and before.area is not None and before.area.sort == "name"
    )
    if before.low == "to" and chunk.low in ("export", "import", "supply", "sell", "ship"):
        return True
    return subject and before.low != "and" and _has_object(chunks, i)


def _has_object(chunks: Sequence[Chunk], i: int) -> bool:
    k = i + 1
    while k < len(chunks) and chunks[k].low in (
        "mainly",
        "mostly",
        "only",
        "about",
        "the",
        "its",
        "in",
        "up",
        "just",
        "some",
        "more",
    ):
        k += 1
    if k >= len(chunks):
        return False
    after = chunks[k]
    if after.kind == "quantity" or after.product or after.has("all"):
        return True
    following = chunks[k + 1] if k + 1 < len(chunks) else None
    return after.kind == "area" and following is not None and (bool(following.product) or following.has("all"))


_NOT_TRADE_AFTER = word_set("mentions", "not_trade_after")


def _is_no_flow(chunks: Sequence[Chunk], i: int) -> bool:
    """ "trade war", "trade partner", "export controls" speak of no amount; nor does "supply chains"."""
    chunk = chunks[i]
    after = chunks[i + 1].low if i + 1 < len(chunks) else ""
    if chunk.low in _NAMES_OF_FIELDS:
        if after in ("price", "prices") and any(c.quantity is not None and c.quantity.per for c in chunks[i : i + 8]):
            return False
        if after.split(" ")[0] in _NOT_TRADE_AFTER or after in ("chain", "chains", "demand", "shortage"):
            return True
        if (
            after == "and"
            and i + 3 < len(chunks)
            and " ".join(c.low for c in chunks[i + 2 : i + 4]).startswith(
                ("investment", "economic", "logistics", "tariff", "industry")
            )
        ):
            return chunk.low in ("trade", "commerce") and not _has_number_near(chunks, i)
    if chunk.low in ("commerce",) and i and chunks[i - 1].low in ("of", "and"):
        return True
    return (
        chunk.low in ("supply", "flows", "buying", "shipping", "purchasing", "sales")
        and chunk.has("flow")
        and _is_plain(chunks, i)
    )


def _has_number_near(chunks: Sequence[Chunk], i: int) -> bool:
    return any(c.kind == "quantity" for c in chunks[i : i + 12])


def _is_plain(chunks: Sequence[Chunk], i: int) -> bool:
    """A neutral word with nothing of trade about it: retail sales, flows of people."""
    before = chunks[i - 1] if i else None
    return bool(before is not None and before.low in ("retail", "domestic", "car", "home", "global", "unit"))
