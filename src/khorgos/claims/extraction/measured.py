"""Which mention of a flow a quantity measures."""

from __future__ import annotations

import re
from collections.abc import Sequence

from khorgos.claims.extraction.allotted import allotted_to, sharing_flow
from khorgos.claims.extraction.chunks import Chunk
from khorgos.claims.extraction.flow_context import whole_of
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.scene import Scene

_LINK = word_set("measured", "link")
_CLAUSE = frozenset((";", "while", "whereas", "although", "though"))


def mention_for(scene: Scene, i: int) -> int | None:
    """The mention that a quantity measures.

    Args:
        scene: the sentence.
        i: the quantity's chunk.

    Returns:
        Index of the mention; None if the sentence has none for it.
    """
    if not scene.mentions:
        return None
    around = [m for m, mention in enumerate(scene.mentions) if mention.first <= i < mention.last]
    for told in (_exceeds(scene, i), around[0] if around else None, sharing_flow(scene.line, scene.mentions, i)):
        if told is not None:
            return told
    if _is_own_share(scene):
        return None
    allotted = allotted_to(scene.line.chunks, scene.mentions, i)
    for told in (allotted, _linked(scene, i), _coming_from(scene, i)):
        if told is not None:
            return told
    return _nearest(scene, i)


def _nearest(scene: Scene, i: int) -> int | None:
    """The last mention before a quantity, else the first behind it in the clause."""
    after = [m for m, mention in enumerate(scene.mentions) if mention.first > i]
    beside = any(mention.last == i - 2 for mention in scene.mentions)  # "Imports, at $160.9 billion, were down"
    if after and not beside and _is_fronted(scene.line.chunks, i):
        return after[0]
    before = [m for m, mention in enumerate(scene.mentions) if mention.head < i and not _is_frame_of(scene, m)]
    before = [m for m in before if m == before[0] or not (_is_in_clause(scene, m, i) or _is_in_bracket(scene, m, i))]
    if not before and len(scene.mentions) == 1 and scene.mentions[0].head < i:
        return 0  # "the major share in the structure of imports - 33.8%"
    if before:
        return before[-1]
    return after[0] if after and _is_of_flow_behind(scene, i, after[0]) else None


def _is_in_bracket(scene: Scene, m: int, i: int) -> bool:
    """ "$1.85 billion (export - $1.2 billion); in 2011 - $3.3 billion": whether a flow stands in a closed bracket."""
    chunks, head = scene.line.chunks, scene.mentions[m].head
    left = next((k for k in range(head, -1, -1) if chunks[k].low in ("(", ")")), None)
    closed = any(c.low == ")" for c in chunks[head:i])
    return left is not None and chunks[left].low == "(" and closed and chunks[i - 1].low != "("


def _is_in_clause(scene: Scene, m: int, i: int) -> bool:
    """ "Exports, which rose faster than imports, reached": whether a flow stands in a clause that has ended."""
    chunks = scene.line.chunks
    head = scene.mentions[m].head
    opens = next((k for k in range(head, 0, -1) if chunks[k].low in (",", ";")), None)
    if opens is None or chunks[opens + 1].low != "which" or any(c.quantity is not None for c in chunks[opens:head]):
        return False
    closes = next((k for k in range(head, i) if chunks[k].low == ","), None)
    return closes is not None and closes + 1 < i and chunks[closes + 1].has("reach")


def _is_of_flow_behind(scene: Scene, i: int, m: int) -> bool:
    """Whether a quantity with no flow before it is of the one behind it."""
    chunks = scene.line.chunks
    if _stands_for_before(chunks, i) or _parted(chunks, i, scene.mentions[m].first):
        return False
    return not _is_whole_in_brackets(scene, i, m) and not _is_item_of_list(scene, i, m)


def _stands_for_before(chunks: Sequence[Chunk], i: int) -> bool:
    """ "This is 116 percent more, and above the growth of all trade": of what the sentence before told."""
    opens = i > 1 and chunks[0].low in ("this", "that", "it") and chunks[1].low in ("is", "was", "makes", "means")
    compared = any(c.has("compare") for c in chunks[i + 1 : i + 3])
    if opens and compared and not any(c.kind == "area" or c.has("flow") for c in chunks[:i]):
        return True
    k = next((k for k in range(i - 1, max(-1, i - 4), -1) if chunks[k].low == "it"), None)
    between = chunks[k + 1 : i] if k is not None else ()
    return any(c.has("change") or (c.has("reach") and c.low not in ("of", "to", "at")) for c in between)


def _is_fronted(chunks: Sequence[Chunk], i: int) -> bool:
    """ "At $168.1 billion, exports in July were": the amount stands before its flow."""
    opens = i == 1 or (i > 1 and chunks[i - 2].low in (":", ";", ",", "and"))
    return opens and chunks[i - 1].low == "at" and i + 1 < len(chunks) and chunks[i + 1].low == ","


