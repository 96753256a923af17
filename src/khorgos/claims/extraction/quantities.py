"""Quantities in every style of real prose: $94.8bn, US$1.9 to US$3.6 billion, 748,8 million, two-thirds."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from khorgos.claims.extraction.commas import with_decimal_commas
from khorgos.claims.extraction.lexicon import word_set
from khorgos.claims.extraction.measures_of_text import UNITS, Measure, after, before
from khorgos.claims.extraction.numerals import (
    CARDINALS,
    FRACTIONS,
    LONGEST_NUMERAL,
    Numeral,
    added,
    cardinal,
    read_numeral,
    scaled,
)
from khorgos.claims.extraction.quantity import Quantity
from khorgos.claims.extraction.quantity_joins import (
    bracketed,
    in_scale_of_sentence,
    in_unit_of_sentence,
    qualified,
    ranged,
    shared,
    with_year_before,
)
from khorgos.claims.extraction.tokens import Token
from khorgos.core.errors import BadInput

_MONTH_WORDS = word_set("quantities", "month_words")
# After a scaled number without a currency these show that money (or a count named before) is meant.
_FREE_AFTER = word_set("quantities", "free_after")
_AFTER_PART = word_set("quantities", "after_part")
_ROUGHLY = word_set("quantities", "roughly")
_ROUGH = 4  # words; chosen because "by at least close to a" fits
_THIRD_OF = frozenset(("country", "countries", "party", "parties", "time", "state", "nation", "quarter", "year"))
_SIGNS = {"-": -1, "+": 1, "\u2013": -1}


def find_quantities(
    tokens: Sequence[Token], taken: Collection[int] = (), *, decimal_commas: bool = False
) -> list[Quantity]:
    """The quantities among tokens.

    Args:
        tokens: of one sentence.
        taken: positions that belong to dates, names and other things.
        decimal_commas: whether the text writes 6,6 for 6.6.

    Returns:
        The quantities in order; plain numbers without scale, unit or currency are left out.
    """
    found: list[Quantity] = []
    position = 0
    while position < len(tokens):
        quantity = None if position in taken else _at(tokens, position, taken)
        if quantity is None:
            position += 1
        else:
            found.append(quantity)
            position = quantity.last
    found = with_decimal_commas(tokens, found, usual=decimal_commas)
    found = with_year_before(tokens, found)
    found = in_scale_of_sentence(tokens, found)
    found = shared(tokens, found)
    found = in_unit_of_sentence(tokens, found)
    found = ranged(tokens, found)
    found = bracketed(tokens, found)
    return [qualified(tokens, quantity, taken) for quantity in found if quantity.sort != "bare"]


def _at(tokens: Sequence[Token], position: int, taken: Collection[int]) -> Quantity | None:
    token = tokens[position]
    if token.sort == "number":
        return _number_first(tokens, position, position, None)
    if token.low == "%" and (behind := _percent_first(tokens, position)) is not None:
        return behind
    money = before().at(tokens, position)
    if money is not None:
        start = position + money[0]
        if start < len(tokens) and tokens[start].low == "." and token.low == "rs":
            start += 1
        if (
            start < len(tokens)
            and tokens[start].sort == "number"
            and start not in taken
            and _is_money_sign(tokens, position)
        ):
            return _number_first(tokens, position, start, money[1][0])
        return None
    if token.low in CARDINALS or token.low in ("a", "an", "half", "one", "several"):
        return _spoken(tokens, position)
    return None


def _percent_first(tokens: Sequence[Token], position: int) -> Quantity | None:
    """ "by %42": the sign stands before its number, as in Turkish."""
    following = position + 1
    if following >= len(tokens) or tokens[following].sort != "number" or not tokens[following].glued:
        return None
    if position and (tokens[position].glued or tokens[position - 1].sort == "number"):
        return None
    plain = _number_first(tokens, position, following, None)
    return replace(plain, sort="percent", unit="percent") if plain is not None and plain.sort == "bare" else None


def _is_money_sign(tokens: Sequence[Token], position: int) -> bool:
    """Whether the words before a number are a currency: "A$5" and "RM 5", not "a $5 bill"."""
    token = tokens[position]
    if token.low == "r":  # "R3.99 billion"
        return token.text == "R" and tokens[position + 1].glued
    if token.sort != "word" or token.low in ("yuan", "us", "usd", "rs"):
        return True
    if tokens[position + 1].low in ("$", "\u00a5"):
        return tokens[position + 1].glued and not token.text.islower()
    return not token.text.islower()


def _numeral(tokens: Sequence[Token], position: int) -> tuple[Numeral, int] | None:
    """A printed number and the token after it; groups of three digits parted by single spaces are one number."""
    last = position + 1
    text = tokens[position].text
    while last < len(tokens) and len(text) <= LONGEST_NUMERAL and _continues(tokens, position, last):
        text += " " + tokens[last].text
        last += 1
    if _is_spaced_comma(tokens, position):
        text, last = f"{text},{tokens[last + 1].text}", last + 2
    try:
        return read_numeral(text), last
    except BadInput:
        return None


def _is_spaced_comma(tokens: Sequence[Token], position: int) -> bool:
    """ "by 16, 3%": a decimal comma with a space behind it."""
    ahead = tokens[position + 1 : position + 4]
    if not position or tokens[position - 1].low != "by" or [t.sort for t in ahead] != ["sign", "number", "sign"]:
        return False
    comma, digit, sign = ahead
    return comma.low == "," and comma.glued and len(digit.text) == 1 and sign.low == "%" and sign.glued


def _continues(tokens: Sequence[Token], first: int, position: int) -> bool:
    """Whether a token is the next group of three digits: "3 413 billion", "5 898 689.99"."""
    here, prior = tokens[position], tokens[position - 1]
    if here.sort != "number" or here.start != prior.end + 1:
        return False
    if not re.fullmatch(r"[0-9]{3}(?:[.,][0-9]{1,2})?", here.text) or not re.fullmatch(r"[0-9]{1,4}", prior.text):
        return False
    most = 4 if re.search(r"[.,]", here.text) else 3  # "5898 689.99" has lost its first space
    return len(tokens[first].text) <= most and (first == 0 or tokens[first - 1].low not in _MONTH_WORDS)


def _number_first(tokens: Sequence[Token], first: int, number: int, money: str | None) -> Quantity | None:
    read = _numeral(tokens, number)
    if read is None:
        return None
    numeral, last = read
    sign, first = _printed_sign(tokens, first, number)
    plain = Quantity(first, last, number, "bare", numeral.value, money, numeral.step, sign=sign, note=numeral.note,
                     scaled=False)  # fmt: skip
    return _measured(tokens, plain, money)


def _printed_sign(tokens: Sequence[Token], first: int, number: int) -> tuple[int, int]:
    """A plus or minus directly before a number (not a hyphen between words or ends of a range)."""
    if first > 0 and tokens[first - 1].low in ("minus", "plus"):
        return (-1 if tokens[first - 1].low == "minus" else 1), first - 1
    for position in {first - 1, number - 1}:
        if position < 0 or tokens[position].low not in _SIGNS:
            continue
        if tokens[position].low == "+" or _is_minus(tokens, position):
            return _SIGNS[tokens[position].low], min(first, position)
    return 0, first


def _is_minus(tokens: Sequence[Token], position: int) -> bool:
    if position + 1 >= len(tokens) or not tokens[position + 1].glued:
        return False
    if position == 0 or not tokens[position].glued:
        return tokens[position].low == "-" or position == 0 or tokens[position - 1].low in ("(", "|", ":", ",")
    # "Billion-2.1%" of a squeezed table is a minus; "2-3%" and "mid-2024" are not
    scale = after().at(tokens, position - 1)
    return (scale is not None and scale[1][0].mark == "scale") or tokens[position - 1].low in ("(", "|", "%", ":")


def _measured(tokens: Sequence[Token], plain: Quantity, money: str | None) -> Quantity | None:
    """Read what follows the number: scale, per cent, currency, unit."""
    last, scale, seen = plain.last, 1.0, False
    found: Measure | None = None
    for _ in range(3):
        step = _next_measure(tokens, last)
        if step is None:
            break
        length, measure = step
        if measure.mark == "scale":
            if seen and scale >= 1e9:
                break
            scale, seen, last = scale * float(measure.value), True, last + length
            part = _second_part(tokens, last, scale) if money is None else None
            if part is not None:
                number, size, last = part
                first = (plain.value or 0.0) * (1e3 * size if size > scale else scale)
                plain, scale = replace(plain, value=added(first / size, number.value), step=number.step), size
            continue
        if money is not None and measure.mark not in ("currency",):
            break
        found, last = measure, last + length
        break
    value, sized = scaled(plain.value or 0.0, scale), scaled(plain.step or 1.0, scale)
    whole = replace(plain, last=last, scaled=seen, value=value, step=sized)
    if money is not None:
        return _compound(tokens, _priced(tokens, replace(whole, sort="money", unit=money)))
    if found is None:
        return _unmeasured(tokens, whole)
    return _by_measure(tokens, whole, found)


def _second_part(tokens: Sequence[Token], position: int, scale: float) -> tuple[Numeral, float, int] | None:
    """ "1 million 645 thousand", "331 thousand 517 units", "93 thousand 400 million": what follows the first scale."""
    if position >= len(tokens) or tokens[position].sort != "number" or len(tokens[position].text) > LONGEST_NUMERAL:
        return None
    read = _numeral(tokens, position)
    step = _next_measure(tokens, read[1]) if read is not None else None
    if read is None or step is None or read[0].value >= 1000:
        return None
    numeral, last = read
    length, measure = step
    if measure.mark == "scale":
        size = float(measure.value)
        return (numeral, size, last + length) if size < scale or scale == 1e3 < size else None
    whole = scale == 1e3 and re.fullmatch("[0-9]{3}", tokens[position].text)
    return (numeral, 1.0, last) if whole and measure.mark in ("unit", "currency") else None


def _tail(tokens: Sequence[Token], whole: Quantity) -> Quantity | None:
    """ "1 billion 313 million US dollars": the second part brings the currency."""
    joined = _compound(tokens, whole)
    if joined is whole:
        return None
    before_it = after().at(tokens, joined.last - 1)
    currency = before_it[1][0] if before_it is not None and before_it[1][0].mark == "currency" else None
    return replace(joined, sort="money", unit=currency.value if currency else None)


def _next_measure(tokens: Sequence[Token], position: int) -> tuple[int, Measure] | None:  # noqa: PLR0911  one rule a return
    if position < len(tokens) and tokens[position].low in ("-", "/") and position + 1 < len(tokens):
        following = after().at(tokens, position)  # "- fold"
        if following is not None:
            return following[0], following[1][0]
        if tokens[position].low == "-" and tokens[position + 1].glued and tokens[position].glued:
            position, extra = position + 1, 1  # "5-percent", "10-million"
        else:
            return None
    else:
        extra = 0
    if position >= len(tokens) or _opens_next(tokens, position):
        return None
    if tokens[position].low == "." and position + 1 < len(tokens) and tokens[position + 1].low == "%":
        position, extra = position + 1, extra + 1  # "27.%": the digit behind the point was lost
    found = after().at(tokens, position)
    if found is None:
        return None
    word = tokens[position]
    if len(word.text) == 1 and word.sort == "word" and not word.glued and word.low not in ("m", "b", "k", "t"):
        return None
    if word.low == "us" and word.text == "us" and found[0] == 1:
        return None
    return found[0] + extra, found[1][0]


def _opens_next(tokens: Sequence[Token], position: int) -> bool:
    """Whether a currency's sign belongs to the number behind it: the second one of "$64-$65 billion"."""
    following = position + 1
    is_sign = tokens[position].sort == "sign" and tokens[position].low != "%"
    return is_sign and following < len(tokens) and tokens[following].sort == "number" and tokens[following].glued


