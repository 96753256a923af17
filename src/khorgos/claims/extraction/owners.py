"""Whose imports or balance it is, where an adjective, a gap or a verb words it otherwise than it stands."""

from __future__ import annotations

import re
from dataclasses import replace

from khorgos.claims.extraction.chunks import Line
from khorgos.claims.extraction.discourse import Discourse, Frame
from khorgos.claims.extraction.mention import Mention
from khorgos.claims.extraction.referents import Place
from khorgos.claims.extraction.sides import WORLD


def as_worded(frame: Frame, mention: Mention, line: Line, place: Place, mind: Discourse) -> Frame:
    """A frame with its sides as the wording means them.

    Args:
        frame: both sides as they stand.
        mention: the mention.
        line: its sentence.
        place: what stands before it there.
        mind: what was said before.

    Returns:
        The frame: Chinese imports are another country's, a gap is somebody's deficit, a surplus is his who runs it.
    """
    return _having(_signed_gap(_not_home(frame, mention, line, place, mind), mind), mention, line, place)


def _signed_gap(frame: Frame, mind: Discourse) -> Frame:
    """A gap is a deficit, unless a surplus of the same two was spoken of."""
    if frame.flow != "balance" or frame.sign != -2:
        return frame
    running = mind.running
    same = running.flow == "balance" and {running.a, running.b} == {frame.a, frame.b}
    return replace(frame, sign=running.sign if same and running.sign else -1, a=running.a if same else frame.a,
                   b=running.b if same else frame.b)  # fmt: skip


def _not_home(frame: Frame, mention: Mention, line: Line, place: Place, mind: Discourse) -> Frame:
    """ "Chinese imports" in a text about Uzbekistan are its imports from China; "China reported imports of" are not."""
    told = mind.running
    reported = any(c.low in ("reported", "recorded") for c in line.chunks[mention.first : mention.head])
    named = len(mention.a) == 1 and not mention.a[0].startswith("@") and not mention.b
    if mention.flow != "import" or mention.verb or reported or not named:
        return frame
    spender = [area for i, area in place.about if i < mention.first and area != frame.a]
    if spender and any(c.low in ("spent", "spends", "spending") for c in line.chunks[: mention.first]):
        return replace(frame, a=spender[-1], b=frame.a)  # "Vietnam spent $15.42 billion on Chinese imports"
    prior = place.prior[1] if place.prior is not None else None
    if (
        prior is not None
        and prior.flow == "import"
        and frame.a not in (prior.a, prior.b)
        and prior.b not in (None, WORLD)
    ):
        return replace(frame, a=prior.a, b=frame.a, listed=True)  # "Imports from Germany fell, Chinese imports rose"
    home = mind.centre or mind.hub
    if home is not None and home != frame.a and {told.a, told.b} == {home, frame.a} and told.a == home:
        return replace(frame, a=home, b=mention.a[0])
    at_home = (told.flow == "import" and mind.base.a == home == told.a) or (
        told.flow == "export" and told.b == home and told.listed
    )
    of_goods = at_home and (bool(mention.product) or mind.around == home)
    if home not in (None, frame.a) and of_goods:
        return replace(frame, a=home, b=mention.a[0], listed=True)  # "US cotton imports", of China's
    return frame


def _having(frame: Frame, mention: Mention, line: Line, place: Place) -> Frame:
    """ "Vietnam posted the largest US trade surplus": who has it stands before the verb, with whom before the noun."""
    if frame.flow != "balance" or mention.b or len(mention.a) != 1 or mention.a[0].startswith("@"):
        return frame
    before = [(i, area) for i, area in place.about if i < mention.first]
    if not before or before[-1][1] == mention.a[0] or line.chunks[mention.first + 1].low in ("'s", "'"):
        return frame
    between = [c.low for c in line.chunks[before[-1][0] + 1 : mention.first]]
    if any(
        re.match(r"post|ran$|run|had$|has$|have$|record|regist|report|widen|expand|narrow|show|saw$|enjoy", w)
        for w in between
    ):
        return replace(frame, a=before[-1][1], b=mention.a[0], sure=2)
    return frame
