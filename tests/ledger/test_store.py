"""Where the ledger lies, its pointer, frozen views, and the embedded release below the user's."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from ledger_makers import asked, filled, flow, parsed, release, source, values
from sqlglot import exp

from khorgos.core.errors import LedgerError
from khorgos.ledger import store
from khorgos.ledger.engine import run
from khorgos.ledger.explain import verify
from khorgos.ledger.ingest import ingest
from khorgos.ledger.manifest import FORMAT, Manifest, from_json, to_json
from khorgos.ledger.query import FlowQuery, cells
from khorgos.ledger.store import Ledger, default_path, open_ledger


def test_the_environment_names_the_ledger(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KHORGOS_LEDGER", str(tmp_path / "mine"))

    assert default_path() == tmp_path / "mine"


@pytest.mark.parametrize(
    ("platform", "variable", "expected"),
    [
        ("linux", "XDG_DATA_HOME", "data/khorgos/ledger"),
        ("win32", "LOCALAPPDATA", "data/khorgos/ledger"),
        ("darwin", None, "home/Library/Application Support/khorgos/ledger"),
        ("linux", None, "home/.local/share/khorgos/ledger"),
        ("win32", None, "home/AppData/Local/khorgos/ledger"),
    ],
)
def test_each_platform_has_its_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, variable: str | None, expected: str
) -> None:
    for name in ("KHORGOS_LEDGER", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path / "data"))
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")

    assert default_path() == tmp_path / expected


def test_opening_makes_nothing(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "none", embedded=False)

    assert ledger.layers == ()
    assert not (tmp_path / "none").exists()


def test_a_view_is_frozen(empty: Ledger) -> None:
    before = filled(empty, parsed([flow("CHN", "KAZ", "export", "2022", 1.0)]))
    later = filled(before, parsed([flow("CHN", "KAZ", "export", "2023", 2.0)], of=release(source(), "b")))

    assert values(before, cells(before, FlowQuery()), "period") == {"2022": 1.0}
    assert values(later, cells(later, FlowQuery()), "period") == {"2022": 1.0, "2023": 2.0}
    assert values(open_ledger(before.path, embedded=False), cells(later, FlowQuery()), "period") == {
        "2022": 1.0,
        "2023": 2.0,
    }


def test_a_manifest_reads_as_it_was_written(empty: Ledger) -> None:
    ledger = filled(empty, parsed([flow("CHN", "KAZ", "export", "2022", 1.0)]))
    (layer,) = ledger.layers

    assert from_json(to_json(layer.manifest), where="memory") == layer.manifest
    assert from_json(to_json(Manifest()), where="memory") == Manifest()


def test_the_manifest_before_stays(empty: Ledger) -> None:
    first = filled(empty, parsed([flow("CHN", "KAZ", "export", "2022", 1.0)]))
    filled(first, parsed([flow("CHN", "KAZ", "export", "2023", 2.0)], of=release(source(), "b")))

    kept = sorted(path.name for path in (empty.path / "manifests").iterdir())

    assert kept == ["000001.json", "000002.json"]
    assert from_json((empty.path / "manifests/000001.json").read_bytes(), where="") == first.layers[0].manifest


@pytest.mark.parametrize("harm", ["pointer", "binary", "gone", "changed", "cut"])
def test_a_damaged_ledger_says_so(empty: Ledger, harm: str) -> None:
    filled(empty, parsed([flow("CHN", "KAZ", "export", "2022", 1.0)]))
    pointer, manifest = empty.path / "CURRENT", empty.path / "manifests/000001.json"
    if harm == "pointer":
        pointer.write_text("seven", encoding="ascii")
    elif harm == "binary":
        pointer.write_bytes(b"\xff\xfe")
    elif harm == "gone":
        manifest.unlink()
    elif harm == "changed":
        manifest.write_bytes(manifest.read_bytes().replace(b"CHN", b"KAZ"))
    else:
        manifest.write_bytes(manifest.read_bytes()[:-5])

    with pytest.raises(LedgerError, match="damaged") as caught:
        open_ledger(empty.path, embedded=False)

    assert "\n" not in str(caught.value)


def test_a_manifest_of_a_newer_khorgos_is_refused() -> None:
    newer = to_json(Manifest(number=1, writer="9.9")).replace(b'"format": 1', f'"format": {FORMAT + 1}'.encode())

    with pytest.raises(LedgerError, match=r"9\.9.*Update khorgos"):
        from_json(newer, where="here")


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": "one"}', "nothing", '{"format": 1, "parts": 3}'])
def test_a_manifest_that_is_none_is_damaged(text: str) -> None:
    with pytest.raises(LedgerError, match="damaged"):
        from_json(text.encode(), where="here")


def test_a_file_is_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")

    with pytest.raises(LedgerError, match="must be a folder"):
        open_ledger(tmp_path / "file", embedded=False)


def test_verify_names_what_changed(empty: Ledger) -> None:
    ledger = filled(empty, parsed([flow("CHN", "KAZ", "export", "2022", 1.0)]))
    ((layer, part),) = ledger.parts("flow")

    assert verify(ledger) == ()
    (layer.root / part.path).write_bytes(b"x")
    assert verify(ledger) == (str(layer.root / part.path),)


@pytest.fixture
def below(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ledger:
    """An embedded release with one row of a file that has two, and a file of its own."""
    root = tmp_path / "embedded"
    monkeypatch.setattr(store, "_EMBEDDED", root)
    shared_file = parsed([flow("CHN", "KAZ", "export", "2022", 1.0)])
    own = parsed([flow("CHN", "KGZ", "export", "2022", 9.0)], card=source("other"))
    return filled(open_ledger(root, embedded=False), shared_file, own)


def test_the_users_ledger_lies_over_the_embedded_release(below: Ledger, tmp_path: Path) -> None:
    mine = open_ledger(tmp_path / "mine")
    assert len(asked(mine, exp.select("*").from_("flow"))) == 2

    whole = parsed([flow("CHN", "KAZ", "export", "2022", 1.0), flow("CHN", "KAZ", "export", "2023", 2.0)])
    report = ingest(mine, [whole])

    assert [one.id for one in report.new] == [whole.releases[0].id]
    rows = asked(report.ledger, exp.select("partner", "period", "value").from_("flow"))
    assert [(row["partner"], row["period"]) for row in rows] == [("KAZ", "2022"), ("KAZ", "2023"), ("KGZ", "2022")]
    assert run(below, exp.select("*").from_("flow")).num_rows == 2
    assert report.ledger.hidden == {whole.releases[0].id}


def test_an_import_into_the_users_ledger_leaves_the_embedded_release_alone(below: Ledger, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in below.path.rglob("*") if path.is_file()}

    filled(
        open_ledger(tmp_path / "mine"), parsed([flow("CHN", "UZB", "export", "2022", 3.0)], of=release(source(), "z"))
    )

    assert {path: path.read_bytes() for path in below.path.rglob("*") if path.is_file()} == before


def test_a_hidden_release_inside_a_mixed_part_counts_once(below: Ledger, tmp_path: Path) -> None:
    ((_, part),) = below.parts("flow")
    assert len(part.releases) == 2  # small files of one import share a part

    ledger = filled(open_ledger(tmp_path / "mine"), parsed([flow("CHN", "KAZ", "export", "2022", 1.0)]))

    assert len(asked(ledger, exp.select("*").from_("flow"))) == 2


def test_manifests_are_small(empty: Ledger) -> None:
    ledger = filled(empty, parsed([flow("CHN", "KAZ", "export", "2022", 1.0)]))
    text = (ledger.path / "manifests/000001.json").read_text(encoding="utf-8")

    assert json.loads(text)["parts"][0]["reporters"] == ["CHN"]
    assert "null" not in text
