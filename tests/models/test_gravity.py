"""Structural gravity: resistances, general equilibrium and estimation, each computed twice."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize, root

from khorgos.core.errors import BadInput, NotConverged
from khorgos.models.gravity import prices
from khorgos.models.gravity.baseline import GravityBaseline, gravity_baseline, iceberg_freeness
from khorgos.models.gravity.equilibrium import GravityEquilibrium, conditional, full_endowment
from khorgos.models.gravity.ppml import ppml
from khorgos.models.gravity.ppml_pyfixest import ppml_pyfixest
from khorgos.models.gravity.resistances import Resistances, multilateral_resistances

Floats = NDArray[np.float64]

# Solved to 1e-12; powers up to 1 / (sigma - 1) = 2 and sums of some countries cost a few digits.
CLOSE = 1e-9
#: Each example of an estimation solves some dozen sparse systems.
FEW = settings(max_examples=15)
RULES = st.sampled_from(["multiplicative", "additive"])


@st.composite
def worlds(draw: st.DrawFn, *, balanced: bool = False) -> tuple[GravityBaseline, Floats]:
    """A baseline and a change of freeness, drawn from a drawn seed; zeros off the diagonal in some."""
    n = draw(st.integers(2, 7))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    open_ = rng.random((n, n)) > draw(st.sampled_from([0.0, 0.5]))
    # A ring of trade both ways stays open: a country that only buys, or only sells, has no price that clears.
    ring = np.abs(np.subtract.outer(np.arange(n), np.arange(n))) % n
    trade = rng.lognormal(2, 1, (n, n)) * (open_ | (ring == 1) | (ring == n - 1))
    trade[np.diag_indices(n)] = 10 * rng.lognormal(2, 1, n)
    if balanced:
        trade = trade + trade.T
    change = rng.lognormal(0, 0.5, (n, n))
    change[np.diag_indices(n)] = 1.0
    return gravity_baseline(trade, draw(st.sampled_from([1.5, 4.0, 7.0, 20.0]))), change


def _after(world: tuple[GravityBaseline, Floats], rule: Any = "multiplicative", **more: Any) -> GravityEquilibrium:
    base, change = world
    return full_endowment(base, base.freeness * change, deficits=rule, **more)


# --- multilateral resistances -------------------------------------------------------------------------------------


@given(st.integers(2, 8), st.integers(0, 2**32 - 1), st.sampled_from([0.5, 3.0, 10.0]))
def test_resistances_solve_the_two_equations_written_out(n: int, seed: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    phi, y, e = rng.lognormal(0, spread, (n, n)), rng.lognormal(0, 2, n), rng.lognormal(0, 2, n)
    e *= y.sum() / e.sum()
    r = multilateral_resistances(phi, y, e)
    for i in range(n):
        outward = sum(phi[i, j] / r.inward[j] * e[j] / y.sum() for j in range(n))
        inward = sum(phi[j, i] / r.outward[j] * y[j] / y.sum() for j in range(n))

        assert r.outward[i] == pytest.approx(outward, rel=CLOSE)
        assert r.inward[i] == pytest.approx(inward, rel=CLOSE)
    assert np.allclose(r.trade.sum(1), y, rtol=1e-11)  # ten times the tolerance of the solver
    assert np.allclose(r.trade.sum(0), e, rtol=1e-11)


@given(st.integers(0, 2**32 - 1))
def test_the_reference_moves_only_the_free_scale(seed: int) -> None:
    rng = np.random.default_rng(seed)
    phi, y = rng.lognormal(0, 2, (5, 5)), rng.lognormal(0, 2, 5)
    free, third = multilateral_resistances(phi, y, y), multilateral_resistances(phi, y, y, reference=2)

    assert third.inward[2] == pytest.approx(1.0, rel=1e-14)  # a number divided by itself
    assert np.allclose(free.outward[:, None] * free.inward, third.outward[:, None] * third.inward, rtol=CLOSE)
    assert np.allclose(free.trade, third.trade, rtol=CLOSE)


def test_trade_without_frictions_is_in_proportion_to_both_sizes() -> None:
    y, e = np.array([5.0, 3.0, 2.0]), np.array([4.0, 4.0, 2.0])
    r = multilateral_resistances(np.ones((3, 3)), y, e)

    assert np.allclose(r.trade, np.outer(y, e) / 10, rtol=1e-14)  # exact up to rounding
    assert np.allclose(r.outward, 1.0, rtol=1e-14)
    assert np.allclose(r.inward, 1.0, rtol=1e-14)


def test_two_symmetric_countries_have_a_closed_form() -> None:
    # By symmetry outward = inward = x with x^2 = (1 + phi) / 2.
    r = multilateral_resistances([[1.0, 0.2], [0.2, 1.0]], [3.0, 3.0], [3.0, 3.0])

    assert r.outward == pytest.approx(np.sqrt(0.6), rel=1e-12)


def test_nearly_closed_countries_need_newton() -> None:
    rng = np.random.default_rng(5)
    phi = np.exp(-8 * rng.random((60, 60)))
    phi[np.diag_indices(60)] *= np.exp(12 * rng.random(60))
    y = rng.lognormal(0, 2, 60)
    r = multilateral_resistances(phi, y, y[::-1])

    assert r.method == "balancing, Newton"
    assert r.residual <= 1e-12


def test_zero_freeness_that_forbids_the_totals_is_refused() -> None:
    with pytest.raises(NotConverged, match="Where freeness is zero"):
        multilateral_resistances([[1.0, 0.0], [1.0, 1.0]], [2.0, 1.0], [1.0, 2.0], most_steps=20)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"freeness": [[1.0, -0.1], [0.2, 1.0]]}, "negative"),
        ({"freeness": [[1.0, np.nan], [0.2, 1.0]]}, "not finite"),
        ({"freeness": [[0.0, 0.0], [0.2, 1.0]]}, "sells or buys nothing"),
        ({"output": [5.0, 0.0]}, "sells or buys nothing"),
        ({"output": [50.0, 1.0]}, "summed two ways"),
        ({"reference": 2}, "no country number 2"),
    ],
)
def test_resistances_name_the_likely_mistake(change: dict[str, Any], says: str) -> None:
    good: dict[str, Any] = {"freeness": [[1.0, 0.1], [0.2, 1.0]], "output": [5.0, 1.0], "expenditure": [4.0, 2.0]}
    with pytest.raises(BadInput, match=says):
        multilateral_resistances(**{**good, **change})


def test_a_negative_flow_is_not_a_result() -> None:
    with pytest.raises(NotConverged, match="negative or not finite"):
        Resistances(np.ones(1), np.ones(1), -np.ones((1, 1)), 0.0, 1, "balancing")


# --- general equilibrium ------------------------------------------------------------------------------------------


@given(worlds(), RULES)
def test_no_change_of_trade_costs_changes_nothing(world: tuple[GravityBaseline, Floats], rule: Any) -> None:
    base, _ = world
    for r in (full_endowment(base, base.freeness, deficits=rule), conditional(base, base.freeness)):
        for hat in (r.price_hat, r.output_hat, r.expenditure_hat, r.inward_hat, r.outward_hat, r.real_output_hat):
            assert np.allclose(hat, 1.0, atol=CLOSE)
        assert np.allclose(r.trade, base.trade, rtol=CLOSE)


@given(worlds(), st.floats(0.2, 5), st.floats(0.2, 5))
def test_what_only_scales_freeness_changes_no_trade(world: tuple[GravityBaseline, Floats], a: float, b: float) -> None:
    base, _ = world
    factor = np.ones_like(base.output)
    factor[0] = a

    everywhere = full_endowment(base, base.freeness * b)
    one_country = conditional(base, base.freeness * factor[:, None] * b)

    assert np.allclose(everywhere.trade, base.trade, rtol=CLOSE)
    assert np.allclose(everywhere.real_output_hat, b ** (1 / (base.sigma - 1)), rtol=CLOSE)  # trade costs fall for all
    assert np.allclose(one_country.trade, base.trade, rtol=CLOSE)


@given(worlds(), RULES)
def test_markets_clear_and_identities_hold(world: tuple[GravityBaseline, Floats], rule: Any) -> None:
    base, change = world
    r = _after(world, rule)
    y, e = base.output * r.output_hat, base.expenditure * r.expenditure_hat

    assert np.allclose(r.trade.sum(1), y, rtol=CLOSE)
    assert np.allclose(r.trade.sum(0), e, rtol=CLOSE)
    assert y.sum() == pytest.approx(base.output.sum(), rel=CLOSE)  # the numeraire
    # Arkolakis, Costinot & Rodriguez-Clare (2012): real output is the home share to the power -1 / (sigma - 1).
    assert np.allclose(r.real_output_hat, r.home_share_hat ** (1 / (1 - base.sigma)), rtol=CLOSE)
    # The new trade is structural gravity: its resistances are those the equilibrium reports.
    again = multilateral_resistances(base.freeness * change, y, e)
    old = multilateral_resistances(base.freeness, base.output, base.expenditure)
    power = 1 / (1 - base.sigma)
    both = ((again.inward[None] * again.outward[:, None]) / (old.inward[None] * old.outward[:, None])) ** power
    assert np.allclose(again.trade, r.trade, rtol=CLOSE)
    assert np.allclose(both, r.outward_hat[:, None] * r.inward_hat, rtol=CLOSE)


@given(worlds(), RULES)
def test_deficits_follow_their_rule(world: tuple[GravityBaseline, Floats], rule: Any) -> None:
    base = world[0]
    r = _after(world, rule)
    y, e = base.output * r.output_hat, base.expenditure * r.expenditure_hat
    if rule == "additive":
        assert np.allclose(e - y, base.expenditure - base.output, atol=CLOSE * base.output.sum())
    else:
        ratio = e / y / (base.expenditure / base.output)
        assert np.allclose(ratio, ratio[0], rtol=CLOSE)


@given(worlds(balanced=True))
def test_without_deficits_the_rules_agree(world: tuple[GravityBaseline, Floats]) -> None:
    one, two = _after(world), _after(world, "additive")

    assert np.allclose(one.price_hat, two.price_hat, rtol=CLOSE)
    assert np.allclose(one.welfare_hat, one.real_output_hat, rtol=CLOSE)


@given(worlds(), RULES)
def test_relabelling_countries_relabels_results(world: tuple[GravityBaseline, Floats], rule: Any) -> None:
    base, change = world
    turn = np.ix_(*[np.arange(base.output.size)[::-1]] * 2)
    other = gravity_baseline(base.trade[turn], base.sigma)

    assert np.allclose(_after(world, rule).price_hat[::-1], _after((other, change[turn]), rule).price_hat, rtol=CLOSE)


@given(worlds(), RULES, st.sampled_from([1e-6, 1e9]))
def test_the_currency_does_not_matter(world: tuple[GravityBaseline, Floats], rule: Any, factor: float) -> None:
    base, change = world
    other = gravity_baseline(base.trade * factor, base.sigma)
    one, two = _after(world, rule), _after((other, change), rule)

    assert np.allclose(one.price_hat, two.price_hat, rtol=CLOSE)
    assert np.allclose(one.trade * factor, two.trade, rtol=CLOSE)


@given(worlds(), RULES)
def test_a_country_split_in_equal_halves_changes_nothing_elsewhere(
    world: tuple[GravityBaseline, Floats], rule: Any
) -> None:
    base, change = world
    whole = [*range(base.output.size), 0]
    share = np.ones(len(whole))
    share[[0, -1]] = 0.5
    split = gravity_baseline(base.trade[np.ix_(whole, whole)] * np.outer(share, share), base.sigma)
    one, two = _after(world, rule), _after((split, change[np.ix_(whole, whole)]), rule)

    assert np.allclose(one.real_output_hat[whole], two.real_output_hat, rtol=CLOSE)
    assert np.allclose(one.price_hat[whole], two.price_hat, rtol=CLOSE)


@given(worlds(), RULES)
def test_two_steps_are_one(world: tuple[GravityBaseline, Floats], rule: Any) -> None:
    base, change = world
    straight, first = _after(world, rule), _after((base, np.sqrt(change)), rule)
    second = _after((gravity_baseline(first.trade, base.sigma), np.sqrt(change)), rule)

    assert np.allclose(straight.real_output_hat, first.real_output_hat * second.real_output_hat, rtol=CLOSE)
    assert np.allclose(straight.trade, second.trade, rtol=CLOSE)


@given(worlds(), RULES)
def test_estimated_freeness_and_the_trade_matrix_give_the_same_changes(
    world: tuple[GravityBaseline, Floats], rule: Any
) -> None:
    base, change = world
    rng = np.random.default_rng(1)
    n = base.output.size
    rescaled = base.freeness * np.outer(rng.lognormal(0, 2, n), rng.lognormal(0, 2, n))
    other = gravity_baseline(base.trade, base.sigma, freeness=rescaled)

    assert np.allclose(_after(world, rule).price_hat, _after((other, change), rule).price_hat, rtol=CLOSE)


@given(worlds(), st.integers(0, 1))
def test_the_reference_country_only_chooses_the_unit(world: tuple[GravityBaseline, Floats], who: int) -> None:
    free, held = _after(world), _after(world, reference=who)

    assert held.inward_hat[who] == pytest.approx(1.0, rel=1e-12)
    assert np.allclose(free.real_output_hat, held.real_output_hat, rtol=CLOSE)
    assert np.allclose(free.outward_hat[:, None] * free.inward_hat, held.outward_hat[:, None] * held.inward_hat)
    assert np.allclose(held.price_hat / free.price_hat, held.price_hat[0] / free.price_hat[0], rtol=CLOSE)


@given(worlds(), RULES)
def test_prices_equal_those_of_a_general_root_finder(world: tuple[GravityBaseline, Floats], rule: Any) -> None:
    """The exact hat system, written out without resistances: p_i Y_i = sum_j pi_ij' E_j."""
    base, change = world
    pi, sigma = base.trade / base.expenditure, base.sigma
    y, e = base.output / base.output.sum(), base.expenditure / base.output.sum()

    def excess(x: Floats) -> Floats:
        p = np.exp(x - np.log(np.exp(x) @ y))
        new = pi * change * p[:, None] ** (1 - sigma)
        spent = p * y + e - y if rule == "additive" else e * p / (e @ p)
        gap = np.log((new / new.sum(0) * spent).sum(1)) - np.log(p * y)
        return np.asarray(np.append(gap[:-1], x @ y))  # Walras: the last market follows

    found = root(excess, np.zeros(y.size), tol=1e-12)
    r = _after(world, rule)
    expected = np.exp(found.x - np.log(np.exp(found.x) @ y))

    # Where the root finder says that it has found the root, to its own precision.
    if np.abs(found.fun).max() < 1e-10:
        assert np.allclose(r.price_hat, expected, rtol=1e-6)


