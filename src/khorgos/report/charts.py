"""Charts as data: Vega-Lite specifications, drawn to SVG without a browser or a network."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from khorgos.report.theme import FONT, SERIES, stand_in

Rows = Sequence[Mapping[str, Any]]
Spec = dict[str, Any]

#: Widths in pixels at which each chart is drawn: the page shows the one that fits.
WIDE, NARROW = 720, 340

_NAMES_WIDTH = 110  # chosen because the longest country name at the end of a line, Turkmenistan, takes 85 px at 12 px
_LINE_ROOM = 15  # chosen because a name of 12 px needs 15 px to stand clear of the next one

_ID = re.compile(r'\bid="([^"]+)"')


def _config() -> Spec:
    ink, muted, grid = stand_in("ink"), stand_in("muted"), stand_in("grid")
    return {
        "font": FONT,
        "background": "transparent",
        "view": {"stroke": None},
        "axis": {
            "labelColor": muted,
            "titleColor": muted,
            "gridColor": grid,
            "domainColor": grid,
            "tickColor": grid,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
        },
        "axisX": {"grid": False},
        "axisY": {"domain": False, "ticks": False},
        "header": {"labelColor": ink, "labelFontSize": 13, "labelFontWeight": 600, "labelAnchor": "start"},
        "text": {"color": ink, "fontSize": 12},
        "legend": {"labelColor": ink, "labelFontSize": 12, "orient": "top", "title": None, "symbolStrokeWidth": 3},
    }


def _colour(field: str, order: Sequence[str], roles: Mapping[str, str] | None, *, legend: bool = False) -> Spec:
    codes = [stand_in((roles or {}).get(name, SERIES[i % len(SERIES)])) for i, name in enumerate(order)]
    scale = {"domain": list(order), "range": codes}
    return {"field": field, "type": "nominal", "scale": scale, "legend": {"columns": 4} if legend else None}


def _years(rows: Rows, x: str, width: int) -> Spec:
    """A year axis: whole years, the last one always named."""
    years = [int(row[x]) for row in rows]
    step = max(1, -(-(max(years) - min(years)) * 48 // width))  # chosen because a year's label takes 48 px
    axis = {"format": "d", "values": list(range(max(years), min(years) - 1, -step)), "title": None}
    return {"field": x, "type": "quantitative", "axis": axis, "scale": {"nice": False, "zero": False}}


#: A value axis with its title above it, level.
ABOVE: Spec = {
    "tickCount": 5,
    "titleAnchor": "end",
    "titleAngle": 0,
    "titleAlign": "left",
    "titleBaseline": "bottom",
    "titleX": 0,
    "titleY": -8,
}


def _amount(y: str, title: str, *, zero: bool = True) -> Spec:
    """A value axis whose title stands above it, level and readable."""
    return {"field": y, "type": "quantitative", "title": title, "axis": ABOVE, "scale": {"zero": zero}}


def lines(
    rows: Rows,
    *,
    x: str,
    y: str,
    series: str,
    order: Sequence[str],
    title: str,
    width: int = WIDE,
    height: int = 300,
    roles: Mapping[str, str] | None = None,
    dashed: Sequence[str] = (),
) -> Spec:
    """Lines over years, each named at its end.

    Args:
        rows: data, one point each; a null y leaves a gap.
        x, y, series: fields.
        order: the series, in the order of their colours.
        title: title of the y axis, with its unit.
        width, height: of the whole drawing and of the plot, pixels.
        roles: colour role by series name.
        dashed: series drawn with dashes (paths that have not happened).

    Returns:
        A Vega-Lite specification.
    """
    plot = width - _NAMES_WIDTH - 40
    colour = _colour(series, order, roles)
    dash = {"condition": {"test": {"field": series, "oneOf": list(dashed)}, "value": [5, 4]}, "value": [1, 0]}
    shared = {"x": _years(rows, x, plot), "y": _amount(y, title), "color": colour}
    solid = [dict(row) for row in rows if row[series] not in dashed]
    layers: list[Spec] = [
        {
            "data": {"values": [dict(row) for row in rows]},
            "mark": {"type": "line", "strokeWidth": 2},
            "encoding": {**shared, "strokeDash": dash},
        },
        {"data": {"values": solid}, "mark": {"type": "circle", "size": 24, "opacity": 1}, "encoding": shared},
        {
            "data": {"values": _ends(rows, x, y, series, height)},
            "mark": {"type": "text", "align": "left", "dx": 8, "baseline": "middle", "fontWeight": 600},
            "encoding": {
                "x": {"field": "x", "type": "quantitative"},
                "y": {"field": "label_y", "type": "quantitative"},
                "text": {"field": "name"},
                "color": _colour("series", order, roles),
            },
        },
    ]
    return {"width": plot, "height": height, "layer": layers}


def _ends(rows: Rows, x: str, y: str, series: str, height: int) -> list[Spec]:
    """Where each line's name goes: at its last point, pushed up so that no two names overlap."""
    last: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        if row[y] is not None and (row[series] not in last or row[x] >= last[row[series]][x]):
            last[row[series]] = row
    values = [0.0, *(float(row[y]) for row in rows if row[y] is not None)]
    room = (max(values) - min(values)) * _LINE_ROOM / height
    end = max((float(row[x]) for row in last.values()), default=0.0)
    out: list[Spec] = []
    for row in sorted(last.values(), key=lambda r: float(r[y])):
        place = max(float(row[y]), out[-1]["label_y"] + room) if out else float(row[y])
        out.append({"x": end, "label_y": place, "series": row[series], "name": row[series]})
    return out


