"""Every trade number of a text, found and read."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from khorgos.claims.claim import Claim
from khorgos.claims.extraction.areas_in_text import Source
from khorgos.claims.extraction.assign import Scene, scene_of
from khorgos.claims.extraction.calendar import Calendar, Today, read_date
from khorgos.claims.extraction.chunks import Line, read_line
from khorgos.claims.extraction.coreference import with_referents
from khorgos.claims.extraction.discourse import (
    Discourse,
    Frame,
    hub_of,
    is_bilateral,
    main_pair,
    only_group,
    region_of,
    subjects,
    turns_around,
)
from khorgos.claims.extraction.drafts import Draft, words_of
from khorgos.claims.extraction.figures import figure
from khorgos.claims.extraction.finishing import finish
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.mentions import find_mentions
from khorgos.claims.extraction.paraphrase import Tortured, unparaphrased
from khorgos.claims.extraction.places_told import places_after_names
from khorgos.claims.extraction.reading import Reading, read
from khorgos.claims.extraction.remarks import flat, remark, remark_of
from khorgos.claims.extraction.sentences import sentences
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.sides import WORLD, is_group, members_of
from khorgos.claims.extraction.table_claims import TableSetting, table_claims
from khorgos.claims.extraction.tables import Table, find_tables
from khorgos.claims.extraction.tariffs import TariffMind, is_tariff, note_duties, tariff
from khorgos.claims.extraction.times import Role, role
from khorgos.claims.extraction.writing import claim_of
from khorgos.core.errors import BadInput
from khorgos.nomenclature.periods import Period, parse_period

# Kinds whose period the next sentence may go on with.
_TIMED = word_set("extract", "timed")
# First months of fiscal years that do not begin in April (CIA, The World Factbook, field "Fiscal year").
_FISCAL_FIRST = {"PAK": 7, "BGD": 7, "EGY": 7, "AUS": 7, "NPL": 7, "KEN": 7, "UGA": 7, "ETH": 7, "USA": 10, "THA": 10}
_DATELINE = 5  # chunks; chosen because "Tashkent, Uzbekistan, Aug. 7" fits
_CLAUSE = 8  # chunks; chosen because "before Beijing stopped Australian shipments in late 2020" fits
_FIGURES = frozenset(("statistics", "data", "figures", "numbers", "customs", "statisticians", "calculations"))
# Kinds that set no flow for the next sentence.
_NO_FLOW = frozenset(("tariff_rate", "rank", "count"))


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
    plain = read(text)
    reading, tortured = unparaphrased(plain)
    drafts = _Reader(reading, read_date(date)).drafts()
    return tuple(_claims(drafts, reading, plain, tortured, article))


def _claims(
    drafts: Sequence[Draft], reading: Reading, plain: Reading, tortured: Sequence[Tortured], article: str
) -> list[Claim]:
    told = [(plain.span(each.start, each.end), f"{each.written} = {each.meant}") for each in tortured]
    return [claim_of(draft, reading, article, told) for draft in drafts]


class _Reader:
    """One pass over a text, sentence after sentence."""

    def __init__(self, reading: Reading, today: Today) -> None:
        self._text = reading.text
        self._lines = with_referents([read_line(reading.text, sentence) for sentence in sentences(reading.text)])
        self._mentions = [find_mentions(line) for line in self._lines]
        every = [mention for found in self._mentions for mention in found]
        hub = hub_of(every, self._lines)
        self._calendar = Calendar(today, _year_spoken_of(self._lines), _FISCAL_FIRST.get(hub or "", 4))
        self._mind = Discourse(
            hub=hub,
            main=main_pair(every),
            pairs=frozenset(frozenset((*m.a, *m.b)) for m in every if len(m.a) == len(m.b) == 1),
            bilateral=is_bilateral(every, hub),
            around=turns_around(every, hub),
            told_around=turns_around(every) is not None,
            region=region_of(self._lines),
            only_group=only_group(self._lines),
        )
        self._tariff = TariffMind(parties=_parties(self._lines))
        self._paragraph = -1
        self._main: Period | None = None
        self._partners: set[str] = set()
        self._opening: Frame | None = None  # the first flow with a figure
        self._figured: set[str | None] = set()  # periods that figures were told of
        self._main_told = -1  # the paragraph that last spoke of the main period
        self._period: Period | None = None
        self._length = 0  # sentences that the period in question has lasted
        self._monthly = _is_monthly(reading.text)

    def drafts(self) -> list[Draft]:
        """All drafts, in the order of the text."""
        found: list[Draft] = []
        tables = {table.first: table for table in find_tables(self._text, self._lines)}
        position = 0
        while position < len(self._lines):
            table = tables.get(position)
            if table is None:
                found += self._sentence(position)
                position += 1
            else:
                found += self._table(table, found)
                position = table.last
        return finish(sorted(found, key=lambda d: (d.start, d.end)))

    def _sentence(self, position: int) -> list[Draft]:
        line, mentions, mind = self._lines[position], self._mentions[position], self._mind
        self._turn_paragraph(line)
        _note_source(line, mind)
        about = subjects(line, mentions)
        scene = scene_of(line, mentions, about, mind)
        roles: dict[int, Role] = {i: role(line, i) for i, chunk in enumerate(line.chunks) if chunk.when is not None}
        setting = Setting(scene, roles, self._calendar, scene.mind, self._monthly)
        note_duties(line, self._tariff, setting)
        numbers = self._numbers(setting)
        rest = _wordless(setting, numbers)
        _remember(setting, numbers, rest, mind)
        if mind.period is not None and (
            self._main is None or mind.period == self._main or _is_later(mind.period, self._main)
        ):
            self._main_told = line.sentence.paragraph
        self._figured |= {d.period for d in numbers if d.kind in _TIMED}
        frames = [d.frame for d in (*numbers, *rest) if d.frame is not None]
        self._opening = self._opening or next(iter(frames), None)
        self._partners |= {s for f in frames for s in (f.a, f.b) if s not in (None, WORLD, mind.hub)}
        return [*numbers, *rest]

    def _turn_paragraph(self, line: Line) -> None:
        """A new paragraph goes on with the main period, not with an earlier one that the last looked back to."""
        mind = self._mind
        if line.sentence.paragraph != self._paragraph:
            told = self._main is not None and words_of(self._main) in self._figured
            if mind.period is not None and self._main is not None and told and self._is_left(mind.period, self._main):
                mind.period = self._main
            self._paragraph = line.sentence.paragraph
            mind.aside = False
            self._back_to_all()
        self._length = self._length + 1 if mind.period == self._period else 1
        self._period = mind.period
        if mind.aside:
            return
        if mind.period is not None and (self._main is None or _is_later(mind.period, self._main)):
            self._main = mind.period

    def _is_left(self, period: Period, main: Period) -> bool:
        """Whether a new paragraph leaves the period: one before the main one, or a part of it that has been dealt with.

        Paragraphs of one sentence go on with a part ("In August ..."), as wires write.
        """
        if period.start + period.months <= main.start or self._mind.aside:
            return True
        dealt_with = self._length > 1 or self._main_told == self._paragraph
        return _is_within(period, main) and period != main and dealt_with

    def _back_to_all(self) -> None:
        """After a paragraph about several partners of the hub, a bare flow means its trade with all again."""
        mind, partners = self._mind, self._partners
        self._partners = set()
        sides = (mind.running.a, mind.running.b, mind.centre)
        survey = self._opening is not None and self._opening.b == WORLD
        if len(partners) > (0 if survey else 1) and mind.hub is not None and mind.hub in sides:
            group = next((side for side in mind.main or () if is_group(side)), None)
            within = group is not None and not survey and partners <= members_of(group) | {group}
            mind.whole = Frame(mind.hub, group if within else WORLD, mind.running.flow)

    def _numbers(self, setting: Setting) -> list[Draft]:
        drafts = []
        for i, chunk in enumerate(setting.scene.line.chunks):
            if chunk.quantity is None:
                continue
            if is_tariff(setting.scene.line, i, self._tariff):
                drafts.append(tariff(setting, i, self._tariff))
            elif (draft := figure(setting, i)) is not None:
                drafts.append(draft)
        return drafts

    def _table(self, table: Table, found: Sequence[Draft]) -> list[Draft]:
        above = [self._lines[i] for i in range(max(0, table.first - 2), table.first)]
        above = [line for line in above if all(chunk.quantity is None for chunk in line.chunks)]
        caption = " ".join(self._text[line.sentence.start : line.sentence.end] for line in above)
        return table_claims(table, TableSetting(self._text, self._calendar, self._mind, caption, found))


def _is_dateline(line: Line) -> bool:
    """ "BAKU, Azerbaijan, Feb. 26": where and when, and no more."""
    told = [c for c in line.chunks if c.kind not in ("sign", "number")]
    places = [c for c in told if c.kind == "area"]
    return (
        bool(places)
        and len(told) <= _DATELINE
        and all(c.kind in ("area", "when") or c.low == "by" or _MONTH.fullmatch(c.low) for c in told)
    )


def _parties(lines: Sequence[Line]) -> tuple[str, ...]:
    """The two countries that a text names most; none if no two stand out."""
    named = Counter(
        c.area.area
        for line in lines
        for c in line.chunks
        if c.kind in ("area", "person") and c.area is not None and not is_group(c.area.area)
    )
    first = [area for area, n in named.most_common(3) if n > 1]
    return tuple(first[:2]) if len(first) > 1 else ()


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


_FROM_MONTH = re.compile(
    r"(?:%|percent|per cent|billion|million)\s+(?:less\s+|more\s+|lower\s+|higher\s+)?(?:from|than(?:\s+in)?)\s+"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)\b(?!\s+(?:of\s+)?(?:last|20))"
)


_MONTH = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?")
_IN_MONTH = re.compile(
    r"\bfrom\s+(?:us)?\$[0-9.,]+\s?(?:billion|bn|million|b)?\s+in\s+"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)\b(?!\s+(?:of\s+)?(?:last|20))"
)


def _is_monthly(text: str) -> bool:
    """Whether the text compares months with the months before, as the releases of the U.S. Census Bureau do."""
    low = text.lower()
    return any(pattern.search(low) is not None for pattern in (_FROM_MONTH, _IN_MONTH)) or any(
        words in low
        for words in (
            "bureau of economic analysis",
            "census bureau",
            "month-on-month",
            "from the previous month",
            "from the prior month",
        )
    )


def _wordless(setting: Setting, numbers: Sequence[Draft]) -> list[Draft]:
    line = setting.scene.line
    drafts: list[Draft] = []
    placed = dict(places_after_names(line))
    for i, chunk in enumerate(line.chunks):
        found = None
        if chunk.wording is not None:
            found = remark(setting, i, numbers)
        elif chunk.has("flat"):
            found = flat(setting, i)
        elif i in placed:
            found = remark_of(setting, i, placed[i], numbers)
        if found is not None:
            drafts.append(found)
    return drafts


def _note_source(line: Line, mind: Discourse) -> None:
    named = [chunk.source for chunk in line.chunks if chunk.source is not None] or _statistics_of(line)
    if named:
        mind.source = " and ".join(dict.fromkeys(source.label for source in named))
        areas = [area for source in named if (area := _area_of(source, mind)) is not None]
        mind.source_area = areas[0] if areas else mind.source_area


def _area_of(source: Source, mind: Discourse) -> str | None:
    """Whose office it is; of several countries with one of that name the one that the text is about."""
    if "|" not in source.area:
        return source.area or None
    known = [*(mind.main or ()), mind.hub, mind.running.a, mind.running.b]
    return next((area for area in source.area.split("|") if area in known), None)


def _statistics_of(line: Line) -> list[Source]:
    """ "Kyrgyz statistics tell another story": a country's figures, though no office is named."""
    for k, chunk in enumerate(line.chunks[:-1]):
        if chunk.kind != "area" or chunk.area is None or is_group(chunk.area.area):
            continue
        words = [c.low for c in line.chunks[k + 1 : k + 4] if c.low not in ("official", "government", "'s", "national")]
        if words and words[0] in _FIGURES:
            return [Source(f"{chunk.low.title()} {words[0]}", chunk.area.area)]
    return []


