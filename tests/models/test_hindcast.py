"""Scores of forecasts by hand, their properties, and the naive forecast of proportional diversion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from khorgos.core.errors import BadInput
from khorgos.models.hindcast import diversion, resampled, scores, shuffled, skill

CHANGES = st.lists(st.integers(-1_000, 1_000).map(lambda one: one / 100), min_size=5, max_size=30)


def test_scores_by_hand():
    # predicted 1 2 3 4, actual 2 1 4 3: errors -1 1 -1 1; ranks differ by one each: 1 - 6 * 4 / (4 * 15) = 0.6
    made = scores([1, 2, 3, 4], [2, 1, 4, 3], [1, 1, 1, 5])

    assert made.n == 4
    assert made.rank == pytest.approx(0.6, abs=1e-12)  # rounding
    assert made.sign == 1.0
    assert (made.mae, made.rmse, made.bias, made.weighted) == (1.0, 1.0, 0.0, 1.0)
    assert made.slope == pytest.approx(0.6, abs=1e-12)  # cov 0.75 over var 1.25
    assert made.skill == pytest.approx(1 - 4 / 30, abs=1e-12)  # squares of the actual: 4 + 1 + 16 + 9


def test_a_wrong_direction_and_a_weight():
    made = scores([0.1, -0.1, 0.2], [0.1, 0.3, -0.2], [1, 1, 2])

    assert made.sign == pytest.approx(1 / 3)
    assert made.mae == pytest.approx((0 + 0.4 + 0.4) / 3)
    assert made.weighted == pytest.approx((0 + 0.4 + 0.8) / 4)
    assert made.bias == pytest.approx((0 - 0.4 + 0.4) / 3)


def test_no_change_says_nothing_of_order_and_direction():
    made = scores([0, 0, 0], [0.1, -0.2, 0.3])

    assert (made.rank, made.sign, made.slope) == (None, None, None)
    assert made.skill == 0.0
    assert made.mae == pytest.approx(0.2)


@given(CHANGES)
def test_a_perfect_forecast(changes):
    made = scores(changes, changes)

    assert (made.mae, made.rmse, made.bias) == (0, 0, 0)
    if len(set(changes)) > 1:
        assert made.rank == pytest.approx(1, abs=1e-12)  # rounding of a correlation
        assert made.slope == pytest.approx(1, abs=1e-9)  # of a covariance over a variance
        assert made.skill == 1
    if any(changes):
        assert made.sign == 1


@given(CHANGES, st.integers(0, 2**32 - 1))
def test_relabelling_changes_nothing_and_the_rank_is_scipys(changes, seed):
    rng = np.random.default_rng(seed)
    predicted, order = rng.normal(size=len(changes)), rng.permutation(len(changes))
    actual = np.array(changes)
    one, other = scores(predicted, actual), scores(predicted[order], actual[order])

    assert one.rmse == pytest.approx(other.rmse)
    assert one.n == other.n
    if len(set(changes)) > 1:
        assert one.rank == pytest.approx(other.rank, abs=1e-12)  # the same ranks, summed in another order
        assert one.rank == pytest.approx(float(spearmanr(predicted, actual).statistic), abs=1e-12)


@given(CHANGES)
def test_a_naive_forecast_has_no_skill_over_itself(changes):
    naive = np.full(len(changes), 0.5)

    assert skill(naive, naive, changes) == (None if set(changes) == {0.5} else 0.0)


def test_the_bootstrap_by_another_road():
    rng = np.random.default_rng(5)
    p, a = rng.normal(size=40), rng.normal(size=40)
    a = (a + p).round(1)  # ties
    names = [f"p{k % 25}" for k in range(40)]
    made = resampled(p, a, names, draws=400, seed=3)

    groups = [np.flatnonzero(np.array(names) == one) for one in sorted(set(names))]
    draw = np.random.default_rng(3).multinomial(25, np.full(25, 1 / 25), 400)
    slow = []
    for counts in draw:
        pick = np.concatenate([np.tile(group, n) for group, n in zip(groups, counts, strict=True) if n])
        slow.append(scores(p[pick], a[pick]))
    for name in ("rank", "mae", "skill"):
        expected = np.quantile([getattr(one, name) for one in slow], (0.05, 0.95))
        np.testing.assert_allclose(made[name], expected, rtol=1e-9)  # the same resamples, counted instead of copied


def test_intervals_hold_the_score_and_the_same_seed_gives_the_same_ones():
    rng = np.random.default_rng(1)
    p = rng.normal(size=60)
    a = p + rng.normal(size=60)
    names = [str(k) for k in range(60)]
    made = resampled(p, a, names, draws=500, seed=1)

    assert made == resampled(p, a, names, draws=500, seed=1)
    assert made["rank"][0] < scores(p, a).rank < made["rank"][1]
    assert made["mae"][0] < scores(p, a).mae < made["mae"][1]
    assert resampled(np.zeros(60), a, names, draws=50, seed=1)["rank"] is None


def test_shuffles_find_order_where_there_is_one():
    p = np.arange(30.0)
    noise = np.random.default_rng(0).normal(size=30)

    assert shuffled(p, p, draws=999, seed=1) == 1 / 1000
    assert 0.05 < shuffled(p, noise, draws=999, seed=1) < 0.95
    assert shuffled(p, -p, draws=99, seed=1) == 1.0
    assert shuffled(np.zeros(5), noise[:5], draws=9, seed=1) is None


@pytest.mark.parametrize(
    ("predicted", "actual"), [([1, 2], [1, 2]), ([1, 2, 3], [1, 2, np.nan]), ([1, 2], [1, 2, 3]), ([[1]], [[1]])]
)
def test_what_cannot_be_scored_is_refused(predicted, actual):
    with pytest.raises(BadInput):
        scores(predicted, actual)


def test_no_draws_are_refused():
    with pytest.raises(BadInput, match="draw"):
        resampled([1, 2, 3], [1, 2, 3], ["a", "b", "c"], draws=0, seed=1)
    with pytest.raises(BadInput, match="clusters"):
        resampled([1, 2, 3], [1, 2, 3], ["a"], draws=1, seed=1)


# --- proportional diversion ---------------------------------------------------------------------------------------
def test_diversion_without_a_tariff_changes_nothing():
    flows = np.random.default_rng(2).uniform(1, 9, (6, 6))
    np.fill_diagonal(flows, 0)

    np.testing.assert_allclose(diversion(flows, np.ones((6, 6)), 4.0), flows, rtol=1e-8)  # RAS stops at 1e-9


def test_diversion_keeps_totals_and_ratios():
    flows = np.random.default_rng(2).uniform(1, 9, (6, 6))
    np.fill_diagonal(flows, 0)
    factor = np.ones((6, 6))
    factor[0, 1] = 1.25
    after = diversion(flows, factor, 4.0)

    np.testing.assert_allclose(after.sum(0), flows.sum(0), rtol=1e-7)  # RAS stops at 1e-9 of the whole
    np.testing.assert_allclose(after.sum(1), flows.sum(1), rtol=1e-7)
    # Odds ratios move by the tariff alone: r and s cancel.
    odds = (after[0, 1] / after[2, 1]) / (after[0, 3] / after[2, 3])
    was = (flows[0, 1] / flows[2, 1]) / (flows[0, 3] / flows[2, 3])
    assert odds / was == pytest.approx(1.25**-4, rel=1e-9)  # rounding
    assert after[0, 1] < flows[0, 1]
    assert (after[2:, 1] > flows[2:, 1]).all()


def test_diversion_refuses_rates_for_factors():
    with pytest.raises(BadInput):
        diversion(np.ones((3, 3)), np.zeros((3, 3)), 4.0)
