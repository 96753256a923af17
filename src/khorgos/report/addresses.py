"""Addresses of numbers: `growth/CHN/KAZ/2024,flow=export` names one figure that can be made again and walked back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from khorgos.core.errors import BadInput, NoData, UnknownName
from khorgos.ledger.query import FlowQuery, Trace
from khorgos.ledger.store import Ledger
from khorgos.measures import standing, trade
from khorgos.measures.measured import Measured
from khorgos.nomenclature.areas import area
from khorgos.nomenclature.periods import parse_period

LEVELS = ("export", "import", "total", "balance")
_FORM = "Write it like total/CHN/KAZ/2024 or growth/CHN/KAZ/2024,flow=export,currency=CNY"


@dataclass(frozen=True, slots=True)
class Address:
    """One figure.

    Args:
        what: export, import, total, balance, growth, share or rank.
        reporter, partner: area ids.
        period: as in the ledger.
        flow: of growth, shares and ranks.
        currency: ISO 4217.
        product: code, TOTAL for all goods.
        as_of: what was known on that day.
    """

    what: str
    reporter: str
    partner: str
    period: str
    flow: str = "total"
    currency: str = "USD"
    product: str = "TOTAL"
    as_of: dt.date | None = None

    def __str__(self) -> str:
        plain = Address(self.what, self.reporter, self.partner, self.period)
        options = {
            name: getattr(self, name)
            for name in ("flow", "currency", "product", "as_of")
            if getattr(self, name) != getattr(plain, name) and not (name == "flow" and self.what in LEVELS)
        }
        tail = "".join(f",{name}={value}" for name, value in options.items())
        return f"{self.what}/{self.reporter}/{self.partner}/{self.period}{tail}"

    def query(self) -> FlowQuery:
        """The question that its figure answers."""
        kind = parse_period(self.period).kind
        return FlowQuery(
            reporters=(self.reporter,),
            partners=(self.partner,),
            flows=(self.what if self.what in LEVELS else self.flow,),
            products=(self.product,),
            periods=(self.period,),
            by="native" if kind == "part" else "year" if kind == "year" else "month",
            currency=self.currency,
            as_of=self.as_of,
        )


def parse_address(text: str) -> Address:
    """Read an address.

    Args:
        text: what a page or table printed; names of areas are understood too.

    Returns:
        The address, in canonical ids.

    Raises:
        BadInput: if it has not the form of an address.
        UnknownName: if it names an unknown measure or area.
    """
    path, *options = text.strip().split(",")
    parts = path.split("/")
    if len(parts) != 4:
        raise BadInput(f"Not the address of a number: {text!r}", hint=_FORM)
    what, reporter, partner, period = parts
    if what not in _MAKERS:
        raise UnknownName(what, "measure", hint=f"Choose one of {', '.join(_MAKERS)}")
    plain = Address(what, area(reporter).id, area(partner).id, str(parse_period(period)))
    return replace(plain, **_options(options))


def _options(pairs: list[str]) -> dict[str, Any]:
    readers: Mapping[str, Callable[[str], Any]] = {
        "flow": str,
        "currency": str.upper,
        "product": str,
        "as_of": dt.date.fromisoformat,
    }
    out = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name not in readers or not value:
            raise BadInput(f"Not an option of an address: {pair!r}", hint=_FORM)
        try:
            out[name] = readers[name](value)
        except ValueError as error:
            raise BadInput(f"Not a day: {value!r}", hint="Write as_of=2025-03-20") from error
    return out


def measure(ledger: Ledger, address: Address, *, trace: Trace = "release") -> tuple[Measured, dict[str, Any]]:
    """Make an address's figure again.

    Args:
        ledger: the ledger to ask.
        address: which figure.
        trace: name releases, or the rows themselves.

    Returns:
        The measure, and its row of the figure.

    Raises:
        NoData: if the ledger has no such figure.
    """
    made = _MAKERS[address.what](ledger, address.query(), trace)
    wanted = {"reporter": address.reporter, "partner": address.partner, "period": address.period}
    for row in made.table.to_pylist():
        if all(row[name] == value for name, value in wanted.items()) and row["value"] is not None:
            return made, row
    raise NoData(
        f"The ledger has no figure at {address}", hint=f"Try: khorgos trade {address.reporter} {address.partner}"
    )


_Maker = Callable[[Ledger, FlowQuery, Trace], Measured]

_MAKERS: Mapping[str, _Maker] = {
    **dict.fromkeys(LEVELS, lambda ledger, query, trace: trade.levels(ledger, query, trace=trace)),
    "growth": lambda ledger, query, trace: trade.growth(ledger, query, trace=trace),
    "share": lambda ledger, query, trace: standing.share(ledger, query, trace=trace),
    "rank": lambda ledger, query, trace: standing.rank(ledger, query, trace=trace),
}
