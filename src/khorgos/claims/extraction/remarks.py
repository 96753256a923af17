"""Ranks, records, streaks, signs, multiples in words and the rest that has no printed number, to drafts of claims."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from khorgos.claims.extraction.assign import frame_for
from khorgos.claims.extraction.bases import compared_with
from khorgos.claims.extraction.chunks import Chunk, Line
from khorgos.claims.extraction.discourse import Frame, behind
from khorgos.claims.extraction.drafts import Draft, words_of
from khorgos.claims.extraction.frames import goods_in_question
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.measured import mention_for
from khorgos.claims.extraction.rankings import is_bare_place, is_named_place, place
from khorgos.claims.extraction.relations import Relation
from khorgos.claims.extraction.remark_drafts import new_draft, period_at
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.sides import WORLD, is_group
from khorgos.claims.extraction.wordings import Wording
from khorgos.nomenclature.periods import year

_AMOUNTS = frozenset(("level", "quantity", "balance", "growth", "share"))
_YEAR = 12  # months
_MOVE = re.compile(r"drop|fall|decrease|decline|increase|rise|jump|growth|gain|contraction|surge|plunge", re.I)
_NEAR = 6  # chunks; chosen because "only two of its partners, Turkmenistan" fits
_COPULA = word_set("relations", "copula")
_LEADING_WORDS = word_set("remarks", "leading_words")


def remark(setting: Setting, i: int, figures: Sequence[Draft]) -> Draft | None:
    """Read the wording at a chunk.

    Args:
        setting: its sentence.
        i: its chunk.
        figures: drafts of the quantities of the same sentence.

    Returns:
        The draft; None if it is no statement about trade.
    """
    wording = setting.scene.line.chunks[i].wording
    assert wording is not None
    return remark_of(setting, i, wording, figures)


def remark_of(setting: Setting, i: int, wording: Wording, figures: Sequence[Draft]) -> Draft | None:
    """Read a wording that stands at a chunk; see remark()."""
    readers = {
        "rank": _rank, "among": _among, "order": place, "lead": place, "next": place, "fastest": _fastest,
        "record": _record, "streak": _streak, "multiple": _multiple, "sign": _sign, "none": _none,
    }  # fmt: skip
    draft = readers[wording.sort](setting, i, wording, figures)
    if draft is not None and draft.source is None:
        draft.source = setting.mind.source
    return draft


def _relation_at(setting: Setting, i: int) -> Relation | None:
    """The noun that a superlative belongs to."""
    chunks = setting.scene.line.chunks
    for relation in setting.scene.relations:
        if i < relation.head <= i + 7 and all(_between(c) for c in chunks[i + 1 : relation.head]):
            return relation
    return None


def _between(chunk: Chunk) -> bool:
    return chunk.low not in (",", ";", ":", "(", ")", ".", "is", "was", "were", "are") and chunk.kind not in (
        "quantity",
        "number",
    )


def _rank(setting: Setting, i: int, wording: Wording, figures: Sequence[Draft]) -> Draft | None:
    chunks = setting.scene.line.chunks
    if is_named_place(chunks, i):
        return place(setting, i, wording, figures)
    relation = _relation_at(setting, i)
    if relation is None and is_bare_place(chunks, i):
        return place(setting, i, wording, figures)
    if relation is None or _is_vague(chunks, i, wording, relation):
        return None
    if relation.flow == "invest":
        frame = Frame(relation.hub, relation.ranked[0] if relation.ranked else None, None, product="FDI")
        draft = new_draft(setting, i, wording, "rank", frame)
        draft.period, draft.qualifier = None, "approx"
        return draft
    frame = _seen_from(relation, setting)
    draft = new_draft(setting, i, wording, "rank", frame)
    draft.scope = _scope(relation, setting)
    if not draft.period_sure and any(c.wording is not None and c.wording.unit == "years" for c in chunks):
        draft.period = _this_year(setting)
    return draft


def _is_vague(chunks: Sequence[Chunk], i: int, wording: Wording, relation: Relation) -> bool:
    """ "a leading partner", "one of the largest", "the top five partners" are no places in a ranking."""
    before = " ".join(c.low for c in chunks[max(0, i - 4) : i])
    if (
        before.endswith(
            (
                " a",
                "belong to the",
                "belongs to the",
                "belonged to the",
                "counts among the",
                "one of the",
                "among the",
                "one of its",
                "among its",
                "one of",
                "some of the",
                "several",
                "other",
            )
        )
        or before == "a"
    ):
        return wording.detail in _LEADING_WORDS or not before.endswith("a") or wording.value == 1
    plural = chunks[relation.head].low.endswith("s")
    following = chunks[i + 1].low if i + 1 < len(chunks) else ""
    if following.isdigit() or following in ("two", "three", "four", "five", "six", "ten", "twenty", "-", "dozen"):
        return following != "-" or chunks[i + 2].low.isdigit() or chunks[i + 2].low in ("three", "five", "ten")
    if wording.detail in _LEADING_WORDS and wording.value == 1 and plural:
        return True
    return plural and not relation.ranked


def _seen_from(relation: Relation, setting: Setting) -> Frame:
    """The partnership as a flow, of the goods that it is ranked by or that the text is at."""
    mind = setting.mind
    named = [c.low for c in setting.scene.line.chunks[relation.first : relation.last] if c.product]
    product = ", ".join(named) or (goods_in_question(mind) if relation.flow in ("export", "import") else "")
    frame = replace(relation.frame, product=product)
    if relation.hub == WORLD:
        flow = {"export": "import", "import": "export"}.get(relation.flow, relation.flow)
        return Frame(frame.b, WORLD, flow, product=product, sure=2)
    if frame.b is None:
        other = mind.running.other(frame.a) if frame.a is not None else None
        frame = replace(frame, b=other)
    return frame


def _scope(relation: Relation, setting: Setting) -> str:
    of = relation.hub or setting.mind.hub or ""
    within = f" within {relation.scope}" if relation.scope else ""
    words = {"total": "trade partners of", "export": "export markets of", "import": "suppliers of"}
    return f"{words.get(relation.flow, 'partners of')} {of}{within}"


def _this_year(setting: Setting) -> str | None:
    today = setting.calendar.today.year
    running = setting.mind.period
    if running is not None and running.months == _YEAR:
        return words_of(running)
    if today is not None:
        return words_of(year(today))
    return words_of(year(setting.mind.period.year)) if setting.mind.period is not None else None


def _among(setting: Setting, i: int, wording: Wording, _figures: Sequence[Draft]) -> Draft | None:
    relation = _relation_at(setting, i)
    if relation is None:
        return None
    draft = new_draft(setting, i, wording, "rank", _seen_from(relation, setting))
    draft.scope = _scope(relation, setting)
    draft.notes = (f"among the first {wording.value:g}",)
    return draft


def _fastest(setting: Setting, i: int, wording: Wording, figures: Sequence[Draft]) -> Draft | None:
    """ "saw the highest percentage increase in trade with China"."""
    scene = setting.scene
    m = next((m for m, mention in enumerate(scene.mentions) if 0 < mention.first - i < 9), None)
    if m is None:  # "Uzbekistan has received the largest volume"
        m = next((m for m, mention in enumerate(scene.mentions) if mention.verb and 0 < i - mention.head < 4), None)
    among = " ".join(c.low for c in scene.line.chunks[max(0, i - 4) : i]).endswith("countries with the")
    behind_it = [d.frame for d in figures if i < d.chunk <= i + 3 and d.frame is not None and d.frame.listed]
    if m is None and behind_it and scene.line.chunks[i - 1].low == "the" and _is_taken(scene.line.chunks, i):
        draft = new_draft(setting, i, wording, "rank", behind_it[0])
        draft.scope = f"{wording.detail} among partners"
        return draft
    if m is None or among:  # "ranks first among the countries with the largest volume" is one place
        return None
    frame = scene.frames[m]
    before = [area for k, area in scene.about if k < i and area != frame.b]
    if before and frame.b is not None and not scene.mentions[m].a:
        flow = {"export": "import", "import": "export"}.get(frame.flow or "", frame.flow)
        frame = replace(frame, a=frame.b, b=before[-1], flow=flow)
    elif frame.b in (None, WORLD) and (partner := _recorded_with(setting, i)) is not None:
        frame = replace(frame, b=partner)
    draft = new_draft(setting, i, wording, "rank", frame)
    draft.scope = f"{wording.detail} among partners"
    return draft


def _is_taken(chunks: Sequence[Chunk], i: int) -> bool:
    """ "Uzbekistan has received the largest volume": a verb of buying or selling right before."""
    return i > 1 and chunks[i - 2].has("verb")


def _recorded_with(setting: Setting, i: int) -> str | None:
    """ "the largest volume of turnover was recorded with China"."""
    chunks = setting.scene.line.chunks
    for k in range(i + 1, min(len(chunks), i + 16)):
        area = chunks[k].area
        if chunks[k].kind == "area" and area is not None and behind(chunks, k) in ("with", "by", "to"):
            return area.area
        if chunks[k].kind == "area" and area is not None and [c.low for c in chunks[k - 2 : k]] == ["that", "of"]:
            return area.area
    return None


def _record(setting: Setting, i: int, wording: Wording, figures: Sequence[Draft]) -> Draft | None:
    line = setting.scene.line
    owner = _measured_by(line, i, figures)
    m = mention_for(setting.scene, i)
    since = re.search(
        r"since|first time|in (?:more|the|over|\d|a|almost|nearly|[a-z]+ (?:month|quarter|decade))|year|ever|history"
        r"|of (?:any|all)|records$",
        wording.scope,
        re.I,
    )
    first_time = "first time" in wording.scope
    of_stretch = bool(re.search(r"since|\bin\b", wording.scope)) and not first_time
    if of_stretch and owner is not None and m is not None and owner.chunk < setting.scene.mentions[m].first < i:
        owner = None  # "the deficit was $4.3 billion, and imports were the weakest since"
    stands = m is None and owner is None and since is not None and not first_time and _stands_for_flow(line.chunks)
    if owner is None and not stands and (m is None or (not since and not _is_reached(line.chunks, i))):
        return None
    frame = owner.frame if owner is not None else (setting.scene.frames[m] if m is not None else setting.mind.running)
    draft = new_draft(setting, i, wording, "record", frame)
    draft.qualifier, draft.scope = "record", _stretch(wording)
    if owner is not None and owner.kind == "growth" and i < owner.chunk and _is_of_level(line.chunks, i, wording):
        draft.period, draft.period_sure = owner.period, owner.period_sure  # "a historic high and an increase of 9.7%"
    elif owner is not None:
        draft.value, draft.unit, draft.period, draft.step = owner.value, owner.unit, owner.period, owner.step
        draft.period_sure = owner.period_sure
    elif frame is not None and frame.flow == "balance":
        draft.unit = "sign"
    start = re.fullmatch(r"since at least ((?:19|20)\d\d)", wording.scope, re.I)
    if start and owner is None:
        end = setting.mind.period.year if setting.mind.period is not None else None
        draft.period = f"{start[1]}..{end}" if end is not None and end > int(start[1]) else start[1]
        draft.period_sure = True
    return draft


def _stands_for_flow(chunks: Sequence[Chunk]) -> bool:
    """ "It was the narrowest since", "The volume was the highest of any month": of the flow told before."""
    lead = [c.low for c in chunks[:2]]
    return lead[:1] in (["it"], ["this"], ["that"]) or (
        lead[0] == "the" and lead[-1] in ("volume", "figure", "total", "amount", "level", "value", "result")
    )


def _is_of_level(chunks: Sequence[Chunk], i: int, wording: Wording) -> bool:
    """Whether a record is one of the amount, not of its growth: "a historic high and an increase of 9.7%"."""
    return bool(re.search(r"high|peak|maximum|records?$", wording.scope)) and not any(
        c.has("change") for c in chunks[max(0, i - 6) : i + 1]
    )


def _is_reached(chunks: Sequence[Chunk], i: int) -> bool:
    """ "exports hit a record high": a record without a number, but said of a flow."""
    before = " ".join(c.low for c in chunks[max(0, i - 3) : i])
    following = chunks[i + 1].low if i + 1 < len(chunks) else "."
    return bool(re.search(r"\b(hit|hitting|reach\w*|set|setting|to|at|was|were|a|posted|broke|mark\w*)$", before)) and (
        following in (".", ",", "in", "last", "for", "of", ";", "and", "", "as", "amid", "while", "on", "after")
        or (i + 1 < len(chunks) and chunks[i + 1].kind == "when")
    )


def _stretch(wording: Wording) -> str:
    prefix = "lowest: " if wording.detail == "low" else ""
    return prefix + re.sub(r"\s+", " ", wording.scope)


def _measured_by(line: Line, i: int, figures: Sequence[Draft]) -> Draft | None:
    """The level that a record is said of: right behind ("record $94.8 billion"), else the nearest before."""
    chunks = line.chunks
    after = [d for d in figures if d.chunk > i and d.kind in _AMOUNTS and d.chunk - i <= 5]
    if (
        after
        and all(c.low not in (",", ";", "and", "caused", "but") for c in chunks[i + 1 : after[0].chunk])
        and after[0].kind != "growth"
    ):
        return after[0]
    before = [d for d in figures if 0 <= d.chunk < i and d.kind in _AMOUNTS]
    if before:
        wording = chunks[i].wording
        moved = [d for d in before if d.kind == "growth"]
        if moved and wording is not None and _MOVE.search(wording.scope):
            return moved[-1]  # "fell 1.7 percent to 8.13 trillion yen, the first drop in eight months"
        level = [d for d in before if d.kind not in ("growth", "share")]
        level = [d for d in level if not d.base_of] or level
        return level[-1] if level else before[-1]
    return after[0] if after else None


def _streak(setting: Setting, i: int, wording: Wording, figures: Sequence[Draft]) -> Draft | None:
    scene, mind = setting.scene, setting.mind
    before = [r for r in scene.relations if r.hub and r.ranked]
    opposite = "opposite direction" in " ".join(c.low for c in scene.line.chunks[max(0, i - 9) : i])
    told = [d for d in figures if before and before[0].head < d.chunk < i and d.frame is not None]
    if before:
        frame = told[-1].frame if told and told[-1].frame is not None else before[0].frame
    elif scene.frames:
        m = mention_for(scene, i)
        frame = scene.frames[m] if m is not None else scene.frames[-1]
    elif (
        mind.running.flow is not None
        and mind.running.sure >= 0
        and (opposite or _continues(scene.line.chunks) or scene.line.chunks[0].low in ("it", "this", "that"))
    ):
        frame = mind.running
    else:
        return None
    if opposite and frame.b is not None:
        frame = replace(frame, a=frame.b, b=frame.a)
    draft = new_draft(setting, i, wording, "count", frame)
    if wording.unit == "years":
        draft.period = _this_year(setting) if not draft.period_sure else draft.period
    draft.notes = ("consecutive " + (wording.unit or "years"),)
    return draft


def _continues(chunks: Sequence[Chunk]) -> bool:
    return any(c.has("change") or c.has("flow") or c.has("partner") for c in chunks)


def _multiple(setting: Setting, i: int, wording: Wording, figures: Sequence[Draft]) -> Draft | None:
    scene = setting.scene
    m = mention_for(scene, i)
    chunks = scene.line.chunks
    near_tariff = any(c.has("tariff") for c in chunks[max(0, i - 4) : i + 5])
    if near_tariff or (m is None and not any(d.kind in ("level", "quantity") for d in figures)):
        return None
    frame = frame_for(scene, i, m, setting.mind) if m is not None else figures[0].frame
    if m is not None and scene.mentions[m].first > i + 5:
        frame = setting.mind.running if not scene.frames[m].sure else scene.frames[m]
    draft = new_draft(setting, i, wording, "ratio_multiple", frame)
    if m is None and figures:
        draft.period = figures[0].period
        draft.frame = next((d.frame for d in reversed(figures) if d.chunk < i), figures[0].frame)
    _sure, period = period_at(setting, i)
    draft.base_period = words_of(compared_with(setting, i, period))
    if _is_to_come(chunks, i):
        draft.kind = "target"
        horizon = next(c.when for c in chunks if c.when is not None and c.when.sort == "horizon")
        draft.period = words_of(setting.calendar.period(horizon, None))
    return draft


def _is_to_come(chunks: Sequence[Chunk], i: int) -> bool:
    """ "to double trade by 2030", "aims to triple"."""
    before = chunks[i - 1].low if i else ""
    horizon = any(c.when is not None and c.when.sort == "horizon" for c in chunks)
    return horizon and (before in ("to", "of", "more than") or any(c.has("target") for c in chunks[:i]))


def _sign(setting: Setting, i: int, wording: Wording, figures: Sequence[Draft]) -> Draft | None:
    """A surplus or deficit without a number; none if a number for it stands in the sentence."""
    scene, mind = setting.scene, setting.mind
    if any(d.kind in ("balance", "difference") or (d.frame is not None and d.frame.flow == "balance") for d in figures):
        return None
    if any(
        c.wording is not None and c.wording.sort == "record" and "since" in c.wording.scope.lower()
        for c in scene.line.chunks
    ):
        return None
    only = wording.detail.startswith("only")
    others = [c.wording for c in scene.line.chunks if c.wording is not None and c.wording.sort == "sign"]
    if not only and any(w.detail.startswith("only") for w in others):
        return None
    before = [area for k, area in scene.about if (k < i or (only and k <= i + _NEAR)) and not is_group(area)]
    if only and not before and any(c.low == "it" for c in scene.line.chunks[:i]):
        before = [mind.subject] if mind.subject is not None else []
    m = next((m for m, mention in enumerate(scene.mentions) if mention.flow == "balance"), None)
    frame = scene.frames[m] if m is not None else mind.running
    own = before[-1] if before and not only else (before[0] if before else frame.a)
    if own is None:
        return None
    other = frame.b if frame.a == own else (frame.a if frame.b == own else mind.running.other(own))
    if m is not None and scene.mentions[m].b and frame.b is not None and frame.b != own:
        other = frame.b
    draft = new_draft(
        setting, i, wording, "balance", Frame(own, other or WORLD, "balance", _direction(wording), sure=2)
    )
    draft.notes = ("sign-only claim: " + ("surplus" if _direction(wording) > 0 else "deficit"),)
    draft.value, draft.qualifier = None, "exact"
    return draft


def _direction(wording: Wording) -> int:
    return -1 if re.search(r"deficit|negative|passive|gap|imbalance", wording.detail) else 1


def _none(setting: Setting, i: int, wording: Wording, figures: Sequence[Draft]) -> Draft | None:
    """ "nothing at all in May": no goods, where goods were counted before."""
    before = [d for d in figures if d.kind in ("quantity", "level") and d.chunk < i]
    scene = setting.scene
    own = [m for m, mention in enumerate(scene.mentions) if mention.verb and mention.head in (i - 1, i - 2)]
    if own and not before:
        draft = new_draft(setting, i, wording, "quantity", scene.frames[own[0]])
        draft.value, draft.unit, draft.notes = 0.0, "tonne", ("none",)
        return draft
    if not before and not (wording.start and "zero" in wording.scope + setting.scene.line.chunks[i].low):
        return None
    frame = before[-1].frame if before else setting.mind.running
    draft = new_draft(setting, i, wording, before[-1].kind if before else "quantity", frame)
    draft.value, draft.unit = 0.0, (before[-1].unit if before else "tonne")
    draft.notes = ("none",)
    return draft


def flat(setting: Setting, i: int) -> Draft | None:
    """ "remained steady at $10.6 billion": growth of about nothing.

    Args:
        setting: the sentence.
        i: chunk of the words.
    """
    scene = setting.scene
    m = mention_for(scene, i)
    if m is None or scene.mentions[m].head > i:
        return None
    line = scene.line
    draft = Draft(scene, line.start(i), line.end(i), "growth", frame_for(scene, i, m, setting.mind), chunk=i)
    draft.value, draft.unit, draft.qualifier = 0.0, "percent", "approx"
    draft.period_sure, period = period_at(setting, i)
    draft.period, draft.base_period = words_of(period), words_of(compared_with(setting, i, period))
    draft.notes = ("no number: about 0%",)
    draft.source = setting.mind.source
    return draft
