"""Flows of a ledger as one figure each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from khorgos.core.errors import NoData
from khorgos.ledger.engine import run
from khorgos.ledger.mirror import mirror
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.statements import pairs
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.models.reconciliation.of_ledger import reconciled, unallocated
from khorgos.models.reconciliation.reports import reports

sys.path.insert(0, str(Path(__file__).parents[1] / "measures"))

from mirror_makers import flow, ledger_of

Row = dict[str, Any]

PAGE = (Path(__file__).parents[2] / "docs" / "mirror.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The embedded release alone."""
    return open_ledger(tmp_path_factory.mktemp("none") / "ledger")


def _rows(ledger: Ledger, first: str, second: str, *years: int, **more: Any) -> dict[tuple[str, str, str], Row]:
    made = reconciled(ledger, first, second, FlowQuery(years=years, **more))
    return {(r["exporter"], r["importer"], r["period"]): r for r in made.table.to_pylist()}


def test_a_figure_lies_between_the_two_and_does_not_depend_on_the_years_asked(embedded: Ledger) -> None:
    """China and Kyrgyzstan, 2022: 15.42 bn (GACC, in Eurasianet) and 4.069468372 bn (NSC, 4.03.00.19)."""
    alone = _rows(embedded, "CHN", "KGZ", 2022)["CHN", "KGZ", "2022"]
    among = _rows(embedded, "KGZ", "CHN", 2013, 2022)["CHN", "KGZ", "2022"]

    assert 4.069468372e9 / 1.06 < alone["growth_lab"] < alone["value"] < 15.42e9
    assert 0 < alone["growth_lab_weight"] < alone["weight"] < 1  # both trust China's exports more than Kyrgyz imports
    assert among["value"] == pytest.approx(alone["value"], rel=1e-12)  # sums of doubles in threads
    assert among["growth_lab"] == pytest.approx(alone["growth_lab"], rel=1e-12)


def test_one_report_stands_alone_less_freight(embedded: Ledger) -> None:
    found = _rows(embedded, "CHN", "KGZ", 2021, 2024)

    assert found["CHN", "KGZ", "2024"]["value"] == pytest.approx(19.907e9, rel=1e-4)  # GACC, exports FOB
    # NSC, table 4.03.00.19: 1,463.8 mn of imports in 2021
    assert found["CHN", "KGZ", "2021"]["value"] == pytest.approx(1.4638e9 / 1.06, rel=1e-4)
    assert found["CHN", "KGZ", "2021"]["growth_lab"] == found["CHN", "KGZ", "2021"]["value"]


def test_the_fund_s_estimates_for_the_silent_do_not_count(embedded: Ledger) -> None:
    """Turkmenistan's rows are its partners' figures times 1.06: China's report stands alone."""
    found = _rows(embedded, "CHN", "TKM", 2019)["CHN", "TKM", "2019"]

    assert found["value"] == found["growth_lab"] > 0
    assert found["trace"] == [mark for mark in found["trace"] if mark.startswith("imf-dots")]


def test_equal_reports_of_few_give_themselves_or_nothing(tmp_path: Path) -> None:
    """Two flows are too few to know who errs: where both report, nothing is made up; where one does, it stands."""
    rows = [
        flow("CHN", "KGZ", "export", "2023", 100.0),
        flow("KGZ", "CHN", "import", "2023", 90.0),
        flow("CHN", "KGZ", "export", "2022", 80.0),
    ]
    found = _rows(ledger_of(tmp_path, rows), "CHN", "KGZ")

    assert found["CHN", "KGZ", "2023"]["value"] is None
    assert found["CHN", "KGZ", "2022"]["value"] == 80.0
    with pytest.raises(NoData, match="no figures for this reconciliation"):
        _rows(ledger_of(tmp_path, []), "RUS", "KGZ")


def test_a_product_is_weighed_by_its_own_flows(tmp_path: Path) -> None:
    names = ("CHN", "KGZ", "KAZ", "RUS")
    pairs = [(a, b) for a in names for b in names if a != b]
    rows = [
        flow(*side, kind, "2023", value * (1.3 if side[0] == "KGZ" else 1.0), product="270900", valuation="FOB")
        for n, (a, b) in enumerate(pairs)
        for side, kind, value in (((a, b), "export", 10.0 + n), ((b, a), "import", 10.0 + n))
    ]
    found = _rows(ledger_of(tmp_path, rows), "CHN", "KGZ", products=("270900",), nomenclature="HS22")
    there = found["CHN", "KGZ", "2023"]

    # Kyrgyz figures are 1.3 times all others', whose reports agree: the better side gets the weight.
    assert there["value"] == pytest.approx(10.0, rel=0.05)
    assert there["growth_lab"] == 10.0  # the worst of four is disregarded


def test_who_books_a_third_under_no_country_is_found() -> None:
    found = reports(["KAZ", "KAZ", "KGZ"], ["KGZ", "XNS", "KAZ"], [60.0, 35.0, 50.0], [60.0, np.nan, 5.0])

    assert unallocated(found) == {"KAZ"}  # 35 of 60 + 35 + 5


def test_distance_says_too_little_of_mirror_ratios_for_a_margin_of_each_pair(embedded: Ledger) -> None:
    """ln(V_m/V_x) on distance and common border, the gravity of CIF/FOB, on totals above 100 million dollars."""
    query = FlowQuery(years=tuple(range(2014, 2021)), statuses=("reported",))
    said = run(embedded, mirror(embedded, (), (), query)).to_pylist()
    far = {
        (r["exporter"], r["importer"], r["indicator"]): r["value"] for r in run(embedded, pairs(embedded)).to_pylist()
    }
    rows = [
        (np.log(r["value_m"] / r["value_x"]), np.log(far[*side, "dist"]), far[*side, "contig"])
        for r in said
        if min(r["value_x"] or 0.0, r["value_m"] or 0.0) > 1e8
        and (*(side := (r["exporter"], r["importer"])), "dist") in far
    ]
    ratio, *known = np.array(rows).T
    regressors = np.column_stack([np.ones(len(ratio)), *known])
    beta = np.linalg.lstsq(regressors, ratio, rcond=None)[0]
    explained = 1 - np.var(ratio - regressors @ beta) / np.var(ratio)

    assert beta[1] > 0 > beta[2]  # as carriage would have it: dearer with distance, cheaper over a common border
    said_so = f"{len(ratio):,} flows above 100 million dollars explains {100 * explained:.0f}% of its variance"
    assert said_so in " ".join(PAGE.split())
