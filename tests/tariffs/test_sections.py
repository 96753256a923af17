"""Duties by SITC section: what `rates` says by another road, who weighs by whose imports, identities."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow.compute as pc
import pytest

from khorgos.core.errors import BadInput
from khorgos.ledger.tariffs import import_weights, tariff_registry
from khorgos.measures.tariffs import rates
from khorgos.measures.tariffs.sections import SECTIONS, section_rates

PEAK = dt.date(2025, 4, 12)


def test_sections_weighed_by_their_imports_make_the_average_of_all_goods() -> None:
    registry, weights = tariff_registry(), import_weights()
    whole = rates(registry, "USA", ["CHN"], [PEAK], weights=weights).to_pylist()[0]
    (found,) = section_rates(registry, "USA", ["CHN"], [PEAK], weights=weights)
    ends = []
    mine = weights.filter(pc.equal(weights["partner"], "CHN"))
    for digit in SECTIONS:  # the whole is a mean of sections: it lies between their ends
        k = int(digit)
        ends += [found.low[0, k], found.high[0, k]]

    assert min(ends) <= whole["low"] <= whole["high"] <= max(ends)
    assert mine.num_rows > 1000
    assert found.own == (True,)


def test_a_duty_on_all_goods_is_the_same_in_every_section() -> None:
    # The United States' 10% of 5 April 2025 fell on all goods of Kazakhstan but the exempt (Annex II) and those under
    # section 232: no section bears more than 10 and the duty on metals.
    (found,) = section_rates(tariff_registry(), "USA", ["KAZ"], [PEAK], weights=import_weights())

    assert found.own == (False,)
    assert found.low[0, 0] == pytest.approx(10.0)  # food: no exemption, no section 232
    assert (found.low <= found.high + 1e-12).all()  # rounding of means
    assert (found.low >= 0).all()


def test_members_of_the_european_union_are_weighed_by_its_imports() -> None:
    registry, weights = tariff_registry(), import_weights()
    (found,) = section_rates(registry, "USA", ["DEU", "FRA", "EU27"], [PEAK], weights=weights)

    assert found.own == (True, True, True)
    np.testing.assert_array_equal(found.low[0], found.low[1])
    np.testing.assert_array_equal(found.low[0], found.low[2])


def test_before_the_war_nothing_was_added() -> None:
    first = dt.date(2018, 1, 1)
    for imposer, target in (("USA", "CHN"), ("CHN", "USA")):
        (found,) = section_rates(tariff_registry(), imposer, [target], [first])
        assert not found.high.any()


def test_days_asked_together_are_the_days_asked_alone() -> None:
    days = [dt.date(2023, 7, 1), PEAK]
    together = section_rates(tariff_registry(), "CHN", ["USA"], days)

    for day, found in zip(days, together, strict=True):
        (alone,) = section_rates(tariff_registry(), "CHN", ["USA"], [day])
        np.testing.assert_array_equal(found.high, alone.high)
        assert found.on == day


def test_a_day_before_the_record_is_refused() -> None:
    with pytest.raises(BadInput, match="begins on 2018-01-01"):
        section_rates(tariff_registry(), "USA", ["CHN"], [dt.date(2017, 12, 31)])
