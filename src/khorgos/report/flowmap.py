"""A map with flows: who sends how much to whom, on shapes that do not lack small states."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from khorgos.core.errors import BadInput
from khorgos.report.charts import dressed
from khorgos.report.shapes import SMALLEST, Point, area_of, middle, shapes, thinned
from khorgos.report.theme import FONT, stand_in

_EARTH_EDGE = math.radians(100)  # chosen because rings beyond this angle from the centre fold over the picture


@dataclass(frozen=True, slots=True)
class Flow:
    """One partner's arrow pair.

    Args:
        area: ISO3, printed where the picture is too narrow for names.
        name: as printed.
        m49: for its shape.
        sent: what the home area sends there, any unit.
        received: what it receives from there, same unit.
        label: the number under the name, as printed.
    """

    area: str
    name: str
    m49: str
    sent: float
    received: float
    label: str

    def __post_init__(self) -> None:
        if self.sent < 0 or self.received < 0:
            raise BadInput("A flow on the map cannot be negative", where=self.area)


@dataclass(frozen=True, slots=True)
class _Camera:
    """Lambert's azimuthal equal-area projection (Snyder 1987, USGS Professional Paper 1395, eq. 24-2 to 24-4)."""

    longitude: float
    latitude: float
    scale: float
    width: float
    height: float

    def __call__(self, place: Point) -> Point | None:
        lam = math.radians(place[0] - self.longitude)
        phi, phi0 = math.radians(place[1]), math.radians(self.latitude)
        cosine = math.sin(phi0) * math.sin(phi) + math.cos(phi0) * math.cos(phi) * math.cos(lam)
        if cosine < math.cos(_EARTH_EDGE):
            return None
        k = math.sqrt(2 / (1 + cosine)) * self.scale
        x = k * math.cos(phi) * math.sin(lam)
        y = k * (math.cos(phi0) * math.sin(phi) - math.sin(phi0) * math.cos(phi) * math.cos(lam))
        return self.width / 2 + x, self.height / 2 - y


def _path(rings: Sequence[Sequence[int]], camera: _Camera) -> str:
    parts = []
    for ring in rings:
        points = [camera((ring[i] / 100, ring[i + 1] / 100)) for i in range(0, len(ring), 2)]
        seen = [p for p in points if p is not None]
        if len(seen) < len(points) or not _in_sight(seen, camera):
            continue
        thin = thinned(seen)
        if len(thin) >= 4 and abs(area_of(thin)) >= SMALLEST:
            parts.append("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in thin) + "Z")
    return "".join(parts)


def _in_sight(points: Sequence[Point], camera: _Camera) -> bool:
    return any(-20 < x < camera.width + 20 and -20 < y < camera.height + 20 for x, y in points)


def _arrow(start: Point, end: Point, width: float, bend: float, role: str) -> str:
    """A ribbon from start to end, bent to its right, with a head that stays in proportion."""
    (x0, y0), (x1, y1) = start, end
    length = math.dist(start, end) or 1.0
    nx, ny = -(y1 - y0) / length, (x1 - x0) / length
    cx, cy = (x0 + x1) / 2 + nx * bend * length, (y0 + y1) / 2 + ny * bend * length
    tx, ty = x1 - cx, y1 - cy
    back = math.hypot(tx, ty) or 1.0
    ux, uy = tx / back, ty / back
    head = max(6.0, 1.15 * width)
    half = max(4.0, 0.85 * width)
    bx, by = x1 - ux * head, y1 - uy * head
    tips = f"{x1:.1f},{y1:.1f} {bx - uy * half:.1f},{by + ux * half:.1f} {bx + uy * half:.1f},{by - ux * half:.1f}"
    return (
        f'<path d="M{x0:.1f},{y0:.1f}Q{cx:.1f},{cy:.1f} {bx:.1f},{by:.1f}" fill="none" stroke="{stand_in(role)}" '
        f'stroke-width="{width:.1f}" stroke-opacity="0.85"/><polygon points="{tips}" fill="{stand_in(role)}"/>'
    )


Box = tuple[float, float, float, float]


def _boxes(place: Point, width: float, size: float) -> list[Box]:
    """Where a two-line label may stand: below, above, right, left of its place, then further off."""
    x, y = place
    high = 2.3 * size
    out = []
    for gap in (8.0, 22.0, 36.0):
        out += [
            (x - width / 2, y + gap, width, high),
            (x - width / 2, y - gap - high, width, high),
            (x + gap, y - high / 2, width, high),
            (x - gap - width, y - high / 2, width, high),
        ]
    return out


def _overlap(a: Box, b: Box) -> float:
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0.0, wide) * max(0.0, high)


