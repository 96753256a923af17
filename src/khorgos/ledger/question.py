"""Questions about flows: which cells, how they are put together, in which currency, known when."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, get_args

from khorgos.core.errors import BadInput
from khorgos.core.schema import Flow, PartnerBasis, Status
from khorgos.nomenclature.area_register import get
from khorgos.nomenclature.periods import parse_period, year

By = Literal["year", "month", "native"]

_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class FlowQuery:
    """A question about declared trade, in canonical ids.

    Args:
        reporters: area ids; () for all single areas, never groups.
        partners: area ids; () for all single areas, never groups or the world.
        flows: see `core.schema.Flow`.
        products: codes, "TOTAL" for all goods; () for every single product row.
        nomenclature: of the products; None for whichever the rows have.
        periods: as written in the ledger; () for all.
        years: calendar years; () for all. Years or periods, not both.
        by: "year" (annual rows, else sums of twelve months), "month", or "native" (as published).
        as_of: day up to which publications are known; None for all.
        currency: of the answer, ISO 4217.
        sources: ids of the sources allowed; None for all.
        basis: partner basis that rows must state; None for any.
        statuses: see `core.schema.Status`; None for any but doubted figures.
        level: digits of the product codes wanted; None for any.
    """

    reporters: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    flows: tuple[str, ...] = ("export", "import")
    products: tuple[str, ...] = ("TOTAL",)
    nomenclature: str | None = None
    periods: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    by: By = "year"
    as_of: dt.date | None = None
    currency: str = "USD"
    sources: tuple[str, ...] | None = None
    basis: str | None = None
    statuses: tuple[str, ...] | None = None
    level: int | None = None

    def __post_init__(self) -> None:
        for area in (*self.reporters, *self.partners):
            get(area)
        if not self.flows:
            raise BadInput("A question about trade names at least one flow")
        _check("flow", self.flows, Flow)
        _check("partner basis", () if self.basis is None else (self.basis,), PartnerBasis)
        _check("status", self.statuses or (), Status)
        if not _CURRENCY.fullmatch(self.currency):
            raise BadInput(f"Not a currency: {self.currency!r}", hint="Write its three letters, e.g. USD or CNY")
        self._check_periods()

    def _check_periods(self) -> None:
        if self.by not in get_args(By):
            raise BadInput(f"Trade cannot be asked by {self.by!r}", hint="Ask by year, month or native")
        if self.periods and self.years:
            raise BadInput("Ask for periods or for years, not for both")
        for one in self.years:
            year(one)
        for text in self.periods:
            period = parse_period(text)
            if str(period) != text:
                raise BadInput(f"Write the period {text!r} as {period}")
            if self.by not in ("native", period.kind):
                raise BadInput(f"{text} is no {self.by}", hint="Ask with by='native' for periods as published")


def _check(kind: str, given: tuple[str, ...], words: type[StrEnum]) -> None:
    for one in given:
        if one not in set(words):
            raise BadInput(f"Not a {kind}: {one!r}", hint=f"Write {', '.join(words)}")
