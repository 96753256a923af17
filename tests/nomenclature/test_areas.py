"""The register of areas and the door to it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.core.errors import BadInput, UnknownName
from khorgos.nomenclature.areas import Area, all_areas, area, from_code, get, is_aggregate, schemes, to_code

COUNTRIES = st.sampled_from([one for one in all_areas() if one.kind == "country"])


# -- the register ----------------------------------------------------------------------------------


def test_ids_are_unique_and_kinds_are_complete() -> None:
    ids = [one.id for one in all_areas()]
    assert len(ids) == len(set(ids))
    assert {one.kind for one in all_areas()} == {"country", "dissolved", "special", "group"}
    assert len([one for one in all_areas() if one.kind == "country"]) > 249  # ISO 3166-1 has 249


@pytest.mark.parametrize("field", ["iso2", "m49", "name"])
def test_codes_and_names_belong_to_one_area(field: str) -> None:
    values = [getattr(one, field) for one in all_areas() if getattr(one, field) is not None]
    assert sorted(values, key=str) == sorted(set(values), key=str)


@pytest.mark.parametrize(
    ("area_id", "start", "end"),
    [
        ("SUN", "1922-12-30", "1991-12-26"),
        ("DDR", "1949-10-07", "1990-10-03"),
        ("CSK", "1918-10-28", "1993-01-01"),
        ("ANT", "1954-12-15", "2010-10-10"),
        ("SCG", "1992-04-27", "2006-06-03"),
        ("SSD", "2011-07-09", None),
        ("CZE", "1993-01-01", None),
    ],
)
def test_dates_of_areas_that_came_or_went(area_id: str, start: str, end: str | None) -> None:
    one = get(area_id)
    assert str(one.valid_from) == start
    assert (str(one.valid_to) if one.valid_to else None) == end


def test_dissolved_areas_end_and_have_heirs() -> None:
    for one in all_areas():
        if one.kind == "dissolved":
            assert one.note, one.id
            assert one.valid_to or "unsure" in one.note, one.id


def test_aggregates() -> None:
    assert is_aggregate("WLD")
    assert is_aggregate("EU27")
    assert not is_aggregate("KAZ")
    assert not is_aggregate("XBK")
    with pytest.raises(UnknownName):
        is_aggregate("kaz")  # strict inside: ids only


def test_an_area_checks_itself() -> None:
    with pytest.raises(BadInput):
        Area("kaz", "Kazakhstan", "country")
    with pytest.raises(BadInput):
        Area("KAZ", "Kazakhstan", "state")  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        Area("KAZ", "Kazakhstan", "country", valid_from=dt.date(2000, 1, 1), valid_to=dt.date(1999, 1, 1))


# -- the door --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("KAZ", "KAZ"),
        ("kz", "KAZ"),
        (398, "KAZ"),
        ("398", "KAZ"),
        ("Republic of Kazakhstan", "KAZ"),
        ("Kazakhstan, Rep. of", "KAZ"),
        ("Казахстан", "KAZ"),
        ("哈萨克斯坦", "KAZ"),
        (842, "USA"),
        ("the United States", "USA"),
        ("U.S.", "USA"),
        ("США", "USA"),
        ("UK", "GBR"),
        ("EL", "GRC"),
        ("cote d’ivoire", "CIV"),
        ("Turkiye", "TUR"),
        ("Turkey", "TUR"),
        ("São Tomé & Príncipe", "STP"),
        ("St. Kitts and Nevis", "KNA"),
        ("Китaй", "CHN"),  # with a Latin a, as the customs service writes it
        ("Kyrgyz Republic", "KGZ"),
        ("Киргизия", "KGZ"),
        (490, "TWN"),
        ("central-asia", "CA5"),
        ("caucasus", "SC3"),
        ("eu", "EU"),
        ("EU27_2020", "EU27"),
        ("g-20", "G20"),
        ("World", "WLD"),
        (0, "WLD"),
        ("Soviet Union", "SUN"),
        ("Swaziland", "SWZ"),
    ],
)
def test_people_may_write_it_in_many_ways(written: str | int, expected: str) -> None:
    assert area(written).id == expected


@pytest.mark.parametrize(
    ("written", "near"),
    [("Kazahstan", "KAZ"), ("Uzbekstan", "UZB"), ("Kyrgystan", "KGZ"), ("Untied States", "USA"), ("Chinese", "CHN")],
)
def test_an_unknown_name_comes_with_the_nearest(written: str, near: str) -> None:
    with pytest.raises(UnknownName) as caught:
        area(written)
    assert f"({near})" in caught.value.nearest[0]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("written", ["", "  ", "qqqqqqq", "!!!", "000000000001234"])
def test_noise_is_refused(written: str) -> None:
    with pytest.raises(UnknownName):
        area(written)


def test_a_shared_name_is_refused_with_its_bearers() -> None:
    with pytest.raises(UnknownName) as caught:
        area("Congo")
    assert {near[-4:-1] for near in caught.value.nearest} == {"COD", "COG"}


def test_the_day_chooses_and_refuses() -> None:
    assert area("Yugoslavia", on=dt.date(1985, 1, 1)).id == "YUG"
    assert area("Yugoslavia", on=dt.date(2000, 1, 1)).id == "SCG"
    assert area("Kazakhstan", on=dt.date(1991, 12, 26)).id == "KAZ"
    with pytest.raises(UnknownName, match="since 1991-12-26"):
        area("Kazakhstan", on=dt.date(1980, 1, 1))
    with pytest.raises(UnknownName, match="until 1990-10-03"):
        area("East Germany", on=dt.date(1990, 10, 3))


def test_every_id_and_name_of_the_register_resolves_to_its_area() -> None:
    for one in all_areas():
        assert area(one.id) is one
        assert area(one.name) is one
        assert area(f"  {one.name.upper()} ") is one


# -- schemes of codes ------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", schemes())
def test_id_to_code_to_id(scheme: str) -> None:
    codes = {one.id: to_code(one.id, scheme) for one in all_areas()}
    assert {one: from_code(code, scheme) for one, code in codes.items() if code} == {
        one: one for one, code in codes.items() if code
    }
    assert sum(code is not None for code in codes.values()) > 200  # each scheme covers most of the world


@given(COUNTRIES, st.integers(0, 3))
def test_zeros_before_a_number_do_not_matter(one: Area, zeros: int) -> None:
    code = to_code(one.id, "comtrade")
    if code is not None:
        assert from_code("0" * zeros + code, "comtrade") == one.id
        assert from_code(int(code), "comtrade") == one.id


@given(st.text(max_size=12), st.sampled_from(schemes()))
def test_any_text_is_an_area_or_none(text: str, scheme: str) -> None:
    found = from_code(text, scheme)
    assert found is None or get(found).id == found


@pytest.mark.parametrize(
    ("code", "scheme", "expected"),
    [
        # UN Comtrade's own codes (UNSD, partner areas)
        (842, "comtrade", "USA"),
        (841, "comtrade", "USA"),
        (251, "comtrade", "FRA"),
        (699, "comtrade", "IND"),
        (356, "comtrade", "IND"),
        (757, "comtrade", "CHE"),
        (579, "comtrade", "NOR"),
        (381, "comtrade", "ITA"),
        (490, "comtrade", "TWN"),
        (0, "comtrade", "WLD"),
        ("W00", "comtrade", "WLD"),
        ("S19", "comtrade", "TWN"),
        (492, "comtrade", "XEC"),
        (492, "m49", "MCO"),
        (736, "comtrade", "SUD"),
        (729, "comtrade", "SDN"),
        (891, "comtrade", "SCG"),
        (899, "comtrade", "XNS"),
        ("_X ", "comtrade", "XNS"),
        (97, "comtrade", "EU"),
        # US Census Bureau, Schedule C
        (4634, "census", "KAZ"),
        (4635, "census", "KGZ"),
        (4642, "census", "TJK"),
        (4643, "census", "TKM"),
        (4644, "census", "UZB"),
        (5700, "census", "CHN"),
        (4621, "census", "RUS"),
        ("0003", "census", "EU"),
        (3, "census", "EU"),
        ("-", "census", "WLD"),
        # others
        ("EL", "eurostat", "GRC"),
        ("GR", "eurostat", "GRC"),
        ("EU27_2020", "eurostat", "EU27"),
        ("Russian Federation (Russia)", "eurostat", "RUS"),
        ("Espagne (incl. Iles Canaries 'XB' depuis 1997)", "eurostat", "ESP"),
        ("China, P.R.: Mainland", "imf", "CHN"),
        ("China,P.R.:Hong Kong", "imf", "HKG"),
        ("Kyrgyz Rep.", "imf", "KGZ"),
        ("总值", "gacc_zh", "WLD"),
        ("乌兹别克斯坦 ", "gacc_zh", "UZB"),
        ("dominican", "gacc_en", "DOM"),
        ("Dominic", "gacc_en", "DMA"),
        ("ROM", "wits", "ROU"),
        ("ZAR", "geodist", "COD"),
        ("EUU", "wdi", "EU27"),
        ("UAE", "cgit", "ARE"),
        ("Congo", "cgit", "COG"),
        ("Кыргызстан", "ru", "KGZ"),
        ("Страны ЕАЭС", "ru", "EAEU"),
        ("Өзбекстан", "ky", "UZB"),
        ("Qozog'iston", "uz", "KAZ"),
        ("nowhere", "imf", None),
        (99999, "comtrade", None),
    ],
)
def test_known_codes(code: str | int, scheme: str, expected: str | None) -> None:
    assert from_code(code, scheme) == expected


@pytest.mark.parametrize(
    ("area_id", "scheme", "expected"),
    [
        ("USA", "comtrade", "842"),
        ("FRA", "comtrade", "251"),
        ("IND", "comtrade", "699"),
        ("ITA", "comtrade", "380"),
        ("TWN", "comtrade", "490"),
        ("MCO", "comtrade", None),
        ("KAZ", "census", "4634"),
        ("EU", "census", "0003"),
        ("GRC", "eurostat", "EL"),
        ("CHN", "imf", "China, P.R.: Mainland"),
        ("KGZ", "ru", "Кыргызстан"),
        ("KAZ", "gacc_zh", "哈萨克斯坦"),
    ],
)
def test_codes_as_the_publisher_writes_them(area_id: str, scheme: str, expected: str | None) -> None:
    assert to_code(area_id, scheme) == expected


def test_an_unknown_scheme_is_an_error() -> None:
    with pytest.raises(UnknownName, match="comtrade"):
        from_code("KAZ", "comtrad")
    with pytest.raises(UnknownName):
        to_code("KAZ", "")
    with pytest.raises(UnknownName):
        to_code("Kazakhstan", "iso3")


def test_importing_areas_reads_no_table_and_no_heavy_module() -> None:
    # Counted, not timed: what makes an import slow is what it loads.
    code = (
        "import sys, khorgos.nomenclature.areas as a;"
        "from khorgos.nomenclature.area_tables import area_table;"
        "heavy = {'rapidfuzz', 'pyarrow', 'numpy', 'importlib.resources'} & set(sys.modules);"
        "print(sorted(heavy), area_table.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] 0"
