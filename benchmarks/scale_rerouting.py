"""The rerouting scan of the scale benchmark: goods of an origin that may reach a destination by way of a hub."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import sqlglot
from sqlglot import exp

from khorgos.ledger.engine import run
from khorgos.ledger.planning import plan
from khorgos.ledger.query import FlowQuery, cells
from khorgos.ledger.store import Ledger, open_ledger

NOMENCLATURE = "HS12"
#: The three ways to answer: the ledger; Polars on the parts the ledger reads; Polars on the rows as published, without
#: the totals made at import.
ROADS = ("ledger", "same parts", "all rows")
_WORLD = ("WLD",)


@dataclass(frozen=True)
class Cast:
    """Who and what is asked about.

    Args:
        origin: an area id, the exporter.
        partner: the importer of the bilateral series.
        destination: where rerouted goods end.
        product: an HS6 code.
        years: of the table.
    """

    origin: str
    partner: str
    destination: str
    product: str
    years: tuple[int, ...]


@dataclass(frozen=True)
class _Leg:
    """Values by hub (where there is one) and product in two years: who reports them, who receives them.

    Args:
        reporters: as in FlowQuery.
        partners: as in FlowQuery.
        hub: the column that is the hub; None where the flow has none.
    """

    reporters: tuple[str, ...]
    partners: tuple[str, ...]
    hub: str | None

    def query(self, years: tuple[int, int]) -> FlowQuery:
        return FlowQuery(self.reporters, self.partners, ("export",), (), NOMENCLATURE, years=years)

    @property
    def keys(self) -> list[str]:
        return [*([self.hub] if self.hub else []), "product"]


def _legs(cast: Cast) -> dict[str, _Leg]:
    """V_oh, V_hd, V_wh and V_wd."""
    return {
        "shipped": _Leg((cast.origin,), (), "partner"),
        "sold": _Leg((), (cast.destination,), "reporter"),
        "hub": _Leg(_WORLD, (), "partner"),
        "destination": _Leg(_WORLD, (cast.destination,), None),
    }


# min_flow is R = sum_k min(V_oh,k, V_hd,k); excess_flow takes from each leg what its share of the first year in the
# hub's, or the destination's, whole imports of k would have been. A flow that is not there was nil, as BACI has it.
_SCAN = """
SELECT shipped.area AS hub, SUM(shipped.later) AS shipped, COUNT(*) AS products,
  SUM(LEAST(shipped.later, sold.later)) AS min_flow,
  SUM(LEAST(
    GREATEST(shipped.later - COALESCE(shipped.earlier / hub.earlier, 0) * hub.later, 0),
    GREATEST(sold.later - COALESCE(sold.earlier / destination.earlier, 0) * destination.later, 0))) AS excess_flow
