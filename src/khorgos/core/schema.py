"""Schemas of the ledger's tables: one column, one meaning, one unit; missing is null."""

from __future__ import annotations

from enum import StrEnum

import pyarrow as pa


class Flow(StrEnum):
    """Direction as the reporter declared it; total and balance only where a publisher prints nothing finer."""

    EXPORT = "export"
    IMPORT = "import"
    RE_EXPORT = "re-export"
    RE_IMPORT = "re-import"
    TOTAL = "total"
    BALANCE = "balance"


class Valuation(StrEnum):
    """Where on the way the goods were valued."""

    FOB = "FOB"
    CIF = "CIF"
    MIXED = "FOB+CIF"


class Status(StrEnum):
    """How the figure came about."""

    REPORTED = "reported"
    ESTIMATED = "estimated"
    MIRRORED = "mirrored"
    RECONCILED = "reconciled"
    #: The publisher says so, and it is held to be an error: kept and shown as a disagreement, never used as the figure.
    DOUBTED = "doubted"


class PartnerBasis(StrEnum):
    """Which country the reporter calls the partner (IMTS 2010, chapter VI)."""

    ORIGIN = "origin"
    CONSIGNMENT = "consignment"
    DESTINATION = "destination"


def _column(name: str, kind: pa.DataType, meaning: str, *, null: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=null, metadata={"meaning": meaning})


_S, _F = pa.string(), pa.float64()

_TRACE = [
    _column("release", _S, "id of the release the row was read from"),
    _column("locator", _S, "place in that release's file: 'sheet!D14', 'line 12', 'line 12:exports'; unique in it"),
]

#: Trade as declared. The key of a cell is everything but value, quantity, rounding, status, release and locator.
FLOW = pa.schema(
    [
        _column("reporter", _S, "who declared: ISO3, or a khorgos area id"),
        _column("partner", _S, "with whom: ISO3, khorgos area or group id, WLD the world"),
        _column("flow", _S, "see Flow"),
        _column("period", _S, "2024, 2024-03 or 2024-01..2024-05"),
        _column("product", _S, "code in the nomenclature, TOTAL for all goods"),
        _column("nomenclature", _S, "HS92..HS22, SITC1..SITC4, TOTAL"),
        _column(
            "value",
            _F,
            "in units of the currency, never thousands; null where the publisher left it empty",
            null=True,
        ),
        _column("currency", _S, "ISO 4217"),
        _column("valuation", _S, "see Valuation; null where the publisher does not say", null=True),
        _column("partner_basis", _S, "see PartnerBasis; null where the publisher does not say", null=True),
        _column("quantity", _F, "in quantity_unit", null=True),
        _column("quantity_unit", _S, "kg, tonne, litre, item, m3, ...", null=True),
        _column("status", _S, "see Status"),
        _column(
            "rounding",
            _F,
            "step of the last digit as printed, in units of the currency; null if exact",
            null=True,
        ),
        *_TRACE,
    ]
)

#: A number about one area and period: GDP, population, an index.
INDICATOR = pa.schema(
    [
        _column("area", _S, "ISO3 or a khorgos area id"),
        _column("period", _S, "2024"),
        _column("indicator", _S, "the publisher's code, e.g. NY.GDP.MKTP.CD"),
        _column("value", _F, "in unit", null=True),
        _column("unit", _S, "USD, person, index, ..."),
        *_TRACE,
    ]
)

#: A number about an ordered pair of areas that does not change by period: distance, common border.
PAIR = pa.schema(
    [
        _column("exporter", _S, "ISO3 or a khorgos area id"),
        _column("importer", _S, "ISO3 or a khorgos area id"),
        _column("indicator", _S, "dist, distcap, contig, comlang_off, ..."),
        _column("value", _F, "in unit", null=True),
        _column("unit", _S, "km, boolean"),
        *_TRACE,
    ]
)

#: Ad valorem tariffs as published (a fraction: 0.25 is 25 per cent).
TARIFF = pa.schema(
    [
        _column("importer", _S, "who levies"),
        _column("exporter", _S, "on whom; WLD for most favoured nations"),
        _column("period", _S, "2024"),
        _column("product", _S, "HS code"),
        _column("nomenclature", _S, "HS92..HS22"),
        _column("rate", _F, "ad valorem fraction", null=True),
        _column("kind", _S, "AHS effectively applied, MFN, BND bound, PRF preferential"),
        _column("average", _S, "simple, weighted, or line for a single tariff line"),
        *_TRACE,
    ]
)

#: One investment or construction contract.
INVESTMENT = pa.schema(
    [
        _column("investor", _S, "the company"),
        _column("origin", _S, "where it comes from: ISO3"),
        _column("destination", _S, "where it goes: ISO3 or a khorgos area id"),
        _column("period", _S, "2024-03"),
        _column("value", _F, "in units of the currency", null=True),
        _column("currency", _S, "ISO 4217"),
        _column("kind", _S, "investment or construction"),
        _column("sector", _S, "as the tracker names it"),
        _column("subsector", _S, "as the tracker names it", null=True),
        _column("partner", _S, "target or partner company", null=True),
        _column("share", _F, "share acquired, a fraction", null=True),
        *_TRACE,
    ]
)

#: An announced target for trade.
TARGET = pa.schema(
    [
        _column("reporter", _S, "whose trade: ISO3 or a khorgos area id"),
        _column("partner", _S, "with whom"),
        _column("flow", _S, "see Flow"),
        _column("value", _F, "the target, in units of the currency"),
        _column("currency", _S, "ISO 4217"),
        _column("deadline", _S, "2030; null where the statement names no year", null=True),
        _column("qualifier", _S, "as stated: reach, up to, at least, can reach"),
        _column("announced", _S, "day of the statement, ISO 8601; null where unknown", null=True),
        _column("announced_by", _S, "who said it"),
        _column("statement", _S, "what was said, in khorgos's words"),
        _column("url", _S, "the page that was read"),
        *_TRACE,
    ]
)

#: The ledger's tables by name.
TABLES: dict[str, pa.Schema] = {
    "flow": FLOW,
    "indicator": INDICATOR,
    "pair": PAIR,
    "tariff": TARIFF,
    "investment": INVESTMENT,
    "target": TARGET,
}
