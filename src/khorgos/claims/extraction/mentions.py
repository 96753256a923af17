"""Mentions of a flow: "China's exports to the region", "trade between A and B", "imported 3 bn of Chinese goods from"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.sides import is_group

#: Words that stand for an area named before: "its", "the country", "the region", "the two sides", "the neighbour".
OWN, WHOSE, WHICH, COUNTRY, REGION, PAIR, PARTNER = "@own", "@whose", "@which", "@country", "@region", "@pair", "@partner"

_MODIFIERS = word_set("mentions", "modifiers")
_TAILS = word_set("mentions", "tails")
_DETERMINERS = word_set("mentions", "determiners")
_STATES = word_set("mentions", "states")
_MARKET = word_set("mentions", "market")
_BE = word_set("mentions", "be")
_STOP = word_set("mentions", "stop")


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a sentence speaks of a flow.

    Args:
        head: chunk of the noun or verb.
        first: its first chunk, owners and modifiers included.
        last: the chunk after its last.
        flow: "export", "import", "total" or "balance"; None where only the sides are told ("the Uzbek part").
        sign: of a balance: -1 deficit, 1 surplus, 0 not said.
        a: whose flow it is: ids or words for them; several where listed.
        b: the other side.
        both: whether `a` and `b` were named as two equal sides ("between").
        world: whether trade with all is meant.
        mutual: whether the trade of two sides is meant, both perhaps named before.
        product: goods, as worded.
        whens: chunks of expressions of time within.
        verb: whether the head is a verb.
        average: whether it is an average over months.
        supply: whether only the way of the goods is told: "shipments", "deliveries".
    """

    head: int
    first: int
    last: int
    flow: str | None
    sign: int = 0
    a: tuple[str, ...] = ()
    b: tuple[str, ...] = ()
    both: bool = False
    world: bool = False
    mutual: bool = False
    product: str = ""
    whens: tuple[int, ...] = ()
    verb: bool = False
    average: bool = False
    supply: bool = False


_FLOWS = {"export": ("export", 0), "import": ("import", 0), "re-export": ("export", 0), "total": ("total", 0),
          "deficit": ("balance", -1), "surplus": ("balance", 1), "balance": ("balance", 0), "supply": ("supply", 0), "gap": ("balance", -2)}  # fmt: skip


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
    return [_completed(found, n, chunks) for n in range(len(found))]


def _completed(found: Sequence[Mention], n: int, chunks: Sequence[Chunk]) -> Mention:
    """ "exports to and imports from Vietnam": the side that stands once."""
    mention = found[n]
    if n + 1 == len(found) or mention.b or mention.verb:
        return mention
    between = [c.low for c in chunks[mention.last : found[n + 1].first]]
    if between in (["to", "and"], ["from", "and"], ["with", "and"]):
        return replace(mention, b=found[n + 1].b)
    return mention


def _at(chunks: Sequence[Chunk], i: int, floor: int) -> Mention | None:
    chunk = chunks[i]
    if chunk.low == "total":
        return _total(chunks, i)
    if chunk.kind not in ("cue", "wording"):
        return None
    if chunk.has("verb") and _is_verb(chunks, i):
        return _verb(chunks, i, floor)
    if chunk.has("flow") and not _is_no_flow(chunks, i):
        return _noun(chunks, i, floor)
    return None


def _total(chunks: Sequence[Chunk], i: int) -> Mention | None:
    """ "That total, 13.92 million tons, was a record": the whole of what was spoken of."""
    if chunks[i].low != "total" or i == 0 or chunks[i - 1].low not in ("that", "the", "this", "'s", "overall"):
        return None
    after = chunks[i + 1] if i + 1 < len(chunks) else None
    if after is not None and not (after.low in (",", ".", "of", ";", ")") or after.has("reach") or after.has("change") or after.kind == "quantity"):
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
        return i + 1 < len(chunks) and bool(_skip(chunks, i + 1) < len(chunks)) and not chunk.has("flow")
    if chunk.has("share") and i + 1 < len(chunks) and _is_percent(chunks[i + 1]):
        return False
    if not chunk.has("flow"):
        return not (chunk.low in ("exchange", "took", "received", "ship", "sell", "absorbed", "takes", "trading", "send")
                    and not _has_object(chunks, i))  # fmt: skip
    before = chunks[i - 1] if i else None
    if before is None:
        return False
    subject = before.low in ("it", "they", "which", "also", "to", "mainly", "mostly", "that", "and") or (
        before.kind == "area" and before.area is not None and before.area.sort == "name"
    )
    if before.low == "to" and chunk.low in ("export", "import", "supply", "sell", "ship"):
        return True
    return subject and before.low != "and" and _has_object(chunks, i)


