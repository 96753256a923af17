"""What only the whole text tells: periods said later, one figure said twice, bases and their values."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from math import log10

from khorgos.claims.extraction.drafts import Draft
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.numerals import scaled
from khorgos.claims.extraction.sides import WORLD, is_group

_AMOUNTS = frozenset(("level", "balance", "quantity"))
_MEASURED = word_set("finishing", "measured")

_MOST_TWINS = 500  # chosen because no article tells as many figures, and hostile text stays quick
_OF_CHANGE = re.compile(
    r"drop|fall|decrease|decline|increase|rise|jump|growth|gain|slow|fast|first|contraction|surge|plunge|pace", re.I
)
_PACES = ("growth", "pace", "rate")
_AROUND = 7  # chunks; chosen because "the growth of China's exports became the lowest" fits
_ROUNDED = 0.05  # chosen because nobody rounds a figure further, and $2 billion is not the $2.5 billion told before
_SMALL, _MILLION = 1e4, 1e6  # chosen because no trade of a country is worth less than ten thousand
_TONNE = "tonne"


def finish(drafts: list[Draft]) -> list[Draft]:
    """Complete the drafts of a text.

    Args:
        drafts: in the order of the text.

    Returns:
        The drafts, without those that overlap a surer one.
    """
    drafts = _apart(drafts)
    _same_figure(drafts)
    drafts = [d for d in drafts if not d.orphan or d.flow_sure]
    drafts = [d for d in drafts if d.kind != "record" or (d.frame is not None and d.frame.flow is not None)]
    _periods_from_later(drafts)
    _aims(drafts)
    _currencies(drafts)
    _scales(drafts)
    _bases(drafts)
    _records(drafts)
    _blocs(drafts)
    return drafts


def _blocs(drafts: Sequence[Draft]) -> None:
    """ "Behind the EU and ASEAN the United States is third": a ranking in which blocs count as one."""
    ranks = [d for d in drafts if d.kind == "rank" and d.frame is not None]
    counting = {d.frame.a for d in ranks if d.frame is not None and is_group(d.frame.b or WORLD) and d.frame.b != WORLD}
    for rank in ranks:
        if rank.frame is not None and rank.frame.a in counting:
            rank.scope = f"{rank.scope}, blocs counted as one"


def _records(drafts: Sequence[Draft]) -> None:
    """ "Exports at their lowest since 2011", and further on how much they were: the level that is the record."""
    for record in drafts:
        if record.kind != "record" or record.value is not None or record.frame is None or record.period is None:
            continue
        told = record.scene.line.chunks[max(0, record.chunk - _AROUND) : record.chunk]
        of_change = _OF_CHANGE.search(record.scope or "") or any(c.low.endswith(_PACES) for c in told)
        kinds = frozenset(("growth",)) if of_change else _AMOUNTS
        levels = [d for d in drafts if d.kind in kinds and _is_of_same(record, d)]
        if levels:
            level = min(levels, key=lambda d: abs(d.start - record.start))
            record.value, record.unit, record.step, record.currency = (
                level.value,
                level.unit,
                level.step,
                level.currency,
            )


def _is_of_same(record: Draft, other: Draft) -> bool:
    """Whether a figure is of the very flow, sides, goods and period that a record is told of."""
    if other.value is None or other.base_of or other.frame is None:
        return False
    mine, its = record.frame, other.frame
    assert mine is not None
    same = (mine.a, mine.b, mine.flow) == (its.a, its.b, its.flow) or (
        (mine.a, mine.b) == (its.b, its.a) and {mine.flow, its.flow} == {"export", "import"}
    )
    return same and record.period == other.period and (mine.product or "") in ("", its.product or "")


def _aims(drafts: Sequence[Draft]) -> None:
    """ "Both sides have set a target of $100 billion": nobody aims at a balance without saying so."""
    for draft in drafts:
        if draft.kind != "target" or draft.flow_sure or draft.frame is None:
            continue
        of_two = any(c.marks.get("anaphor") == "pair" for c in draft.scene.line.chunks[: max(draft.chunk, 0)])
        if draft.frame.flow == "balance" or (of_two and draft.frame.flow in ("export", "import")):
            draft.frame = replace(draft.frame, flow="total", sign=0)
            draft.value = None if draft.value is None else abs(draft.value)


def _apart(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts, in order of their starts, without those that begin within one before."""
    kept: list[Draft] = []
    done = -1
    for draft in drafts:
        if draft.start >= done:
            kept.append(draft)
            done = draft.end
    return kept


