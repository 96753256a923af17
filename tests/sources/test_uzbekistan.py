"""Uzbekistan's csv: flow told by the file's name, its own number for Georgia, gold under 'other countries'."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from khorgos.core.errors import BadFile
from khorgos.sources.files import parse


def test_codes_and_thousand_dollars(specimens: Path) -> None:
    rows = parse(specimens / "uzbekistan" / "sdmx_data_1105.csv").tables["flow"].to_pylist()
    cells = {(row["partner"], row["period"]): row["value"] for row in rows}
    assert cells["CHN", "2023"] == 2486557300.0
    assert cells["XNS", "2023"] == 10352796900.0  # code 0 is not the world
    assert cells["GEO", "2022"] is None
    assert cells["SVK", "2023"] == 3000.0
    assert {(row["flow"], row["rounding"]) for row in rows} == {("export", 100.0)}
    assert not [row for row in rows if row["partner"] == "WLD"]


def test_the_name_of_the_file_tells_the_flow(specimens: Path, tmp_path: Path) -> None:
    source = specimens / "uzbekistan" / "sdmx_data_1105.csv"
    shutil.copy(source, tmp_path / "sdmx_data_1176.csv")
    rows = parse(tmp_path / "sdmx_data_1176.csv").tables["flow"].to_pylist()
    assert {row["flow"] for row in rows} == {"import"}
    shutil.copy(source, tmp_path / "data.csv")
    with pytest.raises(BadFile, match="exports or imports"):
        parse(tmp_path / "data.csv")


def test_trade_with_china_2023(shared: Path) -> None:
    folder = shared / "data/trade/national_statistics_eurasia/data/uzbekistan_data"
    total = sum(
        row["value"]
        for path in folder.glob("*.csv")
        for row in parse(path).tables["flow"].to_pylist()
        if (row["partner"], row["period"]) == ("CHN", "2023")
    )
    assert total == pytest.approx(13.83e9, abs=0.005e9)  # 13.83 bn (the folder's NOTE): to its last digit
