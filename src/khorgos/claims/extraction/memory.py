"""What a sentence leaves in the reader's mind for the next: the flow, the pair, the period in question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from khorgos.claims.extraction.bases import years_told
from khorgos.claims.extraction.brackets import bracket_told
from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.discourse import Discourse, Frame
from khorgos.claims.extraction.drafts import Draft, words_of
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.scene import Scene
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.sides import WORLD, is_group
from khorgos.core.errors import BadInput
from khorgos.nomenclature.periods import Period, parse_period

# Kinds whose period the next sentence may go on with.
TIMED = word_set("extract", "timed")
_DATELINE = 5  # chunks; chosen because "Tashkent, Uzbekistan, Aug. 7" fits
_TOPIC = 6  # chunks; chosen because "The foreign economic relations of Uzbekistan" fits
_CLAUSE = 8  # chunks; chosen because "before Beijing stopped Australian shipments in late 2020" fits
# Kinds that set no flow for the next sentence.
_NO_FLOW = frozenset(("tariff_rate", "rank", "count"))
_MONTH = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?")


def _is_dateline(line: Line) -> bool:
    """ "BAKU, Azerbaijan, Feb. 26": where and when, and no more."""
    told = [c for c in line.chunks if c.kind not in ("sign", "number") and not _is_in_capitals(line, c)]
    places = [c for c in line.chunks if c.kind == "area" or _is_in_capitals(line, c)]
    return (
        bool(places)
        and len(told) <= _DATELINE
        and all(c.kind in ("area", "when") or c.low == "by" or _MONTH.fullmatch(c.low) for c in told)
    )


def _is_in_capitals(line: Line, chunk: Chunk) -> bool:
    """ "BAKU": the town where it was written."""
    first = line.tokens[chunk.first].text
    return chunk.first == 0 and chunk.kind in ("word", "cue") and first.isupper() and len(first) > 2


def remember(setting: Setting, numbers: Sequence[Draft], rest: Sequence[Draft], mind: Discourse) -> None:
    """Carry what a sentence said on to the next."""
    scene = setting.scene
    _remember_ranks(setting, numbers, rest, mind)
    _remember_named(scene, mind)
    if not numbers and not rest and mind.running.flow not in (None, "total"):
        _remember_talk(scene, mind)
    if scene.mentions or numbers:
        mind.whole = None
    for draft in sorted((d for d in (*numbers, *rest) if d.kind not in _NO_FLOW), key=lambda d: d.start):
        _remember_flow(draft, mind)
    if numbers:
        mind.share = any(draft.kind == "share" for draft in numbers)
    mind.topic = _broken_down([d.frame for d in numbers if d.frame is not None])
    if not _is_dateline(scene.line):  # where it was written
        _remember_subject(scene, numbers, mind)
    named = [chunk.area.area for chunk in scene.line.chunks if chunk.kind == "area" and chunk.area is not None]
    groups = [area for area in named if is_group(area)]
    mind.region = groups[-1] if groups else mind.region
    _remember_period(setting, [*numbers, *rest], mind)
    mind.bracket = bracket_told(scene.line, mind.bracket)
    mind.years = years_told(setting)


def _remember_named(scene: Scene, mind: Discourse) -> None:
    """The flow last named outright, with or without a number."""
    for mention, frame in zip(scene.mentions, scene.frames, strict=True):
        of_two = mention.mutual and frame.a is not None and frame.b not in (None, WORLD)
        if (frame.sure == 2 or of_two) and frame.a is not None and not mention.verb:
            mind.running = frame
            if not frame.listed:
                mind.base = frame


def _remember_subject(scene: Scene, numbers: Sequence[Draft], mind: Discourse) -> None:
    """Whom "it" will stand for; of several partners listed none is what the next sentence is about."""
    items = {d.frame.b for d in numbers if d.frame is not None and d.frame.listed and d.frame.b != WORLD}
    for _, area in scene.about:
        if not (len(items) > 1 and area in items) and (not is_group(area) or area == "EU"):
            mind.subject = area
    if not scene.about and (topic := _topic(scene.line)) is not None and not is_group(topic):
        mind.subject = topic


def _topic(line: Line) -> str | None:
    """ "Trade relations of Uzbekistan extend to": the country that the sentence's first noun is of."""
    k = next((k for k, c in enumerate(line.chunks[:_TOPIC]) if c.kind == "area"), None)
    if k is None or k < 2 or line.chunks[k - 1].low != "of" or any(c.kind != "word" for c in line.chunks[: k - 1]):
        return None
    area = line.chunks[k].area
    return area.area if area is not None and not line.chunks[k].weak else None


