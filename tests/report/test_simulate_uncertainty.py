"""`khorgos simulate --uncertainty`: intervals and shares of variance as a table, on the page and in JSON."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest

from khorgos.core.errors import BadInput, NoData
from khorgos.ledger.store import open_ledger
from khorgos.models.uncertainty import Draws
from khorgos.report.answers.simulate import measures_of, simulate
from khorgos.report.answers.simulated_draws import failures
from khorgos.report.formats import to_text
from khorgos.report.pages.simulation import page
from khorgos.report.scenario_text import tariff

SHOCK = measures_of([tariff("USA:CHN:all=+20%")])


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    return open_ledger(tmp_path_factory.mktemp("uncertainty") / "ledger")


@pytest.fixture(scope="module")
def found(ledger):
    return simulate(SHOCK, draws=20, uncertainty=["hs6", "mirror"], seed=3, top=4, ledger=ledger)


def test_the_table_is_the_draws(found):
    """Rows computed again from the draws themselves."""
    base = found.simulated.prepared.baseline
    for row in found.uncertainty.view.rows:
        values = found.draws.values[:, base.index(row["id"])]
        assert row["low"] == pytest.approx(np.quantile(values, 0.05))
        assert row["median"] == pytest.approx(np.quantile(values, 0.5))
        assert row["high"] == pytest.approx(np.quantile(values, 0.95))
        assert row["share_elasticities"] + row["share_mirror_reports"] == pytest.approx(100.0)


def test_json_has_everything(found):
    whole = json.loads(found.render("json"))
    view = whole["uncertainty"]

    assert {row["economy"] for row in view["rows"]} >= {"China", "Kazakhstan"}
    assert view["rows"][0].keys() >= {"low", "median", "high", "share_elasticities", "share_mirror_reports"}
    assert "20 draws, seed 3, 0 failed to solve." in view["notes"]
    assert any("Tariff-based product-level" in note for note in view["notes"])
    assert any(source["release"].startswith("imf-dots:") for source in view["sources"])
    told = [source["text"] for source in view["sources"] if source["release"].startswith("sha256:")]
    assert any(text.startswith("U.S. Census Bureau, International Trade API, imports for consumption") for text in told)
    assert any("Tariff-based product-level trade elasticities" in text for text in told)


def test_the_lineage_records_what_was_drawn(found):
    for answer in (found.uncertainty, found.economies):
        told = answer.measured[0].lineage.parameters
        assert (told["draws"], told["seed"], told["failed"], told["uncertainty"]) == ("20", "3", "0", "hs6,mirror")
    assert any(name.startswith("imf-dots:") for name in found.uncertainty.measured[0].lineage.releases)


def test_the_page_has_the_table_and_its_releases(found):
    whole = page(found, today=dt.date(2026, 11, 22))

    assert "How sure it is: the draws, and whose variance it is" in whole
    assert "of other elasticities" in whole  # the interval does not hold the result
    assert "Tariff-based product-level trade elasticities" in whole
    assert "DOTS 1960-2020" in whole


def test_elasticities_elsewhere_give_an_interval_elsewhere(found):
    """HS6 estimates centre on 10.3, so their interval is that of a world with such elasticities."""
    elastic = simulate(SHOCK, theta=10.3)
    base = elastic.simulated.prepared.baseline
    low, high = found.draws.interval(0.99)
    china = base.index("CHN")

    assert low[china] <= elastic.simulated.welfare["real_expenditure"][china] <= high[china]
    assert not low[china] <= found.simulated.welfare["real_expenditure"][china] <= high[china]


def test_all_formats(found):
    assert "How sure it is" in to_text(found.uncertainty.view, width=120)
    assert found.render("csv", "uncertainty").startswith("economy,real_expenditure,low,median,high,share_elasticities")
    assert found.uncertainty.table.num_rows == len(found.uncertainty.view.rows)


def test_failures_are_told_by_reason_and_by_cause():
    drawn = Draws(
        np.zeros((2, 3)), 7, ((1, "no"), (3, "no"), (4, "never")), {}, {"elasticities": 0, "mirror reports": 2}
    )

    assert failures(drawn) == (
        "5 draws, seed 7, 3 failed to solve.",
        "Failed (2): no",
        "Failed (1): never",
        "Of the draws of mirror reports alone 2 failed to solve.",
    )


def test_draws_near_the_edge_of_what_has_an_equilibrium(ledger):
    """The largest tariffs that the world can bear: some drawn worlds cannot, and are counted."""
    found = simulate(
        measures_of([tariff("USA:all:all=+390%")]),
        draws=8,
        uncertainty=["mirror"],
        seed=1,
        partial=False,
        ledger=ledger,
    )

    assert 0 < len(found.draws.failures) == found.draws.alone["mirror reports"]
    assert len(found.draws.values) + len(found.draws.failures) == 8
    notes = found.uncertainty.view.notes
    assert f"8 draws, seed 1, {len(found.draws.failures)} failed to solve." in notes
    assert any("try deficits='balanced'" in note for note in notes)
    assert found.uncertainty.findings[0].code == "not solved"


def test_nothing_varies_and_no_share_is_claimed():
    found = simulate(SHOCK, draws=2, uncertainty=["theta=4..4"])

    assert {row["share_elasticities"] for row in found.uncertainty.view.rows} == {None}
    assert all(row["low"] == row["high"] for row in found.uncertainty.view.rows)


def test_sectors_draw_each_sector(ledger):
    found = simulate(SHOCK, model="sectors", draws=3, uncertainty=["hs6"], seed=1)

    assert any("fuels 13.7 (13.5)" in note for note in found.uncertainty.view.notes)
    assert any("services, of which there is no estimate" in note for note in found.uncertainty.view.notes)
    assert set(found.draws.shares) == {"elasticities"}


def test_what_cannot_be_answered_is_refused():
    with pytest.raises(BadInput, match="Add --draws 200"):
        simulate(SHOCK, uncertainty=["hs6"])
    with pytest.raises(NoData, match="Add --draws 200"):
        _ = simulate(SHOCK).uncertainty
    assert "uncertainty" not in json.loads(simulate(SHOCK).render("json"))
