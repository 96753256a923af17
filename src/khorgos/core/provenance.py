"""Where numbers come from: source cards, releases, snapshots and lineages."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Literal

from khorgos.core.errors import BadInput

Redistribute = Literal["yes", "figures", "no"]
Precision = Literal["day", "month", "year", "unknown"]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Source:
    """The card of one publisher's product: who, on what terms, how measured.

    Args:
        id: stable slug, e.g. "imf-dots".
        publisher: the official producer.
        title: the product's name.
        url: its home page.
        licence: the terms, in a few words.
        redistribute: "yes" rows may be passed on; "figures" single figures with attribution, in
            khorgos's own schema; "no" neither.
        citation: how to cite it in full.
        attribution: the short credit printed under a chart.
        cadence: how often it appears ("monthly", "annual", ...).
        units: the unit its files state ("million USD", "10,000 yuan", ...).
        valuation: how it values goods ("exports FOB, imports CIF", ...).
        rank: preference when several sources state one cell for a reporter; lower is preferred
            (10 the reporting customs or office itself, 30 an international collection of its
            reports, 50 a reconciled data set, 60 other compilations).
        notes: traps a user should know.
    """

    id: str
    publisher: str
    title: str
    url: str
    licence: str
    redistribute: Redistribute
    citation: str
    attribution: str
    cadence: str
    units: str
    valuation: str
    rank: int = 50
    notes: str = ""

    def __post_init__(self) -> None:
        if not _SLUG.fullmatch(self.id):
            raise BadInput(f"A source id is a lower-case slug, not {self.id!r}")


@dataclass(frozen=True, slots=True)
class Release:
    """One file of one publication, as it was on one day.

    `id` is "<source>:<first 12 hex digits of sha256>", so equal bytes are the same release.

    Args:
        source: id of the source card.
        title: what the publisher calls this table or file.
        published: day the publisher put it out (knowledge date); None where unknown.
        precision: how exactly that day is known.
        retrieved: day khorgos got the bytes.
        filename: the file's own name, without folders.
        sha256: of the file's bytes, 64 hex digits.
        n_bytes: its length.
        url: where it was published, where known.
        redistribute: may rows be passed on (the source's rule unless the file has its own).
        attribution: whose figure, as printed beside it, where the file differs from its source's card
            ("The Astana Times citing GACC").
    """

    source: str
    title: str
    published: dt.date | None
    precision: Precision
    retrieved: dt.date
    filename: str
    sha256: str
    n_bytes: int
    redistribute: Redistribute
    url: str | None = None
    attribution: str | None = None

    def __post_init__(self) -> None:
        if not _SHA256.fullmatch(self.sha256):
            raise BadInput(f"A release needs the sha256 of its bytes, not {self.sha256!r}")
        if (self.published is None) != (self.precision == "unknown"):
            raise BadInput("A release's publication day and its precision go together", where=self.filename)

    @property
    def id(self) -> str:
        """The release's identity in every row."""
        return f"{self.source}:{self.sha256[:12]}"


@dataclass(frozen=True, slots=True)
class Lineage:
    """How a table of numbers was made: the question, the formula and the releases behind it.

    Args:
        measure: name of the measure or query, as in its docs page.
        formula: the equation in words or symbols.
        releases: ids of all releases that any number rests on.
        query: the engine's own statement (SQL) or the model run's settings.
        parameters: what was asked, by argument name.
        notes: conversions and corrections that were applied.
    """

    measure: str
    formula: str
    releases: tuple[str, ...]
    query: str
    parameters: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
