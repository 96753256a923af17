"""Amounts, changes and shares against the ledger, every defensible reading tried."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product as combinations

from khorgos.claims.claim import Claim
from khorgos.claims.deciding import Finding, Lack, Tried, decide, fit_of, tried_reading
from khorgos.claims.lookup import Figures
from khorgos.claims.money import local_currencies
from khorgos.claims.readings import Reading, readings
from khorgos.claims.slots import Movement, before, counts_services, movement_of, product_of, side_of, slot_of, when
from khorgos.claims.stated import Stated, stated
from khorgos.measures.intervals import Interval, growth
from khorgos.nomenclature.area_register import get
from khorgos.nomenclature.product_words import find_word

# By how much every reading must fail beyond its rounding, as a share of it. Chosen because the article may rest on a
# vintage that the ledger lacks: of the figures of whole years that the ledger holds in several vintages none moved by
# more than the first; China's imports from Kyrgyzstan of January to June 2024 were printed as 95.5 million dollars in
# July and 105.0 in the table of the year, Georgia's imports of that half-year as 7.47 and 7.73 billion.
_REVISION, _REVISION_OF_PARTS = 0.05, 0.15
# What one side declares when only the other's figure is known: within the range of the two sides' ratio in the years
# for which both are known, widened to twice that; with fewer years nothing is said.
_YEARS, _WIDENED = 3, 2.0
_MANY = 40  # pairs of figures tried for a change; chosen because no two cells have more


@dataclass(frozen=True, slots=True)
class Context:
    """What a claim is judged with.

    Args:
        figures: of the ledger.
        day: the article's date; None where unknown.
        side: whose statistics the text's levels turn out to be; None where they are of several or none.
    """

    figures: Figures
    day: dt.date | None = None
    side: str | None = None


def judge_amount(claim: Claim, context: Context) -> Finding | None:
    """A level, balance or record's level against all readings of it; None where the claim cannot be put so."""
    number, slot = stated(claim), slot_of(replace(claim, kind="level"))
    if number is None or slot is None or not _is_money(slot.unit):
        return None
    refused = _other_goods(claim)
    services = counts_services(claim)
    if refused is not None and not services:
        return refused
    attributed = side_of(claim) in sides_of(slot.movement)
    made = readings(context.figures, slot.movement, slot.period, slot.unit)
    made = tuple(one for one in made if not (attributed and one.how == "mixed"))
    plain = _plain_sides(claim, context, made) if not services else frozenset()
    named = [replace(one, name=f"for goods alone, {one.name}") if services else one for one in made]
    tried = [tried_reading(number, one, context.day, plain=_is_plain(one, plain)) for one in named]
    fits = any(one.fit in ("exact", "rounding") for one in tried)
    if services and not fits:
        return refused
    if not fits:
        tried += _neighbours(number, claim, context, slot.unit)
    lack = _lack(claim, [one for one in made if one.official])
    if lack.what and not claim.attribution and _beyond_mirror(number, slot.movement, slot.period, context):
        lack = Lack("", lack.command)
    if slot.form.startswith("average"):
        lack = Lack("the months that the average is taken over", lack.command)
    return decide(claim, tried, lack, slack=_slack(slot.period), unit=slot.unit, attributed=attributed)


def judge_change(claim: Claim, context: Context) -> Finding | None:
    """Growth, a difference or a multiple against the two figures it is between; None where it cannot be put so."""
    number, movement = stated(claim), movement_of(claim)
    if number is None or movement is None or claim.period is None or not before(claim):
        return None
    if (refused := _other_goods(claim)) is not None:
        return refused
    attributed = side_of(claim) in sides_of(movement)
    tried = _of_office(claim, attributed, _changes(claim, context, movement, number))
    if not any(one.fit in ("exact", "rounding") for one in tried):
        for flow in _other_flows(movement):
            near = _of_office(claim, attributed, _changes(claim, context, flow, number))
            tried += [replace(one, neighbour=True, name=f"{_flow_name(flow)} {one.name}") for one in near]
    official = [one for one in tried if one.official and not one.neighbour]
    sides = {one.side for one in official if one.side}
    lack = _lack_of_sides(claim, sides, movement)
    if claim.base_period is None and len(before(claim)) > 1:
        lack = Lack("the period that it is compared with", lack.command)
    unit = claim.unit or "percent"
    slack = _slack(claim.period) * (1 if claim.kind == "growth" else 2)
    unit = unit if claim.kind != "difference" else _money_of(claim)
    return decide(claim, tried, lack, slack=slack, unit=unit, attributed=attributed)


