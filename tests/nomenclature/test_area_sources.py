"""Every code and name of an area that carries a value in the publishers' real files is mapped."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from khorgos.nomenclature.areas import from_code, get

Labels = Iterable[tuple[object, str]]  # (code or label, scheme)

REPLACED = "\ufffd"  # what a lossy reader puts for a byte that is no UTF-8
EURASIA = "data/trade/national_statistics_eurasia/data"


def missing(labels: Labels) -> list[tuple[str, str]]:
    """Those that no area answers to, each once."""
    seen = {(str(code).strip(), scheme) for code, scheme in labels if code is not None and str(code).strip()}
    assert seen, "the walk found no codes at all"
    return sorted(pair for pair in seen if _meant(*pair) is None)


def _meant(code: str, scheme: str) -> str | None:
    return get(code).id if scheme == "id" else from_code(code, scheme)


def column(path: Path, name: str, **how: Any) -> list[Any]:
    """The distinct values of one column of a csv or Parquet file."""
    if path.suffix == ".parquet":
        return pl.scan_parquet(path).select(pl.col(name).unique()).collect()[name].to_list()
    frame = pl.scan_csv(path, infer_schema_length=0, truncate_ragged_lines=True, encoding="utf8-lossy", **how)
    found = frame.select(pl.col(name).unique()).collect()[name].to_list()
    return [cell for cell in found if REPLACED not in str(cell)]  # names in latin-1 are the connector's business


def rows(path: Path, delimiter: str = ",", encoding: str = "utf-8-sig") -> Iterator[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as lines:
        yield from csv.DictReader(lines, delimiter=delimiter)


def sheets(path: Path) -> Iterator[list[list[Any]]]:
    book = CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        yield book.get_sheet_by_name(name).to_python()


def valued(cells: list[Any]) -> bool:
    return any(isinstance(cell, float) and cell != 0 for cell in cells)


# -- UN Comtrade, BACI -----------------------------------------------------------------------------


def comtrade_lists(shared: Path) -> Labels:
    for name in ("partnerAreas", "reporterAreas"):
        for row in rows(shared / f"data/nomenclature/comtrade_areas_legacy/comtrade_codes/{name}.csv"):
            yield row["id"], "comtrade"
            if row["id"] != "all":
                yield row["text"], "name_en"


def comtrade_parquets(shared: Path) -> Labels:
    for path in (
        "comtrade_hs6_battery_minerals/comtrade_hs6_battery_minerals_2018_2024.parquet",
        "comtrade_pairs/comtrade_raw_hs10_26_27_2020_2024.parquet",
    ):
        for side in ("reporter", "partner", "partner2"):
            for what, scheme in (("Code", "comtrade"), ("ISO", "comtrade"), ("Desc", "name_en")):
                yield from ((code, scheme) for code in column(shared / "data/trade" / path, side + what))


def comtrade_csvs(shared: Path) -> Labels:
    files = [
        *(shared / "data/trade/us_exports_to_china_hs4").rglob("g3_*.csv"),
        *(shared / "data/trade/us_exports_to_china_hs4/global_trade").glob("US_exportsto_China*.csv"),
        *(shared / "data/trade/comtrade_hs6_battery_minerals/raw_samples").glob("*_partners.csv"),
        *(shared / "data/trade/comtrade_pairs/raw_samples").glob("*.csv"),
    ]
    for path in files:
        if "OEC" in path.name:
            continue
        for side in ("reporter", "partner"):
            for what, scheme in (("Code", "comtrade"), ("ISO", "comtrade"), ("Desc", "name_en")):
                yield from ((code, scheme) for code in column(path, side + what))


def comtrade_legacy(shared: Path) -> Labels:
    path = shared / "data/formats/comtrade_legacy_csv/comtrade (7).csv"
    for side in ("Reporter", "Partner"):
        yield from ((code, "comtrade") for code in column(path, f"{side} Code"))
        yield from ((code, "comtrade") for code in column(path, f"{side} ISO"))
        yield from ((code, "name_en") for code in column(path, side))


def comtrade_others(shared: Path) -> Labels:
    trade = shared / "data/trade"
    for name in ("vehicle_trade_armenia", "vehicle_trade_georgia", "mobile_phone_reexports"):
        for side in ("reporter", "partner"):
            yield from ((code, "comtrade") for code in column(trade / f"armenia/{name}.csv", f"{side}_code"))
            yield from ((code, "name_en") for code in column(trade / f"armenia/{name}.csv", side))
        yield from ((code, "comtrade") for code in column(trade / f"armenia/{name}.csv", "partner_iso"))
    for side in ("exporter", "importer"):
        wheat = trade / "comtrade_wheat_fertiliser_lpg/trade_yearly_edges.csv"
        yield from ((code, "comtrade") for code in column(wheat, side))
        for path in (trade / "comtrade_pairs/data_pairs_named").glob("*.csv"):
            yield from ((code, "comtrade") for code in column(path, f"{side}ISO"))
    for year in ("2022", "2024"):
        path = trade / f"critical_minerals/fixtures/raw/comtrade/comtrade_{year}.csv.gz"
        for side in ("reporter", "partner"):
            yield from ((code, "comtrade") for code in column(path, side))
    yield from (
        (code, "comtrade") for code in column(trade / "russia_hs2/russia_by_partner_hs2_long.csv.gz", "partner_code")
    )


def comtrade_json(shared: Path) -> Labels:
    for path in (shared / "data/formats/comtrade_api_comtradr/tests").rglob("HS-60a6ad.json"):
        for row in json.loads(path.read_text(encoding="utf-8"))["data"]:
            yield row["reporterCode"], "comtrade"
            yield row["partnerCode"], "comtrade"


def comtrade_workbooks(shared: Path) -> Labels:
    for path in sorted((shared / "data/trade/comtrade_partner_reports").rglob("*.xlsx")):
        for sheet in sheets(path):
            head = [str(cell) for cell in sheet[0]] if sheet else []
            for name, scheme in (
                ("reporterCode", "comtrade"),
                ("partnerCode", "comtrade"),
                ("reporterISO", "comtrade"),
                ("partnerISO", "comtrade"),
                ("reporterDesc", "name_en"),
                ("partnerDesc", "name_en"),
            ):
                if name in head:
                    yield from ((row[head.index(name)], scheme) for row in sheet[1:])


def baci(shared: Path) -> Labels:
    data = shared / "data"
    for path in (
        data / "formats/baci_v202501_codes/country_codes_V202501.csv",
        data / "trade/baci_totals_2023/country_codes_V202501.csv",
        data / "trade/critical_minerals/fixtures/raw/baci/country_codes_V202601.csv",
    ):
        for row in rows(path):
            yield row["country_code"], "baci"
            yield row["country_iso3"], "baci"
            if "Ã" not in row["country_name"]:
                yield row["country_name"], "name_en"
    for row in rows(data / "nomenclature/baci_hs17_bec/raw_data/country_codes.csv"):
        yield row["country_code"], "baci"
    for side in ("exporter", "importer"):
        yield from (
            (c, "iso3")
            for c in column(data / "trade/baci_totals_2000_2020/baci_totals_2000_2021.parquet", f"{side}_iso3")
        )
        yield from (
            (c, "iso3") for c in column(data / "trade/baci_totals_2023/baci_totals_2023_long.csv.gz", f"{side}_iso3")
        )
        yield from (
            (c, "iso2")
            for c in column(data / "trade/critical_minerals/baci_critical_minerals_2002_2024.parquet", f"{side}_iso2")
        )
        seafood = (
            data / "formats/baci_hs12_2018_seafood_sample/demo/model_inputs/standardized_baci_seafood_hs12_y2018.csv"
        )
        yield from ((c, "iso3") for c in column(seafood, f"{side}_iso3c"))
        yield from ((c, "name_en") for c in column(seafood, f"{side}_country"))
    for row in rows(data / "trade/baci_totals_2023/country_labels.csv"):
        yield row["iso3"], "iso3"
        yield row["CountryName"], "name_en"
    for row in rows(data / "trade/critical_minerals/fixtures/reconcile/baci_2024.csv"):
        yield row["i"], "baci"
        yield row["j"], "baci"


# -- international collections ---------------------------------------------------------------------


def imf(shared: Path) -> Labels:
    path = shared / "data/trade/imf_dots/imf_dots_1960_2020.parquet"
    for side in ("reporter", "partner"):
        yield from ((name, "imf") for name in column(path, side))
        yield from ((code, "iso3") for code in column(path, f"{side}_iso3"))


def imf_workbooks(shared: Path) -> Labels:
    files = [
        *(shared / "data/trade/imf_dots/raw_samples").glob("*.xlsx"),
        *(shared / "data/formats/imf_dots_china_imports_2010_2022").glob("*.xlsx"),
    ]
    for path in files:
        for sheet in sheets(path):
            for row in sheet:
                texts = [cell for cell in row[:3] if isinstance(cell, str) and cell.strip()]
                if texts and valued(row[2:]) and not texts[0].startswith(("Exports", "Imports", "Source")):
                    yield texts[0], "imf"


def unctad(shared: Path) -> Labels:
    path = shared / "data/trade/unctad_matrix/unctad_trade_matrix_sitc_sections_1995_2005_2015.parquet"
    for side in ("exporter", "importer"):
        yield from ((name, "unctad") for name in column(path, f"{side}_name_raw"))
        yield from ((code, "iso3") for code in column(path, f"{side}_iso3"))


def wits(shared: Path) -> Labels:
    bulk = shared / "data/formats/wits_bulk_csv/TZA_2012.head20000.csv"
    for side in ("reporter", "partner"):
        yield from ((code, "wits") for code in column(bulk, f"{side}iso3"))
        yield from ((code, "name_en") for code in column(bulk, f"{side}name"))
    groups = shared / "data/policy/wits_ahs_2023_weighted_by_group.csv"
    for side in ("Reporter", "Partner"):
        yield from ((code, "wits") for code in column(groups, side))
        yield from ((code, "name_en") for code in column(groups, f"{side} Name"))
    for path in (shared / "data/formats/wits_api_world_trade_data/tests/data").glob("*.json"):
        structure = json.loads(path.read_text(encoding="utf-8"))["structure"]["dimensions"]
        for dimension in [d for part in structure.values() for d in part]:
            if dimension["id"].upper() in ("REPORTER", "PARTNER"):
                for value in dimension["values"]:
                    yield value["id"], "wits"
                    yield value["name"], "name_en"


def wdi(shared: Path) -> Labels:
    for path in ("macro/gdp_wdi_1960_2023.csv", "macro/population_wdi.csv", "formats/wdi_csv/WDI.csv"):
        for row in rows(shared / "data" / path):
            if row["Country Code"]:
                yield row["Country Code"], "wdi"
                yield row["Country Name"], "wdi"
    for sheet in sheets(shared / "data/formats/wdi_xls/GDP_wdi_raw.xls"):
        head = next((i for i, row in enumerate(sheet) if "Country Code" in row), None)
        if head is not None:
            for row in sheet[head + 1 :]:
                yield row[sheet[head].index("Country Code")], "wdi"


def geodist(shared: Path) -> Labels:
    data = shared / "data"
    for path, mark in ((data / "gravity", ","), (data / "formats/cepii_geodist/data", ";")):
        for side in ("iso_o", "iso_d"):
            yield from ((code, "geodist") for code in column(path / "dist_cepii.csv", side, separator=mark))
        for row in rows(path / "geo_cepii.csv", mark, "utf-8" if mark == "," else "latin-1"):
            yield row["iso3"], "geodist"
            yield row["country"], "name_en"
    for row in rows(data / "gravity/lpi.csv"):
        yield row["Country"], "name_en"
        yield row["Code"], "iso3"
    for row in rows(data / "formats/cepii_gravity_v202211_labels/data/Countries_V202211.csv"):
        yield row["iso3"], "iso3"


def wto(shared: Path) -> Labels:
    path = shared / "data/formats/wto_stats_csv/WtoData_20200510015454.csv"
    for side in ("Reporting", "Partner"):
        yield from ((code, "wto") for code in column(path, f"{side} Economy ISO3A Code"))
        yield from ((code, "wto") for code in column(path, f"{side} Economy Code"))


# -- national offices ------------------------------------------------------------------------------


def census(shared: Path) -> Labels:
    for path in (shared / "data/trade/us_census_2024/hs2_by_country").glob("*.csv"):
        first = next(rows(path), None)
        if first:
            yield first["CTY_CODE"], "census"
            yield first["CTY_NAME"], "name_en"
    for path in (shared / "data/trade/us_census_2024").glob("*.parquet"):
        yield from ((code, "census") for code in column(path, "CTY_CODE"))
        yield from ((code, "name_en") for code in column(path, "CTY_NAME"))
    for row in rows(shared / "data/trade/us_census_2024/tracker/CensusCountryMapping_FRBAtl_short.csv"):
        yield row["CTY_CODE"], "census"
        yield row["country"], "name_en"
    yield from ((name, "name_en") for name in column(shared / "data/policy/us/country-by-time.csv", "country_name"))


def gacc(shared: Path) -> Labels:
    folder = shared / "data/trade/gacc_2024"
    for row in rows(folder / "regions_translated.csv"):
        yield row["chinese_raw"], "gacc_zh"
        yield row["english_name"], "gacc_en"
    for row in rows(folder / "gacc_2024_by_country_restored.csv"):
        yield row["region_zh"], "gacc_zh"
        yield row["region_en"], "gacc_en"


def eurostat(shared: Path) -> Labels:
    for path in sorted((shared / EURASIA).rglob("Relational_View*.csv")):
        yield from ((code, "eurostat") for code in column(path, "REPORTER"))
        yield from ((code, "eurostat") for code in column(path, "PARTNER"))


def kazakhstan(shared: Path) -> Labels:
    for path in sorted((shared / EURASIA / "kazakhstan_data").glob("*.xls")):
        for sheet in sheets(path):
            yield from ((row[0], "ru") for row in sheet if isinstance(row[0], str) and valued(row[1:]))


def kyrgyzstan(shared: Path) -> Labels:
    folder = shared / EURASIA / "kyrgyzstan_data"
    for path in [*folder.glob("4.03.00.18*"), *folder.glob("4.03.00.20*"), *folder.glob("4.03.00.17*")]:
        for sheet in sheets(path):
            for row in sheet:
                if valued(row[3:]) and "Items" not in row and any(isinstance(cell, str) and cell for cell in row[:3]):
                    yield from zip(row[:3], ("ky", "ru", "nsc_en"), strict=True)


def uzbekistan(shared: Path) -> Labels:
    for path in (shared / EURASIA / "uzbekistan_data").glob("*.csv"):
        for row in rows(path):
            yield row["Klassifikator_en"], "name_en"
            yield row["Klassifikator_ru"], "ru"
            yield row["Klassifikator"], "uz"


def armenia(shared: Path) -> Labels:
    for path in (
        shared / "data/trade/armenia/arm_trade_country.csv",
        shared / EURASIA / "armenia_data/armenia_data.csv",
    ):
        yield from ((name, "armstat") for name in column(path, "country"))


def russia(shared: Path) -> Labels:
    folder = shared / EURASIA / "russian_data"
    for sheet in list(sheets(folder / "96stran.xlsx"))[1:]:
        yield from ((name, "ru") for name in sheet[4])
    for name in ("страны042024", "страны092024", "страны122023"):
        for sheet in sheets(folder / f"{name}.xlsx"):
            yield from ((row[0], "ru") for row in sheet if isinstance(row[0], str) and valued(row[1:]))
    for sheet in list(sheets(folder / "94itog.xlsx"))[1:]:
        for row in sheet:
            label = re.sub(r"^(Экспорт|Импорт|Оборот|Сальдо|К содержанию)\b|со странами", "", str(row[0])).strip()
            if label and valued(row[1:]) and "орговл" not in label and "данным" not in label:
                yield label, "ru"


# -- others ----------------------------------------------------------------------------------------


def tracker(shared: Path) -> Labels:
    path = shared / "data/investment/china_investment_tracker.csv"
    yield from ((name, "cgit") for name in column(path, "Country"))
    yield from ((name, "cgit") for name in column(path, "Region"))


def facts(shared: Path) -> Labels:
    for row in rows(shared / "data/trade/china_central_asia_facts.csv"):
        yield row["reporter"].partition(" ")[0], "id"
        yield row["partner"].partition(" ")[0], "id"


SOURCES = [
    comtrade_lists,
    comtrade_parquets,
    comtrade_csvs,
    comtrade_legacy,
    comtrade_others,
    comtrade_json,
    comtrade_workbooks,
    baci,
    imf,
    imf_workbooks,
    unctad,
    wits,
    wdi,
    geodist,
    wto,
    census,
    gacc,
    eurostat,
    kazakhstan,
    kyrgyzstan,
    uzbekistan,
    armenia,
    russia,
    tracker,
    facts,
]


@pytest.mark.shared
@pytest.mark.parametrize("walk", SOURCES, ids=lambda walk: walk.__name__)
def test_every_code_of_the_real_files_is_mapped(walk: Any, shared: Path) -> None:
    assert missing(walk(shared)) == []
