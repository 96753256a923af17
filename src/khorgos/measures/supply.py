"""Who supplies whom with a product, what each got for it, and why it changed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from khorgos.ledger.query import FlowQuery, Trace
from khorgos.ledger.query import rows as kept_rows
from khorgos.ledger.store import Ledger
from khorgos.measures.asking import asked_figures
from khorgos.measures.draft import Draft
from khorgos.measures.evaluate import evaluate
from khorgos.measures.measured import Measured
from khorgos.measures.statements import supply as statements
from khorgos.measures.statements.levels import FIGURE
from khorgos.measures.statements.relation import stack
from khorgos.nomenclature.nomenclatures import labels
from khorgos.nomenclature.product_words import TOTAL
from khorgos.nomenclature.products import children

#: What a good is in each edition of a nomenclature: edition -> codes. All goods: {"TOTAL": ("TOTAL",)}.
Codes = Mapping[str, Sequence[str]]

_DECLARED, _RECONCILED = ("reported", "estimated"), ("reconciled",)


def suppliers(
    ledger: Ledger,
    codes: Codes | None,
    *,
    importers: Sequence[str] = (),
    exporters: Sequence[str] = (),
    years: Sequence[int] = (),
    level: int | None = None,
    as_of: dt.date | None = None,
    trace: Trace = "release",
) -> Measured:
    """Suppliers of each importer with their shares; the importer's report, else the exporters', else reconciled.

    Args:
        ledger: the ledger to ask.
        codes: the good, by edition; None for every product row at one `level`.
        importers: area ids; () for all.
        exporters: keep trade with these only: shares are then among them; () for all.
        years: calendar years; () for all.
        level: digits of the codes, where `codes` is None.
        as_of: what was known on that day.
        trace: name releases or rows.

    Returns:
        value (USD), share (fraction of what the importer's suppliers sold), side, n_suppliers, n_reporters.

    Raises:
        NoData: the ledger has no such rows.

    Source: ST/ESCAP/2559, ch. V, import shares by origin.
    """
    draft = Draft(ledger, trace)
    asked = FlowQuery(products=() if codes is None else _within(codes), years=tuple(years), as_of=as_of, level=level)
    made = _suppliers(draft, codes, asked, (tuple(importers), tuple(exporters)))
    return evaluate(
        draft,
        made,
        statements.SUPPLIERS,
        currency="USD",
        parameters=_told(codes, importers=importers, exporters=exporters, years=years),
        judges=(statements.judge_suppliers,),
    )


def constant_market_share(
    ledger: Ledger,
    codes: Codes,
    importer: str,
    before: int,
    after: int,
    *,
    as_of: dt.date | None = None,
    trace: Trace = "release",
) -> Measured:
    """Each supplier's change in one market: growth of the market, mix of products, competitiveness.

    dx_i = x_i0 g + sum_k x_ik0 (g_k - g) + sum_k (x_ik1 - x_ik0 (1 + g_k)).

    Args:
        ledger: the ledger to ask.
        codes: the goods, by edition; each code is one product k.
        importer: the market.
        before, after: calendar years.
        as_of: what was known on that day.
        trace: name releases or rows.

    Returns:
        value (the change, USD), before, after, market, mix, competitiveness (they sum to value), shares, taken.

    Source: Leamer & Stern (1970), ch. 7; Richardson (1971), doi:10.1016/0022-1996(71)90057-4.
    """
    draft = Draft(ledger, trace)
    # An importer that reports one of the years only: then what was sold to it, in both.
    asked = FlowQuery(products=_within(codes), years=(before, after), as_of=as_of)
    supplied = _suppliers(draft, codes, asked, ((importer,), ()), periods=2)
    return evaluate(
        draft,
        statements.market_share(draft.step("supplied", supplied), f"{after:04d}", f"{before:04d}"),
        statements.MARKET_SHARE,
        currency="USD",
        parameters=_told(codes, importer=(importer,), before=(before,), after=(after,)),
        judges=(statements.judge_sides,),
    )


def unit_values(
    ledger: Ledger,
    codes: Codes,
    importer: str,
    year: int,
    *,
    as_of: dt.date | None = None,
) -> Measured:
    """Value per kilogram of what each supplier sold to a market, where weights are reported.

    Args:
        ledger: the ledger to ask.
        codes: the good, by edition; a ratio of sums, so that lines within lines do no harm.
        importer: the market.
        year: calendar year.
        as_of: what was known on that day.

    Returns:
        value (USD per kg), weight (kg), side: whose report it is.

    Raises:
        NoData: no row states a weight.

    Source: IMF (2009), Export and Import Price Index Manual, ch. 2: unit values mix prices with qualities.
    """
    draft = Draft(ledger, "row")
    asked = FlowQuery(
        products=_within(codes),
        years=(year,),
        as_of=as_of,
        statuses=_DECLARED,
    )
    parts = [
        kept_rows(ledger, replace(asked, reporters=(importer,), flows=("import",))),
        kept_rows(ledger, replace(asked, partners=(importer,), flows=("export",))),
    ]
    names = ("reporter", "partner", "flow", "period", "value", "currency", "quantity", "quantity_unit")
    rows = draft.step("rows", stack(parts, (*names, "release", "locator")))
    return evaluate(
        draft,
        statements.unit_values(rows),
        statements.UNIT_VALUES,
        currency="USD",
        parameters=_told(codes, importer=(importer,), year=(year,)),
    )


def _suppliers(
    draft: Draft,
    codes: Codes | None,
    asked: FlowQuery,
    sides: tuple[tuple[str, ...], tuple[str, ...]],
    *,
    periods: int = 1,
) -> exp.Select:
    """The statement of suppliers; sides are importers and exporters, () for all."""
    importers, exporters = sides
    out = replace(asked, reporters=exporters, partners=importers, flows=("export",))
    parts = (
        replace(asked, reporters=importers, partners=exporters, flows=("import",), statuses=_DECLARED),
        replace(out, statuses=_DECLARED),
        replace(out, statuses=_RECONCILED),
    )
    figure = draft.step("every_side", stack([asked_figures(draft, part) for part in parts], FIGURE))
    return statements.suppliers(figure, () if codes is None else _named(codes), periods=periods)


def _lines(codes: Codes) -> list[tuple[str, str, tuple[str, ...]]]:
    """(edition, code, the code and all codes below it)."""
    found = []
    for edition, own in codes.items():
        for code in own:
            todo, every = [code], []
            while todo:
                one = todo.pop()
                every.append(one)
                todo += () if edition == TOTAL or one not in labels(edition) else children(one, edition)
            found.append((edition, code, tuple(every)))
    return found


def _within(codes: Codes) -> tuple[str, ...]:
    """The rows a good may stand in."""
    return tuple(sorted({code for _, _, every in _lines(codes) for code in every}))


def _named(codes: Codes) -> list[statements.Asked]:
    """One name a product over all editions where each has one code, else each code's own."""
    single = all(len(own) == 1 for own in codes.values())
    newest = sorted(codes.items())[-1][1][0]
    return [
        (edition, code, newest if single else code, digits, n)
        for edition, code, every in _lines(codes)
        for digits, n in sorted(Counter(len(one) for one in every).items())
    ]


def _told(codes: Codes | None, **more: Sequence[object]) -> dict[str, object]:
    newest = None if codes is None else ",".join(sorted(codes.items())[-1][1])
    given = {name: ",".join(str(one) for one in value) for name, value in more.items() if value}
    return {**({"product": newest} if newest else {}), **given}
