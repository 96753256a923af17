"""Cells to rows: steps, units, repeats, sums, names, words for months."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.core.errors import BadFile, UnmappedCode
from khorgos.core.provenance import Release
from khorgos.nomenclature.areas import all_areas
from khorgos.nomenclature.periods import month
from khorgos.sources.flows import FOB_CIF, ORIGIN_DESTINATION, FlowRows, Terms, printed_step, scaled
from khorgos.sources.month_names import month_number, stretch
from khorgos.sources.partner_names import GROUP, Names
from khorgos.sources.publication import year_known

RELEASE = Release("kaz-bns", "t", None, "unknown", dt.date(2026, 1, 1), "t.csv", "0" * 64, 1, "figures")
TERMS = Terms("KAZ", "USD", 1e3, FOB_CIF, ORIGIN_DESTINATION)
WORDS = {"World": "WLD", "China": "CHN", "Russia": "RUS", "Russian Federation": "RUS", "Asia": "ASIA", "Rest": GROUP}


def table() -> FlowRows:
    return FlowRows(RELEASE, WORDS.get)


def test_groups_are_counted_and_the_world_stays() -> None:
    out = table()
    for i, name in enumerate(("World", "China", "Asia", "Rest")):
        out.add(TERMS, name, "export", "2023", 5.0, at=f"row {i}")
    rows, findings, dropped = out.finish()
    assert rows["partner"].to_pylist() == ["WLD", "CHN"]
    assert rows["value"].to_pylist() == [5e3, 5e3]
    assert not findings
    assert dropped == {"group row, its members are kept": 2}


def test_two_names_of_one_area_are_added_and_named() -> None:
    out = table()
    out.add(TERMS, "Russia", "export", "2023", 5.0, at="a")
    out.add(TERMS, "Russian Federation", "export", "2023", None, at="b")
    rows, findings, _ = out.finish()
    assert rows.to_pylist()[0]["value"] == 5e3
    assert rows.to_pylist()[0]["locator"] == "a+b"
    assert [finding.code for finding in findings] == ["names-merged"]


def test_repeats_are_left_out_or_refused() -> None:
    out = table()
    out.add(TERMS, "China", "export", "2023", 5.0, at="a")
    out.add(TERMS, "China", "export", "2023", 5.0, at="b")
    with pytest.raises(BadFile, match=r"stated twice, with different figures .*row 7.*First at a"):
        out.add(TERMS, "China", "export", "2023", 6.0, at="c", row=7)
    assert out.finish()[2] == {"row stated twice with the same figure": 1}


def test_negative_trade_is_refused_but_not_a_negative_balance() -> None:
    out = table()
    out.add(TERMS, "China", "balance", "2023", -5.0, at="a")
    with pytest.raises(BadFile, match=r"export of 'China' is negative: -5 .*row 3, column b"):
        out.add(TERMS, "China", "export", "2023", -5.0, at="b", row=3)


def test_unknown_names_carry_their_share() -> None:
    out = table()
    out.add(TERMS, "World", "export", "2023", 100.0, at="a")
    out.add(TERMS, "China", "export", "2023", 75.0, at="b")
    out.add(TERMS, "Atlantis", "export", "2023", 25.0, at="c")
    with pytest.raises(UnmappedCode, match=r"'Atlantis'; they carry 25\.00% of the value"):
        out.finish()


def test_swapped_columns_do_not_add_up() -> None:
    def fill(out: FlowRows, flows: tuple[str, str, str]) -> FlowRows:
        for name in ("China", "Russia"):
            for flow, value in zip(flows, (1000.0, 600.0, 400.0), strict=True):
                out.add(TERMS, name, flow, "2023", value, at=f"{name} {flow}")
        return out

    assert fill(table(), ("total", "export", "import")).finish()[1] == ()
    with pytest.raises(BadFile, match=r"not exports plus imports in 2 of 2 cells.*Are columns swapped\?"):
        fill(table(), ("export", "total", "import")).finish()


def test_no_row_is_an_error() -> None:
    with pytest.raises(BadFile, match="no row of trade"):
        table().finish()


@given(st.decimals(min_value=-(10**6), max_value=10**6, places=4), st.sampled_from([1.0, 1e3, 1e4, 1e6, 1e9]))
def test_units_leave_no_binary_dust(value: Decimal, unit: float) -> None:
    assert scaled(float(value), unit) == float(value * Decimal(unit))  # the nearest float to the true product
    assert scaled(None, unit) is None


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([1.0, 25.0, None], 1.0),
        ([1.5, 25.0], 0.1),
        ([1.25, 0.5], 0.01),
        ([22221.200000000004, 1.0], 0.1),  # binary dust of a workbook's sum
        ([0.123456], None),
        ([None], None),
        ([], None),
    ],
)
def test_steps(values: list[float | None], step: float | None) -> None:
    assert printed_step(values) == (None if step is None else pytest.approx(step, rel=1e-12))  # dust of 10**-n


def test_every_spelling_leads_to_an_area() -> None:
    ids = {area.id for area in all_areas()}
    names = Names("arm-armstat", "name_en")
    assert names("Folkland  Islands (Malvinas)") == "FLK"  # blanks within do not count
    assert names("No such place") is None
    for source, spelling in (("uzb-stat", "0"), ("arm-armstat", "Monako"), ("eurostat-comext-fr", "Guinea")):
        assert Names(source)(spelling) in ids
        assert Names("another")(spelling) is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("март", "2019-03"),
        ("Январь-март", "2019-01..2019-03"),
        ("январь - декабрь", "2019"),
        ("Январь-дкабрь", "2019"),  # as WEB_UTSA_04 misprints it
        ("Jan.-Dec.", "2019"),
        ("September", "2019-09"),
        ("Sept.", "2019-09"),
        ("февраль-март", None),
        ("I квартал", None),
        ("", None),
    ],
)
def test_words_for_months(words: str, expected: str | None) -> None:
    found = stretch(words, 2019)
    assert (None if found is None else str(found)) == expected


def test_all_months_in_two_languages() -> None:
    english = [month_number(dt.date(2024, n, 1).strftime("%B")) for n in range(1, 13)]
    short = [month_number(dt.date(2024, n, 1).strftime("%b.")) for n in range(1, 13)]
    assert english == short == list(range(1, 13))
    assert str(month(2024, month_number("Август") or 0)) == "2024-08"


@pytest.mark.parametrize(
    ("periods", "day"),
    [
        (["2019", "2018"], dt.date(2020, 12, 31)),
        (["2017-01..2017-09"], dt.date(2017, 12, 31)),
        (["2017-12"], dt.date(2018, 12, 31)),
    ],
)
def test_a_year_is_known_in_the_next_one(periods: list[str], day: dt.date) -> None:
    assert year_known(periods) == day
