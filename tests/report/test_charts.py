"""Drawings: well-formed, described, in the theme's colours, with the numbers that were given."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from lxml import etree

from khorgos.core.errors import BadInput
from khorgos.report import charts, flowmap
from khorgos.report.theme import for_page

YEARS = [
    {"year": y, "value": (y - 2012) * k, "who": who}
    for who, k in (("Kazakhstan", 3.0), ("Uzbekistan", 1.0))
    for y in range(2013, 2025)
]
NAMES = ["Kazakhstan", "Uzbekistan"]

DRAWINGS: dict[str, dict[str, Any]] = {
    "lines": charts.lines(YEARS, x="year", y="value", series="who", order=NAMES, title="USD bn"),
    "panels": charts.panels(
        YEARS, x="year", y="value", series="who", facet="who", order=NAMES, facets=NAMES, title="%", width=charts.NARROW
    ),
    "bars": charts.bars(
        [{"c": "Kyrgyzstan", "v": 17.1, "t": "+17.1"}, {"c": "Turkmenistan", "v": -8.6, "t": "−8.6"}],
        category="c", value="v", label="t", title="USD bn",
    ),
    "band": charts.band(
        [{"y": y, "a": 5.0, "b": float(y - 2010)} for y in range(2013, 2020)] + [{"y": 2020, "a": None, "b": 9.0}],
        x="y", reports=("a", "b"), names=("Bishkek", "Beijing"), title="USD bn",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_well_formed_scales_and_says_what_it_shows(name: str) -> None:
    svg = charts.to_svg(DRAWINGS[name], description="China's <trade> & more")
    root = etree.fromstring(svg.encode())

    assert root.get("viewBox")
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.findtext("{*}title") == "China's <trade> & more"


@pytest.mark.parametrize("name", DRAWINGS)
def test_no_stand_in_colour_is_left_on_a_page(name: str) -> None:
    page = for_page(charts.to_svg(DRAWINGS[name], description="d"))

    assert "#fe00" not in page.lower()
    assert "var(--" in page


def test_bars_print_their_numbers() -> None:
    svg = charts.to_svg(DRAWINGS["bars"], description="d")

    assert "+17.1" in svg
    assert "−8.6" in svg


def test_names_at_the_ends_of_lines_keep_their_distance() -> None:
    close = [{"year": y, "value": 10 + i / 100, "who": str(i)} for i in range(5) for y in (2013, 2024)]
    spec = charts.lines(close, x="year", y="value", series="who", order=list("01234"), title="t", height=300)
    places = sorted(row["label_y"] for row in spec["layer"][2]["data"]["values"])
    pixels = [(b - a) * 300 / 10.04 for a, b in itertools.pairwise(places)]

    assert min(pixels) >= 14.9  # a name of 12 px needs 15 px; 0.1 px for rounding


FLOWS = [
    flowmap.Flow("KAZ", "Kazakhstan", "398", 27.9, 15.8, "43.8"),
    flowmap.Flow("TKM", "Turkmenistan", "795", 1.0, 9.6, "10.6"),
    flowmap.Flow("XXX", "No shape", "999", 1.0, 1.0, "2"),
]


def test_the_map_names_partners_with_a_shape_and_draws_both_ways() -> None:
    svg = flowmap.draw("156", FLOWS, description="Flows")
    texts = "".join(etree.fromstring(svg.encode()).itertext())

    assert "Kazakhstan" in texts
    assert "43.8" in texts
    assert "No shape" not in texts
    assert svg.count("<polygon") == 4


def test_small_states_have_a_shape() -> None:
    for m49 in ("702", "048", "470", "051"):  # Singapore, Bahrain, Malta, Armenia
        svg = flowmap.draw("156", [flowmap.Flow("A", "Small", m49, 1.0, 1.0, "x")], description="d", reach=20000)
        assert "Small" in svg


def test_a_home_without_a_shape_is_refused() -> None:
    with pytest.raises(BadInput, match="no shape for M49 999"):
        flowmap.draw("999", FLOWS, description="d")


def test_a_negative_flow_is_refused() -> None:
    with pytest.raises(BadInput, match="negative"):
        flowmap.Flow("KAZ", "Kazakhstan", "398", -1.0, 0.0, "")
