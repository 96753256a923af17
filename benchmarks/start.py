"""CPU seconds from the shell to the answer, command by command, on the embedded release.

Usage: python benchmarks/start.py [REPEATS]

User and system time of a fresh process are counted, not the clock: the clock of a shared machine tells of its other
users. The share of imports is what a fresh interpreter takes to import the modules that the command had loaded.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

COMMANDS = {
    "--version": ["--version"],
    "trade": ["trade", "CHN", "KAZ"],
    "partners": ["partners", "CHN", "--year", "2024"],
    "mirror": ["mirror", "CHN", "KGZ", "--years", "2013..2024"],
    "explain": ["explain", "growth/CHN/KAZ/2024"],
    "brief": ["brief", "--out", "{folder}/brief"],
}
REPEATS = 5  # the median of five leaves out two disturbed runs

# What a command loaded, in the order in which it did.
_LOADED = """
import io, json, os, sys
out, sys.stdout = sys.stdout, open(os.devnull, "w")
sys.argv = ["khorgos", *json.loads(sys.argv[1])]
own = set(sys.modules)
from khorgos.__main__ import main
try:
    main()
except SystemExit as left:
    if left.code:
        raise
print(json.dumps([name for name in sys.modules if name not in own]), file=out)
"""

_IMPORTS = """
import importlib, json, sys
for name in json.load(sys.stdin):
    try:
        importlib.import_module(name)
    except ImportError:
        pass  # a name that its package puts there itself
"""


def cpu(command: list[str], given: str = "") -> float:
    """User and system seconds of a process, and nothing of it on the screen."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, input=given, text=True, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def median(command: list[str], repeats: int, given: str = "") -> float:
    return statistics.median(cpu(command, given) for _ in range(repeats))


def measure(arguments: list[str], repeats: int) -> tuple[float, float]:
    """Seconds of a command, and of its imports."""
    taken = median([sys.executable, "-m", "khorgos", *arguments], repeats)
    listed = subprocess.run(
        [sys.executable, "-c", _LOADED, json.dumps(arguments)],
        text=True,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ).stdout
    return taken, median([sys.executable, "-c", _IMPORTS], repeats, listed)


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores"
    )
    print(f"CPU seconds, median of {repeats}\n\n{'command':<12}{'in all':>8}{'imports':>9}")
    with tempfile.TemporaryDirectory() as folder:
        # an empty folder: the embedded release alone answers
        os.environ["KHORGOS_LEDGER"] = str(Path(folder) / "ledger")
        for name, arguments in COMMANDS.items():
            taken, imports = measure([one.format(folder=folder) for one in arguments], repeats)
            print(f"{name:<12}{taken:>8.2f}{imports:>9.2f}", flush=True)


if __name__ == "__main__":
    main()
