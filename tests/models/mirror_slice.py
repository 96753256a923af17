"""32 minerals in raw Comtrade rows of both sides, beside what BACI made of them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from khorgos.measures.statements.mirror import CIF_FOB
from khorgos.models.reconciliation.reports import Reports, reports

# The raw file repeats a cell once for each mode of transport, customs procedure and second partner, beside the cell's
# own total: the largest row is the total. To sum them counts most trade twice.
_ROWS = """
WITH k AS (SELECT country_code AS code, country_iso3 AS id FROM '{folder}/raw/baci/country_codes_V202601.csv'),
g AS (
  SELECT flow, reporter, partner, CAST(cmd AS INT) AS cmd, MAX(value) AS value
  FROM '{folder}/raw/comtrade/comtrade_2024.csv.gz' WHERE partner <> 0 GROUP BY ALL
),
x AS (SELECT a.id AS i, b.id AS j, cmd, value FROM g JOIN k AS a ON a.code = reporter JOIN k AS b ON b.code = partner
  WHERE flow = 'X'),
m AS (SELECT b.id AS i, a.id AS j, cmd, value FROM g JOIN k AS a ON a.code = reporter JOIN k AS b ON b.code = partner
  WHERE flow = 'M'),
official AS (SELECT i, j, CAST(cmd AS INT) AS cmd, value FROM '{folder}/reconcile/baci_2024.csv')
SELECT i, j, cmd, x.value AS out, m.value AS into_, official.value AS baci
FROM x FULL JOIN m USING (i, j, cmd) LEFT JOIN official USING (i, j, cmd) WHERE i <> j ORDER BY i, j, cmd
"""


def mineral_slice(shared: Path, cif_fob: float = CIF_FOB) -> tuple[Reports, NDArray[np.float64]]:
    """The raw reports of 2024, imports brought to FOB, and BACI's value of each flow (NaN where it has none)."""
    folder = shared / "data" / "trade" / "critical_minerals" / "fixtures"
    with duckdb.connect(":memory:") as con:
        rows = con.sql(_ROWS.format(folder=folder)).fetchnumpy()
    number = {name: np.ma.filled(rows[name].astype(float), np.nan) for name in ("out", "into_", "baci")}
    made = reports(rows["i"], rows["j"], number["out"], number["into_"] / cif_fob, product=rows["cmd"])
    return made, number["baci"]
