"""Tariff rates of prose: who imposes them on whom, on which goods, from which day."""

from __future__ import annotations

import re
from collections.abc import Sequence

from khorgos.claims.claim import RATE_BEFORE
from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.discourse import Frame, behind
from khorgos.claims.extraction.drafts import Draft
from khorgos.claims.extraction.duties import FACED, NEAR, REACH, TariffMind
from khorgos.claims.extraction.lexicon import rows, word_set
from khorgos.claims.extraction.quantity import Quantity
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.sides import WORLD
from khorgos.claims.extraction.when import When

_AFTER_GOODS = word_set("tariffs", "after_goods")
_HITS = re.compile(r"(?:hits?|targets?|targeting|covers?|covering|affects?)$")


def note_duties(line: Line, mind: TariffMind, setting: Setting) -> None:
    """Keep what a sentence says of duties without a rate: the day of a heading, who laid them on whom.

    Args:
        line: the sentence.
        mind: the tariff in question; brought up to date.
        setting: the sentence with its calendar.
    """
    chunks = line.chunks
    told = [c for c in chunks if c.low not in (".", ":", ",", "-")]
    lead = chunks[0].when if chunks else None
    alone = len(told) == 1 or (len(chunks) > 1 and chunks[1].low in ("\u2013", "\u2014", ":", "-"))
    if lead is not None and lead.sort == "date" and alone:
        mind.heading = _written(lead, setting)
    cues = [k for k, c in enumerate(chunks) if c.has("tariff")]
    rated = any(c.quantity is not None and c.quantity.sort == "percent" for c in chunks)
    mind.lines = 0 if cues else mind.lines + (not rated)
    if mind.lines <= NEAR and not rated:
        mind.heading = _applied_from(line, setting) or mind.heading
    if not cues or rated:
        return
    on, goods = _laid_on(chunks, cues[0])
    by = _imposer(chunks, cues[0], cues[0], on)
    day = _day(setting, cues[0])
    if by is not None and on not in (None, by) and (day or any(c.has("tariffact") for c in chunks)):
        mind.by, mind.on, mind.goods, mind.day = by, on, goods, day


def _applied_from(line: Line, setting: Setting) -> str | None:
    """ "The increases apply to goods entered on or after Sept. 27": the day for all rates that follow."""
    for k, chunk in enumerate(line.chunks):
        before = " ".join(c.low for c in line.chunks[max(0, k - 3) : k])
        if chunk.when is not None and chunk.when.sort == "date" and before.endswith(("on or after", "effective")):
            return _written(chunk.when, setting)
    return None


def tariff(setting: Setting, i: int, mind: TariffMind) -> Draft:
    """Read a rate of duty.

    Args:
        setting: its sentence.
        i: its chunk.
        mind: the tariff in question; brought up to date.

    Returns:
        The draft.
    """
    line = setting.scene.line
    quantity = line.chunks[i].quantity
    assert quantity is not None
    cue = _cue(line.chunks, i)
    on, goods = _target(line.chunks, i, cue)
    by = (
        _into(line.chunks, min(i, cue), on)
        or _imposer(line.chunks, i, cue, on)
        or _in_force_in(line.chunks, max(i, cue), on)
    )
    by, on = _sides(by, on, mind, setting)
    known = _known_day(by, on, quantity, goods, setting)
    day = _day(setting, i)
    if day is not None and known is not None and (known.startswith(day) or known[4:] == day[4:]):
        day = known  # "in February" was the 4th; a day and month of another year
    day = day or mind.heading or (known if quantity.value != mind.rate else None) or _told_day(mind, by) or known
    mind.rate = quantity.value
    mind.by, mind.on, mind.goods = by, on, goods or mind.goods
    if _is_old(line.chunks, i):
        day = None
    mind.day = day or mind.day
    draft = Draft(
        setting.scene, line.tokens[quantity.first].start, line.tokens[quantity.last - 1].end, "tariff_rate", chunk=i
    )
    draft.frame = Frame(by, on, "import", product=goods, sure=2)
    draft.value, draft.unit, draft.step = quantity.value, "percent", quantity.step
    draft.low, draft.high = quantity.low, quantity.high
    draft.qualifier = None if quantity.low is not None else quantity.qualifier
    old = RATE_BEFORE if _is_old(line.chunks, i) else ""
    draft.notes = tuple(filter(None, (quantity.note, _extra(line.chunks, i), old)))
    draft.period, draft.period_sure = day, day is not None
    return draft


def _is_old(chunks: Sequence[Chunk], i: int) -> bool:
    """ "cut its tariffs from 125 percent to 10 percent": the rate before, whose day is not told."""
    if not i or chunks[i - 1].low != "from" or i + 2 >= len(chunks):
        return False
    return chunks[i + 1].low == "to" and chunks[i + 2].quantity is not None


