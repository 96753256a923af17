"""`khorgos trade`: one reporter's trade with one or more partners over time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from khorgos.core.errors import NoData
from khorgos.core.schema import Status
from khorgos.ledger.engine import run
from khorgos.ledger.query import FlowQuery, alternatives
from khorgos.ledger.store import Ledger
from khorgos.measures.measured import Measured
from khorgos.measures.trade import levels_and_growth
from khorgos.nomenclature.areas import get
from khorgos.nomenclature.periods import month, parse_period, year
from khorgos.report.addresses import LEVELS, Address
from khorgos.report.answer import Answer, remarks
from khorgos.report.credits import Credits, short_credit
from khorgos.report.naming import name as in_prose
from khorgos.report.rounding import settled
from khorgos.report.view import Column, View, printed, scale_of

_LABELS = {"export": "Exports", "import": "Imports", "total": "Total", "balance": "Balance"}
# Findings that the table says in its own way, or that a row's empty cell shows.
_OWN_WORDS = ("converted", "disagreement", "mixed-valuation", "refused", "incomplete-alternative")
_OTHERS = 6  # other figures named under a table; chosen because a seventh is no longer read
_VISIBLE = 0.005  # chosen because a difference of half a per cent shows in three digits


def trade(ledger: Ledger, query: FlowQuery) -> Answer:
    """Exports, imports, total, balance and growth, a row a period (and partner).

    Args:
        ledger: the ledger to ask.
        query: one reporter; one or more partners; the levels wanted as flows.

    Returns:
        The answer; periods without a figure have an empty row, so that a gap is seen.

    Raises:
        NoData: if the ledger has nothing of it.
    """
    flows = query.flows
    grown_flow = "total" if "total" in flows else flows[0]
    try:
        figures, grown = levels_and_growth(ledger, query, grown_flow)
    except NoData as error:
        raise _nothing(query) from error
    if not any(row["value"] is not None for row in figures.table.to_pylist()):
        raise _nothing(query)
    grown = grown if grown_flow != "balance" else None
    measured = (figures, grown) if grown else (figures,)
    credits = Credits(ledger)
    rows = _rows(query, figures, grown, credits)
    others, notes = _others(ledger, query, figures), remarks(measured, leave=_OWN_WORDS)
    view = View(
        title=_title(query),
        subtitle=f"{query.currency} {{scale}}, {_side(query)}{_when(query)}",
        columns=_columns(query, flows, grown_flow if grown else None),
        rows=tuple(rows),
        notes=(*_valuation(figures), *notes, *_gaps(query, rows), *_converted(figures, query), *others),
        sources=credits.lines(),
        trace=f"khorgos explain {_example(query, rows)}",
    )
    return Answer(_settled(view, figures), measured)


def _settled(view: View, figures: Measured) -> View:
    """The view with texts that do not round printed figures twice."""
    factor, _ = view.scale()
    levels_ = {(r["partner"], r["period"], r["flow"]): r for r in figures.table.to_pylist() if r["value"] is not None}
    rows = []
    for row in view.rows:
        texts = {
            f"{column.name}_text": settled(cell, partial(_said, column, factor))
            for column in view.columns
            if (cell := levels_.get((row["partner_id"], row["period"], column.name))) is not None
        }
        rows.append({**row, **texts})
    return replace(view, rows=tuple(rows))


def _said(column: Column, factor: float, value: float) -> str:
    return printed(value, column, factor)


def everybody(ledger: Ledger, query: FlowQuery) -> Answer:
    """Every publisher's figure for the same cells, side by side.

    Args:
        ledger: the ledger to ask.
        query: as in `trade`.

    Returns:
        One row a figure, those of one cell together.

    Raises:
        NoData: if the ledger has nothing of it.
    """
    found = _stated(ledger, query)
    if not found:
        raise _nothing(query)
    credits = Credits(ledger)
    rows = tuple(
        {
            "period": row["period"],
            "partner": get(row["partner"]).name,
            "flow": row["flow"],
            "value": row["value"],
            "printed": _as_printed(row["value"], row["rounding"]),
            "status": row["status"] + (", converted" if row["converted"] else ""),
            "source": row["source"],
            "who": short_credit(ledger, row["trace"][0].partition("#")[0]),
            "sources": list(credits.cite(row["trace"])),
        }
        for row in found
    )
    columns = (
        Column("period", "Period", "year"),
        Column("partner", "Partner"),
        Column("flow", "Flow"),
        Column("value", "Value", "money", query.currency),
        Column("status", "Status"),
        Column("sources", "Source", "list"),
    )
    title = f"{_title(query)}: every publisher's figure"
    return Answer(View(title, columns, rows, f"{query.currency} {{scale}}, {_side(query)}", sources=credits.lines()))


def _stated(ledger: Ledger, query: FlowQuery) -> list[dict[str, Any]]:
    """Every voice's figures of the same cells, doubted ones too, in the same order on each machine."""
    every = replace(query, statuses=query.statuses or tuple(Status))
    found = [row for row in run(ledger, alternatives(ledger, every)).to_pylist() if row["value"] is not None]
    return sorted(
        found,
        key=lambda r: (r["partner"], r["period"], LEVELS.index(r["flow"]), -r["value"], r["source"], r["trace"]),
    )