def panels(
    rows: Rows,
    *,
    x: str,
    y: str,
    series: str,
    facet: str,
    order: Sequence[str],
    facets: Sequence[str],
    title: str,
    width: int = WIDE,
    columns: int = 4,
    roles: Mapping[str, str] | None = None,
) -> Spec:
    """Small multiples: one panel a country, the same lines and scales in each, one legend.

    Args:
        rows: data, one point each.
        x, y, series, facet: fields.
        order: the series, in the order of their colours.
        facets: the panels, in order.
        title: title of the y axes, with its unit.
        width: of the whole drawing, pixels.
        columns: panels in a row.
        roles: colour role by series name.

    Returns:
        A Vega-Lite specification.
    """
    each = (width - 30 * columns - 20) // columns
    encoding = {
        "x": _years(rows, x, each),
        "y": {"field": y, "type": "quantitative", "title": title, "axis": {"tickCount": 4}},
        "color": _colour(series, order, roles, legend=True),
    }
    return {
        "data": {"values": [dict(row) for row in rows if row[y] is not None]},
        "facet": {"field": facet, "type": "nominal", "title": None, "sort": list(facets)},
        "columns": columns,
        "spacing": 22,
        "spec": {
            "width": each,
            "height": 120,
            "mark": {"type": "line", "strokeWidth": 2, "interpolate": "linear"},
            "encoding": encoding,
        },
    }


def bars(
    rows: Rows,
    *,
    category: str,
    value: str,
    label: str,
    title: str,
    width: int = WIDE,
    interval: tuple[str, str] | None = None,
) -> Spec:
    """Horizontal bars left and right of zero, each with its number, and its interval where there is one.

    Args:
        rows: data, from top to bottom.
        category, value: fields.
        label: field with the number as printed.
        title: title of the value axis, with its unit.
        width: of the whole drawing, pixels.
        interval: fields of the lower and the upper end, drawn as a line.

    Returns:
        A Vega-Lite specification.
    """
    ends = {"left": min, "right": max}  # of bar and interval together: where the number goes
    rows = [
        dict(row) | {side: pick(float(row[f]) for f in (value, *(interval or ()))) for side, pick in ends.items()}
        for row in rows
    ]
    amount = {
        "field": value,
        "type": "quantitative",
        "title": title,
        "scale": {"domain": _around(rows, width - _NAMES), "nice": False},
        "axis": {"grid": True, "tickCount": 5, "titleAnchor": "start"},
    }
    names = {"field": category, "type": "nominal", "sort": [row[category] for row in rows], "axis": _name_axis()}
    minus = {"test": f"datum['{value}'] < 0", "value": stand_in("two")}
    bar: Spec = {
        "mark": {"type": "bar", "height": {"band": 0.66}},
        "encoding": {"color": {"condition": minus, "value": stand_in("one")}},
    }
    numbers = [
        _beside(amount, value, label, test=">= 0", end="right", align="left", dx=5),
        _beside(amount, value, label, test="< 0", end="left", align="right", dx=-5),
    ]
    return {
        "data": {"values": rows},
        "width": width - _NAMES,
        "height": 30 * len(rows),
        "encoding": {"y": names, "x": amount},
        "layer": [bar, *([_span(amount, interval)] if interval is not None else []), *numbers],
    }


