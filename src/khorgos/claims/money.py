"""Exchange rates as far as claims need them: whose currency, and how its price changed between two periods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from types import MappingProxyType

from khorgos.core.errors import KhorgosError
from khorgos.nomenclature.currencies import rate

#: Offices that publish growth in their own currency; the others of the region publish in dollars.
_OWN = MappingProxyType(
    {"CHN": "CNY", "EU": "EUR", "EU27": "EUR", "EA": "EUR", "RUS": "RUB", "JPN": "JPY", "KOR": "KRW", "DEU": "EUR"}
)
# A period's mean rate differs from the rates of the days on which goods passed. Chosen because China's
# table of 2024 at the mean rate is within 0.1% of the dollars it printed for the year, and months stray further.
RATE_SLACK = 0.006


def local_currencies(sides: Iterable[str], stated: str | None = None) -> Iterator[str]:
    """Currencies in which growth may be stated: the one named, else those of the sides' offices, and the dollar."""
    if stated is not None:
        yield stated
        return
    yield from dict.fromkeys([*(_OWN[side] for side in sides if side in _OWN), "USD"])


@lru_cache(maxsize=4096)  # chosen because a text has fewer periods and currencies
def per_usd(code: str, period: str) -> float | None:
    """Units of a currency per US dollar, mean of the period; None where no rate is known."""
    try:
        return rate(code, period).per_usd
    except KhorgosError:
        return None


def rate_ratio(of: str, into: str, now: str, base: str) -> float | None:
    """By which factor growth in one currency becomes growth in another; None where a rate is missing."""
    prices = [per_usd(code, period) for code, period in ((into, now), (of, base), (of, now), (into, base))]
    if any(price is None for price in prices):
        return None
    into_now, of_base, of_now, into_base = (price for price in prices if price is not None)
    return into_now * of_base / (of_now * into_base)


def converted(value: float, of: str, into: str, period: str) -> float | None:
    """An amount in another currency at the period's mean rate; None where a rate is missing."""
    if of == into:
        return value
    theirs, own = per_usd(of, period), per_usd(into, period)
    return None if theirs is None or own is None else value / theirs * own
