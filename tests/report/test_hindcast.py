"""Hindcasts: what episodes may say, what is observed, what is predicted, and the page that publishes the errors."""

from __future__ import annotations

import csv
import datetime as dt
import importlib.util
import io
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from khorgos.core.errors import BadFile, BadInput, NoData, UnknownName
from khorgos.ledger.files import import_files
from khorgos.ledger.store import open_ledger
from khorgos.ledger.tariffs import import_weights, tariff_registry
from khorgos.ledger.worlds import EARLIER, mixes_of, world
from khorgos.measures.tariffs import rates
from khorgos.models.equilibrium import solve
from khorgos.models.scenario import scenario
from khorgos.models.worlds import prepared
from khorgos.report.answers.hindcast import episode_from, factors, hindcast
from khorgos.report.answers.hindcast_products import by_product
from khorgos.report.answers.observed import observed
from khorgos.report.episode_text import Levy, Step, parse
from khorgos.report.shipped import shipped

HEAD = """
title = "T"
world = "one-sector-2017"
before = 2017
after = 2019
trend = 5
reporters = ["USA", "CHN"]
rivals = ["USA", "CHN"]
sources = ["imf-dots"]
least = 1e9
"""
TARIFF = """
[[tariff]]
importer = "USA"
exporter = "CHN"
before = "3%"
steps = [{ from = 2018-07-01, rate = "10%" }, { from = 2019-07-01, rate = "20%" }]
"""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    return open_ledger(tmp_path_factory.mktemp("ledger"))


@pytest.fixture(scope="module", params=shipped("hindcasts"))
def episode(request):
    return episode_from(request.param)


def no_file(name: str) -> str:
    raise FileNotFoundError(2, "No such file", name)


def episode_of(text: str):
    return parse(text, "t.toml", no_file)


# --- episodes -----------------------------------------------------------------------------------------------------
def test_a_rate_is_averaged_over_the_days_of_the_year():
    (levy,) = episode_of(HEAD + TARIFF).levies

    assert levy.mean(2017) == 0.03
    assert levy.mean(2018) == pytest.approx((181 * 0.03 + 184 * 0.10) / 365)  # 1 July is the 182nd day
    assert levy.mean(2019) == pytest.approx((181 * 0.10 + 184 * 0.20) / 365)
    assert levy.mean(2020) == pytest.approx(0.20)
    assert (levy.on(dt.date(2018, 6, 30)), levy.on(dt.date(2018, 7, 1))) == (0.03, 0.10)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (HEAD, "no tariffs"),
        (HEAD + TARIFF.replace('"3%"', "3"), "percent sign"),
        (HEAD + TARIFF.replace('"3%"', '"3"'), "percent sign"),
        (HEAD + TARIFF.replace('"CHN"', '"Chyna"'), "Chyna"),
        (HEAD + TARIFF.replace("2019-07-01", "2018-07-01"), "in order"),
        (HEAD + TARIFF.replace("2019-07-01", '"2019-07-01"'), "from is a day"),
        (HEAD + TARIFF.replace("steps", "stepps"), "steps"),
        (HEAD + TARIFF.replace('"20%"', '"2000%"'), "1000 per cent"),
        (HEAD.replace("2019", "2017") + TARIFF, "later"),
        (HEAD.replace("one-sector-2017", "one-sector-1817") + TARIFF, "world is one of"),
        (HEAD.replace("trend = 5", "trend = 0") + TARIFF, "trend"),
        (HEAD.replace("trend = 5", "trends = 5") + TARIFF, "trend"),
        (HEAD.replace('["USA", "CHN"]', '["EU27"]') + TARIFF, "group"),
        (HEAD.replace("rivals =", "rival =") + TARIFF, "rivals"),
        (HEAD.replace("1e9", '"1e9"') + TARIFF, "number of dollars"),
        (HEAD + TARIFF + '[rates]\nfile = "none.csv"', "Cannot read none.csv"),
        (HEAD + TARIFF + '[[outcome]]\nreporter = "CHN"\npartner = "IND"\nflow = "export"\ngrowth = "5%"', "source"),
        ("title = [", "Not TOML"),
    ],
)
def test_an_episode_that_cannot_be_right_is_refused_in_one_line(wrong, said):
    with pytest.raises(BadFile, match=said) as refused:
        episode_of(wrong)

    assert "\n" not in str(refused.value)
    assert "t.toml" in str(refused.value)


