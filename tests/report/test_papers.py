"""`khorgos papers`: a cell a line, the total last, and a flag for a miss."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from importlib import import_module

import pytest

from khorgos.core.errors import BadFile, BadInput, NoData, UnknownName
from khorgos.models.papers import ossa, ossa_replay
from khorgos.models.papers.cell import FLAT, Cell
from khorgos.report.answers import papers as module
from khorgos.report.answers.papers import PAPERS, papers
from khorgos.report.formats import to_json, to_text

QUICK = ("francois-hall", "costinot-rodriguez-clare")


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "data" / "models"


@pytest.mark.parametrize("name", PAPERS)
def test_every_paper_has_its_module(name):
    paper = import_module(f"khorgos.models.papers.{name.replace('-', '_')}")

    assert paper.FILES
    assert callable(paper.read)
    assert callable(paper.reproduce)


def test_a_cell_a_line_and_the_total_last(folder):
    found = papers(folder, QUICK)
    rows = found.view.rows

    assert [row["cell"] for row in rows[-3:]] == [
        "24 of 24 cells matched, 0 flat, 0 missed",
        "36 of 36 cells matched, 0 flat, 0 missed",
        "60 of 60 cells matched, 0 flat, 0 missed",
    ]
    assert len(rows) == 63
    assert found.missed == 0
    assert found.exit_status == 0
    first = rows[0]
    assert (first["table"], first["cell"], first["printed"]) == ("4x4, world prices", "US, price", 0.0792)
    # the published price has four decimals
    assert first["computed"] == pytest.approx(first["printed"], abs=5e-5)
    assert first["difference"] == first["computed"] - first["printed"]
    assert "0.0792" in to_text(found.view, width=160)
    assert (first["status"], first["price"]) == ("matched", None)
    assert json.loads(to_json(found.view))["rows"][-1]["status"] == "matched"


def test_nafta_and_liberation_day(folder):
    found = papers(folder, ["caliendo-parro", "ilms"])

    assert found.missed == 0
    assert len(found.view.rows) > 1_400


def test_a_miss_sets_the_flag(folder, tmp_path):
    shutil.copytree(folder / "gsim", tmp_path / "gsim")
    prices = tmp_path / "gsim" / "published_reported_prices.csv"
    prices.chmod(0o644)
    prices.write_text(prices.read_text(encoding="utf-8").replace("0.0792", "0.0892"), encoding="utf-8")
    found = papers(tmp_path, ["francois-hall"])

    assert found.missed == 1
    assert found.exit_status == 1
    assert [row["cell"] for row in found.view.rows if row["status"] == "missed"] == [
        "US, price",
        "23 of 24 cells matched, 0 flat, 1 missed",
        "23 of 24 cells matched, 0 flat, 1 missed",
    ]
    assert "MISSED" in to_text(found.view, width=160)


def test_a_flat_cell_is_told_with_its_price_and_is_no_miss(folder):
    found = papers(folder, ["ossa"])
    flat = [row for row in json.loads(to_json(found.view))["rows"] if row["status"] == "flat"]

    assert (found.missed, found.exit_status) == (0, 0)
    assert [row["cell"] for row in flat[-2:]] == ["168 of 174 cells matched, 6 flat, 0 missed"] * 2
    assert len(flat) == 6 + 2
    assert all(abs(row["price"]) <= FLAT for row in flat[:-2])
    said = to_text(found.view, width=400)
    assert "Table 3a, EU, median_optimal_tariff: flat, at a price of 4e-13." in said
    assert "Table 3b, Brazil, median_optimal_tariff: flat, at a price of less than 1e-13." in said
    assert "--replay computes the flat cells of ossa by the paper's own search" in said


@pytest.fixture
def made_up(monkeypatch):
    """Cells instead of Ossa's, and searches that have stopped: what is told of them, not what they are."""
    before = (
        Cell("P", "Table 3a", "EU, a", 1.0, 1.01, 1),
        Cell("P", "Table 3a", "EU, b", 61.3, 61.46, 1, 4e-13),
        Cell("P", "Table 3a", "EU, c", 59.6, 59.41, 1, 3e-13),
        Cell("P", "Table 3c", "d", 2.0, 2.0, 1),
    )
    ends = {"EU, a": 1.06, "EU, b": 61.266, "EU, c": 59.546}

    def replayed(_, cells, *, workers, progress):
        progress(1, 1, f"EU in {workers}")
        return tuple(replace(cell, replayed=ends.get(cell.cell)) for cell in cells)

    monkeypatch.setattr(ossa, "FILES", {})
    monkeypatch.setattr(ossa, "read", lambda _: None)
    monkeypatch.setattr(ossa, "reproduce", lambda _: before)
    monkeypatch.setattr(ossa_replay, "replayed", replayed)


