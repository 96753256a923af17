"""Table 3's flat medians by the paper's own search, in processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from khorgos.core.errors import NotConverged
from khorgos.models.papers.cell import Cell
from khorgos.models.papers.ossa import REGIONS, Data, table_3
from khorgos.models.papers.ossa_search import Floats, placed, replay

Progress = Callable[[int, int, str], object]
Job = tuple[str, int]

#: The panels whose programme is known; Table 3c's is the same in other worlds, and its medians print at the optimum.
PANELS = ("Table 3a", "Table 3b")
#: The environment of the processes: one BLAS thread each. The kernels are those of the processor at hand: to choose
#: them would be to choose last digits (docs/papers.md).
ALONE: Mapping[str, str] = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "MKL", "OMP")}


def replayed(data: Data, cells: Sequence[Cell], *, workers: int, progress: Progress | None = None) -> tuple[Cell, ...]:
    """The cells, those of a panel with a flat one with the number where the paper's search stops.

    Args:
        data: of the paper.
        cells: as `ossa.reproduce` has them.
        workers: processes.
        progress: called with (searches done, of, panel and region just done).

    Raises:
        NotConverged: a search has no next step.
    """
    panels = [table for table in PANELS if any(cell.table == table and cell.status == "flat" for cell in cells)]
    ends = searched(data, [(table, k) for table in panels for k in range(len(REGIONS))], workers, progress)
    rows = {
        table: table_3(data, table, {k: placed(data, k, ends[table, k]) for k in range(len(REGIONS))})
        for table in panels
    }
    return tuple(_with(cell, rows) for cell in cells)


def _with(cell: Cell, rows: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Cell:
    if cell.table not in rows:
        return cell
    region, column = cell.cell.split(", ")
    return replace(cell, replayed=rows[cell.table][region][column])


def searched(data: Data, jobs: Sequence[Job], workers: int, progress: Progress | None = None) -> dict[Job, Floats]:
    """Where the search of each panel and region stops: [33, 6] tariffs, whatever the number of processes.

    Args:
        data: of the paper.
        jobs: (panel, region).
        workers: processes.
        progress: as for `replayed`.

    Raises:
        NotConverged: a search has no next step.
    """
    # Joblib's own executor, because its Parallel cannot set the environment and has no process for one worker.
    from joblib.externals.loky import ProcessPoolExecutor, as_completed

    found: dict[Job, Floats] = {}
    executor = ProcessPoolExecutor(max_workers=workers, env=dict(ALONE))
    try:
        waiting = {executor.submit(_one, data, job): job for job in jobs}
        for done in as_completed(waiting):
            table, region = job = waiting[done]
            found[job] = done.result()
            if progress is not None:
                progress(len(found), len(jobs), f"{table}, {REGIONS[region]}")
    finally:
        executor.shutdown(kill_workers=True)  # at once, if the user has had enough
    return found


def _one(data: Data, job: Job) -> Floats:
    table, region = job
    try:
        return replay(data, table, region)
    except np.linalg.LinAlgError as error:
        raise NotConverged(f"The search has no next step: {error}", where=f"{table}, {REGIONS[region]}") from error
