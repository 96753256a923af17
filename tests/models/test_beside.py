"""Partial equilibrium beside general equilibrium: identities, and what must not move."""

from __future__ import annotations

import numpy as np
import pytest

from khorgos.ledger.worlds import world
from khorgos.models.baseline import armington
from khorgos.models.beside import DEMAND, SUPPLY, Beside, beside
from khorgos.models.equilibrium import Equilibrium, solve
from khorgos.models.partial.gsim import gsim
from khorgos.models.scenario import Scenario
from khorgos.models.worlds import prepared


@pytest.fixture(scope="module")
def before() -> Equilibrium:
    return solve(prepared(world("one-sector")).baseline, Scenario())


@pytest.fixture(scope="module")
def rates(before: Equilibrium) -> np.ndarray:
    rates = np.zeros(before.trade.shape)
    rates[before.baseline.index("CHN"), before.baseline.index("USA")] = 0.2
    return rates


@pytest.fixture(scope="module")
def found(before: Equilibrium, rates: np.ndarray) -> Beside:
    return beside(before, rates, np.zeros_like(rates))


def test_no_change_of_a_tariff_changes_nothing(before: Equilibrium, rates: np.ndarray) -> None:
    same = beside(before, rates, rates)

    assert (same.trade == before.trade).all()
    assert (same.smart_trade == before.trade).all()
    assert not same.welfare.any()
    assert not same.smart_welfare.any()


def test_gsim_is_what_it_is_alone(found: Beside, before: Equilibrium, rates: np.ndarray) -> None:
    theta = before.baseline.theta[0]
    alone = gsim(
        before.trade[:, :, 0],
        np.ones_like(rates[:, :, 0]),
        1 + rates[:, :, 0],
        import_demand=DEMAND,
        export_supply=SUPPLY,
        substitution=theta + 1,
    )

    assert (found.trade[:, :, 0] == alone.trade).all()
    assert (found.producer == alone.producer_surplus).all()
    # a sum of three arrays in another order
    np.testing.assert_allclose(found.welfare, alone.welfare, rtol=1e-9, atol=1.0)


def test_smart_moves_the_importer_that_levies_and_no_other(found: Beside, before: Equilibrium) -> None:
    us = before.baseline.index("USA")
    others = np.arange(len(before.baseline.countries)) != us

    # dollars, of flows up to 1e11: rounding of float64
    np.testing.assert_allclose(found.smart_trade[:, others], before.trade[:, others], rtol=1e-12)
    assert not found.smart_welfare[others].any()
    assert abs(found.diversion[:, us].sum()) < 1.0  # dollars; it sums to zero over partners
    assert (found.creation[:, us] <= 0).all()
    # SMART leaves home sales as they are
    assert found.smart_trade[us, us, 0] == before.trade[us, us, 0]


def test_the_names_of_countries_do_not_matter() -> None:
    rng = np.random.default_rng(7)
    flows = rng.uniform(1.0, 9.0, (4, 4)) + 40.0 * np.eye(4)
    rates = np.zeros((4, 4, 1))
    rates[1, 0] = 0.25
    order = np.array([2, 0, 3, 1])

    def at(flows: np.ndarray, rates: np.ndarray) -> Beside:
        made = solve(armington(tuple("abcd"), flows, 4.0), Scenario(deficits="balanced"))
        return beside(made, rates, np.zeros_like(rates))

    first, second = at(flows, rates), at(flows[np.ix_(order, order)], rates[np.ix_(order, order)])
    # GSIM's markets clear to 1e-12, the equilibrium before to 1e-10
    np.testing.assert_allclose(second.welfare, first.welfare[order], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(second.smart_trade[:, :, 0], first.smart_trade[np.ix_(order, order)][:, :, 0], rtol=1e-8)
