"""Cells: the right vintage, the preferred source, one currency, years from months, groups apart."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_makers import asked, filled, flow, parsed, release, source, values
from sqlglot import exp

from khorgos.core.errors import BadInput, UnknownName
from khorgos.core.schema import FLOW
from khorgos.ledger import planning
from khorgos.ledger.engine import run
from khorgos.ledger.query import FlowQuery, alternatives, cells, rows, vintages
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.nomenclature.currencies import rate
from khorgos.sources.connector import Parsed

COLUMNS = [
    *("reporter", "partner", "flow", "period", "product", "nomenclature", "value", "rounding", "valuation"),
    *("partner_basis", "status", "source", "published", "converted", "trace"),
]
MONTHS = [f"2023-{n:02d}" for n in range(1, 13)]


def _one(ledger: Ledger, query: FlowQuery, **options: Any) -> dict[str, Any]:
    (row,) = asked(ledger, cells(ledger, query, **options))
    return row


def _stated(card: str, value: float | None, *, published: str | None = None, rank: int = 10, **more: Any) -> Parsed:
    """One source that states China's exports to Kazakhstan in 2023."""
    made = source(card, rank=rank)
    day = dt.date.fromisoformat(published) if published else None
    row = flow("CHN", "KAZ", "export", more.pop("period", "2023"), value, **more)
    return parsed([row], card=made, of=release(made, f"{card} {published} {value} {more}", published=day))


def test_columns_are_those_of_the_contract(empty: Ledger) -> None:
    ledger = filled(empty, _stated("customs", 5.0))

    assert run(ledger, cells(ledger, FlowQuery())).column_names == COLUMNS
    assert run(ledger, alternatives(ledger, FlowQuery())).column_names == COLUMNS
    assert run(ledger, rows(ledger, FlowQuery())).column_names == FLOW.names


# --- vintages ---------------------------------------------------------------------------------------------------


def _march_2023(empty: Ledger) -> Ledger:
    """China's exports of March 2023, as first published and as cut.

    First published: 315,589,337 thousand USD, +14.8% (GACC, table (5) of 3.2023, english.customs.gov.cn, 13 April
    2023). Cut by USD 10.55 bn, growth then 11.4% (Reuters of 11 August 2023, from GACC's tables).
    The two levels of March 2022 are chosen: the only ones, to USD 0.1 bn, that give both growth rates; between
    them lies the customs' annual revision of 2022 (July 2023), which lowered that year's exports too.
    """
    card = source("gacc")
    files = []
    for name, day, then, now in (
        ("april", dt.date(2023, 4, 13), 274.9e9, 315_589_337e3),
        ("august", dt.date(2023, 8, 8), 273.8e9, 315_589_337e3 - 10.55e9),
    ):
        pair = [flow("CHN", "WLD", "export", "2022-03", then), flow("CHN", "WLD", "export", "2023-03", now)]
        files.append(parsed(pair, card=card, of=release(card, name, published=day)))
    return filled(empty, *files)


@pytest.mark.parametrize(
    ("as_of", "growth"),
    [("2023-04-13", 14.8), ("2023-06-30", 14.8), ("2023-08-07", 14.8), ("2023-08-08", 11.4), (None, 11.4)],
)
def test_march_2023_grew_by_14_8_per_cent_and_later_by_11_4(empty: Ledger, as_of: str | None, growth: float) -> None:
    ledger = _march_2023(empty)
    day = dt.date.fromisoformat(as_of) if as_of else None
    query = FlowQuery(("CHN",), ("WLD",), ("export",), by="month", as_of=day)

    found = values(ledger, cells(ledger, query), "period")

    assert 100 * (found["2023-03"] / found["2022-03"] - 1) == pytest.approx(growth, abs=0.05)  # as printed


def test_before_the_first_publication_nothing_is_known(empty: Ledger) -> None:
    ledger = _march_2023(empty)
    query = FlowQuery(("CHN",), ("WLD",), ("export",), by="month", as_of=dt.date(2023, 4, 12))

    assert asked(ledger, cells(ledger, query)) == []


