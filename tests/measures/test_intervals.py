"""Intervals: what rounding hides, and that arithmetic never loses it."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from khorgos.core.errors import BadInput
from khorgos.measures.intervals import Interval, exact, growth, printed, share

reals = st.floats(-1e6, 1e6)
positive = st.floats(0.01, 1e6)
intervals = st.tuples(reals, reals).map(lambda ends: Interval(min(ends), max(ends)))
positive_intervals = st.tuples(positive, positive).map(lambda ends: Interval(min(ends), max(ends)))
weights = st.floats(0, 1)


def _inside(interval: Interval, weight: float) -> float:
    return min(max(interval.low + weight * (interval.high - interval.low), interval.low), interval.high)


def _holds(interval: Interval, value: float, size: float) -> bool:
    slack = 1e-12 * (1 + abs(size))  # two or three roundings of a double, each 1.1e-16 of the largest term
    return interval.low - slack <= value <= interval.high + slack


@given(intervals, intervals, weights, weights)
def test_arithmetic_holds_every_value(a: Interval, b: Interval, u: float, v: float) -> None:
    x, y = _inside(a, u), _inside(b, v)
    size = max(abs(a.low), abs(a.high)) * max(1, abs(b.low), abs(b.high))

    assert _holds(a + b, x + y, size)
    assert _holds(a - b, x - y, size)
    assert _holds(a * b, x * y, size)


@given(positive_intervals, positive_intervals, weights, weights)
def test_quotients_shares_and_growth_hold_every_value(a: Interval, b: Interval, u: float, v: float) -> None:
    x, y = _inside(a, u), _inside(b, v)

    assert _holds(a / b, x / y, a.high / b.low)
    assert _holds(share(a, b), x / (x + y), 1)
    assert _holds(growth(a, b), 100 * (x / y - 1), 100 * a.high / b.low)


@given(positive_intervals, positive_intervals)
def test_the_ends_of_a_share_are_reached(a: Interval, b: Interval) -> None:
    assert share(a, b).low == pytest.approx(a.low / (a.low + b.high))  # the same two operations
    assert share(a, b).high == pytest.approx(a.high / (a.high + b.low))


@given(reals, st.floats(0, 1e3), st.sampled_from(("rounded", "truncated", "either")))
def test_a_printed_figure_is_within_its_interval_and_either_covers_both(
    value: float, step: float, reading: str
) -> None:
    interval = printed(value, step, reading)  # type: ignore[arg-type]
    either = printed(value, step, "either")

    assert value in interval
    assert either.low <= interval.low
    assert interval.high <= either.high


def test_readings_of_a_figure_printed_with_one_digit() -> None:
    # Orda.kz printed 13.7 for Uzbekistan where The Astana Times has 13.78: cut off, not rounded.
    assert 13.78 not in printed(13.7, 0.1)
    assert 13.78 in printed(13.7, 0.1, "truncated")
    assert 13.65 not in printed(13.7, 0.1, "truncated")
    assert printed(-13.7, 0.1, "truncated") == Interval(-13.799999999999999, -13.7)


def test_soybeans_of_brazil_21_times_its_fair_share() -> None:
    """Hausmann et al. (2011), Atlas of Economic Complexity, Technical Box 2.2, p. 25.

    Exports of "nearly" 11 of 140 billion are 7.8% of Brazil's, soybeans 0.35% of world trade, and the
    book says "around 21 times". The rounded figures divide to 22.3; only their intervals hold 21.
    """
    own = printed(11, 1) / printed(140, 1)
    advantage = own / printed(0.0035, 0.0001)

    assert 0.078 in own
    assert advantage.overlaps(printed(21, 1))
    assert not exact(0.078 / 0.0035).overlaps(printed(21, 1))


def test_the_press_figures_of_2024_agree_through_rounding() -> None:
    """GACC by way of press (January 2025): 64.2 + 30.6 = 94.8, against 94.82 printed elsewhere; 89.4 before."""
    total = printed(64.2, 0.1) + printed(30.6, 0.1)

    assert total.overlaps(printed(94.82, 0.01))
    assert 6.0 in growth(printed(94.8, 0.1), printed(89.4, 0.1))
    assert 6.5 not in growth(printed(94.8, 0.1), printed(89.4, 0.1))


def test_an_error_by_a_factor_of_ten_is_no_rounding() -> None:
    # monvtuan.com printed 6,882.8 billion for China and the USA in 2024, tradepower.net 688.28.
    assert not printed(6882.8, 0.1).overlaps(printed(688.28, 0.01))


@given(intervals)
def test_a_divisor_that_may_be_zero_is_refused(a: Interval) -> None:
    assume(a.low <= 0 <= a.high)
    with pytest.raises(BadInput, match="may be zero"):
        exact(1) / a


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Interval(2, 1), "cannot run from 2 to 1"),
        (lambda: Interval(float("nan"), 1), "cannot run"),
        (lambda: printed(1, -0.1), "cannot be negative"),
        (lambda: share(Interval(-1, 1), exact(1)), "not negative"),
        (lambda: growth(exact(1), Interval(0, 1)), "zero or negative"),
    ],
)
def test_what_has_no_interval_is_refused(make: object, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        make()  # type: ignore[operator]


def test_width_and_exact() -> None:
    assert printed(5, 2).width == 2
    assert printed(5, None) == exact(5)
