"""How fast the general-equilibrium engine is: medians, threads, a plain NumPy reference, growth, the memory bound.

Run: `python benchmarks/models.py [--repeat 9] [--clock cpu] [--growth docs/models/growth.csv]`. Papers' data are
taken from the shared data folder where it is (KHORGOS_SHARED or beside the checkout); synthetic worlds need nothing.
On a machine busy with other work, `--clock cpu` counts the processor time of the one thread instead of the wall's.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

# One BLAS thread: mat-vecs of a few hundred rows lose time to waking a second one. Set before NumPy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from khorgos.models.adjoint import real_expenditure_of, sensitivity, welfare_of
from khorgos.models.baseline import Baseline
from khorgos.models.equilibrium import solve
from khorgos.models.papers import caliendo_parro, ilms
from khorgos.models.scenario import Scenario, scenario
from khorgos.models.uncertainty import draws
from khorgos.models.welfare import real_expenditure

#: Wall seconds of open peers on the same inputs, a quiet two-core machine, as stated in the project's task.
PEERS = {
    "NAFTA 31x40": ("cp2015, R/C++", 1.89),
    "76x26": ("the faster R peer, on its own data", 9.7),
    "194x40": ("KITE, R, on its own data", 82.6),
    "ILMS 194": ("Python port", 1.2),
}
#: What counts time: the wall, or the processor time of this thread.
CLOCKS = {"wall": time.perf_counter, "cpu": time.thread_time}
_clock = [time.perf_counter]


def median(call: Callable[[], object], repeat: int) -> float:
    call()
    times = []
    for _ in range(repeat):
        begin = _clock[0]()
        call()
        times.append(_clock[0]() - begin)
    return statistics.median(times)


def synthetic(n: int, s: int, seed: int = 0) -> Baseline:
    """A world with Pareto sizes, materials and tariffs, in equilibrium only once solved."""
    rng = np.random.default_rng(seed)
    size = rng.pareto(1.0, n) + 0.05
    pi = (rng.pareto(1.2, (n, n, s)) + 1e-4) * size[:, None, None]
    home, k = rng.uniform(0.5, 0.9, (n, s)), np.arange(n)
    pi[k, k] = 0.0
    pi *= (1 - home) / pi.sum(0)
    pi[k, k] = home
    tau = 1.0 + rng.uniform(0, 0.15, (n, n, s))
    tau[k, k] = 1.0
    beta = rng.uniform(0.35, 0.65, (n, s))
    mix = rng.dirichlet(np.full(s, 0.5), (n, s)).transpose(0, 2, 1)
    alpha = rng.dirichlet(np.full(s, 0.7), n)
    return Baseline(
        countries=tuple(f"c{i}" for i in range(n)), sectors=tuple(f"s{i}" for i in range(s)), pi=pi, tau=tau,
        theta=rng.uniform(2, 10, s), spending=2e3 * size[:, None] * alpha, alpha=alpha, beta=beta,
        deficit=np.zeros(n), value_added=1e3 * size, gamma=mix * (1 - beta)[:, None, :],
    )  # fmt: skip


def tariff_shock(base: Baseline) -> Scenario:
    rates = base.tau - 1.0
    rates[1, 0] += 0.2
    return scenario(base, tariffs=rates, deficits="balanced")


def plain(base: Baseline, shock: Scenario, tolerance: float = 1e-10) -> np.ndarray:
    """The nested iteration of Caliendo and Parro's programme in plain NumPy: prices to the end for every wage.

    All powers are taken in every sweep, expenditures are solved by iteration, wages are moved by excess demand.
    """
    tau = base.tau if shock.tau is None else shock.tau
    ratio, wL = tau / base.tau, base.value_added
    w, P, X = np.ones(len(wL)), np.ones(base.spending.shape), base.spending
    for _ in range(2_000):
        for _ in range(500):
            c = w[:, None] ** base.beta * np.exp(np.einsum("nms,nm->ns", base.gamma, np.log(P)))
            cell = base.pi * (ratio * c[:, None, :]) ** -base.theta
            new = cell.sum(0) ** (-1 / base.theta)
            gap, P = np.abs(new - P).max(), new
            if gap < tolerance:
                break
        pi = cell * P**base.theta
        net = pi / tau
        for _ in range(500):
            flows = net * X
            sales, revenue = flows.sum(1), (X - flows.sum(0)).sum(1)
            new = base.alpha * (w * wL + revenue)[:, None] + np.einsum("nms,ns->nm", base.gamma, sales)
            gap, X = np.abs(new / X - 1).max(), new
            if gap < tolerance:
                break
        excess = (base.beta * sales).sum(1) / (w * wL) - 1
        if np.abs(excess).max() < tolerance:
            return w
        w = w * (1 + 0.2 * excess)  # chosen because more diverges on these worlds
        w = w * wL.sum() / (w * wL).sum()
    raise RuntimeError("the plain iteration did not settle")


def bandwidth() -> float:
    """Bytes a second of summing a block that no cache holds."""
    block = np.ones(16_000_000)
    return block.nbytes / median(block.sum, 5)


def line(*cells: object) -> None:
    print(" | ".join(str(cell) for cell in cells))


def against_plain(name: str, base: Baseline, shock: Scenario, repeat: int, *, reference: bool) -> None:
    found = solve(base, shock)
    fast = median(lambda: solve(base, shock), repeat)
    slow_text = ratio = gap = "not run"
    if reference:
        begin = _clock[0]()
        w = plain(base, shock)
        slow = _clock[0]() - begin
        slow_text, ratio, gap = f"{slow:.2f} s", f"{slow / fast:.0f}x", f"{np.abs(found.w_hat / w - 1).max():.1e}"
    peer = PEERS.get(name)
    beats = f"{peer[1] / fast:.0f}x {peer[0]} ({peer[1]} s)" if peer else ""
    line(f"{name:12}", f"{1e3 * fast:8.2f} ms", f"{found.method} {found.sweeps}", f"{found.residual:.0e}",
         f"plain {slow_text} {ratio} gap {gap}", beats)  # fmt: skip


def gradient(name: str, base: Baseline, shock: Scenario, repeat: int) -> None:
    found = solve(base, shock)
    outcome = real_expenditure_of(found, base.countries[0])
    one, all_ = median(lambda: solve(base, shock), repeat), median(lambda: sensitivity(found, outcome), repeat)
    result = sensitivity(found, outcome)
    line(f"{name:12}", f"solve {1e3 * one:.1f} ms", f"gradient {1e3 * all_:.1f} ms", f"{all_ / one:.2f} of a solve",
         f"{result.tau.size} tariffs, {result.sweeps} reverse sweeps")  # fmt: skip


def growth(repeat: int, speed: float) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    print("\nGrowth: one solve at 1e-10, and what reading two matrices a sweep costs at best")
    for n, s in ((25, 10), (50, 10), (100, 10), (194, 10), (194, 20), (194, 40)):
        base = synthetic(n, s)
        shock = tariff_shock(base)
        found = solve(base, shock)
        spent = median(lambda base=base, shock=shock: solve(base, shock), max(3, repeat // 3))
        floor = found.sweeps * 2 * base.pi.nbytes / speed
        line(f"N={n:3} S={s:2}", f"{1e3 * spent:8.2f} ms", f"{found.sweeps} sweeps", f"bound {1e3 * floor:7.2f} ms",
             f"{spent / floor:.1f}x the bound")  # fmt: skip
        rows.append({"countries": n, "sectors": s, "sweeps": found.sweeps, "solve_ms": f"{1e3 * spent:.2f}",
                     "bound_ms": f"{1e3 * floor:.2f}"})  # fmt: skip
    return rows


def papers(shared: Path, repeat: int) -> None:
    def load(module: object) -> object:
        files = module.FILES  # type: ignore[attr-defined]
        paths = {k: shared / "data" / "models" / v for k, v in files.items()}
        decoded = {k: np.load(p) if p.suffix == ".npz" else p.read_bytes() for k, p in paths.items()}
        return module.read(decoded)  # type: ignore[attr-defined]

    nafta = load(caliendo_parro)
    base = nafta.baseline  # type: ignore[attr-defined]
    shock = scenario(base, tariffs=nafta.rates, deficits="balanced")  # type: ignore[attr-defined]
    against_plain("NAFTA 31x40", base, shock, repeat, reference=True)
    gradient("NAFTA 31x40", base, shock, repeat)
    data = load(ilms)
    world, chosen = ilms.world(data)  # type: ignore[arg-type]
    rates = ilms.rates(data, world, chosen, "ustr")  # type: ignore[arg-type]
    ustr = scenario(world, tariffs=rates, revenue="income-tax", numeraire="world-prices")
    spent = median(lambda: solve(world, ustr, tolerance=1e-12), repeat)
    found = solve(world, ustr, tolerance=1e-12)
    peer = PEERS["ILMS 194"]
    line("ILMS 194    ", f"{1e3 * spent:8.2f} ms", f"{found.method} {found.sweeps}", f"{found.residual:.0e}",
         f"{peer[1] / spent:.0f}x {peer[0]} ({peer[1]} s)")  # fmt: skip
    outcome = welfare_of(found, np.eye(len(world.countries))[data.us])  # type: ignore[attr-defined]
    both = median(lambda: sensitivity(found, outcome), repeat)
    line("ILMS 194    ", f"gradient {1e3 * both:.1f} ms", f"{both / spent:.2f} of a solve")

    def drawn(b: Baseline, rng: np.random.Generator) -> Baseline:
        return b.with_(theta=np.maximum(b.theta + rng.standard_normal(1), 1.0))

    begin = time.perf_counter()
    result = draws(world, ustr, {"theta": drawn}, lambda a, b: real_expenditure(b, a), n=1000, seed=1, workers=2)
    line(
        "ILMS 194    ",
        f"1,000 draws {time.perf_counter() - begin:.1f} s in 2 processes",
        f"{len(result.failures)} failed",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--clock", choices=sorted(CLOCKS), default="wall")
    parser.add_argument("--growth", type=Path, help="write the table of growth there, and measure nothing else")
    asked = parser.parse_args()
    repeat, _clock[0] = asked.repeat, CLOCKS[asked.clock]
    speed = bandwidth()
    threads = os.environ["OPENBLAS_NUM_THREADS"]
    line(platform.machine(), f"{os.cpu_count()} cores", f"BLAS threads {threads}", f"NumPy {np.__version__}",
         f"{asked.clock} clock", f"load {os.getloadavg()[0]:.1f}", f"reads {speed / 1e9:.1f} GB/s")  # fmt: skip
    if asked.growth is not None:
        rows = growth(repeat, speed)
        with asked.growth.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return
    shared = Path(os.environ.get("KHORGOS_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if (shared / "data" / "models").is_dir():
        papers(shared, repeat)
    else:
        print("No shared data folder: the papers' worlds are left out")
    for name, n, s, reference in (("31x40", 31, 40, True), ("76x26", 76, 26, True), ("194x40", 194, 40, False)):
        base = synthetic(n, s)
        against_plain(name, base, tariff_shock(base), repeat, reference=reference)
        gradient(name, base, tariff_shock(base), max(3, repeat // 3))
    growth(repeat, speed)
    line("peak memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