def test_the_cut_is_10_55_billion(empty: Ledger) -> None:
    ledger = _march_2023(empty)
    query = FlowQuery(("CHN",), ("WLD",), ("export",), periods=("2023-03",), by="month")

    stated = asked(ledger, rows(ledger, query))

    assert max(r["value"] for r in stated) - min(r["value"] for r in stated) == pytest.approx(
        10.55e9, rel=1e-12
    )  # 1 sum


@pytest.mark.parametrize(
    ("period", "as_of", "known"),
    [
        ("2023", "2023-12-31", True),
        ("2023", "2023-12-30", False),
        ("2023-02", "2023-02-28", True),
        ("2023-02", "2023-02-27", False),
        ("2023-01..2023-05", "2023-05-31", True),
        ("2023-01..2023-05", "2023-05-30", False),
    ],
)
def test_an_undated_figure_is_known_once_its_period_has_ended(
    empty: Ledger, period: str, as_of: str, known: bool
) -> None:
    ledger = filled(empty, _stated("customs", 5.0, period=period))
    query = FlowQuery(by="native", as_of=dt.date.fromisoformat(as_of))

    assert len(asked(ledger, cells(ledger, query))) == known


@pytest.mark.parametrize(
    ("precision", "as_of", "known"),
    [
        ("month", "2024-03-30", False),
        ("month", "2024-03-31", True),
        ("year", "2024-12-30", False),
        ("year", "2024-12-31", True),
        ("day", "2024-03-01", True),
    ],
)
def test_a_coarse_day_of_publication_counts_from_its_end(
    empty: Ledger, precision: Any, as_of: str, known: bool
) -> None:
    made = release(source(), published=dt.date(2024, 3, 1), precision=precision)
    ledger = filled(empty, parsed([flow("CHN", "KAZ", "export", "2023", 5.0)], of=made))

    assert len(asked(ledger, cells(ledger, FlowQuery(as_of=dt.date.fromisoformat(as_of))))) == known


def test_a_dated_release_supersedes_an_undated_one(empty: Ledger) -> None:
    ledger = filled(empty, _stated("customs", 1.0), _stated("customs", 2.0, published="2020-01-01"))

    assert _one(ledger, FlowQuery())["value"] == 2.0


def test_a_withdrawn_figure_is_withdrawn(empty: Ledger) -> None:
    ledger = filled(
        empty, _stated("customs", 1.0, published="2024-01-01"), _stated("customs", None, published="2024-02-01")
    )

    assert _one(ledger, FlowQuery())["value"] is None


def test_what_two_voices_of_one_source_say_does_not_supersede(empty: Ledger) -> None:
    card = source("press")
    files = [
        parsed(
            [flow("CHN", "KAZ", "export", "2023", value)],
            card=card,
            of=release(card, voice, attribution=voice, published=dt.date(2024, 1, day)),
        )
        for voice, value, day in (("Times citing GACC", 43.8, 1), ("Ministry", 30.1, 2))
    ]
    ledger = filled(empty, *files)

    assert [row["value"] for row in asked(ledger, alternatives(ledger, FlowQuery()))] == [30.1, 43.8]
    assert _one(ledger, FlowQuery())["value"] == 30.1


def test_vintages_are_numbered_from_what_stands(empty: Ledger) -> None:
    ledger = _march_2023(empty)
    query = FlowQuery(("CHN",), ("WLD",), ("export",), periods=("2023-03",), by="month")

    found = sorted(asked(ledger, vintages(ledger, query)), key=lambda row: row["vintage"])

    assert [(row["vintage"], row["published"]) for row in found] == [
        (1, dt.date(2023, 8, 8)),
        (2, dt.date(2023, 4, 13)),
    ]
    assert [row["value"] for row in found] == [315_589_337e3 - 10.55e9, 315_589_337e3]


# --- preference -------------------------------------------------------------------------------------------------