@given(worlds())
def test_conditional_equilibrium_keeps_output_and_expenditure(world: tuple[GravityBaseline, Floats]) -> None:
    base, change = world
    r = conditional(base, base.freeness * change, reference=0)

    assert np.allclose(r.trade.sum(1), base.output, rtol=CLOSE)
    assert np.allclose(r.trade.sum(0), base.expenditure, rtol=CLOSE)
    assert r.inward_hat[0] == pytest.approx(1.0, rel=1e-12)
    assert r.price_hat.tolist() == [1.0] * base.output.size


def test_autarky_costs_what_the_home_share_says() -> None:
    rng = np.random.default_rng(4)
    trade = rng.lognormal(1, 1, (5, 5)) + np.diag(rng.lognormal(5, 1, 5))
    trade = (trade + trade.T) / 2
    base = gravity_baseline(trade, 5.0)
    closed = full_endowment(base, base.freeness * iceberg_freeness(np.where(np.eye(5) > 0, 1.0, np.inf), 5.0))
    share = np.diagonal(trade) / trade.sum(0)

    assert closed.real_output_hat == pytest.approx(share ** (1 / 4), rel=1e-9)  # ACR, home share after is 1
    assert closed.exports_hat.tolist() == [0.0] * 5


def test_autarky_with_deficits_is_refused() -> None:
    base = gravity_baseline([[10.0, 1.0], [3.0, 20.0]], 5.0)
    with pytest.raises(NotConverged, match="Sales miss output"):
        full_endowment(base, np.diag([10.0, 20.0]), deficits="additive", most_steps=5)