def _is_own_share(scene: Scene) -> bool:
    """ "Their share in the turnover made up 24.84 percent": that of the imports of which the sentence before told."""
    chunks = scene.line.chunks
    own = len(chunks) > 3 and chunks[0].has("own") and chunks[1].low.startswith("share")
    return (
        own and scene.mind.running.flow in ("export", "import") and scene.mentions[0].flow == "total"
        if (scene.mentions)
        else False
    )


def _exceeds(scene: Scene, i: int) -> int | None:
    """ "Exports to Russia exceed the whole trade with China by $900 million": the first flow is spoken of."""
    chunks = scene.line.chunks
    if i < 1 or "by" not in (chunks[i - 1].low, chunks[max(0, i - 2)].low):
        return None
    over = [k for k in range(max(0, i - 10), i) if re.match(r"exceed|surpass|outstrip|outpac", chunks[k].low)]
    first = [m for m, mention in enumerate(scene.mentions) if over and mention.last <= over[-1]]
    return first[-1] if first else None


def _is_whole_in_brackets(scene: Scene, i: int, m: int) -> bool:
    """ "China – $4.13 billion (18.3% of turnover)": the flow is what the share in brackets is of."""
    between = [c.low for c in scene.line.chunks[i + 1 : scene.mentions[m].first]]
    return "(" in between and whole_of(scene.line, scene.mentions[m]) not in (None, i)


def _coming_from(scene: Scene, i: int) -> int | None:
    """ "of which 10.49 million tons, or 85.4%, came from Brazil": the verb behind its two measures."""
    chunks = scene.line.chunks
    for m, mention in enumerate(scene.mentions):
        if mention.head <= i or chunks[mention.head].marks.get("verb") != "arrive":
            continue
        between = [c.low for c in chunks[i + 1 : mention.head] if c.kind != "quantity"]
        return m if len(between) <= 4 and all(word in (",", "or", "(", ")") for word in between) else None
    return None


def _is_item_of_list(scene: Scene, i: int, m: int) -> bool:
    """ "Russia is in second place - $230 million, exports to Kazakhstan came to": the next flow is behind a comma."""
    chunks = scene.line.chunks
    between = [c.low for c in chunks[i + 1 : scene.mentions[m].first]]
    first = max((k for k in range(i) if chunks[k].low in (",", ";")), default=0)
    named = any(chunks[k].kind == "area" and not chunks[k].weak for k in range(first, i))
    return "," in between and named and scene.mind.running.flow is not None


def _is_frame_of(scene: Scene, m: int) -> bool:
    """Whether a flow is only the whole of another: "the share of exports in turnover", "in the structure of trade"."""
    mention = scene.mentions[m]
    chunks = scene.line.chunks
    before = [c.low for c in chunks[max(0, mention.first - 3) : mention.first]]
    if "structure" in before:
        return True
    if m == 0 or not any(c.has("share") for c in chunks[max(0, scene.mentions[m - 1].first - 3) : mention.first]):
        return False
    between = chunks[scene.mentions[m - 1].last : mention.first]
    return "in" in [c.low for c in between] + before[-2:] and all(
        c.low in ("in", "the", "share in", "'", "'s", "total", "of", "its", "a") or c.has("share") or c.kind == "area"
        for c in between
    )


def _linked(scene: Scene, i: int) -> int | None:
    """A mention right behind a quantity: "$5.4 billion of Chinese goods entering", "a 12% rise in exports"."""
    chunks = scene.line.chunks
    quantity = chunks[i].quantity
    if quantity is not None and quantity.sign and i and chunks[i - 1].kind == "quantity":
        return None  # "Deficit: 68.9 billion dollars +1.9% Exports: 263.0 billion dollars"
    for m, mention in enumerate(scene.mentions):
        if mention.first <= i:
            continue
        between = chunks[i + 1 : mention.first]
        if len(between) > 5:
            return None
        if all(_links(c) for c in between) and (len(between) or mention.first == i + 1):
            return None if m and _is_part_of(scene, i, m) else _fallen_on(scene, m)
        return None
    return None


def _is_part_of(scene: Scene, i: int, m: int) -> bool:
    """ "exports to China accounted for $250 million of the turnover": the first flow is measured, not the whole."""
    chunks = scene.line.chunks
    quantity = chunks[i].quantity
    prior = scene.mentions[m - 1]
    if quantity is None or quantity.sort == "percent" or not prior.last <= i:
        return False
    return (
        chunks[i + 1].low == "of" and chunks[i - 1].has("reach") and chunks[i - 1].low not in ("to", "at", "of", "with")
    )


def _links(chunk: Chunk) -> bool:
    if chunk.has("change"):
        return not chunk.low.endswith("ed") or chunk.low in ("increased",)
    if chunk.kind == "area" and chunk.area is not None and chunk.area.sort == "adjective":
        return True  # "$132.8 million of Kyrgyz goods exported"
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