def _as_printed(value: float, step: float | None) -> str:
    """Billions with the digits that the publisher printed; three digits where it printed more."""
    if not step or step < _VISIBLE * abs(value) / 10:
        return f"{value / 1e9:,.3g}"
    digits = max(0, round(-math.log10(step / 1e9)))
    return f"{value / 1e9:,.{digits}f}"


def _nothing(query: FlowQuery) -> NoData:
    reporter, partners = query.reporters[0], ", ".join(in_prose(p) for p in query.partners)
    goods = "" if query.products == ("TOTAL",) else f" in {'/'.join(query.products)}"
    return NoData(
        f"The ledger has no figures that {in_prose(reporter)} reports on trade{goods} with {partners} in these periods",
        hint=f"Try the other side, other years, or: {_fetch(query, query.partners)}",
    )


def _title(query: FlowQuery) -> str:
    partners = " and ".join(in_prose(p) for p in query.partners) if len(query.partners) < 4 else "its partners"
    goods = "" if query.products == ("TOTAL",) else f" in {', '.join(query.products)}"
    return f"Trade of {in_prose(query.reporters[0])} with {partners}{goods}"


def _side(query: FlowQuery) -> str:
    return f"as reported by {in_prose(query.reporters[0])}"


def _when(query: FlowQuery) -> str:
    return f", as known on {query.as_of.isoformat()}" if query.as_of else ""


def _columns(query: FlowQuery, flows: Sequence[str], grown: str | None) -> tuple[Column, ...]:
    label = {"year": "Year", "month": "Month", "native": "Period"}[query.by]
    columns = [Column("period", label, "year")]
    if len(query.partners) > 1:
        columns.append(Column("partner", "Partner"))
    columns += [Column(flow, _LABELS[flow], "money", query.currency) for flow in flows]
    if grown:
        of = "Growth" if grown == "total" or len(flows) == 1 else f"Growth of {grown}s"
        columns.append(Column("growth", of, "percent", "percent change"))
    return (*columns, Column("sources", "Source", "list"))


def _rows(query: FlowQuery, figures: Measured, grown: Measured | None, credits: Credits) -> list[dict[str, Any]]:
    cells = {(r["partner"], r["period"], r["flow"]): r for r in figures.table.to_pylist()}
    rates = {(r["partner"], r["period"]): r["value"] for r in grown.table.to_pylist()} if grown else {}
    rows = []
    for period in _periods(query, {p for _, p, _ in cells}):
        for partner in query.partners:
            found = {flow: cells.get((partner, period, flow)) for flow in query.flows}
            trace = [t for row in found.values() if row and row["value"] is not None for t in row["trace"]]
            row: dict[str, Any] = {"period": period, "partner": get(partner).name, "partner_id": partner}
            row |= {flow: cell["value"] if cell else None for flow, cell in found.items()}
            row |= {f"{flow}_text": text for flow, cell in found.items() if cell and (text := _bounds(cell))}
            row |= {"growth": rates.get((partner, period)), "sources": list(credits.cite(trace))}
            rows.append(row)
    return rows


def _bounds(cell: Mapping[str, Any]) -> str | None:
    """Bounds in place of a figure, where members of a group are missing: "5.2 to 5.6 bn"."""
    low, high = cell.get("value_low"), cell.get("value_high")
    if cell["value"] is not None or low is None or high is None:
        return None
    factor, word = scale_of(high)
    return f"{low / factor:,.3g} to {high / factor:,.3g} {word}".strip()