BIG = {"value": 5e9}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"rank": 60}, {"currency": "CNY", "rank": 10}),  # its own currency before a converted one
        ({"currency": "CNY"}, {"value": None}),  # a figure before none
        ({"rank": 60}, {"status": "reconciled", "rank": 10}),  # declared before reconciled
        ({"rank": 60, "rounding": None}, {"rounding": 1e8, "rank": 10}),  # exact before rounded
        ({"rank": 60, "rounding": 1e3} | BIG, {"rounding": 1e7, "rank": 10} | BIG),  # fine before rough
        ({"rank": 10, "rounding": 1e3} | BIG, {"rank": 30} | BIG),  # the declarant's own, finely printed, before exact
        ({"currency": "CNY"} | BIG, {"rounding": 1e8} | BIG),  # a conversion before a coarse print
        ({"rounding": 1e7} | BIG, {"currency": "CNY"} | BIG),  # but not before a rough one
        ({"currency": "CNY"}, {"status": "estimated"}),  # declared before estimated
        ({"rank": 10}, {"rank": 30, "published": "2025-01-01"}),  # nearer to the declarant before later
        ({"published": "2024-02-01"}, {"published": "2024-01-01"}),  # later before earlier
        ({"published": "2024-02-01"}, {}),  # dated before undated
        ({"partner_basis": "destination"}, {"partner_basis": "consignment"}),
    ],
)
def test_preference(empty: Ledger, better: dict[str, Any], worse: dict[str, Any]) -> None:
    first, second = ({"value": 5.0} | more for more in (better, worse))
    ledger = filled(empty, _stated("a", **second), _stated("b", **first), _stated("c", **second))

    assert _one(ledger, FlowQuery())["source"] == "b"
    assert len(asked(ledger, alternatives(ledger, FlowQuery()))) == 3


def test_sources_can_be_chosen(empty: Ledger) -> None:
    ledger = filled(empty, _stated("a", 1.0), _stated("b", 2.0, rank=60))

    assert _one(ledger, FlowQuery(sources=("b",)))["value"] == 2.0
    assert asked(ledger, cells(ledger, FlowQuery(sources=("c",)))) == []
    assert asked(ledger, cells(ledger, FlowQuery(sources=()))) == []


def test_statuses_and_bases_can_be_chosen(empty: Ledger) -> None:
    ledger = filled(
        empty, _stated("a", 1.0, partner_basis="consignment"), _stated("b", 2.0, status="reconciled", rank=60)
    )

    assert _one(ledger, FlowQuery(statuses=("reconciled",)))["value"] == 2.0
    assert _one(ledger, FlowQuery(basis="consignment"))["value"] == 1.0


def test_a_doubted_figure_is_kept_and_never_used(empty: Ledger) -> None:
    ledger = filled(empty, _stated("a", 6882.8, status="doubted"), _stated("b", 688.3, status="reconciled", rank=60))
    alone = FlowQuery(sources=("a",))

    assert _one(ledger, FlowQuery())["value"] == 688.3
    assert asked(ledger, cells(ledger, alone)) == []
    assert [row["value"] for row in asked(ledger, rows(ledger, alone))] == [6882.8]
    assert _one(ledger, FlowQuery(statuses=("doubted",)))["value"] == 6882.8


# --- currency ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", ["2023", "2023-03", "2023-01..2023-05"])
def test_a_figure_is_converted_at_the_mean_rate_of_its_period(empty: Ledger, period: str) -> None:
    ledger = filled(empty, _stated("customs", 7e9, period=period, currency="CNY", rounding=1e4))
    found = _one(ledger, FlowQuery(by="native"))

    per_usd = rate("CNY", period).per_usd
    assert found["value"] == pytest.approx(7e9 / per_usd, rel=1e-15)  # one division
    assert found["rounding"] == pytest.approx(1e4 / per_usd, rel=1e-15)  # one division
    assert found["converted"] is True


def test_between_two_currencies_the_dollar_stands_in_the_middle(empty: Ledger) -> None:
    ledger = filled(empty, _stated("customs", 7e9, currency="KZT"))

    found = _one(ledger, FlowQuery(currency="CNY"))

    expected = 7e9 / rate("KZT", "2023").per_usd * rate("CNY", "2023").per_usd
    assert found["value"] == pytest.approx(expected, rel=1e-14)  # two operations


