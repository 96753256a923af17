"""The gap between two reports of one flow, cause by cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow as pa

from khorgos.core.errors import NoData
from khorgos.core.provenance import Lineage
from khorgos.ledger.query import FlowQuery, Trace
from khorgos.ledger.store import Ledger
from khorgos.measures.asking import told
from khorgos.measures.intervals import Interval, printed
from khorgos.measures.measured import Definition, Measured
from khorgos.measures.mirroring import causes
from khorgos.measures.mirroring.causes import Part
from khorgos.measures.mirroring.gathering import Gathered, Row, gather

CAUSES = Definition(
    name="mirror causes",
    formula="V_m - V_x = freight + time shift + partner attribution + neighbours + re-exports + not specified + rest",
    unit="currency",
    source=(
        "causes of asymmetries: Javorsek (2016), UN ESCAP SD/WP/02;"
        " CIF/FOB up to 1.2: Bustos et al. (2026), doi:10.1038/s41597-025-06488-2"
    ),
    keys=("exporter", "importer", "flow", "period", "product", "nomenclature", "cause"),
    units=dict.fromkeys(("value_low", "value_high", "gap", "unexplained"), "currency"),
)

_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in CAUSES.keys),
        *((name, pa.float64()) for name in ("value", "value_low", "value_high", "gap", "unexplained")),
        ("method", pa.string()),
        ("trace", pa.list_(pa.string())),
    ]
)


#: Exporter, importer, year.
_Direction = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class _Gap:
    """A gap with its parts: of one flow ("export"), or of both flows together ("total")."""

    exporter: str
    importer: str
    flow: str
    year: int
    value: float
    parts: tuple[Part, ...]
    trace: tuple[str, ...]


def mirror_causes(ledger: Ledger, first: str, second: str, query: FlowQuery, *, trace: Trace = "release") -> Measured:
    """How much of each gap between two reports each cause could make: V_m - V_x = sum of parts + rest.

    Args:
        ledger: the ledger to ask.
        first, second: ids of the two areas; both directions are answered. Where a direction has one report only, the
            two areas' totals of both flows are set against each other instead: what the second says less what the
            first says.
        query: years (() for all), one product, currency, as of; its reporters, partners and flows are not used.
        trace: name releases or rows.

    Returns:
        One row a gap and cause: value_low and value_high (currency; null where the ledger cannot tell), value where
        the part is exact, gap, unexplained (what stays of the gap however far the known causes go), method.

    Raises:
        NoData: no year has a gap.

    Source: Javorsek (2016), UN ESCAP SD/WP/02; bounds of each part: docs/mirror.md.
    """
    found = gather(ledger, first, second, query, trace=trace)
    gaps = list(_gaps(found, first, second, query))
    if not gaps:
        raise NoData(
            f"No flow between {first} and {second} has both reports in these years, and so no gap",
            hint="`khorgos mirror` without --view shows who reports; `khorgos import FILE` adds a publisher's file",
        )
    product = "TOTAL" if query.products == ("TOTAL",) else ",".join(query.products)
    nomenclature = "TOTAL" if product == "TOTAL" else query.nomenclature or ""
    rows = [row | {"product": product, "nomenclature": nomenclature} for gap in gaps for row in _table(gap)]
    return Measured(
        pa.Table.from_pylist(rows, schema=_SCHEMA),
        query.currency,
        Lineage(
            measure=CAUSES.name,
            formula=CAUSES.formula,
            releases=found.releases,
            query=found.statement.sql(dialect="duckdb"),
            parameters={k: str(v) for k, v in told(replace(query, reporters=(first,), partners=(second,))).items()},
            notes=(CAUSES.source,),
        ),
        (),
        CAUSES.keys,
        dict.fromkeys(CAUSES.units, query.currency),
    )


def _gaps(found: Gathered, first: str, second: str, query: FlowQuery) -> Iterator[_Gap]:
    years = query.years or sorted({year for _, _, year in found.reports} | {year for _, year in found.totals})
    for year in years:
        there, back = (first, second, year), (second, first, year)
        known = [gap for one in (there, back) if (gap := _one_way(found, one)) is not None]
        yield from known
        if len(known) < 2 and (both := _both_ways(found, there, back)) is not None:
            yield both


def _one_way(found: Gathered, one: _Direction) -> _Gap | None:
    row = found.reports.get(one, {})
    out, into = _figure(row, "x"), _figure(row, "m")
    if out is None or into is None:
        return None
    parts = causes.with_rest(into - out, _parts(found, one, out, into))
    return _Gap(*one[:2], "export", one[2], row["value_m"] - row["value_x"], parts, _traces(row))


def _both_ways(found: Gathered, there: _Direction, back: _Direction) -> _Gap | None:
    """T_second - T_first, the gap of goods to the second less that of goods from it."""
    first_total, second_total = _total(found, there), _total(found, back)
    if first_total is None or second_total is None:
        return None
    (own, own_value, own_trace), (other, other_value, other_trace) = first_total, second_total
    parts = causes.difference(
        _parts(found, there, *_bounded(found, there, own, other)),
        _parts(found, back, *_bounded(found, back, other, own)),
    )
    whole = causes.with_rest(other - own, parts)
    return _Gap(*there[:2], "total", there[2], other_value - own_value, whole, (*own_trace, *other_trace))


def _bounded(found: Gathered, one: _Direction, own: Interval, other: Interval) -> tuple[Interval, Interval]:
    """Both reports of a flow; one that is missing is at most all trade that its reporter has with the other."""
    row = found.reports.get(one, {})
    return _figure(row, "x") or Interval(0.0, own.high), _figure(row, "m") or Interval(0.0, other.high)


def _total(found: Gathered, one: _Direction) -> tuple[Interval, float, tuple[str, ...]] | None:
    """What the exporter of this direction says of both flows together."""
    reporter, partner, year = one
    out, into = found.reports.get(one, {}), found.reports.get((partner, reporter, year), {})
    sides = _figure(out, "x"), _figure(into, "m")
    if sides[0] is not None and sides[1] is not None:
        marks = (*(out["trace_x"] or ()), *(into["trace_m"] or ()))
        return sides[0] + sides[1], out["value_x"] + into["value_m"], marks
    row = found.totals.get((reporter, year))
    if row is None:
        return None
    return printed(row["value"], row["rounding"]), row["value"], tuple(row["trace"])


def _parts(found: Gathered, one: _Direction, out: Interval, into: Interval) -> list[Part]:
    exporter, importer, year = one
    row = found.reports.get(one, {})
    lag = 1 if importer in found.bordering[exporter] else 2
    sent = [found.year(exporter, importer, "export", n) for n in (year - 1, year)]
    received = [found.year(importer, exporter, "import", n) for n in (year, year + 1)]
    beside = {
        area: _reported(found.reports.get((exporter, area, year), {}))
        for area in found.bordering[importer]
        if area != exporter
    }
    attributed = causes.attribution(
        row.get("value_m"), row.get("partner_basis_m"), found.consigned.get((importer, exporter, year))
    )
    re_exported = found.re_exported.get((exporter, importer, year))
    shift = causes.time_shift((sent[0], sent[1]), (received[0], received[1]), lag)
    arrived = causes.arrivals(out, shift)
    return [
        causes.freight(into, row.get("valuation_m"), row.get("valuation_x")),
        shift,
        attributed,
        causes.neighbours(beside, arrived, into),
        causes.re_exports(re_exported, attributed=attributed.bounds is not None),
        causes.not_specified(
            found.nowhere.get((importer, exporter, "import", year)),
            found.nowhere.get((exporter, importer, "export", year)),
            arrived,
            into,
        ),
    ]


def _figure(row: Row, side: str) -> Interval | None:
    value = row.get(f"value_{side}")
    return None if value is None else printed(value, row[f"rounding_{side}"])


def _reported(row: Row) -> tuple[float, float] | None:
    out, into = row.get("value_x"), row.get("value_m")
    return None if out is None or into is None else (out, into)


def _traces(row: Row) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(row["trace_x"] or ()), *(row["trace_m"] or ())]))


def _table(gap: _Gap) -> Iterator[dict[str, object]]:
    rest = gap.parts[-1].bounds
    for part in gap.parts:
        bounds = part.bounds
        yield {
            "exporter": gap.exporter,
            "importer": gap.importer,
            "flow": gap.flow,
            "period": f"{gap.year:04d}",
            "cause": part.cause,
            "value": bounds.low if bounds is not None and bounds.width == 0 else None,
            "value_low": None if bounds is None else bounds.low,
            "value_high": None if bounds is None else bounds.high,
            "gap": gap.value,
            "unexplained": None if rest is None else causes.unexplained(rest),
            "method": part.method,
            "trace": list(gap.trace),
        }
