"""Claims to verdicts: the text against itself, then against the ledger, every defensible reading tried."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from khorgos.claims.against_ledger import Context, command_for, is_investment, judge_amount, judge_change, judge_share
from khorgos.claims.claim import Claim
from khorgos.claims.consistency import Consistency, consistency
from khorgos.claims.deciding import Finding
from khorgos.claims.forecasts import Forecast, announced
from khorgos.claims.goals import judge_status, judge_target
from khorgos.claims.lookup import fetch
from khorgos.claims.relations import Relation
from khorgos.claims.slots import is_forecast, of_goods_and_services, side_of, when
from khorgos.claims.standings import judge_rank, judge_record, judge_sign
from khorgos.claims.stated import stated
from khorgos.claims.tariff_claims import judge_tariff
from khorgos.claims.verdict import ALARMS, IN_TEXT, Evidence, Fit, Verdict
from khorgos.ledger.store import Ledger
from khorgos.nomenclature.currencies import currencies

_BORNE_OUT = frozenset({"supported", "supported_only_by_rounding", "superseded"})
_AMOUNTS = frozenset({"level", "balance"})
_CHANGES = frozenset({"growth", "difference", "ratio_multiple"})
_ARITHMETIC = frozenset({"sum", "balance", "growth", "difference", "multiple", "share", "members"})
# Levels that must fit one side's statistics, and that side's alone, before the text counts as resting on them. Chosen
# because one or two may fit by chance.
_TELLING = 3
# "From 2000 to 2008", in a sentence about a change: its base may be the first of the two years.
_SPAN = re.compile(r"\b((?:19|20)\d\d)\s*(?:to|and|until|-|\u2013)\s*(?:19|20)\d\d\b")
_LOCAL = frozenset(each.code for each in currencies()) - {"USD"}
# How many errors a text may hold, and which share of its numbers. Chosen because an article with four wrong numbers in
# twenty is hardly printed, while a reader that takes one country for another misreads all numbers after it.
_MOST_ERRORS, _MOST_SHARE = 3, 0.2


def judge(claims: Sequence[Claim], ledger: Ledger, day: dt.date | None = None) -> tuple[Verdict, ...]:
    """Judge the claims of one text.

    Deterministic and offline: the same claims, ledger and day give the same verdicts.

    Args:
        claims: of one text, in its order.
        ledger: the figures to hold them against.
        day: the article's date; None where unknown, and all that the ledger knows counts.

    Returns:
        One verdict a claim, in the same order.
    """
    held = consistency(claims)
    context = Context(fetch(ledger, claims), day)
    goals = announced(ledger) if any(claim.kind in ("target", "other") for claim in claims) else ()
    levels = [judge_amount(claim, context) if claim.kind in _AMOUNTS else None for claim in claims]
    context = replace(context, side=_running_side(levels, claims))
    findings = [_of_ledger(claim, context, goals) for claim in claims]
    vouched = {index for index, one in enumerate(findings) if _vouches(one)}
    blamed = held.blamed(vouched)
    verdicts = tuple(
        _verdict(claim, index, findings[index], held, blamed.get(index, ())) for index, claim in enumerate(claims)
    )
    return _believable(verdicts)


def _believable(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """Take all accusations back where they are so many that rather the reader is wrong than the text."""
    alarms = [one for one in verdicts if one.ruling in ALARMS]
    if len(alarms) <= max(_MOST_ERRORS, _MOST_SHARE * len(verdicts)):
        return verdicts
    doubt = f"but so do {len(alarms) - 1} others of this text, so it may have been misread"
    missing = "a text that is read without doubt"
    return tuple(
        replace(one, ruling="no_data", why=f"{one.why[:-1]}; {doubt}.", missing=missing, command=command_for(one.claim))
        if one.ruling in ALARMS
        else one
        for one in verdicts
    )


def _vouches(one: Finding | None) -> bool:
    return one is not None and (
        one.ruling in _BORNE_OUT or (one.ruling == "supported_under_another_reading" and bool(one.sides))
    )


def _running_side(findings: Sequence[Finding | None], claims: Sequence[Claim]) -> str | None:
    """Whose statistics a text rests on: the side that its levels fit where the other's do not."""
    votes: Counter[str] = Counter()
    for one, claim in zip(findings, claims, strict=True):
        if one is not None and claim.kind in _AMOUNTS and side_of(claim) is None and len(one.sides) == 1:
            votes.update(one.sides)
    named = {side for claim in claims if (side := side_of(claim))}
    if len(named) == 1 and not votes.keys() - named:
        return next(iter(named))
    if len(votes) == 1 and not named - votes.keys():
        side, count = next(iter(votes.items()))
        return side if count >= _TELLING else None
    return None


