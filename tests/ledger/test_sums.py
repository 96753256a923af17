"""Totals made at import: only from files that state all goods, and equal to the sum of what they sum."""

from __future__ import annotations

from typing import Any

import pytest
from ledger_makers import asked, filled, flow, parsed, release, source, values
from sqlglot import exp

from khorgos.ledger import sums
from khorgos.ledger.explain import explain
from khorgos.ledger.query import FlowQuery, cells
from khorgos.ledger.store import Ledger

AREAS = ("CHN", "DEU", "KAZ", "USA")
GOODS = ("010121", "270900", "847130")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A world in which three goods of three chapters are all goods, and four countries all countries."""
    monkeypatch.setattr(sums, "_SUBHEADINGS", 3)
    monkeypatch.setattr(sums, "_CHAPTERS", 3)
    monkeypatch.setattr(sums, "_COUNTRIES", 4)


def _rows(year: str = "2022", **more: Any) -> list[dict[str, Any]]:
    return [
        flow(
            a, b, "export", year, float(1 + i + 10 * j + 100 * k), product=g, nomenclature="HS17", rounding=1.0, **more
        )
        for i, a in enumerate(AREAS)
        for j, b in enumerate(AREAS)
        for k, g in enumerate(GOODS)
        if a != b
    ]


@pytest.mark.usefixtures("small")
def test_totals_are_sums(empty: Ledger) -> None:
    rows = _rows()
    ledger = filled(empty, parsed(rows))

    def total(**wanted: str) -> float:
        return sum(row["value"] for row in rows if all(row[name] == value for name, value in wanted.items()))

    for query, wanted in (
        (FlowQuery(("CHN",), ("KAZ",)), {"reporter": "CHN", "partner": "KAZ"}),
        (FlowQuery(("CHN",), ("WLD",)), {"reporter": "CHN"}),
        (FlowQuery(("WLD",), ("KAZ",)), {"partner": "KAZ"}),
        (FlowQuery(("WLD",), ("WLD",)), {}),
        (FlowQuery(("CHN",), ("WLD",), products=("270900",)), {"reporter": "CHN", "product": "270900"}),
        (FlowQuery(("WLD",), ("KAZ",), products=("270900",)), {"partner": "KAZ", "product": "270900"}),
        (FlowQuery(("WLD",), ("WLD",), products=("270900",)), {"product": "270900"}),
    ):
        (row,) = asked(ledger, cells(ledger, query))
        assert row["value"] == total(**wanted)


@pytest.mark.usefixtures("small")
def test_totals_do_not_count_twice(empty: Ledger) -> None:
    rows = _rows()
    ledger = filled(empty, parsed(rows))

    single = values(ledger, cells(ledger, FlowQuery(products=())), "reporter", "partner", "product")
    pairs = values(ledger, cells(ledger, FlowQuery()), "reporter", "partner")

    assert sum(single.values()) == sum(row["value"] for row in rows) == sum(pairs.values())
    assert len(single) == len(rows)


@pytest.mark.usefixtures("small")
def test_a_total_is_explained_by_its_rows(empty: Ledger) -> None:
    ledger = filled(empty, parsed(_rows()))
    (row,) = asked(ledger, cells(ledger, FlowQuery(("CHN",), ("KAZ",)), trace="row"))

    (walk,) = explain(ledger, row["trace"])

    assert row["trace"][0].endswith("#sum:CHN:KAZ:export:2022:TOTAL")
    assert walk.n_parts == 3
    assert sum(part["value"] for part in walk.parts) == row["value"]
    assert row["rounding"] == 3.0


@pytest.mark.usefixtures("small")
def test_a_later_release_s_total_supersedes(empty: Ledger) -> None:
    import datetime as dt

    card = source()
    first = parsed(_rows(), card=card, of=release(card, "a", published=dt.date(2023, 1, 1)))
    second = [row | {"value": row["value"] * 2} for row in _rows()]
    ledger = filled(empty, first, parsed(second, card=card, of=release(card, "b", published=dt.date(2024, 1, 1))))

    (row,) = asked(ledger, cells(ledger, FlowQuery(("CHN",), ("KAZ",))))

    assert row["value"] == 2 * sum(r["value"] for r in _rows() if (r["reporter"], r["partner"]) == ("CHN", "KAZ"))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "more",
    [
        [flow("CHN", "KAZ", "export", "2022", 9.0)],  # a total of the publisher's own
        [flow("CHN", "WLD", "export", "2022", 9.0, product="270900", nomenclature="HS17")],  # the world, too
        [flow("CHN", "KAZ", "export", "2022", 9.0, product="270900", nomenclature="HS12", locator="x")],  # two editions
        [flow("CHN", "KAZ", "export", "2023", 9.0, product="270900", nomenclature="HS17", valuation="CIF")],
    ],
)
def test_no_totals_are_made_where_they_could_be_wrong(empty: Ledger, more: list[dict[str, Any]]) -> None:
    ledger = filled(empty, parsed([*_rows(), *more]))

    assert [part.kind for _, part in ledger.parts("flow")] == ["rows"]


def test_chosen_goods_have_no_total(empty: Ledger) -> None:
    ledger = filled(empty, parsed(_rows()))

    assert [part.kind for _, part in ledger.parts("flow")] == ["rows"]
    assert asked(ledger, cells(ledger, FlowQuery())) == []


@pytest.mark.usefixtures("small")
def test_few_countries_have_no_world(empty: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sums, "_COUNTRIES", 5)
    ledger = filled(empty, parsed(_rows()))

    assert len(asked(ledger, cells(ledger, FlowQuery()))) == 12
    assert asked(ledger, cells(ledger, FlowQuery(partners=("WLD",)))) == []


@pytest.mark.usefixtures("small")
def test_broader_headings_in_the_file_are_not_added_to_their_parts(empty: Ledger) -> None:
    broader = [row | {"product": row["product"][:2], "locator": f"{row['locator']}:2"} for row in _rows()]
    ledger = filled(empty, parsed([*_rows(), *broader]))

    (row,) = asked(ledger, cells(ledger, FlowQuery(("CHN",), ("KAZ",))))

    assert row["value"] == sum(r["value"] for r in _rows() if (r["reporter"], r["partner"]) == ("CHN", "KAZ"))
    assert len(asked(ledger, exp.select("*").from_("flow").where("product = 'TOTAL'"))) == 12 + 4 + 4 + 1
