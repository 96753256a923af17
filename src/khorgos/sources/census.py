"""US Census Bureau: table by country and month, API answers, and product files of imports for consumption."""

from __future__ import annotations

from khorgos.sources import census_monthly
from khorgos.sources.census_api import parse_consumption, parse_general, recognise_consumption, recognise_general
from khorgos.sources.census_cards import CENSUS, CENSUS_CONSUMPTION
from khorgos.sources.census_plan import plan, plan_consumption
from khorgos.sources.census_products import parse_chapters, parse_lines, recognise_chapters, recognise_lines
from khorgos.sources.connector import Connector

CONNECTORS = (
    Connector(
        source=CENSUS,
        name="US Census API, exports and general imports",
        files='*.json: [["CTY_CODE","I_COMMODITY","GEN_VAL_YR","time",...],[...],...]',
        recognise=recognise_general,
        parse=parse_general,
        plan=plan,
    ),
    Connector(
        source=CENSUS_CONSUMPTION,
        name="US Census API, imports for consumption",
        files='*.json: [["CTY_CODE","I_COMMODITY","CON_VAL_YR","time",...],[...],...]',
        recognise=recognise_consumption,
        parse=parse_consumption,
        plan=plan_consumption,
    ),
    Connector(
        source=CENSUS,
        name="US Census, trade with one country by month",
        files="*.csv: Month;Exports;Imports;Balance in million USD, country in the file's name (usa-china..., c5700)",
        recognise=census_monthly.recognise,
        parse=census_monthly.parse,
    ),
    Connector(
        source=CENSUS_CONSUMPTION,
        name="US Census imports for consumption, HS10 lines",
        files="*.parquet: CTY_CODE, I_COMMODITY, COMM_LVL, CON_VAL_YR, time",
        recognise=recognise_lines,
        parse=parse_lines,
    ),
    Connector(
        source=CENSUS_CONSUMPTION,
        name="US Census imports for consumption, by chapter",
        files="*.csv: HS2,<year>_imports,...,CTY_CODE",
        recognise=recognise_chapters,
        parse=parse_chapters,
    ),
)