def _by_measure(tokens: Sequence[Token], whole: Quantity, found: Measure) -> Quantity | None:
    value, step = whole.value or 0.0, whole.step or 1.0
    if found.mark == "currency":
        return _compound(tokens, _priced(tokens, replace(whole, sort="money", unit=found.value)))
    if found.mark == "percent":
        return replace(whole, sort="percent", unit="percent")
    if found.mark == "points":
        return replace(whole, sort="points", unit="percentage points")
    if found.mark == "basis":
        value, step = scaled(value, 0.01), scaled(step, 0.01)
        return replace(whole, sort="points", unit="percentage points", value=value, step=step)
    if found.mark == "times":
        return replace(whole, sort="times", unit="times")
    return _goods(whole, found.value)


def _goods(whole: Quantity, unit: str) -> Quantity | None:
    value, step = whole.value or 0.0, whole.step or 1.0
    unit, _, per = unit.partition("/")
    note = whole.note
    if unit == "mt":  # "12.1 mt" of a grain report is million tonnes, "50,000 mt" tonnes
        size = 1e6 if value < 1000 else 1.0
        unit, value, step = "tonne", scaled(value, size), scaled(step, size)
        note = "mt read as million tonnes" if size > 1 else "mt read as metric tons"
    elif unit in UNITS:
        unit, size = UNITS[unit]
        value, step = scaled(value, size), scaled(step, size)
    return replace(whole, sort="goods", unit=unit, value=value, step=step, per=per or None, note=note)


