"""Two reports of one flow."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure_makers import FIGURE, PRODUCTS, amounts, ask, by, cell, few, one

from khorgos.core.errors import BadInput
from khorgos.measures.statements.levels import level
from khorgos.measures.statements.mirror import CIF_FOB, judge_mirror, mirror, mirrored

MIRROR, MIRRORED = mirror(FIGURE), mirrored(FIGURE)

products = st.dictionaries(st.sampled_from(PRODUCTS), st.tuples(amounts, amounts), min_size=1)


def test_kyrgyzstan_reports_a_quarter_of_chinas_exports() -> None:
    """China's exports of 2022: 15.42 bn (GACC, in Eurasianet); Kyrgyz imports: 4.069 bn (NSC, 4.03.00.19)."""
    rows = [
        cell("CHN", "KGZ", "export", 2022, 15.42e9, rounding=1e7, source="gacc"),
        cell("KGZ", "CHN", "import", 2022, 4.069468372e9, source="kgz-nsc"),
    ]
    found = ask(MIRROR, rows)[0]

    assert found["value"] == pytest.approx(-11.350531628e9)  # one subtraction
    assert found["relative_gap"] == pytest.approx(-0.736, abs=5e-4)  # to three digits
    assert found["asymmetry"] == pytest.approx(0.582, abs=5e-4)  # to three digits
    assert (found["range_low"], found["range_high"]) == (4.069468372e9, 15.425e9)
    assert found["trace"] == ["gacc:CHN", "kgz-nsc:KGZ"]


def test_a_third_in_d_is_a_ratio_of_two() -> None:
    found = ask(MIRROR, [cell("CHN", "KAZ", "export", 2024, 10.0), cell("KAZ", "CHN", "import", 2024, 5.0)])[0]

    assert found["asymmetry"] == pytest.approx(1 / 3)  # one division
    assert found["log_ratio"] == pytest.approx(-math.log(2))


def test_the_imf_divides_imports_by_1_06() -> None:
    """IMF, Direction of Trade Statistics Yearbook 2017: imports CIF / 1.06 = exports FOB, and the other way round."""
    found = ask(MIRROR, [cell("CHN", "KAZ", "export", 2024, 100.0), cell("KAZ", "CHN", "import", 2024, 106.0)])[0]
    back = ask(MIRRORED, [cell("CHN", "KAZ", "export", 2024, 100.0), cell("KGZ", "CHN", "import", 2024, 106.0)])

    assert found["gap_fob"] == pytest.approx(0, abs=1e-9)  # 106 / 1.06 - 100
    assert (found["value"], found["factor"]) == (6.0, CIF_FOB)
    assert by(back, "reporter", "partner", "flow") == {
        ("KAZ", "CHN", "import"): pytest.approx(106.0),
        ("CHN", "KGZ", "export"): pytest.approx(100.0),
    }
    assert {(row["flow"], row["valuation"], row["status"]) for row in back} == {
        ("import", "CIF", "mirrored"),
        ("export", "FOB", "mirrored"),
    }


def test_an_importer_who_reports_fob_is_not_divided() -> None:
    rows = [cell("CHN", "KAZ", "export", 2024, 10.0), cell("KAZ", "CHN", "import", 2024, 12.0, valuation="FOB")]
    found = ask(MIRROR, rows)[0]

    assert (found["factor"], found["gap_fob"]) == (1.0, 2.0)
    assert judge_mirror(pa.Table.from_pylist([found])) == []


@few
@given(amounts, amounts)
def test_indices_by_their_formulas_and_swapping_the_reports(x: float, m: float) -> None:
    def asked(exports: float, imports: float) -> dict[str, float]:
        rows = [cell("CHN", "KAZ", "export", 2024, exports), cell("KAZ", "CHN", "import", 2024, imports)]
        return ask(MIRROR, rows)[0]

    plain, swapped = asked(x, m), asked(m, x)

    assert plain["asymmetry"] == pytest.approx(abs(x - m) / (x + m))  # the same quotient
    assert swapped["asymmetry"] == pytest.approx(plain["asymmetry"])
    assert swapped["log_ratio"] == pytest.approx(-plain["log_ratio"])
    # D is the hyperbolic tangent of half the log ratio
    assert plain["asymmetry"] == pytest.approx(abs(math.tanh(plain["log_ratio"] / 2)), abs=1e-12)
    assert plain["range_low"] <= min(x, m) <= max(x, m) <= plain["range_high"]


@few
@given(products)
def test_the_asymmetry_of_a_total_is_at_most_that_of_its_products(pairs: dict[str, tuple[float, float]]) -> None:
    rows = [
        cell(*sides, 2024, value, product=product)
        for product, pair in pairs.items()
        for sides, value in zip((("CHN", "KAZ", "export"), ("KAZ", "CHN", "import")), pair, strict=True)
    ]
    total = [
        cell("CHN", "KAZ", "export", 2024, sum(x for x, _ in pairs.values())),
        cell("KAZ", "CHN", "import", 2024, sum(m for _, m in pairs.values())),
    ]
    found = by(ask(MIRROR, rows), "product", value="asymmetry")
    whole = sum(x + m for x, m in pairs.values())
    weighted = sum(found[k] * (x + m) for k, (x, m) in pairs.items()) / whole

    assert ask(MIRROR, total)[0]["asymmetry"] <= weighted + 1e-12  # the triangle inequality, with rounding


def test_one_report_leaves_no_gap_and_says_so() -> None:
    found = ask(MIRROR, [cell("CHN", "TKM", "export", 2024, 1.0, rounding=0.1)])

    assert (found[0]["value"], found[0]["importer_report"]) == (None, None)
    assert (found[0]["range_low"], found[0]["range_high"]) == (0.95, 1.05)
    assert [finding.code for finding in judge_mirror(pa.Table.from_pylist(found))] == ["one-sided"]


def test_both_directions_are_kept_apart() -> None:
    rows = [
        cell("CHN", "KAZ", "export", 2024, 28.0),
        cell("KAZ", "CHN", "import", 2024, 18.0),
        cell("KAZ", "CHN", "export", 2024, 15.0),
        cell("CHN", "KAZ", "import", 2024, 16.0),
    ]
    found = ask(MIRROR, rows)

    assert one(found, exporter="CHN")["value"] == -10.0
    assert one(found, exporter="KAZ")["value"] == 1.0


@few
@given(amounts)
def test_mirroring_twice_is_no_change(value: float) -> None:
    rows = [cell("CHN", "KAZ", "export", 2024, value), cell("KAZ", "CHN", "import", 2024, value)]
    once = ask(MIRRORED, rows)
    twice = ask(MIRRORED, [{**row, "rounding": None, "partner_basis": None} for row in once])

    assert by(twice, "reporter", "flow") == {
        ("CHN", "export"): pytest.approx(value),  # times 1.06 and divided by it
        ("KAZ", "import"): pytest.approx(value),
    }


def test_totals_are_not_mirrored_and_carriage_costs_something() -> None:
    assert ask(MIRRORED, [cell("CHN", "KAZ", "total", 2024, 1.0)]) == []
    assert ask(level(MIRRORED, "total"), [cell("CHN", "TKM", "export", 2024, 1.0)])[0]["value"] is None
    with pytest.raises(BadInput, match=r"cannot be 0\.9"):
        mirror(FIGURE, 0.9)
