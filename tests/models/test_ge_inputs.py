"""Inputs that cannot be right are refused, with the likely mistake named."""

from __future__ import annotations

import numpy as np
import pytest

from khorgos.core.errors import BadInput, NotConverged, Refused
from khorgos.models.baseline import Baseline, armington
from khorgos.models.equilibrium import rebase, solve
from khorgos.models.scenario import Scenario, scenario

FLOWS = np.array([[80.0, 10.0, 5.0], [8.0, 60.0, 9.0], [6.0, 12.0, 90.0]])
NAMES = ("KAZ", "CHN", "UZB")


def world() -> Baseline:
    return armington(NAMES, FLOWS, 4.0)


def rates(value: float) -> np.ndarray:
    return np.where(np.eye(3, dtype=bool), 0.0, value)


@pytest.mark.parametrize(
    ("shock", "words"),
    [
        ({"tariffs": rates(25)}, "25 per cent is t = 0.25"),
        ({"tariffs": rates(float("nan"))}, "not finite"),
        ({"tariffs": rates(-1.0)}, "was the rate t given"),
        ({"tariffs": np.full((3, 3), 0.1)}, "domestic sales"),
        ({"tariffs": np.zeros((2, 2))}, "shape"),
        ({"d_hat": rates(1.1)}, "1 is no change"),
        ({"d_hat": -np.ones((3, 3))}, "above zero"),
        ({"deficit": np.ones(3)}, "sum to"),
        ({"numeraire": "KGZ"}, "no country 'KGZ'"),
        ({"deficits": "frozen"}, "share, nominal or balanced"),
        ({"revenue": "burnt"}, "lump-sum or income-tax"),
    ],
)
def test_a_wrong_shock_is_named(shock, words):
    with pytest.raises(BadInput, match=words):
        scenario(world(), **shock)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pi": FLOWS[:, :, None] / FLOWS.sum(1)[:, None, None]}, "transposed"),
        ({"pi": 100 * FLOWS[:, :, None] / FLOWS.sum(0)[None, :, None]}, "not per cent"),
        ({"pi": FLOWS[:, :, None] / 90}, "sum to one"),
        ({"pi": -FLOWS[:, :, None]}, "negative"),
        ({"tau": np.zeros((3, 3, 1))}, "was the rate t given"),
        ({"tau": 1 + rates(25)[:, :, None]}, "2500 per cent"),
        ({"theta": np.array([0.0])}, "sigma - 1"),
        ({"theta": np.array([np.nan])}, "not finite"),
        ({"alpha": np.full((3, 1), 100.0)}, "not per cent"),
        ({"alpha": np.ones((3, 3))}, "3 markets for 1 sectors"),
        ({"beta": np.full((3, 1), 0.5)}, "Value added and materials"),
        ({"gamma": np.full((3, 1, 1), -0.2)}, "gamma holds -0.2"),
        ({"deficit": np.ones(3)}, "sum to 3"),
        ({"value_added": np.array([1.0, 0.0, 1.0])}, "above zero"),
        ({"nu": np.full(3, 1.2)}, "share below one"),
        ({"kappa": -1.0}, "zero or more"),
        ({"spending": np.full((3, 1), np.inf)}, "not finite"),
    ],
)
def test_a_wrong_baseline_is_named(change, words):
    with pytest.raises(BadInput, match=words):
        world().with_(**change)


def test_flows_are_checked():
    with pytest.raises(BadInput, match="UZB buys or sells nothing"):
        armington(NAMES, FLOWS * np.array([1, 1, 0]), 4.0)
    with pytest.raises(BadInput, match="negative"):
        armington(NAMES, -FLOWS, 4.0)


def test_an_unsolved_world_is_not_returned():
    with pytest.raises(NotConverged, match="the best residual was"):
        solve(world(), scenario(world(), tariffs=rates(0.5)), max_sweeps=2, methods=("sweep",))


def test_a_transfer_beyond_income_is_refused():
    base = world()
    transfer = np.array([500.0, -500.0, 0.0])
    with pytest.raises((Refused, NotConverged)):
        solve(base, scenario(base, deficit=transfer))


def test_a_scenario_belongs_to_its_baseline():
    with pytest.raises(BadInput, match="the baseline"):
        solve(world(), Scenario(tau=np.ones((4, 4, 1))))
    with pytest.raises(BadInput, match="another baseline"):
        solve(world(), scenario(world()), start=np.zeros(3))


def test_tax_relief_is_not_rebased():
    base = world()
    with pytest.raises(BadInput, match="base year"):
        rebase(solve(base, scenario(base, tariffs=rates(0.1), revenue="income-tax")))


def test_a_result_says_how_it_was_reached():
    found = solve(world(), scenario(world(), tariffs=rates(0.1)))
    assert found.method == "anderson"
    assert 0 < found.sweeps < 60
    assert found.residual <= 1e-10
    assert found.walras <= 1e-10
