"""`khorgos papers`: published tables computed again, a cell a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from khorgos.core.errors import BadFile, BadInput, KhorgosError, NoData, UnknownName
from khorgos.ledger.worlds import arrays_of
from khorgos.models.papers.cell import FLAT, RESOLVED, Cell
from khorgos.report.answer import Answer
from khorgos.report.view import Column, View

#: The papers by name: each a module of `models.papers` with FILES, `read` and `reproduce`. The quick ones first.
PAPERS: Mapping[str, str] = {
    "francois-hall": "Francois and Hall (2003), Global Simulation Analysis of Industry-Level Trade Policy",
    "costinot-rodriguez-clare": "Costinot and Rodriguez-Clare (2014), Trade Theory with Numbers",
    "caliendo-parro": "Caliendo and Parro (2015), Estimates of the Trade and Welfare Effects of NAFTA",
    "ilms": "Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), Making America Great Again?",
    "advanced-guide": "Yotov, Piermartini, Monteiro and Larch (2016), An Advanced Guide to Trade Policy Analysis",
    "ossa": "Ossa (2014), Trade Wars and Trade Talks with Data",
}

#: Papers whose own search for an optimum can be replayed, and the module that does it.
REPLAYS: Mapping[str, str] = {"ossa": "ossa_replay"}

Progress = Callable[[int, int, str], object]


@dataclass(frozen=True)
class Reproduction(Answer):
    """Cells of published tables, and how they came out.

    Args:
        missed: how many cells are neither matched, nor replayed, nor flat.
    """

    missed: int = 0

    @property
    def exit_status(self) -> int:
        """0 if no cell is missed, else 1."""
        return 1 if self.missed else 0


def papers(
    folder: Path,
    only: Sequence[str] = (),
    *,
    replay: bool = False,
    workers: int = 2,
    progress: Progress | None = None,
) -> Reproduction:
    """Compute published tables again from a folder of the papers' data.

    Args:
        folder: holds the files that the papers' modules name, such as "gsim/elasticities.csv".
        only: names of PAPERS; all where left out.
        replay: run the papers' own searches for the optima whose cells are flat (REPLAYS); minutes.
        workers: processes of these searches.
        progress: called with (done, in all, paper), of a replay with (searches done, in all, paper and search).

    Returns:
        A line a cell: printed, computed, difference and status (matched: the computed number rounds to the printed one;
        replayed: it does not, but the paper's own search stops at one that does; flat: the printed number is an optimum
        too, at a price of at most FLAT; missed); then a line a paper, and the total last.

    Raises:
        UnknownName: there is no such paper.
        NoData: a file is not there.
        BadFile: a file is not what the paper's module reads.
        BadInput: a replay of papers that have none, or by no process.
        NotConverged: a replay has no next step.
    """
    for name in only:
        if name not in PAPERS:
            raise UnknownName(name, "paper", PAPERS)
    if not folder.is_dir():
        raise NoData("There is no such folder", where=str(folder), hint="Name the folder with the papers' data: --data")
    names = [name for name in PAPERS if not only or name in only]
    if replay and not set(names) & set(REPLAYS):
        raise BadInput("None of these papers has a search to replay", hint=f"Papers that have: {', '.join(REPLAYS)}")
    if workers < 1:
        raise BadInput("A replay needs a process", hint="Give --workers 1 or more")
    found: list[Cell] = []
    sums = []
    for done, name in enumerate(names):
        if progress is not None:
            progress(done, len(names), name)
        cells = _cells(folder, name, _replayer(name, workers, progress) if replay else None)
        sums.append((name, cells))
        found += cells
    if progress is not None:
        progress(len(names), len(names), "")
    rows = [_row(cell) for cell in found]
    rows += [_sum(f"{PAPERS[name].partition(')')[0]})", cells, replay) for name, cells in sums]
    rows.append(_sum("All papers", found, replay))
    missed = sum(cell.status == "missed" for cell in found)
    view = View(
        title="Published tables, computed again",
        subtitle="computed less printed; matched: the computed number rounds to the printed one",
        columns=(
            Column("paper", "Paper"),
            Column("table", "Table"),
            Column("cell", "Cell"),
            Column("printed", "Printed", "number"),
            Column("computed", "Computed", "number"),
            Column("difference", "Difference", "number", decimals=8),
            *(_BY_SEARCH if replay else ()),
            Column("status", "Status"),
            Column("price", "Price", "number"),
        ),
        rows=tuple(rows),
        notes=(*(PAPERS[name] for name in names), *_priced(found), *(_told(found) if replay else _offered(sums))),
    )
    return Reproduction(view, (), missed)


Replay = Callable[[Any, Sequence[Cell]], tuple[Cell, ...]]


def _replayer(name: str, workers: int, progress: Progress | None) -> Replay | None:
    """What replays a paper's searches; None where it has none."""
    if name not in REPLAYS:
        return None
    module: Any = import_module(f"khorgos.models.papers.{REPLAYS[name]}")

    def told(done: int, of: int, what: str) -> None:
        if progress is not None:
            progress(done, of, f"{name}, search of {what}")

    return lambda inputs, cells: module.replayed(inputs, cells, workers=workers, progress=told)


def _cells(folder: Path, name: str, replay: Replay | None = None) -> tuple[Cell, ...]:
    module: Any = import_module(f"khorgos.models.papers.{name.replace('-', '_')}")
    found = dict(contents(folder, module.FILES))
    try:
        inputs = module.read(found)
        cells: tuple[Cell, ...] = module.reproduce(inputs)
    except KhorgosError:
        raise
    except (LookupError, ValueError, TypeError) as error:  # what readers of numbers raise at bytes of another kind
        raise BadFile(f"The files are not those of the paper: {error}", path=str(folder), hint=PAPERS[name]) from error
    if not cells:
        raise BadInput("The paper has no cells", where=name)
    return cells if replay is None else replay(inputs, cells)


