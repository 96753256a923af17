"""The command that holds the models against what trade did: parse, call, print."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from khorgos.api import hindcast as api
from khorgos.cli.shared import Format, FormatOption, LedgerOption, OutputOption, SeedOption, deliver, own_ledger

app = typer.Typer()


class Basis(StrEnum):
    """What changes are measured against."""

    RELATIVE = "relative"
    ABSOLUTE = "absolute"


@app.command(short_help="Was it right? Past episodes simulated, against what trade did.")
def hindcast(
    episode: Annotated[
        str, typer.Argument(help="us-china-2018, us-china-2025, or a TOML file of your own.")
    ] = "us-china-2018",
    theta: Annotated[
        list[float] | None, typer.Option(help="Trade elasticity, a forecast each; may be repeated.")
    ] = None,
    basis: Annotated[
        Basis, typer.Option(help="Changes relative to the reporter's trade with all, or absolute.")
    ] = Basis.RELATIVE,
    least: Annotated[
        float | None, typer.Option(help="Leave out flows below this many USD; the episode's own if left out.")
    ] = None,
    products: Annotated[
        int | None, typer.Option(help="Product by product, from your ledger's rows of 2, 4 or 6 HS digits.")
    ] = None,
    split: Annotated[bool, typer.Option("--split", help="Each reporter's imports and exports apart too.")] = False,
    draws: Annotated[int, typer.Option(help="Resamples and shuffles, for intervals.")] = 1_000,
    seed: SeedOption = 1,
    view: Annotated[str | None, typer.Option(help="One table: scores, flows or placebo.")] = None,
    format_: FormatOption = Format.TABLE,
    output: OutputOption = None,
    ledger: LedgerOption = None,
) -> None:
    """Was it right? The engine on the eve of an episode against what trade did, and against naive forecasts."""
    settings = {"thetas": tuple(theta)} if theta else {}
    found = api.hindcast(
        episode,
        basis=basis.value,
        least=least,
        products=products,
        split=split,
        draws=draws,
        seed=seed,
        ledger=own_ledger(ledger),
        **settings,
    )
    deliver(found.render(format_, view), output)