def test_a_native_figure_is_untouched(empty: Ledger) -> None:
    ledger = filled(empty, _stated("customs", 0.1 + 0.2, currency="CNY"), _stated("other", 5.0))

    found = _one(ledger, FlowQuery(currency="CNY"))

    assert found["value"] == 0.1 + 0.2
    assert found["converted"] is False


def test_without_a_rate_there_is_no_figure(empty: Ledger) -> None:
    ledger = filled(empty, _stated("customs", 7e9, currency="CNY", period="1901"))

    found = _one(ledger, FlowQuery())

    assert (found["value"], found["converted"]) == (None, True)


@settings(max_examples=10)  # each example writes a ledger to the disk
@given(value=st.floats(1, 1e15), year=st.integers(2013, 2023), currency=st.sampled_from(["CNY", "KZT", "RUB", "EUR"]))
def test_there_and_back_is_the_same_value(
    tmp_path_factory: pytest.TempPathFactory, value: float, year: int, currency: str
) -> None:
    ledger = open_ledger(tmp_path_factory.mktemp("ledger"), embedded=False)
    there = filled(ledger, _stated("customs", value, currency=currency, period=str(year)))
    dollars = _one(there, FlowQuery())["value"]
    back = filled(there, _stated("other", dollars, period=str(year)))

    found = _one(back, FlowQuery(currency=currency, sources=("other",)))["value"]

    assert found == pytest.approx(value, rel=1e-14)  # two multiplications and two divisions


# --- years, months, stretches -----------------------------------------------------------------------------------


def _months(card: str, months: list[str], value: float = 10.0, **more: Any) -> Parsed:
    made = source(card, rank=more.pop("rank", 10))
    stated = [flow("CHN", "KAZ", "export", month, value, **more) for month in months]
    return parsed(stated, card=made, of=release(made, f"{card} months {more}"))


def test_twelve_months_make_a_year(empty: Ledger) -> None:
    ledger = filled(empty, _months("customs", MONTHS, rounding=2.0))
    found = _one(ledger, FlowQuery(), trace="row")

    assert (found["period"], found["value"], found["rounding"]) == ("2023", 120.0, 24.0)
    assert found["trace"] == sorted(f"{next(iter(ledger.releases))}#CHN:KAZ:export:{month}:TOTAL" for month in MONTHS)
    assert _one(ledger, FlowQuery())["trace"] == list(ledger.releases)


@pytest.mark.parametrize("missing", MONTHS[::5])
def test_eleven_months_make_no_year(empty: Ledger, missing: str) -> None:
    ledger = filled(empty, _months("customs", [month for month in MONTHS if month != missing]))

    assert asked(ledger, cells(ledger, FlowQuery())) == []


def test_a_month_without_a_figure_makes_no_year(empty: Ledger) -> None:
    card = source()
    stated = [flow("CHN", "KAZ", "export", m, None if m == "2023-07" else 10.0) for m in MONTHS]

    ledger = filled(empty, parsed(stated, card=card))

    assert asked(ledger, cells(ledger, FlowQuery())) == []


def test_months_of_two_sources_are_not_added(empty: Ledger) -> None:
    ledger = filled(empty, _months("a", MONTHS[:6]), _months("b", MONTHS[6:]))

    assert asked(ledger, cells(ledger, FlowQuery())) == []


def test_months_of_several_releases_of_one_source_are_added(empty: Ledger) -> None:
    card = source()
    files = [
        parsed(
            [flow("CHN", "KAZ", "export", month, 10.0, status="estimated" if month == "2023-03" else "reported")],
            card=card,
            of=release(card, month, published=dt.date(2023, 1, 15) + dt.timedelta(days=31 * n)),
        )
        for n, month in enumerate(MONTHS)
    ]
    ledger = filled(empty, *files)
    found = _one(ledger, FlowQuery())

    assert (found["value"], found["status"], len(found["trace"])) == (120.0, "estimated", 12)
    assert found["published"] == dt.date(2023, 1, 15) + dt.timedelta(days=31 * 11)
    assert asked(ledger, cells(ledger, FlowQuery(as_of=dt.date(2023, 12, 1)))) == []


