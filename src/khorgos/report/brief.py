"""The brief: one reporter's trade with groups of partners, as a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from khorgos.core.errors import NoData
from khorgos.core.version import __version__
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.store import Ledger
from khorgos.measures.bilateral import mirror
from khorgos.measures.powers import influence
from khorgos.measures.trade import levels
from khorgos.nomenclature.areas import get
from khorgos.report.addresses import DECLARED
from khorgos.report.answers.targets import targets
from khorgos.report.answers.trade import everybody
from khorgos.report.credits import Credits, release_rows
from khorgos.report.naming import name
from khorgos.report.page import Figure, Headline, Number, Prose, Report, Section
from khorgos.report.pages import figures
from khorgos.report.pages.material import FIRST_YEAR, Material, gather, number
from khorgos.report.pages.outside import outside_rows
from khorgos.report.pages.trade_war import trade_war
from khorgos.report.rounding import settled
from khorgos.report.view import Column, View, printed

POWERS = ("CHN", "RUS", "USA", "EU27")
_DOLLARS = Column("v", "v", "money", "USD")
_POWERS_FROM = 2000  # where the embedded collection of all reporters starts


def _billions(value: float) -> str:
    return printed(value, _DOLLARS, 1e9)


def brief(ledger: Ledger, reporter: str, areas: tuple[str, ...], year: int, as_of: dt.date | None = None) -> Report:
    """Make the page.

    Args:
        ledger: where the figures come from.
        reporter: whose trade.
        areas: groups and single partners.
        year: what the page is about.
        as_of: what was known on that day.

    Returns:
        The page as data.

    Raises:
        NoData: if the ledger has no figures of that year.
    """
    made = gather(ledger, reporter, areas, year, as_of)
    if not any(made.row("total", area, year) for area in (*areas, *made.partners)):
        raise NoData(
            f"The ledger has no figures of {get(reporter).name} with these partners in {year}",
            hint="Years on hand: khorgos trade",
        )
    today = as_of or dt.date.today()
    sections = tuple(section for section in _sections(made, today) if section is not None)
    deck, heads = _deck(made), tuple(_headlines(made))
    used = _used(deck, heads, sections)
    outside = used - ledger.releases.keys()
    return Report(
        title=f"{get(reporter).name}'s trade with {' and '.join(name(area) for area in areas)} in {year}",
        deck=deck,
        made=today,
        headlines=heads,
        sections=sections,
        releases=(*release_rows(ledger, sorted(used - outside)), *outside_rows(outside)),
        version=__version__,
    )


def _used(deck: Prose, heads: tuple[Headline, ...], sections: tuple[Section, ...]) -> set[str]:
    """All releases behind numbers and figures."""
    proses = [deck, *(h.beside for h in heads), *(p for s in sections for p in s.prose)]
    numbers = [piece for prose in proses for piece in prose if isinstance(piece, Number)]
    numbers += [h.number for h in heads]
    used = {release for n in numbers for release in n.releases}
    return used | {line.release for s in sections for f in s.figures for line in f.view.sources}


def _told(*pieces: str | Number | None) -> Prose:
    """A sentence; nothing at all where one of its numbers is missing."""
    return tuple(piece for piece in pieces if piece is not None) if None not in pieces else ()


def _deck(made: Material) -> Prose:
    first = made.areas[0]
    whole = _told(
        f"{get(made.reporter).name} traded goods worth ",
        made.number("total", first, made.year),
        " dollars with ",
        name(first),
        f" in {made.year}, ",
        made.number("growth", first, made.year),
        f" on {made.year - 1}: exports of ",
        made.number("export", first, made.year),
        " and imports of ",
        made.number("import", first, made.year),
        ".",
    )
    return whole or _told(
        f"{get(made.reporter).name}'s trade with {', '.join(name(area) for area in made.areas)} in {made.year}."
    )


def _headlines(made: Material) -> Iterator[Headline]:
    first, year = made.areas[0], made.year
    beside = ("growth", " on the year")
    wanted = (
        (f"Total with {name(first)}, {year}", "total", first, year, beside),
        (f"{get(made.reporter).name}'s exports", "export", first, year, None),
        (f"{get(made.reporter).name}'s imports", "import", first, year, None),
        ("Balance", "balance", first, year, None),
        *(
            (f"Total with {name(area)}, {year}", "total", area, year, ("growth", " on the year"))
            for area in made.areas[1:]
        ),
        (f"Total with {name(first)}, {year + 1}", "total", first, year + 1, ("growth", " on the year")),
    )
    for label, what, area, when, extra in wanted:
        shown = made.number(what, area, when)
        if shown is None:
            continue
        more = made.number(extra[0], area, when) if extra else None
        yield Headline(label, shown, (more, extra[1]) if more and extra else ())


def _sections(made: Material, today: dt.date) -> Iterator[Section | None]:
    yield _countries(made)
    yield Section("over-time", "Over time", (), (figures.totals_over_time(made),))
    yield _surplus(made)
    yield Section("map-of-flows", "On the map", (), (figures.flow_map(made),))
    yield _powers(made)
    yield _reports(made)
    yield from trade_war(made, today)
    yield _targets(made)
    yield _disagreements(made)


def _countries(made: Material) -> Section:
    credits = Credits(made.ledger)
    order = sorted(made.partners, key=lambda p: -(made.value("total", p, made.year) or 0.0))
    rows = []
    for area in (*order, *made.groups):
        marks: dict[str, None] = {}
        for what, when in (("total", made.year), ("export", made.year), ("total", made.year + 1)):
            found = made.row(what, area, when)
            marks |= dict.fromkeys(credits.cite(found["trace"] if found else None))
        share = made.value("share", area, made.year)
        rank = made.value("rank", area, made.year) if area not in made.groups else None
        rows.append(
            {
                "country": get(area).name,
                **_levels(made, area),
                "growth": made.value("growth", area, made.year),
                "share": None if share is None else 100 * share,
                "rank": None if rank is None else int(rank),
                "next": made.value("total", area, made.year + 1),
                "sources": list(marks),
            }
        )
    columns = (
        Column("country", "Partner"),
        Column("total", f"Total {made.year}", "money", "USD"),
        Column("export", "Exports", "money", "USD"),
        Column("import", "Imports", "money", "USD"),
        Column("balance", "Balance", "money", "USD"),
        Column("growth", "Growth", "percent", "percent change"),
        Column("share", f"Share of {get(made.reporter).name}'s trade", "percent", "percent", decimals=2),
        Column("rank", "Rank", "integer"),
        Column("next", f"Total {made.year + 1}", "money", "USD"),
    )
    view = View("By country", columns, tuple(rows), "USD {scale}", sources=credits.lines())
    ranked = made.rank.table.to_pylist() if made.rank else []
    universe = max((row["universe"] or 0 for row in ranked), default=0)
    note = f"Ranked among {universe} partners. " if universe else ""
    figure = Figure(
        "by-country",
        f"What {get(made.reporter).name} reports for each partner, {made.year}",
        view,
        figures.source_line(credits),
        note=f"{note}An empty cell is a figure that nobody on hand has published.",
    )
    return Section("countries", "Country by country", tuple(p for p in _country_prose(made, order) if p), (figure,))


def _levels(made: Material, area: str) -> dict[str, Any]:
    """The year's levels, each with the text that does not round twice."""
    out: dict[str, Any] = {}
    for what in ("total", "export", "import", "balance"):
        row = made.row(what, area, made.year)
        out[what] = None if row is None else row["value"]
        out[f"{what}_text"] = None if row is None else settled(row, _billions)
    return out