def _broken_down(frames: Sequence[Frame]) -> Frame | None:
    """The turnover of a sentence that goes on to give its exports and its imports."""
    first = frames[0] if frames and frames[0].flow == "total" else None
    parts = {f.flow for f in frames[1:] if first is not None and {f.a, f.b} == {first.a, first.b}}
    return first if parts >= {"export", "import"} else None


def _remember_talk(scene: Scene, mind: Discourse) -> None:
    """ "Uzbekistan traded with 204 countries": without a figure, but the turnover is spoken of from here on."""
    for mention, frame in zip(scene.mentions, scene.frames, strict=True):
        if mention.flow == "total" and mention.a and frame.a == mind.running.a and frame.b == WORLD:
            mind.running = mind.base = frame


def _remember_flow(draft: Draft, mind: Discourse) -> None:
    frame = draft.frame
    if frame is None or frame.flow is None or draft.orphan:
        return
    if mind.hub in (frame.a, frame.b) or frame.sure == 2:
        mind.off_hub = mind.hub not in (frame.a, frame.b, None)
    _keep_centre(draft, mind)
    mind.running = frame
    if frame.flow == "total" and not frame.listed:
        mind.turnover = frame
    if not frame.listed and not draft.base_of and draft.kind != "share":
        mind.base = frame


def _remember_ranks(setting: Setting, numbers: Sequence[Draft], rest: Sequence[Draft], mind: Discourse) -> None:
    """The partner last placed, and the hub that the ranking is of."""
    scene = setting.scene
    mind.place = scene.mind.place
    ranked = [d.frame.b for d in rest if d.kind == "rank" and d.frame is not None and d.frame.b not in (None, WORLD)]
    listed = [d.frame for d in numbers if d.frame is not None and d.frame.listed and not d.frame.unnamed]
    mind.item = ranked[-1] if ranked else (_new_side(listed[-1], mind) if listed else None)
    placed = [d.frame for d in rest if d.kind == "rank" and d.frame is not None and d.frame.flow is not None]
    if placed and not numbers and not scene.relations:
        mind.running = replace(placed[-1], listed=True)
    for relation in scene.relations:
        if relation.frame.sure == 2 and relation.flow != "invest" and any(d.kind == "rank" for d in rest):
            mind.running, mind.centre = replace(relation.frame, listed=True), relation.hub
            if mind.base.a is None:
                mind.base = relation.frame


def _new_side(frame: Frame, mind: Discourse) -> str | None:
    """The side of a listed flow that the flow before had not."""
    old = {mind.base.a, mind.base.b}
    return next((side for side in (frame.b, frame.a) if side not in (*old, mind.hub)), None)


def _keep_centre(draft: Draft, mind: Discourse) -> None:
    """The side that two flows in a row share is the centre of a list; so is the owner of a whole."""
    frame = draft.frame
    assert frame is not None
    if draft.kind == "share" and frame.a is not None:
        mind.centre = frame.a
        return
    old, new = {mind.running.a, mind.running.b}, {frame.a, frame.b}
    common = (old & new) - {None, WORLD}
    if len(common) == 1 and old != new:
        mind.centre = next(iter(common))