def _extra(chunks: Sequence[Chunk], i: int) -> str:
    words = " ".join(c.low for c in chunks[max(0, i - 8) : i + 6])
    return "additional" if re.search(r"\b(?:additional|extra|another|further|more|on top)\b", words) else ""


def _cue(chunks: Sequence[Chunk], i: int) -> int:
    """The chunk of the word "tariff" that the rate belongs to; the rate itself if none."""
    near = [k for k in range(max(0, i - 26), min(len(chunks), i + 16)) if chunks[k].has("tariff")]
    right = [k for k in near if i < k < i + REACH and all(c.kind != "quantity" for c in chunks[i + 1 : k])]
    if right:
        return right[0]
    left = [k for k in near if k < i]
    return left[-1] if left else (near[0] if near else i)


def _target(chunks: Sequence[Chunk], i: int, cue: int) -> tuple[str | None, str]:
    """Whose goods, and which: what follows "on", else what "will face" the duty."""
    start = max(i, cue) if cue > i else cue
    if i + 1 < len(chunks) and chunks[i + 1].low == "on":
        start = i
    rates = [k for k in range(i) if chunks[k].quantity is not None]
    own = [k for k in range(rates[-1] + 1, i) if chunks[k].low in ("on", "against")] if rates else []
    if len(own) > 1 and cue < i:  # "a 25% levy on cars and doubled that on steel to 50%"
        return _goods_list(chunks, own[-1] + 1)
    found = _laid_on(chunks, start)
    if found == (None, "") and start != i:
        found = _laid_on(chunks, i)
    if found != (None, ""):
        return found
    faced = _facing(chunks, min(i, cue))
    if faced != (None, ""):
        return faced
    hit = _hit(chunks, i, cue)
    return hit if hit != (None, "") else _laid_before(chunks, cue)


def _laid_before(chunks: Sequence[Chunk], cue: int) -> tuple[str | None, str]:
    """ "that on $200 billion of Chinese imports the tariffs would go up": the goods before the duty."""
    on = next((k for k in range(cue - 1, max(-1, cue - 10), -1) if chunks[k].low in ("on", "against")), None)
    if on is not None and any(
        c.low in (",", ";") and chunks[k + 1].low in ("and", "then") for k, c in enumerate(chunks[on:cue], on)
    ):
        return None, ""  # "84% on U.S. goods, and then came Trump's tariff"
    return _goods_list(chunks[:cue], on + 1) if on is not None else (None, "")


def _hit(chunks: Sequence[Chunk], i: int, cue: int) -> tuple[str | None, str]:
    """ "The first list hits $34 billion of U.S. products with 25% tariffs"; or the goods of a line of a list."""
    start = next((k for k in range(min(i, cue) - 1, -1, -1) if _HITS.match(chunks[k].low)), None)
    if start is not None:
        return _goods_list(chunks, start + 1)
    return _goods_list(chunks, 0) if i >= len(chunks) - 2 and cue == i else (None, "")


def _laid_on(chunks: Sequence[Chunk], start: int) -> tuple[str | None, str]:
    k = start + 1
    while k < len(chunks) and chunks[k].low not in ("on", "against", "for") and k - start < 9:
        if chunks[k].low in (";", ".", "while", "and") or (chunks[k].kind == "quantity" and k - start > 4):
            return None, ""
        k += 1
    if k >= len(chunks) or chunks[k].low not in ("on", "against", "for"):
        return None, ""
    return _goods_list(chunks, k + 1)


def _goods_list(chunks: Sequence[Chunk], k: int) -> tuple[str | None, str]:
    """ "American coal and liquefied natural gas", "steel from India", "everything imported from China"."""
    area: str | None = None
    goods: list[str] = []
    start = k
    while k < len(chunks) and k - start < 26:
        chunk = chunks[k]
        if chunk.kind == "area" and chunk.area is not None and area in (None, WORLD):
            area = chunk.area.area
        elif chunk.has("scope") and chunk.low.endswith("countries") and area is None:
            area = WORLD
        elif chunk.product:
            goods.append(chunk.low)
        elif chunk.low == "imports" and area is None and goods and "all" in [c.low for c in chunks[start:k]]:
            area = WORLD
        elif chunk.low in ("everything", "all", "various"):
            goods.append("all goods" if chunk.low != "various" else "various")
        elif chunk.quantity is not None and chunk.quantity.sort == "money":
            pass  # "on $34 billion worth of goods from China"
        elif chunk.kind in ("quantity", "when", "person") or chunk.low in _AFTER_GOODS:
            break
        k += 1
    return area, ", ".join(dict.fromkeys(goods))


