"""Questions about the ledger's other tables: indicators, pairs of countries, tariffs, investments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlglot
from sqlglot import exp

from khorgos.core.schema import TABLES
from khorgos.ledger.binding import table_of
from khorgos.ledger.store import Ledger
from khorgos.ledger.tables import CELL_KEY

# The latest vintage of each voice, then the source nearest to the declarant: the rule of `cells`, for tables
# whose figures need no conversion.
_RULE = """
SELECT {columns}, source, published, [CONCAT(release, '#', locator)] AS trace FROM (
  SELECT *, ROW_NUMBER() OVER (
    PARTITION BY {key}
    ORDER BY CASE WHEN {figure} IS NULL THEN 1 ELSE 0 END, rank, known DESC NULLS LAST, retrieved DESC,
      release DESC, locator) AS preference
  FROM (
    SELECT t.*, r.source, r.rank, r.published, r.known, r.retrieved, ROW_NUMBER() OVER (
      PARTITION BY r.voice, {own}
      ORDER BY r.known DESC NULLS LAST, r.retrieved DESC, t.release DESC, t.locator) AS vintage
    FROM {table} AS t JOIN release AS r ON t.release = r.release WHERE {condition}) AS dated
  WHERE vintage = 1) AS preferred
WHERE preference = 1
"""

# A tracker's file states all its deals anew: its latest file counts, whole.
_LATEST = """
SELECT {columns}, source, published, [CONCAT(release, '#', locator)] AS trace FROM (
  SELECT t.*, r.source, r.published, DENSE_RANK() OVER (
    PARTITION BY r.voice ORDER BY r.known DESC NULLS LAST, r.retrieved DESC, t.release DESC) AS vintage
  FROM {table} AS t JOIN release AS r ON t.release = r.release WHERE {condition}) AS dated
