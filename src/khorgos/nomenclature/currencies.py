"""Currencies: their codes, what people call them, and mean rates of periods with whose they are."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from khorgos.core.errors import BadInput, NoData, UnknownName
from khorgos.nomenclature.periods import Period, parse_period, year

USD = "USD"

#: "read": in the publisher's own table; "second hand": in another work that names the publisher; "stated": known to us
#: but not read anywhere we can point to; "derived": computed from official figures.
HowSure = Literal["read", "second hand", "stated", "derived"]
_HOW_SURE: dict[str, HowSure] = {how: how for how in ("read", "second hand", "stated", "derived")}

#: The order in which a currency's series are asked. For the yuan the mean of the central parity comes first, because
#: China's customs convert at the central parity: the market's mean of 2024 is 1.0% off the published dollar figures.
# Figures in yuan are China's customs figures, and the customs turn them into dollars at rates of their own.
_PREFERENCE: Mapping[str, tuple[str, ...]] = MappingProxyType({"CNY": ("gacc", "nbs", "fed")})
_USUAL = ("fed", "ecb", "nbkr", "cbr", "wdi", "peg")

_AMBIGUOUS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "manat": ("AZN", "TMT"),
        "¥": ("CNY", "JPY"),
        "rupee": ("INR", "PKR"),
        "rupees": ("INR", "PKR"),
        "peso": ("MXN", "PHP"),
        "pesos": ("MXN", "PHP"),
        "leu": ("MDL", "RON"),
        "krone": ("NOK", "DKK"),
        "rial": ("IRR",),
        "riyal": ("SAR",),
        "franc": ("CHF",),
    }
)


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency.

    Args:
        code: ISO 4217.
        name: English name.
        names: what else people call it.
    """

    code: str
    name: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """The mean price of a dollar in a currency over a period.

    Args:
        currency: ISO 4217.
        period: the period asked for.
        per_usd: units of the currency for one US dollar.
        series: short name of the publisher's series, see alternatives().
        source: publisher and title.
        url: where the publisher prints it.
        how_sure: how we know it.
        rounding: step of the last printed digit, in units of the currency for one dollar.
        note: what a reader should know: another period's mean, a coarse print, a second hand.
    """

    currency: str
    period: str
    per_usd: float
    series: str
    source: str
    url: str
    how_sure: HowSure
    rounding: float
    note: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.per_usd) and self.per_usd > 0):
            raise BadInput(
                f"A rate is finite and above zero, not {self.per_usd}", where=f"{self.currency} {self.period}"
            )


@cache
def currencies() -> tuple[Currency, ...]:
    """All currencies that khorgos can read.

    Source: ISO 4217, list of currency codes; names hand-kept.
    """
    rows = csv.DictReader(_lines("currencies.csv"))
    return tuple(Currency(r["code"], r["name"], tuple(n for n in r["names"].split("|") if n)) for r in rows)


def _lines(name: str) -> list[str]:
    return files("khorgos.nomenclature").joinpath(f"data/{name}").read_text(encoding="utf-8").splitlines()


@cache
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for each in currencies():
        for name in (each.code, each.name, *each.names):
            if found.setdefault(name.casefold(), each.code) != each.code:
                raise BadInput(f"The name {name!r} stands for two currencies", where="currencies.csv")
    return found


def currency(text: str) -> str:
    """The ISO 4217 code of a currency.

    Args:
        text: a code, a name or a sign: "CNY", "renminbi", "rouble", "€", "тенге".

    Returns:
        The code.

    Raises:
        UnknownName: if no currency, or more than one, has that name ("manat").
    """
    wanted = " ".join(str(text).split()).casefold()
    if wanted in _by_name():
        return _by_name()[wanted]
    if wanted in _AMBIGUOUS:
        names = {c.code: c.name for c in currencies()}
        raise UnknownName(text, "currency", [f"{code} ({names[code]})" for code in _AMBIGUOUS[wanted]])
    from rapidfuzz import process

    near = process.extract(wanted, _by_name().keys(), limit=3, score_cutoff=70)
    raise UnknownName(
        text, "currency", dict.fromkeys(_by_name()[name] for name, _, _ in near), "Write the ISO 4217 code"
    )


@cache
def _rates() -> dict[tuple[str, str, str], Rate]:
    """Rate by currency, series and period."""
    titles = {row["series"]: f"{row['publisher']}, {row['title']}" for row in csv.DictReader(_lines("rate_series.csv"))}
    found = {}
    for row in csv.DictReader(_lines("rates.csv")):
        rate_ = _read(row, titles)
        found[rate_.currency, rate_.series, rate_.period] = rate_
    return found


