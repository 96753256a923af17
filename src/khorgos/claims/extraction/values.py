"""What a number says: kind, sign, unit and value, once its flow and period are known."""

from __future__ import annotations

import re

from khorgos.claims.extraction.aims import aim, is_goal
from khorgos.claims.extraction.assign import frame_for
from khorgos.claims.extraction.bases import compared_with
from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.discourse import Frame
from khorgos.claims.extraction.drafts import Draft, words_of
from khorgos.claims.extraction.measured import mention_for
from khorgos.claims.extraction.moves import is_change, is_share, sign_of_change
from khorgos.claims.extraction.quantity import Quantity
from khorgos.claims.extraction.scene import Scene
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.shares import is_part, share_frame
from khorgos.claims.extraction.times import attached_time
from khorgos.nomenclature.periods import Period


def _is_passed(line: Line, i: int) -> bool:
    """ "exceeded the $100 billion threshold", "crossed $50 bn": more than is said."""
    k = i - 1
    while k >= 0 and line.chunks[k].low in ("the", "a"):
        k -= 1
    return k >= 0 and bool(re.match(r"exceed|surpass|cross(?:ed|ing|es)$|topp(?:ed|ing)$|passed$", line.chunks[k].low))


def read_value(setting: Setting, draft: Draft, quantity: Quantity, i: int, period: Period | None) -> None:
    """Fill in what a number says: its kind, its value with sign and bounds, what it is compared with."""
    draft.value, draft.unit, draft.step = quantity.value, quantity.unit, quantity.step
    draft.low, draft.high, draft.qualifier = quantity.low, quantity.high, quantity.qualifier
    draft.notes = tuple(filter(None, (quantity.note,)))
    draft.other = quantity.other
    draft.currency = quantity.unit if quantity.sort == "money" else None
    if draft.orphan and len(setting.scene.line.chunks) == 1 and quantity.sign:
        draft.kind, draft.value = "level", quantity.sign * abs(quantity.value or 0.0)
        return  # "-$59.5B" on a line of its own, as a dashboard shows it: the text tells what it is
    if draft.qualifier == "exact" and _is_passed(setting.scene.line, i):
        draft.qualifier = "more_than"
    if quantity.low is not None:
        draft.qualifier = None
    if quantity.sort == "percent":
        _read_percent(setting, draft, i, period)
    elif quantity.sort == "points":
        draft.kind = "difference"
        draft.frame = _frame_of_share(setting, i) or draft.frame
        _signed(setting, draft, i, period)
    elif quantity.sort == "times":
        _read_times(setting, draft, quantity, i, period)
    else:
        _read_amount(setting, draft, quantity, i, period)


def _frame_of_share(setting: Setting, i: int) -> Frame | None:
    """ "46.6 percent of trade, up 1.2 percentage points": the change of the share before."""
    scene = setting.scene
    before = [k for k in range(i) if scene.line.chunks[k].quantity is not None]
    if not before or not is_part(scene, before[-1]):
        return None
    k = before[-1]
    return share_frame(scene, k, frame_for(scene, k, mention_for(scene, k), setting.mind), setting.mind)


def _read_percent(setting: Setting, draft: Draft, i: int, period: Period | None) -> None:
    scene = setting.scene
    if is_part(scene, i):
        draft.kind = "share"
        draft.frame = share_frame(scene, i, draft.frame, setting.mind)
        return
    draft.kind = "growth"
    _signed(setting, draft, i, period)
    horizon = aim(setting, i) if is_goal(scene.line, i) else None
    if horizon is not None:
        draft.kind = "target"
        draft.period, draft.period_sure = (words_of(horizon) if isinstance(horizon, Period) else draft.period), True


def _signed(setting: Setting, draft: Draft, i: int, period: Period | None) -> None:
    sign, _word = sign_of_change(setting.scene.line, i)
    if draft.value is not None:
        draft.value = -abs(draft.value) if sign < 0 else abs(draft.value)
    if sign < 0 and draft.low is not None and draft.high is not None:
        draft.low, draft.high = -draft.high, -draft.low
    draft.base_period = words_of(compared_with(setting, i, period))