WHERE vintage = 1 AND ({wanted})
"""


def indicators(
    ledger: Ledger,
    areas: Sequence[str] = (),
    names: Sequence[str] = (),
    *,
    years: Sequence[int] = (),
    as_of: dt.date | None = None,
) -> exp.Select:
    """Numbers about areas: GDP, population, indices.

    Args:
        ledger: the view that will be asked.
        areas: area ids; () for all.
        names: the publishers' codes ("NY.GDP.MKTP.CD"); () for all.
        years: calendar years; () for all.
        as_of: day up to which publications are known; None for all.

    Returns:
        An expression with area, period, indicator, value, unit, source, published, trace.
    """
    wanted = [("area", areas), ("indicator", names), ("period", [f"{one:04d}" for one in years])]
    return _stated(ledger, "indicator", "value", wanted, as_of)


def pairs(
    ledger: Ledger,
    names: Sequence[str] = (),
    *,
    exporters: Sequence[str] = (),
    importers: Sequence[str] = (),
    as_of: dt.date | None = None,
) -> exp.Select:
    """Numbers about ordered pairs of areas: distance, common border.

    Args:
        ledger: the view that will be asked.
        names: indicators ("dist", "contig"); () for all.
        exporters: area ids; () for all.
        importers: area ids; () for all.
        as_of: day up to which publications are known; None for all.

    Returns:
        An expression with exporter, importer, indicator, value, unit, source, published, trace.
    """
    wanted = [("indicator", names), ("exporter", exporters), ("importer", importers)]
    return _stated(ledger, "pair", "value", wanted, as_of)


def tariffs(
    ledger: Ledger,
    importers: Sequence[str] = (),
    exporters: Sequence[str] = (),
    *,
    products: Sequence[str] = (),
    nomenclature: str | None = None,
    kinds: Sequence[str] = (),
    years: Sequence[int] = (),
    as_of: dt.date | None = None,
) -> exp.Select:
    """Ad valorem tariffs as published.

    Args:
        ledger: the view that will be asked.
        importers: who levies, area ids; () for all.
        exporters: on whom, area ids, WLD for most favoured nations; () for all.
        products: HS codes; () for all.
        nomenclature: of the products; None for any.
        kinds: AHS, MFN, BND, PRF; () for all.
        years: calendar years; () for all.
        as_of: day up to which publications are known; None for all.

    Returns:
        An expression with importer, exporter, period, product, nomenclature, rate (a fraction), kind, average,
        source, published, trace.
    """
    wanted = [
        ("importer", importers),
        ("exporter", exporters),
        ("product", products),
        ("nomenclature", [nomenclature] if nomenclature else []),
        ("kind", kinds),
        ("period", [f"{one:04d}" for one in years]),
    ]
    return _stated(ledger, "tariff", "rate", wanted, as_of)


def investments(
    ledger: Ledger,
    origins: Sequence[str] = (),
    destinations: Sequence[str] = (),
    *,
    kinds: Sequence[str] = (),
    years: Sequence[int] = (),
    as_of: dt.date | None = None,
) -> exp.Select:
    """Investment and construction contracts of each tracker's latest file.

    Args:
        ledger: the view that will be asked.
        origins: where investors come from, area ids; () for all.
        destinations: where they go, area ids; () for all.
        kinds: "investment", "construction"; () for both.
        years: calendar years of the contract; () for all.
        as_of: day up to which publications are known; None for all.

    Returns:
        An expression with the columns of the table "investment" (value in units of its currency), source,
        published, trace.
    """
    wanted = [("origin", origins), ("destination", destinations), ("kind", kinds)]
    year = exp.func("SUBSTRING", exp.column("period"), exp.convert(1), exp.convert(4))
    in_years = year.isin(*(f"{one:04d}" for one in years)) if years else exp.true()
    sql = _LATEST.format(
        columns=_columns("investment"),
        table="investment",
        condition=_known(as_of),
        wanted=exp.and_(*_chosen(wanted), in_years).sql(dialect="duckdb"),
    )
    return _on(ledger, "investment", sql)


def targets(ledger: Ledger, *, as_of: dt.date | None = None) -> exp.Select:
    """Announced trade targets of each list's latest file.

    Args:
        ledger: the view that will be asked.
        as_of: day up to which publications are known.

    Returns:
        An expression with the columns of the table "target", source, published, trace.
    """
    sql = _LATEST.format(columns=_columns("target"), table="target", condition=_known(as_of), wanted="TRUE")
    return _on(ledger, "target", sql)


def _stated(
    ledger: Ledger, table: str, figure: str, wanted: list[tuple[str, Sequence[str]]], as_of: dt.date | None
) -> exp.Select:
    key = CELL_KEY[table]
    sql = _RULE.format(
        columns=_columns(table),
        figure=figure,
        key=", ".join(key),
        own=", ".join(f"t.{name}" for name in key),
        table=table,
        condition=exp.and_(*_chosen(wanted, "t"), _known(as_of)).sql(dialect="duckdb"),
    )
    return _on(ledger, table, sql)


def _on(ledger: Ledger, table: str, sql: str) -> exp.Select:
    select = sqlglot.parse_one(sql, dialect="duckdb", into=exp.Select)
    node = next(one for one in select.find_all(exp.Table) if one.name == table)
    pruned = table_of(table, [part for _, part in ledger.parts(table)])
    pruned.set("alias", exp.TableAlias(this=exp.to_identifier("t")))
    node.replace(pruned)
    return select


def _columns(table: str) -> str:
    return ", ".join(name for name in TABLES[table].names if name not in ("release", "locator"))


def _chosen(wanted: list[tuple[str, Sequence[str]]], table: str | None = None) -> list[exp.Expression]:
    return [exp.column(name, table=table).isin(*values) for name, values in wanted if values] or [exp.true()]


def _known(as_of: dt.date | None) -> str:
    """Published by that day; a release without a day counts as known."""
    return f"(r.known IS NULL OR r.known <= CAST('{as_of.isoformat()}' AS DATE))" if as_of else "TRUE"
