"""Surface forms of areas for reading texts."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.nomenclature.area_names import Surface, areas_named, fold, main_name, nearest_areas
from khorgos.nomenclature.areas import all_areas, get, masks, names
from khorgos.nomenclature.groups import members

NAMES = st.sampled_from([surface for surface in names() if surface.sort == "name"])

# States whose capital bears the name of the state, or has none: the name reads for both.
CITY_STATES = {"DJI", "LUX", "MCO", "SGP", "SMR", "VAT"}


def forms(area: str, sort: str, language: str = "en") -> set[str]:
    return {s.text for s in names() if (s.area, s.sort, s.language) == (area, sort, language)}


def test_every_state_has_name_adjective_demonym_and_capital() -> None:
    # The members of the United Nations are those with a formal name in UN Protocol's list; ISO 3166 counts more.
    states = set(members("EU27")) | set(members("AFRICA")) | set(members("ASIA")) | set(members("AMERICAS"))
    territories = {one.id for one in all_areas() if one.kind == "country" and not forms(one.id, "capital")}
    for state in sorted(states - territories - {"VAT"}):
        assert forms(state, "adjective"), state
        assert forms(state, "demonym") or state in ("ANT",), state
    for one in [
        *members("EU27"),
        *members("CA5"),
        *members("SC3"),
        *members("ASEAN"),
        *members("G20"),
        *members("OPEC"),
    ]:
        assert forms(one, "capital") or one in CITY_STATES, one


def test_every_country_has_a_name_in_three_languages() -> None:
    for one in all_areas():
        if one.kind == "country":
            assert main_name(one.id, "en") == one.name
            assert main_name(one.id, "ru"), one.id
            assert main_name(one.id, "zh"), one.id


@pytest.mark.parametrize(
    ("text", "area", "sort"),
    [
        ("Kazakh", "KAZ", "adjective"),
        ("Kazakhstani", "KAZ", "adjective"),
        ("Kyrgyz", "KGZ", "adjective"),
        ("Uzbek", "UZB", "adjective"),
        ("Tajik", "TJK", "adjective"),
        ("Turkmen", "TKM", "adjective"),
        ("Chinese", "CHN", "adjective"),
        ("Russian", "RUS", "adjective"),
        ("American", "USA", "adjective"),
        ("Georgian", "GEO", "adjective"),
        ("Nigerien", "NER", "adjective"),
        ("Nigerian", "NGA", "adjective"),
        ("Astana", "KAZ", "capital"),
        ("Nur-Sultan", "KAZ", "capital"),
        ("Bishkek", "KGZ", "capital"),
        ("Tashkent", "UZB", "capital"),
        ("Dushanbe", "TJK", "capital"),
        ("Ashgabat", "TKM", "capital"),
        ("Tbilisi", "GEO", "capital"),
        ("Yerevan", "ARM", "capital"),
        ("Baku", "AZE", "capital"),
        ("Beijing", "CHN", "government"),
        ("Moscow", "RUS", "government"),
        ("Kremlin", "RUS", "government"),
        ("Washington", "USA", "government"),
        ("Brussels", "EU", "government"),
        ("US", "USA", "name"),
        ("U.S.", "USA", "name"),
        ("America", "USA", "name"),
        ("EU", "EU", "name"),
        ("Central Asian", "CA5", "adjective"),
    ],
)
def test_forms_that_articles_use(text: str, area: str, sort: str) -> None:
    assert (text, area, sort) in {(s.text, s.area, s.sort) for s in names() if s.language == "en"}


@pytest.mark.parametrize(
    "text",
    [
        "Georgia",
        "Turkey",
        "Chad",
        "Jordan",
        "Guinea",
        "Niger",
        "Congo",
        "Congolese",
        "Korean",
        "Dominican",
        "America",
        "US",
    ],
)
def test_doubtful_forms_say_so(text: str) -> None:
    doubts = [s.doubt for s in names() if s.text == text]
    assert doubts
    assert all(doubts)


@pytest.mark.parametrize("text", ["Kazakhstan", "Uzbekistan", "Kyrgyzstan", "China", "Chinese", "Russia", "Azerbaijan"])
def test_plain_forms_are_not_doubted(text: str) -> None:
    assert {s.doubt for s in names() if s.text == text} == {""}


def test_a_form_of_several_areas_is_doubted_in_each() -> None:
    by_text: dict[tuple[str, str], list[Surface]] = {}
    for surface in names():
        by_text.setdefault((surface.text.casefold(), surface.language), []).append(surface)
    silent = [key for key, own in by_text.items() if len({s.area for s in own}) > 1 and not all(s.doubt for s in own)]
    assert silent == []


def test_forms_are_unique_clean_and_known() -> None:
    keys = [(s.text, s.area, s.sort, s.language) for s in names()]
    assert len(keys) == len(set(keys))
    for surface in names():
        assert get(surface.area)
        assert surface.language in ("en", "ru", "zh")
        assert surface.text == unicodedata.normalize("NFC", surface.text.strip())
        assert not re.search(r"\s\s|\*|\?", surface.text), surface
        assert surface.text[:4] not in ("the ", "The ") or surface.text == "The Hague"


def test_scripts_match_languages() -> None:
    for surface in names():
        cyrillic = bool(re.search("[а-яё]", surface.text.casefold()))
        chinese = bool(re.search("[\u4e00-\u9fff]", surface.text))
        assert cyrillic == (surface.language == "ru"), surface
        assert chinese == (surface.language == "zh"), surface
        if cyrillic:
            assert not re.search("[a-z]", surface.text.casefold()), surface  # no Latin look-alikes in our own table


def test_masks_cover_a_form_and_are_none() -> None:
    texts = [mask.text for mask in masks()]
    assert len(texts) == len(set(texts))
    every_form = {surface.text for surface in names()}
    assert [text for text in texts if text in every_form] == []
    assert {"US dollars", "South China Sea", "Inner Mongolia", "New Mexico", "Astana Times"} <= set(texts)
    assert all(mask.meaning for mask in masks())


# -- lookup by name --------------------------------------------------------------------------------


def test_every_name_finds_its_area() -> None:
    lost = [s for s in names() if s.sort == "name" and s.area not in areas_named(s.text)]
    assert lost == []


@given(
    NAMES, st.sampled_from([str.upper, str.lower, str.title, str.swapcase]), st.sampled_from([" ", "  ", "\t", " - "])
)
def test_case_and_space_do_not_matter(surface: Surface, case: object, space: str) -> None:
    written = f" {case(surface.text).replace(' ', space)} "  # type: ignore[operator]
    assert areas_named(written) == areas_named(surface.text)


@given(NAMES)
def test_accents_do_not_matter(surface: Surface) -> None:
    bare = "".join(c for c in unicodedata.normalize("NFD", surface.text) if not unicodedata.combining(c))
    assert areas_named(bare) == areas_named(surface.text)


@given(st.text())
def test_folding_twice_is_folding_once_and_looking_up_never_fails(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert isinstance(areas_named(text), tuple)


@given(NAMES, st.integers(0, 30))
def test_one_wrong_letter_still_comes_near(surface: Surface, position: int) -> None:
    folded = fold(surface.text)
    # Eight letters chosen because in a shorter word one letter is too much of it.
    if len(folded) >= 8 and surface.language == "en":
        at = position % len(folded)
        wrong = folded[:at] + "#" + folded[at + 1 :]
        assert nearest_areas(wrong, count=5)


def test_inverted_and_shortened_names() -> None:
    assert areas_named("Iran (Islamic Republic of)") == ("IRN",)
    assert areas_named("Tanzania, United Rep. of") == ("TZA",)
    assert areas_named("Korea, Dem. People's Rep. of") == ("PRK",)
    assert areas_named("Korea, Rep. of") == ("KOR",)
    assert areas_named("Congo, Rep. of the") == ("COG",)
    assert areas_named("Congo, Dem. Rep. of the") == ("COD",)
    assert areas_named("Bosnia & Herzegovina") == ("BIH",)
    assert areas_named("Kazakh") == ()
