"""An importer loses suppliers of one product: who takes their place, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from khorgos.core.errors import BadInput
from khorgos.models.partial.inputs import Floats
from khorgos.models.substitution import DEMAND, Closed, central, drawn, merged, without

#: The interval of the draws that is told.
LEVEL = 0.9
#: Economies that keep their own market, others are merged; chosen because the rest moves the result by less than a
#: hundredth of the draws' width (tests/models/test_substitution.py) and a larger system is slower.
MOST = 40


@dataclass(frozen=True, slots=True)
class Band:
    """A figure and its interval.

    Args:
        middle: at the central elasticities.
        low, high: the interval of the draws.
    """

    middle: float
    low: float
    high: float

    def scaled(self, factor: float) -> Band:
        """The same in another unit, the factor above zero."""
        return Band(self.middle * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Supplier:
    """One supplier before and after.

    Args:
        place: its row in the trade matrix; -1 for the rest of the world, merged.
        before: what it sold to the importer, currency.
        after: what it sells after, at new prices.
        everywhere: what it sold to all, currency.
        own_elasticity: of the importer's demand for it by its own price, theta E_m - (1 - theta) sigma; None if it sold
            nothing.
        lost: is it one of those lost.
    """

    place: int
    before: float
    after: Band
    everywhere: float
    own_elasticity: float | None
    lost: bool


@dataclass(frozen=True, slots=True)
class Replacement:
    """What came of the loss.

    Args:
        suppliers: all with sales to the importer, kept apart or merged.
        imports: the importer's purchases before and after.
        lost: what was lost, currency.
        replaced: the part of the lost value that others make up, a fraction.
        price: change of the price of the importer's composite, a fraction.
        consumer: change of the importer's consumer surplus, currency.
        producers: change of the lost suppliers' producer surplus, currency.
        markets: how many importers' purchases the model sees.
        sigma: the central elasticity of substitution.
        draws: number of draws, and their seed.
    """

    suppliers: tuple[Supplier, ...]
    imports: Band
    lost: float
    replaced: Band
    price: Band
    consumer: Band
    producers: Band
    markets: int
    sigma: float
    draws: tuple[int, int]


def replacement(
    trade: Floats,
    importer: int,
    lost: Sequence[int],
    *,
    sigma: Sequence[float],
    spread: Sequence[float] | None = None,
    draws: int = 300,
    seed: int = 1,
    keep: Sequence[int] = (),
    most: int = MOST,
) -> Replacement:
    """Take suppliers from an importer, at central elasticities and at draws of them.

    Args:
        trade: one product's values [R, R], exporter first.
        importer: whose suppliers.
        lost: the suppliers' places.
        sigma: elasticity of substitution of each line of the product.
        spread: their standard errors; None for the largest that the publisher's test leaves.
        draws: how many, at least one.
        seed: of the draws.
        keep: places that are never merged.
        most: how many are not.

    Raises:
        BadInput: the importer loses itself, or all its suppliers.
        NotConverged: a market did not clear.

    Source: Francois & Hall (2003); see `models.substitution.without`.
    """
    if importer in lost:
        raise BadInput("An importer cannot lose itself as a supplier")
    own = tuple(dict.fromkeys((importer, *lost, *keep)))
    world, places = merged(trade, own, max(most, len(own)))
    shut = np.zeros(world.shape, dtype=bool)
    shut[[places.index(place) for place in lost], 0] = True
    sold = world[shut[:, 0], 0].sum()
    if sold > 0 and sold >= world[:, 0].sum():
        raise BadInput("All known suppliers are lost", hint="Nothing can take their place in the model")
    middle = central(sigma)
    once = without(world, shut, middle)
    many = without(world, shut, drawn(sigma, spread, draws, seed))
    s = float(middle.sigma[0])
    bought = world[:, 0].sum()
    suppliers = []
    for row, before in enumerate(world[:, 0]):
        theta = before / bought if bought > 0 else 0.0
        suppliers.append(
            Supplier(
                place=places[row] if row < len(places) else -1,
                before=float(before),
                after=band(once.trade[0, row, 0], many.trade[:, row, 0]),
                everywhere=float(world[row].sum()),
                own_elasticity=theta * DEMAND - (1 - theta) * s if before > 0 else None,
                lost=bool(shut[row, 0]),
            )
        )
    return Replacement(
        suppliers=tuple(suppliers),
        imports=band(once.trade[0, :, 0].sum(), many.trade[:, :, 0].sum(1)),
        lost=float(sold),
        replaced=band(_made_up(once, shut)[0], _made_up(many, shut)),
        price=band(once.composite[0, 0], many.composite[:, 0]),
        consumer=band(once.consumer[0, 0], many.consumer[:, 0]),
        producers=band(once.producer[0, shut[:, 0]].sum(), many.producer[:, shut[:, 0]].sum(1)),
        markets=int((world.sum(0) > 0).sum()),
        sigma=s,
        draws=(draws, seed),
    )


def _made_up(found: Closed, shut: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
    """[K] what the others sell more, over what was lost; 0 where nothing was."""
    gone = found.before[shut[:, 0], 0].sum()
    more: Floats = (found.trade[:, ~shut[:, 0], 0] - found.before[~shut[:, 0], 0]).sum(1)
    return more / gone if gone > 0 else np.zeros_like(more)


def band(middle: float | Floats, drawn_: Floats) -> Band:
    """A figure at the central elasticities with the interval of its draws.

    Args:
        middle: the figure.
        drawn_: [draws] the figure at each.
    """
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(drawn_, (tail, 1 - tail))
    return Band(float(middle), float(low), float(high))
