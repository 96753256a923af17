"""A flow closed: the limit of a tariff, nothing from nothing, relabelling, merging; draws and their bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khorgos.core.errors import BadInput
from khorgos.ledger.worlds import world as embedded
from khorgos.models.equilibrium import solve
from khorgos.models.exposure import PROHIBITIVE, equilibrium_loss, partner_lost
from khorgos.models.partial.gsim import gsim
from khorgos.models.partial.inputs import Floats
from khorgos.models.replacement import replacement
from khorgos.models.scenario import scenario
from khorgos.models.substitution import LEAST_SIGMA, SIGNIFICANT, Elasticities, central, drawn, merged, without
from khorgos.models.welfare import real_expenditure
from khorgos.models.worlds import prepared

ONE = Elasticities(np.array([8.0]), np.array([-1.25]), np.array([1.5]))


def world(seed: int, n: int = 6) -> Floats:
    return np.random.default_rng(seed).lognormal(0.0, 1.5, (n, n)) * 1e6


def closed(n: int, *pairs: tuple[int, int]) -> np.ndarray:
    shut = np.zeros((n, n), dtype=bool)
    for pair in pairs:
        shut[pair] = True
    return shut


def test_a_closed_flow_is_the_limit_of_a_tariff() -> None:
    """Two roads: GSIM with the highest tariff it takes, where a factor of 11 at sigma 8 leaves 11^-8 = 5e-9."""
    trade = world(1)
    high = np.ones_like(trade)
    high[2, 3] = 11.0
    by_tariff = gsim(trade, np.ones_like(trade), high, import_demand=-1.25, export_supply=1.5, substitution=8.0)
    found = without(trade, closed(6, (2, 3)), ONE)

    # 1e-7 of the largest flow: what the tariff leaves of the closed one moves the others by that order
    assert np.abs(found.trade[0] - by_tariff.trade).max() < 1e-7 * trade.max()
    assert found.composite[0] == pytest.approx(by_tariff.composite_price, abs=1e-6)
    assert found.producer[0] == pytest.approx(by_tariff.producer_surplus, abs=1e-6 * trade.max())
    assert found.consumer[0, 3] == pytest.approx(by_tariff.consumer_surplus[3], rel=1e-5)


def test_two_suppliers_and_a_given_price_by_hand() -> None:
    """Supply without bounds: prices stay, so P^(1-s) = theta_2 and spending on the other is X P^(1+E_m)."""
    trade = np.array([[0.0, 30.0, 0.0], [0.0, 0.0, 0.0], [0.0, 70.0, 0.0]])
    given_price = Elasticities(np.array([5.0]), np.array([-1.25]), np.array([np.inf]))
    # an infinite elasticity needs sales elsewhere or not at all the same: prices do not move
    found = without(trade, closed(3, (0, 1)), given_price)
    price = 0.7 ** (1 / (1 - 5.0))

    assert found.composite[0, 1] == pytest.approx(price - 1, rel=1e-12)
    assert found.trade[0, 2, 1] == pytest.approx(100 * price ** (1 - 1.25), rel=1e-12)
    assert found.trade[0, 0, 1] == 0.0
    assert np.isnan(found.price[0, 0])  # who has lost its only market has no price any more


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_nothing_closed_changes_nothing(seed: int) -> None:
    trade = world(seed)
    found = without(trade, closed(6), ONE)

    assert found.trade[0] == pytest.approx(trade, rel=1e-9)  # the markets clear to 1e-9
    assert np.abs(found.price).max() < 1e-9
    assert np.abs(found.consumer).max() < 1e-9 * trade.sum()


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), order=st.permutations(range(6)))
def test_names_do_not_matter(seed: int, order: list[int]) -> None:
    trade = world(seed)
    found = without(trade, closed(6, (1, 4)), ONE)
    again = without(trade[np.ix_(order, order)], closed(6, (order.index(1), order.index(4))), ONE)

    assert again.trade[0] == pytest.approx(found.trade[0][np.ix_(order, order)], rel=1e-6)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), factor=st.floats(0.01, 1000.0))
def test_the_currency_does_not_matter(seed: int, factor: float) -> None:
    trade = world(seed)
    found = without(trade, closed(6, (1, 4)), ONE)
    again = without(factor * trade, closed(6, (1, 4)), ONE)

    assert again.trade == pytest.approx(factor * found.trade, rel=1e-6)


def test_who_loses_a_market_sells_more_elsewhere_and_at_a_lower_price() -> None:
    trade = world(3)
    found = without(trade, closed(6, (1, 4)), ONE)
    others = [place for place in range(6) if place != 4]

    assert found.price[0, 1] < 0
    assert found.producer[0, 1] < 0
    assert (found.trade[0, 1, others] > trade[1, others]).all()
    assert found.composite[0, 4] > 0
    assert found.consumer[0, 4] < 0


def test_an_importer_without_a_supplier_is_refused() -> None:
    trade = np.array([[0.0, 10.0], [0.0, 0.0]])
    with pytest.raises(BadInput, match="no supplier left"):
        without(trade, closed(2, (0, 1)), ONE)
    with pytest.raises(BadInput, match="All known suppliers are lost"):
        replacement(trade, 1, [0], sigma=[5.0], draws=10)
    with pytest.raises(BadInput, match="lose itself"):
        replacement(world(1), 1, [1], sigma=[5.0], draws=10)
    with pytest.raises(BadInput, match="alike"):
        without(trade, closed(3), ONE)


def test_losing_a_supplier_of_nothing_changes_nothing() -> None:
    trade = world(5)
    trade[2, 3] = 0.0
    found = replacement(trade, 3, [2], sigma=[7.0], draws=20, seed=4)

    assert found.lost == 0.0
    assert (found.replaced.middle, found.replaced.low, found.replaced.high) == (0.0, 0.0, 0.0)
    assert found.price.middle == pytest.approx(0.0, abs=1e-9)
    assert found.imports.middle == pytest.approx(trade[:, 3].sum(), rel=1e-9)


def test_what_is_merged_moves_the_others_little() -> None:
    """The claim beside MOST: merging all but forty of a hundred moves a supplier by far less than the draws' width."""
    rng = np.random.default_rng(11)
    size = rng.pareto(1.0, 100) + 0.1
    trade = np.outer(size, rng.permutation(size)) * rng.lognormal(0, 0.5, (100, 100)) * 1e6
    np.fill_diagonal(trade, 0.0)
    importer, lost = 7, int(np.argmax(trade[:, 7]))
    few = replacement(trade, importer, [lost], sigma=[6.0], draws=50)
    all_ = replacement(trade, importer, [lost], sigma=[6.0], draws=50, most=100)
    there = {one.place: one for one in all_.suppliers}

    assert len(few.suppliers) < len(all_.suppliers)
    assert few.price.middle == pytest.approx(all_.price.middle, abs=0.01 * (all_.price.high - all_.price.low))
    for one in few.suppliers[1:-1]:
        if one.before > 0 and not one.lost:
            width = there[one.place].after.high - there[one.place].after.low
            assert abs(one.after.middle - there[one.place].after.middle) <= 0.05 * width  # a twentieth, for small ones


