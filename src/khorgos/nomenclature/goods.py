"""A good over all editions of the HS: which codes stand for it in each, and the SITC section it lies in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from khorgos.nomenclature.concordance import convert
from khorgos.nomenclature.nomenclatures import HS_EDITIONS, labels
from khorgos.nomenclature.product_words import TOTAL, find_word
from khorgos.nomenclature.products import Product, product

_SITC = "SITC3"


@dataclass(frozen=True, slots=True)
class Good:
    """What was asked for.

    Args:
        name: as people read it: "cotton (HS 52)".
        asked: how to ask for it again: "52", "TOTAL".
        codes: by edition; {"TOTAL": ("TOTAL",)} for all goods.
        note: what the codes leave out or hold besides; empty if nothing.
    """

    name: str
    asked: str
    codes: Mapping[str, tuple[str, ...]]
    note: str = ""

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
        count = Counter(to[0] for code, to in pairs if code.startswith(self.codes[edition]))
        return tuple(section for section, _ in count.most_common())


def good(text: str) -> Good:
    """Read a code, a word or a label as a good over all editions.

    A code stands for itself in every edition that has it; a word brings its own codes by edition.

    Args:
        text: "5201", "raw cotton", "HS17:854231", "TOTAL".

    Raises:
        UnknownName: it is none of these; names the nearest.
    """
    found = product(text)
    if isinstance(found, Product):
        if found.code == TOTAL:
            return Good("all goods", TOTAL, {TOTAL: (TOTAL,)})
        short = found.label if len(found.label) <= _LONGEST else f"{found.label[: _LONGEST - 1].rstrip(' ,;')}…"
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


#: Longest label in a title; chosen because a title should fit a line.
_LONGEST = 48
