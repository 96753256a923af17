"""The two reports of each flow of a world, as far as a ledger has both: how far apart they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from khorgos.core.errors import NoData
from khorgos.ledger.engine import run
from khorgos.ledger.mirror import mirror
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.store import Ledger
from khorgos.ledger.worlds import Marks, World
from khorgos.measures.statements.mirror import CIF_FOB
from khorgos.models.arrays import Array

#: Years before the base year whose reports count where those of the base year are not there; chosen because the
#: embedded release has the matrix of all reporters up to 2020, and how far two customs services are apart lasts.
BACK = 5


@dataclass(frozen=True, eq=False)
class MirrorRange:
    """Bounds of the flows that both sides report, over the world's flow.

    Args:
        low: [N, N] the lower of the two reports over their geometric mean; one where there are not both.
        high: [N, N] the higher, likewise.
        known: [N, N] flows that both sides report.
        years: first and last year of the reports.
        releases: that the reports stand in.
    """

    low: Array
    high: Array
    known: Marks
    years: tuple[int, int]
    releases: tuple[str, ...]


def mirror_range(ledger: Ledger, world: World) -> MirrorRange:
    """How far the two reports of each flow of goods are apart, in the last year that has both.

    high = sqrt(max(V_i, V_j / c) / min(V_i, V_j / c)), low = 1 / high, with V_i the exporter's report, V_j the
    importer's, c = CIF/FOB where it is CIF. Flows of the world that are imputed are left out: nobody reports them.

    Args:
        ledger: to ask; publishers' estimates do not count, as they are made from the other side.
        world: whose pairs and base year.

    Raises:
        NoData: the ledger has both reports of no flow of the world.

    Source: IMF (2017), Direction of Trade Statistics Yearbook, introduction (c = 1.06).
    """
    years = tuple(range(world.year - BACK, world.year + 1))
    statement = mirror(ledger, (), (), FlowQuery(years=years, statuses=("reported",)))
    table = run(ledger, statement.order_by("period", "exporter", "importer"))
    place = {name: k for k, name in enumerate(world.countries)}
    n = len(place)
    high, known = np.ones((n, n)), np.zeros((n, n), dtype=bool)
    year: dict[tuple[int, int], int] = {}
    traces: dict[tuple[int, int], set[str]] = {}
    for row in table.to_pylist():
        pair = place.get(row["exporter"], -1), place.get(row["importer"], -1)
        out, into = (_settled(row[side]) for side in ("value_x", "value_m"))
        if min(pair) < 0 or pair[0] == pair[1] or min(out, into) <= 0:
            continue
        if world.trade_imputed[pair] or not world.trade[pair].sum() > 0:
            continue
        into /= 1.0 if row["valuation_m"] == "FOB" else CIF_FOB
        high[pair], known[pair] = np.sqrt(max(out, into) / min(out, into)), True
        year[pair] = int(row["period"][:4])
        traces[pair] = {one.partition("#")[0] for one in (*(row["trace_x"] or ()), *(row["trace_m"] or ()))}
    if not year:
        raise NoData(
            f"The ledger has both reports of no flow of the world {world.id!r} in {years[0]} to {years[-1]}",
            hint="Get them: khorgos fetch comtrade; or leave mirror out of --uncertainty",
        )
    releases = tuple(sorted(set().union(*traces.values())))
    return MirrorRange(1.0 / high, high, known, (min(year.values()), max(year.values())), releases)


def _settled(value: float | None) -> float:
    """To twelve digits: the engine sums months in any order, and the same seed should give the same figures."""
    return 0.0 if value is None else float(f"{value:.12g}")