def _of_ledger(claim: Claim, context: Context, goals: Sequence[Forecast]) -> Finding | None:
    """What the ledger says; None where the claim cannot be put to it."""
    if claim.kind == "tariff_rate":
        return judge_tariff(claim, context.day)
    if claim.kind in ("target", "other"):
        return judge_target(claim, context, goals) if claim.kind == "target" else judge_status(claim, context, goals)
    unclear = _uncheckable(claim, context.day)
    if unclear is not None or claim.kind not in _JUDGES:
        return unclear
    is_sign = claim.unit == "sign" and claim.kind == "balance"
    found = judge_sign(claim, context) if is_sign else _JUDGES[claim.kind](claim, context)
    return _spared(claim, found, context.day)


def _spared(claim: Claim, found: Finding | None, day: dt.date | None) -> Finding | None:
    """A finding against a claim, taken back where the claim may be of something else than it was read as."""
    if found is None or found.ruling != "contradicted":
        return found
    period = when(claim.period)
    doubt = None
    if day is not None and period is not None and period.last_day > day:
        doubt = f"{claim.period} was not over when it was written"
    elif claim.inferred:
        doubt = "whose trade it is of is told only by sentences before"
    elif claim.reporter_id == "USA" and period is not None and period.kind == "month":
        doubt = "the United States print months seasonally adjusted, which the ledger has not"
    elif claim.kind in _CHANGES and (span := _SPAN.search(claim.sentence)) and span[1] not in (claim.base_period or ""):
        doubt = f"its sentence speaks of {span[0]}"
    elif is_forecast(claim.sentence):
        doubt = "its sentence speaks of what was expected"
    elif claim.kind == "record" and (claim.currency or claim.unit) in _LOCAL:
        doubt = f"it may be one in {claim.currency or claim.unit} only"
    elif of_goods_and_services(claim):
        doubt = "its country counts services in, which the ledger has not"
    if doubt is None:
        return found
    why = f"{found.why[:-1]}; but {doubt}, so it may be of something else."
    missing = "what the figure is of, in its own sentence"
    return replace(found, ruling="no_data", why=why, missing=missing, command=command_for(claim))


_JUDGES: Mapping[str, Callable[[Claim, Context], Finding | None]] = MappingProxyType(
    {
        "level": judge_amount,
        "balance": judge_amount,
        "growth": judge_change,
        "difference": judge_change,
        "ratio_multiple": judge_change,
        "share": judge_share,
        "rank": judge_rank,
        "record": judge_record,
    }
)


def _uncheckable(claim: Claim, day: dt.date | None) -> Finding | None:
    quote = _quote(claim)
    period = when(claim.period)
    if day is not None and period is not None and period.first_day > day:
        return Finding("not_checkable", f"{quote} is about {claim.period}, which had not come when it was written.")
    if is_forecast(claim.sentence) and (period is None or (day is not None and period.last_day > day)):
        return Finding("not_checkable", f"{quote} is a forecast.")
    numberless = stated(claim) is None and claim.unit != "sign"
    if numberless and claim.kind in (_AMOUNTS | _CHANGES | {"share"}):
        return Finding("not_checkable", f"{quote} names no number.")
    if claim.kind in ("record", "other", "count") or claim.period is not None:
        return None
    return Finding("not_checkable", f"{quote} does not say of which period it is, nor does the text around it.")


