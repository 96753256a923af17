"""A chart of what holds from one day to the next: steps over dates, with the range between low and high shaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from khorgos.report.charts import ABOVE, WIDE, Rows, Spec
from khorgos.report.theme import stand_in

#: Years between labels by width; chosen because a year's label takes 40 px and a phone's plot has 270.
_EVERY = {True: 1, False: 2}


def steps(
    rows: Rows,
    *,
    begins: str,
    ends: str,
    low: str,
    high: str,
    title: str,
    marks: Sequence[Mapping[str, Any]] = (),
    width: int = WIDE,
    height: int = 300,
) -> Spec:
    """A step line for the high end over a shaded range down to the low one, with some days named.

    Args:
        rows: data, one span of days each, in order and without gaps.
        begins, ends: fields of the first and the last day.
        low, high: fields of the range; one line where they are equal.
        title: title of the y axis, with its unit.
        marks: days to name: "day" (ISO), "value" and "label"; none on a phone.
        width, height: of the whole drawing and of the plot, pixels.

    Returns:
        A Vega-Lite specification.
    """
    points = [{"day": str(row[begins]), "low": row[low], "high": row[high]} for row in rows]
    points.append({**points[-1], "day": str(rows[-1][ends])})
    axis = {"format": "%Y", "title": None, "tickCount": {"interval": "year", "step": _EVERY[width >= WIDE]}}
    day = {"field": "day", "type": "temporal", "axis": axis, "scale": {"nice": False}}
    value = {"type": "quantitative", "title": title, "axis": ABOVE}
    layers: list[Spec] = [
        {
            "mark": {"type": "area", "interpolate": "step-after", "color": stand_in("one"), "opacity": 0.28},
            "encoding": {"x": day, "y": {"field": "low", **value}, "y2": {"field": "high"}},
        },
        {
            "mark": {"type": "line", "interpolate": "step-after", "color": stand_in("one"), "strokeWidth": 2},
            "encoding": {"x": day, "y": {"field": "high", **value}},
        },
    ]
    if marks and width >= WIDE:
        layers += _named({"x": {**day, "field": "day"}, "y": {"field": "value", **value}}, marks)
    return {"data": {"values": points}, "width": width - 60, "height": height, "layer": layers}


def _named(encoding: Spec, marks: Rows) -> list[Spec]:
    """A dot and a word for each day to name."""
    dot = {"type": "circle", "size": 36, "opacity": 1, "color": stand_in("accent")}
    word = {"type": "text", "align": "right", "dx": -8, "dy": -6, "fontWeight": 600}
    return [
        {"data": {"values": [dict(mark) for mark in marks]}, "mark": dot, "encoding": encoding},
        {
            "data": {"values": [dict(mark) for mark in marks]},
            "mark": word,
            "encoding": {**encoding, "text": {"field": "label"}},
        },
    ]