FROM shipped
JOIN sold ON sold.area = shipped.area AND sold.product = shipped.product
JOIN hub ON hub.area = shipped.area AND hub.product = shipped.product
JOIN destination ON destination.product = shipped.product
WHERE shipped.later > 0 AND sold.later > 0
GROUP BY shipped.area
"""


def rerouting(ledger: Ledger, cast: Cast, years: tuple[int, int]) -> exp.Select:
    """The scan as one statement over the ledger.

    Args:
        ledger: the view that will be asked.
        cast: its origin and destination.
        years: year of the shares, year of the flows.

    Returns:
        An expression with hub, shipped (from the origin), products (shipped on both legs), min_flow and excess_flow.

    Source: Freund (2025) for the minimum of both legs; Iyoha et al. (2025) for its being an upper bound.
    """
    scan = sqlglot.parse_one(_SCAN, dialect="duckdb", into=exp.Select)
    for name, leg in _legs(cast).items():
        level = cells(ledger, leg.query(years)).subquery("level")
        area = [f"{leg.hub} AS area"] if leg.hub else []
        sums = [
            f"SUM(CASE WHEN period = '{year}' THEN value END) AS {when}"
            for when, year in zip(("earlier", "later"), years, strict=True)
        ]
        scan = scan.with_(name, as_=exp.select(*area, "product", *sums).from_(level).group_by(*leg.keys), copy=False)
    return scan


def rerouting_roads(cast: Cast, years: tuple[int, int]) -> dict[str, Callable[[Path], pa.Table]]:
    """The scan, asked three ways."""

    def by_ledger(folder: Path) -> pa.Table:
        ledger = opened(folder)
        return run(ledger, rerouting(ledger, cast, years))

    def by_parts(folder: Path) -> pa.Table:
        ledger = opened(folder)
        return _scanned({k: _frame(leg, years, files(ledger, leg.query(years))) for k, leg in _legs(cast).items()})

    def by_rows(folder: Path) -> pa.Table:
        rows = files(opened(folder))
        summed = {k: _Leg(*((() if one == _WORLD else one) for one in (leg.reporters, leg.partners)), leg.hub)
                  for k, leg in _legs(cast).items()}  # fmt: skip
        return _scanned({k: _frame(leg, years, rows) for k, leg in summed.items()})

    return dict(zip(ROADS, (by_ledger, by_parts, by_rows), strict=True))


def _frame(leg: _Leg, years: tuple[int, int], paths: list[Path]) -> pl.LazyFrame:
    earlier, later = (str(one) for one in years)
    wanted = pl.col("period").is_in([earlier, later]) & (pl.col("flow") == "export")
    for column, areas in (("reporter", leg.reporters), ("partner", leg.partners)):
        wanted &= pl.col(column).is_in(areas) if areas else pl.col(column) != _WORLD[0]
    value = pl.col("value")
    return (
        pl.scan_parquet(paths)
        .filter(wanted)
        .group_by(leg.keys)
        .agg(
            value.filter(pl.col("period") == earlier).sum().alias("earlier"),
            value.filter(pl.col("period") == later).sum().alias("later"),
        )
        .rename({leg.hub: "area"} if leg.hub else {})
    )


def _scanned(legs: dict[str, pl.LazyFrame]) -> pa.Table:
    joined = (
        legs["shipped"]
        .join(legs["sold"], on=["area", "product"], suffix="_sold")
        .join(legs["hub"], on=["area", "product"], suffix="_hub")
        .join(legs["destination"], on="product", suffix="_destination")
        .filter((pl.col("later") > 0) & (pl.col("later_sold") > 0))
    )
    first, second = (pl.col("earlier"), pl.col("later")), (pl.col("earlier_sold"), pl.col("later_sold"))
    return (
        joined.group_by(pl.col("area").alias("hub"))
        .agg(
            first[1].sum().alias("shipped"),
            pl.len().alias("products"),
            pl.min_horizontal(first[1], second[1]).sum().alias("min_flow"),
            pl.min_horizontal(_excess(*first, "hub"), _excess(*second, "destination")).sum().alias("excess_flow"),
        )
        .collect()
        .to_arrow()
    )


def _excess(earlier: pl.Expr, later: pl.Expr, whole: str) -> pl.Expr:
    """What exceeds the share of the first year in all imports."""
    before, now = pl.col(f"earlier_{whole}"), pl.col(f"later_{whole}")
    share = pl.when(before > 0).then(earlier / before).otherwise(0.0)
    return (later - share * now).clip(lower_bound=0.0)


def files(ledger: Ledger, query: FlowQuery | None = None) -> list[Path]:
    """The parts that a question reads; where None is asked, the rows of the newest version of each year."""
    wanted = {part.path for part in plan(ledger, query).parts} if query else set()
    newest = {name.split("_V")[0]: name for name in sorted(one.filename for one in ledger.releases.values())}
    standing = {one.id for one in ledger.releases.values() if one.filename in newest.values()}
    return [
        layer.root / part.path
        for layer, part in ledger.parts("flow")
        if (part.path in wanted if query else part.kind == "rows" and standing.issuperset(part.releases))
    ]


def opened(folder: Path) -> Ledger:
    """The ledger without the embedded release, whose figures are other ones."""
    return open_ledger(folder, embedded=False)
