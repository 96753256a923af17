"""The registry checks itself: what contradicts or cannot be is refused in one clear line."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from khorgos.core.errors import BadFile, BadInput, UnknownName
from khorgos.core.tariffs import CodeList, TariffGroup, TariffMeasure, TariffRegistry
from khorgos.ledger.tariffs import import_weights, tariff_measure, tariff_registry

D = dt.date


def measure(name: str, rate: float = 10.0, **more: Any) -> TariffMeasure:
    given: dict[str, Any] = {
        "id": name,
        "group": "one",
        "imposer": "CHN",
        "rates": {"USA": rate},
        "announced": D(2020, 1, 1),
        "begins": D(2020, 1, 1),
        "legal": "act",
        "source": "gazette",
    }
    return TariffMeasure(**{**given, **more})


def registry(*measures: TariffMeasure, **more: Any) -> TariffRegistry:
    given: dict[str, Any] = {
        "groups": {"one": TariffGroup("one", "One"), "two": TariffGroup("two", "Two")},
        "lists": {},
        "begins": D(2018, 1, 1),
        "ends": D(2026, 1, 1),
    }
    return TariffRegistry(measures, **{**given, **more})


def test_the_registry_that_ships_stands() -> None:
    found = tariff_registry()

    assert len(found.measures) > 100
    assert all(one.source and one.legal for one in found.measures)
    assert all(one.verified is None or one.ends is None or one.verified < one.ends for one in found.measures)


def test_overlapping_measures_contradict_each_other() -> None:
    with pytest.raises(BadInput, match="Measures a and b contradict each other: one group, goods and days in common"):
        registry(measure("a", products=("52",)), measure("b", products=("5201",)))


@pytest.mark.parametrize(
    "other",
    [
        measure("b", products=("5302",)),  # other goods
        measure("b", group="two"),  # another programme: it is added
        measure("b", announced=D(2019, 1, 1), begins=D(2019, 1, 1), ends=D(2019, 12, 31)),  # other days
        measure("b", rates={"CAN": 5.0}),  # another country
        measure("b", supersedes=("a",)),  # it says so
        measure("b", imposer="RUS"),
    ],
)
def test_what_does_not_overlap_stands(other: TariffMeasure) -> None:
    assert len(registry(measure("a", products=("5201",)), other).measures) == 2


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: measure("a", begins=D(2019, 1, 1)), "announced before it begins"),
        (lambda: measure("a", ends=D(2019, 1, 1)), "begins before it ends"),
        (lambda: measure("a", rate=-1.0), "rates between 0 and 1000"),
        (lambda: measure("a", rate=0.25e9), "rates between 0 and 1000"),
        (lambda: measure("a", legal=""), "names its act, its source"),
        (lambda: measure("a", sure="perhaps"), "how sure it is"),
        (lambda: measure("a", rates={"CHN": 5.0}), "on others' goods"),
        (lambda: measure("a", rates={"USA": None}), "needs a list with rates"),
        (lambda: registry(measure("a"), measure("a", group="two")), "Two measures have one id"),
        (lambda: registry(measure("a", group="three")), "a group that the registry lacks: three"),
        (lambda: registry(measure("a", lists=("none",))), "a list that the registry lacks: none"),
        (lambda: registry(measure("a", supersedes=("z",))), "a measure that the registry lacks: z"),
        (
            lambda: registry(
                groups={
                    "one": TariffGroup("one", "One", ("two",)),
                    "two": TariffGroup("two", "Two", ("one",)),
                }
            ),
            "Groups yield in a circle: one to two to one",
        ),
        (lambda: registry(groups={"one": TariffGroup("one", "One", ("none",))}), "groups that the registry lacks"),
        (lambda: CodeList("a", ("52", "cotton")), "'cotton' is no code"),
        (lambda: CodeList("a", ("53", "52")), "Codes stand once each, in order"),
        (lambda: CodeList("a", ("52", "53"), (1.0,)), "a rate for each code or for none"),
    ],
)
def test_what_cannot_be_is_refused(made: Any, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        made()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"id": "a", "rats": 5}, "Measure a has unknown keys: rats"),
        ({"id": "a"}, r"Measure a needs target \(and rate\) or rates"),
        ({"id": "a", "target": "USA", "rate": 5}, "Measure a: .*missing"),
        ({"id": "a", "target": "Atlantis", "rate": 5}, "Unknown area"),
    ],
)
def test_a_measure_that_cannot_be_read_names_itself_and_its_file(row: dict[str, Any], words: str) -> None:
    with pytest.raises((BadFile, UnknownName), match=words):
        tariff_measure(row, where="mine.toml")


def test_unknown_weights_are_named() -> None:
    with pytest.raises(UnknownName, match="imports-2024"):
        import_weights("imports-1850")


def test_every_list_has_its_source_and_every_measure_its_group() -> None:
    found = tariff_registry()

    assert {one.group for one in found.measures} == set(found.groups)
    used = {name for one in found.measures for name in (*one.lists, *(each.codes for each in one.exempt))}
    assert set(found.lists) - used == {"cn-lines-2018"}  # the lines that a simple mean counts


def test_lists_and_weights_are_the_publishers(root: Path, shared: Path, tmp_path: Path) -> None:
    """Built again from the publishers' files, they are those that ship."""
    tool = root / "tools" / "build_tariffs.py"
    subprocess.run([sys.executable, str(tool), str(shared), str(tmp_path)], check=True, capture_output=True)

    for name in ("lists.parquet", "weights.parquet"):
        shipped = root / "src" / "khorgos" / "data" / "tariffs" / name
        assert pq.read_table(tmp_path / name).equals(pq.read_table(shipped), check_metadata=True)


def test_a_copy_with_a_contradiction_is_refused() -> None:
    found = tariff_registry()
    twice = replace(found.measure("cn-reciprocal-10"), id="again", rates={"USA": 34.0})

    with pytest.raises(BadInput, match="contradict each other"):
        replace(found, measures=(*found.measures, twice))
