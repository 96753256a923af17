"""The front door: `khorgos`, or `python -m khorgos`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line; an error is one line and a non-zero exit status, never a traceback."""
    if sys.argv[1:] in (["--version"], ["-V"]):  # answered before anything heavy is imported
        from khorgos.core.version import __version__

        print(f"khorgos {__version__}")
        return
    # One BLAS thread: systems of two hundred economies lose time to waking a second one, and on a busy machine wait
    # for it (`simulate --model sectors` at a load of six: 2 s with one, 7 to 12 s with two).
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Imports leave next to no rubbish, and what they make stays: a sixth of the time of `khorgos trade` went into
    # looking through it. Chosen because a statement's tree has some 10,000 nodes that point at each other.
    gc.disable()
    from khorgos.cli.door import run

    gc.freeze()
    gc.set_threshold(50_000)
    gc.enable()
    try:
        status = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output went away (`khorgos ... | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except KeyboardInterrupt:
        print("Stopped; nothing half-done was kept.", file=sys.stderr)
        status = 130
    raise SystemExit(status)


if __name__ == "__main__":
    main()