def _is_percent(chunk: Chunk) -> bool:
    return chunk.quantity is not None and chunk.quantity.sort == "percent"


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
    return after.kind == "quantity" or bool(after.product) or after.has("all") or (after.kind == "area" and k + 1 < len(chunks)
        and (bool(chunks[k + 1].product) or chunks[k + 1].has("all")))  # fmt: skip


_NOT_TRADE_AFTER = word_set("mentions", "not_trade_after")


def _is_no_flow(chunks: Sequence[Chunk], i: int) -> bool:
    """ "trade war", "trade partner", "export controls" speak of no amount; nor does "supply chains"."""
    chunk = chunks[i]
    after = chunks[i + 1].low if i + 1 < len(chunks) else ""
    if chunk.low in ("trade", "export", "import", "exports", "imports", "commerce", "shipping", "supply", "cargo", "sales",
                     "buying", "purchasing", "procurement", "delivery", "exporting", "importing"):  # fmt: skip
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
    if before is not None and before.low in ("retail", "domestic", "car", "home", "global", "unit"):
        return True
    return False


def _skip(chunks: Sequence[Chunk], k: int) -> int:
    while k < len(chunks):
        if chunks[k].low in _DETERMINERS:
            k += 1
        elif k + 1 < len(chunks) and chunks[k + 1].low in ("of", "in", "along") and _are_states(chunks[k]):
            k += 2
        else:
            break
    return k


def _areas(chunks: Sequence[Chunk], k: int, *, both: bool = False) -> tuple[tuple[str, ...], int]:
    """Areas or words for them from a chunk on, listed with commas and "and"; and where the list ends."""
    found: list[str] = []
    while True:
        start = k
        k = k if _is_anaphor(chunks, k) else _skip(chunks, k)
        one, after = _one_area(chunks, k, first=start)
        if one is None:
            return tuple(found), (start if not found else _before_join(chunks, start))
        found.append(one)
        k = after
        joined = _after_join(chunks, k, must=both and len(found) == 1)
        if joined is None:
            return tuple(found), k
        k = joined


def _are_states(chunk: Chunk) -> bool:
    return chunk.low.removeprefix("the ").removeprefix("these ") in _STATES


def _is_anaphor(chunks: Sequence[Chunk], k: int) -> bool:
    """Whether a chunk stands for areas named before; "the countries of Central Asia" names them itself."""
    if k >= len(chunks) or not chunks[k].has("anaphor"):
        return False
    return not (_are_states(chunks[k]) and k + 1 < len(chunks) and chunks[k + 1].low == "of")


def _after_join(chunks: Sequence[Chunk], k: int, *, must: bool = False) -> int | None:
    """The chunk after ", and" or "and" or a comma, if an area follows."""
    start = k
    while k < len(chunks) and k - start < 2 and chunks[k].low in (",", "and", "&", "as well as"):
        k += 1
    if k == start:
        return None
    ahead = _skip(chunks, k)
    if ahead < len(chunks) and _one_area(chunks, ahead, first=k)[0] is not None and (must or not _starts_clause(chunks, ahead)):
        return k
    return None


def _starts_clause(chunks: Sequence[Chunk], k: int) -> bool:
    """Whether an area after "and" begins a statement of its own: "with A, and B exported"."""
    after = chunks[k + 1] if k + 1 < len(chunks) else None
    if after is None:
        return False
    return (
        after.low == "'s"
        or after.has("verb")
        or after.has("change")
        or after.low in ("has", "had", "was", "is", "saw", "led")
        or (after.kind == "wording" or after.has("flow") or after.kind == "quantity")
    )


def _before_join(chunks: Sequence[Chunk], k: int) -> int:
    while k and chunks[k - 1].low in (",", "and", "&"):
        k -= 1
    return k