def test_a_figure_told_twice_or_half_is_refused():
    one = '[[outcome]]\nreporter = "CHN"\npartner = "IND"\nflow = "export"\nsource = "s"\npublisher = "p"\n'
    both = one + 'growth = "5%"\n'

    with pytest.raises(BadFile, match="twice"):
        episode_of(HEAD + TARIFF + both + both)
    with pytest.raises(BadFile, match="growth, or what it was"):
        episode_of(HEAD + TARIFF + one)
    with pytest.raises(BadFile, match="value is missing"):
        episode_of(HEAD + TARIFF + one + "was = 1e9\n")
    with pytest.raises(BadFile, match="above zero"):
        episode_of(HEAD + TARIFF + one + 'growth = "-100%"\n')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("importer,exporter,day,percent\n", "columns are"),
        ("importer,exporter,from,percent\nUSA,CHN,soon,1\n", "row 2"),
        ("importer,exporter,from,percent\nUSA,Nowhere,2025-01-01,1\n", "row 2"),
        ("importer,exporter,from,percent\nUSA,CHN,2025-02-01,1\nUSA,CHN,2025-01-01,1\n", "in order"),
    ],
)
def test_a_table_of_rates_that_cannot_be_right_is_refused(text, said):
    with pytest.raises(BadFile, match=said):
        parse(HEAD + '[rates]\nfile = "r.csv"\n', "t.toml", lambda _: text)


def test_a_name_that_is_no_episode():
    with pytest.raises(UnknownName, match="us-china"):
        episode_from("us-chyna-2018")


def test_a_levy_checks_itself():
    with pytest.raises(BadInput):
        Levy((), (), 0.0, ())
    with pytest.raises(BadInput):
        Levy((), (), -0.1, (Step(dt.date(2025, 1, 1), 0.1),))


# --- tariffs that came --------------------------------------------------------------------------------------------
def test_the_tariffs_of_2019_by_hand():
    base = world("one-sector-2017")
    i, j, k = (base.countries.index(one) for one in ("CHN", "USA", "DEU"))
    found = factors(episode_from("us-china-2018"), base)
    mean = (165 * 0.12 + 78 * 0.183 + 122 * 0.21) / 365  # to 14 June, to 31 August, to the end of 2019

    assert found[i, j] == pytest.approx((1 + mean) / 1.031)
    assert found[j, i] == pytest.approx((1 + (151 * 0.165 + 92 * 0.207 + 122 * 0.211) / 365) / 1.08)
    assert found[k, i] == pytest.approx(1.067 / 1.08)
    assert found[k, j] == 1.0
    assert (np.diag(found) == 1.0).all()


def test_the_average_rates_of_2025_are_the_trackers_on_legal_days(shared: Path, root: Path, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "tools"))
    spec = importlib.util.spec_from_file_location("build_hindcasts", root / "tools" / "build_hindcasts.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    kept = (root / "src/khorgos/data/hindcasts/us-2025.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(kept.decode())))
    china = {row["from"]: float(row["percent"]) for row in rows if row["exporter"] == "CHN"}

    assert tool.build(shared) == kept
    assert china["2025-03-04"] - china["2025-01-01"] == pytest.approx(20)  # EO 14228
    assert china["2025-02-04"] - china["2025-01-01"] == pytest.approx(10)  # EO 14195
    assert max(china.values()) == china["2025-04-10"]  # EO 14266
    assert len({row["exporter"] for row in rows}) == 51


