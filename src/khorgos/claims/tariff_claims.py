"""Tariff rates, dates and scopes against the tariff registry."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType

from khorgos.claims.claim import RATE_BEFORE, Claim
from khorgos.claims.deciding import Finding
from khorgos.claims.verdict import Evidence
from khorgos.core.tariffs import TariffMeasure
from khorgos.ledger.tariffs import tariff_measures
from khorgos.nomenclature.area_register import get

_ALL = "all"
# News dates an action by the day on which it was announced or began, give or take. Chosen because the acts of a
# dispute follow each other within some weeks, and a text rarely errs by more than some days.
_DAYS = 10
_COMMAND = "khorgos import tariffs.csv  # duties as published, for example from WITS or TRAINS"

#: What words of the news mean in the table: a broad word stands for all goods of the table that it holds.
_FARM = ("chicken", "wheat", "corn", "cotton", "sorghum", "soybeans", "pork", "beef", "seafood", "fruit", "dairy")
_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        r"\benergy\b|\bfuels?\b": ("coal", "LNG", "crude oil"),
        r"\bcoal\b": ("coal",),
        r"\blng\b|\b(?:liquefied )?natural gas\b|\bgas\b": ("LNG",),
        r"\bcrude\b|(?<!soybean )(?<!palm )\boil\b(?! products)|\bpetroleum\b": ("crude oil",),
        r"\b(?:agricultural|farm(?:ing)?) (?:machinery|machines|equipment)\b": ("agricultural machinery",),
        r"\b(?:agricultural|farm|agri-?food) (?:products?|goods|produce|imports?|exports?)\b|\bagriculture\b": _FARM,
        r"\bpick-?ups?\b|\bpickup trucks?\b": ("pickups",),
        r"\b(?:large|big)[- ](?:engined? |displacement )?(?:cars|vehicles|engines?)\b|\blarge-displacement\b": (
            "large cars",
        ),
        r"\belectric (?:vehicles?|cars?)\b|\bEVs?\b(?! batter)": ("electric vehicles",),
        r"\bEV batter|\b(?:lithium|electric[- ]vehicle|li-ion) batter": ("EV batteries",),
        r"\bsolar\b": ("solar cells",),
        r"\bsemiconductors?\b|\bchips\b": ("semiconductors",),
        r"\b(?:cars|autos|automobiles)\b": ("cars",),
        r"\bcotton\b": ("cotton",),
        r"\bwheat\b": ("wheat",),
        r"\bcorn\b|\bmaize\b": ("corn",),
        r"\bchicken\b|\bpoultry\b": ("chicken",),
        r"\bsoy(?:a|beans?)?\b": ("soybeans",),
        r"\bsorghum\b": ("sorghum",),
        r"\bpork\b": ("pork",),
        r"\bbeef\b": ("beef",),
        r"\bseafood\b|\baquatic\b|\bfish\b": ("seafood",),
        r"\bfruits?\b": ("fruit",),
        r"\bvegetables?\b": ("vegetables",),
        r"\bdairy\b": ("dairy",),
        r"\bsteel\b": ("steel",),
        r"\balumini?um\b": ("aluminium",),
        r"\bcopper\b": ("copper",),
        r"\btimber\b|\blumber\b": ("timber",),
    }
)
_EVERYTHING = re.compile(
    r"\ball\b|\beverything\b|\bblanket\b|\bacross[- ]the[- ]board\b|\b(?:chinese|american|u\.?s\.?) goods\b", re.I
)
_AVERAGE = re.compile(r"\baverage\b|\beffective (?:tariff|rate)|\bweighted\b|\bmost-favou?red\b|\bMFN\b", re.I)
_LIFTED = re.compile(r"\bsuspend|\bpostpon|\bpaus|\bdelay|\blift(?:ed|s)\b|\bremov|\bscrap|\bdropped\b", re.I)
#: Goods narrower than any line of the registry's: some cars bear another duty than cars do.
_NARROWED = re.compile(
    r"\b(?:large|big|expensive|luxury|certain|some|high|used|electric)(?:[- ](?:engined?|displacement|end))?[- ]"
    r"(?:cars|autos|automobiles|vehicles|trucks)\b",
    re.I,
)
_MEANT = re.compile(
    r"\bthreat|\bpropos|\bconsider|\bvow|\bpledg|\bcould\b|\bwould\b|\bmight\b|\bwill\b|\bplans?\b", re.I
)


@dataclass(frozen=True, slots=True)
class TariffAction:
    """One measure of the registry as it hits the goods of one country.

    Args:
        measure: the measure, with its act, dates and the words of the news for its goods.
        rate: per cent on that country's goods, on top of the ordinary duty.
        own: whether it names the country, rather than everybody.
    """

    measure: TariffMeasure
    rate: float
    own: bool

    @property
    def goods(self) -> tuple[str, ...]:
        """Words of the news; ("all",) for all goods."""
        return self.measure.goods

    @property
    def begins(self) -> dt.date:
        """Its first day."""
        return self.measure.begins

    @property
    def ends(self) -> dt.date | None:
        """Its last day; None while no end is known."""
        return self.measure.ends

    @property
    def step(self) -> float:
        """What it added when announced, in points."""
        return self.rate if self.measure.step is None else self.measure.step

    def near(self, day: dt.date) -> bool:
        """Whether a text of or about that day may mean its announcement or its beginning."""
        return any(abs((each - day).days) <= _DAYS for each in (self.measure.announced, self.begins))


def tariff_actions(imposer: str, target: str) -> tuple[TariffAction, ...]:
    """The added duties of one economy on another's goods that articles name, from the tariff registry.

    Args:
        imposer: area id of who levies the duty.
        target: area id of the economy whose goods bear it.
    """
    return tuple(
        TariffAction(one, rate, one.names(target))
        for one in tariff_measures()
        if one.imposer == imposer and one.goods and one.hits(target) and (rate := one.rate(target)) is not None
    )


def judge_tariff(claim: Claim, day: dt.date | None = None) -> Finding:
    """A tariff claim against the actions of that pair of countries around its date.

    A rate is right for a good if it is the duty on that good, the duty on all goods, or what they make together. A
    rate said of several goods must be right for each; "up to" must meet the highest.

    Args:
        claim: of kind tariff_rate.
        day: the article's date.
    """
    quote = f'"{" ".join(claim.surface.split())}"'
    pair = _pair(claim)
    if pair is None or _AVERAGE.search(_clause(claim)):
        what = "average or ordinary duties" if pair else "who levies the duty, and on whom"
        return _nothing(quote, what)
    actions = tariff_actions(*pair)
    when = _day(claim, day)
    if not any(one.own for one in actions) or when is None:
        return _nothing(quote, f"tariff actions of {get(pair[0]).name} on goods of {get(pair[1]).name}")
    at = [one for one in actions if one.measure.in_force(when) or one.near(when)]
    goods = _goods(claim, at)
    if claim.low is not None and claim.high is not None and claim.value is None:
        return _range(claim, quote, at, goods)
    if claim.value is None or (claim.period is None and RATE_BEFORE in (claim.note or "")):
        lacks = "names no rate" if claim.value is None else "is the rate before, of a day that is not told"
        return Finding("not_checkable", f"{quote} {lacks}.")
    found = _each_good(claim, quote, at, goods, when) if goods else _unnamed(claim, quote, at)
    if claim.period is None and found.ruling == "contradicted":
        past = [one for one in actions if one.begins <= when]  # "China replied with the same 34%", weeks later
        said_then = _unnamed(claim, quote, [one for one in past if set(goods) & set(one.goods)])
        return said_then if said_then.ruling != "no_data" else found
    return found


def _pair(claim: Claim) -> tuple[str, str] | None:
    one, other = claim.reporter_id, claim.partner_id
    if one is None or other is None:
        return None
    return (other, one) if claim.flow == "export" else (one, other)


def _clause(claim: Claim) -> str:
    start = claim.sentence_span[0]
    return claim.sentence[claim.span[0] - start : claim.span[1] - start]


def _day(claim: Claim, day: dt.date | None) -> dt.date | None:
    text = claim.period or ""
    if len(text) == 10 and ".." not in text:
        return dt.date.fromisoformat(text)
    if len(text) == 7:
        return dt.date.fromisoformat(f"{text}-15")
    if len(text) == 4 and (day is None or day.year != int(text)):
        return None
    return day


def _nothing(quote: str, what: str) -> Finding:
    why = f"The table of tariff actions has nothing to hold {quote} against: it lacks {what}."
    return Finding("no_data", why, missing=what, command=_COMMAND)


def _goods(claim: Claim, at: Sequence[TariffAction]) -> tuple[str, ...]:
    """The goods of the table that a claim is about; ("all",) for all, () where its words are not in the table."""
    for text in (claim.product or "", _clause(claim) if not claim.product else ""):
        found = [tag for pattern, tags in _WORDS.items() if re.search(pattern, text, re.I) for tag in tags]
        known = {tag for one in at for tag in one.goods}
        if found:
            return tuple(dict.fromkeys(tag for tag in found if tag in known))
        if _EVERYTHING.search(text) or claim.product in ("goods", "imports"):
            return (_ALL,)
    return ()


def _rates(at: Sequence[TariffAction], good: str) -> frozenset[float]:
    """Rates that may rightly be said of a good: on it, on all goods, the step last added, and sums of these."""
    listed = [one for one in at if good in one.goods]
    general = [one for one in at if _ALL in one.goods]
    rates = {rate for one in (*listed, *general) for rate in (one.rate, one.step)}
    for size in (2, 3):
        for some in combinations([*listed, *general], size):
            if all(one.ends is None or other.begins <= one.ends for one in some for other in some):
                rates.add(sum(one.rate for one in some))
    return frozenset(rates)


def _each_good(claim: Claim, quote: str, at: Sequence[TariffAction], goods: tuple[str, ...], when: dt.date) -> Finding:
    value = claim.value or 0.0
    rows = tuple(_rows(at, goods, value))
    allowed = {good: _rates(at, good) for good in goods}
    if not rows or not all(allowed.values()):
        return _nothing(quote, f"duties on {', '.join(good for good in goods if not allowed[good])}")
    listed = {good: _listed(at, good, when) for good in goods}
    said = ", ".join(f"{good} {_percent(rates)}" for good, rates in listed.items())
    if claim.qualifier == "less_than" or re.search(r"\bup to\b", claim.surface, re.I):
        found = _highest(quote, value, listed, allowed, rows)
    else:
        wrong = [good for good in goods if not any(abs(rate - value) < 1e-9 for rate in allowed[good])]
        found = _right_or_wrong(quote, listed, wrong, rows)
    if found.ruling != "contradicted":
        return found
    for words, how in ((_MEANT, "announced or threatened"), (_LIFTED, "lifted or put off")):
        if words.search(_clause(claim)):
            return Finding("not_checkable", f"{quote} is a duty that is {how}; in force: {said}.", rows)
    if (part := _NARROWED.search(claim.sentence)) is not None:
        what = f"duties on {part[0]} alone"
        return Finding(
            "no_data", f"{found.why[:-1]}; but {part[0]} are part of a line.", rows, missing=what, command=_COMMAND
        )
    return found


def _right_or_wrong(
    quote: str, listed: Mapping[str, tuple[float, ...]], wrong: Sequence[str], rows: tuple[Evidence, ...]
) -> Finding:
    said = ", ".join(f"{good} {_percent(rates)}" for good, rates in listed.items())
    if not wrong:
        return Finding("supported", f"{quote} is borne out: {said}.", rows)
    if len(wrong) < len(listed):
        right_ones = ", ".join(good for good in listed if good not in wrong)
        why = f"{quote} holds for {right_ones} only; {', '.join(f'{g} {_percent(listed[g])}' for g in wrong)}."
        return Finding("contradicted", why, rows)
    return Finding("contradicted", f"{quote} is not the duty: {said}.", rows)


def _highest(
    quote: str,
    value: float,
    listed: Mapping[str, tuple[float, ...]],
    allowed: Mapping[str, frozenset[float]],
    rows: tuple[Evidence, ...],
) -> Finding:
    said = ", ".join(f"{good} {_percent(rates)}" for good, rates in listed.items())
    top = max(max(rates) for rates in listed.values())
    if abs(top - value) < 1e-9 or any(abs(rate - value) < 1e-9 for rates in allowed.values() for rate in rates):
        return Finding("supported", f"{quote} is borne out: the duties are {said}.", rows)
    return Finding("contradicted", f"{quote} is not the highest of the duties: {said}.", rows)


def _listed(at: Sequence[TariffAction], good: str, when: dt.date) -> tuple[float, ...]:
    """The duties of the days in question; older ones that go on only where there is none."""
    own = [one for one in at if good in one.goods] or [one for one in at if _ALL in one.goods]
    recent = [one for one in own if one.near(when) or (good == _ALL and one.measure.in_force(when))] or [
        max(own, key=lambda one: one.begins)
    ]
    return tuple(dict.fromkeys(one.rate for one in recent))


def _percent(rates: Sequence[float]) -> str:
    return " or ".join(f"{rate:g}%" for rate in rates)


def _unnamed(claim: Claim, quote: str, at: Sequence[TariffAction]) -> Finding:
    """A rate on goods that the text does not name, or in words that the table lacks."""
    value = claim.value or 0.0
    same = [one for one in at if value in (one.rate, one.step)]
    if same:
        goods = tuple(dict.fromkeys(tag for one in same for tag in one.goods))
        rows = tuple(_rows(same, goods, value))
        why = f"{quote} was a duty of that time, on {', '.join(goods)}."
        if claim.product is None or _ALL in goods:
            return Finding("supported", why, rows)
        return Finding("supported_under_another_reading", why, rows, reading=f"on {', '.join(goods)}")
    return _nothing(quote, f"duties on {claim.product or 'the goods meant'}")


def _range(claim: Claim, quote: str, at: Sequence[TariffAction], goods: tuple[str, ...]) -> Finding:
    """A range of rates against the lowest and highest of one day's actions."""
    days = {one.measure.announced for one in at}
    for day in sorted(days):
        same = [one for one in at if one.measure.announced == day and (not goods or set(goods) & set(one.goods))]
        if same and (min(one.rate for one in same), max(one.rate for one in same)) == (claim.low, claim.high):
            tags = tuple(dict.fromkeys(tag for one in same for tag in one.goods))
            return Finding("supported", f"{quote} is borne out.", tuple(_rows(same, tags, None)))
    return _nothing(quote, "actions with that range of rates")


def _rows(at: Sequence[TariffAction], goods: Sequence[str], value: float | None) -> Iterator[Evidence]:
    for one in at:
        shared = [tag for tag in one.goods if tag in goods or tag == _ALL]
        if shared:
            until = f" to {one.ends}" if one.ends else ""
            holds = value is None or value in (one.rate, one.step)
            yield Evidence(
                reading=f"in force from {one.begins}{until}: {', '.join(shared)}",
                value=one.rate,
                low=one.rate,
                high=one.rate,
                unit="percent",
                arithmetic=one.measure.legal,
                source=one.measure.source,
                as_of=one.measure.announced,
                fit="exact" if holds else "none",
            )
