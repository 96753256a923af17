"""Which percentages are rates of duty."""

from __future__ import annotations

from collections.abc import Sequence

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.duty_words import BEARS, is_told_otherwise
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.tariff_mind import TariffMind

_ALL_OF = word_set("tariffs", "all_of")
_BREAKS = frozenset(
    (",", ";", ".", "of", "in", ")", "after", "before", "because", "despite", "amid", "against", "when", "while")
)
_BULLETS = frozenset(("-", "\u2013", "\u2022", "*", "\u00b7"))
NEAR = 5  # lines; chosen because an entry of a list of duties has two or three lines of remarks
REACH = 8  # chunks; chosen because "10 per cent to 15 per cent extra import duties" fits


def is_tariff(line: Line, i: int, running: TariffMind) -> bool:
    """Whether the percentage at a chunk is a rate of duty.

    Args:
        line: the sentence.
        i: its chunk.
        running: the tariff in question.
    """
    quantity = line.chunks[i].quantity
    if quantity is None or quantity.sort != "percent":
        return False
    chunks = line.chunks
    if _is_part(line, i, running):
        return False
    for k in range(i + 1, min(len(chunks), i + REACH)):
        if chunks[k].has("tariff"):
            return True
        if chunks[k].low in _BREAKS or chunks[k].has("flow") or (chunks[k].kind == "quantity"):
            break
    if _is_growth(chunks, i):
        return False
    return (
        _tariff_before(chunks, i)
        or _goes_on(chunks, i, running)
        or _is_entry(chunks, i, running)
        or is_told_otherwise(line, i, running)
    )


def _is_part(line: Line, i: int, running: TariffMind) -> bool:
    """ "Tariffs cover 80% of US imports, against 66% before": a part of trade, and what it is compared with."""
    chunks = line.chunks
    if i + 1 < len(chunks) and chunks[i + 1].low == "of":
        for chunk in chunks[i + 2 : i + 6]:
            if chunk.has("flow") or chunk.low in ("gdp", "output", "growth", "sales", "revenue", "production", "trade"):
                return True
            if chunk.has("tariff") or (chunk.kind != "area" and chunk.low not in ("the", "all", "its", "total", "'s")):
                break
    compared = i > 0 and chunks[i - 1].low in ("against", "than", "from")
    return compared and any(c.is_percent for c in chunks[:i]) and running.last is not line


def _is_growth(chunks: Sequence[Chunk], i: int) -> bool:
    """ "year-on-year an increase of 14%"."""
    noun = i > 1 and chunks[i - 1].low == "of" and chunks[i - 2].low in ("increase", "rise", "growth", "drop", "fall")
    return noun and not any(c.has("tariff") for c in chunks[max(0, i - 5) : i])


def _is_entry(chunks: Sequence[Chunk], i: int, running: TariffMind) -> bool:
    """ "- Goods of Country of Origin Canada 25%", "The rates were 10% at first": a line of a list of duties."""
    if running.lines > NEAR or any(c.has("flow") or c.has("share") or c.has("other") for c in chunks):
        return False
    if any(c.low in ("rate", "rates") for c in chunks[:i]):
        return True
    lead = i == 0 or (i == 1 and chunks[0].low in _BULLETS)
    if lead and i + 2 < len(chunks) and chunks[i + 1].low == "on" and _is_good(chunks[i + 2]):
        return True  # "15% on coal and liquefied natural gas from the U.S."
    signed = chunks[i].quantity is not None and chunks[i].quantity.sign != 0  # type: ignore[union-attr]
    steps = any(c.low == "from" and chunks[k + 1].quantity is not None for k, c in enumerate(chunks[:-1]))
    if chunks[0].low in _BULLETS and steps and not signed:
        return True  # "- electric vehicles - from 25 percent to 100 percent"
    of_goods = any(c.kind in ("area", "person") or _is_good(c) for c in chunks[:i])
    return of_goods and i >= len(chunks) - 2 and not any(_moves(c) for c in chunks[:i])


def _moves(chunk: Chunk) -> bool:
    return chunk.has("change") or (chunk.has("reach") and chunk.low not in ("with", "of", "in"))


def _is_good(chunk: Chunk) -> bool:
    return bool(chunk.product) or chunk.has("all")


def _tariff_before(chunks: Sequence[Chunk], i: int) -> bool:
    moved = False
    for k in range(i - 1, max(-1, i - 26), -1):
        chunk = chunks[k]
        if chunk.has("tariff"):
            return not moved
        if chunk.low in (";", "while", "whereas"):
            return False
        if chunk.has("flow") and not _is_laid_on(chunks, k):
            moved = True
        if chunk.has("share") and not chunk.has("change"):
            return False
    return False


def _is_laid_on(chunks: Sequence[Chunk], k: int) -> bool:
    """ "tariff on Chinese imports": the flow is what bears the duty."""
    for j in range(k - 1, max(-1, k - 6), -1):
        if chunks[j].low in ("on", "against", "for", "of"):
            return True
        is_goods = chunks[j].kind == "area" or bool(chunks[j].product) or chunks[j].has("all")
        if not is_goods and chunks[j].low not in _ALL_OF:
            return False
    return False


def _goes_on(chunks: Sequence[Chunk], i: int, running: TariffMind) -> bool:
    """ "Trump added another 10%, so that the tariff": the rate before the word, or after a sentence about tariffs."""
    if any(
        c.has("flow") and not _is_laid_on(chunks, k) and not _is_of_goods(chunks, k)
        for k, c in enumerate(chunks[: i + 6])
    ):
        return False
    if _is_next_rate(chunks, i):
        return True
    acted = any(c.has("tariffact") for c in chunks[max(0, i - 6) : i])
    later = any(c.has("tariff") for c in chunks[i + 1 : i + 16])
    return acted and (later or running.by is not None) and not any(c.has("other") for c in chunks[:i])


def _is_of_goods(chunks: Sequence[Chunk], k: int) -> bool:
    """ "25% on all imports of steel": what bears the duty."""
    return chunks[k].low == "imports" and any(c.low == "on" for c in chunks[max(0, k - 3) : k])


def _is_next_rate(chunks: Sequence[Chunk], i: int) -> bool:
    """ "15% on wheat and 10% on soybeans", "to 84%; a day later the total reaches 145%": a rate after a rate."""
    measured = [(k, c.quantity) for k, c in enumerate(chunks[:i]) if c.quantity is not None]
    before = [k for k, quantity in measured if quantity.sort == "percent"]
    if not before or not any(c.has("tariff") or c.has("tariffact") for c in chunks[:i]):
        return False
    on_goods = (
        i + 2 < len(chunks) and chunks[i + 1].low == "on" and bool(chunks[i + 2].product or chunks[i + 2].has("all"))
    )
    borne = i > 0 and BEARS.match(chunks[i - 1].low) is not None  # "energy bears 10%"
    return on_goods or borne or any(c.low == "total" for c in chunks[max(before[-1], i - 4) : i])
