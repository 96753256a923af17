"""Arithmetic that the numbers of one text must obey, each relation in intervals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from khorgos.claims.amounts import Amount, Text
from khorgos.claims.claim import Claim
from khorgos.claims.money import local_currencies, rate_ratio
from khorgos.claims.slots import (
    Movement,
    Slot,
    before,
    counts_services,
    is_forecast,
    members_of,
    movement_of,
    of_goods_and_services,
    product_of,
    slot_of,
)
from khorgos.claims.stated import Stated, stated
from khorgos.measures.intervals import Interval, growth
from khorgos.nomenclature.area_register import get

Fit = Literal["exact", "rounding", "broken"]
Kind = Literal[
    "repeat",
    "sum",
    "balance",
    "growth",
    "difference",
    "multiple",
    "share",
    "hundred",
    "members",
    "parts' growth",
    "rank",
    "sign",
    "goal",
]

# A broken relation whose sides are further apart than this factor (or so many points) is rather two different things
# than an error of a text, and is left alone. Chosen because slips of a digit or a wrong base stay within it.
_FACTOR, _POINTS = 2.0, 40.0
_NEARER, _NEARER_POINTS = 1.3, 15.0  # where a sentence leaves sides or period to those before
# The same for exports and imports told in other sentences than their total. Chosen because the sum was a quarter off
# where copper ores had been taken for all exports.
_SUM = 1.2
# Two amounts of one slot that are further apart are of two things which the reader did not tell apart (other goods, a
# part of the period), as all such pairs of the hundred and more marked articles are; a slip of the pen stays within it.
_TYPO = 0.05
# Growth that misses its two levels by less than this part of their ratio rests on a base revised since. Chosen because
# China's trade with Russia grew by 20.8% in 2017 by its customs, by 20.93% from the level first printed for 2016.
_REVISED = 0.005
#: Relations over figures of several sentences, of which each must say outright what it is of before a break counts.
_WIDE = frozenset({"members", "parts' growth"})
_PART_OF_GOODS = re.compile(r"\b(?:products|commodities|equipment|crops|materials)\b", re.I)


@dataclass(frozen=True, slots=True)
class Relation:
    """One piece of arithmetic in a text.

    Args:
        kind: which.
        claims: indices of the claims in it, the derived one first.
        fit: holds as printed, holds through rounding alone, or not.
        sure: all its figures are surely of one statistic, so that a break is an error of the text.
        arithmetic: with the numbers in it.
        value: what the others give for the first.
        low, high: its bounds.
        unit: of the three.
        note: the reading under which it holds, if not the plain one.
    """

    kind: Kind
    claims: tuple[int, ...]
    fit: Fit
    sure: bool
    arithmetic: str
    value: float
    low: float
    high: float
    unit: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Made:
    """A computed figure: from the numbers as printed, and its bounds."""

    value: float
    bounds: Interval
    arithmetic: str
    note: str = ""


def relations(text: Text) -> tuple[Relation, ...]:
    """All arithmetic relations between the claims of a text, those that hold and those that do not.

    Only figures of one slot family (the same pair, goods, period and unit) are related. Claims of different offices
    may hold together and are then reported; if they do not, the relation is not sure.
    """
    found: list[Relation] = []
    for one in (_repeats, _sums, _balances, _changes, _shares, _hundreds, _members, _growth_of_parts):
        found.extend(one(text))
    return tuple(dict.fromkeys(found))


def say(value: float, unit: str) -> str:
    """A number as a reader likes it: 94.8 bn USD, 6.0%."""
    if unit in ("percent", "percentage points"):
        return f"{value:,.4g}%" if unit == "percent" else f"{value:,.4g} points"
    for factor, word in ((1e12, " trn"), (1e9, " bn"), (1e6, " m")):
        if abs(value) >= factor:
            return f"{value / factor:,.5g}{word} {unit}"
    return f"{value:,.6g} {unit}"


def _relation(
    text: Text, kind: Kind, derived: Stated, claims: Sequence[int], ways: Sequence[_Made], *, unit: str
) -> Iterator[Relation]:
    """The way that fits best, as a relation; nothing where the figures are plainly of different things."""
    if not ways:
        return
    made = min(ways, key=lambda one: (_RANK[_fit(derived, one)], abs(one.value - derived.value)))
    fit = _fit(derived, made)
    indices = tuple(dict.fromkeys(claims))
    told = [text.claims[index] for index in indices]
    if fit == "broken" and not (text.of_one_kind(indices) and _is_error(kind, derived.value, made.value, unit, told)):
        return
    sign = " printed as" if made.arithmetic.endswith(",") else {"exact": " =", "rounding": " ≈", "broken": " ≠"}[fit]
    yield Relation(
        kind,
        indices,
        fit,
        text.same_statistic(indices),
        f"{made.arithmetic}{sign} {say(derived.value, unit)}",
        made.value,
        made.bounds.low,
        made.bounds.high,
        unit,
        made.note,
    )


def _is_error(kind: Kind, said: float, made: float, unit: str, told: Sequence[Claim]) -> bool:
    """Whether figures that do not go together are rather an error of the text than of different things."""
    of_one_sentence = len({claim.sentence_span for claim in told}) == 1
    sure = all(claim.explicit for claim in told)
    if (kind in _WIDE and not sure) or (not of_one_sentence and _of_mixed_statistics(told)):
        return False
    if kind == "growth" and abs(said - made) <= _REVISED * (100 + abs(made)):
        return False
    if kind == "sum" and not of_one_sentence and not 1 / _SUM <= said / made <= _SUM:
        return False
    return _comparable(said, made, unit, explicit=sure or (of_one_sentence and any(one.explicit for one in told)))


def _of_mixed_statistics(told: Sequence[Claim]) -> bool:
    """Whether sentences may speak of goods here and of goods and services there, or of outcomes and of expectations."""
    if any(of_goods_and_services(claim) or counts_services(claim) for claim in told):
        return True
    return any(is_forecast(claim.sentence) for claim in told)


_RANK = {"exact": 0, "rounding": 1, "broken": 2}


def _fit(derived: Stated, made: _Made) -> Fit:
    if made.value in _padded(derived.nearest):
        return "exact"
    return "rounding" if _padded(derived.loose).overlaps(made.bounds) else "broken"


def _padded(interval: Interval) -> Interval:
    """Float sums of decimal figures miss their ends by some units of the last place."""
    pad = 1e-9 * max(abs(interval.low), abs(interval.high))
    return Interval(interval.low - pad, interval.high + pad)


def _comparable(one: float, other: float, unit: str, *, explicit: bool) -> bool:
    factor, points = (_FACTOR, _POINTS) if explicit else (_NEARER, _NEARER_POINTS)
    if unit in ("percent", "percentage points"):
        return abs(one - other) <= points or (one * other > 0 and 1 / factor <= one / other <= factor)
    return one * other > 0 and 1 / factor <= one / other <= factor


def _repeats(text: Text) -> Iterator[Relation]:
    for slot, amounts in text.amounts.items():
        for one, other in combinations([a for a in amounts if not a.base], 2):
            if text.claims[one.index].sentence_span == text.claims[other.index].sentence_span:
                continue
            again = f"{say(other.stated.value, slot.unit)} elsewhere in the text"
            made = _Made(other.stated.value, other.stated.loose, again)
            if abs(one.stated.value - other.stated.value) > _TYPO * abs(other.stated.value):
                continue
            yield from _relation(text, "repeat", one.stated, (one.index, other.index), (made,), unit=slot.unit)


def _sums(text: Text) -> Iterator[Relation]:
    for slot in text.amounts:
        kind, one, other = slot.movement
        if kind != "total":
            continue
        ways = [replace(slot, movement=("goods", a, b)) for a, b in ((one, other), (other, one))]
        for total, out, back in text.several((slot, *ways)):
            made = _Made(
                out.stated.value + back.stated.value,
                out.stated.loose + back.stated.loose,
                f"{say(out.stated.value, slot.unit)} + {say(back.stated.value, slot.unit)}",
            )
            yield from _relation(
                text, "sum", total.stated, (total.index, out.index, back.index), (made,), unit=slot.unit
            )


def _balances(text: Text) -> Iterator[Relation]:
    for slot in text.amounts:
        kind, one, other = slot.movement
        if kind != "balance":
            continue
        ways = [replace(slot, movement=("goods", a, b)) for a, b in ((one, other), (other, one))]
        for balance, out, back in text.several((slot, *ways)):
            made = _Made(
                out.stated.value - back.stated.value,
                out.stated.loose - back.stated.loose,
                f"{say(out.stated.value, slot.unit)} - {say(back.stated.value, slot.unit)}",
            )
            indices = (balance.index, out.index, back.index)
            yield from _relation(text, "balance", balance.stated, indices, (made,), unit=slot.unit)


def _changes(text: Text) -> Iterator[Relation]:
    """Growth, stated differences and multiples against the two levels that they are between."""
    kinds: dict[str, tuple[Kind, _Ways]] = {
        "growth": ("growth", _growth_ways),
        "difference": ("difference", _difference_ways),
        "ratio_multiple": ("multiple", _multiple_ways),
    }
    for index, claim in enumerate(text.claims):
        number = stated(claim)
        if claim.kind not in kinds or number is None or claim.flow is None:
            continue
        name, ways = kinds[claim.kind]
        for now_slot in _units_of(text, slot_of(claim)):
            for base_period in before(claim):
                base_slot = replace(now_slot, period=base_period)
                for now, base in text.several((now_slot, base_slot)):
                    made = tuple(ways(claim, now, base))
                    unit = claim.unit or "" if name != "difference" else now_slot.unit
                    # A change over a guessed base may be over another one.
                    found = _relation(text, name, number, (index, now.index, base.index), made, unit=unit)
                    guessed = claim.base_period is None and len(before(claim)) > 1
                    yield from (replace(one, sure=False) if guessed else one for one in found)


_Ways = Callable[[Claim, Amount, Amount], Iterator[_Made]]


def _units_of(text: Text, slot: Slot | None) -> Iterator[Slot]:
    """The slot in each unit in which the text has it: a growth rate does not say of dollars or of tonnes."""
    if slot is None:
        return
    for other in dict.fromkeys(one for one in text.amounts):
        if replace(other, unit=slot.unit) == slot:
            yield other
        elif slot.movement[0] == "balance" and other.movement == ("balance", *slot.movement[:0:-1]):
            turned = replace(other, movement=slot.movement)
            if replace(turned, unit=slot.unit) == slot:
                yield turned


def _growth_ways(claim: Claim, now: Amount, base: Amount) -> Iterator[_Made]:
    later, earlier = now.stated, base.stated
    if later.value < 0 and earlier.value < 0:  # deficits: growth is of their size
        later, earlier = _size(later), _size(earlier)
    if earlier.loose.low <= 0 or earlier.value <= 0:
        return
    value, bounds = 100 * (later.value / earlier.value - 1), growth(later.loose, earlier.loose)
    said = f"{say(later.value, now.slot.unit)} / {say(earlier.value, now.slot.unit)} - 1 = {value:+.2f}%,"
    if claim.currency in (None, now.slot.unit) or now.slot.unit not in ("USD", "CNY", "EUR"):
        yield _Made(value, bounds, said)
    for code in local_currencies(now.slot.movement[1:], claim.currency):
        ratio = rate_ratio(now.slot.unit, code, now.slot.period, base.slot.period)
        if ratio is not None and code != now.slot.unit:
            grown = Interval(*(((1 + end / 100) * ratio - 1) * 100 for end in (bounds.low, bounds.high)))
            moved = ((1 + value / 100) * ratio - 1) * 100
            yield _Made(moved, grown, f"{said} in {code} {moved:+.2f}%,", f"in {code}")


def _difference_ways(claim: Claim, now: Amount, base: Amount) -> Iterator[_Made]:
    later, earlier = now.stated, base.stated
    if now.slot.movement[0] == "balance" and later.value < 0 and earlier.value < 0:
        later, earlier = _size(later), _size(earlier)
    value, bounds = later.value - earlier.value, later.loose - earlier.loose
    said = f"{say(later.value, now.slot.unit)} - {say(earlier.value, now.slot.unit)}"
    yield _Made(value, bounds, said)
    if (claim.value or 0) * value < 0:  # a movement given without its sign
        yield _Made(-value, Interval(-bounds.high, -bounds.low), said, "without its sign")


def _multiple_ways(_: Claim, now: Amount, base: Amount) -> Iterator[_Made]:
    if base.stated.loose.low <= 0:
        return
    value, bounds = now.stated.value / base.stated.value, now.stated.loose / base.stated.loose
    said = f"{say(now.stated.value, now.slot.unit)} / {say(base.stated.value, now.slot.unit)}"
    yield _Made(value, bounds, f"{said} = {value:.2f},")
    # "Up 11 times": to eleven times, or by eleven times.
    yield _Made(value - 1, bounds - Interval(1, 1), f"{said} - 1 = {value - 1:.2f},", "grown by so many times")


def _size(number: Stated) -> Stated:
    turned = [Interval(-one.high, -one.low) for one in (number.nearest, number.strict, number.loose)]
    return Stated(-number.value, *turned)


def _shares(text: Text) -> Iterator[Relation]:
    for index, claim in enumerate(text.claims):
        number = stated(claim)
        if claim.kind != "share" or number is None or claim.unit != "percent":
            continue
        for slot in _units_of(text, slot_of(claim)):
            wholes = [one for one in _wholes(claim, slot) if one != slot and text.at(one)]
            ways: list[tuple[tuple[int, ...], _Made]] = []
            for whole in wholes:
                for part, all_ in text.several((slot, whole)):
                    if all_.stated.loose.low > 0:
                        ways.append(((index, part.index, all_.index), _share_way(part, all_)))
            best = min(ways, key=lambda one: _RANK[_fit(number, one[1])], default=None)
            if best is not None:
                plain = (
                    len(wholes) == 1
                    and _of_trade(claim)
                    and _is_natural(claim, text.claims[best[0][2]], wholes[0].movement, slot.movement)
                )
                found = _relation(text, "share", number, best[0], (best[1],), unit="percent")
                yield from (one if plain else replace(one, sure=False) for one in found)


_OF_TOTAL = re.compile(
    r"\bof (?:the |this |that |their |its |all |these )*"
    r"(?:two (?:countries|sides)|total|sum|turnover|trade|bilateral|two-way|mutual)"
)


def _is_natural(share: Claim, whole: Claim, of: Movement, part: Movement) -> bool:
    """Whether a share is surely of this: exports of exports; of the pair's trade only where its sentence says so."""
    if share.scope or of[0] == part[0]:
        return True
    said = whole.sentence_span == share.sentence_span or _OF_TOTAL.search(share.sentence) is not None
    return said and set(of[1:]) == set(part[1:])


