"""Caliendo and Parro (2015): Table 2 of the REStud article, and a stored solution."""

from __future__ import annotations

import numpy as np
import pytest

from khorgos.models.equilibrium import solve
from khorgos.models.papers import caliendo_parro
from khorgos.models.papers.caliendo_parro import Nafta, nafta, reproduce
from khorgos.models.scenario import scenario
from khorgos.models.welfare import first_order, real_expenditure, real_wage_parts


@pytest.fixture(scope="module")
def data(contents) -> Nafta:
    return caliendo_parro.read(contents(caliendo_parro.FILES))


def test_every_cell_of_table_2_and_the_stored_solution(data):
    cells = reproduce(data)
    assert [c for c in cells if not c.matches] == []
    assert len([c for c in cells if c.table == "Table 2"]) == 12


def test_the_published_measure_is_not_real_income(data):
    before, after = nafta(data)
    mexico = data.baseline.index("Mexico")
    assert round(100 * first_order(after, before).total[mexico], 2) == 1.31
    # The note of the data folder: 0.007 per cent as exact real income, from the same equilibrium.
    assert round(100 * (real_expenditure(after, before)[mexico] - 1), 3) == 0.007


def test_the_parts_of_the_real_wage_add_up(data):
    before, after = nafta(data)
    parts = real_wage_parts(after, before)
    total = parts.final + parts.materials + parts.linkages
    # 1e-9: the solver stops at 1e-12, and the smallest value-added share of the table (0.005) divides it.
    np.testing.assert_allclose(total, parts.log_change, atol=1e-9)


@pytest.mark.parametrize("method", ["anderson", "sweep", "newton"])
def test_three_methods_meet_at_one_equilibrium(data, method):
    base = data.baseline
    found = solve(base, scenario(base, tariffs=data.rates, deficits="balanced"), methods=(method,))
    assert found.method == method
    # 1e-8: the accuracy that the stored solution is trusted to.
    np.testing.assert_allclose(found.w_hat, data.stored["cfl_w"], rtol=1e-8)
