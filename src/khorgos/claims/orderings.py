"""Ranks, signs and goals of a text against the levels that it states itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from khorgos.claims.amounts import Amount, Text
from khorgos.claims.claim import Claim
from khorgos.claims.relations import Relation, say
from khorgos.claims.slots import Slot, is_low, movement_of, of_goods_and_services, product_of, sign_of, slot_of
from khorgos.claims.stated import Stated, stated
from khorgos.claims.universe import Universe, movement_with, universe_of
from khorgos.nomenclature.area_register import get


@dataclass(frozen=True, slots=True)
class _Entry:
    """One partner's figure in a ranking."""

    partner: str
    index: int
    number: Stated
    unit: str


def orderings(text: Text) -> tuple[Relation, ...]:
    """Ranks against levels or growth rates, signs of balances against them, goals against what is reached."""
    found: list[Relation] = []
    for index, claim in enumerate(text.claims):
        if claim.kind == "rank":
            found.extend(_rank(text, index, claim))
        elif claim.kind == "balance" and claim.unit == "sign":
            found.extend(_sign(text, index, claim))
        elif claim.kind == "other" and claim.value is None:
            found.extend(_goal(text, index, claim))
    return tuple(dict.fromkeys(found))


def _rank(text: Text, index: int, claim: Claim) -> Iterator[Relation]:
    universe = universe_of(claim)
    place = claim.value
    if universe is None or place is None or place < 1 or claim.qualifier == "approx" or is_low(claim):
        return
    entries = _growths(text, claim, universe) if universe.by == "growth" else _levels(text, claim, universe)
    own = entries.pop(universe.ranked, None)
    if own is None or not entries:
        return
    above = [one for one in entries.values() if one.number.loose.low > own.number.loose.high]
    level = [one for one in entries.values() if one not in above and one.number.loose.high >= own.number.loose.low]
    complete = bool(universe.others) and universe.others <= {*entries, universe.ranked}
    best, worst = 1 + len(above), 1 + len(above) + len(level)
    wrong = best > place or (complete and claim.qualifier != "less_than" and worst < place)
    if not wrong and not complete:
        return
    indices = (index, own.index, *(one.index for one in entries.values()))
    sign = "≠" if wrong else "="
    order = sorted([own, *entries.values()], key=lambda one: -one.number.value)
    listed = ", ".join(f"{get(one.partner).name} {say(one.number.value, one.unit)}" for one in order)
    sure = universe.sure and text.same_statistic(tuple(dict.fromkeys(indices)))
    yield Relation(
        "rank",
        tuple(dict.fromkeys(indices)),
        "broken" if wrong else "exact",
        sure,
        f"{listed}: place {best} {sign} {place:g}",
        float(best),
        float(best),
        float(worst),
        "rank",
    )


def _levels(text: Text, claim: Claim, universe: Universe) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    for slot, amounts in text.amounts.items():
        partner = _partner(slot, universe, claim)
        if partner is not None and slot.period == claim.period and slot.product == product_of(claim):
            one = _finest(amounts)
            found.setdefault(partner, _Entry(partner, one.index, one.stated, slot.unit))
    units = {one.unit for one in found.values()}
    return found if len(units) == 1 else {}


def _finest(amounts: list[Amount]) -> Amount:
    return min(amounts, key=lambda one: one.stated.strict.width)


def _partner(slot: Slot, universe: Universe, claim: Claim) -> str | None:
    """The partner of the universe whose trade with the owner the slot is."""
    _, one, other = slot.movement
    partner = other if one == universe.owner else one if other == universe.owner else None
    if partner is None or slot.movement != movement_with(universe.owner, partner, _flow(claim, universe)):
        return None
    if partner == universe.ranked or partner in universe.others:
        return partner
    single = get(partner).kind == "country" and partner != universe.owner
    return partner if universe.group == "WLD" and single else None


def _flow(claim: Claim, universe: Universe) -> str | None:
    """The flow from the owner's side: a claim may have been worded from the partner's."""
    if claim.reporter_id == universe.owner or claim.flow not in ("export", "import"):
        return claim.flow
    return "import" if claim.flow == "export" else "export"


def _growths(text: Text, claim: Claim, universe: Universe) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    flow = _flow(claim, universe)
    for index, other in enumerate(text.claims):
        number, movement = stated(other), movement_of(other)
        if other.kind != "growth" or other.period != claim.period or number is None or movement is None:
            continue
        slot = Slot(movement, product_of(other), other.period or "", "percent")
        partner = _partner(slot, universe, replace(claim, reporter=claim.reporter, flow=claim.flow))
        if partner is not None and movement == movement_with(universe.owner, partner, flow):
            found.setdefault(partner, _Entry(partner, index, number, "percent"))
    return found


def _sign(text: Text, index: int, claim: Claim) -> Iterator[Relation]:
    sign, movement = sign_of(claim), movement_of(claim)
    if not sign or movement is None or claim.period is None or claim.reporter is None:
        return
    one, other = claim.reporter_id or "", claim.partner_id or ""
    base = slot_of(claim)
    if base is None:
        return
    for unit in dict.fromkeys(slot.unit for slot in text.amounts):
        slots = [replace(base, movement=("goods", a, b), unit=unit) for a, b in ((one, other), (other, one))]
        for out, back in text.several(slots):
            balance = out.stated.loose - back.stated.loose
            wrong = balance.high < 0 if sign > 0 else balance.low > 0
            holds = balance.low > 0 if sign > 0 else balance.high < 0
            if not (wrong or holds) or (wrong and of_goods_and_services(claim)):
                continue
            value = out.stated.value - back.stated.value
            indices = (index, out.index, back.index)
            yield Relation(
                "sign",
                indices,
                "broken" if wrong else "exact",
                text.same_statistic(indices),
                f"{say(out.stated.value, unit)} - {say(back.stated.value, unit)} = {say(value, unit)}: "
                f"{'no ' if wrong else 'a '}{'surplus' if sign > 0 else 'deficit'}",
                value,
                balance.low,
                balance.high,
                unit,
            )


def _goal(text: Text, index: int, claim: Claim) -> Iterator[Relation]:
    """A target said to be met, against the level and the target of the same pair."""
    movement = movement_of(claim)
    if movement is None or claim.period is None:
        return
    goals = [
        (i, one)
        for i, one in enumerate(text.claims)
        if one.kind == "target" and movement_of(one) == movement and one.value is not None
    ]
    levels = text.at(slot_of(replace(claim, kind="level", unit=claim.unit or "USD")))
    for goal_index, goal in goals:
        aim = stated(goal)
        for level in levels:
            if aim is None or goal.unit != level.slot.unit:
                continue
            met = level.stated.loose.high >= aim.value
            clear = level.stated.loose.low > aim.value
            indices = (index, level.index, goal_index)
            yield Relation(
                "goal",
                indices,
                "exact" if clear else "rounding" if met else "broken",
                text.same_statistic(indices[:2]),
                f"{say(level.stated.value, level.slot.unit)} {'>' if clear else '≈' if met else '<'} "
                f"{say(aim.value, level.slot.unit)}, the target",
                level.stated.value,
                level.stated.loose.low,
                level.stated.loose.high,
                level.slot.unit,
            )
