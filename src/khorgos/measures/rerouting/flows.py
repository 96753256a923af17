"""What was declared along a route, and from whose side each flow is seen in both years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from khorgos.ledger.manifest import Part
from khorgos.ledger.query import FlowQuery, cells
from khorgos.measures.draft import Draft
from khorgos.measures.rerouting.route import Route
from khorgos.measures.statements.relation import among, build, rows_of, stack, where
from khorgos.measures.statements.shares import LEAST_PARTNERS
from khorgos.nomenclature.nomenclatures import HS_EDITIONS
from khorgos.nomenclature.products import sections

#: The table of codes to convert, as it is handed to the engine: nomenclature, product, code_to, weight.
EDITIONS = "editions"

#: Rows of the ledger in the years asked for up to which all declarations are held at once instead of being read again
#: for each use. Chosen because five million of them take some hundred megabytes of the engine's 1,200.
_HELD = 5_000_000

_NAMES = ("exporter", "importer", "declarer", "flow", "year", "product", "value", "trace")

_DECLARED = """
SELECT CASE WHEN c.flow = 'export' THEN c.reporter ELSE c.partner END AS exporter,
  CASE WHEN c.flow = 'export' THEN c.partner ELSE c.reporter END AS importer,
  c.reporter AS declarer, c.flow, CAST(SUBSTRING(c.period, 1, 4) AS INT) AS year, c.product, c.value, c.trace
FROM cells AS c WHERE c.value IS NOT NULL AND c.reporter <> c.partner
"""

# A flow stated in two editions of the HS counts once: a report before a reconciliation, then the later edition.
_ONCE = """
SELECT * FROM (
  SELECT *, FIRST_VALUE(nomenclature) OVER (
    PARTITION BY reporter, partner, flow, period, product
    ORDER BY CASE status WHEN 'reported' THEN 0 WHEN 'estimated' THEN 1 ELSE 2 END,
      CASE WHEN nomenclature LIKE 'HS9%' THEN 1 ELSE 0 END, nomenclature DESC) AS kept
  FROM c WHERE value IS NOT NULL AND $known) AS ranked
WHERE nomenclature = kept
"""

# Codes that another edition of the HS splits or merges, in the parts of the concordance; all others keep their number.
_CONVERTED = """
SELECT c.reporter, c.partner, c.flow, c.period, COALESCE(e.code_to, c.product) AS product, c.nomenclature,
  c.value * COALESCE(e.weight, CAST(1 AS DOUBLE)) AS value, c.status, c.trace
FROM cells AS c LEFT JOIN editions AS e ON e.nomenclature = c.nomenclature AND e.product = c.product
"""

_PRESENT = "SELECT DISTINCT exporter, importer, flow, year FROM d"

# A reporter who names so many partners in the year that one left out is a zero.
_BROAD = """
SELECT area, flow, p.base, p.later FROM (
  SELECT CASE WHEN flow = 'export' THEN exporter ELSE importer END AS area, flow, year,
    COUNT(DISTINCT CASE WHEN flow = 'export' THEN importer ELSE exporter END) AS partners
  FROM present GROUP BY 1, 2, 3) AS files
JOIN spans AS p ON files.year IN (p.base, p.later)
WHERE files.partners >= $broad
GROUP BY area, flow, p.base, p.later
HAVING COUNT(DISTINCT files.year) = 2
"""

# The importer's report where it covers both years, else the exporter's: never one in one year and the other in the
# next, which would turn freight, or a change of who reports, into growth.
_SIDES = """
SELECT base, later, exporter, importer, CASE WHEN m_known THEN 'import' WHEN x_known THEN 'export' END AS flow,
  m_known AND x_known AS twice
FROM (
  SELECT t.base, t.later, t.exporter, t.importer, t.m_years = 2 OR m.area IS NOT NULL AS m_known,
    t.x_years = 2 OR x.area IS NOT NULL AS x_known
  FROM (
    SELECT p.base, p.later, present.exporter, present.importer,
      COUNT(DISTINCT CASE WHEN present.flow = 'import' THEN present.year END) AS m_years,
      COUNT(DISTINCT CASE WHEN present.flow = 'export' THEN present.year END) AS x_years
    FROM present JOIN spans AS p ON present.year IN (p.base, p.later)
    GROUP BY p.base, p.later, present.exporter, present.importer) AS t
  LEFT JOIN broad AS m ON m.area = t.importer AND m.flow = 'import' AND m.base = t.base AND m.later = t.later
  LEFT JOIN broad AS x ON x.area = t.exporter AND x.flow = 'export' AND x.base = t.base AND x.later = t.later) AS known
