"""Groups of areas as composed on a day."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.core.errors import BadInput, NoData, UnknownName
from khorgos.nomenclature.areas import Area, get
from khorgos.nomenclature.groups import Membership, expand, groups, members, memberships
from khorgos.nomenclature.periods import parse_period

KNOWN = [group for group in groups() if memberships(group.id)]
GROUPS = st.sampled_from(KNOWN)
DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2030, 12, 31))
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("group", "on", "count"),
    [
        # European Commission, history of enlargement: 6, 9, 10, 12, 15, 25, 27, 28, 27
        ("EU", "1972-12-31", 6),
        ("EU", "1973-01-01", 9),
        ("EU", "1981-01-01", 10),
        ("EU", "1986-01-01", 12),
        ("EU", "1995-01-01", 15),
        ("EU", "2004-05-01", 25),
        ("EU", "2007-01-01", 27),
        ("EU", "2013-07-01", 28),
        ("EU", "2020-01-31", 28),
        ("EU", "2020-02-01", 27),
        ("EU27", "1990-01-01", 27),
        ("EU27", None, 27),
        ("EU28", None, 28),
        ("EU15", None, 15),
        ("EU25", None, 25),
        ("EA", "1999-01-01", 11),
        ("EA", "2022-12-31", 19),
        ("EA", "2023-01-01", 20),
        ("EA", "2026-01-01", 21),
        ("EAEU", "2015-01-01", 3),
        ("EAEU", "2015-01-02", 4),
        ("EAEU", "2015-08-11", 4),
        ("EAEU", "2015-08-12", 5),
        ("BRICS", "2010-01-01", 4),
        ("BRICS", "2023-12-31", 5),
        ("BRICS", "2024-01-01", 9),
        ("BRICS", "2025-01-06", 10),
        ("SCO", "2016-12-31", 6),
        ("SCO", "2017-06-09", 8),
        ("SCO", "2024-07-04", 10),
        ("ASEAN", "1967-08-08", 5),
        ("ASEAN", "2025-10-25", 10),
        ("ASEAN", "2025-10-26", 11),
        ("RCEP", "2023-06-02", 15),
        ("G7", "2024", 7),
        ("G20", "2024", 19),
        ("APEC", "2024", 21),
        ("OECD", "2024", 38),
        ("NATO", "2024-03-07", 32),
        ("OPEC", "2024-01-01", 12),
        ("GCC", "2024", 6),
        ("EFTA", "1994-12-31", 7),
        ("EFTA", "1995-01-01", 4),
        ("CA5", None, 5),
        ("SC3", None, 3),
        ("ARAB", "2024", 22),
        ("LDC", None, 45),  # UN list before Bangladesh, Lao PDR and Nepal leave in November 2026
    ],
)
def test_size_on_a_day(group: str, on: str | None, count: int) -> None:
    assert len(members(group, on)) == count


def test_who_is_in() -> None:
    assert members("CA5") == ("KAZ", "KGZ", "TJK", "TKM", "UZB")
    assert members("SC3") == ("ARM", "AZE", "GEO")
    assert "GBR" in members("EU", "2019")
    assert "GBR" not in members("EU27", "2019")
    assert "GEO" in members("CIS", "2008")
    assert "GEO" not in members("CIS", "2009")
    assert "ITA" in members("BRI", "2020")
    assert "ITA" not in members("BRI", "2024")
    assert "CSK" in members("VISEGRAD", "1992-06-30")
    assert "SUN" in members("WLD", "1985")
    assert "SUN" not in members("WLD", "1995")
    assert "KAZ" in members("WLD", "1995")


def test_a_period_counts_by_its_last_day() -> None:
    assert "HRV" in members("EU", "2013")
    assert "HRV" not in members("EU", "2013-06")
    assert members("EU", parse_period("2013-06")) == members("EU", dt.date(2013, 6, 30))


@given(GROUPS, DAYS)
def test_members_are_countries_in_order_and_once(group: Area, on: dt.date) -> None:
    found = members(group.id, on)
    assert list(found) == sorted(set(found))
    assert {get(one).kind for one in found} <= {"country", "dissolved"}


@given(GROUPS)
def test_stretches_of_one_member_do_not_overlap(group: Area) -> None:
    for one in {stretch.area for stretch in memberships(group.id)}:
        own = [stretch for stretch in memberships(group.id) if stretch.area == one]
        own.sort(key=lambda stretch: stretch.valid_from or dt.date.min)
        assert all(a.valid_to and b.valid_from and a.valid_to <= b.valid_from for a, b in pairwise(own))


@given(GROUPS)
def test_membership_begins_on_its_first_day_and_ends_before_its_last(group: Area) -> None:
    for stretch in memberships(group.id):
        if stretch.valid_from:
            assert stretch.area in members(group.id, stretch.valid_from)
        if stretch.valid_to:
            assert stretch.area in members(group.id, stretch.valid_to - DAY)


@given(GROUPS, DAYS, DAYS)
def test_a_union_only_grows_where_nobody_left(group: Area, one: dt.date, other: dt.date) -> None:
    early, late = sorted((one, other))
    left = {s.area for s in memberships(group.id) if s.valid_to and early < s.valid_to <= late}
    assert set(members(group.id, early)) - left <= set(members(group.id, late))


@given(GROUPS, DAYS)
def test_members_of_the_day_existed_on_that_day(group: Area, on: dt.date) -> None:
    # A month's grace, because the CIS began in December 1991, before the day that ended the Soviet Union.
    dated = {s.area for s in memberships(group.id) if s.valid_from and s.valid_from + 31 * DAY <= on and s.holds(on)}
    assert [one for one in dated if not get(one).exists(on)] == []


def test_every_membership_has_a_source_and_says_when_no_date_is_known() -> None:
    for group in KNOWN:
        for stretch in memberships(group.id):
            assert stretch.source, stretch
            assert stretch.precision in ("day", "month", "year", "unknown"), stretch
    assert {stretch.precision for stretch in memberships("BRI")} >= {"unknown", "year", "day"}


def test_parts_add_up() -> None:
    whole = set(members("ASIA"))
    parts = [set(members(part)) for part in ("CA5", "EASIA", "SEASIA", "SASIA", "WASIA")]
    assert set().union(*parts) == whole
    assert sum(map(len, parts)) == len(whole)
    assert set(members("EU27")) == set(members("EU", "2024"))
    assert set(members("EU28")) == set(members("EU", "2019"))
    assert set(members("EU27-2007")) == set(members("EU", "2010"))
    assert set(members("EU25")) == set(members("EU", "2005"))
    assert set(members("EU15")) == set(members("EU", "2000"))
    for size in (19, 20, 21):
        on = {19: "2020", 20: "2024", 21: "2026"}[size]
        assert set(members(f"EA{size}")) == set(members("EA", on))


def test_expand_keeps_the_order_and_drops_doubles() -> None:
    assert expand(["USA", "SC3", "ARM", "CA5"]) == ("USA", "ARM", "AZE", "GEO", "KAZ", "KGZ", "TJK", "TKM", "UZB")
    assert expand([]) == ()
    assert expand(["XBK"]) == ("XBK",)


def test_errors() -> None:
    with pytest.raises(BadInput, match="no group"):
        members("KAZ")
    with pytest.raises(UnknownName):
        members("ca5")
    with pytest.raises(NoData, match="not recorded"):
        members("IMF-MECA")
    with pytest.raises(BadInput):
        members("EU", "last year")
    with pytest.raises(BadInput):
        Membership("EU", "KAZ", dt.date(2000, 1, 1), dt.date(2000, 1, 1), "day", "nobody")
