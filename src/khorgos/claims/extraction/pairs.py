"""Two countries told together: who speaks to whom, an envoy and his host, two subjects, the two in question."""

from __future__ import annotations

from khorgos.claims.extraction.area_lists import area_list
from khorgos.claims.extraction.chunks import Line
from khorgos.claims.extraction.discourse import Discourse
from khorgos.claims.extraction.mention import Mention
from khorgos.claims.extraction.referents import Place
from khorgos.claims.extraction.sides import WORLD


def speakers(line: Line) -> tuple[str, str] | None:
    """ "Our mutual trade," President Tokayev told Xi Jinping: the countries of the two who speak."""
    areas = list(dict.fromkeys(c.area.area for c in line.chunks if c.kind == "person" and c.area is not None))
    return (areas[0], areas[1]) if len(areas) == 2 else None


def envoy(line: Line) -> tuple[str, str] | None:
    """ "Beijing's envoy to Kazakhstan", "the Ambassador of China to Kazakhstan": his country and his host."""
    chunks = line.chunks
    for k, chunk in enumerate(chunks):
        if not chunk.low.endswith(("envoy", "ambassador")):
            continue
        near = [c for c in chunks[max(0, k - 3) : k + 6] if c.kind == "area" and c.area is not None]
        host = [c for c in chunks[k + 1 : k + 6] if c in near and chunks[chunks.index(c) - 1].low in ("to", "in")]
        home = [c for c in near if c not in host]
        if len(host) == 1 and len(home) == 1 and home[0].area is not None and host[0].area is not None:
            return home[0].area.area, host[0].area.area
    return None


def pair_meant(mind: Discourse) -> tuple[str | None, str | None]:
    """ "the two sides": those of the flow in question, else those the text mostly speaks of."""
    running = mind.running
    if frozenset((running.a, running.b)) in mind.pairs and running.a is not None and not running.listed:
        return running.a, running.b
    if mind.main is not None and (mind.bilateral or mind.running.listed):
        return mind.main
    running = mind.running if mind.running.b not in (None, WORLD) else mind.base
    told = mind.main is None or frozenset((running.a, running.b)) in mind.pairs
    if running.a is not None and running.b not in (None, WORLD) and told:
        return running.a, running.b
    return mind.main if mind.main is not None else (None, None)


def headed_with(line: Line, mention: Mention, mind: Discourse) -> tuple[str, str] | None:
    """ "With the United States results were mixed: imports lost 4.9%": the partner stands at the head."""
    chunks = line.chunks
    areas, last = area_list(chunks, 1) if chunks and chunks[0].low == "with" else ((), 0)
    if mention.flow not in ("export", "import", "balance") or len(areas) != 1 or areas[0].startswith("@"):
        return None
    home = mind.anchor(mind.running) or mind.hub
    alone = last <= mention.first and not any(c.kind == "area" for c in chunks[last : mention.first])
    return (home, areas[0]) if alone and home is not None and home != areas[0] else None


def hyphened(line: Line, mention: Mention) -> tuple[str, str] | None:
    """ "25 years of Turkmen-Chinese relations: the volume of bilateral trade was": the two that a hyphen joins."""
    chunks = line.chunks
    if mention.flow != "total" or not any("bilateral" in c.low or "mutual" in c.low for c in chunks[: mention.last]):
        return None
    for k in range(1, len(chunks) - 1):
        first, second = chunks[k - 1].area, chunks[k + 1].area
        if chunks[k].low in ("-", "\u2013") and first is not None and second is not None:
            return first.area, second.area
    return None


def pair_speaks(line: Line, mention: Mention, mind: Discourse) -> tuple[str, str] | None:
    """ "The parties intend to increase turnover": the pair that the text mostly speaks of."""
    if not any(c.marks.get("anaphor") == "pair" for c in line.chunks[: mention.head]):
        return None
    a, b = pair_meant(mind)
    return None if a is None or b is None else (a, b)


def joined_subjects(line: Line, place: Place, mention: Mention) -> tuple[str, str] | None:
    """ "Kazakhstan and China are able to bring their trade": two subjects that own it together."""
    before = [(i, area) for i, area in place.about if i < mention.head]
    if len(before) < 2:
        return None
    (i, first), (j, second) = before[-2:]
    between = [c.low for c in line.chunks[i + 1 : j]]
    return (first, second) if between in (["and"], ["and", "the"], ["&"]) else None
