"""The shapes of the world's areas, and what both maps do with them before they draw."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

Point = tuple[float, float]

#: Points of a drawn ring are this far apart, pixels; chosen because finer steps cannot be seen.
STEP = 1.1
#: Rings under this size are left out, square pixels; chosen because they cannot be seen.
SMALLEST = 2.0


@cache
def shapes() -> list[dict[str, Any]]:
    """Every area: its M49 code, name, and rings of longitude, latitude, ... in hundredths of a degree."""
    raw = files("khorgos.report").joinpath("data/world.json.gz").read_bytes()
    found: list[dict[str, Any]] = json.loads(gzip.decompress(raw))
    return found


def thinned(points: Sequence[Point]) -> list[Point]:
    """The points, at least `STEP` apart but for the last."""
    out = [points[0]]
    for point in points[1:-1]:
        if math.dist(point, out[-1]) >= STEP:
            out.append(point)
    return [*out, points[-1]]


def area_of(points: Sequence[Point]) -> float:
    """Signed area of a closed ring (the shoelace formula)."""
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2


def middle(m49: str) -> Point | None:
    """Centroid of an area's largest ring, degrees; None where the map has no such shape."""
    rings = [ring for shape in shapes() if str(shape["m49"]) == m49 for ring in shape["rings"]]
    if not rings:
        return None
    points = [[(r[i] / 100, r[i + 1] / 100) for i in range(0, len(r), 2)] for r in rings]
    largest = max(points, key=lambda p: abs(area_of(p)))
    pairs = list(zip(largest, [*largest[1:], largest[0]], strict=True))
    six = 6 * area_of(largest)
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / six
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / six
    return x, y