def _read_times(setting: Setting, draft: Draft, quantity: Quantity, i: int, period: Period | None) -> None:
    draft.kind = "ratio_multiple"
    sign, _word = sign_of_change(setting.scene.line, i)
    if sign < 0 and draft.value and draft.value > 1:
        draft.notes = (*draft.notes, f"{quantity.value:g} times less")
        draft.value = 1 / draft.value
    draft.base_period = words_of(compared_with(setting, i, period))


def _read_amount(setting: Setting, draft: Draft, quantity: Quantity, i: int, period: Period | None) -> None:
    line = setting.scene.line
    if _read_price(setting, draft, quantity, i, period):
        return
    if quantity.per is not None:
        draft.notes = (*draft.notes, f"per {quantity.per}")
    of_duties = any(c.has("tariff") for c in line.chunks)  # "$34 billion of goods" that will bear them is no aim
    horizon = aim(setting, i) if not draft.base_of and not of_duties else None
    if horizon is not None:
        draft.kind = "target"
        draft.period, draft.period_sure = (words_of(horizon) if isinstance(horizon, Period) else None), True
        return
    balance = draft.frame is not None and draft.frame.flow == "balance"
    if balance and quantity.sign and draft.value is not None and not draft.base_of and not _is_plus(line, i):
        draft.kind, draft.value = "balance", quantity.sign * abs(draft.value)
        return
    if not draft.base_of and (is_change(line, i) or _is_like_change(setting.scene, i) or _is_growth_in_money(line, i)):
        draft.kind = "difference"
        _signed(setting, draft, i, period)
        return
    _read_level(draft, quantity, line, i)


def _read_price(setting: Setting, draft: Draft, quantity: Quantity, i: int, period: Period | None) -> bool:
    """Read money per tonne, and what is compared with a price or with a quantity in the unit that stands once."""
    line = setting.scene.line
    if quantity.per is not None and quantity.sort == "money" and quantity.unit is not None:
        draft.kind, draft.unit = "price", f"{quantity.unit}/{quantity.per}"
        if is_change(line, i):
            draft.kind = "difference"
            _signed(setting, draft, i, period)
    elif quantity.sort == "money" and not quantity.scaled and _is_price(line, i):
        draft.kind, draft.unit = "price", f"{quantity.unit}/tonne"
    elif draft.base_of and quantity.unit is None and (goods := _goods_before(line, i)) is not None:
        draft.kind, draft.unit, draft.currency = "quantity", goods, None
    elif draft.base_of and (per := _price_before(line, i)) is not None:
        draft.kind, draft.unit = "price", f"{quantity.unit}/{per}"
    else:
        return False
    return True


def _read_level(draft: Draft, quantity: Quantity, line: Line, i: int) -> None:
    frame = draft.frame
    balance = frame is not None and frame.flow == "balance"
    draft.kind = "balance" if balance else ("quantity" if quantity.sort == "goods" else "level")
    below = frame is not None and (frame.sign < 0 or (not frame.sign and _is_negative(line, i)))
    if balance and draft.value is not None and below:
        draft.value = -abs(draft.value)
    if frame is not None and frame.average:
        draft.notes = (*draft.notes, "average over months")


def _is_price(line: Line, i: int) -> bool:
    """ "the average price of imported beef fell to 6,909 USD": of a tonne, as customs count."""
    chunks = line.chunks
    k = next((k for k in range(i - 1, max(-1, i - 9), -1) if chunks[k].low.endswith(("price", "prices"))), None)
    quantity = chunks[i].quantity
    if k is None or quantity is None or not (quantity.unit or "").isalpha():
        return False
    return not any(c.kind == "quantity" or c.low in (",", ";") for c in chunks[k:i])