def _wholes(claim: Claim, slot: Slot) -> Iterator[Slot]:
    """What a share may be a share of: the pair's total, the reporter's trade with the world, a group's."""
    owner, partner = claim.reporter_id, claim.partner_id
    kind = slot.movement[0]
    if owner is None or partner is None:
        return
    if slot.product:  # "private firms' exports came to 100 bn, 40% of all exports"
        yield replace(slot, product="")
    if kind == "goods":
        first, second = sorted((owner, partner))
        yield replace(slot, movement=("total", first, second))
    for side, other in ((owner, partner), (partner, owner)):
        for bigger in (
            "WLD",
            *(one for one in ("CA5", "SC3", "EU27", "EU", "ASEAN") if other in members_of(one, None)),
        ):
            if bigger == side:
                continue
            yield replace(slot, movement=_with(kind, slot.movement, side, bigger))
            if claim.scope is None or "foreign trade" in claim.scope or "total" in claim.scope:
                first, second = sorted((side, bigger))
                yield replace(slot, movement=("total", first, second))


def _with(kind: str, movement: tuple[str, str, str], side: str, other: str) -> tuple[str, str, str]:
    if kind == "goods":
        return ("goods", side, other) if movement[1] == side else ("goods", other, side)
    first, second = sorted((side, other))
    return (kind, first, second)


