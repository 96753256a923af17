"""From which day a rate of duty is in force."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import NamedTuple

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.duty_sides import HARD, groups_of, owner_of
from khorgos.claims.extraction.lexicon import rows
from khorgos.claims.extraction.quantity import Quantity
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.sides import WORLD
from khorgos.claims.extraction.tariff_mind import TariffMind
from khorgos.claims.extraction.when import When

_EFFECT = re.compile(r"effect|force|start|begin|since|from|as of|implement|impos|kick|slap|on or after")
_ENDS = re.compile(r"\b(?:until|till|through|exempt|expires?)\b")
_ACTS = re.compile(r"\b(?:orders?|signed|announced|announcement|said|proclamation|dated|decided|decision|of)\b")
_NEXT_DAY = re.compile(r"\b(?:a|one) day later\b|\b(?:the|on the) (?:next|following) day\b")
_TO_COME = re.compile(
    r"\b(?:will|would|due|scheduled|plans|planned|planning|threat\w+|(?:is|are|was|were) to|"
    r"to (?:take|come|go|begin|start|enter|follow))\b"
)
_ANNOUNCED = 2  # rank of the day of an order or announcement
_COMES = re.compile(r"\b(?:will|would|kicks? in|is to|are to|to (?:take|come|go|begin|start)|starting|due)\b")
_BEGUN = re.compile(r"^(?:began|begins?|started|took effect|takes effect|came into)")
_DAY = len("2025-04-09")
_MONTHS, _CENTURY = 12, 100
_HALF = 6  # months of a year
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Day(NamedTuple):
    """A day that a sentence gives a rate.

    Args:
        day: as claims write it.
        firm: whether it is more than the day of an order or announcement.
        shared: whether further rates of the sentence have it: it stands before all of them, or says "from".
        behind: whether it stands behind all of them.
    """

    day: str
    firm: bool = True
    shared: bool = False
    behind: bool = False


def day_of(setting: Setting, i: int, mind: TariffMind) -> Day | None:
    """The day that a sentence gives a rate.

    Args:
        setting: the sentence.
        i: the rate's chunk.
        mind: the tariff in question.
    """
    chunks = setting.scene.line.chunks
    groups = groups_of(chunks)
    mine = next(n for n, group in enumerate(groups) if i in group)
    own = _best(setting, i, groups, mine, mind)
    if own is not None:
        return own
    return _day_after(setting, groups, mine, mind)


def days_beside(setting: Setting, i: int, mind: TariffMind) -> Day | None:
    """ "(up from the original 10% of February 4)": the day that stands right behind a rate.

    Args:
        setting: the sentence.
        i: the rate's chunk.
        mind: the tariff in question.
    """
    chunks = setting.scene.line.chunks
    for k in range(i + 1, min(len(chunks), i + 5)):
        chunk = chunks[k]
        if (
            chunk.when is not None
            and chunk.when.sort == "date"
            and chunks[k - 1].low in ("of", "effective", "from", "on")
        ):
            text = written(chunk.when, setting, "", mind)
            return None if text is None else Day(text)
        if chunk.quantity is not None:
            break
    return None


def _best(setting: Setting, i: int, groups: Sequence[Sequence[int]], mine: int, mind: TariffMind) -> Day | None:
    line = setting.scene.line
    best: tuple[int, int, str, int] | None = None
    for k in range(len(line.chunks)):
        if _owner(line.chunks, groups, k) != mine or _is_elsewhere(line.chunks, i, k):
            continue
        found = _dated(setting, k, mind)
        if found is not None and (best is None or (found[0], abs(k - i)) < best[:2]):
            best = (found[0], abs(k - i), found[1], k)
    if best is None:
        return None
    shared = best[3] < groups[0][0] or best[0] == 0
    return Day(best[2], best[0] != _ANNOUNCED, shared, best[3] > groups[-1][-1])


def _dated(setting: Setting, k: int, mind: TariffMind) -> tuple[int, str] | None:
    """How well what stands at a chunk suits as the first day of a duty, and that day."""
    chunks = setting.scene.line.chunks
    when = chunks[k].when
    sort = when.sort if when is not None else "date"
    rank = None if when is not None and when.sort == "months" and when.first != when.last else _rank(chunks, k, sort)
    if rank is None:
        return None
    if when is not None:
        text = written(when, setting, _words(chunks, k), mind)
    else:
        begun = _BEGUN.search(" ".join(c.low for c in chunks[k + 1 : k + 3])) is not None
        rank = 0 if begun else rank
        text = _slashed(chunks, k, mind) or (_weekday(setting, k) if rank == 0 else None)
    return None if text is None else (rank, text)


def _slashed(chunks: Sequence[Chunk], k: int, mind: TariffMind) -> str | None:
    """ "as of 10/15/19": month first, as American notices write; only where it cannot be the day, or they are meant."""
    low = [c.low for c in chunks[k : k + 5]]
    if len(low) < 5 or low[1] != "/" or low[3] != "/" or not all(n.isdigit() for n in low[::2]):
        return None
    month, day, year = (int(n) for n in low[::2])
    if day <= _MONTHS and mind.houses[:1] != ("USA",):
        return None
    try:
        return dt.date(year + 2000 * (year < _CENTURY), month, day).isoformat()
    except ValueError:
        return None


def _weekday(setting: Setting, k: int) -> str | None:
    """ "kick in on Monday", "came into force on Thursday": the next or last such day."""
    chunks = setting.scene.line.chunks
    today = setting.calendar.today
    if chunks[k].low not in _WEEKDAYS or today.year is None or today.month is None or today.day is None:
        return None
    day = dt.date(today.year, today.month, today.day)
    ahead = (_WEEKDAYS.index(chunks[k].low) - day.weekday()) % 7
    if ahead and not _COMES.search(" ".join(c.low for c in chunks)):
        ahead -= 7
    return (day + dt.timedelta(days=ahead)).isoformat()


def _is_elsewhere(chunks: Sequence[Chunk], i: int, k: int) -> bool:
    """ "India lost its access on June 5; New Delhi put duties", "halved the tariffs it had imposed on September 1"."""
    if any(c.low in HARD for c in chunks[min(i, k) : max(i, k)]):
        return True
    return any(c.low in ("had", "originally") for c in chunks[max(i, k - 5) : k])


def _words(chunks: Sequence[Chunk], k: int) -> str:
    """The words before a day and those of its sentence that tell whether it is still to come."""
    before = " ".join(c.low for c in chunks[max(0, k - 3) : k])
    ahead = _TO_COME.search(" ".join(c.low for c in chunks)) is not None
    return f"{before} | {'will' if ahead else ''}{' from' if before.endswith(('from', 'effective')) else ''}"


def _owner(chunks: Sequence[Chunk], groups: Sequence[Sequence[int]], k: int) -> int:
    """The rates that a day belongs to: "10%, effective April 9, and" is the rate's before the comma."""
    owner = owner_of(chunks, groups, k)
    if not owner or k > groups[-1][-1]:
        return owner
    lead = chunks[max(0, k - 6) : k]
    opened = next((n for n in range(len(lead) - 1, -1, -1) if lead[n].low in (",", "(", "and", ";", "while")), None)
    if opened is None or lead[opened].low not in (",", "("):
        return owner
    closed = k + 1 < len(chunks) and chunks[k + 1].low in (",", "and", ";", ")", "while")
    alone = not any(c.low in ("and", ";", "while") for c in chunks[groups[owner - 1][-1] + 1 : k])
    return owner - 1 if closed and alone and _EFFECT.search(" ".join(c.low for c in lead[opened:])) else owner


