"""The command line: parse, call, print."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khorgos import api
from khorgos.core.errors import BadInput, KhorgosError
from khorgos.core.version import __version__
from khorgos.ledger.store import Ledger, open_ledger

if TYPE_CHECKING:
    from khorgos.report.answer import Answer

app = typer.Typer(
    name="khorgos",
    help="An open observatory for trade under stress: official statistics in, answers that can be traced out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Format(StrEnum):
    """How an answer is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    MD = "md"


class By(StrEnum):
    """How figures are put together over time."""

    YEAR = "year"
    MONTH = "month"
    NATIVE = "native"


_Format = Annotated[Format, typer.Option("--format", help="How to print the answer.")]
_Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write the answer to this file instead.")]
_Currency = Annotated[str, typer.Option(help="Currency of the answer, e.g. USD or CNY.")]
_AsOf = Annotated[str | None, typer.Option(help="What was known on that day, e.g. 2025-03-20.")]
_LedgerPath = Annotated[
    Path | None,
    typer.Option("--ledger", help="Folder of your ledger; $KHORGOS_LEDGER or the platform's folder if left out."),
]
_Years = Annotated[str | None, typer.Option(help="Years, e.g. 2013..2025 or 2024.")]
_Flow = Annotated[str | None, typer.Option(help="export, import, total or balance.")]


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
            print(f"khorgos: {message}", file=sys.stderr)
        return int(code)
    return outcome if isinstance(outcome, int) else 0


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


def _ledger(path: Path | None) -> Ledger:
    return open_ledger(path.expanduser() if path else None)


def _print(answer: Answer, format_: Format, output: Path | None) -> None:
    from khorgos.report.formats import render

    _deliver(render(answer.view, format_), output)


def _deliver(document: str | bytes, output: Path | None) -> None:
    if output is not None:
        _write(output, document)
    elif isinstance(document, bytes):
        if sys.stdout.isatty():
            raise BadInput("Parquet is not for a terminal", hint="Name a file with --output")
        sys.stdout.buffer.write(document)
    else:
        sys.stdout.write(document)


def _write(path: Path, document: str | bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document if isinstance(document, bytes) else document.encode())
    except OSError as error:
        raise BadInput(f"Cannot write the file: {error.strerror}", where=str(path)) from error
    print(f"Wrote {path}", file=sys.stderr)


