"""The same world with less in it: at rest, with the same flows; and NAFTA in each."""

from __future__ import annotations

import numpy as np
import pytest

from khorgos.core.errors import BadInput
from khorgos.models.baseline import armington
from khorgos.models.equilibrium import rebase, solve
from khorgos.models.papers import caliendo_parro
from khorgos.models.scenario import scenario
from khorgos.models.variants import one_sector, own_materials, weighted_rates, without_materials
from khorgos.models.welfare import first_order


@pytest.fixture(scope="module")
def data(shared):
    folder = shared / "data" / "models"
    files = {k: folder / v for k, v in caliendo_parro.FILES.items()}
    arrays = {"data": np.load(files.pop("data"))}
    return caliendo_parro.read(arrays | {k: path.read_bytes() for k, path in files.items()})


@pytest.fixture(scope="module")
def rest(data):
    """The world of 1993 without deficits, as a base year."""
    return rebase(caliendo_parro.nafta(data)[0])


VARIANTS = {
    "none": without_materials,
    "one": lambda base: one_sector(base, 4.5),
    "one, no materials": lambda base: one_sector(base, 4.5, materials=False),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_is_at_rest_with_the_same_flows(rest, name):
    base = VARIANTS[name](rest)
    found = solve(base, scenario(base), tolerance=1e-12)
    np.testing.assert_allclose(found.w_hat, 1.0, atol=1e-9)  # the base is itself solved to 1e-12
    np.testing.assert_allclose(found.trade.sum(2), rest.trade.sum(2), rtol=1e-7, atol=1e-6 * rest.trade.max())


def test_nafta_by_variant(data, rest):
    """Materials and many sectors raise Mexico's gain, as the paper says."""
    mexico = rest.index("Mexico")
    gains = {}
    for name, make in ({"full": lambda base: base, "own": own_materials} | VARIANTS).items():
        base = make(rest)
        rates = data.rates if len(base.sectors) > 1 else weighted_rates(rest, 1.0 + data.rates)
        before = solve(base, scenario(base, deficits="balanced"), tolerance=1e-11)
        after = solve(base, scenario(base, tariffs=rates, deficits="balanced"), tolerance=1e-11)
        gains[name] = 100 * float(first_order(after, before).total[mexico])
    assert round(gains["full"], 2) == 1.31  # Table 2, from the rebased world
    assert gains["one, no materials"] < gains["one"] < gains["full"]
    assert gains["one, no materials"] < gains["none"] < gains["own"] < gains["full"]


def test_own_materials_take_all_linkages_away(rest):
    base = own_materials(rest)
    off = base.gamma * (1 - np.eye(len(base.sectors)))
    assert off.max() == 0.0
    np.testing.assert_array_equal(base.beta, 1 - np.einsum("nss->ns", base.gamma))


def test_variants_of_a_world_with_margins_are_refused():
    base = armington(("A", "B"), [[9, 1], [1, 9]], 4.0).with_(kappa=0.5)
    with pytest.raises(BadInput, match="one market a sector"):
        without_materials(base)
    with pytest.raises(BadInput, match="no materials"):
        own_materials(base.with_(kappa=0.0))
