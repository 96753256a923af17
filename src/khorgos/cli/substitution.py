"""Commands on partners lost: parse, call, print."""

from __future__ import annotations

from typing import Annotated

import typer

from khorgos.api import substitution as api
from khorgos.cli.shared import (
    AsOfOption,
    Format,
    FormatOption,
    LedgerOption,
    OutputOption,
    SeedOption,
    deliver,
    own_ledger,
)

app = typer.Typer()


@app.command()
def substitute(
    importer: Annotated[str, typer.Argument(help="Who loses a supplier: CHN, Russia, ...")],
    product: Annotated[str, typer.Option(help='Of what: an HS code, or people\'s word: "raw cotton", LNG, TOTAL.')],
    lose: Annotated[str, typer.Option(help="Who is lost, with commas; groups such as EU27.")],
    year: Annotated[int | None, typer.Option(help="Of the market; the latest at hand if left out.")] = None,
    between: Annotated[
        str | None, typer.Option(help="Split this market's change between two years, e.g. 2017..2019.")
    ] = None,
    top: Annotated[int, typer.Option(help="How many suppliers; 0 for all.")] = 10,
    sigma: Annotated[float | None, typer.Option(help="Elasticity of substitution instead of the published.")] = None,
    draws: Annotated[int, typer.Option(help="Draws of elasticities, for the intervals.")] = 300,
    seed: SeedOption = 1,
    view: Annotated[str | None, typer.Option(help="Only one table: suppliers, history or episodes.")] = None,
    as_of: AsOfOption = None,
    format_: FormatOption = Format.TABLE,
    output: OutputOption = None,
    ledger: LedgerOption = None,
) -> None:
    """Who steps in where an importer loses a supplier of a good."""
    found = api.substitute(
        importer,
        product,
        lose,
        year=year,
        between=between,
        top=top,
        sigma=sigma,
        draws=draws,
        seed=seed,
        as_of=as_of,
        ledger=own_ledger(ledger),
    )
    deliver(found.render(format_, view), output)


@app.command(short_help="What the loss of each partner would cost a country.")
def exposure(
    country: Annotated[str, typer.Argument(help="Whose exposure: KAZ, Uzbekistan, ...")],
    to: Annotated[str, typer.Option(help="To which partners, with commas.")] = "CHN,RUS,USA",
    level: Annotated[
        int | None, typer.Option(help="Digits of the HS codes of your ledger; SITC sections if left out.")
    ] = None,
    year: Annotated[int | None, typer.Option(help="Of your ledger's product rows; the latest if left out.")] = None,
    top: Annotated[int, typer.Option(help="How many products of each partner; 0 for all.")] = 6,
    draws: Annotated[int, typer.Option(help="Draws of elasticities, for the intervals.")] = 100,
    seed: SeedOption = 1,
    view: Annotated[str | None, typer.Option(help="Only one table: partners, surplus, exports or imports.")] = None,
    as_of: AsOfOption = None,
    format_: FormatOption = Format.TABLE,
    output: OutputOption = None,
    ledger: LedgerOption = None,
) -> None:
    """What the loss of each partner would cost a country, by product and in all."""
    found = api.exposure(
        country,
        to,
        level=level,
        year=year,
        top=top,
        draws=draws,
        seed=seed,
        as_of=as_of,
        ledger=own_ledger(ledger),
    )
    deliver(found.render(format_, view), output)