def _facing(chunks: Sequence[Chunk], i: int) -> tuple[str | None, str]:
    """ "U.S. soybeans will face", "imports from China are subject to"."""
    faced = _faced(chunks, i)
    if faced is None:
        return None, ""
    area: str | None = None
    goods = []
    floor = max((k + 1 for k in range(faced) if chunks[k].low in (";", ".") or chunks[k].kind == "quantity"), default=0)
    for chunk in chunks[max(floor, faced - 20) : faced]:
        if chunk.kind == "area" and chunk.area is not None:
            area = chunk.area.area
        if chunk.low.endswith("countries"):
            area = WORLD
        if chunk.product:
            goods.append(chunk.low)
    return area, ", ".join(dict.fromkeys(goods))


def _faced(chunks: Sequence[Chunk], i: int) -> int | None:
    """The verb of those who bear a duty, before a rate."""
    for k in range(i, max(-1, i - 12), -1):
        passive = chunks[k].low == "hit" and k > 0 and chunks[k - 1].has("reach")
        if passive or FACED.match(chunks[k].low):
            return k
    return None


def _imposer(chunks: Sequence[Chunk], i: int, cue: int, on: str | None) -> str | None:
    """The nearest government before the rate, or the adjective of the tariff."""
    told = _told_imposer(chunks, cue, on)
    if told is not None:
        return told
    start = min(i, cue)
    found: str | None = None
    faced = _faced(chunks, start)
    for k in range(start - 1, -1, -1):
        chunk = chunks[k]
        if faced is not None and k < faced:
            break
        if chunk.area is None or chunk.kind not in ("area", "person") or chunk.area.area == on:
            continue
        if chunk.kind == "area" and behind(chunks, k) in ("on", "from", "against", "to", "with", "than", "for"):
            continue
        found = chunk.area.area
        break
    if found is not None:
        return found
    for k in range(min(i, cue) + 1, len(chunks)):
        chunk = chunks[k]
        if (
            chunk.area is not None
            and chunk.kind in ("area", "person")
            and chunk.area.area != on
            and (chunks[k - 1].low in ("by", "said", ",") or _that(chunks, k))
            and not behind(chunks, k).strip("by")
        ):
            return chunk.area.area
    signed = [c.area.area for c in chunks[:start] if c.kind == "person" and c.area is not None and c.area.area != on]
    return signed[-1] if signed else None


def _told_imposer(chunks: Sequence[Chunk], cue: int, on: str | None) -> str | None:
    """ "China: additional tariffs", "Chinese tariffs", "tariffs imposed by the USA", "Trump's tariffs"."""
    near = [cue - 1] if cue else []
    near += [k for k in range(cue + 1, min(len(chunks), cue + 7)) if behind(chunks, k) == "by"]
    near += [k for k in (cue + 1,) if k < len(chunks) and chunks[k].kind == "person"]
    near += [cue - 2] if cue > 1 and chunks[cue - 1].low == "'s" else []
    near += [
        k for k in range(cue + 1, min(len(chunks), cue + 4)) if chunks[k].kind == "person" and behind(chunks, k) == "of"
    ]
    if len(chunks) > 1 and chunks[1].low == ":":
        near.insert(0, 0)
    for k in near:
        area = chunks[k].area
        if area is not None and chunks[k].kind in ("area", "person") and area.area != on:
            return area.area
    return None


def _that(chunks: Sequence[Chunk], k: int) -> bool:
    """ "a 20 percent levy that President Trump had tied to": who laid it stands behind "that"."""
    return any(c.low in ("that", "which") for c in chunks[max(0, k - 3) : k]) and chunks[k].kind == "person"


def _into(chunks: Sequence[Chunk], start: int, on: str | None) -> str | None:
    """ "All Chinese imports to the U.S. become subject to": who lays the duty on them."""
    faced = _faced(chunks, start)
    if faced is None:
        return None
    for k in range(max(0, faced - 8), faced):
        area = chunks[k].area
        into = behind(chunks, k) in ("to", "into") and any(c.low == "imports" for c in chunks[max(0, k - 4) : k])
        if area is not None and chunks[k].kind == "area" and area.area != on and into:
            return area.area
    return None


def _in_force_in(chunks: Sequence[Chunk], start: int, on: str | None) -> str | None:
    """ "A 10% tariff on Chinese imports takes effect in the United States"."""
    for k in range(start + 1, len(chunks)):
        area = chunks[k].area
        if (
            chunks[k].kind == "area"
            and area is not None
            and area.area != on
            and behind(chunks, k) in ("in", "into", "to")
        ):
            return area.area
    return None