def _remember(setting: Setting, numbers: Sequence[Draft], rest: Sequence[Draft], mind: Discourse) -> None:
    """Carry what a sentence said on to the next."""
    scene = setting.scene
    _remember_ranks(setting, numbers, rest, mind)
    for mention, frame in zip(scene.mentions, scene.frames, strict=True):
        if frame.sure == 2 and frame.a is not None and not mention.verb:
            mind.running = frame
            if not frame.listed:
                mind.base = frame
    if not numbers and not rest and mind.running.flow not in (None, "total"):
        _remember_talk(scene, mind)
    if scene.mentions or numbers:
        mind.whole = None
    for draft in sorted((d for d in (*numbers, *rest) if d.kind not in _NO_FLOW), key=lambda d: d.start):
        _remember_flow(draft, mind)
    if numbers:
        mind.share = any(draft.kind == "share" for draft in numbers)
    mind.topic = _broken_down([d.frame for d in numbers if d.frame is not None])
    items = {d.frame.b for d in numbers if d.frame is not None and d.frame.listed and d.frame.b != WORLD}
    for _, area in scene.about:
        if _is_dateline(scene.line):
            break  # where it was written
        if len(items) > 1 and area in items:
            continue  # of several partners listed none is what the next sentence is about
        if not is_group(area) or area == "EU":
            mind.subject = area
    named = [chunk.area.area for chunk in scene.line.chunks if chunk.kind == "area" and chunk.area is not None]
    groups = [area for area in named if is_group(area)]
    mind.region = groups[-1] if groups else mind.region
    _remember_period(setting, [*numbers, *rest], mind)


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
    _keep_centre(draft, mind)
    mind.running = frame
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
    return next((side for side in (frame.b, frame.a) if side not in old), None)


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
    aside = _is_aside(setting)
    told = [
        d
        for d in drafts
        if d.period_sure
        and not d.base_of
        and not (d.looks_back and not aside)
        and d.period is not None
        and d.kind in _TIMED
    ]
    told = [d for d in told if d.frame is None or not d.frame.average]
    told = [d for d in told if not _is_in_brackets(setting, d)] or [d for d in told if len(told) == len(drafts)]
    past = {d.period for d in drafts if d.looks_back}
    told = told or [
        d
        for d in drafts
        if d.kind in ("rank", "record") and d.period_sure and d.period is not None and d.period not in past
    ]
    told = _without_compared(told)
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
        if found is not None and mind.period is not None and _is_within(mind.period, found) and not is_stretch:
            continue  # "from this year onwards" is no news of the whole year
        before = [c.low for c in scene.line.chunks[max(0, i - _CLAUSE) : i]]
        aside = any(word in ("before", "when", "since", "until", "promised") for word in before)
        of_flow = any(m.flow is not None for m in scene.mentions) and not aside
        if of_flow or _is_heading(scene.line) or _is_about_figures(scene.line):
            mind.period = setting.calendar.period(when, mind.period) or mind.period


def _without_compared(told: Sequence[Draft]) -> list[Draft]:
    """ "$2.98 trillion surpassed the figure for all of 2010": the later of two periods is spoken of."""
    periods = {d.period: _period_of(d.period or "") for d in told}
    ends = {text: p.start + p.months for text, p in periods.items() if p is not None}
    if len(ends) != 2 or len(told) < 2:  # noqa: PLR2004  a series of years goes on with its last
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


def _is_within(period: Period, longer: Period) -> bool:
    return longer.start <= period.start and period.start + period.months <= longer.start + longer.months


def _is_later(period: Period, main: Period) -> bool:
    """Whether a period begins after the main one and is no part of it."""
    return period.start > main.start and period.start + period.months > main.start + main.months


def _is_about_figures(line: Line) -> bool:
    """ "has published trade data for the first half of 2023"."""
    return any(c.low in ("data", "figures", "statistics", "results", "numbers", "report") for c in line.chunks)


def _is_heading(line: Line) -> bool:
    if not line.chunks:
        return False
    return line.chunks[-1].low not in (".", "!", "?", '"') or any(c.has("partner") for c in line.chunks)
