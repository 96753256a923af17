"""Areas and words for them behind a preposition, alone or listed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from khorgos.claims.extraction.chunks import Chunk
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.mention import WHICH
from khorgos.claims.extraction.sides import is_group

DETERMINERS = word_set("mentions", "determiners")
_STATES = word_set("mentions", "states")
_COUNTED = re.compile(r"^(?:the |these |those )?(?:two |three |four |five |six |ten |all )?")
_TIMES = frozenset(("period", "quarter", "month", "months", "year", "years", "half"))
_MARKET = word_set("mentions", "market")


def skip_determiners(chunks: Sequence[Chunk], k: int) -> int:
    """The first chunk from here on that is no determiner, "the countries of" included."""
    while k < len(chunks):
        if chunks[k].low in DETERMINERS:
            k += 1
        elif _are_states(chunks[k]) and _are_named_behind(chunks, k + 1):
            k += 2
        elif chunks[k].low.endswith(" of") and chunks[k].low.removesuffix(" of") in _STATES:
            k += 1
        else:
            break
    return k


def _are_named_behind(chunks: Sequence[Chunk], k: int) -> bool:
    """ "the countries of Central Asia", but not "the five countries in the period"."""
    if k + 1 >= len(chunks) or chunks[k].low not in ("of", "in", "along"):
        return False
    ahead = chunks[k + 1 : k + 4]
    named = next((n for n, c in enumerate(ahead) if c.kind == "area"), len(ahead))
    return not any(c.kind in ("when", "quantity") or c.low in _TIMES for c in ahead[:named])


def area_list(chunks: Sequence[Chunk], k: int, *, both: bool = False) -> tuple[tuple[str, ...], int]:
    """Areas or words for them from a chunk on, listed with commas and "and"; and where the list ends."""
    found: list[str] = []
    while True:
        start = k
        k = k if is_anaphor(chunks, k) else skip_determiners(chunks, k)
        one, after = _one_area(chunks, k, first=start)
        if one is None:
            return tuple(found), (start if not found else _before_join(chunks, start))
        found.append(one)
        k = after
        joined = _after_join(chunks, k, must=both and len(found) == 1)
        if joined is None:
            return tuple(found), k
        k = joined


def _are_states(chunk: Chunk) -> bool:
    return _COUNTED.sub("", chunk.low) in _STATES


def is_anaphor(chunks: Sequence[Chunk], k: int) -> bool:
    """Whether a chunk stands for areas named before; "the countries of Central Asia" names them itself."""
    if k >= len(chunks) or not chunks[k].has("anaphor"):
        return False
    return not (_are_states(chunks[k]) and k + 1 < len(chunks) and chunks[k + 1].low == "of")


def _after_join(chunks: Sequence[Chunk], k: int, *, must: bool = False) -> int | None:
    """The chunk after ", and" or "and" or a comma, if an area follows."""
    start = k
    while k < len(chunks) and k - start < 2 and chunks[k].low in (",", "and", "&", "as well as"):
        k += 1
    if k == start:
        return None
    ahead = skip_determiners(chunks, k)
    if (
        ahead < len(chunks)
        and _one_area(chunks, ahead, first=k)[0] is not None
        and (must or not _starts_clause(chunks, ahead) or _is_compound(chunks, start, k, ahead))
    ):
        return k
    return None


def _is_compound(chunks: Sequence[Chunk], start: int, k: int, ahead: int) -> bool:
    """ "Exports to Kazakhstan and Kyrgyzstan climbed": both before the one verb of the sentence."""
    if k - start != 1 or chunks[start].low != "and" or ahead + 1 >= len(chunks) or not chunks[ahead + 1].has("change"):
        return False
    first = max((j + 1 for j in range(start) if chunks[j].low in (",", ";", ":", "but", "while")), default=0)
    return not any(
        c.has("change") or (c.has("reach") and c.low not in ("to", "at", "with", "of")) for c in chunks[first:start]
    )


def _starts_clause(chunks: Sequence[Chunk], k: int) -> bool:
    """Whether an area after "and" begins a statement of its own: "with A, and B exported"."""
    after = chunks[k + 1] if k + 1 < len(chunks) else None
    if after is None:
        return False
    return (
        after.low == "'s"
        or after.has("verb")
        or after.has("change")
        or after.low in ("has", "had", "was", "is", "saw", "led")
        or (after.kind == "wording" or after.has("flow") or after.kind == "quantity")
    )


def _before_join(chunks: Sequence[Chunk], k: int) -> int:
    while k and chunks[k - 1].low in (",", "and", "&"):
        k -= 1
    return k


def _one_area(chunks: Sequence[Chunk], k: int, *, first: int) -> tuple[str | None, int]:  # noqa: PLR0911  one rule a return
    if k >= len(chunks):
        return None, k
    chunk = chunks[k]
    if chunk.low in ("which", "whom"):
        return WHICH, k + 1
    if is_anaphor(chunks, k) or (first < k and " ".join(c.low for c in chunks[first : k + 1]) in ("the bloc",)):
        return "@" + chunk.marks["anaphor"], k + 1
    if chunk.kind == "area" and chunk.area is not None:
        if chunk.area.sort == "adjective":
            after = chunks[k + 1].low if k + 1 < len(chunks) else ""
            return (chunk.area.area, k + 2) if after in _MARKET else (None, k)
        last = k + 1
        if is_group(chunk.area.area) and last < len(chunks) and chunks[last].low in ("country", "nation", "republic"):
            return "@country", last + 1  # "the South Caucasus country"
        while (
            last < len(chunks)
            and (chunks[last].low == "member" or chunks[last].low in _STATES)
            and is_group(chunk.area.area)
        ):
            last += 1
        return chunk.area.area, last
    if chunk.has("scope") and chunk.low.endswith(("world", "countries", "worldwide")):
        return "WLD", k + 1
    if chunk.low == "rest" and " ".join(c.low for c in chunks[k : k + 4]) == "rest of the world":
        return "WLD", k + 4
    return None, k
