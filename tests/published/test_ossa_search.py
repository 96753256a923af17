"""The search of Ossa's programme, written again: its constraints, its climber, and two of its ends."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from khorgos.models.equilibrium import solve
from khorgos.models.papers import ossa as paper
from khorgos.models.papers import ossa_search as search
from khorgos.models.papers.cell import Cell
from khorgos.models.papers.ossa import REGIONS, Data, effects, objectives
from khorgos.models.papers.ossa_replay import replayed, searched
from khorgos.models.scenario import Scenario

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "benchmarks"))  # the benchmarks are scripts

import ossa_search as others

JAPAN = REGIONS.index("Japan")
MEDIAN = ("Brazil", paper.COLUMNS[-1])


@pytest.fixture(scope="module")
def data(contents) -> Data:
    return paper.read(contents(paper.FILES))


def test_the_constraints_are_khorgos_equilibrium(data):
    """Welfare, spending and wages of khorgos's equilibrium, at tariffs drawn at random, leave nothing."""
    region, weights = 2, data.weights("Table 3b")
    own = np.random.default_rng(0).uniform(0.0, 2.0, (33, 6))
    tau = data.baseline.tau.copy()
    tau[np.arange(7) != region, region] = 1.0 + own.T
    found, before = (
        solve(data.baseline, Scenario(tau=one, deficits="balanced"), tolerance=1e-14)
        for one in (tau, data.baseline.tau)
    )
    welfare = [
        np.exp(goal(found).value - goal(before).value) for goal in objectives(weights)
    ]  # relative to the base year
    unit = found.w_hat @ data.baseline.value_added / data.baseline.value_added.sum()
    spending = found.X.sum(1) / data.baseline.spending.sum(1)
    asked = search.Search(data, weights, region, uniform=False)
    scaled = (1.0 + 0.1 * own.ravel()) / asked.unit
    x = np.r_[welfare, spending / unit, found.w_hat / unit, scaled]

    # The data balance to 1e-5 million USD, a few 1e-12 of what a region spends.
    np.testing.assert_allclose(asked.residual(x[None]), 0.0, atol=1e-9)
    np.testing.assert_allclose(asked.tariffs(x), own.ravel(), rtol=1e-12)
    np.testing.assert_allclose(asked.start(own.ravel()), x, atol=1e-7)


def test_slopes_by_forward_differences_and_by_complex_steps(data):
    asked = search.Search(data, data.weights("Table 3a"), 0, uniform=True)
    x = asked.start(np.full(33, 0.5))
    at = asked.residual(x[None])[0]

    rough, exact = search.forward(asked, x, at), others.exact(asked, x, at)

    assert 0 < np.abs(rough - exact).max() < 1e-6  # steps of 1.5e-8


class _HockSchittkowski80:
    """Least exp(x1 x2 x3 x4 x5) as the highest of a variable of its own, three equalities, bounds.

    Source: Hock and Schittkowski (1981), Test Examples for Nonlinear Programming Codes, problem 80.
    """

    region = 0
    low = np.array([-10.0, -2.3, -2.3, -3.2, -3.2, -3.2])
    high = np.array([10.0, 2.3, 2.3, 3.2, 3.2, 3.2])

    @staticmethod
    def residual(x):
        y = x[:, 1:]
        return np.stack(
            [
                x[:, 0] + np.exp(y.prod(1)),
                (y * y).sum(1) - 10.0,
                y[:, 1] * y[:, 2] - 5.0 * y[:, 3] * y[:, 4],
                y[:, 0] ** 3 + y[:, 1] ** 3 + 1.0,
            ],
            axis=1,
        )


@pytest.mark.parametrize("way", list(others.WAYS))
def test_each_way_solves_a_textbook_problem(way):
    end = others.WAYS[way](_HockSchittkowski80(), np.array([-1.0, -2.0, 2.0, 2.0, -1.0, -1.0]))

    np.testing.assert_allclose(-end[0], 0.0539498478, rtol=1e-8)
    np.testing.assert_allclose(end[1:4], [-1.717143, 1.595709, 1.827247], rtol=1e-6)  # the others up to their sign
    np.testing.assert_allclose(np.abs(end[4:]), 0.763643, rtol=1e-5)


