"""Tariff rates of prose: who imposes them on whom, on which goods, from which day."""

from __future__ import annotations

import re
from collections.abc import Sequence

from khorgos.claims.claim import RATE_BEFORE
from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.discourse import Frame
from khorgos.claims.extraction.drafts import Draft
from khorgos.claims.extraction.duties import NEAR
from khorgos.claims.extraction.duty_days import Day, day_of, days_beside, effect_day, known_day, written
from khorgos.claims.extraction.duty_roles import sides_told
from khorgos.claims.extraction.duty_sides import HARD, Told, groups_of, is_worldwide, sides_of
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.sides import WORLD
from khorgos.claims.extraction.tariff_mind import TariffMind

_TWO_PAIRS = 4  # rates: each side's before and after
_NEARBY = 900  # characters; chosen because a note on a round of duties has about as many before it says from when
_HEADING = 6  # chunks of a line that only names whose duties follow, as "Imposed by China:"
_LOWERED = re.compile(r"\b(?:down|lowered|reduced|cut|falls?|drops?|raised|doubled) (?:.* )?to$")
_STAYS = frozenset(("stay", "stays", "remain", "remains", "contained", "already", "keep", "keeps", "kept"))
_ALL = re.compile(r"\b(?:both|agreed|agreement|deal|cuts|reductions|truce|changes|all)\b")  # of several governments
_THAT = re.compile(
    r"\b(?:they|it|these|this|those|them|was agreed|both|"
    r"the (?:new )?(?:cuts?|rates?|increases?|reductions?|changes?|tariffs?|duties|duty))\b"
)


def note_duties(line: Line, mind: TariffMind, setting: Setting) -> None:
    """Keep what a sentence says of duties without a rate: the day of a heading, who laid them on whom.

    Args:
        line: the sentence.
        mind: the tariff in question; brought up to date.
        setting: the sentence with its calendar.
    """
    chunks = line.chunks
    _note_heading(chunks, mind, setting)
    cues = [k for k, c in enumerate(chunks) if c.has("tariff")]
    rated = any(c.is_percent for c in chunks)
    mind.lines = 0 if cues else mind.lines + (not rated)
    if mind.lines > NEAR or rated:
        return
    applied = _applied_from(line, setting, mind)
    mind.heading = applied or mind.heading
    day = applied or effect_day(line, setting, mind)
    if day is not None and _THAT.search(" ".join(c.low for c in chunks)):
        _settle(mind, day, all_=_ALL.search(" ".join(c.low for c in chunks)) is not None)
    if cues:
        _note_sides(chunks, mind, day)


def _note_heading(chunks: Sequence[Chunk], mind: TariffMind, setting: Setting) -> None:
    told = [c for c in chunks if c.low not in (".", ":", ",", "-", "\u2013", "\u2014")]
    lead = chunks[0].when if chunks else None
    if lead is None:
        return
    alone = len(told) == 1 or (len(chunks) > 1 and chunks[1].low in ("\u2013", "\u2014", ":", "-"))
    if lead.sort == "year" and len(told) == 1:
        mind.year = lead.year
    elif lead.sort == "date" and alone:
        mind.year = lead.year or mind.year
        mind.heading = written(lead, setting, "", mind)


def _settle(mind: TariffMind, day: str, *, all_: bool) -> None:
    """The rates told before a day that is told for all of them."""
    near = [d for d in mind.waiting if mind.last is None or mind.last.sentence.start - d.start < _NEARBY]
    for draft in (*near, *(d for d in mind.carried if d.scene.line is mind.last)):
        if all_ or draft.frame is None or draft.frame.a == mind.by:
            draft.period, draft.period_sure = day, True
            mind.days[_key(draft)] = day
    mind.waiting.clear()


def _key(draft: Draft) -> tuple[str | None, str | None, float | None]:
    """What tells one rate from another: who lays it on whom, and how high it is."""
    a, b = (draft.frame.a, draft.frame.b) if draft.frame is not None else (None, None)
    return a, b, draft.value if draft.value is not None else draft.high


def _settle_same(mind: TariffMind, draft: Draft, day: str) -> None:
    """A day told for a rate is that of the same rate where it was named before without one."""
    for other in [d for d in (*mind.waiting, *mind.carried) if d.scene.line is not draft.scene.line]:
        if _key(other) != _key(draft):
            continue
        other.period, other.period_sure = day, True
        (mind.waiting if other in mind.waiting else mind.carried).remove(other)


