"""Charts that set two or three values side by side: before and after, low and high, one model and another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from khorgos.report.charts import WIDE, Rows, Spec
from khorgos.report.theme import stand_in

_LETTER = 7.0  # chosen because a letter of 13 px is about as wide
_NAMES = {True: 200, False: 165}  # chosen because "without USA:CHN:all=+125%" takes 165 px, and a phone has no more
_SHAPES = ("circle", "square", "triangle-up", "diamond")
_ROLES = ("one", "two", "four", "five")


def before_after(
    rows: Rows, *, category: str, before: str, after: str, label: str, title: str, width: int = WIDE
) -> Spec:
    """A ring for what was, a dot for what becomes of it, and a line between them.

    Args:
        rows: data, from top to bottom.
        category: field of the names.
        before, after: fields of the values.
        label: field with both values as printed.
        title: title of the value axis, with its unit.
        width: of the whole drawing, pixels.

    Returns:
        A Vega-Lite specification.
    """
    plot = width - _names(rows, category, width) - 10
    values = [float(row[field]) for row in rows for field in (before, after)]
    room = 0.0 if width < WIDE else max(values, default=1.0) * 130 / plot
    scale = {"domain": [0, (max(values, default=1.0) + room) * 1.03], "nice": False}
    names = _axis(rows, category, width)
    x = {"type": "quantitative", "title": title, "scale": scale, "axis": _values()}
    falls = {"test": f"datum['{after}'] < datum['{before}']", "value": stand_in("two")}
    colour = {"condition": falls, "value": stand_in("one")}
    layers: list[Spec] = [
        {
            "mark": {"type": "rule", "strokeWidth": 2},
            "encoding": {"x": {"field": before, **x}, "x2": {"field": after}, "color": colour},
        },
        {
            "mark": {"type": "point", "size": 70, "filled": True, "fill": stand_in("paper"), "strokeWidth": 2},
            "encoding": {"x": {"field": before, **x}, "stroke": colour},
        },
        {
            "mark": {"type": "point", "size": 80, "filled": True, "opacity": 1},
            "encoding": {"x": {"field": after, **x}, "color": colour},
        },
    ]
    if width >= WIDE:
        ends = [dict(row) | {"_end": max(float(row[before]), float(row[after]))} for row in rows]
        layers.append(
            {
                "data": {"values": ends},
                "mark": {"type": "text", "align": "left", "dx": 10},
                "encoding": {"x": {"field": "_end", **x}, "text": {"field": label}},
            }
        )
    return _whole(rows, names, plot, layers)


def tornado(rows: Rows, *, category: str, low: str, high: str, centre: float, title: str, width: int = WIDE) -> Spec:
    """How far each assumption, moved alone, moves a result: bars on either side of the central line.

    Args:
        rows: data, the widest bar first.
        category: field of the assumptions.
        low, high: fields of the ends.
        centre: the central result.
        title: title of the value axis, with its unit.
        width: of the whole drawing, pixels.

    Returns:
        A Vega-Lite specification.
    """
    plot = width - _names(rows, category, width) - 10
    names = _axis(rows, category, width)
    x = {"type": "quantitative", "title": title, "scale": {"zero": False, "nice": True}, "axis": _values()}
    halves = [dict(row) | {"_centre": centre} for row in rows]
    bar = {"type": "bar", "height": {"band": 0.6}}
    layers: list[Spec] = [
        {
            "data": {"values": halves},
            "mark": {**bar, "color": stand_in("two")},
            "encoding": {"x": {"field": low, **x}, "x2": {"field": "_centre"}},
        },
        {
            "data": {"values": halves},
            "mark": {**bar, "color": stand_in("one")},
            "encoding": {"x": {"field": high, **x}, "x2": {"field": "_centre"}},
        },
        {
            "data": {"values": [{"_centre": centre}]},
            "mark": {"type": "rule", "color": stand_in("ink"), "strokeWidth": 1.5},
            "encoding": {"x": {"field": "_centre", "type": "quantitative"}, "y": None},
        },
    ]
    return _whole(rows, names, plot, layers)


def models(rows: Rows, *, category: str, names: Mapping[str, str], title: str, width: int = WIDE) -> Spec:
    """One mark a model on each line, told apart by colour and by shape.

    Args:
        rows: data, from top to bottom; a null value leaves a model out.
        category: field of the names.
        names: printed name by the field of its value.
        title: title of the value axis, with its unit.
        width: of the whole drawing, pixels.

    Returns:
        A Vega-Lite specification.
    """
    plot = width - _names(rows, category, width) - 10
    long = [
        {category: row[category], "model": name, "value": row[field]}
        for row in rows
        for field, name in names.items()
        if row[field] is not None
    ]
    order = list(names.values())
    x = {"field": "value", "type": "quantitative", "title": title, "axis": _values()}
    colour = {
        "field": "model",
        "type": "nominal",
        "scale": {"domain": order, "range": [stand_in(role) for role in _ROLES[: len(order)]]},
        "legend": {"columns": 2 if width < WIDE else 4},
    }
    shape = {**colour, "scale": {"domain": order, "range": list(_SHAPES[: len(order)])}}
    zero = {
        "data": {"values": [{"value": 0}]},
        "mark": {"type": "rule", "color": stand_in("muted")},
        "encoding": {"x": {"field": "value", "type": "quantitative"}, "y": None},
    }
    marks = {
        "data": {"values": long},
        "mark": {"type": "point", "size": 70, "filled": True, "opacity": 1},
        "encoding": {"x": x, "color": colour, "shape": shape},
    }
    return _whole(rows, _axis(rows, category, width), plot, [zero, marks])


def _whole(rows: Rows, names: Spec, plot: int, layers: Sequence[Spec]) -> Spec:
    return {
        "data": {"values": [dict(row) for row in rows]},
        "width": plot,
        "height": 28 * len(rows),
        "encoding": {"y": names},
        "layer": list(layers),
    }


def _names(rows: Rows, category: str, width: int) -> int:
    """Room for the names: what the longest takes, up to a limit."""
    longest = max((len(str(row[category])) for row in rows), default=0)
    return min(round(_LETTER * longest) + 12, _NAMES[width >= WIDE])


def _axis(rows: Rows, category: str, width: int) -> Spec:
    axis = {
        "title": None,
        "labelColor": stand_in("ink"),
        "labelFontSize": 13 if width >= WIDE else 12,
        "labelLimit": _names(rows, category, width) - 8,
        "labelPadding": 8,
    }
    return {"field": category, "type": "nominal", "sort": [row[category] for row in rows], "axis": axis}


def _values() -> Spec:
    return {"grid": True, "tickCount": 5, "titleAnchor": "start", "labelOverlap": True}
