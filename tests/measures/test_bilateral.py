"""Intensity, complementarity, similarity and import dependence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure_makers import FIGURE, PRODUCTS, Row, amounts, ask, by, cell, few, one

from khorgos.core.errors import BadInput
from khorgos.measures.statements.bilateral import complementarity, import_dependence, intensity, similarity
from khorgos.measures.statements.levels import level

EXPORTS, IMPORTS = level(FIGURE, "export"), level(FIGURE, "import")
INTENSITY, COMPLEMENTARITY = intensity(EXPORTS), complementarity(EXPORTS, IMPORTS)
SIMILARITY, BY_MARKET = similarity(EXPORTS), similarity(EXPORTS, "partner")
DEPENDENCE, ON_CHINA = import_dependence(FIGURE), import_dependence(FIGURE, "CHN")

AREAS = ("CHN", "KAZ", "RUS", "USA")

networks = st.dictionaries(
    st.tuples(st.sampled_from(AREAS), st.sampled_from(AREAS)).filter(lambda pair: pair[0] != pair[1]),
    amounts,
    min_size=1,
)
matrices = st.dictionaries(st.tuples(st.sampled_from(AREAS), st.sampled_from(PRODUCTS)), amounts, min_size=1)


def _network(network: dict[tuple[str, str], float], flow: str = "export") -> list[Row]:
    return [cell(a, b, flow, 2024, value) for (a, b), value in network.items()]


def _products(matrix: dict[tuple[str, str], float], flow: str = "export") -> list[Row]:
    return [cell(c, "WLD", flow, 2024, value, product=k) for (c, k), value in matrix.items()]


def _shares(matrix: dict[tuple[str, str], float]) -> dict[str, np.ndarray]:
    rows = {c: np.array([matrix.get((c, k), 0.0) for k in PRODUCTS]) for c, _ in matrix}
    return {c: row / row.sum() for c, row in rows.items()}


@few
@given(networks)
def test_intensity_by_numpy(network: dict[tuple[str, str], float]) -> None:
    found = by(ask(INTENSITY, _network(network)), "reporter", "partner")
    x = np.array([[network.get((a, b), 0.0) for b in AREAS] for a in AREAS])

    for (a, b), value in network.items():
        i, j = AREAS.index(a), AREAS.index(b)
        expected = (value / x[i].sum()) / (x[:, j].sum() / x.sum())
        assert found[a, b] == pytest.approx(expected)  # the same quotients
    assert len(found) == len(network)


@few
@given(networks)
def test_intensities_weighted_by_the_worlds_shares_are_one(network: dict[tuple[str, str], float]) -> None:
    rows = ask(INTENSITY, _network(network))

    for reporter in {a for a, _ in network}:
        own = [row for row in rows if row["reporter"] == reporter]
        assert sum(row["value"] * row["world_share"] for row in own) == pytest.approx(1)  # shares of one country
        assert {row["n_reporters"] for row in own} == {len({a for a, _ in network})}


@few
@given(matrices, matrices)
def test_complementarity_by_its_own_formula(
    exports: dict[tuple[str, str], float], imports: dict[tuple[str, str], float]
) -> None:
    """C = 100 (1 - sum |m - x| / 2): the statement sums minima, the test absolute differences."""
    rows = [*_products(exports), *_products(imports, "import")]
    found = by(ask(COMPLEMENTARITY, rows), "exporter", "importer")
    x, m = _shares(exports), _shares(imports)

    assert set(found) == {(a, b) for a in x for b in m if a != b}
    for (exporter, importer), value in found.items():
        expected = 100 * (1 - np.abs(m[importer] - x[exporter]).sum() / 2)
        assert value == pytest.approx(expected, abs=1e-9)  # a difference from one, times 100
        assert -1e-9 <= value <= 100 + 1e-9


def test_perfect_and_no_complementarity() -> None:
    exports = {("CHN", "1001"): 1.0, ("CHN", "2709"): 3.0, ("RUS", "8501"): 5.0}
    imports = {("KAZ", "1001"): 10.0, ("KAZ", "2709"): 30.0}
    found = ask(COMPLEMENTARITY, [*_products(exports), *_products(imports, "import")])

    assert by(found, "exporter") == {"CHN": 100.0, "RUS": 0.0}
    assert by(found, "exporter", value="n_shared") == {"CHN": 2, "RUS": 0}


@few
@given(matrices)
def test_similarity_by_numpy_is_symmetric_and_within_zero_and_one(matrix: dict[tuple[str, str], float]) -> None:
    found = by(ask(SIMILARITY, _products(matrix)), "one", "other")
    shares = _shares(matrix)

    assert set(found) == {(a, b) for a in shares for b in shares if a < b}
    for (a, b), value in found.items():
        assert value == pytest.approx(np.minimum(shares[a], shares[b]).sum())  # the same minima
        assert 0 <= value <= 1 + 1e-12  # a sum of six shares
    renamed = {"CHN": "USA", "USA": "CHN", "KAZ": "RUS", "RUS": "KAZ"}
    swapped = by(ask(SIMILARITY, _products({(renamed[c], k): v for (c, k), v in matrix.items()})), "one", "other")
    for (a, b), value in found.items():
        first, second = sorted((renamed[a], renamed[b]))
        assert swapped[first, second] == pytest.approx(value)  # sums in another order


def test_similarity_by_product_and_by_market_are_two_questions() -> None:
    rows = [
        cell("KAZ", "CHN", "export", 2024, 1.0, product="2709"),
        cell("TKM", "CHN", "export", 2024, 1.0, product="2711"),
        cell("UZB", "RUS", "export", 2024, 1.0, product="2711"),
    ]

    assert by(ask(SIMILARITY, rows), "one", "other") == {("KAZ", "TKM"): 0, ("KAZ", "UZB"): 0, ("TKM", "UZB"): 1}
    assert by(ask(BY_MARKET, rows), "one", "other") == {("KAZ", "TKM"): 1, ("KAZ", "UZB"): 0, ("TKM", "UZB"): 0}
    with pytest.raises(BadInput, match="by product or by partner"):
        similarity(EXPORTS, "flow")


@few
@given(networks)
def test_import_dependence_by_brute_force(network: dict[tuple[str, str], float]) -> None:
    rows = ask(DEPENDENCE, _network(network, "import"))

    assert len(rows) == len(network)
    for importer in {a for a, _ in network}:
        suppliers = {b: v for (a, b), v in network.items() if a == importer}
        whole = sum(suppliers.values())
        for supplier, value in suppliers.items():
            row = one(rows, reporter=importer, partner=supplier)
            assert row["value"] == pytest.approx(value / whole)  # one division
            assert row["supplier_hhi"] == pytest.approx(sum((v / whole) ** 2 for v in suppliers.values()))  # squares
            assert row["n_suppliers"] == len(suppliers)
            assert suppliers[row["top"]] == max(suppliers.values())
            assert row["top_share"] == pytest.approx(max(suppliers.values()) / whole)


def test_one_supplier_of_a_product_beside_all() -> None:
    rows = [
        cell("UZB", "CHN", "import", 2024, 6.0, product="8517"),
        cell("UZB", "RUS", "import", 2024, 2.0, product="8517"),
        cell("UZB", "RUS", "import", 2024, 5.0, product="1001"),
    ]
    found = ask(ON_CHINA, rows)

    assert [(row["product"], row["value"], row["supplier_hhi"]) for row in found] == [("8517", 0.75, 0.625)]