@contextmanager
def _progress(verb: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on the terminal; silence where there is none."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(verb)

        def step(done: int, total: int, what: str = "") -> None:
            bar.update(task, completed=done, total=total, description=f"{verb} {what}".rstrip())

        yield step


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


@app.command()
def trade(
    reporter: Annotated[str, typer.Argument(help="Whose statistics: CHN, Kazakhstan, ...")],
    partner: Annotated[str, typer.Argument(help="With whom; several with commas; groups such as central-asia.")],
    years: _Years = None,
    period: Annotated[
        list[str] | None, typer.Option(help="A period such as 2024-01..2024-05; may be repeated.")
    ] = None,
    flow: _Flow = None,
    by: Annotated[By, typer.Option(help="Annual, monthly, or periods as published (native).")] = By.YEAR,
    currency: _Currency = "USD",
    product: Annotated[str, typer.Option(help="TOTAL, an HS code, or people's word: cotton, LNG, ...")] = "TOTAL",
    as_of: _AsOf = None,
    source: Annotated[str, typer.Option(help="Only these sources, by id.")] = "",
    every_source: Annotated[
        bool, typer.Option("--every-source", help="All publishers' figures, side by side.")
    ] = False,
    format_: _Format = Format.TABLE,
    output: _Output = None,
    ledger: _LedgerPath = None,
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
        ledger=_ledger(ledger),
    )
    _print(answer, format_, output)


@app.command()
def partners(
    reporter: Annotated[str, typer.Argument(help="Whose statistics: KAZ, China, ...")],
    year: Annotated[str, typer.Option(help="A year, or a period such as 2024-01..2024-05.")],
    flow: Annotated[str, typer.Option(help="export, import, total or balance.")] = "total",
    top: Annotated[int, typer.Option(help="How many partners; 0 for all.")] = 10,
    currency: _Currency = "USD",
    as_of: _AsOf = None,
    format_: _Format = Format.TABLE,
    output: _Output = None,
    ledger: _LedgerPath = None,
) -> None:
    """A country's partners by rank, with shares."""
    _print(
        api.partners(reporter, year=year, flow=flow, top=top, currency=currency, as_of=as_of, ledger=_ledger(ledger)),
        format_,
        output,
    )


@app.command()
def influence(
    country: Annotated[str, typer.Argument(help="On whom: KGZ, Armenia, ...")],
    of: Annotated[str, typer.Option(help="Whose influence, with commas.")] = "CHN,RUS,USA,EU27",
    years: _Years = None,
    as_of: _AsOf = None,
    format_: _Format = Format.TABLE,
    output: _Output = None,
    ledger: _LedgerPath = None,
) -> None:
    """What trade with great powers weighs in a country's trade and GDP, side by side."""
    _print(api.influence(country, of=of, years=years, as_of=as_of, ledger=_ledger(ledger)), format_, output)


@app.command()
def mirror(
    first: Annotated[str, typer.Argument(help="One side: CHN, ...")],
    second: Annotated[str, typer.Argument(help="The other side: KGZ, ...")],
    years: _Years = None,
    as_of: _AsOf = None,
    format_: _Format = Format.TABLE,
    output: _Output = None,
    ledger: _LedgerPath = None,
) -> None:
    """What the two sides of one flow report, and the gap between them."""
    _print(api.mirror(first, second, years=years, as_of=as_of, ledger=_ledger(ledger)), format_, output)


@app.command()
def invest(
    in_: Annotated[str, typer.Option("--in", help="Where: central-asia, KAZ, ...")] = "central-asia",
    by: Annotated[str, typer.Option(help="Columns of the sums, with commas: country, sector, year.")] = "country,year",
    of: Annotated[str, typer.Option(help="Whose investment.")] = "CHN",
    years: _Years = None,
    format_: _Format = Format.TABLE,
    output: _Output = None,
    ledger: _LedgerPath = None,
) -> None:
    """Investment and construction contracts from the tracker file that you imported."""
    _print(api.invest(in_, by=by, of=of, years=years, ledger=_ledger(ledger)), format_, output)


@app.command()
def targets(
    reporter: Annotated[str, typer.Option("--of", help="Only targets of these areas, with commas.")] = "",
    format_: _Format = Format.TABLE,
    output: _Output = None,
    ledger: _LedgerPath = None,
) -> None:
    """Announced trade targets: the rate they require, and whether trade is on track."""
    _print(api.targets(reporter, ledger=_ledger(ledger)), format_, output)


@app.command()
def sources(
    source: Annotated[str | None, typer.Argument(help="One source's id, for its card and releases.")] = None,
    format_: _Format = Format.TABLE,
    output: _Output = None,
    ledger: _LedgerPath = None,
) -> None:
    """What the ledger holds and on what terms; formats that khorgos reads."""
    _print(api.sources(source, ledger=_ledger(ledger)), format_, output)


@app.command()
def explain(
    address: Annotated[str, typer.Argument(help="Such as growth/CHN/KAZ/2024, as printed beside each number.")],
    format_: _Format = Format.TABLE,
    output: _Output = None,
    ledger: _LedgerPath = None,
) -> None:
    """Walk a number back to rows, releases, files and their sha256."""
    _print(api.explain(address, ledger=_ledger(ledger)), format_, output)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Publishers' files, or folders of them.")],
    skip_unknown: Annotated[bool, typer.Option(help="Leave out files that no connector reads.")] = False,
    keep: Annotated[bool, typer.Option(help="Keep a copy of the files in the ledger, for explain.")] = True,
    ledger: _LedgerPath = None,
) -> None:
    """Read publishers' own files into your ledger."""
    with _progress("Reading") as progress:
        done = api.import_files(files, keep=keep, strict=not skip_unknown, progress=progress, ledger=_ledger(ledger))
    print(done.text)


@app.command()
def fetch(
    source: Annotated[
        str | None, typer.Argument(help="comtrade, census, wdi, imf, ...; lists them if left out.")
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Argument(help="What to get, as name=value: reporters=CHN partners=KAZ,KGZ years=2020..2024"),
    ] = None,
    ledger: _LedgerPath = None,
) -> None:
    """Get data live where there is an open interface, into your ledger."""
    if source is None:
        _print(api.fetchable(), Format.TABLE, None)
        return
    with _progress("Fetching") as progress:
        done = api.fetch(source, option or (), progress=progress, ledger=_ledger(ledger))
    print(done.text)


@app.command()
def export(
    output: Annotated[Path, typer.Argument(help="File to write: .csv, .parquet or .json.")],
    reporter: Annotated[str, typer.Option(help="Reporters, with commas; all if left out.")] = "",
    partner: Annotated[str, typer.Option(help="Partners, with commas; all if left out.")] = "",
    years: _Years = None,
    flow: _Flow = None,
    source: Annotated[str, typer.Option(help="Only these sources, by id.")] = "",
    product: Annotated[str, typer.Option(help="TOTAL, a code or word, or every for all product lines.")] = "TOTAL",
    as_of: _AsOf = None,
    ledger: _LedgerPath = None,
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
        ledger=_ledger(ledger),
    )
    print(f"Wrote {done.rows:,} rows to {done.path}, and their sources to {done.sidecar}")


