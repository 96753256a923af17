"""Tariff measures as dated data: who levies what on whose goods, from when to when, by which act; and the registry."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Literal, get_args

from khorgos.core.errors import BadInput, UnknownName

Sureness = Literal["certain", "likely", "presumed"]
Kind = Literal["added", "ordinary"]

_CODE = re.compile(r"[0-9]{2,10}[A-Z]?")

#: Everybody's goods.
WORLD = "WLD"


@dataclass(frozen=True, slots=True)
class Exemption:
    """Goods that a measure leaves out.

    Args:
        codes: list of the registry that names them.
        begins: first day; None from the measure's own.
        ends: last day; None to the measure's own.
        only_if: condition that statistics do not show (civil aircraft, pharmaceutical use); None for none.
        targets: whose goods; () for all that the measure hits.
    """

    codes: str
    begins: dt.date | None = None
    ends: dt.date | None = None
    only_if: str | None = None
    targets: tuple[str, ...] = ()

    def holds(self, day: dt.date, target: str) -> bool:
        """Whether it applied to a country's goods on a day."""
        return _within(day, self.begins, self.ends) and (not self.targets or target in self.targets)


@dataclass(frozen=True, slots=True)
class TariffMeasure:
    """One duty: who levies it, on whose goods, on which, how much, by which act, from when to when.

    Args:
        id: its name in the registry.
        group: the programme it belongs to; one good bears one duty of a group at a time.
        imposer: area id.
        rates: percentage points ad valorem by target (area id, WLD for everybody); None where the list says.
        products: HS codes of any length; () with no lists for all goods.
        lists: names of code lists of the registry.
        exempt: goods left out.
        except_targets: economies that WLD does not mean here.
        announced: the day it was made known.
        begins: its first day; a day counts for the duty in force at its end.
        ends: its last day; None where no end is known.
        verified: last day for which its force was seen; beyond it its continuing is presumed. None for certain.
        kind: "added", or "ordinary" (most favoured nation).
        only_if: condition that statistics do not show (outside USMCA); None for none.
        net: the rate is a floor: what is added is the rate less the ordinary duty.
        supersedes: ids of measures that it replaces where both would apply.
        goods: the words of the news for its goods; () where no article needs it.
        step: points that it added when announced, where that is not its rate.
        legal: the act.
        source: where it was read.
        sure: "certain" (the act or its list was read), "likely" (a good second hand), "presumed".
        note: what a careful reader needs.
    """

    id: str
    group: str
    imposer: str
    rates: Mapping[str, float | None]
    announced: dt.date
    begins: dt.date
    legal: str
    source: str
    sure: Sureness = "certain"
    ends: dt.date | None = None
    verified: dt.date | None = None
    products: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    exempt: tuple[Exemption, ...] = ()
    except_targets: tuple[str, ...] = ()
    kind: Kind = "added"
    only_if: str | None = None
    net: bool = False
    supersedes: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()
    step: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not (self.announced <= self.begins and (self.ends is None or self.begins <= self.ends)):
            raise BadInput("A tariff is announced before it begins, and begins before it ends", where=self.id)
        if not self.rates or any(rate is not None and not 0 <= rate <= 1000 for rate in self.rates.values()):
            raise BadInput("A tariff has targets, and rates between 0 and 1000 per cent", where=self.id)
        if None in self.rates.values() and not self.lists:
            raise BadInput("A tariff without a rate needs a list with rates", where=self.id)
        if not self.legal or not self.source or self.sure not in get_args(Sureness):
            raise BadInput("A tariff names its act, its source and how sure it is", where=self.id)
        if self.imposer in self.rates or (WORLD not in self.rates and self.except_targets):
            raise BadInput("A tariff is on others' goods; only the world has exceptions", where=self.id)

    def in_force(self, day: dt.date) -> bool:
        """Whether it was levied on a day."""
        return _within(day, self.begins, self.ends)

    def hits(self, target: str) -> bool:
        """Whether it is levied on the goods of an area."""
        return target in self.rates or (WORLD in self.rates and target not in (*self.except_targets, self.imposer))

    def names(self, target: str) -> bool:
        """Whether it names the area itself."""
        return target in self.rates

    def rate(self, target: str) -> float | None:
        """Points on an area's goods; None where its list has one a code."""
        return self.rates[target if target in self.rates else WORLD]

    @property
    def all_goods(self) -> bool:
        """Whether it is on all goods but the exempt."""
        return not self.products and not self.lists


