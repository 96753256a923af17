"""Targets and forecasts: amounts and rates that are still to come, and for when."""

from __future__ import annotations

from collections.abc import Sequence

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.times import attached_time
from khorgos.nomenclature.periods import Period

_BEHIND = 4  # chunks; chosen because "in trade by 2030" fits


def aim(setting: Setting, i: int) -> Period | bool | None:
    """Whether an amount is a target or forecast, and for when.

    Args:
        setting: the sentence.
        i: the amount's chunk.

    Returns:
        The year to come; True for an aim without a date; None for what has happened.
    """
    line = setting.scene.line
    future = _future(setting, i)
    if _is_aimed(line, i) or (future is not None and (_is_aimed(line, i, far=True) or _is_by(setting, i, future))):
        return future or _goal_year(setting, i) or _this_year(setting) or True
    return None


def _is_by(setting: Setting, i: int, future: Period) -> bool:
    """ "for trade to attain the level of $100 billion by 2030": a year to come right behind the amount."""
    chunks = setting.scene.line.chunks
    now = setting.calendar.today.year
    near = [k for k, r in setting.roles.items() if r == "horizon" and i < k <= i + _BEHIND]
    parted = any(c.low in (",", ";") or c.quantity is not None for k in near for c in chunks[i + 1 : k])
    return bool(near) and not parted and now is not None and future.year > now


def _this_year(setting: Setting) -> Period | None:
    """ "Exports this year are to reach"."""
    whens = [c.when for c in setting.scene.line.chunks if c.when is not None]
    told = [w for w in whens if w.sort == "relyear" and w.offset == 0]
    return setting.calendar.period(told[0], None) if told and len(whens) == 1 else None


def _goal_year(setting: Setting, i: int) -> Period | None:
    """ "the $200 billion goal set for 2024": a year of a goal that has passed."""
    chunks = setting.scene.line.chunks
    for k in range(i + 1, min(len(chunks), i + 7)):
        when = chunks[k].when
        if when is not None and chunks[k - 1].low in ("for", "by", "in") and when.sort == "year":
            return setting.calendar.period(when, setting.mind.period)
        if chunks[k].low in (",", ";", ".") or chunks[k].kind == "quantity":
            return None
    return None


def _future(setting: Setting, i: int) -> Period | None:
    """A year to come near an amount."""
    line, calendar = setting.scene.line, setting.calendar
    now = calendar.today.year if calendar.today.year is not None else calendar.fallback_year
    candidates = []
    for k, r in setting.roles.items():
        when = line.chunks[k].when
        if when is None or r in ("base", "none", "date"):
            continue
        period = calendar.period(when, setting.mind.period)
        if period is not None and k == attached_time(line, i) and now is not None and period.year == now:
            return period
        if (
            period is not None
            and (r == "horizon" or (now is not None and period.year > now))
            and (now is None or period.year >= now)
        ):
            candidates.append((abs(k - i), period))
    return min(candidates, key=lambda each: each[0])[1] if candidates else None


def _is_aimed(line: Line, i: int, *, far: bool = False) -> bool:
    chunks = line.chunks
    crossed = False
    for k in range(i - 1, max(-1, i - (40 if far else 22)), -1):
        chunk = chunks[k]
        if chunk.quantity is not None and chunk.quantity.sort in ("money", "goods", "percent"):
            crossed = True
        if chunk.low in (";", "while", "whereas") and not far:
            break
        if (
            chunk.has("verb")
            and not crossed
            and [c.low for c in chunks[max(0, k - 2) : k]] in (["is", "to"], ["are", "to"])
        ):
            return True  # "China is to buy additional goods for"
        if chunk.has("target") and (not crossed or far):
            return not _is_met(chunks, k, i)
    reach = 14 if [c.low for c in chunks[i + 1 : i + 3]] == ["is", "what"] else 6  # "$1 billion is what both want"
    for k in range(i + 1, min(len(chunks), i + reach)):
        if chunks[k].low in (",", ";", ".") or chunks[k].kind == "quantity":
            break
        if chunks[k].has("target") and chunks[k].marks["target"] == "aim":
            return True
    return False


def _is_met(chunks: Sequence[Chunk], k: int, i: int) -> bool:
    """ "ahead of its target, trade reached $44 bn": what follows the comma has happened."""
    between = chunks[k + 1 : i]
    if chunks[k].marks["target"] == "forecast":
        return False
    return any(c.low == "," for c in between) and any(
        c.low in ("reached", "hit", "totaled", "was", "amounted to", "stood at") for c in between
    )


def is_goal(line: Line, i: int) -> bool:
    """ "aims for export growth of 12%": a rate that is still to come."""
    return any(c.marks.get("target") == "aim" for c in line.chunks[max(0, i - 9) : i])
