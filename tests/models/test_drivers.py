"""What drives a result: a small move agrees with the adjoint, and each alternative is the run it names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from khorgos.ledger.worlds import world
from khorgos.models.adjoint import real_expenditure_of, sensitivity
from khorgos.models.drivers import SPREAD, drivers
from khorgos.models.simulation import Shock, Simulated, simulate
from khorgos.models.worlds import prepared


def shocked(model: str, spread: float | None = None, deficits: str = "share") -> Simulated:
    made = prepared(world(model))
    if spread is not None:
        made = replace(made, world=replace(made.world, theta_spread=np.where(made.world.theta_spread > 0, spread, 0.0)))
    rates = np.zeros(made.baseline.pi.shape)
    goods = slice(None) if model == "one-sector" else slice(0, 10)
    rates[made.baseline.index("CHN"), made.baseline.index("USA"), goods] = 0.2
    return simulate(made, Shock(rates, np.zeros_like(rates), None, deficits), partial=False)  # type: ignore[arg-type]


@pytest.mark.parametrize("model", ["one-sector", "sectors"])
def test_a_small_move_of_an_elasticity_agrees_with_the_adjoint(model: str) -> None:
    small = 1e-3
    found = shocked(model, small)
    slopes = sensitivity(found.after, real_expenditure_of(found.after, "CHN")).theta
    k = found.prepared.baseline.index("CHN")
    level = 1 + found.welfare["real_expenditure"][k] / 100
    moved = {one.name: one for one in drivers(found) if one.kind == "elasticity"}

    for s, name in enumerate(found.prepared.world.sectors):
        if name in moved:
            expected = 100 * level * slopes[s] * 2 * SPREAD * small
            # a central difference: errors of second order (1e-6 of the slope) and the solver's 1e-10 over the step
            difference = moved[name].high[k] - moved[name].low[k]
            assert difference == pytest.approx(expected, rel=1e-3, abs=1e-7)


def test_other_closures_are_the_runs_they_name() -> None:
    found = shocked("one-sector")
    balanced = shocked("one-sector", deficits="balanced").welfare["real_expenditure"]
    driver = next(one for one in drivers(found) if one.name == "balanced")

    assert (driver.low == balanced).all()
    assert (driver.high == found.welfare["real_expenditure"]).all()
    assert {one.name for one in drivers(found) if one.kind == "transfers"} == {"balanced", "nominal"}


def test_without_the_only_shock_nothing_is_left() -> None:
    found = shocked("one-sector")
    nothing = Shock(found.shock.in_force, found.shock.in_force)
    driver = next(one for one in drivers(found, without={"it": nothing}) if one.kind == "measure")

    # per cent; a hundred times the solver's tolerance of 1e-10, and a little
    np.testing.assert_allclose(driver.low, 0.0, atol=1e-6)
    assert (driver.swing >= 0).all()
