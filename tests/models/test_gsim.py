"""GSIM: properties, brute force, and what its door refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import root

from khorgos.core.errors import BadInput, NotConverged
from khorgos.models.partial import gsim as module
from khorgos.models.partial.gsim import GsimResult, gsim

Floats = NDArray[np.float64]

SURPLUS = ("producer_surplus", "consumer_surplus", "revenue_old", "revenue_new", "welfare")
# Solved to 1e-12 in logs; elasticities up to 8 and sums of some dozen cells leave a few digits less.
CLOSE = 1e-9


@st.composite
def worlds(draw: st.DrawFn, most: int = 5) -> dict[str, Any]:
    """A product's trade, tariffs before and after, and elasticities, drawn from a drawn seed."""
    n = draw(st.integers(2, most))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    trade = rng.lognormal(3, 2, (n, n)) * (rng.random((n, n)) > draw(st.sampled_from([0.0, 0.3])))
    trade[0, 1] = 10.0
    tau, tau_new = 1 + rng.random((n, n)) * draw(st.sampled_from([0.2, 1.1])), 1 + rng.random((n, n)) * 0.6
    return {
        "trade": trade,
        "tau": tau,
        "tau_new": tau_new,
        "import_demand": -0.3 - 2 * rng.random(n),
        "export_supply": 0.2 + 4 * rng.random(n),
        "substitution": 1.2 + 7 * rng.random(n),
    }


def _same(left: Floats, right: Floats, scale: float = 1.0) -> bool:
    return bool(np.allclose(left, right, rtol=CLOSE, atol=CLOSE * scale, equal_nan=True))


@given(worlds(), st.sampled_from(["linear", "nonlinear"]))
def test_no_shock_changes_nothing(world: dict[str, Any], method: Any) -> None:
    r = gsim(**{**world, "tau_new": world["tau"]}, method=method)

    assert _same(r.price, np.where(world["trade"].sum(1) > 0, 0.0, np.nan))
    assert _same(r.trade, world["trade"], world["trade"].max())
    assert _same(r.welfare, np.zeros_like(r.welfare), world["trade"].sum())


@given(worlds(), st.sampled_from(["linear", "nonlinear"]))
def test_relabelling_regions_relabels_results(world: dict[str, Any], method: Any) -> None:
    order = np.arange(len(world["trade"]))[::-1]
    turned = {k: v[np.ix_(order, order)] if v.ndim == 2 else v[order] for k, v in world.items()}
    one, two = gsim(**world, method=method), gsim(**turned, method=method)

    assert _same(one.price[order], two.price)
    assert _same(one.welfare[order], two.welfare, world["trade"].sum())


@given(worlds(), st.sampled_from([1e-6, 1e3, 1e9]))
def test_another_currency_scales_values_and_leaves_prices(world: dict[str, Any], factor: float) -> None:
    one, two = gsim(**world), gsim(**{**world, "trade": world["trade"] * factor})

    assert _same(one.price, two.price)
    for name in SURPLUS:
        assert _same(getattr(one, name) * factor, getattr(two, name), world["trade"].sum() * factor)


@given(worlds(), st.sampled_from(["linear", "nonlinear"]))
def test_a_region_split_in_equal_halves_changes_nothing_elsewhere(world: dict[str, Any], method: Any) -> None:
    whole = [*range(len(world["trade"])), 0]  # the last region is the other half of the first
    half = np.ones(len(whole))
    half[[0, -1]] = 0.5
    split = {k: v[np.ix_(whole, whole)] if v.ndim == 2 else v[whole] for k, v in world.items()}
    split["trade"] = split["trade"] * np.outer(half, half)
    one, two = gsim(**world, method=method), gsim(**split, method=method)

    assert _same(one.price[whole], two.price)
    for name in SURPLUS:
        assert _same(getattr(one, name)[whole] * half, getattr(two, name), world["trade"].sum())


@given(worlds())
def test_markets_clear_and_revenue_is_not_negative(world: dict[str, Any]) -> None:
    r = gsim(**world)
    sells = world["trade"].sum(1) > 0
    sold = np.nansum(world["trade"] * (1 + r.quantity), axis=1)[sells]
    supplied = (world["trade"].sum(1) * (1 + r.price) ** world["export_supply"])[sells]

    assert np.allclose(sold, supplied, rtol=CLOSE)
    assert (r.revenue_new >= 0).all()
    assert (r.trade >= 0).all()


@given(worlds(), st.sampled_from([0.5, 2.0]))
def test_two_steps_are_one(world: dict[str, Any], part: float) -> None:
    half = 1 + (world["tau_new"] - 1) * part
    straight = gsim(**world)
    first = gsim(**{**world, "tau_new": half})
    second = gsim(**{**world, "trade": first.trade, "tau": half})

    assert _same(1 + straight.price, (1 + first.price) * (1 + second.price))
    assert _same(straight.welfare, first.welfare + second.welfare, world["trade"].sum())


