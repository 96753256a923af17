"""Commands on what the statistics say: parse, call, print."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from khorgos.api import statistics as api
from khorgos.cli.shared import (
    AsOfOption,
    CurrencyOption,
    FlowOption,
    Format,
    FormatOption,
    LedgerOption,
    OneFlowOption,
    OutputOption,
    SourceOption,
    YearsOption,
    own_ledger,
    show,
    write_file,
)

app = typer.Typer()


class By(StrEnum):
    """How figures are put together over time."""

    YEAR = "year"
    MONTH = "month"
    NATIVE = "native"


@app.command(short_help="Exports, imports, balance and growth with partners, by year.")
def trade(
    reporter: Annotated[str, typer.Argument(help="Whose statistics: CHN, Kazakhstan, ...")],
    partner: Annotated[str, typer.Argument(help="With whom; several with commas; groups such as central-asia.")],
    years: YearsOption = None,
    period: Annotated[
        list[str] | None, typer.Option(help="A period such as 2024-01..2024-05; may be repeated.")
    ] = None,
    flow: FlowOption = None,
    by: Annotated[By, typer.Option(help="Annual, monthly, or periods as published (native).")] = By.YEAR,
    currency: CurrencyOption = "USD",
    product: Annotated[str, typer.Option(help="TOTAL, an HS code, or people's word: cotton, LNG, ...")] = "TOTAL",
    as_of: AsOfOption = None,
    source: SourceOption = "",
    every_source: Annotated[
        bool, typer.Option("--every-source", help="All publishers' figures, side by side.")
    ] = False,
    format_: FormatOption = Format.TABLE,
    output: OutputOption = None,
    ledger: LedgerOption = None,
) -> None:
    """Exports, imports, total, balance and growth of one country with its partners."""
    answer = api.trade(
        reporter,
        partner,
        years=years,
        periods=period or (),
        flow=flow,
        by=by.value,
        currency=currency,
        product=product,
        as_of=as_of,
        source=source,
        every_source=every_source,
        ledger=own_ledger(ledger),
    )
    show(answer, format_, output)


@app.command()
def partners(
    reporter: Annotated[str, typer.Argument(help="Whose statistics: KAZ, China, ...")],
    year: Annotated[str, typer.Option(help="A year, or a period such as 2024-01..2024-05.")],
    flow: OneFlowOption = "total",
    top: Annotated[int, typer.Option(help="How many partners; 0 for all.")] = 10,
    currency: CurrencyOption = "USD",
    as_of: AsOfOption = None,
    format_: FormatOption = Format.TABLE,
    output: OutputOption = None,
    ledger: LedgerOption = None,
) -> None:
    """A country's partners by rank, with shares."""
    show(
        api.partners(
            reporter, year=year, flow=flow, top=top, currency=currency, as_of=as_of, ledger=own_ledger(ledger)
        ),
        format_,
        output,
    )


@app.command(short_help="What trade with great powers weighs in trade and GDP.")
def influence(
    country: Annotated[str, typer.Argument(help="On whom: KGZ, Armenia, ...")],
    of: Annotated[str, typer.Option(help="Whose influence, with commas.")] = "CHN,RUS,USA,EU27",
    years: YearsOption = None,
    as_of: AsOfOption = None,
    format_: FormatOption = Format.TABLE,
    output: OutputOption = None,
    ledger: LedgerOption = None,
) -> None:
    """What trade with great powers weighs in a country's trade and GDP, side by side."""
    show(api.influence(country, of=of, years=years, as_of=as_of, ledger=own_ledger(ledger)), format_, output)


@app.command(short_help="Two sides' reports of one flow, and the gap cause by cause.")
def mirror(
    first: Annotated[str, typer.Argument(help="One side: CHN, ...")],
    second: Annotated[str, typer.Argument(help="The other side: KGZ, ...")],
    years: YearsOption = None,
    view: Annotated[str, typer.Option(help="reports, or causes: what could make the gap.")] = "reports",
    product: Annotated[str, typer.Option(help="A code or a word for goods; TOTAL for all.")] = "TOTAL",
    currency: CurrencyOption = "USD",
    as_of: AsOfOption = None,
    format_: FormatOption = Format.TABLE,
    output: OutputOption = None,
    ledger: LedgerOption = None,
) -> None:
    """What the two sides of one flow report, one figure from both, and the gap between them, cause by cause."""
    answer = api.mirror(
        first,
        second,
        years=years,
        view=view,
        product=product,
        currency=currency,
        as_of=as_of,
        ledger=own_ledger(ledger),
    )
    show(answer, format_, output)


@app.command(short_help="Investment and construction contracts, from your tracker file.")
def invest(
    in_: Annotated[str, typer.Option("--in", help="Where: central-asia, KAZ, ...")] = "central-asia",
    by: Annotated[str, typer.Option(help="Columns of the sums, with commas: country, sector, year.")] = "country,year",
    of: Annotated[str, typer.Option(help="Whose investment.")] = "CHN",
    years: YearsOption = None,
    format_: FormatOption = Format.TABLE,
    output: OutputOption = None,
    ledger: LedgerOption = None,
) -> None:
    """Investment and construction contracts from the tracker file that you imported."""
    show(api.invest(in_, by=by, of=of, years=years, ledger=own_ledger(ledger)), format_, output)


@app.command(short_help="Announced trade targets, and whether trade is on track.")
def targets(
    reporter: Annotated[str, typer.Option("--of", help="Only targets of these areas, with commas.")] = "",
    format_: FormatOption = Format.TABLE,
    output: OutputOption = None,
    ledger: LedgerOption = None,
) -> None:
    """Announced trade targets: the rate they require, and whether trade is on track."""
    show(api.targets(reporter, ledger=own_ledger(ledger)), format_, output)


@app.command(short_help="One page to print: figures, charts, a map, their sources.")
def brief(
    reporter: Annotated[str, typer.Argument(help="Whose trade.")] = "CHN",
    with_: Annotated[str, typer.Option("--with", help="Partners and groups, with commas.")] = "central-asia,caucasus",
    year: Annotated[int, typer.Option(help="The year that the brief is about.")] = 2024,
    out: Annotated[Path, typer.Option(help="Folder to write brief.html and brief.json to.")] = Path("brief"),
    as_of: AsOfOption = None,
    ledger: LedgerOption = None,
) -> None:
    """One page to print: headline figures, charts, a map, and where every number comes from."""
    pages = api.brief(reporter, with_=with_, year=year, as_of=as_of, ledger=own_ledger(ledger))
    for name, document in pages.items():
        write_file(out / name, document)
    print(out / "brief.html")