def _verdict(claim: Claim, index: int, found: Finding | None, held: Consistency, broken: Sequence[Relation]) -> Verdict:
    inside = tuple(_evidence(one) for one in dict.fromkeys((*broken, *_telling(held, index))))
    if broken:
        rest = found.evidence if found else ()
        why = f"{_quote(claim)} does not agree with the text itself: {broken[0].arithmetic}."
        return Verdict(claim, "inconsistent_within_text", why, (*inside, *rest))
    if found is None:
        return _unanswered(claim, held, index, inside)
    narrow = next((one for one in held.of(index) if _only_by_rounding(one, index)), None)
    if found.ruling == "supported" and narrow is not None and claim.kind not in ("rank", "record"):
        why = f"{found.why[:-1]}; with the text's other figures it agrees only through rounding: {narrow.arithmetic}."
        return Verdict(claim, "supported_only_by_rounding", why, (*inside, *found.evidence))
    why = found.why
    if found.ruling == "supported_only_by_rounding" and narrow is not None:
        why = f"{why[:-1]}; so it does with the text's other figures: {narrow.arithmetic}."
    if found.ruling == "no_data" and (told := _agreement(held, index)):
        why = f"{why[:-1]}; {told}."
    return Verdict(claim, found.ruling, why, (*found.evidence, *inside), found.reading, found.missing, found.command)


def _unanswered(claim: Claim, held: Consistency, index: int, inside: tuple[Evidence, ...]) -> Verdict:
    """A claim of a kind, or with gaps, that cannot be put to the ledger."""
    told = _agreement(held, index)
    if told:
        exact = any(one.fit == "exact" for one in _telling(held, index))
        ruling = "supported" if exact and claim.kind == "other" else None
        if ruling:
            return Verdict(claim, "supported", f"{_quote(claim)}: {told}.", inside)
    tail = f"; {told}" if told else ""
    if claim.kind in ("quantity", "price", "count", "other") or claim.product:
        missing = _what(claim)
        why = f"The ledger has nothing to hold {_quote(claim)} against: it lacks {missing}{tail}."
        return Verdict(claim, "no_data", why, inside, missing=missing, command=command_for(claim))
    why = f"{_quote(claim)} does not say enough to be checked: {_gap(claim)}{tail}."
    return Verdict(claim, "not_checkable", why, inside)


def _what(claim: Claim) -> str:
    if is_investment(claim):
        return "a tracker of investment"
    goods = f" of {claim.product}" if claim.product else ""
    kinds = {
        "quantity": f"quantities{goods}",
        "price": f"prices{goods}",
        "count": "the ranks of every year in the count",
    }
    return kinds.get(claim.kind, f"figures{goods or ' of it'}")


def _gap(claim: Claim) -> str:
    gaps = {
        "whose trade": claim.reporter is None,
        "with whom": claim.partner is None,
        "exports, imports or both": claim.flow is None,
        "when": claim.period is None,
    }
    return "it leaves open " + (", ".join(name for name, gap in gaps.items() if gap) or "what it is measured by")


def _only_by_rounding(one: Relation, index: int) -> bool:
    return one.claims[0] == index and one.fit == "rounding" and one.sure and one.kind in _ARITHMETIC


def _telling(held: Consistency, index: int) -> tuple[Relation, ...]:
    """The relations worth showing beside a claim: sure ones, copies of a figure left out."""
    return tuple(one for one in held.of(index) if one.kind != "repeat" and (one.sure or one.fit != "broken"))[:4]


def _agreement(held: Consistency, index: int) -> str:
    mine = [one for one in _telling(held, index) if one.fit != "broken"]
    if not mine:
        return ""
    best = min(mine, key=lambda one: (one.claims[0] != index, one.fit != "exact"))
    how = "through rounding only" if best.fit == "rounding" else "as printed"
    return f"with the text's other figures it agrees {how}: {best.arithmetic}"


def _evidence(one: Relation) -> Evidence:
    fits: dict[str, Fit] = {"exact": "exact", "rounding": "rounding", "broken": "none"}
    return Evidence(
        reading=f"{IN_TEXT} ({one.kind})",
        value=one.value,
        low=one.low,
        high=one.high,
        unit=one.unit,
        arithmetic=f"{one.arithmetic}{f' ({one.note})' if one.note else ''}",
        fit=fits[one.fit],
    )


def _quote(claim: Claim) -> str:
    return f'"{" ".join(claim.surface.split())}"'
