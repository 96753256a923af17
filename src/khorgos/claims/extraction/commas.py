"""What a comma before three digits is, where a scale follows: 106,706 billion may be 106.706 billion."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from khorgos.claims.extraction.numerals import scaled
from khorgos.claims.extraction.quantity import Quantity
from khorgos.claims.extraction.tokens import Token

_SCALE = r"\s?-?(?:thousand|mln|million|mn|bln|billion|bn|trln|trillion|tn)\b"
_DECIMAL = re.compile(rf"(?<![0-9.,])[0-9]+,[0-9]{{1,2}}(?:{_SCALE}|\s?%|\s?(?:per cent|percent)\b)", re.I)
_GROUPING = re.compile(r"[0-9],[0-9]{3}(?:,[0-9]{3}|\.[0-9])")
_GROUP = re.compile(r"[0-9]{1,3},[0-9]{3}")
# Chosen because the trade of the whole world is a third of it (UNCTAD, Global Trade Update, March 2025: $33 trillion).
_TOO_LARGE = 1e14
_HARD = frozenset(("USD", "EUR", "GBP", "CHF"))
_A_THOUSANDTH = 0.001


@lru_cache(maxsize=8)
def writes_decimal_commas(text: str) -> bool:
    """Whether a text writes 6,6 billion for 6.6 billion, and nowhere parts thousands by commas beyond doubt."""
    return _DECIMAL.search(text) is not None and _GROUPING.search(text) is None


def with_decimal_commas(tokens: Sequence[Token], found: Sequence[Quantity], *, usual: bool) -> list[Quantity]:
    """Numbers with a scale whose comma is a decimal one, read so.

    Args:
        tokens: of one sentence.
        found: its quantities.
        usual: whether the text writes decimal commas elsewhere.

    Returns:
        The quantities; those whose comma parts thousands as they were.
    """
    return [_decimal(each) if _is_decimal(tokens, each, usual=usual) else each for each in found]


def _is_decimal(tokens: Sequence[Token], each: Quantity, *, usual: bool) -> bool:
    if not each.scaled or each.value is None or not _GROUP.fullmatch(tokens[each.number].text):
        return False
    return usual or (each.unit in _HARD and each.value >= _TOO_LARGE)


def _decimal(each: Quantity) -> Quantity:
    value, step = scaled(each.value or 0.0, _A_THOUSANDTH), scaled(each.step or 1.0, _A_THOUSANDTH)
    return replace(each, value=value, step=step, note="decimal comma")