def _country_prose(made: Material, order: list[str]) -> Iterator[Prose]:
    year = made.year
    if order:
        first = order[0]
        yield _told(
            f"{get(first).name} came first with ",
            made.number("total", first, year),
            ", the ",
            made.number("rank", first, year),
            f" of {get(made.reporter).name}'s partners and ",
            made.number("share", first, year),
            " of its trade.",
        )
    steepest = max(
        (p for p in order if (made.value("import", p, year) or 0) > 1e8), key=lambda p: _multiple(made, p), default=None
    )
    if steepest and _multiple(made, steepest) > 5:  # chosen because a fivefold import is news by itself
        yield _told(
            f"{get(made.reporter).name} says that its imports from {name(steepest)} were ",
            made.number("import", steepest, year),
            f"; {name(steepest)}'s own customs reported exports of ",
            _own_exports(made, steepest, year - 1),
            f" to {get(made.reporter).name} the year before.",
        )


def _own_exports(made: Material, partner: str, year: int) -> Number | None:
    asked = FlowQuery((partner,), (made.reporter,), ("export",), years=(year,), as_of=made.as_of, statuses=DECLARED)
    try:
        rows = levels(made.ledger, asked).table.to_pylist()
    except NoData:
        return None
    row = next((r for r in rows if r["value"] is not None), None)
    if row is None:
        return None
    return number(made.ledger, row["value"], "USD", f"export/{partner}/{made.reporter}/{year}", row["trace"])


