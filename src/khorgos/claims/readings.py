"""Every defensible reading of an amount, with bounds: whose report, which vintage, members or months summed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product as combinations
from typing import cast

from khorgos.claims.lookup import ALIASES, Figure, Figures
from khorgos.claims.money import RATE_SLACK, converted
from khorgos.claims.slots import Movement, members_of, when
from khorgos.measures.intervals import Interval, printed
from khorgos.nomenclature.area_register import get

_MOST = 12  # figures of one cell that are tried; chosen because no cell of the ledger has more distinct values
_TURNED = {"export": "import", "import": "export", "total": "total", "balance": "balance"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure that a claim may mean.

    Args:
        name: in words: "as China reports it (exports, FOB)".
        side: whose declaration; None for mixtures.
        value: in the unit asked for.
        bounds: what its rounding, and the rate of exchange, allow.
        figures: the rows behind it.
        how: "printed", "summed" (members or months) or "mixed" (two declarants).
        arithmetic: how it was made, where it is not one printed figure.
        converted: at a period's mean rate.
        address: of the figure.
    """

    name: str
    side: str | None
    value: float
    bounds: Interval
    figures: tuple[Figure, ...]
    how: str = "printed"
    arithmetic: str = ""
    converted: bool = False
    address: str | None = None

    @property
    def official(self) -> bool:
        """All rows behind it are declarations, and it is one declarant's."""
        return self.side is not None and all(one.official for one in self.figures)

    @property
    def current(self) -> bool:
        """No row behind it has been revised since."""
        return all(one.current for one in self.figures)

    @property
    def trace(self) -> tuple[str, ...]:
        """The ledger's tokens of its rows."""
        return tuple(dict.fromkeys(one.token for one in self.figures))

    @property
    def known(self) -> dt.date | None:
        """The day from which all its rows were out, where known."""
        days = [one.known for one in self.figures]
        return max((day for day in days if day is not None), default=None) if None not in days else None

    def visible(self, day: dt.date | None) -> bool:
        """Whether all its rows were out on a day."""
        return all(one.visible(day) for one in self.figures)


def readings(figures: Figures, movement: Movement, period: str, unit: str) -> tuple[Reading, ...]:
    """All readings of an amount of all goods.

    Args:
        figures: of the ledger.
        movement: see claims.slots.
        period: of the amount.
        unit: currency of the answer.

    Returns:
        One reading a distinct figure: each side's own report, mixtures of the two, groups as printed and by members.
        Estimates of what a side declares are left out where its declaration is there.
    """
    key = (movement, period, unit)
    if key not in figures.memo:
        figures.memo[key] = tuple(_distinct(_all(figures, movement, period, unit)))
    return cast(tuple[Reading, ...], figures.memo[key])


def _all(figures: Figures, movement: Movement, period: str, unit: str) -> list[Reading]:
    kind, one, other = movement
    found: list[Reading] = []
    sides = (one, "export", other) if kind == "goods" else (one, kind, other)
    found.extend(_side(figures, sides, period, unit))
    back = [_turned_sign(each) if kind == "balance" else each for each in _side(figures, _mirror(sides), period, unit)]
    found.extend(back)
    if kind in ("total", "balance"):
        found.extend(_mixed(figures, movement, period, unit))
    declared = {each.side for each in found if each.official}
    return [each for each in found if each.official or each.side not in declared]


def _mirror(side: tuple[str, str, str]) -> tuple[str, str, str]:
    return side[2], _TURNED[side[1]], side[0]


def _turned_sign(one: Reading) -> Reading:
    return replace(one, value=-one.value, bounds=Interval(-one.bounds.high, -one.bounds.low), address=None)


def _distinct(found: Sequence[Reading]) -> Iterator[Reading]:
    seen: set[tuple[object, ...]] = set()
    for one in found:
        key = (one.side, one.name, round(one.value, 2), one.bounds.low, one.bounds.high, one.current, one.known)
        if key not in seen:
            seen.add(key)
            yield one


