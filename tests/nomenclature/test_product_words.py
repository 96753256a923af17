"""The dictionary of people's words: every entry resolves, no form is claimed twice, known words mean what they must."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.core.errors import BadInput, UnknownName
from khorgos.nomenclature.nomenclatures import HS_EDITIONS, labels
from khorgos.nomenclature.product_words import (
    ProductSet,
    Word,
    find_word,
    nearest_words,
    normal_form,
    product_set,
    surface_forms,
    words,
)
from khorgos.nomenclature.products import expand

WORDS = st.sampled_from(words())


def test_the_dictionary_is_large_enough() -> None:
    assert len(words()) >= 250
    assert len(surface_forms()) > 1000


@given(WORDS)
def test_every_word_resolves_in_every_edition_it_claims(word: Word) -> None:
    for edition in word.codes:
        found = product_set(word.word, edition)
        assert found.codes == word.codes[edition]
        assert all(code == "TOTAL" or code in labels(edition) for code in found.codes)


@given(WORDS)
def test_no_code_is_counted_twice(word: Word) -> None:
    for edition, codes in word.codes.items():
        finest = [leaf for code in codes for leaf in expand([code], edition)]
        assert len(finest) == len(set(finest))


@given(WORDS)
def test_broad_and_missing_codes_say_why(word: Word) -> None:
    if word.sure == "broad" or len(word.codes) < len(HS_EDITIONS):
        assert len(word.note) > 10


@given(WORDS)
def test_words_and_synonyms_find_their_entry(word: Word) -> None:
    for form in (word.word, *word.synonyms):
        assert find_word(form) is word
        assert find_word(form.upper()) is word
        assert normal_form(form) in surface_forms()


@given(WORDS)
def test_all_words_have_codes_today(word: Word) -> None:
    assert "HS22" in word.codes


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("cotton", {"52"}),
        ("raw cotton", {"5201"}),
        ("LNG", {"271111"}),
        ("natural gas", {"271111", "271121"}),
        ("pipeline gas", {"271121"}),
        ("crude", {"2709"}),
        ("petroleum products", {"2710"}),
        ("coal", {"2701"}),
        ("coking coal", {"270112"}),
        ("rare earths", {"280530", "2846"}),
        ("EVs", {"870380"}),
        ("passenger car", {"8703"}),
        ("vehicles", {"87"}),
        ("lithium-ion battery", {"850760"}),
        ("solar panels", {"854142", "854143"}),
        ("chips", {"8542"}),
        ("soybeans", {"1201"}),
        ("gold", {"7108"}),
        ("apparel", {"61", "62"}),
        ("machinery and electronics", {"84", "85"}),
        ("steel", {"72", "73"}),
        ("aluminum", {"76"}),
        ("fertilizers", {"31"}),
        ("smartphones", {"851713"}),
        ("vodka", {"220860"}),
        ("trucks", {"8704"}),
    ],
)
def test_words_of_trade_news(word: str, codes: set[str]) -> None:
    assert set(product_set(word).codes) == codes


@pytest.mark.parametrize(
    ("word", "edition", "codes"),
    [
        ("solar panels", "HS17", {"854140"}),
        ("mobile phones", "HS12", {"851712"}),
        ("vaccines", "HS17", {"300220"}),
        ("toys", "HS96", {"9501", "9502", "9503"}),
        ("pistachios", "HS02", {"080250"}),
    ],
)
def test_codes_differ_by_edition(word: str, edition: str, codes: set[str]) -> None:
    assert set(product_set(word, edition).codes) == codes


@pytest.mark.parametrize(("word", "edition"), [("EVs", "HS12"), ("smartphones", "HS17"), ("drones", "HS07")])
def test_says_when_an_edition_did_not_separate_a_good(word: str, edition: str) -> None:
    with pytest.raises(UnknownName, match="did not separate"):
        product_set(word, edition)


def test_agricultural_products_of_the_wto() -> None:
    found = set(expand(product_set("wto agricultural products", "HS92").codes, "HS92"))

    assert "520100" in found  # raw cotton is agricultural
    assert not {c for c in found if c.startswith("03")}  # fish is not
    assert "160411" not in found
    assert "150420" not in found
    assert "150430" in found  # oils of marine mammals are not in the list of fish products taken here


def test_chapters_part_into_agricultural_and_industrial() -> None:
    farm, rest = (set(expand(product_set(w).codes)) for w in ("agricultural products", "industrial products"))

    assert not farm & rest
    assert farm | rest == set(expand(["TOTAL"])) - {"999999"}


def test_unknown_words_name_the_nearest() -> None:
    assert nearest_words("platnum")[0] == "platinum"
    with pytest.raises(UnknownName, match="platinum"):
        product_set("platnum")


def test_words_are_hs_codes_only() -> None:
    with pytest.raises(BadInput, match="HS22"):
        product_set("cotton", "SITC3")


def test_a_set_refuses_codes_within_codes() -> None:
    with pytest.raises(BadInput, match="counted twice"):
        ProductSet(("52", "5201"), "HS22", "cotton")


def test_a_set_refuses_unknown_codes() -> None:
    with pytest.raises(BadInput, match="has no code"):
        ProductSet(("854140",), "HS22", "solar panels")


@given(st.text(max_size=30))
def test_any_text_is_a_word_or_none(text: str) -> None:
    found = find_word(text)

    assert found is None or found in words()
