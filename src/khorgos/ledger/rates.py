"""Exchange rates as a relation that queries can join: units of a currency per US dollar, by period."""

from __future__ import annotations

import importlib
from functools import lru_cache

import pyarrow as pa

from khorgos.nomenclature.periods import year_to_date

_SCHEMA = pa.schema(
    [
        pa.field("currency", pa.string(), nullable=False),
        pa.field("period", pa.string(), nullable=False),
        pa.field("per_usd", pa.float64(), nullable=False),
    ]
)


@lru_cache(maxsize=1)
def rates_table() -> pa.Table:
    """Period-mean rates of every currency that the nomenclature knows, the dollar's own 1 among them.

    A stretch from January that has no rate of its own has the mean of its months.

    Returns:
        currency, period, per_usd: units of the currency per US dollar, mean of the period.
    """
    try:
        currencies = importlib.import_module("khorgos.nomenclature.currencies")
    except ModuleNotFoundError:
        return _SCHEMA.empty_table()
    rates = {(one.currency, str(one.period)): float(one.value) for one in currencies.all_rates()}
    rates = _stretches(rates) | rates
    rates |= {("USD", period): 1.0 for _, period in rates}
    columns = zip(*((currency, period, rate) for (currency, period), rate in sorted(rates.items())), strict=True)
    return pa.table(dict(zip(_SCHEMA.names, map(list, columns), strict=True)), schema=_SCHEMA)


def _stretches(rates: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Means of the months from January on, for as long as no month is missing."""
    means: dict[tuple[str, str], float] = {}
    for currency, year in {(currency, period[:4]) for currency, period in rates if len(period) == 7}:
        total = 0.0
        for number in range(1, 13):
            rate = rates.get((currency, f"{year}-{number:02d}"))
            if rate is None:
                break
            total += rate
            means[currency, str(year_to_date(int(year), number))] = total / number
    return means
