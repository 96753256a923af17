"""Exposure by HS code, on a ledger of BACI's minerals: Kazakhstan's refined copper against the file itself."""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from khorgos.ledger.ingest import ingest
from khorgos.ledger.store import open_ledger
from khorgos.report.answers.exposure import exposure
from khorgos.sources.files import parse

MINERALS = "data/trade/critical_minerals/baci_critical_minerals_2002_2024.parquet"


def test_refined_copper_to_china(shared: Path, tmp_path: Path) -> None:
    empty = open_ledger(tmp_path / "ledger", embedded=False)
    ledger = ingest(empty, [parse(shared / MINERALS)], corrections=()).ledger
    found = exposure(ledger, "KAZ", ["CHN"], level=6, year=2023, draws=5)
    copper = next(row for row in found.views["exports"].view.rows if row["product"].startswith("740311"))

    # The file's note has it: refined copper from Kazakhstan to China in 2023, 1.864 bn
    table = pq.read_table(shared / MINERALS, columns=["year", "hs6", "exporter_iso2", "importer_iso2", "value_usd"])
    own = table.filter(
        (pc.field("year") == 2023) & (pc.field("hs6") == "740311") & (pc.field("exporter_iso2") == "KZ")
    ).to_pylist()
    to_china = {row["value_usd"] for row in own if row["importer_iso2"] == "CN"}
    assert copper["value"] == pytest.approx(1.864e9, rel=0.001)
    assert {copper["value"]} == to_china
    assert copper["of_good"] == pytest.approx(100 * copper["value"] / sum(row["value_usd"] for row in own), rel=1e-9)
    assert copper["price"] < 0 < copper["made_up"] < 100
    assert "CHN" not in copper["next"]
    assert found.views["exports"].measured[0].lineage.releases
