"""The brief's trade-war pages: the same figures as the commands give, each with its sources."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import khorgos
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.report.page import Section
from khorgos.report.pages.material import gather
from khorgos.report.pages.outside import outside_rows
from khorgos.report.pages.trade_war import trade_war

DAY = dt.date(2026, 8, 1)
PARTNERS = ("KAZ", "KGZ")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return open_ledger(tmp_path_factory.mktemp("own") / "ledger")


@pytest.fixture(scope="module")
def pages(ledger: Ledger) -> dict[str, Section]:
    return {one.id: one for one in trade_war(gather(ledger, "CHN", PARTNERS, 2024, None), DAY)}


def test_all_five_pages_are_there(pages: dict[str, Section]) -> None:
    assert list(pages) == ["tariffs", "simulation", "cotton", "rerouting-hubs", "forecasts"]


def test_duties_are_those_of_the_registry(pages: dict[str, Section]) -> None:
    for figure, (imposer, target) in zip(pages["tariffs"].figures, (("CHN", "USA"), ("USA", "CHN")), strict=True):
        rows = figure.view.rows
        peak = max(rows, key=lambda row: row["high"])

        # the rates of April 2025 (SCCTC announcement 2025 No. 6; Executive Order 14266), on nearly every line
        assert rows[0]["begins"] == dt.date(2018, 1, 1)
        assert (peak["begins"].year, peak["begins"].month) == (2025, 4)
        asked = khorgos.tariff(imposer, target, on=str(peak["begins"]), average="lines")
        assert asked.views["average"].view.rows[0]["high"] == pytest.approx(peak["high"], rel=1e-9)


def test_the_simulation_is_that_of_the_command(pages: dict[str, Section]) -> None:
    gains, trade = pages["simulation"].figures
    found = khorgos.simulate(on=str(DAY), focus="CHN,KAZ,KGZ,USA", top=0, partial=False)
    by_name = {row["economy"]: row["real_expenditure"] for row in found.economies.view.rows}

    assert [row["economy"] for row in gains.view.rows] == ["China", "Kazakhstan", "Kyrgyzstan", "United States"]
    for row in gains.view.rows:
        # the same equations to the same tolerance
        assert row["real_expenditure"] == pytest.approx(by_name[row["economy"]], abs=1e-7)
        assert row["low"] <= row["high"]
    sales = next(row for row in trade.view.rows if (row["exporter_id"], row["importer_id"]) == ("CHN", "USA"))
    assert sales["after"] < sales["before"]


def test_hubs_and_forecasts_are_those_of_the_brief(pages: dict[str, Section], ledger: Ledger) -> None:
    hubs = pages["rerouting-hubs"].figures[0].view.rows
    alone = khorgos.reroute("CHN", "RUS", since=2019, top=0, ledger=ledger).view.rows

    assert {row["hub"] for row in hubs} <= set(PARTNERS)
    assert hubs
    assert all(row in [dict(one) for one in alone] for row in hubs)
    said = pages["forecasts"].figures[0].view.rows
    assert {area for row in said for area in row["areas"]} <= {"CHN", *PARTNERS}


def test_every_source_is_listed(pages: dict[str, Section], ledger: Ledger) -> None:
    used = {line.release for one in pages.values() for figure in one.figures for line in figure.view.sources}
    outside = used - ledger.releases.keys()
    rows = outside_rows(outside)

    assert {row["id"] for row in rows} == outside
    assert all(len(row["sha256"]) == 64 and row["licence"] for row in rows)


def test_nothing_is_known_before_it_came(tmp_path: Path) -> None:
    ledger, day = open_ledger(tmp_path / "ledger"), dt.date(2017, 6, 30)
    made = gather(ledger, "CHN", ("KAZ",), 2016, day)

    assert list(trade_war(made, day)) == []


def test_another_reporter_has_its_own_pages(ledger: Ledger) -> None:
    found = {one.id: one for one in trade_war(gather(ledger, "KAZ", ("CHN", "RUS"), 2023, None), DAY)}

    assert "cotton" not in found
    assert [figure.id for figure in found["tariffs"].figures] == ["duty-usa-kaz"]
    assert {row["id"] for row in found["simulation"].figures[0].view.rows} == {"KAZ", "CHN", "RUS", "USA"}


def test_who_reported_nothing_is_no_hub_with_zeros(ledger: Ledger) -> None:
    every = khorgos.reroute("CHN", "RUS", since=2019, top=0, ledger=ledger).view.rows

    # BACI 2023 has no row of these with Russia, and neither side's own report is in the release
    assert not {row["hub"] for row in every} & {"TJK", "TKM", "GEO"}
    assert all(row["sold"] > 0 for row in every)
