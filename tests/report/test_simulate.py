"""`khorgos simulate`: properties of its answers, refusals, and the same numbers twice."""

from __future__ import annotations

import csv
import doctest
import io
import json

import numpy as np
import pytest

from khorgos.core.errors import BadFile, BadInput, NoData, UnknownName
from khorgos.ledger.worlds import world
from khorgos.models.simulation import Shock
from khorgos.models.simulation import simulate as solve
from khorgos.models.worlds import prepared
from khorgos.report.answers.simulate import PRINTED, VIEWS, Simulation, measures_of, scenario_from, simulate
from khorgos.report.formats import to_text
from khorgos.report.scenario_file import TOP, parse
from khorgos.report.scenario_tables import TABLES, TARGET
from khorgos.report.scenario_text import cost, tariff
from khorgos.report.shipped import shipped

US_CHINA = "USA:CHN:all=+20%"


@pytest.fixture(scope="module")
def answer() -> Simulation:
    return simulate(measures_of([tariff(US_CHINA)]))


@pytest.fixture(scope="module")
def sectors() -> Simulation:
    return simulate(measures_of([tariff(US_CHINA)]), model="sectors")


@pytest.fixture(params=PRINTED)
def view(request, answer):
    return getattr(answer, request.param).view


def economy(found: Simulation, name: str) -> dict:
    return next(row for row in found.economies.view.rows if row["id"] == name)


def pair(found: Simulation, exporter: str, importer: str) -> dict:
    rows = found.flows.view.rows
    return next(row for row in rows if (row["exporter_id"], row["importer_id"]) == (exporter, importer))


@pytest.mark.parametrize("model", ["one-sector", "sectors"])
def test_a_tariff_of_zero_changes_nothing(model):
    found = simulate(measures_of([tariff("USA:CHN:all=+0%")]), model=model, top=0).simulated

    # per cent; a hundred times the solver's tolerance of 1e-10, and a little
    for values in (*found.welfare.values(), found.prices, found.exports, found.imports):
        np.testing.assert_allclose(values, 0.0, atol=1e-6)
    np.testing.assert_allclose(found.revenue, 0.0, atol=1e-3)  # dollars


@pytest.mark.parametrize("name", ["answer", "sectors"])
def test_a_tariff_on_china_does_what_it_must(name, request):
    found = request.getfixturevalue(name)
    us, china = economy(found, "USA"), economy(found, "CHN")
    kazakhstan = pair(found, "KAZ", "USA")

    assert us["prices"] > 0
    assert us["revenue"] > 1e10
    assert china["real_expenditure"] < 0
    assert china["first_order"] < 0
    assert kazakhstan["share_after"] > kazakhstan["share_before"]
    assert kazakhstan["change"] > 0
    assert pair(found, "CHN", "USA")["change"] < -30
    assert pair(found, "CHN", "KAZ")["change"] > 0


def test_revenue_is_the_tariff_on_what_still_comes(answer):
    flow = pair(answer, "CHN", "USA")["after"]

    # the solver's tolerance
    assert economy(answer, "USA")["revenue"] == pytest.approx(0.2 * flow, rel=1e-8)
    assert sum(answer.simulated.revenue != 0) == 1
    assert answer.economies.view.scale()[1] == "bn"


def test_flows_add_up(answer):
    found = answer.simulated
    for equilibrium in (found.before, found.after):
        spent = (equilibrium.trade * equilibrium.tau).sum(0)
        # spending is what is bought, tariffs included: an identity, so rounding only
        np.testing.assert_allclose(spent, equilibrium.X, rtol=1e-9)
        sold = equilibrium.trade.sum((1, 2))
        np.testing.assert_allclose(
            sold, equilibrium.value_added, rtol=1e-8
        )  # goods markets clear to 1e-10 and a little
    shares = [row["share_after"] for row in answer.flows.view.rows if row["importer_id"] == "USA"]
    assert 0 < sum(shares) <= 100


def test_without_revenue_the_three_measures_agree():
    # A partner's prohibitive cost moves no revenue: with balanced trade and one sector, ACR is exact (ACR 2012).
    text = 'title = "T"\ndeficits = "balanced"\n[[cost]]\nimporter = "all"\nexporter = "all"\nchange = "+3%"\n'
    found = simulate(parse(text, "t.toml")).simulated

    # the solver's tolerance, in per cent
    np.testing.assert_allclose(found.welfare["acr"], found.welfare["real_expenditure"], atol=1e-6)
    assert found.partial is None
    assert (found.welfare["acr"] < 0).all()


