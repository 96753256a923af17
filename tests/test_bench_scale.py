"""The scale benchmark's pieces on a tiny table: what it generates, and that all roads give the same answers."""

from __future__ import annotations

import shutil
import sys
from collections import namedtuple
from pathlib import Path

import pyarrow as pa
import pytest

from khorgos.ledger import sums
from khorgos.ledger.ingest import ingest
from khorgos.measures import detours
from khorgos.measures.rerouting.route import Route
from khorgos.sources.files import parse

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))  # the benchmarks are scripts, not a package

import scale
from scale_questions import compare, questions
from scale_rerouting import ROADS, Cast, opened
from scale_world import REVISION, World, world, write

YEARS = (2022, 2023)
CAST = Cast("CHN", "DEU", "USA", "010511", YEARS)
NAMES = tuple(questions(CAST))


@pytest.fixture(scope="module")
def tiny() -> World:
    return world(8_000, years=YEARS, countries=8, products=200)


@pytest.fixture(scope="module")
def csv(tiny: World, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [path for path, _ in write(tiny, tmp_path_factory.mktemp("csv"))]


@pytest.fixture(scope="module")
def ledger(csv: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table in a ledger to which 200 goods of eight countries are all there are."""
    folder = tmp_path_factory.mktemp("ledger")
    with pytest.MonkeyPatch.context() as patch:
        _all_there_is(patch)
        ingest(opened(folder), [parse(path) for path in csv])
    return folder


@pytest.fixture(scope="module")
def revised(ledger: Path, tiny: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same ledger after a later version of the last year."""
    folder = tmp_path_factory.mktemp("revised")
    shutil.copytree(ledger, folder / "ledger")
    (later, _), *_ = write(tiny, folder, version=REVISION, years=YEARS[-1:])
    with pytest.MonkeyPatch.context() as patch:
        _all_there_is(patch)
        ingest(opened(folder / "ledger"), [parse(later)])
    return folder / "ledger"


def _all_there_is(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sums, "_SUBHEADINGS", 100)
    patch.setattr(sums, "_CHAPTERS", 2)
    patch.setattr(sums, "_COUNTRIES", 8)


def _flows(csv: list[Path]) -> dict[tuple[str, str, str, str], float]:
    """Values in US dollars by year, exporter, importer and product."""
    return {
        (row["period"], row["reporter"], row["partner"], row["product"]): row["value"]
        for path in csv
        for row in parse(path).tables["flow"].to_pylist()
    }


def test_the_table_has_the_rows_asked_for(tiny: World, csv: list[Path]) -> None:
    counts = [len(path.read_text().splitlines()) - 1 for path in csv]

    assert counts[0] == pytest.approx(4_000, abs=20)  # the cut of the first year is good to a bin of its histogram
    assert counts[1] == pytest.approx(4_000, rel=0.05)  # later years are drawn anew; five standard deviations
    assert len({row[0] for row in _flows(csv)}) == len(YEARS)


def test_the_same_seed_gives_the_same_bytes(tiny: World, csv: list[Path], tmp_path: Path) -> None:
    again = [path for path, _ in write(world(8_000, years=YEARS, countries=8, products=200), tmp_path)]

    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in csv]


def test_the_connector_finds_nothing_odd_in_it(csv: list[Path]) -> None:
    parsed = [parse(path) for path in csv]

    assert [one.source.id for one in parsed] == ["baci", "baci"]
    assert [(one.findings, dict(one.dropped)) for one in parsed] == [((), {}), ((), {})]
    assert min(value for value in _flows(csv).values()) >= 1_000.0  # US dollars: BACI leaves out what is smaller


def test_the_same_cells_come_back(csv: list[Path]) -> None:
    first, second = ({key[1:] for key in _flows(csv) if key[0] == str(year)} for year in YEARS)

    assert len(first & second) > 0.6 * len(first)


def test_the_rerouting_scan_is_the_measures(ledger: Path, csv: list[Path], tmp_path: Path) -> None:
    """The benchmark's statement, the measure by the ledger's own sums, and the measure from the rows alone."""
    scan = {row["hub"]: row for row in questions(CAST)["rerouting"].ask["ledger"](ledger).to_pylist()}
    bare = opened(tmp_path / "bare")
    ingest(bare, [parse(path) for path in csv])  # without the sums, which 200 goods are too few for
    route = Route(CAST.origin, CAST.destination, YEARS[0], YEARS[1:], 6)
    summed, rows = (
        {row["hub"]: row for row in detours(one, route).table.to_pylist()}
        for one in (opened(ledger), opened(tmp_path / "bare"))
    )

    assert scan.keys() <= summed.keys() == rows.keys()
    for hub, row in scan.items():
        for name in ("min_flow", "excess_flow"):
            assert summed[hub][name] == pytest.approx(row[name], rel=1e-9)
            assert rows[hub][name] == pytest.approx(row[name], rel=1e-9)
    for hub, row in rows.items():
        for name in ("freund", "n_flagged", "shipped", "sold"):
            assert summed[hub][name] == pytest.approx(row[name], rel=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_all_roads_agree(ledger: Path, name: str) -> None:
    question = questions(CAST)[name]
    answers = [question.ask[road](ledger) for road in ROADS]

    assert answers[0].num_rows > 0
    for other in answers[1:]:
        assert compare(question, answers[0], other) <= 1e-13  # sums of at most 200 terms in another order


def test_the_ledger_answers_from_totals(ledger: Path, csv: list[Path]) -> None:
    answer = questions(CAST)["world-series"].ask["ledger"](ledger)
    flows = _flows(csv)

    for year, value in zip(answer["period"].to_pylist(), answer["value"].to_pylist(), strict=True):
        wanted = sum(v for (y, _, _, k), v in flows.items() if (y, k) == (year, CAST.product))
        assert value == pytest.approx(wanted, rel=1e-14)  # at most 56 terms in another order
    assert [kind for kind in _kinds(ledger) if kind != "rows"] == ["sums"] * 4


def test_rerouting_is_what_plain_loops_find(ledger: Path, csv: list[Path]) -> None:
    flows = _flows(csv)
    first, last = (str(one) for one in YEARS)

    def v(year: str, exporter: str | None, importer: str, product: str) -> float:
        if exporter is not None:
            return flows.get((year, exporter, importer, product), 0.0)
        return sum(x for (y, _, j, k), x in flows.items() if (y, j, k) == (year, importer, product))

    def excess(exporter: str, importer: str, product: str) -> float:
        whole = v(first, None, importer, product)
        share = v(first, exporter, importer, product) / whole if whole else 0.0
        return max(v(last, exporter, importer, product) - share * v(last, None, importer, product), 0.0)

    answer = {row["hub"]: row for row in questions(CAST)["rerouting"].ask["ledger"](ledger).to_pylist()}
    both = {
        hub: [k for (y, i, j, k) in flows if (y, i, j) == (last, "CHN", hub) and v(last, hub, "USA", k) > 0]
        for hub in answer
    }

    assert set(answer) == {"DEU", "JPN", "NLD", "KOR", "ITA", "FRA"}
    for hub, row in answer.items():
        r = sum(min(v(last, "CHN", hub, k), v(last, hub, "USA", k)) for k in both[hub])
        e = sum(min(excess("CHN", hub, k), excess(hub, "USA", k)) for k in both[hub])
        assert row["products"] == len(both[hub])
        assert row["min_flow"] == pytest.approx(r, rel=1e-13)  # at most 200 terms in another order
        assert row["excess_flow"] == pytest.approx(e, abs=1e-13 * row["shipped"])  # the same, of differences
        assert 0.0 < row["excess_flow"] < row["min_flow"] <= row["shipped"]


@pytest.mark.parametrize("name", NAMES)
def test_all_roads_agree_after_a_revision(revised: Path, name: str) -> None:
    question = questions(CAST)[name]

    gap = compare(question, question.ask["ledger"](revised), question.ask["all rows"](revised))
    assert gap <= 1e-13  # sums of at most 200 terms in another order


def test_a_revision_supersedes(ledger: Path, revised: Path) -> None:
    question = questions(CAST)["series"]

    with pytest.raises(AssertionError, match="apart"):
        compare(question, question.ask["ledger"](ledger), question.ask["ledger"](revised))


def test_answers_of_other_cells_are_not_equal(ledger: Path) -> None:
    question = questions(CAST)["series"]
    answer: pa.Table = question.ask["ledger"](ledger)

    with pytest.raises(AssertionError, match="other cells"):
        compare(question, answer, answer.slice(1))


def test_a_small_disk_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(10**12, 0, 10**9))

    with pytest.raises(SystemExit, match=r"100,000,000 rows need 15.0 GB of free disk; .* has 1.0 GB"):
        scale.refuse_small_disk(tmp_path, 100_000_000)


def _kinds(folder: Path) -> list[str]:
    return [part.kind for _, part in opened(folder).parts("flow")]
