"""The inverse question: the costs that were found bring the trade to the target, and nothing else does."""

from __future__ import annotations

import numpy as np
import pytest

from khorgos.core.errors import BadInput, Refused
from khorgos.ledger.worlds import Marks, world
from khorgos.models.inverse import LIMITS, Needed, needed_cost
from khorgos.models.simulation import Shock, simulate
from khorgos.models.worlds import Prepared, prepared


@pytest.fixture(scope="module")
def made() -> Prepared:
    return prepared(world("one-sector"))


@pytest.fixture(scope="module")
def nothing(made: Prepared) -> Shock:
    zero = np.zeros(made.baseline.pi.shape)
    return Shock(zero, zero)


def cells(made: Prepared, *pairs: tuple[str, str]) -> Marks:
    marks = np.zeros(made.baseline.pi.shape, dtype=bool)
    for exporter, importer in pairs:
        marks[made.baseline.index(exporter), made.baseline.index(importer)] = True
    return marks


def trade_at(made: Prepared, nothing: Shock, marks: Marks, d_hat: float) -> float:
    shock = Shock(nothing.tariffs, nothing.in_force, np.where(marks, d_hat, 1.0))
    return float(simulate(made, shock, partial=False).after.trade[marks].sum())


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.2, 2.0])
def test_the_costs_found_meet_the_target(made: Prepared, nothing: Shock, factor: float) -> None:
    marks = cells(made, ("CHN", "KGZ"), ("KGZ", "CHN"))
    today = float(made.baseline.trade[marks].sum())
    found = needed_cost(made, nothing, marks, factor * today)

    assert (found.d_hat < 1) == (factor > 1) or factor == 1
    # solved again from scratch by `simulate`: the tolerance of the target, and the solver's
    assert trade_at(made, nothing, marks, found.d_hat) == pytest.approx(factor * today, rel=2e-6)
    assert found.before == pytest.approx(today, rel=1e-9)  # the base year is at rest


def test_a_known_change_is_found_again(made: Prepared, nothing: Shock) -> None:
    marks = cells(made, ("CHN", "UZB"))
    goal = trade_at(made, nothing, marks, 0.93)

    # the trade elasticity is about four, so a target met to 1e-6 fixes the cost to a quarter of that
    assert needed_cost(made, nothing, marks, goal).d_hat == pytest.approx(0.93, abs=1e-6)


def test_a_tariff_that_comes_too_takes_a_larger_fall(made: Prepared, nothing: Shock) -> None:
    marks = cells(made, ("CHN", "UZB"))
    today = float(made.baseline.trade[marks].sum())
    taxed = Shock(np.where(marks, 0.1, 0.0), nothing.in_force)
    free, dear = (needed_cost(made, shock, marks, 1.2 * today) for shock in (nothing, taxed))

    assert isinstance(free, Needed)
    assert dear.d_hat < free.d_hat < 1


def test_what_no_road_can_do_is_refused(made: Prepared, nothing: Shock) -> None:
    marks = cells(made, ("CHN", "KGZ"))

    with pytest.raises(Refused, match=r"No change of trade costs reaches 1e\+15"):
        needed_cost(made, nothing, marks, 1e15)
    with pytest.raises(BadInput, match="above zero"):
        needed_cost(made, nothing, marks, 0.0)
    with pytest.raises(BadInput, match="trades nothing"):
        needed_cost(made, nothing, cells(made, ("CHN", "CHN")) & False, 1e9)
    assert LIMITS[0] * LIMITS[1] == pytest.approx(1.0)
