"""Commands on what the models say: parse, call, print."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from khorgos.api import models as api
from khorgos.cli.shared import (
    Format,
    FormatOption,
    LedgerOption,
    OutputOption,
    PageFormatOption,
    SeedOption,
    deliver,
    own_ledger,
    page_format,
    progress_bar,
    show,
)

app = typer.Typer()


class Model(StrEnum):
    """The embedded worlds."""

    ONE_SECTOR = "one-sector"
    SECTORS = "sectors"


class Deficits(StrEnum):
    """How transfers close the world."""

    SHARE = "share"
    NOMINAL = "nominal"
    BALANCED = "balanced"


@app.command(short_help="What tariffs and trade costs do: who gains and who loses.")
def simulate(
    scenario: Annotated[str | None, typer.Argument(help="A TOML file, or a scenario that comes with khorgos.")] = None,
    tariff: Annotated[
        list[str] | None, typer.Option(help='IMPORTER:EXPORTER:PRODUCT=RATE: "USA:CHN:all=+20%"; may be repeated.')
    ] = None,
    cost: Annotated[
        list[str] | None, typer.Option(help='A change of trade costs, likewise: "KGZ:CHN:all=-5%".')
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="Tariffs as in force on that day, by the registry: 2025-04-12.")
    ] = None,
    against: Annotated[str | None, typer.Option(help="The day to compare with; the base year if left out.")] = None,
    model: Annotated[Model | None, typer.Option(help="The world: one sector, or ten sections and services.")] = None,
    theta: Annotated[float | None, typer.Option(help="Trade elasticity of every sector.")] = None,
    deficits: Annotated[Deficits | None, typer.Option(help="How transfers close the world.")] = None,
    focus: Annotated[str, typer.Option(help="Areas on top, with commas; Central Asia if left out.")] = "",
    top: Annotated[int, typer.Option(help="How many other economies; 0 for all.")] = 20,
    draws: Annotated[int, typer.Option(help="Draws, for intervals and shares of variance.")] = 0,
    uncertainty: Annotated[
        str,
        typer.Option(help="What they vary, with commas: standard-errors, hs6 or theta=2..8; imputed, mirror."),
    ] = "",
    seed: SeedOption = 1,
    workers: Annotated[int, typer.Option(help="Processes of the draws.")] = 1,
    view: Annotated[
        str | None,
        typer.Option(help="Only one table: economies, flows, sectors, partial, diversion, drivers, uncertainty."),
    ] = None,
    format_: PageFormatOption = None,
    output: OutputOption = None,
    ledger: LedgerOption = None,
) -> None:
    """What tariffs and trade costs do: who gains and loses, and trade by partner."""
    with progress_bar("Solving") as progress:
        found = api.simulate(
            scenario,
            tariffs=tariff or (),
            costs=cost or (),
            on=on,
            against=against,
            model=model and model.value,
            theta=theta,
            deficits=deficits and deficits.value,
            focus=focus,
            top=top,
            draws=draws,
            uncertainty=uncertainty,
            seed=seed,
            workers=workers,
            ledger=own_ledger(ledger) if ledger else None,
            progress=progress,
        )
    deliver(found.render(page_format(format_, output), view), output)


@app.command(short_help="Published tables computed again, a cell a line.")
def papers(
    data: Annotated[Path, typer.Option(help="Folder with the papers' replication data.")],
    paper: Annotated[str, typer.Option(help="Only these papers, with commas; names in docs/papers.md.")] = "",
    replay: Annotated[
        bool, typer.Option("--replay", help="Flat cells by the paper's own search too (ossa); minutes.")
    ] = False,
    workers: Annotated[int, typer.Option(help="Processes of the replay.")] = 2,
    format_: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Published tables computed again, a cell a line; exit status 1 if a cell is missed."""
    with progress_bar("Computing") as progress:
        answer = api.papers(data, paper, replay=replay, workers=workers, progress=progress)
    show(answer, format_, output)
    if answer.exit_status:
        raise typer.Exit(answer.exit_status)
