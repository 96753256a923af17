"""Rerouting in official figures: cases that papers describe, on files of ../shared and on the embedded release."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from khorgos.api.holdings import import_files
from khorgos.core.errors import NoData
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.measures.rerouting.indices import detours
from khorgos.measures.rerouting.route import Route
from khorgos.report.answers.reroute import reroute
from khorgos.report.formats import to_text

TRADE = Path(__file__).parent.parent.parent.parent / "shared" / "data" / "trade"
OFFICES = TRADE / "national_statistics_eurasia" / "data"
#: What the EU declares to three hubs; what these receive and sell on is in the embedded release, but for
#: Kyrgyzstan's smaller partners and what Russia imports in all.
FOLDERS = (
    *(OFFICES / f"{name}_export_eurostat" for name in ("armenia", "kazakhstan", "kyrgyz")),
    OFFICES / "kyrgyzstan_data",
    *sorted((OFFICES / "russian_data").glob("*itog*")),
)
HUBS = ("ARM", "KAZ", "KGZ")

PAIRS = sorted((TRADE / "comtrade_pairs" / "data_pairs_named").glob("machinery*"))

needs_pairs = pytest.mark.skipif(not PAIRS, reason="the table of machinery by pair is not on this machine")
needs_files = pytest.mark.skipif(not OFFICES.is_dir(), reason="the offices' files are not on this machine")


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The embedded release with the offices' files and Eurostat's on top."""
    ledger = open_ledger(tmp_path_factory.mktemp("reroute") / "ledger")
    import_files(FOLDERS, keep=False, strict=False, ledger=ledger)
    return open_ledger(ledger.path)


@pytest.fixture(scope="module")
def machinery(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The table of machinery by pair alone."""
    ledger = open_ledger(tmp_path_factory.mktemp("machinery") / "ledger", embedded=False)
    import_files(PAIRS, keep=False, ledger=ledger)
    return open_ledger(ledger.path, embedded=False)


@needs_files
def test_half_of_the_eus_additional_exports_never_came(offices: Ledger) -> None:
    """Chupilkin, Javorcik & Plekhanov (2025), CEPR DP 20097, abstract: of the additional exports of the EU and the UK
    to Armenia, Kazakhstan and Kyrgyzstan in 2022-23, around half were not recorded as imports there."""
    base = Route("EU27", "RUS", 2020, (2021,), 0)
    before = {row["hub"]: row["declared"] for row in detours(offices, base).table.to_pylist()}
    missing = additional = 0.0
    for year in (2022, 2023):
        rows = detours(offices, Route("EU27", "RUS", 2021, (year,), 0), hubs=HUBS).table.to_pylist()
        assert {row["hub"] for row in rows} == set(HUBS)
        missing += sum(row["missing_trade"] for row in rows)
        additional += sum(row["declared"] - before[row["hub"]] for row in rows)

    # a tenth to both sides: theirs is by product and has the UK, ours is in totals and has not
    assert missing / additional == pytest.approx(0.5, abs=0.1)


@needs_files
def test_kyrgyzstans_legs_after_2021_are_unlike_its_earlier_ones(offices: Ledger) -> None:
    found = reroute(offices, "EU27", "RUS", hub="KGZ", since=2021, until=2023)
    rows = {row["what"]: row for row in found.view.rows}

    # Eurostat 2023: 2.86 bn USD to Kyrgyzstan, of which the Kyrgyz committee counts 0.95 bn
    assert rows["Missing trade"]["value"] == pytest.approx(1.92e9, rel=0.01)
    assert rows["Excess flow"]["years"] > 90
    assert "no verdict of fraud" in " ".join(to_text(found.view).split())


@needs_files
def test_a_scan_of_china_to_russia_names_the_neighbours(offices: Ledger) -> None:
    found = reroute(offices, "CHN", "RUS", since=2021, until=2023)

    assert {row["hub"] for row in found.view.rows} == {"KAZ", "UZB", "KGZ", "ARM"}


@needs_pairs
def test_machinery_by_way_of_kyrgyzstan_stands_out_among_hubs(machinery: Ledger) -> None:
    """Comtrade, chapters 84 and 85, as both sides report them; Russia has been silent since 2021."""
    china, europe = (
        {row["what"]: row for row in found.view.rows}
        for found in (
            reroute(machinery, origin, "RUS", hub="KGZ", since=2021, until=2023, level="section")
            for origin in ("CHN", "EU27")
        )
    )

    # as Kyrgyzstan reports both legs, in the file's own figures
    assert (china["CHN to KGZ"]["base"], china["CHN to KGZ"]["value"]) == (387_769_688.0, 2_413_544_517.0)
    assert (china["KGZ to RUS"]["base"], china["KGZ to RUS"]["value"]) == (7_910_837.0, 234_719_347.0)
    assert china["Excess flow"]["hubs"] > 95
    assert europe["Missing trade"]["hubs"] > 95
    assert europe["Missing trade"]["value"] > europe["EU27 to KGZ"]["value"]


@needs_pairs
def test_armenias_zero_is_said_to_be_one(machinery: Ledger) -> None:
    rows = {
        row["what"]: row
        for row in reroute(machinery, "EU27", "RUS", hub="ARM", since=2021, until=2023, level="section").view.rows
    }

    assert rows["ARM to RUS"]["value"] > 40 * rows["ARM to RUS"]["base"]
    assert rows["Excess flow"]["value"] == 0.0  # its imports from everywhere grew as fast


def test_the_embedded_release_says_what_it_lacks(tmp_path: Path) -> None:
    embedded = open_ledger(tmp_path / "none")
    found = reroute(embedded, "CHN", "USA", hub="VNM", since=2017, until=2020)
    said = " ".join(found.view.notes)

    assert "all goods in one sum" in said
    assert "need not be the same goods" in said
    assert "khorgos fetch comtrade" in said
    with pytest.raises(NoData) as error:
        reroute(embedded, "CHN", "RUS", hub="GEO", since=2021)
    assert "khorgos fetch comtrade reporters=GEO,CHN" in str(error.value)


def test_every_figure_has_a_source_and_the_legs_can_be_walked_back(tmp_path: Path) -> None:
    found = reroute(open_ledger(tmp_path / "none"), "CHN", "USA", hub="VNM", since=2017, until=2020)

    assert all(row["sources"] for row in found.view.rows)
    assert found.view.trace == "khorgos explain import/USA/VNM/2020"
    assert found.measured[0].lineage.releases
    json.dumps([dict(row) for row in found.view.rows])