def _side(figures: Figures, cell: tuple[str, str, str], period: str, unit: str) -> Iterator[Reading]:
    """What one declarant says, groups on either side spelt out."""
    reporter, flow, partner = cell
    for rep, par in combinations(ALIASES.get(reporter, (reporter,)), ALIASES.get(partner, (partner,))):
        yield from _declared(figures, (rep, flow, par), period, unit)
    inside = members_of(partner, period)
    if inside and reporter not in inside:
        yield from _summed(figures, [(reporter, flow, one) for one in inside], cell, period, unit)
        if "TKM" in inside and len(inside) > 2:
            rest = [(reporter, flow, one) for one in inside if one != "TKM"]
            for one in _summed(figures, rest, cell, period, unit):
                yield replace(one, name=f"{one.name}, without Turkmenistan", address=None)
    own = members_of(reporter, period)
    if own and partner not in own:
        yield from _summed(figures, [(one, flow, partner) for one in own], cell, period, unit)


def _declared(figures: Figures, cell: tuple[str, str, str], period: str, unit: str) -> Iterator[Reading]:
    """Single figures of a cell; a total or balance from exports and imports; a stretch from its months."""
    reporter, flow, partner = cell
    found = False
    for row in figures.at(reporter, partner, flow, period)[:_MOST]:
        made = _single(row, cell, period, unit)
        if made is not None:
            found = True
            yield made
    if flow in ("total", "balance"):
        for both in _two_ways(figures, cell, period, unit):
            found = True
            yield both
    if not found:
        yield from _from_months(figures, cell, period, unit)


def _single(one: Figure, cell: tuple[str, str, str], period: str, unit: str) -> Reading | None:
    value = converted(one.value, one.currency, unit, period)
    if value is None:
        return None
    bounds = printed(one.value, one.rounding, "either")
    factor = value / one.value if one.value else 1.0
    ends = sorted((bounds.low * factor, bounds.high * factor))
    foreign = one.currency != unit
    slack = RATE_SLACK * abs(value) if foreign else 0.0
    how = f"{one.value:,.0f} {one.currency} at the mean rate of {period}" if foreign else ""
    declared = one.status in ("reported", "estimated")
    return Reading(
        name=_name(cell, one.valuation) if declared else f"as {one.source} reconciles it ({cell[1]})",
        side=cell[0] if declared else None,
        value=value,
        bounds=Interval(ends[0] - slack, ends[1] + slack),
        figures=(one,),
        arithmetic=how,
        converted=foreign,
        address=f"{cell[1]}/{cell[0]}/{cell[2]}/{period}",
    )


def _name(cell: tuple[str, str, str], valuation: str | None = None) -> str:
    reporter, flow, _ = cell
    how = f", {valuation}" if valuation else ""
    words = {"export": "exports", "import": "imports", "total": "total trade", "balance": "balance"}
    return f"as {get(reporter).name} reports it ({words[flow]}{how})"


def _two_ways(figures: Figures, cell: tuple[str, str, str], period: str, unit: str) -> Iterator[Reading]:
    """Exports and imports of one source put together."""
    reporter, flow, partner = cell
    for out, back in combinations(
        figures.at(reporter, partner, "export", period)[:_MOST], figures.at(reporter, partner, "import", period)[:_MOST]
    ):
        if out.source != back.source or out.current != back.current:
            continue
        first = _single(out, (reporter, "export", partner), period, unit)
        second = _single(back, (reporter, "import", partner), period, unit)
        if first is None or second is None:
            continue
        name = _name(cell, "FOB and CIF") if first.side else f"as {out.source} reconciles it ({flow})"
        address = f"{flow}/{reporter}/{partner}/{period}"
        yield _together(first, second, flow, name=name, side=first.side, address=address)


