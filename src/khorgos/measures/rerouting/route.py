"""A route: whose goods, where to, compared over which years, at which product level."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from khorgos.core.errors import BadInput
from khorgos.nomenclature.area_register import get
from khorgos.nomenclature.groups import expand

#: Digits of the codes at each level that a route can be followed at; 1 stands for sections of the HS, 0 for all goods.
LEVELS = {"6": 6, "4": 4, "2": 2, "section": 1, "total": 0}


@dataclass(frozen=True, slots=True)
class Route:
    """Goods of an origin on their way to a destination.

    Args:
        origin: an area id, or a group, whose members' exports are summed.
        destination: an area id.
        base: calendar year with which the others are compared.
        later: the years compared with it.
        level: one of the values of LEVELS.
        raised: HS codes, of any length, on which the destination raised a barrier against the origin; () where unknown.
        currency: of the answer.
        as_of: what was known on that day; None for all.

    Raises:
        BadInput: years, codes or areas that make no route.
        UnknownName: an area that is not in the register.
    """

    origin: str
    destination: str
    base: int
    later: tuple[int, ...]
    level: int = 6
    raised: tuple[str, ...] = ()
    currency: str = "USD"
    as_of: dt.date | None = None

    def __post_init__(self) -> None:
        if get(self.destination).kind == "group":
            raise BadInput(f"Goods end in one country, not in {self.destination}", hint="Name a single destination")
        if self.destination in self.sellers:
            raise BadInput(f"{self.destination} is origin and destination at once")
        if not self.later or min(self.later) <= self.base:
            raise BadInput(f"A route is compared with a year before: nothing is later than {self.base}")
        if self.level not in LEVELS.values():
            raise BadInput(f"No product level {self.level}", hint=f"Choose {', '.join(LEVELS)}")
        if strange := [code for code in self.raised if not code.isdecimal() or len(code) > 6]:
            raise BadInput(f"{strange[0]!r} is no HS code of up to six digits", hint="Write codes such as 85 or 850440")

    @property
    def sellers(self) -> tuple[str, ...]:
        """The countries whose goods they are; a group's members as of the latest year."""
        return expand((self.origin,), str(max(self.later, default=self.base)))

    @property
    def tested(self) -> tuple[str, ...]:
        """Codes under the barrier that this product level can tell apart; () where the barrier cannot be tested."""
        return tuple(code for code in self.raised if len(code) <= self.level)

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The years compared: (base, later)."""
        return tuple((self.base, year) for year in self.later)
