"""The steps of the scale benchmark, each in a process of its own: `python scale_steps.py STEP '{"...": ...}'`.

What a step measured is its last line of output, as JSON, with the peak memory of the process. The caller stays small,
because a new process starts with the peak of the one that made it.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from khorgos.ledger.ingest import ingest
from khorgos.sources.connector import Parsed
from khorgos.sources.files import parse
from scale_questions import compare, questions
from scale_rerouting import ROADS, Cast, files, opened
from scale_world import REVISION, VERSION, world, write

REPEATS = 5
ORIGIN, PARTNER, DESTINATION = "CHN", "KAZ", "USA"


def generate(folder: str, rows: int, *, revision: bool = False, **size: Any) -> dict[str, Any]:
    """Write the csv files, or a later version of the last year."""
    made, csv = world(rows, **size), Path(folder) / "csv"
    csv.mkdir(parents=True, exist_ok=True)
    begin, count = time.perf_counter(), 0
    years = made.years[-1:] if revision else made.years
    for path, number in write(made, csv, version=REVISION if revision else VERSION, years=years):
        count += number
        _tell(f"{path.name}: {number:,} rows")
    return {"rows": count, "seconds": time.perf_counter() - begin, "bytes": _size(csv, "*.csv")}


def fill(folder: str, *, version: str = VERSION, keep: bool = False) -> dict[str, Any]:
    """Import the csv files of a version through BACI's connector, year by year, in one step."""
    spent = {"parse": 0.0}

    def parsed() -> Iterator[Parsed]:
        for path in sorted(Path(folder).glob(f"csv/*_V{version}.csv")):
            begin = time.perf_counter()
            one = parse(path)
            spent["parse"] += time.perf_counter() - begin
            _tell(f"{path.name}: parsed, {time.perf_counter() - started:.0f} s since the start")
            yield one
            if not keep:
                path.unlink()

    started = time.perf_counter()
    report = ingest(opened(Path(folder) / "ledger"), parsed())
    seconds = time.perf_counter() - started
    kinds: dict[str, int] = {}
    for layer, part in report.ledger.parts("flow"):
        kinds[part.kind] = kinds.get(part.kind, 0) + (layer.root / part.path).stat().st_size
    return {"rows": report.rows["flow"], "seconds": seconds, "parse_seconds": spent["parse"], "bytes": kinds}


def cast(folder: str, *, years: Sequence[int]) -> dict[str, Any]:
    """Whom to ask about: the product that the origin sells to the partner in most years, and for most."""
    lines = pl.scan_parquet(files(opened(Path(folder) / "ledger")))
    pair = lines.filter((pl.col("reporter") == ORIGIN) & (pl.col("partner") == PARTNER))
    ranked = pair.group_by("product").agg(pl.len().alias("n"), pl.col("value").sum()).sort("n", "value", "product")
    product = ranked.collect()["product"][-1]
    return asdict(Cast(ORIGIN, PARTNER, DESTINATION, product, tuple(years)))


def ask(folder: str, name: str, who: dict[str, Any], *, roads: Sequence[str] = ROADS) -> dict[str, Any]:
    """One question on several roads: answers compared value by value, then medians of alternating runs."""
    question, ledger = questions(_cast(who))[name], Path(folder) / "ledger"
    answers = {road: question.ask[road](ledger) for road in roads}  # the warm-up
    gaps = {road: compare(question, answers[roads[0]], answers[road]) for road in roads[1:]}
    times: dict[str, list[float]] = {road: [] for road in roads}
    for _ in range(REPEATS):
        for road in roads:
            begin = time.perf_counter()
            question.ask[road](ledger)
            times[road].append(time.perf_counter() - begin)
    return {
        "title": question.title,
        "answered": answers[roads[0]].num_rows,
        "gap": max(gaps.values(), default=0.0),
        "seconds": {road: statistics.median(spent) for road, spent in times.items()},
    }


def once(folder: str, name: str, who: dict[str, Any], road: str) -> dict[str, Any]:
    """One question once, in a fresh process: its time and, as of every step, its peak memory."""
    question = questions(_cast(who))[name]
    begin = time.perf_counter()
    question.ask[road](Path(folder) / "ledger")
    return {"seconds": time.perf_counter() - begin}


def names(who: dict[str, Any]) -> dict[str, Any]:
    """The questions, and the memory of a process that only has everything loaded."""
    return {"names": list(questions(_cast(who)))}


def _cast(who: dict[str, Any]) -> Cast:
    return Cast(**who | {"years": tuple(who["years"])})


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _size(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.glob(pattern))


def peak() -> float:
    """Peak memory of this process, MB (kB on Linux, bytes on macOS)."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1e6 if sys.platform == "darwin" else 1e3 / 1.024)


STEPS = {one.__name__: one for one in (generate, fill, cast, ask, once, names)}

if __name__ == "__main__":
    measured = STEPS[sys.argv[1]](**json.loads(sys.argv[2]))
    print(json.dumps(measured | {"peak_mb": peak()}))
