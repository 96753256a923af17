"""Armstat: Armenia's trade by country and month, imports by origin and by consignment, as tidy csv."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from khorgos.core.errors import BadFile
from khorgos.core.findings import Finding
from khorgos.core.provenance import Source
from khorgos.core.schema import Flow, PartnerBasis
from khorgos.nomenclature.periods import month, year_to_date
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.flows import FOB_CIF, ORIGIN_DESTINATION, FlowRows, Terms
from khorgos.sources.partner_names import Names
from khorgos.sources.reading import csv_rows, number

SOURCE = Source(
    id="arm-armstat",
    publisher="Statistical Committee of the Republic of Armenia (Armstat)",
    title="Foreign trade by country: exports, imports by origin, imports by consignment",
    url="https://www.armstat.am/en/?nid=148",
    licence="Free use with reference to the source",
    redistribute="figures",
    citation="Statistical Committee of the Republic of Armenia, foreign trade database, by country and month.",
    attribution="Armstat",
    cadence="monthly",
    units="thousand USD",
    valuation="exports FOB, imports CIF",
    rank=10,
    notes="Two sets of imports: by country of origin and by country of consignment. Goods from Russia or Georgia may "
    "be made elsewhere. Re-exports of gold and phones swell exports from 2022. 'Unknown country', 'EU countries not "
    "specified' and Nagorno Karabagh are kept as not specified. In the csv of months a 0 stands for no trade, and a "
    "country that a month's list leaves out, but another month of the year has, had none in it: read as 0.",
)


_BY_ORIGIN = Terms("ARM", "USD", 1e3, FOB_CIF, ORIGIN_DESTINATION)
_BY_CONSIGNMENT = Terms("ARM", "USD", 1e3, FOB_CIF, {Flow.IMPORT: PartnerBasis.CONSIGNMENT})

#: Countries from which on a month's list is whole. Chosen because Armenia trades with more than a hundred each month.
_WHOLE = 60

#: Stands for a partner's name where the cell is empty.
_NAMELESS = "Unknown country (no name)"


@dataclass(frozen=True, slots=True)
class _Layout:
    """Names of the columns in one of the two csv layouts.

    Args:
        consignment: column of imports by country of consignment.
        month: column of the month, or of "Year".
        step: step of the last digit in thousand dollars; None where the file is unrounded.
    """

    consignment: str
    month: str
    step: float | None
    year: str = "year"

    @property
    def columns(self) -> tuple[str, ...]:
        return ("country", "export", "import_origin", self.consignment, self.year, self.month)

    @property
    def figures(self) -> tuple[tuple[Terms, str, Flow], ...]:
        return (
            (_BY_ORIGIN, "export", Flow.EXPORT),
            (_BY_ORIGIN, "import_origin", Flow.IMPORT),
            (_BY_CONSIGNMENT, self.consignment, Flow.IMPORT),
        )


_LAYOUTS = (
    _Layout("import_consignment", "month", None),
    _Layout("import_consigment", "timeperiod", 0.1),  # the spelling, and the tenths, of the database's own export
)


def _layout(header: tuple[str, ...] | list[str]) -> _Layout | None:
    return next((layout for layout in _LAYOUTS if set(layout.columns) <= set(header)), None)


def _recognise(seen: Peek) -> bool:
    first = seen.head.lstrip("\ufeff").split("\n", 1)[0].replace('"', "").strip()
    return _layout([name.strip() for name in first.split(",")]) is not None


def _parse(snapshot: Snapshot) -> Parsed:
    name = snapshot.filename
    rows = csv_rows(snapshot.path)
    layout = _layout(rows.header)
    if layout is None:
        raise BadFile("The header lacks one of country, export, import_origin, import_consignment, year", path=name)
    release = snapshot.release(SOURCE, "Foreign trade by country, by origin and by consignment")
    out = FlowRows(release, Names("arm-armstat", "name_en"))
    nameless = 0
    held = [(n, cells, _when(layout, cells, n, name)) for n, cells in rows]
    last = _last_months(when for _, _, when in held)
    for n, cells, (year_, month_) in held:
        partner = cells["country"].strip()
        nameless += not partner
        if month_ is None and last.get(year_) == 1:
            out.drop("January to January, the same as January")
            continue
        when = str(month(year_, month_) if month_ else year_to_date(year_, last.get(year_, 12)))
        for terms, column, flow in layout.figures:
            value = number(cells[column], path=name, row=n, column=column)
            at = f"line {n}:{column}"
            out.add(terms, partner or _NAMELESS, flow, when, value, at=at, rounding=layout.step, row=n)
    if layout.step is None:
        for country, year_, month_ in _left_out(held):
            for terms, column, flow in layout.figures:
                at = f"{country} not listed in {year_}-{month_:02d}:{column}"
                out.add(terms, country, flow, str(month(year_, month_)), 0.0, at=at, rounding=None)
    if nameless:
        text = f"{nameless} rows have figures but no country; they are kept as not specified."
        out.note(Finding("no-partner-name", text, "warning", where=name))
    for finding in rows.findings():
        out.note(finding)
    table, findings, dropped = out.finish()
    return Parsed(SOURCE, (release,), {"flow": table}, findings, dropped)


def _left_out(
    held: Sequence[tuple[int, dict[str, str], tuple[int, int | None]]],
) -> Iterator[tuple[str, int, int]]:
    """Countries of a year, with the months whose lists leave them out."""
    lists: dict[tuple[int, int], set[str]] = {}
    for _, cells, (year_, month_) in held:
        if month_ is not None and (country := cells["country"].strip()):
            lists.setdefault((year_, month_), set()).add(country)
    whole = {when: names for when, names in lists.items() if len(names) >= _WHOLE}
    for (year_, month_), names in sorted(whole.items()):
        of_year = set().union(*(others for (other, _), others in whole.items() if other == year_))
        yield from ((country, year_, month_) for country in sorted(of_year - names))


def _when(layout: _Layout, cells: dict[str, str], n: int, name: str) -> tuple[int, int | None]:
    """Year and month of a row; None for the month where it says "Year"."""
    year_ = number(cells[layout.year], path=name, row=n, column=layout.year)
    written = cells[layout.month].strip()
    if year_ is None or not 1990 <= year_ <= 2199 or year_ != int(year_):
        raise BadFile(f"Not a year: {cells[layout.year]!r}", path=name, row=n, column=layout.year)
    if written.lower() == "year":
        return int(year_), None
    month_ = number(written, path=name, row=n, column=layout.month)
    if month_ is None or month_ not in range(1, 13):
        raise BadFile(f"Not a month: {written!r}", path=name, row=n, column=layout.month, hint="1 to 12, or Year")
    return int(year_), int(month_)


def _last_months(when: Iterable[tuple[int, int | None]]) -> dict[int, int]:
    """Last month in each year: a "Year" covers the months to date, so that of an unfinished year is no year."""
    last: dict[int, int] = {}
    for year_, month_ in when:
        if month_ is not None:
            last[year_] = max(month_, last.get(year_, 0))
    return last


CONNECTOR = Connector(
    source=SOURCE,
    name="Armstat by country and month",
    files=" or ".join(sorted({",".join(layout.columns) for layout in _LAYOUTS})),
    recognise=_recognise,
    parse=_parse,
)
