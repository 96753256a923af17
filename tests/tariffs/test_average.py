"""Averages against published ones, and by another road."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from khorgos.core.errors import BadInput, NoData
from khorgos.ledger.tariffs import import_weights, tariff_registry
from khorgos.measures.tariffs import Substitution, in_force, rates
from khorgos.measures.tariffs.in_force import lines_of

D = dt.date


def test_chinas_average_rises_from_9_1_to_21_1() -> None:
    # Bown, Jung, Zhang (2019): simple mean over 11,790 lines, 9.1 in January 2018 and 21.1 in June 2019. Their
    # trade-weighted 8.0 and 20.7 need China's imports of 2017 by line, which are not at hand.
    before, after = rates(tariff_registry(), "CHN", ["USA"], [D(2018, 1, 1), D(2019, 6, 1)]).to_pylist()

    assert before["lines"] == after["lines"] == 11_790
    assert before["high"] == 0
    assert before["ordinary"] == pytest.approx(9.1, abs=0.05)  # as printed, to one decimal
    assert after["low"] + after["ordinary"] == pytest.approx(21.1, abs=0.05)


def test_every_line_of_2018_and_2019_is_that_of_the_workbook(shared: Path) -> None:
    """Line by line, by another road: the workbook's changes, added up."""
    path = shared / "data" / "policy" / "china_retaliation" / "china_tariff_on_us_hs10_by_date_2018_2019.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [name for name in rows[0] if name != "hs10"]
    for day in (D(2018, 1, 1), D(2018, 5, 1), D(2018, 8, 23), D(2018, 12, 31), D(2019, 1, 1), D(2019, 6, 1)):
        past = [name for name in columns if D.fromisoformat(name[:10]) <= day]
        total = {row["hs10"]: sum(float(row[name] or 0) for name in past) for row in rows}
        found = {one.code: one.high + (one.ordinary or 0) for one in in_force(tariff_registry(), "CHN", "USA", day)}
        # Their levels carry rounding of up to 1e-6 from a workbook's single-precision changes; ours four decimals.
        assert max(abs(found[code] - value) for code, value in total.items()) < 1e-3


def test_chinas_average_by_trade_after_the_war_lies_below_the_published_one(shared: Path) -> None:
    """By two roads: the registry's weighted mean, and the workbook's headings by hand."""
    folder = shared / "data" / "trade" / "us_exports_to_china_hs4" / "global_trade"
    with (folder / "US_exportsto_China_2022.csv").open(encoding="latin-1", newline="") as file:
        head, *read = csv.reader(file)
    records = [dict(zip(head, line, strict=False)) for line in read]  # a comma ends each line
    trade = {r["cmdCode"]: float(r["primaryValue"]) for r in records if r["aggrLevel"] == "4"}
    workbook = shared / "data" / "policy" / "china_retaliation" / "china_tariff_on_us_hs10_by_date_2018_2019.csv"
    lines: dict[str, list[tuple[float, float, bool]]] = {}
    with workbook.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rate = [float(value or 0) for name, value in row.items() if name != "hs10"]
            lines.setdefault(row["hs10"][:4], []).append((rate[0], sum(rate[1:]), row["2018-01-01"] != ""))
    # fourteen headings, soybeans among them, have lines of later lists beside those of 2018
    now = {code: len(lines_of(tariff_registry(), "CHN", (code,))) for code in lines}
    held = {code: value for code, value in trade.items() if code in lines and now[code] == len(lines[code])}
    assert len(held) > 0.95 * len(trade)
    spread = [(*one, value / len(lines[code])) for code, value in held.items() for one in lines[code]]
    known = sum(w for _, _, told, w in spread if told)  # 14 lines have no ordinary rate
    level = sum(base * w for base, _, told, w in spread if told) / known
    came = sum(more * w for _, more, _, w in spread) / sum(w for *_, w in spread)
    weights = pa.table({"code": list(held), "value": list(held.values())})
    days = [D(2018, 1, 1), D(2019, 6, 1)]
    before, after = rates(tariff_registry(), "CHN", ["USA"], days, weights=weights).to_pylist()

    # four decimals of a rate in the registry
    assert before["ordinary"] == pytest.approx(level, abs=1e-3)
    assert after["low"] + after["ordinary"] == pytest.approx(level + came, abs=1e-3)
    weights = pa.table({"code": list(trade), "value": list(trade.values())})
    before, after = rates(tariff_registry(), "CHN", ["USA"], days, weights=weights).to_pylist()
    # with 2017's trade 8.0 and 20.7 (Bown, Jung, Zhang 2019): what was hit hardest is bought less five years later
    assert before["ordinary"] < 8.0
    assert after["low"] + after["ordinary"] < 20.7


