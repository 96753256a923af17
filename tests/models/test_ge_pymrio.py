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
from khorgos.models.welfare import real_expenditure

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
    twice = parsed.Z.rename(index={"services": "goods"}, columns={"services": "goods"})
    for wrong, words in (
        ({"Z": None}, "no Z"),
        ({"Y": None}, "no Y"),
        ({"Z": parsed.Z.iloc[:5]}, "both ways"),
        ({"Z": parsed.Z.droplevel("sector")}, "both ways"),
        ({"Z": twice, "Y": parsed.Y.set_axis(twice.index)}, "twice"),
        ({"Y": parsed.Y.iloc[:5]}, "rows of Y"),
        ({"Y": parsed.Y.iloc[::-1]}, "rows of Y"),
        ({"Y": parsed.Y.iloc[:, :4]}, "by the regions"),
    ):
        with pytest.raises(BadInput, match=words):
            from_pymrio(system(**wrong), 4.0)


def test_the_order_of_columns_is_not_that_of_rows():
    parsed = system()
    found, usual = from_pymrio(system(Z=parsed.Z.iloc[:, ::-1]), 4.0), from_pymrio(parsed, 4.0)

    np.testing.assert_array_equal(found.baseline.gamma, usual.baseline.gamma)
    np.testing.assert_array_equal(found.baseline.pi, usual.baseline.pi)


def test_a_region_without_a_sector():
    """EORA's rest of the world has one sector that nobody else has: it makes no other, and others do not make it."""
    pandas = pytest.importorskip("pandas", reason="pandas comes with the extras only")
    parsed = system()
    labels = pandas.MultiIndex.from_tuples([*parsed.Z.index[:4], ("C", "all")], names=["region", "sector"])
    Z = pandas.DataFrame(parsed.Z.to_numpy()[:5, :5], labels, labels)
    found = from_pymrio(system(Z=Z, Y=parsed.Y.iloc[:5].set_axis(labels)), 5.0)
    base = found.baseline

    assert base.sectors == ("goods", "services", "all")
    assert "4 sectors that a region has not" in found.notes[-1]
    np.testing.assert_array_equal(base.trade[2, :, :2], 0.0)  # the rest of the world sells nothing else
    np.testing.assert_array_equal(base.trade[:2, :, 2], 0.0)
    np.testing.assert_allclose(base.trade.sum(), Z.to_numpy().sum() + parsed.Y.to_numpy()[:5].sum(), rtol=1e-12)
    rest = solve(base, scenario(base), tolerance=1e-12)
    np.testing.assert_allclose(rest.w_hat, 1.0, atol=1e-10)  # the solver's tolerance


@pytest.fixture(scope="module")
def pymrio():
    return pytest.importorskip("pymrio", reason="the extra khorgos[tables] is not installed")


@pytest.fixture(scope="module")
def mrio(pymrio):
    """pymrio's own small table: six regions, eight sectors, six categories of final demand; million euro."""
    return pymrio.load_test().calc_all()


@pytest.mark.parametrize("separate", [False, True])
def test_pymrios_table_is_a_world_at_rest(mrio, separate):
    found = from_pymrio(mrio, 5.0, separate_uses=separate)
    base = found.baseline
    rest = solve(base, scenario(base))

    assert base.countries == tuple(mrio.get_regions())
    assert base.sectors == tuple(mrio.get_sectors())
    assert (found.changed, found.notes) == (0.0, ())
    for hats in (rest.w_hat, rest.price_index):
        np.testing.assert_allclose(hats, 1.0, atol=1e-8)  # the solver's 1e-10, times the table's conditioning
    np.testing.assert_allclose(rest.trade, base.trade, rtol=1e-8, atol=1e-8 * base.trade.max())


def test_pymrios_own_accounts_balance_with_the_worlds(mrio):
    """Output, coefficients and value added as pymrio computes them from the same table."""
    base = from_pymrio(mrio, 5.0).baseline
    rest = solve(base, scenario(base))
    n, s = len(base.countries), len(base.sectors)
    output = mrio.x.to_numpy().reshape(n, s)
    coefficients = mrio.A.to_numpy().reshape(n, s, n, s).sum(0)  # [input, buyer, industry]

    np.testing.assert_allclose(rest.sales, output, rtol=1e-8)  # the solver's tolerance, as above
    np.testing.assert_allclose(base.gamma, coefficients.transpose(1, 0, 2), rtol=1e-9)
    added = (output - mrio.Z.to_numpy().sum(0).reshape(n, s)).sum(1)
    np.testing.assert_allclose(base.value_added, added, rtol=1e-9)
    np.testing.assert_allclose(base.deficit.sum(), 0.0, atol=1e-9 * added.sum())
    sold = mrio.Z.to_numpy().reshape(n, s, n, s).sum(3) + mrio.Y.to_numpy().reshape(n * s, n, -1).sum(2).reshape(
        n, s, n
    )
    np.testing.assert_allclose(base.trade, sold.transpose(0, 2, 1), rtol=1e-9)


