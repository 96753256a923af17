"""Amounts in brackets whose time an earlier bracket told: "$11.56 billion in 2023 ($10.8 billion in 2022)"."""

from __future__ import annotations

from collections.abc import Iterator

from khorgos.claims.extraction.chunks import Line
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.when import When

_AMOUNTS = frozenset(("money", "goods"))


def paired_time(setting: Setting, i: int) -> When | None:
    """The time of an amount in brackets right behind its like: that of the last bracket of this kind.

    Args:
        setting: the sentence.
        i: the amount's chunk.

    Returns:
        The time; None if the amount is no such pair, has a time of its own, or none was told before.
    """
    brackets = list(_brackets(setting.scene.line, i + 1))
    if not brackets or brackets[-1] != (i, None) or not _has_like(setting.scene.line, i):
        return None
    return next((when for _, when in reversed(brackets) if when is not None), setting.mind.bracket)


def bracket_told(line: Line, before: When | None) -> When | None:
    """The time that amounts in brackets of the next sentence may have.

    Args:
        line: the sentence.
        before: what the sentences before it told.
    """
    brackets = list(_brackets(line, len(line.chunks)))
    told = [when for _, when in brackets if when is not None]
    return told[-1] if told else (before if brackets else None)


def _brackets(line: Line, end: int) -> Iterator[tuple[int, When | None]]:
    """The amounts that open brackets behind an amount, with the time told there: "(in 2022 - $17.8 billion)"."""
    chunks = line.chunks
    for k in range(1, end - 1):
        if chunks[k].low != "(" or (not _is_amount(line, k - 1) and chunks[k - 1].kind != "when"):
            continue
        close = next((j for j in range(k, len(chunks)) if chunks[j].low == ")"), len(chunks))
        amounts = [j for j in range(k + 1, close) if _is_amount(line, j)]
        whens = [c.when for c in chunks[k + 1 : close] if c.when is not None]
        if len(amounts) == 1 and len(whens) < 2:
            yield amounts[0], whens[0] if whens else None


def _is_amount(line: Line, i: int) -> bool:
    quantity = line.chunks[i].quantity
    return quantity is not None and quantity.sort in _AMOUNTS


def _has_like(line: Line, i: int) -> bool:
    """Whether the amount in front of the bracket is in the same unit."""
    ahead, inside = line.chunks[i - 2].quantity, line.chunks[i].quantity
    return ahead is not None and inside is not None and (ahead.sort, ahead.unit) == (inside.sort, inside.unit)
