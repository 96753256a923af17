"""Average added duty by imposer, target and product group: simple over lines, or weighted by trade."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from khorgos.core.errors import BadInput
from khorgos.core.tariffs import TariffRegistry
from khorgos.measures.tariffs.basket import Basket, basket
from khorgos.measures.tariffs.coverage import Coverage, Floats
from khorgos.measures.tariffs.in_force import added, check_day
from khorgos.nomenclature.products import sections

By = Literal["all", "chapter", "section"]

_SCHEMA = pa.schema(
    [
        ("imposer", pa.string()),
        ("target", pa.string()),
        ("on", pa.date32()),
        ("product", pa.string()),
        *((name, pa.float64()) for name in ("low", "high", "substituted", "ordinary", "hit", "weight")),
        ("lines", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True)
class Substitution:
    """How weights move away from goods whose duty rose: v' = v ((1 + t) / (1 + t0)) ** -sigma.

    Args:
        sigma: elasticity of substitution between origins, above zero.
        since: day whose duties the weights were observed under.
    """

    sigma: float
    since: dt.date

    def __post_init__(self) -> None:
        if not 0 < self.sigma < 100:
            raise BadInput(f"An elasticity of substitution lies above 0, not at {self.sigma:g}")


def rates(
    registry: TariffRegistry,
    imposer: str,
    targets: Sequence[str],
    days: Sequence[dt.date],
    *,
    weights: pa.Table | None = None,
    by: By = "all",
    products: Iterable[str] = (),
    groups: Iterable[str] | None = None,
    substitution: Substitution | None = None,
) -> pa.Table:
    """Average added duty of an economy on others' goods: one row a target, day and product group.

    mean = sum_k w_k added_k / sum_k w_k over tariff lines k; w is the value of trade, or one without weights.

    Args:
        registry: the measures (khorgos.ledger.tariffs.tariff_registry()).
        imposer: area id of who levies the duty.
        targets: area ids of the economies whose goods bear it.
        days: days on which it is asked.
        weights: table with `code` (HS, any length) and `value`, and `partner` where it is by origin; `duty` (money)
            gives the ordinary rates that floors need ("15 less the ordinary duty"). None counts each line once. A code
            shorter than the lines is spread evenly over the lines under it.
        by: one figure, or one a chapter (two digits) or section (I to XXI) of the Harmonized System.
        products: HS codes to keep; () for all.
        groups: programmes to count; None for all.
        substitution: also weigh with values moved by the duties; None for no such column.

    Returns:
        imposer, target, on, product ("all", chapter or section); low and high in points ad valorem (they differ where
        a condition that statistics do not show decides); substituted (points, of high), ordinary (points, where the
        registry has it); hit (share of the weight that bears a duty), weight (currency, or lines), lines.

    Raises:
        BadInput: a day before the record, or weights that add up to nothing.
        NoData: no weights for a target.
    """
    for day in days:
        check_day(registry, day)
    asked, kept = tuple(products), frozenset(registry.groups if groups is None else groups)
    rows = []
    for target in targets:
        goods = _Goods(registry, imposer, target, basket(registry, imposer, target, weights, asked), by=by, groups=kept)
        rows += [row for day in days for row in goods.rows(day, substitution)]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


class _Goods:
    """One economy's goods before one tariff."""

    def __init__(
        self, registry: TariffRegistry, imposer: str, target: str, goods: Basket, *, by: By, groups: frozenset[str]
    ) -> None:
        self.imposer, self.target, self.groups, self.weight = imposer, target, groups, goods.weight
        self.cover = Coverage(registry, goods.codes, goods.ordinary)
        self.names, self.at = _keys(goods.codes, by)

    def rows(self, day: dt.date, substitution: Substitution | None) -> Iterator[dict[str, object]]:
        (least, ordinary), (most, _) = self.stacked(day, most=False), self.stacked(day, most=True)
        low, high = np.minimum(least, most), np.maximum(least, most)
        moved = None
        if substitution:
            before, _ = self.stacked(substitution.since, most=True)
            moved = self.mean(high, self.weight * ((100 + high) / (100 + before)) ** -substitution.sigma)
        columns = {
            "low": self.mean(low, self.weight),
            "high": self.mean(high, self.weight),
            "substituted": moved,
            "ordinary": self.mean(ordinary, self.weight) if ordinary is not None else None,
            "hit": self.mean((high > 0).astype(float), self.weight),
            "weight": np.bincount(self.at, self.weight, minlength=len(self.names)),
            "lines": np.bincount(self.at, minlength=len(self.names)),
        }
        for k, name in enumerate(self.names):
            figures = {key: None if value is None else _plain(value[k]) for key, value in columns.items()}
            yield {"imposer": self.imposer, "target": self.target, "on": day, "product": name, **figures}

    def stacked(self, day: dt.date, *, most: bool) -> tuple[Floats, Floats | None]:
        levied = self.cover.levied(self.imposer, self.target, day, most=most)
        some = [one for one in levied if one.measure.group in self.groups]
        own = [np.where(one.on, one.points, np.nan) for one in some if one.measure.kind == "ordinary"]
        known = np.any([~np.isnan(one) for one in own], axis=0)
        ordinary = np.where(known, np.nansum(own, axis=0), np.nan) if own else None
        return added(some, len(self.weight)), ordinary

    def mean(self, points: Floats, weight: Floats) -> Floats:
        """Over the lines whose points are known."""
        known = ~np.isnan(points)
        total = np.bincount(self.at[known], weight[known], minlength=len(self.names))
        sums = np.bincount(self.at[known], (weight * points)[known], minlength=len(self.names))
        out: Floats = np.divide(sums, total, out=np.full(len(self.names), np.nan), where=total > 0)
        return out


def _plain(value: np.generic) -> float | int | None:
    number = value.item()
    return None if isinstance(number, float) and np.isnan(number) else number


def _keys(codes: Sequence[str], by: By) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    if by == "all":
        return ("all",), np.zeros(len(codes), np.int64)
    key = {chapter: one.id for one in sections() for chapter in one.chapters} if by == "section" else {}
    mine = [key.get(code[:2], code[:2]) for code in codes]
    names = tuple(dict.fromkeys(mine))  # codes stand in order
    place = {name: k for k, name in enumerate(names)}
    return names, np.array([place[name] for name in mine])
