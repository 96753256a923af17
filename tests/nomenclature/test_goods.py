"""Goods over all editions: words, codes, sections, and the SITC section they lie in."""

from __future__ import annotations

import pytest

from khorgos.core.errors import UnknownName
from khorgos.nomenclature.goods import good


def test_a_word_brings_its_codes_by_edition() -> None:
    assert good("raw cotton").codes["HS22"] == ("5201",)
    assert good("cotton").codes["HS92"] == ("52",)
    assert good("cotton").note.startswith("Chapter 52")


def test_a_code_stands_for_itself_where_an_edition_has_it() -> None:
    soya = good("120190")

    assert set(soya.codes) == {"HS12", "HS17", "HS22"}
    assert soya.name.endswith("(HS 120190)")
    assert len(soya.name) < 70


def test_a_section_is_its_chapters_where_codes_are_needed() -> None:
    machinery = good("xvi")

    assert machinery.codes["HS17"] == ("XVI",)
    assert machinery.numbers["HS17"] == ("84", "85")
    assert machinery.asked == "84,85"
    assert machinery.sections[0] == "7"  # SITC 7, machinery and transport equipment


@pytest.mark.parametrize(
    ("text", "first"), [("raw cotton", "2"), ("crude oil", "3"), ("740311", "6"), ("SITC3:2", "2"), ("1001", "0")]
)
def test_the_section_of_the_sitc(text: str, first: str) -> None:
    assert good(text).sections[0] == first


def test_all_goods_are_no_section() -> None:
    assert good("TOTAL").is_total
    assert good("TOTAL").sections == ()


def test_an_unknown_word_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="cotton"):
        good("cotten")
