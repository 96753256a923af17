"""The embedded worlds: what they hold, what is marked as imputed, and that they can be built again."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from khorgos.core.errors import BadFile, LedgerError, UnknownName
from khorgos.ledger import worlds
from khorgos.ledger.worlds import SERVICES, WORLDS, World, arrays_of, world
from khorgos.models.equilibrium import solve
from khorgos.models.scenario import scenario
from khorgos.models.worlds import imputed, prepared
from khorgos.nomenclature.groups import members

CENTRAL_ASIA = ("KAZ", "KGZ", "TJK", "TKM", "UZB")


@pytest.fixture(params=WORLDS)
def made(request) -> World:
    return world(request.param)


def between(one: World, exporter: str, importer: str) -> float:
    return float(one.trade[one.countries.index(exporter), one.countries.index(importer)].sum())


@pytest.fixture
def tool(root, monkeypatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(root / "tools"))
    spec = importlib.util.spec_from_file_location("build_worlds", root / "tools" / "build_worlds.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


def test_all_economies_of_the_totals_and_taiwan_stand_alone(made):
    assert len(made.countries) == 195
    assert {*CENTRAL_ASIA, *members("SC3"), "TWN", "HKG", "MAC"} <= set(made.countries)
    assert list(made.countries) == sorted(made.countries)


def test_published_flows_are_taken_as_they_are(made):
    # BACI V202501, 2023, thousand dollars in the publisher's file.
    assert between(made, "CHN", "USA") == pytest.approx(440_477_680.657e3, rel=1e-9)  # rounded to a dollar
    assert between(made, "CHN", "KAZ") == pytest.approx(23.9e9, rel=0.005)  # the note of the data prints three digits
    assert between(made, "TKM", "CHN") == pytest.approx(9.63e9, rel=0.001)


def test_flows_that_nobody_reported_are_filled_and_marked():
    one = world("one-sector")
    marked = {(one.countries[i], one.countries[j]) for i, j in np.argwhere(one.trade_imputed)}

    assert {("CHN", "GEO"), ("RUS", "GEO"), ("KOR", "VNM"), ("RUS", "BLR"), ("RUS", "TJK"), ("TWN", "CHN")} <= marked
    assert ("CHN", "USA") not in marked
    assert ("RUS", "UKR") not in marked  # a war, not a gap
    # BACI has 0.98 billion at least in each of 2018 to 2020; the rule's misses are within a factor of two.
    assert 0.5e9 < between(one, "CHN", "GEO") < 4e9


def test_every_economy_without_gdp_of_the_year_is_named():
    one = world("one-sector")
    marked = {c for c, flag in zip(one.countries, one.gdp_imputed, strict=True) if flag}

    assert marked == set(one.card["gdp_imputed"])
    assert {"TWN", "VEN", "ERI"} <= marked
    assert not marked & {"KAZ", "KGZ", "UZB", "CHN", "USA"}


def test_sections_add_up_to_the_totals():
    one, many = world("one-sector"), world("sectors")

    # parts of 65,535 that sum to one, times a total: rounding of float64
    np.testing.assert_allclose(many.trade.sum(2), one.trade[:, :, 0], rtol=1e-12)
    assert not many.trade[:, :, -1].any()
    assert many.sectors[-1] == SERVICES


def test_a_world_is_at_rest_without_a_shock(made):
    base = prepared(made).baseline
    found = solve(base, scenario(base))

    # 1e-9: the solver's tolerance of 1e-10 and a little
    np.testing.assert_allclose(found.w_hat, 1.0, atol=1e-9)
    np.testing.assert_allclose(found.trade, base.trade, rtol=1e-6, atol=1e-3)  # dollars


def test_output_of_the_sectors_is_gdp():
    one = world("sectors")

    # home sales are stored in whole dollars, inputs to twelve decimals
    np.testing.assert_allclose(prepared(one).baseline.value_added, one.gdp, rtol=1e-6)


def test_shares_of_imputation_are_shares(made):
    share = imputed(prepared(made))

    for values in (share.trade, share.expenditure, share.world_trade, share.world_expenditure, share.sections):
        assert np.min(values) >= 0
        assert np.max(values) <= 1 + 1e-12  # sums of shares round
    taiwan, states = (made.countries.index(c) for c in ("TWN", "USA"))
    assert share.trade[taiwan] == pytest.approx(1.0)
    assert share.trade[states] < 0.05
    assert 0.01 < share.world_trade < 0.1


def test_input_mixes_are_of_a_donor_where_there_is_no_table():
    one = world("sectors")

    assert one.donors["UZB"] in ("BLR", "KAZ", "RUS", "UKR")
    assert not {"KAZ", "CHN", "USA", "RUS"} & set(one.donors)
    assert not set(one.donors.values()) & set(one.donors)


def test_every_file_has_a_licence_and_a_hash(made):
    assert all(s["licence"] and s["citation"] and len(s["sha256"]) == 64 for s in made.sources)
    assert made.elasticity
    assert made.assumptions


def test_an_unknown_world_is_refused_with_the_known_ones():
    with pytest.raises(UnknownName, match="one-sector, sectors"):
        world("two-sectors")


def test_a_changed_world_is_noticed(monkeypatch, tmp_path):
    folder = tmp_path / "data" / "worlds"
    folder.mkdir(parents=True)
    source = Path(worlds.__file__).parent.parent / "data" / "worlds"
    card = json.loads((source / "one-sector.json").read_text(encoding="utf-8"))
    (folder / "one-sector.json").write_text(json.dumps(card | {"sha256": "0" * 64}), encoding="utf-8")
    (folder / "one-sector.npz").write_bytes((source / "one-sector.npz").read_bytes())
    monkeypatch.setattr(worlds, "files", lambda _: tmp_path)

    with pytest.raises(LedgerError, match="changed"):
        world.__wrapped__("one-sector")


def test_bytes_that_are_no_archive_are_refused():
    with pytest.raises(BadFile, match=r"Not a NumPy archive .*a\.npz"):
        arrays_of(b"PK\x03\x04 and nothing", "a.npz")


def test_the_worlds_are_small(root):
    folder = root / "src" / "khorgos" / "data" / "worlds"

    assert sum(path.stat().st_size for path in folder.iterdir()) < 2_000_000


def test_the_worlds_can_be_built_again(root, shared, tool):
    files = tool.build(shared)
    folder = root / "src" / "khorgos" / "data" / "worlds"

    for name, content in files.items():
        if name.endswith(".npz"):
            ours, theirs = arrays_of(content, name), arrays_of((folder / name).read_bytes(), name)
            assert ours.keys() == theirs.keys()
            for key, values in ours.items():
                # BLAS of another machine may round the balanced tables in the last digits kept
                close = values.dtype.kind != "f" or np.allclose(values, theirs[key], rtol=1e-9, atol=1e-9)
                assert close if values.dtype.kind == "f" else (values == theirs[key]).all(), key
    card = json.loads(files["one-sector.json"])
    assert card["sha256"] == hashlib.sha256(files["one-sector.npz"]).hexdigest()
    assert card["rule_tried_on_reported_pairs"]["share_of_trade_within_a_factor_of_two"] > 0.9


def test_shares_become_whole_parts_that_sum_to_one(tool):
    mix = np.array([[1 / 3, 1 / 3, 1 / 3], [0.999999, 0.000001, 0.0]])

    parts = tool.parts(mix)
    assert parts.sum(axis=1).tolist() == [65_535, 65_535]
    np.testing.assert_allclose(parts / 65_535, mix, atol=1 / 65_535)  # half a part, and the one that is left over
