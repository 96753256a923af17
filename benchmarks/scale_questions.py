"""The questions of the scale benchmark, each asked three ways: the ledger, Polars on the parts that the ledger reads,
and Polars on the rows as published, without totals made at import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa

from khorgos.ledger.engine import run
from khorgos.ledger.query import FlowQuery, cells
from scale_rerouting import NOMENCLATURE, ROADS, Cast, files, opened, rerouting_roads

_WORLD, _ALL = "WLD", "TOTAL"
#: Largest relative gap between two roads. Both add up at most 48,180 positive terms (the pairs of 220 countries) in
#: another order, which moves a sum by at most 2 n u = 48,180 * 2**-52 = 1.1e-11 (Higham 2002, section 4.2).
TOLERANCE = 2e-11


@dataclass(frozen=True)
class Question:
    """One question, asked three ways.

    Args:
        title: in words.
        keys: columns that name a row of the answer.
        figures: the columns to compare, and the column whose size the gap is measured by.
        ask: the three roads, in the order of ROADS.
    """

    title: str
    keys: tuple[str, ...]
    figures: Mapping[str, str]
    ask: Mapping[str, Callable[[Path], pa.Table]]


def questions(cast: Cast) -> dict[str, Question]:
    """All questions by a short name."""
    first, last = cast.years[0], cast.years[-1]
    here, there, goods = (cast.origin,), (cast.partner,), (cast.product,)

    def asked(title: str, query: FlowQuery, top: int | None = None) -> Question:
        return Question(title, _keys(query), {"value": "value"}, _roads(query, top))

    def about(
        reporters: tuple[str, ...], partners: tuple[str, ...], products: tuple[str, ...], *years: int
    ) -> FlowQuery:
        named = None if products == (_ALL,) else NOMENCLATURE
        return FlowQuery(reporters, partners, ("export",), products, named, years=years or cast.years)

    span, every = f"{first}-{last}", (_WORLD,)
    return {
        "series": asked(f"bilateral series, all goods, {span}", about(here, there, (_ALL,))),
        "product-series": asked(f"bilateral series of one HS6 product, {span}", about(here, there, goods)),
        "pair-products": asked(f"bilateral trade by HS6 product, {span}", about(here, there, ())),
        "world-series": asked(f"a product's world series, {span}", about(every, every, goods)),
        "product-pairs": asked(f"a product between all countries, {span}", about((), (), goods)),
        "by-product": asked(f"a country's exports by HS6 product, {last}", about(here, every, (), last)),
        "top-partners": asked(f"a country's ten top partners, {last}", about(here, (), (_ALL,), last), top=10),
        "rerouting": Question(
            f"rerouting scan, one origin and destination, all hubs and HS6 products, {first} and {last}",
            ("hub",),
            {"shipped": "shipped", "min_flow": "shipped", "excess_flow": "shipped", "products": "products"},
            rerouting_roads(cast, (first, last)),
        ),
    }


def compare(question: Question, left: pa.Table, right: pa.Table) -> float:
    """The largest relative gap between two answers.

    Args:
        question: what was asked.
        left: one answer.
        right: the other.

    Returns:
        The largest gap, as a share of the figure's own size or of the flow it is part of.

    Raises:
        AssertionError: the answers are of different cells, or differ by more than rounding.
    """
    one, other = _sorted(question, left), _sorted(question, right)
    assert len(one), f"{question.title}: no answer"
    keys = list(question.keys)
    assert one.select(keys).equals(other.select(keys)), f"{question.title}: other cells"
    worst = 0.0
    for figure, size in question.figures.items():
        scale = one[size].cast(pl.Float64).abs()
        gaps = (one[figure].cast(pl.Float64) - other[figure].cast(pl.Float64)).abs() / scale
        assert gaps.is_finite().all(ignore_nulls=False), f"{question.title}: {figure} is missing"
        gap = float(gaps.max())  # type: ignore[arg-type]
        assert gap <= TOLERANCE, f"{question.title}: {figure} is {gap:.1e} apart"
        worst = max(worst, gap)
    return worst


def _sorted(question: Question, table: pa.Table) -> pl.DataFrame:
    wanted = [*question.keys, *question.figures]
    frame = pl.from_arrow(table.select(wanted))
    assert isinstance(frame, pl.DataFrame)
    return frame.sort(question.keys)


def _keys(query: FlowQuery) -> tuple[str, ...]:
    summed = {
        "reporter": query.reporters == (_WORLD,),
        "partner": query.partners == (_WORLD,),
        "product": query.products == (_ALL,),
    }
    return (*(name for name, gone in summed.items() if not gone), "period")


def _roads(query: FlowQuery, top: int | None) -> dict[str, Callable[[Path], pa.Table]]:
    def by_ledger(folder: Path) -> pa.Table:
        ledger = opened(folder)
        asked = cells(ledger, query)
        return run(ledger, asked.order_by("value DESC").limit(top) if top else asked)

    def by_parts(folder: Path) -> pa.Table:
        ledger = opened(folder)
        found = pl.scan_parquet(files(ledger, query)).filter(_wanted(query, whole=True))
        return _collected(found.select(*_keys(query), "value"), top)

    def by_rows(folder: Path) -> pa.Table:
        found = pl.scan_parquet(files(opened(folder))).filter(_wanted(query, whole=False))
        return _collected(found.group_by(_keys(query)).agg(pl.col("value").sum()), top)

    return dict(zip(ROADS, (by_ledger, by_parts, by_rows), strict=True))


def _wanted(query: FlowQuery, *, whole: bool) -> pl.Expr:
    """The rows of a question, where totals are rows (whole) or sums over all rows."""
    named: list[tuple[str, Sequence[str], str]] = [
        ("reporter", query.reporters, _WORLD),
        ("partner", query.partners, _WORLD),
        ("product", query.products, _ALL),
    ]
    wanted = pl.col("flow").is_in(query.flows) & pl.col("period").is_in([str(one) for one in query.years])
    for column, values, total in named:
        if values and (whole or values != (total,)):
            wanted &= pl.col(column).is_in(values)
        elif not values:
            wanted &= pl.col(column) != total
    return wanted


def _collected(found: pl.LazyFrame, top: int | None) -> pa.Table:
    return (found.top_k(top, by="value") if top else found).collect().to_arrow()