def _goods_before(line: Line, i: int) -> str | None:
    """ "77.2 million tonnes, against 75.4 million": the unit stands once."""
    before = [c.quantity for c in line.chunks[:i] if c.quantity is not None and c.quantity.sort != "percent"]
    return before[-1].unit if before and before[-1].sort == "goods" else None


def _price_before(line: Line, i: int) -> str | None:
    """ "67.5 dollars per ton against 114 dollars": the base of a price is a price as well."""
    before = [c.quantity for c in line.chunks[:i] if c.quantity is not None]
    own = line.chunks[i].quantity
    if own is None or own.sort != "money" or not before:
        return None
    return before[-1].per if before[-1].unit == own.unit else None


def _is_like_change(scene: Scene, i: int) -> bool:
    """ "exports added $0.5 billion and imports $23.8 billion": the verb of the first serves the second."""
    share = scene.shares.get(i)
    if share is not None and share.head not in (-1, i):
        return is_change(scene.line, share.head)
    if i > 3 and scene.line.chunks[i - 1].low in ("and", "but") and _is_measured_change(scene.line, i):
        return True
    ahead = i - 1 if i and scene.line.chunks[i - 1].low == "by" else i
    if i == 0 or not any(m.last == ahead and not m.verb for m in scene.mentions):
        return False
    quantity = scene.line.chunks[i].quantity
    for k in range(i - 1, -1, -1):
        other = scene.line.chunks[k].quantity
        if scene.line.chunks[k].low in (";", ":"):
            return False
        if other is not None and quantity is not None and other.sort == quantity.sort:
            return is_change(scene.line, k) or _is_like_change(scene, k)
    return False


def _is_measured_change(line: Line, i: int) -> bool:
    """ "lost 700,000 tons (-64%) month-on-month and 200,000 tons (-33%) year-on-year"."""
    chunks = line.chunks
    before = [k for k in range(max(0, i - 9), i) if chunks[k].quantity is not None]
    quantity = chunks[i].quantity
    like = [k for k in before if quantity is not None and _sort(chunks[k]) == quantity.sort]
    signed = i + 2 < len(chunks) and chunks[i + 1].low == "(" and chunks[i + 2].quantity is not None
    return bool(like) and signed and is_change(line, like[-1])


def _sort(chunk: Chunk) -> str | None:
    return chunk.quantity.sort if chunk.quantity is not None else None


def _is_negative(line: Line, i: int) -> bool:
    """ "The trade balance was negative at 3.5 billion"."""
    words = ("negative", "passive", "unfavourable", "unfavorable")
    return any(c.low.startswith(words) for c in line.chunks[max(0, i - 6) : i])


def _is_plus(line: Line, i: int) -> bool:
    quantity = line.chunks[i].quantity
    return quantity is not None and (quantity.sign > 0 or line.chunks[i - 1].low == "(")


def _is_growth_in_money(line: Line, i: int) -> bool:
    """ "increased by 62 percent, or $18.9 billion", "a 1.4 percent decrease ($0.9 billion)"."""
    chunks = line.chunks
    k = i - 1
    words = []
    while k >= 0 and chunks[k].kind != "quantity" and i - k <= 4:
        words.append(chunks[k].low)
        k -= 1
    before = chunks[k].quantity if k >= 0 else None
    if before is None or before.sort != "percent" or is_share(line, k):
        return False
    if sign_of_change(line, k)[0] == 0 and chunks[max(0, k - 1)].low != "by":
        return False
    if attached_time(line, i) is not None:
        return False
    if "or" in words and set(words) <= {",", "or", "by"}:
        return True
    by = (k > 0 and chunks[k - 1].low == "by") or chunks[k].low.startswith("by")
    noun = any(chunks[j].has("change") for j in range(k + 1, i))
    return bool(words) and words[-1] == "(" and set(words[:-1]) <= {"or", "by"} and (by or noun)
