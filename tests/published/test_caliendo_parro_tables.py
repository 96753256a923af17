"""Caliendo and Parro (2015), Tables 3 to 11: experiments and models, against a second solver and their own sums."""

from __future__ import annotations

import numpy as np
import pytest

from khorgos.models.papers import caliendo_parro
from khorgos.models.papers.caliendo_parro import Nafta, nafta, partners_growth
from khorgos.models.papers.caliendo_parro_tables import (
    across_models,
    by_sector,
    experiment,
    export_shares,
    traded_and_not,
    with_members,
)
from khorgos.models.welfare import first_order


@pytest.fixture(scope="module")
def data(contents) -> Nafta:
    return caliendo_parro.read(contents(caliendo_parro.FILES))


@pytest.fixture(scope="module")
def worlds(data):
    return across_models(data)


def nested(base, tau, tolerance=1e-9):
    """The paper's appendix in loops: prices to the end for given wages, then expenditures, then wages by the gap."""
    ratio, wages = tau / base.tau, base.value_added
    gamma = np.zeros((*base.beta.shape, base.beta.shape[1])) if base.gamma is None else base.gamma
    w, P, X = np.ones(len(wages)), np.ones(base.spending.shape), base.spending
    for _ in range(4_000):
        for _ in range(500):
            c = w[:, None] ** base.beta * np.exp(np.einsum("nms,nm->ns", gamma, np.log(P)))
            cell = base.pi * (ratio * c[:, None, :]) ** -base.theta
            last, P = P, cell.sum(0) ** (-1 / base.theta)
            if np.abs(P - last).max() < tolerance:
                break
        net = cell * P**base.theta / tau
        for _ in range(2_000):
            flows = net * X
            income = w * wages + (X - flows.sum(0)).sum(1)
            last = X
            X = base.alpha * income[:, None] + np.einsum("nms,ns->nm", gamma, flows.sum(1))
            if np.abs(X - last).max() < tolerance * X.max():
                break
        excess = (base.beta * flows.sum(1)).sum(1) / (w * wages) - 1
        if np.abs(excess).max() < tolerance:
            return w
        w = w * (1 + 0.2 * excess)
        w = w * wages.sum() / (w * wages).sum()
    raise AssertionError("the loops did not end")


@pytest.mark.parametrize("name", ["one sector", "no materials", "no input-output", "benchmark"])
def test_a_model_in_loops(worlds, name):
    _, after = worlds[name]
    w = nested(after.baseline, after.tau)
    # 1e-6: the loops stop where no factor market misses by 1e-9; condition numbers are below a thousand.
    np.testing.assert_allclose(after.w_hat, w, rtol=1e-6)


def test_gains_shrink_without_linkages(worlds):
    """The abstract: effects are reduced where intermediate goods or input-output linkages are left out."""
    gains = {}
    for name, (before, after) in worlds.items():
        total = first_order(after, before).total
        gains[name] = [100 * float(total[after.baseline.index(k)]) for k in ("Mexico", "USA")]
    assert round(gains["benchmark"][0], 2) == 1.31
    for k in (0, 1):
        assert gains["no materials"][k] < gains["no input-output"][k] < gains["benchmark"][k]
        assert gains["one sector"][k] < gains["benchmark"][k]


def test_the_two_sectors_hold_the_flows(data):
    small = traded_and_not(data.baseline)
    np.testing.assert_allclose(small.trade.sum(2), data.baseline.trade.sum(2), rtol=1e-12)
    assert small.tau[:, :, 1].max() == 1.0


def test_the_parts_add_up(data):
    before, after = nafta(data)
    parts = first_order(after, before)
    terms, volume = with_members(parts, data.baseline)
    np.testing.assert_allclose(terms.sum(1) + volume.sum(1), parts.total, atol=1e-15)
    for share in by_sector(parts):
        np.testing.assert_allclose(share.sum(1), 1.0, atol=1e-9)  # sums of hundreds of cells of both signs
    share, concentration = export_shares(after)
    np.testing.assert_allclose(share.sum(1), 1.0, rtol=1e-12)
    assert 0 < concentration.min() < concentration.max() < 1


def test_the_world_with_and_without_nafta(data):
    """NAFTA's tariffs given the world's are a step between two experiments; the parts stay first-order measures."""
    rest, world = experiment(data, "world")
    _, without = experiment(data, "world without nafta")
    _, only = experiment(data, "nafta")
    mexico = data.baseline.index("Mexico")
    gain = [float(first_order(after, rest).total[mexico]) for after in (world, without, only)]
    assert gain[0] > gain[1]
    # Members' tariffs make most of what the world's do for Mexico.
    assert 0.9 < gain[2] / gain[0] < 1.1
    growth = [partners_growth(rest, after)["Mexico"] for after in (world, without, only)]
    assert growth[1] < growth[0] < growth[2]
