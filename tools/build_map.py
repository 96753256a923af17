"""Make the package's world map from world-atlas (Natural Earth 1:50m, public domain).

Usage: python tools/build_map.py countries-50m.json

The file comes with the npm package world-atlas 2. Output: src/khorgos/report/data/world.json.gz, a mapping from M49
code to name and rings of [longitude, latitude] in hundredths of a degree. 110m shapes lack small states, so 50m.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).resolve().parent.parent / "src" / "khorgos" / "report" / "data" / "world.json.gz"


def _arcs(topology: dict[str, Any]) -> list[list[tuple[int, int]]]:
    """Arcs in hundredths of a degree (TopoJSON: delta-encoded integers, a scale and a translation)."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    out = []
    for arc in topology["arcs"]:
        x = y = 0
        points: list[tuple[int, int]] = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            point = (round(100 * (x * kx + dx)), round(100 * (y * ky + dy)))
            if not points or points[-1] != point:
                points.append(point)
        out.append(points)
    return out


def _ring(indices: list[int], arcs: list[list[tuple[int, int]]]) -> list[int]:
    points: list[tuple[int, int]] = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc if not points else arc[1:]
    return [number for point in points for number in point]


def main(path: str) -> None:
    """Read the topology, write the shapes."""
    topology = json.loads(Path(path).read_text(encoding="utf-8"))
    arcs = _arcs(topology)
    shapes = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        rings = [ring for polygon in polygons for part in polygon if len(ring := _ring(part, arcs)) >= 8]
        shapes.append({"m49": geometry.get("id"), "name": geometry["properties"]["name"], "rings": rings})
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(shapes, ensure_ascii=False, separators=(",", ":"))
    OUTPUT.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{OUTPUT.name}: {len(shapes)} shapes, {OUTPUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