def _multiple(made: Material, partner: str) -> float:
    """How many times the partner's own last report the reporter's imports are; 0 where unknown."""
    own = _own_exports(made, partner, made.year - 1)
    now = made.value("import", partner, made.year)
    return now / own.value if own and own.value and now else 0.0


def _surplus(made: Material) -> Section:
    negative = [p for p in made.partners if (made.value("balance", p, made.year) or 0.0) < 0]
    prose: Prose = ()
    if len(negative) == 1:
        only = negative[0]
        prose = _told(
            f"Only {name(only)} sells {get(made.reporter).name} more than it buys: the balance was ",
            made.number("balance", only, made.year),
            ".",
        )
    return Section("surplus", "Surplus and deficit", (prose,) if prose else (), (figures.balances(made),))


def _powers(made: Material) -> Section | None:
    powers = tuple(dict.fromkeys([made.reporter, *POWERS]))
    years = tuple(range(_POWERS_FROM, made.year + 1))
    try:
        found = influence(made.ledger, made.partners, powers, years=years, as_of=made.as_of).table.to_pylist()
    except NoData:
        return None
    found = [row for row in found if row["share_of_trade"] is not None]
    figure = figures.powers(made, found, powers, (_POWERS_FROM, made.year))
    title = f"{get(made.reporter).name} beside Russia, the United States and the EU"
    return Section("powers-of-trade", title, (), (figure,)) if found else None


def _reports(made: Material) -> Section | None:
    query = FlowQuery((made.reporter,), made.partners, years=tuple(range(FIRST_YEAR, made.year + 1)), as_of=made.as_of)
    try:
        found = mirror(made.ledger, query).table.to_pylist()
    except NoData:
        return None
    both = [row for row in found if row["asymmetry"] is not None and row["exporter"] == made.reporter]
    if not both:
        return None
    latest = {row["importer"]: row for row in sorted(both, key=lambda row: row["period"])}
    widest = max(latest, key=lambda partner: latest[partner]["asymmetry"])
    credits = Credits(made.ledger)
    rows = []
    for partner, row in sorted(latest.items(), key=lambda item: -item[1]["asymmetry"]):
        credits.cite(row["trace"])
        rows.append(
            {
                "partner": get(partner).name,
                "year": row["period"],
                "exporter": row["exporter_report"],
                "importer": row["importer_report"],
                "ratio": row["exporter_report"] / row["importer_report"],
                "asymmetry": row["asymmetry"],
            }
        )
    columns = (
        Column("partner", f"{get(made.reporter).name} to"),
        Column("year", "Year", "year"),
        Column("exporter", f"{get(made.reporter).name} reports", "money", "USD"),
        Column("importer", "The partner reports", "money", "USD"),
        Column("ratio", "Ratio", "number", "ratio", decimals=2),
        Column("asymmetry", "Asymmetry D", "index", "index 0-1"),
    )
    table = Figure(
        "all-reports",
        "Both reports of the same exports, latest year that both sides have",
        View("Reports", columns, tuple(rows), "USD {scale}", sources=credits.lines()),
        figures.source_line(credits),
        note="D = |x − m| / (x + m). Freight alone makes the importer's figure about 6% larger.",
    )
    return Section(
        "reports",
        "Two sides, two figures",
        _report_prose(made, latest[widest]),
        (figures.two_reports(made, widest, found), table),
    )


