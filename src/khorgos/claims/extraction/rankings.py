"""Places in a ranking: who holds them, among whose partners, in which flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from khorgos.claims.extraction.assign import replaced
from khorgos.claims.extraction.chunks import Chunk
from khorgos.claims.extraction.discourse import Frame
from khorgos.claims.extraction.drafts import Draft
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.places_told import holder_of_place, is_place, ranked_together
from khorgos.claims.extraction.remark_drafts import new_draft
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.wordings import Wording

_COPULA = word_set("relations", "copula")


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


def _stands_at(setting: Setting, i: int) -> str | None:
    """The area that holds a place: the subject before, or what follows the verb."""
    line = setting.scene.line
    chunks = line.chunks
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
    before = [area for k, area in setting.scene.about if k < i]
    return before[-1] if before else None


def _ranked_frame(setting: Setting, i: int, ranked: str, figures: Sequence[Draft]) -> Frame | None:
    scene, mind = setting.scene, setting.mind
    for relation in scene.relations:
        if relation.hub is not None and relation.hub != ranked:
            return Frame(relation.hub, ranked, relation.frame.flow, sure=2)
    near = [d for d in figures if d.frame is not None and ranked in (d.frame.a, d.frame.b) and d.chunk > i]
    if near and near[0].frame is not None:
        frame = near[0].frame
        return frame if frame.b == ranked else _turned(frame)
    for mention, frame in zip(scene.mentions, scene.frames, strict=True):
        if mention.b and frame.b is not None and frame.b != ranked and not mention.a:
            return Frame(frame.b, ranked, frame.flow, product=frame.product, sure=2)
        if ranked in (frame.a, frame.b):
            return frame if frame.b == ranked else _turned(frame)
    if mind.running.flow is None:
        return None
    frame = replaced(mind.running, ranked, "", mind)
    return frame if frame.b == ranked else _turned(frame)


def _turned(frame: Frame) -> Frame:
    """The same flow seen from the other side."""
    flow = {"export": "import", "import": "export"}.get(frame.flow or "", frame.flow)
    if frame.flow == "balance" or frame.b is None:
        return frame
    return replace(frame, a=frame.b, b=frame.a, flow=flow)


def is_bare_place(chunks: Sequence[Chunk], i: int) -> bool:
    """ "The European Union was the second-largest, with trade up": a place whose noun was said before."""
    after = chunks[i + 1].low if i + 1 < len(chunks) else "."
    lead = [c.low for c in chunks[max(0, i - 2) : i]]
    return len(lead) == 2 and lead[1] == "the" and lead[0] in _COPULA and after in (",", ".", ";", "with", "at", "(")
