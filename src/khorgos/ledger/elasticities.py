"""The embedded table of trade elasticities by product, and the figures for a good."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from statistics import median
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from khorgos.core.errors import LedgerError, NoData
from khorgos.nomenclature.concordance import convert
from khorgos.nomenclature.nomenclatures import HS_EDITIONS

#: What a figure rests on. "own": the product's own estimate, below zero and significant at one per cent. "heading":
#: the publisher's mean of the heading, where the own estimate was not. "chapter": none is published for the heading,
#: so the median of the own estimates of the chapter is taken.
Basis = Literal["own", "heading", "chapter"]

_EDITION = "HS07"


@dataclass(frozen=True, slots=True)
class Line:
    """One product's elasticity of substitution between origins.

    Args:
        code: HS6 of 2007.
        sigma: the estimated response of trade to a tariff, with its sign turned: above zero.
        basis: what it rests on.
    """

    code: str
    sigma: float
    basis: Basis


@dataclass(frozen=True, slots=True)
class Card:
    """The table's source.

    Args:
        title, licence, citation, url: of the publication.
        file: its file.
        file_sha256: of the publisher's bytes.
        sha256: of the embedded table.
    """

    title: str
    licence: str
    citation: str
    url: str
    file: str
    file_sha256: str
    sha256: str


def card() -> Card:
    """The source card of the table."""
    return _table()[0]


def elasticities(codes: Mapping[str, Sequence[str]]) -> tuple[Line, ...]:
    """The elasticities of all HS6 products within some codes.

    Args:
        codes: HS codes of any level, by edition; the first edition that leads to the table's is used.

    Returns:
        One line a product of HS 2007, in order.

    Raises:
        NoData: the codes lead to no product of the table.

    Source: Fontagné, Guimbard and Orefice (2022), CEPII ProTEE 0.1.
    """
    lines = [_line(code) for code in _in_edition(codes)]
    found = tuple(line for line in lines if line is not None)
    if not found:
        raise NoData(
            f"No trade elasticity is published for {', '.join(next(iter(codes.values()), ()))}",
            hint="Give one yourself: --sigma 5",
        )
    return found


def _in_edition(codes: Mapping[str, Sequence[str]]) -> list[str]:
    known = _table()[1]
    if given := codes.get(_EDITION):
        return [code for code in known if code.startswith(tuple(given))]
    for edition in reversed(HS_EDITIONS):
        if given := codes.get(edition):
            links = convert(edition, _EDITION)
            start = links["code_from"].to_pylist()
            wanted = {to for code, to in zip(start, links["code_to"].to_pylist(), strict=True) if _in(code, given)}
            return sorted(wanted & set(known))
    return []


def _in(code: str, given: Sequence[str]) -> bool:
    return code.startswith(tuple(given))


def _line(code: str) -> Line | None:
    estimate, basis = _table()[1][code]
    if estimate is not None:
        return Line(code, -estimate, basis)
    own = [e for other, (e, b) in _table()[1].items() if other[:2] == code[:2] and b == "own" and e is not None]
    return Line(code, -median(own), "chapter") if own else None


@lru_cache(maxsize=1)
def _table() -> tuple[Card, dict[str, tuple[float | None, Basis]]]:
    folder = files("khorgos").joinpath("data/elasticities")
    try:
        written = json.loads(folder.joinpath("fgo.json").read_text(encoding="utf-8"))
        content = folder.joinpath("fgo.parquet").read_bytes()
        made = Card(**{name: written[name] for name in Card.__dataclass_fields__})
        table = pq.read_table(io.BytesIO(content))
        columns = (table[name].to_pylist() for name in ("code", "estimate", "basis"))
        rows = {code: (estimate, basis) for code, estimate, basis in zip(*columns, strict=True)}
    except (OSError, KeyError, ValueError, pa.ArrowException) as error:
        raise LedgerError(f"The embedded elasticities cannot be read: {error}", hint="Install khorgos again") from error
    if hashlib.sha256(content).hexdigest() != made.sha256:
        raise LedgerError("The embedded elasticities have changed since they were built", hint="Install khorgos again")
    return made, rows
