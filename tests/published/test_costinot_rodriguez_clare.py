"""Costinot and Rodriguez-Clare (2014), Table 4.1: gains from trade by formula and by the engine."""

from __future__ import annotations

import numpy as np
import pytest

from khorgos.models.baseline import armington
from khorgos.models.equilibrium import solve
from khorgos.models.gains import gains_many_sectors, gains_one_sector
from khorgos.models.papers import costinot_rodriguez_clare as paper
from khorgos.models.papers.costinot_rodriguez_clare import Data, reproduce
from khorgos.models.scenario import scenario
from khorgos.models.welfare import acr, real_expenditure


@pytest.fixture(scope="module")
def data(contents) -> Data:
    return paper.read(contents(paper.FILES))


def test_table_4_1(data):
    cells = reproduce(data)
    assert [c for c in cells if not c.matches] == []
    assert len(cells) == 36


def autarky(base):
    n = len(base.countries)
    # 1e60 leaves imports a share of 1e-60 even at theta = 1: autarky to rounding.
    d_hat = np.where(np.eye(n, dtype=bool), 1.0, 1e60)
    return solve(base, scenario(base, d_hat=d_hat, deficits="balanced"))


def test_the_engine_in_autarky_loses_what_the_formula_says(data):
    base = armington(data.countries, data.flows.sum(2), paper.EPSILON)
    found = autarky(base)
    # 1e-9: the solver's tolerance of 1e-10 and a little.
    np.testing.assert_allclose(1 - acr(found), gains_one_sector(data.flows, paper.EPSILON), atol=1e-9)
    balanced = solve(base, scenario(base, deficits="balanced"))
    expected = (1 - gains_one_sector(data.flows, paper.EPSILON)) / acr(balanced)
    np.testing.assert_allclose(real_expenditure(found, balanced), expected, rtol=1e-9)


def test_many_sectors_in_autarky(data):
    flows = data.flows + 1e-3 * np.eye(34)[:, :, None]  # every country makes a little of everything
    base = armington(data.countries, flows, np.maximum(data.theta, 1.0), sectors=tuple(map(str, range(31))))
    formula = gains_many_sectors(flows, np.maximum(data.theta, 1.0))
    np.testing.assert_allclose(1 - acr(autarky(base)), formula, atol=1e-9)  # the solver's 1e-10 and a little