"""


@dataclass(frozen=True, slots=True)
class Flows:
    """The relations that a route's legs are made from.

    Args:
        spans: base, later: the years compared.
        declared: every declaration: exporter, importer, flow (whose side), year, product, value, trace.
        outward: those of the origin's exports.
        inward: those of the destination's imports.
        world: imports from, and exports to, the whole world as declared in one figure.
        sides: for each pair and span the side from which it is seen (flow), null where neither covers both years,
            and whether both do (twice).
    """

    spans: exp.Table
    declared: exp.Select | exp.Table
    outward: exp.Table
    inward: exp.Table
    world: exp.Table
    sides: exp.Table


def flows(
    draft: Draft, route: Route, spans: Sequence[tuple[int, int]], *, areas: Sequence[str] = (), convert: bool = False
) -> Flows:
    """All that was declared along a route.

    Args:
        draft: the statement in the making.
        route: whose goods, where to.
        spans: pairs of years (base, later).
        areas: keep to declarations by and about these; () for all.
        convert: codes are put into one edition of the HS by the table EDITIONS.

    Returns:
        Relations by name.
    """
    years = tuple(sorted({year for span in spans for year in span}))

    several = route.level > 0 and len(_editions(draft, years)) > 1

    def asked(reporters: tuple[str, ...], partners: tuple[str, ...], *sides: str) -> exp.Select:
        asking = query(route, years, reporters, partners, sides or ("export", "import"))
        found = cells(draft.ledger, asking)
        if convert:
            found = build(_CONVERTED, {"cells": found})
        if several:
            found = build(_ONCE, {"c": found}, known=among("nomenclature", HS_EDITIONS))
        return build(_DECLARED, {"cells": found})

    sellers, buyer = route.sellers, (route.destination,)
    everything: exp.Select | exp.Table = asked((), ())
    if areas:
        about = where(asked((), tuple(areas)), exp.not_(exp.column("declarer").isin(*areas)))
        everything = stack([asked(tuple(areas), ()), about], _NAMES)
    if _rows(draft, years) < _HELD:
        everything = draft.step("declared", where(everything))
        outward = where(everything, among("exporter", sellers))
        inward = where(everything, among("importer", buyer))
    else:
        outward = stack([asked(sellers, (), "export"), asked((), sellers, "import")], _NAMES)
        inward = stack([asked(buyer, (), "import"), asked((), buyer, "export")], _NAMES)
    given = draft.step("spans", rows_of(("base", "later"), spans))
    present = draft.step("present", build(_PRESENT, {"d": everything}))
    broad = draft.step("broad", build(_BROAD, {"present": present, "spans": given}, broad=LEAST_PARTNERS))
    return Flows(
        spans=given,
        declared=everything,
        outward=draft.step("outward", outward),
        inward=draft.step("inward", inward),
        world=draft.step("world", where(asked((), ("WLD",)))),
        sides=draft.step("sides", build(_SIDES, {"present": present, "spans": given, "broad": broad})),
    )


def query(
    route: Route,
    years: tuple[int, ...],
    reporters: tuple[str, ...],
    partners: tuple[str, ...],
    flow: tuple[str, ...] = ("export", "import"),
) -> FlowQuery:
    """What to ask the ledger for at the route's product level."""
    of_level: dict[int, tuple[tuple[str, ...], int | None]] = {
        0: (("TOTAL",), None),
        1: (tuple(one.id for one in sections() if one.id.isalpha()), None),
    }
    products, digits = of_level.get(route.level, ((), route.level))
    return FlowQuery(
        reporters,
        partners,
        flow,
        products,
        years=years,
        level=digits,
        currency=route.currency,
        as_of=route.as_of,
    )


def _rows(draft: Draft, years: Sequence[int]) -> int:
    return sum(part.rows for part in _parts(draft, years))


def _parts(draft: Draft, years: Sequence[int]) -> list[Part]:
    return [
        part
        for _, part in draft.ledger.parts("flow")
        if part.first is None or part.last is None or (part.first <= max(years) and part.last >= min(years))
    ]


def _editions(draft: Draft, years: Sequence[int]) -> set[str]:
    """Nomenclatures of goods in the ledger's rows of these years."""
    found = {name for part in _parts(draft, years) for name in part.nomenclatures}
    return found - {"TOTAL"}
