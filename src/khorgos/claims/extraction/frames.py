"""Who trades with whom: a mention made definite by its sentence and by what was said before."""

from __future__ import annotations

import re
from dataclasses import replace

from khorgos.claims.extraction.chunks import Line
from khorgos.claims.extraction.discourse import Discourse, Frame, behind
from khorgos.claims.extraction.mention import OTHERS, OWN, PAIR, REGION, WHOSE, Mention
from khorgos.claims.extraction.owners import as_worded
from khorgos.claims.extraction.pairs import (
    envoy,
    headed_with,
    hyphened,
    joined_subjects,
    pair_meant,
    pair_speaks,
    speakers,
)
from khorgos.claims.extraction.referents import Place, side_meant
from khorgos.claims.extraction.sides import WORLD, members_of

_FRONT = 9  # chunks; chosen because "With Mexico the United States last year posted a record deficit" fits
_SENT = frozenset(("dispatched", "delivered", "shipped", "sent", "supplied"))


def resolve(mention: Mention, line: Line, place: Place, mind: Discourse) -> Frame:
    """Give a mention both its sides.

    Args:
        mention: the mention.
        line: its sentence.
        place: what stands before it there.
        mind: what was said before.

    Returns:
        The frame; a side is None where nothing tells it.
    """
    a = side_meant(mention.a, mention, place, mind)
    b = side_meant(mention.b, mention, place, mind, other=a)
    if (
        OWN in mention.a
        and b is None
        and mention.flow == "total"
        and not (place.is_whole and place.hub is not None)
        and (joined := joined_subjects(line, place, mention)) is not None
    ):
        a, b = joined
    if OTHERS in mention.b:
        return Frame(
            a or mind.anchor(mind.running) or mind.hub,
            None,
            mention.flow,
            product=mention.product,
            listed=True,
            unnamed=True,
        )
    if PAIR in mention.a or PAIR in mention.b:
        told = place.partnership
        pair = (told.a, told.b) if told is not None else None
        a, b = speakers(line) or pair or pair_meant(mind)
    if mention.flow is None and mention.world:
        return _whole(place, mind)
    sure = sum(bool(side) and not side[0].startswith("@") for side in (mention.a, mention.b))
    sure += (mention.a[:1] == (REGION,) and a is not None) + (mention.b[:1] == (REGION,) and b is not None)
    if mention.a and mention.a[0] in (OWN, WHOSE) and any(area == a and i < mention.head for i, area in place.about):
        sure += 1
    is_pair = mind.bilateral and mention.flow == "total" and mind.running.b not in (None, WORLD)
    ranked = mind.running.listed and mind.running.sure == 2 and mention.flow == mind.running.flow == "total"
    of_pair = place.partnership is not None or is_pair or ranked
    if mention.world and b is None and not (of_pair and _is_overall(line, mention, mind)):
        b, sure = WORLD, sure + 1
    if a is not None and a == b:
        b = None
    if a is None and mention.supply and (origin := _front(line, mention, "from")) is not None:
        a, sure = origin, sure + 1  # "From Brazil, shipments leapt 92.5%"
    frame = Frame(a, b, mention.flow, mention.sign, mention.product, mention.average, sure)
    frame = _filled(frame, mention, line, place, mind)
    frame = as_worded(frame, mention, line, place, mind)
    return _as_told_before(frame, mention, line, place, mind)


def _as_told_before(frame: Frame, mention: Mention, line: Line, place: Place, mind: Discourse) -> Frame:
    """Shipments and verbs as the flow in question: its way, its goods, its hub."""
    sent = mention.verb and line.chunks[mention.head].low in _SENT
    if (mention.supply or sent) and not mention.a and not mention.b:
        told = place.prior[1] if place.prior is not None else mind.running
        if told.flow in ("export", "import"):
            turned = told.flow == "import" and frame.b == told.a
            frame = replace(frame, flow=told.flow, a=frame.b, b=frame.a) if turned else replace(frame, flow=told.flow)
    if (mention.supply or mention.verb) and not frame.product and (goods := _goods_in_front(line)):
        frame = replace(frame, product=goods)
    if (mention.supply or mention.verb) and not frame.product:
        frame = replace(frame, product=goods_in_question(mind))
    if mention.verb and line.chunks[mention.head].marks.get("verb") == "arrive":
        return _sent_by_hub(frame, mind)
    return _seen_from_hub(frame, mind) if mention.supply else frame