def test_a_tariff_in_pymrios_world(mrio):
    base = from_pymrio(mrio, 5.0).baseline
    rest = solve(base, scenario(base))
    rates = np.zeros_like(base.tau)
    rates[1, 0] = 0.2  # reg1 on all that it buys from reg2
    after = solve(base, scenario(base, tariffs=rates))

    assert after.residual < 1e-10
    assert abs(after.walras) < 1e-9
    assert after.trade[1, 0].sum() < 0.6 * rest.trade[1, 0].sum()  # (1.2)^-5 is 0.40 before prices answer
    np.testing.assert_allclose(after.revenue[0], 0.2 * after.trade[1, 0].sum(), rtol=1e-8)
    np.testing.assert_allclose(after.revenue[1:], 0.0, atol=1e-9 * after.revenue[0])
    gain = real_expenditure(after, rest) - 1.0
    assert gain[1] < 0
    assert gain[1] < gain[2:].min()  # who is hit loses, and more than those who are not
    # Halved, it does about half as much to those it hits: the model is smooth.
    half = solve(base, scenario(base, tariffs=rates / 2))
    assert 0.45 < np.log1p(real_expenditure(half, rest)[1] - 1) / np.log1p(gain[1]) < 0.75


def test_regions_that_pymrio_puts_together(mrio):
    """pymrio's aggregation and ours: trade between groups is the sum over their members."""
    groups = np.array([0, 0, 0, 1, 1, 1])
    whole, some = from_pymrio(mrio, 5.0).baseline, from_pymrio(mrio.copy().aggregate(region_agg=groups), 5.0).baseline
    member = groups[:, None] == np.arange(2)

    np.testing.assert_allclose(some.trade, np.einsum("ia,ijs,jb->abs", member, whole.trade, member), rtol=1e-9)
    np.testing.assert_allclose(some.value_added, whole.value_added @ member, rtol=1e-9)


def test_coefficients_alone_are_refused_with_what_to_do(mrio):
    bare = mrio.copy()
    bare.reset_all_to_coefficients()

    with pytest.raises(BadInput, match=r"no Z.*calc_system\(\)"):
        from_pymrio(bare, 5.0)


def test_wiod_by_way_of_pymrio(pymrio, shared):
    """The World Input-Output Table of 2008, 41 regions, 35 industries, held by pymrio: as from its arrays."""
    import pandas

    data = np.load(shared / "data" / "models" / "wiod_2013" / "wiot_2008.npz")
    countries, industries = tuple(map(str, data["countries"])), tuple(map(str, data["industries"]))
    n, s = len(countries), len(industries)
    Z, F = data["Z"].reshape(n * s, n * s).astype(float), data["F"].reshape(n * s, n * 5).astype(float)
    rows = pandas.MultiIndex.from_product([countries, industries], names=["region", "sector"])
    demand = pandas.MultiIndex.from_product([countries, list("abcde")], names=["region", "category"])
    table = pymrio.IOSystem(Z=pandas.DataFrame(Z, rows, rows), Y=pandas.DataFrame(F, rows, demand))
    found = from_pymrio(table, 5.0)
    direct = from_table(countries, industries, Z.reshape(n, s, n, s), F.reshape(n, s, n, 5).sum(3), np.full(s, 5.0))

    np.testing.assert_allclose(found.baseline.pi, direct.baseline.pi, rtol=1e-12)
    assert (found.changed, found.notes) == (pytest.approx(direct.changed), direct.notes)


@pytest.mark.parametrize("edition", [2016, 2021])
def test_icio_as_pymrio_parses_it(pymrio, tmp_path, edition):
    """A file in the layout of OECD's ICIO: China's parts, taxes and value added as rows, a discrepancy in 2016."""
    path, changed = icio(tmp_path, edition)
    found = from_pymrio(pymrio.parse_oecd(path), 4.0)
    base = found.baseline

    assert base.countries == ("AUS", "CHN", "USA")  # CN1 and CN2 are in CHN
    assert base.sectors == ("01T03", "D10")
    assert found.changed == pytest.approx(changed, rel=1e-12)
    rest = solve(base, scenario(base), tolerance=1e-12)
    np.testing.assert_allclose(rest.w_hat, 1.0, atol=1e-10)  # the solver's tolerance


def icio(folder, edition):
    """A small made-up table, and the share of it that is a discrepancy."""
    import pandas

    rng = np.random.default_rng(edition)
    made = [f"{region}_{sector}" for region in ("AUS", "CHN", "CN1", "CN2", "USA") for sector in ("01T03", "D10")]
    bought = [f"{region}_{use}" for region in ("AUS", "CHN", "USA") for use in ("HFCE", "GFCF", "INVNT")]
    extra = ["DISC"] if edition == 2016 else []
    values = rng.uniform(1, 2, (len(made), len(made) + len(bought) + len(extra)))
    values[:, len(made) : len(made) + len(bought)] *= 5
    table = pandas.DataFrame(values, made, [*made, *bought, *extra])
    lost = table[extra].abs().to_numpy().sum() / table.abs().to_numpy().sum()
    table.loc["VALU"] = table.loc["TLS" if edition == 2021 else "TAXSUB"] = 1.0
    table.loc["OUT"] = table["OUT"] = 0.0
    path = folder / f"ICIO{edition}_2018.csv"
    table.to_csv(path)
    return path, float(lost)