def test_merging_keeps_every_dollar() -> None:
    trade = world(8, 9)
    made, places = merged(trade, (4, 2), 5)

    assert places[:2] == (4, 2)
    assert made.sum() == pytest.approx(trade.sum(), rel=1e-12)
    assert made[0, 1] == trade[4, 2]


def test_draws_are_seeded_and_bounded() -> None:
    first, again, other = (drawn([5.0, 9.0], None, 500, seed) for seed in (1, 1, 2))

    assert (first.sigma == again.sigma).all()
    assert (first.sigma != other.sigma).any()
    assert first.sigma.min() >= LEAST_SIGMA
    assert (first.demand < 0).all()
    assert (first.supply > 0).all()


def test_the_spread_of_draws_is_the_largest_that_the_test_allows() -> None:
    found = drawn([20.0], None, 40_000, 1).sigma
    # the standard error of a standard deviation of 40,000 draws is 1/sqrt(80,000) = 0.35% of it; cut at 1.1, which
    # 20 - 2.4 s.e. reaches once in a hundred, takes another per cent
    assert found.std() == pytest.approx(20.0 / SIGNIFICANT, rel=0.03)
    assert drawn([20.0], [0.0], 10, 1).sigma == pytest.approx(20.0)


def test_the_centre_is_the_median_line() -> None:
    assert central([3.0, 50.0, 7.0]).sigma == pytest.approx([7.0])
    with pytest.raises(BadInput, match="at least one"):
        drawn([], None, 10, 1)


