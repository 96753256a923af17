"""Published totals of the shared facts, recomputed from their two sides."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from measure_makers import FIGURE, Row, ask, cell

from khorgos.measures.intervals import printed
from khorgos.measures.statements.levels import level


@pytest.fixture(scope="module")
def dots(shared: Path) -> list[Row]:
    """Rows of the facts that come from IMF DOTS, in bn USD with four digits."""
    with (shared / "data" / "trade" / "china_central_asia_facts.csv").open(encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle) if row["source_publisher"].startswith("IMF DOTS")]
    return [
        cell(row["reporter"], row["partner"], row["flow"], row["year"], float(row["value_usd_bn"]), rounding=1e-4)
        for row in rows
    ]


def test_totals_of_the_imf_are_the_sums_of_both_sides(dots: list[Row]) -> None:
    sides = [row for row in dots if row["flow"] != "total"]
    made = {
        (row["reporter"], row["partner"], row["period"]): row
        for row in ask(level(FIGURE, "total"), sides)
        if row["value"] is not None
    }
    stated = [row for row in dots if row["flow"] == "total"]

    assert len(stated) > 100
    for row in stated:
        found = made[row["reporter"], row["partner"], row["period"]]
        interval = printed(row["value"], 1e-4)
        slack = 1e-9  # billions with four digits are no binary fractions
        assert found["value_low"] - slack <= interval.high
        assert interval.low <= found["value_high"] + slack
