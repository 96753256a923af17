"""A world map of gains and losses: an equal-area projection, so that no economy looks larger than it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape

import numpy as np

from khorgos.core.errors import BadInput
from khorgos.report.charts import dressed
from khorgos.report.shapes import SMALLEST, Point, area_of, shapes, thinned
from khorgos.report.theme import FONT, stand_in

#: Coefficients of the Equal Earth projection: Šavrič, Patterson, Jenny (2018), International Journal of Geographical
#: Information Science 33(3), eq. 1, doi:10.1080/13658816.2018.1504949.
_A = (1.340264, -0.081106, 0.000893, 0.003796)
#: Chosen because the map's edge then runs through the Bering Strait and cuts no country.
_MERIDIAN = 11.0
#: Percentiles of the sizes of changes that part the shades; chosen so that half of all economies stay pale.
_PARTS = (50, 80)
#: Opacity of small, middling and large changes.
_OPACITY = (0.32, 0.62, 1.0)
#: An area drawn smaller than this gets a dot, square pixels; chosen because a reader cannot see its shade.
_DOT = 9.0
#: No shade begins below this, per cent; chosen because the tables print two decimals.
_FINEST = 0.01
_ANTARCTICA = "010"
#: Height over width of the picture, and how far down the equator runs; chosen because Antarctica is left out.
_ASPECT, _EQUATOR = 0.455, 0.565


@dataclass(frozen=True, slots=True)
class Shade:
    """One economy's change.

    Args:
        m49: for its shape.
        name: as printed.
        value: the change, per cent.
        label: the change as printed.
    """

    m49: str
    name: str
    value: float
    label: str

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise BadInput("A change on the map is not finite", where=self.name)


def project(place: Point) -> Point:
    """Equal Earth: (longitude from the map's meridian, latitude) in degrees to (x, y) on a sphere of radius one.

    x = 2 sqrt(3) lambda cos(theta) / (3 (9 A4 theta^8 + 7 A3 theta^6 + 3 A2 theta^2 + A1)),
    y = A4 theta^9 + A3 theta^7 + A2 theta^3 + A1 theta, with sin(theta) = sqrt(3)/2 sin(phi).

    Source: Šavrič, Patterson, Jenny (2018), eq. 1 to 3, doi:10.1080/13658816.2018.1504949.
    """
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(place[1])))
    a1, a2, a3, a4 = _A
    t2, t6 = theta**2, theta**6
    slope = 9 * a4 * t6 * t2 + 7 * a3 * t6 + 3 * a2 * t2 + a1
    x = 2 * math.sqrt(3) * math.radians(place[0]) * math.cos(theta) / (3 * slope)
    return x, theta * (a1 + a2 * t2 + t6 * (a3 + a4 * t2))


def limits(values: Sequence[float]) -> tuple[float, float]:
    """Where pale turns to middling and middling to strong: one-digit numbers near two percentiles of the sizes.

    Args:
        values: changes; at least one.
    """
    low, high = np.percentile(np.abs(np.asarray(values, dtype=float)), _PARTS)
    first = max(float(f"{low:.0e}"), _FINEST)  # one digit: 0.034 to 0.03
    return first, max(float(f"{high:.0e}"), 2 * first)


def draw(shades: Sequence[Shade], *, description: str, width: int = 720) -> str:
    """Draw the map with its legend.

    Args:
        shades: the economies that have a value.
        description: what a reader who cannot see it should know.
        width: pixels.

    Returns:
        One <svg> element in the theme's stand-in colours: losses in one, gains in another, stronger where larger.
    """
    parts = limits([one.value for one in shades] or [0.0])
    height = round(width * _ASPECT)
    scale = width / (2 * project((180.0, 0.0))[0])

    def camera(place: Point) -> Point:
        return width / 2 + place[0] * scale, height * _EQUATOR - place[1] * scale

    by_code = {one.m49: one for one in shades}
    rings = {m49: [[camera(point) for point in ring] for ring in found] for m49, found in _rings().items()}
    land = "".join(_area(found, by_code.get(m49), parts) for m49, found in rings.items())
    dots = "".join(_dot(found, by_code.get(m49), parts) for m49, found in rings.items())
    legend, below = _legend(parts, width, height)
    body = f'<g stroke="{stand_in("paper")}" stroke-width="0.5">{land}{dots}</g>{legend}'
    return dressed(f'<svg viewBox="0 0 {width} {below}">{body}</svg>', description)


@cache
def _rings() -> dict[str, list[list[Point]]]:
    """Each area's rings on the sphere of radius one; an area may be listed in several parts."""
    out: dict[str, list[list[Point]]] = {}
    for shape in shapes():
        if (m49 := str(shape["m49"])) != _ANTARCTICA:
            found = [_whole([(r[i] / 100, r[i + 1] / 100) for i in range(0, len(r), 2)]) for r in shape["rings"]]
            out.setdefault(m49, []).extend([project(point) for point in ring] for ring in found)
    return out


def _whole(ring: Sequence[Point]) -> list[Point]:
    """Longitudes from the map's meridian; a ring on the map's edge goes on beyond it instead of across the map."""
    turned = [((x - _MERIDIAN + 180.0) % 360.0 - 180.0, y) for x, y in ring]
    if max(x for x, _ in turned) - min(x for x, _ in turned) <= 180.0:
        return turned
    side = 1.0 if sum(x > 0 for x, _ in turned) * 2 >= len(turned) else -1.0
    return [(x if x * side > 0 else x + side * 360.0, y) for x, y in turned]


def _area(rings: Sequence[Sequence[Point]], one: Shade | None, parts: tuple[float, float]) -> str:
    path = ""
    for ring in rings:
        thin = thinned(ring)
        if len(thin) >= 4 and abs(area_of(thin)) >= SMALLEST:
            path += "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in thin) + "Z"
    if not path:
        return ""
    if one is None:
        return f'<path d="{path}" fill="{stand_in("land")}"/>'
    return f'<path d="{path}" {_fill(one.value, parts)}>{_title(one)}</path>'


def _dot(rings: Sequence[Sequence[Point]], one: Shade | None, parts: tuple[float, float]) -> str:
    """A dot on an economy that is too small to see."""
    largest = max(rings, key=lambda ring: abs(area_of(ring)))
    if one is None or abs(area_of(largest)) >= _DOT:
        return ""
    x, y = (sum(point[axis] for point in largest) / len(largest) for axis in (0, 1))
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.3" {_fill(one.value, parts)}>{_title(one)}</circle>'


def _title(one: Shade) -> str:
    return f"<title>{escape(one.name)} {escape(one.label)}</title>"


def _fill(value: float, parts: tuple[float, float]) -> str:
    strength = _OPACITY[sum(abs(value) >= part for part in parts)]
    return f'fill="{stand_in("one" if value >= 0 else "two")}" fill-opacity="{strength}"'


def _legend(parts: tuple[float, float], width: int, top: float) -> tuple[str, float]:
    """Six shades and their bounds, in one row or in two; and where the picture ends."""
    low, high = (f"{part:g}" for part in parts)
    texts = (f"below −{high}%", f"to −{low}%", "to 0", f"0 to {low}%", f"to {high}%", f"above {high}%")
    values = (-parts[1], -parts[0], -parts[0] / 2, parts[0] / 2, parts[0], parts[1])
    columns = 6 if width >= 600 else 3
    size, row = 11.5, 19.0
    out = []
    for place, (text, value) in enumerate(zip(texts, values, strict=True)):
        x, y = (place % columns) * width / columns, top + 12 + row * (place // columns)
        out.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="13" height="13" {_fill(value, parts)}/>')
        out.append(
            f'<text x="{x + 18:.1f}" y="{y + 10.5:.1f}" font-family="{FONT}" font-size="{size}" '
            f'fill="{stand_in("ink")}">{text}</text>'
        )
    return "".join(out), round(top + 14 + row * (6 // columns))