# --- a partner lost ---------------------------------------------------------------------------------------------------
def test_a_partner_lost_is_both_flows_closed() -> None:
    """Two roads: the small system with everybody in it, closed by hand."""
    trade = world(2)
    found = partner_lost(trade, 1, 4, sigma=[8.0], spread=[0.0], draws=5)
    by_hand = without(trade, closed(6, (1, 4), (4, 1)), ONE)
    others = [0, 2, 3, 5]

    assert (found.sold, found.bought) == (trade[1, 4], trade[4, 1])
    # 1e-6: the markets clear to 1e-9, and the two systems list their economies in another order
    assert found.producers[0] == pytest.approx(by_hand.producer[0, 1], rel=1e-6)
    assert found.consumers[0] == pytest.approx(by_hand.consumer[0, 1], rel=1e-6)
    gains = by_hand.trade[0, 1] - trade[1]
    assert found.redirected.middle == pytest.approx(gains[others].sum() / trade[1, 4], rel=1e-6)
    assert dict(found.markets) == pytest.approx({place: gains[place] for place in others if gains[place] > 0}, rel=1e-6)


def test_losing_a_partner_without_trade_changes_nothing() -> None:
    trade = world(2)
    trade[1, 4] = trade[4, 1] = 0.0
    found = partner_lost(trade, 1, 4, sigma=[8.0], draws=5)

    assert np.abs(found.producers).max() < 1e-9 * trade.sum()
    assert np.abs(found.consumers).max() < 1e-9 * trade.sum()
    assert found.redirected.middle == found.replaced.middle == 0.0


def test_a_country_is_no_partner_of_its_own() -> None:
    with pytest.raises(BadInput, match="lose itself"):
        partner_lost(world(2), 1, 1, sigma=[8.0])


def test_a_larger_partner_costs_more_in_equilibrium_and_the_small_side_loses_more() -> None:
    made = prepared(embedded("one-sector"))
    china, usa = (equilibrium_loss(made, "KAZ", partner) for partner in ("CHN", "USA"))

    assert china[0] < usa[0] < 0
    assert china[0] < china[1] < 0


def test_the_cost_that_ends_a_flow_is_high_enough() -> None:
    """A thousandth of it gives the same world: at the least theta, 2.6, a flow falls to 1e-8 of itself."""
    made = prepared(embedded("sectors"))
    base = made.baseline
    i, j = base.index("KAZ"), base.index("RUS")
    d_hat = np.ones_like(base.pi)
    d_hat[i, j] = d_hat[j, i] = PROHIBITIVE / 1e3
    after, before = solve(base, scenario(base, d_hat=d_hat)), solve(base, scenario(base))

    # 1e-5 per cent: 1e-8 of a flow, and solvers that stop at 1e-10
    assert equilibrium_loss(made, "KAZ", "RUS")[0] == pytest.approx(
        100 * (real_expenditure(after, before)[i] - 1), abs=1e-5
    )
