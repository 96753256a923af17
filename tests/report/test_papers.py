"""`khorgos papers`: a cell a line, the total last, and a flag for a miss."""

from __future__ import annotations

import json
import shutil
from importlib import import_module

import pytest

from khorgos.core.errors import BadFile, NoData, UnknownName
from khorgos.models.papers.cell import FLAT
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