@given(worlds(), RULES)
def test_the_fallback_finds_the_same_prices(world: tuple[GravityBaseline, Floats], rule: Any) -> None:
    expected = _after(world, rule)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prices, "SHORTEST_STEP", 2.0)  # no Newton step is short enough to be tried
        plain = _after(world, rule, tolerance=1e-10)

    assert plain.method == "Newton, price adjustment"
    assert np.allclose(expected.price_hat, plain.price_hat, rtol=1e-6)  # linear convergence to 1e-10 in the gap


def test_better_access_helps_and_worse_access_hurts() -> None:
    rng = np.random.default_rng(9)
    trade = rng.lognormal(1, 1, (6, 6)) + np.diag(rng.lognormal(5, 1, 6))
    base = gravity_baseline(trade + trade.T, 6.0)
    d_hat = np.ones((6, 6))
    d_hat[0, 1:] = d_hat[1:, 0] = 0.9
    better = full_endowment(base, base.freeness * iceberg_freeness(d_hat, 6.0))
    worse = full_endowment(base, base.freeness * iceberg_freeness(1 / d_hat, 6.0))

    assert better.real_output_hat[0] > 1 > worse.real_output_hat[0]
    assert better.exports_hat[0] > 1 > worse.exports_hat[0]


def test_a_result_that_breaks_its_identity_is_refused() -> None:
    base = gravity_baseline([[10.0, 1.0], [1.0, 20.0]], 5.0)
    good = full_endowment(base, base.freeness)
    values = {name: getattr(good, name) for name in GravityEquilibrium.__dataclass_fields__}
    with pytest.raises(NotConverged, match="Real output is not output over prices"):
        GravityEquilibrium(**{**values, "real_output_hat": good.real_output_hat * 1.1})
    with pytest.raises(NotConverged, match="negative or not finite"):
        GravityEquilibrium(**{**values, "price_hat": -good.price_hat})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"trade": [[10.0, 1.0]]}, "exporter, importer"),
        ({"trade": [[10.0, -1.0], [3.0, 20.0]]}, "negative"),
        ({"trade": [[0.0, 1.0], [3.0, 20.0]]}, "needs home trade"),
        ({"sigma": 1.0}, "sigma = 1 \\+ theta"),
        ({"sigma": -4.0}, "trade elasticity"),
        ({"exports": [13.0, 21.0]}, "was it transposed"),
        ({"imports": [8.0, 26.0]}, "was it transposed"),
        ({"freeness": np.ones((3, 3))}, "does not fit"),
    ],
)
def test_the_baseline_names_the_likely_mistake(change: dict[str, Any], says: str) -> None:
    good: dict[str, Any] = {"trade": [[10.0, 1.0], [8.0, 20.0]], "sigma": 5.0}
    with pytest.raises(BadInput, match=says):
        gravity_baseline(**{**good, **change})


