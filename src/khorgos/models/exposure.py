"""A country loses a partner altogether: product by product, and in general equilibrium."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from khorgos.core.errors import BadInput
from khorgos.models.equilibrium import solve
from khorgos.models.partial.inputs import Floats
from khorgos.models.replacement import Band, band
from khorgos.models.scenario import scenario
from khorgos.models.substitution import Closed, central, drawn, merged, without
from khorgos.models.welfare import real_expenditure
from khorgos.models.worlds import Prepared

#: Iceberg cost that ends a flow; chosen because at the smallest trade elasticity in use, 2.6, a flow falls to 1e-15.
PROHIBITIVE = 1e6
#: Economies that keep their own market; chosen because the country's own result moves by less than the draws' width
#: and thirty products are then solved in a second.
MOST = 25


@dataclass(frozen=True, slots=True, eq=False)
class PartnerLost:
    """One product's trade of a country without one partner, both ways.

    Args:
        sold: what the country sold to the partner, currency.
        bought: what it bought from it.
        exports: what it sold to all.
        imports: what it bought from all.
        redirected: what it sells more to others, over what it sold to the partner, a fraction.
        sale_price: change of the price it gets, a fraction.
        producers: change of its producer surplus, currency, [draws]; the first is at the central elasticities.
        replaced: what others sell more to it, over what the partner sold, a fraction.
        purchase_price: change of the price of what it buys, a fraction.
        consumers: change of its consumer surplus, [draws], likewise.
        markets: (place, what it sells more there), the largest first.
        suppliers: (place, what it buys more there), the largest first.
    """

    sold: float
    bought: float
    exports: float
    imports: float
    redirected: Band
    sale_price: Band
    producers: Floats
    replaced: Band
    purchase_price: Band
    consumers: Floats
    markets: tuple[tuple[int, float], ...]
    suppliers: tuple[tuple[int, float], ...]


def partner_lost(
    trade: Floats,
    country: int,
    partner: int,
    *,
    sigma: Sequence[float],
    spread: Sequence[float] | None = None,
    draws: int = 100,
    seed: int = 1,
    most: int = MOST,
) -> PartnerLost:
    """Close one product's trade between two economies, both ways.

    Args:
        trade: values [R, R], exporter first.
        country, partner: places.
        sigma: elasticity of substitution of each line of the product.
        spread: their standard errors; None for the largest that the publisher's test leaves.
        draws: how many, at least one.
        seed: of the draws: the same elasticities of demand and supply for every product with the same seed.
        most: how many economies keep their own market.

    Raises:
        BadInput: a country and itself, or one of the two has no other supplier.
        NotConverged: a market did not clear.

    Source: Francois & Hall (2003); see `models.substitution.without`.
    """
    if country == partner:
        raise BadInput("A country cannot lose itself as a partner")
    world, places = merged(trade, (country, partner), most)
    shut = np.zeros(world.shape, dtype=bool)
    shut[0, 1] = shut[1, 0] = True
    once = without(world, shut, central(sigma))
    many = without(world, shut, drawn(sigma, spread, draws, seed))
    sold, bought = float(world[0, 1]), float(world[1, 0])
    out, into = once.trade[0, 0] - world[0], once.trade[0, :, 0] - world[:, 0]
    return PartnerLost(
        sold=sold,
        bought=bought,
        exports=float(world[0].sum()),
        imports=float(world[:, 0].sum()),
        redirected=_over(sold, *(_more(found, 1) for found in (once, many))),
        sale_price=band(_known(once.price[0, 0]), _known(many.price[:, 0])),
        producers=np.append(once.producer[0, 0], many.producer[:, 0]),
        replaced=_over(bought, *(_more(found, 0) for found in (once, many))),
        purchase_price=band(_known(once.composite[0, 0]), _known(many.composite[:, 0])),
        consumers=np.append(once.consumer[0, 0], many.consumer[:, 0]),
        markets=_gains(out, places),
        suppliers=_gains(into, places),
    )


def equilibrium_loss(made: Prepared, country: str, partner: str) -> tuple[float, float]:
    """Change of real expenditure of both where all trade between two economies ends, in per cent.

    Args:
        made: the world.
        country, partner: ISO3.

    Returns:
        The country's and the partner's.

    Raises:
        NotConverged: no equilibrium was found.

    Source: exact hat algebra, Dekle, Eaton & Kortum (2008), doi:10.1057/imfsp.2008.17; `models.equilibrium`.
    """
    base = made.baseline
    i, j = base.index(country), base.index(partner)
    d_hat = np.ones_like(base.pi)
    d_hat[i, j] = d_hat[j, i] = PROHIBITIVE
    rest = solve(base, scenario(base))
    change = 100 * (real_expenditure(solve(base, scenario(base, d_hat=d_hat)), rest) - 1.0)
    return float(change[i]), float(change[j])


def _more(found: Closed, axis: int) -> Floats:
    """[K] what the country sells to others more (axis 1), or buys from others (axis 0)."""
    moved = found.trade - found.before
    other: Floats = moved[:, 0, 2:].sum(1) if axis else moved[:, 2:, 0].sum(1)
    return other


def _over(lost: float, middle: Floats, many: Floats) -> Band:
    if lost <= 0:
        return Band(0.0, 0.0, 0.0)
    return band(float(middle[0]) / lost, many / lost)


def _known(change: Floats) -> Floats:
    """A price that nobody asks any more has no change; it is left at none."""
    clean: Floats = np.nan_to_num(change, nan=0.0)
    return clean


def _gains(change: Floats, places: Sequence[int]) -> tuple[tuple[int, float], ...]:
    gained = [(place, float(change[row])) for row, place in enumerate(places) if row > 1 and change[row] > 0]
    return tuple(sorted(gained, key=lambda one: -one[1]))
