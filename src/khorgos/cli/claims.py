"""Commands on what articles claim: parse, call, print."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from khorgos.api import claims as api
from khorgos.cli.shared import (
    Format,
    FormatOption,
    LedgerOption,
    OutputOption,
    PageFormatOption,
    deliver,
    own_ledger,
    page_format,
    show,
)

app = typer.Typer()


@app.command()
def check(
    article: Annotated[str, typer.Argument(help="A .txt, .md, .html, .docx or .pdf file, an address, or - for input.")],
    date: Annotated[str | None, typer.Option(help="When it was written: 2025-03-20, 2025-03 or 2025.")] = None,
    format_: PageFormatOption = None,
    output: OutputOption = None,
    ledger: LedgerOption = None,
) -> None:
    """Find every trade number in an article, trace it, and judge it."""
    own = own_ledger(ledger)
    if article == "-":
        found = api.check(sys.stdin.read(), date=date, name="standard input", ledger=own)
    else:
        found = api.check_article(article, date=date, ledger=own)
    deliver(found.render(page_format(format_, output)), output)


@app.command()
def forecasts(
    quoted: Annotated[bool, typer.Option("--quoted", help="Forecasts quoted in articles instead of targets.")] = False,
    today: Annotated[str | None, typer.Option(help="The day from which it is judged; today if left out.")] = None,
    format_: FormatOption = Format.TABLE,
    output: OutputOption = None,
    ledger: LedgerOption = None,
) -> None:
    """Announced targets and forecasts against what happened since."""
    show(api.forecasts(quoted=quoted, today=today, ledger=own_ledger(ledger)), format_, output)
