"""Exchange rates as a relation that queries join: units of a currency per US dollar, by period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa

from khorgos.core.errors import NoData, UnknownName
from khorgos.ledger.relations import Listed, listed
from khorgos.nomenclature.currencies import USD, currencies, rate, rates
from khorgos.nomenclature.periods import Period, month, year, year_to_date

_SCHEMA = pa.schema(
    [
        pa.field("currency", pa.string(), nullable=False),
        pa.field("period", pa.string(), nullable=False),
        pa.field("per_usd", pa.float64(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class RateScope:
    """Which rates a question needs.

    Args:
        currencies: ISO 4217 codes.
        years: calendar years.
        lengths: which periods of these years: "year", "month", "part" (stretches from January).
        periods: further periods.
    """

    currencies: tuple[str, ...]
    years: tuple[int, ...]
    lengths: frozenset[str] = frozenset({"year", "month", "part"})
    periods: tuple[str, ...] = ()


def all_rates(first: int, last: int) -> RateScope:
    """Every currency of the nomenclature over a run of years."""
    return RateScope(tuple(one.code for one in currencies()), tuple(range(first, last + 1)))


@lru_cache(maxsize=16)  # chosen because a session asks in few currencies
def rates_table(scope: RateScope) -> Listed:
    """Period-mean rates, the dollar's own 1 among them; a period without a rate has no row.

    Args:
        scope: which currencies and periods.

    Returns:
        currency, period, per_usd: units of the currency per US dollar, mean of the period
        (`nomenclature.currencies.rate`).
    """
    periods = sorted({str(one) for one in _periods(scope)} | set(scope.periods))
    rows = [
        (code, period, found)
        for code in sorted({USD, *scope.currencies})
        for period in periods
        if (found := _rate(code, period)) is not None
    ]
    return listed(_SCHEMA, rows)


def _periods(scope: RateScope) -> Iterator[Period]:
    numbers = range(1, 13)
    for one in scope.years:
        if "year" in scope.lengths:
            yield year(one)
        if "month" in scope.lengths:
            yield from (month(one, number) for number in numbers)
        if "part" in scope.lengths:
            yield from (year_to_date(one, number) for number in numbers)


def _rate(code: str, period: str) -> float | None:
    if code == USD:
        return 1.0
    if (code, period[:4]) not in _held():
        return None
    try:
        return rate(code, period).per_usd
    except (NoData, UnknownName):
        return None


@lru_cache(maxsize=1)
def _held() -> frozenset[tuple[str, str]]:
    """Currencies and years for which there is any rate."""
    return frozenset((one.currency, one.period[:4]) for one in rates())
