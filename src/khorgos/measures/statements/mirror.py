"""Two reports of one flow: the gap between them, and the range that they leave open."""

from __future__ import annotations

import pyarrow as pa
from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.measures.measured import Definition
from khorgos.measures.remarks import told
from khorgos.measures.statements.relation import Relation, build

# IMF, Direction of Trade Statistics Yearbook 2017 (ISSN 0252-306X), introduction: imports CIF are divided by
# 1.06 for the partner's exports FOB, and exports FOB multiplied by 1.06 for the partner's imports CIF.
CIF_FOB = 1.06

MIRROR = Definition(
    name="mirror gap",
    formula="V_m - V_x; (V_m - V_x)/V_x; D = |V_x - V_m|/(V_x + V_m); ln(V_m/V_x)",
    unit="currency",
    source=(
        "Javorsek (2016), UN ESCAP SD/WP/02; asymmetry index D: Bustos et al. (2025), Growth Lab WP 251;"
        " log ratio: Fisman & Wei (2004), doi:10.1086/381476; CIF/FOB 1.06: IMF DOTS Yearbook 2017"
    ),
    keys=("exporter", "importer", "period", "product", "nomenclature"),
    units={
        "relative_gap": "fraction",
        "asymmetry": "index 0-1",
        "log_ratio": "log points",
        "factor": "ratio",
        **dict.fromkeys(
            ("exporter_report", "importer_report", "importer_report_fob", "gap_fob", "range_low", "range_high"),
            "currency",
        ),
    },
)

_MIRROR = """
SELECT exporter, importer, period, product, nomenclature, m - x AS value,
  CASE WHEN x > 0 THEN m / x - 1 END AS relative_gap, RATIO(ABS(x - m), x + m) AS asymmetry,
  CASE WHEN x > 0 AND m > 0 THEN LN(m / x) END AS log_ratio, x AS exporter_report, m AS importer_report,
  m / factor AS importer_report_fob, m / factor - x AS gap_fob, factor, LEAST(x_low, m_low) AS range_low,
  GREATEST(x_high, m_high) AS range_high, exporter_source, importer_source, exporter_valuation, importer_valuation,
  BOTH(exporter_trace, importer_trace) AS trace
FROM (
  SELECT exporter, importer, period, product, nomenclature,
    MAX(CASE WHEN flow = 'export' THEN value END) AS x, MAX(CASE WHEN flow = 'import' THEN value END) AS m,
    MAX(CASE WHEN flow = 'export' THEN value_low END) AS x_low,
    MAX(CASE WHEN flow = 'import' THEN value_low END) AS m_low,
    MAX(CASE WHEN flow = 'export' THEN value_high END) AS x_high,
    MAX(CASE WHEN flow = 'import' THEN value_high END) AS m_high,
    MAX(CASE WHEN flow = 'export' THEN source END) AS exporter_source,
    MAX(CASE WHEN flow = 'import' THEN source END) AS importer_source,
    MAX(CASE WHEN flow = 'export' THEN valuation END) AS exporter_valuation,
    MAX(CASE WHEN flow = 'import' THEN valuation END) AS importer_valuation,
    CASE WHEN MAX(CASE WHEN flow = 'import' THEN valuation END) = 'FOB' THEN 1.0 ELSE $factor END AS factor,
    LIST_SORT(LIST_DISTINCT(FLATTEN(LIST(trace) FILTER (WHERE flow = 'export')))) AS exporter_trace,
    LIST_SORT(LIST_DISTINCT(FLATTEN(LIST(trace) FILTER (WHERE flow = 'import')))) AS importer_trace
  FROM (
    SELECT *, CASE flow WHEN 'export' THEN reporter ELSE partner END AS exporter,
      CASE flow WHEN 'export' THEN partner ELSE reporter END AS importer
    FROM r WHERE flow IN ('export', 'import') AND value IS NOT NULL
  ) AS reports
  GROUP BY exporter, importer, period, product, nomenclature
) AS both_reports
"""

_MIRRORED = """
SELECT partner AS reporter, reporter AS partner, CASE flow WHEN 'export' THEN 'import' ELSE 'export' END AS flow,
  period, product, nomenclature, value * by_factor AS value, value_low * by_factor AS value_low,
  value_high * by_factor AS value_high, CASE WHEN by_factor = 1 THEN valuation WHEN flow = 'export' THEN 'CIF'
  ELSE 'FOB' END AS valuation, 'mirrored' AS status, source, published, converted, trace
FROM (
  SELECT *, CASE WHEN flow = 'export' AND valuation = 'FOB' THEN $factor
    WHEN flow = 'import' AND valuation = 'CIF' THEN 1.0 / $factor ELSE 1.0 END AS by_factor
  FROM r WHERE flow IN ('export', 'import')
) AS valued
"""


def mirror(figure: Relation, factor: float = CIF_FOB) -> exp.Select:
    """Both reports of each flow, side by side, with the gap between them and the range they leave open.

    Args:
        figure: exports and imports (FIGURE) of reporters on both sides, one row a cell.
        factor: CIF over FOB, an assumption: by how much importers' reports are divided to compare them
            FOB; 1 where the importer reports FOB itself.

    Returns:
        exporter, importer, period, product, nomenclature, value (gap V_m - V_x, currency), relative_gap
        ((V_m - V_x)/V_x), asymmetry (D, 0-1: a third means a ratio of two), log_ratio, exporter_report,
        importer_report, importer_report_fob, gap_fob, factor, range_low and range_high (over both
        reports and their rounding), sources, valuations, trace. With one report there is no gap.

    Source: Bustos et al. (2025) for D; Fisman & Wei (2004) for the log ratio; IMF DOTS Yearbook 2017 for 1.06.
    """
    return build(_MIRROR, {"r": figure}, factor=_factor(factor))


def mirrored(figure: Relation, factor: float = CIF_FOB) -> exp.Select:
    """What partners report, as the country's own trade: for countries that do not report themselves.

    Args:
        figure: exports and imports (FIGURE) of the partners.
        factor: CIF over FOB, an assumption: a partner's imports CIF are divided by it to give exports
            FOB, its exports FOB are multiplied to give imports CIF; 1 leaves them as they are.

    Returns:
        The columns FIGURE with status "mirrored".

    Source: IMF, Direction of Trade Statistics Yearbook 2017, introduction.
    """
    return build(_MIRRORED, {"r": figure}, factor=_factor(factor))


def _factor(factor: float) -> float:
    if factor < 1:
        raise BadInput(f"Goods cost no less with carriage and insurance: CIF over FOB cannot be {factor}")
    return float(factor)


def judge_mirror(table: pa.Table) -> list[Finding]:
    """Remarks on mirror gaps: flows with one report, the assumption on CIF and FOB, one source for both sides."""
    rows = table.to_pylist()
    return [
        *told(rows, "one-sided", lambda row: row["value"] is None, "Only one of the two countries reports"),
        *told(
            [row for row in rows if row["value"] is not None],
            "cif-fob-assumption",
            lambda row: row["factor"] != 1,
            f"Gaps FOB assume that CIF is {CIF_FOB:g} times FOB or the factor given",
        ),
    ]
