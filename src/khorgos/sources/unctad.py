"""UNCTADstat's merchandise trade matrix: exports by SITC section."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from khorgos.core.errors import BadFile
from khorgos.core.findings import Finding
from khorgos.core.provenance import Source
from khorgos.core.schema import Flow, PartnerBasis, Status, Valuation
from khorgos.sources.cells import without_repeats
from khorgos.sources.columns import area_column, constant, numeric, relabel, row_locators
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.tables import to_table

UNCTAD = Source(
    id="unctad",
    publisher="UNCTAD",
    title="UNCTADstat, merchandise trade matrix, exports",
    url="https://unctadstat.unctad.org/datacentre/",
    licence="UNCTADstat terms: free use and re-dissemination with acknowledgement (CC BY 3.0 IGO)",
    redistribute="yes",
    citation="UNCTAD. UNCTADstat: Merchandise trade matrix, exports by product group. Geneva.",
    attribution="UNCTADstat",
    cadence="annual",
    units="thousand USD",
    valuation="exports FOB",
    rank=60,
    notes=(
        "A complete matrix: where a country did not report, UNCTAD estimates from its partners' reports and from other "
        "years, without marking the cells. Products are sections of SITC Rev. 3."
    ),
)

_COLUMNS = ("year", "sector", "exporter_iso3", "importer_iso3", "value_kusd")
_SECTION = re.compile(r"SITC([0-9])_\w+")
_THOUSAND = 1000.0

#: Chosen because values are printed to a dollar, and ten rounded sections can miss their total by five.
_SUM_SLACK = 1e-6


def _recognise(seen: Peek) -> bool:
    return set(_COLUMNS) <= set(seen.columns)


def _parse(snapshot: Snapshot) -> Parsed:
    path = snapshot.path
    release = snapshot.release(UNCTAD, "Merchandise trade matrix by SITC section (tidy)")
    rows = pq.read_table(path, columns=list(_COLUMNS))
    value = pc.multiply(numeric(rows["value_kusd"], path=path, name="value_kusd", first=1), _THOUSAND)
    sectors = pc.unique(rows["sector"]).to_pylist()
    products = {sector: _product(sector, snapshot) for sector in sectors}
    table = to_table(
        "flow",
        {
            "reporter": area_column(
                rows["exporter_iso3"], "iso3", path=path, name="exporter_iso3", value=value, first=1
            ),
            "partner": area_column(
                rows["importer_iso3"], "iso3", path=path, name="importer_iso3", value=value, first=1
            ),
            "flow": constant(Flow.EXPORT, rows),
            "period": _years(rows["year"], snapshot),
            "product": relabel(rows["sector"], products),
            "nomenclature": relabel(
                rows["sector"], {s: "TOTAL" if p == "TOTAL" else "SITC3" for s, p in products.items()}
            ),
            "value": value,
            "currency": constant("USD", rows),
            "valuation": constant(Valuation.FOB, rows),
            "partner_basis": constant(PartnerBasis.DESTINATION, rows),
            "status": constant(Status.RECONCILED, rows),
            "release": constant(release.id, rows),
            "locator": row_locators(rows, first=1),
        },
    )
    table, repeats = without_repeats(table, path=path)
    return Parsed(UNCTAD, (release,), {"flow": table}, _sums(table), {"repeated row": repeats} if repeats else {})


def _product(sector: str, snapshot: Snapshot) -> str:
    if sector == "All":
        return "TOTAL"
    match = _SECTION.fullmatch(sector or "")
    if match is None:
        raise BadFile(f"Unknown sector {sector!r}", path=snapshot.filename, column="sector")
    return match[1]


def _years(column: pa.ChunkedArray, snapshot: Snapshot) -> pa.ChunkedArray:
    texts = pc.cast(column, pa.string())
    bad = pc.invert(pc.match_substring_regex(texts, r"^(19|20)\d\d$"))
    if pc.any(bad).as_py():
        row = pc.index(bad, True).as_py()
        raise BadFile(f"Not a year: {texts[row]}", path=snapshot.filename, row=row + 1, column="year")
    return texts


def _sums(table: pa.Table) -> tuple[Finding, ...]:
    """Do the sections of a year add up to its total?"""
    total = pc.equal(table["product"], "TOTAL")
    whole, parts = (
        dict(zip(*(side.to_pylist() for side in _by_year(table.filter(mask))), strict=True))
        for mask in (total, pc.invert(total))
    )
    return tuple(
        Finding(
            "broken-sum", f"Sections add up to {parts[year]:,.0f} of {whole[year]:,.0f} USD.", "warning", where=year
        )
        for year in sorted(set(whole) & set(parts))
        if abs(parts[year] - whole[year]) > _SUM_SLACK * whole[year]
    )


def _by_year(table: pa.Table) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    sums = table.group_by("period").aggregate([("value", "sum")])
    return sums["period"], sums["value_sum"]


CONNECTOR = Connector(
    UNCTAD,
    "UNCTAD trade matrix",
    "Parquet: year, sector (All, SITC0_Food, ...), exporter_iso3, importer_iso3, value_kusd",
    _recognise,
    _parse,
)