def test_partial_and_general_equilibrium_agree_on_a_small_shock_of_a_small_country():
    found = simulate(measures_of([tariff("KGZ:TUR:all=+1%")]), focus=["KGZ"])
    row = pair(found, "TUR", "KGZ")

    assert row["partial"] < 0
    # GSIM holds incomes and wages; a small country's small tariff hardly moves them: half a point of nearly five
    assert row["partial"] == pytest.approx(row["change"], abs=0.5)


def test_tariffs_in_force_are_what_the_outcome_is_compared_with():
    text = 'title = "T"\n[[in_force]]\nimporter = "USA"\nexporter = "CHN"\nadd = "20%"\n'
    removed, imposed = simulate(parse(text, "t.toml")).simulated, simulate(measures_of([tariff(US_CHINA)])).simulated

    for name, values in imposed.welfare.items():
        if name != "first_order":  # exact measures reverse; a first-order one does not
            # the solver's tolerance, in per cent
            np.testing.assert_allclose(1 + removed.welfare[name] / 100, 1 / (1 + values / 100), atol=1e-8)


def test_tariffs_with_a_sign_stack():
    twice = simulate(measures_of([tariff("USA:CHN:all=+5%"), tariff("USA:all:all=+15%")])).simulated
    place = tuple(twice.prepared.baseline.index(c) for c in ("CHN", "USA"))

    assert twice.shock.tariffs[place].item() == pytest.approx(0.2)  # a sum of two decimals
    assert twice.shock.tariffs[twice.prepared.baseline.index("KAZ"), place[1]].item() == pytest.approx(0.15)
    assert twice.shock.tariffs[place[1], place[1]].item() == 0


@pytest.mark.parametrize("model", ["one-sector", "sectors"])
def test_two_roads_to_the_same_numbers(model):
    made = prepared(world(model))
    base = made.baseline
    rates = np.zeros(base.pi.shape)
    goods = slice(None) if model == "one-sector" else slice(0, 10)
    rates[base.index("CHN"), base.index("USA"), goods] = 0.2
    direct = solve(made, Shock(rates, np.zeros_like(rates)))
    written = simulate(measures_of([tariff(US_CHINA)]), model=model).simulated

    assert (direct.welfare["real_expenditure"] == written.welfare["real_expenditure"]).all()


def test_the_elasticity_asked_for_is_used(answer):
    elastic = simulate(measures_of([tariff(US_CHINA)]), theta=8.0)

    assert (elastic.simulated.prepared.baseline.theta == 8.0).all()
    assert pair(elastic, "CHN", "USA")["change"] < pair(answer, "CHN", "USA")["change"]
    assert any("8 in every sector" in note for note in elastic.economies.view.notes)


def test_the_same_seed_gives_the_same_draws():
    first, second = (simulate(measures_of([tariff(US_CHINA)]), draws=4, seed=7, workers=w) for w in (1, 2))
    other = simulate(measures_of([tariff(US_CHINA)]), draws=4, seed=8)

    assert (first.draws.values == second.draws.values).all()
    assert (first.draws.values != other.draws.values).any()
    assert first.draws.failures == ()
    assert set(first.draws.shares) == {"elasticities", "imputed flows"}
    assert any("4 draws, seed 7, 0 failed" in note for note in first.economies.view.notes)
    row = economy(first, "CHN")
    assert row["low"] <= row["high"] < 0


def test_shares_of_imputation_are_percentages(answer):
    for row in answer.economies.measured[0].table.to_pylist():
        assert 0 <= row["imputed_trade"] <= 100 + 1e-9  # sums of shares round
        assert 0 <= row["imputed_expenditure"] <= 100
    assert any(note.startswith("Imputed: ") for note in answer.economies.view.notes)


