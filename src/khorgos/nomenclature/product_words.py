"""People's words for goods ("cotton", "LNG", "rare earths") and the HS codes they stand for, edition by edition."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from khorgos.core.errors import BadInput, UnknownName
from khorgos.nomenclature.nomenclatures import HS_EDITIONS, labels, nomenclature

#: "exact": the codes hold this and little else; "usual": the common reading of the word; "broad": they hold more or
#: other goods as well, or there is no agreed list. The note says which.
Sure = Literal["exact", "usual", "broad"]

TOTAL = "TOTAL"

_SURE: dict[str, Sure] = {"exact": "exact", "usual": "usual", "broad": "broad"}

_NEAR = 75  # of 100; chosen because one wrong letter in a short word still reaches it and unrelated words do not
_SHORTEST_PLURAL = 5  # chosen because shorter words in -s are mostly not plurals: gas, tin, bus


@dataclass(frozen=True, slots=True)
class Word:
    """One entry of the dictionary.

    Args:
        word: the entry, in lower case.
        synonyms: other ways to say it: spellings, abbreviations, longer forms.
        codes: HS codes by edition; an edition is missing where the HS of that time did not separate the good.
        sure: how well the codes fit the word.
        note: what the codes leave out or hold besides; empty if nothing.
    """

    word: str
    synonyms: tuple[str, ...]
    codes: Mapping[str, tuple[str, ...]]
    sure: Sure
    note: str


@dataclass(frozen=True, slots=True)
class ProductSet:
    """The codes that a word stands for in one edition of the HS.

    Args:
        codes: HS codes of 2, 4 or 6 digits, none within another; ("TOTAL",) for all goods.
        nomenclature: the edition, one of HS_EDITIONS.
        word: the dictionary's entry.
        note: what the codes leave out or hold besides.
        sure: how well the codes fit the word.
    """

    codes: tuple[str, ...]
    nomenclature: str
    word: str
    note: str = ""
    sure: Sure = "usual"

    def __post_init__(self) -> None:
        known = labels(self.nomenclature)
        if not self.codes:
            raise BadInput(f"A set of products needs codes: {self.word!r}")
        for code in self.codes:
            if code != TOTAL and code not in known:
                raise BadInput(f"{self.nomenclature} has no code {code!r}", where=self.word)
            if any(other != code and code.startswith(other) for other in self.codes):
                raise BadInput(f"Code {code!r} would be counted twice", where=self.word)


def normal_form(text: str) -> str:
    """A word as it is looked up: lower case, single spaces, no hyphens or marks."""
    plain = text.casefold().replace("&", " and ")
    return " ".join(re.sub(r"[^\w\s]", " ", plain.replace("'", "")).split())


def words() -> tuple[Word, ...]:
    """The dictionary, in its own order.

    Returns:
        All entries, hand-kept in data/words.csv.

    Source: titles of headings and subheadings of the HS (World Customs Organization); lists of organisations where
        the note names one.
    """
    return _dictionary()[0]


def surface_forms() -> Mapping[str, Word]:
    """Every form under which an entry is found: words and synonyms, each in singular and plural, in normal form."""
    return _dictionary()[1]


def find_word(text: str) -> Word | None:
    """The dictionary's entry for a word, None if it has none.

    Args:
        text: a word in any case, number or spelling the dictionary keeps.

    Returns:
        The entry.
    """
    return surface_forms().get(normal_form(text))


def product_set(text: str, name: str = "HS22") -> ProductSet:
    """The codes that a word stands for in one edition.

    Args:
        text: a word, e.g. "LNG".
        name: an edition of the HS.

    Returns:
        The codes, with a note on what they leave out.

    Raises:
        UnknownName: if the dictionary lacks the word, or that edition did not separate the good.
        BadInput: if the nomenclature is no edition of the HS.
    """
    edition = nomenclature(name)
    if edition not in HS_EDITIONS:
        raise BadInput(f"Words are kept as HS codes, not {edition}", hint="Ask for HS22 and convert the values")
    entry = find_word(text)
    if entry is None:
        raise UnknownName(text, "product", nearest_words(text))
    if edition not in entry.codes:
        first = next(e for e in HS_EDITIONS if e in entry.codes)
        hint = f"{edition} did not separate it; the first edition that does is {first}. {entry.note}"
        raise UnknownName(text, f"product in {edition}", hint=hint)
    return ProductSet(entry.codes[edition], edition, entry.word, entry.note, entry.sure)


def nearest_words(text: str, limit: int = 3) -> tuple[str, ...]:
    """The dictionary's entries whose spelling is nearest to a word, best first."""
    from rapidfuzz import fuzz, process

    forms = surface_forms()
    found = process.extract(normal_form(text), forms.keys(), scorer=fuzz.WRatio, limit=4 * limit, score_cutoff=_NEAR)
    return tuple(dict.fromkeys(forms[form].word for form, _, _ in found))[:limit]


