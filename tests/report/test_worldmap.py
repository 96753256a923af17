"""The world map: an equal-area projection as published, every economy on it, shades that tell gains from losses."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from khorgos.core.errors import BadInput
from khorgos.ledger.worlds import world
from khorgos.nomenclature.areas import get, to_code
from khorgos.report.theme import stand_in
from khorgos.report.worldmap import Shade, draw, limits, project


def shade(area: str, value: float) -> Shade:
    return Shade((to_code(area, "m49") or "").zfill(3), get(area).name, value, f"{value:+.2f}%")


def test_the_projection_is_that_of_the_paper() -> None:
    # Šavrič, Patterson, Jenny (2018): the map is 2.05458 times as wide as high, a pole 0.59247 of the equator's length.
    equator, north, corner = project((180.0, 0.0))[0], project((0.0, 90.0))[1], project((180.0, 90.0))[0]

    assert equator / north == pytest.approx(2.05458, abs=1e-5)
    assert corner / equator == pytest.approx(0.59247, abs=1e-5)


@given(st.floats(-179, 179), st.floats(-84, 84))
def test_the_projection_keeps_areas(longitude: float, latitude: float) -> None:
    step = 1e-4
    (x1, y1), (x0, y0) = project((longitude + step, latitude)), project((longitude - step, latitude))
    (u1, v1), (u0, v0) = project((longitude, latitude + step)), project((longitude, latitude - step))
    cell = ((x1 - x0) * (v1 - v0) - (u1 - u0) * (y1 - y0)) / (2 * math.radians(step)) ** 2

    # central differences at 1e-4 degrees, and coefficients published with six decimals
    assert cell == pytest.approx(math.cos(math.radians(latitude)), rel=1e-4)


def test_every_economy_of_the_worlds_is_on_the_map() -> None:
    shades = [shade(name, 0.5) for name in world("one-sector").countries]
    svg = draw(shades, description="All")
    titles = {
        str(t) for t in etree.fromstring(svg.encode()).xpath("//*[local-name()='g']//*[local-name()='title']/text()")
    }

    assert {f"{one.name} {one.label}" for one in shades} <= titles


@pytest.mark.parametrize("width", [720, 340])
def test_gains_and_losses_have_two_colours_and_stay_inside(width: int) -> None:
    svg = draw([shade("CHN", -0.5), shade("USA", 0.25), shade("KAZ", 0.01)], description="Three", width=width)
    tree = etree.fromstring(svg.encode())
    fills = {
        t.text.split()[0]: t.getparent().get("fill")
        for t in tree.xpath("//*[local-name()='g']//*[local-name()='title']")
    }

    assert fills["China"] == stand_in("two")
    assert fills["Kazakhstan"] == fills["United"] == stand_in("one")
    assert float(tree.get("viewBox").split()[2]) == width
    for path in tree.xpath("//*[local-name()='path']/@d"):
        xs = [float(point.split(",")[0]) for point in path.replace("Z", "M").replace("L", "M").split("M") if point]
        # a ring on the map's edge may go on beyond it, but none may cross the map
        assert max(xs) - min(xs) < 0.75 * width


def test_limits_are_round_and_apart() -> None:
    assert limits([0.01, -0.034, 0.2, 0.4]) == (0.1, 0.3)
    assert limits([0.0]) == (0.01, 0.02)


def test_a_value_that_is_not_finite_is_refused() -> None:
    with pytest.raises(BadInput, match="not finite"):
        shade("CHN", math.nan)
