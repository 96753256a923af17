"""The summed world that shortens the way: its equations, and that it never moves the end."""

from __future__ import annotations

import numpy as np
import pytest

from khorgos.models.adjoint import Reverse
from khorgos.models.aggregate import Aggregate, summed_jacobian, worthwhile
from khorgos.models.baseline import Baseline
from khorgos.models.equilibrium import solve
from khorgos.models.fixed_point import LIFT_AGAIN, solve_fixed_point
from khorgos.models.scenario import scenario


def world(sectors: int, *, materials: bool = True, profits: bool = False) -> Baseline:
    rng = np.random.default_rng(5)
    n, s = 6, sectors
    pi = rng.uniform(0.05, 1.0, (n, n, s)) + 2.0 * np.eye(n)[:, :, None]
    beta = rng.uniform(0.3, 0.8, (n, s)) if materials else np.ones((n, s))
    mix = rng.dirichlet(np.ones(s), (n, s)).transpose(0, 2, 1) * (1 - beta)[:, None, :]
    value_added = rng.uniform(1, 10, n)
    return Baseline(
        countries=tuple("ABCDEF"),
        sectors=tuple(f"s{k}" for k in range(s)),
        pi=pi / pi.sum(0),
        tau=1.0 + rng.uniform(0, 0.3, (n, n, s)) * (1 - np.eye(n))[:, :, None],
        theta=rng.uniform(2, 6, s),
        spending=np.ones((n, s)) * value_added[:, None] * 1.5 / s,
        alpha=rng.dirichlet(np.ones(s) * 3, n),
        beta=beta,
        deficit=np.zeros(n),
        value_added=value_added,
        gamma=mix if materials else None,
        profit=rng.uniform(0.05, 0.2, (n, s)) if profits else None,
    )


def solved(base: Baseline, **options):
    rates = base.tau - 1.0
    rates[1:, 0] = 0.4
    return solve(base, scenario(base, tariffs=rates, deficits="balanced"), **options)


def sums(found):
    """J with the spending shares that include tariffs."""
    flows, spent = found.trade.sum(2).T * found.unit, found.at.X.sum(1)
    shares = (found.pi * found.at.X).sum(2).T / spent[:, None]
    return summed_jacobian(found.kernel, found.at, flows, shares, found.at.X / spent[:, None])


@pytest.mark.parametrize(("materials", "profits"), [(True, False), (False, False), (True, True)])
def test_with_one_sector_the_sums_are_the_world(materials, profits):
    found = solved(world(1, materials=materials, profits=profits), tolerance=1e-13)
    reverse, size = Reverse(found), len(found.state)
    exact = np.array([reverse.pull(row).u for row in np.eye(size)])
    # The adjoint is read at the solution, where it is exact; the solver stops at 1e-13.
    np.testing.assert_allclose(sums(found), exact, atol=1e-9)


def test_many_alike_sectors_sum_to_one():
    one, many = world(1), world(1)
    alike = many.with_(
        sectors=("x", "y"), pi=np.repeat(many.pi, 2, 2), tau=np.repeat(many.tau, 2, 2), theta=np.repeat(many.theta, 2),
        spending=np.repeat(many.spending, 2, 1) / 2, alpha=np.repeat(many.alpha, 2, 1) / 2,
        beta=np.repeat(many.beta, 2, 1), gamma=np.repeat(np.repeat(many.gamma, 2, 1), 2, 2) / 2,
    )  # fmt: skip
    first, second = solved(one, tolerance=1e-13), solved(alike, tolerance=1e-13)
    np.testing.assert_allclose(sums(second), sums(first), atol=1e-9)


@pytest.mark.parametrize("sectors", [2, 4])
def test_a_lift_solves_what_markets_share_and_its_reverse_is_its_transpose(sectors):
    found = solved(world(sectors))
    summed = Aggregate(found.kernel, found.at)
    n, m = found.kernel.N, found.kernel.M
    flows = found.trade.sum(2).T * found.unit
    J = summed_jacobian(found.kernel, found.at, flows, flows / flows.sum(1)[:, None], summed.weights[1])
    shared = np.random.default_rng(0).normal(size=3 * n)

    def spread(values):
        return np.concatenate([values[:n], np.repeat(values[n:], m)])

    np.testing.assert_allclose(summed.lift(spread(shared - J @ shared)), spread(shared), atol=1e-12)
    f, v = np.random.default_rng(1).normal(size=(2, len(found.state)))
    np.testing.assert_allclose(v @ summed.lift(f), f @ summed.lift_back(v), rtol=1e-12)


def test_the_lift_shortens_the_way_and_not_the_end():
    base = world(4)
    with_, without = solved(base, tolerance=1e-12), solved(base, tolerance=1e-12, methods=("sweep",))
    assert worthwhile(with_.kernel)
    assert with_.method == "anderson"
    np.testing.assert_allclose(with_.w_hat, without.w_hat, rtol=1e-10)
    np.testing.assert_allclose(with_.P_hat, without.P_hat, rtol=1e-10)
    np.testing.assert_allclose(with_.trade, without.trade, rtol=1e-9, atol=1e-12)


def test_a_war_of_all_on_all_is_solved_while_the_sums_lead():
    base = world(4)
    home = np.eye(len(base.countries))[:, :, None]
    shock = scenario(base, tariffs=10.0 * (1 - home) + 0 * base.tau, deficits="balanced", ceiling=20.0)
    found, plain = solve(base, shock), solve(base, shock, methods=("newton",))
    assert found.method == "anderson"
    assert found.sweeps < 3 * LIFT_AGAIN
    # Far from the base year, the residual of 1e-10 leaves wages this far apart.
    np.testing.assert_allclose(found.w_hat, plain.w_hat, rtol=1e-7)


def test_worlds_with_what_the_sums_leave_out_are_swept_as_they_are():
    base = world(2)
    found = solved(base.with_(kappa=0.5))
    assert not worthwhile(found.kernel)
    crowd = solved(world(1).with_(psi=np.array([0.05])))
    assert not worthwhile(crowd.kernel)


@pytest.mark.parametrize("wild", [np.nan, -1e6])
def test_a_lift_that_goes_astray_is_dropped(wild):
    matrix = np.random.default_rng(3).normal(size=(8, 8))
    matrix *= 0.9 / np.linalg.norm(matrix, 2)

    def step(u):
        return (g := matrix @ u + 1.0), float(np.abs(g - u).max())

    found = solve_fixed_point(
        step, np.zeros(8), tolerance=1e-12, max_sweeps=200, methods=("anderson",), lift=lambda: lambda f: wild * f
    )
    assert found.residual <= 1e-12
    np.testing.assert_allclose(found.u, np.linalg.solve(np.eye(8) - matrix, np.ones(8)), rtol=1e-9)
