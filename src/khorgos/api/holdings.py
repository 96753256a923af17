"""What the ledger holds: sources, explain, import, fetch, export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from khorgos.api.asking import (
    Areas,
    Progress,
    Years,
    known_flow,
    known_on,
    product_codes,
    source_ids,
    split,
    year_numbers,
)
from khorgos.core.errors import BadInput, NoData
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.nomenclature.areas import area

if TYPE_CHECKING:
    from khorgos.ledger.export import Exported
    from khorgos.ledger.files import Import
    from khorgos.report.answer import Answer


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

    own = ledger or open_ledger()
    codes, nomenclature = ((), None) if product == "every" else product_codes(product)
    query = FlowQuery(
        products=codes,
        nomenclature=nomenclature,
        reporters=tuple(area(name).id for name in split(reporter)),
        partners=tuple(area(name).id for name in split(partner)),
        flows=(known_flow(flow),) if flow else ("export", "import", "total", "balance", "re-export", "re-import"),
        years=year_numbers(years),
        by="native",
        as_of=known_on(as_of),
        sources=source_ids(source, own.sources),
    )
    if not run(own, rows(own, query).limit(1)).num_rows:
        raise NoData("The ledger has no such rows", hint="Name fewer countries, years or sources")
    return write(own, rows(own, query), Path(output).expanduser())