def test_the_worlds_of_2017_can_be_built_again(shared: Path, root: Path, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "tools"))
    for name in ("build_worlds", "build_eve"):
        spec = importlib.util.spec_from_file_location(name, root / "tools" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)

    made = sys.modules["build_eve"].build(shared)

    assert set(made) == {f"{name}.{end}" for name in EARLIER for end in ("npz", "json")}
    assert sum(map(len, made.values())) < 300_000
    for name, content in made.items():
        assert (root / "src/khorgos/data/worlds" / name).read_bytes() == content


def test_the_world_of_2017():
    made = world("one-sector-2017")
    i = made.countries.index

    assert made.year == 2017
    assert made.trade[i("CHN"), i("USA"), 0] == pytest.approx(478e9, rel=0.05)  # BACI; Census's 505 is CIF-free too
    assert made.gdp[i("USA")] == pytest.approx(19.5e12, rel=0.01)  # WDI, 2017
    assert made.trade_imputed[i("TWN")].sum() > 100
    assert not made.trade_imputed[i("CHN"), i("USA")]
    assert made.trade.nbytes < 1e6


def test_the_sectors_of_2017_are_its_trade_split_and_at_rest():
    one, many = world("one-sector-2017"), world("sectors-2017")
    base = prepared(many).baseline
    rest = solve(base, scenario(base))
    mixes, imputed = mixes_of(many.countries)
    recent = world("sectors")
    i, j = (recent.countries.index(name) for name in ("CHN", "USA"))
    own = recent.trade[i, j] / recent.trade[i, j].sum()

    np.testing.assert_allclose(many.trade.sum(2), one.trade[:, :, 0], rtol=1e-12)  # shares sum to one
    np.testing.assert_allclose(mixes.sum(2), 1, rtol=1e-12)
    np.testing.assert_allclose(mixes[many.countries.index("CHN"), many.countries.index("USA")], own[:-1], rtol=1e-12)
    assert not imputed[many.countries.index("CHN"), many.countries.index("USA")]
    assert imputed[many.countries.index("WSM")].all()  # Samoa is not in the world of 2023
    np.testing.assert_allclose(rest.w_hat, 1, atol=1e-9)  # the solver's tolerance is 1e-10
    assert many.countries == one.countries


# --- what trade did -----------------------------------------------------------------------------------------------
def test_published_headlines_of_2025_are_what_is_scored(ledger):
    episode = episode_from("us-china-2025")
    found = {
        (one.reporter, one.partner, one.flow): one
        for one in observed(ledger, episode, world(episode.world).countries, 1e9).changes
    }

    # GACC's figures as quoted: 524.7 to 420.1 and 163.6 to 139.7 with the United States
    assert found["CHN", "USA", "export"].log == pytest.approx(math.log(420.05 / 524.7), abs=0.002)  # printed digits
    assert found["CHN", "USA", "import"].log == pytest.approx(math.log(139.697 / 163.6), abs=0.002)
    # a total less one direction: Russia 228.1 of 2025, 103.3 of it exports; imports of 2024 129.3
    assert found["CHN", "RUS", "import"].log == pytest.approx(math.log((228.1 - 103.3) / 129.3), abs=0.005)
    assert found["CHN", "KGZ", "import"].before == pytest.approx(2.81e9, rel=0.01)
    assert ("CHN", "UZB", "total") in found
    assert ("CHN", "CA5", "total") not in found  # its members are there
    assert found["USA", "TWN", "import"].before == pytest.approx(116.2e9)
    assert found["CHN", "IND", "export"].total == pytest.approx(math.log(1.055))
    assert all(one.trace or one.outcome for one in found.values())


def test_the_changes_of_2017_to_2019_are_the_ledgers(ledger):
    episode = episode_from("us-china-2018")
    found = {
        (one.reporter, one.partner, one.flow): one
        for one in observed(ledger, episode, world(episode.world).countries, 1e9).changes
    }
    one = found["CHN", "USA", "export"]

    assert one.before == pytest.approx(433.7e9, rel=1e-3)  # IMF DOTS, as `khorgos trade CHN USA` prints it
    assert one.log == pytest.approx(math.log(418.6 / 433.7), abs=1e-3)
    assert min(change.before for change in found.values()) >= 1e9
    assert {change.reporter for change in found.values()} == {"USA", "CHN"}


