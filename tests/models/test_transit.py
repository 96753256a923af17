"""Hours and dollars on the way as a change of trade costs: published anchors, properties, refusals."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.core.errors import BadInput
from khorgos.models.transit import Way, cost_change

HOURS = st.floats(0, 500)
DOLLARS = st.floats(0, 5000)
WORTH = st.floats(0.001, 0.03)


def test_a_day_is_worth_what_the_paper_says() -> None:
    # Hummels and Schaur (2013), abstract: a day is worth as much as an ad valorem tariff of 0.6 to 2.1 per cent.
    for worth in (0.006, 0.021):
        longer = cost_change(Way(hours=0), Way(hours=24), value_of_day=worth, load_value=1.0)
        # exp(v) - 1 against v: v squared over two
        assert longer == pytest.approx(worth, abs=worth**2)


def test_the_railway_by_hand() -> None:
    road = Way(hours=50.1, km=523, speed=51.8, freight=1888)
    rail = Way(hours=40.6, km=523, speed=53.9, freight=804)
    value = 20 * 1.8e9 / 374_000
    days = (40.6 + 523 / 53.9 - 50.1 - 523 / 51.8) / 24
    money = (1 + 804 * 523 / 500 / value) / (1 + 1888 * 523 / 500 / value)
    found = cost_change(road, rail, value_of_day=0.006, load_value=value)

    assert found == pytest.approx(math.exp(0.006 * days) * money - 1, rel=1e-12)  # the same formula in another order
    assert road.usd == pytest.approx(1974.848)  # 1,888 x 523 / 500
    assert -0.015 < found < -0.013


@given(HOURS, HOURS, DOLLARS, DOLLARS, WORTH)
def test_there_and_back_is_no_change(h0: float, h1: float, c0: float, c1: float, worth: float) -> None:
    one, two = Way(hours=h0, dollars=c0), Way(hours=h1, dollars=c1)
    there, back = (cost_change(a, b, value_of_day=worth, load_value=5e4) for a, b in ((one, two), (two, one)))

    assert (1 + there) * (1 + back) == pytest.approx(1.0, rel=1e-12)  # rounding of float64


@given(HOURS, st.floats(0, 500), st.floats(0, 5000), WORTH, st.floats(0.01, 1))
def test_quicker_and_cheaper_is_never_dearer(hours: float, more: float, usd: float, v: float, share: float) -> None:
    slow, quick = Way(hours=hours + more, dollars=usd), Way(hours=hours)
    change = cost_change(slow, quick, value_of_day=v, load_value=5e4)
    part = cost_change(slow, quick, value_of_day=v, load_value=5e4, share=share)

    assert -1 < change <= 1e-12  # rounding of float64
    assert part == pytest.approx(share * change, abs=1e-15)


@given(HOURS, HOURS, DOLLARS, DOLLARS, st.floats(0.1, 10))
def test_the_currency_does_not_matter(h0: float, h1: float, c0: float, c1: float, rate: float) -> None:
    usd = cost_change(Way(hours=h0, dollars=c0), Way(hours=h1, dollars=c1), value_of_day=0.006, load_value=5e4)
    other = cost_change(
        Way(hours=h0, dollars=c0 * rate), Way(hours=h1, dollars=c1 * rate), value_of_day=0.006, load_value=5e4 * rate
    )

    assert other == pytest.approx(usd, rel=1e-9, abs=1e-12)  # rounding of float64


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda: Way(hours=-1), "cannot be negative"),
        (lambda: Way(km=5, speed=0), "cannot be negative"),
        (lambda: Way(speed=50), "A speed needs a length"),
        (lambda: Way(hours=math.nan), "finite"),
        (lambda: cost_change(Way(), Way(hours=1), value_of_day=0.6e2, load_value=1), "cannot be worth"),
        (lambda: cost_change(Way(), Way(hours=1), value_of_day=0.006, load_value=0), "worth more than nothing"),
        (lambda: cost_change(Way(), Way(hours=1), value_of_day=0.006, load_value=1, share=1.2), "up to 100%"),
    ],
)
def test_what_cannot_be_is_refused(change, says) -> None:
    with pytest.raises(BadInput, match=says):
        change()
