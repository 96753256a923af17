"""The embedded release: small, free to pass on, and made again from the publishers' files."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from khorgos.ledger.engine import run
from khorgos.ledger.query import FlowQuery, alternatives
from khorgos.ledger.store import Ledger, open_ledger

ROOT = Path(__file__).parent.parent
EMBEDDED = ROOT / "src" / "khorgos" / "data" / "embedded"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return open_ledger(tmp_path_factory.mktemp("own") / "ledger")


def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in EMBEDDED.rglob("*") if path.is_file()) <= 5_000_000


def test_it_holds_only_what_may_be_passed_on(ledger: Ledger) -> None:
    assert {release.redistribute for release in ledger.releases.values()} <= {"yes", "figures"}
    assert "comtrade" not in ledger.sources
    assert "aei-cgit" not in ledger.sources


def test_every_release_has_a_card_with_its_terms(ledger: Ledger) -> None:
    for release in ledger.releases.values():
        card = ledger.sources[release.source]
        assert card.licence
        assert card.citation
        assert card.attribution


@pytest.mark.parametrize(
    "reporter", ["CHN", "KAZ", "KGZ", "TJK", "UZB", "TKM", "ARM", "AZE", "GEO", "RUS", "USA", "DEU"]
)
def test_both_sides_are_there(ledger: Ledger, reporter: str) -> None:
    other = "KAZ" if reporter == "CHN" else "CHN"
    query = FlowQuery((reporter,), (other,), years=tuple(range(2013, 2021)))

    assert {row["period"] for row in run(ledger, alternatives(ledger, query)).to_pylist()} == {
        str(year) for year in range(2013, 2021)
    }


def test_it_is_made_again_from_the_publishers_files(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "tools")
    importlib.import_module("build_embedded").build(shared, tmp_path / "again")
    again, kept = (open_ledger(path, embedded=False) for path in (tmp_path / "again", EMBEDDED))

    assert set(again.releases) == set(kept.releases)
    # a part is named by the hash of its rows as written, so equal names are equal rows
    assert {(p.table, p.sha256) for _, p in _parts(again)} == {(p.table, p.sha256) for _, p in _parts(kept)}


def _parts(ledger: Ledger) -> list:
    return [pair for name in ("flow", "indicator", "pair", "target") for pair in ledger.parts(name)]
