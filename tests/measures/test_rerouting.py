"""Rerouting: a hand-computed case, properties, the arrays' road against the ledger's, size and power."""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mirror_makers import OFFICE

from khorgos.core.errors import BadInput, NoData
from khorgos.core.provenance import Release
from khorgos.core.schema import FLOW
from khorgos.ledger.ingest import ingest
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.ledger.tariffs import tariff_registry
from khorgos.measures import detours
from khorgos.measures.rerouting.barriers import raised
from khorgos.measures.rerouting.compared import among_hubs, compared
from khorgos.measures.rerouting.explanations import explanations
from khorgos.measures.rerouting.indices import INDICES
from khorgos.measures.rerouting.placebo import percentile, product_placebos
from khorgos.measures.rerouting.reach import chosen, reach
from khorgos.measures.rerouting.route import Route
from khorgos.nomenclature.area_register import all_areas
from khorgos.sources.connector import Parsed

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "benchmarks"))  # the benchmarks are scripts

import power_rerouting as power

#: reporter, partner, flow, year, product, value
Line = tuple[str, str, str, int, str, float]

ORIGIN, D, H = "CHN", "RUS", "KGZ"
ROUTE = Route(ORIGIN, D, 2021, (2023,), 6)
_OTHERS = [one.id for one in all_areas() if one.kind == "country" and one.id not in (ORIGIN, D, H)]
_serial = count()


def made(
    folder: Path, lines: Iterable[Line], *, editions: dict[int, str] | None = None, again: Iterable[Line] = ()
) -> Ledger:
    """A ledger of these lines in HS17, and of others in HS22, without the embedded release."""
    name = f"file-{next(_serial)}"
    release = Release(
        source="office",
        title=name,
        published=dt.date(2025, 1, 15),
        precision="day",
        retrieved=dt.date(2025, 2, 1),
        filename=f"{name}.csv",
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        n_bytes=1,
        redistribute="yes",
    )
    rows: list[dict[str, Any]] = [
        {
            "reporter": a,
            "partner": b,
            "flow": flow,
            "period": str(year),
            "product": product,
            "nomenclature": "TOTAL" if product == "TOTAL" else (editions or {}).get(year, edition),
            "value": value,
            "currency": "USD",
            "valuation": "FOB" if "export" in flow else "CIF",
            "partner_basis": None,
            "quantity": None,
            "quantity_unit": None,
            "status": "reported",
            "rounding": None,
            "release": release.id,
            "locator": f"{edition} line {i}",
        }
        for edition, said in (("HS17", lines), ("HS22", again))
        for i, (a, b, flow, year, product, value) in enumerate(said)
    ]
    parsed = Parsed(OFFICE, (release,), {"flow": pa.Table.from_pylist(rows, schema=FLOW)})
    return ingest(open_ledger(folder / name, embedded=False), [parsed], corrections=()).ledger