def test_trade_costs_name_the_likely_mistake() -> None:
    base = gravity_baseline([[10.0, 1.0], [3.0, 20.0]], 5.0)
    with pytest.raises(BadInput, match="new over old"):
        iceberg_freeness([[1.0, 0.0]], 5.0)
    with pytest.raises(BadInput, match="'multiplicative' or 'additive'"):
        full_endowment(base, base.freeness, deficits="none")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="no country number 7"):
        full_endowment(base, base.freeness, reference=7)
    with pytest.raises(BadInput, match="negative"):
        full_endowment(base, -base.freeness)


# --- estimation ---------------------------------------------------------------------------------------------------


def _panel(seed: int, n: int = 7) -> dict[str, Floats]:
    """A gravity data set of n x n flows, some zero, with distance and a border."""
    rng = np.random.default_rng(seed)
    exporter, importer = (a.ravel() for a in np.meshgrid(np.arange(n), np.arange(n), indexing="ij"))
    distance, border = rng.random(n * n), (exporter != importer).astype(float)
    mean = np.exp(1 - distance - 0.5 * border + rng.random(n)[exporter] + rng.random(n)[importer])
    y = mean * rng.lognormal(0, 0.5, n * n) * (rng.random(n * n) > 0.2)
    y[exporter == importer] += 0.5
    return {"y": y, "exporter": exporter, "importer": importer, "distance": distance, "border": border}