def _read(row: Mapping[str, str], titles: Mapping[str, str]) -> Rate:
    printed, step = float(row["printed"]), float(row["rounding"])
    turned = row["quoted"] == "USD per unit"
    return Rate(
        currency=row["currency"],
        period=str(parse_period(row["period"])),
        per_usd=1 / printed if turned else printed,
        series=row["series"],
        source=titles[row["series"]],
        url=row["url"],
        how_sure=_HOW_SURE[row["how_sure"]],
        rounding=step / printed**2 if turned else step,
        note=row["note"],
    )


def rates() -> tuple[Rate, ...]:
    """All rates as kept, by currency, series and period; for joining to tables of values."""
    return tuple(_rates()[key] for key in sorted(_rates()))


def _series(code: str) -> Iterator[str]:
    """The series that a currency has, in order of preference."""
    known = {series for owner, series, _ in _rates() if owner == code}
    yield from (s for s in _PREFERENCE.get(code, _USUAL) if s in known)


def alternatives(currency_: str, period: str | int) -> tuple[Rate, ...]:
    """All official means of a currency over a period, the default first.

    Args:
        currency_: a code or name.
        period: `2024`, `2024-03` or `2024-01..2024-05`.

    Returns:
        One rate a series that has the period or all its months; empty if none has.
    """
    code, wanted = currency(currency_), parse_period(period)
    found = (_exact(code, series, wanted) for series in _series(code))
    return tuple(r for r in found if r is not None)


def rate(currency_: str, period: str | int, *, series: str | None = None) -> Rate:
    """The mean rate of a currency over a period.

    A month or part-year without a mean of its own takes the mean of its months if all are there, else the mean of the
    year in the same series, and says so in the note.

    Args:
        currency_: a code or name.
        period: `2024`, `2024-03` or `2024-01..2024-05`.
        series: one of the currency's series, in place of the default ("gacc", then "nbs" for the yuan).

    Returns:
        The rate, with its source.

    Raises:
        UnknownName: if the currency or its series is unknown.
        NoData: if no series has the period or its year.
    """
    code, wanted = currency(currency_), parse_period(period)
    if code == USD:
        return Rate(USD, str(wanted), 1.0, "definition", "The dollar itself", "", "read", 0.0)
    known = tuple(_series(code))
    if series is not None and series not in known:
        raise UnknownName(series, f"series of {code}", known)
    for each in (series,) if series is not None else known:
        if found := _exact(code, each, wanted) or _of_the_year(code, each, wanted):
            return found
    raise NoData(f"No mean rate of {code} for {wanted}", hint=_what_there_is(code, known))


def _what_there_is(code: str, known: Sequence[str]) -> str:
    years = sorted({p for owner, s, p in _rates() if owner == code and s in known and len(p) == 4})
    return f"There are rates for {years[0]} to {years[-1]}" if years else "Give the values in US dollars"


def _exact(code: str, series: str, wanted: Period) -> Rate | None:
    """The series' own mean of the period, else the mean of its months if all are there."""
    kept = _rates()
    if found := kept.get((code, series, str(wanted))):
        return found
    months = [kept.get((code, series, str(month))) for month in wanted.each_month()]
    known = [month for month in months if month is not None]
    if len(known) < len(months) or len(months) < 2:
        return None
    mean = math.fsum(m.per_usd for m in known) / len(known)
    rounding = max(m.rounding for m in known)
    note = "Simple mean of the months"
    return replace(known[0], period=str(wanted), per_usd=mean, how_sure="derived", rounding=rounding, note=note)


def _of_the_year(code: str, series: str, wanted: Period) -> Rate | None:
    whole = year(wanted.year)
    if wanted == whole or wanted.last_day > whole.last_day:
        return None
    found = _rates().get((code, series, str(whole)))
    if found is None:
        return None
    note = " ".join(filter(None, (f"Mean of the year {whole}: {wanted} has none in this series.", found.note)))
    return replace(found, period=str(wanted), note=note)


def convert(
    value: float | None, from_: str, to: str, period: str | int, *, series: Mapping[str, str] | None = None
) -> float | None:
    """A value in another currency, at the mean rates of its period.

    v_to = v_from / per_usd(from) * per_usd(to)

    Args:
        value: in units of `from_`; None stays None.
        from_: a currency.
        to: a currency.
        period: the period in which the value arose.
        series: series by currency code, where not the default.

    Returns:
        The value in units of `to`.

    Raises:
        UnknownName: if a currency is unknown.
        NoData: if a rate is not known.
    """
    a, b = currency(from_), currency(to)
    if value is None or a == b:
        return value
    chosen = series or {}
    return value / rate(a, period, series=chosen.get(a)).per_usd * rate(b, period, series=chosen.get(b)).per_usd
