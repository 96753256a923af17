"""Quantities of prose to drafts of claims: kind, sign, flow, period, base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from khorgos.claims.extraction.assign import frame_for
from khorgos.claims.extraction.bases import is_yearly, yearly_average
from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.discourse import Discourse, Frame
from khorgos.claims.extraction.drafts import Draft, words_of
from khorgos.claims.extraction.measured import mention_for
from khorgos.claims.extraction.moves import sign_of_change
from khorgos.claims.extraction.parts import part_of_goods
from khorgos.claims.extraction.quantity import Quantity
from khorgos.claims.extraction.scene import Scene
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.shares import is_part, names_a_whole, share_frame
from khorgos.claims.extraction.sides import WORLD, is_group, members_of
from khorgos.claims.extraction.timing import timing
from khorgos.claims.extraction.values import read_value

_ALL_GOODS = frozenset(("", "goods", "products", "merchandise", "commodities"))


def figure(setting: Setting, i: int) -> Draft | None:
    """Read the quantity at a chunk.

    Args:
        setting: its sentence.
        i: its chunk.

    Returns:
        The draft; None if it is no statement about trade.
    """
    scene, mind = setting.scene, setting.mind
    quantity = scene.line.chunks[i].quantity
    assert quantity is not None
    m = mention_for(scene, i)
    orphan = m is None and mind.running.flow is None and quantity.sort in ("money", "goods")
    if not (orphan and _other_matter(scene.line.chunks, i) is None) and not _is_trade(scene, i, m, mind):
        return None
    frame = _with_hub(_of_share_beside(setting, i) or frame_for(scene, i, m, mind), setting, i)
    draft = Draft(scene, *_place(scene.line, quantity), "other", frame, chunk=i, flow_sure=m is not None)
    told = timing(setting, i, m)
    draft.period_sure, draft.looks_back, draft.base_of = told.sure, told.looks_back, told.is_base
    draft.period = yearly_average(setting, i) or words_of(told.period)
    if draft.frame is not None and draft.frame.product in _ALL_GOODS and (part := part_of_goods(scene.line, i)):
        draft.frame = replace(draft.frame, product=part)
    draft.source = mind.source
    draft.orphan = orphan
    read_value(setting, draft, quantity, i, told.period)
    return draft


def _with_hub(frame: Frame, setting: Setting, i: int) -> Frame:
    """A flow that lacks the country which all flows of the text have: the side the sentence names is its partner."""
    hub = setting.mind.around
    sides = (frame.a, frame.b)
    if hub is None or frame.sure > 1 or frame.unnamed or None in sides or hub in sides:
        return frame
    if _is_off_hub(frame, setting):
        return frame
    if WORLD in sides:
        is_country = frame.b == WORLD and frame.a is not None and not is_group(frame.a)
        is_other = is_country and setting.mind.told_around and frame.flow in ("export", "import")
        return replace(frame, b=hub, listed=True) if is_other else frame
    if any(side is not None and hub in members_of(side) for side in sides):
        return frame
    named = [c.area.area for c in setting.scene.line.chunks[:i] if c.kind == "area" and c.area is not None]
    told = [side for side in reversed(named) if side in sides]
    return replace(frame, a=hub, b=told[0] if told else frame.b, listed=True)


def _is_off_hub(frame: Frame, setting: Setting) -> bool:
    """Whether a flow is of two others than the hub: both named here, an office's own trade, or a list of it."""
    sides, mind = {frame.a, frame.b}, setting.mind
    here = {c.area.area for c in setting.scene.line.chunks if c.kind == "area" and c.area is not None}
    if not frame.listed and sides <= here:
        return True
    if mind.source_area in sides and not mind.told_around:
        return True
    return mind.off_hub and mind.centre in sides


def _of_share_beside(setting: Setting, i: int) -> Frame | None:
    """ "China's share was 21.3% (worth $21.7bn)": the value of the share before it."""
    chunks = setting.scene.line.chunks
    k = i - 1
    while k > 0 and chunks[k].low in ("(", "worth", "or", "about", "some", ","):
        k -= 1
    quantity, share = chunks[i].quantity, chunks[k].quantity
    if k in (i - 1, -1) or quantity is None or quantity.sort != "money" or share is None or share.sort != "percent":
        return None
    if chunks[k + 1].low != "(" or not is_part(setting.scene, k):
        return None
    return share_frame(
        setting.scene, k, frame_for(setting.scene, k, mention_for(setting.scene, k), setting.mind), setting.mind
    )


def _place(line: Line, quantity: Quantity) -> tuple[int, int]:
    return line.tokens[quantity.first].start, line.tokens[quantity.last - 1].end


def _is_trade(  # noqa: PLR0911  one rule a return
    scene: Scene, i: int, m: int | None, mind: Discourse
) -> bool:
    """Whether a quantity speaks of trade: it has a flow, or goes on about one, and no other matter stands nearer."""
    chunks = scene.line.chunks
    quantity = chunks[i].quantity
    assert quantity is not None
    matter = _other_matter(chunks, i)
    if m is not None:
        mention = scene.mentions[m]
        distance = i - mention.head if mention.head < i else max(1, mention.first - i)
        if quantity.sort == "percent" and not names_a_whole(scene, i):
            return False
        if matter is not None and mention.first > i and any(c.low == "," for c in chunks[i + 1 : mention.first]):
            return False  # "the GDP came to $16 billion, meaning that trade with China was larger"
        return matter is None or matter >= distance or (mention.first <= i < mention.last)
    if matter is not None or (mind.running.flow is None and mind.running.a is None):
        return False
    if _goes_on_with_matter(scene, i):
        return False
    if quantity.sort == "percent":
        return (
            (is_part(scene, i) and names_a_whole(scene, i))
            or sign_of_change(scene.line, i)[0] != 0
            or is_yearly(scene.line, i)
        )
    if quantity.sort in ("times", "points"):
        return sign_of_change(scene.line, i)[0] != 0
    return True


def _goes_on_with_matter(scene: Scene, i: int) -> bool:
    """ "Production was 46.7 bcm, a decline of 9.6%": goes on about a number that is no trade."""
    chunks = scene.line.chunks
    before = [k for k in range(i) if chunks[k].quantity is not None]
    if not before or any(c.low == ";" for c in chunks[before[-1] : i]) or mention_for(scene, before[-1]) is not None:
        return False
    return _other_matter(chunks, before[-1]) is not None or _goes_on_with_matter(scene, before[-1])


def _other_matter(chunks: Sequence[Chunk], i: int) -> int | None:
    """Distance to the nearest word of another matter (investment, GDP, a loan) in the clause."""
    best: int | None = None
    for k in range(i - 1, max(-1, i - 12), -1):
        if chunks[k].low in (";", "while", "whereas") or chunks[k].kind == "quantity":
            break
        if chunks[k].has("other") and not chunks[k].has("flow"):
            best = i - k
            break
    for k in range(i + 1, min(len(chunks), i + 5)):
        if chunks[k].low in (",", ";", ".", "(") or chunks[k].kind == "quantity":
            break
        if chunks[k].has("other") and not chunks[k].has("flow"):
            return min(best or 99, k - i)
    return best