def test_the_weights_are_the_census_total() -> None:
    weights = import_weights()
    china = weights.filter(pc.equal(weights["partner"], "CHN"))

    assert pc.sum(china["value"]).as_py() == 429_425_828_419  # country-by-time.csv, total imports
    # 10.866: country-by-time.csv, "2024 tariff".
    assert 100 * pc.sum(china["duty"]).as_py() / 429_425_828_419 == pytest.approx(10.865954673, abs=1e-8)


def test_a_weighted_mean_is_the_sum_by_hand() -> None:
    day, weights = D(2025, 4, 20), import_weights()
    mine = weights.filter(pc.equal(weights["partner"], "KOR"))
    stacks = {one.code: one for one in in_force(tariff_registry(), "USA", "KOR", day, mine["code"].to_pylist())}
    value = dict(zip(mine["code"].to_pylist(), mine["value"].to_pylist(), strict=True))
    by_hand = sum(value[code] * stacks[code].high for code in value) / sum(value.values())

    (found,) = rates(tariff_registry(), "USA", ["KOR"], [day], weights=weights).to_pylist()

    assert found["high"] == pytest.approx(by_hand, rel=1e-12)


def test_sections_and_chapters_make_the_whole() -> None:
    day, weights = D(2025, 6, 10), import_weights()
    (whole,) = rates(tariff_registry(), "USA", ["CHN"], [day], weights=weights).to_pylist()
    for by in ("chapter", "section"):
        parts = rates(tariff_registry(), "USA", ["CHN"], [day], weights=weights, by=by).to_pylist()
        shares = np.array([row["weight"] for row in parts])
        assert shares @ np.array([row["high"] for row in parts]) / shares.sum() == pytest.approx(whole["high"])
        assert sum(row["lines"] for row in parts) == whole["lines"]


def test_substitution_moves_away_from_dear_goods() -> None:
    day, weights = D(2025, 4, 12), import_weights()

    def after(sigma: float) -> float:
        moved = Substitution(sigma, D(2024, 12, 31))
        (row,) = rates(tariff_registry(), "USA", ["CHN"], [day], weights=weights, substitution=moved).to_pylist()
        return float(row["substituted"])

    (row,) = rates(tariff_registry(), "USA", ["CHN"], [day], weights=weights).to_pylist()

    assert after(1e-9) == pytest.approx(row["high"])
    assert after(5.0) < after(2.53) < row["high"]


def test_one_rate_on_all_goods_leaves_substitution_nothing_to_move() -> None:
    table = pa.table({"code": ["520100", "270900"], "value": [3.0, 1.0]})
    moved = Substitution(2.53, D(2018, 1, 1))
    groups = ["cn-reciprocal"]
    days = [D(2025, 4, 12)]
    (row,) = rates(
        tariff_registry(), "CHN", ["USA"], days, weights=table, groups=groups, substitution=moved
    ).to_pylist()

    assert row["substituted"] == pytest.approx(row["high"]) == 125.0


def test_a_short_code_is_spread_over_its_lines() -> None:
    table = pa.table({"code": ["1201"], "value": [100.0]})
    (row,) = rates(tariff_registry(), "CHN", ["USA"], [D(2018, 7, 6)], weights=table).to_pylist()
    lines = in_force(tariff_registry(), "CHN", "USA", D(2018, 7, 6), ["1201"])

    assert row["high"] == pytest.approx(np.mean([one.high for one in lines]))
    assert row["weight"] == pytest.approx(100.0)


def test_what_cannot_be_weighed_is_refused() -> None:
    with pytest.raises(NoData, match="no imports of USA from KAZ"):
        rates(tariff_registry(), "USA", ["KAZ"], [D(2025, 1, 1)], weights=import_weights())
    nothing = pa.table({"code": ["5201"], "value": [0.0]})
    with pytest.raises(BadInput, match="add up to nothing"):
        rates(tariff_registry(), "CHN", ["USA"], [D(2025, 1, 1)], weights=nothing)
    with pytest.raises(BadInput, match="lies above 0"):
        Substitution(0.0, D(2025, 1, 1))