def _sent_by_hub(frame: Frame, mind: Discourse) -> Frame:
    """ "52.6 percent of Georgian exports went to Russia": of Georgia's exports, not of Russia's imports."""
    if frame.flow != "import" or frame.b != mind.running.a or mind.running.flow != "export":
        return frame
    return replace(frame, a=frame.b, b=frame.a, flow="export")


def _goods_in_front(line: Line) -> str:
    """ "Of barley China imported 10.73 million tons"."""
    opening = line.chunks[:3]
    return opening[1].low if len(opening) > 2 and opening[0].low in ("of", "as to") and opening[1].product else ""


def goods_in_question(mind: Discourse) -> str:
    """The goods that the text is at: "Kazakhstan sold for $540 million", in one about gas.

    Args:
        mind: what was said before.

    Returns:
        Their words; "" where it speaks of all goods.
    """
    told = mind.running.product
    return "" if told in ("", "goods", "products", "merchandise", "commodities", "services") else told


def _is_overall(line: Line, mention: Mention, mind: Discourse) -> bool:
    """ "China is the top partner, with overall turnover of": all goods of the two, not trade with all.

    So is "foreign trade turnover" right after that of the two.
    """
    words = " ".join(c.low for c in line.chunks[mention.first : mention.last])
    just_told = mind.running.flow == "total" and mind.running.sure == 2 and not mind.running.listed
    wide = r"world|global|international" if just_told else r"foreign|external|world|global|international"
    return not mention.a and re.search(wide, words) is None


def _whole(place: Place, mind: Discourse) -> Frame:
    """ "that total": the flow in question with all partners, as its hub sees it."""
    told = place.prior[1] if place.prior is not None else mind.running
    turnover = mind.turnover
    if told.flow in ("export", "import") and turnover is not None and {turnover.a, turnover.b} == {told.a, told.b}:
        return replace(turnover, sure=1)  # "Exports fell, imports fell. Russia accounts for 92.1% of the total"
    if told.flow == "total" and told.b not in (None, WORLD) and not told.listed and mind.bilateral:
        return replace(told, sure=1)  # "China-Africa trade set records. The total was": of the two
    hub = mind.anchor(told) or told.a
    if hub == told.b and told.flow in ("export", "import"):
        told = replace(told, a=told.b, b=told.a, flow="import" if told.flow == "export" else "export")
    return replace(told, b=WORLD, sure=1, listed=False)


def _filled(frame: Frame, mention: Mention, line: Line, place: Place, mind: Discourse) -> Frame:
    """Fill a missing side from the sentence, else from what was said before."""
    if frame.b is None:
        front = _fronted(line, mention, frame)
        frame = replace(frame, b=front, sure=frame.sure + (front is not None))
    if frame.b is None:
        frame = replace(frame, b=_loose(line, mention, frame, is_whole=place.is_whole))
    if frame.a is None and frame.b is None:
        frame = _bare(frame, mention, line, place, mind)
    elif frame.a is None:
        frame = replace(frame, a=_missing_a(frame, mention, line, place, mind))
    if frame.unnamed:
        return frame
    if frame.b is None and frame.a is not None:
        frame = replace(frame, b=_missing_b(frame.a, mention, place, mind))
    if frame.b is None:
        frame = replace(frame, b=WORLD)
    return frame


def _bare(frame: Frame, mention: Mention, line: Line, place: Place, mind: Discourse) -> Frame:  # noqa: PLR0911  one rule a return
    """ "exports", "imports", "turnover" and no more: sides from the flow before, the subject, or the text so far."""
    before = [(i, area) for i, area in place.about if i < mention.head]
    pair = headed_with(line, mention, mind) or envoy(line) or hyphened(line, mention)
    pair = pair or (None if before else pair_speaks(line, mention, mind))
    if place.prior is None and pair is not None:
        return replace(frame, a=pair[0], b=pair[1])
    if place.prior is not None and (not before or before[-1][0] <= place.prior[0] or place.is_whole):
        owner = before[-1][1] if before else mind.subject
        return _like_prior(frame, place.prior[1], owner if place.partnership is None else None)
    if (told := place.partnership) is not None and before and before[-1][1] in (told.a, told.b):
        return _like_partnership(frame, told, mention)
    if before and not place.is_whole:
        return _of_subject(frame, mention, line, place, mind)
    if mind.whole is not None and not mention.mutual:
        return replace(frame, a=mind.whole.a, b=mind.whole.b)
    others = mention.product and mind.running.product not in ("", mention.product) and not mind.bilateral
    if others and mind.running.listed and not mention.mutual and mind.anchor(mind.running) is not None:
        return replace(frame, a=mind.anchor(mind.running), b=WORLD)  # other goods, after one partner's
    of_balance = mind.running.flow == "balance" and mention.flow in ("export", "import")  # of the same partner
    context = mind.base if mind.running.listed and not mention.mutual and not of_balance else mind.running
    if context.a is not None:
        own = mind.office == context.b and context.flow == "total" and frame.flow in ("export", "import")
        turned = own or (context.turned and frame.flow == "export")  # "Supplies to China grew. The export brought"
        return replace(frame, a=context.b, b=context.a) if turned else replace(frame, a=context.a, b=context.b)
    if mind.main is not None and (mention.mutual or (mind.bilateral and frame.flow == "total" and frame.b is None)):
        return replace(frame, a=mind.main[0], b=mind.main[1])
    home = mind.source_area or mind.hub
    region = (
        mind.region if mind.region is not None and home is not None and home not in members_of(mind.region) else None
    )
    return replace(frame, a=home, b=region if region != home else None)


