"""What powers weigh in one country, side by side."""

from __future__ import annotations

import pyarrow as pa
import pytest
from measure_makers import FIGURE, Row, ask, cell, one

from khorgos.measures.statements.influence import asymmetric_dependence, influence, judge_influence
from khorgos.measures.statements.levels import known, level
from khorgos.measures.statements.relation import among, table, where
from khorgos.measures.statements.shares import summed

TOTAL = known(level(FIGURE, "total"))
INFLUENCE = influence(TOTAL, summed(TOTAL), table("gdp"))
GDP = pa.table(
    {
        "area": ["KGZ", "CHN"],
        "period": ["2020", "2020"],
        "value": [8.27e9, 14.7e12],
        "trace": [["wdi:1"], ["wdi:1"]],
    }
)

# IMF DOTS: Kyrgyzstan's own reports, 2020, USD.
_KGZ_2020 = {"CHN": (43_234_975.0, 736_835_250.0), "RUS": (241_576_651.0, 1_316_005_274.0)}


def _trade(reporter: str, partners: dict[str, tuple[float, float]], **more: object) -> list[Row]:
    return [
        cell(reporter, partner, flow, 2020, value, **more)
        for partner, pair in partners.items()
        for flow, value in zip(("export", "import"), pair, strict=True)
    ]


def test_china_and_russia_in_kyrgyzstan_side_by_side() -> None:
    found = ask(INFLUENCE, _trade("KGZ", _KGZ_2020), gdp=GDP)
    china, russia = one(found, partner="CHN"), one(found, partner="RUS")

    assert china["level"] == 780_070_225.0
    assert china["value"] == pytest.approx(780_070_225 / 8.27e9)  # one division
    assert china["share_of_trade"] + russia["share_of_trade"] == pytest.approx(1)  # the two make all trade here
    assert china["trace"] == ["office:KGZ", "wdi:1"]


def test_without_gdp_the_share_stands_and_without_the_whole_the_weight() -> None:
    no_gdp = ask(INFLUENCE, _trade("UZB", {"CHN": (1.0, 2.0)}), gdp=GDP)
    no_whole = ask(
        influence(TOTAL, where(TOTAL, among("partner", ["WLD"])), table("gdp")), _trade("KGZ", _KGZ_2020), gdp=GDP
    )

    assert (no_gdp[0]["value"], no_gdp[0]["share_of_trade"]) == (None, 1.0)
    assert {row["share_of_trade"] for row in no_whole} == {None}
    assert [f.code for f in judge_influence(pa.Table.from_pylist(no_gdp))] == ["no-gdp"]
    assert [f.code for f in judge_influence(pa.Table.from_pylist(no_whole))] == ["no-whole"]


def test_rounding_is_carried_and_sources_are_told() -> None:
    whole = [row | {"partner": "WLD"} for row in _trade("KGZ", {"CHN": (5e8, 5e8)}, source="kgz-nsc")]
    rows = [*_trade("KGZ", {"CHN": (1e8, 1e8)}, rounding=1e7, status="mirrored"), *whole]
    statement = influence(
        where(TOTAL, among("partner", ["CHN"])), where(TOTAL, among("partner", ["WLD"])), table("gdp")
    )
    found = ask(statement, rows, gdp=GDP)

    assert found[0]["share_low"] == pytest.approx(0.19)  # 190 of 1,000 million
    assert found[0]["share_high"] == pytest.approx(0.21)
    assert {f.code for f in judge_influence(pa.Table.from_pylist(found))} == {"mirrored", "mixed-sources"}


def test_the_smaller_country_depends_more() -> None:
    rows = [*_trade("KGZ", _KGZ_2020), *_trade("CHN", {"KGZ": (2.876e9, 0.035e9), "USA": (452e9, 136e9)})]
    found = ask(asymmetric_dependence(INFLUENCE), rows, gdp=GDP)
    by_trade = one(found, reporter="KGZ", partner="CHN", basis="trade")

    assert by_trade["value"] == pytest.approx(by_trade["dependence"] - by_trade["reverse"])  # one subtraction
    assert by_trade["value"] > 0
    for basis in ("GDP", "trade"):
        forward = one(found, reporter="KGZ", partner="CHN", basis=basis)["value"]
        assert one(found, reporter="CHN", partner="KGZ", basis=basis)["value"] == pytest.approx(-forward)  # swapped
