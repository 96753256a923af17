"""Paragraphs and sentences of a reading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from khorgos.claims.extraction.lexicon import word_set

# After these a point does not end a sentence when a capital follows.
_TITLES = word_set("sentences", "titles")
# Words that begin a sentence rather than go on after "U.S.".
_OPENERS = word_set("sentences", "openers")
_ACRONYM = re.compile(r"(?<![A-Za-z])(?:[A-Za-z]\.)+$")
_SCALES = frozenset({"pct", "cent", "mln", "bln", "bn", "mn", "tn", "trln"})
_CURRENCIES = frozenset({"dollar", "euro", "yuan", "ruble", "rouble", "tenge", "rupee", "yen", "u.s"})
_BREAK = re.compile(r"[.!?][\"')\]]{0,3}(?=\s|$)|\n")
_BULLET = re.compile(r"\s*(?:[-*\u2022\u25cf\u25aa\u2013]|\d{1,2}[.)])\s")
_STOPS = (".", "!", "?", ":", '"')
_BLOCK = 6  # lines; chosen because a heading, a dateline and a few lines of a list are fewer
_SHORT = 12  # characters; chosen because the next word would have fitted
_LONGEST = 3000  # characters; chosen because no sentence of prose is as long, and what reads a sentence stays quick


class Sentence(NamedTuple):
    """A stretch of the reading.

    Args:
        start: where it starts.
        end: where it ends, without trailing space.
        paragraph: number of its paragraph (line), from 0.
    """

    start: int
    end: int
    paragraph: int


def sentences(text: str) -> list[Sentence]:
    """Cut a reading into sentences.

    A line ends a sentence, unless the lines of its block are plainly one paragraph broken at a fixed width.

    Args:
        text: the reading's text.

    Returns:
        The sentences in order, none empty and none longer than a few thousand characters.
    """
    found: list[Sentence] = []
    for number, (start, end) in enumerate(_paragraphs(text)):
        for first, last in _cut(text, start, end):
            found.extend(Sentence(a, b, number) for a, b in _trimmed(text, first, last))
    return found


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Lines, or blocks of lines that were broken at a width."""
    for block in re.finditer(r"[^\n]+(?:\n[^\n]+)*", text):
        start, end = block.span()
        lines = text[start:end].split("\n")
        if _is_wrapped(lines):
            yield start, end
            continue
        position = start
        for group in _broken_at_width(lines) if _is_all_wrapped(lines) else ([line] for line in lines):
            length = sum(len(line) + 1 for line in group) - 1
            if any(line.strip() for line in group):
                yield position, position + length
            position += length + 1


def _is_wrapped(lines: list[str]) -> bool:
    """Whether a block is one paragraph broken at 55 to 110 characters, as in mail and old terminals."""
    if len(lines) < 2 or any("|" in line or _BULLET.match(line) for line in lines):
        return False
    body = [line.rstrip() for line in lines[:-1]]
    widths = [len(line) for line in body]
    if min(widths) < 50 or max(widths) > 110 or max(widths) - min(widths) > 25:
        return False
    open_ends = sum(not line.endswith(_STOPS) for line in body)
    return open_ends >= 0.6 * len(body) and len(lines[-1]) <= 110


def _is_all_wrapped(lines: list[str]) -> bool:
    """Whether a block is several paragraphs, broken at one width, without an empty line between them."""
    if len(lines) < _BLOCK or any("|" in line or _BULLET.match(line) for line in lines):
        return False
    broken = [k for k, line in enumerate(lines[:-1]) if not line.rstrip().endswith(_STOPS)]
    widths = [len(lines[k].rstrip()) for k in broken]
    if len(broken) < 0.5 * len(lines) or max(widths) > 110:
        return False
    least = max(50, max(widths) - 25)
    if sum(width < least for width in widths) > 0.15 * len(broken):  # a line in the middle may break off early
        return False
    return sum(lines[k + 1].lstrip()[:1].islower() for k in broken) >= 0.4 * len(broken)


def _broken_at_width(lines: list[str]) -> Iterator[list[str]]:
    """The paragraphs of such a block: a line that stops short of the width ends one."""
    width = max(len(line.rstrip()) for line in lines)
    group: list[str] = []
    for line in lines:
        group.append(line)
        if line.rstrip().endswith(_STOPS) and len(line.rstrip()) < width - _SHORT:
            yield group
            group = []
    if group:
        yield group


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for match in _BREAK.finditer(text, start, end):
        if match.group() == "\n" or not _ends_sentence(text, match.start(), match.end(), first, end):
            continue
        yield first, match.end()
        first = match.end()
    yield first, end


def _ends_sentence(text: str, mark: int, after: int, first: int, end: int) -> bool:
    rest = text[after : min(end, after + 60)].lstrip()
    if not rest:
        return True
    if text[mark] != ".":
        return not rest[0].islower()
    if rest[0].islower() or rest[0] in ",;:)%":
        return False
    before = text[max(first, mark - 14) : mark]
    word = before.split()[-1].lower().lstrip("(\"'") if before.split() else ""
    if word in _SCALES:
        opener = re.match(r"[A-Za-z.$]+", rest)
        return not (opener and (opener[0].isupper() or opener[0].lower().rstrip("s") in _CURRENCIES))
    if _ACRONYM.search(before + ".") or word in _TITLES or (len(word) == 1 and word.isalpha()):
        opener = re.match(r"[\"'(]*([A-Za-z]+)", rest)
        acronym = bool(_ACRONYM.search(before + "."))
        return bool(acronym and opener and opener[1].lower() in _OPENERS and opener[1][0].isupper())
    return True


def _trimmed(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    while first < last and text[first].isspace():
        first += 1
    while last > first and text[last - 1].isspace():
        last -= 1
    for start in range(first, last, _LONGEST):
        yield start, min(last, start + _LONGEST)
