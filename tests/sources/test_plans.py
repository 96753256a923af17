"""What is asked of each interface, and from the plan to rows against recorded answers; a stray request raises."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.core.errors import BadInput, KhorgosError, NoData, Offline, Refused, UnknownName
from khorgos.sources import asked
from khorgos.sources.connector import Request, Snapshot
from khorgos.sources.fetch import Cache, fetch
from khorgos.sources.plans import fetchable, plan
from khorgos.sources.reading import peek
from khorgos.sources.registry import recognise

LIVE = Path(__file__).parent.parent / "specimens" / "live"
HAS_SDMX = importlib.util.find_spec("sdmx") is not None
needs_sdmx = pytest.mark.skipif(not HAS_SDMX, reason="needs the extra `sdmx`: pip install 'khorgos[sdmx]'")


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMTRADE_KEY", raising=False)
    monkeypatch.delenv("CENSUS_API_KEY", raising=False)


# --- the words of the command ----------------------------------------------------------------------------------------


def test_words() -> None:
    assert asked.words("KAZ, KGZ,,KAZ") == ("KAZ", "KGZ")
    assert asked.areas("Kazakhstan,KG,central-asia") == ("KAZ", "KGZ", "CA5")
    assert asked.years("2013..2015,2020") == (2013, 2014, 2015, 2020)
    assert asked.years([2020, "2018"]) == (2018, 2020)
    assert asked.months("2024-01..2024-03,2023-12") == ("2023-12", "2024-01", "2024-02", "2024-03")
    assert asked.months("2024-02..2024-02") == ("2024-02",)
    assert len(asked.months("2024")) == 12
    assert len(asked.months("2022..2024")) == 36
    assert asked.flows("exports,Re-Import") == ("export", "re-import")
    assert asked.products("hs6") == ("HS6",)
    assert asked.products("27,520100") == ("27", "520100")
    assert asked.products(["cotton"])[0].startswith("52")


@pytest.mark.parametrize(
    ("read", "word", "error"),
    [
        (asked.areas, "Kazachstania", "Did you mean Kazakhstan"),
        (asked.years, "20x4", "Not a period"),
        (asked.months, "2024-13", "There is no month 13"),
        (asked.flows, "sideways", "Did you mean export, import"),
        (asked.products, "HS2,27", "stands alone"),
        (asked.products, "unobtainium", "Unknown product"),
    ],
)
def test_words_that_cannot_be_right(read: Callable[[str], object], word: str, error: str) -> None:
    with pytest.raises(KhorgosError, match=error):
        read(word)


@given(numbers=st.sets(st.integers(0, 60)), longest=st.integers(1, 12))
def test_runs_hold_each_number_once_and_none_besides(numbers: set[int], longest: int) -> None:
    found = asked.runs(numbers, longest)

    assert sorted(n for first, last in found for n in range(first, last + 1)) == sorted(numbers)
    assert all(last - first < longest for first, last in found)


@given(items=st.lists(st.integers()), most=st.integers(1, 9))
def test_packs_hold_all_items_in_order(items: list[int], most: int) -> None:
    found = asked.packs(items, most)

    assert [item for pack in found for item in pack] == items
    assert all(len(pack) <= most for pack in found)


# --- which sources, which options ------------------------------------------------------------------------------------


def test_the_fetchable_sources_and_their_options() -> None:
    known = {one.name: one for one in fetchable()}

    assert list(known) == [
        "census",
        "census-consumption",
        "comtrade",
        "eurostat-comext",
        "imf-dots",
        "wdi",
        "wits-tariff",
    ]
    assert known["comtrade"].key == "COMTRADE_KEY"
    assert known["comtrade"].required == ("reporters",)
    assert known["wdi"].options == ("years", "indicators", "reporters")
    assert known["imf-dots"].also == ("imf", "imts", "dots")


def test_unknown_sources_and_options_get_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"'comtrad'.*Did you mean comtrade"):
        plan("comtrad", reporters="KAZ")
    with pytest.raises(UnknownName, match=r"'baci'.*census, .*wdi"):
        plan("baci", years="2024")
    with pytest.raises(UnknownName, match=r"option of wdi: 'partners'.*indicators"):
        plan("worldbank", partners="KAZ", years="2024")
    with pytest.raises(BadInput, match=r"comtrade is not asked without reporters. Such as reporters=KAZ"):
        plan("comtrade", years="2024")
    with pytest.raises(BadInput, match="Not yes or no"):
        plan("comtrade", reporters="KAZ", years="2024", key="perhaps")


@pytest.mark.parametrize(("name", "option"), [(one.name, option) for one in fetchable() for option in one.options])
def test_each_option_is_read(name: str, option: str) -> None:
    wrong = {"years": "20x4", "months": "20x4", "indicators": ["X"] * 3}.get(option, "no such word")

    with pytest.raises(KhorgosError, match=r"20x4|no such word|not asked without|asked by"):
        plan(name, **{option: wrong})


def test_options_in_the_singular_and_empty_ones() -> None:
    assert plan("comtrade", reporter="KAZ", year=2024, partners="") == plan("comtrade", reporters=["KAZ"], years="2024")


# --- what each interface is asked ------------------------------------------------------------------------------------


def test_comtrade_without_a_key_is_the_preview_one_period_a_call() -> None:
    one, two = plan("comtrade", reporters="KAZ", partners="China,WLD", years="2023,2024", flows="import")

    assert one.url == "https://comtradeapi.un.org/public/v1/preview/C/A/HS"
    assert one.params == {
        "reporterCode": "398",
        "period": "2023",
        "flowCode": "M",
        "cmdCode": "TOTAL",
        "partnerCode": "156,0",
        "partner2Code": "0",
        "motCode": "0",
        "customsCode": "C00",
        "includeDesc": "false",
    }
    assert (one.secret, two.params["period"]) == (None, "2024")
    assert one.filename != two.filename


def test_comtrade_with_a_key_takes_twelve_periods_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMTRADE_KEY", "x")
    years = plan("comtrade", reporters="central-asia", years="2001..2024")

    assert len(years) == 5 * 2
    assert [r.params["period"].count(",") + 1 for r in years[:2]] == [12, 12]
    assert years[0].secret == ("COMTRADE_KEY", "header:Ocp-Apim-Subscription-Key")
    assert "partnerCode" not in years[0].params
    (months,) = plan("comtrade", reporters="USA", months="2024", products="740311")
    assert months.url.endswith("data/v1/get/C/M/HS")
    assert months.params["period"].startswith("202401,202402")
    assert plan("comtrade", reporters="USA", years=2024, key=False)[0].secret is None


def test_comtrade_answers_that_would_be_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match=r"stops at 500 records, too few for AG6. Set COMTRADE_KEY"):
        plan("comtrade", reporters="KAZ", partners="CHN", years=2024, products="HS6")
    with pytest.raises(BadInput, match="too few for AG2"):
        plan("comtrade", reporters="KAZ", years=2024, products="HS2")
    monkeypatch.setenv("COMTRADE_KEY", "x")
    detailed = plan("comtrade", reporters="KAZ", partners="EU27", years="2020..2023", products="HS6")
    # 27 members x 5,613 codes x 2 flows: eight partners are 89,808 records a year at the most, the last three 33,678.
    assert [(r.params["period"], r.params["partnerCode"].count(",") + 1) for r in detailed[-4:]] == [
        ("2022", 8),
        ("2023", 8),
        ("2020,2021", 3),
        ("2022,2023", 3),
    ]
    assert len(detailed) == 3 * 4 + 2
    everyone = plan("comtrade", reporters="CHN", years="2024", products="HS6")
    assert [request.params["flowCode"] for request in everyone] == ["X", "M"]


@given(
    n_products=st.integers(1, 400),
    n_years=st.integers(1, 40),
    partners=st.sampled_from(["", "CHN", "EU27", "central-asia,caucasus"]),
    key=st.booleans(),
)
def test_comtrade_addresses_stay_short_and_ask_each_thing_once(
    n_products: int, n_years: int, partners: str, key: bool
) -> None:
    products = [f"{number:06d}" for number in range(10_000, 10_000 + n_products)]
    periods = range(1990, 1990 + n_years)
    asked_for = {"reporters": "KAZ", "partners": partners, "years": periods, "products": products}
    if not key and n_products * (1 if partners else 240) > 500:  # records at which the preview stops
        with pytest.raises(BadInput, match="500 records"):
            plan("comtrade", **asked_for, key=False)
        return
    requests = plan("comtrade", **asked_for, key=key)
    seen = [
        (period, flow, code, partner)
        for request in requests
        for period in request.params["period"].split(",")
        for flow in request.params["flowCode"].split(",")
        for code in request.params["cmdCode"].split(",")
        for partner in request.params.get("partnerCode", "").split(",")
    ]

    assert len(seen) == len(set(seen))
    assert {code for _, _, code, _ in seen} == set(products)
    assert len({period for period, _, _, _ in seen}) == n_years
    # The service refuses longer ones with HTTP 414.
    assert all(len(str(httpx.URL(r.url, params=dict(r.params)))) < 4_096 for r in requests)
    assert len({r.filename for r in requests}) == len(requests)


def test_census() -> None:
    year, months = (
        plan("census", partners="KAZ", flows="export", years=2024)[0],
        plan("census", partners="KAZ", flows="import", months="2024-01..2024-03", products="HS2")[0],
    )

    assert year.url == "https://api.census.gov/data/timeseries/intltrade/exports/hs"
    assert year.params == {
        "get": "CTY_CODE,CTY_NAME,E_COMMODITY,COMM_LVL,ALL_VAL_YR",
        "time": "2024-12",
        "E_COMMODITY": "-",
        "CTY_CODE": "4634",
    }
    assert year.secret == ("CENSUS_API_KEY", "param:key")
    assert months.params["time"] == "from 2024-01 to 2024-03"
    assert months.params["get"].endswith("GEN_VAL_MO")
    assert months.params["COMM_LVL"] == "HS2"
    (consumed,) = plan("census-consumption", years=2024, products="8517130000", key="no")
    assert consumed.params["get"].endswith("CON_VAL_YR")
    assert consumed.params["I_COMMODITY"] == "8517130000"
    assert consumed.secret is None
    assert len(plan("census", years="2020..2024")) == 10
    with pytest.raises(BadInput, match="begins in 2010"):
        plan("census", years=2009)
    with pytest.raises(BadInput, match="no code for"):
        plan("census", years=2024, partners="USA")
    with pytest.raises(BadInput, match="no flow 're-export'"):
        plan("census", years=2024, flows="re-export")
    with pytest.raises(BadInput, match="Name years or months"):
        plan("census", partners="KAZ")


def test_world_bank() -> None:
    gdp, population = plan("worldbank", years="2000,2023")

    assert gdp.url == "https://api.worldbank.org/v2/country/all/indicator/NY.GDP.MKTP.CD"
    assert gdp.params == {"format": "json", "per_page": "20000", "date": "2000:2023"}
    assert population.filename == "wdi_SP.POP.TOTL_2000_2023.json"
    (few,) = plan("wdi", years=2024, indicators="NY.GDP.MKTP.CD", reporters="central-asia,WLD")
    assert few.url == "https://api.worldbank.org/v2/country/KAZ;KGZ;TJK;TKM;UZB;WLD/indicator/NY.GDP.MKTP.CD"
    long = plan("wdi", years="1960..2030", indicators="SP.POP.TOTL")
    assert [request.params["date"] for request in long] == ["1960:2029", "2030:2030"]


def test_eurostat() -> None:
    (request,) = plan("eurostat", partners="central-asia", years="2013..2024")

    assert request.url.endswith(
        "/comext/dissemination/sdmx/2.1/data/DS-045409/A.EU27_2020.KZ+KG+TJ+TM+UZ.TOTAL.2+1.VALUE_IN_EUROS"
    )
    assert request.params == {
        "format": "SDMX-CSV",
        "compressed": "false",
        "startPeriod": "2013",
        "endPeriod": "2024",
    }
    greece, germany = plan("eurostat", reporters="GRC,DEU", months="2024-01..2024-05", products="27", partners="SRB")
    assert "/M.GR.XS.27.2+1." in greece.url
    assert (germany.params["startPeriod"], germany.params["endPeriod"]) == ("2024-01", "2024-05")
    # 97 chapters x 2 flows x 300 partners are 58,200 cells a month, so eight months an answer of 500,000.
    chapters = plan("eurostat", months="2023,2024", products="HS2")
    assert [request.params["endPeriod"] for request in chapters] == ["2023-08", "2024-04", "2024-12"]
    with pytest.raises(BadInput, match="is not read by"):
        plan("eurostat", years=2024, products="85171300")
    with pytest.raises(BadInput, match="Name years or months"):
        plan("eurostat", partners="KAZ")


def test_wits() -> None:
    (request,) = plan("wits-tariff", reporters="KAZ", years=2021, products="HS6")

    assert request.url.endswith("/partner/000/product/all/year/2021/datatype/reported")
    (estimated,) = plan("wits-tariff", reporters="USA", partners="CHN", years=2019, products="850760", estimated="yes")
    assert estimated.url.endswith("/partner/156/product/850760/year/2019/datatype/aveestimated")


@needs_sdmx
def test_imf() -> None:
    kaz, tkm = plan("imf", reporters="KAZ,TKM", partners="CHN,WLD,XKX", years="2013..2024")

    assert kaz.url == (
        "https://api.imf.org/external/sdmx/2.1/data/IMF.STA,IMTS/KAZ.XG_FOB_USD+MG_CIF_USD.CHN+G001+KOS.A"
    )
    assert kaz.params == {"startPeriod": "2013", "endPeriod": "2024"}
    assert kaz.filename == "imf_imts_KAZ_A_2013-2024.xml"
    assert tkm.url.split("/")[-1].startswith("TKM.")
    (monthly,) = plan("imf", reporters="KAZ", months="2024-01..2024-05", flows="export")
    assert monthly.url.endswith("/KAZ.XG_FOB_USD..M")
    assert monthly.params == {"startPeriod": "2024", "endPeriod": "2024"}
    with pytest.raises(BadInput, match="no flow 're-export'"):
        plan("imf", reporters="KAZ", years=2024, flows="re-export")
    with pytest.raises(BadInput, match="Name reporters, and years or months"):
        plan("imf", reporters="KAZ")


def test_imf_without_the_library_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sdmx", None)

    with pytest.raises(BadInput, match=r"optional library sdmx1. Install it: pip install 'khorgos\[sdmx\]'"):
        plan("imf", reporters="KAZ", years=2024)


# --- from the plan to rows -------------------------------------------------------------------------------------------


class Recorded:
    """Recorded answers by the end of the path; any other request raises."""

    def __init__(self, **answers: httpx.Response | Exception) -> None:
        self.answers, self.seen = answers, []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        for place, answer in self.answers.items():
            if place in str(request.url):
                if isinstance(answer, Exception):
                    raise answer
                return answer
        raise AssertionError(f"a stray request: {request.url}")


def got(requests: tuple[Request, ...], recorded: Recorded, folder: Path, **how: Any) -> tuple[Snapshot, ...]:
    return fetch(requests, cache=Cache(folder), transport=httpx.MockTransport(recorded), sleep=lambda _: None, **how)


def rows(shots: tuple[Snapshot, ...]) -> list[dict[str, Any]]:
    parsed = [recognise(shot.path, peek(shot.path, shot.filename)).parse(shot) for shot in shots]
    return [row for one in parsed for table in one.tables.values() for row in table.to_pylist()]


def answer(name: str, kind: str) -> httpx.Response:
    return httpx.Response(200, content=(LIVE / name).read_bytes(), headers={"Content-Type": kind})


def test_comtrade_to_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMTRADE_KEY", "s3cret")
    recorded = Recorded(get=answer("comtrade_kaz.json", "application/json"))
    shots = got(plan("comtrade", reporters="KAZ", years="2023,2024"), recorded, tmp_path)
    found = {(r["partner"], r["flow"], r["period"]): r["value"] for r in rows(shots)}

    assert found["CHN", "export", "2023"] == 14_700_000_000.5
    assert found["WLD", "export", "2023"] == 78_500_000_000
    assert recorded.seen[0].url.params["period"] == "2023,2024"
    assert recorded.seen[0].headers["Ocp-Apim-Subscription-Key"] == "s3cret"
    assert "s3cret" not in str(shots[0].url)


def test_census_to_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENSUS_API_KEY", "s3cret")
    recorded = Recorded(
        exports=answer("census_exports.json", "application/json"),
        imports=answer("census_imports.json", "application/json"),
    )
    asked_for = (
        *plan("census", partners="KAZ", flows="export", years=2024),
        *plan("census", partners="KAZ", flows="import", months="2024-01..2024-03"),
    )
    found = {(r["flow"], r["period"]): r["value"] for r in rows(got(asked_for, recorded, tmp_path))}

    assert found == {
        ("export", "2024"): 1.1e9,
        ("import", "2024-01"): 2.0e8,
        ("import", "2024-02"): None,
        ("import", "2024-03"): 2.1e8,
    }
    assert recorded.seen[0].url.params["key"] == "s3cret"


def test_world_bank_to_rows(tmp_path: Path) -> None:
    recorded = Recorded(indicator=answer("wdi_gdp.json", "application/json;charset=utf-8"))
    shots = got(
        plan("worldbank", years="2023,2024", indicators="NY.GDP.MKTP.CD", reporters="KAZ,TKM"), recorded, tmp_path
    )

    assert {(r["area"], r["period"]): r["value"] for r in rows(shots)} == {
        ("KAZ", "2024"): 288_000_000_000.5,
        ("KAZ", "2023"): 262_000_000_000.5,
    }
    assert str(shots[0].retrieved) >= "2025"
    assert recorded.seen[0].url.path == "/v2/country/KAZ;TKM/indicator/NY.GDP.MKTP.CD"


def test_eurostat_to_rows(tmp_path: Path) -> None:
    recorded = Recorded(comext=answer("comext_eu27.csv", "application/vnd.sdmx.data+csv"))
    shots = got(plan("eurostat", partners="KAZ,WLD", years="2023,2024"), recorded, tmp_path)
    found = {(r["reporter"], r["partner"], r["flow"], r["period"]): r for r in rows(shots)}

    assert found["EU27", "KAZ", "import", "2023"]["value"] == 29e9
    assert found["EU27", "KAZ", "import", "2023"]["valuation"] == "CIF"
    assert found["EU27", "KAZ", "export", "2024"]["value"] is None
    assert found["EU27", "WLD", "export", "2023"]["currency"] == "EUR"
    assert found["GRC", "SRB", "export", "2024-03"]["nomenclature"] == "HS22"
    assert len(found) == 6
    assert recorded.seen[0].url.path.endswith("/A.EU27_2020.KZ+WORLD.TOTAL.2+1.VALUE_IN_EUROS")


@needs_sdmx
def test_imf_to_rows(tmp_path: Path) -> None:
    recorded = Recorded(IMTS=answer("imf_imts_kaz.xml", "application/vnd.sdmx.structurespecificdata+xml;version=2.1"))
    shots = got(plan("imf", reporters="KAZ", years="2023,2024"), recorded, tmp_path)
    found = {(r["reporter"], r["partner"], r["flow"], r["period"]): r for r in rows(shots)}

    assert found["KAZ", "CHN", "export", "2023"]["value"] == 14_700_000_000.5
    assert recorded.seen[0].url.path == (
        "/external/sdmx/2.1/data/IMF.STA,IMTS/KAZ.XG_FOB_USD+MG_CIF_USD..A"  # "+" and "," as sdmx1 wrote them
    )


def plain() -> tuple[Request, ...]:
    return plan("worldbank", years="2023,2024", indicators="NY.GDP.MKTP.CD,SP.POP.TOTL")


def test_without_a_network_each_says_so_and_exits_with_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENSUS_API_KEY", "x")
    plans = [
        plan("comtrade", reporters="KAZ", years=2024),
        plan("census", years=2024),
        plain(),
        plan("eurostat", years=2024),
        plan("wits-tariff", reporters="KAZ", years=2021),
    ]
    for requests in plans:
        recorded = Recorded(https=httpx.ConnectError("no route to host"))
        with pytest.raises(Offline, match="No network") as caught:
            got(requests, recorded, tmp_path)
        assert caught.value.exit_status == 3


def test_a_missing_key_is_asked_for_before_anything_is_sent(tmp_path: Path) -> None:
    recorded = Recorded()

    with pytest.raises(BadInput, match="set CENSUS_API_KEY"):
        got(plan("census", years=2024), recorded, tmp_path)
    assert recorded.seen == []


def test_what_an_interface_does_not_have_is_left_out_if_wished(tmp_path: Path) -> None:
    recorded = Recorded(
        GDP=httpx.Response(204), SP=answer("wdi_gdp.json", "application/json")
    )  # 204: a valid request with no results
    with pytest.raises(NoData, match="no such data"):
        got(plain(), recorded, tmp_path)
    absent: list[NoData] = []
    (shot,) = got(plain(), recorded, tmp_path, missing=absent.append)

    assert shot.filename.startswith("wdi_SP.POP.TOTL")
    assert len(absent) == 1
    assert "NY.GDP.MKTP.CD" in str(absent[0])


def test_a_web_page_is_no_answer(tmp_path: Path) -> None:
    page = "<html><head><style>b {}</style><title>Missing Key</title></head><body>A valid <b>key</b></body></html>"
    recorded = Recorded(GDP=httpx.Response(200, text=page, headers={"Content-Type": "text/html; charset=utf-8"}))

    with pytest.raises(Refused, match=r"a web page instead of data: Missing Key A valid key"):
        got(plain(), recorded, tmp_path)
    assert not (tmp_path / "blobs").exists()
