"""Average added duty by SITC section, the goods that general-equilibrium worlds tell apart."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khorgos.core.tariffs import WORLD, TariffMeasure, TariffRegistry
from khorgos.measures.tariffs.basket import basket
from khorgos.measures.tariffs.coverage import Coverage, Floats
from khorgos.measures.tariffs.in_force import added, check_day, lines_of
from khorgos.nomenclature.areas import is_aggregate
from khorgos.nomenclature.concordance import convert
from khorgos.nomenclature.groups import members

#: SITC sections by their digit.
SECTIONS = tuple("0123456789")
#: Tariff lines are read in these editions of the HS, the first that knows the code.
_EDITIONS = ("HS22", "HS17", "HS12")
_OTHER = 9  # commodities not classified elsewhere, where no table leads


@dataclass(frozen=True, eq=False)
class SectionRates:
    """One economy's added duties on others' goods on a day, by SITC section.

    Args:
        imposer: who levies.
        targets: whose goods.
        on: the day.
        low: [target, section] points, where no condition that statistics do not show is met.
        high: [target, section] points, where all are.
        own: [target] whether the lines were weighed by the imports from the target itself.
        measures: ids of the measures levied on any of it.
    """

    imposer: str
    targets: tuple[str, ...]
    on: dt.date
    low: Floats
    high: Floats
    own: tuple[bool, ...]
    measures: tuple[str, ...]


def section_rates(
    registry: TariffRegistry,
    imposer: str,
    targets: Sequence[str],
    days: Sequence[dt.date],
    *,
    weights: pa.Table | None = None,
) -> tuple[SectionRates, ...]:
    """Average added duty by SITC section: over the lines of a section, weighed by imports.

    rate_s = sum_k m_ks w_k added_k / sum_k m_ks w_k, with m_ks the part of line k that belongs to section s.

    Args:
        registry: the measures.
        imposer: area id of who levies.
        targets: area ids of whose goods bear it.
        days: the days.
        weights: `partner`, `code`, `value` and `duty` of the imposer's imports; a target that is neither among the
            partners nor a member of one, or sells nothing of a section, is weighed by all partners together. None
            counts each line of its schedule once.

    Returns:
        One result a day.

    Raises:
        BadInput: a day before the record.

    Source: HS to SITC, revision 4: UN Statistics Division, correlation tables.
    """
    for day in days:
        check_day(registry, day)
    tariff = _Tariff(registry, imposer, weights)
    return tuple(tariff.on(day, targets) for day in days)


class _Tariff:
    """One imposer's lines, what they weigh, and what was computed of them."""

    def __init__(self, registry: TariffRegistry, imposer: str, weights: pa.Table | None) -> None:
        self.registry, self.imposer, self.weights = registry, imposer, weights
        self.lines = registry.lines.get(imposer, ())
        self.parts = _parts(self.lines)
        self.place = {code: k for k, code in enumerate(self.lines)}
        self.cover = Coverage(registry, self.lines)
        self.partners = frozenset() if weights is None else frozenset(pc.unique(weights["partner"]).to_pylist())
        self.known: dict[str, tuple[Floats, Floats]] = {}
        self.together = self._together()

    def on(self, day: dt.date, targets: Sequence[str]) -> SectionRates:
        known: dict[tuple[object, ...], tuple[Floats, Floats]] = {}
        used: dict[str, None] = {}
        low, high = np.zeros((len(targets), len(SECTIONS))), np.zeros((len(targets), len(SECTIONS)))
        own = []
        for row, target in enumerate(targets):
            between = self.registry.between(self.imposer, target)
            hits = [one for one in between if one.in_force(day) and one.kind == "added"]
            used.update(dict.fromkeys(one.id for one in hits))
            partner = _partner(target, self.partners)
            own.append(partner is not None)
            if not hits:
                continue
            weight, ordinary = (None, None) if partner is None else self._weighed(partner)
            key = _alike(hits, target, day)
            if key not in known:
                cover = self.cover if ordinary is None or not _net(hits) else self.cover.paying(ordinary)
                some = [cover.levied(self.imposer, target, day, most=side) for side in (False, True)]
                least, most = (added(one, len(self.lines)) for one in some)
                known[key] = np.minimum(least, most), np.maximum(least, most)
            for points, into in zip(known[key], (low, high), strict=True):
                into[row] = _means(points, self.parts, weight, self.together)
        return SectionRates(self.imposer, tuple(targets), day, low, high, tuple(own), tuple(used))

    def _weighed(self, partner: str) -> tuple[Floats, Floats]:
        """Imports from a partner of the weights, and the ordinary duty they paid, by line."""
        if partner not in self.known and self.weights is not None:
            self.known[partner] = self._placed(partner, self.weights)
        return self.known[partner]

    def _placed(self, partner: str, weights: pa.Table) -> tuple[Floats, Floats]:
        goods = basket(self.registry, self.imposer, partner, weights)
        weight, ordinary = np.zeros(len(self.place)), np.full(len(self.place), np.nan)
        at = [(self.place[code], k) for k, code in enumerate(goods.codes) if code in self.place]
        where, taken = (np.array(side) for side in zip(*at, strict=True))
        np.add.at(weight, where, goods.weight[taken])
        ordinary[where] = goods.ordinary[taken]
        return weight, ordinary

    def _together(self) -> Floats:
        if self.weights is None:
            schedule = set(lines_of(self.registry, self.imposer))
            return np.array([float(code in schedule) for code in self.place])
        summed = self.weights.group_by("code").aggregate([("value", "sum")]).rename_columns(["code", "value"])
        summed = summed.append_column("partner", pa.array([WORLD] * summed.num_rows))
        return self._placed(WORLD, summed.filter(pc.greater(summed["value"], 0)))[0]


