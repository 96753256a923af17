"""Scales, currencies and units as they stand beside numbers."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from khorgos.claims.extraction.lexicon import Phrases, rows, word_set
from khorgos.nomenclature.currencies import currencies


class Measure(NamedTuple):
    """What stands after (or, for some currencies, before) a number.

    Args:
        mark: "scale", "percent", "points", "basis", "times", "unit" or "currency".
        value: the scale's size, the unit's or the currency's name.
    """

    mark: str
    value: str


#: Units of the reader that the register of units does not hold: unit there, and how many of it.
UNITS: dict[str, tuple[str, float]] = {
    "kt": ("tonne", 1e3),
    "mmt": ("tonne", 1e6),
    "mcm": ("m3", 1e6),
    "bcm": ("m3", 1e9),
    "bcf": ("cubic foot", 1e9),
    "dal": ("litre", 10.0),
    "GWh": ("kWh", 1e6),
    "TWh": ("kWh", 1e9),
    "thousand kWh": ("kWh", 1e3),
    # USDA, Weights, Measures and Conversion Factors (1992): a bushel of soybeans or wheat is 60 pounds
    "bushel": ("kg", 27.2155),
    # National Cotton Council of America: a statistical bale is 480 pounds
    "bale": ("kg", 217.724),
}

_BEFORE_ONLY = {
    "$": "USD", "us$": "USD", "$us": "USD", "u.s.$": "USD", "us $": "USD", "u.s. $": "USD", "usd": "USD",
    "us dollar": "USD",
    "\u20ac": "EUR", "eur": "EUR", "\u00a3": "GBP", "gbp": "GBP", "\u00a5": "CNY", "cn\u00a5": "CNY", "rmb": "CNY",
    "cny": "CNY", "yuan": "CNY", "rmb\u00a5": "CNY", "cny\u00a5": "CNY", "\u20b9": "INR", "rs": "INR", "rs.": "INR",
    "inr": "INR", "\u20bd": "RUB", "rub": "RUB", "\u20b8": "KZT", "kzt": "KZT", "\u20a9": "KRW", "krw": "KRW",
    "\u20ba": "TRY", "try": "TRY", "\u20be": "GEL", "gel": "GEL", "\u058f": "AMD", "amd": "AMD", "\u20bc": "AZN",
    "azn": "AZN", "uzs": "UZS", "kgs": "KGS", "jpy": "JPY", "vnd": "VND", "myr": "MYR", "rm": "MYR", "a$": "AUD",
    "c$": "CAD", "hk$": "HKD", "s$": "SGD", "nt$": "TWD", "nz$": "NZD", "r$": "BRL", "chf": "CHF", "aed": "AED",
    "thb": "THB", "idr": "IDR", "byn": "BYN", "uah": "UAH", "pln": "PLN", "aud": "AUD", "cad": "CAD", "hkd": "HKD",
    "sgd": "SGD", "brl": "BRL", "sar": "SAR", "pkr": "PKR", "mnt": "MNT", "cnh": "CNY", "r": "ZAR",
}  # fmt: skip

# Names that are words of another kind more often than money.
_TOO_PLAIN = word_set("measures_of_text", "too_plain")


@cache
def after() -> Phrases[Measure]:
    """Scales, currencies and units by the words that follow a number."""
    listed = [(row["phrase"], Measure(row["mark"], row["value"])) for row in rows("measures")]
    known = {phrase for phrase, _ in listed}
    for each in currencies():
        for name in (each.code, each.name, *each.names):
            low = name.lower()
            if low.isascii() and low not in known and low not in _TOO_PLAIN:
                listed.append((low, Measure("currency", each.code)))
                known.add(low)
    listed += [(sign, Measure("currency", code)) for sign, code in _BEFORE_ONLY.items() if not sign[0].isalnum()]
    listed += [("won", Measure("currency", "KRW"))]
    return Phrases(dict.fromkeys(listed))


@cache
def before() -> Phrases[str]:
    """Currencies by the signs and codes that stand before a number."""
    return Phrases(_BEFORE_ONLY.items())