#: Pixels left of the bars; chosen because the longest names of countries take so many.
_NAMES = 130


def _name_axis() -> Spec:
    return {
        "title": None,
        "labelColor": stand_in("ink"),
        "labelFontSize": 13,
        "labelLimit": _NAMES,
        "labelPadding": 8,
    }


def _around(rows: Rows, width: int) -> list[float]:
    """The ends of the axis: room for the numbers beside the bars."""
    values = [0.0, *(float(row[side]) for row in rows for side in ("left", "right"))]
    low, high = min(values), max(values)
    pad = (high - low) * 80 / width  # chosen because a printed number takes up to 75 px
    return [low - (pad if low < 0 else 0), high + pad]


def _span(amount: Spec, interval: tuple[str, str]) -> Spec:
    low, high = interval
    line = {"type": "rule", "color": stand_in("ink"), "strokeWidth": 1.5}
    return {"mark": line, "encoding": {"x": {**amount, "field": low}, "x2": {"field": high}}}


def _beside(amount: Spec, value: str, label: str, *, test: str, end: str, align: str, dx: int) -> Spec:
    """The numbers of the bars to one side of zero."""
    return {
        "transform": [{"filter": f"datum['{value}'] {test}"}],
        "mark": {"type": "text", "align": align, "dx": dx},
        "encoding": {"text": {"field": label, "type": "nominal"}, "x": {**amount, "field": end}},
    }


def band(
    rows: Rows,
    *,
    x: str,
    reports: tuple[str, str],
    names: tuple[str, str],
    title: str,
    width: int = WIDE,
    roles: Mapping[str, str] | None = None,
) -> Spec:
    """Two reports of one flow, and the gap between them shaded.

    Args:
        rows: data; a null report leaves a gap.
        x: field of the year.
        reports: fields of the two reports.
        names: what the two lines are called.
        title: title of the y axis, with its unit.
        width: of the whole drawing, pixels.
        roles: colour role by line name.

    Returns:
        A Vega-Lite specification.
    """
    first, second = reports
    long = [
        {x: row[x], "value": row[field], "who": name}
        for row in rows
        for field, name in zip(reports, names, strict=True)
    ]
    spec = lines(long, x=x, y="value", series="who", order=names, title=title, width=width, roles=roles)
    area = {
        "data": {"values": [dict(row) if None not in (row[first], row[second]) else {x: row[x]} for row in rows]},
        "mark": {"type": "area", "color": stand_in("muted"), "opacity": 0.18},
        "encoding": {
            "x": {"field": x, "type": "quantitative"},
            "y": {"field": first, "type": "quantitative"},
            "y2": {"field": second},
        },
    }
    return {**spec, "layer": [area, *spec["layer"]]}


def to_svg(spec: Spec, *, description: str) -> str:
    """Draw a chart; colours are the theme's stand-ins.

    Args:
        spec: from this module.
        description: what a reader who cannot see it should know.

    Returns:
        One <svg> element, scalable, with its description.
    """
    import vl_convert

    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "config": _config(), **spec}
    return dressed(vl_convert.vegalite_to_svg(whole), description)


def dressed(svg: str, description: str) -> str:
    """An <svg> that scales with the page and says what it shows; without ids, so that many can share one page."""
    start = svg.index("<svg")
    end = svg.index(">", start)
    box = re.search(r'viewBox="([^"]+)"', svg[start:end])
    view = box[1] if box else f"0 0 {WIDE} 300"
    width = float(view.split()[2])
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" role="img" aria-label={quoteattr(description)} '
        f'style="width:100%;max-width:{width:.0f}px;height:auto;overflow:hidden">'
    )
    return f"{head}<title>{escape(description)}</title>{_ID.sub('', svg[end + 1 :])}"