def _unmeasured(tokens: Sequence[Token], whole: Quantity) -> Quantity | None:
    """A number with a scale only may be money whose currency was named before; a plain number is left to tables."""
    if not whole.scaled:
        return replace(whole, sort="bare")
    joined = _tail(tokens, whole)
    if joined is not None:
        return joined
    following = tokens[whole.last].low if whole.last < len(tokens) else "."
    if following not in _FREE_AFTER:
        return replace(whole, sort="bare")
    if following == "of" and (whole.value or 0) < 1e6:
        return replace(whole, sort="bare")
    return replace(whole, sort="money", unit=None)


def _compound(tokens: Sequence[Token], money: Quantity) -> Quantity:
    """ "$6 billion 840.4 million": one amount in two scales."""
    if not money.scaled or money.last >= len(tokens) or tokens[money.last].sort != "number":
        return money
    read = _numeral(tokens, money.last)
    if read is None:
        return money
    numeral, last = read
    step = _next_measure(tokens, last)
    if step is None or step[1].mark != "scale" or float(step[1].value) >= (money.step or 1.0):
        return money
    size = float(step[1].value)
    last += step[0]
    currency = _next_measure(tokens, last)
    if currency is not None and currency[1].mark == "currency":
        last += currency[0]
    more = replace(money, last=last, value=added(money.value or 0.0, scaled(numeral.value, size)),
                   step=scaled(numeral.step, size))  # fmt: skip
    return _compound(tokens, more)


