"""The command on tariffs in force: parse, call, print."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from khorgos.api import tariffs as api
from khorgos.cli.shared import OutputOption, PageFormatOption, deliver, page_format

app = typer.Typer()


class By(StrEnum):
    """Product groups of an average."""

    ALL = "all"
    CHAPTER = "chapter"
    SECTION = "section"


@app.command(short_help="Duties in force, on a day or over time, each with its act.")
def tariff(
    imposer: Annotated[str, typer.Argument(help="Who levies the duty.")],
    target: Annotated[str, typer.Argument(help="Whose goods bear it.")],
    product: Annotated[str | None, typer.Option(help='HS code of 2 to 10 digits, or a word such as "cotton".')] = None,
    on: Annotated[str | None, typer.Option(help="The day, e.g. 2025-03-15; today if left out.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="First day of a timeline.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Last day of a timeline.")] = None,
    average: Annotated[
        str | None, typer.Option(help="Average by weights: imports-2024 (trade) or lines (each line once).")
    ] = None,
    by: Annotated[By, typer.Option(help="Average by product group.")] = By.ALL,
    sigma: Annotated[
        float | None, typer.Option(help="Elasticity between origins, for the average after substitution; 2.53.")
    ] = None,
    view: Annotated[str | None, typer.Option(help="Of a day: measures, or lines for one row a tariff line.")] = None,
    format_: PageFormatOption = None,
    output: OutputOption = None,
) -> None:
    """Duties in force: every measure of a day, stacked, with its act; a timeline; an average."""
    found = api.tariff(
        imposer,
        target,
        product=product,
        on=on,
        since=since,
        until=until,
        average=average,
        by=by.value,
        sigma=sigma,
    )
    deliver(found.render(page_format(format_, output), view), output)
