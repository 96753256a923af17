"""The gap between two reports, cause by cause."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measure_makers import few
from mirror_makers import Row, flow, ledger_of

from khorgos.core.errors import BadInput, NoData
from khorgos.ledger.query import FlowQuery
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.measures.intervals import Interval, exact
from khorgos.measures.mirroring import causes
from khorgos.measures.mirroring.causes import FIRST_MONTHS, LAST_MONTHS, Part, Year
from khorgos.measures.mirroring.decompose import mirror_causes
from khorgos.nomenclature.area_register import all_areas

ROOT = Path(__file__).parents[2]
CAUSES = ["freight", "time shift", "partner attribution", "neighbours", "re-exports", "not specified", "rest"]

#: Enough partners for a whole list.
OTHERS = [a.id for a in all_areas() if a.kind == "country" and a.id not in ("CHN", "KGZ", "KAZ", "UZB")][:50]


def _months(value: float, last: float = 1.0) -> tuple[float, ...]:
    return (*[value] * 11, value * last)


def _parts(ledger: Ledger, first: str, second: str, *years: int, **more: Any) -> dict[tuple[str, ...], Row]:
    made = mirror_causes(ledger, first, second, FlowQuery(years=years, **more))
    return {(r["exporter"], r["importer"], r["period"], r["cause"]): r for r in made.table.to_pylist()}


def test_a_worked_example(tmp_path: Path) -> None:
    """China sends 100 to Kyrgyzstan, which gets 60; all by hand.

    Freight: 60 (1 - 1/1.2) = 10. Time shift: 8 left in the last December, 20 in this. Neighbours: Kazakhstan got 35 of
    30 sent, Uzbekistan 8 of 10. Not specified: 3 of Kyrgyz imports; none of China's exports. Attribution: 60 by origin
    and 63 by consignment.
    """
    rows = [
        *(flow("CHN", "KGZ", "export", f"2022-{n:02d}", 8.0) for n in range(1, 13)),
        *(flow("CHN", "KGZ", "export", f"2023-{n:02d}", 80 / 11) for n in range(1, 12)),
        flow("CHN", "KGZ", "export", "2023-12", 20.0),
        flow("KGZ", "CHN", "import", "2023", 60.0, partner_basis="origin"),
        flow("KGZ", "CHN", "import", "2023", 63.0, partner_basis="consignment"),
        flow("KGZ", "XNS", "import", "2023", 2.0, partner_basis="origin"),
        *(flow("KGZ", other, "import", "2023", 0.74, partner_basis="origin") for other in OTHERS),
        flow("KGZ", "WLD", "import", "2023", 100.0, partner_basis="origin"),
        flow("CHN", "KAZ", "export", "2023", 30.0),
        flow("KAZ", "CHN", "import", "2023", 35.0),
        flow("CHN", "UZB", "export", "2023", 10.0),
        flow("UZB", "CHN", "import", "2023", 8.0),
        *(flow("CHN", other, "export", "2023", 1.0) for other in OTHERS),
        flow("CHN", "WLD", "export", "2023", 190.0),
    ]
    ledger = ledger_of(tmp_path, rows, (("CHN", "KGZ"), ("KAZ", "KGZ"), ("UZB", "KGZ")))
    found = _parts(ledger, "CHN", "KGZ", 2023)
    bounds = {key[3]: (row["value_low"], row["value_high"]) for key, row in found.items()}

    assert found["CHN", "KGZ", "2023", "rest"]["gap"] == pytest.approx(-40.0)  # twelve months make 100
    assert bounds == {
        "freight": pytest.approx((0.0, 10.0)),
        "time shift": pytest.approx((-12.0, 0.0)),
        "partner attribution": pytest.approx((-3.0, -3.0)),
        "neighbours": pytest.approx((-5.0, 2.0)),
        "re-exports": (0.0, 0.0),  # within attribution
        "not specified": pytest.approx((-3.0, 0.0)),  # 2 by name, 1 under nobody
        "rest": pytest.approx((-49.0, -17.0)),  # -40 - (0..10) - (-12..0) + 3 - (-5..2) - (-3..0)
    }
    assert found["CHN", "KGZ", "2023", "rest"]["unexplained"] == pytest.approx(17.0)


def test_what_is_not_known_is_said_and_stays_in_the_rest(tmp_path: Path) -> None:
    rows = [flow("CHN", "KGZ", "export", "2023", 100.0), flow("KGZ", "CHN", "import", "2023", 60.0)]
    found = _parts(ledger_of(tmp_path, rows), "CHN", "KGZ", 2023)
    unknown = [key[3] for key, row in found.items() if row["value_low"] is None]

    assert sorted(unknown) == sorted(CAUSES[1:6])
    assert all(found["CHN", "KGZ", "2023", one]["method"].startswith("unknown: ") for one in unknown)
    assert found["CHN", "KGZ", "2023", "rest"]["method"] == "with all that is unknown"


def test_two_equal_reports_leave_no_rest(tmp_path: Path) -> None:
    """FOB on both sides, every month alike, every world total the sum of its partners."""
    sides = [("CHN", "KGZ"), ("CHN", "KAZ"), ("KGZ", "KAZ")]
    rows = [
        flow(*pair, kind, f"{year}-{month:02d}", 10.0, valuation="FOB", partner_basis=basis)
        for a, b in sides
        for pair, kind in (((a, b), "export"), ((b, a), "import"))
        for basis in (("origin", "consignment") if kind == "import" else ("destination",))
        for year in (2021, 2022, 2023)
        for month in range(1, 13)
    ]
    rows += [flow("CHN", other, "export", "2022", 1.0) for other in OTHERS]
    rows += [flow("KGZ", other, "import", "2022", 2.0) for other in OTHERS]
    rows += [flow("CHN", "WLD", "export", "2022", 240.0 + 50), flow("KGZ", "WLD", "import", "2022", 120.0 + 100)]
    found = _parts(ledger_of(tmp_path, rows, (("CHN", "KGZ"), ("KGZ", "KAZ"))), "CHN", "KGZ", 2022)

    assert sorted(key[3] for key in found) == sorted(CAUSES)
    assert all((row["value_low"], row["value_high"]) == (0.0, 0.0) for row in found.values())
    assert {row["unexplained"] for row in found.values()} == {0.0}


def test_a_missing_flow_is_bounded_by_the_total(tmp_path: Path) -> None:
    """China: 90 out, 10 in; Kyrgyzstan says 40 in all. Freight: at most 40/6 of what it got, less 10/6 in China's."""
    rows = [
        flow("CHN", "KGZ", "export", "2023", 90.0),
        flow("CHN", "KGZ", "import", "2023", 10.0),
        flow("KGZ", "CHN", "total", "2023", 40.0, rounding=2.0, valuation=None),
    ]
    ledger = ledger_of(tmp_path, rows)
    made = mirror_causes(ledger, "CHN", "KGZ", FlowQuery(years=(2023,))).table.to_pylist()
    by = {row["cause"]: row for row in made}

    assert {row["flow"] for row in made} == {"total"}
    assert by["rest"]["gap"] == -60.0
    assert (by["freight"]["value_low"], by["freight"]["value_high"]) == pytest.approx((-10 / 6, 41 / 6))
    # The gap is -61 to -59 by the rounding of the printed total.
    assert (by["rest"]["value_low"], by["rest"]["value_high"]) == pytest.approx((-61 - 41 / 6, -59 + 10 / 6))


