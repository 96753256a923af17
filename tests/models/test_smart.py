"""SMART: published formulae one product at a time, identities, limits, and what its door refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from khorgos.core.errors import BadInput, NotConverged
from khorgos.models.partial.gsim import gsim
from khorgos.models.partial.smart import SmartResult, smart

Floats = NDArray[np.float64]


@st.composite
def markets(draw: st.DrawFn, highest: float = 0.2) -> dict[str, Any]:
    """Imports of K products from R partners, tariffs before and after, and elasticities."""
    k, r = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    imports = rng.lognormal(3, 2, (k, r)) * (rng.random((k, r)) > draw(st.sampled_from([0.0, 0.3])))
    imports[0, 0] = 5.0
    return {
        "imports": imports,
        "tau": 1 + highest * rng.random((k, r)),
        "tau_new": 1 + highest * rng.random((k, r)),
        "import_demand": -0.2 - rng.random((k, r)),
        "substitution": 3 * rng.random((k, 1)),
        "export_supply": rng.choice([0.5, 3.0, np.inf], (k, 1)),
    }


FORMS = st.sampled_from(["linear", "isoelastic"])


@given(markets(), FORMS)
def test_no_shock_changes_nothing(market: dict[str, Any], form: Any) -> None:
    r = smart(**{**market, "tau_new": market["tau"]}, form=form)

    assert np.allclose(r.total, 0.0, atol=1e-9 * market["imports"].max())  # sums of a few float64 shares
    assert np.allclose(r.welfare, 0.0, atol=1e-9 * market["imports"].max())


@given(markets(), FORMS)
def test_diversion_sums_to_zero_and_the_total_is_creation(market: dict[str, Any], form: Any) -> None:
    r = smart(**market, form=form)
    scale = market["imports"].sum()

    assert np.allclose(r.diversion.sum(1), 0.0, atol=1e-12 * scale)  # rounding of one redistribution
    assert np.allclose(r.total.sum(1), (r.creation + r.price_effect).sum(1), atol=1e-12 * scale)
    assert np.allclose(r.imports - market["imports"], r.total, atol=1e-12 * scale)
    assert (r.revenue_new >= -1e-12 * scale).all()


@given(markets(), FORMS, st.sampled_from([1e-6, 1e6]))
def test_another_currency_scales_values(market: dict[str, Any], form: Any, factor: float) -> None:
    one, two = smart(**market, form=form), smart(**{**market, "imports": market["imports"] * factor}, form=form)

    # Relative to all imports, because a small flow may come from large ones that cancel.
    assert np.allclose(one.total * factor, two.total, atol=1e-11 * factor * market["imports"].sum())
    assert np.allclose(one.welfare * factor, two.welfare, atol=1e-11 * factor * market["imports"].sum())


@given(markets(), FORMS)
def test_relabelling_partners_relabels_results(market: dict[str, Any], form: Any) -> None:
    turned = {k: v[:, ::-1] if v.shape[1] == market["imports"].shape[1] else v for k, v in market.items()}
    one, two = smart(**market, form=form), smart(**turned, form=form)

    assert np.allclose(one.total[:, ::-1], two.total, atol=1e-11 * market["imports"].sum())  # order of summation
    assert np.allclose(one.welfare, two.welfare, atol=1e-11 * market["imports"].sum())


@given(markets(), FORMS)
def test_a_partner_split_in_halves_changes_nothing_elsewhere(market: dict[str, Any], form: Any) -> None:
    whole = [*range(market["imports"].shape[1]), 0]
    n = market["imports"].shape[1]
    split = {k: v[:, whole] if v.shape[1] == n and n > 1 else v for k, v in market.items()}
    split = {k: np.broadcast_to(v, (v.shape[0], n))[:, whole] if v.shape[1] == 1 else v for k, v in split.items()}
    split["substitution"] = market["substitution"]
    halves = np.ones(n + 1)
    halves[[0, -1]] = 0.5
    split["imports"] = market["imports"][:, whole] * halves
    one, two = smart(**market, form=form), smart(**split, form=form)

    assert np.allclose(one.total[:, whole] * halves, two.total, atol=1e-11 * market["imports"].sum())
    assert np.allclose(one.welfare, two.welfare, atol=1e-11 * market["imports"].sum())


@given(markets())
def test_both_forms_agree_to_second_order(market: dict[str, Any]) -> None:
    market["imports"] = market["imports"] + 1.0
    direction = market["tau_new"] - market["tau"]

    def gap(h: float) -> float:
        shocked = {**market, "tau_new": np.maximum(market["tau"] + h * direction, 1.0)}
        return float(np.abs(smart(**shocked).total - smart(**shocked, form="isoelastic").total).max())

    # Halving the shock quarters a second-order gap; rounding is relative to all imports.
    assert gap(0.005) <= 0.3 * gap(0.01) + 1e-11 * market["imports"].sum()


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(0, 1), st.floats(0, 1), st.floats(0, 6))
def test_diversion_is_laird_and_yeats_for_one_favoured_group(
    favoured: float, rest: float, t: float, cut: float, sigma: float
) -> None:
    new = 1 + t * (1 - cut)
    r = smart([favoured, rest], 1 + t, [new, 1 + t], import_demand=-0.5, substitution=sigma)
    s = sigma * (1 - new / (1 + t))  # elasticity times the fall of the relative price
    published = favoured * rest * s / (favoured + rest + favoured * s)

    assert r.diversion[0] == pytest.approx([published, -published], rel=1e-9, abs=1e-9 * (favoured + rest))


@given(st.floats(0, 1), st.floats(0, 1), st.floats(-0.9, -0.1), st.floats(0.1, 10))
def test_creation_and_price_follow_the_published_formulae(t0: float, t1: float, eta: float, beta: float) -> None:
    r = smart([100.0], 1 + t0, 1 + t1, import_demand=eta, substitution=2, export_supply=beta)
    step = (t1 - t0) / (1 + t0)

    assert r.creation[0, 0] == pytest.approx(100 * eta * step / (1 - eta / beta), abs=1e-9)
    assert r.world_price[0, 0] == pytest.approx(step * eta / (beta - eta), abs=1e-12)
    assert r.diversion[0, 0] == 0.0


def test_thousands_of_products_equal_a_loop_over_them() -> None:
    rng = np.random.default_rng(2)
    imports, tau, new = rng.lognormal(3, 2, (300, 6)), 1 + 0.2 * rng.random((300, 6)), 1 + 0.2 * rng.random((300, 6))
    eta, sigma = -0.2 - rng.random((300, 1)), 3 * rng.random((300, 1))
    together = smart(imports, tau, new, import_demand=eta, substitution=sigma)
    for k in range(300):
        created = [imports[k, r] * eta[k, 0] * (new[k, r] / tau[k, r] - 1) for r in range(6)]
        change = [new[k, r] / tau[k, r] for r in range(6)]
        weight = [imports[k, r] * (1 + sigma[k, 0] * (1 - change[r] / max(change))) for r in range(6)]
        diverted = [sum(imports[k]) * weight[r] / sum(weight) - imports[k, r] for r in range(6)]
        # Rounding, relative to the product's imports.
        assert np.allclose(together.creation[k], created, atol=1e-12 * imports[k].sum())
        assert np.allclose(together.diversion[k], diverted, atol=1e-12 * imports[k].sum())


@given(markets())
def test_with_given_world_prices_welfare_is_the_mean_tariff_on_new_trade(market: dict[str, Any]) -> None:
    r = smart(**{**market, "export_supply": np.inf})
    mean = (market["tau"] + market["tau_new"]) / 2 - 1

    assert np.allclose(r.welfare, (mean * r.total).sum(1), atol=1e-11 * market["imports"].sum())  # rounding


@given(st.integers(0, 10_000))
def test_gsim_without_cross_effects_is_smart_without_diversion(seed: int) -> None:
    """At infinite supply and E_s = -E_m, equation 2 of GSIM vanishes: each partner's own tariff alone matters."""
    rng = np.random.default_rng(seed)
    n, eta = 4, -1.5
    trade = np.zeros((n, n))
    trade[1:, 0] = rng.lognormal(2, 1, n - 1)
    tau, new = 1 + 0.3 * rng.random((n, n)), 1 + 0.3 * rng.random((n, n))
    args = {"import_demand": eta, "export_supply": np.inf}
    g = gsim(trade, tau, new, substitution=-eta, **args, method="linear")
    s = smart(trade[1:, 0], tau[1:, 0], new[1:, 0], substitution=0, **args)
    exact = gsim(trade, tau, new, substitution=-eta, **args)
    power = smart(trade[1:, 0], tau[1:, 0], new[1:, 0], substitution=0, **args, form="isoelastic")

    assert np.allclose(g.trade[1:, 0] - trade[1:, 0], s.creation[0], atol=1e-10)
    assert np.allclose(exact.trade[1:, 0] - trade[1:, 0], power.creation[0], atol=1e-10)
    assert np.allclose(g.revenue_new[0], s.revenue_new[0], atol=1e-10)