def _case() -> list[Line]:
    """Two products, one hub; every figure below is computed by hand in the test."""
    values: dict[tuple[str, str, str], tuple[tuple[float, float], tuple[float, float]]] = {
        # exporter, importer, who reports: (base, later) of product 850440 and of 847130
        (ORIGIN, H, "import"): ((100.0, 500.0), (50.0, 60.0)),
        (ORIGIN, H, "export"): ((110.0, 900.0), (45.0, 55.0)),
        (H, D, "import"): ((20.0, 400.0), (10.0, 12.0)),
        (ORIGIN, D, "import"): ((1000.0, 600.0), (1000.0, 1100.0)),
        ("DEU", H, "import"): ((100.0, 100.0), (50.0, 60.0)),
        ("DEU", D, "import"): ((980.0, 1000.0), (990.0, 1088.0)),
        (ORIGIN, "DEU", "import"): ((300.0, 400.0), (300.0, 400.0)),
        (H, "DEU", "import"): ((5.0, 5.0), (5.0, 50.0)),
    }
    return [
        ((b, a) if side == "import" else (a, b)) + (side, year, product, value)  # type: ignore[misc]
        for (a, b, side), goods in values.items()
        for product, pair in zip(("850440", "847130"), goods, strict=True)
        for year, value in zip((2021, 2023), pair, strict=True)
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rerouting")


@pytest.fixture(scope="module")
def case(folder: Path) -> Ledger:
    return made(folder, _case())


def _rows(ledger: Ledger, route: Route = ROUTE, **more: Any) -> list[dict[str, Any]]:
    return detours(ledger, route, **more).table.to_pylist()


def _hub(ledger: Ledger, hub: str = H, route: Route = ROUTE, **more: Any) -> dict[str, Any]:
    return next(row for row in _rows(ledger, route, **more) if row["hub"] == hub)


def test_a_hand_computed_hub(case: Ledger) -> None:
    row = _hub(case)

    # 850440: min(500, 400); 847130: min(60, 12)
    assert row["min_flow"] == row["value"] == pytest.approx(412.0)
    # 850440: the hub's imports grew 200 -> 600, the destination's 2000 -> 2000:
    # min(500 - 100 * 600 / 200, 400 - 20 * 2000 / 2000) = min(200, 380); 847130: min(60 - 50 * 120 / 100, ...) = 0
    assert row["excess_flow"] == pytest.approx(200.0)
    # 850440 is flagged: 600/2000 < 1000/2000; 500/600 > 100/200; 400/2000 > 20/2000; origin 400 against 300, hub 5
    # against 5; 500 >= 0.75 * 400. 847130 is not: the origin kept its half of the destination
    assert (row["freund"], row["n_flagged"]) == (pytest.approx(400.0), 1)
    # gaps, FOB: both grew
    assert row["missing_trade"] == pytest.approx(
        (900 - 500 / 1.06) - (110 - 100 / 1.06) + max(55 - 60 / 1.06 - 45 + 50 / 1.06, 0)
    )
    assert (row["shipped_base"], row["shipped"], row["sold_base"], row["sold"]) == (150.0, 560.0, 30.0, 412.0)
    assert row["min_flow_share"] == pytest.approx(1.0)
    assert (row["out_side"], row["in_side"]) == ("import", "import")


def test_each_product_by_itself_adds_up_to_the_hub(case: Ledger) -> None:
    goods, whole = _rows(case, by="product", hubs=(H,)), _hub(case)

    assert {row["product"] for row in goods} == {"850440", "847130"}
    for name in (*INDICES, "shipped", "sold", "direct"):
        assert sum(row[name] for row in goods) == pytest.approx(whole[name])


def test_one_hub_read_alone_is_the_hub_of_the_scan(case: Ledger) -> None:
    scanned, alone = _hub(case), _hub(case, hubs=(H,), alone=True)

    assert {name: alone[name] for name in INDICES} == {name: scanned[name] for name in INDICES}


def test_criteria_on_goods_named_are_tested_on_these_only(case: Ledger) -> None:
    assert _hub(case, route=Route(ORIGIN, D, 2021, (2023,), 6, ("8471",)))["freund"] == 0
    assert _hub(case, route=Route(ORIGIN, D, 2021, (2023,), 6, ("85",)))["freund"] == pytest.approx(400.0)


def test_a_destination_that_fell_silent_is_seen_from_its_sellers(folder: Path) -> None:
    lines = [line for line in _case() if not (line[0] == D and line[3] == 2023)]
    mirrored = [(b, a, "export", year, product, value) for a, b, _, year, product, value in _case() if a == D]
    row = _hub(made(folder, [*lines, *mirrored]))

    assert (row["in_side"], row["sold"], row["sold_base"]) == ("export", 412.0, 30.0)


def test_a_leg_of_which_one_year_is_unknown_makes_no_hub(folder: Path) -> None:
    lines = [line for line in _case() if not ({line[0], line[1]} == {D, H} and line[3] == 2021)]

    assert H not in {row["hub"] for row in _rows(made(folder, lines))}
    with pytest.raises(NoData):
        detours(made(folder, lines), ROUTE, hubs=(H,))


def test_nothing_sent_to_the_hub_gives_indices_of_zero(folder: Path) -> None:
    lines = [(*line[:5], 0.0 if {line[0], line[1]} == {ORIGIN, H} and line[3] == 2023 else line[5]) for line in _case()]
    row = _hub(made(folder, lines))

    assert [row[name] for name in INDICES] == [0.0] * 4


def test_codes_of_two_editions_are_put_into_one(folder: Path) -> None:
    # HS 2022 split 854140 of HS 2017 (photosensitive semiconductors and LEDs); the panels became 854143
    split = {"850440": "854140"}
    before = [(*line[:4], split.get(line[4], line[4]), line[5]) for line in _case() if line[3] == 2021]
    after = [(*line[:4], "854143" if line[4] == "850440" else line[4], line[5]) for line in _case() if line[3] == 2023]
    row = _hub(made(folder, [*before, *after], editions={2021: "HS17", 2023: "HS22"}))

    assert row["excess_flow"] == pytest.approx(200.0)


def _arrays(lines: Iterable[Line]) -> dict[tuple[str, str, str, int, str], float]:
    return {(a, b, flow, year, product): value for a, b, flow, year, product, value in lines}


AREAS = (ORIGIN, D, H, "KAZ", "ARM", "DEU")
_PAIRS = [(a, b) for a in AREAS for b in AREAS if a != b]
_GOODS = ("850440", "847130")


@st.composite
def worlds(draw: st.DrawFn) -> list[Line]:
    """Every pair's imports of two products in two years, whole dollars; some are nil, but no product is in a year."""
    amounts = st.integers(min_value=0, max_value=10**6)
    size = len(_PAIRS) * len(_GOODS) * 2
    values = iter(draw(st.lists(amounts, min_size=size, max_size=size)))
    return [
        (b, a, "import", year, product, float(next(values) + ((a, b) == ("ARM", "KAZ"))))
        for a, b in _PAIRS
        for product in _GOODS
        for year in (2021, 2023)
    ]


def _brute(lines: Iterable[Line], hub: str) -> dict[str, float]:
    """The second road: plain loops over every product."""
    flows = _arrays(lines)

    def flow(a: str, b: str, year: int, product: str) -> float:
        return flows.get((b, a, "import", year, product), 0.0)

    def into(b: str, year: int, product: str) -> float:
        return sum(flow(a, b, year, product) for a in AREAS if a != b)

    def rest(a: str, without: tuple[str, ...], year: int, product: str) -> float:
        return sum(flow(a, b, year, product) for b in AREAS if b not in (a, *without))

    found = {"min_flow": 0.0, "freund": 0.0, "excess_flow": 0.0}
    for k in _GOODS:
        oh0, oh1 = (flow(ORIGIN, hub, year, k) for year in (2021, 2023))
        hd0, hd1 = (flow(hub, D, year, k) for year in (2021, 2023))
        wh0, wh1 = (into(hub, year, k) for year in (2021, 2023))
        wd0, wd1 = (into(D, year, k) for year in (2021, 2023))
        od0, od1 = (flow(ORIGIN, D, year, k) for year in (2021, 2023))
        least = min(oh1, hd1)
        found["min_flow"] += least
        first = max(oh1 - (oh0 / wh0 if wh0 else 0.0) * wh1, 0.0)
        second = max(hd1 - (hd0 / wd0 if wd0 else 0.0) * wd1, 0.0)
        found["excess_flow"] += min(first, second)
        own0, own1 = (rest(ORIGIN, (hub, D), year, k) for year in (2021, 2023))
        hub0, hub1 = (rest(hub, (D,), year, k) for year in (2021, 2023))
        shares = od1 * wd0 < od0 * wd1 and oh1 * wh0 > oh0 * wh1 and hd1 * wd0 > hd0 * wd1
        if shares and (hub1 * own0 < own1 * hub0 or hub1 == 0) and oh1 >= 0.75 * hd1:
            found["freund"] += least
    return found


few = settings(max_examples=8, deadline=None)


@few
@given(worlds())
def test_the_ledgers_road_is_the_plain_one(folder: Path, lines: list[Line]) -> None:
    rows = {row["hub"]: row for row in _rows(made(folder, lines))}

    for hub in (H, "KAZ", "ARM", "DEU"):
        plain = _brute(lines, hub)
        assert {name: rows[hub][name] for name in plain} == pytest.approx(plain, rel=1e-9, abs=1e-6)
        # the minimum is at most either leg, the others at most the minimum
        assert rows[hub]["min_flow"] <= min(rows[hub]["shipped"], rows[hub]["sold"])
        assert max(rows[hub]["freund"], rows[hub]["excess_flow"]) <= rows[hub]["min_flow"] * (1 + 1e-9)
    assert all(
        0 < p.percentile < 1 for hub in among_hubs(list(rows.values())).values() for p in hub.values() if p.percentile
    )


@few
@given(worlds(), st.sampled_from((7.25, 0.13)))
def test_relabelling_hubs_and_changing_the_currency_change_nothing_else(
    folder: Path, lines: list[Line], rate: float
) -> None:
    other = {H: "KAZ", "KAZ": H}
    swapped = [(other.get(a, a), other.get(b, b), f, year, k, rate * value) for a, b, f, year, k, value in lines]
    rows, again = ({row["hub"]: row for row in _rows(made(folder, one))} for one in (lines, swapped))

    for hub, row in rows.items():
        twin = again[other.get(hub, hub)]
        for name in ("min_flow", "excess_flow"):
            assert twin[name] == pytest.approx(rate * row[name], rel=1e-9, abs=1e-6)
            if row[f"{name}_share"] is not None:
                assert twin[f"{name}_share"] == pytest.approx(row[f"{name}_share"], rel=1e-9, abs=1e-9)


def test_worlds_of_known_truth_give_the_same_shares_by_both_roads(folder: Path) -> None:
    """CIF on both sides of every flow but the origin's own reports to hubs, which are FOB and complete."""
    one = power.world(3, share=0.05, paper=0.05, hubs=33, products=3)
    names = [ORIGIN, D, *_OTHERS[:33]]
    goods = ("850440", "847130", "870323")
    lines: list[Line] = []
    for i, a in enumerate(names):
        for j, b in enumerate(names):
            if i == j:
                continue
            for k, code in enumerate(goods):
                lines.append((b, a, "import", 2021, code, power.CIF * one.before[i, j, k]))
                lines.append((b, a, "import", 2023, code, power.CIF * one.received[i, j, k]))
                if a == ORIGIN:
                    lines.append((a, b, "export", 2021, code, one.before[i, j, k]))
                    lines.append((a, b, "export", 2023, code, one.after[i, j, k]))
    rows = {row["hub"]: row for row in _rows(made(folder, lines))}
    found = power.indices(one)

    for index in INDICES:
        plain = dict(zip(names[2:], found[index], strict=True))
        assert len(rows) > 25
        known = {hub: row[f"{index}_share"] for hub, row in rows.items() if row[f"{index}_share"] is not None}
        assert known == pytest.approx({hub: plain[hub] for hub in known}, abs=1e-9)


def test_percentiles_are_uniform_where_nothing_was_planted() -> None:
    places = [
        percentile(found["excess_flow"][0], found["excess_flow"][1:].tolist())
        for found in (power.indices(power.world(seed, hubs=20)) for seed in range(400))
    ]

    assert all(0 < place < 1 for place in places if place is not None)
    # 20 equal chances of 1/20 each: 400 worlds put 20 into each, chi-square with 19 degrees of freedom, 99.9% at 43.8
    counts = np.bincount([int(20 * (place or 0.0)) for place in places], minlength=20)
    assert float(np.sum((counts - 20) ** 2 / 20)) < 43.8


def test_size_is_near_its_nominal_value_and_power_grows_with_what_is_planted() -> None:
    # 300 worlds: a true 5% shows between 1.5% and 9.5% with a chance of 99.9% (binomial)
    nothing = power.rejected(300)
    some, more = power.rejected(100, share=0.02), power.rejected(100, share=0.1)
    driven = power.rejected(100, paper=0.05)

    assert all(0.015 <= size <= 0.095 for size in nothing.values()), nothing
    assert more["excess_flow"] > 0.9 < 2 * some["excess_flow"]
    assert more["freund"] > some["freund"] > nothing["freund"]
    assert driven["missing_trade"] > 0.8


@pytest.mark.parametrize(
    ("value", "placebos", "expected"),
    [(5.0, [1.0, 2.0, 3.0], 3.5 / 4), (0.0, [1.0, 2.0, 3.0], 0.5 / 4), (1.0, [1.0, 1.0, 1.0], 0.5), (1.0, [], None)],
)
def test_percentiles_count_ties_by_half(value: float, placebos: list[float], expected: float | None) -> None:
    assert percentile(value, placebos) == expected


def test_sets_of_products_are_drawn_without_regard_to_what_they_are() -> None:
    part, whole = np.arange(10.0), np.full(10, 10.0)
    drawn = product_placebos(part, whole, 3)

    assert drawn == product_placebos(part, whole, 3)  # the seed is fixed
    assert np.mean(drawn) == pytest.approx(0.45, abs=0.02)  # 999 draws: three standard errors of the mean are 0.012
    with pytest.raises(BadInput):
        product_placebos(part, whole, 10)


def test_a_hub_is_compared_with_hubs_years_and_products(folder: Path) -> None:
    years = range(2015, 2024)
    base = {(*line[:3], line[4]): line[5] for line in _case() if line[3] == 2021}
    later = {(*line[:3], line[4]): line[5] for line in _case() if line[3] == 2023}
    lines: list[Line] = [
        (a, b, flow, year, code, later[a, b, flow, code] if year == 2023 else value * 1.02 ** (year - 2021))
        for (a, b, flow, code), value in base.items()
        for year in years
    ]
    found = compared(made(folder, lines), Route(ORIGIN, D, 2021, (2023,), 6, ("85",)), H)

    assert found.years["excess_flow"].placebos == 5
    assert found.years["excess_flow"].percentile == pytest.approx(5.5 / 6)
    assert found.products["excess_flow"].placebos > 0
    assert "freund" not in found.products
    assert found.hubs["excess_flow"].placebos == 1  # Germany


def test_ordinary_explanations_come_in_the_order_of_what_they_could_carry(folder: Path, case: Ledger) -> None:
    openly: list[Line] = [(H, D, "re-export", 2023, "850440", 390.0)]
    ledger = made(folder, [*_case(), *openly])
    found = explanations(ledger, ROUTE, _hub(ledger))
    amounts = {one.name: one.amount for one in found}

    assert [one.amount for one in found if one.amount is not None] == sorted(
        (a for a in amounts.values() if a is not None), reverse=True
    )
    assert amounts["re-export"] == 390.0
    assert amounts["own demand and supply"] == pytest.approx(412.0 - 200.0)
    assert amounts["transit"] == pytest.approx(955 - 560 / 1.06)
    assert amounts["valuation"] == pytest.approx(412 * 0.06)
    assert amounts["lag"] == pytest.approx((560 - 150) / 12)
    assert amounts["confidentiality"] is None
    assert next(o.amount for o in explanations(case, ROUTE, _hub(case)) if o.name == "re-export") is None


def test_the_finest_level_that_covers_half_of_both_legs_is_chosen(folder: Path) -> None:
    totals: list[Line] = [
        (b, a, "import", year, "TOTAL", value)
        for a, b, value in ((ORIGIN, H, 700.0), (H, D, 500.0))
        for year in (2021, 2023)
    ]
    wide, narrow = (
        reach(made(folder, [*_case(), *((*t[:5], factor * t[5]) for t in totals)]), (ORIGIN,), D, hub=H, since=2021)
        for factor in (1.0, 10.0)
    )

    fine, coarse = chosen(wide, 2021, None), chosen(narrow, 2021, None)
    assert fine is not None
    assert (fine.level, fine.year) == (6, 2023)
    assert fine.covered == pytest.approx(412 / 500)  # the origin reports more than the hub on the other leg
    assert coarse is not None
    assert coarse.level == 0
    assert chosen(wide, 2021, 2022) is None


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Route(ORIGIN, ORIGIN, 2021, (2023,)),
        lambda: Route("EU27", "DEU", 2021, (2023,)),
        lambda: Route(ORIGIN, "EU27", 2021, (2023,)),
        lambda: Route(ORIGIN, D, 2021, (2021,)),
        lambda: Route(ORIGIN, D, 2021, (2023,), 3),
        lambda: Route(ORIGIN, D, 2021, (2023,), 6, ("85044010",)),
    ],
)
def test_what_makes_no_route_is_refused(wrong: Any) -> None:
    with pytest.raises(BadInput):
        wrong()


