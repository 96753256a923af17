"""Addresses of numbers: `growth/CHN/KAZ/2024,flow=export` names one figure that can be made again and walked back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from khorgos.core.errors import BadInput, NoData, UnknownName
from khorgos.ledger.query import FlowQuery, Trace
from khorgos.ledger.store import Ledger
from khorgos.measures.bilateral import mirror
from khorgos.measures.deals import investment
from khorgos.measures.measured import Measured
from khorgos.measures.outlook import Target, targets
from khorgos.measures.powers import influence
from khorgos.measures.standing import rank, share
from khorgos.measures.trade import growth, levels
from khorgos.nomenclature.areas import area
from khorgos.nomenclature.periods import parse_period

LEVELS = ("export", "import", "total", "balance")
#: What counts as a reporter's own figure: a reconciled one is made from both sides and is nobody's report.
DECLARED = ("reported", "estimated")
_FORM = "Write it like total/CHN/KAZ/2024 or growth/CHN/KAZ/2024,flow=export,currency=CNY"


@dataclass(frozen=True, slots=True)
class Address:
    """One figure.

    Args:
        what: a name in `KINDS`.
        reporter, partner: area ids; exporter and importer for gap and asymmetry.
        period: as in the ledger; the target's year for required.
        flow: of growth, shares, ranks and targets.
        currency: ISO 4217.
        product: code, TOTAL for all goods.
        as_of: what was known on that day.
        target: the target's value, for required.
        kind: investment or construction, for contracts.
    """

    what: str
    reporter: str
    partner: str
    period: str
    flow: str = "total"
    currency: str = "USD"
    product: str = "TOTAL"
    as_of: dt.date | None = None
    target: float | None = None
    kind: str = "investment"

    def __str__(self) -> str:
        plain = Address(self.what, self.reporter, self.partner, self.period)
        options = {
            name: getattr(self, name)
            for name in _READERS
            if getattr(self, name) != getattr(plain, name) and not (name == "flow" and self.what in LEVELS)
        }
        tail = "".join(f",{name}={_text(value)}" for name, value in options.items())
        return f"{self.what}/{self.reporter}/{self.partner}/{self.period}{tail}"

    @property
    def year(self) -> int:
        """The calendar year of its period."""
        return parse_period(self.period).year

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
            statuses=DECLARED,
        )


@dataclass(frozen=True)
class Found:
    """An address's figure, made again.

    Args:
        measured: the measure.
        row: its row of the figure.
        value: the figure.
        unit: its unit.
    """

    measured: Measured
    row: Mapping[str, Any]
    value: float
    unit: str


def _text(value: object) -> str:
    return f"{value:.0f}" if isinstance(value, float) else str(value)


_READERS: Mapping[str, Callable[[str], Any]] = {
    "flow": str,
    "currency": str.upper,
    "product": str,
    "as_of": dt.date.fromisoformat,
    "target": float,
    "kind": str,
}


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
    if what not in KINDS:
        raise UnknownName(what, "measure", hint=f"Choose one of {', '.join(KINDS)}")
    plain = Address(what, area(reporter).id, area(partner).id, str(parse_period(period)))
    return replace(plain, **_options(options))


def _options(pairs: list[str]) -> dict[str, Any]:
    out = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name not in _READERS or not value:
            raise BadInput(f"Not an option of an address: {pair!r}", hint=_FORM)
        try:
            out[name] = _READERS[name](value)
        except ValueError as error:
            raise BadInput(f"Not a value of {name}: {value!r}", hint=_FORM) from error
    return out


def find(ledger: Ledger, address: Address, *, trace: Trace = "release") -> Found:
    """Make an address's figure again.

    Args:
        ledger: the ledger to ask.
        address: which figure.
        trace: name releases, or the rows themselves.

    Returns:
        The figure with its measure.

    Raises:
        NoData: if the ledger has no such figure.
    """
    make, column = KINDS[address.what]
    made = make(ledger, address, trace)
    wanted = {
        "reporter": address.reporter,
        "partner": address.partner,
        "exporter": address.reporter,
        "importer": address.partner,
        "country": address.partner,
        "period": address.period,
        "target": address.target,
        "kind": address.kind,
    }
    for row in made.table.to_pylist():
        named = {name for name in wanted if name in row and not (name == "period" and "target" in row)}
        if all(row[name] == wanted[name] for name in named) and row[column] is not None:
            unit = made.unit if column == "value" else made.units[column]
            return Found(made, row, float(row[column]), unit)
    raise NoData(
        f"The ledger has no figure at {address}", hint=f"Try: khorgos trade {address.reporter} {address.partner}"
    )


_Maker = Callable[[Ledger, Address, Trace], Measured]


def _levels(ledger: Ledger, address: Address, trace: Trace) -> Measured:
    return levels(ledger, address.query(), trace=trace)


def _influence(ledger: Ledger, address: Address, trace: Trace) -> Measured:
    years = (address.year,)
    return influence(ledger, (address.reporter,), (address.partner,), years=years, as_of=address.as_of, trace=trace)


def _mirror(ledger: Ledger, address: Address, trace: Trace) -> Measured:
    return mirror(ledger, replace(address.query(), flows=("export", "import")), trace=trace)


def _required(ledger: Ledger, address: Address, trace: Trace) -> Measured:
    if address.target is None:
        raise BadInput("A required rate needs its target", hint="Write required/CHN/KGZ/2030,target=45000000000")
    wanted = Target(address.reporter, address.partner, address.target, address.year, address.flow, address.currency)
    return targets(ledger, [wanted], as_of=address.as_of, trace=trace)


def _contracts(ledger: Ledger, address: Address, trace: Trace) -> Measured:
    return investment(
        ledger,
        (address.partner,),
        by=("country",),
        years=(address.year,),
        origins=(address.reporter,),
        kinds=(address.kind,),
        as_of=address.as_of,
        trace=trace,
    )


#: What an address can name: how it is made, and in which column of the measure it stands.
KINDS: Mapping[str, tuple[_Maker, str]] = {
    **dict.fromkeys(LEVELS, (_levels, "value")),
    "growth": (lambda ledger, address, trace: growth(ledger, address.query(), trace=trace), "value"),
    "share": (lambda ledger, address, trace: share(ledger, address.query(), trace=trace), "value"),
    "rank": (lambda ledger, address, trace: rank(ledger, address.query(), trace=trace), "value"),
    "influence": (_influence, "value"),
    "weight": (_influence, "share_of_trade"),
    "gap": (_mirror, "value"),
    "asymmetry": (_mirror, "asymmetry"),
    "required": (_required, "value"),
    "contracts": (_contracts, "value"),
}
