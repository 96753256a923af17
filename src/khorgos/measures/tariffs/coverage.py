"""Which codes a measure is levied on, on a day, once exemptions, precedence and yielding are applied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from khorgos.core.tariffs import Exemption, TariffMeasure, TariffRegistry

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Levied:
    """One measure on an array of codes.

    Args:
        measure: the measure.
        points: [codes] its rate where it is levied, else 0.
        on: [codes] where it is levied.
    """

    measure: TariffMeasure
    points: Floats
    on: Mask


class Coverage:
    """Codes of one imposer, and which of them each list and measure names; computed once, asked for many days.

    Args:
        registry: the measures.
        codes: HS codes of two digits or more; a code is covered where a listed code begins it.
        ordinary: [codes] most favoured nation duty in points, NaN where not known; None for none known.
    """

    def __init__(self, registry: TariffRegistry, codes: Sequence[str], ordinary: Floats | None = None) -> None:
        self.registry, self.codes = registry, tuple(codes)
        self.ordinary = np.full(len(self.codes), np.nan) if ordinary is None else ordinary
        self._heads = {n: np.array([code[:n] for code in self.codes]) for n in range(2, 12)}
        self._named: dict[str, Mask] = {}
        self._points: dict[str, Floats] = {}

    def paying(self, ordinary: Floats) -> Coverage:
        """The same codes with another ordinary duty; what was computed of them is shared.

        Args:
            ordinary: [codes] most favoured nation duty in points, NaN where not known.
        """
        other = copy(self)
        other.ordinary = ordinary
        return other

    def levied(self, imposer: str, target: str, day: dt.date, *, most: bool) -> tuple[Levied, ...]:
        """The measures levied on a day, each with its codes and points.

        Args:
            imposer: who levies.
            target: on whose goods.
            day: the day.
            most: where statistics do not show whether a condition is met, take it as the duty is the highest: measures
                levied, exemptions not granted; else as it is the lowest.
        """
        measures = [
            one
            for one in self.registry.measures
            if one.imposer == imposer and one.in_force(day) and one.hits(target) and (most or not one.only_if)
        ]
        measures.sort(key=lambda one: (self.registry.order.index(one.group), one.begins, one.id))
        listed = {one.id: self.named(one) & ~self._exempt(one, target, day, most) for one in measures}
        taken: dict[str, Mask] = {}
        found = []
        for one in measures:
            on = listed[one.id].copy()
            for other in measures:
                if other.group == one.group and _before(other, one, target):
                    on &= ~listed[other.id]
            for group in self.registry.groups[one.group].yields_to:
                if group in taken:
                    on &= ~taken[group]
            if on.any():
                taken[one.group] = taken.get(one.group, np.zeros(len(on), bool)) | on
                found.append(Levied(one, np.where(on, self._rate(one, target, most), 0.0), on))
        return tuple(found)

    def named(self, one: TariffMeasure) -> Mask:
        """[codes] what a measure names, before exemptions."""
        if one.all_goods:
            return np.ones(len(self.codes), bool)
        masks = [self._listed(name) for name in one.lists]
        if one.products:
            masks.append(self._begun(one.products))
        mask: Mask = np.logical_or.reduce(masks)
        return mask

    def _exempt(self, one: TariffMeasure, target: str, day: dt.date, most: bool) -> Mask:
        out = np.zeros(len(self.codes), bool)
        for each in one.exempt:
            if each.holds(day, target) and not (most and each.only_if):
                out |= self._listed(each.codes)
        return out

    def _listed(self, name: str) -> Mask:
        if name not in self._named:
            self._named[name] = self._begun(self.registry.lists[name].codes)
        return self._named[name]

    def _begun(self, codes: Iterable[str]) -> Mask:
        """[codes] which begin with one of some codes."""
        by_length: dict[int, list[str]] = {}
        for code in codes:
            by_length.setdefault(len(code), []).append(code)
        out = np.zeros(len(self.codes), bool)
        for length, some in by_length.items():
            out |= np.isin(self._heads[length], some)
        return out

    def _rate(self, one: TariffMeasure, target: str, most: bool) -> Floats:
        rate = one.rate(target)
        points = self._listed_rates(one) if rate is None else np.full(len(self.codes), rate)
        if not one.net:
            return points
        # Without the ordinary duty the floor adds anything from nothing to the whole rate.
        least = points if most else np.zeros_like(points)
        net: Floats = np.where(np.isnan(self.ordinary), least, np.maximum(points - self.ordinary, 0.0))
        return net

    def _listed_rates(self, one: TariffMeasure) -> Floats:
        if one.id not in self._points:
            known = {
                code: rate
                for name in one.lists
                for code, rate in zip(self.registry.lists[name].codes, self.registry.lists[name].rates, strict=True)
            }
            lengths = sorted({len(code) for code in known}, reverse=True)
            self._points[one.id] = np.array([_longest(code, known, lengths) for code in self.codes])
        return self._points[one.id]


def _longest(code: str, known: dict[str, float], lengths: Sequence[int]) -> float:
    return next((known[code[:n]] for n in lengths if code[:n] in known and len(code) >= n), 0.0)


def _before(other: TariffMeasure, one: TariffMeasure, target: str) -> bool:
    """Whether one measure of a group gives way to another: the other says so, or names the target itself."""
    if other is one or other.id in one.supersedes:
        return False
    return one.id in other.supersedes or (other.names(target) and not one.names(target))


def dated(exempt: Iterable[Exemption]) -> Iterable[dt.date]:
    """First days, and days after the last, of exemptions."""
    for one in exempt:
        if one.begins:
            yield one.begins
        if one.ends:
            yield one.ends + dt.timedelta(days=1)
