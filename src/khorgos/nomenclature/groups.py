"""Groups of areas, as they were composed on a day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from khorgos.core.errors import BadInput, NoData
from khorgos.nomenclature.area_register import Area, all_areas, get, stands
from khorgos.nomenclature.area_tables import area_table
from khorgos.nomenclature.periods import Period, parse_period

_WORLD = "WLD"


@dataclass(frozen=True, slots=True)
class Membership:
    """One stretch of one area's membership of a group.

    Args:
        group: id of the group.
        area: id of the member, a country (or one that is dissolved since).
        valid_from: first day; None where not recorded or without beginning.
        valid_to: first day on which it was no longer a member; None where it still is.
        precision: how exactly the coarser of the two dates is known: "day", "month", "year", or
            "unknown" where neither is recorded.
        source: who says so.
        note: what a user should know.
    """

    group: str
    area: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    precision: str
    source: str
    note: str = ""

    def __post_init__(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise BadInput("A membership cannot end before it starts", where=f"{self.area} in {self.group}")

    def holds(self, on: dt.date) -> bool:
        """Whether the area was a member on that day; without a first day it counts as always one."""
        return stands(on, self.valid_from, self.valid_to)


def groups() -> tuple[Area, ...]:
    """All groups of the register, publishers' aggregates without recorded members among them."""
    return tuple(area for area in all_areas() if area.kind == "group")


@cache
def memberships(group_id: str) -> tuple[Membership, ...]:
    """Every stretch of membership of a group, with its source and how well its dates are known.

    Args:
        group_id: id of a group.

    Returns:
        The stretches, by area; none for the world, which is computed, and for aggregates of publishers
        whose members are not recorded.

    Raises:
        UnknownName: if the register has no such id.
        BadInput: if the area is no group.
    """
    _group(group_id)
    return tuple(_membership(row) for row in area_table("groups_members") if row["group"] == group_id)


def members(group_id: str, on: dt.date | Period | str | None = None) -> tuple[str, ...]:
    """The countries that made up a group on a day.

    Args:
        group_id: id of a group; WLD is every country that existed.
        on: the day; or a period, of which the last day counts; without it, the latest composition on
            record, which does not depend on the day of asking.

    Returns:
        Ids of the members, sorted.

    Raises:
        UnknownName: if the register has no such id.
        BadInput: if the area is no group, or the period cannot be read.
        NoData: if it is an aggregate of a publisher whose members are not recorded.
    """
    group, day = _group(group_id), _day(on)
    if group.id == _WORLD:
        return tuple(sorted(area.id for area in all_areas() if area.kind != "group" and _in_the_world(area, day)))
    stretches = memberships(group.id)
    if not stretches:
        raise NoData(f"The members of {group.name} ({group.id}) are not recorded", hint=group.note)
    return tuple(sorted({stretch.area for stretch in stretches if stretch.holds(day)}))


def expand(area_ids: Iterable[str], on: dt.date | Period | str | None = None) -> tuple[str, ...]:
    """Groups replaced by their members on a day, everything else kept.

    Args:
        area_ids: ids of areas and groups.
        on: as in members.

    Returns:
        The ids, each once, in the order asked.

    Raises:
        UnknownName, BadInput, NoData: as in members.
    """
    single: dict[str, None] = {}
    for area_id in area_ids:
        grouped = get(area_id).kind == "group"
        single.update(dict.fromkeys(members(area_id, on) if grouped else (area_id,)))
    return tuple(single)


def _group(group_id: str) -> Area:
    group = get(group_id)
    if group.kind != "group":
        raise BadInput(f"{group.name} is no group of areas", where=group_id)
    return group


def _in_the_world(area: Area, day: dt.date) -> bool:
    return area.kind in ("country", "dissolved") and area.exists(day)


def _day(on: dt.date | Period | str | None) -> dt.date:
    if on is None:
        return dt.date.max
    if isinstance(on, Period):
        return on.last_day
    if isinstance(on, str):
        return dt.date.fromisoformat(on) if re.fullmatch(r"\d{4}-\d\d-\d\d", on) else parse_period(on).last_day
    return on


def _membership(row: dict[str, str]) -> Membership:
    written = [text for text in (row["valid_from"], row["valid_to"]) if text]
    coarsest = min((len(text) for text in written), default=0)
    precision = {0: "unknown", 4: "year", 7: "month", 10: "day"}[coarsest]
    start, end = _first_day(row["valid_from"]), _first_day(row["valid_to"])
    return Membership(row["group"], row["area"], start, end, precision, row["source"], row["note"])


def _first_day(text: str) -> dt.date | None:
    if not text:
        return None
    return dt.date.fromisoformat(text) if len(text) == 10 else parse_period(text).first_day