def _same_figure(drafts: Sequence[Draft]) -> None:
    """A figure said twice means one thing: the telling sentence lends its slots to the other."""
    told: dict[str | None, list[Draft]] = {}
    for draft in drafts:
        if draft.kind in _AMOUNTS and draft.flow_sure and draft.value is not None:
            told.setdefault(draft.unit, []).append(draft)
    for listed in told.values():
        listed.sort(key=_size)
    for draft in drafts:
        if draft.kind not in (*_AMOUNTS, "record") or draft.value is None:
            continue
        if draft.flow_sure and draft.period is not None:
            continue
        twin = _twin(draft, told.get(draft.unit, []))
        if twin is not None:
            _lend(twin, draft, drafts)


def _size(draft: Draft) -> float:
    return draft.value or 0.0


def _twin(draft: Draft, told: list[Draft]) -> Draft | None:
    """The first amount of the text that may be the same figure."""
    if draft.value is None:
        return None
    reach = 2 * _ROUNDED * abs(draft.value)
    first = bisect_left(told, draft.value - reach, key=_size)
    near = (d for d in islice(told, first, first + _MOST_TWINS) if d is not draft and _alike(d, draft))
    return min(near, key=lambda d: d.start, default=None)


def _lend(twin: Draft, draft: Draft, drafts: Sequence[Draft]) -> None:
    if not draft.flow_sure and twin.frame is not None and draft.kind != "record":
        draft.frame, draft.flow_sure = twin.frame, True
        draft.kind = twin.kind if draft.kind in _AMOUNTS else draft.kind
    if draft.period is None:
        draft.period = twin.period
    at = drafts.index(draft)
    for record in drafts[max(0, at - 4) : at + 5]:
        if record.kind == "record" and record.value == draft.value and abs(record.start - draft.start) < 200:
            record.frame, record.period = draft.frame, draft.period


def _alike(a: Draft, b: Draft) -> bool:
    """Whether two amounts may be one figure, perhaps rounded differently."""
    if a.value is None or b.value is None or a.step is None or b.step is None:
        return False
    apart = abs(a.value - b.value)
    return apart <= 0.5 * max(a.step, b.step) * 1.0001 and apart <= _ROUNDED * max(abs(a.value), abs(b.value))


def _periods_from_later(drafts: Sequence[Draft]) -> None:
    """A lead without a period takes that of the first figure after it that has one."""
    following: str | None = None
    for draft in reversed(drafts):
        if draft.kind in ("tariff_rate", "target"):
            continue
        if draft.period is not None:
            tells = draft.kind in (*_AMOUNTS, "growth", "share") and not draft.base_of and not draft.looks_back
            following = draft.period if tells else following
        elif following is not None and not (
            draft.kind == "rank" and draft.frame is not None and draft.frame.flow is None
        ):
            draft.period = following


def _currencies(drafts: Sequence[Draft]) -> None:
    """Money without a currency is in that of the text, else in dollars."""
    named = Counter(d.currency for d in drafts if d.currency is not None)
    usual = named.most_common(1)[0][0] if named else "USD"
    measured = ""
    for draft in drafts:
        if draft.unit is None and draft.kind == "level" and measured == _TONNE:
            draft.kind, draft.unit = "quantity", _TONNE
            draft.notes = (*draft.notes, "unit not stated; read as tonnes")
        if draft.kind in ("level", "balance", "quantity") and draft.unit is not None:
            measured = draft.unit
        if draft.unit is None and draft.kind in ("level", "balance", "difference", "target"):
            draft.unit = draft.currency = usual
            draft.notes = (*draft.notes, f"currency not stated; read as {usual}")


def _scales(drafts: Sequence[Draft]) -> None:
    """ "It amounted to $726.8": an amount whose scale was left out has that of the amounts around it."""
    money = [d for d in drafts if d.kind in ("level", "balance") and d.value and d.currency is not None]
    for draft in money:
        if draft.value is None or draft.step is None or abs(draft.value) >= _SMALL or draft.chunk < 0:
            continue
        near = [abs(d.value or 0) for d in money if abs(d.value or 0) >= _MILLION]
        if not near or draft.frame is None or draft.frame.flow is None:
            continue
        size = min((_MILLION, 1e9), key=lambda s: min(abs(log10(abs(draft.value or 1) * s / v)) for v in near))
        draft.value, draft.step = scaled(draft.value, size), scaled(draft.step, size)
        draft.notes = (*draft.notes, "scale not stated; read as the amounts around it")


def _bases(drafts: Sequence[Draft]) -> None:
    """The value of a base goes to the statement it supports; the flow of that statement to the base."""
    for i, draft in enumerate(drafts):
        if not draft.base_of:
            continue
        for other in reversed(drafts[:i]):
            if other.scene.line is draft.scene.line and other.kind in _MEASURED and not other.base_of:
                other.base_value = draft.value
                other.base_period = draft.period
                break
        if draft.frame is not None:
            draft.frame = replace(draft.frame)