def _estimate(p: dict[str, Floats], **more: Any) -> Any:
    x = {name: p[name] for name in ("distance", "border")}
    return ppml(p["y"], x, {name: p[name] for name in ("exporter", "importer")}, **more)


@FEW
@given(st.integers(0, 1000))
def test_ppml_maximises_the_likelihood_with_dummies_written_out(seed: int) -> None:
    p, n = _panel(seed), 7
    fit = _estimate(p)
    dummies = np.column_stack([p["exporter"][:, None] == np.arange(n), p["importer"][:, None] == np.arange(1, n)])
    x = np.column_stack([p["distance"], p["border"], dummies]).astype(float)
    start = np.linalg.lstsq(x, np.log(fit.fitted), rcond=None)[0] + 0.1
    found = minimize(
        lambda b: np.sum(np.exp(x @ b) - p["y"] * (x @ b)),
        start,
        jac=lambda b: x.T @ (np.exp(x @ b) - p["y"]),
        hess=lambda b: x.T @ (np.exp(x @ b)[:, None] * x),
        method="Newton-CG",
        options={"xtol": 1e-12},
    )
    bread = np.linalg.inv(x.T @ (fit.fitted[:, None] * x))
    scores = x * (p["y"] - fit.fitted)[:, None]
    robust = bread @ (scores.T @ scores) @ bread * len(x) / (len(x) - 1)

    assert fit.coefficients == pytest.approx(found.x[:2], abs=1e-6)  # the minimiser's own tolerance
    assert fit.standard_errors == pytest.approx(np.sqrt(np.diag(robust))[:2], rel=1e-6)


