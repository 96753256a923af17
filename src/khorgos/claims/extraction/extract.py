"""Every trade number of a text, found and read."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from khorgos.claims.claim import Claim
from khorgos.claims.extraction.assign import Scene, scene_of
from khorgos.claims.extraction.calendar import Calendar, Today, read_date
from khorgos.claims.extraction.chunks import Line, read_line
from khorgos.claims.extraction.drafts import Draft
from khorgos.claims.extraction.figures import Setting, figure
from khorgos.claims.extraction.frames import Discourse, hub_of, is_group, subjects
from khorgos.claims.extraction.mentions import Mention, find_mentions
from khorgos.claims.extraction.reading import Reading, read
from khorgos.claims.extraction.sentences import sentences
from khorgos.claims.extraction.times import Role, role
from khorgos.claims.places import place


def extract(text: str, *, date: dt.date | str | None = None, article: str = "") -> tuple[Claim, ...]:
    """Read every trade number of a text.

    Args:
        text: the article, plain.
        date: when it was written: a day, "2025-03-20", "2025-03" or "2025"; None where not known.
        article: a name for it, kept in the claims.

    Returns:
        The claims in the order of the text.

    Raises:
        BadInput: if the date cannot be read.
    """
    reading = read(text)
    today = read_date(date)
    lines = [read_line(reading.text, sentence) for sentence in sentences(reading.text)]
    drafts = _drafts(lines, today)
    return tuple(_claim(draft, reading, article) for draft in sorted(drafts, key=lambda d: (d.start, d.end)))


def _drafts(lines: Sequence[Line], today: Today) -> list[Draft]:
    mentions = [find_mentions(line) for line in lines]
    mind = Discourse(hub=hub_of((m for found in mentions for m in found), lines))
    calendar = Calendar(today, _year_spoken_of(lines))
    drafts: list[Draft] = []
    for line, found in zip(lines, mentions, strict=True):
        drafts += _read_sentence(line, found, calendar, mind)
    return drafts


def _year_spoken_of(lines: Sequence[Line]) -> int | None:
    years = Counter(
        chunk.when.year
        for line in lines
        for chunk in line.chunks
        if chunk.when is not None
        and chunk.when.year is not None
        and chunk.when.sort not in ("horizon", "date", "years")
    )
    return max(years) if years else None


def _read_sentence(line: Line, mentions: list[Mention], calendar: Calendar, mind: Discourse) -> list[Draft]:
    _note_source(line, mind)
    about = subjects(line, mentions)
    scene = scene_of(line, mentions, about, mind)
    roles: dict[int, Role] = {i: role(line, i) for i, chunk in enumerate(line.chunks) if chunk.when is not None}
    setting = Setting(scene, roles, calendar, mind, monthly=False)
    drafts: list[Draft] = []
    for i, chunk in enumerate(line.chunks):
        if chunk.quantity is None:
            continue
        draft = figure(setting, i)
        if draft is not None:
            drafts.append(draft)
    _remember(scene, drafts, setting, mind)
    return drafts


def _note_source(line: Line, mind: Discourse) -> None:
    named = [chunk.source for chunk in line.chunks if chunk.source is not None]
    if named:
        mind.source = " and ".join(dict.fromkeys(source.label for source in named))
        areas = [source.area for source in named if source.area]
        mind.source_area = areas[0] if areas else mind.source_area


def _remember(scene: Scene, drafts: Sequence[Draft], setting: Setting, mind: Discourse) -> None:
    """Carry what a sentence said on to the next."""
    for mention, frame in zip(scene.mentions, scene.frames, strict=True):
        if frame.sure == 2 and frame.a is not None:
            mind.running = frame
    for draft in drafts:
        if draft.frame is not None and draft.kind != "tariff_rate":
            mind.running = draft.frame
    for _, area in scene.about:
        if is_group(area):
            mind.region = area
        else:
            mind.subject = area
    _remember_period(scene, drafts, setting, mind)


def _remember_period(scene: Scene, drafts: Sequence[Draft], setting: Setting, mind: Discourse) -> None:
    for i, kind in setting.roles.items():
        when = scene.line.chunks[i].when
        if kind == "time" and when is not None and (drafts or any(i in m.whens for m in scene.mentions)):
            found = setting.calendar.period(when, mind.period)
            if found is not None:
                mind.period = found


def _claim(draft: Draft, reading: Reading, article: str) -> Claim:
    line = draft.scene.line
    sentence = reading.span(line.sentence.start, line.sentence.end)
    span = reading.span(draft.start, draft.end)
    frame = draft.frame
    return Claim(
        article=article,
        sentence=reading.source[slice(*sentence)],
        sentence_span=sentence,
        span=span,
        value_span=span,
        surface=reading.source[slice(*span)],
        kind=draft.kind,
        reporter=place(frame.a) if frame is not None and frame.a is not None else None,
        partner=place(frame.b) if frame is not None and frame.b is not None else None,
        flow=frame.flow if frame is not None else None,  # type: ignore[arg-type]
        product=(frame.product or None) if frame is not None else None,
        period=draft.period,
        value=draft.value,
        unit=draft.unit,
        qualifier=draft.qualifier,  # type: ignore[arg-type]
        base_period=draft.base_period,
        base_value=draft.base_value,
        attribution=draft.source,
        scope=draft.scope,
        note="; ".join(draft.notes) or None,
        rounding=draft.step,
        low=draft.low,
        high=draft.high,
        currency=draft.currency,
        other_value=draft.other[0] if draft.other else None,
        other_unit=draft.other[1] if draft.other else None,
    )


__all__ = ["extract", "replace"]