def test_who_pays_for_deficits_can_be_changed_and_is_told(answer):
    balanced = simulate(measures_of([tariff(US_CHINA)]), deficits="balanced")
    base = balanced.simulated
    trade = base.after.trade.sum(2)

    # exports pay for imports: the solver's tolerance
    np.testing.assert_allclose(trade.sum(0), trade.sum(1), rtol=1e-8)
    assert any("Kyrgyzstan +" in note for note in answer.economies.view.notes)
    assert not any("Kyrgyzstan +" in note for note in balanced.economies.view.notes)
    with pytest.raises(BadInput, match="share, nominal, balanced"):
        simulate(measures_of([tariff(US_CHINA)]), deficits="none")


def test_a_tariff_of_everybody_shows_the_chosen():
    found = simulate(measures_of([tariff("all:all:all=+10%")]))
    ids = {row["exporter_id"] for row in found.flows.view.rows} | {row["importer_id"] for row in found.flows.view.rows}

    assert {"KAZ", "KGZ", "TJK", "TKM", "UZB"} <= ids
    assert all(row["shocked"] == "yes" for row in found.flows.view.rows)
    # a tariff of all on all: every economy's trade shrinks, whoever else gains from transfers
    assert (found.simulated.exports < 0).all()


def test_the_chosen_stand_on_top_and_all_can_be_seen(answer):
    every = simulate(measures_of([tariff(US_CHINA)]), top=0, focus=["MNG"])
    head = [row["id"] for row in every.economies.view.rows[:3]]

    assert head == ["USA", "CHN", "MNG"]
    assert len(every.economies.view.rows) == 195
    assert [row["id"] for row in answer.economies.view.rows[2:7]] == ["KAZ", "KGZ", "TJK", "TKM", "UZB"]
    gains = [row["real_expenditure"] for row in every.economies.view.rows[3:]]
    assert gains == sorted(gains, reverse=True)


def test_the_run_can_be_walked_back(answer):
    lineage = answer.economies.measured[0].lineage

    assert lineage.parameters["world"] == world("one-sector").sha256
    assert US_CHINA in lineage.query
    assert float(lineage.parameters["residual"]) <= 1e-10
    assert tuple(answer.economies.measured[0].table["trace"][0].as_py()) == lineage.releases


def test_the_tables_fit_a_terminal(answer, view):
    lines = to_text(view, width=100).splitlines()
    named = [line for line in lines if "China" in line or "United States" in line]

    assert len(named) >= 2
    assert max(len(line) for line in lines) <= 100
    assert "Kazakhstan" in "\n".join(lines)


def test_every_note_that_a_reader_needs(answer):
    notes = "\n".join(answer.economies.view.notes)

    for word in ("sweeps", "residual", "Walras gap", "Elasticity of trade", "Assumed", "sha256", "ACR"):
        assert word in notes
    assert [s.text for s in answer.economies.view.sources if "CEPII, BACI" in s.text]


def test_formats(answer, view):
    both = json.loads(answer.render("json"))
    rows = list(csv.DictReader(io.StringIO(answer.render("csv"))))

    assert set(both) == set(VIEWS) - {"drivers", "uncertainty"}
    assert rows[0]["economy"] == "United States"
    assert view.title in str(answer)
    assert view.title in answer.render("md")
    assert answer.render("parquet")[:4] == b"PAR1"
    assert answer.render("csv", "flows").startswith("exporter,importer")
    with pytest.raises(UnknownName, match="economies, flows"):
        answer.render("csv", "prices")
    with pytest.raises(BadInput, match="html"):
        answer.render("xlsx")


@pytest.mark.parametrize(
    ("text", "model", "error", "says"),
    [
        ("USA:CUB:all=+10%", None, UnknownName, "Unknown economy of the world 'one-sector': 'Cuba'"),
        ("USA:CHN:machinry=+10%", "sectors", UnknownName, "Did you mean machinery"),
        ("USA:CHN:5201=+10%", "sectors", UnknownName, "Sections: food"),
        ("USA:CHN:services=+10%", "sectors", BadInput, "not traded"),
        ("USA:CHN:food=+10%", None, UnknownName, "--model sectors"),
        ("USA:USA:all=+10%", None, BadInput, "levies nothing on itself"),
        ("USA:CHN:all=-10%", None, BadInput, r"below zero.*in_force"),
    ],
)
def test_what_the_world_has_not_is_refused(text, model, error, says):
    with pytest.raises(error, match=says):
        simulate(measures_of([tariff(text)]), model=model)


