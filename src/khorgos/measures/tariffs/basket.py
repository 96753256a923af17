"""The lines over which a tariff is averaged, and what each weighs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khorgos.core.errors import BadInput, NoData
from khorgos.core.tariffs import TariffRegistry
from khorgos.measures.tariffs.coverage import Floats
from khorgos.measures.tariffs.in_force import lines_of


@dataclass(frozen=True, eq=False)
class Basket:
    """Tariff lines with their weights, and the ordinary duty that the weights show.

    Args:
        codes: HS codes.
        weight: [codes] in the currency of the weights, or ones.
        ordinary: [codes] points collected, NaN where not known.
    """

    codes: tuple[str, ...]
    weight: Floats
    ordinary: Floats


def basket(
    registry: TariffRegistry, imposer: str, target: str, weights: pa.Table | None, products: Iterable[str] = ()
) -> Basket:
    """The lines of an economy's tariff as its imports from another weigh them.

    Args:
        registry: the measures, and the lines known.
        imposer: whose tariff.
        target: whose goods.
        weights: `code` and `value`, `partner` and `duty` where there are; None counts each line once. The value of a
            code that is shorter than the lines is spread evenly over the lines under it.
        products: HS codes to keep; () for all.

    Raises:
        BadInput: weights that add up to nothing, or products that are no HS codes.
        NoData: no weights for the target.
    """
    asked = tuple(products)
    if weights is None:
        codes = lines_of(registry, imposer, asked)
        return Basket(codes, np.ones(len(codes)), np.full(len(codes), np.nan))
    some = weights
    if "partner" in some.column_names:
        some = some.filter(pc.equal(some["partner"], target))
    if asked:
        lines_of(registry, imposer, asked)  # refuses what is no code
        some = some.filter(pc.match_substring_regex(some["code"], "^(" + "|".join(asked) + ")"))
    if some.num_rows == 0:
        goods = " in these goods" if asked else ""
        raise NoData(f"The weights have no imports of {imposer} from {target}{goods}")
    return _spread(registry, imposer, some)


def _spread(registry: TariffRegistry, imposer: str, some: pa.Table) -> Basket:
    codes: list[str] = []
    at: list[int] = []
    known = frozenset(registry.lines.get(imposer, ()))
    for n, code in enumerate(some["code"].to_pylist()):
        under = (code,) if code in known else lines_of(registry, imposer, (code,))
        codes += under
        at += [n] * len(under)
    where = np.array(at)
    value = some["value"].to_numpy().astype(float)
    if not value.sum() > 0:
        raise BadInput("The weights add up to nothing")
    weight = (value / np.bincount(where, minlength=len(value)))[where]
    ordinary = np.full(len(value), np.nan)
    if "duty" in some.column_names:
        np.divide(100.0 * some["duty"].to_numpy(), value, out=ordinary, where=value > 0)
    return Basket(tuple(codes), weight, ordinary[where])
