"""Which period a quantity is of, whether its sentence says so, and whether it is only what another is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from khorgos.claims.extraction.bases import YEAR, before_period, years_ends, years_of_change
from khorgos.claims.extraction.brackets import paired_time
from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.contrasts import is_beside_other, is_estimate
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.mention import Mention
from khorgos.claims.extraction.moves import is_base, is_change
from khorgos.claims.extraction.quantity_joins import YEAR_BEFORE
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.shares import is_part
from khorgos.claims.extraction.times import aside_before, attached_time, time_of
from khorgos.claims.extraction.when import When
from khorgos.nomenclature.periods import Period, year

_NEAR = 6  # chunks; chosen because "when the deficit had still been" fits
_WITH = frozenset(("with", "their", "its", "the", "a", "total", "of", "or"))
_MOVING = frozenset(("moving average", "three-month average", "3-month average"))
_BACK = frozenset(("(", "after", "following", "against", "versus", "from", "than"))
_AMOUNTS = frozenset(("money", "goods"))
_SO = word_set("timing", "so")


class Timing(NamedTuple):
    """When a quantity is of.

    Args:
        period: its period, as far as known.
        sure: whether the sentence itself tells it.
        looks_back: whether it leaves the period in question as it was.
        is_base: whether it is what another figure is compared with.
    """

    period: Period | None
    sure: bool
    looks_back: bool
    is_base: bool


def timing(setting: Setting, i: int, m: int | None) -> Timing:
    """When a quantity is of.

    Args:
        setting: its sentence.
        i: its chunk.
        m: the flow that it measures, among those of the sentence.
    """
    line = setting.scene.line
    sure, period = _period(setting, i, m)
    back = _recalled(line, i) is not None or _looks_back(setting, i, m) or _has_earlier(setting, i)
    return Timing(period, sure, back, _is_compared(setting, i, period))


def _is_compared(setting: Setting, i: int, period: Period | None) -> bool:
    if is_beside_other(setting.scene.line, i):
        return False
    quantity = setting.scene.line.chunks[i].quantity
    if quantity is not None and quantity.note == YEAR_BEFORE:
        return True
    if is_base(setting.scene.line, i) or _is_past(setting, i, period):
        return True
    if _bracketed_base(setting, i) is not None or paired_time(setting, i) is not None:
        return True
    return i >= 2 and attached_time(setting.scene.line, i) == i - 2 and setting.roles.get(i - 2) == "base"


def _period(setting: Setting, i: int, m: int | None) -> tuple[bool, Period | None]:
    """The period of a quantity, and whether the sentence itself tells it."""
    told = _own_time(setting, i)
    if told is not None:
        return True, told[0]
    scene, mind = setting.scene, setting.mind
    line = scene.line
    mention = scene.mentions[m] if m is not None else None
    share = scene.shares.get(i)
    k = share.when if share is not None else None
    if k is None:
        k = time_of(line, i, mention, setting.roles, scene.mentions)
    when = line.chunks[k].when if k is not None else None
    if _is_average(setting, i, mention) and (when is None or when.last is None or _is_month_of_news(setting, when)):
        return _averaged(setting)
    if k is not None and when is not None and _is_concluded(setting, k, i):
        return False, mind.period
    if k is None or when is None:
        monthly = _month_after(setting, i) or (_month_told_by_base(setting) if mind.period is None else None)
        return monthly is not None, monthly or mind.period
    found = _spoken_of(setting, k, when)
    return found is not None, found or mind.period


def _is_concluded(setting: Setting, k: int, i: int) -> bool:
    """ "In the same period of 2024 it was $11 billion, so it has grown by 30%": what follows from the older figure."""
    chunks, running = setting.scene.line.chunks, setting.mind.period
    when, quantity = chunks[k].when, chunks[i].quantity
    if when is None or quantity is None or quantity.sort not in ("percent", "times") or running is None or i < k:
        return False
    if sum(role == "time" for j, role in setting.roles.items() if j < i) > 1:
        return False  # "fell from $4 million in 2022 to $3 million in 2023, which means a 25% decline"
    amounts = [j for j in range(k + 1, i) if chunks[j].quantity is not None]
    amounts = amounts or [j for j in range(k) if chunks[j].quantity is not None]
    if not amounts or not _follows(chunks[amounts[-1] + 1 : i]):
        return False
    found = setting.calendar.period(when, running)
    return found is not None and found.start + found.months <= running.start


def _follows(chunks: Sequence[Chunk]) -> bool:
    """ "so that it has grown", "that is, it grew"."""
    words = f" {' '.join(c.low for c in chunks)} "
    return any(f" {word} " in words for word in _SO)


def _month_after(setting: Setting, i: int) -> Period | None:
    """ "dropped 23% from June", said after the first seven months."""
    reach = range(i + 1, len(setting.scene.line.chunks))
    bases = (setting.scene.line.chunks[k].when for k in reach if setting.roles.get(k) == "base")
    when = next(bases, None)
    return None if when is None else setting.calendar.month_after(when, setting.mind.period)


def _month_told_by_base(setting: Setting) -> Period | None:
    """ "a gap of $36.0 billion, 9.7% below the revised $39.9 billion of December": of January, in a monthly release."""
    if not setting.monthly:
        return None
    bases = [setting.scene.line.chunks[k].when for k, r in setting.roles.items() if r == "base"]
    whens = [when for when in bases if when is not None and when.sort == "months" and when.first == when.last]
    whens = [when for when in whens if when.year is None]
    before = setting.calendar.period(whens[0], None) if whens else None
    return before.shift(1) if before is not None else None


def _own_time(  # noqa: PLR0911  one rule a return
    setting: Setting, i: int
) -> tuple[Period | None] | None:
    """The period of a base, or of an amount with a time of its own: "April's 6.08 million tons"."""
    line, calendar = setting.scene.line, setting.calendar
    if (found := _shared_time(setting, i)) is not None:
        return found
    quantity = line.chunks[i].quantity
    if quantity is not None and quantity.note == YEAR_BEFORE and setting.mind.period is not None:
        return (setting.mind.period.shift(-YEAR),)
    recalled = _recalled(line, i)
    if recalled is not None or (is_base(line, i) and not is_beside_other(line, i)):
        main = _main_period(setting, i)
        return (_base_period(setting, i, main) if recalled is None else calendar.period(recalled, main),)
    attached = attached_time(line, i)
    when = line.chunks[attached].when if attached is not None else None
    if when is not None and attached == i - 2:
        running = setting.mind.period
        if (
            when.sort == "relyear"
            and when.offset == -1
            and running is not None
            and running.months < YEAR
            and _is_beside(line, i)
        ):
            return (running.shift(-YEAR),)
        return (calendar.period(when, running),)
    earlier = _bracketed_base(setting, i)
    if earlier is not None:
        return (calendar.period(earlier, _main_period(setting, i)),)
    dated = line.chunks[i - 2].when if i > 1 and line.chunks[i - 1].low == "(" else None
    if dated is not None and dated.sort == "months" and attached is None and line.chunks[i].is_percent:
        return (calendar.period(dated, setting.mind.period),)  # "more slowly than in October (11.6 percent)"
    quantity = line.chunks[i].quantity
    if attached is None or when is None or quantity is None or setting.roles.get(attached) != "base":
        return None
    if when.sort not in ("earlier", "same") or is_change(line, i) or not _is_direct(line, i, attached):
        return None
    # "16.9% (17.8% a year ago)", "15% after 21% a year earlier"
    told_back = line.chunks[i - 1].low in _BACK
    return (calendar.period(when, setting.mind.period),) if quantity.sort in _AMOUNTS or told_back else None


def _shared_time(setting: Setting, i: int) -> tuple[Period | None] | None:
    """The period of one end of a stretch of years, or of an amount in brackets like others before."""
    if (ends := years_ends(setting, i)) is not None:
        return (ends[0] if is_base(setting.scene.line, i) else ends[1],)
    if (paired := paired_time(setting, i)) is not None:
        return (setting.calendar.period(paired, _main_period(setting, i)),)
    return None


def _recalled(line: Line, i: int) -> When | None:
    """ "than in January 2008, when it had been $59.2 billion": the time that "when" goes back to."""
    chunks = line.chunks
    k = next((k for k in range(i - 1, max(-1, i - _NEAR), -1) if chunks[k].low == "when"), None)
    if k is None or k < 2 or any(c.quantity is not None or c.low in (",", ";") for c in chunks[k + 1 : i]):
        return None
    before = k - 2 if chunks[k - 1].low == "," else k - 1
    own = attached_time(line, i)
    return chunks[before].when if own is None else None


def _is_beside(line: Line, i: int) -> bool:
    """ "above last year's 10.24 million": held against the like period."""
    return i > 2 and line.chunks[i - 3].low in ("above", "below", "against", "than", "over", "under", "from")


def _spoken_of(setting: Setting, k: int, when: When) -> Period | None:
    """The period of the expression of time at a chunk."""
    line, mind = setting.scene.line, setting.mind
    if when.sort == "running":
        before = [line.chunks[j].when for j, r in setting.roles.items() if r == "time" and j < k and _is_told(line, j)]
        when = before[-1] or when if before else when
    running = _told_before(setting, k) if when.sort in ("earlier", "same") else mind.period
    if when.sort == "earlier" and "previous year" in line.chunks[k].low and mind.period is not None:
        return year(mind.period.year - 1)  # said of itself, a year before is a whole year
    return _year_so_far(setting, when) or setting.calendar.period(when, running)


def _told_before(setting: Setting, k: int) -> Period | None:
    """The period that a time goes back from: that told before it in the sentence, else the one in question."""
    line, mind = setting.scene.line, setting.mind
    told = [j for j, r in setting.roles.items() if r == "time" and j < k and _is_told(line, j)]
    when = line.chunks[told[-1]].when if told else None
    if when is not None and when.sort in ("earlier", "same"):
        return mind.period  # "a year before, in the corresponding period"
    return (setting.calendar.period(when, mind.period) if when is not None else None) or mind.period


def _year_so_far(setting: Setting, when: When) -> Period | None:
    """ "This year", "in 2024" before that year is over: the months of it that the text is about."""
    told, now = setting.mind.main_period, setting.calendar.today.year
    is_now = (when.sort == "relyear" and not when.offset) or (when.sort == "year" and when.year == now)
    chunks = setting.scene.line.chunks
    years = [k for k, c in enumerate(chunks) if c.when is not None and c.when.sort == "year"]
    if sum(setting.roles.get(k) == "time" for k in years) > 1:
        return None  # "1.3% in 2023 and 1.4% in 2024"
    if not is_now or told is None or now is None or told.start != YEAR * now or not 1 < told.months < YEAR:
        return None
    return told


def _is_told(line: Line, k: int) -> bool:
    when = line.chunks[k].when
    return when is not None and when.sort != "running" and not _is_base_time(line, k)


def _looks_back(setting: Setting, i: int, m: int | None) -> bool:
    """Whether the time of a quantity leaves the period in question as it was: "in the same period of 2021"."""
    line = setting.scene.line
    k = time_of(line, i, setting.scene.mentions[m] if m is not None else None, setting.roles)
    when = line.chunks[k].when if k is not None else None
    if when is None or k is None:
        return False
    alone = k + 1 < len(line.chunks) and line.chunks[k + 1].low == "alone"
    return when.sort in ("same", "earlier") or alone


def _has_earlier(setting: Setting, i: int) -> bool:
    """ "after shrinking to $9.4 billion the previous month": an amount of a time before, said by the way."""
    line = setting.scene.line
    if any(aside_before(line, k) == i for k in setting.roles):
        return True
    attached = attached_time(line, i)
    when = line.chunks[attached].when if attached is not None else None
    return when is not None and when.sort == "earlier" and setting.roles.get(attached or 0) == "base"


def _is_average(setting: Setting, i: int, mention: Mention | None) -> bool:
    before = setting.scene.line.chunks[max(0, i - _NEAR - 2) : i]
    return (mention is not None and mention.average) or any(c.low in _MOVING for c in before)


def _is_month_of_news(setting: Setting, when: When) -> bool:
    """ "average exports gained $6.9 billion in July": where months are told, an average runs up to that one."""
    return setting.monthly and when.sort == "months" and when.first == when.last


def _averaged(setting: Setting) -> tuple[bool, Period | None]:
    """Averages of the news run over three months, up to the month in question."""
    running = setting.mind.period
    if running is None or running.months >= YEAR:
        return False, running
    end = running.start + running.months - 1
    return False, Period(end - 2, 3)


def _bracketed_base(setting: Setting, i: int) -> When | None:
    """ "less than a year earlier ($6.1 million)": a level in brackets or commas behind the time of a base."""
    chunks = setting.scene.line.chunks
    k = i - 1
    while k > 1 and chunks[k].low in _WITH:
        k -= 1
    at = (
        k - 2 if k > 1 and chunks[k - 1].low in ("figure", "figures", "level") else k - 1
    )  # "the 2022 figures ($770 m)"
    if k < 1 or setting.roles.get(at) != "base" or not _is_set_off(chunks, k, i):
        return None
    quantity, own = chunks[i].quantity, attached_time(setting.scene.line, i)
    if quantity is None or (own is not None and own > i):
        return None
    is_share = quantity.sort == "percent" and is_part(setting.scene, i)
    return chunks[at].when if quantity.sort in _AMOUNTS or is_share else None


def _is_set_off(chunks: Sequence[Chunk], k: int, i: int) -> bool:
    """Whether an amount stands in brackets, between dashes or commas, or behind "with their"."""
    if chunks[k].low in ("(", "\u2013", "["):
        return True
    if chunks[k].low != ",":
        return False
    closed = i + 1 == len(chunks) or chunks[i + 1].low in (",", ".", ";", "and")
    return closed and (k == i - 1 or chunks[k + 1].low == "with")


def _is_past(setting: Setting, i: int, period: Period | None) -> bool:
    """ "to $872.5 million ($950.6 million in January-August 2023)": an amount in brackets of a time before."""
    line = setting.scene.line
    if i < 2 or line.chunks[i - 1].low != "(" or period is None or attached_time(line, i) is None:
        return False
    before = [k for k, r in setting.roles.items() if r == "time" and k < i]
    when = line.chunks[before[-1]].when if before else None
    main = setting.calendar.period(when, setting.mind.period) if when is not None else setting.mind.period
    return main is not None and period.start < main.start


def _is_direct(line: Line, i: int, k: int) -> bool:
    return all(c.low in ("in", "of", "the", "worth") or c.product or c.has("all") for c in line.chunks[i + 1 : k])


def _main_period(setting: Setting, i: int) -> Period | None:
    """The period of the statement that a base belongs to."""
    line = setting.scene.line
    times = [k for k, r in setting.roles.items() if r == "time" and not _is_base_time(line, k)]
    before = [k for k in times if k < i]
    chosen = before[-1] if before else (times[0] if times else None)
    when = line.chunks[chosen].when if chosen is not None else None
    found = setting.calendar.period(when, setting.mind.period) if when is not None else None
    return found or setting.mind.period


def _is_base_time(line: Line, k: int) -> bool:
    """Whether the expression of time at a chunk belongs to a base: "from $80 million in 2023"."""
    return any(
        line.chunks[j].kind == "quantity" and is_base(line, j) and attached_time(line, j) == k
        for j in range(max(0, k - 7), k)
    )


def _base_period(setting: Setting, i: int, main: Period | None) -> Period | None:
    line = setting.scene.line
    if is_estimate(line, i):
        return main
    if (stretch := years_of_change(line, i)) is not None and main is not None and attached_time(line, i) is None:
        return main.shift(-YEAR * stretch)
    attached = attached_time(line, i)
    if attached is None:
        attached = _after_bracket(line, i)
    if attached is not None:
        when = line.chunks[attached].when
        assert when is not None
        if when.sort == "relyear" and when.offset == -1 and main is not None and main.months < YEAR:
            return main.shift(-YEAR)  # "193,000 tons last year", of a month
        found = setting.calendar.period(when, main)
        if found is not None:
            return found
    later = [k for k, r in setting.roles.items() if r == "base" and k > i]
    if later:
        when = line.chunks[later[0]].when
        assert when is not None
        return setting.calendar.period(when, main)
    return before_period(main, monthly=setting.monthly)


def _after_bracket(line: Line, i: int) -> int | None:
    """ "from $1.6 billion (as recorded in January 2021)", "from $1.6 billion [2021]": a time behind an amount."""
    chunks = line.chunks
    if i + 2 >= len(chunks) or chunks[i + 1].kind == "when":
        return i + 1 if i + 1 < len(chunks) and chunks[i + 1].kind == "when" else None
    if chunks[i + 1].low not in ("(", "["):
        return None
    close = next((k for k in range(i + 2, len(chunks)) if chunks[k].low in (")", "]")), i + 2)
    inside = range(i + 2, close)
    if any(chunks[k].quantity is not None for k in inside):
        return None
    return next((k for k in inside if chunks[k].kind == "when"), None)
