"""What all quantities of a sentence share."""

from __future__ import annotations

from typing import NamedTuple

from khorgos.claims.extraction.calendar import Calendar
from khorgos.claims.extraction.discourse import Discourse
from khorgos.claims.extraction.scene import Scene
from khorgos.claims.extraction.times import Role


class Setting(NamedTuple):
    """What all quantities of a sentence share.

    Args:
        scene: the sentence.
        roles: role of each expression of time.
        calendar: the article's day.
        mind: what was said before.
        monthly: whether the text compares with the month before (as U.S. releases do).
    """

    scene: Scene
    roles: dict[int, Role]
    calendar: Calendar
    mind: Discourse
    monthly: bool
