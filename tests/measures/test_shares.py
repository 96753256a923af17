"""Shares, their change in points, and ranks."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure_makers import FIGURE, PARTNERS, Row, amounts, ask, by, cell, few, one

from khorgos.measures.intervals import Interval, printed
from khorgos.measures.statements.levels import level
from khorgos.measures.statements.relation import among, where
from khorgos.measures.statements.shares import (
    LEAST_PARTNERS,
    judge_universe,
    rank,
    share,
    share_change,
    share_of,
    summed,
    widest,
)

EXPORTS = level(FIGURE, "export")
SHARE, RANK = share(EXPORTS), rank(EXPORTS)

panels = st.dictionaries(st.sampled_from(PARTNERS), amounts, min_size=1, max_size=len(PARTNERS))


def _exports(panel: dict[str, float], year: int = 2024, **more: object) -> list[Row]:
    return [cell("CHN", partner, "export", year, value, **more) for partner, value in panel.items()]


@pytest.mark.parametrize(
    ("part", "whole", "published"),
    [
        (19.47e12, 41.76e12, 46.6),  # Belt and Road partners
        (5.51e12, 41.76e12, 13.2),  # European Union
        (4.67e12, 41.76e12, 11.2),  # United States
        (22.36e12, 41.76e12, 53.5),  # private enterprises
        (12.61e12, 41.76e12, 30.2),  # foreign-invested enterprises
        (25.5e12, 39.79e12, 64.1),  # general trade, January-November 2024 (CGTN, 10 December 2024)
    ],
)
def test_shares_of_chinas_trade(part: float, whole: float, published: float) -> None:
    """GACC, Review of China's Foreign Trade in 2023, 12 January 2024 (english.customs.gov.cn)."""
    rows = [
        cell("CHN", "USA", "total", 2023, part, rounding=1e10),
        cell("CHN", "WLD", "total", 2023, whole, rounding=1e10),
    ]
    statement = share_of(where(FIGURE, among("partner", ["USA"])), where(FIGURE, among("partner", ["WLD"])))
    found = ask(statement, rows)[0]

    assert round(100 * found["value"], 1) == published
    # 53.5 is outside the interval of the rounded levels, 53.53 to 53.56: it is rounded itself
    assert Interval(100 * found["value_low"], 100 * found["value_high"]).overlaps(printed(published, 0.1))


@few
@given(panels)
def test_shares_sum_to_one_and_are_those_of_numpy(panel: dict[str, float]) -> None:
    found = by(ask(SHARE, _exports(panel)), "partner")
    values = np.array(list(panel.values()))

    assert sum(found.values()) == pytest.approx(1)  # seven divisions of doubles
    assert [found[partner] for partner in panel] == pytest.approx(list(values / values.sum()))  # the same divisions


@few
@given(panels, st.integers(1, 10**6))
def test_the_interval_of_a_share_holds_every_reading(panel: dict[str, float], step: int) -> None:
    rows = _exports(panel, rounding=float(step))
    found = {row["partner"]: row for row in ask(SHARE, rows)}
    whole = sum(panel.values())

    for partner, value in panel.items():
        row = found[partner]
        if value < step / 2:
            continue
        rest_high = sum(v + step / 2 for p, v in panel.items() if p != partner)
        assert row["value_low"] == pytest.approx((value - step / 2) / (value - step / 2 + rest_high))  # one division
        assert row["value_low"] <= value / whole * (1 + 1e-12)  # two roundings of a double


@few
@given(panels)
def test_relabelling_partners_relabels_shares_and_ranks(panel: dict[str, float]) -> None:
    renamed = dict(zip(PARTNERS, PARTNERS[::-1], strict=True))
    other = {renamed[partner]: value for partner, value in panel.items()}

    for statement in (SHARE, RANK):
        plain = by(ask(statement, _exports(panel)), "partner")
        moved = by(ask(statement, _exports(other)), "partner")
        assert {renamed[p]: pytest.approx(v) for p, v in plain.items()} == moved  # sums in another order


def test_a_change_of_share_is_in_points() -> None:
    rows = [*_exports({"KAZ": 40.0, "USA": 60.0}, 2023), *_exports({"KAZ": 50.0, "USA": 50.0}, 2024)]
    found = ask(share_change(SHARE, "2024", "2023"), rows)

    assert by(found, "partner") == {"KAZ": pytest.approx(10.0), "USA": pytest.approx(-10.0)}  # 0.5 - 0.4
    assert one(found, partner="KAZ")["base_share"] == 0.4