def _sides(by: str | None, on: str | None, mind: TariffMind, setting: Setting) -> tuple[str | None, str | None]:
    """Complete the two sides from the tariff in question."""
    for area in (by, on):
        if area is not None and area not in mind.named:
            mind.named.append(area)
    if on == WORLD and mind.named and by != mind.named[0]:
        return mind.named[0], on
    if by is None and mind.by is not None:
        by = mind.by if on != mind.by else mind.on
    by = None if by == WORLD else by
    if by is None and on in mind.parties:
        by = next(area for area in mind.parties if area != on)
    if by is None and on is not None:
        by = setting.mind.running.other(on)
        by = None if by == WORLD else by
    if on is None:
        on = _other_side(by, mind, setting)
    return by, on


def _other_side(by: str | None, mind: TariffMind, setting: Setting) -> str | None:
    if by is not None and by == mind.by:
        return mind.on
    if by is not None and by == mind.on:
        return mind.by
    if by is not None:
        other = setting.mind.running.other(by)
        if other not in (None, WORLD):
            return other
        named = [area for _, area in setting.scene.about if area != by]
        if named:
            return named[-1]
        if setting.mind.hub not in (None, by):
            return setting.mind.hub
    return WORLD


_EFFECT = re.compile(r"effect|force|start|begin|since|from|as of|implement|impos|kick|slap")


def _day(setting: Setting, i: int) -> str | None:
    """The day of the sentence that says from when."""
    line = setting.scene.line
    best: tuple[bool, int, int, str] | None = None
    for k, chunk in enumerate(line.chunks):
        if chunk.when is None or chunk.when.sort not in ("date", "months", "year"):
            continue
        before = " ".join(c.low for c in line.chunks[max(0, k - 4) : k])
        if re.search(r"\b(?:until|till|through|exempt)\b", before) or (
            chunk.when.sort == "months" and chunk.when.first != chunk.when.last
        ):
            continue
        if k > i and _is_of_next(line, k):
            continue
        rank = 0 if _EFFECT.search(before) else (1 if chunk.when.sort == "date" else 3)
        if re.search(r"\b(?:order|signed|announced|said|of|proclamation)\b", before) and rank:
            rank = 2
        text = _written(chunk.when, setting)
        over = any(c.kind == "quantity" for c in line.chunks[min(k, i) + 1 : max(k, i)])
        if text is not None and (best is None or (over, rank, abs(k - i)) < best[:3]):
            best = (over, rank, abs(k - i), text)
    return best[3] if best else None


def _is_of_next(line: Line, k: int) -> bool:
    """ "charges 23%, and on March 10 had added 10%": a day that opens the statement of another rate."""
    opens = (
        k >= 2 and line.chunks[k - 1].low in ("on", "from", "since") and line.chunks[k - 2].low in ("and", ";", "while")
    )
    return opens and any(c.quantity is not None for c in line.chunks[k + 1 :])


def _written(when: When, setting: Setting) -> str | None:
    """A day as claims write it; its year the article's where it is not told."""
    year = when.year
    if when.sort == "year":
        return str(year)
    today = setting.calendar.today
    if year is None:
        year = setting.mind.period.year if today.year is None and setting.mind.period is not None else today.year
        if year is None:
            year = setting.calendar.fallback_year
        if year is not None and today.month is not None and when.first is not None and when.first > today.month + 6:
            year -= 1
    if year is None or when.first is None:
        return None
    if when.sort == "date" and when.last is not None and 1 <= when.last <= 31:
        return f"{year:04d}-{when.first:02d}-{when.last:02d}"
    return f"{year:04d}-{when.first:02d}"


def _told_day(mind: TariffMind, by: str | None) -> str | None:
    """The day in question, for more rates of the same government."""
    return mind.day if by is not None and by == mind.by else None


def _known_day(by: str | None, on: str | None, quantity: Quantity, goods: str, setting: Setting) -> str | None:
    """The day of a well-known duty of that rate between the two, before the article's day."""
    rate = quantity.value if quantity.value is not None else quantity.high
    today = setting.calendar.today
    limit = (
        f"{today.year}-{min(12, (today.month or 11) + 1):02d}-31" if today.year else "9999"
    )  # announced a month ahead
    found: list[tuple[int, str]] = []
    for row in rows("tariff_steps"):
        if row["imposer"] != by or row["target"] not in (on, WORLD) or rate is None or float(row["rate"]) != rate:
            continue
        if row["first_day"] > limit:
            continue
        kinds = [word for word in row["goods"].split("|") if word]
        fit = sum(word in goods for word in kinds)
        if fit or not kinds:
            found.append((fit + (row["target"] == on), row["first_day"]))
    return max(found)[1] if found else None
