"""Duties in force on a day: published rates, and the rules by which they stack."""

from __future__ import annotations

import datetime as dt

import pytest

from khorgos.core.errors import BadInput
from khorgos.ledger.tariffs import tariff_registry
from khorgos.measures.tariffs import Stack, in_force

D = dt.date


def asked(imposer: str, target: str, on: dt.date, *products: str) -> tuple[Stack, ...]:
    return in_force(tariff_registry(), imposer, target, on, products)


def one(imposer: str, target: str, on: dt.date, product: str) -> Stack:
    """The line, where all lines under a heading bear the same added duty."""
    rows = asked(imposer, target, on, product)
    assert len({(row.low, row.high) for row in rows}) == 1, f"{product} is not of one rate"
    return rows[-1]


def test_soybeans_bear_three_and_twenty_five() -> None:
    # NOTE.md of policy/china_retaliation: "soybeans 3+25=28".
    found = one("CHN", "USA", D(2018, 7, 6), "1201901000")

    assert (found.ordinary, found.low, found.high) == (3.0, 25.0, 25.0)


@pytest.mark.parametrize(
    ("product", "day", "rate"),
    [
        ("27011210", D(2025, 2, 10), 15.0),  # SCCTC announcement 2025 No. 1, annex 1: coal and LNG 15, crude oil 10
        ("27111100", D(2025, 2, 10), 15.0),
        ("27090000", D(2025, 2, 10), 10.0),
        ("27090000", D(2025, 2, 9), 0.0),
        ("02071200", D(2025, 3, 10), 15.0),  # announcement 2025 No. 2, annex 1: frozen whole chicken
        ("02071200", D(2025, 3, 9), 0.0),
    ],
)
def test_chinas_duties_of_2025(product: str, day: dt.date, rate: float) -> None:
    own = {"cn-2025-1", "cn-2025-2"}
    points = [
        sum(levy.high for levy in row.levies if levy.measure.group in own) for row in asked("CHN", "USA", day, product)
    ]

    assert set(points) == {rate}


@pytest.mark.parametrize(
    ("imposer", "target", "day", "peak"),
    [
        ("USA", "CHN", D(2025, 4, 10), 145.0),  # EO 14266: 125 with the 20 of EO 14228
        ("USA", "CHN", D(2025, 5, 13), 145.0),
        ("USA", "CHN", D(2025, 5, 14), 30.0),  # Geneva: 10 with the 20
        ("USA", "CHN", D(2025, 11, 10), 20.0),
        ("USA", "KAZ", D(2025, 4, 9), 27.0),
        ("USA", "KAZ", D(2025, 4, 10), 10.0),
        ("USA", "KAZ", D(2025, 8, 7), 25.0),
        ("USA", "KAZ", D(2026, 2, 24), 10.0),
        ("USA", "KAZ", D(2026, 7, 24), 12.5),
        ("USA", "KGZ", D(2026, 7, 24), 0.0),
    ],
)
def test_duties_on_all_goods(imposer: str, target: str, day: dt.date, peak: float) -> None:
    # Toys (9503) stand on no list of section 301 that applied, on none of section 232, and on no exemption.
    assert one(imposer, target, day, "95030000").high == peak


@pytest.mark.parametrize(
    ("day", "rate"),
    [(D(2025, 4, 9), 0), (D(2025, 4, 10), 84), (D(2025, 4, 12), 125), (D(2025, 5, 13), 125), (D(2025, 5, 14), 10)],
)
def test_chinas_duty_on_all_goods(day: dt.date, rate: float) -> None:
    rows = asked("CHN", "USA", day)
    general = {sum(levy.high for levy in row.levies if levy.measure.group == "cn-reciprocal") for row in rows}

    assert general == {rate}


def test_the_reciprocal_tariff_is_not_on_goods_of_section_232_and_fentanyl_is() -> None:
    groups = {levy.measure.group for row in asked("USA", "CHN", D(2025, 7, 1), "720810") for levy in row.levies}

    assert "us-232-steel" in groups
    assert "us-reciprocal" not in groups
    assert "us-fentanyl-china" in groups


def test_exempt_goods_bear_no_reciprocal_tariff() -> None:
    # EO 14257, annex II (0508.00.00) and the memorandum of 2025-04-11 (8471.30.01).
    for code in ("84713001", "05080000"):
        groups = {levy.measure.group for row in asked("USA", "CHN", D(2025, 4, 20), code) for levy in row.levies}
        assert "us-reciprocal" not in groups


def test_a_later_act_stands_in_place_of_the_earlier() -> None:
    # 89 FR 76581: solar cells 50 from 2024-09-27, in place of what they bore before.
    rows = asked("USA", "CHN", D(2024, 9, 27), "85414200")

    assert [(levy.measure.id, levy.high) for levy in rows[0].levies] == [("us-301-review-50", 50.0)]


def test_what_the_statistics_do_not_show_makes_a_range() -> None:
    found = one("USA", "MEX", D(2025, 6, 1), "09011100")

    assert (found.low, found.high) == (0.0, 25.0)
    assert found.levies[0].measure.only_if


def test_a_continuing_duty_whose_force_was_not_seen_is_presumed() -> None:
    levies = {levy.measure.id: levy for levy in one("CHN", "USA", D(2026, 8, 1), "27090000").levies}

    assert levies["cn-2025-1-annex-2-crude"].presumed
    assert not {levy.measure.id: levy for levy in one("CHN", "USA", D(2025, 4, 1), "27090000").levies}[
        "cn-2025-1-annex-2-crude"
    ].presumed


def test_before_every_measure_there_is_nothing() -> None:
    for imposer, target in (("CHN", "USA"), ("USA", "CHN"), ("USA", "KAZ"), ("KAZ", "CHN")):
        rows = in_force(tariff_registry(), imposer, target, D(2018, 1, 1), ("52", "8471"))
        assert rows
        assert all(row.low == row.high == 0 for row in rows)
        assert all(levy.measure.kind == "ordinary" for row in rows for levy in row.levies)


def test_a_day_before_the_record_is_refused() -> None:
    with pytest.raises(BadInput, match="begins on 2018-01-01; 2017-12-31 is before it"):
        asked("CHN", "USA", D(2017, 12, 31), "5201")


def test_a_word_is_no_code() -> None:
    with pytest.raises(BadInput, match="'cotton' is no HS code"):
        asked("CHN", "USA", D(2025, 1, 1), "cotton")
