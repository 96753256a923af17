"""Product lists against published counts, kin and sections, and reading of codes, words and labels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.core.errors import BadInput, UnknownName
from khorgos.nomenclature.nomenclatures import (
    HS_EDITIONS,
    NOMENCLATURES,
    SITC_REVISIONS,
    from_comtrade,
    hs_edition,
    labels,
    nomenclature,
    to_comtrade,
)
from khorgos.nomenclature.product_words import ProductSet
from khorgos.nomenclature.products import (
    Product,
    children,
    expand,
    label,
    levels,
    parent,
    product,
    search,
    section,
    sections,
)

#: Headings and subheadings of each edition: WCO, HS nomenclature editions (www.wcoomd.org/en/topics/nomenclature);
#: UNSD, classification registry. Comtrade adds 9999 and 999999, and codes of its own until 2002.
PUBLISHED = {
    "HS92": (1241, 5019),
    "HS96": (1241, 5113),
    "HS02": (1244, 5224),
    "HS07": (1221, 5052),
    "HS12": (1224, 5205),
    "HS17": (1222, 5387),
    "HS22": (1228, 5612),
}

CODES = st.sampled_from([(name, code) for name in NOMENCLATURES for code in labels(name)])


@pytest.mark.parametrize("edition", HS_EDITIONS)
def test_hs_has_as_many_codes_as_published(edition: str) -> None:
    own = {c for c, text in labels(edition).items() if "LEGACY" not in text and not c.startswith("99")}
    headings, subheadings = (sum(len(c) == n for c in own) for n in (4, 6))

    assert (headings, subheadings) == pytest.approx(PUBLISHED[edition], abs=1 if edition == "HS92" else 0), (
        "exact, but for HS 1992: Comtrade's list holds 1519.30, which WITS's list of HS 1988/92 does not"
    )


@pytest.mark.parametrize(
    ("revision", "counts"),
    [
        ("SITC3", (10, 67, 261, 1033)),  # UN, Statistical Papers M/34/Rev.3 (1986), introduction
        ("SITC4", (10, 67, 262, 1023)),  # UN, Statistical Papers M/34/Rev.4 (2006), introduction, para. 15
        ("ISIC3", (60, 159, 292 + 1)),  # UN, Statistical Papers M/4/Rev.3: divisions, groups, classes; WITS adds 9999
    ],
)
def test_other_lists_have_as_many_codes_as_published(revision: str, counts: tuple[int, ...]) -> None:
    found = [sum(len(c) == n for c in labels(revision)) for n in levels(revision)][: len(counts)]

    assert tuple(found) == counts


def test_sitc4_has_2970_basic_headings() -> None:
    assert len(expand(["TOTAL"], "SITC4")) == 2970  # UN, Statistical Papers M/34/Rev.4 (2006), introduction, para. 15


def test_bec4_has_19_basic_categories() -> None:
    assert len(expand(["TOTAL"], "BEC4")) == 19  # UN, Statistical Papers M/53/Rev.4 (2002), chapter III


@pytest.mark.shared
@pytest.mark.parametrize("name", [*HS_EDITIONS, *SITC_REVISIONS])
def test_labels_are_comtrades_own(name: str, shared: Path) -> None:
    folder = shared / "data" / "nomenclature" / "insongkim_concordance" / "data-raw"
    rows = json.loads((folder / f"classification{to_comtrade(name)}.json").read_text(encoding="utf-8-sig"))["results"]
    listed = {row["id"]: row["text"].removeprefix(f"{row['id']} - ") for row in rows if row["id"][:1].isdigit()}
    own = {code: text for code, text in listed.items() if "Memorandum" not in text}

    assert {code: " ".join(text.split()) for code, text in own.items()} == dict(labels(name))


@given(CODES)
def test_a_code_has_a_label_and_is_the_child_of_its_parent(key: tuple[str, str]) -> None:
    name, code = key
    above = parent(code, name)

    assert label(code, name).strip()
    assert code in children(above or "TOTAL", name)
    assert above is None or code.startswith(above)


@given(CODES)
def test_a_code_reads_as_itself(key: tuple[str, str]) -> None:
    name, code = key

    assert product(f"{name}:{code}") == Product(code, name, label(code, name), len(code))


@given(CODES)
def test_children_make_up_their_parent(key: tuple[str, str]) -> None:
    name, code = key
    below = children(code, name)

    assert set(expand([code], name)) == set(expand(below or [code], name))


@pytest.mark.parametrize("name", [*HS_EDITIONS, *SITC_REVISIONS])
def test_sections_part_the_nomenclature(name: str) -> None:
    tops = [chapter for each in sections(name) for chapter in each.chapters]

    assert sorted(tops) == sorted(set(tops))
    assert set(tops) == set(children("TOTAL", name))
    assert all(section(c, name).chapters for c in labels(name))


@pytest.mark.parametrize(
    ("code", "name", "id_"),
    [
        ("010121", "HS22", "I"),
        ("271111", "HS92", "V"),
        ("5201", "HS17", "XI"),
        ("97", "HS02", "XXI"),
        ("999999", "HS22", "99"),
        ("334", "SITC2", "3"),
    ],
)
def test_sections_of_known_codes(code: str, name: str, id_: str) -> None:
    assert section(code, name).id == id_


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("5201", "5201", "HS22"),
        ("52.01", "5201", "HS22"),
        ("8541.40", "854140", "HS17"),
        ("HS2017:854231", "854231", "HS17"),
        ("hs 5201", "5201", "HS22"),
        ("chapter 27", "27", "HS22"),
        ("cotton; not carded or combed", "5201", "HS22"),
        ("TOTAL", "TOTAL", "HS12"),
    ],
)
def test_reads_codes_and_labels(text: str, code: str, name: str) -> None:
    found = product(text, name)

    assert isinstance(found, Product)
    assert found.code == code


def test_reads_words() -> None:
    found = product("LNG", "HS02")

    assert isinstance(found, ProductSet)
    assert found.codes == ("271111",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("101", "0101"),  # a lost leading zero
        ("HS22:854140", "HS92, HS96, HS02, HS07, HS12, HS17"),  # a code of other editions
        ("01012130", "write 010121"),  # a national tariff line
        ("cottn", "cotton"),
        ("9998", "99"),
        ("HS45:0101", "nomenclature"),
    ],
)
def test_unknown_products_name_the_nearest(text: str, said: str) -> None:
    with pytest.raises(UnknownName, match=said):
        product(text)


def test_a_product_checks_its_level() -> None:
    with pytest.raises(BadInput, match="number of digits"):
        Product("0101", "HS22", "Horses", 6)


def test_search_finds_by_word_and_by_label() -> None:
    assert search("lithium-ion batteries")[0].code == "850760"
    assert search("fresh apples", level=6)[0].code == "080810"
    assert len(search("steel", limit=3)) == 3


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("HS2022", "HS22"),
        ("hs 17", "HS17"),
        ("H0", None),
        ("SITC Rev. 3", "SITC3"),
        ("bec", "BEC4"),
        ("HS1988", "HS92"),
    ],
)
def test_reads_nomenclatures(text: str, id_: str | None) -> None:
    if id_ is None:
        with pytest.raises(UnknownName):
            nomenclature(text)
    else:
        assert nomenclature(text) == id_


@given(st.sampled_from(NOMENCLATURES[:-1]))
def test_comtrade_codes_go_there_and_back(name: str) -> None:
    assert from_comtrade(to_comtrade(name)) == name


def test_as_reported_is_no_edition() -> None:
    with pytest.raises(BadInput, match="as reported"):
        from_comtrade("HS")


@pytest.mark.parametrize(
    ("year", "edition"), [(1988, "HS92"), (1995, "HS92"), (2021, "HS17"), (2022, "HS22"), (2025, "HS22")]
)
def test_edition_in_force(year: int, edition: str) -> None:
    assert hs_edition(year) == edition


def test_no_hs_before_1988() -> None:
    with pytest.raises(BadInput, match="SITC"):
        hs_edition(1987)
