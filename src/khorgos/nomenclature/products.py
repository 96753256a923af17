"""Products: codes of the HS, SITC, BEC and ISIC with labels, sections and kin, and what people call them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from khorgos.core.errors import BadInput, UnknownName
from khorgos.nomenclature.nomenclatures import HS_EDITIONS, SITC_REVISIONS, labels, nomenclature
from khorgos.nomenclature.product_words import TOTAL, ProductSet, find_word, nearest_words, product_set

_PREFIX = re.compile(r"(?:(?:hs|sitc|bec|isic)?\s*(?:code|chapter|heading|subheading|ch\.?)?)\s*", re.IGNORECASE)
_CODE = re.compile(r"\d[\d .]*[A-Z]{0,2}")
_NOT_IN_THE_HS = "99"  # UN Comtrade's own chapter, "Commodities not specified according to kind"


@dataclass(frozen=True, slots=True)
class Product:
    """One code of one nomenclature.

    Args:
        code: zero-padded digits without dots; "TOTAL" for all goods.
        nomenclature: one of nomenclatures.NOMENCLATURES; it belongs to the key.
        label: the English label.
        level: number of digits; 0 for all goods.
    """

    code: str
    nomenclature: str
    label: str
    level: int

    def __post_init__(self) -> None:
        if self.level != (0 if self.code == TOTAL else len(self.code)):
            raise BadInput(f"The level of {self.code!r} is its number of digits, not {self.level}")


@dataclass(frozen=True, slots=True)
class Section:
    """A section: of the HS a run of chapters, of SITC all codes with one first digit.

    Args:
        id: "I" to "XXI" in the HS, "0" to "9" in SITC; "99" for what UN Comtrade cannot place in the HS.
        nomenclature: where it belongs.
        name: its title.
        chapters: its codes of the top level.
    """

    id: str
    nomenclature: str
    name: str
    chapters: tuple[str, ...]


def _known(code: str, name: str) -> str:
    known = labels(name)
    if code in known:
        return code
    elsewhere = [e for e in HS_EDITIONS if name in HS_EDITIONS and code in labels(e)]
    if elsewhere:
        hint = f"It is a code of {', '.join(elsewhere)}: {labels(elsewhere[-1])[code][:80]}. Convert the values first"
        raise UnknownName(code, f"{name} code", hint=hint)
    if name in HS_EDITIONS and len(code) > 6 and code[:6] in known:
        hint = f"Codes past six digits are national; write {code[:6]}: {known[code[:6]][:80]}"
        raise UnknownName(code, f"{name} code", hint=hint)
    raise UnknownName(code, f"{name} code", _nearest_codes(code, name))


def _nearest_codes(code: str, name: str) -> tuple[str, ...]:
    """The code with a lost zero in front; else the heading it would stand in, with its codes."""
    known = labels(name)
    if f"0{code}" in known:
        return (f"0{code}",)
    for length in range(len(code) - 1, 0, -1):
        if code[:length] in known:
            return (code[:length], *children(code[:length], name))[:4]
    return ()


def label(code: str, name: str = "HS22") -> str:
    """The English label of a code.

    Args:
        code: zero-padded digits.
        name: the nomenclature.

    Returns:
        The label.

    Raises:
        UnknownName: if the nomenclature has no such code.

    Source: UN Comtrade's lists of classifications; HS text by the World Customs Organization.
    """
    edition = nomenclature(name)
    return "All goods" if code == TOTAL else labels(edition)[_known(code, edition)]


def _product(code: str, edition: str) -> Product:
    return Product(code, edition, label(code, edition), 0 if code == TOTAL else len(code))


def product(text: str | int, name: str = "HS22") -> Product | ProductSet:
    """Read a code, a word or a label.

    Args:
        text: "5201", "52.01", "HS2017:854231", "cotton", "Wheat and meslin". Codes are strings: 101 could be 0101.
        name: the nomenclature, unless the text names one.

    Returns:
        A Product for a code or a label, a ProductSet for a word of the dictionary.

    Raises:
        UnknownName: if it is none of these; names the nearest words or codes.
    """
    written = str(text).strip()
    edition, _, rest = written.rpartition(":")
    edition = nomenclature(edition or name)
    code = _PREFIX.sub("", rest.strip(), count=1)
    if code.upper() == TOTAL:
        return _product(TOTAL, edition)
    if _CODE.fullmatch(code):
        return _product(_known(re.sub(r"[ .]", "", code), edition), edition)
    if edition in HS_EDITIONS and find_word(rest) is not None:
        return product_set(rest, edition)
    if found := _by_label().get(edition, {}).get(rest.strip().casefold()):
        return _product(found, edition)
    similar = nearest_words(rest) or tuple(f"{p.code} {p.label[:60]}" for p in search(rest, edition, limit=3))
    raise UnknownName(written, "product", similar, "Write a code such as 5201, or a word such as cotton")


@cache
def _by_label() -> dict[str, dict[str, str]]:
    """Code by label; where a heading and its only subheading share a label, the heading."""
    out: dict[str, dict[str, str]] = {}
    for name in (*HS_EDITIONS, *SITC_REVISIONS, "BEC4", "ISIC3"):
        out[name] = {}
        for code, text in labels(name).items():
            out[name].setdefault(text.casefold(), code)
    return out


@cache
def _kin(name: str) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Parent by code and children by code: the parent is the longest shorter code it starts with."""
    known = labels(name)
    parents: dict[str, str] = {}
    below: dict[str, list[str]] = {}
    for code in known:
        for length in range(len(code) - 1, 0, -1):
            if code[:length] in known:
                parents[code] = code[:length]
                below.setdefault(code[:length], []).append(code)
                break
    return parents, {code: tuple(codes) for code, codes in below.items()}