def _of_subject(frame: Frame, mention: Mention, line: Line, place: Place, mind: Discourse) -> Frame:
    """A bare flow is the subject's, or that of two subjects together."""
    subject = [area for i, area in place.about if i < mention.head][-1]
    joined = joined_subjects(line, place, mention)
    known = {mind.hub, mind.centre, mind.running.a, mind.running.b}
    if joined is not None and mention.flow == "total" and {*joined} & known:
        return replace(frame, a=joined[0], b=joined[1])
    hub = mind.anchor(mind.base) or mind.hub
    if hub not in (None, subject) and _is_ranked(line) and hub in (mind.base.a, mind.base.b):
        return replace(frame, a=hub, b=subject, listed=True)
    home = mind.base.a if mind.base.b == WORLD or mind.base.a == hub else None
    home = home or (mind.hub if mind.hub in (mind.base.a, mind.base.b) else None)
    if home not in (None, subject) and _is_entry(line, subject):
        return replace(frame, a=home, b=subject, listed=True)
    return replace(frame, a=subject)


def _is_entry(line: Line, subject: str) -> bool:
    """ "Mexico: the deficit rose", "China accounted for the largest deficit": an entry of the hub's list."""
    chunks = line.chunks
    at = next(
        (i for i, c in enumerate(chunks) if c.kind == "area" and c.area is not None and c.area.area == subject), 0
    )
    heads = at <= 1 and at + 1 < len(chunks) and chunks[at + 1].low in (":", "\u2013", "\u2014")
    following = " ".join(c.low for c in chunks[at + 1 : at + 4])
    return heads or re.match(r"accounted for the (?:largest|biggest|highest|greatest|smallest)", following) is not None


def _like_prior(frame: Frame, prior: Frame, owner: str | None) -> Frame:
    """A bare flow has the sides of the flow before it; a balance is that of the one spoken of."""
    a, b = prior.a, prior.b
    if (frame.flow == "balance" and owner == b and b is not None) or (prior.turned and frame.flow == "export"):
        a, b = b, a
    return replace(frame, a=a, b=b, unnamed=prior.unnamed)


def _like_partnership(frame: Frame, told: Frame, mention: Mention) -> Frame:
    """ "The U.S. was the biggest export market with a turnover of": the value of those exports."""
    is_value = mention.flow == "total" and told.flow in ("export", "import") and not mention.mutual
    return replace(frame, a=told.a, b=told.b, flow=told.flow if is_value else frame.flow, listed=True)


def _is_ranked(line: Line) -> bool:
    """Whether the sentence places its subject in a ranking of partners."""
    return any(c.wording is not None and c.wording.sort in ("order", "lead", "next") for c in line.chunks)


def _fronted(line: Line, mention: Mention, frame: Frame) -> str | None:
    """ "With Malaysia China ran a deficit": the other side stands first."""
    wanted = {"total": "with", "balance": "with", "export": "to", "import": "from"}.get(mention.flow or "")
    found = _front(line, mention, wanted)
    return found if found != frame.a else None


