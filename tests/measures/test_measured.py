"""A result checks its own promises when it is made."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from khorgos.core.errors import BadInput
from khorgos.core.provenance import Lineage
from khorgos.measures import faults
from khorgos.measures.measured import Measured, Sum

LINEAGE = Lineage(measure="share", formula="s", releases=("a:1",), query="SELECT 1")


@pytest.fixture(autouse=True, params=[10_000, 0], ids=["few rows", "many rows"])
def _both_roads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each promise is checked row by row, and column by column."""
    monkeypatch.setattr(faults, "_FEW", request.param)


def _measured(rows: list[dict[str, Any]], **more: Any) -> Measured:
    return Measured(pa.Table.from_pylist(rows), "fraction", LINEAGE, keys=("partner",), **more)


def _row(partner: str, value: float | None, **more: Any) -> dict[str, Any]:
    return {"partner": partner, "value": value, "trace": ["a:1"], **more}


def test_a_good_table_passes() -> None:
    made = _measured([_row("KAZ", 0.25), _row("KGZ", 0.75)])

    assert made.table.num_rows == 2


@pytest.mark.parametrize(
    ("rows", "more", "words"),
    [
        ([{"partner": "KAZ", "value": 1.0}], {}, r"lacks the columns \['trace'\]"),
        ([_row("KAZ", 1.0), _row("KAZ", 1.0)], {}, "stands twice"),
        ([_row("KAZ", 1.0, whole=2.0)], {}, r"without a unit: \['whole'\]"),
        ([_row("KAZ", float("nan"))], {}, "missing is null"),
        ([_row("KAZ", float("inf"))], {}, "missing is null"),
        ([{"partner": "KAZ", "value": 1.0, "trace": []}], {}, "no trace"),
        (
            [{"partner": "KAZ", "value": 1.0, "trace": ["a"]}, {"partner": "X", "value": 2.0, "trace": None}],
            {},
            "no trace",
        ),
        (
            [_row("KAZ", 1.0, value_low=1.1, value_high=1.2)],
            {"units": {"value_low": "x", "value_high": "x"}},
            "outside its own interval",
        ),
        (
            [_row("KAZ", 0.5, year="1"), _row("KGZ", 0.4, year="1")],
            {"identity": Sum(within=("year",))},
            "add up to one",
        ),
        (
            [_row("KAZ", 0.5, year="1", total=2.0)],
            {"identity": Sum(within=("year",), to="total"), "units": {"total": "x"}},
            "add up to total",
        ),
    ],
)
def test_a_broken_promise_is_named(rows: list[dict[str, Any]], more: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        _measured(rows, **more)


def test_missing_values_need_no_trace_and_no_interval() -> None:
    rows = [
        {"partner": "KAZ", "value": None, "value_low": None, "value_high": None, "trace": []},
        {"partner": "KGZ", "value": 1.0, "value_low": 0.5, "value_high": 1.5, "trace": ["a:1"]},
    ]

    assert _measured(rows, units={"value_low": "x", "value_high": "x"}).table.num_rows == 2


def test_sums_hold_within_each_group() -> None:
    rows = [_row("KAZ", 0.4, year="1"), _row("KGZ", 0.6, year="1"), _row("TJK", 1.0, year="2")]

    assert _measured(rows, identity=Sum(within=("year",))).identity is not None