def test_a_source_s_own_year_stands_before_the_sum_of_its_months(empty: Ledger) -> None:
    ledger = filled(empty, _months("customs", MONTHS), _stated("customs", 121.0, rounding=1.0))

    assert _one(ledger, FlowQuery())["value"] == 121.0


def test_exact_months_stand_before_another_source_s_rounded_year(empty: Ledger) -> None:
    ledger = filled(empty, _months("customs", MONTHS), _stated("press", 200.0, rounding=100.0))

    assert _one(ledger, FlowQuery())["value"] == 120.0


def test_converted_months_are_converted_one_by_one(empty: Ledger) -> None:
    ledger = filled(empty, _months("customs", MONTHS, currency="CNY"))

    expected = sum(10.0 / rate("CNY", month).per_usd for month in MONTHS)
    assert _one(ledger, FlowQuery())["value"] == pytest.approx(expected, rel=1e-14)  # twelve additions


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({}, ["2022", "2023"]),
        ({"years": (2022,)}, ["2022"]),
        ({"periods": ("2023",)}, ["2023"]),
        ({"by": "month"}, MONTHS),
        ({"by": "month", "years": (2022,)}, []),
        ({"by": "month", "periods": ("2023-02", "2023-05")}, ["2023-02", "2023-05"]),
        ({"by": "native"}, ["2022", "2022-01..2022-05", *MONTHS]),
        ({"by": "native", "years": (2022,)}, ["2022", "2022-01..2022-05"]),
        ({"by": "native", "periods": ("2022-01..2022-05",)}, ["2022-01..2022-05"]),
    ],
)
def test_periods(empty: Ledger, question: dict[str, Any], expected: list[str]) -> None:
    ledger = filled(
        empty,
        _months("customs", MONTHS),
        _stated("customs", 1.0, period="2022"),
        _stated("customs", 2.0, period="2022-01..2022-05"),
    )

    assert sorted(values(ledger, cells(ledger, FlowQuery(**question)), "period")) == expected


# --- areas and products -----------------------------------------------------------------------------------------


def test_groups_are_never_among_all_areas(empty: Ledger) -> None:
    partners = ("KAZ", "WLD", "CA5", "EU27", "XNS", "SUN", "HKG")
    ledger = filled(empty, parsed([flow("CHN", one, "export", "2023", 1.0) for one in partners]))

    assert sorted(values(ledger, cells(ledger, FlowQuery()), "partner")) == ["HKG", "KAZ", "SUN", "XNS"]
    assert values(ledger, cells(ledger, FlowQuery(partners=("WLD", "CA5"))), "partner") == {"WLD": 1.0, "CA5": 1.0}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({}, ["TOTAL"]),
        ({"products": ()}, ["27", "270900", "270900"]),
        ({"products": (), "level": 6}, ["270900", "270900"]),
        ({"products": ("270900",), "nomenclature": "HS17"}, ["270900"]),
        ({"products": ("27", "TOTAL")}, ["27", "TOTAL"]),
        ({"products": ("28",)}, []),
    ],
)
def test_products(empty: Ledger, question: dict[str, Any], expected: list[str]) -> None:
    goods = [("TOTAL", "TOTAL"), ("27", "HS17"), ("270900", "HS17"), ("270900", "HS12")]
    stated = [flow("CHN", "KAZ", "export", "2023", 1.0, product=p, nomenclature=n, locator=f"{p}{n}") for p, n in goods]
    ledger = filled(empty, parsed(stated))

    found = asked(ledger, cells(ledger, FlowQuery(**question)))

    assert sorted(row["product"] for row in found) == expected


