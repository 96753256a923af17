"""Days that a running total is told of: "by September 1 turnover had reached" means January to August."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.when import When

_LEAD = frozenset(("by", "as of", "as at", "until", "till", "up to", "through"))
_TO_COME = frozenset(("will", "shall", "should", "plans", "planned", "intends", "expects", "expected"))
_LAST_DAYS = 28  # chosen because February ends then


def with_standings(lines: Sequence[Line]) -> list[Line]:
    """Read "by September 1", "as of the end of August" and "by the beginning of September" as January to August.

    Args:
        lines: the sentences of a text.

    Returns:
        The same sentences; where duties are spoken of, a day stays the day from which they apply, and where something
        is still to come the day by which it shall.
    """
    return [line if _is_of_duties(line) or _is_to_come(line) else _with_standings(line) for line in lines]


def _is_of_duties(line: Line) -> bool:
    flows = any(chunk.has("flow") or chunk.has("verb") for chunk in line.chunks)
    return not flows or any(chunk.has("tariff") or chunk.has("tariffact") for chunk in line.chunks)


def _is_to_come(line: Line) -> bool:
    return any(chunk.low in _TO_COME for chunk in line.chunks)


def _with_standings(line: Line) -> Line:
    chunks = list(line.chunks)
    for k, chunk in enumerate(chunks):
        when = chunk.when
        if when is None:
            continue
        last = _last_month(chunks, k, when)
        if last is not None:
            year, month = last
            chunks[k] = replace(chunk, when=when._replace(sort="months", year=year, first=1, last=month))
    return replace(line, chunks=tuple(chunks))


def _last_month(chunks: Sequence[Chunk], k: int, when: When) -> tuple[int | None, int] | None:
    """The last month of a running total, with its year as far as told; None if the time is of no such total."""
    if when.sort == "date" and when.first is not None and when.last is not None and _is_led(chunks, k):
        if when.last >= _LAST_DAYS:
            return when.year, when.first
        return _month_before(when) if when.last == 1 else None
    if when.sort != "months" or when.first is None or when.first != when.last:
        return None
    edge, lead = _edge(chunks, k)
    if edge == "end" and (lead in _LEAD or lead == "at"):
        return when.year, when.first
    return _month_before(when) if edge in ("beginning", "start") and lead in _LEAD else None


def _is_led(chunks: Sequence[Chunk], k: int) -> bool:
    """ "as of October 1", "from January 1 to August 31": a day up to which is counted."""
    prior = chunks[k - 1].low if k else ""
    if prior in ("to", "-", "\u2013", "until", "till", "through"):
        start = chunks[k - 2].when if k > 1 else None
        return start is not None and (start.first, start.last) == (1, 1)
    return prior in _LEAD


def _edge(chunks: Sequence[Chunk], k: int) -> tuple[str, str]:
    """ "by the end of" before a month: which end, and the word that leads to it."""
    before = [chunk.low for chunk in chunks[max(0, k - 4) : k]]
    words = [word for low in before for word in low.split()]
    if words[-1:] == ["of"]:
        words.pop()
    edge = words.pop() if words else ""
    if words[-1:] == ["the"]:
        words.pop()
    pair = " ".join(words[-2:])
    return edge, pair if pair in _LEAD else "".join(words[-1:])


def _month_before(when: When) -> tuple[int | None, int]:
    assert when.first is not None
    if when.first > 1:
        return when.year, when.first - 1
    return (None if when.year is None else when.year - 1), 12
