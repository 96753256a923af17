"""Declared corrections: applied while the mistake is there, refused once the publisher has mended it."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest
from ledger_makers import asked, filled, flow, parsed, release, source, values
from sqlglot import exp

from khorgos.core.errors import BadFile, BadInput
from khorgos.ledger.corrections import Correction, declared_corrections, read_corrections
from khorgos.ledger.explain import explain
from khorgos.ledger.ingest import ingest
from khorgos.ledger.query import FlowQuery, cells
from khorgos.ledger.store import Ledger
from khorgos.nomenclature.currencies import rate
from khorgos.sources.connector import Parsed, Snapshot
from khorgos.sources.gacc_countries import CONNECTOR

TITLE = "Imports and exports by country (region), months of a year"
SEPTEMBER, SOFAR, OCTOBER = "2024-09", "2024-01..2024-09", "2024-01..2024-10"


def _table(*, mended: bool = False, september: bool = True, name: str = "gacc") -> Parsed:
    """China's table of 2024 as its csv has it: 10,000 yuan read everywhere, September printed in thousand dollars."""
    card = source(name)
    yuan = {OCTOBER: 100.0, "2024-08": 10.0}
    if september:
        yuan |= {SEPTEMBER: 10.0, SOFAR: 90.0}
    stated = []
    for partner in ("KAZ", "KGZ"):
        for period, billion in yuan.items():
            dollars = period in (SEPTEMBER, SOFAR) and not mended
            # 1 bn yuan are 1e5 of 10,000 yuan, or at 7 yuan a dollar 1e9/7/1e3 thousand dollars, read as 10,000 yuan
            value = billion * 1e9 / 7 / 1e3 * 1e4 if dollars else billion * 1e9
            stated.append(flow("CHN", partner, "export", period, value, currency="CNY", rounding=1e4))
    return parsed(stated, card=card, of=release(card, f"{mended}{september}", title=TITLE))


def _shown(ledger: Ledger) -> dict[Any, float]:
    return values(ledger, exp.select("*").from_("flow").where("partner = 'KAZ'"), "period", "currency")


def test_the_declared_list_can_be_read() -> None:
    assert [one.id for one in declared_corrections()] == ["gacc-2024-09-thousand-usd"]
    assert all(one.reason and one.reference for one in declared_corrections())


def test_september_2024_was_in_thousand_dollars(empty: Ledger) -> None:
    report = ingest(empty, [_table()])

    shown = _shown(report.ledger)
    assert shown[OCTOBER, "CNY"] == 100e9
    assert shown[SEPTEMBER, "USD"] == pytest.approx(10e9 / 7, rel=1e-12)  # products of doubles
    assert shown[SOFAR, "USD"] == pytest.approx(90e9 / 7, rel=1e-12)  # products of doubles
    (applied,) = report.corrections
    assert (applied.rows, applied.reported) == (4, dt.date(2026, 11, 22))
    assert [one.code for one in report.findings] == ["corrected"]


def test_the_rounding_is_corrected_too(empty: Ledger) -> None:
    ledger = ingest(empty, [_table()]).ledger
    rounding = {row["period"]: row["rounding"] for row in asked(ledger, exp.select("*").from_("flow"))}

    assert rounding[SEPTEMBER] == 1e3
    assert rounding[OCTOBER] == 1e4


def test_a_row_keeps_what_the_file_said(empty: Ledger) -> None:
    ledger = ingest(empty, [_table()]).ledger
    query = FlowQuery(("CHN",), ("KAZ",), ("export",), periods=(SEPTEMBER,), by="month")
    (row,) = asked(ledger, cells(ledger, query, trace="row"))

    (walk,) = explain(ledger, row["trace"])
    (original,) = walk.originals

    assert original.value == pytest.approx(10e9 / 7 / 1e3 * 1e4, rel=1e-12)  # products of doubles
    assert original.currency == "CNY"
    assert original.correction.correction == "gacc-2024-09-thousand-usd"
    assert "thousand US dollars" in original.correction.reason
    assert walk.row is not None
    assert walk.row["currency"] == "USD"


def test_a_mended_file_is_not_mended_again(empty: Ledger) -> None:
    with pytest.raises(BadFile, match=r"gacc-2024-09-thousand-usd is obsolete.*TrueTrue\.csv"):
        ingest(empty, [_table(mended=True)])


def test_a_file_that_cannot_show_the_mistake_is_left_alone_and_told(empty: Ledger) -> None:
    card = source("gacc")
    only = parsed(
        [flow("CHN", "KAZ", "export", SEPTEMBER, 5e9, currency="CNY")], card=card, of=release(card, "x", title=TITLE)
    )

    report = ingest(empty, [only])

    assert _shown(report.ledger) == {(SEPTEMBER, "CNY"): 5e9}
    assert [one.code for one in report.findings] == ["correction-untested"]


