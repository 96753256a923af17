"""Concentration, diversification, comparative advantage and trade within industries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from measure_makers import FIGURE, PARTNERS, PRODUCTS, Row, amounts, ask, by, cell, few, one

from khorgos.core.errors import BadInput
from khorgos.measures.statements.advantage import advantage, intra_industry, intra_industry_aggregate
from khorgos.measures.statements.concentration import concentration, diversification
from khorgos.measures.statements.levels import level
from khorgos.measures.statements.relation import among, where

EXPORTS = level(FIGURE, "export")
CONCENTRATION = concentration(EXPORTS)
DIVERSIFICATION, ADVANTAGE = diversification(EXPORTS, EXPORTS), advantage(EXPORTS, EXPORTS)
INTRA, AGGREGATE, COARSE = intra_industry(FIGURE), intra_industry_aggregate(FIGURE), intra_industry_aggregate(FIGURE, 2)

panels = st.dictionaries(st.sampled_from(PARTNERS), amounts, min_size=1)
matrices = st.dictionaries(
    st.tuples(st.sampled_from(("CHN", "KAZ", "RUS")), st.sampled_from(PRODUCTS)), amounts, min_size=1
)
two_way = st.dictionaries(
    st.tuples(st.sampled_from(("export", "import")), st.sampled_from(PRODUCTS)), amounts, min_size=2
)


def _exports(panel: dict[str, float]) -> list[Row]:
    return [cell("CHN", partner, "export", 2024, value) for partner, value in panel.items()]


def _products(matrix: dict[tuple[str, str], float]) -> list[Row]:
    return [cell(c, "WLD", "export", 2024, value, product=k) for (c, k), value in matrix.items()]


def _both(trade: dict[tuple[str, str], float]) -> list[Row]:
    return [cell("CHN", "KAZ", flow, 2024, value, product=k) for (flow, k), value in trade.items()]


@pytest.mark.parametrize(
    ("shares", "points"),
    [
        ((30, 30, 20, 20), 2600),  # US Department of Justice, "Herfindahl-Hirschman Index" (justice.gov/atr)
        ((10, 9, 12, 15, 12, 15, 11, 16), 1296),  # Investopedia, "Herfindahl-Hirschman Index", example of eight firms
        ((100,), 10000),
        ((20, 20, 20, 20, 20), 2000),
    ],
)
def test_published_examples_of_the_herfindahl_index(shares: tuple[int, ...], points: int) -> None:
    names = (*PARTNERS, "GEO")
    found = ask(CONCENTRATION, _exports({names[i]: float(share) for i, share in enumerate(shares)}))[0]

    assert found["points"] == pytest.approx(points)  # squares of shares in double precision
    assert found["value"] == pytest.approx(points / 10000)


@few
@given(panels)
def test_concentration_by_numpy_and_its_bounds(panel: dict[str, float]) -> None:
    found = ask(CONCENTRATION, _exports(panel))[0]
    s = np.array(list(panel.values())) / sum(panel.values())
    n, h = len(s), float((s**2).sum())

    assert found["value"] == pytest.approx(h)  # the same squares
    assert 1 / n - 1e-12 <= found["value"] <= 1 + 1e-12  # one rounding of each square
    assert found["equivalents"] == pytest.approx(1 / h)
    assert found["top_share"] == pytest.approx(s.max())
    if n == 1:
        assert (found["normalised"], found["unctad"]) == (None, None)
    else:
        # differences of near equals: 1e-9 of one
        assert found["normalised"] == pytest.approx((h - 1 / n) / (1 - 1 / n), abs=1e-9)
        assert found["unctad"] == pytest.approx((h**0.5 - n**-0.5) / (1 - n**-0.5), abs=1e-7)


def test_equal_partners_are_not_concentrated() -> None:
    found = ask(CONCENTRATION, _exports(dict.fromkeys(PARTNERS, 5.0)))[0]

    assert found["normalised"] == pytest.approx(0, abs=1e-12)  # a difference of equals
    assert found["unctad"] == pytest.approx(0, abs=1e-12)  # a difference of equals
    assert found["equivalents"] == pytest.approx(len(PARTNERS))


def test_a_known_universe_changes_the_normalised_forms_only() -> None:
    rows = _exports({"KAZ": 3.0, "KGZ": 1.0})
    plain, wide = ask(CONCENTRATION, rows)[0], ask(concentration(EXPORTS, universe=260), rows)[0]

    assert wide["value"] == plain["value"]
    assert wide["normalised"] == pytest.approx((0.625 - 1 / 260) / (1 - 1 / 260))  # one division
    assert (wide["n_items"], wide["universe"]) == (2, 260)
    with pytest.raises(BadInput, match="one item at least"):
        concentration(EXPORTS, universe=0)


@few
@given(matrices)
def test_advantage_by_numpy_and_its_weighted_mean_is_one(matrix: dict[tuple[str, str], float]) -> None:
    found = by(ask(ADVANTAGE, _products(matrix)), "reporter", "product")
    countries, products = sorted({c for c, _ in matrix}), sorted({k for _, k in matrix})
    x = np.array([[matrix.get((c, k), 0.0) for k in products] for c in countries])
    world = x.sum(axis=0) / x.sum()
    expected = (x / x.sum(axis=1, keepdims=True)) / world

    for i, country in enumerate(countries):
        own = [found.get((country, k), 0.0) for k in products]
        assert own == pytest.approx(list(expected[i]))  # the same quotients
        assert float(np.dot(world, own)) == pytest.approx(1)  # world shares weigh the index to one


@few
@given(matrices)
def test_the_symmetric_index_keeps_the_order_and_lies_between_minus_one_and_one(
    matrix: dict[tuple[str, str], float],
) -> None:
    found = ask(ADVANTAGE, _products(matrix))

    for row in found:
        assert -1 < row["symmetric"] < 1
        assert (row["symmetric"] > 0) == (row["value"] > 1)


def test_soybeans_of_brazil() -> None:
    """Hausmann et al. (2011), Atlas of Economic Complexity, Technical Box 2.2, p. 25: "around 21 times"."""
    rows = [
        cell("BRA", "WLD", "export", 2008, 10.6e9, product="1201"),  # "nearly $11 billion"
        cell("BRA", "WLD", "export", 2008, 140e9 - 10.6e9, product="9999"),
        cell("USA", "WLD", "export", 2008, 42e9 - 10.6e9, product="1201"),
        cell("USA", "WLD", "export", 2008, 12e12 - 140e9 - (42e9 - 10.6e9), product="9999"),
    ]
    found = one(ask(ADVANTAGE, rows), reporter="BRA", product="1201")

    assert found["world_share"] == pytest.approx(0.0035)  # 42 of 12,000 billion
    assert round(found["value"]) in (21, 22)


@few
@given(matrices)
def test_diversification_by_numpy(matrix: dict[tuple[str, str], float]) -> None:
    found = by(ask(DIVERSIFICATION, _products(matrix)), "reporter")
    countries, products = sorted({c for c, _ in matrix}), sorted({k for _, k in matrix})
    x = np.array([[matrix.get((c, k), 0.0) for k in products] for c in countries])
    h, w = x / x.sum(axis=1, keepdims=True), x.sum(axis=0) / x.sum()

    # differences of near equals: 1e-9 of one
    assert [found[c] for c in countries] == pytest.approx(list(np.abs(h - w).sum(axis=1) / 2), abs=1e-9)
    assert all(-1e-9 <= value <= 1 + 1e-9 for value in found.values())


def test_a_product_that_the_world_does_not_have_counts_in_full() -> None:
    rows = _products({("CHN", "1001"): 1.0, ("CHN", "2709"): 1.0, ("USA", "1001"): 1.0})
    own, world = (where(EXPORTS, among("reporter", [country])) for country in ("CHN", "USA"))

    assert ask(diversification(own, world), rows)[0]["value"] == 0.5  # (|0.5 - 1| + |0.5 - 0|) / 2
    assert ask(diversification(world, world), rows)[0]["value"] == 0


@few
@given(two_way)
def test_grubel_lloyd_by_numpy(trade: dict[tuple[str, str], float]) -> None:
    assume({flow for flow, _ in trade} == {"export", "import"})
    products = sorted({k for _, k in trade})
    x = np.array([trade.get(("export", k), 0.0) for k in products])
    m = np.array([trade.get(("import", k), 0.0) for k in products])
    found = {row["product"]: row for row in ask(INTRA, _both(trade))}
    total = ask(AGGREGATE, _both(trade))[0]

    # the index subtracts from one: 1e-9 of one
    assert [found[k]["value"] for k in products] == pytest.approx(list(1 - np.abs(x - m) / (x + m)), abs=1e-9)
    assert [found[k]["trade_balance_index"] for k in products] == pytest.approx(list((x - m) / (x + m)), abs=1e-9)
    assert total["value"] == pytest.approx(1 - np.abs(x - m).sum() / (x + m).sum(), abs=1e-9)
    assert total["value"] == pytest.approx(
        sum(found[k]["value"] * (x + m)[i] for i, k in enumerate(products)) / (x + m).sum(), abs=1e-9
    )


@few
@given(two_way)
def test_grubel_lloyd_falls_with_finer_products(trade: dict[tuple[str, str], float]) -> None:
    assume({flow for flow, _ in trade} == {"export", "import"})
    fine, coarse = ask(AGGREGATE, _both(trade))[0], ask(COARSE, _both(trade))[0]

    assert (fine["digits"], coarse["digits"]) == (4, 2)
    assert fine["value"] <= coarse["value"] + 1e-9  # the triangle inequality, with the rounding of the sums


def test_perfume_made_in_one_country_and_sold_to_the_other() -> None:
    """Grubel-Lloyd of exports of 6 and imports of 2 billion: 1 - 4/8."""
    found = ask(INTRA, [*_both({("export", "3303"): 6.0, ("import", "3303"): 2.0})])[0]

    assert (found["value"], found["trade_balance_index"], found["coverage_ratio"]) == (0.5, 0.5, 3.0)


def test_a_product_not_listed_is_nil_and_a_table_not_there_says_nothing() -> None:
    listed = ask(INTRA, _both({("export", "1001"): 6.0, ("import", "2709"): 2.0}))
    one_table = ask(INTRA, _both({("export", "1001"): 6.0}))

    assert by(listed, "product") == {"1001": 0.0, "2709": 0.0}
    assert (one_table[0]["value"], one_table[0]["imports"]) == (None, None)


def test_product_codes_have_a_digit() -> None:
    with pytest.raises(BadInput, match="one digit at least"):
        intra_industry(FIGURE, 0)
