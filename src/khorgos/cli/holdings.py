"""Commands on what the ledger holds: parse, call, print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from khorgos.api import holdings as api
from khorgos.cli.shared import (
    AsOfOption,
    FlowOption,
    Format,
    FormatOption,
    LedgerOption,
    OutputOption,
    SourceOption,
    YearsOption,
    own_ledger,
    progress_bar,
    show,
)

app = typer.Typer()


@app.command(short_help="What the ledger holds, on what terms; formats that are read.")
def sources(
    source: Annotated[str | None, typer.Argument(help="One source's id, for its card and releases.")] = None,
    format_: FormatOption = Format.TABLE,
    output: OutputOption = None,
    ledger: LedgerOption = None,
) -> None:
    """What the ledger holds and on what terms; formats that khorgos reads."""
    show(api.sources(source, ledger=own_ledger(ledger)), format_, output)


@app.command()
def explain(
    address: Annotated[str, typer.Argument(help="Such as growth/CHN/KAZ/2024, as printed beside each number.")],
    format_: FormatOption = Format.TABLE,
    output: OutputOption = None,
    ledger: LedgerOption = None,
) -> None:
    """Walk a number back to rows, releases, files and their sha256."""
    show(api.explain(address, ledger=own_ledger(ledger)), format_, output)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Publishers' files, or folders of them.")],
    skip_unknown: Annotated[bool, typer.Option(help="Leave out files that no connector reads.")] = False,
    keep: Annotated[bool, typer.Option(help="Keep a copy of the files in the ledger, for explain.")] = True,
    ledger: LedgerOption = None,
) -> None:
    """Read publishers' own files into your ledger."""
    with progress_bar("Reading") as progress:
        done = api.import_files(files, keep=keep, strict=not skip_unknown, progress=progress, ledger=own_ledger(ledger))
    print(done.text)


@app.command(short_help="Get data live from open interfaces into your ledger.")
def fetch(
    source: Annotated[
        str | None, typer.Argument(help="comtrade, census, wdi, imf, ...; lists them if left out.")
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Argument(help="What to get, as name=value: reporters=CHN partners=KAZ,KGZ years=2020..2024"),
    ] = None,
    ledger: LedgerOption = None,
) -> None:
    """Get data live where there is an open interface, into your ledger."""
    if source is None:
        show(api.fetchable(), Format.TABLE, None)
        return
    with progress_bar("Fetching") as progress:
        done = api.fetch(source, option or (), progress=progress, ledger=own_ledger(ledger))
    print(done.text)


@app.command(short_help="Write rows that may be passed on, with their sources.")
def export(
    output: Annotated[Path, typer.Argument(help="File to write: .csv, .parquet or .json.")],
    reporter: Annotated[str, typer.Option(help="Reporters, with commas; all if left out.")] = "",
    partner: Annotated[str, typer.Option(help="Partners, with commas; all if left out.")] = "",
    years: YearsOption = None,
    flow: FlowOption = None,
    source: SourceOption = "",
    product: Annotated[str, typer.Option(help="TOTAL, a code or word, or every for all product lines.")] = "TOTAL",
    as_of: AsOfOption = None,
    ledger: LedgerOption = None,
) -> None:
    """Write rows that may be passed on to a file, with their sources beside them."""
    done = api.export(
        output,
        reporter=reporter,
        partner=partner,
        years=years,
        flow=flow,
        source=source,
        product=product,
        as_of=as_of,
        ledger=own_ledger(ledger),
    )
    print(f"Wrote {done.rows:,} rows to {done.path}, and their sources to {done.sidecar}")