def _rank(chunks: Sequence[Chunk], k: int, sort: str) -> int | None:
    """How well a day suits as the first of a duty by the words before it; None if it does not at all."""
    before = " ".join(c.low for c in chunks[max(0, k - 4) : k])
    if sort not in ("date", "months", "year") or _ENDS.search(before):
        return None
    if _EFFECT.search(before) or before.endswith(" for"):
        return 0
    if sort == "year":
        return None
    return _ANNOUNCED if _ACTS.search(before) else (1 if sort == "date" else 3)


def _day_after(setting: Setting, groups: Sequence[Sequence[int]], mine: int, mind: TariffMind) -> Day | None:
    """ "to 84%; a day later the total reaches 145%", "retaliated on the same day with 25%"."""
    if not mine:
        return None
    between = " ".join(c.low for c in setting.scene.line.chunks[groups[mine - 1][-1] + 1 : groups[mine][0]])
    later, same = _NEXT_DAY.search(between), "same day" in between
    if not later and not same:
        return None
    before = _best(setting, groups[mine - 1][-1], groups, mine - 1, mind) or _best(
        setting, groups[0][0], groups, 0, mind
    )
    if before is None or len(before.day) != _DAY:
        return None
    return before if same else Day((dt.date.fromisoformat(before.day) + dt.timedelta(days=1)).isoformat())