def _note_sides(chunks: Sequence[Chunk], mind: TariffMind, day: str | None) -> None:
    told = sides_told(chunks)
    on = next((s.area for s in told if not s.lays), None)
    if on is None and is_worldwide(chunks, range(len(chunks))):
        on = WORLD
    laying = [s for s in told if s.lays and s.area != on]
    by = max(laying, key=lambda s: s.strength).area if laying else None
    headed = bool(chunks) and (chunks[-1].low == ":" or len(chunks) <= _HEADING)
    if by is not None and (on is not None or day is not None or headed):
        mind.by, mind.on = by, on or (mind.by if by == mind.on else mind.on if by == mind.by else None)
        mind.day, mind.fresh = day or mind.days.get((by, on, None)), day is not None or (by, on, None) in mind.days
        if mind.day is not None:
            mind.days[by, on, None] = mind.day


def _applied_from(line: Line, setting: Setting, mind: TariffMind) -> str | None:
    """ "The increases apply to goods entered on or after Sept. 27": the day for all rates that follow."""
    for k, chunk in enumerate(line.chunks):
        before = " ".join(c.low for c in line.chunks[max(0, k - 3) : k])
        if chunk.when is not None and chunk.when.sort == "date" and before.endswith(("on or after", "effective")):
            return written(chunk.when, setting, before, mind)
    return None


def tariff(setting: Setting, i: int, mind: TariffMind) -> Draft:
    """Read a rate of duty.

    Args:
        setting: its sentence.
        i: its chunk.
        mind: the tariff in question; brought up to date.

    Returns:
        The draft.
    """
    line = setting.scene.line
    quantity = line.chunks[i].quantity
    assert quantity is not None
    told = sides_of(setting, i, mind)
    groups = groups_of(line.chunks)
    old = _is_old(line.chunks, i, next(group for group in groups if i in group))
    apart = old or _is_apart(line.chunks, i)
    found = days_beside(setting, i, mind) if old else day_of(setting, i, mind)
    ahead = day_of(setting, i, mind) if old and found is None else None
    if ahead is not None and ahead.shared:  # "starting on October 1 goods taxed at 25% will be taxed at 30%"
        mind.day, mind.by, mind.on, mind.line, mind.shared = ahead.day, told.by, told.on, line, True
    day = found.day if found is not None else None
    if not old and (found is None or not found.firm):
        rate = quantity.value if quantity.value is not None else quantity.high
        again = mind.heading or mind.days.get((told.by, told.on, rate))
        day = _day_by_text(line, mind, told, day) if day is not None or not (again or apart) else again
        day = day or known_day(told.by, told.on, quantity, told.goods, setting)
    fresh = mind.fresh and mind.heading is None
    if found is not None and found.day == day:
        mind.day, mind.fresh, mind.line, mind.shared = day, False, line, found.shared
        mind.days[None, None, None] = found.day
    elif told.by != mind.by:
        mind.day, mind.fresh = None, False
    mind.by, mind.on = told.by, told.on
    draft = Draft(
        setting.scene, line.tokens[quantity.first].start, line.tokens[quantity.last - 1].end, "tariff_rate", chunk=i
    )
    draft.frame = Frame(told.by, told.on, "import", product=told.goods, sure=2)
    draft.value, draft.unit, draft.step = quantity.value, "percent", quantity.step
    draft.low, draft.high = quantity.low, quantity.high
    draft.qualifier = None if quantity.low is not None else quantity.qualifier
    draft.notes = tuple(filter(None, (quantity.note, _extra(line.chunks, i), RATE_BEFORE if old else "")))
    draft.period, draft.period_sure = day, day is not None
    _keep(mind, draft, found=found, fresh=fresh, open_=not apart and not _stays(line.chunks))
    return draft


def _keep(mind: TariffMind, draft: Draft, *, found: Day | None, fresh: bool, open_: bool) -> None:
    """Remember the day of a rate for others, or that it has none yet."""
    mind.last, mind.lines = draft.scene.line, 0
    day = draft.period
    if day is None:
        if open_:
            mind.waiting.append(draft)
        return
    mind.days[_key(draft)] = day
    if found is not None and found.firm:
        if found.behind:
            _share(mind, draft, day)
        _settle_same(mind, draft, day)
    elif fresh:
        mind.carried.append(draft)


