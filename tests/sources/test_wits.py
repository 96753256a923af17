"""World Bank WITS: tariffs with swapped keys and specific duties, trade, bulk csv with eaten zeros."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khorgos.core.errors import BadFile, BadInput, KhorgosError, UnmappedCode
from khorgos.sources.files import parse
from khorgos.sources.sdmx_json import observations
from khorgos.sources.wits import plan

IN_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_tariffs(specimens: Path) -> None:
    parsed = parse(specimens / "wits" / "tariff.json")
    rows = parsed.tables["tariff"].to_pylist()
    assert [(r["exporter"], r["product"], r["rate"], r["kind"], r["period"]) for r in rows] == [
        ("WLD", "010121", 0.0, "MFN", "2022"),  # free: one ad valorem line, of 0
        ("WLD", "010239", None, "MFN", "2022"),  # one line with a specific duty: the printed 0 is no rate
        ("WLD", "020110", 0.26, "MFN", "2022"),  # one of three lines has a specific duty
        ("KAZ", "870322", 0.025, "PRF", "2022"),
    ]
    assert {(r["importer"], r["nomenclature"], r["average"]) for r in rows} == {("USA", "HS22", "simple")}
    assert parsed.dropped == {"no figure": 1}
    assert [finding.code for finding in parsed.findings] == ["specific-duty"]
    (release,) = parsed.releases
    assert (release.published, release.redistribute) == (dt.date(2024, 6, 3), "figures")


def test_keys_in_the_structures_own_order_are_read_too(specimens: Path, tmp_path: Path) -> None:
    """Should WITS mend the order of its keys, both readings must give the same tariffs."""
    document = json.loads((specimens / "wits" / "tariff.json").read_text())
    series = document["dataSets"][0]["series"]
    turned = {}
    for key, body in series.items():
        a, b, product, partner, c = key.split(":")
        turned[":".join((a, b, partner, product, c))] = body
    document["dataSets"][0]["series"] = turned
    (tmp_path / "tariff.json").write_text(json.dumps(document))
    columns = ["importer", "exporter", "period", "product", "rate", "kind"]
    mended = parse(tmp_path / "tariff.json").tables["tariff"].select(columns)
    assert mended.equals(parse(specimens / "wits" / "tariff.json").tables["tariff"].select(columns))


def test_trade(specimens: Path) -> None:
    parsed = parse(specimens / "wits" / "trade.json")
    rows = parsed.tables["flow"].to_pylist()
    assert [(r["reporter"], r["partner"], r["flow"], r["value"], r["valuation"]) for r in rows] == [
        ("USA", "WLD", "import", 2_409_480_170_400.0, "CIF"),
        ("USA", "CHN", "export", 130_000_000_500.0, "FOB"),
    ]
    assert parsed.dropped == {"product group of WITS": 1, "indicator without a flow": 1}
    assert parsed.source.redistribute == "no"


def test_bulk_csv(specimens: Path) -> None:
    parsed = parse(specimens / "wits" / "bulk.csv")
    rows = parsed.tables["flow"].to_pylist()
    assert [(r["partner"], r["flow"], r["product"], r["value"]) for r in rows] == [
        ("KEN", "export", "010110", 5374.0),
        ("KEN", "import", "010110", 3846.0),
        ("CIV", "re-export", "100110", 1500.0),
        ("COD", "export", "100110", 2000.0),
        ("WLD", "export", "100110", 3500.0),
    ]
    assert {r["nomenclature"] for r in rows} == {"HS07"}
    assert [finding.code for finding in parsed.findings] == ["encoding"]


@pytest.mark.parametrize(
    ("old", "new", "error", "said"),
    [
        ("2012,Export,2", "KEN,Export,2", BadFile, r"Not a year: 'KEN' .*row 5, column year"),
        ("2012,Export,2", "2012,Sale,2", BadFile, r"Unknown tradeflowname 'sale' .*row 5"),
        (
            "H3,TZA,10110,Tanzania,KEN,Kenya,2012,Import",
            "H3,TZA,1011,Tanzania,KEN,Kenya,2012,Import",
            BadFile,
            "'1011'",
        ),
        ("H3,TZA,10110,Tanzania,KEN,Kenya,2012,Import", "H9,TZA,10110,Tanzania,KEN,Kenya,2012,Import", BadFile, "'H9'"),
        (
            ",KEN,Kenya,2012,Import",
            ",QQQ,Kenya,2012,Import",
            UnmappedCode,
            "'QQQ'; they carry 23.7 per cent of the value",
        ),
    ],
)
def test_bad_bulk_csv(  # noqa: PLR0917  # pytest hands fixtures and parameters over by name
    specimens: Path, tmp_path: Path, old: str, new: str, error: type[BadFile], said: str
) -> None:
    text = (specimens / "wits" / "bulk.csv").read_bytes().decode("latin-1")
    assert old in text
    (tmp_path / "bulk.csv").write_bytes(text.replace(old, new, 1).encode("latin-1"))
    with pytest.raises(error, match=said):
        parse(tmp_path / "bulk.csv")


def _lose_structure(document: dict[str, Any]) -> None:
    del document["structure"]


def _lose_series(document: dict[str, Any]) -> None:
    document["dataSets"][0]["series"] = None


def _point_nowhere(document: dict[str, Any]) -> None:
    document["dataSets"][0]["series"]["0:0:9:9:0"] = {"observations": {"0": [1]}}


def _lose_value(document: dict[str, Any]) -> None:
    document["dataSets"][0]["series"]["0:0:0:0:0"]["observations"]["0"] = []


def _text_value(document: dict[str, Any]) -> None:
    document["dataSets"][0]["series"]["0:0:0:0:0"]["observations"]["0"][0] = "free"


def _strange_area(document: dict[str, Any]) -> None:
    document["structure"]["dimensions"]["series"][1]["values"][0]["id"] = "QQQ"


def _strange_year(document: dict[str, Any]) -> None:
    document["structure"]["dimensions"]["observation"][0]["values"][0]["id"] = "all"


def _strange_kind(document: dict[str, Any]) -> None:
    document["structure"]["attributes"]["observation"][2]["values"][0]["id"] = "XYZ"


def _strange_product(document: dict[str, Any]) -> None:
    document["structure"]["dimensions"]["series"][3]["values"][0]["id"] = "Food"


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_lose_structure, "no structure"),
        (_lose_series, "no series"),
        (_point_nowhere, "points nowhere"),
        (_lose_value, "no value"),
        (_text_value, r"Not a number: 'free' .*series 0:0:0:0:0, observation 0"),
        (_strange_area, "'QQQ'; they are 50 per cent of the codes"),
        (_strange_year, "TIME_PERIOD cannot be 'all'"),
        (_strange_kind, "Unknown TARIFFTYPE 'XYZ'"),
        (_strange_product, "PRODUCTCODE cannot be 'Food'"),
    ],
)
def test_bad_messages(specimens: Path, tmp_path: Path, harm: Callable[[dict[str, Any]], None], said: str) -> None:
    document = json.loads((specimens / "wits" / "tariff.json").read_text())
    harm(document)
    (tmp_path / "tariff.json").write_text(json.dumps(document))
    with pytest.raises(BadFile, match=said):
        parse(tmp_path / "tariff.json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["structure", "dimensions", "series", "dataSets", "observation", "id"]), inner
        )
    ),
    max_leaves=12,
)


@given(document=JSON)
def test_any_json_is_observations_or_an_error(document: object) -> None:
    try:
        found = list(observations(document, "x.json", swapped=("PARTNER", "PRODUCTCODE")))
    except KhorgosError:
        found = []
    assert isinstance(found, list)


@given(data=st.data())
@IN_FOLDER
def test_damaged_messages_are_errors_in_one_line(specimens: Path, tmp_path: Path, data: st.DataObject) -> None:
    """Any value of the message replaced by any other: rows or an error in one line."""
    document = json.loads((specimens / "wits" / "tariff.json").read_text())
    here: Any = document
    while True:
        key = data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
        deeper = isinstance(here[key], (dict, list)) and here[key] and data.draw(st.booleans())
        if not deeper:
            here[key] = data.draw(JSON)
            break
        here = here[key]
    (tmp_path / "tariff.json").write_text(json.dumps(document))
    try:
        said = parse(tmp_path / "tariff.json").source.id
    except KhorgosError as error:
        said = str(error)
    assert said
    assert "\n" not in said


def test_plan() -> None:
    mfn, preference = plan(reporters=["USA"], partners=["WLD", "KAZ"], years=[2023])
    assert mfn.url == (
        "https://wits.worldbank.org/API/V1/SDMX/V21/datasource/TRN"
        "/reporter/840/partner/000/product/all/year/2023/datatype/reported"
    )
    assert mfn.params == {"format": "JSON"}
    assert "/partner/398/" in preference.url
    (union,) = plan(reporters=["EU27"], years=[2022], products=["854231", "850760"], estimated=True)
    assert "/reporter/918/" in union.url
    assert union.url.endswith("/product/854231;850760/year/2022/datatype/aveestimated")
    for wrong in ({"reporters": []}, {"years": []}, {"reporters": ["CA5"]}):
        with pytest.raises(BadInput, match="WITS"):
            plan(**{"reporters": ["USA"], "years": [2022], **wrong})


def test_published_tariffs_of_the_usa(shared: Path) -> None:
    """USA 2017, MFN: 5,388 codes, and two traps of the interface (rates: USITC, Harmonized Tariff Schedule 2017)."""
    parsed = parse(shared / "data/formats/wits_api_world_trade_data/tests/data/sample_tariff_data.json")
    rows = {r["product"]: r["rate"] for r in parsed.tables["tariff"].to_pylist()}
    assert len(rows) == 5388
    assert rows["870322"] == 0.02  # passenger cars: 2.5 per cent in the schedule, cut to 2 by the interface
    assert [finding.code for finding in parsed.findings] == ["specific-duty", "whole-rates"]
    assert rows["010239"] is None  # live buffalo: a duty by the kilogram
    assert sum(rate is None for rate in rows.values()) == 377


def test_published_trade_of_the_usa(shared: Path) -> None:
    parsed = parse(shared / "data/formats/wits_api_world_trade_data/tests/data/sample_trade_data.json")
    ((partner, flow, value),) = [(r["partner"], r["flow"], r["value"]) for r in parsed.tables["flow"].to_pylist()]
    assert (partner, flow) == ("WLD", "import")
    assert value == pytest.approx(2.408e12, abs=0.005e12)  # UN Comtrade, imports of the USA 2017, 2.41 trillion


def test_published_bulk_of_tanzania(shared: Path) -> None:
    (file,) = (shared / "data/formats/wits_bulk_csv").glob("*.csv")
    table = parse(file).tables["flow"]
    assert table.num_rows == 19_999
    assert {len(code) for code in table["product"].to_pylist()} == {6}