def test_bounds_hold_a_climb():
    class Narrow(_HockSchittkowski80):
        low = np.array([-10.0, -2.3, -2.3, -3.2, -3.2, -3.2])
        high = np.array([10.0, 2.3, 2.3, 1.8, 3.2, 3.2])

    start = np.array([-1.0, -2.0, 2.0, 1.7, -1.0, -1.0])
    ends = [others.WAYS[way](Narrow(), start) for way in ("exact", "slsqp")]

    assert ends[0][3] == 1.8
    np.testing.assert_allclose(*ends, atol=1e-6)
    assert -ends[0][0] > 0.0539498478


def test_japan_with_lobbying_is_started_from_the_target_tariffs(data):
    """From 0.1, as the programme starts the others, its own government gains 2.4 per cent; the paper prints 2.6."""
    printed = {row[:3]: row[3] for row in data.printed}
    first = search.Search(data, data.weights("Table 3b"), JAPAN, uniform=True)
    gains = []
    for guess in (data.targets[:, JAPAN], np.full(33, 0.1)):
        own = first.tariffs(search.climb(first, first.start(guess)))
        found = search.placed(data, JAPAN, np.repeat(own[:, None], 6, axis=1)).found
        gains.append(round(float(effects(data, data.weights("Table 3b"), found)[0][JAPAN]), 1))

    assert gains == [printed["Table 3b", "Japan", "gov_welfare_own"], 2.4]


@pytest.mark.parametrize("order", [0, 1])
def test_brazils_search_stops_where_the_paper_prints(data, order):
    """54.2, in two orders of the industries; khorgos's optimum, 54.26, gains less than 1e-10."""
    printed = {row[:3]: row[3] for row in data.printed}
    world, place = others.shuffled(data, order)

    tariffs = search.replay(world, "Table 3b", 0)

    assert round(float(100 * np.median(tariffs)), 1) == printed["Table 3b", "Brazil", paper.COLUMNS[-1]]
    best = paper.unilateral(data, "Table 3b", 0)
    end = search.placed(data, 0, tariffs[np.argsort(place)])
    assert 0 < others.given_up(data, "Table 3b", 0, best, end) < 1e-10


def test_a_flat_cell_is_matched_where_its_search_stops_in_a_process(data):
    """Brazil's median of Table 3b, the least of the six: 54.26 at the optimum, 54.2 printed and by the search."""
    told: list[tuple[int, int, str]] = []
    job = ("Table 3b", 0)
    ends = searched(data, [job], 1, lambda *step: told.append(step))
    (printed,) = [value for t, region, column, value in data.printed if (t, region, column) == (*job[:1], *MEDIAN)]
    exact = 100 * (np.median(paper.unilateral(data, *job).tau[1:, 0]) - 1)
    flat = Cell("Ossa 2014", "Table 3b", ", ".join(MEDIAN), printed, float(exact), 1, price=1e-13)

    assert told == [(1, 1, "Table 3b, Brazil")]
    assert ends[job].shape == (33, 6)
    assert flat.status == "flat"
    assert replace(flat, replayed=float(100 * np.median(ends[job]))).status == "replayed"


def test_what_is_not_flat_is_not_searched(data):
    """A matched cell and a missed one come back as they were, without a search."""
    cells = (Cell("p", "Table 3a", "EU, wage_own", 1.0, 1.04, 1), Cell("p", "Table 3a", "EU, wage_other", 1.0, 2.0, 1))

    assert replayed(data, cells, workers=1) == cells


def test_a_replay_excuses_no_miss():
    def cell(computed, price, replayed):
        return Cell("p", "t", "c", 1.0, computed, 1, price, replayed)

    assert cell(1.06, 1e-12, 1.04).status == "replayed"
    assert cell(1.06, 1e-12, 1.06).status == "flat"
    assert cell(1.06, 1e-12, None).status == "flat"
    assert cell(1.06, 1e-10, 1.0).status == "missed"
    assert cell(1.06, None, 1.0).status == "missed"
    assert cell(1.04, None, 2.0).status == "matched"
    assert cell(1.06, 1e-12, 1.04).replayed_difference == pytest.approx(0.04)
    assert cell(1.06, 1e-12, None).replayed_difference is None
