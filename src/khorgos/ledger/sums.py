"""Totals made at import, so that a question about totals does not read a hundred million product rows."""

from __future__ import annotations

from itertools import count

import duckdb

from khorgos.core.schema import FLOW
from khorgos.nomenclature.area_register import all_areas

#: How the place of a made total starts, in the column `locator`.
MADE = "sum:"

# A release states all goods if it has subheadings of nearly all the 96 chapters of the HS (77 is not used), and
# thousands of them: the HS has about 5,000 to 5,600. Extracts of chosen goods have neither.
_CHAPTERS, _SUBHEADINGS = 90, 4_000
# It states all countries if it has most of the some 230 that trade statistics know.
_COUNTRIES = 150
_LEVEL = 6

_serial = count()

_COMMON = "flow, period, nomenclature, currency, valuation, partner_basis, release"

_GROUPED = """
SELECT
  {reporter} AS reporter, {partner} AS partner, flow, period, {product} AS product, {nomenclature} AS nomenclature,
  sum(value) AS value, currency, valuation, partner_basis,
  NULL::DOUBLE AS quantity, NULL::VARCHAR AS quantity_unit,
  min(status) AS status, sum(rounding) AS rounding, release
FROM {rows}
WHERE length(product) = {level} AND value IS NOT NULL
GROUP BY GROUPING SETS ({sets})
"""


def sums(con: duckdb.DuckDBPyConnection, relation: str) -> tuple[str, ...]:
    """Totals over goods and partners of a file that states all goods (BACI, whole-country files in HS6).

    Args:
        con: the engine that holds the rows.
        relation: name of a view of trade rows.

    Returns:
        Names of tables in the flow schema: totals of all goods, and goods with the whole world; () where the rows
        state chosen goods only, or have totals of the publisher's own.
    """
    looked = con.execute(
        f"SELECT count(DISTINCT product), count(DISTINCT left(product, 2)), count(DISTINCT partner), "
        f"count(DISTINCT reporter), count(DISTINCT [currency, valuation, partner_basis, nomenclature, release]) "
        f"FROM {relation} WHERE length(product) = {_LEVEL} AND starts_with(nomenclature, 'HS')"
    ).fetchone()
    products, chapters, partners, reporters, variants = looked or (0, 0, 0, 0, 0)
    if products < _SUBHEADINGS or chapters < _CHAPTERS or variants != 1 or _has_totals(con, relation):
        return ()
    sets = ["reporter, partner"]
    if partners >= _COUNTRIES:
        sets += ["reporter", "reporter, product"]
    if reporters >= _COUNTRIES:
        sets += ["partner", "partner, product"]
    if partners >= _COUNTRIES and reporters >= _COUNTRIES:
        sets += ["", "product"]
    made = _table(con, relation, sets)
    place = f"'{MADE}' || concat_ws(':', reporter, partner, flow, period, product)"
    columns = ", ".join(f"{place} AS locator" if name == "locator" else name for name in FLOW.names)
    split = {"totals": "product = 'TOTAL'", "goods": "product <> 'TOTAL'"}
    for name, condition in split.items():
        con.execute(f"CREATE VIEW {made}_{name} AS SELECT {columns} FROM {made} WHERE {condition}")
    return tuple(f"{made}_{name}" for name in split)


def _has_totals(con: duckdb.DuckDBPyConnection, relation: str) -> bool:
    groups = ", ".join(f"'{one.id}'" for one in all_areas() if one.kind == "group")
    condition = f"product = 'TOTAL' OR partner IN ({groups}) OR reporter IN ({groups})"
    return con.execute(f"SELECT 1 FROM {relation} WHERE {condition} LIMIT 1").fetchone() is not None


def _table(con: duckdb.DuckDBPyConnection, relation: str, sets: list[str]) -> str:
    name = f"sums_{next(_serial)}"
    listed = ", ".join(f"({_COMMON}{', ' if one else ''}{one})" for one in sets)
    statement = _GROUPED.format(
        rows=relation,
        level=_LEVEL,
        sets=listed,
        reporter=_kept("reporter", "WLD", sets),
        partner=_kept("partner", "WLD", sets),
        product=_kept("product", "TOTAL", sets),
        nomenclature=_kept("product", "TOTAL", sets, value="nomenclature"),
    )
    con.execute(f"CREATE TEMP TABLE {name} AS {statement}")
    return name


def _kept(column: str, summed: str, sets: list[str], *, value: str | None = None) -> str:
    """A column where it is kept, and the name of the whole where it is summed over."""
    if not any(column in one.split(", ") for one in sets):
        return f"'{summed}'"
    return f"CASE WHEN grouping({column}) = 0 THEN {value or column} ELSE '{summed}' END"