@app.command()
def brief(
    reporter: Annotated[str, typer.Argument(help="Whose trade.")] = "CHN",
    with_: Annotated[str, typer.Option("--with", help="Partners and groups, with commas.")] = "central-asia,caucasus",
    year: Annotated[int, typer.Option(help="The year that the brief is about.")] = 2024,
    out: Annotated[Path, typer.Option(help="Folder to write brief.html and brief.json to.")] = Path("brief"),
    as_of: _AsOf = None,
    ledger: _LedgerPath = None,
) -> None:
    """One page to print: headline figures, charts, a map, and where every number comes from."""
    pages = api.brief(reporter, with_=with_, year=year, as_of=as_of, ledger=_ledger(ledger))
    for name, document in pages.items():
        _write(out / name, document)
    print(out / "brief.html")


class Model(StrEnum):
    """The embedded worlds."""

    ONE_SECTOR = "one-sector"
    SECTORS = "sectors"


class Deficits(StrEnum):
    """How transfers close the world."""

    SHARE = "share"
    NOMINAL = "nominal"
    BALANCED = "balanced"


@app.command()
def simulate(
    scenario: Annotated[str | None, typer.Argument(help="A TOML file, or a scenario that comes with khorgos.")] = None,
    tariff: Annotated[
        list[str] | None, typer.Option(help='IMPORTER:EXPORTER:PRODUCT=RATE: "USA:CHN:all=+20%"; may be repeated.')
    ] = None,
    cost: Annotated[
        list[str] | None, typer.Option(help='A change of trade costs, likewise: "KGZ:CHN:all=-5%".')
    ] = None,
    model: Annotated[Model | None, typer.Option(help="The world: one sector, or ten sections and services.")] = None,
    theta: Annotated[float | None, typer.Option(help="Trade elasticity of every sector.")] = None,
    deficits: Annotated[Deficits | None, typer.Option(help="How transfers close the world.")] = None,
    focus: Annotated[str, typer.Option(help="Areas on top, with commas; Central Asia if left out.")] = "",
    top: Annotated[int, typer.Option(help="How many other economies; 0 for all.")] = 20,
    draws: Annotated[int, typer.Option(help="Draws of elasticities and imputed flows, for intervals.")] = 0,
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 1,
    workers: Annotated[int, typer.Option(help="Threads of the draws.")] = 1,
    view: Annotated[str | None, typer.Option(help="Only one table: economies or flows.")] = None,
    format_: _Format = Format.TABLE,
    output: _Output = None,
) -> None:
    """What tariffs and trade costs do: who gains and loses, and trade by partner."""
    with _progress("Solving") as progress:
        found = api.simulate(
            scenario,
            tariffs=tariff or (),
            costs=cost or (),
            model=model and model.value,
            theta=theta,
            deficits=deficits and deficits.value,
            focus=focus,
            top=top,
            draws=draws,
            seed=seed,
            workers=workers,
            progress=progress,
        )
    _deliver(found.render(format_, view), output)


@app.command()
def papers(
    data: Annotated[Path, typer.Option(help="Folder with the papers' replication data.")],
    paper: Annotated[str, typer.Option(help="Only these papers, with commas; names in docs/papers.md.")] = "",
    format_: _Format = Format.TABLE,
    output: _Output = None,
) -> None:
    """Published tables computed again, a cell a line; exit status 1 if a cell is missed."""
    with _progress("Computing") as progress:
        answer = api.papers(data, paper, progress=progress)
    _print(answer, format_, output)
    if answer.exit_status:
        raise typer.Exit(answer.exit_status)


@app.command()
def check(
    article: Annotated[str, typer.Argument(help="A .txt, .md, .html, .docx or .pdf file, an address, or - for input.")],
    date: Annotated[str | None, typer.Option(help="When it was written, e.g. 2025-03-20.")] = None,
    format_: Annotated[str, typer.Option("--format", help="table, html, json, csv, md or parquet.")] = "table",
    output: _Output = None,
    ledger: _LedgerPath = None,
) -> None:
    """Find every trade number in an article, trace it, and judge it."""
    from khorgos import api_claims

    own = _ledger(ledger)
    if article == "-":
        found = api_claims.check(sys.stdin.read(), date=date, name="standard input", ledger=own)
    else:
        found = api_claims.check_article(article, date=date, ledger=own)
    _deliver(found.render(format_), output)


@app.command()
def forecasts(
    today: Annotated[str | None, typer.Option(help="The day from which it is judged; today if left out.")] = None,
    format_: _Format = Format.TABLE,
    output: _Output = None,
    ledger: _LedgerPath = None,
) -> None:
    """Announced targets and forecasts against what happened since."""
    from khorgos import api_claims

    _print(api_claims.forecasts(today=today, ledger=_ledger(ledger)), format_, output)