def _together(
    one: Reading, other: Reading, flow: str, *, name: str, side: str | None = None, address: str | None = None
) -> Reading:
    minus = flow == "balance"
    value = one.value - other.value if minus else one.value + other.value
    return Reading(
        name=name,
        side=side,
        value=value,
        bounds=one.bounds - other.bounds if minus else one.bounds + other.bounds,
        figures=(*one.figures, *other.figures),
        how="printed" if side else "mixed",
        arithmetic=f"{one.value:,.0f} {'-' if minus else '+'} {other.value:,.0f}",
        converted=one.converted or other.converted,
        address=address,
    )


def _mixed(figures: Figures, movement: Movement, period: str, unit: str) -> Iterator[Reading]:
    """A total or balance of both sides' exports, or of both sides' imports."""
    kind, one, other = movement
    for flow in ("export", "import"):
        pair = (list(_declared(figures, (a, flow, b), period, unit))[:3] for a, b in ((one, other), (other, one)))
        for first, second in combinations(*pair):
            if kind == "balance" and flow == "import":
                first, second = second, first  # noqa: PLW2901  what the other imports is what one exports
            yield _together(first, second, kind, name=f"from both sides' {flow}s")


def _from_months(figures: Figures, cell: tuple[str, str, str], period: str, unit: str) -> Iterator[Reading]:
    """A stretch as the sum of its months, or as the difference of two stretches from January, in one source."""
    reporter, flow, partner = cell
    span = when(period)
    if span is None or span.months == 1:
        return
    months = [str(one) for one in span.each_month()]
    sources = {one.source for one in figures.at(reporter, partner, flow, months[-1])}
    for source in sorted(sources):
        made = [_of_source(figures, cell, month, unit, source) for month in months]
        if all(made):
            yield _added([one for one in made if one], cell, f"{_name(cell)}, months summed", period)
            return
    start, end = months[0], months[-1]
    if start[5:] != "01":
        before = str(replace(span, start=12 * span.year, months=span.start - 12 * span.year))
        whole = str(replace(span, start=12 * span.year, months=span.start + span.months - 12 * span.year))
        for source in sorted({one.source for one in figures.at(reporter, partner, flow, whole)}):
            late, early = (_of_source(figures, cell, text, unit, source) for text in (whole, before))
            if late and early:
                name = f"{_name(cell)}, January to {end} less January to {before[-7:]}"
                yield replace(_together(late, early, "balance", name=name, side=reporter), how="summed")
                return


def _of_source(figures: Figures, cell: tuple[str, str, str], period: str, unit: str, source: str) -> Reading | None:
    reporter, flow, partner = cell
    for one in figures.at(reporter, partner, flow, period):
        if one.source == source and one.current:
            return _single(one, cell, period, unit)
    return None


def _added(parts: Sequence[Reading], cell: tuple[str, str, str], name: str, period: str) -> Reading:
    bounds = parts[0].bounds
    for one in parts[1:]:
        bounds = bounds + one.bounds
    return Reading(
        name=name,
        side=cell[0],
        value=sum(one.value for one in parts),
        bounds=bounds,
        figures=tuple(row for one in parts for row in one.figures),
        how="summed",
        arithmetic=" + ".join(f"{one.value:,.0f}" for one in parts),
        converted=any(one.converted for one in parts),
        address=f"{cell[1]}/{cell[0]}/{cell[2]}/{period}",
    )


def _summed(
    figures: Figures, cells: Sequence[tuple[str, str, str]], whole: tuple[str, str, str], period: str, unit: str
) -> Iterator[Reading]:
    """A group as the sum of its members, in one source where one has them all, else in the best of each."""
    lists = [list(_declared(figures, cell, period, unit)) for cell in cells]
    if not all(lists):
        return
    common = set.intersection(*({row.source for one in each for row in one.figures} for each in lists))
    chosen = [
        [next(one for one in each if {row.source for row in one.figures} == {source}) for each in lists]
        for source in sorted(common)
        if all(any({row.source for row in one.figures} == {source} for one in each) for each in lists)
    ]
    for parts in chosen or [[each[0] for each in lists]]:
        declared = all(one.side for one in parts)
        made = _added(parts, whole, f"{_name(whole)}, members summed", period)
        yield made if declared else replace(made, side=None)
