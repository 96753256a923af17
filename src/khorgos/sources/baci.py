"""CEPII BACI: reconciled bilateral trade by HS6, one csv a year, with its code files."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from khorgos.core.errors import BadFile
from khorgos.core.findings import Finding
from khorgos.core.provenance import Release, Source
from khorgos.core.schema import Flow, Status, Valuation
from khorgos.nomenclature.areas import from_code
from khorgos.sources.cells import without_repeats
from khorgos.sources.columns import area_column, constant, csv_columns, row_locators
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.reading import csv_rows
from khorgos.sources.tables import to_table

BACI = Source(
    id="baci",
    publisher="CEPII",
    title="BACI: International Trade Database at the Product-Level",
    url="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
    licence="Etalab Open Licence 2.0: free reuse, also commercial, with attribution",
    redistribute="yes",
    citation=(
        "Gaulier, G. and Zignago, S. (2010). BACI: International Trade Database at the Product-Level. "
        "The 1994-2007 Version. CEPII Working Paper 2010-23."
    ),
    attribution="CEPII, BACI",
    cadence="annual, each January, with a lag of two years",
    units="thousand USD; tonnes",
    valuation="FOB: importers' reports are freed of freight and insurance and averaged with exporters'",
    rank=50,
    notes=(
        "A reconciliation of both sides' reports to UN Comtrade, not anyone's declaration. Flows under 1,000 USD "
        "are left out. Taiwan is 'Other Asia, nes' (490). Belgium and Luxembourg are one until 1998, the Southern "
        "African Customs Union until 1999. Products are given at HS6 in the vintage of the file's name."
    ),
)

_YEAR_NAME = re.compile(r"BACI_HS(\d\d)_Y(\d{4})_V(20\d\d)(0[1-9]|1[0-2])[a-z]?\.csv(?:\.gz|\.zip)?", re.IGNORECASE)
_CODES_NAME = re.compile(r"country_codes_V(20\d\d)(0[1-9]|1[0-2])[a-z]?\.csv", re.IGNORECASE)
_PRODUCTS_NAME = re.compile(r"product_codes_HS(\d\d)_V(20\d\d)(0[1-9]|1[0-2])[a-z]?\.csv", re.IGNORECASE)
_HEADER = ("t", "i", "j", "k", "v", "q")
_CODES_HEADER = ("country_code", "country_name", "country_iso2", "country_iso3")
_TYPES = {"t": pa.int16(), "i": pa.int32(), "j": pa.int32(), "v": pa.float64(), "q": pa.float64()}
_MISSING = ("", "NA", "           NA")  # quantities are printed 13 wide, so that NA comes padded
_THOUSAND = 1000.0
_HS6 = re.compile(r"\d{6}|9999AA")  # 9999AA: commodities not specified
_VINTAGES = {"92", "96", "02", "07", "12", "17", "22"}


def _recognise_year(seen: Peek) -> bool:
    return seen.suffix == ".csv" and _first_line(seen) == ",".join(_HEADER)


def _recognise_countries(seen: Peek) -> bool:
    return seen.suffix == ".csv" and _first_line(seen) == ",".join(_CODES_HEADER)


def _recognise_products(seen: Peek) -> bool:
    return _first_line(seen) == "code,description" and bool(_PRODUCTS_NAME.search(seen.filename))


def _first_line(seen: Peek) -> str:
    return seen.head.split("\n", 1)[0].strip().lstrip("\ufeff").replace('"', "")


def _parse_year(snapshot: Snapshot) -> Parsed:
    name = snapshot.filename
    match = _YEAR_NAME.search(name)
    if match is None or match[1] not in _VINTAGES:
        raise BadFile(
            "The name does not tell the HS vintage, year and version",
            path=name,
            hint="Keep the name that CEPII gave it, such as BACI_HS22_Y2023_V202501.csv",
        )
    vintage, year = match[1], match[2]
    release = _release(snapshot, f"BACI HS{vintage}, {year}, version {match[3]}{match[4]}", match, 3)
    read = csv_columns(snapshot.path, wanted=_HEADER, types=_TYPES, null_values=_MISSING)
    rows = read.table
    _one_year(rows["t"], int(year), snapshot)
    _six_digits(rows["k"], snapshot)
    value = pc.multiply(rows["v"], _THOUSAND)
    table = to_table(
        "flow",
        {
            "reporter": area_column(rows["i"], "baci", path=snapshot.path, name="i", value=value),
            "partner": area_column(rows["j"], "baci", path=snapshot.path, name="j", value=value),
            "flow": constant(Flow.EXPORT, rows),
            "period": constant(year, rows),
            "product": rows["k"],
            "nomenclature": constant(f"HS{vintage}", rows),
            "value": value,
            "currency": constant("USD", rows),
            "valuation": constant(Valuation.FOB, rows),
            "quantity": rows["q"],
            "quantity_unit": constant("tonne", rows),
            "status": constant(Status.RECONCILED, rows),
            "release": constant(release.id, rows),
            "locator": row_locators(rows),
        },
    )
    table, repeats = without_repeats(table, path=snapshot.path, key=("reporter", "partner", "product"))
    findings = [*read.findings, *_negative(table), *_against_products(table, vintage, snapshot)]
    for companion, path in snapshot.companions.items():
        if _CODES_NAME.search(companion):
            findings += _odd_codes(path)
    dropped = {"repeated row": repeats} if repeats else {}
    return Parsed(BACI, (release,), {"flow": table}, tuple(findings), dropped)


def _one_year(years: pa.ChunkedArray, expected: int, snapshot: Snapshot) -> None:
    wrong = pc.not_equal(years, expected)
    if pc.any(wrong).as_py():
        row = pc.index(wrong, True).as_py()
        what = f"The year {years[row].as_py()} is not the {expected} of the file's name"
        raise BadFile(what, path=snapshot.filename, row=row + 2, column="t", hint="Are the columns swapped?")


def _six_digits(codes: pa.ChunkedArray, snapshot: Snapshot) -> None:
    bad = [code for code in pc.unique(codes).to_pylist() if not _HS6.fullmatch(code)]
    if bad:
        row = pc.index(codes, bad[0]).as_py()
        hint = "Codes below chapter 10 begin with 0; a spreadsheet may have eaten it: download the file again"
        raise BadFile(f"{bad[0]!r} is no HS6 code", path=snapshot.filename, row=row + 2, column="k", hint=hint)


def _negative(table: pa.Table) -> list[Finding]:
    count = pc.sum(pc.less(table["value"], 0.0)).as_py() or 0
    return [Finding("negative-value", f"{count} flows are negative.", "warning")] if count else []


def _against_products(table: pa.Table, vintage: str, snapshot: Snapshot) -> list[Finding]:
    for companion, path in snapshot.companions.items():
        match = _PRODUCTS_NAME.search(companion)
        if match and match[1] == vintage:
            known = _product_codes(path, companion)
            strange = [code for code in pc.unique(table["product"]).to_pylist() if code not in known]
            if strange:
                said = f"{len(strange)} products are not in {companion}, such as {strange[0]}."
                return [Finding("unknown-product", said, "warning", where=snapshot.filename)]
    return []


def _product_codes(path: Path, name: str) -> Mapping[str, str]:
    known: dict[str, str] = {}
    for line, row in csv_rows(path, required=("code", "description")):
        if not _HS6.fullmatch(row["code"]):
            raise BadFile(f"{row['code']!r} is no HS6 code", path=name, row=line, column="code")
        known[row["code"]] = row["description"]
    return known


def _odd_codes(path: Path) -> list[Finding]:
    """Codes for which CEPII and the nomenclature name different areas."""
    odd = []
    for _, row in csv_rows(path, required=_CODES_HEADER):
        ours, theirs = from_code(row["country_code"], "baci"), from_code(row["country_iso3"], "baci")
        if ours is None:
            said = f"Country code {row['country_code']} ({row['country_name']}) is not in the nomenclature."
            odd.append(Finding("unknown-area", said, "warning"))
        elif theirs not in (ours, None):
            said = f"{row['country_code']} ({row['country_name']}) is {ours} here; CEPII prints {row['country_iso3']}."
            odd.append(Finding("area-code", said))
    return odd


def _parse_countries(snapshot: Snapshot) -> Parsed:
    release = _release(snapshot, "BACI country codes", _CODES_NAME.search(snapshot.filename), 1)
    return Parsed(BACI, (release,), {}, tuple(_odd_codes(snapshot.path)))


def _parse_products(snapshot: Snapshot) -> Parsed:
    release = _release(snapshot, "BACI product codes", _PRODUCTS_NAME.search(snapshot.filename), 2)
    known = _product_codes(snapshot.path, snapshot.filename)
    return Parsed(BACI, (release,), {}, (Finding("code-table", f"{len(known)} products, all of six digits."),))


def _release(snapshot: Snapshot, title: str, match: re.Match[str] | None, group: int) -> Release:
    """The release of a file whose name ends in V202501, year and month from the group on."""
    if match is None:
        return snapshot.release(BACI, title)
    day = dt.date(int(match[group]), int(match[group + 1]), 1)
    return snapshot.release(BACI, title, published=day, precision="month")


CONNECTORS = (
    Connector(BACI, "BACI year", "BACI_HS22_Y2023_V202501.csv: t,i,j,k,v,q", _recognise_year, _parse_year),
    Connector(
        BACI,
        "BACI country codes",
        "country_codes_V202501.csv: country_code,country_name,country_iso2,country_iso3",
        _recognise_countries,
        _parse_countries,
    ),
    Connector(
        BACI,
        "BACI product codes",
        "product_codes_HS22_V202501.csv: code,description",
        _recognise_products,
        _parse_products,
    ),
)
