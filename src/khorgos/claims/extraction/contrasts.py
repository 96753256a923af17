"""Amounts held against another of the same time: the other flow, or the same figure as first estimated."""

from __future__ import annotations

import re

from khorgos.claims.extraction.chunks import Line
from khorgos.claims.extraction.times import attached_time

_REACH = 9  # chunks; chosen because "worth of imports from the region, as against" fits
_VERBS = {"sell": "export", "buy": "import"}
_FIRST = r"(?:originally|initially|previously|earlier|first|provisionally)"
_ESTIMATED_AS = r"(?:estimated|reported|announced|published|stated|given|calculated|thought)"
_ESTIMATE = re.compile(
    rf"(?:that (?:was|had been) )?{_FIRST} {_ESTIMATED_AS}\b|{_ESTIMATED_AS} (?:{_FIRST}|at first)\b"
    r"|(?:of|in|from) (?:the|its) (?:original|initial|first|previous|earlier|advance|preliminary) "
    r"(?:estimate|report|figure)"
)
_ESTIMATED = re.compile(
    rf"\b(?:{_FIRST} {_ESTIMATED_AS}|(?:original|initial|first|advance|preliminary) (?:estimate|figure)(?: of)?) ?$"
)


def is_beside_other(line: Line, i: int) -> bool:
    """ "$11.2 billion of imports against $2.5 billion of exports": the other flow of the same time.

    Args:
        line: the sentence.
        i: the amount's chunk.
    """
    if attached_time(line, i) is not None:
        return False
    own, start = _flow_behind(line, i), max(0, i - _REACH)
    before = [k for k in range(start, i) if line.chunks[k].quantity is not None]
    if own is None or not before or any(c.low == "from" for c in line.chunks[before[-1] : i]):
        return False
    theirs = _flow_behind(line, before[-1]) or _flow_ahead(line, before[-1])
    return theirs in ("export", "import") and theirs != own


def _flow_behind(line: Line, i: int) -> str | None:
    """ "$2.5 billion of exports": the flow that an amount is of."""
    chunks = line.chunks[i + 1 : i + 4]
    if not chunks or chunks[0].low not in ("of", "in", "for", "worth of", "worth"):
        return None
    flow = next((c.marks["flow"] for c in chunks if c.has("flow")), None)
    return flow if flow in ("export", "import") else None


def _flow_ahead(line: Line, i: int) -> str | None:
    """ "exports of $5 billion", "bought goods for $5 billion": the last flow told before an amount."""
    for chunk in reversed(line.chunks[:i]):
        if chunk.has("flow"):
            return chunk.marks["flow"]
        if chunk.marks.get("verb") in _VERBS:
            return _VERBS[chunk.marks["verb"]]
    return None


def is_estimate(line: Line, i: int) -> bool:
    """ "less than the $56.4 billion of the original estimate", "than the $32.9 billion first reported".

    Args:
        line: the sentence.
        i: the amount's chunk.
    """
    behind = " ".join(c.low for c in line.chunks[i + 1 : i + 7])
    ahead = " ".join(c.low for c in line.chunks[max(0, i - 4) : i])
    return _ESTIMATE.match(behind) is not None or _ESTIMATED.search(ahead) is not None
