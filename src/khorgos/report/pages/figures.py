"""The brief's figures: each a drawing at two widths with the table that it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from khorgos.nomenclature.areas import get, to_code
from khorgos.report import charts, flowmap
from khorgos.report.credits import Credits
from khorgos.report.page import Figure
from khorgos.report.pages.material import FIRST_YEAR, Material, dollars, said
from khorgos.report.rounding import settled
from khorgos.report.view import Column, View

_POWERS = {"CHN": "china", "RUS": "russia", "USA": "usa", "EU27": "eu"}


def drawn(spec: Callable[[int], charts.Spec], description: str) -> dict[str, str]:
    """One drawing for desktops and one for phones."""
    return {
        "wide": charts.to_svg(spec(charts.WIDE), description=description),
        "narrow": charts.to_svg(spec(charts.NARROW), description=description),
    }


def source_line(credits: Credits) -> str:
    """All credits of a figure in one line."""
    texts = list(dict.fromkeys(line.text.partition(",")[0] for line in credits.lines()))
    return f"Source: {'; '.join(texts)}."


def totals_over_time(made: Material) -> Figure:
    """Total trade with each partner since the first year, the largest partners as lines."""
    largest = sorted(made.partners, key=lambda p: -(made.value("total", p, made.year) or 0.0))[:8]
    credits = Credits(made.ledger)
    rows: list[dict[str, Any]] = []
    for partner in largest:
        for year in range(FIRST_YEAR, made.year + 2):
            row = made.row("total", partner, year)
            credits.cite(row["trace"] if row else None)
            rows.append({"year": year, "partner": get(partner).name, "value": row["value"] if row else None})
    names = [get(partner).name for partner in largest]
    points = [{**row, "value": None if row["value"] is None else row["value"] / 1e9} for row in rows]
    last = {row["partner"]: row for row in rows if row["value"] is not None}
    described = "; ".join(f"{n} {said(last[n]['value'], 'USD')} in {last[n]['year']}" for n in names if n in last)
    columns = (Column("year", "Year", "year"), Column("partner", "Partner"), Column("value", "Total", "money", "USD"))
    return Figure(
        id="totals",
        title=f"{get(made.reporter).name}'s total trade with each partner, {FIRST_YEAR} to {made.year + 1}",
        view=View(
            "Totals",
            columns,
            tuple(rows),
            f"USD {{scale}}, exports plus imports, as reported by {get(made.reporter).name}",
        ),
        credit=source_line(credits),
        note="A gap is a year for which no figure is on hand.",
        **drawn(
            lambda width: charts.lines(
                points, x="year", y="value", series="partner", order=names, title="USD bn", width=width
            ),
            f"Lines of total trade: {described}.",
        ),
    )


def balances(made: Material) -> Figure:
    """Balance with each partner in the year, surpluses to the right."""
    found = [(p, row) for p in made.partners if (row := made.row("balance", p, made.year))]
    found.sort(key=lambda item: -float(item[1]["value"]))
    credits = Credits(made.ledger)
    rows = []
    for partner, row in found:
        credits.cite(row["trace"])
        text = said(row["value"], "USD")
        rows.append(
            {"partner": get(partner).name, "value": row["value"], "label": text if row["value"] < 0 else f"+{text}"}
        )
    points = [{**row, "value": row["value"] / 1e9} for row in rows]
    columns = (Column("partner", "Partner"), Column("value", "Balance", "money", "USD"))
    return Figure(
        id="balances",
        title=f"{get(made.reporter).name}'s balance with each partner, {made.year}",
        view=View("Balances", columns, tuple(rows), "USD {scale}; exports minus imports"),
        credit=source_line(credits),
        note="Exports are valued FOB and imports CIF, which makes a surplus look smaller by freight and insurance.",
        **drawn(
            lambda width: charts.bars(
                points, category="partner", value="value", label="label", title="USD bn", width=width
            ),
            "Bars: " + "; ".join(f"{row['partner']} {row['label']}" for row in rows) + ".",
        ),
    )


def flow_map(made: Material) -> Figure:
    """Exports and imports with each partner as arrows on a map."""
    credits = Credits(made.ledger)
    rows: list[dict[str, Any]] = []
    flows: list[flowmap.Flow] = []
    for partner in made.partners:
        export, import_, total = (made.row(what, partner, made.year) for what in ("export", "import", "total"))
        if export is None or import_ is None or total is None:
            continue
        for row in (export, import_):
            credits.cite(row["trace"])
        m49 = to_code(partner, "m49")
        label = settled(total, dollars)
        name = get(partner).name
        rows.append({"partner": name, "export": export["value"], "import": import_["value"], "total": total["value"]})
        if m49:
            flows.append(flowmap.Flow(partner, name, m49.zfill(3), export["value"], import_["value"], label))
    home = (to_code(made.reporter, "m49") or "").zfill(3)
    described = "; ".join(
        f"{row['partner']} receives {said(row['export'], 'USD')} and sends {said(row['import'], 'USD')}" for row in rows
    )
    columns = (
        Column("partner", "Partner"),
        Column("export", "Exports to", "money", "USD"),
        Column("import", "Imports from", "money", "USD"),
        Column("total", "Total", "money", "USD"),
    )
    return Figure(
        id="map",
        title=f"Who sends how much: {get(made.reporter).name}'s exports (red) and imports (blue), {made.year}",
        view=View("Flows", columns, tuple(rows), "Widths of arrows in proportion; numbers are total trade, USD"),
        credit=f"{source_line(credits)} Shapes: Natural Earth 1:50m, through world-atlas.",
        wide=flowmap.draw(home, flows, description=f"Map of flows: {described}."),
        narrow=flowmap.draw(home, flows, description=f"Map of flows: {described}.", width=charts.NARROW, height=240),
    )


def powers(made: Material, found: Sequence[Mapping[str, Any]], who: Sequence[str], span: tuple[int, int]) -> Figure:
    """Share of several powers in each partner's trade, by the partners' own reports."""
    credits = Credits(made.ledger)
    rows: list[dict[str, Any]] = []
    for row in found:
        credits.cite(row["trace"])
        share = row["share_of_trade"]
        rows.append(
            {
                "country": get(row["reporter"]).name,
                "power": _power(row["partner"]),
                "year": int(row["period"]),
                "value": None if share is None else 100 * share,
            }
        )
    countries = [get(p).name for p in made.partners if any(row["country"] == get(p).name for row in rows)]
    names = [_power(area) for area in who]
    roles = {_power(area): _POWERS.get(area, "six") for area in who}
    last = max((row["year"] for row in rows), default=span[1])
    described = "; ".join(
        f"{row['country']}: {row['power']} {row['value']:.0f}%"
        for row in rows
        if row["year"] == last and row["value"] is not None
    )
    columns = (
        Column("country", "Country"),
        Column("power", "Trade with"),
        Column("year", "Year", "year"),
        Column("value", "Share of trade", "percent", "percent"),
    )
    return Figure(
        id="powers",
        title="Whose trade weighs most in each country",
        view=View("Shares", columns, tuple(rows), "Share of exports plus imports, as each country reports it"),
        credit=source_line(credits),
        note="Where a country does not report, the IMF estimates from its partners' reports.",
        **drawn(
            lambda width: charts.panels(
                rows,
                x="year",
                y="value",
                series="power",
                facet="country",
                order=names,
                facets=countries,
                title="%",
                width=width,
                columns=4 if width > charts.NARROW else 2,
                roles=roles,
            ),
            f"Lines of shares; in {last}: {described}.",
        ),
    )


def _power(area: str) -> str:
    return {"EU27": "EU", "USA": "United States"}.get(area, get(area).name)


def two_reports(made: Material, partner: str, found: Sequence[Mapping[str, Any]]) -> Figure:
    """Two reports of the reporter's exports to one partner, with the gap shaded."""
    credits = Credits(made.ledger)
    rows: list[dict[str, Any]] = []
    reports = {
        int(row["period"]): row for row in found if row["exporter"] == made.reporter and row["importer"] == partner
    }
    for year in range(FIRST_YEAR, made.year + 1):
        row = reports.get(year)
        credits.cite(row["trace"] if row else None)
        rows.append(
            {
                "year": year,
                "exporter": row["exporter_report"] if row else None,
                "importer": row["importer_report"] if row else None,
            }
        )
    home, away = get(made.reporter).name, get(partner).name
    points = [{k: v / 1e9 if k != "year" and v is not None else v for k, v in row.items()} for row in rows]
    columns = (
        Column("year", "Year", "year"),
        Column("exporter", f"{home} reports (exports, FOB)", "money", "USD"),
        Column("importer", f"{away} reports (imports, CIF)", "money", "USD"),
    )
    both = [row for row in rows if row["exporter"] and row["importer"]]
    described = (
        f"In {both[-1]['year']} {home} reports {said(both[-1]['exporter'], 'USD')}, "
        f"{away} {said(both[-1]['importer'], 'USD')}."
        if both
        else "No year has both reports."
    )
    return Figure(
        id="two-reports",
        title=f"One trade, two reports: what {home} sends to {away}",
        view=View("Two reports", columns, tuple(rows), "USD {scale}; the shade is the gap"),
        credit=source_line(credits),
        **drawn(
            lambda width: charts.band(
                points,
                x="year",
                reports=("exporter", "importer"),
                names=(home, away),
                title="USD bn",
                width=width,
                roles={home: _POWERS.get(made.reporter, "two"), away: "one"},
            ),
            described,
        ),
    )


