"""How a statement without a printed number becomes a draft: its words, value and period."""

from __future__ import annotations

from dataclasses import replace

from khorgos.claims.extraction.discourse import Frame
from khorgos.claims.extraction.drafts import Draft, words_of
from khorgos.claims.extraction.measured import mention_for
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.times import time_of
from khorgos.claims.extraction.wordings import Wording
from khorgos.nomenclature.periods import Period


def new_draft(setting: Setting, i: int, wording: Wording, kind: str, frame: Frame | None) -> Draft:
    """A draft of a wording, with its period.

    Args:
        setting: its sentence.
        i: its chunk.
        wording: what it says.
        kind: the kind of claim.
        frame: its flow.
    """
    if frame is not None and not frame.product:
        goods = [c.low for c in setting.scene.line.chunks[:i] if c.product]
        frame = replace(frame, product=goods[-1]) if goods else frame
    draft = Draft(setting.scene, wording.start, wording.end, kind, frame, chunk=i)  # type: ignore[arg-type]
    draft.value, draft.unit, draft.qualifier = wording.value, wording.unit or None, wording.qualifier
    draft.period_sure, period = period_at(setting, i)
    draft.period = words_of(period)
    return draft


def period_at(setting: Setting, i: int) -> tuple[bool, Period | None]:
    """The period of a chunk without a number, and whether the sentence tells it."""
    line = setting.scene.line
    m = mention_for(setting.scene, i)
    k = time_of(line, i, setting.scene.mentions[m] if m is not None else None, setting.roles)
    if k is None:
        return False, setting.mind.period
    when = line.chunks[k].when
    assert when is not None
    found = setting.calendar.period(when, setting.mind.period)
    return found is not None, found or setting.mind.period