@dataclass(frozen=True, slots=True)
class TariffGroup:
    """A programme of measures and the rule by which it stacks: its duty is added to the others', but for some.

    Args:
        id: its name in the registry.
        title: what a reader sees.
        yields_to: groups on whose goods it is not levied.
        source: where the rule was read.
    """

    id: str
    title: str
    yields_to: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of HS codes of any length, each with its rate where the list gives one.

    Args:
        id: its name in the registry.
        codes: HS codes, each once, ascending.
        rates: percentage points, one a code; () where the measure says.
        source: where it was read.
    """

    id: str
    codes: tuple[str, ...]
    rates: tuple[float, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        if wrong := next((code for code in self.codes if not _CODE.fullmatch(code)), None):
            raise BadInput(
                f"{wrong!r} is no code: two to ten digits, and a letter where a line is split", where=self.id
            )
        if any(a >= b for a, b in zip(self.codes, self.codes[1:], strict=False)):
            raise BadInput("Codes stand once each, in order", where=self.id)
        if self.rates and len(self.rates) != len(self.codes):
            raise BadInput("A list has a rate for each code or for none", where=self.id)


@dataclass(frozen=True, eq=False)
class TariffRegistry:
    """Measures, groups and code lists that agree with each other, for a span of days.

    Args:
        measures: in any order.
        groups: by id.
        lists: by id.
        lines: tariff lines of an imposer, the finest codes known, ascending.
        schedule: those of them that a mean over all lines counts: one vintage of its tariff; all where it is not given.
        begins: first day of the record.
        ends: last day for which the sources were read; later changes are not known.

    Raises:
        BadInput: an unknown group, list or measure, groups that yield in a circle, or two measures that contradict
            each other: one group, one target, days and goods in common, and no word on which supersedes.
    """

    measures: tuple[TariffMeasure, ...]
    groups: Mapping[str, TariffGroup]
    lists: Mapping[str, CodeList]
    begins: dt.date
    ends: dt.date
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    schedule: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids = [one.id for one in self.measures]
        if len(set(ids)) < len(ids):
            twice = next(name for name in ids if ids.count(name) > 1)
            raise BadInput("Two measures have one id", where=twice)
        for one in self.measures:
            _known(one, self, set(ids))
        for group in self.groups.values():
            if unknown := sorted(set(group.yields_to) - set(self.groups)):
                raise BadInput(
                    f"A group yields to groups that the registry lacks: {', '.join(unknown)}", where=group.id
                )
        _ = self.order  # raises on a circle
        for one, other in self._pairs():
            raise BadInput(
                f"Measures {one.id} and {other.id} contradict each other: one group, goods and days in common",
                where=one.group,
                hint="Let the later name the earlier under supersedes, or end the earlier",
            )

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Groups, each after those that it yields to."""
        done: list[str] = []

        def visit(name: str, trail: tuple[str, ...]) -> None:
            if name in trail:
                raise BadInput(f"Groups yield in a circle: {' to '.join((*trail, name))}")
            if name not in done:
                for other in self.groups[name].yields_to:
                    visit(other, (*trail, name))
                done.append(name)

        for name in sorted(self.groups):
            visit(name, ())
        return tuple(done)

    @cached_property
    def imposers(self) -> tuple[str, ...]:
        """Ids of the areas whose measures it holds."""
        return tuple(sorted({one.imposer for one in self.measures}))

    def measure(self, name: str) -> TariffMeasure:
        """One measure by id.

        Raises:
            UnknownName: there is none of that id.
        """
        for one in self.measures:
            if one.id == name:
                return one
        raise UnknownName(name, "tariff measure")

    def between(self, imposer: str, target: str) -> tuple[TariffMeasure, ...]:
        """All measures of an area on another's goods, in order of their beginning."""
        found = [one for one in self.measures if one.imposer == imposer and one.hits(target)]
        return tuple(sorted(found, key=lambda one: (one.begins, one.id)))

    def prefixes(self, one: TariffMeasure) -> frozenset[str]:
        """HS codes on which a measure is levied, before exemptions; empty for all goods."""
        return frozenset(one.products) | {code for name in one.lists for code in self.lists[name].codes}

    def _pairs(self) -> Iterator[tuple[TariffMeasure, TariffMeasure]]:
        """Measures that contradict each other."""
        by_group: dict[tuple[str, str], list[TariffMeasure]] = {}
        for one in self.measures:
            by_group.setdefault((one.imposer, one.group), []).append(one)
        for some in by_group.values():
            for one, other in combinations(some, 2):
                if (
                    set(one.rates) & set(other.rates)
                    and _meet(one, other)
                    and other.id not in one.supersedes
                    and one.id not in other.supersedes
                    and share(self.prefixes(one), self.prefixes(other))
                ):
                    yield one, other


def share(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether two sets of HS codes have goods in common; an empty set means all goods."""
    if not some or not others:
        return True
    heads = {code[:n] for code in others for n in range(2, len(code) + 1)}
    if some & heads:
        return True
    return any(code[:n] in others for code in some for n in range(2, len(code)))


def _within(day: dt.date, begins: dt.date | None, ends: dt.date | None) -> bool:
    return (begins is None or begins <= day) and (ends is None or day <= ends)


def _meet(one: TariffMeasure, other: TariffMeasure) -> bool:
    return (one.ends is None or other.begins <= one.ends) and (other.ends is None or one.begins <= other.ends)


def _known(one: TariffMeasure, registry: TariffRegistry, ids: set[str]) -> None:
    for names, known, what in (
        ((one.group,), set(registry.groups), "a group"),
        ((*one.lists, *(each.codes for each in one.exempt)), set(registry.lists), "a list"),
        (one.supersedes, ids, "a measure"),
    ):
        if unknown := sorted(set(names) - known):
            raise BadInput(f"A measure names {what} that the registry lacks: {', '.join(unknown)}", where=one.id)
    if None in one.rates.values() and not all(registry.lists[name].rates for name in one.lists):
        raise BadInput("A measure without a rate needs lists with rates", where=one.id)
