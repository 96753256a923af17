"""A text as it is read: spaces, quotes and dashes made plain, every character still knowing where it came from."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from khorgos.core.errors import BadInput

# Dashes of all lengths become one sign; only true hyphens and minus signs become "-".
_PLAIN = {
    **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\v\f\r", " "),
    **dict.fromkeys("\u2018\u2019\u201b\u02bc\u0060\u00b4\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2212\ufe63\uff0d", "-"),
    **dict.fromkeys("\u2012\u2013\u2014\u2015", "\u2013"),
    "\uff05": "%",
    "\uff04": "$",
    "\uffe5": "\u00a5",
    "\u2028": "\n",
    "\u2029": "\n",
    "\u2022": "\u2022",
}
# Marks without width: joiners, bidirectional controls, soft hyphens, the byte-order mark.
_WIDTHLESS = frozenset(
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text made plain, with the way back.

    Args:
        source: the text as it came.
        text: the text as it is read.
        origin: for each character of `text` the offset in `source` where it starts; one more entry for the end. None
            where both run in step.
    """

    source: str
    text: str
    origin: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.origin is None and len(self.source) != len(self.text):
            raise BadInput("A reading of another length needs its origins")
        if self.origin is not None and len(self.origin) != len(self.text) + 1:
            raise BadInput("A reading has one origin a character, and one for its end")

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the source of a stretch of the reading; the end is where its last character ends."""
        if self.origin is None:
            return start, end
        first = self.origin[start]
        return first, max(first, self.origin[end - 1] + 1 if end > start else first, self._end(end))

    def _end(self, end: int) -> int:
        """End of the last character's own source, which may be several characters long."""
        assert self.origin is not None
        last = self.origin[end - 1]
        after = self.origin[end]
        between = self.source[last:after]
        return last + len(between.rstrip("".join(_WIDTHLESS)))


@cache
def _table() -> dict[int, str]:
    """One-to-one replacements; other control characters become spaces."""
    controls = {chr(i): " " for i in range(32) if chr(i) not in "\n"} | {chr(i): " " for i in range(127, 160)}
    return {ord(k): v for k, v in {**controls, **_PLAIN}.items()}


def read(source: str) -> Reading:
    """Make a text plain.

    Args:
        source: any text.

    Returns:
        Its reading: the same characters but for spaces, quotes, dashes and full-width signs; controls are spaces;
        marks without width, and combining accents that have a composed letter, are gone.
    """
    text = source.translate(_table())
    if not any(mark in text for mark in _WIDTHLESS) and unicodedata.is_normalized("NFC", text):
        return Reading(source, text)
    return _composed(source, text)


def _composed(source: str, text: str) -> Reading:
    letters: list[str] = []
    origin: list[int] = []
    for position, letter in enumerate(text):
        if letter in _WIDTHLESS:
            continue
        if letters and unicodedata.combining(letter):
            joined = unicodedata.normalize("NFC", letters[-1] + letter)
            if len(joined) == 1:
                letters[-1] = joined
                continue
        letters.append(letter)
        origin.append(position)
    return Reading(source, "".join(letters), (*origin, len(source)))


def replaced(reading: Reading, changes: Iterable[tuple[int, int, str]]) -> Reading:
    """A reading in which some stretches are read as other words.

    Args:
        reading: the reading before.
        changes: (start, end, words) in offsets of `reading`, in order and apart from one another.

    Returns:
        The reading after; every character of the new words comes from the start of what it replaced, and the end of
        the words from its end.
    """
    changes = list(changes)
    if not changes:
        return reading
    before = reading.origin or tuple(range(len(reading.text) + 1))
    parts: list[str] = []
    origin: list[int] = []
    done = 0
    for start, end, words in changes:
        if start < done or end > len(reading.text) or not words:
            raise BadInput("Replacements stand in order, apart and within the text", where=words)
        parts += [reading.text[done:start], words]
        origin += before[done:start]
        origin += [before[start]] * (len(words) - 1) + [before[end - 1]]
        done = end
    parts.append(reading.text[done:])
    origin += before[done:]
    return Reading(reading.source, "".join(parts), tuple(origin))
