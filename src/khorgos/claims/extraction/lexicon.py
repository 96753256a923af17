"""The reader's own words, kept as data, and how phrases are found among tokens."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Generic, NamedTuple, TypeVar

from khorgos.claims.extraction.tokens import Token, tokenize

T = TypeVar("T")


class Cue(NamedTuple):
    """A word or phrase of the lexicon with what it marks.

    Args:
        mark: family of words: "flow", "verb", "partner", "change", "qualifier", "base", ...
        value: which of the family: "export", "+", "nearly", ...
    """

    mark: str
    value: str


class Phrases(Generic[T]):
    """Phrases by their first word, longest first.

    Args:
        entries: phrase and what it stands for; several may share one phrase.
        cased: whether capitals matter. A form in full capitals also answers for its name then, if longer than four.
    """

    def __init__(self, entries: Iterable[tuple[str, T]], *, cased: bool = False) -> None:
        self._cased = cased
        self._by_first: dict[str, list[tuple[tuple[str, ...], list[T]]]] = {}
        known: dict[tuple[str, ...], list[T]] = {}
        for phrase, value in entries:
            words = tuple(token.text if cased else token.low for token in tokenize(phrase))
            known.setdefault(words, []).append(value)
        for words, values in known.items():
            self._by_first.setdefault(words[0].lower(), []).append((words, values))
        for listed in self._by_first.values():
            listed.sort(key=lambda each: -len(each[0]))

    def at(self, tokens: Sequence[Token], position: int) -> tuple[int, list[T]] | None:
        """The longest phrase that starts at a token.

        Returns:
            Its length in tokens and what it stands for; None if no phrase starts there.
        """
        first = tokens[position]
        for words, values in self._by_first.get(first.text.lower() if self._cased else first.low, ()):
            if len(words) <= len(tokens) - position and self._fits(tokens, position, words):
                return len(words), values
        return None

    def _fits(self, tokens: Sequence[Token], position: int, words: tuple[str, ...]) -> bool:
        if not self._cased:
            return all(tokens[position + i].low == word for i, word in enumerate(words))
        return all(_same(tokens[position + i].text, word) for i, word in enumerate(words))


def _same(written: str, word: str) -> bool:
    return written == word or (len(written) > 4 and written.isupper() and written == word.upper())


def _rows(name: str) -> list[dict[str, str]]:
    text = files("khorgos.claims.extraction").joinpath(f"data/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@cache
def cues() -> Phrases[Cue]:
    """The words by which the reader knows flows, changes, bases, shares, tariffs and targets."""
    return Phrases((row["phrase"], Cue(row["mark"], row["value"])) for row in _rows("lexicon"))


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """One table of the reader's data.

    Args:
        name: file name without ".csv".

    Returns:
        Its rows; lines that begin with "#" are remarks.
    """
    return tuple(_rows(name))


@cache
def _word_sets() -> dict[str, dict[str, str]]:
    text = files("khorgos.claims.extraction").joinpath("data/words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def word_set(module: str, name: str) -> frozenset[str]:
    """A small set of words, kept in data/words.toml.

    Args:
        module: the module that asks for it.
        name: the set's name there.

    Returns:
        The words and phrases.
    """
    return frozenset(word.strip("\n") for word in _word_sets()[module][name].split("|") if word.strip("\n"))
