"""Numbers as newsrooms print them: 2,847.6; 748,8; 3 413; 1,528,9; two-thirds; two and a half."""

from __future__ import annotations

import re
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from khorgos.core.errors import BadInput

#: Characters of the longest numeral that is read; chosen because no figure of trade has more digits.
LONGEST_NUMERAL = 24


class Numeral(NamedTuple):
    """A printed number.

    Args:
        value: what it says.
        step: step of its last printed digit.
        note: how marks were read, where that was not plain; empty otherwise.
    """

    value: float
    step: float
    note: str = ""


_ONES = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = {
    word: 20 + 10 * i
    for i, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}
#: Cardinal words from zero to ninety.
CARDINALS = MappingProxyType({**_ONES, **_TENS, "dozen": 12, "hundred": 100})

_ORDINAL_WORDS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
#: Ordinal words from first to twentieth.
ORDINALS = MappingProxyType({word: number for number, word in enumerate(_ORDINAL_WORDS, start=1)})

#: Denominators of spoken fractions.
FRACTIONS = MappingProxyType(
    {
        **{"half": 2, "halves": 2, "quarter": 4, "quarters": 4},
        **{word: number for word, number in ORDINALS.items() if 3 <= number <= 10},
        **{word + "s": number for word, number in ORDINALS.items() if 3 <= number <= 10},
    }
)

_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_POINTED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}")
_MIXED = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+),([0-9]{1,2})")
_EUROPEAN = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+),([0-9]+)")
_COMMA = re.compile(r"([0-9]+),([0-9]{1,2}|0[0-9]{2,}|[0-9]{4,})")
_PLAIN = re.compile(r"([0-9]+)(?:\.([0-9]+))?")


def read_numeral(text: str) -> Numeral:
    """Read a printed number.

    Args:
        text: digits with points, commas, apostrophes or spaces among them.

    Returns:
        Its value and the step of its last digit; a decimal comma, or a comma used both ways, is noted.

    Raises:
        BadInput: if it is no single number (a date, a version, a run of digits too long to be a figure).
    """
    if len(text) > LONGEST_NUMERAL:
        raise BadInput("Too many digits for a figure", where=text[:LONGEST_NUMERAL])
    body = text.replace("'", "").replace(" ", "")
    note = ""
    if match := _MIXED.fullmatch(body):
        body, note = match[1].replace(",", "") + "." + match[2], "comma used both for thousands and for decimals"
    elif match := _EUROPEAN.fullmatch(body):
        body, note = match[1].replace(".", "") + "." + match[2], "decimal comma"
    elif _THOUSANDS.fullmatch(body.partition(".")[0]) and not body.startswith("0,"):
        body = body.replace(",", "")
    elif _POINTED.fullmatch(body):
        body, note = body.replace(".", ""), "points for thousands"
    elif match := _COMMA.fullmatch(body):
        body, note = f"{match[1]}.{match[2]}", "decimal comma"
    elif body.startswith("0,"):
        body, note = body.replace(",", "."), "decimal comma"
    match = _PLAIN.fullmatch(body)
    if not match:
        raise BadInput("Not one number", where=text)
    decimals = len(match[2] or "")
    return Numeral(float(body), 10.0**-decimals, note)


def cardinal(words: list[str]) -> Numeral | None:
    """Read number words.

    Args:
        words: lower-case words without hyphens: ["twenty", "five"], ["two", "and", "a", "half"].

    Returns:
        The number, its step a half where halves are spoken of; None if these are not number words.
    """
    if words[-3:] in (["and", "a", "half"], ["and", "one", "half"]):
        whole = cardinal(words[:-3]) if len(words) > 3 else None
        return None if whole is None else Numeral(whole.value + 0.5, 0.5)
    if not words or any(word not in CARDINALS for word in words):
        return None
    if len(words) == 2 and words[0] in _TENS and 0 < _ONES.get(words[1], 0) < 10:
        return Numeral(float(_TENS[words[0]] + _ONES[words[1]]), 1.0)
    if len(words) == 2 and words[0] in _ONES and words[1] in ("hundred", "dozen"):
        return Numeral(float(_ONES[words[0]] * CARDINALS[words[1]]), 1.0)
    return Numeral(float(CARDINALS[words[0]]), 1.0) if len(words) == 1 else None


def scaled(value: float, size: float) -> float:
    """A printed number times its scale, as if worked out on paper: 32.7 billion is 32,700,000,000 and no more."""
    return float(Decimal(repr(value)) * Decimal(repr(size)))


def added(a: float, b: float) -> float:
    """Two parts of one printed number, as if added on paper."""
    return float(Decimal(repr(a)) + Decimal(repr(b)))


def ordinal(word: str) -> int | None:
    """1 for "first" or "1st"; None if the word is no ordinal."""
    if word in ORDINALS:
        return ORDINALS[word]
    match = re.fullmatch(r"([0-9]{1,3})(?:st|nd|rd|th)", word)
    return int(match[1]) if match else None
