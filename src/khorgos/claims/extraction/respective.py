"""Lists that go together: "Vietnam, Malaysia and Indonesia ... 24.1%, 13.7% and 4.1% respectively"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.mention import Mention

_JOINTS = word_set("respective", "joints")


class Share(NamedTuple):
    """What one member of a list of quantities goes with; exactly one is set.

    Args:
        area: chunk of an area.
        lead: chunk of the first area of its list.
        mention: index of a flow.
        when: chunk of an expression of time.
        flow: "export" or "import", of "exports and imports".
        head: chunk of the first quantity of the list.
        product: goods, as worded.
    """

    area: int | None = None
    lead: int | None = None
    mention: int | None = None
    when: int | None = None
    flow: str | None = None
    head: int = -1
    product: str | None = None


def shares_of(line: Line, mentions: Sequence[Mention]) -> dict[int, Share]:
    """What each quantity of a list goes with, where the sentence says "respectively".

    Args:
        line: the sentence.
        mentions: its flows.

    Returns:
        By chunk of the quantity.
    """
    marks = [k for k, c in enumerate(line.chunks) if c.low in ("respectively", "accordingly")]
    if not marks and _is_shared_side(line, mentions):
        marks = [len(line.chunks)]
    found: dict[int, Share] = {}
    floor = 0
    for mark in marks:
        for run in _runs(line.chunks, floor, mark):
            shares = _partners(line, mentions, run, floor) or _partners_behind(line, mark, len(run))
            for k, share in zip(run, shares, strict=False):
                found[k] = share._replace(head=run[0])
        floor = mark + 1
    return found


def _is_shared_side(line: Line, mentions: Sequence[Mention]) -> bool:
    """ "imports from and exports to ASEAN grow 23.8 percent and 29.1 percent"."""
    for first, second in pairwise(mentions):
        between = [c.low for c in line.chunks[first.last : second.first]]
        if between in (["to", "and"], ["from", "and"]) and first.b == second.b:
            return True
    return False


def _runs(chunks: Sequence[Chunk], floor: int, mark: int) -> list[list[int]]:
    """Lists of two or more quantities of one sort before the word."""
    runs: list[list[int]] = []
    for k in range(floor, mark):
        quantity = chunks[k].quantity
        if quantity is None:
            continue
        last = runs[-1][-1] if runs else None
        before = chunks[last].quantity if last is not None else None
        if (
            last is not None
            and before is not None
            and _goes_with(before.sort, quantity.sort)
            and all(c.low in _JOINTS or c.has("qualifier") for c in chunks[last + 1 : k])
        ):
            runs[-1].append(k)
        else:
            runs.append([k])
    return [run for run in runs if len(run) > 1]


def _goes_with(a: str, b: str) -> bool:
    return a == b or {a, b} == {"percent", "times"}


def _partners(line: Line, mentions: Sequence[Mention], run: Sequence[int], floor: int) -> list[Share]:
    """The list of as many areas, flows, times or goods that stands nearest before."""
    count, start = len(run), run[0]
    chunks = line.chunks
    lists: list[tuple[int, list[Share]]] = []
    for kind in ("area", "when", "product"):
        groups = _groups(chunks, floor, start, kind)
        groups = [group[-count:] for group in groups if len(group) == count or _ends_in_list(chunks, group, count)]
        lists += [(group[-1], [_share(chunks, k, kind, group[0]) for k in group]) for group in groups]
    flows = [m for m, mention in enumerate(mentions) if floor <= mention.head < start]
    if len(flows) == count and all(len(_between(chunks, mentions, flows, n)) <= 3 for n in range(1, count)):
        lists.append((mentions[flows[-1]].head, [Share(mention=m) for m in flows]))
    if count == 2:
        for k in range(floor, start):
            words = chunks[k].low
            if words.startswith(
                ("exports and imports", "imports and exports", "export and import", "import and export")
            ):
                first = "export" if words.startswith("export") else "import"
                second = "import" if first == "export" else "export"
                lists.append((k, [Share(flow=first), Share(flow=second)]))
    return max(lists, key=lambda each: each[0])[1] if lists else []


def _partners_behind(line: Line, mark: int, count: int) -> list[Share]:
    """ "1.34 trillion and 1.11 trillion, respectively, were traded with the EU and the US"."""
    groups = [group for group in _groups(line.chunks, mark, len(line.chunks), "area") if len(group) == count]
    return [Share(area=k, lead=groups[0][0]) for k in groups[0]] if groups else []


def _ends_in_list(chunks: Sequence[Chunk], group: Sequence[int], count: int) -> bool:
    """ "from Georgia to Kazakhstan and Kyrgyzstan": the last two are the list."""
    if len(group) <= count or chunks[group[0]].kind != "area":
        return False
    members = group[-count:]
    return all(c.low in (",", "and", "&", "the") for a, b in pairwise(members) for c in chunks[a + 1 : b])


def _between(chunks: Sequence[Chunk], mentions: Sequence[Mention], flows: Sequence[int], n: int) -> Sequence[Chunk]:
    return chunks[mentions[flows[n - 1]].last : mentions[flows[n]].first]


def _groups(chunks: Sequence[Chunk], floor: int, start: int, kind: str) -> list[list[int]]:
    groups: list[list[int]] = []
    for k in range(floor, start):
        if not _is(chunks[k], kind):
            continue
        if groups and all(
            c.low in (",", "and", "&", "the", "to", "from", "with", "in", "-", "of")
            or (kind == "area" and bool(c.product))
            for c in chunks[groups[-1][-1] + 1 : k]
        ):
            groups[-1].append(k)
        else:
            groups.append([k])
    return groups


def _is(chunk: Chunk, kind: str) -> bool:
    if kind == "area":
        return chunk.kind == "area" and not chunk.weak
    return chunk.kind == "when" if kind == "when" else bool(chunk.product)


def _share(chunks: Sequence[Chunk], k: int, kind: str, lead: int) -> Share:
    if kind == "area":
        return Share(area=k, lead=lead)
    return Share(when=k) if kind == "when" else Share(product=chunks[k].low)
