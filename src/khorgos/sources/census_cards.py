"""US Census Bureau: the two sets of imports that it publishes, as two source cards, and its product codes."""

from __future__ import annotations

from khorgos.core.provenance import Source
from khorgos.core.schema import Flow, Valuation
from khorgos.nomenclature.periods import Period, month, year_to_date
from khorgos.sources.flows import ORIGIN_DESTINATION, Terms

_PUBLISHER = "U.S. Census Bureau"
_URL = "https://www.census.gov/foreign-trade/"
_LICENCE = "US government work, public domain"
_CODES = (
    "Ten-digit codes are kept as nomenclature HTS and year (HTS2024); their first six digits are HS 2022 except in "
    "chapters 98 and 99, which are national and are added up as 999999 (99 at two digits), as UN Comtrade does."
)

#: Exports, and general imports: all arrivals, whether consumed or put in a warehouse or a foreign trade zone.
CENSUS = Source(
    id="census",
    publisher=_PUBLISHER,
    title="US international trade in goods: exports and general imports, Census basis",
    url=_URL,
    licence=_LICENCE,
    redistribute="yes",
    citation="U.S. Census Bureau, International Trade in Goods, Census basis, not seasonally adjusted.",
    attribution="U.S. Census Bureau",
    cadence="monthly",
    units="USD by interface, million USD in the table by country (c5700)",
    valuation="exports f.a.s. (kept as FOB), imports customs value (kept as FOB: without freight and insurance)",
    rank=10,
    notes="General imports are the headline figure. The Bureau also publishes imports for consumption, kept apart as "
    "source census-consumption: they lack what lies in bonded warehouses. Imports by country of origin. " + _CODES,
)

#: Imports for consumption: what cleared customs for use, the set on which duties are calculated.
CENSUS_CONSUMPTION = Source(
    id="census-consumption",
    publisher=_PUBLISHER,
    title="US imports for consumption, by product and country",
    url=_URL,
    licence=_LICENCE,
    redistribute="yes",
    citation="U.S. Census Bureau, International Trade API, imports for consumption (CON_VAL_YR).",
    attribution="U.S. Census Bureau, imports for consumption",
    cadence="monthly",
    units="USD",
    valuation="customs value, without freight and insurance (kept as FOB)",
    rank=11,
    notes="2 per cent below general imports for China in 2024 (429.4 against 438.7 bn). Ranked after them, so that a "
    "question about imports gets the headline figure; asked by its source's name it answers alone. " + _CODES,
)

#: Customs value is the price at the foreign port; the IMTS manual counts it with FOB (IMTS 2010, para. 4.10).
_VALUATION: dict[str, str] = {
    Flow.EXPORT: Valuation.FOB,
    Flow.IMPORT: Valuation.FOB,
    Flow.BALANCE: Valuation.FOB,
    Flow.TOTAL: Valuation.FOB,
}


def terms(unit: float = 1.0, *, cif: bool = False, product: str = "TOTAL", nomenclature: str = "TOTAL") -> Terms:
    """What cells of the Bureau's tables have in common.

    Args:
        unit: dollars in one of the file's units.
        cif: imports with freight and insurance (GEN_CIF, CON_CIF).
        product: code.
        nomenclature: of the product.
    """
    valuation = {**_VALUATION, Flow.IMPORT: Valuation.CIF} if cif else _VALUATION
    return Terms("USA", "USD", unit, valuation, ORIGIN_DESTINATION, product, nomenclature)


def nomenclature_of(year: int, digits: int) -> str:
    """HS vintage of US codes of up to six digits in a year, or the tariff schedule of that year for ten."""
    if digits > 6:
        return f"HTS{year}"
    # The US brought each HS amendment into force in the year named (USITC, HTS archive), the last in January 2022.
    for first, vintage in (
        (2022, "HS22"),
        (2017, "HS17"),
        (2012, "HS12"),
        (2007, "HS07"),
        (2002, "HS02"),
        (1996, "HS96"),
    ):
        if year >= first:
            return vintage
    return "HS92"


def harmonised(code: str) -> str:
    """A code of up to six digits with national chapters 98 and 99 as "not specified" (99, 9999, 999999)."""
    return "9" * len(code) if code[:2] in {"98", "99"} else code


def period_of(year: int, month_: int, *, cumulative: bool) -> Period:
    """The month, or January to the month."""
    return year_to_date(year, month_) if cumulative else month(year, month_)
