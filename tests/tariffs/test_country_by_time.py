"""The average American duty by country and day against an independent series, and every gap of more than a point."""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from pathlib import Path

import pytest
from tracker_reading import as_the_tracker_reads

from khorgos.core.tariffs import TariffRegistry
from khorgos.ledger.tariffs import import_weights, tariff_registry
from khorgos.measures.tariffs import rates
from khorgos.nomenclature.areas import area

Cell = tuple[str, dt.date]
D = dt.date
NAMES = {"KOREA, SOUTH": "KOR", "EUROPEAN UNION": "EU27"}

#: Gaps that the tracker's readings do not close, and why (docs/tariff.md says it too).
LEFT = {
    "SVK": "a member of the European Union, which the tracker counts as a country outside it",
    "TTO": "annex II of July 2026 exempts more than the lists of section 122 that stand for it here",
    "GTM": "textiles under CAFTA-DR, exempt from the duty on forced labour, are not in the registry",
    "HND": "textiles under CAFTA-DR",
    "NIC": "textiles under CAFTA-DR",
    "SLV": "textiles under CAFTA-DR",
}
#: One cell for each reading of the tracker: by law the gap is more than a point, in its reading it is not.
WITNESSES: dict[str, Cell] = {
    "20 on China from the 4 February of the first 10": ("CHN", D(2025, 2, 4)),
    "USMCA goods free on 6 March, by law from 7 March": ("MEX", D(2025, 3, 6)),
    "primary aluminium on no list until April 2026": ("ARE", D(2025, 3, 12)),
    "parts of vehicles from 3 April, by law from 3 May": ("NIC", D(2025, 4, 3)),
    "rates of annex I from 5 April, by law on 9 April": ("VNM", D(2025, 4, 5)),
    "annex II not yet exempt on 8 April": ("DZA", D(2025, 4, 8)),
    "10 for all from the 9 April of the announcement": ("THA", D(2025, 4, 9)),
    "125 instead of 145 on China": ("CHN", D(2025, 4, 11)),
    "Geneva from 12 May, by law from 14 May": ("CHN", D(2025, 5, 12)),
    "the reciprocal tariff on Russia, which the order leaves out": ("RUS", D(2025, 6, 3)),
    "50 on India from 7 August, by law from 27 August": ("IND", D(2025, 8, 7)),
    "Brazil's exemptions from the general 10 too": ("BRA", D(2025, 8, 7)),
    "15 on Japan's cars from 7 August, by law from 16 September": ("JPN", D(2025, 8, 7)),
    "the truce from 1 November, by law from 10 November": ("CHN", D(2025, 11, 1)),
    "34 on Hong Kong from August": ("HKG", D(2025, 10, 14)),
    "farm goods exempt from the duty for Russian oil": ("IND", D(2025, 11, 14)),
    "IEEPA to the judgment of 20 February, collected to 23 February": ("VNM", D(2026, 2, 20)),
}


@cache
def published(path: Path) -> dict[Cell, float]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ids = {name: NAMES.get(name) or area(name.title()).id for name in {row["country_name"] for row in rows}}
    return {(ids[row["country_name"]], D.fromisoformat(row["date"])): float(row["effective tariff"]) for row in rows}


def gaps(registry: TariffRegistry, series: dict[Cell, float]) -> dict[Cell, float]:
    """Ours less theirs, in points; 0 inside our range. Section 301 of 2018 is in the tracker's base year."""
    targets, days = sorted({name for name, _ in series}), sorted({day for _, day in series})
    groups = set(registry.groups) - {"us-301-china"}
    table = rates(registry, "USA", targets, days, weights=import_weights(), groups=groups).to_pylist()
    found = {(row["target"], row["on"]): (row["low"], row["high"]) for row in table}
    return {cell: min(max(value, found[cell][0]), found[cell][1]) - value for cell, value in series.items()}


@pytest.fixture(scope="module")
def compared(shared: Path) -> tuple[dict[Cell, float], dict[Cell, float]]:
    """Gaps of the registry, and of the registry as the tracker reads it."""
    series = published(shared / "data" / "policy" / "us" / "country-by-time.csv")
    return gaps(tariff_registry(), series), gaps(as_the_tracker_reads(tariff_registry()), series)


def test_three_quarters_of_the_series_agree_by_law(compared: tuple[dict[Cell, float], dict[Cell, float]]) -> None:
    law, _ = compared

    assert len(law) == 51 * 23
    assert sum(abs(gap) <= 1 for gap in law.values()) >= 0.75 * len(law)
    for day in (D(2025, 3, 12), D(2025, 10, 14), D(2026, 2, 24), D(2026, 4, 6), D(2026, 7, 24)):
        assert abs(law["CHN", day]) <= 1


def test_every_gap_of_more_than_a_point_is_explained(
    compared: tuple[dict[Cell, float], dict[Cell, float]],
) -> None:
    _, read = compared
    left = {cell for cell, gap in read.items() if abs(gap) > 1}

    assert {name for name, _ in left} == set(LEFT)
    assert {day for name, day in left if name not in ("SVK",)} == {D(2026, 7, 24), D(2026, 7, 31), D(2026, 8, 19)}


@pytest.mark.parametrize("reading", WITNESSES)
def test_each_reading_closes_a_gap(reading: str, compared: tuple[dict[Cell, float], dict[Cell, float]]) -> None:
    law, read = compared
    cell = WITNESSES[reading]

    assert abs(law[cell]) > 1
    assert abs(read[cell]) <= 1
