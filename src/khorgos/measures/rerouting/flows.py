"""What was declared along a route, and from whose side each flow is seen in both years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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

_WORLD = "WLD"
_SUBHEADINGS = 6  # digits of the goods whose sums the ledger makes at import

#: More partners than there are: a pair whose trade in all goods is left out of a year is unknown, however many others
#: are named. BACI leaves out pairs of which neither side reported, such as Tajikistan and Russia in 2023.
_NEVER = 10_000

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

# Sums that the ledger made at import over all countries of a world of goods: all exports and all imports of each.
_MADE = """
SELECT p.base, p.later, CASE WHEN d.exporter = 'WLD' THEN d.importer END AS importer,
  CASE WHEN d.importer = 'WLD' THEN d.exporter END AS exporter, d.product,
  SUM(CASE WHEN d.year = p.base THEN d.value END) AS v0, SUM(CASE WHEN d.year = p.later THEN d.value END) AS v1
FROM d JOIN spans AS p ON d.year IN (p.base, p.later)
WHERE d.flow = 'export'
GROUP BY 1, 2, 3, 4, 5
"""

_SUMS = """
SELECT s.base, s.later, d.importer, d.exporter, d.product,
  SUM(CASE WHEN d.year = s.base THEN d.value END) AS v0, SUM(CASE WHEN d.year = s.later THEN d.value END) AS v1
FROM declared AS d JOIN sides AS s ON s.exporter = d.exporter AND s.importer = d.importer AND s.flow = d.flow
  AND d.year IN (s.base, s.later)
GROUP BY GROUPING SETS ((s.base, s.later, d.importer, d.product), (s.base, s.later, d.exporter, d.product))
HAVING COUNT(DISTINCT COALESCE(d.exporter, '')) + COUNT(DISTINCT COALESCE(d.importer, '')) > $least
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
        outward: declarations of the origin's exports: exporter, importer, flow (whose side), year, product, value,
            trace.
        inward: those of the destination's imports.
        sums: base, later, product, importer or exporter (the other is null), v0 and v1: all its imports or exports.
        world: imports from, and exports to, the whole world as declared in one figure.
        sides: for each pair and span the side from which it is seen (flow), null where neither covers both years,
            and whether both do (twice).
    """

    spans: exp.Table
    outward: exp.Table
    inward: exp.Table
    sums: exp.Table
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
    ask = _Asking(draft, route, tuple(sorted({year for span in spans for year in span})), convert)
    sellers, buyer = route.sellers, (route.destination,)
    given = draft.step("spans", rows_of(("base", "later"), spans))
    made = _made_worlds(draft, ask.years) if route.level == _SUBHEADINGS else ()
    everything: exp.Select | exp.Table = ask.of(areas)
    if not made and ask.rows() < _HELD:
        everything = draft.step("declared", where(everything))
        outward = where(everything, among("exporter", sellers))
        inward = where(everything, among("importer", buyer))
    else:
        outward = stack([ask(sellers, (), "export"), ask((), sellers, "import")], _NAMES)
        inward = stack([ask(buyer, (), "import"), ask((), buyer, "export")], _NAMES)
    if made:
        others = replace(ask, sources=tuple(sorted(set(draft.ledger.sources) - set(made))))
        pairs = replace(ask, route=replace(route, level=0), sources=made, convert=False)
        everything = stack([pairs.of(areas), others.of(areas)], _NAMES)
    present = draft.step("present", build(_PRESENT, {"d": everything}))
    least = LEAST_PARTNERS if route.level else _NEVER
    broad = draft.step("broad", build(_BROAD, {"present": present, "spans": given}, broad=least))
    sides = draft.step("sides", build(_SIDES, {"present": present, "spans": given, "broad": broad}))
    if made:
        worlds = replace(ask, sources=made)
        whole = stack([worlds((_WORLD,), tuple(areas)), worlds(tuple(areas), (_WORLD,))], _NAMES)
        sums = build(_MADE, {"d": whole, "spans": given})
    else:
        # all goods of a few partners are no country's trade; a product may well have one partner only
        least = LEAST_PARTNERS if route.level == 0 else 0
        sums = build(_SUMS, {"declared": everything, "sides": sides}, least=least)
    return Flows(
        spans=given,
        outward=draft.step("outward", outward),
        inward=draft.step("inward", inward),
        sums=draft.step("sums", sums),
        world=draft.step("world", where(ask((), (_WORLD,)))),
        sides=sides,
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    """How the ledger is asked along a route.

    Args:
        draft: the statement in the making.
        route: whose goods, where to.
        years: calendar years.
        convert: put codes into one edition by the table EDITIONS.
        sources: ids of the sources allowed; None for all.
    """

    draft: Draft
    route: Route
    years: tuple[int, ...]
    convert: bool
    sources: tuple[str, ...] | None = None

    def __call__(self, reporters: tuple[str, ...], partners: tuple[str, ...], *sides: str) -> exp.Select:
        """What some declared about others."""
        asked = query(self.route, self.years, reporters, partners, sides or ("export", "import"))
        found = cells(self.draft.ledger, replace(asked, sources=self.sources))
        if self.convert:
            found = build(_CONVERTED, {"cells": found})
        if self.route.level and not self._one_edition():
            found = build(_ONCE, {"c": found}, known=among("nomenclature", HS_EDITIONS))
        return build(_DECLARED, {"cells": found})

    def of(self, areas: Sequence[str]) -> exp.Select:
        """What these declared, and what was declared about them; everything where there are none."""
        if not areas:
            return self((), ())
        about = where(self((), tuple(areas)), exp.not_(exp.column("declarer").isin(*areas)))
        return stack([self(tuple(areas), ()), about], _NAMES)

    def rows(self) -> int:
        """Rows of the ledger in these years."""
        return sum(part.rows for part in _parts(self.draft, self.years) if part.kind == "rows")

    def _one_edition(self) -> bool:
        found = {name for part in _parts(self.draft, self.years) for name in part.nomenclatures} - {"TOTAL"}
        return len(found) == 1 and found <= set(HS_EDITIONS)


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


def _parts(draft: Draft, years: Sequence[int]) -> list[Part]:
    return [
        part
        for _, part in draft.ledger.parts("flow")
        if part.first is None or part.last is None or (part.first <= max(years) and part.last >= min(years))
    ]


def _made_worlds(draft: Draft, years: Sequence[int]) -> tuple[str, ...]:
    """The source of which the ledger holds the sums over all countries of each product in every one of the years."""
    there: dict[str, set[int]] = {}
    for part in _parts(draft, years):
        goods = set(part.nomenclatures) & set(HS_EDITIONS)
        if part.kind != "sums" or not goods or not {_WORLD} <= set(part.reporters) & set(part.partners):
            continue
        for release in part.releases:
            known = there.setdefault(draft.ledger.releases[release].source, set())
            known.update(range(part.first or 0, (part.last or 0) + 1))
    return tuple(sorted(source for source, known in there.items() if known >= set(years)))[:1]