def _share(mind: TariffMind, draft: Draft, day: str | None) -> None:
    """The day behind the last of several rates of a sentence is that of all that this government lays."""
    for other in [d for d in mind.waiting if d.scene.line is draft.scene.line]:
        between = draft.scene.line.chunks[other.chunk : draft.chunk]
        if _key(other)[0] == _key(draft)[0] and not any(c.low in HARD for c in between):
            other.period, other.period_sure = day, True
            mind.waiting.remove(other)


def _day_by_text(line: Line, mind: TariffMind, told: Told, announced: str | None) -> str | None:
    """The day told just before, for a rate that has none of its own but that of an order."""
    carried = _carried(line, mind, told.by, told.on)
    if announced is not None:
        return carried if carried is not None and mind.fresh else announced
    return carried or _joint(line, mind, told)


def _is_apart(chunks: Sequence[Chunk], i: int) -> bool:
    """ "25% until September 30", "..., rising to 25% at the end of the year": of another day than the rate before."""
    ends = any(c.low in ("until", "till", "through") for c in chunks[i + 1 : i + 3])
    return ends or any(c.low in ("rising", "increasing", "climbing", "later") for c in chunks[max(0, i - 3) : i])


def _joint(line: Line, mind: TariffMind, told: Told) -> str | None:
    """ "the U.S. lowered its duty from 145% to 30% as of May 14, and China its own from 125% to 10%": one deal."""
    pairs = sum(c.is_percent for c in line.chunks) == _TWO_PAIRS and any(c.low == "from" for c in line.chunks)
    return mind.days.get((None, None, None)) if mind.line is line and pairs and told.by is not None else None


def _stays(chunks: Sequence[Chunk]) -> bool:
    return any(c.low in _STAYS for c in chunks)


def _carried(line: Line, mind: TariffMind, by: str | None, on: str | None) -> str | None:
    """The day told just before, for a further rate of the same government that comes with it."""
    if mind.day is None or by != mind.by or _stays(line.chunks) or (mind.line is line and not mind.shared):
        return None
    if mind.line is not line and any(c.low == "average" for c in line.chunks):
        return None
    if mind.fresh:
        return mind.day
    told_last = mind.line in (line, mind.last)  # not by a sentence further back
    return mind.day if on == mind.on and mind.lines <= 1 and told_last else None


def _is_old(chunks: Sequence[Chunk], i: int, group: Sequence[int]) -> bool:
    """ "cut its tariffs from 125 percent to 10 percent": the rate before, whose day is not told."""
    before = [c.low for c in chunks[max(0, i - 5) : i]]
    after = [c.low for c in chunks[i + 1 : i + 4]]
    if _goes_down(chunks, i):
        return True
    if before[-1:] == ["from"]:
        return len(group) > 1
    if before[-2:] in (["the", "original"], ["the", "initial"], ["the", "previous"], ["the", "earlier"]):
        return True
    if before[-1:] == ["rate"] or before[-2:] == ["rate", "of"]:
        return any(word in before for word in ("general", "normal", "base", "ordinary", "mfn"))
    if before[-1:] == ["not"] and "now" in after:
        return True
    replaced = re.search(r"\b(?:currently|at present|so far|until now|existing)\b", " ".join(before)) is not None
    return before[-2:] == ["instead", "of"] or (replaced and any(c.is_percent for c in chunks[i + 1 :]))


def _goes_down(chunks: Sequence[Chunk], i: int) -> bool:
    """ "duties of 125% ... will go down to 10%": the rate that another takes the place of."""
    for k in range(i + 1, len(chunks)):
        if chunks[k].low in ("and", ";", "while"):
            return False
        if chunks[k].is_percent:
            between = " ".join(c.low for c in chunks[i + 1 : k])
            return _LOWERED.search(between) is not None
    return False


def _extra(chunks: Sequence[Chunk], i: int) -> str:
    words = " ".join(c.low for c in chunks[max(0, i - 8) : i + 6])
    return "additional" if re.search(r"\b(?:additional|extra|another|further|more|on top)\b", words) else ""
