"""What the commands share: the options they have in common, and how an answer leaves."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khorgos.core.errors import BadInput
from khorgos.ledger.store import Ledger, open_ledger

if TYPE_CHECKING:
    from khorgos.report.answer import Answer


class Format(StrEnum):
    """How an answer is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    MD = "md"


class PageFormat(StrEnum):
    """How an answer that has a page of its own is printed."""

    TABLE = "table"
    HTML = "html"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    MD = "md"


FormatOption = Annotated[Format, typer.Option("--format", help="How to print the answer.")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", help="Write the answer to this file instead.")]
CurrencyOption = Annotated[str, typer.Option(help="Currency of the answer, e.g. USD or CNY.")]
AsOfOption = Annotated[str | None, typer.Option(help="What was known on that day, e.g. 2025-03-20.")]
LedgerOption = Annotated[
    Path | None,
    typer.Option("--ledger", help="Folder of your ledger; $KHORGOS_LEDGER or the platform's folder if left out."),
]
YearsOption = Annotated[str | None, typer.Option(help="Years, e.g. 2013..2025 or 2024.")]
_FLOW = typer.Option(help="export, import, total or balance.")
FlowOption = Annotated[str | None, _FLOW]
OneFlowOption = Annotated[str, _FLOW]
SourceOption = Annotated[str, typer.Option(help="Only these sources, by id, with commas.")]
SeedOption = Annotated[int, typer.Option(help="Of the draws.")]
PageFormatOption = Annotated[
    PageFormat | None, typer.Option("--format", help="How to print the answer; html, or --output x.html: as a page.")
]


def own_ledger(path: Path | None) -> Ledger:
    """The ledger of the option, or the default one."""
    return open_ledger(path.expanduser() if path else None)


def page_format(format_: PageFormat | None, output: Path | None) -> str:
    """The format asked for; where none is named, a page for a file that ends in .html, else a table."""
    named = PageFormat.HTML if output is not None and output.suffix == ".html" else PageFormat.TABLE
    return (format_ or named).value


def show(answer: Answer, format_: Format, output: Path | None) -> None:
    """Print an answer, or write it."""
    from khorgos.report.formats import render

    deliver(render(answer.view, format_), output)


def deliver(document: str | bytes, output: Path | None) -> None:
    """A document to a file, or to standard output."""
    if output is not None:
        write_file(output, document)
    elif isinstance(document, bytes):
        if sys.stdout.isatty():
            raise BadInput("Parquet is not for a terminal", hint="Name a file with --output")
        sys.stdout.buffer.write(document)
    else:
        sys.stdout.write(document)


def write_file(path: Path, document: str | bytes) -> None:
    """Write a file; say so on standard error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document if isinstance(document, bytes) else document.encode())
    except OSError as error:
        raise BadInput(f"Cannot write the file: {error.strerror}", where=str(path)) from error
    print(f"Wrote {path}", file=sys.stderr)


@contextmanager
def progress_bar(verb: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on the terminal; silence where there is none."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(verb)

        def step(done: int, total: int, what: str = "") -> None:
            bar.update(task, completed=done, total=total, description=f"{verb} {what}".rstrip())

        yield step
