"""Added duties over time: a step a change of the law that moves the figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from khorgos.core.errors import BadInput
from khorgos.core.tariffs import TariffRegistry
from khorgos.measures.tariffs.basket import basket
from khorgos.measures.tariffs.coverage import Coverage, dated
from khorgos.measures.tariffs.in_force import added, check_day

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """A span of days with one set of added duties, in points ad valorem.

    Args:
        begins: first day.
        ends: last day of the span, or of the time asked about.
        least, most: lowest and highest duty of any line.
        low, high: mean over lines, by the weights; they differ where a condition that statistics do not show decides.
        hit: share of the weight that bears a duty.
        started: ids of measures levied here and not in the span before.
        stopped: ids of measures levied in the span before and not here.
    """

    begins: dt.date
    ends: dt.date
    least: float
    most: float
    low: float
    high: float
    hit: float
    started: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()


def timeline(
    registry: TariffRegistry,
    imposer: str,
    target: str,
    begins: dt.date,
    ends: dt.date,
    *,
    products: Iterable[str] = (),
    weights: pa.Table | None = None,
) -> tuple[Step, ...]:
    """The added duty between two days, as steps: each is what in_force says of all of its days.

    Args:
        registry: the measures.
        imposer: area id of who levies.
        target: area id of the economy whose goods bear the duty.
        begins: first day.
        ends: last day.
        products: HS codes; () for every line known.
        weights: as for `rates`; None counts each line once.

    Returns:
        Steps that follow each other without a gap; neighbours differ in a line's duty or in its measures.

    Raises:
        BadInput: a day before the record, or an end before the beginning.
        NoData: no weights for the target.
    """
    check_day(registry, begins)
    if ends < begins:
        raise BadInput(f"A timeline ends after it begins, not from {begins} to {ends}")
    goods = basket(registry, imposer, target, weights, products)
    cover = Coverage(registry, goods.codes, goods.ordinary)
    days = _changes(registry, imposer, target, begins, ends)
    steps: list[Step] = []
    last: tuple[np.ndarray, np.ndarray, frozenset[str]] | None = None
    for day, following in zip(days, [*days[1:], ends + _DAY], strict=True):
        least, most = (cover.levied(imposer, target, day, most=most) for most in (False, True))
        n = len(goods.codes)
        low, high = np.minimum(added(least, n), added(most, n)), np.maximum(added(least, n), added(most, n))
        names = frozenset(one.measure.id for one in (*least, *most) if one.measure.kind == "added")
        now = (low, high, names)
        if last is not None and names == last[2] and (low == last[0]).all() and (high == last[1]).all():
            steps[-1] = replace(steps[-1], ends=following - _DAY)
            continue
        before = last[2] if last is not None else frozenset()
        share = goods.weight / goods.weight.sum()
        steps.append(
            Step(
                day,
                following - _DAY,
                float(low.min()),
                float(high.max()),
                float(low @ share),
                float(high @ share),
                float((high > 0) @ share),
                tuple(sorted(names - before)),
                tuple(sorted(before - names)),
            )
        )
        last = now
    return tuple(steps)


def _changes(registry: TariffRegistry, imposer: str, target: str, begins: dt.date, ends: dt.date) -> list[dt.date]:
    days = {begins}
    for one in registry.between(imposer, target):
        days |= {one.begins, *dated(one.exempt)}
        if one.ends:
            days.add(one.ends + _DAY)
    return sorted(day for day in days if begins <= day <= ends)