def _priced(tokens: Sequence[Token], money: Quantity) -> Quantity:
    """ "$412 per ton", "$80 a barrel": a price."""
    position = money.last
    if position + 1 >= len(tokens) or tokens[position].low not in ("per", "a", "/", "an", "each"):
        return money
    found = after().at(tokens, position + 1)
    if found is None or found[1][0].mark != "unit":
        return money
    unit = found[1][0].value
    unit = {"mt": "tonne"}.get(unit, unit)
    if unit in UNITS or "/" in unit:
        return money
    return replace(money, last=position + 1 + found[0], per=unit)


def _spoken(tokens: Sequence[Token], position: int) -> Quantity | None:
    """Numbers in words: "two-thirds", "a fifth", "ten percent", "two-and-a-half-fold", "half a billion dollars"."""
    if position and tokens[position - 1].low in ("each", "every"):
        return None  # "of every ten vehicles"
    fraction = _fraction(tokens, position)
    if fraction is not None:
        return fraction
    if tokens[position].low in ("a", "an"):
        return _a_scale(tokens, position)
    for length in range(min(7, len(tokens) - position), 0, -1):
        words = [t.low for t in tokens[position : position + length] if t.low != "-"]
        if tokens[position + length - 1].low == "-":
            continue
        numeral = cardinal(words)
        if numeral is None:
            continue
        last = position + length
        plain = Quantity(position, last, position, "bare", numeral.value, None, numeral.step, scaled=False, spoken=True)
        return _measured(tokens, plain, None)
    return None