@cache
def _dictionary() -> tuple[tuple[Word, ...], Mapping[str, Word]]:
    text = files("khorgos.nomenclature").joinpath("data/words.csv").read_text(encoding="utf-8")
    entries = tuple(_entry(row) for row in csv.DictReader(text.splitlines()))
    forms: dict[str, Word] = {}
    for entry in entries:
        for form in (entry.word, *entry.synonyms):
            if forms.setdefault(normal_form(form), entry) is not entry:
                raise BadInput(f"The word {form!r} stands in two entries", where="words.csv")
    kept = dict(forms)
    guessed: dict[str, set[str]] = {}
    for form, entry in forms.items():
        for other in _numbers(form):
            guessed.setdefault(other, set()).add(entry.word)
    by_word = {entry.word: entry for entry in entries}
    for other, owners in guessed.items():
        if len(owners) == 1:
            kept.setdefault(other, by_word[next(iter(owners))])
    return entries, MappingProxyType(kept)


def _numbers(form: str) -> Iterator[str]:
    """The other grammatical number of an English word, by its regular rules."""
    if re.search(r"[^aeiou]ies$", form):
        yield form[:-3] + "y"
    elif re.search(r"(ch|sh|x|ss)es$", form):
        yield form[:-2]
    elif form.endswith("s") and not form.endswith("ss") and len(form) >= _SHORTEST_PLURAL:
        yield form[:-1]
    elif not form.endswith("s"):
        yield re.sub(r"([^aeiou])y$", r"\1ie", form) + ("es" if re.search(r"(ch|sh|x)$", form) else "s")


def _entry(row: Mapping[str, str]) -> Word:
    exceptions = dict(_exceptions(row["exceptions"]))
    codes = {}
    for edition in HS_EDITIONS:
        written = exceptions.get(edition, row["codes"])
        if written != "-":
            codes[edition] = _codes(written, edition)
    synonyms = tuple(s for s in row["synonyms"].split("|") if s)
    return Word(row["word"], synonyms, MappingProxyType(codes), _SURE[row["sure"]], row["note"])


def _exceptions(text: str) -> Iterator[tuple[str, str]]:
    """Read "HS92..HS07=080250|HS12=-" as pairs of edition and codes."""
    for part in filter(None, text.split("|")):
        editions, _, codes = part.partition("=")
        for piece in editions.split(","):
            first, _, last = piece.partition("..")
            start, end = HS_EDITIONS.index(first), HS_EDITIONS.index(last or first)
            yield from ((edition, codes) for edition in HS_EDITIONS[start : end + 1])


def _codes(text: str, edition: str) -> tuple[str, ...]:
    """Read "01-24 !03 290543": codes, ranges of chapters, and what is to be left out."""
    known = labels(edition)
    wanted: list[str] = []
    left_out: list[str] = []
    for piece in text.split():
        if piece.startswith("!"):
            left_out.append(piece[1:])
        elif "-" in piece:
            first, last = piece.split("-")
            wanted += [c for c in known if len(c) == 2 and first <= c <= last]
        else:
            wanted.append(piece)
    for code in left_out:
        wanted = list(_without(wanted, code, known))
    return tuple(wanted)


def _without(codes: Iterable[str], code: str, known: Mapping[str, str]) -> Iterator[str]:
    """The codes less one of their descendants."""
    for each in codes:
        if not code.startswith(each):
            yield each
        elif code != each:
            below = [c for c in known if len(c) == len(each) + 2 and c.startswith(each)]
            yield from _without(below, code, known)
