"""A sentence as a row of chunks: areas, times, quantities, wordings, and the words that join them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from khorgos.claims.extraction.areas_in_text import AreaWords, Source, area_words, is_seat, mask, person, source_words
from khorgos.claims.extraction.commas import writes_decimal_commas
from khorgos.claims.extraction.lexicon import Phrases, cues, word_set
from khorgos.claims.extraction.measures_of_text import after, before
from khorgos.claims.extraction.quantities import find_quantities
from khorgos.claims.extraction.quantity import Quantity
from khorgos.claims.extraction.sentences import Sentence
from khorgos.claims.extraction.tokens import Token, tokenize
from khorgos.claims.extraction.when import When, expressions
from khorgos.claims.extraction.wordings import Wording, wordings
from khorgos.nomenclature.product_words import surface_forms

Kind = Literal["area", "source", "mask", "person", "when", "quantity", "wording", "cue", "word", "sign", "number"]

# Entries of the product dictionary that are plain words more often than goods.
_PLAIN_WORDS = word_set("chunks", "plain_words")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of tokens with one function.

    Args:
        kind: what it is.
        first: its first token.
        last: the token after its last.
        low: its words in lower case.
        marks: what the lexicon says of it: family of words and which.
        area: the area named.
        source: the publisher named.
        when: the expression of time.
        quantity: the quantity.
        wording: the statement without a number.
        product: the good, as the dictionary has it.
        weak: whether an area is named in passing: an office, a person's country, the place of a speech.
    """

    kind: Kind
    first: int
    last: int
    low: str
    marks: dict[str, str] = field(default_factory=dict)
    area: AreaWords | None = None
    source: Source | None = None
    when: When | None = None
    quantity: Quantity | None = None
    wording: Wording | None = None
    product: str = ""
    weak: bool = False

    def has(self, mark: str) -> bool:
        """Whether the lexicon gives the chunk such a mark."""
        return mark in self.marks

    @property
    def is_percent(self) -> bool:
        """Whether it is a percentage."""
        return self.quantity is not None and self.quantity.sort == "percent"


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence in chunks.

    Args:
        sentence: where it stands.
        tokens: its tokens.
        chunks: its chunks, in order, over all tokens.
    """

    sentence: Sentence
    tokens: tuple[Token, ...]
    chunks: tuple[Chunk, ...]

    def start(self, chunk: int) -> int:
        """Where a chunk starts in the reading."""
        return self.tokens[self.chunks[chunk].first].start

    def end(self, chunk: int) -> int:
        """Where a chunk ends in the reading."""
        return self.tokens[self.chunks[chunk].last - 1].end


@cache
def _products() -> Phrases[str]:
    forms = ((form, word.word) for form, word in surface_forms().items() if form.isascii())
    extra = [
        ("soy", "soybeans"),
        ("farm goods", "agricultural products"),
        ("farm produce", "agricultural products"),
        ("oilseed", "oilseeds"),
    ]
    return Phrases([(form, word) for form, word in [*forms, *extra] if form not in _PLAIN_WORDS and len(form) > 2])


def read_line(text: str, sentence: Sentence) -> Line:
    """Cut a sentence into chunks.

    Args:
        text: the reading's text.
        sentence: where the sentence stands.

    Returns:
        The line.
    """
    tokens = tokenize(text, sentence.start, sentence.end)
    chunks: list[Chunk | None] = [None] * len(tokens)
    _place_names(tokens, chunks)
    starts = {token.start: i for i, token in enumerate(tokens)}
    ends = {token.end: i + 1 for i, token in enumerate(tokens)}
    for wording in wordings(text, sentence.start, sentence.end):
        first, last = starts.get(wording.start), ends.get(wording.end)
        if _is_open(chunks, first, last):
            marks = _marks(tokens, first or 0, last or 0)
            _lay(chunks, _chunk(tokens, "wording", first or 0, last or 0, wording=wording, marks=marks))
    for when in expressions(text, sentence.start, sentence.end):
        first, last = starts.get(when.start), ends.get(when.end)
        if _is_open(chunks, first, last) and not _counts_something(tokens, starts, ends, when):
            _lay(chunks, _chunk(tokens, "when", first or 0, last or 0, when=when))
    taken = {i for i, chunk in enumerate(chunks) if not _is_free(chunk)}
    for quantity in find_quantities(tokens, taken, decimal_commas=writes_decimal_commas(text)):
        if all(_is_free(chunks[i]) for i in range(quantity.first, quantity.last)):
            _lay(chunks, _chunk(tokens, "quantity", quantity.first, quantity.last, quantity=quantity))
    return Line(sentence, tuple(tokens), tuple(_without_dashes(list(_rest(tokens, chunks)))))


def _without_dashes(chunks: Sequence[Chunk]) -> Iterator[Chunk]:
    """ "exports - 300.4 billion drams, imports -490.9 billion": a dash before an amount is no sign."""
    for i, chunk in enumerate(chunks):
        quantity = chunk.quantity
        of_flow = i > 0 and chunks[i - 1].marks.get("flow") in ("export", "import", "total", "supply")
        if quantity is None or quantity.sign >= 0 or quantity.sort != "money" or not of_flow:
            yield chunk
            continue
        yield replace(chunk, quantity=replace(quantity, sign=0, value=abs(quantity.value or 0.0)))


def _is_free(chunk: Chunk | None) -> bool:
    """Whether a quantity may lie there: "US dollars" is part of it."""
    return chunk is None or chunk.has("currency")


def _chunk(tokens: Sequence[Token], kind: Kind, first: int, last: int, **what: object) -> Chunk:
    low = " ".join(token.low for token in tokens[first:last])
    return Chunk(kind, first, last, low, **what)  # type: ignore[arg-type]


def _lay(chunks: list[Chunk | None], chunk: Chunk) -> None:
    for position in range(chunk.first, chunk.last):
        chunks[position] = chunk


def _is_open(chunks: list[Chunk | None], first: int | None, last: int | None) -> bool:
    """Whether a stretch covers whole tokens that nothing lies on yet."""
    if first is None or last is None:
        return False
    return all(chunks[i] is None for i in range(first, last))


def _marks(tokens: Sequence[Token], first: int, last: int) -> dict[str, str]:
    """What the lexicon says of the last word of a wording: "trade deficit" is a flow as well."""
    found: dict[str, str] = {}
    for position in range(first, last):
        hit = cues().at(tokens, position)
        if hit is not None and position + hit[0] <= last:
            told = {cue.mark: cue.value for cue in hit[1] if cue.mark in ("flow", "change")}
            found = told | found  # "negative trade balance" is more than its "balance"
    return found


def _counts_something(tokens: Sequence[Token], starts: dict[int, int], ends: dict[int, int], when: When) -> bool:
    """Whether what looks like a year counts money or goods: "2,000 tons", "$2024"."""
    if when.sort not in ("year", "years"):
        return False
    first, last = starts.get(when.start), ends.get(when.end)
    if first is None or last is None:
        return True
    if first and before().at(tokens, first - 1) is not None and tokens[first].glued:
        return True
    following = after().at(tokens, last) if last < len(tokens) else None
    return following is not None and following[1][0].value != "USD" and tokens[last].text not in ("US", "x", "X")


def _place_names(tokens: Sequence[Token], chunks: list[Chunk | None]) -> None:
    position = 0
    while position < len(tokens):
        chunk = _name_at(tokens, position) if tokens[position].sort in ("word", "abbr") else None
        if chunk is None:
            position += 1
            continue
        _lay(chunks, chunk)
        position = chunk.last


def _name_at(tokens: Sequence[Token], position: int) -> Chunk | None:
    """The longest of publisher, mask, area and person that starts at a token."""
    found: list[tuple[int, int, Chunk]] = []
    if source := source_words(tokens, position):
        found.append((source[0], 3, _chunk(tokens, "source", position, position + source[0], source=source[1])))
    if masked := mask(tokens, position):
        found.append(
            (
                masked[0],
                2,
                _chunk(
                    tokens,
                    "mask",
                    position,
                    position + masked[0],
                    marks={"currency": ""} if masked[1] == "currency" else {},
                ),
            )
        )
    if (named := area_words(tokens, position)) and not _is_dollar(tokens, position, named[0]):
        found.append((named[0], 1, _chunk(tokens, "area", position, position + named[0], area=named[1])))
    if someone := person(tokens, position):
        words = AreaWords(someone[1], "person")
        found.append((someone[0], 0, _chunk(tokens, "person", position, position + someone[0], area=words)))
    return max(found, key=lambda each: each[:2])[2] if found else None


def _is_dollar(tokens: Sequence[Token], position: int, length: int) -> bool:
    """The US of US$, and of $US as Australians write it."""
    after = position + length
    if position and tokens[position - 1].text == "$" and tokens[position].glued and after < len(tokens):
        return tokens[after].sort == "number" and tokens[after].glued
    return after < len(tokens) and tokens[after].text == "$" and tokens[after].glued


def _rest(tokens: Sequence[Token], chunks: list[Chunk | None]) -> Iterator[Chunk]:
    """All chunks in order: what is laid already, then cues, goods, words and signs."""
    position = 0
    while position < len(tokens):
        laid = chunks[position]
        if laid is not None:
            yield _seen_in_passing(tokens, laid) if laid.kind == "area" else laid
            position = laid.last
            continue
        chunk = _cue_at(tokens, chunks, position)
        yield chunk
        position = chunk.last


def _cue_at(tokens: Sequence[Token], chunks: list[Chunk | None], position: int) -> Chunk:
    token = tokens[position]
    if token.sort == "number":
        return _chunk(tokens, "number", position, position + 1)
    if token.sort in ("sign", "own"):
        return _chunk(tokens, "sign", position, position + 1)
    free = position
    while free < len(tokens) and chunks[free] is None:
        free += 1
    cue, good = cues().at(tokens, position), _products().at(tokens, position)
    length = max(cue[0] if cue else 0, good[0] if good else 0)
    if length == 0 or position + length > free:
        return _shorter(tokens, position, free)
    marks = {each.mark: each.value for each in cue[1]} if cue and cue[0] == length else {}
    product = good[1][0] if good and good[0] == length else ""
    return _chunk(tokens, "cue", position, position + length, marks=marks, product=product)


def _shorter(tokens: Sequence[Token], position: int, free: int) -> Chunk:
    """A phrase that fits before the next laid chunk, or the word alone."""
    window = tokens[position:free]
    cue, good = cues().at(window, 0), _products().at(window, 0)
    length = max(cue[0] if cue else 0, good[0] if good else 0)
    if length == 0:
        return _chunk(tokens, "word", position, position + 1)
    marks = {each.mark: each.value for each in cue[1]} if cue and cue[0] == length else {}
    product = good[1][0] if good and good[0] == length else ""
    return _chunk(tokens, "cue", position, position + length, marks=marks, product=product)


def _seen_in_passing(tokens: Sequence[Token], chunk: Chunk) -> Chunk:
    """Mark an area that is only the country of an office or person, or the place of a speech."""
    assert chunk.area is not None
    following = cues().at(tokens, chunk.last) if chunk.last < len(tokens) else None
    if following is None and chunk.last + 1 < len(tokens) and tokens[chunk.last].sort == "own":
        following = cues().at(tokens, chunk.last + 1)
    of_office = following is not None and any(cue.mark == "title" for cue in following[1])
    prior = tokens[chunk.first - 1].low if chunk.first else ""
    place = is_seat(chunk.area) and prior in ("in", "at", "near", "visited", "visiting")
    weak = of_office or place or _in_dateline(tokens, chunk)
    if not weak:
        return chunk
    return Chunk("area", chunk.first, chunk.last, chunk.low, area=chunk.area, weak=True)


def _in_dateline(tokens: Sequence[Token], chunk: Chunk) -> bool:
    if chunk.first > 6:
        return False
    head = tokens[: min(len(tokens), 24)]
    opens = tokens[0].text.isupper() and len(tokens[0].text) > 2
    stop = next((i for i, t in enumerate(head) if t.text in ("\u2014", "\u2013", "(", "-") and not t.glued), None)
    if chunk.first == 0 and chunk.area is not None and is_seat(chunk.area) and chunk.last < len(tokens):
        stop = chunk.last if tokens[chunk.last].text in (":", "\u2014") else stop
    return opens and stop is not None and chunk.last <= stop