def _outside(box: Box, camera: _Camera) -> float:
    inside = _overlap(box, (2.0, 2.0, camera.width - 4, camera.height - 4))
    return box[2] * box[3] - inside


def _labels(flows: Sequence[Flow], ends: Sequence[Point], camera: _Camera, size: float, short: bool) -> list[str]:
    """Labels, the largest flow first, each where it covers least of the labels and arrow heads before it."""
    taken: list[Box] = [(x - 5, y - 5, 10.0, 10.0) for x, y in ends]
    out = []
    for flow, end in zip(flows, ends, strict=True):
        name = flow.area if short else flow.name
        width = max(len(name) * 0.62, len(flow.label) * 0.55) * size
        options = _boxes(end, width, size)
        cost = [3 * _outside(b, camera) + sum(_overlap(b, t) for t in taken) for b in options]
        box = options[cost.index(min(cost))]
        taken.append(box)
        out.append(_text(box, name, flow.label, size))
    return out


def _text(box: Box, name: str, label: str, size: float) -> str:
    x, y = box[0] + box[2] / 2, box[1] + size
    halo = f'paint-order="stroke" stroke="{stand_in("paper")}" stroke-width="3.5" stroke-linejoin="round"'
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="{size}" text-anchor="middle" '
        f'fill="{stand_in("ink")}" {halo}><tspan font-weight="600">{escape(name)}</tspan>'
        f'<tspan x="{x:.1f}" dy="{size * 1.15:.1f}" fill="{stand_in("muted")}">{escape(label)}</tspan></text>'
    )


def _land(camera: _Camera, fills: dict[str, str]) -> str:
    out = []
    for shape in shapes():
        if path := _path(shape["rings"], camera):
            role = fills.get(str(shape["m49"]))
            opacity = ' fill-opacity="0.28"' if role else ""
            out.append(f'<path d="{path}" fill="{stand_in(role or "land")}"{opacity}/>')
    return f'<g stroke="{stand_in("paper")}" stroke-width="0.7">{"".join(out)}</g>'


def _ribbons(start: Point, flows: Sequence[Flow], ends: Sequence[Point], thickest: float) -> str:
    largest = max((max(f.sent, f.received) for f in flows), default=0.0) or 1.0
    out = []
    for flow, end in zip(flows, ends, strict=True):
        for amount, a, b, role in ((flow.sent, start, end, "china"), (flow.received, end, start, "one")):
            if amount > 0:
                out.append(_arrow(a, b, max(0.8, thickest * amount / largest), 0.12, role))
    return "".join(out)


def draw(
    home: str,
    flows: Sequence[Flow],
    *,
    description: str,
    width: int = 720,
    height: int = 400,
    centre: Point = (73.0, 43.0),
    reach: float = 6300.0,
) -> str:
    """Draw the map.

    Args:
        home: M49 code of the area whose trade it is.
        flows: the partners; those without a shape are left out.
        description: what a reader who cannot see it should know.
        width, height: pixels.
        centre: middle of the map, [longitude, latitude] in degrees.
        reach: kilometres from the left to the right edge.

    Returns:
        One <svg> element in the theme's stand-in colours; widths of arrows are in proportion to the flows.

    Raises:
        BadInput: if the map has no shape for the home area.
    """
    camera = _Camera(centre[0], centre[1], width / (reach / 6371.0), width, height)
    at_home = middle(home)
    start = camera(at_home) if at_home else None
    if start is None:
        raise BadInput(f"The map has no shape for M49 {home}")
    placed = [
        (flow, end)
        for flow in sorted(flows, key=lambda f: -(f.sent + f.received))
        if (place := middle(flow.m49)) and (end := camera(place))
    ]
    shown, ends = [f for f, _ in placed], [e for _, e in placed]
    thickest = width / 42  # chosen because thicker arrows hide the small countries under them
    short = width < 500
    labels = "".join(_labels(shown, ends, camera, 11 if short else 12.5, short))
    land = _land(camera, {home: "china", **{flow.m49: "one" for flow in shown}})
    body = land + _ribbons(start, shown, ends, thickest) + labels
    return dressed(f'<svg viewBox="0 0 {width} {height}">{body}</svg>', description)
