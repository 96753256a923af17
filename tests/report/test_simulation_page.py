"""The page of a simulation: whole, offline, its numbers traced, hostile text kept as text."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from lxml import etree, html

from khorgos.report import charts, charts_compare
from khorgos.report.answers.simulate import measures_of, simulate
from khorgos.report.pages.simulation import page
from khorgos.report.scenario_text import cost, tariff

DAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="module")
def whole() -> str:
    scenario = measures_of([tariff("USA:CHN:all=+20%"), tariff("CHN:USA:all=+10%")])
    return page(simulate(scenario, draws=3), today=DAY)


def test_the_page_asks_for_nothing_from_outside(whole: str) -> None:
    tree = html.fromstring(whole)

    assert tree.xpath("//@src | //link/@href | //script | //*[self::img or self::iframe or self::object]") == []
    assert not re.search(r"@import|url\(", whole)
    assert "#fe00" not in whole  # no stand-in colour is left


def test_every_part_is_there(whole: str) -> None:
    tree = html.fromstring(whole)
    ids = set(tree.xpath("//figure/@id"))

    assert {"world", "bars", "flows", "diversion", "drivers-usa", "drivers-chn", "measures"} <= ids
    assert len(tree.xpath("//h1")) == 1
    assert not tree.xpath("//th[not(@scope)]")
    assert "Of the variance over the draws" in whole
    assert "Lines: the central 90% of the draws" in whole
    assert "It is not a forecast" in whole


def test_every_number_names_its_world_and_scenario(whole: str) -> None:
    numbers = html.fromstring(whole).xpath('//data[@class="num"]')

    assert len(numbers) > 6
    for one in numbers:
        assert re.search(r"model run of world one-sector@\w{12}, scenario sha256:\w{12}", one.get("title"))


def test_what_was_assumed_is_printed(whole: str) -> None:
    points = " ".join(html.fromstring(whole).xpath('//ul[@class="points"]/li/text()'))

    for words in ("Elasticity of trade", "Assumed:", "Imputed:", "residual"):
        assert words in points


def test_a_scenario_of_costs_has_no_partial_equilibrium() -> None:
    found = page(simulate(measures_of([], [cost("KGZ:CHN:all=-5%")]), model="sectors"), today=DAY)
    ids = html.fromstring(found).xpath("//figure/@id")

    assert "diversion" not in ids
    assert "by-sector-table" in ids


def test_hostile_text_stays_text() -> None:
    scenario = replace(measures_of([tariff("USA:CHN:all=+20%")]), title="<script>alert(1)</script>")
    found = page(simulate(scenario, top=2), today=DAY)

    assert "<script" not in found


def test_a_scenario_that_touches_no_trade_still_has_a_page() -> None:
    found = page(simulate(measures_of([tariff("USA:CHN:all=+0%")]), top=2), today=DAY)

    assert "no pair trades what the scenario touches" in found


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_charts_that_compare_are_well_formed_and_print_names(width: int) -> None:
    rows = [
        {"n": "China → Peru", "a": 5.0, "b": 4.0, "t": "5.00 → 4.00"},
        {"n": "Peru → Fiji", "a": 1.0, "b": None, "t": ""},
    ]
    drawings = (
        charts_compare.before_after(rows[:1], category="n", before="a", after="b", label="t", title="USD", width=width),
        charts_compare.tornado(rows[:1], category="n", low="b", high="a", centre=4.5, title="%", width=width),
        charts_compare.models(rows, category="n", names={"a": "One", "b": "Two"}, title="%", width=width),
    )
    for spec in drawings:
        svg = charts.to_svg(spec, description="Compared")
        assert "China → Peru" in "".join(etree.fromstring(svg.encode()).itertext())
        # the drawing fits the width that was asked for, and its padding
        assert float(etree.fromstring(svg.encode()).get("viewBox").split()[2]) <= width + 30
