"""Rates as a relation: the nomenclature's own, the dollar's 1, and nothing where there is none."""

from __future__ import annotations

import pyarrow as pa
import pytest
from ledger_makers import filled, flow, parsed
from sqlglot import exp

from khorgos.ledger.engine import run
from khorgos.ledger.query import FlowQuery, cells
from khorgos.ledger.rates import RateScope, all_rates, rates_table
from khorgos.ledger.store import Ledger
from khorgos.nomenclature.currencies import rate


def _by_key(table: pa.Table) -> dict[tuple[str, str], float]:
    return {(row["currency"], row["period"]): row["per_usd"] for row in table.to_pylist()}


def test_rates_are_those_of_the_nomenclature() -> None:
    found = _by_key(rates_table(RateScope(("CNY",), (2023,), periods=("2022-11..2023-02",))))

    assert len(found) == 2 * (1 + 12 + 10) + 1  # stretches to February..November; over two years only the dollar
    for (code, period), per_usd in found.items():
        assert per_usd == (1.0 if code == "USD" else rate(code, period).per_usd)


def test_only_what_is_asked_for_is_there() -> None:
    months = _by_key(rates_table(RateScope(("KZT",), (2023,), frozenset({"month"}))))

    assert {period for _, period in months} == {f"2023-{n:02d}" for n in range(1, 13)}
    assert _by_key(rates_table(RateScope(("XXX",), (2023,), frozenset({"year"})))) == {("USD", "2023"): 1.0}


def test_an_expression_without_a_note_gets_all_rates(empty: Ledger) -> None:
    question = exp.select("*").from_("rates").where("currency = 'CNY' AND period = '2023'")

    assert run(empty, question)["per_usd"].to_pylist() == [rate("CNY", "2023").per_usd]
    assert "KZT" in all_rates(2013, 2023).currencies


@pytest.mark.parametrize("by", ["year", "month", "native"])
def test_a_lost_note_changes_no_answer(empty: Ledger, by: str) -> None:
    rows = [flow("CHN", "KAZ", "export", p, 7e9, currency="CNY") for p in ("2023", "2023-02", "2023-01..2023-02")]
    ledger = filled(empty, parsed(rows))
    noted = cells(ledger, FlowQuery(by=by))  # type: ignore[arg-type]
    bare = noted.copy()
    for node in bare.find_all(exp.Table):
        node.meta.clear()

    assert run(ledger, bare) == run(ledger, noted)