def _report_prose(made: Material, row: dict[str, Any]) -> tuple[Prose, ...]:
    home, away, year = row["exporter"], row["importer"], row["period"]
    x = number(made.ledger, row["exporter_report"], "USD", f"export/{home}/{away}/{year}", row["trace"])
    m = number(made.ledger, row["importer_report"], "USD", f"import/{away}/{home}/{year}", row["trace"])
    return (
        (
            f"In {year} {get(home).name} reported exports of ",
            x,
            f" to {name(away)}, which reported imports of ",
            m,
            f" from {get(home).name}. Goods in transit and re-exports, time and valuation can all part the two "
            "figures; neither is wrong by itself.",
        ),
    )


def _targets(made: Material) -> Section | None:
    try:
        answer = targets(made.ledger, made.areas, as_of=made.as_of)
    except NoData:
        return None
    ours = [
        row
        for row in answer.view.rows
        if row["reporter"] == made.reporter and row["partner"] in (*made.areas, *made.partners)
    ]
    if not ours:
        return None
    open_ = [row for row in ours if row["required"] is not None and row["state"] not in ("reached", "missed")]
    view = View(
        "Targets",
        tuple(c for c in answer.view.columns if c.name != "period"),
        tuple(ours),
        "USD {scale}",
        sources=answer.view.sources,
    )
    table = Figure(
        "announced-targets",
        "Announced targets: the growth they require, and that of the last three years",
        view,
        "Source: each statement as cited below; trade as above.",
        note=" ".join(f"{row['pair']}, {row['announced'] or 'day unknown'}: {row['url']}" for row in ours),
    )
    drawn = tuple(
        figures.target_path(made, row)
        for row in open_
        if row["partner"] in made.partners
        and row["target"] == max(r["target"] for r in open_ if r["partner"] == row["partner"])
    )
    return Section("targets", "Targets", (), (*drawn, table))


def _disagreements(made: Material) -> Section | None:
    query = FlowQuery(
        (made.reporter,),
        (*made.areas, *made.partners),
        ("export", "import", "total"),
        years=(made.year - 1, made.year, made.year + 1),
        as_of=made.as_of,
    )
    answer = everybody(made.ledger, query)
    shown: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    for row in answer.view.rows:
        cell = (row["partner"], row["period"], row["flow"])
        text = row["printed"]
        shown.setdefault(cell, {}).setdefault(text, []).append(row["who"])
    rows = tuple(
        {
            "partner": partner,
            "period": period,
            "flow": flow,
            "figures": "; ".join(f"{text} ({', '.join(dict.fromkeys(who))})" for text, who in figures_.items()),
        }
        for (partner, period, flow), figures_ in sorted(shown.items())
        if len(figures_) > 1
    )
    if not rows:
        return None
    columns = (
        Column("partner", "Partner"),
        Column("period", "Year", "year"),
        Column("flow", "Flow"),
        Column("figures", "Figures, USD bn, and whose each is"),
    )
    figure = Figure(
        "figures-side-by-side",
        "Cells for which more than one figure is published, all of them",
        View("Disagreements", columns, rows, "USD bn", sources=answer.view.sources),
        "Source: as named in each row.",
    )
    intro: Prose = (
        "Where several publishers state one cell, the page uses the figure printed in dollars with most digits, "
        "then that of the customs' own table. None is hidden:",
    )
    return Section("side-by-side", "One cell, several figures", (intro,), (figure,))
