"""What a claim is about, in one form for all its wordings: which flow, of what, when, and whose statistics."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from khorgos.claims.claim import Claim
from khorgos.core.errors import BadInput
from khorgos.nomenclature.area_names import names
from khorgos.nomenclature.area_register import get
from khorgos.nomenclature.groups import members
from khorgos.nomenclature.periods import Period, parse_period

#: ("goods", exporter, importer), ("total", one, other) in the order of the alphabet, ("balance", of, with).
Movement = tuple[str, str, str]

_ALL_GOODS = frozenset(
    {"", "goods", "all goods", "total", "merchandise", "goods trade", "all", "products", "commodities"}
)
_OFFICES = (
    (re.compile(r"\bGACC\b|General Administration of Customs", re.I), "CHN"),
    (re.compile(r"\bGeostat\b|\bSakstat\b", re.I), "GEO"),
    (re.compile(r"\bArmstat\b", re.I), "ARM"),
    (re.compile(r"Census Bureau|\bBEA\b|\bUSTR\b|Commerce Department", re.I), "USA"),
    (re.compile(r"\bEurostat\b|European Commission", re.I), "EU27"),
    (re.compile(r"\bDestatis\b", re.I), "DEU"),
    (re.compile(r"\bRosstat\b", re.I), "RUS"),
)
_GOODS = re.compile(r"\b(?:goods|merchandise|products|commodit)", re.I)
_EXPECTED = re.compile(
    r"\b(?:expects?|expected|forecasts?|projects?|projected|projections?|predicts?|predicted|predictions?|estimates?|"
    r"surveyed|polled|consensus|is likely to|are likely to|will (?:also )?(?:increasingly|likely|soon)|"
    r"(?:is|are) set to|is poised to|plans? to|aims? to|hopes? to)\b",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]+")
_AND = re.compile(r"\band\b|,|/|;")
_OFFICIAL = re.compile(r"custom|statist|office|agency|ministry|data|bureau|figures|committee", re.I)
_DEFICIT = re.compile(r"\bdeficits?\b|\bnegative\b|\bin the red\b|\bshortfall\b", re.I)
_SURPLUS = re.compile(r"\bsurplus(?:es)?\b|\bpositive\b", re.I)
_LOW = re.compile(r"\blow(?:est)?\b|\bsmallest\b|\bleast\b|\bfewest\b|\bminimum\b|\bweakest\b|\bslowest\b", re.I)


@dataclass(frozen=True, slots=True)
class Slot:
    """What an amount is an amount of.

    Args:
        movement: see Movement.
        product: in lower case; "" for all goods.
        period: as in the claim.
        unit: of the amount: a currency or a unit of quantity.
        form: "" or "average" for means of several months.
    """

    movement: Movement
    product: str
    period: str
    unit: str
    form: str = ""


#: Countries whose headline trade with all is of goods and services: BEA and Census Bureau, FT-900; ONS, UK trade; ABS,
#: International trade in goods and services; Statistics Canada's is of goods.
_WITH_SERVICES = frozenset({"USA", "GBR", "AUS", "IRL"})


def of_goods_and_services(claim: Claim) -> bool:
    """Whether a claim is of trade with all of a country that counts services in, and is not said to be of goods."""
    of_all = "WLD" in (claim.partner_id, claim.reporter_id)
    owner = _WITH_SERVICES & {claim.reporter_id, claim.partner_id}
    return of_all and bool(owner) and not product_of(claim) and not _GOODS.search(claim.sentence)


def counts_services(claim: Claim) -> bool:
    """Whether a claim is said to be of goods and services: all trade, where news hardly tells it from that in goods."""
    return "goods" in product_of(claim) and "services" in product_of(claim)


def is_forecast(sentence: str) -> bool:
    """Whether a sentence speaks of what is or was expected, so that its figures need not be the outcome."""
    return bool(_EXPECTED.search(sentence))


def product_of(claim: Claim) -> str:
    """The goods of a claim in lower case, "" for all goods."""
    word = (claim.product or "").strip().casefold()
    return "" if word in _ALL_GOODS else word


def movement_of(claim: Claim) -> Movement | None:
    """The movement that a claim speaks of, the same for both sides' wording; None where a side or flow is missing."""
    one, other = claim.reporter_id, claim.partner_id
    if one is None or other is None or one == other or claim.flow is None:
        return None
    if claim.flow == "export":
        return ("goods", one, other)
    if claim.flow == "import":
        return ("goods", other, one)
    if claim.flow == "total":
        first, second = sorted((one, other))
        return ("total", first, second)
    return ("balance", one, other)


