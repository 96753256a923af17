"""Federal Customs Service of Russia: its workbooks of totals, main partners and CIS countries."""

from __future__ import annotations

from khorgos.sources.connector import Connector
from khorgos.sources.russia_partners import parse_cis, parse_main, recognise_cis, recognise_main
from khorgos.sources.russia_tables import SOURCE
from khorgos.sources.russia_totals import parse_months, parse_parts, recognise_months, recognise_parts

CONNECTORS = (
    Connector(
        source=SOURCE,
        name="Russian FCS, main countries by month",
        files="96stran.xlsx: Экспорт Российской Федерации в основные страны, Импорт ... из основных стран",
        recognise=recognise_main,
        parse=parse_main,
    ),
    Connector(
        source=SOURCE,
        name="Russian FCS, CIS countries by year",
        files="94itog.xlsx: Основные показатели экспорта и импорта Российской Федерации",
        recognise=recognise_cis,
        parse=parse_cis,
    ),
    Connector(
        source=SOURCE,
        name="Russian FCS, totals by month",
        files="WEB_UTSA_04*.xls, *.xlsx: ВНЕШНЯЯ ТОРГОВЛЯ РОССИИ",
        recognise=recognise_months,
        parse=parse_months,
    ),
    Connector(
        source=SOURCE,
        name="Russian FCS, totals of part-years",
        files="страны*.xlsx, структура*.xlsx, ПубликацияТСТВ*.xlsx: Экспорт и импорт товаров Российской Федерации",
        recognise=recognise_parts,
        parse=parse_parts,
    ),
)