# --- the hindcast -------------------------------------------------------------------------------------------------
def rows_of(found, view="scores", **wanted):
    rows = getattr(found, view).view.rows
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


def test_every_forecast_is_scored(ledger, episode):
    found = hindcast(ledger, episode, draws=50)
    names = [row["forecast"] for row in rows_of(found, scope="all")]

    assert names[:2] == ["no change", "trend"]
    assert {"divert 2.5", "GE 2.5", "GE 4", "GE 5", "GE 8", "GE sectors"} <= set(names)
    for row in rows_of(found):
        assert row["n"] >= 3
        assert row["mae"] <= row["rmse"]
        assert row["rank"] is None or (-1 <= row["rank"] <= 1 and row["n"] >= 10)
        assert row["skill"] <= 1
    assert found.scores.measured[0].lineage.query == episode.text
    assert (found.placebo is None) == bool(episode.outcomes)


def test_no_tariff_no_change_predicted(ledger):
    text = HEAD + TARIFF.replace('"10%"', '"3%"').replace('"20%"', '"3%"')
    found = hindcast(ledger, episode_of(text), basis="absolute", draws=20)

    for row in rows_of(found, "flows"):
        for name in ("divert 4", "GE 2.5", "GE 8"):
            assert row[name] == pytest.approx(0, abs=1e-5)  # per cent; RAS stops at 1e-9, the solver at 1e-10
    no_change, ge = (rows_of(found, scope="all", forecast=name)[0] for name in ("no change", "GE 4"))
    assert ge["mae"] == pytest.approx(no_change["mae"], rel=1e-6)
    assert ge["skill"] == pytest.approx(0, abs=1e-6)


def test_larger_elasticities_predict_larger_falls_between_the_rivals(ledger):
    found = hindcast(ledger, episode_from("us-china-2018"), draws=20)
    (row,) = rows_of(found, "flows", reporter="USA", partner="CHN", direction="import")

    assert row["GE 8"] < row["GE 5"] < row["GE 4"] < row["GE 2.5"] < 0
    assert row["divert 8"] < row["divert 2.5"] < 0
    assert row["levied"] == pytest.approx(12.86, abs=0.01)


def test_the_basis_moves_all_flows_of_a_reporter_alike(ledger):
    episode = episode_from("us-china-2018")
    one, other = (hindcast(ledger, episode, basis=basis, draws=20) for basis in ("absolute", "relative"))
    gaps = {}
    for a, r in zip(one.flows.view.rows, other.flows.view.rows, strict=True):
        gap = math.log1p(a["actual"] / 100) - math.log1p(r["actual"] / 100)
        gaps.setdefault((a["reporter"], a["direction"]), []).append(gap)

    assert len(gaps) == 4
    assert all(max(gap) - min(gap) < 1e-9 for gap in gaps.values())  # rounding


def test_the_same_seed_gives_the_same_table_and_split_adds_rows(ledger):
    episode = episode_from("us-china-2018")
    one, other = (hindcast(ledger, episode, draws=30, seed=4) for _ in range(2))
    split = hindcast(ledger, episode, draws=30, seed=4, split=True)

    assert one.scores.view.rows == other.scores.view.rows
    assert {row["scope"] for row in split.scores.view.rows} == {
        "all",
        "rivals",
        "third",
        "USA exports",
        "USA imports",
        "CHN exports",
        "CHN imports",
    }
    apart = sum(row["n"] for row in rows_of(split, forecast="GE 4") if " " in row["scope"])
    assert apart == rows_of(split, scope="third", forecast="GE 4")[0]["n"]


