"""What holds of any registry: order, days, steps, stacking."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khorgos.core.errors import BadInput
from khorgos.core.tariffs import TariffGroup, TariffMeasure, TariffRegistry
from khorgos.ledger.tariffs import tariff_registry
from khorgos.measures.tariffs import in_force, timeline

D, DAY = dt.date, dt.timedelta(days=1)
LINES = ("5201", "5202", "5301", "8471")
GROUPS = {
    "one": TariffGroup("one", "One"),
    "two": TariffGroup("two", "Two"),
    "three": TariffGroup("three", "Three", yields_to=("one",)),
}
FIRST = D(2018, 1, 1)


@st.composite
def registries(draw: st.DrawFn) -> TariffRegistry:
    """Some measures that do not contradict each other."""
    measures: list[TariffMeasure] = []
    for number in range(draw(st.integers(1, 6))):
        begins = FIRST + DAY * draw(st.integers(1, 300))
        one = TariffMeasure(
            id=f"m{number}",
            group=draw(st.sampled_from(sorted(GROUPS))),
            imposer="CHN",
            rates={"USA": float(draw(st.integers(0, 200)))},
            announced=begins,
            begins=begins,
            ends=begins + DAY * draw(st.integers(0, 200)) if draw(st.booleans()) else None,
            products=draw(st.sampled_from([(), ("52",), ("5201",), ("53", "8471")])),
            legal="act",
            source="gazette",
        )
        try:
            _registry((*measures, one))
        except BadInput:
            continue
        measures.append(one)
    return _registry(tuple(measures))


def _registry(measures: tuple[TariffMeasure, ...]) -> TariffRegistry:
    return TariffRegistry(measures, GROUPS, {}, FIRST, D(2019, 12, 31), {"CHN": LINES})


def duties(registry: TariffRegistry, day: dt.date) -> dict[str, float]:
    return {one.code: one.high for one in in_force(registry, "CHN", "USA", day)}


@given(registries())
def test_before_every_measure_there_is_nothing(registry: TariffRegistry) -> None:
    assert set(duties(registry, FIRST).values()) == {0.0}


@given(registries(), st.integers(0, 600))
def test_the_stack_is_the_sum_by_its_rule(registry: TariffRegistry, days: int) -> None:
    day = FIRST + DAY * days
    for code, found in duties(registry, day).items():
        bears = [
            one
            for one in registry.measures
            if one.in_force(day) and (not one.products or any(code.startswith(p) for p in one.products))
        ]
        one = any(m.group == "one" for m in bears)
        by_hand = sum(m.rates["USA"] or 0.0 for m in bears if not (m.group == "three" and one))
        assert found == pytest.approx(by_hand)


@given(registries(), st.integers(0, 600), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(registry: TariffRegistry, days: int, chance: random.Random) -> None:
    rows = list(registry.measures)
    chance.shuffle(rows)
    day = FIRST + DAY * days

    assert duties(replace(registry, measures=tuple(rows)), day) == duties(registry, day)


@given(registries())
@settings(max_examples=40)
def test_a_timelines_steps_are_what_is_in_force_on_each_day(registry: TariffRegistry) -> None:
    steps = timeline(registry, "CHN", "USA", FIRST, D(2019, 6, 30))

    assert steps[0].begins == FIRST
    assert steps[-1].ends == D(2019, 6, 30)
    assert all(one.ends + DAY == other.begins for one, other in itertools.pairwise(steps))
    for step in steps:
        for day in {step.begins, step.begins + (step.ends - step.begins) // 2, step.ends}:
            found = duties(registry, day)
            assert step.most == max(found.values())
            assert step.least == min(found.values())
            assert step.high == pytest.approx(sum(found.values()) / len(found))


@pytest.mark.parametrize(("imposer", "target"), [("USA", "KAZ"), ("CHN", "USA"), ("USA", "CHN")])
def test_the_steps_of_the_registry_are_what_is_in_force(imposer: str, target: str) -> None:
    registry, products = tariff_registry(), ("2709", "5201", "7208", "8541", "9503")
    for step in timeline(registry, imposer, target, FIRST, D(2026, 8, 31), products=products):
        for day in (step.begins, step.ends):
            rows = in_force(registry, imposer, target, day, products)
            assert step.most == max(row.high for row in rows)
            assert step.low == pytest.approx(sum(row.low for row in rows) / len(rows))


def test_the_order_of_the_registrys_rows_changes_nothing() -> None:
    registry = tariff_registry()
    turned = replace(registry, measures=tuple(reversed(registry.measures)))
    for target, day in (("CHN", D(2025, 11, 20)), ("GBR", D(2025, 7, 1)), ("CAN", D(2026, 3, 1))):
        products = ("7208", "7610", "8703", "8541", "2203")
        asked = [in_force(one, "USA", target, day, products) for one in (registry, turned)]
        assert [(row.code, row.low, row.high) for row in asked[0]] == [
            (row.code, row.low, row.high) for row in asked[1]
        ]