def test_measures_that_contradict_each_other_are_refused():
    with pytest.raises(BadInput, match="different rates"):
        simulate(measures_of([tariff("USA:CHN:all=10%"), tariff("USA:all:all=20%")]))
    with pytest.raises(BadInput, match="another adds to"):
        simulate(measures_of([tariff("USA:CHN:all=10%"), tariff("USA:all:all=+20%")]))
    assert simulate(measures_of([tariff("USA:CHN:all=10%"), tariff("USA:CHN:all=10%")])).simulated.revenue.max() > 0


def test_members_of_a_group_that_the_world_has_not_are_named():
    found = simulate(measures_of([cost("KAZ:CUB,RUS:all=-1%")]))

    assert any("left out: CUB" in note for note in found.economies.view.notes)


def test_nothing_to_do_and_nothing_known_are_refused():
    with pytest.raises(BadInput, match="changes nothing"):
        measures_of()
    with pytest.raises(UnknownName, match="one-sector, sectors"):
        simulate(measures_of([tariff(US_CHINA)]), model="many")
    with pytest.raises(UnknownName, match="scenario file or name"):
        scenario_from("no-such-scenario")
    with pytest.raises(BadInput, match="cannot be negative"):
        simulate(measures_of([tariff(US_CHINA)]), draws=-1)


def test_three_models_of_one_tariff_agree_on_who_sells_less(answer):
    for row in answer.diversion.view.rows:
        if (row["exporter"], row["importer"]) == ("China", "United States"):
            assert row["general"] < -30
            assert row["gsim"] < -30
            assert row["smart"] < -30
            assert row["creation"] < 0
            assert row["diversion"] < 0
    gains = {row["id"]: row for row in answer.partial.view.rows}
    assert gains["CHN"]["gsim"] < 0
    assert gains["CHN"]["smart"] is None  # SMART knows importers that change a tariff, and no others
    assert gains["USA"]["general"] == pytest.approx(
        answer.simulated.before.income[answer.simulated.prepared.baseline.index("USA")]
        * economy(answer, "USA")["real_expenditure"]
        / 100
    )


def test_partial_equilibrium_is_refused_where_costs_change():
    found = simulate(measures_of([], [cost("KGZ:CHN:all=-5%")]))

    assert set(json.loads(found.render("json"))) == {"economies", "flows", "sectors"}
    with pytest.raises(NoData, match="tariffs only"):
        found.render("table", "partial")
    assert "Cost" in found.render("table", "sectors")


def test_sectors_add_up_to_the_pair(sectors):
    rows = [
        row for row in sectors.sectors.view.rows if (row["exporter"], row["importer"]) == ("China", "United States")
    ]
    whole = pair(sectors, "CHN", "USA")

    assert len(rows) == 10
    for when in ("before", "after"):
        assert sum(row[when] for row in rows) == pytest.approx(whole[when])  # sums round
    assert {row["tariff_after"] for row in rows} == {20.0}


def test_drivers_tell_what_each_measure_does():
    found = simulate(measures_of([tariff(US_CHINA), tariff("CHN:USA:all=+10%")]))
    alone = simulate(measures_of([tariff(US_CHINA)]), partial=False)
    rows = {(row["id"], row["cause"]): row for row in found.drivers.view.rows}
    row = rows["USA", "without CHN:USA:all=+10%"]

    ends = {row["low"], row["high"]} - {row["central"]}
    # the same shock solved twice: the solver's tolerance, in per cent
    assert ends.pop() == pytest.approx(economy(alone, "USA")["real_expenditure"], abs=1e-7)
    assert {cause.partition(":")[0] for _, cause in rows} >= {"world", "transfers", "elasticity, all"}
    swings = [row["swing"] for row in found.drivers.view.rows if row["id"] == "USA"]
    assert swings == sorted(swings, reverse=True)


@pytest.mark.parametrize("name", shipped("scenarios"))
def test_every_scenario_that_ships_solves_names_its_sources_and_is_told_on_the_page(name, root):
    written = scenario_from(name)
    found = simulate(written, model="one-sector" if written.model is None else written.model, partial=False)

    assert all(one.legal for one in (*written.measures, *written.in_force))
    assert written.target is None or written.target.legal
    assert written.note
    assert found.simulated.after.residual <= 1e-10
    gains, base = found.simulated.welfare["real_expenditure"], found.simulated.prepared.baseline
    assert np.isfinite(gains).all()
    told = [f"{gains[base.index(area)]:+.2f}%".replace("-", "−") for area in ("USA", "CHN", "KAZ", "KGZ", "UZB")]
    row = f"| `{name}` | {found.simulated.prepared.world.id} | {' | '.join(told)} |"
    assert row in (root / "docs" / "scenarios.md").read_text(encoding="utf-8").splitlines()