def _front(line: Line, mention: Mention, wanted: str | None) -> str | None:
    """The area behind a preposition at the head of the clause."""
    starts = [k for k in range(mention.first) if not k or line.chunks[k - 1].low in (":", ";", "and", "while", ",")]
    fronts = [k for k in starts if line.chunks[k].low == wanted and mention.first - k <= _FRONT]
    if not fronts:
        return None
    if line.chunks[fronts[-1] + 1].low in ("which", "whom"):  # "after Russia, with which trade amounted to"
        before = [c.area.area for c in line.chunks[: fronts[-1]] if c.kind == "area" and c.area is not None]
        return before[-1] if before else None
    first = next(
        (c for c in line.chunks[fronts[-1] + 1 : fronts[-1] + 4] if c.kind == "area" and c.area is not None), None
    )
    if first is None or first.area is None or first.area.sort == "adjective":
        return None
    return first.area.area


def _loose(line: Line, mention: Mention, frame: Frame, *, is_whole: bool) -> str | None:
    """A side that stands apart, after the verb: "increased its turnover by 5% with China"."""
    wanted = {"total": ("with",), "balance": ("with",), "export": ("to",), "import": ("from",)}.get(
        mention.flow or "", ()
    )
    inside = False
    for i in range(mention.last, min(len(line.chunks), mention.last + 14)):
        chunk = line.chunks[i]
        inside = (inside or chunk.low == "(") and chunk.low != ")"
        if inside or chunk.low == ")":
            continue
        if (
            chunk.low in (";", "while", "whereas", "but")
            or (chunk.low == "which" and line.chunks[i - 1].low == "of")
            or chunk.has("flow")
            or chunk.has("verb")
        ):
            return None
        if (
            chunk.kind == "area"
            and chunk.area is not None
            and behind(line.chunks, i) in wanted
            and chunk.area.sort != "adjective"
        ):
            prior = line.chunks[i - 1].low if i else ""
            owner = i + 1 < len(line.chunks) and line.chunks[i + 1].low in ("'s", "'")
            if owner or any(c.low.startswith("according") for c in line.chunks[max(0, i - 3) : i]):
                continue  # "according to Georgia's National Statistics Department"
            measured = any(c.kind == "quantity" for c in line.chunks[mention.last : i])
            if measured and i > 1 and line.chunks[i - 2].low in ("and", ","):
                return None  # "trade being up 8% at 4.86 trillion yuan, and with Japan trade was up"
            follows = not is_whole and any(c.kind == "quantity" for c in line.chunks[i + 1 : i + 3])
            if not follows and chunk.area.area != frame.a and prior != ",":
                return chunk.area.area
    return None


def _missing_a(  # noqa: PLR0911  one rule a return
    frame: Frame, mention: Mention, line: Line, place: Place, mind: Discourse
) -> str | None:
    """The owner of a flow whose other side is known."""
    before = [(i, area) for i, area in place.about if i < mention.head and area != frame.b]
    prior = place.prior
    came = mention.verb and line.chunks[mention.head].marks.get("verb") == "arrive" and mention.flow == "import"
    if came and prior is not None and prior[1].flow == "export" and frame.b not in (prior[1].a, prior[1].b):
        return prior[1].b  # "Canada delivered 991,922 tons, and 602,848 came from the U.S."
    if (
        prior is not None
        and before
        and place.is_whole
        and prior[1].a == before[-1][1]
        and prior[1].b not in (None, WORLD)
    ):
        return prior[1].b  # "Kazakhstan was second in trade with Tajikistan and had 13.8% of overall turnover"
    if prior is not None and (not before or before[-1][0] < prior[0]):
        found = prior[1].a if frame.b == WORLD or frame.b not in (prior[1].a, None) else prior[1].other(frame.b or "")
        if found not in (None, WORLD, frame.b):
            return found
    if before and _is_ranked(line) and mind.hub in (mind.running.a, mind.running.b) and mind.hub != frame.b:
        return mind.hub  # "Russia is second, exports to Kazakhstan came to": of whom is told before
    if (
        before
        and not place.is_whole
        and not (frame.b not in (None, WORLD) and _is_rival(before[-1][1], frame.b or "", mind))
    ):
        return before[-1][1]
    if place.office not in (None, frame.b):
        return place.office
    if frame.b == WORLD:
        return _at_home(mind)
    found = mind.running.other(frame.b or "")
    if found not in (None, WORLD):
        return found
    listed = mind.centre if mind.running.listed and mind.centre in (mind.running.a, mind.running.b) else None
    candidates = (
        listed,
        mind.source_area,
        mind.centre,
        mind.base.a,
        mind.subject if mind.running.flow is None else None,
        mind.hub,
        mind.running.a,
        mind.subject,
        mind.running.b,
    )
    found = next((area for area in candidates if area not in (None, frame.b, WORLD)), None)
    pair = mind.main if mind.main is not None and frame.b in mind.main else ()
    return found or next((area for area in pair if area != frame.b), None)