def test_a_short_list_of_partners_says_nothing_of_areas_not_specified(tmp_path: Path) -> None:
    rows = [
        flow("CHN", "KGZ", "export", "2023", 100.0),
        flow("KGZ", "CHN", "import", "2023", 60.0),
        flow("KGZ", "WLD", "import", "2023", 500.0),
    ]
    found = _parts(ledger_of(tmp_path, rows), "CHN", "KGZ", 2023)

    assert found["CHN", "KGZ", "2023", "not specified"]["value_low"] is None


def test_without_two_reports_there_is_no_answer(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, [flow("CHN", "KGZ", "export", "2023", 90.0)])

    with pytest.raises(NoData, match="No flow between CHN and KGZ has both reports"):
        mirror_causes(ledger, "CHN", "KGZ", FlowQuery())


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The embedded release alone."""
    return open_ledger(tmp_path_factory.mktemp("none") / "ledger")


def test_parts_hold_the_gap_whatever_the_pair(embedded: Ledger) -> None:
    for first, second in (("CHN", "KGZ"), ("RUS", "ARM"), ("USA", "CHN"), ("DEU", "GEO")):
        made = mirror_causes(embedded, first, second, FlowQuery(years=(2018, 2019)))
        blocks: dict[tuple[str, ...], list[Row]] = {}
        for row in made.table.to_pylist():
            blocks.setdefault((row["exporter"], row["importer"], row["period"]), []).append(row)
        for rows in blocks.values():
            known = [row for row in rows if row["value_low"] is not None]
            low, high = (sum(row[end] for row in known) for end in ("value_low", "value_high"))
            slack = 1e-9 * max(abs(low), abs(high), 1.0)  # sums of seven doubles
            assert sorted(row["cause"] for row in rows) == sorted(CAUSES)
            assert low - slack <= rows[0]["gap"] <= high + slack


def test_who_is_named_first_changes_no_flow_and_turns_the_total_round(embedded: Ledger) -> None:
    one, other = (_parts(embedded, *pair, 2022, 2024) for pair in (("CHN", "KGZ"), ("KGZ", "CHN")))
    flows = {key: row for key, row in one.items() if row["flow"] == "export"}
    totals = [row for row in one.values() if row["flow"] == "total"]

    assert len(totals) == len(CAUSES)
    assert {key: other[key] for key in flows} == flows
    for row in totals:
        back = other[row["importer"], row["exporter"], row["period"], row["cause"]]
        known = row["value_low"] is not None
        assert back["gap"] == -row["gap"]
        assert (back["value_low"], back["value_high"]) == pytest.approx(
            (-row["value_high"], -row["value_low"]) if known else (None, None)
        )


def test_armenia_counts_russian_goods_by_origin_and_by_consignment(embedded: Ledger) -> None:
    """Armstat 2019: from Russia 1,483.9 mn by origin, 1,642.5 mn by consignment; the IMF: Russia sent 1,648.8 mn."""
    rows = _parts(embedded, "RUS", "ARM", 2019)
    part = rows["RUS", "ARM", "2019", "partner attribution"]

    assert part["value"] == pytest.approx(-158.6e6, rel=1e-3)  # as far as the figures above are printed
    assert rows["RUS", "ARM", "2019", "rest"]["unexplained"] == 0.0


def test_the_currency_scales_all_parts(embedded: Ledger) -> None:
    dollars, yuan = (_parts(embedded, "CHN", "KGZ", 2019, currency=code) for code in ("USD", "CNY"))
    rate = (
        yuan["CHN", "KGZ", "2019", "rest"]["gap"] / dollars["CHN", "KGZ", "2019", "rest"]["gap"]
    )  # the mean rate of the year

    assert 6.5 < rate < 7.2
    for key in dollars:
        if key[:2] == ("CHN", "KGZ") and key[3] in ("freight", "neighbours", "not specified"):
            assert yuan[key]["value_high"] == pytest.approx(rate * dollars[key]["value_high"], rel=1e-9)


def test_usual_shares_of_months_are_those_of_the_embedded_release() -> None:
    (flows,) = (ROOT / "src" / "khorgos" / "data" / "embedded" / "parts" / "flow").rglob("*.parquet")
    months = {"end": ("'12'", "'11', '12'"), "start": ("'01'", "'01', '02'")}
    for constants, kinds in ((LAST_MONTHS, months["end"]), (FIRST_MONTHS, months["start"])):
        for constant, which in zip(constants, kinds, strict=True):
            low, high, n = duckdb.sql(f"""
                SELECT QUANTILE_CONT(edge / whole, 0.05), QUANTILE_CONT(edge / whole, 0.95), COUNT(*)
                FROM (
                  SELECT SUM(value) AS whole, SUM(value) FILTER (SUBSTRING(period, 6, 2) IN ({which})) AS edge
                  FROM '{flows}' WHERE LENGTH(period) = 7 AND flow IN ('export', 'import')
                  GROUP BY release, reporter, partner, flow, partner_basis, currency, SUBSTRING(period, 1, 4)
                  HAVING COUNT(value) = 12 AND SUM(value) > 1e8)""").fetchall()[0]
            assert n == 773
            assert constant.low <= low < constant.low + 0.005  # rounded outwards
            assert constant.high - 0.005 < high <= constant.high


def test_months_tell_more_than_their_usual_shares() -> None:
    known = (Year(120.0, _months(10.0)), Year(140.0, _months(10.0, 3.0)))
    by_month = causes.time_shift(known, (Year(), Year()), 1)
    by_share = causes.time_shift((Year(120.0), Year(140.0)), (Year(), Year()), 1)
    importers = causes.time_shift((Year(), Year(140.0)), known, 2)

    assert by_month.bounds == Interval(-20.0, 0.0)  # 10 left in the December before, 30 in this
    assert by_share.bounds == Interval(120 * 0.040 - 140 * 0.155, 120 * 0.155 - 140 * 0.040)
    assert importers.bounds == Interval(0.0, 0.0)  # January and February alike in both years
    assert causes.time_shift((Year(), Year(140.0)), (Year(120.0), Year()), 2).bounds is None


def test_freight_is_nothing_where_both_value_alike() -> None:
    assert causes.freight(exact(120.0), "FOB", "FOB").bounds == exact(0.0)
    assert causes.freight(exact(120.0), None, None).bounds == Interval(0.0, 120.0 * (1 - 1 / 1.2))


def test_more_cannot_cross_than_was_sent() -> None:
    beside = {"KAZ": (0.0, 500.0), "UZB": (900.0, 0.0), "TJK": None}
    part = causes.neighbours(beside, exact(100.0), exact(60.0))

    assert part.bounds == Interval(-100.0, 60.0)
    assert part.method == "own gaps of KAZ, UZB; unknown for TJK"
    assert causes.not_specified(700.0, None, exact(100.0), exact(60.0)).bounds == Interval(-100.0, 0.0)
    assert causes.re_exports(30.0, attributed=False).bounds == Interval(-30.0, 0.0)


def test_one_flow_alone_stands_in_a_difference() -> None:
    there = [Part("freight", Interval(0.0, 3.0), "a"), Part("neighbours", None, "unknown: x")]
    back = [Part("freight", Interval(1.0, 2.0), "b"), Part("neighbours", Interval(-1.0, 4.0), "c")]

    freight, beside = causes.difference(there, back)

    assert freight.bounds == Interval(-2.0, 2.0)
    assert (beside.bounds, beside.method) == (Interval(-4.0, 1.0), "c; of the flow back only")


def test_a_year_has_twelve_months() -> None:
    with pytest.raises(BadInput, match="twelve months"):
        Year(1.0, (1.0,))


amounts = st.floats(0.0, 1e12)


@few
@given(amounts, amounts, st.lists(st.tuples(amounts, amounts), max_size=5))
def test_the_rest_closes_any_gap(out: float, into: float, parts: list[tuple[float, float]]) -> None:
    made = [Part(f"cause {n}", Interval(-low, high), "") for n, (low, high) in enumerate(parts)]
    gap = exact(into) - exact(out)
    *_, rest = causes.with_rest(gap, [*made, Part("open", None, "unknown: all")])
    assert rest.bounds is not None
    whole = rest.bounds
    for part in made:
        whole = whole + (part.bounds or exact(0.0))

    slack = 1e-9 * (1.0 + out + into + sum(low + high for low, high in parts))
    assert whole.low - slack <= into - out <= whole.high + slack
    assert causes.unexplained(rest.bounds) <= abs(into - out) + slack


part = st.floats(0.0, 1.0)


@few
@given(
    shipped=st.lists(st.floats(1.0, 1e9), min_size=24, max_size=24),
    factor=st.floats(1.0, 1.2),
    lag=st.integers(0, 1),
    through=part,
    hidden=part,
    leaked=part,
    beside=st.floats(0.0, 1e9),
)
def test_what_stays_is_never_more_than_what_nobody_booked(
    *,
    shipped: list[float],
    factor: float,
    lag: int,
    through: float,
    hidden: float,
    leaked: float,
    beside: float,
) -> None:
    """China ships for 24 months; a share goes through to a neighbour, of the rest a share leaks, then a share is
    booked under no country. Importers value CIF and book a month late or not."""
    before, this = shipped[:12], shipped[12:]
    arrived = sum(shipped[12 - lag : 24 - lag])
    leak = arrived * (1 - through) * leaked
    came = arrived * (1 - through) * (1 - leaked) * factor
    out, into, nowhere = sum(this), came * (1 - hidden), came * hidden
    shift = causes.time_shift((Year(None, tuple(before)), Year(None, tuple(this))), (Year(), Year()), 1)
    here = causes.arrivals(exact(out), shift)
    parts = [
        causes.freight(exact(into), "CIF", "FOB"),
        shift,
        causes.neighbours({"KAZ": (beside, beside + factor * arrived * through)}, here, exact(into)),
        causes.not_specified(nowhere, 0.0, here, exact(into)),
    ]
    *_, rest = causes.with_rest(exact(into - out), parts)
    slack = 1e-9 * (arrived + out + beside)  # sums of two dozen doubles, and a difference from `beside`

    assert rest.bounds is not None
    assert rest.bounds.low - slack <= -leak <= rest.bounds.high + slack
    assert causes.unexplained(rest.bounds) <= leak + slack
