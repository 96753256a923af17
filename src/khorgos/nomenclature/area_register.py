"""The register of areas: countries and territories, dissolved areas, groups and publishers' specials."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast, get_args

from khorgos.core.errors import BadInput, UnknownName
from khorgos.nomenclature.area_tables import area_table, table_date

AreaKind = Literal["country", "group", "special", "dissolved"]


@dataclass(frozen=True, slots=True)
class Area:
    """A country or territory, an area that is no more, a group, or a publisher's special partner.

    Args:
        id: ISO 3166-1 alpha-3 where there is one, else khorgos's own upper-case id.
        name: English short name.
        kind: "country" (also territories that trade on their own account), "dissolved", "group", or
            "special" (bunkers, free zones, partner not specified).
        iso2: ISO 3166-1 alpha-2, or the reserved code in use.
        m49: the United Nations' numeric code.
        valid_from: first day on which it was what its name says; None where not limited or not recorded.
        valid_to: first day on which it no longer was; None where it still is, or not recorded.
        note: what a user should know.
    """

    id: str
    name: str
    kind: AreaKind
    iso2: str | None = None
    m49: int | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not self.id or self.id != self.id.upper() or not self.id.isascii():
            raise BadInput(f"An area id is upper case, not {self.id!r}")
        if self.kind not in get_args(AreaKind):
            raise BadInput(f"An area is no {self.kind!r}", where=self.id)
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise BadInput("An area cannot end before it starts", where=self.id)

    def exists(self, on: dt.date) -> bool:
        """Whether it was what its name says on that day, as far as its dates are recorded."""
        return stands(on, self.valid_from, self.valid_to)


def stands(on: dt.date, first: dt.date | None, end: dt.date | None) -> bool:
    """Whether a day lies in a span from its first day up to, and without, its end; what is None is open."""
    return (first is None or first <= on) and (end is None or on < end)


@cache
def register() -> dict[str, Area]:
    """All areas by id: countries, dissolved areas, specials, then groups."""
    areas = [
        Area(
            row["id"],
            row["name"],
            cast(AreaKind, row["kind"]),
            row["iso2"] or None,
            int(row["m49"]) if row["m49"] else None,
            table_date(row["valid_from"]),
            table_date(row["valid_to"]),
            row["note"],
        )
        for row in area_table("areas")
    ]
    areas += [
        Area(row["id"], row["name"], "group", m49=int(row["m49"]) if row["m49"] else None, note=row["note"])
        for row in area_table("groups")
    ]
    return {area.id: area for area in areas}


def get(area_id: str) -> Area:
    """The area with exactly this id.

    Raises:
        UnknownName: if the register has no such id.
    """
    try:
        return register()[area_id]
    except KeyError:
        raise UnknownName(area_id, "area id", hint="Ask areas.area() for a name or another code") from None


def all_areas() -> tuple[Area, ...]:
    """Every area of the register: countries, dissolved areas, specials, then groups."""
    return tuple(register().values())


def is_aggregate(area_id: str) -> bool:
    """Whether the area is a group of others, WLD among them, so that adding it to them counts twice.

    Raises:
        UnknownName: if the register has no such id.
    """
    return get(area_id).kind == "group"
