"""Build the wheel, install it without development packages, and use it outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: What a newcomer would type first; each must exit with 0 on the embedded release.
COMMANDS = (
    ["--version"],
    ["--help"],
    ["trade", "CHN", "KAZ", "--years", "2013..2025"],
    ["trade", "CHN", "KAZ", "--years", "2024", "--by", "month", "--currency", "CNY", "--format", "csv"],
    ["partners", "KAZ", "--flow", "import", "--year", "2020", "--top", "10"],
    ["influence", "KGZ", "--of", "CHN,RUS,USA,EU27", "--years", "2015..2020"],
    ["mirror", "CHN", "KGZ", "--years", "2013..2024"],
    ["targets"],
    ["sources"],
    ["explain", "total/CHN/KAZ/2024"],
    ["substitute", "RUS", "--product", "TOTAL", "--lose", "EU27"],
    ["exposure", "KAZ", "--to", "CHN,RUS,USA"],
    ["brief", "--out", "brief"],
)


def _run(command: list[str], cwd: Path) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "KHORGOS"))}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} exited with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def main() -> None:
    """Build, install, run; say in one line what was done."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], ROOT)
        wheel = next(folder.glob("khorgos-*.whl"))
        venv.create(folder / "venv", with_pip=True)
        python = folder / "venv" / "bin" / "python"
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        _run([*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "runtime.txt")], folder)
        _run([*pip, "--no-deps", str(wheel)], folder)
        for arguments in COMMANDS:
            if not _run([str(python.with_name("khorgos")), *arguments], folder).strip():
                raise SystemExit(f"khorgos {' '.join(arguments)} printed nothing")
        page = folder / "brief" / "brief.html"
        if page.stat().st_size > 2_000_000:
            raise SystemExit(f"The brief is larger than 2 MB: {page.stat().st_size:,} bytes")
        size = wheel.stat().st_size / 1e6
    print(f"wheel of {size:.1f} MB: {len(COMMANDS)} commands ran without development packages")


if __name__ == "__main__":
    main()