@given(worlds())
def test_the_linear_form_is_the_first_order_of_the_exact_one(world: dict[str, Any]) -> None:
    direction = world["tau_new"] - world["tau"]

    def gap(h: float) -> float:
        shocked = {**world, "tau_new": np.maximum(world["tau"] + h * direction, 1.0)}
        return float(np.nanmax(np.abs(gsim(**shocked, method="linear").price - gsim(**shocked).price)))

    # Halving the shock quarters a second-order gap; 0.3 leaves room for the third order, 1e-11 for rounding.
    assert gap(0.005) <= 0.3 * gap(0.01) + 1e-11


def _loop(world: dict[str, Any]) -> Floats:
    """Francois & Hall's equations 2 and 3 and market clearing, written out cell by cell."""
    trade, tau, tau_new, em, ex, es = world.values()
    n = len(trade)
    shock = tau_new / tau - 1
    matrix, right = np.zeros((n, n)), np.zeros(n)
    for r in range(n):
        matrix[r, r] += ex[r]
        for v in range(n):
            phi = trade[r, v] / trade[r].sum()
            for s in range(n):
                theta = trade[s, v] * tau[s, v] / (trade[:, v] * tau[:, v]).sum()
                cross = theta * (em[v] + es[v])
                own = theta * em[v] - (1 - theta) * es[v]
                weight = phi * (own if r == s else cross)
                matrix[r, s] -= weight
                right[r] += weight * shock[s, v]
    return np.linalg.solve(matrix, right)


@given(worlds(most=4))
def test_the_linear_form_equals_the_equations_written_out(world: dict[str, Any]) -> None:
    world["trade"] = world["trade"] + 0.5
    by_hand = _loop(world)

    assert _same(gsim(**world, method="linear").price, by_hand)


@given(worlds(most=4))
def test_the_exact_form_equals_a_general_root_finder(world: dict[str, Any]) -> None:
    trade, tau, new = (world[name] + 0.5 * (name == "trade") for name in ("trade", "tau", "tau_new"))
    em, ex, es = world["import_demand"], world["export_supply"], world["substitution"]
    theta, phi = trade * tau / (trade * tau).sum(0), trade / trade.sum(1, keepdims=True)

    def excess(x: Floats) -> Floats:
        p = np.exp(x)[:, None] * new / tau
        index = (theta * p ** (1 - es)).sum(0) ** (1 / (1 - es))
        return np.asarray(np.exp(ex * x) - (phi * p**-es * index ** (es + em)).sum(1))

    found = root(excess, np.zeros(len(em)))
    r = gsim(**{**world, "trade": trade})

    assert found.success
    assert np.allclose(np.log1p(r.price), found.x, atol=1e-6)  # the root finder's own tolerance is 1.5e-8 of a step


@given(st.floats(-3, -0.2), st.floats(0, 5), st.floats(0, 1), st.floats(0, 1))
def test_one_exporter_and_one_importer_have_a_closed_form(em: float, ex: float, t0: float, t1: float) -> None:
    trade, tau, new = np.array([[0.0, 7.0], [0.0, 0.0]]), np.full((2, 2), 1 + t0), np.full((2, 2), 1 + t1)
    args = {"import_demand": em, "export_supply": ex, "substitution": 4.0}
    exact, linear = gsim(trade, tau, new, **args), gsim(trade, tau, new, **args, method="linear")
    log, change = np.log((1 + t1) / (1 + t0)), (1 + t1) / (1 + t0) - 1

    assert np.log1p(exact.price[0]) == pytest.approx(em * log / (ex - em), abs=1e-9)  # E_x x = E_m (x + ln change)
    assert linear.price[0] == pytest.approx(em * change / (ex - em), abs=1e-9)
    assert np.isnan(exact.price[1])
    assert np.isnan(exact.composite_price[0])


def test_infinite_supply_keeps_world_prices_and_producers() -> None:
    trade, tau, new = np.array([[5.0, 3.0], [2.0, 4.0]]), np.full((2, 2), 1.2), np.full((2, 2), 1.5)
    r = gsim(trade, tau, new, import_demand=-1.0, export_supply=np.inf, substitution=3.0)

    assert r.price.tolist() == [0.0, 0.0]
    assert r.producer_surplus.tolist() == [0.0, 0.0]
    # One tariff for all: the composite rises by 25%, and at a demand elasticity of -1 surplus falls by spending x ln.
    assert r.consumer_surplus == pytest.approx(-(trade * tau).sum(0) * np.log(1.25), rel=1e-12)


def test_fixed_supply_falls_on_the_price() -> None:
    trade = np.array([[0.0, 7.0], [0.0, 0.0]])
    r = gsim(trade, 1.0, 1.5, import_demand=-2.0, export_supply=0.0, substitution=3.0)

    assert 1 + r.price[0] == pytest.approx(1 / 1.5, rel=1e-12)
    assert r.quantity[0, 1] == pytest.approx(0.0, abs=1e-12)
    assert r.revenue_new[1] == pytest.approx(0.5 * 7 / 1.5, rel=1e-12)