def _periods(query: FlowQuery, found: set[str]) -> list[str]:
    """The periods asked for, whether there are figures or not; those found where none were named."""
    if query.periods:
        return list(query.periods)
    if query.years and query.by == "year":
        return [str(year(y)) for y in query.years]
    if query.years and query.by == "month":
        return [str(month(y, m)) for y in query.years for m in range(1, 13)]
    return sorted(found, key=lambda p: (parse_period(p).start, parse_period(p).months))


def _example(query: FlowQuery, rows: Sequence[Mapping[str, Any]]) -> Address:
    flow = "total" if "total" in query.flows else query.flows[0]
    known = [name for name in (flow, *query.flows) if any(row[name] is not None for row in rows)]
    flow = known[0] if known else flow
    last = next((row for row in reversed(rows) if row[flow] is not None), rows[-1])
    return Address(
        flow,
        query.reporters[0],
        last["partner_id"],
        last["period"],
        currency=query.currency,
        product=query.products[0],
        as_of=query.as_of,
    )


def _valuation(figures: Measured) -> tuple[str, ...]:
    mixed = any(finding.code == "mixed-valuation" for finding in figures.findings)
    return ("The balance sets exports, valued FOB, against imports, valued CIF.",) if mixed else ()


def _gaps(query: FlowQuery, rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The periods asked for of which nothing is at hand, and how to get it."""
    empty = [row for row in rows if all(row[flow] is None for flow in query.flows) and not _bounded(query, row)]
    if not empty:
        return ()
    whom = {row["partner_id"]: row["partner"] for row in empty}
    periods = list(dict.fromkeys(row["period"] for row in empty))
    who = f" on trade with {' and '.join(map(in_prose, whom))}" if len(query.partners) > 1 else ""
    return (
        f"Nothing that {in_prose(query.reporters[0])} reports{who} for {_few(periods)} is at hand; to look for it: "
        f"{_fetch(query, tuple(whom))}",
    )


def _bounded(query: FlowQuery, row: Mapping[str, Any]) -> bool:
    return any(f"{flow}_text" in row for flow in query.flows)


def _few(names: Sequence[str]) -> str:
    shown, more = names[:_OTHERS], len(names) - _OTHERS
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _fetch(query: FlowQuery, partners: Sequence[str]) -> str:
    """The command that gets such figures."""
    products = "" if query.products == ("TOTAL",) else f" products={','.join(query.products)}"
    return f"khorgos fetch comtrade reporters={query.reporters[0]} partners={','.join(partners)}{products}"


def _converted(figures: Measured, query: FlowQuery) -> tuple[str, ...]:
    rows = [r for r in figures.table.to_pylist() if r["converted"]]
    if not rows:
        return ()
    periods = ", ".join(sorted({r["period"] for r in rows}))
    return (f"Converted to {query.currency} at the mean rate of the period: {periods}.",)


def _others(ledger: Ledger, query: FlowQuery, figures: Measured) -> tuple[str, ...]:
    """What other publishers, or the same one elsewhere, say of the cells shown, where it can be seen in the print."""
    shown = {(r["partner"], r["period"], r["flow"]): r["value"] for r in figures.table.to_pylist()}
    flows = tuple(flow for flow in LEVELS if flow in query.flows)
    said: dict[tuple[str, str, str], dict[str, str]] = {}
    for row in _stated(ledger, replace(query, flows=flows, statuses=None)):
        key = (row["partner"], row["period"], row["flow"])
        own, doubted = shown.get(key), row["status"] == Status.DOUBTED
        if doubted or (own and abs(row["value"] - own) > _VISIBLE * abs(own)):
            factor, word = scale_of(row["value"])
            text = f"{row['value'] / factor:,.3g} {word}".strip()
            credit = short_credit(ledger, row["trace"][0].partition("#")[0])
            said.setdefault(key, {}).setdefault(text, f"{credit}; held to be an error" if doubted else credit)
    lines = []
    for (partner, period, flow), texts in sorted(said.items(), key=lambda item: item[0][1], reverse=True):
        who = f" with {in_prose(partner)}" if len(query.partners) > 1 else ""
        both = "; ".join(f"{text} ({credit})" for text, credit in texts.items())
        lines.append(f"Also published for {period}, {_LABELS[flow].lower()}{who}: {both}.")
    more = [f"And {len(lines) - _OTHERS} more: khorgos trade ... --every-source."] if len(lines) > _OTHERS else []
    return (*lines[:_OTHERS], *more)
