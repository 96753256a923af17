"""What draws may vary by name: HS6 estimates, ranges, imputed flows and mirror reports, on the embedded release."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.core.errors import BadInput, NoData, UnknownName
from khorgos.ledger.elasticities import elasticities
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.store import open_ledger
from khorgos.ledger.worlds import world
from khorgos.measures.bilateral import mirror
from khorgos.models.mirror_range import BACK, mirror_range
from khorgos.models.named_causes import DEFAULT, IMPUTED_WITHIN, named_causes
from khorgos.models.product_thetas import product_thetas
from khorgos.models.simulation import Shock, intervals, simulate
from khorgos.models.worlds import prepared


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    return open_ledger(tmp_path_factory.mktemp("causes") / "ledger")


@pytest.fixture(scope="module")
def one():
    return prepared(world("one-sector"))


@pytest.fixture(scope="module")
def taxed(one):
    rates = np.zeros(one.baseline.tau.shape)
    rates[one.baseline.index("CHN"), one.baseline.index("USA")] = 0.2
    return simulate(one, Shock(rates, np.zeros_like(rates)), partial=False)


def causes(made, *names, ledger=None):
    return named_causes(names, made, made.world.trade.sum(2), ledger)


def test_products_of_all_sections_together_are_those_of_one_sector():
    """A product's trade is split over its sections, and nothing is lost or counted twice."""
    whole, parts = product_thetas(("all",)), product_thetas(world("sectors").sectors)

    assert len(whole.values[0]) > 4_800  # of 5,050 products; the others the United States did not import
    assert len(parts.values[-1]) == 0  # services
    assert sum(w.sum() for w in parts.weights) == pytest.approx(whole.weights[0].sum(), rel=1e-12)
    sections = sum((values * w).sum() for values, w in zip(parts.values, parts.weights, strict=True))
    assert sections / whole.weights[0].sum() == pytest.approx(whole.means["all"], rel=1e-12)


def test_an_estimate_is_found_in_its_section():
    """Fontagne, Guimbard and Orefice, crude oil (270900), nearly all of the fuels that the United States imports."""
    (line,) = elasticities({"HS07": ("270900",)})
    fuels = product_thetas(world("sectors").sectors)
    place = fuels.sectors.index("fuels")
    heaviest = fuels.weights[place].argmax()

    assert fuels.values[place][heaviest] == pytest.approx(line.sigma - 1.0)
    assert fuels.weights[place][heaviest] > 0.5 * fuels.weights[place].sum()


def test_a_world_that_products_do_not_lead_to_is_refused():
    with pytest.raises(BadInput, match=r"not to 3 sectors.*theta=2..8"):
        product_thetas(("a", "b", "c"))


def test_mirror_bounds_are_the_two_reports(ledger):
    """The same by the measure that `khorgos mirror` prints: the gap between the two sides, less freight."""
    base = world("one-sector")
    found = mirror_range(ledger, base)
    query = FlowQuery(("KAZ",), ("CHN",), years=tuple(range(base.year - BACK, base.year + 1)), statuses=("reported",))
    last: dict[tuple[str, str], dict] = {}
    for row in sorted(mirror(ledger, query).table.to_pylist(), key=lambda r: r["period"]):
        if row["exporter_report"] and row["importer_report"]:
            last[row["exporter"], row["importer"]] = row
    assert set(last) == {("KAZ", "CHN"), ("CHN", "KAZ")}
    for (i, j), row in last.items():
        at = base.countries.index(i), base.countries.index(j)
        ratio = row["importer_report"] / 1.06 / row["exporter_report"]
        # 1e-11: the reports are taken to twelve digits.
        assert found.high[at] ** 2 == pytest.approx(max(ratio, 1 / ratio), rel=1e-11)


def test_mirror_bounds_hold_the_flow_and_leave_alone_what_nobody_reports(ledger):
    base = world("one-sector")
    found = mirror_range(ledger, base)

    np.testing.assert_allclose(found.low * found.high, 1.0, rtol=1e-12)
    assert (found.high >= 1.0).all()
    assert (found.high[~found.known] == 1.0).all()
    assert not (found.known & base.trade_imputed).any()
    assert not np.diag(found.known).any()
    assert found.known.sum() > 2_000
    assert base.year - BACK <= found.years[0] <= found.years[1] <= base.year
    assert set(found.releases) <= set(ledger.releases)
    for _ in range(3):  # whatever order the engine sums months in
        np.testing.assert_array_equal(mirror_range(ledger, base).high, found.high)