def _of_trade(claim: Claim) -> bool:
    words = (claim.scope or "").casefold()
    return not any(word in words for word in ("gdp", "output", "production", "consumption", "market", "investment"))


def _share_way(part: Amount, whole: Amount) -> _Made:
    value = 100 * part.stated.value / whole.stated.value
    bounds = Interval(100, 100) * (part.stated.loose / whole.stated.loose)
    unit = part.slot.unit
    return _Made(value, bounds, f"{say(part.stated.value, unit)} / {say(whole.stated.value, unit)} = {value:.2f}%,")


def _hundreds(text: Text) -> Iterator[Relation]:
    """Shares beyond the whole: one above 100%, or several of one whole that together pass it."""
    wholes: dict[object, dict[str, tuple[int, Stated]]] = {}
    for index, claim in enumerate(text.claims):
        number = stated(claim)
        if claim.kind != "share" or claim.unit != "percent" or number is None:
            continue
        if number.loose.low > 100:
            yield Relation(
                "hundred",
                (index,),
                "broken",
                True,
                f"{say(number.value, 'percent')} of a whole",
                100,
                0,
                100,
                "percent",
            )
        if movement_of(claim) is None or claim.partner_id is None or get(claim.partner_id).kind == "group":
            continue
        key = (claim.reporter, claim.flow, product_of(claim), claim.period, claim.scope)
        wholes.setdefault(key, {})[claim.partner_id] = (index, number)
    for shares in wholes.values():
        low = sum(number.loose.low for _, number in shares.values())
        if len(shares) > 1 and 100 < low <= 100 + _POINTS:
            indices = tuple(index for index, _ in shares.values())
            said = " + ".join(say(number.value, "percent") for _, number in shares.values())
            yield Relation(
                "hundred", indices, "broken", text.same_statistic(indices), f"{said} > 100%", low, 0, 100, "percent"
            )