@pytest.mark.parametrize(
    ("question", "error"),
    [
        ({"reporters": ("Kazakhstan",)}, UnknownName),
        ({"partners": ("398",)}, UnknownName),
        ({"flows": ("exports",)}, BadInput),
        ({"flows": ()}, BadInput),
        ({"basis": "transit"}, BadInput),
        ({"statuses": ("guessed",)}, BadInput),
        ({"currency": "yuan"}, BadInput),
        ({"currency": "'; DROP"}, BadInput),
        ({"by": "week"}, BadInput),
        ({"periods": ("2023",), "years": (2023,)}, BadInput),
        ({"periods": ("2023",), "by": "month"}, BadInput),
        ({"periods": ("2023-01..2023-12",), "by": "native"}, BadInput),
        ({"years": (23,)}, BadInput),
    ],
)
def test_a_question_checks_itself(question: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        FlowQuery(**question)


def test_a_quote_in_a_product_is_only_a_quote(empty: Ledger) -> None:
    ledger = filled(empty, _stated("customs", 5.0))

    assert asked(ledger, cells(ledger, FlowQuery(products=("x' OR '1'='1",)))) == []


@pytest.mark.parametrize("question", [{}, {"by": "month"}, {"currency": "CNY"}, {"as_of": dt.date(2024, 1, 1)}])
def test_questions_render_for_spark(empty: Ledger, question: dict[str, Any]) -> None:
    ledger = filled(empty, _stated("customs", 5.0), _months("customs", MONTHS))
    text = cells(ledger, FlowQuery(**question)).sql(dialect="spark")

    assert sqlglot.parse_one(text, dialect="spark").named_selects == COLUMNS


# --- properties -------------------------------------------------------------------------------------------------

_PERIODS = ("2022", "2023", *MONTHS[:2])


@st.composite
def _files(draw: st.DrawFn) -> list[Parsed]:
    made = []
    for number in range(draw(st.integers(1, 5))):
        card = draw(st.sampled_from([source("customs"), source("office", rank=30)]))
        keys = draw(
            st.lists(
                st.tuples(
                    st.sampled_from(["CHN", "KAZ"]),
                    st.sampled_from(["RUS", "WLD"]),
                    st.sampled_from(_PERIODS),
                    st.sampled_from(["USD", "CNY"]),
                    st.sampled_from([None, "origin"]),
                ),
                unique=True,
                max_size=6,
            )
        )
        stated = [
            flow(a, b, "export", p, draw(st.none() | st.integers(0, 9).map(float)), currency=c, partner_basis=o,
                 rounding=draw(st.sampled_from([None, 1.0])), locator=f"line {n}")
            for n, (a, b, p, c, o) in enumerate(keys)
        ]  # fmt: skip
        day = draw(st.none() | st.sampled_from([dt.date(2023, 1, 1), dt.date(2024, 1, 1), dt.date(2025, 1, 1)]))
        made.append(parsed(stated, card=card, of=release(card, f"file {number}", published=day)))
    return made


@settings(max_examples=12)  # each example writes a ledger to the disk
@given(files=_files(), by=st.sampled_from(["year", "month", "native"]))
def test_no_cell_has_two_rows(tmp_path_factory: pytest.TempPathFactory, files: list[Parsed], by: Any) -> None:
    ledger = filled(open_ledger(tmp_path_factory.mktemp("ledger"), embedded=False), *files)
    found = asked(ledger, cells(ledger, FlowQuery(partners=("RUS", "WLD"), by=by)))
    keys = [tuple(row[name] for name in COLUMNS[:6]) for row in found]

    assert len(keys) == len(set(keys))


@settings(max_examples=12)  # each example writes a ledger to the disk
@given(files=_files())
def test_what_was_known_stays_known(tmp_path_factory: pytest.TempPathFactory, files: list[Parsed]) -> None:
    """Later days know all cells of earlier days, and never a release published after them."""
    ledger = filled(open_ledger(tmp_path_factory.mktemp("ledger"), embedded=False), *files)
    known = []
    for day in (dt.date(2022, 12, 31), dt.date(2023, 6, 1), dt.date(2024, 6, 1), dt.date(2026, 1, 1)):
        query = FlowQuery(partners=("RUS", "WLD"), by="native", as_of=day)
        found = asked(ledger, cells(ledger, query))
        assert all(row["published"] is None or row["published"] <= day for row in found)
        known.append({tuple(row[name] for name in COLUMNS[:6]) for row in found})

    assert all(earlier <= later for earlier, later in itertools.pairwise(known))


def _step(row: dict[str, Any]) -> float:
    """The rounding step over the figure."""
    if not row["rounding"] or row["value"] is None:
        return 0.0
    return float(row["rounding"] / abs(row["value"])) if row["value"] else float("inf")


def _by_hand(files: list[Parsed], query: FlowQuery) -> dict[tuple[Any, ...], float | None]:
    """The rule of `cells` for native periods in plain Python: the second road."""
    best: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    vintage: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for one in files:
        (made,) = one.releases
        for row in one.tables["flow"].to_pylist():
            key = (row["reporter"], row["partner"], row["period"])
            voice = (made.source, *key, row["currency"], row["partner_basis"])
            age = (made.published or dt.date.min, made.id)
            if voice not in vintage or vintage[voice][0] < age:
                vintage[voice] = (age, row, one.source, made)
    for (_, *_), (_, row, card, made) in vintage.items():
        key = (row["reporter"], row["partner"], row["period"])
        native = row["currency"] == query.currency
        value = row["value"]
        if value is not None and not native:
            value = value / rate("CNY", row["period"]).per_usd
        order = (
            value is None, _step(row) > 0.005, not native, _step(row) > 0.0005, card.rank, row["rounding"] or 0.0,
            -(made.published or dt.date.min).toordinal(), row["partner_basis"] is None,
        )  # fmt: skip
        if key not in best or order < best[key][0]:
            best[key] = (order, value)
    return {key: value for key, (_, value) in best.items()}


@settings(max_examples=20)  # each example writes a ledger to the disk
@given(files=_files())
def test_the_rule_in_plain_python_chooses_the_same_figures(
    tmp_path_factory: pytest.TempPathFactory, files: list[Parsed]
) -> None:
    ledger = filled(open_ledger(tmp_path_factory.mktemp("ledger"), embedded=False), *files)
    query = FlowQuery(partners=("RUS", "WLD"), by="native")

    found = values(ledger, cells(ledger, query), "reporter", "partner", "period")

    expected = _by_hand(files, query)
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        assert found[key] == (value if value is None else pytest.approx(value, rel=1e-15))  # one division


def test_one_statement_holds_two_questions(empty: Ledger) -> None:
    ledger = filled(empty, _stated("customs", 5.0), _stated("customs", 7.0, period="2022", currency="CNY"))
    a = cells(ledger, FlowQuery(years=(2023,))).subquery("a")
    b = cells(ledger, FlowQuery(years=(2022,), currency="CNY")).subquery("b")
    question = exp.select("a.value AS one", "b.value AS other").from_(a).join(b, on="a.reporter = b.reporter")

    assert asked(ledger, question) == [{"one": 5.0, "other": 7.0}]


_QUESTIONS = st.builds(
    FlowQuery,
    reporters=st.sampled_from([(), ("CHN",), ("KAZ", "CHN")]),
    partners=st.sampled_from([(), ("RUS",), ("WLD", "RUS")]),
    years=st.sampled_from([(), (2022,), (2023,)]),
    by=st.sampled_from(["year", "month", "native"]),
    currency=st.sampled_from(["USD", "CNY"]),
    sources=st.sampled_from([None, ("customs",)]),
)


@settings(max_examples=8)  # each example writes a ledger to the disk
@given(files=_files(), queries=st.lists(_QUESTIONS, min_size=4, max_size=4))
def test_reading_all_parts_and_leaving_out_no_step_gives_the_same_answer(
    tmp_path_factory: pytest.TempPathFactory, files: list[Parsed], queries: list[FlowQuery]
) -> None:
    """The plan saves work and changes nothing: the second road reads everything and takes every step."""
    ledger = open_ledger(tmp_path_factory.mktemp("ledger"), embedded=False)
    for one in files:
        ledger = filled(ledger, one)

    for query in queries:
        planned = asked(ledger, cells(ledger, query))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(planning, "_distinct", lambda *_: False)
            whole = cells(ledger, query)
        for node in whole.find_all(exp.Table):
            node.meta.clear()
        assert asked(ledger, whole) == planned