def slot_of(claim: Claim, *, period: str | None = None) -> Slot | None:
    """What the claim's amount is of, or would be of in another period; None where that cannot be said."""
    movement, when = movement_of(claim), period or claim.period
    unit = claim.unit if claim.kind in AMOUNTS else claim.currency
    if movement is None or when is None:
        return None
    words = f"{claim.note or ''} {claim.sentence}"
    form = "average" if re.search(r"\baverage", words, re.I) else ""
    goods = "" if counts_services(claim) else product_of(claim)
    return Slot(movement, goods, when, unit or "USD", form)


#: Kinds whose value is an amount of its slot.
AMOUNTS = frozenset({"level", "quantity", "balance"})


def side_of(claim: Claim) -> str | None:
    """Id of the country whose office the attribution names; None where it names none."""
    return _side(claim.attribution) if claim.attribution else None


@lru_cache(maxsize=512)  # chosen because texts name fewer sources
def _side(text: str) -> str | None:
    """The one country whose office is named; None where offices of several, or one that cannot be placed, are."""
    parts = [part for part in _AND.split(text) if part.strip()]
    found = {_office(part) for part in parts} - {""}
    return found.pop() if len(found) == 1 else None


def _office(text: str) -> str | None:
    """The country of an office; "" for what is no office, None for an office of nobody knows whom."""
    for pattern, area_id in _OFFICES:
        if pattern.search(text):
            return area_id
    if not _OFFICIAL.search(text):
        return ""
    words = [word.casefold() for word in _WORD.findall(text)]
    found = {
        area
        for size in (1, 2)
        for start in range(len(words) - size + 1)
        if (area := _countries().get(" ".join(words[start : start + size])))
    }
    return found.pop() if len(found) == 1 else None


@cache
def _countries() -> dict[str, str]:
    found = {
        one.text.casefold(): one.area
        for one in names()
        if one.language == "en" and (not one.doubt or one.sort in ("adjective", "demonym"))
    }
    return {text: area for text, area in found.items() if get(area).kind == "country"}


def sign_of(claim: Claim) -> int:
    """+1 where the claim says surplus, -1 deficit, 0 where it does not say."""
    if claim.value:
        return 1 if claim.value > 0 else -1
    start = claim.sentence_span[0]
    for text in (claim.sentence[claim.span[0] - start : claim.span[1] - start], claim.sentence):
        deficit, surplus = _DEFICIT.search(text), _SURPLUS.search(text)
        if bool(deficit) != bool(surplus):
            return -1 if deficit else 1
    return 0


def is_low(claim: Claim) -> bool:
    """Whether a rank or record counts from the bottom."""
    start = claim.sentence_span[0]
    return bool(_LOW.search(claim.sentence[claim.span[0] - start : claim.span[1] - start] + " " + (claim.scope or "")))


def when(text: str | None) -> Period | None:
    """A claim's period as the nomenclature's; None for none, for days and for stretches of years."""
    if text is None:
        return None
    try:
        return parse_period(text)
    except BadInput:
        return None


def before(claim: Claim) -> tuple[str, ...]:
    """The periods that a change may be measured from: the one named, else the year before, for months the month too."""
    if claim.base_period:
        return (claim.base_period,)
    period = when(claim.period)
    if period is None:
        return ()
    earlier = [str(period.shift(-12))]
    if period.kind == "month":
        earlier.append(str(period.shift(-1)))
    return tuple(earlier)


def members_of(area_id: str, period: str | None) -> tuple[str, ...]:
    """Members of a group in a period; () for a single area, the world, and groups without recorded members."""
    if area_id == "WLD" or get(area_id).kind != "group":
        return ()
    found = when(period)
    try:
        return members(area_id, found)
    except LookupError:
        return ()