@few
@given(panels)
def test_ranks_by_brute_force(panel: dict[str, float]) -> None:
    found = {row["partner"]: row for row in ask(RANK, _exports(panel))}

    for partner, value in panel.items():
        row = found[partner]
        assert row["value"] == 1 + sum(other > value for other in panel.values())
        assert row["tied"] == (list(panel.values()).count(value) > 1)
        assert row["universe"] == len(panel)
        assert (row["best"], row["worst"]) == (
            row["value"],
            sum(other >= value for other in panel.values()),
        )


def test_rounding_leaves_ranks_open() -> None:
    """13.7 and 13.78 printed with one and two digits: either may be the larger."""
    rows = [
        cell("CHN", "UZB", "export", 2024, 13.7, rounding=0.1),
        cell("CHN", "TKM", "export", 2024, 13.72, rounding=0.01),
        cell("CHN", "KAZ", "export", 2024, 43.8, rounding=0.1),
    ]
    found = {row["partner"]: row for row in ask(RANK, rows)}

    assert [found["KAZ"][name] for name in ("value", "best", "worst")] == [1, 1, 1]
    assert [found["UZB"][name] for name in ("value", "best", "worst")] == [3, 2, 3]
    assert [found["TKM"][name] for name in ("value", "best", "worst")] == [2, 2, 3]


def test_partners_without_a_figure_are_outside_the_universe() -> None:
    rows = [*_exports({"KAZ": 3.0, "KGZ": 2.0}), cell("CHN", "TKM", "export", 2024, None)]
    found = ask(RANK, rows)

    assert {row["universe"] for row in found} == {2}


def test_the_largest_deficit_is_ranked_from_below() -> None:
    rows = [cell("CHN", p, "balance", 2024, v) for p, v in (("KAZ", 12.0), ("TKM", -8.6), ("RUS", -14.0))]
    found = by(ask(rank(FIGURE, largest_first=False), rows), "partner")

    assert found == {"RUS": 1, "TKM": 2, "KAZ": 3}


@few
@given(panels)
def test_the_sum_over_partners_is_exact_and_its_items_share_it(panel: dict[str, float]) -> None:
    total = ask(summed(EXPORTS), _exports(panel))[0]

    assert (total["partner"], total["value"]) == ("WLD", sum(panel.values()))  # whole dollars: exact


def test_a_source_with_few_partners_makes_no_whole() -> None:
    assert ask(summed(EXPORTS, "partner", 3), _exports({"KAZ": 3.0, "KGZ": 2.0})) == []
    assert ask(summed(EXPORTS, "product"), _exports({"KAZ": 3.0}, product="2709"))[0]["product"] == "TOTAL"


def test_one_comparison_takes_one_source_the_widest() -> None:
    wide = _exports({"KAZ": 27.0, "KGZ": 19.0, "USA": 524.0}, source="gacc")
    narrow = _exports({"KAZ": 43.0}, source="headlines")
    found = ask(share(level(widest(FIGURE), "export")), [*wide, *narrow])

    assert {row["source"] for row in found} == {"gacc"}
    assert one(found, partner="KAZ")["value"] == pytest.approx(27 / 570)  # one division


def test_of_several_voices_of_one_source_the_finest_and_latest_counts() -> None:
    rows = [
        *_exports({"KAZ": 43.8}, source="headlines", rounding=0.1),
        *_exports({"KAZ": 43.82}, source="headlines", rounding=0.01, published=dt.date(2025, 1, 15)),
        *_exports({"KAZ": 43.81}, source="headlines", rounding=0.01, published=dt.date(2025, 1, 14)),
    ]

    assert [row["value"] for row in ask(widest(FIGURE), rows)] == [43.82]


def test_a_thin_universe_and_mixed_sources_are_findings() -> None:
    rows = [*_exports({"KAZ": 3.0}, source="a"), *_exports({"KGZ": 2.0}, source="b")]
    codes = {finding.code for finding in judge_universe(pa.Table.from_pylist(ask(SHARE, rows)))}

    assert codes == {"mixed-sources", "thin-universe"}
    assert LEAST_PARTNERS == 30
