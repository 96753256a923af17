"""Tables as pymrio holds them: by its own test system where it is installed, by data frames of its layout elsewhere."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from khorgos.core.errors import BadInput
from khorgos.models.calibrate import from_table
from khorgos.models.calibrate_pymrio import from_pymrio
from khorgos.models.equilibrium import solve
from khorgos.models.scenario import scenario

NAMES, SECTORS = ("A", "B", "C"), ("goods", "services")


def system(**changes):
    pandas = pytest.importorskip("pandas", reason="pandas comes with the extras only")
    rng = np.random.default_rng(0)
    rows = pandas.MultiIndex.from_product([NAMES, SECTORS], names=["region", "sector"])
    demand = pandas.MultiIndex.from_product([NAMES, ["households", "government"]], names=["region", "category"])
    Z = pandas.DataFrame(rng.uniform(0, 1, (6, 6)), rows, rows)
    Y = pandas.DataFrame(rng.uniform(0, 6, (6, 6)), rows, demand)
    return SimpleNamespace(**({"Z": Z, "Y": Y} | changes))


@pytest.mark.parametrize("separate", [False, True])
def test_a_system_is_the_table_that_it_holds(separate):
    parsed = system()
    found = from_pymrio(parsed, [4.0, 6.0], separate_uses=separate)
    Z, Y = parsed.Z.to_numpy().reshape(3, 2, 3, 2), parsed.Y.to_numpy().reshape(3, 2, 3, 2).sum(3)
    direct = from_table(NAMES, SECTORS, Z, Y, [4.0, 6.0], separate_uses=separate)
    np.testing.assert_array_equal(found.baseline.pi, direct.baseline.pi)
    np.testing.assert_array_equal(found.baseline.gamma, direct.baseline.gamma)
    rest = solve(found.baseline, scenario(found.baseline), tolerance=1e-12)
    np.testing.assert_allclose(rest.w_hat, 1.0, atol=1e-10)  # the solver's tolerance


def test_what_is_no_table_is_refused():
    parsed = system()
    for wrong, words in (
        ({"Z": None}, "no Z"),
        ({"Y": None}, "no Y"),
        ({"Z": parsed.Z.iloc[::-1]}, "both ways"),
        ({"Z": parsed.Z.iloc[:5, :5]}, "Not every region"),
        ({"Y": parsed.Y.iloc[:5]}, "rows of Y"),
        ({"Y": parsed.Y.iloc[:, :4]}, "by the regions"),
    ):
        with pytest.raises(BadInput, match=words):
            from_pymrio(system(**wrong), 4.0)


def test_the_test_system_of_pymrio():
    pymrio = pytest.importorskip("pymrio", reason="the extra khorgos[tables] is not installed")
    parsed = pymrio.load_test()
    found = from_pymrio(parsed, 5.0)
    assert found.baseline.countries == tuple(parsed.get_regions())
    rest = solve(found.baseline, scenario(found.baseline))
    np.testing.assert_allclose(rest.w_hat, 1.0, atol=1e-8)  # the solver's 1e-10, times the table's conditioning