def test_goods_that_one_years_file_leaves_out_are_not_nil_in_it(folder: Path) -> None:
    added = [(*line[:4], "870380", line[5]) for line in _case() if line[3] == 2023 and line[4] == "850440"]
    row = _hub(made(folder, [*_case(), *added]))

    assert row["excess_flow"] == pytest.approx(200.0)
    assert row["n_products"] == 2


def test_a_flow_stated_in_two_editions_counts_once(folder: Path) -> None:
    again = [line for line in _case() if line[3] == 2023 and {line[0], line[1]} == {ORIGIN, H}]
    twice = made(folder, _case(), again=again)

    assert _hub(twice)["shipped"] == 560.0


def test_a_barrier_finer_than_the_level_is_not_tested(case: Ledger) -> None:
    coarse = Route(ORIGIN, D, 2021, (2023,), 2, ("850440",))

    assert coarse.tested == ()
    assert Route(ORIGIN, D, 2021, (2023,), 6, ("85", "847130")).tested == ("85", "847130")


def test_the_registry_names_the_goods_whose_duties_rose() -> None:
    found = raised(tariff_registry(), "USA", "CHN", 2018, 2023)

    # static converters: list 3 of section 301, 25% since May 2019; portable computers: list 4B, never in force
    assert "850440" in found
    assert "847130" not in found
    assert raised(tariff_registry(), "RUS", "CHN", 2018, 2023) == ()
    assert raised(tariff_registry(), "USA", "VNM", 2019, 2023) == ()


@pytest.mark.parametrize(("world", "growth"), [((300.0, 600.0), 2.0), ((100.0, 200.0), 3.0)])
def test_a_total_of_part_of_the_partners_is_no_total(folder: Path, world: tuple[float, float], growth: float) -> None:
    """All the hub's imports of 850440 are 200 and 600 by partner: a figure for the world counts if it is no less."""
    said: list[Line] = [
        (H, "WLD", "import", year, "850440", value) for year, value in zip((2021, 2023), world, strict=True)
    ]
    goods = _rows(made(folder, [*_case(), *said]), by="product", hubs=(H,))

    assert next(row for row in goods if row["product"] == "850440")["excess_flow"] == pytest.approx(500 - 100 * growth)
