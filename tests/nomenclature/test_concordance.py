"""Concordances: weights sum to one, mass is preserved, nothing vanishes unsaid; UNSD's own tables where present."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from khorgos.core.errors import BadInput, UnknownName
from khorgos.nomenclature.concordance import BASES, Converted, convert, convert_values, pairs, reweighted, unmapped
from khorgos.nomenclature.nomenclatures import HS_EDITIONS, labels

PAIRS = pairs()
SIX = {edition: [c for c in labels(edition) if len(c) == 6] for edition in HS_EDITIONS}

#: Floating point: weights are quotients of small integers, chained at most twice.
ROUNDING = 1e-12


def _rows(from_: str, to: str, code: str) -> dict[str, tuple[float, str]]:
    found = [row for row in convert(from_, to).to_pylist() if row["code_from"] == code]
    return {row["code_to"]: (row["weight"], row["basis"]) for row in found}


def _values(codes: list[str], values: list[float | None]) -> pa.Table:
    return pa.table({"code": pa.array(codes, pa.string()), "value": pa.array(values, pa.float64())})


def test_every_pair_of_editions_is_there() -> None:
    assert {(a, b) for a in HS_EDITIONS for b in HS_EDITIONS if a != b} <= set(PAIRS)
    assert {(a, f"SITC{i}") for a in HS_EDITIONS for i in (1, 2, 3, 4)} <= set(PAIRS)
    assert {(a, b) for a in HS_EDITIONS for b in ("BEC4", "ISIC3")} <= set(PAIRS)


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_weights_of_a_code_sum_to_one(a: str, b: str) -> None:
    table = convert(a, b)
    sums = table.group_by("code_from").aggregate([("weight", "sum")])

    assert all(abs(w - 1) < ROUNDING for w in sums["weight_sum"].to_pylist())
    assert all(w > 0 for w in table["weight"].to_pylist())


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_codes_are_those_of_the_two_lists(a: str, b: str) -> None:
    table = convert(a, b)

    assert set(table["code_from"].to_pylist()) <= set(SIX[a])
    assert set(table["code_to"].to_pylist()) <= set(labels(b))
    assert set(table["basis"].to_pylist()) <= set(BASES)
    assert table.num_rows == len(set(zip(table["code_from"].to_pylist(), table["code_to"].to_pylist(), strict=True)))


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_bases_say_what_the_weights_are(a: str, b: str) -> None:
    rows = convert(a, b).to_pylist()
    links = Counter(row["code_from"] for row in rows)
    split = {row["code_from"] for row in rows if row["basis"] == "equal split"}

    assert all(row["weight"] == 1 for row in rows if row["basis"] in {"one-to-one", "many-to-one"})
    assert {code for code, n in links.items() if n > 1} <= split


@pytest.mark.parametrize(("a", "b"), [(a, b) for a, b in PAIRS if a in HS_EDITIONS and b in HS_EDITIONS])
def test_few_codes_have_no_image(a: str, b: str) -> None:
    lost = unmapped(a, b)

    assert (
        len(lost) <= 1
    )  # 3002.19 (2017 to 2022), 2916.36 (2007 to 2012), 3809.99 (1992 to 2012): UNSD's tables omit them
    assert set(lost) <= {"300219", "291636", "380999"}


def test_monetary_gold_and_coin_are_not_in_sitc() -> None:
    assert unmapped("HS22", "SITC4") == (
        "710820",
        "711890",
    )  # SITC Rev. 4, para. 27: monetary gold, coin in circulation


def test_glazed_tiles_do_not_come_back() -> None:
    forward = _rows("HS12", "HS17", "690890")
    back = {target for code in forward for target in _rows("HS17", "HS12", code)}

    assert set(forward) == {"690721", "690722", "690723", "690730", "690740"}
    assert set(forward.values()) == {(0.2, "equal split")}
    assert back == {"690790"}


def test_machines_do_not_become_waste() -> None:
    assert _rows("HS17", "HS22", "847130") == {"847130": (1.0, "main link")}
    assert set(_rows("HS17", "HS22", "851712")) == {"851713", "851714"}
    assert set(_rows("HS17", "HS22", "854140")) == {"854141", "854142", "854143", "854149"}


def test_known_links() -> None:
    assert _rows("HS22", "HS17", "854143") == {"854140": (1.0, "many-to-one")}
    assert _rows("HS17", "HS12", "870380") == {"870390": (1.0, "many-to-one")}
    assert _rows("HS22", "SITC4", "270900") == {"3330": (1.0, "one-to-one")}
    assert _rows("HS22", "BEC4", "870323") == {"51": (1.0, "many-to-one")}


def test_the_same_nomenclature_is_the_identity() -> None:
    table = convert("HS17", "HS 2017")

    assert table["code_from"] == table["code_to"]
    assert set(table["weight"].to_pylist()) == {1.0}


def test_nothing_leads_back_from_sitc() -> None:
    with pytest.raises(BadInput, match="No concordance leads from SITC3 to HS22"):
        convert("SITC3", "HS22")


def test_unknown_nomenclature() -> None:
    with pytest.raises(UnknownName, match="HS22"):
        convert("HS22", "NAICS")


@given(st.data())
def test_mass_is_preserved(data: st.DataObject) -> None:
    a, b = data.draw(st.sampled_from(PAIRS))
    codes = data.draw(st.lists(st.sampled_from(SIX[a]), max_size=20))
    # cents to trillions, both signs: corrections are negative
    values = data.draw(st.lists(st.floats(-1e13, 1e13), min_size=len(codes), max_size=len(codes)))
    found = convert_values(_values(codes, list(values)), a, b)
    converted, lost = (math.fsum(t["value"].to_pylist()) for t in (found.values, found.unmapped))

    # doubles: the error of a sum is bounded by the number of parts times the machine's epsilon times their size
    assert converted + lost == pytest.approx(math.fsum(values), rel=1e-9, abs=1e-9 * sum(map(abs, values)))


@given(st.data())
def test_two_steps_keep_the_mass(data: st.DataObject) -> None:
    a, b, c = (data.draw(st.sampled_from(HS_EDITIONS)) for _ in range(3))
    codes = data.draw(st.lists(st.sampled_from(SIX[a]), min_size=1, max_size=10, unique=True))
    first = convert_values(_values(codes, [1.0] * len(codes)), a, b)
    second = convert_values(first.values, b, c)
    lost = sum(first.unmapped["value"].to_pylist()) + sum(second.unmapped["value"].to_pylist())

    # at most ten codes in at most two splits: far below the rounding of doubles times a thousand
    assert sum(second.values["value"].to_pylist()) + lost == pytest.approx(len(codes), rel=1e-12)


def test_unmapped_codes_are_reported_with_their_share() -> None:
    found = convert_values(_values(["010121", "300219", "27"], [6.0, 1.0, 3.0]), "HS17", "HS22")

    assert found.values.to_pylist() == [{"code": "010121", "value": 6.0}]
    assert found.unmapped.to_pylist() == [
        {"code": "27", "value": 3.0, "share": 0.3},
        {"code": "300219", "value": 1.0, "share": 0.1},
    ]


def test_a_missing_part_makes_the_sum_missing() -> None:
    found = convert_values(_values(["854141", "854142", "010121"], [5.0, None, 1.0]), "HS22", "HS17")

    assert found.values.to_pylist() == [{"code": "010121", "value": 1.0}, {"code": "854140", "value": None}]


def test_the_total_stays_the_total() -> None:
    found = convert_values(_values(["TOTAL"], [5.0]), "HS17", "SITC3")

    assert found.values.to_pylist() == [{"code": "TOTAL", "value": 5.0}]
    assert found.unmapped.num_rows == 0


def test_nothing_in_nothing_out() -> None:
    found = convert_values(_values([], []), "HS17", "HS22")

    assert found == Converted(found.values, found.unmapped, {}, found.source)
    assert found.values.num_rows == 0


def test_a_table_without_values_is_refused() -> None:
    with pytest.raises(BadInput, match="'value'"):
        convert_values(pa.table({"code": ["010121"]}), "HS17", "HS22")


def test_shares_by_basis_show_what_rests_on_a_guess() -> None:
    found = convert_values(_values(["854140", "010121"], [3.0, 1.0]), "HS17", "HS22")

    assert found.bases == {"one-to-one": 0.25, "equal split": 0.75}


def test_trade_in_the_new_codes_replaces_equal_parts() -> None:
    trade = {"854142": 30.0, "854143": 60.0, "854141": 10.0}
    weights = reweighted(convert("HS17", "HS22"), trade)
    found = convert_values(_values(["854140", "690890", "010121"], [100.0, 1.0, 1.0]), "HS17", "HS22", weights=weights)
    values = dict(zip(found.values["code"].to_pylist(), found.values["value"].to_pylist(), strict=True))

    assert values == {"010121": 1.0, "854141": 10.0, "854142": 30.0, "854143": 60.0, "854149": 0.0}
    assert found.unmapped["code"].to_pylist() == ["690890"]
    assert found.bases["estimated"] == pytest.approx(100 / 101, rel=1e-12)  # one division in doubles


def test_trade_without_news_changes_nothing() -> None:
    plain = convert("HS17", "HS22")

    assert reweighted(plain, {}).sort_by("code_from")["weight"].to_pylist() == plain["weight"].to_pylist()


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_impossible_trade_is_refused(value: float) -> None:
    with pytest.raises(BadInput, match="854142"):
        reweighted(convert("HS17", "HS22"), {"854142": value})


def _unsd(shared: Path, name: str, sheet: str) -> list[tuple[str, str]]:
    folder = shared / "data" / "nomenclature" / "insongkim_concordance" / "data-raw"
    book = CalamineWorkbook.from_path(folder / name)
    rows = book.get_sheet_by_name(next(s for s in book.sheet_names if sheet in s)).to_python()
    cells = ([str(cell) for cell in row if str(cell) not in {"", "ex"}] for row in rows)
    return [(row[0], row[1]) for row in cells if len(row) > 1 and row[0].isdigit()]


@pytest.mark.shared
def test_backward_is_unsds_conversion_table(shared: Path) -> None:
    published = dict(_unsd(shared, "HS2017toHS2012ConversionAndCorrelationTables.xlsx", "Conversion"))
    table = convert("HS17", "HS12")

    assert dict(zip(table["code_from"].to_pylist(), table["code_to"].to_pylist(), strict=True)) == published
    assert set(table["weight"].to_pylist()) == {1.0}


@pytest.mark.shared
def test_forward_stays_within_unsds_correlation(shared: Path) -> None:
    correlated = {(old, new) for new, old in _unsd(shared, "HS2017toHS2012ConversionAndCorrelationTables.xlsx", "Corr")}
    table = convert("HS12", "HS17")
    used = set(zip(table["code_from"].to_pylist(), table["code_to"].to_pylist(), strict=True))

    assert used <= correlated
    assert {old for old, _ in correlated} == {old for old, _ in used}
