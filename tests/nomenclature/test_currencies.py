"""Currencies: names, published rates read again from their prints, conversions that invert, and honest fallbacks."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from khorgos.core.errors import BadInput, NoData, UnknownName
from khorgos.nomenclature.currencies import Currency, Rate, alternatives, convert, currencies, currency, rate, rates

KEPT = st.sampled_from(rates())
#: Doubles: three multiplications and divisions.
ROUNDING = 1e-12


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("yuan", "CNY"),
        ("Renminbi", "CNY"),
        ("RMB", "CNY"),
        ("人民币", "CNY"),
        ("tenge", "KZT"),
        ("som", "KGS"),
        ("soum", "UZS"),
        ("sum", "UZS"),
        ("ruble", "RUB"),
        ("rouble", "RUB"),
        ("somoni", "TJS"),
        ("lari", "GEL"),
        ("dram", "AMD"),
        ("€", "EUR"),
        ("yen", "JPY"),
        ("won", "KRW"),
        (" US  dollar ", "USD"),
        ("usd", "USD"),
    ],
)
def test_reads_names(text: str, code: str) -> None:
    assert currency(text) == code


@given(st.sampled_from(currencies()))
def test_every_name_finds_its_currency(each: Currency) -> None:
    for name in (each.code, each.name, *each.names):
        assert currency(name) == each.code


@pytest.mark.parametrize(("text", "said"), [("manat", "AZN.*TMT"), ("¥", "CNY.*JPY"), ("peso", "MXN.*PHP")])
def test_a_name_of_two_currencies_is_not_guessed(text: str, said: str) -> None:
    with pytest.raises(UnknownName, match=said):
        currency(text)


def test_an_unknown_currency_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="KZT"):
        currency("tengge")


@pytest.mark.parametrize(
    ("code", "period", "series", "printed"),
    [
        # Federal Reserve, G.5A of 4 January 2016, 4 January 2021 and 1 February 2024
        ("CNY", 2013, "fed", 6.1478),
        ("CNY", 2015, "fed", 6.2827),
        ("CNY", 2020, "fed", 6.9042),
        ("CNY", 2023, "fed", 7.0809),
        ("JPY", 2018, "fed", 110.3974),
        ("KRW", 2022, "fed", 1291.7796),
        ("INR", 2014, "fed", 61.00),
        # quoted in dollars for one unit
        ("EUR", 2013, "fed", 1 / 1.3281),
        ("EUR", 2023, "fed", 1 / 1.0817),
        ("GBP", 2021, "fed", 1 / 1.3764),
        ("EUR", 2024, "ecb", 1 / 1.0824),
        # National Statistical Committee of the Kyrgyz Republic, table 4.02.00.01
        ("KGS", 2013, "nbkr", 48.44),
        ("KGS", 2023, "nbkr", 87.8561),
        # World Bank, PA.NUS.FCRF, one decimal
        ("KZT", 2016, "wdi", 342.2),
        ("UZS", 2018, "wdi", 8069.6),
        # National Bureau of Statistics of China
        ("CNY", 2024, "nbs", 7.1217),
    ],
)
def test_published_rates(code: str, period: int, series: str, printed: float) -> None:
    # the print itself, or one division of it in doubles
    assert rate(code, period, series=series).per_usd == pytest.approx(printed, rel=ROUNDING)


def test_the_dollar_is_the_dollar() -> None:
    assert rate("dollar", "2013-04").per_usd == 1.0


def test_the_yuan_defaults_to_the_customs_own_rate_and_keeps_the_others() -> None:
    found = {each.series: each.per_usd for each in alternatives("CNY", 2024)}

    assert found == {"gacc": 7.1160, "nbs": 7.1217, "fed": 7.1957}
    assert rate("CNY", 2024).series == "gacc"
    assert rate("CNY", 2023).series == "nbs"


@pytest.mark.parametrize(
    ("yuan", "dollars"),
    # yuan: customs table of December 2024, 10,000 yuan; dollars: the customs' figures as printed by The Astana Times,
    # January 2025. None of these was used to derive the rate.
    [
        (31179753, 43.82),  # Kazakhstan
        (16164138, 22.71),  # Kyrgyzstan
        (9806473, 13.78),  # Uzbekistan
        (7577767, 10.65),  # Turkmenistan
        (2746542, 3.86),  # Tajikistan
    ],
)
def test_the_customs_rate_turns_their_yuan_table_into_their_dollar_figures(yuan: int, dollars: float) -> None:
    converted = convert(yuan * 1e4, "CNY", "USD", 2024)

    # half a step of the printed figure, and 0.02% because the customs convert month by month
    assert converted == pytest.approx(dollars * 1e9, abs=0.005e9 + 2e-4 * dollars * 1e9)


@given(st.integers(2013, 2023), st.sampled_from(["CNY", "EUR"]))
def test_two_official_means_of_a_year_are_near(year: int, code: str) -> None:
    first, second, *_ = alternatives(code, year)

    # the People's Bank holds the parity within 2% of the market (since 2014); yearly means stay within 0.9%
    assert first.per_usd == pytest.approx(second.per_usd, rel=0.009)


def test_the_customs_own_rate_for_nine_months() -> None:
    found = rate("CNY", "2024-01..2024-09", series="gacc")

    # General Administration of Customs: 36021.87 - 3700.75 bn yuan, and 4545.818016 bn dollars
    assert found.per_usd == pytest.approx((36021.87003 - 3700.74754) / 4545.818016, abs=0.00005)  # four decimals kept
    assert found.how_sure == "derived"


def test_a_month_without_a_mean_takes_the_years_and_says_so() -> None:
    found = rate("CNY", "2024-04")

    assert (found.per_usd, found.period) == (7.1160, "2024-04")
    assert "Mean of the year 2024" in found.note


def test_months_make_up_a_part_year() -> None:
    found = rate("CNY", "2024-04..2024-06", series="fed")

    assert found.per_usd == pytest.approx((7.2374 + 7.2327 + 7.2547) / 3, rel=ROUNDING)
    assert found.note == "Simple mean of the months"


@pytest.mark.parametrize(("code", "period"), [("CNY", 1999), ("GEL", 2020), ("CNY", "2023-11..2024-02"), ("RUB", 2024)])
def test_no_rate_is_invented(code: str, period: int | str) -> None:
    with pytest.raises(NoData, match="No mean rate"):
        rate(code, period)


def test_an_unknown_series_names_those_there_are() -> None:
    with pytest.raises(UnknownName, match="gacc, nbs, fed"):
        rate("CNY", 2024, series="imf")


@given(KEPT, st.floats(1e-6, 1e15))
def test_conversions_invert(kept: Rate, value: float) -> None:
    there = convert(value, "USD", kept.currency, kept.period)

    assert convert(there, kept.currency, "USD", kept.period) == pytest.approx(value, rel=ROUNDING)


@given(KEPT, KEPT, st.floats(1e-6, 1e15))
def test_the_way_over_the_dollar_is_the_direct_way(a: Rate, b: Rate, value: float) -> None:
    if b.currency not in {r.currency for r in rates() if r.period == a.period}:
        return
    direct = convert(value, a.currency, b.currency, a.period)
    by_dollar = convert(convert(value, a.currency, "USD", a.period), "USD", b.currency, a.period)

    assert direct == pytest.approx(by_dollar, rel=ROUNDING)


def test_missing_stays_missing_and_the_same_stays_the_same() -> None:
    assert convert(None, "CNY", "USD", 2024) is None
    assert convert(5.0, "GEL", "lari", 1999) == 5.0


@given(KEPT)
def test_every_rate_has_its_source(kept: Rate) -> None:
    assert kept.source
    assert kept.url.startswith("http")
    assert 0 < kept.rounding / kept.per_usd <= 0.021  # one decimal of 4.8 somoni is the coarsest print kept
    assert kept.how_sure == "read" or kept.note


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_a_rate_checks_itself(value: float) -> None:
    with pytest.raises(BadInput, match="above zero"):
        Rate("CNY", "2024", value, "nbs", "s", "u", "read", 0.1)


@pytest.mark.shared
def test_kyrgyz_rates_are_those_of_the_office(shared: Path) -> None:
    folder = shared / "data" / "trade" / "national_statistics_eurasia" / "data" / "kyrgyzstan_data"
    (path,) = folder.glob("4.02.00.01*")
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    years, dollars = (next(row for row in rows if row[2] == name)[3:] for name in ("Items", "Average for period"))
    printed = {int(y): float(v) for y, v in zip(years, dollars, strict=True) if str(y).strip() and int(y) >= 2013}

    for year, value in printed.items():
        assert rate("KGS", year).per_usd == pytest.approx(value, abs=5e-5)  # kept to four decimals