def contents(folder: Path, files: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Each file as a paper's module takes it: archives as arrays by name, all else as bytes."""
    for key, path in files.items():
        place = folder / path
        try:
            content = place.read_bytes()
        except OSError as error:
            raise NoData(f"A file of the paper is not there: {error.strerror}", where=path) from error
        if place.suffix == ".npz":
            yield key, arrays_of(content, path)
        elif place.suffix == ".mat":
            yield key, _matlab(content, path)
        else:
            yield key, content


def _matlab(content: bytes, path: str) -> Any:
    import io

    from scipy.io import loadmat

    try:
        return loadmat(io.BytesIO(content))
    except NotImplementedError as error:  # what SciPy raises at HDF5
        hint = "Save it as v7 or older: save(..., '-v7')"
        raise BadFile("The MATLAB file is saved as version 7.3 (HDF5)", path=path, hint=hint) from error
    except (ValueError, TypeError, OSError) as error:
        raise BadFile("Not a MATLAB file", path=path) from error


def _row(cell: Cell) -> dict[str, Any]:
    digits = max(cell.digits, 0)
    return {
        "paper": cell.paper,
        "table": cell.table,
        "cell": cell.cell,
        "printed": cell.printed,
        "printed_text": f"{cell.printed:.{digits}f}",
        "computed": cell.computed,
        "computed_text": f"{cell.computed:.{digits + 2}f}",
        "difference": cell.difference,
        "difference_text": f"{cell.difference:+.1e}",
        "replayed": cell.replayed,
        "replayed_text": "" if cell.replayed is None else f"{cell.replayed:.{digits + 2}f}",
        "replayed_difference": cell.replayed_difference,
        "replayed_difference_text": "" if cell.replayed_difference is None else f"{cell.replayed_difference:+.1e}",
        "status": cell.status,
        "status_text": _LOUD.get(cell.status, cell.status),
        "price": cell.price,
        "price_text": "" if cell.price is None else _price(cell.price),
    }


#: A miss among thousands of matches should be seen, and by what a cell that is flat at the optimum is matched.
_LOUD = {"missed": "MISSED", "replayed": "matched, by search"}
#: What a replay adds.
_BY_SEARCH = (
    Column("replayed", "By search", "number"),
    Column("replayed_difference", "Less printed", "number", decimals=8),
)


def _price(price: float) -> str:
    return f"{price:.0e}" if abs(price) >= RESOLVED else f"less than {RESOLVED:.0e}"


def _priced(cells: Sequence[Cell]) -> Iterator[str]:
    """What a price is, where a cell has one, and each of them."""
    if any(cell.price is not None for cell in cells):
        yield (
            "Price: what the optimiser gives up, as a fraction of its welfare, where its optimum prints as published."
            f" Up to {FLAT:.0e} the cell is flat: the published optimum is one too, and nothing tells them apart."
        )
    for cell in cells:
        if cell.price is None:
            continue
        status = "matched, by the paper's search" if cell.status == "replayed" else cell.status
        stops = "" if cell.replayed is None else f"; the search stops at {cell.replayed:.{max(cell.digits, 0) + 2}f}"
        yield f"{cell.paper}, {cell.table}, {cell.cell}: {status}, at a price of {_price(cell.price)}{stops}."


def _offered(sums: Sequence[tuple[str, Sequence[Cell]]]) -> Iterator[str]:
    for name, cells in sums:
        if name in REPLAYS and any(cell.status == "flat" for cell in cells):
            yield (
                f"--replay computes the flat cells of {name} by the paper's own search for the optimum, which takes"
                " minutes."
            )


def _told(cells: Sequence[Cell]) -> Iterator[str]:
    """Which numbers the replayed searches gave, the flat cells' and all others' of their tables."""
    tables = dict.fromkeys((cell.paper, cell.table) for cell in cells if cell.replayed is not None)
    yield (
        "By search: the number where the paper's own search stops, written again after its documentation. Where the"
        " optimum is flat, its last digits are rounding, and another processor may print single ones otherwise"
        " (docs/papers.md)."
        if tables
        else "No cell is flat: there was nothing to replay."
    )
    for table in tables:
        some = [cell for cell in cells if (cell.paper, cell.table) == table]
        off = "; ".join(f"{cell.cell} {cell.replayed:.4f}" for cell in some if not cell.replay_matches)
        yield (
            f"{', '.join(table)}: the search alone brings {sum(cell.replay_matches for cell in some)} of {len(some)}"
            f" cells to the print{', all but ' + off if off else ''}."
        )


def _sum(paper: str, cells: Sequence[Cell], replay: bool) -> dict[str, Any]:
    count = {
        status: sum(cell.status == status for cell in cells) for status in ("matched", "replayed", "flat", "missed")
    }
    worst = max((status for status, n in count.items() if n), key=list(count).index)
    matched = f"{count['matched']:,} of {len(cells):,} cells matched"
    if replay:
        matched += f" at the optimum, {count['replayed']:,} by the paper's search"
    return {
        "paper": paper,
        "table": "all",
        "cell": f"{matched}, {count['flat']:,} flat, {count['missed']:,} missed",
        "printed": None,
        "computed": None,
        "difference": None,
        "replayed": None,
        "replayed_difference": None,
        "status": worst,
        "status_text": _LOUD.get(worst, worst),
        "price": None,
    }