def test_the_placebo_holds_the_span_with_the_tariffs(ledger):
    found = hindcast(ledger, episode_from("us-china-2018"), draws=20).placebo
    real = [row for row in found.view.rows if row["real"]]

    assert [row["span"] for row in real] == ["2017–2019"]
    assert len(found.view.rows) == 17
    third = hindcast(ledger, episode_from("us-china-2018"), draws=20).scores.view.rows
    expected = next(row for row in third if (row["scope"], row["forecast"]) == ("third", "GE 4"))
    assert real[0]["rank"] == pytest.approx(expected["rank"])  # the same flows by another road


@pytest.mark.parametrize(
    "settings", [{"basis": "sideways"}, {"thetas": ()}, {"thetas": (0.0,)}, {"draws": 0}, {"least": -1.0}]
)
def test_settings_that_cannot_be_right(ledger, settings):
    with pytest.raises(BadInput):
        hindcast(ledger, episode_from("us-china-2018"), **settings)


def test_too_few_flows_and_unknown_views(ledger):
    with pytest.raises(NoData):
        hindcast(ledger, episode_from("us-china-2018"), least=1e15)
    found = hindcast(ledger, episode_from("us-china-2025"), draws=10)
    with pytest.raises(UnknownName):
        found.render("table", "prices")
    with pytest.raises(NoData):
        found.render("table", "placebo")
    assert '"scores"' in found.render("json")
    assert str(found.render("md", "flows")).startswith("**Actual")


# --- the page -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", shipped("hindcasts"))
def test_the_page_publishes_what_the_command_prints(ledger, root: Path, name):
    page = (root / "docs" / "hindcast.md").read_text(encoding="utf-8")
    printed = str(hindcast(ledger, episode_from(name)).render("md"))
    table = [line for line in printed.splitlines() if line.startswith("|")]

    assert "\n".join(table) in page


# --- the registry of measures, another road to the same averages ---------------------------------------------------
def year_mean(imposer, target, year, column, weights=None):
    """The registry's mean added duty over the days of a year, per cent; a day of each week stands for it."""
    days = [dt.date(year, 1, 1) + dt.timedelta(n) for n in range(3, 365, 7)]
    rows = rates(tariff_registry(), imposer, [target], days, weights=weights).to_pylist()
    return float(np.mean([row[column] for row in rows]))


def level(name, importer, exporter):
    """The episode's mean rate of the year after, and that of the year before, per cent."""
    episode = episode_from(name)
    found = [
        one for one in episode.levies if importer in one.importers and (not one.exporters or exporter in one.exporters)
    ]
    return 100 * found[-1].mean(episode.after), 100 * found[-1].before


def test_the_averages_of_2019_agree_with_the_registry():
    china, _ = level("us-china-2018", "CHN", "USA")
    us, before = level("us-china-2018", "USA", "CHN")

    # simple means of lines against Bown's trade weights of 2017: 18.4 and 19.1
    assert year_mean("CHN", "USA", 2019, "low") + year_mean("CHN", "USA", 2019, "ordinary") == pytest.approx(
        china, abs=1.5
    )
    # trade of 2017 lies between a plain count of lines and what the tariffs left of it in 2024: 15.9, 13.3, 7.9
    assert year_mean("USA", "CHN", 2019, "low", import_weights()) < us - before < year_mean("USA", "CHN", 2019, "high")


def test_the_averages_of_2025_agree_with_the_registry():
    china, _ = level("us-china-2025", "CHN", "USA")
    us, before = level("us-china-2025", "USA", "CHN")
    weights = import_weights()
    was = rates(tariff_registry(), "USA", ["CHN"], [dt.date(2024, 12, 31)], weights=weights).to_pylist()[0]

    # The high end, every condition met: exemptions by China are not published. Bown 40.1.
    assert year_mean("CHN", "USA", 2025, "high") + year_mean("CHN", "USA", 2025, "ordinary") == pytest.approx(
        china, abs=1.5
    )
    # Statutory points above those of 2024, by two teams' readings of the same acts: within a tenth.
    risen = [year_mean("USA", "CHN", 2025, column, weights) - was[column] for column in ("low", "high")]
    assert min(risen) * 0.9 < us - before < max(risen) * 1.1
    vietnam, vietnam_before = level("us-china-2025", "USA", "VNM")
    assert year_mean("USA", "VNM", 2025, "low", weights) == pytest.approx(vietnam - vietnam_before, abs=0.8)


