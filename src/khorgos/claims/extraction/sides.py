"""Groups and members, as the two sides of a flow."""

from __future__ import annotations

from functools import cache

from khorgos.nomenclature.area_register import get
from khorgos.nomenclature.groups import memberships

#: The id of all partners together.
WORLD = "WLD"


@cache
def members_of(group: str | None) -> frozenset[str]:
    """Everybody who has ever been a member of a group; none for a country, the world, or nobody."""
    if not group or group == WORLD or get(group).kind != "group":
        return frozenset()
    found = {stretch.area for stretch in memberships(group)}
    return frozenset(found | ({"EU"} if group == "EU27" else set()))


def is_group(area: str | None) -> bool:
    """Whether an area is a group other than the world."""
    return area is not None and area != WORLD and get(area).kind == "group"
