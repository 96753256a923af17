"""The Python API: generous at the door, strict inside. Every command is one of these functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khorgos.core.errors import BadInput, NoData
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.question import By
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.nomenclature.areas import area
from khorgos.nomenclature.currencies import currency as currency_code
from khorgos.nomenclature.groups import expand
from khorgos.nomenclature.periods import parse_period, parse_years
from khorgos.nomenclature.products import Product
from khorgos.nomenclature.products import product as find_product

if TYPE_CHECKING:
    from khorgos.ledger.export import Exported
    from khorgos.ledger.files import Import
    from khorgos.report.answer import Answer
    from khorgos.report.answers.papers import Reproduction
    from khorgos.report.answers.simulate import Simulation

Areas = str | Sequence[str]
Years = str | int | Iterable[int]
Progress = Callable[[int, int, str], object]

_FLOWS = ("export", "import", "total", "balance")


def trade(
    reporter: str,
    partner: Areas,
    *,
    years: Years | None = None,
    periods: Sequence[str] = (),
    flow: str | None = None,
    by: By = "year",
    currency: str = "USD",
    product: str = "TOTAL",
    as_of: str | dt.date | None = None,
    source: Areas = (),
    every_source: bool = False,
    ledger: Ledger | None = None,
) -> Answer:
    """Exports, imports, total, balance and growth of one reporter with its partners.

    Args:
        reporter: whose statistics: a name, ISO code or group.
        partner: with whom; several with commas or as a list.
        years: "2013..2025", 2024, or a sequence; all that the ledger has where left out.
        periods: periods as in the ledger ("2024-01..2024-05") instead of years.
        flow: export, import, total or balance; all four where left out.
        by: "year", "month", or "native" for periods as published.
        currency: of the answer.
        product: "TOTAL", a code, or people's word for goods ("cotton").
        as_of: what was known on that day.
        source: ids of the sources allowed; where left out, all but reconciled ones, which are nobody's report.
        every_source: all publishers' figures side by side instead of the preferred one.
        ledger: the ledger to ask; the user's own on top of the embedded release where left out.

    Returns:
        The answer; `.table` has the rows in units of the currency.

    Raises:
        UnknownName: a name that khorgos does not know, with the nearest.
        NoData: the ledger has nothing of it.
    """
    from khorgos.report.addresses import DECLARED
    from khorgos.report.answers.trade import everybody
    from khorgos.report.answers.trade import trade as answer

    codes, nomenclature = _products(product)
    query = FlowQuery(
        reporters=(area(reporter).id,),
        partners=_areas(partner),
        flows=(_flow(flow),) if flow else _FLOWS,
        products=codes,
        nomenclature=nomenclature,
        periods=tuple(str(parse_period(p)) for p in periods),
        years=() if periods else _years(years),
        by="native" if periods else by,
        as_of=_day(as_of),
        currency=currency_code(currency),
        sources=tuple(_split(source)) or None,
        statuses=None if source or every_source else DECLARED,
    )
    return (everybody if every_source else answer)(ledger or open_ledger(), query)


def partners(
    reporter: str,
    *,
    year: str | int,
    flow: str = "total",
    top: int = 10,
    currency: str = "USD",
    as_of: str | dt.date | None = None,
    ledger: Ledger | None = None,
) -> Answer:
    """A reporter's partners by rank, with shares of all that its source lists.

    Args:
        reporter: whose statistics.
        year: a year or any period.
        flow: export, import, total or balance.
        top: how many partners; 0 for all.
        currency, as_of, ledger: as in `trade`.

    Returns:
        One row a partner, the largest first; the universe is named in the notes.

    Raises:
        UnknownName, NoData: as in `trade`.
    """
    from khorgos.report.addresses import DECLARED
    from khorgos.report.answers.partners import partners as answer

    period = parse_period(year)
    query = FlowQuery(
        reporters=(area(reporter).id,),
        flows=(_flow(flow),),
        periods=(str(period),),
        by="native" if period.kind == "part" else "month" if period.kind == "month" else "year",
        currency=currency_code(currency),
        as_of=_day(as_of),
        statuses=DECLARED,
    )
    if top < 0:
        raise BadInput("The number of partners cannot be negative", hint="Use --top 0 for all")
    return answer(ledger or open_ledger(), query, top)


def influence(
    country: str,
    *,
    of: Areas = "CHN,RUS,USA,EU27",
    years: Years | None = None,
    as_of: str | dt.date | None = None,
    ledger: Ledger | None = None,
) -> Answer:
    """What trade with several partners weighs in one country's trade and GDP, side by side (Hirschman 1945).

    Args:
        country: on whom; its own reports are used.
        of: whose influence.
        years: as in `trade`; all that the ledger has where left out.
        as_of, ledger: as in `trade`.

    Returns:
        One row a year, two columns a partner: share of the country's trade, and trade over its GDP.

    Raises:
        UnknownName, NoData: as in `trade`.
    """
    from khorgos.report.answers.influence import influence as answer

    return answer(ledger or open_ledger(), area(country).id, _areas(of), _years(years), _day(as_of))


def mirror(
    first: str,
    second: str,
    *,
    years: Years | None = None,
    as_of: str | dt.date | None = None,
    ledger: Ledger | None = None,
) -> Answer:
    """What both sides report of the same flows, the gap, and the range between them.

    Args:
        first, second: the two sides.
        years, as_of, ledger: as in `trade`.

    Returns:
        One row a year and direction.

    Raises:
        UnknownName, NoData: as in `trade`.
    """
    from khorgos.report.answers.mirror import mirror as answer

    return answer(ledger or open_ledger(), area(first).id, area(second).id, _years(years), _day(as_of))


def invest(
    destination: Areas = "central-asia",
    *,
    by: Areas = "country,year",
    of: str = "CHN",
    years: Years | None = None,
    ledger: Ledger | None = None,
) -> Answer:
    """Investment and construction contracts, summed, from the tracker's file that the user imported.

    Args:
        destination: areas and groups.
        by: country, sector, year.
        of: whose investment.
        years, ledger: as in `trade`.

    Returns:
        One row a sum; investment and construction apart.

    Raises:
        NoData: no tracker file was imported; the hint says how.
    """
    from khorgos.report.answers.invest import invest as answer

    return answer(ledger or open_ledger(), area(of).id, _areas(destination), tuple(_split(by)), _years(years))


def targets(of: Areas = "", *, ledger: Ledger | None = None) -> Answer:
    """Announced trade targets: the rate they require from the last figure on, and whether trade is on track.

    Args:
        of: only targets of these areas.
        ledger: as in `trade`.

    Returns:
        One row a target.
    """
    from khorgos.report.answers.targets import targets as answer

    return answer(ledger or open_ledger(), tuple(area(name).id for name in _split(of)))


def sources(source: str | None = None, *, ledger: Ledger | None = None) -> Answer:
    """What the ledger holds of each source and on what terms; one source's card and releases if named."""
    from khorgos.report.answers.sources import source as one
    from khorgos.report.answers.sources import sources as answer

    own = ledger or open_ledger()
    return one(own, source) if source else answer(own)


