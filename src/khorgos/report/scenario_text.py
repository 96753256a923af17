"""Scenarios as people write them in short, "USA:CHN:all=+20%", and what a scenario is made of."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from khorgos.core.errors import BadInput
from khorgos.nomenclature.areas import area, is_aggregate
from khorgos.nomenclature.groups import members

Kind = Literal["tariff", "cost"]

#: Everybody, as an exporter or importer.
EVERYBODY = ("all", "world", "*", "wld")
#: A rate above this is refused even with its percent sign; chosen because no ad valorem duty in force comes near.
HIGHEST = 10.0

_TARIFF = re.compile(r"(?P<importer>[^:=]+):(?P<exporter>[^:=]+)(?::(?P<product>[^:=]+))?=(?P<rate>.+)")
_PERCENT = re.compile(r"(?P<sign>[+\-−]?)\s*(?P<number>\d+(?:\.\d+)?)\s*%")
_BARE = re.compile(r"[+\-−]?\s*\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Measure:
    """One tariff, or one change of trade costs.

    Args:
        kind: "tariff" or "cost".
        importers: ISO3; () for everybody.
        exporters: ISO3; () for everybody.
        products: names of sectors as written; () for all goods.
        change: a fraction: the tariff, what is added to it, or the change of the iceberg cost.
        adds: whether a tariff is added to what is in force, or set.
        text: as written.
        legal: its legal basis.
        source: where that can be read.
        start: first day in force.
        end: last day in force.
        how: a sentence on how the change was computed, where it was.
        between: the change at the low and at the high end of an input that is known as a range.
    """

    kind: Kind
    importers: tuple[str, ...]
    exporters: tuple[str, ...]
    products: tuple[str, ...]
    change: float
    adds: bool
    text: str
    legal: str = ""
    source: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    how: str = ""
    between: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.kind == "tariff" and not -1.0 < self.change <= HIGHEST:
            raise BadInput(f"A tariff of {self.change:.0%} is not believed", where=self.text)
        if self.kind == "cost" and not -1.0 < self.change <= HIGHEST:
            raise BadInput(f"Trade costs cannot change by {self.change:.0%}", where=self.text)
        if self.start and self.end and self.end < self.start:
            raise BadInput("A measure cannot end before it starts", where=self.text)


@dataclass(frozen=True, slots=True)
class Target:
    """A flow that is to be reached by a change of trade costs.

    Args:
        importers: ISO3; () for everybody.
        exporters: ISO3; () for everybody.
        products: names of sectors as written; () for all goods.
        both_ways: whether the trade of the other direction counts, and moves, too.
        usd: USD a year.
        text: as written.
        by: the year it is meant for.
        legal: who announced it, and when.
        source: where that can be read.
    """

    importers: tuple[str, ...]
    exporters: tuple[str, ...]
    products: tuple[str, ...]
    both_ways: bool
    usd: float
    text: str
    by: int | None = None
    legal: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.usd < 1e15:
            raise BadInput(f"A target of {self.usd:g} USD is not believed", where=self.text)


@dataclass(frozen=True, slots=True)
class AsInForce:
    """Tariffs as in force on a day, from the registry.

    Args:
        on: the day.
        against: the day that the outcome is compared with; None for the base year.
        importers: ISO3 of who levies; () for all that the registry has.
        exporters: ISO3 of whose goods bear it; () for everybody.
        end: where between the lowest (0) and the highest duty (1) to stand, where statistics do not show.
    """

    on: dt.date
    against: dt.date | None = None
    importers: tuple[str, ...] = ()
    exporters: tuple[str, ...] = ()
    end: float = 0.5

    def __post_init__(self) -> None:
        if self.on == self.against:
            raise BadInput("The day and the day that it is compared with are one", where=self.text)
        if not 0.0 <= self.end <= 1.0:
            raise BadInput(f"An end lies between 0 and 1, not at {self.end:g}", where=self.text)

    @property
    def text(self) -> str:
        """As a reader sees it."""
        return f"as in force on {self.on}" + (f" against {self.against}" if self.against else "")


@dataclass(frozen=True, slots=True)
class ScenarioText:
    """A scenario as written.

    Args:
        title: one line.
        measures: tariffs and costs that come.
        in_force: tariffs of the world that the outcome is compared with.
        note: what a reader should know.
        model: "one-sector" or "sectors", if it says.
        theta: trade elasticity of every sector, if it says.
        deficits: how transfers close the world.
        text: the whole source, for the trace.
        target: a flow to be reached by a change of trade costs, if one is.
        registry: tariffs as in force on a day, on top of which the measures come, if they are asked for.
    """

    title: str
    measures: tuple[Measure, ...]
    in_force: tuple[Measure, ...] = ()
    note: str = ""
    model: str | None = None
    theta: float | None = None
    deficits: str = "share"
    text: str = field(default="", repr=False)
    target: Target | None = None
    registry: AsInForce | None = None


def percent(text: str, *, where: str | None = None) -> tuple[float, bool]:
    """A rate with its percent sign as a fraction, and whether it is signed ("+20%" adds, "20%" sets).

    Args:
        text: such as "+20%", "12.5%", "-5%".
        where: for errors.

    Raises:
        BadInput: no percent sign ("25" may mean 25 or 2500 per cent), or no number.
    """
    written = text.strip()
    if found := _PERCENT.fullmatch(written):
        value = float(found["number"]) / 100.0
        return (-value if found["sign"] in ("-", "−") and found["sign"] else value), bool(found["sign"])
    if _BARE.fullmatch(written):
        raise BadInput(f"{written!r} has no percent sign", where=where, hint=f"Write {written}% if that is meant")
    raise BadInput(f"Not a rate: {written!r}", where=where, hint="Write it like +20% or 12.5%")


def areas(names: str | Sequence[str]) -> tuple[str, ...]:
    """ISO3 of countries and of members of groups; () for everybody.

    Args:
        names: with commas, or as a list.

    Raises:
        UnknownName: with the nearest names.
        BadInput: a group without members.
    """
    parts = [p.strip() for p in (names.split(",") if isinstance(names, str) else names) if p.strip()]
    if not parts:
        raise BadInput("No economy is named", hint="For example USA, central-asia or all")
    if any(p.lower() in EVERYBODY for p in parts):
        return ()
    found: list[str] = []
    for part in parts:
        one = area(part)
        found += members(one.id) if is_aggregate(one.id) else (one.id,)
    return tuple(dict.fromkeys(found))


def tariff(text: str) -> Measure:
    """A tariff in short: IMPORTER:EXPORTER:PRODUCT=RATE, such as "USA:CHN:all=+20%".

    Args:
        text: importer levies on exporter; several with commas; PRODUCT may be left out.

    Raises:
        BadInput, UnknownName: it cannot be read; the message shows the form.
    """
    return _short("tariff", text)


def cost(text: str) -> Measure:
    """A change of trade costs in short: IMPORTER:EXPORTER:PRODUCT=CHANGE, such as "KGZ:CHN:all=-5%".

    Args:
        text: as in `tariff`; the change is relative, 5% of the delivered price.

    Raises:
        BadInput, UnknownName: it cannot be read.
    """
    return _short("cost", text)


def _short(kind: Kind, text: str) -> Measure:
    found = _TARIFF.fullmatch(text.strip())
    if not found:
        raise BadInput(
            f"Not a {kind}: {text!r}", hint="Write IMPORTER:EXPORTER:PRODUCT=RATE, for example USA:CHN:all=+20%"
        )
    change, signed = percent(found["rate"], where=text)
    return Measure(
        kind,
        areas(found["importer"]),
        areas(found["exporter"]),
        products_of(found["product"] or "all"),
        change,
        signed,
        text.strip(),
    )


def products_of(names: str | Sequence[str]) -> tuple[str, ...]:
    """Names of sectors in small letters; () for all goods.

    Args:
        names: with commas, or as a list.
    """
    parts = [p.strip().lower() for p in (names.split(",") if isinstance(names, str) else names) if p.strip()]
    return () if not parts or "all" in parts else tuple(parts)
