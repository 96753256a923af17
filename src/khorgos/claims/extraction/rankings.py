"""Places in a ranking: who holds them, among whose partners, in which flow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from khorgos.claims.extraction.assign import replaced
from khorgos.claims.extraction.chunks import Chunk
from khorgos.claims.extraction.discourse import Frame, behind
from khorgos.claims.extraction.drafts import Draft
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.places_told import good_in_place, holder_of_place, is_place, ranked_together
from khorgos.claims.extraction.remark_drafts import new_draft
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.sides import WORLD
from khorgos.claims.extraction.wordings import Wording

_COPULA = word_set("relations", "copula")
_BARE_ENDS = frozenset((",", ".", ";", "with", "at", "(", "one", "\u2013", "-", "for", "among"))
_OVERTAKING_VERBS = re.compile(
    r"left|overt[ao]ok|overtaking|surpass|replac|displac|pass(?:ed|ing)|outstrip|ousted|unseat|behind"
)
_LED_IN = word_set("rankings", "led_in")
_FAR = 9  # chunks; chosen because "The leader on the continent in the purchase of Chinese products is" fits
_BE = frozenset(("is", "was", "are", "were", "remains", "remained", "became", "becomes"))


def place(setting: Setting, i: int, wording: Wording, figures: Sequence[Draft]) -> Draft | None:
    """Read a place in a ranking: "Second was the Kyrgyz Republic", "Kazakhstan led with", "came in next".

    Args:
        setting: its sentence.
        i: its chunk.
        wording: what it says.
        figures: drafts of the quantities of the same sentence.

    Returns:
        The draft; None if nothing says who holds the place, or in what.
    """
    line, mind = setting.scene.line, setting.mind
    if (
        wording.sort == "order"
        and wording.value == 1
        and line.chunks[i].low == "first"
        and not is_place(line.chunks, i)
    ):
        return None
    if (good := good_in_place(line.chunks, i)) is not None:
        return _of_goods(setting, i, wording, good)
    ranked = _stands_at(setting, i)
    if ranked is None:
        return None
    frame = _ranked_frame(setting, i, ranked, figures)
    if frame is None:
        return None
    draft = new_draft(setting, i, wording, "rank", frame)
    if wording.sort == "next":
        draft.value = float(mind.place + 1) if mind.place else 2.0
    mind.place = int(draft.value or 0)
    draft.scope = f"partners of {frame.a if frame.b == ranked else frame.b}"
    return draft


def _of_goods(setting: Setting, i: int, wording: Wording, good: str) -> Draft | None:
    """ "Copper ores topped the list", "cars are the top export product": a place among the goods of a flow."""
    scene, mind = setting.scene, setting.mind
    named = [c.marks["flow"] for c in scene.line.chunks if c.marks.get("flow") in ("export", "import")]
    told = [frame for frame in scene.frames if frame.flow in ("export", "import") and frame.a is not None]
    frame = told[0] if told else (mind.base if mind.running.listed else mind.running)
    flow = named[0] if named else frame.flow
    if wording.sort == "next" or frame.a is None or flow not in ("export", "import"):
        return None
    frame = replace(frame, flow=flow, b=frame.b or WORLD, product=good, listed=True)
    draft = new_draft(setting, i, wording, "rank", frame)
    draft.scope = "goods"
    return draft


def _stands_at(setting: Setting, i: int) -> str | None:
    """The area that holds a place: the subject before, or what follows the verb."""
    chunks = setting.scene.line.chunks
    if (together := ranked_together(chunks, i)) is not None:
        return together
    if (holder := holder_of_place(chunks, i)) is not None:
        return holder
    opens = all(c.low in ("in", "on", "at", "the") for c in chunks[:i])  # "On the third place is Kazakhstan"
    if opens or chunks[i - 1].low in (".", ",", "and", ";"):
        for k in range(i + 1, min(len(chunks), i + 7)):
            area = chunks[k].area
            if chunks[k].kind == "area" and area is not None:
                return area.area
            if chunks[k].kind == "quantity":
                break
    if (named := _in_apposition(chunks, i)) is not None:
        return named
    if chunks[i].low in ("leader", "the leader") and (named := _behind_copula(chunks, i)) is not None:
        return named
    beside = {k for m in setting.scene.mentions if m.last <= i <= m.last + 2 for k in range(m.first, m.last)}
    told = [(k, area) for k, area in setting.scene.about if k < i and k not in beside]
    before = [area for k, area in told if not _OVERTAKING_VERBS.match(" ".join(_two_before(chunks, k)))]
    return before[-1] if before else _spoken_of(setting, i)


def _two_before(chunks: Sequence[Chunk], k: int) -> list[str]:
    """The words right before an area, articles left out: whom another has left behind."""
    return [c.low for c in chunks[max(0, k - 2) : k] if c.low != "the"][-1:]


def _in_apposition(chunks: Sequence[Chunk], i: int) -> str | None:
    """ "with Japan, their fourth largest, trade was", "with China, then second": the area right before the comma."""
    k = i - 1
    while k > 0 and chunks[k].low in ("their", "its", "the", "then", "now", "currently", "still"):
        k -= 1
    area = chunks[k - 1].area if k > 0 and chunks[k].low == "," else None
    return area.area if area is not None and chunks[k - 1].kind == "area" else None


def _behind_copula(chunks: Sequence[Chunk], i: int) -> str | None:
    """ "The leader on the continent in the purchase of Chinese products is Nigeria"."""
    for k in range(i + 1, min(len(chunks) - 1, i + 1 + _FAR)):
        if chunks[k].low in (",", ";"):
            return None
        if chunks[k].low in _BE:
            area = chunks[k + 1].area
            return area.area if area is not None and chunks[k + 1].kind == "area" else None
    return None


def _spoken_of(setting: Setting, i: int) -> str | None:
    """ "Tajikistan ranks second" with the area right before its verb, "the country is only eighth"."""
    chunks = setting.scene.line.chunks
    k = i - 1
    while k > 0 and (chunks[k].low in _COPULA or chunks[k].low in _LED_IN):
        k -= 1
    area = chunks[k].area if k >= 0 and chunks[k].kind == "area" else None
    return area.area if area is not None and area.sort != "adjective" and not chunks[k].weak else None


def _ranked_frame(setting: Setting, i: int, ranked: str, figures: Sequence[Draft]) -> Frame | None:
    frame = _frame_by_flow_ahead(setting, i, ranked) or _frame_by_hub(setting, i, ranked)
    if frame is not None:
        return frame
    for told in (_told_by_sentence(setting, ranked, figures), _running_with(setting, ranked)):
        if told is not None:
            return told if told.b == ranked else _turned(told)
    return None


def _frame_by_flow_ahead(setting: Setting, i: int, ranked: str) -> Frame | None:
    """ "China was the largest partner, for EU exports of goods the third largest": the flow right before the place."""
    scene = setting.scene
    for mention, frame in zip(scene.mentions, scene.frames, strict=True):
        told = mention.last <= i <= mention.last + 2 and not mention.verb and mention.a and not mention.b
        led = mention.first and scene.line.chunks[mention.first - 1].low in ("for", "in", "by")
        if told and led and frame.a not in (None, ranked):
            return Frame(frame.a, ranked, frame.flow, product=frame.product, sure=2)
    return None


def _frame_by_hub(setting: Setting, i: int, ranked: str) -> Frame | None:
    """ "ASEAN is now number two for China", "ranks fifth among the partners of Armenia": whose ranking it is."""
    chunks = setting.scene.line.chunks
    for relation in setting.scene.relations:
        if relation.hub is not None and relation.hub != ranked:
            return Frame(relation.hub, ranked, relation.frame.flow, sure=2)
    if (noun := _by_partner_noun(chunks, ranked)) is not None:
        return noun
    k = i + 1
    if k + 1 < len(chunks) and chunks[k].low == "for" and chunks[k + 1].kind == "area":
        area = chunks[k + 1].area
        if area is not None and area.area != ranked:
            named = [c.marks["flow"] for c in chunks[:i] if c.marks.get("flow") in ("export", "import", "total")]
            return Frame(area.area, ranked, named[-1] if named else (setting.mind.running.flow or "total"), sure=2)
    return None


def _by_partner_noun(chunks: Sequence[Chunk], ranked: str) -> Frame | None:
    """ "Among the importers of wine from Georgia Russia ranked first": whose importers they are."""
    for k, chunk in enumerate(chunks):
        flow = chunk.marks.get("partner")
        if flow not in ("export", "import", "total") or chunk.has("flow"):
            continue
        for j in range(k - 2, min(len(chunks), k + 7)):
            area = chunks[j].area if j >= 0 else None
            if area is None or chunks[j].kind != "area" or area.area == ranked:
                continue
            owns = chunks[j + 1].low in ("'s", "'") if j < k else behind(chunks, j) in ("of", "from", "to", "for")
            if owns and not any(c.low in (",", ";") or c.quantity is not None for c in chunks[k:j]):
                return Frame(area.area, ranked, flow, sure=2)
    return None


def _told_by_sentence(setting: Setting, ranked: str, figures: Sequence[Draft]) -> Frame | None:
    """The frame of a figure or flow of the sentence that has the ranked area as a side."""
    scene = setting.scene
    near = [d for d in figures if d.frame is not None and ranked in (d.frame.a, d.frame.b)]
    if near and near[0].frame is not None:
        return near[0].frame
    for mention, frame in zip(scene.mentions, scene.frames, strict=True):
        if mention.b and frame.b is not None and frame.b != ranked and not mention.a:
            return Frame(frame.b, ranked, frame.flow, product=frame.product, sure=2)
        if ranked in (frame.a, frame.b):
            return frame
        if mention.a and frame.a is not None and frame.b in (None, WORLD) and not mention.verb:
            return Frame(frame.a, ranked, frame.flow, product=frame.product, sure=2)
    return None


def _running_with(setting: Setting, ranked: str) -> Frame | None:
    mind = setting.mind
    return None if mind.running.flow is None else replaced(mind.running, ranked, "", mind)


def _turned(frame: Frame) -> Frame:
    """The same flow seen from the other side."""
    flow = {"export": "import", "import": "export"}.get(frame.flow or "", frame.flow)
    if frame.flow == "balance" or frame.b is None:
        return frame
    return replace(frame, a=frame.b, b=frame.a, flow=flow)


def is_named_place(chunks: Sequence[Chunk], i: int) -> bool:
    """Whether a superlative is a place by name: "the top spot", "the leading position", "at the top of the list"."""
    after = chunks[i + 1].low if i + 1 < len(chunks) else "."
    if after in ("place", "position", "spot", "slot", "line", "rank"):
        return True
    return after in ("of", "of the") and [c.low for c in chunks[max(0, i - 2) : i]] in (["at", "the"], ["on", "the"])


def is_bare_place(chunks: Sequence[Chunk], i: int) -> bool:
    """Whether a superlative is a place whose noun was said before: "The EU was the second-largest, with"."""
    after = chunks[i + 1].low if i + 1 < len(chunks) else "."
    if after not in _BARE_ENDS and not (i + 1 < len(chunks) and chunks[i + 1].kind == "when"):
        return False
    wording = chunks[i].wording
    lead = [c.low for c in chunks[max(0, i - 2) : i]]
    if len(lead) == 2 and lead[1] == "the" and lead[0] in _COPULA:
        return True
    placed = wording is not None and (wording.value or 0) > 1
    if not placed or not lead:
        return wording is not None and wording.detail == "number" and bool(lead) and lead[-1] in _COPULA
    of_flow = lead[-1] == "the" and any(c.has("flow") for c in chunks[max(0, i - 4) : i])
    return of_flow or lead[-1] in ("their", "its", "then", ",") or lead[-1] in _COPULA