def explain(address: str, *, ledger: Ledger | None = None) -> Answer:
    """Walk a number back to the rows, releases and files behind it.

    Args:
        address: such as "growth/CHN/KAZ/2024", or a trace token "release#place".
        ledger: as in `trade`.

    Returns:
        One row a row of the publishers' files; formula, conversions, files and their sha256 in the notes.

    Raises:
        BadInput, UnknownName, NoData: if there is no such number.
    """
    from khorgos.report.answers.explain import explain as answer

    return answer(ledger or open_ledger(), address)


def import_files(
    paths: Iterable[str | Path],
    *,
    keep: bool = True,
    strict: bool = True,
    progress: Progress | None = None,
    ledger: Ledger | None = None,
) -> Import:
    """Read publishers' own files into the user's ledger, all of them or none.

    Args:
        paths: files, or folders of files.
        keep: keep a copy of the bytes, for `explain`.
        strict: a file that no connector reads stops the import; otherwise it is named and left out.
        progress: called with (done, in all, name).
        ledger: as in `trade`.

    Returns:
        What was imported, what was dropped and why, and what looked odd.

    Raises:
        BadFile: names file, row and column.
    """
    from khorgos.ledger.files import import_files as take

    named = [Path(path).expanduser() for path in paths]
    return take(ledger or open_ledger(), named, keep=keep, strict=strict, progress=progress)