def test_a_ledger_without_mirror_reports_is_told(tmp_path, one):
    with pytest.raises(NoData, match=r"both reports of no flow.*khorgos fetch comtrade"):
        causes(one, "mirror", ledger=open_ledger(tmp_path / "ledger", embedded=False))


@pytest.mark.parametrize(
    ("names", "error", "says"),
    [
        (("mirrors",), UnknownName, "Did you mean .*mirror"),
        (("hs6", "theta=2..8"), BadInput, "one way at a time"),
        (("standard-errors", "hs6"), BadInput, "one way at a time"),
        (("theta=two..8",), BadInput, "Write it like theta=2..8"),
        (("theta=8..2",), BadInput, "ends below its start"),
        (("theta=0..2",), BadInput, "theta"),
        (("mirror",), BadInput, "from a ledger"),
    ],
)
def test_what_cannot_be_drawn_is_refused(one, names, error, says):
    with pytest.raises(error, match=says):
        causes(one, *names)


def test_nothing_named_is_the_default(one):
    assert causes(one).asked == DEFAULT
    assert list(causes(one).causes) == ["elasticities", "imputed flows"]
    assert causes(one, "imputed", "imputed").asked == ("imputed",)


@given(st.floats(0.6, 12.0))
def test_zero_spread_has_no_width(taxed, theta):
    """Elasticities drawn from a range without a width, whatever theta: every draw says the same."""
    found = intervals(taxed, [(0, 1)], causes(taxed.prepared, f"theta={theta:.3f}..{theta:.3f}").causes, n=2, seed=1)
    low, high = found.interval()

    np.testing.assert_array_equal(low, high)
    assert not found.shares["elasticities"].any()


def test_no_spread_around_the_world_is_the_result(taxed):
    found = intervals(taxed, [], causes(taxed.prepared, "theta=4..4").causes, n=1, seed=9)  # the world's own theta

    # The draw is solved from another start: the solver's tolerance of 1e-10, in per cent.
    np.testing.assert_allclose(found.values[0], taxed.welfare["real_expenditure"], atol=1e-6)


def test_the_same_seed_the_same_answer_and_shares_that_sum_to_one(taxed, ledger):
    named = causes(taxed.prepared, "hs6", "mirror", "imputed", ledger=ledger).causes
    first, again = (intervals(taxed, [(3, 4)], named, n=4, seed=11, workers=w) for w in (1, 2))
    other = intervals(taxed, [(3, 4)], named, n=4, seed=12)

    np.testing.assert_array_equal(first.values, again.values)
    assert (first.values != other.values).any()
    assert set(first.shares) == {"elasticities", "imputed flows", "mirror reports"}
    np.testing.assert_allclose(sum(first.shares.values()), 1.0, rtol=1e-12)
    assert all(((share >= 0) & (share <= 1)).all() for share in first.shares.values())


def test_a_cause_is_drawn_alike_whatever_stands_beside_it(taxed, ledger):
    """So that a wider interval is the other cause's, not another seed's."""
    alone = intervals(taxed, [], causes(taxed.prepared, "imputed").causes, n=3, seed=5)
    both = intervals(taxed, [], causes(taxed.prepared, "theta=4..4", "imputed").causes, n=3, seed=5)

    np.testing.assert_allclose(alone.values, both.values, atol=1e-6)  # as above


def test_imputed_flows_stay_within_their_bounds(one):
    marked = one.world.trade_imputed
    drawn = causes(one, "imputed").causes["imputed flows"](one.baseline, np.random.default_rng(2))
    known = one.baseline.pi[:, :, 0] > 0
    moved = np.divide(drawn.pi[:, :, 0], one.baseline.pi[:, :, 0], out=np.ones(known.shape), where=known)
    moved = np.where(known, moved / np.diag(moved), 1.0)  # over home sales, since spending stays
    low, high = IMPUTED_WITHIN

    np.testing.assert_allclose(moved[~marked], 1.0, rtol=1e-12)
    assert (moved[marked & known] != 1.0).all()
    assert moved.min() >= low * (1 - 1e-12)
    assert moved.max() <= high * (1 + 1e-12)


def test_notes_say_how_much_of_what_the_scenario_touches_is_drawn(one, ledger):
    hit = np.zeros((195, 195))
    hit[one.baseline.index("CHN"), one.baseline.index("USA")] = 1.0
    found = named_causes(["mirror", "hs6"], one, hit, ledger)

    assert "100% of that which the scenario touches" in found.notes[1]
    assert "all 10.3 (4.0)" in found.notes[0]
    assert all(name.startswith("sha256:") for name in found.releases[:2])  # the estimates and their weights
    assert set(found.releases[2:]) <= set(ledger.releases)
