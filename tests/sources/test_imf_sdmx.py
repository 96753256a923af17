"""The IMF's SDMX answers: codes of its own, estimates, scales, empty and damaged messages; no socket is opened."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khorgos.core.errors import BadFile, BadInput, KhorgosError, UnmappedCode
from khorgos.sources.connector import Parsed
from khorgos.sources.files import parse

LIVE = Path(__file__).parent.parent / "specimens" / "live"
SPECIMEN = LIVE / "imf_imts_kaz.xml"
TEXT = SPECIMEN.read_text(encoding="utf-8")


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sdmx", None)

    with pytest.raises(BadInput, match=r"pip install 'khorgos\[sdmx\]'"):
        parse(SPECIMEN)


@pytest.fixture(autouse=True)
def _no_socket(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "without_the_library" not in request.node.name:
        pytest.importorskip("sdmx", reason="needs the extra `sdmx`: pip install 'khorgos[sdmx]'")

    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def of(text: str, folder: Path) -> Parsed:
    path = folder / "answer.xml"
    path.write_bytes(text.encode("utf-8", "replace"))
    return parse(path)


def test_rows() -> None:
    parsed = parse(SPECIMEN)
    found = {
        (r["reporter"], r["partner"], r["flow"], r["period"]): (r["value"], r["valuation"], r["status"])
        for r in parsed.tables["flow"].to_pylist()
    }

    assert found == {
        # SCALE is 6, yet the value is in dollars: Kazakhstan sold China goods for 14.7 bn, not for 14.7 quadrillion.
        ("KAZ", "CHN", "export", "2023"): (14_700_000_000.5, "FOB", "reported"),
        ("KAZ", "CHN", "export", "2024"): (15_000_000_000.0, "FOB", "estimated"),
        ("KAZ", "XKX", "export", "2023"): (120_000.0, "FOB", "reported"),
        ("KAZ", "XNS", "export", "2023"): (4_200.0, "FOB", "reported"),
        ("KAZ", "WLD", "export", "2023"): (78_500_000_000.0, "FOB", "reported"),
        ("KAZ", "CHN", "import", "2024-03"): (1_300_000_000.0, "CIF", "reported"),
        ("TKM", "CHN", "import", "2023"): (950_000_000.0, "FOB", "estimated"),  # never reported
    }
    assert parsed.dropped == {
        "aggregate partner or reporter": 1,
        "balance, which follows from the flows": 1,
        "no figure": 1,
    }
    assert parsed.source.id == "imf-dots"
    assert str(parsed.releases[0].published) == "2026-08-31"


def test_places_are_keys_of_the_interface() -> None:
    places = set(parse(SPECIMEN).tables["flow"]["locator"].to_pylist())

    assert "KAZ.XG_FOB_USD.CHN.A:2023" in places
    assert len(places) == 7


def test_an_empty_answer_is_told_from_zero(tmp_path: Path) -> None:
    head, _, _ = TEXT.partition("<Series")
    empty = f"{head}</message:DataSet></message:StructureSpecificData>"

    with pytest.raises(BadFile, match=r"holds no figures.*does not know a code"):
        of(empty, tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "error", "kind"),
    [
        ('COUNTERPART_COUNTRY="CHN"', 'COUNTERPART_COUNTRY="QQQ"', "'QQQ'; they carry", UnmappedCode),
        ("XG_FOB_USD", "XS_FOB_USD", "Unknown indicator 'XS_FOB_USD'", BadFile),
        ('"2024-M03"', '"2024-M13"', "Not a year, quarter or month", BadFile),
        ('"2024-M03"', '"March"', "Not a year, quarter or month", BadFile),
        ('"78500000000"', '"78,5"', "Not a number", BadFile),
        (' FREQUENCY="A"', "", "has no FREQUENCY", BadFile),
        ("</message:DataSet>", "", "Not an SDMX message", BadFile),
        ("<?xml version='1.0' encoding='UTF-8'?>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "no document type", BadFile),
    ],
)
def test_wrong_answers(old: str, new: str, error: str, kind: type[BadFile], tmp_path: Path) -> None:
    assert old in TEXT
    with pytest.raises(kind, match=error):
        of(TEXT.replace(old, new), tmp_path)


def test_two_figures_for_one_cell(tmp_path: Path) -> None:
    once = '<Obs TIME_PERIOD="2023" OBS_VALUE="120000" DERIVATION_TYPE="O"/>'
    assert of(TEXT.replace(once, once * 2), tmp_path).dropped["repeated row"] == 1
    with pytest.raises(BadFile, match="Two rows of one cell disagree"):
        of(TEXT.replace(once, once + once.replace("120000", "130000")), tmp_path)


def test_quarters_and_negative_figures(tmp_path: Path) -> None:
    parsed = of(TEXT.replace('"2024-M03"', '"2024-Q2"').replace('"120000"', '"-120000"'), tmp_path)

    assert "2024-04..2024-06" in parsed.tables["flow"]["period"].to_pylist()
    assert [finding.code for finding in parsed.findings] == ["negative-value"]


@given(cut=st.integers(0, len(TEXT) - 30), put=st.text(max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_is_an_error_in_one_line_or_rows(cut: int, put: str, tmp_path: Path) -> None:
    outcome = tried(TEXT[:cut] + put + TEXT[cut + len(put) :], tmp_path)

    assert "\n" not in str(outcome) if isinstance(outcome, KhorgosError) else outcome <= 7


def tried(text: str, folder: Path) -> int | KhorgosError:
    try:
        return of(text, folder).tables["flow"].num_rows
    except KhorgosError as error:
        return error


def test_nothing_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parse(SPECIMEN)
    with pytest.raises(BadFile):
        of(TEXT[:-40], tmp_path)

    assert capsys.readouterr() == ("", "")
