"""What to ask UN Comtrade's interface for, in as few calls as its limits allow."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from khorgos.core.errors import BadInput
from khorgos.sources.asked import coded, packs
from khorgos.sources.connector import Request

#: Environment variable that holds the user's free key (https://uncomtrade.org/docs/api-subscription-keys/).
KEY = "COMTRADE_KEY"

_URL = "https://comtradeapi.un.org"
_FLOWS = {"export": "X", "import": "M", "re-export": "RX", "re-import": "RM"}

#: Codes of each level: "AG6" stands for all codes of six digits, of which an edition has at most 5,613 (HS 2022).
_LEVELS = {"TOTAL": ("TOTAL", 1), "HS2": ("AG2", 98), "HS4": ("AG4", 1_230), "HS6": ("AG6", 5_613)}

#: Chosen because Comtrade lists 240 partners with trade in a year, the world and areas not specified among them.
_ALL_PARTNERS = 240

#: Characters of one list of codes. The service refuses addresses of more than 4,096 characters with HTTP 414
#: (ropensci/comtradr, issues 50 and 103); two lists of 1,500 leave room for the rest.
_LIST = 1_500

#: Chosen because the free key allows 500 calls a day and the service answers 429 to two calls within two seconds
#: (uncomtrade/comtradeapicall, issue 3); fetching waits longer where it is told to.
_PAUSE = 2.0


@dataclass(frozen=True, slots=True)
class _Door:
    """One of the two interfaces.

    Args:
        path: of the address.
        records: at which an answer stops.
        periods: most in one call.
    """

    path: str
    records: int
    periods: int


#: With a key: 100,000 records a call (comtradr, "Querying large amounts of data"), twelve years or months at once
#: (comtradr, `ct_get_data`). Without: 500 records ("What is data preview?", uncomtrade.org) of one period.
_WITH_KEY = _Door("data/v1/get", 100_000, 12)
_PREVIEW = _Door("public/v1/preview", 500, 1)


def plan(
    *,
    reporters: Sequence[str],
    years: Sequence[int] = (),
    months: Sequence[str] = (),
    partners: Sequence[str] = (),
    flows: Sequence[str] = ("export", "import"),
    products: Sequence[str] = ("TOTAL",),
    key: bool | None = None,
) -> tuple[Request, ...]:
    """What to ask for: totals of second partner, mode of transport and customs procedure only.

    Args:
        reporters: area ids; groups are asked member by member.
        years: calendar years.
        months: months, as in the ledger.
        partners: area ids, WLD for the world; all partners and the world where left out.
        flows: "export", "import", "re-export", "re-import".
        products: "TOTAL", "HS2", "HS4", "HS6", or HS codes.
        key: ask with the key in $COMTRADE_KEY; where left out, if it is set. Without one the preview answers,
            one period a call and 500 records at the most.

    Returns:
        The requests: with a key, up to twelve periods in each.

    Raises:
        BadInput: if nothing is asked for, an area has no code there, or an answer would be cut off.
    """
    if not reporters or not (years or months) or not flows or not products:
        raise BadInput("Comtrade is asked by reporter and period", hint="Name reporters, and years or months")
    door = _WITH_KEY if (KEY in os.environ if key is None else key) else _PREVIEW
    who, whom = coded(reporters, "comtrade", "Comtrade"), coded(partners, "comtrade", "Comtrade")
    out = []
    for frequency, periods in (("A", [str(year) for year in years]), ("M", [m.replace("-", "") for m in months])):
        if not periods:
            continue
        for goods, count in _goods(products):
            _refuse_cut(door, goods, count, few=bool(whom))
            for ways, partner_codes in _shares(flows, list(whom.values()), count, door):
                width = count * len(ways) * (len(partner_codes) or _ALL_PARTNERS)
                for spell in packs(periods, min(door.periods, door.records // width)):
                    question = _Question(door, frequency, tuple(spell), ways, goods, partner_codes)
                    out += [_request(question, reporter, code) for reporter, code in who.items()]
    return tuple(out)


def _goods(products: Sequence[str]) -> list[tuple[str, int]]:
    """Values of cmdCode, with the number of codes each stands for."""
    if products[0] in _LEVELS:
        return [_LEVELS[products[0]]]
    if strange := [code for code in products if not code.isdecimal() or len(code) > 6]:
        raise BadInput(f"Comtrade has no product {strange[0]!r}", hint="It knows TOTAL, HS2, HS4, HS6 and HS codes")
    return [(",".join(pack), len(pack)) for pack in packs(products, _LIST // 7)]  # six digits and a comma


def _refuse_cut(door: _Door, goods: str, count: int, *, few: bool) -> None:
    if door is _PREVIEW and count * (1 if few else _ALL_PARTNERS) > door.records:
        raise BadInput(
            f"Without a key Comtrade stops at {door.records} records, too few for {goods[:40]}",
            hint=f"Set {KEY} to a free key, or name fewer products and partners",
        )


def _shares(
    flows: Sequence[str], partners: Sequence[str], count: int, door: _Door
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Flows and partners in packs that fit the address and whose answer for one period is not cut off if it can be.

    All partners cannot be told apart without naming them: then only the flows are.
    """
    together = count * len(flows) * (1 if partners else _ALL_PARTNERS) <= door.records
    ways = [tuple(flows)] if together else packs(flows, 1)
    most = min(_LIST // 4, door.records // (count * len(ways[0])))  # three digits and a comma
    return [(way, pack) for way in ways for pack in packs(partners, most)]


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of each reporter alike; `periods`, `goods` and `partners` as Comtrade writes them."""

    door: _Door
    frequency: str
    periods: tuple[str, ...]
    flows: tuple[str, ...]
    goods: str
    partners: tuple[str, ...]


def _request(asked: _Question, reporter: str, code: str) -> Request:
    params = {
        "reporterCode": code,
        "period": ",".join(asked.periods),
        "flowCode": ",".join(_FLOWS[flow] for flow in asked.flows),
        "cmdCode": asked.goods,
        "partner2Code": "0",
        "motCode": "0",
        "customsCode": "C00",
        "includeDesc": "false",
    }
    if asked.partners:
        params["partnerCode"] = ",".join(asked.partners)
    return Request(
        url=f"{_URL}/{asked.door.path}/C/{asked.frequency}/HS",
        filename=f"comtrade_{reporter}_{_label(asked)}.json",
        params=params,
        secret=(KEY, "header:Ocp-Apim-Subscription-Key") if asked.door is _WITH_KEY else None,
        pause=_PAUSE,
    )


def _label(asked: _Question) -> str:
    first, last = asked.periods[0], asked.periods[-1]
    spell = first if first == last else f"{first}-{last}"
    parts = [spell, "+".join(asked.flows), _few(asked.goods.split(",")), _few(asked.partners)]
    return "_".join(part for part in parts if part)


def _few(codes: Sequence[str]) -> str:
    return codes[0] + (f"+{len(codes) - 1}" if len(codes) > 1 else "") if codes else ""