def _a_scale(tokens: Sequence[Token], position: int) -> Quantity | None:
    """ "a billion dollars", "a trillion yuan"."""
    step = _next_measure(tokens, position + 1)
    if step is None or step[1].mark != "scale" or float(step[1].value) < 1e6:
        return None
    size = float(step[1].value)
    plain = Quantity(position, position + 1 + step[0], position, "bare", 1.0, None, 1.0, scaled=False, spoken=True)
    following = _next_measure(tokens, position + 1 + step[0])
    if following is None or following[1].mark not in ("currency", "unit"):
        return None
    plain = replace(plain, value=size, step=size, scaled=True, last=position + 1 + step[0] + following[0])
    return _by_measure(tokens, plain, following[1])


def _fraction(tokens: Sequence[Token], position: int) -> Quantity | None:
    """ "two-thirds", "one third", "a quarter", "three quarters", "half": as a percentage."""
    low = tokens[position].low
    if low == "half":
        if position + 1 < len(tokens) and tokens[position + 1].low in ("a", "an"):
            whole = _a_scale(tokens, position + 1)
            return whole and replace(
                whole, first=position, number=position, value=(whole.value or 0) / 2, step=whole.step
            )
        return _half(tokens, position)
    last = position + 1
    if last < len(tokens) and tokens[last].low == "-":
        last += 1
    if last >= len(tokens) or tokens[last].low not in FRACTIONS or low not in ("a", "an", *CARDINALS):
        return None
    parts, below = (1.0 if low in ("a", "an") else float(CARDINALS[low])), FRACTIONS[tokens[last].low]
    following = tokens[last + 1].low if last + 1 < len(tokens) else "."
    told = following in _AFTER_PART or (following not in _THIRD_OF and _is_measure_of_change(tokens, position))
    if parts >= below or (low in ("a", "an") and not told):
        return None
    if tokens[last].low in ("quarter", "half") and following in ("-", "of") and _is_calendar(tokens, last + 1):
        return None
    return _part(position, last + 1, 100 * parts / below, 100 / below)


def _is_measure_of_change(tokens: Sequence[Token], position: int) -> bool:
    """ "down by more than a fifth month-on-month": what a change is measured by."""
    k = position - 1
    while k >= 0 and position - k <= _ROUGH and tokens[k].low in _ROUGHLY:
        k -= 1
    return k >= 0 and tokens[k].low == "by"


def _half(tokens: Sequence[Token], position: int) -> Quantity | None:
    following = tokens[position + 1].low if position + 1 < len(tokens) else "."
    prior = " ".join(t.low for t in tokens[max(0, position - 2) : position])
    if _is_half_of_amount(tokens, position):
        return Quantity(position, position + 1, position, "times", 0.5, "times", 0.05, scaled=False, spoken=True)
    if prior.endswith(("first", "second", "latter", "and a", "the", "-", "this", "that")) or following == "-":
        return None
    if prior.endswith("by") and following in ("to", ",", ".", "in", "from", "and", "over", "year"):
        return _part(position, position + 1, 50.0, 50.0)
    if following in ("of", ",", ".", "the", "its", "their", ")", "all", "in") and not _is_calendar(
        tokens, position + 1
    ):
        return _part(position, position + 1, 50.0, 50.0)
    return None


def _is_half_of_amount(tokens: Sequence[Token], position: int) -> bool:
    """ "16.6 million tons, about half of the 32.9 million tons of 2017": half as much."""
    k = position - 1
    while k >= 0 and tokens[k].low in _ROUGHLY:
        k -= 1
    ahead = [t for t in tokens[position + 1 : position + 5] if t.low not in ("of", "the", "what") and t.sort != "sign"]
    return k > 0 and tokens[k].low in (",", "(", "\u2013") and bool(ahead) and ahead[0].sort == "number"


def _is_calendar(tokens: Sequence[Token], position: int) -> bool:
    """Whether "half" or "quarter" goes on as "half of 2024", "quarter of this year"."""
    return bool(
        re.match(
            r"of (?:the |this |last )?(?:year|20\d\d|19\d\d)", " ".join(t.low for t in tokens[position : position + 3])
        )
    )


def _part(first: int, last: int, value: float, _step: float) -> Quantity:
    # 5 percentage points chosen because "two-thirds" is said of 62% to 72%, and "a fifth" of 18% to 22%
    return Quantity(first, last, first, "percent", round(value, 3), "percent", 5.0, scaled=False, spoken=True)