@pytest.mark.parametrize("made", [_table(september=False), _table(name="other")])
def test_other_rows_are_left_alone(empty: Ledger, made: Parsed) -> None:
    report = ingest(empty, [made])

    assert report.corrections == ()
    assert report.ledger.parts("correction") == ()


def test_rows_can_be_dropped(empty: Ledger) -> None:
    drop = Correction(
        "no-september", dt.date(2026, 1, 1), "wrong", "there", {"source": ("gacc",), "period": (SEPTEMBER, SOFAR)},
        SOFAR, OCTOBER, drop=True,
    )  # fmt: skip
    ledger = filled(empty, _table(), corrections=[drop])

    assert {period for period, _ in _shown(ledger)} == {OCTOBER, "2024-08"}
    assert ledger.layers[0].manifest.corrections[0].change == "rows left out"


def test_corrections_apply_in_turn(empty: Ledger) -> None:
    twice = [
        Correction(name, dt.date(2026, 1, 1), "wrong", "there", {"source": ("gacc",), "partner": ("KAZ",)}, SOFAR,
                   OCTOBER, multiply=0.5)
        for name in ("half", "half-again")
    ]  # fmt: skip
    ledger = filled(empty, _table(), corrections=twice)

    assert _shown(ledger)[OCTOBER, "CNY"] == 25e9
    (walk,) = explain(ledger, [f"{next(iter(ledger.releases))}#CHN:KAZ:export:{OCTOBER}:TOTAL"])
    assert [one.value for one in walk.originals] == [100e9, 50e9]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nothing here", "cannot be read"),
        ("[[correction]]\nid = 'a'", "cannot be read"),
        ("[[correction]]\nid='a'\nmatch=1\nchange={}\nexpect={}", "are tables"),
        ("[[correction]]\nid='a'\nmatch={}\nchange={}\nexpect={check='rises'}", "Unknown check"),
        ("[[correction]]\nid='a'\nmatch={}\nchange={}\nreported='now'\nexpect={check='falls'}", "is a date"),
    ],
)
def test_an_unsound_declaration_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_corrections(text)


@pytest.mark.parametrize(
    ("match", "more", "says"),
    [
        ({"source": ("a",), "colour": ("red",)}, {"drop": True}, "cannot match"),
        ({"period": ("2024",)}, {"drop": True}, "names the source"),
        ({"source": ("a",)}, {}, "either drops rows or changes them"),
        ({"source": ("a",)}, {"drop": True, "multiply": 2.0}, "either drops rows or changes them"),
    ],
)
def test_a_correction_checks_itself(match: dict[str, Any], more: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        Correction("x", dt.date(2026, 1, 1), "r", "w", match, SOFAR, OCTOBER, **more)


def test_the_real_table_of_2024_is_corrected_as_its_unit_column_says(
    empty: Ledger, shared: Path, tmp_path: Path
) -> None:
    """Without the column `unit`, the correction gives the rows that the column itself would give."""
    real = shared / "data/trade/gacc_2024/gacc_2024_by_country_restored.csv"
    bare = tmp_path / "without_unit.csv"
    with real.open(encoding="utf-8-sig", newline="") as rows, bare.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(row[:-1] for row in csv.reader(rows))
    told = filled(empty, _read(real))
    corrected = ingest(Ledger((), tmp_path / "bare"), [_read(bare)]).ledger

    expected, found = _of_september(told, "USD"), _of_september(corrected, "USD")
    assert len(expected) > 1400  # some 250 partners, three flows, month and year to date
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        assert found[key] == (value if value is None else pytest.approx(value, rel=1e-12))  # two scalings of a double
    assert _of_september(corrected, "CNY") == {}

    # The second road: October's cumulative, less October, less August's cumulative, is September in yuan.
    yuan = _of_september(told, "CNY")
    both = [key for key in yuan if expected.get(key)]
    implied = sum(yuan[key] for key in both) / sum(expected[key] for key in both)
    assert implied == pytest.approx(rate("CNY", SEPTEMBER).per_usd, rel=0.01)  # customs convert at rates of their own


def _read(path: Path) -> Parsed:
    data = path.read_bytes()
    return CONNECTOR.parse(
        Snapshot(path, path.name, hashlib.sha256(data).hexdigest(), len(data), dt.date(2026, 11, 22))
    )


def _of_september(ledger: Ledger, currency: str) -> dict[Any, float]:
    """Rows of September and of the year to September in one currency."""
    question = (
        exp.select("*")
        .from_("flow")
        .where(exp.column("period").isin(SEPTEMBER, SOFAR), exp.column("currency").eq(exp.Literal.string(currency)))
    )
    return values(ledger, question, "partner", "flow", "period")
