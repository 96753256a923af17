"""What to ask the World Bank's indicators interface for."""

from __future__ import annotations

from collections.abc import Sequence

from khorgos.core.errors import BadInput
from khorgos.sources.asked import coded, packs
from khorgos.sources.connector import Request

_URL = "https://api.worldbank.org/v2/country"

#: Answers come in pages, and the number of pages is known only from the first: so each request fits one page. The
#: interface serves pages of this length; 70 years of 266 economies and groups (World Bank, country list) are 18,620.
_PAGE, _YEARS = 20_000, 70
#: Characters between two slashes of the address: 1,500 at the most (World Bank Data Help Desk, "API Basic Call
#: Structures"); four a country.
_COUNTRIES = 300


def plan(
    *,
    years: Sequence[int],
    indicators: Sequence[str] = ("NY.GDP.MKTP.CD", "SP.POP.TOTL"),
    reporters: Sequence[str] = (),
) -> tuple[Request, ...]:
    """What to ask for: one request an indicator and 70 years.

    Args:
        years: calendar years; the interface takes the range from first to last.
        indicators: codes, such as NY.GDP.MKTP.CD; gross domestic product and population where left out.
        reporters: area ids; all economies where left out. WLD and EU27 are the Bank's own totals, other groups are
            asked member by member.

    Returns:
        The requests.

    Raises:
        BadInput: if nothing is asked for, or an area has no code there.

    Source:
        World Bank Data Help Desk, article 898581, "API Basic Call Structures" (version 2).
    """
    if not years or not indicators:
        raise BadInput("The World Bank is asked by indicator and year", hint="Name at least one of each")
    codes = coded(reporters, "wdi", "The World Bank", ("WLD", "EU27"))
    named = "_".join(codes) if len(codes) < 4 else f"{len(codes)}areas"
    return tuple(
        Request(
            url=f"{_URL}/{';'.join(pack) or 'all'}/indicator/{indicator}",
            filename="_".join(part for part in ("wdi", indicator, named, f"{first}_{last}.json") if part),
            params={"format": "json", "per_page": str(_PAGE), "date": f"{first}:{last}"},
        )
        for indicator in indicators
        for pack in packs(list(codes.values()), _COUNTRIES)
        for first, last in _ranges(min(years), max(years))
    )


def _ranges(first: int, last: int) -> list[tuple[int, int]]:
    return [(start, min(start + _YEARS - 1, last)) for start in range(first, last + 1, _YEARS)]
