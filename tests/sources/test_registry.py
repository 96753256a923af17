"""The registry: every format is recognised by one connector, every card is whole, unknown files get a hint."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khorgos.core.errors import BadFile, KhorgosError, UnknownName
from khorgos.core.provenance import Source
from khorgos.sources.connector import Connector, Peek
from khorgos.sources.files import parse
from khorgos.sources.reading import peek
from khorgos.sources.registry import connectors, recognise, source, sources

SPECIMENS = Path(__file__).parent.parent / "specimens"
FILES = sorted(path for path in SPECIMENS.rglob("*") if path.is_file())


def _name(path: Path) -> str:
    return str(path.relative_to(SPECIMENS))


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_each_specimen_is_recognised_by_one_connector(path: Path) -> None:
    able = [connector.name for connector in connectors() if connector.recognise(peek(path))]
    assert len(able) == 1
    assert recognise(path).name == able[0]


def test_names_and_modules_are_unique() -> None:
    names = [connector.name for connector in connectors()]
    assert len(set(names)) == len(names)
    cards: dict[str, Source] = {}
    for connector in connectors():
        assert cards.setdefault(connector.source.id, connector.source) == connector.source, "two cards of one id"


@pytest.mark.parametrize("card", sources(), ids=lambda card: str(card.id))
def test_cards_are_whole(card: Source) -> None:
    assert all((card.publisher, card.title, card.licence, card.citation, card.attribution, card.cadence, card.units))
    assert card.url
    assert card.redistribute in ("yes", "figures", "no")
    assert 10 <= card.rank <= 99
    assert source(card.id) is card


def test_unknown_sources_get_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean comtrade"):
        source("comtrad")


def test_unknown_files_get_the_nearest_formats(tmp_path: Path) -> None:
    (tmp_path / "baci.csv").write_text("t;i;j;k;v;q\n2023;156;398;010121;1;2\n")
    with pytest.raises(BadFile, match=r"No connector knows this format \(baci\.csv\)\. Nearest: .*BACI"):
        recognise(tmp_path / "baci.csv")
    with pytest.raises(BadFile, match=r"several files \(x\.zip\)"):
        recognise(tmp_path, Peek("x.zip", ".zip"))


def test_a_file_that_two_connectors_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    one = connectors()[0]
    twice = (one, Connector(one.source, "its twin", one.files, one.recognise, one.parse))
    monkeypatch.setattr("khorgos.sources.registry.connectors", lambda: twice)
    seen = peek(SPECIMENS / "baci" / "BACI_HS22_Y2023_V202501.csv")
    with pytest.raises(BadFile, match="looks like BACI year and its twin"):
        recognise(SPECIMENS / "baci", seen)


def test_the_registry_imports_no_connector_by_itself() -> None:
    code = "import sys, khorgos.sources.registry; print([m for m in sys.modules if m.endswith(('baci', 'comtrade'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_every_row_has_a_place_of_its_own(path: Path) -> None:
    companions = {other.name: other for other in path.parent.iterdir()}
    try:
        parsed = parse(path, companions=companions)
    except KhorgosError:
        return  # a specimen of what must be refused; its own test says why
    places = [place for table in parsed.tables.values() for place in _places(table)]
    assert len(set(places)) == len(places)
    assert {release for release, _ in places} <= {release.id for release in parsed.releases}


def _places(table: object) -> list[tuple[str, str]]:
    columns = [table.column(name).to_pylist() for name in ("release", "locator")]  # type: ignore[attr-defined]
    return list(zip(*columns, strict=True))


OWN = [path for path in FILES if path.parent.name in {"baci", "comtrade", "geodist", "wdi", "wits"}]


@given(path=st.sampled_from(OWN), share=st.floats(0, 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_truncated_files_are_errors_in_one_line_or_lose_whole_rows(tmp_path: Path, path: Path, share: float) -> None:
    raw = path.read_bytes()
    (tmp_path / path.name).write_bytes(raw[: int(len(raw) * share)])
    companions = {other.name: other for other in path.parent.iterdir()}
    try:
        said = parse(tmp_path / path.name, companions=companions).source.id
    except KhorgosError as error:
        said = str(error)
    assert said
    assert "\n" not in said