def judge_share(claim: Claim, context: Context) -> Finding | None:
    """A share of a flow in a pair's total or in trade with all, by each side's own figures."""
    number, movement = stated(claim), movement_of(claim)
    if number is None or movement is None or claim.period is None or claim.unit != "percent":
        return None
    if (refused := _other_goods(claim)) is not None:
        return refused
    attributed = side_of(claim) in sides_of(movement)
    wholes = tuple(_wholes(claim, movement))
    every = (one for whole in wholes for one in _shares(claim, context, (movement, whole), number))
    tried = _of_office(claim, attributed, every)
    sides = {one.side for one in tried if one.official and one.side}
    lack = _lack_of_sides(claim, sides, movement)
    if not claim.scope and not lack.what and len(wholes) > 1:
        lack = Lack("the whole that the share is of", lack.command)
    return decide(claim, tried, lack, slack=_slack(claim.period), unit="percent", attributed=attributed)


def _of_office(claim: Claim, attributed: bool, tried: Iterable[Tried]) -> list[Tried]:
    """Changes and shares of the office named alone: those of another fit a coarse number by chance."""
    return [one for one in tried if not attributed or one.side == side_of(claim)]


def _slack(period: str | None) -> float:
    return _REVISION if period and _annual(period) else _REVISION_OF_PARTS


def sides_of(movement: Movement) -> tuple[str, str]:
    """The two that declare a movement."""
    return movement[1], movement[2]


def is_investment(claim: Claim) -> bool:
    """Whether a claim is of investment rather than of trade."""
    words = f"{claim.product or ''} {claim.scope or ''}".casefold()
    return "invest" in words or "fdi" in words.split()


def command_for(claim: Claim, sides: Iterable[str] = ()) -> str:
    """The khorgos command that would get the figures a claim needs."""
    pair = [area_id for area_id in (claim.reporter_id, claim.partner_id) if area_id]
    reporters = [side for side in (*sides, *pair) if side != "WLD"]
    if is_investment(claim):
        return "khorgos import china_investment_tracker.csv"
    if "services" in product_of(claim) or not reporters:
        return "khorgos import FILE  # the publisher's own file"
    who = ",".join(dict.fromkeys([side for side in sides if side != "WLD"] or reporters))
    first, last = (claim.period or "")[:4], (claim.period or "").rpartition("..")[2][:4]
    period = when(claim.period)
    option = "years" if period is None or period.kind == "year" else "months"
    years = f" {option}={first}" + (f"..{last}" if last != first else "") if first else ""
    word = find_word(product_of(claim)) if product_of(claim) else None
    goods = f" products={','.join(word.codes['HS22'])}" if word and "HS22" in word.codes else ""
    return f"khorgos fetch comtrade reporters={who} partners={','.join(dict.fromkeys(pair))}{years}{goods}"


def _is_money(unit: str) -> bool:
    return len(unit) == 3 and unit.isupper()


def _money_of(claim: Claim) -> str:
    return claim.unit if claim.unit and _is_money(claim.unit) else claim.currency or "USD"


def _other_goods(claim: Claim) -> Finding | None:
    product = product_of(claim)
    if not product:
        return None
    what = f"trade in {product}"
    if is_investment(claim):
        what = "a tracker of investment"
    elif "services" in product:
        what = "trade in services: the ledger holds goods"
    why = f'The ledger has nothing to hold "{" ".join(claim.surface.split())}" against: it lacks {what}.'
    return Finding("no_data", why, missing=what, command=command_for(claim))


def _plain_sides(claim: Claim, context: Context, made: Sequence[Reading]) -> frozenset[str]:
    """Whose figures the sentence means at face value."""
    movement = movement_of(claim)
    both = frozenset(sides_of(movement)) if movement else frozenset()
    attributed = side_of(claim)
    if attributed in both:
        return frozenset({attributed})
    held = {one.side for one in made if one.official}
    if claim.reporter_id is not None and claim.reporter_id in held:
        own = frozenset({claim.reporter_id})
        return own | {context.side} if context.side in both and context.side else own
    return both


def _is_plain(one: Reading, sides: frozenset[str]) -> bool:
    return one.side in sides and one.how != "mixed" and "without" not in one.name


def _lack(claim: Claim, official: Sequence[Reading]) -> Lack:
    movement = movement_of(claim)
    sides = {one.side for one in official if one.side}
    return _lack_of_sides(claim, sides, movement) if movement else Lack("its sides", command_for(claim))