def parent(code: str, name: str = "HS22") -> str | None:
    """The code one level up; None for codes of the top level (HS chapters, SITC sections).

    Args:
        code: zero-padded digits.
        name: the nomenclature.

    Returns:
        The heading of a subheading, the chapter of a heading.

    Raises:
        UnknownName: if the nomenclature has no such code.
    """
    edition = nomenclature(name)
    return _kin(edition)[0].get(_known(code, edition))


def children(code: str, name: str = "HS22") -> tuple[str, ...]:
    """The codes one level down, in order; those of the top level for "TOTAL".

    Args:
        code: zero-padded digits, or "TOTAL".
        name: the nomenclature.

    Returns:
        The codes; empty for codes of the finest level.

    Raises:
        UnknownName: if the nomenclature has no such code.
    """
    edition = nomenclature(name)
    if code == TOTAL:
        return tuple(c for c in labels(edition) if c not in _kin(edition)[0])
    return _kin(edition)[1].get(_known(code, edition), ())


def expand(codes: Iterable[str], name: str = "HS22") -> tuple[str, ...]:
    """The finest codes (HS: six digits) within some codes, each once, in order.

    Args:
        codes: codes of any level, or "TOTAL".
        name: the nomenclature.

    Returns:
        Codes without children.

    Raises:
        UnknownName: if the nomenclature lacks one of the codes.
    """
    edition = nomenclature(name)
    found: set[str] = set()
    todo = list(codes)
    while todo:
        code = todo.pop()
        below = children(code, edition)
        todo += below
        if not below:
            found.add(code)
    return tuple(sorted(found))


def levels(name: str = "HS22") -> tuple[int, ...]:
    """The numbers of digits that codes of a nomenclature have: (2, 4, 6) for the HS."""
    return tuple(sorted({len(code) for code in labels(name)}))


@cache
def _hs_sections() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    text = files("khorgos.nomenclature").joinpath("data/sections.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple((row["section"], row["name"], tuple(row["chapters"].split())) for row in rows)


@cache
def sections(name: str = "HS22") -> tuple[Section, ...]:
    """The sections of a nomenclature, in order.

    Args:
        name: an HS edition or SITC revision.

    Returns:
        HS: I to XXI and "99", UN Comtrade's own chapter for what it cannot place. SITC: 0 to 9.

    Raises:
        BadInput: for BEC and ISIC.

    Source: World Customs Organization, Harmonized System; UN Statistics Division, SITC.
    """
    edition = nomenclature(name)
    if edition in SITC_REVISIONS:
        return tuple(Section(c, edition, text, (c,)) for c, text in labels(edition).items() if len(c) == 1)
    if edition not in HS_EDITIONS:
        raise BadInput(f"{edition} has no sections here", hint="Sections belong to the HS and to SITC")
    rest = Section(_NOT_IN_THE_HS, edition, label(_NOT_IN_THE_HS, edition), (_NOT_IN_THE_HS,))
    return (*(Section(i, edition, text, chapters) for i, text, chapters in _hs_sections()), rest)


def section(code: str, name: str = "HS22") -> Section:
    """The section that a code belongs to.

    Args:
        code: zero-padded digits of any level.
        name: an HS edition or SITC revision.

    Returns:
        The section.

    Raises:
        UnknownName: if the nomenclature has no such code.
        BadInput: for BEC and ISIC.
    """
    edition = nomenclature(name)
    known = _known(code, edition)
    return next(s for s in sections(edition) if known.startswith(s.chapters))


def search(text: str, name: str = "HS22", *, limit: int = 10, level: int | None = None) -> tuple[Product, ...]:
    """The products that some words call up, best first: the dictionary's codes, then the nearest labels.

    Args:
        text: words, e.g. "lithium batteries".
        name: the nomenclature.
        limit: how many at the most.
        level: only codes of so many digits; None for all.

    Returns:
        Products; empty if no label is near.
    """
    from rapidfuzz import fuzz, process, utils

    edition = nomenclature(name)
    choices = {code: t for code, t in labels(edition).items() if level in (None, len(code))}
    found = process.extract(
        text, choices, scorer=fuzz.token_set_ratio, processor=utils.default_process, limit=5 * limit, score_cutoff=60
    )
    word = find_word(text)
    first = [c for c in (word.codes.get(edition, ()) if word else ()) if c in choices]
    best = [code for _, _, code in sorted(found, key=lambda hit: (-hit[1], len(hit[0])))]
    return tuple(_product(code, edition) for code in list(dict.fromkeys(first + best))[:limit])
