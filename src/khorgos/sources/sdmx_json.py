"""SDMX-JSON 1.0 data messages: observations with the ids of their dimensions and attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from khorgos.core.errors import BadFile
from khorgos.sources.numbers import number


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure of a message.

    Args:
        ids: id of each dimension's and attribute's value; an attribute without value is left out.
        value: the figure; None where missing.
        locator: "series 0:0:12:0:0, observation 0".
    """

    ids: Mapping[str, str]
    value: float | None
    locator: str


def observations(document: Any, filename: str, *, swapped: tuple[str, str] | None = None) -> Iterator[Observation]:
    """All observations of a message whose data are in series.

    Args:
        document: the JSON.
        filename: of the file, for errors.
        swapped: two dimensions that a publisher writes in each other's place in the series' keys. The places
            of the structure are used after all where only they fit.

    Yields:
        The observations, in the message's order.

    Raises:
        BadFile: if a part is missing or an index points nowhere.

    Source:
        SDMX-JSON Data Message, version 1.0 (sdmx-twg/sdmx-json).
    """
    structure = _part(document, "structure", filename)
    dimensions = _part(structure, "dimensions", filename)
    attributes = _part(structure, "attributes", filename) if structure.get("attributes") else {}
    series_dimensions = _listed(dimensions, "series", filename)
    inner = _listed(dimensions, "observation", filename)
    outer = _listed(attributes, "observation", filename)
    sets = document.get("dataSets")
    if not isinstance(sets, list):
        raise BadFile("The message has no dataSets", path=filename, hint="Fetch it again")
    for data in sets:
        series = data.get("series") if isinstance(data, dict) else None
        if not isinstance(series, dict):
            raise BadFile("A data set has no series", path=filename)
        order = _order(series_dimensions, series, swapped, filename)
        for key, body in series.items():
            ids = _ids(order, key, filename)
            for place, cells in _part(body, "observations", filename).items():
                yield _observation(
                    ids | _ids(inner, place, filename), outer, cells, f"series {key}, observation {place}", filename
                )


def _observation(
    ids: dict[str, str], attributes: Sequence[Any], cells: Any, locator: str, filename: str
) -> Observation:
    if not isinstance(cells, list) or not cells:
        raise BadFile("An observation has no value", path=filename, column=locator)
    for attribute, index in zip(attributes, cells[1:], strict=False):
        values = attribute["values"]
        if isinstance(index, int) and 0 <= index < len(values):
            ids[attribute["id"]] = str(values[index].get("id"))
    return Observation(ids, number(cells[0], path=filename, column=locator), locator)


def _part(whole: Any, name: str, filename: str) -> dict[str, Any]:
    part = whole.get(name) if isinstance(whole, dict) else None
    if not isinstance(part, dict):
        raise BadFile(f"The message has no {name}", path=filename, hint="Fetch it again")
    return part


def _listed(whole: Mapping[str, Any], name: str, filename: str) -> list[Any]:
    part = whole.get(name) or []
    good = isinstance(part, list) and all(
        isinstance(one, dict) and isinstance(one.get("id"), str) and _objects(one.get("values")) for one in part
    )
    if not good:
        raise BadFile(f"The structure's {name} are damaged", path=filename, hint="Fetch it again")
    return list(part)


def _objects(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, dict) for value in values)


def _order(
    dimensions: list[Any], series: Mapping[str, Any], swapped: tuple[str, str] | None, filename: str
) -> list[Any]:
    if swapped is None:
        return dimensions
    names = [dimension["id"] for dimension in dimensions]
    if not set(swapped) <= set(names):
        raise BadFile(f"The structure lacks {' or '.join(swapped)}", path=filename)
    one, other = (names.index(name) for name in swapped)
    turned = list(dimensions)
    turned[one], turned[other] = dimensions[other], dimensions[one]
    return turned if _fits(turned, series) or not _fits(dimensions, series) else dimensions


def _fits(dimensions: list[Any], series: Mapping[str, Any]) -> bool:
    sizes = [len(dimension["values"]) for dimension in dimensions]
    keys = (key.split(":") for key in series)
    return all(
        len(parts) == len(sizes) and all(p.isdecimal() and int(p) < n for p, n in zip(parts, sizes, strict=True))
        for parts in keys
    )


def _ids(dimensions: Sequence[Any], key: str, filename: str) -> dict[str, str]:
    parts = key.split(":")
    good = len(parts) == len(dimensions) and all(
        part.isdecimal() and len(part) < 10 and int(part) < len(dimension["values"])
        for part, dimension in zip(parts, dimensions, strict=False)
    )
    if not good:
        raise BadFile(f"The key {key!r} points nowhere", path=filename, hint="Fetch it again")
    return {
        dimension["id"]: str(dimension["values"][int(part)].get("id"))
        for part, dimension in zip(parts, dimensions, strict=True)
    }