def fetch(
    source: str,
    options: Sequence[str] = (),
    *,
    progress: Progress | None = None,
    ledger: Ledger | None = None,
) -> Import:
    """Get data live where there is an open interface, into the user's ledger.

    Args:
        source: such as "comtrade"; `fetchable` names them all.
        options: what to get, as "name=value".
        progress: called with (done, in all, name).
        ledger: as in `trade`.

    Returns:
        What was imported; answers that hold nothing are named in `unread`.

    Raises:
        Offline: there is no network.
        UnknownName, BadInput, Refused, NoData: the question cannot be put, or is not answered.
    """
    from khorgos.ledger.files import take
    from khorgos.sources.fetch import Cache, default_cache
    from khorgos.sources.fetch import fetch as get
    from khorgos.sources.plans import plan

    def step(done: int, total: int) -> None:
        if progress:
            progress(done, total, source)

    empty: list[NoData] = []
    shots = get(plan(source, **_named(options)), cache=Cache(default_cache()), progress=step, missing=empty.append)
    if not shots:
        raise empty[0] if empty else NoData("The interface has no such data")
    return take(ledger or open_ledger(), shots, strict=False)


def fetchable() -> Answer:
    """The sources with an open interface: what can be asked of each, and whose key it needs."""
    from khorgos.report.answers.sources import fetchable as answer

    return answer()


def _named(options: Sequence[str]) -> dict[str, str]:
    pairs = [option.partition("=") for option in options]
    if wrong := [name for name, sign, value in pairs if not (name and sign and value)]:
        raise BadInput(
            f"Not an option: {wrong[0]!r}", hint="Write name=value, for example reporters=CHN years=2020..2024"
        )
    return {name: value for name, _, value in pairs}


def export(
    output: str | Path,
    *,
    reporter: Areas = "",
    partner: Areas = "",
    years: Years | None = None,
    flow: str | None = None,
    product: str = "TOTAL",
    source: Areas = (),
    as_of: str | dt.date | None = None,
    ledger: Ledger | None = None,
) -> Exported:
    """Write rows as published to a csv, parquet or json file, with their sources beside it.

    Args:
        output: the file; its ending names the format.
        reporter, partner, years, flow, source, as_of, ledger: as in `trade`; all where left out.
        product: as in `trade`, or "every" for all product lines.

    Returns:
        What was written.

    Raises:
        NoData: there are no such rows.
        Refused: rows that may not be passed on; names their sources.
    """
    from khorgos.ledger.engine import run
    from khorgos.ledger.export import export as write
    from khorgos.ledger.query import rows

    codes, nomenclature = ((), None) if product == "every" else _products(product)
    query = FlowQuery(
        products=codes,
        nomenclature=nomenclature,
        reporters=tuple(area(name).id for name in _split(reporter)),
        partners=tuple(area(name).id for name in _split(partner)),
        flows=(_flow(flow),) if flow else ("export", "import", "total", "balance", "re-export", "re-import"),
        years=_years(years),
        by="native",
        as_of=_day(as_of),
        sources=tuple(_split(source)) or None,
    )
    own = ledger or open_ledger()
    if not run(own, rows(own, query).limit(1)).num_rows:
        raise NoData("The ledger has no such rows", hint="Name fewer countries, years or sources")
    return write(own, rows(own, query), Path(output).expanduser())


