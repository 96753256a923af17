"""What a ledger holds, from its manifest alone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from ledger_makers import filled, flow, parsed, release, source

from khorgos.ledger import store
from khorgos.ledger.holdings import releases, sources
from khorgos.ledger.store import Ledger, open_ledger


def test_sources_say_what_is_there(empty: Ledger) -> None:
    card = source("customs")
    gdp = {"area": "CHN", "period": "1990", "indicator": "GDP", "value": 1.0, "unit": "USD", "locator": "a"}
    ledger = filled(
        empty,
        parsed([flow("CHN", "KAZ", "export", "2021", 1.0)], card=card, of=release(card, published=dt.date(2022, 2, 1))),
        parsed([flow("KAZ", "CHN", "export", "2023-05", 1.0)], card=card, of=release(card, "b")),
    )
    ledger = filled(ledger, parsed([gdp], card=source("bank"), table="indicator"))

    bank, customs = sources(ledger)

    assert (bank.source.id, bank.rows, bank.first, bank.last, bank.reporters) == (
        "bank",
        {"indicator": 1},
        1990,
        1990,
        (),
    )
    assert bank.latest is None
    assert (customs.releases, customs.rows, customs.first, customs.last) == (2, {"flow": 2}, 2021, 2023)
    assert customs.reporters == ("CHN", "KAZ")
    assert customs.latest is not None
    assert customs.latest.published == dt.date(2022, 2, 1)


def test_releases_come_latest_first(empty: Ledger) -> None:
    card = source()
    days = [None, dt.date(2023, 1, 1), dt.date(2024, 1, 1)]
    ledger = filled(empty, *(parsed([], card=card, of=release(card, str(day), published=day)) for day in days))

    assert [one.published for one in releases(ledger)] == [dt.date(2024, 1, 1), dt.date(2023, 1, 1), None]
    assert releases(ledger, "other") == ()


def test_a_release_that_both_layers_hold_counts_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(store, "_EMBEDDED", tmp_path / "embedded")
    one = parsed([flow("CHN", "KAZ", "export", "2021", 1.0)])
    filled(open_ledger(tmp_path / "embedded", embedded=False), one)
    ledger = filled(open_ledger(tmp_path / "mine"), one)

    (held,) = sources(ledger)

    assert (held.releases, held.rows) == (1, {"flow": 1})