def _remember_period(setting: Setting, drafts: Sequence[Draft], mind: Discourse) -> None:
    """The period of the last figure of the sentence, or that of its heading or flow if it has no figure."""
    if _is_sum_by_the_way(setting.scene.line):
        return
    aside = _is_aside(setting)
    told = [
        d
        for d in drafts
        if d.period_sure
        and not d.base_of
        and not (d.looks_back and not aside)
        and _period_of(d.period or "") is not None
        and d.kind in TIMED
    ]
    told = [d for d in told if d.frame is None or not d.frame.average]
    told = [d for d in told if not _is_in_brackets(setting, d)] or [d for d in told if len(told) == len(drafts)]
    past = {d.period for d in drafts if d.looks_back}
    told = told or [
        d
        for d in drafts
        if d.kind in ("rank", "record") and d.period_sure and d.period is not None and d.period not in past
    ]
    told = _without_compared([d for d in told if not _goes_back(d, drafts, mind.period)])
    told = [d for d in told if d.period == words_of(mind.period)] or told if len(told) > 1 else told
    if drafts and told and all(d.kind in ("rank", "record") for d in told) and mind.period is not None:
        told = [d for d in told if not is_within(mind.period, _period_of(d.period or "") or mind.period)]
    if told:
        mind.aside = aside
        mind.period = _period_of(max(told, key=lambda d: d.start).period or "") or mind.period
        return
    scene = setting.scene
    for i, kind in setting.roles.items():
        when = scene.line.chunks[i].when
        if drafts or kind != "time" or when is None or when.sort in ("same", "earlier"):
            continue
        found = setting.calendar.period(when, mind.period)
        is_stretch = when.sort in ("trailing", "rolling")
        if found is not None and mind.period is not None and is_within(mind.period, found) and not is_stretch:
            continue  # "from this year onwards" is no news of the whole year
        before = [c.low for c in scene.line.chunks[max(0, i - _CLAUSE) : i]]
        aside = any(word in ("before", "when", "since", "until", "promised") for word in before)
        of_flow = any(m.flow is not None for m in scene.mentions) and not aside
        if of_flow or mind.period is None or _is_heading(scene.line) or _is_about_figures(scene.line):
            mind.period = setting.calendar.period(when, mind.period) or mind.period


def _goes_back(draft: Draft, drafts: Sequence[Draft], running: Period | None) -> bool:
    """ "Exports rose 5.9%; in October they had lost 1.1%": an earlier time, behind figures of the one in question."""
    period = _period_of(draft.period or "")
    if running is None or period is None or period.start + period.months > running.start:
        return False
    return any(d.start < draft.start and not d.period_sure and d.period == words_of(running) for d in drafts)


def _without_compared(told: Sequence[Draft]) -> list[Draft]:
    """ "$2.98 trillion surpassed the figure for all of 2010": the later of two periods is spoken of."""
    periods = {d.period: _period_of(d.period or "") for d in told}
    ends = {text: p.start + p.months for text, p in periods.items() if p is not None}
    if len(ends) != 2 or len(told) < 2:
        return list(told)
    (one, one_end), (other, other_end) = ends.items()
    first, last = (periods[one], other) if one_end < other_end else (periods[other], one)
    last_start = periods[last].start  # type: ignore[union-attr]
    apart = first is not None and first.start + first.months <= last_start
    return [d for d in told if d.period == last] if apart else list(told)


def _is_in_brackets(setting: Setting, draft: Draft) -> bool:
    """ "(growth in January 2022 was 22%)", "($586.6 million)": told by the way."""
    chunks = setting.scene.line.chunks
    marks = [c.low for c in chunks[: draft.chunk] if c.low in ("(", ")")] if draft.chunk >= 0 else []
    return bool(marks) and marks[-1] == "("


def _period_of(text: str) -> Period | None:
    try:
        return parse_period(text)
    except BadInput:
        return None


def _is_aside(setting: Setting) -> bool:
    """ "In April alone": a part of the period in question, for the rest of the paragraph."""
    chunks = setting.scene.line.chunks
    return any(c.kind == "when" and k + 1 < len(chunks) and chunks[k + 1].low == "alone" for k, c in enumerate(chunks))


def _is_sum_by_the_way(line: Line) -> bool:
    """ "This brought the surplus of the first eleven months to": what goes on is the month."""
    opening = [c.low for c in line.chunks[:2]]
    return opening[:1] in (["this"], ["that"]) and opening[-1] in (
        "brought",
        "brings",
        "took",
        "takes",
        "pushed",
        "lifted",
    )


def is_within(period: Period, longer: Period) -> bool:
    """Whether a period is the longer one or a part of it."""
    return longer.start <= period.start and period.start + period.months <= longer.start + longer.months


def is_later(period: Period, main: Period) -> bool:
    """Whether a period begins after the main one and is no part of it."""
    return period.start > main.start and period.start + period.months > main.start + main.months


def _is_about_figures(line: Line) -> bool:
    """ "has published trade data for the first half of 2023"."""
    return any(c.low in ("data", "figures", "statistics", "results", "numbers", "report") for c in line.chunks)


def _is_heading(line: Line) -> bool:
    if not line.chunks:
        return False
    return line.chunks[-1].low not in (".", "!", "?", '"') or any(c.has("partner") for c in line.chunks)
