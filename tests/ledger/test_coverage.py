"""The coverage gate: what is missing is weighed, and a sum without it is bounded or refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_makers import filled, flow, parsed, source

from khorgos.core.errors import Refused
from khorgos.ledger.coverage import LARGEST_GAP, bounds, coverage, indicator_coverage, judge
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.store import Ledger

MEMBERS = ("CHN", "DEU", "JPN", "KAZ", "USA")
GDP = "NY.GDP.MKTP.CD"

# GDP and trade of a world whose trade is 56.7% of its GDP. The numbers are made up to give that, and 68.5% when the
# GDP of Japan is missing while its trade is there.
WORLD = {
    "CHN": (14.4, 6.7), "DEU": (4.0, 3.6), "JPN": (8.6, 2.2), "KAZ": (0.2, 0.132), "USA": (22.8, 15.718),
}  # fmt: skip
TRADE = sum(traded for _, traded in WORLD.values())


def _world(empty: Ledger, missing: tuple[str, ...]) -> Ledger:
    """GDP of 2021 and 2022, alike; in 2022 that of some has not been published yet."""
    gdp = [
        {"area": area, "period": year, "indicator": GDP, "value": size, "unit": "USD", "locator": f"{area}{year}"}
        for area, (size, _) in WORLD.items()
        for year in ("2021", "2022")
        if year == "2021" or area not in missing
    ]
    return filled(empty, parsed(gdp, card=source("bank"), table="indicator"))


def test_a_ratio_that_jumps_because_a_big_one_is_missing_is_bounded(empty: Ledger) -> None:
    """World trade over GDP once went from 56.7 to 68.5 per cent that way."""
    ledger = _world(empty, ("JPN",))

    then, now = indicator_coverage(ledger, GDP, MEMBERS)

    assert (then.period, then.state, then.gap) == ("2021", "complete", 0.0)
    assert 100 * TRADE / then.value == pytest.approx(56.7, abs=0.05)  # as printed
    assert 100 * TRADE / now.value == pytest.approx(68.5, abs=0.05)  # as printed
    assert (now.state, [one.area for one in now.missing]) == ("bounded", ["JPN"])
    assert now.gap == pytest.approx(8.6 / 50)
    lower, upper = bounds(now)
    assert 100 * TRADE / upper == pytest.approx(56.7, abs=0.05)  # nothing grew, so the truth is the bound itself
    assert lower == now.value


def test_a_ratio_without_two_big_ones_is_refused(empty: Ledger) -> None:
    ledger = _world(empty, ("JPN", "DEU"))

    (now,) = indicator_coverage(ledger, GDP, MEMBERS, years=(2022,))

    assert now.state == "refused"
    assert now.gap > LARGEST_GAP
    with pytest.raises(Refused, match=r"2022: 2 of 5 members are missing \(Japan, Germany\), 25\.2% of the whole"):
        bounds(now)


def test_trade_is_weighed_by_what_any_source_knows(empty: Ledger) -> None:
    """The missing reporter's weight comes from another source and another year."""
    rows = [flow(area, "KGZ", "export", "2023", 10.0) for area in ("CHN", "DEU", "JPN", "KAZ")]
    old = [flow("USA", "KGZ", "export", year, value) for year, value in (("2019", 5.0), ("2021", 8.0))]
    ledger = filled(empty, parsed(rows), parsed(old, card=source("baci", rank=50)))
    query = FlowQuery(partners=("KGZ",), flows=("export",), years=(2023,), sources=("customs",))

    (found,) = coverage(ledger, query, MEMBERS)

    assert (found.value, found.state) == (40.0, "bounded")
    assert [(one.area, one.period, one.value) for one in found.missing] == [("USA", "2021", 8.0)]
    assert found.gap == pytest.approx(8 / 48)
    assert (found.lower, found.upper) == (40.0, 48.0)


def test_who_never_declared_is_weighed_by_the_mirror(empty: Ledger) -> None:
    rows = [flow(area, "KGZ", "export", "2023", 10.0) for area in ("CHN", "DEU", "JPN", "KAZ")]
    mirror = [flow("KGZ", "USA", "import", "2023", 60.0)]
    ledger = filled(empty, parsed([*rows, *mirror]))
    query = FlowQuery(partners=("KGZ",), flows=("export",), years=(2023,))

    (found,) = coverage(ledger, query, MEMBERS)

    assert [(one.area, one.value) for one in found.missing] == [("USA", 60.0)]
    assert found.state == "refused"


def test_who_is_nowhere_is_named_but_weighs_nothing(empty: Ledger) -> None:
    rows = [flow(area, "KGZ", "export", "2023", 10.0) for area in ("CHN", "DEU", "JPN", "KAZ")]
    ledger = filled(empty, parsed(rows))

    (found,) = coverage(ledger, FlowQuery(partners=("KGZ",), flows=("export",), years=(2023,)), MEMBERS)

    assert (found.state, found.silent) == ("complete", ("USA",))
    assert "1 never had a figure" in found.text


def test_periods_not_named_are_all_that_any_member_has(empty: Ledger) -> None:
    rows = [flow("CHN", "KGZ", "export", str(year), 10.0) for year in (2021, 2023)]
    ledger = filled(empty, parsed(rows))

    found = coverage(ledger, FlowQuery(partners=("KGZ",), flows=("export",)), ("CHN",))

    assert [one.period for one in found] == ["2021", "2023"]


def test_the_missing_grow_as_the_present_have() -> None:
    history = {"CHN": {"2021": 10.0, "2023": 15.0}, "KAZ": {"2021": 2.0}}

    found = judge("2023", ("CHN", "KAZ"), history)

    assert (found.lower, found.upper) == (15.0, 18.0)


@pytest.mark.parametrize(("present", "state"), [(400.0, "bounded"), (399.0, "refused")])
def test_a_fifth_may_be_missing_and_no_more(present: float, state: str) -> None:
    history = {"CHN": {"2023": present}, "KAZ": {"2022": 100.0}}

    assert judge("2023", ("CHN", "KAZ"), history).state == state


_HISTORY = st.dictionaries(
    st.sampled_from(MEMBERS),
    st.dictionaries(st.sampled_from(["2021", "2022", "2023"]), st.floats(0, 1e6), min_size=1),
)


@given(history=_HISTORY)
def test_a_judgement_is_sound(history: dict[str, dict[str, float]]) -> None:
    found = judge("2023", MEMBERS, history)
    there = [area for area in MEMBERS if "2023" in history.get(area, {})]

    assert len(there) + len(found.missing) + len(found.silent) == len(MEMBERS)
    assert found.lower == found.value <= found.upper
    assert 0 <= found.gap <= 1
    assert (found.state == "complete") == (not found.missing)


@given(history=_HISTORY, more=st.floats(0, 1e6))
def test_more_present_is_never_judged_worse(history: dict[str, dict[str, float]], more: float) -> None:
    """A member that comes in with at least what it last had does not widen the gap."""
    before = judge("2023", MEMBERS, history)
    if not before.missing:
        return
    first = before.missing[0]
    came: dict[str, Any] = history | {first.area: history[first.area] | {"2023": first.value + more}}

    assert judge("2023", MEMBERS, came).gap <= before.gap + 1e-12  # sums of doubles
