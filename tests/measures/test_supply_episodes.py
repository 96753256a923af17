"""Machinery to Russia after 2021, from the table of pairs: the split against sums made by hand from the csv."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from khorgos.ledger.ingest import ingest
from khorgos.ledger.store import open_ledger
from khorgos.measures.supply import constant_market_share
from khorgos.nomenclature.goods import good
from khorgos.sources.files import parse

PAIRS = "data/trade/comtrade_pairs/data_pairs_named/machinery_electronics_HS84_85_country_pairs_2020_2024.csv"


def test_who_took_the_eus_place(shared: Path, tmp_path: Path) -> None:
    with (shared / PAIRS).open(encoding="utf-8-sig", newline="") as stream:
        # W00 is the world as exporter, A59 and its like are areas that are none
        rows = [row for row in csv.DictReader(stream) if row["importerISO"] == "RUS" and row["exporterISO"] != "W00"]
    before, after = ({row["exporterISO"]: float(row[f"exp_{y}"]) for row in rows} for y in (2021, 2023))
    grown = sum(after.values()) / sum(before.values())

    empty = open_ledger(tmp_path / "ledger", embedded=False)
    ledger = ingest(empty, [parse(shared / PAIRS)], corrections=()).ledger
    found = {
        row["exporter"]: row
        for row in constant_market_share(ledger, good("XVI").codes, "RUS", 2021, 2023).table.to_pylist()
    }

    # Russia reported its imports of 2021 and not of 2023: both years are exporters' reports
    assert {row["side"] for row in found.values()} == {"exporter"}
    for area in ("CHN", "TUR", "KAZ", "ARM", "DEU"):
        assert found[area]["before"] == before[area]
        assert found[area]["after"] == after[area]
        # 1e-6: areas that are none may be left out by the reader
        assert found[area]["market"] == pytest.approx(before[area] * (grown - 1), rel=1e-6)
    assert found["CHN"]["taken"] > 0.6
    assert found["ARM"]["after"] > 20 * found["ARM"]["before"]