def _at_home(mind: Discourse) -> str | None:
    """Whose trade with the world is meant where nobody is named."""
    if mind.base.a is not None:
        return mind.base.b if mind.anchor(mind.base) == mind.base.b != WORLD else mind.base.a
    return mind.source_area or mind.running.a or mind.hub


def _is_rival(area: str, other: str, mind: Discourse) -> bool:
    """Whether two areas are list items under one hub, so that they are no pair of their own."""
    hub = mind.centre or mind.hub
    if hub is None or hub in (area, other):
        return False
    return mind.running.other(area) == hub or mind.running.other(other) == hub


def _missing_b(a: str, mention: Mention, place: Place, mind: Discourse) -> str | None:  # noqa: PLR0911  one rule a return
    """The partner of a flow whose owner is known."""
    told = place.prior[1] if place.prior is not None else None
    if told is not None and told.flow == "total" and mention.flow in ("export", "import") and a in (told.a, told.b):
        return told.other(a)  # "Trade with Russia rose to $3.84 billion; Uzbek exports amounted to"
    theirs = mention.flow == "total" and mention.a[:1] == (OWN,)
    if mind.whole is not None and a == mind.whole.a and not mention.mutual and told is None and not theirs:
        return mind.whole.b
    directed = mention.flow in ("export", "import") and mind.running.flow in ("export", "import")
    directed = directed and a == mind.hub == mind.running.a and not mind.bilateral and place.prior is None
    if directed and mention.verb and bool(mention.a):
        return WORLD  # "Brazilian shipments were 64 million tonnes. In 2020 China imported 100 million tonnes"
    if mind.running.listed and a == mind.base.a and not mention.mutual:
        return mind.base.b
    named = bool(mention.a) and not mention.a[0].startswith("@")
    if named and not mind.bilateral and mention.flow == "balance" and place.prior is not None:
        return WORLD  # "US imports from China and Europe widened the US deficit in goods"
    if place.is_whole and not mind.bilateral and mention.a and not mention.mutual:
        return WORLD  # "8.1 percent of the country's exports"
    if directed:
        return WORLD
    found = mind.running.other(a)
    if found is not None and found != a:
        return found
    office = mind.source_area if mention.verb and mind.running.flow is None else None
    if office not in (None, a) and mention.flow in ("export", "import"):
        return office  # "According to Chinese customs, Turkmenistan supplied": to China
    return _same_end(a, mention, mind) or _turning_point(a, mind) or _mutual_b(a, mention, place, mind)


def _turning_point(a: str, mind: Discourse) -> str | None:
    """The side of the flow in question that the text turns around."""
    if mind.running.b in (None, WORLD):
        return None
    sides = (mind.running.a, mind.running.b)
    return next((hub for hub in (mind.centre, mind.hub) if hub is not None and hub != a and hub in sides), None)


def _mutual_b(a: str, mention: Mention, place: Place, mind: Discourse) -> str | None:
    others = [area for i, area in place.about if i < mention.first and area != a]
    if others and mention.mutual:
        return others[-1]
    if mention.mutual:
        return next((s for s in (mind.hub, mind.running.a, mind.running.b) if s not in (None, a, WORLD)), None)
    if (mention.verb or mention.supply) and mind.running.flow is not None:
        return mind.hub if mind.hub not in (None, a) and mind.main is not None and mind.hub in mind.main else None
    return None


def _same_end(a: str, mention: Mention, mind: Discourse) -> str | None:
    """Another seller sells to the same buyer, another buyer buys from the same seller."""
    running = mind.running
    if mention.flow not in ("export", "import") or running.flow not in ("export", "import"):
        return None
    buyer, seller = (running.b, running.a) if running.flow == "export" else (running.a, running.b)
    end = buyer if mention.flow == "export" else seller
    return end if end not in (a, None, WORLD) and (mention.verb or mention.supply) else None


def _seen_from_hub(frame: Frame, mind: Discourse) -> Frame:
    """Shipments, deliveries and cargoes to the country that the text is about are its imports."""
    hub = mind.anchor(frame)
    if frame.flow == "export" and hub is not None and frame.b == hub and frame.a is not None:
        return replace(frame, a=frame.b, b=frame.a, flow="import", turned=True)
    return frame
