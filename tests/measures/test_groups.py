"""Groups: sums behind the coverage gate, and the publisher's own figure beside them."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure_makers import FIGURE, Row, amounts, ask, by, cell, few, one

from khorgos.core.errors import BadInput
from khorgos.ledger.coverage import LARGEST_GAP
from khorgos.measures.statements.groups import (
    LEAST_COVERAGE,
    Member,
    group_levels,
    group_sums,
    judge_groups,
    memberships_of,
)
from khorgos.measures.statements.levels import level, levels
from khorgos.measures.statements.relation import among, where
from khorgos.nomenclature.groups import members

FIVE = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
CA5: tuple[Member, ...] = tuple(("CA5", member, 0, 12 * 9999) for member in FIVE)

EXPORTS = level(FIGURE, "export")
SUMS = group_sums(EXPORTS, CA5)
WITH_PRINTED = group_levels(
    group_sums(where(EXPORTS, among("partner", FIVE)), CA5), where(EXPORTS, among("partner", ["CA5"]))
)

#: China's trade with each of the five in 2024, USD bn (The Astana Times, 15 January 2025, citing GACC).
TOTALS_2024 = {"KAZ": 43.82, "KGZ": 22.71, "UZB": 13.78, "TKM": 10.65, "TJK": 3.86}

worlds = st.dictionaries(st.tuples(st.sampled_from(FIVE), st.sampled_from((2022, 2023, 2024))), amounts, min_size=1)


def _rows(world: dict[tuple[str, int], float], **more: object) -> list[Row]:
    return [cell("CHN", partner, "export", year, value, **more) for (partner, year), value in world.items()]


def _codes(rows: list[Row]) -> set[str]:
    return {finding.code for finding in judge_groups(pa.Table.from_pylist(rows))}


def test_the_five_make_94_8_billion() -> None:
    rows = [cell("CHN", partner, "total", 2024, value, rounding=0.01) for partner, value in TOTALS_2024.items()]
    found = ask(group_sums(FIGURE, CA5), rows)[0]

    assert found["value"] == pytest.approx(94.82)  # four additions of doubles
    assert found["value_high"] - found["value_low"] == pytest.approx(0.05)  # five figures of two digits
    assert (found["method"], found["n_members"], found["coverage"]) == ("sum of members", 5, 1.0)


@few
@given(worlds)
def test_the_gate_by_brute_force(world: dict[tuple[str, int], float]) -> None:
    found = {int(row["period"]): row for row in ask(SUMS, _rows(world))}
    largest = {p: max((v for (q, _), v in world.items() if q == p), default=None) for p in FIVE}
    known = sum(v for v in largest.values() if v is not None)

    for year in (2022, 2023, 2024):
        there = {p: world[p, year] for p in FIVE if (p, year) in world}
        if not there:
            assert year not in found
            continue
        missing = [p for p in FIVE if p not in there and largest[p] is not None]
        row = found[year]
        coverage = sum(largest[p] or 0 for p in there) / known
        assert row["missing"] == missing
        assert row["silent"] == [p for p in FIVE if largest[p] is None]
        assert row["coverage"] == pytest.approx(coverage)  # one division
        if not missing or coverage >= 0.999:
            assert row["value"] == pytest.approx(sum(there.values()))  # whole dollars
        else:
            assert row["value"] is None
            assert row["method"] == ("bounded" if coverage >= LEAST_COVERAGE else "refused")
        if missing and coverage >= LEAST_COVERAGE:
            assert row["value_low"] == pytest.approx(sum(there.values()))  # whole dollars
            upper = sum(there.values()) + sum(largest[p] or 0 for p in missing)
            assert row["value_high"] == pytest.approx(upper)  # whole dollars


def test_a_sum_without_its_largest_member_is_never_printed_bare() -> None:
    """World trade over GDP once jumped from 56.7 to 68.5 per cent because large reporters were missing."""
    world = {(p, y): v for p, v in (("KAZ", 60.0), ("KGZ", 30.0), ("TJK", 6.0)) for y in (2022, 2023, 2024)}
    without = {key: value for key, value in world.items() if key not in (("KAZ", 2022), ("TJK", 2023))}
    found = ask(SUMS, _rows(without))

    refused, bounded = one(found, period="2022"), one(found, period="2023")
    assert (refused["value"], refused["value_low"], refused["method"]) == (None, None, "refused")
    assert (bounded["value"], bounded["value_low"], bounded["value_high"]) == (None, 90.0, 96.0)
    assert _codes(found) >= {"refused", "partial-coverage"}
    assert (refused["missing"], bounded["missing"]) == (["KAZ"], ["TJK"])
    assert pytest.approx(1 - LARGEST_GAP) == LEAST_COVERAGE  # the ledger's own gate


def test_a_member_that_never_traded_is_silent_as_a_partner_and_fatal_as_a_reporter() -> None:
    partners = ask(SUMS, _rows({("KAZ", 2024): 3.0}))[0]
    reporters = [row | {"reporter": row["partner"], "partner": "CHN"} for row in _rows({("KAZ", 2024): 3.0})]
    reported = ask(group_sums(EXPORTS, CA5, "reporter"), reporters)[0]

    assert (partners["value"], partners["silent"]) == (3.0, ["KGZ", "TJK", "TKM", "UZB"])
    assert "silent-members" in _codes([partners])
    assert (reported["value"], reported["method"], reported["reporter"]) == (None, "refused", "CA5")


def test_the_publishers_own_figure_comes_first_and_the_sum_stays_beside_it() -> None:
    rows = [cell("CHN", p, "export", 2024, v, converted=True, source="gacc") for p, v in TOTALS_2024.items()]
    printed = cell("CHN", "CA5", "export", 2024, 94.8, rounding=0.1, source="headlines")
    found = ask(WITH_PRINTED, [*rows, printed])[0]

    assert (found["value"], found["method"]) == (94.8, "printed")
    assert found["alternative"] == pytest.approx(94.82)  # four additions of doubles
    assert (found["alternative_method"], found["alternative_source"]) == ("sum of members", "gacc")


def test_the_sum_in_the_currency_asked_for_comes_before_a_converted_figure() -> None:
    rows = [cell("CHN", p, "export", 2024, v, source="gacc") for p, v in TOTALS_2024.items()]
    found = ask(WITH_PRINTED, [*rows, cell("CHN", "CA5", "export", 2024, 94.1, converted=True, source="headlines")])[0]

    assert (found["method"], found["alternative"]) == ("sum of members", 94.1)


def test_a_printed_figure_stands_alone_where_members_are_missing() -> None:
    rows = [cell("CHN", p, "export", 2024, v) for p, v in TOTALS_2024.items()]
    printed = cell("CHN", "CA5", "export", 2025, 106.3, rounding=0.1, source="headlines")
    found = one(ask(WITH_PRINTED, [*rows, cell("CHN", "KAZ", "export", 2025, 48.7), printed]), period="2025")

    assert (found["value"], found["alternative"]) == (106.3, None)
    assert found["missing"] == ["KGZ", "TJK", "TKM", "UZB"]
    assert "incomplete-alternative" in _codes([found])


def test_members_that_come_from_several_sources_are_told() -> None:
    rows = [cell("CHN", "KAZ", "export", 2024, 3.0, source="a"), cell("CHN", "KGZ", "export", 2024, 2.0, source="b")]

    assert "mixed-sources" in _codes(ask(SUMS, rows))


def test_groups_of_all_levels_at_once() -> None:
    rows = [
        cell("CHN", partner, flow, 2024, value)
        for partner, pair in (("KAZ", (28.0, 16.0)), ("TKM", (1.0, 9.6)))
        for flow, value in zip(("export", "import"), pair, strict=True)
    ]
    two = tuple(member for member in CA5 if member[1] in ("KAZ", "TKM"))
    found = by(ask(group_sums(levels(FIGURE), two), rows), "flow")

    assert found["total"] == pytest.approx(54.6)  # three additions of doubles
    assert found["balance"] == pytest.approx(3.4)  # 12.0 - 8.6


@pytest.mark.parametrize("group", ["CA5", "EU27", "EU28", "EAEU", "ASEAN"])
@pytest.mark.parametrize("day", ["1996-12-31", "2012-12-31", "2013-07-31", "2020-01-31", "2024-12-31"])
def test_membership_months_are_those_of_the_nomenclature(group: str, day: str) -> None:
    last = dt.date.fromisoformat(day)
    month = 12 * last.year + last.month - 1
    found = tuple(sorted({member for _, member, first, end in memberships_of((group,)) if first <= month < end}))

    assert found == members(group, last)


def test_members_count_in_the_periods_of_their_membership() -> None:
    joined = (("EAEU", "RUS", 0, 12 * 9999), ("EAEU", "KGZ", 12 * 2015 + 7, 12 * 9999))
    rows = [cell("CHN", p, "export", y, v) for p, v in (("RUS", 35.0), ("KGZ", 4.0)) for y in (2014, 2016)]
    found = by(ask(group_sums(EXPORTS, joined), rows), "period")

    assert found == {"2014": 35.0, "2016": 39.0}


def test_what_cannot_be_grouped_is_refused() -> None:
    with pytest.raises(BadInput, match="not as 'flow'"):
        group_sums(EXPORTS, CA5, "flow")
    with pytest.raises(BadInput, match="between 0 and 1"):
        group_sums(EXPORTS, CA5, least=1.5)
