"""What the ledger keeps beside the tables of the core: the corrections it applied, row by row."""

from __future__ import annotations

import pyarrow as pa

from khorgos.core.schema import TABLES

_S, _F = pa.string(), pa.float64()

#: The value and currency that a corrected or dropped row had in the publisher's file.
CORRECTION = pa.schema(
    [
        pa.field("release", _S, nullable=False),
        pa.field("locator", _S, nullable=False),
        pa.field("correction", _S, nullable=False),
        pa.field("value", _F),
        pa.field("currency", _S),
    ]
)

#: All tables of a ledger by name.
LEDGER_TABLES: dict[str, pa.Schema] = {**TABLES, "correction": CORRECTION}

#: Columns by which rows are sorted in a part, so that a reader skips the row groups it does not need.
SORTED_BY: dict[str, tuple[str, ...]] = {
    "flow": ("reporter", "partner", "product", "flow", "period", "release", "locator"),
    "indicator": ("indicator", "area", "period", "release", "locator"),
    "pair": ("indicator", "exporter", "importer", "release", "locator"),
    "tariff": ("importer", "exporter", "product", "period", "release", "locator"),
    "investment": ("origin", "destination", "period", "release", "locator"),
    "target": ("reporter", "partner", "flow", "deadline", "release", "locator"),
    "correction": ("release", "locator", "correction"),
}

#: The key of a cell: two rows of one release may not share it.
CELL_KEY: dict[str, tuple[str, ...]] = {
    "flow": (
        *("reporter", "partner", "flow", "period", "product", "nomenclature"),
        *("currency", "valuation", "partner_basis"),
    ),
    "indicator": ("area", "period", "indicator", "unit"),
    "pair": ("exporter", "importer", "indicator", "unit"),
    "tariff": ("importer", "exporter", "period", "product", "nomenclature", "kind", "average"),
}