@FEW
@given(st.integers(0, 1000))
def test_clusters_of_one_are_robust_and_larger_ones_are_sums_of_scores(seed: int) -> None:
    p = _panel(seed)
    plain, single = _estimate(p), _estimate(p, cluster=np.arange(p["y"].size))
    pairs = np.minimum(p["exporter"], p["importer"]) * 7 + np.maximum(p["exporter"], p["importer"])
    clustered = _estimate(p, cluster=pairs)

    assert single.standard_errors == pytest.approx(plain.standard_errors, rel=1e-12)
    assert clustered.coefficients == pytest.approx(plain.coefficients, rel=1e-12)
    assert not np.allclose(clustered.standard_errors, plain.standard_errors)


@FEW
@given(st.integers(0, 1000), st.sampled_from([1e-6, 1e9]))
def test_the_unit_of_trade_moves_only_the_effects(seed: int, factor: float) -> None:
    p = _panel(seed)
    one, two = _estimate(p), _estimate({**p, "y": p["y"] * factor})

    assert one.coefficients == pytest.approx(two.coefficients, abs=1e-7)  # both stopped within 1e-10 of the deviance
    assert one.standard_errors == pytest.approx(two.standard_errors, rel=1e-6)


@FEW
@given(st.integers(0, 1000))
def test_fitted_trade_has_the_totals_of_the_data_and_is_structural_gravity(seed: int) -> None:
    """Fally (2015): exporter and importer effects of PPML are the multilateral resistances."""
    p, n = _panel(seed), 7
    fit = _estimate(p)
    trade, fitted = p["y"].reshape(n, n), fit.fitted.reshape(n, n)
    phi = np.exp(np.column_stack([p["distance"], p["border"]]) @ fit.coefficients).reshape(n, n)
    solved = multilateral_resistances(phi, trade.sum(1), trade.sum(0))

    assert np.allclose(fitted.sum(1), trade.sum(1), rtol=1e-7)  # first-order conditions, solved by a step of 1e-5
    assert np.allclose(fitted, solved.trade, rtol=1e-7)


def test_an_offset_is_a_regressor_with_coefficient_one() -> None:
    p = _panel(3)
    free = _estimate(p)
    held = ppml(
        p["y"],
        {"distance": p["distance"]},
        {"exporter": p["exporter"], "importer": p["importer"]},
        offset=free.coefficients[1] * p["border"],
    )

    assert held.coefficients[0] == pytest.approx(free.coefficients[0], abs=1e-7)
    assert held.deviance == pytest.approx(free.deviance, rel=1e-9)


def test_one_set_of_effects_and_no_regressor_give_the_means() -> None:
    groups = np.array(["a", "a", "b", "b", "c", "c"])
    fit = ppml([1.0, 3.0, 5.0, 7.0, 0.0, 0.0], {}, {"group": groups})

    assert fit.fitted[:4] == pytest.approx([2.0, 2.0, 6.0, 6.0], rel=1e-9)
    assert np.isnan(fit.fitted[4:]).all()
    assert (fit.observations, fit.dropped) == (4, 2)
    assert fit.effects["group"][0].tolist() == ["a", "b"]


