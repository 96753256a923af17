"""What the ledger costs at 1, 10 and 100 million rows: import, disk, questions and memory, side by side with Polars.

Run: .venv/bin/python benchmarks/scale.py [--rows 1e6,1e7,1e8] [--folder DIR] [--keep]
A made-up table of BACI's size and layout is written, imported by the ledger's own import, asked, and removed. Medians
of five after a warm-up, files in the system's cache; answers are compared value by value. It is no test.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

# Bytes of free disk a row. Chosen because csv, parts and what the engine puts aside while sorting take about 100.
ROOM = 150
YEARS = list(range(2014, 2024))
LEDGER, SAME, ALL = "ledger", "same parts", "all rows"
_STEPS = Path(__file__).with_name("scale_steps.py")


def step(name: str, /, **settings: Any) -> dict[str, Any]:
    """Run one step in a fresh process."""
    made = subprocess.run(
        [sys.executable, str(_STEPS), name, json.dumps(settings)], stdout=subprocess.PIPE, check=True, text=True
    )
    measured: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
    return measured


def machine() -> str:
    """Where this ran, and how busy it was."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    tools = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "pyarrow", "sqlglot", "polars"))
    return (
        f"{time.strftime('%Y-%m-%d %H:%M')}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB, load {load}; Python {platform.python_version()}, {tools}"
    )


def refuse_small_disk(folder: Path, rows: int) -> None:
    """Stop before a disk fills up."""
    free = shutil.disk_usage(folder).free
    if free < rows * ROOM:
        sys.exit(
            f"{rows:,} rows need {rows * ROOM / 1e9:.1f} GB of free disk; {folder} has {free / 1e9:.1f} GB. "
            "Name another folder with --folder, or fewer rows with --rows"
        )


def imported(folder: str, rows: int) -> dict[str, Any]:
    """Generate and import; print what it cost."""
    made = step("generate", folder=folder, rows=rows, years=YEARS)
    print(f"\n{made['rows']:,} rows, csv of {made['bytes'] / 1e9:.2f} GB written in {made['seconds']:.0f} s")
    done = step("fill", folder=folder)
    size = sum(done["bytes"].values())
    kinds = ", ".join(f"{kind} {held / done['rows']:.1f}" for kind, held in done["bytes"].items())
    speed = done["rows"] / done["seconds"]
    print(
        f"import {done['seconds']:.1f} s (parsing {done['parse_seconds']:.1f} s), {speed:,.0f} rows/s, "
        f"peak {done['peak_mb']:,.0f} MB; on disk {size / 1e9:.3f} GB, {size / done['rows']:.1f} bytes a row "
        f"({kinds}; csv {made['bytes'] / made['rows']:.1f})"
    )
    return done


def asked(folder: str, who: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every question on every road; print the table."""
    loaded = step("names", who=who)
    print(f"\nPeak memory of a process that has all libraries loaded: {loaded['peak_mb']:.0f} MB")
    head = (
        "ledger ms",
        "first ms",
        "MB",
        "same parts ms",
        "ratio",
        "MB",
        "all rows ms",
        "ratio",
        "MB",
        "gap",
        "answer",
    )
    table, found = [head], {}
    for name in loaded["names"]:
        one = step("ask", folder=folder, name=name, who=who)
        alone = {road: step("once", folder=folder, name=name, who=who, road=road) for road in (LEDGER, SAME, ALL)}
        seconds, own = one["seconds"], one["seconds"][LEDGER]
        cells = [_ms(own), _ms(alone[LEDGER]["seconds"]), f"{alone[LEDGER]['peak_mb']:,.0f}"]
        for road in (SAME, ALL):
            cells += [_ms(seconds[road]), f"{seconds[road] / own:.1f}x", f"{alone[road]['peak_mb']:,.0f}"]
        table.append((*cells, f"{one['gap']:.0e}", f"{one['answered']:,}"))
        found[name] = one
    titles = ["", *(one["title"] for one in found.values())]
    print("Polars reads the same parts, or all rows without totals; ratio: its time over the ledger's")
    _columns([(title, *line) for title, line in zip(titles, table, strict=True)])
    return found


def revised(folder: str, rows: int, who: dict[str, Any]) -> dict[str, float]:
    """Import the last year again as a later version and ask anew: vintages must now be told apart."""
    step("generate", folder=folder, rows=rows, years=YEARS, revision=True)
    done = step("fill", folder=folder, version="202601")
    print(f"\nA later version of {YEARS[-1]}: {done['rows']:,} rows, import {done['seconds']:.1f} s")
    lines, found = [("", "ledger ms", "MB", "all rows ms", "gap")], {}
    for name in step("names", who=who)["names"]:
        one = step("ask", folder=folder, name=name, who=who, roads=(LEDGER, ALL))
        alone = step("once", folder=folder, name=name, who=who, road=LEDGER)
        own, other = one["seconds"][LEDGER], one["seconds"][ALL]
        lines.append((one["title"], _ms(own), f"{alone['peak_mb']:,.0f}", _ms(other), f"{one['gap']:.0e}"))
        found[name] = own
    _columns(lines)
    return found


def measure(rows: int, base: Path, *, keep: bool) -> dict[str, Any]:
    """One size, from generation to the last question."""
    refuse_small_disk(base, rows)
    folder = tempfile.mkdtemp(prefix=f"khorgos-scale-{rows}-", dir=base)
    try:
        done = imported(folder, rows)
        who = {k: v for k, v in step("cast", folder=folder, years=YEARS).items() if k != "peak_mb"}
        found = asked(folder, who)
        again = revised(folder, rows, who)
        print(machine(), flush=True)
    finally:
        if keep:
            print(f"Kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return {"import": done, "asked": found, "revised": again}


def growth(results: dict[int, dict[str, Any]]) -> None:
    """The ledger's time by the number of rows."""
    print("\nThe ledger's time in ms by number of rows; in brackets, after a revision of the last year")
    lines = [("", *(f"{rows:,}" for rows in results))]
    for name, one in next(iter(results.values()))["asked"].items():
        cells = [
            f"{_ms(each['asked'][name]['seconds'][LEDGER])} ({_ms(each['revised'][name])})" for each in results.values()
        ]
        lines.append((one["title"], *cells))
    lines.append(("import, s", *(f"{each['import']['seconds']:.1f}" for each in results.values())))
    _columns(lines)


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:,.0f}"


def _columns(lines: Sequence[Sequence[str]]) -> None:
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        padded = (f"{cell:>{width}}" for cell, width in zip(line[1:], widths[1:], strict=True))
        print("  ".join((f"{line[0]:<{widths[0]}}", *padded)))


def main() -> None:
    """Read the sizes, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="1e6,1e7,1e8", help="numbers of rows, with commas")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where to put the files")
    parser.add_argument("--keep", action="store_true", help="keep the ledgers")
    given = parser.parse_args()
    print(machine(), flush=True)
    sizes = [int(float(text)) for text in given.rows.split(",")]
    growth({rows: measure(rows, given.folder, keep=given.keep) for rows in sizes})


if __name__ == "__main__":
    main()