def test_a_scenario_file_of_ones_own(tmp_path):
    (tmp_path / "base.toml").write_text(
        'title = "Base"\n[[tariff]]\nimporter = "USA"\nexporter = "CHN"\nadd = "20%"\n', encoding="utf-8"
    )
    (tmp_path / "mine.toml").write_text('title = "Mine"\ninclude = ["base.toml"]\n', encoding="utf-8")
    found = simulate(scenario_from(tmp_path / "mine.toml"))

    assert found.economies.view.title == "Who gains and loses: Mine"
    assert economy(found, "USA")["revenue"] > 0


def test_a_target_is_met_and_said():
    found = simulate(scenario_from("kyrgyz-china-2030"), partial=False)
    trade, base = found.simulated.after.trade, found.simulated.prepared.baseline
    one, two = base.index("CHN"), base.index("KGZ")

    # the target is met to a millionth
    assert trade[one, two].sum() + trade[two, one].sum() == pytest.approx(45e9, rel=1e-6)
    assert any("Solved for trade of 45 bn USD a year by 2030, from 18.3" in note for note in found.economies.view.notes)
    assert found.run.needed is not None
    other = simulate(scenario_from("kyrgyz-china-2030"), model="sectors", partial=False)
    assert other.run.needed is not None
    told = f"{100 * (other.run.needed.d_hat - 1):+.1f}% in the world sectors".replace("-", "−")
    assert any(told in note for note in found.economies.view.notes)
    assert any("days in transit" in note for note in found.economies.view.notes)


def test_a_corridor_tells_how_it_was_computed_and_moves_with_its_range():
    found = simulate(scenario_from("china-kyrgyzstan-uzbekistan-railway"))
    notes = "\n".join(found.economies.view.notes)
    row = next(r for r in found.drivers.view.rows if r["id"] == "KGZ" and r["kind"] == "range")

    assert "each worth 0.6% to 2.1% of the goods; 1,975 USD a load of 20 t become 841" in notes
    assert notes.count("each worth 0.6% to 2.1%") == 1  # there and back are one sentence
    assert row["low"] < economy(found, "KGZ")["real_expenditure"] < row["high"]


def test_a_scenario_of_ones_own_may_include_one_that_ships(tmp_path):
    (tmp_path / "mine.toml").write_text('title = "Mine"\ninclude = "us-china-2025-05"\n', encoding="utf-8")

    assert scenario_from(tmp_path / "mine.toml").measures == scenario_from("us-china-2025-05").measures
    (tmp_path / "us-china-2025-05.toml").write_text('title = "X"\ninclude = "mine"\n', encoding="utf-8")
    with pytest.raises(BadFile, match=r"mine\.toml -> us-china-2025-05 -> mine"):
        scenario_from(tmp_path / "mine.toml")


@pytest.mark.parametrize("page", ["simulate", "scenarios", "papers"])
def test_the_examples_of_the_page_hold(root, page):
    result = doctest.testfile(str(root / "docs" / f"{page}.md"), module_relative=False)

    assert result.attempted > 1
    assert result.failed == 0


def test_the_page_names_every_scenario_and_the_elasticities(root):
    page = (root / "docs" / "simulate.md").read_text(encoding="utf-8")
    own = (root / "docs" / "scenarios.md").read_text(encoding="utf-8")
    many = world("sectors")

    assert [name for name in shipped("scenarios") if f"`{name}`" not in own] == []
    for sector, theta, spread in zip(many.sectors[:-1], many.theta, many.theta_spread, strict=False):
        row = next(line for line in page.splitlines() if line.startswith(f"| {sector} |"))
        assert row.endswith(f"| {theta:.2f} | {spread:.2f} |")
    assert f"{len(many.donors)} economies" in page
    assert [key for keys in (*TABLES.values(), TARGET, TOP) for key in keys if f"`{key}`" not in own] == []