def test_three_sets_of_effects_equal_dummies() -> None:
    rng = np.random.default_rng(8)
    a, b, c = rng.integers(0, 4, 300), rng.integers(0, 5, 300), rng.integers(0, 30, 300)
    x = rng.random(300)
    y = np.exp(0.7 * x + 0.1 * a + 0.2 * b) * rng.lognormal(0, 0.3, 300)
    three = ppml(y, {"x": x}, {"a": a, "b": b, "c": c})
    dummies = {f"c{level}": (c == level).astype(float) for level in range(1, 30)}
    two = ppml(y, {"x": x, **dummies}, {"a": a, "b": b})

    assert three.coefficients[0] == pytest.approx(two.coefficients[0], abs=1e-8)  # both within a step of 1e-5
    assert three.standard_errors[0] == pytest.approx(two.standard_errors[0], rel=1e-6)


def test_perfectly_predicted_zeros_are_refused() -> None:
    p = _panel(1)
    lone = np.zeros_like(p["y"])
    lone[[1, 9]] = 1.0
    with pytest.raises(NotConverged, match="separation"):
        ppml(np.where(lone > 0, 0.0, p["y"] + 0.1), {"lone": lone}, {"exporter": p["exporter"]})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"y": [-1.0, 2.0, 3.0, 4.0]}, "negative"),
        ({"y": [np.nan, 2.0, 3.0, 4.0]}, "not finite"),
        ({"regressors": {"x": [1.0, 1.0, 2.0, 2.0]}}, "does not vary within"),
        ({"regressors": {"x": [1.0, 2.0]}}, "does not fit"),
        ({"effects": {}}, "no fixed effects"),
        ({"effects": {"e": [0, 1]}}, "labels for 4 observations"),
        ({"cluster": [0, 1]}, "labels for 4 observations"),
    ],
)
def test_estimation_names_the_likely_mistake(change: dict[str, Any], says: str) -> None:
    good: dict[str, Any] = {
        "y": [1.0, 2.0, 3.0, 4.0],
        "regressors": {"x": [1.0, 2.0, 4.0, 3.0]},
        "effects": {"e": [0, 0, 1, 1]},
    }
    with pytest.raises(BadInput, match=says):
        ppml(**{**good, **change})


def test_too_many_effects_point_to_the_extra() -> None:
    codes = np.arange(5_002)
    with pytest.raises(BadInput, match="ppml_pyfixest"):
        ppml(np.ones(5_002), {}, {"one": codes, "two": codes})


def test_without_pyfixest_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyfixest", None)
    with pytest.raises(BadInput, match=r"khorgos\[estimate\]"):
        ppml_pyfixest([1.0], {"x": [1.0]}, {"e": [0]})
    with pytest.raises(BadInput, match="nothing to estimate"):
        ppml_pyfixest([1.0], {}, {"e": [0]})


def test_pyfixest_is_asked_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def fepois(formula: str, data: dict[str, Any], vcov: Any) -> Any:
        asked.append((formula, sorted(data), vcov))
        return SimpleNamespace(coef=lambda: {"x0": 0.5}, se=lambda: {"x0": 0.1})

    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=dict))
    monkeypatch.setitem(sys.modules, "pyfixest", SimpleNamespace(fepois=fepois))
    columns = {"y": [1.0, 2.0], "regressors": {"RTA": [0.0, 1.0], "flat": [1.0, 1.0]}}
    robust = ppml_pyfixest(**columns, effects={"exporter": [0, 1], "pair": [0, 0]})
    ppml_pyfixest(**columns, effects={"exporter": [0, 1]}, cluster=[0, 1])

    assert asked[0] == ("y ~ x0 + x1 | f0 + f1", ["f0", "f1", "x0", "x1", "y"], "hetero")
    assert asked[1] == ("y ~ x0 + x1 | f0", ["f0", "group", "x0", "x1", "y"], {"CRV1": "group"})
    assert robust.names == ("RTA", "flat")
    assert robust.coefficients[0] == 0.5
    assert np.isnan(robust.coefficients[1])  # pyfixest drops what does not vary; it is missing, not zero
