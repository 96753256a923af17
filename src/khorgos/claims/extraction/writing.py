"""Drafts to claims: spans back in the source, ids as words, notes as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from khorgos.claims.claim import Claim, Flow, Qualifier, Span
from khorgos.claims.extraction.discourse import Frame
from khorgos.claims.extraction.drafts import Draft
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.reading import Reading
from khorgos.claims.places import place

_CLAUSE_ENDS = word_set("writing", "clause_ends")
_FLOWS: dict[str, Flow] = {"export": "export", "import": "import", "total": "total", "balance": "balance"}
_QUALIFIERS: dict[str, Qualifier] = {name: name for name in get_args(Qualifier)}


def claim_of(draft: Draft, reading: Reading, article: str, tortured: Sequence[tuple[Span, str]]) -> Claim:
    """Write a draft as a claim.

    Args:
        draft: the draft.
        reading: the text as it was read.
        article: its name.
        tortured: spans of tortured phrases in the source, and what they were read as.

    Returns:
        The claim, its spans in the source text.
    """
    sentence = reading.span(draft.scene.line.sentence.start, draft.scene.line.sentence.end)
    value = _within(reading.span(draft.start, draft.end), sentence)
    frame = draft.frame or Frame()
    return Claim(
        article=article,
        sentence=reading.source[slice(*sentence)],
        sentence_span=sentence,
        span=_within(reading.span(*_clause(draft)), sentence),
        value_span=value,
        surface=reading.source[slice(*value)],
        kind=draft.kind,
        reporter=None if frame.a is None else place(frame.a),
        partner=None if frame.b is None else place(frame.b),
        flow=_FLOWS.get(frame.flow or ""),
        product=frame.product or None,
        period=draft.period,
        value=draft.value,
        unit=draft.unit,
        qualifier=_QUALIFIERS.get(draft.qualifier or ""),
        base_period=draft.base_period,
        base_value=draft.base_value,
        attribution=draft.source,
        scope=draft.scope,
        note="; ".join(dict.fromkeys(draft.notes)) or None,
        rounding=draft.step,
        low=draft.low,
        high=draft.high,
        currency=draft.currency,
        other_value=draft.other[0] if draft.other else None,
        other_unit=draft.other[1] if draft.other else None,
        inferred=not draft.flow_sure and frame.sure == 0,
        explicit=_is_explicit(draft, frame),
        paraphrased=tuple(words for (start, end), words in tortured if sentence[0] <= start and end <= sentence[1]),
    )


def _is_explicit(draft: Draft, frame: Frame) -> bool:
    """Whether the sentence of a draft names its sides, its flow and its period."""
    told = [each for each in draft.scene.frames if each.sure > 1 and {each.a, each.b} == {frame.a, frame.b}]
    return draft.period_sure and frame.flow is not None and (frame.sure > 1 or bool(told))


def _within(span: Span, outer: Span) -> Span:
    return max(span[0], outer[0]), min(span[1], outer[1])


def _clause(draft: Draft) -> Span:
    """The words around an expression up to the next marks of punctuation."""
    chunks = draft.scene.line.chunks
    if draft.chunk < 0 or not chunks:
        return draft.scene.line.sentence.start, draft.end
    first = last = draft.chunk
    while first > 0 and chunks[first - 1].low not in _CLAUSE_ENDS:
        first -= 1
    while last + 1 < len(chunks) and chunks[last + 1].low not in (*_CLAUSE_ENDS, "."):
        last += 1
    return min(draft.start, draft.scene.line.start(first)), max(draft.end, draft.scene.line.end(last))