def _members(text: Text) -> Iterator[Relation]:
    """A group's figure against the sum of its members', where the text has them all; fewer may not exceed it."""
    for slot in text.amounts:
        kind, one, other = slot.movement
        for group, side in ((one, other), (other, one)):
            inside = members_of(group, slot.period)
            if not inside or kind == "balance" or side in inside:
                continue
            slots = [_member_slot(slot, group, member) for member in inside]
            there = [each for each in slots if text.at(each)]
            if len(there) < 2:
                continue
            for whole, *parts in text.several((slot, *there)):
                yield from _member_sum(text, slot, whole, parts, complete=len(there) == len(inside))


def _member_slot(slot: Slot, group: str, member: str) -> Slot:
    kind, one, other = slot.movement
    pair = (member, other) if one == group else (one, member)
    return replace(slot, movement=(kind, *(sorted(pair) if kind == "total" else pair)))


def _member_sum(
    text: Text, slot: Slot, whole: Amount, parts: Sequence[Amount], *, complete: bool
) -> Iterator[Relation]:
    value = sum(one.stated.value for one in parts)
    bounds = parts[0].stated.loose
    for one in parts[1:]:
        bounds = bounds + one.stated.loose
    said = " + ".join(say(one.stated.value, slot.unit) for one in parts) + f" = {say(value, slot.unit)},"
    indices = (whole.index, *(one.index for one in parts))
    if complete:
        yield from _relation(text, "members", whole.stated, indices, (_Made(value, bounds, said),), unit=slot.unit)
    elif bounds.low > whole.stated.loose.high:
        made = _Made(value, bounds, f"members alone {said}")
        yield from _relation(text, "members", whole.stated, indices, (made,), unit=slot.unit)