def written(when: When, setting: Setting, before: str, mind: TariffMind) -> str | None:
    """A day as claims write it; its year, where not told, that of the heading or the one nearest to the article.

    Args:
        when: the day.
        setting: the sentence with its calendar.
        before: the words before it, and "will" where the sentence speaks of what is to come.
        mind: the tariff in question, with the heading that the text stands under.
    """
    year = when.year
    if when.sort == "year":
        return str(year)
    if year is None:
        year = _under(when, before, mind) if mind.year is not None else _year(when, setting, before)
    if year is None or when.first is None:
        return None
    if when.sort == "date" and when.last is not None and 1 <= when.last <= 31:
        return f"{year:04d}-{when.first:02d}-{when.last:02d}"
    return f"{year:04d}-{when.first:02d}"


def _under(when: When, before: str, mind: TariffMind) -> int | None:
    """The year of a day under a heading: "Sept 17: ... on Jan 1 they are to go up" means the year after."""
    if mind.year is None or when.first is None or mind.heading is None or not mind.heading.startswith(str(mind.year)):
        return mind.year
    earlier = int(mind.heading[5:7]) - when.first
    return mind.year + (earlier > _HALF and "will" in before)


def _year(when: When, setting: Setting, before: str) -> int | None:
    today = setting.calendar.today
    year = setting.mind.period.year if today.year is None and setting.mind.period is not None else today.year
    if year is None:
        year = setting.calendar.fallback_year
    if year is None or today.month is None or when.first is None:
        return year
    later = when.first - today.month
    gone_by = "since" in before or (later > 1 and not before.endswith(("will", "from")))
    if later > _HALF or (later > 0 and gone_by):
        return year - 1
    return year + (later < -_HALF and "will" in before)


def effect_day(line: Line, setting: Setting, mind: TariffMind) -> str | None:
    """The day on which what a sentence without a rate speaks of comes into force.

    Args:
        line: the sentence.
        setting: it with its calendar.
        mind: the tariff in question.
    """
    text = " ".join(c.low for c in line.chunks)
    told = any(c.has("tariff") for c in line.chunks)
    if not told and not re.search(r"effect|in(?:to)? force|implement|impos|apply|since|subject to", text):
        return None
    for k in range(len(line.chunks)):
        found = _dated(setting, k, mind)
        if found is not None and found[0] == 0 and len(found[1]) == _DAY:
            return found[1]
    return None


def known_day(by: str | None, on: str | None, quantity: Quantity, goods: str, setting: Setting) -> str | None:
    """The day of a well-known duty in the month of an article of which only the month is known.

    Args:
        by: who lays the duty.
        on: whose goods bear it.
        quantity: the rate.
        goods: what it lies on.
        setting: the sentence with its calendar.
    """
    rate = quantity.value if quantity.value is not None else quantity.high
    today = setting.calendar.today
    if today.year is None or today.month is None or today.day is not None or rate is None:
        return None
    this = f"{today.year:04d}-{today.month:02d}"
    found: list[tuple[int, str]] = []
    for row in rows("tariff_steps"):
        if row["imposer"] != by or row["target"] not in (on, WORLD) or float(row["rate"]) != rate:
            continue
        kinds = [word for word in row["goods"].split("|") if word]
        fit = sum(word in goods for word in kinds)
        if row["first_day"].startswith(this) and (fit or not kinds):
            found.append((fit + (row["target"] == on), row["first_day"]))
    return max(found)[1] if found else None
