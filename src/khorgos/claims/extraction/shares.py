"""Shares: which percentages are parts of a whole, and whose part of what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from khorgos.claims.extraction.assign import frame_for, free_areas, replaced
from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.discourse import Discourse, Frame, behind
from khorgos.claims.extraction.items import item_in, item_right_behind
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.measured import mention_for
from khorgos.claims.extraction.moves import is_allotted, is_change, is_share, sign_of_change
from khorgos.claims.extraction.scene import Scene
from khorgos.claims.extraction.sides import WORLD, is_group, members_of

_BULK_REACH = 12  # chunks; chosen because "The bulk of the trade turnover of Kazakhstan and Uzbekistan in 2023" fits
_WENT_ON = frozenset(
    ("fell", "fall", "falls", "fell on", "fall on", "falls on", "went to", "came from", "accounted for")
)
_SOON = 3  # chunks; chosen because "Of all of Kyrgyzstan's imports" fits
_WHOLE = 100  # percent
_WENT = frozenset(("went", "go", "goes", "going", "came", "come", "comes", "headed"))
_OWN_NOUNS = word_set("shares", "own_nouns")


def is_part(scene: Scene, i: int) -> bool:  # noqa: PLR0911  one rule a return
    """Whether the percentage at a chunk is a share.

    By its own words; like the share before it ("15.4% of trade last year and 15.8% in the seven months"); or a
    number beside a partner where nothing is said to move ("followed by Russia with 17.6 percent").
    """
    line = scene.line
    quantity = line.chunks[i].quantity
    if quantity is None or quantity.sort != "percent" or quantity.sign or (quantity.value or 0) > _WHOLE:
        return False
    if i + 1 < len(line.chunks) and any(
        c.low in ("was the share of", "the share of") for c in line.chunks[i + 1 : i + 5]
    ):
        return True  # "or 41.89%, was the share of imports"
    after = line.chunks[i + 1].low if i + 1 < len(line.chunks) else ""
    if after in ("coming from", "going to", "came from", "went to") and sign_of_change(line, i)[0] == 0:
        return True
    if is_share(line, i) or _is_of_whole(scene, i) or _is_before_whole(scene, i) or _stand_in(scene) is not None:
        return True
    if any(c.wording is not None and c.wording.sort in ("order", "lead") for c in line.chunks[max(0, i - 3) : i]):
        return True
    if _is_or(line, i) or _is_taken(line, i) or _is_bulk(line, i):
        return True
    if _is_beside_partner(line.chunks, i) and sign_of_change(line, i)[0] == 0:
        return True
    if sign_of_change(line, i)[0] != 0:
        return _is_second(line.chunks, i) and _has_share_before(scene, i)
    return (
        _has_share_before(scene, i)
        or _is_beside_level(line.chunks, i)
        or any(
            c.wording is not None and c.wording.sort in ("order", "rank", "lead", "next", "fastest")
            for c in line.chunks
        )
    )


def _stand_in(scene: Scene) -> str | None:
    """ "That of Russia was 18.6%", after a sentence about shares: whose share it is."""
    chunks = scene.line.chunks
    if not scene.mind.share or len(chunks) < 3 or chunks[0].low not in ("that", "those") or chunks[1].low != "of":
        return None
    return next((c.area.area for c in chunks[2:4] if c.kind == "area" and c.area is not None), None)


def _opens_in(scene: Scene, i: int) -> tuple[str, str] | None:
    """ "In Uzbekistan, China had a share of 21.3%": whose trade stands first, whose part of it is the subject."""
    chunks = scene.line.chunks
    area = chunks[1].area if len(chunks) > 2 and chunks[0].low == "in" else None
    if area is None or is_group(area.area) or area.sort == "adjective":
        return None
    told = [(k, each) for k, each in scene.about if 1 < k < i and each != area.area]
    owned = any(m.a and m.head < i for m in scene.mentions)
    return (area.area, told[-1][1]) if told and not owned and told[-1][0] <= _SOON + 2 else None


def _is_taken(line: Line, i: int) -> bool:
    """ "Kazakhstan supplied 12 percent", "the Uzbek market bought 45%": a part of what was traded."""
    return i > 0 and line.chunks[i - 1].has("verb") and sign_of_change(line, i)[0] == 0


def _is_bulk(line: Line, i: int) -> bool:
    """ "The bulk of the turnover, 72.5 percent, was made up of exports"."""
    chunks = line.chunks
    if i < 2 or chunks[i - 1].low not in (",", "\u2013", "(") or sign_of_change(line, i)[0] != 0:
        return False
    before = [c for c in chunks[max(0, i - _BULK_REACH) : i - 1] if c.low not in ("the", "of")]
    return any(c.low in ("bulk", "majority", "lion") for c in before) and all(c.quantity is None for c in before)


def _is_or(line: Line, i: int) -> bool:
    """ "exports were $4.1 billion or 62 percent": a level told in two measures."""
    if i < 2 or line.chunks[i - 1].low != "or" or sign_of_change(line, i)[0] != 0:
        return False
    ahead = line.chunks[i + 2] if i + 2 < len(line.chunks) else None
    if line.chunks[i - 2].low == "," and i > 2 and ahead is not None and ahead.low in _WENT_ON:
        i -= 1  # "$435 million, or about 78%, fell on exports to China"
    level = line.chunks[i - 2].quantity
    return level is not None and level.sort == "money" and not is_change(line, i - 2)


def _is_of_whole(scene: Scene, i: int) -> bool:
    """ "Of Kyrgyzstan's imports from Georgia, 89% are cars": the whole opens the sentence."""
    chunks = scene.line.chunks
    if not scene.mentions or chunks[0].low.split()[0] not in ("of", "out"):
        return False
    if chunks[i - 1].low == "," and all(c.quantity is None for c in chunks[:i]) and scene.mentions[0].head < i:
        return sign_of_change(scene.line, i)[0] == 0  # "Of the commodities that it imported, 30.9 percent"
    if scene.mentions[0].first > _SOON:
        return False
    between = [
        c for c in chunks[scene.mentions[0].last : i] if c.kind != "when" and c.low not in ("in", "for", "during")
    ]
    return not between or (between[0].low == "," and all(c.quantity is None for c in between))


def _is_before_whole(scene: Scene, i: int) -> bool:
    """ "61.7 percent ($5.8 billion) of the total trade", "with 38.9 percent and 3.5 percent of imports"."""
    chunks = scene.line.chunks
    k = i + 1
    while k < len(chunks) - 1 and (
        chunks[k].quantity is not None
        or chunks[k].low in ("(", ")")
        or (chunks[k].low in (",", "and") and (chunks[k + 1].low == "and" or chunks[k + 1].quantity is not None))
    ):
        k += 1
    if k >= len(chunks) - 1 or chunks[k].low.split()[:1] != ["of"]:
        return False
    return any(k < mention.first <= k + 2 for mention in scene.mentions)


def _is_beside_level(chunks: Sequence[Chunk], i: int) -> bool:
    """ "Uzbekistan ($13.7 billion, 14.5 percent)": a level and its share in one pair of brackets."""
    if i > 2 and i + 1 < len(chunks) and chunks[i - 1].low == "(" and chunks[i + 1].low == ")":
        level = chunks[i - 2].quantity
        return (
            level is not None and level.sort == "money" and any(c.kind == "area" for c in chunks[max(0, i - 6) : i - 2])
        )
    if i < 3 or chunks[i - 1].low != "," or chunks[i - 3].low != "(":
        return False
    quantity = chunks[i - 2].quantity
    return quantity is not None and quantity.sort in ("money", "goods")


def _is_beside_partner(chunks: Sequence[Chunk], i: int) -> bool:
    """ "Imports came mostly from Russia (30.2%)": a bare percentage in brackets behind a partner."""
    alone = i > 1 and i + 1 < len(chunks) and chunks[i - 1].low == "(" and chunks[i + 1].low == ")"
    return alone and chunks[i - 2].kind == "area"


def _is_second(chunks: Sequence[Chunk], i: int) -> bool:
    """ "and another 34% to": goes on with the share before."""
    return (i > 0 and chunks[i - 1].low in ("and", "another", "and another", "a further")) or (
        i > 1 and chunks[i - 2].low == "and"
    )


def _has_share_before(scene: Scene, i: int) -> bool:
    chunks = scene.line.chunks
    for k in range(i - 1, max(-1, i - 16), -1):
        quantity = chunks[k].quantity
        if quantity is not None:
            if quantity.sort != "percent":
                continue
            return is_part(scene, k)
        if chunks[k].has("change") and chunks[k].low not in ("added another", "led") and not is_allotted(chunks, k):
            return False
    return False


def names_a_whole(scene: Scene, i: int) -> bool:
    """Whether "X% of" goes on with something of trade; "90% of settlements" does not."""
    chunks = scene.line.chunks
    if i + 1 >= len(chunks) or chunks[i + 1].low != "of":
        return True
    quantity = chunks[i].quantity
    if quantity is not None and (quantity.value or 0) > _WHOLE:
        return False  # "a deposit of 178.6 percent of the value"
    window = chunks[i + 2 : i + 8]
    for chunk in window:
        if chunk.has("flow") or chunk.product or chunk.has("all") or chunk.has("partner") or chunk.low in _OWN_NOUNS:
            return True
        if chunk.kind == "area" and chunk.area is not None and chunk.area.sort != "adjective":
            return True
        if chunk.has("anaphor"):
            return True
    return False


def share_frame(scene: Scene, i: int, frame: Frame | None, mind: Discourse) -> Frame | None:
    """Part and whole: "Brazil accounted for 63% of China's imports" is China's imports from Brazil.

    Args:
        scene: the sentence.
        i: chunk of the percentage.
        frame: the flow that it is a part of.
        mind: what was said before.
    """
    if frame is None:
        return None
    if _is_taken(scene.line, i) and frame.b not in (None, WORLD) and frame.b in (mind.centre, mind.base.a):
        flow = {"export": "import", "import": "export"}.get(frame.flow or "", frame.flow)
        return replace(frame, a=frame.b, b=frame.a, flow=flow, listed=True)
    told = scene.shares.get(i)
    if told is not None and told.area is not None:
        return replace(frame, listed=True)  # "the EU and the US accounted for 14% and 11.5%, respectively"
    prior = [k for k in range(i) if scene.line.chunks[k].is_percent] if not is_share(scene.line, i) else []
    if prior and any(c.marks.get("anaphor") == "others" for c in scene.line.chunks[prior[-1] : i]):
        return replace(frame, b=None, unnamed=True)  # "while other countries' - 63.1 percent"
    if prior and not any(prior[-1] < m.head < i for m in scene.mentions):
        return _further(scene, i, prior[-1], mind)
    return _of_whole(scene, i, frame, mind)


def _further(scene: Scene, i: int, prior: int, mind: Discourse) -> Frame | None:
    """A further share of the same whole: "and Russia with 17.6 percent"."""
    whole = share_frame(scene, prior, frame_for(scene, prior, mention_for(scene, prior), mind), mind)
    part = _beside(scene, i, prior)
    return whole if part is None or whole is None else replaced(replace(whole, listed=True), part, "", mind)


def _is_of_the_total(scene: Scene, i: int) -> bool:
    """ "Exports fell, imports fell. Russia accounts for 92.1% of the total": of the turnover before."""
    words = " ".join(c.low for c in scene.line.chunks[i + 1 : i + 4])
    return words.startswith("of the total") and not any(mention.first > i for mention in scene.mentions)


def _of_whole(scene: Scene, i: int, frame: Frame, mind: Discourse) -> Frame:
    """Whose part of the flow a share is."""
    turnover = mind.turnover
    same = turnover is not None and {turnover.a, turnover.b} == {mind.running.a, mind.running.b}
    if same and frame.flow in ("export", "import") and _is_of_the_total(scene, i):
        frame = replace(frame, flow="total")
    if (stands := _stand_in(scene)) is not None and mind.running.a not in (None, stands):
        return replace(mind.running, b=stands, sure=1, listed=True)
    if item_in(scene.line.chunks, i, free_areas(scene)) is not None:
        return replace(frame, listed=True)
    if (where := _opens_in(scene, i)) is not None:
        owner, partner = where
        return replace(frame, a=owner, b=partner, sure=2, listed=True)
    part = _subject(scene, i, frame) or _standing_in(scene.line.chunks, i, frame, mind)
    if part is not None and frame.b == WORLD and part != frame.a:
        return replace(frame, b=part, sure=1, listed=True)
    if part is not None:
        return replace(replaced(frame, part, "", mind), listed=True)
    return _from_level(scene, i, frame, mind)


def _beside(scene: Scene, i: int, floor: int) -> str | None:
    """The partner of a further share: before it ("Russia with 17.6 percent") or after ("another 34% to the UAE")."""
    chunks = scene.line.chunks
    if (right := item_right_behind(chunks, i, free_areas(scene))) is not None:
        return _id(chunks[right])
    free = [k for k in free_areas(scene) if floor < k < i]
    if free:
        return _id(chunks[free[-1]])
    after = [k for k in free_areas(scene) if i < k <= i + 4 and behind(chunks, k) in ("to", "from", "with", "by")]
    return _id(chunks[after[0]]) if after else None


def _id(chunk: Chunk) -> str | None:
    return chunk.area.area if chunk.area is not None else None


def _subject(scene: Scene, i: int, frame: Frame) -> str | None:
    """The area whose part it is: the free subject before, or where the part goes ("42% of exports went to Russia")."""
    chunks = scene.line.chunks
    end = i - 3 if _ends_span(chunks, i) else i  # "of Kazakhstan from 6.5% to 5.9%"
    last = max((k for k in range(end) if chunks[k].is_percent), default=-1)
    items = [
        k for k in free_areas(scene) if last < k < i and behind(chunks, k) == "of" and chunks[k - 2].low in (",", "and")
    ]
    if (gone := _gone_to(chunks, i)) is not None and gone != frame.a:
        return gone
    if items and last >= 0:
        return _id(chunks[items[-1]])  # "the share of China fell from 27% to 19%, of Kazakhstan from 6.5% to"
    of_whom = [k for k in free_areas(scene) if last < k < i and _is_whose_share(chunks, k)]
    if of_whom and (frame.b in (None, WORLD) or (frame.listed and frame.sure < 2)):
        return _id(chunks[of_whom[-1]])
    owners = {k for r in scene.relations for k in range(r.first, r.last)}
    free = [k for k in free_areas(scene) if k < i and not behind(chunks, k) and k not in owners]
    if free:
        return None if _id(chunks[free[-1]]) in (frame.a, frame.b) else _id(chunks[free[-1]])
    if frame.b in (None, WORLD):
        after = [
            k
            for k in free_areas(scene)
            if i < k <= i + 14 and _is_where_it_goes(chunks, k) and _id(chunks[k]) != frame.a
        ]
        start = i + 4 if [c.low for c in chunks[i + 1 : i + 4 : 2]] == ["(", ")"] else i + 1
        if after and not any(c.kind == "quantity" for c in chunks[start : after[0]]):
            return _id(chunks[after[0]])
    return None


def _ends_span(chunks: Sequence[Chunk], i: int) -> bool:
    """Whether a percentage is the second of "from 6.5% to 5.9%"."""
    return i > 2 and chunks[i - 1].low == "to" and chunks[i - 2].is_percent and chunks[i - 3].low == "from"


def _is_whose_share(chunks: Sequence[Chunk], k: int) -> bool:
    """ "The market share of Brazil rose to"."""
    j = k - 1
    while j > 0 and chunks[j].low == "the":
        j -= 1
    return chunks[j].low == "share of" or (j > 0 and chunks[j].low == "of" and chunks[j - 1].has("share"))


def _gone_to(chunks: Sequence[Chunk], i: int) -> str | None:
    """ "China bought 17.4%, and 10.7% of the exports went to Turkey": where this part went."""
    for k in range(i + 2, min(len(chunks), i + 9)):
        if chunks[k].quantity is not None or chunks[k].low in (",", ";"):
            return None
        words = " ".join(c.low for c in chunks[k - 2 : k]).split()[-2:]
        if chunks[k].kind == "area" and words[0] in _WENT and words[-1] in ("to", "from"):
            return _id(chunks[k])
    return None


def _is_where_it_goes(chunks: Sequence[Chunk], k: int) -> bool:
    return behind(chunks, k) in ("to", "from", "with") or chunks[k - 1].low in ("fell on", "falls on")


def _standing_in(chunks: Sequence[Chunk], i: int, frame: Frame, mind: Discourse) -> str | None:
    """ "The country's share in total turnover": the partner spoken of before."""
    if (it := next((k for k in range(i - 1, max(-1, i - 5), -1) if chunks[k].low == "it"), None)) is not None:
        named = [c.area.area for c in chunks[:it] if c.kind == "area" and c.area is not None and not c.weak]
        told = [area for area in named if area != frame.a and area in members_of(frame.b)]
        return told[-1] if told else None
    own = i > 1 and chunks[0].has("own") and chunks[1].low.startswith("share")
    own = own or chunks[0].marks.get("anaphor") == "country"
    partner = mind.item or mind.subject
    return partner if own and frame.b == WORLD and partner not in (frame.a, WORLD) else None


def _from_level(scene: Scene, i: int, frame: Frame, mind: Discourse) -> Frame:
    """ "$4.7 million, or 0.09 percent of all trade": the part is what the level before was of."""
    told = [r for r in scene.relations if r.head < i and r.frame.sure == 2 and r.hub == frame.a]
    if told and frame.b in (None, WORLD):
        return replace(frame, b=told[-1].ranked[0], listed=True)
    before = [k for k in range(i) if scene.line.chunks[k].quantity is not None]
    if not before and (mind.running.listed or mind.whole is not None):
        return frame
    part = mind.running if not before else frame_for(scene, before[-1], mention_for(scene, before[-1]), mind)
    if frame.b in (None, WORLD) or (before and i - before[-1] <= 3):
        other = part.other(frame.a) if frame.a is not None else None
        if other not in (None, WORLD):
            return replace(frame, b=other, listed=True)
    return frame