def _lack_of_sides(claim: Claim, held: set[str], movement: Movement) -> Lack:
    """Whose declaration would have to be in the ledger before the claim may be contradicted."""
    both = [side for side in sides_of(movement) if side != "WLD"]
    attributed = side_of(claim)
    wanted = [attributed] if attributed in both else both
    missing = [side for side in wanted if side and side not in held]
    if not missing:
        return Lack("", command_for(claim))
    names = " and ".join(f"{_own(side)} own" for side in missing)
    flow = {"goods": "trade", "total": "trade", "balance": "balance"}[movement[0]]
    other = [get(side).name for side in both if side not in missing]
    with_whom = f" with {other[0]}" if other else ""
    return Lack(f"{names} {flow}{with_whom} of {claim.period}", command_for(claim, missing))


def _own(side: str) -> str:
    name = get(side).name
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _neighbours(number: Stated, claim: Claim, context: Context, unit: str) -> Iterator[Tried]:
    """The same figure of another flow, or of a stretch within the year: a slip of the text or of its reader."""
    movement, period = movement_of(claim), when(claim.period)
    if movement is None or period is None or claim.period is None:
        return
    for flow in _other_flows(movement):
        for one in readings(context.figures, flow, claim.period, unit):
            name = f"{_flow_name(flow)} {one.name}"
            yield tried_reading(number, one, context.day, plain=False, neighbour=True, name=name)
    for flow in _world_flows(movement):
        for one in readings(context.figures, flow, claim.period, unit):
            name = f"{_flow_name(flow)} {one.name}"
            yield tried_reading(number, one, context.day, plain=False, neighbour=True, name=name)
    if period.kind == "year":
        for months in (11, 10, 9):
            stretch = str(replace(period, months=months))
            for one in readings(context.figures, movement, stretch, unit):
                name = f"of {stretch} {one.name}"
                yield tried_reading(number, one, context.day, plain=False, neighbour=True, name=name)


def _other_flows(movement: Movement) -> tuple[Movement, ...]:
    kind, one, other = movement
    first, second = sorted((one, other))
    every: list[Movement] = [("goods", one, other), ("goods", other, one), ("total", first, second)]
    return tuple(each for each in every if each != movement) if kind != "balance" else ()


def _world_flows(movement: Movement) -> Iterator[Movement]:
    """The same flow of either side with everybody."""
    kind, one, other = movement
    if kind == "goods":
        yield from ((kind, one, "WLD"), (kind, "WLD", other))
    elif kind == "total":
        yield from ((kind, *sorted((side, "WLD"))) for side in (one, other))  # type: ignore[misc]  # two sides


def _flow_name(movement: Movement) -> str:
    kind, one, other = movement
    names = get(one).name, get(other).name
    return f"trade between {names[0]} and {names[1]}" if kind == "total" else f"goods from {names[0]} to {names[1]}"


def _beyond_mirror(number: Stated, movement: Movement, period: str, context: Context) -> bool:
    """Whether even the side whose figure is missing could not have said so, judging by how the two sides compared."""
    kind, one, other = movement
    if kind == "balance" or when(period) is None:
        return False
    now: dict[str, float] = {}
    history: list[dict[str, float]] = []
    year = int(period[:4])
    for each in (period, *(f"{y}" for y in range(year - 12, year) if f"{y}" != period)):
        made = readings(context.figures, movement, each, "USD") if each == period or _annual(each) else ()
        found = {side: r.value for r in reversed(made) if (side := r.side) in (one, other) and side and r.official}
        if each == period:
            now = found
        elif len(found) == 2 and min(found.values()) > 0:
            history.append(found)
    if len(now) != 1 or len(history) < _YEARS:
        return False
    held, value = next(iter(now.items()))
    missing = other if held == one else one
    ratios = [years[missing] / years[held] for years in history]
    low, high = value * min(ratios) / _WIDENED, value * max(ratios) * _WIDENED
    return not number.loose.overlaps(Interval(low, high))


def _annual(period: str) -> bool:
    return len(period) == 4


