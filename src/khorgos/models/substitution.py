"""A supplier or a market lost: one product's trade without it, for many sets of elasticities at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from khorgos.core.errors import BadInput
from khorgos.models.partial import inputs
from khorgos.models.partial.gsim_nonlinear import composite_prices, nonlinear_prices
from khorgos.models.partial.inputs import Floats
from khorgos.models.partial.market import Market, share

#: Elasticities of composite demand and of supply in the published example of GSIM (Francois, Hall 2003, 4x4).
DEMAND, SUPPLY = -1.25, 1.5
#: Ranges of the draws; chosen because no estimates by product are at hand: demand from inelastic to elastic around the
#: example's, supply from half to twice the example's.
DEMAND_RANGE, SUPPLY_RANGE = (-2.0, -0.5), (0.75, 3.0)
#: Two-sided normal quantile of one per cent: an estimate that passed that test has a standard error below |b| / 2.576.
SIGNIFICANT = 2.576
#: Drawn elasticities of substitution stay above this; chosen because the model needs them above one.
LEAST_SIGMA = 1.1
#: Largest log gap of supply and demand that counts as cleared; chosen because shares are printed to four digits.
_CLEARED = 1e-9
_MOST_STEPS = 80


@dataclass(frozen=True, slots=True, eq=False)
class Elasticities:
    """Sets of elasticities, [K] each.

    Args:
        sigma: of substitution between origins, above 1.
        demand: of an importer's composite demand, below 0.
        supply: of an exporter's supply, not negative.
    """

    sigma: Floats
    demand: Floats
    supply: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Closed:
    """One product's trade with some flows closed; K sets of elasticities, R regions.

    Args:
        before: trade before [R, R], exporter first.
        trade: and after, at new world prices [K, R, R].
        price: change of the exporter's price, a fraction [K, R]; NaN where nothing is left to sell.
        composite: change of the price of an importer's composite, a fraction [K, R]; NaN where it bought nothing.
        producer: change of producer surplus [K, R], currency.
        consumer: change of consumer surplus [K, R], currency.
    """

    before: Floats
    trade: Floats
    price: Floats
    composite: Floats
    producer: Floats
    consumer: Floats

    def __post_init__(self) -> None:
        if not ((self.trade >= 0).all() and np.isfinite(self.trade).all()):
            raise BadInput("Trade came out negative or without bounds", where="closing a flow")


def drawn(sigma: Sequence[float], spread: Sequence[float] | None, n: int, seed: int) -> Elasticities:
    """Draws of the elasticities: sigma normal around one of the product's lines, the others uniform in their ranges.

    Args:
        sigma: elasticity of substitution of each line of the product.
        spread: their standard errors; None for the largest that a test at one per cent leaves, sigma / 2.576.
        n: number of draws.
        seed: of the draws.

    Raises:
        BadInput: no line, or no draw.
    """
    if not len(sigma) or n < 1:
        raise BadInput("Give at least one elasticity and one draw")
    rng = np.random.default_rng(seed)
    centre = np.asarray(sigma, dtype=float)
    error = centre / SIGNIFICANT if spread is None else np.asarray(spread, dtype=float)
    line = rng.integers(len(centre), size=n)
    normal = rng.standard_normal(n)
    return Elasticities(
        sigma=np.maximum(centre[line] + error[line] * normal, LEAST_SIGMA),
        demand=rng.uniform(*DEMAND_RANGE, n),
        supply=rng.uniform(*SUPPLY_RANGE, n),
    )


def central(sigma: Sequence[float]) -> Elasticities:
    """The middle of the draws: the median line, and the published example's demand and supply."""
    middle = max(float(np.median(np.asarray(sigma, dtype=float))), LEAST_SIGMA)
    return Elasticities(np.array([middle]), np.array([DEMAND]), np.array([SUPPLY]))


