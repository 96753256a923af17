"""What is known of China's customs statistics: the cards, the units in their titles, the months in them."""

from __future__ import annotations

import re

from khorgos.core.provenance import Source
from khorgos.core.schema import Flow
from khorgos.nomenclature.periods import Period, month, year_to_date
from khorgos.sources.flows import FOB_CIF, ORIGIN_DESTINATION, Terms

_TERMS = "No open licence; official figures, quoted with attribution to GACC"

#: The monthly bulletin, table (2): all partners, verified.
GACC = Source(
    id="gacc",
    publisher="General Administration of Customs of the People's Republic of China",
    title="Monthly bulletin, table (2): imports and exports by country (region) of origin/destination",
    url="http://english.customs.gov.cn/statics/report/monthly.html",
    licence=_TERMS,
    redistribute="figures",
    citation="General Administration of Customs of China (GACC), Monthly Bulletin, table (2), by country (region).",
    attribution="China Customs (GACC)",
    cadence="monthly",
    units="thousand USD or 10,000 yuan, by the table's title",
    valuation="exports FOB, imports CIF",
    rank=10,
    notes="Cumulative columns carry revisions that single months do not. Imports include goods of Chinese origin "
    "(partner CHN). Exports are by final destination as known at the border: transit through Kazakhstan and "
    "Kyrgyzstan to Russia is a known overstatement. An empty cell or '-' is no figure, not zero.",
)

#: The express table of main partners, put out ten days earlier, coarser and not yet verified.
GACC_EXPRESS = Source(
    id="gacc-express",
    publisher=GACC.publisher,
    title="Preliminary release: total values of imports and exports by main country (region)",
    url="http://english.customs.gov.cn/statics/report/preliminary.html",
    licence=_TERMS,
    redistribute="figures",
    citation="General Administration of Customs of China (GACC), preliminary release, main countries (regions).",
    attribution="China Customs (GACC), preliminary",
    cadence="monthly",
    units="100 million yuan or million USD, by the table's title",
    valuation="exports FOB, imports CIF",
    rank=12,
    notes="Main partners only; superseded by the monthly bulletin, therefore a source of its own with a later rank.",
)

#: Column groups of the tables by their headings in both languages.
FLOW_WORDS = {
    "进出口": Flow.TOTAL,
    "出口": Flow.EXPORT,
    "进口": Flow.IMPORT,
    "total": Flow.TOTAL,
    "exports": Flow.EXPORT,
    "export": Flow.EXPORT,
    "imports": Flow.IMPORT,
    "import": Flow.IMPORT,
    "exports & imports": Flow.TOTAL,
    "total imports and exports": Flow.TOTAL,
}

# As the titles print them, blanks and commas removed. Longer words stand before their parts.
_UNITS = (
    (r"亿元人民币|人民币亿元|cny100million|rmb100million|100millionyuan|100millionrmb", "CNY", 1e8),
    (r"万元人民币|人民币万元|万元|rmb10000|cny10000|10000yuan|10000rmb|10krmb|yuan10000", "CNY", 1e4),
    (r"百万美元|us\$1million|usd1million|millionusd|millionus\$", "USD", 1e6),
    (r"千美元|us\$1000|usd1000|thousandusd|thousandus\$|1000usd|1000us\$", "USD", 1e3),
)
_ENGLISH_TITLE = re.compile(r"(\d{1,2})\s*\.\s*(\d{4})|(?P<y>\d{4})\s*\.\s*(?P<m>\d{1,2})(?!\d)")
_CHINESE_TITLE = re.compile(r"(\d{4})\s*年\s*(?:1\s*[至-]\s*)?(\d{1,2})\s*月")
_STRETCH = re.compile(r"^1\s*(?:至|to|-|–)\s*(\d{1,2})\s*月?$", re.IGNORECASE)
_MONTH = re.compile(r"^(\d{1,2})\s*月?$")


def unit_of(words: str) -> tuple[str, float] | None:
    """Currency and units of it that a title or unit line states ("单位:千美元", "Unit: US$1,000"); None if none."""
    plain = re.sub(r"[\s,，]", "", words).lower()
    for pattern, currency, unit in _UNITS:
        if re.search(pattern, plain):
            return currency, unit
    return None


def terms(currency: str, unit: float) -> Terms:
    """What all cells of one of the customs' tables have in common."""
    return Terms("CHN", currency, unit, FOB_CIF, ORIGIN_DESTINATION)


def month_of(title: str) -> Period | None:
    """The month that a title names ("2024年9月...", "..., 9.2024"); of a stretch the last one. None if none."""
    if found := _CHINESE_TITLE.search(title):
        return _month(int(found[1]), int(found[2]))
    if found := _ENGLISH_TITLE.search(title):
        year, number = (found["y"], found["m"]) if found["y"] else (found[2], found[1])
        return _month(int(year), int(number))
    return None


def _month(year: int, number: int) -> Period | None:
    return month(year, number) if 1 <= number <= 12 and 1949 <= year <= 2199 else None


def period_of(heading: str, named: Period) -> Period | None:
    """The period of a column headed "9月" or "1至9月" ("9", "1to9") in a table of the month `named`."""
    words = heading.strip()
    if found := _STRETCH.match(words):
        return year_to_date(named.year, int(found[1])) if 1 <= int(found[1]) <= 12 else None
    if found := _MONTH.match(words):
        return _month(named.year, int(found[1]))
    return None