def _changes(claim: Claim, context: Context, movement: Movement, number: Stated) -> Iterator[Tried]:
    currencies = [*local_currencies(sides_of(movement), claim.currency if claim.kind == "growth" else None)]
    if claim.kind == "difference":
        currencies = [_money_of(claim)]
    for base_period in before(claim):
        for unit in currencies:
            now = readings(context.figures, movement, claim.period or "", unit)
            base = readings(context.figures, movement, base_period, unit)
            held = [*now, *base]
            plain_sides = _plain_sides(claim, context, held)
            plain_unit = unit in (claim.currency or "USD", "USD") or len(currencies) == 1
            for later, earlier in _pairs(now, base):
                for name, value, bounds, said in _moves(claim, later, earlier):
                    where = f" in {unit}" if unit != "USD" else ""
                    yield Tried(
                        name=f"{later.name}{where}, against {base_period}{name}",
                        value=value,
                        bounds=bounds,
                        fit=fit_of(number, value, bounds, percent=claim.kind == "growth"),
                        plain=plain_unit and _is_plain(later, plain_sides) and _is_plain(earlier, plain_sides),
                        official=later.official and earlier.official,
                        current=later.current and earlier.current,
                        visible=later.visible(context.day) and earlier.visible(context.day),
                        side=later.side,
                        arithmetic=said,
                        trace=tuple(dict.fromkeys((*later.trace, *earlier.trace))),
                        known=later.known,
                        source=", ".join(dict.fromkeys(row.source for row in (*later.figures, *earlier.figures))),
                    )


def _pairs(now: Sequence[Reading], base: Sequence[Reading]) -> Iterator[tuple[Reading, Reading]]:
    """Two figures of one side and one scope; of one source first."""
    pairs = [
        (a, b)
        for a, b in combinations(now, base)
        if a.side == b.side
        and (a.how == "mixed") == (b.how == "mixed")
        and ("without" in a.name) == ("without" in b.name)
    ]
    pairs.sort(key=lambda pair: ({row.source for row in pair[0].figures} != {row.source for row in pair[1].figures},))
    yield from pairs[:_MANY]


def _moves(claim: Claim, later: Reading, earlier: Reading) -> Iterator[tuple[str, float, Interval, str]]:
    """(addition to the name, value, bounds, arithmetic) of a change between two figures."""
    now, base = later, earlier
    if now.value < 0 and base.value < 0 and claim.kind != "level":
        now, base = _size(now), _size(base)
    said = f"{now.value:,.0f} against {base.value:,.0f}"
    if claim.kind == "difference":
        value, bounds = now.value - base.value, now.bounds - base.bounds
        yield "", value, bounds, said
        if (claim.value or 0.0) * value < 0:
            yield " (without its sign)", -value, Interval(-bounds.high, -bounds.low), said
    elif base.bounds.low > 0 and base.value > 0:
        if claim.kind == "growth":
            yield "", 100 * (now.value / base.value - 1), growth(now.bounds, base.bounds), said
        else:
            value, bounds = now.value / base.value, now.bounds / base.bounds
            yield "", value, bounds, said
            yield " (grown by so many times)", value - 1, bounds - Interval(1, 1), said


def _size(one: Reading) -> Reading:
    return replace(one, value=-one.value, bounds=Interval(-one.bounds.high, -one.bounds.low))


def _wholes(claim: Claim, movement: Movement) -> Iterator[Movement]:
    kind, one, other = movement
    first, second = sorted((one, other))
    if kind == "goods":
        yield ("total", first, second)
    if claim.partner_id == "WLD" or claim.reporter_id is None:
        return
    owner = claim.reporter_id
    if kind == "goods":
        yield ("goods", owner, "WLD") if one == owner else ("goods", "WLD", owner)
    else:
        yield ("total", *sorted((owner, "WLD")))  # type: ignore[misc]  # two sides


def _shares(claim: Claim, context: Context, parts: tuple[Movement, Movement], number: Stated) -> Iterator[Tried]:
    part_of, whole_of = parts
    period = claim.period or ""
    part, whole = (readings(context.figures, each, period, "USD") for each in (part_of, whole_of))
    plain = _plain_sides(claim, context, part)
    for one, all_ in _pairs(part, whole):
        if all_.bounds.low <= 0 or not {row.source for row in one.figures} & {row.source for row in all_.figures}:
            continue
        value = 100 * one.value / all_.value
        bounds = Interval(100, 100) * (one.bounds / all_.bounds)
        yield Tried(
            name=f"{one.name}, of {_flow_name(whole_of)}",
            value=value,
            bounds=bounds,
            fit=fit_of(number, value, bounds),
            plain=_is_plain(one, plain),
            official=one.official and all_.official,
            current=one.current and all_.current,
            visible=one.visible(context.day) and all_.visible(context.day),
            side=one.side,
            arithmetic=f"{one.value:,.0f} of {all_.value:,.0f}",
            trace=tuple(dict.fromkeys((*one.trace, *all_.trace))),
            known=one.known,
            source=", ".join(dict.fromkeys(row.source for row in one.figures)),
        )