@given(st.integers(0, 10_000), st.floats(1.5, 8))
def test_a_uniform_change_diverts_nothing_in_either_model(seed: int, sigma: float) -> None:
    rng = np.random.default_rng(seed)
    trade = np.zeros((4, 4))
    trade[1:, 0] = rng.lognormal(2, 1, 3)
    args = {"import_demand": -0.7, "export_supply": np.inf, "substitution": sigma}
    g = gsim(trade, 1.4, 1.1, **args, method="linear")
    s = smart(trade[1:, 0], 1.4, 1.1, **args)

    assert np.allclose(s.diversion, 0.0, atol=1e-10)
    assert np.allclose(g.trade[1:, 0] - trade[1:, 0], s.creation[0], atol=1e-10)


def test_a_fixed_supply_passes_the_whole_tariff_to_the_exporter() -> None:
    r = smart([100.0], 1.0, 1.25, import_demand=-1.5, substitution=2, export_supply=0, form="isoelastic")

    assert r.creation[0, 0] == pytest.approx(0.0, abs=1e-12)
    assert r.world_price[0, 0] == pytest.approx(1 / 1.25 - 1)
    assert r.welfare[0] == pytest.approx(20.0)  # the tariff revenue, paid by the exporter


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"tau_new": 26.0}, "25 given instead of 0.25"),
        ({"tau": [[0.1, 0.2]]}, "were the rates t given"),
        ({"imports": [[5.0, -1.0]]}, "negative"),
        ({"imports": [[5.0, np.nan]]}, "not finite"),
        ({"imports": np.ones((1, 2, 2))}, "product, partner"),
        ({"import_demand": 1.2}, "absolute value"),
        ({"import_demand": 0.0}, "not below 0"),
        ({"substitution": -4.0}, "trade elasticity"),
        ({"export_supply": -1.0}, "Supply rises"),
        ({"tau": np.ones((2, 1))}, "axes look transposed"),
        ({"import_demand": -6.0, "tau_new": 1.5}, "use form='isoelastic'"),
        ({"form": "cubic"}, "no form"),
    ],
)
def test_the_likely_mistake_is_named(change: dict[str, Any], says: str) -> None:
    good: dict[str, Any] = {
        "imports": [[5.0, 3.0]],
        "tau": 1.1,
        "tau_new": 1.2,
        "import_demand": -1.2,
        "substitution": 2.0,
    }
    with pytest.raises(BadInput, match=says):
        smart(**{**good, **change})


def test_a_result_that_breaks_its_identity_is_refused() -> None:
    good = smart([5.0, 3.0], 1.1, [1.0, 1.1], import_demand=-1.2, substitution=2.0)
    values = {name: getattr(good, name) for name in SmartResult.__dataclass_fields__}
    with pytest.raises(NotConverged, match="diversion does not sum to zero"):
        SmartResult(**{**values, "diversion": good.diversion + 1})


def test_a_product_that_is_not_imported_stays_so() -> None:
    r = smart([[5.0, 3.0], [0.0, 0.0]], 1.1, [1.0, 1.1], import_demand=-1.2, substitution=2.0)

    assert r.imports[1].tolist() == [0.0, 0.0]
    assert r.welfare[1] == 0.0
