"""Arithmetic inside a text: every relation holds, holds through rounding, or breaks, and the right claim is blamed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.claims.claim import Claim
from khorgos.claims.consistency import consistency
from khorgos.claims.relations import Relation
from khorgos.claims.stated import amount, stated


def claim(surface: str, kind: str, value: float | None, flow: str, **more: Any) -> Claim:
    span = (0, len(surface))
    base = {"reporter": "CHN", "partner": "KAZ", "period": "2024", "unit": "USD", "qualifier": "exact"}
    spans = {"sentence_span": span, "span": span, "value_span": span}
    return Claim("a", surface, surface=surface, kind=kind, value=value, flow=flow, **(spans | base | more))


def level(surface: str, value: float, flow: str, **more: Any) -> Claim:
    return claim(surface, "level", value, flow, **more)


def only(relations: tuple[Relation, ...], kind: str) -> Relation:
    found = [one for one in relations if one.kind == kind]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("total", "fit"), [(43.9e9, "exact"), (43.8e9, "rounding"), (44.0e9, "rounding"), (45.9e9, "broken")]
)
def test_a_total_is_the_sum_of_its_two_ways(total: float, fit: str) -> None:
    held = consistency(
        [
            level(f"${total / 1e9} billion", total, "total"),
            level("$28.0 billion", 28.0e9, "export"),
            level("$15.9 billion", 15.9e9, "import"),
        ]
    )

    assert only(held.relations, "sum").fit == fit


def test_the_other_sides_wording_is_the_same_flow() -> None:
    held = consistency(
        [
            level("$43.9 billion", 43.9e9, "total"),
            level("$28.0 billion", 28.0e9, "import", reporter="KAZ", partner="CHN", attribution="Chinese customs"),
            level("$15.9 billion", 15.9e9, "export", reporter="KAZ", partner="CHN"),
        ]
    )

    assert only(held.relations, "sum").fit == "exact"
    assert only(held.relations, "sum").sure


def test_two_offices_are_not_held_against_each_other() -> None:
    held = consistency(
        [
            level("$19.7 billion", 19.7e9, "export", partner="KGZ", attribution="Chinese customs"),
            level("$10.4 billion", 10.4e9, "import", reporter="KGZ", partner="CHN", attribution="Kyrgyz statistics"),
        ]
    )

    assert held.blamed() == {}


def test_of_a_broken_growth_the_growth_is_blamed() -> None:
    held = consistency(
        [
            claim("almost 5%", "growth", 5.0, "total", unit="percent", qualifier="nearly"),
            level("$94.8 billion", 94.8e9, "total"),
            level("$89.4 billion", 89.4e9, "total", period="2023"),
        ]
    )

    assert set(held.blamed()) == {0}


def test_a_level_in_two_broken_relations_is_blamed_before_what_rests_on_it() -> None:
    held = consistency(
        [
            level("$9.48 billion", 9.48e9, "total"),
            level("$6.42 billion", 6.42e9, "export"),
            level("$4.06 billion", 4.06e9, "import"),  # 3.06
            claim("2%", "growth", 2.0, "import", unit="percent"),
            level("$3.00 billion", 3.00e9, "import", period="2023"),
            claim("$3.36 billion", "balance", 3.36e9, "balance"),
        ]
    )

    assert set(held.blamed()) == {2}


def test_what_official_figures_support_is_not_blamed() -> None:
    claims = [
        level("$9.5 billion", 9.5e9, "total"),
        level("$6.4 billion", 6.4e9, "export"),
        level("$4.1 billion", 4.1e9, "import"),
    ]

    assert set(consistency(claims).blamed()) == {0, 1, 2}
    assert set(consistency(claims).blamed({0, 1})) == {2}
    assert consistency(claims).blamed({0, 1, 2}) == {}


def test_growth_in_yuan_beside_dollars_is_no_error() -> None:
    held = consistency(
        [
            claim("7.1%", "growth", 7.1, "total", unit="percent"),
            level("$94.8 billion", 94.8e9, "total"),
            level("$89.4 billion", 89.4e9, "total", period="2023"),
        ]
    )

    assert only(held.relations, "growth").fit != "broken"
    assert only(held.relations, "growth").note == "in CNY"


@pytest.mark.parametrize(("times", "fit"), [(11.0, "exact"), (12.0, "exact"), (7.0, "broken")])
def test_up_so_many_times_is_to_it_or_by_it(times: float, fit: str) -> None:
    held = consistency(
        [
            claim(f"{times:.0f} times", "ratio_multiple", times, "export", unit="times", base_period="2023"),
            level("$120 million", 120e6, "export"),
            level("$10.0 million", 10.0e6, "export", period="2023"),
        ]
    )

    assert only(held.relations, "multiple").fit == fit


def test_figures_of_different_things_are_left_alone() -> None:
    held = consistency(
        [
            level("$94.8 billion", 94.8e9, "total"),
            level("$6.4 billion", 6.4e9, "export", product="cotton"),
            level("$3.1 billion", 3.1e9, "import"),
            claim("5%", "growth", 5.0, "total", unit="percent", period="2023"),
        ]
    )

    assert held.relations == ()


def test_members_may_not_exceed_their_group() -> None:
    held = consistency(
        [
            level("$60.0 billion", 60.0e9, "total", partner="Central Asia"),
            level("$43.8 billion", 43.8e9, "total"),
            level("$22.7 billion", 22.7e9, "total", partner="KGZ"),
        ]
    )

    assert only(held.relations, "members").fit == "broken"


def test_a_deficits_growth_is_of_its_size() -> None:
    held = consistency(
        [
            claim("$55.2 billion", "balance", -55.2e9, "balance", period="2019-06"),
            claim("$55.3 billion", "balance", -55.3e9, "balance", period="2019-05"),
            claim("-0.3%", "growth", -0.3, "balance", unit="percent", period="2019-06", base_period="2019-05"),
        ]
    )

    assert only(held.relations, "growth").fit == "rounding"


@given(exports=st.floats(1e9, 9e10), imports=st.floats(1e9, 9e10), decimals=st.tuples(*[st.integers(0, 2)] * 3))
def test_figures_rounded_from_true_ones_never_break(
    exports: float, imports: float, decimals: tuple[int, int, int]
) -> None:
    def printed(value: float, places: int, flow: str) -> Claim:
        shown = round(value / 1e9, places)
        return level(f"{shown:.{places}f} billion", shown * 1e9, flow, rounding=10.0 ** (9 - places))

    held = consistency(
        [
            printed(exports + imports, decimals[0], "total"),
            printed(exports, decimals[1], "export"),
            printed(imports, decimals[2], "import"),
        ]
    )

    assert held.blamed() == {}


@pytest.mark.parametrize(
    ("surface", "value", "step"),
    [
        ("$94.8 billion", 94.8e9, 1e8),
        ("US$1.9", 1.9e9, 1e8),
        ("748,8 million", 748.8e6, 1e5),
        ("111,603 tons", 111603.0, 1.0),
        ("3 413 billion", 3413e9, 1e9),
        ("2.8 billion U.S. dollars", 2.8e9, 1e8),
    ],
)
def test_the_step_of_the_last_digit_is_read_from_the_surface(surface: str, value: float, step: float) -> None:
    number = stated(level(surface, value, "total"))

    assert number is not None
    assert number.nearest.width == pytest.approx(step)  # a product of floats


def test_words_widen_to_their_own_side() -> None:
    nearly, over, about = (amount(40e9, 1e9, word) for word in ("nearly", "more_than", "approx"))

    assert nearly.loose.low == 36e9
    assert nearly.loose.high == 40.5e9
    assert over.loose.low == 39.5e9
    assert over.loose.high > 100e9
    assert about.loose.low < 39e9
    assert about.loose.high > 41e9
