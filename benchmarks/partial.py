"""How much faster many products at once are than a loop over them, and how fast gravity clears; medians, no test.

Run: .venv/bin/python benchmarks/partial.py [--products 2000] [--regions 12] [--countries 194]
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

# One BLAS thread, as in benchmarks/models.py: systems of two hundred rows lose time to waking a second one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from khorgos.models.gravity.baseline import gravity_baseline
from khorgos.models.gravity.equilibrium import full_endowment
from khorgos.models.gravity.resistances import multilateral_resistances
from khorgos.models.partial.gsim import gsim
from khorgos.models.partial.smart import smart

REPEATS = 5
#: Products of the loops; their time is scaled up, because a loop over all would say the same and take minutes.
SAMPLE = 50
#: Wall seconds of gegravity (Python) for 194 countries on a quiet two-core machine, as stated in the project's task.
GEGRAVITY = 74.0


def seconds(work: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Median wall time of a call."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def written_out(trade: Any, tau: Any, tau_new: Any, elasticities: tuple[float, float, float]) -> Any:
    """The linear form of one product in plain loops, as spreadsheets and scripts have it."""
    n, (em, ex, es) = len(trade), elasticities
    shock = tau_new / tau - 1
    spending, sales = (trade * tau).sum(axis=0), trade.sum(axis=1)
    matrix, right = np.eye(n) * ex, np.zeros(n)
    for r in range(n):
        for v in range(n):
            phi = trade[r, v] / sales[r]
            for s in range(n):
                theta = trade[s, v] * tau[s, v] / spending[v]
                weight = phi * (theta * (em + es) - (es if r == s else 0.0))
                matrix[r, s] -= weight
                right[r] += weight * shock[s, v]
    return np.linalg.solve(matrix, right)


def line(name: str, fast: float, slow: float | None, what: str = "") -> None:
    """One row: time of the vectorised call, of the loop, and their ratio."""
    if slow is None:
        print(f"{name:<44}{1000 * fast:>10.1f} ms  {what}")
    else:
        print(f"{name:<44}{1000 * fast:>10.1f} ms{1000 * slow:>12.0f} ms{slow / fast:>9.0f} x  {what}")


def products(k: int, n: int) -> None:
    """GSIM and SMART on k products of n regions."""
    rng = np.random.default_rng(1)
    trade = rng.lognormal(3, 2, (k, n, n))
    tau, new = 1 + 0.3 * rng.random((k, n, n)), 1 + 0.3 * rng.random((k, n, n))
    args: dict[str, Any] = {"import_demand": -1.25, "export_supply": 1.5, "substitution": 5.0}
    scale = k / SAMPLE

    def each(method: Any) -> None:
        for i in range(SAMPLE):
            gsim(trade[i], tau[i], new[i], **args, method=method)

    def plain() -> None:
        for i in range(SAMPLE):
            written_out(trade[i], tau[i], new[i], tuple(args.values()))

    print(f"{k} products, {n} regions{'':<20}{'at once':>13}{'loop':>15}{'ratio':>11}")
    for method in ("linear", "nonlinear"):
        fast = seconds(lambda method=method: gsim(trade, tau, new, **args, method=method))  # type: ignore[misc]
        line(f"GSIM {method}", fast, scale * seconds(lambda method=method: each(method)), "one call a product")  # type: ignore[misc]
        if method == "linear":
            line("GSIM linear", fast, scale * seconds(plain), "equations written out in loops")

    imports, old, cut = trade[:, :, 0], tau[:, :, 0], new[:, :, 0]
    own: dict[str, Any] = {"import_demand": -0.8, "substitution": 1.5}
    fast = seconds(lambda: smart(imports, old, cut, **own))
    slow = seconds(lambda: [smart(imports[i], old[i], cut[i], **own) for i in range(SAMPLE)])
    line("SMART", fast, scale * slow, "one call a product")


def gravity(n: int) -> None:
    """Multilateral resistances and full-endowment equilibrium of n countries."""
    rng = np.random.default_rng(2)
    trade = rng.lognormal(2, 2, (n, n))
    trade[np.diag_indices(n)] = 3 * trade.sum(axis=0)
    base = gravity_baseline(trade, 6.0)
    freer = base.freeness * (1 + 0.5 * rng.random((n, n)))
    world = full_endowment(base, freer)
    print(f"\n{n} countries")
    line(
        "multilateral resistances",
        seconds(lambda: multilateral_resistances(freer, base.output, base.expenditure)),
        None,
    )
    line(
        "full-endowment equilibrium",
        seconds(lambda: full_endowment(base, freer)),
        GEGRAVITY if n == 194 else None,
        f"{world.iterations} steps, residual {world.residual:.0e}; beside gegravity",
    )


def main() -> None:
    """Read the sizes, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=2000)
    parser.add_argument("--regions", type=int, default=12)
    parser.add_argument("--countries", type=int, default=194)
    sizes = parser.parse_args()
    print(f"numpy {np.__version__}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, medians of {REPEATS}")
    products(sizes.products, sizes.regions)
    gravity(sizes.countries)


if __name__ == "__main__":
    main()
