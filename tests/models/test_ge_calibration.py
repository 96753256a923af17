"""Baselines from data, balancing, and draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khorgos.core.errors import BadInput, NotConverged
from khorgos.ledger.elasticities import elasticities as table_of_elasticities
from khorgos.models.balance import ras
from khorgos.models.calibrate import from_table, from_trade
from khorgos.models.causes import (
    elasticities,
    elasticities_between,
    elasticities_of_products,
    mirror_bounds,
    shares_within,
)
from khorgos.models.equilibrium import solve
from khorgos.models.scenario import scenario
from khorgos.models.uncertainty import draws
from khorgos.models.welfare import real_expenditure

NAMES = ("A", "B", "C")


@settings(max_examples=20)
@given(st.integers(0, 9999))
def test_ras_meets_margins_and_reports_moves(seed):
    rng = np.random.default_rng(seed)
    A = rng.uniform(0, 1, (4, 5)) * (rng.uniform(size=(4, 5)) < 0.9) + 0.01
    rows, columns = rng.uniform(1, 2, 4), rng.uniform(1, 2, 5)
    columns *= rows.sum() / columns.sum()
    found = ras(A, rows, columns)
    # 1e-11: the tolerance of 1e-12 of the total, which is below ten.
    np.testing.assert_allclose(found.matrix.sum(1), rows, atol=1e-11)
    np.testing.assert_allclose(found.matrix.sum(0), columns, atol=1e-11)
    np.testing.assert_allclose(found.row_moved, rows / A.sum(1), rtol=1e-10)
    cross = found.matrix[0, 0] * found.matrix[1, 1] / (found.matrix[0, 1] * found.matrix[1, 0])
    np.testing.assert_allclose(cross, A[0, 0] * A[1, 1] / (A[0, 1] * A[1, 0]), rtol=1e-10)  # RAS keeps cross-ratios


def test_ras_leaves_a_balanced_matrix_alone():
    A = np.array([[1.0, 2.0], [3.0, 4.0]])
    found = ras(A, A.sum(1), A.sum(0))
    assert found.largest_move == 0.0
    np.testing.assert_array_equal(found.matrix, A)


def test_ras_refuses():
    with pytest.raises(BadInput, match="Row totals make 3, column totals 4"):
        ras(np.ones((2, 2)), [1, 2], [2, 2])
    with pytest.raises(BadInput, match="row 0 is empty"):
        ras([[0, 0], [1, 1]], [1, 1], [1, 1])
    with pytest.raises(BadInput, match="two margins"):
        ras([1.0], [1], [1])
    with pytest.raises(NotConverged, match="Zeros forbid"):
        ras([[1, 0], [1, 1]], [2.0, 1.0], [1.0, 2.0])


def test_trade_and_output_make_a_world_at_rest():
    trade = np.array([[0, 10, 5], [8, 0, 9], [6, 12, 0.0]])
    found = from_trade(NAMES, trade, [100, 90, 12], 4.0)
    assert found.notes == ("C: exports exceed output; home sales set to 1% of it",)
    np.testing.assert_allclose(found.baseline.trade[[0, 1, 2], [0, 1, 2], 0], [85, 73, 0.12])
    np.testing.assert_allclose(found.changed, 6.12 / found.baseline.trade.sum(), rtol=1e-12)
    rest = solve(found.baseline, scenario(found.baseline))
    np.testing.assert_allclose(rest.w_hat, 1.0, atol=1e-9)  # the solver's tolerance


def test_units_that_differ_are_noticed():
    trade = np.array([[0, 10, 5], [8, 0, 9], [6, 12, 0.0]])
    with pytest.raises(BadInput, match="same unit"):
        from_trade(NAMES, trade * 1e6, [100, 90, 80], 4.0)


@pytest.mark.parametrize("separate", [False, True])
def test_a_table_makes_a_world_at_rest(separate):
    rng = np.random.default_rng(0)
    Z, F = rng.uniform(0, 1, (3, 2, 3, 2)), rng.uniform(0, 6, (3, 2, 3))
    F[0, 0, 1] = -0.5
    found = from_table(NAMES, ("g", "s"), Z, F, [4.0, 6.0], separate_uses=separate)
    assert found.notes[0].startswith("negative cells")
    assert found.changed > 0
    rest = solve(found.baseline, scenario(found.baseline), tolerance=1e-12)
    np.testing.assert_allclose(rest.w_hat, 1.0, atol=1e-10)  # the solver's tolerance
    sales = np.maximum(Z, 0).sum((2, 3)) + np.maximum(F, 0).sum(2)
    np.testing.assert_allclose(rest.sales, sales, rtol=1e-9)
    np.testing.assert_allclose(rest.trade.sum(2).sum(0), Z.sum((0, 1, 3)) + np.maximum(F, 0).sum((0, 1)), rtol=1e-9)


def test_materials_above_sales_are_scaled():
    Z, F = np.ones((2, 2, 2, 2)), np.full((2, 2, 2), 0.5)
    Z[:, :, 0, 0] = 6.0
    found = from_table(("A", "B"), ("g", "s"), Z, F, [4.0, 4.0])
    assert any("materials above sales" in note for note in found.notes)
    assert found.baseline.beta.min() > 0


def test_wiod_makes_a_world_at_rest(shared):
    data = np.load(shared / "data" / "models" / "wiod_2013" / "wiot_2008.npz")
    countries, n, s = tuple(map(str, data["countries"])), 41, 35
    Z = data["Z"].reshape(n, s, n, s).astype(float)
    F = data["F"].reshape(n, s, n, 5).sum(3).astype(float)
    found = from_table(countries, tuple(map(str, data["industries"])), Z, F, np.full(s, 5.0))
    rest = solve(found.baseline, scenario(found.baseline))
    np.testing.assert_allclose(rest.w_hat, 1.0, atol=1e-8)  # the solver's 1e-10, times the conditioning of 41 regions
    # The note of the data folder: gross output 122.8 trillion USD; a hundredth of it may be moved by negative cells.
    assert abs(rest.sales.sum() / 1e6 - 122.8) < 1.3
    assert found.changed < 0.01


def test_draws_are_seeded_and_counted():
    trade = np.array([[0, 10, 5], [8, 0, 9], [6, 12, 0.0]])
    base = from_trade(NAMES, trade, [100, 90, 80], 4.0).baseline
    shock = scenario(base, tariffs=np.where(np.eye(3, dtype=bool), 0.0, 0.2))
    wide = np.ones(base.pi.shape)
    causes = {"theta": elasticities(np.array([1.0])), "mirror": shares_within(0.9 * wide, 1.1 * wide)}
    seen: list[tuple[int, int]] = []

    def outcome(before, after):
        return real_expenditure(after, before)

    first = draws(
        base, shock, causes, outcome, n=30, seed=5, by_cause=True, progress=lambda k, of: seen.append((k, of))
    )
    again = draws(base, shock, causes, outcome, n=30, seed=5, workers=2)
    np.testing.assert_array_equal(first.values, again.values)
    assert first.failures == ()
    assert seen[-1] == (90, 90)
    np.testing.assert_allclose(first.shares["theta"] + first.shares["mirror"], 1.0)
    low, high = first.interval(0.8)
    assert (low < high).all()
    assert (low < np.median(first.values, axis=0)).all()


def test_ranges_and_products_as_causes():
    trade = np.array([[0, 10, 5], [8, 0, 9], [6, 12, 0.0]])
    base = from_trade(NAMES, trade, [100, 90, 80], 4.0).baseline
    rng = np.random.default_rng(0)
    drawn = [float(elasticities_between(2.0, 3.0)(base, rng).theta[0]) for _ in range(200)]
    assert 2.0 <= min(drawn) < 2.05
    assert 2.95 < max(drawn) <= 3.0
    products = np.array([2.0, 4.0, 9.0])
    weights = np.array([1.0, 1.0, 0.0])
    means = [float(elasticities_of_products([products], [weights])(base, rng).theta[0]) for _ in range(400)]
    # Means of two draws of 2 and 4 with equal odds: 3, with a standard deviation of 1 / sqrt(2).
    assert set(np.round(means, 6)) == {2.0, 3.0, 4.0}
    np.testing.assert_allclose(np.mean(means), 3.0, atol=4 / np.sqrt(2 * 400))  # four standard errors
    # Half the draws of one heavy and one light product have both: their weighted mean.
    heavy = elasticities_of_products([np.array([2.0, 4.0])], [np.array([3.0, 1.0])])
    means = [float(heavy(base, rng).theta[0]) for _ in range(400)]
    assert set(np.round(means, 6)) == {2.0, 2.5, 4.0}
    np.testing.assert_allclose(np.mean(np.isclose(means, 2.5)), 0.5, atol=4 * 0.5 / np.sqrt(400))
    assert elasticities_of_products([np.array([])])(base, rng).theta[0] == 4.0
    for wrong in (
        lambda: elasticities_between(3.0, 2.0),
        lambda: elasticities_between(0.0, 2.0),
        lambda: elasticities_of_products([np.array([-1.0])]),
        lambda: elasticities_of_products([products], [np.ones(2)]),
        lambda: elasticities_of_products([products], [np.zeros(3)]),
        lambda: elasticities_of_products([products, products])(base, rng),
    ):
        with pytest.raises(BadInput):
            wrong()


def test_products_of_the_embedded_table_as_a_cause():
    """Fontagne, Guimbard and Orefice (2022): the chemicals of chapters 28 and 29, sigma less one."""
    lines = table_of_elasticities({"HS07": ["28", "29"]})
    theta = np.array([line.sigma - 1 for line in lines if line.sigma > 1])
    assert len(theta) > 200
    trade = np.array([[0, 10, 5], [8, 0, 9], [6, 12, 0.0]])
    base = from_trade(NAMES, trade, [100, 90, 80], 4.0).baseline
    shock = scenario(base, tariffs=np.where(np.eye(3, dtype=bool), 0.0, 0.2))
    found = draws(
        base,
        shock,
        {"products": elasticities_of_products([theta])},
        lambda rest, new: real_expenditure(new, rest),
        n=20,
        seed=3,
    )
    assert found.failures == ()
    assert (np.ptp(found.values, axis=0) > 0).all()


def test_bounds_are_drawn_even_in_logs():
    trade = np.array([[0, 10.0], [8, 0.0]])
    base = from_trade(("A", "B"), trade, [4e3, 4e3], 4.0).baseline  # large at home
    wide = np.ones(base.pi.shape)
    low, high = wide.copy(), wide.copy()
    low[0, 1], high[0, 1] = 0.25, 4.0
    cause, rng = shares_within(low, high), np.random.default_rng(3)
    ratios = [cause(base, rng).pi[:, 1, 0] / base.pi[:, 1, 0] for _ in range(400)]
    moved = np.array([np.log(ratio[0] / ratio[1]) for ratio in ratios])  # over home sales, since spending stays
    spread = 2 * np.log(4.0) / np.sqrt(12)  # of a uniform variable
    assert abs(moved.mean()) < 4 * spread / np.sqrt(400)
    np.testing.assert_allclose(moved.std(), spread, rtol=0.15)  # four standard errors of a standard deviation
    np.testing.assert_array_equal(shares_within(wide, wide)(base, rng).pi, base.pi)


def test_draws_that_fail_are_counted_with_every_cause_and_with_one_alone():
    trade = np.array([[0, 10, 5], [8, 0, 9], [6, 12, 0.0]])
    base = from_trade(NAMES, trade, [100, 90, 80], 4.0).baseline
    shock = scenario(base, tariffs=np.where(np.eye(3, dtype=bool), 0.0, 0.2))

    def sometimes(world, rng):
        if rng.random() < 0.5:
            raise NotConverged("no equilibrium here")
        return world

    causes = {"theta": elasticities(np.array([1.0])), "luck": sometimes}
    found = draws(base, shock, causes, lambda a, b: real_expenditure(b, a), n=40, seed=2, by_cause=True)
    assert 5 < len(found.failures) < 35
    assert len(found.values) + len(found.failures) == 40
    assert {reason for _, reason in found.failures} == {"no equilibrium here"}
    # The same draws fail whether the cause is drawn alone or with others, because its seeds are its own.
    assert found.alone == {"theta": 0, "luck": len(found.failures)}
    np.testing.assert_array_equal(found.shares["theta"], 1.0)
    with pytest.raises(NotConverged, match="None of 2 draws solved"):
        draws(base, shock, {"luck": lambda w, r: sometimes(w, _Zero())}, lambda a, b: a.w_hat, n=2, seed=1)


class _Zero:
    def random(self):
        return 0.0


def test_mirror_reports_as_bounds():
    trade = np.array([[0, 10, 5], [8, 0, 9], [6, 12, 0.0]])
    base = from_trade(NAMES, trade, [100, 90, 80], 4.0).baseline
    exporters, importers = (np.full((3, 3, 1), np.nan) for _ in range(2))
    exporters[0, 1], importers[0, 1] = 9.0, 13.0
    importers[1, 2] = 12.0
    low, high = mirror_bounds(base, exporters, importers)
    np.testing.assert_allclose([low[0, 1, 0], high[0, 1, 0]], [0.9, 1.3])
    np.testing.assert_allclose([low[1, 2, 0], high[1, 2, 0]], [1.0, 12 / 9])
    assert (low[2], high[2]) == (pytest.approx(1.0), pytest.approx(1.0))
    drawn = shares_within(low, high)(base, np.random.default_rng(1))
    np.testing.assert_allclose(drawn.pi.sum(0), 1.0)
    with pytest.raises(BadInput, match="a report is negative"):
        mirror_bounds(base, -np.ones((3, 3, 1)))


def test_failures_are_shown_not_dropped():
    trade = np.array([[0, 10, 5], [8, 0, 9], [6, 12, 0.0]])
    base = from_trade(NAMES, trade, [100, 90, 80], 4.0).baseline

    def sometimes(world, rng):
        drain = np.array([900.0, -900.0, 0.0]) if rng.uniform() < 0.5 else np.zeros(3)
        return world.with_(deficit=drain)

    found = draws(base, scenario(base), {"drain": sometimes}, lambda a, b: b.w_hat, n=6, seed=1)
    assert 0 < len(found.failures) < 6
    assert len(found.failures) + len(found.values) == 6
    assert all(reason for _, reason in found.failures)
    seen: list[tuple[int, int]] = []
    apart = draws(
        base, scenario(base), {"drain": sometimes}, lambda a, b: b.w_hat, n=6, seed=1, workers=2,
        progress=lambda k, of: seen.append((k, of)),
    )  # fmt: skip
    assert apart.failures == found.failures
    np.testing.assert_array_equal(apart.values, found.values)
    assert seen == [(k, 6) for k in range(1, 7)]
    with pytest.raises(BadInput, match="at least one draw"):
        draws(base, scenario(base), {}, lambda a, b: b.w_hat, n=1, seed=1)
    with pytest.raises(BadInput, match="lower bound"):
        shares_within(np.ones(1), np.zeros(1))
    never = {"drain": lambda world, rng: world.with_(deficit=np.array([900.0, -900.0, 0.0]))}
    with pytest.raises(NotConverged, match="None of 2 draws"):
        draws(base, scenario(base), never, lambda a, b: b.w_hat, n=2, seed=1)
