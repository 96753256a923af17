"""The front door: `khorgos`, or `python -m khorgos`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; an error is one line and a non-zero exit status, never a traceback."""
    if sys.argv[1:] in (["--version"], ["-V"]):  # answered before anything heavy is imported
        from khorgos.core.version import __version__

        print(f"khorgos {__version__}")
        return
    from khorgos.cli.door import run

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
