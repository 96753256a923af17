"""Words, numbers and signs of a reading, with where they stand."""

from __future__ import annotations

import re
from typing import NamedTuple

# Every branch runs forward over single characters: no text can make it slow.
_TOKEN = re.compile(
    r"(?P<abbr>(?:[A-Za-z]\.){2,}|[A-Z]\.[A-Z]\b|p\.c\b)"
    r"|(?P<number>[0-9]+(?:[.,'][0-9]+)*)"
    r"|(?P<own>'[sS]\b)"
    r"|(?P<word>[^\W\d_]+(?:'(?![sS]\b)[^\W\d_]+)*)"
    r"|(?P<gap>[ \n]+)"
    r"|(?P<sign>.)"
)


class Token(NamedTuple):
    """One word, number or sign.

    Args:
        start: where it starts in the reading.
        end: where it ends.
        text: as written.
        low: in lower case, points of an abbreviation left out ("us" for "U.S." stays apart from "us": see `sort`).
        sort: "word", "abbr" (letters with points), "number", "own" (the possessive 's) or "sign".
        glued: whether nothing stands between it and the token before.
    """

    start: int
    end: int
    text: str
    low: str
    sort: str
    glued: bool


def tokenize(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Cut a stretch of a reading into tokens.

    Args:
        text: the reading's text.
        start: where to begin.
        end: where to stop; None for the end.

    Returns:
        The tokens in order; spaces and ends of lines are left out.
    """
    tokens: list[Token] = []
    glued = False
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        sort = match.lastgroup or "sign"
        if sort == "gap":
            glued = False
            continue
        written = match.group()
        low = written.lower().replace(".", "") if sort == "abbr" else written.lower()
        tokens.append(Token(match.start(), match.end(), written, low, sort, glued))
        glued = True
    return tokens
