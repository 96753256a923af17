"""The amounts of a text by what they are of, and which of them are surely of one statistic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product as combinations
from types import MappingProxyType

from khorgos.claims.claim import Claim
from khorgos.claims.slots import AMOUNTS, Slot, product_of, side_of, slot_of
from khorgos.claims.stated import Stated, amount, stated

_SERVICES = re.compile(r"\bservices\b", re.I)
_MOST = 12  # ways to combine amounts of the same slots; chosen because honest texts repeat a figure once or twice


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount of a text.

    Args:
        index: of the claim that states it, or that names it as its base.
        slot: what it is of.
        stated: its number.
        base: whether it is the base named by another claim rather than a claim of its own.
    """

    index: int
    slot: Slot
    stated: Stated
    base: bool = False


class Text:
    """The claims of one text, found by slot.

    Args:
        claims: in the order of the text.
    """

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.claims = tuple(claims)
        self.sides = tuple(side_of(claim) for claim in self.claims)
        self._known = frozenset(side for side in self.sides if side is not None)
        found: dict[Slot, list[Amount]] = {}
        for one in _own(self.claims):
            found.setdefault(one.slot, []).append(one)
        for one in _bases(self.claims):
            found.setdefault(one.slot, [one])
        self.amounts = MappingProxyType(found)

    def at(self, slot: Slot | None) -> tuple[Amount, ...]:
        """The amounts of a slot; of a balance also those seen from the other side, with the sign turned."""
        if slot is None:
            return ()
        found = tuple(self.amounts.get(slot, ()))
        kind, one, other = slot.movement
        if kind == "balance":
            mirrored = replace(slot, movement=(kind, other, one))
            found += tuple(replace(a, slot=slot, stated=_negative(a.stated)) for a in self.amounts.get(mirrored, ()))
        return found

    def several(self, slots: Sequence[Slot | None]) -> Iterator[tuple[Amount, ...]]:
        """Every choice of one amount a slot, a bounded number of them; none where a slot has no amount."""
        lists = [self.at(slot) for slot in slots]
        for number, choice in enumerate(combinations(*lists)):
            if number == _MOST:
                return
            yield choice

    def same_statistic(self, indices: Sequence[int]) -> bool:
        """Whether claims are surely of one office's statistics, so that a gap between them is an error of the text.

        Claims with attributions to different offices or people are not. A claim without attribution belongs to the
        one office that the text names at all; where it names none or several, claims belong together that are seen
        from the same side.
        """
        claims = [self.claims[index] for index in indices]
        sides = {self.sides[index] for index in indices}
        words = {claim.attribution for claim in claims if self.sides[indices[claims.index(claim)]] is None}
        named = {word for word in words if word}
        if len(sides - {None}) > 1 or len(named) > 1 or (named and (sides - {None} or None in words)):
            return False
        if sides - {None} and None in sides:
            return len(self._known) == 1
        if sides - {None} or named:
            return True
        return len(self._known) == 1 or len({claim.reporter for claim in claims}) == 1

    def of_one_kind(self, indices: Sequence[int]) -> bool:
        """Whether no sentence leaves open if its figure is of goods, of services or of both."""
        claims = (self.claims[index] for index in indices)
        return not any(not product_of(claim) and _SERVICES.search(claim.sentence) for claim in claims)


def _own(claims: Sequence[Claim]) -> Iterator[Amount]:
    for index, claim in enumerate(claims):
        if claim.kind not in AMOUNTS or claim.unit == "sign" or claim.flow is None:
            continue
        slot, number = slot_of(claim), stated(claim)
        if slot is not None and number is not None:
            yield Amount(index, slot, number)


def _bases(claims: Sequence[Claim]) -> Iterator[Amount]:
    for index, claim in enumerate(claims):
        if claim.base_value is None or claim.base_period is None:
            continue
        slot = slot_of(claim, period=claim.base_period)
        if slot is not None:
            yield Amount(index, slot, amount(claim.base_value, _significant(claim.base_value)), base=True)


def _significant(value: float) -> float | None:
    """Step of the last digit that is not zero; None for zero."""
    if not value:
        return None
    digits = f"{abs(value):.9e}"
    mantissa, exponent = digits.split("e")
    decimals = len(mantissa.rstrip("0").partition(".")[2])
    return float(10.0 ** (int(exponent) - decimals))


def _negative(number: Stated) -> Stated:
    turned = [type(one)(-one.high, -one.low) for one in (number.nearest, number.strict, number.loose)]
    return Stated(-number.value, *turned)
