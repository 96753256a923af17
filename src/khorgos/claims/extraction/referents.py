"""Whom "its", "the country", "the region" and "the two sides" mean where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from khorgos.claims.extraction.discourse import Discourse, Frame
from khorgos.claims.extraction.mention import COUNTRY, OTHERS, OUR, OWN, PARTNER, REGION, WHICH, WHOSE, Mention
from khorgos.claims.extraction.sides import WORLD, is_group, members_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its sentence a mention stands.

    Args:
        about: subjects of the sentence before it.
        prior: head and frame of the flow before it in the sentence.
        is_whole: whether a share is taken of it: "accounted for 45 percent of the exports".
        office: whose ministry or minister speaks in the sentence.
        last: the area named last before it.
        partnership: the partnership told before it in the sentence, both sides known: "the U.S. was the top market".
        hub: whose partners are told before it in the sentence: "the top partners of China were".
        owner: whom "whose" follows: "after Russia, whose deliveries".
    """

    about: tuple[tuple[int, str], ...] = ()
    prior: tuple[int, Frame] | None = None
    is_whole: bool = False
    office: str | None = None
    last: str | None = None
    partnership: Frame | None = None
    hub: str | None = None
    owner: str | None = None


def side_meant(  # noqa: PLR0911  one rule a return
    sides: tuple[str, ...], mention: Mention, place: Place, mind: Discourse, other: str | None = None
) -> str | None:
    """The area that a side of a mention means: itself, or what "its", "our", "that country", "others" stands for."""
    group = _whole_group(sides)
    word = group or (sides[0] if sides else OTHERS)
    if word == OTHERS or not word.startswith("@"):
        return None if word == OTHERS else word
    before = [area for i, area in place.about if i < mention.head]
    named = {side for side in (*mention.a, *mention.b) if not side.startswith("@")}
    if word == OUR:
        return place.office or mind.anchor(mind.running) or mind.hub
    if word == WHOSE and place.owner is not None and place.owner not in named:
        return place.owner
    if word in (OWN, WHOSE):
        return _own(before, named, place, mind)
    if word == WHICH:
        return place.last
    if word == COUNTRY and sides is mention.b and (other is not None or mind.anchor(mind.running) is not None):
        return _other_country(mention, mind, other)
    if word == COUNTRY:
        return _country(named, place, mind)
    if word == REGION:
        groups = [area for area in (*before, place.last) if is_group(area)]
        return groups[-1] if groups else mind.region or mind.only_group
    if word == PARTNER:
        return _neighbour(other, before, mind)
    return mind.running.a


def _whole_group(sides: tuple[str, ...]) -> str | None:
    """ "trade with Kazakhstan, Kyrgyzstan, Tajikistan, Turkmenistan and Uzbekistan": with the group of these."""
    return next((group for group in ("CA5", "SC3") if len(sides) > 2 and members_of(group) == {*sides}), None)


def _own(before: Sequence[str], named: set[str], place: Place, mind: Discourse) -> str | None:
    """ "its": of the flow before where a share is taken or nobody else is spoken of, else the subject's."""
    prior = place.prior[1].a if place.prior is not None else None
    if prior not in (None, WORLD) and prior not in named and (place.is_whole or not before):
        return prior  # "a share of 18.9% in the turnover of Uzbekistan, of 26.8% in its imports"
    if place.is_whole and place.hub is not None and place.hub not in named:
        return place.hub  # "the top partners of China were A and B, which made up 15.6 and 12 percent of its trade"
    own = [area for area in (mind.subject, *before) if area is not None and area not in named]
    return own[-1] if own else None


def _other_country(mention: Mention, mind: Discourse, other: str | None) -> str | None:
    """ "imports from the country", said of the hub's; "its import from this country", after a partner was placed."""
    if not mention.a or other is None:
        return mind.running.other(mind.anchor(mind.running) or "")
    told = (mind.item, mind.subject, mind.running.other(other))
    return next((area for area in told if area not in (None, other, WORLD)), None)


def _country(named: set[str], place: Place, mind: Discourse) -> str | None:
    """ "the country": whose flow was spoken of, else the one that the text turns around."""
    owner = place.prior[1].a if place.prior is not None else None
    listed = (mind.anchor(mind.running),) if mind.running.listed else ()
    told = [s for s in (mind.subject,) if s in (mind.running.a, mind.running.b) or mind.running.a is None]
    office = (mind.source_area,) if mind.running.a is None else ()  # "the country", by its own office
    own = [owner, *office, *listed, *told, mind.anchor(mind.running), mind.subject, mind.source_area, mind.hub]
    return next((s for s in own if s is not None and s not in named and not is_group(s)), None)


def _neighbour(other: str | None, before: Sequence[str], mind: Discourse) -> str | None:
    own = other or (before[-1] if before else None)
    if own is None:
        hub = mind.anchor(mind.running)
        return mind.running.b if hub is None else mind.running.other(hub)  # "imports from there", said of the hub's
    if (
        other is None
        and mind.hub not in (None, own)
        and (mind.main is None or own not in mind.main or not mind.bilateral)
    ):
        return own
    return mind.running.other(own) or (mind.main[1 - mind.main.index(own)] if mind.main and own in mind.main else None)
