"""What to ask the US Census Bureau's International Trade API for."""

from __future__ import annotations

from collections.abc import Sequence

from khorgos.core.errors import BadInput
from khorgos.sources.asked import coded, month_runs
from khorgos.sources.connector import Request

#: Environment variable that holds the user's free key (https://api.census.gov/data/key_signup.html).
KEY = "CENSUS_API_KEY"

_BASE = "https://api.census.gov/data/timeseries/intltrade"
_LEVELS = ("HS2", "HS4", "HS6", "HS10")

#: First year of the series by month (census.gov, "International Trade, monthly 2010-present").
_FIRST_YEAR = 2010


def plan(
    *,
    years: Sequence[int] = (),
    months: Sequence[str] = (),
    partners: Sequence[str] = (),
    flows: Sequence[str] = ("export", "import"),
    products: Sequence[str] = ("TOTAL",),
    key: bool | None = None,
) -> tuple[Request, ...]:
    """Exports and general imports of the United States.

    Args:
        years: calendar years, asked as the year to date through December.
        months: months, as in the ledger.
        partners: area ids; all countries and the world where left out.
        flows: "export", "import".
        products: "TOTAL", "HS2", "HS4", "HS6", "HS10", or HS codes.
        key: False asks without a key, which the Bureau has refused since 12 May 2026.

    Returns:
        One request a partner, flow, product and year or run of months.

    Raises:
        BadInput: if nothing is asked for, or the interface does not have it.

    Source:
        U.S. Census Bureau, "Guide to Using U.S. International Trade Datasets in the Census API";
        census.gov/data/developers/data-sets/international-trade.html (keys).
    """
    return _plan(years, months, partners, products, flows=flows, key=key, consumption=False)


def plan_consumption(
    *,
    years: Sequence[int] = (),
    months: Sequence[str] = (),
    partners: Sequence[str] = (),
    products: Sequence[str] = ("TOTAL",),
    key: bool | None = None,
) -> tuple[Request, ...]:
    """Imports of the United States for consumption; arguments, errors and source as in `plan`."""
    return _plan(years, months, partners, products, flows=("import",), key=key, consumption=True)


def _plan(
    years: Sequence[int],
    months: Sequence[str],
    partners: Sequence[str],
    products: Sequence[str],
    *,
    flows: Sequence[str],
    key: bool | None,
    consumption: bool,
) -> tuple[Request, ...]:
    if not (years or months) or not flows or not products:
        raise BadInput("The Census Bureau is asked by period", hint="Name years or months")
    if strange := [flow for flow in flows if flow not in {"export", "import"}]:
        raise BadInput(f"The Census interface has no flow {strange[0]!r}", hint="It knows export and import")
    spells = _spells(years, months)
    codes = coded(partners, "census", "The Census Bureau")
    secret = None if key is False else (KEY, "param:key")
    return tuple(
        _request(flow, goods, (partner, code), spell, consumption=consumption, secret=secret)
        for flow in flows
        for goods in products
        for partner, code in (codes or {"": ""}).items()
        for spell in spells
    )


def _spells(years: Sequence[int], months: Sequence[str]) -> list[tuple[str, str, str]]:
    """Suffix of the variables, value of `time`, and a word for the file's name."""
    first = min([*years, *(int(each[:4]) for each in months)])
    if first < _FIRST_YEAR:
        raise BadInput(f"The Census interface begins in {_FIRST_YEAR}, not {first}")
    spells = [("YR", f"{year}-12", str(year)) for year in years]
    for start, end in month_runs(months):
        # "time=from 2023-01 to 2023-02": Census Data API User Guide, "Time series".
        one = start == end
        spells.append(("MO", f"{start}" if one else f"from {start} to {end}", f"{start}" if one else f"{start}_{end}"))
    return spells


def _request(
    flow: str,
    goods: str,
    partner: tuple[str, str],
    spell: tuple[str, str, str],
    *,
    consumption: bool,
    secret: tuple[str, str] | None,
) -> Request:
    area, code = partner
    letter, value = ("E", "ALL") if flow == "export" else ("I", "CON" if consumption else "GEN")
    suffix, time, named = spell
    columns = ("CTY_CODE", "CTY_NAME", f"{letter}_COMMODITY", "COMM_LVL", f"{value}_VAL_{suffix}")
    params = {"get": ",".join(columns), "time": time}
    if goods in _LEVELS:
        params["COMM_LVL"] = goods
    else:
        params[f"{letter}_COMMODITY"] = "-" if goods == "TOTAL" else goods
    if code:
        params["CTY_CODE"] = code
    kind = "consumption" if consumption else flow
    name = "-".join(part for part in ("census", kind, goods, area, named) if part)
    return Request(f"{_BASE}/{flow}s/hs", f"{name}.json", params, secret)