def _means(points: Floats, parts: Floats, weight: Floats | None, together: Floats) -> Floats:
    """By section: own weights, else those of all partners, else each line once."""
    out: Floats = np.full(len(SECTIONS), np.nan)
    for one in (weight, together, np.ones(len(points))):
        if one is None:
            continue
        total = one @ parts
        mean = np.divide((one * points) @ parts, total, out=np.full(len(SECTIONS), np.nan), where=total > 0)
        out = np.where(np.isnan(out), mean, out)
        if not np.isnan(out).any():
            break
    return np.where(np.isnan(out), 0.0, out)


def _alike(hits: Sequence[TariffMeasure], target: str, on: dt.date) -> tuple[object, ...]:
    """Targets with the same key bear the same duties, line by line."""
    key: list[object] = [
        (one.id, one.rate(target), one.names(target), tuple(each.holds(on, target) for each in one.exempt))
        for one in hits
    ]
    return (*key, target) if _net(hits) else tuple(key)


def _net(hits: Sequence[TariffMeasure]) -> bool:
    return any(one.net for one in hits)


@cache
def _partner(target: str, partners: frozenset[str]) -> str | None:
    """The partner of the weights that a target is, or belongs to."""
    if target in partners:
        return target
    return next((name for name in sorted(partners) if is_aggregate(name) and target in members(name)), None)


@lru_cache(maxsize=4)  # one for each imposer
def _parts(lines: tuple[str, ...]) -> Floats:
    """[line, section] the part of each tariff line that belongs to a section; rows sum to one."""
    out = np.zeros((len(lines), len(SECTIONS)))
    for k, code in enumerate(lines):
        out[k] = _part(code[:6])
    return out


@cache
def _part(head: str) -> Floats:
    """The mean over the six-digit codes that begin so, in the first edition that has any."""
    for edition in _EDITIONS:
        found = [row for code, row in _by_code(edition).items() if code.startswith(head)] if len(head) < 6 else []
        if len(head) == 6 and head in _by_code(edition):
            found = [_by_code(edition)[head]]
        if found:
            mean: Floats = np.mean(found, axis=0)
            return mean
    other: Floats = np.eye(len(SECTIONS))[_OTHER]
    return other


@cache
def _by_code(edition: str) -> dict[str, Floats]:
    table = convert(edition, "SITC4")
    out: dict[str, Floats] = defaultdict(lambda: np.zeros(len(SECTIONS)))
    columns = (table[name].to_pylist() for name in ("code_from", "code_to", "weight"))
    for code, to, weight in zip(*columns, strict=True):
        out[code][int(to[0]) if to[:1].isdigit() else _OTHER] += weight
    return {code: row / row.sum() for code, row in out.items() if row.sum() > 0}