def _one_area(chunks: Sequence[Chunk], k: int, *, first: int) -> tuple[str | None, int]:
    if k >= len(chunks):
        return None, k
    chunk = chunks[k]
    if chunk.low in ("which", "whom"):
        return WHICH, k + 1
    if _is_anaphor(chunks, k) or (first < k and " ".join(c.low for c in chunks[first : k + 1]) in ("the bloc",)):
        return "@" + chunk.marks["anaphor"], k + 1
    if chunk.kind == "area" and chunk.area is not None:
        if chunk.area.sort == "adjective":
            after = chunks[k + 1].low if k + 1 < len(chunks) else ""
            return (chunk.area.area, k + 2) if after in _MARKET else (None, k)
        last = k + 1
        while last < len(chunks) and (chunks[last].low == "member" or chunks[last].low in _STATES) and is_group(chunk.area.area):
            last += 1
        return chunk.area.area, last
    if chunk.has("scope") and chunk.low.endswith(("world", "countries", "worldwide")):
        return "WLD", k + 1
    if chunk.low == "rest" and " ".join(c.low for c in chunks[k : k + 4]) == "rest of the world":
        return "WLD", k + 4
    return None, k


def _noun(chunks: Sequence[Chunk], i: int, floor: int) -> Mention:
    flow, sign = _FLOWS[chunks[i].marks["flow"]]
    mention = Mention(i, i, i + 1, flow, sign, supply=flow == "supply")
    scope = chunks[i].marks.get("scope")
    mention = replace(mention, world=scope == "world", mutual=scope == "group")
    mention = _left(chunks, mention, floor)
    mention = _right(chunks, mention)
    if not mention.mutual and _is_sum(chunks, mention.first):
        mention = replace(mention, world=True)
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
            return replace(taken, first=k, a=(OWN if chunk.has("own") else WHOSE,))
        if chunk.has("anaphor") and chunk.marks["anaphor"] != "partner":
            return replace(taken, first=k, a=("@" + chunk.marks["anaphor"],))
        step = _modifier(chunks, taken, k)
        if step is None:
            return taken
        taken = replace(step, first=k)
        k -= 1
    return taken


def _modifier(chunks: Sequence[Chunk], taken: Mention, k: int) -> Mention | None:
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
        wide = chunk.low in ("foreign", "external", "overall", "total", "global") and taken.flow not in ("balance", "supply")
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
    """The area before the noun, alone or one of two: "Kazakhstan-China", "Sino-Russian", "Uzbekistan and Kazakhstan's"."""
    chunk = chunks[k]
    assert chunk.area is not None
    outer = _outer_owner(chunks, k, floor)
    if outer is not None:
        return replace(taken, first=outer[0], a=(outer[1],), b=(chunk.area.area,))
    if (
        k - 2 >= floor
        and chunks[k - 1].low in ("-", "\u2013", "/")
        and chunks[k - 2].kind == "area"
        and chunk.first == chunks[k - 1].last
    ):
        other = chunks[k - 2].area
        assert other is not None
        return replace(taken, first=k - 2, a=(other.area,), b=(chunk.area.area,), both=True)
    prior = chunks[k - 1].low if k else ""
    if k - 2 >= floor and prior == "and" and chunks[k - 2].kind == "area" and chunk.area.sort != "adjective":
        other = chunks[k - 2].area
        assert other is not None
        if taken.flow == "total" and other.area != chunk.area.area:
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


def _tail(chunks: Sequence[Chunk], mention: Mention, k: int) -> Mention | None:
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
        sign = _FLOWS[chunk.marks["flow"]][1]
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


def _phrase(chunks: Sequence[Chunk], mention: Mention, prep: str, k: int) -> Mention | None:
    """One prepositional phrase after a noun of trade."""
    after = _skip(chunks, k + 1)
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
    if prep in ("in", "of", "from") and head.has("flow") and mention.flow == "balance":
        inner = _noun(chunks, after, k + 1)
        return replace(mention, a=mention.a or inner.a, b=mention.b or inner.b, both=inner.both, world=inner.world,
                       product=mention.product or inner.product, whens=(*mention.whens, *inner.whens), last=inner.last)  # fmt: skip
    if prep in ("to", "into", "from", "with", "between", "of", "by", "among", "for", "in", "toward", "towards"):
        return _sided(chunks, mention, prep, k)
    return None


def _goods(chunks: Sequence[Chunk], mention: Mention, k: int) -> Mention | None:
    """ "of soybeans", "of Chinese goods", "in U.S. goods and services trade", "in agricultural goods"."""
    origin: str | None = None
    start = k
    if chunks[k].kind == "area" and k + 1 < len(chunks) and chunks[k].area is not None:
        origin, k = chunks[k].area.area, k + 1  # type: ignore[union-attr]
    words: list[str] = []
    while k < len(chunks) and (chunks[k].product or chunks[k].has("all") or chunks[k].low in ("agricultural", "various", "industrial",
                               "consumer", "manufactured", "major", "key")):  # fmt: skip
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


