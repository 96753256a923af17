"""Who supplies whom with a product, each importer's suppliers from one side; and the split of their change."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from sqlglot import exp

from khorgos.core.findings import Finding
from khorgos.measures.measured import Definition, Sum
from khorgos.measures.remarks import Row, told
from khorgos.measures.statements.relation import Relation, build, rows_of
from khorgos.measures.statements.shares import LEAST_PARTNERS

#: Part of a code's finer lines that a source must have for their sum to stand for it; chosen because a slice of a few
#: products has far fewer, and a country's own report of a chapter has nearly all.
ENOUGH_LINES = 0.75

#: Part of the suppliers known from other sides that an importer's own report must name; chosen because a customs office
#: names about as many, and a few headline figures quoted from it a handful.
NAMED = 0.5

#: (nomenclature, code, name, digits, number of lines of so many digits within the code).
Asked = tuple[str, str, str, int, int]

#: What names one figure of supply.
SUPPLY_KEY = ("exporter", "importer", "period", "product")

SUPPLIERS = Definition(
    name="suppliers",
    formula="s_i = V_i / sum_i V_i, V from the importer's report, else the exporters', else a reconciled one",
    unit="currency",
    source="Mikić & Gilbert (2009), ST/ESCAP/2559, import shares by origin; WITS Trade Indicators help, mirror exports",
    keys=SUPPLY_KEY,
    units={"share": "fraction"},
    identity=Sum(("importer", "period", "product"), "share"),
)

MARKET_SHARE = Definition(
    name="constant market share",
    formula="dx_i = x_i0 g + sum_k x_ik0 (g_k - g) + sum_k (x_ik1 - x_ik0 (1 + g_k)), g the growth of the market",
    unit="currency",
    source="Leamer & Stern (1970), Quantitative International Economics, ch. 7; Richardson (1971), "
    "doi:10.1016/0022-1996(71)90057-4",
    keys=("exporter", "importer", "period", "base_period"),
    units={
        **dict.fromkeys(("before", "after", "market", "mix", "competitiveness"), "currency"),
        **dict.fromkeys(("base_share", "share", "taken"), "fraction"),
    },
)

UNIT_VALUES = Definition(
    name="unit values",
    formula="sum of values / sum of net weights, of rows that state both",
    unit="currency per kg",
    source="IMF (2009), Export and Import Price Index Manual, ch. 2, unit values",
    keys=("exporter", "importer", "period"),
    units={"weight": "kg"},
)

# A row counts under the code asked for that it lies in. Of one report's levels of detail the coarsest counts, so that
# nothing is counted twice; finer lines make up a code only where a source has nearly all of them in that period.
_LINES = """
WITH matched AS (
  SELECT CASE WHEN f.flow = 'import' THEN f.reporter ELSE f.partner END AS importer,
    CASE WHEN f.flow = 'import' THEN f.partner ELSE f.reporter END AS exporter,
    CASE WHEN f.status = 'reconciled' THEN 'reconciled' WHEN f.flow = 'import' THEN 'importer' ELSE 'exporter' END
      AS side,
    f.reporter, f.period, f.nomenclature, a.name AS product, a.code, a.digits, a.n_lines, f.product AS line, f.value,
    f.valuation, f.source, f.trace
  FROM r AS f JOIN asked AS a
    ON f.nomenclature = a.nomenclature AND LENGTH(f.product) = a.digits AND STARTS_WITH(f.product, a.code)
  WHERE f.value > 0 AND f.reporter <> f.partner
), complete AS (
  SELECT source, side, period, nomenclature, code, digits FROM matched
  GROUP BY source, side, period, nomenclature, code, digits HAVING COUNT(DISTINCT line) >= $enough * MAX(n_lines)
)
SELECT * FROM (
  SELECT m.*, MIN(m.digits) OVER (PARTITION BY m.reporter, m.side, m.period, m.nomenclature, m.code) AS fewest
  FROM matched AS m JOIN complete AS c ON m.source = c.source AND m.side = c.side AND m.period = c.period
    AND m.nomenclature = c.nomenclature AND m.code = c.code AND m.digits = c.digits
) AS lines WHERE digits = fewest
"""

_EVERY_LINE = """
SELECT CASE WHEN f.flow = 'import' THEN f.reporter ELSE f.partner END AS importer,
  CASE WHEN f.flow = 'import' THEN f.partner ELSE f.reporter END AS exporter,
  CASE WHEN f.status = 'reconciled' THEN 'reconciled' WHEN f.flow = 'import' THEN 'importer' ELSE 'exporter' END
    AS side,
  f.reporter, f.period, f.nomenclature, f.product, f.value, f.valuation, f.source, f.trace
