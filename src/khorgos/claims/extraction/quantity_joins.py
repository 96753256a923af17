"""Quantities that belong together: shared scales, ranges, second currencies, and words of vagueness."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from khorgos.claims.extraction.lexicon import cues, word_set
from khorgos.claims.extraction.measures_of_text import after
from khorgos.claims.extraction.numerals import scaled
from khorgos.claims.extraction.quantity import Quantity
from khorgos.claims.extraction.tokens import Token

#: Note of an amount in brackets behind that of the next year.
YEAR_BEFORE = "in brackets: the year before"
_VAGUE = word_set("quantity_joins", "vague")
_COUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_BEFORE_COUNT = frozenset(("with", "to", "at", "and", "by", "was", "were", "reached"))
_AFTER_COUNT = frozenset((",", ".", ";", ")", "and", "in", "after", "from"))
_WIDEST = 5  # times; chosen because a range whose ends lie further apart is a change told as "by X to Y"


def shared(tokens: Sequence[Token], found: list[Quantity]) -> list[Quantity]:
    """Scale, currency and unit that stand once for two numbers: "from US$1.9 to US$3.6 billion", "10 to 15 percent"."""
    shared = list(found)
    for i in range(len(shared) - 2, -1, -1):
        here, then = shared[i], shared[i + 1]
        between = [t.low for t in tokens[here.last : then.number if then.unit is None else then.first]]
        if len(between) > 4 or not _joins(between):
            continue
        if then.sort == "money" and then.unit is None and here.sort == "money":
            then = shared[i + 1] = replace(then, unit=here.unit)
        of_list = between == [","] and found[i + 1].sort == "bare" and then.sort == "percent"
        shared[i] = _borrowed(tokens, here, then, ["and"] if of_list else between)
    return shared


_SCALES = {"thousands": 1e3, "thousand": 1e3, "millions": 1e6, "million": 1e6, "billions": 1e9, "billion": 1e9}


def in_scale_of_sentence(tokens: Sequence[Token], found: list[Quantity]) -> list[Quantity]:
    """ "deficits, in billions of dollars, with Mexico (16.6), Vietnam ($16.1)": a scale said for all that follow."""
    said = _scale_said(tokens)
    if said is None:
        return found
    start, scale, currency = said
    return [_in_scale(tokens, each, scale, currency) if each.first > start else each for each in found]


def _scale_said(tokens: Sequence[Token]) -> tuple[int, float, str] | None:
    for k in range(len(tokens) - 2):
        if tokens[k].low != "in" or tokens[k + 1].low not in _SCALES:
            continue
        at = k + 2 + (tokens[k + 2].low == "of")
        money = after().at(tokens, at) if at < len(tokens) else None
        if money is not None and money[1][0].mark == "currency":
            return at, _SCALES[tokens[k + 1].low], money[1][0].value
    return None


def _in_scale(tokens: Sequence[Token], each: Quantity, scale: float, currency: str) -> Quantity:
    bare = each.sort == "bare" and each.first > 0 and tokens[each.first - 1].low == "("
    if each.value is None or each.scaled or not (bare or (each.sort == "money" and each.unit == currency)):
        return each
    value, step = scaled(each.value, scale), scaled(each.step or 1.0, scale)
    note = "scale said for the sentence"
    return replace(each, sort="money", unit=currency, scaled=True, value=value, step=step, note=note)


def with_year_before(tokens: Sequence[Token], found: list[Quantity]) -> list[Quantity]:
    """ "12.5 (14.3) mln t", "917,000 (1.3 mln) t": an amount and, in brackets, that of the year before."""
    told = list(found)
    for i in range(len(told) - 1):
        here, then = told[i], told[i + 1]
        bracketed = [t.low for t in tokens[here.last : then.first]] == ["("] and then.last < len(tokens) - 1
        if here.sort != "bare" or then.sort != "bare" or not bracketed or tokens[then.last].low != ")":
            continue
        scale, unit = _behind(tokens, then.last + 1)
        if unit is not None:
            told[i] = _in_goods(here, scale, unit)
            told[i + 1] = replace(_in_goods(then, scale, unit), note=YEAR_BEFORE)
    return told


def _behind(tokens: Sequence[Token], k: int) -> tuple[float, str | None]:
    """Scale and unit of goods from a token on."""
    scale, unit = 1.0, None
    while k < len(tokens) and unit is None:
        hit = after().at(tokens, k)
        if hit is None or hit[1][0].mark not in ("scale", "unit"):
            break
        if hit[1][0].mark == "unit":
            unit = hit[1][0].value
        else:
            scale = float(hit[1][0].value)
        k += hit[0]
    return scale, unit


def _in_goods(each: Quantity, scale: float, unit: str) -> Quantity:
    size = 1.0 if each.scaled else scale
    value = None if each.value is None else scaled(each.value, size)
    step = scaled(each.step or 1.0, size)
    return replace(each, sort="goods", unit=unit, value=value, step=step, scaled=True)


def in_unit_of_sentence(tokens: Sequence[Token], found: list[Quantity]) -> list[Quantity]:
    """ "Poland with 5,500, Norway with 4,500 tons": a unit that stands once for the numbers of a list."""
    goods = [each for each in found if each.sort == "goods" and each.per is None]
    if not goods:
        return found
    return [_in_unit(tokens, each, goods) if each.sort == "bare" else each for each in found]


def _in_unit(tokens: Sequence[Token], each: Quantity, goods: Sequence[Quantity]) -> Quantity:
    lead = tokens[each.first - 1].low if each.first else ""
    following = tokens[each.last].low if each.last < len(tokens) else "."
    told = lead in _BEFORE_COUNT and following in _AFTER_COUNT
    if each.scaled or not told or not _COUNT.fullmatch(tokens[each.number].text):
        return each
    behind = [one for one in goods if one.first > each.first]
    like = behind[0] if behind else goods[-1]
    return replace(each, sort="goods", unit=like.unit)


def _joins(words: list[str]) -> bool:
    return not words or all(
        w
        in (
            "to",
            "and",
            "-",
            "\u2013",
            "or",
            "from",
            "up",
            "down",
            "against",
            ",",
            "through",
            "about",
            "nearly",
            "over",
        )
        for w in words
    )


def _borrowed(  # noqa: PLR0911  one rule a return
    tokens: Sequence[Token], here: Quantity, then: Quantity, between: list[str]
) -> Quantity:
    if here.value is None or then.sort == "bare":
        return here
    listed = between == [","] and then.note.startswith("scale taken")
    if here.sort == "bare" and between and (between[-1] in ("to", "and", "-", "\u2013", "or") or listed):
        if then.sort == "percent" and here.value < 1000:
            return replace(here, sort="percent", unit="percent")
        if then.sort in ("times", "points"):
            return replace(here, sort=then.sort, unit=then.unit)
        if then.sort == "goods" and not then.scaled and between == ["to"] and tokens[here.first - 1].low == "from":
            return replace(here, sort="goods", unit=then.unit, per=then.per)
        if then.sort in ("money", "goods") and then.scaled and here.value < 1000:
            return _scaled_like(replace(here, sort=then.sort, unit=then.unit), then)
        return here
    if here.sort == "money" and here.unit is None and then.sort == "goods":
        return replace(here, sort="goods", unit=then.unit, per=then.per)
    if here.sort == "money" and not here.scaled and then.sort == "money" and then.scaled and here.value < 1000:
        return _scaled_like(here, then) if then.unit in (here.unit, None) else here
    return here


def _scaled_like(here: Quantity, then: Quantity) -> Quantity:
    """The scale that follows the second number, for the first."""
    size = 10.0 ** (3 * int(_power(then) // 3))
    note = "scale taken from the number after it"
    value, step = scaled(here.value or 0.0, size), scaled(here.step or 1.0, size)
    return replace(here, value=value, step=step, scaled=True, note=note)


def _power(quantity: Quantity) -> int:
    """Power of ten of the scale word: the step is it, less the printed decimals."""
    power = 0
    while 10.0 ** (power + 3) <= (quantity.value or 0) * 1.0000001 and power < 12:
        power += 3
    # 0.9 billion: the value is below its own scale
    step = quantity.step or 1.0
    while power < 12 and step >= 10.0 ** (power + 1):
        power += 3
    return power


def ranged(tokens: Sequence[Token], found: list[Quantity]) -> list[Quantity]:
    """Two ends of one statement: "10% to 15%", "between $5 and $6 billion", "10-15 percent"."""
    merged: list[Quantity] = []
    for quantity in found:
        prior = merged[-1] if merged else None
        if prior is not None and _is_range(tokens, prior, quantity):
            low, high = sorted((prior.value or 0.0, quantity.value or 0.0))
            merged[-1] = replace(
                quantity, first=prior.first, number=prior.number, value=None, low=low, high=high, sign=prior.sign,
                note=f"range {low:g}..{high:g}",
            )  # fmt: skip
        else:
            merged.append(quantity)
    return merged


def _is_range(tokens: Sequence[Token], a: Quantity, b: Quantity) -> bool:
    if a.sort != b.sort or a.sort == "bare" or a.value is None or b.value is None or a.unit != b.unit:
        return False
    between = [t.low for t in tokens[a.last : b.number] if t.low not in ("$", "us", "usd") and t.text != "U.S."]
    words = " ".join(t.low for t in tokens[max(0, a.first - 3) : a.first])
    if between in (["-"], ["\u2013"]):
        return b.sign == 0 or tokens[b.number - 1].glued
    if between == ["and"]:
        return words.endswith("between")
    if between == ["to"]:
        return words.endswith(("ranging from", "range from", "ranged from", "ranges from")) or (
            b.value <= _WIDEST * a.value and _is_spread(tokens, a)
        )
    return between == ["or"] and a.sort == "percent"


def _is_spread(tokens: Sequence[Token], a: Quantity) -> bool:
    """ "duties of 10% to 15%", but not "rose 5% to 10%" and not "from 5% to 10%"."""
    if a.first == 0:
        return True
    prior = tokens[a.first - 1].low
    if any(_is_move(tokens, k) for k in range(max(0, a.first - 8), a.first)) and a.sort != "percent":
        return False
    found = cues().at(tokens, a.first - 1)
    is_change = found is not None and any(cue.mark == "change" for cue in found[1])
    return not is_change and prior not in ("from", "by", "up", "down")


def _is_move(tokens: Sequence[Token], k: int) -> bool:
    found = cues().at(tokens, k)
    return found is not None and any(cue.mark == "change" for cue in found[1])


def bracketed(tokens: Sequence[Token], found: list[Quantity]) -> list[Quantity]:
    """The same amount in a second currency, in brackets or after "or", belongs to the first."""
    kept: list[Quantity] = []
    for quantity in found:
        prior = kept[-1] if kept else None
        if (
            prior is not None
            and _is_same_amount(tokens, prior, quantity)
            and quantity.value is not None
            and quantity.unit
        ):
            kept[-1] = replace(prior, other=(quantity.value, quantity.unit))
        else:
            kept.append(quantity)
    return kept


def _is_same_amount(tokens: Sequence[Token], a: Quantity, b: Quantity) -> bool:
    if a.sort != "money" or b.sort != "money" or a.unit is None or b.unit is None or a.unit == b.unit:
        return False
    between = [t.low for t in tokens[a.last : b.first]]
    if not between or len(between) > 5 or between[0] not in ("(", ",", "or", "[", "/"):
        return False
    if between[:2] == [",", "("]:
        between = between[1:]
    if between[0] == "," and "or" not in between:
        return False
    return all(word in _VAGUE for word in between[1:])


def qualified(tokens: Sequence[Token], quantity: Quantity, taken: Collection[int]) -> Quantity:
    """Take in the words before a number that say how exact it is."""
    best: tuple[int, str] | None = None
    for start in range(max(0, quantity.first - 5), quantity.first):
        if start in taken:
            continue
        found = cues().at(tokens, start)
        if found is None or start + found[0] != quantity.first:
            continue
        values = [cue.value for cue in found[1] if cue.mark == "qualifier"]
        if values:
            best = (start, values[0])
            break
    after_it = " ".join(t.low for t in tokens[quantity.last : quantity.last + 2])
    if after_it in ("or more", "and more", "and above", "or above"):
        return replace(quantity, qualifier="more_than")
    if best is None:
        return quantity
    start, name = best
    words = " ".join(t.low for t in tokens[start : quantity.first])
    if name == "exact" and words not in ("just", "only", "mere", "merely", "a mere"):
        return quantity
    if name in ("more_than", "less_than") and _is_comparison(tokens, start, quantity):
        return quantity
    return replace(quantity, first=start, qualifier=name)


def _is_comparison(tokens: Sequence[Token], start: int, quantity: Quantity) -> bool:
    """ "7.6% below the 2.8 billion", "over the $70bn": a comparison with that number, not a vague number."""
    word = tokens[start].low
    follows_the = tokens[quantity.number - 1].low == "the"
    return word in ("below", "above", "over", "under", "beyond") and quantity.number - start > 1 and follows_the
