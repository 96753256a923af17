"""Other ways of the search of Ossa's programme, and other orders of its industries: where each stops.

    python benchmarks/ossa_search.py DIR [--orders 4] [--way powell|exact|slsqp] [--start elasticities]

DIR holds the papers' data, as for `khorgos papers`, whose --replay is the documented way in the data's own order. An
order above the first shuffles the industries: the same search, rounded otherwise.

Source: Powell (1978), doi:10.1007/BFb0067703; Kraft (1988), DFVLR-FB 88-28.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy loads

import numpy as np
import numpy.typing as npt
from scipy.io import loadmat
from scipy.optimize import minimize

from khorgos.models.papers import ossa as paper
from khorgos.models.papers.ossa import REGIONS, Data, objectives, table_3, unilateral
from khorgos.models.papers.ossa_search import (
    ROUNDS,
    TOLERANCE,
    Floats,
    Search,
    Turn,
    Way,
    bfgs,
    climb,
    forward,
    placed,
    replay,
)
from khorgos.models.policy import Objective, Optimum

_MEDIAN = paper.COLUMNS[-1]


def powell(H: Floats, turn: Turn) -> Floats:
    """BFGS with Powell's damping."""
    s, q, Hs = turn.s, turn.q, H @ turn.s
    if s @ q < 0.2 * (s @ Hs):
        theta = 0.8 * (s @ Hs) / (s @ Hs - s @ q)
        q = theta * q + (1.0 - theta) * Hs
    return bfgs(H, s, q)


def exact(search: Search, x: Floats, _: Floats) -> Floats:
    """Slopes of the constraints by complex steps."""
    slopes: Floats = (search.residual(x + 1e-30j * np.eye(x.size)).imag / 1e-30).T
    return slopes


def slsqp(search: Search, x: Floats) -> Floats:
    """The same from SciPy's sequential quadratic programming (Kraft 1988)."""
    slope = -np.eye(x.size)[search.region]

    def residual(x: Floats) -> Floats:
        return search.residual(x[None])[0]

    slopes = {"type": "eq", "fun": residual, "jac": lambda x: forward(search, x, residual(x))}
    bounds, options = np.c_[search.low, search.high], {"ftol": TOLERANCE, "maxiter": ROUNDS}
    found = minimize(
        lambda x: (slope @ x, slope), x, jac=True, method="SLSQP", bounds=bounds, constraints=slopes, options=options
    )
    end: Floats = found.x
    return end


WAYS: dict[str, Way] = {
    "documented": climb,
    "powell": partial(climb, update=powell),
    "exact": partial(climb, slopes=exact),
    "slsqp": slsqp,
}


def shuffled(data: Data, order: int) -> tuple[Data, npt.NDArray[np.int64]]:
    """The same world with its industries in another order; the first is the data's own."""
    base = data.baseline
    place = np.arange(base.theta.size) if order == 0 else np.random.default_rng(order).permutation(base.theta.size)
    parts = {name: getattr(base, name)[..., place] for name in ("pi", "tau", "theta", "spending", "alpha", "beta")}
    assert base.profit is not None  # a world of fixed_firms has profits
    sectors = tuple(base.sectors[k] for k in place)
    world = replace(base, sectors=sectors, profit=base.profit[:, place], **parts)
    return replace(data, baseline=world, lobbying=data.lobbying[:, place], targets=data.targets[place]), place


def given_up(data: Data, table: str, region: int, best: Optimum, end: Optimum) -> float:
    """Government welfare at khorgos's optimum over that at a search's end, less one."""
    objective: Objective = objectives(data.weights(table))[region]
    return float(np.expm1(objective(best.found).value - objective(end.found).value))


def panel(data: Data, table: str, orders: int, run: Callable[..., Floats]) -> None:
    """Prints a line a region, and of each order how many of the panel's cells print as published."""
    printed = [row[1:] for row in data.printed if row[0] == table]
    ends: list[dict[int, Optimum]] = [{} for _ in range(orders)]
    for region, name in enumerate(REGIONS):
        best, line = unilateral(data, table, region), ""
        for order, found in enumerate(ends):
            world, place = shuffled(data, order)
            tariffs = run(world, table, region)
            found[region] = placed(data, region, tariffs[np.argsort(place)])
            line += f"  {100 * np.median(tariffs):.3f} {given_up(data, table, region, best, found[region]):.0e}"
        exact = 100 * (np.median(np.delete(best.tau[:, region], region, axis=0)) - 1)
        paper_says = next(value for row, column, value in printed if (row, column) == (name, _MEDIAN))
        print(f"{table} {name:7} {paper_says:5.1f} {exact:7.3f}{line}", flush=True)
    for order, found in enumerate(ends):
        rows = table_3(data, table, found)
        off = [
            f"{row} {column}" for row, column, value in printed if abs(rows[row][column] - value) > 0.05 + 1e-12 * value
        ]
        mean = rows["Mean"][_MEDIAN]
        print(f"{table} order {order}: mean {mean:.3f}, {len(printed) - len(off)} of {len(printed)} cells; off: {off}")


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("--orders", type=int, default=1)
    asked.add_argument("--way", choices=WAYS, default="documented")
    asked.add_argument("--start", choices=("two stages", "elasticities"), default="two stages")
    args = asked.parse_args()
    files = {k: args.folder / v for k, v in paper.FILES.items()}
    contents = {k: loadmat(v) if v.suffix == ".mat" else v.read_bytes() for k, v in files.items()}
    data = paper.read(contents)
    print("table, region, printed, khorgos's optimum, then of each order: where the search stops, welfare given up")
    run = partial(replay, first_stage=args.start == "two stages", way=WAYS[args.way])
    for table in ("Table 3a", "Table 3b"):
        panel(data, table, args.orders, run)


if __name__ == "__main__":
    main()
