"""A folder that stays small: old states go, small parts come together, and no row with them."""

from __future__ import annotations

import pytest
from ledger_makers import asked, filled, flow, parsed, release, source
from sqlglot import exp

from khorgos.ledger import upkeep
from khorgos.ledger.explain import verify
from khorgos.ledger.query import FlowQuery, cells
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.sources.connector import Parsed

EVERYTHING = exp.select("*").from_("flow")


def _file(number: int) -> Parsed:
    rows = [flow("CHN", "KAZ", "export", f"{1900 + number}-{month:02d}", float(number)) for month in range(1, 13)]
    return parsed(rows, of=release(source(), str(number)))


@pytest.mark.parametrize("many", [2, 3, 7])
def test_small_parts_come_together_and_answers_stay(empty: Ledger, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(upkeep, "_MANY", many)
    ledger = empty
    for number in range(9):
        ledger = filled(ledger, _file(number))
        assert len(ledger.parts("flow")) < many

    at_once = filled(open_ledger(empty.path.with_name("other"), embedded=False), *map(_file, range(9)))
    assert asked(ledger, EVERYTHING) == asked(at_once, EVERYTHING)
    found, expected = (asked(one, cells(one, FlowQuery(), trace="row")) for one in (ledger, at_once))
    assert found == expected
    assert verify(ledger) == ()


def test_a_view_opened_before_some_imports_still_answers(empty: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_MANY", 2)
    views = [filled(empty, _file(0))]
    for number in range(1, 9):
        views.append(filled(views[-1], _file(number)))

    assert [len(asked(view, EVERYTHING)) for view in views] == [12 * n for n in range(1, 10)]


def test_old_states_go_and_the_current_one_stays_whole(empty: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_MANY", 2)
    monkeypatch.setattr(upkeep, "_STATES", 3)
    ledger = empty
    for number in range(9):
        ledger = filled(ledger, _file(number))

    assert [path.name for path in sorted((empty.path / "manifests").iterdir())] == [
        f"{number:06d}.json" for number in (6, 7, 8, 9)
    ]
    assert len(list(empty.path.rglob("*.parquet"))) <= 8  # four states of at most two parts
    assert len(asked(ledger, EVERYTHING)) == 9 * 12
    assert verify(ledger) == ()


def test_a_damaged_old_state_does_not_stop_an_import(empty: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_MANY", 2)
    ledger = filled(filled(empty, _file(0)), _file(1))
    (empty.path / "manifests" / "000001.json").write_text("scribble", encoding="utf-8")

    assert len(asked(filled(ledger, _file(2)), EVERYTHING)) == 36


def test_large_parts_stay_apart(empty: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_MANY", 2)
    monkeypatch.setattr(upkeep, "_SMALL", 12)
    ledger = empty
    for number in range(4):
        ledger = filled(ledger, _file(number))

    assert [part.rows for _, part in ledger.parts("flow")] == [12] * 4
