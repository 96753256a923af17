"""Units: exact definitions, conversions that invert, scales as tables print them, per cent and points kept apart."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.core.errors import BadInput, UnknownName
from khorgos.nomenclature.units import (
    Unit,
    change,
    convert_quantity,
    from_percent,
    percent,
    percentage_points,
    scale,
    split_scale,
    unit,
    units,
)

UNITS = st.sampled_from(units())
#: Doubles: the factors are exact fractions, only the result is rounded.
ROUNDING = 1e-15


@pytest.mark.parametrize(
    ("value", "from_", "to", "result"),
    [
        (1, "barrel", "litre", 158.987294928),  # NIST SP 811, B.8
        (1, "lb", "kg", 0.45359237),  # NIST SP 811, B.8
        (1, "short ton", "kg", 907.18474),  # NIST SP 811, B.8
        (1, "long ton", "kg", 1016.0469088),  # NIST SP 811, B.8
        (1, "troy ounce", "g", 31.1034768),  # NIST Handbook 44, appendix C
        (5, "carat", "g", 1.0),  # NIST SP 811, B.8: 200 mg
        (1, "cubic foot", "m3", 0.028316846592),  # NIST SP 811, B.8
        (1, "kWh", "J", 3.6e6),  # SI
        (1, "toe", "GJ", 41.868),  # IEA, Energy Statistics Manual (2005), annex 3
        (1, "mmbtu", "GJ", 1.05505585262),  # NIST SP 811, B.8
        (1, "bcm", "m3", 1e9),
        (1, "Mt", "tonne", 1e6),
        (1, "MT", "tonne", 1.0),
        (1, "FEU", "TEU", 2.0),
        (3, "pairs", "items", 6.0),
        (1, "mile", "km", 1.609344),  # NIST SP 811, B.8
        (1, "тыс. тонн", "kg", 1e6),
    ],
)
def test_published_factors(value: float, from_: str, to: str, result: float) -> None:
    assert convert_quantity(value, from_, to) == pytest.approx(result, rel=ROUNDING)


@given(UNITS, UNITS, st.floats(-1e15, 1e15, allow_nan=False))
def test_conversions_invert(a: Unit, b: Unit, value: float) -> None:
    if a.dimension != b.dimension:
        with pytest.raises(BadInput, match=a.dimension):
            convert_quantity(value, a.id, b.id)
        return
    back = convert_quantity(convert_quantity(value, a.id, b.id), b.id, a.id)

    # two roundings to a double; the smallest quantity kept is 1e-300, where doubles still have all their digits
    assert back == pytest.approx(value, rel=4 * ROUNDING, abs=1e-300)


@given(UNITS)
def test_every_name_finds_its_unit(each: Unit) -> None:
    for name in (each.id, *each.names):
        assert unit(name).id == each.id
    assert each.source


def test_missing_stays_missing() -> None:
    assert convert_quantity(None, "tonne", "kg") is None


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_no_number_is_refused(value: float) -> None:
    with pytest.raises(BadInput, match="finite"):
        convert_quantity(value, "tonne", "kg")


def test_gas_in_cubic_metres_is_not_energy() -> None:
    with pytest.raises(BadInput, match="calorific value"):
        convert_quantity(1.0, "bcm", "TWh")


def test_unknown_units_name_the_nearest() -> None:
    with pytest.raises(UnknownName, match="tonne"):
        unit("tonns")


def test_a_unit_is_larger_than_nothing() -> None:
    with pytest.raises(BadInput, match="larger"):
        Unit("nothing", "mass", Fraction(0), (), "")


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("", 1),
        ("thousand", 1e3),
        ("млн", 1e6),
        ("mn", 1e6),
        ("bn", 1e9),
        ("billion", 1e9),
        ("trn", 1e12),
        ("10,000", 1e4),
        ("万", 1e4),
        ("亿", 1e8),
        ("Hundred Million", 1e8),
    ],
)
def test_scales(text: str, factor: float) -> None:
    assert scale(text) == factor


def test_an_unknown_scale_is_not_guessed() -> None:
    with pytest.raises(UnknownName, match="scale"):
        scale("zillion")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("thousand USD", (1e3, "USD")),
        ("10,000 yuan", (1e4, "yuan")),
        ("USD 1,000", (1e3, "USD")),
        ("USD million", (1e6, "USD")),
        ("millions of dollars", (1e6, "dollars")),
        ("hundred million yuan", (1e8, "yuan")),
        ("million tonnes", (1e6, "tonnes")),
        ("USD", (1.0, "USD")),
        ("", (1.0, "")),
    ],
)
def test_scales_over_tables(text: str, read: tuple[float, str]) -> None:
    assert split_scale(text) == read


@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_percent_and_points_are_kept_apart(before: float, after: float) -> None:
    # per cent of growth over a share equal points divided by the earlier share; three operations in doubles
    assert percent(change(before, after)) == pytest.approx(
        percentage_points(before, after) / before, rel=1e-9, abs=1e-9
    )


def test_a_share_from_a_fifth_to_a_quarter() -> None:
    assert percentage_points(0.20, 0.25) == pytest.approx(5.0, rel=1e-14)  # binary fractions
    assert percent(change(0.20, 0.25)) == pytest.approx(25.0, rel=1e-14)  # binary fractions


@given(st.floats(-1e6, 1e6))
def test_percent_goes_there_and_back(value: float) -> None:
    assert percent(from_percent(value)) == pytest.approx(value, rel=4 * ROUNDING, abs=1e-300)  # two roundings


@pytest.mark.parametrize("before", [0.0, -1.0, math.nan])
def test_growth_from_nothing_says_nothing(before: float) -> None:
    with pytest.raises(BadInput, match="says nothing"):
        change(before, 1.0)