def test_the_statutory_average_that_the_page_states():
    base, episode = world("one-sector"), episode_from("us-china-2025")
    bought = base.trade[:, base.countries.index("USA"), 0]
    now, then = np.zeros(len(bought)), np.zeros(len(bought))
    for levy in episode.levies:
        if "USA" in levy.importers:
            hit = np.isin(base.countries, levy.exporters) if levy.exporters else np.ones(len(bought), dtype=bool)
            now[hit], then[hit] = levy.mean(2025), levy.before

    assert 100 * (now * bought).sum() / bought.sum() == pytest.approx(14.5, abs=0.05)  # as printed in docs/hindcast.md
    assert 100 * (then * bought).sum() / bought.sum() == pytest.approx(2.5, abs=0.05)


# --- product by product -------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def minerals(tmp_path_factory, shared):
    place = tmp_path_factory.mktemp("minerals")
    file = shared / "data/trade/critical_minerals/baci_critical_minerals_2002_2024.parquet"
    import_files(open_ledger(place, embedded=False), [file])
    return open_ledger(place, embedded=False)


def test_minerals_of_2017_to_2019(minerals):
    found = by_product(minerals, episode_from("us-china-2018"), draws=100)
    coal = rows_of(found, "flows", reporter="CHN", partner="USA", product="270112")[0]
    magnets = rows_of(found, "flows", reporter="USA", partner="CHN", product="850511")[0]
    rivals = rows_of(found, scope="rivals", forecast="GSIM 4")[0]

    assert coal["before"] == pytest.approx(413.062007e6)  # BACI HS17 V202601, United States to China, 270112, 2017
    assert coal["levied"] == pytest.approx(25)  # SCCTC announcement 2018 No. 7, the list of 16 bn, all of 2019
    assert 0 < magnets["levied"] < 25  # list 3: 10% to 9 May 2019, 25% since; list 4A
    assert coal["GSIM 4"] < coal["GSIM 2.5"] < -40
    assert coal["actual"] == pytest.approx(-68.7, abs=0.1)
    assert rivals["n"] == 11
    assert rivals["skill"] > 0.4
    assert {row["levied"] for row in rows_of(found, "flows", reporter="CHN", partner="AUS")} == {0.0}
    assert found.placebo is None
    assert "26 products" in found.scores.view.notes[-2]


def test_without_tariffs_no_product_is_predicted_to_move(minerals, monkeypatch):
    nothing = replace(tariff_registry(), measures=())
    monkeypatch.setattr("khorgos.report.answers.hindcast_products.tariff_registry", lambda: nothing)
    found = by_product(minerals, episode_from("us-china-2018"), draws=10)

    for row in found.flows.view.rows:
        assert row["levied"] == row["GSIM 4"] == row["GSIM 8"] == 0
        assert row["divert 4"] == pytest.approx(0, abs=1e-5)  # RAS stops at 1e-9
    assert rows_of(found, scope="all", forecast="GSIM 4")[0]["skill"] == 0


def test_products_that_cannot_be_scored(ledger, minerals):
    episode = episode_from("us-china-2018")
    with pytest.raises(BadInput, match="digits"):
        by_product(minerals, episode, level=5)
    with pytest.raises(BadInput):
        by_product(minerals, episode, thetas=())
    with pytest.raises(NoData, match="no products"):
        by_product(minerals, episode, least=1e14)
    with pytest.raises(NoData):
        by_product(minerals, episode_from("us-china-2025"))


def test_the_page_publishes_the_minerals(minerals, root: Path):
    page = (root / "docs" / "hindcast.md").read_text(encoding="utf-8")
    printed = str(by_product(minerals, episode_from("us-china-2018")).render("md")).splitlines()
    table = [line for line in printed if line.startswith(("| rivals", "| third"))]

    assert len(table) == 18
    assert "\n".join(table) in page