def _growth_of_parts(text: Text) -> Iterator[Relation]:
    """The growth of a total lies between those of exports and imports, of which it is a weighted mean."""
    rates: dict[tuple[Movement, tuple[str | None, ...]], list[int]] = {}
    for index, claim in enumerate(text.claims):
        movement = movement_of(claim)
        of_all = product_of(claim) or not _PART_OF_GOODS.search(claim.sentence)
        if claim.kind == "growth" and movement and of_all and claim.value is not None and claim.period is not None:
            key = (movement, (product_of(claim), claim.period, claim.base_period, claim.currency))
            rates.setdefault(key, []).append(index)
    for (movement, rest), indices in list(rates.items()):
        if movement[0] != "total":
            continue
        ways: tuple[Movement, ...] = (("goods", *movement[1:]), ("goods", movement[2], movement[1]))
        out, back = (rates.get((way, rest), []) for way in ways)
        for whole, one, other in ((a, b, c) for a in indices for b in out for c in back):
            first, second, total = (stated(text.claims[i]) for i in (one, other, whole))
            if first is None or second is None or total is None:
                continue
            span = Interval(min(first.loose.low, second.loose.low), max(first.loose.high, second.loose.high))
            said = f"between {say(first.value, 'percent')} and {say(second.value, 'percent')} of its parts:"
            nearest = min(max(total.value, span.low), span.high)
            made = _Made(nearest, span, said)
            yield from _relation(text, "parts' growth", total, (whole, one, other), (made,), unit="percent")