def target_path(made: Material, row: Mapping[str, Any]) -> Figure:
    """Trade with one partner so far, and the path that its target requires."""
    credits = Credits(made.ledger)
    rows: list[dict[str, Any]] = []
    credits.cite(row["trace"])
    for year in range(FIRST_YEAR, made.year + 2):
        found = made.row("total", row["partner"], year)
        credits.cite(found["trace"] if found else None)
        rows.append({"year": year, "what": "Trade", "value": float(found["value"]) if found else None})
    start, end = int(row["period"]), int(row["deadline"])
    for year in range(start, end + 1):
        value = row["level"] * (1 + row["required"] / 100) ** (year - start)
        rows.append({"year": year, "what": "Required", "value": value})
    points = [{**r, "value": r["value"] / 1e9 if isinstance(r["value"], float) else None} for r in rows]
    columns = (Column("year", "Year", "year"), Column("what", "What"), Column("value", "Value", "money", "USD"))
    name = get(row["partner"]).name
    return Figure(
        id=f"target-{row['partner'].lower()}",
        title=(
            f"{get(made.reporter).name} and {name}: {said(row['target'], 'USD')} by {end} "
            f"takes {row['required']:+.1f}% a year"
        ),
        view=View("Target", columns, tuple(rows), "USD {scale}; dashes: the path at the required rate"),
        credit=source_line(credits),
        **drawn(
            lambda width: charts.lines(
                points,
                x="year",
                y="value",
                series="what",
                order=["Trade", "Required"],
                title="USD bn",
                width=width,
                height=240,
                dashed=["Required"],
                roles={"Trade": "one", "Required": "two"},
            ),
            f"Line to {said(row['level'], 'USD')} in {start}, dashed on to {said(row['target'], 'USD')} in {end}.",
        ),
    )
