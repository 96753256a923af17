"""What cannot be right stops an import; what looks odd is told."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa
import pytest
from ledger_makers import flow, parsed, release, rows_of, source

from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.ledger import validate as module
from khorgos.ledger.ingest import ingest
from khorgos.ledger.store import Ledger
from khorgos.ledger.validate import validate

OF = release(source()).id


def _found(*rows: dict[str, Any], table: str = "flow") -> list[Finding]:
    return validate(table, rows_of(table, [{"release": OF, **row} for row in rows]))


def _codes(*rows: dict[str, Any], table: str = "flow") -> dict[str, str]:
    return {one.code: one.severity for one in _found(*rows, table=table)}


def test_sound_rows_are_silent() -> None:
    assert _found(flow("CHN", "KAZ", "export", "2022", 1.0), flow("CHN", "WLD", "import", "2023-01", None)) == []
    assert _found() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"product": ""}, "empty-key"),
        ({"currency": ""}, "empty-key"),
        ({"valuation": ""}, "empty-key"),
        ({"reporter": "CHINA"}, "unknown-area"),
        ({"partner": "840"}, "unknown-area"),
        ({"flow": "exports"}, "unknown-word"),
        ({"status": "guess"}, "unknown-word"),
        ({"valuation": "DDP"}, "unknown-word"),
        ({"partner_basis": "transit"}, "unknown-word"),
        ({"period": "2022-13"}, "bad-period"),
        ({"period": "202203"}, "bad-period"),
        ({"period": "2022-01..2022-12"}, "bad-period"),
        ({"value": math.nan}, "not-a-number"),
        ({"value": math.inf}, "not-a-number"),
        ({"quantity": -math.inf}, "not-a-number"),
        ({"rounding": 0.0}, "not-a-number"),
    ],
)
def test_what_cannot_be_right_is_an_error(change: dict[str, Any], code: str) -> None:
    rows = [flow("CHN", "KAZ", "export", "2022", 1.0), flow("CHN", "KGZ", "export", "2022", 1.0) | change]

    assert _codes(*rows)[code] == "error"


def test_a_null_key_is_an_error() -> None:
    table = rows_of("flow", [{"release": OF, **flow("CHN", "KAZ", "export", "2022", 1.0)}])
    nulled = table.set_column(0, table.schema.field(0), pa.nulls(1, pa.string()))

    (found,) = validate("flow", nulled)

    assert (found.code, found.severity) == ("empty-key", "error")
    assert found.text == "Rows have no reporter"


def test_other_columns_are_refused() -> None:
    with pytest.raises(BadInput, match="not in the schema"):
        validate("flow", pa.table({"reporter": ["CHN"]}))


def test_a_cell_stated_twice_names_both_places() -> None:
    once, again = (flow("CHN", "KAZ", "export", "2022", v, locator=f"line {n}") for n, v in ((7, 1.0), (9, 1.0)))

    (found,) = _found(once, again)

    assert found.code == "duplicate-cell"
    assert found.where == f"{OF}#line 7 and line 9"


@pytest.mark.parametrize("change", [{"currency": "CNY"}, {"valuation": "CIF"}, {"partner_basis": "destination"}])
def test_another_currency_valuation_or_basis_is_another_cell(change: dict[str, Any]) -> None:
    one = flow("CHN", "KAZ", "export", "2022", 1.0, locator="a")

    assert _found(one, one | change | {"locator": "b"}) == []


def test_a_place_used_twice_is_an_error() -> None:
    rows = [flow("CHN", "KAZ", "export", p, 1.0, locator="line 7") for p in ("2022", "2023")]

    assert _codes(*rows) == {"duplicate-locator": "error"}


def test_duplicates_are_found_in_any_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BUCKET", 10)
    rows = [flow("CHN", "KAZ", "export", f"{year}", 1.0) for year in range(1900, 2000)]

    assert _found(*rows) == []
    assert _codes(*rows, flow("CHN", "KAZ", "export", "1950", 2.0, locator="again")) == {"duplicate-cell": "error"}


@pytest.mark.parametrize(
    ("table", "row", "key"),
    [
        ("indicator", {"area": "CHN", "period": "2022", "indicator": "GDP", "value": 1.0, "unit": "USD"}, "area"),
        ("pair", {"exporter": "CHN", "importer": "KAZ", "indicator": "dist", "value": 1.0, "unit": "km"}, "exporter"),
        (
            "tariff",
            {
                "importer": "KAZ", "exporter": "WLD", "period": "2022", "product": "01", "nomenclature": "HS17",
                "rate": 0.1, "kind": "MFN", "average": "simple",
            },
            "importer",
        ),
    ],
)  # fmt: skip
def test_the_other_tables_are_looked_over_too(table: str, row: dict[str, Any], key: str) -> None:
    assert _found(row | {"locator": "a"}, table=table) == []
    assert _codes(row | {"locator": "a"}, row | {"locator": "b"}, table=table) == {"duplicate-cell": "error"}
    assert _codes(row | {"locator": "a", key: "XXX"}, table=table) == {"unknown-area": "error"}


def test_an_error_stops_an_import_and_names_file_and_place(empty: Ledger) -> None:
    rows = [flow("CHN", "KAZ", "export", "2022", 1.0, locator=f"line {n}") for n in (7, 9)]

    with pytest.raises(BadInput, match=r"same cell; 1 rows too many in a\.csv \(customs:.*#line 7 and line 9\)"):
        ingest(empty, [parsed(rows)])


def test_negative_trade_is_odd_and_a_negative_balance_is_not() -> None:
    found = _found(flow("CHN", "KAZ", "export", "2022", -5.0), flow("CHN", "KGZ", "balance", "2022", -5.0))

    assert [(one.code, one.severity) for one in found] == [("negative-value", "warning")]
    assert found[0].where == f"{OF}#CHN:KAZ:export:2022:TOTAL"


@pytest.mark.parametrize(
    ("values", "odd"),
    [
        ((1e9, 1e10), True),
        ((1e10, 1e9), True),
        ((1e9, 0.99e10), False),
        ((1e5, 1e6), False),  # small series jump by nature
        ((1e9, None, 1e10), False),  # not adjacent
    ],
)
def test_a_tenfold_change_between_adjacent_years_is_odd(values: tuple[float | None, ...], odd: bool) -> None:
    found = _found(*(flow("CHN", "KAZ", "export", str(2020 + n), value) for n, value in enumerate(values)))

    assert [one.code for one in found] == (["jump"] if odd else [])


def test_many_oddities_are_counted_not_listed() -> None:
    found = _found(*(flow("CHN", "KAZ", "export", str(year), -float(year)) for year in range(1900, 1950)))

    assert len(found) == 21
    assert found[-1].text.startswith("30 smaller ones")


@pytest.mark.parametrize(
    ("total", "rounding", "odd"),
    [(30.0, None, False), (30.5, None, True), (31.0, 1.0, False), (32.0, 1.0, True), (31.5, 1.0, False)],
)
def test_a_total_that_is_not_exports_and_imports_is_odd(total: float, rounding: float | None, odd: bool) -> None:
    stated = {"export": 10.0, "import": 20.0, "total": total}
    rows = [
        flow("CHN", "KAZ", name, "2022", value, rounding=rounding, valuation=None) for name, value in stated.items()
    ]

    assert [one.code for one in _found(*rows)] == (["broken-sum"] if odd else [])


def test_a_balance_is_exports_less_imports() -> None:
    stated = {"export": 10.0, "import": 20.0, "balance": -10.0}
    rows = [flow("CHN", "KAZ", name, "2022", value) for name, value in stated.items()]

    assert _found(*rows) == []
    rows[2]["value"] = 10.0
    assert [one.code for one in _found(*rows)] == ["broken-sum"]


@pytest.mark.parametrize(("year", "odd"), [(1200.0, False), (1210.0, False), (1300.0, True)])
def test_twelve_months_that_do_not_make_the_year_are_odd(year: float, odd: bool) -> None:
    months = [flow("CHN", "KAZ", "export", f"2022-{n:02d}", 100.0) for n in range(1, 13)]

    found = _found(*months, flow("CHN", "KAZ", "export", "2022", year))

    assert [one.code for one in found] == (["months-year"] if odd else [])