def without(trade: npt.ArrayLike, closed: npt.ArrayLike, elasticities: Elasticities) -> Closed:
    """Close flows of one product, and clear each exporter's market.

    GSIM with constant elasticities, where the price of a closed flow is infinite: P_v^(1-s) = sum over open r of
    theta_rv p_r^(1-s); an open flow changes by p_r^-s P_v^(s + E_m). Tariffs of the base year stay, in no figure.

    Args:
        trade: value [R, R], exporter first; the diagonal is home sales, or zero.
        closed: [R, R], true where nothing may flow any more.
        elasticities: K sets.

    Returns:
        What came of it, a row a set.

    Raises:
        BadInput: an importer has no supplier left, or the shapes do not fit.
        NotConverged: a market did not clear.

    Source:
        Francois & Hall (2003), section 2, with constant elasticities as in `partial.gsim`; the limit of a tariff
        without bounds.
    """
    flows = inputs.trade_matrix("trade", trade, np.shape(trade))
    shut = np.asarray(closed, dtype=bool)
    if flows.ndim != 2 or flows.shape[0] != flows.shape[1] or shut.shape != flows.shape:
        raise BadInput(f"Trade {flows.shape} and closed flows {shut.shape} are not [exporter, importer] alike")
    market = _market(flows, shut, elasticities)
    left = np.where(shut, 0.0, flows)
    bought, sold = flows.sum(0), flows.sum(1)
    if ((left.sum(0) == 0) & (bought > 0)).any():
        place = int(np.flatnonzero((left.sum(0) == 0) & (bought > 0))[0])
        raise BadInput("An importer has no supplier left", where=f"importer {place}", hint="Nothing can take its place")
    x, _, _ = nonlinear_prices(market, tolerance=_CLEARED, most_steps=_MOST_STEPS)
    index = composite_prices(market, x)
    log_value = (market.spill * index)[:, None, :] - market.sigma[:, None, :] * (x[:, :, None] + market.log_change)
    after = flows * np.exp(log_value + x[:, :, None])
    mute = (left.sum(1) == 0) & (sold > 0)
    finite = np.where(np.isinf(market.supply), 0.0, market.supply)  # there the price, and the area, is zero
    area = np.where(mute, -1.0 / (1 + market.supply), np.expm1((1 + finite) * x) / (1 + finite))
    return Closed(
        before=flows,
        trade=after,
        price=np.where((sold > 0) & ~mute, np.expm1(x), np.nan),
        composite=np.where(bought > 0, np.expm1(index), np.nan),
        producer=sold * area,
        consumer=bought * _consumer(index, market.demand),
    )


def _market(flows: Floats, shut: npt.NDArray[np.bool_], chosen: Elasticities) -> Market:
    k, r = len(chosen.sigma), len(flows)
    wide = (k, r)
    log_change = np.where(shut, np.inf, 0.0)
    return Market(
        theta=np.broadcast_to(share(flows, 0), (k, r, r)),
        phi=np.broadcast_to(share(flows, 1), (k, r, r)),
        change=np.broadcast_to(np.exp(log_change), (k, r, r)),
        log_change=np.broadcast_to(log_change, (k, r, r)),
        demand=inputs.demand_elasticity("demand", chosen.demand[:, None], wide),
        supply=inputs.supply_elasticity("supply", chosen.supply[:, None], wide),
        sigma=inputs.substitution_elasticity("sigma", chosen.sigma[:, None], wide),
    )


def _consumer(index: Floats, demand: Floats) -> Floats:
    """Area left of the demand curve per unit of old spending: -int_1^P p^E_m dp."""
    power = 1 + demand
    unit = np.abs(power) < 1e-12  # where the elasticity is -1 the integral is a logarithm
    area: Floats = -np.where(unit, index, np.expm1(power * index) / np.where(unit, 1.0, power))
    return area


def merged(trade: Floats, keep: Sequence[int], most: int) -> tuple[Floats, tuple[int, ...]]:
    """The largest regions on their own, all others as one last region.

    Args:
        trade: [R, R], exporter first.
        keep: regions that stay in any case.
        most: regions that stay; the rest becomes one more.

    Returns:
        Trade of the kept regions and the rest, and the places of the kept ones in the order given.
    """
    weight = trade.sum(0) + trade.sum(1)
    order = [int(place) for place in np.argsort(-weight, kind="stable") if place not in set(keep) and weight[place] > 0]
    own = (*keep, *order[: max(0, most - len(keep))])
    rest = [place for place in range(len(trade)) if place not in set(own)]
    picked = trade[np.ix_(own, own)]
    made = np.zeros((len(own) + 1, len(own) + 1))
    made[:-1, :-1] = picked
    made[-1, :-1] = trade[np.ix_(rest, own)].sum(0)
    made[:-1, -1] = trade[np.ix_(own, rest)].sum(1)
    made[-1, -1] = trade[np.ix_(rest, rest)].sum()
    return made, own
