"""The mirror view: both declarations of one flow of goods side by side."""

from __future__ import annotations

import datetime as dt

import pytest
from ledger_makers import asked, filled, flow, parsed, release, source

from khorgos.ledger.mirror import mirror
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.store import Ledger


@pytest.fixture
def both(empty: Ledger) -> Ledger:
    """China and Kyrgyzstan, each with its own customs, and a reconciled set."""
    china, kyrgyz, baci = source("gacc"), source("kgz"), source("baci", rank=50)
    day = dt.date(2024, 1, 1)
    return filled(
        empty,
        parsed(
            [flow("CHN", "KGZ", "export", "2023", 19.7e9), flow("CHN", "KGZ", "import", "2023", 0.08e9)],
            card=china,
            of=release(china, published=day),
        ),
        parsed(
            [flow("KGZ", "CHN", "import", "2023", 5.4e9), flow("KGZ", "CHN", "import", "2022", 4.1e9)],
            card=kyrgyz,
            of=release(kyrgyz, published=day.replace(month=6)),
        ),
        parsed([flow("CHN", "KGZ", "export", "2023", 18.2e9, status="reconciled")], card=baci),
    )


def test_each_flow_has_its_two_declarations(both: Ledger) -> None:
    found = asked(both, mirror(both, ("CHN",), ("KGZ",), FlowQuery()))

    assert [(row["exporter"], row["importer"], row["period"]) for row in found] == [
        ("CHN", "KGZ", "2022"),
        ("CHN", "KGZ", "2023"),
    ]
    before, now = found
    assert (before["value_x"], before["value_m"]) == (None, 4.1e9)
    assert (now["value_x"], now["value_m"]) == (19.7e9, 5.4e9)
    assert (now["valuation_x"], now["valuation_m"]) == ("FOB", "CIF")
    assert (now["source_x"], now["source_m"]) == ("gacc", "kgz")
    assert now["trace_x"] == [release(source("gacc")).id]


def test_exporter_and_importer_are_not_reporter_and_partner(both: Ledger) -> None:
    (row,) = asked(both, mirror(both, ("KGZ",), ("CHN",), FlowQuery(reporters=("RUS",), flows=("total",))))

    assert (row["exporter"], row["importer"], row["value_x"], row["value_m"]) == ("KGZ", "CHN", None, 0.08e9)


def test_a_reconciled_figure_is_no_declaration(both: Ledger) -> None:
    only = FlowQuery(sources=("baci",))

    assert asked(both, mirror(both, (), (), only)) == []
    reconciled = FlowQuery(statuses=("reconciled",))
    assert [row["value_x"] for row in asked(both, mirror(both, (), (), reconciled))] == [18.2e9]


def test_as_of_holds_for_both_sides(both: Ledger) -> None:
    found = asked(both, mirror(both, ("CHN",), (), FlowQuery(as_of=dt.date(2024, 2, 1)), trace="row"))

    assert [(row["period"], row["value_m"]) for row in found] == [("2023", None)]
    assert found[0]["trace_x"][0].endswith("#CHN:KGZ:export:2023:TOTAL")
    assert found[0]["trace_m"] is None
