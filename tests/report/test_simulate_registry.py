"""Tariffs as in force on a day: what the record adds to the base year, over a world."""

from __future__ import annotations

import datetime as dt
import html
import json
from dataclasses import replace

import numpy as np
import pytest

import khorgos
from khorgos.core.errors import BadInput
from khorgos.ledger.tariffs import tariff_registry
from khorgos.ledger.worlds import world
from khorgos.measures.tariffs import rates
from khorgos.report.answers.simulate import Simulation, scenario_from, simulate
from khorgos.report.answers.simulated_registry import measures_in_force, registry_rates
from khorgos.report.answers.simulated_shock import shock_of
from khorgos.report.pages.simulation import page
from khorgos.report.scenario_text import AsInForce, ScenarioText

PEAK, BASE = dt.date(2025, 4, 12), dt.date(2023, 7, 1)
US_ON_CHINA = AsInForce(PEAK, importers=("USA",), exporters=("CHN",))


def text(asked: AsInForce) -> ScenarioText:
    return ScenarioText("A day", (), registry=asked)


@pytest.fixture(scope="module")
def peak() -> Simulation:
    return simulate(scenario_from("in-force-2025-04-12"))


def test_the_day_of_the_base_year_changes_nothing() -> None:
    for name in ("one-sector", "sectors"):
        assert not registry_rates(world(name), AsInForce(BASE), BASE).any()
    found = khorgos.simulate(on=BASE, top=2, partial=False)
    # per cent; a hundred times the solver's tolerance of 1e-10, and a little
    np.testing.assert_allclose(found.simulated.welfare["real_expenditure"], 0.0, atol=1e-6)
    assert not any("In force on" in note for note in found.economies.view.notes)


def test_what_is_added_is_the_days_duty_over_that_of_the_base_year() -> None:
    registry = tariff_registry()
    base = world("sectors")
    found = registry_rates(base, replace(US_ON_CHINA, end=1.0), PEAK)[
        base.countries.index("CHN"), base.countries.index("USA")
    ]
    now, then = (rates(registry, "USA", ["CHN"], [day]).to_pylist()[0]["high"] / 100 for day in (PEAK, BASE))

    # the average over lines, whatever their weights, lies between the sections' own
    assert found[:-1].min() < (1 + now) / (1 + then) - 1 < found[:-1].max()
    assert found[-1] == 0  # services


def test_one_sector_is_the_mean_of_sections_by_the_pairs_trade() -> None:
    many, one = world("sectors"), world("one-sector")
    pair = many.countries.index("CHN"), many.countries.index("USA")
    by_section, whole = (registry_rates(base, US_ON_CHINA, PEAK)[pair] for base in (many, one))

    assert whole[0] == pytest.approx((by_section * many.trade[pair]).sum() / many.trade[pair].sum())


def test_only_the_asked_levy_and_bear() -> None:
    base = world("one-sector")
    found = registry_rates(base, US_ON_CHINA, PEAK)
    place = base.countries.index("CHN"), base.countries.index("USA")

    assert found[place] > 1.0  # more than a hundred per cent on top of section 301
    found[place] = 0.0
    assert not found.any()


def test_there_and_back_is_no_change() -> None:
    base = world("one-sector")
    there = shock_of(base, text(AsInForce(PEAK, BASE)))[0]
    back = shock_of(base, text(AsInForce(BASE, PEAK)))[0]

    np.testing.assert_array_equal(there.tariffs, back.in_force)
    np.testing.assert_array_equal(there.in_force, back.tariffs)


def test_the_peak_does_what_a_peak_must(peak: Simulation) -> None:
    rows = {row["id"]: row for row in peak.economies.view.rows}
    notes = "\n".join(peak.economies.view.notes)

    assert rows["CHN"]["real_expenditure"] < 0
    assert rows["USA"]["revenue"] > 1e10
    assert "on top of those of 2023" in notes
    assert "the middle between the lowest and the highest duty is taken" in notes
    assert "split as UNCTAD has it in 2015" in notes
    assert "In force on 2025-04-12 and not on 2023-07-01: " in notes
    assert [row["id"] for row in peak.economies.view.rows[:2]] == ["CHN", "USA"]


def test_the_page_lists_every_measure_with_its_act(peak: Simulation) -> None:
    found = page(peak, today=dt.date(2026, 11, 22))
    some = measures_in_force(world("one-sector"), AsInForce(PEAK))

    assert len(some) > 20
    assert all(f"{one.imposer}: {one.id}<" in found for one in some)
    assert all(html.escape(one.legal).replace("&#x27;", "’") in found for one in some)


def test_drivers_name_the_importers_and_the_conditions(peak: Simulation) -> None:
    causes = {row["cause"] for row in peak.drivers.view.rows}

    assert {
        "without tariffs of CHN",
        "without tariffs of USA",
        "range of the conditions",
    } <= causes


def test_measures_come_on_top(peak: Simulation) -> None:
    found = khorgos.simulate("in-force-2025-04-12", tariffs=["USA:KAZ:all=+5%"], partial=False)
    base = found.simulated.prepared.baseline
    place = base.index("KAZ"), base.index("USA")
    more = found.simulated.shock.tariffs[place] - peak.simulated.shock.tariffs[place]

    assert more.item() == pytest.approx(0.05)  # rounding of a sum
    assert found.economies.view.title.endswith("USA:KAZ:all=+5%")


def test_a_day_without_a_file() -> None:
    found = khorgos.simulate(on="2025-04-12", against="2025-01-19", partial=False)

    assert found.economies.view.title == "Who gains and loses: Tariffs as in force on 2025-04-12 against 2025-01-19"
    assert found.simulated.shock.in_force.any()


def test_partial_equilibrium_takes_tariffs_that_fell_below_the_base_years() -> None:
    found = simulate(scenario_from("trade-war-removed"))
    rows = {(row["exporter"], row["importer"]): row for row in found.diversion.view.rows}

    assert rows["China", "United States"]["gsim"] > 0
    assert rows["China", "United States"]["general"] > 0
    assert json.loads(found.render("json"))["partial"]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"on": "2017-05-01"}, "begins on 2018-01-01"),
        ({"on": "soon"}, "Not a day"),
        ({"against": "2025-01-19"}, "needs the day itself"),
        ({"on": "2025-04-12", "against": "2025-04-12"}, "are one"),
    ],
)
def test_days_that_cannot_be_are_refused(settings: dict[str, str], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        khorgos.simulate(**settings)


def test_an_importer_that_the_record_has_not_is_refused() -> None:
    with pytest.raises(BadInput, match="CHN, USA only"):
        simulate(text(AsInForce(PEAK, importers=("KAZ",))))
    with pytest.raises(BadInput, match="No economy of the world bears"):
        simulate(text(AsInForce(PEAK, importers=("USA",), exporters=("USA",))))
