"""Sums of contracts: the two kinds apart, repeats told."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure_makers import by, execute, few, one

from khorgos.core.errors import BadInput
from khorgos.core.schema import TABLES
from khorgos.measures.statements.investment import investment_sums, judge_investment
from khorgos.measures.statements.relation import table

SCHEMA = pa.schema(
    [field for field in TABLES["investment"] if field.name not in ("release", "locator")]
    + [pa.field("trace", pa.list_(pa.string()))]
)
ALL = investment_sums(table("contracts"))

contracts = st.lists(
    st.tuples(
        st.sampled_from(("KAZ", "KGZ")),
        st.sampled_from(("investment", "construction")),
        st.sampled_from(("Energy", "Metals")),
        st.sampled_from(("2023-03", "2024-01", "2024-11")),
        st.none() | st.integers(100, 2000).map(float),
    ),
    min_size=1,
    max_size=15,
)


def _table(rows: list[tuple[str, str, str, str, float | None]]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "investor": "CNPC",
                "origin": "CHN",
                "destination": country,
                "period": period,
                "value": value,
                "currency": "USD",
                "kind": kind,
                "sector": sector,
                "subsector": None,
                "partner": None,
                "share": None,
                "trace": [f"aei:1#row {i}"],
            }
            for i, (country, kind, sector, period, value) in enumerate(rows)
        ],
        schema=SCHEMA,
    )


@few
@given(contracts)
def test_sums_by_brute_force(rows: list[tuple[str, str, str, str, float | None]]) -> None:
    found = by(execute(ALL, contracts=_table(rows)).to_pylist(), "country", "kind", "sector", "year")
    expected: dict[tuple[str, str, str, str], list[float]] = {}
    for country, kind, sector, period, value in rows:
        expected.setdefault((country, kind, sector, period[:4]), []).extend([] if value is None else [value])

    assert found == {key: sum(values) if values else None for key, values in expected.items()}  # whole: exact


def test_investment_and_construction_are_never_added_together() -> None:
    rows = [("KAZ", "investment", "Energy", "2024-01", 500.0), ("KAZ", "construction", "Energy", "2024-01", 300.0)]
    found = execute(investment_sums(table("contracts"), ("country",)), contracts=_table(rows)).to_pylist()

    assert by(found, "kind") == {"investment": 500.0, "construction": 300.0}


def test_repeats_and_contracts_without_a_value_are_told() -> None:
    same = ("KAZ", "investment", "Energy", "2024-01", 500.0)
    rows = [same, same, ("KAZ", "investment", "Energy", "2024-02", None)]
    found = execute(ALL, contracts=_table(rows))
    row = found.to_pylist()[0]

    assert (row["value"], row["n_contracts"], row["n_without_value"], row["n_alike"]) == (1000.0, 2, 1, 1)
    assert {finding.code for finding in judge_investment(found)} == {"threshold", "alike", "no-value"}


def test_traces_name_the_release_or_the_rows() -> None:
    rows = [("KAZ", "investment", "Energy", "2024-01", 500.0), ("KAZ", "investment", "Energy", "2024-02", 300.0)]
    by_row = execute(investment_sums(table("contracts"), rows=True), contracts=_table(rows)).to_pylist()

    assert one(execute(ALL, contracts=_table(rows)).to_pylist(), sector="Energy")["trace"] == ["aei:1"]
    assert by_row[0]["trace"] == ["aei:1#row 0", "aei:1#row 1"]


@pytest.mark.parametrize("by_what", [(), ("region",), ("year", "year")])
def test_what_cannot_be_summed_by_is_refused(by_what: tuple[str, ...]) -> None:
    with pytest.raises(BadInput, match="cannot be summed by"):
        investment_sums(table("contracts"), by_what)