@pytest.mark.parametrize("sigma", [1.01, 5.0, 50.0])
@pytest.mark.parametrize("rate", [0.0, 1.08, 10.0])
def test_prohibitive_tariffs_are_solved(sigma: float, rate: float) -> None:
    rng = np.random.default_rng(3)
    trade = rng.lognormal(0, 4, (6, 6))
    tau, new = np.full((6, 6), 1.05), np.full((6, 6), 1.05)
    new[2, :] = 1 + rate
    r = gsim(trade, tau, new, import_demand=-0.8, export_supply=1.5, substitution=sigma)

    assert r.residual <= 1e-12
    assert np.isfinite(r.welfare).all()


def test_thousands_of_products_are_each_solved_as_if_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    trade = rng.lognormal(2, 2, (40, 3, 3))
    tau, new = 1 + rng.random((40, 3, 3)), 1 + rng.random((40, 3, 3))
    kwargs: dict[str, Any] = {"import_demand": -1.2, "export_supply": [0.5, 1.5, np.inf], "substitution": 4.0}
    monkeypatch.setattr(module, "BLOCK", 7 * 9)  # seven products a block, the last block shorter
    for method in ("linear", "nonlinear"):
        together = gsim(trade, tau, new, **kwargs, method=method)
        for k in range(40):
            alone = gsim(trade[k], tau[k], new[k], **kwargs, method=method)
            assert np.allclose(alone.price, together.price[k], atol=1e-11)  # both are solved to 1e-12
            assert np.allclose(alone.welfare, together.welfare[k], rtol=1e-9, atol=1e-9 * trade[k].sum())


def test_a_market_that_does_not_clear_is_not_returned() -> None:
    trade = np.full((3, 3), 5.0)
    with pytest.raises(NotConverged, match="did not clear"):
        gsim(trade, 1.0, 1.5 - 0.5 * np.eye(3), import_demand=-1, export_supply=1.5, substitution=5, most_steps=0)


def test_a_result_whose_parts_do_not_sum_is_refused() -> None:
    good = gsim(np.full((2, 2), 5.0), 1.0, 1.2, import_demand=-1, export_supply=1.5, substitution=5)
    values = {name: getattr(good, name) for name in GsimResult.__dataclass_fields__}
    with pytest.raises(NotConverged, match="do not sum"):
        GsimResult(**{**values, "welfare": good.welfare + 1})


GOOD: dict[str, Any] = {
    "trade": np.array([[5.0, 3.0], [2.0, 4.0]]),
    "tau": np.full((2, 2), 1.1),
    "tau_new": np.full((2, 2), 1.3),
    "import_demand": -1.25,
    "export_supply": 1.5,
    "substitution": 5.0,
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"tau": np.array([[1.0, 26.0], [1.0, 1.0]])}, "25 given instead of 0.25"),
        ({"tau_new": np.array([[0.0, 0.25], [0.1, 0.0]])}, "were the rates t given"),
        ({"trade": np.array([[5.0, -3.0], [2.0, 4.0]])}, r"negative \(trade\[0, 0, 1\]\)"),
        ({"trade": np.array([[5.0, np.nan], [2.0, 4.0]])}, "missing or not finite"),
        ({"trade": np.array([[5.0, np.inf], [2.0, 4.0]])}, "not finite"),
        ({"trade": np.zeros((2, 2))}, "All trade is zero"),
        ({"trade": np.ones((2, 3))}, "exporter, importer"),
        ({"trade": np.ones(3)}, "exporter, importer"),
        ({"trade": np.ones((3, 2, 2)), "tau": np.ones((2, 2, 3))}, "axes look transposed"),
        ({"tau": np.ones((3, 3))}, "does not fit"),
        ({"import_demand": 1.25}, "absolute value"),
        ({"export_supply": -1.5}, "Supply rises"),
        ({"substitution": 1.0}, "sigma = 1 \\+ theta"),
        ({"substitution": -4.0}, "trade elasticity"),
        ({"import_demand": "steep"}, "not an array of numbers"),
        ({"exports": [7.0, 8.0]}, "was it transposed"),
        ({"imports": [8.0, 6.0]}, "was it transposed"),
        ({"method": "quadratic"}, "no method"),
    ],
)
def test_the_likely_mistake_is_named(change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        gsim(**{**GOOD, **change})


def test_known_totals_that_fit_are_accepted() -> None:
    r = gsim(**GOOD, exports=[8.0, 6.0], imports=[7.0, 7.0])

    assert r.residual <= 1e-12


def test_a_product_that_nobody_trades_has_no_price_and_no_effect() -> None:
    trade = np.stack([np.full((2, 2), 5.0), np.zeros((2, 2))])
    for method in ("linear", "nonlinear"):
        r = gsim(trade, 1.0, 1.2, import_demand=-1, export_supply=1.5, substitution=5, method=method)

        assert np.isnan(r.price[1]).all()
        assert np.isnan(r.composite_price[1]).all()
        assert r.welfare[1].tolist() == [0.0, 0.0]
        assert (r.price[0] < 0).all()