@pytest.mark.usefixtures("made_up")
def test_a_replay_is_told_cell_by_cell_with_both_numbers(tmp_path):
    told = []
    found = papers(tmp_path, ["ossa"], replay=True, workers=3, progress=lambda *step: told.append(step))
    rows = {row["cell"]: row for row in json.loads(to_json(found.view))["rows"]}
    said = to_text(found.view, width=400)

    assert told == [(0, 1, "ossa"), (1, 1, "ossa, search of EU in 3"), (1, 1, "")]
    assert [rows[name]["status"] for name in ("EU, a", "EU, b", "EU, c", "d")] == [
        "matched",
        "replayed",
        "flat",
        "matched",
    ]
    assert (rows["EU, b"]["computed"], rows["EU, b"]["replayed"]) == (61.46, 61.266)
    assert rows["EU, b"]["replayed_difference"] == 61.266 - 61.3
    assert (rows["d"]["replayed"], rows["d"]["replayed_difference"]) == (None, None)
    assert "2 of 4 cells matched at the optimum, 1 by the paper's search, 1 flat, 0 missed" in rows
    assert (
        "P, Table 3a, EU, b: matched, by the paper's search, at a price of 4e-13; the search stops at 61.266." in said
    )
    assert "P, Table 3a, EU, c: flat, at a price of 3e-13; the search stops at 59.546." in said
    assert "matched, by search" in said
    # What the search moves off the print is told as well.
    assert (
        "P, Table 3a: the search alone brings 1 of 3 cells to the print, all but EU, a 1.0600; EU, c 59.5460." in said
    )
    assert (found.missed, found.exit_status) == (0, 0)


@pytest.mark.usefixtures("made_up")
def test_without_a_replay_nothing_of_it_is_told_but_the_offer(tmp_path):
    found = papers(tmp_path, ["ossa"])

    assert "replayed" not in [column.name for column in found.view.columns]
    assert found.view.rows[-1]["cell"] == "2 of 4 cells matched, 2 flat, 0 missed"
    assert [note for note in found.view.notes if "--replay" in note]


def test_a_replay_of_papers_without_a_search_is_refused(folder):
    with pytest.raises(BadInput, match="Papers that have: ossa"):
        papers(folder, ["ilms"], replay=True)
    with pytest.raises(BadInput, match="--workers"):
        papers(folder, ["ossa"], replay=True, workers=0)


def test_progress_is_told(folder):
    told = []
    papers(folder, ["francois-hall"], progress=lambda *step: told.append(step))

    assert told == [(0, 1, "francois-hall"), (1, 1, "")]


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnknownName, match="francois-hall"):
        papers(tmp_path, ["francois"])
    with pytest.raises(NoData, match="no such folder"):
        papers(tmp_path / "nothing")
    with pytest.raises(NoData, match=r"gsim/trade_world_prices\.csv"):
        papers(tmp_path, ["francois-hall"])


@pytest.mark.parametrize("name", QUICK)
def test_damaged_files_are_refused_in_one_line(tmp_path, name):
    files = import_module(f"khorgos.models.papers.{name.replace('-', '_')}").FILES
    for path in files.values():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"nothing,of,this\n1,2,3\n")

    with pytest.raises(BadFile) as caught:
        papers(tmp_path, [name])
    assert "\n" not in str(caught.value)


def test_a_matlab_file_of_version_7_3_is_named(tmp_path):
    """The header that MATLAB writes before the HDF5 of its version 7.3; SciPy does not read such files."""
    head = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM"
    (tmp_path / "DATA.mat").write_bytes(head.ljust(512, b"\0") + b"\x89HDF\r\n\x1a\n")

    with pytest.raises(BadFile, match=r"version 7\.3 \(HDF5\).*v7 or older"):
        dict(module.contents(tmp_path, {"data": "DATA.mat"}))


def test_archives_are_decoded(folder):
    contents = dict(module.contents(folder, {"data": "ossa_2014/DATA.mat"}))

    assert "TRADE" in contents["data"]
