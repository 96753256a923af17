"""Indicators, pairs, tariffs and investments: the same rule of vintages and preference."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from ledger_makers import asked, filled, parsed, release, source
from sqlglot import exp

from khorgos.core.schema import TABLES
from khorgos.ledger.engine import run
from khorgos.ledger.statements import indicators, investments, pairs, tariffs
from khorgos.ledger.store import Ledger
from khorgos.sources.connector import Parsed


def _file(
    table: str, rows: list[dict[str, Any]], name: str = "wdi", *, rank: int = 10, day: str | None = None
) -> Parsed:
    card = source(name, rank=rank)
    made = release(card, f"{name} {day} {table}", published=dt.date.fromisoformat(day) if day else None)
    placed = [{"locator": f"line {n}", **row} for n, row in enumerate(rows)]
    return parsed(placed, card=card, of=made, table=table)


def _gdp(area: str, period: str, value: float | None) -> dict[str, Any]:
    return {"area": area, "period": period, "indicator": "NY.GDP.MKTP.CD", "value": value, "unit": "USD"}


def _tariff(**more: Any) -> dict[str, Any]:
    return {
        "importer": "KAZ", "exporter": "WLD", "period": "2022", "product": "0101", "nomenclature": "HS17",
        "rate": 0.05, "kind": "MFN", "average": "simple",
    } | more  # fmt: skip


def _deal(**more: Any) -> dict[str, Any]:
    return {
        "investor": "CNPC", "origin": "CHN", "destination": "KAZ", "period": "2013-09", "value": 5.3e9,
        "currency": "USD", "kind": "investment", "sector": "Energy", "subsector": "Oil", "partner": None, "share": 0.08,
    } | more  # fmt: skip


@pytest.mark.parametrize(
    ("made", "table"),
    [(indicators, "indicator"), (pairs, "pair"), (tariffs, "tariff"), (investments, "investment")],
)
def test_columns(empty: Ledger, made: Any, table: str) -> None:
    expected = [name for name in TABLES[table].names if name not in ("release", "locator")]

    assert run(empty, made(empty)).column_names == [*expected, "source", "published", "trace"]


def test_a_later_vintage_supersedes_and_the_earlier_stays_readable(empty: Ledger) -> None:
    ledger = filled(
        empty,
        _file("indicator", [_gdp("KAZ", "2022", 220e9)], day="2023-07-01"),
        _file("indicator", [_gdp("KAZ", "2022", 225e9)], day="2024-07-01"),
    )

    (now,) = asked(ledger, indicators(ledger, ("KAZ",), ("NY.GDP.MKTP.CD",), years=(2022,)))
    (then,) = asked(ledger, indicators(ledger, ("KAZ",), as_of=dt.date(2024, 1, 1)))

    assert (now["value"], then["value"]) == (225e9, 220e9)
    assert now["trace"] == [f"{release(source('wdi'), 'wdi 2024-07-01 indicator').id}#line 0"]
    assert asked(ledger, indicators(ledger, as_of=dt.date(2020, 1, 1))) == []


def test_a_figure_of_a_farther_source_stands_before_none(empty: Ledger) -> None:
    ledger = filled(
        empty,
        _file("indicator", [_gdp("TKM", "2022", None), _gdp("KAZ", "2022", 1.0)], "wdi", rank=10),
        _file("indicator", [_gdp("TKM", "2022", 80e9), _gdp("KAZ", "2022", 2.0)], "weo", rank=30),
    )

    found = {row["area"]: (row["value"], row["source"]) for row in asked(ledger, indicators(ledger))}

    assert found == {"TKM": (80e9, "weo"), "KAZ": (1.0, "wdi")}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({}, 4),
        ({"areas": ("KAZ",)}, 3),
        ({"years": (2022,)}, 2),
        ({"names": ("SP.POP.TOTL",)}, 1),
        ({"areas": ("KAZ",), "years": (1999,)}, 0),
    ],
)
def test_indicators_can_be_chosen(empty: Ledger, question: dict[str, Any], expected: int) -> None:
    people = _gdp("KAZ", "2021", 19e6) | {"indicator": "SP.POP.TOTL", "unit": "person"}
    rows = [_gdp("KAZ", "2021", 1.0), _gdp("KAZ", "2022", 1.0), _gdp("KGZ", "2022", 1.0), people]
    ledger = filled(empty, _file("indicator", rows))

    assert len(asked(ledger, indicators(ledger, **question))) == expected


def test_pairs_can_be_chosen(empty: Ledger) -> None:
    rows = [
        {"exporter": a, "importer": b, "indicator": name, "value": 1.0, "unit": "km"}
        for a, b in (("CHN", "KAZ"), ("KAZ", "CHN"))
        for name in ("dist", "distcap")
    ]
    ledger = filled(empty, _file("pair", rows))

    (row,) = asked(ledger, pairs(ledger, ("dist",), exporters=("CHN",), importers=("KAZ",)))

    assert (row["indicator"], row["exporter"], row["importer"]) == ("dist", "CHN", "KAZ")
    assert len(asked(ledger, pairs(ledger))) == 4


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({}, 4),
        ({"importers": ("KAZ",)}, 3),
        ({"exporters": ("CHN",)}, 1),
        ({"products": ("0102",)}, 1),
        ({"nomenclature": "HS12"}, 0),
        ({"kinds": ("AHS",)}, 1),
        ({"years": (2021,)}, 0),
    ],
)
def test_tariffs_can_be_chosen(empty: Ledger, question: dict[str, Any], expected: int) -> None:
    rows = [
        _tariff(), _tariff(exporter="CHN", kind="AHS", rate=0.0), _tariff(product="0102"), _tariff(importer="KGZ"),
    ]  # fmt: skip
    ledger = filled(empty, _file("tariff", rows))

    assert len(asked(ledger, tariffs(ledger, **question))) == expected


def test_the_latest_file_of_a_tracker_counts_whole(empty: Ledger) -> None:
    ledger = filled(
        empty,
        _file("investment", [_deal(), _deal(period="2014-01")], "aei", day="2023-01-01"),
        _file("investment", [_deal(), _deal(destination="UZB"), _deal(kind="construction")], "aei", day="2024-01-01"),
    )

    assert len(asked(ledger, investments(ledger))) == 3
    assert len(asked(ledger, investments(ledger, as_of=dt.date(2023, 6, 1)))) == 2
    assert len(asked(ledger, investments(ledger, ("CHN",), ("UZB",), kinds=("investment",), years=(2013,)))) == 1
    assert asked(ledger, investments(ledger, years=(2014,))) == []


def test_areas_can_come_from_a_relation(empty: Ledger) -> None:
    ledger = filled(empty, _file("indicator", [_gdp("KAZ", "2022", 3.0), _gdp("KGZ", "2022", 4.0)]))
    question = exp.select("a.value").from_(indicators(ledger).subquery("a")).join("chosen", on="a.area = chosen.area")

    assert run(ledger, question, relations={"chosen": pa.table({"area": ["KGZ"]})})["value"].to_pylist() == [4.0]
