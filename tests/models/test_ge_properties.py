"""What must hold in any world of the family: seeded worlds, equalities without a published number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khorgos.models.baseline import Baseline, armington
from khorgos.models.equilibrium import rebase, solve
from khorgos.models.gains import gains_many_sectors
from khorgos.models.scenario import scenario
from khorgos.models.welfare import real_expenditure, real_wage_parts

SEEDS = st.integers(min_value=0, max_value=10_000)
FEW = settings(max_examples=8)  # chosen because each example solves several worlds
CLOSE = 1e-8  # the solver stops at 1e-11 here; condition numbers of these worlds are below a thousand
TIGHT = {"tolerance": 1e-11}


def draw_world(seed, *, n=5, s=3, inputs=True, tariffs=True, deficits=True, frictions=False) -> Baseline:
    """A random world that is in equilibrium without a shock."""
    rng = np.random.default_rng(seed)
    pi = rng.uniform(0.05, 1.0, (n, n, s)) + 3.0 * np.eye(n)[:, :, None]
    tau = 1.0 + (rng.uniform(0, 0.3, (n, n, s)) * (1 - np.eye(n))[:, :, None] if tariffs else np.zeros((n, n, s)))
    beta = rng.uniform(0.3, 0.8, (n, s)) if inputs else np.ones((n, s))
    mix = rng.dirichlet(np.ones(s), (n, s)).transpose(0, 2, 1)
    value_added = rng.uniform(1, 10, n)
    transfer = rng.uniform(-0.2, 0.2, n) if deficits else np.zeros(n)
    rough = Baseline(
        countries=tuple("ABCDEFGH"[:n]),
        sectors=tuple(f"s{k}" for k in range(s)),
        pi=pi / pi.sum(0),
        tau=tau,
        theta=rng.uniform(2, 9, s),
        spending=np.ones((n, s)) * value_added[:, None],
        alpha=rng.dirichlet(np.ones(s) * 3, n),
        beta=beta,
        deficit=transfer - transfer.mean(),
        value_added=value_added,
        gamma=mix * (1 - beta)[:, None, :] if inputs else None,
        nu=rng.uniform(0.05, 0.2, n) if frictions else None,
        psi=rng.uniform(0.02, 0.08, s) if frictions else None,
        kappa=0.5 if frictions else 0.0,
    )
    settled = rebase(solve(rough, scenario(rough), tolerance=1e-13))
    return settled.with_(phi=rng.uniform(1, 1.4, (n, s))) if frictions else settled


def draw_rates(base, seed, top=0.4):
    rng = np.random.default_rng(seed + 1)
    off = (1 - np.eye(len(base.countries)))[:, :, None]
    return (base.tau - 1) + rng.uniform(0, top, base.tau.shape) * off * (rng.uniform(size=base.tau.shape) < 0.5)


@FEW
@given(SEEDS, st.booleans())
def test_no_shock_no_change(seed, frictions):
    found = solve(*pair(draw_world(seed, frictions=frictions)), **TIGHT)
    for hat in (found.w_hat, found.P_hat, found.L_hat, real_expenditure(found)):
        np.testing.assert_allclose(hat, 1.0, atol=CLOSE)


def pair(base, **shock):
    return base, scenario(base, **shock)


@FEW
@given(SEEDS, st.booleans())
def test_relabelling_countries_relabels_results(seed, frictions):
    base = draw_world(seed, frictions=frictions)
    rates = draw_rates(base, seed)
    order = np.random.default_rng(seed).permutation(len(base.countries))
    swap = {k: getattr(base, k)[order] for k in ("spending", "alpha", "beta", "deficit", "value_added", "gamma")}
    swap |= {k: getattr(base, k)[order] for k in ("nu", "phi") if getattr(base, k) is not None}
    both = np.ix_(order, order)
    other = base.with_(countries=tuple(base.countries[k] for k in order), pi=base.pi[both], tau=base.tau[both], **swap)
    first = solve(*pair(base, tariffs=rates), **TIGHT)
    second = solve(*pair(other, tariffs=rates[both]), **TIGHT)
    np.testing.assert_allclose(second.w_hat, first.w_hat[order], atol=CLOSE)
    np.testing.assert_allclose(real_expenditure(second), real_expenditure(first)[order], atol=CLOSE)


@FEW
@given(SEEDS, st.floats(1e-9, 1e9))
def test_the_currency_does_not_matter(seed, unit):
    base = draw_world(seed)
    other = base.with_(**{k: getattr(base, k) * unit for k in ("spending", "deficit", "value_added")})
    rates = draw_rates(base, seed)
    first, second = solve(*pair(base, tariffs=rates), **TIGHT), solve(*pair(other, tariffs=rates), **TIGHT)
    np.testing.assert_allclose(second.w_hat, first.w_hat, atol=CLOSE)
    np.testing.assert_allclose(second.trade, first.trade * unit, rtol=1e-7)


@FEW
@given(SEEDS, st.booleans())
def test_splitting_a_country_changes_nothing_elsewhere(seed, frictions):
    base = draw_world(seed, frictions=frictions)
    rates = draw_rates(base, seed)
    n = len(base.countries)
    rows = [*range(n), n - 1]  # the last country twice
    half = np.where(np.arange(n + 1) >= n - 1, 0.5, 1.0)
    both = np.ix_(rows, rows)
    split = {k: getattr(base, k)[rows] for k in ("alpha", "beta", "gamma")}
    split |= {k: getattr(base, k)[rows] for k in ("nu", "phi") if getattr(base, k) is not None}
    other = base.with_(
        countries=(*base.countries, "Z"),
        pi=base.pi[both] * half[:, None, None],
        tau=base.tau[both],
        spending=base.spending[rows] * half[:, None],
        deficit=base.deficit[rows] * half,
        value_added=base.value_added[rows] * half,
        **split,
    )
    first = solve(*pair(base, tariffs=rates), **TIGHT)
    second = solve(*pair(other, tariffs=rates[both]), **TIGHT)
    np.testing.assert_allclose(second.w_hat, first.w_hat[rows], atol=CLOSE)
    np.testing.assert_allclose(second.P_hat, first.P_hat[rows], atol=CLOSE)


@FEW
@given(SEEDS)
def test_two_steps_equal_one(seed):
    base = draw_world(seed)
    half, whole = draw_rates(base, seed, 0.2), draw_rates(base, seed + 7, 0.4)
    first = solve(*pair(base, tariffs=half), **TIGHT)
    second = solve(*pair(rebase(first), tariffs=whole), **TIGHT)
    direct = solve(*pair(base, tariffs=whole), **TIGHT)
    np.testing.assert_allclose(first.w_hat * second.w_hat, direct.w_hat, atol=CLOSE)
    np.testing.assert_allclose(second.trade, direct.trade, rtol=1e-7)


@FEW
@given(SEEDS, st.booleans())
def test_walras_and_the_balance_of_trade(seed, frictions):
    base = draw_world(seed, frictions=frictions)
    found = solve(*pair(base, tariffs=draw_rates(base, seed)), **TIGHT)
    assert found.walras < 1e-10  # the residual bounds it
    flows = found.trade.sum(2)
    keep = 1 - (base.nu if base.nu is not None else np.zeros(len(flows)))
    # What is bought net of tariffs and of home margins, less what is sold after margins abroad, is the transfer.
    gap = keep * flows.sum(0) - flows @ keep
    np.testing.assert_allclose(gap, base.deficit, atol=1e-7)


@FEW
@given(SEEDS, st.sampled_from(["world-wages", "world-prices", "B"]), st.booleans())
def test_the_numeraire_is_only_a_unit(seed, numeraire, frictions):
    base = draw_world(seed, frictions=frictions)
    rates = draw_rates(base, seed)
    first = solve(*pair(base, tariffs=rates), **TIGHT)
    second = solve(*pair(base, tariffs=rates, numeraire=numeraire), **TIGHT)
    np.testing.assert_allclose(second.w_hat / second.w_hat[0], first.w_hat / first.w_hat[0], atol=CLOSE)
    np.testing.assert_allclose(real_expenditure(second), real_expenditure(first), atol=CLOSE)
    if numeraire == "B":
        np.testing.assert_allclose(second.w_hat[1], 1.0, atol=CLOSE)


def test_nominal_deficits_hold_in_the_numeraire():
    base = draw_world(3)
    found = solve(*pair(base, tariffs=draw_rates(base, 3), deficits="nominal", numeraire="B"), **TIGHT)
    flows = found.trade.sum(2)
    np.testing.assert_allclose(flows.sum(0) - flows.sum(1), base.deficit, atol=1e-7)


def test_balanced_means_balanced():
    base = draw_world(4)
    flows = solve(*pair(base, deficits="balanced"), **TIGHT).trade.sum(2)
    np.testing.assert_allclose(flows.sum(0), flows.sum(1), rtol=1e-8)


@FEW
@given(SEEDS)
def test_equal_sectors_are_one_sector(seed):
    one = draw_world(seed, s=1, inputs=False, tariffs=False)
    s = 3
    weights = np.random.default_rng(seed).dirichlet(np.ones(s))
    many = armington(one.countries, one.trade * weights, np.repeat(one.theta, s), sectors=("a", "b", "c"))
    rates = draw_rates(one, seed)
    first = solve(*pair(one, tariffs=rates), **TIGHT)
    second = solve(*pair(many, tariffs=np.repeat(rates, s, axis=2)), **TIGHT)
    np.testing.assert_allclose(second.w_hat, first.w_hat, atol=CLOSE)
    np.testing.assert_allclose(real_expenditure(second), real_expenditure(first), atol=CLOSE)


@FEW
@given(SEEDS)
def test_no_materials_in_a_table_of_materials(seed):
    base = draw_world(seed, inputs=False)
    n, s = base.beta.shape
    rates = draw_rates(base, seed)
    first = solve(*pair(base, tariffs=rates), **TIGHT)
    second = solve(*pair(base.with_(gamma=np.zeros((n, s, s))), tariffs=rates), **TIGHT)
    np.testing.assert_allclose(second.w_hat, first.w_hat, atol=CLOSE)


@FEW
@given(SEEDS)
def test_equal_shares_of_final_and_intermediate_use_are_one_market(seed):
    base = draw_world(seed)
    n, s = base.beta.shape
    twice = {k: np.concatenate([getattr(base, k)] * 2, axis=2) for k in ("pi", "tau")}
    final = base.alpha * base.with_().value_added[:, None]
    two = base.with_(
        **twice,
        theta=np.tile(base.theta, 2),
        alpha=np.concatenate([base.alpha, np.zeros((n, s))], axis=1),
        gamma=np.concatenate([np.zeros((n, s, s)), base.gamma], axis=1),
        spending=np.concatenate([final, np.maximum(base.spending - final, 0.01)], axis=1),
    )
    rates = draw_rates(base, seed)
    first = solve(*pair(base, tariffs=rates), **TIGHT)
    second = solve(*pair(two, tariffs=np.concatenate([rates, rates], axis=2)), **TIGHT)
    np.testing.assert_allclose(second.w_hat, first.w_hat, atol=CLOSE)
    np.testing.assert_allclose(second.X[:, :s] + second.X[:, s:], first.X, rtol=1e-7)


@FEW
@given(SEEDS)
def test_a_small_tariff_helps_and_a_prohibitive_one_hurts(seed):
    base = draw_world(seed, s=1, inputs=False, tariffs=False, deficits=False)
    small, large = np.zeros((2, *base.tau.shape))
    small[1:, 0], large[1:, 0] = 0.02, 50.0
    assert real_expenditure(solve(*pair(base, tariffs=small), **TIGHT))[0] > 1.0
    found = solve(*pair(base, tariffs=large, ceiling=100.0), **TIGHT)
    assert real_expenditure(found)[0] < 1.0


def test_general_meets_partial_for_a_small_supplier():
    """d ln trade = -(1 + theta (1 - pi)) d ln tau in partial equilibrium."""
    base = draw_world(11, s=1, inputs=False, tariffs=False, deficits=False)
    shares = base.trade.copy()
    shares[0, 1] *= 1e-5  # country A sells next to nothing to B
    small = armington(base.countries, shares, base.theta)
    rates = np.zeros(small.tau.shape)
    rates[0, 1] = 1e-4
    found = solve(small, scenario(small, tariffs=rates, deficits="share"), tolerance=1e-13)
    change = np.log(found.trade[0, 1, 0] / small.trade[0, 1, 0]) / np.log1p(1e-4)
    partial = -(1 + base.theta[0] * (1 - small.pi[0, 1, 0]))
    np.testing.assert_allclose(change, partial, rtol=1e-4)  # the shock squared, and the supplier's share of 1e-5


@FEW
@given(SEEDS)
def test_real_wage_parts_in_any_world_of_materials(seed):
    base = draw_world(seed)
    parts = real_wage_parts(solve(*pair(base, tariffs=draw_rates(base, seed)), **TIGHT))
    np.testing.assert_allclose(parts.final + parts.materials + parts.linkages, parts.log_change, atol=CLOSE)
    n = np.arange(len(base.countries))
    found = solve(*pair(base, tariffs=draw_rates(base, seed)), **TIGHT)
    home = np.log(found.pi[n, n] / base.pi[n, n])
    np.testing.assert_allclose(parts.final, -(base.alpha / base.theta * home).sum(1), atol=CLOSE)


@pytest.mark.parametrize("theta", [0.5, 1.0, 10.0, 50.0])
@pytest.mark.parametrize("rate", [0.0, 1.08, 10.0])
@pytest.mark.parametrize("inputs", [False, True])
def test_hard_worlds_are_solved(theta, rate, inputs):
    base = draw_world(5, inputs=inputs, tariffs=False).with_(theta=np.full(3, theta))
    pi = base.pi.copy()
    pi[0, 1:3] = 0.0  # A sells nothing to two others
    pi[1, 2] = 1e-12  # a tiny flow
    base = base.with_(pi=pi / pi.sum(0))
    rates = np.full(base.tau.shape, rate) * (1 - np.eye(5))[:, :, None]
    found = solve(base, scenario(base, tariffs=rates, deficits="balanced", ceiling=10.0))
    assert found.residual <= 1e-10
    assert np.isfinite(found.P_hat).all()
    assert found.P_hat.min() > 0


@pytest.mark.parametrize("cost", [1e3, 1e6, 1e60])
def test_autarky_costs_what_the_formula_says(cost):
    """Trade costs that let nothing through, against 1 - prod_s lambda_jj,s^(alpha_s / theta_s)."""
    base = draw_world(3, inputs=False, tariffs=False, deficits=False)
    away = np.where(np.eye(len(base.countries), dtype=bool), 1.0, cost)[:, :, None]
    found = solve(base, scenario(base, d_hat=np.broadcast_to(away, base.tau.shape), deficits="balanced"))
    # 1e-9: at a thousandfold cost the trade that is left moves the gain by 1e-12 in this world.
    np.testing.assert_allclose(1 - real_expenditure(found), gains_many_sectors(base.trade, base.theta), atol=1e-9)


def test_a_country_may_be_tiny():
    """C at 1e-6, 1e-9 and 1e-12 of the world: its own gain settles, and the others do not notice it."""
    gains = []
    for size in (1e-6, 1e-9, 1e-12):
        flows = np.array([[80, 10, 5 * size], [8, 60, 9 * size], [6 * size, 12 * size, 9 * size]])
        base = armington(("A", "B", "C"), flows, 4.0)
        rates = np.where(np.eye(3, dtype=bool), 0.0, 0.2)
        gains.append(real_expenditure(solve(base, scenario(base, tariffs=rates, deficits="balanced"))))
    np.testing.assert_allclose(gains[0], gains[1], rtol=1e-6)  # the size itself
    np.testing.assert_allclose(gains[1], gains[2], rtol=1e-8)  # the solver's tolerance, times the conditioning
