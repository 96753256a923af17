"""What stands around a flow in its sentence: a share of it, whose minister speaks, the area before "whose"."""

from __future__ import annotations

import re

from khorgos.claims.extraction.chunks import Line
from khorgos.claims.extraction.discourse import Discourse, Frame
from khorgos.claims.extraction.mention import Mention
from khorgos.claims.extraction.sides import WORLD


def whole_of(line: Line, mention: Mention) -> int | None:
    """The chunk of the share that is taken of a flow: "45 percent of the exports", "a fifth of all imports"."""
    k = mention.first - 1
    while k >= 0 and line.chunks[k].low in ("the", "all", "its", "total", "overall", "a", "their"):
        k -= 1
    if k < 1 or line.chunks[k].low not in ("of", "in"):
        return None
    quantity = line.chunks[k - 1].quantity
    return k - 1 if quantity is not None and quantity.sort == "percent" else None


def office_before(line: Line, first: int) -> str | None:
    """The country of a ministry that is quoted before a flow."""
    for k in range(min(first, len(line.chunks)) - 1, -1, -1):
        chunk = line.chunks[k]
        title = _is_of_title(line, k)
        if chunk.kind == "area" and chunk.area is not None and title:
            return chunk.area.area
        if chunk.kind == "area" and chunk.weak and chunk.area is not None:
            words = " ".join(c.low for c in line.chunks[k + 1 : k + 4])
            return (
                chunk.area.area
                if re.match(
                    r"(?:'s )?(?:(?:trade |commerce |prime )?minist|government|authorit|president|premier|leader)",
                    words,
                )
                else None
            )
    return None


def _is_of_title(line: Line, k: int) -> bool:
    """Whether an area is whose president or minister is named: "President of Turkiye"."""
    return (
        k > 1
        and line.chunks[k - 1].low == "of"
        and re.search(r"president|minister|leader", line.chunks[k - 2].low) is not None
    )


def last_area(line: Line, first: int) -> str | None:
    """The area named last before a flow, for "trade with which"."""
    named = [c.area.area for c in line.chunks[:first] if c.kind == "area" and c.area is not None]
    return named[-1] if named else None


def before_whose(line: Line, first: int) -> str | None:
    """ "after Russia, whose deliveries": the area right before "whose"."""
    chunks = line.chunks
    if chunks[first].low != "whose":
        return None
    k = first - 1
    while k > 0 and chunks[k].low in (",", "("):
        k -= 1
    area = chunks[k].area if k >= 0 and chunks[k].kind == "area" else None
    return area.area if area is not None else None


def is_shared_in(line: Line, mention: Mention) -> bool:
    """Whether somebody's share in a flow is told: "China's share in exports was 17.1%"."""
    before = line.chunks[max(0, mention.first - 2) : mention.first]
    return any(
        c.low in ("share in", "share of", "shares in") or (c.low == "share" and before[-1].low in ("in", "of"))
        for c in before
    )


def is_part_of_base(frame: Frame, mention: Mention, mind: Discourse) -> bool:
    """Whether a flow with one partner breaks down the same country's flow with all."""
    base = mind.base
    if base.b != WORLD or frame.flow is None:
        return False
    return (
        base.a in (frame.a, frame.b)
        if mention.verb and frame.sure == 2
        else base.a == (frame.b if mention.verb else frame.a)
    )
