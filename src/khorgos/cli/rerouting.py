"""Commands on rerouting: parse, call, print."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from khorgos.api import rerouting as api
from khorgos.cli.shared import AsOfOption, Format, FormatOption, LedgerOption, OutputOption, own_ledger, show

app = typer.Typer()


class Level(StrEnum):
    """How finely goods are told apart."""

    AUTO = "auto"
    SIX = "6"
    FOUR = "4"
    TWO = "2"
    SECTION = "section"
    TOTAL = "total"


class Shown(StrEnum):
    """What is shown of a route."""

    INDICES = "indices"
    PRODUCTS = "products"
    EXPLANATIONS = "explanations"


@app.command(short_help="Goods that may take a detour, as percentiles among placebos.")
def reroute(
    origin: Annotated[str, typer.Option(help="Whose goods: CHN, EU27, ...")],
    destination: Annotated[str, typer.Option(help="Where they end: RUS, USA, ...")],
    since: Annotated[int, typer.Option(help="The base year, e.g. 2021.")],
    hub: Annotated[str | None, typer.Option(help="By way of whom; all hubs if left out.")] = None,
    until: Annotated[
        int | None, typer.Option("--to", help="The year compared with it; the latest on hand if left out.")
    ] = None,
    level: Annotated[
        Level, typer.Option(help="Digits of the products; auto takes the finest that covers half of both legs.")
    ] = Level.AUTO,
    raised: Annotated[
        str, typer.Option(help="HS codes under the barrier, with commas; by the tariff registry if left out.")
    ] = "",
    shown: Annotated[Shown, typer.Option("--show", help="What to show of the route.")] = Shown.INDICES,
    top: Annotated[int, typer.Option(help="Rows of a scan or of products; 0 for all.")] = 20,
    as_of: AsOfOption = None,
    format_: FormatOption = Format.TABLE,
    output: OutputOption = None,
    ledger: LedgerOption = None,
) -> None:
    """Goods that may take a detour: four indices by hub, as percentiles among placebos, with ordinary explanations."""
    answer = api.reroute(
        origin,
        destination,
        hub=hub,
        since=since,
        until=until,
        level=level.value,
        raised=raised,
        show=shown.value,
        top=top,
        as_of=as_of,
        ledger=own_ledger(ledger),
    )
    show(answer, format_, output)
