"""A good over all editions of the HS: which codes stand for it in each, and the SITC section it lies in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from khorgos.nomenclature.concordance import convert
from khorgos.nomenclature.nomenclatures import HS_EDITIONS, labels
from khorgos.nomenclature.product_words import TOTAL, find_word
from khorgos.nomenclature.products import Product, product, sections

_SITC = "SITC3"


@dataclass(frozen=True, slots=True)
class Good:
    """What was asked for.

    Args:
        name: as people read it: "cotton (HS 52)".
        asked: how to ask for it again: "52", "TOTAL".
        codes: by edition; {"TOTAL": ("TOTAL",)} for all goods.
        note: what the codes leave out or hold besides; empty if nothing.
        chapters: of a section of the HS; empty for all else.
    """

    name: str
    asked: str
    codes: Mapping[str, tuple[str, ...]]
    note: str = ""
    chapters: tuple[str, ...] = ()

    @property
    def numbers(self) -> Mapping[str, tuple[str, ...]]:
        """Its codes by edition, with a section as its chapters."""
        return {name: self.chapters or own for name, own in self.codes.items()}

    @property
    def is_total(self) -> bool:
        """All goods?"""
        return TOTAL in self.codes

    @property
    def sections(self) -> tuple[str, ...]:
        """SITC sections of its finest codes, the one of most codes first; empty for all goods."""
        if self.is_total:
            return ()
        if own := self.codes.get(_SITC):
            return tuple(dict.fromkeys(code[0] for code in own))
        edition = next(name for name in reversed(HS_EDITIONS) if name in self.codes)
        links = convert(edition, _SITC)
        pairs = zip(links["code_from"].to_pylist(), links["code_to"].to_pylist(), strict=True)
        count = Counter(to[0] for code, to in pairs if code.startswith(self.numbers[edition]))
        return tuple(section for section, _ in count.most_common())


def good(text: str) -> Good:
    """Read a code, a section, a word or a label as a good over all editions.

    A code stands for itself in every edition that has it; a word brings its own codes by edition.

    Args:
        text: "5201", "XVI", "raw cotton", "HS17:854231", "TOTAL".

    Raises:
        UnknownName: it is none of these; names the nearest.
    """
    section = next((one for one in sections(HS_EDITIONS[-1]) if one.id == text.strip().upper()), None)
    if section is not None and not section.id.isdigit():
        codes = dict.fromkeys(HS_EDITIONS, (section.id,))
        name = f"{_cut(section.name)} (HS section {section.id})"
        return Good(name, ",".join(section.chapters), codes, chapters=section.chapters)
    found = product(text)
    if isinstance(found, Product):
        if found.code == TOTAL:
            return Good("all goods", TOTAL, {TOTAL: (TOTAL,)})
        short = _cut(found.label)
        if found.nomenclature not in HS_EDITIONS:
            codes = {found.nomenclature: (found.code,)}
            return Good(f"{short} ({found.nomenclature} {found.code})", text.strip(), codes)
        codes = {name: (found.code,) for name in HS_EDITIONS if found.code in labels(name)}
        return Good(f"{short} (HS {found.code})", found.code, codes)
    word = find_word(found.word)
    if TOTAL in found.codes or word is None:
        return Good("all goods", TOTAL, {TOTAL: (TOTAL,)})
    listed = ", ".join(found.codes[:3]) + (" and others" if len(found.codes) > 3 else "")
    return Good(f"{found.word} (HS {listed})", ",".join(found.codes), dict(word.codes), found.note)


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1].rstrip(' ,;')}…"


#: Longest label in a title; chosen because a title should fit a line.
_LONGEST = 48