FROM r AS f WHERE f.value > 0 AND f.reporter <> f.partner
"""

# One edition of the nomenclature a report: the one with most partners, then the newest.
_SUPPLIERS = """
WITH sums AS (
  SELECT importer, exporter, side, reporter, period, product, nomenclature, SUM(value) AS value,
    NAMES(valuation) AS valuation, NAMES(source) AS source, MERGED(trace) AS trace,
    COUNT(*) OVER (PARTITION BY side, reporter, period, product, nomenclature) AS n_partners
  FROM lines GROUP BY importer, exporter, side, reporter, period, product, nomenclature
), one_edition AS (
  SELECT * FROM (
    SELECT *, DENSE_RANK() OVER (
      PARTITION BY side, reporter, period, product ORDER BY n_partners DESC, nomenclature DESC) AS edition
    FROM sums) AS editions
  WHERE edition = 1
), reporters AS (
  SELECT side, period, product, COUNT(DISTINCT reporter) AS n_reporters FROM one_edition GROUP BY side, period, product
), own_report AS (
  SELECT importer, COUNT(DISTINCT period) AS n_periods FROM one_edition WHERE side = 'importer' GROUP BY importer
), counted AS (
  SELECT e.*, n.n_reporters, COUNT(*) OVER (PARTITION BY e.importer, e.period, e.product, e.side) AS n_named,
    CASE WHEN e.side = 'importer' THEN o.n_periods >= $periods
      WHEN e.side = 'exporter' THEN n.n_reporters >= $least ELSE TRUE END AS sound
  FROM one_edition AS e JOIN reporters AS n ON n.side = e.side AND n.period = e.period AND n.product = e.product
    LEFT JOIN own_report AS o ON o.importer = e.importer
), compared AS (
  SELECT *, MAX(CASE WHEN sound AND side <> 'importer' THEN n_named ELSE 0 END)
    OVER (PARTITION BY importer, period, product) AS n_elsewhere
  FROM counted
), one_side AS (
  SELECT * FROM (
    SELECT *, DENSE_RANK() OVER (PARTITION BY importer, period, product ORDER BY
      CASE WHEN side = 'importer' AND n_named >= $named * n_elsewhere THEN 0 WHEN side = 'exporter' AND sound THEN 1
        WHEN side = 'reconciled' THEN 2 WHEN side = 'exporter' THEN 3 ELSE 4 END) AS preference
    FROM compared WHERE side <> 'importer' OR sound) AS sides
  WHERE preference = 1
)
SELECT exporter, importer, period, product, value, value / SUM(value) OVER w AS share, side,
  CAST(COUNT(*) OVER w AS INT) AS n_suppliers, CAST(n_reporters AS INT) AS n_reporters, nomenclature, valuation, source,
  trace
FROM one_side WINDOW w AS (PARTITION BY importer, period, product)
"""

# x_ik0 is 0 where product k was not traded before, so its growth is not needed there.
_MARKET_SHARE = """
WITH both_years AS (
  SELECT importer, exporter, product,
    SUM(CASE WHEN period = $base THEN value ELSE 0 END) AS before,
    SUM(CASE WHEN period = $period THEN value ELSE 0 END) AS after,
    MERGED(trace) AS trace, NAMES(side) AS side
  FROM r WHERE period IN ($base, $period) GROUP BY importer, exporter, product
), products AS (
  SELECT importer, product, SUM(after) / NULLIF(SUM(before), 0) AS grown FROM both_years GROUP BY importer, product
), markets AS (
  SELECT importer, SUM(before) AS market_before, SUM(after) AS market_after FROM both_years GROUP BY importer
), split_up AS (
  SELECT b.importer, b.exporter, SUM(b.before) AS before, SUM(b.after) AS after,
    SUM(b.before * COALESCE(p.grown, 0)) AS kept, MERGED(b.trace) AS trace, NAMES(b.side) AS side
  FROM both_years AS b JOIN products AS p ON b.importer = p.importer AND b.product = p.product
  GROUP BY b.importer, b.exporter
), with_shares AS (
  SELECT s.importer, s.exporter, s.before, s.after, s.kept, s.trace, s.side,
    s.before * (m.market_after / m.market_before - 1) AS market,
    s.kept - s.before * m.market_after / m.market_before AS mix, s.after - s.kept AS competitiveness,
    s.before / m.market_before AS base_share, s.after / m.market_after AS share
  FROM split_up AS s JOIN markets AS m ON s.importer = m.importer
  WHERE m.market_before > 0 AND m.market_after > 0
)
SELECT exporter, importer, $period AS period, $base AS base_period, after - before AS value, before, after, market, mix,
  competitiveness, base_share, share,
  CASE WHEN share > base_share THEN (share - base_share) / NULLIF(SUM(GREATEST(share - base_share, 0))
    OVER (PARTITION BY importer), 0) ELSE 0 END AS taken, side, trace
