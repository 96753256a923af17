"""The command line's door: every command on one application, every error one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from khorgos.cli import claims, hindcast, holdings, models, rerouting, statistics, substitution, tariffs
from khorgos.core.errors import KhorgosError
from khorgos.core.version import __version__

app = typer.Typer(
    name="khorgos",
    help="An open observatory for trade under stress: official statistics in, answers that can be traced out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for _room in (statistics, holdings, models, hindcast, substitution, rerouting, tariffs, claims):
    app.add_typer(_room.app)


def run(arguments: Sequence[str]) -> int:
    """Run a command.

    Args:
        arguments: what stands behind "khorgos".

    Returns:
        The exit status: 0 done, 1 refused or not found, 2 a wrong call, 3 no network, 70 a fault of khorgos.
    """
    try:
        outcome = typer.main.get_command(app).main(list(arguments), prog_name="khorgos", standalone_mode=False)
    except KhorgosError as error:
        print(f"khorgos: {error}", file=sys.stderr)
        return error.exit_status
    except Exception as error:  # noqa: BLE001 - the last door: whatever comes here must not reach the user as a traceback
        if (code := getattr(error, "exit_code", None)) is None:  # not click's own, which is a wrong call
            return _bug(error)
        if message := getattr(error, "format_message", lambda: "")():
            said = message if message.startswith("Usage:") else f"khorgos: {_plain(message)} {_help(error)}"
            print(said, file=sys.stderr)
        return int(code)
    return outcome if isinstance(outcome, int) else 0


def _plain(message: str) -> str:
    """Click's words for a wrong call, as one sentence."""
    return message.replace("Value error, ", "").rstrip(".") + ("" if message.endswith("?") else ".")


def _help(error: Exception) -> str:
    """Where the options and arguments are told."""
    context = getattr(error, "ctx", None)
    return f"See: {context.command_path if context else 'khorgos'} --help"


def _bug(error: Exception) -> int:
    """A fault of khorgos itself: one line all the same, with the way to the rest."""
    if os.environ.get("KHORGOS_TRACEBACK"):
        raise error
    said = " ".join(str(error).split())[:200]
    print(
        f"khorgos: A fault of khorgos: {type(error).__name__}: {said}. Please report it with the command, run again "
        "with KHORGOS_TRACEBACK=1",
        file=sys.stderr,
    )
    return 70  # EX_SOFTWARE of sysexits.h


def _version(wanted: bool) -> None:
    if wanted:
        print(f"khorgos {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """An open observatory for trade under stress: official statistics in, answers that can be traced out."""
