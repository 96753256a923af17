"""The measures as users call them: a ledger in, a checked and traceable table out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlglot
from measure_makers import Row, by, one

import khorgos.measures as package
from khorgos.core.errors import BadInput, NoData
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.store import Ledger
from khorgos.measures import (
    Measured,
    Target,
    advantage,
    annualised,
    asymmetric_dependence,
    balance,
    cagr,
    complementarity,
    concentration,
    constant_market_share,
    contribution,
    detours,
    diversification,
    exports,
    growth,
    import_dependence,
    imports,
    influence,
    intensity,
    intra_industry,
    intra_industry_aggregate,
    investment,
    levels,
    mirror,
    multiple,
    overtakes,
    rank,
    record,
    share,
    share_change,
    similarity,
    streaks,
    suppliers,
    targets,
    total,
    trend_growth,
    unit_values,
    year_to_date,
)
from khorgos.measures.rerouting.route import Route
from khorgos.measures.statements.levels import FLOWS as LEVELS
from khorgos.measures.trade import levels_and_growth

KAZ = FlowQuery(reporters=("KAZ",), partners=("CHN",), flows=("total",), years=(2023, 2024))
FIVE = FlowQuery(reporters=("CHN",), partners=("CA5",), flows=("total",), years=(2024,))
CODES = FlowQuery(reporters=("CHN", "KAZ"), partners=("WLD",), products=(), level=6, years=(2024,))

ALL_GOODS = {"TOTAL": ("TOTAL",)}

CALLS: dict[str, Callable[[Ledger], Measured]] = {
    "levels": lambda ledger: levels(ledger, KAZ),
    "exports": lambda ledger: exports(ledger, KAZ),
    "imports": lambda ledger: imports(ledger, KAZ),
    "total": lambda ledger: total(ledger, KAZ),
    "balance": lambda ledger: balance(ledger, KAZ),
    "growth": lambda ledger: growth(ledger, KAZ),
    "contribution": lambda ledger: contribution(ledger, KAZ, "2024", "2023", over="partner"),
    "multiple": lambda ledger: multiple(ledger, KAZ, "2024", "2018"),
    "share": lambda ledger: share(ledger, KAZ),
    "share_change": lambda ledger: share_change(ledger, KAZ, "2024", "2023"),
    "rank": lambda ledger: rank(ledger, KAZ),
    "record": lambda ledger: record(ledger, FlowQuery(reporters=("KAZ",), partners=("CHN",))),
    "streaks": lambda ledger: streaks(ledger, FlowQuery(reporters=("KAZ",), partners=("CHN",))),
    "overtakes": lambda ledger: overtakes(ledger, FlowQuery(reporters=("KAZ",)), "CHN", "KGZ"),
    "cagr": lambda ledger: cagr(ledger, KAZ, 2018, 2024),
    "trend_growth": lambda ledger: trend_growth(ledger, KAZ, 2018, 2024),
    "targets": lambda ledger: targets(ledger, [Target("KAZ", "CHN", 1e9, 2030)]),
    "year_to_date": lambda ledger: year_to_date(
        ledger, FlowQuery(reporters=("CHN",), partners=("KAZ", "KGZ"), sources=("customs",), currency="CNY"), 2024
    ),
    "annualised": lambda ledger: annualised(
        ledger, FlowQuery(reporters=("CHN",), partners=("KAZ",), sources=("customs",), currency="CNY"), 2024
    ),
    "concentration": lambda ledger: concentration(ledger, KAZ),
    "diversification": lambda ledger: diversification(ledger, FlowQuery(**_fields(CODES, flows=("export",)))),
    "advantage": lambda ledger: advantage(ledger, CODES),
    "intra_industry": lambda ledger: intra_industry(ledger, CODES, digits=2),
    "intra_industry_aggregate": lambda ledger: intra_industry_aggregate(ledger, CODES),
    "intensity": lambda ledger: intensity(ledger, FlowQuery(reporters=("KAZ",), partners=("CHN",), years=(2024,))),
    "complementarity": lambda ledger: complementarity(ledger, CODES, ("CHN",), ("KAZ", "KGZ")),
    "similarity": lambda ledger: similarity(ledger, CODES),
    "import_dependence": lambda ledger: import_dependence(ledger, KAZ, "CHN"),
    "mirror": lambda ledger: mirror(ledger, FlowQuery(reporters=("CHN",), partners=("KAZ",), years=(2022,))),
    "influence": lambda ledger: influence(ledger, ("KGZ",), ("CHN", "KAZ"), years=(2024,)),
    "asymmetric_dependence": lambda ledger: asymmetric_dependence(ledger, ("KGZ",), ("CHN",), years=(2024,)),
    "suppliers": lambda ledger: suppliers(ledger, ALL_GOODS, importers=("KAZ",), years=(2022,)),
    "constant_market_share": lambda ledger: constant_market_share(ledger, ALL_GOODS, "KAZ", 2018, 2022),
    "unit_values": lambda ledger: unit_values(ledger, {"HS22": ("2709",)}, "KAZ", 2022),
    "detours": lambda ledger: detours(ledger, Route("CHN", "KGZ", 2023, (2024,), level=0), hubs=("KAZ",)),
    "investment": lambda ledger: investment(ledger, ("CA5",)),
}


def _fields(query: FlowQuery, **more: Any) -> dict[str, Any]:
    return {name: getattr(query, name) for name in FlowQuery.__dataclass_fields__} | more


def _rows(measured: Measured) -> list[Row]:
    found: list[Row] = measured.table.to_pylist()
    return found


def test_every_public_measure_is_called_here() -> None:
    assert set(package.__all__) == set(CALLS) | {"Measured", "Target", "Interval"}
    assert dir(package) == sorted(package.__all__)
    with pytest.raises(AttributeError, match="no 'happiness'"):
        package.happiness  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_measure_answers_with_its_lineage(small: Ledger, name: str) -> None:
    measured = CALLS[name](small)
    known = {release.id for release in small.releases.values()}

    assert measured.table.num_rows > 0 or name == "overtakes"
    assert measured.unit
    assert measured.lineage.formula
    assert set(measured.lineage.releases) <= known
    assert measured.lineage.parameters
    spark = sqlglot.parse_one(measured.lineage.query, read="duckdb").sql("spark")
    assert sqlglot.parse_one(spark, read="spark").key == "select"


@pytest.mark.parametrize("name", sorted(CALLS))
def test_without_rows_there_is_no_answer_but_a_word(bare: Ledger, name: str) -> None:
    if name in ("overtakes", "streaks"):
        assert CALLS[name](bare).table.num_rows == 0
        return
    with pytest.raises(NoData, match=r"The ledger has no figures for this .*`khorgos import FILE`"):
        CALLS[name](bare)


@pytest.mark.parametrize("name", ["levels", "growth", "share", "influence", "mirror", "investment"])
def test_the_same_question_has_the_same_answer(small: Ledger, name: str) -> None:
    first, second = CALLS[name](small), CALLS[name](small)

    assert first.lineage == second.lineage
    assert first.table.column("trace").equals(second.table.column("trace"))


def test_rows_can_be_traced(small: Ledger) -> None:
    found = _rows(levels(small, KAZ, trace="row"))

    assert all("#flow " in mark for row in found for mark in row["trace"])
    assert {len(row["trace"]) for row in found} == {2}  # exports and imports


def test_a_group_has_two_roads(small: Ledger) -> None:
    found = _rows(total(small, FIVE))[0]

    assert (found["value"], found["method"]) == (94.82e9, "printed")
    assert found["alternative_method"] == "sum of members"
    assert (found["n_members"], found["missing"]) == (5, [])


def test_growth_of_the_five(small: Ledger) -> None:
    measured = growth(small, FIVE)

    assert round(_rows(measured)[0]["value"]) == 6
    assert [row["period"] for row in _rows(measured)] == ["2024"]  # the base year was looked up, not answered
    assert measured.unit == "percent"


@pytest.mark.parametrize(
    "query",
    [
        KAZ,
        FIVE,
        FlowQuery(**_fields(FIVE, partners=("CA5", "KAZ", "KGZ"), flows=LEVELS, years=())),
        FlowQuery(reporters=("CHN",), partners=("KAZ",), flows=LEVELS, by="month", sources=("customs",)),
        FlowQuery(reporters=("CHN",), partners=("KAZ",), flows=("total", "import"), periods=("2024-02",), by="native"),
    ],
    ids=["years", "group", "group and members", "months", "a period"],
)
def test_levels_and_growth_of_one_statement_are_those_of_two(small: Ledger, query: FlowQuery) -> None:
    of_total = FlowQuery(**_fields(query, flows=("total",)))
    apart = (levels(small, query), _or_none(lambda: growth(small, of_total)))

    for made, other in zip(levels_and_growth(small, query, "total"), apart, strict=True):
        if other is None:
            assert made is None
            continue
        assert made is not None
        # sums of doubles may be made in another order
        alike = [
            {k: pytest.approx(v, rel=1e-12) if isinstance(v, float) else v for k, v in r.items()} for r in _rows(other)
        ]
        assert _rows(made) == alike
        assert (made.unit, made.findings, made.units) == (other.unit, other.findings, other.units)
        assert replace(made.lineage, query="") == replace(other.lineage, query="")
        spark = sqlglot.parse_one(made.lineage.query, read="duckdb").sql("spark")
        assert sqlglot.parse_one(spark, read="spark").key == "select"


def _or_none(ask: Callable[[], Measured]) -> Measured | None:
    try:
        return ask()
    except NoData:
        return None


def test_nothing_is_no_levels_and_no_growth(bare: Ledger) -> None:
    with pytest.raises(NoData, match="The ledger has no figures for this levels"):
        levels_and_growth(bare, KAZ, "total")


def test_yuan_and_dollars_are_both_answered(small: Ledger) -> None:
    query = FlowQuery(reporters=("CHN",), partners=("KAZ",), flows=("export",), years=(2023,), sources=("customs",))
    yuan = levels(small, FlowQuery(**_fields(query, currency="CNY")))
    dollars = levels(small, query)

    assert _rows(yuan)[0]["value"] == pytest.approx(sum(7.0e9 + 1e8 * n for n in range(12)))  # twelve months
    assert (yuan.unit, dollars.unit) == ("CNY", "USD")
    assert "converted" in {finding.code for finding in dollars.findings}
    assert "converted" not in {finding.code for finding in yuan.findings}


def test_all_shares_of_one_source_sum_to_one(small: Ledger) -> None:
    everyone = share(small, FlowQuery(**_fields(KAZ, partners=())))
    china = _rows(share(small, KAZ))

    assert everyone.identity is not None
    assert {row["universe"] for row in _rows(everyone)} == {42}
    assert one(_rows(everyone), partner="CHN", period="2024")["value"] == one(china, period="2024")["value"]


def test_a_group_has_a_share_too(small: Ledger) -> None:
    five = FlowQuery(reporters=("CHN",), partners=("CA5", "KAZ"), flows=("export",), years=(2019,))
    found = by(_rows(share(small, five)), "partner")

    assert found["CA5"] > found["KAZ"] > 0


def test_contributions_of_a_group_are_those_of_its_members(small: Ledger) -> None:
    query = FlowQuery(reporters=("CHN",), partners=("CA5",), flows=("export",))
    found = _rows(contribution(small, query, "2019", "2018"))

    assert {row["partner"] for row in found} <= {"KAZ", "KGZ", "TJK", "TKM", "UZB"}
    assert sum(row["value"] for row in found) == pytest.approx(found[0]["total_growth"])  # additions of doubles


def test_steady_growth_of_a_tenth(small: Ledger) -> None:
    early = FlowQuery(reporters=("KAZ",), partners=("CHN",), flows=("export",))

    assert _rows(cagr(small, early, 2018, 2024))[0]["value"] == pytest.approx(10)  # a root of 1.1 to the sixth
    assert _rows(trend_growth(small, early, 2018, 2024))[0]["value"] == pytest.approx(10)  # logarithms
    assert _rows(streaks(small, early))[0]["value"] == 6
    assert all(row["highest"] for row in _rows(record(small, early)))


def test_the_year_to_date_stops_at_june(small: Ledger) -> None:
    found = _rows(CALLS["year_to_date"](small))

    assert {row["period"] for row in found} == {"2024-01..2024-06"}


def test_influence_by_own_and_by_mirrored_figures(small: Ledger) -> None:
    own = _rows(influence(small, ("KGZ",), ("CHN",), years=(2019,)))[0]
    mirrored = influence(small, ("UZB",), ("CHN", "KAZ"), years=(2019,), basis="mirror")

    assert own["value"] == pytest.approx(own["level"] / 1.4e10)  # one division
    assert own["share_of_trade"] == pytest.approx(1 / sum(i + 1 for i in range(43) if i != 2))  # first of 42 partners
    assert {"mirrored", "no-whole"} <= {finding.code for finding in mirrored.findings}


def test_influence_is_of_powers_on_single_countries(small: Ledger) -> None:
    with pytest.raises(BadInput, match="single countries, not on CA5"):
        influence(small, ("CA5",), ("CHN",))
    with pytest.raises(BadInput, match="at least one power"):
        influence(small, ("KGZ",), ())


def test_mirrors_show_both_directions(small: Ledger) -> None:
    found = _rows(CALLS["mirror"](small))

    assert {(row["exporter"], row["importer"]) for row in found} == {("CHN", "KAZ"), ("KAZ", "CHN")}
    assert all(row["range_low"] < row["range_high"] for row in found)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Target("CHN", "KAZ", 0, 2030), "above zero"),
        (lambda: Target("CHN", "KAZ", 1e9, 2030, flow="balance"), "not for 'balance'"),
    ],
)
def test_a_target_is_a_positive_sum_of_trade(make: Callable[[], Target], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        make()


def test_targets_are_judged_one_currency_at_a_time(small: Ledger) -> None:
    with pytest.raises(BadInput, match="one currency at a time"):
        targets(small, [Target("CHN", "KAZ", 1e9, 2030), Target("CHN", "KAZ", 1e9, 2030, currency="CNY")])


def test_a_target_and_what_it_takes(small: Ledger) -> None:
    measured = targets(small, [Target("KAZ", "CHN", 1e9, 2030, source="said in a speech")])
    found = _rows(measured)[0]

    assert found["level"] * (1 + found["value"] / 100) ** 6 == pytest.approx(1e9)  # a root and its power
    assert any("said in a speech" in note for note in measured.lineage.notes)


def test_contracts_of_a_group_of_countries(small: Ledger) -> None:
    found = _rows(investment(small, ("CA5",), by=("country",)))

    assert by(found, "country", "kind")["KAZ", "investment"] == pytest.approx(1e8 * 2023 + 1e8 * 2024)  # one addition
    assert investment(small, years=(2024,), trace="row").table.column("trace")[0].as_py()[0].count("#") == 1