FROM with_shares
"""

_UNIT_VALUES = """
SELECT exporter, importer, period, value / weight AS value, weight, side, trace FROM (
  SELECT importer, exporter, period, side, SUM(value) AS value, SUM(quantity) AS weight, MERGED(trace) AS trace,
    ROW_NUMBER() OVER (PARTITION BY importer, exporter, period ORDER BY
      CASE side WHEN 'importer' THEN 0 ELSE 1 END) AS place
  FROM (
    SELECT CASE WHEN f.flow = 'import' THEN f.reporter ELSE f.partner END AS importer,
      CASE WHEN f.flow = 'import' THEN f.partner ELSE f.reporter END AS exporter,
      CASE WHEN f.flow = 'import' THEN 'importer' ELSE 'exporter' END AS side, f.period, f.value,
      CASE f.quantity_unit WHEN 'kg' THEN f.quantity WHEN 'tonne' THEN 1000 * f.quantity END AS quantity,
      [CONCAT(f.release, '#', f.locator)] AS trace
    FROM r AS f WHERE f.value > 0 AND f.quantity > 0 AND f.currency = 'USD' AND f.quantity_unit IN ('kg', 'tonne')
  ) AS weighed
  GROUP BY importer, exporter, period, side
) AS sides WHERE place = 1 AND weight > 0
"""


def suppliers(figure: Relation, asked: Sequence[Asked] = (), *, periods: int = 1) -> exp.Select:
    """Suppliers of each importer, with their shares, from one side.

    The importer's own report, if it names half as many suppliers as others do; else its partners', where as many report
    the product as make a world; else reconciled figures; else what few exporters report.

    Args:
        figure: exports and imports by product (FIGURE) of reported and reconciled status, nothing twice.
        asked: rows within a code count under its name; () keeps each row's own code.
        periods: in how many periods an importer must report for its own report to count.

    Returns:
        SUPPLY_KEY, value (currency), share (fraction), side, n_suppliers, n_reporters (who report this side at all),
        nomenclature, valuation, source, trace.
    """
    if asked:
        names = ("nomenclature", "code", "name", "digits", "n_lines")
        lines = build(_LINES, {"r": figure, "asked": rows_of(names, asked)}, enough=ENOUGH_LINES)
    else:
        lines = build(_EVERY_LINE, {"r": figure})
    return build(_SUPPLIERS, {"lines": lines}, least=LEAST_PARTNERS, named=NAMED, periods=periods)


def market_share(supplied: Relation, period: str, base: str) -> exp.Select:
    """The split of each exporter's change in one market: growth of the market, mix of products, competitiveness.

    dx_i = x_i0 g + sum_k x_ik0 (g_k - g) + sum_k (x_ik1 - x_ik0 (1 + g_k)).

    Args:
        supplied: what `suppliers` returns, of both periods.
        period: the later period.
        base: the earlier period.

    Returns:
        exporter, importer, period, base_period, value (the change, currency), before, after, market, mix and
        competitiveness (they sum to value), base_share, share, taken (part of all gains of share), side, trace.

    Source: Richardson (1971), doi:10.1016/0022-1996(71)90057-4; Leamer & Stern (1970), ch. 7.
    """
    return build(_MARKET_SHARE, {"r": supplied}, period=period, base=base)


def unit_values(rows: Relation) -> exp.Select:
    """Value per kilogram of each pair's trade, from the importer's rows, else the exporter's.

    Args:
        rows: rows as they are kept (FLOW), of one product at one level.

    Returns:
        exporter, importer, period, value (USD per kg), weight (kg), side, trace.
    """
    return build(_UNIT_VALUES, {"r": rows})


def judge_suppliers(table: pa.Table) -> list[Finding]:
    """Remarks on suppliers: exporters' reports in the importer's place, and how many of them there are."""
    rows = table.to_pylist()
    return [
        *told(rows, "mirror-imports", _mirrored, "The importer reports nothing: these are exporters' reports", "note"),
        *told(rows, "few-reporters", _few, "Few reporters: shares are among these", "warning"),
    ]


def judge_sides(table: pa.Table) -> list[Finding]:
    """Remarks on a split: two sides compared with each other."""
    text = "The two years rest on different sides' reports"
    return told([row for row in table.to_pylist() if _mixed(row)][:1], "mixed-sides", _mixed, text, "warning")


def _mixed(row: Row) -> bool:
    return "+" in (row["side"] or "")


def _mirrored(row: Row) -> bool:
    return bool(row["side"] == "exporter")


def _few(row: Row) -> bool:
    return bool(row["side"] == "exporter" and row["n_reporters"] < LEAST_PARTNERS)