def brief(
    reporter: str = "CHN",
    *,
    with_: Areas = "central-asia,caucasus",
    year: int = 2024,
    as_of: str | dt.date | None = None,
    ledger: Ledger | None = None,
) -> dict[str, str]:
    """One page on a reporter's trade with groups of partners, and a JSON sidecar with every number on it.

    Args:
        reporter: whose trade.
        with_: groups and single partners.
        year: the year that the page is about.
        as_of, ledger: as in `trade`.

    Returns:
        "brief.html" and "brief.json", as text.

    Raises:
        UnknownName, NoData: as in `trade`.
    """
    from khorgos.report.brief import brief as page
    from khorgos.report.page import to_html, to_sidecar

    report = page(ledger or open_ledger(), area(reporter).id, _areas(with_), year, _day(as_of))
    return {"brief.html": to_html(report), "brief.json": to_sidecar(report)}


def simulate(
    scenario: str | Path | None = None,
    *,
    tariffs: Sequence[str] = (),
    costs: Sequence[str] = (),
    focus: Areas = (),
    **settings: Any,
) -> Simulation:
    """What tariffs and trade costs do, on an embedded world: who gains and loses, and trade by partner.

    Args:
        scenario: a TOML file, or a scenario that comes with khorgos.
        tariffs, costs: in short, such as "USA:CHN:all=+20%" (importer, exporter, product).
        focus: areas on top of the tables; Central Asia where left out.
        settings: model, theta, deficits, top, draws, seed, partial, workers, progress, as in `answers.simulate`.

    Returns:
        Two views, `.economies` and `.flows`, and `.render(format, view)`.

    Raises:
        UnknownName, BadInput, BadFile: the scenario cannot be read, or names what the world has not.
        NotConverged, Refused: no equilibrium was found.
    """
    from khorgos.report.answers.simulate import simulate as answer
    from khorgos.report.answers.simulate import written

    text = written(scenario, *([one] if isinstance(one, str) else one for one in (tariffs, costs)))
    return answer(text, focus=expand([area(name).id for name in _split(focus)]), **settings)


def papers(folder: str | Path, only: Areas = (), *, progress: Progress | None = None) -> Reproduction:
    """Published tables computed again, a cell a line, from a folder of the papers' data; names as in docs/papers.md."""
    from khorgos.report.answers.papers import papers as answer

    return answer(Path(folder).expanduser(), _split(only), progress=progress)


def _flow(text: str) -> str:
    if text not in _FLOWS:
        raise BadInput(f"There is no flow {text!r}", hint=f"Choose one of {', '.join(_FLOWS)}")
    return text


def _split(names: Areas) -> list[str]:
    parts = names.split(",") if isinstance(names, str) else list(names)
    return [part.strip() for part in parts if part.strip()]


def _areas(names: Areas) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(area(name).id for name in _split(names)))
    if not found:
        raise BadInput("Name at least one partner", hint="For example KAZ, Kazakhstan or central-asia")
    return found


def _years(years: Years | None) -> tuple[int, ...]:
    if years is None:
        return ()
    return parse_years(years) if isinstance(years, str | int) else tuple(sorted({int(y) for y in years}))


def _day(day: str | dt.date | None) -> dt.date | None:
    if day is None or isinstance(day, dt.date):
        return day
    try:
        return dt.date.fromisoformat(day)
    except ValueError as error:
        raise BadInput(f"Not a day: {day!r}", hint="Write it like 2025-03-20") from error


def _products(text: str) -> tuple[tuple[str, ...], str | None]:
    if text.upper() == "TOTAL":
        return ("TOTAL",), None
    found = find_product(text)
    if isinstance(found, Product):
        return (found.code,), found.nomenclature
    return tuple(found.codes), found.nomenclature