def _from(mention: Mention, areas: tuple[str, ...]) -> Mention:
    """Goods come from these areas."""
    if mention.flow == "import":
        return replace(mention, b=mention.b or areas)
    return replace(mention, a=mention.a or areas)


def _sided(chunks: Sequence[Chunk], mention: Mention, prep: str, k: int) -> Mention | None:
    areas, last = _areas(chunks, k + 1, both=prep in ("between", "among"))
    if not areas:
        return None
    found = replace(mention, last=last)
    if PAIR in areas:
        return replace(found, a=mention.a or (PAIR,), mutual=True)
    if prep in ("between", "among") or (prep == "of" and len(areas) == 2 and mention.flow == "total" and not mention.a):
        if len(areas) < 2:
            return replace(found, b=areas, mutual=True)
        return replace(found, a=areas[:1], b=areas[1:], both=True)
    if areas == ("WLD",):
        return replace(found, b=areas, world=True)
    return _by_preposition(found, prep, areas)


def _by_preposition(found: Mention, prep: str, areas: tuple[str, ...]) -> Mention | None:
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
        return replace(found, b=areas) if flow in ("export", "supply") and not found.b else None
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
        return replace(mention, flow="export")
    if mention.flow == "total" and mention.a and mention.b and mention.world and mention.b != ("WLD",):
        return replace(mention, world=False)
    return mention


def _verb(chunks: Sequence[Chunk], i: int, floor: int) -> Mention | None:
    way = chunks[i].marks["verb"]
    passive = _is_passive(chunks, i)
    if way == "arrive":
        return _arrival(chunks, i, floor)
    agent, first = ((), i) if passive else _agent(chunks, i, floor)
    flow = {"sell": "export", "buy": "import", "both": "total"}[way]
    if way == "both" and not agent and not _has_side(chunks, i):
        return None
    mention = Mention(i, first, i + 1, flow, verb=True, a=agent)
    if way == "both" and len(agent) == 2:
        mention = replace(mention, a=agent[:1], b=agent[1:], both=True)
    return _objects(chunks, mention, passive=passive)


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
        if chunk.has("anaphor") and chunk.marks["anaphor"] in ("country", "region", "pair", "partner"):
            return ("@" + chunk.marks["anaphor"],), k
        if chunk.low in ("it", "they", "he", "she"):
            return (OWN,), k
        if chunk.kind == "area" and not chunk.weak and chunk.area is not None and chunk.area.sort != "adjective":
            if k + 1 < len(chunks) and chunks[k + 1].low in ("'s", "'"):
                k, seen = k - 1, seen + 1
                continue
            prior = chunks[_back(chunks, k)].low if k else ""
            if prior not in ("to", "from", "with", "in", "of", "by", "for", "than", "on") or seen > 6:
                return _joined(chunks, k, floor)
        seen += 1
        k -= 1
    return (), i


def _back(chunks: Sequence[Chunk], k: int) -> int:
    k -= 1
    while k > 0 and chunks[k].low in _DETERMINERS:
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
    if chunk.marks.get("scope") == "world" and chunk.low.startswith(("from", "to", "with", "around")):
        return replace(mention, world=True, b=mention.b or ("WLD",), last=k + 1), k + 1
    if chunk.low == "there" and mention.flow in ("import", "export"):
        return replace(mention, b=mention.b or (PARTNER,), last=k + 1), k + 1
    if chunk.low in ("to", "into", "from", "with", "by"):
        areas, last = _areas(chunks, k + 1)
        if areas:
            return _sent(replace(mention, last=last), chunk.low, areas, passive=passive), last
    if chunk.kind == "area" and chunk.area is not None and _is_adjective(chunk) and k + 1 < len(chunks):
        after = chunks[k + 1]
        if (
            after.product
            or after.has("all")
            or after.low in ("gas", "crude", "cargoes", "industrial", "agricultural", "oil")
        ):
            if mention.flow == "import" and not mention.b:
                return replace(mention, b=(chunk.area.area,)), k + 1
            if mention.flow == "export" and not mention.a:
                return replace(mention, a=(chunk.area.area,)), k + 1
    return mention, k + 1


def _is_adjective(chunk: Chunk) -> bool:
    return chunk.area is not None and (chunk.area.sort == "adjective" or chunk.low in ("us", "u.s.", "eu", "uk", "u.k.", "uae"))


def _sent(mention: Mention, prep: str, areas: tuple[str, ...], *, passive: bool) -> Mention:
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
    areas, last = _areas(chunks, i + 1)
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
